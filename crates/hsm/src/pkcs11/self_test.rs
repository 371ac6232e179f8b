//! What a device really does with its vendor's mechanisms.

use super::{
    decrypt,
    generate::{self, Pair},
    public::PublicHalf,
    scheme,
    session::Session,
    signature,
    token::Pkcs11Token,
    vendor::{SignMechanism, SignatureForm, Takes, VendorProfile},
};
use crate::Error;
use cryptoki::mechanism::{Mechanism, MechanismType, vendor_defined::VendorDefinedMechanism};
use getrandom::SysRng;
use gm_crypto::{
    sm2::{CiphertextForm, DerSignature, PublicKey, UserId, Za},
    sm3,
};
use std::{fmt, sync::Arc};

/// What [`Pkcs11Token::self_test`] found, beside what the vendor's file says. `Display`
/// gives a line for each mechanism.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelfTest {
    /// The name of the description that was tried.
    pub profile: String,
    /// The mechanisms that sign, in the order of the file.
    pub signing: Vec<SigningFinding>,
    /// The mechanism that decrypts, if the file names one.
    pub decryption: Option<DecryptionFinding>,
}

/// What a mechanism that signs does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningFinding {
    /// Its number.
    pub mechanism: u64,
    /// What the file says that it takes, and the form that it says it gives.
    pub said: (Takes, SignatureForm),
    /// Whether the token offers it; one that is not offered is not tried.
    pub offered: bool,
    /// The ways in which it can be used, so that what it gives verifies. None: its
    /// signatures fit nothing that is known.
    pub takes: Vec<Takes>,
    /// The form that it gives.
    pub form: Option<SignatureForm>,
    /// It hashes the message alone, without Z: no signature of GB/T 32918.2, and of no use.
    pub without_z: bool,
    /// What the token said where it refused to sign.
    pub refused: Option<String>,
}

/// What a mechanism that decrypts does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecryptionFinding {
    /// Its number.
    pub mechanism: u64,
    /// The form that the file says.
    pub said: CiphertextForm,
    /// Whether the token offers it.
    pub offered: bool,
    /// The forms of ciphertext that it opens.
    pub opens: Vec<CiphertextForm>,
}

impl SelfTest {
    /// Whether every mechanism that the token offers does what the file says.
    pub fn agrees(&self) -> bool {
        self.signing.iter().all(SigningFinding::agrees)
            && self.decryption.iter().all(DecryptionFinding::agrees)
    }
}

impl SigningFinding {
    /// Whether it does what the file says, or is not offered.
    pub fn agrees(&self) -> bool {
        let (takes, form) = self.said;
        let fits = form == SignatureForm::Test || self.form == Some(form);
        !self.offered || (self.takes.contains(&takes) && fits)
    }
}

impl DecryptionFinding {
    /// Whether it does what the file says, or is not offered.
    pub fn agrees(&self) -> bool {
        !self.offered || self.opens.contains(&self.said)
    }
}

impl Pkcs11Token {
    /// Tries each mechanism of the vendor's file that the token offers, with a key pair
    /// that is made for it and removed again: what is signed (e, or a message behind Z
    /// under which ID), in which form, and which form of ciphertext is opened. Everything
    /// is judged by the public key, nothing by what the file says.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when no description of a vendor fits the token or it makes no
    /// SM2 keys; otherwise the token's. A mechanism that is refused is a finding.
    pub fn self_test(&self) -> Result<SelfTest, Error> {
        let Some(profile) = self.profile().cloned() else {
            return Err(Error::Unsupported {
                what: scheme::NO_PROFILE,
                interface: "the token",
            });
        };
        let order = generate::trial_order(self, &profile)?;
        let offered = Arc::clone(self.offered());
        self.run("C_GenerateKeyPair", move |session| {
            let pair = generate::trial_pair(session, &order)?;
            let tested = test(session, pair, &offered, &profile);
            session.discard([pair.private, pair.public]);
            tested
        })
    }
}

fn test(
    session: &Session,
    pair: Pair,
    offered: &[MechanismType],
    profile: &VendorProfile,
) -> Result<SelfTest, Error> {
    let half = PublicHalf::of_key(session, pair.public, Some(profile.key_type))?;
    let key = half.ok_or(Error::Garbage {
        call: "C_GenerateKeyPair",
        what: "a public key that cannot be read",
    })?;
    let key = key.sm2()?;
    let mut signing = Vec::with_capacity(profile.sign.len());
    for sign in &profile.sign {
        let offered = offered.contains(&sign.mechanism);
        signing.push(test_signing(session, pair, &key, *sign, offered)?);
    }
    let decryption = match profile.decrypt {
        None => None,
        Some(decrypt) => {
            let mut opens = Vec::new();
            let offered = offered.contains(&decrypt.mechanism);
            for form in CiphertextForm::ALL {
                if offered && opens_form(session, pair, &key, decrypt.mechanism, form)? {
                    opens.push(form);
                }
            }
            Some(DecryptionFinding {
                mechanism: number(decrypt.mechanism),
                said: decrypt.form,
                offered,
                opens,
            })
        }
    };
    Ok(SelfTest {
        profile: profile.name.clone(),
        signing,
        decryption,
    })
}

/// An ID that no device has by default, as long as the one that they have.
const OTHER_ID: [u8; 16] = *b"8765432187654321";

fn test_signing(
    session: &Session,
    pair: Pair,
    key: &PublicKey,
    sign: SignMechanism,
    offered: bool,
) -> Result<SigningFinding, Error> {
    let mut finding = SigningFinding {
        mechanism: number(sign.mechanism),
        said: (sign.takes, sign.form),
        offered,
        takes: Vec::new(),
        form: None,
        without_z: false,
        refused: None,
    };
    if !offered {
        return Ok(finding);
    }
    let za = |id: &[u8]| UserId::new(id).map(|id| Za::new(&id, key));
    let za = |id: &[u8]| za(id).map_err(|source| Error::Crypto { source });
    let default = Za::new(&UserId::default(), key);
    // 32 octets, which a mechanism for digests takes and one for messages too.
    let data = default.digest(b"a message to try a device with");

    // What it may have signed, by whether it was given an ID.
    let plain: &[_] = &[
        (default.digest(&data), Some(Takes::MessageDefaultId)),
        (data, Some(Takes::Digest)),
        (sm3::digest(&data), None),
    ];
    let with_id: &[_] = &[(
        za(&OTHER_ID)?.digest(&data),
        Some(Takes::MessageIdParameter),
    )];
    for (id, readings) in [(None, plain), (Some(&OTHER_ID), with_id)] {
        let mechanism = Mechanism::VendorDefined(VendorDefinedMechanism::new(sign.mechanism, id));
        let octets = session.ask("C_Sign", |handle| {
            handle.sign(&mechanism, pair.private, &data)
        });
        let octets = match octets {
            Ok(octets) => octets,
            Err(error @ Error::Device { .. }) => {
                finding.refused.get_or_insert(error.to_string());
                continue;
            }
            Err(error) => return Err(error),
        };
        for (e, takes) in readings {
            let fits = |signature: Option<DerSignature>| {
                signature.is_some_and(|signature| key.verify_digest(e, &signature).is_ok())
            };
            let form = if fits(signature::raw(&octets)) {
                SignatureForm::Raw
            } else if fits(signature::der(&octets)) {
                SignatureForm::Der
            } else {
                continue;
            };
            finding.form = Some(form);
            finding.without_z |= takes.is_none();
            finding.takes.extend(takes);
        }
    }
    if !finding.takes.is_empty() {
        finding.refused = None;
    }
    Ok(finding)
}

fn opens_form(
    session: &Session,
    pair: Pair,
    key: &PublicKey,
    mechanism: MechanismType,
    form: CiphertextForm,
) -> Result<bool, Error> {
    let message = sm3::digest(b"a message to try a device with");
    let ciphertext = key
        .encrypt(&mut SysRng, &message)
        .map_err(|source| Error::Crypto { source })?;
    match decrypt::decrypt(session, pair.private, mechanism, &ciphertext.write(form)) {
        Ok(opened) => Ok(opened.as_slice() == message),
        Err(Error::Device { .. } | Error::Crypto { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn number(mechanism: MechanismType) -> u64 {
    widen(*mechanism)
}

/// A `CK_ULONG`, which has 64 bits here and 32 there.
fn widen(number: impl Into<u64>) -> u64 {
    number.into()
}

impl fmt::Display for SelfTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.signing {
            writeln!(f, "{finding}")?;
        }
        if let Some(finding) = &self.decryption {
            writeln!(f, "{finding}")?;
        }
        let verdict = if self.agrees() {
            "is right about this token"
        } else {
            "is wrong about this token: correct a copy of it and name that"
        };
        write!(f, "the description {} {verdict}", self.profile)
    }
}

impl fmt::Display for SigningFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x} ", self.mechanism)?;
        if !self.offered {
            return f.write_str("is not offered");
        }
        match (&self.refused, self.takes.as_slice(), self.form) {
            (_, [first, rest @ ..], Some(form)) => {
                write!(f, "signs {first}")?;
                for takes in rest {
                    write!(f, ", or {takes}")?;
                }
                write!(f, ", gives {form}")?;
            }
            (_, _, Some(_)) => f.write_str("hashes the message without Z: of no use")?,
            (Some(refused), ..) => f.write_str(refused)?,
            (None, ..) => f.write_str("gives nothing that verifies")?,
        }
        let (takes, form) = self.said;
        if self.agrees() {
            f.write_str(": as the file says")
        } else {
            write!(f, ": the file says that it signs {takes} and gives {form}")
        }
    }
}

impl fmt::Display for DecryptionFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x} ", self.mechanism)?;
        if !self.offered {
            return f.write_str("is not offered");
        }
        if self.opens.is_empty() {
            f.write_str("opens no form of ciphertext")?;
        } else {
            let forms: Vec<_> = self.opens.iter().map(ToString::to_string).collect();
            write!(f, "opens {}", forms.join(", "))?;
        }
        if self.agrees() {
            f.write_str(": as the file says")
        } else {
            write!(f, ": the file says {}", self.said)
        }
    }
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Digest => "a digest",
            Self::MessageDefaultId => "a message with the default ID",
            Self::MessageIdParameter => "a message with the ID given",
        })
    }
}

impl fmt::Display for SignatureForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Der => "DER",
            Self::Raw => "r ‖ s",
            Self::Test => "either form",
        })
    }
}
