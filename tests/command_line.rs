//! Every command as a user meets it: exit codes, standard output and standard
//! error, `--json`, PEM and DER, standard input.

use gm_crypto::pki::decode_pem;
use gm_pki_tests::command::{Bench, contents, finished_demo, folder, gmpki};
use serde_json::json;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// GB/T 32905-2016, example 1.
const SM3_OF_ABC: &str = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";

fn demo(name: &str) -> PathBuf {
    finished_demo().join(name)
}

fn root() -> PathBuf {
    demo("published/authorities/root.pem")
}

fn issuing_ca() -> PathBuf {
    demo("published/authorities/issuing-ca.pem")
}

fn certificate(of: &str) -> PathBuf {
    demo("published/subscribers")
        .join(of)
        .join("signing-certificate.pem")
}

fn der(path: &Path, label: &'static [&'static str]) -> Vec<u8> {
    let octets = fs::read(path).expect("a file");
    decode_pem(&octets, label).expect("PEM or DER").to_vec()
}

const CERTIFICATE: &[&str] = &["CERTIFICATE"];

#[test]
fn every_command_has_an_example_in_its_help() {
    for command in [
        "",
        "demo",
        "csr new",
        "csr show",
        "csr verify",
        "cert issue",
        "cert lint",
        "cert show",
        "cert verify",
        "sm2 keygen",
        "sm2 sign",
        "sm2 verify",
        "sm3",
        "audit verify",
    ] {
        let answer = gmpki(command).arg("--help").answer().good();
        let text = answer.text();
        let example = text
            .find("Example")
            .unwrap_or_else(|| unreachable!("{answer}"));
        let call = format!("  gmpki {command}");
        assert!(text[example..].contains(call.trim_end()), "{answer}");
        assert!(text.contains("--json"), "{answer}");
    }
    let answer = gmpki("--version").answer().good();
    assert!(answer.text().starts_with("gmpki "));
}

#[test]
fn wrong_usage_is_told_apart_from_a_refusal() {
    for words in [
        "",
        "nonsense",
        "csr",
        "csr verify",
        "cert verify x",
        "sm3",
        "sm3 --nonsense x",
        "sm2 keygen --plain --password-file p --out k",
        "demo extra",
        "audit verify",
    ] {
        let answer = gmpki(words).answer();
        assert_eq!(answer.code, Some(2), "{answer}");
        assert!(
            answer.text().is_empty() && answer.err.contains("Usage: gmpki"),
            "{answer}"
        );
    }

    let bench = Bench::new();
    let key = bench.key("key.pem");
    for subject in ["", "nonsense", "CN"] {
        gmpki("csr new")
            .option("--key", &key)
            .option("--subject", subject)
            .answer()
            .misused("--subject");
    }
    gmpki("cert verify --at yesterday")
        .option("--anchor", root())
        .arg(root())
        .answer()
        .misused("--at \"yesterday\" is no time like 2026-11-21T08:00:00Z");
    let csr = bench.csr("csr.pem", &key);
    let answer = gmpki("--json cert issue --profile nonsense")
        .option("--issuer", issuing_ca())
        .option("--key", &key)
        .arg(csr)
        .answer()
        .misused("neither a file nor one of root-ca, issuing-ca");
    assert_eq!(answer.json()["ok"], false);
    // A password can't be asked for without a terminal.
    gmpki("sm2 keygen")
        .option("--out", bench.path("k"))
        .answer()
        .misused("--password-file");
    assert!(!bench.path("k").exists());
}

#[test]
fn from_a_key_to_a_certificate_that_verifies() {
    for password in [None, Some("口令 with blanks\n")] {
        let bench = Bench::new();
        let file = bench.write("password", password.unwrap_or("unused"));
        let with_password = |call| match password {
            None => call,
            Some(_) => gm_pki_tests::command::Call::option(call, "--password-file", &file),
        };
        let keygen = |name: &str| {
            let call = gmpki("--json sm2 keygen").option("--out", bench.path(name));
            let answer = match password {
                None => call.arg("--plain"),
                Some(_) => with_password(call),
            }
            .answer()
            .good();
            assert_eq!(answer.json()["encrypted"], password.is_some());
            let text = fs::read_to_string(bench.path(name)).expect("PEM");
            assert_eq!(text.contains("ENCRYPTED"), password.is_some());
            let mode = fs::metadata(bench.path(name))
                .expect("a file")
                .permissions();
            assert_eq!(mode.mode() & 0o777, 0o600);
            bench.path(name)
        };
        let (ca_key, key) = (keygen("ca.key.pem"), keygen("key.pem"));
        let csr = |name: &str, key: &Path, subject: &str| {
            let csr = bench.path(name);
            let call = gmpki("csr new")
                .option("--key", key)
                .option("--subject", subject)
                .option("--out", &csr);
            let answer = with_password(call).answer().good();
            assert!(answer.text().contains(&csr.display().to_string()));
            csr
        };
        let request = csr("csr.pem", &key, "CN=李雷,O=试验,C=CN");
        let answer = gmpki("csr verify").arg(&request).answer().good();
        assert!(answer.text().contains("CN=李雷,O=试验,C=CN"), "{answer}");
        let answer = gmpki("--json csr verify").arg(&request).answer().good();
        assert_eq!(answer.json()["subject"], "CN=李雷,O=试验,C=CN");

        // The CA of the demonstration has its key in a token; this one has it in a
        // file, and a certificate from a profile of its own.
        let ca = self_signed_ca(&bench, &ca_key, password.map(|_| file.as_path()));
        let issued = bench.path("certificate.pem");
        let call = gmpki("--json cert issue --profile subscriber-signing")
            .option("--issuer", &ca)
            .option("--key", &ca_key)
            .option("--out", &issued)
            .arg(&request);
        let answer = with_password(call).answer().good();
        let serial = answer.json()["serial"].clone();
        let answer = gmpki("cert verify")
            .option("--anchor", &ca)
            .arg(&issued)
            .answer()
            .good();
        assert!(answer.text().contains("certificate: good"), "{answer}");
        let answer = gmpki("--json cert show").arg(&issued).answer().good();
        let shown = answer.json();
        assert_eq!(shown["serial"], serial);
        assert_eq!(shown["subject"], "CN=李雷,O=试验,C=CN");
        assert_eq!(shown["findings"], json!([]));

        // Issuing with a key that is not the CA's, or with another password.
        let other = bench.path("other.pem");
        let call = gmpki("cert issue --profile subscriber-signing")
            .option("--issuer", &ca)
            .option("--key", &key)
            .option("--out", &other)
            .arg(&request);
        with_password(call)
            .answer()
            .refused("the key is not the one of the issuer's certificate");
        if password.is_some() {
            let wrong = bench.write("wrong", "wrong");
            gmpki("cert issue --profile subscriber-signing")
                .option("--issuer", &ca)
                .option("--key", &ca_key)
                .option("--password-file", wrong)
                .option("--out", &other)
                .arg(&request)
                .answer()
                .refused("wrong password, or the key file is damaged");
        }
        assert!(!other.exists());
    }
}

/// `cert issue` needs an issuer's certificate to begin with, so this one is made by
/// the crates.
fn self_signed_ca(bench: &Bench, key: &Path, password: Option<&Path>) -> PathBuf {
    use cert_profile::{CertRequest, Issuer, Profile};
    use gm_crypto::{
        pki::{PRIVATE_KEY_LABELS, decode_private_key, decode_private_key_encrypted, encode_pem},
        sm2::{SigningKey, UserId},
    };
    use hsm::{KeyHandle, Password, SoftKey};
    use lifecycle::ports::{Clock, SystemClock};

    let octets = der(key, PRIVATE_KEY_LABELS);
    let secret = match password {
        None => decode_private_key(&octets),
        Some(file) => {
            let password = Password::from_file(file).expect("a password");
            decode_private_key_encrypted(&octets, password.as_bytes())
        }
    };
    let key = SoftKey::new(SigningKey::new(secret.expect("a key"), UserId::default()));
    let name = "CN=试验机构,O=试验,C=CN".parse().expect("a name");
    let spki = key.public_key().decode_msg().expect("a public key");
    let request = CertRequest::new(name, spki);
    let issuer = Issuer::self_signed(&request, key.algorithm());
    let serial = x509_cert::serial_number::SerialNumber::new(&[1, 2, 3]).expect("a number");
    let profile = Profile::shipped("root-ca").expect("it is shipped");
    let prepared = profile
        .prepare(&issuer, &request, &serial, SystemClock::default().now())
        .expect("the policy allows it");
    let signature = key.sign(prepared.tbs()).expect("a signature");
    let certificate = prepared.attach(&signature).expect("a certificate");
    bench.write("ca.pem", encode_pem("CERTIFICATE", &certificate))
}

#[test]
fn a_key_is_never_overwritten() {
    let bench = Bench::new();
    let key = bench.key("key.pem");
    let before = fs::read(&key).expect("a file");
    gmpki("sm2 keygen --plain")
        .option("--out", &key)
        .answer()
        .refused("File exists");
    assert_eq!(fs::read(&key).expect("a file"), before);
    let other = fs::read(bench.key("other.pem")).expect("a file");
    assert_ne!(before, other);
}

#[test]
fn a_certificate_is_judged_with_its_path_time_and_revocation() {
    let bench = Bench::new();
    let crl = demo("published/authorities/issuing-ca.crl");
    let verify = |file: &Path| {
        gmpki("cert verify")
            .option("--anchor", root())
            .option("--untrusted", issuing_ca())
            .arg(file)
    };
    let (zhang, revoked) = (certificate("zhang-san"), certificate("shi-li-ke-ji"));

    let answer = verify(&zhang).option("--crl", &crl).answer().good();
    assert!(answer.text().contains("certificate: good at "), "{answer}");
    let answer = verify(&zhang)
        .option("--crl", &crl)
        .arg("--json")
        .answer()
        .good();
    let json = answer.json();
    assert_eq!(
        (&json["ok"], json["path"].as_array().map(Vec::len)),
        (&true.into(), Some(3))
    );
    assert!(
        json["path"][0]
            .as_str()
            .is_some_and(|name| name.contains("张三")),
        "{answer}"
    );

    // Revocation is judged by the list alone.
    verify(&revoked).answer().good();
    let answer = verify(&revoked).option("--crl", &crl).answer();
    answer.refused("was revoked on");
    let answer = verify(&revoked)
        .option("--crl", &crl)
        .arg("--json")
        .answer();
    let json = answer.refused("(cessationOfOperation)").json();
    assert_eq!(json["ok"], false);
    assert!(
        json["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("revoked"))
    );
    // A list of another CA says nothing about a certificate.
    let own = verify(&demo("published/authorities/issuing-ca.pem")).option("--crl", &crl);
    own.answer().refused("no CRL that was given is of this");
    // The first list of this demonstration has the frozen pair.
    let first = demo("published/authorities/issuing-ca/1.crl");
    verify(&zhang)
        .option("--crl", first)
        .answer()
        .refused("(certificateHold)");

    verify(&zhang)
        .option("--at", "2126-01-01T00:00:00Z")
        .answer()
        .refused("expired on");
    let early = verify(&zhang)
        .option("--at", "2001-01-01T00:00:00Z")
        .answer();
    early.refused("is not valid before");
    let late = verify(&zhang)
        .option("--crl", &crl)
        .option("--at", after(8));
    late.answer().refused("is stale since");

    let mut flipped = der(&zhang, CERTIFICATE);
    *flipped.last_mut().expect("octets") ^= 1;
    let answer = verify(&bench.write("flipped", flipped)).answer();
    answer.refused("does not verify under");
    let mut trailing = der(&zhang, CERTIFICATE);
    trailing.push(0);
    verify(&bench.write("trailing", trailing))
        .answer()
        .refused("Certificate");

    let anchored = |anchor: &Path| gmpki("cert verify").option("--anchor", anchor).arg(&zhang);
    anchored(&issuing_ca()).answer().good();
    anchored(&root())
        .answer()
        .refused("no certificate of that name is at hand");
    anchored(&revoked)
        .answer()
        .refused("no certificate of that name is at hand");
    // A CA of the same name with another key.
    let key = bench.key("ca.key.pem");
    let ca = self_signed_ca(&bench, &key, None);
    anchored(&ca).answer().refused("gmpki: ");
    anchored(&bench.path("missing"))
        .answer()
        .refused("No such file");
}

/// So many days from now, as `--at` takes it.
fn after(days: u64) -> String {
    use lifecycle::ports::{Clock, SystemClock};
    let now = SystemClock::default().now().unix_duration();
    let then = now + std::time::Duration::from_secs(days * 24 * 60 * 60);
    let then = der::DateTime::from_unix_duration(then).expect("before the year 9999");
    then.to_string()
}

#[test]
fn pem_der_and_standard_input_are_the_same() {
    let bench = Bench::new();
    let pem = certificate("zhang-san");
    let octets = der(&pem, CERTIFICATE);
    let file = bench.write("certificate.der", &octets);
    let wanted = gmpki("cert show").arg(&pem).answer().good().out;
    assert_eq!(gmpki("cert show").arg(&file).answer().good().out, wanted);
    let answer = gmpki("cert show -").input(octets.clone()).answer().good();
    assert_eq!(answer.out, wanted);
    let answer = gmpki("cert show -")
        .input(fs::read(&pem).expect("a file"))
        .answer()
        .good();
    assert_eq!(answer.out, wanted);
    let crl = bench.write(
        "crl.der",
        der(&demo("published/authorities/issuing-ca.crl"), &["X509 CRL"]),
    );
    gmpki("cert verify")
        .option("--anchor", issuing_ca())
        .option("--crl", crl)
        .arg("-")
        .input(octets)
        .answer()
        .good();

    let csr = bench.csr("csr.pem", &bench.key("key.pem"));
    let octets = der(&csr, csr::PEM_LABELS);
    let show = |file: &Path| gmpki("--json csr show").arg(file).answer().good().json();
    let shown = show(&csr);
    assert_eq!(shown, show(&bench.write("csr.der", &octets)));
    assert_eq!(
        (&shown["possession"], &shown["ok"]),
        (&true.into(), &true.into())
    );
    gmpki("csr verify -").input(octets.clone()).answer().good();
    // What is shown is not vouched for.
    let mut flipped = octets;
    *flipped.last_mut().expect("octets") ^= 1;
    let file = bench.write("flipped.der", &flipped);
    let answer = gmpki("csr show").arg(&file).answer().good();
    assert!(answer.text().contains("not proved"), "{answer}");
    assert_eq!(show(&file)["possession"], false);
}

#[test]
fn csr_new_without_a_file_prints_the_request() {
    let bench = Bench::new();
    let key = bench.key("key.pem");
    let new = |call: &str| {
        gmpki(call)
            .option("--key", &key)
            .option("--subject", "CN=a")
            .answer()
            .good()
    };
    let printed = new("csr new");
    assert!(
        printed
            .text()
            .starts_with("-----BEGIN CERTIFICATE REQUEST-----\n")
    );
    gmpki("csr verify -").input(printed.out).answer().good();
    let json = new("--json csr new").json();
    let csr = json["csr"].as_str().expect("text").to_owned();
    gmpki("csr verify -").input(csr).answer().good();
}

#[test]
fn files_are_signed_and_verified() {
    let bench = Bench::new();
    let key = bench.key("key.pem");
    let file = bench.write("contract", "甲方乙方\n");
    let other = bench.write("other", "甲方丙方\n");
    let signature = bench.path("signature");
    let sign = || gmpki("sm2 sign").option("--key", &key);
    sign()
        .option("--out", &signature)
        .arg(&file)
        .answer()
        .good();
    // The certificate that goes with the key.
    let ca = self_signed_ca(&bench, &key, None);
    let verify = |signature: &Path, file: &Path| {
        gmpki("sm2 verify")
            .option("--key", &ca)
            .option("--signature", signature)
            .arg(file)
    };
    const NOT: &str = "the signature is not this key's under this ID over these octets";
    let answer = verify(&signature, &file).answer().good();
    assert_eq!(answer.text(), "signature: good\n");
    let answer = verify(&signature, &file).arg("--json").answer().good();
    assert_eq!(answer.json(), json!({ "ok": true }));
    verify(&signature, Path::new("-"))
        .input("甲方乙方\n")
        .answer()
        .good();
    verify(&signature, &other).answer().refused(NOT);
    let answer = verify(&signature, &other)
        .arg("--json")
        .answer()
        .refused(NOT);
    assert_eq!(answer.json()["ok"], false);
    verify(&signature, &file)
        .option("--id", "somebody")
        .answer()
        .refused(NOT);
    let zhang = certificate("zhang-san");
    gmpki("sm2 verify")
        .option("--key", zhang)
        .option("--signature", &signature)
        .arg(&file)
        .answer()
        .refused(NOT);

    let mut broken = fs::read(&signature).expect("a file");
    *broken.last_mut().expect("octets") ^= 1;
    verify(&bench.write("broken", &broken), &file)
        .answer()
        .refused(NOT);
    broken.push(0);
    verify(&bench.write("broken", &broken), &file)
        .answer()
        .refused("SM2Signature");

    sign()
        .option("--id", "somebody")
        .option("--out", &signature)
        .arg(&file)
        .answer()
        .good();
    verify(&signature, &file)
        .option("--id", "somebody")
        .answer()
        .good();
    verify(&signature, &file).answer().refused(NOT);
    sign()
        .option("--id", "x".repeat(8_192))
        .arg(&file)
        .answer()
        .refused("longer than 8191");

    // Without --out, base64.
    let printed = sign().arg("-").input("甲方乙方\n").answer().good();
    let json = sign().arg("--json").arg(&file).answer().good().json();
    let text = json["signature"].as_str().expect("text");
    assert!(
        printed.text().starts_with("ME") && text.starts_with("ME"),
        "{printed}"
    );
    assert!(printed.text().trim_end().len().is_multiple_of(4));
}

#[test]
fn digests_are_those_of_the_standard() {
    let bench = Bench::new();
    let file = bench.write("abc", "abc");
    let answer = gmpki("sm3").arg(&file).answer().good();
    assert_eq!(answer.text(), format!("{SM3_OF_ABC}  {}\n", file.display()));
    let answer = gmpki("sm3 -").input("abc").answer().good();
    assert_eq!(answer.text(), format!("{SM3_OF_ABC}  -\n"));
    let large = bench.write("large", vec![7; 1 << 20]);
    let answer = gmpki("--json sm3").arg(&file).arg(&large).answer().good();
    let json = answer.json();
    assert_eq!(json["digests"][0]["sm3"], SM3_OF_ABC);
    assert_eq!(json["digests"][1]["file"], large.display().to_string());
    // One that can't be read: no half answer.
    gmpki("sm3")
        .arg(&file)
        .arg(bench.path("missing"))
        .answer()
        .refused("No such file");
}

#[test]
fn the_demonstration_and_its_audit_speak_json() {
    let folder = folder();
    let answer = gmpki("--json demo")
        .option("--dir", folder.path())
        .answer()
        .good();
    let json = answer.json();
    assert_eq!(json["ok"], true);
    let steps = json["steps"].as_array().expect("steps");
    assert!(steps.iter().any(|step| step["event"] == "dispatched"));
    assert!(steps.iter().any(|step| step["who"] == "wang.wu (approver)"));
    let report = json["report"].as_str().expect("a path");
    let report = fs::read_to_string(report).expect("a report");
    assert!(report.contains("| wang.wu | approver |"), "{report}");

    let store = folder.path().join("store.sqlite");
    let audit = || {
        gmpki("--json audit verify")
            .option("--store", &store)
            .answer()
            .good()
            .json()
    };
    let first = audit();
    assert_eq!(
        (&first["certificates"], &first["cases"]),
        (&8.into(), &5.into())
    );
    assert_eq!(
        (&first["burnt"], &first["unsettled"]),
        (&0.into(), &0.into())
    );
    // A second run finds everything done.
    gmpki("demo").option("--dir", folder.path()).answer().good();
    assert_eq!(audit(), first);
}

#[test]
fn requests_that_come_later_go_the_whole_way_in_the_same_folder() {
    let folder = gm_pki_tests::command::demo_of_my_own();
    let bench = Bench::new();
    let csr = bench.csr("csr.pem", &bench.key("key.pem"));
    let answer = gmpki("demo")
        .option("--dir", folder.path())
        .option("--csr", csr)
        .answer()
        .good();
    // The pair is revoked in the end, for everybody who looks.
    assert_eq!(
        answer.text().matches("OCSP says revoked").count(),
        2,
        "{answer}"
    );
    assert_eq!(answer.text().matches("path refused").count(), 2, "{answer}");
    let store = folder.path().join("store.sqlite");
    let audit = gmpki("--json audit verify")
        .option("--store", store)
        .answer()
        .good();
    assert_eq!(audit.json()["certificates"], 10);
}

#[test]
fn the_demonstration_leaves_no_private_key_in_the_clear() {
    let mut files = 0;
    for (name, octets) in contents(finished_demo()) {
        let text = String::from_utf8_lossy(&octets);
        for label in ["BEGIN PRIVATE KEY", "BEGIN EC PRIVATE KEY"] {
            assert!(!text.contains(label), "{}", name.display());
        }
        // The key that opens an envelope is not told either.
        for told in text.match_indices("-K ") {
            assert!(text[told.0..].starts_with("-K KEY "), "{}", name.display());
        }
        assert!(
            !name.to_string_lossy().contains("scalar"),
            "{}",
            name.display()
        );
        files += 1;
    }
    assert!(files > 20, "{files} files only");
}
