//! The publisher's desk: lint before signing, check what was signed as a stranger would,
//! and put it where readers find it.
//!
//! ```text
//! decisions ── apply ──> TrustListDraft ── lint ──> Folder::intend ──> list-N.json
//!                             prepare_for ── signatures ──> message
//!                             message ── Folder::publish ──> list-N.*, latest
//! ```

mod folder;
#[cfg(test)]
mod tests;

pub use folder::{Folder, Published};

use crate::{
    Error, Result,
    list::{Entry, MAX_LIFETIME, PolicyRule, Status, TrustList, TrustListDraft},
};
use core::{fmt, time::Duration};
use der::DateTime;

/// Something that a publisher should look at before signing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// The entry, where it is about one: jurisdiction, legal name, class.
    pub entry: Option<String>,
    /// What there is to see.
    pub what: &'static str,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            Some(entry) => write!(f, "{entry}: {}", self.what),
            None => f.write_str(self.what),
        }
    }
}

/// Looks at a draft before anybody signs it: what readers who hold `last` would refuse is
/// an error; what they would take and may be a mistake is a remark.
///
/// # Errors
/// What the first such reader would say, of the format, of times, or of the step from
/// `last`.
pub fn lint(
    draft: &TrustListDraft,
    last: Option<&TrustList>,
    now: DateTime,
) -> Result<Vec<Remark>> {
    let list = TrustList::read(Vec::new(), draft.to_json()?, MAX_LIFETIME)?;
    list.check_issued(now, Duration::ZERO)?;
    list.check_fresh(now, Duration::ZERO)?;
    if let Some(last) = last {
        last.check_successor(&list)?;
        if list.sequence() != last.sequence() + 1 {
            return Err(Error::Gap {
                held: last.sequence(),
                offered: list.sequence(),
            });
        }
    } else if list.sequence() != 1 {
        return Err(Error::Value {
            member: "LoTESequenceNumber",
            rule: "of the first list is 1",
        });
    }
    let mut remarks = Vec::new();
    let mut about_list = |holds: bool, what| {
        if holds {
            remarks.push(Remark { entry: None, what });
        }
    };
    about_list(
        list.signers().is_none(),
        "names no signers: readers who lose the pin can't follow a change of keys",
    );
    about_list(
        last.is_some_and(|last| last.publisher() != list.publisher()),
        "has another name of the publisher: readers who miss it need it before the next one",
    );
    about_list(
        list.contact().is_none(),
        "has no address of the publisher: it can't be exported to TS 119 612",
    );
    for entry in list.entries() {
        remarks.extend(remarks_about(entry, list.issued(), list.next_update()));
    }
    Ok(remarks)
}

fn remarks_about(entry: &Entry, issued: DateTime, until: DateTime) -> Vec<Remark> {
    let now = entry.status_at(issued).map(|change| change.status);
    let is_recognised = now == Some(Status::Recognised);
    let ends = |list: &[crate::path::ParsedCertificate]| {
        list.iter()
            .all(|certificate| certificate.not_after() < until)
    };
    let is_loose = |rule: &PolicyRule| rule.dropped() > 3;
    let rows = [
        (
            is_recognised && ends(entry.issuers()),
            "every issuer's certificate ends before the next update",
        ),
        (
            is_recognised && ends(entry.anchors()),
            "every anchor's certificate ends before the next update",
        ),
        (
            entry.policies().is_empty(),
            "asks for no policy: every certificate of its issuers counts",
        ),
        (
            entry.policies().iter().any(is_loose),
            "leaves more than three arcs of a policy open",
        ),
        (
            entry
                .history()
                .iter()
                .any(|change| change.decision.is_none()),
            "has a standing without a decision",
        ),
    ];
    let holding = rows.into_iter().filter(|(holds, _)| *holds);
    let remark = |(_, what)| Remark {
        entry: Some(entry.key().to_string()),
        what,
    };
    holding.map(remark).collect()
}

/// Whether a list must be sent out again, changed or not, so that readers never hold a
/// stale one: less than `margin` is left.
pub fn is_due(last: &TrustList, now: DateTime, margin: Duration) -> bool {
    now.unix_duration() + margin >= last.next_update().unix_duration()
}
