//! A key-management centre by commands: a desk has its encryption keys from it, and custodians
//! give one back.

use crate::desk::Desk;
use gm_pki_tests::command::{Call, contents, program};
use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command},
    thread,
    time::Duration,
};

/// A centre that answers until it is dropped.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(desk: &Desk) -> Self {
        Self::of(desk.call("kmc serve --dir kmc --listen 127.0.0.1:0 --json"))
    }

    fn of(call: Call) -> Self {
        let mut child = call.start();
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let object: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let address = object["listening"].as_str().expect("an address").to_owned();
        Self { child, address }
    }

    /// Ends it; what it complained of.
    fn complaints(&mut self) -> String {
        assert!(
            self.child.try_wait().expect("our child").is_none(),
            "it works"
        );
        self.child.kill().expect("our child");
        let mut text = String::new();
        let mut err = self.child.stderr.take().expect("it is piped");
        err.read_to_string(&mut text).expect("text");
        text
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PASSWORD: &str = "--archive-password-file archive.password";

/// A folder with a centre of three custodians, and keys of everybody.
fn with_a_centre() -> Desk {
    let desk = Desk::bare();
    for name in ["sun", "tang", "zhu", "new", "court"] {
        desk.key_pair(name);
    }
    desk.write("archive.password", "correct horse battery");
    desk.good(&format!(
        "kmc init --dir kmc --threshold 2 --custodian sun.wu=sun.pem \
         --custodian tang.seng=tang.pem --custodian zhu.ba=zhu.pem {PASSWORD}"
    ));
    desk
}

/// The public key in an envelope, opened.
fn opened(desk: &Desk, key: &str, envelope: &str) -> Vec<u8> {
    let out = format!("{envelope}.key");
    desk.good(&format!(
        "sm2 envelope open --key {key} --plain --out {out} {envelope}"
    ));
    let public = format!("{envelope}.pem");
    desk.good(&format!("sm2 public --key {out} --out {public}"));
    fs::read(desk.path(&public)).expect("a public key")
}

#[test]
fn a_desk_has_its_keys_from_a_centre_and_custodians_give_one_back() {
    let desk = with_a_centre();
    let serving = Serving::start(&desk);
    let centre = format!("--kmc {} --kmc-key kmc/key-centre.pem", serving.address);
    desk.set_up("egov-extranet", &centre);
    desk.add_organisation();
    desk.registered("a-1");
    desk.approved("a-1");
    // A centre that does not know the desk says nothing; the case waits.
    desk.refused(
        "case issue a-1 --actor wang.wu:approver",
        "the connection ended without an answer",
    );
    // Whatever lay there, the file for the centre is that of the key which signs.
    desk.write(
        "gmpki-desk/key-centre-client.pem",
        fs::read(desk.path("sun.pem")).expect("a key"),
    );
    desk.refused("ca tick", "the connection ended without an answer");
    desk.good("kmc admit --dir kmc --ca issuing-ca --key gmpki-desk/key-centre-client.pem");
    desk.good("ca tick");

    desk.good("case export a-1 --out a-1");
    let envelope = "a-1/encryption-key.enveloped.der";
    let archived = opened(&desk, "a-1.key", envelope);
    let certified = "certified.pem";
    desk.good(&format!(
        "sm2 envelope open --key a-1.key --plain --out again.key \
         --certificate a-1/encryption-certificate.pem {envelope}"
    ));
    desk.good(&format!("sm2 public --key again.key --out {certified}"));
    assert_eq!(fs::read(desk.path(certified)).expect("a key"), archived);

    let audit = desk.object("kmc audit --dir kmc");
    assert_eq!(audit["keys"], 1);
    let noted = audit["end"].as_str().expect("an end").to_owned();

    let by = "--ca issuing-ca --case a-1 --person guan.yin --dir kmc";
    desk.good(&format!(
        "kmc ask-user {by} --recipient new.pem --out request.json"
    ));
    desk.call(&format!(
        "kmc ask-court {by} --recipient court.pem --out order.json --court 深圳市中级人民法院"
    ))
    .option("--order", "(2026)粤03刑初17号")
    .answer()
    .good();
    for (request, custodian, key) in [
        ("request", "sun.wu", "sun"),
        ("request", "zhu.ba", "zhu"),
        ("order", "sun.wu", "sun"),
        ("order", "tang.seng", "tang"),
    ] {
        let said = desk.good(&format!(
            "kmc approve --request {request}.json --custodian {custodian} --key {key}.key \
             --out {request}-{key}.json"
        ));
        assert!(said.contains("asked by:  guan.yin"), "{said}");
        assert_eq!(said.contains("(2026)粤03刑初17号"), request == "order");
    }
    let user = "kmc recover-user --dir kmc --request request.json --out recovered.der";
    let court = "kmc recover-court --dir kmc --request order.json --out ordered.der";
    for (words, reason) in [
        (
            format!("{user} --approval request-sun.json"),
            "1 custodians approved, 2 must",
        ),
        (
            format!("{user} --approval request-sun.json --approval request-sun.json"),
            "sun.wu approved twice",
        ),
        (
            format!("{user} --approval request-sun.json --approval order-tang.json"),
            "the approval of tang.seng is of another request",
        ),
        (
            "kmc recover-court --dir kmc --request request.json --out no.der \
             --approval request-sun.json --approval request-zhu.json"
                .to_owned(),
            "the request is not for a court",
        ),
    ] {
        desk.refused(&format!("{words} {PASSWORD}"), reason);
    }
    let [sun, zhu] = ["sun", "zhu"].map(|name| format!("--approval request-{name}.json"));
    desk.good(&format!("{user} {sun} {zhu} {PASSWORD}"));
    let [sun, tang] = ["sun", "tang"].map(|name| format!("--approval order-{name}.json"));
    desk.good(&format!("{court} {sun} {tang} {PASSWORD}"));
    assert_eq!(opened(&desk, "new.key", "recovered.der"), archived);
    assert_eq!(opened(&desk, "court.key", "ordered.der"), archived);

    let audit = desk.good(&format!("kmc audit --dir kmc --noted {noted}"));
    for line in [
        "recovery-refused",
        "recovered-for-user",
        "深圳市中级人民法院, (2026)粤03刑初17号",
        "by sun.wu and tang.seng",
        "recoveries: 2",
    ] {
        assert!(audit.contains(line), "{line}: {audit}");
    }
    drop(serving);
}

#[test]
fn a_centre_refuses_what_it_can_t_be_and_says_what_it_is_used_for() {
    let desk = with_a_centre();
    desk.refused(
        &format!("kmc init --dir kmc --threshold 2 --custodian a=sun.pem {PASSWORD}"),
        "there already",
    );
    desk.refused(
        &format!("kmc init --dir other --threshold 1 --custodian a=sun.pem {PASSWORD}"),
        "one alone must not be enough",
    );
    desk.refused("kmc audit --dir nowhere", "'gmpki kmc init' makes one");
    desk.call("kmc serve --dir kmc --listen 0.0.0.0:7014")
        .answer()
        .misused("tunnel");
    let signs = format!("9:{}", "+0".repeat(32));
    for noted in ["3", "9:00", &signs, &format!("+9:{}", "00".repeat(32))] {
        desk.call("kmc audit --dir kmc")
            .option("--noted", noted)
            .answer()
            .misused("--noted");
    }
    let beyond = format!("9:{}", "00".repeat(32));
    desk.refused(
        &format!("kmc audit --dir kmc --noted {beyond}"),
        "it was cut or changed",
    );
    desk.write("words", "no request");
    desk.refused(
        "kmc approve --request words --custodian sun.wu --key sun.key --out no",
        "can't be read",
    );
    let by = "kmc ask-user --dir kmc --person guan.yin --recipient new.pem --out no";
    desk.refused(&format!("{by} --case a-1"), "no such key");
    desk.call(&format!("{by} --number xyz"))
        .answer()
        .misused("--number");
}

#[test]
fn an_init_that_broke_off_is_begun_again_and_a_lost_key_is_not_made_anew() {
    let desk = with_a_centre();
    // The public key can't be written: there is no centre then, which could not be asked.
    fs::create_dir_all(desk.path("other/key-centre.pem")).expect("a folder");
    let init = format!(
        "kmc init --dir other --threshold 2 --custodian sun.wu=sun.pem \
         --custodian tang.seng=tang.pem {PASSWORD}"
    );
    desk.refused(&init, "key-centre.pem");
    assert!(!desk.path("other/archive.sqlite").exists());
    fs::remove_dir(desk.path("other/key-centre.pem")).expect("a folder");
    desk.good(&init);
    assert!(desk.path("other/key-centre.pem").is_file());

    // Nothing is put in the place of what is lost.
    let serve = "kmc serve --dir kmc --listen 127.0.0.1:0";
    fs::rename(desk.path("kmc/token"), desk.path("kmc/lost")).expect("a token");
    desk.refused(serve, "key-centre");
    assert!(contents(&desk.path("kmc/token")).is_empty());
    fs::remove_dir(desk.path("kmc/token")).expect("an empty folder");
    fs::rename(desk.path("kmc/lost"), desk.path("kmc/token")).expect("a token");
    fs::rename(desk.path("kmc/operator.password"), desk.path("kept")).expect("a password");
    desk.refused(serve, "operator.password");
    assert!(!desk.path("kmc/operator.password").exists());
    fs::rename(desk.path("kept"), desk.path("kmc/operator.password")).expect("a password");
    drop(Serving::start(&desk));
}

/// Whether a centre hangs up on whoever says nonsense, which takes it a connection and a thread.
fn hangs_up(address: &str) -> bool {
    let mut line = TcpStream::connect(address).expect("somebody who listens");
    line.set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a time");
    line.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("octets");
    match line.read(&mut [0]) {
        Ok(length) => length == 0,
        // Octets were left unread.
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn a_centre_without_files_or_threads_waits_until_there_are_some() {
    let desk = with_a_centre();
    let served = |shell: &str| {
        let mut sh = Command::new("sh");
        sh.args(["-c", shell, "sh"]).arg(program());
        Serving::of(
            Call::new(sh)
                .words("kmc serve --dir kmc --listen 127.0.0.1:0 --json")
                .within(&desk.path("")),
        )
    };
    let mut serving = served("ulimit -n 24; exec \"$@\"");
    assert!(hangs_up(&serving.address));
    let many: Vec<_> = (0..40)
        .map(|_| TcpStream::connect(&serving.address).expect("a place in the queue"))
        .collect();
    thread::sleep(Duration::from_millis(500));
    drop(many);
    assert!(hangs_up(&serving.address));
    assert!(serving.complaints().contains("Too many open files"));

    // No machine has such a stack: no thread can be made.
    let mut serving = served("RUST_MIN_STACK=70368744177664 exec \"$@\"");
    for _ in 0..3 {
        assert!(hangs_up(&serving.address));
    }
    let complaints = serving.complaints();
    assert!(
        complaints.contains("no answer: the connection failed"),
        "{complaints}"
    );
    assert!(!complaints.contains("panicked"), "{complaints}");
}
