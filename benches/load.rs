//! A crowd of applicants before one CA: complete cases with both certificates, each act sent by
//! itself and answered only when it is durable, on a real file with fsync on.
//!
//! `load [--applicants N] [--cases N] [--store FILE | --postgres]`: so many applicants take so many
//! cases through, one after the other each, as tasks of one runtime that await their tickets;
//! requests are made before the clock starts. With `--postgres` the store is the database of
//! `GM_PKI_POSTGRES` (`tests/postgres run`). The report says what the file system and its fsync give
//! in the same run, then cases and commands per second, how long an act and the issuing step take,
//! processor time and turns of the service for each case, and octets of the store for each
//! certificate; at last the log is verified. Keys are in the process, nothing is published outside.

mod office;

use lifecycle::{
    Command, Handle, Happened, Service, Settled, SqliteStore, Store, audit,
    case::{self, pair::Request},
    ports::SystemClock,
    postgres::{PostgresOptions, PostgresStore},
};
use office::{acts, established, id, request};
use postgres::{Client, NoTls};
use std::{
    env,
    error::Error,
    fs::{self, File},
    io::Write,
    iter::Enumerate,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
    vec::IntoIter,
};

/// How long fsync alone is measured.
const FSYNC: Duration = Duration::from_secs(2);

struct Wanted {
    applicants: usize,
    cases: usize,
    store: Option<PathBuf>,
    postgres: bool,
}

/// Where the store is.
enum Place {
    File(PathBuf),
    Database(String),
}

impl Place {
    fn open(&self) -> Result<Box<dyn Store>, Box<dyn Error>> {
        Ok(match self {
            Self::File(path) => Box::new(SqliteStore::open(path)?),
            Self::Database(connection) => {
                let options = PostgresOptions::default();
                Box::new(PostgresStore::open(connection, &options)?)
            }
        })
    }

    fn octets(&self) -> Result<u64, Box<dyn Error>> {
        Ok(match self {
            Self::File(path) => fs::metadata(path)?.len(),
            Self::Database(connection) => {
                let mut client = Client::connect(connection, NoTls)?;
                let sql = "SELECT pg_database_size(current_database())";
                let octets: i64 = client.query_one(sql, &[])?.get(0);
                octets.try_into()?
            }
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let wanted = wanted()?;
    let folder = tempfile::tempdir()?;
    let path = wanted.store.clone();
    let path = path.unwrap_or_else(|| folder.path().join("store"));
    let around = path.parent().ok_or("a store lies in a folder")?;
    println!("processor        {}", processor());
    let system = cfg!(feature = "system-allocator");
    println!(
        "allocator        {}",
        if system { "the system's" } else { "mimalloc" }
    );
    println!("file system      {}", file_system(around)?);
    println!("raw fsync        {:.0} /s of 4 KiB", fsyncs(around)?);
    let place = if wanted.postgres {
        Place::Database(env::var("GM_PKI_POSTGRES")?)
    } else {
        Place::File(path)
    };

    let requests: Vec<_> = (0..wanted.cases).map(|_| request()).collect();
    let mut engine = established(place.open()?, Box::new(SystemClock::default()));
    engine.settle(&mut |_| ())?;
    let (turns, records) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = (Arc::clone(&turns), Arc::clone(&records));
    let watch = move |happened: Happened<'_>| match happened {
        Happened::Turned { .. } => drop(counts.0.fetch_add(1, Relaxed)),
        Happened::Recorded(_) => drop(counts.1.fetch_add(1, Relaxed)),
        other => eprintln!("{other:?}"),
    };
    let places = NonZero::new(4 * wanted.applicants).ok_or("nobody applies")?;
    let service = Service::start(engine, places, watch)?;
    let before = place.octets()?;
    let began = Instant::now();
    let busy = processor_time();
    let times = crowd(&service, requests, wanted.applicants)?;
    let took = began.elapsed().as_secs_f64();
    let busy = busy.zip(processor_time());
    let engine = service.stop()?;

    let cases = wanted.cases as f64;
    println!("applicants       {}", wanted.applicants);
    println!("cases            {} in {took:.2} s", wanted.cases);
    println!("cases per second {:.0}", cases / took);
    println!("acts per second  {:.0}", times.acts.len() as f64 / took);
    if let Some((before, after)) = busy {
        let each = (after - before).as_secs_f64() * 1e3 / cases;
        println!("processor time   {each:.2} ms a case");
    }
    println!(
        "records          {:.1} a case",
        records.load(Relaxed) as f64 / cases
    );
    println!(
        "turns            {:.3} a case",
        turns.load(Relaxed) as f64 / cases
    );
    println!("an act           {}", spread(times.acts));
    println!("issuing          {}", spread(times.issuing));

    let began = Instant::now();
    let end = audit::verify_chain(engine.store(), &[])?;
    let took = began.elapsed().as_secs_f64();
    println!(
        "chain            {:.0} records per second",
        end.seq as f64 / took
    );
    let began = Instant::now();
    let report = audit::verify(engine.store())?;
    let took = began.elapsed().as_secs_f64();
    let seen = engine.store().head()?.seq;
    println!(
        "audit            {:.0} records per second, all of it",
        seen as f64 / took
    );
    println!("burnt            {}", report.burnt);
    drop(engine);
    let grown = place.octets()? - before;
    println!(
        "store            {:.0} octets a certificate",
        grown as f64 / (2.0 * cases)
    );
    Ok(())
}

/// Requests that wait, each with its number.
type Numbered = Enumerate<IntoIter<Request>>;

/// How long each act took, and how long from the order to issue until both certificates were
/// there.
#[derive(Default)]
struct Times {
    acts: Vec<Duration>,
    issuing: Vec<Duration>,
}

/// What comes of it when so many applicants come with these requests: all tasks of one thread, as
/// a server's are.
fn crowd(
    service: &Service,
    requests: Vec<Request>,
    applicants: usize,
) -> Result<Times, Box<dyn Error>> {
    let queue = Arc::new(Mutex::new(requests.into_iter().enumerate()));
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let tasks = (0..applicants).map(|_| {
            let one = applicant(service.handle(), Arc::clone(&queue));
            tokio::spawn(one)
        });
        let tasks: Vec<_> = tasks.collect();
        let mut times = Times::default();
        for task in tasks {
            let mut own = task.await?;
            times.acts.append(&mut own.acts);
            times.issuing.append(&mut own.issuing);
        }
        Ok(times)
    })
}

/// Takes one case after the other through, as long as there are any.
async fn applicant(handle: Handle, queue: Arc<Mutex<Numbered>>) -> Times {
    let mut own = Times::default();
    loop {
        let next = queue.lock().expect("nobody panics with it").next();
        let Some((number, request)) = next else {
            return own;
        };
        for (actor, command) in acts(&id(&format!("case-{number}")), request) {
            let began = Instant::now();
            if is_issue(&command) {
                let ticket = handle.submit_and_settle((actor, command));
                let answer = ticket.expect("a place for everybody").await;
                let settled: Settled = answer.expect("an answer").expect("a good act");
                assert!(settled.failure.is_none(), "{settled:?}");
                own.issuing.push(began.elapsed());
            } else {
                let ticket = handle.submit((actor, command));
                let answer = ticket.expect("a place for everybody").await;
                answer.expect("an answer").expect("a good act");
            }
            own.acts.push(began.elapsed());
        }
    }
}

/// Whether it orders the certificates.
fn is_issue(command: &Command) -> bool {
    matches!(command, Command::Case(_, case::Command::Issue))
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let within = |percent: usize| {
        let time = times.get(times.len() * percent / 100).or(times.last());
        time.map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    format!(
        "median {:.1} ms, 99 % within {:.1} ms, all within {:.1} ms",
        within(50),
        within(99),
        within(100)
    )
}

fn wanted() -> Result<Wanted, Box<dyn Error>> {
    let mut wanted = Wanted {
        applicants: 256,
        cases: 5_000,
        store: None,
        postgres: false,
    };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--applicants" => wanted.applicants = value()?.parse()?,
            "--cases" => wanted.cases = value()?.parse()?,
            "--postgres" => wanted.postgres = true,
            "--store" => wanted.store = Some(value()?.into()),
            // Cargo's own.
            "--bench" => {}
            _ => return Err(format!("{argument} is unknown").into()),
        }
    }
    Ok(wanted)
}

/// What the processor calls itself, with how many there are.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let name = name.map_or("unknown", |name| name.trim_start_matches([' ', '\t', ':']));
    let count = thread::available_parallelism().map_or(1, NonZero::get);
    format!("{name}, {count} of it")
}

/// What this program has had of the processors so far; none where the system does not tell, in
/// hundredths of a second as Linux does.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything: its time is the twelfth, the system's for it
    // the next (proc_pid_stat(5)).
    let (_, behind) = text.rsplit_once(") ")?;
    let mut numbers = behind.split(' ').skip(11).map(str::parse::<u64>);
    let ticks = numbers.next()?.ok()? + numbers.next()?.ok()?;
    Some(Duration::from_millis(10 * ticks))
}

/// The kind of the file system that a folder is on; what lives in memory does not count.
fn file_system(folder: &Path) -> Result<String, Box<dyn Error>> {
    let folder = folder.canonicalize()?;
    let mounts = fs::read_to_string("/proc/mounts")?;
    let found = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            Some((words.next()?, words.next()?))
        })
        .filter(|(mount, _)| folder.starts_with(mount))
        .max_by_key(|(mount, _)| mount.len());
    match found {
        Some((_, "tmpfs" | "ramfs")) => Err("a file system in memory syncs nothing".into()),
        Some((_, kind)) => Ok(kind.to_owned()),
        None => Ok("unknown".to_owned()),
    }
}

/// Writes of 4 KiB with fsync, one after the other.
fn fsyncs(folder: &Path) -> Result<f64, Box<dyn Error>> {
    let path = folder.join("fsync");
    let mut file = File::create(&path)?;
    let (began, mut count) = (Instant::now(), 0.0);
    while began.elapsed() < FSYNC {
        file.write_all(&[7; 4_096])?;
        file.sync_all()?;
        count += 1.0;
    }
    let rate = count / began.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(rate)
}
