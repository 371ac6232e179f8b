//! The three judges, and what each is asked.

use crate::authority::{Document, NOW};
use gm_pki_tests::{
    interop::{BouncyCastle, PkiLint},
    openssl::{Desk, Said},
};
use std::path::{Path, PathBuf};

/// All three, or none.
#[derive(Debug)]
pub(crate) struct Panel {
    pub(crate) desk: Desk,
    pub(crate) bouncy: BouncyCastle,
    pub(crate) pkilint: PkiLint,
    openssl: String,
}

impl Panel {
    /// Finds them; says which is missing, and fails where parts are required.
    pub(crate) fn find() -> Option<Self> {
        let desk = Desk::find()?;
        let said = desk.ask("version", &[]);
        let words: Vec<_> = said.good().split_whitespace().take(2).collect();
        Some(Self {
            openssl: words.join(" "),
            bouncy: BouncyCastle::find()?,
            pkilint: PkiLint::find()?,
            desk,
        })
    }

    /// Says who judged how many.
    pub(crate) fn sum_up(&self, what: &str, count: usize, twins: usize) {
        let version = self.bouncy.judge(&[vec!["version".to_owned()]]);
        let bouncy = version[0].trim_start_matches("good ").to_owned();
        println!(
            "profiles: {count} {what}, judged by {}, {}, {bouncy}; {twins} twins refused",
            self.openssl,
            self.pkilint.version()
        );
    }

    /// Whether `openssl verify` takes a certificate, by its issuer alone: to those above
    /// it tells no ID.
    pub(crate) fn openssl_verifies(&self, file: &Path, issuer: &Path, purpose: &str) -> Said {
        let words = format!(
            "verify -x509_strict -partial_chain -attime {} -purpose {purpose} \
             -trusted {{}} -vfyopt {{ID}} {{}}",
            NOW.1
        );
        self.desk.ask(&words, &[issuer, file])
    }

    /// OpenSSL verifies no CRL and no OCSP answer under an ID, so it cuts them by
    /// `asn1parse` and verifies the signature over what was signed.
    pub(crate) fn openssl_verifies_parts(&self, file: &Path, signer: &Path) -> Said {
        let (tbs, signature) = (self.desk.path("tbs"), self.desk.path("signature"));
        let elements = self.elements(file);
        let outer: Vec<_> = elements.iter().filter(|one| one.depth == 1).collect();
        let cut = |words: String, out: &Path| {
            let words = format!("asn1parse -inform DER -noout -in {{}} -out {{}} {words}");
            let said = self.desk.ask(&words, &[file, out]);
            assert_eq!(said.exit, Some(0), "{}", said.text);
        };
        let (offset, length) = (outer[0].offset, outer[0].length);
        cut(format!("-offset {offset} -length {length}"), &tbs);
        cut(format!("-strparse {}", outer[2].offset), &signature);
        let words =
            "pkeyutl -verify -rawin -digest sm3 -pkeyopt {ID} -certin -inkey {} -sigfile {} -in {}";
        let pem = self.pem(signer);
        self.desk.ask(words, &[&pem, &signature, &tbs])
    }

    /// The `BasicOCSPResponse` inside of an answer, cut by OpenSSL.
    pub(crate) fn basic(&self, response: &Path) -> PathBuf {
        let out = self.desk.path("basic");
        let elements = self.elements(response);
        let string = elements.iter().find(|one| one.kind == "OCTET STRING");
        let offset = string.expect("an answer has octets").offset;
        let words = format!("asn1parse -inform DER -noout -in {{}} -out {{}} -strparse {offset}");
        let said = self.desk.ask(&words, &[response, &out]);
        assert_eq!(said.exit, Some(0), "{}", said.text);
        out
    }

    /// A certificate in PEM, by OpenSSL.
    pub(crate) fn pem(&self, certificate: &Path) -> PathBuf {
        let pem = certificate.with_extension("pem");
        let words = "x509 -inform DER -in {} -out {}";
        self.desk.ask(words, &[certificate, &pem]).good();
        pem
    }

    fn elements(&self, file: &Path) -> Vec<Element> {
        let said = self.desk.ask("asn1parse -inform DER -in {}", &[file]);
        assert_eq!(said.exit, Some(0), "{}", said.text);
        said.text.lines().map(Element::parse).collect()
    }

    /// The twins of a document as files.
    pub(crate) fn twins(&self, document: &Document) -> [PathBuf; 2] {
        let [tbs, signature] = document.twins();
        [
            self.desk.write(&format!("{}.tbs-twin", document.name), tbs),
            self.desk
                .write(&format!("{}.signature-twin", document.name), signature),
        ]
    }
}

/// A line of `openssl asn1parse`: `4:d=1 hl=4 l= 351 cons: SEQUENCE`.
#[derive(Debug)]
struct Element {
    offset: usize,
    depth: usize,
    /// With its header.
    length: usize,
    kind: String,
}

impl Element {
    fn parse(line: &str) -> Self {
        let (offset, rest) = line.split_once(":d=").expect("an offset");
        let (numbers, kind) = rest
            .split_once("s: ")
            .or(rest.split_once("m: "))
            .expect("a kind");
        let numbers = numbers.replace("hl=", " ").replace("l=", " ");
        let number = |text: &str| text.trim().parse().expect("a number");
        let numbers: Vec<&str> = numbers.split_whitespace().collect();
        Self {
            offset: number(offset),
            depth: number(numbers[0]),
            length: number(numbers[1]) + number(numbers[2]),
            kind: kind.split("[").next().unwrap_or(kind).trim().to_owned(),
        }
    }
}
