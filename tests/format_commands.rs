//! `gmpki convert`, `gmpki message` and `gmpki self-test` as a user meets them: each form
//! into each other, files of any size, what is said and what is never given out.

use getrandom::SysRng;
use gm_crypto::message::{Dialect, EncryptedData, EnvelopedData, Partner, UnverifiedSignedData};
use gm_pki_tests::{
    command::{Answer, Bench, Call, gmpki},
    suites::Suites,
};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

const TEXT: &[u8] = "一份合同 a contract\n".as_bytes();
const PRIVATE: [&str; 8] = [
    "pkcs8",
    "pkcs8-without-public",
    "pkcs8-encrypted",
    "sec1",
    "legacy-pem",
    "bare",
    "hex",
    "pkcs12",
];
const CIPHERTEXTS: [&str; 5] = [
    "der",
    "c1c3c2",
    "c1c3c2-without-04",
    "c1c2c3",
    "c1c2c3-without-04",
];
const ENVELOPES: [&str; 5] = [
    "enveloped-key",
    "enveloped-key-zeros",
    "skf",
    "sdf2012",
    "cfca",
];

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a file")
}

/// Done, whatever was noted on standard error.
fn done(call: Call) -> Answer {
    let answer = call.answer();
    assert_eq!(answer.code, Some(0), "{answer}");
    answer
}

fn convert_key(form: &str, input: &Path, password: &Path, output: &Path) -> Call {
    let mut call = gmpki("convert key")
        .option("--to", form)
        .option("--password-file", password)
        .option("--out", output);
    if ["pkcs8-encrypted", "legacy-pem", "pkcs12"].contains(&form) {
        call = call.option("--new-password-file", password);
    }
    if input
        .extension()
        .is_some_and(|extension| extension == "hex")
    {
        call = call.arg("--raw");
    }
    call.arg(input)
}

/// A file that was not finished is removed.
fn nothing_is_left_beside(bench: &Bench) {
    for entry in fs::read_dir(bench.path("")).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy().into_owned();
        assert!(!name.contains("part") && !name.contains("gmpki-"), "{name}");
    }
}

#[test]
fn no_output_takes_the_place_of_an_input_or_of_a_private_key() {
    let bench = Bench::new();
    let owner = bench.owner("owner");
    let (text, password) = (
        bench.write("text", TEXT),
        bench.write("password", "password"),
    );
    let (der, message) = (bench.path("der"), bench.path("message"));
    gmpki("sm2 encrypt")
        .option("--key", &owner.certificate)
        .option("--out", &der)
        .arg(&text)
        .answer()
        .good();
    gmpki("message encrypt")
        .option("--recipient", &owner.certificate)
        .option("--out", &message)
        .arg(&text)
        .answer()
        .good();
    let p12 = bench.path("p12");
    done(convert_key("pkcs12", &owner.key, &password, &p12));
    let stranger = bench.key("stranger");
    let link = bench.path("link");
    std::os::unix::fs::symlink(&owner.key, &link).expect("a link");
    let keys = [&owner.key, &stranger, &p12, &link];
    let before: Vec<Vec<u8>> = keys.iter().map(|key| read(key)).collect();

    let calls = || {
        [
            gmpki("convert key --to public").arg(&owner.key),
            gmpki("sm2 public").option("--key", &owner.key),
            gmpki("sm2 sign").option("--key", &owner.key).arg(&text),
            gmpki("sm2 encrypt")
                .option("--key", &owner.certificate)
                .arg(&text),
            gmpki("sm2 decrypt").option("--key", &owner.key).arg(&der),
            gmpki("convert ciphertext --to c1c3c2").arg(&der),
            gmpki("csr new --subject CN=a").option("--key", &owner.key),
            gmpki("message sign")
                .option("--key", &owner.key)
                .option("--signer", &owner.certificate)
                .arg(&text),
            gmpki("message encrypt")
                .option("--recipient", &owner.certificate)
                .arg(&text),
            gmpki("message decrypt")
                .option("--key", &owner.key)
                .arg(&message),
        ]
    };
    for (key, before) in keys.iter().zip(&before) {
        for call in calls() {
            call.option("--out", key)
                .answer()
                .refused("and --out would replace it");
            assert_eq!(&read(key), before);
        }
    }
    for input in [&text, &der, &message, &owner.certificate] {
        let before = read(input);
        for call in calls() {
            let answer = call.option("--out", input).answer();
            // It may replace a file that it has nothing to do with.
            if answer.code == Some(0) {
                fs::write(input, &before).expect("a file");
            }
            assert_eq!(read(input), before, "{answer}");
        }
    }
    gmpki("sm2 encrypt")
        .option("--key", &owner.certificate)
        .option("--out", &text)
        .arg(&text)
        .answer()
        .refused("was read in this run");
    nothing_is_left_beside(&bench);
}

#[test]
fn what_was_decrypted_is_its_owners_and_links_and_devices_stay_what_they_are() {
    let bench = Bench::new();
    let owner = bench.owner("owner");
    let (text, message) = (bench.write("text", TEXT), bench.path("message"));
    gmpki("message encrypt")
        .option("--recipient", &owner.certificate)
        .option("--out", &message)
        .arg(&text)
        .answer()
        .good();
    let decrypt = |out: &Path| {
        let call = gmpki("message decrypt").option("--key", &owner.key);
        done(call.option("--out", out).arg(&message))
    };
    let out = bench.write("out", "old");
    decrypt(&out);
    assert_eq!(read(&out), TEXT);
    let mode = fs::metadata(&out).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // A link that somebody laid where a neighbour would be foreseen leads nowhere.
    let victim = bench.write("victim", "victim");
    std::os::unix::fs::symlink(&victim, bench.path("out.part")).expect("a link");
    decrypt(&out);
    assert_eq!(read(&victim), b"victim");
    fs::remove_file(bench.path("out.part")).expect("a link");

    let link = bench.path("link");
    std::os::unix::fs::symlink(&victim, &link).expect("a link");
    decrypt(&link);
    assert!(link.is_symlink());
    assert_eq!(read(&victim), TEXT);

    decrypt(Path::new("/dev/null"));
    let null = fs::metadata("/dev/null").expect("a device");
    assert!(!null.is_file(), "replaced by a file");
    let answer = gmpki("message decrypt")
        .option("--key", &owner.key)
        .option("--out", "/dev/stdout")
        .arg(&message);
    assert!(done(answer).out.starts_with(TEXT));
    nothing_is_left_beside(&bench);
}

#[test]
fn every_command_has_an_example_in_its_help() {
    for command in [
        "convert key",
        "convert ciphertext",
        "convert envelope",
        "message sign",
        "message verify",
        "message encrypt",
        "message decrypt",
        "self-test",
    ] {
        let answer = gmpki(command).arg("--help").answer().good();
        let text = answer.text();
        let example = text
            .find("Example")
            .unwrap_or_else(|| unreachable!("{answer}"));
        let call = format!("  gmpki {command} ");
        assert!(text[example..].contains(&call), "{answer}");
        for line in text[..example].lines().map(str::trim_start) {
            if line.starts_with("--key") || line.contains("password") && line.starts_with("--") {
                assert!(line.contains("<FILE>"), "{answer}");
            }
        }
    }
}

#[test]
fn the_self_test_passes_and_says_so() {
    let answer = gmpki("self-test").answer().good();
    assert_eq!(answer.text(), "self-test: passed\n");
    assert_eq!(gmpki("self-test --json").answer().good().json()["ok"], true);
}

#[test]
fn each_form_of_a_private_key_becomes_each_other() {
    let bench = Bench::new();
    let key = bench.key("key.pem");
    let password = bench.write("password", "correct horse 电池");
    let wrong = bench.write("wrong", "wrong");
    let file = |form: &str, of: &str| {
        let extension = if form == "hex" { ".hex" } else { "" };
        bench.path(&format!("{of}-{form}{extension}"))
    };
    let scalar = bench.path("scalar.hex");
    done(convert_key("hex", &key, &password, &scalar));
    let scalar = read(&scalar);
    for from in PRIVATE {
        let first = file(from, "first");
        let answer = done(convert_key(from, &key, &password, &first));
        assert_eq!(answer.text(), format!("key: {}\n", first.display()));
        let mode = fs::metadata(&first).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{from}");
        // Never over another.
        convert_key(from, &key, &password, &first)
            .answer()
            .refused("File exists");
        for to in PRIVATE {
            let second = file(to, from);
            done(convert_key(to, &first, &password, &second));
            let last = file("hex", &format!("{from}-{to}"));
            done(convert_key("hex", &second, &password, &last));
            assert_eq!(read(&last), scalar, "{from}, {to}");
        }
        if ["pkcs8-encrypted", "legacy-pem", "pkcs12"].contains(&from) {
            let out = bench.path("not-there");
            convert_key("pkcs8", &first, &wrong, &out)
                .answer()
                .refused("wrong password");
            assert!(!out.exists());
        }
    }
    // Every form is a key for the commands that use keys, except the number alone.
    for form in PRIVATE {
        let answer = gmpki("sm2 public")
            .option("--key", file(form, "first"))
            .option("--password-file", &password)
            .answer();
        assert_eq!(answer.code, Some(i32::from(form == "hex")), "{answer}");
    }
}

#[test]
fn both_halves_of_dual_keys_go_into_one_pkcs12_and_come_out() {
    let bench = Bench::new();
    let password = bench.write("password", "password");
    let both = bench.path("both.p12");
    let [signing, encryption] = ["signing", "encryption"].map(|name| bench.owner(name));
    gmpki("convert key --to pkcs12")
        .option("--new-password-file", &password)
        .option("--add-key", &encryption.key)
        .option("--certificate", &signing.certificate)
        .option("--certificate", &encryption.certificate)
        .option("--out", &both)
        .arg(&signing.key)
        .answer()
        .good();
    let take = |entry: &str, out: &Path| {
        let call = gmpki("convert key --to hex")
            .option("--password-file", &password)
            .option("--out", out);
        let call = if entry.is_empty() {
            call
        } else {
            call.option("--entry", entry)
        };
        call.arg(&both)
    };
    take("", &bench.path("x"))
        .answer()
        .misused("the file holds 2 keys, name one with --entry");
    take("3", &bench.path("x"))
        .answer()
        .misused("--entry lies between 1 and 2");
    assert!(!bench.path("x").exists());
    for (entry, owner) in [("1", &signing), ("2", &encryption)] {
        let (out, own) = (bench.path(entry), bench.path(&format!("{entry}.own")));
        done(take(entry, &out));
        done(convert_key("hex", &owner.key, &password, &own));
        assert_eq!(read(&out), read(&own));
    }
    gmpki("sm2 public")
        .option("--key", &both)
        .option("--password-file", &password)
        .answer()
        .refused("holds 2 keys");
    gmpki("convert key --to pkcs12")
        .option("--new-password-file", &password)
        .option("--certificate", &encryption.certificate)
        .option("--out", bench.path("x"))
        .arg(&signing.key)
        .answer()
        .refused("none of the certificates is of a key");
    gmpki("convert key --to pkcs8")
        .option("--out", bench.path("x"))
        .arg(bench.path("1"))
        .answer()
        .refused("--raw");
    assert!(!bench.path("x").exists());
}

#[test]
fn the_public_half_comes_from_a_key_a_certificate_and_a_public_key() {
    let bench = Bench::new();
    let owner = bench.owner("owner");
    let public = bench.public("public.pem", &owner.key);
    let expected = String::from_utf8(read(&public)).expect("PEM");
    let bare = bench.path("bare");
    gmpki("convert key --to public-bare")
        .option("--out", &bare)
        .arg(&public)
        .answer()
        .good();
    for input in [&owner.key, &owner.certificate, &public, &bare] {
        let answer = done(gmpki("convert key --to public").arg(input));
        assert_eq!(answer.text(), expected, "{answer}");
        let answer = done(gmpki("--json convert key --to public").arg(input));
        assert_eq!(answer.json()["public"], expected);
        assert!(answer.json()["from"].is_string(), "{answer}");
    }
    gmpki("convert key --to pkcs8")
        .arg(&owner.key)
        .answer()
        .misused("give --out");
    gmpki("convert key --to public")
        .arg(bench.write("nothing", "nothing"))
        .answer()
        .refused("nothing");
}

#[test]
fn each_form_of_a_ciphertext_becomes_each_other_and_is_found_by_its_key() {
    let bench = Bench::new();
    let (key, other) = (bench.key("key.pem"), bench.key("other.pem"));
    let text = bench.write("text", TEXT);
    let der = bench.path("der");
    gmpki("sm2 encrypt")
        .option("--key", bench.public("public", &key))
        .option("--out", &der)
        .arg(&text)
        .answer()
        .good();
    let convert = |words: &str, input: &Path, output: &Path| {
        gmpki(&format!("convert ciphertext {words}"))
            .option("--out", output)
            .arg(input)
    };
    for from in CIPHERTEXTS {
        let first = bench.path(from);
        if from != "der" {
            convert(&format!("--to {from}"), &der, &first)
                .answer()
                .good();
        }
        for to in CIPHERTEXTS {
            let (named, found) = (bench.path("named"), bench.path("found"));
            let words = format!("--from {from} --to {to}");
            convert(&words, &first, &named).answer().good();
            let call = convert(&format!("--to {to}"), &first, &found).option("--key", &key);
            call.answer().good();
            assert_eq!(read(&named), read(&found), "{from}, {to}");
            let back = bench.path("back");
            let words = format!("--from {to} --to der");
            convert(&words, &named, &back).answer().good();
            assert_eq!(read(&back), read(&der), "{from}, {to}");
        }
        // As text too.
        let hex: String = read(&first).iter().map(|o| format!("{o:02X}")).collect();
        let (hex, back) = (bench.write("hex", hex), bench.path("back"));
        convert(&format!("--from {from} --to der"), &hex, &back)
            .answer()
            .good();
        assert_eq!(read(&back), read(&der), "{from}");
        let call = convert("--to der", &first, &bench.path("x")).option("--key", &other);
        call.answer().refused("in no form a ciphertext to this key");
    }
    convert("--to der", &bench.path("c1c3c2"), &bench.path("x"))
        .answer()
        .refused("name one with --from, or give --key");
    // What stands behind DER is left out on request alone.
    let padded = bench.write("padded", [read(&der), vec![0; 7]].concat());
    convert("--to der", &padded, &bench.path("x"))
        .answer()
        .refused("7 octets stand behind its end, which --trailing leaves out");
    let answer = done(convert("--trailing --to der", &padded, &bench.path("back")));
    assert!(answer.err.contains("7 octets behind the end"), "{answer}");
    assert_eq!(read(&bench.path("back")), read(&der));
    assert!(!bench.path("x").exists());
}

#[test]
fn a_delivered_key_becomes_each_form_and_opens_for_its_recipient_alone() {
    let bench = Bench::new();
    let password = bench.write("password", "password");
    let (own, other) = (bench.key("own.pem"), bench.key("other.pem"));
    let wrapped = bench.key("wrapped.pem");
    let der = bench.path("der");
    gmpki("sm2 envelope seal")
        .option("--key", &wrapped)
        .option("--recipient", bench.public("own.public", &own))
        .option("--out", &der)
        .answer()
        .good();
    let number = bench.path("number.hex");
    done(convert_key("hex", &wrapped, &password, &number));
    let convert = |form: &str, key: &Path, input: &Path, output: &Path| {
        gmpki("convert envelope")
            .option("--to", form)
            .option("--key", key)
            .option("--out", output)
            .arg(input)
    };
    for from in ENVELOPES {
        let first = bench.path(from);
        done(convert(from, &own, &der, &first));
        for to in ENVELOPES {
            let second = bench.path(&format!("{from}-{to}"));
            done(convert(to, &own, &first, &second));
            let out = bench.path(&format!("{from}-{to}.key"));
            gmpki("sm2 envelope open --plain")
                .option("--key", &own)
                .option("--out", &out)
                .arg(&second)
                .answer()
                .good();
            let found = bench.path(&format!("{from}-{to}.hex"));
            done(convert_key("hex", &out, &password, &found));
            assert_eq!(read(&found), read(&number), "{from}, {to}");
        }
        convert("skf", &other, &first, &bench.path("x"))
            .answer()
            .refused("not for this key, or damaged");
        // For another recipient, and then for that one alone.
        let handed_on = bench.path("handed-on");
        done(
            convert(from, &own, &first, &handed_on)
                .option("--recipient", bench.public("other.public", &other)),
        );
        done(convert("skf", &other, &handed_on, &bench.path("blob")));
        convert("skf", &own, &handed_on, &bench.path("x"))
            .answer()
            .refused("not for this key, or damaged");
    }
    assert!(!bench.path("x").exists());
    convert("csr-response", &own, &der, &bench.path("x"))
        .answer()
        .misused("this form takes --signing-certificate");

    // The forms that carry certificates.
    let [person, centre] = ["person", "centre"].map(|name| bench.owner(name));
    let encryption = bench.owner("encryption");
    let sealed = bench.path("sealed");
    gmpki("sm2 envelope seal")
        .option("--key", &encryption.key)
        .option("--recipient", &person.certificate)
        .option("--out", &sealed)
        .answer()
        .good();
    let (response, message) = (bench.path("response"), bench.path("message"));
    done(
        convert("csr-response", &person.key, &sealed, &response)
            .option("--signing-certificate", &person.certificate)
            .option("--certificate", &encryption.certificate),
    );
    done(
        convert("signed-and-enveloped", &person.key, &response, &message)
            .option("--recipient", &person.certificate)
            .option("--sender-key", &centre.key)
            .option("--sender-certificate", &centre.certificate),
    );
    let public = |key: &Path| gmpki("sm2 public").option("--key", key).answer().good().out;
    let open = |delivery: &Path| {
        let back = bench.path("back.key");
        let _ = fs::remove_file(&back);
        let call = gmpki("sm2 envelope open --plain")
            .option("--key", &person.key)
            .option("--out", &back);
        (call.arg(delivery), back)
    };
    // The message states no public key: somebody has to vouch for the one that comes out.
    let (call, back) = open(&message);
    call.answer().misused("states no public key");
    assert!(!back.exists());
    convert("skf", &person.key, &message, &bench.path("x"))
        .answer()
        .misused("--from-sender");
    for (vouching, right, wrong) in [
        ("--certificate", &encryption, &person),
        ("--from-sender", &centre, &encryption),
    ] {
        let (call, back) = open(&message);
        let answer = call.option(vouching, &wrong.certificate).answer();
        answer.refused("not for this key, or not");
        assert!(!back.exists());
        let (call, back) = open(&message);
        call.option(vouching, &right.certificate).answer().good();
        assert_eq!(public(&back), public(&encryption.key));
        let call = convert("skf", &person.key, &message, &bench.path("x"));
        call.option(vouching, &wrong.certificate)
            .answer()
            .refused("not for this key, or not");
        let blob = bench.path("blob");
        let call = convert("skf", &person.key, &message, &blob);
        let answer = done(call.option(vouching, &right.certificate));
        let told = answer.err.contains("not authenticated by its sender");
        assert_eq!(told, vouching == "--certificate", "{answer}");
        let (call, back) = open(&blob);
        call.answer().good();
        assert_eq!(public(&back), public(&encryption.key));
    }
    let (call, back) = open(&response);
    call.answer().good();
    assert_eq!(public(&back), public(&encryption.key));
    let (call, _) = open(&response);
    call.option("--from-sender", &centre.certificate)
        .answer()
        .refused("nobody signs");
    // Another encryption certificate than the key's: refused.
    convert("skf", &person.key, &response, &bench.path("x"))
        .option("--certificate", &person.certificate)
        .answer()
        .refused("gmpki: ");
    convert(
        "signed-and-enveloped",
        &person.key,
        &sealed,
        &bench.path("x"),
    )
    .option("--recipient", &person.certificate)
    .answer()
    .misused("this form takes --sender-certificate");
    assert!(!bench.path("x").exists());
}

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
        let answer = verify(signers).good().json();
        assert_eq!(answer["octets"], TEXT.len());
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
            .option("--recipient", &li.certificate)
            .option("--recipient", &han.certificate)
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
            done(call.option("--certificate", &reader.certificate));
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
        .option("--recipient", &han.certificate)
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
    decrypt(&han.key, &li.certificate, &out)
        .arg(&message)
        .answer()
        .good();
    assert_eq!(read(&out), TEXT);
    // From standard input too: the file gets its name after the signature was checked.
    let piped = bench.path("piped");
    decrypt(&han.key, &li.certificate, &piped)
        .arg("-")
        .input(read(&message))
        .answer()
        .good();
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
    verify(&format!("--content {text}"), &detached).good();
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
    verify("", pem.as_bytes()).good();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    verify("", base64.as_bytes()).good();
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
fn a_dual_key_request_of_cfca_is_read_and_that_is_said() {
    let Some(suites) = Suites::open() else { return };
    let bench = Bench::new();
    let request = bench.write("request", suites.read("vectors/csr/cfca-sadk-dual.der"));
    for command in ["csr show", "csr verify"] {
        let answer = done(gmpki("--json").arg("csr").arg(&command[4..]).arg(&request));
        assert!(answer.err.contains("CFCA's form"), "{answer}");
        let key = answer.json()["temporary_key"].to_string();
        assert!(key.starts_with("\"04") && key.len() == 132, "{answer}");
    }
    let mut damaged = read(&request);
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    let damaged = bench.write("damaged", damaged);
    gmpki("csr verify").arg(damaged).answer().refused("damaged");
}
