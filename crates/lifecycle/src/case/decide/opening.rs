//! A1: what a case is opened with, and the certificates that it is about.

use super::{Case, is_line, seats};
use crate::{
    Actor, Error, Ground, OrganisationId, Personal, Seat,
    case::{
        Context, Event, State, Step,
        command::{Opening, Target},
    },
    certificate, field,
    rules::{Cell, CertificateRule, Process},
    terms::{Kind, Mode, SubjectKind},
};

const STEP: Step = Step::Opened;

pub(super) fn open(
    actor: &Actor,
    opening: Opening,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    in_force(&opening, context)?;
    let process = process(&opening, context)?;
    let rule = certificate(&opening, context)?;
    if !process.openers.contains(&actor.seat) {
        return Err(Ground::Seat { seat: actor.seat }.under(STEP.basis(), &process.basis));
    }
    own_case(actor, &opening)?;
    through_agency(opening.agency.as_ref(), opening.mode, context)?;
    offered(&opening, rule, process, context)?;
    named(&opening, rule)?;
    seats::admit(None, &opening, actor, context)?;
    about(&opening, actor, context)?;
    let days = context.rules.values().lapse_days.value;
    let lapses = context.calendar.days(context.now, days);
    Ok(vec![Event::Opened { opening, lapses }])
}

/// The same content from the same person is the same opening: nothing new.
pub(super) fn again(state: &State, actor: &Actor, opening: &Opening) -> Result<Vec<Event>, Error> {
    let opened = state.opener();
    let is_same = opened.is_some_and(|one| *one == (actor.seat, actor.person.clone()));
    if is_same && state.opening == *opening {
        return Ok(vec![]);
    }
    Err(Ground::CaseExists.by(STEP.basis()))
}

/// What the rules say of the kind in the mode.
pub(super) fn process<'a>(opening: &Opening, context: &Context<'a>) -> Result<&'a Process, Error> {
    match context.rules.cell(opening.kind, opening.mode) {
        Some(Cell::Offered(process)) => Ok(process),
        Some(Cell::NotOffered(cell)) => {
            let ground = Ground::NotOffered {
                kind: opening.kind,
                mode: opening.mode,
                reason: cell.not_offered.clone(),
            };
            Err(ground.under(&["S0-14"], &cell.basis))
        }
        None => {
            let ground = Ground::UnknownName {
                what: "cell",
                name: format!("{} {}", opening.kind, opening.mode),
            };
            Err(ground.by(&["S0-14"]))
        }
    }
}

pub(super) fn certificate<'a>(
    opening: &Opening,
    context: &Context<'a>,
) -> Result<&'a CertificateRule, Error> {
    context
        .rules
        .certificate(&opening.certificate)
        .ok_or_else(|| {
            let ground = Ground::UnknownName {
                what: "certificate",
                name: opening.certificate.clone(),
            };
            ground.by(&["S2-05"])
        })
}

/// The rules are those that the case names, and count today.
fn in_force(opening: &Opening, context: &Context<'_>) -> Result<(), Error> {
    if context.rules.in_force(context.now) {
        own_rules(opening, context)
    } else {
        Err(not_in_force(opening))
    }
}

/// A case is judged by the rules that it was opened under, from beginning to end (0.2).
pub(super) fn own_rules(opening: &Opening, context: &Context<'_>) -> Result<(), Error> {
    if opening.rules == context.rules.id() {
        Ok(())
    } else {
        Err(not_in_force(opening))
    }
}

fn not_in_force(opening: &Opening) -> Error {
    let rules = opening.rules.to_string();
    Ground::NotInForce { rules }.by(&["S0-14"])
}

/// In the applicant's seat a person asks for himself.
fn own_case(actor: &Actor, opening: &Opening) -> Result<(), Error> {
    if actor.seat != Seat::Applicant || actor.person == opening.holder {
        return Ok(());
    }
    let ground = Ground::NotAParty {
        person: actor.person.clone(),
    };
    Err(ground.by(&["S1-04", "X-02"]))
}

/// Business comes through an agency that operates in the mode (S0-01, S0-11).
fn through_agency(
    agency: Option<&OrganisationId>,
    mode: Mode,
    context: &Context<'_>,
) -> Result<(), Error> {
    let rule = context.rules.agencies();
    if !rule.value {
        return Ok(());
    }
    let modes = agency.and(context.agency_modes);
    let Some(modes) = modes else {
        return Err(Ground::NoAgency.under(&["S0-01"], &rule.basis));
    };
    if modes.contains(&mode) {
        return Ok(());
    }
    let ground = Ground::ModeNotFiled { mode };
    Err(ground.under(&["S0-11"], &rule.basis))
}

/// Model, subject and carrier are of those that the rules offer here.
fn offered(
    opening: &Opening,
    rule: &CertificateRule,
    process: &Process,
    context: &Context<'_>,
) -> Result<(), Error> {
    let models = context.rules.models();
    if !models.value.contains(&opening.model) {
        let ground = Ground::ModelNotOffered {
            model: opening.model,
        };
        return Err(ground.under(&["S1-02"], &models.basis));
    }
    if let Some(subjects) = &process.subjects
        && !subjects.value.contains(&rule.subject)
    {
        let ground = Ground::Subject {
            subject: rule.subject,
        };
        return Err(ground.under(&["S0-23"], &subjects.basis));
    }
    let carrier = opening.carrier;
    let here = process.carriers.as_ref();
    for carriers in here.into_iter().chain([&rule.carriers]) {
        if !carriers.value.contains(&carrier) {
            return Err(Ground::Carrier { carrier }.under(&["S0-23"], &carriers.basis));
        }
    }
    Ok(())
}

/// What a case of its kind can't be without.
fn named(opening: &Opening, rule: &CertificateRule) -> Result<(), Error> {
    field::check_name(&opening.holder)?;
    let needs_organisation = rule.subject != SubjectKind::Person;
    if needs_organisation && opening.organisation.is_none() {
        let what = "the organisation";
        return Err(Ground::Missing { what }.by(&["S1-01", "S2-10"]));
    }
    if opening.kind != Kind::Apply && opening.target.is_none() {
        let what = "the case whose certificates it is about";
        return Err(Ground::Missing { what }.by(&["S0-13"]));
    }
    let wants_reason = matches!(opening.kind, Kind::Revoke | Kind::Reissue);
    if wants_reason && opening.reason.is_none() {
        let what = "the reason";
        return Err(Ground::Missing { what }.by(&["S2-33"]));
    }
    let account = opening.account.as_ref();
    let is_account = |account: &Personal<String>| account.known().is_some_and(|it| is_line(it));
    let texts = [&opening.order, &opening.practice_statement];
    if !account.is_none_or(is_account) || texts.into_iter().flatten().any(|text| !is_line(text)) {
        let what = "account, order or practice statement";
        return Err(Ground::Words { what }.by(&["S2-02", "S2-04"]));
    }
    Ok(())
}

/// The certificates that the case is about allow it, now.
fn about(opening: &Opening, actor: &Actor, context: &Context<'_>) -> Result<(), Error> {
    if opening.kind == Kind::Apply {
        return quota(opening, context);
    }
    let target = target(opening, context)?;
    let old = &target.case.opening;
    // Somebody else's certificates are nobody's business.
    let is_own = old.holder == opening.holder
        && old.organisation == opening.organisation
        && old.certificate == opening.certificate;
    if !is_own {
        let ground = Ground::NotAParty {
            person: opening.holder.clone(),
        };
        return Err(ground.by(&["S1-04"]));
    }
    allowed(opening.kind, target)?;
    by_whom_it_was_frozen(opening.kind, actor, target)?;
    if opening.kind == Kind::Renew {
        window(context, target)?;
    }
    Ok(())
}

fn target<'a>(opening: &Opening, context: &'a Context<'a>) -> Result<&'a Target<'a>, Error> {
    context.target.as_ref().ok_or_else(|| {
        let ground = match &opening.target {
            Some(case) => Ground::TargetWithout { case: case.clone() },
            None => Ground::Missing {
                what: "the case whose certificates it is about",
            },
        };
        ground.by(&["S0-13"])
    })
}

/// The table of kinds: what the certificate must be (section 9).
fn allowed(kind: Kind, target: &Target<'_>) -> Result<(), Error> {
    use certificate::State as Status;
    let status = target.signing;
    let is_good = match kind {
        Kind::Apply => true,
        Kind::Renew | Kind::Freeze => matches!(status, Status::Active { .. }),
        Kind::Unfreeze => matches!(status, Status::Held { .. }),
        // What was objected to before it counted is revoked, and made anew (S2-29).
        Kind::Reissue => matches!(
            status,
            Status::Active { .. } | Status::Held { .. } | Status::Issued
        ),
        // One that another took the place of is still good for whoever has its key.
        Kind::Revoke => matches!(
            status,
            Status::Active { .. }
                | Status::Held { .. }
                | Status::Issued
                | Status::Superseded { .. }
        ),
    };
    if is_good {
        return Ok(());
    }
    let ground = Ground::TargetStatus {
        status: status.name(),
        kind,
    };
    Err(ground.by(match kind {
        Kind::Renew => &["S2-31"],
        Kind::Freeze | Kind::Revoke => &["S2-32"],
        _ => &["S0-13"],
    }))
}

/// A freeze is ended by the kind of party that made it.
fn by_whom_it_was_frozen(kind: Kind, actor: &Actor, target: &Target<'_>) -> Result<(), Error> {
    let certificate::State::Held { hold, .. } = target.signing else {
        return Ok(());
    };
    let asks = certificate::Party::of(actor.seat);
    if kind != Kind::Unfreeze || asks == hold.party {
        return Ok(());
    }
    let ground = Ground::OtherParty {
        froze: hold.party,
        asks,
    };
    Err(ground.by(&["S5-04"]))
}

/// The window opens so many months before the old certificate's end, and closes with it
/// (S2-31, X-12).
fn window(context: &Context<'_>, target: &Target<'_>) -> Result<(), Error> {
    let rule = &context.rules.values().renewal_months;
    let closes = target.validity.1;
    let opens = context.calendar.months_before(closes, rule.value);
    if opens <= context.now && context.now <= closes {
        return Ok(());
    }
    let ground = Ground::OutsideWindow { opens, closes };
    Err(ground.under(&["S2-31", "X-12"], &rule.basis))
}

/// Certificates of a kind that a unit may have are counted, those on their way with them
/// (S2-01, S2-06, S2-07).
pub(super) fn quota(opening: &Opening, context: &Context<'_>) -> Result<(), Error> {
    let rule = certificate(opening, context)?;
    let Some(limit) = rule.quota.value else {
        return Ok(());
    };
    if opening.kind != Kind::Apply || context.holdings < limit {
        return Ok(());
    }
    let certificate = opening.certificate.clone();
    if limit == 1 {
        let ground = Ground::NotTheFirst { certificate };
        return Err(ground.under(&["S2-01"], &rule.quota.basis));
    }
    let ground = Ground::Quota {
        certificate,
        limit,
        held: context.holdings,
    };
    Err(ground.under(&["S2-07"], &rule.quota.basis))
}

impl Case<'_> {
    /// The agency that has the case in hand still operates in the mode. One that was handed to
    /// the CA itself waits for none.
    pub(super) fn through_agency(&self) -> Result<(), Error> {
        let state = self.state;
        if state.heir == Some(None) {
            return Ok(());
        }
        through_agency(state.agency(), state.opening.mode, self.context)
    }

    /// The certificates still allow what the case is for.
    pub(super) fn still_about(&self) -> Result<(), Error> {
        let opening = &self.state.opening;
        if opening.kind == Kind::Apply {
            return quota(opening, self.context);
        }
        allowed(opening.kind, target(opening, self.context)?)
    }

    /// As at the opening: with the window for renewals.
    pub(super) fn still_in_window(&self) -> Result<(), Error> {
        self.still_about()?;
        if self.state.opening.kind == Kind::Renew {
            window(self.context, target(&self.state.opening, self.context)?)?;
        }
        Ok(())
    }
}
