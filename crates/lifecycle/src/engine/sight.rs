//! What other records say of an agency or of a class of certificates, gathered for one command.

use super::{Engine, step::Step};
use crate::{
    CaseId, Error, OrganisationId, ProceedingId, RecognitionId, StreamId,
    proceeding::{self, Sight, accreditation, recognition},
    rules::RuleSet,
    terms::Mode,
};
use std::collections::BTreeMap;

/// Rows or names that are read from the store at a time.
const PAGE: usize = 1_000;

impl Engine {
    /// What a decision on a case about an institution may see of other records.
    pub(super) fn sight<'a>(
        &'a self,
        step: &Step<'_>,
        command: &proceeding::Command,
    ) -> Result<Sight<'a>, Error> {
        match command {
            proceeding::Command::Accreditation(id, command) => {
                let sight = self.sight_of_agency(step, id, command)?;
                Ok(Sight::Accreditation(Box::new(sight)))
            }
            proceeding::Command::Recognition(id, command) => match &**command {
                recognition::Command::Apply(application) => {
                    let rival = self.recognition_of(step, &application.key, id)?;
                    Ok(Sight::Recognition(recognition::Sight { rival }))
                }
                _ => Ok(Sight::Nothing),
            },
            proceeding::Command::Qualification(..) => Ok(Sight::Nothing),
        }
    }

    /// The case that goes on about a class of certificates, besides that of this name. All
    /// recognitions are looked at: it is asked when a CA applies; what waits to be written was
    /// written before that is decided.
    fn recognition_of(
        &self,
        step: &Step<'_>,
        key: &recognition::Key,
        besides: &RecognitionId,
    ) -> Result<Option<RecognitionId>, Error> {
        let mut after: Option<StreamId> = None;
        loop {
            let page = self
                .ports
                .store
                .streams("recognition", after.as_ref(), PAGE)?;
            let Some(last) = page.last() else {
                return Ok(None);
            };
            after = Some(last.clone());
            for stream in page {
                let StreamId::Proceeding(ProceedingId::Recognition(id)) = &stream else {
                    continue;
                };
                if id == besides {
                    continue;
                }
                let goes_on = match step.state::<proceeding::State>(&stream)?.as_deref() {
                    Some(proceeding::State::Recognition(state)) => state.goes_on_about(key),
                    _ => false,
                };
                if goes_on {
                    return Ok(Some(id.clone()));
                }
            }
        }
    }

    fn sight_of_agency<'a>(
        &'a self,
        step: &Step<'_>,
        id: &OrganisationId,
        command: &accreditation::Command,
    ) -> Result<accreditation::Sight<'a>, Error> {
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
        let ends = matches!(*command, accreditation::Command::Terminate { .. });
        let open_cases = if ends {
            self.open_cases_of(step, id)?
        } else {
            BTreeMap::new()
        };
        let rules = self.policy.rules.in_force(&terms.rules.value, step.now);
        Ok(accreditation::Sight {
            id: id.clone(),
            organisation: step.organisation(id)?,
            profile: self.profile(&terms.profile.value),
            roster: rules.map(RuleSet::roster),
            staff,
            open_cases,
            heirs,
        })
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
                let is_its = state.is_some_and(|state| state.agency() == Some(agency));
                if is_its {
                    open.insert(row.id.clone(), row.mode);
                }
            }
        }
    }
}
