//! Who speaks for an agency, and what its certificates, devices and gates are good for.

use super::*;

const STRANGER: Who = ("li-gui", Seat::Agent);

/// What its own record says besides.
fn recorded(world: &mut World, by: Who, event: &organisation::Event) {
    let actor = Actor::new(person(by.0), by.1);
    let record = world.organisation.as_deref().cloned();
    let record = organisation::evolve(record, &actor, event, world.now);
    world.organisation = record.map(Arc::new);
}

fn authorised(agent: &str) -> organisation::Event {
    authorised_until(agent, None)
}

fn authorised_until(agent: &str, until: Option<DateTime>) -> organisation::Event {
    let interval = Interval::new(at("2020-01-01T00:00:00Z"), until);
    let scope = organisation::Scope::new([crate::terms::Kind::Apply], interval);
    let papers = evidence(EvidenceKind::OrganisationDocuments, "letter");
    organisation::Event::Authorised {
        agent: person(agent),
        grant: organisation::Grant::new(scope, person("chief"), papers),
    }
}

fn produce() -> Command {
    Command::Produce {
        evidence: vec![evidence(EvidenceKind::WitnessPhoto, "photo")],
    }
}

fn inspect() -> Command {
    Command::OpenInspection {
        subject: "影像".to_owned(),
    }
}

fn report(breach: bool) -> Command {
    Command::CloseInspection {
        report: evidence(EvidenceKind::InspectionReport, "report"),
        breach,
    }
}

fn consult() -> Command {
    Command::Consult(Note::new("问题"))
}

fn renewed(world: &World) -> DeviceProof {
    let mut proof = world.package().devices[0].clone();
    proof.interval = Interval::new(world.now, Some(at("2031-01-01T00:00:00Z")));
    proof
}

// proves: S0-02, S0-03
#[test]
fn a_stranger_does_not_speak_for_an_agency() {
    let mut world = World::new();
    world.go(AGENT, consult());
    assert_eq!(world.refused(STRANGER, consult()), "not-authorised (S0-03)");
    let filed = world.filed();
    assert_eq!(
        world.refused(STRANGER, filed.clone()),
        "not-authorised (S0-02)"
    );
    world.go(AGENT, filed);
    world.go(LI, Command::RegisterPaper(world.paper("中结-1")));
    let items = vec!["一".to_owned()];
    world.go(LI, Command::Return { items });
    let mut package = world.package();
    package.bundle = document("bundle 2");
    package.agents = [person("he"), person("ping")].into();
    let refile = Command::Refile {
        package: Box::new(package),
        answers: [(1, "答".to_owned())].into(),
    };
    let refused = world.refused(STRANGER, refile.clone());
    assert_eq!(refused, "not-authorised (S0-04)");
    world.go(AGENT, refile);
    // Whom the filing names besides may act too.
    world.go(("ping", Seat::Agent), consult());
    let mut running = World::running();
    running.go(LI, inspect());
    assert_eq!(
        running.refused(STRANGER, produce()),
        "not-authorised (S0-29)"
    );
    let proof = Command::FileDeviceProof(renewed(&running));
    assert_eq!(running.refused(STRANGER, proof), "not-authorised (S0-10)");
}

// proves: S0-02
#[test]
fn the_first_filing_names_whoever_brings_it() {
    let mut world = World::new();
    let mut package = world.package();
    package.agents = [person("somebody-else")].into();
    assert_eq!(
        world.refused(AGENT, file(&package)),
        "not-authorised (S0-02)"
    );
    package.agents.insert(person("he"));
    world.go(AGENT, file(&package));
}

// proves: S0-02
#[test]
fn the_agents_of_its_own_record_speak_for_it_and_nobody_besides() {
    let mut world = World::new();
    recorded(&mut world, LI, &authorised("ding"));
    assert_eq!(world.refused(AGENT, consult()), "not-authorised (S0-03)");
    let mut package = world.package();
    package.agents.clear();
    assert_eq!(
        world.refused(AGENT, file(&package)),
        "not-authorised (S0-02)"
    );
    let ding = ("ding", Seat::Agent);
    assert!(
        world.ask(ding, file(&package)).is_ok(),
        "with no word before"
    );
    world.go(ding, consult());
    world.go(ding, file(&package));
    // Taking the authority back ends it here.
    let agent = person("ding");
    let reason = "left".to_owned();
    recorded(
        &mut world,
        LI,
        &organisation::Event::AuthorityRevoked { agent, reason },
    );
    assert_eq!(world.refused(ding, consult()), "not-authorised (S0-03)");
    assert_eq!(world.refused(AGENT, consult()), "not-authorised (S0-03)");
    // And so does its own end.
    let over = authorised_until("ding", Some(world.now));
    recorded(&mut world, LI, &over);
    assert_eq!(world.refused(ding, consult()), "not-authorised (S0-03)");
}

// proves: S0-01
#[test]
fn the_first_word_closes_what_was_open_without_an_accreditation() {
    let later = Interval::new(at("2026-06-01T00:00:00Z"), None);
    let over = Interval::new(at("2025-01-01T00:00:00Z"), Some(at("2026-01-01T00:00:00Z")));
    for first in [consult(), World::new().filed()] {
        let mut world = World::new();
        let now = Interval::new(world.now, None);
        let modes = [
            (Mode::Counter, now),
            (Mode::Witness, later),
            (Mode::Other, over),
        ];
        let filing = evidence(EvidenceKind::OrganisationDocuments, "filing");
        let modes = modes.into();
        recorded(
            &mut world,
            LI,
            &organisation::Event::ModesFiled { modes, filing },
        );
        recorded(&mut world, WANG, &organisation::Event::ModesConfirmed);
        let gates = world.go(AGENT, first);
        assert_eq!(
            gates,
            [Gate::Close(Mode::Counter), Gate::Close(Mode::Witness)]
        );
        let record = world.organisation.as_ref().unwrap();
        for day in ["2026-03-02T01:00:01Z", "2026-07-01T00:00:00Z"] {
            assert_eq!(record.agency_modes(at(day)), []);
        }
    }
}

// proves: S0-01
#[test]
fn no_step_of_an_accreditation_leaves_a_mode_open_that_does_not_operate() {
    let mut world = World::running();
    // As if it had been opened behind the accreditation's back.
    let interval = Interval::new(world.now, None);
    let mode = Mode::Other;
    recorded(
        &mut world,
        LI,
        &organisation::Event::ModeOpened { mode, interval },
    );
    let gates = world.go(LI, suspend(&[Mode::Witness]));
    assert_eq!(
        gates,
        [Gate::Close(Mode::Witness), Gate::Close(Mode::Other)]
    );
    let record = world.organisation.as_ref().unwrap();
    assert_eq!(record.agency_modes(world.now), [Mode::Counter]);
}

// proves: S0-10
#[test]
fn what_the_agency_files_for_a_device_counts_when_an_officer_took_it() {
    let mut world = World::running();
    world.now = at("2026-12-01T01:00:00Z");
    let late = |world: &World| {
        let duties = world.state().duties();
        let mut late = duties.iter().filter(|one| one.ends.has_passed(world.now));
        late.any(|one| one.name == DeadlineName::DeviceRenewed)
    };
    assert!(late(&world));
    let proof = renewed(&world);
    world.go(AGENT, Command::FileDeviceProof(proof.clone()));
    assert!(late(&world), "the alarm stands");
    assert_eq!(world.refused(AGENT, judge(None)), "seat (S0-10)");
    world.go(LI, judge(Some("编号不符")));
    assert!(late(&world));
    assert_eq!(world.refused(LI, judge(None)), "missing (S0-10)");
    // The last that came is the one that is looked at.
    world.go(AGENT, Command::FileDeviceProof(proof.clone()));
    world.go(AGENT, Command::FileDeviceProof(proof.clone()));
    assert_eq!(world.state().unseen.len(), 1);
    assert_eq!(world.refused(LI, judge(Some(""))), "words (S0-10)");
    world.go(LI, judge(None));
    assert!(!late(&world) && world.state().unseen.is_empty());
    // What ended while it waited is not taken.
    world.go(AGENT, Command::FileDeviceProof(proof.clone()));
    let mut later = world.clone();
    later.now = at("2031-01-01T00:00:00Z");
    assert_eq!(later.refused(LI, judge(None)), "missing (S0-10)");
    // An officer's own filing takes the place of what waits.
    world.go(LI, Command::FileDeviceProof(proof));
    assert!(world.state().unseen.is_empty());
    assert_eq!(world.state().devices.len(), 1);
}

// proves: S0-10
#[test]
fn authorities_for_devices_are_those_of_the_terms_where_these_name_any() {
    let mut world = World::new();
    let mut terms = Terms::shipped();
    terms.device_issuers.value = vec!["国家密码管理局".to_owned()];
    world.terms = Arc::new(terms);
    let mut package = world.package();
    package.devices[0].issuer = "whatever".to_owned();
    assert_eq!(world.refused(AGENT, file(&package)), "unknown-name (S0-10)");
    world.go(AGENT, world.filed());
}

// proves: S0-08
#[test]
fn the_access_certificate_is_of_a_pinned_issuer_where_the_terms_pin_one() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    world.accept("中结-1", &ALL);
    let good = world.certificate(2, AGENCY);
    let Command::RecordAccess { issuer, .. } = &good else {
        panic!();
    };
    let digest = gm_crypto::sm3::digest(issuer);
    let digest: String = digest.iter().map(|one| format!("{one:02x}")).collect();
    let pin = |world: &mut World, digest: &str| {
        let mut terms = Terms::shipped();
        terms.access_issuers.value = vec![digest.to_owned()];
        world.terms = Arc::new(terms);
    };
    pin(&mut world, &"0".repeat(64));
    assert_eq!(world.refused(LI, good.clone()), "missing (S0-08)");
    pin(&mut world, &digest);
    world.go(LI, good);
    let text = include_str!("../../../../accreditation.toml");
    let changed = text.replacen(
        "access-issuers = { value = []",
        "access-issuers = { value = [\"ABC\"]",
        1,
    );
    let fault = Terms::from_toml(&changed).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "access-issuers of an accreditation must be 64 hexadecimal digits each"
    );
}

/// First and last second of the access certificate.
fn validity(world: &World) -> (DateTime, DateTime) {
    let access = world.state().access.as_ref().unwrap();
    access::validity(&access.certificate).unwrap()
}

fn second_after(time: DateTime) -> DateTime {
    let later = time.unix_duration() + std::time::Duration::from_secs(1);
    DateTime::from_unix_duration(later).unwrap()
}

/// With a device whose proof outlasts the certificate.
fn with_a_lasting_device(world: &mut World) {
    let mut proof = renewed(world);
    proof.interval.until = Some(at("2090-01-01T00:00:00Z"));
    world.go(LI, Command::FileDeviceProof(proof));
}

// proves: S0-08, S0-11
#[test]
fn no_mode_begins_or_goes_on_with_an_access_certificate_past_its_end() {
    let mut ready = World::ready();
    with_a_lasting_device(&mut ready);
    let (_, end) = validity(&ready);
    ready.now = end;
    assert!(ready.ask(LI, start(Mode::Counter)).is_ok());
    let last = ready.certificate(2, AGENCY);
    assert!(ready.ask(LI, last).is_ok());
    ready.now = second_after(end);
    assert_eq!(ready.refused(LI, start(Mode::Counter)), "missing (S0-08)");
    let over = ready.certificate(2, AGENCY);
    assert_eq!(ready.refused(LI, over), "missing (S0-08)");

    let mut running = World::running();
    with_a_lasting_device(&mut running);
    running.go(LI, suspend(&[]));
    running.now = end;
    running.go(LI, restore(&[]));
    assert!(running.ask(WANG, Command::Confirm).is_ok());
    running.now = second_after(end);
    assert_eq!(running.refused(WANG, Command::Confirm), "missing (S0-08)");
    running.go(WANG, Command::Discard);
    assert_eq!(running.refused(LI, restore(&[])), "missing (S0-08)");
}

// proves: S0-10, S0-11
#[test]
fn no_mode_goes_on_with_a_device_past_its_proof() {
    let mut world = World::running();
    world.go(LI, suspend(&[]));
    world.go(LI, restore(&[]));
    world.now = at("2026-12-31T16:00:00Z");
    assert_eq!(world.refused(WANG, Command::Confirm), "missing (S0-10)");
    world.go(WANG, Command::Discard);
    assert_eq!(world.refused(LI, restore(&[])), "missing (S0-10)");
    let again = world.certificate_from(world.now, 2, AGENCY);
    assert_eq!(world.refused(LI, again), "missing (S0-10)");
}

// proves: S0-08
#[test]
fn the_end_of_the_access_certificate_is_told_before_it_comes() {
    let mut world = World::ready();
    with_a_lasting_device(&mut world);
    let (_, end) = validity(&world);
    let duties = world.state().duties();
    let of = |name| duties.iter().find(|one| one.name == name).unwrap();
    assert_eq!(of(DeadlineName::AccessEnded).ends.at, end);
    let alarm = of(DeadlineName::AccessRenewed).ends.at;
    let days = (end.unix_duration() - alarm.unix_duration()).as_secs() / 86_400;
    assert!((59..=61).contains(&days), "{days} days before");
    // A renewed one begins the count anew; one that is not good yet is not taken.
    world.now = alarm;
    let early = world.certificate_from(second_after(alarm), 2, AGENCY);
    assert_eq!(world.refused(LI, early), "missing (S0-08)");
    world.go(LI, world.certificate_from(alarm, 2, AGENCY));
    assert!(world.ask(LI, start(Mode::Counter)).is_ok(), "at once");
    let next = world.state().duties();
    let next = next
        .iter()
        .find(|one| one.name == DeadlineName::AccessRenewed);
    assert!(next.unwrap().ends.at > alarm);
}

// proves: S0-08
#[test]
fn a_newly_accepted_request_wants_its_own_certificate() {
    let mut world = World::new();
    let mut package = world.package();
    package.modes.remove(&Mode::Other);
    world.go(AGENT, file(&package));
    world.accept("中结-1", &[Mode::Counter, Mode::Witness]);
    world.go(LI, world.certificate(2, AGENCY));
    world.go(LI, start(Mode::Counter));
    let mut later = world.package();
    later.modes.retain(|mode, _| *mode == Mode::Other);
    later.bundle = document("bundle 2");
    later.request.as_mut().unwrap().public_key = key_of(3);
    world.go(AGENT, file(&later));
    world.accept("中结-2", &[Mode::Other]);
    assert_eq!(world.refused(LI, start(Mode::Other)), "missing (S0-08)");
    assert_eq!(world.refused(LI, start(Mode::Witness)), "missing (S0-08)");
    let old = world.certificate(2, AGENCY);
    assert_eq!(world.refused(LI, old), "missing (S0-08)");
    world.go(LI, world.certificate(3, AGENCY));
    world.go(LI, start(Mode::Other));
}

// proves: S0-03
#[test]
fn another_question_does_not_put_the_answer_to_the_first_off() {
    let mut world = World::new();
    world.go(AGENT, consult());
    let (_, first) = world.state().next_deadline().unwrap();
    world.now = at("2026-03-03T01:00:00Z");
    world.go(AGENT, consult());
    assert_eq!(world.state().next_deadline().unwrap().1, first);
    world.go(LI, consult());
    assert_eq!(world.state().next_deadline(), None);
    world.go(AGENT, consult());
    assert_ne!(world.state().next_deadline().unwrap().1, first);
}

// proves: S0-10
#[test]
fn two_devices_that_end_together_have_an_alarm_each() {
    let mut world = World::ready();
    let mut second = world.package().devices[0].clone();
    second.serial = "0002".to_owned();
    world.go(LI, Command::FileDeviceProof(second));
    world.now = at("2026-11-02T00:00:00Z");
    let mut noted = BTreeSet::new();
    while let Some(command) = world.state().passed(world.now) {
        let Command::NoteOverdue { device, .. } = &command else {
            panic!();
        };
        assert!(noted.insert(device.clone()), "noted once");
        world.by(&Actor::system(), command);
    }
    let serials: Vec<_> = noted.into_iter().flatten().map(|one| one.serial).collect();
    assert_eq!(serials, ["0001", "0002"]);
}

// proves: S0-04
#[test]
fn what_happens_late_is_noted_to_be_late() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    world.go(LI, Command::RegisterPaper(world.paper("中结-1")));
    let (name, by) = world.state().next_deadline().unwrap();
    world.now = by.at;
    let items = vec!["一".to_owned()];
    let back = Command::Return { items };
    let actor = Actor::new(person("li"), Seat::Clerk);
    assert_eq!(
        world.all_by(&actor, back.clone()).unwrap().len(),
        1,
        "in time"
    );
    world.now = second_after(by.at);
    let events = world.all_by(&actor, back.clone()).unwrap();
    let noted = Event::OverdueNoted {
        deadline: name,
        device: None,
        by: by.at,
    };
    assert_eq!(events[0], noted);
    // Once.
    world.by(&Actor::system(), world.state().passed(world.now).unwrap());
    assert_eq!(world.all_by(&actor, back).unwrap().len(), 1);
}

// proves: S0-29
#[test]
fn an_agency_that_produces_nothing_is_in_breach_when_its_time_is_over() {
    let mut world = World::running();
    world.go(LI, inspect());
    let (_, by) = world.state().next_deadline().unwrap();
    world.now = by.at;
    assert_eq!(world.refused(LI, report(true)), "missing (S0-29)");
    world.now = second_after(by.at);
    assert_eq!(world.refused(LI, report(false)), "missing (S0-29)");
    world.go(LI, report(true));
    assert!(world.state().inspection().is_none());
    let duties = world.state().duties();
    let asked = |one: &Duty| one.name == DeadlineName::EvidenceProduced;
    assert!(!duties.iter().any(asked), "nobody waits for it");
}

#[test]
fn a_check_that_the_mode_does_not_have_is_refused() {
    let world = World::ready();
    let Command::StartMode {
        mode,
        mut checks,
        staff,
    } = start(Mode::Counter)
    else {
        panic!();
    };
    let record = evidence(EvidenceKind::WorkRecord, "session");
    checks.insert(GoLive::SessionReady, record);
    let more = Command::StartMode {
        mode,
        checks,
        staff,
    };
    assert_eq!(world.refused(LI, more), "missing (S0-11)");
}
