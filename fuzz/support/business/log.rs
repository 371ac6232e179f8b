//! A log with two checkpoints, and what is proved by them.

use super::{Business, ESTABLISHED, SHIPPED_RULES, engine_with, id};
use crate::outside::{Outside, World};
use der::Encode;
use lifecycle::{
    Checkpoints, Command, Entry, Event, GrowthProof, HistoryProof, Seat, SignedCheckpoint,
    StreamId, audit::package::Export, authority, token,
};
use std::{collections::BTreeMap, time::Duration};
use x509_cert::Certificate;

/// The log's name.
pub const ORIGIN: &str = "fuzz/log";

/// A log, and what it has handed out.
#[derive(Debug)]
pub struct Log {
    /// The public key of the log, in DER.
    pub key: Vec<u8>,
    /// Its checkpoints, the earlier one first.
    pub checkpoints: [SignedCheckpoint; 2],
    /// That it only grew in between.
    pub growth: GrowthProof,
    /// Some of its histories.
    pub histories: Vec<HistoryProof>,
    /// A package of two of its histories.
    pub export: Export,
    /// All of its histories, whole.
    pub entries: BTreeMap<StreamId, Vec<Entry>>,
}

impl Log {
    /// The same in every run.
    ///
    /// # Panics
    /// When the engine does not do what it should.
    pub fn new() -> Self {
        let outside = Outside::new(World::clone(&ESTABLISHED));
        let checkpoints = Checkpoints::new(ORIGIN, id("ca"), 1_000, Duration::from_secs(3_600));
        let engine = engine_with(&outside, Some(checkpoints.expect("a name of a log")));
        let mut business = Business::over(outside, engine, &SHIPPED_RULES[0]);
        let mut checkpoint = |number: u8| {
            for token in 0..5 {
                let receive = token::Command::Receive {
                    batch: "b-2".into(),
                    model: "m-1".into(),
                };
                let token = id(&format!("t-{number}-{token}"));
                business.must("wu.jiu", Seat::Clerk, Command::Token(token, receive));
            }
            let crl = Command::Authority(id("ca"), authority::Command::IssueCrl);
            business.must("zhao.yi", Seat::KeyOfficer, crl);
            let signed = business.engine.checkpoint().expect("a key that signs");
            signed.expect("something new")
        };
        let checkpoints = [checkpoint(1), checkpoint(2)];
        let store = business.engine.store();
        let [earlier, later] = &checkpoints;
        let size = earlier.unverified().head.seq;
        let growth = GrowthProof::make(store, size, later).expect("it grew");
        let streams = ["authority/ca", "organisation/example", "token/t-2-1"];
        let histories = streams.map(|stream| {
            let stream = StreamId::try_from(stream.to_owned()).expect("a name");
            HistoryProof::make(store, later, &stream).expect("it is in the log")
        });
        let [about, with] = ["organisation/example", "token/t-2-1"]
            .map(|stream| StreamId::try_from(stream.to_owned()).expect("a name"));
        let export = Export::new(store, later, &about, &[with], None);
        let records = store.records(0, usize::MAX).expect("a store in memory");
        let mut entries: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut key = None;
        for record in records {
            let entry = record.entry().expect("a record of ours");
            if let Event::Authority(authority::Event::Established { certificate, .. }) =
                &entry.event
                && record.stream == StreamId::Authority(id("ca"))
            {
                key = Some(public_key(certificate));
            }
            entries.entry(record.stream).or_default().push(entry);
        }
        Self {
            key: key.expect("a CA"),
            checkpoints,
            growth,
            histories: histories.into(),
            export: export.expect("it is in the log"),
            entries,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

fn public_key(certificate: &[u8]) -> Vec<u8> {
    use der::Decode;
    let certificate = Certificate::from_der(certificate).expect("our own certificate");
    let key = certificate.tbs_certificate().subject_public_key_info();
    key.to_der().expect("a key has an encoding")
}
