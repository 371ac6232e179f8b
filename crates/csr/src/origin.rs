//! Where a key was made: in which environment and, if in hardware, in which device.
//!
//! A CA that lets agencies and their systems in asks that their keys be made with the
//! production environment's cryptographic hardware, and for the number of the certificate
//! that qualifies the device. An applicant says so in an attribute that the key signs, or in
//! evidence beside the request, bound to the key by its digest. Either is a claim: who made
//! the device, and whether it made this key, no signature of that key can prove.
//!
//! ```text
//! KeyOrigin ::= SEQUENCE {
//!     version      INTEGER { v1(1) },
//!     environment  ENUMERATED { production(0), test(1) },
//!     device       Device OPTIONAL }        -- absent: the key was made in software
//!
//! Device ::= SEQUENCE {
//!     kind           UTF8String (SIZE (1..64)),   -- such as 智能密码钥匙
//!     model          UTF8String (SIZE (1..128)),
//!     serial         UTF8String (SIZE (1..64)),
//!     qualification  UTF8String (SIZE (1..64)) OPTIONAL }
//!
//! KeyOriginEvidence ::= SEQUENCE {
//!     version  INTEGER { v1(1) },
//!     key      OCTET STRING (SIZE (32)),    -- SM3 of the SubjectPublicKeyInfo's DER
//!     origin   KeyOrigin }
//! ```

use crate::{
    Error, VerifiedCsr,
    claims::{invalid, malformed, of_type},
};
use der::{
    Decode, Encode, Enumerated, Sequence,
    asn1::{Any, ObjectIdentifier, OctetString},
};
use gm_crypto::{pki, sm3};
use x509_cert::attr::Attribute;

/// The attribute with a [`KeyOrigin`]: the UUID d3f47173-fb97-4318-b3d3-9f324fb819d1 in the
/// arc that Microsoft opened for UUIDs in parts.
///
/// The arc of whole UUIDs, 2.25 (X.667), has a number of 128 bits, which the crate
/// `const-oid` and Go's `encoding/asn1` refuse: a request with it could not be read there
/// at all.
pub const KEY_ORIGIN: ObjectIdentifier = ObjectIdentifier::new_unwrap(
    "1.2.840.113556.1.8000.2554.54260.29043.64407.17176.46035.10433103.12065233",
);

const WHAT: &str = "key origin";
const EVIDENCE: &str = "evidence of key origin";

/// The environment that a key was made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[repr(u8)]
#[non_exhaustive]
pub enum Environment {
    /// Where the work is done.
    Production = 0,
    /// Where it is tried; such a key gets no certificate for production.
    Test = 1,
}

/// The cryptographic device that made a key.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Device {
    kind: String,
    model: String,
    serial: String,
    #[asn1(optional = "true")]
    qualification: Option<String>,
}

impl Device {
    /// A device by its kind (1 to 64 characters, such as 智能密码钥匙 or 服务器密码机), model
    /// (1 to 128) and serial number (1 to 64).
    ///
    /// # Errors
    /// [`Error::Claim`] for another length, a control character, a blank at either end.
    pub fn new(kind: &str, model: &str, serial: &str) -> Result<Self, Error> {
        let device = Self {
            kind: kind.into(),
            model: model.into(),
            serial: serial.into(),
            qualification: None,
        };
        device.check()
    }

    /// With the number of the certificate that qualifies it as a commercial cryptographic
    /// product, 1 to 64 characters.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_qualification(mut self, number: &str) -> Result<Self, Error> {
        self.qualification = Some(number.into());
        self.check()
    }

    /// What kind of device it is.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its model.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Its serial number.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The number of the certificate that qualifies it.
    pub fn qualification(&self) -> Option<&str> {
        self.qualification.as_deref()
    }

    fn check(self) -> Result<Self, Error> {
        let sizes = [
            (Some(&self.kind), 64, "kind has SIZE (1..64)"),
            (Some(&self.model), 128, "model has SIZE (1..128)"),
            (Some(&self.serial), 64, "serial has SIZE (1..64)"),
            (
                self.qualification.as_ref(),
                64,
                "qualification has SIZE (1..64)",
            ),
        ];
        for (text, most, reason) in sizes {
            let Some(text) = text else { continue };
            if !(1..=most).contains(&text.chars().count()) {
                return Err(invalid(WHAT, reason));
            }
            // Two that look alike are to be alike: people compare them with papers.
            if text.trim() != text || text.chars().any(char::is_control) {
                return Err(invalid(
                    WHAT,
                    "no control characters, no blanks at the ends",
                ));
            }
        }
        Ok(self)
    }
}

/// Where a key was made; see the attribute's syntax at [`KEY_ORIGIN`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOrigin {
    environment: Environment,
    device: Option<Device>,
}

impl KeyOrigin {
    /// Made in `device`.
    pub fn in_hardware(environment: Environment, device: Device) -> Self {
        Self {
            environment,
            device: Some(device),
        }
    }

    /// Made without a device.
    pub fn in_software(environment: Environment) -> Self {
        Self {
            environment,
            device: None,
        }
    }

    /// The environment.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The device, none for a key made in software.
    pub fn device(&self) -> Option<&Device> {
        self.device.as_ref()
    }

    /// Whether it says: production environment, a device, and the number of its
    /// qualification certificate.
    pub fn is_qualified_production_hardware(&self) -> bool {
        let qualified = self.device.as_ref().and_then(Device::qualification);
        self.environment == Environment::Production && qualified.is_some()
    }

    /// DER of the `KeyOrigin`.
    pub fn to_der(&self) -> Vec<u8> {
        let encoded = EncodedOrigin::from(self).to_der();
        encoded.expect("texts of bounded length have an encoding")
    }

    /// Reads the `KeyOrigin` from DER.
    ///
    /// # Errors
    /// [`Error::Claim`] for broken DER, another version, another length of a text.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let encoded = EncodedOrigin::from_der(der).map_err(|source| malformed(WHAT, source))?;
        encoded.check()
    }

    /// The attribute with it.
    pub(crate) fn attribute(&self) -> der::Result<Attribute> {
        Ok(Attribute {
            oid: KEY_ORIGIN,
            values: [Any::from_der(&self.to_der())?].try_into()?,
        })
    }
}

/// What the attributes say.
pub(crate) fn claimed(attributes: &[Attribute]) -> Result<Option<KeyOrigin>, Error> {
    let Some(attribute) = of_type(attributes, KEY_ORIGIN) else {
        return Ok(None);
    };
    let [value] = attribute.values.as_slice() else {
        return Err(invalid(WHAT, "has a single value"));
    };
    let encoded: EncodedOrigin = value
        .decode_as()
        .map_err(|source| malformed(WHAT, source))?;
    encoded.check().map(Some)
}

/// A [`KeyOrigin`] beside a request, bound to one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOriginEvidence {
    key: [u8; 32],
    origin: KeyOrigin,
}

impl KeyOriginEvidence {
    /// The PEM label that evidence stands under.
    pub const PEM_LABEL: &'static str = "KEY ORIGIN EVIDENCE";

    const LABELS: &'static [&'static str] = &[Self::PEM_LABEL];
    /// Some four times what the bounds of the texts allow.
    const MAX_OCTETS: usize = 8_192;

    /// Says where the key in `spki`, DER of a `SubjectPublicKeyInfo`, was made.
    ///
    /// The digest is over the very octets: the request's key must be spelled alike.
    pub fn bind(spki: &[u8], origin: KeyOrigin) -> Self {
        Self {
            key: sm3::digest(spki),
            origin,
        }
    }

    /// What it says, once it is sure that it says it of the request's key.
    ///
    /// # Errors
    /// [`Error::EvidenceOfAnotherKey`] when it does not; [`Error::OriginsDiffer`] when the
    /// request has an attribute that says otherwise; [`Error::Claim`] when that can't be
    /// read.
    pub fn check(&self, request: &VerifiedCsr) -> Result<&KeyOrigin, Error> {
        if self.key != sm3::digest(request.public_key_der()) {
            return Err(Error::EvidenceOfAnotherKey);
        }
        match request.key_origin()? {
            Some(claimed) if claimed != self.origin => Err(Error::OriginsDiffer),
            _ => Ok(&self.origin),
        }
    }

    /// SM3 of the `SubjectPublicKeyInfo` that it is for.
    pub fn key_digest(&self) -> &[u8; 32] {
        &self.key
    }

    /// DER of the `KeyOriginEvidence`; [`gm_crypto::pki::encode_pem`] makes PEM of it.
    pub fn to_der(&self) -> Vec<u8> {
        let encode = || {
            let encoded = EncodedEvidence {
                version: 1,
                key: OctetString::new(self.key)?,
                origin: EncodedOrigin::from(&self.origin),
            };
            encoded.to_der()
        };
        encode().expect("texts of bounded length have an encoding")
    }

    /// Reads evidence from DER or PEM under [`Self::PEM_LABEL`].
    ///
    /// # Errors
    /// [`Error::Claim`] for broken DER or PEM, more than 8,192 octets, another version, a
    /// digest of another length, a text of another length.
    pub fn decode(octets: &[u8]) -> Result<Self, Error> {
        let claim = |source| Error::Claim {
            what: EVIDENCE,
            source,
        };
        if octets.len() > Self::MAX_OCTETS {
            return Err(claim(gm_crypto::Error::TooLarge {
                what: EVIDENCE,
                limit: Self::MAX_OCTETS as u64,
                unit: "octets",
            }));
        }
        let der = pki::decode_pem(octets, Self::LABELS).map_err(claim)?;
        let encoded =
            EncodedEvidence::from_der(&der).map_err(|source| malformed(EVIDENCE, source))?;
        if encoded.version != 1 {
            return Err(invalid(EVIDENCE, "has version 1"));
        }
        let key = encoded.key.as_bytes().try_into();
        Ok(Self {
            key: key.map_err(|_| invalid(EVIDENCE, "key has SIZE (32)"))?,
            origin: encoded.origin.check()?,
        })
    }
}

#[derive(Sequence)]
struct EncodedOrigin {
    version: u8,
    environment: Environment,
    #[asn1(optional = "true")]
    device: Option<Device>,
}

impl From<&KeyOrigin> for EncodedOrigin {
    fn from(origin: &KeyOrigin) -> Self {
        Self {
            version: 1,
            environment: origin.environment,
            device: origin.device.clone(),
        }
    }
}

impl EncodedOrigin {
    fn check(self) -> Result<KeyOrigin, Error> {
        if self.version != 1 {
            return Err(invalid(WHAT, "has version 1"));
        }
        Ok(KeyOrigin {
            environment: self.environment,
            device: self.device.map(Device::check).transpose()?,
        })
    }
}

#[derive(Sequence)]
struct EncodedEvidence {
    version: u8,
    key: OctetString,
    origin: EncodedOrigin,
}

#[cfg(test)]
mod tests;
