//! An archived key back: for its user, for a court, and for nobody else.

use super::{Party, Serving, Site, altered::alter, name, number, opened};
use der::DateTime;
use gm_crypto::sm2::SecretKey;
use hsm::DecryptionKey;
use lifecycle::{
    PersonId,
    key_centre::{
        Fault,
        act::Act,
        recovery::{Approval, Purpose, Recovery, RecoveryRequest, Refusal},
    },
};
use std::time::Duration;

const DAY: u64 = 24 * 60 * 60;

fn after(at: DateTime, seconds: u64) -> DateTime {
    DateTime::from_unix_duration(at.unix_duration() + Duration::from_secs(seconds)).unwrap()
}

fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn court() -> Purpose {
    Purpose::Court {
        court: "Shenzhen Intermediate Court".to_owned(),
        order: "(2026) 03 No. 17".to_owned(),
    }
}

/// A site with the key of one case, which its subscriber has opened once.
fn with_a_key() -> (Site, SecretKey) {
    let site = Site::new();
    let serving = Serving::start(&site);
    let zhang = Party::new();
    let client = site.client(serving.transport());
    let key = client.apply(number("zhang.san"), &zhang.public()).unwrap();
    drop(serving);
    (site, opened(&key, &zhang.0))
}

fn ask(site: &Site, purpose: Purpose, recipient: &Party) -> RecoveryRequest {
    let times = (site.now(), after(site.now(), DAY));
    let asked = site.open().ask_recovery(
        name("zhang.san"),
        purpose,
        &recipient.public(),
        person("guan.yin"),
        times,
    );
    asked.unwrap()
}

/// The approval of one of the site's custodians.
fn approve(site: &Site, request: &RecoveryRequest, custodian: usize) -> Approval {
    let (name, key) = &site.custodians[custodian];
    Approval::sign(request, name.clone(), site.now(), &key.handle()).unwrap()
}

fn recover(
    site: &Site,
    command: Recovery,
    request: &RecoveryRequest,
    approvals: &[Approval],
    recipient: &Party,
) -> Result<SecretKey, Fault> {
    let (key, now) = (site.archive_key(), site.now());
    let envelope = site
        .open()
        .recover(command, request, approvals, &*key, now)?;
    Ok(envelope.open(&recipient.0).unwrap())
}

#[test]
fn two_of_three_give_a_key_back_for_its_user_and_for_a_court() {
    let (site, archived) = with_a_key();
    for (purpose, command, acts) in [
        (
            Purpose::User,
            Recovery::User,
            ["recovery-asked", "recovery-granted", "recovered-for-user"],
        ),
        (
            court(),
            Recovery::Court,
            ["recovery-asked", "recovery-granted", "recovered-for-court"],
        ),
    ] {
        let before = site.acts().len();
        let recipient = Party::new();
        let request = ask(&site, purpose.clone(), &recipient);
        // Both go through files.
        let request = RecoveryRequest::from_octets(request.octets()).unwrap();
        let approvals = [2, 0].map(|custodian| {
            let approval = approve(&site, &request, custodian);
            Approval::from_octets(&approval.to_octets()).unwrap()
        });
        site.clock.forward(60);
        let found = recover(&site, command, &request, &approvals, &recipient).unwrap();
        assert_eq!(*found.to_bytes(), *archived.to_bytes());
        assert_eq!(site.acts()[before..], acts);

        let entries = site.open().acts().unwrap();
        let Act::RecoveryGranted {
            purpose: granted_for,
            custodians,
            ..
        } = &entries[before + 1].act
        else {
            panic!("{:?}", entries[before + 1]);
        };
        assert_eq!(*granted_for, purpose);
        assert_eq!(*custodians, ["sun.wu", "zhu.ba"].map(person));
        match (&entries[before + 2].act, &purpose) {
            (Act::RecoveredForUser { key, .. }, Purpose::User) => {
                assert_eq!(*key, name("zhang.san"));
            }
            (
                Act::RecoveredForCourt { court, order, .. },
                Purpose::Court {
                    court: named,
                    order: reference,
                },
            ) => assert_eq!((court, order), (named, reference)),
            other => panic!("{other:?}"),
        }
    }
    let report = site.open().examine(None).unwrap();
    assert_eq!((report.keys, report.recoveries), (1, 2));
}

#[test]
fn whatever_is_not_as_it_should_be_gives_nothing_back_and_is_written_down() {
    let (site, _) = with_a_key();
    let recipient = Party::new();
    let request = ask(&site, Purpose::User, &recipient);
    let other = ask(&site, Purpose::User, &Party::new());
    let for_court = ask(&site, court(), &recipient);
    let [sun, tang, zhu] = [0, 1, 2].map(|index| approve(&site, &request, index));
    let named = |name: &str| person(name);

    let stranger = Party::new().handle();
    let sign = |who: &str| Approval::sign(&request, named(who), site.now(), &stranger).unwrap();
    // Signed by a custodian, and altered since.
    let mut moved = tang.clone();
    moved.at = after(moved.at, 1);
    let mut renamed = tang.clone();
    renamed.custodian = named("zhu.ba");
    let mut of_other = approve(&site, &other, 1);
    let cases: Vec<(&RecoveryRequest, Recovery, Vec<Approval>, Refusal)> = vec![
        (&request, Recovery::User, vec![], few(0)),
        (&request, Recovery::User, vec![sun.clone()], few(1)),
        (
            &request,
            Recovery::User,
            vec![sun.clone(), sun.clone()],
            Refusal::Twice(named("sun.wu")),
        ),
        (
            &request,
            Recovery::User,
            vec![sun.clone(), of_other.clone()],
            Refusal::OtherRequest(named("tang.seng")),
        ),
        (
            &request,
            Recovery::User,
            vec![sun.clone(), sign("tang.seng")],
            Refusal::NotSigned(named("tang.seng")),
        ),
        (
            &request,
            Recovery::User,
            vec![sun.clone(), moved],
            Refusal::NotSigned(named("tang.seng")),
        ),
        (
            &request,
            Recovery::User,
            vec![sun.clone(), renamed],
            Refusal::NotSigned(named("zhu.ba")),
        ),
        (
            &request,
            Recovery::User,
            vec![sun.clone(), zhu.clone(), sign("bai.gu")],
            Refusal::NoCustodian(named("bai.gu")),
        ),
        (
            &request,
            Recovery::Court,
            vec![sun.clone(), tang.clone()],
            Refusal::OtherPurpose(Recovery::Court),
        ),
        (
            &for_court,
            Recovery::User,
            vec![approve(&site, &for_court, 0), approve(&site, &for_court, 1)],
            Refusal::OtherPurpose(Recovery::User),
        ),
        (
            &for_court,
            Recovery::Court,
            vec![sun.clone(), tang.clone()],
            Refusal::OtherRequest(named("sun.wu")),
        ),
    ];
    for (index, (request, command, approvals, expected)) in cases.into_iter().enumerate() {
        let refused = recover(&site, command, request, &approvals, &recipient);
        let Err(Fault::Refused(refusal)) = refused else {
            panic!("{index}: {refused:?}");
        };
        assert_eq!(refusal, expected, "{index}");
        let last = site.open().acts().unwrap().pop().unwrap();
        let Act::RecoveryRefused { reason, .. } = last.act else {
            panic!("{last:?}");
        };
        assert_eq!(reason, expected.to_string());
    }
    // The digest of the one request beside the signature over the other.
    of_other.request = request.digest().to_vec().into();
    let refused = recover(
        &site,
        Recovery::User,
        &request,
        &[sun.clone(), of_other],
        &recipient,
    );
    assert!(matches!(
        refused,
        Err(Fault::Refused(Refusal::NotSigned(_)))
    ));
    assert_eq!(site.open().examine(None).unwrap().recoveries, 0);
    recover(
        &site,
        Recovery::User,
        &request,
        &[sun, tang, zhu],
        &recipient,
    )
    .unwrap();
}

fn few(found: usize) -> Refusal {
    Refusal::TooFew { found, needed: 2 }
}

#[test]
fn a_request_has_its_time() {
    let (site, _) = with_a_key();
    let recipient = Party::new();
    let request = ask(&site, Purpose::User, &recipient);
    let approvals = [0, 1].map(|index| approve(&site, &request, index));
    let refusal = |approvals: &[Approval]| {
        let refused = recover(&site, Recovery::User, &request, approvals, &recipient);
        match refused {
            Err(Fault::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    };
    site.clock.back(1);
    assert_eq!(refusal(&approvals), Refusal::NotYet(request.at));
    let early = [0, 1].map(|index| approve(&site, &request, index));
    site.clock.forward(1);
    assert_eq!(refusal(&early), Refusal::OutOfTime(person("sun.wu")));
    site.clock.forward(1);
    let late = [0, 1].map(|index| approve(&site, &request, index));
    site.clock.back(1);
    assert_eq!(refusal(&late), Refusal::OutOfTime(person("sun.wu")));
    site.clock.forward(DAY + 1);
    assert_eq!(refusal(&approvals), Refusal::Expired(request.until));
    site.clock.back(1);
    recover(&site, Recovery::User, &request, &approvals, &recipient).unwrap();

    for (at, until) in [(5, 4), (5, 6 + 7 * DAY)] {
        let times = (after(site.now(), at), after(site.now(), until));
        let key = recipient.public();
        let asked = site.open().ask_recovery(
            name("zhang.san"),
            Purpose::User,
            &key,
            person("guan.yin"),
            times,
        );
        assert!(matches!(asked, Err(Fault::Refused(Refusal::Unreadable(_)))));
    }
}

#[test]
fn who_asks_does_not_approve() {
    let (site, _) = with_a_key();
    let recipient = Party::new();
    let times = (site.now(), after(site.now(), DAY));
    let (key, sun) = (recipient.public(), person("sun.wu"));
    let mut centre = site.open();
    let asked = centre.ask_recovery(name("zhang.san"), Purpose::User, &key, sun.clone(), times);
    let request = asked.unwrap();
    let approvals = [0, 1].map(|index| approve(&site, &request, index));
    let refused = recover(&site, Recovery::User, &request, &approvals, &recipient);
    assert!(matches!(refused, Err(Fault::Refused(Refusal::OwnRequest(who))) if who == sun));
    let approvals = [2, 1].map(|index| approve(&site, &request, index));
    recover(&site, Recovery::User, &request, &approvals, &recipient).unwrap();
}

#[test]
fn another_centre_s_request_and_a_key_that_nobody_archived_are_refused() {
    let (site, _) = with_a_key();
    let recipient = Party::new();
    let times = (site.now(), after(site.now(), DAY));
    let (key, asks) = (recipient.public(), person("guan.yin"));
    for unknown in ["li.ming", "wang.wu"] {
        let asked =
            site.open()
                .ask_recovery(name(unknown), Purpose::User, &key, asks.clone(), times);
        assert!(matches!(asked, Err(Fault::NoSuchKey)));
    }
    let request = ask(&site, Purpose::User, &recipient);
    let change = |from: &str, to: &str| {
        let text = String::from_utf8(request.octets().to_vec()).unwrap();
        assert!(text.contains(from), "{text}");
        RecoveryRequest::from_octets(text.replace(from, to).as_bytes()).unwrap()
    };
    let number = number("zhang.san").to_string();
    let another = super::number("li.ming").to_string();
    for (changed, expected) in [
        (
            change("\"kmc\"", "\"kmc-2\""),
            Refusal::OtherCentre(lifecycle::AuthorityId::new("kmc-2").unwrap()),
        ),
        (change(&number, &another), Refusal::NoSuchKey),
    ] {
        let approvals = [0, 1].map(|index| approve(&site, &changed, index));
        let refused = recover(&site, Recovery::User, &changed, &approvals, &recipient);
        assert!(matches!(refused, Err(Fault::Refused(refusal)) if refusal == expected));
    }
    let long = vec![b' '; 20_000];
    assert!(RecoveryRequest::from_octets(&long).is_err());
    assert!(Approval::from_octets(&long).is_err());
    for court in ["", "a\nb"] {
        let purpose = Purpose::Court {
            court: court.to_owned(),
            order: "1".to_owned(),
        };
        let asked = site
            .open()
            .ask_recovery(name("zhang.san"), purpose, &key, asks.clone(), times);
        assert!(matches!(asked, Err(Fault::Refused(Refusal::Unreadable(_)))));
    }
}

/// A key of the archive that fails, as a device does.
#[derive(Debug)]
struct Broken(Box<dyn DecryptionKey>);

impl DecryptionKey for Broken {
    fn public_key(&self) -> &der::Document {
        self.0.public_key()
    }

    fn decrypt(
        &self,
        _: &gm_crypto::sm2::Ciphertext,
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, hsm::Error> {
        Err(hsm::Error::Device {
            call: "SDF_InternalDecrypt_ECC",
            code: 0x0100_0006,
            name: "SDR_PKOPERR",
        })
    }
}

#[test]
fn a_recovery_that_was_interrupted_is_done_again_and_one_that_was_done_is_not() {
    let (site, archived) = with_a_key();
    let recipient = Party::new();
    let request = ask(&site, Purpose::User, &recipient);
    let approvals = [0, 1].map(|index| approve(&site, &request, index));
    let run = |key: &dyn DecryptionKey| {
        let mut centre = site.open();
        centre.recover(Recovery::User, &request, &approvals, key, site.now())
    };
    let broken = run(&Broken(site.archive_key()));
    assert!(matches!(broken, Err(Fault::Key(_))));
    let first = run(&*site.archive_key()).unwrap();
    let again = run(&*site.archive_key()).unwrap();
    assert_eq!(first, again);
    let found = first.open(&recipient.0).unwrap();
    assert_eq!(*found.to_bytes(), *archived.to_bytes());
    assert_eq!(
        site.acts()[3..],
        [
            "recovery-asked",
            "recovery-granted",
            "recovery-granted",
            "recovered-for-user",
            "recovery-given-again"
        ]
    );

    // Another archive's key, which is never tried.
    let other = Site::new();
    let request = ask(&site, court(), &recipient);
    let approvals = [0, 1].map(|index| approve(&site, &request, index));
    let (key, before) = (other.archive_key(), site.acts().len());
    let mut centre = site.open();
    let wrong = centre.recover(Recovery::Court, &request, &approvals, &*key, site.now());
    assert!(matches!(wrong, Err(Fault::WrongKey("the archive"))));
    assert_eq!(site.acts().len(), before);
}

/// A site where a key was given back to its user.
pub(super) fn recovered() -> Site {
    let (site, _) = with_a_key();
    let recipient = Party::new();
    let request = ask(&site, Purpose::User, &recipient);
    let approvals = [0, 1].map(|index| approve(&site, &request, index));
    recover(&site, Recovery::User, &request, &approvals, &recipient).unwrap();
    site
}

#[test]
fn no_other_key_is_given_back_under_the_name_of_the_one_that_is_wanted() {
    let (site, archived) = with_a_key();
    let serving = Serving::start(&site);
    let li = Party::new();
    let client = site.client(serving.transport());
    client.apply(number("li.ming"), &li.public()).unwrap();
    drop(serving);
    let recipient = Party::new();
    let request = ask(&site, Purpose::User, &recipient);
    let approvals = [0, 1].map(|index| approve(&site, &request, index));
    let recover = || recover(&site, Recovery::User, &request, &approvals, &recipient);
    // The whole of another row, which agrees with itself.
    let (zhang, li) = (number("zhang.san"), number("li.ming"));
    let exchange = format!(
        "UPDATE keys SET number = '00' WHERE number = '{zhang}';
         UPDATE keys SET number = '{zhang}' WHERE number = '{li}';
         UPDATE keys SET number = '{li}' WHERE number = '00';"
    );
    alter(&site.path(), &exchange);
    let before = site.acts();
    let other = recover();
    assert!(matches!(other, Err(Fault::Damaged { .. })), "{other:?}");
    assert_eq!(site.acts(), before, "nothing was granted");
    alter(&site.path(), &exchange);
    assert_eq!(*recover().unwrap().to_bytes(), *archived.to_bytes());

    // Given back once, it is given again as it was, and nothing else is.
    for (sql, found) in [
        (
            "CREATE TABLE kept AS SELECT * FROM recoveries;
             UPDATE recoveries SET envelope = (SELECT archived FROM keys ORDER BY number LIMIT 1)",
            "the envelope of a recovery is another",
        ),
        (
            "DELETE FROM recoveries",
            "the envelope of a recovery is missing",
        ),
    ] {
        alter(&site.path(), sql);
        let before = site.acts();
        match recover() {
            Err(Fault::Damaged { found: said, seq }) => {
                assert_eq!((said, seq), (found, before.len() as u64));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(site.acts(), before);
    }
    alter(&site.path(), "INSERT INTO recoveries SELECT * FROM kept");
    assert_eq!(*recover().unwrap().to_bytes(), *archived.to_bytes());
}
