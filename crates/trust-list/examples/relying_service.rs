//! A service that says whether documents are signed under recognised certificates.
//!
//! ```text
//! cargo run --example relying_service -- STATE SIGNER.pem [TSA.pem …]
//! ```
//!
//! It keeps the list that it follows in the file STATE, with SIGNER pinned for the first one,
//! and believes time stamps of authorities below the certificates TSA. Questions come as
//! lines on standard input; each gets one line of JSON on standard output:
//!
//! | line | what it does |
//! |---|---|
//! | `list FILE` | offers a signed list |
//! | `judge FILE` | judges a signed document |
//! | `judge FILE CONTENT` | judges a detached signature with its content beside it |
//! | `at TIME` | sets the clock, for a rehearsal |
//! | `quit` | ends |
//!
//! Another process may accept lists into the same STATE (`gmpki trust-list verify --state`):
//! before each answer the service takes up what is there, and goes on without a stop.

use der::DateTime;
use gm_crypto::pki::decode_pem;
use serde_json::{Value, json};
use std::{
    error::Error,
    fs,
    io::{self, BufRead, Write},
    time::{SystemTime, UNIX_EPOCH},
};
use trust_list::{
    client::{Client, ClientPolicy, FileStore},
    document::{Dialect, DocumentQuestion, DocumentReport, UnverifiedDocument},
    list::{SignerSet, UnverifiedList},
    path::{Anchor, ParsedCertificate},
};

type Failure = Box<dyn Error>;

struct Service {
    client: Client,
    anchors: Vec<Anchor>,
    /// None where the machine's clock counts.
    clock: Option<DateTime>,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let usage = "relying_service STATE SIGNER.pem [TSA.pem …]";
    let state = arguments.next().ok_or(usage)?;
    let signer = arguments.next().ok_or(usage)?;
    let pins = SignerSet::one(certificate(&signer)?.der());
    let anchors = arguments.map(|path| Ok(Anchor::from_certificate(certificate(&path)?)));
    let anchors = anchors.collect::<Result<_, Failure>>()?;
    let client = Client::open(ClientPolicy::pinned(pins), FileStore::new(state))?;
    let mut service = Service {
        client,
        anchors,
        clock: None,
    };
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match words.as_slice() {
            [] => continue,
            ["quit"] => break,
            words => service.answer(words).unwrap_or_else(|error| {
                // What went wrong with one question is no reason to stop.
                let code = error.downcast_ref().map(trust_list::Error::code);
                json!({ "error": error.to_string(), "code": code })
            }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

impl Service {
    fn answer(&mut self, words: &[&str]) -> Result<Value, Failure> {
        match words {
            ["list", path] => {
                let list = UnverifiedList::from_der(fs::read(path)?)?;
                let accepted = self.client.accept(&list, self.now()?)?;
                Ok(json!({ "sequence": accepted.sequence, "new": accepted.is_new }))
            }
            ["judge", path] => {
                let octets = fs::read(path)?;
                self.judge(&UnverifiedDocument::from_der(&octets, Dialect::Strict)?)
            }
            ["judge", path, content] => {
                let (octets, content) = (fs::read(path)?, fs::read(content)?);
                let document =
                    UnverifiedDocument::from_detached(&octets, content, Dialect::Strict)?;
                self.judge(&document)
            }
            ["at", time] => {
                self.clock = Some(time.parse()?);
                Ok(json!({ "at": time }))
            }
            _ => Err("no such question".into()),
        }
    }

    fn judge(&self, document: &UnverifiedDocument) -> Result<Value, Failure> {
        self.client.reload()?;
        let question = DocumentQuestion::new(self.now()?).time_stamp_anchors(&self.anchors);
        let report = self.client.judge(document, &question)?;
        Ok(shown(&report))
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "a program's rim is where its clock is"
    )]
    fn now(&self) -> Result<DateTime, Failure> {
        match self.clock {
            Some(time) => Ok(time),
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
                Ok(DateTime::from_unix_duration(since)?)
            }
        }
    }
}

/// What a caller decides by; the report has more.
fn shown(report: &DocumentReport) -> Value {
    let signers = report.signers.iter().map(|signer| {
        let subject = signer.message.as_ref().ok();
        let stamps = signer.time.stamps.iter();
        json!({
            "signer": subject.map(|certificate| certificate.subject().to_string()),
            "indication": signer.indication().as_str(),
            "codes": signer.codes(),
            "time": signer.time.code(),
            "stamps": stamps.map(|stamp| match stamp {
                Ok(stamp) => stamp.latest().to_string(),
                Err(fault) => fault.code().to_owned(),
            }).collect::<Vec<_>>(),
        })
    });
    json!({
        "indication": report.indication().as_str(),
        "codes": report.codes(),
        "signers": signers.collect::<Vec<_>>(),
        "list": report.sequence,
        "rules": report.rules,
    })
}

fn certificate(path: &str) -> Result<ParsedCertificate, Failure> {
    let octets = fs::read(path)?;
    let der = decode_pem(&octets, &["CERTIFICATE"])?;
    Ok(ParsedCertificate::from_der(der.to_vec())?)
}
