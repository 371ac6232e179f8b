//! Records about institutions that somebody wrote in by hand, under a new chain.

use lifecycle::{
    Evidence, Interval, PersonId, SqliteStore,
    audit::{self, Fault},
    organisation::{self, Onboarding},
    proceeding::{
        accreditation::{self, ModeFiling, Package},
        recognition::{self, Application, Documents, Key, Licence, Review},
    },
    terms::{EvidenceKind, Mode},
};
use serde_json::{Value, json};

use super::{Copy, seq};
use crate::script::evidence;

const BANK: &str = "organisation/bank";
const ACCREDITATION: &str = "accreditation/bank";

fn record(stream: &str, (person, seat): (&str, &str), event: Value) -> Value {
    json!({
        "stream": stream,
        "actor": { "person": person, "seat": seat },
        "event": event,
    })
}

const AGENT: (&str, &str) = ("he.jing", "agent");
const LI: (&str, &str) = ("sun.qi", "clerk");
const WANG: (&str, &str) = ("zhou.ba", "clerk");

fn of_organisation(by: (&str, &str), event: &organisation::Event) -> Value {
    record(BANK, by, json!({ "organisation": event }))
}

fn of_accreditation(by: (&str, &str), event: Value) -> Value {
    let event = json!({ "proceeding": { "accreditation": event } });
    record(ACCREDITATION, by, event)
}

/// What an audit says of a log that goes on with these; the place of the last of them.
fn examined(more: Vec<Value>) -> (Result<(), Fault>, u64) {
    let copy = Copy::new();
    let mut entries = copy.entries();
    let at = entries.last().unwrap()["at"].clone();
    for mut one in more {
        one["at"] = at.clone();
        entries.push(one);
    }
    let last = seq(entries.len() - 1);
    copy.write_chained(entries);
    let store = SqliteStore::open_read_only(&copy.path).unwrap();
    (audit::verify(&store).map(drop), last)
}

/// Nothing is wrong with any of them; the indices do not know them.
fn follow(more: Vec<Value>) {
    let (answer, _) = examined(more);
    let is_of_index = matches!(
        answer,
        Ok(()) | Err(Fault::IndexDiffers { .. } | Fault::NoticeMissing { .. })
    );
    assert!(is_of_index, "{answer:?}");
}

/// The last of them does not follow.
fn last_is_impossible(more: Vec<Value>) {
    let (answer, last) = examined(more);
    let is_last = matches!(answer, Err(Fault::Impossible { seq, .. }) if seq == last);
    assert!(is_last, "{last}: {answer:?}");
}

fn second(time: &str) -> u64 {
    let time: der::DateTime = time.parse().unwrap();
    time.unix_duration().as_secs()
}

const DAY: &str = "2026-07-01T00:00:00Z";

fn onboarded() -> Value {
    let papers = evidence(EvidenceKind::OrganisationDocuments);
    let onboarding = Onboarding::new("示例银行", papers);
    of_organisation(LI, &organisation::Event::Onboarded(onboarding))
}

fn filed() -> Value {
    let document = || evidence(EvidenceKind::FilingDocument);
    let filing = ModeFiling::new(DAY.parse().unwrap());
    let package = Package::new(document(), document()).mode(Mode::Counter, filing);
    let package = Box::new(package);
    of_accreditation(AGENT, json!(accreditation::Event::PackageFiled { package }))
}

fn proposed() -> Value {
    let modes = [Mode::Counter].into();
    of_accreditation(
        LI,
        json!(accreditation::Event::AcceptanceProposed { modes }),
    )
}

fn accepted(by: (&str, &str)) -> Value {
    of_accreditation(
        by,
        json!({ "filing-accepted": {
            "receipt": "bank/1", "disclaimer": 1, "modes": { "counter": second(DAY) },
            "renew-by": [],
        } }),
    )
}

fn started() -> Value {
    of_accreditation(
        LI,
        json!({ "operation-started": {
            "mode": "counter", "at": second(DAY), "checks": {}, "staff": {},
        } }),
    )
}

fn opened(mode: Mode) -> Value {
    let interval = Interval::new(DAY.parse().unwrap(), None);
    of_organisation(LI, &organisation::Event::ModeOpened { mode, interval })
}

fn closed(mode: Mode) -> Value {
    of_organisation(LI, &organisation::Event::ModeClosed { mode })
}

fn operating() -> Vec<Value> {
    vec![onboarded(), filed(), proposed(), accepted(WANG), started()]
}

fn and(mut all: Vec<Value>, one: Value) -> Vec<Value> {
    all.push(one);
    all
}

// proves: S0-01
#[test]
fn a_mode_is_open_where_the_accreditation_says_so_and_nowhere_else() {
    follow(and(operating(), opened(Mode::Counter)));
    last_is_impossible(and(operating(), opened(Mode::Witness)));
    last_is_impossible(and(operating(), closed(Mode::Counter)));
    let mut early = operating();
    early.pop();
    last_is_impossible(and(early, opened(Mode::Counter)));
    last_is_impossible(vec![onboarded(), opened(Mode::Counter)]);
    // Nobody files modes beside an accreditation.
    let modes = [(Mode::Witness, Interval::new(DAY.parse().unwrap(), None))].into();
    let filing = evidence(EvidenceKind::OrganisationDocuments);
    let beside = organisation::Event::ModesFiled { modes, filing };
    follow(vec![onboarded(), of_organisation(LI, &beside)]);
    last_is_impossible(and(operating(), of_organisation(LI, &beside)));
    // And nobody confirms what was not filed.
    let confirmed = organisation::Event::ModesConfirmed;
    last_is_impossible(vec![onboarded(), of_organisation(WANG, &confirmed)]);
}

// proves: S0-05, X-01
#[test]
fn a_step_of_an_accreditation_follows_and_is_a_second_persons() {
    last_is_impossible(vec![onboarded(), filed(), proposed(), started()]);
    for first in [LI, AGENT] {
        let first = (first.0, "clerk");
        let twice = vec![onboarded(), filed(), proposed(), accepted(first)];
        let (answer, last) = examined(twice);
        let is_same = matches!(&answer, Err(Fault::SamePerson { seq, person })
            if *seq == last && person.as_str() == first.0);
        assert!(is_same, "{first:?}: {answer:?}");
    }
    // What happened to one kind of case stands in no history of another.
    let mut elsewhere = filed();
    elsewhere["stream"] = json!("qualification/bank");
    let (answer, last) = examined(vec![elsewhere]);
    let is_misfiled = matches!(answer, Err(Fault::Misfiled { seq }) if seq == last);
    assert!(is_misfiled, "{answer:?}");
}

fn applied(id: &str, class: &str) -> Value {
    let of = |kind| -> Evidence { evidence(kind) };
    let now = DAY.parse().unwrap();
    let interval = Interval::new(now, None);
    let review = |kind| {
        let independence = of(EvidenceKind::IndependenceDeclaration);
        Review::new(of(kind), "auditor", now, independence)
    };
    let documents = Documents::new(
        of(EvidenceKind::RecognitionApplication),
        of(EvidenceKind::PracticeStatement),
        review(EvidenceKind::ConformityReview),
        review(EvidenceKind::ExecutionReview),
    );
    let application = Application::new(
        Key::new("HK", "Example", class),
        Licence::new("1", interval, of(EvidenceKind::ServiceLicence)),
        documents,
        Vec::new(),
    );
    let event = recognition::Event::Applied(Box::new(application));
    let event = json!({ "proceeding": { "recognition": event } });
    record(&format!("recognition/{id}"), AGENT, event)
}

// proves: S4-12
#[test]
fn no_two_cases_are_about_one_class() {
    follow(vec![
        applied("one", "personal"),
        applied("two", "corporate"),
    ]);
    last_is_impossible(vec![applied("one", "personal"), applied("two", "personal")]);
}

// proves: S4-04, X-01
#[test]
fn an_official_who_names_himself_an_agent_of_the_ca_is_found() {
    let named = |agents: &[&str]| {
        let agents = agents.iter().map(|name| PersonId::new(*name).unwrap());
        let event = recognition::Event::AgentsNamed {
            authority: "hk-dpo".to_owned(),
            agents: agents.collect(),
            letter: evidence(EvidenceKind::HolderStatement),
        };
        let event = json!({ "proceeding": { "recognition": event } });
        let official = record("recognition/one", ("ma.liu", "official"), event);
        vec![applied("one", "personal"), official]
    };
    follow(named(&["he.jing"]));
    let (answer, last) = examined(named(&["he.jing", "ma.liu"]));
    let is_same = matches!(&answer, Err(Fault::SamePerson { seq, person })
        if *seq == last && person.as_str() == "ma.liu");
    assert!(is_same, "{answer:?}");
}
