//! Several processes, and such as die.

use crate::{ADMINISTRATOR, USER, pin, user};
use softdevice::{Application, Device, Error, KeyKind, KeyUse, NewApplication, Options, Role};
use std::{
    env,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// What a child is to do, and where; unset in the test itself.
const TASK: &str = "SOFTDEVICE_TEST_TASK";
const STORE: &str = "SOFTDEVICE_TEST_STORE";

fn spawn(task: &str, store: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "processes::child", "--nocapture"])
        .env(TASK, task)
        .env(STORE, store)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Does nothing unless a test starts it as a process.
#[test]
fn child() {
    let (Ok(task), Some(store)) = (env::var(TASK), env::var_os(STORE)) else {
        return;
    };
    let device = Device::open(Path::new(&store)).unwrap();
    let application = device.application("test").unwrap();
    match task.split_once(' ').unwrap_or((&task, "")) {
        ("wrong", _) => {
            application.login(Role::User, &pin("wrong")).unwrap_err();
        }
        ("login", _) => {
            for _ in 0..5 {
                user(&application);
            }
        }
        ("work", name) => {
            let user = user(&application);
            for number in 0..8 {
                let container = application
                    .create_container(&format!("{name}-{number}"))
                    .unwrap();
                user.generate_pair(&container, KeyUse::Signing, KeyKind::Sm2)
                    .unwrap();
            }
        }
        _ => panic!("no such task: {task}"),
    }
}

/// Runs a test that forks in a process of its own: what other tests hold at that moment, of
/// SQLite's without the device, would be held in the child for ever.
#[cfg(unix)]
fn in_a_process(test: &str, body: impl FnOnce()) {
    if env::var_os(TASK).is_some() {
        return body();
    }
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("processes::{test}"), "--nocapture"])
        .env(TASK, test)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let ran = String::from_utf8_lossy(&output.stdout);
    assert!(ran.contains("1 passed"), "{ran}");
}

fn with_iterations(iterations: u32, tries: u32) -> (tempfile::TempDir, Application) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::default().with_iterations(iterations);
    let device = Device::create(&folder.path().join("device.db"), &options).unwrap();
    let wanted = NewApplication::new("test", pin(ADMINISTRATOR))
        .with_user_pin(pin(USER))
        .with_tries(tries, tries);
    let application = device.create_application(&wanted).unwrap();
    (folder, application)
}

fn remaining(application: &Application) -> u32 {
    application.pin_state(Role::User).unwrap().remaining
}

#[test]
fn a_process_that_is_killed_while_a_pin_is_tried_has_lost_the_try() {
    // Slow enough to be killed in the middle.
    let (_folder, application) = with_iterations(3_000_000, 5);
    for lost in 1..=2 {
        let mut child = spawn("wrong", application.device().path());
        let start = Instant::now();
        while remaining(&application) > 5 - lost {
            assert!(start.elapsed() < Duration::from_secs(60), "the child hangs");
            thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert!(!status.success(), "killed too late: the PIN was tried");
        assert_eq!(remaining(&application), 5 - lost);
    }
}

#[test]
fn tries_of_several_processes_are_counted_together() {
    let (_folder, application) = with_iterations(1_000, 6);
    let children: Vec<_> = (0..6)
        .map(|_| spawn("wrong", application.device().path()))
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(matches!(
        application.login(Role::User, &pin(USER)),
        Err(Error::PinLocked { role: Role::User })
    ));
}

#[test]
fn a_right_pin_is_never_refused_however_many_log_in_at_once() {
    // Each takes some milliseconds, and one try is all there is.
    let (_folder, application) = with_iterations(20_000, 1);
    let children: Vec<_> = (0..3)
        .map(|_| spawn("login", application.device().path()))
        .collect();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..3).for_each(|_| drop(user(&application))));
        }
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(remaining(&application), 1);
}

#[test]
fn an_application_that_goes_leaves_no_file_behind() {
    let (folder, application) = with_iterations(1_000, 3);
    let files = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    user(&application);
    assert_ne!(files(), before);
    application.device().delete_application("test").unwrap();
    assert_eq!(files(), before);
}

#[test]
fn processes_work_side_by_side() {
    let (_folder, application) = with_iterations(1_000, 3);
    let children: Vec<_> = ["a", "b", "c"]
        .map(|name| spawn(&format!("work {name}"), application.device().path()))
        .into();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let containers = application.containers().unwrap();
    let numbers: Vec<_> = containers.iter().map(|one| one.number()).collect();
    assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
    // This process sees what they made, and uses it.
    let user = user(&application);
    for container in &containers {
        user.key_in(container, KeyUse::Signing)
            .unwrap()
            .sign_digest(&[7; 32])
            .unwrap();
    }
}

#[test]
fn of_two_that_make_a_device_one_does() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..8 {
        let path = folder.path().join(format!("{round}.db"));
        let results: Vec<_> = thread::scope(|scope| {
            let threads =
                [(); 4].map(|()| scope.spawn(|| Device::create(&path, &crate::options())));
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        for lost in lost {
            assert!(matches!(lost, Err(Error::StoreExists { .. })), "{lost:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn after_a_fork_parent_and_child_both_go_on() {
    in_a_process("after_a_fork_parent_and_child_both_go_on", || {
        let (_folder, application) = with_iterations(1_000, 3);
        let user = user(&application);
        let container = application.create_container("parent").unwrap();
        user.generate_pair(&container, KeyUse::Signing, KeyKind::Sm2)
            .unwrap();
        let child = crate::sys::in_a_fork(|| {
            let found = application.container("parent");
            let made = application.create_container("child");
            let signed = found
                .as_ref()
                .ok()
                .and_then(|found| user.key_in(found, KeyUse::Signing).ok())
                .is_some_and(|key| key.sign_digest(&[7; 32]).is_ok());
            made.is_ok() && signed
        });
        assert!(child, "the child went on with the store");
        application.container("child").unwrap();
        application.create_container("parent again").unwrap();
        let checked: String = rusqlite::Connection::open(application.device().path())
            .unwrap()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(checked, "ok");
    });
}

#[cfg(unix)]
#[test]
fn a_fork_waits_for_the_threads_that_use_a_device() {
    in_a_process("a_fork_waits_for_the_threads_that_use_a_device", || {
        let (folder, application) = with_iterations(1_000, 3);
        let stop = AtomicBool::new(false);
        // Threads that open, read and write all the time: of SQLite's locks one is always held.
        let work = |number: usize| {
            let options = Options::default().with_iterations(1_000);
            let own = folder.path().join(format!("{number}.db"));
            let own = Device::create(&own, &options).unwrap();
            while !stop.load(Ordering::Relaxed) {
                Device::open(own.path())
                    .unwrap()
                    .set_label("again")
                    .unwrap();
                application.containers().unwrap();
            }
        };
        thread::scope(|scope| {
            for number in 0..4 {
                scope.spawn(move || work(number));
            }
            for number in 0..200 {
                let child = crate::sys::in_a_fork(|| {
                    let name = format!("child {number}");
                    Device::open(application.device().path()).is_ok()
                        && application.create_container(&name).is_ok()
                });
                if !child {
                    stop.store(true, Ordering::Relaxed);
                }
                assert!(child, "child {number} hung, or was refused");
            }
            stop.store(true, Ordering::Relaxed);
        });
        assert_eq!(application.containers().unwrap().len(), 200);
    });
}

#[cfg(unix)]
#[test]
fn a_child_of_a_process_that_stays_in_the_device_is_refused() {
    in_a_process(
        "a_child_of_a_process_that_stays_in_the_device_is_refused",
        || {
            let (_folder, application) = with_iterations(1_000, 3);
            let stop = AtomicBool::new(false);
            let inside = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _inside = softdevice::fork::enter().unwrap();
                    inside.store(true, Ordering::Relaxed);
                    while !stop.load(Ordering::Relaxed) {
                        thread::sleep(Duration::from_millis(1));
                    }
                });
                while !inside.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
                let refused = crate::sys::in_a_fork(|| {
                    matches!(application.containers(), Err(Error::ForkedInUse))
                });
                stop.store(true, Ordering::Relaxed);
                assert!(refused);
            });
            // The parent goes on.
            application.create_container("parent").unwrap();
            // Who waits outside holds nobody up.
            let start = Instant::now();
            let _inside = softdevice::fork::enter().unwrap();
            softdevice::fork::outside(|| {
                let child = crate::sys::in_a_fork(|| application.container("parent").is_ok());
                assert!(child && start.elapsed() < Duration::from_secs(10));
            });
        },
    );
}

#[cfg(unix)]
#[test]
fn whoever_comes_by_a_link_meets_the_others_at_the_same_files() {
    let (folder, application) = with_iterations(1_000, 3);
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(application.device().path(), &link).unwrap();
    let opened = Device::open(&link).unwrap();
    assert_eq!(opened.path(), application.device().path());
    opened.set_label("by the link").unwrap();
    assert_eq!(application.device().info().unwrap().label, "by the link");
    assert!(!folder.path().join("link.db-lock").exists());
}

#[cfg(unix)]
#[test]
fn a_child_that_goes_to_another_directory_finds_the_store_again() {
    in_a_process(
        "a_child_that_goes_to_another_directory_finds_the_store_again",
        || {
            let (folder, application) = with_iterations(1_000, 3);
            // From here to there.
            let up = env::current_dir().unwrap();
            let up: std::path::PathBuf = up.components().skip(1).map(|_| "..").collect();
            let path = application.device().path();
            let relative = up.join(path.strip_prefix("/").unwrap());
            let device = Device::open(&relative).unwrap();
            // So deep that the same steps up don't lead to the root.
            let deep = folder.path().join("a/".repeat(up.components().count()));
            std::fs::create_dir_all(&deep).unwrap();
            let child = crate::sys::in_a_fork(|| {
                env::set_current_dir(&deep).is_ok() && device.set_label("child").is_ok()
            });
            assert!(child, "the child found another store, or none");
            assert_eq!(device.info().unwrap().label, "child");
        },
    );
}

#[cfg(unix)]
#[test]
fn a_path_that_looks_like_a_uri_is_a_path() {
    in_a_process("a_path_that_looks_like_a_uri_is_a_path", || {
        let folder = tempfile::tempdir().unwrap();
        let made = crate::sys::in_a_fork(|| {
            env::set_current_dir(folder.path()).is_ok()
                && Device::create(Path::new("file:x.db"), &crate::options()).is_ok()
                && Device::open(Path::new("file:x.db")).is_ok()
        });
        assert!(made);
        Device::open(&folder.path().join("file:x.db")).unwrap();
        assert!(!folder.path().join("x.db").exists());
    });
}
