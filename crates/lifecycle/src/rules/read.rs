//! From TOML to a rule set.

use super::*;
use std::collections::BTreeSet;

impl RuleSet {
    /// Octets of the longest text that [`Self::from_toml`] reads.
    pub const MAX_TEXT: usize = 262_144;

    /// Reads a set from TOML with the fields of `docs/rules.md`, and checks it as a whole.
    ///
    /// # Errors
    /// [`RuleSetError`], for the first thing that is wrong: with the field, its line and what
    /// holds instead.
    pub fn from_toml(text: &str) -> Result<Self, RuleSetError> {
        let (found, limit) = (text.len(), Self::MAX_TEXT);
        if found > limit {
            return Err(RuleSetError::TooLarge { found, limit });
        }
        let raw = toml::from_str::<RawSet>(text).map_err(|source| {
            let at = source.span().map(|span| span.start);
            RuleSetError::Toml {
                field: at.map_or_else(String::new, |at| line::path_of(text, at)),
                line: at.map(|at| line::of_octet(text, at)),
                source: Box::new(source),
            }
        })?;
        let set = raw.resolved().and_then(|set| set.check().map(|()| set));
        set.map_err(|found| RuleSetError::Unsound {
            line: line::of_path(text, &found.field),
            field: found.field,
            value: found.value,
            flaw: found.flaw,
        })
    }
}

/// A flaw with its place.
pub(super) struct Found {
    pub field: String,
    pub value: Option<String>,
    pub flaw: Flaw,
}

/// What is wrong, at a place.
pub(super) fn flawed<T>(field: impl Into<String>, flaw: Flaw) -> Result<T, Found> {
    Err(Found {
        field: field.into(),
        value: None,
        flaw,
    })
}

/// What is wrong with a word, at a place.
pub(super) fn flawed_by<T>(
    field: impl Into<String>,
    value: impl fmt::Display,
    flaw: Flaw,
) -> Result<T, Found> {
    Err(Found {
        field: field.into(),
        value: Some(value.to_string()),
        flaw,
    })
}

/// A set as it stands in a file: nothing is checked but names and types.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSet {
    name: String,
    version: u32,
    title: Text,
    source: String,
    from: Sourced<Date>,
    until: Option<Sourced<Date>>,
    calendar: Sourced<String>,
    models: Sourced<Vec<Model>>,
    agencies: Sourced<bool>,
    accreditation: Option<Sourced<bool>>,
    onboarding: Sourced<bool>,
    values: Values,
    certificates: BTreeMap<String, CertificateRule>,
    #[serde(default)]
    documents: BTreeMap<String, DocumentRule>,
    #[serde(default)]
    consents: BTreeMap<String, ConsentRule>,
    #[serde(default)]
    identity: BTreeMap<IdentityDocument, Sourced<Vec<IdentityMethod>>>,
    roster: RosterRule,
    #[serde(default)]
    seats: SeatRules,
    pins: Vec<PinRule>,
    checks: BTreeMap<String, CheckRule>,
    cells: BTreeMap<Kind, BTreeMap<Mode, RawCell>>,
}

/// A cell as it stands in a file. What it must have depends on whether it is offered, so no
/// field must be there for all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawCell {
    not_offered: Option<Text>,
    openers: Option<Vec<Seat>>,
    subjects: Option<Sourced<Vec<SubjectKind>>>,
    carriers: Option<Sourced<Vec<Carrier>>>,
    at_once: Option<Sourced<bool>>,
    /// Names of checks.
    checks: Option<Vec<String>>,
    present: Option<Vec<Seat>>,
    deliveries: Option<Vec<DeliveryMethod>>,
    #[serde(default)]
    basis: Vec<Requirement>,
    assumed: Option<String>,
}

impl RawSet {
    /// The same with each name of a check replaced by the check.
    fn resolved(self) -> Result<RuleSet, Found> {
        let mut checks = self.checks;
        for (name, rule) in &mut checks {
            rule.name.clone_from(name);
        }
        let mut cells = BTreeMap::new();
        for (kind, modes) in self.cells {
            let row: &mut BTreeMap<_, _> = cells.entry(kind).or_default();
            for (mode, cell) in modes {
                row.insert(mode, cell.resolved(kind, mode, &checks)?);
            }
        }
        Ok(RuleSet {
            name: self.name,
            version: self.version,
            title: self.title,
            source: self.source,
            from: self.from,
            until: self.until,
            calendar: self.calendar,
            models: self.models,
            agencies: self.agencies,
            accreditation: self.accreditation,
            onboarding: self.onboarding,
            values: self.values,
            certificates: self.certificates,
            documents: self.documents,
            consents: self.consents,
            identity: self.identity,
            roster: self.roster,
            seats: self.seats,
            pins: self.pins,
            checks,
            cells,
        })
    }
}

impl RawCell {
    fn resolved(
        self,
        kind: Kind,
        mode: Mode,
        described: &BTreeMap<String, CheckRule>,
    ) -> Result<Cell, Found> {
        let path = format!("cells.{kind}.{mode}");
        let ruled = self.openers.is_some()
            || self.subjects.is_some()
            || self.carriers.is_some()
            || self.at_once.is_some()
            || self.checks.is_some()
            || self.present.is_some()
            || self.deliveries.is_some();
        if let Some(not_offered) = self.not_offered {
            if ruled {
                return flawed(format!("{path}.not-offered"), Flaw::OfferedOrNot);
            }
            return Ok(Cell::NotOffered(NotOffered {
                not_offered,
                basis: self.basis,
                assumed: self.assumed,
            }));
        }
        let Some(openers) = self.openers else {
            return flawed(path, Flaw::NoOpeners);
        };
        let mut checks = Vec::new();
        let mut named = BTreeSet::new();
        for (index, name) in self.checks.unwrap_or_default().into_iter().enumerate() {
            let place = format!("{path}.checks.{index}");
            let Some(rule) = described.get(&name) else {
                return flawed_by(place, name, Flaw::NoCheck);
            };
            // Asked before anything is copied: a short text makes no long set.
            if !named.insert(&rule.name) {
                return flawed_by(place, name, Flaw::Twice);
            }
            checks.push(rule.clone());
        }
        Ok(Cell::Offered(Process {
            openers,
            subjects: self.subjects,
            carriers: self.carriers,
            at_once: self.at_once,
            checks,
            present: self.present.unwrap_or_default(),
            deliveries: self.deliveries.unwrap_or_default(),
            basis: self.basis,
            assumed: self.assumed,
        }))
    }
}
