//! From a request to a certificate pair.

use cert_profile::{Issuer, Objection, Profile, SHIPPED};
use csr::{Device, Environment, KeyOrigin};
use der::{Decode, Encode, referenced::OwnedToRef};
use gm_crypto::{
    pki::{self, KeyFileParameters, Signed, Sm2Sm3},
    sm2::{EnvelopedKey, PublicKey},
};
use hsm::{Password, SoftToken};
use lifecycle::{
    Actor, CaseNumber, Engine, Error, Policy, Ports, Refusal, Seat, SqliteStore,
    application::{Command, State},
    audit, authority,
    certificate::Status,
    ports::{FolderPublisher, RandomSerials, TokenKeyCentre},
};
use x509_cert::Certificate;

use crate::{
    doubles::{SetClock, World},
    script::{
        Applicant, CA, ROOT, act, actor, approver, authority_id, establish, in_business, officer,
        policy, registrar, settle, take_through,
    },
};

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
    let longer = |name: &str| {
        let (_, text) = SHIPPED
            .iter()
            .find(|(shipped, _)| *shipped == name)
            .unwrap();
        let clamp = text.replace("years = 2", "years = 15\nbeyond_issuer = \"clamp\"");
        Profile::from_toml(&clamp).unwrap()
    };
    let policy = || {
        let mut policy = policy();
        policy.signing = longer("subscriber-signing");
        policy.encryption = longer("subscriber-encryption");
        policy
    };
    drop(engine);
    let mut engine = world.engine_under(policy());
    let zhang = Applicant::new("zhang.san");
    act(&mut engine, &zhang.actor(), zhang.submit()).unwrap();
    act(&mut engine, &registrar(), zhang.command(Command::Register)).unwrap();
    assert!(
        matches!(engine.application(&zhang.id).unwrap(), Some(State::Registered(registered))
            if registered.shortened_to == Some(until))
    );
    // Another policy would give another end than the form shows.
    drop(engine);
    let mut engine = world.engine();
    let approve = act(&mut engine, &approver(), zhang.command(Command::Approve));
    assert!(
        matches!(approve, Err(Error::Refused(Refusal::EndChanged { registered: Some(shown), granted: None }))
            if shown == until)
    );
    drop(engine);
    let mut engine = world.engine_under(policy());
    take_through(&mut engine, &zhang).unwrap();
    let pair = zhang.pair(&engine);
    assert_eq!(pair.registered.shortened_to, Some(until));
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
    policy.signing = Profile::from_toml(&format!("{text}\n{demand}")).unwrap();
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
        let error = act(&mut engine, &applicant.actor(), applicant.submit()).unwrap_err();
        let Error::Refused(Refusal::Profile(rejection)) = error else {
            panic!("{}: {error}", applicant.id);
        };
        assert!(
            matches!(rejection.objections(), [Objection::KeyOrigin(_)]),
            "{rejection}"
        );
    }
    let good = KeyOrigin::in_hardware(Environment::Production, qualified);
    take_through(&mut engine, &Applicant::with_origin("zhang.san", &good)).unwrap();
}

#[test]
fn two_persons_take_an_application_from_request_to_pair() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    let state = |engine: &Engine| engine.application(&zhang.id).unwrap().unwrap();

    act(&mut engine, &zhang.actor(), zhang.submit()).unwrap();
    assert!(matches!(state(&engine), State::Submitted(_)));
    act(&mut engine, &registrar(), zhang.command(Command::Register)).unwrap();
    assert!(matches!(state(&engine), State::Registered(registered)
        if registered.case == CaseNumber(1) && registered.registrar.as_str() == "li.si"
            && registered.shortened_to.is_none()));
    act(&mut engine, &approver(), zhang.command(Command::Approve)).unwrap();
    assert!(matches!(state(&engine), State::Issued(pair) if pair.approver.as_str() == "wang.wu"));
    let published = format!("subscribers/{}/signing-certificate.pem", zhang.id);
    assert_eq!(world.shelf.item(&published), None, "not handed over yet");
    act(&mut engine, &approver(), zhang.command(Command::Deliver)).unwrap();
    assert!(matches!(state(&engine), State::Delivered(pair) if pair.published));

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
    assert_eq!((report.applications, report.authorities), (1, 3));
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
        let ports = Ports {
            store: Box::new(SqliteStore::open(&path("store")).unwrap()),
            token: Box::new(token("token")),
            key_centre: Box::new(TokenKeyCentre::new(token("archive"))),
            publisher: Box::new(FolderPublisher::new(path("published"))),
            clock: Box::new(SetClock::default()),
            serials: Box::new(RandomSerials::default()),
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
fn the_same_request_again_is_the_same_submission() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    let mut commands = vec![
        (zhang.actor(), zhang.submit()),
        (registrar(), zhang.command(Command::Register)),
        (approver(), zhang.command(Command::Approve)),
        (approver(), zhang.command(Command::Deliver)),
    ];
    for (actor, command) in commands.drain(..) {
        engine.submit(&actor, command).unwrap();
        // Before and after what is done outside.
        for _ in 0..2 {
            let head = engine.store().head().unwrap();
            let entries = engine.submit(&zhang.actor(), zhang.submit()).unwrap();
            assert!(entries.is_empty());
            assert_eq!(engine.store().head().unwrap(), head);
            settle(&mut engine).unwrap();
        }
    }
    check_pair(&engine, &zhang);
}

#[test]
fn one_name_takes_one_request_of_one_person() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    act(&mut engine, &zhang.actor(), zhang.submit()).unwrap();
    let head = engine.store().head().unwrap();

    let other_content = Applicant::new("zhang.san");
    let other_person = (actor("zhang.qi", Seat::Applicant), zhang.submit());
    for (actor, command) in [(zhang.actor(), other_content.submit()), other_person] {
        let refused = engine.submit(&actor, command);
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::ApplicationExists))),
            "{refused:?}"
        );
    }
    assert_eq!(engine.store().head().unwrap(), head);
}

#[test]
fn a_closed_application_stays_closed() {
    let rejected = |reason: &str| Command::Reject {
        reason: reason.to_owned(),
    };
    let zhang = Applicant::new("zhang.san");
    let ways = [
        vec![(registrar(), rejected("no such person"))],
        vec![(approver(), rejected("no such person"))],
        vec![(zhang.actor(), Command::Withdraw)],
        vec![
            (registrar(), Command::Register),
            (approver(), rejected("a document is missing")),
        ],
        vec![
            (registrar(), Command::Register),
            (zhang.actor(), Command::Withdraw),
        ],
    ];
    for way in ways {
        let (world, mut engine) = in_business();
        act(&mut engine, &zhang.actor(), zhang.submit()).unwrap();
        for (actor, command) in way {
            act(&mut engine, &actor, zhang.command(command)).unwrap();
        }
        let state = engine.application(&zhang.id).unwrap();
        assert_eq!(state, Some(State::Closed));
        let signed = world.token.signed().len();
        for (actor, command) in [
            (zhang.actor(), zhang.submit()),
            (zhang.actor(), zhang.command(Command::Withdraw)),
            (registrar(), zhang.command(Command::Register)),
            (approver(), zhang.command(Command::Approve)),
            (approver(), zhang.command(Command::Deliver)),
            (registrar(), zhang.command(rejected("again"))),
        ] {
            let answer = act(&mut engine, &actor, command);
            assert!(matches!(answer, Err(Error::Refused(_))), "{answer:?}");
        }
        assert_eq!(world.token.signed().len(), signed);
        audit::verify(engine.store()).unwrap();
    }
}

#[test]
fn an_approved_application_can_no_longer_be_taken_back_or_rejected() {
    let (_, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    act(&mut engine, &zhang.actor(), zhang.submit()).unwrap();
    act(&mut engine, &registrar(), zhang.command(Command::Register)).unwrap();
    let approve = zhang.command(Command::Approve);
    engine.submit(&approver(), approve.clone()).unwrap();
    let too_late = [
        (zhang.actor(), zhang.command(Command::Withdraw)),
        (
            approver(),
            zhang.command(Command::Reject {
                reason: "too late".into(),
            }),
        ),
        (approver(), approve),
        (approver(), zhang.command(Command::Deliver)),
    ];
    for (actor, command) in too_late {
        let refused = engine.submit(&actor, command);
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::WrongState { .. }))),
            "{refused:?}"
        );
    }
}

#[test]
fn case_numbers_have_no_gap() {
    let (_, mut engine) = in_business();
    let names = ["zhang.san", "li.ming", "zhou.ba", "wu.jiu"];
    let applicants = names.map(Applicant::new);
    for applicant in &applicants {
        act(&mut engine, &applicant.actor(), applicant.submit()).unwrap();
    }
    // Booked in another order than submitted; what is refused takes no number.
    for (number, place) in (1..).zip([2, 0, 3]) {
        let applicant = &applicants[place];
        let register = applicant.command(Command::Register);
        let own = Actor::new(applicant.person.clone(), Seat::Registrar);
        engine.submit(&own, register.clone()).unwrap_err();
        engine.submit(&registrar(), register.clone()).unwrap();
        engine.submit(&registrar(), register).unwrap_err();
        let state = engine.application(&applicant.id).unwrap();
        assert!(matches!(state, Some(State::Registered(registered))
            if registered.case == CaseNumber(number)));
    }
    assert_eq!(engine.store().last_case().unwrap(), CaseNumber(3));
}

#[test]
fn what_the_profile_refuses_leaves_no_record() {
    let (world, mut engine) = in_business();
    let head = engine.store().head().unwrap();
    let nameless = Applicant::with_subject("nameless", "O=Example,C=CN");
    let refused = engine.submit(&nameless.actor(), nameless.submit());
    let Err(Error::Refused(Refusal::Profile(rejection))) = refused else {
        panic!("{refused:?}");
    };
    assert!(!rejection.to_string().is_empty());
    assert_eq!(engine.store().head().unwrap(), head);
    assert_eq!(engine.application(&nameless.id).unwrap(), None);

    // Policy is asked again at approval, with the profile of that day.
    let zhang = Applicant::new("zhang.san");
    act(&mut engine, &zhang.actor(), zhang.submit()).unwrap();
    act(&mut engine, &registrar(), zhang.command(Command::Register)).unwrap();
    let head = engine.store().head().unwrap();
    drop(engine);
    let stricter = Policy {
        signing: Profile::from_toml(
            "name = \"strict\"\nkind = \"end-entity\"\nkey_usage = [\"digitalSignature\"]\n\
             [validity]\nyears = 1\n[subject]\nrequired = [\"commonName\", \"serialNumber\"]\n\
             optional = [\"countryName\", \"organizationName\"]\n",
        )
        .unwrap(),
        ..policy()
    };
    let mut engine = world.engine_under(stricter);
    let refused = engine.submit(&approver(), zhang.command(Command::Approve));
    assert!(matches!(refused, Err(Error::Refused(Refusal::Profile(_)))));
    assert_eq!(engine.store().head().unwrap(), head);
}

#[test]
fn without_an_issuer_nothing_is_approved() {
    let world = World::new();
    let mut engine = world.engine();
    let zhang = Applicant::new("zhang.san");
    act(&mut engine, &zhang.actor(), zhang.submit()).unwrap();
    act(&mut engine, &registrar(), zhang.command(Command::Register)).unwrap();
    let refused = act(&mut engine, &approver(), zhang.command(Command::Approve));
    assert!(
        matches!(&refused, Err(Error::Refused(Refusal::IssuerNotReady { id })) if id.as_str() == CA),
        "{refused:?}"
    );
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
    assert!(matches!(engine.application(&zhang.id).unwrap(),
        Some(State::Delivered(pair)) if !pair.published));
    // Another case does not wait for the one that is stuck.
    let li = Applicant::new("li.ming");
    let mut stages = vec![
        (li.actor(), li.submit()),
        (registrar(), li.command(Command::Register)),
        (approver(), li.command(Command::Approve)),
    ];
    for (actor, command) in stages.drain(..) {
        engine.submit(&actor, command).unwrap();
        settle(&mut engine).unwrap_err();
    }
    assert!(matches!(
        engine.application(&li.id).unwrap(),
        Some(State::Issued(_))
    ));
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
    assert!(matches!(
        refused,
        Err(Error::Refused(Refusal::IssuerNotReady { .. }))
    ));
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
