//! Arguments that are none.

use crate::*;
use std::ptr;

/// GM/T 0018-2012 has 47 functions; GM/T 0018-2023 adds the rest.
const FUNCTIONS: &str = include_str!("functions.txt");

#[test]
fn every_function_of_the_standard_can_be_found() {
    let names: Vec<&str> = FUNCTIONS.split_whitespace().collect();
    assert_eq!(names.len(), 47 + 29);
    let missing: Vec<&&str> = names.iter().filter(|name| !has(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn handles_that_are_none_are_refused() {
    let store = Store::new();
    let session = store.open(&[]);
    let mut closed = ptr::null_mut();
    assert_eq!(SDF_OpenSession(session.device, &mut closed), 0);
    assert_eq!(SDF_CloseSession(closed), 0);
    let strange = [
        ptr::null_mut(),
        closed,
        session.device,
        ptr::without_provenance_mut(usize::MAX),
        (&raw const store).cast_mut().cast(),
    ];
    let mut buffer = [0; 256];
    for handle in strange {
        assert_eq!(
            SDF_GenerateRandom(handle, 8, buffer.as_mut_ptr()),
            INPUT,
            "{handle:?}"
        );
        assert_eq!(SDF_GetDeviceInfo(handle, buffer.as_mut_ptr()), INPUT);
        assert_eq!(SDF_CloseSession(handle), INPUT);
    }
    assert_eq!(SDF_CloseDevice(session.handle), INPUT);
    let mut other = ptr::null_mut();
    assert_eq!(SDF_OpenSession(session.handle, &mut other), INPUT);
    assert_eq!(buffer, [0; 256]);
    // Closing the device closes its sessions.
    assert_eq!(SDF_CloseDevice(session.device), 0);
    assert_eq!(
        SDF_GenerateRandom(session.handle, 8, buffer.as_mut_ptr()),
        INPUT
    );
}

#[test]
fn null_and_absurd_lengths_are_refused() {
    let store = Store::new();
    let session = store.open(&[]);
    let handle = session.handle;
    assert_eq!(session.take_right(1, USER_PIN), 0);
    let null = ptr::null_mut();
    let mut buffer = [0; 512];
    let place = buffer.as_mut_ptr();
    assert_eq!(SDF_OpenDevice(ptr::null_mut()), OUTPUT);
    assert_eq!(SDF_OpenSession(session.device, ptr::null_mut()), OUTPUT);
    assert_eq!(SDF_GenerateRandom(handle, 8, null), OUTPUT);
    assert_eq!(SDF_GenerateRandom(handle, u32::MAX, place), INPUT);
    assert_eq!(SDF_GetDeviceInfo(handle, null), OUTPUT);
    assert_eq!(SDF_GetPrivateKeyAccessRight(handle, 1, null, 8), INPUT);
    assert_eq!(
        SDF_GetPrivateKeyAccessRight(handle, 1, place, u32::MAX),
        INPUT
    );
    assert_eq!(SDF_ExportSignPublicKey_ECC(handle, 1, null), OUTPUT);
    assert_eq!(SDF_InternalSign_ECC(handle, 1, null, 32, place), INPUT);
    assert_eq!(SDF_InternalSign_ECC(handle, 1, place, 32, null), OUTPUT);
    assert_eq!(SDF_InternalSign_ECC(handle, 1, place, 31, place), INPUT);
    assert_eq!(
        SDF_InternalSign_ECC(handle, 1, place, u32::MAX, place),
        INPUT
    );
    assert_eq!(SDF_InternalVerify_ECC(handle, 1, place, 32, null), INPUT);
    assert_eq!(
        SDF_ExternalVerify_ECC(handle, SM2_1, place, place, 32, place),
        INPUT
    );
    assert_eq!(SDF_HashUpdate(handle, place, 8), STEP);
    assert_eq!(SDF_HashFinal(handle, place, ptr::null_mut()), OUTPUT);
    // A ciphertext whose length says more than there can be.
    let mut sealed = [0; 180];
    sealed[160..164].copy_from_slice(&u32::MAX.to_ne_bytes());
    let mut length = 512;
    let code = SDF_InternalDecrypt_ECC(handle, 1, SM2_3, sealed.as_ptr(), place, &mut length);
    assert_eq!(code, INPUT);
    let mut key = ptr::null_mut();
    let code = SDF_ImportKeyWithISK_ECC(handle, 1, sealed.as_ptr(), &mut key);
    assert_eq!((code, key.is_null()), (INPUT, true));
    assert_eq!(SDF_ImportKey(handle, place, 65, &mut key), BASE + 0x15);
    assert_eq!(SDF_ImportKey(handle, place, 0, &mut key), BASE + 0x15);
    let code = SDF_GenerateKeyWithIPK_ECC(handle, 1, 127, place, &mut key);
    assert_eq!(code, INPUT);
    let code = SDF_GenerateKeyWithIPK_ECC(handle, 1, 128, place, ptr::null_mut());
    assert_eq!(code, OUTPUT);
    let code = SDF_GenerateKeyWithIPK_ECC(handle, 2, 128, place, &mut key);
    assert_eq!(code, NO_KEY);
}

#[test]
fn an_unaligned_place_is_as_good_as_another() {
    let store = Store::new();
    let session = store.open(&[]);
    let mut buffer = [0u8; 140];
    let code = SDF_ExportSignPublicKey_ECC(session.handle, 1, buffer[1..].as_mut_ptr());
    assert_eq!(code, 0);
    let structure = *buffer[1..].first_chunk().unwrap();
    assert_eq!(public_key(&structure), session.signing_key(1));
}

#[test]
fn the_device_says_what_it_is() {
    let store = Store::new();
    let session = store.open(&[]);
    let mut info = [0xA5; 101];
    assert_eq!(SDF_GetDeviceInfo(session.handle, info.as_mut_ptr()), 0);
    assert_eq!(info[100], 0xA5);
    let text = |octets: &[u8]| {
        let text: Vec<u8> = octets
            .iter()
            .copied()
            .take_while(|octet| *octet != 0)
            .collect();
        String::from_utf8(text).unwrap()
    };
    assert_eq!(text(&info[..40]), Device::MANUFACTURER);
    assert_eq!(text(&info[40..56]), Device::MODEL);
    assert_eq!(text(&info[56..72]), store.device().info().unwrap().serial);
    let number = |place: usize| u32::from_ne_bytes(*info[place..].first_chunk().unwrap());
    assert_eq!(number(76), 1);
    // SM2 with all uses; SM4 with all modes; SM3.
    assert_eq!(number(80), 0x0002_0F00);
    assert_eq!(number(88), 0x43F);
    assert_eq!(number(92), 1);
}

#[test]
fn files_are_written_where_they_are() {
    let store = Store::new();
    let session = store.open(&[]);
    let (handle, name) = (session.handle, b"certificate".as_ptr());
    assert_eq!(SDF_CreateFile(handle, name, 11, 100), 0);
    assert_eq!(SDF_CreateFile(handle, name, 11, 100), BASE + 0x1A);
    assert_eq!(
        SDF_WriteFile(handle, name, 11, 90, 10, b"0123456789".as_ptr()),
        0
    );
    assert_eq!(
        SDF_WriteFile(handle, name, 11, 91, 10, b"0123456789".as_ptr()),
        BASE + 0x13
    );
    // As much as there is.
    let (mut buffer, mut length) = ([0; 64], 64);
    let code = SDF_ReadFile(handle, name, 11, 95, &mut length, buffer.as_mut_ptr());
    assert_eq!((code, length, &buffer[..5]), (0, 5, &b"56789"[..]));
    assert_eq!(
        SDF_ReadFile(handle, name, 11, 101, &mut length, buffer.as_mut_ptr()),
        BASE + 0x13
    );
    assert_eq!(SDF_DeleteFile(handle, name, 11), 0);
    assert_eq!(SDF_DeleteFile(handle, name, 11), BASE + 0x12);
    assert_eq!(SDF_CreateFile(handle, b"\xFF".as_ptr(), 1, 100), INPUT);
}
