//! An agency with what it files, the CA's officers, and a clock.

use super::super::*;
use crate::{
    Error, Seat,
    organisation::Onboarding,
    roster::{Entry, Paper as RosterPaper},
    rules::RuleSet,
    terms::{Employment, EvidenceKind, Kind},
};
use cert_profile::{CertRequest, Issuer};
use der::{Decode, Encode};
use gm_crypto::sm2::{DerSignature, SIGNATURE_OID, SecretKey, SigningKey, UserId};
use signature::Signer as _;
use spki::{
    AlgorithmIdentifierOwned, EncodePublicKey, SignatureBitStringEncoding,
    SubjectPublicKeyInfoOwned,
};

pub(super) const AGENCY: &str = "示例证券股份有限公司";
pub(super) const MODEL: &str = "SJJ-1";
pub(super) const SERIAL: &str = "0001";
pub(super) const ALL: [Mode; 3] = [Mode::Counter, Mode::Witness, Mode::Other];

pub(super) type Who = (&'static str, Seat);
pub(super) const AGENT: Who = ("he", Seat::Agent);
pub(super) const LI: Who = ("li", Seat::Clerk);
pub(super) const WANG: Who = ("wang", Seat::Clerk);

pub(super) fn as_clerk(who: Who) -> Who {
    (who.0, Seat::Clerk)
}

pub(super) fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

pub(super) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

pub(super) fn evidence(kind: EvidenceKind, name: &str) -> Evidence {
    Evidence::new(kind, gm_crypto::sm3::digest(name.as_bytes()), name)
}

pub(super) fn document(name: &str) -> Evidence {
    evidence(EvidenceKind::FilingDocument, name)
}

pub(super) fn file(package: &Package) -> Command {
    Command::File(Box::new(package.clone()))
}

pub(super) fn name(organisation: &str) -> Octets {
    let name: x509_cert::name::Name = format!("CN=接入,O={organisation},C=CN").parse().unwrap();
    name.to_der().unwrap().into()
}

pub(super) fn hardware(environment: csr::Environment) -> csr::KeyOrigin {
    let device = csr::Device::new("服务器密码机", MODEL, SERIAL).unwrap();
    let device = device.with_qualification("GM001").unwrap();
    csr::KeyOrigin::in_hardware(environment, device)
}

fn secret(scalar: u8) -> SecretKey {
    let mut octets = [0; 32];
    octets[31] = scalar;
    SecretKey::from_bytes(&octets).unwrap()
}

fn spki(scalar: u8) -> SubjectPublicKeyInfoOwned {
    let key = secret(scalar).public_key().to_public_key_der().unwrap();
    key.decode_msg().unwrap()
}

/// A public key as requests have it.
pub(super) fn key_of(scalar: u8) -> Octets {
    spki(scalar).to_der().unwrap().into()
}

pub(super) fn start(mode: Mode) -> Command {
    let terms = Terms::shipped();
    let checks = terms.of(mode).go_live.value.iter();
    let seats = terms.of(mode).seats.value.iter();
    Command::StartMode {
        mode,
        checks: checks
            .map(|check| (*check, evidence(EvidenceKind::WorkRecord, check.as_str())))
            .collect(),
        staff: seats
            .map(|seat| {
                let who = if *seat == Seat::Checker {
                    "chu"
                } else {
                    "feng"
                };
                (*seat, [person(who)].into())
            })
            .collect(),
    }
}

pub(super) fn judge(declined: Option<&str>) -> Command {
    Command::JudgeDeviceProof {
        device: DeviceId::new(MODEL, SERIAL),
        declined: declined.map(str::to_owned),
    }
}

pub(super) fn suspend(modes: &[Mode]) -> Command {
    Command::Suspend {
        modes: modes.iter().copied().collect(),
        cause: Cause::Breach,
        decision: evidence(EvidenceKind::WorkRecord, "decision"),
    }
}

pub(super) fn restore(modes: &[Mode]) -> Command {
    Command::ProposeRestoration {
        modes: modes.iter().copied().collect(),
        correction: evidence(EvidenceKind::WorkRecord, "correction"),
    }
}

#[derive(Clone)]
pub(super) struct World {
    pub(super) id: OrganisationId,
    pub(super) now: DateTime,
    pub(super) organisation: Option<Arc<organisation::State>>,
    pub(super) open_cases: BTreeMap<CaseId, Mode>,
    pub(super) heirs: BTreeMap<OrganisationId, Vec<Mode>>,
    staff: BTreeMap<PersonId, Arc<roster::State>>,
    rules: Arc<RuleSet>,
    pub(super) terms: Arc<Terms>,
    pub(super) state: Option<State>,
}

impl World {
    pub(super) fn new() -> Self {
        let id = OrganisationId::new("zheng-quan").unwrap();
        let now = at("2026-03-02T01:00:00Z");
        let clerk = Actor::new(person("li"), Seat::Clerk);
        let papers = evidence(EvidenceKind::OrganisationDocuments, "papers");
        let onboard = organisation::Command::Onboard(Onboarding::new(AGENCY, papers));
        let context = organisation::Context {
            id: &id,
            accredited: false,
            accredits: false,
            now,
        };
        let event = organisation::decide(None, &clerk, onboard, &context).unwrap();
        let organisation = organisation::evolve(None, &clerk, &event, now).map(Arc::new);
        let rules = Arc::new(RuleSet::shipped("chinaclear-agency").unwrap());
        let mut world = Self {
            id,
            now,
            organisation,
            open_cases: BTreeMap::new(),
            heirs: BTreeMap::new(),
            staff: BTreeMap::new(),
            rules,
            terms: Arc::new(Terms::shipped()),
            state: None,
        };
        let own = Some(world.id.clone());
        let other = OrganisationId::new("other-quan").ok();
        for (who, employment, trained, agency) in [
            ("feng", Employment::Contract, true, &own),
            ("chu", Employment::Contract, true, &own),
            ("broker", Employment::Broker, true, &own),
            ("untrained", Employment::Contract, false, &own),
            ("of-another", Employment::Contract, true, &other),
            ("of-nobody", Employment::Contract, true, &None),
        ] {
            world.enter(who, employment, trained, agency.clone());
        }
        world
    }

    fn enter(
        &mut self,
        who: &str,
        employment: Employment,
        trained: bool,
        agency: Option<OrganisationId>,
    ) {
        let paper = |number: &str| RosterPaper::new(number, Interval::new(self.now, None));
        let statement = evidence(EvidenceKind::HolderStatement, who);
        let mut entry = Entry::new(employment, paper("lc"))
            .training(trained, paper("tr"))
            .licence(paper("li"))
            .declaration(statement, []);
        entry.agency = agency;
        let propose = roster::Event::Proposed(Box::new(entry));
        let (wu, zheng) = (
            Actor::new(person("wu"), Seat::Clerk),
            Actor::new(person("zheng"), Seat::Clerk),
        );
        let state = roster::evolve(None, &wu, &propose, self.now);
        let state = roster::evolve(state, &zheng, &roster::Event::Confirmed, self.now);
        self.staff.insert(person(who), Arc::new(state.unwrap()));
    }

    /// Accepted in all modes, with the access certificate.
    pub(super) fn ready() -> Self {
        let mut world = Self::new();
        world.go(AGENT, world.filed());
        world.accept("中结-1", &ALL);
        world.go(LI, world.certificate(2, AGENCY));
        world
    }

    /// In operation at the counter and before witnesses.
    pub(super) fn running() -> Self {
        let mut world = Self::ready();
        world.go(LI, start(Mode::Counter));
        world.go(LI, start(Mode::Witness));
        world
    }

    pub(super) fn state(&self) -> &State {
        self.state.as_ref().unwrap()
    }

    pub(super) fn package(&self) -> Package {
        let modes = ALL.into_iter().map(|mode| {
            let provisions = self.terms.of(mode).provisions.value.iter();
            let filing = ModeFiling {
                from: self.now,
                flows: Kind::ALL
                    .iter()
                    .map(|kind| (*kind, document(&format!("{mode} {kind}"))))
                    .collect(),
                provisions: provisions
                    .map(|one| (*one, document(one.as_str())))
                    .collect(),
                references: Vec::new(),
            };
            (mode, filing)
        });
        Package {
            application: document("application"),
            bundle: document("bundle"),
            agreement: Some(Agreement {
                template: "standard".to_owned(),
                document: document("agreement"),
                signer: Signer::LegalRepresentative {
                    name: "赵一".to_owned(),
                },
            }),
            request: Some(AccessRequest {
                file: evidence(EvidenceKind::CertificateRequest, "access.csr"),
                sent_as: AGENCY.to_owned(),
                subject: name(AGENCY),
                public_key: spki(2).to_der().unwrap().into(),
                key_origin: Some(hardware(csr::Environment::Production).to_der().into()),
            }),
            devices: vec![DeviceProof {
                model: MODEL.to_owned(),
                serial: SERIAL.to_owned(),
                number: "GM001".to_owned(),
                issuer: "国家密码管理局".to_owned(),
                document: evidence(EvidenceKind::DeviceQualification, "GM001"),
                interval: Interval::new(
                    at("2024-01-01T00:00:00Z"),
                    Some(at("2026-12-31T16:00:00Z")),
                ),
            }],
            agents: [person("he")].into(),
            modes: modes.collect(),
        }
    }

    pub(super) fn filed(&self) -> Command {
        file(&self.package())
    }

    /// Of the filing that is open.
    pub(super) fn paper(&self, receipt: &str) -> Paper {
        let open = self.state.as_ref().and_then(State::open_version);
        let package = open.map_or_else(|| self.package(), |version| version.package.clone());
        Paper {
            receipt: receipt.to_owned(),
            copies: 2,
            sealed: true,
            bundle: package.bundle.digest.clone(),
            marks: package
                .agreement
                .is_some()
                .then_some(Marks::new(true, true, true)),
        }
    }

    pub(super) fn accept(&mut self, receipt: &str, modes: &[Mode]) {
        self.go(LI, Command::RegisterPaper(self.paper(receipt)));
        let modes = modes.iter().copied().collect();
        self.go(LI, Command::ProposeAcceptance { modes });
        self.go(WANG, Command::Confirm);
    }

    /// A certificate by the access CA for the key of this scalar.
    pub(super) fn certificate(&self, scalar: u8, organisation: &str) -> Command {
        self.certificate_from(at("2026-03-02T00:00:00Z"), scalar, organisation)
    }

    pub(super) fn certificate_from(
        &self,
        begin: DateTime,
        scalar: u8,
        organisation: &str,
    ) -> Command {
        let algorithm = || AlgorithmIdentifierOwned {
            oid: SIGNATURE_OID,
            parameters: None,
        };
        let ca = CertRequest::new("CN=接入CA,O=示例结算,C=CN".parse().unwrap(), spki(7));
        let signed = |prepared: cert_profile::Prepared| -> Octets {
            let key = SigningKey::new(secret(7), UserId::default());
            let signature: DerSignature = key.sign(prepared.tbs());
            let signature = signature.to_bitstring().unwrap();
            prepared.attach(&signature).unwrap().into()
        };
        let from = at("2026-03-02T00:00:00Z");
        let root = Profile::shipped("root-ca").unwrap();
        let own = Issuer::self_signed(&ca, algorithm());
        let issuer = signed(root.prepare(&own, &ca, &1u8.into(), from).unwrap());
        let profile = Profile::shipped("agency-access").unwrap();
        let subject = x509_cert::name::Name::from_der(&name(organisation)).unwrap();
        let origin = crate::case::pair::key_origin(&hardware(csr::Environment::Production));
        let asked = CertRequest::new(subject, spki(scalar)).key_origin(origin);
        let public = Issuer::from_certificate(&issuer).unwrap();
        let prepared = profile.prepare(&public, &asked, &2u8.into(), begin);
        Command::RecordAccess {
            certificate: signed(prepared.unwrap()),
            issuer,
        }
    }

    pub(super) fn ask(&self, who: Who, command: Command) -> Result<Event, Error> {
        self.ask_by(&Actor::new(person(who.0), who.1), command)
    }

    /// What it comes to, without the deadlines that are noted with it.
    pub(super) fn ask_by(&self, actor: &Actor, command: Command) -> Result<Event, Error> {
        let mut events = self.all_by(actor, command)?;
        Ok(events.pop().unwrap())
    }

    /// What it comes to.
    pub(super) fn all_by(&self, actor: &Actor, command: Command) -> Result<Vec<Event>, Error> {
        let profile = Profile::shipped("agency-access").unwrap();
        let sight = Sight {
            id: self.id.clone(),
            organisation: self.organisation.clone(),
            profile: Some(&profile),
            roster: Some(self.rules.roster()),
            staff: self.staff.clone(),
            open_cases: self.open_cases.clone(),
            heirs: self.heirs.clone(),
        };
        let calendar = Calendar::china().with_estimate(crate::calendar::Estimate::Weekends);
        let context = Context {
            terms: &self.terms,
            calendar: &calendar,
            now: self.now,
            sight: Some(&sight),
        };
        let events = decide(self.state.as_ref(), actor, command, &context)?;
        let (_, before) = events.split_last().unwrap();
        let is_note = |event: &Event| matches!(event, Event::OverdueNoted { .. });
        assert!(before.iter().all(is_note), "{events:?}");
        Ok(events)
    }

    pub(super) fn refused(&self, who: Who, command: Command) -> String {
        self.refused_by(&Actor::new(person(who.0), who.1), command)
    }

    pub(super) fn refused_by(&self, actor: &Actor, command: Command) -> String {
        match self.ask_by(actor, command) {
            Err(error) => error.coded(),
            Ok(event) => panic!("{event:?}"),
        }
    }

    pub(super) fn go(&mut self, who: Who, command: Command) -> Vec<Gate> {
        self.by(&Actor::new(person(who.0), who.1), command)
    }

    pub(super) fn by(&mut self, actor: &Actor, command: Command) -> Vec<Gate> {
        let events = match self.all_by(actor, command) {
            Ok(events) => events,
            Err(error) => panic!("{}", error.coded()),
        };
        let gates = events.iter().map(|event| self.happened(actor, event));
        gates.flatten().collect()
    }

    /// The gates turn as the agency's own record has them.
    pub(super) fn happened(&mut self, actor: &Actor, event: &Event) -> Vec<Gate> {
        let text = serde_json::to_string(event).unwrap();
        assert_eq!(&serde_json::from_str::<Event>(&text).unwrap(), event);
        self.state = evolve(self.state.take(), actor, event);
        let record = self.organisation.as_ref();
        let open = record.map_or_else(Vec::new, |record| record.open_modes(self.now));
        let gates = self
            .state
            .as_ref()
            .map(|state| state.gates(&open, self.now));
        let gates = gates.unwrap_or_default();
        for gate in &gates {
            let record = self.organisation.as_deref().cloned();
            let event = organisation::Event::from(*gate);
            let record = organisation::evolve(record, actor, &event, self.now);
            self.organisation = record.map(Arc::new);
        }
        gates
    }
}
