//! Each rule is kept once and broken once, by documents that the tests make.

mod certificates;
mod documents;
mod gm;
mod hostile;
mod statuses;

use super::*;
use documents::{Answer, Asked, Cert, List};
use std::{collections::BTreeSet, env, fs};

/// A rule, a document that keeps it, and its twin that breaks it.
struct Case {
    rule: &'static str,
    keeps: Given,
    breaks: Given,
    /// Rules that the twin breaks beside.
    also: Vec<&'static str>,
}

/// What is linted.
#[derive(Clone)]
enum Given {
    Cert(Box<Cert>),
    List(Box<List>),
    Answer(Box<Answer>),
    Asked(Box<Asked>),
    Pair(Box<[Cert; 2]>),
    Octets(Document, Vec<u8>),
}

impl Given {
    fn findings(&self, rule: &str) -> BTreeSet<&'static str> {
        let scheme = match rule.starts_with("gdhk.") {
            true => Scheme::Gdhk,
            false => Scheme::Gm,
        };
        let report = match self {
            Self::Cert(cert) => certificate_under(scheme, &cert.der()),
            Self::List(list) => crl(&list.der()),
            Self::Answer(answer) => ocsp_response(&answer.der()),
            Self::Asked(asked) => request(&asked.der()),
            Self::Pair(both) => pair(&both[0].der(), &both[1].der()),
            Self::Octets(Document::Certificate, der) => certificate(der),
            Self::Octets(Document::Crl, der) => crl(der),
            Self::Octets(Document::OcspResponse, der) => ocsp_response(der),
            Self::Octets(Document::Request, der) => request(der),
            Self::Octets(Document::Pair, der) => pair(der, &Cert::encryption().der()),
        };
        report
            .findings()
            .iter()
            .map(|finding| finding.lint().id())
            .collect()
    }
}

macro_rules! givens {
    ($($type:ident,)+) => {
        $(impl From<$type> for Given {
            fn from(value: $type) -> Self {
                Self::$type(Box::new(value))
            }
        })+
    };
}
givens!(Cert, List, Answer, Asked,);

impl From<[Cert; 2]> for Given {
    fn from(both: [Cert; 2]) -> Self {
        Self::Pair(Box::new(both))
    }
}

fn case(rule: &'static str, keeps: impl Into<Given>, breaks: impl Into<Given>) -> Case {
    Case {
        rule,
        keeps: keeps.into(),
        breaks: breaks.into(),
        also: Vec::new(),
    }
}

impl Case {
    fn also(mut self, rules: &[&'static str]) -> Self {
        self.also.extend(rules);
        self
    }
}

fn cases() -> Vec<Case> {
    let mut cases = certificates::cases();
    cases.extend(gm::cases());
    cases.extend(statuses::cases());
    cases
}

#[test]
fn each_rule_is_kept_and_broken_by_documents_that_differ_in_it_alone() {
    let mut wrong = Vec::new();
    for case in cases() {
        let rule = case.rule;
        let (keeps, breaks) = (case.keeps.findings(rule), case.breaks.findings(rule));
        if keeps.contains(rule) {
            wrong.push(format!("{rule}: kept by {keeps:?}"));
        }
        let mut expected: BTreeSet<_> = case.also.iter().copied().collect();
        expected.insert(rule);
        let found: BTreeSet<_> = breaks.difference(&keeps).copied().collect();
        if found != expected {
            wrong.push(format!("{rule}: found {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_its_two_documents() {
    let tried: BTreeSet<_> = cases().iter().map(|case| case.rule).collect();
    let known: BTreeSet<_> = rules().map(Lint::id).collect();
    let missing: Vec<_> = known.difference(&tried).collect();
    let unknown: Vec<_> = tried.difference(&known).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "{missing:?} {unknown:?}"
    );
}

#[test]
fn good_documents_break_no_rule() {
    let good: [Given; 9] = [
        Cert::subscriber().into(),
        Cert::encryption().into(),
        Cert::ca().into(),
        List::new().into(),
        List::delta().into(),
        Answer::new().into(),
        Asked::new().into(),
        [Cert::subscriber(), Cert::encryption()].into(),
        Cert::responder().into(),
    ];
    for given in good {
        assert_eq!(given.findings(""), BTreeSet::new());
    }
}

#[test]
fn a_rule_has_an_id_of_a_known_family_a_clause_and_a_statement() {
    const FAMILIES: [&str; 14] = [
        "cabf", "gb20518", "gdhk", "gmt0015", "pair", "rfc2985", "rfc2986", "rfc3161", "rfc3279",
        "rfc5280", "rfc6960", "rfc8813", "rfc9525", "rfc9654",
    ];
    let mut ids = BTreeSet::new();
    let mut statements = BTreeSet::new();
    for lint in rules() {
        let (family, words) = lint.id().split_once('.').unwrap();
        assert!(FAMILIES.contains(&family), "{}", lint.id());
        assert!(
            !words.is_empty() && !lint.source().is_empty(),
            "{}",
            lint.id()
        );
        assert!(ids.insert(lint.id()), "{}", lint.id());
        // One sentence for one document is one rule.
        let key = (lint.document(), lint.statement());
        assert!(statements.insert(key), "{}", lint.id());
    }
    let gm = |id: &&&str| {
        let families = ["gmt0015.", "gb20518.", "gdhk.", "pair."];
        families.iter().any(|family| id.starts_with(family))
    };
    assert!(ids.len() >= 80, "{}", ids.len());
    assert!(ids.iter().filter(gm).count() >= 30);
}

#[test]
fn the_catalogue_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lints.md");
    let made = catalogue();
    if env::var_os("GM_PKI_WRITE_GOLDEN").is_some() {
        fs::write(path, &made).unwrap();
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        written, made,
        "docs/lints.md is old: GM_PKI_WRITE_GOLDEN=1 writes it"
    );
}
