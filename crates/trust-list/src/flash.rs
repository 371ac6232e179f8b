//! Status flashes: a standing that ends now, signed before the next list can be.
//!
//! A flash can only take away. It is about one list, by number and digest, has a number
//! of its own that only grows, and counts until the next list comes, which must say the
//! same.

use crate::{
    Error, Result,
    list::{
        Decision, Digest, EntryKey, Publisher, SignaturePlan, Status, StatusCause, StatusChange,
        TrustList, UnverifiedList,
    },
    update::ENDS_BEFORE,
    wire::{Text, read_digest, read_publisher, read_time},
};
use base64ct::{Base64, Encoding};
use der::DateTime;
use gm_crypto::message::{SignedDataDraft, UnverifiedSignedData};
use serde::{Deserialize, Serialize};

const VERSION: u64 = 1;
/// Changes in one flash at most.
const MAX_CHANGES: usize = 256;

/// A flash before its signature.
#[derive(Clone, Debug)]
pub struct FlashDraft {
    flash: Flash,
}

/// A signed flash whose signature is not checked.
#[derive(Clone, Debug)]
pub struct UnverifiedFlash {
    pub(crate) der: Vec<u8>,
    pub(crate) message: UnverifiedSignedData,
}

/// What a flash says.
#[derive(Clone, Debug)]
pub(crate) struct Flash {
    pub(crate) publisher: Publisher,
    pub(crate) number: u64,
    pub(crate) sequence: u64,
    pub(crate) list: Digest,
    pub(crate) issued: DateTime,
    changes: Vec<(EntryKey, StatusChange)>,
}

impl FlashDraft {
    /// About a list; `number` is one more than that of the publisher's last flash.
    pub fn new(list: &TrustList, number: u64, issued: DateTime) -> Self {
        Self {
            flash: Flash {
                publisher: list.publisher().clone(),
                number,
                sequence: list.sequence(),
                list: list.digest(),
                issued,
                changes: Vec::new(),
            },
        }
    }

    /// Ends the recognition of an entry.
    ///
    /// # Errors
    /// [`Error::Value`] for a change that recognises, [`Error::Limit`] above 256 of them.
    pub fn change(mut self, entry: EntryKey, change: StatusChange) -> Result<Self> {
        check_status(&change)?;
        self.flash.changes.push((entry, change));
        Error::cap("changes of a flash", self.flash.changes.len(), MAX_CHANGES)?;
        Ok(self)
    }

    /// The JSON: what is signed.
    ///
    /// # Errors
    /// [`Error::Json`], which does not happen.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let document = Document {
            flash: Body::from(&self.flash),
        };
        serde_json::to_vec(&document).map_err(|source| Error::Json { source })
    }

    /// The flash as a message to be signed by those who sign the list.
    ///
    /// # Errors
    /// Those of [`SignaturePlan::prepare`].
    pub fn prepare_for(&self, plan: &SignaturePlan) -> Result<SignedDataDraft> {
        plan.prepare(self.to_json()?)
    }
}

impl UnverifiedFlash {
    /// Octets of the longest flash that is read.
    pub const MAX_LENGTH: usize = 1 << 18;

    /// Reads the DER of GM/T 0010 signed data with `data` attached.
    ///
    /// # Errors
    /// Those of [`UnverifiedList::from_der`], with a limit of [`Self::MAX_LENGTH`].
    pub fn from_der(octets: impl Into<Vec<u8>>) -> Result<Self> {
        let der = octets.into();
        Error::cap("octets of a flash", der.len(), Self::MAX_LENGTH)?;
        let UnverifiedList { der, message, .. } = UnverifiedList::from_der(der)?;
        Ok(Self { der, message })
    }
}

impl Flash {
    pub(crate) fn read(json: &[u8]) -> Result<Self> {
        let document: Document =
            serde_json::from_slice(json).map_err(|source| Error::Json { source })?;
        document.flash.into_flash()
    }

    /// The list as it stands after this.
    pub(crate) fn apply(&self, list: &TrustList) -> Result<TrustList> {
        let (mut list, issued) = (list.clone(), list.issued());
        for (key, change) in &self.changes {
            let entry = list.contents.entries.get_mut(key);
            let entry = entry.ok_or_else(|| Error::NoSuchEntry {
                entry: key.to_string(),
            })?;
            if change.from < issued && !change.cause.is_retroactive() {
                return Err(Error::HistoryRewritten {
                    entry: key.to_string(),
                    rule: ENDS_BEFORE,
                });
            }
            entry.change(change.clone())?;
        }
        Ok(list)
    }
}

fn check_status(change: &StatusChange) -> Result<()> {
    if change.status == Status::Recognised {
        return Err(Error::Value {
            member: "Status",
            rule: "of a flash only takes away",
        });
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "StatusFlash")]
    flash: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Body {
    version: u64,
    number: u64,
    scheme_territory: String,
    scheme_operator_name: Vec<Text>,
    list_sequence_number: u64,
    list_digest: String,
    issued: String,
    changes: Vec<Change>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Change {
    jurisdiction: String,
    #[serde(rename = "CA")]
    ca: String,
    class: String,
    status: String,
    from: String,
    cause: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<Decided>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_time: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Decided {
    at: String,
    reference: String,
}

impl From<&Flash> for Body {
    fn from(flash: &Flash) -> Self {
        let decided = |decision: &Decision| Decided {
            at: decision.at.to_string(),
            reference: decision.reference.clone(),
        };
        let change = |(key, change): &(EntryKey, StatusChange)| Change {
            jurisdiction: key.jurisdiction.clone(),
            ca: key.ca.clone(),
            class: key.class.clone(),
            status: change.status.to_string(),
            from: change.from.to_string(),
            cause: change.cause.to_string(),
            decision: change.decision.as_ref().map(decided),
            event_time: change.event.map(|at| at.to_string()),
        };
        Self {
            version: VERSION,
            number: flash.number,
            scheme_territory: flash.publisher.territory().into(),
            scheme_operator_name: flash.publisher.names().iter().map(Text::from).collect(),
            list_sequence_number: flash.sequence,
            list_digest: Base64::encode_string(&flash.list),
            issued: flash.issued.to_string(),
            changes: flash.changes.iter().map(change).collect(),
        }
    }
}

impl Body {
    fn into_flash(self) -> Result<Flash> {
        if self.version != VERSION {
            return Err(Error::Value {
                member: "Version",
                rule: "is 1",
            });
        }
        Error::cap("changes of a flash", self.changes.len(), MAX_CHANGES)?;
        let changes = self.changes.into_iter().map(Change::into_change);
        Ok(Flash {
            publisher: read_publisher(&self.scheme_territory, self.scheme_operator_name)?,
            number: self.number,
            sequence: self.list_sequence_number,
            list: read_digest("ListDigest", &self.list_digest)?,
            issued: read_time("Issued", &self.issued)?,
            changes: changes.collect::<Result<_>>()?,
        })
    }
}

impl Change {
    fn into_change(self) -> Result<(EntryKey, StatusChange)> {
        let status = Status::ALL.iter().map(|(status, _)| *status);
        let status = named("Status", status, &self.status)?;
        let cause = StatusCause::ALL.iter().map(|(cause, _)| *cause);
        let cause = named("Cause", cause, &self.cause)?;
        let mut change = StatusChange::new(status, read_time("From", &self.from)?, cause);
        check_status(&change)?;
        if let Some(decision) = self.decision {
            change = change.decided(read_time("At", &decision.at)?, &decision.reference)?;
        }
        if let Some(event) = self.event_time {
            change = change.event(read_time("EventTime", &event)?);
        }
        let key = EntryKey::new(&self.jurisdiction, &self.ca, &self.class);
        Ok((key, change))
    }
}

fn named<T: ToString>(
    member: &'static str,
    mut known: impl Iterator<Item = T>,
    text: &str,
) -> Result<T> {
    let found = known.find(|one| one.to_string() == text);
    found.ok_or(Error::Value {
        member,
        rule: "is a word of this format",
    })
}
