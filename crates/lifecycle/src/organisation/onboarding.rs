//! What an organisation brings: its papers, and whom it names (S1-01 to S1-03).

use crate::{
    Evidence, Ground, Interval, PersonId, Refusal, Seat, field,
    rules::FieldFormat,
    terms::{EvidenceKind, Kind, Model},
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What an organisation brings when it is taken on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Onboarding {
    /// Its name as its papers have it: 1 to 256 characters.
    pub name: String,
    /// Its unified social credit code, 18 characters with the right check character
    /// (GB 32100-2015).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<String>,
    /// Its [papers](EvidenceKind::OrganisationDocuments).
    pub papers: Evidence,
    /// How it applies for certificates; none for one that only handles those of others, or
    /// under rules that want no such record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrangement: Option<Arrangement>,
}

impl Onboarding {
    /// An organisation by its name and papers.
    pub fn new(name: impl Into<String>, papers: Evidence) -> Self {
        Self {
            name: name.into(),
            credit_code: None,
            papers,
            arrangement: None,
        }
    }

    /// With a unified social credit code.
    #[must_use]
    pub fn credit_code(mut self, code: impl Into<String>) -> Self {
        self.credit_code = Some(code.into());
        self
    }

    /// With how it applies for certificates.
    #[must_use]
    pub fn arrangement(mut self, arrangement: Arrangement) -> Self {
        self.arrangement = Some(arrangement);
        self
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        let name = field::check(FieldFormat::Text, &self.name).map_err(|why| ("name", why));
        let code = self.credit_code.as_ref().map_or(Ok(()), |code| {
            field::check(FieldFormat::CreditCode, code).map_err(|why| ("credit-code", why))
        });
        name.and(code).map_err(|(field, why)| {
            Ground::Field {
                field: field.to_owned(),
                why,
            }
            .refuse(&["S1-01", "S2-10"])
        })?;
        self.papers
            .is_a(EvidenceKind::OrganisationDocuments, &["S1-01"])?;
        match &self.arrangement {
            Some(arrangement) => arrangement.check(),
            None => Ok(()),
        }
    }
}

/// The five items of an organisation that applies for certificates (S1-01), and its model
/// (S1-02).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Arrangement {
    /// Who brings its cases.
    pub model: Model,
    /// Its approvers, and what each may authorise (审批人及审批权限): one at least.
    pub approvers: BTreeMap<PersonId, Scope>,
    /// Its agents (经办人): one at least where they bring the cases.
    pub agents: BTreeMap<PersonId, Grant>,
    /// Who of its people may apply, in words (申请条件): 1 to 1000 characters.
    pub conditions: String,
    /// Its list of applicants (申请人名单): one at least.
    pub applicants: BTreeSet<PersonId>,
    /// Whatever else was agreed (其他): up to 1000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub others: String,
}

impl Arrangement {
    /// An arrangement without persons yet.
    pub fn new(model: Model, conditions: impl Into<String>) -> Self {
        Self {
            model,
            approvers: BTreeMap::new(),
            agents: BTreeMap::new(),
            conditions: conditions.into(),
            applicants: BTreeSet::new(),
            others: String::new(),
        }
    }

    /// With an approver.
    #[must_use]
    pub fn approver(mut self, approver: PersonId, scope: Scope) -> Self {
        self.approvers.insert(approver, scope);
        self
    }

    /// With an agent.
    #[must_use]
    pub fn agent(mut self, agent: PersonId, grant: Grant) -> Self {
        self.agents.insert(agent, grant);
        self
    }

    /// With applicants.
    #[must_use]
    pub fn applicants(mut self, persons: impl IntoIterator<Item = PersonId>) -> Self {
        self.applicants.extend(persons);
        self
    }

    /// With whatever else was agreed.
    #[must_use]
    pub fn others(mut self, words: impl Into<String>) -> Self {
        self.others = words.into();
        self
    }

    fn check(&self) -> Result<(), Refusal> {
        let missing = |what| Err(Ground::Missing { what }.refuse(&["S1-01"]));
        if self.approvers.is_empty() {
            return missing("an approver with his authority");
        }
        if self.model == Model::Centralised && self.agents.is_empty() {
            return missing("an agent");
        }
        if self.applicants.is_empty() {
            return missing("the list of applicants");
        }
        Ground::words(&self.conditions, "the conditions for applying", &["S1-01"])?;
        if self.others.chars().count() > 1000 {
            return Err(Ground::Words {
                what: "what else was agreed",
            }
            .refuse(&["S1-01"]));
        }
        for scope in self.approvers.values() {
            scope.check()?;
        }
        for (agent, grant) in &self.agents {
            let approver = self.approvers.get(&grant.approver);
            grant.check(agent, approver.filter(|scope| scope.covers(&grant.scope)))?;
        }
        Ok(())
    }
}

/// Kinds of business for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Scope {
    /// The kinds: one at least.
    pub kinds: BTreeSet<Kind>,
    /// When.
    pub interval: Interval,
}

impl Scope {
    /// These kinds for this time.
    pub fn new(kinds: impl IntoIterator<Item = Kind>, interval: Interval) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            interval,
        }
    }

    /// Whether it covers a kind at a time.
    pub fn holds(&self, kind: Kind, at: DateTime) -> bool {
        self.kinds.contains(&kind) && self.interval.holds(at)
    }

    /// Whether all of the other's kinds are in it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.kinds.is_superset(&other.kinds)
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.kinds.is_empty() {
            return Err(Ground::Missing { what: "a kind" }.refuse(&["S1-03"]));
        }
        if self.interval.is_empty() {
            return Err(Ground::Interval.refuse(&["S1-03"]));
        }
        Ok(())
    }
}

/// An agent's authority (S1-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Grant {
    /// For what, and when.
    pub scope: Scope,
    /// The organisation's approver who gave it.
    pub approver: PersonId,
    /// The document: one of its [papers](EvidenceKind::OrganisationDocuments).
    pub document: Evidence,
}

impl Grant {
    /// An authority that an approver gave in a document.
    pub fn new(scope: Scope, approver: PersonId, document: Evidence) -> Self {
        Self {
            scope,
            approver,
            document,
        }
    }

    /// `approver`: the authority of the one who gives it, if it reaches so far.
    pub(super) fn check(&self, agent: &PersonId, approver: Option<&Scope>) -> Result<(), Refusal> {
        self.scope.check()?;
        self.document
            .is_a(EvidenceKind::OrganisationDocuments, &["S1-03"])?;
        if *agent == self.approver {
            return Err(Ground::SamePerson {
                person: agent.clone(),
                held: Seat::OrganisationApprover,
                wanted: Seat::Agent,
            }
            .refuse(&["X-01"]));
        }
        if approver.is_none() {
            return Err(Ground::Missing {
                what: "an approver with so much authority",
            }
            .refuse(&["S1-01", "S1-03"]));
        }
        Ok(())
    }
}
