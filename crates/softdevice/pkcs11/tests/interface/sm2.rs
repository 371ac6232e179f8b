use crate::*;
use cryptoki::object::ObjectClass;
use getrandom::SysRng;
use gm_crypto::sm2::{
    Ciphertext, CiphertextForm, DerSignature, EnvelopedKey, PublicKey, SecretKey, UserId,
    VerifyingKey, Za,
};

/// The numbers of the default vendor.
const KEY_PAIR_GEN: u64 = 0x8000_8001;
const SIGN: u64 = 0x8000_8000;
const SIGN_MESSAGE: u64 = 0x8000_8100;
const ENCRYPT: u64 = 0x8000_8200;
const SM3: u64 = 0x8000_0005;
const ENVELOPED_KEY: u64 = 0x8047_4D01;

fn pair(session: &Session, template: &[Attribute]) -> (ObjectHandle, ObjectHandle) {
    let public = [Attribute::Label(b"sm2".to_vec())];
    let private = [&public[..], template].concat();
    session
        .generate_key_pair(&vendor(KEY_PAIR_GEN), &public, &private)
        .unwrap()
}

fn key(session: &Session, public: ObjectHandle) -> PublicKey {
    PublicKey::from_uncompressed(&point(session, public)).unwrap()
}

#[test]
fn a_digest_or_a_message_is_signed_as_gb_t_32918_says() {
    let token = Token::new();
    let session = token.user_session();
    for on_token in [false, true] {
        let (public, private) = pair(&session, &[Attribute::Token(on_token)]);
        let outside = key(&session, public);
        let e = Za::new(&UserId::default(), &outside).digest(b"message");
        let verify = |e: &[u8; 32], signature: &[u8]| {
            let signature = DerSignature::from_der(signature).unwrap();
            outside.verify_digest(e, &signature)
        };
        let over_e = session.sign(&vendor(SIGN), private, &e).unwrap();
        verify(&e, &over_e).unwrap();
        let over_message = session
            .sign(&vendor(SIGN_MESSAGE), private, b"message")
            .unwrap();
        verify(&e, &over_message).unwrap();
        // Each mechanism verifies what the other made.
        session
            .verify(&vendor(SIGN_MESSAGE), public, b"message", &over_e)
            .unwrap();
        session
            .verify(&vendor(SIGN), public, &e, &over_message)
            .unwrap();
        assert_eq!(
            code(session.verify(&vendor(SIGN), public, &[7; 32], &over_e)),
            RvError::SignatureInvalid
        );

        // Another user ID is the mechanism's parameter.
        let id = *b"alice@example";
        let named = vendor_with(SIGN_MESSAGE, &id);
        let signature = session.sign(&named, private, b"message").unwrap();
        let other = Za::new(&UserId::new(id).unwrap(), &outside).digest(b"message");
        verify(&other, &signature).unwrap();
        assert!(verify(&e, &signature).is_err());
        let long = [7_u8; 8192];
        let named = vendor_with(SIGN_MESSAGE, &long);
        assert_eq!(
            code(session.sign(&named, private, b"message")),
            RvError::MechanismParamInvalid
        );
    }
    let (_, private) = pair(&session, &[]);
    for length in [31, 33] {
        assert_eq!(
            code(session.sign(&vendor(SIGN), private, &vec![7; length])),
            RvError::DataLenRange
        );
    }
}

#[test]
fn sm3_is_the_standards() {
    let token = Token::new();
    let session = token.session();
    let digest = session.digest(&vendor(SM3), b"abc").unwrap();
    assert_eq!(digest, gm_crypto::sm3::digest(b"abc"));
}

#[test]
fn what_is_encrypted_here_is_decrypted_elsewhere_and_back() {
    let token = Token::new();
    let session = token.user_session();
    let (public, private) = pair(&session, &[]);
    let ciphertext = session.encrypt(&vendor(ENCRYPT), public, b"hello").unwrap();
    assert_eq!(ciphertext.len(), 65 + 32 + 5);
    assert_eq!(
        session
            .decrypt(&vendor(ENCRYPT), private, &ciphertext)
            .unwrap(),
        b"hello"
    );
    let outside = key(&session, public)
        .encrypt(&mut SysRng, b"hello")
        .unwrap();
    let outside = outside.write(CiphertextForm::C1C3C2);
    assert_eq!(
        session
            .decrypt(&vendor(ENCRYPT), private, &outside)
            .unwrap(),
        b"hello"
    );
    for place in [1, 70, outside.len() - 1] {
        let mut changed = outside.clone();
        changed[place] ^= 1;
        assert_eq!(
            code(session.decrypt(&vendor(ENCRYPT), private, &changed)),
            RvError::EncryptedDataInvalid
        );
    }
    assert!(Ciphertext::read(&ciphertext, CiphertextForm::C1C3C2).is_ok());
}

#[test]
fn an_enveloped_key_comes_in_and_goes_out_when_it_may() {
    let token = Token::new();
    let session = token.user_session();
    let (_, recipient) = pair(&session, &[]);
    let inside = SecretKey::generate(&mut SysRng).unwrap();
    let envelope = EnvelopedKey::seal(&mut SysRng, &key(&session, recipient), &inside).unwrap();
    let template = |extractable| {
        [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(sm2_key_type()),
            Attribute::Extractable(extractable),
            Attribute::Sign(false),
            Attribute::Decrypt(true),
        ]
    };
    let unwrap = |envelope: &[u8], extractable| {
        session.unwrap_key(
            &vendor(ENVELOPED_KEY),
            recipient,
            envelope,
            &template(extractable),
        )
    };
    let unwrapped = unwrap(&envelope.to_der(), true).unwrap();
    assert_eq!(
        point(&session, unwrapped),
        inside.public_key().to_uncompressed()
    );
    let ciphertext = inside.public_key().encrypt(&mut SysRng, b"hello").unwrap();
    let ciphertext = ciphertext.write(CiphertextForm::C1C3C2);
    assert_eq!(
        session
            .decrypt(&vendor(ENCRYPT), unwrapped, &ciphertext)
            .unwrap(),
        b"hello"
    );

    let other = SecretKey::generate(&mut SysRng).unwrap();
    let wrapping = session
        .create_object(&[
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::KeyType(sm2_key_type()),
            Attribute::EcPoint(other.public_key().to_uncompressed().to_vec()),
        ])
        .unwrap();
    let wrap = |key| session.wrap_key(&vendor(ENVELOPED_KEY), wrapping, key);
    let wrapped = EnvelopedKey::from_der(&wrap(unwrapped).unwrap()).unwrap();
    let opened = wrapped.open(&other).unwrap();
    assert_eq!(*opened.to_bytes(), *inside.to_bytes());

    let stays = unwrap(&envelope.to_der(), false).unwrap();
    assert_eq!(code(wrap(stays)), RvError::KeyUnextractable);
    let stranger = EnvelopedKey::seal(&mut SysRng, &other.public_key(), &inside).unwrap();
    assert_eq!(
        code(unwrap(&stranger.to_der(), true)),
        RvError::WrappedKeyInvalid
    );
    assert_eq!(code(unwrap(&[0x30], true)), RvError::WrappedKeyInvalid);
}

#[test]
fn one_key_signs_on_two_threads() {
    let token = Token::new();
    let session = token.user_session();
    let (public, _) = pair(&session, &[Attribute::Token(true)]);
    let verifying = VerifyingKey::new(key(&session, public), &UserId::default());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let session = token.session();
                let keys = session.find_objects(&[
                    Attribute::Label(b"sm2".to_vec()),
                    Attribute::Class(ObjectClass::PRIVATE_KEY),
                ]);
                let key = keys.unwrap()[0];
                for number in 0..50_u8 {
                    let signature = session.sign(&vendor(SIGN), key, &[number; 32]).unwrap();
                    let signature = DerSignature::from_der(&signature).unwrap();
                    verifying.verify_digest(&[number; 32], &signature).unwrap();
                }
            });
        }
    });
}
