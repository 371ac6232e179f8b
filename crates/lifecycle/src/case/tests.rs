//! The case's tests stand on this: rules for drill, people, and a case that is led through.

mod checks;
mod delivery;
mod ending;
mod issuing;
mod machine;
mod money;
mod opening;
mod papers;
mod personal;
mod random;
mod review;
mod seats;

use super::{
    Command, Context, Event, Phase, State,
    command::{Opening, Target},
    decide, evolve,
    pair::{EncryptionKey, Issuance, Request, Slot},
    paper::{InternalChecklist, Verdict},
};
use crate::{
    Actor, AuthorityId, CaseId, CaseNumber, Error, Evidence, Ground, Octets, OrganisationId,
    PersonId, Refusal, Seat, Serial, TokenId,
    calendar::Calendar,
    certificate,
    interval::Interval,
    organisation, roster,
    rules::{RuleSet, RuleSetId},
    terms::*,
    token, upload,
};
use cert_profile::{Issuer, Profile};
use der::{DateTime, Encode, asn1::UtcTime};
use gm_crypto::sm2::{SIGNATURE_OID, SecretKey};
use spki::{AlgorithmIdentifierOwned, EncodePublicKey, SubjectPublicKeyInfoOwned};
use std::collections::BTreeMap;
use x509_cert::time::{Time, Validity};

pub(super) type Who = (&'static str, Seat);

pub(super) const HOLDER: Who = ("holder", Seat::Applicant);
pub(super) const AGENT: Who = ("agent", Seat::Agent);
pub(super) const REGISTRAR: Who = ("registrar", Seat::Registrar);
pub(super) const APPROVER: Who = ("approver", Seat::Approver);
pub(super) const CUSTODIAN: Who = ("custodian", Seat::PinCustodian);
pub(super) const CASHIER: Who = ("cashier", Seat::Cashier);
pub(super) const OFFICIAL: Who = ("official", Seat::Official);
pub(super) const SYSTEM: Who = ("system", Seat::System);

pub(super) fn actor((person, seat): Who) -> Actor {
    Actor::new(PersonId::new(person).unwrap(), seat)
}

pub(super) fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// The rules for drill, some of their words replaced.
pub(super) fn drill(changes: &[(&str, &str)]) -> RuleSet {
    let mut text = include_str!("tests/drill.toml").to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    RuleSet::from_toml(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// A case with all that a decision may see.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) id: CaseId,
    pub(super) rules: RuleSet,
    pub(super) calendar: Calendar,
    pub(super) now: DateTime,
    pub(super) state: Option<State>,
    pub(super) history: Vec<(Actor, DateTime, Event)>,
    pub(super) number: u64,
    pub(super) serial: u8,
    pub(super) holdings: u32,
    pub(super) roster: BTreeMap<&'static str, roster::State>,
    pub(super) organisation: Option<organisation::State>,
    pub(super) agency_modes: Option<Vec<Mode>>,
    pub(super) target: Option<Old>,
    pub(super) token: Option<token::State>,
    pub(super) objected: Option<[certificate::Status; 2]>,
    pub(super) blocked: bool,
    pub(super) ca: Option<(Issuer, Profile, Profile)>,
}

/// The certificates that a case is about.
#[derive(Clone)]
pub(super) struct Old {
    pub(super) case: State,
    pub(super) signing: certificate::State,
    pub(super) validity: (DateTime, DateTime),
}

pub(super) fn desk() -> Desk {
    desk_under(drill(&[]))
}

pub(super) fn desk_under(rules: RuleSet) -> Desk {
    let now = at("2026-03-02T02:00:00Z");
    Desk {
        id: CaseId::new("case-1").unwrap(),
        rules,
        calendar: Calendar::china(),
        now,
        state: None,
        history: Vec::new(),
        number: 7,
        serial: 1,
        holdings: 0,
        roster: BTreeMap::from([
            ("witness", enrolled(now, Employment::Contract)),
            ("handler", enrolled(now, Employment::Contract)),
            ("checker", enrolled(now, Employment::Contract)),
        ]),
        organisation: Some(unit()),
        agency_modes: Some(vec![Mode::Counter, Mode::Witness, Mode::Other]),
        target: None,
        token: Some(fresh_token()),
        objected: None,
        blocked: false,
        ca: Some(ca()),
    }
}

pub(super) fn enrolled(at: DateTime, employment: Employment) -> roster::State {
    entered(at, entry(employment))
}

/// Under contract with an agency.
pub(super) fn enrolled_with(at: DateTime, agency: Option<&str>) -> roster::State {
    let mut entry = entry(Employment::Contract);
    entry.agency = agency.map(|one| OrganisationId::new(one).unwrap());
    entered(at, entry)
}

fn entry(employment: Employment) -> roster::Entry {
    let always = Interval::new(at("2020-01-01T00:00:00Z"), None);
    roster::Entry::new(employment, roster::Paper::new("c-1", always))
        .training(true, roster::Paper::new("t-1", always))
        .declaration(
            evidence(EvidenceKind::HolderStatement),
            [PersonId::new("cousin").unwrap()],
        )
}

fn entered(at: DateTime, entry: roster::Entry) -> roster::State {
    let clerk = actor(("clerk", Seat::Clerk));
    let proposed = roster::Event::Proposed(Box::new(entry));
    let state = roster::evolve(None, &clerk, &proposed, at);
    roster::evolve(state, &clerk, &roster::Event::Confirmed, at).unwrap()
}

pub(super) fn unit() -> organisation::State {
    use organisation::{Arrangement, Grant, Onboarding, Scope};
    let always = Interval::new(at("2020-01-01T00:00:00Z"), None);
    let scope = Scope::new(Kind::ALL.iter().copied(), always);
    let boss = PersonId::new("boss").unwrap();
    let papers = evidence(EvidenceKind::OrganisationDocuments);
    let grant = Grant::new(scope.clone(), boss.clone(), papers.clone());
    let arrangement = Arrangement::new(Model::Centralised, "staff")
        .approver(boss, scope)
        .agent(PersonId::new("agent").unwrap(), grant)
        .applicants([PersonId::new("holder").unwrap()]);
    let onboarding = Onboarding::new("Example Ltd", papers).arrangement(arrangement);
    let event = organisation::Event::Onboarded(onboarding);
    let clerk = actor(("clerk", Seat::Clerk));
    organisation::evolve(None, &clerk, &event, at("2020-01-01T00:00:00Z")).unwrap()
}

pub(super) fn fresh_token() -> token::State {
    token::State {
        batch: "b-1".into(),
        model: "m-1".into(),
        label: None,
        status: token::Status::Fresh,
        initial_pin: true,
    }
}

pub(super) fn key(scalar: u8) -> SubjectPublicKeyInfoOwned {
    let mut octets = [0; 32];
    octets[31] = scalar;
    let key = SecretKey::from_bytes(&octets).unwrap().public_key();
    key.to_public_key_der().unwrap().decode_msg().unwrap()
}

pub(super) fn request(scalar: u8) -> Request {
    Request {
        csr: vec![scalar].into(),
        subject: Vec::new().into(),
        public_key: key(scalar).to_der().unwrap().into(),
        key_origin: None,
    }
}

fn ca() -> (Issuer, Profile, Profile) {
    let algorithm = AlgorithmIdentifierOwned {
        oid: SIGNATURE_OID,
        parameters: None,
    };
    let time = |text| Time::from(UtcTime::from_date_time(at(text)).unwrap());
    let validity = Validity::new(time("2020-01-01T00:00:00Z"), time("2040-01-01T00:00:00Z"));
    let profile = |name| Profile::shipped(name).unwrap();
    (
        Issuer::new(
            "CN=CA,O=Example,C=CN".parse().unwrap(),
            key(9),
            algorithm,
            validity,
        ),
        profile("subscriber-signing"),
        profile("subscriber-encryption"),
    )
}

pub(super) fn evidence(kind: EvidenceKind) -> Evidence {
    Evidence::new(kind, [7; 32], "archive 1")
}

pub(super) fn opening(rules: &RuleSet) -> Opening {
    Opening {
        rules: rules.id(),
        kind: Kind::Apply,
        mode: Mode::Counter,
        model: Model::SelfService,
        certificate: "seal".into(),
        carrier: Carrier::Hard,
        holder: PersonId::new("holder").unwrap(),
        organisation: Some(OrganisationId::new("example").unwrap()),
        agency: Some(OrganisationId::new("agency").unwrap()),
        account: None,
        order: None,
        target: None,
        reason: None,
        practice_statement: None,
        unpublished: false,
    }
}

pub(super) const GOOD: Verdict = Verdict {
    documents: true,
    identity: true,
    genuineness: true,
};

pub(super) fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

pub(super) fn fill(pairs: &[(&str, &str)]) -> Command {
    Command::Fill {
        fields: fields(pairs),
        years: 2,
    }
}

pub(super) fn consent(agreements: &[&str]) -> Command {
    let digest = || Octets::from(vec![1; 32]);
    Command::Consent {
        agreements: agreements
            .iter()
            .map(|one| ((*one).to_owned(), digest()))
            .collect(),
    }
}

pub(super) fn document(name: &str, form_version: Option<u32>) -> Command {
    Command::AddDocument {
        document: name.to_owned(),
        file_name: "scan.jpg".into(),
        inspected: inspected(FileFormat::Jpeg, 500),
        form_version,
    }
}

pub(super) fn inspected(format: FileFormat, size: u64) -> upload::Inspected {
    upload::Inspected {
        format,
        size,
        digest: vec![2; 32].into(),
    }
}

pub(super) fn passed(check: Check, kinds: &[EvidenceKind]) -> Command {
    let identity = matches!(check, Check::IdentityAgent | Check::IdentityHolder);
    let by_card = (IdentityDocument::ResidentCard, IdentityMethod::CardReader);
    Command::RecordCheck {
        check,
        identity: identity.then_some(by_card),
        failure: None,
        evidence: kinds.iter().copied().map(evidence).collect(),
    }
}

pub(super) fn register() -> Command {
    Command::Register {
        verdict: GOOD,
        work_record: evidence(EvidenceKind::WorkRecord),
    }
}

pub(super) fn approve() -> Command {
    Command::Approve { verdict: GOOD }
}

pub(super) fn account() -> super::payment::Account {
    super::payment::Account {
        holder: "Example Ltd".into(),
        bank: "Bank of Drill".into(),
        number: "6222000011112222".into(),
    }
}

pub(super) fn transfer() -> Command {
    Command::ReportPayment {
        route: PaymentRoute::CorporateTransfer,
        account: Some(account()),
        evidence: evidence(EvidenceKind::RemittanceSlip),
    }
}

impl Desk {
    fn context(&self, who: Who) -> Context<'_> {
        Context {
            now: self.now,
            rules: &self.rules,
            calendar: &self.calendar,
            number: CaseNumber(self.number),
            serial: Serial::from_bytes(&[self.serial]).unwrap(),
            issuance: self.ca.as_ref().map(|ca| Issuance {
                issuer: &ca.0,
                signing: &ca.1,
                encryption: &ca.2,
            }),
            issuer: AuthorityId::new("ca").unwrap(),
            roster: self.roster.get(who.0),
            organisation: self.organisation.as_ref(),
            agency_modes: self.agency_modes.as_deref(),
            holdings: self.holdings,
            target: self.target.as_ref().map(|old| Target {
                case: &old.case,
                signing: &old.signing,
                encryption: &old.signing,
                validity: old.validity,
            }),
            token: self.token.as_ref(),
            objected: self.objected,
            blocked: self.blocked,
        }
    }

    pub(super) fn ask(&self, who: Who, command: Command) -> Result<Vec<Event>, Error> {
        let state = self.state.as_ref();
        decide(&self.id, state, &actor(who), command, &self.context(who))
    }

    /// Takes what happened over; every event must change the state.
    pub(super) fn take(&mut self, who: Who, events: Vec<Event>) {
        for event in events {
            let before = self.state.clone();
            self.state = evolve(self.state.take(), &actor(who), self.now, &event);
            assert_ne!(self.state, before, "{event:?}");
            self.history.push((actor(who), self.now, event));
        }
    }

    #[track_caller]
    pub(super) fn act(&mut self, who: Who, command: Command) -> &mut Self {
        let shown = format!("{command:?}");
        match self.ask(who, command) {
            Ok(events) => self.take(who, events),
            Err(error) => panic!("{shown} by {who:?}: {}", told(&error)),
        }
        self
    }

    /// The ground of a refusal, and the requirements it names: one at least.
    #[track_caller]
    pub(super) fn refused(&self, who: Who, command: Command) -> (Ground, Vec<String>) {
        let shown = format!("{command:?}");
        let Err(error) = self.ask(who, command) else {
            panic!("{shown} by {who:?} was not refused");
        };
        let Error::Refused(Refusal::Ruled {
            ground,
            requirements,
        }) = error
        else {
            panic!("{shown}: {}", told(&error));
        };
        assert!(!requirements.is_empty(), "{ground}");
        let names = requirements.iter().map(|one| one.as_str().to_owned());
        (*ground, names.collect())
    }

    /// The refusal is on this ground and names this requirement.
    #[track_caller]
    pub(super) fn refuses(&self, who: Who, command: Command, wanted: &Ground, named: &str) {
        let (ground, requirements) = self.refused(who, command);
        assert_eq!(ground, *wanted);
        assert!(
            requirements.iter().any(|one| one == named),
            "{requirements:?}"
        );
    }

    pub(super) fn state(&self) -> &State {
        self.state.as_ref().unwrap()
    }

    pub(super) fn phase(&self) -> Phase {
        self.state().phase
    }

    pub(super) fn days_later(&mut self, days: u64) -> &mut Self {
        self.seconds_later(days * 86_400)
    }

    pub(super) fn seconds_later(&mut self, seconds: u64) -> &mut Self {
        let later = self.now.unix_duration() + std::time::Duration::from_secs(seconds);
        self.now = DateTime::from_unix_duration(later).unwrap();
        self
    }

    pub(super) fn opening(&self) -> Opening {
        opening(&self.rules)
    }

    pub(super) fn opened(&mut self, by: Who, opening: Opening) -> &mut Self {
        self.act(by, Command::Open(opening))
    }

    /// In the drill's fullest cell, with papers, up to before the submission.
    pub(super) fn drafted(&mut self) -> &mut Self {
        let opening = self.opening();
        self.opened(HOLDER, opening)
            .act(HOLDER, consent(&["agreement", "privacy"]))
            .act(HOLDER, consent(&["sensitive"]))
            .act(HOLDER, fill(&[("unit", "Example Ltd")]))
            .act(HOLDER, document("licence", None))
            .act(HOLDER, document("application", Some(1)))
    }

    pub(super) fn submitted(&mut self) -> &mut Self {
        self.drafted().act(HOLDER, Command::Submit)
    }

    pub(super) fn registering(&mut self) -> &mut Self {
        self.submitted().act(REGISTRAR, Command::StartRegistration)
    }

    pub(super) fn checked(&mut self) -> &mut Self {
        self.act(
            REGISTRAR,
            passed(Check::IdentityHolder, &[EvidenceKind::IdentityQuery]),
        )
        .act(
            REGISTRAR,
            passed(Check::Genuineness, &[EvidenceKind::CallRecord]),
        )
    }

    pub(super) fn paid(&mut self) -> &mut Self {
        let receipt = evidence(EvidenceKind::PaymentReceipt);
        self.act(HOLDER, transfer())
            .act(CASHIER, Command::ConfirmFunds { receipt })
    }

    pub(super) fn approving(&mut self) -> &mut Self {
        self.registering()
            .checked()
            .paid()
            .act(REGISTRAR, register())
            .act(APPROVER, Command::TakeReview)
    }

    pub(super) fn approved(&mut self) -> &mut Self {
        self.approving().act(APPROVER, approve())
    }

    pub(super) fn gathered(&mut self) -> &mut Self {
        let token = TokenId::new("ukey-1").unwrap();
        self.approved()
            .act(APPROVER, Command::BindToken(token))
            .act(APPROVER, Command::ProveKey(request(3)))
    }

    pub(super) fn issuing(&mut self) -> &mut Self {
        self.gathered().act(APPROVER, Command::Issue)
    }

    /// The device signs what waits for it.
    #[track_caller]
    pub(super) fn signed(&mut self) -> &mut Self {
        let state = self.state();
        let waiting = [&state.signing, &state.encryption];
        let serial = waiting.into_iter().find_map(|slot| match slot {
            Slot::Intended(intent) => Some(intent.serial.clone()),
            _ => None,
        });
        let serial = serial.expect("an intent waits");
        let signature = serial.as_bytes().to_vec().into();
        self.act(SYSTEM, Command::RecordCertificate { serial, signature })
    }

    pub(super) fn encryption_key_came(&mut self) -> &mut Self {
        self.serial += 1;
        self.act(SYSTEM, Command::RecordEncryptionKey(encryption_key()))
    }

    pub(super) fn issued(&mut self) -> &mut Self {
        self.issuing().signed().encryption_key_came().signed();
        let token = self.token.as_mut().unwrap();
        token.status = token::Status::Bound(CaseId::new("case-1").unwrap());
        self
    }

    pub(super) fn personalised(&mut self) -> &mut Self {
        self.issued();
        let command = self.personalise();
        self.act(APPROVER, command)
    }

    pub(super) fn personalise(&self) -> Command {
        let (signing, _) = self.state().pair().unwrap();
        let digest = gm_crypto::sm3::digest(&signing.certificate);
        Command::Personalise {
            read_back: Evidence::new(EvidenceKind::ReadBack, digest, "reader 1"),
            work_record: evidence(EvidenceKind::WorkRecord),
        }
    }

    pub(super) fn dispatched(&mut self, method: DeliveryMethod) -> &mut Self {
        self.personalised().act(APPROVER, dispatch(method))
    }

    pub(super) fn confirmed(&mut self) -> &mut Self {
        self.dispatched(DeliveryMethod::Courier)
            .act(HOLDER, confirm(true))
    }

    /// A case about certificates that the drill made, two years ago to the day or so.
    pub(super) fn about_old(&mut self, kind: Kind) -> Opening {
        let mut old = desk_under(self.rules.clone());
        old.confirmed();
        self.target = Some(Old {
            case: old.state.take().unwrap(),
            signing: certificate::State::Active { pending: None },
            validity: (at("2024-03-20T00:00:00Z"), at("2026-03-20T00:00:00Z")),
        });
        Opening {
            kind,
            target: Some(CaseId::new("case-0").unwrap()),
            reason: Some(certificate::RevocationReason::KeyCompromise),
            ..self.opening()
        }
    }
}

pub(super) fn held(party: certificate::Party) -> certificate::State {
    certificate::State::Held {
        since: at("2026-01-01T00:00:00Z"),
        hold: certificate::Hold::by(party),
        pending: None,
    }
}

pub(super) fn encryption_key() -> EncryptionKey {
    EncryptionKey {
        public_key: key(5).to_der().unwrap().into(),
        envelope: vec![5].into(),
    }
}

pub(super) fn dispatch(method: DeliveryMethod) -> Command {
    Command::Dispatch {
        method,
        packet: "packet 1".into(),
        receipt: evidence(EvidenceKind::DeliveryReceipt),
    }
}

pub(super) fn confirm(correct: bool) -> Command {
    Command::ConfirmReceipt {
        correct,
        record: evidence(EvidenceKind::HolderStatement),
    }
}

pub(super) fn checklist() -> InternalChecklist {
    InternalChecklist {
        eligible: true,
        form: true,
        documents: true,
    }
}

/// An error with all its causes.
pub(super) fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

#[test]
fn a_case_goes_from_the_first_form_to_the_last_receipt() {
    let mut desk = desk();
    desk.confirmed();
    let work_record = evidence(EvidenceKind::WorkRecord);
    desk.act(APPROVER, Command::Close { work_record });
    assert_eq!(desk.phase(), Phase::Closed);
    let state = desk.state();
    assert_eq!(state.number, Some(CaseNumber(7)));
    assert!(state.deadlines.is_empty());
    let sat = [HOLDER, REGISTRAR, CASHIER, APPROVER, SYSTEM];
    let seats: Vec<_> = sat
        .map(|(person, seat)| (seat, PersonId::new(person).unwrap()))
        .into();
    assert_eq!(state.seats, seats);
}

#[test]
fn rules_of_another_name_or_version_do_not_judge_a_case() {
    let mut desk = desk();
    desk.drafted();
    let state = desk.state.as_mut().unwrap();
    state.opening.rules = RuleSetId {
        name: "drill".into(),
        version: 2,
    };
    let (ground, _) = desk.refused(HOLDER, Command::Submit);
    assert!(matches!(ground, Ground::NotInForce { .. }), "{ground}");
}
