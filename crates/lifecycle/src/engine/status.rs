//! What the store says about a certificate, as OCSP answers it and CRLs list it.

use super::{
    Engine,
    perform::{key_failed, label},
};
use crate::{
    AuthorityId, CertificateRow, Error, Ground, Serial,
    authority::{self, Active, Revoked},
    certificate::Status,
};
use cert_profile::{
    Issuer, Reason, RevokedEntry,
    ocsp::{CertId, CertStatus, Nonce, OcspDraft, OcspRequest, SingleResponse},
};
use der::{DateTime, referenced::OwnedToRef};
use hsm::{Checked, KeyHandle};
use std::collections::HashMap;

/// Certificates that are read from the store at a time.
const PAGE: usize = 1_000;

/// Who answers, for which CA, at which time.
struct Responder<'a> {
    id: &'a AuthorityId,
    key: Checked<Box<dyn KeyHandle>>,
    active: Active,
    issuer: Issuer,
    now: DateTime,
    until: DateTime,
}

impl Engine {
    /// Answers an OCSP request (DER) with the key of `responder`, from the state
    /// of this moment: a freeze that is durable is in the very next answer.
    ///
    /// Only certificates of the CA that issued the responder's are known; a
    /// serial number that was never handed over is `unknown`, never `good`. An
    /// answer may be kept until its nextUpdate, as long as a CRL. A question about one
    /// certificate without a nonce has the answer that was [signed before](Self::presign), if
    /// nothing happened to the certificate since. An answer about an expired certificate says
    /// since when those are kept (archive cutoff, RFC 6960, 4.4.4), if the policy does.
    ///
    /// # Errors
    /// [`Error::Profile`] when the request can't be read, [`Error::Refused`] when
    /// the responder has no certificate, [`Error::Key`] when its key fails.
    pub fn answer_ocsp(&self, responder: &AuthorityId, request: &[u8]) -> Result<Vec<u8>, Error> {
        let now = self.ports.clock.now();
        let store = &self.ports.store;
        // Where others write to the same store, it must be asked whether they did.
        if store.is_shared() {
            self.view.catch_up(&**store)?;
        }
        let signed = Some(&self.answers).filter(|set| set.are_of(self.view.overtaken()));
        if let Some(answer) = signed.and_then(|set| set.find(responder, request, now)) {
            return Ok(answer.to_vec());
        }
        let request = OcspRequest::from_der(request)?;
        if let Some(answer) = signed.and_then(|set| set.find_read(responder, &request, now)) {
            return Ok(answer.to_vec());
        }
        let responder = self.responder(responder, now)?;
        let about = |id: &CertId| self.single(&responder, id.clone());
        let singles = request.cert_ids().iter().map(about);
        let singles = singles.collect::<Result<_, _>>()?;
        responder.sign(singles, request.nonce())
    }

    /// Signs answers before anybody asks, with the key of `responder`: about these
    /// certificates of its CA, or about all that are in use and did not expire; about each by
    /// SHA-1 and by SM3. They last as long as others do: to be called again before their
    /// nextUpdate, and for what changed since. How many were signed.
    ///
    /// # Errors
    /// As [`Self::answer_ocsp`]. What was signed before the failure stays.
    pub fn presign(
        &mut self,
        responder: &AuthorityId,
        serials: Option<&[Serial]>,
    ) -> Result<usize, Error> {
        let id = responder;
        let responder = self.responder(id, self.ports.clock.now())?;
        self.answers.begin(self.view.overtaken(), responder.now);
        let ca = responder.active.issuer.clone();
        if let Some(serials) = serials {
            let mut about = Vec::new();
            for serial in serials {
                if let Some(row) = self.ports.store.certificate(&ca, serial)? {
                    about.push((row, self.end_to_tell(&ca, serial)?));
                }
            }
            return self.presign_each(&responder, about);
        }
        let (mut signed, mut after) = (0, None);
        loop {
            let store = &self.ports.store;
            let rows = store.certificates(&ca, after.as_ref(), PAGE)?;
            let Some(last) = rows.last() else {
                return Ok(signed);
            };
            // Of no more numbers than there are rows is anything fixed.
            let ends = store.reservations(&ca, after.as_ref(), PAGE)?.into_iter();
            let ends: HashMap<_, _> = ends.map(|fixed| (fixed.serial, fixed.not_after)).collect();
            after = Some(last.serial.clone());
            let about = rows.into_iter().filter_map(|row| {
                let end = ends.get(&row.serial).copied();
                let is_used = matches!(row.status, Status::Active | Status::Superseded);
                let is_asked_for = is_used && end.is_some_and(|end| responder.now <= end);
                is_asked_for.then_some((row, end))
            });
            signed += self.presign_each(&responder, about.collect())?;
        }
    }

    /// About certificates, each with its end where that may be told.
    fn presign_each(
        &mut self,
        responder: &Responder<'_>,
        about: Vec<(CertificateRow, Option<DateTime>)>,
    ) -> Result<usize, Error> {
        let (ca, issuer) = (&responder.active.issuer, &responder.issuer);
        let mut signed = 0;
        for (row, end) in about {
            let status = status_of(Some(&row));
            if status == CertStatus::Unknown {
                continue;
            }
            let serial = &row.serial;
            let key = || issuer.public_key().owned_to_ref();
            for id in [
                CertId::new(issuer.name(), key(), serial.to_x509())?,
                CertId::with_sm3(issuer.name(), key(), serial.to_x509())?,
            ] {
                let single = self.say(responder, id.clone(), status.clone(), end)?;
                let octets = responder.sign(vec![single], None)?;
                let lasts = (responder.now, responder.until);
                self.answers
                    .keep((responder.id, ca), (&id, serial), octets, lasts)?;
                signed += 1;
            }
        }
        Ok(signed)
    }

    fn responder<'a>(&self, id: &'a AuthorityId, now: DateTime) -> Result<Responder<'a>, Error> {
        let active = self.active(id)?;
        // Whatever became of the CA's key, what it issued can be asked for.
        let ca = self.authority(&active.issuer)?;
        let ca = ca.as_ref().and_then(authority::State::established);
        let ca = ca.ok_or_else(|| Ground::not_ready(&active.issuer))?;
        let until = now.unix_duration() + self.policy.crl_lifetime;
        Ok(Responder {
            id,
            key: self.key(id, None)?,
            issuer: Issuer::from_certificate(&ca.certificate)?,
            active,
            now,
            until: DateTime::from_unix_duration(until).map_err(Error::Damaged)?,
        })
    }

    /// What is said of one certificate.
    fn single(&self, responder: &Responder<'_>, id: CertId) -> Result<SingleResponse, Error> {
        let (ca, issuer) = (&responder.active.issuer, &responder.issuer);
        let serial = Serial::from(id.serial());
        let is_own = id.matches(issuer.name(), issuer.public_key().owned_to_ref());
        let row = match is_own {
            true => self.ports.store.certificate(ca, &serial)?,
            false => None,
        };
        let status = status_of(row.as_ref());
        let end = match status {
            CertStatus::Unknown => None,
            _ => self.end_to_tell(ca, &serial)?,
        };
        self.say(responder, id, status, end)
    }

    /// When a certificate ends, if answers say anything of that.
    fn end_to_tell(&self, ca: &AuthorityId, serial: &Serial) -> Result<Option<DateTime>, Error> {
        if self.policy.archive.is_none() {
            return Ok(None);
        }
        let fixed = self.ports.store.reservation(ca, serial)?;
        Ok(fixed.map(|fixed| fixed.not_after))
    }

    fn say(
        &self,
        responder: &Responder<'_>,
        id: CertId,
        status: CertStatus,
        end: Option<DateTime>,
    ) -> Result<SingleResponse, Error> {
        let now = responder.now;
        let single = SingleResponse::new(id, status, now).until(responder.until);
        Ok(match self.policy.archive {
            Some(kept) if end.is_some_and(|end| end < now) => {
                let since = now.unix_duration().saturating_sub(kept);
                let since = DateTime::from_unix_duration(since).map_err(Error::Damaged)?;
                single.archived_since(since)
            }
            _ => single,
        })
    }

    /// What an issuer's lists are made of.
    pub(super) fn revoked(&self, issuer: &AuthorityId) -> Result<Revoked, Error> {
        let store = &self.ports.store;
        let rows = store.revoked(issuer)?.into_iter();
        let entry = |(row, shard): (CertificateRow, _)| {
            let (at, reason) = row.revocation?;
            let entry = RevokedEntry::new(row.serial.to_x509(), at, reason);
            Some((entry, shard))
        };
        let entries = rows.filter_map(entry).collect();
        Ok(Revoked::new(entries, store.crl_points(issuer)?))
    }
}

/// What a store says of a certificate of an issuer, or of a number that it does not have.
fn status_of(row: Option<&CertificateRow>) -> CertStatus {
    match row.map(|row| (row.status, row.revocation)) {
        Some((_, Some((at, reason)))) => CertStatus::Revoked {
            at,
            // Unspecified says what saying nothing says (RFC 5280, 5.3.1).
            reason: (reason != Reason::Unspecified).then_some(reason),
        },
        // What another took the place of is as good as it was, to its end (B9).
        Some((Status::Active | Status::Superseded, None)) => CertStatus::Good,
        _ => CertStatus::Unknown,
    }
}

impl Responder<'_> {
    fn sign(&self, singles: Vec<SingleResponse>, nonce: Option<&Nonce>) -> Result<Vec<u8>, Error> {
        let own = self.active.public_key()?;
        let mut draft = OcspDraft::new(own.owned_to_ref(), self.key.algorithm(), self.now)
            .nonce(nonce.cloned())
            .certificate(self.active.certificate.to_vec());
        for single in singles {
            draft = draft.response(single);
        }
        let prepared = draft.prepare()?;
        let signature = self
            .key
            .sign(prepared.tbs())
            .map_err(|source| match label(self.id) {
                Ok(label) => key_failed(&label, source),
                Err(error) => error,
            })?;
        Ok(prepared.attach(&signature)?)
    }
}
