//! What `explain` says, word for word, about files made here, and that it knows every file
//! of the suites.
//!
//! The expected texts stand in `tests/golden/explain`; `GM_PKI_WRITE_GOLDEN=1` writes them
//! anew, to be read before they are kept.

use core::convert::Infallible;
use gm_crypto::{
    delivery::{CfcaForm, DeliveryTarget, DeviceForm, EncryptionKeyDelivery},
    diagnose::{self, Clues, Finding},
    explain::{Context, Kind, Verdict, explain},
    pki::{
        KeyFileParameters, encode_pem, encode_private_key, encode_private_key_bare,
        encode_private_key_encrypted, encode_private_key_legacy_pem, encode_private_key_sec1,
        pkcs12::{Pkcs12Draft, Pkcs12Parameters},
    },
    sm2::{
        Ciphertext, EnvelopedKey, EnvelopedKeyForm, PublicKey, RawSignature, SecretKey, SigningKey,
        UserId,
    },
    sm3,
};
use gm_pki_tests::{
    command::{Bench, Call, gmpki, program},
    suites::Suites,
};
use rand_core::{TryCryptoRng, TryRng};
use std::{collections::BTreeMap, env, fs, path::PathBuf, process::Command};

/// Octets that are the same in every run.
struct Counter(u8);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_be_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_be_bytes(octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        for octet in octets {
            self.0 = self.0.wrapping_add(1);
            *octet = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).expect("short");
    let [high, low] = length.to_be_bytes();
    let mut octets = match length {
        0..=0x7f => vec![tag, low],
        0x80..=0xff => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    octets.extend(content);
    octets
}

fn oid(dotted: &str) -> Vec<u8> {
    let oid = der::asn1::ObjectIdentifier::new(dotted).expect("an identifier");
    der::Encode::to_der(&oid).expect("an identifier")
}

fn key(octet: u8) -> SecretKey {
    SecretKey::from_bytes(&[octet; 32]).expect("a scalar")
}

fn sign(octet: u8, id: &[u8], message: &[u8]) -> Vec<u8> {
    let id = UserId::new(id).expect("an ID");
    let signer = SigningKey::new(key(octet), id);
    let e = signer.verifying_key().za().digest(message);
    signer.sign_digest(&e).expect("a signature").to_der()
}

const USUAL: &[u8] = b"1234567812345678";

fn name(parts: &[(&str, u8, &str)]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = parts
        .iter()
        .map(|(kind, tag, value)| {
            let value = tlv(*tag, &[value.as_bytes()]);
            tlv(0x31, &[&tlv(0x30, &[&oid(kind), &value])])
        })
        .collect();
    tlv(0x30, &[&parts.concat()])
}

fn ca_name() -> Vec<u8> {
    name(&[("2.5.4.6", 0x13, "CN"), ("2.5.4.10", 0x0c, "测试签发机构")])
}

fn subject_name() -> Vec<u8> {
    name(&[("2.5.4.6", 0x13, "CN"), ("2.5.4.3", 0x0c, "张三")])
}

fn spki(octet: u8) -> Vec<u8> {
    let algorithm = [oid("1.2.840.10045.2.1"), oid("1.2.156.10197.1.301")].concat();
    let point = key(octet).public_key().to_uncompressed();
    tlv(0x30, &[&tlv(0x30, &[&algorithm]), &tlv(3, &[&[0], &point])])
}

fn sm2_with_sm3(null: bool) -> Vec<u8> {
    let null: &[u8] = if null { &[5, 0] } else { &[] };
    tlv(0x30, &[&oid("1.2.156.10197.1.501"), null])
}

fn signed(tbs: &[u8], algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tbs, algorithm, &tlv(3, &[&[0], signature])])
}

fn extension(dotted: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(0x30, &[&oid(dotted), flag, &tlv(4, &[value])])
}

/// A certificate by the CA, whose key is 17, under an ID.
fn certificate(subject: &[u8], octet: u8, extensions: &[Vec<u8>], id: &[u8]) -> Vec<u8> {
    let algorithm = sm2_with_sm3(false);
    let times = [
        tlv(0x17, &[b"260101000000Z"]),
        tlv(0x17, &[b"360101000000Z"]),
    ];
    let extensions = tlv(0xa3, &[&tlv(0x30, &[&extensions.concat()])]);
    let tbs = tlv(
        0x30,
        &[
            &tlv(0xa0, &[&[2, 1, 2]]),
            &[2, 1, octet],
            &algorithm,
            &ca_name(),
            &tlv(0x30, &[&times.concat()]),
            subject,
            &spki(octet),
            &extensions,
        ],
    );
    signed(&tbs, &algorithm, &sign(17, id, &tbs))
}

fn root() -> Vec<u8> {
    let extensions = [
        extension("2.5.29.19", true, &tlv(0x30, &[&[1, 1, 0xff]])),
        extension("2.5.29.15", true, &[3, 2, 1, 6]),
    ];
    certificate(&ca_name(), 17, &extensions, USUAL)
}

fn person(id: &[u8]) -> Vec<u8> {
    let number = tlv(0xa0, &[&tlv(0x13, &[b"110101199001011237"])]);
    let extensions = [
        extension("2.5.29.15", true, &[3, 2, 6, 0xc0]),
        extension("1.2.156.10260.4.1.1", false, &number),
    ];
    certificate(&subject_name(), 34, &extensions, id)
}

fn request() -> Vec<u8> {
    let text = tlv(0x13, &[b"111111"]);
    let password = tlv(0x30, &[&oid("1.2.840.113549.1.9.7"), &text]);
    let point = key(51).public_key().to_uncompressed();
    let (x, y) = point[1..].split_at(32);
    let fields = [&[0, 0xb4, 0, 0, 0, 1, 0, 0], x, &[0; 32], y, &[0; 32]].concat();
    let value = tlv(4, &[&tlv(0x30, &[&[2, 1, 1], &tlv(4, &[&fields])])]);
    let temporary = tlv(0x30, &[&oid("1.2.840.113549.1.9.63"), &value]);
    let info = tlv(
        0x30,
        &[
            &[2, 1, 0],
            &subject_name(),
            &spki(34),
            &tlv(0xa0, &[&password, &temporary]),
        ],
    );
    signed(&info, &sm2_with_sm3(true), &sign(34, USUAL, &info))
}

fn crl() -> Vec<u8> {
    let algorithm = sm2_with_sm3(false);
    let reason = extension("2.5.29.21", false, &[10, 1, 1]);
    let revoked = tlv(
        0x30,
        &[
            &[2, 1, 34],
            &tlv(0x17, &[b"260601000000Z"]),
            &tlv(0x30, &[&reason]),
        ],
    );
    let number = extension("2.5.29.20", false, &[2, 1, 7]);
    let tbs = tlv(
        0x30,
        &[
            &[2, 1, 1],
            &algorithm,
            &ca_name(),
            &tlv(0x17, &[b"260701000000Z"]),
            &tlv(0x17, &[b"260801000000Z"]),
            &tlv(0x30, &[&revoked]),
            &tlv(0xa0, &[&tlv(0x30, &[&number])]),
        ],
    );
    signed(&tbs, &algorithm, &sign(17, USUAL, &tbs))
}

/// A signed message whose `messageDigest` is that of `digested`.
fn message(content: &[u8], digested: &[u8]) -> Vec<u8> {
    let digest = tlv(0x31, &[&tlv(4, &[&sm3::digest(digested)])]);
    let data = tlv(0x31, &[&oid("1.2.156.10197.6.1.4.2.1")]);
    let attribute = [
        tlv(0x30, &[&oid("1.2.840.113549.1.9.3"), &data]),
        tlv(0x30, &[&oid("1.2.840.113549.1.9.4"), &digest]),
    ]
    .concat();
    let sm3 = tlv(0x30, &[&oid("1.2.156.10197.1.401.2"), &[5, 0]]);
    let signature = sign(34, USUAL, &tlv(0x31, &[&attribute]));
    let info = tlv(
        0x30,
        &[
            &[2, 1, 1],
            &tlv(0x30, &[&ca_name(), &[2, 1, 34]]),
            &sm3,
            &tlv(0xa0, &[&attribute]),
            &tlv(0x30, &[&oid("1.2.156.10197.1.301.1"), &[5, 0]]),
            &tlv(4, &[&signature]),
        ],
    );
    let content = tlv(0xa0, &[&tlv(4, &[content])]);
    let data = tlv(
        0x30,
        &[
            &[2, 1, 1],
            &tlv(0x31, &[&sm3]),
            &tlv(0x30, &[&oid("1.2.156.10197.6.1.4.2.1"), &content]),
            &tlv(0xa0, &[&person(USUAL)]),
            &tlv(0x31, &[&info]),
        ],
    );
    tlv(
        0x30,
        &[&oid("1.2.156.10197.6.1.4.2.2"), &tlv(0xa0, &[&data])],
    )
}

fn ciphertext() -> Ciphertext {
    let public = key(34).public_key();
    let text = public.encrypt(&mut Counter(3), b"sixteen octets..");
    text.expect("a ciphertext")
}

fn files() -> BTreeMap<&'static str, (Vec<u8>, Context)> {
    let plain = Context::new;
    let with_root = || Context::new().issuer(&root());
    let mut parameters = KeyFileParameters::default();
    parameters.iterations = 10_000;
    let encrypted =
        encode_private_key_encrypted(&mut Counter(1), &key(34), b"password", parameters);
    let encrypted = encode_pem("ENCRYPTED PRIVATE KEY", &encrypted.expect("a key file"));
    let envelope = EnvelopedKey::seal(&mut Counter(9), &key(34).public_key(), &key(51));
    let envelope = envelope.expect("an envelope").to_der();
    let chain = [
        encode_pem("CERTIFICATE", &person(USUAL)),
        encode_pem("CERTIFICATE", &root()),
    ]
    .concat();
    let raw = ciphertext().to_c1c3c2();
    let pkcs8 = encode_pem("PRIVATE KEY", &encode_private_key(&key(34)));
    BTreeMap::from([
        ("root", (root(), plain())),
        ("certificate", (person(USUAL), with_root())),
        ("certificate-empty-id", (person(b""), with_root())),
        ("certificate-alone", (person(USUAL), plain())),
        ("chain", (chain.into_bytes(), plain())),
        ("request-cfca", (request(), plain())),
        ("crl", (crl(), with_root())),
        ("message", (message(b"content", b"content"), plain())),
        (
            "message-changed",
            (message(b"changed", b"content"), plain()),
        ),
        ("key-pkcs8", (pkcs8.into_bytes(), plain())),
        (
            "key-sec1",
            (encode_private_key_sec1(&key(34)).to_vec(), plain()),
        ),
        (
            "key-encrypted",
            (encrypted.into_bytes(), plain().password(b"password")),
        ),
        ("envelope", (envelope, plain())),
        ("ciphertext", (ciphertext().to_der(), plain())),
        ("ciphertext-raw", (raw, plain())),
        ("signature", (sign(34, USUAL, b"message"), plain())),
        ("root-full", (root(), plain().full())),
    ])
}

#[test]
fn what_is_said_is_what_was_said_before() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/explain"));
    let write = env::var_os("GM_PKI_WRITE_GOLDEN").is_some();
    for (name, (octets, context)) in files() {
        let told = explain(&octets, &context).to_string();
        let path = folder.join(name).with_extension("txt");
        if write {
            fs::write(&path, &told).expect("the text can be written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            told, expected,
            "{name}: GM_PKI_WRITE_GOLDEN=1 writes it anew"
        );
    }
}

/// Files of the suites that are none of keys, certificates and messages.
fn is_of_the_field(name: &str) -> bool {
    !name.ends_with(".json")
}

#[test]
fn every_file_of_the_suites_is_known_on_one_screen() {
    let Some(suites) = Suites::open() else {
        return;
    };
    let mut count = 0;
    for folder in ["x509", "csr", "crl", "ocsp", "cms", "keys", "pkcs12"] {
        for name in suites.names(&format!("vectors/{folder}")) {
            if !is_of_the_field(&name) {
                continue;
            }
            let octets = suites.read(&format!("vectors/{folder}/{name}"));
            let explanation = explain(&octets, &Context::new());
            let text = explanation.to_string();
            assert!(explanation.parts()[0].kind().is_known(), "{name}\n{text}");
            assert!(text.lines().count() <= 60, "{name}\n{text}");
            assert!(!text.contains("(no field)"), "{name}\n{text}");
            count += 1;
        }
    }
    println!("explain: {count} files, each known on one screen");
}

#[test]
fn what_the_suites_call_invalid_has_failed_and_what_they_call_valid_has_not() {
    let Some(suites) = Suites::open() else {
        return;
    };
    let read = |name: &str| suites.read(&format!("vectors/{name}"));
    let mut judged = 0;
    for kind in ["x509", "csr"] {
        for entry in suites.manifest(kind) {
            let file = entry["file"].as_str().expect("a name");
            let mut context = Context::new();
            if let Some(issuer) = entry["issuer"].as_str() {
                context = context.issuer(&read(issuer));
            }
            let explanation = explain(&read(file), &context);
            // Its dates alone are wrong, which this command leaves to `cert verify`.
            if file == "x509/tlcp-client-sign-expired.der" {
                continue;
            }
            match entry["verdict"].as_str() {
                Some("valid") => {
                    let verdict = explanation.parts()[0].verdict();
                    assert!(!explanation.has_failed(), "{file}\n{explanation}");
                    assert!(
                        matches!(verdict, Verdict::Holds { .. }),
                        "{file}\n{explanation}"
                    );
                }
                Some("invalid") => {
                    assert!(explanation.has_failed(), "{file}\n{explanation}");
                }
                _ => continue,
            }
            judged += 1;
        }
    }
    println!("explain: {judged} certificates and requests judged as the manifest does");
    assert!(judged > 40);
}

/// `digitalSignature` and `keyEncipherment`.
const SIGNS: [u8; 4] = [3, 2, 7, 0x80];
const DECRYPTS: [u8; 4] = [3, 2, 5, 0x20];

/// The certificate of a key, for a use.
fn certificate_of(octet: u8, usage: [u8; 4]) -> Vec<u8> {
    let usage = extension("2.5.29.15", true, &usage);
    certificate(&subject_name(), octet, &[usage], USUAL)
}

/// Keys, deliveries and messages beside [`files`]: what else has a command of its own.
fn more_files() -> BTreeMap<&'static str, Vec<u8>> {
    let point = key(34).public_key().to_uncompressed();
    let (x, y) = point[1..].split_at(32);
    let public = tlv(3, &[&[0], &point]);
    let compressed = [&[2 | (y[31] & 1)][..], x].concat();
    let device_public = [&[0, 1, 0, 0][..], &[0; 32], x, &[0; 32], y].concat();
    let device_private = [&[0, 1, 0, 0][..], &[0; 32], &[34; 32]].concat();
    let mut rng = Counter(5);
    let signer = SigningKey::new(key(17), UserId::default());
    let (signing, encryption) = (certificate_of(34, SIGNS), certificate_of(51, DECRYPTS));
    let mut sealed = |target| {
        let delivery =
            EncryptionKeyDelivery::seal(&mut rng, &key(34).public_key(), &key(51), target);
        delivery.expect("a delivery").write()
    };
    let centre = DeliveryTarget::SignedAndEnveloped {
        sender: &signer,
        sender_certificate: &root(),
        recipient_certificate: &signing,
    };
    let response = DeliveryTarget::CsrResponse {
        form: EnvelopedKeyForm::default(),
        signing: &[&signing],
        encryption: &[&encryption],
    };
    let deliveries = [
        ("skf", DeliveryTarget::Device(DeviceForm::SKF)),
        ("sdf-2012", DeliveryTarget::Device(DeviceForm::SDF_2012)),
        ("gmssl", DeliveryTarget::Device(DeviceForm::GMSSL)),
        ("cfca", DeliveryTarget::Cfca(CfcaForm::default())),
        ("cfca-der", DeliveryTarget::Cfca(CfcaForm::Der)),
        ("csr-response", response),
        ("signed-and-enveloped", centre),
    ];
    let mut files: BTreeMap<_, _> = deliveries
        .map(|(name, target)| (name, sealed(target)))
        .into_iter()
        .collect();
    let mut draft = Pkcs12Draft::new();
    draft.add_key(key(34), None).expect("a key");
    let parameters = Pkcs12Parameters::default();
    let pkcs12 = draft.write(&mut Counter(7), b"password", parameters);
    let legacy = encode_private_key_legacy_pem(&mut Counter(8), &key(34), b"password");
    let signer = SigningKey::new(key(34), UserId::default());
    let e = signer.verifying_key().za().digest(b"message");
    let raw = RawSignature::from(signer.sign_digest(&e).expect("a signature"));
    files.extend([
        ("public", spki(34)),
        ("public-bare", public),
        ("public-bare-compressed", tlv(3, &[&[0], &compressed])),
        ("point", point.to_vec()),
        ("device-public", device_public),
        ("device-private", device_private),
        ("key-bare", encode_private_key_bare(&key(34)).to_vec()),
        ("key-raw", vec![0xa5; 32]),
        ("key-out-of-range", tlv(2, &[&[0], &[0xff; 32]])),
        ("pkcs12", pkcs12.expect("a file")),
        ("key-legacy", legacy.expect("a file").as_bytes().to_vec()),
        ("signature-raw", raw.as_bytes().to_vec()),
    ]);
    files
}

#[test]
fn every_command_that_is_told_runs_as_it_is_told() {
    let bench = Bench::new();
    let pkcs8 = |octet: u8| encode_pem("PRIVATE KEY", &encode_private_key(&key(octet)));
    let pem = |der: Vec<u8>| encode_pem("CERTIFICATE", &der).into_bytes();
    for (name, octets) in [
        ("ISSUER.pem", pem(root())),
        ("ROOT.pem", pem(root())),
        ("CA.pem", pem(root())),
        ("CA.key.pem", pkcs8(17).into_bytes()),
        ("KEY.pem", pkcs8(34).into_bytes()),
        ("SIGN.key.pem", pkcs8(34).into_bytes()),
        ("TEMPORARY.key.pem", pkcs8(34).into_bytes()),
        ("SIGNER.pem", pem(person(USUAL))),
        ("RECIPIENT.pem", pem(certificate_of(34, DECRYPTS))),
        ("CERTIFICATE.pem", pem(certificate_of(51, SIGNS))),
        ("ENCRYPTION.pem", pem(certificate_of(51, DECRYPTS))),
        (
            "PUBLIC.pem",
            encode_pem("PUBLIC KEY", &spki(34)).into_bytes(),
        ),
        ("PASSWORD", b"password".to_vec()),
        ("NEW-PASSWORD", b"password".to_vec()),
        ("MESSAGE", b"message".to_vec()),
        ("CONTENT", b"content".to_vec()),
        ("SIGNATURE", sign(34, USUAL, b"message")),
        ("SYMMETRIC.key", vec![7; 16]),
    ] {
        bench.write(name, octets);
    }
    let mut files = files();
    files.extend(
        more_files()
            .into_iter()
            .map(|(name, octets)| (name, (octets, Context::new()))),
    );
    let encrypted = |words: &str| {
        let call = gmpki(words)
            .option("--out", bench.path("made"))
            .arg(bench.path("CONTENT"));
        call.answer().good();
        fs::read(bench.path("made")).expect("a message")
    };
    let recipient = bench.path("RECIPIENT.pem");
    let words = format!("message encrypt --recipient {}", recipient.display());
    files.insert("enveloped", (encrypted(&words), Context::new()));
    fs::remove_file(bench.path("made")).expect("a file");
    let gmssl = format!("{words} --partner gmssl");
    files.insert("enveloped-gmssl", (encrypted(&gmssl), Context::new()));

    let folder = program().parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), env::var("PATH").expect("a path"));
    let mut ran = 0;
    let mut wrong: Vec<String> = Vec::new();
    for (name, (octets, context)) in files {
        bench.write("FILE", &octets);
        let explanation = explain(&octets, &context.full());
        for part in explanation.parts() {
            for step in part.next() {
                if !step.contains("gmpki ") {
                    continue;
                }
                let (_, command) = step.rsplit_once(": ").unwrap_or(("", ""));
                assert!(
                    command.contains("gmpki "),
                    "{name}: no command alone: {step}"
                );
                let _ = fs::remove_file(bench.path("NEW.key.pem"));
                let mut shell = Command::new("sh");
                shell.args(["-c", command]);
                shell.current_dir(bench.path("")).env("PATH", &path);
                let answer = Call::new(shell).answer();
                // A command that is understood and then refused: the file is at fault.
                let word = command.split(' ').nth(1).unwrap_or("");
                let refused = REFUSED.contains(&(name, word));
                if answer.code != Some(i32::from(refused)) {
                    wrong.push(format!("{name}: {step}\n{answer}"));
                }
                ran += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("explain: {ran} commands that it tells run as they stand there");
    assert!(ran > 30, "{ran}");
}

/// Files made here with which a command ends with 1, and the command.
const REFUSED: &[(&str, &str)] = &[
    // Its nextUpdate is past.
    ("crl", "cert"),
];

#[test]
fn the_program_judges_dates_now_or_at_the_time_that_is_given() {
    let bench = Bench::new();
    let certificate = bench.write("root.der", root());
    let told = |time: &str| {
        let call = gmpki("explain --at").arg(time).arg(&certificate);
        call.answer().good().text().to_owned()
    };
    assert!(told("2036-01-01T00:00:01Z").contains("expired on 2036-01-01 00:00:00Z"));
    assert!(told("2025-12-31T23:59:59Z").contains("not yet valid: from 2026-01-01"));
    assert!(!told("2026-06-01T00:00:00Z").contains("expired"));
    let misused = gmpki("explain --at tomorrow").arg(&certificate).answer();
    misused.misused("no time like");
    let list = bench.write("list.der", crl());
    let text = gmpki("explain").option("--issuer", &certificate).arg(&list);
    // Its nextUpdate lies behind every time at which this is run.
    assert!(
        text.answer()
            .good()
            .text()
            .contains("out of date: nextUpdate was 2026-08-01")
    );
}

#[test]
fn a_file_that_is_too_large_is_told_which_commands_have_no_bound() {
    let bench = Bench::new();
    let path = bench.write("large.p7m", b"");
    let file = fs::OpenOptions::new().write(true).open(&path);
    let length = file.and_then(|file| file.set_len((1 << 26) + 1));
    length.expect("a file with a hole");
    let answer = gmpki("explain").arg(&path).answer();
    let answer = answer.refused("larger than 64 MiB");
    assert!(answer.err.contains("gmpki message verify"), "{answer}");
}

#[test]
fn no_message_is_taken_for_another_kind() {
    let kinds = files().into_iter().map(|(name, (octets, context))| {
        let kind = explain(&octets, &context).parts()[0].kind();
        (name, kind)
    });
    let kinds: BTreeMap<_, _> = kinds.collect();
    assert_eq!(kinds["message"], Kind::SignedData);
    assert_eq!(kinds["envelope"], Kind::EnvelopedKey);
    assert_eq!(kinds["request-cfca"], Kind::CfcaRequest);
    assert_eq!(kinds["ciphertext-raw"], Kind::RawCiphertext);
}

#[test]
fn each_refused_signature_of_the_suites_is_explained() {
    let Some(suites) = Suites::open() else {
        return;
    };
    let vectors = suites.json("vectors/algo/sm2_sign.json").expect("vectors");
    let octets = |value: &serde_json::Value| -> Vec<u8> {
        let digits = value.as_str().expect("digits");
        let pairs = digits.as_bytes().chunks(2);
        let pair = |pair: &[u8]| {
            let text = core::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(text, 16).expect("digits")
        };
        pairs.map(pair).collect()
    };
    let mut explained = 0;
    for vector in vectors["tests"].as_array().expect("tests") {
        let id = vector["id"].as_str().expect("an id");
        if vector["curve"] != "sm2p256v1" {
            continue;
        }
        let expected = match id {
            "neg-msg" => Finding::Unexplained,
            "neg-r-zero" | "neg-s-zero" | "neg-r-eq-n" | "neg-s-plus-n" | "neg-t-zero" => {
                Finding::OutOfRange
            }
            "neg-swapped" => Finding::Exchanged,
            "neg-negative-int" => Finding::NegativeInteger,
            "neg-ber-long-len" | "neg-trailing" => Finding::NotStrictDer,
            "neg-raw64" => Finding::RawSignature,
            "neg-ecdsa-same-key" => Finding::Ecdsa { digest: "SM3(M)" },
            // Good under the ID that it was made for.
            _ => continue,
        };
        let point = [vec![4], octets(&vector["pub_x"]), octets(&vector["pub_y"])].concat();
        let key = PublicKey::from_uncompressed(&point).expect("a point");
        let (message, signature) = (octets(&vector["msg_hex"]), octets(&vector["sig_der"]));
        let found = diagnose::signature(&key, &message, &signature, &Clues::new());
        assert_eq!(found, [expected], "{id}");
        explained += 1;
    }
    assert!(explained >= 11, "{explained}");
    println!("diagnose: {explained} refused signatures, each with its reason");
}
