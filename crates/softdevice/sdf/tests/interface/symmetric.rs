//! Session keys at work.

use crate::*;
use std::ptr;

const ECB: u32 = 0x401;
const CBC: u32 = 0x402;
const CTR: u32 = 0x420;
const MAC: u32 = 0x410;
const GCM: u32 = 0x0200_0400;

fn import(session: &Session, octets: &[u8]) -> Handle {
    let mut key = ptr::null_mut();
    #[expect(clippy::cast_possible_truncation, reason = "a short key")]
    let length = octets.len() as u32;
    assert_eq!(
        SDF_ImportKey(session.handle, octets.as_ptr(), length, &mut key),
        0
    );
    key
}

/// GB/T 32907-2016, annex A.1.
const KEY: [u8; 16] = [
    0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10,
];
const SEALED: [u8; 16] = [
    0x68, 0x1E, 0xDF, 0x34, 0xD2, 0x06, 0x96, 0x5E, 0x86, 0xB3, 0xE9, 0x4F, 0x53, 0x6E, 0x42, 0x46,
];

#[test]
fn the_example_of_the_standard_is_encrypted_in_place() {
    let store = Store::new();
    let session = store.open(&[]);
    let key = import(&session, &KEY);
    let (mut block, mut length) = (KEY, 16);
    let place = block.as_mut_ptr();
    let code = SDF_Encrypt(
        session.handle,
        key,
        ECB,
        ptr::null_mut(),
        place,
        16,
        place,
        &mut length,
    );
    assert_eq!((code, length, block), (0, 16, SEALED));
    let code = SDF_Decrypt(
        session.handle,
        key,
        ECB,
        ptr::null_mut(),
        place,
        16,
        place,
        &mut length,
    );
    assert_eq!((code, block), (0, KEY));
}

#[test]
fn the_iv_that_comes_back_goes_on_with_the_message() {
    let store = Store::new();
    let session = store.open(&[]);
    let key = import(&session, &KEY);
    let message: Vec<u8> = (0..64).collect();
    for algorithm in [CBC, CTR, 0x404, 0x408] {
        let run = |pieces: &[&[u8]]| {
            let (mut iv, mut all) = ([3; 16], Vec::new());
            for piece in pieces {
                let mut sealed = [0; 64];
                let mut length = 64;
                #[expect(clippy::cast_possible_truncation, reason = "64 at most")]
                let code = SDF_Encrypt(
                    session.handle,
                    key,
                    algorithm,
                    iv.as_mut_ptr(),
                    piece.as_ptr(),
                    piece.len() as u32,
                    sealed.as_mut_ptr(),
                    &mut length,
                );
                assert_eq!((code, length as usize), (0, piece.len()));
                all.extend_from_slice(&sealed[..piece.len()]);
            }
            all
        };
        let whole = run(&[&message]);
        assert_eq!(run(&[&message[..16], &message[16..]]), whole);
        // The steps of 2023 give the same.
        let mut steps = Vec::new();
        assert_eq!(
            SDF_EncryptInit(session.handle, key, algorithm, [3; 16].as_ptr(), 16),
            0
        );
        for piece in message.chunks(13) {
            let (mut sealed, mut length) = ([0; 64], 64);
            #[expect(clippy::cast_possible_truncation, reason = "13 at most")]
            let code = SDF_EncryptUpdate(
                session.handle,
                piece.as_ptr(),
                piece.len() as u32,
                sealed.as_mut_ptr(),
                &mut length,
            );
            assert_eq!(code, 0);
            steps.extend_from_slice(&sealed[..length as usize]);
        }
        // Without a buffer it is only asked: the encryption goes on.
        let mut length = 16;
        let code = SDF_EncryptFinal(session.handle, ptr::null_mut(), &mut length);
        assert_eq!((code, length), (0, 0));
        let mut rest = [0; 16];
        let code = SDF_EncryptFinal(session.handle, rest.as_mut_ptr(), &mut length);
        assert_eq!((code, length, &steps), (0, 0, &whole));
        let code = SDF_EncryptFinal(session.handle, rest.as_mut_ptr(), &mut length);
        assert_eq!(code, STEP);
        let (mut opened, mut length) = ([0; 64], 64);
        assert_eq!(
            SDF_DecryptInit(session.handle, key, algorithm, [3; 16].as_ptr(), 16),
            0
        );
        let code = SDF_DecryptUpdate(
            session.handle,
            whole.as_ptr(),
            64,
            opened.as_mut_ptr(),
            &mut length,
        );
        assert_eq!((code, &opened[..]), (0, &message[..]));
        assert_eq!(
            SDF_DecryptFinal(session.handle, rest.as_mut_ptr(), &mut length),
            0
        );
    }
}

#[test]
fn a_mac_is_the_same_at_once_and_in_steps() {
    let store = Store::new();
    let session = store.open(&[]);
    let key = import(&session, &KEY);
    let message = [5; 48];
    let (mut iv, mut mac, mut length) = ([0; 16], [0; 16], 16);
    let code = SDF_CalculateMAC(
        session.handle,
        key,
        MAC,
        iv.as_mut_ptr(),
        message.as_ptr(),
        48,
        mac.as_mut_ptr(),
        &mut length,
    );
    assert_eq!((code, iv), (0, mac));
    let mut again = [0; 16];
    assert_eq!(
        SDF_CalculateMACInit(session.handle, key, MAC, [0; 16].as_ptr(), 16),
        0
    );
    assert_eq!(
        SDF_CalculateMACUpdate(session.handle, message.as_ptr(), 48),
        0
    );
    let code = SDF_CalculateMACFinal(session.handle, again.as_mut_ptr(), &mut length);
    assert_eq!((code, again), (0, mac));
    let mut iv = [0; 16];
    let code = SDF_CalculateMAC(
        session.handle,
        key,
        MAC,
        iv.as_mut_ptr(),
        message.as_ptr(),
        47,
        mac.as_mut_ptr(),
        &mut length,
    );
    assert_eq!((code, iv), (INPUT, [0; 16]));
}

#[test]
fn hmac_is_that_of_sm3() {
    use gm_crypto::sm3::{
        HmacSm3,
        digest::{KeyInit, Mac},
    };
    let store = Store::new();
    let session = store.open(&[]);
    let key = import(&session, b"a key of another length");
    let (mut mac, mut length) = ([0; 32], 32);
    assert_eq!(SDF_HMACInit(session.handle, key, SM3), 0);
    assert_eq!(SDF_HMACUpdate(session.handle, b"message".as_ptr(), 7), 0);
    assert_eq!(
        SDF_HMACFinal(session.handle, mac.as_mut_ptr(), &mut length),
        0
    );
    let mut expected = HmacSm3::new_from_slice(b"a key of another length").unwrap();
    expected.update(b"message");
    assert_eq!(mac[..], expected.finalize().into_bytes()[..]);
    // Such a key is none of SM4.
    let code = SDF_EncryptInit(session.handle, key, ECB, ptr::null(), 0);
    assert_eq!(code, BASE + 0x15);
}

#[test]
fn what_is_not_authentic_does_not_come_out() {
    let store = Store::new();
    let session = store.open(&[]);
    let key = import(&session, &KEY);
    let (start, head, message) = ([1; 12], b"head", b"twenty octets long..");
    let (mut sealed, mut tag) = ([0; 20], [0; 16]);
    let (mut length, mut tag_length) = (20, 16);
    let code = SDF_AuthEnc(
        session.handle,
        key,
        GCM,
        start.as_ptr(),
        12,
        head.as_ptr(),
        4,
        message.as_ptr(),
        20,
        sealed.as_mut_ptr(),
        &mut length,
        tag.as_mut_ptr(),
        &mut tag_length,
    );
    assert_eq!((code, length, tag_length), (0, 20, 16));
    let open = |tag: &[u8; 16], output: &mut [u8; 20]| {
        let mut length = 20;
        SDF_AuthDec(
            session.handle,
            key,
            GCM,
            start.as_ptr(),
            12,
            head.as_ptr(),
            4,
            tag.as_ptr(),
            &16,
            sealed.as_ptr(),
            20,
            output.as_mut_ptr(),
            &mut length,
        )
    };
    let open_in_steps = |tag: &[u8; 16], output: &mut [u8; 20]| {
        let mut length = 20;
        let code = SDF_AuthDecInit(
            session.handle,
            key,
            GCM,
            start.as_ptr(),
            12,
            head.as_ptr(),
            4,
            tag.as_ptr(),
            16,
            20,
        );
        assert_eq!(code, 0);
        for piece in sealed.chunks(10) {
            let mut none = 20;
            let place = output.as_mut_ptr();
            let code = SDF_AuthDecUpdate(session.handle, piece.as_ptr(), 10, place, &mut none);
            assert_eq!((code, none), (0, 0));
        }
        let mut last = || SDF_AuthDecFinal(session.handle, output.as_mut_ptr(), &mut length);
        let code = last();
        // Right or wrong, it is ended.
        assert_eq!(last(), STEP);
        code
    };
    let mut wrong = tag;
    wrong[15] ^= 1;
    for open in [
        &open as &dyn Fn(&[u8; 16], &mut [u8; 20]) -> i32,
        &open_in_steps,
    ] {
        let mut output = [0; 20];
        assert_eq!(open(&wrong, &mut output), BASE + 0x19);
        assert_eq!(output, [0; 20]);
        assert_eq!(open(&tag, &mut output), 0);
        assert_eq!(&output, message);
    }
    // In steps the ciphertext and the tag are the same.
    let (mut again, mut tag_again) = ([0; 20], [0; 16]);
    let mut none = 0;
    let code = SDF_AuthEncInit(
        session.handle,
        key,
        GCM,
        start.as_ptr(),
        12,
        head.as_ptr(),
        4,
        20,
    );
    assert_eq!(code, 0);
    let place = again.as_mut_ptr();
    assert_eq!(
        SDF_AuthEncUpdate(session.handle, message.as_ptr(), 20, place, &mut none),
        0
    );
    let code = SDF_AuthEncFinal(
        session.handle,
        again.as_mut_ptr(),
        &mut length,
        tag_again.as_mut_ptr(),
        &mut tag_length,
    );
    assert_eq!((code, again, tag_again), (0, sealed, tag));
}

#[test]
fn a_key_is_gone_when_it_is_destroyed_and_no_other_session_has_it() {
    let store = Store::new();
    let [session, other] = [store.open(&[]), store.open(&[])];
    let key = import(&session, &KEY);
    let begin = |handle| SDF_EncryptInit(handle, key, ECB, ptr::null(), 0);
    assert_eq!((begin(session.handle), begin(other.handle)), (0, NO_KEY));
    assert_eq!(SDF_DestroyKey(other.handle, key), NO_KEY);
    assert_eq!(SDF_DestroyKey(session.handle, key), 0);
    assert_eq!(begin(session.handle), NO_KEY);
    assert_eq!(SDF_DestroyKey(session.handle, key), NO_KEY);
}
