//! The store's place while the store is elsewhere.

use crate::{
    AuthorityId, Batch, CaseId, CaseNumber, CaseRow, CertificateRow, CheckpointRow, CrlPoint, Head,
    Holdings, IdempotencyKey, Notice, Record, Reservation, Serial, Store, StoreError, StreamId,
};
use der::DateTime;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Answers nothing, and remembers that it was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Away(Arc<AtomicBool>);

impl Away {
    /// Whether anybody asked since this was asked last.
    pub(super) fn asked(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    fn gone<T>(&self) -> Result<T, StoreError> {
        self.0.store(true, Ordering::Relaxed);
        Err(StoreError::Other("the store is being written to"))
    }
}

impl Store for Away {
    fn head(&self) -> Result<Head, StoreError> {
        self.gone()
    }

    fn append(&mut self, _: &Head, _: &Batch) -> Result<(), StoreError> {
        self.gone()
    }

    fn records(&self, _: u64, _: usize) -> Result<Vec<Record>, StoreError> {
        self.gone()
    }

    fn digests(&self, _: u64, _: usize) -> Result<Vec<[u8; 32]>, StoreError> {
        self.gone()
    }

    fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        self.gone()
    }

    fn put_checkpoint(&mut self, _: &CheckpointRow) -> Result<(), StoreError> {
        self.gone()
    }

    fn stream(&self, _: &StreamId) -> Result<Vec<Record>, StoreError> {
        self.gone()
    }

    fn streams(
        &self,
        _: &str,
        _: Option<&StreamId>,
        _: usize,
    ) -> Result<Vec<StreamId>, StoreError> {
        self.gone()
    }

    fn revoked(&self, _: &AuthorityId) -> Result<Vec<(CertificateRow, Option<u32>)>, StoreError> {
        self.gone()
    }

    fn certificate(
        &self,
        _: &AuthorityId,
        _: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        self.gone()
    }

    fn reservation(&self, _: &AuthorityId, _: &Serial) -> Result<Option<Reservation>, StoreError> {
        self.gone()
    }

    fn reservations_of(&self, _: &[u8; 32]) -> Result<Vec<Reservation>, StoreError> {
        self.gone()
    }

    fn reservations(
        &self,
        _: &AuthorityId,
        _: Option<&Serial>,
        _: usize,
    ) -> Result<Vec<Reservation>, StoreError> {
        self.gone()
    }

    fn crl_points(&self, _: &AuthorityId) -> Result<Vec<CrlPoint>, StoreError> {
        self.gone()
    }

    fn certificates(
        &self,
        _: &AuthorityId,
        _: Option<&Serial>,
        _: usize,
    ) -> Result<Vec<CertificateRow>, StoreError> {
        self.gone()
    }

    fn certificate_count(&self) -> Result<u64, StoreError> {
        self.gone()
    }

    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError> {
        self.gone()
    }

    fn first_under(&self, _: &IdempotencyKey) -> Result<Option<u64>, StoreError> {
        self.gone()
    }

    fn submissions(
        &self,
        _: Option<&IdempotencyKey>,
        _: usize,
    ) -> Result<Vec<(IdempotencyKey, u64)>, StoreError> {
        self.gone()
    }

    fn to_settle(&mut self, _: usize) -> Result<Vec<StreamId>, StoreError> {
        self.gone()
    }

    fn last_case(&self) -> Result<CaseNumber, StoreError> {
        self.gone()
    }

    fn case(&self, _: &CaseId) -> Result<Option<CaseRow>, StoreError> {
        self.gone()
    }

    fn cases(&self, _: Option<&CaseId>, _: usize) -> Result<Vec<CaseRow>, StoreError> {
        self.gone()
    }

    fn case_of(&self, _: &AuthorityId, _: &Serial) -> Result<Option<CaseId>, StoreError> {
        self.gone()
    }

    fn holdings(&self, _: &Holdings<'_>) -> Result<u32, StoreError> {
        self.gone()
    }

    fn due_by(&self, _: DateTime, _: usize) -> Result<Vec<(StreamId, DateTime)>, StoreError> {
        self.gone()
    }

    fn notices(&self, _: DateTime, _: usize) -> Result<Vec<Notice>, StoreError> {
        self.gone()
    }

    fn notice_told(&self, _: &str) -> Result<Option<bool>, StoreError> {
        self.gone()
    }

    fn note_told(&mut self, _: &str) -> Result<(), StoreError> {
        self.gone()
    }
}
