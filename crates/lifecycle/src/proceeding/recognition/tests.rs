//! A CA of each side on its way, and what is refused on it.

mod chain;
mod ending;
mod evidence;
mod hand_over;
mod letter;
mod order;
mod package;
mod parties;
mod supervision;
mod terms;

use super::*;
use crate::{
    Actor, Error, Evidence, Interval, Octets, PersonId, Refusal, Seat, calendar::Calendar,
    terms::EvidenceKind,
};
use der::DateTime;

const GD: &str = "CN-GD";
const HK: &str = "HK";
const GD_POLICY: &str = "2.16.156.339.1.1.1.2.1";
const HK_POLICY: &str = "2.16.344.8.2.2008.810.2.2018.1.1";

/// The shipped terms with two auditors for each side, one of them bound to the CA.
fn terms() -> Terms {
    let mut text = Terms::SHIPPED.to_owned();
    for (id, place, related) in [
        ("gd-audit", GD, ""),
        ("gd-sister", GD, "related = [\"数安时代\"]\n"),
        ("hk-audit", HK, ""),
        ("hk-sister", HK, "related = [\"Hongkong  Post\"]\n"),
    ] {
        text += &format!(
            "[auditors.{id}]\nname = {{ en = \"{id}\", zh = \"{id}\" }}\njurisdiction = \
             \"{place}\"\nfrom = \"2025-01-01\"\nuntil = \"2028-01-01\"\n{related}basis = \
             [\"S4-18\"]\n"
        );
    }
    Terms::from_toml(&text).unwrap()
}

fn at(text: &str) -> DateTime {
    let full = match text.len() {
        10 => format!("{text}T02:00:00Z"),
        _ => text.to_owned(),
    };
    full.parse().unwrap()
}

fn evidence(kind: EvidenceKind) -> Evidence {
    Evidence::new(kind, [5; 32], "archive 5")
}

fn notice() -> Evidence {
    Evidence::new(EvidenceKind::SignedNotice, [6; 32], "notice 6")
}

/// A letter that one signed, by what its octets are.
fn letter(message: u8, content: u8, signer: u8) -> Letter {
    let octets = |number| digest(number).to_vec().into();
    Letter {
        message: octets(message),
        content: octets(content),
        signer: octets(signer),
    }
}

fn actor(name: &str, seat: Seat) -> Actor {
    Actor::new(PersonId::new(name).unwrap(), seat)
}

fn digest(number: u8) -> [u8; 32] {
    [number; 32]
}

fn certificate(role: CertificateRole, number: u8) -> CaCertificate {
    let origin = KeyOrigin::new("SJK1926", "SXH2023001", evidence(EvidenceKind::KeyOrigin));
    CaCertificate::new(role, digest(number), origin)
}

/// One side as these tests know it.
#[derive(Clone, Copy, Debug)]
struct Side {
    place: &'static str,
    ca: &'static str,
    office: &'static str,
    approver: &'static str,
    other: &'static str,
    auditor: &'static str,
    policy: &'static str,
}

const GUANGDONG: Side = Side {
    place: GD,
    ca: "数安时代",
    office: "gd-diit",
    approver: "miit",
    other: "hk-dpo",
    auditor: "gd-audit",
    policy: GD_POLICY,
};

const HONG_KONG: Side = Side {
    place: HK,
    ca: "Hongkong Post",
    office: "hk-dpo",
    approver: "hk-dpo",
    other: "gd-diit",
    auditor: "hk-audit",
    policy: HK_POLICY,
};

impl Side {
    fn key(self) -> Key {
        Key::new(self.place, self.ca, "personal")
    }

    fn review(self, kind: EvidenceKind, made: &str) -> Review {
        let independence = evidence(EvidenceKind::IndependenceDeclaration);
        Review::new(evidence(kind), self.auditor, at(made), independence)
    }

    fn documents(self) -> Documents {
        Documents::new(
            evidence(EvidenceKind::RecognitionApplication),
            evidence(EvidenceKind::PracticeStatement),
            self.review(EvidenceKind::ConformityReview, "2026-01-20"),
            self.review(EvidenceKind::ExecutionReview, "2026-01-21"),
        )
    }

    fn application(self) -> Application {
        let interval = Interval::new(at("2023-01-01"), Some(at("2028-01-01")));
        let licence = Licence::new("LIC-7", interval, evidence(EvidenceKind::ServiceLicence));
        let certificates = vec![
            certificate(CertificateRole::Anchor, 1),
            certificate(CertificateRole::Issuer, 2),
            certificate(CertificateRole::Status, 2),
        ];
        Application::new(self.key(), licence, self.documents(), certificates)
    }

    fn apply(self) -> Command {
        Command::Apply(Box::new(self.application()))
    }

    fn pass(self) -> Command {
        Command::PassPreliminary {
            authority: self.office.to_owned(),
            opinion: evidence(EvidenceKind::AuthorityOpinion),
        }
    }

    fn approve(self) -> Command {
        Command::Approve {
            authority: self.approver.to_owned(),
            policy: self.policy.to_owned(),
            reference: "核准 1".to_owned(),
            decision: evidence(EvidenceKind::AuthorityDecision),
            assignment: evidence(EvidenceKind::PolicyAssignment),
        }
    }

    fn refuse(self, authority: &str) -> Command {
        Command::Refuse {
            authority: authority.to_owned(),
            reasons: "材料不符".to_owned(),
            decision: evidence(EvidenceKind::AuthorityDecision),
        }
    }

    fn tell(self) -> Command {
        Command::NotifyCounterpart {
            authority: self.office.to_owned(),
            notice: notice(),
            letter: letter(6, 0x60, 0xa1),
        }
    }

    fn acknowledge(self) -> Command {
        Command::Acknowledge {
            authority: self.other.to_owned(),
            acknowledgement: evidence(EvidenceKind::SignedAcknowledgement),
            letter: letter(5, 6, 0xa2),
        }
    }

    fn procedure(self) -> Command {
        Command::FinishLegalProcedure {
            authority: self.office.to_owned(),
            proof: evidence(EvidenceKind::LegalProcedure),
        }
    }

    /// A list that says what the last approval was.
    fn grant(self, sequence: u64, issued: &str, from: &str) -> Publication {
        let arcs = if self.place == HK { 3 } else { 0 };
        Publication {
            key: self.key(),
            sequence,
            digest: digest(0xd0).to_vec().into(),
            issued: at(issued),
            status: "recognised".to_owned(),
            from: at(from),
            cause: "decision".to_owned(),
            happened: None,
            reference: Some("核准 1".to_owned()),
            policies: vec![(self.policy.to_owned(), arcs)],
            anchors: vec![digest(1).to_vec().into()],
            issuers: vec![digest(2).to_vec().into()],
            inherited: Vec::new(),
            signers: vec![digest(0xa1).to_vec().into()],
        }
    }

    /// A list that says what the last decision was that took recognition away.
    fn taken(self, sequence: u64, issued: &str, state: &State) -> Publication {
        let decided = state.withdrawal.as_ref().unwrap();
        Publication {
            status: match decided.measure {
                Measure::Suspension => "suspended",
                Measure::Termination => "terminated",
            }
            .to_owned(),
            from: decided.from,
            cause: decided.cause.as_str().to_owned(),
            happened: decided.happened,
            reference: Some(decided.reference.clone()),
            ..self.grant(sequence, issued, issued)
        }
    }

    fn publish(self, publication: Publication) -> Command {
        Command::Publish {
            authority: self.office.to_owned(),
            publication,
            list: evidence(EvidenceKind::PublishedList),
        }
    }

    fn name_agents(self, names: &[&str]) -> Command {
        let agents = names.iter().map(|name| PersonId::new(*name).unwrap());
        Command::NameAgents {
            authority: self.office.to_owned(),
            agents: agents.collect(),
            letter: evidence(EvidenceKind::HolderStatement),
        }
    }

    fn ask(self, measure: Measure) -> Command {
        let _ = self;
        Command::RequestMeasure {
            measure,
            letter: evidence(EvidenceKind::HolderStatement),
        }
    }

    fn withdraw(self, measure: Measure, cause: Cause) -> Command {
        let retroactive = cause.is_retroactive();
        Command::Withdraw {
            authority: self.office.to_owned(),
            measure,
            cause,
            from: None,
            happened: None,
            reference: "决定 2".to_owned(),
            decision: evidence(EvidenceKind::AuthorityDecision),
            breach: None,
            incident: retroactive.then(|| evidence(EvidenceKind::IncidentReport)),
        }
    }

    fn notify(self, notice: DeadlineName) -> Command {
        let written = notice.is_written();
        Command::Notify {
            authority: self.office.to_owned(),
            notice,
            number: None,
            proof: evidence(match written {
                true => EvidenceKind::SignedNotice,
                false => EvidenceKind::NoticeReceipt,
            }),
            letter: written.then(|| letter(5, 0x61, 0xa1)),
        }
    }

    fn open_breach(self) -> Command {
        Command::OpenBreach {
            authority: self.office.to_owned(),
            what: "未按规则审核身份".to_owned(),
            report: evidence(EvidenceKind::InspectionReport),
        }
    }

    fn order(self, breach: u32) -> Command {
        Command::OrderCorrection {
            authority: self.office.to_owned(),
            breach,
            days: 5,
            order: evidence(EvidenceKind::CorrectionOrder),
        }
    }

    fn accept(self, breach: u32) -> Command {
        Command::AcceptCorrection {
            authority: self.office.to_owned(),
            breach,
            report: evidence(EvidenceKind::InspectionReport),
        }
    }

    fn fulfil(self, duty: DeadlineName, made: &str) -> Command {
        let kind = terms().duties[&duty].evidence;
        let report = match kind {
            EvidenceKind::ConformityReview | EvidenceKind::ExecutionReview => {
                DutyReport::Reviewed(self.review(kind, made))
            }
            kind => DutyReport::Plain(evidence(kind)),
        };
        Command::FulfilDuty {
            authority: self.office.to_owned(),
            duty,
            number: None,
            report,
        }
    }

    fn come_back(self) -> Command {
        let application = Evidence::new(EvidenceKind::RecognitionApplication, [9; 32], "again");
        Command::ApplyReinstatement(Box::new(Reinstatement::new(application)))
    }
}

/// A case as it goes on.
#[derive(Clone, Debug)]
struct Case {
    side: Side,
    terms: Terms,
    calendar: Calendar,
    sight: Sight,
    state: Option<State>,
    events: Vec<(Actor, DateTime, Event)>,
    now: DateTime,
}

impl Case {
    fn new(side: Side) -> Self {
        Self {
            side,
            terms: terms(),
            calendar: Calendar::china(),
            sight: Sight::default(),
            state: None,
            events: Vec::new(),
            now: at("2026-03-02"),
        }
    }

    fn on(mut self, day: &str) -> Self {
        self.now = at(day);
        self
    }

    fn state(&self) -> &State {
        self.state.as_ref().unwrap()
    }

    fn decide_all(&self, who: &Actor, command: Command) -> Result<(Vec<Event>, Event), Error> {
        let context = Context {
            terms: &self.terms,
            calendar: &self.calendar,
            now: self.now,
            sight: &self.sight,
        };
        let mut events = decide(self.state.as_ref(), who, command, &context)?;
        let event = events.pop().unwrap();
        // Before it stands what passed.
        let noted = |event: &Event| matches!(event, Event::OverdueNoted { .. });
        assert!(events.iter().all(noted));
        Ok((events, event))
    }

    fn decide(&self, who: &Actor, command: Command) -> Result<Event, Error> {
        Ok(self.decide_all(who, command)?.1)
    }

    fn try_as(&mut self, who: &Actor, command: Command) -> Result<(), Error> {
        let (mut events, event) = self.decide_all(who, command)?;
        events.push(event);
        for event in events {
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
            assert!(is_listed(self.state.as_ref(), &event));
            let others = self.state.as_ref().map(|state| state.others(who, &event));
            assert!(!others.unwrap_or_default().contains(&&who.person));
            self.state = evolve(self.state.take(), who, &event);
            self.events.push((who.clone(), self.now, event));
        }
        Ok(())
    }

    fn official(mut self, name: &str, command: Command) -> Self {
        self.try_as(&actor(name, Seat::Official), command).unwrap();
        self
    }

    fn agent(mut self, command: Command) -> Self {
        self.try_as(&actor("agent", Seat::Agent), command).unwrap();
        self
    }

    fn ticked(mut self) -> Self {
        while let Some(command) = self.state().passed(self.now) {
            self.try_as(&Actor::system(), command).unwrap();
        }
        self
    }

    /// The code of a refusal, with the requirements behind it.
    fn refused(&self, name: &str, command: Command) -> String {
        let who = actor(name, Seat::Official);
        self.decide(&who, command).unwrap_err().coded()
    }

    /// The fact of a refusal that something is missing.
    fn lacks(&self, name: &str, seat: Seat, command: Command) -> &'static str {
        use crate::Ground;
        match self.decide(&actor(name, seat), command) {
            Err(Error::Refused(Refusal::Ruled { ground, .. })) => match *ground {
                Ground::Missing { what } | Ground::NotAsDecided { what } => what,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    fn stage(&self) -> Stage {
        self.state().stage
    }

    fn applied(side: Side) -> Self {
        Self::new(side).agent(side.apply())
    }

    fn approved(side: Side) -> Self {
        let mut case = Self::applied(side);
        if side.place == GD {
            case = case.official("first", side.pass());
        }
        case.official("second", side.approve())
    }

    fn ready(side: Side) -> Self {
        Self::approved(side)
            .official("clerk", side.tell())
            .official("other", side.acknowledge())
            .official("clerk", side.procedure())
    }

    /// Recognised from 2026-03-10 on, by list 4.
    fn recognised(side: Side) -> Self {
        let list = side.grant(4, "2026-03-09", "2026-03-10");
        Self::ready(side)
            .on("2026-03-09")
            .official("clerk", side.publish(list))
    }

    fn suspending(side: Side) -> Self {
        Self::recognised(side)
            .on("2026-04-01")
            .agent(side.ask(Measure::Suspension))
            .official("head", side.withdraw(Measure::Suspension, Cause::Request))
    }

    fn suspended(side: Side) -> Self {
        let case = Self::suspending(side);
        let list = side.taken(5, "2026-04-01", case.state());
        case.official("clerk", side.publish(list))
    }

    /// All notices given that are owed.
    fn told(mut self) -> Self {
        let owed: Vec<_> = self.state().dues.values().map(|due| due.name).collect();
        for name in owed {
            if DeadlineName::NOTICES.contains(&name) {
                let command = self.side.notify(name);
                self = self.official("clerk", command);
            }
        }
        self
    }

    fn owed(&self) -> Vec<DeadlineName> {
        self.state().dues.values().map(|due| due.name).collect()
    }
}
