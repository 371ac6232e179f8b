//! What a decision on a case may see, gathered for one command.

use super::{Engine, step::Step};
use crate::{
    Batch, CaseId, CaseNumber, CaseRow, Error, Ground, Holdings, Refusal, Serial, StreamId,
    case::{
        Command, Context, Phase,
        command::{Opening, Target},
        pair::{Issuance, Issued},
        state::State,
    },
    certificate::{self, Status},
    index::unit_of,
    organisation, roster,
    rules::RuleSet,
    terms::{Kind, Mode},
    token,
};
use cert_profile::{Issuer, Profile};
use der::DateTime;
use std::sync::Arc;

/// The requirement that there are rules for every case.
pub(super) const RULES: &[&str] = &["S0-14"];

/// All of it by value; [`Sight::context`] lends it.
pub(super) struct Sight {
    now: DateTime,
    number: CaseNumber,
    serial: Serial,
    issuer: Option<Arc<Issuer>>,
    roster: Option<Arc<roster::State>>,
    organisation: Option<Arc<organisation::State>>,
    agency_modes: Option<Vec<Mode>>,
    holdings: u32,
    target: Option<Certified>,
    token: Option<Arc<token::State>>,
    objected: Option<[Status; 2]>,
    blocked: bool,
}

/// A case that has certificates, with where they stand.
struct Certified {
    case: Arc<State>,
    signing: Arc<certificate::State>,
    encryption: Arc<certificate::State>,
    validity: (DateTime, DateTime),
}

impl Engine {
    /// The rules that a command is judged by: the case's own, or for one that is opened now,
    /// those it names, which must be in force.
    pub(super) fn rules_of(
        &self,
        id: &CaseId,
        state: Option<&State>,
        command: &Command,
        now: DateTime,
    ) -> Result<&RuleSet, Error> {
        let (wanted, must_be_in_force) = match (state, command) {
            (Some(state), _) => (&state.opening.rules, false),
            (None, Command::Open(opening)) => (&opening.rules, true),
            (None, _) => {
                let stream = StreamId::Case(id.clone());
                return Err(Refusal::Unknown { stream }.into());
            }
        };
        let Some(rules) = self.policy.rules.get(wanted) else {
            let ground = Ground::UnknownName {
                what: "rule set",
                name: wanted.to_string(),
            };
            return Err(ground.by(RULES));
        };
        let in_force = self.policy.rules.in_force(&wanted.name, now);
        if must_be_in_force && in_force.map(RuleSet::id).as_ref() != Some(wanted) {
            let rules = wanted.to_string();
            return Err(Ground::NotInForce { rules }.by(RULES));
        }
        Ok(rules)
    }

    /// Everything that the decision may see.
    pub(super) fn case_sight(
        &self,
        step: &Step<'_>,
        (id, opening, state): (&CaseId, &Opening, Option<&State>),
        command: &Command,
        rules: &RuleSet,
    ) -> Result<Sight, Error> {
        let target = match &opening.target {
            Some(target) => certified(step, target)?,
            None => None,
        };
        let token = match (command, state.and_then(|state| state.token.as_ref())) {
            (Command::BindToken(token), _) | (_, Some(token)) => step.token(token)?,
            _ => None,
        };
        let holdings = if is_counted(opening, rules) {
            let unit = unit_of(opening);
            let asked = Holdings::new(&unit, &opening.certificate, step.now)
                .except([Some(id), opening.target.as_ref()]);
            self.ports.store.holdings(&asked)?
        } else {
            0
        };
        Ok(Sight {
            now: step.now,
            number: step.next_case(),
            #[cfg(not(feature = "fail-points"))]
            serial: self.ports.serials.fresh()?,
            #[cfg(feature = "fail-points")]
            serial: crate::fail_point::serial(self.ports.serials.fresh()?),
            issuer: self.active_issuer(&self.policy.issuer)?,
            roster: step.person(&step.actor.person)?,
            organisation: match &opening.organisation {
                Some(organisation) => step.organisation(organisation)?,
                None => None,
            },
            agency_modes: match &opening.agency {
                Some(agency) => step
                    .organisation(agency)?
                    .map(|state| state.agency_modes(step.now)),
                None => None,
            },
            holdings,
            target,
            token,
            blocked: match command {
                Command::ProveKey(request) => step.is_blocked(&request.public_key)?,
                Command::Issue | Command::RecordUnknownOutcome { .. } => {
                    match state.and_then(|state| state.request.as_ref()) {
                        Some(request) => step.is_blocked(&request.public_key)?,
                        None => false,
                    }
                }
                _ => false,
            },
            objected: match state {
                Some(state) if state.phase == Phase::Objected => standing(step, state)?,
                _ => None,
            },
        })
    }

    /// Whether a command counts what cases of this group, not yet written, are about to change.
    pub(super) fn counts_what_changes(
        &self,
        id: &CaseId,
        command: &Command,
        batch: &Batch,
    ) -> bool {
        let known = match command {
            Command::Open(_) => Ok(None),
            _ => self.state::<State>(&StreamId::Case(id.clone())),
        };
        let opening = match (&known, command) {
            (Ok(Some(state)), _) => &state.opening,
            (_, Command::Open(opening)) => opening,
            _ => return false,
        };
        let rules = self.policy.rules.get(&opening.rules);
        if !rules.is_some_and(|rules| is_counted(opening, rules)) {
            return false;
        }
        let unit = unit_of(opening);
        // A case that gave up counted until then: its row does not say for whom.
        let is_of_unit = |row: &CaseRow| {
            row.id != *id
                && row.kind.makes_certificates()
                && row
                    .holding
                    .as_ref()
                    .is_none_or(|holding| holding.unit == unit)
        };
        batch.cases.iter().any(is_of_unit)
            || batch
                .certificates
                .iter()
                .any(|row| row.revocation.is_some())
    }

    /// The profile of that name.
    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        let mut profiles = self.policy.profiles.iter();
        profiles.find(|profile| profile.name() == name)
    }

    /// The profiles that the rules name for a certificate.
    ///
    /// # Errors
    /// [`Refusal::NoSuchProfile`].
    fn profiles(
        &self,
        rules: &RuleSet,
        certificate: &str,
    ) -> Result<Option<[&Profile; 2]>, Refusal> {
        let Some(rule) = rules.certificate(certificate) else {
            return Ok(None);
        };
        let find = |name: &String| {
            let missing = || Refusal::NoSuchProfile { name: name.clone() };
            self.profile(name).ok_or_else(missing)
        };
        let (signing, encryption) = (&rule.signing_profile, &rule.encryption_profile);
        Ok(Some([find(signing)?, find(encryption)?]))
    }

    /// The view of a decision.
    ///
    /// # Errors
    /// [`Refusal::NoSuchProfile`] when the command `signs` and the rules name a profile that
    /// the policy does not have.
    pub(super) fn context<'a>(
        &'a self,
        sight: &'a Sight,
        rules: &'a RuleSet,
        certificate: &str,
        signs: bool,
    ) -> Result<Context<'a>, Error> {
        let profiles = match self.profiles(rules, certificate) {
            Err(refusal) if signs => return Err(refusal.into()),
            found => found.unwrap_or_default(),
        };
        let issuance = sight.issuer.as_deref().zip(profiles);
        Ok(Context {
            now: sight.now,
            rules,
            calendar: &self.policy.calendar,
            number: sight.number,
            serial: sight.serial.clone(),
            issuance: issuance.map(|(issuer, [signing, encryption])| Issuance {
                issuer,
                signing,
                encryption,
            }),
            issuer: self.policy.issuer.clone(),
            roster: sight.roster.as_deref(),
            organisation: sight.organisation.as_deref(),
            agency_modes: sight.agency_modes.as_deref(),
            holdings: sight.holdings,
            target: sight.target.as_ref().map(|target| Target {
                case: &target.case,
                signing: &target.signing,
                encryption: &target.encryption,
                validity: target.validity,
            }),
            token: sight.token.as_deref(),
            objected: sight.objected,
            blocked: sight.blocked,
        })
    }
}

/// Whether the rules count what the unit has.
fn is_counted(opening: &Opening, rules: &RuleSet) -> bool {
    let rule = rules.certificate(&opening.certificate);
    opening.kind == Kind::Apply && rule.is_some_and(|rule| rule.quota.value.is_some())
}

/// Where a case's own certificates stand now; none where it has none.
fn standing(step: &Step<'_>, state: &State) -> Result<Option<[Status; 2]>, Error> {
    let Some((signing, encryption)) = state.pair() else {
        return Ok(None);
    };
    let both = (step.standing(signing)?, step.standing(encryption)?);
    Ok(match both {
        (Some(signing), Some(encryption)) => Some([signing, encryption]),
        _ => None,
    })
}

fn certified(step: &Step<'_>, id: &CaseId) -> Result<Option<Certified>, Error> {
    let Some(case) = step.case(id)? else {
        return Ok(None);
    };
    let Some((signing, encryption)) = case.pair() else {
        return Ok(None);
    };
    let stands = |issued: &Issued| step.certificate(&issued.issuer, &issued.serial);
    let Some(validity) = signing.validity else {
        return Ok(None);
    };
    let (Some(signing), Some(encryption)) = (stands(signing)?, stands(encryption)?) else {
        return Ok(None);
    };
    Ok(Some(Certified {
        signing,
        encryption,
        validity,
        case,
    }))
}
