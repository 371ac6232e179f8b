//! The end of a CA's service, and of its key.

use der::{DateTime, Decode};
use lifecycle::{
    About, Command, Engine, Entry, Error, audit,
    authority::{self, Act, Proposal},
    cessation::{self, DeadlineName, Stage},
    ports::Clock,
    terms::EvidenceKind,
};
use std::time::Duration;
use x509_cert::Certificate;

use crate::{
    doubles::World,
    script::{
        CA, ROOT, act, authority_command, authority_id, coded, evidence, in_business, officer,
        second_officer,
    },
};

const DAY: u64 = 86_400;

fn later(at: DateTime, days: u64) -> DateTime {
    let days = Duration::from_secs(days * DAY);
    DateTime::from_unix_duration(at.unix_duration() + days).unwrap()
}

fn about_the_end(command: cessation::Command) -> Command {
    Command::Cessation(authority_id(CA), command)
}

fn decide_an_end(engine: &mut Engine, at: DateTime) {
    let proposal = cessation::Proposal::End {
        at,
        reason: "another CA takes the business".to_owned(),
    };
    let propose = about_the_end(cessation::Command::Propose(proposal));
    act(engine, &officer(), propose).unwrap();
    let confirm = about_the_end(cessation::Command::Confirm);
    act(engine, &second_officer(), confirm).unwrap();
}

/// Lets days pass; what was recorded then, and what officers were told.
fn days_pass(
    world: &World,
    engine: &mut Engine,
    days: u64,
) -> (Vec<&'static str>, Vec<(&'static str, DeadlineName)>) {
    let before = world.letters.told().len();
    world.clock.forward(days * DAY);
    let mut seen = Vec::new();
    engine
        .tick(&mut |entry| seen.push(entry.event.name()))
        .unwrap();
    let told = world.letters.told().into_iter().skip(before);
    let told = told.map(|notice| match notice.about {
        About::CessationReminder { deadline, .. } => ("reminder", deadline),
        About::CessationOverdue { deadline, .. } => ("overdue", deadline),
        other => panic!("{other:?}"),
    });
    (seen, told.collect())
}

#[test]
fn officers_are_reminded_of_deadlines_and_told_of_those_that_passed() {
    use DeadlineName::{AuthorityTold, PartiesTold};
    let (world, mut engine) = in_business();
    let begin = world.clock.now();
    decide_an_end(&mut engine, later(begin, 200));
    assert_eq!(days_pass(&world, &mut engine, 90), (vec![], vec![]));
    let reminded = days_pass(&world, &mut engine, 10);
    assert_eq!(reminded, (vec![], vec![("reminder", PartiesTold)]));
    let passed = days_pass(&world, &mut engine, 12);
    let overdue = (vec!["overdue-noted"], vec![("overdue", PartiesTold)]);
    assert_eq!(passed, overdue);
    audit::verify(engine.store()).unwrap();
    drop(engine);

    // Once, and by the next process too.
    let mut engine = world.engine();
    assert_eq!(days_pass(&world, &mut engine, 1), (vec![], vec![]));
    // What was put off is nothing to be reminded of, nor what is done.
    decide_an_end(&mut engine, later(begin, 300));
    assert_eq!(days_pass(&world, &mut engine, 20), (vec![], vec![]));
    let announce = cessation::Command::Announce {
        receipts: vec![evidence(EvidenceKind::NoticeReceipt)],
    };
    act(&mut engine, &officer(), about_the_end(announce)).unwrap();
    assert_eq!(days_pass(&world, &mut engine, 85), (vec![], vec![]));
    let reminded = days_pass(&world, &mut engine, 15);
    assert_eq!(reminded, (vec![], vec![("reminder", AuthorityTold)]));
    let passed = days_pass(&world, &mut engine, 30);
    let overdue = (vec!["overdue-noted"], vec![("overdue", AuthorityTold)]);
    assert_eq!(passed, overdue);
    let state = engine.cessation(&authority_id(CA)).unwrap().unwrap();
    assert_eq!(state.stage, Stage::Announced);
    audit::verify(engine.store()).unwrap();
}

fn two_officers(engine: &mut Engine, name: &str, wanted: Act) -> Result<Vec<Entry>, Error> {
    let request = authority_command(name, authority::Command::Request(wanted));
    engine.submit(&officer(), request)?;
    let confirm = authority_command(name, authority::Command::Confirm);
    engine.submit(&second_officer(), confirm)
}

#[test]
fn a_root_is_closed_when_the_last_ca_under_it_has_ended_and_not_with_its_own_certificate() {
    let (world, mut engine) = in_business();
    let name = "CN=root-2,O=Example,C=CN".parse().unwrap();
    let propose = authority::Command::Propose(Proposal::root("root-ca", &name));
    for (actor, command) in [
        (officer(), propose),
        (second_officer(), authority::Command::Approve),
    ] {
        act(&mut engine, &actor, authority_command("root-2", command)).unwrap();
    }
    let successor = authority_id("root-2");
    two_officers(&mut engine, ROOT, Act::Retire { successor }).unwrap();
    let ends = |engine: &Engine, name: &str| {
        let state = engine.authority(&authority_id(name)).unwrap().unwrap();
        let own = Certificate::from_der(&state.established().unwrap().certificate).unwrap();
        own.tbs_certificate().validity().not_after.to_date_time()
    };
    let (last, own) = (ends(&engine, CA), ends(&engine, ROOT));
    assert!(last < own);
    let seconds = last.unix_duration() - world.clock.now().unix_duration();
    world.clock.forward(seconds.as_secs());
    let early = two_officers(&mut engine, ROOT, Act::Close);
    assert_eq!(coded(early), "not-due (S4-16)");
    world.clock.forward(1);
    two_officers(&mut engine, ROOT, Act::Close).unwrap();
    audit::verify(engine.store()).unwrap();
}
