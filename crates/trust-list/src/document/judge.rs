//! How each signer is judged.

use super::{
    DocumentQuestion, DocumentReport, MessageFault, SignerName, SignerReport, StatusFault,
    StatusFinding, TimeFinding, TimeStampFault, UnverifiedDocument,
};
use crate::{
    list::{Answer, Entry, Question, SigningTime, TrustList, Verdict},
    path::{
        Anchor, ParsedCertificate, ParsedCrl, PathError, PathOptions, RevocationRule,
        RevocationStatus, validate,
    },
    signing_certificate::{Reference, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V1},
    time_stamp::{TIME_STAMP_TOKEN, TimeStamp, TimeStampOptions, UnverifiedTimeStamp},
    verify::may_sign,
};
use gm_crypto::{
    message::UnverifiedSigner,
    pki::{Sm2Sm3, VerifyAlgorithm},
    sm3,
};

/// Signers of one document.
pub(super) const MAX_SIGNERS: usize = 16;
/// Certificates that a document carries, and CRLs.
pub(super) const MAX_CARRIED: usize = 64;
/// Octets of the longest certificate that a document carries and that is looked at.
const MAX_CERTIFICATE: usize = 1 << 16;
/// Tokens of one signer that are looked at.
const MAX_STAMPS: usize = 8;

/// Names the rules of this release: a report can be worked out again later.
const RULES: &str = "gm-pki:trust-list:document:1";

/// Everything at hand: what the caller has, then what the message carries.
struct Evidence<'a> {
    question: &'a DocumentQuestion<'a>,
    list: &'a TrustList,
    certificates: Vec<ParsedCertificate>,
    crls: Vec<ParsedCrl>,
}

pub(super) fn judge(
    document: &UnverifiedDocument,
    list: &TrustList,
    question: &DocumentQuestion<'_>,
) -> DocumentReport {
    let message = &document.message;
    // What can't be read can't be a signer's; of what is long or stands twice, work is all that
    // would come.
    let carried = message.certificates().iter();
    let carried = carried.filter(|der| der.len() <= MAX_CERTIFICATE);
    let carried: Vec<_> = carried
        .filter_map(|der| ParsedCertificate::from_der(&**der).ok())
        .collect();
    let certificates = each_once(question.certificates.iter().chain(&carried));
    let mut crls = question.crls.to_vec();
    let carried = message.crls().iter();
    crls.extend(carried.filter_map(|der| ParsedCrl::from_der(&**der).ok()));
    let evidence = Evidence {
        question,
        list,
        certificates,
        crls,
    };
    let content = document.content.as_deref();
    let verified = message.verify_one_by_one(content, |signer| {
        let candidates = evidence.candidates(signer).unwrap_or_default();
        candidates.iter().map(|one| one.der()).collect()
    });
    // Content stands in one place: the type promises it.
    let verified = verified.unwrap_or_default();
    let signers = message.signers().zip(verified).map(|(signer, verified)| {
        let certificate = evidence.candidates(signer).and_then(|candidates| {
            let verified = verified.map_err(MessageFault::Signature)?;
            let is_it = |one: &&&ParsedCertificate| one.der() == verified.certificate();
            let found = candidates.iter().find(is_it);
            let found = found.ok_or(MessageFault::NoCertificate)?;
            if may_sign(found) {
                Ok((*found).clone())
            } else {
                Err(MessageFault::KeyUsage)
            }
        });
        evidence.report(signer, certificate)
    });
    DocumentReport {
        signers: signers.collect(),
        deviations: message.deviations().to_vec(),
        message: document.digest,
        content: sm3::digest(document.content()),
        now: question.now,
        sequence: list.sequence(),
        list: list.digest(),
        rules: RULES,
    }
}

type Chain = Result<Vec<ParsedCertificate>, PathError>;
type Status = Result<StatusFinding, StatusFault>;

/// What was found about a signer's certificate at one time.
struct Judged {
    chain: Option<Chain>,
    status: Option<Status>,
    answer: Answer,
}

impl Judged {
    fn holds(&self) -> bool {
        matches!(self.answer.verdict, Verdict::Recognised { .. })
            && matches!(self.chain, Some(Ok(_)))
            && matches!(self.status, Some(Ok(_)))
    }
}

impl Evidence<'_> {
    /// The certificates that may be a signer's, by its name and its signed reference.
    fn candidates(
        &self,
        signer: UnverifiedSigner<'_>,
    ) -> Result<Vec<&ParsedCertificate>, MessageFault> {
        let is_named = |one: &&ParsedCertificate| signer.is_named_by(one.der()).unwrap_or(false);
        let named: Vec<_> = self.certificates.iter().filter(is_named).collect();
        if named.is_empty() {
            return Err(MessageFault::NoCertificate);
        }
        let (mut references, mut seen) = (Vec::new(), Vec::new());
        for attribute in signer.attributes().unwrap_or_default() {
            if [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V1].contains(&attribute.oid()) {
                // One of each (RFC 5035, 5.4).
                if seen.contains(&attribute.oid()) {
                    return Err(MessageFault::Reference);
                }
                seen.push(attribute.oid());
                let mut values = attribute.values();
                let (Some(value), None) = (values.next(), values.next()) else {
                    return Err(MessageFault::Reference);
                };
                let reference = Reference::read(attribute.oid(), &value);
                references.push(reference.ok_or(MessageFault::Reference)?);
            }
        }
        let fits =
            |one: &&ParsedCertificate| references.iter().all(|reference| reference.names(one));
        let fitting: Vec<_> = named.into_iter().filter(fits).collect();
        if fitting.is_empty() {
            return Err(MessageFault::Reference);
        }
        Ok(fitting)
    }

    fn report(
        &self,
        signer: UnverifiedSigner<'_>,
        certificate: Result<ParsedCertificate, MessageFault>,
    ) -> SignerReport {
        let now = self.question.now;
        let claimed = signer.signing_time();
        let stamps = self.stamps(signer);
        let proved = stamps.iter().flatten().map(TimeStamp::latest).min();
        let judged = match (proved, claimed) {
            // What the authority's clock has ahead of ours: it is here now.
            (Some(latest), _) => SigningTime::Proved(latest.min(now)),
            (None, Some(claimed)) => SigningTime::Claimed(claimed),
            (None, None) => SigningTime::Now,
        };
        let found = certificate
            .as_ref()
            .ok()
            .map(|certificate| (self.judge(certificate, judged), certificate));
        let would_hold_if_proved = match (&found, judged) {
            (Some((found, certificate)), SigningTime::Claimed(at))
                if !found.holds() && at <= now =>
            {
                self.judge(certificate, SigningTime::Proved(at)).holds()
            }
            _ => false,
        };
        let (chain, status, recognition) = match found {
            None => (None, None, None),
            Some((found, _)) => (found.chain, found.status, Some(found.answer)),
        };
        SignerReport {
            name: name(signer),
            message: certificate,
            time: TimeFinding {
                claimed,
                stamps,
                judged,
            },
            chain,
            status,
            recognition,
            would_hold_if_proved,
        }
    }

    /// The tokens over the octets of the signature (RFC 3161, appendix A).
    fn stamps(&self, signer: UnverifiedSigner<'_>) -> Vec<Result<TimeStamp, TimeStampFault>> {
        let question = self.question;
        let mut options = TimeStampOptions::new(question.time_stamp_anchors, question.now)
            .certificates(&self.certificates)
            .crls(&self.crls)
            .ocsp(question.ocsp)
            .revocation(question.revocation);
        if let Some(algorithms) = question.time_stamp_algorithms {
            options = options.algorithms(algorithms);
        }
        let attributes = signer.unsigned_attributes().iter();
        let tokens = attributes
            .filter(|attribute| attribute.oid() == TIME_STAMP_TOKEN)
            .flat_map(|attribute| attribute.values());
        let verify = |octets: Vec<u8>| {
            let token =
                UnverifiedTimeStamp::from_der(&octets).map_err(TimeStampFault::Unreadable)?;
            let stamp = token.verify(signer.signature(), &options);
            stamp.map_err(TimeStampFault::Refused)
        };
        tokens.take(MAX_STAMPS).map(verify).collect()
    }

    fn judge(&self, certificate: &ParsedCertificate, signed: SigningTime) -> Judged {
        let question = self.question;
        let now = question.now;
        let mut asked = Question::new(certificate, now)
            .signed(signed)
            .crls(&self.crls)
            .ocsp(question.ocsp)
            .revocation(question.revocation)
            .rules(question.rules);
        if let Some(algorithms) = question.algorithms {
            asked = asked.algorithms(algorithms);
        }
        let answer = self.list.ask(&asked);
        let at = match signed {
            SigningTime::Proved(at) => at,
            SigningTime::Claimed(_) | SigningTime::Now => now,
        };
        let sm2 = Sm2Sm3::default();
        let usual: [&dyn VerifyAlgorithm; 1] = [&sm2];
        let options = PathOptions::new(at, question.algorithms.unwrap_or(&usual))
            .crls(&self.crls)
            .ocsp(question.ocsp)
            .status_until(now);
        let (chain, status) = self.path(certificate, options);
        Judged {
            chain,
            status,
            answer,
        }
    }

    /// The path by the certificates of all entries that have an issuer of its issuer's name,
    /// and its status; nothing where there is none.
    fn path(
        &self,
        certificate: &ParsedCertificate,
        options: PathOptions<'_>,
    ) -> (Option<Chain>, Option<Status>) {
        let entries: Vec<&Entry> = self.list.entries_of(certificate.issuer_der()).collect();
        if entries.is_empty() {
            return (None, None);
        }
        let anchors = each_once(entries.iter().flat_map(|entry| entry.anchors()));
        let anchors: Vec<Anchor> = anchors.into_iter().map(Anchor::from_certificate).collect();
        let issuers = each_once(entries.iter().flat_map(|entry| entry.issuers()));
        let bare = options.clone().revocation(RevocationRule::Ignore);
        let chain = match validate(certificate, &issuers, &anchors, &bare) {
            Ok(path) => {
                let top = path.anchor().certificate();
                let path = path.certificates().iter().copied().chain([top]);
                Ok(path.cloned().collect())
            }
            Err(error) => return (Some(Err(error)), None),
        };
        let asked = options.revocation(self.question.revocation);
        let status = match validate(certificate, &issuers, &anchors, &asked) {
            Ok(path) if path.statuses().first() == Some(&RevocationStatus::NotChecked) => {
                Ok(StatusFinding::NotChecked)
            }
            Ok(_) => Ok(StatusFinding::Good),
            Err(error) if error.is_indeterminate() || error.is_exhausted() => {
                Err(StatusFault::Unknown(error))
            }
            Err(error) => Err(StatusFault::Revoked(error)),
        };
        (Some(chain), Some(status))
    }
}

fn each_once<'c>(
    certificates: impl Iterator<Item = &'c ParsedCertificate>,
) -> Vec<ParsedCertificate> {
    let mut found: Vec<ParsedCertificate> = Vec::new();
    for certificate in certificates {
        if !found.iter().any(|one| one.digest() == certificate.digest()) {
            found.push(certificate.clone());
        }
    }
    found
}

fn name(signer: UnverifiedSigner<'_>) -> SignerName {
    match signer.issuer_and_serial_number() {
        Some((issuer, serial)) => SignerName::IssuerAndSerialNumber {
            issuer,
            serial: serial.to_vec(),
        },
        None => SignerName::KeyIdentifier(signer.key_identifier().unwrap_or_default().to_vec()),
    }
}
