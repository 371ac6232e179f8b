//! `gmpki convert`, `gmpki message` and `gmpki self-test` as a user meets them: each form
//! into each other, files of any size, what is said and what is never given out.

mod message;

use gm_pki_tests::{
    command::{Answer, Bench, Call, each_has_an_example_in_its_help, gmpki},
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
        .option("--recipient", &owner.encryption)
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
        .option("--recipient", &owner.encryption)
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
    each_has_an_example_in_its_help(&[
        "convert key",
        "convert ciphertext",
        "convert envelope",
        "message sign",
        "message verify",
        "message encrypt",
        "message decrypt",
        "self-test",
    ]);
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
