//! The example of a relying service: it answers, and takes up what another process accepted.

use crate::documents::Office;
use gm_pki_tests::command::{example, gmpki};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Lines, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

struct Service {
    process: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Service {
    fn start(office: &Office) -> Self {
        let mut process = Command::new(example("trust-list", "relying_service"))
            .arg(office.path("service.state"))
            .arg(office.path("list-signer.pem"))
            .arg(office.path("tsa-root.pem"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        Self {
            questions: process.stdin.take().expect("it is piped"),
            answers: BufReader::new(process.stdout.take().expect("it is piped")).lines(),
            process,
        }
    }

    fn ask(&mut self, word: &str, path: &Path) -> Value {
        writeln!(self.questions, "{word} {}", path.display()).expect("it listens");
        let line = self.answers.next().expect("an answer").expect("a text");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn it_answers_by_the_newest_list_without_a_stop() {
    let office = Office::new();
    office.contract("plain.p7m", None);
    office.contract("stamped.p7m", Some("2026-02-20T00:00:00Z"));
    office.detached("contract.p7s");
    std::fs::write(office.path("contract.txt"), crate::documents::CONTRACT).expect("a folder");
    let mut service = Service::start(&office);
    let plain = office.path("plain.p7m");
    service.ask("at", Path::new("2026-02-21T00:00:00Z"));
    assert_eq!(service.ask("judge", &plain)["code"], "NO_LIST");
    let accepted = service.ask("list", &office.list(1));
    assert_eq!(
        (&accepted["sequence"], &accepted["new"]),
        (&1.into(), &true.into())
    );
    let answer = service.ask("judge", &plain);
    assert_eq!(
        (&answer["indication"], &answer["list"]),
        (&"valid".into(), &1.into())
    );
    let signature = office.path("contract.p7s");
    let detached = format!("judge {}", signature.display());
    let answer = service.ask(&detached, &office.path("contract.txt"));
    assert_eq!(answer["indication"], "valid");
    let answer = service.ask(&detached, &plain);
    assert_eq!(answer["codes"], serde_json::json!(["SIGNATURE"]));

    // Another process accepts the next list into the same state.
    office.suspend();
    gmpki("trust-list verify --at 2026-02-26T00:00:00Z")
        .option("--state", office.path("service.state"))
        .arg(office.list(2))
        .answer()
        .good();
    service.ask("at", Path::new("2026-03-10T00:00:00Z"));
    let answer = service.ask("judge", &plain);
    assert_eq!(answer["list"], 2);
    assert_eq!(answer["indication"], "indeterminate");
    let answer = service.ask("judge", &office.path("stamped.p7m"));
    assert_eq!(answer["indication"], "valid");
    assert_eq!(answer["signers"][0]["time"], "PROVED");

    // What is wrong with one question stops nothing.
    assert_eq!(service.ask("list", &office.list(1))["code"], "ROLLBACK");
    assert_eq!(
        service.ask("judge", &office.path("contract.txt"))["code"],
        "FORMAT"
    );
    assert!(service.ask("judge", Path::new("/nowhere"))["error"].is_string());
    assert_eq!(service.ask("sing", &plain)["error"], "no such question");
    writeln!(service.questions, "quit").expect("it listens");
    let ended = service.process.wait().expect("it is our child");
    assert!(ended.success());
}
