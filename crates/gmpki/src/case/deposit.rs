//! `gmpki case send-deposit`: a random code that leaves the desk with the money alone.

use super::{command, done, state_of};
use crate::{args::SendDeposit, desk::Desk, failure::Failure, outcome::Outcome, output};
use lifecycle::{Command, case};
use zeroize::Zeroizing;

pub(super) fn send(send: &SendDeposit) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&send.on.act.work)?;
    let state = state_of(&desk, &send.on.case)?;
    let digits = desk
        .rules
        .get(&state.opening.rules)
        .map(|rules| rules.values().deposit_code_digits.value)
        .ok_or_else(|| {
            let rules = &state.opening.rules;
            Failure::Refused(format!("the desk has no rules {rules}").into())
        })?;
    let code = code(digits)?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    // The code is there before its digest counts: a crash in between costs a challenge, not
    // the customer's money.
    output::write_secret(&send.code_out, code.as_bytes())?;
    let deposit = case::Command::SendDeposit {
        account: command::account(&send.account),
        salt: salt.to_vec().into(),
        digest: command::challenge(&salt, &code).to_vec().into(),
    };
    let sent = desk.act(
        &send.on.act.actor,
        Command::Case(send.on.case.clone(), deposit),
    );
    let entries = sent.inspect_err(|_| {
        // Nobody sends what was refused.
        let _ = std::fs::remove_file(&send.code_out);
    })?;
    done(&desk, &send.on.case, &entries)
}

/// So many random digits, each as likely as any other.
fn code(digits: u8) -> Result<Zeroizing<String>, Failure> {
    let mut code = Zeroizing::new(String::with_capacity(digits.into()));
    while code.len() < digits.into() {
        let mut octet = Zeroizing::new([0]);
        getrandom::fill(octet.as_mut_slice())?;
        // 250 is the largest multiple of 10 that an octet holds.
        if octet[0] < 250 {
            code.push(char::from(b'0' + octet[0] % 10));
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_length_in_digits_and_is_not_the_same_twice() {
        let code = |digits| code(digits).expect("the system has randomness");
        assert_eq!(code(6).len(), 6);
        assert!(code(200).bytes().all(|octet| octet.is_ascii_digit()));
        assert_ne!(*code(30), *code(30));
    }
}
