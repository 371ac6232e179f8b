//! A2 to A4: consents, the form, documents.

use super::{Case, DIGEST, is_line};
use crate::{
    Error, Ground, Octets, UploadFault,
    case::{
        Event, Phase, Step,
        issuance::keeps_end,
        paper::{Consent, Document, Form},
    },
    field,
    rules::{CertificateRule, DocumentRule},
    upload::Inspected,
};
use std::collections::BTreeMap;

/// What a deficiency calls the years of validity.
pub(super) const YEARS: &str = "years";
/// What a deficiency calls the applicant's key.
pub(super) const KEY: &str = "key";

impl Case<'_> {
    pub(super) fn consent(
        &self,
        agreements: BTreeMap<String, Octets>,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::ConsentGiven;
        self.by_customer(step)?;
        if agreements.is_empty() {
            return Err(Ground::Missing {
                what: "an agreement",
            }
            .by(step.basis()));
        }
        let is_alone = agreements.len() == 1;
        let mut consents = BTreeMap::new();
        for (agreement, digest) in agreements {
            let Some(rule) = self.context.rules.consents().get(&agreement) else {
                return Err(unknown("agreement", agreement, step));
            };
            if rule.separate && !is_alone {
                let ground = Ground::SeparateConsent { agreement };
                return Err(ground.under(step.basis(), &rule.basis));
            }
            if digest.len() != DIGEST {
                let what = "the digest of the agreement's text";
                return Err(Ground::Missing { what }.by(step.basis()));
            }
            let consent = Consent {
                version: rule.version.clone(),
                digest,
                at: self.context.now,
            };
            consents.insert(agreement, consent);
        }
        Ok(vec![Event::ConsentGiven(consents)])
    }

    pub(super) fn withdraw_consent(&self, agreement: String) -> Result<Vec<Event>, Error> {
        let step = Step::ConsentWithdrawn;
        self.by_customer(step)?;
        if !self.state.consents.contains_key(&agreement) {
            return Err(unknown("consent", agreement, step));
        }
        Ok(vec![Event::ConsentWithdrawn { agreement }])
    }

    /// The rules' agreements are consented to, in the version that counts.
    pub(super) fn consented(&self) -> bool {
        self.context.rules.consents().iter().all(|(name, rule)| {
            let given = self.state.consents.get(name);
            given.is_some_and(|consent| consent.version == rule.version)
        })
    }

    pub(super) fn fill(
        &self,
        fields: BTreeMap<String, String>,
        years: u16,
    ) -> Result<Vec<Event>, Error> {
        self.by_customer(Step::FormFilled)?;
        self.years_offered(years)?;
        well_formed(self.certificate, &fields)?;
        self.only_what_was_sent_back(&fields, years)?;
        self.still_in_window()?;
        let form = Form::new(
            self.id,
            &self.state.opening.certificate,
            self.state.form.as_ref(),
            fields,
            years,
        );
        Ok(vec![Event::FormFilled(form)])
    }

    /// Years are chosen where certificates are made for a new term, and nowhere else (S2-09,
    ///
    fn years_offered(&self, years: u16) -> Result<(), Error> {
        let kind = self.state.opening.kind;
        let rule = &self.context.rules.values().years;
        let is_chosen = kind.makes_certificates() && !keeps_end(kind, self.context);
        let is_good = if is_chosen {
            rule.value.contains(&years)
        } else {
            years == 0
        };
        is_good
            .then_some(())
            .ok_or_else(|| Ground::Years { years }.under(&["S2-09"], &rule.basis))
    }

    /// A case that was sent back is changed where it was found wrong (A12).
    fn only_what_was_sent_back(
        &self,
        fields: &BTreeMap<String, String>,
        years: u16,
    ) -> Result<(), Error> {
        if self.state.phase != Phase::Returned {
            return Ok(());
        }
        let old = self.state.form.as_ref();
        let before = |field: &str| old.and_then(|form| form.value(field));
        let removed = old.into_iter().flat_map(Form::values);
        let removed = removed.map(|(field, _)| field);
        for field in fields.keys().map(String::as_str).chain(removed) {
            if before(field) != fields.get(field).map(String::as_str) {
                self.flagged(field)?;
            }
        }
        if old.is_none_or(|form| form.years != years) {
            self.flagged(YEARS)?;
        }
        Ok(())
    }

    pub(super) fn flagged(&self, subject: &str) -> Result<(), Error> {
        let mut flagged = self.state.deficiencies.iter();
        if flagged.any(|one| one.subject == subject) {
            return Ok(());
        }
        let ground = Ground::NotFlagged {
            subject: subject.to_owned(),
        };
        Err(ground.by(&["S2-24", "S0-04"]))
    }

    pub(super) fn add_document(
        &self,
        name: String,
        file_name: String,
        inspected: Inspected,
        form_version: Option<u32>,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::DocumentAdded;
        self.by_customer(step)?;
        let Some(rule) = self.context.rules.document(&name) else {
            return Err(unknown("document", name, step));
        };
        self.uploadable(&name, rule, &inspected)?;
        self.in_order(rule)?;
        if !is_line(&file_name) || inspected.digest.len() != DIGEST {
            let what = "the file's name, or its digest,";
            return Err(Ground::Missing { what }.by(&["S2-14"]));
        }
        let is_renewed = rule.generated && self.is_stale(&name);
        if self.state.phase == Phase::Returned && !is_renewed {
            self.flagged(&name)?;
        }
        let form_version = if rule.generated {
            Some(self.of_this_form(&name, form_version)?)
        } else {
            None
        };
        let document = Document {
            file_name: file_name.into(),
            format: inspected.format,
            size: inspected.size,
            digest: inspected.digest,
            form_version,
        };
        Ok(vec![Event::DocumentAdded { name, document }])
    }

    fn uploadable(
        &self,
        name: &str,
        rule: &DocumentRule,
        inspected: &Inspected,
    ) -> Result<(), Error> {
        let limit = &self.context.rules.values().upload_octets;
        let size = inspected.size;
        let (why, basis) = if size == 0 {
            (UploadFault::Empty, &limit.basis)
        } else if size > limit.value {
            let limit_octets = limit.value;
            let why = UploadFault::Size {
                size,
                limit: limit_octets,
            };
            (why, &limit.basis)
        } else if !rule.formats.value.contains(&inspected.format) {
            (UploadFault::Format(inspected.format), &rule.formats.basis)
        } else {
            return Ok(());
        };
        let ground = Ground::Upload {
            document: name.to_owned(),
            why,
        };
        Err(ground.under(&["S2-13"], basis))
    }

    /// A document that the rules want first comes before every other (S2-15).
    fn in_order(&self, rule: &DocumentRule) -> Result<(), Error> {
        if rule.first {
            return Ok(());
        }
        let late = self.certificate.documents.value.iter().find(|name| {
            let is_first = self
                .context
                .rules
                .document(name)
                .is_some_and(|one| one.first);
            is_first && !self.state.documents.contains_key(*name)
        });
        match late {
            None => Ok(()),
            Some(document) => {
                let ground = Ground::DocumentOrder {
                    document: document.clone(),
                };
                Err(ground.by(&["S2-15"]))
            }
        }
    }

    /// A document that was made from the form must be of its last version (S2-12).
    fn of_this_form(&self, document: &str, version: Option<u32>) -> Result<u32, Error> {
        let now = self.state.form.as_ref().map_or(0, |form| form.version);
        match version {
            Some(version) if version == now && now > 0 => Ok(version),
            of => {
                let ground = Ground::Stale {
                    document: document.to_owned(),
                    of: of.unwrap_or(0),
                    now,
                };
                Err(ground.by(&["S2-12"]))
            }
        }
    }

    fn is_stale(&self, document: &str) -> bool {
        let of = self.state.documents.get(document);
        let now = self.state.form.as_ref().map(|form| form.version);
        of.is_some_and(|document| document.form_version.is_some() && document.form_version != now)
    }

    /// Every document of the certificate is there, and what was made from the form is of its
    /// last version.
    pub(super) fn documented(&self) -> Result<(), Error> {
        let rule = &self.certificate.documents;
        for document in &rule.value {
            if !self.state.documents.contains_key(document) {
                let ground = Ground::DocumentMissing {
                    document: document.clone(),
                };
                return Err(ground.under(&["S2-13"], &rule.basis));
            }
            if self.is_stale(document) {
                let of = self.state.documents[document].form_version;
                self.of_this_form(document, of)?;
            }
        }
        Ok(())
    }

    /// The form is there; what is in it was looked at when it was filled in.
    pub(super) fn filled(&self) -> bool {
        self.state.form.is_some()
    }
}

/// The values are the form's, those that must be there are, and each is of its format.
fn well_formed(rule: &CertificateRule, values: &BTreeMap<String, String>) -> Result<(), Error> {
    field::check_all(&rule.fields, values).map_err(|(field, why)| {
        let ground = Ground::Field { field, why };
        ground.under(&["S1-05", "S2-10"], &rule.basis)
    })
}

fn unknown(what: &'static str, name: String, step: Step) -> Error {
    Ground::UnknownName { what, name }.by(step.basis())
}
