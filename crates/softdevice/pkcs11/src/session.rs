//! A session and the operations that are under way in it.

use crate::{
    cipher::Cipher,
    digest::Digester,
    object::{Entry, Handle, Meta},
    rv::{Result, Rv},
    sign::{Signer, Verifier},
    template::{Plan, Template},
    token::Token,
};
use cryptoki_sys::*;
use softdevice::Role;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) handle: CK_SESSION_HANDLE,
    pub(crate) slot: CK_SLOT_ID,
    pub(crate) token: Arc<Token>,
    pub(crate) read_write: bool,
    operations: Mutex<Operations>,
}

/// One operation of each kind.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    pub(crate) find: Option<VecDeque<Handle>>,
    pub(crate) sign: Option<Signer>,
    pub(crate) verify: Option<Verifier>,
    pub(crate) encrypt: Option<Cipher>,
    pub(crate) decrypt: Option<Cipher>,
    pub(crate) digest: Option<Digester>,
}

impl Session {
    pub(crate) fn new(
        handle: CK_SESSION_HANDLE,
        slot: CK_SLOT_ID,
        token: Arc<Token>,
        read_write: bool,
    ) -> Self {
        Self {
            handle,
            slot,
            token,
            read_write,
            operations: Mutex::default(),
        }
    }

    pub(crate) fn operations(&self) -> MutexGuard<'_, Operations> {
        self.operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The state that `C_GetSessionInfo` tells.
    pub(crate) fn state(&self) -> CK_STATE {
        match (self.token.role(), self.read_write) {
            (Some(Role::Administrator), _) => CKS_RW_SO_FUNCTIONS,
            (Some(_), true) => CKS_RW_USER_FUNCTIONS,
            (Some(_), false) => CKS_RO_USER_FUNCTIONS,
            (None, true) => CKS_RW_PUBLIC_SESSION,
            (None, false) => CKS_RO_PUBLIC_SESSION,
        }
    }

    /// An object as a key for an operation.
    pub(crate) fn key(&self, handle: CK_OBJECT_HANDLE) -> Result<Arc<Entry>> {
        self.token
            .entry(Handle(handle))
            .map_err(|error| match error {
                Rv(CKR_OBJECT_HANDLE_INVALID) => Rv(CKR_KEY_HANDLE_INVALID),
                error => error,
            })
    }

    /// Refuses what this session may not make, change or delete.
    pub(crate) fn expect_writable(&self, token: bool, private: bool) -> Result<()> {
        if token && !self.read_write {
            return Err(Rv(CKR_SESSION_READ_ONLY));
        }
        if private {
            self.token.user()?;
        }
        Ok(())
    }

    /// As [`Self::expect_writable`], for what a plan makes.
    pub(crate) fn expect_plan(&self, plan: &Plan) -> Result<()> {
        self.expect_writable(plan.token, plan.private)
    }

    /// As [`Self::expect_writable`], for an object that is there.
    pub(crate) fn expect_object(&self, meta: &Meta) -> Result<()> {
        self.expect_writable(meta.token, meta.private)
    }

    /// Begins a search (`C_FindObjectsInit`): an empty template finds everything.
    pub(crate) fn find(
        &self,
        template: &Template,
        matches: impl Fn(&Entry, CK_ATTRIBUTE_TYPE, &[u8]) -> bool,
    ) -> Result<()> {
        let mut operations = self.operations();
        if operations.find.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        let visible = self.token.visible()?;
        let found = visible.into_iter().filter(|(_, entry)| {
            template
                .iter()
                .all(|(attribute, value)| matches(entry, attribute, value))
        });
        operations.find = Some(found.map(|(handle, _)| handle).collect());
        Ok(())
    }

    /// The next handles of a search (`C_FindObjects`).
    pub(crate) fn found(&self, most: usize) -> Result<Vec<Handle>> {
        let mut operations = self.operations();
        let found = operations
            .find
            .as_mut()
            .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        let count = most.min(found.len());
        Ok(found.drain(..count).collect())
    }
}
