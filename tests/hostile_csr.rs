//! Requests that nobody should send: each command that takes one refuses it with
//! the reason and exit code 1, and nothing is written.

use csr::CsrDraft;
use der::{Any, Encode, Tag, asn1::ObjectIdentifier};
use gm_crypto::pki::encode_pem;
use gm_pki_tests::{
    command::{Call, contents, demo_of_my_own, finished_demo, folder, gmpki},
    openssl::OpenSsl,
};
use hsm::{KeyHandle, SoftKey};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use x509_cert::name::Name;

/// id-ecPublicKey's parameters for the curves, of one length.
const SM2: &[u8] = &[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

const LABEL: &str = "CERTIFICATE REQUEST";

/// A request, in DER or PEM, and a part of the reason for its refusal.
struct Hostile {
    name: &'static str,
    octets: Vec<u8>,
    reason: &'static str,
}

impl Hostile {
    fn new(name: &'static str, octets: impl Into<Vec<u8>>, reason: &'static str) -> Self {
        Self {
            name,
            octets: octets.into(),
            reason,
        }
    }
}

/// DER of a request for `subject`, signed by `signer` for the key of `owner`.
fn request(subject: Name, owner: &SoftKey, signer: &SoftKey) -> Vec<u8> {
    let prepared = CsrDraft::new(subject)
        .prepare(
            owner.public_key().decode_msg().expect("a public key"),
            owner.algorithm(),
        )
        .expect("a request");
    let signature = signer.sign(prepared.tbs()).expect("a signature");
    prepared.attach(&signature).expect("a request")
}

/// A request with attributes of these types and values.
fn with_attributes(attributes: impl IntoIterator<Item = (ObjectIdentifier, Any)>) -> Vec<u8> {
    let key = SoftKey::generate().expect("a key");
    let mut draft = CsrDraft::new(subject());
    for (oid, value) in attributes {
        draft = draft.attribute(oid, vec![value]).expect("an attribute");
    }
    let spki = key.public_key().decode_msg().expect("a public key");
    let prepared = draft.prepare(spki, key.algorithm()).expect("a request");
    let signature = key.sign(prepared.tbs()).expect("a signature");
    prepared.attach(&signature).expect("a request")
}

fn sequence(octets: &[u8]) -> Any {
    Any::new(Tag::Sequence, octets).expect("a value")
}

fn too_much() -> Vec<Hostile> {
    let oid = |last: u32| format!("1.2.3.{last}").parse().expect("an identifier");
    let nested = (0..100).fold(Any::null(), |inner, _| {
        sequence(&inner.to_der().expect("a value"))
    });
    let huge = Any::new(Tag::ObjectIdentifier, vec![0x2a; 4_000]).expect("a value");
    // keyUsage twice in extensionRequest.
    let usage = b"\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x07\x80".repeat(2);
    let request = "1.2.840.113549.1.9.14".parse().expect("an identifier");
    let indefinite = sequence(b"\x30\x80\x05\x00\x00\x00");
    vec![
        Hostile::new(
            "a thousand attributes",
            with_attributes((0..1_000).map(|last| (oid(last), Any::null()))),
            "request has 1000 attributes, at most 16 are read",
        ),
        Hostile::new(
            "a hundred SEQUENCEs in each other",
            with_attributes([(oid(1), nested)]),
            "request is nested deeper than 16 levels",
        ),
        Hostile::new(
            "an object identifier of 4,000 octets",
            with_attributes([(oid(1), huge)]),
            "an object identifier of 4000 octets, at most 39 are read",
        ),
        Hostile::new(
            "an extension twice",
            with_attributes([(request, sequence(&usage))]),
            "request asks for extension 2.5.29.15 twice",
        ),
        Hostile::new(
            "an attribute of 20,000 octets",
            with_attributes([(oid(1), sequence(&[0x05, 0].repeat(10_000)))]),
            "at most 16384 are read",
        ),
        Hostile::new(
            "an indefinite length in an attribute",
            with_attributes([(oid(1), indefinite)]),
            "the length is indefinite (X.690, 10.1)",
        ),
    ]
}

fn good() -> Vec<u8> {
    let key = SoftKey::generate().expect("a key");
    request(subject(), &key, &key)
}

fn subject() -> Name {
    "CN=不速之客,C=CN".parse().expect("a name")
}

/// What stands between tag and length of the outermost SEQUENCE and its end.
fn inside(der: &[u8]) -> &[u8] {
    match der[1] {
        0x81 => &der[3..],
        0x82 => &der[4..],
        _ => &der[2..],
    }
}

/// `der` under another length field.
fn under_length(length: &[u8], der: &[u8]) -> Vec<u8> {
    [&[0x30], length, inside(der)].concat()
}

fn replaced(octets: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = octets
        .windows(from.len())
        .position(|window| window == from)
        .expect("it stands in the request");
    let mut octets = octets.to_vec();
    octets.splice(at..at + from.len(), to.iter().copied());
    octets
}

fn hostile() -> Vec<Hostile> {
    const DER: &str = "not a PKCS#10 request in strict DER";
    const POSSESSION: &str = "proof of possession fails";
    const CURVE: &str = "key is on curve 1.2.840.10045.3.1.7, which is not accepted";

    let der = good();
    let [one, other] = [(); 2].map(|()| SoftKey::generate().expect("a key"));
    let length = u16::try_from(inside(&der).len()).expect("a short request");
    let [high, low] = length.to_be_bytes();
    let trailing = [&der[..], &[0]].concat();
    let indefinite = [&[0x30, 0x80], inside(&der), &[0, 0]].concat();
    let mut flipped = der.clone();
    *flipped.last_mut().expect("octets") ^= 1;
    let mut random = vec![0; 600];
    getrandom::fill(&mut random).expect("random octets");
    let mut random_sequence = random.clone();
    random_sequence[0] = 0x30;
    random[0] = 0x8b;
    let pem = encode_pem(LABEL, &der);
    let cut = pem.replacen("-----END", "-----", 1);
    let soiled = pem.replacen("MI", "M!", 1);

    vec![
        Hostile::new("a flipped bit in the signature", flipped, POSSESSION),
        Hostile::new(
            "another key's signature",
            request(subject(), &one, &other),
            POSSESSION,
        ),
        Hostile::new(
            "another subject than was signed",
            replaced(&der, "不速".as_bytes(), "贵速".as_bytes()),
            POSSESSION,
        ),
        Hostile::new("one trailing octet", trailing.clone(), DER),
        Hostile::new(
            "one trailing octet in PEM",
            encode_pem(LABEL, &trailing),
            DER,
        ),
        Hostile::new("an indefinite length", indefinite.clone(), DER),
        Hostile::new(
            "an indefinite length in PEM",
            encode_pem(LABEL, &indefinite),
            DER,
        ),
        Hostile::new(
            "a length in three octets",
            under_length(&[0x83, 0, high, low], &der),
            DER,
        ),
        Hostile::new(
            "a length in eight octets",
            under_length(&[0x88, 0, 0, 0, 0, 0, 0, high, low], &der),
            DER,
        ),
        Hostile::new(
            "a length that lies",
            under_length(&[0x82, 0xff, 0xff], &der),
            DER,
        ),
        Hostile::new("half a request", &der[..der.len() / 2], DER),
        Hostile::new("another curve", replaced(&der, SM2, P256), CURVE),
        Hostile::new(
            "an empty subject",
            request(Name::default(), &one, &one),
            "subject is empty",
        ),
        Hostile::new(
            "a request of 70,000 octets",
            encode_pem(LABEL, &[&der[..], &vec![0; 70_000]].concat()),
            "at most 65536 are read",
        ),
        Hostile::new("an empty file", "", "no PEM block"),
        Hostile::new("random octets", random, "no PEM block"),
        Hostile::new("random octets that begin like DER", random_sequence, DER),
        Hostile::new(
            "a PEM block of another label",
            encode_pem("CERTIFICATE", &der),
            "no PEM block",
        ),
        Hostile::new("a PEM block without an end", cut, "no PEM block"),
        Hostile::new("a PEM block that is not base64", soiled, "PEM block"),
    ]
}

/// The commands that take a request, each with what it must leave as it was.
struct Commands {
    demo: tempfile::TempDir,
    scratch: tempfile::TempDir,
}

impl Commands {
    fn new() -> Self {
        let commands = Self {
            demo: demo_of_my_own(),
            scratch: folder(),
        };
        let key = commands.scratch.path().join("key.pem");
        gmpki("sm2 keygen --plain")
            .option("--out", &key)
            .answer()
            .good();
        commands
    }

    fn calls(&self, request: &Path) -> Vec<Call> {
        let ca = finished_demo().join("published/authorities/issuing-ca.pem");
        let scratch = self.scratch.path();
        vec![
            gmpki("csr verify").arg(request),
            gmpki("--json csr verify").arg(request),
            gmpki("demo")
                .option("--dir", scratch.join("fresh"))
                .option("--csr", request),
            gmpki("demo")
                .option("--dir", self.demo.path())
                .option("--csr", request),
            gmpki("cert issue --profile subscriber-signing")
                .option("--issuer", ca)
                .option("--key", scratch.join("key.pem"))
                .option("--out", scratch.join("issued.pem"))
                .arg(request),
        ]
    }

    fn refuse(&self, name: &str, request: &Path, reason: &str) {
        println!("{name}");
        let demo = contents(self.demo.path());
        for call in self.calls(request) {
            let answer = call.answer();
            let answer = answer.refused(reason);
            let file = request.display().to_string();
            assert!(answer.err.contains(&file), "which file? {answer}");
            assert!(answer.took < Duration::from_secs(10), "slow: {answer}");
            if answer.call.contains("--json") {
                let json = answer.json();
                assert_eq!(json["ok"], false);
                assert_eq!(
                    format!("gmpki: {}", json["reason"].as_str().unwrap_or("")),
                    answer.err.trim_end()
                );
            }
            assert!(
                contents(self.demo.path()) == demo,
                "{name} changed a folder"
            );
            let left = fs::read_dir(self.scratch.path()).expect("a folder");
            assert_eq!(left.count(), 1, "{name} left something");
        }
    }
}

#[test]
fn bad_requests_are_refused_with_the_reason_and_nothing_is_written() {
    let commands = Commands::new();
    let files = folder();
    for hostile in hostile().into_iter().chain(too_much()) {
        let file = files.path().join("request");
        fs::write(&file, &hostile.octets).expect("a file");
        commands.refuse(hostile.name, &file, hostile.reason);
    }
    commands.refuse("a directory", files.path(), "Is a directory");
    let missing = files.path().join("missing");
    commands.refuse("no file", &missing, "No such file");

    // The request that all of them are made of is good.
    let file = files.path().join("request");
    fs::write(&file, good()).expect("a file");
    gmpki("csr verify").arg(&file).answer().good();
}

#[test]
fn a_good_request_beside_a_bad_one_starts_nothing() {
    let files = folder();
    let [one, other] = ["good", "bad"].map(|name| files.path().join(name));
    fs::write(&one, good()).expect("a file");
    fs::write(&other, "").expect("a file");
    let fresh = files.path().join("fresh");
    gmpki("demo")
        .option("--dir", &fresh)
        .option("--csr", &one)
        .option("--csr", &other)
        .answer()
        .refused("no PEM block");
    assert!(!fresh.exists());
}

#[test]
fn large_files_are_refused_without_reading_them_to_the_end() {
    const REASON: &str = "larger than the 1048576 octets that are read at most";
    let commands = Commands::new();
    let files = folder();
    let file = files.path().join("request");

    fs::write(&file, [good(), vec![b' '; 10_000_000]].concat()).expect("a file");
    commands.refuse("ten megabytes behind a request", &file, REASON);
    let pem = encode_pem(LABEL, &vec![0x30; 10_000_000]);
    fs::write(&file, pem).expect("a file");
    commands.refuse("ten megabytes of PEM", &file, REASON);

    // Sparse: it costs nothing but to whoever reads it to its end.
    let sparse = File::create(&file).expect("a file");
    if sparse.set_len(1 << 30).is_ok() {
        commands.refuse("a gigabyte", &file, REASON);
    }
}

#[test]
fn standard_input_without_an_end_is_refused() {
    let mut child = gmpki("csr verify -").start();
    let mut stdin = child.stdin.take().expect("it is piped");
    let started = Instant::now();
    let mut written: u64 = 0;
    while stdin.write_all(&[0x30; 4_096]).is_ok() {
        written += 4_096;
        assert!(written < 4 << 20, "it reads and reads");
        assert!(started.elapsed() < Duration::from_secs(60));
    }
    let output = child.wait_with_output().expect("it is our child");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("larger than the 1048576 octets"), "{said}");
}

#[test]
fn a_request_of_another_curve_by_openssl_is_refused() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let commands = Commands::new();
    let files = folder();
    let path = |name: &str| -> PathBuf { files.path().join(name) };
    let (key, request) = (path("key"), path("request"));
    for (algorithm, option, reason) in [
        (
            "EC",
            "ec_paramgen_curve:P-256",
            "key is on curve 1.2.840.10045.3.1.7",
        ),
        (
            "RSA",
            "rsa_keygen_bits:2048",
            "key of algorithm 1.2.840.113549.1.1.1 is not accepted",
        ),
    ] {
        let text = |path: &Path| path.display().to_string();
        let made = openssl.ask([
            "genpkey",
            "-algorithm",
            algorithm,
            "-pkeyopt",
            option,
            "-out",
            &text(&key),
        ]);
        assert_eq!(made.exit, Some(0), "{}", made.text);
        let made = openssl.ask([
            "req",
            "-new",
            "-key",
            &text(&key),
            "-subj",
            "/CN=guest",
            "-out",
            &text(&request),
        ]);
        assert_eq!(made.exit, Some(0), "{}", made.text);
        commands.refuse(option, &request, reason);
    }
}

#[test]
fn what_the_policy_refuses_leaves_the_store_whole() {
    let demo = demo_of_my_own();
    let key = SoftKey::generate().expect("a key");
    let file = demo.path().join("request");
    let nameless = "O=没有通用名,C=CN".parse().expect("a name");
    fs::write(&file, request(nameless, &key, &key)).expect("a file");

    let answer = gmpki("demo")
        .option("--dir", demo.path())
        .option("--csr", &file)
        .answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    assert!(answer.err.contains("field common-name"), "{answer}");
    let store = demo.path().join("store.sqlite");
    let audit = gmpki("--json audit verify")
        .option("--store", &store)
        .answer()
        .good();
    assert_eq!(
        (&audit.json()["certificates"], &audit.json()["unsettled"]),
        (&8.into(), &0.into())
    );
    // The others go on.
    gmpki("demo").option("--dir", demo.path()).answer().good();
}
