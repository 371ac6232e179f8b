//! Money and the proof that an organisation controls its account (S2-18 to S2-22).
//!
//! ```text
//! None ─▶ SlipUploaded ─▶ FundsConfirmed                                  (corporate transfer)
//! None ─▶ Paid ─▶ DepositSent ─▶ DepositSettled ─▶ CodeVerified           (wallet)
//!                     ▲  └─▶ DepositFailed ─▶ AccountReentered ─┐  └ wrong too often ─▶ Locked
//!                     └─────────────────────────────────────────┘
//! ```
//!
//! Another deposit goes out too where the code's time is over, and after a while where the
//! challenge was locked; the old code counts no more (S2-22).

use crate::{Evidence, Octets, octets::seconds, terms::PaymentRoute};
use der::DateTime;
use serde::{Deserialize, Serialize};

/// An account of an organisation (S2-10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Account {
    /// Whose: must be the unit's name (S2-19, S2-20).
    pub holder: String,
    /// The bank and branch.
    pub bank: String,
    /// Its number.
    pub number: String,
}

/// A deposit with a random code in its remark (S2-20). The code itself is nowhere but in the
/// remark: here is its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Challenge {
    /// 1, 2, 3, …: a new one voids the old.
    pub number: u32,
    /// Fen that are sent.
    pub fen: u32,
    /// Random octets that the digest begins with, 16 octets.
    pub salt: Octets,
    /// SM3(salt ‖ code), 32 octets.
    pub digest: Octets,
    /// Good until.
    #[serde(with = "seconds")]
    pub until: DateTime,
    /// The wrong code of this count locks the challenge.
    pub attempts: u8,
}

/// Where the money stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payment {
    /// Nobody paid.
    #[default]
    None,
    /// A slip was uploaded.
    SlipUploaded(Evidence),
    /// A reviewer found the money on the account.
    FundsConfirmed,
    /// A payment service says it is paid.
    Paid(Evidence),
    /// A deposit is on its way.
    DepositSent(Challenge),
    /// It arrived; the code is waited for (金融认证成功, 待认证).
    DepositSettled {
        /// Of this challenge.
        challenge: Challenge,
        /// Wrong codes so far.
        wrong: u8,
    },
    /// It came back; another account is asked for (金融认证不通过).
    DepositFailed {
        /// Of this challenge.
        number: u32,
        /// When.
        at: DateTime,
    },
    /// Another account was given.
    AccountReentered {
        /// The challenge that failed.
        number: u32,
        /// When it failed.
        failed_at: DateTime,
    },
    /// The code was right (待审核).
    CodeVerified,
    /// Too many wrong codes.
    Locked {
        /// Of this challenge.
        number: u32,
        /// Since when.
        at: DateTime,
    },
}

impl Payment {
    /// The way it was paid, where it is known.
    pub fn route(&self) -> Option<PaymentRoute> {
        match self {
            Self::None => None,
            Self::SlipUploaded(_) | Self::FundsConfirmed => Some(PaymentRoute::CorporateTransfer),
            _ => Some(PaymentRoute::Wallet),
        }
    }
}
