//! The demonstration, killed with SIGKILL at random moments: what is in the store
//! holds, and the next run finishes it.
//!
//! `GM_PKI_KILLS` says how often (20 unless set), `GM_PKI_SEED` which moments.

use gm_crypto::pki::{Signed, decode_pem};
use gm_pki_tests::command::{contents, folder, gmpki};
use lifecycle::{
    AuthorityId, CaseId, Event, Intent, Serial, SqliteStore, Store, StreamId, authority, case,
    certificate, certificate::Status,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::Child,
    thread,
    time::{Duration, Instant},
};
use trust_list::path::ParsedCrl;

/// Certificates of a finished demonstration: four of the operator, two pairs.
const CERTIFICATES: usize = 8;
/// And the CRLs, of which there are three.
const INTENTS: u64 = CERTIFICATES as u64 + 3;

#[test]
fn what_is_durable_survives_a_kill_at_any_moment() {
    let kills = number("GM_PKI_KILLS").unwrap_or(20);
    let seed = number("GM_PKI_SEED").unwrap_or_else(|| getrandom::u64().expect("random octets"));
    println!("crash: GM_PKI_SEED={seed}");
    let mut random = SplitMix(seed);
    let whole = whole_run();
    let mut tally = Tally::default();

    while tally.kills < kills {
        // Up to four kills in one folder: recovery is killed too.
        let folder = folder();
        let mut last = None;
        for _ in 0..=random.below(4).min(kills - tally.kills - 1) {
            let moment = Moment::draw(&mut random, &whole);
            kill(folder.path(), &moment);
            tally.kills += 1;
            let ledger = Ledger::examine(folder.path(), &format!("killed {moment:?}"));
            match &ledger {
                None => tally.before_the_store += 1,
                Some(ledger) if ledger.issued.len() < CERTIFICATES => tally.issuing += 1,
                Some(_) => tally.later += 1,
            }
            last = grown(last, ledger);
        }
        demo(folder.path()).answer().good();
        let ledger = Ledger::examine(folder.path(), "finished").expect("there is a store");
        grown(last, Some(ledger.clone()));
        ledger.assert_finished(folder.path());
        tally.burnt += ledger.burnt.len();
        tally.finished += 1;
    }
    println!(
        "crash: {} kills, seed {seed}, {} before the store existed, {} during issuance, \
         {} later; {} folders finished afterwards, {} burnt serials in all",
        tally.kills,
        tally.before_the_store,
        tally.issuing,
        tally.later,
        tally.finished,
        tally.burnt
    );
    assert!(kills < 20 || tally.issuing > 0, "no kill met an issuance");
}

/// Lengths of a run that nobody kills.
struct Whole {
    time: Duration,
    lines: u64,
}

/// OpenSSL is not asked here: it writes nothing that must last.
fn demo(folder: &Path) -> gm_pki_tests::command::Call {
    gmpki("demo").option("--dir", folder).alone()
}

fn whole_run() -> Whole {
    let folder = folder();
    let answer = demo(folder.path()).answer().good();
    let lines = answer.text().lines().count() as u64;
    Whole {
        time: answer.took,
        lines,
    }
}

/// When to kill.
#[derive(Debug)]
enum Moment {
    /// So long after the start.
    Time(Duration),
    /// So long after so many lines of output: each stands for something that has
    /// become durable just before, and signing comes just after.
    Line(u64, Duration),
    /// So long after so many intents became durable: what is signed then.
    Intent(u64, Duration),
    /// So long after the store's file appeared.
    Store(Duration),
}

impl Moment {
    fn draw(random: &mut SplitMix, whole: &Whole) -> Self {
        let micros = |limit: Duration| u64::try_from(limit.as_micros()).expect("no long time");
        let whole_time = micros(whole.time);
        let moment = random.below(8);
        match moment {
            0..4 => Self::Time(Duration::from_micros(random.below(whole_time))),
            4 => Self::Line(
                random.below(whole.lines),
                Duration::from_micros(random.below(whole_time / 200)),
            ),
            5..7 => Self::Intent(
                1 + random.below(INTENTS),
                Duration::from_micros(random.below(whole_time / 200)),
            ),
            _ => Self::Store(Duration::from_micros(random.below(whole_time / 100))),
        }
    }
}

fn kill(folder: &Path, moment: &Moment) {
    let mut child = demo(folder).start();
    match moment {
        Moment::Time(time) => {
            let lines = read_on(&mut child);
            thread::sleep(*time);
            stop(child);
            lines.join().expect("it only reads");
        }
        Moment::Line(count, time) => stop_at(child, *count, "", *time),
        Moment::Intent(count, time) => stop_at(child, *count, "-intended", *time),
        Moment::Store(time) => {
            let lines = read_on(&mut child);
            let store = folder.join("store.sqlite");
            let started = Instant::now();
            while !store.exists() && started.elapsed() < Duration::from_secs(60) {
                thread::yield_now();
            }
            thread::sleep(*time);
            stop(child);
            lines.join().expect("it only reads");
        }
    }
}

/// Waits for `count` lines with `word` in them, or for the end: a run that found
/// work done has fewer.
fn stop_at(mut child: Child, count: u64, word: &str, time: Duration) {
    let stdout = child.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(stdout).lines();
    let mut seen = 0;
    while seen < count {
        let Some(Ok(line)) = lines.next() else { break };
        seen += u64::from(line.contains(word));
    }
    thread::sleep(time);
    stop(child);
}

/// Reads what it says, so that it never waits for us.
fn read_on(child: &mut Child) -> thread::JoinHandle<()> {
    let stdout = child.stdout.take().expect("it is piped");
    thread::spawn(move || for _ in BufReader::new(stdout).lines() {})
}

/// SIGKILL, as by the kernel; not a power cut: nothing of it runs on.
fn stop(mut child: Child) {
    child.kill().expect("it is our child");
    child.wait().expect("it is our child");
}

/// What the log says, read without the crate's own audit.
#[derive(Clone, Debug, Default)]
struct Ledger {
    records: Vec<Vec<u8>>,
    /// What was to be signed, by serial number.
    intended: BTreeMap<String, Intent>,
    /// Certificates by serial number.
    issued: BTreeMap<String, Vec<u8>>,
    burnt: BTreeSet<(AuthorityId, Serial)>,
    /// Serial numbers intended for each case.
    cases: BTreeMap<CaseId, Vec<(AuthorityId, Serial)>>,
    /// The index of every certificate of a case.
    status: BTreeMap<String, Status>,
}

impl Ledger {
    /// Asks `gmpki audit verify`, then reads the log. `None` when there is no store.
    fn examine(folder: &Path, when: &str) -> Option<Self> {
        let path = folder.join("store.sqlite");
        if !path.exists() {
            return None;
        }
        let answer = gmpki("--json audit verify")
            .option("--store", &path)
            .answer();
        assert_eq!(answer.code, Some(0), "{when}: {answer}");
        let report = answer.json();

        let store = SqliteStore::open_read_only(&path).expect("the audit opened it");
        let mut ledger = Self::default();
        for record in store.records(0, usize::MAX >> 1).expect("it can be read") {
            let entry = record.entry().expect("it is a record");
            ledger.enter(&entry.stream, &entry.event, when);
            ledger.records.push(record.octets);
        }
        for (issuer, serial) in ledger.cases.values().flatten() {
            let row = store.certificate(issuer, serial).expect("it can be read");
            let row = row.unwrap_or_else(|| unreachable!("{when}: {serial} is not in the index"));
            ledger.status.insert(serial.to_string(), row.status);
        }
        for (name, found) in [
            ("records", ledger.records.len()),
            ("certificates", ledger.issued.len()),
            ("burnt", ledger.burnt.len()),
        ] {
            assert_eq!(report[name], found, "{when}: {name} of {report}");
        }
        ledger.assert_published(folder, when);
        Some(ledger)
    }

    fn enter(&mut self, stream: &StreamId, event: &Event, when: &str) {
        match (stream, event) {
            (StreamId::Case(id), Event::Case(case::Event::IssuanceIntended { intent, .. })) => {
                self.intend(intent, when);
                let one = (intent.issuer.clone(), intent.serial.clone());
                self.cases.entry(id.clone()).or_default().push(one);
            }
            (_, Event::Authority(authority::Event::IssuanceIntended(intent))) => {
                self.intend(intent, when);
            }
            (
                _,
                Event::Case(case::Event::CertificateIssued {
                    serial, signature, ..
                }),
            ) => {
                let intent = &self.intended[&serial.to_string()];
                let certificate = intent.certificate(signature).expect("DER");
                self.issue(serial, &certificate, when);
            }
            (
                _,
                Event::Authority(authority::Event::Established {
                    serial,
                    certificate,
                    ..
                }),
            ) => self.issue(serial, certificate, when),
            (
                StreamId::Certificate(issuer, serial),
                Event::Certificate(certificate::Event::Burnt { .. }),
            ) => {
                let burnt = self.burnt.insert((issuer.clone(), serial.clone()));
                let issued = self.issued.contains_key(&serial.to_string());
                assert!(burnt && !issued, "{when}: {serial} burnt");
            }
            _ => {}
        }
    }

    fn intend(&mut self, intent: &Intent, when: &str) {
        let serial = intent.serial.to_string();
        let second = self.intended.insert(serial, intent.clone());
        assert_eq!(second, None, "{when}: {} is intended twice", intent.serial);
    }

    fn issue(&mut self, serial: &Serial, certificate: &[u8], when: &str) {
        let intended = self.intended.get(&serial.to_string());
        let signed = Signed::from_der("Certificate", certificate).expect("DER");
        let intended = intended.map(|intent| &*intent.tbs);
        assert_eq!(intended, Some(signed.tbs()), "{when}: {serial}");
        let second = self.issued.insert(serial.to_string(), certificate.to_vec());
        assert_eq!(second, None, "{when}: {serial} exists twice");
    }

    /// What left the engine is whole, and was durable before.
    fn assert_published(&self, folder: &Path, when: &str) {
        for (name, octets) in contents(&folder.join("published")) {
            if name.extension().is_some_and(|end| end == "pem") {
                let der = decode_pem(&octets, &["CERTIFICATE"]).expect("a whole file");
                let known = self.issued.values().any(|issued| **issued == *der);
                assert!(known, "{when}: {} is in no record", name.display());
            }
        }
    }

    /// Two certificates for each case that makes them, whatever happened on the way; all
    /// other serial numbers are burnt, and the list of revoked ones has them.
    fn assert_finished(&self, folder: &Path) {
        assert_eq!(self.issued.len(), CERTIFICATES);
        assert_eq!(self.cases.len(), 2);
        for (id, intended) in &self.cases {
            let wanted = match id.as_str() {
                "zhang-san" => Status::Active,
                // Its pair is revoked in the end.
                _ => Status::Revoked,
            };
            let status: Vec<Status> = intended
                .iter()
                .map(|(_, serial)| self.status[&serial.to_string()])
                .collect();
            let live = status.iter().filter(|s| **s == wanted).count();
            let burnt = status.iter().filter(|s| **s == Status::Burnt).count();
            assert_eq!((live, burnt), (2, status.len() - 2), "{id}: {status:?}");
        }
        assert_eq!(self.intended.len(), CERTIFICATES + self.burnt.len());

        let crl = folder.join("published/authorities/issuing-ca.crl");
        let crl = std::fs::read(crl).expect("a CRL is published");
        let crl = ParsedCrl::from_der(
            decode_pem(&crl, &["X509 CRL"])
                .expect("PEM or DER")
                .to_vec(),
        )
        .expect("a CRL");
        for (issuer, serial) in &self.burnt {
            let listed = crl.find(serial.as_bytes()).is_some();
            assert!(listed || issuer.as_str() != "issuing-ca", "{serial}");
        }
        assert!(folder.join("report.md").exists());
    }
}

/// The later log begins with the earlier one.
fn grown(earlier: Option<Ledger>, later: Option<Ledger>) -> Option<Ledger> {
    if let Some(earlier) = earlier {
        let later = later.as_ref().expect("a store does not go");
        assert!(
            later.records.starts_with(&earlier.records),
            "a durable record is gone"
        );
    }
    later
}

#[derive(Default)]
struct Tally {
    kills: u64,
    before_the_store: u64,
    issuing: u64,
    later: u64,
    finished: u64,
    burnt: usize,
}

/// SplitMix64: moments that a seed gives again.
struct SplitMix(u64);

impl SplitMix {
    /// 0 to `limit` − 1.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| unreachable!("{name} is no number: {text}")),
    )
}
