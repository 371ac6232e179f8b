//! What tokens promise, tried on both libraries.

use crate::{softdevice, softhsm};
use hsm::{
    Token,
    conformance::{Fixture, Outcome, Report, examine},
    pkcs11::{Pkcs11Options, VendorProfile},
};

fn examined(token: &dyn Token) -> Report {
    let report = examine(token, Fixture::with_prefix("conformance").unwrap());
    println!("{report}");
    assert_eq!(report.failures().count(), 0, "{report}");
    report
}

/// The promises that a token does not make.
fn not_offered(report: &Report) -> Vec<String> {
    let not_offered = |outcome: &Outcome| matches!(outcome, Outcome::NotOffered { .. });
    let checks = report.checks().iter();
    checks
        .filter(|check| not_offered(&check.outcome))
        .map(|check| format!("{} {}", check.name, check.subject))
        .collect()
}

#[test]
fn softhsm2_keeps_every_promise_but_those_of_sm2() {
    let test = "conformance::softhsm2_keeps_every_promise_but_those_of_sm2";
    softhsm::with_tokens_of(test, "ALL", |library| {
        let report = examined(&softhsm::token(library));
        let missing = [
            "a key is made and found again SM2",
            "a key goes out wrapped for its owner ",
            "a key comes in wrapped for the signing key ",
        ];
        assert_eq!(not_offered(&report), missing);
    });
}

#[test]
fn the_software_device_keeps_every_promise_but_rsa() {
    let test = "conformance::the_software_device_keeps_every_promise_but_rsa";
    softdevice::with_device_of(test, "", || {
        let options = Pkcs11Options::default().with_wrappable(true);
        let report = examined(&softdevice::open(options).unwrap());
        let missing = ["a key is made and found again RSA-2048"];
        assert_eq!(not_offered(&report), missing);
    });
}

/// Under another vendor's numbers: no promise is broken.
fn keeps_promises(vendor: &str) {
    let options = Pkcs11Options::default().with_profile(VendorProfile::named(vendor).unwrap());
    examined(&softdevice::open(options).unwrap());
}

#[test]
fn the_numbers_of_sansec_break_no_promise() {
    let test = "conformance::the_numbers_of_sansec_break_no_promise";
    softdevice::with_device_of(test, "sansec", || keeps_promises("sansec"));
}

#[test]
fn the_numbers_of_luna_break_no_promise() {
    let test = "conformance::the_numbers_of_luna_break_no_promise";
    softdevice::with_device_of(test, "luna", || keeps_promises("luna"));
}

#[test]
fn the_numbers_of_ep11_break_no_promise() {
    let test = "conformance::the_numbers_of_ep11_break_no_promise";
    softdevice::with_device_of(test, "ep11", || keeps_promises("ep11"));
}

#[test]
fn the_numbers_of_westone_break_no_promise() {
    let test = "conformance::the_numbers_of_westone_break_no_promise";
    softdevice::with_device_of(test, "westone", || keeps_promises("westone"));
}
