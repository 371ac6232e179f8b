//! What is personal in the log: sealed under keys that are elsewhere, and gone with them.

use base64ct::{Base64, Encoding};
use der::Decode;
use gm_crypto::sm3::{self, digest::Digest};
use lifecycle::{
    Actor, Command, Engine, Entry, Error, Event, Head, HistoryProof, Interval, KeysOf,
    MemorySubjectKeys, PersonId, Record, Seat, SqliteStore, Store, StoreError, StreamId,
    SubjectKey, SubjectKeyFile, Submission,
    audit::{self, Fault},
    case::{self, Phase, paper::Deficiency},
    erasure,
    ports::SubjectKeys,
    roster::{self, Paper},
    terms::{Employment, EvidenceKind, Kind},
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};
use x509_cert::Certificate;

use crate::{
    checkpoints,
    doubles::{FailingStore, Side, World},
    script::{
        Applicant, RESPONDER, act, actor, approver, coded, establish, evidence, in_business,
        issue_crl, registrar, settle, take_through,
    },
};

const NAME: &str = "Zhang Sentinel";
const LICENCE: &str = "S0570126020031";
const WORDS: &str = "his papers are those of his brother";

fn clerk() -> Actor {
    actor("wu.jiu", Seat::Clerk)
}

fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn stream(applicant: &Applicant) -> StreamId {
    StreamId::Case(applicant.id.clone())
}

fn erase(name: &str) -> Command {
    let reason = "the term ran out".to_owned();
    Command::Erasure(person(name), erasure::Command::Erase { reason })
}

/// Received and closed.
fn close(engine: &mut Engine, applicant: &Applicant) {
    take_through(engine, applicant).unwrap();
    let record = evidence(EvidenceKind::CallRecord);
    let confirm = case::Command::ConfirmReceipt {
        correct: true,
        record,
    };
    act(engine, &approver(), applicant.command(confirm)).unwrap();
    let work_record = evidence(EvidenceKind::WorkRecord);
    let close = case::Command::Close { work_record };
    act(engine, &approver(), applicant.command(close)).unwrap();
    assert_eq!(applicant.phase(engine), Some(Phase::Closed));
}

/// Somebody whose case is sent back, and who then does not get the certificate.
fn reject(engine: &mut Engine, applicant: &Applicant) {
    applicant.go_to(engine, Phase::Registering).unwrap();
    let list = vec![Deficiency::new("common-name", WORDS)];
    let back = applicant.command(case::Command::Return(list));
    act(engine, &registrar(), back).unwrap();
    act(engine, &applicant.actor(), applicant.fill()).unwrap();
    let again = applicant.command(case::Command::Resubmit);
    act(engine, &applicant.actor(), again).unwrap();
    applicant.go_to(engine, Phase::Approving).unwrap();
    let reason = WORDS.to_owned();
    let reject = applicant.command(case::Command::Reject { reason });
    act(engine, &approver(), reject).unwrap();
}

fn roster(engine: &mut Engine, name: &str, command: roster::Command, by: &Actor) {
    let command = Command::Person(person(name), "in-house".into(), command);
    act(engine, by, command).unwrap();
}

fn admit(engine: &mut Engine, world: &World, name: &str) {
    use lifecycle::ports::Clock;
    let always = Interval::new(world.clock.now(), None);
    let entry = roster::Entry::new(Employment::Contract, Paper::new("lc-1", always))
        .training(true, Paper::new("tr-1", always))
        .licence(Paper::new(LICENCE, always))
        .declaration(evidence(EvidenceKind::HolderStatement), []);
    let propose = roster::Command::Propose(Box::new(entry));
    roster(engine, name, propose, &clerk());
    let second = actor("zheng.ba", Seat::Clerk);
    roster(engine, name, roster::Command::Confirm, &second);
}

/// The names of the files of a folder in which these octets stand.
fn holding(folder: &Path, wanted: &[u8]) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|one| one.unwrap());
    let has = |file: &fs::DirEntry| {
        let octets = fs::read(file.path()).unwrap();
        octets.windows(wanted.len()).any(|part| part == wanted)
    };
    let names = files.filter(has).map(|file| file.file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_files_of_a_store_say_nothing_of_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new();
    let store = SqliteStore::open(&folder.path().join("store")).unwrap();
    let mut engine = world.engine_over(store);
    establish(&mut engine).unwrap();
    let zhang = Applicant::named("zhang.san", NAME);
    reject(&mut engine, &zhang);
    admit(&mut engine, &world, "feng.shi");
    let reason = WORDS.to_owned();
    let removal = roster::Command::Remove { reason };
    roster(&mut engine, "feng.shi", removal, &clerk());

    let state = engine.case(&zhang.id).unwrap().unwrap();
    assert_eq!(state.form.unwrap().value("common-name"), Some(NAME));
    let state = engine.person(&person("feng.shi")).unwrap().unwrap();
    assert_eq!(state.stage(), roster::Stage::Removed);
    // Octets stand in records as base64: any piece of the request that begins at a third octet.
    let request = zhang.csr.der();
    let request = Base64::encode_string(&request[..request.len() / 3 * 3]);
    // While the write-ahead log has it, and when it is in the file.
    for is_open in [true, false] {
        if !is_open {
            drop(engine);
            engine = world.engine();
        }
        // Names that are not to be hidden are there.
        assert!(!holding(folder.path(), zhang.id.as_str().as_bytes()).is_empty());
        for wanted in [NAME, LICENCE, WORDS, &request] {
            let found = holding(folder.path(), wanted.as_bytes());
            assert!(found.is_empty(), "{wanted} stands in {found:?}");
        }
    }
    // Records are packed in the file.
    let records = SqliteStore::open_read_only(&folder.path().join("store")).unwrap();
    let records = records.records(0, usize::MAX >> 1).unwrap();
    let all: Vec<u8> = records
        .iter()
        .flat_map(|record| record.octets.clone())
        .collect();
    assert!(all.windows(11).any(|part| part == b"form-filled"));
    for wanted in [NAME, LICENCE, WORDS, &request] {
        let wanted = wanted.as_bytes();
        assert!(!all.windows(wanted.len()).any(|part| part == wanted));
    }
}

#[test]
fn the_words_of_a_person_are_read_back_and_nothing_hashes_them_in_clear() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::named("zhang.san", NAME);
    let key = || "a-key".to_owned().try_into().unwrap();
    let open = zhang.open();
    act(&mut engine, &zhang.actor(), open).unwrap();
    let fill = || Submission::new(zhang.actor(), zhang.fill()).under(key());
    let first = engine.submit_all([fill()]).remove(0).unwrap();
    let again = engine.submit_all([fill()]).remove(0).unwrap();
    assert_eq!(again, first);
    let other = Applicant::named("zhang.san", "Zhang Other");
    let other = Submission::new(zhang.actor(), other.fill()).under(key());
    assert_eq!(
        engine
            .submit_all([other])
            .remove(0)
            .unwrap_err()
            .to_string(),
        "refused"
    );
    zhang.register(&mut engine).unwrap();
    for record in engine.store().stream(&stream(&zhang)).unwrap() {
        let value: Value = serde_json::from_slice(&record.octets).unwrap();
        let (name, event) = value["event"]["case"].as_object().map_or_else(
            || {
                (
                    value["event"]["case"].as_str().unwrap().to_owned(),
                    Value::Null,
                )
            },
            |event| {
                let (name, event) = event.iter().next().unwrap();
                (name.clone(), event.clone())
            },
        );
        for hash in ["package", "snapshot", "digest", "fields"] {
            let clear = event.get(hash).is_some_and(|value| !value.is_null());
            assert!(!clear, "{name} has its {hash} in clear");
        }
        if name == "form-filled" {
            assert!(value["submitted"]["digest"].is_null());
            assert!(value["sealed"].is_object());
        }
        let opened = record.open(&world.subjects).unwrap();
        assert_eq!(opened.sealed, None);
        // What stood in clear before there were keys still does.
        let plain = serde_json::to_vec(&opened).unwrap();
        let old = Record::from_stored(
            record.seq,
            record.stream.clone(),
            record.version,
            plain,
            record.digest,
        );
        assert_eq!(old.entry().unwrap(), opened);
    }
    audit::verify(engine.store()).unwrap();
    opened_audit(&engine, &world.subjects).unwrap();
}

fn opened_audit(engine: &Engine, keys: &dyn SubjectKeys) -> Result<(), Fault> {
    audit::verify_opened(engine.store(), &[], Some(keys), &mut |_| ()).map(drop)
}

fn reopened(world: &World, path: &Path) -> Engine {
    world.engine_of(SqliteStore::open(path).unwrap(), checkpoints::policy())
}

/// In seconds.
const YEAR: u64 = 365 * 86_400;

#[test]
fn a_person_is_erased_when_the_term_ran_out_and_the_log_stands() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new();
    let path = folder.path().join("store");
    let mut engine = world.engine_of(SqliteStore::open(&path).unwrap(), checkpoints::policy());
    establish(&mut engine).unwrap();
    let zhang = Applicant::named("zhang.san", NAME);
    let li = Applicant::new("li.ming");
    close(&mut engine, &zhang);
    world.clock.forward(YEAR);
    close(&mut engine, &li);
    // About a pair that runs, and so kept as long as that.
    let freeze = li.again("freeze", Kind::Freeze);
    act(&mut engine, &freeze.actor(), freeze.open()).unwrap();
    let withdraw = freeze.command(case::Command::Withdraw);
    act(&mut engine, &freeze.actor(), withdraw).unwrap();
    world.clock.forward(1);
    let checkpoint = engine.checkpoint().unwrap().unwrap();

    let refused = |engine: &mut Engine, name: &str| coded(act(engine, &clerk(), erase(name)));
    assert_eq!(refused(&mut engine, "zhang.san"), "retained (S5-03)");
    assert_eq!(refused(&mut engine, "wang.er"), "nothing-sealed (S5-03)");
    let [kept] = &engine.retained(&zhang.person).unwrap()[..] else {
        panic!("one case");
    };
    let signing = zhang.pair(&engine).signing;
    let certificate = Certificate::from_der(&signing.certificate).unwrap();
    let end = certificate
        .tbs_certificate()
        .validity()
        .not_after
        .to_date_time();
    let until = kept.until.unwrap();
    assert_eq!(until.year(), end.year() + 5);
    assert_eq!((until.month(), until.day()), (end.month(), end.day()));
    world.clock.to(until, -1);
    assert_eq!(refused(&mut engine, "zhang.san"), "retained (S5-03)");
    world.clock.to(until, 0);
    for seat in [Seat::Registrar, Seat::Approver, Seat::Applicant] {
        let answer = act(&mut engine, &actor("wu.jiu", seat), erase("zhang.san"));
        assert_eq!(coded(answer), "seat (S5-03)");
    }
    let before = engine.case(&zhang.id).unwrap().unwrap();
    act(&mut engine, &clerk(), erase("zhang.san")).unwrap();

    let mut same = Some(engine);
    for _ in 0..2 {
        let mut engine = same.take().unwrap_or_else(|| reopened(&world, &path));
        let state = engine.case(&zhang.id).unwrap().unwrap();
        let form = state.form.clone().unwrap();
        assert!(form.fields.is_destroyed() && form.digest.is_destroyed());
        assert_eq!(form.values().count(), 0);
        assert!(state.request.as_ref().unwrap().csr.is_destroyed());
        // All else stays as it was.
        assert_eq!((state.phase, &state.seats), (Phase::Closed, &before.seats));
        assert_eq!(
            (&state.signing, &state.ledger),
            (&before.signing, &before.ledger)
        );
        assert_eq!(state.acts, before.acts);
        let history = engine.erasure(&zhang.person).unwrap().unwrap();
        assert_eq!(history.erased, [stream(&zhang)]);
        assert_eq!(engine.retained(&zhang.person).unwrap(), []);
        assert_eq!(refused(&mut engine, "zhang.san"), "nothing-sealed (S5-03)");
        // Nobody else is touched.
        let state = engine.case(&li.id).unwrap().unwrap();
        assert_eq!(state.form.unwrap().value("common-name"), Some("li.ming"));
        assert_eq!(refused(&mut engine, "li.ming"), "retained (S5-03)");

        audit::verify(engine.store()).unwrap();
        opened_audit(&engine, &world.subjects).unwrap();
        let key = checkpoints::key_of(&engine, RESPONDER);
        let proof = HistoryProof::make(engine.store(), &checkpoint, &stream(&zhang)).unwrap();
        let (_, entries) = proof.verify(checkpoints::ORIGIN, &key).unwrap();
        assert!(
            entries
                .iter()
                .any(|entry| entry.event.name() == "form-filled")
        );
        let signing = zhang.pair(&engine).signing;
        let status = engine
            .certificate(&signing.issuer, &signing.serial)
            .unwrap();
        assert!(status.is_some());
        issue_crl(&mut engine).unwrap();
    }
    // The holder's other history goes when its own term ran out.
    let mut engine = reopened(&world, &path);
    let kept = engine.retained(&li.person).unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(
        kept[0].until.map(|it| it.year()),
        kept[1].until.map(|it| it.year())
    );
    world.clock.forward(2 * YEAR);
    act(&mut engine, &clerk(), erase("li.ming")).unwrap();
    assert!(engine.case(&freeze.id).unwrap().is_some());
    opened_audit(&engine, &world.subjects).unwrap();
}

#[test]
fn a_case_that_runs_and_an_entry_that_stands_are_not_erased() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut engine, &zhang).unwrap();
    admit(&mut engine, &world, "feng.shi");
    world.clock.forward(8 * YEAR);
    for name in ["zhang.san", "feng.shi"] {
        let answer = act(&mut engine, &clerk(), erase(name));
        assert_eq!(coded(answer), "not-ended (S5-03)", "{name}");
    }
    let reason = WORDS.to_owned();
    let removal = roster::Command::Remove { reason };
    roster(&mut engine, "feng.shi", removal, &clerk());
    let answer = act(&mut engine, &clerk(), erase("feng.shi"));
    assert_eq!(coded(answer), "retained (S5-03)");
    world.clock.forward(11 * YEAR);
    act(&mut engine, &clerk(), erase("feng.shi")).unwrap();
    let history = StreamId::Person(person("feng.shi"));
    let destroyed = |engine: &Engine| {
        let records = engine.store().stream(&history).unwrap();
        let entries = records.iter().map(|one| one.open(&world.subjects).unwrap());
        let gone = |entry: &Entry| match &entry.event {
            Event::Person(roster::Event::Removed { reason }) => Some(reason.is_destroyed()),
            _ => None,
        };
        entries.filter_map(|entry| gone(&entry)).collect::<Vec<_>>()
    };
    assert_eq!(destroyed(&engine), [true]);
    // Whoever comes back has another key.
    admit(&mut engine, &world, "feng.shi");
    let state = world.engine().person(&person("feng.shi")).unwrap().unwrap();
    let entry = state.entry(lifecycle::ports::Clock::now(&world.clock));
    let licence = entry.unwrap().licence.as_ref().unwrap();
    assert_eq!(licence.reference.known().map(String::as_str), Some(LICENCE));
    assert_eq!(destroyed(&engine), [true]);
    audit::verify(engine.store()).unwrap();
}

/// Writes a whole log anew with other octets, as somebody does who knows how it is made.
fn forge(path: &Path, change: impl Fn(&mut Vec<Value>)) {
    let records = SqliteStore::open_read_only(path)
        .unwrap()
        .records(0, usize::MAX >> 1);
    let records = records.unwrap().into_iter();
    let mut entries: Vec<Value> = records
        .map(|record| serde_json::from_slice(&record.octets).unwrap())
        .collect();
    change(&mut entries);
    let mut connection = Connection::open(path).unwrap();
    let transaction = connection.transaction().unwrap();
    let mut digest = Head::EMPTY.digest;
    for (seq, entry) in (1_u64..).zip(entries) {
        let octets = serde_json::to_vec(&entry).unwrap();
        let link = sm3::Sm3::new().chain_update([1]).chain_update(digest);
        digest = link.chain_update(&octets).finalize().into();
        let sql = "UPDATE records SET octets = ?2, digest = ?3 WHERE seq = ?1";
        transaction
            .execute(sql, params![seq, octets, digest])
            .unwrap();
    }
    transaction.commit().unwrap();
}

#[test]
fn what_is_sealed_opens_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let world = World::new();
    let mut engine = world.engine_over(SqliteStore::open(&path).unwrap());
    establish(&mut engine).unwrap();
    let zhang = Applicant::named("zhang.san", NAME);
    reject(&mut engine, &zhang);
    drop(engine);
    let original = fs::read(&path).unwrap();
    let is_form = |entry: &Value| entry["event"]["case"].get("form-filled").is_some();
    let forms = |entries: &[Value]| -> Vec<usize> {
        let places = entries.iter().enumerate();
        places
            .filter(|(_, entry)| is_form(entry))
            .map(|(place, _)| place)
            .collect()
    };
    let swap = |entries: &mut Vec<Value>| {
        let [first, second] = forms(entries)[..] else {
            panic!("two forms");
        };
        let sealed = entries[first]["sealed"].take();
        entries[first]["sealed"] = entries[second]["sealed"].clone();
        entries[second]["sealed"] = sealed;
    };
    let flip = |entries: &mut Vec<Value>| {
        let first = forms(entries)[0];
        let text = entries[first]["sealed"]["octets"].as_str().unwrap();
        let other = if text.starts_with('A') { 'B' } else { 'A' };
        entries[first]["sealed"]["octets"] = json!(format!("{other}{}", &text[1..]));
    };
    let cut = |entries: &mut Vec<Value>| {
        let first = forms(entries)[0];
        entries[first]["sealed"]["octets"] = json!("AAAA");
    };
    let other_key = |entries: &mut Vec<Value>| {
        let first = forms(entries)[0];
        entries[first]["sealed"]["key"] = json!(7);
    };
    type Change<'a> = &'a dyn Fn(&mut Vec<Value>);
    let all: [(&str, Change<'_>); 4] = [
        ("swap", &swap),
        ("flip", &flip),
        ("cut", &cut),
        ("key", &other_key),
    ];
    for (name, change) in all {
        fs::write(&path, &original).unwrap();
        forge(&path, change);
        let engine = world.engine_over(SqliteStore::open(&path).unwrap());
        audit::verify(engine.store()).unwrap();
        let fault = opened_audit(&engine, &world.subjects).unwrap_err();
        let error = engine.case(&zhang.id).unwrap_err();
        if name == "key" {
            assert!(matches!(fault, Fault::KeyMissing { .. }), "{fault:?}");
            assert!(matches!(error, Error::NoSubjectKey { .. }), "{error:?}");
            continue;
        }
        let Fault::Unreadable { source, .. } = fault else {
            panic!("{name}: {fault:?}");
        };
        assert!(matches!(*source, Error::Seal { .. }), "{name}: {source:?}");
        assert!(matches!(error, Error::Seal { .. }), "{name}: {error:?}");
    }
}

#[test]
fn a_store_without_its_keys_says_where_they_should_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let keys = folder.path().join("subject-keys");
    let world = World::new();
    let zhang = Applicant::named("zhang.san", NAME);
    {
        let store = SqliteStore::open(&path).unwrap();
        let subjects = SubjectKeyFile::open(&keys, &store).unwrap();
        let mut engine = world.engine_with(store, Arc::new(subjects));
        establish(&mut engine).unwrap();
        reject(&mut engine, &zhang);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&keys).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    {
        let store = SqliteStore::open(&path).unwrap();
        let subjects = SubjectKeyFile::open(&keys, &store).unwrap();
        let engine = world.engine_with(store, Arc::new(subjects));
        let state = engine.case(&zhang.id).unwrap().unwrap();
        assert_eq!(state.form.unwrap().value("common-name"), Some(NAME));
    }
    let kept = fs::read(&keys).unwrap();
    fs::remove_file(&keys).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    // No new file hides that the old one is missing.
    let missing = SubjectKeyFile::open(&keys, &store).unwrap_err();
    assert!(matches!(&missing, StoreError::Missing { path } if *path == keys));
    assert!(!keys.exists());
    let nothing = Arc::new(SubjectKeyFile::open_read_only(&keys).unwrap());
    let engine = world.engine_with(store, Arc::clone(&nothing) as Arc<dyn SubjectKeys>);
    let error = engine.case(&zhang.id).unwrap_err();
    assert!(
        error.to_string().contains(keys.to_str().unwrap()),
        "{error}"
    );
    assert!(matches!(error, Error::NoSubjectKey { .. }), "{error:?}");
    audit::verify(engine.store()).unwrap();
    let fault = opened_audit(&engine, &*nothing).unwrap_err();
    assert!(matches!(fault, Fault::KeyMissing { .. }), "{fault:?}");
    drop(engine);
    fs::write(
        &keys,
        "no database, and longer than any header of one".repeat(9),
    )
    .unwrap();
    let store = SqliteStore::open(&path).unwrap();
    assert!(SubjectKeyFile::open(&keys, &store).is_err());
    fs::write(&keys, kept).unwrap();
    assert!(SubjectKeyFile::open(&keys, &store).is_ok());
}

#[test]
fn a_destroyed_key_is_nowhere_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("subject-keys");
    let store = lifecycle::MemoryStore::default();
    let (zhang, li) = (person("zhang.san"), person("li.ming"));
    let history = |name: &str| StreamId::try_from(format!("case/{name}")).unwrap();
    let (mine, other) = (history("a"), history("b"));
    let keys = SubjectKeyFile::open(&path, &store).unwrap();
    let made: Vec<_> = (0..3)
        .map(|_| Arc::new(SubjectKey::fresh().unwrap()))
        .collect();
    keys.put(&mine, 1, &zhang, &made[0]).unwrap();
    keys.put(&mine, 2, &zhang, &made[1]).unwrap();
    keys.put(&other, 1, &li, &made[2]).unwrap();
    assert!(keys.put(&other, 1, &li, &made[2]).is_err());
    keys.sync().unwrap();
    let octets: Vec<_> = made.iter().map(|key| *key.as_octets()).collect();
    assert!(
        octets
            .iter()
            .all(|key| !holding(folder.path(), key).is_empty())
    );
    let again = SubjectKeyFile::open(&path, &store).unwrap();
    assert_eq!(again.of(&mine).unwrap().len(), 2);
    assert_eq!(again.persons().unwrap(), [li, zhang.clone()]);
    assert_eq!(
        again.histories(&zhang).unwrap(),
        std::slice::from_ref(&mine)
    );
    drop(again);

    let unknown = history("c");
    keys.destroy(&[mine.clone(), unknown.clone()]).unwrap();
    for key in &octets[..2] {
        assert_eq!(holding(folder.path(), key), <[&str; 0]>::default());
    }
    for keys in [keys, SubjectKeyFile::open(&path, &store).unwrap()] {
        assert!(keys.of(&mine).unwrap().iter().all(Option::is_none));
        assert_eq!(
            (
                keys.of(&mine).unwrap().len(),
                keys.of(&unknown).unwrap().len()
            ),
            (2, 1)
        );
        assert_eq!(keys.histories(&zhang).unwrap(), []);
        let left = keys.of(&other).unwrap();
        assert_eq!(left[0].as_ref().unwrap().as_octets(), &octets[2]);
        keys.destroy(std::slice::from_ref(&mine)).unwrap();
    }
    let text = format!(
        "{:?} {:?}",
        made[0],
        lifecycle::Personal::<String>::from(NAME)
    );
    assert!(
        !text.contains(NAME) && text.starts_with("SubjectKey { .. }"),
        "{text}"
    );
}

#[test]
fn a_key_whose_record_never_came_to_be_does_no_harm() {
    let (world, mut engine) = in_business();
    let store = FailingStore::new(world.store.clone(), 1, Side::Before);
    let mut failing = world.engine_over(store);
    let zhang = Applicant::named("zhang.san", NAME);
    act(&mut failing, &zhang.actor(), zhang.open()).unwrap_err();
    drop(failing);
    assert_eq!(
        world.subjects.histories(&zhang.person).unwrap(),
        [stream(&zhang)]
    );
    // The name of the case is somebody else's now.
    let li = Applicant {
        person: person("li.ming"),
        ..zhang.clone()
    };
    reject(&mut engine, &li);
    let records = engine.store().stream(&stream(&li)).unwrap();
    let numbers: Vec<_> = records
        .iter()
        .filter_map(|one| one.entry().unwrap().sealed)
        .map(|sealed| sealed.key)
        .collect();
    assert!(numbers.len() > 3 && numbers.iter().all(|number| *number == 2));
    world.clock.forward(20 * YEAR);
    let answer = act(&mut engine, &clerk(), erase("zhang.san"));
    assert_eq!(coded(answer), "nothing-sealed (S5-03)");
    act(&mut engine, &clerk(), erase("li.ming")).unwrap();
    assert_eq!(world.subjects.histories(&zhang.person).unwrap(), []);
    opened_audit(&engine, &world.subjects).unwrap();
}

/// Keys that are not destroyed while they are told to.
#[derive(Debug)]
struct Stubborn {
    inner: MemorySubjectKeys,
    fails: AtomicBool,
}

impl SubjectKeys for Stubborn {
    fn of(&self, stream: &StreamId) -> Result<KeysOf, StoreError> {
        self.inner.of(stream)
    }

    fn put(
        &self,
        stream: &StreamId,
        number: u32,
        person: &PersonId,
        key: &Arc<SubjectKey>,
    ) -> Result<(), StoreError> {
        self.inner.put(stream, number, person, key)
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.inner.sync()
    }

    fn destroy(&self, streams: &[StreamId]) -> Result<(), StoreError> {
        if self.fails.load(Relaxed) {
            return Err(StoreError::Other("the disk is gone"));
        }
        self.inner.destroy(streams)
    }

    fn histories(&self, person: &PersonId) -> Result<Vec<StreamId>, StoreError> {
        self.inner.histories(person)
    }

    fn persons(&self) -> Result<Vec<PersonId>, StoreError> {
        self.inner.persons()
    }

    fn place(&self) -> String {
        self.inner.place()
    }
}

#[test]
fn a_crash_between_the_decision_and_the_end_of_a_key_loses_neither() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::named("zhang.san", NAME);
    reject(&mut engine, &zhang);
    drop(engine);
    let keys = Arc::new(Stubborn {
        inner: world.subjects.clone(),
        fails: AtomicBool::new(true),
    });
    let start = || {
        world.engine_with(
            world.store.clone(),
            Arc::clone(&keys) as Arc<dyn SubjectKeys>,
        )
    };
    let mut engine = start();
    world.clock.forward(20 * YEAR);
    let error = act(&mut engine, &clerk(), erase("zhang.san")).unwrap_err();
    assert!(matches!(error, Error::SubjectKeys(_)), "{error:?}");
    // Decided, and not done: nobody decides it again, and nothing is lost yet.
    let answer = act(&mut engine, &clerk(), erase("zhang.san"));
    assert_eq!(coded(answer), "wrong-state (S5-03)");
    assert_eq!(
        world.subjects.histories(&zhang.person).unwrap(),
        [stream(&zhang)]
    );
    audit::verify(engine.store()).unwrap();
    let mut engine = start();
    settle(&mut engine).unwrap_err();
    keys.fails.store(false, Relaxed);
    settle(&mut engine).unwrap();
    let form = engine.case(&zhang.id).unwrap().unwrap().form.unwrap();
    assert!(form.fields.is_destroyed());
    opened_audit(&engine, &*keys).unwrap();
}

#[test]
fn a_key_that_came_back_with_a_copy_is_found_and_destroyed_again() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::named("zhang.san", NAME);
    reject(&mut engine, &zhang);
    let history = stream(&zhang);
    let copied = world.subjects.of(&history).unwrap()[0].clone().unwrap();
    world.clock.forward(20 * YEAR);
    act(&mut engine, &clerk(), erase("zhang.san")).unwrap();
    let copy = MemorySubjectKeys::default();
    copy.put(&history, 1, &zhang.person, &copied).unwrap();
    let mut engine = world.engine_with(world.store.clone(), Arc::new(copy.clone()));
    let fault = opened_audit(&engine, &copy).unwrap_err();
    assert!(matches!(fault, Fault::KeyNotDestroyed { .. }), "{fault:?}");
    act(&mut engine, &clerk(), erase("zhang.san")).unwrap();
    opened_audit(&engine, &copy).unwrap();
    audit::verify(engine.store()).unwrap();
}
