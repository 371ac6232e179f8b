//! Names: those that chain, those that are allowed, those that are asked for.

use super::*;
use crate::forge::{alternative_names, directory, dns, name_constraints};
use x509_cert::ext::pkix::name::GeneralName;

fn not_allowed(by: Place, fault: NameConstraintFault) -> Vec<(Place, Cause)> {
    let by = Some(by);
    vec![(TARGET, Cause::NameNotAllowed { by, fault })]
}

#[test]
fn names_chain_whatever_case_and_spaces() {
    let mut scene = Scene::new();
    scene.leaf.issuer = "CN=  issuing   ca ,C=CN".into();
    assert_eq!(scene.judge(), []);
    scene.leaf.issuer = "C=CN,CN=Issuing CA".into();
    assert!(matches!(
        scene.judge()[..],
        [(TARGET, Cause::NoIssuer { .. })]
    ));
}

#[test]
fn every_name_below_is_held_against_every_constraint_above() {
    use NameConstraintFault::{Excluded, NotPermitted};
    let build = |root: Option<&[GeneralName]>, sub: Option<&[GeneralName]>, names: &[&str]| {
        let mut scene = Scene::new();
        let names: Vec<_> = names.iter().map(|name| dns(name)).collect();
        scene.leaf = scene.leaf.with(alternative_names(&names));
        if let Some(permitted) = root {
            scene.root = scene.root.with(name_constraints(permitted, &[]));
        }
        if let Some(excluded) = sub {
            scene.sub = scene.sub.with(name_constraints(&[], excluded));
        }
        scene.judge()
    };
    let (domain, host) = ([dns("example.cn")], [dns("secret.example.cn")]);
    assert_eq!(build(Some(&domain), None, &["a.example.cn"]), []);
    assert_eq!(
        build(Some(&domain), None, &["a.example.cn", "example.com"]),
        not_allowed(ANCHOR, NotPermitted)
    );
    assert_eq!(
        build(Some(&domain), Some(&host), &["x.secret.example.cn"]),
        not_allowed(ISSUER, Excluded)
    );
    assert_eq!(
        build(None, Some(&host), &["*.example.cn"]),
        not_allowed(ISSUER, Excluded)
    );
    let people = [directory("OU=People,C=CN")];
    let places: Vec<_> = build(Some(&people), None, &[])
        .iter()
        .map(|one| one.0)
        .collect();
    assert_eq!(places, [TARGET, ISSUER]);
}

#[test]
fn a_ca_of_its_own_name_is_exempt_and_a_target_is_not() {
    let scene = Scene::new();
    let people = [directory("OU=People,C=CN")];
    let root = scene.root.clone().with(name_constraints(&people, &[]));
    let anchors = [Anchor::from_certificate(root.issue(&scene.root_key))];
    let new_key = Key::new();
    let renewed = [Forged::ca(ROOT, &new_key, ROOT).issue(&scene.root_key)];
    let inside = Forged::leaf("CN=Li,OU=People,C=CN", &Key::new(), ROOT).issue(&new_key);
    // RFC 4514 writes names backwards, subtrees begin at the country.
    assert_eq!(judge(&inside, &renewed, &anchors, |o| o), []);
    let itself = Forged::leaf(ROOT, &Key::new(), ROOT).issue(&new_key);
    let reasons = judge(&itself, &renewed, &anchors, |o| o);
    let refused = not_allowed(ANCHOR, NameConstraintFault::NotPermitted);
    // The anchor's own key, of the same name, was tried first.
    assert_eq!(reasons[1..], refused);
    let bare = [Anchor::name_and_key(root.issue(&scene.root_key))];
    assert_eq!(judge(&itself, &renewed, &bare, |o| o), []);
}

/// Two ways up, of which one breaks the constraints of a CA far above.
#[test]
fn the_search_goes_back_from_a_ca_that_does_not_allow_the_name() {
    let scene = Scene::new();
    let (narrow_key, wide_key) = (Key::new(), Key::new());
    let upper = |key: &Key, serial, forbids: bool| {
        let forged = Forged::ca("CN=Upper", key, ROOT).serial(serial);
        let excluded = [dns("example.cn")];
        let forged = match forbids {
            true => forged.with(name_constraints(&[], &excluded)),
            false => forged,
        };
        forged.issue(&scene.root_key)
    };
    let pool = [
        Forged::ca(SUB, &scene.sub_key, "CN=Upper").issue(&narrow_key),
        upper(&narrow_key, 1, true),
        Forged::ca(SUB, &scene.sub_key, "CN=Upper")
            .serial(9)
            .issue(&wide_key),
        upper(&wide_key, 2, false),
    ];
    let leaf = scene
        .leaf
        .clone()
        .with(alternative_names(&[dns("a.example.cn")]));
    let leaf = leaf.issue(&scene.sub_key);
    let anchors = [scene.anchor()];
    let options = PathOptions::new(now(), &*SM2);
    let path = validate(&leaf, &pool, &anchors, &options).unwrap();
    assert_eq!(path.certificates()[2].der(), pool[3].der());
}

#[test]
fn the_callers_own_constraints_hold_under_every_anchor() {
    let scene = Scene::new();
    let leaf = scene
        .leaf
        .clone()
        .with(alternative_names(&[dns("a.example.cn")]));
    let (leaf, sub) = (
        leaf.issue(&scene.sub_key),
        [scene.sub.issue(&scene.root_key)],
    );
    let of = |base: &str| {
        let value = name_constraints(&[dns(base)], &[]);
        NameConstraints::from_der(value.extn_value.as_bytes()).unwrap()
    };
    let bare = [Anchor::name_and_key(scene.root.issue(&scene.root_key))];
    let ask = |base| judge(&leaf, &sub, &bare, |o| o.name_constraints(of(base)));
    assert_eq!(ask("example.cn"), []);
    let fault = NameConstraintFault::NotPermitted;
    assert_eq!(
        ask("example.com"),
        [(TARGET, Cause::NameNotAllowed { by: None, fault })]
    );
}

#[test]
fn comparisons_of_names_have_their_limit() {
    let mut scene = Scene::new();
    let names: Vec<_> = (0..40).map(|n| dns(&format!("h{n}.example.cn"))).collect();
    scene.leaf = scene.leaf.with(alternative_names(&names));
    let bases: Vec<_> = (0..40).map(|n| dns(&format!("b{n}.example.com"))).collect();
    scene.root = scene.root.with(name_constraints(&[], &bases));
    assert_eq!(scene.judge(), []);
    let (leaf, sub) = (
        scene.leaf.issue(&scene.sub_key),
        [scene.sub.issue(&scene.root_key)],
    );
    let limit = 40 * 41;
    let anchors = [scene.anchor()];
    let ask = |name_comparisons| {
        judge(&leaf, &sub, &anchors, |options| {
            options.budget(Budget {
                name_comparisons,
                ..Budget::default()
            })
        })
    };
    assert_eq!(ask(limit + 40), []);
    let limit = limit - 1;
    assert_eq!(ask(limit), [(TARGET, Cause::TooManyNames { limit })]);
}

#[test]
fn the_target_has_all_names_that_are_asked_for() {
    let mut scene = Scene::new();
    let address = GeneralName::IpAddress(der::asn1::OctetString::new([192, 0, 2, 1]).unwrap());
    scene.leaf = scene
        .leaf
        .with(alternative_names(&[dns("a.example.cn"), address]));
    let (leaf, sub) = (
        scene.leaf.issue(&scene.sub_key),
        [scene.sub.issue(&scene.root_key)],
    );
    let anchors = [scene.anchor()];
    let ask = |names: &[PeerName]| {
        let options = PathOptions::new(now(), &*SM2).names(names);
        let error = validate(&leaf, &sub, &anchors, &options).err();
        error.map(|error| error.to_string())
    };
    let host = PeerName::Dns("A.example.cn".into());
    let address = PeerName::Ip([192, 0, 2, 1].into());
    assert_eq!(ask(&[host.clone(), address]), None);
    let other = PeerName::Ip([192, 0, 2, 2].into());
    assert_eq!(
        ask(&[host, other]).unwrap(),
        "certificate 0 (CN=Subscriber,C=CN) is not that of 192.0.2.2"
    );
    // The commonName is none.
    assert!(ask(&[PeerName::Dns("Subscriber".into())]).is_some());
}

#[test]
fn the_caller_limits_cas_that_are_not_self_issued() {
    let scene = Scene::new();
    let (leaf, new_key) = (scene.leaf.issue(&scene.sub_key), Key::new());
    let renewed = [
        Forged::ca(SUB, &scene.sub_key, SUB).issue(&new_key),
        Forged::ca(SUB, &new_key, ROOT).issue(&scene.root_key),
    ];
    let anchors = [scene.anchor()];
    let ask = |limit| judge(&leaf, &renewed, &anchors, |o| o.intermediates(limit));
    assert_eq!(ask(1), []);
    let limit = 0;
    assert!(ask(0).contains(&(Place::Certificate(2), Cause::TooManyIntermediates { limit })));
}
