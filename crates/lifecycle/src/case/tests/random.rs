//! Random commands by random persons, under every rule set: what must never happen does not.

use super::*;
use crate::{
    case::{
        ledger::Outcome,
        paper::{Deficiency, Form},
        payment::Payment,
    },
    rules::{Cell, CheckRule, FieldFormat, Process},
};
use proptest::prelude::*;

/// What a step of a sequence is made from.
type Draw = (u8, u8, u8);

const PERSONS: [&str; 7] = ["holder", "agent", "p1", "p2", "p3", "p4", "p5"];

/// What a person in this seat is mostly called; now and then another comes.
fn person(seat: Seat, draw: u8) -> Who {
    let usual = match seat {
        Seat::Applicant => "holder",
        Seat::Agent => "agent",
        Seat::Registrar => "p1",
        Seat::Approver => "p2",
        Seat::Witness | Seat::Handler => "p3",
        Seat::Checker | Seat::PinCustodian => "p4",
        Seat::System => "system",
        _ => "p5",
    };
    if draw < 200 {
        return (usual, seat);
    }
    (PERSONS[usize::from(draw) % PERSONS.len()], seat)
}

fn value(format: FieldFormat) -> &'static str {
    match format {
        FieldFormat::CreditCode => "91350100M000100Y43",
        FieldFormat::CitizenNumber => "11010519491231002X",
        FieldFormat::Mobile => "13800138000",
        FieldFormat::Mail => "a@example.cn",
        FieldFormat::BankAccount => "6222000011112222",
        FieldFormat::Fen => "104800",
        _ => "Example Ltd",
    }
}

fn form(desk: &Desk, years: u16) -> Command {
    let rule = desk.rules.certificate(&desk.state().opening.certificate);
    let fields = &rule.unwrap().fields;
    let values = fields.iter().filter(|(_, field)| field.mandatory);
    Command::Fill {
        fields: values
            .map(|(name, field)| (name.clone(), value(field.format).to_owned()))
            .collect(),
        years,
    }
}

/// The form with another value in one of its fields of text.
fn corrected(desk: &Desk, draw: u8) -> Command {
    let rule = desk.rules.certificate(&desk.state().opening.certificate);
    let fields = rule.unwrap().fields.iter();
    let texts: Vec<_> = fields
        .filter(|(_, field)| field.mandatory && field.format == FieldFormat::Text)
        .map(|(name, _)| name.clone())
        .collect();
    let years = desk.state().form.as_ref().map_or(2, |form| form.years);
    let mut command = form(desk, years);
    if let Command::Fill { fields, .. } = &mut command {
        let name = &texts[usize::from(draw / 16) % texts.len()];
        fields.insert(name.clone(), "Other Ltd".to_owned());
    }
    command
}

fn process(desk: &Desk) -> &Process {
    let opening = &desk.state().opening;
    match desk.rules.cell(opening.kind, opening.mode) {
        Some(Cell::Offered(process)) => process,
        _ => panic!("a case was opened"),
    }
}

/// A check of the process, recorded as it should be.
fn check(desk: &Desk, draw: u8) -> Option<(Seat, Command)> {
    let checks: Vec<_> = process(desk)
        .checks
        .iter()
        .filter(|rule| !rule.seats.is_empty())
        .collect();
    let rule = checks.get(usize::from(draw) % checks.len().max(1))?;
    let seat = rule.seats[usize::from(draw / 16) % rule.seats.len()];
    let mut kinds: Vec<_> = rule.evidence.iter().map(|group| group[0]).collect();
    kinds.extend([
        EvidenceKind::IdentityQuery,
        EvidenceKind::Liveness,
        EvidenceKind::OtherIdentityProof,
    ]);
    let first = IdentityDocument::ALL.iter().find_map(|document| {
        Some((
            *document,
            *desk.rules.identity_methods(*document)?.value.first()?,
        ))
    });
    let command = Command::RecordCheck {
        check: rule.check,
        identity: first,
        failure: draw.is_multiple_of(13).then(|| "no".to_owned()),
        evidence: kinds.into_iter().map(evidence).collect(),
    };
    Some((seat, command))
}

/// A command that may well come next, with the seat it is for.
fn sensible(desk: &Desk, draw: u8) -> Option<(Seat, Command)> {
    use Phase as P;
    let state = desk.state();
    let customer = state.opener().unwrap().0;
    let kind = state.opening.kind;
    let record = || evidence(EvidenceKind::WorkRecord);
    let years = match kind {
        Kind::Apply | Kind::Renew => 2,
        _ => 0,
    };
    let consents: Vec<_> = desk.rules.consents().keys().collect();
    let certificate = desk.rules.certificate(&state.opening.certificate).unwrap();
    let version = state.form.as_ref().map(|form| form.version);
    let missing_consent = consents
        .iter()
        .find(|name| !state.consents.contains_key(**name));
    let missing_document = certificate.documents.value.iter().find(|name| {
        let document = state.documents.get(*name);
        let is_stale = |of: Option<u32>| of.is_some() && of != version;
        document.is_none_or(|document| is_stale(document.form_version))
    });
    let upload = |name: &String| {
        let rule = desk.rules.document(name).unwrap();
        let command = Command::AddDocument {
            document: name.clone(),
            file_name: "scan".into(),
            inspected: inspected(rule.formats.value[0], 100),
            form_version: version,
        };
        (customer, command)
    };
    let submit = match (state.opening.model, customer) {
        (Model::Centralised, Seat::Applicant | Seat::Agent) => Command::SubmitInternally,
        _ => Command::Submit,
    };
    let back = || {
        let subject = certificate.fields.keys().next().unwrap();
        Command::Return(vec![Deficiency::new(subject.as_str(), "wrong")])
    };
    let is_paid = state.payment != Payment::None;
    Some(match state.phase {
        P::Draft | P::Returned if draw < 40 => return check(desk, draw),
        P::Draft | P::Returned => match (missing_consent, version, missing_document) {
            (Some(name), ..) => (customer, consent(&[name])),
            (_, None, _) => (customer, form(desk, years)),
            (.., Some(name)) => upload(name),
            _ if !is_paid && draw < 120 => (customer, transfer()),
            _ if kind == Kind::Freeze && draw < 160 => (
                customer,
                Command::ExecuteAtOnce {
                    identification: evidence(EvidenceKind::OfficialOrder),
                },
            ),
            _ if state.request.is_none() && draw < 180 => (customer, Command::ProveKey(request(3))),
            _ if state.phase == P::Returned => (customer, Command::Resubmit),
            _ => (customer, submit),
        },
        P::InternalReview => (Seat::Agent, Command::ApproveInternally(checklist())),
        P::Submitted => (Seat::Registrar, Command::StartRegistration),
        P::Registering if draw < 120 => return check(desk, draw),
        P::Registering if draw < 160 => (
            Seat::Cashier,
            Command::ConfirmFunds {
                receipt: evidence(EvidenceKind::PaymentReceipt),
            },
        ),
        P::Registering if draw < 175 => (Seat::Registrar, back()),
        P::Registering => (Seat::Registrar, register()),
        P::HandedOver => (Seat::Approver, Command::TakeReview),
        P::Approving if draw < 80 => return check(desk, draw),
        P::Approving if draw < 90 => (Seat::Approver, back()),
        P::Approving => (Seat::Approver, approve()),
        P::AwaitingRatification if draw < 120 => return check(desk, draw),
        P::AwaitingRatification => (Seat::Approver, Command::Ratify),
        P::Approved if draw < 80 => (
            Seat::Approver,
            Command::BindToken(TokenId::new("t").unwrap()),
        ),
        P::Approved if draw < 160 => (Seat::Approver, Command::ProveKey(request(3))),
        P::Approved => (Seat::Approver, Command::Issue),
        P::Executed | P::Confirmed => (
            Seat::Approver,
            Command::Close {
                work_record: record(),
            },
        ),
        _ => return None,
    })
}

/// Any command at all.
fn wild(desk: &Desk, draw: u8) -> (Seat, Command) {
    let seat = Seat::ALL[usize::from(draw / 8) % Seat::ALL.len()];
    let any = [
        Command::Submit,
        Command::StartRegistration,
        register(),
        Command::TakeReview,
        approve(),
        Command::Issue,
        form(desk, 1),
        corrected(desk, draw),
        Command::Withdraw,
        Command::Ratify,
        Command::ProveKey(request(4)),
        document("licence", None),
        transfer(),
        Command::RequestRefund,
        Command::ApproveInternally(checklist()),
        Command::SubmitInternally,
    ];
    let index = usize::from(draw) % any.len();
    (seat, any.into_iter().nth(index).unwrap())
}

fn may_be_one(rules: &RuleSet, model: Model, one: Seat, other: Seat) -> bool {
    let pair = |a, b| (one, other) == (a, b) || (other, one) == (a, b);
    let shares = |a: Seat, b: Seat| {
        pair(a, b)
            && rules
                .seats()
                .shared
                .iter()
                .any(|shared| shared.seats == [a, b] || shared.seats == [b, a])
    };
    one == other
        || pair(Seat::Applicant, Seat::Agent) && model == Model::SelfService
        || shares(Seat::Registrar, Seat::Witness)
        || shares(Seat::Witness, Seat::Handler)
        || shares(Seat::Approver, Seat::PinCustodian)
}

/// The place of the last event for which this holds.
fn last(desk: &Desk, holds: impl Fn(&Event) -> bool) -> Option<usize> {
    desk.history.iter().rposition(|(_, _, event)| holds(event))
}

/// What must hold after everything that happened.
fn sound(desk: &Desk) {
    let state = desk.state();
    let holder = (Seat::Applicant, state.opening.holder.clone());
    let sat: Vec<_> = state.seats.iter().chain([&holder]).collect();
    for (index, (seat, person)) in sat.iter().enumerate() {
        for (other, who) in &sat[index + 1..] {
            let is_fine =
                person != who || may_be_one(&desk.rules, state.opening.model, *seat, *other);
            assert!(is_fine, "{who} is {seat} and {other}");
        }
    }
    let approved = last(desk, |event| matches!(event, Event::Approved { .. }));
    let Some(approved) = approved else {
        let signs = |event: &Event| matches!(event, Event::IssuanceIntended { .. });
        assert_eq!(last(desk, signs), None, "signed without approval");
        return;
    };
    // Approved is what another person registered, and nothing was changed between or since.
    let registered = last(desk, |event| matches!(event, Event::Registered { .. })).unwrap();
    assert!(registered < approved);
    assert_ne!(
        desk.history[registered].0.person,
        desk.history[approved].0.person
    );
    let edited = last(desk, |event| {
        matches!(
            event,
            Event::FormFilled(_) | Event::DocumentAdded { .. } | Event::Returned { .. }
        )
    });
    assert!(edited.is_none_or(|edited| edited < registered));
    if desk.history.len() - 1 == approved {
        complete(desk);
    }
}

/// Every check that a person records, and that was wanted by the approval, left its evidence.
fn complete(desk: &Desk) {
    let state = desk.state();
    let subject = desk
        .rules
        .certificate(&state.opening.certificate)
        .unwrap()
        .subject;
    let opener = state.opener().unwrap().0;
    for rule in &process(desk).checks {
        let is_wanted = rule.by <= Stage::Approval
            && rule.carrier.is_none_or(|one| one == state.opening.carrier)
            && rule.model.is_none_or(|one| one == state.opening.model)
            && rule.subject.is_none_or(|one| one == subject)
            && rule
                .openers
                .as_ref()
                .is_none_or(|seats| seats.contains(&opener))
            && !rule.seats.is_empty();
        if !is_wanted || rule.payment.is_some() {
            continue;
        }
        let Some(Outcome::Passed { evidence, .. }) = state.ledger.outcome(rule.check) else {
            panic!("approved without {}", rule.check);
        };
        is_fresh(desk, rule);
        for group in &rule.evidence {
            assert!(evidence.iter().any(|one| group.contains(&one.kind)));
        }
    }
    for seat in &process(desk).present {
        assert!(state.took_part(*seat));
    }
    let wants = |check| process(desk).checks.iter().any(|rule| rule.check == check);
    assert!(state.form.is_some() || !wants(Check::Form));
    assert!(state.payment != Payment::None || !wants(Check::Payment));
}

/// What a check rests on is now as it was when it was recorded.
fn is_fresh(desk: &Desk, rule: &CheckRule) {
    let recorded = last(
        desk,
        |event| matches!(event, Event::CheckRecorded { check, .. } if *check == rule.check),
    );
    let forms = |events: &[(Actor, DateTime, Event)]| {
        events.iter().rev().find_map(|(_, _, event)| match event {
            Event::FormFilled(form) => Some(form.clone()),
            _ => None,
        })
    };
    let then = forms(&desk.history[..recorded.unwrap()]);
    let now = forms(&desk.history);
    let version = |form: &Option<Form>| form.as_ref().map_or(0, |form| form.version);
    if version(&then) == version(&now) {
        return;
    }
    let (Some(fields), Some(then), Some(now)) = (&rule.fields, then, now) else {
        panic!("{} is of another form", rule.check);
    };
    for field in fields {
        let values = [then.value(field), now.value(field)];
        assert_eq!(values[0], values[1], "{} is of another {field}", rule.check);
    }
}

/// A desk on which a case was opened; none where the rules don't offer it.
fn open_one(rules: RuleSet, draw: Draw) -> Option<Desk> {
    let mut offered = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        for mode in Mode::ALL.iter().copied() {
            if let Some(Cell::Offered(process)) = rules.cell(kind, mode) {
                let openers = process.openers.clone();
                offered.push((kind, mode, openers));
            }
        }
    }
    let (kind, mode, openers) = offered[usize::from(draw.0) % offered.len()].clone();
    let mut desk = desk_under(rules);
    for name in ["p3", "p4"] {
        desk.roster
            .insert(name, enrolled(desk.now, Employment::Contract));
    }
    if desk.rules.id().name != "drill" {
        desk.ca = None;
    }
    let names: Vec<_> = desk.rules.certificates().keys().cloned().collect();
    let name = names[usize::from(draw.1) % names.len()].clone();
    let carriers = desk
        .rules
        .certificate(&name)
        .unwrap()
        .carriers
        .value
        .clone();
    let models = desk.rules.models().value.clone();
    let mut opening = Opening {
        kind: Kind::Apply,
        mode,
        certificate: name,
        carrier: carriers[usize::from(draw.2) % carriers.len()],
        model: models[usize::from(draw.2 / 8) % models.len()],
        ..desk.opening()
    };
    if kind != Kind::Apply {
        let lapses = desk.calendar.days(desk.now, 1);
        let first = Event::Opened {
            opening: opening.clone(),
            lapses,
        };
        desk.target = Some(Old {
            case: evolve(None, &actor(HOLDER), desk.now, &first).unwrap(),
            signing: match kind {
                Kind::Unfreeze => held(certificate::Party::Holder),
                _ => certificate::State::Active { pending: None },
            },
            validity: (at("2024-03-20T00:00:00Z"), at("2026-03-20T00:00:00Z")),
        });
        opening.kind = kind;
        opening.target = Some(CaseId::new("case-0").unwrap());
        opening.reason = Some(certificate::RevocationReason::KeyCompromise);
    }
    let who = person(openers[usize::from(draw.1 / 8) % openers.len()], 0);
    let events = desk.ask(who, Command::Open(opening)).ok()?;
    desk.take(who, events);
    Some(desk)
}

fn run(rules: RuleSet, first: Draw, draws: &[Draw]) -> Option<Phase> {
    let mut desk = open_one(rules, first)?;
    for (which, how, by) in draws {
        if which.is_multiple_of(23) {
            desk.days_later(u64::from(*how) / 8);
        }
        desk.holdings = u32::from(which.is_multiple_of(29)) * 100;
        let next = if *which < 200 {
            sensible(&desk, *how)
        } else {
            Some(wild(&desk, *how))
        };
        let Some((seat, command)) = next else {
            continue;
        };
        let who = person(seat, *by);
        let submits = matches!(command, Command::Submit | Command::Resubmit);
        match desk.ask(who, command) {
            Ok(events) => {
                let quota = desk.rules.certificate(&desk.state().opening.certificate);
                let limit = quota.unwrap().quota.value;
                let adds = desk.state().opening.kind == Kind::Apply;
                let counts = submits || matches!(events[..], [Event::Approved { .. }]);
                if let (true, true, Some(limit)) = (adds, counts, limit) {
                    assert!(desk.holdings < limit, "more than {limit}");
                }
                if submits && desk.state().opening.kind == Kind::Renew {
                    assert!(desk.now <= at("2026-03-20T00:00:00Z"));
                }
                desk.take(who, events);
            }
            Err(Error::Refused(Refusal::Ruled { requirements, .. })) => {
                assert!(!requirements.is_empty());
            }
            Err(Error::Refused(_)) => {}
            Err(error) => panic!("{}", told(&error)),
        }
        sound(&desk);
    }
    let mut state = None;
    for (by, when, event) in &desk.history {
        state = evolve(state, by, *when, event);
    }
    assert_eq!(state, desk.state);
    Some(desk.phase())
}

fn all_rules() -> Vec<RuleSet> {
    let names = [
        "chinaclear-agency",
        "egov-extranet",
        "szca-online",
        "in-house",
    ];
    let shipped = names.into_iter().filter_map(RuleSet::shipped);
    shipped.chain([drill(&[])]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_must_never_happen_does_not(
        set in any::<prop::sample::Index>(),
        first in any::<Draw>(),
        draws in prop::collection::vec(any::<Draw>(), 0..120),
    ) {
        let mut all = all_rules();
        let set = set.index(all.len());
        run(all.swap_remove(set), first, &draws);
    }
}

/// The sequences are worth something: they reach the end of many roads.
#[test]
fn random_sequences_come_far() {
    use proptest::{
        strategy::{Strategy, ValueTree},
        test_runner::TestRunner,
    };
    let mut runner = TestRunner::deterministic();
    let draws = (
        any::<Draw>(),
        prop::collection::vec(any::<Draw>(), 100..120),
    );
    let mut far = std::collections::BTreeSet::new();
    for _ in 0..150 {
        let (first, draws) = draws.new_tree(&mut runner).unwrap().current();
        far.extend(run(drill(&[]), first, &draws));
    }
    for phase in [
        Phase::Approved,
        Phase::Issuing,
        Phase::Closed,
        Phase::Withdrawn,
    ] {
        assert!(far.contains(&phase), "{phase} is in none of {far:?}");
    }
}
