//! From a request to a certificate pair.

use cert_profile::{Issuer, Objection, Profile, Rejection, SHIPPED};
use csr::{Device, Environment, KeyOrigin};
use der::{Decode, Encode, referenced::OwnedToRef};
use gm_crypto::{
    pki::{self, KeyFileParameters, Signed, Sm2Sm3},
    sm2::{EnvelopedKey, PublicKey},
};
use hsm::{Password, SoftToken};
use lifecycle::{
    Actor, Batch, CaseId, CaseNumber, Engine, Error, Ground, Policy, Ports, Refusal, Seat,
    SqliteStore, Store, StreamId, SubjectKeyFile, audit, authority,
    case::{Command, Phase, paper::Deficiency},
    certificate::Status,
    outbox::FolderPublisher,
    ports::{NullNotifier, RandomSerials, TokenKeyCentre},
    rules::{self, RuleBook, RuleSet},
    terms::Kind,
};
use std::sync::Arc;
use x509_cert::Certificate;

use crate::{
    doubles::{SetClock, World},
    script::{
        Applicant, CA, ROOT, RULES, act, actor, approve, approver, authority_id, coded, establish,
        in_business, issue_crl, officer, policy, register, registrar, settle, take_through,
    },
};

/// The ground of a refusal by the rules.
fn ground<T: std::fmt::Debug>(answer: Result<T, Error>) -> Ground {
    match answer {
        Err(Error::Refused(Refusal::Ruled { ground, .. })) => *ground,
        other => panic!("{other:?}"),
    }
}

/// What a profile said no to, and the requirements that it follows from.
fn rejected(error: Error) -> (Rejection, String) {
    let Error::Refused(Refusal::Ruled {
        ground,
        requirements,
    }) = error
    else {
        panic!("{error}");
    };
    let Ground::Profile(rejection) = *ground else {
        panic!("{ground}");
    };
    let names: Vec<_> = requirements.iter().map(|one| one.as_str()).collect();
    (rejection, names.join(", "))
}

/// The signature fits the key that the authority's own certificate states.
fn verify(engine: &Engine, signed: &[u8], issuer: &str) {
    let issuer = Issuer::from_certificate(&certificate_of(engine, issuer)).unwrap();
    let signed = Signed::from_der("certificate", signed).unwrap();
    signed
        .verify(issuer.public_key().owned_to_ref(), &[&Sm2Sm3::default()])
        .unwrap();
}

fn certificate_of(engine: &Engine, authority: &str) -> Vec<u8> {
    match engine.authority(&authority_id(authority)).unwrap() {
        Some(authority::State::Active(active)) => active.certificate.to_vec(),
        state => panic!("{authority}: {state:?}"),
    }
}

fn public_key(certificate: &Certificate) -> PublicKey {
    let spki = certificate.tbs_certificate().subject_public_key_info();
    PublicKey::try_from(spki.owned_to_ref()).unwrap()
}

/// What holds of a pair that was handed over, whatever the engine stands on.
fn check_pair(engine: &Engine, applicant: &Applicant) {
    let pair = applicant.pair(engine);
    for issued in [&pair.signing, &pair.encryption] {
        verify(engine, &issued.certificate, CA);
        let row = engine.store().certificate(&issued.issuer, &issued.serial);
        assert_eq!(row.unwrap().unwrap().status, Status::Active);
    }
    let signing = Certificate::from_der(&pair.signing.certificate).unwrap();
    let encryption = Certificate::from_der(&pair.encryption.certificate).unwrap();
    for certificate in [&signing, &encryption] {
        let subject = certificate.tbs_certificate().subject();
        assert_eq!(subject, applicant.csr.subject());
    }
    assert_ne!(pair.signing.serial, pair.encryption.serial);
    assert_eq!(public_key(&signing), applicant.key.public_key());
    assert_ne!(public_key(&encryption), applicant.key.public_key());

    let envelope = EnvelopedKey::from_der(&pair.encryption_key.envelope).unwrap();
    let opened = envelope.open(&applicant.key).unwrap();
    assert_eq!(opened.public_key(), public_key(&encryption));
}

#[test]
fn a_pair_that_is_cut_to_its_ca_s_end_is_registered_with_that_end() {
    let (world, engine) = in_business();
    let until = {
        let certificate = Certificate::from_der(&certificate_of(&engine, CA)).unwrap();
        let validity = certificate.tbs_certificate().validity();
        validity.not_after.to_date_time()
    };
    let shipped = |list: &[(&'static str, &'static str)], name: &str| {
        let found = list.iter().find(|(shipped, _)| *shipped == name);
        found.unwrap().1
    };
    let longer = |name: &str| {
        let text = shipped(SHIPPED, name);
        let clamp = text.replace("years = 2", "years = 15\nbeyond_issuer = \"clamp\"");
        Profile::from_toml(&clamp).unwrap()
    };
    let years = |profiles: Vec<Profile>| {
        let rules = shipped(rules::SHIPPED, RULES).replace("value = [2]", "value = [2, 15]");
        let rules = RuleSet::from_toml(&rules).unwrap();
        Policy {
            rules: RuleBook::new([rules]).unwrap(),
            profiles,
            ..policy()
        }
    };
    let long = || {
        years(
            ["subscriber-signing", "subscriber-encryption"]
                .map(longer)
                .into(),
        )
    };
    drop(engine);
    let mut engine = world.engine_under(long());
    let zhang = Applicant::new("zhang.san").for_years(15);
    zhang.register(&mut engine).unwrap();
    let shown = |engine: &Engine| {
        let state = engine.case(&zhang.id).unwrap().unwrap();
        state.registered.unwrap().shortened_to
    };
    assert_eq!(shown(&engine), Some(until));
    // Another policy would give another end than the form shows.
    act(&mut engine, &approver(), zhang.command(Command::TakeReview)).unwrap();
    drop(engine);
    let mut engine = world.engine_under(years(policy().profiles));
    let refused = act(&mut engine, &approver(), zhang.command(approve()));
    assert_eq!(ground(refused), Ground::ChangedSinceRegistration);
    drop(engine);
    let mut engine = world.engine_under(long());
    take_through(&mut engine, &zhang).unwrap();
    assert_eq!(shown(&engine), Some(until));
    let pair = zhang.pair(&engine);
    for issued in [&pair.signing, &pair.encryption] {
        let certificate = Certificate::from_der(&issued.certificate).unwrap();
        let validity = certificate.tbs_certificate().validity();
        assert_eq!(validity.not_after.to_date_time(), until);
    }
}

#[test]
fn a_policy_that_asks_for_production_hardware_reads_what_the_request_says() {
    let (world, engine) = in_business();
    drop(engine);
    let (_, text) = SHIPPED
        .iter()
        .find(|(name, _)| *name == "subscriber-signing")
        .unwrap();
    let demand = "[key_origin]\nenvironment = \"production\"\ndevice = \"qualified\"\n";
    let mut policy = policy();
    policy.profiles[0] = Profile::from_toml(&format!("{text}\n{demand}")).unwrap();
    let mut engine = world.engine_under(policy);
    let device = Device::new("智能密码钥匙", "K1", "0001").unwrap();
    let qualified = device.clone().with_qualification("SXH2026001").unwrap();
    let refused = [
        Applicant::new("unstated"),
        Applicant::with_origin(
            "test",
            &KeyOrigin::in_hardware(Environment::Test, qualified.clone()),
        ),
        Applicant::with_origin("software", &KeyOrigin::in_software(Environment::Production)),
        Applicant::with_origin(
            "unqualified",
            &KeyOrigin::in_hardware(Environment::Production, device),
        ),
    ];
    for applicant in &refused {
        let error = applicant.submit(&mut engine).unwrap_err();
        let (rejection, requirements) = rejected(error);
        assert_eq!(requirements, "S0-09");
        assert!(
            matches!(rejection.objections(), [Objection::KeyOrigin(_)]),
            "{rejection}"
        );
    }
    let good = KeyOrigin::in_hardware(Environment::Production, qualified);
    take_through(&mut engine, &Applicant::with_origin("zhang.san", &good)).unwrap();
}

#[test]
fn two_persons_take_a_case_from_the_form_to_the_pair() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    let state = |engine: &Engine| engine.case(&zhang.id).unwrap().unwrap();

    zhang.submit(&mut engine).unwrap();
    assert_eq!(state(&engine).number, None);
    zhang.register(&mut engine).unwrap();
    let registered = state(&engine);
    assert_eq!(registered.number, Some(CaseNumber(1)));
    assert!(
        registered
            .registered
            .is_some_and(|found| { found.by.as_str() == "li.si" && found.shortened_to.is_none() })
    );
    zhang.approve(&mut engine).unwrap();
    let published = format!("subscribers/{}/signing-certificate.pem", zhang.id);
    assert_eq!(world.shelf.item(&published), None, "not handed over yet");
    zhang.deliver(&mut engine).unwrap();
    assert!(state(&engine).published);

    check_pair(&engine, &zhang);
    verify(&engine, &certificate_of(&engine, CA), ROOT);
    verify(&engine, &certificate_of(&engine, ROOT), ROOT);

    let pair = zhang.pair(&engine);
    let item = |name: &str| {
        world
            .shelf
            .item(&format!("subscribers/{}/{name}", zhang.id))
    };
    for (name, issued) in [("signing", &pair.signing), ("encryption", &pair.encryption)] {
        let pem = item(&format!("{name}-certificate.pem")).unwrap();
        let der = pki::decode_pem(&pem, &["CERTIFICATE"]).unwrap();
        assert_eq!(*der, *issued.certificate);
    }
    let envelope = item("encryption-key.enveloped.der").unwrap();
    assert_eq!(envelope, *pair.encryption_key.envelope);

    let report = audit::verify(engine.store()).unwrap();
    assert_eq!((report.certificates, report.burnt), (5, 0));
    assert_eq!((report.cases, report.authorities), (1, 3));
    assert_eq!(report.unsettled, 0);
    assert!(world.token.signs_once());
    assert_eq!(world.token.unforeseen(), 0);
}

#[test]
fn the_same_story_goes_over_files_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let token = |name: &str| {
        let mut parameters = KeyFileParameters::default();
        parameters.iterations = 1_000;
        let password = Password::new("correct horse").unwrap();
        SoftToken::open(path(name), password)
            .unwrap()
            .with_parameters(parameters)
    };
    let start = || {
        let store = SqliteStore::open(&path("store")).unwrap();
        let subjects = SubjectKeyFile::open(&path("subjects"), &store).unwrap();
        let ports = Ports {
            store: Box::new(store),
            token: Box::new(token("token")),
            key_centre: Box::new(TokenKeyCentre::new(token("archive"))),
            publisher: Box::new(FolderPublisher::new(path("published"))),
            notifier: Box::new(NullNotifier::default()),
            clock: Box::new(SetClock::default()),
            serials: Box::new(RandomSerials::default()),
            subjects: Arc::new(subjects),
        };
        Engine::new(ports, policy())
    };
    let zhang = Applicant::new("zhang.san");
    let mut engine = start();
    establish(&mut engine).unwrap();
    take_through(&mut engine, &zhang).unwrap();
    let head = engine.store().head().unwrap();
    drop(engine);

    let mut engine = start();
    assert_eq!(engine.store().head().unwrap(), head);
    settle(&mut engine).unwrap();
    assert_eq!(
        engine.store().head().unwrap(),
        head,
        "nothing was left open"
    );
    check_pair(&engine, &zhang);
    let li = Applicant::new("li.ming");
    take_through(&mut engine, &li).unwrap();
    check_pair(&engine, &li);
    audit::verify(engine.store()).unwrap();

    let published = path("published").join("subscribers/zhang.san/encryption-certificate.pem");
    let pem = std::fs::read(published).unwrap();
    let der = pki::decode_pem(&pem, &["CERTIFICATE"]).unwrap();
    assert_eq!(*der, *zhang.pair(&engine).encryption.certificate);
}

#[test]
fn the_same_opening_again_is_the_same_case() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    while let Some((actor, command)) = zhang.next(&engine).unwrap() {
        engine.submit(&actor, command).unwrap();
        // Before and after what is done outside.
        for _ in 0..2 {
            let head = engine.store().head().unwrap();
            let entries = engine.submit(&zhang.actor(), zhang.open()).unwrap();
            assert!(entries.is_empty());
            assert_eq!(engine.store().head().unwrap(), head);
            settle(&mut engine).unwrap();
        }
    }
    check_pair(&engine, &zhang);
}

#[test]
fn one_name_takes_one_opening_of_one_person() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.submit(&mut engine).unwrap();
    let head = engine.store().head().unwrap();

    let mut other_content = zhang.opening(Kind::Apply);
    other_content.unpublished = true;
    let other_content = zhang.command(Command::Open(other_content));
    let other_person = (actor("li.si", Seat::Registrar), zhang.open());
    for (actor, command) in [(zhang.actor(), other_content), other_person] {
        let refused = engine.submit(&actor, command);
        assert_eq!(ground(refused), Ground::CaseExists);
    }
    assert_eq!(engine.store().head().unwrap(), head);
}

#[test]
fn a_case_that_is_over_stays_over() {
    let rejected = || Command::Reject {
        reason: "no such person".to_owned(),
    };
    let zhang = Applicant::new("zhang.san");
    let ways = [
        (Phase::Draft, zhang.actor(), Command::Withdraw),
        (Phase::Submitted, zhang.actor(), Command::Withdraw),
        (Phase::HandedOver, zhang.actor(), Command::Withdraw),
        (Phase::Approved, zhang.actor(), Command::Withdraw),
        (Phase::Approving, approver(), rejected()),
    ];
    for (phase, actor, command) in ways {
        let (world, mut engine) = in_business();
        zhang.go_to(&mut engine, phase).unwrap();
        act(&mut engine, &actor, zhang.command(command)).unwrap();
        let over = zhang.phase(&engine);
        assert!(over.is_some_and(Phase::is_final), "{over:?}");
        let signed = world.token.signed().len();
        for (actor, command) in [
            (zhang.actor(), zhang.fill()),
            (zhang.actor(), zhang.command(Command::Submit)),
            (zhang.actor(), zhang.command(Command::Withdraw)),
            (registrar(), zhang.command(Command::StartRegistration)),
            (registrar(), zhang.command(register())),
            (approver(), zhang.command(approve())),
            (approver(), zhang.command(Command::Issue)),
            (approver(), zhang.command(rejected())),
        ] {
            let refused = ground(act(&mut engine, &actor, command));
            assert!(matches!(refused, Ground::NotListed { .. }), "{refused:?}");
        }
        assert_eq!(zhang.phase(&engine), over);
        assert_eq!(world.token.signed().len(), signed);
        audit::verify(engine.store()).unwrap();
    }
}

#[test]
fn a_case_that_is_being_signed_can_no_longer_be_taken_back_or_rejected() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.intend(&mut engine).unwrap();
    let too_late = [
        (zhang.actor(), Command::Withdraw),
        (
            approver(),
            Command::Reject {
                reason: "too late".into(),
            },
        ),
        (approver(), approve()),
        (approver(), Command::Issue),
        (approver(), crate::script::dispatch()),
    ];
    for (actor, command) in too_late {
        let refused = ground(engine.submit(&actor, zhang.command(command)));
        assert!(matches!(refused, Ground::NotListed { .. }), "{refused:?}");
    }
}

#[test]
fn case_numbers_have_no_gap() {
    let (_, mut engine) = in_business();
    let names = ["zhang.san", "li.ming", "zhou.ba", "wu.jiu"];
    let applicants = names.map(Applicant::new);
    for applicant in &applicants {
        applicant.submit(&mut engine).unwrap();
    }
    // Numbered in another order than submitted; what is refused takes no number.
    for (number, place) in (1..).zip([2, 0, 3]) {
        let applicant = &applicants[place];
        let start = applicant.command(Command::StartRegistration);
        let own = Actor::new(applicant.person.clone(), Seat::Registrar);
        engine.submit(&own, start.clone()).unwrap_err();
        engine.submit(&registrar(), start.clone()).unwrap();
        engine.submit(&registrar(), start).unwrap_err();
        let state = engine.case(&applicant.id).unwrap().unwrap();
        assert_eq!(state.number, Some(CaseNumber(number)));
    }
    assert_eq!(engine.store().last_case().unwrap(), CaseNumber(3));
}

#[test]
fn a_case_that_comes_back_keeps_its_number() {
    let (_, mut engine) = in_business();
    let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
    zhang.go_to(&mut engine, Phase::Registering).unwrap();
    let name = Deficiency::new("common-name", "not as on the card");
    let back = zhang.command(Command::Return(vec![name]));
    act(&mut engine, &registrar(), back).unwrap();
    let again = zhang.command(Command::Resubmit);
    act(&mut engine, &zhang.actor(), again).unwrap();
    li.register(&mut engine).unwrap();
    take_through(&mut engine, &zhang).unwrap();
    let number = |of: &Applicant| engine.case(&of.id).unwrap().unwrap().number;
    assert_eq!(number(&zhang), Some(CaseNumber(1)));
    assert_eq!(number(&li), Some(CaseNumber(2)));
    audit::verify(engine.store()).unwrap();
}

#[test]
fn what_the_profile_refuses_leaves_no_record() {
    let stricter = || {
        let mut policy = policy();
        policy.profiles[0] = Profile::from_toml(
            "name = \"subscriber-signing\"\nkind = \"end-entity\"\n\
             key_usage = [\"digitalSignature\"]\n[validity]\nyears = 2\n\
             [subject]\nrequired = [\"commonName\", \"serialNumber\"]\n\
             optional = [\"countryName\", \"organizationName\"]\n",
        )
        .unwrap();
        policy
    };
    let (world, engine) = in_business();
    drop(engine);
    let refused = |engine: &mut Engine, (actor, command)| {
        let head = engine.store().head().unwrap();
        let (rejection, requirements) = rejected(engine.submit(&actor, command).unwrap_err());
        assert_eq!((rejection.objections().len(), &*requirements), (1, "S2-05"));
        assert_eq!(engine.store().head().unwrap(), head);
    };
    let mut engine = world.engine_under(stricter());
    let zhang = Applicant::new("zhang.san");
    for command in [zhang.open(), zhang.fill()] {
        act(&mut engine, &zhang.actor(), command).unwrap();
    }
    let next = zhang.next(&engine).unwrap().unwrap();
    refused(&mut engine, next);
    drop(engine);

    // Policy is asked again at the issuance, with the profile of that day.
    let mut engine = world.engine();
    zhang.go_to(&mut engine, Phase::Approved).unwrap();
    drop(engine);
    let mut engine = world.engine_under(stricter());
    let next = zhang.next(&engine).unwrap().unwrap();
    refused(&mut engine, next);
}

#[test]
fn a_profile_that_is_not_there_issues_nothing() {
    let (world, engine) = in_business();
    drop(engine);
    let mut engine = world.engine_under(Policy {
        profiles: Vec::new(),
        ..policy()
    });
    let zhang = Applicant::new("zhang.san");
    zhang.go_to(&mut engine, Phase::Approved).unwrap();
    let issue = zhang.command(Command::Issue);
    let refused = engine.submit(&approver(), issue);
    assert!(
        matches!(&refused, Err(Error::Refused(Refusal::NoSuchProfile { name }))
            if name == "subscriber-signing"),
        "{refused:?}"
    );
}

#[test]
fn without_an_issuer_nothing_is_issued() {
    let world = World::new();
    let mut engine = world.engine();
    let zhang = Applicant::new("zhang.san");
    let refused = zhang.approve(&mut engine);
    assert_eq!(coded(refused), "issuer-not-ready (S4-16)");
    assert_eq!(zhang.phase(&engine), Some(Phase::Approved));
    establish(&mut engine).unwrap();
    take_through(&mut engine, &zhang).unwrap();
    check_pair(&engine, &zhang);
}

#[test]
fn a_key_that_is_not_the_certificates_signs_nothing() {
    let (world, mut engine) = in_business();
    world.token.replace(CA);
    let signed = world.token.signed().len();
    let zhang = Applicant::new("zhang.san");
    let stopped = take_through(&mut engine, &zhang);
    assert!(matches!(stopped, Err(Error::WrongKey { label }) if label == CA));
    assert_eq!(world.token.signed().len(), signed);
}

#[test]
fn a_device_that_is_away_costs_no_serial_number() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    world.token.absent(true);
    let stopped = take_through(&mut engine, &zhang);
    assert!(matches!(stopped, Err(Error::Key { label, .. }) if label == CA));
    world.token.absent(false);
    take_through(&mut engine, &zhang).unwrap();
    check_pair(&engine, &zhang);
    assert_eq!(audit::verify(engine.store()).unwrap().burnt, 0);
}

#[test]
fn what_could_not_be_published_is_published_later() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    world.shelf.refuse(true);
    let stopped = take_through(&mut engine, &zhang);
    assert!(matches!(stopped, Err(Error::Publish { .. })), "{stopped:?}");
    assert_eq!(zhang.phase(&engine), Some(Phase::Dispatched));
    assert!(!zhang.pair(&engine).published);
    // Another case does not wait for the one that is stuck.
    let li = Applicant::new("li.ming");
    while li.phase(&engine) != Some(Phase::Issued) {
        let (actor, command) = li.next(&engine).unwrap().unwrap();
        engine.submit(&actor, command).unwrap();
        settle(&mut engine).unwrap_err();
    }
    world.shelf.refuse(false);
    settle(&mut engine).unwrap();
    let name = "subscribers/zhang.san/signing-certificate.pem";
    assert!(world.shelf.item(name).is_some());
}

#[test]
fn an_authority_is_proposed_once_and_needs_its_issuer() {
    use authority::{Command as Order, Proposal};
    let world = World::new();
    let mut engine = world.engine();
    let order = |order| lifecycle::Command::Authority(authority_id(CA), order);
    let name = "CN=issuing-ca,O=Example,C=CN".parse().unwrap();
    let proposal = Proposal::under(authority_id(ROOT), "issuing-ca", &name);
    let unknown = Proposal::under(authority_id(ROOT), "no-such-profile", &name);
    let refused = act(&mut engine, &officer(), order(Order::Propose(unknown)));
    assert!(matches!(
        refused,
        Err(Error::Refused(Refusal::NoSuchProfile { .. }))
    ));
    act(
        &mut engine,
        &officer(),
        order(Order::Propose(proposal.clone())),
    )
    .unwrap();
    let again = act(&mut engine, &officer(), order(Order::Propose(proposal)));
    assert!(again.unwrap().is_empty());
    let other = Proposal::root("root-ca", &name);
    let refused = act(&mut engine, &officer(), order(Order::Propose(other)));
    assert!(matches!(
        refused,
        Err(Error::Refused(Refusal::AuthorityExists { .. }))
    ));
    let second = actor("qian.er", Seat::KeyOfficer);
    let refused = act(&mut engine, &second, order(Order::Approve));
    assert_eq!(coded(refused), "issuer-not-ready (S4-16)");
    // The key is made once, whatever happens to the proposal.
    let spki = match engine.authority(&authority_id(CA)).unwrap() {
        Some(authority::State::Proposed(proposed)) => proposed.public_key.unwrap(),
        state => panic!("{state:?}"),
    };
    establish(&mut engine).unwrap();
    let certificate = Certificate::from_der(&certificate_of(&engine, CA)).unwrap();
    let tbs = certificate.tbs_certificate();
    assert_eq!(tbs.subject_public_key_info().to_der().unwrap(), *spki);
}

#[test]
fn what_can_t_be_done_keeps_nothing_waiting_that_came_later() {
    let (world, engine) = in_business();
    drop(engine);
    // More of what nobody can do than one round has.
    let mut batch = Batch::default();
    let nothing = (0..300).map(|nth| CaseId::new(format!("nothing-{nth}")).unwrap());
    batch.unsettled = nothing.map(|id| (StreamId::Case(id), true)).collect();
    let mut store = world.store.clone();
    store.append(&store.head().unwrap(), &batch).unwrap();
    let mut engine = world.engine();
    let published = || world.shelf.item("authorities/issuing-ca.crl");
    let before = published();
    assert!(matches!(issue_crl(&mut engine), Err(Error::NothingDue(_))));
    assert_ne!(published(), before);
    assert_eq!(store.unsettled().unwrap().len(), 300);
}
