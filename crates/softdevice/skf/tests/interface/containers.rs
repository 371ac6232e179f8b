//! Containers: keys, signatures, envelopes, certificates.

use crate::*;
use getrandom::SysRng;
use gm_crypto::{
    delivery::{DeliveryTarget, DeviceForm, EncryptionKeyDelivery},
    sm2::{EnvelopedKey, UserId, Za},
};

fn exported(container: Handle, signing: i32) -> Result<PublicKey, u32> {
    both_calls(|blob, length| SKF_ExportPublicKey(container, signing, blob, length))
        .map(|blob| public_key(&blob))
}

#[test]
fn a_pair_made_in_a_container_signs_and_its_public_key_verifies() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let container = connection.container();
    assert_eq!(sign(container, &[1; 32]), Err(NO_KEY));
    assert_eq!(exported(container, 1), Err(NO_KEY));
    let mut blob = [0; 132];
    assert_eq!(SKF_GenECCKeyPair(container, SM2_1, blob.as_mut_ptr()), 0);
    let key = public_key(&blob);
    assert_eq!(exported(container, 1), Ok(key));
    assert_eq!(exported(container, 0), Ok(store.encryption.public_key()));
    let e = Za::new(&UserId::default(), &key).digest(b"to be signed");
    let signed = sign(container, &e).unwrap();
    key.verify_digest(&e, &signature(&signed).unwrap()).unwrap();
    // The device says the same, by both names.
    for check in [SKF_ECCVerify, SKF_ExtECCVerify] {
        let verify = |e: &[u8; 32]| {
            check(
                connection.device,
                blob.as_ptr(),
                e.as_ptr(),
                32,
                signed.as_ptr(),
            )
        };
        assert_eq!((verify(&e), verify(&[7; 32])), (0, HASH_NOT_EQUAL));
    }
    // It is not made twice.
    let again = SKF_GenECCKeyPair(container, SM2_1, blob.as_mut_ptr());
    assert_eq!(again, OBJECT);
    let mut container_type = 9;
    assert_eq!(SKF_GetContainerType(container, &raw mut container_type), 0);
    assert_eq!(container_type, 2);
}

#[test]
fn the_digest_of_the_device_with_a_key_and_an_id_is_e() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let key = store.encryption.public_key();
    let blob = public_key_blob(&key);
    let begin = |id: &[u8]| {
        let mut hash = ptr::null_mut();
        #[expect(clippy::cast_possible_truncation, reason = "a short ID")]
        let code = SKF_DigestInit(
            connection.device,
            SM3,
            blob.as_ptr(),
            id.as_ptr(),
            id.len() as u32,
            &raw mut hash,
        );
        assert_eq!(code, 0);
        hash
    };
    let id = b"somebody@example";
    let expected = Za::new(&UserId::new(*id).unwrap(), &key).digest(b"to be signed");
    let at_once = begin(id);
    let all = both_calls(|output, length| {
        SKF_Digest(at_once, b"to be signed".as_ptr(), 12, output, length)
    });
    assert_eq!(all.unwrap(), expected);
    let (mut hash, mut length) = ([0; 32], 31);
    let steps = begin(id);
    assert_eq!(SKF_DigestUpdate(steps, b"to be ".as_ptr(), 6), 0);
    assert_eq!(SKF_DigestUpdate(steps, b"signed".as_ptr(), 6), 0);
    let finish = |hash: &mut [u8; 32], length| SKF_DigestFinal(steps, hash.as_mut_ptr(), length);
    assert_eq!(finish(&mut hash, &raw mut length), TOO_SMALL);
    assert_eq!((finish(&mut hash, &raw mut length), hash), (0, expected));
    assert_eq!(finish(&mut hash, &raw mut length), NOT_INITIALIZED);
    // Without an ID it is SM3 of the message.
    let plain = begin(b"");
    let code = SKF_Digest(
        plain,
        b"abc".as_ptr(),
        3,
        hash.as_mut_ptr(),
        &raw mut length,
    );
    assert_eq!((code, hash), (0, gm_crypto::sm3::digest(b"abc")));
    assert_eq!(SKF_CloseHandle(plain), 0);
    assert_eq!(SKF_CloseHandle(plain), HANDLE);
}

#[test]
fn an_encryption_pair_comes_in_an_envelope_for_the_signing_key() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let application = connection.user();
    let mut container = ptr::null_mut();
    let place = &raw mut container;
    assert_eq!(
        SKF_CreateContainer(application, c("two").as_ptr(), place),
        0
    );
    let mut blob = [0; 132];
    assert_eq!(SKF_GenECCKeyPair(container, SM2_1, blob.as_mut_ptr()), 0);
    let signing = public_key(&blob);

    let key = SecretKey::generate(&mut SysRng).unwrap();
    let envelope = |recipient: &PublicKey| {
        let sealed = EnvelopedKey::seal(&mut SysRng, recipient, &key).unwrap();
        let helper = SecretKey::generate(&mut SysRng).unwrap();
        // The structure wants 32 zeros before the scalar, which only who opens it can add.
        let own = EnvelopedKey::seal(&mut SysRng, &helper.public_key(), &key).unwrap();
        let delivery = EncryptionKeyDelivery::from(own);
        let target = DeliveryTarget::Device(DeviceForm::SKF);
        drop(sealed);
        delivery
            .rewrap(&mut SysRng, &helper, recipient, target)
            .unwrap()
            .write()
    };
    let good = envelope(&signing);
    assert_eq!(good.len(), 388);
    // For another key, and with a length that lies.
    let other = envelope(&store.encryption.public_key());
    assert_eq!(SKF_ImportECCKeyPair(container, other.as_ptr()), INPUT);
    let mut long = good.clone();
    long[368..372].copy_from_slice(&u32::MAX.to_ne_bytes());
    assert_eq!(SKF_ImportECCKeyPair(container, long.as_ptr()), INPUT_LENGTH);
    assert_eq!(exported(container, 0), Err(NO_KEY));
    assert_eq!(SKF_ImportECCKeyPair(container, good.as_ptr()), 0);
    assert_eq!(exported(container, 0), Ok(key.public_key()));

    // The device decrypts with it.
    let mut sealed = [0; 164 + 20];
    let recipient = public_key_blob(&key.public_key());
    let code = SKF_ExtECCEncrypt(
        connection.device,
        recipient.as_ptr(),
        b"twenty octets long..".as_ptr(),
        20,
        sealed.as_mut_ptr(),
    );
    assert_eq!(code, 0);
    let opened =
        both_calls(|data, length| SKF_ECCDecrypt(container, sealed.as_ptr(), data, length));
    assert_eq!(opened.unwrap(), b"twenty octets long..");
    sealed[170] ^= 1;
    let opened =
        both_calls(|data, length| SKF_ECCDecrypt(container, sealed.as_ptr(), data, length));
    assert_eq!(opened, Err(INPUT));
}

#[test]
fn both_certificates_are_read_as_they_were_written() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let container = connection.container();
    let export =
        |signing| both_calls(|out, length| SKF_ExportCertificate(container, signing, out, length));
    assert_eq!(export(1), Err(NO_CERTIFICATE));
    let signing: Vec<u8> = [0x30, 0x82, 0x02, 0x00]
        .into_iter()
        .chain([7; 512])
        .collect();
    let encryption = [&[0x30, 0x81, 0x80][..], &[9; 128]].concat();
    #[expect(clippy::cast_possible_truncation, reason = "516 at most")]
    let import = |signing, der: &[u8]| {
        SKF_ImportCertificate(container, signing, der.as_ptr(), der.len() as u32)
    };
    assert_eq!(import(1, &signing), 0);
    assert_eq!(export(0), Err(NO_CERTIFICATE));
    assert_eq!(import(0, &encryption), 0);
    assert_eq!(
        (export(1), export(0)),
        (Ok(signing), Ok(encryption.clone()))
    );
    // Over one that is there.
    assert_eq!(import(1, &encryption), 0);
    assert_eq!(export(1), Ok(encryption));
    let mut length = 10;
    let mut small = [0; 10];
    let code = SKF_ExportCertificate(container, 0, small.as_mut_ptr(), &raw mut length);
    assert_eq!((code, length, small), (TOO_SMALL, 131, [0; 10]));
}

#[test]
fn containers_are_listed_and_deleted() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let application = connection.user();
    let mut container = ptr::null_mut();
    let place = &raw mut container;
    assert_eq!(
        SKF_CreateContainer(application, c("two").as_ptr(), place),
        0
    );
    assert_eq!(
        SKF_CreateContainer(application, c("two").as_ptr(), place),
        OBJECT
    );
    let names = || {
        let octets = both_calls(|names, size| SKF_EnumContainer(application, names, size));
        names_of(&octets.unwrap())
    };
    assert_eq!(names(), ["one", "two"]);
    let mut container_type = 9;
    assert_eq!(SKF_GetContainerType(container, &raw mut container_type), 0);
    assert_eq!(container_type, 0);
    assert_eq!(SKF_DeleteContainer(application, c("two").as_ptr()), 0);
    assert_eq!(names(), ["one"]);
    // What is open of it is closed.
    assert_eq!(SKF_CloseContainer(container), HANDLE);
    assert_eq!(
        SKF_OpenContainer(application, c("two").as_ptr(), place),
        OBJECT
    );
}

#[test]
fn a_deleted_key_signs_no_more_whatever_is_open_of_it() {
    let store = Store::new();
    let [one, two] = [store.connect(&[]), store.connect(&[])];
    let application = one.user();
    let mut container = ptr::null_mut();
    let place = &raw mut container;
    assert_eq!(SKF_OpenContainer(application, c("one").as_ptr(), place), 0);
    let mut blob = [0; 132];
    assert_eq!(SKF_GenECCKeyPair(container, SM2_1, blob.as_mut_ptr()), 0);
    let elsewhere = two.container();
    for container in [container, elsewhere] {
        sign(container, &[1; 32]).unwrap();
    }
    assert_eq!(SKF_DeleteContainer(application, c("one").as_ptr()), 0);
    for container in [container, elsewhere] {
        assert_eq!(sign(container, &[1; 32]), Err(HANDLE));
    }
    assert_eq!(verify_pin(application, USER, USER_PIN).0, 0);
    assert_eq!(sign(container, &[1; 32]), Err(HANDLE));
}

#[test]
fn a_key_that_another_program_deleted_signs_no_more() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let container = connection.container();
    let mut blob = [0; 132];
    assert_eq!(SKF_GenECCKeyPair(container, SM2_1, blob.as_mut_ptr()), 0);
    sign(container, &[1; 32]).unwrap();
    let device = Device::open(&store.path()).unwrap();
    let application = device.application("ca").unwrap();
    application.delete_container("one").unwrap();
    assert_eq!(sign(container, &[1; 32]), Err(NO_KEY));
}

#[test]
fn two_threads_sign_in_one_container() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let container = connection.container();
    let mut blob = [0; 132];
    assert_eq!(SKF_GenECCKeyPair(container, SM2_1, blob.as_mut_ptr()), 0);
    let (key, address) = (public_key(&blob), container.addr());
    std::thread::scope(|scope| {
        for octet in [1, 2] {
            scope.spawn(move || {
                for count in 0..50 {
                    let e = [octet ^ count; 32];
                    let signed = sign(ptr::without_provenance_mut(address), &e).unwrap();
                    key.verify_digest(&e, &signature(&signed).unwrap()).unwrap();
                }
            });
        }
    });
}

#[test]
fn private_keys_in_clear_are_for_debugging_alone() {
    let store = Store::new();
    let mut private = [0; 68];
    private[..4].copy_from_slice(&256u32.to_ne_bytes());
    private[36..].copy_from_slice(store.encryption.to_bytes().as_slice());
    let e = [3; 32];
    let mut signed = [0; 128];
    let mut sign = |connection: &Connection| {
        SKF_ExtECCSign(
            connection.device,
            private.as_ptr(),
            e.as_ptr(),
            32,
            signed.as_mut_ptr(),
        )
    };
    assert_eq!(sign(&store.connect(&[])), NOT_SUPPORTED);
    let connection = store.connect(&[("SOFTDEVICE_DEBUG_GROUP", "1")]);
    assert_eq!(sign(&connection), 0);
    let key = store.encryption.public_key();
    key.verify_digest(&e, &signature(&signed).unwrap()).unwrap();
    let mut sealed = [0; 164 + 16];
    let blob = public_key_blob(&key);
    let code = SKF_ExtECCEncrypt(
        connection.device,
        blob.as_ptr(),
        [8; 16].as_ptr(),
        16,
        sealed.as_mut_ptr(),
    );
    assert_eq!(code, 0);
    let opened = both_calls(|data, length| {
        SKF_ExtECCDecrypt(
            connection.device,
            private.as_ptr(),
            sealed.as_ptr(),
            data,
            length,
        )
    });
    assert_eq!(opened.unwrap(), [8; 16]);
}
