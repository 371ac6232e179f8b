//! Documents before and after an event, with a time stamp and without.

use super::*;
use crate::{
    client::{Client, ClientPolicy, MemoryStore},
    forge::{Forged, ForgedCrl, Key, key_usage, now, time},
    list::{
        SignerSet, Status, StatusCause, StatusChange, UnverifiedList,
        tests::{Scene, change},
    },
    path::ParsedCrl,
    signing_certificate::{SIGNING_CERTIFICATE, reference},
    time_stamp::{
        TIME_STAMP_TOKEN,
        crafted::{Authority, TSA_ROOT},
    },
};
use gm_crypto::message::{Attribute, SignedMessage, Signer};
use x509_cert::ext::pkix::{CrlReason, KeyUsages};

const SUB: &str = "CN=Issuing CA,C=CN";
const CONTENT: &[u8] = "合同".as_bytes();

/// One who signs, with a certificate below the CA of a scene.
struct Hand {
    key: Key,
    certificate: ParsedCertificate,
}

impl Hand {
    fn new(scene: &Scene, name: &str, serial: u64) -> Self {
        Self::with(scene, name, serial, |one| one)
    }

    fn with(scene: &Scene, name: &str, serial: u64, bend: fn(Forged) -> Forged) -> Self {
        let key = Key::new();
        let certificate = bend(Forged::leaf(name, &key, SUB).serial(serial));
        Self {
            certificate: certificate.issue(&scene.sub_key),
            key,
        }
    }

    fn signer(&self, claimed: &str) -> Signer {
        let reference = reference(self.certificate.der()).unwrap();
        let signer = Signer::new(self.certificate.der()).unwrap();
        let signer = signer.signing_time(time(claimed)).unwrap();
        signer.attribute(Attribute::new(SIGNING_CERTIFICATE, &reference).unwrap())
    }
}

/// A message to be.
struct Paper<'a> {
    message: SignedMessage,
    hands: Vec<(&'a Hand, Signer)>,
    /// Of the first signer: by whom, and when.
    stamps: Vec<(&'a Authority, &'a str)>,
}

impl<'a> Paper<'a> {
    fn by(hand: &'a Hand, claimed: &str) -> Self {
        Self {
            message: SignedMessage::new(CONTENT),
            hands: vec![(hand, hand.signer(claimed))],
            stamps: Vec::new(),
        }
    }

    fn stamped(mut self, authority: &'a Authority, at: &'a str) -> Self {
        self.stamps.push((authority, at));
        self
    }

    fn der(self) -> Vec<u8> {
        let signers = self.hands.iter().map(|(_, signer)| signer.clone());
        let mut draft = self.message.prepare(signers.collect()).unwrap();
        let signatures: Vec<_> = self
            .hands
            .iter()
            .zip(draft.to_sign())
            .map(|((hand, _), to_sign)| hand.key.sign(to_sign.tbs()))
            .collect();
        for (authority, at) in self.stamps {
            let token = authority.stamp(signatures[0].raw_bytes(), at);
            let token = Attribute::new(TIME_STAMP_TOKEN, &token).unwrap();
            draft = draft.unsigned_attribute(0, token).unwrap();
        }
        draft.attach_all(&signatures).unwrap()
    }

    fn read(self) -> UnverifiedDocument {
        UnverifiedDocument::from_der(&self.der(), Dialect::Strict).unwrap()
    }
}

struct World {
    scene: Scene,
    tsa: Authority,
    list: TrustList,
}

impl World {
    /// Recognised since the year began, then these standings.
    fn new(changes: &[StatusChange]) -> Self {
        let scene = Scene::new();
        let mut entry = scene.entry();
        for change in changes {
            entry.change(change.clone()).unwrap();
        }
        let list = scene.accept(&scene.draft_with(entry));
        Self {
            scene,
            tsa: Authority::new(),
            list,
        }
    }

    fn hand(&self) -> Hand {
        Hand::new(&self.scene, "CN=Zhang San,C=CN", 0x51)
    }

    fn judge(&self, document: &UnverifiedDocument) -> DocumentReport {
        let anchors = self.tsa.anchors();
        let question = DocumentQuestion::new(now()).time_stamp_anchors(&anchors);
        document.judge(&self.list, &question)
    }

    fn said(&self, document: &UnverifiedDocument) -> (Indication, Vec<&'static str>) {
        let report = self.judge(document);
        (report.indication(), report.codes())
    }
}

fn suspended_in_may() -> World {
    World::new(&[change(Status::Suspended, "2026-05-01T00:00:00Z")])
}

use Indication::{Indeterminate, Invalid, Valid};

#[test]
fn a_good_document_is_valid_and_can_be_worked_out_again() {
    let world = World::new(&[]);
    let hand = world.hand();
    let der = Paper::by(&hand, "2026-05-30T00:00:00Z").der();
    let document = UnverifiedDocument::from_der(&der, Dialect::Strict).unwrap();
    assert_eq!(document.content(), CONTENT);
    let report = world.judge(&document);
    assert_eq!((report.indication(), report.codes()), (Valid, vec![]));
    assert_eq!(report.message, sm3::digest(&der));
    assert_eq!(report.content, sm3::digest(CONTENT));
    assert_eq!((report.sequence, report.list), (1, world.list.digest()));
    assert_eq!(report.rules, "gm-pki:trust-list:document:1");
    let [signer] = &report.signers[..] else {
        panic!("one signer");
    };
    let name = SignerName::IssuerAndSerialNumber {
        issuer: world.scene.sub.subject_der().to_vec(),
        serial: vec![0x51],
    };
    assert_eq!(signer.name, name);
    let found = signer.message.as_ref().unwrap();
    assert_eq!(found.der(), hand.certificate.der());
    assert_eq!(signer.time.code(), "CLAIMED");
    assert_eq!(signer.time.claimed, Some(time("2026-05-30T00:00:00Z")));
    let chain = signer.chain.as_ref().unwrap().as_ref().unwrap();
    let chain: Vec<&[u8]> = chain.iter().map(ParsedCertificate::der).collect();
    let (sub, root) = (world.scene.sub.der(), world.scene.root.der());
    assert_eq!(chain, [hand.certificate.der(), sub, root]);
    let status = signer.status.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(status.code(), "NOT_CHECKED");
    let answer = signer.recognition.as_ref().unwrap();
    assert_eq!(
        (answer.verdict.code(), answer.at),
        ("RECOGNISED", Some(now()))
    );
}

#[test]
fn a_signature_before_a_suspension_needs_a_time_stamp() {
    let world = suspended_in_may();
    let hand = world.hand();
    let (before, after) = ("2026-04-20T00:00:00Z", "2026-05-10T00:00:00Z");
    let said = |paper: Paper<'_>| world.said(&paper.read());
    // The signer's word is worth nothing, and may be true.
    assert_eq!(
        said(Paper::by(&hand, before)),
        (Indeterminate, vec!["STATUS_AT_SIGNING", "UNPROVED_TIME"])
    );
    assert_eq!(
        said(Paper::by(&hand, after)),
        (Invalid, vec!["STATUS_AT_SIGNING"])
    );
    let stamped = || Paper::by(&hand, before).stamped(&world.tsa, before);
    assert_eq!(said(stamped()), (Valid, vec![]));
    let report = world.judge(&stamped().read());
    let finding = &report.signers[0].time;
    assert_eq!(finding.code(), "PROVED");
    let latest = time("2026-04-20T00:00:02Z");
    assert_eq!(finding.judged, crate::list::SigningTime::Proved(latest));
    // A token of after the event proves no more than that.
    assert_eq!(
        said(Paper::by(&hand, before).stamped(&world.tsa, after)),
        (Invalid, vec!["STATUS_AT_SIGNING"])
    );
    // Of two the earlier one counts.
    let both = stamped().stamped(&world.tsa, after);
    assert_eq!(said(both), (Valid, vec![]));
    // The token's latest moment, not its genTime.
    let at_the_edge = Paper::by(&hand, before).stamped(&world.tsa, "2026-04-30T23:59:59Z");
    assert_eq!(said(at_the_edge), (Invalid, vec!["STATUS_AT_SIGNING"]));
    let at_the_edge = Paper::by(&hand, before).stamped(&world.tsa, "2026-04-30T23:59:57Z");
    assert_eq!(said(at_the_edge), (Valid, vec![]));
}

#[test]
fn a_cause_that_reaches_back_is_answered_by_a_token_before_it() {
    let lost = StatusChange::new(
        Status::Terminated,
        time("2026-05-20T00:00:00Z"),
        StatusCause::Compromise,
    );
    let world = World::new(&[lost.event(time("2026-05-01T00:00:00Z"))]);
    let hand = world.hand();
    let said = |paper: Paper<'_>| world.said(&paper.read());
    let (before, between) = ("2026-04-20T00:00:00Z", "2026-05-10T00:00:00Z");
    let stamped = |at| Paper::by(&hand, before).stamped(&world.tsa, at);
    assert_eq!(said(stamped(before)), (Valid, vec![]));
    assert_eq!(said(stamped(between)), (Invalid, vec!["REACHES_BACK"]));
    let (indication, codes) = said(Paper::by(&hand, before));
    assert_eq!(indication, Indeterminate);
    assert!(codes.contains(&"UNPROVED_TIME"), "{codes:?}");
    let (indication, _) = said(Paper::by(&hand, between));
    assert_eq!(indication, Invalid);
}

#[test]
fn a_token_that_does_not_verify_never_counts_and_is_said() {
    let world = suspended_in_may();
    let hand = world.hand();
    let before = "2026-04-20T00:00:00Z";
    let stamp_codes = |paper: Paper<'_>| {
        let report = world.judge(&paper.read());
        assert_ne!(report.indication(), Valid);
        let [signer] = &report.signers[..] else {
            panic!("one signer");
        };
        assert_eq!(signer.time.code(), "CLAIMED");
        let codes = signer.time.stamps.iter();
        let codes = codes.map(|stamp| stamp.as_ref().unwrap_err().code());
        codes.collect::<Vec<_>>()
    };
    let stranger = Authority::new();
    let codes = stamp_codes(Paper::by(&hand, before).stamped(&stranger, before));
    assert_eq!(codes, ["TSA_PATH"]);
    let careless = Authority::with(|one| one);
    let codes = stamp_codes(Paper::by(&hand, before).stamped(&careless, before));
    assert_eq!(codes, ["TSA_PURPOSE"]);

    // The token of another signature, and no token at all.
    let put = |token: Vec<u8>| {
        let draft = SignedMessage::new(CONTENT);
        let draft = draft.prepare(vec![hand.signer(before)]).unwrap();
        let signature = hand.key.sign(draft.tbs());
        let token = Attribute::new(TIME_STAMP_TOKEN, &token).unwrap();
        let draft = draft.unsigned_attribute(0, token).unwrap();
        let der = draft.attach(&signature).unwrap();
        let report = world.judge(&UnverifiedDocument::from_der(&der, Dialect::Strict).unwrap());
        assert_eq!(report.indication(), Indeterminate);
        let stamp = &report.signers[0].time.stamps[0];
        stamp.as_ref().unwrap_err().code()
    };
    assert_eq!(put(world.tsa.stamp(b"another", before)), "TSA_IMPRINT");
    // Over the content, as some programs do it.
    assert_eq!(put(world.tsa.stamp(CONTENT, before)), "TSA_IMPRINT");
    assert_eq!(put(vec![5, 0]), "TSA_UNREADABLE");
}

#[test]
fn tokens_are_not_looked_at_without_end() {
    let world = World::new(&[]);
    let hand = world.hand();
    let at = "2026-05-20T00:00:00Z";
    let mut paper = Paper::by(&hand, at);
    for _ in 0..9 {
        paper = paper.stamped(&world.tsa, at);
    }
    let report = world.judge(&paper.read());
    assert_eq!(report.signers[0].time.stamps.len(), 8);
}

#[test]
fn another_content_is_refused() {
    let world = World::new(&[]);
    let hand = world.hand();
    let at = "2026-05-30T00:00:00Z";
    let mut paper = Paper::by(&hand, at);
    paper.message = SignedMessage::new(CONTENT).detached();
    let signature = paper.der();
    let detached = |content: &[u8]| {
        UnverifiedDocument::from_detached(&signature, content, Dialect::Strict).unwrap()
    };
    assert_eq!(world.said(&detached(CONTENT)), (Valid, vec![]));
    let other = detached(b"another");
    assert_eq!(world.said(&other), (Invalid, vec!["SIGNATURE"]));
    let error = UnverifiedDocument::from_der(&signature, Dialect::Strict).unwrap_err();
    assert_eq!(error.code(), "FORMAT");

    let der = Paper::by(&hand, at).der();
    let twice = UnverifiedDocument::from_detached(&der, CONTENT, Dialect::Strict);
    assert_eq!(twice.unwrap_err().code(), "FORMAT");
    let place = der
        .windows(CONTENT.len())
        .position(|window| window == CONTENT)
        .unwrap();
    let mut changed = der;
    changed[place] ^= 1;
    let changed = UnverifiedDocument::from_der(&changed, Dialect::Strict).unwrap();
    assert_eq!(world.said(&changed), (Invalid, vec!["SIGNATURE"]));
    assert!(UnverifiedDocument::from_der(b"no message", Dialect::Strict).is_err());
}

#[test]
fn each_signer_has_a_report_of_its_own() {
    let world = World::new(&[]);
    let (one, two) = (world.hand(), Hand::new(&world.scene, "CN=Li Si,C=CN", 0x52));
    let at = "2026-05-30T00:00:00Z";
    let both = |second: &Hand| {
        let draft = SignedMessage::new(CONTENT);
        let draft = draft.prepare(vec![one.signer(at), two.signer(at)]).unwrap();
        let octets: Vec<_> = draft.to_sign().map(|one| one.tbs().to_vec()).collect();
        let signatures = [one.key.sign(&octets[0]), second.key.sign(&octets[1])];
        let der = draft.attach_all(&signatures).unwrap();
        world.judge(&UnverifiedDocument::from_der(&der, Dialect::Strict).unwrap())
    };
    let report = both(&two);
    assert_eq!(report.signers.len(), 2);
    assert_eq!(report.indication(), Valid);
    let report = both(&one);
    assert_eq!(
        (report.indication(), report.codes()),
        (Invalid, vec!["SIGNATURE"])
    );
    let mut each: Vec<_> = report
        .signers
        .iter()
        .map(SignerReport::indication)
        .collect();
    each.sort_unstable();
    assert_eq!(each, [Valid, Invalid]);
}

#[test]
fn who_signed_is_told_by_the_signed_reference() {
    let world = World::new(&[]);
    let hand = world.hand();
    let at = "2026-05-30T00:00:00Z";
    // Left out of the message: given, or missing.
    let mut paper = Paper::by(&hand, at);
    paper.hands[0].1 = hand.signer(at).without_certificate();
    let document = paper.read();
    assert_eq!(
        world.said(&document),
        (Indeterminate, vec!["CERTIFICATE_MISSING"])
    );
    let given = [hand.certificate.clone()];
    let question = DocumentQuestion::new(now()).certificates(&given);
    let report = document.judge(&world.list, &question);
    assert_eq!(report.indication(), Valid);
    // Another certificate for the same key, name and number, which nobody meant.
    let namesake = Forged::leaf("CN=Zhang San,C=CN", &hand.key, SUB)
        .serial(0x51)
        .valid("2026-01-02T00:00:00Z", "2027-01-01T00:00:00Z")
        .issue(&world.scene.sub_key);
    let others = [namesake.clone()];
    let question = DocumentQuestion::new(now()).certificates(&others);
    let report = document.judge(&world.list, &question);
    assert_eq!(report.codes(), ["CERTIFICATE_REFERENCE"]);
    assert_eq!(report.indication(), Invalid);
    // Beside the right one it does no harm.
    let both = [namesake, hand.certificate.clone()];
    let question = DocumentQuestion::new(now()).certificates(&both);
    assert_eq!(document.judge(&world.list, &question).indication(), Valid);
}

#[test]
fn a_key_for_encryption_signs_nothing() {
    let world = World::new(&[]);
    let hand = Hand::with(&world.scene, "CN=Zhang San,C=CN", 0x51, |one| {
        one.replacing(key_usage(KeyUsages::KeyEncipherment))
    });
    let document = Paper::by(&hand, "2026-05-30T00:00:00Z").read();
    assert_eq!(world.said(&document), (Invalid, vec!["KEY_USAGE"]));
}

#[test]
fn who_is_not_in_the_list_is_not_recognised() {
    let world = World::new(&[]);
    let elsewhere = Scene::new();
    let hand = Hand::new(&elsewhere, "CN=Zhang San,C=CN", 0x51);
    let at = "2026-05-30T00:00:00Z";
    // A CA of the same name with another key.
    assert_eq!(
        world.said(&Paper::by(&hand, at).read()),
        (Invalid, vec!["PATH"])
    );
    let key = Key::new();
    let certificate = Forged::leaf("CN=Zhang San", &key, "CN=Nobody").issue(&Key::new());
    let hand = Hand { key, certificate };
    let report = world.judge(&Paper::by(&hand, at).read());
    assert_eq!(
        (report.indication(), report.codes()),
        (Invalid, vec!["NO_ENTRY"])
    );
    assert!(report.signers[0].chain.is_none() && report.signers[0].status.is_none());
}

#[test]
fn revocation_counts_from_its_own_time_on() {
    let world = World::new(&[]);
    let hand = world.hand();
    let at = "2026-05-20T00:00:00Z";
    let revoked = |date| {
        let crl = ForgedCrl::new(SUB).revoke(0x51, date, Some(CrlReason::KeyCompromise));
        crl.issue(&world.scene.sub_key)
    };
    let anchors = world.tsa.anchors();
    let said = |crls: &[ParsedCrl], stamped: bool| {
        let mut paper = Paper::by(&hand, at);
        if stamped {
            paper = paper.stamped(&world.tsa, at);
        }
        let question = DocumentQuestion::new(now())
            .time_stamp_anchors(&anchors)
            .crls(crls);
        let report = paper.read().judge(&world.list, &question);
        let status = report.signers[0].status.as_ref().unwrap();
        let status = status
            .as_ref()
            .map_or_else(StatusFault::code, |one| one.code());
        (report.indication(), status)
    };
    let clean = [ForgedCrl::new(SUB).issue(&world.scene.sub_key)];
    assert_eq!(said(&clean, false), (Valid, "GOOD"));
    // Today's list speaks about a proved time of some days ago.
    assert_eq!(said(&clean, true), (Valid, "GOOD"));
    let later = [revoked("2026-05-25T00:00:00Z")];
    assert_eq!(said(&later, true), (Valid, "GOOD"));
    assert_eq!(said(&later, false), (Indeterminate, "REVOKED"));
    let earlier = [revoked("2026-05-15T00:00:00Z")];
    assert_eq!(said(&earlier, true), (Invalid, "REVOKED"));
    assert_eq!(said(&earlier, false), (Invalid, "REVOKED"));
    let stale = ForgedCrl::new(SUB).times("2026-05-01T00:00:00Z", Some("2026-05-02T00:00:00Z"));
    let stale = [stale.issue(&world.scene.sub_key)];
    assert_eq!(said(&stale, true), (Indeterminate, "REVOCATION_UNKNOWN"));

    // One that the message carries counts as well.
    let mut paper = Paper::by(&hand, at);
    paper.message = paper.message.crl(later[0].der()).unwrap();
    let (indication, codes) = world.said(&paper.read());
    assert_eq!(indication, Indeterminate);
    assert!(codes.contains(&"REVOKED"), "{codes:?}");
    let mut paper = Paper::by(&hand, at).stamped(&world.tsa, at);
    paper.message = paper.message.crl(earlier[0].der()).unwrap();
    let (indication, codes) = world.said(&paper.read());
    assert_eq!(indication, Invalid);
    assert!(codes.contains(&"REVOKED"), "{codes:?}");
}

#[test]
fn a_stale_list_says_nothing() {
    let world = World::new(&[]);
    let hand = world.hand();
    let document = Paper::by(&hand, "2026-05-30T00:00:00Z").read();
    let question = DocumentQuestion::new(time("2026-06-25T00:00:00Z"));
    let report = document.judge(&world.list, &question);
    assert_eq!(
        (report.indication(), report.codes()),
        (Indeterminate, vec!["STALE"])
    );

    // A client with grace goes on.
    let signer = SignerSet::one(&world.scene.publisher);
    let day = Duration::from_secs(24 * 60 * 60);
    let client = Client::open(
        ClientPolicy::pinned(signer).grace(day),
        MemoryStore::default(),
    );
    let client = client.unwrap();
    let asked = client.judge(&document, &question);
    assert_eq!(asked.unwrap_err().code(), "NO_LIST");
    let list = UnverifiedList::from_der(world.list.der()).unwrap();
    client.accept(&list, now()).unwrap();
    let report = client.judge(&document, &question).unwrap();
    assert_eq!(report.indication(), Valid);
}

#[test]
fn messages_of_the_field_are_read_when_asked_for() {
    use gm_crypto::message::{ContentTypes, Partner};

    let world = World::new(&[]);
    let hand = world.hand();
    let mut partner = Partner::default();
    partner.content_types = ContentTypes::Rfc5652;
    let mut paper = Paper::by(&hand, "2026-05-30T00:00:00Z");
    paper.message = paper.message.partner(partner);
    let der = paper.der();
    assert!(UnverifiedDocument::from_der(&der, Dialect::Strict).is_err());
    let document = UnverifiedDocument::from_der(&der, Dialect::Field).unwrap();
    let report = world.judge(&document);
    assert_eq!(report.indication(), Valid);
    assert_eq!(report.deviations, [Deviation::ContentTypeOfRfc5652]);
}

#[test]
fn a_document_without_a_signer_is_signed_by_nobody() {
    let world = World::new(&[]);
    let bundle = SignedMessage::new(Vec::new())
        .certificate(world.scene.sub.der())
        .unwrap();
    let der = bundle.certificates_only().unwrap();
    let document = UnverifiedDocument::from_detached(&der, CONTENT, Dialect::Strict).unwrap();
    assert_eq!(world.said(&document), (Invalid, vec!["NO_SIGNER"]));
}

/// Where a status is required, it is of a time stamp's authority, too.
#[test]
fn the_rule_for_revocation_is_one_for_time_stamps_too() {
    let world = World::new(&[]);
    let hand = world.hand();
    let at = "2026-05-20T00:00:00Z";
    let anchors = world.tsa.anchors();
    let said = |crls: &[ParsedCrl]| {
        let question = DocumentQuestion::new(now())
            .time_stamp_anchors(&anchors)
            .revocation(RevocationRule::RequiredOfTarget)
            .crls(crls);
        let document = Paper::by(&hand, at).stamped(&world.tsa, at).read();
        let report = document.judge(&world.list, &question);
        report.signers[0].time.code()
    };
    let signers = ForgedCrl::new(SUB).issue(&world.scene.sub_key);
    assert_eq!(said(std::slice::from_ref(&signers)), "CLAIMED");
    let authoritys = ForgedCrl::new(TSA_ROOT).issue(&world.tsa.root_key);
    assert_eq!(said(&[signers, authoritys]), "PROVED");
}
