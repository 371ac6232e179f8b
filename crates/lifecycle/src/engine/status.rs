//! What the store says about a certificate, as OCSP answers it and CRLs list it.

use super::{
    Engine,
    perform::{key_failed, label},
};
use crate::{
    AuthorityId, CertificateRow, Error, Ground, Serial, StreamId,
    authority::{self, Revoked},
    certificate::Status,
};
use cert_profile::{
    Issuer, Reason, RevokedEntry,
    ocsp::{CertId, CertStatus, Nonce, OcspDraft, OcspRequest, SingleResponse},
};
use der::{DateTime, referenced::OwnedToRef};
use hsm::{Checked, KeyHandle};
use spki::SubjectPublicKeyInfoOwned;
use std::{collections::HashMap, sync::Arc};

/// Certificates that are read from the store at a time.
const PAGE: usize = 1_000;

/// Who answers for which CA: certificates and key are read once for a state of both.
#[derive(Debug)]
pub(super) struct Responder {
    id: AuthorityId,
    /// The responder's authority and the CA as they were then.
    states: [Arc<authority::State>; 2],
    key: Checked<Box<dyn KeyHandle>>,
    own: SubjectPublicKeyInfoOwned,
    certificate: Vec<u8>,
    ca: AuthorityId,
    issuer: Issuer,
}

/// A responder at one time.
struct Answering {
    responder: Arc<Responder>,
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
        self.heed_others()?;
        let signed = Some(&self.answers).filter(|set| set.are_of(self.view.overtaken()));
        if let Some(answer) = signed.and_then(|set| set.find(responder, request, now)) {
            return Ok(answer.to_vec());
        }
        let request = OcspRequest::from_der(request)?;
        if let Some(answer) = signed.and_then(|set| set.find_read(responder, &request, now)) {
            return Ok(answer.to_vec());
        }
        let answering = self.answering(responder, now)?;
        let about = |id: &CertId| self.single(&answering, id.clone());
        let singles = request.cert_ids().iter().map(about);
        let singles = singles.collect::<Result<_, _>>()?;
        self.sign(&answering, singles, request.nonce())
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
        self.heed_others()?;
        let answering = self.answering(responder, self.ports.clock.now())?;
        self.answers.begin(self.view.overtaken(), answering.now);
        let ca = answering.responder.ca.clone();
        if let Some(serials) = serials {
            let mut about = Vec::new();
            for serial in serials {
                if let Some(row) = self.ports.store.certificate(&ca, serial)? {
                    about.push((row, self.end_to_tell(&ca, serial)?));
                }
            }
            return self.presign_each(&answering, about);
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
                let is_asked_for = is_used && end.is_some_and(|end| answering.now <= end);
                is_asked_for.then_some((row, end))
            });
            signed += self.presign_each(&answering, about.collect())?;
        }
    }

    /// About certificates, each with its end where that may be told.
    fn presign_each(
        &mut self,
        answering: &Answering,
        about: Vec<(CertificateRow, Option<DateTime>)>,
    ) -> Result<usize, Error> {
        let Responder { id, ca, issuer, .. } = &*answering.responder;
        let responder = id;
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
                let single = self.say(answering, id.clone(), status.clone(), end)?;
                let octets = self.sign(answering, vec![single], None)?;
                let lasts = (answering.now, answering.until);
                self.answers
                    .keep((responder, ca), (&id, serial), octets, lasts)?;
                signed += 1;
            }
        }
        Ok(signed)
    }

    /// Where others write to the same store, it must be asked whether they did.
    fn heed_others(&self) -> Result<(), Error> {
        let store = &*self.ports.store;
        if store.is_shared() {
            self.view.catch_up(store)?;
        }
        Ok(())
    }

    fn answering(&self, id: &AuthorityId, now: DateTime) -> Result<Answering, Error> {
        let until = now.unix_duration() + self.policy.crl_lifetime;
        Ok(Answering {
            responder: self.responder(id)?,
            now,
            until: DateTime::from_unix_duration(until).map_err(Error::Damaged)?,
        })
    }

    fn responder(&self, id: &AuthorityId) -> Result<Arc<Responder>, Error> {
        let state = |id: &AuthorityId| -> Result<Arc<authority::State>, Error> {
            let stream = StreamId::Authority(id.clone());
            let state = self.view.known(&*self.ports.store, &stream)?.state;
            Ok(state.ok_or_else(|| Ground::not_ready(id))?)
        };
        let own = state(id)?;
        let active = own.signing().ok_or_else(|| Ground::not_ready(id))?;
        // Whatever became of the CA's key, what it issued can be asked for.
        let issuing = state(&active.issuer)?;
        let known = self.responders.borrow().get(id).cloned();
        if let Some(known) = known
            && Arc::ptr_eq(&known.states[0], &own)
            && Arc::ptr_eq(&known.states[1], &issuing)
        {
            return Ok(known);
        }
        let ca = issuing.established();
        let ca = ca.ok_or_else(|| Ground::not_ready(&active.issuer))?;
        let read = Arc::new(Responder {
            id: id.clone(),
            key: self.key(id, None)?,
            own: active.public_key()?,
            certificate: active.certificate.to_vec(),
            ca: active.issuer.clone(),
            issuer: Issuer::from_certificate(&ca.certificate)?,
            states: [Arc::clone(&own), issuing],
        });
        let mut responders = self.responders.borrow_mut();
        responders.insert(id.clone(), Arc::clone(&read));
        Ok(read)
    }

    fn sign(
        &self,
        answering: &Answering,
        singles: Vec<SingleResponse>,
        nonce: Option<&Nonce>,
    ) -> Result<Vec<u8>, Error> {
        let Responder { id, key, own, .. } = &*answering.responder;
        let mut draft = OcspDraft::new(own.owned_to_ref(), key.algorithm(), answering.now)
            .nonce(nonce.cloned())
            .certificate(answering.responder.certificate.clone());
        for single in singles {
            draft = draft.response(single);
        }
        let prepared = draft.prepare()?;
        let signature = key.sign(prepared.tbs()).map_err(|source| {
            // Its token may have lost it: the next one asks the token again.
            self.responders.borrow_mut().remove(id);
            match label(id) {
                Ok(label) => key_failed(&label, source),
                Err(error) => error,
            }
        })?;
        Ok(prepared.attach(&signature)?)
    }

    /// What is said of one certificate.
    fn single(&self, answering: &Answering, id: CertId) -> Result<SingleResponse, Error> {
        let Responder { ca, issuer, .. } = &*answering.responder;
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
        self.say(answering, id, status, end)
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
        answering: &Answering,
        id: CertId,
        status: CertStatus,
        end: Option<DateTime>,
    ) -> Result<SingleResponse, Error> {
        let now = answering.now;
        let single = SingleResponse::new(id, status, now).until(answering.until);
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
