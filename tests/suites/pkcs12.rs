//! PKCS#12 files of others: they open with their password, and each key has its certificate.

use gm_crypto::{Error, pki::pkcs12::Pkcs12};
use gm_pki_tests::suites::{Outcome, Suites, Tally, text};

use super::count;

#[test]
fn key_stores() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("pkcs12");
    for entry in suites.manifest("pkcs12") {
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        let password = text(&entry, "password").as_bytes();
        let outcome = match Pkcs12::read(&der, password) {
            Ok(read) if read.keys().is_empty() => Outcome::Wrong("no key was inside".into()),
            Ok(read) if read.pairs().iter().any(|pair| pair.certificate.is_none()) => {
                Outcome::Wrong("a key without its certificate".into())
            }
            Ok(_) => match Pkcs12::read(&der, b"another password") {
                Err(Error::WrongPassword) => Outcome::Accepted,
                other => Outcome::Wrong(format!("another password gave {other:?}")),
            },
            Err(error) => Err::<(), _>(error).into(),
        };
        count(&mut tally, &entry, outcome);
    }
    tally.finish();
}
