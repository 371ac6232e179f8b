//! `vectors/wycheproof`: files of C2SP's project, as they are.

use crate::sm4::both_ways;
use gm_crypto::{
    sm3::{
        HmacSm3,
        digest::{KeyInit, Mac},
    },
    sm4::{Ccm, Gcm, aead::consts},
};
use gm_pki_tests::suites::{Outcome, Suites, Tally, Verdict, octets, text};
use serde_json::Value;

/// Judges a test of a group.
type Run = fn(&Value, &Value) -> Outcome;

/// The files; one that is not named here is counted as skipped.
const FILES: &[(&str, Run)] = &[
    ("hmac_sm3_test.json", hmac_sm3),
    ("sm4_ccm_test.json", sm4_ccm),
    ("sm4_gcm_test.json", sm4_gcm),
];

#[test]
fn wycheproof() {
    let Some(suites) = Suites::open() else { return };
    for name in suites.names("vectors/wycheproof") {
        let file = format!("vectors/wycheproof/{name}");
        let json = suites.json(&file).expect("a file that was listed");
        let mut tally = Tally::new(&format!("wycheproof-{}", name.trim_end_matches(".json")));
        let run = FILES.iter().find(|(known, _)| *known == name);
        let mut tests = 0;
        for group in json["testGroups"].as_array().into_iter().flatten() {
            for test in group["tests"].as_array().into_iter().flatten() {
                tests += 1;
                let verdict = match text(test, "result") {
                    "valid" => Verdict::Valid,
                    "invalid" => Verdict::Invalid,
                    _ => Verdict::Policy,
                };
                let outcome = run.map_or(Outcome::Skipped, |(_, run)| run(group, test));
                tally.count(&test["tcId"].to_string(), verdict, outcome);
            }
        }
        assert_eq!(json["numberOfTests"], tests, "{name}");
        tally.finish();
    }
}

/// A size of the group, in octets.
fn size(group: &Value, member: &str) -> usize {
    let bits = group[member].as_u64().expect("a size in bits");
    usize::try_from(bits / 8).expect("a size")
}

fn hmac_sm3(group: &Value, test: &Value) -> Outcome {
    let tag = octets(test, "tag");
    if tag.len() != size(group, "tagSize") {
        return Outcome::Refused("the tag has another length".into());
    }
    let mut mac = HmacSm3::new_from_slice(&octets(test, "key")).expect("any length");
    mac.update(&octets(test, "msg"));
    mac.verify_truncated_left(&tag).into()
}

/// GCM is made with the length of its nonce in the type.
fn sm4_gcm(group: &Value, test: &Value) -> Outcome {
    if size(group, "tagSize") != 16 {
        return Outcome::Wrong("another length of the tag".into());
    }
    macro_rules! of_length {
        ($($length:literal $name:ident),*) => {
            match size(group, "ivSize") {
                // SP 800-38D, 5.2.1.1: at least one bit.
                0 => Outcome::Refused("an empty nonce".into()),
                $($length => both_ways::<Gcm<consts::$name>>(test, "msg"),)*
                other => Outcome::Wrong(format!("a nonce of {other} octets")),
            }
        };
    }
    of_length!(
        1 U1, 2 U2, 4 U4, 6 U6, 8 U8, 10 U10, 12 U12, 14 U14, 15 U15, 16 U16, 20 U20, 32 U32,
        64 U64, 128 U128, 257 U257
    )
}

/// CCM has both lengths in the type; SP 800-38C, A.1 says which there are.
fn sm4_ccm(group: &Value, test: &Value) -> Outcome {
    macro_rules! of_lengths {
        ($($nonce:literal $nonce_name:ident),*) => {
            match (size(group, "ivSize"), size(group, "tagSize")) {
                $(
                    ($nonce, 4) => both_ways::<Ccm<consts::U4, consts::$nonce_name>>(test, "msg"),
                    ($nonce, 6) => both_ways::<Ccm<consts::U6, consts::$nonce_name>>(test, "msg"),
                    ($nonce, 8) => both_ways::<Ccm<consts::U8, consts::$nonce_name>>(test, "msg"),
                    ($nonce, 10) => both_ways::<Ccm<consts::U10, consts::$nonce_name>>(test, "msg"),
                    ($nonce, 12) => both_ways::<Ccm<consts::U12, consts::$nonce_name>>(test, "msg"),
                    ($nonce, 14) => both_ways::<Ccm<consts::U14, consts::$nonce_name>>(test, "msg"),
                    ($nonce, 16) => both_ways::<Ccm<consts::U16, consts::$nonce_name>>(test, "msg"),
                )*
                (nonce, tag) => Outcome::Refused(format!("no CCM has {nonce} and {tag} octets")),
            }
        };
    }
    of_lengths!(7 U7, 8 U8, 9 U9, 10 U10, 11 U11, 12 U12, 13 U13)
}
