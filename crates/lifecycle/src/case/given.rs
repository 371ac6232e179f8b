//! Making what commands carry. Optional parts are fields, set afterwards.

use super::{
    command::Opening,
    paper::{Deficiency, InternalChecklist, Verdict},
    payment::Account,
};
use crate::{
    PersonId, Personal,
    rules::RuleSetId,
    terms::{Carrier, Kind, Mode, Model},
};

impl Opening {
    /// A case of this kind, for this certificate of the rule set and this person.
    pub fn new(
        rules: RuleSetId,
        (kind, mode, model): (Kind, Mode, Model),
        certificate: impl Into<String>,
        carrier: Carrier,
        holder: PersonId,
    ) -> Self {
        Self {
            rules,
            kind,
            mode,
            model,
            certificate: certificate.into(),
            carrier,
            holder,
            organisation: None,
            agency: None,
            account: None,
            order: None,
            target: None,
            reason: None,
            practice_statement: None,
            unpublished: false,
        }
    }
}

impl Verdict {
    /// What was found.
    pub fn new(documents: bool, identity: bool, genuineness: bool) -> Self {
        Self {
            documents,
            identity,
            genuineness,
        }
    }
}

impl InternalChecklist {
    /// What was found.
    pub fn new(eligible: bool, form: bool, documents: bool) -> Self {
        Self {
            eligible,
            form,
            documents,
        }
    }
}

impl Deficiency {
    /// What is wrong with a field or document.
    pub fn new(subject: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            words: Personal::from(words.into()),
        }
    }
}

impl Account {
    /// An account: whose, at which bank, its number.
    pub fn new(
        holder: impl Into<String>,
        bank: impl Into<String>,
        number: impl Into<String>,
    ) -> Self {
        Self {
            holder: holder.into(),
            bank: bank.into(),
            number: number.into(),
        }
    }
}
