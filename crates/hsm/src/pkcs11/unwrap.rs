//! Keys that come and go wrapped.

use super::{
    decrypt, generate, public,
    public::PublicHalf,
    session::{KeyChoice, Place, Session},
    token::Pkcs11Token,
    vendor::{DecryptMechanism, VendorProfile},
};
use crate::{Envelop, Error, KeyLabel, KeyUse, Unwrap};
use cryptoki::{
    mechanism::{Mechanism, MechanismType, vendor_defined::VendorDefinedMechanism},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
};
use der::{Reader, SliceReader};
use getrandom::SysRng;
use gm_crypto::sm2::{self, Ciphertext, EnvelopedKey, PublicKey};
use zeroize::{Zeroize, Zeroizing};

impl Pkcs11Token {
    /// The vendor's mechanism that takes an SM2EnvelopedKey, where the token offers it.
    pub(super) fn unwrap_mechanism(&self) -> Option<MechanismType> {
        let unwrap = self.profile()?.unwrap?;
        self.offers(unwrap).then_some(unwrap)
    }

    /// The vendor's mechanism that gives an SM2EnvelopedKey, where the token offers it.
    pub(super) fn wrap_mechanism(&self) -> Option<MechanismType> {
        let wrap = self.profile()?.wrap?;
        self.offers(wrap).then_some(wrap)
    }

    /// Whether a signing key that is made here can open an envelope: inside, or the key of
    /// the envelope at least.
    pub(super) fn opens_envelopes(&self) -> bool {
        let quirk = |profile: &VendorProfile| profile.signing_keys_decrypt;
        let decrypts = self.decrypt_mechanism().is_some() && self.profile().is_some_and(quirk);
        self.decrypts_sm2() && (self.unwrap_mechanism().is_some() || decrypts)
    }

    /// How encryption keys are kept: as keys of the vendor's where its mechanism decrypts.
    fn keeping(&self) -> Keeping {
        let mechanism = self.decrypt_mechanism();
        let vendors = self.sm2_key_type().filter(|_| mechanism.is_some());
        Keeping {
            mechanism,
            key_type: vendors.unwrap_or(KeyType::EC),
        }
    }
}

/// How SM2 ciphertexts are opened, and by keys of which kind.
#[derive(Clone, Copy, Debug)]
struct Keeping {
    /// None: by ECDH.
    mechanism: Option<DecryptMechanism>,
    key_type: KeyType,
}

impl Unwrap for Pkcs11Token {
    /// Where the vendor's file names a mechanism for it (`envelope.unwrap`), the token opens
    /// the envelope inside.
    ///
    /// Otherwise the token decrypts the SM4 key of the envelope, the envelope is opened with
    /// that **in this process**, and the private key is written to the token as an object
    /// that is sensitive and not extractable. PKCS#11 itself has nothing that takes an
    /// SM2EnvelopedKey, and what vendors' own mechanisms take is not published: for a key
    /// that no program is to see, use the device's SKF library (`SKF_ImportECCKeyPair`).
    ///
    /// Either way the token then decrypts something that was encrypted to the envelope's
    /// public key, so that it is known to hold the private half.
    fn unwrap_key(&self, label: &KeyLabel, envelope: &EnvelopedKey) -> Result<(), Error> {
        let (label, envelope) = (label.clone(), envelope.clone());
        let (name_wanted, keeping) = (self.name(&label), self.keeping());
        let unwrap = self.unwrap_mechanism();
        self.run("C_UnwrapKey", move |session| {
            let _taken = name_wanted.take("C_UnwrapKey")?;
            let name = KeyChoice::from(&label);
            let Some((signing, key)) = session.private_key(&name, KeyUse::Signing)? else {
                return Err(Error::NoSuchKey { label });
            };
            if !session.private_keys(&name, KeyUse::Encryption)?.is_empty() {
                return Err(Error::KeyExists { label });
            }
            let unwraps = session.flag(key, AttributeType::Unwrap)? == Some(true);
            let new = NewKey::new(&label, &envelope, keeping)?;
            let private = match unwrap.filter(|_| unwraps) {
                Some(mechanism) => new.unwrap(session, key, mechanism, &envelope)?,
                None => new.open_here(session, &signing, &envelope)?,
            };
            new.finish(session, private)
        })
    }
}

impl Envelop for Pkcs11Token {
    /// Wraps the encryption key under `label`, by the mechanism that the vendor's file names
    /// for it (`envelope.wrap`). The token refuses one that was not made
    /// [to be wrapped](super::Pkcs11Options::wrappable).
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, Error> {
        const CALL: &str = "C_WrapKey";
        let Some(wrap) = self.wrap_mechanism() else {
            return Err(Error::Unsupported {
                what: "mechanism that wraps keys as SM2EnvelopedKey",
                interface: "the token",
            });
        };
        let (label, keeping) = (label.clone(), self.keeping());
        let point = recipient.to_uncompressed();
        let octets = self.run(CALL, move |session| {
            let name = KeyChoice::from(&label);
            let Some((_, key)) = session.private_key(&name, KeyUse::Encryption)? else {
                return Err(Error::NoSuchKey { label });
            };
            let template = [
                Attribute::Class(ObjectClass::PUBLIC_KEY),
                Attribute::KeyType(keeping.key_type),
                Attribute::EcParams(public::curve_octets(sm2::CURVE_OID)),
                Attribute::EcPoint(public::octet_string(&point)),
                Attribute::Token(false),
                Attribute::Wrap(true),
            ];
            let recipient =
                session.ask("C_CreateObject", |handle| handle.create_object(&template))?;
            let octets = session.ask(CALL, |handle| {
                handle.wrap_key(&vendors(wrap), recipient, key)
            });
            session.discard([recipient]);
            octets
        })?;
        let envelope = first_element(&octets).and_then(|der| EnvelopedKey::from_der(der).ok());
        envelope.ok_or(Error::Garbage {
            call: CALL,
            what: "octets that are no SM2EnvelopedKey",
        })
    }
}

/// The element of DER in front of zeros: the binding gives the octets for which the token
/// asked room, not those that it then used.
fn first_element(octets: &[u8]) -> Option<&[u8]> {
    let element = SliceReader::new(octets).ok()?.tlv_bytes().ok()?;
    let rest = octets.get(element.len()..)?;
    rest.iter().all(|octet| *octet == 0).then_some(element)
}

fn vendors(mechanism: MechanismType) -> Mechanism<'static> {
    Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(mechanism, None))
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

/// Whether the token opens with a key what was encrypted to a public one.
pub(super) fn opens(
    session: &Session,
    key: ObjectHandle,
    mechanism: Option<DecryptMechanism>,
    public_key: &PublicKey,
) -> Result<bool, Error> {
    let crypto = |source| Error::Crypto { source };
    let mut message = Zeroizing::new([0; 32]);
    getrandom::fill(message.as_mut_slice()).map_err(|_| crypto(gm_crypto::Error::Random))?;
    let ciphertext = public_key.encrypt(&mut SysRng, message.as_slice());
    let ciphertext = ciphertext.map_err(crypto)?;
    match open(session, key, mechanism, &ciphertext) {
        Ok(opened) => Ok(opened.as_slice() == message.as_slice()),
        Err(Error::Crypto { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// An encryption key on its way into the token.
struct NewKey {
    public_key: PublicKey,
    keeping: Keeping,
    /// What both halves are called.
    both: Vec<Attribute>,
}

impl NewKey {
    fn new(label: &KeyLabel, envelope: &EnvelopedKey, keeping: Keeping) -> Result<Self, Error> {
        let public_key = *envelope.public_key();
        let half = PublicHalf::from_point(sm2::CURVE_OID, &public_key.to_uncompressed())?;
        let both = vec![
            Attribute::KeyType(keeping.key_type),
            Attribute::Token(true),
            Attribute::Label(label.as_str().into()),
            Attribute::Id(generate::id(&half)?),
        ];
        Ok(Self {
            public_key,
            keeping,
            both,
        })
    }

    fn private_template(&self) -> Vec<Attribute> {
        let decrypt = self.keeping.mechanism.is_some();
        let mut template = self.both.clone();
        template.extend([
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(false),
            Attribute::Decrypt(decrypt),
            Attribute::Derive(!decrypt),
        ]);
        template
    }

    /// The token opens the envelope.
    fn unwrap(
        &self,
        session: &Session,
        key: ObjectHandle,
        mechanism: MechanismType,
        envelope: &EnvelopedKey,
    ) -> Result<ObjectHandle, Error> {
        let (template, wrapped) = (self.private_template(), envelope.to_der());
        session.ask("C_UnwrapKey", |handle| {
            handle.unwrap_key(&vendors(mechanism), key, &wrapped, &template)
        })
    }

    /// This process opens the envelope, with the SM4 key that the token decrypts.
    fn open_here(
        &self,
        session: &mut Session,
        signing: &Place,
        envelope: &EnvelopedKey,
    ) -> Result<ObjectHandle, Error> {
        let key = session.with_key(signing, |session, key| {
            open(
                session,
                key,
                self.keeping.mechanism,
                envelope.encrypted_key(),
            )
        })?;
        let secret = envelope
            .open_with_key(&key)
            .map_err(|source| Error::Crypto { source })?;
        let mut template = self.private_template();
        template.extend([
            Attribute::EcParams(public::curve_octets(sm2::CURVE_OID)),
            Attribute::Value(secret.to_bytes().to_vec()),
        ]);
        let made = session.ask("C_CreateObject", |handle| handle.create_object(&template));
        if let Some(Attribute::Value(value)) = template.last_mut() {
            value.zeroize();
        }
        made
    }

    /// Writes the public half and lets the token decrypt something.
    fn finish(&self, session: &Session, private: ObjectHandle) -> Result<(), Error> {
        let mut template = self.both.clone();
        template.extend([
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::Private(false),
            Attribute::EcParams(public::curve_octets(sm2::CURVE_OID)),
            Attribute::EcPoint(public::octet_string(&self.public_key.to_uncompressed())),
        ]);
        let public = session.ask("C_CreateObject", |handle| handle.create_object(&template));
        let made = public.as_ref().ok().copied();
        let finished = public.and_then(|_| self.try_out(session, private));
        if finished.is_err() {
            session.discard(made.into_iter().chain([private]));
        }
        finished
    }

    fn try_out(&self, session: &Session, private: ObjectHandle) -> Result<(), Error> {
        match opens(session, private, self.keeping.mechanism, &self.public_key)? {
            true => Ok(()),
            false => Err(Error::ReadBack {
                call: "C_UnwrapKey",
            }),
        }
    }
}
