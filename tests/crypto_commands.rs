//! `gmpki sm2`, `sm3` and `sm4` as a user meets them: exit codes, formats, what is
//! written and what is not.

use gm_crypto::{
    pki::{PRIVATE_KEY_LABELS, decode_pem, decode_private_key, encode_private_key},
    sm2::{Ciphertext, EnvelopedKey, SecretKey},
};
use gm_pki_tests::command::{Bench, Call, each_has_an_example_in_its_help, gmpki};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

const NOT_THE_SIGNATURE: &str = "the signature is not this key's under this ID over these octets";
const NOT_AUTHENTIC: &str = "not authentic under this key, nonce and associated data";
const NOT_FOR_THIS_KEY: &str =
    "no ciphertext in this format, or not encrypted to this key, or damaged";

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a file")
}

/// The scalar in a key file that is not encrypted.
fn scalar(path: &Path) -> [u8; 32] {
    let der = decode_pem(&read(path), PRIVATE_KEY_LABELS).expect("PEM");
    *decode_private_key(&der).expect("a key").to_bytes()
}

fn only_for_its_owner(path: &Path) {
    let mode = fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", path.display());
}

#[test]
fn every_command_has_an_example_in_its_help_and_takes_no_secret_as_an_argument() {
    each_has_an_example_in_its_help(&[
        "sm2 keygen",
        "sm2 public",
        "sm2 sign",
        "sm2 verify",
        "sm2 encrypt",
        "sm2 decrypt",
        "sm2 envelope seal",
        "sm2 envelope open",
        "sm3",
        "sm4 keygen",
        "sm4 encrypt",
        "sm4 decrypt",
    ]);
}

#[test]
fn wrong_usage_is_told_apart_from_a_refusal() {
    for words in [
        "sm2 sign x",
        "sm2 verify --key k x",
        "sm2 encrypt x",
        "sm2 encrypt --key k --format c1c2c3 x",
        "sm2 sign --key k --id a --id-hex 00 x",
        "sm2 sign --key k",
        "sm2 sign --key k --digest 00 x",
        "sm2 sign --key k --digest 00 --id a",
        "sm2 verify --key k --signature s",
        "sm2 envelope",
        "sm2 envelope seal --key k",
        "sm2 envelope open --key k x",
        "sm2 envelope open --key k --plain --new-password-file p --out o x",
        "sm2 keygen --plain --format sec2 --out o",
        "sm4",
        "sm4 keygen",
        "sm4 encrypt x",
        "sm4 encrypt --key 00112233445566778899aabbccddeeff x",
        "sm4 decrypt --mode xyz --key-file k x",
    ] {
        let answer = gmpki(words).answer();
        assert_eq!(answer.code, Some(2), "{answer}");
        assert!(
            answer.text().is_empty()
                && (answer.err.contains("Usage: gmpki") || answer.err.contains("'--help'")),
            "{answer}"
        );
    }
    // What only we can tell.
    let bench = Bench::new();
    let (key, file) = (bench.key("key.pem"), bench.write("file", "text"));
    let sm4 = bench.write("sm4", [7; 16]);
    for id in ["0", "0g", "1 2"] {
        gmpki("sm2 sign")
            .option("--key", &key)
            .option("--id-hex", id)
            .arg(&file)
            .answer()
            .misused("--id-hex takes pairs of hexadecimal digits");
    }
    for digest in ["", "00", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64)] {
        gmpki("sm2 sign")
            .option("--key", &key)
            .option("--digest", digest)
            .answer()
            .misused("--digest takes 32 octets, 64 hexadecimal digits");
    }
    gmpki("sm2 sign --key -")
        .arg("-")
        .answer()
        .misused("standard input, '-', can be one file only");
    gmpki("sm3 - -").answer().misused("standard input");
    let out = bench.path("out.pem");
    gmpki("sm2 keygen --format sec1")
        .option("--out", &out)
        .answer()
        .misused("a key in SEC 1 can't be encrypted");
    assert!(!out.exists());
    for (options, reason) in [
        ("--mode ecb --iv 00", "--iv does not go with --mode ecb"),
        ("--mode cbc --iv 00", "--iv takes 16 octets"),
        ("--mode cbc --iv xyz", "--iv takes 16 octets"),
        (
            "--mode gcm --iv 00112233445566778899aabbccddeeff",
            "--iv takes 12 octets",
        ),
        ("--mode ccm --nonce 001122", "--iv takes 12 octets"),
        ("--mode ctr --no-padding", "--no-padding goes with"),
        ("--no-padding", "--no-padding goes with"),
        ("--mode cbc --aad -", "--aad goes with"),
        ("--aad - --key-file -", "standard input"),
    ] {
        for way in ["encrypt", "decrypt"] {
            let mut call = gmpki(&format!("sm4 {way} {options}")).arg(&file);
            if !options.contains("--key-file") {
                call = call.option("--key-file", &sm4);
            }
            call.answer().misused(reason);
        }
    }
}

#[test]
fn a_private_key_is_for_its_owner_and_never_overwritten() {
    let bench = Bench::new();
    let password = bench.write("password", "口令\n");
    let sealed = bench.path("sealed");
    let (own, inside) = (bench.key("own.pem"), bench.key("inside.pem"));
    gmpki("sm2 envelope seal")
        .option("--key", &inside)
        .option("--recipient", bench.public("own.public.pem", &own))
        .option("--out", &sealed)
        .answer()
        .good();
    let closed = |call: Call, option| call.option(option, &password);
    let calls: [(&str, &dyn Fn() -> Call); 7] = [
        ("BEGIN PRIVATE KEY", &|| gmpki("sm2 keygen --plain")),
        ("BEGIN PRIVATE KEY", &|| {
            gmpki("sm2 keygen --plain --format pkcs8")
        }),
        ("BEGIN EC PRIVATE KEY", &|| {
            gmpki("sm2 keygen --plain --format sec1")
        }),
        ("BEGIN ENCRYPTED PRIVATE KEY", &|| {
            closed(gmpki("sm2 keygen"), "--password-file")
        }),
        ("BEGIN PRIVATE KEY", &|| {
            gmpki("sm2 envelope open --plain")
                .option("--key", &own)
                .arg(&sealed)
        }),
        ("BEGIN ENCRYPTED PRIVATE KEY", &|| {
            closed(gmpki("sm2 envelope open"), "--new-password-file")
                .option("--key", &own)
                .arg(&sealed)
        }),
        ("", &|| gmpki("sm4 keygen")),
    ];
    for (number, (label, call)) in calls.into_iter().enumerate() {
        let out = bench.path(&format!("new-{number}"));
        let answer = call().option("--out", &out).answer().good();
        assert!(answer.text().contains(&out.display().to_string()));
        only_for_its_owner(&out);
        let before = fs::read_to_string(&out).expect("text");
        assert!(before.contains(label), "{before}");
        call().option("--out", &out).answer().refused("File exists");
        assert_eq!(fs::read_to_string(&out).expect("text"), before);
        // Another each time, unless it is the one in the envelope.
        let other = bench.path(&format!("other-{number}"));
        call().option("--out", &other).answer().good();
        let same = before == fs::read_to_string(&other).expect("text");
        assert_eq!(
            same,
            answer.call.contains("open") && label == "BEGIN PRIVATE KEY"
        );
    }
}

#[test]
fn signatures_come_in_der_and_raw_random_and_the_same_each_time() {
    let bench = Bench::new();
    let key = bench.key("key.pem");
    let public = bench.public("public.pem", &key);
    let file = bench.write("file", "合同");
    let signature = bench.path("signature");
    let sign = |options: &str| {
        gmpki(&format!("sm2 sign {options}"))
            .option("--key", &key)
            .option("--out", &signature)
            .arg(&file)
            .answer()
            .good();
        read(&signature)
    };
    let verify = |options: &str, signature: &[u8]| {
        gmpki(&format!("sm2 verify {options}"))
            .option("--key", &public)
            .option("--signature", bench.write("given", signature))
            .arg(&file)
            .answer()
    };
    assert_ne!(sign(""), sign(""));
    assert_eq!(sign("--deterministic"), sign("--deterministic"));
    assert_eq!(
        sign("--deterministic"),
        sign("--deterministic --id-hex 31323334353637383132333435363738")
    );
    assert_ne!(
        sign("--deterministic"),
        sign("--deterministic --id somebody")
    );

    let raw = sign("--raw");
    assert_eq!(raw.len(), 64);
    verify("--raw", &raw).good();
    let mut broken = raw.clone();
    broken[63] ^= 1;
    verify("--raw", &broken).refused(NOT_THE_SIGNATURE);
    verify("--raw", &raw[..63]).refused("64 in all");
    verify("--raw", &[0; 64]).refused("gmpki: ");
    verify("--raw", &[0xff; 64]).refused("gmpki: ");
    verify("", &raw).refused("SM2Signature");
    verify("--raw", &sign("")).refused("64 in all");
    verify("--id somebody", &sign("--id somebody")).good();
    verify("--id-hex 736f6d65626f6479", &sign("--id somebody")).good();
    verify("--id-hex 00", &sign("--id somebody")).refused(NOT_THE_SIGNATURE);
    // The empty ID is an ID of its own.
    let file_of = |id: &str| {
        gmpki("sm2 sign --deterministic")
            .option("--key", &key)
            .option("--id", id)
            .arg(&file)
            .answer()
            .good()
            .out
    };
    assert_ne!(file_of(""), file_of("1234567812345678"));
}

#[test]
fn a_digest_made_elsewhere_is_signed_and_verified() {
    let bench = Bench::new();
    // GB/T 32918.5-2017, annex A.2: the key, and e of "message digest".
    let scalar = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    let e = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
    let scalar: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&scalar[2 * at..2 * at + 2], 16).expect("digits"))
        .collect();
    let scalar = scalar.try_into().expect("32 octets");
    let key = SecretKey::from_bytes(&scalar).expect("a key");
    let key = bench.write("key", &*encode_private_key(&key));
    let public = bench.public("public", &key);
    let signature = bench.path("signature");
    let sign = |call: Call| {
        call.option("--key", &key)
            .option("--out", &signature)
            .answer()
            .good();
        read(&signature)
    };
    let same = sign(gmpki("sm2 sign --deterministic --digest").arg(e));
    let file = || gmpki("sm2 sign --deterministic -").input("message digest");
    assert_eq!(same, sign(file()));
    assert_ne!(same, sign(gmpki("sm2 sign --digest").arg(e)));
    let verify = |words: &str| {
        gmpki(&format!("sm2 verify {words}"))
            .option("--key", &public)
            .option("--signature", &signature)
            .input("message digest")
            .answer()
    };
    verify("-").good();
    verify(&format!("--digest {e}")).good();
    let other = e.replace("f0b4", "f0b5");
    verify(&format!("--digest {other}")).refused("not this key's signature over this digest");
}

#[test]
fn sm2_ciphertexts_come_in_three_orders_and_open_in_their_own() {
    let bench = Bench::new();
    let key = bench.key("key.pem");
    let other = bench.key("other.pem");
    let public = bench.public("public.pem", &key);
    let text = b"sixteen octets ..".to_vec();
    let file = bench.write("file", &text);
    let encrypt = |format: &str| {
        gmpki(&format!("sm2 encrypt --format {format}"))
            .option("--key", &public)
            .arg(&file)
            .answer()
            .good()
            .out
    };
    let decrypt = |format: &str, key: &Path, cipher: &[u8]| {
        gmpki(&format!("sm2 decrypt --format {format}"))
            .option("--key", key)
            .arg("-")
            .input(cipher)
            .answer()
    };
    let formats = ["der", "c1c3c2", "legacy-c1c2c3"];
    for format in formats {
        let cipher = encrypt(format);
        assert_ne!(cipher, encrypt(format));
        assert_eq!(decrypt(format, &key, &cipher).good().out, text);
        decrypt(format, &other, &cipher).refused(NOT_FOR_THIS_KEY);
        for wrong in formats.into_iter().filter(|wrong| *wrong != format) {
            decrypt(wrong, &key, &cipher).refused("gmpki: ");
        }
        for place in [cipher.len() - 1, cipher.len() - 33, 40] {
            let mut broken = cipher.clone();
            broken[place] ^= 1;
            let out = bench.path("nothing");
            gmpki(&format!("sm2 decrypt --format {format}"))
                .option("--key", &key)
                .option("--out", &out)
                .arg(bench.write("broken", &broken))
                .answer()
                .refused("gmpki: ");
            assert!(!out.exists(), "{format}: nothing is written");
        }
        for length in [0, 1, 64, 65, 96, 97] {
            decrypt(format, &key, &cipher[..length]).refused("gmpki: ");
        }
    }
    // One ciphertext in all three.
    let der = encrypt("der");
    let cipher = Ciphertext::from_der(&der).expect("a ciphertext");
    let current = cipher.to_c1c3c2();
    let (point, rest) = current.split_at(65);
    let (hash, masked) = rest.split_at(32);
    let legacy = [point, masked, hash].concat();
    for (format, octets) in formats.into_iter().zip([&der, &current, &legacy]) {
        assert_eq!(decrypt(format, &key, octets).good().out, text);
    }

    // With --out a word, with --json an object.
    let out = bench.path("out");
    let call = || gmpki("sm2 decrypt").option("--key", &key).arg("-");
    let answer = call().option("--out", &out).input(&*der).answer().good();
    assert_eq!(answer.text(), format!("text: {}\n", out.display()));
    assert_eq!(read(&out), text);
    let answer = call().arg("--json").input(&*der).answer().good();
    assert_eq!(
        answer.json(),
        json!({ "ok": true, "text": "c2l4dGVlbiBvY3RldHMgLi4=" })
    );
    gmpki("sm2 encrypt -")
        .option("--key", &public)
        .answer()
        .refused("SM2 encrypts no empty file");
    // A private key is no public key.
    gmpki("sm2 encrypt")
        .option("--key", &key)
        .arg(&file)
        .answer()
        .refused("no PEM block");
}

#[test]
fn an_envelope_hands_a_key_over() {
    let bench = Bench::new();
    let [own, inside, stranger] = ["own", "inside", "stranger"].map(|name| bench.key(name));
    let public = bench.public("public", &own);
    let sealed = gmpki("sm2 envelope seal")
        .option("--key", &inside)
        .option("--recipient", &public)
        .answer()
        .good()
        .out;
    EnvelopedKey::from_der(&sealed).expect("an envelope");
    let open = |key: &Path, sealed: &[u8], out: &Path| {
        gmpki("sm2 envelope open --plain -")
            .option("--key", key)
            .option("--out", out)
            .input(sealed)
            .answer()
    };
    let out = bench.path("out.pem");
    open(&own, &sealed, &out).good();
    assert_eq!(scalar(&out), scalar(&inside));
    let out = bench.path("nothing.pem");
    open(&stranger, &sealed, &out).refused("the envelope is not for this key, or damaged");
    for place in [sealed.len() - 1, sealed.len() - 40, sealed.len() / 2] {
        let mut broken = sealed.clone();
        broken[place] ^= 1;
        open(&own, &broken, &out).refused("gmpki: ");
    }
    open(&own, &sealed[..20], &out).refused("delivery of an encryption key");
    assert!(!out.exists());
}

#[test]
fn a_key_under_a_password_serves_every_command() {
    let bench = Bench::new();
    let password = bench.write("password", "geheim");
    let wrong = bench.write("wrong", "offen");
    let key = bench.path("key.pem");
    gmpki("sm2 keygen")
        .option("--password-file", &password)
        .option("--out", &key)
        .answer()
        .good();
    let with = |words: &str, password: &Path| {
        gmpki(words)
            .option("--key", &key)
            .option("--password-file", password)
    };
    let public = bench.path("public.pem");
    with("sm2 public", &password)
        .option("--out", &public)
        .answer()
        .good();
    let cipher = gmpki("sm2 encrypt -")
        .option("--key", &public)
        .input("text")
        .answer()
        .good()
        .out;
    let answer = with("sm2 decrypt -", &password).input(&*cipher).answer();
    assert_eq!(answer.good().out, b"text");
    with("sm2 decrypt -", &wrong)
        .input(&*cipher)
        .answer()
        .refused("wrong password, or the key file is damaged");
    gmpki("sm2 decrypt -")
        .option("--key", &key)
        .input(&*cipher)
        .answer()
        .misused("the key is encrypted: give --password-file");
}

#[test]
fn hmac_is_keyed_by_the_octets_of_a_file() {
    let bench = Bench::new();
    // GM/T 0042-2015, annex D.3.
    let key = bench.write("key", "Jefe");
    let file = bench.write("file", "what do ya want for nothing?");
    let hmac = |key: &Path| {
        gmpki("sm3")
            .option("--hmac-key-file", key)
            .arg(&file)
            .answer()
    };
    let code = "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882";
    let answer = hmac(&key).good();
    assert_eq!(answer.text(), format!("{code}  {}\n", file.display()));
    let json = gmpki("--json sm3 -")
        .option("--hmac-key-file", &key)
        .input("what do ya want for nothing?")
        .answer()
        .good()
        .json();
    assert_eq!(
        json,
        json!({ "ok": true, "digests": [{ "file": "-", "hmac_sm3": code }] })
    );
    // As they are: the end of a line is part of it.
    let other = hmac(&bench.write("other", "Jefe\n")).good();
    assert!(!other.text().contains(code));
    hmac(&bench.write("empty", "")).refused("an empty key authenticates nothing");
    hmac(&bench.write("large", [0; 4_097])).refused("larger than the 4096 octets");
    hmac(&bench.path("missing")).refused("No such file");
}

#[test]
fn sm4_encrypts_in_each_mode_and_takes_only_what_is_whole() {
    let bench = Bench::new();
    let key = bench.path("key");
    gmpki("sm4 keygen").option("--out", &key).answer().good();
    let digits = fs::read_to_string(&key).expect("digits");
    assert_eq!(digits.len(), 33, "32 digits and the end of the line");
    let text = b"a letter that is longer than two blocks of the cipher".to_vec();
    let file = bench.write("file", &text);
    let call = |words: &str, key: &Path, octets: &[u8]| {
        gmpki(words)
            .arg("-")
            .option("--key-file", key)
            .input(octets)
            .answer()
    };
    let other = bench.write("other", "00".repeat(16));
    for (mode, iv, tail) in [
        ("gcm", 12, 16),
        ("ccm", 12, 16),
        ("cbc", 16, 16 - text.len() % 16),
        ("ctr", 16, 0),
        ("ofb", 16, 0),
        ("cfb", 16, 0),
        ("ecb", 0, 16 - text.len() % 16),
    ] {
        let (seal, open) = (
            format!("sm4 encrypt --mode {mode}"),
            format!("sm4 decrypt --mode {mode}"),
        );
        let sealed = call(&seal, &key, &text).good().out;
        assert_eq!(sealed.len(), iv + text.len() + tail, "{mode}");
        assert_eq!(call(&open, &key, &sealed).good().out, text, "{mode}");
        // A fresh initial vector each time, where there is one.
        let again = call(&seal, &key, &text).good().out;
        assert_eq!(sealed == again, mode == "ecb", "{mode}");
        let stranger = call(&open, &other, &sealed);
        assert_ne!(stranger.out, text, "{mode}");

        // The same octets with --iv, without the initial vector in front.
        if iv > 0 {
            let given: String = sealed[..iv]
                .iter()
                .map(|octet| format!("{octet:02x}"))
                .collect();
            for name in ["--iv", "--nonce"] {
                let (seal, open) = (
                    format!("{seal} {name} {given}"),
                    format!("{open} {name} {given}"),
                );
                assert_eq!(call(&seal, &key, &text).good().out, sealed[iv..], "{mode}");
                assert_eq!(call(&open, &key, &sealed[iv..]).good().out, text, "{mode}");
            }
        }
        // Raw octets are the same key as digits.
        let raw: Vec<u8> = (0..16)
            .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("digits"))
            .collect();
        let raw = bench.write("raw", raw);
        assert_eq!(call(&open, &raw, &sealed).good().out, text, "{mode}");

        // Nothing short of all of it, and nothing is written.
        let out = bench.path("nothing");
        let refused = |octets: &[u8], reason: &str| {
            gmpki(&open)
                .option("--key-file", &key)
                .option("--out", &out)
                .arg(bench.write("broken", octets))
                .answer()
                .refused(reason);
            assert!(!out.exists(), "{mode}");
        };
        if tail == 16 {
            for place in [0, iv, sealed.len() / 2, sealed.len() - 1] {
                let mut broken = sealed.clone();
                broken[place] ^= 1;
                refused(&broken, NOT_AUTHENTIC);
            }
            refused(&sealed[..sealed.len() - 1], NOT_AUTHENTIC);
            refused(&sealed[..iv + 15], NOT_AUTHENTIC);
            assert_eq!(stranger.code, Some(1));
        }
        if tail > 0 && tail < 16 {
            refused(&sealed[..sealed.len() - 1], "the padding is wrong");
        }
        if iv > 0 {
            refused(
                &sealed[..iv - 1],
                "the initial vector should stand in front",
            );
        }

        // The empty file.
        let sealed = call(&seal, &key, b"").good().out;
        assert_eq!(call(&open, &key, &sealed).good().out, b"", "{mode}");
        let out = bench.path("out");
        gmpki(&seal)
            .option("--key-file", &key)
            .option("--out", &out)
            .arg(&file)
            .answer()
            .good();
        assert_eq!(call(&open, &key, &read(&out)).good().out, text, "{mode}");
    }
}

#[test]
fn associated_data_is_authentic_too() {
    let bench = Bench::new();
    let key = bench.write("key", [9; 16]);
    let (aad, other) = (
        bench.write("aad", "to: Li Lei"),
        bench.write("other", "to: Han"),
    );
    for mode in ["gcm", "ccm"] {
        let call =
            |way: &str| gmpki(&format!("sm4 {way} --mode {mode} -")).option("--key-file", &key);
        let sealed = call("encrypt").option("--aad", &aad).input("text").answer();
        let sealed = sealed.good().out;
        let open = || call("decrypt").input(&*sealed);
        assert_eq!(open().option("--aad", &aad).answer().good().out, b"text");
        open().answer().refused(NOT_AUTHENTIC);
        open()
            .option("--aad", &other)
            .answer()
            .refused(NOT_AUTHENTIC);
        open()
            .option("--aad", bench.path("missing"))
            .answer()
            .refused("No such file");
    }
}

#[test]
fn what_is_no_sm4_key_is_refused() {
    let bench = Bench::new();
    let file = bench.write("file", "text");
    for (name, octets) in [
        ("empty", &b""[..]),
        ("short", &[1; 15]),
        ("long", &[1; 17]),
        ("digits", b"0011"),
        ("letters", b"0123456789abcdef0123456789abcdeg"),
        ("two", &[b'0'; 64]),
        ("large", &[b'0'; 5_000]),
    ] {
        let key = bench.write(name, octets);
        for way in ["encrypt", "decrypt"] {
            gmpki(&format!("sm4 {way}"))
                .option("--key-file", &key)
                .arg(&file)
                .answer()
                .refused(if name == "large" {
                    "larger than the 4096 octets"
                } else {
                    "no SM4 key: neither 16 octets nor 32 hexadecimal digits"
                });
        }
    }
    // From standard input.
    let sealed = gmpki("sm4 encrypt --key-file -")
        .arg(&file)
        .input("0123456789abcdeffedcba9876543210\n")
        .answer()
        .good()
        .out;
    let key = bench.write("key", "0123456789ABCDEFFEDCBA9876543210");
    let answer = gmpki("sm4 decrypt -")
        .option("--key-file", &key)
        .input(sealed)
        .answer();
    assert_eq!(answer.good().out, b"text");
}

#[test]
fn whole_blocks_need_no_padding() {
    let bench = Bench::new();
    // GB/T 32907-2016, annex A.1: key and text are the same octets.
    let key = bench.write("key", "0123456789abcdeffedcba9876543210");
    let octets = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
    let wanted = 0x681e_df34_d206_965e_86b3_e94f_536e_4246_u128.to_be_bytes();
    let call = |way: &str, octets: &[u8]| {
        gmpki(&format!("sm4 {way} --mode ecb --no-padding -"))
            .option("--key-file", &key)
            .input(octets)
            .answer()
    };
    assert_eq!(call("encrypt", &octets).good().out, wanted);
    assert_eq!(call("decrypt", &wanted).good().out, octets);
    for way in ["encrypt", "decrypt"] {
        call(way, &octets[..15]).refused("not whole blocks of 16 octets");
    }
}
