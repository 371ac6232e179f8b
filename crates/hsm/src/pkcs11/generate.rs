//! Making key pairs.

use super::{
    public::{self, PublicHalf},
    session::{KeyChoice, Place, Session},
    token::Pkcs11Token,
    vendor::VendorProfile,
};
use crate::{Error, KeyAlgorithm, KeyLabel, KeyUse};
use cryptoki::{
    mechanism::{Mechanism, MechanismType, vendor_defined::VendorDefinedMechanism},
    object::{Attribute, AttributeType, KeyType, ObjectHandle},
};
use gm_crypto::{sm2, sm3::Sm3};
use sha2::Digest;

/// Octets of a `CKA_ID`: of all that were seen, tokens take so many.
const ID_LENGTH: usize = 20;

/// What the private half may do.
#[derive(Clone, Copy, Debug, Default)]
struct Rights {
    sign: bool,
    decrypt: bool,
    derive: bool,
    unwrap: bool,
}

/// How a pair is asked for.
#[derive(Clone, Debug)]
pub(super) struct Order {
    mechanism: MechanismType,
    /// `CKA_KEY_TYPE`, where the mechanism does not say it by itself.
    key_type: Option<KeyType>,
    /// `CKA_EC_PARAMS`, or the two of RSA.
    parameters: Vec<Attribute>,
    extractable: bool,
    /// In the order of preference: a token may refuse more than it wants to hear of.
    rights: Vec<Rights>,
}

impl Order {
    fn new(mechanism: MechanismType, parameters: Vec<Attribute>) -> Self {
        let sign = Rights {
            sign: true,
            ..Rights::default()
        };
        Self {
            mechanism,
            key_type: None,
            parameters,
            extractable: false,
            rights: vec![sign],
        }
    }

    fn of_vendor(profile: &VendorProfile) -> Self {
        let curve = Attribute::EcParams(public::curve_octets(sm2::CURVE_OID));
        let parameters = Vec::from_iter(profile.names_curve.then_some(curve));
        Self {
            key_type: Some(profile.key_type),
            ..Self::new(profile.generate, parameters)
        }
    }

    fn mechanism(&self) -> Mechanism<'static> {
        match self.mechanism {
            MechanismType::ECC_KEY_PAIR_GEN => Mechanism::EccKeyPairGen,
            MechanismType::RSA_PKCS_KEY_PAIR_GEN => Mechanism::RsaPkcsKeyPairGen,
            vendors => Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(vendors, None)),
        }
    }
}

const NO_GENERATOR: Error = Error::Unsupported {
    what: "mechanism that makes such keys",
    interface: "the token",
};

/// Makes a signing key.
pub(super) fn signing_key(
    token: &Pkcs11Token,
    label: &KeyLabel,
    algorithm: KeyAlgorithm,
) -> Result<(Place, PublicHalf), Error> {
    let order = match (algorithm, token.profile()) {
        (KeyAlgorithm::Sm2, Some(profile)) => {
            let mut order = Order::of_vendor(profile);
            // Opens the envelope in which its owner's encryption key comes.
            if token.opens_envelopes() {
                let inside = token.unwrap_mechanism().is_some();
                let rights = Rights {
                    sign: true,
                    decrypt: !inside,
                    unwrap: inside,
                    ..Rights::default()
                };
                order.rights.insert(0, rights);
            }
            order
        }
        (KeyAlgorithm::Sm2 | KeyAlgorithm::P256 | KeyAlgorithm::P384, _) => {
            let curve = public::curve(algorithm).map(public::curve_octets);
            let parameters = curve.map(Attribute::EcParams).into_iter().collect();
            Order::new(MechanismType::ECC_KEY_PAIR_GEN, parameters)
        }
        (KeyAlgorithm::Rsa { bits }, _) => {
            if !matches!(bits, 2048 | 3072 | 4096) {
                return Err(Error::Unsupported {
                    what: "use for RSA keys of other than 2048, 3072 and 4096 bits",
                    interface: "this crate",
                });
            }
            let parameters = vec![
                Attribute::ModulusBits(u64::from(bits).into()),
                Attribute::PublicExponent(vec![1, 0, 1]),
            ];
            Order::new(MechanismType::RSA_PKCS_KEY_PAIR_GEN, parameters)
        }
    };
    if !token.offers(order.mechanism) {
        return Err(NO_GENERATOR);
    }
    make(token, label, KeyUse::Signing, order)
}

/// Makes an SM2 encryption key: by the vendor's mechanism where that decrypts, and as a
/// key of the standard's on the SM2 curve where ECDH does.
pub(super) fn encryption_key(
    token: &Pkcs11Token,
    label: &KeyLabel,
) -> Result<(Place, PublicHalf), Error> {
    let vendors = token
        .profile()
        .filter(|profile| token.decrypt_mechanism().is_some() && token.offers(profile.generate));
    let mut order = match vendors {
        Some(profile) => Order::of_vendor(profile),
        None => Order::new(
            MechanismType::ECC_KEY_PAIR_GEN,
            vec![Attribute::EcParams(public::curve_octets(sm2::CURVE_OID))],
        ),
    };
    order.rights = vec![Rights {
        decrypt: vendors.is_some(),
        derive: vendors.is_none(),
        ..Rights::default()
    }];
    order.extractable = token.keys_are_wrappable();
    make(token, label, KeyUse::Encryption, order).map_err(|error| match error {
        Error::Device {
            name: "CKR_CURVE_NOT_SUPPORTED" | "CKR_DOMAIN_PARAMS_INVALID",
            ..
        } => Error::Unsupported {
            what: "known mechanism that decrypts with SM2, nor keys for ECDH on its curve",
            interface: "the token",
        },
        error => error,
    })
}

fn make(
    token: &Pkcs11Token,
    label: &KeyLabel,
    key_use: KeyUse,
    order: Order,
) -> Result<(Place, PublicHalf), Error> {
    const CALL: &str = "C_GenerateKeyPair";
    let (label, name, sm2) = (label.clone(), token.name(label), token.sm2_key_type());
    token.run(CALL, move |session| {
        let _taken = name.take(CALL)?;
        if !session
            .private_keys(&KeyChoice::from(&label), key_use)?
            .is_empty()
        {
            return Err(Error::KeyExists { label });
        }
        let made = make_pair(session, label.as_str(), key_use, &order, true)?;
        let finished = check_kept(session, made.private, order.extractable)
            .and_then(|()| finish(session, &label, key_use, made, sm2));
        if finished.is_err() {
            session.discard([made.private, made.public]);
        }
        finished
    })
}

/// A pair that was made.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) public: ObjectHandle,
    pub(super) private: ObjectHandle,
}

/// A pair to try mechanisms with: one that may do everything, or sign at least.
pub(super) fn trial_order(token: &Pkcs11Token, profile: &VendorProfile) -> Result<Order, Error> {
    if !token.offers(profile.generate) {
        return Err(NO_GENERATOR);
    }
    let mut order = Order::of_vendor(profile);
    let rights = Rights {
        sign: true,
        decrypt: token.decrypt_mechanism().is_some(),
        ..Rights::default()
    };
    order.rights.insert(0, rights);
    Ok(order)
}

/// Makes it as objects of the session, or of the token where it makes none of those.
pub(super) fn trial_pair(session: &Session, order: &Order) -> Result<Pair, Error> {
    const LABEL: &str = "self-test";
    match make_pair(session, LABEL, KeyUse::Signing, order, false) {
        Err(Error::Device { .. }) => make_pair(session, LABEL, KeyUse::Signing, order, true),
        result => result,
    }
}

fn make_pair(
    session: &Session,
    label: &str,
    key_use: KeyUse,
    order: &Order,
    durable: bool,
) -> Result<Pair, Error> {
    // What joins the halves until the public one is known.
    let mut id = [0; ID_LENGTH];
    getrandom::fill(&mut id).map_err(|_| Error::Crypto {
        source: gm_crypto::Error::Random,
    })?;
    let both = [
        Attribute::Token(durable),
        Attribute::Label(label.into()),
        Attribute::Id(id.into()),
    ];
    let mut public = both.to_vec();
    public.extend([
        Attribute::Private(false),
        Attribute::Verify(key_use == KeyUse::Signing),
    ]);
    public.extend(order.parameters.iter().cloned());
    public.extend(order.key_type.map(Attribute::KeyType));
    let mut result = Err(Error::Unsupported {
        what: "template for such keys",
        interface: "the token",
    });
    for rights in &order.rights {
        for told in [true, false] {
            let mut private = both.to_vec();
            private.extend([
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(order.extractable),
            ]);
            private.extend(order.key_type.map(Attribute::KeyType));
            private.extend(rights.attributes(told));
            let mechanism = order.mechanism();
            let answer = session.ask("C_GenerateKeyPair", |handle| {
                handle.generate_key_pair(&mechanism, &public, &private)
            });
            match answer {
                Ok((public, private)) => return Ok(Pair { public, private }),
                // Nothing was made, and another template may be to its liking.
                Err(error @ Error::Device { name, .. }) if is_about_template(name) => {
                    result = Err(error);
                }
                Err(error) => return Err(error),
            }
        }
    }
    result
}

impl Rights {
    /// As attributes; with what is not allowed told too, since tokens differ in what they
    /// allow when nothing is said.
    fn attributes(self, told: bool) -> impl Iterator<Item = Attribute> {
        [
            (self.sign, Attribute::Sign(self.sign)),
            (self.decrypt, Attribute::Decrypt(self.decrypt)),
            (self.derive, Attribute::Derive(self.derive)),
            (self.unwrap, Attribute::Unwrap(self.unwrap)),
        ]
        .into_iter()
        .filter_map(move |(right, attribute)| (right || told).then_some(attribute))
    }
}

fn is_about_template(name: &str) -> bool {
    matches!(
        name,
        "CKR_TEMPLATE_INCONSISTENT"
            | "CKR_ATTRIBUTE_TYPE_INVALID"
            | "CKR_ATTRIBUTE_VALUE_INVALID"
            | "CKR_ATTRIBUTE_READ_ONLY"
    )
}

/// Makes sure that the private half is kept as was asked for.
fn check_kept(session: &Session, private: ObjectHandle, extractable: bool) -> Result<(), Error> {
    let sensitive = session.flag(private, AttributeType::Sensitive)?;
    let leaves = session.flag(private, AttributeType::Extractable)?;
    if sensitive == Some(false) || (leaves == Some(true) && !extractable) {
        return Err(Error::ReadBack {
            call: "C_GenerateKeyPair",
        });
    }
    Ok(())
}

/// Reads the public half, names the pair after it, and makes sure that the label is ours.
fn finish(
    session: &mut Session,
    label: &KeyLabel,
    key_use: KeyUse,
    pair: Pair,
    sm2: Option<KeyType>,
) -> Result<(Place, PublicHalf), Error> {
    let half = PublicHalf::of_key(session, pair.public, sm2)?.ok_or(Error::Garbage {
        call: "C_GenerateKeyPair",
        what: "a public key that cannot be read",
    })?;
    name_after(session, pair, &id(&half)?)?;
    let mut keys = session.private_keys(&label.into(), key_use)?;
    match (keys.pop(), keys.is_empty()) {
        (Some((place, _)), true) => Ok((place, half)),
        (Some(_), false) => Err(Error::KeyExists {
            label: label.clone(),
        }),
        (None, _) => Err(Error::ReadBack {
            call: "C_GenerateKeyPair",
        }),
    }
}

/// The `CKA_ID` of a pair: the first octets of SM3 over the public key.
pub(super) fn id(half: &PublicHalf) -> Result<Vec<u8>, Error> {
    let mut id = Sm3::digest(half.key_octets()?).to_vec();
    id.truncate(ID_LENGTH);
    Ok(id)
}

/// Gives both halves a `CKA_ID`; a token that does not let it be changed keeps the one
/// that both have.
fn name_after(session: &Session, pair: Pair, id: &[u8]) -> Result<(), Error> {
    let before = session.octets(pair.private, AttributeType::Id)?;
    let set = |object, id: &[u8]| {
        let id = [Attribute::Id(id.into())];
        session.ask("C_SetAttributeValue", |handle| {
            handle.update_attributes(object, &id)
        })
    };
    let refused = |error| match error {
        Error::Device { .. } => Ok(()),
        error => Err(error),
    };
    if let Err(error) = set(pair.private, id) {
        return refused(error);
    }
    if let Err(error) = set(pair.public, id) {
        set(pair.private, &before.unwrap_or_default())?;
        return refused(error);
    }
    Ok(())
}
