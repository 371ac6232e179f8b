//! What the operator's keys are for, and which key does it: one after another, as keys are
//! rolled over.

use crate::{case::history, failure::Failure};
use lifecycle::{AuthorityId, Serial, Store, authority::State};

/// What a key of the operator is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Signs CAs.
    Root,
    /// Signs what subscribers get.
    IssuingCa,
    /// Answers about status.
    Responder,
    /// Signs checkpoints of the log.
    Log,
}

impl Role {
    /// From the top down.
    pub(crate) const ALL: &[Self] = &[Self::Root, Self::IssuingCa, Self::Responder, Self::Log];

    /// Its name, which its first key has, too.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::IssuingCa => "issuing-ca",
            Self::Responder => "ocsp-responder",
            Self::Log => "log",
        }
    }

    /// The profile of its certificates.
    pub(crate) fn profile(self) -> &'static str {
        match self {
            Self::Root => "root-ca",
            Self::IssuingCa => "issuing-ca",
            Self::Responder => "ocsp-responder",
            Self::Log => "log-signer",
        }
    }

    /// Who signs its certificates; none: its key itself.
    pub(crate) fn issuer(self) -> Option<Self> {
        match self {
            Self::Root => None,
            Self::IssuingCa => Some(Self::Root),
            Self::Responder | Self::Log => Some(Self::IssuingCa),
        }
    }

    /// The name of its first key, of the second, …
    fn nth(self, count: usize) -> Result<AuthorityId, Failure> {
        let name = self.as_str();
        Ok(match count {
            1 => AuthorityId::new(name)?,
            _ => AuthorityId::new(format!("{name}-{count}"))?,
        })
    }
}

/// The keys of a role, the oldest first.
#[derive(Debug)]
pub(crate) struct Keys {
    role: Role,
    pub(crate) all: Vec<(AuthorityId, State)>,
}

impl Keys {
    /// As the store has them.
    pub(crate) fn of(store: &dyn Store, role: Role) -> Result<Self, Failure> {
        let mut all = Vec::new();
        loop {
            let id = role.nth(all.len() + 1)?;
            match history::of_authority(store, &id)? {
                Some(found) => all.push((id, found.state)),
                None => return Ok(Self { role, all }),
            }
        }
    }

    /// The one that does the work: the oldest that issues, or if none does, the youngest.
    pub(crate) fn serving(&self) -> Result<AuthorityId, Failure> {
        let issues = |(_, state): &&(AuthorityId, State)| state.issuing().is_some();
        let found = self.all.iter().find(issues).or(self.all.last());
        match found {
            Some((id, _)) => Ok(id.clone()),
            None => self.role.nth(1),
        }
    }

    /// The name of the next one: of the youngest, where that is only proposed.
    pub(crate) fn next(&self) -> Result<AuthorityId, Failure> {
        match self.all.last() {
            Some((id, State::Proposed(_))) => Ok(id.clone()),
            _ => self.role.nth(self.all.len() + 1),
        }
    }
}

/// Which of the desk's CAs signed the certificate of a number: those that issue to subscribers
/// are looked at first.
pub(crate) fn issuer_of(
    store: &dyn Store,
    serial: &Serial,
) -> Result<Option<AuthorityId>, Failure> {
    for role in [Role::IssuingCa, Role::Root] {
        for (id, _) in Keys::of(store, role)?.all {
            if store.certificate(&id, serial)?.is_some() {
                return Ok(Some(id));
            }
        }
    }
    Ok(None)
}
