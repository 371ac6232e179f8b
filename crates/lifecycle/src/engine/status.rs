//! What the store says about a certificate, as OCSP answers it.

use super::{
    Engine,
    perform::{key_failed, label},
};
use crate::{
    AuthorityId, CertificateRow, Error, Ground, Serial,
    authority::{self, Revoked},
    certificate::Status,
};
use cert_profile::{
    Issuer, Reason, RevokedEntry,
    ocsp::{CertId, CertStatus, OcspDraft, OcspRequest, SingleResponse},
};
use der::{DateTime, referenced::OwnedToRef};
use hsm::KeyHandle;
use std::collections::BTreeMap;

impl Engine {
    /// Answers an OCSP request (DER) with the key of `responder`, from the state
    /// of this moment: a freeze that is durable is in the very next answer.
    ///
    /// Only certificates of the CA that issued the responder's are known; a
    /// serial number that was never handed over is `unknown`, never `good`. An
    /// answer may be kept until its nextUpdate, as long as a CRL.
    ///
    /// # Errors
    /// [`Error::Profile`] when the request can't be read, [`Error::Refused`] when
    /// the responder has no certificate, [`Error::Key`] when its key fails.
    pub fn answer_ocsp(&self, responder: &AuthorityId, request: &[u8]) -> Result<Vec<u8>, Error> {
        let request = OcspRequest::from_der(request)?;
        let active = self.active(responder)?;
        // Whatever became of the CA's key, what it issued can be asked for.
        let ca = self.authority(&active.issuer)?;
        let ca = ca.as_ref().and_then(authority::State::established);
        let ca = ca.ok_or_else(|| Ground::not_ready(&active.issuer))?;
        let issuer = Issuer::from_certificate(&ca.certificate)?;
        let now = self.ports.clock.now();
        let until = DateTime::from_unix_duration(now.unix_duration() + self.policy.crl_lifetime)
            .map_err(Error::Damaged)?;

        let key = self.key(responder, None)?;
        let own = active.public_key()?;
        let mut draft = OcspDraft::new(own.owned_to_ref(), key.algorithm(), now)
            .nonce(request.nonce().cloned())
            .certificate(active.certificate.to_vec());
        for id in request.cert_ids() {
            let status = self.status(&active.issuer, &issuer, id)?;
            let response = SingleResponse::new(id.clone(), status, now).until(until);
            draft = draft.response(response);
        }
        let prepared = draft.prepare()?;
        let signature = key
            .sign(prepared.tbs())
            .map_err(|source| match label(responder) {
                Ok(label) => key_failed(&label, source),
                Err(error) => error,
            })?;
        Ok(prepared.attach(&signature)?)
    }

    /// What an issuer's lists are made of.
    pub(super) fn revoked(&self, issuer: &AuthorityId) -> Result<Revoked, Error> {
        let store = &self.ports.store;
        let shards: BTreeMap<_, _> = store.revoked_shards(issuer)?.into_iter().collect();
        let rows = store.revoked(issuer)?.into_iter();
        let entry = |row: CertificateRow| {
            let (at, reason) = row.revocation?;
            let entry = RevokedEntry::new(row.serial.to_x509(), at, reason);
            Some((entry, shards.get(&row.serial).copied()))
        };
        let entries = rows.filter_map(entry).collect();
        Ok(Revoked::new(entries, store.crl_points(issuer)?))
    }

    fn status(
        &self,
        issuer_id: &AuthorityId,
        issuer: &Issuer,
        id: &CertId,
    ) -> Result<CertStatus, Error> {
        if !id.matches(issuer.name(), issuer.public_key().owned_to_ref()) {
            return Ok(CertStatus::Unknown);
        }
        let serial = Serial::from(id.serial());
        let row = self.ports.store.certificate(issuer_id, &serial)?;
        Ok(match row.map(|row| (row.status, row.revocation)) {
            Some((_, Some((at, reason)))) => CertStatus::Revoked {
                at,
                // Unspecified says what saying nothing says (RFC 5280, 5.3.1).
                reason: (reason != Reason::Unspecified).then_some(reason),
            },
            // What another took the place of is as good as it was, to its end (B9).
            Some((Status::Active | Status::Superseded, None)) => CertStatus::Good,
            _ => CertStatus::Unknown,
        })
    }
}
