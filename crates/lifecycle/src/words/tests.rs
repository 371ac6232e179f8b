use super::*;
use crate::{
    FieldFault, Ground, NotQualified, UploadFault,
    case::paper::{InternalChecklist, Verdict},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The names of a structure's fields.
fn fields(of: &impl serde::Serialize) -> BTreeSet<String> {
    let value = serde_json::to_value(of).unwrap();
    value.as_object().unwrap().keys().cloned().collect()
}

const LANGUAGES: [Language; 2] = [Language::En, Language::Zh];

/// Groups of words that follow from a type or a function of this module, with their keys.
fn expected() -> BTreeMap<&'static str, BTreeSet<String>> {
    fn keys(words: &[&'static str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }
    fn codes<T: Coded>() -> (&'static str, BTreeSet<String>) {
        let codes: Vec<_> = T::SHAPES.iter().map(|(code, _)| *code).collect();
        (T::GROUP, keys(&codes))
    }
    let mut groups: BTreeMap<_, _> = lists()
        .into_iter()
        .map(|(_, group, words)| (group, keys(&words)))
        .collect();
    groups.extend([
        codes::<Ground>(),
        codes::<Refusal>(),
        codes::<NotQualified>(),
        codes::<FieldFault>(),
        codes::<UploadFault>(),
    ]);
    groups.insert(
        "outcome",
        keys(&["pending", "passed", "failed", "waived", "expired"]),
    );
    groups.insert(
        "payment",
        keys(&[
            "none",
            "slip-uploaded",
            "funds-confirmed",
            "paid",
            "deposit-sent",
            "deposit-settled",
            "deposit-failed",
            "account-reentered",
            "code-verified",
            "locked",
        ]),
    );
    let verdict = Verdict {
        documents: true,
        identity: true,
        genuineness: true,
    };
    groups.insert("verdict", fields(&verdict));
    let checklist = InternalChecklist {
        eligible: true,
        form: true,
        documents: true,
    };
    groups.insert("internal-checklist", fields(&checklist));
    let key = ["reported", "cleared", "blocked", "swept"];
    groups.insert("key-event", keys(&key));
    groups.insert("phrase", phrases());
    groups
}

/// A language's messages as they are kept: name and text, placeholders and all.
fn kept(language: Language) -> BTreeMap<&'static str, String> {
    let mut messages = BTreeMap::new();
    let mut last: Option<&mut String> = None;
    for line in messages::text(language).lines() {
        if line.starts_with('#') || line.is_empty() {
            last = None;
        } else if line.starts_with(' ') {
            let text = last.as_mut().expect("a line that goes on from a message");
            text.push_str(line);
        } else {
            let (name, text) = line.split_once(" =").unwrap();
            assert!(!messages.contains_key(name), "{language}: {name} twice");
            last = Some(messages.entry(name).or_insert(text.trim().to_owned()));
        }
    }
    messages
}

/// The facts that a message's text asks for.
fn asked(text: &str) -> BTreeSet<&str> {
    let parts = text.split('$').skip(1);
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    parts
        .map(|part| &part[..part.find(|c| !is_of_name(c)).unwrap()])
        .collect()
}

/// Every message there is to be, with the facts that it is given.
fn shapes() -> BTreeMap<String, BTreeSet<&'static str>> {
    fn coded<T: Coded>(shapes: &mut BTreeMap<String, BTreeSet<&'static str>>) {
        for (code, facts) in T::SHAPES {
            let facts = facts.iter().copied().collect();
            shapes.insert(messages::id(T::GROUP, code), facts);
        }
    }
    let mut shapes = BTreeMap::from([(LIST_SEPARATOR.to_owned(), BTreeSet::new())]);
    for (group, words) in expected() {
        for word in words {
            let id = match group {
                "phrase" => messages::phrase_id(&word),
                _ => messages::id(group, &word),
            };
            let other = shapes.insert(id, BTreeSet::new());
            assert_eq!(other, None, "[{group}] {word}: one message for two words");
        }
    }
    for (message, facts) in [
        ("package-title", &["history"][..]),
        ("package-actor", &["person", "seat"]),
        ("package-enclosed", &["kind", "reference", "digest"]),
        ("package-elsewhere", &["kind", "reference", "digest"]),
    ] {
        shapes.insert(message.to_owned(), facts.iter().copied().collect());
    }
    coded::<Ground>(&mut shapes);
    coded::<Refusal>(&mut shapes);
    coded::<NotQualified>(&mut shapes);
    coded::<FieldFault>(&mut shapes);
    coded::<UploadFault>(&mut shapes);
    shapes
}

#[test]
fn every_word_has_both_languages_and_none_is_left_over() {
    let expected: BTreeSet<_> = shapes().into_keys().collect();
    for language in LANGUAGES {
        let found: BTreeSet<_> = kept(language).into_keys().map(str::to_owned).collect();
        let missing: Vec<_> = expected.difference(&found).collect();
        let unused: Vec<_> = found.difference(&expected).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
        assert!(unused.is_empty(), "{language}: nobody uses {unused:?}");
    }
}

#[test]
fn both_languages_ask_for_the_same_facts_and_the_code_has_them() {
    for language in LANGUAGES {
        let kept = kept(language);
        for (id, facts) in shapes() {
            assert_eq!(asked(&kept[&*id]), facts, "{language} {id}");
        }
    }
}

#[test]
fn every_message_is_one_line_of_text_once_its_facts_are_in() {
    let shapes = shapes();
    for language in LANGUAGES {
        for (id, names) in &shapes {
            let facts = names.iter().map(|fact| (*fact, format!("<{fact}>").into()));
            let text = messages::filled(language, id, facts).unwrap();
            assert!(!text.trim().is_empty() && !text.contains('\n'), "{id}");
            assert!(!text.contains(['{', '}', '$', '\u{2068}']), "{id}: {text}");
            for name in names {
                assert!(text.contains(&format!("<{name}>")), "{id}: {text}");
            }
            if id != LIST_SEPARATOR && names.is_empty() {
                assert_eq!(messages::plain(language, id), Some(&*text));
            }
        }
    }
}

#[test]
fn the_chinese_words_are_chinese() {
    // Where the scheme itself writes Latin letters, and what is made of marks alone.
    let latin = ["JPEG", "BMP", "GIF", "PDF", "USB-Key"];
    let marks = [LIST_SEPARATOR, "refusal-ruled", "package-actor"];
    for (id, text) in kept(Language::Zh) {
        let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let may = latin.contains(&&*text) || marks.contains(&id);
        assert!(chinese || may, "{id}: {text}");
    }
    for (id, text) in kept(Language::En) {
        assert!(text.is_ascii(), "{id}: {text}");
    }
}

#[test]
fn every_closed_list_of_the_crate_has_words() {
    // By their names alone, of which some are several lists'.
    let last = |path: &str| path.rsplit("::").next().unwrap_or("").trim().to_owned();
    let mut known: Vec<_> = lists().into_iter().map(|(path, ..)| last(path)).collect();
    let mut found = Vec::new();
    for (_, text) in sources() {
        for part in text.split("terms! {").skip(1) {
            // To the end of the macro's call: a closing brace at the beginning of a line.
            let body = part.split("\n}").next().unwrap_or(part);
            for line in body.lines() {
                let name = line.strip_prefix("    ").and_then(|l| l.strip_suffix(" {"));
                let is_name = |name: &&str| name.chars().all(char::is_alphanumeric);
                found.extend(name.filter(is_name).map(str::to_owned));
            }
        }
    }
    assert!(found.len() >= 20, "{found:?}");
    known.sort();
    found.sort();
    assert_eq!(known, found);
}

#[test]
fn a_refusal_is_told_with_its_facts_and_requirements() {
    let zhang = crate::PersonId::new("zhang.san").unwrap();
    let refused = Refusal::Ruled {
        ground: Box::new(Ground::NotQualified {
            person: zhang,
            seat: Seat::Witness,
            why: NotQualified::Employment(Employment::Dispatched),
        }),
        requirements: vec![
            "S0-16".to_owned().try_into().unwrap(),
            "S0-15".to_owned().try_into().unwrap(),
        ],
    };
    assert_eq!(
        refusal(Language::Zh, &refused),
        "zhang.san不具备“见证人员”资格：劳务派遣人员不得担任（S0-16、S0-15）"
    );
    assert_eq!(
        refusal(Language::En, &refused),
        "zhang.san is not qualified as witness: barred as dispatched staff (S0-16, S0-15)"
    );
    let evidence = Ground::EvidenceMissing {
        check: Check::Witness,
        needed: vec![EvidenceKind::WitnessVideo, EvidenceKind::WitnessAudio],
    };
    assert_eq!(
        reason(Language::Zh, &evidence),
        "“见证”须有下列证据之一：见证录像、见证录音"
    );
    assert_eq!(
        evidence.facts(),
        [
            ("check", "witness".to_owned()),
            ("needed", "witness-video witness-audio".to_owned())
        ]
    );
    let elsewhere = Ground::NotOffered {
        kind: Kind::Apply,
        mode: Mode::Witness,
        reason: crate::rules::Text {
            en: "all come to the counter".to_owned(),
            zh: "仅在柜台办理".to_owned(),
        },
    };
    assert_eq!(
        reason(Language::Zh, &elsewhere),
        "不提供以“见证”方式办理“申请”：仅在柜台办理"
    );
    assert!(reason(Language::En, &elsewhere).ends_with("all come to the counter"));
    let window = Ground::OutsideWindow {
        opens: "2026-10-31T16:00:00Z".parse().unwrap(),
        closes: "2026-12-01T03:04:05Z".parse().unwrap(),
    };
    assert_eq!(
        reason(Language::En, &window),
        "renewals are taken from 2026-11-01 00:00:00 +08:00 to 2026-12-01 11:04:05 +08:00"
    );
    let nowhere = Ground::NotListed {
        phase: None,
        step: Step::Approved,
    };
    assert_eq!(
        reason(Language::Zh, &nowhere),
        "案件状态为“不存在”，不能进行“审批通过”"
    );
}

#[test]
fn a_reason_of_revocation_has_the_word_that_records_have() {
    for reason in RevocationReason::ALL.iter().copied() {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.word());
        assert_ne!(name(Language::Zh, reason), reason.word());
    }
}

#[test]
fn what_a_fact_says_is_not_taken_for_a_placeholder() {
    let ground = Ground::UnknownName {
        what: "attribute",
        name: "{ $what } {name} {".to_owned(),
    };
    assert_eq!(
        reason(Language::En, &ground),
        "the rules know no attribute \"{ $what } {name} {\""
    );
}

#[test]
fn a_number_is_written_with_its_digits_alone() {
    for (size, limit) in [(1, 2026), (10_485_761, u64::from(u32::MAX)), (5, u64::MAX)] {
        let fault = UploadFault::Size { size, limit };
        assert_eq!(
            reason(Language::Zh, &fault),
            format!("文件大小为{size}字节，不得超过{limit}字节")
        );
    }
}

#[test]
fn the_scheme_s_own_words_stand_in_chinese() {
    let words: Vec<_> = Kind::ALL
        .iter()
        .map(|kind| name(Language::Zh, *kind))
        .collect();
    assert_eq!(words, ["申请", "更新", "冻结", "解冻", "补办", "作废"]);
    let words: Vec<_> = Mode::ALL
        .iter()
        .map(|mode| name(Language::Zh, *mode))
        .collect();
    assert_eq!(words, ["临柜", "见证", "其它"]);
    let words: Vec<_> = Model::ALL
        .iter()
        .map(|one| name(Language::Zh, *one))
        .collect();
    assert_eq!(words, ["集中办理", "自主办理"]);
    assert_eq!(Language::parse("zh"), Some(Language::Zh));
    assert_eq!(Language::parse("fr"), None);
}

/// The crate's sources by path, tests and this module left out.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text
                    .split("#[cfg(test)]\nmod tests {")
                    .next()
                    .unwrap()
                    .to_owned();
                files.push((path, text));
            }
        }
    }
    let mut files = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let is_test = |path: &Path| {
        path.components()
            .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
    };
    files.retain(|(path, _)| !is_test(path));
    files
}

/// Phrases that the decisions use: literals in the places of facts, names of states and
/// events, verbs.
fn phrases() -> BTreeSet<String> {
    const PLACES: [&str; 6] = ["what", "verb", "status", "state", "point", "why"];
    /// Outside of decisions; their texts are errors for whoever runs the program.
    const OTHERS: [&str; 10] = [
        "fail_point.rs",
        "sqlite.rs",
        "file.rs",
        "memory.rs",
        "ports.rs",
        "id.rs",
        "error.rs",
        "engine.rs",
        "checkpoint.rs",
        "terms.rs",
    ];
    let literal = |text: &str| {
        let text = text.trim_start().strip_prefix('"')?;
        Some(text.split_once('"')?.0.to_owned())
    };
    /// Those that come through a function's argument; each stands somewhere as it is.
    const ARGUMENTS: &[&str] = &[
        "not there",
        "the notice to the parties",
        "the report to the authority",
        "the name of the CA that takes over",
        "the end of a service",
        "a check that failed",
        "a refusal",
        "a deposit that failed",
        "an objection",
        "an erasure",
        "a rejection",
        "the applicant's eligibility",
        "the form",
        "the documents",
        "documents",
        "identity",
        "genuineness",
        "second to another",
        "not in the inventory",
        "an approver with his authority",
        "an agent",
        "the list of applicants",
        "the conditions for applying",
        "dismissing an approver",
        "taking an authority back",
        "suspending a mode",
        "unknown",
        "taken on, with a filing that waits",
        "a sanction",
        "a removal",
        "the token's batch, 1 to 64 characters,",
        "the token's model, 1 to 64 characters,",
        "the token's label, 1 to 64 characters,",
        "putting a token aside",
        "retiring a token",
        "consent",
        "agreement",
        "document",
        "a device's model, serial number, certificate or authority",
        "the name of whoever signed the agreement",
        "the number of the earlier filing",
        "the number on the receipt",
        "where a document lies",
        "it names another organisation than the agency",
        "it does not say where the key was made",
        "it was made in a test environment",
        "it was made in software",
        "no proof of its device's qualification is filed",
        "the signature on the agreement",
        "the seal on the agreement",
        "the seal across the agreement's pages",
        "a question or an answer",
        "a deficiency",
        "the answer to a deficiency",
        "an inspection",
        "why a proof is not taken",
        "the name of an office",
        "an applicant's name",
        "the number of a licence",
        "a point to be put right",
        "the name of a professional body",
        "a recusal",
        "the number of a decision",
        "the signature of a decision",
        "the name of a list",
        "an answer",
        "auditor",
        "authority",
        "jurisdiction",
        "policy",
        "the CA's name",
        "the class",
        "a certificate that is an anchor",
        "a certificate that issues",
        "a certificate that signs status",
        "the entry",
        "the identifier of the policy",
        "the CA's certificates",
        "the standing",
        "the decision's number",
        "the cause",
        "the time from which it holds",
        "the time of the event",
        "a breach",
        "the number of the licence",
        "the hardware of a key",
        "the approval of a key's hardware",
    ];
    let everything: String = sources().into_iter().map(|(_, text)| text).collect();
    for argument in ARGUMENTS {
        let literal = format!("\"{argument}\"");
        assert!(everything.contains(&literal), "nobody says {literal}");
    }
    let mut found: BTreeSet<String> = ARGUMENTS.iter().map(|one| (*one).to_owned()).collect();
    for (path, text) in sources() {
        if OTHERS.iter().any(|other| path.ends_with(other))
            || ["src/audit", "src/postgres"]
                .iter()
                .any(|folder| path.to_string_lossy().contains(folder))
        {
            continue;
        }
        for place in PLACES {
            for before in [format!("{place}: "), format!("let {place} = ")] {
                let after = text.split(&before).skip(1);
                found.extend(after.filter_map(literal));
            }
        }
        found.extend(text.split("missing(").skip(1).filter_map(literal));
        for function in ["fn verb(", "fn name(", "fn status("] {
            for body in text.split(function).skip(1) {
                let body = body.split("\n    }\n").next().unwrap_or("");
                found.extend(body.split("=>").skip(1).filter_map(literal));
            }
        }
    }
    found
}
