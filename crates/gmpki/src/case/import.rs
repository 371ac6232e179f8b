//! `gmpki case import`: many cases from one table.

use super::{about, issue::of_many, table, table::Row};
use crate::{
    args::Import,
    desk::{Desk, evidence::PAPER},
    failure::Failure,
    input,
    outcome::Outcome,
    progress::Progress,
};
use lifecycle::{
    CaseId, Command, OrganisationId, PersonId, Personal,
    case::{self, command::Opening},
    certificate::RevocationReason,
    terms::{Carrier, Kind, Mode, Model},
};
use serde_json::json;
use std::collections::BTreeMap;

/// What begins the name of a column that is a field of the form.
const FIELD: &str = "field ";

pub(super) fn run(import: &Import) -> Result<Outcome, Failure> {
    let octets = input::read(&import.file, PAPER)?;
    let failed = |reason: String| Failure::file(&import.file, reason);
    let text = String::from_utf8(octets).map_err(|error| failed(error.to_string()))?;
    let rows = table::rows(&text).map_err(failed)?;
    let mut desk = Desk::open(&import.act.work)?;
    // Every row is read before the first one is carried out.
    let read = rows.iter().map(|row| {
        let read = Wanted::read(&desk, row);
        read.map_err(|failure| failed(format!("line {}: {}", row.line, failure.reasons())))
    });
    let wanted = read.collect::<Result<Vec<_>, _>>()?;
    let progress = Progress::new(wanted.len());
    let (mut text, mut list, mut refused) = (String::new(), Vec::new(), Vec::new());
    for (count, one) in wanted.iter().enumerate() {
        progress.at(count, one.case.as_str());
        match one.carry_out(&mut desk, import) {
            Ok(()) => {
                text.push_str(&format!("case {}: draft\n", one.case));
                list.push(json!({ "case": one.case.as_str() }));
            }
            Err(failure) => {
                let reasons = failure.reasons();
                list.push(json!({ "case": one.case.as_str(), "refused": reasons }));
                refused.push(format!("{}: {reasons}", one.case));
            }
        }
    }
    drop(progress);
    Ok(of_many(text, list, refused, wanted.len()))
}

/// One case as its row has it.
struct Wanted {
    case: CaseId,
    opening: Opening,
    /// Fields of the form and years; none where the row has neither.
    form: Option<(BTreeMap<String, String>, u16)>,
}

impl Wanted {
    fn read(desk: &Desk, row: &Row) -> Result<Self, Failure> {
        let mut cells = row.cells.clone();
        let mut fields = BTreeMap::new();
        cells.retain(|name, value| match name.strip_prefix(FIELD) {
            None => true,
            Some(field) => {
                fields.insert(field.to_owned(), std::mem::take(value));
                false
            }
        });
        let mut optional = |name: &str| cells.remove(name);
        let kind = word("kind", optional("kind"), Kind::Apply, Kind::parse)?;
        let (certificate, holder) = (optional("certificate"), optional("holder"));
        let holder = holder.map(PersonId::new).transpose()?;
        let mut opening = match optional("target") {
            // What the row leaves out is as the old case has it.
            Some(target) => about::opening(desk, &about::target(desk, &target)?, kind)?,
            None => Opening::new(
                desk.rules_in_force()?,
                (kind, Mode::Counter, Model::SelfService),
                needed("certificate", certificate.clone())?,
                Carrier::Hard,
                needed("holder", holder.clone())?,
            ),
        };
        opening.certificate = certificate.unwrap_or(opening.certificate);
        opening.holder = holder.unwrap_or(opening.holder);
        opening.mode = word("mode", optional("mode"), opening.mode, Mode::parse)?;
        opening.model = word("model", optional("model"), opening.model, Model::parse)?;
        let carrier = optional("carrier");
        opening.carrier = word("carrier", carrier, opening.carrier, Carrier::parse)?;
        let reason = optional("reason").map(|text| {
            let parsed = RevocationReason::parse(&text);
            parsed.ok_or_else(|| Failure::Usage(format!("{text:?} is no reason")))
        });
        opening.reason = reason.transpose()?;
        let organisation = optional("organisation").map(OrganisationId::new);
        opening.organisation = organisation.transpose()?.or(opening.organisation);
        let agency = optional("agency").map(OrganisationId::new);
        opening.agency = agency.transpose()?.or(opening.agency);
        opening.account = optional("account").map(Personal::from).or(opening.account);
        opening.order = optional("order");
        let (case, years) = (optional("case"), optional("years"));
        let years = years.map(|years| {
            let read = years.parse::<u16>();
            read.map_err(|_| Failure::Usage(format!("{years:?} is no number of years")))
        });
        let form = match (years.transpose()?, fields.is_empty()) {
            (None, true) => None,
            // Kinds that keep the end of an old certificate have no years to choose.
            (years, _) => Some((fields, years.unwrap_or_default())),
        };
        let wanted = Self {
            case: CaseId::new(needed("case", case)?)?,
            opening,
            form,
        };
        match cells.keys().next() {
            Some(unknown) => Err(Failure::Usage(format!(
                "nobody knows the column {unknown:?}"
            ))),
            None => Ok(wanted),
        }
    }

    fn carry_out(&self, desk: &mut Desk, import: &Import) -> Result<(), Failure> {
        let open = case::Command::Open(self.opening.clone());
        desk.act(&import.act.actor, Command::Case(self.case.clone(), open))?;
        let Some((fields, years)) = self.form.clone() else {
            return Ok(());
        };
        let fill = case::Command::Fill { fields, years };
        desk.act(&import.act.actor, Command::Case(self.case.clone(), fill))?;
        Ok(())
    }
}

/// A cell that a row can't be without.
fn needed<T>(name: &str, cell: Option<T>) -> Result<T, Failure> {
    cell.ok_or_else(|| Failure::Usage(format!("there is no {name}")))
}

/// A word of a closed list, or the usual one where the cell is empty.
fn word<T>(
    column: &str,
    cell: Option<String>,
    usual: T,
    parse: fn(&str) -> Option<T>,
) -> Result<T, Failure> {
    match cell {
        None => Ok(usual),
        Some(text) => {
            parse(&text).ok_or_else(|| Failure::Usage(format!("{text:?} is no {column}")))
        }
    }
}
