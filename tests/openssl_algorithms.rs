//! OpenSSL and gmpki take each other's keys, signatures, ciphertexts and digests; of
//! each thing one octet is changed, and both refuse it or find another value.

use gm_pki_tests::{
    command::{Answer, gmpki},
    openssl::Desk,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Texts of lengths around the block and the digest; SM2 takes no empty one.
const LENGTHS: [usize; 7] = [1, 15, 16, 17, 32, 200, 5_000];

fn text(length: usize) -> Vec<u8> {
    let mixed = |at: usize| (at * 7 + at / 256).to_le_bytes()[0];
    (0..length).map(mixed).collect()
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// A file with the octet at `place` changed.
fn changed(desk: &Desk, file: &Path, place: usize) -> PathBuf {
    let mut octets = fs::read(file).expect("a file");
    octets[place] ^= 1;
    desk.write("changed", octets)
}

/// A key pair made by gmpki, then one made by OpenSSL: private, public.
fn pairs(desk: &Desk) -> Vec<(PathBuf, PathBuf)> {
    let [ours, our_public] = ["ours.pem", "ours.public.pem"].map(|name| desk.path(name));
    gmpki("sm2 keygen --plain")
        .option("--out", &ours)
        .answer()
        .good();
    gmpki("sm2 public")
        .option("--key", &ours)
        .option("--out", &our_public)
        .answer()
        .good();
    let [theirs, their_public] = ["theirs.pem", "theirs.public.pem"].map(|name| desk.path(name));
    let words = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out {}";
    done(desk, words, &[&theirs]);
    done(
        desk,
        "pkey -in {} -pubout -out {}",
        &[&theirs, &their_public],
    );
    vec![(ours, our_public), (theirs, their_public)]
}

fn done(desk: &Desk, words: &str, paths: &[&Path]) {
    let said = desk.ask(words, paths);
    assert_eq!(said.exit, Some(0), "{words}: {}", said.text);
}

#[test]
fn keys_are_read_both_ways() {
    let Some(desk) = Desk::find() else { return };
    let public_by_gmpki = |key: &Path| {
        let call = gmpki("sm2 public").option("--key", key);
        call.answer().good().text().to_owned()
    };
    for format in ["pkcs8", "sec1"] {
        let key = desk.path(&format!("{format}.pem"));
        gmpki(&format!("sm2 keygen --plain --format {format}"))
            .option("--out", &key)
            .answer()
            .good();
        let said = desk.ask("pkey -in {} -pubout", &[&key]);
        assert!(said.agrees("BEGIN PUBLIC KEY"), "{}", said.text);
        assert_eq!(public_by_gmpki(&key).as_bytes(), said.out, "{format}");
        let checked = desk.ask("pkey -in {} -check -noout", &[&key]);
        assert!(checked.agrees("Key is valid"), "{}", checked.text);
        let curve = desk.ask("pkey -in {} -text -noout", &[&key]);
        assert!(curve.agrees("SM2"), "{}", curve.text);
    }

    // OpenSSL writes PKCS#8, SEC 1 and public keys, in PEM and DER.
    let key = desk.path("theirs.pem");
    let words = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out {}";
    done(&desk, words, &[&key]);
    let public = desk.ask("pkey -in {} -pubout", &[&key]).out;
    for command in ["pkey", "ec"] {
        for form in ["PEM", "DER"] {
            let other = desk.path(&format!("{command}.{form}"));
            let words = format!("{command} -in {{}} -outform {form} -out {{}}");
            done(&desk, &words, &[&key, &other]);
            assert_eq!(public_by_gmpki(&other).as_bytes(), public, "{words}");
        }
    }
    // A changed scalar is not the key of the public half beside it.
    for (private, _) in pairs(&desk) {
        let der = desk.path("key.der");
        done(&desk, "pkey -in {} -outform DER -out {}", &[&private, &der]);
        let octets = fs::read(&der).expect("a file");
        let scalar = octets.windows(2).position(|part| part == [0x04, 0x20]);
        let broken = changed(&desk, &der, scalar.expect("a scalar of 32 octets") + 20);
        let said = desk.ask("pkey -in {} -check -noout", &[&broken]);
        assert_ne!(said.exit, Some(0), "{}", said.text);
        let call = gmpki("sm2 public").option("--key", &broken);
        call.answer()
            .refused("the public key beside the scalar is not its own");
    }
    // A point that is not on the curve.
    let public = desk.path("public.der");
    let words = "pkey -in {} -pubout -outform DER -out {}";
    done(&desk, words, &[&key, &public]);
    let length = fs::read(&public).expect("a file").len();
    let broken = changed(&desk, &public, length - 1);
    let said = desk.ask("pkey -pubin -in {} -pubcheck -noout", &[&broken]);
    assert_ne!(said.exit, Some(0), "{}", said.text);
    let file = desk.write("file", "text");
    gmpki("sm2 encrypt")
        .option("--key", &broken)
        .arg(&file)
        .answer()
        .refused("gmpki: ");
}

#[test]
fn signatures_verify_both_ways_under_any_id() {
    let Some(desk) = Desk::find() else { return };
    let (file, signature) = (desk.path("file"), desk.path("signature"));
    // For gmpki, for OpenSSL; octets of the file.
    let cases = [
        ("--id", "ALICE123@YAHOO.COM", "distid:ALICE123@YAHOO.COM", 1),
        ("--id-hex", "00ff80", "hexdistid:00ff80", 64),
        ("--id-hex", "", "hexdistid:", 63),
        ("--id", "1234567812345678", "distid:1234567812345678", 0),
        ("--id", "1234567812345678", "distid:1234567812345678", 5_000),
    ];
    for (private, public) in pairs(&desk) {
        for (name, id, option, length) in cases {
            {
                fs::write(&file, text(length)).expect("a file");
                let theirs = |file: &Path, signature: &Path| {
                    let words = format!(
                        "pkeyutl -verify -rawin -digest sm3 -pkeyopt {option} -pubin \
                         -inkey {{}} -sigfile {{}} -in {{}}"
                    );
                    desk.ask(&words, &[&public, signature, file])
                        .agrees("Signature Verified Successfully")
                };
                let ours = |file: &Path, signature: &Path| -> Answer {
                    gmpki("sm2 verify")
                        .option("--key", &public)
                        .option(name, id)
                        .option("--signature", signature)
                        .arg(file)
                        .answer()
                };
                let agree = || {
                    assert!(theirs(&file, &signature), "{option}, {length}");
                    ours(&file, &signature).good();
                    let last = fs::read(&signature).expect("a file").len() - 1;
                    let broken = changed(&desk, &signature, last);
                    assert!(!theirs(&file, &broken), "{option}, {length}");
                    ours(&file, &broken).refused("the signature is not this key's");
                    if length > 0 {
                        let broken = changed(&desk, &file, length - 1);
                        assert!(!theirs(&broken, &signature), "{option}, {length}");
                        ours(&broken, &signature).refused("the signature is not this key's");
                    }
                };
                for call in ["sm2 sign", "sm2 sign --deterministic"] {
                    gmpki(call)
                        .option("--key", &private)
                        .option(name, id)
                        .option("--out", &signature)
                        .arg(&file)
                        .answer()
                        .good();
                    agree();
                }
                let words = format!(
                    "pkeyutl -sign -rawin -digest sm3 -pkeyopt {option} -inkey {{}} -out {{}} \
                     -in {{}}"
                );
                done(&desk, &words, &[&private, &signature, &file]);
                agree();
            }
        }
    }
}

#[test]
fn what_one_encrypts_by_sm2_the_other_decrypts() {
    let Some(desk) = Desk::find() else { return };
    let (file, cipher, bare) = (desk.path("file"), desk.path("cipher"), desk.path("bare"));
    for (private, public) in pairs(&desk) {
        let theirs = |cipher: &Path| {
            let _ = fs::remove_file(&bare);
            let said = desk.ask(
                "pkeyutl -decrypt -inkey {} -in {} -out {}",
                &[&private, cipher, &bare],
            );
            (said.exit == Some(0)).then(|| fs::read(&bare).expect("it was written"))
        };
        let ours = |cipher: &Path| {
            gmpki("sm2 decrypt")
                .option("--key", &private)
                .arg(cipher)
                .answer()
        };
        for length in LENGTHS {
            let text = text(length);
            fs::write(&file, &text).expect("a file");
            let agree = || {
                assert_eq!(theirs(&cipher).as_ref(), Some(&text), "{length}");
                assert_eq!(ours(&cipher).good().out, text, "{length}");
                // The point, the hash, the text.
                let octets = fs::read(&cipher).expect("a file");
                for place in [20, octets.len() - length - 10, octets.len() - 1] {
                    let broken = changed(&desk, &cipher, place);
                    assert_eq!(theirs(&broken), None, "octet {place} of {length}");
                    ours(&broken).refused("gmpki: ");
                }
            };
            gmpki("sm2 encrypt")
                .option("--key", &public)
                .option("--out", &cipher)
                .arg(&file)
                .answer()
                .good();
            agree();
            let words = "pkeyutl -encrypt -pubin -inkey {} -in {} -out {}";
            done(&desk, words, &[&public, &file, &cipher]);
            agree();
        }
    }
}

#[test]
fn digests_are_the_same() {
    let Some(desk) = Desk::find() else { return };
    let key = desk.path("key");
    for length in [0, 1, 55, 56, 63, 64, 65, 119, 128, 5_000, 200_000] {
        let file = desk.write("file", text(length));
        let said = desk.ask("dgst -sm3 -hex {}", &[&file]);
        let digest = said.text.rsplit("= ").next().expect("a digest").trim_end();
        assert_eq!(digest.len(), 64, "{}", said.text);
        let ours = gmpki("sm3").arg(&file).answer().good();
        assert!(ours.text().starts_with(digest), "{length}: {ours}");
        for key_length in [1, 16, 64, 65, 200] {
            let octets = text(key_length);
            fs::write(&key, &octets).expect("a file");
            let words = format!(
                "dgst -sm3 -mac hmac -macopt hexkey:{} {{}}",
                hexadecimal(&octets)
            );
            let said = desk.ask(&words, &[&file]);
            let code = said.text.rsplit("= ").next().expect("a code").trim_end();
            assert_eq!(code.len(), 64, "{}", said.text);
            let ours = gmpki("sm3")
                .option("--hmac-key-file", &key)
                .arg(&file)
                .answer()
                .good();
            assert!(
                ours.text().starts_with(code),
                "{length}, {key_length}: {ours}"
            );
            // Another key, another code.
            let other = changed(&desk, &key, key_length - 1);
            let ours = gmpki("sm3")
                .option("--hmac-key-file", &other)
                .arg(&file)
                .answer()
                .good();
            assert!(!ours.text().starts_with(code));
        }
        if length > 0 {
            let broken = changed(&desk, &file, length - 1);
            let ours = gmpki("sm3").arg(&broken).answer().good();
            assert!(!ours.text().starts_with(digest));
        }
    }
}

#[test]
fn what_one_encrypts_by_sm4_the_other_decrypts() {
    let Some(desk) = Desk::find() else { return };
    let key = desk.path("key");
    gmpki("sm4 keygen").option("--out", &key).answer().good();
    let digits = fs::read_to_string(&key).expect("digits");
    let digits = digits.trim_end();
    let iv = "ff0102030405060708090a0b0c0dffff";
    let (file, cipher, bare) = (desk.path("file"), desk.path("cipher"), desk.path("bare"));
    for mode in ["ecb", "cbc", "ctr", "ofb", "cfb"] {
        for padded in [true, false] {
            let pads = ["ecb", "cbc"].contains(&mode);
            if !padded && !pads {
                continue;
            }
            for length in [0_usize, 1, 15, 16, 17, 160, 4_096, 70_001] {
                if !padded && !length.is_multiple_of(16) {
                    continue;
                }
                let text = text(length);
                fs::write(&file, &text).expect("a file");
                let theirs = |way: &str, from: &Path, to: &Path| {
                    let _ = fs::remove_file(to);
                    let iv = match mode {
                        "ecb" => String::new(),
                        _ => format!("-iv {iv}"),
                    };
                    let nopad = if padded { "" } else { "-nopad" };
                    let words = format!(
                        "enc {way} -sm4-{mode} {nopad} -K {digits} {iv} -in {{}} -out {{}}"
                    );
                    let said = desk.ask(&words, &[from, to]);
                    (said.exit == Some(0)).then(|| fs::read(to).expect("it was written"))
                };
                let ours = |way: &str, from: &Path| {
                    let mut call = gmpki(&format!("sm4 {way} --mode {mode}"))
                        .option("--key-file", &key)
                        .arg(from);
                    if mode != "ecb" {
                        call = call.option("--iv", iv);
                    }
                    if !padded {
                        call = call.arg("--no-padding");
                    }
                    call.answer()
                };
                let context = format!("{mode}, {length} octets, padded: {padded}");
                let made = ours("encrypt", &file).good().out;
                assert_eq!(
                    Some(&made),
                    theirs("-e", &file, &cipher).as_ref(),
                    "{context}"
                );
                fs::write(&cipher, &made).expect("a file");
                assert_eq!(
                    theirs("-d", &cipher, &bare).as_ref(),
                    Some(&text),
                    "{context}"
                );
                assert_eq!(ours("decrypt", &cipher).good().out, text, "{context}");
                // A changed octet gives both the same other text, or no padding.
                if made.is_empty() {
                    continue;
                }
                for place in [0, made.len() - 1] {
                    let broken = changed(&desk, &cipher, place);
                    let theirs = theirs("-d", &broken, &bare);
                    let ours = ours("decrypt", &broken);
                    assert_ne!(theirs.as_ref(), Some(&text), "{context}");
                    match theirs {
                        Some(other) => assert_eq!(ours.good().out, other, "{context}"),
                        None => drop(ours.refused("the padding is wrong")),
                    }
                }
            }
        }
    }
}
