//! The pair of certificates that a case makes: what is asked for, and how far it is.

use crate::{AuthorityId, Intent, Octets, Personal, Serial, index::validity_of};
use cert_profile::{Issuer, KeyCustody, KeyEnvironment, KeyOrigin, Profile};
use csr::VerifiedCsr;
use der::{DateTime, Encode};
use serde::{Deserialize, Serialize};

/// Which certificate of the pair (GM/T 0015: one subject, two keys).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Ordinal {
    /// For signatures; the key is the applicant's own.
    Signing,
    /// For encryption; the key is made by the key-management centre.
    Encryption,
}

/// What an applicant asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// DER of the PKCS#10 request, as it came.
    pub csr: Personal<Octets>,
    /// DER of the subject's `Name`.
    pub subject: Personal<Octets>,
    /// DER of the signing key's `SubjectPublicKeyInfo`.
    pub public_key: Octets,
    /// DER of what the request says about where the signing key was made
    /// ([`csr::KeyOrigin`]): a claim. Missing too where it can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_origin: Option<Octets>,
}

impl Request {
    /// Takes the values over from a request whose possession was proved.
    pub fn from_csr(csr: &VerifiedCsr) -> Self {
        Self {
            csr: csr.der().to_vec().into(),
            subject: csr
                .subject()
                .to_der()
                .expect("a name that was decoded has an encoding")
                .into(),
            public_key: csr.public_key_der().to_vec().into(),
            key_origin: csr
                .key_origin()
                .ok()
                .flatten()
                .map(|origin| origin.to_der().into()),
        }
    }
}

/// What a request says about its key's origin, in the words of policy: `csr` and
/// `cert-profile` do not know each other. What is not known to be production is a test
/// environment; a device is qualified when the number of its certificate is given (S0-09,
/// S0-10).
pub fn key_origin(origin: &csr::KeyOrigin) -> KeyOrigin {
    let environment = match origin.environment() {
        csr::Environment::Production => KeyEnvironment::Production,
        // Whatever else there may come to be is not production.
        _ => KeyEnvironment::Test,
    };
    let custody = match origin.device() {
        None => KeyCustody::Software,
        Some(device) if device.qualification().is_none() => KeyCustody::Hardware,
        Some(_) => KeyCustody::QualifiedHardware,
    };
    KeyOrigin::new(environment, custody)
}

/// The key pair that the key-management centre made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EncryptionKey {
    /// DER of its `SubjectPublicKeyInfo`.
    pub public_key: Octets,
    /// DER of the `SM2EnvelopedKey` for the applicant's signing key.
    pub envelope: Octets,
}

/// One certificate on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Slot {
    /// Its key does not exist yet.
    AwaitingKey,
    /// The next thing is a signature.
    Intended(Intent),
    /// Signed and durable.
    Issued(Issued),
}

/// A certificate that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// Whose key signed.
    pub issuer: AuthorityId,
    /// Its serial number.
    pub serial: Serial,
    /// Its DER.
    pub certificate: Octets,
    /// notBefore and notAfter in it; none where the octets are no certificate, which no log of
    /// ours has.
    pub(crate) validity: Option<(DateTime, DateTime)>,
}

impl Issued {
    /// What was intended, with its signature; none where the intent's octets are no DER, which
    /// no log of ours has.
    pub(crate) fn of(intent: &Intent, signature: &[u8]) -> Option<Self> {
        let certificate = intent.certificate(signature).ok()?;
        Some(Self {
            issuer: intent.issuer.clone(),
            serial: intent.serial.clone(),
            validity: validity_of(&certificate),
            certificate,
        })
    }

    /// Whether a record that has the certificate whole, as older ones do, has this one.
    pub(crate) fn is_kept_as(&self, whole: &Option<Octets>) -> bool {
        whole
            .as_ref()
            .is_none_or(|whole| *whole == self.certificate)
    }
}

/// The CA and the policy for a pair.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Issuance<'a> {
    /// The CA's public half.
    pub issuer: &'a Issuer,
    /// For the signing certificate.
    pub signing: &'a Profile,
    /// For the encryption certificate.
    pub encryption: &'a Profile,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keys_origin_is_what_the_request_says_of_environment_device_and_certificate() {
        let device = || csr::Device::new("密码机", "M-1", "0001").expect("a device");
        let qualified = device().with_qualification("GM003610220230001");
        let qualified = qualified.expect("a number");
        let (production, test) = (csr::Environment::Production, csr::Environment::Test);
        for (said, environment, custody) in [
            (
                csr::KeyOrigin::in_software(production),
                KeyEnvironment::Production,
                KeyCustody::Software,
            ),
            (
                csr::KeyOrigin::in_software(test),
                KeyEnvironment::Test,
                KeyCustody::Software,
            ),
            (
                csr::KeyOrigin::in_hardware(production, device()),
                KeyEnvironment::Production,
                KeyCustody::Hardware,
            ),
            (
                csr::KeyOrigin::in_hardware(production, qualified),
                KeyEnvironment::Production,
                KeyCustody::QualifiedHardware,
            ),
        ] {
            assert_eq!(key_origin(&said), KeyOrigin::new(environment, custody));
        }
    }
}
