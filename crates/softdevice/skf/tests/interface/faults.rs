//! Faults on request.

use crate::*;
use std::time::{Duration, Instant};

#[test]
fn a_wrong_signature_and_garbage_come_where_they_are_asked_for() {
    let store = Store::new();
    let faults = "sign=wrong@2,sign=garbage@3,sign=fail@4,sign=hang:80@5";
    let connection = store.connect(&[("SOFTDEVICE_FAULTS", faults)]);
    let container = connection.container();
    let mut blob = [0; 132];
    assert_eq!(SKF_GenECCKeyPair(container, SM2_1, blob.as_mut_ptr()), 0);
    let key = public_key(&blob);
    let good = [1, 2, 3].map(|_| {
        let signature = signature(&sign(container, &[1; 32]).unwrap());
        signature.is_some_and(|signature| key.verify_digest(&[1; 32], &signature).is_ok())
    });
    assert_eq!(good, [true, false, false]);
    assert_eq!(sign(container, &[1; 32]), Err(FAIL));
    let start = Instant::now();
    assert!(sign(container, &[1; 32]).is_ok());
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[test]
fn a_device_that_is_pulled_out_takes_its_handles_with_it() {
    let store = Store::new();
    let name = store.device_name();
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "faults::child_loses_the_device"])
        .env("SOFTDEVICE_STORE", store.path())
        .env("TEST_DEVICE", name)
        .env("SOFTDEVICE_FAULTS", "random=removed@2")
        .status();
    assert!(status.unwrap().success());
}

#[test]
#[ignore = "run by a_device_that_is_pulled_out_takes_its_handles_with_it"]
fn child_loses_the_device() {
    let name = c(&std::env::var("TEST_DEVICE").unwrap());
    let connect = || {
        let mut device = ptr::null_mut();
        assert_eq!(SKF_ConnectDev(name.as_ptr(), &raw mut device), 0);
        Connection { device }
    };
    let connection = connect();
    let container = connection.container();
    let random = |connection: &Connection| {
        let mut octets = [0; 8];
        SKF_GenRandom(connection.device, octets.as_mut_ptr(), 8)
    };
    assert_eq!(random(&connection), 0);
    assert_eq!(random(&connection), REMOVED);
    assert_eq!(random(&connection), HANDLE);
    assert_eq!(sign(container, &[1; 32]), Err(HANDLE));
    assert_eq!(SKF_CloseContainer(container), HANDLE);
    // Plugged in again, it goes on counting.
    assert_eq!(random(&connect()), 0);
}
