use crate::*;
use cryptoki::session::SessionState;

#[test]
fn a_token_tells_what_it_is() {
    let token = Token::new();
    let info = token.module.get_library_info().unwrap();
    assert!(info.manufacturer_id().contains("software"));
    let info = token.module.get_token_info(token.slot).unwrap();
    assert!(info.label().starts_with("test-"));
    assert!(info.login_required() && info.rng() && info.token_initialized());
    assert!(info.user_pin_initialized());
    assert_eq!((info.min_pin_length(), info.max_pin_length()), (4, 64));
}

#[test]
fn all_sessions_of_a_token_share_a_login_and_the_last_one_ends_it() {
    let token = Token::new();
    let one = token.user_session();
    let two = token.module.open_ro_session(token.slot).unwrap();
    let state = |session: &Session| session.get_session_info().unwrap().session_state();
    assert_eq!(state(&one), SessionState::RwUser);
    assert_eq!(state(&two), SessionState::RoUser);
    assert_eq!(
        code(two.login(UserType::User, Some(&auth(USER)))),
        RvError::UserAlreadyLoggedIn
    );
    assert_eq!(
        code(two.login(UserType::So, Some(&auth(SO)))),
        RvError::UserAnotherAlreadyLoggedIn
    );
    two.logout().unwrap();
    assert_eq!(state(&one), SessionState::RwPublic);
    assert_eq!(code(one.logout()), RvError::UserNotLoggedIn);
    one.login(UserType::User, Some(&auth(USER))).unwrap();
    one.close().unwrap();
    assert_eq!(state(&two), SessionState::RoUser);
    two.close().unwrap();
    assert_eq!(state(&token.session()), SessionState::RwPublic);
    // Another token is another login.
    let _here = token.user_session();
    assert_eq!(state(&Token::new().session()), SessionState::RwPublic);
}

#[test]
fn wrong_pins_are_counted_and_shown_until_the_pin_is_locked() {
    let token = Token::new();
    let session = token.session();
    let info = || token.module.get_token_info(token.slot).unwrap();
    let wrong = || code(session.login(UserType::User, Some(&auth("wrong"))));
    assert!(!info().user_pin_count_low());
    assert_eq!(wrong(), RvError::PinIncorrect);
    assert!(info().user_pin_count_low() && !info().user_pin_final_try());
    assert_eq!(wrong(), RvError::PinIncorrect);
    assert!(info().user_pin_final_try() && !info().user_pin_locked());
    assert_eq!(wrong(), RvError::PinLocked);
    assert!(info().user_pin_locked());
    let right = || session.login(UserType::User, Some(&auth(USER)));
    assert_eq!(code(right()), RvError::PinLocked);

    // The security officer gives another one, which is to be changed.
    session.login(UserType::So, Some(&auth(SO))).unwrap();
    session.init_pin(&auth("654321")).unwrap();
    session.logout().unwrap();
    assert!(!info().user_pin_locked() && info().user_pin_to_be_changed());
    session
        .login(UserType::User, Some(&auth("654321")))
        .unwrap();
    session.set_pin(&auth("654321"), &auth(USER)).unwrap();
    assert!(!info().user_pin_to_be_changed());
    session.logout().unwrap();
    right().unwrap();
}

#[test]
fn a_pin_of_no_length_takes_no_try() {
    let token = Token::new();
    let session = token.session();
    for pin in ["", "123", &"1".repeat(65)] {
        let result = session.login(UserType::User, Some(&auth(pin)));
        assert_eq!(code(result), RvError::PinIncorrect);
    }
    let info = token.module.get_token_info(token.slot).unwrap();
    assert!(!info.user_pin_count_low());
    assert_eq!(
        code(session.set_pin(&auth(USER), &auth("123"))),
        RvError::PinLenRange
    );
}

#[test]
fn the_security_officer_wants_no_session_that_only_reads_and_sees_no_private_object() {
    let token = Token::new();
    let session = token.user_session();
    let (_, private) = ec_pair(&session, P256, true);
    session.logout().unwrap();
    let reader = token.module.open_ro_session(token.slot).unwrap();
    assert_eq!(
        code(session.login(UserType::So, Some(&auth(SO)))),
        RvError::SessionReadOnlyExists
    );
    reader.close().unwrap();
    session.login(UserType::So, Some(&auth(SO))).unwrap();
    assert_eq!(
        code(token.module.open_ro_session(token.slot)),
        RvError::SessionReadWriteSoExists
    );
    assert_eq!(session.find_objects(&[]).unwrap().len(), 1);
    let read = session.get_attributes(private, &[AttributeType::Label]);
    assert_eq!(code(read), RvError::ObjectHandleInvalid);
    assert_eq!(
        code(session.sign(&Mechanism::Ecdsa, private, &[7; 32])),
        RvError::KeyHandleInvalid
    );
}

#[test]
fn the_empty_slot_takes_a_new_token_and_a_token_can_be_emptied() {
    let module = sys::module();
    let initialized = |slot| module.get_token_info(slot).unwrap().token_initialized();
    // Other tests make tokens meanwhile: whoever comes first has the slot.
    let slot = loop {
        let slots = module.get_slots_with_token().unwrap();
        let slot = *slots.last().unwrap();
        match module.init_token(slot, &auth(SO), "made by C_InitToken") {
            Ok(()) => break slot,
            Err(error) => {
                let code = code(Err::<(), _>(error));
                let known = [RvError::PinIncorrect, RvError::FunctionFailed];
                assert!(known.contains(&code), "{code:?}");
            }
        }
    };
    assert!(initialized(slot));
    let info = module.get_token_info(slot).unwrap();
    assert_eq!(info.label(), "made by C_InitToken");
    assert!(!info.user_pin_initialized());
    let session = module.open_rw_session(slot).unwrap();
    assert_eq!(
        code(session.login(UserType::User, Some(&auth(USER)))),
        RvError::UserPinNotInitialized
    );
    assert_eq!(
        code(session.init_pin(&auth(USER))),
        RvError::UserNotLoggedIn
    );
    session.login(UserType::So, Some(&auth(SO))).unwrap();
    session.init_pin(&auth(USER)).unwrap();
    session.logout().unwrap();
    session.login(UserType::User, Some(&auth(USER))).unwrap();
    ec_pair(&session, P256, true);
    assert_eq!(
        code(module.init_token(slot, &auth(SO), "emptied")),
        RvError::SessionExists
    );
    session.close().unwrap();
    assert_eq!(
        code(module.init_token(slot, &auth("wrong"), "emptied")),
        RvError::PinIncorrect
    );
    module.init_token(slot, &auth(SO), "emptied").unwrap();
    assert_eq!(module.get_token_info(slot).unwrap().label(), "emptied");
    let session = module.open_rw_session(slot).unwrap();
    assert!(session.find_objects(&[]).unwrap().is_empty());
}

#[test]
fn threads_that_open_and_close_and_log_in_at_once_all_come_through() {
    let token = Token::new();
    let _stays = token.session();
    std::thread::scope(|scope| {
        for number in 0..4 {
            let token = &token;
            scope.spawn(move || {
                for _ in 0..30 {
                    let session = token.session();
                    let (user, pin) = match number {
                        0 => (UserType::So, SO),
                        _ => (UserType::User, USER),
                    };
                    // Who comes second is refused.
                    let _ = session.login(user, Some(&auth(pin)));
                    let _ = token.module.open_ro_session(token.slot);
                    let _ = session.logout();
                }
            });
        }
    });
    // The counter was never the worse for it.
    let info = token.module.get_token_info(token.slot).unwrap();
    assert!(!info.user_pin_count_low() && !info.so_pin_count_low());
}
