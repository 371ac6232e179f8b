//! A store in memory, for tests and for trying rules out. Nothing survives it.

use crate::{
    AuthorityId, Batch, CaseNumber, CertificateRow, Head, Record, Serial, Store, StoreError,
    StreamId, certificate::Status,
};
use std::collections::BTreeMap;

/// A store that lives as long as the process.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MemoryStore {
    records: Vec<Record>,
    certificates: BTreeMap<(AuthorityId, Serial), CertificateRow>,
    unsettled: Vec<StreamId>,
    case: u64,
}

impl Store for MemoryStore {
    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.records.last().map_or(Head::EMPTY, Record::head))
    }

    fn append(&mut self, expected: &Head, batch: &Batch) -> Result<(), StoreError> {
        let conflict = |what| Err(StoreError::Conflict { what });
        if self.head()? != *expected {
            return conflict("records were added in between");
        }
        let taken = |row: &CertificateRow| {
            let key = (row.issuer.clone(), row.serial.clone());
            row.status == Status::Reserved && self.certificates.contains_key(&key)
        };
        if batch.certificates.iter().any(taken) {
            return conflict("a serial number is taken");
        }
        if batch.case.is_some_and(|case| case.0 != self.case + 1) {
            return conflict("a case number is not the next");
        }
        let written = |new: &Record| {
            let same = |old: &Record| {
                old.seq == new.seq || (&old.stream, old.version) == (&new.stream, new.version)
            };
            self.records.iter().any(same)
        };
        if batch.records.iter().any(written) {
            return conflict("a place in the log or in a history is taken");
        }
        self.records.extend(batch.records.iter().cloned());
        for row in &batch.certificates {
            let key = (row.issuer.clone(), row.serial.clone());
            self.certificates.insert(key, row.clone());
        }
        for (stream, waits) in &batch.unsettled {
            match (
                waits,
                self.unsettled.iter().position(|known| known == stream),
            ) {
                (true, None) => self.unsettled.push(stream.clone()),
                (false, Some(place)) => drop(self.unsettled.remove(place)),
                _ => {}
            }
        }
        self.case = batch.case.map_or(self.case, |case| case.0);
        Ok(())
    }

    fn records(&self, seq: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        let after = self.records.iter().filter(|record| record.seq > seq);
        Ok(after.take(limit).cloned().collect())
    }

    fn stream(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError> {
        let own = self
            .records
            .iter()
            .filter(|record| record.stream == *stream);
        Ok(own.cloned().collect())
    }

    fn revoked(&self, issuer: &AuthorityId) -> Result<Vec<CertificateRow>, StoreError> {
        let listed = |row: &&CertificateRow| row.issuer == *issuer && row.revocation.is_some();
        Ok(self.certificates.values().filter(listed).cloned().collect())
    }

    fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        let key = (issuer.clone(), serial.clone());
        Ok(self.certificates.get(&key).cloned())
    }

    fn certificate_count(&self) -> Result<u64, StoreError> {
        Ok(self.certificates.len() as u64)
    }

    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError> {
        Ok(self.unsettled.clone())
    }

    fn last_case(&self) -> Result<CaseNumber, StoreError> {
        Ok(CaseNumber(self.case))
    }
}
