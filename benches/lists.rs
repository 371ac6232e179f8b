//! Lists of any length, and one certificate that they recognise.
//!
//! Each CA has one root, one issuing CA and [`CLASSES`] classes; a class is found by a type in
//! the subject, and has two addresses, a decision and a notice.

use cert_profile::{CertRequest, Issuer, Profile};
use hsm::{KeyHandle, SoftKey};
use spki::SubjectPublicKeyInfoOwned;
use trust_list::{
    list::{
        Ca, Entry, LocalText, PostalAddress, Publisher, SignaturePlan, Status, StatusCause,
        StatusChange, SupplyKind, SupplyPoint, TrustListDraft,
    },
    path::ParsedCertificate,
};
use x509_cert::{der::DateTime, serial_number::SerialNumber};

/// Classes of one CA.
pub(crate) const CLASSES: usize = 10;

/// A publisher, a CA's subscriber, and what goes into lists.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) signer: Vec<u8>,
    pub(crate) subscriber: Vec<u8>,
    pub(crate) root: ParsedCertificate,
    pub(crate) issuing: ParsedCertificate,
    signer_key: SoftKey,
    root_key: SoftKey,
    root_issuer: Issuer,
}

pub(crate) fn at(text: &str) -> DateTime {
    text.parse().expect("a time")
}

pub(crate) fn now() -> DateTime {
    at("2026-07-01T08:00:00Z")
}

impl Listed {
    pub(crate) fn new() -> Self {
        let [root_key, issuing_key, subscriber_key, signer_key] = [(); 4].map(|()| key());
        let root = request("CN=根,O=示例,C=CN", &root_key);
        let itself = Issuer::self_signed(&root, root_key.algorithm());
        let root = certify("root-ca", &itself, &root_key, &root);
        let root_issuer = Issuer::from_certificate(&root).expect("our own root");
        let issuing = request("CN=签发机构 0,O=示例,C=CN", &issuing_key);
        let issuing = certify("issuing-ca", &root_issuer, &root_key, &issuing);
        let issuer = Issuer::from_certificate(&issuing).expect("our own CA");
        let subscriber = request("CN=张三,OU=type 7,O=示例公司,C=CN", &subscriber_key);
        let signer = request("CN=李四,O=密码管理局,C=CN", &signer_key);
        let end = |request| certify("subscriber-signing", &issuer, &issuing_key, request);
        Self {
            signer: end(&signer),
            subscriber: end(&subscriber),
            root: parsed(root),
            issuing: parsed(issuing),
            signer_key,
            root_key,
            root_issuer,
        }
    }

    /// A signed list of so many entries.
    pub(crate) fn list(&self, entries: usize) -> Vec<u8> {
        let publisher = Publisher::new("CN", text("Recognition Office")).expect("a place");
        let mut draft = TrustListDraft::new(publisher, now(), at("2026-08-01T00:00:00Z"));
        for number in 0..entries.div_ceil(CLASSES) {
            let issuing = match number {
                0 => self.issuing.clone(),
                _ => self.another(number),
            };
            let ca = self.ca(number);
            for class in 0..CLASSES.min(entries - number * CLASSES) {
                let entry = self.entry(&ca, &issuing, class);
                draft.insert(entry).expect("each key once");
            }
        }
        let plan = SignaturePlan::new(now()).signer(&self.signer);
        let message = draft.prepare_for(&plan).expect("a good list");
        let to_sign = message.to_sign().next().expect("one signer");
        let signature = self.signer_key.sign(to_sign.tbs());
        let signature = signature.expect("the system is random");
        message.attach_all(&[signature]).expect("one signature")
    }

    fn another(&self, number: usize) -> ParsedCertificate {
        let request = request(&format!("CN=签发机构 {number},O=示例,C=CN"), &key());
        parsed(certify(
            "issuing-ca",
            &self.root_issuer,
            &self.root_key,
            &request,
        ))
    }

    fn ca(&self, number: usize) -> Ca {
        let address = PostalAddress::new(text("1 Zhongshan Road"), "CN").expect("a country");
        let name = text(&format!("Certification Authority {number:05}"));
        let ca = Ca::new(
            name,
            address,
            "mailto:ca@ca.example",
            "https://ca.example/cps",
        );
        ca.expect("two URIs")
    }

    fn entry(&self, ca: &Ca, issuing: &ParsedCertificate, class: usize) -> Entry {
        let first = StatusChange::new(
            Status::Recognised,
            at("2026-01-01T00:00:00Z"),
            StatusCause::Decision,
        );
        let point = |kind, uri| SupplyPoint::new(kind, uri).expect("a URI");
        let entry = Entry::new("CN-GD", ca.clone(), text(&format!("class {class}")), first)
            .expect("a place")
            .anchor(self.root.clone())
            .issuer(issuing.clone());
        entry
            .type_name(&format!("type {class}"))
            .expect("a short name")
            .supply_point(point(SupplyKind::Crl, "http://ca.example/ca.crl"))
            .supply_point(point(SupplyKind::Ocsp, "http://ca.example/ocsp"))
    }
}

fn text(value: &str) -> LocalText {
    LocalText::new("en", value).expect("a short text")
}

fn key() -> SoftKey {
    SoftKey::generate().expect("the system is random")
}

fn parsed(der: Vec<u8>) -> ParsedCertificate {
    ParsedCertificate::from_der(der).expect("our own")
}

fn request(name: &str, key: &SoftKey) -> CertRequest {
    let spki: SubjectPublicKeyInfoOwned =
        key.public_key().decode_msg().expect("the token's encoding");
    CertRequest::new(name.parse().expect("a name"), spki)
}

fn certify(profile: &str, issuer: &Issuer, key: &SoftKey, request: &CertRequest) -> Vec<u8> {
    let serial = SerialNumber::new(&[0x5a; 16]).expect("16 octets");
    let profile = Profile::shipped(profile).expect("it is shipped");
    let from = at("2026-06-01T08:00:00Z");
    let prepared = profile.prepare(issuer, request, &serial, from);
    let prepared = prepared.expect("a good request");
    let signature = key.sign(prepared.tbs()).expect("the system is random");
    prepared.attach(&signature).expect("a short certificate")
}
