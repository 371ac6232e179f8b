//! Logs of somebody who knows how the chain is made, and whose key is not the
//! issuer's.

use base64ct::{Base64, Encoding};
use gm_crypto::sm3;
use hsm::{KeyHandle, SoftKey};
use lifecycle::{
    CaseNumber, Intent, Seat, SignedCheckpoint, SqliteStore, StreamId,
    audit::{
        Fault,
        package::{self, Believed, Export, Finding, Package, PackageFault},
    },
};
use serde_json::{Value, json};
use std::collections::HashSet;

use super::{Copy, event, of, place, seq};
use crate::{package::signed_note, script::actor};

/// A forged log, chained as the engine does it.
fn forged(change: impl FnOnce(&mut Vec<Value>)) -> Fault {
    let copy = Copy::new();
    let mut entries = copy.entries();
    change(&mut entries);
    copy.write_chained(entries);
    copy.verify().unwrap_err()
}

#[test]
fn a_second_person_who_is_the_first_is_found_under_a_new_chain() {
    let cases = [
        ("case/", "registered", "zhang.san"),
        ("case/", "approved", "li.si"),
        ("case/", "approved", "zhang.san"),
        ("case/", "personalised", "li.si"),
        ("case/", "dispatched", "zhang.san"),
        ("authority/", "approved", "zhao.yi"),
        ("certificate/", "revoked", "li.si"),
    ];
    for (stream, name, person) in cases {
        let mut expected = 0;
        let fault = forged(|entries| {
            let place = place(entries, 0, of(stream, name));
            entries[place]["actor"]["person"] = json!(person);
            expected = seq(place);
        });
        assert!(
            matches!(&fault, Fault::SamePerson { seq, person: found }
                if *seq == expected && found.as_str() == person),
            "{name} by {person}: {fault:?}"
        );
    }
}

/// Nobody else could say whether the index has what it fixes.
#[test]
fn an_intent_that_is_no_certificate_is_found_under_a_new_chain() {
    let mut expected = 0;
    let fault = forged(|entries| {
        let place = place(entries, 0, of("authority/", "issuance-intended"));
        entries[place]["event"]["authority"]["issuance-intended"]["tbs"] = json!("MAA=");
        expected = seq(place);
    });
    assert!(
        matches!(&fault, Fault::Unreadable { seq, .. } if *seq == expected),
        "{fault:?}"
    );
}

#[test]
fn an_event_that_was_left_out_is_found_under_a_new_chain() {
    let copy = Copy::new();
    let entries = copy.entries();
    let mut unseen = Vec::new();
    for place in 0..entries.len() {
        let mut rest = entries.clone();
        let removed = rest.remove(place);
        copy.write_chained(rest);
        if copy.verify().is_ok() {
            unseen.push(format!("{}: {}", removed["stream"], event(&removed)));
        }
    }
    // A log without it is one that could have been: a CRL went out with it.
    assert_eq!(unseen, ["\"authority/issuing-ca\": published-through"]);
}

#[test]
fn an_event_that_comes_twice_is_found_under_a_new_chain() {
    let copy = Copy::new();
    let entries = copy.entries();
    let mut unseen = Vec::new();
    for place in 0..entries.len() {
        let mut more = entries.clone();
        more.insert(place, more[place].clone());
        copy.write_chained(more);
        if copy.verify().is_ok() {
            unseen.push(format!(
                "{}: {}",
                entries[place]["stream"],
                event(&entries[place])
            ));
        }
    }
    // The same key may be shown twice: such a log is one that could have been.
    let keys = ["zhang.san", "li.ming"].map(|case| format!("\"case/{case}\": key-proved"));
    assert_eq!(unseen, keys);
}

#[test]
fn a_signature_without_its_intent_is_found_and_named() {
    let cases = [
        ("case/", "issuance-intended", "certificate-issued"),
        ("authority/", "issuance-intended", "established"),
    ];
    for (stream, intended, made) in cases {
        let mut expected = 0;
        let fault = forged(|entries| {
            let intent = place(entries, 0, of(stream, intended));
            let name = entries[intent]["stream"].clone();
            entries.remove(intent);
            // The first result in that history.
            let result = place(entries, 0, |entry| {
                entry["stream"] == name && event(entry) == made
            });
            expected = seq(result);
        });
        assert!(
            matches!(&fault, Fault::NotIntended { seq, .. } if *seq == expected),
            "{made}: {expected} {fault:?}"
        );
    }
}

/// Where a record keeps the signed octets, by event.
fn signed(entry: &mut Value) -> Option<(&'static str, &mut Value)> {
    let name = event(entry);
    let stream = entry["stream"].as_str().unwrap().to_owned();
    let kind = stream.split('/').next().unwrap();
    let (name, field) = match (kind, name.as_str()) {
        ("authority", "established") => ("established", "certificate"),
        ("authority", "crl-issued") => ("crl-issued", "crl"),
        _ => return None,
    };
    Some((name, &mut entry["event"][kind][name][field]))
}

fn change_octet(text: &mut Value, place: impl FnOnce(usize) -> usize) {
    let mut octets = Base64::decode_vec(text.as_str().unwrap()).unwrap();
    let place = place(octets.len());
    octets[place] ^= 1;
    *text = json!(Base64::encode_string(&octets));
}

#[test]
fn changed_content_of_what_was_signed_is_found_under_a_new_chain() {
    let places = (0..Copy::new().records().len()).filter(|place| {
        let mut entries = Copy::new().entries();
        signed(&mut entries[*place]).is_some()
    });
    let places: Vec<_> = places.collect();
    assert_eq!(places.len(), 3 + 1);
    for place in places {
        // The subject or a date in the middle; the end is the signature's.
        let fault = forged(|entries| {
            let (_, octets) = signed(&mut entries[place]).unwrap();
            change_octet(octets, |length| length / 3);
        });
        assert!(
            matches!(&fault, Fault::NotIntended { seq: found, .. } if *found == seq(place)),
            "{fault:?}"
        );
        let fault = forged(|entries| {
            let (_, octets) = signed(&mut entries[place]).unwrap();
            change_octet(octets, |length| length - 1);
        });
        assert!(
            matches!(&fault, Fault::BadSignature { seq: found, .. } if *found == seq(place)),
            "{fault:?}"
        );
    }
}

/// A case's certificate is its intent with the signature: another signature is none of it, be it
/// one of other octets.
#[test]
fn a_changed_signature_of_a_case_is_found_under_a_new_chain() {
    let count = Copy::new()
        .entries()
        .iter()
        .filter(|entry| of("case/", "certificate-issued")(entry))
        .count();
    assert_eq!(count, 4);
    for which in 0..count {
        for at in [0, 8, 70] {
            let mut expected = 0;
            let fault = forged(|entries| {
                let place = place(entries, which, of("case/", "certificate-issued"));
                expected = seq(place);
                let issued = &mut entries[place]["event"]["case"]["certificate-issued"];
                change_octet(&mut issued["signature"], |length| at.min(length - 1));
            });
            assert!(
                matches!(&fault, Fault::BadSignature { seq, .. } if *seq == expected),
                "{fault:?}"
            );
        }
    }
    let fault = forged(|entries| {
        let (one, other) = (0, 1);
        let of =
            |entries: &[Value], which| place(entries, which, of("case/", "certificate-issued"));
        let (one, other) = (of(entries, one), of(entries, other));
        let signature = |place: usize| {
            ["event", "case", "certificate-issued", "signature"]
                .iter()
                .fold(&entries[place], |value, name| &value[name])
                .clone()
        };
        let taken = signature(other);
        entries[one]["event"]["case"]["certificate-issued"]["signature"] = taken;
    });
    assert!(matches!(fault, Fault::BadSignature { .. }), "{fault:?}");
}

#[test]
fn changed_content_of_an_intent_needs_the_issuers_key() {
    let fault = forged(|entries| {
        let place = place(entries, 0, of("case/", "certificate-issued"));
        let serial = entries[place]["event"]["case"]["certificate-issued"]["serial"].clone();
        let intent = entries
            .iter_mut()
            .find_map(|entry| {
                let found = entry.pointer_mut("/event/case/issuance-intended/intent")?;
                (found["serial"] == serial).then_some(found)
            })
            .unwrap();
        let mut tbs = Base64::decode_vec(intent["tbs"].as_str().unwrap()).unwrap();
        // Issuer and subject have one; the first is the same in both.
        let at = tbs.windows(7).position(|part| part == b"Example").unwrap();
        tbs[at] = b'X';
        intent["tbs"] = json!(Base64::encode_string(&tbs));
    });
    assert!(matches!(fault, Fault::BadSignature { .. }), "{fault:?}");
}

#[test]
fn a_booking_under_another_number_is_found_under_a_new_chain() {
    let mut expected = 0;
    let fault = forged(|entries| {
        let place = place(entries, 1, of("case/", "registration-started"));
        entries[place]["event"]["case"]["registration-started"]["number"] = json!(7);
        expected = seq(place);
    });
    assert!(
        matches!(fault, Fault::CaseNumber { seq, found: CaseNumber(7), expected: CaseNumber(2) }
            if seq == expected),
        "{fault:?}"
    );
}

#[test]
fn a_certificate_whose_history_is_gone_is_found_under_a_new_chain() {
    let copy = Copy::new();
    let entries = copy.entries();
    let streams: HashSet<_> = entries
        .iter()
        .map(|entry| entry["stream"].as_str().unwrap())
        .filter(|stream| stream.starts_with("certificate/"))
        .collect();
    assert_eq!(streams.len(), 8);
    for stream in streams {
        let copy = Copy::new();
        let mut rest = entries.clone();
        rest.retain(|entry| entry["stream"] != stream);
        copy.write_chained(rest);
        let serial = stream.rsplit('/').next().unwrap();
        copy.execute("DELETE FROM certificates WHERE serial = ?1", [serial]);
        let fault = copy.verify().unwrap_err();
        assert!(
            matches!(&fault, Fault::Unconnected { what } if what.to_string() == stream),
            "{fault:?}"
        );
    }
}

#[test]
fn a_date_that_is_not_the_acts_is_found_under_a_new_chain() {
    for (name, field) in [("revoked", "at"), ("frozen", "since"), ("burnt", "at")] {
        let mut expected = 0;
        let fault = forged(|entries| {
            let place = place(entries, 0, of("certificate/", name));
            let date = &mut entries[place]["event"]["certificate"][name][field];
            *date = json!(date.as_u64().unwrap() + 1);
            expected = seq(place);
        });
        assert!(
            matches!(fault, Fault::Impossible { seq, event, .. }
                if seq == expected && event == name),
            "{fault:?}"
        );
    }
}

#[test]
fn an_end_before_the_beginning_is_found_under_a_new_chain() {
    let mut expected = 0;
    let fault = forged(|entries| {
        let end = place(entries, 0, of("certificate/", "revoked"));
        let mut end = entries.remove(end);
        end["at"] = end["event"]["certificate"]["revoked"]["at"].clone();
        let own = |entry: &Value| entry["stream"] == end["stream"];
        let start = place(entries, 0, own);
        entries.insert(start + 1, end);
        expected = seq(start + 1);
    });
    assert!(
        matches!(fault, Fault::Impossible { seq, event: "revoked", .. } if seq == expected),
        "{fault:?}"
    );
}

#[test]
fn a_second_intent_for_a_certificate_that_exists_is_found_under_a_new_chain() {
    let mut expected = 0;
    let fault = forged(|entries| {
        let intent = place(entries, 0, of("case/", "issuance-intended"));
        let issued = place(entries, 0, of("case/", "certificate-issued"));
        let again = entries[intent].clone();
        assert_eq!(again["stream"], entries[issued]["stream"]);
        entries.insert(issued + 1, again);
        expected = seq(issued + 1);
    });
    assert!(
        matches!(fault, Fault::Impossible { seq, event: "issuance-intended", .. }
            if seq == expected),
        "{fault:?}"
    );
}

#[test]
fn a_crl_that_goes_back_in_time_or_number_is_found_under_a_new_chain() {
    for field in ["number", "this_update"] {
        let mut expected = 0;
        let fault = forged(|entries| {
            // The same list a second time, smaller by one.
            let intended = place(entries, 0, of("authority/", "crl-intended"));
            let issued = place(entries, 0, of("authority/", "crl-issued"));
            let mut again = entries[intended].clone();
            let intent = &mut again["event"]["authority"]["crl-intended"];
            intent["number"] = json!(2);
            let value = intent[field].as_u64().unwrap();
            intent[field] = json!(value - 1);
            entries.insert(issued + 1, again);
            expected = seq(issued + 1);
        });
        assert!(
            matches!(fault, Fault::Impossible { seq, event: "crl-intended", .. }
                if seq == expected),
            "{field}: {fault:?}"
        );
    }
}

/// A serial number is one of its issuer's: the same number of another is another certificate.
#[test]
fn what_came_of_an_intent_under_another_issuer_is_found_under_a_new_chain() {
    for (stream, name) in [
        ("case/", "certificate-issued"),
        ("case/", "issuance-abandoned"),
        ("authority/issuing-ca", "established"),
        ("authority/root", "established"),
    ] {
        for other in ["root", "issuing-ca", "nobody"] {
            let mut expected = None;
            let fault = forged(|entries| {
                let place = place(entries, 0, of(stream, name));
                let kind = stream.split('/').next().unwrap();
                let issuer = &mut entries[place]["event"][kind][name]["issuer"];
                if *issuer == other {
                    entries[4]["note"] = json!("unreadable");
                } else {
                    *issuer = json!(other);
                    expected = Some(seq(place));
                }
            });
            match expected {
                None => assert!(
                    matches!(fault, Fault::Unreadable { seq: 5, .. }),
                    "{fault:?}"
                ),
                Some(expected) => assert!(
                    matches!(&fault, Fault::NotIntended { seq, .. } if *seq == expected),
                    "{name} under {other}: {fault:?}"
                ),
            }
        }
    }
}

/// The first certificate of a case, as older records have it: whole.
fn whole(entries: &[Value]) -> (usize, Vec<u8>, Vec<u8>) {
    let place = place(entries, 0, of("case/", "certificate-issued"));
    let issued = &entries[place]["event"]["case"]["certificate-issued"];
    let intents = entries
        .iter()
        .filter_map(|entry| entry.pointer("/event/case/issuance-intended/intent"));
    let mut intents = intents.filter(|intent| intent["serial"] == issued["serial"]);
    let intent: Intent = serde_json::from_value(intents.next().unwrap().clone()).unwrap();
    let signature = Base64::decode_vec(issued["signature"].as_str().unwrap()).unwrap();
    let certificate = intent.certificate(&signature).unwrap().to_vec();
    (place, signature, certificate)
}

fn kept_as(entries: &mut [Value], place: usize, parts: &[(&str, &[u8])]) {
    let issued = &mut entries[place]["event"]["case"]["certificate-issued"];
    let issued = issued.as_object_mut().unwrap();
    issued.remove("signature").unwrap();
    for (name, octets) in parts {
        issued.insert((*name).to_owned(), json!(Base64::encode_string(octets)));
    }
}

#[test]
fn a_whole_certificate_of_an_older_record_is_the_intended_one_or_is_found() {
    let copy = Copy::new();
    let mut entries = copy.entries();
    let (at, signature, certificate) = whole(&entries);
    kept_as(&mut entries, at, &[("certificate", &certificate)]);
    copy.write_chained(entries);
    copy.verify().unwrap();
    // Changed where it is not its signature: subject, algorithm, the whole's own length.
    let tbs = certificate.len() - signature.len();
    for place in [tbs / 3, tbs / 2, tbs - 8, certificate.len() - 1] {
        let mut other = certificate.clone();
        other[place] ^= 1;
        let fault = forged(|entries| kept_as(entries, at, &[("certificate", &other)]));
        assert!(
            matches!(&fault, Fault::NotIntended { seq: found, .. } | Fault::BadSignature { seq: found, .. }
                if *found == seq(at)),
            "{place}: {fault:?}"
        );
        let is_of_signature = place == certificate.len() - 1;
        let is_bad = matches!(fault, Fault::BadSignature { .. });
        assert_eq!(is_bad, is_of_signature, "{place}: {fault:?}");
    }
    for none in [&b""[..], b"no certificate", &signature] {
        let fault = forged(|entries| kept_as(entries, at, &[("certificate", none)]));
        assert!(
            matches!(&fault, Fault::NotIntended { seq: found, .. } if *found == seq(at)),
            "{fault:?}"
        );
    }
    // Under the new name, under both, under none.
    let both: [&[(&str, &[u8])]; 3] = [
        &[("signature", &certificate)],
        &[("signature", &signature), ("certificate", &certificate)],
        &[],
    ];
    for parts in both {
        let fault = forged(|entries| kept_as(entries, at, parts));
        assert!(
            matches!(&fault, Fault::Unreadable { seq: found, .. } if *found == seq(at)),
            "{fault:?}"
        );
    }
}

/// RFC 6962, section 2.1, over the digests of a log.
fn root(digests: &[[u8; 32]]) -> [u8; 32] {
    let hash = |parts: &[&[u8]]| sm3::digest(&parts.concat());
    match digests {
        [one] => hash(&[&[0], one]),
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            hash(&[&[1], &root(left), &root(right)])
        }
    }
}

/// The package of a log by somebody whose key signs its checkpoints.
fn packaged(copy: &Copy) -> Result<Package, PackageFault> {
    let size = copy.records().len();
    packaged_with(copy, size, &AUTHORITIES, |head| head)
}

const AUTHORITIES: [&str; 2] = ["authority/issuing-ca", "authority/root"];

/// Of so many records, with these histories besides the case's.
fn packaged_with(
    copy: &Copy,
    size: usize,
    with: &[&str],
    change: impl FnOnce([u8; 32]) -> [u8; 32],
) -> Result<Package, PackageFault> {
    let key = SoftKey::generate().unwrap();
    let digests = copy.records();
    let digests: Vec<_> = digests
        .iter()
        .map(|record| record.digest)
        .take(size)
        .collect();
    let [root, head] =
        [root(&digests), change(*digests.last().unwrap())].map(|hash| Base64::encode_string(&hash));
    let body = format!("a/log\n{size}\n{root}\nhead {head}\ntime 2026-12-01T00:00:00Z\n");
    let checkpoint = signed_note(&body, "a/log", &key);
    let checkpoint = SignedCheckpoint::parse(&checkpoint).unwrap();
    let store = SqliteStore::open_read_only(&copy.path).unwrap();
    let stream = |name: &str| StreamId::try_from(name.to_owned()).unwrap();
    let with: Vec<_> = with.iter().map(|name| stream(name)).collect();
    let about = stream("case/zhang.san");
    let export = Export::new(&store, &checkpoint, &about, &with, None).unwrap();
    let mut archive = Vec::new();
    let by = actor("zheng.he", Seat::Auditor);
    let at = "2026-12-01T00:00:00Z".parse().unwrap();
    export.write((&by, "x", at), &key, &mut archive).unwrap();
    let key = key.public_key().as_bytes();
    package::verify(&archive[..], &Believed::new(key, key))
}

/// The end of the chain stands in a checkpoint beside the root, and both are of one log.
#[test]
fn a_checkpoint_whose_root_and_chain_differ_is_found_by_the_last_record() {
    let copy = Copy::new();
    let mut entries = copy.entries();
    // The case's last record is the log's.
    let last = entries
        .iter()
        .rposition(|entry| entry["stream"] == "case/zhang.san");
    entries.truncate(last.unwrap() + 1);
    copy.write_chained(entries);
    packaged(&copy).unwrap();
    let size = copy.records().len();
    let other = packaged_with(&copy, size, &AUTHORITIES, |_| [7; 32]);
    let Err(PackageFault::Wrong(findings)) = other else {
        panic!("another end of the chain")
    };
    let [finding] = &findings[..] else {
        panic!("{findings:?}")
    };
    assert_eq!(finding.fault.code(), "chain");
    let name = format!("records/{:012}.json", seq(last.unwrap()));
    assert_eq!(finding.file, name);
}

/// Whoever has the log's key has not the CA's.
#[test]
fn a_package_of_a_certificate_that_its_issuer_did_not_sign_is_not_good() {
    let copy = Copy::new();
    let package = packaged(&copy).unwrap();
    assert_eq!(package.certificates.len(), 4);
    assert!(package.certificates.iter().all(|one| one.is_verified));
    let good = copy.entries();
    let (at, _, certificate) = whole(&good);
    let mut changed = certificate.clone();
    changed[certificate.len() / 3] ^= 1;
    type Change<'a> = &'a dyn Fn(&mut Vec<Value>);
    let changes: [Change<'_>; 4] = [
        &|entries| {
            let issued = &mut entries[at]["event"]["case"]["certificate-issued"];
            change_octet(&mut issued["signature"], |length| length - 1);
        },
        &|entries| {
            entries[at]["event"]["case"]["certificate-issued"]["issuer"] = json!("root");
        },
        &|entries| kept_as(entries, at, &[("certificate", &changed)]),
        &|entries| {
            let serial = entries[at]["event"]["case"]["certificate-issued"]["serial"].clone();
            let intents = entries
                .iter_mut()
                .filter_map(|entry| entry.pointer_mut("/event/case/issuance-intended/intent"));
            let mut intents = intents.filter(|intent| intent["serial"] == serial);
            change_octet(&mut intents.next().unwrap()["tbs"], |length| length / 2);
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut entries = good.clone();
        change(&mut entries);
        copy.write_chained(entries);
        let Err(PackageFault::Wrong(findings)) = packaged(&copy) else {
            panic!("change {number}")
        };
        let [finding] = &findings[..] else {
            panic!("change {number}: {findings:?}")
        };
        assert_eq!(finding.fault.code(), "not-issued", "change {number}");
        assert_eq!(finding.file, format!("records/{:012}.json", seq(at)));
    }
    // An authority's own: other octets than were intended, or a signature that is none.
    let place = place(&good, 0, of("authority/issuing-ca", "established"));
    for part in [3, 1] {
        let mut entries = good.clone();
        let established = &mut entries[place]["event"]["authority"]["established"];
        change_octet(&mut established["certificate"], |length| match part {
            1 => length - 1,
            part => length / part,
        });
        copy.write_chained(entries);
        let Err(PackageFault::Wrong(findings)) = packaged(&copy) else {
            panic!("part {part}")
        };
        assert!(findings.iter().any(|finding| {
            finding.fault.code() == "not-issued"
                && finding.file == format!("records/{:012}.json", seq(place))
        }));
    }
    // Where nothing is known of who signed it, it is still to be what was intended.
    let mut entries = good;
    let established = &mut entries[place]["event"]["authority"]["established"];
    change_octet(&mut established["certificate"], |length| length / 3);
    copy.write_chained(entries);
    let size = copy.records().len();
    let Err(PackageFault::Wrong(findings)) =
        packaged_with(&copy, size, &AUTHORITIES[..1], |head| head)
    else {
        panic!("without the root")
    };
    // Those that its key signed do not verify any more by what the record says of it.
    let is_not_issued = |finding: &Finding| finding.fault.code() == "not-issued";
    assert!(findings.iter().all(is_not_issued), "{findings:?}");
    assert_eq!(findings[0].file, format!("records/{:012}.json", seq(place)));
}

/// A package tells of a log as it was: what came behind the checkpoint is none of it, though it
/// belongs to the same case.
#[test]
fn a_package_of_a_case_that_went_on_is_of_what_the_checkpoint_has() {
    let copy = Copy::new();
    let first = place(&copy.entries(), 0, |entry| {
        entry["stream"] == "case/zhang.san"
    });
    let size = first + 1;
    let package = packaged_with(&copy, size, &AUTHORITIES, |head| head).unwrap();
    assert!(package.certificates.len() < 4);
    let last = package.entries.last().unwrap();
    assert_eq!((last.seq, last.version), (seq(first), 1));
}

#[test]
fn a_record_with_a_field_too_many_is_not_readable() {
    let fault = forged(|entries| entries[4]["note"] = json!("added later"));
    assert!(
        matches!(fault, Fault::Unreadable { seq: 5, .. }),
        "{fault:?}"
    );
}

#[test]
fn a_change_of_a_certificate_that_no_case_decided_is_found_under_a_new_chain() {
    for cause in [
        json!({"case": "zhang.san"}),
        json!({"compromise": "issuing-ca"}),
        json!({"key": "ab".repeat(32)}),
    ] {
        let mut expected = 0;
        let fault = forged(|entries| {
            let place = place(entries, 0, of("certificate/issuing-ca", "activated"));
            let mut entry = entries[place].clone();
            entry["actor"] = json!({"person": "system", "seat": "system"});
            let (act, at) = (json!({"revoke": "key-compromise"}), entry["at"].clone());
            let executed = json!({"cause": cause, "act": act, "at": at});
            entry["event"] = json!({"certificate": {"executed": executed}});
            entries.insert(place + 1, entry);
            expected = seq(place + 1);
        });
        assert!(
            matches!(fault, Fault::NotDecided { seq, .. } if seq == expected),
            "{fault:?}"
        );
    }
}
