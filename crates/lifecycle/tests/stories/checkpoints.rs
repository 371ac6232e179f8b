//! What an auditor can be shown without the store, and what becomes known when a store is not
//! what it was.

use base64ct::{Base64, Encoding};
use der::{Decode, Encode};
use hsm::{KeyHandle, SoftKey};
use lifecycle::{
    CaseId, CheckpointFault, Checkpoints, Engine, Error, GrowthProof, HistoryProof, Policy,
    ProofFault, SignedCheckpoint, SqliteStore, Store, StreamId, VerifiedCheckpoint,
    audit::{
        self, Fault,
        package::{Export, ExportFault},
    },
    authority::{self, Act},
    terms::EvidenceKind,
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};
use x509_cert::Certificate;

use crate::{
    doubles::World,
    package::signed_note,
    script::{
        self, Applicant, RESPONDER, act, authority_command, authority_id, establish, evidence,
        officer, second_officer, take_through,
    },
    store::WITHOUT_RESERVATIONS,
};

pub(crate) const ORIGIN: &str = "ca.example/log";

fn checkpoints(origin: &str) -> Result<Checkpoints, Error> {
    Checkpoints::new(
        origin,
        authority_id(RESPONDER),
        10,
        Duration::from_secs(3_600),
    )
}

/// The responder's key stands for the log's: a store knows its authorities' keys and no more.
pub(crate) fn policy() -> Policy {
    Policy {
        checkpoints: Some(checkpoints(ORIGIN).unwrap()),
        ..script::policy()
    }
}

/// A store in a file, two cases in it, a checkpoint after each.
struct Office {
    _folder: tempfile::TempDir,
    world: World,
    path: PathBuf,
    checkpoints: [SignedCheckpoint; 2],
    key: Vec<u8>,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let world = World::default();
        let mut engine = engine(&world, &path);
        establish(&mut engine).unwrap();
        let checkpoints = ["zhang.san", "li.ming"].map(|person| {
            take_through(&mut engine, &Applicant::new(person)).unwrap();
            world.clock.forward(1);
            engine.checkpoint().unwrap().unwrap()
        });
        let key = key_of(&engine, RESPONDER);
        Self {
            _folder: folder,
            world,
            path,
            checkpoints,
            key,
        }
    }

    fn engine(&self) -> Engine {
        engine(&self.world, &self.path)
    }

    fn store(&self) -> SqliteStore {
        SqliteStore::open_read_only(&self.path).unwrap()
    }

    fn verified(&self) -> [VerifiedCheckpoint; 2] {
        let verify = |one: &SignedCheckpoint| one.verify(ORIGIN, &self.key).unwrap();
        self.checkpoints.each_ref().map(verify)
    }

    fn last(&self) -> VerifiedCheckpoint {
        let [_, last] = self.verified();
        last
    }

    fn execute(&self, sql: &str, parameters: impl rusqlite::Params) {
        let connection = Connection::open(&self.path).unwrap();
        assert!(connection.execute(sql, parameters).unwrap() > 0);
    }

    /// The history of the first case, as it is proved.
    fn proof(&self) -> HistoryProof {
        HistoryProof::make(&self.store(), &self.checkpoints[1], &history("zhang.san")).unwrap()
    }
}

fn engine(world: &World, path: &std::path::Path) -> Engine {
    world.engine_of(SqliteStore::open(path).unwrap(), policy())
}

pub(crate) fn key_of(engine: &Engine, name: &str) -> Vec<u8> {
    let state = engine.authority(&authority_id(name)).unwrap().unwrap();
    let certificate = &state.signing().unwrap().certificate;
    let certificate = Certificate::from_der(certificate).unwrap();
    let key = certificate.tbs_certificate().subject_public_key_info();
    key.to_der().unwrap()
}

fn settle(engine: &mut Engine) -> Result<(), Error> {
    engine.settle(&mut |_| ())
}

fn tick(engine: &mut Engine) {
    engine.tick(&mut |_| ()).unwrap();
}

fn history(applicant: &str) -> StreamId {
    let id: CaseId = Applicant::new(applicant).id;
    StreamId::Case(id)
}

fn altered(proof: &HistoryProof, alter: impl FnOnce(&mut Value)) -> HistoryProof {
    let mut value: Value = serde_json::from_str(&proof.to_json()).unwrap();
    alter(&mut value);
    HistoryProof::from_json(value.to_string().as_bytes()).unwrap()
}

#[test]
fn a_history_is_proved_to_somebody_who_has_not_the_store() {
    let office = Office::new();
    let text = office.proof().to_json();
    let proof = HistoryProof::from_json(text.as_bytes()).unwrap();
    let (checkpoint, entries) = proof.verify(ORIGIN, &office.key).unwrap();
    assert_eq!(checkpoint, office.last());
    let records = office.store().stream(&history("zhang.san")).unwrap();
    let expected: Vec<_> = records.iter().map(|one| one.entry().unwrap()).collect();
    assert!(expected.len() > 10);
    assert_eq!(entries, expected);
}

#[test]
fn a_proof_that_was_touched_shows_nothing() {
    let office = Office::new();
    let proof = office.proof();
    let fault = |proof: &HistoryProof| proof.verify(ORIGIN, &office.key).unwrap_err();
    let not_in_log = |fault: ProofFault| matches!(fault, ProofFault::NotInLog { .. });
    let count = office.store().stream(&history("zhang.san")).unwrap().len();

    for record in 0..count {
        let earlier = altered(&proof, |value| {
            let record = &mut value["records"][record];
            let octets = record["octets"].as_str().unwrap();
            // Another second, in the same place: 2026 stays 2026.
            let text = String::from_utf8(decode(octets)).unwrap();
            let at = text.find("\"at\":").unwrap() + 14;
            let digit = text.as_bytes()[at];
            let other = if digit == b'1' { "2" } else { "1" };
            let mut text = text;
            text.replace_range(at..=at, other);
            record["octets"] = json!(encode(text.as_bytes()));
        });
        assert!(not_in_log(fault(&earlier)), "record {record}");
        let beside = altered(&proof, |value| {
            let path = value["records"][record]["path"].as_array_mut().unwrap();
            path.swap(0, 1);
        });
        assert!(not_in_log(fault(&beside)), "path {record}");
        let before = altered(&proof, |value| {
            let other = value["records"][(record + 1) % count]["previous"].clone();
            value["records"][record]["previous"] = other;
        });
        assert!(not_in_log(fault(&before)), "digest {record}");
    }
    let left_out = altered(&proof, |value| {
        drop(value["records"].as_array_mut().unwrap().remove(3));
    });
    assert!(matches!(fault(&left_out), ProofFault::Gap { .. }));
    let from_second = altered(&proof, |value| {
        drop(value["records"].as_array_mut().unwrap().remove(0));
    });
    assert!(matches!(fault(&from_second), ProofFault::Gap { .. }));
    let nothing = altered(&proof, |value| value["records"] = json!([]));
    assert!(matches!(fault(&nothing), ProofFault::Empty));
    let of_others = altered(&proof, |value| {
        let other = &office.checkpoints[1];
        let others = HistoryProof::make(&office.store(), other, &history("li.ming")).unwrap();
        let others: Value = serde_json::from_str(&others.to_json()).unwrap();
        let records = value["records"].as_array_mut().unwrap();
        records.truncate(4);
        records.push(others["records"][4].clone());
    });
    assert!(matches!(fault(&of_others), ProofFault::Gap { .. }));
    // A checkpoint of the same log, with another root.
    let swapped = altered(&proof, |value| {
        value["checkpoint"] = json!(office.checkpoints[0].text());
    });
    assert!(not_in_log(fault(&swapped)));
}

#[test]
fn a_checkpoint_is_believed_for_its_log_s_key_alone() {
    let office = Office::new();
    let [signed, _] = &office.checkpoints;
    let text = signed.text();
    assert_eq!(SignedCheckpoint::parse(text).as_ref(), Ok(signed));
    assert_eq!(
        signed.verify("other.example/log", &office.key),
        Err(CheckpointFault::OtherLog)
    );
    let other = key_of(&office.engine(), script::CA);
    assert_eq!(
        signed.verify(ORIGIN, &other),
        Err(CheckpointFault::NotSigned)
    );
    // A witness's line under it changes nothing; a changed digit does.
    let witnessed = format!("{text}\u{2014} counterpart AAAABBBB\n");
    let witnessed = SignedCheckpoint::parse(&witnessed).unwrap();
    assert!(witnessed.verify(ORIGIN, &office.key).is_ok());
    // A line is what stands before one octet.
    let line = text.lines().last().unwrap();
    for other in ["\r\n", "\r", "", " \n", "\n\r"] {
        let other = text.replacen(&format!("{line}\n"), &format!("{line}{other}"), 1);
        let read = SignedCheckpoint::parse(&other).unwrap();
        let found = read.verify(ORIGIN, &office.key);
        if !other.ends_with("\n\r") {
            assert_eq!(found, Err(CheckpointFault::NotSigned), "{other:?}");
        }
    }
    let size = signed.unverified().head.seq;
    let longer = text.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size + 1), 1);
    let longer = SignedCheckpoint::parse(&longer).unwrap();
    assert_eq!(
        longer.verify(ORIGIN, &office.key),
        Err(CheckpointFault::NotSigned)
    );
    let malformed = |text: &str| {
        let read = SignedCheckpoint::parse(text);
        assert!(matches!(read, Err(CheckpointFault::Malformed(_))), "{text}");
    };
    for text in [
        String::new(),
        "\n\n".to_owned(),
        text.replacen(&size.to_string(), &format!("+{size}"), 1),
        text.replacen(&size.to_string(), &format!("0{size}"), 1),
        text.replacen("head ", "tail ", 1),
        text.replacen("time ", "time  ", 1),
        text.replacen(ORIGIN, "ca example", 1),
        text.replacen("\n\n", "\n", 1),
        text.replacen("\nhead", "\nmore\nhead", 1),
        "x".repeat(16 * 1024 + 1),
    ] {
        malformed(&text);
    }
}

#[test]
fn a_later_checkpoint_is_proved_to_go_on_from_an_earlier_one() {
    let office = Office::new();
    let [earlier, later] = &office.checkpoints;
    let size = earlier.unverified().head.seq;
    let proof = GrowthProof::make(&office.store(), size, later).unwrap();
    let proof = GrowthProof::from_json(proof.to_json().as_bytes()).unwrap();
    let shown = proof.verify(earlier, ORIGIN, &office.key).unwrap();
    assert_eq!(shown, office.last());
    // Over other records, it does not.
    let smaller = GrowthProof::make(&office.store(), size - 1, later).unwrap();
    let fault = smaller.verify(earlier, ORIGIN, &office.key).unwrap_err();
    assert!(matches!(fault, ProofFault::NotGrown { .. }), "{fault}");
}

#[test]
fn growth_that_can_t_be_is_not_proved() {
    let office = Office::new();
    let [earlier, later] = &office.checkpoints;
    let size = later.unverified().head.seq;
    for old_size in [0, size + 1, u64::MAX] {
        let refused = GrowthProof::make(&office.store(), old_size, later).unwrap_err();
        assert!(matches!(refused, Error::NoGrowth { .. }), "{refused:?}");
    }
    // No growth is what it is.
    let same = GrowthProof::make(&office.store(), size, later).unwrap();
    same.verify(later, ORIGIN, &office.key).unwrap();
    // Of a log that is not the checkpoint's, or shorter.
    let old_size = earlier.unverified().head.seq;
    office.execute(
        "UPDATE records SET digest = zeroblob(32) WHERE seq = ?1",
        [old_size - 3],
    );
    let refused = GrowthProof::make(&office.store(), old_size, later).unwrap_err();
    assert!(matches!(refused, Error::TailLost { .. }), "{refused:?}");
    office.execute("DELETE FROM records WHERE seq > ?1", [old_size]);
    for old_size in [old_size, size] {
        let refused = GrowthProof::make(&office.store(), old_size, later).unwrap_err();
        assert!(matches!(refused, Error::NotInLog { .. }), "{refused:?}");
    }
}

/// What an auditor would refuse is not handed out.
#[test]
fn a_history_that_its_proofs_would_not_show_is_not_handed_out() {
    let office = Office::new();
    let stream = history("zhang.san");
    let own = office.store().stream(&stream).unwrap();
    let between = own.windows(2).find(|two| two[0].seq + 1 < two[1].seq);
    let (first, foreign) = (own[0].seq, between.unwrap()[0].seq + 1);
    let octets = own[2].octets.clone();
    for (sql, seq) in [
        // Another record of the same log, the history's own octets, its digest.
        (
            "UPDATE records SET digest = zeroblob(32) WHERE seq = ?1",
            foreign,
        ),
        ("UPDATE records SET octets = ?2 WHERE seq = ?1", own[3].seq),
    ] {
        let kept: (Vec<u8>, Vec<u8>) = Connection::open(&office.path)
            .unwrap()
            .query_row(
                "SELECT octets, digest FROM records WHERE seq = ?1",
                [seq],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        if sql.contains("?2") {
            office.execute(sql, params![seq, octets]);
        } else {
            office.execute(sql, [seq]);
        }
        let (store, last) = (office.store(), &office.checkpoints[1]);
        let refused = HistoryProof::make(&store, last, &stream).unwrap_err();
        let exported = Export::new(&store, last, &stream, &[], None).unwrap_err();
        let expected = if seq == foreign { first } else { seq };
        for refused in [refused, log_fault(exported)] {
            let named = matches!(refused, Error::NotProved { seq, .. } if seq == expected);
            assert!(named, "{expected}: {refused:?}");
        }
        office.execute(
            "UPDATE records SET octets = ?2, digest = ?3 WHERE seq = ?1",
            params![seq, kept.0, kept.1],
        );
    }
    office.proof();
}

fn log_fault(fault: ExportFault) -> Error {
    match fault {
        ExportFault::Log(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_proof_whose_path_no_tree_has_is_not_read() {
    let office = Office::new();
    let proof = office.proof().to_json();
    let read = |path: Value| {
        let mut value: Value = serde_json::from_str(&proof).unwrap();
        value["records"][0]["path"] = path;
        HistoryProof::from_json(value.to_string().as_bytes())
    };
    let digest = |length: usize| encode(&vec![7; length]);
    assert!(read(json!(vec![digest(32); 64])).is_ok());
    for path in [
        json!(vec![digest(32); 65]),
        json!([digest(31)]),
        json!([digest(33)]),
        json!([digest(0)]),
        json!("path"),
    ] {
        let fault = read(path).unwrap_err();
        assert!(matches!(fault, ProofFault::Unreadable(_)), "{fault:?}");
    }
}

/// A fault says which record and why.
#[test]
fn a_record_of_a_proof_that_can_t_be_read_is_named() {
    let office = Office::new();
    let proof = altered(&office.proof(), |value| {
        value["records"][2]["octets"] = json!(encode(b"{}"));
    });
    let fault = proof.verify(ORIGIN, &office.key).unwrap_err();
    assert!(
        matches!(fault, ProofFault::Record { nth: 3, .. }),
        "{fault:?}"
    );
    assert!(fault.to_string().contains('3'), "{fault}");
    let why = std::error::Error::source(&fault).unwrap().to_string();
    assert!(why.contains("missing field"), "{why}");
}

#[test]
fn an_engine_does_nothing_over_a_store_whose_tail_was_lost() {
    let office = Office::new();
    office.engine().check_tail(&office.last()).unwrap();
    let size = office.last().head.seq;
    office.execute("DELETE FROM records WHERE seq >= ?1", [size]);
    let mut engine = office.engine();
    let lost = |error: Error| matches!(error, Error::TailLost { size: of } if of == size);
    assert!(lost(settle(&mut engine).unwrap_err()));
    let wang = Applicant::new("wang.wu");
    assert!(lost(take_through(&mut engine, &wang).unwrap_err()));
    assert!(lost(engine.checkpoint().unwrap_err()));
    drop(engine);
    assert!(matches!(
        audit::verify(&office.store()),
        Err(Fault::TailLost { size: of, found }) if (of, found) == (size, size - 1)
    ));
}

/// Whoever takes a whole store back, or forgets its checkpoint, is found by the copy outside.
#[test]
fn a_store_that_was_taken_back_is_found_by_the_copy_outside() {
    let office = Office::new();
    let size = office.last().head.seq;
    office.execute("DELETE FROM checkpoints", []);
    let audit = |office: &Office| audit::verify_against(&office.store(), &[office.last()]);
    audit(&office).unwrap();
    office.execute("DELETE FROM records WHERE seq >= ?1", [size]);
    let engine = office.engine();
    let refused = engine.check_tail(&office.last()).unwrap_err();
    assert!(matches!(refused, Error::TailLost { .. }), "{refused}");
    // The earlier one is of what is still there.
    let [earlier, _] = office.verified();
    engine.check_tail(&earlier).unwrap();
    drop(engine);
    assert!(matches!(audit(&office), Err(Fault::TailLost { .. })));
}

#[test]
fn checkpoints_of_another_log_are_found() {
    let office = Office::new();
    let other = Office::new();
    let size = office.last().head.seq;
    // The other CA's: its log has other digests, its key is another.
    let text = other.checkpoints[1].text();
    office.execute(
        "UPDATE checkpoints SET text = ?1 WHERE size = ?2",
        params![text, size],
    );
    let found = audit::verify(&office.store());
    assert!(matches!(found, Err(Fault::CheckpointDiffers { size: of }) if of == size));
    let refused = settle(&mut office.engine()).unwrap_err();
    assert!(matches!(refused, Error::TailLost { .. }), "{refused}");
    let refused = office.engine().check_tail(&other.last()).unwrap_err();
    assert!(matches!(refused, Error::TailLost { .. }), "{refused}");

    // Its own text, which nobody signed.
    let own = office.checkpoints[1].text();
    let body = own.split_once("\n\n").unwrap().0;
    let unsigned = format!("{body}\n\n");
    let sql = "UPDATE checkpoints SET text = ?1 WHERE size = ?2";
    office.execute(sql, params![unsigned, size]);
    let found = audit::verify(&office.store());
    assert!(matches!(found, Err(Fault::BadCheckpoint { size: of, .. }) if of == size));

    // Its own, over roots that are not the tree's: the next would go on from them.
    office.execute(sql, params![own, size]);
    audit::verify(&office.store()).unwrap();
    let roots = "UPDATE checkpoints SET roots = zeroblob(length(roots)) WHERE size = ?1";
    office.execute(roots, [size]);
    let found = audit::verify(&office.store());
    assert!(matches!(found, Err(Fault::CheckpointDiffers { size: of }) if of == size));
}

#[test]
fn checkpoints_are_made_when_they_are_due_and_handed_out_first() {
    let world = World::default();
    let mut engine = world.engine_under(policy());
    // There is no key yet.
    tick(&mut engine);
    assert_eq!(engine.store().checkpoint().unwrap(), None);
    establish(&mut engine).unwrap();
    tick(&mut engine);
    let first = engine.store().checkpoint().unwrap().unwrap();
    assert_eq!(first.size, engine.store().head().unwrap().seq);
    let published = world
        .shelf
        .item(&format!("log/checkpoint-{}.txt", first.size));
    assert_eq!(published.as_deref(), Some(first.text.as_bytes()));
    // Nothing was recorded since: none is made, however much time goes by.
    world.clock.forward(7_200);
    tick(&mut engine);
    assert_eq!(engine.checkpoint().unwrap(), None);
    assert_eq!(engine.store().checkpoint().unwrap(), Some(first.clone()));
    // Few records, and little time; then more time.
    world.clock.forward(1);
    script::issue_crl(&mut engine).unwrap();
    tick(&mut engine);
    let second = engine.store().checkpoint().unwrap().unwrap();
    assert!(second.size > first.size, "an hour and more went by");
    world.clock.forward(60);
    script::issue_crl(&mut engine).unwrap();
    tick(&mut engine);
    assert_eq!(engine.store().checkpoint().unwrap(), Some(second.clone()));
    // Many records.
    take_through(&mut engine, &Applicant::new("zhang.san")).unwrap();
    tick(&mut engine);
    assert!(engine.store().checkpoint().unwrap().unwrap().size > second.size);
}

#[test]
fn a_store_of_the_version_before_checkpoints_is_brought_up_to_date() {
    let office = Office::new();
    let head = office.store().head().unwrap();
    Connection::open(&office.path)
        .unwrap()
        .execute_batch(&format!(
            "{WITHOUT_RESERVATIONS}; DROP TABLE checkpoints; PRAGMA user_version = 2"
        ))
        .unwrap();
    let refused = SqliteStore::open_read_only(&office.path).unwrap_err();
    assert!(refused.to_string().contains("older version"), "{refused}");
    let mut engine = office.engine();
    assert_eq!(engine.store().head().unwrap(), head);
    assert_eq!(engine.store().checkpoint().unwrap(), None);
    let made = engine.checkpoint().unwrap().unwrap();
    assert_eq!(made.unverified().root, office.last().root);
    drop(engine);
    audit::verify(&office.store()).unwrap();
}

fn decode(text: &str) -> Vec<u8> {
    use base64ct::{Base64, Encoding};
    Base64::decode_vec(text).unwrap()
}

fn encode(octets: &[u8]) -> String {
    use base64ct::{Base64, Encoding};
    Base64::encode_string(octets)
}

#[test]
fn a_log_has_a_name_that_its_checkpoints_can_bear() {
    assert!(checkpoints(&"x".repeat(255)).is_ok());
    for name in ["", "ca example", "ca\nexample", "日志", &"x".repeat(256)] {
        let refused = checkpoints(name).unwrap_err();
        assert!(matches!(refused, Error::BadIdentifier { what: "log", .. }));
    }
}

#[test]
fn a_key_in_other_hands_vouches_for_nothing() {
    let world = World::default();
    let mut engine = world.engine_under(policy());
    establish(&mut engine).unwrap();
    engine.checkpoint().unwrap().unwrap();
    let compromise = Act::Compromise {
        since: None,
        report: evidence(EvidenceKind::WorkRecord),
    };
    for (officer, command) in [
        (officer(), authority::Command::Request(compromise)),
        (second_officer(), authority::Command::Confirm),
    ] {
        act(&mut engine, &officer, authority_command(RESPONDER, command)).unwrap();
    }
    let refused = engine.checkpoint().unwrap_err();
    assert!(refused.to_string().contains("refused"), "{refused}");
    let last = engine.store().checkpoint().unwrap();
    world.clock.forward(7_200);
    tick(&mut engine);
    assert_eq!(engine.store().checkpoint().unwrap(), last);
}

/// The examination of every day knows what was kept elsewhere, too.
#[test]
fn the_chain_alone_is_held_against_every_checkpoint() {
    let office = Office::new();
    let [first, last] = office.verified();
    let chain = |outside: &[VerifiedCheckpoint]| audit::verify_chain(&office.store(), outside);
    let size = last.head.seq;
    assert_eq!(chain(&office.verified()).unwrap().seq, size);
    let differs = |fault: Fault, at: u64| {
        let is_so = matches!(fault, Fault::CheckpointDiffers { size } if size == at);
        assert!(is_so, "{at}: {fault:?}");
    };
    let other = Office::new();
    differs(chain(&other.verified()[..1]).unwrap_err(), first.head.seq);
    // The same root over another end of the chain.
    let text = office.checkpoints[1].text();
    let (body, _) = text.split_once("\n\n").unwrap();
    let lines = body.lines().map(|line| match line.strip_prefix("head ") {
        Some(_) => format!("head {}\n", Base64::encode_string(&[7; 32])),
        None => format!("{line}\n"),
    });
    let key = SoftKey::generate().unwrap();
    let moved = signed_note(&lines.collect::<String>(), ORIGIN, &key);
    let moved = SignedCheckpoint::parse(&moved).unwrap();
    let moved = moved.verify(ORIGIN, key.public_key().as_bytes()).unwrap();
    differs(chain(&[moved]).unwrap_err(), size);
    // The store's own, filed under another number.
    let file = "UPDATE checkpoints SET size = ?2 WHERE size = ?1";
    office.execute(file, [size, size - 1]);
    differs(chain(&[]).unwrap_err(), size - 1);
    // Without its own, what was kept shows that the tail is gone.
    office.execute("DELETE FROM checkpoints", []);
    office.execute("DELETE FROM records WHERE seq = ?1", [size]);
    let lost = chain(&office.verified()).unwrap_err();
    let is_lost = matches!(lost, Fault::TailLost { size: was, found }
        if (was, found) == (size, size - 1));
    assert!(is_lost, "{lost:?}");
    assert_eq!(chain(&[first]).unwrap().seq, size - 1);
}

#[test]
fn a_proof_reaches_to_the_checkpoint_and_is_of_a_history_that_there_is() {
    let office = Office::new();
    let last = &office.checkpoints[1];
    let size = last.unverified().head.seq;
    let stream = office.store().records(size - 1, 1).unwrap()[0]
        .stream
        .clone();
    let proof = HistoryProof::make(&office.store(), last, &stream).unwrap();
    let (_, entries) = proof.verify(ORIGIN, &office.key).unwrap();
    assert_eq!(entries.last().unwrap().seq, size);
    let nobody = HistoryProof::make(&office.store(), last, &history("nobody"));
    assert!(matches!(nobody, Err(Error::NotInLog { .. })), "{nobody:?}");
}

#[test]
fn a_proof_of_another_version_or_of_more_than_is_read_is_none() {
    const MOST: usize = 64 << 20;
    let office = Office::new();
    let later = |text: String| {
        assert_eq!(text.matches(" proof 1\"").count(), 1);
        text.replace(" proof 1\"", " proof 2\"").into_bytes()
    };
    let size = office.checkpoints[0].unverified().head.seq;
    let growth = GrowthProof::make(&office.store(), size, &office.checkpoints[1]).unwrap();
    let [history, growth] = [office.proof().to_json(), growth.to_json()].map(later);
    for refused in [
        HistoryProof::from_json(&history).unwrap_err(),
        GrowthProof::from_json(&growth).unwrap_err(),
        HistoryProof::from_json(&vec![b' '; MOST + 1]).unwrap_err(),
    ] {
        let is_other = matches!(refused, ProofFault::OtherFormat { .. });
        assert!(is_other, "{refused:?}");
    }
    let blank = HistoryProof::from_json(&vec![b' '; MOST]).unwrap_err();
    assert!(matches!(blank, ProofFault::Unreadable(_)), "{blank:?}");
}
