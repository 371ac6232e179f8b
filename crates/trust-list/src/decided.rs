//! What an authority decided, as it goes into the next list.

use crate::{
    Error, Result,
    list::{Digest, Entry, EntryKey, Interval, StatusChange, TrustListDraft},
    path::ParsedCertificate,
};
use der::DateTime;

/// One decision: plain data, whoever made it and by whatever procedure.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Decided {
    /// A class of a CA's certificates is recognised for the first time.
    Admitted(Box<Entry>),
    /// A class is suspended, terminated, or recognised again.
    Changed {
        /// Which.
        entry: EntryKey,
        /// How it stands from then on.
        change: StatusChange,
    },
    /// The CA has a new certificate.
    IssuerAdded {
        /// Which class it issues.
        entry: EntryKey,
        /// The certificate.
        certificate: Box<ParsedCertificate>,
        /// When it counts; none as long as the entry stands.
        during: Option<Interval>,
    },
    /// The CA's paths end at another certificate, too.
    AnchorAdded {
        /// Of which class.
        entry: EntryKey,
        /// The certificate.
        certificate: Box<ParsedCertificate>,
    },
    /// A certificate of the CA issues no more of this class.
    IssuerClosed {
        /// Which class.
        entry: EntryKey,
        /// The certificate's SM3.
        issuer: Digest,
        /// From when on.
        until: DateTime,
    },
}

impl Decided {
    /// The first recognition of a class.
    pub fn admit(entry: Entry) -> Self {
        Self::Admitted(Box::new(entry))
    }

    /// A suspension, a termination, a reinstatement.
    pub fn change(entry: EntryKey, change: StatusChange) -> Self {
        Self::Changed { entry, change }
    }

    /// A new certificate of the CA (requirement S4-16).
    pub fn issuer(
        entry: EntryKey,
        certificate: ParsedCertificate,
        during: Option<Interval>,
    ) -> Self {
        Self::IssuerAdded {
            entry,
            certificate: Box::new(certificate),
            during,
        }
    }

    /// A new anchor of the CA (requirement S4-16).
    pub fn anchor(entry: EntryKey, certificate: ParsedCertificate) -> Self {
        Self::AnchorAdded {
            entry,
            certificate: Box::new(certificate),
        }
    }

    /// The end of a certificate of the CA.
    pub fn close_issuer(entry: EntryKey, issuer: Digest, until: DateTime) -> Self {
        Self::IssuerClosed {
            entry,
            issuer,
            until,
        }
    }
}

impl TrustListDraft {
    /// Takes a decision in.
    ///
    /// # Errors
    /// [`Error::DuplicateEntry`] for a second admission under one key,
    /// [`Error::NoSuchEntry`] for a change of nothing, [`Error::Value`] for a change that
    /// does not follow the one before.
    pub fn apply(&mut self, decided: Decided) -> Result<()> {
        match decided {
            Decided::Admitted(entry) => self.insert(*entry),
            Decided::Changed { entry, change } => self.known(&entry)?.change(change),
            Decided::IssuerAdded {
                entry,
                certificate,
                during,
            } => {
                self.known(&entry)?.add_issuer(*certificate, during);
                Ok(())
            }
            Decided::AnchorAdded { entry, certificate } => {
                self.known(&entry)?.add_anchor(*certificate);
                Ok(())
            }
            Decided::IssuerClosed {
                entry,
                issuer,
                until,
            } => self.known(&entry)?.close_issuer(&issuer, until),
        }
    }

    fn known(&mut self, key: &EntryKey) -> Result<&mut Entry> {
        self.entry_mut(key).ok_or_else(|| Error::NoSuchEntry {
            entry: key.to_string(),
        })
    }
}
