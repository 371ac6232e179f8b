//! A TPM signs through a command: a root and a request by a key that nobody can export,
//! judged by OpenSSL; and decrypts what was encrypted to another of its keys.
//!
//! The TPM is `swtpm`, spoken to by `tpm2-tools`: an SM2 of other people.

use cert_profile::{CertRequest, Issuer, Profile};
use csr::CsrDraft;
use der::asn1::BitString;
use getrandom::SysRng;
use gm_crypto::sm2::PublicKey;
use gm_pki_tests::{command::skip, openssl::Desk};
use hsm::{
    AgreementKey, Checked, DecryptionKey, Error, ExternalAgreement, ExternalCommand, ExternalKey,
    KeyHandle, PointEncoding, SoftKey,
};
use spki::{EncodePublicKey, SubjectPublicKeyInfoRef};
use std::{
    io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use x509_cert::serial_number::SerialNumber;

/// A TPM of our own, switched off when dropped.
struct Tpm {
    folder: TempDir,
    process: Child,
}

impl Tpm {
    /// Switches one on; says so where there is none.
    fn start() -> Option<Self> {
        for program in ["swtpm", "tpm2_sign"] {
            let found = Command::new(program).arg("--version").output();
            if found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                skip(&format!("no {program} (packages swtpm and tpm2-tools)"));
                return None;
            }
        }
        // Not in the target folder: the path of a socket has 107 octets at most.
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let process = Command::new("swtpm")
            .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
            .arg("--tpmstate")
            .arg(format!("dir={}", folder.path().display()))
            .arg("--server")
            .arg(format!("type=unixio,path={}", path("tpm")))
            .arg("--ctrl")
            .arg(format!("type=unixio,path={}", path("tpm.ctrl")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("swtpm starts");
        let tpm = Self { folder, process };
        let until = Instant::now() + Duration::from_secs(20);
        while !tpm.path("tpm").exists() || !tpm.path("tpm.ctrl").exists() {
            assert!(Instant::now() < until, "swtpm does not listen");
            thread::sleep(Duration::from_millis(10));
        }
        Some(tpm)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How its tools are told which TPM is meant.
    fn address(&self) -> [String; 2] {
        [
            "-T".into(),
            format!("swtpm:path={}", self.path("tpm").display()),
        ]
    }

    /// Runs one of its tools in its folder; gives what it said.
    fn ask(&self, words: &str) -> String {
        let mut words = words.split_whitespace();
        let output = Command::new(words.next().expect("a tool"))
            .args(self.address())
            .args(words)
            .current_dir(self.folder.path())
            .output()
            .expect("the tool runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// Makes a key that cannot leave; gives its public half.
    fn make_key(&self, kind: &str, attributes: &str, handle: &str) -> PublicKey {
        for step in [
            "tpm2_createprimary -Q -C o -c primary",
            &format!("tpm2_create -Q -C primary -G {kind} -a {attributes} -u public -r private"),
            // It holds three objects, and nobody tidies up for it.
            "tpm2_flushcontext -t",
            "tpm2_load -Q -C primary -u public -r private -c key",
            "tpm2_flushcontext -t",
            &format!("tpm2_evictcontrol -Q -C o -c key {handle}"),
            "tpm2_flushcontext -t",
        ] {
            self.ask(step);
        }
        let said = self.ask(&format!("tpm2_readpublic -c {handle}"));
        let coordinate = |name: &str| {
            let line = said.lines().find_map(|line| line.trim().strip_prefix(name));
            let digits = line.expect("a coordinate").trim();
            (0..32)
                .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("digits"))
                .collect::<Vec<u8>>()
        };
        let point = [vec![4], coordinate("x:"), coordinate("y:")].concat();
        PublicKey::from_uncompressed(&point).expect("a point of the curve")
    }

    fn command(&self, tool: &str, words: &str) -> ExternalCommand {
        let words = words.split_whitespace().map(str::to_owned);
        ExternalCommand::new(tool, self.address().into_iter().chain(words))
    }

    fn signing_key(&self, handle: &str) -> ExternalKey {
        let public = self.make_key("ecc_sm2_p256:sm2-sha256", &format!("{FIXED}|sign"), handle);
        self.key(public, handle)
    }

    fn key(&self, public: PublicKey, handle: &str) -> ExternalKey {
        let words = format!(
            "-Q -c {handle} -s sm2 -g sha256 -f plain -o {{signature-file}} -d {{digest-file}}"
        );
        ExternalKey::new(public, self.command("tpm2_sign", &words))
    }
}

impl Drop for Tpm {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A key that is made in the TPM and never leaves it.
const FIXED: &str = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth";

#[test]
fn a_tpm_signs_a_root_and_a_request_that_openssl_verifies() {
    let (Some(desk), Some(tpm)) = (Desk::find(), Tpm::start()) else {
        return;
    };
    let key = Checked::new(tpm.signing_key("0x81010001"));

    // The root signs itself.
    let root = certified("root-ca", "CN=示例根,O=示例公司,C=CN", &key, None, &key);
    let root_file = desk.write("root.der", &root.der);
    let public = desk.path("root-key.pem");
    let said = desk.ask("x509 -in {} -noout -pubkey -out {}", &[&root_file, &public]);
    assert_eq!(said.exit, Some(0), "{}", said.text);
    let signature = desk.write("signature", root.signature.raw_bytes());
    let verify = "dgst -sm3 -verify {} -sigopt {ID} -signature {} {}";
    let mut tbs = root.tbs;
    let said = desk.ask(verify, &[&public, &signature, &desk.write("tbs", &tbs)]);
    assert!(said.agrees("Verified OK"), "{}", said.text);
    *tbs.last_mut().expect("octets") ^= 1;
    let said = desk.ask(verify, &[&public, &signature, &desk.write("tbs", &tbs)]);
    assert!(!said.text.contains("Verified OK"));

    // And a CA under it; the file's own check of signatures, of the whole path.
    let below = SoftKey::generate().expect("randomness");
    let issuer = Issuer::from_certificate(&root.der).expect("a CA's certificate");
    let name = "CN=示例签发机构,O=示例公司,C=CN";
    let below = certified("issuing-ca", name, &below, Some(&issuer), &key);
    let verify = |file: &Path| desk.ask("verify -trusted {} -vfyopt {ID} {}", &[&root_file, file]);
    let said = verify(&desk.write("below.der", &below.der));
    assert!(said.agrees("OK"), "{}", said.text);
    for changed in desk.changed(&below.der, "示例签发机构".as_bytes()) {
        assert_ne!(verify(&changed).exit, Some(0));
    }

    let name = "CN=可信平台模块,O=示例公司,C=CN".parse().expect("a name");
    let spki = key.public_key().decode_msg().expect("a key");
    let draft = CsrDraft::new(name)
        .prepare(spki, key.algorithm())
        .expect("a request");
    let signature = key.sign(draft.tbs()).expect("the TPM signs");
    let request = draft.attach(&signature).expect("a request");
    let file = desk.write("request.der", request);
    let said = desk.ask(
        "req -verify -noout -vfyopt {ID} -inform DER -in {}",
        &[&file],
    );
    assert!(said.agrees("verify OK"), "{}", said.text);
}

struct Certified {
    der: Vec<u8>,
    tbs: Vec<u8>,
    signature: BitString,
}

/// A certificate for `key` by a shipped profile, signed by `signer`; by itself where there
/// is no issuer.
fn certified(
    profile: &str,
    subject: &str,
    key: &dyn KeyHandle,
    issuer: Option<&Issuer>,
    signer: &dyn KeyHandle,
) -> Certified {
    let profile = Profile::shipped(profile).expect("a shipped profile");
    let spki = key.public_key().decode_msg().expect("a key");
    let request = CertRequest::new(subject.parse().expect("a name"), spki);
    let itself = Issuer::self_signed(&request, signer.algorithm());
    let serial = SerialNumber::new(&[0x5a; 16]).expect("16 octets");
    let start = "2026-01-01T00:00:00Z".parse().expect("a time");
    let prepared = profile
        .prepare(issuer.unwrap_or(&itself), &request, &serial, start)
        .expect("the profile suits");
    let tbs = prepared.tbs().to_vec();
    let signature = signer.sign(&tbs).expect("the TPM signs");
    Certified {
        der: prepared.attach(&signature).expect("a certificate"),
        tbs,
        signature,
    }
}

#[test]
fn what_another_key_of_the_tpm_signs_does_not_leave() {
    let Some(tpm) = Tpm::start() else { return };
    let ours = tpm.signing_key("0x81010001");
    let other = tpm.make_key(
        "ecc_sm2_p256:sm2-sha256",
        &format!("{FIXED}|sign"),
        "0x81010002",
    );
    let spki: SubjectPublicKeyInfoRef<'_> = ours.public_key().decode_msg().expect("a key");
    let ours = PublicKey::try_from(spki).expect("an SM2 key");
    assert_ne!(ours, other);
    let crossed = Checked::new(tpm.key(other, "0x81010001"));
    assert!(matches!(crossed.sign(b"m"), Err(Error::BadSignature)));

    // A key that is not there: the tool's own complaint.
    let error = tpm.key(ours, "0x81010009").sign(b"m").expect_err("no key");
    assert!(matches!(error, Error::Command { .. }), "{error}");
    println!("{error}");
}

#[test]
fn a_tpm_decrypts_by_multiplying_a_point() {
    let Some(tpm) = Tpm::start() else { return };
    let handle = "0x81010003";
    let public = tpm.make_key("ecc_sm2_p256:null", &format!("{FIXED}|decrypt"), handle);
    let words = format!("-c {handle} -u {{point-file}} -o {{shared-file}}");
    let command = tpm.command("tpm2_ecdhzgen", &words);
    let key = AgreementKey::new(
        public.to_public_key_der().expect("a key"),
        ExternalAgreement::new(command, PointEncoding::Tpm),
    )
    .expect("an SM2 key");
    for message in [&b"m"[..], &[0xa5; 200]] {
        // The tool leaves a session behind, and there is room for three.
        tpm.ask("tpm2_flushcontext -l");
        let ciphertext = public.encrypt(&mut SysRng, message).expect("randomness");
        assert_eq!(
            key.decrypt(&ciphertext).expect("it is for this key")[..],
            *message
        );
        let mut changed = ciphertext.to_c1c3c2();
        *changed.last_mut().expect("octets") ^= 1;
        let changed = gm_crypto::sm2::Ciphertext::from_c1c3c2(&changed).expect("a ciphertext");
        let error = key.decrypt(&changed).expect_err("it was changed");
        assert!(matches!(error, Error::Crypto { .. }), "{error}");
    }
}
