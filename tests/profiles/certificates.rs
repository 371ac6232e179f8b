//! A certificate of each shipped profile.

use crate::{
    authority::{Authorities, NOW, Owner, issue, now},
    judges::Panel,
    pkilint::{EC_USAGES, Findings, defects},
    table::{Case, OWN},
};
use cert_profile::{
    SHIPPED,
    lint::{self, Severity},
};
use gm_crypto::{
    pki::{Sm2Sm3, VerifyAlgorithm},
    sm3,
};
use std::{fs, hint::black_box, path::Path, time::Instant};
use trust_list::path::{self, Anchor, ParsedCertificate, PathOptions, RevocationRule};

pub(crate) fn judge(panel: &Panel) {
    let authorities = Authorities::new(&panel.desk);
    let mut others = Vec::new();
    for (profile, _) in SHIPPED {
        if !["root-ca", "issuing-ca"].contains(profile) {
            others.push(issue(
                &panel.desk,
                Case::of(profile),
                Some(&authorities.issuing),
            ));
        }
    }
    let mut all = vec![&authorities.root, &authorities.issuing];
    all.extend(&others);
    assert_eq!(all.len(), SHIPPED.len());
    pairs(&all);
    ask(panel, "certificates of shipped profiles", &all);
}

/// What a CA's own policy can write beside that.
pub(crate) fn judge_own(panel: &Panel) {
    let Authorities { root, .. } = Authorities::new(&panel.desk);
    let own = issue(&panel.desk, &OWN[0], Some(&root));
    let mut all = vec![own];
    for case in &OWN[1..] {
        let issued = issue(&panel.desk, case, Some(&all[0]));
        all.push(issued);
    }
    ask(
        panel,
        "certificates of a CA's own profiles",
        &all.iter().collect::<Vec<_>>(),
    );
}

fn ask(panel: &Panel, what: &str, all: &[&Owner]) {
    for owner in all {
        ours(owner);
        openssl(panel, owner);
    }
    pkilint(panel, all);
    let twins = bouncycastle(panel, all);
    panel.sum_up(what, all.len(), twins);
}

/// What we say ourselves, for what it is worth before others: a shipped profile gives no
/// reason for a warning, one's own may.
fn ours(owner: &Owner) {
    let name = &owner.certificate.name;
    let most = match Case::of(name).policy {
        None => Severity::Notice,
        Some(_) => Severity::Warning,
    };
    let report = lint::certificate(&owner.certificate.der);
    let found = report.findings().iter();
    let found: Vec<_> = found.filter(|one| one.lint().severity() > most).collect();
    assert!(found.is_empty(), "{name}: {found:?}");
    if most == Severity::Warning {
        // Name constraints are refused by path validation of ours, which does not process them.
        return;
    }
    assert!(path(owner, &owner.certificate.der), "{name}");
    for twin in owner.certificate.twins() {
        assert!(!path(owner, &twin), "{name}");
    }
}

/// Whether our own path validation takes `octets` under the issuers of `owner`.
fn path(owner: &Owner, octets: &[u8]) -> bool {
    let parse = |octets: &[u8]| ParsedCertificate::from_der(octets).expect("a certificate");
    let files = owner.certificate.issuers.iter();
    let issuers = files.map(|file| parse(&fs::read(file).expect("a file")));
    let issuers: Vec<_> = issuers.collect();
    let (root, others) = issuers.split_last().expect("a root");
    let anchors = [Anchor::from_certificate(root.clone())];
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
    let options = PathOptions::new(now(), &algorithms).revocation(RevocationRule::Ignore);
    path::validate(&parse(octets), others, &anchors, &options).is_ok()
}

/// The halves of a dual pair fit each other.
fn pairs(all: &[&Owner]) {
    let mut count = 0;
    for signing in all {
        let Some(name) = signing.certificate.name.strip_suffix("-signing") else {
            continue;
        };
        let name = format!("{name}-encryption");
        let other = all.iter().find(|owner| owner.certificate.name == name);
        let encryption = other.expect("each signing half has its other");
        let report = lint::pair(&signing.certificate.der, &encryption.certificate.der);
        let found: Vec<_> = report.errors().collect();
        assert!(found.is_empty(), "{name}: {found:?}");
        count += 1;
    }
    assert!(count > 0, "no dual pair is shipped");
    println!("profiles: {count} dual pairs");
}

fn openssl(panel: &Panel, owner: &Owner) {
    let (document, case) = (&owner.certificate, Case::of(&owner.certificate.name));
    let issuer = &document.issuers[0];
    let twins = panel.twins(document);
    if *issuer == document.file {
        // Who signs itself is trusted or not, and then under no ID: the signature is
        // verified for itself.
        let said = panel.openssl_verifies_parts(&document.file, issuer);
        assert!(said.agrees("Signature Verified"), "{}", said.text);
        for twin in twins {
            let said = panel.openssl_verifies_parts(&twin, issuer);
            said.refused("Signature Verification Failure");
        }
    } else {
        let said = panel.openssl_verifies(&document.file, issuer, case.purpose);
        assert!(said.agrees(": OK"), "{}: {}", document.name, said.text);
        for twin in twins {
            let said = panel.openssl_verifies(&twin, issuer, case.purpose);
            said.refused("certificate signature failure");
        }
    }
    let said = panel
        .desk
        .ask("x509 -inform DER -noout -text -in {}", &[&document.file]);
    assert_eq!(said.exit, Some(0), "{}", said.text);
    assert!(
        said.text.contains("X509v3 Key Usage: critical"),
        "{}",
        said.text
    );
    assert!(!said.text.contains("Unable to"), "{}", said.text);
}

fn pkilint(panel: &Panel, all: &[&Owner]) {
    let documents = all
        .iter()
        .map(|owner| ("certificate", &*owner.certificate.file));
    let answers = panel.pkilint.lint(&documents.collect::<Vec<_>>());
    let mut told = Findings::default();
    for (owner, findings) in all.iter().zip(&answers) {
        let case = Case::of(&owner.certificate.name);
        let allowed: &[&str] = if case.encrypts() { &[EC_USAGES] } else { &[] };
        let defects = defects(findings, allowed);
        assert!(defects.is_empty(), "{}: {defects:?}", case.profile);
        told.add(case.profile, findings);
    }
    told.tell();
}

/// How many twins were refused.
fn bouncycastle(panel: &Panel, all: &[&Owner]) -> usize {
    let question = |file: &Path, owner: &Owner| {
        let mut words = vec!["certificate".to_owned(), NOW.0.to_owned()];
        words.push(file.display().to_string());
        let issuers = owner.certificate.issuers.iter();
        words.extend(issuers.map(|issuer| issuer.display().to_string()));
        words
    };
    let questions = all
        .iter()
        .map(|owner| question(&owner.certificate.file, owner));
    let answers = panel.bouncy.judge(&questions.collect::<Vec<_>>());
    for (owner, answer) in all.iter().zip(&answers) {
        let case = Case::of(&owner.certificate.name);
        let octets = &owner.certificate.within;
        let serial: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        // Two shards, by the first 8 octets of the serial number's SM3.
        let shard = sm3::digest(octets)[7] % 2;
        let reads = case.reads.replace("{shard}", &shard.to_string());
        let wanted = format!("good serial={serial} {reads}");
        assert_eq!(*answer, wanted, "{}", case.profile);
    }
    let questions = all.iter().flat_map(|owner| {
        let twins = panel.twins(&owner.certificate);
        twins.map(|twin| question(&twin, owner))
    });
    let questions: Vec<_> = questions.collect();
    let answers = panel.bouncy.judge(&questions);
    for (question, answer) in questions.iter().zip(&answers) {
        assert!(
            answer.contains("the signature does not fit"),
            "{question:?}: {answer}"
        );
    }
    answers.len()
}

/// How long a hundred lints of one certificate take, for each.
pub(crate) fn time(panel: &Panel) {
    const COUNT: u32 = 100;
    let authorities = Authorities::new(&panel.desk);
    let case = Case::of("subscriber-signing");
    let owner = issue(&panel.desk, case, Some(&authorities.issuing));
    let theirs = panel.pkilint.time(COUNT as usize, &owner.certificate.file) / COUNT;
    let start = Instant::now();
    for _ in 0..COUNT {
        let report = lint::certificate(black_box(&owner.certificate.der));
        assert_eq!(black_box(&report).errors().count(), 0);
    }
    let ours = start.elapsed() / COUNT;
    println!(
        "profiles: one certificate linted in {theirs:.1?} by pkilint, in {ours:.1?} by our rules"
    );
}
