//! PINs and what they open.

use crate::*;

fn info(application: Handle, pin_type: u32) -> (u32, u32, i32) {
    let (mut maximum, mut remaining, mut default) = (0, 0, 0);
    let code = SKF_GetPINInfo(
        application,
        pin_type,
        &raw mut maximum,
        &raw mut remaining,
        &raw mut default,
    );
    assert_eq!(code, 0);
    (maximum, remaining, default)
}

#[test]
fn a_wrong_pin_counts_and_is_locked_at_the_end_until_it_is_unblocked() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let application = connection.application();
    let (maximum, remaining, _) = info(application, USER);
    assert_eq!(maximum, remaining);
    for left in (1..maximum).rev() {
        let tried = verify_pin(application, USER, "wrong pin");
        assert_eq!(tried, (PIN_INCORRECT, left));
    }
    assert_eq!(verify_pin(application, USER, USER_PIN), (0, maximum));
    for _ in 0..maximum {
        verify_pin(application, USER, "wrong pin");
    }
    assert_eq!(verify_pin(application, USER, USER_PIN), (PIN_LOCKED, 0));
    assert_eq!(info(application, USER).1, 0);

    let mut retries = 99;
    let unblock = |pin: &str, retries: &mut u32| {
        SKF_UnblockPIN(application, c(pin).as_ptr(), c("another").as_ptr(), retries)
    };
    let (maximum, ..) = info(application, ADMINISTRATOR);
    assert_eq!(unblock("wrong pin", &mut retries), PIN_INCORRECT);
    assert_eq!(retries, maximum - 1);
    assert_eq!(unblock(ADMINISTRATOR_PIN, &mut retries), 0);
    assert_eq!(verify_pin(application, USER, "another").0, 0);
    // Somebody else set it.
    assert_eq!(info(application, USER).2, 1);
}

#[test]
fn a_pin_that_somebody_else_set_is_told_until_its_owner_changes_it() {
    let store = Store::new();
    let connection = store.connect(&[]);
    authenticate(&connection);
    let mut application = ptr::null_mut();
    let code = SKF_CreateApplication(
        connection.device,
        c("mail").as_ptr(),
        c("first admin").as_ptr(),
        5,
        c("first user").as_ptr(),
        3,
        0x10,
        &raw mut application,
    );
    assert_eq!(code, 0);
    assert_eq!(info(application, USER), (3, 3, 1));
    assert_eq!(info(application, ADMINISTRATOR), (5, 5, 1));
    let mut retries = 99;
    let change = |old: &str, new: &str, retries: &mut u32| {
        SKF_ChangePIN(application, USER, c(old).as_ptr(), c(new).as_ptr(), retries)
    };
    assert_eq!(
        change("wrong user", "my own pin", &mut retries),
        PIN_INCORRECT
    );
    assert_eq!(retries, 2);
    assert_eq!(change("first user", "abc", &mut retries), PIN_LENGTH);
    assert_eq!(info(application, USER), (3, 2, 1));
    assert_eq!(change("first user", "my own pin", &mut retries), 0);
    assert_eq!(info(application, USER), (3, 3, 0));
    assert_eq!(verify_pin(application, USER, "my own pin"), (0, 3));
    assert_eq!(verify_pin(application, 2, "my own pin").0, BASE + 0x2A);
}

/// Answers the device's challenge with the key that devices are delivered with.
pub(crate) fn authenticate(connection: &Connection) {
    assert_eq!(answer(connection, &Options::DEFAULT_DEVICE_KEY), 0);
}

fn answer(connection: &Connection, key: &[u8; 16]) -> u32 {
    use gm_crypto::sm4::{
        Sm4,
        cipher::{BlockCipherEncrypt, KeyInit},
    };
    let mut challenge = [0; 16];
    let code = SKF_GenRandom(connection.device, challenge.as_mut_ptr(), 8);
    assert_eq!(code, 0);
    let mut block = challenge.into();
    Sm4::new(&(*key).into()).encrypt_block(&mut block);
    SKF_DevAuth(connection.device, block.as_ptr(), 16)
}

#[test]
fn who_has_the_devices_key_makes_and_deletes_applications() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let create = |name: &str| {
        let mut application = ptr::null_mut();
        SKF_CreateApplication(
            connection.device,
            c(name).as_ptr(),
            c("12345678").as_ptr(),
            5,
            c("123456").as_ptr(),
            5,
            0xFF,
            &raw mut application,
        )
    };
    let delete = |name: &str| SKF_DeleteApplication(connection.device, c(name).as_ptr());
    assert_eq!(create("mail"), NOT_LOGGED_IN);
    assert_eq!(delete("ca"), NOT_LOGGED_IN);
    assert_eq!(answer(&connection, &[9; 16]), FAIL);
    assert_eq!(create("mail"), NOT_LOGGED_IN);
    // Without a challenge there is no answer.
    let code = SKF_DevAuth(connection.device, [0; 16].as_ptr(), 16);
    assert_eq!(code, NOT_INITIALIZED);
    authenticate(&connection);
    assert_eq!(create("mail"), 0);
    assert_eq!(create("mail"), BASE + 0x2C);
    assert_eq!(create(""), BASE + 0x2B);
    let names = both_calls(|names, size| SKF_EnumApplication(connection.device, names, size));
    let names = names.unwrap();
    assert!(names.ends_with(b"\0\0"));
    assert_eq!(names_of(&names), ["ca", "mail"]);
    let open = connection.application();
    assert_eq!(delete("ca"), 0);
    assert_eq!(verify_pin(open, USER, USER_PIN).0, HANDLE);
    assert_eq!(delete("ca"), BASE + 0x2E);

    let key = [5; 16];
    assert_eq!(SKF_ChangeDevAuthKey(connection.device, key.as_ptr(), 16), 0);
    assert_eq!(answer(&connection, &Options::DEFAULT_DEVICE_KEY), FAIL);
    assert_eq!(answer(&connection, &key), 0);
}

#[test]
fn nothing_private_is_done_before_login_nor_after_logout() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let application = connection.application();
    let mut container = ptr::null_mut();
    let place = &raw mut container;
    assert_eq!(SKF_OpenContainer(application, c("one").as_ptr(), place), 0);
    let mut blob = [0; 132];
    let (der, mut other) = ([0x30; 8], ptr::null_mut());
    let calls = |container: Handle, blob: &mut [u8; 132], other: &mut Handle| {
        [
            SKF_CreateContainer(application, c("two").as_ptr(), other),
            SKF_GenECCKeyPair(container, SM2_1, blob.as_mut_ptr()),
            sign(container, &[1; 32]).map_or_else(|code| code, |_| 0),
            SKF_ImportCertificate(container, 1, der.as_ptr(), 8),
        ]
    };
    let [create, generate, _, import] = calls(container, &mut blob, &mut other);
    assert_eq!([create, generate, import], [NOT_LOGGED_IN; 3]);
    // The administrator has no keys.
    assert_eq!(
        verify_pin(application, ADMINISTRATOR, ADMINISTRATOR_PIN).0,
        0
    );
    let [create, generate, _, import] = calls(container, &mut blob, &mut other);
    assert_eq!([create, generate, import], [NOT_LOGGED_IN; 3]);
    assert_eq!(verify_pin(application, USER, USER_PIN).0, 0);
    assert_eq!(calls(container, &mut blob, &mut other), [0; 4]);
    assert_eq!(SKF_ClearSecureState(application), 0);
    assert_eq!(sign(container, &[1; 32]), Err(NOT_LOGGED_IN));
    // A wrong PIN ends a login, too.
    assert_eq!(verify_pin(application, USER, USER_PIN).0, 0);
    assert!(sign(container, &[1; 32]).is_ok());
    assert_eq!(verify_pin(application, USER, "wrong pin").0, PIN_INCORRECT);
    assert_eq!(sign(container, &[1; 32]), Err(NOT_LOGGED_IN));
    let delete = SKF_DeleteContainer(application, c("one").as_ptr());
    assert_eq!(delete, NOT_LOGGED_IN);
}
