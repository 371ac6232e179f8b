//! What was decided, as a draft of the next list takes it over.

use super::{letter::Owner, *};
use trust_list::{
    list::{
        self, Ca, Decided, Entry, LocalText, PostalAddress, Publisher, Status, StatusCause,
        StatusChange, TrustListDraft,
    },
    path::ParsedCertificate,
};

const SIDE: Side = HONG_KONG;

fn parsed() -> ParsedCertificate {
    ParsedCertificate::from_der(Owner::root().certificate).unwrap()
}

fn filed(role: CertificateRole, one: &ParsedCertificate) -> CaCertificate {
    let mut certificate = certificate(role, 0);
    certificate.digest = one.digest().to_vec().into();
    certificate
}

fn text(value: &str) -> LocalText {
    LocalText::new("en", value).unwrap()
}

fn ca(name: &str) -> Ca {
    let place = PostalAddress::new(text("1 Road"), "HK").unwrap();
    Ca::new(
        text(name),
        place,
        "mailto:ca@ca.example",
        "https://ca.example",
    )
    .unwrap()
}

fn draft() -> TrustListDraft {
    let publisher = Publisher::new("HK", text("Office")).unwrap();
    TrustListDraft::new(publisher, at("2026-03-09"), at("2026-04-09"))
}

fn given(from: &str, certificates: &[&ParsedCertificate]) -> HandOver {
    let certificates = certificates.iter().map(|one| (*one).clone());
    HandOver::new(Some(at(from)), certificates.collect())
}

/// Approved on 2 March, with these anchors and issuers.
fn ready(anchors: &[&ParsedCertificate], issuers: &[&ParsedCertificate]) -> Case {
    let mut application = SIDE.application();
    let of = |role, all: &[&ParsedCertificate]| -> Vec<_> {
        all.iter().map(|one| filed(role, one)).collect()
    };
    application.certificates = of(CertificateRole::Anchor, anchors);
    let more = [CertificateRole::Issuer, CertificateRole::Status];
    for role in more {
        application.certificates.extend(of(role, issuers));
    }
    Case::new(SIDE)
        .agent(Command::Apply(Box::new(application)))
        .official("second", SIDE.approve())
        .official("clerk", SIDE.tell())
        .official("other", SIDE.acknowledge())
        .official("clerk", SIDE.procedure())
}

/// The case and what a list says of it.
struct Listed {
    case: Case,
    anchor: ParsedCertificate,
    issuer: ParsedCertificate,
    draft: TrustListDraft,
}

impl Listed {
    /// Recognised from 10 March on.
    fn new() -> Self {
        let (anchor, issuer) = (parsed(), parsed());
        let case = ready(&[&anchor], &[&issuer]);
        let given = given("2026-03-10", &[&anchor, &issuer]);
        let mut draft = draft();
        let entry = entry(&case, SIDE.ca, "personal", &given).unwrap();
        case.state().admit(&mut draft, entry, &given).unwrap();
        let mut listed = Self {
            case,
            anchor,
            issuer,
            draft,
        };
        let list = SIDE.grant(4, "2026-03-09", "2026-03-10");
        listed.case = listed.case.clone().on("2026-03-09");
        listed.publish("clerk", list);
        listed
    }

    fn publish(&mut self, name: &str, mut list: Publication) {
        list.anchors = vec![self.anchor.digest().to_vec().into()];
        list.issuers = vec![self.issuer.digest().to_vec().into()];
        self.case = self.case.clone().official(name, SIDE.publish(list));
    }

    /// Another issuer is on record.
    fn recorded(&mut self) -> ParsedCertificate {
        let new = parsed();
        let certificate = filed(CertificateRole::Issuer, &new);
        let digest = certificate.digest.clone();
        let file = Command::FileCertificate { certificate };
        let record = Command::RecordCertificate {
            authority: SIDE.office.to_owned(),
            digest,
            record: evidence(EvidenceKind::WorkRecord),
        };
        self.case = self.case.clone().agent(file).official("clerk", record);
        new
    }

    fn withdrawn(&mut self, measure: Measure) {
        self.case = self
            .case
            .clone()
            .on("2026-04-01")
            .agent(SIDE.ask(measure))
            .official("head", SIDE.withdraw(measure, Cause::Request));
    }

    fn hand_over(&self, certificates: &[&ParsedCertificate]) -> Result<Entry, HandOverFault> {
        let mut draft = self.draft.clone();
        let given = given("2026-04-01", certificates);
        self.case.state().hand_over(&mut draft, &given)?;
        Ok(draft.entry(&SIDE.key().in_lists()).unwrap().clone())
    }
}

fn entry(case: &Case, name: &str, class: &str, given: &HandOver) -> Result<Entry, HandOverFault> {
    case.state()
        .entry(&case.terms, ca(name), text(class), given)
}

fn digests(all: &[ParsedCertificate]) -> Vec<list::Digest> {
    all.iter().map(ParsedCertificate::digest).collect()
}

// proves: S4-03, S4-12, S4-17
#[test]
fn a_first_entry_is_what_was_approved() {
    let (anchor, issuer, stranger) = (parsed(), parsed(), parsed());
    let case = ready(&[&anchor], &[&issuer]);
    let both = [&anchor, &issuer];
    let good = entry(&case, SIDE.ca, "personal", &given("2026-03-10", &both)).unwrap();
    assert_eq!(good.key(), SIDE.key().in_lists());
    assert_eq!(digests(good.anchors()), [anchor.digest()]);
    assert_eq!(digests(good.issuers()), [issuer.digest()]);
    assert_eq!(good.history()[0].from, at("2026-03-10"));
    let [rule] = good.policies() else {
        panic!("one policy")
    };
    assert_eq!(
        (rule.policy().to_string(), rule.dropped()),
        (HK_POLICY.to_owned(), 3)
    );
    for (name, class) in [("Another", "personal"), (SIDE.ca, "another")] {
        let fault = entry(&case, name, class, &given("2026-03-10", &both)).unwrap_err();
        assert!(matches!(fault, HandOverFault::OtherEntry(_)), "{fault}");
    }
    // From the approval on, and not a second before it.
    assert!(entry(&case, SIDE.ca, "personal", &given("2026-03-02", &both)).is_ok());
    let before = given("2026-03-02T01:59:59Z", &both);
    let fault = entry(&case, SIDE.ca, "personal", &before).unwrap_err();
    assert!(matches!(fault, HandOverFault::BackDated { .. }), "{fault}");
    let undated = HandOver::new(None, vec![anchor.clone(), issuer.clone()]);
    let fault = entry(&case, SIDE.ca, "personal", &undated).unwrap_err();
    assert!(matches!(fault, HandOverFault::NoTime), "{fault}");
    // Each certificate on record, and no other.
    let fewer = given("2026-03-10", &[&anchor]);
    let fault = entry(&case, SIDE.ca, "personal", &fewer).unwrap_err();
    assert!(
        matches!(fault, HandOverFault::CertificateMissing(_)),
        "{fault}"
    );
    let more = given("2026-03-10", &[&anchor, &issuer, &stranger]);
    let fault = entry(&case, SIDE.ca, "personal", &more).unwrap_err();
    assert!(
        matches!(fault, HandOverFault::UnknownCertificate(_)),
        "{fault}"
    );
    let listed = Listed::new();
    let fault = entry(&listed.case, SIDE.ca, "personal", &given("2026-03-10", &[]));
    let fault = fault.unwrap_err();
    assert!(matches!(fault, HandOverFault::NothingDecided(_)), "{fault}");
}

// proves: S4-12, S4-16
#[test]
fn a_class_that_ended_is_recognised_again_in_its_old_entry() {
    let (anchor, other_anchor) = (parsed(), parsed());
    let (kept, left, over, new) = (parsed(), parsed(), parsed(), parsed());
    let first = StatusChange::new(Status::Recognised, at("2025-01-01"), StatusCause::Decision);
    let during = list::Interval::new(at("2025-01-01"), Some(at("2025-06-01")));
    let old = Entry::new(SIDE.place, ca(SIDE.ca), text("personal"), first)
        .unwrap()
        .anchor(anchor.clone())
        .issuer(kept.clone())
        .issuer(left.clone())
        .issuer_during(over.clone(), during);
    let key = SIDE.key().in_lists();
    let case = ready(&[&anchor, &other_anchor], &[&kept, &new]);
    let all = given("2026-03-10", &[&anchor, &other_anchor, &kept, &new]);
    let entry = || entry(&case, SIDE.ca, "personal", &all).unwrap();
    let mut draft = draft();
    draft.apply(Decided::admit(old)).unwrap();
    // An entry that stands is not admitted again.
    let fault = case.state().admit(&mut draft, entry(), &all).unwrap_err();
    assert!(matches!(fault, HandOverFault::EntryStands(_)), "{fault}");
    let end = StatusChange::new(Status::Terminated, at("2026-01-01"), StatusCause::Request);
    draft.apply(Decided::change(key.clone(), end)).unwrap();
    case.state().admit(&mut draft, entry(), &all).unwrap();
    let found = draft.entry(&key).unwrap();
    let last = found.history().last().unwrap();
    assert_eq!(
        (last.status, last.from),
        (Status::Recognised, at("2026-03-10"))
    );
    assert_eq!(digests(found.anchors()), digests(&[anchor, other_anchor]));
    let issuers = [kept.clone(), left.clone(), over.clone(), new.clone()];
    assert_eq!(digests(found.issuers()), digests(&issuers));
    let end_of = |one: &ParsedCertificate| {
        let interval = found.issuer_interval(&one.digest());
        interval.and_then(|interval| interval.until)
    };
    // What is not on record any more comes to its end; what ended before stays as it was.
    assert_eq!([&kept, &new].map(end_of), [None, None]);
    assert_eq!(end_of(&left), Some(at("2026-03-10")));
    assert_eq!(end_of(&over), Some(at("2025-06-01")));
}

// proves: S4-16
#[test]
fn a_new_certificate_comes_into_the_list_when_it_is_on_record() {
    let mut listed = Listed::new();
    let nothing = |listed: &Listed| {
        assert!(!listed.case.state().awaits_list());
        let fault = listed.hand_over(&[]).unwrap_err();
        assert!(matches!(fault, HandOverFault::NothingDecided(_)), "{fault}");
    };
    nothing(&listed);
    let new = listed.recorded();
    assert!(listed.case.state().awaits_list());
    let entry = listed.hand_over(&[&new]).unwrap();
    assert_eq!(
        digests(entry.issuers()),
        digests(&[listed.issuer.clone(), new.clone()])
    );
    let fault = listed.hand_over(&[]).unwrap_err();
    assert!(
        matches!(fault, HandOverFault::CertificateMissing(_)),
        "{fault}"
    );
    // A suspension has what is given, and waits for none of it.
    listed.withdrawn(Measure::Suspension);
    assert!(listed.case.state().awaits_list());
    for (certificates, count) in [(&[][..], 1), (&[&new], 2)] {
        let entry = listed.hand_over(certificates).unwrap();
        assert_eq!(entry.history().last().unwrap().status, Status::Suspended);
        assert_eq!(entry.issuers().len(), count);
    }
    let fault = listed.hand_over(&[&new, &parsed()]).unwrap_err();
    assert!(
        matches!(fault, HandOverFault::UnknownCertificate(_)),
        "{fault}"
    );
}

// proves: S4-08, S4-16
#[test]
fn nothing_more_is_said_of_an_entry_that_ended() {
    let mut listed = Listed::new();
    listed.withdrawn(Measure::Termination);
    assert!(listed.case.state().awaits_list(), "its end is to be said");
    listed.recorded();
    let list = SIDE.taken(5, "2026-04-01", listed.case.state());
    listed.publish("third", list);
    assert_eq!(listed.case.stage(), Stage::Terminated);
    assert!(!listed.case.state().awaits_list());
    let fault = listed.hand_over(&[]).unwrap_err();
    assert!(matches!(fault, HandOverFault::NothingDecided(_)), "{fault}");
}
