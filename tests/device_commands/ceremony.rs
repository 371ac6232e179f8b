//! Key ceremonies: rehearsed, performed, refused.

use crate::{Desk, USER_PIN, done, openssl_verifies};
use gm_pki_tests::command::{Answer, Bench, contents, gmpki};
use std::{fs, path::PathBuf};

/// A ceremony with three custodians of whom two open the backup.
pub(crate) const CONFIG: &str = "\
name = '示例根 2026'
place = '北京'
[ca]
subject = 'CN=示例根,O=示例,C=CN'
profile = 'root-ca'
key = 'root.key.pem'
password_file = 'ca.pass'
[backup]
file = 'root.backup.pem'
threshold = 2
[[custodian]]
name = 'Zhao'
share = 'zhao.share'
password_file = 'zhao.pass'
[[custodian]]
name = 'Qian'
share = 'qian.share'
password_file = 'qian.pass'
[[custodian]]
name = 'Sun'
share = 'sun.share'
password_file = 'sun.pass'
[[participant]]
name = 'Li'
role = 'leads the ceremony'
[[participant]]
name = 'Zhou'
role = 'witness'
[[step]]
who = 'Li'
does = 'checks the seal of the room'
[[step]]
who = 'Zhou'
does = 'seals the shares in envelopes'
when = 'after'
[output]
certificate = 'root.pem'
protocol = 'protocol'
";

/// A folder with a ceremony's file and everybody's passwords.
pub(crate) struct Room {
    pub(crate) bench: Bench,
    pub(crate) config: PathBuf,
}

impl Room {
    pub(crate) fn new(config: &str) -> Self {
        let bench = Bench::new();
        for who in ["ca", "zhao", "qian", "sun", "new"] {
            bench.write(&format!("{who}.pass"), format!("password of {who}"));
        }
        let config = bench.write("root.toml", config);
        Self { bench, config }
    }

    pub(crate) fn rehearse(&self) -> Answer {
        gmpki("ceremony --dry-run").arg(&self.config).answer()
    }

    pub(crate) fn perform(&self, input: &str) -> Answer {
        gmpki("ceremony").arg(&self.config).input(input).answer()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.bench.path(name)).expect("it was written")
    }

    fn names(&self) -> Vec<String> {
        let names = contents(&self.bench.path(""));
        names
            .keys()
            .map(|name| name.display().to_string())
            .collect()
    }
}

#[test]
fn a_rehearsal_makes_its_protocol_and_nothing_else() {
    let room = Room::new(CONFIG);
    let before = room.names();
    let answer = done(room.rehearse());
    assert!(
        answer.text().contains("no key was made or used"),
        "{answer}"
    );
    let new: Vec<String> = room
        .names()
        .into_iter()
        .filter(|name| !before.contains(name))
        .collect();
    assert_eq!(new, ["protocol.rehearsal.html", "protocol.rehearsal.txt"]);
    let protocol = room.read("protocol.rehearsal.txt");
    assert!(
        protocol.contains("REHEARSAL. No key was made or used."),
        "{protocol}"
    );
    assert!(
        protocol.contains("checks the seal of the room"),
        "{protocol}"
    );
    // It may be done again.
    done(room.rehearse());
}

#[test]
fn a_ceremony_is_refused_without_a_rehearsal_of_the_very_same_file() {
    let room = Room::new(CONFIG);
    room.perform("done\ndone\n")
        .refused("run with --dry-run first");
    done(room.rehearse());
    room.bench
        .write("root.toml", CONFIG.replace("北京", "上海"));
    room.perform("done\ndone\n")
        .refused("one was changed since");
    room.bench.write("root.toml", CONFIG);
    let rehearsal = room.read("protocol.rehearsal.txt").replace("Zhou", "Wu");
    room.bench.write("protocol.rehearsal.txt", rehearsal);
    room.perform("done\ndone\n")
        .refused("no rehearsal of this very file");
    assert!(!room.bench.path("root.key.pem").exists());
}

#[test]
fn a_ceremony_makes_a_root_its_backup_and_a_signed_protocol() {
    let room = Room::new(CONFIG);
    done(room.rehearse());
    let answer = done(room.perform("done\ndone\n"));
    assert!(
        answer
            .err
            .contains("step 1: Li: checks the seal of the room [done]"),
        "{answer}"
    );
    let path = |name| room.bench.path(name);
    openssl_verifies(&path("root.pem"), &path("root.pem"));
    let protocol = room.read("protocol.txt");
    for word in [
        "Completed.",
        "SM3 of the certificate (DER)",
        "Choices tried: 3",
        "Zhou (witness)",
    ] {
        assert!(protocol.contains(word), "{word}: {protocol}");
    }
    gmpki("sm2 verify")
        .option("--key", path("root.pem"))
        .option("--signature", path("protocol.sig"))
        .arg(path("protocol.txt"))
        .answer()
        .good();
    // The digests in it are those of the files.
    let digest = gmpki("sm3").arg(path("zhao.share")).answer().good();
    let digest = &digest.text()[..64];
    let grouped: Vec<String> = digest
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    assert!(protocol.contains(&grouped[..8].join(" ")), "{protocol}");
    let html = room.read("protocol.html");
    assert!(
        !html.contains("<script") && !html.contains("http:") && !html.contains("https:"),
        "{html}"
    );
    // The key signs under its password, and a second ceremony writes over nothing.
    gmpki("crl new --number 1 --days 7")
        .option("--issuer", path("root.pem"))
        .option("--key", path("root.key.pem"))
        .option("--password-file", path("ca.pass"))
        .answer()
        .good();
    room.perform("done\ndone\n").refused("writes over nothing");
    done(
        gmpki("sm2 public")
            .option("--key", path("root.key.pem"))
            .option("--password-file", path("ca.pass"))
            .answer(),
    );
}

#[test]
fn a_step_that_nobody_confirms_breaks_the_ceremony_off() {
    let room = Room::new(CONFIG);
    done(room.rehearse());
    let answer = room.perform("no\n");
    assert_eq!(answer.code, Some(1), "{answer}");
    assert!(
        answer.err.contains("not confirmed with the word done"),
        "{answer}"
    );
    assert!(
        !room.bench.path("protocol.txt").exists(),
        "nothing was begun"
    );
    assert!(!room.bench.path("root.key.pem").exists());

    let answer = room.perform("done\n");
    assert_eq!(answer.code, Some(1), "{answer}");
    let protocol = room.read("protocol.txt");
    assert!(
        protocol.contains("BROKEN OFF: step 10 was not confirmed"),
        "{protocol}"
    );
    assert!(protocol.contains("made the CA's key"), "{protocol}");
    assert!(!room.bench.path("protocol.sig").exists());
}

#[test]
fn a_ceremony_is_refused_when_its_profile_was_changed_after_the_rehearsal() {
    let room = Room::new(&CONFIG.replace("'root-ca'", "'my.toml'"));
    let shipped = gmpki("profile show root-ca").answer().good();
    let profile = room.bench.write("my.toml", shipped.text());
    done(room.rehearse());
    let digest = gmpki("sm3").arg(&profile).answer().good();
    let protocol = room.read("protocol.rehearsal.txt");
    let (_, facts) = protocol
        .split_once("SM3 of the profile:\n")
        .expect("the profile's digest");
    let lines: Vec<&str> = facts.lines().take(2).collect();
    let shown: String = lines.concat().split_whitespace().collect();
    assert_eq!(shown, digest.text()[..64], "{protocol}");

    let changed = format!("{}\n# Another one.\n", shipped.text());
    room.bench.write("my.toml", changed);
    room.perform("done\ndone\n")
        .refused("one was changed since");
    assert!(!room.bench.path("root.key.pem").exists());
    room.bench.write("my.toml", shipped.text());
    done(room.perform("done\ndone\n"));
}

/// Refused after steps that were told.
fn not_rehearsed(room: &Room, reason: &str) {
    let answer = room.rehearse();
    assert_eq!(answer.code, Some(1), "{answer}");
    assert!(answer.err.contains(reason), "{reason}: {answer}");
}

#[test]
fn a_password_that_is_missing_is_found_in_the_rehearsal_and_ends_no_ceremony() {
    let room = Room::new(CONFIG);
    let passwords = room.bench.path("ca.pass");
    fs::remove_file(&passwords).expect("it was there");
    not_rehearsed(&room, "ca.pass");
    assert!(!room.bench.path("protocol.rehearsal.txt").exists());
    room.bench.write("ca.pass", "password of ca");
    done(room.rehearse());
    fs::remove_file(&passwords).expect("it was there");
    let answer = room.perform("done\ndone\n");
    assert_eq!(answer.code, Some(1), "{answer}");
    // There was no key yet: the same names do for the next try.
    assert!(!room.bench.path("protocol.txt").exists());
    room.bench.write("ca.pass", "password of ca");
    done(room.perform("done\ndone\n"));
}

#[test]
fn a_rehearsal_opens_a_key_that_exists_and_tells_its_public_half() {
    let room = Room::new(&CONFIG.replace("'root.key.pem'", "'root.key.pem'\nexisting = true"));
    not_rehearsed(&room, "root.key.pem");
    let key = room.bench.path("root.key.pem");
    gmpki("sm2 keygen")
        .option("--password-file", room.bench.path("ca.pass"))
        .option("--out", &key)
        .answer()
        .good();
    room.bench.write("ca.pass", "another one");
    not_rehearsed(&room, "root.key.pem");
    room.bench.write("ca.pass", "password of ca");
    done(room.rehearse());
    done(room.perform("done\ndone\n"));
    let digest = |name: &str| -> String {
        let text = room.read(name);
        let (_, facts) = text.split_once("SM3 of the public key:\n").expect("a key");
        facts.lines().take(2).collect()
    };
    assert_eq!(digest("protocol.rehearsal.txt"), digest("protocol.txt"));

    let command = "'exec:program=true?public-key=none.pem'\nexisting = true";
    let config = CONFIG.replace("'root.key.pem'", command);
    let people = config.find("[[participant]]").unwrap_or_default();
    let backup = config.find("[backup]").unwrap_or_default();
    let room = Room::new(&format!("{}{}", &config[..backup], &config[people..]));
    not_rehearsed(&room, "none.pem");
}

#[test]
fn two_custodians_have_two_passwords() {
    let room = Room::new(CONFIG);
    room.bench.write("sun.pass", "password of zhao\n");
    let answer = room.rehearse();
    assert_eq!(answer.code, Some(1), "{answer}");
    let reason = "sun.pass: another custodian has the same password";
    assert!(answer.err.contains(reason), "{answer}");
    assert!(!room.bench.path("protocol.rehearsal.txt").exists());
    room.bench.write("sun.pass", "password of sun");
    done(room.rehearse());
}

/// A ceremony without a backup whose key is made in a device.
fn device_config(name: &str) -> String {
    let config = CONFIG
        .replace("key = 'root.key.pem'", &format!("key = '{name}'"))
        .replace("password_file = 'ca.pass'\n", "");
    let backup = config.find("[backup]").unwrap_or_default();
    let people = config.find("[[participant]]").unwrap_or_default();
    format!("{}{}", &config[..backup], &config[people..])
}

#[test]
fn a_device_that_fails_at_the_last_act_leaves_a_protocol_that_says_so() {
    let desk = Desk::new();
    let name = desk.name("pkcs11", Some("root"));
    desk.bench.write("root.toml", device_config(&name));
    done(desk.call("ceremony root.toml --dry-run").answer());
    // The first signature is the certificate's.
    let answer = desk
        .call("ceremony root.toml")
        .env("SOFTDEVICE_FAULTS", "sign=removed@2")
        .input("done\ndone\n")
        .answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    assert!(desk.path("root.pem").exists(), "{answer}");
    let protocol = fs::read_to_string(desk.path("protocol.txt")).expect("a protocol");
    assert!(protocol.contains("BROKEN OFF: "), "{protocol}");
    assert!(!protocol.contains("Completed."), "{protocol}");
    assert!(protocol.contains("made the CA's key"), "{protocol}");
    assert!(desk.path("protocol.html").exists());
    assert!(!desk.path("protocol.sig").exists());
}

#[test]
fn a_wrong_pin_ends_no_ceremony() {
    let desk = Desk::new();
    for interface in ["pkcs11", "skf"] {
        let name = desk.name(interface, Some(&format!("root-{interface}")));
        let config = device_config(&name).replace("root.pem", &format!("{interface}.pem"));
        let config = config.replace("'protocol'", &format!("'{interface}'"));
        desk.bench.write("root.toml", config);
        done(desk.call("ceremony root.toml --dry-run").answer());
        let perform = || {
            let call = desk.call("ceremony root.toml");
            call.input("done\ndone\n").answer()
        };
        desk.bench.write("user.pin", "000000");
        let answer = perform();
        assert_eq!(answer.code, Some(1), "{answer}");
        assert!(answer.err.contains("the PIN is wrong"), "{answer}");
        assert!(!desk.path(&format!("{interface}.txt")).exists(), "{answer}");
        desk.bench.write("user.pin", USER_PIN);
        done(perform());
    }
}

#[test]
fn what_cannot_be_is_found_in_the_rehearsal() {
    for (one, other, reason) in [
        (
            "threshold = 2",
            "threshold = 4",
            "line 10, `backup.threshold`",
        ),
        ("place", "plaice", "line 2, "),
        ("'root-ca'", "'issuing-ca'", "does not make roots"),
        ("'root-ca'", "'none'", "neither a file nor one of"),
        ("zhao.pass", "none.pass", "none.pass"),
        (
            "'protocol'",
            "'none/protocol'",
            "the folder for a result is not there",
        ),
        ("'root.pem'", "'root.toml'", "writes over nothing"),
        ("'CN=示例根,O=示例,C=CN'", "'O=示例,C=CN'", "commonName"),
    ] {
        assert!(CONFIG.contains(one), "{one}");
        let room = Room::new(&CONFIG.replacen(one, other, 1));
        let answer = room.rehearse();
        assert!(matches!(answer.code, Some(1 | 2)), "{answer}");
        assert!(answer.err.contains(reason), "{reason}: {answer}");
        assert!(
            !room.bench.path("protocol.rehearsal.txt").exists(),
            "{other}"
        );
    }
    let answer = gmpki("ceremony").answer();
    assert_eq!(answer.code, Some(2), "{answer}");
}

#[test]
fn a_ceremony_makes_its_key_in_a_device() {
    let desk = Desk::new();
    for interface in ["pkcs11", "skf"] {
        let name = desk.name(interface, Some(&format!("root-{interface}")));
        let plain = device_config(&name)
            .replace("root.pem", &format!("{interface}.pem"))
            .replace("'protocol'", &format!("'{interface}'"));
        desk.bench.write("device.toml", &plain);
        let run = |words: &str| desk.call(words).input("done\ndone\n").answer();
        done(run("ceremony device.toml --dry-run"));
        let list = desk.call("device list").answer().good();
        assert!(
            !list.text().contains(&format!("root-{interface}")),
            "{list}"
        );
        done(run("ceremony device.toml"));
        let root = desk.path(&format!("{interface}.pem"));
        openssl_verifies(&root, &root);
        let protocol = fs::read_to_string(desk.path(&format!("{interface}.txt"))).expect("text");
        assert!(protocol.contains("software, not an HSM"), "{protocol}");
        // The label is taken now, and the rehearsal says so.
        let again = plain.replace(&format!("'{interface}.pem'"), "'again.pem'");
        let again = again.replace(&format!("'{interface}'"), "'again'");
        desk.bench.write("again.toml", again);
        let refused = |words: &str, reason: &str| {
            let answer = run(words);
            assert_eq!(answer.code, Some(1), "{answer}");
            assert!(answer.err.contains(reason), "{answer}");
        };
        refused("ceremony again.toml --dry-run", "this key is there already");
        // A device lets no key out, and the reason has the way round it.
        let other = CONFIG.replace("'root.key.pem'", &format!("'{name}'"));
        desk.bench.write("backup.toml", other);
        let reason = "make the key in a file and import it";
        refused("ceremony backup.toml --dry-run", reason);
    }
}
