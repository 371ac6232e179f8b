//! Keys that come in wrapped.

use super::{
    decrypt, generate, public,
    public::PublicHalf,
    session::{Place, Session},
    token::Pkcs11Token,
    vendor::{DecryptMechanism, VendorProfile},
};
use crate::{Error, KeyLabel, KeyUse, Unwrap};
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use getrandom::SysRng;
use gm_crypto::sm2::{self, Ciphertext, EnvelopedKey, SecretKey};
use std::sync::PoisonError;
use zeroize::{Zeroize, Zeroizing};

impl Unwrap for Pkcs11Token {
    /// The token decrypts the SM4 key of the envelope; the envelope is opened with that
    /// **in this process**, and the private key is written to the token as an object that
    /// is sensitive and not extractable. PKCS#11 has no mechanism that takes an
    /// SM2EnvelopedKey, and what vendors' own take is not published: for a key that is to
    /// be seen by nobody, use the device's SKF library (`SKF_ImportECCKeyPair`).
    ///
    /// That the token holds the private half of the envelope's public key is tried by
    /// letting it decrypt something.
    fn unwrap_key(&self, label: &KeyLabel, envelope: &EnvelopedKey) -> Result<(), Error> {
        let (label, envelope) = (label.clone(), envelope.clone());
        let (module, profile) = (self.module().clone(), self.profile().cloned());
        let mechanism = self.decrypt_mechanism();
        self.run("C_CreateObject", move |session| {
            let _naming = module
                .naming()
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let Some((place, _)) = session.private_key(&label, KeyUse::Signing)? else {
                return Err(Error::NoSuchKey { label });
            };
            if !session.private_keys(&label, KeyUse::Encryption)?.is_empty() {
                return Err(Error::KeyExists { label });
            }
            let key = session.with_key(&place, |session, key| {
                open(session, key, mechanism, envelope.encrypted_key())
            })?;
            let secret = envelope
                .open_with_key(&key)
                .map_err(|source| Error::Crypto { source })?;
            let profile = profile.as_ref().filter(|_| mechanism.is_some());
            import(session, &label, &secret, profile, mechanism)
        })
    }
}

/// Opens a ciphertext with a key of the token, by its vendor's mechanism or by ECDH.
fn open(
    session: &Session,
    key: ObjectHandle,
    mechanism: Option<DecryptMechanism>,
    ciphertext: &Ciphertext,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    match mechanism {
        Some(decrypt) => {
            let octets = ciphertext.write(decrypt.form);
            decrypt::decrypt(session, key, decrypt.mechanism, &octets)
        }
        None => {
            let point = ciphertext.c1().to_uncompressed();
            let x2 = decrypt::shared_x(session, key, &point)?;
            ciphertext
                .open_with_shared_x(&x2)
                .map_err(|source| Error::Crypto { source })
        }
    }
}

/// Writes both halves and tries the private one.
fn import(
    session: &mut Session,
    label: &KeyLabel,
    secret: &SecretKey,
    profile: Option<&VendorProfile>,
    mechanism: Option<DecryptMechanism>,
) -> Result<(), Error> {
    const CALL: &str = "C_CreateObject";
    let public_key = secret.public_key();
    let point = public_key.to_uncompressed();
    let half = PublicHalf::from_point(sm2::CURVE_OID, &point)?;
    let place = Place {
        label: label.clone(),
        key_use: KeyUse::Encryption,
        id: generate::id(&half)?,
    };
    let both = [
        Attribute::KeyType(profile.map_or(KeyType::EC, |profile| profile.key_type)),
        Attribute::EcParams(public::curve_octets(sm2::CURVE_OID)),
        Attribute::Token(true),
        Attribute::Label(place.label.as_str().into()),
        Attribute::Id(place.id.clone()),
    ];
    let mut private = both.to_vec();
    private.extend([
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(false),
        Attribute::Decrypt(mechanism.is_some()),
        Attribute::Derive(mechanism.is_none()),
        Attribute::Value(secret.to_bytes().to_vec()),
    ]);
    let answer = session.ask(CALL, |handle| handle.create_object(&private));
    if let Some(Attribute::Value(value)) = private.last_mut() {
        value.zeroize();
    }
    let private = answer?;

    let mut public = both.to_vec();
    public.extend([
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::Private(false),
        Attribute::EcPoint(public::octet_string(&point)),
    ]);
    let finished = session
        .ask(CALL, |handle| handle.create_object(&public))
        .and_then(|public| {
            let tried = try_out(session, private, mechanism, secret);
            if tried.is_err() {
                session.discard([public]);
            }
            tried
        });
    if finished.is_err() {
        session.discard([private]);
    }
    finished
}

/// Lets the token decrypt something that was encrypted to the public key.
fn try_out(
    session: &Session,
    private: ObjectHandle,
    mechanism: Option<DecryptMechanism>,
    secret: &SecretKey,
) -> Result<(), Error> {
    let crypto = |source| Error::Crypto { source };
    let mut message = Zeroizing::new([0; 32]);
    getrandom::fill(message.as_mut_slice()).map_err(|_| crypto(gm_crypto::Error::Random))?;
    let ciphertext = secret.public_key().encrypt(&mut SysRng, message.as_slice());
    match open(session, private, mechanism, &ciphertext.map_err(crypto)?) {
        Ok(opened) if opened.as_slice() == message.as_slice() => Ok(()),
        Ok(_) | Err(Error::Crypto { .. }) => Err(Error::ReadBack {
            call: "C_CreateObject",
        }),
        Err(error) => Err(error),
    }
}
