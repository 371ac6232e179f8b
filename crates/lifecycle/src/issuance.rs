//! What is intended before a key is touched.

use crate::{AuthorityId, Error, Ground, Serial, octets::Octets};
use cert_profile::{CertRequest, Issuer, Lifetime, Particulars, Prepared, Profile, diff};
use der::{DateTime, Decode, Encode, asn1::BitString};
use serde::{Deserialize, Serialize};
use spki::AlgorithmIdentifierOwned;
use x509_cert::TbsCertificate;

/// A certificate that is about to be signed: durable before the signature, and
/// never signed again. Whoever finds an intent without a result after a crash
/// can't know whether a signature exists, so its serial number is burnt and a new
/// intent takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intent {
    /// Whose key will sign.
    pub issuer: AuthorityId,
    /// The serial number, fresh for this intent.
    pub serial: Serial,
    /// Name of the profile that allowed it.
    pub profile: String,
    /// The shard whose CRL the certificate names, as the profile chose it (RFC 5280,
    /// 4.2.1.13); none: the profile has no shards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<u32>,
    /// DER of the `TBSCertificate`.
    pub tbs: Octets,
    /// DER of the signature's `AlgorithmIdentifier`.
    pub algorithm: Octets,
}

impl Intent {
    /// The octets that `profile` writes for what was registered, read back and compared with
    /// it: name, key, numbers and end. There is no other way to an intent.
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Ground::Profile`].
    pub(crate) fn new(
        (id, issuer): (&AuthorityId, &Issuer),
        serial: &Serial,
        profile: &Profile,
        registered: &CertRequest,
        now: DateTime,
    ) -> Result<Self, Error> {
        let prepared = profile
            .prepare(issuer, registered, &serial.to_x509(), now)
            .map_err(Ground::rejected)?;
        let granted = profile.validity(issuer, registered, now);
        let end = granted.map_err(Ground::rejected)?.end();
        gate(profile, registered, end, prepared.tbs())?;
        Ok(Self {
            issuer: id.clone(),
            serial: serial.clone(),
            profile: profile.name().to_owned(),
            shard: profile.shard(&serial.to_x509()),
            tbs: prepared.tbs().to_vec().into(),
            algorithm: prepared
                .algorithm()
                .to_der()
                .expect("an identifier without large parameters has a DER encoding")
                .into(),
        })
    }

    /// Whether this is the certificate that is meant: a serial number is one of its issuer's.
    pub(crate) fn is(&self, issuer: &AuthorityId, serial: &Serial) -> bool {
        (&self.issuer, &self.serial) == (issuer, serial)
    }

    /// notAfter of the certificate.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the stored octets are no `TBSCertificate`.
    pub(crate) fn not_after(&self) -> Result<DateTime, Error> {
        let tbs = TbsCertificate::from_der(&self.tbs).map_err(Error::Damaged)?;
        Ok(tbs.validity().not_after.to_date_time())
    }

    /// DER of the certificate: the same octets with the signature behind them, which is given
    /// as its BIT STRING holds it.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Profile`] when the stored octets are no DER.
    pub fn certificate(&self, signature: &[u8]) -> Result<Octets, Error> {
        self.attach(&BitString::from_bytes(signature).map_err(Error::Damaged)?)
    }

    /// The same octets with the signature behind them.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Profile`] when the stored octets are no DER.
    pub(crate) fn attach(&self, signature: &BitString) -> Result<Octets, Error> {
        attach(&self.tbs, &self.algorithm, signature)
    }
}

/// Lets through octets that say what was registered, with the end that was granted: asked
/// of the very octets that will be signed.
///
/// Whether the form says the same is the case's question, at the approval: what was registered
/// stands for both papers here.
fn gate(
    profile: &Profile,
    registered: &CertRequest,
    end: DateTime,
    tbs: &[u8],
) -> Result<(), Error> {
    let paper = Particulars::of_request(profile.name(), registered, Lifetime::Until(end));
    let differences = diff(&paper, &paper, profile, tbs)?;
    Ok(differences.gate().map_err(Ground::rejected)?)
}

/// `tbs` with a signature behind it, for certificates and CRLs alike.
pub(crate) fn attach(
    tbs: &Octets,
    algorithm: &Octets,
    signature: &BitString,
) -> Result<Octets, Error> {
    let algorithm = AlgorithmIdentifierOwned::from_der(algorithm).map_err(Error::Damaged)?;
    Ok(Prepared::from_stored(tbs.to_vec(), algorithm)
        .attach(signature)?
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Refusal, rules::Requirement};
    use cert_profile::{Field, Objection};
    use gm_crypto::sm2::{SIGNATURE_OID, SecretKey};
    use spki::{EncodePublicKey, SubjectPublicKeyInfoOwned};

    fn key(scalar: u8) -> SubjectPublicKeyInfoOwned {
        let mut octets = [0; 32];
        octets[31] = scalar;
        let key = SecretKey::from_bytes(&octets).unwrap().public_key();
        key.to_public_key_der().unwrap().decode_msg().unwrap()
    }

    fn differing(result: Result<(), Error>) -> Vec<Field> {
        let Err(Error::Refused(Refusal::Ruled {
            ground,
            requirements,
        })) = result
        else {
            panic!("{result:?}");
        };
        assert_eq!(requirements, Requirement::parse("S1-13").as_slice());
        let Ground::Profile(rejection) = *ground else {
            panic!("{ground}");
        };
        let fields = rejection.objections().iter().map(|one| match one {
            Objection::Differs(difference) => difference.field(),
            other => panic!("{other}"),
        });
        fields.collect()
    }

    #[test]
    fn octets_that_say_something_else_than_was_registered_are_refused() {
        let profile = Profile::shipped("root-ca").unwrap();
        let asked = |name: &str, scalar| CertRequest::new(name.parse().unwrap(), key(scalar));
        let registered = asked("CN=Root,O=Example,C=CN", 2);
        let now = "2026-07-01T00:00:00Z".parse().unwrap();
        let granted = |request: &CertRequest| {
            let algorithm = AlgorithmIdentifierOwned {
                oid: SIGNATURE_OID,
                parameters: None,
            };
            let issuer = Issuer::self_signed(request, algorithm);
            let end = profile.validity(&issuer, request, now).unwrap().end();
            let prepared = profile.prepare(&issuer, request, &1u8.into(), now);
            (end, prepared.unwrap())
        };
        let (end, own) = granted(&registered);
        gate(&profile, &registered, end, own.tbs()).unwrap();

        let of = |request: CertRequest| {
            let (_, other) = granted(&request);
            differing(gate(&profile, &registered, end, other.tbs()))
        };
        assert_eq!(of(asked("CN=Root,O=Example,C=CN", 3)), [Field::Key]);
        let named = of(asked("CN=Rood,O=Example,C=CN", 2));
        assert!(matches!(named[..], [Field::Attribute(_)]), "{named:?}");
        let sooner = "2030-01-01T00:00:00Z".parse().unwrap();
        let cut = asked("CN=Root,O=Example,C=CN", 2).not_after(sooner);
        assert_eq!(of(cut), [Field::Validity]);
        assert!(gate(&profile, &registered, end, &own.tbs()[1..]).is_err());
    }
}
