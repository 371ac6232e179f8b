use super::*;
use crate::case::payment::{Account, Payment};

fn wallet() -> Command {
    Command::ReportPayment {
        route: PaymentRoute::Wallet,
        account: None,
        evidence: evidence(EvidenceKind::PaymentReceipt),
    }
}

fn deposit(code: &str) -> Command {
    deposit_to(account(), code)
}

fn deposit_to(account: Account, code: &str) -> Command {
    let salt = vec![6; 16];
    let digest = gm_crypto::sm3::digest(&[&salt, code.as_bytes()].concat());
    Command::SendDeposit {
        account,
        salt: salt.into(),
        digest: digest.to_vec().into(),
    }
}

fn enter(code: &str) -> Command {
    Command::EnterCode { code: code.into() }
}

fn failed() -> Command {
    Command::FailDeposit {
        reason: "no such account".into(),
    }
}

fn other_account() -> Account {
    Account {
        number: "6222000033334444".into(),
        ..account()
    }
}

fn paid_by_wallet() -> Desk {
    let mut desk = desk();
    desk.drafted().act(SYSTEM, wallet());
    desk
}

fn settled() -> Desk {
    let mut desk = paid_by_wallet();
    desk.act(SYSTEM, deposit("123456"))
        .act(CASHIER, Command::SettleDeposit);
    desk
}

#[test]
fn a_transfer_comes_from_the_units_own_account_with_a_slip() {
    let mut desk = desk();
    desk.drafted();
    let from = |account| Command::ReportPayment {
        route: PaymentRoute::CorporateTransfer,
        account,
        evidence: evidence(EvidenceKind::RemittanceSlip),
    };
    let what = "the account that paid";
    desk.refuses(HOLDER, from(None), &Ground::Missing { what }, "S2-19");
    let foreign = Account {
        holder: "Another Ltd".into(),
        ..account()
    };
    let ground = Ground::AccountHolder {
        holder: "Another Ltd".into(),
    };
    desk.refuses(HOLDER, from(Some(foreign)), &ground, "S2-19");
    for broken in [
        Account {
            number: "12".into(),
            ..account()
        },
        Account {
            bank: String::new(),
            ..account()
        },
    ] {
        let (ground, _) = desk.refused(HOLDER, from(Some(broken)));
        assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
    }
    let receipt = Command::ReportPayment {
        route: PaymentRoute::CorporateTransfer,
        account: Some(account()),
        evidence: evidence(EvidenceKind::PaymentReceipt),
    };
    let (ground, _) = desk.refused(HOLDER, receipt);
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    let (ground, _) = desk.refused(SYSTEM, transfer());
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    // A better slip takes the first one's place, until the money is found.
    desk.act(HOLDER, transfer()).act(HOLDER, transfer());
    assert_eq!(
        desk.state().payment.route(),
        Some(PaymentRoute::CorporateTransfer)
    );
    let confirm = |kind| Command::ConfirmFunds {
        receipt: evidence(kind),
    };
    let (ground, _) = desk.refused(CASHIER, confirm(EvidenceKind::RemittanceSlip));
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    let (ground, _) = desk.refused(HOLDER, confirm(EvidenceKind::PaymentReceipt));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    for reviewer in [REGISTRAR, APPROVER] {
        let command = confirm(EvidenceKind::PaymentReceipt);
        assert!(desk.ask(reviewer, command).is_ok());
    }
    desk.act(CASHIER, confirm(EvidenceKind::PaymentReceipt));
    let again = confirm(EvidenceKind::PaymentReceipt);
    desk.refuses(CASHIER, again, &Ground::PaymentStep, "S2-19");
    desk.refuses(HOLDER, transfer(), &Ground::PaymentStep, "S2-18");
}

#[test]
fn a_transfer_comes_from_the_account_on_the_form_where_one_is() {
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(HOLDER, opening).act(
        HOLDER,
        fill(&[("unit", "Example Ltd"), ("account", "6222000033334444")]),
    );
    desk.refuses(HOLDER, transfer(), &Ground::AccountNumber, "S2-19");
    desk.act(
        HOLDER,
        fill(&[("unit", "Example Ltd"), ("account", "6222000011112222")]),
    )
    .act(HOLDER, transfer());
}

#[test]
fn the_unit_is_the_organisation_or_else_what_the_form_calls_it() {
    let mut desk = desk();
    desk.drafted();
    desk.organisation = None;
    assert!(desk.ask(HOLDER, transfer()).is_ok());
    let form = desk.state.as_mut().unwrap().form.as_mut().unwrap();
    form.set("unit", "Another Ltd");
    let (ground, _) = desk.refused(HOLDER, transfer());
    assert!(matches!(ground, Ground::AccountHolder { .. }), "{ground}");
    desk.state.as_mut().unwrap().form = None;
    let what = "the organisation's name";
    desk.refuses(HOLDER, transfer(), &Ground::Missing { what }, "S2-19");
}

#[test]
fn the_right_code_verifies_the_account() {
    let mut desk = settled();
    assert!(desk.ask(AGENT, enter("123456")).is_ok());
    desk.act(HOLDER, enter("123456"));
    assert_eq!(desk.state().payment, Payment::CodeVerified);
    desk.refuses(HOLDER, enter("123456"), &Ground::PaymentStep, "S2-20");
}

#[test]
fn a_challenge_is_a_deposit_with_a_salted_code() {
    let mut desk = desk();
    desk.drafted();
    desk.refuses(SYSTEM, deposit("123456"), &Ground::PaymentStep, "S2-20");
    desk.act(HOLDER, wallet());
    let (ground, _) = desk.refused(HOLDER, deposit("123456"));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    for (salt, digest) in [(15, 32), (16, 31)] {
        let command = Command::SendDeposit {
            account: account(),
            salt: vec![0; salt].into(),
            digest: vec![0; digest].into(),
        };
        let (ground, _) = desk.refused(SYSTEM, command);
        assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
    }
    let foreign = Account {
        holder: "Another Ltd".into(),
        ..account()
    };
    let (ground, _) = desk.refused(SYSTEM, deposit_to(foreign, "123456"));
    assert!(matches!(ground, Ground::AccountHolder { .. }), "{ground}");
    desk.act(SYSTEM, deposit("123456"));
    let Payment::DepositSent(challenge) = &desk.state().payment else {
        panic!("{:?}", desk.state().payment);
    };
    assert_eq!((challenge.number, challenge.fen), (1, 1));
    assert_eq!(challenge.attempts, 3);
    assert_eq!(challenge.until, at("2026-03-02T04:00:00Z"));
    // Not before it arrived.
    desk.refuses(HOLDER, enter("123456"), &Ground::PaymentStep, "S2-20");
    for command in [Command::SettleDeposit, failed()] {
        let (ground, _) = desk.refused(HOLDER, command);
        assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    }
    desk.act(CASHIER, Command::SettleDeposit);
    let settle = Command::SettleDeposit;
    desk.refuses(CASHIER, settle, &Ground::PaymentStep, "S2-20");
}

#[test]
fn codes_are_digits_and_wrong_ones_are_counted() {
    let mut desk = settled();
    for slip in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        let what = "a code of as many digits as were sent";
        desk.refuses(HOLDER, enter(slip), &Ground::Missing { what }, "S2-20");
    }
    let (ground, _) = desk.refused(REGISTRAR, enter("123456"));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.act(HOLDER, enter("000000"))
        .act(HOLDER, enter("123457"));
    let mut last = desk.clone();
    last.act(HOLDER, enter("123456"));
    desk.act(HOLDER, enter("123450"));
    assert_eq!(
        desk.state().payment,
        Payment::Locked {
            number: 1,
            at: desk.now
        }
    );
    desk.refuses(HOLDER, enter("123456"), &Ground::PaymentStep, "S2-20");
}

#[test]
fn a_code_is_good_for_its_hours() {
    let mut desk = settled();
    desk.now = at("2026-03-02T04:00:00Z");
    assert!(desk.ask(HOLDER, enter("123456")).is_ok());
    // While it is good no other goes out.
    desk.refuses(SYSTEM, deposit("654321"), &Ground::PaymentStep, "S2-20");
    desk.seconds_later(1);
    desk.refuses(HOLDER, enter("123456"), &Ground::CodeExpired, "S2-20");
    // Another one takes its place, and the old code counts no more.
    desk.act(SYSTEM, deposit("654321"));
    assert_eq!(desk.state().challenges, 2);
    desk.act(SYSTEM, Command::SettleDeposit)
        .act(HOLDER, enter("123456"));
    assert!(matches!(
        desk.state().payment,
        Payment::DepositSettled { wrong: 1, .. }
    ));
    desk.act(HOLDER, enter("654321"));
}

#[test]
fn after_a_deposit_that_failed_another_account_is_given_and_waited_for() {
    let mut desk = paid_by_wallet();
    desk.act(SYSTEM, deposit("123456"));
    let (ground, _) = desk.refused(
        SYSTEM,
        Command::FailDeposit {
            reason: String::new(),
        },
    );
    assert!(matches!(ground, Ground::Words { .. }), "{ground}");
    let reenter = || Command::ReenterAccount(other_account());
    desk.refuses(HOLDER, reenter(), &Ground::PaymentStep, "S2-22");
    desk.act(SYSTEM, failed());
    desk.refuses(SYSTEM, failed(), &Ground::PaymentStep, "S2-20");
    desk.refuses(SYSTEM, deposit("111111"), &Ground::PaymentStep, "S2-20");
    let (ground, _) = desk.refused(REGISTRAR, reenter());
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    let foreign = Account {
        holder: "Another Ltd".into(),
        ..account()
    };
    let (ground, _) = desk.refused(HOLDER, Command::ReenterAccount(foreign));
    assert!(matches!(ground, Ground::AccountHolder { .. }), "{ground}");
    desk.seconds_later(3600).act(HOLDER, reenter());
    let to_new = || deposit_to(other_account(), "111111");
    // Reckoned from the failure, not from the new account.
    let ground = Ground::Cooling {
        from: at("2026-03-02T06:00:00Z"),
    };
    desk.now = at("2026-03-02T05:59:59Z");
    desk.refuses(SYSTEM, to_new(), &ground, "S2-22");
    desk.seconds_later(1);
    desk.refuses(SYSTEM, deposit("111111"), &Ground::AccountNumber, "S2-22");
    desk.act(SYSTEM, to_new());
    assert_eq!(desk.state().account, Some(other_account()));
}

#[test]
fn a_deposit_can_come_back_after_it_arrived() {
    let mut desk = settled();
    desk.act(SYSTEM, failed());
    assert!(matches!(
        desk.state().payment,
        Payment::DepositFailed { number: 1, .. }
    ));
}

#[test]
fn a_locked_challenge_is_followed_by_another_after_a_while() {
    let mut desk = settled();
    for _ in 0..3 {
        desk.act(HOLDER, enter("000000"));
    }
    desk.seconds_later(4 * 3600 - 1);
    let (ground, _) = desk.refused(SYSTEM, deposit("111111"));
    assert!(matches!(ground, Ground::Cooling { .. }), "{ground}");
    desk.seconds_later(1).act(SYSTEM, deposit("111111"));
}

#[test]
fn a_wallets_payment_has_the_services_receipt() {
    let mut desk = desk();
    desk.drafted();
    let slip = Command::ReportPayment {
        route: PaymentRoute::Wallet,
        account: None,
        evidence: evidence(EvidenceKind::RemittanceSlip),
    };
    let (ground, _) = desk.refused(SYSTEM, slip);
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    desk.act(SYSTEM, wallet());
    let receipt = evidence(EvidenceKind::PaymentReceipt);
    let confirm = Command::ConfirmFunds { receipt };
    desk.refuses(CASHIER, confirm, &Ground::PaymentStep, "S2-19");
}

#[test]
fn events_that_do_not_follow_where_the_money_stands_change_nothing() {
    let mut desk = desk();
    desk.drafted();
    let state = desk.state().clone();
    for event in [
        Event::FundsConfirmed {
            receipt: evidence(EvidenceKind::PaymentReceipt),
        },
        Event::DepositSettled,
        Event::CodeVerified,
        Event::CodeWrong,
        Event::AccountReentered(other_account()),
    ] {
        let after = evolve(Some(state.clone()), &actor(SYSTEM), desk.now, &event);
        assert_eq!(after.as_ref(), Some(&state), "{event:?}");
    }
}

/// Where no organisation is known, the unit is whom the certificate names as O.
#[test]
fn a_unit_that_nobody_took_on_is_the_one_of_the_form() {
    let names = "    { attribute = \"CN\", field = \"unit\" },\n    { attribute = \"O\"";
    let fixed = "    { attribute = \"CN\", fixed = \"Seal\" },\n    { attribute = \"O\"";
    let mut desk = desk_under(drill(&[(names, fixed)]));
    desk.drafted();
    desk.organisation = None;
    let from = |account| Command::ReportPayment {
        route: PaymentRoute::CorporateTransfer,
        account: Some(account),
        evidence: evidence(EvidenceKind::RemittanceSlip),
    };
    let foreign = Account {
        holder: "Another Ltd".into(),
        ..account()
    };
    let ground = Ground::AccountHolder {
        holder: "Another Ltd".into(),
    };
    desk.refuses(HOLDER, from(foreign), &ground, "S2-19");
    desk.act(HOLDER, from(account()));
}
