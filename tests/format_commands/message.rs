//! `gmpki message`.

use crate::{TEXT, done, nothing_is_left_beside, read};
use getrandom::SysRng;
use gm_crypto::message::{Dialect, EncryptedData, EnvelopedData, Partner, UnverifiedSignedData};
use gm_pki_tests::command::{Answer, Bench, ENCRYPTION, SIGNING, gmpki};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

#[test]
fn a_message_is_signed_and_verified_whatever_the_partner_wants() {
    let bench = Bench::new();
    let (li, han) = (bench.owner("li"), bench.owner("han"));
    let text = bench.write("text", TEXT);
    let other = bench.write("other", [TEXT, b"!"].concat());
    for partner in ["gm", "rfc5652", "cfca", "cfca-old", "gmssl"] {
        for more in [
            "",
            "--attributes",
            "--without-certificates",
            "--without-null",
        ] {
            let case = format!("{partner} {more}");
            let message = bench.path("message");
            gmpki(&format!("message sign --partner {partner} {more}"))
                .option("--key", &li.key)
                .option("--signer", &li.certificate)
                .option("--out", &message)
                .arg(&text)
                .answer()
                .good();
            let out = bench.path("content");
            let verify = |dialect: &str, signer: &Path| {
                gmpki(&format!("message verify --dialect {dialect}"))
                    .option("--signer", signer)
                    .option("--out", &out)
                    .arg(&message)
            };
            let answer = done(verify("field", &li.certificate));
            assert_eq!(read(&out), TEXT, "{case}");
            assert_eq!(
                answer.err.contains("a content type of RFC 5652"),
                partner == "rfc5652",
                "{answer}"
            );
            // Whoever did not sign is not taken for one who did.
            fs::remove_file(&out).expect("a file");
            verify("field", &han.certificate)
                .answer()
                .refused("message");
            // The strict reader takes what GM/T 0010 has.
            let answer = verify("strict", &li.certificate).answer();
            let strict = ["gm", "cfca-old", "gmssl"].contains(&partner);
            assert_eq!(answer.err.contains("--dialect field"), !strict, "{answer}");
            assert_eq!(answer.code, Some(i32::from(!strict)), "{case}: {answer}");
            assert_eq!(out.exists(), strict, "{case}");
            let _ = fs::remove_file(&out);

            let detached = bench.path("detached");
            gmpki(&format!(
                "message sign --detached --partner {partner} {more}"
            ))
            .option("--key", &li.key)
            .option("--signer", &li.certificate)
            .option("--out", &detached)
            .arg(&text)
            .answer()
            .good();
            let verify = |content: &Path| {
                gmpki("message verify --dialect field")
                    .option("--signer", &li.certificate)
                    .option("--content", content)
                    .arg(&detached)
            };
            assert_eq!(done(verify(&text)).text(), "signature: good\n", "{case}");
            verify(&other).answer().refused("not this signer's");
        }
    }
}

#[test]
fn several_sign_one_message_and_each_can_be_asked_for() {
    let bench = Bench::new();
    let owners = ["li", "han", "wang"].map(|name| bench.owner(name));
    let (text, message) = (bench.write("text", TEXT), bench.path("message"));
    let mut call = gmpki("message sign --attributes").option("--out", &message);
    for owner in &owners[..2] {
        call = call
            .option("--key", &owner.key)
            .option("--signer", &owner.certificate);
    }
    call = call.option("--carry", &owners[2].certificate);
    call.arg(&text).answer().good();
    let octets = read(&message);
    let parsed = UnverifiedSignedData::read(&octets, Dialect::Strict).expect("strict DER");
    assert_eq!(parsed.signers().len(), 2);
    assert_eq!(parsed.certificates().len(), 3);

    let verify = |signers: &[usize]| {
        let mut call = gmpki("--json message verify");
        for signer in signers {
            call = call.option("--signer", &owners[*signer].certificate);
        }
        call.arg(&message).answer()
    };
    for signers in [&[0][..], &[1], &[0, 1], &[1, 0]] {
        let answer = verify(signers);
        assert_eq!(answer.code, Some(0), "{answer}");
        let answer = answer.json();
        assert_eq!(answer["octets"], TEXT.len());
        let mut said: Vec<_> = answer["signers"]
            .as_array()
            .expect("a list")
            .iter()
            .collect();
        said.sort_by_key(|signer| signer["subject"].to_string());
        let mut expected: Vec<_> = signers
            .iter()
            .map(|signer| ["li", "han"][*signer])
            .collect();
        expected.sort_unstable();
        assert_eq!(said.len(), expected.len());
        for (said, name) in said.iter().zip(expected) {
            let subject = said["subject"].as_str().expect("a name");
            assert!(subject.contains(&format!("CN={name}")), "{subject}");
            assert!(said["time"].is_string() && said["serial"].is_string());
        }
        let notes = answer["notes"].to_string();
        let alone = signers.len() == 1;
        assert_eq!(notes.contains("further signer"), alone, "{notes}");
    }
    for signers in [&[2][..], &[0, 2], &[2, 0]] {
        verify(signers).refused("message");
    }
    // A key that is not the certificate's signs nothing.
    gmpki("message sign")
        .option("--key", &owners[0].key)
        .option("--signer", &owners[1].certificate)
        .option("--out", bench.path("x"))
        .arg(&text)
        .answer()
        .refused("not the certificate of the key");
    gmpki("message sign")
        .option("--key", &owners[0].key)
        .option("--key", &owners[1].key)
        .option("--signer", &owners[0].certificate)
        .arg(&text)
        .answer()
        .misused("as many --key as --signer");
    assert!(!bench.path("x").exists());
    nothing_is_left_beside(&bench);
}

#[test]
fn a_message_is_encrypted_to_several_and_each_decrypts_it() {
    let bench = Bench::new();
    let [li, han, wang] = ["li", "han", "wang"].map(|name| bench.owner(name));
    let text = bench.write("text", TEXT);
    for partner in ["gm", "rfc5652", "cfca", "cfca-old", "gmssl"] {
        let message = bench.path("message");
        gmpki(&format!("message encrypt --partner {partner}"))
            .option("--recipient", &li.encryption)
            .option("--recipient", &han.encryption)
            .option("--out", &message)
            .arg(&text)
            .answer()
            .good();
        let decrypt = |dialect: &str, key: &Path, out: &Path| {
            gmpki(&format!("message decrypt --dialect {dialect}"))
                .option("--key", key)
                .option("--out", out)
                .arg(&message)
        };
        for reader in [&li, &han] {
            let out = bench.path("out");
            let answer = done(decrypt("field", &reader.key, &out));
            assert_eq!(read(&out), TEXT, "{partner}");
            assert!(answer.err.contains("nobody signed this text"), "{answer}");
            let call = decrypt("field", &reader.key, &out);
            done(call.option("--certificate", &reader.encryption));
        }
        let out = bench.path("x");
        decrypt("field", &wang.key, &out)
            .answer()
            .refused("not for this key, or damaged");
        let strict = decrypt("strict", &li.key, &bench.path("strict")).answer();
        assert_eq!(strict.code, Some(i32::from(partner != "gm")), "{strict}");
        // Changed: no text under the name that was given.
        let mut octets = read(&message);
        let last = octets.len() - 1;
        octets.truncate(last);
        let changed = bench.write("changed", octets);
        gmpki("message decrypt --dialect field")
            .option("--key", &li.key)
            .option("--out", &out)
            .arg(changed)
            .answer()
            .refused("changed");
        assert!(!out.exists());
        nothing_is_left_beside(&bench);
    }
    let message = read(&bench.path("message"));
    assert!(EnvelopedData::read(&message, Dialect::Field).is_ok());
}

#[test]
fn a_signed_and_encrypted_message_gives_its_text_to_the_recipient_of_the_signer() {
    let bench = Bench::new();
    let [li, han, wang] = ["li", "han", "wang"].map(|name| bench.owner(name));
    let (text, message) = (bench.write("text", TEXT), bench.path("message"));
    gmpki("message encrypt")
        .option("--recipient", &han.encryption)
        .option("--key", &li.key)
        .option("--signer", &li.certificate)
        .option("--out", &message)
        .arg(&text)
        .answer()
        .good();
    let decrypt = |key: &Path, signer: &Path, out: &Path| {
        gmpki("message decrypt")
            .option("--key", key)
            .option("--signer", signer)
            .option("--out", out)
    };
    let out = bench.path("out");
    let answer = done(decrypt(&han.key, &li.certificate, &out).arg(&message));
    assert!(answer.err.contains("signed by CN=li"), "{answer}");
    assert_eq!(read(&out), TEXT);
    // From standard input too: the file gets its name after the signature was checked.
    let piped = bench.path("piped");
    let call = decrypt(&han.key, &li.certificate, &piped).arg("-");
    done(call.input(read(&message)));
    assert_eq!(read(&piped), TEXT);
    let x = bench.path("x");
    for (key, signer) in [(&wang.key, &li.certificate), (&han.key, &wang.certificate)] {
        decrypt(key, signer, &x)
            .arg(&message)
            .answer()
            .refused("message");
        decrypt(key, signer, &x)
            .arg("-")
            .input(read(&message))
            .answer()
            .refused("gmpki: -");
    }
    gmpki("message decrypt")
        .option("--key", &han.key)
        .option("--signer", &li.certificate)
        .arg("-")
        .input(read(&message))
        .answer()
        .misused("give --out");
    // The wrong command says which is the right one.
    gmpki("message decrypt")
        .option("--key", &han.key)
        .option("--out", &x)
        .arg(&message)
        .answer()
        .refused("with --signer");
    gmpki("message verify")
        .option("--signer", &li.certificate)
        .arg(&message)
        .answer()
        .refused("take 'gmpki message decrypt'");
    assert!(!x.exists());
    nothing_is_left_beside(&bench);
}

#[test]
fn standard_input_is_read_once_and_what_that_means_is_said() {
    let bench = Bench::new();
    let li = bench.owner("li");
    let sign = |words: &str| {
        gmpki(&format!("message sign {words}"))
            .option("--key", &li.key)
            .option("--signer", &li.certificate)
            .arg("-")
            .input(TEXT)
    };
    sign("").answer().misused("give --indefinite, or a file");
    let ber = sign("--indefinite").answer().good().out;
    let detached = sign("--detached").answer().good().out;
    let verify = |words: &str, octets: &[u8]| {
        gmpki(&format!("message verify {words}"))
            .option("--signer", &li.certificate)
            .arg("-")
            .input(octets)
            .answer()
    };
    let answer = verify("--dialect field", &ber);
    assert_eq!(answer.code, Some(0), "{answer}");
    assert!(answer.err.contains("BER"), "{answer}");
    verify("", &ber).refused("gmpki: -");
    let text = bench.write("text", TEXT).display().to_string();
    let good = |answer: Answer| assert_eq!(answer.code, Some(0), "{answer}");
    good(verify(&format!("--content {text}"), &detached));
    // PEM and base64 as well.
    let der = bench.path("der");
    gmpki("message sign")
        .option("--key", &li.key)
        .option("--signer", &li.certificate)
        .option("--out", &der)
        .arg(&text)
        .answer()
        .good();
    let pem = gm_crypto::pki::encode_pem("PKCS7", &read(&der));
    good(verify("", pem.as_bytes()));
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    good(verify("", base64.as_bytes()));
    verify("", b"nothing").refused("gmpki: -");
    gmpki("--json message sign")
        .option("--key", &li.key)
        .option("--signer", &li.certificate)
        .arg(&text)
        .answer()
        .misused("give --out with --json");
}

#[test]
fn a_message_under_an_agreed_key_is_decrypted_by_that_key_alone() {
    let bench = Bench::new();
    let (key, other) = ([7; 16], [8; 16]);
    let sealed = EncryptedData::encrypt(&mut SysRng, &Partner::default(), &key, TEXT);
    let message = bench.write("message", sealed.expect("a message"));
    let digits: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
    let key = bench.write("key", key);
    let digits = bench.write("digits", digits + "\n");
    let out = bench.path("out");
    let decrypt = |key: &Path, message: &Path| {
        gmpki("message decrypt")
            .option("--symmetric-key", key)
            .option("--out", &out)
            .arg(message)
    };
    for key in [&key, &digits] {
        let answer = done(decrypt(key, &message));
        assert_eq!(read(&out), TEXT);
        assert!(answer.err.contains("no checksum"), "{answer}");
        let mode = fs::metadata(&out).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_file(&out).expect("a file");
    }
    decrypt(&bench.write("other", other), &message)
        .answer()
        .refused("message");
    decrypt(&bench.write("short", [7; 15]), &message)
        .answer()
        .refused("no SM4 key");
    let owner = bench.owner("owner");
    decrypt(&key, &owner.certificate)
        .answer()
        .refused("gmpki: ");
    let both = decrypt(&key, &message).option("--key", &owner.key).answer();
    assert_eq!(both.code, Some(2), "{both}");
    let neither = gmpki("message decrypt").arg(&message).answer();
    assert_eq!(neither.code, Some(2), "{neither}");
    assert!(!out.exists());
    nothing_is_left_beside(&bench);
}

#[test]
fn what_a_certificate_says_of_its_dates_and_its_key_is_told_and_hinders_nothing() {
    let bench = Bench::new();
    let li = bench.owner("li");
    let (text, message) = (bench.write("text", TEXT), bench.path("message"));
    let certificate = |name: &str, usages, from| {
        let path = bench.path(name);
        bench.certificate(&li.key, "li", usages, (from, 2), path)
    };
    let expired = certificate("expired", SIGNING, "2001-02-03T04:05:06Z");
    let early = certificate("early", SIGNING, "2070-01-01T00:00:00Z");
    let closed = certificate("closed", ENCRYPTION, "2001-02-03T04:05:06Z");
    const ALL: [&str; 4] = [
        "not valid after 2003-02-0",
        "not valid before 2070-01-01T00:00:00Z",
        "is the one for encryption",
        "is the one for signatures",
    ];
    let told = |answer: &Answer, expected: &[&str]| {
        assert_eq!(answer.code, Some(0), "{answer}");
        for words in ALL {
            let notes = answer.err.lines().filter(|line| line.contains(words));
            let as_often = usize::from(expected.contains(&words));
            assert_eq!(notes.count(), as_often, "{words:?}: {answer}");
        }
    };
    for (signer, expected) in [
        (&li.certificate, &[][..]),
        (&expired, &ALL[..1]),
        (&early, &ALL[1..2]),
        (&li.encryption, &ALL[2..3]),
    ] {
        let sign = |words: &str| {
            let call = gmpki(&format!("message sign {words}"))
                .option("--key", &li.key)
                .option("--signer", signer)
                .option("--out", &message);
            call.arg(&text).answer()
        };
        let verify = || {
            let call = gmpki("message verify").option("--signer", signer);
            call.arg(&message).answer()
        };
        let answer = sign("");
        told(&answer, expected);
        assert_eq!(answer.err.is_empty(), expected.is_empty(), "{answer}");
        // The time of the signature is stated, or it is not.
        let answer = verify();
        told(&answer, expected);
        assert!(answer.err.contains("signed by CN=li"), "{answer}");
        assert!(answer.err.contains("'gmpki cert verify'"), "{answer}");
        let dated = !expected.is_empty() && signer != &li.encryption;
        let unstated = answer.err.contains("when it was used is not stated");
        assert_eq!(unstated, dated, "{answer}");
        told(&sign("--attributes"), expected);
        let answer = verify();
        told(&answer, expected);
        assert!(answer.err.contains("by their own clock"), "{answer}");
        assert_eq!(
            answer.err.contains("as its owner states"),
            dated,
            "{answer}"
        );
        assert!(!answer.err.contains("not stated"), "{answer}");
    }

    for (recipient, expected) in [
        (&li.encryption, &[][..]),
        (&closed, &ALL[..1]),
        (&li.certificate, &ALL[3..]),
    ] {
        let encrypt = |more: &[(&str, &Path)]| {
            let call = gmpki("message encrypt")
                .option("--recipient", recipient)
                .option("--out", &message);
            let add = more
                .iter()
                .fold(call, |call, (name, path)| call.option(name, path));
            add.arg(&text).answer()
        };
        let answer = encrypt(&[]);
        told(&answer, expected);
        assert_eq!(answer.err.is_empty(), expected.is_empty(), "{answer}");
        // Who signs as well is looked at, too.
        let answer = encrypt(&[("--key", &li.key), ("--signer", &early)]);
        told(&answer, &[expected, &ALL[1..2]].concat());
    }

    // For machines.
    let call = gmpki("--json message encrypt").option("--recipient", &li.certificate);
    let answer = done(call.option("--out", &message).arg(&text)).json();
    assert_eq!(answer["ok"], true);
    assert!(
        answer["notes"][0]
            .as_str()
            .expect("a note")
            .contains(ALL[3])
    );
}
