use crate::{ADMINISTRATOR, USER, application, device, pin, user};
use softdevice::{Application, Error, KeyKind, KeyUse, NewApplication, Role};

fn remaining(application: &Application, role: Role) -> u32 {
    application.pin_state(role).unwrap().remaining
}

#[test]
fn a_wrong_pin_takes_a_try_and_the_right_one_gives_all_back() {
    let (_folder, application) = application();
    for role in [Role::User, Role::Administrator] {
        for left in [2, 1] {
            let error = application.login(role, &pin("wrong")).unwrap_err();
            assert!(
                matches!(error, Error::PinIncorrect { role: of, remaining } if of == role && remaining == left),
                "{error}"
            );
            assert_eq!(remaining(&application, role), left);
        }
    }
    user(&application);
    assert_eq!(remaining(&application, Role::User), 3);
    assert_eq!(remaining(&application, Role::Administrator), 1);
}

#[test]
fn a_locked_pin_is_refused_also_when_it_is_right_until_the_administrator_unblocks_it() {
    let (_folder, application) = application();
    let container = application.create_container("ca").unwrap();
    let pair = user(&application)
        .generate_pair(&container, KeyUse::Signing, KeyKind::Sm2)
        .unwrap();
    for _ in 0..3 {
        application.login(Role::User, &pin("wrong")).unwrap_err();
    }
    let error = application.login(Role::User, &pin(USER)).unwrap_err();
    assert!(matches!(error, Error::PinLocked { role: Role::User }));

    let error = application
        .unblock(&pin("wrong"), &pin("654321"))
        .unwrap_err();
    assert!(matches!(
        error,
        Error::PinIncorrect {
            role: Role::Administrator,
            ..
        }
    ));
    application
        .unblock(&pin(ADMINISTRATOR), &pin("654321"))
        .unwrap();
    assert!(application.pin_state(Role::User).unwrap().initial);
    let user = application.login(Role::User, &pin("654321")).unwrap();
    user.private_key(pair.id()).unwrap();
}

#[test]
fn a_locked_administrator_stays_locked() {
    let (_folder, application) = application();
    for _ in 0..3 {
        application
            .login(Role::Administrator, &pin("wrong"))
            .unwrap_err();
    }
    let error = application
        .unblock(&pin(ADMINISTRATOR), &pin("654321"))
        .unwrap_err();
    assert!(matches!(
        error,
        Error::PinLocked {
            role: Role::Administrator
        }
    ));
    // The user is not touched by that.
    user(&application);
}

#[test]
fn a_changed_pin_keeps_the_keys_and_ends_the_old_one() {
    let (_folder, application) = application();
    let container = application.create_container("ca").unwrap();
    let pair = user(&application)
        .generate_pair(&container, KeyUse::Signing, KeyKind::P256)
        .unwrap();
    let error = application
        .change_pin(Role::User, &pin("wrong"), &pin("654321"))
        .unwrap_err();
    assert!(matches!(error, Error::PinIncorrect { remaining: 2, .. }));
    application
        .change_pin(Role::User, &pin(USER), &pin("654321"))
        .unwrap();
    assert!(application.login(Role::User, &pin(USER)).is_err());
    let user = application.login(Role::User, &pin("654321")).unwrap();
    let key = user.private_key(pair.id()).unwrap();
    assert_eq!(key.point(), pair.value());
}

#[test]
fn pins_that_others_set_are_initial_until_their_owner_changes_them() {
    let (_folder, device) = device();
    let wanted = NewApplication::new("test", pin(ADMINISTRATOR))
        .with_user_pin(pin(USER))
        .with_initial_pins();
    let application = device.create_application(&wanted).unwrap();
    for (role, old) in [(Role::User, USER), (Role::Administrator, ADMINISTRATOR)] {
        assert!(application.pin_state(role).unwrap().initial);
        application
            .change_pin(role, &pin(old), &pin("another"))
            .unwrap();
        assert!(!application.pin_state(role).unwrap().initial);
    }
}

#[test]
fn a_user_without_a_pin_gets_one_from_the_administrator() {
    let (_folder, device) = device();
    let wanted = NewApplication::new("test", pin(ADMINISTRATOR)).with_tries(7, 5);
    let application = device.create_application(&wanted).unwrap();
    assert!(matches!(
        application.login(Role::User, &pin(USER)),
        Err(Error::PinUnset { role: Role::User })
    ));
    let administrator = application
        .login(Role::Administrator, &pin(ADMINISTRATOR))
        .unwrap();
    administrator.set_user_pin(&pin(USER)).unwrap();
    assert_eq!(remaining(&application, Role::User), 5);
    assert_eq!(remaining(&application, Role::Administrator), 7);
    let user = user(&application);
    assert!(matches!(
        user.set_user_pin(&pin(USER)),
        Err(Error::NotPermitted {
            role: Role::User,
            ..
        })
    ));
}

#[test]
fn the_administrator_uses_no_key() {
    let (_folder, application) = application();
    let container = application.create_container("ca").unwrap();
    let pair = user(&application)
        .generate_pair(&container, KeyUse::Signing, KeyKind::Sm2)
        .unwrap();
    let administrator = application
        .login(Role::Administrator, &pin(ADMINISTRATOR))
        .unwrap();
    let refused = [
        administrator.private_key(pair.id()).map(drop),
        administrator
            .generate_pair(&container, KeyUse::Encryption, KeyKind::Sm2)
            .map(drop),
        administrator
            .update(pair.id(), &Default::default())
            .map(drop),
    ];
    for result in refused {
        assert!(matches!(result, Err(Error::NotPermitted { .. })));
    }
}

#[test]
fn a_pin_of_no_length_is_none() {
    for text in ["", "123", &"1".repeat(65)] {
        let error = softdevice::Pin::new(text).unwrap_err();
        assert!(matches!(error, Error::PinLength { found } if found == text.len()));
    }
    assert_eq!(format!("{:?}", pin("secret")), "Pin { .. }");
    let options = softdevice::Options::default();
    assert!(!format!("{options:?}").contains("49, 50"), "{options:?}");
}
