//! An organisation with its agents and its list of applicants (S1-01 to S1-04), and, where it
//! is an agency, the modes in which it may do business (S0-01, S0-11).
//!
//! The past stays as it was: what an agent did is judged by the authority he had then, and
//! taking it back stops new cases only (S1-03). An agent's authority, the list of applicants and
//! an agency's modes are intervals, asked for at a time; [`machine`] has the steps of the record
//! itself.

pub mod machine;
mod onboarding;

pub use machine::{Stage, Step};
pub use onboarding::{Arrangement, Grant, Onboarding, Scope};

use crate::{
    Actor, Error, Evidence, Ground, Interval, OrganisationId, PersonId, Refusal, Seat,
    interval::Timeline,
    proceeding::accreditation::Gate,
    terms::{EvidenceKind, Kind, Mode, Model},
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An organisation as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Its name as its papers have it.
    pub name: String,
    /// Its unified social credit code.
    pub credit_code: Option<String>,
    /// Who brings its cases; none: it applies for none.
    pub model: Option<Model>,
    /// Who of its people may apply, in words.
    pub conditions: String,
    /// Whatever else was agreed.
    pub others: String,
    /// A filing that waits for its second person.
    pub pending: Option<Pending>,
    approvers: BTreeMap<PersonId, Timeline<Option<Scope>>>,
    agents: BTreeMap<PersonId, Timeline<Option<Grant>>>,
    applicants: BTreeMap<PersonId, Timeline<bool>>,
    modes: BTreeMap<Mode, Timeline<Option<Interval>>>,
}

/// A filing that one person recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The modes, and when each may be used.
    pub modes: BTreeMap<Mode, Interval>,
    /// Who recorded it.
    pub by: PersonId,
}

/// What can be asked of an organisation's record.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// By a clerk.
    Onboard(Onboarding),
    /// By a clerk: another approver, or another authority of one.
    NameApprover {
        /// Who.
        approver: PersonId,
        /// What he may authorise, and when.
        scope: Scope,
        /// The organisation's [paper](EvidenceKind::OrganisationDocuments).
        document: Evidence,
    },
    /// By a clerk.
    DismissApprover {
        /// Who.
        approver: PersonId,
        /// Why: 1 to 1000 characters.
        reason: String,
    },
    /// By the organisation's approver himself, or by a clerk from the document. It takes the
    /// place of what the agent had.
    Authorise {
        /// The agent.
        agent: PersonId,
        /// What he gets.
        grant: Grant,
    },
    /// By an approver of the organisation, or by a clerk. Cases that run go on (S1-03).
    RevokeAuthority {
        /// The agent.
        agent: PersonId,
        /// Why: 1 to 1000 characters.
        reason: String,
    },
    /// By an approver of the organisation, or by a clerk.
    List {
        /// Whom: one at least.
        applicants: BTreeSet<PersonId>,
    },
    /// By an approver of the organisation, or by a clerk.
    Delist {
        /// Whom: one at least, and all of them on the list.
        applicants: BTreeSet<PersonId>,
    },
    /// By a clerk: the agency's filing for these modes was accepted (S0-11). Modes that it
    /// does not name stay as they are. For an operator whose agencies are accredited elsewhere:
    /// rules may [say](crate::rules::RuleSet::accreditation) that they are accredited here, and
    /// where there is an [accreditation](crate::proceeding::accreditation), it alone opens and
    /// closes modes. Then this and the next are refused.
    FileModes {
        /// The modes, and when each may be used: one at least.
        modes: BTreeMap<Mode, Interval>,
        /// The filing, one of the agency's [papers](EvidenceKind::OrganisationDocuments).
        filing: Evidence,
    },
    /// By an approver who did not record it.
    ConfirmModes,
    /// By a clerk or an approver: the filing is dropped.
    DiscardModes,
    /// By a clerk or an approver, at once.
    SuspendMode {
        /// Which.
        mode: Mode,
        /// Why: 1 to 1000 characters.
        reason: String,
    },
}

/// What happened to an organisation's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// It was taken on.
    Onboarded(Onboarding),
    /// It has another approver, or one with another authority.
    ApproverNamed {
        /// Who.
        approver: PersonId,
        /// What he may authorise, and when.
        scope: Scope,
        /// The organisation's paper.
        document: Evidence,
    },
    /// An approver is none any more.
    ApproverDismissed {
        /// Who.
        approver: PersonId,
        /// Why.
        reason: String,
    },
    /// An agent has this authority, and no other.
    Authorised {
        /// The agent.
        agent: PersonId,
        /// What he got.
        grant: Grant,
    },
    /// An agent has no authority any more.
    AuthorityRevoked {
        /// The agent.
        agent: PersonId,
        /// Why.
        reason: String,
    },
    /// They are on the list of applicants.
    Listed {
        /// Whom.
        applicants: BTreeSet<PersonId>,
    },
    /// They are on it no more.
    Delisted {
        /// Whom.
        applicants: BTreeSet<PersonId>,
    },
    /// A filing of modes was recorded.
    ModesFiled {
        /// The modes, and when each may be used.
        modes: BTreeMap<Mode, Interval>,
        /// The filing.
        filing: Evidence,
    },
    /// A second person agreed: they count.
    ModesConfirmed,
    /// The filing was dropped.
    ModesDiscarded,
    /// A mode may not be used any more.
    ModeSuspended {
        /// Which.
        mode: Mode,
        /// Why.
        reason: String,
    },
    /// A mode may be used: the agency's accreditation says so (S0-11).
    ModeOpened {
        /// Which.
        mode: Mode,
        /// When.
        interval: Interval,
    },
    /// A mode may not be used any more: the agency's accreditation says so (S0-01).
    ModeClosed {
        /// Which.
        mode: Mode,
    },
}

impl From<Gate> for Event {
    fn from(gate: Gate) -> Self {
        match gate {
            Gate::Open(mode, interval) => Self::ModeOpened { mode, interval },
            Gate::Close(mode) => Self::ModeClosed { mode },
        }
    }
}

impl Event {
    /// The step of the [table](machine::TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Onboarded(_) => Step::Onboarded,
            Self::ApproverNamed { .. } => Step::ApproverNamed,
            Self::ApproverDismissed { .. } => Step::ApproverDismissed,
            Self::Authorised { .. } => Step::Authorised,
            Self::AuthorityRevoked { .. } => Step::AuthorityRevoked,
            Self::Listed { .. } => Step::Listed,
            Self::Delisted { .. } => Step::Delisted,
            Self::ModesFiled { .. } => Step::ModesFiled,
            Self::ModesConfirmed => Step::ModesConfirmed,
            Self::ModesDiscarded => Step::ModesDiscarded,
            Self::ModeSuspended { .. } => Step::ModeSuspended,
            Self::ModeOpened { .. } => Step::ModeOpened,
            Self::ModeClosed { .. } => Step::ModeClosed,
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }
}

/// What a decision may see besides the state.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Context<'a> {
    /// The organisation's name in records.
    pub id: &'a OrganisationId,
    /// Whether it has an accreditation, which then alone opens and closes its modes.
    pub accredited: bool,
    /// Whether rules in force want agencies accredited here, so that no mode opens otherwise.
    pub accredits: bool,
    /// The time.
    pub now: DateTime,
}

const CLERK: &[Seat] = &[Seat::Clerk];
const OPERATOR: &[Seat] = &[Seat::Clerk, Seat::Approver];

/// Says what would happen; touches nothing.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Event, Error> {
    let wrong_state = Ground::WrongState {
        what: "the organisation",
        state: state.map_or("unknown", State::status),
        verb: command.verb(),
    };
    let basis = command.basis();
    if machine::transition(state.map(State::stage), command.step()).is_none() {
        return Err(wrong_state.by(basis));
    }
    if context.leaves_to_accreditation(&command) {
        return Err(Ground::Missing {
            what: "the accreditation's own step: it opens and closes the agency's modes",
        }
        .by(&["S0-01", "S0-11"]));
    }
    let event = match (state, command) {
        (None, Command::Onboard(onboarding)) => {
            actor.sits_in(CLERK, basis)?;
            onboarding.check()?;
            Event::Onboarded(onboarding)
        }
        (
            Some(_),
            Command::NameApprover {
                approver,
                scope,
                document,
            },
        ) => {
            actor.sits_in(CLERK, basis)?;
            actor.differs_from(&[(&approver, Seat::OrganisationApprover)])?;
            scope.check()?;
            document.is_a(EvidenceKind::OrganisationDocuments, &["S1-01"])?;
            Event::ApproverNamed {
                approver,
                scope,
                document,
            }
        }
        (Some(state), Command::DismissApprover { approver, reason }) => {
            actor.sits_in(CLERK, basis)?;
            Ground::words(&reason, "dismissing an approver", &["S1-01"])?;
            if state.approver(&approver, context.now).is_none() {
                return Err(context.not_authorised(approver).into());
            }
            Event::ApproverDismissed { approver, reason }
        }
        (Some(state), Command::Authorise { agent, grant }) => {
            actor.sits_in(&[Seat::OrganisationApprover, Seat::Clerk], basis)?;
            // An approver gives his own authority; a clerk writes down somebody else's.
            if (actor.seat == Seat::OrganisationApprover) != (actor.person == grant.approver) {
                return Err(context.not_authorised(actor.person.clone()).into());
            }
            actor.differs_from(&[(&agent, Seat::Agent)])?;
            let approver = state.approver(&grant.approver, context.now);
            grant.check(&agent, approver.filter(|own| own.covers(&grant.scope)))?;
            Event::Authorised { agent, grant }
        }
        (Some(state), Command::RevokeAuthority { agent, reason }) => {
            state.speaks_for(actor, context, basis)?;
            Ground::words(&reason, "taking an authority back", &["S1-03"])?;
            if state.grant(&agent, context.now).is_none() {
                return Err(context.not_authorised(agent).into());
            }
            Event::AuthorityRevoked { agent, reason }
        }
        (Some(state), Command::List { applicants }) => {
            state.speaks_for(actor, context, basis)?;
            context.some(&applicants)?;
            Event::Listed { applicants }
        }
        (Some(state), Command::Delist { applicants }) => {
            state.speaks_for(actor, context, basis)?;
            context.some(&applicants)?;
            let stranger = applicants
                .iter()
                .find(|person| !state.lists(person, context.now));
            if let Some(person) = stranger {
                return Err(Ground::NotListedApplicant {
                    person: person.clone(),
                    organisation: context.id.clone(),
                }
                .refuse(&["S1-01"])
                .into());
            }
            Event::Delisted { applicants }
        }
        (Some(_), Command::FileModes { modes, filing }) => {
            actor.sits_in(CLERK, basis)?;
            if modes.is_empty() {
                return Err(Ground::Missing { what: "a mode" }.refuse(&["S0-06"]).into());
            }
            if modes.values().any(Interval::is_empty) {
                return Err(Ground::Interval.refuse(&["S0-11"]).into());
            }
            filing.is_a(EvidenceKind::OrganisationDocuments, &["S0-11"])?;
            Event::ModesFiled { modes, filing }
        }
        (
            Some(State {
                pending: Some(pending),
                ..
            }),
            Command::ConfirmModes,
        ) => {
            actor.sits_in(&[Seat::Approver], basis)?;
            actor.differs_from(&[(&pending.by, Seat::Clerk)])?;
            Event::ModesConfirmed
        }
        (Some(_), Command::DiscardModes) => {
            actor.sits_in(OPERATOR, basis)?;
            Event::ModesDiscarded
        }
        (Some(state), Command::SuspendMode { mode, reason }) => {
            actor.sits_in(OPERATOR, basis)?;
            Ground::words(&reason, "suspending a mode", &["S0-11"])?;
            // One that is to begin later can be suspended too.
            if !matches!(
                state.modes.get(&mode).and_then(Timeline::last),
                Some(Some(_))
            ) {
                return Err(Ground::ModeNotFiled { mode }.refuse(&["S0-11"]).into());
            }
            Event::ModeSuspended { mode, reason }
        }
        _ => return Err(wrong_state.by(basis)),
    };
    Ok(event)
}

/// The state after an event that was recorded at a time: total, as in
/// [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event, at: DateTime) -> Option<State> {
    let from = state.as_ref().map(State::stage);
    if machine::transition(from, event.step()).is_none() {
        return state;
    }
    let Some(mut state) = state else {
        return match event {
            Event::Onboarded(onboarding) => Some(State::new(onboarding, at)),
            _ => None,
        };
    };
    match event {
        Event::Onboarded(_) => {}
        Event::ApproverNamed {
            approver, scope, ..
        } => state
            .approvers
            .entry(approver.clone())
            .or_default()
            .set(at, Some(scope.clone())),
        Event::ApproverDismissed { approver, .. } => state
            .approvers
            .entry(approver.clone())
            .or_default()
            .set(at, None),
        Event::Authorised { agent, grant } => state
            .agents
            .entry(agent.clone())
            .or_default()
            .set(at, Some(grant.clone())),
        Event::AuthorityRevoked { agent, .. } => {
            state.agents.entry(agent.clone()).or_default().set(at, None);
        }
        Event::Listed { applicants } => state.list(applicants, true, at),
        Event::Delisted { applicants } => state.list(applicants, false, at),
        Event::ModesFiled { modes, .. } => {
            state.pending = Some(Pending {
                modes: modes.clone(),
                by: actor.person.clone(),
            });
        }
        Event::ModesConfirmed => {
            for (mode, interval) in state.pending.take().into_iter().flat_map(|one| one.modes) {
                state.modes.entry(mode).or_default().set(at, Some(interval));
            }
        }
        Event::ModesDiscarded => state.pending = None,
        Event::ModeOpened { mode, interval } => {
            let line = state.modes.entry(*mode).or_default();
            line.set(at, Some(*interval));
        }
        Event::ModeSuspended { mode, .. } | Event::ModeClosed { mode } => {
            state.modes.entry(*mode).or_default().set(at, None);
        }
    }
    Some(state)
}

impl State {
    fn new(onboarding: &Onboarding, at: DateTime) -> Self {
        let mut state = Self {
            name: onboarding.name.clone(),
            credit_code: onboarding.credit_code.clone(),
            model: None,
            conditions: String::new(),
            others: String::new(),
            pending: None,
            approvers: BTreeMap::new(),
            agents: BTreeMap::new(),
            applicants: BTreeMap::new(),
            modes: BTreeMap::new(),
        };
        if let Some(arrangement) = &onboarding.arrangement {
            state.model = Some(arrangement.model);
            state.conditions.clone_from(&arrangement.conditions);
            state.others.clone_from(&arrangement.others);
            for (approver, scope) in &arrangement.approvers {
                let line = state.approvers.entry(approver.clone()).or_default();
                line.set(at, Some(scope.clone()));
            }
            for (agent, grant) in &arrangement.agents {
                let line = state.agents.entry(agent.clone()).or_default();
                line.set(at, Some(grant.clone()));
            }
            state.list(&arrangement.applicants, true, at);
        }
        state
    }

    fn list(&mut self, applicants: &BTreeSet<PersonId>, listed: bool, at: DateTime) {
        for person in applicants {
            let line = self.applicants.entry(person.clone()).or_default();
            line.set(at, listed);
        }
    }

    /// Where its record stands.
    pub fn stage(&self) -> Stage {
        match self.pending {
            None => Stage::TakenOn,
            Some(_) => Stage::FilingWaits,
        }
    }

    /// Where it stands, in words.
    pub fn status(&self) -> &'static str {
        match self.pending {
            None => "taken on",
            Some(_) => "taken on, with a filing that waits",
        }
    }

    /// Whether an agent has the authority to bring such cases at this time (S1-03, S1-04).
    pub fn authorises(&self, agent: &PersonId, kind: Kind, at: DateTime) -> bool {
        self.grant(agent, at)
            .is_some_and(|grant| grant.scope.holds(kind, at))
    }

    /// Whether a person is on its list of applicants at this time (S1-01).
    pub fn lists(&self, applicant: &PersonId, at: DateTime) -> bool {
        let line = self.applicants.get(applicant);
        line.and_then(|line| line.at(at)).copied().unwrap_or(false)
    }

    /// What an agent holds at this time, whether its interval has begun or ended.
    pub fn grant(&self, agent: &PersonId, at: DateTime) -> Option<&Grant> {
        self.agents.get(agent)?.at(at)?.as_ref()
    }

    /// Whether it has an agent with authority at this time.
    pub fn has_agents(&self, at: DateTime) -> bool {
        let mut grants = self.agents.keys().filter_map(|agent| self.grant(agent, at));
        grants.any(|grant| grant.scope.interval.holds(at))
    }

    /// What an approver may authorise at this time.
    pub fn approver(&self, person: &PersonId, at: DateTime) -> Option<&Scope> {
        let scope = self.approvers.get(person)?.at(at)?.as_ref();
        scope.filter(|scope| scope.interval.holds(at))
    }

    /// The modes in which it may do others' business at this time (S0-01, S0-11); none: it is
    /// no agency, or not in operation.
    pub fn agency_modes(&self, at: DateTime) -> Vec<Mode> {
        let holds = |line: &Timeline<Option<Interval>>| {
            let interval = line.at(at).copied().flatten();
            interval.is_some_and(|interval| interval.holds(at))
        };
        let open = self.modes.iter().filter(|(_, line)| holds(line));
        open.map(|(mode, _)| *mode).collect()
    }

    /// The modes that its record opens, now or at a later time: whatever is to close them closes
    /// those that have not begun too.
    pub fn open_modes(&self, at: DateTime) -> Vec<Mode> {
        let ends_later = |interval: &Interval| interval.until.is_none_or(|until| at < until);
        let open = self.modes.iter().filter(|(_, line)| {
            let interval = line.last().copied().flatten();
            interval.is_some_and(|interval| ends_later(&interval))
        });
        open.map(|(mode, _)| *mode).collect()
    }

    /// A clerk, or an approver of the organisation.
    fn speaks_for(
        &self,
        actor: &Actor,
        context: &Context<'_>,
        basis: &[&str],
    ) -> Result<(), Refusal> {
        actor.sits_in(&[Seat::OrganisationApprover, Seat::Clerk], basis)?;
        let own = self.approver(&actor.person, context.now).is_some();
        if actor.seat == Seat::OrganisationApprover && !own {
            return Err(context.not_authorised(actor.person.clone()));
        }
        Ok(())
    }
}

impl Context<'_> {
    /// What opens a mode is the accreditation's, once there is one or the rules want one; what
    /// closes a mode that was opened without is not: nothing is left open that nobody can close.
    fn leaves_to_accreditation(&self, command: &Command) -> bool {
        match command {
            Command::FileModes { .. } | Command::ConfirmModes => self.accredited || self.accredits,
            Command::SuspendMode { .. } => self.accredited,
            _ => false,
        }
    }

    fn not_authorised(&self, person: PersonId) -> Refusal {
        Ground::NotAuthorised {
            agent: person,
            organisation: self.id.clone(),
        }
        .refuse(&["S1-01", "S1-03"])
    }

    fn some(&self, persons: &BTreeSet<PersonId>) -> Result<(), Refusal> {
        if persons.is_empty() {
            return Err(Ground::Missing {
                what: "an applicant",
            }
            .refuse(&["S1-01"]));
        }
        Ok(())
    }
}

impl Command {
    fn step(&self) -> Step {
        match self {
            Self::Onboard(_) => Step::Onboarded,
            Self::NameApprover { .. } => Step::ApproverNamed,
            Self::DismissApprover { .. } => Step::ApproverDismissed,
            Self::Authorise { .. } => Step::Authorised,
            Self::RevokeAuthority { .. } => Step::AuthorityRevoked,
            Self::List { .. } => Step::Listed,
            Self::Delist { .. } => Step::Delisted,
            Self::FileModes { .. } => Step::ModesFiled,
            Self::ConfirmModes => Step::ModesConfirmed,
            Self::DiscardModes => Step::ModesDiscarded,
            Self::SuspendMode { .. } => Step::ModeSuspended,
        }
    }

    /// The requirement that it carries out.
    const fn basis(&self) -> &'static [&'static str] {
        match self {
            Self::Onboard(_)
            | Self::NameApprover { .. }
            | Self::DismissApprover { .. }
            | Self::List { .. }
            | Self::Delist { .. } => &["S1-01"],
            Self::Authorise { .. } | Self::RevokeAuthority { .. } => &["S1-03"],
            Self::FileModes { .. }
            | Self::ConfirmModes
            | Self::DiscardModes
            | Self::SuspendMode { .. } => &["S0-11"],
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Onboard(_) => "taken on",
            Self::NameApprover { .. } => "given an approver",
            Self::DismissApprover { .. } => "rid of an approver",
            Self::Authorise { .. } => "given an agent",
            Self::RevokeAuthority { .. } => "rid of an agent",
            Self::List { .. } => "given applicants",
            Self::Delist { .. } => "rid of applicants",
            Self::FileModes { .. } => "given a filing",
            Self::ConfirmModes => "confirmed in its modes",
            Self::DiscardModes => "rid of a filing",
            Self::SuspendMode { .. } => "suspended in a mode",
        }
    }
}

#[cfg(test)]
mod tests;
