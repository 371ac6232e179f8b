//! What OCSP answers say about one certificate (RFC 6960, 3.2).

use super::{
    Cause, OcspResponse, ParsedCertificate, Place, RevocationReason, RevocationRule,
    RevocationStatus,
    reason::printable,
    revocation::{Answer, Context},
    search::{Search, Stopped},
};
use cert_profile::{
    Error, Issuer,
    ocsp::{AuthorisedResponder, CertStatus, ResponderId, SingleResponse},
};
use der::{DateTime, referenced::RefToOwned};
use gm_crypto::sm2::SIGNATURE_OID;
use spki::AlgorithmIdentifierOwned;
use x509_cert::time::{Time, Validity};

impl Search<'_, '_> {
    /// Asks every answer that speaks of the certificate; those that can't be relied on are
    /// the obstacles. The newest counts, where they speak about now; of a time that is over,
    /// whichever says that it was revoked then.
    pub(super) fn ask_ocsp(
        &mut self,
        certificate: &ParsedCertificate,
        context: Context<'_>,
    ) -> Result<Answer, Stopped> {
        let answers: &[OcspResponse] = self.options.ocsp;
        let ca = self.certificate_of(context.issuer);
        let speaks_of = |single: &SingleResponse| {
            let id = single.id();
            id.serial().as_bytes() == certificate.serial()
                && id.matches(ca.subject(), ca.public_key())
        };
        let (at, until) = (self.options.at, self.options.status_until);
        let mut obstacles = Vec::new();
        let mut newest: Option<((DateTime, bool), Answer)> = None;
        for (index, answer) in answers.iter().enumerate() {
            let mut singles = answer.unverified_responses().iter();
            let Some(single) = singles.find(|single| speaks_of(single)) else {
                continue;
            };
            let moment = self.options.within(single.this_update());
            let place = Place::Ocsp(index);
            // The responder's certificate and the answer.
            self.count_signatures(place, 2)?;
            let verified = match self.rely_on(answer, ca, moment) {
                Ok((verified, responder)) => match self.check_responder(&responder, context)? {
                    None => verified,
                    Some(rule) => {
                        obstacles.push(self.reason(place, Cause::OcspUnusable { rule }));
                        continue;
                    }
                },
                Err(error) => {
                    let rule = whole(&error);
                    obstacles.push(self.reason(place, Cause::OcspUnusable { rule }));
                    continue;
                }
            };
            let singles = verified
                .responses()
                .iter()
                .filter(|single| speaks_of(single));
            // One certificate can be named by two digests.
            for single in singles {
                let (this, next) = (single.this_update(), single.next_update());
                if until < this || next.unwrap_or(this) < at {
                    obstacles.push(self.reason(place, Cause::OcspNotCurrent));
                    continue;
                }
                let mut good = None;
                match single.status() {
                    CertStatus::Revoked { at: since, reason } => {
                        let reason = reason.map(RevocationReason::from);
                        if self.options.counts(*since, reason) {
                            let revoked = Answer::Revoked(Cause::RevokedByOcsp {
                                since: *since,
                                reason,
                                answer: index,
                            });
                            if until > at {
                                return Ok(revoked);
                            }
                            if newest.as_ref().is_none_or(|(rank, _)| *rank < (this, true)) {
                                newest = Some(((this, true), revoked));
                            }
                        } else {
                            good = Some(index);
                        }
                    }
                    // Out of the responder's archive (RFC 6960, 4.4.4).
                    CertStatus::Good
                        if certificate.ends_before(this)
                            && single
                                .archive_cutoff()
                                .is_none_or(|cutoff| certificate.ends_before(cutoff)) =>
                    {
                        obstacles.push(self.reason(place, Cause::OcspNotCurrent));
                    }
                    CertStatus::Good
                        if self.options.is_too_old(next.unwrap_or(this), certificate) =>
                    {
                        obstacles.push(self.reason(place, Cause::OcspNotCurrent));
                    }
                    CertStatus::Good => good = Some(index),
                    _ => {}
                }
                if let Some(answer) = good
                    && newest
                        .as_ref()
                        .is_none_or(|(rank, _)| *rank < (this, false))
                {
                    let good = Answer::Known(RevocationStatus::Good { answer });
                    newest = Some(((this, false), good));
                }
            }
        }
        Ok(newest.map_or(Answer::Unknown(obstacles), |(_, answer)| answer))
    }

    fn rely_on(
        &self,
        answer: &OcspResponse,
        ca: &ParsedCertificate,
        moment: DateTime,
    ) -> Result<(cert_profile::ocsp::VerifiedOcsp, AuthorisedResponder), Error> {
        let algorithms = self.options.algorithms;
        let issuer = issuer(ca);
        let responder = answer.authorised_responder(&issuer, moment, algorithms)?;
        let verified = answer.clone().verify_by(&responder, algorithms)?;
        Ok((verified, responder))
    }

    /// Why a delegated responder can't be relied on; its certificate is asked about in the
    /// CRLs, unless it says not to.
    fn check_responder(
        &mut self,
        responder: &AuthorisedResponder,
        context: Context<'_>,
    ) -> Result<Option<String>, Stopped> {
        let Some(octets) = responder.certificate().filter(|_| !responder.no_check()) else {
            return Ok(None);
        };
        let certificate = match ParsedCertificate::from_der(octets) {
            Ok(certificate) => certificate,
            Err(error) => return Ok(Some(error.to_string())),
        };
        let is_needed = self.options.revocation == RevocationRule::Required;
        Ok(match self.ask_crls(&certificate, context, is_needed)? {
            Answer::Known(_) => None,
            Answer::Revoked(_) => Some("its responder's certificate is revoked".into()),
            Answer::Unknown(_) => Some("its responder's certificate may be revoked".into()),
        })
    }
}

/// The issuer as the rules for answers know it; what it signs by does not matter to them.
fn issuer(ca: &ParsedCertificate) -> Issuer {
    let algorithm = AlgorithmIdentifierOwned {
        oid: SIGNATURE_OID,
        parameters: None,
    };
    let time = |time: DateTime| Time::from(time);
    let validity = Validity::new(time(ca.not_before()), time(ca.not_after()));
    let key = ca.public_key().ref_to_owned();
    Issuer::new(ca.subject().clone(), key, algorithm, validity)
}

/// Who answers, for people.
pub(super) fn responder(answer: &OcspResponse) -> String {
    match answer.responder() {
        ResponderId::ByName(name) => printable(name),
        other => other.to_string(),
    }
}

fn whole(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = core::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

impl From<cert_profile::Reason> for RevocationReason {
    fn from(reason: cert_profile::Reason) -> Self {
        match reason {
            cert_profile::Reason::KeyCompromise => Self::KeyCompromise,
            cert_profile::Reason::CaCompromise => Self::CaCompromise,
            cert_profile::Reason::AffiliationChanged => Self::AffiliationChanged,
            cert_profile::Reason::Superseded => Self::Superseded,
            cert_profile::Reason::CessationOfOperation => Self::CessationOfOperation,
            cert_profile::Reason::CertificateHold => Self::CertificateHold,
            cert_profile::Reason::PrivilegeWithdrawn => Self::PrivilegeWithdrawn,
            cert_profile::Reason::AaCompromise => Self::AaCompromise,
            _ => Self::Unspecified,
        }
    }
}
