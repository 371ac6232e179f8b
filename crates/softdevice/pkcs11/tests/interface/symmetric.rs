use crate::*;
use cryptoki::object::ObjectClass;

/// The numbers of the default vendor.
const SM4: u64 = 0x8000_0002;
const KEY_GEN: u64 = 0x8000_0107;
const ECB: u64 = 0x8000_0108;
const CBC: u64 = 0x8000_0109;
const MAC: u64 = 0x8000_010A;

fn import(session: &Session, value: &[u8], template: &[Attribute]) -> ObjectHandle {
    let key = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::new_vendor_defined(SM4).unwrap()),
        Attribute::Value(value.to_vec()),
    ];
    session.create_object(&[&key, template].concat()).unwrap()
}

#[test]
fn sm4_is_the_standards() {
    // GB/T 32907-2016, annex A.1: key and plaintext are the same octets.
    let octets = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
    let expected = 0x681e_df34_d206_965e_86b3_e94f_536e_4246_u128.to_be_bytes();
    let token = Token::new();
    let session = token.user_session();
    for on_token in [false, true] {
        let key = import(&session, &octets, &[Attribute::Token(on_token)]);
        let sealed = session.encrypt(&vendor(ECB), key, &octets).unwrap();
        assert_eq!(sealed, expected);
        assert_eq!(session.decrypt(&vendor(ECB), key, &sealed).unwrap(), octets);
        let zero = [0_u8; 16];
        let cbc = vendor_with(CBC, &zero);
        let sealed = session.encrypt(&cbc, key, &octets).unwrap();
        assert_eq!(sealed, expected);
        assert_eq!(session.sign(&vendor(MAC), key, &octets).unwrap(), expected);
        session
            .verify(&vendor(MAC), key, &octets, &expected)
            .unwrap();
        assert_eq!(
            code(session.verify(&vendor(MAC), key, &octets, &octets)),
            RvError::SignatureInvalid
        );
    }
}

#[test]
fn parts_give_what_the_whole_gives() {
    let token = Token::new();
    let session = token.user_session();
    let key = session.generate_key(&vendor(KEY_GEN), &[]).unwrap();
    let iv = [7_u8; 16];
    let cbc = vendor_with(CBC, &iv);
    let message: Vec<u8> = (0..64).collect();
    let whole = session.encrypt(&cbc, key, &message).unwrap();
    session.encrypt_init(&cbc, key).unwrap();
    let mut parts = Vec::new();
    for part in [
        &message[..1],
        &message[1..17],
        &message[17..40],
        &message[40..],
    ] {
        parts.extend(session.encrypt_update(part).unwrap());
    }
    parts.extend(session.encrypt_final().unwrap());
    assert_eq!(parts, whole);
    session.decrypt_init(&cbc, key).unwrap();
    let mut plain = session.decrypt_update(&whole[..20]).unwrap();
    plain.extend(session.decrypt_update(&whole[20..]).unwrap());
    plain.extend(session.decrypt_final().unwrap());
    assert_eq!(plain, message);

    assert_eq!(
        code(session.encrypt(&cbc, key, &message[1..])),
        RvError::DataLenRange
    );
    assert_eq!(
        code(session.decrypt(&cbc, key, &message[1..])),
        RvError::EncryptedDataLenRange
    );
    assert_eq!(
        code(session.encrypt(&vendor(CBC), key, &message)),
        RvError::MechanismParamInvalid
    );
}

#[test]
fn a_key_is_wrapped_under_another_when_it_may_leave() {
    let token = Token::new();
    let session = token.user_session();
    let kek = import(&session, &[1; 16], &[]);
    let key = import(
        &session,
        &[2; 16],
        &[Attribute::Extractable(true), Attribute::Sensitive(true)],
    );
    let wrapped = session.wrap_key(&vendor(ECB), kek, key).unwrap();
    assert_eq!(wrapped.len(), 16);
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::new_vendor_defined(SM4).unwrap()),
        Attribute::Sensitive(false),
        Attribute::Extractable(true),
    ];
    let unwrapped = session
        .unwrap_key(&vendor(ECB), kek, &wrapped, &template)
        .unwrap();
    let value = session.get_attributes(unwrapped, &[AttributeType::Value]);
    assert_eq!(value.unwrap(), [Attribute::Value(vec![2; 16])]);
    let stays = import(&session, &[3; 16], &[]);
    assert_eq!(
        code(session.wrap_key(&vendor(ECB), kek, stays)),
        RvError::KeyUnextractable
    );
    let (_, private) = session
        .generate_key_pair(
            &Mechanism::EccKeyPairGen,
            &[Attribute::EcParams(P256.to_vec())],
            &[Attribute::Extractable(true)],
        )
        .unwrap();
    assert_eq!(
        code(session.wrap_key(&vendor(ECB), kek, private)),
        RvError::KeyNotWrappable
    );
    let not_wrapping = import(&session, &[4; 16], &[Attribute::Wrap(false)]);
    assert_eq!(
        code(session.wrap_key(&vendor(ECB), not_wrapping, key)),
        RvError::KeyFunctionNotPermitted
    );
}

#[test]
fn generic_secrets_make_hmacs() {
    let token = Token::new();
    let session = token.user_session();
    let key = session
        .create_object(&[
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            // RFC 4231, 4.3.
            Attribute::Value(b"Jefe".to_vec()),
        ])
        .unwrap();
    let mac = session
        .sign(&Mechanism::Sha256Hmac, key, b"what do ya want for nothing?")
        .unwrap();
    assert_eq!(mac[..4], [0x5b, 0xdc, 0xc1, 0x46]);
    let generated = session
        .generate_key(
            &Mechanism::GenericSecretKeyGen,
            &[Attribute::ValueLen(20.into())],
        )
        .unwrap();
    let length = session.get_attributes(generated, &[AttributeType::ValueLen]);
    assert_eq!(length.unwrap(), [Attribute::ValueLen(20.into())]);
    for length in [0, 1025] {
        let template = [Attribute::ValueLen(length.into())];
        let refused = session.generate_key(&Mechanism::GenericSecretKeyGen, &template);
        assert_eq!(code(refused), RvError::KeySizeRange);
    }
}

#[test]
fn random_octets_differ() {
    let token = Token::new();
    let session = token.session();
    let [one, two] = [(); 2].map(|()| session.generate_random_vec(32).unwrap());
    assert_ne!(one, two);
    assert_eq!(
        code(session.seed_random(&[1])),
        RvError::RandomSeedNotSupported
    );
}
