//! What one command comes to: gathers what the decision may see, decides, and adds what follows
//! to the step.

use super::{Command, Engine, context, step::Step};
use crate::{
    Actor, AuthorityId, CaseId, Error, Ground, Refusal, Seat, StreamId, authority, case, cessation,
    proceeding,
};
use cert_profile::{Issuer, Profile};
use std::sync::Arc;

impl Engine {
    /// Adds what a command comes to to a step.
    pub(super) fn take(&self, step: &mut Step<'_>, command: Command) -> Result<(), Error> {
        let (actor, now) = (&step.actor.clone(), step.now);
        match command {
            Command::Case(id, command) => self.decide_case(step, &id, command)?,
            Command::Authority(id, command) => {
                let known = step.authority(&id)?;
                let known = known.as_deref();
                let wanted = authority::Wanted::of(known, &command);
                let profile = wanted.profile.and_then(|name| {
                    let named = |profile: &&Profile| profile.name() == name;
                    self.policy.authorities.iter().find(named)
                });
                let other = match wanted.other {
                    Some(name) => self.authority(name)?,
                    None => None,
                };
                let issuer = match wanted.issuer {
                    Some(name) => self.certifying_issuer(name, profile)?,
                    None => None,
                };
                let revoked = match command {
                    authority::Command::IssueCrl
                    | authority::Command::IssueDeltaCrl
                    | authority::Command::RecordCrlUnknownOutcome { .. } => self.revoked(&id)?,
                    _ => authority::Revoked::default(),
                };
                let established = known.and_then(authority::State::established);
                let last_end = match established {
                    Some(active) if wanted.last_end => step.last_end(&id, active)?,
                    _ => None,
                };
                let context = authority::Context {
                    id: &id,
                    now,
                    serial: self.ports.serials.fresh()?,
                    profile,
                    issuer: issuer.as_deref(),
                    revoked,
                    crl_lifetime: self.policy.crl_lifetime,
                    other: other.as_ref(),
                    last_end,
                };
                let events = authority::decide(known, actor, command, &context)?;
                step.apply_to_authority(&id, events)?;
            }
            Command::Certificates(id, command) => {
                let case = step.case(&id)?.ok_or_else(|| Refusal::Unknown {
                    stream: StreamId::Case(id.clone()),
                })?;
                heeds(&case, actor)?;
                let (signing, encryption) = case.pair().ok_or_else(|| {
                    let case = id.clone();
                    Ground::TargetWithout { case }.refuse(&["S0-13"])
                })?;
                for issued in [signing, encryption] {
                    step.change_certificate(&issued.issuer, &issued.serial, command.clone())?;
                }
            }
            Command::Person(id, rules, command) => {
                let in_force = self.policy.rules.in_force(&rules, now);
                let rules =
                    in_force.ok_or_else(|| Ground::NotInForce { rules }.refuse(context::RULES))?;
                step.change_person(&id, command, rules)?;
            }
            Command::Erasure(id, command) => {
                step.change_erasure(&id, command, &self.policy.rules)?;
            }
            Command::Organisation(id, command) => step.change_organisation(&id, command)?,
            Command::Key(id, command) => step.change_key(&id, command)?,
            Command::Token(id, command) => step.change_token(&id, actor.clone(), command)?,
            Command::Cessation(id, command) => {
                let context = cessation::Context {
                    terms: &self.policy.cessation,
                    calendar: &self.policy.calendar,
                    now,
                };
                step.change_cessation(&id, command, &context)?;
            }
            Command::Proceeding(command) => {
                let sight = self.sight(step, &command)?;
                let context = proceeding::Context {
                    terms: &self.policy.proceedings,
                    calendar: &self.policy.calendar,
                    now,
                    sight: &sight,
                };
                step.change_proceeding(command, &context)?;
            }
        }
        Ok(())
    }

    fn decide_case(
        &self,
        step: &mut Step<'_>,
        id: &CaseId,
        command: case::Command,
    ) -> Result<(), Error> {
        use case::Command as Asked;
        let state = step.case(id)?;
        let state = state.as_deref();
        let rules = self.rules_of(id, state, &command, step.now)?;
        let opening = match (state, &command) {
            (Some(state), _) => &state.opening,
            (None, Asked::Open(opening)) => opening,
            (None, _) => return Err(unknown(id)),
        };
        let signs = matches!(command, Asked::Issue | Asked::RecordEncryptionKey(_));
        let sight = self.case_sight(step, (id, opening, state), &command, rules)?;
        let context = self.context(&sight, rules, &opening.certificate, signs)?;
        let events = case::decide(id, state, &step.actor.clone(), command, &context)?;
        step.apply_to_case(id, rules, events)
    }

    /// An authority that has a certificate and a key that still signs, a CA or not.
    pub(super) fn active(&self, id: &AuthorityId) -> Result<authority::Active, Error> {
        let state = self.authority(id)?;
        let active = state.as_ref().and_then(authority::State::signing);
        active.cloned().ok_or_else(|| Ground::not_ready(id).into())
    }

    /// The public half of a CA, if it has a certificate and issues.
    pub(super) fn active_issuer(&self, id: &AuthorityId) -> Result<Option<Arc<Issuer>>, Error> {
        let Some(state) = self.state::<authority::State>(&StreamId::Authority(id.clone()))? else {
            return Ok(None);
        };
        let mut read = self.issuers.borrow_mut();
        if let Some((of, issuer)) = read.get(id)
            && Arc::ptr_eq(of, &state)
        {
            return Ok(issuer.clone());
        }
        let active = state.issuing();
        let issuer = active.map(|active| Issuer::from_certificate(&active.certificate));
        let issuer = issuer.transpose()?.map(Arc::new);
        read.insert(id.clone(), (state, issuer.clone()));
        Ok(issuer)
    }

    /// The public half of a CA that is to certify another authority: one that retires still
    /// does so for who answers in its name, such as an OCSP responder.
    fn certifying_issuer(
        &self,
        id: &AuthorityId,
        profile: Option<&Profile>,
    ) -> Result<Option<Arc<Issuer>>, Error> {
        let issuing = self.active_issuer(id)?;
        if issuing.is_some() || profile.is_none_or(|profile| profile.kind().is_ca()) {
            return Ok(issuing);
        }
        let state = self.authority(id)?;
        Ok(match &state {
            Some(authority::State::Retiring(retiring)) => {
                Some(Arc::new(Issuer::from_certificate(&retiring.certificate)?))
            }
            _ => None,
        })
    }
}

/// A holder speaks for their own pair alone; officers speak for any.
fn heeds(case: &case::State, actor: &Actor) -> Result<(), Refusal> {
    if actor.seat == Seat::Applicant && actor.person != case.opening.holder {
        let person = actor.person.clone();
        return Err(Ground::NotAParty { person }.refuse(&["S2-32"]));
    }
    Ok(())
}

fn unknown(id: &CaseId) -> Error {
    let stream = StreamId::Case(id.clone());
    Refusal::Unknown { stream }.into()
}
