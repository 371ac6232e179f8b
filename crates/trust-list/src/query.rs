//! Is this certificate recognised, at this time?

use crate::{
    Error,
    list::{Digest, Entry, EntryKey, Status, StatusCause, TrustList},
    path::{
        Anchor, ParsedCertificate, PathError, PathOptions, RevocationRule, printable, validate,
    },
};
use der::{DateTime, asn1::ObjectIdentifier};
use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};

/// The answer, of three kinds as in ETSI's validation practice.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// It is recognised.
    #[non_exhaustive]
    Recognised {
        /// Under which entry.
        entry: EntryKey,
        /// Since when that entry has been recognised without a break.
        since: DateTime,
        /// The number of the list that says so.
        sequence: u64,
        /// The digest of that list.
        list: Digest,
    },
    /// It is not.
    NotRecognised(Refusal),
    /// What is known does not suffice to say.
    Indeterminate(Doubt),
}

/// Why a certificate is not recognised.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It can't be read.
    #[error("the certificate can't be read")]
    Unreadable(#[source] Error),
    /// No entry has an issuer of its issuer's name.
    #[error("no entry of the list has an issuer named {issuer}")]
    NoEntry {
        /// Its issuer's name.
        issuer: String,
    },
    /// No path leads through the entry's issuers to its anchors.
    #[error("no path leads to the anchors of {entry}")]
    Path {
        /// The entry.
        entry: EntryKey,
        /// Why not.
        source: PathError,
    },
    /// An anchor of the entry signed it, and is none of its issuers.
    #[error("it is not signed by an issuer of {entry}")]
    IssuerNotPinned {
        /// The entry.
        entry: EntryKey,
    },
    /// It does not name the policy of the entry.
    #[error("it does not name policy {policy} of {entry}")]
    Policy {
        /// The entry.
        entry: EntryKey,
        /// The policy.
        policy: ObjectIdentifier,
    },
    /// The entry did not stand as recognised at the time asked about.
    #[error("{entry} was {} at {at}", standing(*status))]
    Standing {
        /// The entry.
        entry: EntryKey,
        /// How it stood; none before its first standing.
        status: Option<Status>,
        /// The time asked about.
        at: DateTime,
    },
    /// The entry did not stand as recognised when the certificate was issued.
    #[error("{entry} was {} when the certificate was issued, at {not_before}", standing(*status))]
    IssuedOutside {
        /// The entry.
        entry: EntryKey,
        /// How it stood; none before its first standing.
        status: Option<Status>,
        /// The certificate's notBefore.
        not_before: DateTime,
    },
    /// After the certificate was issued the entry's standing changed for a cause
    /// that leaves nothing standing.
    #[error("{entry} lost its standing on {from} for {cause}, which reaches back")]
    ReachesBack {
        /// The entry.
        entry: EntryKey,
        /// The cause.
        cause: StatusCause,
        /// When that standing began.
        from: DateTime,
    },
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Doubt {
    /// The list does not speak about a time this late.
    #[error("the list speaks about times before {next_update}, the question is about {at}")]
    OutsideList {
        /// End of the list's life.
        next_update: DateTime,
        /// The time asked about.
        at: DateTime,
    },
    /// Whether a certificate of the path is revoked is not known.
    #[error("the path to the anchors of {entry} may hold or not")]
    Revocation {
        /// The entry.
        entry: EntryKey,
        /// What is not known.
        source: PathError,
    },
}

impl TrustList {
    /// Asks about a certificate (DER) at a time, SM2 with SM3 alone, without
    /// revocation; [`Self::judge`] takes CRLs.
    ///
    /// It is recognised when one of an entry's issuers signed it, the path to one
    /// of the entry's anchors holds at `at`, it names the entry's policy if there
    /// is one, and the entry stood as recognised both at `at` and when the
    /// certificate was issued (its notBefore). If the entry's standing ever changed
    /// for [`StatusCause::Compromise`] or [`StatusCause::MisIssuance`] after that, it
    /// is not, because both times are only claimed.
    pub fn recognised(&self, certificate: &[u8], at: DateTime) -> Verdict {
        let target = match ParsedCertificate::from_der(certificate) {
            Ok(target) => target,
            Err(error) => return Verdict::NotRecognised(Refusal::Unreadable(error)),
        };
        let sm2 = Sm2Sm3::default();
        let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
        let options = PathOptions::new(at, &algorithms).revocation(RevocationRule::Ignore);
        self.judge(&target, &options)
    }

    /// The same with the caller's own algorithms, CRLs and limits; the time is that
    /// of the options.
    pub fn judge(&self, target: &ParsedCertificate, options: &PathOptions<'_>) -> Verdict {
        let (at, next_update) = (options.at(), self.next_update());
        if at >= next_update {
            return Verdict::Indeterminate(Doubt::OutsideList { next_update, at });
        }
        let issuer = printable(target.issuer());
        let mut verdict = Verdict::NotRecognised(Refusal::NoEntry { issuer });
        for entry in self.entries() {
            let has_name = |issuer: &ParsedCertificate| issuer.subject_der() == target.issuer_der();
            if entry.issuers().iter().any(has_name) {
                let other = self.judge_entry(entry, target, options);
                if other.rank() > verdict.rank() {
                    verdict = other;
                }
            }
        }
        verdict
    }

    fn judge_entry(
        &self,
        entry: &Entry,
        target: &ParsedCertificate,
        options: &PathOptions<'_>,
    ) -> Verdict {
        let key = entry.key();
        let anchors: Vec<Anchor> = entry
            .anchors()
            .iter()
            .cloned()
            .map(Anchor::from_certificate)
            .collect();
        let path = match validate(target, entry.issuers(), &anchors, options) {
            Ok(path) => path,
            Err(source) if source.is_indeterminate() => {
                return Verdict::Indeterminate(Doubt::Revocation { entry: key, source });
            }
            Err(source) => {
                return Verdict::NotRecognised(Refusal::Path { entry: key, source });
            }
        };
        let signer = path.issuer().digest();
        let is_pinned = entry
            .issuers()
            .iter()
            .any(|issuer| issuer.digest() == signer);
        if !is_pinned {
            return Verdict::NotRecognised(Refusal::IssuerNotPinned { entry: key });
        }
        match standing_since(entry, key.clone(), target, options.at()) {
            Ok(since) => Verdict::Recognised {
                entry: key,
                since,
                sequence: self.sequence(),
                list: self.digest(),
            },
            Err(refusal) => Verdict::NotRecognised(refusal),
        }
    }
}

impl Verdict {
    /// The entry that comes closest gives the answer.
    fn rank(&self) -> u8 {
        match self {
            Self::NotRecognised(Refusal::Unreadable(_) | Refusal::NoEntry { .. }) => 0,
            Self::NotRecognised(Refusal::Path { .. } | Refusal::IssuerNotPinned { .. }) => 1,
            Self::NotRecognised(_) => 2,
            Self::Indeterminate(_) => 3,
            Self::Recognised { .. } => 4,
        }
    }
}

/// Policy and times, which are left when the path holds: since when the entry has
/// been recognised at `at`.
fn standing_since(
    entry: &Entry,
    key: EntryKey,
    target: &ParsedCertificate,
    at: DateTime,
) -> Result<DateTime, Refusal> {
    if let Some(policy) = entry.policy
        && !target.policies().contains(&policy)
    {
        return Err(Refusal::Policy { entry: key, policy });
    }
    let recognised_at = |at| match entry.status_at(at) {
        Some(change) if change.status == Status::Recognised => Ok(change.from),
        other => Err(other.map(|change| change.status)),
    };
    let since = recognised_at(at).map_err(|status| Refusal::Standing {
        entry: key.clone(),
        status,
        at,
    })?;
    let not_before = target.not_before();
    recognised_at(not_before).map_err(|status| Refusal::IssuedOutside {
        entry: key.clone(),
        status,
        not_before,
    })?;
    // Whoever has the key can also write an earlier notBefore.
    let end = entry
        .history()
        .iter()
        .find(|change| change.from > not_before && change.cause.is_retroactive());
    end.map_or(Ok(since), |end| {
        Err(Refusal::ReachesBack {
            entry: key,
            cause: end.cause,
            from: end.from,
        })
    })
}

fn standing(status: Option<Status>) -> String {
    status.map_or_else(|| "not in the list yet".into(), |status| status.to_string())
}
