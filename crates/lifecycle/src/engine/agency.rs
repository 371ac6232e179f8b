//! What other records say of an agency, gathered for one command.

use super::{Engine, step::Step};
use crate::{
    CaseId, Error, OrganisationId,
    proceeding::{self, accreditation},
    rules::RuleSet,
    terms::Mode,
};
use std::collections::BTreeMap;

/// Rows of cases that are read from the store at a time.
const PAGE: usize = 1_000;

impl Engine {
    /// What a decision on an accreditation may see; none where the command is for another
    /// machine.
    pub(super) fn agency<'a>(
        &'a self,
        step: &Step<'_>,
        command: &proceeding::Command,
    ) -> Result<Option<accreditation::Sight<'a>>, Error> {
        let proceeding::Command::Accreditation(id, command) = command else {
            return Ok(None);
        };
        let terms = &self.policy.proceedings.accreditation;
        let mut staff = BTreeMap::new();
        for person in command.staff() {
            if let Some(entry) = step.person(person)? {
                staff.insert(person.clone(), entry);
            }
        }
        let mut heirs = BTreeMap::new();
        for heir in command.heirs() {
            if let Some(state) = step.organisation(heir)? {
                heirs.insert(heir.clone(), state.agency_modes(step.now));
            }
        }
        let ends = matches!(**command, accreditation::Command::Terminate { .. });
        let open_cases = if ends {
            self.open_cases_of(step, id)?
        } else {
            BTreeMap::new()
        };
        let rules = self.policy.rules.in_force(&terms.rules.value, step.now);
        Ok(Some(accreditation::Sight {
            id: id.clone(),
            organisation: step.organisation(id)?,
            profile: self.profile(&terms.profile.value),
            roster: rules.map(RuleSet::roster),
            staff,
            open_cases,
            heirs,
        }))
    }

    /// Cases that came through an agency and go on. All cases are looked at: it is asked when
    /// an accreditation ends, and by nobody else; what waits to be written was written before
    /// that is decided.
    fn open_cases_of(
        &self,
        step: &Step<'_>,
        agency: &OrganisationId,
    ) -> Result<BTreeMap<CaseId, Mode>, Error> {
        let mut open = BTreeMap::new();
        let mut after: Option<CaseId> = None;
        loop {
            let page = self.ports.store.cases(after.as_ref(), PAGE)?;
            let Some(last) = page.last() else {
                return Ok(open);
            };
            after = Some(last.id.clone());
            for row in page.iter().filter(|row| !row.phase.is_final()) {
                let state = step.case(&row.id)?;
                let agency_of = state.and_then(|state| state.opening.agency.clone());
                if agency_of.as_ref() == Some(agency) {
                    open.insert(row.id.clone(), row.mode);
                }
            }
        }
    }
}
