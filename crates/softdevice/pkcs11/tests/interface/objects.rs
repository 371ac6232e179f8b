use crate::*;
use cryptoki::object::ObjectClass;
use softdevice::{KeyUse, Role};

fn data(session: &Session, template: &[Attribute]) -> Result<ObjectHandle, Error> {
    let class = [
        Attribute::Class(ObjectClass::DATA),
        Attribute::Value(b"value".to_vec()),
    ];
    session.create_object(&[&class, template].concat())
}

fn read(session: &Session, object: ObjectHandle, wanted: AttributeType) -> Option<Attribute> {
    session.get_attributes(object, &[wanted]).unwrap().pop()
}

#[test]
fn token_objects_stay_and_session_objects_go_with_their_session() {
    let token = Token::new();
    let one = token.user_session();
    let two = token.session();
    let on_token = data(&one, &[Attribute::Token(true), Attribute::Private(false)]).unwrap();
    let of_session = data(&one, &[Attribute::Private(false)]).unwrap();
    // Other sessions of the program see both.
    assert_eq!(two.find_objects(&[]).unwrap(), [on_token, of_session]);
    assert_eq!(
        two.find_objects(&[Attribute::Token(false)]).unwrap(),
        [of_session]
    );
    one.close().unwrap();
    assert_eq!(two.find_objects(&[]).unwrap(), [on_token]);
    assert_eq!(
        read(&two, on_token, AttributeType::Value),
        Some(Attribute::Value(b"value".to_vec()))
    );
    two.destroy_object(on_token).unwrap();
    assert!(two.find_objects(&[]).unwrap().is_empty());
    assert_eq!(
        code(two.destroy_object(on_token)),
        RvError::ObjectHandleInvalid
    );
}

#[test]
fn private_objects_are_there_for_the_user_alone() {
    let token = Token::new();
    let session = token.user_session();
    let private = data(
        &session,
        &[Attribute::Token(true), Attribute::Private(true)],
    )
    .unwrap();
    let secret = data(&session, &[Attribute::Private(true)]).unwrap();
    let (public_key, private_key) = ec_pair(&session, P256, true);
    assert_eq!(session.find_objects(&[]).unwrap().len(), 4);
    assert_eq!(
        read(&session, private, AttributeType::Value),
        Some(Attribute::Value(b"value".to_vec()))
    );
    session.logout().unwrap();
    assert_eq!(session.find_objects(&[]).unwrap(), [public_key]);
    for handle in [private, secret, private_key] {
        let read = session.get_attributes(handle, &[AttributeType::Label]);
        assert_eq!(code(read), RvError::ObjectHandleInvalid);
        assert_eq!(
            code(session.destroy_object(handle)),
            RvError::ObjectHandleInvalid
        );
    }
    assert_eq!(
        code(data(&session, &[Attribute::Private(true)])),
        RvError::UserNotLoggedIn
    );
    session.login(UserType::User, Some(&auth(USER))).unwrap();
    // Private objects of a session end with the login.
    assert_eq!(
        session.find_objects(&[]).unwrap(),
        [private, private_key, public_key]
    );
}

#[test]
fn a_session_that_only_reads_makes_no_token_object() {
    let token = Token::new();
    let _writer = token.user_session();
    let reader = token.module.open_ro_session(token.slot).unwrap();
    assert_eq!(
        code(data(&reader, &[Attribute::Token(true)])),
        RvError::SessionReadOnly
    );
    data(&reader, &[]).unwrap();
    let on_token = data(&token.session(), &[Attribute::Token(true)]).unwrap();
    assert_eq!(
        code(reader.destroy_object(on_token)),
        RvError::SessionReadOnly
    );
    let label = [Attribute::Label(b"x".to_vec())];
    assert_eq!(
        code(reader.update_attributes(on_token, &label)),
        RvError::SessionReadOnly
    );
}

#[test]
fn a_sensitive_value_never_leaves_and_stays_sensitive() {
    let token = Token::new();
    let session = token.user_session();
    for on_token in [false, true] {
        let (_, private) = ec_pair(&session, P256, on_token);
        let info = session
            .get_attribute_info(private, &[AttributeType::Value])
            .unwrap();
        assert!(format!("{info:?}").contains("Sensitive"), "{info:?}");
        for attribute in [Attribute::Sensitive(false), Attribute::Extractable(true)] {
            let changed = session.update_attributes(private, &[attribute]);
            assert_eq!(code(changed), RvError::AttributeReadOnly);
        }
        let flags = [
            AttributeType::Sensitive,
            AttributeType::AlwaysSensitive,
            AttributeType::NeverExtractable,
            AttributeType::Local,
            AttributeType::Extractable,
        ];
        assert_eq!(
            session.get_attributes(private, &flags).unwrap(),
            [
                Attribute::Sensitive(true),
                Attribute::AlwaysSensitive(true),
                Attribute::NeverExtractable(true),
                Attribute::Local(true),
                Attribute::Extractable(false),
            ]
        );
    }
}

#[test]
fn what_is_imported_says_that_it_was_and_can_sign() {
    let token = Token::new();
    let session = token.user_session();
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::EC),
        Attribute::EcParams(P256.to_vec()),
        Attribute::Value(vec![7; 32]),
        Attribute::Token(true),
        Attribute::Label(b"imported".to_vec()),
        Attribute::Id(vec![1, 2]),
    ];
    let key = session.create_object(&template).unwrap();
    let expected = [
        Attribute::Local(false),
        Attribute::AlwaysSensitive(false),
        Attribute::Id(vec![1, 2]),
    ];
    let types = [
        AttributeType::Local,
        AttributeType::AlwaysSensitive,
        AttributeType::Id,
    ];
    assert_eq!(session.get_attributes(key, &types).unwrap(), expected);
    session.sign(&Mechanism::Ecdsa, key, &[7; 32]).unwrap();
    for (index, attribute, expected) in [
        (
            3,
            Attribute::Value(vec![0; 32]),
            RvError::AttributeValueInvalid,
        ),
        (
            3,
            Attribute::Value(vec![7; 33]),
            RvError::AttributeValueInvalid,
        ),
        (
            1,
            Attribute::KeyType(KeyType::RSA),
            RvError::AttributeValueInvalid,
        ),
        (
            1,
            Attribute::KeyType(sm2_key_type()),
            RvError::TemplateInconsistent,
        ),
        (
            2,
            Attribute::EcParams(vec![5, 0]),
            RvError::CurveNotSupported,
        ),
        (
            5,
            Attribute::Label(vec![0xff]),
            RvError::AttributeValueInvalid,
        ),
        (5, Attribute::Local(true), RvError::AttributeTypeInvalid),
        (5, Attribute::Token(true), RvError::TemplateInconsistent),
    ] {
        let mut wrong = template.to_vec();
        wrong[index] = attribute;
        assert_eq!(code(session.create_object(&wrong)), expected, "{wrong:?}");
    }
    for left_out in 0..4 {
        let mut wrong = template.to_vec();
        wrong.remove(left_out);
        assert_eq!(
            code(session.create_object(&wrong)),
            RvError::TemplateIncomplete
        );
    }
}

#[test]
fn a_pair_with_a_label_is_a_container_for_the_other_interfaces() {
    let token = Token::new();
    let session = token.user_session();
    let (_, private) = ec_pair(&session, P256, true);
    let container = token.application.container("ec").unwrap();
    let pair = token
        .application
        .key_pair_in(&container, KeyUse::Signing)
        .unwrap();
    assert_eq!(pair.value(), point(&session, private));

    // And what they make is seen here.
    let user = token
        .application
        .login(Role::User, &Pin::new(USER).unwrap())
        .unwrap();
    let container = token.application.create_container("skf").unwrap();
    let made = user
        .generate_pair(&container, KeyUse::Signing, softdevice::KeyKind::P256)
        .unwrap();
    let encryption = user
        .generate_pair(&container, KeyUse::Encryption, softdevice::KeyKind::P256)
        .unwrap();
    let find = |sign| {
        session
            .find_objects(&[
                Attribute::Label(b"skf".to_vec()),
                Attribute::Class(ObjectClass::PRIVATE_KEY),
                Attribute::Sign(sign),
                Attribute::Derive(!sign),
            ])
            .unwrap()
    };
    let [signing] = find(true)[..] else {
        panic!("one signing key");
    };
    assert_eq!(point(&session, signing), made.value());
    session.sign(&Mechanism::Ecdsa, signing, &[7; 32]).unwrap();
    // What nobody said of it cannot be unsaid.
    for attribute in [Attribute::Sensitive(false), Attribute::Extractable(true)] {
        let changed = session.update_attributes(signing, &[attribute]);
        assert_eq!(code(changed), RvError::AttributeReadOnly);
    }
    let [other] = find(false)[..] else {
        panic!("one encryption key");
    };
    assert_eq!(point(&session, other), encryption.value());
    assert_eq!(
        code(session.sign(&Mechanism::Ecdsa, other, &[7; 32])),
        RvError::KeyFunctionNotPermitted
    );
}

#[test]
fn attributes_are_changed_and_objects_copied() {
    let token = Token::new();
    let session = token.user_session();
    for on_token in [false, true] {
        let (_, private) = ec_pair(&session, P256, on_token);
        let changes = [
            Attribute::Label(b"renamed".to_vec()),
            Attribute::Id(vec![9]),
            Attribute::Subject(vec![0x30, 0]),
        ];
        session.update_attributes(private, &changes).unwrap();
        let types = [
            AttributeType::Label,
            AttributeType::Id,
            AttributeType::Subject,
        ];
        assert_eq!(session.get_attributes(private, &types).unwrap(), changes);
        session.sign(&Mechanism::Ecdsa, private, &[7; 32]).unwrap();

        let copy = session
            .copy_object(private, &[Attribute::Label(b"copy".to_vec())])
            .unwrap();
        assert_eq!(point(&session, copy), point(&session, private));
        session.sign(&Mechanism::Ecdsa, copy, &[7; 32]).unwrap();
        for wrong in [Attribute::Private(false), Attribute::Extractable(true)] {
            assert!(session.copy_object(private, &[wrong]).is_err());
        }
        session.destroy_object(private).unwrap();
        session.sign(&Mechanism::Ecdsa, copy, &[7; 32]).unwrap();
        assert_eq!(
            code(session.sign(&Mechanism::Ecdsa, private, &[7; 32])),
            RvError::KeyHandleInvalid
        );
    }
    let fixed = data(
        &session,
        &[Attribute::Modifiable(false), Attribute::Destroyable(false)],
    );
    let fixed = fixed.unwrap();
    let label = [Attribute::Label(b"x".to_vec())];
    assert_eq!(
        code(session.update_attributes(fixed, &label)),
        RvError::ActionProhibited
    );
    assert_eq!(
        code(session.destroy_object(fixed)),
        RvError::ActionProhibited
    );
}

#[test]
fn a_key_that_only_trusted_keys_wrap_stays_one() {
    let token = Token::new();
    let session = token.user_session();
    for on_token in [false, true] {
        let (_, private) = ec_pair(&session, P256, on_token);
        let trusted = |truth| [Attribute::WrapWithTrusted(truth)];
        session.update_attributes(private, &trusted(true)).unwrap();
        session.update_attributes(private, &trusted(true)).unwrap();
        let changed = session.update_attributes(private, &trusted(false));
        assert_eq!(code(changed), RvError::AttributeReadOnly);
        let copied = session.copy_object(private, &trusted(false));
        assert_eq!(code(copied), RvError::AttributeReadOnly);
        let copy = session.copy_object(private, &[]).unwrap();
        assert_eq!(
            read(&session, copy, AttributeType::WrapWithTrusted),
            Some(Attribute::WrapWithTrusted(true))
        );
    }
}

#[test]
fn a_private_copy_of_open_data_is_sealed() {
    let token = Token::new();
    let session = token.user_session();
    for on_token in [false, true] {
        let template = [Attribute::Token(on_token), Attribute::Private(false)];
        let open = data(&session, &template).unwrap();
        let copy = session
            .copy_object(open, &[Attribute::Private(true)])
            .unwrap();
        assert_eq!(
            read(&session, copy, AttributeType::Value),
            Some(Attribute::Value(b"value".to_vec()))
        );
        assert_eq!(
            read(&session, copy, AttributeType::Private),
            Some(Attribute::Private(true))
        );
    }
    let objects = token.application.objects().unwrap();
    let values: Vec<_> = objects
        .iter()
        .map(|object| (object.is_private(), object.value()))
        .collect();
    assert_eq!(values, [(false, &b"value"[..]), (true, b"")]);
}

#[test]
fn a_certificate_tells_its_names_also_when_nobody_gave_them() {
    // SEQUENCE { SEQUENCE { [0] 2, 5, {}, { issuer }, {}, { subject } } }
    let der = [
        0x30, 29, 0x30, 27, 0xa0, 3, 2, 1, 2, 2, 1, 5, 0x30, 0, 0x30, 4, 0x31, 2, 0x30, 0, 0x30, 0,
        0x30, 6, 0x31, 4, 0x30, 2, 5, 0,
    ];
    let mut der = der.to_vec();
    der[1] = u8::try_from(der.len() - 2).unwrap();
    der[3] = u8::try_from(der.len() - 4).unwrap();
    let token = Token::new();
    let session = token.session();
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(cryptoki::object::CertificateType::X_509),
        Attribute::Token(true),
        Attribute::Value(der.clone()),
    ];
    let certificate = session.create_object(&template).unwrap();
    assert_eq!(
        session
            .get_attributes(
                certificate,
                &[
                    AttributeType::Issuer,
                    AttributeType::Subject,
                    AttributeType::SerialNumber,
                    AttributeType::Value
                ]
            )
            .unwrap(),
        [
            Attribute::Issuer(vec![0x30, 4, 0x31, 2, 0x30, 0]),
            Attribute::Subject(vec![0x30, 6, 0x31, 4, 0x30, 2, 5, 0]),
            Attribute::SerialNumber(vec![2, 1, 5]),
            Attribute::Value(der),
        ]
    );
}
