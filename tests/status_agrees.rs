//! BouncyCastle reads what an engine says of its certificates: lists of all, of shards and of
//! what changed, and answers, signed when they are asked for and before.

use cert_profile::{
    Issuer, Profile, SHIPPED,
    ocsp::{CertId, Nonce, OcspRequest},
};
use csr::{CsrDraft, Limits, UnverifiedCsr};
use der::referenced::OwnedToRef;
use gm_crypto::pki::{KeyFileParameters, Sm2Sm3};
use gm_pki_tests::interop::BouncyCastle;
use hsm::{KeyHandle, Password, SoftKey, SoftToken};
use lifecycle::{
    Actor, AuthorityId, CaseId, Command, Engine, Evidence, MemoryStore, MemorySubjectKeys,
    PersonId, Policy, Ports, Seat, Serial,
    authority::{self, Proposal},
    calendar::{Calendar, Estimate},
    case::{self, command::Opening, pair::Request, paper::Verdict},
    certificate::{self, Change, RevocationReason},
    cessation::Terms,
    outbox::FolderPublisher,
    ports::{NullNotifier, RandomSerials, SystemClock, TokenKeyCentre},
    rules::{RuleBook, RuleSet},
    terms::{Carrier, DeliveryMethod, EvidenceKind, Kind, Mode, Model},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

const ROOT: &str = "root";
const CA: &str = "ca";
const RESPONDER: &str = "responder";

fn id<T: TryFrom<String, Error = lifecycle::Error>>(name: &str) -> T {
    T::try_from(name.to_owned()).expect("small letters and dots")
}

/// A shipped profile whose certificates name their lists.
fn profile(name: &str, lines: &str) -> Profile {
    let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
    let (_, text) = shipped.expect("a profile that is shipped");
    Profile::from_toml(&format!("{lines}\n{text}")).expect("a good profile")
}

/// An office over a folder: what it publishes lies there.
struct Office {
    folder: TempDir,
    engine: Engine,
    bouncy: BouncyCastle,
}

impl Office {
    fn open(bouncy: BouncyCastle, lines: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let token = |name: &str| {
            let password = Password::new(b"correct horse".to_vec()).expect("a short one");
            let token = SoftToken::open(folder.path().join(name), password);
            // Its password protects nothing here.
            let mut parameters = KeyFileParameters::default();
            parameters.iterations = 1_000;
            token.expect("a new folder").with_parameters(parameters)
        };
        let ports = Ports {
            store: Box::new(MemoryStore::default()),
            token: Box::new(token("keys")),
            key_centre: Box::new(TokenKeyCentre::new(token("archive"))),
            publisher: Box::new(FolderPublisher::new(folder.path())),
            notifier: Box::new(NullNotifier::default()),
            clock: Box::new(SystemClock::default()),
            serials: Box::new(RandomSerials::default()),
            subjects: Arc::new(MemorySubjectKeys::default()),
        };
        let subscribers = ["subscriber-signing", "subscriber-encryption"];
        let authorities = ["root-ca", "issuing-ca", "ocsp-responder"];
        let policy = Policy {
            issuer: id(CA),
            rules: RuleBook::shipped(),
            calendar: Calendar::china().with_estimate(Estimate::Weekends),
            profiles: subscribers.map(|name| profile(name, lines)).into(),
            authorities: authorities.map(|name| profile(name, "")).into(),
            cessation: Terms::shipped(),
            proceedings: lifecycle::proceeding::Terms::shipped(),
            crl_lifetime: Duration::from_secs(7 * 86_400),
            archive: None,
            checkpoints: None,
        };
        let mut office = Self {
            engine: Engine::new(ports, policy),
            folder,
            bouncy,
        };
        office.establish();
        office
    }

    fn establish(&mut self) {
        let subject = |name: &str| {
            format!("CN={name},O=Example,C=CN")
                .parse()
                .expect("a short name")
        };
        let root = Proposal::root("root-ca", &subject("Root"));
        let ca = Proposal::under(id(ROOT), "issuing-ca", &subject("CA"));
        let responder = Proposal::under(id(CA), "ocsp-responder", &subject("Responder"));
        for (name, proposal) in [(ROOT, root), (CA, ca), (RESPONDER, responder)] {
            self.authority(name, "zhao.yi", authority::Command::Propose(proposal));
            self.authority(name, "qian.er", authority::Command::Approve);
        }
    }

    fn act(&mut self, person: &str, seat: Seat, command: Command) {
        let person: PersonId = id(person);
        self.engine
            .submit(&Actor::new(person, seat), command)
            .expect("a good act");
        self.engine.settle(&mut |_| ()).expect("nothing fails");
    }

    fn authority(&mut self, name: &str, person: &str, command: authority::Command) {
        let command = Command::Authority(id(name), command);
        self.act(person, Seat::KeyOfficer, command);
    }

    /// A pair in use; its two numbers, in hexadecimal as BouncyCastle writes them.
    fn pair(&mut self, name: &str) -> [String; 2] {
        use case::Command as Ask;
        let record = || evidence(EvidenceKind::WorkRecord);
        let verdict = || Verdict::new(true, true, true);
        let fields = [
            ("common-name", "Zhang San"),
            ("organisation", "Example"),
            ("country", "CN"),
        ];
        let fields = fields.map(|(field, value)| (field.to_owned(), value.to_owned()));
        let years = 2;
        let fields = fields.into();
        let steps = [
            (Seat::Applicant, Ask::Open(opening())),
            (Seat::Applicant, Ask::Fill { fields, years }),
            (Seat::Applicant, Ask::ProveKey(request())),
            (Seat::Applicant, Ask::Submit),
            (Seat::Registrar, Ask::StartRegistration),
            (
                Seat::Registrar,
                Ask::Register {
                    verdict: verdict(),
                    work_record: record(),
                },
            ),
            (Seat::Approver, Ask::TakeReview),
            (Seat::Approver, Ask::Approve { verdict: verdict() }),
            (Seat::Approver, Ask::Issue),
            (
                Seat::Approver,
                Ask::Personalise {
                    read_back: evidence(EvidenceKind::ReadBack),
                    work_record: record(),
                },
            ),
            (
                Seat::Approver,
                Ask::Dispatch {
                    method: DeliveryMethod::OnSite,
                    packet: "1".to_owned(),
                    receipt: evidence(EvidenceKind::DeliveryReceipt),
                },
            ),
        ];
        let case: CaseId = id(name);
        for (seat, command) in steps {
            let person = match seat {
                Seat::Applicant => "zhang.san",
                Seat::Registrar => "li.si",
                _ => "wang.wu",
            };
            self.act(person, seat, Command::Case(case.clone(), command));
        }
        let state = self.engine.case(&case).expect("a good store");
        let state = state.expect("it was opened");
        let (signing, encryption) = state.pair().expect("both were issued");
        [signing, encryption].map(|issued| issued.serial.to_string())
    }

    fn change(&mut self, pair: &str, seat: Seat, change: certificate::Command) {
        let person = if seat == Seat::Registrar {
            "li.si"
        } else {
            "wang.wu"
        };
        self.act(person, seat, Command::Certificates(id(pair), change));
    }

    fn freeze(&mut self, pair: &str) {
        self.change(pair, Seat::Registrar, certificate::Command::Freeze);
    }

    fn end(&mut self, pair: &str, change: Change) {
        self.change(pair, Seat::Registrar, certificate::Command::Request(change));
        self.change(pair, Seat::Approver, certificate::Command::Confirm);
    }

    /// What BouncyCastle reads in a document that a certificate vouches for.
    fn judge(&self, question: &str, document: &Path, by: &str) -> BTreeSet<String> {
        let signer = self.folder.path().join(format!("{by}.der"));
        let state = self.engine.authority(&id(by)).expect("a good store");
        let state = state.expect("it was proposed");
        let active = state.established().expect("it was approved");
        fs::write(&signer, &*active.certificate).expect("a folder");
        let words = [question.as_ref(), document, &signer];
        let words = words.map(|word| word.to_str().expect("a plain path").to_owned());
        let answer = self.bouncy.judge(&[words.into()]).remove(0);
        answer.split(' ').map(str::to_owned).collect()
    }

    fn list(&self, name: &str) -> BTreeSet<String> {
        let document = self.folder.path().join("authorities").join(name);
        self.judge("crl", &document, CA)
    }

    /// An answer about certificates, and what BouncyCastle reads in it.
    fn answer(&self, serials: &[&String], nonce: Option<&[u8]>) -> (Vec<u8>, BTreeSet<String>) {
        let state = self.engine.authority(&id(CA)).expect("a good store");
        let state = state.expect("it was proposed");
        let ca = &state.established().expect("it was approved").certificate;
        let issuer = Issuer::from_certificate(ca).expect("our own");
        let ids = serials.iter().map(|serial| {
            let serial = Serial::try_from((*serial).clone()).expect("our own");
            let key = issuer.public_key().owned_to_ref();
            CertId::new(issuer.name(), key, serial.to_x509()).expect("a short name")
        });
        let nonce = nonce.map(|octets| Nonce::new(octets).expect("of a good length"));
        let question = OcspRequest::new(ids.collect(), nonce).expect("few certificates");
        let question = question.to_der().expect("a short question");
        let responder: AuthorityId = id(RESPONDER);
        let answer = self.engine.answer_ocsp(&responder, &question);
        let answer = answer.expect("a responder in business");
        let document = self.folder.path().join("answer");
        fs::write(&document, &answer).expect("a folder");
        (answer, self.judge("ocsp", &document, RESPONDER))
    }
}

fn opening() -> Opening {
    let rules = RuleSet::shipped("in-house").expect("rules that are shipped");
    let mut opening = Opening::new(
        rules.id(),
        (Kind::Apply, Mode::Counter, Model::SelfService),
        "pair",
        Carrier::Soft,
        id("zhang.san"),
    );
    opening.organisation = Some(id("example"));
    opening
}

fn evidence(kind: EvidenceKind) -> Evidence {
    Evidence::new(kind, [7; 32], "archive/7")
}

fn request() -> Request {
    let key = SoftKey::generate().expect("the system is random");
    let draft = CsrDraft::new("CN=Zhang San,O=Example,C=CN".parse().expect("a name"));
    let spki = key.public_key().decode_msg().expect("the token's encoding");
    let draft = draft.prepare(spki, key.algorithm()).expect("a short one");
    let signature = key.sign(draft.tbs()).expect("the system is random");
    let der = draft.attach(&signature).expect("a short request");
    let csr = UnverifiedCsr::from_der(&der, &Limits::default()).expect("our own");
    Request::from_csr(&csr.verify(&[&Sm2Sm3::default()]).expect("our own"))
}

/// A list as BouncyCastle says it: what it says of itself, then reasons by number.
fn list<'a>(
    own: &[&str],
    entries: impl IntoIterator<Item = (&'a [String; 2], &'a str)>,
) -> BTreeSet<String> {
    let own = own.iter().map(|word| (*word).to_owned());
    let entries = entries.into_iter().flat_map(|(pair, reason)| {
        let each = pair.iter();
        each.map(move |serial| format!("{}={reason}", plain(serial)))
    });
    own.chain(entries).collect()
}

/// As a number: without zeros in front.
fn plain(serial: &str) -> &str {
    serial.trim_start_matches('0')
}

const HOLD: &str = "6";
const REMOVED: &str = "8";
const SUPERSEDED: &str = "4";

#[test]
fn bouncycastle_reads_complete_lists_and_deltas() {
    let Some(bouncy) = BouncyCastle::find() else {
        return;
    };
    let mut office = Office::open(
        bouncy,
        "crl_urls = ['http://ca.example.cn/ca.crl']\n\
         delta_crl_urls = ['http://ca.example.cn/delta.crl']",
    );
    let [released, revoked, frozen, between] =
        ["released", "revoked", "frozen", "between"].map(|name| office.pair(name));
    office.freeze("released");
    office.freeze("revoked");
    office.authority(CA, "zhao.yi", authority::Command::IssueCrl);
    let freshest = "2.5.29.46";
    let own = ["good", "issuer=key", "number=1", freshest];
    let held = [(&released, HOLD), (&revoked, HOLD)];
    assert_eq!(office.list("ca.crl"), list(&own, held));

    office.end("released", Change::Unfreeze);
    office.end("revoked", Change::Revoke(RevocationReason::Superseded));
    office.freeze("frozen");
    office.freeze("between");
    office.authority(CA, "zhao.yi", authority::Command::IssueDeltaCrl);
    let own = ["good", "issuer=key", "number=2", "delta=!1"];
    let changes = |last| {
        [
            (&released, REMOVED),
            (&revoked, SUPERSEDED),
            (&frozen, HOLD),
            (&between, last),
        ]
    };
    assert_eq!(office.list("ca/delta.crl"), list(&own, changes(HOLD)));
    // Whoever read that one hears from the next that the hold is lifted (RFC 5280, 5.2.4).
    office.end("between", Change::Unfreeze);
    office.authority(CA, "zhao.yi", authority::Command::IssueDeltaCrl);
    let own = ["good", "issuer=key", "number=3", "delta=!1"];
    assert_eq!(office.list("ca/delta.crl"), list(&own, changes(REMOVED)));

    // A complete list and a delta of one moment.
    office.authority(CA, "zhao.yi", authority::Command::IssueCrl);
    let own = ["good", "issuer=key", "number=4", freshest];
    let now = [(&revoked, SUPERSEDED), (&frozen, HOLD)];
    assert_eq!(office.list("ca.crl"), list(&own, now));
    let own = ["good", "issuer=key", "number=4", "delta=!1"];
    assert_eq!(office.list("ca/delta.crl"), list(&own, changes(REMOVED)));
    // A changed octet is seen.
    let path = office.folder.path().join("changed");
    let mut octets = fs::read(office.folder.path().join("authorities/ca.crl")).expect("a list");
    let middle = octets.len() / 2;
    octets[middle] ^= 1;
    fs::write(&path, octets).expect("a folder");
    assert!(office.judge("crl", &path, CA).contains("refused:"));
}

#[test]
fn bouncycastle_reads_lists_of_shards() {
    let Some(bouncy) = BouncyCastle::find() else {
        return;
    };
    let mut office = Office::open(
        bouncy,
        "crl_urls = ['http://ca.example.cn/{shard}.crl']\n\
         delta_crl_urls = ['http://ca.example.cn/{shard}.delta']\n\
         crl_shards = 2",
    );
    let mut all = BTreeMap::new();
    for name in ["one", "two", "three", "four"] {
        let pair = office.pair(name);
        office.freeze(name);
        all.extend(pair.map(|serial| (serial, name)));
    }
    office.authority(CA, "zhao.yi", authority::Command::IssueCrl);
    office.end("one", Change::Unfreeze);
    office.authority(CA, "zhao.yi", authority::Command::IssueDeltaCrl);
    let entry = |serial: &String, reason| format!("{}={reason}", plain(serial));
    let whole: BTreeSet<_> = all.keys().map(|serial| entry(serial, HOLD)).collect();
    let mut union = BTreeSet::new();
    for shard in 0..2 {
        let shown = office.list(&format!("ca/shards/{shard}.crl"));
        let point = format!("point=!http://ca.example.cn/{shard}.crl");
        let own = ["good", "issuer=key", "number=1", &point, "2.5.29.46"];
        let own: BTreeSet<_> = own.map(str::to_owned).into();
        assert!(shown.is_superset(&own), "{shown:?}");
        let entries: BTreeSet<_> = shown.difference(&own).cloned().collect();
        assert!(entries.is_subset(&whole) && entries.is_disjoint(&union));
        // What changed in this shard, under the same point.
        let changed = all
            .iter()
            .filter(|(serial, name)| **name == "one" && entries.contains(&entry(serial, HOLD)));
        let changed = changed.map(|(serial, _)| entry(serial, REMOVED));
        let own = ["good", "issuer=key", "number=2", "delta=!1", &point];
        let expected: BTreeSet<_> = own.map(str::to_owned).into_iter().chain(changed).collect();
        assert_eq!(
            office.list(&format!("ca/shards/{shard}/delta.crl")),
            expected
        );
        union.extend(entries);
    }
    assert_eq!(union, whole);
    let shown = office.list("ca.crl");
    assert!(shown.is_superset(&whole), "{shown:?}");
    assert!(!shown.iter().any(|word| word.starts_with("point=")));
}

#[test]
fn bouncycastle_reads_answers_signed_when_asked_and_before() {
    let Some(bouncy) = BouncyCastle::find() else {
        return;
    };
    let mut office = Office::open(bouncy, "");
    let [good, frozen, revoked] = ["good", "frozen", "revoked"].map(|name| office.pair(name));
    office.freeze("frozen");
    office.end("revoked", Change::Revoke(RevocationReason::Superseded));
    let said = |words: &[(&String, &str)], nonce: Option<&str>| -> BTreeSet<String> {
        let own = ["good", "by=key", "certificates=1"];
        let own = own.into_iter().map(str::to_owned);
        let words = words.iter();
        let words = words.map(|(serial, status)| format!("{}={status}", plain(serial)));
        own.chain(words).chain(nonce.map(str::to_owned)).collect()
    };
    let nobodys = "7f7f".to_owned();
    let asked = [&good[0], &frozen[1], &revoked[0], &nobodys];
    let (_, read) = office.answer(&asked, Some(&[0xab; 4]));
    let expected = [
        (&good[0], "good"),
        (&frozen[1], "revoked,6"),
        (&revoked[0], "revoked,4"),
        (&nobodys, "unknown"),
    ];
    assert_eq!(read, said(&expected, Some("nonce=abababab")));

    let responder: AuthorityId = id(RESPONDER);
    let signed = office.engine.presign(&responder, None);
    assert_eq!(signed.expect("a responder in business"), 2 * 3);
    let (kept, read) = office.answer(&[&good[0]], None);
    assert_eq!(read, said(&[(&good[0], "good")], None));
    assert_eq!(office.answer(&[&good[0]], None).0, kept);
    office.freeze("good");
    let (fresh, read) = office.answer(&[&good[0]], None);
    assert_ne!(fresh, kept);
    assert_eq!(read, said(&[(&good[0], "revoked,6")], None));
}
