//! What a customer brings: form, documents, consents; and what is sent back.

use crate::{CaseId, Octets, octets::seconds, terms::FileFormat};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt::Write};

/// A filled-in form. Its version counts up with every change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Form {
    /// 1, 2, 3, …
    pub version: u32,
    /// Values by field.
    pub fields: BTreeMap<String, String>,
    /// Whole years of validity that were chosen.
    pub years: u16,
    /// SM3 of the rendered form ([`Self::render`]): printed on it, and looked for on uploads
    /// made from it (S1-05, S2-12).
    pub digest: Octets,
}

impl Form {
    /// A form with these values, its digest made.
    pub fn new(
        case: &CaseId,
        certificate: &str,
        version: u32,
        fields: BTreeMap<String, String>,
        years: u16,
    ) -> Self {
        let mut form = Self {
            version,
            fields,
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
        for (field, value) in &self.fields {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{field}: {value}");
        }
        text
    }
}

/// A document that was uploaded or taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Document {
    /// Its file's name, which says nothing and is shown.
    pub file_name: String,
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
    pub words: String,
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
