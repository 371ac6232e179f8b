//! The GM extensions with personal identity: each certificate that has one gives its value.

use gm_crypto::pki::identity::{IdentityCheck, IdentityKind, find_identities};
use gm_pki_tests::suites::{Outcome, Suites, Tally, Verdict, text};

#[test]
fn identities() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("identity");
    for entry in suites.manifest("x509") {
        let file = text(&entry, "file");
        let wanted: &[_] = if file.contains("id-card") {
            &[(IdentityKind::ResidentNumber, IdentityCheck::Fits)]
        } else if file.contains("org-all") {
            &[
                (IdentityKind::SocialInsurance, IdentityCheck::None),
                (IdentityKind::BusinessRegistration, IdentityCheck::None),
                // Whoever crafted it made the code up, and its last character with it.
                (IdentityKind::CreditCode, IdentityCheck::Wrong),
                (IdentityKind::CreditCode, IdentityCheck::Wrong),
            ]
        } else {
            continue;
        };
        let der = suites.read(&format!("vectors/{file}"));
        let outcome = match find_identities(&der) {
            Ok(found) => {
                let found: Vec<_> = found.iter().map(|one| (one.kind(), one.check())).collect();
                if found == wanted {
                    Outcome::Accepted
                } else {
                    Outcome::Wrong(format!("{found:?}"))
                }
            }
            Err(error) => Err::<(), _>(error).into(),
        };
        tally.count(file, Verdict::Valid, outcome);
    }
    tally.finish();
}
