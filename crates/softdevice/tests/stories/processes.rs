//! Several processes, and such as die.

use crate::{ADMINISTRATOR, USER, pin, user};
use softdevice::{Application, Device, Error, KeyKind, KeyUse, NewApplication, Options, Role};
use std::{
    env,
    path::Path,
    process::{Child, Command, Stdio},
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
}
