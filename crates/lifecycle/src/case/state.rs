//! A case as its history made it.

use super::{
    command::Opening,
    ledger::Ledger,
    machine::Phase,
    paper::{Consent, Deficiency, Document, Form, Verdict},
    payment::{Account, Payment},
};
use crate::{
    CaseNumber, Octets, PersonId, Personal, TokenId,
    calendar::Deadline,
    case::pair::{EncryptionKey, Request, Slot},
    proceeding::accreditation::Heir,
    terms::{DeliveryMethod, PinChannel, Seat},
};
use der::DateTime;
use std::collections::BTreeMap;

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// What it was opened with.
    pub opening: Opening,
    /// To whom it was handed over by the end of the agency that had it: another agency, or the
    /// CA itself; none: to nobody.
    pub heir: Option<Heir>,
    /// The main state.
    pub phase: Phase,
    /// Whoever acted, in which seat, in the order of their first act. Nobody leaves it:
    /// a person who acted before a correction stays a party to the case.
    pub seats: Vec<(Seat, PersonId)>,
    /// The checks.
    pub ledger: Ledger,
    /// Consents by agreement.
    pub consents: BTreeMap<String, Consent>,
    /// The form, once it was filled in.
    pub form: Option<Form>,
    /// Documents by name.
    pub documents: BTreeMap<String, Document>,
    /// What is to be corrected now.
    pub deficiencies: Vec<Deficiency>,
    /// How often it was sent back (S0-04).
    pub rounds: u32,
    /// Its number, from registration on.
    pub number: Option<CaseNumber>,
    /// What was registered.
    pub registered: Option<Registered>,
    /// The approver's verdict, while nothing was changed since.
    pub approved: Option<Verdict>,
    /// The token.
    pub token: Option<TokenId>,
    /// The applicant's key.
    pub request: Option<Request>,
    /// The key-management centre's answer.
    pub encryption_key: Option<EncryptionKey>,
    /// The signing certificate's way.
    pub signing: Slot,
    /// The encryption certificate's way.
    pub encryption: Slot,
    /// Whether the certificates left for the directory.
    pub published: bool,
    /// Money.
    pub payment: Payment,
    /// The account that a deposit goes to.
    pub account: Option<Account>,
    /// Deposits sent so far.
    pub challenges: u32,
    /// How it left.
    pub dispatched: Option<(DeliveryMethod, String)>,
    /// How the PIN left.
    pub pin: Option<PinChannel>,
    /// Deadlines that run, by name; derived from what happened, so no crash loses one.
    pub deadlines: BTreeMap<DeadlineName, Deadline>,
    /// When the last thing happened.
    pub touched: DateTime,
    /// How many things happened: by it, a history that a case does not admit is told from one
    /// that it does.
    pub acts: u64,
}

/// What was registered, and by whom (S1-08, S1-09).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// Who.
    pub by: PersonId,
    /// What he found.
    pub verdict: Verdict,
    /// SM3 of what was registered.
    pub snapshot: Personal<Octets>,
    /// Whether the key was there already, and so is part of it.
    pub with_key: bool,
    /// The CA's own end, where the policy cuts a certificate of the pair to it.
    pub shortened_to: Option<DateTime>,
}

crate::terms::terms! {
    /// The deadlines that a case can have.
    DeadlineName {
        /// It lapses (A27).
        Lapse = "lapse",
        /// It is reviewed by then (S2-23).
        Review = "review",
        /// A second person looks at it by then.
        Ratification = "ratification",
        /// The holder is asked whether he has it (S1-18).
        Confirmation = "confirmation",
        /// It counts as accepted (S2-29).
        DeemedAcceptance = "deemed-acceptance",
    }
}
