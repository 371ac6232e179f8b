//! Whether a log is whole and as it was written, without asking whether it makes sense.

use super::{
    Fault, Marks, PAGE,
    passage::{DEPTH, check_link, joined},
};
use crate::{Error, Head, Record, Store, VerifiedCheckpoint};
use serde::Deserialize;
use std::{
    borrow::Cow,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

/// Follows the whole chain: that no record is missing, changed, moved or filed elsewhere than
/// it says, and that the log is the one of the store's own checkpoint and of `outside`, copies
/// that were kept elsewhere.
///
/// Much faster than [`verify`](super::verify), and so for every day: whether each step was
/// allowed, who signed (the store's own checkpoint included), and whether the indices agree is
/// asked there. Gives the log's end.
///
/// # Errors
/// The first [`Fault`] by place in the log: [`Fault::Missing`], [`Fault::ChainBroken`],
/// [`Fault::Misfiled`], [`Fault::Unreadable`], [`Fault::CheckpointDiffers`],
/// [`Fault::TailLost`], [`Fault::Store`]; [`Fault::BadCheckpoint`] when the store's own is none.
pub fn verify_chain(store: &dyn Store, outside: &[VerifiedCheckpoint]) -> Result<Head, Fault> {
    let marks = Marks::new(store, outside)?;
    thread::scope(|scope| {
        let (to_chain, pages) = sync_channel(DEPTH);
        let chain = scope.spawn(move || follow(&pages, marks));
        let mut read = 0;
        let stopped = loop {
            match store.records(read, PAGE) {
                Err(source) => break Some(Fault::Store(source)),
                Ok(page) => {
                    let Some(last) = page.last() else { break None };
                    read = last.seq;
                    // Nobody takes it any more: a fault was found before it.
                    if to_chain.send(page).is_err() {
                        break None;
                    }
                }
            }
        };
        drop(to_chain);
        let (head, marks) = joined(chain)?;
        if let Some(fault) = stopped {
            return Err(fault);
        }
        marks.all_passed(&head)?;
        Ok(head)
    })
}

fn follow(pages: &Receiver<Vec<Record>>, mut marks: Marks) -> Result<(Head, Marks), Fault> {
    let mut head = Head::EMPTY;
    marks.pass(&head)?;
    while let Ok(page) = pages.recv() {
        for record in page {
            check_link(&head, &record)?;
            check_place(&record)?;
            head = record.head();
            marks.pass(&head)?;
        }
    }
    Ok((head, marks))
}

/// Where a record says that it is; the rest of it is passed over.
#[derive(Deserialize)]
struct Place<'a> {
    seq: u64,
    #[serde(borrow)]
    stream: Cow<'a, str>,
    version: u64,
}

fn check_place(record: &Record) -> Result<(), Fault> {
    let seq = record.seq;
    let place: Place<'_> = serde_json::from_slice(&record.octets).map_err(|source| {
        let source = Box::new(Error::BadRecord { seq, source });
        Fault::Unreadable { seq, source }
    })?;
    let stream = record.stream.to_string();
    if (place.seq, &*place.stream, place.version) != (seq, &stream, record.version) {
        return Err(Fault::Misfiled { seq });
    }
    Ok(())
}
