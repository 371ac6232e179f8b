//! SM2 decryption, by a vendor's mechanism or by ECDH.

use super::{
    generate, public,
    public::PublicHalf,
    session::{KeyChoice, Place, Session},
    token::Pkcs11Token,
    unwrap,
    vendor::DecryptMechanism,
};
use crate::{Agreement, AgreementKey, Decryption, DecryptionKey, Error, KeyLabel, KeyUse};
use cryptoki::{
    mechanism::{
        Mechanism, MechanismType,
        elliptic_curve::{EcKdf, Ecdh1DeriveParams},
        vendor_defined::VendorDefinedMechanism,
    },
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
};
use der::Document;
use gm_crypto::sm2::{Ciphertext, PublicKey};
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

impl Pkcs11Token {
    /// The vendor's mechanism that decrypts, where the token offers it.
    pub(super) fn decrypt_mechanism(&self) -> Option<DecryptMechanism> {
        let decrypt = self.profile()?.decrypt?;
        self.offers(decrypt.mechanism).then_some(decrypt)
    }

    /// Whether SM2 ciphertexts can be opened here.
    pub(super) fn decrypts_sm2(&self) -> bool {
        self.decrypt_mechanism().is_some() || self.offers(MechanismType::ECDH1_DERIVE)
    }

    /// The key at a place, for decryption.
    pub(super) fn opening_key(
        &self,
        place: Place,
        half: &PublicHalf,
    ) -> Result<Box<dyn DecryptionKey>, Error> {
        half.sm2()?;
        let key = PrivateKey {
            token: self.clone(),
            place: Arc::new(place),
        };
        let public_key = half.spki.clone();
        Ok(match self.decrypt_mechanism() {
            Some(mechanism) => Box::new(VendorKey {
                key,
                public_key,
                mechanism,
            }),
            None => Box::new(AgreementKey::new(public_key, key)?),
        })
    }
}

impl Decryption for Pkcs11Token {
    /// Where the private key does not tell its public half, that comes from a public object
    /// or a certificate, which anybody may have written: the token has to decrypt something
    /// that was encrypted to it before it is believed.
    fn decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        let (name, sm2) = (KeyChoice::from(label), self.sm2_key_type());
        let mechanism = self.decrypt_mechanism();
        let (place, half) = self.run("C_FindObjects", move |session| {
            let Some((place, key)) = session.private_key(&name, KeyUse::Encryption)? else {
                return Err(name.missing());
            };
            if let Some(half) = PublicHalf::of_key(session, key, sm2)? {
                return Ok((place, half));
            }
            let half = PublicHalf::beside(session, &place.id, sm2)?;
            // One of another kind is refused by what follows.
            if let Ok(public_key) = half.sm2()
                && !unwrap::opens(session, key, mechanism, &public_key)?
            {
                return Err(Error::Unsupported {
                    what: "public half of this key: what lies beside it, with its CKA_ID, is of \
                           another key; remove that",
                    interface: "the token",
                });
            }
            Ok((place, half))
        })?;
        self.opening_key(place, &half)
    }

    /// As [`Token::generate`](crate::Token::generate) does; on a token that has no SM2 but
    /// ECDH, a key of the standard's on the SM2 curve.
    fn generate_decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        let (place, half) = generate::encryption_key(self, label)?;
        self.opening_key(place, &half)
    }
}

/// A private key in a token.
struct PrivateKey {
    token: Pkcs11Token,
    place: Arc<Place>,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("token", &self.token)
            .field("name", &self.place.name)
            .finish_non_exhaustive()
    }
}

impl Agreement for PrivateKey {
    /// `CKM_ECDH1_DERIVE` with `CKD_NULL` gives x of the point as a secret key, whose
    /// octets are read. They open this one ciphertext; a copy of them stays in memory that
    /// the binding gave back without wiping it.
    fn shared_x(&self, point: &PublicKey) -> Result<Zeroizing<[u8; 32]>, Error> {
        let (place, point) = (Arc::clone(&self.place), point.to_uncompressed());
        self.token.run("C_DeriveKey", move |session| {
            session.with_key(&place, |session, key| shared_x(session, key, &point))
        })
    }
}

pub(super) fn shared_x(
    session: &Session,
    key: ObjectHandle,
    point: &[u8],
) -> Result<Zeroizing<[u8; 32]>, Error> {
    const CALL: &str = "C_DeriveKey";
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::GENERIC_SECRET),
        Attribute::Token(false),
        Attribute::Sensitive(false),
        Attribute::Extractable(true),
        Attribute::ValueLen(32.into()),
    ];
    let derive = |point: &[u8]| {
        let parameters = Ecdh1DeriveParams::new(EcKdf::null(), point);
        session.ask(CALL, |handle| {
            handle.derive_key(&Mechanism::Ecdh1Derive(parameters), key, &template)
        })
    };
    let secret = match derive(point) {
        // The text takes both; some tokens want the point as an OCTET STRING.
        Err(Error::Device {
            name:
                "CKR_MECHANISM_PARAM_INVALID"
                | "CKR_ARGUMENTS_BAD"
                | "CKR_PUBLIC_KEY_INVALID"
                | "CKR_DOMAIN_PARAMS_INVALID",
            ..
        }) => derive(&public::octet_string(point))?,
        result => result?,
    };
    let octets = session.octets(secret, AttributeType::Value);
    session.discard([secret]);
    let octets = Zeroizing::new(octets?.unwrap_or_default());
    match octets.as_slice().try_into() {
        Ok(octets) => Ok(Zeroizing::new(octets)),
        Err(_) => Err(Error::Garbage {
            call: CALL,
            what: "a shared secret of other than 32 octets",
        }),
    }
}

/// A key that a vendor's mechanism decrypts with.
#[derive(Debug)]
struct VendorKey {
    key: PrivateKey,
    public_key: Document,
    mechanism: DecryptMechanism,
}

impl DecryptionKey for VendorKey {
    fn public_key(&self) -> &Document {
        &self.public_key
    }

    fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (place, mechanism) = (Arc::clone(&self.key.place), self.mechanism);
        let octets = ciphertext.write(mechanism.form);
        self.key.token.run("C_Decrypt", move |session| {
            session.with_key(&place, |session, key| {
                decrypt(session, key, mechanism.mechanism, &octets)
            })
        })
    }
}

/// Decrypts by a vendor's mechanism.
pub(super) fn decrypt(
    session: &Session,
    key: ObjectHandle,
    mechanism: MechanismType,
    octets: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mechanism = Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(mechanism, None));
    let answer = session.ask("C_Decrypt", |handle| {
        handle.decrypt(&mechanism, key, octets)
    });
    answer.map(Zeroizing::new).map_err(|error| match error {
        // Not for this key, or changed: the answer says no more than that.
        Error::Device {
            name: "CKR_ENCRYPTED_DATA_INVALID" | "CKR_ENCRYPTED_DATA_LEN_RANGE",
            ..
        } => Error::Crypto {
            source: gm_crypto::Error::Crypto,
        },
        error => error,
    })
}
