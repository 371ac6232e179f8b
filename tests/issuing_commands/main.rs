//! Certificates without the engine, by commands alone: requests, certificates, revocation
//! lists, OCSP; each refusal with its exit code and its reason.

mod newcomer;
mod policies;
mod readme;
mod refusals;
mod requests;
mod shown;
mod vectors;
mod way;

use gm_pki_tests::command::{Answer, Bench, Call, each_has_an_example_in_its_help, gmpki};
use serde_json::Value;
use std::path::{Path, PathBuf};

#[test]
fn every_command_has_an_example_in_its_help() {
    each_has_an_example_in_its_help(&[
        "csr new",
        "csr show",
        "csr verify",
        "cert issue",
        "cert show",
        "crl new",
        "crl show",
        "ocsp ask",
        "ocsp respond",
        "ocsp show",
        "ocsp verify",
        "profile list",
        "profile show",
        "profile check",
    ]);
}

/// A CA under a root, from commands.
struct Office {
    bench: Bench,
    root: PathBuf,
    root_key: PathBuf,
    ca: PathBuf,
    ca_key: PathBuf,
}

impl Office {
    fn new() -> Self {
        let bench = Bench::new();
        let [root_key, ca_key] = ["root.key", "ca.key"].map(|name| bench.key(name));
        let request = request(&bench, "root.csr", &root_key, "CN=示例根,O=示例,C=CN");
        let root = bench.path("root.pem");
        gmpki("cert issue --profile root-ca --self-signed")
            .option("--key", &root_key)
            .option("--out", &root)
            .arg(request)
            .answer()
            .good();
        let request = request_of_ca(&bench, &ca_key);
        let ca = bench.path("ca.pem");
        gmpki("cert issue --profile issuing-ca")
            .option("--issuer", &root)
            .option("--key", &root_key)
            .option("--out", &ca)
            .arg(request)
            .answer()
            .good();
        Self {
            bench,
            root,
            root_key,
            ca,
            ca_key,
        }
    }

    /// `cert issue` of the CA under a profile.
    fn issue(&self, profile: &str) -> Call {
        gmpki("cert issue")
            .option("--profile", profile)
            .option("--issuer", &self.ca)
            .option("--key", &self.ca_key)
    }

    /// A certificate of a new key, with its key.
    fn certificate(&self, name: &str, profile: &str, subject: &str) -> (PathBuf, PathBuf) {
        let key = self.bench.key(&format!("{name}.key"));
        let request = request(&self.bench, &format!("{name}.csr"), &key, subject);
        let out = self.bench.path(&format!("{name}.pem"));
        self.issue(profile)
            .option("--out", &out)
            .arg(request)
            .answer()
            .good();
        (out, key)
    }

    /// A list of the CA with these options and revocations.
    fn listed(&self, name: &str, words: &str, revoked: &[&Path]) -> PathBuf {
        let out = self.bench.path(name);
        let mut call = self.list().option("--out", &out);
        for word in words.split_whitespace() {
            call = call.arg(word);
        }
        for file in revoked {
            call = call.arg(file);
        }
        call.answer().good();
        out
    }

    /// `crl new` of the CA.
    fn list(&self) -> Call {
        gmpki("crl new")
            .option("--issuer", &self.ca)
            .option("--key", &self.ca_key)
    }
}

fn request_of_ca(bench: &Bench, key: &Path) -> PathBuf {
    request(bench, "ca.csr", key, "CN=示例签发机构,O=示例,C=CN")
}

/// Done, with something to note perhaps.
fn done(answer: Answer) -> Answer {
    assert_eq!(answer.code, Some(0), "{answer}");
    answer
}

/// A request in a file.
fn request(bench: &Bench, name: &str, key: &Path, subject: &str) -> PathBuf {
    let out = bench.path(name);
    gmpki("csr new")
        .option("--key", key)
        .option("--subject", subject)
        .option("--out", &out)
        .answer()
        .good();
    out
}

/// What `cert show --json` says of one certificate.
fn shown(certificate: &Path) -> Value {
    let answer = gmpki("--json cert show").arg(certificate).answer();
    answer.good().json()
}

/// The serial number of a certificate.
fn serial(certificate: &Path) -> String {
    let shown = shown(certificate);
    shown["serial"].as_str().expect("text").to_owned()
}
