//! What is intended before a key is touched.

use crate::{AuthorityId, Error, Serial, octets::Octets};
use cert_profile::Prepared;
use der::{Decode, Encode};
use serde::{Deserialize, Serialize};
use spki::AlgorithmIdentifierOwned;

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
    /// DER of the `TBSCertificate`.
    pub tbs: Octets,
    /// DER of the signature's `AlgorithmIdentifier`.
    pub algorithm: Octets,
}

impl Intent {
    pub(crate) fn new(
        issuer: AuthorityId,
        serial: Serial,
        profile: &str,
        prepared: &Prepared,
    ) -> Self {
        Self {
            issuer,
            serial,
            profile: profile.to_owned(),
            tbs: prepared.tbs().to_vec().into(),
            algorithm: prepared
                .algorithm()
                .to_der()
                .expect("an identifier without large parameters has a DER encoding")
                .into(),
        }
    }

    /// The same octets with the signature behind them.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Profile`] when the stored octets are no DER.
    pub(crate) fn attach(&self, signature: &der::asn1::BitString) -> Result<Octets, Error> {
        attach(&self.tbs, &self.algorithm, signature)
    }
}

/// `tbs` with a signature behind it, for certificates and CRLs alike.
pub(crate) fn attach(
    tbs: &Octets,
    algorithm: &Octets,
    signature: &der::asn1::BitString,
) -> Result<Octets, Error> {
    let algorithm = AlgorithmIdentifierOwned::from_der(algorithm).map_err(Error::Damaged)?;
    Ok(Prepared::from_stored(tbs.to_vec(), algorithm)
        .attach(signature)?
        .into())
}
