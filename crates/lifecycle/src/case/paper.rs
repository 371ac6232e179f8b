//! What a customer brings: form, documents, consents; and what is sent back.

use crate::{CaseId, Octets, Personal, octets::seconds, terms::FileFormat};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// A filled-in form. Its version counts up with every change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Form {
    /// 1, 2, 3, …
    pub version: u32,
    /// Values by field.
    pub fields: Personal<BTreeMap<String, String>>,
    /// The fields in which it differs from the version before, by which checks expire: known
    /// without the values. None in records that are older than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<BTreeSet<String>>,
    /// Whole years of validity that were chosen.
    pub years: u16,
    /// SM3 of the rendered form ([`Self::render`]): printed on it, and looked for on uploads
    /// made from it (S1-05, S2-12).
    pub digest: Personal<Octets>,
}

impl Form {
    /// A form with these values, its digest made: the one after `before`, or the first.
    pub fn new(
        case: &CaseId,
        certificate: &str,
        before: Option<&Self>,
        fields: BTreeMap<String, String>,
        years: u16,
    ) -> Self {
        let mut form = Self {
            version: before.map_or(0, |form| form.version).saturating_add(1),
            changed: Some(changed(before, &fields)),
            fields: fields.into(),
            years,
            digest: Vec::new().into(),
        };
        let text = form.render(case, certificate);
        form.digest = gm_crypto::sm3::digest(text.as_bytes()).to_vec().into();
        form
    }

    /// The form as text, the same for the same values: a line for each thing, and no value has
    /// a line's end in it.
    pub fn render(&self, case: &CaseId, certificate: &str) -> String {
        let mut text = format!(
            "case: {case}\ncertificate: {certificate}\nversion: {}\nyears: {}\n",
            self.version, self.years
        );
        for (field, value) in self.values() {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{field}: {value}");
        }
        text
    }

    /// Another value, as nobody filled it in.
    #[cfg(test)]
    pub(crate) fn set(&mut self, field: &str, value: &str) {
        let mut fields = self.fields.known().unwrap().clone();
        fields.insert(field.into(), value.into());
        self.fields = fields.into();
    }

    /// The value of a field; none where the form has none, or it is not known any more.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.fields.known()?.get(field).map(String::as_str)
    }

    /// Values by field, in the order of names; nothing where they are not known any more.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        let values = self.fields.known().into_iter().flatten();
        values.map(|(field, value)| (&**field, &**value))
    }
}

/// The names of the fields that another version of a form changes.
fn changed(before: Option<&Form>, now: &BTreeMap<String, String>) -> BTreeSet<String> {
    let old = before.and_then(|form| form.fields.known());
    let names = now.keys().chain(old.into_iter().flat_map(BTreeMap::keys));
    let differs = |field: &&String| old.and_then(|old| old.get(*field)) != now.get(*field);
    names.filter(differs).cloned().collect()
}

/// A document that was uploaded or taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Document {
    /// Its file's name, which says nothing and is shown.
    pub file_name: Personal<String>,
    /// What its first octets say it is.
    pub format: FileFormat,
    /// Octets.
    pub size: u64,
    /// SM3 of its octets, as they came (S2-14).
    pub digest: Octets,
    /// The form that a generated document was made from (S2-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_version: Option<u32>,
}

/// A consent that was given (S2-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Consent {
    /// The version consented to.
    pub version: String,
    /// SM3 of its text.
    pub digest: Octets,
    /// When.
    #[serde(with = "seconds")]
    pub at: DateTime,
}

/// Something to be corrected (S0-04, S2-24).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Deficiency {
    /// The field or document that may be changed for it.
    pub subject: String,
    /// What is wrong.
    pub words: Personal<String>,
}

/// What a registrar or approver found on his own (S1-08, S1-12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Verdict {
    /// The documents are in order.
    pub documents: bool,
    /// The persons are who they say.
    pub identity: bool,
    /// They really want it.
    pub genuineness: bool,
}

/// What the organisation's agent looked at (S1-06).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct InternalChecklist {
    /// The applicant meets the organisation's conditions.
    pub eligible: bool,
    /// The form is complete and right.
    pub form: bool,
    /// The other documents are there.
    pub documents: bool,
}
