//! What would happen to an accreditation.

use super::{
    Cause, Command, Context, DeadlineName, DeviceId, DeviceProof, Event, GoLive, Heir, ModeStatus,
    Note, Package, Paper, Proposal, Stage, State, View, access,
    event::{Accepted, At},
    filing::missing,
    transition,
};
use crate::{
    Actor, CaseId, Error, Evidence, Ground, NotQualified, Octets, PersonId, Refusal, Seat,
    calendar::Deadline,
    rules::Requirement,
    terms::{EvidenceKind, Mode},
};
use std::collections::{BTreeMap, BTreeSet};

/// Items of one list of deficiencies at most.
const ITEMS: usize = 100;

/// Says what would happen; touches nothing. Deadlines that passed and were not noted are noted by
/// whatever happens next.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    let Some(sight) = context.sight.filter(|sight| sight.organisation.is_some()) else {
        return Ok(missing(
            "the agency in the register of organisations",
            &["S0-01"],
        )?);
    };
    let context = &View {
        terms: context.terms,
        calendar: context.calendar,
        now: context.now,
        sight,
    };
    let is_note = matches!(command, Command::NoteOverdue { .. });
    let event = happening(state, actor, command, context)?;
    let late = state.filter(|_| !is_note);
    let late = late.into_iter().flat_map(|state| state.late(context.now));
    Ok(late.chain([event]).collect())
}

fn happening(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &View<'_>,
) -> Result<Event, Error> {
    let basis = command.basis();
    actor.sits_in(command.seats(), basis)?;
    two_sides(state, actor)?;
    acts_for(state, actor, basis, context)?;
    let suspends_all = state.is_some_and(|state| suspends_all(state, &command));
    let step = command.step(state, suspends_all);
    if transition(state.map(|state| state.stage), step).is_none() {
        return Err(wrong_state(state, &command).by(basis));
    }
    let Some(state) = state else {
        return match command {
            Command::Consult(note) => consult(None, actor, note, context),
            Command::File(package) => {
                names_who_brings_it(&package, actor, context)?;
                file(None, package, context)
            }
            _ => Err(wrong_state(None, &command).by(basis)),
        };
    };
    let case = Case { state, context };
    match command {
        Command::Consult(note) => consult(Some(state), actor, note, context),
        Command::File(package) => file(Some(state), package, context),
        Command::RegisterPaper(paper) => case.register_paper(paper),
        Command::Return { items } => case.send_back(items),
        Command::Refile { package, answers } => case.refile(package, answers),
        Command::ProposeAcceptance { modes } => {
            case.nothing_waits()?;
            case.acceptable(&modes)?;
            Ok(Event::AcceptanceProposed { modes })
        }
        Command::Confirm => case.confirm(actor),
        Command::Discard => match state.pending {
            Some(_) => Ok(Event::ProposalDiscarded),
            None => Ok(missing("a proposal", basis)?),
        },
        Command::RecordAccess {
            certificate,
            issuer,
        } => case.record_access(certificate, issuer),
        Command::FileDeviceProof(proof) => case.file_device_proof(proof),
        Command::JudgeDeviceProof { device, declined } => case.judge_device_proof(device, declined),
        Command::StartMode {
            mode,
            checks,
            staff,
        } => case.start(mode, checks, staff),
        Command::OpenInspection { subject } => case.open_inspection(subject),
        Command::Produce { evidence } => case.produce(evidence),
        Command::CloseInspection { report, breach } => case.close_inspection(report, breach),
        Command::Suspend {
            modes,
            cause,
            decision,
        } => case.suspend(modes, cause, decision),
        Command::ProposeRestoration { modes, correction } => {
            case.propose_restoration(modes, correction)
        }
        Command::Terminate {
            cause,
            decision,
            hand_over,
            list,
        } => case.terminate(cause, decision, hand_over, list),
        Command::RecordRevocation { record } => case.record_revocation(record),
        Command::NoteOverdue {
            deadline,
            device,
            by,
        } => {
            let next = state.next_duty();
            let next = next.map(|duty| (duty.name, duty.device, duty.ends.at));
            let noted = Event::OverdueNoted {
                deadline,
                device: device.clone(),
                by,
            };
            if next == Some((deadline, device, by)) && context.now > by {
                Ok(noted)
            } else {
                Err(Ground::NotDue.by(basis))
            }
        }
    }
}

/// For an agency those act whom its own record has as agents now, and those whom its filings
/// name; where neither names anybody, whoever speaks first is named by it.
fn acts_for(
    state: Option<&State>,
    actor: &Actor,
    basis: &[&str],
    context: &View<'_>,
) -> Result<(), Refusal> {
    if actor.seat != Seat::Agent {
        return Ok(());
    }
    let is_named = match state {
        Some(state) => state.named.contains(&actor.person),
        None => !context.has_agents(),
    };
    if is_named || context.is_agent(&actor.person) {
        return Ok(());
    }
    Err(context.not_authorised(actor).refuse(basis))
}

/// The first filing names whoever brings it, where the agency's own record names nobody: its
/// paper is sealed.
fn names_who_brings_it(
    package: &Package,
    actor: &Actor,
    context: &View<'_>,
) -> Result<(), Refusal> {
    if context.has_agents() || package.agents.contains(&actor.person) {
        return Ok(());
    }
    Err(context.not_authorised(actor).refuse(&["S0-02"]))
}

/// Whoever acted for the agency is no officer of the CA here, and the other way round.
fn two_sides(state: Option<&State>, actor: &Actor) -> Result<(), Refusal> {
    let Some(state) = state else {
        return Ok(());
    };
    let (others, seat) = match actor.seat {
        Seat::Agent => (&state.clerks, Seat::Clerk),
        Seat::Clerk => (&state.agents, Seat::Agent),
        _ => return Ok(()),
    };
    let others: Vec<_> = others.iter().map(|person| (person, seat)).collect();
    actor.differs_from(&others)
}

fn wrong_state(state: Option<&State>, command: &Command) -> Ground {
    Ground::WrongState {
        what: "the accreditation",
        state: state.map_or("unknown", State::name),
        verb: command.verb(),
    }
}

fn suspends_all(state: &State, command: &Command) -> bool {
    match command {
        Command::Suspend { modes, .. } => {
            modes.is_empty() || state.operating().all(|mode| modes.contains(&mode))
        }
        _ => false,
    }
}

fn consult(
    state: Option<&State>,
    actor: &Actor,
    note: Note,
    context: &View<'_>,
) -> Result<Event, Error> {
    const BASIS: &[&str] = &["S0-03"];
    Ground::words(&note.words, "a question or an answer", BASIS)?;
    for document in &note.documents {
        document.is_a(EvidenceKind::FilingDocument, BASIS)?;
    }
    let is_question = actor.seat == Seat::Agent;
    let days = context.terms.feedback_working_days.value;
    // Another question does not put off the answer to the one before.
    let running = state.and_then(|state| state.deadlines.get(&DeadlineName::ConsultationAnswered));
    let answer_by = || match running {
        Some(earlier) => Ok(earlier.clone()),
        None => context.within(days, BASIS),
    };
    match state {
        None if !is_question => Err(Ground::Seat { seat: actor.seat }.by(BASIS)),
        None => Ok(Event::ConsultationOpened {
            note,
            answer_by: answer_by()?,
            agent: (!context.has_agents()).then(|| actor.person.clone()),
        }),
        Some(_) => Ok(Event::ConsultationNoted {
            note,
            answer_by: is_question.then(answer_by).transpose()?,
        }),
    }
}

fn file(state: Option<&State>, package: Box<Package>, context: &View<'_>) -> Result<Event, Error> {
    let is_open = state.is_some_and(|state| state.open_filing().is_some());
    if is_open {
        return Ok(missing("an end of the filing before", &["S0-02"])?);
    }
    package.check(state, context)?;
    let known = |mode: &&Mode| state.is_some_and(|state| state.modes.contains_key(mode));
    if package.modes.keys().any(|mode| known(&mode)) {
        return Ok(missing("modes that were not accepted before", &["S0-11"])?);
    }
    Ok(Event::PackageFiled { package })
}

/// An accreditation that is there, with what a decision may see.
struct Case<'a> {
    state: &'a State,
    context: &'a View<'a>,
}

impl Case<'_> {
    fn register_paper(&self, paper: Paper) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-02"];
        let version = match self.state.open_version() {
            Some(version) if version.paper.is_none() && version.deficiencies.is_empty() => version,
            _ => return Ok(missing("a filing that waits for its paper", BASIS)?),
        };
        paper.check(&version.package, self.state, self.context)?;
        let days = self.context.terms.examination_working_days.value;
        Ok(Event::PaperRegistered {
            paper,
            examine_by: self.context.within(days, &["S0-04"])?,
        })
    }

    /// The filing that the CA has in hand: nobody decides on it before its paper is there.
    fn in_hand(&self, basis: &[&str]) -> Result<(&Package, &Paper), Refusal> {
        let version = match self.state.open_version() {
            Some(version) if version.deficiencies.is_empty() => version,
            _ => return missing("a filing that is with the CA", basis),
        };
        match &version.paper {
            Some(paper) => Ok((&version.package, paper)),
            None => missing("the filing on paper", &["S0-02"]),
        }
    }

    fn send_back(&self, items: Vec<String>) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-04"];
        self.in_hand(BASIS)?;
        if items.is_empty() || items.len() > ITEMS {
            return Ok(missing("1 to 100 deficiencies", BASIS)?);
        }
        for item in &items {
            Ground::words(item, "a deficiency", BASIS)?;
        }
        let days = self.context.terms.correction_working_days.value;
        Ok(Event::DeficiencyReturned {
            items,
            correct_by: self.context.within(days, BASIS)?,
        })
    }

    fn refile(
        &self,
        package: Box<Package>,
        answers: BTreeMap<u32, String>,
    ) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-04"];
        let before = match self.state.open_version() {
            Some(version) if !version.deficiencies.is_empty() => version,
            _ => return Ok(missing("a filing that went back", BASIS)?),
        };
        let numbers = (1u32..).take(before.deficiencies.len());
        if !answers.keys().copied().eq(numbers) {
            return Ok(missing(
                "an answer to each deficiency by its number",
                BASIS,
            )?);
        }
        for answer in answers.values() {
            Ground::words(answer, "the answer to a deficiency", BASIS)?;
        }
        if package.bundle.digest == before.package.bundle.digest {
            return Ok(missing("a changed filing", BASIS)?);
        }
        package.check(Some(self.state), self.context)?;
        if (package.modes.keys()).any(|mode| self.state.modes.contains_key(mode)) {
            return Ok(missing("modes that were not accepted before", &["S0-11"])?);
        }
        Ok(Event::Refiled { package, answers })
    }

    /// What must be so when the first officer proposes, and still when the second agrees.
    fn acceptable(&self, modes: &BTreeSet<Mode>) -> Result<&Package, Error> {
        const BASIS: &[&str] = &["S0-05"];
        let (package, paper) = self.in_hand(BASIS)?;
        let filed = |mode: &Mode| package.modes.contains_key(mode);
        if modes.is_empty() {
            return Ok(missing("a mode", &["S0-06"])?);
        }
        if let Some(mode) = modes.iter().find(|mode| !filed(mode)) {
            return Err(Ground::ModeNotFiled { mode: *mode }.by(&["S0-06", "S0-11"]));
        }
        if let Some(marks) = paper.marks {
            for (is_there, what) in [
                (marks.signature, "the signature on the agreement"),
                (marks.seal, "the seal on the agreement"),
                (
                    marks.cross_page_seal,
                    "the seal across the agreement's pages",
                ),
            ] {
                if !is_there {
                    return Ok(missing(what, &["S0-07"])?);
                }
            }
        }
        // Time went by since they were filed.
        for device in &package.devices {
            device.check(self.context)?;
        }
        Ok(package)
    }

    fn confirm(&self, actor: &Actor) -> Result<Event, Error> {
        let Some(pending) = &self.state.pending else {
            return Ok(missing("a proposal", &["S0-05"])?);
        };
        actor.differs_from(&[(&pending.by, Seat::Clerk)])?;
        let now = self.context.now;
        match &pending.proposal {
            Proposal::Accept(modes) => {
                let package = self.acceptable(modes)?;
                let accepted = self.state.accepted().count() + 1;
                let terms = self.context.terms;
                let renewals = package.devices.iter().map(|device| {
                    let by = device.renew_by(self.context.calendar, terms.device_alarm_days.value);
                    At(by.unwrap_or(now))
                });
                let begins = package.modes.iter();
                let begins = begins.filter(|(mode, _)| modes.contains(mode));
                Ok(Event::FilingAccepted(Accepted {
                    receipt: format!("{}/{accepted}", self.context.sight.id),
                    disclaimer: terms.disclaimer.version,
                    modes: begins.map(|(mode, one)| (*mode, At(one.from))).collect(),
                    renew_by: renewals.collect(),
                }))
            }
            Proposal::Restore(modes) => {
                self.device_is_good()?;
                self.access_is_good()?;
                Ok(Event::Restored {
                    modes: modes.clone(),
                    at: now,
                })
            }
        }
    }

    fn record_access(&self, certificate: Octets, issuer: Octets) -> Result<Event, Error> {
        let Some(request) = self.state.request() else {
            return Ok(missing(
                "the request for the access certificate",
                &["S0-08"],
            )?);
        };
        self.device_is_good()?;
        access::check(request, &certificate, &issuer, self.context)?;
        let days = self.context.terms.access_alarm_days.value;
        let end = access::validity(&certificate).map(|(_, end)| end);
        let renew_by = end.map(|end| self.context.calendar.days_before(end, days));
        Ok(Event::AccessCertIssued {
            certificate,
            issuer,
            renew_by: renew_by.unwrap_or(self.context.now),
        })
    }

    fn access_is_good(&self) -> Result<(), Refusal> {
        let (access, request) = (self.state.access.as_ref(), self.state.request());
        access::still_good(access, request, self.context.now)
    }

    /// One proposal at a time: another would be agreed to unseen.
    fn nothing_waits(&self) -> Result<(), Refusal> {
        match self.state.pending {
            Some(_) => missing("an end of the proposal before", &["S0-05"]),
            None => Ok(()),
        }
    }

    fn device_is_good(&self) -> Result<(), Refusal> {
        if self.state.device_holds(self.context.now) {
            return Ok(());
        }
        missing(
            "a device's certificate that is good now, and has an end",
            &["S0-10"],
        )
    }

    fn file_device_proof(&self, proof: DeviceProof) -> Result<Event, Error> {
        proof.check(self.context)?;
        let days = self.context.terms.device_alarm_days.value;
        let renew_by = proof.renew_by(self.context.calendar, days);
        Ok(Event::DeviceProofFiled {
            renew_by: renew_by.unwrap_or(self.context.now),
            proof,
        })
    }

    fn judge_device_proof(
        &self,
        device: DeviceId,
        declined: Option<String>,
    ) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-10"];
        let mut unseen = self.state.unseen.iter().map(|one| &one.proof);
        let Some(proof) = unseen.find(|proof| proof.device() == device) else {
            return Ok(missing("a proof of the device that waits", BASIS)?);
        };
        match &declined {
            Some(reason) => Ground::words(reason, "why a proof is not taken", BASIS)?,
            // Time went by since it was filed.
            None => proof.check(self.context)?,
        }
        Ok(Event::DeviceProofJudged { device, declined })
    }

    fn record_revocation(&self, record: Evidence) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-08"];
        let waits = &self.state.deadlines;
        if !waits.contains_key(&DeadlineName::AccessRevoked) {
            return Ok(missing(
                "an access certificate that is to be revoked",
                BASIS,
            )?);
        }
        record.is_a(EvidenceKind::WorkRecord, BASIS)?;
        Ok(Event::AccessCertRevoked { record })
    }

    fn start(
        &self,
        mode: Mode,
        checks: BTreeMap<GoLive, Evidence>,
        staff: BTreeMap<Seat, BTreeSet<PersonId>>,
    ) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-11"];
        let standing = match self.state.modes.get(&mode) {
            Some(standing) if standing.status == ModeStatus::Accepted => standing,
            Some(_) => return Ok(missing("a mode that has not begun", BASIS)?),
            None => return Err(Ground::ModeNotFiled { mode }.by(BASIS)),
        };
        if self.context.now < standing.from {
            return Ok(missing("the day on which the mode may begin", BASIS)?);
        }
        self.access_is_good()?;
        self.device_is_good()?;
        let terms = self.context.terms.of(mode);
        for check in &terms.go_live.value {
            let Some(record) = checks.get(check) else {
                return Err(Ground::GoLiveOpen {
                    go_live: *check,
                    mode,
                }
                .by(BASIS));
            };
            record.is_a(EvidenceKind::WorkRecord, BASIS)?;
        }
        if !(checks.keys()).all(|check| terms.go_live.value.contains(check)) {
            return Ok(missing("the checks of the mode, and no other", BASIS)?);
        }
        self.staffed(&terms.seats.value, &terms.seats.basis, &staff)?;
        Ok(Event::OperationStarted {
            mode,
            at: self.context.now,
            checks,
            staff,
        })
    }

    /// Somebody qualified is there for each seat; handler and checker are two (S0-19).
    fn staffed(
        &self,
        seats: &[Seat],
        basis: &[Requirement],
        staff: &BTreeMap<Seat, BTreeSet<PersonId>>,
    ) -> Result<(), Error> {
        let context = self.context;
        if !staff.keys().all(|seat| seats.contains(seat)) {
            return Ok(missing(
                "staff for the seats of the mode, and no other",
                &["S0-11"],
            )?);
        }
        for seat in seats {
            let Some(persons) = staff.get(seat).filter(|persons| !persons.is_empty()) else {
                return Err(Ground::SeatEmpty { seat: *seat }.under(&["S0-11"], basis));
            };
            let Some(rule) = context.sight.roster else {
                return Err(Ground::NotInForce {
                    rules: context.terms.rules.value.clone(),
                }
                .by(&["S0-15"]));
            };
            for person in persons {
                let entry = context.sight.staff.get(person);
                let judged = entry.map_or(Err(NotQualified::NotOnRoster), |entry| {
                    entry.qualifies(*seat, rule, context.now)?;
                    // The contract is with the agency itself (S0-15).
                    let entry = entry.entry(context.now);
                    let agency = entry.and_then(|entry| entry.agency.as_ref());
                    if agency == Some(&context.sight.id) {
                        Ok(())
                    } else {
                        Err(NotQualified::Agency)
                    }
                });
                judged.map_err(|why| {
                    Ground::NotQualified {
                        person: person.clone(),
                        seat: *seat,
                        why,
                    }
                    .refuse(why.basis())
                })?;
            }
        }
        let two = [Seat::Handler, Seat::Checker];
        if two.iter().all(|seat| seats.contains(seat)) {
            let all: BTreeSet<_> = two.iter().flat_map(|seat| &staff[seat]).collect();
            if all.len() < 2 {
                return Ok(missing("a handler and a checker who are two", &["S0-19"])?);
            }
        }
        Ok(())
    }

    fn open_inspection(&self, subject: String) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-29"];
        if self.state.inspection().is_some() {
            return Ok(missing("an end of the inspection before", BASIS)?);
        }
        Ground::words(&subject, "an inspection", BASIS)?;
        let days = self.context.terms.inspection_working_days.value;
        Ok(Event::InspectionOpened {
            subject,
            produce_by: self.context.within(days, BASIS)?,
        })
    }

    fn produce(&self, evidence: Vec<Evidence>) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-29"];
        if self.state.inspection().is_none() {
            return Ok(missing("an inspection that runs", BASIS)?);
        }
        if evidence.is_empty() {
            return Ok(missing("what the inspection asks for", BASIS)?);
        }
        for piece in &evidence {
            piece.is_a(piece.kind, BASIS)?;
        }
        Ok(Event::EvidenceProduced { evidence })
    }

    fn close_inspection(&self, report: Evidence, breach: bool) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-29"];
        match self.state.inspection() {
            None => return Ok(missing("an inspection that runs", BASIS)?),
            Some(inspection) if inspection.produced.is_empty() => {
                // That nothing came in time is a finding itself.
                let by = self.state.deadlines.get(&DeadlineName::EvidenceProduced);
                let is_over = by.is_none_or(|by| by.has_passed(self.context.now));
                if !(breach && is_over) {
                    return Ok(missing("what the inspection asks for", BASIS)?);
                }
            }
            Some(_) => {}
        }
        report.is_a(EvidenceKind::InspectionReport, BASIS)?;
        Ok(Event::InspectionClosed { report, breach })
    }

    fn suspend(
        &self,
        modes: BTreeSet<Mode>,
        cause: Cause,
        decision: Evidence,
    ) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-01"];
        decision.is_a(EvidenceKind::WorkRecord, BASIS)?;
        let operating: BTreeSet<_> = self.state.operating().collect();
        let modes = if modes.is_empty() {
            operating.clone()
        } else {
            modes
        };
        if let Some(mode) = modes.iter().find(|mode| !operating.contains(mode)) {
            return Err(Ground::ModeNotFiled { mode: *mode }.by(&["S0-11"]));
        }
        Ok(if modes == operating {
            Event::Suspended {
                modes,
                cause,
                decision,
            }
        } else {
            Event::ModesSuspended {
                modes,
                cause,
                decision,
            }
        })
    }

    fn propose_restoration(
        &self,
        modes: BTreeSet<Mode>,
        correction: Evidence,
    ) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-01"];
        self.nothing_waits()?;
        correction.is_a(EvidenceKind::WorkRecord, BASIS)?;
        let rest: BTreeSet<_> = self.state.those(ModeStatus::Suspended).collect();
        let modes = if modes.is_empty() {
            rest.clone()
        } else {
            modes
        };
        if modes.is_empty() || !modes.is_subset(&rest) {
            return Ok(missing("a mode that rests", BASIS)?);
        }
        self.device_is_good()?;
        self.access_is_good()?;
        Ok(Event::RestorationProposed { modes, correction })
    }

    fn terminate(
        &self,
        cause: Cause,
        decision: Evidence,
        hand_over: BTreeMap<CaseId, Heir>,
        list: Evidence,
    ) -> Result<Event, Error> {
        const BASIS: &[&str] = &["S0-01"];
        decision.is_a(EvidenceKind::WorkRecord, BASIS)?;
        list.is_a(EvidenceKind::WorkRecord, BASIS)?;
        let open = &self.context.sight.open_cases;
        if !hand_over.keys().eq(open.keys()) {
            return Ok(missing(
                "a hand-over list with each open case, and no other",
                BASIS,
            )?);
        }
        for (case, heir) in &hand_over {
            let (Some(heir), Some(mode)) = (heir, open.get(case)) else {
                continue;
            };
            let does = self.context.sight.heirs.get(heir);
            if *heir == self.context.sight.id || !does.is_some_and(|modes| modes.contains(mode)) {
                return Err(Ground::ModeNotFiled { mode: *mode }.by(&["S0-01", "S0-11"]));
            }
        }
        // An end does not wait for a calendar.
        let days = self.context.terms.revocation_working_days.value;
        let (calendar, now) = (self.context.calendar, self.context.now);
        let working = || calendar.working_days(now, days);
        let by = || working().unwrap_or_else(|_| calendar.days(now, days));
        Ok(Event::Terminated {
            cause,
            decision,
            hand_over,
            list,
            revoke_by: self.state.access.as_ref().map(|_| by()),
        })
    }
}

impl View<'_> {
    fn has_agents(&self) -> bool {
        let record = self.sight.organisation.as_ref();
        record.is_some_and(|record| record.has_agents(self.now))
    }

    fn is_agent(&self, person: &PersonId) -> bool {
        let record = self.sight.organisation.as_ref();
        let grant = record.and_then(|record| record.grant(person, self.now));
        grant.is_some_and(|grant| grant.scope.interval.holds(self.now))
    }

    fn not_authorised(&self, actor: &Actor) -> Ground {
        Ground::NotAuthorised {
            agent: actor.person.clone(),
            organisation: self.sight.id.clone(),
        }
    }

    fn within(&self, days: u16, basis: &[&str]) -> Result<Deadline, Refusal> {
        let deadline = self.calendar.working_days(self.now, days);
        deadline.map_err(|fault| Ground::from(fault).refuse(basis))
    }
}

impl State {
    /// Whether any step may follow.
    pub fn is_final(&self) -> bool {
        self.stage == Stage::Terminated && self.deadlines.is_empty()
    }
}
