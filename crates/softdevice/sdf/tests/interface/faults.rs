//! Faults on request.

use crate::*;
use gm_crypto::sm2::DerSignature;
use std::time::{Duration, Instant};

fn verifies(key: &PublicKey, raw: &[u8; 64]) -> bool {
    DerSignature::try_from(raw)
        .is_ok_and(|signature| key.verify_digest(&[1; 32], &signature).is_ok())
}

#[test]
fn a_wrong_signature_and_garbage_come_where_they_are_asked_for() {
    let store = Store::new();
    let session = store.open(&[("SOFTDEVICE_FAULTS", "sign=wrong@2,sign=garbage@3")]);
    assert_eq!(session.take_right(1, USER_PIN), 0);
    let key = session.signing_key(1);
    let good = [1, 2, 3, 4].map(|_| verifies(&key, &session.sign(1, &[1; 32]).unwrap()));
    assert_eq!(good, [true, false, false, true]);
}

#[test]
fn a_call_fails_or_takes_its_time() {
    let store = Store::new();
    let session = store.open(&[("SOFTDEVICE_FAULTS", "sign=fail@1,sign=hang:80@2")]);
    assert_eq!(session.take_right(1, USER_PIN), 0);
    assert_eq!(session.sign(1, &[1; 32]), Err(BASE + 0x01));
    let start = Instant::now();
    assert!(session.sign(1, &[1; 32]).is_ok());
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[test]
fn sessions_end_at_a_limit() {
    let store = Store::new();
    let settings = [("SOFTDEVICE_FAULTS", "open_session=limit:0")];
    let device = open_device(&store.path(), &settings).unwrap();
    let mut session = std::ptr::null_mut();
    assert_eq!(SDF_OpenSession(device, &mut session), BASE + 0x06);
    assert_eq!(SDF_CloseDevice(device), 0);
}

#[test]
fn strange_faults_open_no_device() {
    let store = Store::new();
    let opened = open_device(&store.path(), &[("SOFTDEVICE_FAULTS", "sgin=wrong")]);
    assert_eq!(opened, Err(BASE + 0x05));
}
