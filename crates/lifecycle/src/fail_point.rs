//! Places at which a process may die, and bugs that may be planted: for the tests that ask what
//! is then the case. There are none without the feature `fail-points`.

use crate::{
    Batch, Event, Publication, Record, Seat, Serial, authority, case, certificate::Status,
};
use hsm::{KeyLabel, Token};
use std::{
    cell::{Cell, RefCell},
    sync::OnceLock,
};

/// A place in the engine or in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Point {
    /// An intent is decided and not yet written.
    BeforeIntent,
    /// An intent is being written.
    WritingIntent,
    /// An intent is durable, and its device not yet asked.
    Intended,
    /// The device has signed, and nothing of it is written.
    Signed,
    /// What was signed is being written.
    WritingOutcome,
    /// What was signed is durable, and nobody was answered.
    Recorded,
    /// Something was handed to the outbox's receiver, and that is not written.
    Delivered,
    /// A CRL is durable and not published.
    BeforeList,
    /// A CRL is published, and that is not written.
    ListPublished,
    /// A checkpoint of the log is signed, and neither handed out nor kept.
    CheckpointSigned,
    /// A checkpoint of the log is handed out and not kept.
    CheckpointOut,
    /// A freeze is durable, and no list says so.
    Frozen,
    /// The tables of a store are brought up to date.
    Migrating,
    /// Anything else is decided and not yet written.
    BeforeWrite,
    /// Anything else is being written.
    Writing,
    /// Anything else is durable, and nobody was answered.
    Written,
}

impl Point {
    /// Its name: that of the crash point that it stands for; `W1` to `W3` before, in and after
    /// a write without an intent or an outcome.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeIntent => "C1",
            Self::WritingIntent => "C2",
            Self::Intended => "C3",
            Self::Signed => "C5",
            Self::WritingOutcome => "C6",
            Self::Recorded => "C7",
            Self::Delivered => "C8",
            Self::BeforeList => "C11",
            Self::ListPublished => "C12",
            Self::CheckpointSigned | Self::CheckpointOut => "C14",
            Self::Frozen => "C15",
            Self::Migrating => "C17",
            Self::BeforeWrite => "W1",
            Self::Writing => "W2",
            Self::Written => "W3",
        }
    }
}

static HANDLER: OnceLock<fn(Point)> = OnceLock::new();

/// Calls `handler` at each point that any thread reaches from now on; it may unwind, or end
/// the process. The first call counts.
pub fn on_reach(handler: fn(Point)) {
    // A second handler would be the same test's.
    let _ = HANDLER.set(handler);
}

pub(crate) fn reach(point: Point) {
    if let Some(handler) = HANDLER.get() {
        handler(point);
    }
}

/// What a batch carries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Load {
    Intent,
    Outcome,
    Else,
}

fn load(batch: &Batch) -> Load {
    if !batch.taken.is_empty() {
        return Load::Intent;
    }
    let is_outcome = batch.records.iter().any(|record| {
        use authority::Event as OfAuthority;
        let event = record.entry().map(|entry| entry.event);
        matches!(
            event,
            Ok(Event::Case(case::Event::CertificateIssued { .. })
                | Event::Authority(
                    OfAuthority::Established { .. }
                        | OfAuthority::Linked { .. }
                        | OfAuthority::CrlIssued { .. },
                ))
        )
    });
    if is_outcome {
        Load::Outcome
    } else {
        Load::Else
    }
}

/// A batch is about to be written.
pub(crate) fn before(batch: &Batch) {
    match load(batch) {
        Load::Intent => reach(Point::BeforeIntent),
        Load::Outcome => reach(Point::Signed),
        Load::Else => reach(Point::BeforeWrite),
    }
}

/// A batch is being written: for stores.
pub fn during(batch: &Batch) {
    match load(batch) {
        Load::Intent => reach(Point::WritingIntent),
        Load::Outcome => reach(Point::WritingOutcome),
        Load::Else => reach(Point::Writing),
    }
}

/// A batch is durable.
pub(crate) fn after(batch: &Batch) {
    if batch
        .certificates
        .iter()
        .any(|row| row.status == Status::Held)
    {
        reach(Point::Frozen);
    }
    match load(batch) {
        Load::Intent => reach(Point::Intended),
        Load::Outcome => reach(Point::Recorded),
        Load::Else => reach(Point::Written),
    }
}

/// Something is about to be published, or is.
pub(crate) fn publishing(item: &Publication, is_out: bool) {
    match (item.name.ends_with(".crl"), is_out) {
        (true, false) => reach(Point::BeforeList),
        (true, true) => reach(Point::ListPublished),
        (false, true) => reach(Point::Delivered),
        (false, false) => {}
    }
}

/// A bug that a campaign must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bug {
    /// The device signs before the intent is durable.
    SignatureBeforeIntent,
    /// Every second write of what persons asked for is put off until the next, and answered at
    /// once.
    AnswerBeforeWrite,
    /// One serial number is drawn again and again, and what would notice looks away.
    SerialTwice,
}

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    static IS_PUT_OFF: Cell<bool> = const { Cell::new(false) };
    static FIRST_SERIAL: RefCell<Option<Serial>> = const { RefCell::new(None) };
}

/// Plants a bug into the engines of this thread, or none.
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
    IS_PUT_OFF.set(false);
    FIRST_SERIAL.take();
}

pub(crate) fn is_planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Whether a write of what persons asked for is to be put off.
pub(crate) fn puts_off(batch: &Batch) -> bool {
    let of_persons = |record: &Record| {
        let entry = record.entry();
        entry.is_ok_and(|entry| entry.actor.seat != Seat::System)
    };
    is_planted(Bug::AnswerBeforeWrite)
        && load(batch) == Load::Else
        && batch.records.iter().all(of_persons)
        && !IS_PUT_OFF.replace(!IS_PUT_OFF.get())
}

/// Has the device sign what a batch intends.
pub(crate) fn sign_early(token: &dyn Token, batch: &Batch) {
    if !is_planted(Bug::SignatureBeforeIntent) {
        return;
    }
    for record in &batch.records {
        let event = record.entry().map(|entry| entry.event);
        let (Ok(Event::Case(case::Event::IssuanceIntended { intent, .. }))
        | Ok(Event::Authority(authority::Event::IssuanceIntended(intent)))) = event
        else {
            continue;
        };
        let label = KeyLabel::new(intent.issuer.as_str()).ok();
        if let Some(key) = label.and_then(|label| token.key(&label).ok()) {
            let _ = key.sign(&intent.tbs);
        }
    }
}

/// The number that is drawn in place of a fresh one.
pub(crate) fn serial(fresh: Serial) -> Serial {
    let first = FIRST_SERIAL.with_borrow(Clone::clone);
    first
        .filter(|_| is_planted(Bug::SerialTwice))
        .unwrap_or(fresh)
}

/// Notes a number that an intent takes; whether what is known of it is to be forgotten.
pub(crate) fn reserved(serial: &Serial) -> bool {
    let is_planted = is_planted(Bug::SerialTwice);
    if is_planted {
        FIRST_SERIAL.with_borrow_mut(|first| {
            first.get_or_insert_with(|| serial.clone());
        });
    }
    is_planted
}
