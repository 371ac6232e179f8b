//! What stands in the way of a store: a clear error, exit code 1, and the store
//! as it was.

use gm_pki_tests::command::{
    Call, contents, demo_of_my_own, finished_demo, folder, gmpki, program, skip,
};
use lifecycle::SqliteStore;
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::Command,
    thread,
};
use tempfile::TempDir;

fn demo(folder: &Path) -> Call {
    gmpki("demo").option("--dir", folder).alone()
}

fn audit(folder: &Path) -> Call {
    gmpki("audit verify").option("--store", folder.join("store.sqlite"))
}

/// Refuses the demonstration, and nothing in its folder changes.
fn refuse(folder: &Path, call: Call, reason: &str) {
    let before = contents(folder);
    let answer = call.answer();
    println!("{}", answer.err.trim_end());
    answer.refused(reason);
    let after = contents(folder);
    for (name, octets) in &before {
        assert!(
            after.get(name) == Some(octets),
            "{} changed",
            name.display()
        );
    }
    // Of what SQLite puts beside a file that it reads, nothing matters.
    let passing = |name: &Path| {
        let name = name.to_string_lossy();
        name.ends_with("-shm") || name.ends_with("-wal") && after[Path::new(&*name)].is_empty()
    };
    let new: Vec<_> = after
        .keys()
        .filter(|name| !before.contains_key(*name) && !passing(name))
        .collect();
    assert!(new.is_empty(), "{new:?} appeared");
}

#[test]
fn a_lost_store_is_not_begun_anew_over_its_keys() {
    let folder = demo_of_my_own();
    let store = folder.path().join("store.sqlite");
    let aside = folder.path().join("store.aside");
    fs::rename(&store, &aside).expect("a store");
    refuse(
        folder.path(),
        demo(folder.path()),
        "store.sqlite: is missing, and its keys are there",
    );
    fs::rename(&aside, &store).expect("a store");
    demo(folder.path()).answer().good();
}

#[test]
fn a_wrong_password_is_refused() {
    let folder = demo_of_my_own();
    let passwords = self::folder();
    let file = passwords.path().join("password");
    let refuse = |reason: &str| {
        let call = demo(folder.path()).option("--password-file", &file);
        refuse(folder.path(), call, reason);
    };
    refuse("No such file");
    fs::write(&file, "another one\n").expect("a file");
    refuse("the password is wrong");
    fs::write(&file, "\n").expect("a file");
    refuse("password");
    fs::write(&file, [b'x'; 2_000]).expect("a file");
    refuse("password");

    let right = fs::read(folder.path().join("operator.password")).expect("a file");
    fs::write(&file, [&right[..], b"\r\n"].concat()).expect("a file");
    demo(folder.path())
        .option("--password-file", &file)
        .answer()
        .good();
}

#[test]
fn a_store_in_use_is_refused() {
    let folder = demo_of_my_own();
    let path = folder.path().join("store.sqlite");
    // Not looked at while it is held: closing a file gives up this process's locks.
    let before = contents(folder.path());
    let held = SqliteStore::open(&path).expect("a store");
    for call in [demo(folder.path()), audit(folder.path())] {
        call.answer()
            .refused("store.sqlite is in use by another process");
    }
    // Whoever does not have the store makes no password either: of two runs, one
    // would make keys under a password that the other replaces.
    let password = folder.path().join("operator.password");
    let hidden = folder.path().join("hidden");
    fs::rename(&password, &hidden).expect("a file");
    demo(folder.path())
        .answer()
        .refused("store.sqlite is in use by another process");
    assert!(!password.exists());
    fs::rename(&hidden, &password).expect("a file");

    drop(held);
    assert!(contents(folder.path()) == before);
    audit(folder.path()).answer().good();
}

#[test]
fn of_two_runs_at_once_one_is_refused() {
    for _ in 0..3 {
        let folder = folder();
        let mut answers = thread::scope(|scope| {
            [(); 2]
                .map(|()| scope.spawn(|| demo(folder.path()).answer()))
                .map(|run| run.join().expect("it only waits"))
        });
        answers.sort_by_key(|answer| answer.code);
        let [won, lost] = answers;
        won.good();
        lost.refused("store.sqlite is in use by another process");
        audit(folder.path()).answer().good();
        // The password is the one of the keys.
        demo(folder.path()).answer().good();
    }
}

#[test]
fn a_file_that_is_no_whole_store_is_refused() {
    let whole = fs::read(finished_demo().join("store.sqlite")).expect("a file");
    let folder = demo_of_my_own();
    let path = folder.path().join("store.sqlite");
    let refused = |octets: &[u8], what: &str| {
        println!("{what}");
        for left in ["store.sqlite-shm", "store.sqlite-wal"] {
            let _ = fs::remove_file(folder.path().join(left));
        }
        fs::write(&path, octets).expect("a file");
        for call in [demo(folder.path()), audit(folder.path())] {
            refuse(
                folder.path(),
                call,
                "store.sqlite is not a store of this program",
            );
        }
    };
    for length in [
        0,
        1,
        15,
        16,
        50,
        99,
        100,
        4_095,
        4_096,
        10_000,
        whole.len() / 2,
        whole.len() - 1,
    ] {
        refused(&whole[..length], &format!("the first {length} octets"));
    }
    refused(b"once upon a time, there was a certificate\n", "text");
    refused(&[0; 8_192], "zeros");

    // Another program's mark, a version to come, and the one that is read no more.
    for (at, octet) in [(68, b'X'), (63, 6), (63, 1)] {
        let mut other = whole.clone();
        other[at] = octet;
        refused(&other, &format!("octet {at} of the header changed"));
    }
    fs::write(&path, &whole).expect("a file");
    audit(folder.path()).answer().good();
    demo(folder.path()).answer().good();
}

#[test]
fn a_record_that_was_changed_is_found() {
    let folder = demo_of_my_own();
    let path = folder.path().join("store.sqlite");
    let whole = fs::read(&path).expect("a file");
    // An octet of a record, which lies packed by dictionary 1 in a frame of Zstandard, and a
    // serial number in an index.
    let packed = [1, 0x28, 0xb5, 0x2f, 0xfd];
    let at = whole
        .windows(packed.len())
        .rposition(|window| window == packed)
        .expect("it is in the store");
    let mut forged = whole.clone();
    forged[at + 20] ^= 1;
    fs::write(&path, &forged).expect("a file");
    let answer = audit(folder.path()).answer();
    answer.refused("the chain breaks at record");

    let status = b"revoked";
    let at = whole
        .windows(status.len() + 3)
        .rposition(|window| window.starts_with(status) && window[status.len()] == 0x6a)
        .or_else(|| {
            whole
                .windows(status.len())
                .rposition(|window| window == status)
        })
        .expect("it is in the store");
    let mut forged = whole;
    forged[at..at + status.len()].copy_from_slice(b"activeX");
    fs::write(&path, &forged).expect("a file");
    let answer = audit(folder.path()).answer();
    assert_eq!(answer.code, Some(1), "{answer}");
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_looking() {
    let folder = folder();
    refuse(folder.path(), audit(folder.path()), "unable to open");
    let call = gmpki("audit verify").option("--store", folder.path());
    refuse(folder.path(), call, "gmpki: ");
}

/// The program and a demonstration where somebody else can read and not write.
struct Elsewhere {
    folder: TempDir,
    as_root: bool,
}

impl Elsewhere {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let as_root = fs::metadata(folder.path()).expect("a folder").uid() == 0;
        fs::copy(program(), folder.path().join("gmpki")).expect("a copy");
        fs::create_dir(folder.path().join("empty")).expect("a folder");
        for (name, octets) in contents(finished_demo()) {
            let path = folder.path().join("demo").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, octets).expect("a file");
        }
        let elsewhere = Self { folder, as_root };
        elsewhere.permit(0o444, 0o555);
        if as_root && elsewhere.call("--version").answer().code != Some(0) {
            skip("no setpriv to be somebody else with");
            return None;
        }
        Some(elsewhere)
    }

    /// Sets the modes of all files and folders.
    fn permit(&self, file: u32, folder: u32) {
        let mut paths = vec![self.folder.path().to_owned()];
        while let Some(path) = paths.pop() {
            let mode = if path.is_dir() {
                let entries = fs::read_dir(&path).expect("a folder");
                paths.extend(entries.map(|entry| entry.expect("an entry").path()));
                folder
            } else {
                file | (folder & (0o111 * u32::from(path.ends_with("gmpki"))))
            };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("our own file");
        }
    }

    fn call(&self, words: &str) -> Call {
        let program = self.folder.path().join("gmpki");
        let mut command = Command::new(if self.as_root {
            "setpriv".as_ref()
        } else {
            program.as_os_str()
        });
        if self.as_root {
            command
                .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
                .arg(program);
        }
        command.args(words.split_whitespace());
        Call::new(command)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.permit(0o644, 0o755);
    }
}

#[test]
fn a_read_only_folder_is_refused() {
    let Some(elsewhere) = Elsewhere::new() else {
        return;
    };
    let root = elsewhere.folder.path();
    let refuse = |name: &str, reason: &str| {
        let call = elsewhere.call("demo").option("--dir", root.join(name));
        refuse(root, call, reason);
    };
    refuse(
        "demo",
        "store.sqlite can't be used: it or its folder can't be written by this user",
    );
    refuse("empty", "unable to open database file");
    refuse("empty/below", "Permission denied");

    // A store that can be written in a folder that can't.
    let store = root.join("demo/store.sqlite");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o666)).expect("our own file");
    let call = elsewhere.call("demo").option("--dir", root.join("demo"));
    let before = contents(root);
    let answer = call.answer();
    println!("{}", answer.err.trim_end());
    answer.refused("store.sqlite");
    assert!(contents(root) == before);
    // Without a folder to write in, a reader is told so too.
    let call = elsewhere.call("audit verify").option("--store", &store);
    let answer = call.answer();
    println!("{}", answer.err.trim_end());
    answer.refused("store.sqlite can't be used");
}
