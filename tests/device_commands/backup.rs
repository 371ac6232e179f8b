//! Shares of a ceremony's backup come together.

use crate::{
    ceremony::{CONFIG, Room},
    done,
};
use gm_pki_tests::command::{Answer, Call, gmpki};

const PEOPLE: [&str; 3] = ["zhao", "qian", "sun"];

fn performed() -> Room {
    let room = Room::new(CONFIG);
    done(room.rehearse());
    done(room.perform("done\ndone\n"));
    room
}

fn restore(room: &Room, who: &[&str]) -> Call {
    let mut call = gmpki("ceremony restore")
        .option("--backup", room.bench.path("root.backup.pem"))
        .option("--new-password-file", room.bench.path("new.pass"));
    for name in who {
        call = call
            .option("--share", room.bench.path(&format!("{name}.share")))
            .option("--password-file", room.bench.path(&format!("{name}.pass")));
    }
    call
}

/// The public key of a key file.
fn public(room: &Room, key: &str, password: &str) -> Answer {
    gmpki("sm2 public")
        .option("--key", room.bench.path(key))
        .option("--password-file", room.bench.path(password))
        .answer()
        .good()
}

#[test]
fn every_choice_of_enough_custodians_restores_the_very_key() {
    let room = performed();
    let wanted = public(&room, "root.key.pem", "ca.pass");
    for (number, who) in [
        &["zhao", "qian"][..],
        &["zhao", "sun"],
        &["sun", "qian"],
        &["zhao", "qian", "sun"],
    ]
    .iter()
    .enumerate()
    {
        let key = format!("restored-{number}.pem");
        let out = room.bench.path(&key);
        restore(&room, who).option("--out", &out).answer().good();
        assert_eq!(public(&room, &key, "new.pass").text(), wanted.text());
        restore(&room, who)
            .option("--out", &out)
            .answer()
            .refused("never written over");
    }
}

#[test]
fn one_custodian_alone_restores_nothing() {
    let room = performed();
    for who in PEOPLE {
        let out = room.bench.path("out.pem");
        restore(&room, &[who])
            .option("--out", &out)
            .answer()
            .refused("2 shares open this backup, and 1 are given");
        restore(&room, &[who, who])
            .option("--out", &out)
            .answer()
            .refused("this share was given twice");
        assert!(!out.exists());
    }
}

#[test]
fn a_wrong_share_or_password_is_told_by_its_file() {
    let room = performed();
    let out = room.bench.path("out.pem");
    let call = gmpki("ceremony restore")
        .option("--backup", room.bench.path("root.backup.pem"))
        .option("--new-password-file", room.bench.path("new.pass"))
        .option("--share", room.bench.path("zhao.share"))
        .option("--share", room.bench.path("sun.share"))
        .option("--password-file", room.bench.path("zhao.pass"))
        .option("--password-file", room.bench.path("qian.pass"))
        .option("--out", &out);
    call.answer().refused("sun.share: the password is wrong");

    let share = room.read("sun.share");
    let (before, sealed) = share.split_once("sealed:    ").expect("digits");
    let digit = sealed.as_bytes()[0];
    let other = if digit == b'0' { "1" } else { "0" };
    let changed = format!("{before}sealed:    {other}{}", &sealed[1..]);
    room.bench.write("sun.share", changed);
    restore(&room, &["zhao", "sun"])
        .option("--out", &out)
        .answer()
        .refused("sun.share: line 8: a digit is wrong");
    assert!(!out.exists());
}

#[test]
fn shares_of_another_ceremony_do_not_mix() {
    let (room, other) = (performed(), performed());
    room.bench.write("sun.share", other.read("sun.share"));
    let out = room.bench.path("out.pem");
    restore(&room, &["zhao", "sun"])
        .option("--out", &out)
        .answer()
        .refused("sun.share: a share of another backup");
    let backup = other.bench.path("root.backup.pem");
    gmpki("ceremony restore")
        .option("--backup", backup)
        .option("--share", room.bench.path("zhao.share"))
        .option("--share", room.bench.path("qian.share"))
        .option("--new-password-file", room.bench.path("new.pass"))
        .option("--out", &out)
        .answer()
        .refused("a share of another backup");
    assert!(!out.exists());
}
