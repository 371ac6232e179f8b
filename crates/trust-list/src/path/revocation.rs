//! What the CRLs at hand say about one certificate (RFC 5280, 6.3.3).

use super::{
    Cause, ParsedCrl, Place, Reason, RevocationRule, RevocationStatus,
    search::{Issuer, Search, Stopped},
};
use core::cmp::Reverse;

impl Search<'_, '_> {
    /// Nothing when the certificate is revoked or its status is needed and
    /// unknown; the reasons are then noted.
    pub(super) fn check_revocation(
        &mut self,
        child: usize,
        issuer: Issuer,
    ) -> Result<Option<RevocationStatus>, Stopped> {
        let certificate = self.certificates[child];
        let crls: &[ParsedCrl] = self.options.crls;
        let mut newest_first: Vec<usize> = (0..crls.len())
            .filter(|index| crls[*index].issuer_der() == certificate.issuer_der())
            .collect();
        newest_first.sort_by_key(|index| Reverse(crls[*index].this_update()));
        let is_needed = self.options.revocation == RevocationRule::Required;
        if newest_first.is_empty() && !is_needed {
            return Ok(Some(RevocationStatus::NotChecked));
        }

        let mut obstacles = Vec::new();
        let mut answer: Option<usize> = None;
        let mut has_unread_news = false;
        for index in newest_first {
            // Only CRLs of the same second can contradict the newest one.
            if answer.is_some_and(|newest| crls[newest].this_update() > crls[index].this_update()) {
                break;
            }
            match self.check_crl(index, issuer)? {
                Usable::Yes => {}
                Usable::No(obstacle) => {
                    obstacles.push(obstacle);
                    continue;
                }
                Usable::Unprocessed(obstacle) => {
                    has_unread_news = true;
                    obstacles.push(obstacle);
                    continue;
                }
            }
            answer = answer.or(Some(index));
            let revoked = crls[index].find(certificate.serial());
            if let Some(revoked) = revoked.filter(|revoked| revoked.date <= self.options.at) {
                let cause = Cause::Revoked {
                    since: revoked.date,
                    reason: revoked.reason,
                    crl: index,
                };
                self.blame(Place::Certificate(child), cause);
                return Ok(None);
            }
        }
        if let Some(crl) = answer.filter(|_| !has_unread_news) {
            return Ok(Some(RevocationStatus::NotRevoked { crl }));
        }
        for obstacle in obstacles {
            self.reasons.push(obstacle);
        }
        self.blame(Place::Certificate(child), Cause::StatusUnknown);
        Ok(None)
    }

    /// Whether a CRL can answer for what this issuer issued. What costs nothing
    /// comes first.
    fn check_crl(&mut self, index: usize, issuer: Issuer) -> Result<Usable, Stopped> {
        let crl = &self.options.crls[index];
        let at = self.options.at;
        let this_update = crl.this_update();
        let unprocessed = crl.unprocessed();
        let place = Place::Crl(index);
        let untimely = match crl.next_update() {
            _ if at < this_update => Some(Cause::CrlNotYetIssued { this_update }),
            None => Some(Cause::CrlWithoutNextUpdate),
            Some(next_update) if at >= next_update => Some(Cause::CrlStale { next_update }),
            Some(_) => None,
        };
        if let Some(cause) = untimely {
            return Ok(Usable::No(self.reason(place, cause)));
        }
        let is_bare_key =
            matches!(issuer, Issuer::Anchor(index) if !self.anchors[index].constrained);
        let usage = self.certificate_of(issuer).key_usage();
        if !is_bare_key && usage.is_some_and(|usage| !usage.crl_sign()) {
            return Ok(Usable::No(self.reason(issuer.place(), Cause::NoCrlSign)));
        }
        if let Some(cause) = self.check_signature(place, issuer)? {
            return Ok(Usable::No(self.reason(place, cause)));
        }
        Ok(unprocessed.map_or(Usable::Yes, |oid| {
            Usable::Unprocessed(self.reason(place, Cause::UnprocessedExtension { oid }))
        }))
    }
}

/// Whether a CRL can answer.
enum Usable {
    Yes,
    No(Reason),
    /// It is current and the issuer's, and what it says can't be read (a delta, a
    /// part of a CRL): an answer that is no newer than it may be out of date.
    Unprocessed(Reason),
}
