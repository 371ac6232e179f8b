//! Keys that come and go in envelopes, and by agreement.

use crate::*;
use gm_crypto::sm2::{Ciphertext, CiphertextForm};
use softdevice::{Draft, Secret, SecretKind, SecretValue};
use std::ptr;

/// `ECCCipher` of 16 octets: x, y, M, L, C.
const SEALED: usize = 164 + 16;

fn ciphertext(octets: &[u8]) -> Ciphertext {
    let raw = [
        &octets[32..64],
        &octets[96..128],
        &octets[128..160],
        &octets[164..],
    ];
    Ciphertext::read(&raw.concat(), CiphertextForm::C1C3C2Without04).unwrap()
}

/// Encrypts a block, so that two keys can be compared.
fn fingerprint(session: &Session, key: Handle) -> [u8; 16] {
    let (mut block, mut length) = ([0; 16], 16);
    let code = SDF_Encrypt(
        session.handle,
        key,
        0x401,
        ptr::null_mut(),
        [7; 16].as_ptr(),
        16,
        block.as_mut_ptr(),
        &mut length,
    );
    assert_eq!(code, 0);
    block
}

#[test]
fn a_key_made_for_an_index_comes_back_with_its_private_key() {
    let store = Store::new();
    let session = store.open(&[]);
    let (mut sealed, mut key) = ([0; SEALED], ptr::null_mut());
    let place = sealed.as_mut_ptr();
    assert_eq!(
        SDF_GenerateKeyWithIPK_ECC(session.handle, 1, 128, place, &mut key),
        0
    );
    let mut exported = [0; 132];
    let code = SDF_ExportEncPublicKey_ECC(session.handle, 1, exported.as_mut_ptr());
    assert_eq!(code, 0);
    assert_eq!(public_key(&exported), store.encryption.public_key());
    // The owner of the encryption key sees the same octets.
    let octets = store.encryption.decrypt(&ciphertext(&sealed)).unwrap();
    assert_eq!(octets.len(), 16);

    let mut again = ptr::null_mut();
    let import = |again| SDF_ImportKeyWithISK_ECC(session.handle, 1, sealed.as_ptr(), again);
    assert_eq!(import(&mut again), NO_RIGHT);
    assert_eq!(session.take_right(1, USER_PIN), 0);
    assert_eq!(import(&mut again), 0);
    assert_eq!(fingerprint(&session, key), fingerprint(&session, again));
}

#[test]
fn an_envelope_is_exchanged_for_one_of_another_key() {
    let store = Store::new();
    let session = store.open(&[]);
    assert_eq!(session.take_right(1, USER_PIN), 0);
    let other = SecretKey::from_bytes(&[0x55; 32]).unwrap();
    let public = public_key_structure(&other.public_key());
    let mut sealed = [0; SEALED];
    let mut key = ptr::null_mut();
    let place = sealed.as_mut_ptr();
    assert_eq!(
        SDF_GenerateKeyWithIPK_ECC(session.handle, 1, 128, place, &mut key),
        0
    );
    let octets = store.encryption.decrypt(&ciphertext(&sealed)).unwrap();
    // In place.
    let code =
        SDF_ExchangeDigitEnvelopeBaseOnECC(session.handle, 1, SM2_3, public.as_ptr(), place, place);
    assert_eq!(code, 0);
    assert_eq!(*other.decrypt(&ciphertext(&sealed)).unwrap(), *octets);

    let code =
        SDF_GenerateKeyWithEPK_ECC(session.handle, 128, SM2_3, public.as_ptr(), place, &mut key);
    assert_eq!(code, 0);
    assert_eq!(other.decrypt(&ciphertext(&sealed)).unwrap().len(), 16);
}

#[test]
fn both_sides_of_an_agreement_have_one_key() {
    let store = Store::new();
    // The sponsor has container 1; the responder's own device has its container 1.
    let there = Store::new();
    let [here, there] = [store.open(&[]), there.open(&[])];
    for session in [&here, &there] {
        assert_eq!(session.take_right(1, USER_PIN), 0);
    }
    let (a, b) = (b"sponsor", b"responder");
    let [mut a_lasting, mut a_now, mut b_lasting, mut b_now] = [[0; 132]; 4];
    let mut agreement = ptr::null_mut();
    let code = SDF_GenerateAgreementDataWithECC(
        here.handle,
        1,
        128,
        a.as_ptr(),
        7,
        a_lasting.as_mut_ptr(),
        a_now.as_mut_ptr(),
        &mut agreement,
    );
    assert_eq!(code, 0);
    let [mut a_key, mut b_key] = [ptr::null_mut(); 2];
    let code = SDF_GenerateAgreementDataAndKeyWithECC(
        there.handle,
        1,
        128,
        b.as_ptr(),
        9,
        a.as_ptr(),
        7,
        a_lasting.as_ptr(),
        a_now.as_ptr(),
        b_lasting.as_mut_ptr(),
        b_now.as_mut_ptr(),
        &mut b_key,
    );
    assert_eq!(code, 0);
    let end = |key| {
        SDF_GenerateKeyWithECC(
            here.handle,
            b.as_ptr(),
            9,
            b_lasting.as_ptr(),
            b_now.as_ptr(),
            agreement,
            key,
        )
    };
    assert_eq!(end(&mut a_key), 0);
    assert_eq!(fingerprint(&here, a_key), fingerprint(&there, b_key));
    // It is ended once.
    assert_eq!(end(&mut a_key), STEP);
}

#[test]
fn each_header_is_spoken_as_it_is_set() {
    let store = Store::new();
    let data = *b"sixteen octets..";
    for abi in ["gmssl", "openhitls", "tongsuo"] {
        let session = store.open(&[("SOFTDEVICE_SDF_ABI", abi)]);
        assert_eq!(session.take_right(1, USER_PIN), 0);
        let handle = session.handle;
        let mut sealed = [0; SEALED];
        let code = match abi {
            "gmssl" => {
                SDF_InternalEncrypt_ECC(handle, 1, SM2_3, data.as_ptr(), 16, sealed.as_mut_ptr())
            }
            _ => other_header::encrypt(handle, 1, data.as_ptr(), 16, sealed.as_mut_ptr()),
        };
        assert_eq!(code, 0, "{abi}");
        assert_eq!(
            *store.encryption.decrypt(&ciphertext(&sealed)).unwrap(),
            data
        );
        let (mut opened, mut length) = ([0; 16], 16);
        let (input, output) = (sealed.as_ptr(), opened.as_mut_ptr());
        let code = match abi {
            "gmssl" => SDF_InternalDecrypt_ECC(handle, 1, SM2_3, input, output, &mut length),
            "openhitls" => SDF_InternalDecrypt_ECC(handle, 1, 0, input, output, &mut length),
            _ => other_header::decrypt(handle, 1, input, output, &mut length),
        };
        assert_eq!((code, length, opened), (0, 16, data), "{abi}");
    }
    assert_eq!(
        open_device(&store.path(), &[("SOFTDEVICE_SDF_ABI", "guess")]),
        Err(BASE + 0x05)
    );
}

#[test]
fn private_keys_in_clear_are_for_debugging_alone() {
    let store = Store::new();
    let (mut public, mut private) = ([0; 132], [0; 68]);
    let session = store.open(&[]);
    let mut generate = |session: &Session| {
        SDF_GenerateKeyPair_ECC(
            session.handle,
            SM2_1,
            256,
            public.as_mut_ptr(),
            private.as_mut_ptr(),
        )
    };
    assert_eq!(generate(&session), NOT_SUPPORTED);
    let session = store.open(&[("SOFTDEVICE_DEBUG_GROUP", "1")]);
    assert_eq!(generate(&session), 0);
    let (e, mut signature) = ([4; 32], [0; 128]);
    let code = SDF_ExternalSign_ECC(
        session.handle,
        SM2_1,
        private.as_ptr(),
        e.as_ptr(),
        32,
        signature.as_mut_ptr(),
    );
    assert_eq!(code, 0);
    let code = SDF_ExternalVerify_ECC(
        session.handle,
        SM2_1,
        public.as_ptr(),
        e.as_ptr(),
        32,
        signature.as_ptr(),
    );
    assert_eq!(code, 0);
    let mut sealed = [0; SEALED];
    let code = SDF_ExternalEncrypt_ECC(
        session.handle,
        SM2_3,
        public.as_ptr(),
        [6; 16].as_ptr(),
        16,
        sealed.as_mut_ptr(),
    );
    assert_eq!(code, 0);
    let (mut opened, mut length) = ([0; 16], 0);
    let decrypt = |output: *mut u8, length: &mut u32| {
        SDF_ExternalDecrypt_ECC(
            session.handle,
            SM2_3,
            private.as_ptr(),
            sealed.as_ptr(),
            output,
            length,
        )
    };
    // Asked without a buffer, it says how much it needs.
    assert_eq!((decrypt(ptr::null_mut(), &mut length), length), (0, 16));
    assert_eq!(decrypt(opened.as_mut_ptr(), &mut length), 0);
    assert_eq!(opened, [6; 16]);
}

#[test]
fn a_key_encrypting_key_is_the_sm4_key_of_the_containers_name() {
    let store = Store::new();
    let application = store.device().application("ca").unwrap();
    let user = application
        .login(Role::User, &Pin::new(USER_PIN).unwrap())
        .unwrap();
    let kek = SecretValue::new([0x77; 16]);
    user.store(&Draft::new("two"), Secret::Symmetric(SecretKind::Sm4, &kek))
        .unwrap();
    let session = store.open(&[]);
    let (mut sealed, mut length) = ([0; 32], 32);
    let [mut key, mut again] = [ptr::null_mut(); 2];
    let generate = |sealed: &mut [u8; 32], length: &mut u32, key: &mut Handle| {
        SDF_GenerateKeyWithKEK(
            session.handle,
            128,
            0x401,
            2,
            sealed.as_mut_ptr(),
            length,
            key,
        )
    };
    assert_eq!(generate(&mut sealed, &mut length, &mut key), NO_RIGHT);
    assert_eq!(session.take_right(2, USER_PIN), 0);
    assert_eq!(generate(&mut sealed, &mut length, &mut key), 0);
    assert_eq!(length, 16);
    let code = SDF_ImportKeyWithKEK(
        session.handle,
        0x401,
        2,
        sealed.as_ptr(),
        length,
        &mut again,
    );
    assert_eq!(code, 0);
    assert_eq!(fingerprint(&session, key), fingerprint(&session, again));
}
