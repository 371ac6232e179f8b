//! What the context of a decision must know by name, for each command.

use super::*;

fn profile(name: &str) -> Wanted<'_> {
    Wanted {
        profile: Some(name),
        ..Wanted::default()
    }
}

/// Commands that name nothing, whatever the state.
fn plain() -> Vec<Command> {
    vec![
        Command::IssueCrl,
        Command::IssueDeltaCrl,
        Command::RecordPublication { through: 1 },
        Command::RecordCrlUnknownOutcome { number: 1 },
        Command::Discard,
        Command::Request(compromise()),
    ]
}

#[test]
fn an_authority_that_is_not_there_yet_wants_its_profile_and_its_issuer() {
    let subject: Name = "CN=Root,O=Example,C=CN".parse().unwrap();
    let mut world = World::new();
    world.other = None;
    let ca = id("ca");
    let under = Proposal::under(ca.clone(), "issuing-ca", &subject);
    let root = Proposal::root("root-ca", &subject);
    let propose = Command::Propose(under.clone());
    let wanted = Wanted {
        issuer: Some(&ca),
        ..profile("issuing-ca")
    };
    assert_eq!(Wanted::of(None, &propose), wanted);
    assert_eq!(
        Wanted::of(None, &Command::Propose(root.clone())),
        profile("root-ca")
    );
    // Nobody is asked to approve what was not proposed.
    assert_eq!(Wanted::of(None, &Command::Approve), Wanted::default());
    // Later its own proposal counts, whatever comes.
    let proposed = |proposal: &Proposal| Proposed {
        proposal: proposal.clone(),
        officer: officer("li").person,
        public_key: None,
    };
    let issuing = |proposal| Issuing {
        proposed: proposed(proposal),
        intent: None,
    };
    let unknown = Command::RecordUnknownOutcome { serial: serial(9) };
    for command in [Command::Approve, unknown, Command::Propose(root.clone())] {
        for state in [
            State::Proposed(proposed(&under)),
            State::Issuing(issuing(&under)),
        ] {
            assert_eq!(Wanted::of(Some(&state), &command), wanted);
        }
        for state in [
            State::Proposed(proposed(&root)),
            State::Issuing(issuing(&root)),
        ] {
            assert_eq!(Wanted::of(Some(&state), &command), profile("root-ca"));
        }
    }
    // One that is there is proposed no more.
    let again = Command::Propose(root);
    assert_eq!(Wanted::of(world.ca.as_ref(), &again), Wanted::default());
}

#[test]
fn an_act_wants_what_it_names_when_it_is_asked_for_and_when_it_is_confirmed() {
    let next = id("ca-2");
    let linked = Wanted {
        other: Some(&next),
        ..profile("link")
    };
    let retired = Wanted {
        other: Some(&next),
        ..Wanted::default()
    };
    let closed = Wanted {
        last_end: true,
        ..Wanted::default()
    };
    for (act, wanted) in [
        (retire(), retired),
        (link(Direction::NewWithOld), linked),
        (link(Direction::OldWithNew), linked),
        (Act::Close, closed),
        (compromise(), Wanted::default()),
    ] {
        let mut world = World::new();
        let asked = Command::Request(act.clone());
        assert_eq!(Wanted::of(world.ca.as_ref(), &asked), wanted, "{act:?}");
        let confirm = Wanted::of(world.ca.as_ref(), &Command::Confirm);
        assert_eq!(confirm, Wanted::default());
        if act == Act::Close {
            world.retire();
        }
        world.step("ca", &officer("li"), asked).unwrap();
        let confirm = Wanted::of(world.ca.as_ref(), &Command::Confirm);
        assert_eq!(confirm, wanted, "{act:?}");
        // What waits for a second officer is no business of other commands.
        for command in plain() {
            let other = Wanted::of(world.ca.as_ref(), &command);
            assert_eq!(other, Wanted::default(), "{command:?}");
        }
        let unknown = Command::RecordUnknownOutcome { serial: serial(9) };
        assert_eq!(Wanted::of(world.ca.as_ref(), &unknown), Wanted::default());
    }
}

#[test]
fn a_link_that_was_lost_wants_what_it_wanted_before() {
    let mut world = World::new();
    world.two_officers(link(Direction::OldWithNew)).unwrap();
    let next = id("ca-2");
    let unknown = Command::RecordUnknownOutcome { serial: serial(9) };
    let wanted = Wanted {
        other: Some(&next),
        ..profile("link")
    };
    assert_eq!(Wanted::of(world.ca.as_ref(), &unknown), wanted);
    let confirm = Command::Confirm;
    for command in plain().into_iter().chain([confirm]) {
        let other = Wanted::of(world.ca.as_ref(), &command);
        assert_eq!(other, Wanted::default(), "{command:?}");
    }
}
