//! Revocation lists and OCSP answers.

use crate::{
    authority::{Authorities, Document, Owner, issue, now, serial, sign},
    judges::Panel,
    pkilint::{Findings, defects},
    table::Case,
};
use cert_profile::{
    CrlDraft, IssuingDistributionPoint, OnlyContains, Prepared, Reason, RevokedEntry,
    ocsp::{CertId, CertStatus, Nonce, OcspDraft, SingleResponse},
};
use der::{DateTime, referenced::OwnedToRef};
use hsm::KeyHandle;
use std::path::{Path, PathBuf};
use x509_cert::serial_number::SerialNumber;

/// A document with what BouncyCastle reads of it.
pub(crate) struct Expected {
    pub(crate) document: Document,
    signer: String,
    reads: String,
}

fn at(time: &str) -> DateTime {
    time.parse().expect("a time")
}

fn hexadecimal(serial: &SerialNumber) -> String {
    let octets = serial.as_bytes().iter();
    octets.map(|octet| format!("{octet:02x}")).collect()
}

/// A list by the issuing CA.
fn crl(
    panel: &Panel,
    issuing: &Owner,
    name: &str,
    prepare: impl FnOnce(CrlDraft<'_>) -> Prepared,
    reads: &str,
) -> Expected {
    let issuer = issuing.issuer();
    let draft = CrlDraft::new(&issuer, 0x1001, now(), at("2026-07-08T08:00:00Z"));
    let prepared = prepare(draft);
    let signature = sign(&issuing.key, prepared.tbs());
    let der = prepared.attach(&signature).expect("a list");
    let within = issuer.key_identifier();
    let document = Document::new(&panel.desk, name, der, within, &signature, issuing.chain());
    Expected {
        document,
        signer: issuing.certificate.file.display().to_string(),
        reads: format!("good issuer=key number=4097{reads}"),
    }
}

const REASONS: [Reason; 9] = [
    Reason::Unspecified,
    Reason::KeyCompromise,
    Reason::CaCompromise,
    Reason::AffiliationChanged,
    Reason::Superseded,
    Reason::CessationOfOperation,
    Reason::CertificateHold,
    Reason::PrivilegeWithdrawn,
    Reason::AaCompromise,
];

pub(crate) fn crls(panel: &Panel, issuing: &Owner) -> Vec<Expected> {
    let since = at("2026-06-30T16:00:00Z");
    let entry = |reason| RevokedEntry::new(serial(), since, reason);
    let entries = REASONS.map(entry);
    let reads: String = entries
        .iter()
        .map(|entry| {
            let code = entry.reason().map_or(8, Reason::code);
            let code = if code == 0 {
                "-".to_owned()
            } else {
                code.to_string()
            };
            format!(" {}={code}", hexadecimal(entry.serial()))
        })
        .collect();
    let one = entries[1].clone();
    let of_one = format!(" {}=1", hexadecimal(one.serial()));
    let back = RevokedEntry::removed(serial(), since);
    let held = entries[6].clone();
    let changes = format!(
        " {}=8 {}=6",
        hexadecimal(back.serial()),
        hexadecimal(held.serial())
    );
    let invalid = one.clone().invalid_since(at("2026-01-02T03:04:05Z"));
    let url = "http://crl.example.cn/3.crl";
    let shard = IssuingDistributionPoint::at([url]).expect("a URL");
    let users = IssuingDistributionPoint::of(OnlyContains::UserCerts);
    let none: [&RevokedEntry; 0] = [];

    vec![
        crl(
            panel,
            issuing,
            "full",
            |draft| draft.prepare(&entries).expect("a list"),
            &reads,
        ),
        crl(
            panel,
            issuing,
            "empty",
            |draft| draft.prepare(none).expect("a list"),
            "",
        ),
        crl(
            panel,
            issuing,
            "delta",
            |draft| {
                draft
                    .delta_to(0x1000)
                    .prepare([&back, &held])
                    .expect("a list")
            },
            &format!(" delta=!4096{changes}"),
        ),
        crl(
            panel,
            issuing,
            "delta-without-changes",
            |draft| draft.delta_to(0x1000).prepare(none).expect("a list"),
            " delta=!4096",
        ),
        crl(
            panel,
            issuing,
            "shard",
            |draft| {
                let shard = shard.clone().only(OnlyContains::UserCerts);
                draft
                    .distribution_point(shard)
                    .prepare([&one])
                    .expect("a list")
            },
            &format!(" point=!{url},users{of_one}"),
        ),
        crl(
            panel,
            issuing,
            "delta-of-a-shard",
            |draft| {
                let draft = draft.distribution_point(shard.clone()).delta_to(0x1000);
                draft.prepare([&one]).expect("a list")
            },
            &format!(" delta=!4096 point=!{url}{of_one}"),
        ),
        crl(
            panel,
            issuing,
            "users",
            |draft| {
                draft
                    .distribution_point(users)
                    .prepare([&one])
                    .expect("a list")
            },
            &format!(" point=!users{of_one}"),
        ),
        crl(
            panel,
            issuing,
            "with-freshest",
            |draft| {
                let draft = draft.freshest(["http://crl.example.cn/delta.crl"]);
                draft.expect("a URL").prepare([&one]).expect("a list")
            },
            &format!(" 2.5.29.46{of_one}"),
        ),
        crl(
            panel,
            issuing,
            "hold",
            |draft| draft.prepare([&held]).expect("a list"),
            &format!(" {}=6", hexadecimal(held.serial())),
        ),
        crl(
            panel,
            issuing,
            "invalidity-date",
            |draft| draft.prepare([&invalid]).expect("a list"),
            &format!("{of_one},20260102030405GMT+00:00"),
        ),
    ]
}

pub(crate) fn judge_crls(panel: &Panel) {
    let authorities = Authorities::new(&panel.desk);
    let all = crls(panel, &authorities.issuing);
    for expected in &all {
        let document = &expected.document;
        let words = "crl -inform DER -noout -text -in {}";
        let said = panel.desk.ask(words, &[&document.file]);
        assert!(
            said.agrees("X509v3 CRL Number"),
            "{}: {}",
            document.name,
            said.text
        );
        let entries = expected
            .reads
            .split(' ')
            .filter(|word| word.find('=') == Some(32));
        let read = said.text.matches("Serial Number: ").count();
        assert_eq!(read, entries.count(), "{}", said.text);
        openssl(panel, expected, Path::to_owned);
    }
    pkilint(panel, "crl", &all);
    let twins = bouncycastle(panel, "crl", &all);
    panel.sum_up("CRLs", all.len(), twins);
}

/// An answer by the CA itself, or by its responder, whose certificate then comes along.
fn answer(
    panel: &Panel,
    signer: &Owner,
    delegated: bool,
    name: &str,
    within: &SerialNumber,
    say: impl FnOnce(OcspDraft) -> OcspDraft,
    reads: &str,
) -> Expected {
    let spki = signer.spki();
    let draft = OcspDraft::new(spki.owned_to_ref(), signer.key.algorithm(), now());
    let mut draft = say(draft);
    if delegated {
        draft = draft.certificate(signer.certificate.der.clone());
    }
    let prepared = draft.prepare().expect("an answer");
    let signature = sign(&signer.key, prepared.tbs());
    let within = within.as_bytes();
    let der = prepared.attach(&signature).expect("an answer");
    let document = Document::new(&panel.desk, name, der, within, &signature, signer.chain());
    Expected {
        document,
        signer: signer.certificate.file.display().to_string(),
        reads: format!("good {reads}"),
    }
}

pub(crate) fn answers(panel: &Panel, issuing: &Owner, responder: &Owner) -> Vec<Expected> {
    let issuer = issuing.issuer();
    let key = issuing.spki();
    let about = |serial: &SerialNumber| {
        CertId::new(issuer.name(), key.owned_to_ref(), serial.clone()).expect("a name")
    };
    let by_sm3 = |serial: &SerialNumber| {
        CertId::with_sm3(issuer.name(), key.owned_to_ref(), serial.clone()).expect("a name")
    };
    let serials = [(); 4].map(|()| serial());
    let [good, revoked, held, unknown] = &serials;
    let text = serials.each_ref().map(hexadecimal);
    let until = at("2026-07-01T20:00:00Z");
    let say = |id: CertId, status: CertStatus| SingleResponse::new(id, status, now()).until(until);
    let since = |reason| CertStatus::Revoked {
        at: at("2026-06-30T16:00:00Z"),
        reason,
    };
    let nonce = Nonce::new([7; 32]).expect("32 octets");

    vec![
        answer(
            panel,
            issuing,
            false,
            "good",
            good,
            |draft| draft.response(say(about(good), CertStatus::Good)),
            &format!("by=key certificates=0 {}=good", text[0]),
        ),
        answer(
            panel,
            issuing,
            false,
            "without-next",
            good,
            |draft| draft.response(SingleResponse::new(about(good), CertStatus::Good, now())),
            &format!("by=key certificates=0 {}=good", text[0]),
        ),
        answer(
            panel,
            issuing,
            false,
            "by-sm3",
            good,
            |draft| draft.response(say(by_sm3(good), CertStatus::Good)),
            &format!("by=key certificates=0 {}=good", text[0]),
        ),
        answer(
            panel,
            issuing,
            false,
            "revoked",
            revoked,
            |draft| draft.response(say(about(revoked), since(Some(Reason::KeyCompromise)))),
            &format!("by=key certificates=0 {}=revoked,1", text[1]),
        ),
        answer(
            panel,
            issuing,
            false,
            "revoked-without-reason",
            revoked,
            |draft| draft.response(say(about(revoked), since(None))),
            &format!("by=key certificates=0 {}=revoked", text[1]),
        ),
        answer(
            panel,
            issuing,
            false,
            "nonce",
            unknown,
            |draft| {
                let draft = draft.nonce(Some(nonce.clone()));
                draft.response(say(about(unknown), CertStatus::Unknown))
            },
            &format!(
                "by=key certificates=0 nonce={} {}=unknown",
                "07".repeat(32),
                text[3]
            ),
        ),
        answer(
            panel,
            issuing,
            false,
            "never-issued",
            unknown,
            |draft| draft.response(say(about(unknown), CertStatus::NEVER_ISSUED)),
            &format!(
                "by=key certificates=0 extended-revoke {}=revoked,6",
                text[3]
            ),
        ),
        answer(
            panel,
            issuing,
            false,
            "by-name",
            good,
            |draft| {
                let draft = draft.by_name(issuer.name().clone());
                draft.response(say(about(good), CertStatus::Good))
            },
            &format!("by=name certificates=0 {}=good", text[0]),
        ),
        answer(
            panel,
            issuing,
            false,
            "archive-cutoff",
            revoked,
            |draft| {
                let response = say(about(revoked), since(Some(Reason::CaCompromise)));
                draft.response(response.archived_since(at("2020-01-02T03:04:05Z")))
            },
            &format!(
                "by=key certificates=0 {}=revoked,2,cutoff20200102030405GMT+00:00",
                text[1]
            ),
        ),
        answer(
            panel,
            responder,
            true,
            "delegated-by-name",
            good,
            |draft| {
                let subject = Case::of("ocsp-responder").subject.parse().expect("a name");
                draft
                    .by_name(subject)
                    .nonce(Some(nonce.clone()))
                    .response(say(by_sm3(good), CertStatus::Good))
                    .response(say(by_sm3(revoked), since(Some(Reason::KeyCompromise))))
            },
            &format!(
                "by=name certificates=1 nonce={} {}=good {}=revoked,1",
                "07".repeat(32),
                text[0],
                text[1]
            ),
        ),
        answer(
            panel,
            responder,
            true,
            "several",
            held,
            |draft| {
                draft
                    .response(say(about(good), CertStatus::Good))
                    .response(say(about(revoked), since(Some(Reason::Superseded))))
                    .response(say(about(held), since(Some(Reason::CertificateHold))))
                    .response(say(about(unknown), CertStatus::Unknown))
            },
            &format!(
                "by=key certificates=1 {}=good {}=revoked,4 {}=revoked,6 {}=unknown",
                text[0], text[1], text[2], text[3]
            ),
        ),
    ]
}

pub(crate) fn judge_answers(panel: &Panel) {
    let authorities = Authorities::new(&panel.desk);
    let issuing = &authorities.issuing;
    let responder = issue(&panel.desk, Case::of("ocsp-responder"), Some(issuing));
    let all = answers(panel, issuing, &responder);
    for expected in &all {
        let document = &expected.document;
        let words = "ocsp -resp_text -noverify -respin {}";
        let said = panel.desk.ask(words, &[&document.file]);
        let name = &document.name;
        assert!(
            said.agrees("Response Status: successful"),
            "{name}: {}",
            said.text
        );
        for (status, word) in [
            ("good", "good"),
            ("revoked", "revoked"),
            ("unknown", "unknown"),
        ] {
            let wanted = expected.reads.matches(&format!("={word}")).count();
            let found = said.text.matches(&format!("Cert Status: {status}")).count();
            assert_eq!(found, wanted, "{name}: {}", said.text);
        }
        openssl(panel, expected, |file| panel.basic(file));
    }
    pkilint(panel, "ocsp", &all);
    let twins = bouncycastle(panel, "ocsp", &all);
    panel.sum_up("OCSP answers", all.len(), twins);
}

/// OpenSSL over the part of a file that is signed, and over its twins.
fn openssl(panel: &Panel, expected: &Expected, part: impl Fn(&Path) -> PathBuf) {
    let (document, signer) = (&expected.document, Path::new(&expected.signer));
    let said = panel.openssl_verifies_parts(&part(&document.file), signer);
    assert!(
        said.agrees("Signature Verified"),
        "{}: {}",
        document.name,
        said.text
    );
    for twin in panel.twins(document) {
        let said = panel.openssl_verifies_parts(&part(&twin), signer);
        said.refused("Signature Verification Failure");
    }
}

fn pkilint(panel: &Panel, kind: &str, all: &[Expected]) {
    let documents = all.iter().map(|expected| (kind, &*expected.document.file));
    let answers = panel.pkilint.lint(&documents.collect::<Vec<_>>());
    let mut told = Findings::default();
    for (expected, findings) in all.iter().zip(&answers) {
        let name = &expected.document.name;
        let defects = defects(findings, &[]);
        assert!(defects.is_empty(), "{name}: {defects:?}");
        told.add(name, findings);
    }
    told.tell();
}

/// How many twins were refused.
fn bouncycastle(panel: &Panel, kind: &str, all: &[Expected]) -> usize {
    let question = |file: &Path, expected: &Expected| {
        let file = file.display().to_string();
        vec![kind.to_owned(), file, expected.signer.clone()]
    };
    let questions = all.iter().map(|one| question(&one.document.file, one));
    let answers = panel.bouncy.judge(&questions.collect::<Vec<_>>());
    for (expected, answer) in all.iter().zip(&answers) {
        assert_eq!(*answer, expected.reads, "{}", expected.document.name);
    }
    let questions = all.iter().flat_map(|expected| {
        let twins = panel.twins(&expected.document);
        twins.map(|twin| question(&twin, expected))
    });
    let questions: Vec<_> = questions.collect();
    let answers = panel.bouncy.judge(&questions);
    for (question, answer) in questions.iter().zip(&answers) {
        let reason = "the signature does not fit";
        assert!(answer.contains(reason), "{question:?}: {answer}");
    }
    answers.len()
}
