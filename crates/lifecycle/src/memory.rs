//! A store in memory, for tests and for trying rules out. Nothing survives it.

#[cfg(feature = "fail-points")]
use crate::fail_point;
use crate::{
    AuthorityId, Batch, CaseId, CaseNumber, CaseRow, CertificateRow, CheckpointRow, CrlPoint, Head,
    Holdings, IdempotencyKey, Notice, Record, Reservation, Serial, Store, StoreError, StreamId,
    certificate::Status, index::Holding, log::Room, ports::kind_range,
};
use der::DateTime;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound::{Excluded, Unbounded},
};

/// A store that lives as long as the process.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MemoryStore {
    records: Vec<Record>,
    certificates: BTreeMap<(AuthorityId, Serial), CertificateRow>,
    reservations: BTreeMap<(AuthorityId, Serial), Reservation>,
    crl_points: BTreeSet<CrlPoint>,
    unsettled: Vec<StreamId>,
    case: u64,
    cases: BTreeMap<CaseId, CaseRow>,
    timers: BTreeMap<StreamId, DateTime>,
    /// With whether they were told.
    notices: BTreeMap<String, (Notice, bool)>,
    checkpoint: Option<CheckpointRow>,
    submissions: BTreeMap<IdempotencyKey, u64>,
}

impl MemoryStore {
    /// Whether the certificates of a case still count.
    fn counts(&self, row: &CaseRow, holding: &Holding, now: DateTime) -> bool {
        let in_use = row.signing.as_ref().is_none_or(|key| {
            let status = self.certificates.get(key).map(|row| row.status);
            status.is_some_and(Status::is_held_by_its_owner)
        });
        in_use && holding.until.is_none_or(|until| now <= until)
    }
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
        let is_taken = batch.certificates.iter().any(taken);
        #[cfg(feature = "fail-points")]
        let is_taken = is_taken && !fail_point::is_planted(fail_point::Bug::SerialTwice);
        if is_taken {
            return conflict("a serial number is taken");
        }
        if !(self.case + 1..)
            .zip(&batch.numbers)
            .all(|(next, number)| next == number.0)
        {
            return conflict("a case number is not the next");
        }
        if batch
            .submissions
            .iter()
            .any(|(key, _)| self.submissions.contains_key(key))
        {
            return conflict("an idempotency key is taken");
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
        self.submissions.extend(batch.submissions.iter().cloned());
        for row in &batch.reservations {
            let key = (row.issuer.clone(), row.serial.clone());
            self.reservations.insert(key, row.clone());
        }
        self.crl_points.extend(batch.crl_points.iter().cloned());
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
        self.case += batch.numbers.len() as u64;
        for row in &batch.cases {
            self.cases.insert(row.id.clone(), row.clone());
        }
        for (stream, due) in &batch.timers {
            match due {
                Some(due) => drop(self.timers.insert(stream.clone(), *due)),
                None => drop(self.timers.remove(stream)),
            }
        }
        for notice in &batch.notices {
            let told = || (notice.clone(), false);
            self.notices.entry(notice.key()).or_insert_with(told);
        }
        Ok(())
    }

    fn records(&self, seq: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        let mut room = Room::default();
        let after = self.records.iter().filter(|record| record.seq > seq);
        let page = after.take(limit).take_while(|one| room.takes(&one.octets));
        Ok(page.cloned().collect())
    }

    fn digests(&self, seq: u64, limit: usize) -> Result<Vec<[u8; 32]>, StoreError> {
        let after = self.records.iter().filter(|record| record.seq > seq);
        Ok(after.take(limit).map(|record| record.digest).collect())
    }

    fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        Ok(self.checkpoint.clone())
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        if self
            .checkpoint
            .as_ref()
            .is_some_and(|last| last.size >= row.size)
        {
            return Err(StoreError::Conflict {
                what: "a checkpoint of more records is there",
            });
        }
        self.checkpoint = Some(row.clone());
        Ok(())
    }

    fn stream(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError> {
        let own = self
            .records
            .iter()
            .filter(|record| record.stream == *stream);
        Ok(own.cloned().collect())
    }

    fn streams(
        &self,
        kind: &str,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<StreamId>, StoreError> {
        let [start, end] = kind_range(kind, after);
        let names = self.records.iter().filter(|record| record.version == 1);
        let names = names.map(|record| (record.stream.to_string(), &record.stream));
        let own: BTreeMap<_, _> = names
            .filter(|(name, _)| start < *name && *name < end)
            .collect();
        Ok(own.into_values().take(limit).cloned().collect())
    }

    fn revoked(
        &self,
        issuer: &AuthorityId,
    ) -> Result<Vec<(CertificateRow, Option<u32>)>, StoreError> {
        let own = self.certificates.iter();
        let own = own.filter(|(_, row)| row.issuer == *issuer && row.revocation.is_some());
        let listed = own.map(|(key, row)| {
            let fixed = self.reservations.get(key);
            (row.clone(), fixed.and_then(|fixed| fixed.shard))
        });
        Ok(listed.collect())
    }

    fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        let key = (issuer.clone(), serial.clone());
        Ok(self.certificates.get(&key).cloned())
    }

    fn reservation(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<Reservation>, StoreError> {
        let key = (issuer.clone(), serial.clone());
        Ok(self.reservations.get(&key).cloned())
    }

    fn reservations_of(&self, key: &[u8; 32]) -> Result<Vec<Reservation>, StoreError> {
        let own = self.reservations.values().filter(|row| row.key == *key);
        Ok(own.cloned().collect())
    }

    fn reservations(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<Reservation>, StoreError> {
        let own = self.reservations.values();
        let own = own
            .filter(|row| row.issuer == *issuer && after.is_none_or(|after| row.serial > *after));
        Ok(own.take(limit).cloned().collect())
    }

    fn crl_points(&self, issuer: &AuthorityId) -> Result<Vec<CrlPoint>, StoreError> {
        let own = self
            .crl_points
            .iter()
            .filter(|point| point.issuer == *issuer);
        Ok(own.cloned().collect())
    }

    fn certificates(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<CertificateRow>, StoreError> {
        let own = self.certificates.values();
        let own = own
            .filter(|row| row.issuer == *issuer && after.is_none_or(|after| row.serial > *after));
        Ok(own.take(limit).cloned().collect())
    }

    fn certificate_count(&self) -> Result<u64, StoreError> {
        Ok(self.certificates.len() as u64)
    }

    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError> {
        Ok(self.unsettled.clone())
    }

    fn to_settle(&mut self, limit: usize) -> Result<Vec<StreamId>, StoreError> {
        Ok(self.unsettled.iter().take(limit).cloned().collect())
    }

    fn first_under(&self, key: &IdempotencyKey) -> Result<Option<u64>, StoreError> {
        Ok(self.submissions.get(key).copied())
    }

    fn submissions(
        &self,
        after: Option<&IdempotencyKey>,
        limit: usize,
    ) -> Result<Vec<(IdempotencyKey, u64)>, StoreError> {
        let start = after.map_or(Unbounded, Excluded);
        let rows = self
            .submissions
            .range::<IdempotencyKey, _>((start, Unbounded));
        Ok(rows
            .take(limit)
            .map(|(key, seq)| (key.clone(), *seq))
            .collect())
    }

    fn last_case(&self) -> Result<CaseNumber, StoreError> {
        Ok(CaseNumber(self.case))
    }

    fn case(&self, id: &CaseId) -> Result<Option<CaseRow>, StoreError> {
        Ok(self.cases.get(id).cloned())
    }

    fn cases(&self, after: Option<&CaseId>, limit: usize) -> Result<Vec<CaseRow>, StoreError> {
        let start = after.map_or(Unbounded, Excluded);
        let rows = self.cases.range::<CaseId, _>((start, Unbounded));
        Ok(rows.take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn case_of(&self, issuer: &AuthorityId, serial: &Serial) -> Result<Option<CaseId>, StoreError> {
        let key = Some((issuer.clone(), serial.clone()));
        let mut rows = self.cases.values();
        let found = rows.find(|row| row.signing == key || row.encryption == key);
        Ok(found.map(|row| row.id.clone()))
    }

    fn holdings(&self, asked: &Holdings<'_>) -> Result<u32, StoreError> {
        let counts = |row: &&CaseRow| {
            let own = |holding: &&Holding| {
                (&*holding.unit, &*holding.certificate) == (asked.unit, asked.certificate)
            };
            row.holding
                .as_ref()
                .filter(own)
                .is_some_and(|holding| self.counts(row, holding, asked.now))
        };
        let replaced = |row: &CaseRow| {
            let holding = row.holding.as_ref();
            let old = holding.and_then(|holding| self.cases.get(holding.replaces.as_ref()?));
            old.is_some_and(|old| counts(&old))
        };
        let rows = self.cases.values().filter(counts);
        let rows = rows.filter(|row| !asked.except.contains(&Some(&row.id)) && !replaced(row));
        Ok(u32::try_from(rows.count()).unwrap_or(u32::MAX))
    }

    fn due_by(&self, now: DateTime, limit: usize) -> Result<Vec<(StreamId, DateTime)>, StoreError> {
        let due = self.timers.iter().filter(|(_, due)| **due < now);
        let mut due: Vec<_> = due.map(|(stream, due)| (stream.clone(), *due)).collect();
        due.sort_by_key(|(stream, due)| (*due, stream.to_string()));
        due.truncate(limit);
        Ok(due)
    }

    fn notices(&self, now: DateTime, limit: usize) -> Result<Vec<Notice>, StoreError> {
        let open = self.notices.values().filter(|(_, told)| !told);
        let due = open.filter(|(notice, _)| notice.from <= now);
        let mut due: Vec<_> = due.map(|(notice, _)| notice.clone()).collect();
        // They come by key, and a sort keeps the order of equals.
        due.sort_by_key(|notice| notice.from);
        due.truncate(limit);
        Ok(due)
    }

    fn notice_told(&self, key: &str) -> Result<Option<bool>, StoreError> {
        Ok(self.notices.get(key).map(|(_, told)| *told))
    }

    fn note_told(&mut self, key: &str) -> Result<(), StoreError> {
        if let Some((_, told)) = self.notices.get_mut(key) {
            *told = true;
        }
        Ok(())
    }
}
