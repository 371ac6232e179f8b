use super::*;
use crate::forge::{Forged, Key};
use std::sync::atomic::{AtomicUsize, Ordering};

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

#[test]
fn a_prepared_key_says_what_the_plain_one_says() {
    let (key, other) = (Key::new(), Key::new());
    let ca = Forged::ca("CN=Root", &key, "CN=Root").issue(&key);
    let prepared = PreparedSm2::new([&ca, &ca], TableSize::Small);
    assert_eq!(prepared.len(), 1);
    let algorithms: [&dyn VerifyAlgorithm; 1] = [&prepared];
    for signer in [&key, &other] {
        let leaf = Forged::leaf("CN=Leaf", &key, "CN=Root").issue(signer);
        let spki = signer.spki();
        let own = der::referenced::OwnedToRef::owned_to_ref(&spki);
        assert!(leaf.verify_signature(own, &algorithms).is_ok());
        let fits = leaf.verify_signature(ca.public_key(), &algorithms).is_ok();
        assert_eq!(fits, std::ptr::eq(signer, &key));
    }
}

#[test]
fn what_fitted_is_remembered_and_nothing_else() {
    let key = Key::new();
    let leaves: Vec<_> = (0..3)
        .map(|serial| {
            Forged::leaf("CN=Leaf", &key, "CN=Root")
                .serial(serial)
                .issue(&key)
        })
        .collect();
    let spki = key.spki();
    let own = || der::referenced::OwnedToRef::owned_to_ref(&spki);
    let remembered = RememberedSignatures::new(Counting::default(), 2);
    let algorithms: [&dyn VerifyAlgorithm; 1] = [&remembered];
    let count = || remembered.algorithm.1.load(Ordering::Relaxed);
    for _ in 0..3 {
        assert!(leaves[0].verify_signature(own(), &algorithms).is_ok());
    }
    assert_eq!(count(), 1);
    for leaf in &leaves {
        assert!(leaf.verify_signature(own(), &algorithms).is_ok());
    }
    assert_eq!(count(), 3);
    // The first has gone, the third is there.
    assert!(leaves[2].verify_signature(own(), &algorithms).is_ok());
    assert_eq!(count(), 3);
    assert!(leaves[0].verify_signature(own(), &algorithms).is_ok());
    assert_eq!(count(), 4);
    // The same octets under another key are another question, and no is never remembered.
    let other = Key::new().spki();
    for _ in 0..2 {
        let other = der::referenced::OwnedToRef::owned_to_ref(&other);
        assert!(leaves[0].verify_signature(other, &algorithms).is_err());
    }
    assert_eq!(count(), 6);
    assert_eq!(remembered.known.lock().unwrap().digests.len(), 2);
}
