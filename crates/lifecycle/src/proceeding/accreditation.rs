//! The accreditation of an agency (SM-C): what it files, who accepts it for which modes, and when
//! business in a mode begins, rests and ends (S0-01 to S0-30).
//!
//! What widens takes two clerks of the CA: a filing is accepted, and a suspended mode restored,
//! by one who proposes and another who agrees. What narrows takes one: a suspension must not
//! wait. For the agency those act whom its own record or its filings name, and no stranger;
//! whoever did decides nothing, and the other way round. A filing is
//! *accepted*, never certified: the disclaimer that counted then goes with every proof of status
//! (S0-05). The numbers and lists are [data](Terms); [`TRANSITIONS`] has the steps as a table.
//! Consultation beforehand is kept, and no decision looks at it (S0-03). What has ended has
//! ended: an agency that comes again later comes under another name in records.

mod access;
mod command;
mod decide;
mod duty;
mod event;
mod filing;
mod terms;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::decide;
pub use duty::{DeadlineName, Duty};
pub use event::{Accepted, At, Cause, Event};
pub use filing::{
    AccessRequest, Agreement, DeviceId, DeviceProof, Heir, Marks, ModeFiling, Package, Paper,
    Reference, Signer, Source,
};
pub use terms::{BadTerms, Disclaimer, GoLive, ModeTerms, Provision, Terms};

use crate::{
    Actor, CaseId, Evidence, Interval, Octets, OrganisationId, PersonId, Seat,
    calendar::{Calendar, Deadline},
    machine::{self, Transition, numbered, row},
    organisation, proceeding, roster,
    rules::RosterRule,
    terms::{Mode, terms},
};
use cert_profile::Profile;
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

terms! {
    /// Where an accreditation stands.
    Stage {
        /// The agency asks before it files.
        Consulting = "consulting",
        /// A filing is with the CA.
        Filed = "filed",
        /// It is with the agency again.
        Returned = "returned",
        /// It was accepted; no mode is in operation yet.
        Accepted = "accepted",
        /// A mode is in operation.
        Operating = "operating",
        /// No mode may be used until a correction is accepted.
        Suspended = "suspended",
        /// It ended.
        Terminated = "terminated",
    }

    /// What happens to an accreditation, in one word: its events' names.
    Step {
        /// The agency asks before it files.
        ConsultationOpened = "consultation-opened",
        /// Another question or answer.
        ConsultationNoted = "consultation-noted",
        /// A filing came, the first or one for more modes.
        PackageFiled = "package-filed",
        /// Its paper came.
        PaperRegistered = "paper-registered",
        /// It went back with numbered deficiencies.
        DeficiencyReturned = "deficiency-returned",
        /// It came again.
        Refiled = "refiled",
        /// One officer would accept it.
        AcceptanceProposed = "acceptance-proposed",
        /// A second agreed.
        FilingAccepted = "filing-accepted",
        /// A proposal was dropped.
        ProposalDiscarded = "proposal-discarded",
        /// The agency has its access certificate.
        AccessCertIssued = "access-cert-issued",
        /// Another proof of a device's qualification came.
        DeviceProofFiled = "device-proof-filed",
        /// An officer took what the agency filed for a device, or did not.
        DeviceProofJudged = "device-proof-judged",
        /// A mode began operation.
        OperationStarted = "operation-started",
        /// An inspection began.
        InspectionOpened = "inspection-opened",
        /// What it asked for was produced.
        EvidenceProduced = "evidence-produced",
        /// It ended.
        InspectionClosed = "inspection-closed",
        /// Some of the modes rest.
        ModesSuspended = "modes-suspended",
        /// All modes rest.
        Suspended = "suspended",
        /// One officer accepts a correction.
        RestorationProposed = "restoration-proposed",
        /// A second agreed.
        Restored = "restored",
        /// It ended.
        Terminated = "terminated",
        /// What it ended with is revoked: the access certificate.
        AccessCertRevoked = "access-cert-revoked",
        /// A deadline passed, and what it was for is not done.
        OverdueNoted = "overdue-noted",
    }
}

use Stage as X;

/// Something was accepted, and nothing has ended.
const ACCEPTED: &[Stage] = &[X::Accepted, X::Operating, X::Suspended];
/// A filing is with the CA, or was accepted.
const FILED: &[Stage] = &[X::Filed, X::Accepted, X::Operating, X::Suspended];
/// Business was begun.
const BEGUN: &[Stage] = &[X::Operating, X::Suspended];
/// From the first word on.
const OPEN: &[Stage] = &[
    X::Consulting,
    X::Filed,
    X::Returned,
    X::Accepted,
    X::Operating,
    X::Suspended,
];
/// From the first word on, and past the end: a certificate may still be good then.
const KNOWN: &[Stage] = &[
    X::Consulting,
    X::Filed,
    X::Returned,
    X::Accepted,
    X::Operating,
    X::Suspended,
    X::Terminated,
];

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = &[
    numbered("C1", &[], Step::ConsultationOpened, Some(X::Consulting)),
    row(OPEN, Step::ConsultationNoted, None),
    numbered("C2", &[], Step::PackageFiled, Some(X::Filed)),
    numbered("C2", &[X::Consulting], Step::PackageFiled, Some(X::Filed)),
    row(&[X::Filed], Step::PaperRegistered, None),
    numbered(
        "C3",
        &[X::Filed],
        Step::DeficiencyReturned,
        Some(X::Returned),
    ),
    numbered("C4", &[X::Returned], Step::Refiled, Some(X::Filed)),
    row(&[X::Filed], Step::AcceptanceProposed, None),
    numbered("C5", &[X::Filed], Step::FilingAccepted, Some(X::Accepted)),
    numbered("C6", ACCEPTED, Step::AccessCertIssued, None),
    numbered(
        "C7",
        &[X::Accepted],
        Step::OperationStarted,
        Some(X::Operating),
    ),
    numbered("C7", &[X::Operating], Step::OperationStarted, None),
    numbered("C8", &[X::Accepted, X::Operating], Step::PackageFiled, None),
    row(ACCEPTED, Step::PaperRegistered, None),
    numbered("C8", ACCEPTED, Step::DeficiencyReturned, None),
    numbered("C8", ACCEPTED, Step::Refiled, None),
    row(ACCEPTED, Step::AcceptanceProposed, None),
    numbered("C8", ACCEPTED, Step::FilingAccepted, None),
    row(FILED, Step::ProposalDiscarded, None),
    row(ACCEPTED, Step::DeviceProofFiled, None),
    row(ACCEPTED, Step::DeviceProofJudged, None),
    numbered("C9", BEGUN, Step::InspectionOpened, None),
    row(BEGUN, Step::EvidenceProduced, None),
    numbered("C9", BEGUN, Step::InspectionClosed, None),
    numbered("C10", &[X::Operating], Step::ModesSuspended, None),
    numbered("C10", &[X::Operating], Step::Suspended, Some(X::Suspended)),
    row(BEGUN, Step::RestorationProposed, None),
    numbered("C11", BEGUN, Step::Restored, Some(X::Operating)),
    numbered("C12", OPEN, Step::Terminated, Some(X::Terminated)),
    row(&[X::Terminated], Step::AccessCertRevoked, None),
    row(KNOWN, Step::OverdueNoted, None),
];

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}

/// An accreditation as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Where it stands.
    pub stage: Stage,
    /// Questions and answers beforehand, in order; without effect (S0-03).
    pub consultation: Vec<Note>,
    /// All that was filed, in order, with what became of it.
    pub filings: Vec<Filing>,
    /// What one officer proposed.
    pub pending: Option<Pending>,
    /// The modes that were accepted.
    pub modes: BTreeMap<Mode, Standing>,
    /// The certificate with which its system reaches the CA's.
    pub access: Option<Access>,
    /// Devices that were accepted, with the last proof of each.
    pub devices: Vec<Device>,
    /// Proofs that the agency filed and no officer has looked at: they count for nothing yet.
    pub unseen: Vec<Device>,
    /// Those who may act for the agency besides the agents of its own record: whoever spoke
    /// first where that has none, and those whom its filings name, the last that names any.
    pub named: BTreeSet<PersonId>,
    /// Inspections, in order.
    pub inspections: Vec<Inspection>,
    /// To whom its open cases went, once it ended.
    pub handed_over: BTreeMap<CaseId, Heir>,
    /// Deadlines that run, but for those of devices.
    deadlines: BTreeMap<DeadlineName, Deadline>,
    /// Deadlines that are noted to have passed, by their last second.
    overdue: BTreeSet<(DeadlineName, Option<DeviceId>, DateTime)>,
    agents: BTreeSet<PersonId>,
    clerks: BTreeSet<PersonId>,
}

/// A question or an answer beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Note {
    /// The words: 1 to 1000 characters.
    pub words: String,
    /// What came with them: [documents](crate::terms::EvidenceKind::FilingDocument).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Evidence>,
}

impl Note {
    /// Words alone.
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            documents: Vec::new(),
        }
    }

    /// With a document.
    #[must_use]
    pub fn document(mut self, document: Evidence) -> Self {
        self.documents.push(document);
        self
    }
}

/// A filing with all its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filing {
    /// The versions, in order: none is changed once it is there (S0-04). One at least.
    pub versions: Vec<Version>,
    /// How it was accepted, once it is.
    pub outcome: Option<Outcome>,
}

/// One version of a filing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// What was filed.
    pub package: Package,
    /// To each deficiency of the version before, by its number from 1.
    pub answers: BTreeMap<u32, String>,
    /// The paper, once it came.
    pub paper: Option<Paper>,
    /// Why it went back; the first is number 1. Empty where it did not.
    pub deficiencies: Vec<String>,
}

/// How a filing was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The number of the receipt.
    pub receipt: String,
    /// For which modes.
    pub modes: BTreeSet<Mode>,
    /// Version of the disclaimer that counted then (S0-05).
    pub disclaimer: u32,
}

/// A mode that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// The receipt of the filing.
    pub receipt: String,
    /// The first second at which it may begin.
    pub from: DateTime,
    /// Whether business is done in it.
    pub status: ModeStatus,
}

terms! {
    /// Where a mode stands.
    ModeStatus {
        /// Accepted; not begun.
        Accepted = "accepted",
        /// In operation.
        Operating = "operating",
        /// It rests.
        Suspended = "suspended",
        /// It ended.
        Ended = "ended",
    }
}

/// A device with the last proof of its qualification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Device {
    /// The proof.
    pub proof: DeviceProof,
    /// The last second before which a renewed one is filed.
    pub renew_by: DateTime,
}

/// The access certificate (S0-08).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access {
    /// DER of the certificate.
    pub certificate: Octets,
    /// DER of its issuer's.
    pub issuer: Octets,
    /// The last second before which a renewed one is recorded.
    pub renew_by: DateTime,
}

/// An inspection of the agency (S0-29).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// What is asked for, in words.
    pub subject: String,
    /// What the agency produced.
    pub produced: Vec<Evidence>,
    /// The report, once it is closed, and whether it found a breach.
    pub report: Option<(Evidence, bool)>,
}

/// What one officer proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// What.
    pub proposal: Proposal,
    /// Who.
    pub by: PersonId,
}

/// What two officers decide.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proposal {
    /// The filing is accepted for these modes.
    Accept(BTreeSet<Mode>),
    /// These modes are used again.
    Restore(BTreeSet<Mode>),
}

/// What a decision may see besides the state.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Context<'a> {
    /// What is asked of an agency.
    pub terms: &'a Terms,
    /// The days.
    pub calendar: &'a Calendar,
    /// The time.
    pub now: DateTime,
    /// What other records say; none: the agency is not in the register.
    pub sight: Option<&'a Sight<'a>>,
}

impl<'a> From<proceeding::Context<'a>> for Context<'a> {
    fn from(context: proceeding::Context<'a>) -> Self {
        Self {
            terms: &context.terms.accreditation,
            calendar: context.calendar,
            now: context.now,
            sight: match context.sight {
                proceeding::Sight::Accreditation(sight) => Some(sight),
                _ => None,
            },
        }
    }
}

/// What a decision on an agency of the register may see.
struct View<'a> {
    terms: &'a Terms,
    calendar: &'a Calendar,
    now: DateTime,
    sight: &'a Sight<'a>,
}

/// What other records say that a decision looks at.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Sight<'a> {
    /// The agency's name in records.
    pub id: OrganisationId,
    /// Its own record; none: it is not in the register.
    pub organisation: Option<Arc<organisation::State>>,
    /// The profile that the terms name; none: the policy does not have it.
    pub profile: Option<&'a Profile>,
    /// The roster's rule of the rule set that the terms name; none: it is not in force.
    pub roster: Option<&'a RosterRule>,
    /// Entries of the roster that the command names.
    pub staff: BTreeMap<PersonId, Arc<roster::State>>,
    /// Cases that came through the agency and have not come to their end.
    pub open_cases: BTreeMap<CaseId, Mode>,
    /// The modes in which agencies that the command names do business now.
    pub heirs: BTreeMap<OrganisationId, Vec<Mode>>,
}

/// What happens to the organisation's own record with an event (S0-01): business is guarded
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gate {
    /// Business may be done in the mode, in this time.
    Open(Mode, Interval),
    /// No business is done in it any more.
    Close(Mode),
}

impl State {
    /// What becomes of the modes' gates in this state, where the agency's own record opens
    /// these, now or later: a mode is open there while it operates here, and at no other time.
    /// So what was open before the first word is closed with it.
    pub fn gates(&self, open: &[Mode], now: DateTime) -> Vec<Gate> {
        let operates: BTreeSet<_> = self.operating().collect();
        let closed = open.iter().filter(|mode| !operates.contains(mode));
        let closed = closed.map(|mode| Gate::Close(*mode));
        let opened = operates.iter().filter(|mode| !open.contains(mode));
        let opened = opened.map(|mode| Gate::Open(*mode, Interval::new(now, None)));
        closed.chain(opened).collect()
    }
}

/// Whether the table has the event's step from this state.
pub(crate) fn is_listed(state: Option<&State>, event: &Event) -> bool {
    transition(state.map(|state| state.stage), event.step()).is_some()
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
    let from = state.as_ref().map(|state| state.stage);
    let Some(row) = transition(from, event.step()) else {
        return state;
    };
    let mut state = state.unwrap_or_default();
    state.take_part(actor);
    state.happen(actor, event);
    state.stage = row.to.unwrap_or(state.stage);
    Some(state)
}

impl Default for State {
    fn default() -> Self {
        Self {
            stage: Stage::Consulting,
            consultation: Vec::new(),
            filings: Vec::new(),
            pending: None,
            modes: BTreeMap::new(),
            access: None,
            devices: Vec::new(),
            unseen: Vec::new(),
            named: BTreeSet::new(),
            inspections: Vec::new(),
            handed_over: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            overdue: BTreeSet::new(),
            agents: BTreeSet::new(),
            clerks: BTreeSet::new(),
        }
    }
}

impl State {
    fn happen(&mut self, actor: &Actor, event: &Event) {
        use DeadlineName as D;
        match event {
            Event::ConsultationOpened {
                note,
                answer_by,
                agent,
            } => {
                self.consultation.push(note.clone());
                self.named.extend(agent.clone());
                self.run(D::ConsultationAnswered, answer_by);
            }
            Event::ConsultationNoted {
                note,
                answer_by: Some(answer_by),
            } => {
                self.consultation.push(note.clone());
                self.run(D::ConsultationAnswered, answer_by);
            }
            Event::ConsultationNoted {
                note,
                answer_by: None,
            } => {
                self.consultation.push(note.clone());
                self.deadlines.remove(&D::ConsultationAnswered);
            }
            Event::PackageFiled { package } => {
                self.deadlines.remove(&D::ConsultationAnswered);
                self.name_agents(package);
                self.filings.push(Filing {
                    versions: vec![Version::new(package, BTreeMap::new())],
                    outcome: None,
                });
            }
            Event::Refiled { package, answers } => {
                self.deadlines.remove(&D::FilingCorrected);
                self.name_agents(package);
                let version = Version::new(package, answers.clone());
                if let Some(filing) = self.filings.last_mut() {
                    filing.versions.push(version);
                }
            }
            Event::PaperRegistered { paper, examine_by } => {
                if let Some(version) = self.version_mut() {
                    version.paper = Some(paper.clone());
                }
                self.run(D::FilingExamined, examine_by);
            }
            Event::DeficiencyReturned { items, correct_by } => {
                if let Some(version) = self.version_mut() {
                    version.deficiencies.clone_from(items);
                }
                self.pending
                    .take_if(|pending| matches!(pending.proposal, Proposal::Accept(_)));
                self.deadlines.remove(&D::FilingExamined);
                self.run(D::FilingCorrected, correct_by);
            }
            Event::AcceptanceProposed { modes } => {
                self.propose(actor, Proposal::Accept(modes.clone()));
            }
            Event::RestorationProposed { modes, .. } => {
                self.propose(actor, Proposal::Restore(modes.clone()));
            }
            Event::ProposalDiscarded => self.pending = None,
            Event::FilingAccepted(accepted) => self.accept(accepted),
            Event::AccessCertIssued {
                certificate,
                issuer,
                renew_by,
            } => {
                self.access = Some(Access {
                    certificate: certificate.clone(),
                    issuer: issuer.clone(),
                    renew_by: *renew_by,
                });
            }
            Event::DeviceProofFiled { proof, renew_by } => {
                self.unseen
                    .retain(|one| !one.proof.is_of_same_device(proof));
                if actor.seat == Seat::Agent {
                    self.unseen.push(Device {
                        proof: proof.clone(),
                        renew_by: *renew_by,
                    });
                } else {
                    self.put_device(proof, *renew_by);
                }
            }
            Event::DeviceProofJudged { device, declined } => {
                let mut unseen = self.unseen.iter();
                let found = unseen.position(|one| one.proof.device() == *device);
                let Some(found) = found.map(|index| self.unseen.remove(index)) else {
                    return;
                };
                if declined.is_none() {
                    self.put_device(&found.proof, found.renew_by);
                }
            }
            Event::OperationStarted { mode, .. } => self.stand(&[*mode], ModeStatus::Operating),
            Event::InspectionOpened {
                subject,
                produce_by,
            } => {
                self.inspections.push(Inspection {
                    subject: subject.clone(),
                    produced: Vec::new(),
                    report: None,
                });
                self.run(D::EvidenceProduced, produce_by);
            }
            Event::EvidenceProduced { evidence } => {
                self.deadlines.remove(&D::EvidenceProduced);
                if let Some(inspection) = self.inspections.last_mut() {
                    inspection.produced.extend(evidence.iter().cloned());
                }
            }
            Event::InspectionClosed { report, breach } => {
                self.deadlines.remove(&D::EvidenceProduced);
                if let Some(inspection) = self.inspections.last_mut() {
                    inspection.report = Some((report.clone(), *breach));
                }
            }
            Event::ModesSuspended { modes, .. } | Event::Suspended { modes, .. } => {
                // Whoever proposed before did so without knowing of it.
                self.pending = None;
                self.stand(modes, ModeStatus::Suspended);
            }
            Event::Restored { modes, .. } => {
                self.pending = None;
                self.stand(modes, ModeStatus::Operating);
            }
            Event::Terminated {
                hand_over,
                revoke_by,
                ..
            } => {
                self.pending = None;
                self.deadlines.clear();
                if let Some(revoke_by) = revoke_by {
                    self.run(D::AccessRevoked, revoke_by);
                }
                self.handed_over.clone_from(hand_over);
                for standing in self.modes.values_mut() {
                    standing.status = ModeStatus::Ended;
                }
            }
            Event::AccessCertRevoked { .. } => {
                self.deadlines.remove(&D::AccessRevoked);
            }
            Event::OverdueNoted {
                deadline,
                device,
                by,
            } => {
                self.overdue.insert((*deadline, device.clone(), *by));
            }
        }
    }

    fn name_agents(&mut self, package: &Package) {
        if !package.agents.is_empty() {
            self.named.clone_from(&package.agents);
        }
    }

    fn take_part(&mut self, actor: &Actor) {
        match actor.seat {
            Seat::Agent => self.agents.insert(actor.person.clone()),
            Seat::Clerk => self.clerks.insert(actor.person.clone()),
            _ => false,
        };
    }

    fn run(&mut self, name: DeadlineName, deadline: &Deadline) {
        self.deadlines.insert(name, deadline.clone());
    }

    fn propose(&mut self, actor: &Actor, proposal: Proposal) {
        self.pending = Some(Pending {
            proposal,
            by: actor.person.clone(),
        });
    }

    fn accept(&mut self, accepted: &Accepted) {
        self.pending = None;
        self.deadlines.remove(&DeadlineName::FilingExamined);
        let Some(filing) = self.filings.last_mut() else {
            return;
        };
        filing.outcome = Some(Outcome {
            receipt: accepted.receipt.clone(),
            modes: accepted.modes.keys().copied().collect(),
            disclaimer: accepted.disclaimer,
        });
        let package = filing
            .versions
            .last()
            .map(|version| version.package.clone());
        for (mode, from) in &accepted.modes {
            let standing = Standing {
                receipt: accepted.receipt.clone(),
                from: from.0,
                status: ModeStatus::Accepted,
            };
            self.modes.insert(*mode, standing);
        }
        let devices = package.into_iter().flat_map(|package| package.devices);
        for (proof, renew_by) in devices.zip(&accepted.renew_by) {
            self.put_device(&proof, renew_by.0);
        }
    }

    fn put_device(&mut self, proof: &DeviceProof, renew_by: DateTime) {
        self.devices
            .retain(|device| !device.proof.is_of_same_device(proof));
        self.devices.push(Device {
            proof: proof.clone(),
            renew_by,
        });
    }

    fn stand<'a>(&mut self, modes: impl IntoIterator<Item = &'a Mode>, status: ModeStatus) {
        for mode in modes {
            if let Some(standing) = self.modes.get_mut(mode) {
                standing.status = status;
            }
        }
    }

    fn version_mut(&mut self) -> Option<&mut Version> {
        self.filings.last_mut()?.versions.last_mut()
    }

    /// The filing that nobody accepted yet; none where there is none.
    pub fn open_filing(&self) -> Option<&Filing> {
        self.filings.last().filter(|one| one.outcome.is_none())
    }

    /// The last version of the filing that nobody accepted yet.
    pub fn open_version(&self) -> Option<&Version> {
        self.open_filing()?.versions.last()
    }

    /// Filings that were accepted, with the version that was.
    pub fn accepted(&self) -> impl Iterator<Item = (&Outcome, &Version)> {
        self.filings
            .iter()
            .filter_map(|one| Some((one.outcome.as_ref()?, one.versions.last()?)))
    }

    /// The request for the access certificate of the last accepted filing that has one.
    pub fn request(&self) -> Option<&AccessRequest> {
        let requests = self.accepted();
        let requests = requests.filter_map(|(_, version)| version.package.request.as_ref());
        requests.last()
    }

    /// Modes in which business is done.
    pub fn operating(&self) -> impl Iterator<Item = Mode> {
        self.those(ModeStatus::Operating)
    }

    /// Modes that stand there.
    pub fn those(&self, status: ModeStatus) -> impl Iterator<Item = Mode> {
        let modes = self.modes.iter();
        modes
            .filter(move |(_, standing)| standing.status == status)
            .map(|(mode, _)| *mode)
    }

    /// The inspection that runs.
    pub fn inspection(&self) -> Option<&Inspection> {
        self.inspections.last().filter(|one| one.report.is_none())
    }

    /// Papers that were registered.
    fn papers(&self) -> impl Iterator<Item = &Paper> {
        let versions = self.filings.iter().flat_map(|filing| &filing.versions);
        versions.filter_map(|version| version.paper.as_ref())
    }

    /// Where it stands, in words.
    pub fn name(&self) -> &'static str {
        match (self.stage, &self.pending) {
            (Stage::Consulting, _) => "consulting",
            (Stage::Filed, None) => "filed",
            (Stage::Filed, Some(_)) => "filed, with an acceptance proposed",
            (Stage::Returned, _) => "returned",
            (Stage::Accepted, None) => "accepted",
            (Stage::Operating, None) => "operating",
            (Stage::Suspended, None) => "suspended",
            (_, Some(_)) => "in force, with a proposal that waits",
            (Stage::Terminated, None) => "terminated",
        }
    }
}

impl Version {
    fn new(package: &Package, answers: BTreeMap<u32, String>) -> Self {
        Self {
            package: package.clone(),
            answers,
            paper: None,
            deficiencies: Vec::new(),
        }
    }
}
