//! Another implementation of RFC 5280, section 6.1, that is asked about the same path.

pub use certval::PathValidationStatus as Status;

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, Error,
    PDVTrustAnchorChoice, PkiEnvironment, TimeOfInterest, parse_cert,
    validate_path_rfc5280,
};
use der::{DateTime, asn1::BitString, referenced::OwnedToRef};
use gm_crypto::pki::VerifyAlgorithm;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

/// What is asked.
#[derive(Debug)]
pub struct Wanted {
    pub at: DateTime,
    pub require_explicit: bool,
    pub inhibit_mapping: bool,
    pub inhibit_any: bool,
}

/// Its verdict on a path in order, the target first and the anchor, a name and a key, last; none
/// where it can't read a certificate.
pub fn judge(
    path: &[&[u8]],
    wanted: &Wanted,
    algorithm: &'static dyn VerifyAlgorithm,
) -> Option<Result<(), Status>> {
    let [target, between @ .., anchor] = path else {
        return None;
    };
    let read = |der: &&[u8]| parse_cert(der, "").ok();
    // Its order is from the anchor down.
    let between: Option<Vec<_>> = between.iter().rev().map(read).collect();
    let path = CertificationPath::new(
        PDVTrustAnchorChoice::try_from(*anchor).ok()?,
        between?,
        read(target)?,
    );
    let mut environment = PkiEnvironment::new();
    environment.add_verify_signature_message_callback(
        move |_: &PkiEnvironment,
              message: &[u8],
              signature: &BitString,
              signed_with: &AlgorithmIdentifierOwned,
              key: &SubjectPublicKeyInfoOwned| {
            let refused = Error::PathValidation(Status::SignatureVerificationFailure);
            let key = key.owned_to_ref();
            if !algorithm.accepts(signed_with.owned_to_ref(), key.algorithm) {
                return Err(refused);
            }
            let octets = signature.as_bytes().unwrap_or_default();
            algorithm.verify(key, message, octets).map_err(|_| refused)
        },
    );
    let mut settings = CertificationPathSettings::new();
    settings.set_time_of_interest(TimeOfInterest(wanted.at));
    settings.set_require_ta_store(false);
    settings.set_enforce_trust_anchor_validity(false);
    settings.set_initial_explicit_policy_indicator(wanted.require_explicit);
    settings.set_initial_policy_mapping_inhibit_indicator(wanted.inhibit_mapping);
    settings.set_initial_inhibit_any_policy_indicator(wanted.inhibit_any);
    let mut results = CertificationPathResults::new();
    let verdict = validate_path_rfc5280(&environment, &settings, &path, &mut results);
    Some(verdict.map_err(|error| match error {
        Error::PathValidation(status) => status,
        _ => Status::NotYetValidated,
    }))
}
