//! CRLs that are not the issuer's one full list: deltas, parts, other signers.

use super::*;
use crate::forge::{distribution_points, full_name, issuing_point, point, relative_name, scope};
use der::flagset::FlagSet;
use x509_cert::ext::pkix::crl::dp::Reasons;

const DAY: &str = "2026-02-01T00:00:00Z";
const CRL_CA: &str = "CN=Revocation,C=CN";

/// Other ways up leave other reasons.
fn is_revoked(reasons: &[(Place, Cause)], by: usize) -> bool {
    let revoked = |(place, cause): &(Place, Cause)| {
        *place == TARGET && matches!(cause, Cause::Revoked { crl, .. } if *crl == by)
    };
    reasons.iter().any(revoked)
}

fn is_unknown(reasons: &[(Place, Cause)]) -> bool {
    let revoked = |(_, cause): &(_, Cause)| matches!(cause, Cause::Revoked { .. });
    reasons.contains(&(TARGET, Cause::StatusUnknown)) && !reasons.iter().any(revoked)
}

impl Scene {
    fn ask(&self, crls: &[ParsedCrl]) -> Vec<(Place, Cause)> {
        self.judge_with(crls, RevocationRule::WhereCrlGiven)
    }

    /// With more certificates at hand.
    fn ask_with(&self, crls: &[ParsedCrl], others: Vec<ParsedCertificate>) -> Vec<(Place, Cause)> {
        let mut untrusted = vec![self.sub.issue(&self.root_key)];
        untrusted.extend(others);
        judge(
            &self.leaf.issue(&self.sub_key),
            &untrusted,
            &[self.anchor()],
            |options| options.crls(crls),
        )
    }
}

#[test]
fn a_delta_adds_and_takes_back() {
    let scene = Scene::new();
    let key = &scene.sub_key;
    let full = || ForgedCrl::new(SUB).number(7);
    let delta = || ForgedCrl::new(SUB).number(9).delta_to(5);
    let hold = Some(CrlReason::CertificateHold);
    let held = full().revoke(0x41, DAY, hold).issue(key);
    let plain = full().issue(key);
    let lifted = delta()
        .revoke(0x41, DAY, Some(CrlReason::RemoveFromCRL))
        .issue(key);
    let lost = delta().revoke(0x41, DAY, None).issue(key);
    assert!(is_revoked(
        &scene.ask(&[held.clone(), delta().issue(key)]),
        0
    ));
    assert_eq!(scene.ask(&[held.clone(), lifted.clone()]), []);
    assert_eq!(scene.ask(&[lifted.clone(), held.clone()]), []);
    assert!(is_revoked(&scene.ask(&[plain, lost.clone()]), 1));
    assert!(is_revoked(&scene.ask(&[held.clone(), lost]), 1));
    // Alone it says nothing.
    assert!(is_unknown(&scene.ask(std::slice::from_ref(&lifted))));
    // Nor to a base that has not reached it, under another key, or for another scope.
    for other in [
        delta().delta_to(8),
        delta().with(issuing_point(&scope())),
        delta().number(6),
    ] {
        let other = other.revoke(0x41, DAY, Some(CrlReason::RemoveFromCRL));
        let Ok(other) = ParsedCrl::from_der(other.der(key)) else {
            continue;
        };
        assert!(is_revoked(&scene.ask(&[held.clone(), other]), 0));
    }
    let forged = delta().revoke(0x41, DAY, Some(CrlReason::RemoveFromCRL));
    let forged = forged.issue(&Key::new());
    assert!(is_revoked(&scene.ask(&[held, forged]), 0));
}

#[test]
fn a_current_delta_keeps_a_stale_base_in_use() {
    let scene = Scene::new();
    let stale = |number| {
        ForgedCrl::new(SUB)
            .number(number)
            .times("2026-05-01T00:00:00Z", Some("2026-05-08T00:00:00Z"))
            .issue(&scene.sub_key)
    };
    let delta = ForgedCrl::new(SUB)
        .number(9)
        .delta_to(7)
        .issue(&scene.sub_key);
    assert_eq!(scene.ask(&[stale(7), delta.clone()]), []);
    // A base that is too old for it is stale, and nothing else.
    assert!(is_unknown(&scene.ask(&[stale(6), delta])));
    assert!(is_unknown(&scene.ask(&[stale(7)])));
    let forged = ForgedCrl::new(SUB).number(9).delta_to(7).issue(&Key::new());
    assert!(is_unknown(&scene.ask(&[stale(7), forged])));
}

#[test]
fn a_part_is_about_those_that_name_it() {
    let mut scene = Scene::new();
    let part = |name: &str| {
        let mut scope = scope();
        scope.distribution_point = Some(full_name(name));
        ForgedCrl::new(SUB)
            .with(issuing_point(&scope))
            .issue(&scene.sub_key)
    };
    let (here, there) = (part("CN=Part 1,C=CN"), part("CN=Part 2,C=CN"));
    // It names no part.
    assert!(is_unknown(&scene.ask(std::slice::from_ref(&here))));
    let named = distribution_points(vec![point(Some(full_name("cn=part  1,c=CN")), None, None)]);
    scene.leaf = scene.leaf.with(named);
    assert_eq!(scene.ask(std::slice::from_ref(&here)), []);
    let reasons = scene.ask(std::slice::from_ref(&there));
    assert_eq!(reasons[0], (CRL, Cause::CrlOutOfScope));
    assert!(is_unknown(&reasons));
    assert_eq!(scene.ask(&[here, there]), []);
}

#[test]
fn a_relative_name_stands_below_the_issuer() {
    let mut scene = Scene::new();
    let part = |name| {
        let mut scope = scope();
        scope.distribution_point = Some(name);
        ForgedCrl::new(SUB)
            .with(issuing_point(&scope))
            .issue(&scene.sub_key)
    };
    let relative = part(relative_name("CN=Part"));
    let full = part(full_name(&format!("CN=Part,{SUB}")));
    let other = part(relative_name("CN=Other"));
    let plain = scene.leaf.clone();
    for name in [
        relative_name("CN=Part"),
        full_name(&format!("CN=Part,{SUB}")),
    ] {
        scene.leaf = plain
            .clone()
            .with(distribution_points(vec![point(Some(name), None, None)]));
        assert_eq!(scene.ask(std::slice::from_ref(&relative)), []);
        assert_eq!(scene.ask(std::slice::from_ref(&full)), []);
        assert!(is_unknown(&scene.ask(std::slice::from_ref(&other))));
    }
}

#[test]
fn a_kind_of_certificate_is_not_the_other() {
    let mut scene = Scene::new();
    let of = |change: fn(&mut x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint)| {
        let mut scope = scope();
        change(&mut scope);
        ForgedCrl::new(SUB)
            .with(issuing_point(&scope))
            .issue(&scene.sub_key)
    };
    let users = of(|scope| scope.only_contains_user_certs = true);
    let cas = of(|scope| scope.only_contains_ca_certs = true);
    let attributes = of(|scope| scope.only_contains_attribute_certs = true);
    assert_eq!(scene.ask(std::slice::from_ref(&users)), []);
    assert!(is_unknown(&scene.ask(std::slice::from_ref(&cas))));
    assert!(is_unknown(&scene.ask(std::slice::from_ref(&attributes))));
    scene.leaf = scene.leaf.replacing(basic_constraints(true, None));
    assert_eq!(scene.ask(&[cas]), []);
    assert!(is_unknown(&scene.ask(&[users])));
}

#[test]
fn crls_of_some_reasons_cover_all_together_or_answer_nothing() {
    let scene = Scene::new();
    let some = |reasons: FlagSet<Reasons>| {
        let mut scope = scope();
        scope.only_some_reasons = Some(reasons);
        ForgedCrl::new(SUB).with(issuing_point(&scope))
    };
    let compromise = Reasons::KeyCompromise | Reasons::CaCompromise;
    let all = FlagSet::<Reasons>::full();
    let one = some(compromise).issue(&scene.sub_key);
    let rest = some(all - compromise);
    let other = rest.issue(&scene.sub_key);
    assert!(is_unknown(&scene.ask(std::slice::from_ref(&one))));
    assert!(is_unknown(&scene.ask(std::slice::from_ref(&other))));
    assert_eq!(scene.ask(&[one.clone(), other]), []);
    let held = rest.revoke(0x41, DAY, Some(CrlReason::CertificateHold));
    assert!(is_revoked(
        &scene.ask(&[one, held.issue(&scene.sub_key)]),
        1
    ));
}

/// A CA with one key for certificates and another one for CRLs, which it certified.
#[test]
fn another_key_of_the_ca_signs_crls_when_it_is_certified() {
    let scene = Scene::new();
    let key = Key::new();
    let crl_sign = || {
        Forged::leaf(SUB, &key, ROOT)
            .replacing(key_usage(KeyUsages::CRLSign))
            .serial(0x77)
    };
    let certified = crl_sign().issue(&scene.root_key);
    let crls = [ForgedCrl::new(SUB).issue(&key)];
    assert!(is_unknown(&scene.ask(&crls)));
    assert_eq!(scene.ask_with(&crls, vec![certified.clone()]), []);
    let listed = [ForgedCrl::new(SUB).revoke(0x41, DAY, None).issue(&key)];
    assert!(is_revoked(
        &scene.ask_with(&listed, vec![certified.clone()]),
        0
    ));

    // Not when somebody else certified it, when it is past, may not, or is revoked.
    let stranger = crl_sign().issue(&Key::new());
    assert!(is_unknown(&scene.ask_with(&crls, vec![stranger])));
    let past = crl_sign().valid("2026-01-01T00:00:00Z", "2026-05-01T00:00:00Z");
    assert!(is_unknown(
        &scene.ask_with(&crls, vec![past.issue(&scene.root_key)])
    ));
    let other = crl_sign().replacing(key_usage(KeyUsages::DigitalSignature));
    assert!(is_unknown(
        &scene.ask_with(&crls, vec![other.issue(&scene.root_key)])
    ));
    let [crl] = crls;
    let ended = ForgedCrl::new(ROOT)
        .revoke(0x77, DAY, None)
        .issue(&scene.root_key);
    let reasons = scene.ask_with(&[crl, ended], vec![certified]);
    assert!(is_unknown(&reasons));
    let refused = |(place, cause): &(Place, Cause)| {
        *place == CRL && matches!(cause, Cause::CrlSignerRefused { .. })
    };
    assert!(reasons.iter().any(refused), "{reasons:?}");
}

/// The caller's limit is about the target's path.
#[test]
fn a_crl_signer_may_stand_deeper_than_the_caller_allows_targets() {
    let scene = Scene::new();
    let (middle_key, key) = (Key::new(), Key::new());
    let others = [
        Forged::ca("CN=Middle", &middle_key, ROOT).issue(&scene.root_key),
        Forged::leaf(ROOT, &key, "CN=Middle")
            .replacing(key_usage(KeyUsages::CRLSign))
            .issue(&middle_key),
    ];
    let target = scene.sub.issue(&scene.root_key);
    let crls = [ForgedCrl::new(ROOT).issue(&key)];
    let reasons = judge(&target, &others, &[scene.anchor()], |options| {
        options.crls(&crls).intermediates(0)
    });
    assert_eq!(reasons, []);
}

/// A CA's own key certifies the CRL key under the CA's name, so that only the CRL that the
/// CRL key signs can say something about its certificate.
#[test]
fn a_crl_key_whose_status_is_in_its_own_crl_is_taken_at_its_word() {
    let scene = Scene::new();
    let key = Key::new();
    let own = Forged::leaf(SUB, &key, SUB)
        .replacing(key_usage(KeyUsages::CRLSign))
        .serial(0x77)
        .issue(&scene.sub_key);
    let crl = ForgedCrl::new(SUB);
    assert_eq!(scene.ask_with(&[crl.issue(&key)], vec![own.clone()]), []);
    // That it is revoked is believed.
    let ended = crl.clone().revoke(0x77, DAY, None).issue(&key);
    assert!(is_unknown(&scene.ask_with(&[ended], vec![own.clone()])));
    // What the CA's key says goes before, however old.
    let older = ForgedCrl::new(SUB)
        .times("2026-05-20T00:00:00Z", Some("2026-06-06T00:00:00Z"))
        .revoke(0x77, DAY, None)
        .issue(&scene.sub_key);
    let fresh = crl.revoke(0x41, DAY, None).issue(&key);
    assert_eq!(scene.ask_with(&[fresh, older], vec![own]), []);
}

#[test]
fn an_indirect_crl_answers_for_whom_names_it() {
    let mut scene = Scene::new();
    let key = Key::new();
    let signer = Forged::ca(CRL_CA, &key, ROOT).issue(&scene.root_key);
    let mut indirect = scope();
    indirect.indirect_crl = true;
    let crl = || ForgedCrl::new(CRL_CA).with(issuing_point(&indirect));
    let of = |name: &str| extension(true, "2.5.29.29", &vec![crate::forge::directory(name)]);
    let listed = |name: &str| crl().revoke_with(0x41, DAY, vec![of(name)]).issue(&key);
    let others = || vec![signer.clone()];

    // Nothing points there.
    let mut plain = vec![scene.sub.issue(&scene.root_key)];
    plain.extend(others());
    let required = judge(
        &scene.leaf.issue(&scene.sub_key),
        &plain,
        &[scene.anchor()],
        |options| {
            options
                .crls(&[])
                .revocation(RevocationRule::RequiredOfTarget)
        },
    );
    assert!(is_unknown(&required));

    scene.leaf = scene
        .leaf
        .with(distribution_points(vec![point(None, None, Some(CRL_CA))]));
    assert_eq!(scene.ask_with(&[crl().issue(&key)], others()), []);
    assert!(is_revoked(&scene.ask_with(&[listed(SUB)], others()), 0));
    // The serial number of somebody else's certificate.
    assert_eq!(scene.ask_with(&[listed(ROOT)], others()), []);
    let own = crl().revoke(0x41, DAY, None).issue(&key);
    assert_eq!(scene.ask_with(&[own], others()), []);
    // An entry without an issuer has that of the one before it.
    let inherited = crl()
        .revoke_with(0x40, DAY, vec![of(SUB)])
        .revoke(0x41, DAY, None)
        .issue(&key);
    assert!(is_revoked(&scene.ask_with(&[inherited], others()), 0));
    let switched = crl()
        .revoke_with(0x40, DAY, vec![of(SUB)])
        .revoke_with(0x41, DAY, vec![of(ROOT)])
        .issue(&key);
    assert_eq!(scene.ask_with(&[switched], others()), []);
    // A direct CRL of that name is about its own certificates.
    let direct = ForgedCrl::new(CRL_CA).issue(&key);
    assert!(is_unknown(&scene.ask_with(&[direct], others())));
    // Nobody vouches for the signer.
    assert!(is_unknown(&scene.ask_with(&[crl().issue(&key)], vec![])));
}

#[test]
fn content_that_breaks_rules_is_refused_where_they_are_asked() {
    let mut scene = Scene::new();
    scene.root = scene.root.key_ids(1, 1);
    scene.sub = scene.sub.key_ids(2, 1);
    scene.leaf = scene.leaf.key_ids(3, 2);
    let ask = |scene: &Scene, crls: &[ParsedCrl], content| {
        let (leaf, sub) = (
            scene.leaf.issue(&scene.sub_key),
            [scene.sub.issue(&scene.root_key)],
        );
        let reasons = judge(&leaf, &sub, &[scene.anchor()], |options| {
            options.crls(crls).content(content)
        });
        let rule = |(place, cause): (Place, Cause)| match cause {
            Cause::Content { rule, .. } => Some((place, rule)),
            _ => None,
        };
        reasons.into_iter().filter_map(rule).collect::<Vec<_>>()
    };
    let (off, on) = (ContentRules::Off, ContentRules::Rfc5280);
    assert_eq!(ask(&scene, &[], on), []);
    // A CRL without a number answers nothing.
    let unnumbered = [ForgedCrl::new(SUB)
        .without_extensions()
        .issue(&scene.sub_key)];
    assert_eq!(ask(&scene, &unnumbered, off), []);
    let broken = ask(&scene, &unnumbered, on);
    assert!(matches!(broken[..], [(CRL, _)]), "{broken:?}");
    // An issuing CA without a key identifier of its own, a root whose constraints are not
    // critical; that a CA has no keyUsage at all is let through.
    scene
        .sub
        .extensions
        .retain(|one| one.extn_id.to_string() != "2.5.29.14");
    assert_eq!(ask(&scene, &[], off), []);
    assert_eq!(
        ask(&scene, &[], on),
        [(ISSUER, "rfc5280.subject_key_identifier")]
    );
    scene.sub = scene.sub.with(extension(
        false,
        "2.5.29.14",
        &der::asn1::OctetString::new([2; 20]).unwrap(),
    ));
    for one in &mut scene.root.extensions {
        one.critical = false;
    }
    assert_eq!(
        ask(&scene, &[], on),
        [(ANCHOR, "rfc5280.ca_constraints_critical")]
    );
    scene.root.extensions[0].critical = true;
    scene
        .root
        .extensions
        .retain(|one| one.extn_id.to_string() != "2.5.29.15");
    assert_eq!(ask(&scene, &[], on), []);
}
