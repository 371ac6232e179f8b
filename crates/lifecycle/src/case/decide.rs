//! What would happen to a case: its rules, sorted by subject.

mod checks;
mod delivery;
mod ending;
mod issuing;
mod money;
mod opening;
mod papers;
mod review;

use super::{
    Command, Context, Event, Phase, State, Step,
    machine::{self, Transition},
    seats,
};
use crate::{
    Actor, CaseId, Error, Evidence, Ground, Octets, Seat,
    calendar::{Deadline, NotCovered},
    field,
    rules::{CertificateRule, FieldFormat, Process},
    terms::EvidenceKind,
};
use der::DateTime;

/// Says what would happen; touches nothing. No event: it happened already.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no; [`Error::Damaged`] when what the store kept
/// can't be read.
pub fn decide(
    id: &CaseId,
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    let step = command.step();
    let state = match (state, command) {
        (None, Command::Open(opening)) => return opening::open(actor, opening, context),
        (None, _) => return Err(not_listed(None, step)),
        (Some(state), Command::Open(opening)) => return opening::again(state, actor, &opening),
        (Some(state), command) => (state, command),
    };
    let (state, command) = state;
    listed(state, step)?;
    let case = Case::of(id, state, actor, context)?;
    if step.is_business() {
        case.through_agency()?;
    }
    seats::admit(Some(state), &state.opening, actor, context)?;
    case.carry_out(command)
}

/// A case as a decision sees it.
struct Case<'a> {
    id: &'a CaseId,
    state: &'a State,
    actor: &'a Actor,
    context: &'a Context<'a>,
    process: &'a Process,
    certificate: &'a CertificateRule,
}

impl<'a> Case<'a> {
    fn of(
        id: &'a CaseId,
        state: &'a State,
        actor: &'a Actor,
        context: &'a Context<'a>,
    ) -> Result<Self, Error> {
        let opening = &state.opening;
        opening::own_rules(opening, context)?;
        Ok(Self {
            id,
            state,
            actor,
            context,
            process: opening::process(opening, context)?,
            certificate: opening::certificate(opening, context)?,
        })
    }

    fn carry_out(&self, command: Command) -> Result<Vec<Event>, Error> {
        match command {
            // Answered before there is a case to look at.
            Command::Open(opening) => opening::again(self.state, self.actor, &opening),
            Command::Consent { agreements } => self.consent(agreements),
            Command::WithdrawConsent { agreement } => self.withdraw_consent(agreement),
            Command::Fill { fields, years } => self.fill(fields, years),
            Command::AddDocument {
                document,
                file_name,
                inspected,
                form_version,
            } => self.add_document(document, file_name, inspected, form_version),
            Command::RecordCheck {
                check,
                identity,
                failure,
                evidence,
            } => self.record_check(check, identity, failure, evidence),
            Command::SubmitInternally => self.submit_internally(),
            Command::ApproveInternally(checklist) => self.approve_internally(checklist),
            Command::ReturnInternally { reasons } => self.return_internally(reasons),
            Command::Submit => self.submit(),
            Command::StartRegistration => self.start_registration(),
            Command::Return(deficiencies) => self.send_back(deficiencies),
            Command::Resubmit => self.resubmit(),
            Command::Register {
                verdict,
                work_record,
            } => self.register(verdict, work_record),
            Command::TakeReview => self.take_review(),
            Command::Approve { verdict } => self.approve(verdict),
            Command::Reject { reason } => self.reject(reason),
            Command::BindToken(token) => self.bind_token(token),
            Command::ProveKey(request) => self.prove_key(request),
            Command::Issue => self.issue(),
            Command::RecordEncryptionKey(key) => self.record_encryption_key(key),
            Command::RecordCertificate { serial, signature } => {
                self.record_certificate(serial, signature)
            }
            Command::RecordUnknownOutcome { serial } => self.record_unknown_outcome(serial),
            Command::Personalise {
                read_back,
                work_record,
            } => self.personalise(read_back, work_record),
            Command::Dispatch {
                method,
                packet,
                receipt,
            } => self.dispatch(method, packet, receipt),
            Command::RecordPublication => self.record_publication(),
            Command::DeliverPin {
                channel,
                recipient,
                receipt,
            } => self.deliver_pin(channel, recipient, receipt),
            Command::ConfirmReceipt { correct, record } => self.confirm_receipt(correct, record),
            Command::DeemAccepted => self.deem_accepted(),
            Command::Object { statement } => self.object(statement),
            Command::Close { work_record } => self.close(work_record),
            Command::Withdraw => self.withdraw(),
            Command::Lapse => self.lapse(),
            Command::RequestRefund => self.request_refund(),
            Command::RecordRefund { fen, receipt } => self.record_refund(fen, receipt),
            Command::ExecuteAtOnce { identification } => self.execute_at_once(identification),
            Command::Ratify => self.ratify(),
            Command::RefuseRatification { reason } => self.refuse_ratification(reason),
            Command::ReportPayment {
                route,
                account,
                evidence,
            } => self.report_payment(route, account, evidence),
            Command::ConfirmFunds { receipt } => self.confirm_funds(receipt),
            Command::SendDeposit {
                account,
                salt,
                digest,
            } => self.send_deposit(account, salt, digest),
            Command::SettleDeposit => self.settle_deposit(),
            Command::FailDeposit { reason } => self.fail_deposit(reason),
            Command::ReenterAccount(account) => self.reenter_account(account),
            Command::EnterCode { code } => self.enter_code(&code),
            Command::NoteOverdue { deadline } => self.note_overdue(deadline),
        }
    }

    /// The act belongs to one of these seats.
    fn in_seat(&self, seats: &[Seat], step: Step) -> Result<(), Error> {
        if seats.contains(&self.actor.seat) {
            return Ok(());
        }
        let ground = Ground::Seat {
            seat: self.actor.seat,
        };
        Err(ground.by(step.basis()))
    }

    /// The act belongs to the customer: the holder, whoever opened the case, the agent.
    fn by_customer(&self, step: Step) -> Result<(), Error> {
        if self.state.is_party(self.actor, self.context.rules) {
            return Ok(());
        }
        let customers = [Seat::Applicant, Seat::Agent];
        let ground = if customers.contains(&self.actor.seat) {
            Ground::NotAParty {
                person: self.actor.person.clone(),
            }
        } else {
            Ground::Seat {
                seat: self.actor.seat,
            }
        };
        Err(ground.under(step.basis(), &self.process.basis))
    }

    /// So many working days from now on.
    fn working_days(&self, days: u16, requirement: &'static str) -> Result<Deadline, Error> {
        let reckoned = self.context.calendar.working_days(self.context.now, days);
        reckoned.map_err(|uncovered: NotCovered| {
            Ground::Calendar(uncovered).by(&[requirement, "S3-18"])
        })
    }

    /// A deadline is over when its last second is.
    fn is_over(&self, at: DateTime) -> bool {
        self.context.now > at
    }
}

/// The step starts from the case's state, and is one of its kind.
fn listed(state: &State, step: Step) -> Result<&'static Transition, Error> {
    let Some(row) = machine::transition(Some(state.phase), step) else {
        return Err(not_listed(Some(state.phase), step));
    };
    let kind = state.opening.kind;
    if step.is_of(kind) {
        Ok(row)
    } else {
        Err(Ground::NotOfThisKind { kind, step }.by(step.basis()))
    }
}

fn not_listed(phase: Option<Phase>, step: Step) -> Error {
    Ground::NotListed { phase, step }.by(step.basis())
}

/// Characters of the longest reason.
const WORDS: usize = 1000;
/// Octets of an SM3 digest.
const DIGEST: usize = 32;

/// Words for people: something, and not too much.
fn words(what: &'static str, text: &str, step: Step) -> Result<(), Error> {
    let is_control = |c: char| c.is_control() && c != '\n';
    let is_good =
        !text.trim().is_empty() && text.chars().count() <= WORDS && !text.chars().any(is_control);
    is_good
        .then_some(())
        .ok_or_else(|| Ground::Words { what }.by(step.basis()))
}

/// A reference, a packet's number, a file's name: 1 to 256 characters, none of them hidden.
fn is_line(text: &str) -> bool {
    field::check(FieldFormat::Text, text).is_ok()
}

/// Evidence can be found again: it has a digest and a place.
fn sound(evidence: &Evidence) -> Result<(), Error> {
    let is_good = evidence.digest.len() == DIGEST && is_line(&evidence.reference);
    is_good.then_some(()).ok_or_else(|| {
        let what = "where the evidence lies, or its digest,";
        Ground::Missing { what }.by(&["S0-20", "S0-29"])
    })
}

/// Evidence of this kind.
fn of_kind(evidence: &Evidence, wanted: EvidenceKind, step: Step) -> Result<(), Error> {
    sound(evidence)?;
    if evidence.kind == wanted {
        return Ok(());
    }
    let ground = Ground::EvidenceKind {
        given: evidence.kind,
        wanted,
    };
    Err(ground.by(step.basis()))
}

/// SM3, as records keep it.
fn sm3(octets: &[u8]) -> Octets {
    gm_crypto::sm3::digest(octets).to_vec().into()
}

impl Command {
    /// The step that it would be. (A code may turn out right or wrong: both start from the same
    /// states.)
    pub fn step(&self) -> Step {
        match self {
            Self::Open(_) => Step::Opened,
            Self::Consent { .. } => Step::ConsentGiven,
            Self::WithdrawConsent { .. } => Step::ConsentWithdrawn,
            Self::Fill { .. } => Step::FormFilled,
            Self::AddDocument { .. } => Step::DocumentAdded,
            Self::RecordCheck { .. } => Step::CheckRecorded,
            Self::SubmitInternally => Step::SubmittedInternally,
            Self::ApproveInternally(_) => Step::InternallyApproved,
            Self::ReturnInternally { .. } => Step::InternallyReturned,
            Self::Submit => Step::Submitted,
            Self::StartRegistration => Step::RegistrationStarted,
            Self::Return(_) => Step::Returned,
            Self::Resubmit => Step::Resubmitted,
            Self::Register { .. } => Step::Registered,
            Self::TakeReview => Step::ReviewTaken,
            Self::Approve { .. } => Step::Approved,
            Self::Reject { .. } => Step::Rejected,
            Self::BindToken(_) => Step::TokenBound,
            Self::ProveKey(_) => Step::KeyProved,
            Self::Issue => Step::IssuanceIntended,
            Self::RecordEncryptionKey(_) => Step::EncryptionKeyReceived,
            Self::RecordCertificate { .. } => Step::CertificateIssued,
            Self::RecordUnknownOutcome { .. } => Step::IssuanceAbandoned,
            Self::Personalise { .. } => Step::Personalised,
            Self::Dispatch { .. } => Step::Dispatched,
            Self::RecordPublication => Step::Published,
            Self::DeliverPin { .. } => Step::PinDelivered,
            Self::ConfirmReceipt { .. } => Step::ReceiptConfirmed,
            Self::DeemAccepted => Step::DeemedAccepted,
            Self::Object { .. } => Step::ObjectionRaised,
            Self::Close { .. } => Step::Closed,
            Self::Withdraw => Step::Withdrawn,
            Self::Lapse => Step::Lapsed,
            Self::RequestRefund => Step::RefundRequested,
            Self::RecordRefund { .. } => Step::Refunded,
            Self::ExecuteAtOnce { .. } => Step::ExecutedAtOnce,
            Self::Ratify => Step::Ratified,
            Self::RefuseRatification { .. } => Step::RatificationRefused,
            Self::ReportPayment { .. } => Step::PaymentReported,
            Self::ConfirmFunds { .. } => Step::FundsConfirmed,
            Self::SendDeposit { .. } => Step::DepositSent,
            Self::SettleDeposit => Step::DepositSettled,
            Self::FailDeposit { .. } => Step::DepositFailed,
            Self::ReenterAccount(_) => Step::AccountReentered,
            Self::EnterCode { .. } => Step::CodeVerified,
            Self::NoteOverdue { .. } => Step::OverdueNoted,
        }
    }
}
