//! Devices: found, described, locked, plugged in and pulled out.

use crate::*;
use std::{
    env, fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

#[test]
fn the_device_is_found_under_its_name_and_says_what_it_is() {
    let store = Store::new();
    let name = store.device_name();
    let environment = Environment::with(&store.path(), &[]);
    let names = both_calls(|names, size| SKF_EnumDev(1, names, size)).unwrap();
    assert!(names.ends_with(b"\0\0"));
    assert_eq!(names_of(&names), std::slice::from_ref(&name));
    let state = |name: &str| {
        let mut state = 9;
        assert_eq!(SKF_GetDevState(c(name).as_ptr(), &raw mut state), 0);
        state
    };
    assert_eq!((state(&name), state("another")), (1, 0));
    let mut device = ptr::null_mut();
    let code = SKF_ConnectDev(c("another").as_ptr(), &raw mut device);
    assert_eq!(code, PARAMETER);
    drop(environment);

    let connection = store.connect(&[]);
    let label = c("CA of the north");
    assert_eq!(SKF_SetLabel(connection.device, label.as_ptr()), 0);
    let too_long = c(&"x".repeat(33));
    assert_eq!(
        SKF_SetLabel(connection.device, too_long.as_ptr()),
        BASE + 0x09
    );
    let mut info = [0xA5; 295];
    assert_eq!(SKF_GetDevInfo(connection.device, info.as_mut_ptr()), 0);
    assert_eq!(info[294], 0xA5);
    assert_eq!(names_of(&info[2..66]), [Device::MANUFACTURER]);
    assert_eq!(names_of(&info[130..162]), ["CA of the north"]);
    assert_eq!(format!("softdevice-{}", names_of(&info[162..194])[0]), name);
    let number = |place: usize| u32::from_ne_bytes(*info[place..].first_chunk().unwrap());
    // SM4 with all modes; SM2 with all uses; SM3; the device's key in ECB mode.
    assert_eq!(
        [198, 202, 206, 210].map(number),
        [0x43F, 0x0002_0F00, 1, 0x401]
    );
    assert_eq!(info[230..294], [0; 64]);
}

#[test]
fn one_of_two_who_lock_the_device_has_it() {
    let store = Store::new();
    let [one, two] = [store.connect(&[]), store.connect(&[])];
    assert_eq!(SKF_LockDev(one.device, 0), 0);
    assert_eq!(SKF_LockDev(two.device, 30), TIMEOUT);
    assert_eq!(SKF_UnlockDev(two.device), FAIL);
    assert_eq!(SKF_UnlockDev(one.device), 0);
    assert_eq!(SKF_LockDev(two.device, u32::MAX), 0);
    // Who disconnects gives it back.
    drop(two);
    assert_eq!(SKF_LockDev(one.device, 0), 0);
}

/// Runs a test of this program alone, in a process of its own.
fn run(name: &str, store: &Store) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "--nocapture", name])
        .env("SOFTDEVICE_STORE", store.path());
    command
}

#[test]
fn who_waits_is_told_that_the_device_came_and_went() {
    let store = Store::new();
    let status = run("devices::child_waits", &store).status().unwrap();
    assert!(status.success());
}

#[test]
#[ignore = "run by who_waits_is_told_that_the_device_came_and_went"]
fn child_waits() {
    let path = PathBuf::from(env::var_os("SOFTDEVICE_STORE").unwrap());
    let away = path.with_extension("away");
    let wait = || {
        let (mut name, mut length, mut event) = ([0u8; 64], 64, 9);
        let place = name.as_mut_ptr().cast();
        let code = SKF_WaitForDevEvent(place, &raw mut length, &raw mut event);
        (code, names_of(&name), event)
    };
    let name = format!(
        "softdevice-{}",
        Device::open(&path).unwrap().info().unwrap().serial
    );
    for (from, to, event) in [(&path, &away, 2), (&away, &path, 1)] {
        thread::scope(|scope| {
            let waiting = scope.spawn(wait);
            thread::sleep(Duration::from_millis(100));
            fs::rename(from, to).unwrap();
            assert_eq!(waiting.join().unwrap(), (0, vec![name.clone()], event));
        });
    }
    // Cancelled, it ends without an event.
    thread::scope(|scope| {
        let waiting = scope.spawn(wait);
        let start = Instant::now();
        while !waiting.is_finished() {
            assert!(start.elapsed() < Duration::from_secs(10));
            assert_eq!(SKF_CancelWaitForDevEvent(), 0);
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(waiting.join().unwrap().0, NO_EVENT);
    });
}

#[test]
fn two_processes_use_one_device_at_once() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let mut blob = [0; 132];
    let code = SKF_GenECCKeyPair(connection.container(), SM2_1, blob.as_mut_ptr());
    assert_eq!(code, 0);
    let children = [(); 2].map(|()| run("devices::child_signs", &store).spawn().unwrap());
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    // The right PIN each time: no try is lost.
    let (mut maximum, mut remaining, mut default) = (0, 1, 0);
    let code = SKF_GetPINInfo(
        connection.application(),
        USER,
        &raw mut maximum,
        &raw mut remaining,
        &raw mut default,
    );
    assert_eq!((code, maximum), (0, remaining));
}

#[test]
#[ignore = "run by two_processes_use_one_device_at_once"]
fn child_signs() {
    let names = both_calls(|names, size| SKF_EnumDev(1, names, size)).unwrap();
    for count in 0..20 {
        let mut device = ptr::null_mut();
        let name = c(&names_of(&names)[0]);
        assert_eq!(SKF_ConnectDev(name.as_ptr(), &raw mut device), 0);
        let connection = Connection { device };
        assert!(sign(connection.container(), &[count; 32]).is_ok());
    }
}
