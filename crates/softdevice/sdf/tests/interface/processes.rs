//! Other processes: two that use one device, and one in which it is pulled out.

use crate::*;
use std::{env, process::Command};

/// Runs a test of this program alone, in a process of its own.
fn run(name: &str, store: &Store) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "--nocapture", name])
        .env("TEST_STORE", store.path());
    command
}

fn inherited() -> PathBuf {
    env::var_os("TEST_STORE").unwrap().into()
}

#[test]
fn two_processes_use_one_device_at_once() {
    let store = Store::new();
    let children = [(); 2].map(|()| run("processes::child_signs", &store).spawn().unwrap());
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let application = store.device().application("ca").unwrap();
    let state = application.pin_state(Role::User).unwrap();
    assert_eq!(state.remaining, state.maximum);
}

#[test]
#[ignore = "run by two_processes_use_one_device_at_once"]
fn child_signs() {
    let device = open_device(&inherited(), &[]).unwrap();
    for count in 0..20 {
        let mut handle = std::ptr::null_mut();
        assert_eq!(SDF_OpenSession(device, &mut handle), 0);
        let session = Session {
            device: std::ptr::null_mut(),
            handle,
        };
        assert_eq!(session.take_right(1, USER_PIN), 0);
        assert!(session.sign(1, &[count; 32]).is_ok());
    }
}

#[test]
fn a_device_that_is_pulled_out_takes_its_handles_with_it() {
    let store = Store::new();
    let status = run("processes::child_loses_the_device", &store).status();
    assert!(status.unwrap().success());
}

#[test]
#[ignore = "run by a_device_that_is_pulled_out_takes_its_handles_with_it"]
fn child_loses_the_device() {
    let device = open_device(&inherited(), &[("SOFTDEVICE_FAULTS", "sign=removed@2")]).unwrap();
    let mut handle = std::ptr::null_mut();
    assert_eq!(SDF_OpenSession(device, &mut handle), 0);
    let session = Session { device, handle };
    assert_eq!(session.take_right(1, USER_PIN), 0);
    assert!(session.sign(1, &[1; 32]).is_ok());
    assert_eq!(session.sign(1, &[1; 32]), Err(BASE + 0x03));
    assert_eq!(session.sign(1, &[1; 32]), Err(INPUT));
    assert_eq!(SDF_OpenSession(device, &mut handle), INPUT);
    // Plugged in again.
    let device = open_device(&inherited(), &[]).unwrap();
    assert_eq!(SDF_OpenSession(device, &mut handle), 0);
}

/// The library has an SQLite of its own, and this test another: locks of processes don't keep
/// them apart.
#[test]
fn two_libraries_in_one_process_write_one_store() {
    const COUNT: u32 = 40;
    let store = Store::new();
    let session = store.open(&[]);
    let handle = session.handle.addr();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let handle = std::ptr::without_provenance_mut(handle);
            for count in 0..COUNT {
                let name = format!("theirs {count:02}");
                assert_eq!(SDF_CreateFile(handle, name.as_ptr(), 9, 100), 0);
            }
        });
        let device = store.device();
        scope.spawn(move || {
            for count in 0..COUNT {
                let name = format!("ours {count:02}");
                device.files().create(&name, 100, 0, 0).unwrap();
            }
        });
        // Whoever closes a file drops the locks that the process has on it.
        for _ in 0..COUNT {
            drop(store.device().info().unwrap());
        }
    });
    let names: Vec<String> = store
        .device()
        .files()
        .list()
        .unwrap()
        .into_iter()
        .map(|file| file.name)
        .collect();
    let ours = (0..COUNT).map(|count| format!("ours {count:02}"));
    let theirs = (0..COUNT).map(|count| format!("theirs {count:02}"));
    assert_eq!(names, ours.chain(theirs).collect::<Vec<_>>());
    assert_eq!(session.take_right(1, USER_PIN), 0);
    assert!(session.sign(1, &[1; 32]).is_ok());
}
