//! What must hold of every business, whatever was asked for.

use super::Business;
use lifecycle::{
    Actor, CaseId, Event, Holdings, Intent, PersonId, Seat, Store, StreamId, audit, authority,
    case::{
        self, Event as Happened, State,
        ledger::Outcome,
        seats::{Apart, apart},
    },
    certificate,
    ports::Clock,
    rules::RuleSet,
    terms::{Check, Model, Stage},
};
use std::collections::{BTreeMap, BTreeSet};

/// What the log made so far.
#[derive(Default)]
struct Made {
    cases: BTreeMap<CaseId, State>,
    /// Who acted on a case, in the order of first acts.
    sat: BTreeMap<CaseId, Vec<(Seat, PersonId)>>,
    numbers: u64,
    /// Octets of intents: issuer and serial number.
    intents: BTreeSet<(String, Vec<u8>)>,
    /// Who proposed or approved an authority.
    officers: BTreeMap<StreamId, Vec<PersonId>>,
    /// Who asked for the change of a certificate last.
    asked: BTreeMap<StreamId, PersonId>,
}

impl Business {
    /// # Panics
    /// When a rule of the business is broken.
    pub(super) fn examine(&self) {
        audit::verify(&self.outside).expect("the log stands the audit");
        let mut made = Made::default();
        let keys = self.outside.world().subjects.clone();
        let opened = audit::verify_opened(&self.outside, &[], Some(&keys), &mut |_| ());
        opened.expect("and so does what is sealed in it");
        let records = self.outside.records(0, usize::MAX);
        for record in records.expect("a store in memory") {
            let entry = record.open(&keys).expect("the audit has read it");
            match (&entry.stream, &entry.event) {
                (StreamId::Case(id), Event::Case(event)) => {
                    self.before(&mut made, id, &entry.actor, event);
                    let state = made.cases.remove(id);
                    let state = case::evolve(state, &entry.actor, entry.at, event);
                    let state = state.expect("something happened to it");
                    if matches!(event, Happened::Approved { .. }) {
                        self.is_complete(&state);
                    }
                    made.cases.insert(id.clone(), state);
                }
                (stream, Event::Authority(event)) => {
                    made.authority(stream, &entry.actor.person, event);
                }
                (stream, Event::Certificate(event)) => {
                    made.certificate(stream, &entry.actor.person, event);
                }
                _ => {}
            }
        }
        self.is_as_replayed(&made);
        self.is_within_quotas();
    }

    fn before(&self, made: &mut Made, id: &CaseId, actor: &Actor, event: &Happened) {
        let state = made.cases.get(id);
        if actor.seat != Seat::System {
            let opening = match (state, event) {
                (Some(state), _) => &state.opening,
                (None, Happened::Opened { opening, .. }) => opening,
                _ => panic!("{} of a case that nobody opened", event.name()),
            };
            let sat = made.sat.entry(id.clone()).or_insert_with(|| {
                // The holder is a party from the beginning.
                vec![(Seat::Applicant, opening.holder.clone())]
            });
            for (seat, person) in sat.iter() {
                let is_fine = *person != actor.person
                    || may_be_one(self.rules, opening.model, *seat, actor.seat);
                assert!(is_fine, "{person} is {seat} and {}", actor.seat);
            }
            sat.push((actor.seat, actor.person.clone()));
        }
        match event {
            Happened::RegistrationStarted { number } => {
                // One that comes back keeps its number.
                let known = state.and_then(|state| state.number);
                made.numbers += u64::from(known.is_none());
                let next = known.map_or(made.numbers, |known| known.0);
                assert_eq!(number.0, next, "a gap between case numbers");
            }
            Happened::IssuanceIntended { intent, .. } => {
                let state = state.expect("a case that was opened");
                assert!(state.approved.is_some(), "signed without approval");
                let sat = &made.sat[id];
                for seat in [Seat::Registrar, Seat::Approver] {
                    assert!(sat.iter().any(|(one, _)| *one == seat), "no {seat}");
                }
                made.intend(intent);
            }
            Happened::CertificateIssued { issuer, serial, .. } => {
                let key = (issuer.to_string(), serial.as_bytes().to_vec());
                assert!(made.intents.contains(&key), "signed without an intent");
            }
            _ => {}
        }
    }

    /// Every check that a person records, and that was wanted by the approval, left its
    /// evidence; what the case itself shows is there.
    fn is_complete(&self, state: &State) {
        let rule = self.rules.certificate(&state.opening.certificate);
        let subject = rule.expect("it was opened").subject;
        let process = self.process(state).expect("it was opened");
        let opener = state.opener().expect("it was opened").0;
        let wanted = process.checks.iter().filter(|rule| {
            rule.by <= Stage::Approval
                && rule.payment.is_none()
                && rule.carrier.is_none_or(|one| one == state.opening.carrier)
                && rule.model.is_none_or(|one| one == state.opening.model)
                && rule.subject.is_none_or(|one| one == subject)
                && rule.openers.as_ref().is_none_or(|seats| seats.contains(&opener))
        });
        for rule in wanted {
            match rule.check {
                Check::Form => assert!(state.form.is_some(), "approved without a form"),
                Check::Consent => assert!(
                    self.rules
                        .consents()
                        .keys()
                        .all(|name| state.consents.contains_key(name)),
                    "approved without consent"
                ),
                Check::KeyProof => assert!(state.request.is_some(), "approved without a key"),
                Check::Payment => assert!(state.payment.route().is_some(), "approved unpaid"),
                _ => {}
            }
            if rule.seats.is_empty() {
                continue;
            }
            let Some(Outcome::Passed { evidence, .. }) = state.ledger.outcome(rule.check) else {
                panic!("approved without {}", rule.check);
            };
            for group in &rule.evidence {
                assert!(evidence.iter().any(|one| group.contains(&one.kind)));
            }
        }
        for seat in &process.present {
            assert!(state.took_part(*seat), "approved without a {seat}");
        }
    }

    /// The engine and the index say what the log says.
    fn is_as_replayed(&self, made: &Made) {
        let rows = self.outside.cases(None, usize::MAX);
        let rows = rows.expect("a store in memory");
        assert_eq!(rows.len(), made.cases.len(), "the index has other cases");
        for row in rows {
            let state = &made.cases[&row.id];
            let told = self.engine.case(&row.id).expect("a store in memory");
            assert_eq!(told.as_ref(), Some(state), "replay is not the state");
            assert_eq!((row.phase, row.number), (state.phase, state.number));
        }
        let last = self.outside.last_case().expect("a store in memory");
        assert_eq!(last.0, made.numbers);
    }

    /// No unit has more than the rules let it have.
    fn is_within_quotas(&self) {
        let now = self.outside.now();
        let rows = self.outside.cases(None, usize::MAX);
        for row in rows.expect("a store in memory") {
            let Some(holding) = row.holding else { continue };
            let rule = self.rules.certificate(&holding.certificate);
            let quota = rule.expect("it was opened").quota.value;
            let asked = Holdings::new(&holding.unit, &holding.certificate, now);
            let held = self.outside.holdings(&asked).expect("a store in memory");
            assert!(quota.is_none_or(|quota| held <= quota), "more than a quota");
        }
    }
}

impl Made {
    fn intend(&mut self, intent: &Intent) {
        let key = (intent.issuer.to_string(), intent.serial.as_bytes().to_vec());
        assert!(
            self.intents.insert(key),
            "a serial number is intended twice"
        );
    }

    fn authority(&mut self, stream: &StreamId, person: &PersonId, event: &authority::Event) {
        match event {
            authority::Event::Proposed(_) | authority::Event::Approved => {
                let officers = self.officers.entry(stream.clone()).or_default();
                assert!(!officers.contains(person), "{person} approves himself");
                officers.push(person.clone());
            }
            authority::Event::IssuanceIntended(intent) => {
                let officers = self.officers[stream].len();
                assert_eq!(officers, 2, "two hands before a signature");
                self.intend(intent);
            }
            _ => {}
        }
    }

    fn certificate(&mut self, stream: &StreamId, person: &PersonId, event: &certificate::Event) {
        match event {
            certificate::Event::ChangeRequested(_) => {
                self.asked.insert(stream.clone(), person.clone());
            }
            certificate::Event::Unfrozen | certificate::Event::Revoked { .. } => {
                let asked = self.asked.get(stream);
                let asked = asked.expect("somebody has asked before");
                assert_ne!(asked, person, "one person asks and confirms");
            }
            _ => {}
        }
    }
}

/// Whether the matrix and the rule set let one person sit in both.
fn may_be_one(rules: &RuleSet, model: Model, one: Seat, other: Seat) -> bool {
    let named = |pairs: &[lifecycle::rules::SharedSeats]| {
        let is_pair = |seats: [Seat; 2]| seats == [one, other] || seats == [other, one];
        pairs.iter().any(|pair| is_pair(pair.seats))
    };
    one == other
        || !named(&rules.seats().barred)
            && match apart(one, other) {
                Apart::UnlessShared => named(&rules.seats().shared),
                Apart::Centralised => model != Model::Centralised,
                _ => false,
            }
}
