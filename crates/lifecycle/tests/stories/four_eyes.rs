//! One person holds one seat in a case; every act belongs to a seat.

use lifecycle::{
    Actor, Command, Engine, Error, Ground, Refusal, Seat, Serial, authority,
    case::{self, Phase, pair::EncryptionKey},
    certificate,
};

use crate::{
    doubles::World,
    script::{
        Applicant, CA, RESPONDER, REVOKE, ROOT, UNFREEZE, act, actor, approver, authority_command,
        authority_id, establish, in_business, officer, proposal, registrar, second_officer, settle,
        take_through,
    },
};

/// Which rule must say no.
#[derive(Clone, Copy, Debug)]
enum No {
    /// This person sat in that seat before.
    Same(Seat),
    /// The seat is the wrong one.
    Seat,
    /// The person has nothing to do with the case.
    NotAParty,
}

/// The rule says no, and nothing is written.
fn refused(engine: &mut Engine, actor: &Actor, command: Command, no: No) {
    let head = engine.store().head().unwrap();
    let told = format!("{actor:?} {command:?}");
    let answer = engine.submit(actor, command);
    let Err(Error::Refused(refusal)) = answer else {
        panic!("{told}: {answer:?}");
    };
    let as_expected = match (no, facts(&refusal)) {
        (No::Same(seat), Facts::Same(person, held, wanted)) => {
            person == actor.person.as_str() && held == seat && wanted == actor.seat
        }
        (No::Seat, Facts::Seat(seat)) => seat == actor.seat,
        (No::NotAParty, Facts::NotAParty(person)) => person == actor.person.as_str(),
        _ => false,
    };
    assert!(as_expected, "{told}: {no:?} expected, {refusal:?}");
    assert_eq!(engine.store().head().unwrap(), head, "{told}");
}

/// What a refusal says, whichever aggregate it is of.
#[derive(Debug)]
enum Facts<'a> {
    Same(&'a str, Seat, Seat),
    Seat(Seat),
    NotAParty(&'a str),
    Other,
}

fn facts(refusal: &Refusal) -> Facts<'_> {
    match refusal {
        Refusal::Ruled {
            ground,
            requirements,
        } if !requirements.is_empty() => match &**ground {
            Ground::SamePerson {
                person,
                held,
                wanted,
            } => Facts::Same(person.as_str(), *held, *wanted),
            Ground::Seat { seat } => Facts::Seat(*seat),
            Ground::NotAParty { person } => Facts::NotAParty(person.as_str()),
            _ => Facts::Other,
        },
        _ => Facts::Other,
    }
}

const SEATS: [Seat; 5] = [
    Seat::Applicant,
    Seat::Registrar,
    Seat::Approver,
    Seat::KeyOfficer,
    Seat::System,
];

/// A stranger in every seat but those that the act belongs to.
fn refused_in_other_seats(engine: &mut Engine, seats: &[Seat], command: &Command) {
    for seat in SEATS {
        if !seats.contains(&seat) {
            let stranger = actor("zheng.shi", seat);
            refused(engine, &stranger, command.clone(), No::Seat);
        }
    }
}

fn reject() -> case::Command {
    case::Command::Reject {
        reason: "a document is missing".to_owned(),
    }
}

#[test]
fn a_case_passes_three_persons() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    let as_zhang = |seat| actor("zhang.san", seat);
    let as_li = |seat| actor("li.si", seat);
    let openers = [Seat::Applicant, Seat::Registrar];
    refused_in_other_seats(&mut engine, &openers, &zhang.open());
    let stranger = actor("zhang.qi", Seat::Applicant);
    refused(&mut engine, &stranger, zhang.open(), No::NotAParty);

    // Each step: by nobody in another seat, and by nobody who was there before.
    while let Some((actor, command)) = zhang.next(&engine).unwrap() {
        let phase = zhang.phase(&engine);
        if phase.is_some() {
            refused_in_other_seats(&mut engine, &[actor.seat], &command);
        }
        match actor.seat {
            Seat::Applicant if phase.is_some() => {
                refused(&mut engine, &stranger, command.clone(), No::NotAParty);
                for officer in [as_li(Seat::Registrar), approver()] {
                    refused(&mut engine, &officer, command.clone(), No::Seat);
                }
            }
            Seat::Applicant => {}
            seat => {
                let no = No::Same(Seat::Applicant);
                refused(&mut engine, &as_zhang(seat), command.clone(), no);
            }
        }
        if actor.seat == Seat::Approver {
            let no = No::Same(Seat::Registrar);
            refused(&mut engine, &as_li(Seat::Approver), command.clone(), no);
        }
        if phase == Some(Phase::Approving) {
            let rejections = [
                (as_zhang(Seat::Approver), No::Same(Seat::Applicant)),
                (as_li(Seat::Approver), No::Same(Seat::Registrar)),
                (as_li(Seat::Registrar), No::Seat),
            ];
            for (actor, no) in rejections {
                refused(&mut engine, &actor, zhang.command(reject()), no);
            }
        }
        let is_open =
            phase.is_some_and(|phase| !matches!(phase, Phase::Issued | Phase::Personalised));
        if is_open {
            let withdraw = zhang.command(case::Command::Withdraw);
            refused(&mut engine, &stranger, withdraw.clone(), No::NotAParty);
            refused_in_other_seats(&mut engine, &[Seat::Applicant], &withdraw);
        }
        act(&mut engine, &actor, command).unwrap();
    }
    assert_eq!(zhang.phase(&engine), Some(Phase::Dispatched));
}

#[test]
fn what_devices_answer_is_recorded_by_the_engine_alone() {
    use case::Command as Answer;
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    // Approved and not settled: the intent is open.
    zhang.intend(&mut engine).unwrap();
    let serial: Serial = zhang.intent(&engine).serial;
    let forged_key: EncryptionKey =
        serde_json::from_str(r#"{"public_key":"MAA=","envelope":"MAA="}"#).unwrap();
    let answers = [
        Answer::RecordEncryptionKey(forged_key),
        Answer::RecordCertificate {
            serial: serial.clone(),
            signature: vec![0x30, 0].into(),
        },
        Answer::RecordUnknownOutcome { serial },
    ];
    for answer in answers {
        refused_in_other_seats(&mut engine, &[], &zhang.command(answer));
    }
    settle(&mut engine).unwrap();
    zhang.go_to(&mut engine, Phase::Personalised).unwrap();
    let (actor, dispatch) = zhang.next(&engine).unwrap().unwrap();
    engine.submit(&actor, dispatch).unwrap();
    let publication = zhang.command(Answer::RecordPublication);
    refused_in_other_seats(&mut engine, &[], &publication);
}

#[test]
fn an_authority_passes_two_officers() {
    use authority::Command::{
        Approve, IssueCrl, IssueDeltaCrl, Propose, RecordCertificate, RecordCrl,
        RecordCrlUnknownOutcome, RecordKey, RecordPublication, RecordUnknownOutcome,
    };
    let world = World::new();
    let mut engine = world.engine();
    let officers = [Seat::KeyOfficer];
    let root = |command| authority_command(ROOT, command);
    let propose = root(Propose(proposal(ROOT)));
    refused_in_other_seats(&mut engine, &officers, &propose);
    engine.submit(&officer(), propose.clone()).unwrap();
    refused_in_other_seats(&mut engine, &officers, &propose);
    let key = RecordKey {
        public_key: vec![0x30, 0].into(),
    };
    refused_in_other_seats(&mut engine, &[], &root(key));
    settle(&mut engine).unwrap();

    refused(
        &mut engine,
        &officer(),
        root(Approve),
        No::Same(Seat::KeyOfficer),
    );
    refused_in_other_seats(&mut engine, &officers, &root(Approve));
    engine.submit(&second_officer(), root(Approve)).unwrap();
    let Some(authority::State::Issuing(issuing)) = engine.authority(&authority_id(ROOT)).unwrap()
    else {
        panic!("not issuing");
    };
    let serial = issuing.intent.unwrap().serial;
    let certificate = RecordCertificate {
        serial: serial.clone(),
        certificate: vec![0x30, 0].into(),
    };
    refused_in_other_seats(&mut engine, &[], &root(certificate));
    refused_in_other_seats(&mut engine, &[], &root(RecordUnknownOutcome { serial }));
    settle(&mut engine).unwrap();

    refused_in_other_seats(&mut engine, &officers, &root(IssueCrl));
    refused_in_other_seats(&mut engine, &officers, &root(IssueDeltaCrl));
    engine.submit(&officer(), root(IssueCrl)).unwrap();
    let crl = RecordCrl {
        list: authority::List::ALL,
        number: 1,
        crl: vec![0x30, 0].into(),
    };
    refused_in_other_seats(&mut engine, &[], &root(crl));
    let unknown = RecordCrlUnknownOutcome { number: 1 };
    refused_in_other_seats(&mut engine, &[], &root(unknown));
    world.shelf.refuse(true);
    settle(&mut engine).unwrap_err();
    refused_in_other_seats(&mut engine, &[], &root(RecordPublication { through: 1 }));
}

#[test]
fn a_change_of_a_pair_passes_two_persons() {
    use certificate::Command::{Confirm, Freeze};
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut engine, &zhang).unwrap();
    let pair = |command| zhang.pair_command(command);
    let as_li = |seat| actor("li.si", seat);
    let officers = [Seat::Registrar, Seat::Approver];

    // One holder does not freeze another's.
    refused(
        &mut engine,
        &actor("zhang.qi", Seat::Applicant),
        pair(Freeze),
        No::NotAParty,
    );
    for seat in [Seat::KeyOfficer, Seat::System] {
        refused(
            &mut engine,
            &actor("zheng.shi", seat),
            pair(Freeze),
            No::Seat,
        );
    }
    // The holder's seat is for the holder; the others' are for nobody else.
    let seated = [Seat::Applicant, Seat::Registrar, Seat::Approver];
    refused_in_other_seats(&mut engine, &seated, &pair(REVOKE));
    refused(&mut engine, &zhang.actor(), pair(REVOKE), No::Seat);
    act(&mut engine, &zhang.actor(), pair(Freeze)).unwrap();
    refused_in_other_seats(&mut engine, &seated, &pair(UNFREEZE));
    refused(&mut engine, &zhang.actor(), pair(UNFREEZE), No::Seat);
    act(&mut engine, &registrar(), pair(UNFREEZE)).unwrap();
    for seat in officers {
        let held = No::Same(Seat::Registrar);
        refused(&mut engine, &as_li(seat), pair(Confirm), held);
    }
    refused_in_other_seats(&mut engine, &seated, &pair(Confirm));
    refused(&mut engine, &zhang.actor(), pair(Confirm), No::Seat);
    // Another person may confirm in the same seat.
    act(
        &mut engine,
        &actor("feng.shi", Seat::Registrar),
        pair(Confirm),
    )
    .unwrap();

    act(&mut engine, &approver(), pair(REVOKE)).unwrap();
    for seat in officers {
        let again = actor("wang.wu", seat);
        refused(&mut engine, &again, pair(Confirm), No::Same(Seat::Approver));
    }
    // A freeze in between does not make one person two.
    act(&mut engine, &registrar(), pair(Freeze)).unwrap();
    refused(
        &mut engine,
        &approver(),
        pair(Confirm),
        No::Same(Seat::Approver),
    );
    act(&mut engine, &registrar(), pair(Confirm)).unwrap();
}

#[test]
fn nobody_acts_as_the_system_from_outside() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut engine, &zhang).unwrap();
    establish(&mut engine).unwrap();
    let commands = [
        zhang.open(),
        zhang.command(case::Command::TakeReview),
        zhang.pair_command(certificate::Command::Freeze),
        zhang.pair_command(certificate::Command::Burn),
        authority_command(CA, authority::Command::IssueCrl),
        authority_command(RESPONDER, authority::Command::Approve),
    ];
    for command in commands {
        for name in ["system", "zheng.shi"] {
            refused(
                &mut engine,
                &actor(name, Seat::System),
                command.clone(),
                No::Seat,
            );
        }
    }
}

#[test]
fn the_engines_own_steps_are_nobodys_command() {
    use certificate::Command::{Activate, Burn, RecordIssued, Reserve};
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut engine, &zhang).unwrap();
    let head = engine.store().head().unwrap();
    for command in [Reserve, RecordIssued, Activate, Burn] {
        for seat in SEATS {
            let stranger = actor("zheng.shi", seat);
            let answer = engine.submit(&stranger, zhang.pair_command(command.clone()));
            assert!(matches!(answer, Err(Error::Refused(_))), "{answer:?}");
        }
    }
    assert_eq!(engine.store().head().unwrap(), head);
}
