//! What CRLs and OCSP answers say about one certificate (RFC 5280, 6.3.3).

use super::{
    Cause, ParsedCertificate, ParsedCrl, Place, Reason, Revocation, RevocationRule,
    RevocationStatus,
    search::{Issuer, Search, Status, Stopped},
    signer::Signer,
};
use crate::certificate::{ALL_REASONS, PointOfDistribution};
use core::cmp::Reverse;
use der::DateTime;

/// Where the certificate stands whose status is asked.
#[derive(Clone, Copy)]
pub(super) struct Context<'p> {
    pub(super) issuer: Issuer,
    /// Certificates of the path above it, which have been asked already.
    pub(super) above: &'p [usize],
    pub(super) anchor: usize,
}

/// What is known about one certificate.
pub(super) enum Answer {
    Known(RevocationStatus),
    Revoked(Cause),
    /// What kept everybody from answering.
    Unknown(Vec<Reason>),
}

impl Search<'_, '_> {
    /// Asks about the certificate at `position` of a path; notes the reasons when it is
    /// revoked, or its status needed and unknown.
    pub(super) fn check_status(
        &mut self,
        path: &[usize],
        position: usize,
        anchor: usize,
    ) -> Result<Status, Stopped> {
        let index = path[position];
        let above = &path[position + 1..];
        let issuer = above
            .first()
            .map_or(Issuer::Anchor(anchor), |index| Issuer::Certificate(*index));
        let context = Context {
            issuer,
            above,
            anchor,
        };
        let is_needed = match self.options.revocation {
            RevocationRule::Required => true,
            RevocationRule::RequiredOfTarget => position == 0 && self.in_question.is_empty(),
            _ => false,
        };
        self.in_question.push(index);
        let answer = self.ask(self.certificates[index], context, is_needed);
        self.in_question.pop();
        Ok(match answer? {
            Answer::Known(status) => Status::Known(status),
            Answer::Revoked(cause) => {
                self.blame(Place::Certificate(index), cause);
                Status::Revoked
            }
            Answer::Unknown(obstacles) => {
                for obstacle in obstacles {
                    self.reasons.push(obstacle);
                }
                self.blame(Place::Certificate(index), Cause::StatusUnknown);
                Status::Unknown
            }
        })
    }

    fn ask(
        &mut self,
        certificate: &ParsedCertificate,
        context: Context<'_>,
        is_needed: bool,
    ) -> Result<Answer, Stopped> {
        match self.ask_ocsp(certificate, context)? {
            Answer::Unknown(mut obstacles) => {
                // An answer that can't be relied on is one that was at hand.
                let is_needed = is_needed || !obstacles.is_empty();
                let answer = self.ask_crls(certificate, context, is_needed)?;
                Ok(match answer {
                    Answer::Unknown(more) => {
                        obstacles.extend(more);
                        Answer::Unknown(obstacles)
                    }
                    known => known,
                })
            }
            // What was known later counts whoever says it.
            Answer::Known(status) if self.options.status_until > self.options.at => {
                let more = self.ask_crls(certificate, context, false)?;
                Ok(match more {
                    revoked @ Answer::Revoked(_) => revoked,
                    _ => Answer::Known(status),
                })
            }
            known => Ok(known),
        }
    }

    /// Goes through the distribution points, then the issuer's own, until the CRLs cover all
    /// reasons.
    pub(super) fn ask_crls(
        &mut self,
        certificate: &ParsedCertificate,
        context: Context<'_>,
        is_needed: bool,
    ) -> Result<Answer, Stopped> {
        let crls: &[ParsedCrl] = self.options.crls;
        let mut points = certificate.statements().points.clone();
        points.push(PointOfDistribution::of_issuer(certificate.issuer_key()));
        let mut newest_first: Vec<usize> = (0..crls.len())
            .filter(|index| {
                points
                    .iter()
                    .any(|point| is_named(point, &crls[*index], certificate))
            })
            .collect();
        newest_first.sort_by_key(|index| Reverse(crls[*index].this_update()));
        if newest_first.is_empty() && !is_needed {
            return Ok(Answer::Known(RevocationStatus::NotChecked));
        }

        let is_ca = certificate
            .ca_constraints()
            .is_some_and(|constraints| constraints.ca);
        let mut covered = Covered::default();
        let mut obstacles = Vec::new();
        // A CRL whose signer's own status hangs on it comes last (4.14.30 of NIST's suite has
        // one by design): nothing that does not assume itself may say otherwise.
        for circular in [false, true] {
            for point in &points {
                for &index in &newest_first {
                    let crl = &crls[index];
                    if crl.base_number().is_some() || !is_named(point, crl, certificate) {
                        continue;
                    }
                    let scope = crl.scope();
                    // Who is named beside the issuer says so by an indirect CRL (b)(1).
                    let is_direct = point.issuers.is_some() && !scope.is_indirect;
                    if is_direct || !scope.covers(point, is_ca) {
                        let other = self.reason(Place::Crl(index), Cause::CrlOutOfScope);
                        obstacles.push(other);
                        continue;
                    }
                    let reasons = point.reasons & scope.reasons;
                    // An older one has nothing to add, once one of the time asked about has
                    // spoken; one of the same second may contradict.
                    let is_older = covered.oldest > Some(crl.this_update());
                    let is_covered = reasons & !covered.reasons == 0 && is_older;
                    if is_covered && covered.looked_back {
                        continue;
                    }
                    match self.use_crl(index, certificate, context, circular)? {
                        Use::Listed(cause) => return Ok(Answer::Revoked(cause)),
                        Use::NotListed { by } => {
                            covered.looked_back |= crl.this_update() <= self.options.at;
                            if !is_covered {
                                covered.reasons |= reasons;
                                covered.add(by, crl.this_update());
                            }
                        }
                        Use::No(obstacle) => obstacles.extend(obstacle),
                        Use::Unprocessed(obstacle, since) => {
                            covered.unread = covered.unread.max(Some(since));
                            obstacles.push(obstacle);
                        }
                    }
                }
            }
            if covered.reasons == ALL_REASONS {
                break;
            }
        }
        if let Some(crl) = covered.answer() {
            return Ok(Answer::Known(RevocationStatus::NotRevoked { crl }));
        }
        for &index in &newest_first {
            let is_base = |crl: &ParsedCrl| crl.is_updated_by(&crls[index]);
            if crls[index].base_number().is_some() && !crls.iter().any(is_base) {
                obstacles.push(self.reason(Place::Crl(index), Cause::DeltaWithoutBase));
            }
        }
        Ok(Answer::Unknown(obstacles))
    }

    /// What one full CRL says, with the newest delta to it. What costs nothing comes first.
    fn use_crl(
        &mut self,
        index: usize,
        certificate: &ParsedCertificate,
        context: Context<'_>,
        circular: bool,
    ) -> Result<Use, Stopped> {
        let crls: &[ParsedCrl] = self.options.crls;
        let crl = &crls[index];
        let (at, until) = (self.options.at, self.options.status_until);
        let place = Place::Crl(index);
        let is_current = |crl: &ParsedCrl| is_current(crl, at, until);
        let mut deltas: Vec<usize> = (0..crls.len())
            .filter(|delta| crl.is_updated_by(&crls[*delta]) && is_current(&crls[*delta]))
            .collect();
        deltas.sort_by_key(|delta| Reverse(crls[*delta].this_update()));
        let this_update = crl.this_update();
        let stale = match crl.next_update() {
            _ if until < this_update => {
                return Ok(self.no(place, Cause::CrlNotYetIssued { this_update }));
            }
            None => return Ok(self.no(place, Cause::CrlWithoutNextUpdate)),
            Some(next_update) if at >= next_update => Some(Cause::CrlStale { next_update }),
            Some(_) => None,
        };
        if let Some(cause) = stale.clone().filter(|_| deltas.is_empty()) {
            return Ok(self.no(place, cause));
        }
        let signer = match self.signer_of(index, context, circular)? {
            Signer::Known(signer) => signer,
            Signer::Unknown(obstacles) => return Ok(Use::No(obstacles)),
        };
        if let Some(cause) = self.broken_rule_of_crl(index) {
            return Ok(self.no(place, cause));
        }
        if let Some(oid) = crl.unprocessed() {
            let obstacle = self.reason(place, Cause::UnprocessedExtension { oid });
            return Ok(Use::Unprocessed(obstacle, this_update));
        }
        let mut newest = None;
        for delta in deltas {
            let place = Place::Crl(delta);
            if self.check_signature(place, signer)?.is_some()
                || self.broken_rule_of_crl(delta).is_some()
            {
                continue;
            }
            if let Some(oid) = crls[delta].unprocessed() {
                let obstacle = self.reason(place, Cause::UnprocessedExtension { oid });
                return Ok(Use::Unprocessed(obstacle, crls[delta].this_update()));
            }
            newest = Some(delta);
            break;
        }
        if let Some(cause) = stale.filter(|_| newest.is_none()) {
            return Ok(self.no(place, cause));
        }
        for by in newest.into_iter().chain([index]) {
            let entry = crls[by].find_of(certificate.serial(), certificate.issuer_key());
            let counts =
                |entry: &Revocation| entry.removed || self.options.counts(entry.date, entry.reason);
            let Some(entry) = entry.filter(counts) else {
                continue;
            };
            if entry.removed {
                // What was taken back later was on hold at the time asked about.
                if crls[by].this_update() > at {
                    continue;
                }
                break;
            }
            return Ok(Use::Listed(Cause::Revoked {
                since: entry.date,
                reason: entry.reason,
                crl: by,
            }));
        }
        let by = newest.unwrap_or(index);
        if certificate.ends_before(crls[by].this_update()) {
            let not_after = certificate.not_after();
            return Ok(self.no(place, Cause::CrlAfterExpiry { not_after }));
        }
        let next_update = crls[by].next_update().unwrap_or(this_update);
        if self.options.is_too_old(next_update, certificate) {
            return Ok(self.no(place, Cause::CrlStale { next_update }));
        }
        Ok(Use::NotListed { by })
    }

    fn no(&self, place: Place, cause: Cause) -> Use {
        Use::No(vec![self.reason(place, cause)])
    }
}

/// What one CRL does for a certificate.
enum Use {
    Listed(Cause),
    NotListed {
        /// The CRL that says so: the full one, or a delta to it.
        by: usize,
    },
    No(Vec<Reason>),
    /// It is current and the issuer's, and what it says can't be read: an answer that is no
    /// newer than it may be out of date.
    Unprocessed(Reason, DateTime),
}

/// What the CRLs that do not list a certificate cover together.
#[derive(Default)]
struct Covered {
    reasons: u16,
    last: Option<usize>,
    oldest: Option<DateTime>,
    unread: Option<DateTime>,
    /// One of them was issued by the time asked about.
    looked_back: bool,
}

impl Covered {
    fn add(&mut self, crl: usize, this_update: DateTime) {
        self.last = Some(crl);
        self.oldest = Some(
            self.oldest
                .map_or(this_update, |time| time.min(this_update)),
        );
    }

    fn answer(&self) -> Option<usize> {
        let has_news = self.unread.is_some() && self.unread >= self.oldest;
        self.last
            .filter(|_| self.reasons == ALL_REASONS && !has_news)
    }
}

/// Whether a CRL is in the name of whom a point names: the certificate's issuer, unless it
/// says another.
fn is_named(point: &PointOfDistribution, crl: &ParsedCrl, certificate: &ParsedCertificate) -> bool {
    match &point.issuers {
        None => crl.issuer_key() == certificate.issuer_key(),
        Some(issuers) => issuers.iter().any(|issuer| issuer == crl.issuer_key()),
    }
}

/// Whether it is current at a time between these, both included.
fn is_current(crl: &ParsedCrl, at: DateTime, until: DateTime) -> bool {
    crl.this_update() <= until && crl.next_update().is_some_and(|next| at < next)
}
