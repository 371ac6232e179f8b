//! What a CA says of its certificates when it has many: statuses at a time, OCSP answers, and
//! cases in bulk, on a real file with fsync on.
//!
//! `status [--rows N] [--cases N] [--store FILE]`: first so many rows of certificates that have
//! no history are written into the tables of an empty store, as a stock that grew over years;
//! then so many cases, in bulk, give two certificates each with their whole history. The report
//! says what each kind of question takes on one thread. Keys are in the process, nothing is
//! published outside.

mod office;

use cert_profile::{
    Issuer,
    ocsp::{CertId, Nonce, OcspRequest},
};
use der::{DateTime, referenced::OwnedToRef};
use lifecycle::{
    Actor, Command, Engine, Event, Serial, SqliteStore, Store, StreamId, authority,
    certificate::{self, History},
    ports::{Clock, SystemClock},
    terms::Kind,
};
use office::{acts, acts_of, established, id, opening, request};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rusqlite::{Connection, params};
use std::{
    collections::HashMap,
    env,
    error::Error,
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// Cases whose acts go in together.
const TOGETHER: usize = 1_000;
/// Cases that are renewed.
const RENEWED: usize = 4_000;
/// Questions of each kind.
const QUESTIONS: usize = 20_000;
/// Certificates whose answers are signed before.
const SIGNED_BEFORE: usize = 2_500;
/// Seed of what is asked about.
const SEED: u64 = 7;

struct Wanted {
    rows: usize,
    cases: usize,
    store: Option<PathBuf>,
}

/// A clock that can be put forward.
#[derive(Clone, Debug, Default)]
struct Ahead(Arc<AtomicU64>);

impl Clock for Ahead {
    fn now(&self) -> DateTime {
        let now = SystemClock::default().now().unix_duration();
        let ahead = Duration::from_secs(self.0.load(Relaxed));
        DateTime::from_unix_duration(now + ahead).expect("a time of this century")
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let wanted = wanted()?;
    let folder = tempfile::tempdir()?;
    let path = wanted.store.clone();
    let path = path.unwrap_or_else(|| folder.path().join("store"));
    drop(SqliteStore::open(&path)?);
    let system = cfg!(feature = "system-allocator");
    println!(
        "allocator        {}",
        if system { "the system's" } else { "mimalloc" }
    );
    let began = Instant::now();
    let stock = bulk_load(&path, wanted.rows)?;
    println!(
        "rows             {} without history, loaded in {:.0} s; the file has {} MiB",
        wanted.rows,
        began.elapsed().as_secs_f64(),
        fs::metadata(&path)?.len() >> 20
    );

    let clock = Ahead::default();
    let store = Box::new(SqliteStore::open(&path)?);
    let mut engine = established(store, Box::new(clock.clone()));
    let issued = in_bulk(&mut engine, "issued in bulk", wanted.cases, |number| {
        acts(&id(&format!("case-{number}")), request())
    })?;
    status_at(&engine, &issued, &stock)?;
    ocsp(&mut engine, &issued)?;

    // Two years less a month later, in the window of renewals.
    clock.0.store((2 * 365 - 30) * 86_400, Relaxed);
    in_bulk(
        &mut engine,
        "renewed in bulk",
        RENEWED.min(wanted.cases),
        |number| {
            let mut opening = opening(Kind::Renew);
            opening.target = Some(id(&format!("case-{number}")));
            acts_of(&id(&format!("renewal-{number}")), opening, request())
        },
    )?;
    Ok(())
}

/// Rows of certificates in use, as a stock that grew: their serial numbers.
fn bulk_load(path: &Path, rows: usize) -> Result<Vec<Serial>, Box<dyn Error>> {
    let mut rng = StdRng::seed_from_u64(SEED);
    let mut serials: Vec<[u8; 16]> = (0..rows).map(|_| rng.random()).collect();
    for serial in &mut serials {
        serial[0] |= 0x40;
        serial[0] &= 0x7f;
    }
    serials.sort_unstable();
    let ends = SystemClock::default().now().unix_duration().as_secs() + 700 * 86_400;
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA cache_size = -2000000; BEGIN")?;
    let mut insert = connection.prepare(
        "INSERT INTO certificates (issuer, serial, status, key, not_after)
         VALUES ('ca', ?1, 'active', ?2, ?3)",
    )?;
    for serial in &serials {
        let key: [u8; 32] = rng.random();
        insert.execute(params![Serial::from_bytes(serial)?.to_string(), key, ends])?;
    }
    drop(insert);
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    let sample = serials.iter().step_by((rows / QUESTIONS).max(1));
    Ok(sample
        .map(|serial| Serial::from_bytes(serial))
        .collect::<Result<_, _>>()?)
}

/// Takes cases through, the same act of many of them in one write: the certificates that were
/// issued.
fn in_bulk(
    engine: &mut Engine,
    what: &str,
    cases: usize,
    mut acts: impl FnMut(usize) -> Vec<(Actor, Command)>,
) -> Result<Vec<Serial>, Box<dyn Error>> {
    let mut serials = Vec::with_capacity(2 * cases);
    let mut took = Duration::ZERO;
    let numbers: Vec<usize> = (0..cases).collect();
    for numbers in numbers.chunks(TOGETHER) {
        let all = numbers.iter().map(|number| acts(*number).into_iter());
        let mut all: Vec<_> = all.collect();
        let began = Instant::now();
        loop {
            let acts: Vec<_> = all.iter_mut().filter_map(Iterator::next).collect();
            if acts.is_empty() {
                break;
            }
            for answer in engine.submit_all(acts) {
                answer?;
            }
            engine.settle(&mut |entry| {
                if let (StreamId::Certificate(_, serial), Event::Certificate(event)) =
                    (&entry.stream, &entry.event)
                    && matches!(event, certificate::Event::Issued)
                {
                    serials.push(serial.clone());
                }
            })?;
        }
        took += began.elapsed();
    }
    println!(
        "{what:<16} {cases} cases in {:.1} s, {:.0} a second with two certificates each",
        took.as_secs_f64(),
        cases as f64 / took.as_secs_f64()
    );
    Ok(serials)
}

fn status_at(engine: &Engine, issued: &[Serial], stock: &[Serial]) -> Result<(), Box<dyn Error>> {
    let store = engine.store();
    let mut rng = StdRng::seed_from_u64(SEED);
    let now = SystemClock::default().now();
    let asked: Vec<&Serial> = (0..QUESTIONS)
        .map(|_| &issued[rng.random_range(..issued.len())])
        .collect();

    let began = Instant::now();
    for serial in &asked {
        let (history, not_after) = history(store, serial)?;
        black_box(history.status_at(now, not_after));
    }
    say("status_at, from the store", began.elapsed());

    let known: HashMap<&Serial, (History, DateTime)> = asked
        .iter()
        .map(|serial| Ok((*serial, history(store, serial)?)))
        .collect::<Result<_, Box<dyn Error>>>()?;
    let began = Instant::now();
    for serial in &asked {
        let (history, not_after) = &known[serial];
        black_box(history.status_at(now, *not_after));
    }
    say("status_at, from memory", began.elapsed());

    let began = Instant::now();
    for number in 0..QUESTIONS {
        if let Some(serial) = stock.get(number * 7919 % stock.len().max(1)) {
            black_box(store.certificate(&id("ca"), serial)?.ok_or("no row")?);
        }
    }
    say("a row of the stock", began.elapsed());
    Ok(())
}

/// The whole past of a certificate, and its end.
fn history(store: &dyn Store, serial: &Serial) -> Result<(History, DateTime), Box<dyn Error>> {
    let issuer = id("ca");
    let mut history = History::default();
    for record in store.stream(&StreamId::Certificate(id("ca"), serial.clone()))? {
        let entry = record.entry()?;
        if let Event::Certificate(event) = &entry.event {
            history.record(&entry.actor, event, entry.at);
        }
    }
    let fixed = store.reservation(&issuer, serial)?;
    Ok((history, fixed.ok_or("no reservation")?.not_after))
}

fn ocsp(engine: &mut Engine, issued: &[Serial]) -> Result<(), Box<dyn Error>> {
    let state = engine.authority(&id("ca"))?;
    let ca = state.as_ref().and_then(authority::State::established);
    let issuer = Issuer::from_certificate(&ca.ok_or("no CA")?.certificate)?;
    let mut rng = StdRng::seed_from_u64(SEED);
    let about = |serial: &Serial| {
        let key = issuer.public_key().owned_to_ref();
        CertId::new(issuer.name(), key, serial.to_x509())
    };
    let responder = id("ocsp");

    let mut questions = Vec::with_capacity(QUESTIONS);
    for _ in 0..QUESTIONS {
        let serial = &issued[rng.random_range(..issued.len())];
        let nonce = Nonce::new(rng.random::<[u8; 32]>().to_vec())?;
        questions.push(OcspRequest::new(vec![about(serial)?], Some(nonce))?.to_der()?);
    }
    let began = Instant::now();
    for question in &questions {
        black_box(engine.answer_ocsp(&responder, question)?);
    }
    say("OCSP, signed fresh", began.elapsed());

    let serials = &issued[..SIGNED_BEFORE.min(issued.len())];
    let began = Instant::now();
    let signed = engine.presign(&responder, Some(serials))?;
    let took = began.elapsed().as_secs_f64();
    println!(
        "signed before    {signed} answers, {:.0} a second",
        signed as f64 / took
    );
    let mut questions = Vec::with_capacity(QUESTIONS);
    for _ in 0..QUESTIONS {
        let serial = &serials[rng.random_range(..serials.len())];
        questions.push(OcspRequest::new(vec![about(serial)?], None)?.to_der()?);
    }
    let began = Instant::now();
    for question in &questions {
        black_box(engine.answer_ocsp(&responder, question)?);
    }
    say("OCSP, signed before", began.elapsed());
    Ok(())
}

fn say(what: &str, took: Duration) {
    let each = took.as_secs_f64() / QUESTIONS as f64;
    println!(
        "{what:<26} {:.2} µs, {:.0} a second",
        each * 1e6,
        1.0 / each
    );
}

fn wanted() -> Result<Wanted, Box<dyn Error>> {
    let mut wanted = Wanted {
        rows: 10_000_000,
        cases: 50_000,
        store: None,
    };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--rows" => wanted.rows = value()?.parse()?,
            "--cases" => wanted.cases = value()?.parse()?,
            "--store" => wanted.store = Some(value()?.into()),
            // Cargo's own.
            "--bench" => {}
            _ => return Err(format!("{argument} is unknown").into()),
        }
    }
    Ok(wanted)
}
