//! Signing, and who may.

use crate::*;
use gm_crypto::sm2::{DerSignature, UserId, Za};
use std::ptr;

#[test]
fn a_signature_made_in_the_device_is_one_of_its_public_key() {
    let store = Store::new();
    let session = store.open(&[]);
    assert_eq!(session.take_right(1, USER_PIN), 0);
    let key = session.signing_key(1);
    let e = Za::new(&UserId::default(), &key).digest(b"to be signed");
    let raw = session.sign(1, &e).unwrap();
    key.verify_digest(&e, &DerSignature::try_from(&raw).unwrap())
        .unwrap();

    // The device says the same, of its own key and of a key that it is given.
    let mut signature = [0; 128];
    signature[32..64].copy_from_slice(&raw[..32]);
    signature[96..].copy_from_slice(&raw[32..]);
    let verify = |e: &[u8; 32]| {
        let internal =
            SDF_InternalVerify_ECC(session.handle, 1, e.as_ptr(), 32, signature.as_ptr());
        let external = SDF_ExternalVerify_ECC(
            session.handle,
            SM2_1,
            public_key_structure(&key).as_ptr(),
            e.as_ptr(),
            32,
            signature.as_ptr(),
        );
        [internal, external]
    };
    assert_eq!(verify(&e), [0, 0]);
    assert_eq!(verify(&[7; 32]), [BASE + 0x0E; 2]);
}

#[test]
fn the_digest_of_the_device_with_a_key_is_e() {
    let store = Store::new();
    let session = store.open(&[]);
    let key = session.signing_key(1);
    let id = b"somebody@example";
    let structure = public_key_structure(&key);
    let code = SDF_HashInit(session.handle, SM3, structure.as_ptr(), id.as_ptr(), 16);
    assert_eq!(code, 0);
    assert_eq!(SDF_HashUpdate(session.handle, b"to be ".as_ptr(), 6), 0);
    assert_eq!(SDF_HashUpdate(session.handle, b"signed".as_ptr(), 6), 0);
    let (mut hash, mut length) = ([0; 32], 31);
    assert_eq!(
        SDF_HashFinal(session.handle, hash.as_mut_ptr(), &mut length),
        NO_BUFFER
    );
    assert_eq!(length, 32);
    assert_eq!(
        SDF_HashFinal(session.handle, hash.as_mut_ptr(), &mut length),
        0
    );
    let za = Za::new(&UserId::new(*id).unwrap(), &key);
    assert_eq!(hash, za.digest(b"to be signed"));
    assert_eq!(
        SDF_HashFinal(session.handle, hash.as_mut_ptr(), &mut length),
        STEP
    );

    // Without a key it is SM3 of the message.
    assert_eq!(
        SDF_HashInit(session.handle, SM3, ptr::null(), ptr::null(), 0),
        0
    );
    assert_eq!(SDF_HashUpdate(session.handle, b"abc".as_ptr(), 3), 0);
    assert_eq!(
        SDF_HashFinal(session.handle, hash.as_mut_ptr(), &mut length),
        0
    );
    assert_eq!(hash, gm_crypto::sm3::digest(b"abc"));
}

#[test]
fn nobody_signs_without_the_right_and_a_right_is_one_sessions() {
    let store = Store::new();
    let session = store.open(&[]);
    let other = store.open(&[]);
    assert_eq!(session.sign(1, &[1; 32]), Err(NO_RIGHT));
    assert_eq!(session.sign(3, &[1; 32]), Err(NO_KEY));
    assert_eq!(session.take_right(1, USER_PIN), 0);
    assert!(session.sign(1, &[1; 32]).is_ok());
    assert_eq!(session.sign(2, &[1; 32]), Err(NO_RIGHT));
    assert_eq!(other.sign(1, &[1; 32]), Err(NO_RIGHT));
    assert_eq!(SDF_ReleasePrivateKeyAccessRight(session.handle, 1), 0);
    assert_eq!(session.sign(1, &[1; 32]), Err(NO_RIGHT));
}

#[test]
fn a_wrong_password_takes_a_try_and_ten_lock_the_index() {
    let store = Store::new();
    let session = store.open(&[]);
    let remaining = || {
        let application = store.device().application("ca").unwrap();
        application.pin_state(Role::User).unwrap().remaining
    };
    let tries = remaining();
    assert_eq!(session.take_right(1, "wrong pin"), RIGHT_REFUSED);
    assert_eq!(remaining(), tries - 1);
    assert_eq!(session.take_right(1, USER_PIN), 0);
    assert_eq!(remaining(), tries);
    for _ in 0..tries {
        assert_eq!(session.take_right(2, "wrong pin"), RIGHT_REFUSED);
    }
    assert_eq!(session.take_right(2, USER_PIN), RIGHT_REFUSED);
    assert_eq!(remaining(), 0);
    // The right that was given before stays.
    assert!(session.sign(1, &[1; 32]).is_ok());
}

#[test]
fn fields_of_32_octets_are_spoken_when_asked_for() {
    let store = Store::new();
    let session = store.open(&[("SOFTDEVICE_SDF_ECC_BITS", "256")]);
    assert_eq!(session.take_right(1, USER_PIN), 0);
    // A guard behind each structure: nothing is written there.
    let (mut key, mut signature) = ([0xA5; 69], [0xA5; 65]);
    let code = SDF_ExportSignPublicKey_ECC(session.handle, 1, key.as_mut_ptr());
    assert_eq!((code, key[68]), (0, 0xA5));
    let e = [9; 32];
    let code = SDF_InternalSign_ECC(session.handle, 1, e.as_ptr(), 32, signature.as_mut_ptr());
    assert_eq!((code, signature[64]), (0, 0xA5));
    let point = [&[4], &key[4..68]].concat();
    let key = PublicKey::from_uncompressed(&point).unwrap();
    let raw = signature.first_chunk().unwrap();
    key.verify_digest(&e, &DerSignature::try_from(raw).unwrap())
        .unwrap();
}

#[test]
fn two_threads_sign_with_one_session_and_with_two() {
    let store = Store::new();
    let [one, two] = [store.open(&[]), store.open(&[])];
    let key = one.signing_key(1);
    for session in [&one, &two] {
        assert_eq!(session.take_right(1, USER_PIN), 0);
    }
    let handles = [one.handle.addr(), one.handle.addr(), two.handle.addr()];
    std::thread::scope(|scope| {
        for (octet, handle) in (0u8..).zip(handles) {
            scope.spawn(move || {
                for count in 0..50 {
                    let e = [octet ^ count; 32];
                    let mut octets = [0; 128];
                    let handle = ptr::without_provenance_mut(handle);
                    let signature = octets.as_mut_ptr();
                    assert_eq!(
                        SDF_InternalSign_ECC(handle, 1, e.as_ptr(), 32, signature),
                        0
                    );
                    let signature = DerSignature::try_from(&raw_signature(&octets)).unwrap();
                    key.verify_digest(&e, &signature).unwrap();
                }
            });
        }
    });
}
