//! Cases about a pair that exists, and what else moves with a case: all of it or nothing.

use lifecycle::{
    Engine, Error, Evidence, Ground, Holdings, Interval, OrganisationId, PersonId, Refusal, Seat,
    TokenId, audit,
    case::{Command, Phase},
    certificate::{RevocationReason, State, Status},
    organisation::{self, Onboarding},
    ports::Clock,
    roster::{self, Entry, Paper},
    terms::{Employment, EvidenceKind, Kind},
    token,
};

use crate::{
    doubles::World,
    script::{
        Applicant, CA, ROOT, RULES, act, actor, approver, authority_command, authority_id,
        evidence, execute_at_once, in_business, officer, policy_with_quota, second_officer,
        take_through,
    },
};

fn ground<T: std::fmt::Debug>(answer: Result<T, Error>) -> Ground {
    match answer {
        Err(Error::Refused(Refusal::Ruled { ground, .. })) => *ground,
        other => panic!("{other:?}"),
    }
}

/// Where both certificates of somebody's pair stand.
fn states(engine: &Engine, of: &Applicant) -> [State; 2] {
    let pair = of.pair(engine);
    [pair.signing, pair.encryption].map(|issued| {
        let state = engine.certificate(&issued.issuer, &issued.serial);
        state.unwrap().unwrap()
    })
}

fn statuses(engine: &Engine, of: &Applicant) -> [Status; 2] {
    states(engine, of).map(|state| state.status())
}

/// A pair in use.
fn in_use() -> (World, Engine, Applicant) {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut engine, &zhang).unwrap();
    (world, engine, zhang)
}

/// Opened, and frozen by its holder alone.
fn frozen_at_once(engine: &mut Engine, zhang: &Applicant) -> Applicant {
    let freeze = zhang.again("freeze", Kind::Freeze);
    act(engine, &freeze.actor(), freeze.open()).unwrap();
    act(engine, &freeze.actor(), freeze.command(execute_at_once())).unwrap();
    freeze
}

#[test]
fn a_freeze_at_once_counts_at_once_and_a_second_person_looks_at_it_later() {
    let (world, mut engine, zhang) = in_use();
    world.clock.forward(60);
    let at = world.clock.now();
    let freeze = frozen_at_once(&mut engine, &zhang);
    for state in states(&engine, &zhang) {
        assert!(matches!(&state, State::Held { since, .. } if *since == at));
        assert!(state.awaits(&freeze.id));
    }
    let ratify = freeze.command(Command::Ratify);
    let holder = actor("zhang.san", Seat::Approver);
    assert!(matches!(
        ground(engine.submit(&holder, ratify.clone())),
        Ground::SamePerson { .. }
    ));
    act(&mut engine, &approver(), ratify).unwrap();
    for state in states(&engine, &zhang) {
        assert!(!state.awaits(&freeze.id));
    }
    audit::verify(engine.store()).unwrap();

    let unfreeze = zhang.again("unfreeze", Kind::Unfreeze);
    unfreeze.go_to(&mut engine, Phase::Approving).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Held; 2]);
    unfreeze.go_to(&mut engine, Phase::Executed).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Active; 2]);
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_freeze_that_the_second_person_refuses_is_undone() {
    let (_, mut engine, zhang) = in_use();
    let freeze = frozen_at_once(&mut engine, &zhang);
    let refuse = freeze.command(Command::RefuseRatification {
        reason: "the holder knows nothing of it".to_owned(),
    });
    act(&mut engine, &approver(), refuse).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Active; 2]);
    assert_eq!(freeze.phase(&engine), Some(Phase::Rejected));
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_pair_is_revoked_when_the_second_person_approves_and_not_before() {
    let (world, mut engine, zhang) = in_use();
    let revoke = zhang.again("revoke", Kind::Revoke);
    revoke.go_to(&mut engine, Phase::Approving).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Active; 2]);
    world.clock.forward(60);
    revoke.go_to(&mut engine, Phase::Executed).unwrap();
    let revoked = State::revoked(world.clock.now(), RevocationReason::KeyCompromise);
    assert_eq!(states(&engine, &zhang), [revoked.clone(), revoked]);
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_renewal_takes_the_place_of_the_old_pair_when_it_is_in_use() {
    let (world, mut engine, zhang) = in_use();
    let renewal = zhang.again("renewal", Kind::Renew);
    let early = act(&mut engine, &renewal.actor(), renewal.open());
    assert!(matches!(ground(early), Ground::OutsideWindow { .. }));
    // The last two months of two years.
    world.clock.forward(23 * 30 * 86_400);
    renewal.go_to(&mut engine, Phase::Personalised).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Active; 2]);
    assert_eq!(statuses(&engine, &renewal), [Status::Issued; 2]);
    renewal.go_to(&mut engine, Phase::Dispatched).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Superseded; 2]);
    assert_eq!(statuses(&engine, &renewal), [Status::Active; 2]);
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_lost_pair_ends_when_the_new_one_exists() {
    let (_, mut engine, zhang) = in_use();
    let reissue = zhang.again("reissue", Kind::Reissue);
    reissue.go_to(&mut engine, Phase::Approved).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Active; 2]);
    reissue.go_to(&mut engine, Phase::Issued).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Revoked; 2]);
    reissue.go_to(&mut engine, Phase::Dispatched).unwrap();
    assert_eq!(statuses(&engine, &reissue), [Status::Active; 2]);
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_unit_has_no_more_than_its_quota_with_those_on_their_way() {
    let (world, engine) = in_business();
    drop(engine);
    let mut engine = world.engine_under(policy_with_quota(2));
    let [zhang, li, zhou] = ["zhang.san", "li.ming", "zhou.ba"].map(Applicant::new);
    take_through(&mut engine, &zhang).unwrap();
    act(&mut engine, &li.actor(), li.open()).unwrap();
    let third = act(&mut engine, &zhou.actor(), zhou.open());
    assert!(matches!(
        ground(third),
        Ground::Quota {
            limit: 2,
            held: 2,
            ..
        }
    ));
    let held = |engine: &Engine| {
        let asked = Holdings::new("organisation/example", "pair", world.clock.now());
        engine.store().holdings(&asked).unwrap()
    };
    assert_eq!(held(&engine), 2);
    // A renewal takes no place beside the one that it renews.
    world.clock.forward(23 * 30 * 86_400);
    let renewal = zhang.again("renewal", Kind::Renew);
    renewal.go_to(&mut engine, Phase::Personalised).unwrap();
    assert_eq!(held(&engine), 2);
    renewal.go_to(&mut engine, Phase::Dispatched).unwrap();
    assert_eq!(held(&engine), 2);
    // One that is taken back frees its place, and so does one that is revoked.
    let withdraw = li.command(Command::Withdraw);
    act(&mut engine, &li.actor(), withdraw).unwrap();
    assert_eq!(held(&engine), 1);
    let revoke = renewal.again("revoke", Kind::Revoke);
    revoke.go_to(&mut engine, Phase::Executed).unwrap();
    assert_eq!(held(&engine), 0);
    act(&mut engine, &zhou.actor(), zhou.open()).unwrap();
}

fn token(name: &str) -> TokenId {
    TokenId::new(name).unwrap()
}

fn receive(engine: &mut Engine, name: &str) {
    let receive = token::Command::Receive {
        batch: "2026-11".to_owned(),
        model: "K1".to_owned(),
    };
    let command = lifecycle::Command::Token(token(name), receive);
    act(engine, &actor("sun.liu", Seat::Clerk), command).unwrap();
}

fn standing(engine: &Engine, name: &str) -> token::Status {
    engine.token(&token(name)).unwrap().unwrap().status
}

/// A case with a token, as far as this.
fn with_token(engine: &mut Engine, zhang: &Applicant, phase: Phase) {
    receive(engine, "k1");
    zhang.go_to(engine, Phase::Approved).unwrap();
    let bind = zhang.command(Command::BindToken(token("k1")));
    act(engine, &approver(), bind).unwrap();
    zhang.go_to(engine, phase).unwrap();
}

#[test]
fn a_token_goes_with_its_case() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san").with_token();
    with_token(&mut engine, &zhang, Phase::Issued);
    assert_eq!(
        standing(&engine, "k1"),
        token::Status::Bound(zhang.id.clone())
    );
    let state = engine.token(&token("k1")).unwrap().unwrap();
    assert_eq!(state.label.as_deref(), Some("000001"));
    let certificate = zhang.pair(&engine).signing.certificate;
    let digest = gm_crypto::sm3::digest(&certificate);
    let personalise = zhang.command(Command::Personalise {
        read_back: Evidence::new(EvidenceKind::ReadBack, digest, "reader/1"),
        work_record: evidence(EvidenceKind::WorkRecord),
    });
    act(&mut engine, &approver(), personalise).unwrap();
    assert_eq!(
        standing(&engine, "k1"),
        token::Status::Written(zhang.id.clone())
    );
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_token_that_gives_back_something_else_is_put_aside() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san").with_token();
    with_token(&mut engine, &zhang, Phase::Issued);
    let (actor, personalise) = zhang.next(&engine).unwrap().unwrap();
    let refused = act(&mut engine, &actor, personalise);
    assert_eq!(ground(refused), Ground::ReadBack);
    assert_eq!(standing(&engine, "k1"), token::Status::Quarantined);
    assert_eq!(zhang.phase(&engine), Some(Phase::Issued));
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_token_that_gave_back_something_else_is_not_tried_again_in_the_same_group() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san").with_token();
    with_token(&mut engine, &zhang, Phase::Issued);
    let wrong = zhang.next(&engine).unwrap().unwrap();
    let certificate = zhang.pair(&engine).signing.certificate;
    let digest = gm_crypto::sm3::digest(&certificate);
    let right = zhang.command(Command::Personalise {
        read_back: Evidence::new(EvidenceKind::ReadBack, digest, "reader/1"),
        work_record: evidence(EvidenceKind::WorkRecord),
    });
    let answers = engine.submit_all([wrong, (approver(), right)]);
    assert!(answers.iter().all(Result::is_err), "{answers:?}");
    assert_eq!(standing(&engine, "k1"), token::Status::Quarantined);
    assert_eq!(zhang.phase(&engine), Some(Phase::Issued));
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_token_of_a_case_that_is_taken_back_is_free_again() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san").with_token();
    with_token(&mut engine, &zhang, Phase::Approved);
    let withdraw = zhang.command(Command::Withdraw);
    act(&mut engine, &zhang.actor(), withdraw).unwrap();
    assert_eq!(standing(&engine, "k1"), token::Status::Fresh);
    audit::verify(engine.store()).unwrap();
}

#[test]
fn registers_are_kept_in_the_same_log() {
    let (world, mut engine) = in_business();
    let sun = actor("sun.liu", Seat::Clerk);
    let he = actor("he.qi", Seat::Clerk);
    let person = PersonId::new("zhou.ba").unwrap();
    let from = Interval::new(world.clock.now(), None);
    let entry = Entry::new(Employment::Contract, Paper::new("c-1", from))
        .training(true, Paper::new("t-1", from))
        .declaration(evidence(EvidenceKind::HolderStatement), []);
    let roster = |command| lifecycle::Command::Person(person.clone(), RULES.into(), command);
    let propose = roster(roster::Command::Propose(Box::new(entry)));
    act(&mut engine, &sun, propose).unwrap();
    let confirm = roster(roster::Command::Confirm);
    engine.submit(&sun, confirm.clone()).unwrap_err();
    act(&mut engine, &he, confirm).unwrap();
    let state = engine.person(&person).unwrap().unwrap();
    assert!(state.entry(world.clock.now()).is_some());

    let example = OrganisationId::new("example").unwrap();
    let papers = evidence(EvidenceKind::OrganisationDocuments);
    let onboard = organisation::Command::Onboard(Onboarding::new("Example", papers));
    let onboard = lifecycle::Command::Organisation(example.clone(), onboard);
    act(&mut engine, &sun, onboard).unwrap();
    assert_eq!(
        engine.organisation(&example).unwrap().unwrap().name,
        "Example"
    );
    audit::verify(engine.store()).unwrap();
}

#[test]
fn all_that_a_key_signed_ends_with_it() {
    use lifecycle::authority::{Act, Command as Order};
    let (_, mut engine, zhang) = in_use();
    let li = Applicant::new("li.ming");
    li.approve(&mut engine).unwrap();
    let report = evidence(EvidenceKind::WorkRecord);
    let fallen = Act::Compromise {
        since: None,
        report,
    };
    let request = authority_command(CA, Order::Request(fallen));
    act(&mut engine, &officer(), request).unwrap();
    assert_eq!(statuses(&engine, &zhang), [Status::Active; 2]);
    let confirm = authority_command(CA, Order::Confirm);
    engine.submit(&officer(), confirm.clone()).unwrap_err();
    act(&mut engine, &second_officer(), confirm).unwrap();
    for applicant in [&zhang, &li] {
        for state in states(&engine, applicant) {
            let reason = state.revocation().map(|(_, reason)| reason);
            assert_eq!(reason, Some(RevocationReason::CaCompromise.into()));
        }
    }
    // The CA's own on the root's list; the responder's beside the two pairs on its own.
    let revoked = |issuer| engine.store().revoked(&authority_id(issuer)).unwrap().len();
    assert_eq!((revoked(ROOT), revoked(CA)), (1, 5));
    audit::verify(engine.store()).unwrap();
}
