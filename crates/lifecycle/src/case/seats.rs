//! Separation of duties: which seats one person may hold on one case, and who may sit where.
//!
//! There is one gate, and every act passes it; persons are compared, not logins.
//! There is no way round it, for nobody (0.4, 1.2).

use super::{
    State,
    command::{Context, Opening},
};
use crate::{
    Actor, Error, Ground, NotQualified, OrganisationId, PersonId, Seat, roster,
    rules::{Requirement, RuleSet, SharedSeats},
    terms::Model,
};

/// How firmly two seats are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Apart {
    /// No rule set can give them to one person.
    Always,
    /// Unless the rule set names them with the clause that does.
    UnlessShared,
    /// In the centralised model.
    Centralised,
}

/// The matrix of requirements 1.2. Two seats that it does not list are kept apart always: a
/// rule set loosens what a source gives to one person, and nothing else.
pub const MATRIX: &[(Seat, Seat, Apart)] = &[
    (Seat::Applicant, Seat::Agent, Apart::Centralised),
    (Seat::Applicant, Seat::OrganisationApprover, Apart::Always),
    (Seat::Applicant, Seat::Registrar, Apart::Always),
    (Seat::Applicant, Seat::Approver, Apart::Always),
    (Seat::Applicant, Seat::Witness, Apart::Always),
    (Seat::Applicant, Seat::Handler, Apart::Always),
    (Seat::Applicant, Seat::Checker, Apart::Always),
    (Seat::Applicant, Seat::PinCustodian, Apart::Always),
    (Seat::Applicant, Seat::Auditor, Apart::Always),
    (Seat::Agent, Seat::OrganisationApprover, Apart::Always),
    (Seat::Agent, Seat::Registrar, Apart::Always),
    (Seat::Agent, Seat::Approver, Apart::Always),
    (Seat::Agent, Seat::Witness, Apart::Always),
    (Seat::Agent, Seat::Handler, Apart::Always),
    (Seat::Agent, Seat::Checker, Apart::Always),
    (Seat::Agent, Seat::PinCustodian, Apart::Always),
    (Seat::Agent, Seat::Auditor, Apart::Always),
    (Seat::Registrar, Seat::OrganisationApprover, Apart::Always),
    (Seat::Registrar, Seat::Approver, Apart::Always),
    (Seat::Registrar, Seat::Witness, Apart::UnlessShared),
    (Seat::Registrar, Seat::Handler, Apart::Always),
    (Seat::Registrar, Seat::Checker, Apart::Always),
    (Seat::Registrar, Seat::PinCustodian, Apart::Always),
    (Seat::Registrar, Seat::Auditor, Apart::Always),
    (Seat::Approver, Seat::OrganisationApprover, Apart::Always),
    (Seat::Approver, Seat::Witness, Apart::Always),
    (Seat::Approver, Seat::Handler, Apart::Always),
    (Seat::Approver, Seat::Checker, Apart::Always),
    (Seat::Approver, Seat::PinCustodian, Apart::UnlessShared),
    (Seat::Approver, Seat::Auditor, Apart::Always),
    (Seat::Witness, Seat::OrganisationApprover, Apart::Always),
    (Seat::Witness, Seat::Handler, Apart::UnlessShared),
    (Seat::Witness, Seat::Checker, Apart::Always),
    (Seat::Witness, Seat::PinCustodian, Apart::Always),
    (Seat::Witness, Seat::Auditor, Apart::Always),
    (Seat::Handler, Seat::OrganisationApprover, Apart::Always),
    (Seat::Handler, Seat::Checker, Apart::Always),
    (Seat::Handler, Seat::PinCustodian, Apart::Always),
    (Seat::Handler, Seat::Auditor, Apart::Always),
];

/// How firmly the matrix keeps two seats apart.
pub fn apart(one: Seat, other: Seat) -> Apart {
    MATRIX
        .iter()
        .find(|(a, b, _)| (*a, *b) == (one, other) || (*b, *a) == (one, other))
        .map_or(Apart::Always, |(_, _, apart)| *apart)
}

/// Whether the rules keep two seats of a case apart, and the requirements that say so.
fn barred(one: Seat, other: Seat, model: Model, rules: &RuleSet) -> Option<&[Requirement]> {
    if one == other {
        return None;
    }
    if let Some(rule) = named(&rules.seats().barred, one, other) {
        return Some(&rule.basis);
    }
    let shared = named(&rules.seats().shared, one, other).is_some();
    let is_barred = match apart(one, other) {
        Apart::Always => true,
        Apart::UnlessShared => !shared,
        Apart::Centralised => model == Model::Centralised,
    };
    is_barred.then_some(&[])
}

fn named(pairs: &[SharedSeats], one: Seat, other: Seat) -> Option<&SharedSeats> {
    pairs
        .iter()
        .find(|pair| pair.seats == [one, other] || pair.seats == [other, one])
}

/// The requirements that the matrix is from.
const SEPARATION: &[&str] = &["S1-12", "S0-19", "X-01"];

/// Lets an actor act on a case: no other seat of his there stands against it, the roster has
/// him where the rules want it, and the organisation gave its agent his authority.
///
/// # Errors
/// [`Error::Refused`] with [`Ground::SamePerson`], [`Ground::NotQualified`] or
/// [`Ground::NotAuthorised`].
pub(super) fn admit(
    state: Option<&State>,
    opening: &Opening,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<(), Error> {
    // The holder is a party from the beginning, whoever brings the case.
    let holder = (Seat::Applicant, &opening.holder);
    let seated = state.map_or(&[][..], |state| &state.seats);
    let held = seated.iter().map(|(seat, person)| (*seat, person));
    for (seat, person) in held.chain([holder]) {
        if *person != actor.person {
            continue;
        }
        if let Some(basis) = barred(seat, actor.seat, opening.model, context.rules) {
            let ground = Ground::SamePerson {
                person: actor.person.clone(),
                held: seat,
                wanted: actor.seat,
            };
            return Err(ground.under(SEPARATION, basis));
        }
    }
    let agency = state.map_or(opening.agency.as_ref(), State::agency);
    on_roster(opening, agency, actor, context)?;
    let known = seated
        .iter()
        .any(|(seat, person)| (*seat, person) == (actor.seat, &actor.person));
    if known {
        return Ok(());
    }
    authorised(opening, actor, context)
}

/// A seat of the roster is for those whom the roster has at this time (S0-15), whose contract is
/// not with another agency than that of the case, and who are not related to the holder (S0-18).
fn on_roster(
    opening: &Opening,
    agency: Option<&OrganisationId>,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<(), Error> {
    let rule = context.rules.roster();
    if !rule.seats.value.contains(&actor.seat) {
        return Ok(());
    }
    let found = match context.roster {
        None => Err(NotQualified::NotOnRoster),
        Some(entry) if entry.related(&opening.holder, context.now) => Err(NotQualified::Conflict),
        Some(entry) if is_of_another(entry, agency, context) => Err(NotQualified::Agency),
        Some(entry) => entry.qualifies(actor.seat, rule, context.now),
    };
    found.map_err(|why| {
        let ground = Ground::NotQualified {
            person: actor.person.clone(),
            seat: actor.seat,
            why,
        };
        ground.under(why.basis(), &rule.seats.basis)
    })
}

/// Whether an entry is of another agency than this one. One that names none is of whoever runs
/// the roster.
fn is_of_another(
    entry: &roster::State,
    agency: Option<&OrganisationId>,
    context: &Context<'_>,
) -> bool {
    let own = entry.entry(context.now);
    let own = own.and_then(|entry| entry.agency.as_ref());
    context.rules.agencies().value && own.is_some() && own != agency
}

/// Whether an organisation names its agents beforehand (S1-01, S1-03).
pub(super) fn names_agents(opening: &Opening, rules: &RuleSet) -> bool {
    opening.organisation.is_some()
        && (rules.onboarding().value || opening.model == Model::Centralised)
}

/// An agent has his authority when he first acts on a case. Taking it back stops new cases,
/// not those that he is in (S1-03).
fn authorised(opening: &Opening, actor: &Actor, context: &Context<'_>) -> Result<(), Error> {
    let Some(organisation) = &opening.organisation else {
        return Ok(());
    };
    if actor.seat != Seat::Agent || !names_agents(opening, context.rules) {
        return Ok(());
    }
    let has = context
        .organisation
        .is_some_and(|one| one.authorises(&actor.person, opening.kind, context.now));
    if has {
        return Ok(());
    }
    let ground = Ground::NotAuthorised {
        agent: actor.person.clone(),
        organisation: organisation.clone(),
    };
    Err(ground.under(&["S1-03", "S1-04"], &context.rules.onboarding().basis))
}

impl State {
    /// Whoever opened the case, in which seat.
    pub fn opener(&self) -> Option<&(Seat, PersonId)> {
        self.seats.first()
    }

    /// Whether the holder or an agent opened it, not an officer or an authority.
    pub(super) fn opened_by_customer(&self) -> bool {
        self.opener()
            .is_some_and(|(seat, _)| matches!(seat, Seat::Applicant | Seat::Agent))
    }

    /// Whether this person acted in this seat.
    pub fn seated(&self, seat: Seat, person: &PersonId) -> bool {
        self.seats.iter().any(|(s, p)| (*s, p) == (seat, person))
    }

    /// Whether somebody acted in this seat.
    pub fn took_part(&self, seat: Seat) -> bool {
        self.seats.iter().any(|(one, _)| *one == seat)
    }

    /// Whether this person speaks for the customer: the holder, whoever opened it, an agent of
    /// it.
    pub(super) fn is_party(&self, actor: &Actor, rules: &RuleSet) -> bool {
        let opened = self
            .opener()
            .is_some_and(|(seat, person)| (*seat, person) == (actor.seat, &actor.person));
        match actor.seat {
            Seat::Applicant => opened || actor.person == self.opening.holder,
            // One that the organisation named is let in by its authority.
            Seat::Agent => {
                opened
                    || self.seated(actor.seat, &actor.person)
                    || names_agents(&self.opening, rules)
            }
            _ => opened,
        }
    }
}
