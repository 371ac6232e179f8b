//! Who signed a CRL, and whether that key may (RFC 5280, 6.3.3 (f) and (g)).

use super::{
    Cause, Place, Reason,
    reason::printable,
    revocation::Context,
    search::{Goal, Issuer, Search, Stopped},
};
use core::mem;
use der::DateTime;

/// Certificates in question for the sake of others, one within the other: two for each
/// signer whose own status is asked.
const MAX_NESTED: usize = 8;

pub(super) enum Signer {
    Known(Issuer),
    /// Nobody, and why each who came into question is not.
    Unknown(Vec<Reason>),
}

impl Search<'_, '_> {
    /// Tries the issuer of the certificate in question, those above it, and then everybody
    /// else of the CRL's name. With `circular` whose own status is in question may answer
    /// too.
    pub(super) fn signer_of(
        &mut self,
        crl: usize,
        context: Context<'_>,
        circular: bool,
    ) -> Result<Signer, Stopped> {
        let place = Place::Crl(crl);
        let mut candidates = self.of_name(self.options.crls[crl].issuer_key());
        candidates.retain(|candidate| match candidate {
            Issuer::Anchor(index) => *index == context.anchor,
            Issuer::Certificate(_) => true,
        });
        candidates.sort_by_key(|candidate| {
            (*candidate != context.issuer, !is_above(context, *candidate))
        });
        let mut obstacles = Vec::new();
        for candidate in candidates {
            if let Some(cause) = self.check_signature(place, candidate)? {
                obstacles.push(self.reason(place, cause));
                continue;
            }
            let usage = self.certificate_of(candidate).key_usage();
            if !self.is_bare_key(candidate) && usage.is_some_and(|usage| !usage.crl_sign()) {
                obstacles.push(self.reason(candidate.place(), Cause::NoCrlSign));
                continue;
            }
            let Issuer::Certificate(index) = candidate else {
                return Ok(Signer::Known(candidate));
            };
            if is_above(context, candidate) {
                return Ok(Signer::Known(candidate));
            }
            if self.in_question.contains(&index) {
                if circular {
                    self.assumed += 1;
                    return Ok(Signer::Known(candidate));
                }
                continue;
            }
            let issued = self.options.crls[crl].this_update();
            match self.check_signer(index, context.anchor, self.options.within(issued))? {
                None => return Ok(Signer::Known(candidate)),
                Some(cause) => {
                    let signer = candidate.place();
                    let cause = Some(Box::new(cause));
                    let refused = Cause::CrlSignerRefused { signer, cause };
                    obstacles.push(self.reason(place, refused));
                }
            }
        }
        if obstacles.is_empty() {
            let issuer = printable(self.options.crls[crl].issuer());
            obstacles.push(self.reason(place, Cause::NoCrlSigner { issuer }));
        }
        Ok(Signer::Unknown(obstacles))
    }

    /// Why a certificate had no valid path to an anchor when it signed, its status included;
    /// nothing when it had.
    fn check_signer(
        &mut self,
        index: usize,
        anchor: usize,
        moment: DateTime,
    ) -> Result<Option<Cause>, Stopped> {
        if let Some(known) = self.signers.get(&(index, anchor, moment)) {
            return Ok(known.clone());
        }
        if self.in_question.len() >= MAX_NESTED {
            return Ok(Some(Cause::StatusUnknown));
        }
        let outer_moment = mem::replace(&mut self.moment, moment);
        let refused = self.check_signer_now(index, anchor);
        self.moment = outer_moment;
        refused
    }

    fn check_signer_now(&mut self, index: usize, anchor: usize) -> Result<Option<Cause>, Stopped> {
        let alone = self.check_alone(Place::Certificate(index));
        if let Some(cause) = alone.into_iter().next() {
            return Ok(Some(cause));
        }
        let is_outermost = self.in_question.len() == 1;
        let (assumed, outer) = (self.assumed, mem::take(&mut self.reasons));
        // The CAs above it may have their status in what it signs.
        self.in_question.push(index);
        let found = self.find(index, Goal::CrlSigner { anchor });
        self.in_question.pop();
        let mut inner = mem::replace(&mut self.reasons, outer);
        let refused = match found? {
            Some(_) => None,
            None => {
                let reason = inner.take_reasons().into_iter().next();
                Some(reason.map_or(Cause::NoAnchor, |reason| reason.cause))
            }
        };
        // What rests on the status of another in question is true in this question alone.
        if self.assumed == assumed && is_outermost {
            let at = self.moment;
            self.signers.insert((index, anchor, at), refused.clone());
        }
        Ok(refused)
    }
}

fn is_above(context: Context<'_>, candidate: Issuer) -> bool {
    match candidate {
        Issuer::Anchor(index) => index == context.anchor,
        Issuer::Certificate(index) => context.above.contains(&index),
    }
}
