//! The software device's own business.

use crate::{Desk, done, libraries};
use gm_pki_tests::command::{Bench, gmpki};

#[test]
fn a_device_says_what_it_is_and_what_it_holds() {
    let desk = Desk::new();
    desk.keygen("root-ca", "signing");
    let info = desk.call("device info").answer().good();
    assert!(
        info.text().contains("software, no certified module"),
        "{info}"
    );
    let json = desk.call("device info --json").answer().good().json();
    assert_eq!(json["software"], true);
    assert_eq!(json["applications"][0]["name"], "ca");
    assert_eq!(json["applications"][0]["user"]["remaining"], 10);
    let list = desk.call("device list").answer().good();
    assert_eq!(list.text(), "ca/root-ca (number 1): signing SM2\n");
}

#[test]
fn a_wrong_pin_costs_one_try_and_the_last_one_locks() {
    let desk = Desk::new();
    desk.bench.write("wrong.pin", "000000");
    let left = || {
        let json = desk.call("device info --json").answer().good().json();
        json["applications"][0]["user"]["remaining"].clone()
    };
    let wrong = || {
        desk.call("device keygen --container a --password-file wrong.pin")
            .answer()
    };
    wrong().refused("9");
    assert_eq!(left(), 9);
    for _ in 0..9 {
        wrong();
    }
    assert_eq!(left(), 0);
    desk.call("device keygen --container a --password-file user.pin")
        .answer()
        .refused("locked");
    // Only the administrator helps.
    desk.bench.write("new.pin", "161803");
    desk.call("device pin unblock --admin-password-file admin.pin --new-password-file new.pin")
        .answer()
        .good();
    let json = desk.call("device info --json").answer().good().json();
    assert_eq!(json["applications"][0]["user"]["initial"], true);
    desk.call("device pin change --password-file new.pin --new-password-file user.pin")
        .answer()
        .good();
    desk.keygen("a", "signing");
    assert_eq!(left(), 10);
}

#[test]
fn a_container_has_a_number_and_goes_by_the_users_pin() {
    let desk = Desk::new();
    assert_eq!(desk.keygen("one", "signing"), 1);
    assert_eq!(desk.keygen("two", "signing"), 2);
    let number = |words: &str| desk.call(words).answer();
    number("device number --container two --number 7").good();
    number("device number --container one --number 7").refused("7");
    number("device number --container three --number 3").refused("three");
    desk.bench.write("wrong.pin", "000000");
    number("device delete --container two --password-file wrong.pin").refused("PIN");
    number("device delete --container two --password-file user.pin").good();
    let list = number("device list").good();
    assert_eq!(list.text(), "ca/one (number 1): signing SM2\n");
    number("device delete --password-file admin.pin").misused("give --application");
    number("device delete --application ca --password-file user.pin").refused("PIN");
    number("device delete --application ca --password-file admin.pin").good();
    number("device list").good();
    number("device keygen --container a --password-file user.pin").refused("no application");
}

#[test]
fn a_key_is_never_made_over_one() {
    let desk = Desk::new();
    desk.keygen("a", "signing");
    desk.call("device keygen --container a --password-file user.pin")
        .answer()
        .refused("signing");
    desk.keygen("a", "encryption");
    let list = desk.call("device list").answer().good();
    assert!(
        list.text().contains("signing SM2, encryption SM2"),
        "{list}"
    );
}

#[test]
fn one_of_several_applications_has_to_be_named() {
    let desk = Desk::new();
    done(
        desk.call("device init --application ra --admin-password-file admin.pin")
            .option("--user-password-file", "user.pin")
            .answer(),
    );
    desk.call("device keygen --container a --password-file user.pin")
        .answer()
        .misused("--application: ca, ra");
    desk.call("device keygen --application ra --container a --password-file user.pin")
        .answer()
        .good();
    desk.call("device init --application ra --admin-password-file admin.pin")
        .option("--user-password-file", "user.pin")
        .answer()
        .refused("ra");
    desk.call("device init --application x --label y --admin-password-file admin.pin")
        .option("--user-password-file", "user.pin")
        .answer()
        .refused("--label goes with a new device");
}

#[test]
fn where_no_device_is_init_is_pointed_to() {
    let bench = Bench::new();
    let answer = gmpki("device info")
        .option("--store", bench.path("none"))
        .answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    assert!(
        answer.err.contains("'gmpki device init' makes a device"),
        "{answer}"
    );
}

#[test]
fn the_libraries_are_found_and_their_use_is_shown() {
    let found = gmpki("device where")
        .option("--folder", libraries())
        .answer();
    let found = done(found);
    for word in [
        "PKCS#11",
        "GM/T 0018",
        "GM/T 0016",
        "pkcs11-tool --module /",
    ] {
        assert!(found.text().contains(word), "{found}");
    }
    let bench = Bench::new();
    let missing = gmpki("device where --json")
        .option("--folder", bench.path(""))
        .answer();
    assert_eq!(missing.code, Some(1), "{missing}");
    assert_eq!(missing.json()["ok"], false);
}
