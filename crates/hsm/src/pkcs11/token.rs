//! A token behind a PKCS#11 library.

use super::{
    generate,
    login::{Login, PinWarning},
    module::{Pkcs11Module, SlotDescription, TokenChoice, within},
    naming::Wanted,
    public::PublicHalf,
    scheme::{Means, Scheme},
    session::{Connector, KeyChoice, Place, Session},
    vendor::VendorProfile,
};
use crate::{
    Certificates, Decryption, Description, Envelop, Error, KeyAlgorithm, KeyHandle, KeyLabel,
    KeyUse, Pin, Pool, PoolOptions, Random, Token, Unwrap,
};
use cryptoki::{
    mechanism::MechanismType,
    object::{Attribute, AttributeType, KeyType, ObjectClass},
};
use der::{Document, asn1::BitString};
use spki::AlgorithmIdentifierOwned;
use std::{collections::BTreeSet, fmt, sync::Arc};

/// A token that a PKCS#11 library speaks for, with a pool of sessions that are logged in.
///
/// A key is found by its `CKA_LABEL`; one whose `CKA_SIGN` is true is a signing key, and
/// one whose is not an encryption key. Keys that are made here are durable, private,
/// sensitive and not extractable, and both halves have the first 20 octets of the SM3
/// digest of the public key as `CKA_ID`.
///
/// ECDSA and RSA go by the mechanisms of the standard. SM2 has none there: it goes by the
/// numbers of a [`VendorProfile`], or, where a token has none but can do ECDH on the SM2
/// curve, decryption goes by that (`CKM_ECDH1_DERIVE`; GB/T 32918.4, 7.1).
///
/// A process has one login with a token, whoever logged in first (PKCS#11 3.1, 5.6.8): a
/// second `Pkcs11Token` for the same token does not find out whether its PIN is right.
#[derive(Clone)]
pub struct Pkcs11Token(Arc<Inner>);

struct Inner {
    module: Pkcs11Module,
    token: SlotDescription,
    profile: Option<VendorProfile>,
    offered: Arc<[MechanismType]>,
    wrappable: bool,
    pool: Pool<Connector>,
}

/// What may be said beyond which token it is.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Pkcs11Options {
    /// The vendor's numbers; without, a built-in description that fits the token.
    pub profile: Option<VendorProfile>,
    /// Whether encryption keys that are made may leave the token wrapped (they are
    /// extractable then, and sensitive still), and the token has the power
    /// [`Envelop`]: for a key-management centre.
    pub wrappable: bool,
    /// The sessions. Smart cards take up to a minute to make an RSA key: a token that is to
    /// make one needs that much as `time_limit`.
    pub pool: PoolOptions,
}

impl Pkcs11Options {
    /// With these numbers of a vendor's.
    #[must_use]
    pub fn with_profile(self, profile: VendorProfile) -> Self {
        let profile = Some(profile);
        Self { profile, ..self }
    }

    /// With encryption keys that may leave the token wrapped.
    #[must_use]
    pub fn with_wrappable(self, wrappable: bool) -> Self {
        Self { wrappable, ..self }
    }

    /// With such sessions.
    #[must_use]
    pub fn with_pool(self, pool: PoolOptions) -> Self {
        Self { pool, ..self }
    }
}

impl Pkcs11Token {
    /// Opens the token and logs in, so that a wrong PIN is told at once.
    ///
    /// # Errors
    /// [`Error::NoSuchToken`], [`Error::SeveralTokens`]; [`Error::PinMissing`],
    /// [`Error::PinLocked`], [`Error::WrongPin`] (which is presented once), and the
    /// library's.
    pub fn open(
        module: &Pkcs11Module,
        choice: &TokenChoice,
        pin: Option<Pin>,
        options: Pkcs11Options,
    ) -> Result<Self, Error> {
        let (asked, wanted) = (module.clone(), choice.clone());
        let (token, profile, offered) =
            within(options.pool.time_limit, "C_GetTokenInfo", move || {
                let token = wanted.among(&asked.tokens_now()?)?;
                let profile = match options.profile {
                    Some(profile) => Some(profile),
                    None => asked.profile_for(&token)?,
                };
                let offered = asked.mechanisms(&token, profile.as_ref())?;
                Ok((token, profile, offered))
            })?;
        let connector = Connector {
            module: module.clone(),
            token: token.clone(),
            login: Login { pin },
        };
        let opened = Self(Arc::new(Inner {
            module: module.clone(),
            token,
            profile,
            offered: offered.into(),
            wrappable: options.wrappable,
            pool: Pool::new(connector, options.pool),
        }));
        opened.run("C_Login", |_| Ok(()))?;
        Ok(opened)
    }

    /// What the token said of its PIN before it was presented.
    pub fn pin_warning(&self) -> Option<PinWarning> {
        PinWarning::of(&self.0.token.info)
    }

    /// The description of its vendor's numbers that is used, if any.
    pub fn profile(&self) -> Option<&VendorProfile> {
        self.0.profile.as_ref()
    }

    /// The signing key that is meant, whatever it is called: for keys that others made. One
    /// of several of a name is told by its `CKA_ID`.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] or, where the name is no label, [`Error::NoSuchToken`];
    /// [`Error::SeveralTokens`] with the identifiers; otherwise the token's.
    pub fn find_key(&self, choice: &KeyChoice) -> Result<Box<dyn KeyHandle>, Error> {
        let (name, sm2) = (choice.clone(), self.sm2_key_type());
        let (place, half) = self.run("C_FindObjects", move |session| {
            let Some((place, key)) = session.private_key(&name, KeyUse::Signing)? else {
                return Err(name.missing());
            };
            if session.flag(key, AttributeType::AlwaysAuthenticate)? == Some(true) {
                return Err(Error::Unsupported {
                    what: "use here for keys that ask for the PIN each time \
                           (CKA_ALWAYS_AUTHENTICATE)",
                    interface: "the pool of sessions",
                });
            }
            let half = PublicHalf::of(session, key, &place.id, sm2)?;
            Ok((place, half))
        })?;
        Ok(Box::new(self.signing_key(place, half)?))
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        call: &'static str,
        work: impl FnOnce(&mut Session) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.0.pool.run(call, work)
    }

    pub(super) fn module(&self) -> &Pkcs11Module {
        &self.0.module
    }

    /// A label of this token that is to be taken.
    pub(super) fn name(&self, label: &KeyLabel) -> Wanted {
        let token = &self.0.token;
        Wanted {
            naming: Arc::clone(self.module().naming()),
            token: format!("{};{}", token.serial(), token.label()),
            label: label.to_string(),
            limit: self.0.pool.options().time_limit,
        }
    }

    pub(super) fn offered(&self) -> &Arc<[MechanismType]> {
        &self.0.offered
    }

    pub(super) fn offers(&self, mechanism: MechanismType) -> bool {
        self.0.offered.contains(&mechanism)
    }

    pub(super) fn sm2_key_type(&self) -> Option<KeyType> {
        self.profile().map(|profile| profile.key_type)
    }

    pub(super) fn keys_are_wrappable(&self) -> bool {
        self.0.wrappable
    }

    /// Whether SM2 keys that sign can be had here.
    pub(super) fn signs_with_sm2(&self) -> bool {
        Means::choose(KeyAlgorithm::Sm2, &self.0.offered, self.profile()).is_ok()
    }

    /// The signing key at a place, with its public half.
    pub(super) fn signing_key(&self, place: Place, half: PublicHalf) -> Result<SigningKey, Error> {
        Ok(SigningKey {
            scheme: Arc::new(Scheme::choose(&half, &self.0.offered, self.profile())?),
            token: self.clone(),
            place: Arc::new(place),
            half,
        })
    }
}

impl Token for Pkcs11Token {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error> {
        self.find_key(&label.into())
    }

    /// PKCS#11 lets two keys have one label. Of two callers in this process one gets a
    /// key. Of two processes one at most does: whoever finds another key under the label
    /// afterwards gives up its own.
    fn generate(
        &self,
        label: &KeyLabel,
        algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, Error> {
        // Not after the key is made, which would lie there and be of no use.
        Means::choose(algorithm, &self.0.offered, self.profile())?;
        let (place, half) = generate::signing_key(self, label, algorithm)?;
        Ok(Box::new(self.signing_key(place, half)?))
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, Error> {
        self.run("C_FindObjects", |session| {
            let mut labels = BTreeSet::new();
            for key in session.find(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])? {
                let label = session.octets(key, AttributeType::Label)?;
                let label = label.and_then(|label| String::from_utf8(label).ok());
                let label = label.and_then(|label| KeyLabel::new(label).ok());
                if let Some(label) = label
                    && session.key_use(key)? == KeyUse::Signing
                {
                    labels.insert(label);
                }
            }
            Ok(labels.into_iter().collect())
        })
    }

    fn description(&self) -> Result<Description, Error> {
        let module = self.module();
        let (asked, slot) = (module.clone(), self.0.token.slot);
        let info = self.run("C_GetTokenInfo", move |_| {
            asked.ask("C_GetTokenInfo", |functions| functions.get_token_info(slot))
        })?;
        let interface = match module.info() {
            Some(info) => {
                let library = info.library_description();
                format!("PKCS#11 {} ({library})", info.cryptoki_version())
            }
            None => format!("PKCS#11 ({})", module.path().display()),
        };
        Ok(Description {
            interface,
            manufacturer: info.manufacturer_id().into(),
            model: info.model().into(),
            serial: info.serial_number().into(),
            label: info.label().into(),
            firmware: info.firmware_version().to_string(),
        })
    }

    fn as_decryption(&self) -> Option<&dyn Decryption> {
        self.decrypts_sm2().then_some(self as _)
    }

    fn as_envelop(&self) -> Option<&dyn Envelop> {
        let wraps = self.keys_are_wrappable() && self.wrap_mechanism().is_some();
        wraps.then_some(self as _)
    }

    fn as_unwrap(&self) -> Option<&dyn Unwrap> {
        (self.signs_with_sm2() && self.opens_envelopes()).then_some(self as _)
    }

    fn as_certificates(&self) -> Option<&dyn Certificates> {
        Some(self)
    }

    fn as_random(&self) -> Option<&dyn Random> {
        self.0.token.info.rng().then_some(self as _)
    }
}

impl Random for Pkcs11Token {
    fn fill_random(&self, octets: &mut [u8]) -> Result<(), Error> {
        /// Octets of one call; some tokens refuse more.
        const PART: usize = 1024;
        for part in octets.chunks_mut(PART) {
            let mut random = vec![0; part.len()];
            let random = self.run("C_GenerateRandom", move |session| {
                session.ask("C_GenerateRandom", |handle| {
                    handle.generate_random_slice(&mut random)
                })?;
                Ok(random)
            })?;
            part.copy_from_slice(&random);
        }
        Ok(())
    }
}

impl fmt::Debug for Pkcs11Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Token")
            .field("module", &self.0.module)
            .field("token", &self.0.token.to_string())
            .field("profile", &self.profile().map(VendorProfile::name))
            .finish_non_exhaustive()
    }
}

/// A signing key in a token.
pub(super) struct SigningKey {
    token: Pkcs11Token,
    place: Arc<Place>,
    half: PublicHalf,
    scheme: Arc<Scheme>,
}

impl KeyHandle for SigningKey {
    fn public_key(&self) -> &Document {
        &self.half.spki
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        self.half.algorithm.signature_algorithm()
    }

    /// Sends the token a digest that was computed here, or the message where its mechanism
    /// hashes.
    ///
    /// # Errors
    /// The token's; [`Error::Garbage`] for what cannot be a signature.
    fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
        let input = self.scheme.input(message);
        let (scheme, place) = (Arc::clone(&self.scheme), Arc::clone(&self.place));
        self.token.run("C_Sign", move |session| {
            scheme.sign(session, &place, &input)
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("token", &self.token.0.token.to_string())
            .field("name", &self.place.name)
            .field("algorithm", &self.half.algorithm)
            .finish_non_exhaustive()
    }
}
