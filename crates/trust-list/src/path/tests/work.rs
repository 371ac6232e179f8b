//! How much work a hostile pool can cause.

use super::*;

/// Counts what it is asked.
#[derive(Debug, Default)]
struct Counting(Sm2Sm3, AtomicUsize);

impl VerifyAlgorithm for Counting {
    fn accepts(&self, s: AlgorithmIdentifierRef<'_>, k: AlgorithmIdentifierRef<'_>) -> bool {
        self.0.accepts(s, k)
    }

    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> signature::Result<()> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.verify(spki, message, signature)
    }
}

/// Eight CAs of one name, each certified by each other, and no anchor in sight.
fn mesh(key_ids: bool) -> (ParsedCertificate, Vec<ParsedCertificate>, Vec<Key>) {
    let keys: Vec<Key> = (0..8).map(|_| Key::new()).collect();
    let mark = |forged: Forged, subject: usize, authority: usize| {
        if key_ids {
            let octet = |index| u8::try_from(index).unwrap();
            forged.key_ids(octet(subject), octet(authority))
        } else {
            forged
        }
    };
    let mut pool = Vec::new();
    for (child, key) in keys.iter().enumerate() {
        for (issuer, signer) in keys.iter().enumerate() {
            if child != issuer {
                let forged = mark(Forged::ca(SUB, key, SUB), child, issuer);
                pool.push(forged.issue(signer));
            }
        }
    }
    let leaf = mark(Forged::leaf(LEAF, &Key::new(), SUB), 99, 0).issue(&keys[0]);
    (leaf, pool, keys)
}

fn count(
    (leaf, pool): (&ParsedCertificate, &[ParsedCertificate]),
    anchors: &[Anchor],
    signatures: usize,
) -> (usize, Option<PathError>) {
    let counting = Counting::default();
    let algorithms: [&dyn VerifyAlgorithm; 1] = [&counting];
    let budget = Budget {
        signatures,
        ..Budget::default()
    };
    let options = PathOptions::new(now(), &algorithms).budget(budget);
    let error = validate(leaf, pool, anchors, &options).err();
    (counting.1.load(Ordering::Relaxed), error)
}

#[test]
fn cas_that_certify_each_other_cost_one_check_for_each_pair() {
    let (leaf, pool, _) = mesh(false);
    let (checked, error) = count((&leaf, &pool), &[], usize::MAX);
    // 57 certificates, 8 keys.
    assert!(checked <= 57 * 8, "{checked}");
    assert!(error.is_some());
}

/// A CA's certificates of one key cost one check, however many there are.
#[test]
fn a_signature_is_checked_once_for_each_key() {
    let (key, other) = (Key::new(), Key::new());
    let pool: Vec<_> = (0..20)
        .map(|serial| Forged::ca(SUB, &key, ROOT).serial(serial).issue(&other))
        .collect();
    let leaf = Forged::leaf(LEAF, &Key::new(), SUB).issue(&other);
    let (checked, error) = count((&leaf, &pool), &[], usize::MAX);
    assert_eq!(checked, 1);
    assert!(error.is_some());
}

#[test]
fn the_search_stops_when_its_signatures_are_spent() {
    let (leaf, pool, _) = mesh(false);
    let (checked, error) = count((&leaf, &pool), &[], 20);
    assert_eq!(checked, 20);
    let error = error.unwrap();
    assert!(error.is_exhausted() && !error.is_indeterminate());
    assert_eq!(
        error.reasons()[0].cause,
        Cause::TooManySignatures { limit: 20 }
    );
}

#[test]
fn key_identifiers_lead_the_search() {
    let (leaf, mut pool, keys) = mesh(true);
    let root_key = Key::new();
    let anchor = Forged::ca(ROOT, &root_key, ROOT).issue(&root_key);
    let way_out = Forged::ca(SUB, &keys[7], ROOT).key_ids(7, 77);
    pool.push(way_out.issue(&root_key));
    let anchors = [Anchor::from_certificate(anchor)];
    let (checked, error) = count((&leaf, &pool), &anchors, 128);
    assert!(error.is_none());
    // 37 without them.
    assert!(checked < 20, "{checked}");
}

#[test]
fn candidates_and_length_have_their_own_limits() {
    let (leaf, pool, _) = mesh(false);
    let anchors = [];
    let limit = 30;
    let reasons = judge(&leaf, &pool, &anchors, |options| {
        options.budget(Budget {
            candidates: limit,
            ..Budget::default()
        })
    });
    assert_eq!(reasons[0].1, Cause::TooManyCandidates { limit });

    let scene = Scene::new();
    let (leaf, sub) = (
        scene.leaf.issue(&scene.sub_key),
        [scene.sub.issue(&scene.root_key)],
    );
    let anchors = [scene.anchor()];
    fn with<'a>(options: PathOptions<'a>, path_length: usize) -> PathOptions<'a> {
        options.budget(Budget {
            path_length,
            ..Budget::default()
        })
    }
    assert_eq!(judge(&leaf, &sub, &anchors, |o| with(o, 2)), []);
    let limit = 1;
    assert_eq!(
        judge(&leaf, &sub, &anchors, |o| with(o, 1)),
        [(TARGET, Cause::PathTooLong { limit })]
    );
}

/// An anchor of their name signed none of them: every way up could lead there, and there are
/// as many ways as orders of the keys.
#[test]
fn a_mesh_below_an_anchor_of_its_name_ends_within_the_budget() {
    let (leaf, pool, _) = mesh(false);
    let other = Key::new();
    let anchors = [Anchor::from_certificate(
        Forged::ca(SUB, &other, SUB).issue(&other),
    )];
    let (checked, error) = count((&leaf, &pool), &anchors, usize::MAX);
    // Each certificate under each key, and the anchor's.
    assert!(checked <= 57 * 9, "{checked}");
    let limit = Budget::default().candidates;
    assert_eq!(
        error.unwrap().reasons()[0].cause,
        Cause::TooManyCandidates { limit }
    );
    let (checked, error) = count((&leaf, &pool), &anchors, 128);
    assert!(checked <= 128 && error.is_some());
}
