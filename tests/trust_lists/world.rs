//! Publishers, CAs and subscribers, made on the spot.

use der::{
    DateTime, Encode,
    asn1::{BitString, ObjectIdentifier, OctetString},
    oid::AssociatedOid,
};
use getrandom::SysRng;
use gm_crypto::{
    pki::assemble,
    sm2::{SIGNATURE_OID, SecretKey, SigningKey, UserId},
};
use spki::{
    AlgorithmIdentifierOwned, EncodePublicKey, SignatureBitStringEncoding,
    SubjectPublicKeyInfoOwned,
};
use std::path::PathBuf;
use tempfile::TempDir;
use trust_list::{
    client::{Client, ClientPolicy, FileStore},
    list::{
        Ca, Contact, Decided, Entry, LocalText, PolicyRule, PostalAddress, Publisher, Question,
        SignaturePlan, SignerRoll, SignerSet, SigningTime, Status, StatusCause, StatusChange,
        TrustListDraft, UnverifiedList,
    },
    path::ParsedCertificate,
    publish::{self, Folder},
};
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            BasicConstraints, CertificatePolicies, KeyUsage, KeyUsages,
            certpolicy::PolicyInformation,
        },
    },
    name::Name,
    time::{Time, Validity},
};

pub(crate) fn time(text: &str) -> DateTime {
    text.parse().expect("a time")
}

pub(crate) fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(text).expect("an identifier")
}

/// A day of 2026, at midnight.
pub(crate) fn day(month: u8, day: u8) -> DateTime {
    time(&format!("2026-{month:02}-{day:02}T00:00:00Z"))
}

#[derive(der::Sequence)]
struct Tbs {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: u8,
    serial: u64,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity,
    subject: Name,
    spki: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

/// Somebody with a key and a name.
pub(crate) struct Holder {
    pub(crate) key: SigningKey,
    pub(crate) name: String,
    pub(crate) certificate: Vec<u8>,
}

/// What a certificate says beside names and key.
pub(crate) struct Terms<'a> {
    pub(crate) ca: bool,
    pub(crate) from: DateTime,
    pub(crate) policies: &'a [&'a str],
}

impl Holder {
    /// Certified by `issuer`, or by itself.
    pub(crate) fn new(name: &str, issuer: Option<&Self>, terms: &Terms<'_>) -> Self {
        Self::with(name, issuer, terms, Vec::new())
    }

    /// With more extensions.
    pub(crate) fn with(
        name: &str,
        issuer: Option<&Self>,
        terms: &Terms<'_>,
        more: Vec<Extension>,
    ) -> Self {
        let secret = SecretKey::generate(&mut SysRng).expect("randomness");
        let key = SigningKey::new(secret, UserId::default());
        let certificate = certify(name, &key, issuer, terms, more);
        Self {
            key,
            name: name.into(),
            certificate,
        }
    }

    pub(crate) fn sign(&self, octets: &[u8]) -> BitString {
        let signature = self
            .key
            .sign_hedged(&mut SysRng, octets)
            .expect("randomness");
        signature.to_bitstring().expect("whole octets")
    }

    pub(crate) fn parsed(&self) -> ParsedCertificate {
        ParsedCertificate::from_der(&*self.certificate).expect("a certificate")
    }
}

fn certify(
    name: &str,
    key: &SigningKey,
    issuer: Option<&Holder>,
    terms: &Terms<'_>,
    more: Vec<Extension>,
) -> Vec<u8> {
    let algorithm = AlgorithmIdentifierOwned {
        oid: SIGNATURE_OID,
        parameters: None,
    };
    let extension = |oid: ObjectIdentifier, critical, der: der::Result<Vec<u8>>| Extension {
        extn_id: oid,
        critical,
        extn_value: OctetString::new(der.expect("an extension")).expect("short"),
    };
    let usage = if terms.ca {
        KeyUsages::KeyCertSign | KeyUsages::CRLSign
    } else {
        KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
    };
    let mut extensions = vec![extension(KeyUsage::OID, true, KeyUsage(usage).to_der())];
    if terms.ca {
        let constraints = BasicConstraints {
            ca: true,
            path_len_constraint: None,
        };
        extensions.push(extension(BasicConstraints::OID, true, constraints.to_der()));
    }
    if !terms.policies.is_empty() {
        let policy = |text: &&str| PolicyInformation {
            policy_identifier: oid(text),
            policy_qualifiers: None,
        };
        let policies = CertificatePolicies(terms.policies.iter().map(policy).collect());
        extensions.push(extension(
            CertificatePolicies::OID,
            false,
            policies.to_der(),
        ));
    }
    extensions.extend(more);
    let spki = key.verifying_key().to_public_key_der().expect("a key");
    let tbs = Tbs {
        version: 2,
        serial: 0x51,
        signature: algorithm.clone(),
        issuer: issuer
            .map_or(name, |issuer| &*issuer.name)
            .parse()
            .expect("a name"),
        validity: Validity::new(
            Time::from(terms.from),
            Time::from(time("2029-01-01T00:00:00Z")),
        ),
        subject: name.parse().expect("a name"),
        spki: spki.decode_msg().expect("a key"),
        extensions,
    };
    let tbs = tbs.to_der().expect("a certificate");
    let signer = issuer.map_or(key, |issuer| &issuer.key);
    let signature = signer.sign_hedged(&mut SysRng, &tbs).expect("randomness");
    let signature = signature.to_bitstring().expect("whole octets");
    assemble(&tbs, &algorithm, &signature).expect("a certificate")
}

pub(crate) fn authority(name: &str, issuer: Option<&Holder>, from: DateTime) -> Holder {
    let terms = Terms {
        ca: true,
        from,
        policies: &[],
    };
    Holder::new(name, issuer, &terms)
}

pub(crate) fn subscriber(
    name: &str,
    issuer: &Holder,
    from: DateTime,
    policies: &[&str],
) -> ParsedCertificate {
    let terms = Terms {
        ca: false,
        from,
        policies,
    };
    Holder::new(name, Some(issuer), &terms).parsed()
}

pub(crate) fn text(lang: &str, value: &str) -> LocalText {
    LocalText::new(lang, value).expect("a text")
}

/// A publisher with its folder, and a reader that follows it.
pub(crate) struct Side {
    pub(crate) signer: Holder,
    place: TempDir,
    pub(crate) client: Client,
    first: TrustListDraft,
}

impl Side {
    pub(crate) fn new(territory: &str, names: &[(&str, &str)]) -> Self {
        let terms = Terms {
            ca: false,
            from: day(1, 1),
            policies: &[],
        };
        let signer = Holder::new(&format!("CN=List signer,C={territory}"), None, &terms);
        let place = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(place.path().join("published")).expect("a folder");
        let pins = SignerSet::one(&signer.certificate);
        let store = FileStore::new(place.path().join("reader.state"));
        let client = Client::open(ClientPolicy::pinned(pins.clone()), store).expect("a client");
        let mut names = names.iter().map(|(lang, name)| text(lang, name));
        let publisher = Publisher::new(territory, names.next().expect("a name")).expect("a place");
        let publisher = names.fold(publisher, Publisher::also);
        let street = PostalAddress::new(text("en", "1 Harbour Road"), territory).expect("a place");
        let contact = Contact::new(
            street.locality("Town").expect("a town"),
            "mailto:list@authority.example",
            "https://authority.example/list",
        );
        let first = TrustListDraft::new(publisher, day(1, 2), day(2, 1))
            .contact(contact.expect("an address"))
            .signers(SignerRoll::new(pins));
        Self {
            signer,
            place,
            client,
            first,
        }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.place.path().join("published")
    }

    /// Publishes the next list with these decisions on a day; it stands for a month.
    pub(crate) fn publish(
        &self,
        at: DateTime,
        decided: impl IntoIterator<Item = Decided>,
        bend: impl FnOnce(TrustListDraft) -> TrustListDraft,
    ) -> UnverifiedList {
        let month = std::time::Duration::from_secs(31 * 24 * 60 * 60);
        let until = DateTime::from_unix_duration(at.unix_duration() + month).expect("a time");
        let last = self.client.list();
        let mut draft = match &last {
            None => self.first.clone().issued(at, until),
            Some(last) => TrustListDraft::following(last, at, until),
        };
        for decision in decided {
            draft.apply(decision).expect("it follows");
        }
        let draft = bend(draft);
        publish::lint(&draft, last.as_deref(), at).expect("readers would take it");
        let plan = SignaturePlan::new(at).signer(&self.signer.certificate);
        let message = draft.prepare_for(&plan).expect("a message");
        let signature = self.signer.sign(message.tbs());
        let der = message.attach(&signature).expect("a message");
        let list = UnverifiedList::from_der(der).expect("a message");
        let pins = ClientPolicy::pinned(SignerSet::one(&self.signer.certificate));
        let folder = Folder::new(self.folder());
        folder.publish(&list, &pins, at).expect("it is published");
        // The reader takes it from where it lies.
        let found = folder.latest().expect("a folder").expect("a list");
        self.client.accept(&found, at).expect("readers take it");
        list
    }

    /// What the reader is told at a time about a signature made then, or at a proved time.
    pub(crate) fn ask(
        &self,
        target: &ParsedCertificate,
        now: DateTime,
        proved: Option<DateTime>,
    ) -> &'static str {
        let question = Question::new(target, now);
        let question = match proved {
            Some(at) => question.signed(SigningTime::Proved(at)),
            None => question,
        };
        self.client.ask(&question).expect("a list").verdict.code()
    }
}

pub(crate) fn ca(names: &[(&str, &str)], country: &str) -> Ca {
    let mut names = names.iter().map(|(lang, name)| text(lang, name));
    let street = PostalAddress::new(text("en", "2 Post Road"), country).expect("a place");
    let ca = Ca::new(
        names.next().expect("a name"),
        street.locality("Town").expect("a town"),
        "mailto:ca@ca.example",
        "https://ca.example/cps",
    );
    names.fold(ca.expect("a CA"), Ca::also)
}

pub(crate) fn standing(status: Status, from: DateTime, cause: StatusCause) -> StatusChange {
    let change = StatusChange::new(status, from, cause);
    change
        .decided(from, "决定〔2026〕1号")
        .expect("a reference")
}

pub(crate) fn entry(place: &str, ca: Ca, class: &str, from: DateTime) -> Entry {
    let first = standing(Status::Recognised, from, StatusCause::Decision);
    Entry::new(place, ca, text("en", class), first).expect("an entry")
}

/// The arcs that both sides assigned.
pub(crate) const MAINLAND: &str = "2.16.156.339.1.1.1.2.1";
pub(crate) const HONG_KONG: &str = "2.16.344.8.2.2008.810.2.2018.1.1";

pub(crate) fn hong_kong_rule() -> PolicyRule {
    PolicyRule::without_last(oid(HONG_KONG), 3).expect("arcs are left")
}
