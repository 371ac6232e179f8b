//! The example of a service as somebody would use it: `curl` brings a request and takes both
//! certificates away, OCSP answers for them, and a stop in the middle of many requests loses
//! none that was accepted.

use gm_pki_tests::command::{Bench, example, folder, gmpki, skip};
use serde_json::Value;
use std::{
    io::{self, BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// Requests of one caller: more than it gets through before the stop.
const REQUESTS: usize = 5_000;

/// Where the service may be told to listen: any free port.
const ANYWHERE: &str = "127.0.0.1:0";

struct Service {
    process: Child,
    address: String,
}

impl Service {
    /// Starts it over a folder, and waits until it listens.
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(example("lifecycle", "service"))
            .arg(folder)
            .arg(ANYWHERE)
            .env("NO_COLOR", "1")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let lines = BufReader::new(process.stderr.take().expect("it is piped")).lines();
        let (send, listening) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening address=") {
                    let _ = send.send(address.trim().to_owned());
                }
            }
        });
        let address = listening.recv_timeout(Duration::from_secs(60));
        let address = address.expect("it says where it listens");
        Self { process, address }
    }

    fn curl(&self, route: &str) -> Curl {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--max-time", "60"]);
        command.args(["--write-out", "\n%{http_code}"]);
        command.arg(format!("http://{}{route}", self.address));
        Curl(command)
    }

    /// As a supervisor stops it: it ends by itself.
    fn stop(mut self) {
        let asked = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        assert!(asked.expect("there is a kill").success());
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            match self.process.try_wait().expect("it is our own child") {
                Some(status) => return assert!(status.success(), "{status}"),
                None => assert!(Instant::now() < until, "it does not stop"),
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Curl(Command);

impl Curl {
    fn person(mut self, name: &str) -> Self {
        self.0.arg("--header").arg(format!("X-Person: {name}"));
        self
    }

    fn key(mut self, key: &str) -> Self {
        self.0
            .arg("--header")
            .arg(format!("Idempotency-Key: {key}"));
        self
    }

    fn post(mut self) -> Self {
        self.0.args(["--request", "POST"]);
        self
    }

    fn file(mut self, path: &Path) -> Self {
        self.0
            .arg("--data-binary")
            .arg(format!("@{}", path.display()));
        self
    }

    fn save(mut self, path: &Path) -> Self {
        self.0.arg("--output").arg(path);
        self
    }

    /// The status and the body; none where nobody answered.
    fn ask(mut self) -> Option<(u16, String)> {
        let output = self.0.output().expect("curl runs");
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        let (body, status) = text.rsplit_once('\n').expect("the status is the last line");
        let status = status.parse().expect("a number");
        (status != 0).then(|| (status, body.to_owned()))
    }

    fn json(self, expected: u16) -> Value {
        let (status, body) = self.ask().expect("an answer");
        assert_eq!(status, expected, "{body}");
        serde_json::from_str(&body).expect("JSON")
    }
}

/// Whether `curl` is there; says so where it is not.
fn is_missing() -> bool {
    let found = Command::new("curl").arg("--version").output();
    let missing = found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    if missing {
        skip("no curl (package curl)");
    }
    missing
}

#[test]
fn curl_brings_a_request_and_takes_both_certificates_away() {
    if is_missing() {
        return;
    }
    let (office, desk) = (folder(), Bench::new());
    let request = desk.csr("request", &desk.key("zhang.san"));
    let service = Service::start(office.path());
    let apply = || {
        service
            .curl("/cases/c-1")
            .person("zhang.san")
            .file(&request)
    };
    assert_eq!(apply().key("a-1").json(201)["phase"], "submitted");
    // Sent again under its key, as after a lost answer: nothing is done twice.
    assert_eq!(apply().key("a-1").json(201)["phase"], "submitted");

    let registration = || service.curl("/cases/c-1/registration").post();
    let (status, _) = registration().ask().expect("an answer");
    assert_eq!(status, 401, "nobody is named");
    // Four eyes: who applied registers nothing of his own.
    let refused = registration().person("zhang.san").json(409);
    assert!(refused["error"].to_string().contains("S1-12"), "{refused}");
    registration().person("li.si").json(200);
    let refused = service
        .curl("/cases/c-1/approval")
        .post()
        .person("li.si")
        .json(409);
    assert!(refused["error"].to_string().contains("X-01"), "{refused}");
    let approval = || {
        service
            .curl("/cases/c-1/approval")
            .post()
            .person("wang.wu")
            .key("b-1")
    };
    let issued = approval().json(200);
    assert_eq!(issued["phase"], "issued");
    assert_eq!(approval().json(200), issued);
    assert_eq!(service.curl("/cases/c-1").json(200), issued);

    let mut certificates = Vec::new();
    for name in ["signing", "encryption"] {
        let pem = issued["certificates"][name]
            .as_str()
            .expect("a certificate");
        certificates.push(desk.write(&format!("{name}.pem"), pem));
    }
    let ca = office.path().join("published/authorities/issuing-ca.pem");
    let (question, answer) = (desk.path("question.der"), desk.path("answer.der"));
    gmpki("ocsp ask")
        .option("--issuer", &ca)
        .option("--out", &question)
        .arg(&certificates[0])
        .answer()
        .good();
    let asked = service.curl("/ocsp").file(&question).save(&answer).ask();
    assert_eq!(asked.expect("an answer").0, 200);
    // Issued, and not yet handed over: OCSP does not vouch for it before that.
    let verified = gmpki("ocsp verify")
        .option("--issuer", &ca)
        .option("--request", &question)
        .arg(&answer)
        .answer();
    assert!(verified.text().contains("unknown"), "{}", verified.text());

    assert_eq!(
        service
            .curl("/cases/c-1")
            .file(Path::new("/dev/null"))
            .person("li.si")
            .ask()
            .map(|(status, _)| status),
        Some(400)
    );
    assert_eq!(
        service.curl("/cases/c-2").json(404)["error"],
        "no such case"
    );
    assert!(service.curl("/health").json(200)["records"].as_u64() > Some(20));
    let (_, counters) = service.curl("/metrics").ask().expect("an answer");
    assert!(counters.contains("lifecycle_commands_total"), "{counters}");
    service.stop();
}

#[test]
fn a_stop_in_the_middle_loses_nothing_that_was_accepted() {
    if is_missing() {
        return;
    }
    let (office, desk) = (folder(), Bench::new());
    let request = desk.csr("request", &desk.key("zhang.san"));
    let service = Service::start(office.path());
    let address = service.address.clone();
    // Eight callers, one request after the other, until nobody answers any more.
    let callers: Vec<_> = (0..8)
        .map(|caller| {
            let (address, request) = (address.clone(), request.clone());
            thread::spawn(move || {
                let mut accepted = Vec::new();
                for nth in 0..REQUESTS {
                    let id = format!("c-{caller}-{nth}");
                    let mut command = Command::new("curl");
                    command.args(["--silent", "--max-time", "60"]);
                    command.args(["--write-out", "\n%{http_code}"]);
                    command.arg(format!("http://{address}/cases/{id}"));
                    match Curl(command).person("zhang.san").file(&request).ask() {
                        Some((201, _)) => accepted.push(id),
                        Some((503, _)) | None => break,
                        Some((status, body)) => panic!("{status}: {body}"),
                    }
                }
                accepted
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(1_500));
    service.stop();
    let accepted = callers
        .into_iter()
        .map(|caller| caller.join().expect("no panic"));
    let accepted: Vec<_> = accepted.collect();
    let is_cut_short = |accepted: &Vec<String>| accepted.len() < REQUESTS;
    assert!(
        accepted.iter().all(is_cut_short),
        "all were through before the stop"
    );
    let accepted: Vec<_> = accepted.into_iter().flatten().collect();
    assert!(accepted.len() > 8, "{accepted:?}");

    // The next process has all of them.
    let service = Service::start(office.path());
    for id in &accepted {
        let state = service.curl(&format!("/cases/{id}")).json(200);
        assert_eq!(state["phase"], "submitted", "{id}");
    }
    service.stop();
    println!(
        "{} cases were accepted before the stop, and are there",
        accepted.len()
    );
}
