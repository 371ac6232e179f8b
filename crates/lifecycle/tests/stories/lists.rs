//! Lists of shards, and lists of what changed: what certificates name, and what a relying
//! party reads from them.

use cert_profile::{CrlNumber, CrlReader, Issuer, Profile, Reason, Revocations, SHIPPED};
use der::{Decode, Encode, referenced::OwnedToRef};
use gm_crypto::pki::Sm2Sm3;
use lifecycle::{
    CrlPoint, Engine, Error, Policy, Refusal, Serial, audit, authority,
    certificate::Command::{Confirm, Freeze},
    ports::Clock,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    slice,
};
use x509_cert::{
    Certificate,
    ext::pkix::{CrlDistributionPoints, name::DistributionPointName},
};

use crate::{
    doubles::{Side, World},
    script::{
        self, Applicant, CA, REVOKE, UNFREEZE, act, approver, authority_command, authority_id,
        coded, establish, issue_crl, officer, registrar, settle, take_through,
    },
};

const DELTA: &str = "http://ca.example.cn/delta.crl";

/// A shipped profile with more lines in front.
fn profile(name: &str, lines: &str) -> Profile {
    let (_, text) = SHIPPED
        .iter()
        .find(|(shipped, _)| *shipped == name)
        .unwrap();
    Profile::from_toml(&format!("{lines}\n{text}")).unwrap()
}

fn policy(lines: &str) -> Policy {
    Policy {
        profiles: ["subscriber-signing", "subscriber-encryption"]
            .map(|name| profile(name, lines))
            .into(),
        ..script::policy()
    }
}

fn shards(count: u32) -> Policy {
    policy(&format!(
        "crl_urls = ['http://ca.example.cn/{{shard}}.crl']\ncrl_shards = {count}"
    ))
}

fn shards_with_deltas() -> Policy {
    policy(
        "crl_urls = ['http://ca.example.cn/{shard}.crl']\n\
         delta_crl_urls = ['http://ca.example.cn/{shard}-delta.crl']\n\
         crl_shards = 2",
    )
}

fn deltas() -> Policy {
    policy(&format!(
        "crl_urls = ['http://ca.example.cn/ca.crl']\ndelta_crl_urls = ['{DELTA}']"
    ))
}

fn issuer(engine: &Engine) -> Issuer {
    let state = engine.authority(&authority_id(CA)).unwrap().unwrap();
    Issuer::from_certificate(&state.established().unwrap().certificate).unwrap()
}

/// A list that was published, its signature checked.
struct List {
    der: Vec<u8>,
}

impl List {
    fn at(world: &World, engine: &Engine, name: &str) -> Self {
        let der = world.shelf.item(name);
        let list = Self {
            der: der.unwrap_or_else(|| panic!("no {name}")),
        };
        let issuer = issuer(engine);
        let key = issuer.public_key().owned_to_ref();
        list.read().verify(key, &[&Sm2Sm3::default()]).unwrap();
        list
    }

    fn all(world: &World, engine: &Engine) -> Self {
        Self::at(world, engine, "authorities/issuing-ca.crl")
    }

    fn shard(world: &World, engine: &Engine, shard: u32) -> Self {
        let name = format!("authorities/issuing-ca/shards/{shard}.crl");
        Self::at(world, engine, &name)
    }

    fn delta(world: &World, engine: &Engine) -> Self {
        Self::at(world, engine, "authorities/issuing-ca/delta.crl")
    }

    fn read(&self) -> CrlReader<'_> {
        CrlReader::from_der(&self.der).unwrap()
    }

    fn number(&self) -> CrlNumber {
        self.read().number().unwrap()
    }

    fn base(&self) -> Option<CrlNumber> {
        self.read().base_number()
    }

    /// Why each is listed; none: removeFromCRL.
    fn entries(&self) -> BTreeMap<Serial, Option<Reason>> {
        let entries = self.read().entries().map(|entry| {
            let entry = entry.unwrap().to_owned().unwrap();
            (Serial::from(entry.serial()), entry.reason())
        });
        entries.collect()
    }

    fn serials(&self) -> BTreeSet<Serial> {
        self.entries().into_keys().collect()
    }

    fn urls(&self) -> Vec<String> {
        let list = self.read();
        let point = list.distribution_point();
        point.map_or_else(Vec::new, |point| point.urls().map(str::to_owned).collect())
    }
}

/// The one URL where a certificate says that its list lies.
fn named(certificate: &[u8]) -> String {
    let certificate = Certificate::from_der(certificate).unwrap();
    let tbs = certificate.tbs_certificate();
    let (_, points) = tbs
        .get_extension::<CrlDistributionPoints>()
        .unwrap()
        .unwrap();
    let Some(DistributionPointName::FullName(names)) = &points.0[0].distribution_point else {
        panic!("{points:?}");
    };
    // A context-specific tag and a length of one octet.
    String::from_utf8(names[0].to_der().unwrap()[2..].to_vec()).unwrap()
}

/// A pair in use, and each certificate's number with the URL of its list.
fn pair(engine: &mut Engine, name: &str) -> (Applicant, [(Serial, String); 2]) {
    let applicant = Applicant::new(name);
    take_through(engine, &applicant).unwrap();
    let pair = applicant.pair(engine);
    let named = [pair.signing, pair.encryption]
        .map(|issued| (issued.serial.clone(), named(&issued.certificate)));
    (applicant, named)
}

fn freeze(engine: &mut Engine, one: &Applicant) {
    act(engine, &registrar(), one.pair_command(Freeze)).unwrap();
}

fn unfreeze(engine: &mut Engine, one: &Applicant) {
    act(engine, &registrar(), one.pair_command(UNFREEZE)).unwrap();
    act(engine, &approver(), one.pair_command(Confirm)).unwrap();
}

fn revoke(engine: &mut Engine, one: &Applicant) {
    act(engine, &registrar(), one.pair_command(REVOKE)).unwrap();
    act(engine, &approver(), one.pair_command(Confirm)).unwrap();
}

fn issue_delta(engine: &mut Engine) -> Result<(), Error> {
    let command = authority_command(CA, authority::Command::IssueDeltaCrl);
    act(engine, &officer(), command).map(drop)
}

fn serials(pairs: &[[(Serial, String); 2]]) -> BTreeSet<Serial> {
    let all = pairs.iter().flatten();
    all.map(|(serial, _)| serial.clone()).collect()
}

/// Every list of a shard has its own certificates and no others, all of them together have
/// those of the list of all.
fn check_shards(world: &World, engine: &Engine, pairs: &[[(Serial, String); 2]]) {
    let all = List::all(world, engine);
    let expected: BTreeMap<_, _> = pairs.iter().flatten().cloned().collect();
    assert!(all.urls().is_empty());
    let mut union = BTreeMap::new();
    let points = engine.store().crl_points(&authority_id(CA)).unwrap();
    let numbers: BTreeSet<_> = points.iter().filter_map(|point| point.shard).collect();
    for shard in &numbers {
        let list = List::shard(world, engine, *shard);
        assert_eq!(list.number(), all.number(), "one run, one number");
        assert_eq!(list.read().this_update(), all.read().this_update());
        let url = format!("http://ca.example.cn/{shard}.crl");
        assert_eq!(list.urls(), slice::from_ref(&url));
        for (serial, reason) in list.entries() {
            assert_eq!(expected[&serial], url, "{serial} is another list's");
            assert_eq!(union.insert(serial, reason), None);
        }
    }
    assert_eq!(union, all.entries());
}

#[test]
fn a_shard_lists_the_certificates_that_name_it_and_more_shards_move_none() {
    let world = World::new();
    let mut engine = world.engine_under(shards(3));
    establish(&mut engine).unwrap();
    let mut pairs = Vec::new();
    for number in 0..6 {
        let (applicant, pair) = pair(&mut engine, &format!("old.{number}"));
        if number != 0 {
            freeze(&mut engine, &applicant);
            pairs.push(pair);
        }
    }
    issue_crl(&mut engine).unwrap();
    assert_eq!(List::all(&world, &engine).serials(), serials(&pairs));
    check_shards(&world, &engine, &pairs);

    // The policy grows; what was issued stays where it says that it is.
    drop(engine);
    let mut engine = world.engine_under(shards(64));
    let few = engine.store().crl_points(&authority_id(CA)).unwrap().len();
    for number in 0..6 {
        let (applicant, pair) = pair(&mut engine, &format!("new.{number}"));
        revoke(&mut engine, &applicant);
        pairs.push(pair);
    }
    world.clock.forward(60);
    issue_crl(&mut engine).unwrap();
    assert_eq!(List::all(&world, &engine).serials(), serials(&pairs));
    check_shards(&world, &engine, &pairs);
    assert!(engine.store().crl_points(&authority_id(CA)).unwrap().len() > few);
    for (serial, url) in pairs.iter().flatten() {
        let found = engine.store().reservation(&authority_id(CA), serial);
        let shard = found.unwrap().unwrap().shard.unwrap();
        assert_eq!(*url, format!("http://ca.example.cn/{shard}.crl"));
    }
    // And so it does when there are no shards any more.
    drop(engine);
    let mut engine = world.engine();
    let applicant = Applicant::new("plain");
    take_through(&mut engine, &applicant).unwrap();
    freeze(&mut engine, &applicant);
    world.clock.forward(60);
    issue_crl(&mut engine).unwrap();
    let all = List::all(&world, &engine).serials();
    let plain: BTreeSet<_> = all.difference(&serials(&pairs)).cloned().collect();
    let own = applicant.pair(&engine);
    assert_eq!(plain, [own.signing.serial, own.encryption.serial].into());
    let union: BTreeSet<_> = engine
        .store()
        .crl_points(&authority_id(CA))
        .unwrap()
        .iter()
        .flat_map(|point| List::shard(&world, &engine, point.shard.unwrap()).serials())
        .collect();
    assert_eq!(union, serials(&pairs));
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_certificate_of_no_shard_says_nothing_of_shards() {
    let (_, mut engine) = script::in_business();
    let applicant = Applicant::new("zhang.san");
    take_through(&mut engine, &applicant).unwrap();
    let serial = applicant.pair(&engine).signing.serial;
    let found = engine.store().reservation(&authority_id(CA), &serial);
    assert_eq!(found.unwrap().unwrap().shard, None);
    let points = engine.store().crl_points(&authority_id(CA)).unwrap();
    assert_eq!(points, Vec::<CrlPoint>::new());
    // Nobody could find a delta.
    issue_crl(&mut engine).unwrap();
    let refused = issue_delta(&mut engine);
    assert_eq!(coded(refused), "missing (S4-15, S4-16)");
}

#[test]
fn a_delta_says_what_changed_since_the_complete_list() {
    let world = World::new();
    let mut engine = world.engine_under(deltas());
    establish(&mut engine).unwrap();
    let [released, stays, revoked, frozen, back] =
        ["released", "stays", "revoked", "frozen", "back"].map(|name| pair(&mut engine, name));
    let refused = issue_delta(&mut engine);
    assert_eq!(coded(refused), "missing (S4-15, S4-16)", "no complete list");
    for (applicant, _) in [&released, &stays, &revoked] {
        freeze(&mut engine, applicant);
    }
    issue_crl(&mut engine).unwrap();
    let base = List::all(&world, &engine);
    assert_eq!(base.read().freshest().collect::<Vec<_>>(), [DELTA]);
    assert_eq!(world.shelf.item("authorities/issuing-ca/delta.crl"), None);

    world.clock.forward(60);
    unfreeze(&mut engine, &released.0);
    revoke(&mut engine, &revoked.0);
    freeze(&mut engine, &frozen.0);
    freeze(&mut engine, &back.0);
    unfreeze(&mut engine, &back.0);
    issue_delta(&mut engine).unwrap();
    let delta = List::delta(&world, &engine);
    assert_eq!(delta.base(), Some(base.number()));
    assert_eq!(Some(delta.number()), base.number().next());
    assert_eq!(delta.read().freshest().count(), 0);
    let expected: BTreeMap<_, _> = [
        (&released, None),
        (&revoked, Some(Reason::Superseded)),
        (&frozen, Some(Reason::CertificateHold)),
    ]
    .into_iter()
    .flat_map(|(pair, reason)| pair.1.clone().map(|(serial, _)| (serial, reason)))
    .collect();
    assert_eq!(delta.entries(), expected);

    // Both together say what a complete list would.
    let all = [&released, &stays, &revoked, &frozen, &back]
        .into_iter()
        .flat_map(|pair| pair.1.clone().map(|(serial, _)| serial.to_x509()));
    let all: Vec<_> = all.collect();
    let together = |engine: &Engine, base: &List, delta: &List| -> BTreeMap<Serial, _> {
        let issuer = issuer(engine);
        let (now, algorithm) = (world.clock.now(), Sm2Sm3::default());
        let algorithms: [&dyn gm_crypto::pki::VerifyAlgorithm; 1] = [&algorithm];
        let both = Revocations::new(&issuer, base.read(), now, &algorithms).unwrap();
        let both = both.with_delta(delta.read()).unwrap();
        let found = both.find(&all).unwrap().into_values();
        found
            .map(|entry| {
                let entry = entry.to_owned().unwrap();
                (Serial::from(entry.serial()), entry.reason())
            })
            .collect()
    };
    let read = together(&engine, &base, &delta);
    world.clock.forward(60);
    issue_crl(&mut engine).unwrap();
    let complete = List::all(&world, &engine);
    assert_eq!(read, complete.entries());

    // A complete list comes with the delta to the one before, of the same number.
    let beside = List::delta(&world, &engine);
    assert_eq!(beside.number(), complete.number());
    assert_eq!(beside.base(), Some(base.number()));
    assert_eq!(together(&engine, &base, &beside), complete.entries());
    assert_eq!(together(&engine, &complete, &beside), complete.entries());
    // The next is one to the last.
    world.clock.forward(60);
    unfreeze(&mut engine, &frozen.0);
    issue_delta(&mut engine).unwrap();
    let delta = List::delta(&world, &engine);
    assert_eq!(delta.base(), Some(complete.number()));
    let removed = frozen.1.clone().map(|(serial, _)| (serial, None));
    assert_eq!(delta.entries(), removed.into());
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_delta_does_not_go_back_in_time() {
    let world = World::new();
    let mut engine = world.engine_under(deltas());
    establish(&mut engine).unwrap();
    let (zhang, _) = pair(&mut engine, "zhang.san");
    issue_crl(&mut engine).unwrap();
    freeze(&mut engine, &zhang);
    world.clock.forward(60);
    issue_delta(&mut engine).unwrap();
    let delta = List::delta(&world, &engine);
    world.clock.back(30);
    let head = engine.store().head().unwrap();
    for issue in [issue_delta, issue_crl] {
        let refused = issue(&mut engine);
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::TimeRunsBackwards))),
            "{refused:?}"
        );
    }
    assert_eq!(engine.store().head().unwrap(), head);
    world.clock.forward(30);
    issue_crl(&mut engine).unwrap();
    assert_eq!(
        Some(List::all(&world, &engine).number()),
        delta.number().next()
    );
}

/// Whatever fails in a run, no number has two contents in one place, and the lists can be
/// made.
#[test]
fn a_run_that_breaks_off_is_made_anew_under_another_number() {
    let mut broken = 0;
    for side in [Side::Before, Side::After] {
        for dies in [false, true] {
            for call in 1..=5 {
                let world = World::new();
                let mut engine = world.engine_under(shards_with_deltas());
                establish(&mut engine).unwrap();
                let pairs: Vec<_> = (0..4)
                    .map(|number| pair(&mut engine, &format!("one.{number}")))
                    .collect();
                freeze(&mut engine, &pairs[0].0);
                freeze(&mut engine, &pairs[1].0);
                issue_crl(&mut engine).unwrap();
                world.clock.forward(60);
                unfreeze(&mut engine, &pairs[0].0);
                freeze(&mut engine, &pairs[2].0);
                // Two shards and the list of all; the shards with their deltas.
                world.token.fail_at(call, side);
                issue_crl(&mut engine).unwrap_err();
                broken += 1;
                if dies {
                    drop(engine);
                    engine = world.engine_under(shards_with_deltas());
                }
                world.token.mend();
                settle(&mut engine).unwrap();
                assert!(world.token.signs_once());
                assert_eq!(world.token.unforeseen(), 0);
                let listed: Vec<_> = pairs[1..3].iter().map(|(_, pair)| pair.clone()).collect();
                let mut union = BTreeSet::new();
                for shard in 0..2 {
                    let list = List::shard(&world, &engine, shard);
                    union.extend(list.serials());
                    let name = format!("authorities/issuing-ca/shards/{shard}/delta.crl");
                    let delta = List::at(&world, &engine, &name);
                    assert!(delta.base().unwrap() <= list.number());
                    assert_eq!(delta.urls(), list.urls());
                }
                assert_eq!(union, serials(&listed));
                assert_eq!(List::all(&world, &engine).serials(), serials(&listed));
                let report = audit::verify(engine.store()).unwrap();
                assert_eq!(report.unsettled, 0);
            }
        }
    }
    assert_eq!(broken, 20);
}

#[test]
fn a_list_that_was_signed_keeps_its_number_until_it_leaves() {
    let world = World::new();
    let mut engine = world.engine_under(shards_with_deltas());
    establish(&mut engine).unwrap();
    let (zhang, _) = pair(&mut engine, "zhang.san");
    freeze(&mut engine, &zhang);
    world.shelf.refuse(true);
    issue_crl(&mut engine).unwrap_err();
    drop(engine);
    let signed = world.token.signed().len();
    let mut engine = world.engine_under(shards_with_deltas());
    world.shelf.refuse(false);
    world.clock.back(3_600);
    settle(&mut engine).unwrap();
    assert_eq!(world.token.signed().len(), signed, "what was signed leaves");
    let all = List::all(&world, &engine);
    assert_eq!(all.number(), 1.into());
    assert_eq!(all.serials().len(), 2);
}
