//! PAY and BANK: what was paid, and that the organisation controls its account.

use super::{Case, DIGEST, checks, is_line, of_kind, words};
use crate::{
    Error, Evidence, Ground, Octets, Seat,
    case::{
        Event, Step,
        paper::Form,
        payment::{Account, Challenge, Payment},
    },
    field,
    rules::FieldFormat,
    terms::{EvidenceKind, PaymentRoute},
};
use der::DateTime;
use gm_crypto::sm3;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Random octets before the code, so that nobody finds it by trying all codes on its digest
/// without them.
const SALT: usize = 16;
/// Seconds of an hour.
const HOUR: u64 = 3600;

const CASHIERS: &[Seat] = &[Seat::Cashier, Seat::System];

impl Case<'_> {
    pub(super) fn report_payment(
        &self,
        route: PaymentRoute,
        account: Option<Account>,
        evidence: Evidence,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::PaymentReported;
        let is_service = self.actor.seat == Seat::System && route == PaymentRoute::Wallet;
        if !is_service {
            self.by_customer(step)?;
        }
        if !matches!(self.state.payment, Payment::None | Payment::SlipUploaded(_)) {
            return Err(out_of_turn(step));
        }
        match route {
            PaymentRoute::CorporateTransfer => {
                of_kind(&evidence, EvidenceKind::RemittanceSlip, step)?;
                let Some(account) = account else {
                    let what = "the account that paid";
                    return Err(Ground::Missing { what }.by(&["S2-19"]));
                };
                self.own_account(&account, "S2-19")?;
                self.account_of_the_form(&account)?;
            }
            PaymentRoute::Wallet => of_kind(&evidence, EvidenceKind::PaymentReceipt, step)?,
        }
        Ok(vec![Event::PaymentReported { route, evidence }])
    }

    pub(super) fn confirm_funds(&self, receipt: Evidence) -> Result<Vec<Event>, Error> {
        let step = Step::FundsConfirmed;
        let mut seats = checks::REVIEWERS.to_vec();
        seats.push(Seat::Cashier);
        self.in_seat(&seats, step)?;
        if !matches!(self.state.payment, Payment::SlipUploaded(_)) {
            return Err(out_of_turn(step));
        }
        of_kind(&receipt, EvidenceKind::PaymentReceipt, step)?;
        Ok(vec![Event::FundsConfirmed { receipt }])
    }

    pub(super) fn send_deposit(
        &self,
        account: Account,
        salt: Octets,
        digest: Octets,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::DepositSent;
        self.in_seat(CASHIERS, step)?;
        self.may_send(&account)?;
        self.own_account(&account, "S2-20")?;
        if salt.len() != SALT || digest.len() != DIGEST {
            let what = "the code's salt, or its digest,";
            return Err(Ground::Missing { what }.by(step.basis()));
        }
        let values = self.context.rules.values();
        let challenge = Challenge {
            number: self.state.challenges.saturating_add(1),
            fen: values.deposit_fen.value,
            salt,
            digest,
            until: hours_after(self.context.now, values.deposit_code_hours.value),
            attempts: values.deposit_attempts.value,
        };
        Ok(vec![Event::DepositSent { account, challenge }])
    }

    /// A deposit goes out after a payment, and again where the last one came to nothing: it
    /// failed and another account was given, its time is over, or it was locked for a while.
    fn may_send(&self, account: &Account) -> Result<(), Error> {
        match &self.state.payment {
            Payment::Paid(_) => Ok(()),
            Payment::AccountReentered { failed_at, .. } => {
                if self.state.account.as_ref() != Some(account) {
                    return Err(Ground::AccountNumber.by(&["S2-22"]));
                }
                self.cooled(*failed_at)
            }
            Payment::Locked { at, .. } => self.cooled(*at),
            Payment::DepositSent(challenge) | Payment::DepositSettled { challenge, .. }
                if self.is_over(challenge.until) =>
            {
                Ok(())
            }
            _ => Err(out_of_turn(Step::DepositSent)),
        }
    }

    fn cooled(&self, since: DateTime) -> Result<(), Error> {
        let rule = &self.context.rules.values().deposit_cooling_hours;
        let from = hours_after(since, rule.value);
        if self.context.now >= from {
            return Ok(());
        }
        Err(Ground::Cooling { from }.under(&["S2-22"], &rule.basis))
    }

    pub(super) fn settle_deposit(&self) -> Result<Vec<Event>, Error> {
        let step = Step::DepositSettled;
        self.in_seat(CASHIERS, step)?;
        match self.state.payment {
            Payment::DepositSent(_) => Ok(vec![Event::DepositSettled]),
            _ => Err(out_of_turn(step)),
        }
    }

    pub(super) fn fail_deposit(&self, reason: String) -> Result<Vec<Event>, Error> {
        let step = Step::DepositFailed;
        self.in_seat(CASHIERS, step)?;
        words("a deposit that failed", &reason, step)?;
        match self.state.payment {
            Payment::DepositSent(_) | Payment::DepositSettled { .. } => {
                Ok(vec![Event::DepositFailed { reason }])
            }
            _ => Err(out_of_turn(step)),
        }
    }

    pub(super) fn reenter_account(&self, account: Account) -> Result<Vec<Event>, Error> {
        let step = Step::AccountReentered;
        self.by_customer(step)?;
        if !matches!(self.state.payment, Payment::DepositFailed { .. }) {
            return Err(out_of_turn(step));
        }
        self.own_account(&account, "S2-22")?;
        Ok(vec![Event::AccountReentered(account)])
    }

    pub(super) fn enter_code(&self, code: &str) -> Result<Vec<Event>, Error> {
        let step = Step::CodeVerified;
        self.by_customer(step)?;
        let Payment::DepositSettled { challenge, .. } = &self.state.payment else {
            return Err(out_of_turn(step));
        };
        if self.is_over(challenge.until) {
            let rule = &self.context.rules.values().deposit_code_hours;
            return Err(Ground::CodeExpired.under(step.basis(), &rule.basis));
        }
        let digits = &self.context.rules.values().deposit_code_digits;
        let is_code = code.len() == usize::from(digits.value)
            && code.bytes().all(|octet| octet.is_ascii_digit());
        if !is_code {
            // A slip that says nothing about the code is not counted.
            let what = "a code of as many digits as were sent";
            return Err(Ground::Missing { what }.under(step.basis(), &digits.basis));
        }
        let event = if is_right(challenge, code) {
            Event::CodeVerified
        } else {
            Event::CodeWrong
        };
        Ok(vec![event])
    }

    /// The account is of the unit that the case is of (S2-19, S2-20).
    fn own_account(&self, account: &Account, requirement: &'static str) -> Result<(), Error> {
        let texts = [&account.holder, &account.bank, &account.number];
        if !texts.into_iter().all(|text| is_line(text))
            || field::check(FieldFormat::BankAccount, &account.number).is_err()
        {
            let what = "holder, bank or number of the account";
            return Err(Ground::Missing { what }.by(&[requirement, "S2-10"]));
        }
        let Some(unit) = self.unit() else {
            let what = "the organisation's name";
            return Err(Ground::Missing { what }.by(&[requirement]));
        };
        if unit == account.holder {
            return Ok(());
        }
        let holder = account.holder.clone();
        Err(Ground::AccountHolder { holder }.by(&[requirement]))
    }

    /// The unit's name: as its papers have it where it is known, or else as the form has it
    /// and the certificate will.
    fn unit(&self) -> Option<&str> {
        if let Some(organisation) = self.context.organisation {
            return Some(&organisation.name);
        }
        let parts = &self.certificate.name;
        let field = parts
            .iter()
            .find(|part| part.attribute == "O")?
            .field
            .as_ref()?;
        let form = self.state.form.as_ref()?;
        form.value(field)
    }

    /// A transfer comes from the account that the form names, where it names one (S2-19).
    fn account_of_the_form(&self, account: &Account) -> Result<(), Error> {
        let form = self.state.form.as_ref();
        let is_account = |name: &str| {
            let field = self.certificate.fields.get(name);
            field.is_some_and(|field| field.format == FieldFormat::BankAccount)
        };
        let mut named = form
            .into_iter()
            .flat_map(Form::values)
            .filter(|(name, value)| is_account(name) && !value.is_empty());
        if named.all(|(_, value)| value == account.number) {
            return Ok(());
        }
        Err(Ground::AccountNumber.by(&["S2-19"]))
    }
}

/// The same digest comes from the salt and these digits; how much of it is the same, the time
/// does not tell.
fn is_right(challenge: &Challenge, code: &str) -> bool {
    let salted = [&challenge.salt[..], code.as_bytes()].concat();
    sm3::digest(&salted)[..].ct_eq(&challenge.digest[..]).into()
}

fn hours_after(at: DateTime, hours: u16) -> DateTime {
    let more = Duration::from_secs(u64::from(hours) * HOUR);
    let later = at.unix_duration().checked_add(more);
    later
        .and_then(|later| DateTime::from_unix_duration(later).ok())
        .unwrap_or(at)
}

fn out_of_turn(step: Step) -> Error {
    Ground::PaymentStep.by(step.basis())
}
