mod assessed;
mod dates;
mod evidence;
mod later;
mod machine;
mod persons;
mod random;
mod steps;
mod terms;

use super::*;
use crate::{
    Actor, Error, Evidence, Ground, PersonId, Refusal, Seat,
    calendar::{Calendar, Date},
    proceeding::Timer,
    rules::Requirement,
    terms::EvidenceKind,
};
use der::DateTime;
use std::cell::Cell;

const AGENT: &str = "he.jing";
const CLERK: &str = "liu.yi";
const OFFICER: &str = "chen.er";
const EXPERT: &str = "zhang.san";

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

thread_local! {
    /// What is wrong with the evidence of this test, where something is.
    static SPOIL: Cell<Option<fn(&mut Evidence)>> = const { Cell::new(None) };
}

fn evidence(kind: EvidenceKind) -> Evidence {
    let mut evidence = Evidence::new(kind, [7; 32], "archive 7");
    if let Some(spoil) = SPOIL.get() {
        spoil(&mut evidence);
    }
    evidence
}

fn agent() -> Actor {
    Actor::new(person(AGENT), Seat::Agent)
}

fn clerk() -> Actor {
    Actor::new(person(CLERK), Seat::Intake)
}

fn officer() -> Actor {
    Actor::new(person(OFFICER), Seat::Official)
}

fn expert() -> Actor {
    Actor::new(person(EXPERT), Seat::Assessor)
}

fn material(name: &str) -> Material {
    Material {
        name: name.to_owned(),
        file: evidence(EvidenceKind::ApplicationMaterial),
        original: true,
        copies: 1,
        sealed: true,
    }
}

fn applicant(kind: ApplicantKind) -> Applicant {
    Applicant {
        name: "示例认证中心".to_owned(),
        kind,
        licence: (kind == ApplicantKind::Enterprise).then(|| "ECP44010124001".to_owned()),
    }
}

fn receipt(kind: ApplicantKind, received: &str) -> Receipt {
    let rules = RuleSets::shipped();
    let terms = rules.get("sca-2009").unwrap();
    Receipt {
        office: "商用密码管理办公室".to_owned(),
        channel: Channel::Window,
        at: at(received),
        stamp: evidence(EvidenceKind::ReceiptStamp),
        applicant: applicant(kind),
        agent: person(AGENT),
        materials: terms
            .materials_for(kind)
            .map(|rule| material(&rule.name))
            .collect(),
    }
}

fn decision(dated: &str) -> Decision {
    Decision {
        number: "国密局函〔2024〕12号".to_owned(),
        dated: Date::parse(dated).unwrap(),
        signed_by: "国家密码管理局".to_owned(),
        document: evidence(EvidenceKind::DecisionDocument),
    }
}

fn reasons() -> Evidence {
    evidence(EvidenceKind::ReasonsDocument)
}

/// A qualification on its way, with a clock.
#[derive(Clone)]
struct Play {
    rules: RuleSets,
    state: Option<State>,
    now: DateTime,
    events: Vec<(DateTime, Actor, Event)>,
}

impl Play {
    fn new(now: &str) -> Self {
        Self {
            rules: RuleSets::shipped(),
            state: None,
            now: at(now),
            events: Vec::new(),
        }
    }

    fn ask(&self, actor: &Actor, command: Command) -> Result<Vec<Event>, Error> {
        let context = Context {
            terms: &self.rules,
            calendar: &Calendar::china(),
            now: self.now,
        };
        decide(self.state.as_ref(), actor, command, &context)
    }

    fn take(&mut self, actor: &Actor, command: Command) -> Result<&mut Self, Refusal> {
        let events = match self.ask(actor, command) {
            Ok(events) => events,
            Err(Error::Refused(refusal)) => return Err(refusal),
            Err(other) => panic!("{other}"),
        };
        for event in events {
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
            assert!(is_listed(self.state.as_ref(), &event));
            assert_eq!(event.at, self.now);
            // No clock is done with that was not there.
            let mut done = event.clocks.iter().filter(|(_, timer)| timer.is_none());
            assert!(done.all(|(name, _)| self.state().timers.contains_key(name)));
            self.state = evolve(self.state.take(), actor, &event);
            self.events.push((self.now, actor.clone(), event));
        }
        Ok(self)
    }

    /// By an official of the national authority.
    fn rule(&mut self, act: Act) -> &mut Self {
        self.take(&officer(), Command::of(Authority::National, act))
            .unwrap()
    }

    fn ruled_out(&self, act: Act) -> Ground {
        self.refused(&officer(), Command::of(Authority::National, act))
    }

    fn by(&mut self, actor: &Actor, act: Act) -> &mut Self {
        self.take(actor, Command::new(act)).unwrap()
    }

    fn refused(&self, actor: &Actor, command: Command) -> Ground {
        match self.ask(actor, command) {
            Err(Error::Refused(Refusal::Ruled {
                ground,
                requirements,
            })) => {
                let of_this = |one: &Requirement| {
                    ["S3", "S5", "X-"]
                        .iter()
                        .any(|s| one.as_str().starts_with(s))
                };
                assert!(requirements.iter().any(of_this), "{requirements:?}");
                *ground
            }
            other => panic!("{other:?}"),
        }
    }

    fn go_to(&mut self, time: &str) -> &mut Self {
        self.now = at(time);
        self
    }

    /// What time itself does by now.
    fn tick(&mut self) -> &mut Self {
        let system = Actor::system();
        while let Some(command) = self.state().passed(self.now) {
            self.take(&system, command).unwrap();
        }
        self
    }

    fn state(&self) -> &State {
        self.state.as_ref().unwrap()
    }

    fn stage(&self) -> Stage {
        self.state().stage
    }

    /// The end of a clock that runs.
    fn end(&self, name: DeadlineName) -> Option<DateTime> {
        let timer = self.state().timers.get(&name)?;
        timer.ends.as_ref().map(|ends| ends.at)
    }

    fn received(kind: ApplicantKind, route: Authority, when: &str) -> Self {
        let mut play = Self::new(when);
        let act = Act::Receive(Box::new(receipt(kind, when)));
        play.take(&clerk(), Command::of(route, act)).unwrap();
        play
    }

    fn accepted(kind: ApplicantKind, route: Authority, when: &str) -> Self {
        let mut play = Self::received(kind, route, when);
        play.take(&clerk(), Command::of(route, Act::Accept))
            .unwrap();
        play
    }

    fn assessing(kind: ApplicantKind, route: Authority, when: &str) -> Self {
        let mut play = Self::accepted(kind, route, when);
        if route == Authority::Provincial {
            play.forward();
        }
        play.rule(Act::OpenAssessment {
            assessors: vec![person(EXPERT)],
            body: None,
        });
        play.by(
            &expert(),
            Act::Declare {
                conflict: false,
                declaration: evidence(EvidenceKind::HolderStatement),
            },
        );
        play
    }

    fn forward(&mut self) -> &mut Self {
        let receipt = evidence(EvidenceKind::DeliveryReceipt);
        let command = Command::of(Authority::Provincial, Act::Forward { receipt });
        self.take(&clerk(), command).unwrap()
    }

    fn report(&mut self, assessment: Assessment, passed: bool) -> &mut Self {
        self.by(
            &expert(),
            Act::Report {
                assessment,
                passed,
                report: evidence(EvidenceKind::AssessmentReport),
            },
        )
    }

    /// All reports and all conditions.
    fn assessed(kind: ApplicantKind, route: Authority, when: &str) -> Self {
        let mut play = Self::assessing(kind, route, when);
        let terms = play.rules.get(&play.state().terms).unwrap().clone();
        for assessment in terms.assessments_for(kind) {
            play.report(assessment, true);
        }
        for condition in terms.conditions.value {
            play.rule(Act::CheckCondition {
                condition,
                met: true,
                evidence: evidence(EvidenceKind::WorkRecord),
            });
        }
        play
    }

    fn today(&self) -> String {
        Date::in_china(self.now).to_string()
    }

    fn granted(kind: ApplicantKind, route: Authority, when: &str) -> Self {
        let mut play = Self::assessed(kind, route, when);
        play.rule(Act::Grant(decision(&play.today())));
        play
    }

    fn refused_by_decision(when: &str) -> Self {
        let mut play = Self::assessing(ApplicantKind::Enterprise, Authority::National, when);
        play.report(Assessment::Capability, false);
        play.rule(Act::Refuse {
            decision: decision(&play.today()),
            reasons: reasons(),
        });
        play
    }

    fn hand_over(&mut self) -> &mut Self {
        self.rule(Act::Notify {
            contact: evidence(EvidenceKind::CallRecord),
        });
        self.rule(Act::HandOver {
            receipt: evidence(EvidenceKind::DeliveryReceipt),
        })
    }

    fn qualified(when: &str) -> Self {
        let mut play = Self::granted(ApplicantKind::Enterprise, Authority::National, when);
        play.hand_over();
        play
    }
}

const ENTERPRISE: ApplicantKind = ApplicantKind::Enterprise;
const INSTITUTION: ApplicantKind = ApplicantKind::PublicInstitution;
const NATIONAL: Authority = Authority::National;
const PROVINCIAL: Authority = Authority::Provincial;

/// A Monday, nine o'clock in Beijing, under the measures of 2009.
const MONDAY: &str = "2024-03-04T01:00:00Z";

// proves: S3-01, S3-02, S3-06, S3-07, S3-09, S3-12, S3-17, S5-01
#[test]
fn the_rule_sets_say_what_the_guide_and_the_order_say() {
    let rules = RuleSets::shipped();
    let names: Vec<_> = rules.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, ["sca-2009", "sca-2024"]);
    for set in rules.iter() {
        assert_eq!(set.project_code.value, "00017710400");
        assert_eq!((set.fee_fen.value, set.quota.value), (0, 0));
        assert_eq!(set.acceptance_days.value, 5);
        assert_eq!(set.forwarding_days.value, 5);
        assert_eq!(set.decision_days.value, 20);
        assert_eq!(set.delivery_days.value, 10);
        assert_eq!(set.query_days.value, 15);
        assert_eq!(set.routes.value, [PROVINCIAL, NATIONAL]);
        assert_eq!(
            set.title("示例认证中心"),
            "关于同意示例认证中心开展电子政务电子认证服务的通知"
        );
    }
    let years = |set: &Terms| set.validity_years.as_ref().map(|years| years.value);
    assert_eq!(rules.iter().map(years).collect::<Vec<_>>(), [None, Some(5)]);
    // The last second of October 2024 in China, and the first of November.
    let of = |time| rules.in_force(at(time)).map(|set| set.name.clone());
    assert_eq!(of("2024-10-31T15:59:59Z").as_deref(), Some("sca-2009"));
    assert_eq!(of("2024-10-31T16:00:00Z").as_deref(), Some("sca-2024"));
    assert_eq!(of("2008-12-31T00:00:00Z"), None);
}

#[test]
fn rules_that_rest_on_nothing_or_contradict_themselves_are_not_read() {
    let good = include_str!("../../../qualification/sca-2024.toml");
    for (from, to, part) in [
        (
            "acceptance-days = { value = 5,",
            "acceptance-days = { value = 0,",
            "acceptance-days",
        ),
        (
            "excludes-hearing = { value = true, basis = [\"X-04\", \"S3-16\"] }",
            "excludes-hearing = { value = true }",
            "excludes-hearing",
        ),
        (
            "validity-years = { value = 5, basis = [\"S5-01\"] }\n",
            "",
            "validity-years",
        ),
        ("{applicant}", "applicant", "decision-title"),
        (
            "value = [\"provincial\", \"national\"]",
            "value = []",
            "routes",
        ),
        ("name = \"capability\"", "name = \"on-site\"", "assessments"),
        (
            "validity-years = { value = 5",
            "validity-years = { value = 31",
            "validity-years",
        ),
        (
            "renewal-opens-days = { value = 180",
            "renewal-opens-days = { value = 30",
            "renewal-opens-days",
        ),
        (
            "renewal-opens-days = { value = 180",
            "renewal-opens-days = { value = 1825",
            "renewal-opens-days",
        ),
        (
            "listing-days = { value = 15",
            "listing-days = { value = 3651",
            "listing-days",
        ),
        ("fee-fen", "fees", "read"),
        (
            "fee-fen = { value = 0,",
            "fee-fen = { value = 1,",
            "fee-fen",
        ),
        ("quota = { value = 0,", "quota = { value = 1,", "quota"),
    ] {
        assert!(good.contains(from), "{from}");
        let fault = Terms::from_toml(&good.replacen(from, to, 1)).unwrap_err();
        assert!(fault.to_string().contains(part), "{part}: {fault}");
    }
    let set = Terms::from_toml(good).unwrap();
    assert!(RuleSets::new(vec![set.clone(), set]).is_err());
    assert!(RuleSets::new(Vec::new()).is_err());
}

// proves: S3-05, S5-01
#[test]
fn an_application_is_judged_by_the_rules_of_the_day_on_its_stamp() {
    // Posted in October, and taken down in November.
    let mut play = Play::new("2024-11-04T01:00:00Z");
    let mut posted = receipt(ENTERPRISE, "2024-10-31T08:00:00Z");
    posted.channel = Channel::Post;
    let act = Act::Receive(Box::new(posted.clone()));
    play.take(&clerk(), Command::of(NATIONAL, act)).unwrap();
    assert_eq!(play.state().terms, "sca-2009");
    assert_eq!(play.state().channel, Channel::Post);
    // Its five days run from the stamp on.
    assert_eq!(
        play.end(DeadlineName::Acceptance),
        Some(at("2024-11-07T09:59:59Z"))
    );

    let play = Play::new("2024-11-04T01:00:00Z");
    let refused = |receipt: Receipt| {
        play.refused(
            &clerk(),
            Command::of(NATIONAL, Act::Receive(Box::new(receipt))),
        )
    };
    posted.stamp = evidence(EvidenceKind::WorkRecord);
    assert!(matches!(
        refused(posted.clone()),
        Ground::EvidenceKind { .. }
    ));
    posted.at = at("2024-11-04T01:00:01Z");
    assert!(matches!(refused(posted.clone()), Ground::Missing { .. }));
    posted.at = at("2008-11-04T01:00:00Z");
    assert!(matches!(refused(posted), Ground::NotInForce { .. }));
}

// proves: S3-03
#[test]
fn an_enterprise_has_a_licence_and_a_public_institution_needs_none() {
    let play = Play::new(MONDAY);
    for (kind, licence) in [(ENTERPRISE, None), (INSTITUTION, Some("ECP1".to_owned()))] {
        let mut receipt = receipt(kind, MONDAY);
        receipt.applicant.licence = licence;
        let command = Command::of(NATIONAL, Act::Receive(Box::new(receipt)));
        assert!(matches!(
            play.refused(&clerk(), command),
            Ground::Missing { .. }
        ));
    }
}

// proves: S3-04
#[test]
fn each_material_is_wanted_in_its_form_and_one_of_public_institutions_alone() {
    let accept = || Command::of(NATIONAL, Act::Accept);
    for kind in [ENTERPRISE, INSTITUTION] {
        let whole = Play::received(kind, NATIONAL, MONDAY);
        let names: Vec<_> = whole.state().materials.keys().cloned().collect();
        assert_eq!(names.len(), if kind == INSTITUTION { 5 } else { 4 });
        assert_eq!(
            names.contains(&"technical-review".to_owned()),
            kind == INSTITUTION
        );
        for name in &names {
            let mut play = whole.clone();
            play.state.as_mut().unwrap().materials.remove(name);
            assert_eq!(
                play.refused(&clerk(), accept()),
                Ground::DocumentMissing {
                    document: name.clone()
                }
            );
        }
        whole.ask(&clerk(), accept()).unwrap();
    }
    let whole = Play::received(INSTITUTION, NATIONAL, MONDAY);
    type Spoil = fn(&mut Material);
    let spoilt: [(&str, Spoil, Option<MaterialFault>); 6] = [
        (
            "application",
            |one| one.original = false,
            Some(MaterialFault::NotOriginal),
        ),
        (
            "application",
            |one| one.copies = 0,
            Some(MaterialFault::Copies),
        ),
        (
            "operation",
            |one| one.sealed = false,
            Some(MaterialFault::Unsealed),
        ),
        // A copy is enough here, and here no number is given.
        ("operation", |one| one.original = false, None),
        ("practice-statement", |one| one.original = false, None),
        ("staff", |one| one.copies = 0, None),
    ];
    for (name, spoil, fault) in spoilt {
        let mut play = whole.clone();
        spoil(
            play.state
                .as_mut()
                .unwrap()
                .materials
                .get_mut(name)
                .unwrap(),
        );
        match fault {
            Some(why) => {
                let material = name.to_owned();
                let ground = play.refused(&clerk(), accept());
                assert_eq!(ground, Ground::Material { material, why });
            }
            None => {
                play.ask(&clerk(), accept()).unwrap();
            }
        }
    }
    let mut unknown = receipt(ENTERPRISE, MONDAY);
    unknown.materials.push(material("recommendation"));
    let command = Command::of(NATIONAL, Act::Receive(Box::new(unknown)));
    let ground = Play::new(MONDAY).refused(&clerk(), command);
    assert!(matches!(ground, Ground::UnknownName { .. }));
}

// proves: S3-06, S3-18
#[test]
fn acceptance_takes_five_working_days_by_the_calendar_of_the_state_council() {
    // The Friday before the National Day of 2024: a Sunday is worked, seven days are off, and a
    // Saturday is worked after them.
    let play = Play::received(ENTERPRISE, NATIONAL, "2024-09-27T01:00:00Z");
    let timer = &play.state().timers[&DeadlineName::Acceptance];
    let ends = timer.ends.as_ref().unwrap();
    assert_eq!(ends.at, at("2024-10-10T09:59:59Z"));
    assert_eq!(ends.calendar.as_deref(), Some(Calendar::china().version()));
    // After office hours it is the next working day's.
    let late = Play::received(ENTERPRISE, NATIONAL, "2024-09-27T10:00:00Z");
    assert_eq!(
        late.end(DeadlineName::Acceptance),
        Some(at("2024-10-11T09:59:59Z"))
    );
    // Beyond the notices nothing is guessed at.
    let play = Play::new("2026-12-30T01:00:00Z");
    let act = Act::Receive(Box::new(receipt(ENTERPRISE, "2026-12-30T01:00:00Z")));
    let ground = play.refused(&clerk(), Command::of(NATIONAL, act));
    assert!(matches!(ground, Ground::Calendar(_)));
}

// proves: S3-06
#[test]
fn the_clock_stands_still_while_a_correction_is_waited_for_and_begins_anew_or_goes_on() {
    let correct = |play: &mut Play| {
        let points = vec!["加盖公章".to_owned()];
        let command = Command::of(NATIONAL, Act::RequestCorrection { points });
        play.go_to("2024-03-06T01:00:00Z");
        play.take(&clerk(), command).unwrap();
        assert_eq!(play.stage(), Stage::Correcting);
        assert_eq!(play.end(DeadlineName::Acceptance), None);
        // Weeks later nothing is late.
        play.go_to("2024-04-01T01:00:00Z").tick();
        assert_eq!(play.state().missed.len(), 0);
        let materials = vec![material("application")];
        play.by(&agent(), Act::CompleteMaterials { materials });
        assert_eq!(play.stage(), Stage::Received);
    };
    let mut play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    correct(&mut play);
    // Qingming, on 4 to 6 April, with the Sunday after it worked.
    assert_eq!(
        play.end(DeadlineName::Acceptance),
        Some(at("2024-04-09T09:59:59Z"))
    );

    let mut play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    let mut sets: Vec<_> = play.rules.iter().cloned().collect();
    for set in &mut sets {
        set.correction_restarts.value = false;
    }
    play.rules = RuleSets::new(sets).unwrap();
    correct(&mut play);
    // One day was used up; the first of April counts again.
    assert_eq!(
        play.end(DeadlineName::Acceptance),
        Some(at("2024-04-07T09:59:59Z"))
    );
    let command = Command::of(NATIONAL, Act::RequestCorrection { points: Vec::new() });
    assert!(matches!(
        play.refused(&clerk(), command),
        Ground::Missing { .. }
    ));
}

// proves: S3-02, S3-07
#[test]
fn what_a_provincial_authority_takes_in_goes_on_to_the_national_one_in_five_days() {
    let mut play = Play::accepted(ENTERPRISE, PROVINCIAL, MONDAY);
    assert_eq!(
        play.end(DeadlineName::Forwarding),
        Some(at("2024-03-11T09:59:59Z"))
    );
    let open = || Act::OpenAssessment {
        assessors: vec![person(EXPERT)],
        body: None,
    };
    assert!(matches!(play.ruled_out(open()), Ground::Missing { .. }));
    let receipt = evidence(EvidenceKind::DeliveryReceipt);
    // Nobody but the provincial authority.
    let forward = Act::Forward { receipt };
    let command = Command::of(NATIONAL, forward.clone());
    assert_eq!(
        play.refused(&clerk(), command),
        Ground::Authority { wanted: PROVINCIAL }
    );
    play.forward();
    assert_eq!(play.stage(), Stage::Assessing);
    assert_eq!(play.end(DeadlineName::Forwarding), None);
    play.rule(open());
    // What the national authority took in has nowhere to go.
    let national = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    assert_eq!(national.end(DeadlineName::Forwarding), None);
    let ground = national.refused(&clerk(), Command::of(PROVINCIAL, forward));
    assert!(matches!(ground, Ground::Authority { .. }), "{ground}");
    // And each decides on its own acceptance.
    let received = Play::received(ENTERPRISE, PROVINCIAL, MONDAY);
    let ground = received.refused(&clerk(), Command::of(NATIONAL, Act::Accept));
    assert_eq!(ground, Ground::Authority { wanted: PROVINCIAL });
}

// proves: S3-06, S3-09
#[test]
fn a_deadline_that_is_missed_is_flagged_and_decides_nothing() {
    let mut play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    let note = || {
        Command::new(Act::NoteOverdue {
            deadline: DeadlineName::Acceptance,
        })
    };
    let system = Actor::system();
    play.go_to("2024-03-11T09:59:59Z");
    assert!(matches!(play.refused(&system, note()), Ground::NotDue));
    assert!(play.state().passed(play.now).is_none());
    play.go_to("2024-03-11T10:00:00Z").tick();
    assert_eq!(play.stage(), Stage::Received);
    let missed = [DeadlineName::Acceptance];
    assert!(play.state().missed.iter().eq(&missed));
    assert!(matches!(play.refused(&system, note()), Ground::NotDue));
    let deadlines = play.state().deadlines();
    assert!(deadlines[0].noted);
    play.take(&clerk(), Command::of(NATIONAL, Act::Accept))
        .unwrap();
    assert!(play.state().missed.iter().eq(&missed));
    // Where nobody ticked, the act that is late says so itself.
    let mut play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    play.go_to("2024-03-12T01:00:00Z");
    play.take(&clerk(), Command::of(NATIONAL, Act::Accept))
        .unwrap();
    assert!(play.state().missed.iter().eq(&missed));
    assert_eq!(play.events.last().unwrap().2.missed(), missed);
    // Of two, each is noted by itself.
    let mut play = Play::accepted(ENTERPRISE, PROVINCIAL, MONDAY);
    play.go_to("2024-04-02T01:00:00Z").tick();
    let noted: Vec<_> = play.events[2..].iter().map(|one| one.2.missed()).collect();
    assert_eq!(
        noted,
        [[DeadlineName::Forwarding], [DeadlineName::Decision]]
    );
    // Time alone notes it.
    let mut play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    play.go_to("2024-03-12T01:00:00Z");
    assert!(matches!(
        play.refused(&officer(), note()),
        Ground::Seat { .. }
    ));
}

// proves: X-01
#[test]
fn one_person_has_one_seat() {
    let play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    let grant = || Command::of(NATIONAL, Act::Grant(decision("2024-03-04")));
    for name in [AGENT, CLERK, EXPERT] {
        let actor = Actor::new(person(name), Seat::Official);
        let ground = play.refused(&actor, grant());
        assert!(
            matches!(ground, Ground::SamePerson { .. }),
            "{name}: {ground}"
        );
        // What audits rest on says the same of a record that somebody wrote in by hand.
        let (_, _, event) = play.events.last().unwrap();
        assert!(play.state().others(&actor, event).contains(&&person(name)));
        assert!(
            !play
                .state()
                .others(&officer(), event)
                .contains(&&person(OFFICER))
        );
    }
    let other_agent = Actor::new(person("sun.qi"), Seat::Agent);
    let request = evidence(EvidenceKind::HolderStatement);
    let command = Command::new(Act::RequestHearing { request });
    assert!(matches!(
        play.refused(&other_agent, command),
        Ground::NotAParty { .. }
    ));
    let mut receipt = receipt(ENTERPRISE, MONDAY);
    receipt.agent = person(CLERK);
    let command = Command::of(NATIONAL, Act::Receive(Box::new(receipt)));
    let ground = Play::new(MONDAY).refused(&clerk(), command);
    assert!(matches!(ground, Ground::SamePerson { .. }));
}

#[test]
fn a_timer_without_a_clock_is_neither_paused_nor_resumed() {
    let timer = Timer::until(at("2024-03-12T01:00:00Z"), at(MONDAY));
    let calendar = Calendar::china();
    assert_eq!(timer.pause(at(MONDAY), &calendar).unwrap(), timer);
    assert_eq!(timer.resume(at(MONDAY), &calendar).unwrap(), timer);
    assert!(timer.runs());
}
