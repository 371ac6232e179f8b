use crate::*;
use cryptoki::{
    mechanism::elliptic_curve::{EcKdf, Ecdh1DeriveParams},
    object::ObjectClass,
};
use softdevice::{KeyKind, PublicKey};

fn digest(session: &Session, mechanism: &Mechanism<'_>, data: &[u8]) -> Vec<u8> {
    session.digest(mechanism, data).unwrap()
}

#[test]
fn signatures_verify_here_and_with_another_implementation() {
    let token = Token::new();
    let session = token.user_session();
    for (curve, kind) in [(P256, KeyKind::P256), (P384, KeyKind::P384)] {
        for on_token in [false, true] {
            let (public, private) = ec_pair(&session, curve, on_token);
            let outside = PublicKey::from_point(kind, &point(&session, public)).unwrap();
            for (mechanism, hash) in [
                (Mechanism::EcdsaSha256, Mechanism::Sha256),
                (Mechanism::EcdsaSha384, Mechanism::Sha384),
                (Mechanism::EcdsaSha512, Mechanism::Sha512),
            ] {
                let signature = session.sign(&mechanism, private, b"message").unwrap();
                assert_eq!(signature.len(), 2 * kind.field_length());
                let digest = digest(&session, &hash, b"message");
                outside.verify_digest(&digest, &signature).unwrap();
                session
                    .verify(&Mechanism::Ecdsa, public, &digest, &signature)
                    .unwrap();
                assert_eq!(
                    code(session.verify(&mechanism, public, b"Message", &signature)),
                    RvError::SignatureInvalid
                );
                assert_eq!(
                    code(session.verify(&mechanism, public, b"message", &signature[1..])),
                    RvError::SignatureLenRange
                );
            }
        }
    }
}

#[test]
fn a_message_in_parts_is_the_message() {
    let token = Token::new();
    let session = token.user_session();
    let (public, private) = ec_pair(&session, P256, false);
    session.sign_init(&Mechanism::EcdsaSha256, private).unwrap();
    assert_eq!(
        code(session.sign_init(&Mechanism::EcdsaSha256, private)),
        RvError::OperationActive
    );
    session.sign_update(b"mess").unwrap();
    session.sign_update(b"age").unwrap();
    let signature = session.sign_final().unwrap();
    session
        .verify_init(&Mechanism::EcdsaSha256, public)
        .unwrap();
    session.verify_update(b"message").unwrap();
    session.verify_final(&signature).unwrap();
    assert_eq!(code(session.sign_final()), RvError::OperationNotInitialized);

    session.digest_init(&Mechanism::Sha256).unwrap();
    session.digest_update(b"mess").unwrap();
    session.digest_update(b"age").unwrap();
    let parts = session.digest_final().unwrap();
    assert_eq!(parts, digest(&session, &Mechanism::Sha256, b"message"));
}

#[test]
fn a_digest_of_no_length_and_a_key_of_another_kind_are_refused() {
    let token = Token::new();
    let session = token.user_session();
    let (public, private) = ec_pair(&session, P256, false);
    for length in [0, 19, 65] {
        assert_eq!(
            code(session.sign(&Mechanism::Ecdsa, private, &vec![7; length])),
            RvError::DataLenRange,
            "{length}"
        );
    }
    assert_eq!(
        code(session.sign(&Mechanism::Ecdsa, public, &[7; 32])),
        RvError::KeyTypeInconsistent
    );
    assert_eq!(
        code(session.sign(&vendor(0x8000_8000), private, &[7; 32])),
        RvError::KeyTypeInconsistent
    );
    assert_eq!(
        code(session.sign(&Mechanism::RsaPkcs, private, &[7; 32])),
        RvError::MechanismInvalid
    );
    let template = [Attribute::EcParams(vec![6, 1, 1])];
    assert_eq!(
        code(session.generate_key_pair(&Mechanism::EccKeyPairGen, &template, &[])),
        RvError::CurveNotSupported
    );
}

#[test]
fn a_key_that_may_not_sign_does_not() {
    let token = Token::new();
    let session = token.user_session();
    let (_, private) = session
        .generate_key_pair(
            &Mechanism::EccKeyPairGen,
            &[Attribute::EcParams(P256.to_vec()), Attribute::Verify(false)],
            &[Attribute::Sign(false)],
        )
        .unwrap();
    assert_eq!(
        code(session.sign(&Mechanism::Ecdsa, private, &[7; 32])),
        RvError::KeyFunctionNotPermitted
    );
}

#[test]
fn both_sides_derive_the_same_key() {
    let token = Token::new();
    let session = token.user_session();
    let [a, b] = [(); 2].map(|()| ec_pair(&session, P384, false));
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::GENERIC_SECRET),
        Attribute::Sensitive(false),
        Attribute::Extractable(true),
    ];
    let derive = |private, public, template: &[Attribute]| {
        let point = point(&session, public);
        let parameters = Ecdh1DeriveParams::new(EcKdf::null(), &point);
        session.derive_key(&Mechanism::Ecdh1Derive(parameters), private, template)
    };
    let value = |key| {
        let values = session.get_attributes(key, &[AttributeType::Value]);
        match &values.unwrap()[..] {
            [Attribute::Value(value)] => value.clone(),
            other => panic!("{other:?}"),
        }
    };
    let one = value(derive(a.1, b.0, &template).unwrap());
    assert_eq!(one.len(), 48);
    assert_eq!(one, value(derive(b.1, a.0, &template).unwrap()));
    let short = [&template[..], &[Attribute::ValueLen(16.into())]].concat();
    assert_eq!(value(derive(a.1, b.0, &short).unwrap()), one[..16]);
    let long = [&template[..], &[Attribute::ValueLen(49.into())]].concat();
    assert_eq!(code(derive(a.1, b.0, &long)), RvError::KeySizeRange);
    let other = ec_pair(&session, P256, false);
    assert_eq!(
        code(derive(a.1, other.0, &template)),
        RvError::MechanismParamInvalid
    );
}
