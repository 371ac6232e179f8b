//! The store of a desk: backed up, lost, put back, brought up to date.

use crate::desk::Desk;
use gm_pki_tests::command::{contents, finished_demo, folder, gmpki, program};
use lifecycle::SqliteStore;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

const STORE: &str = "gmpki-desk/store.sqlite";
const KEYS: [&str; 4] = [
    "token",
    "key-centre",
    "operator.password",
    "subject-keys.sqlite",
];

/// A desk with an issued case and a checkpoint over it.
fn at_work() -> Desk {
    let desk = Desk::of_the_extranet();
    desk.issued("a-1");
    desk.good("ca tick --at 2026-03-02T09:00:00Z");
    desk
}

/// Something more, and a checkpoint over it.
fn goes_on(desk: &Desk) {
    desk.submitted("a-2");
    desk.good("ca tick --at 2026-03-02T11:00:00Z");
}

/// What was done, though there is something to be said about it.
fn noted(desk: &Desk, words: &str) -> Value {
    let answer = desk.call(words).arg("--json").answer();
    assert_eq!(answer.code, Some(0), "{answer}");
    answer.json()
}

fn lose_store(desk: &Desk) {
    fs::remove_file(desk.path(STORE)).expect("a store");
}

fn copy_all(from: &Path, to: &Path) {
    for (name, octets) in contents(from) {
        let place = to.join(name);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::write(place, octets).expect("a file");
    }
}

#[test]
fn a_lost_store_is_put_back_and_the_desk_goes_on() {
    let desk = at_work();
    let shown = desk.object("store backup b-1");
    let records = shown["records"].as_u64().expect("a number");
    assert_eq!(shown["left_out"], serde_json::json!(KEYS));
    // What is in it: no key, no password; what it says of itself holds.
    let names = contents(&desk.path("b-1"));
    for left_out in KEYS {
        assert!(names.keys().all(|name| !name.starts_with(left_out)));
    }
    for there in ["store.sqlite", "desk.toml", "clock", "backup.toml"] {
        assert!(names.contains_key(Path::new(there)), "{there}");
    }
    for there in ["rules", "documents", "published"] {
        assert!(names.keys().any(|name| name.starts_with(there)), "{there}");
    }
    assert_eq!(
        desk.object("store check --dir b-1")["records"].as_u64(),
        Some(records)
    );
    let before = desk.object("case show a-1");
    // What is personal opens with the keys, which are elsewhere.
    desk.refused("case show a-1 --dir b-1", "subject-keys.sqlite");

    desk.refused("store restore b-1", "store.sqlite exists already");
    desk.refused("store backup b-1", "exists already");
    lose_store(&desk);
    desk.refused("ca tick", "is missing");
    let back = desk.object("store restore b-1");
    assert_eq!(
        (back["lost"].as_u64(), back["notes"].as_array()),
        (Some(0), None)
    );
    assert!(
        contents(&desk.path("b-1")) == names,
        "a backup stays as it is"
    );
    assert_eq!(desk.object("case show a-1"), before);
    goes_on(&desk);
    desk.good("store check");
}

#[test]
fn a_backup_that_is_older_than_a_checkpoint_is_refused_unless_its_loss_is_accepted() {
    let desk = at_work();
    desk.good("store backup b-1");
    goes_on(&desk);
    let newest = desk.object("ca show")["checkpoint"].as_u64().expect("one");
    let had = desk.object("store check --dir b-1")["records"].as_u64();
    let lost = newest - had.expect("a number");
    lose_store(&desk);
    let published = contents(&desk.path("gmpki-desk"));
    let reason = format!("the {lost} after its last are not in it");
    desk.refused("store restore b-1", &reason);
    desk.refused(
        &format!("store restore b-1 --accept-loss {}", lost - 1),
        &reason,
    );
    assert!(!desk.path(STORE).exists());
    assert!(
        contents(&desk.path("gmpki-desk")) == published,
        "nothing was done"
    );

    // Another log was lost at as many records once, and its checkpoint is proof as well.
    let log = desk.path("gmpki-desk/published/log");
    let named = |name: &str| log.join(format!("{name}{newest}.txt"));
    let proof = fs::read(named("checkpoint-")).expect("a checkpoint");
    fs::write(named("lost-checkpoint-"), "of another log").expect("a file");
    let second = log.join(format!("lost-checkpoint-{newest}-2.txt"));
    let words = format!("store restore b-1 --accept-loss {lost} --json");
    let mut child = desk.call(&words).start();
    // What shows the loss is put aside for a store that is there, at no moment before.
    while child.try_wait().expect("our child").is_none() {
        assert!(!second.exists() || desk.path(STORE).exists());
    }
    let done = child.wait_with_output().expect("our child");
    assert!(done.status.success(), "{done:?}");
    let back: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!(back["lost"].as_u64(), Some(lost));
    let notes = back["notes"].to_string();
    assert!(notes.contains("are lost"), "{notes}");
    assert_eq!(fs::read(&second).expect("a checkpoint"), proof);
    let kept = fs::read(named("lost-checkpoint-")).expect("a file");
    assert_eq!(kept, b"of another log");
    assert!(!named("checkpoint-").exists());
    // It works again, and what was lost can be seen.
    desk.good("ca tick --at 2026-03-02T12:00:00Z");
    desk.refused("case show a-2", "a-2");
    let aside = format!("gmpki-desk/published/log/lost-checkpoint-{newest}-2.txt");
    let key = "--key gmpki-desk/published/authorities/log.pem";
    desk.refused(
        &format!("store check --checkpoint {aside} {key}"),
        &format!("there was a log of {newest} records"),
    );
}

/// Every file and folder below one, with who may do what with it.
fn modes(folder: &Path) -> BTreeMap<PathBuf, u32> {
    let (mut found, mut left) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(path) = left.pop() {
        let mode = fs::metadata(&path).expect("it is there").permissions();
        let name = path.strip_prefix(folder).expect("it lies below");
        found.insert(name.to_owned(), mode.mode() & 0o777);
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder");
            left.extend(entries.map(|entry| entry.expect("it is listed").path()));
        }
    }
    found
}

#[test]
fn whoever_can_t_look_into_a_desk_can_t_look_into_its_copies() {
    let desk = at_work();
    fs::create_dir(desk.path("gmpki-desk/documents/more")).expect("a folder");
    fs::write(desk.path("gmpki-desk/documents/more/one"), "words").expect("a file");
    for name in modes(&desk.path("gmpki-desk")).into_keys() {
        let path = desk.path("gmpki-desk").join(name);
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    }
    let expected = modes(&desk.path("gmpki-desk"));
    desk.good("store backup b-1");
    noted(&desk, "store restore b-1 --dir other");
    for copy in ["b-1", "other"] {
        let found = modes(&desk.path(copy));
        assert_eq!(found[Path::new("documents/more/one")], 0o600);
        for (name, mode) in found {
            // It is no file of the desk.
            if name != Path::new("backup.toml") {
                assert_eq!(mode, expected[&name], "{copy}: {}", name.display());
            }
        }
    }
}

#[test]
fn settings_of_any_length_are_not_read() {
    let desk = at_work();
    desk.good("store backup b-1");
    for (file, words) in [
        ("gmpki-desk/desk.toml", "ca show"),
        ("b-1/backup.toml", "store check --dir b-1"),
        ("b-1/desk.toml", "store check --dir b-1"),
    ] {
        desk.good(words);
        let whole = fs::read(desk.path(file)).expect("settings");
        let long = [&whole[..], b"\n#", &b" ".repeat(1 << 20)].concat();
        fs::write(desk.path(file), long).expect("settings");
        desk.refused(words, "larger than the 1048576 octets");
        fs::write(desk.path(file), whole).expect("settings");
    }
}

#[test]
fn a_checkpoint_that_was_kept_elsewhere_tells_of_a_loss_on_a_new_machine() {
    let desk = at_work();
    desk.good("store backup b-1");
    goes_on(&desk);
    let newest = desk.object("ca show")["checkpoint"].clone();
    let newest = format!("gmpki-desk/published/log/checkpoint-{newest}.txt");
    fs::copy(desk.path(&newest), desk.path("kept.txt")).expect("a checkpoint");
    desk.refused(
        "store restore b-1 --dir other --checkpoint kept.txt",
        "would fork the log",
    );
    desk.refused(
        "store restore b-1 --dir other --checkpoint kept.txt \
         --key gmpki-desk/published/authorities/root.pem",
        "did not sign",
    );
    // Without it, nobody can know. The keys come by a way of their own.
    let back = noted(&desk, "store restore b-1 --dir other");
    let notes = back["notes"].to_string();
    assert!(
        notes.contains("operator's keys are not in a backup"),
        "{notes}"
    );
    for keys in KEYS {
        let (from, to) = (
            desk.path("gmpki-desk").join(keys),
            desk.path("other").join(keys),
        );
        if from.is_dir() {
            copy_all(&from, &to);
        } else {
            fs::copy(from, to).expect("a password, or keys");
        }
    }
    desk.good("ca tick --dir other --at 2026-03-02T10:00:00Z");
    desk.good("store check --dir other");
    assert_eq!(
        desk.object("case show a-1 --dir other")["phase"],
        desk.object("case show a-1")["phase"]
    );
}

#[test]
fn nobody_works_on_a_backup() {
    let desk = at_work();
    desk.good("store backup b-1");
    let before = contents(&desk.path("b-1"));
    for command in ["ca tick --dir b-1", "store migrate --dir b-1"] {
        desk.refused(command, "backup");
    }
    assert!(contents(&desk.path("b-1")) == before);
    // One that was worked on all the same is none any more.
    fs::rename(desk.path("b-1/backup.toml"), desk.path("aside.toml")).expect("a note");
    for keys in ["token", "key-centre"] {
        copy_all(
            &desk.path("gmpki-desk").join(keys),
            &desk.path("b-1").join(keys),
        );
    }
    for file in ["operator.password", "subject-keys.sqlite"] {
        let (own, copy) = (desk.path("gmpki-desk"), desk.path("b-1"));
        fs::copy(own.join(file), copy.join(file)).expect("a file");
    }
    desk.good(
        "case open a-3 --dir b-1 --actor su.qing:applicant --certificate person \
               --holder su.qing --organisation guan --carrier soft",
    );
    fs::rename(desk.path("aside.toml"), desk.path("b-1/backup.toml")).expect("a note");
    lose_store(&desk);
    for command in ["store restore b-1", "store check --dir b-1"] {
        desk.refused(command, "it was changed");
    }
}

#[test]
fn a_damaged_backup_and_another_desks_are_refused() {
    let desk = at_work();
    desk.good("store backup b-1");
    lose_store(&desk);
    let store = desk.path("b-1/store.sqlite");
    let whole = fs::read(&store).expect("a store");
    // Packed by dictionary 1, in a frame of Zstandard.
    let packed = [1, 0x28, 0xb5, 0x2f, 0xfd];
    let place = whole.windows(5).rposition(|part| part == packed);
    let mut changed = whole.clone();
    changed[place.expect("a record") + 30] ^= 1;
    fs::write(&store, changed).expect("a store");
    desk.refused("store restore b-1", "record");
    fs::write(&store, &whole[..whole.len() / 2]).expect("a store");
    desk.refused("store restore b-1", "not a store of this program");
    fs::write(&store, &whole).expect("a store");
    assert!(!desk.path(STORE).exists());

    desk.refused("store restore papers.txt", "papers.txt");
    desk.refused("store backup b-2", "store.sqlite does not exist");
    desk.refused("store backup --dir nowhere b-2", "is no desk");
    let settings = desk.path("gmpki-desk/desk.toml");
    let text = fs::read_to_string(&settings).expect("settings");
    fs::write(&settings, text.replace("egov-extranet", "in-house")).expect("settings");
    desk.refused("store restore b-1", "set up in another way");
    fs::write(&settings, text).expect("settings");
    desk.good("store restore b-1");
}

#[test]
fn a_store_at_work_is_left_to_its_engine() {
    let desk = Desk::of("in-house");
    let held = SqliteStore::open(&desk.path(STORE)).expect("a store");
    for command in ["store backup b-1", "store migrate", "store check"] {
        desk.refused(command, "in use by another process");
    }
    drop(held);
    assert!(!desk.path("b-1").exists());
    desk.good("store backup b-1");
}

#[test]
fn a_store_that_is_no_desks_is_a_file_and_so_is_its_backup() {
    let place = folder();
    let call = |words: &str| gmpki(words).within(place.path());
    fs::copy(
        finished_demo().join("store.sqlite"),
        place.path().join("store"),
    )
    .expect("a demonstration");
    call("store backup --store store copy").answer().good();
    call("store check --store copy").answer().good();
    call("store restore copy --store store")
        .answer()
        .refused("exists already");
    let answer = call("store restore copy --store other").answer();
    assert_eq!(answer.code, Some(0), "{answer}");
    assert!(answer.err.contains("no checkpoint says"), "{answer}");
    call("store check --store other").answer().good();
    call("store check --store nowhere")
        .answer()
        .refused("nowhere");
    call("store restore copy --store third --accept-loss 3")
        .answer()
        .misused("no checkpoint says");
    assert!(!place.path().join("third").exists());
}

#[test]
fn a_store_of_an_older_version_is_brought_up_to_date_whoever_is_killed() {
    let place = folder();
    let old = place.path().join("old");
    fs::copy(finished_demo().join("store.sqlite"), &old).expect("a demonstration");
    let file = rusqlite::Connection::open(&old).expect("a store");
    let undone = "DROP TABLE submissions; DROP TABLE crl_points; DROP INDEX certificates_key;
        ALTER TABLE certificates DROP COLUMN key;
        ALTER TABLE certificates DROP COLUMN not_after;
        ALTER TABLE certificates DROP COLUMN shard;
        DROP TABLE checkpoints; PRAGMA user_version = 2";
    file.execute_batch(undone).expect("tables of version 2");
    file.close().expect("a file of ours");
    let path = place.path().join("store");
    let call = |words: &str| gmpki(words).within(place.path());
    let mut interrupted = 0;
    for turn in 0..40 {
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(place.path().join(format!("store{end}")));
        }
        fs::copy(&old, &path).expect("a copy");
        let mut child = Command::new(program())
            .args(["store", "migrate", "--store"])
            .arg(&path)
            .stdout(Stdio::null())
            .spawn()
            .expect("our program");
        thread::sleep(Duration::from_micros(500 * turn));
        child.kill().expect("a child of ours");
        child.wait().expect("a child of ours");
        let found = SqliteStore::version(&path).expect("a store of some version");
        interrupted += usize::from(found == 2);
        let answer = call("store migrate --store store --json").answer();
        let shown = answer.good().json();
        assert_eq!(shown["from"], found);
        call("store check --store store").answer().good();
    }
    println!("{interrupted} of 40 were killed before they were done");
    assert!(interrupted > 0);
    call("store check --store old")
        .answer()
        .refused("older version");
    let answer = call("store backup --store old copy --json").answer();
    assert_eq!(answer.good().json()["tables"], 2);
    assert_eq!(SqliteStore::version(&old).expect("a store"), 2);
}
