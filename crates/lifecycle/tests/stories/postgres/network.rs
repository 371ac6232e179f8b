//! A network that is cut in the middle of a write.

use lifecycle::{
    AuthorityId, Batch, CaseNumber, CheckpointRow, Head, Record, Store, StoreError, StreamId,
    audit, postgres::PostgresStore,
};
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use super::{Database, check, options};
use crate::{
    doubles::{Side, World},
    script::{Applicant, establish, take_through},
};

/// A way to the server that breaks when it is told to: at a request that it does not carry on, or
/// at an answer that it does not bring back. All that goes over it is cut then.
#[derive(Clone)]
struct Way(Arc<Shared>);

struct Shared {
    socket: PathBuf,
    /// Requests that came by, and at which it breaks.
    fuse: Mutex<Fuse>,
    open: Mutex<Vec<(TcpStream, UnixStream)>>,
    /// Held by whoever wants nobody to come through.
    gate: Mutex<()>,
    cuts: AtomicUsize,
}

#[derive(Default)]
struct Fuse {
    requests: usize,
    breaks_at: Option<(usize, Break)>,
}

/// Where one request ends.
#[derive(Clone, Copy)]
enum Break {
    /// It is not carried on, or its answer is not brought back.
    At(Side),
    /// It is carried on, and nobody waits for the answer.
    InFlight,
}

impl Way {
    /// A way to the server of `database`, and the string that leads over it.
    fn to(database: &Database) -> (Self, String) {
        let folder = database
            .server
            .split_whitespace()
            .find_map(|word| word.strip_prefix("host="))
            .unwrap();
        let way = Self(Arc::new(Shared {
            socket: PathBuf::from(folder).join(".s.PGSQL.5432"),
            fuse: Mutex::default(),
            open: Mutex::default(),
            gate: Mutex::default(),
            cuts: AtomicUsize::new(0),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let doorman = way.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                doorman.carry(stream.unwrap());
            }
        });
        let connection = format!(
            "host=127.0.0.1 port={port} user=postgres dbname={}",
            database.name
        );
        (way, connection)
    }

    /// Breaks at the `nth` request from now.
    fn break_at(&self, nth: usize, side: Side) {
        self.set(nth, Break::At(side));
    }

    fn set(&self, nth: usize, how: Break) {
        let mut fuse = self.0.fuse.lock().unwrap();
        fuse.breaks_at = Some((fuse.requests + nth, how));
    }

    /// Requests that came by.
    fn requests(&self) -> usize {
        self.0.fuse.lock().unwrap().requests
    }

    /// Whether it is still to break; it will not.
    fn mend(&self) -> bool {
        self.0.fuse.lock().unwrap().breaks_at.take().is_some()
    }

    fn cuts(&self) -> usize {
        self.0.cuts.load(Relaxed)
    }

    /// Carries one connection on.
    fn carry(&self, client: TcpStream) {
        drop(self.0.gate.lock().unwrap());
        let server = UnixStream::connect(&self.0.socket).unwrap();
        client.set_nodelay(true).unwrap();
        let pair = (client.try_clone().unwrap(), server.try_clone().unwrap());
        self.0.open.lock().unwrap().push(pair);
        let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        // Set when the next answer is to be lost.
        let is_last = Arc::new(AtomicUsize::new(0));
        let loses = is_last.clone();
        let way = self.clone();
        thread::spawn(move || {
            let mut octets = [0; 65_536];
            while let Ok(length @ 1..) = answers.read(&mut octets) {
                if loses.load(Relaxed) == 1 {
                    way.cut();
                    break;
                }
                if back.write_all(&octets[..length]).is_err() {
                    break;
                }
            }
            let _ = back.shutdown(Shutdown::Both);
        });
        let (mut requests, mut on) = (client, server);
        let way = self.clone();
        thread::spawn(move || {
            let mut octets = [0; 65_536];
            while let Ok(length @ 1..) = requests.read(&mut octets) {
                let broken = way.breaks();
                match broken {
                    Some(Break::At(Side::Before)) => {
                        way.cut();
                        break;
                    }
                    Some(Break::At(Side::After)) => is_last.store(1, Relaxed),
                    Some(Break::InFlight) | None => {}
                }
                if on.write_all(&octets[..length]).is_err() {
                    break;
                }
                if let Some(Break::InFlight) = broken {
                    way.cut();
                    break;
                }
            }
            let _ = on.shutdown(Shutdown::Both);
        });
    }

    /// One more request; whether it breaks the way.
    fn breaks(&self) -> Option<Break> {
        let mut fuse = self.0.fuse.lock().unwrap();
        fuse.requests += 1;
        let (at, how) = fuse.breaks_at?;
        let is_now = fuse.requests >= at;
        is_now.then(|| fuse.breaks_at.take()).map(|_| how)
    }

    fn cut(&self) {
        self.0.cuts.fetch_add(1, Relaxed);
        for (client, server) in self.0.open.lock().unwrap().drain(..) {
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
        }
    }
}

/// A batch of two records and a case number, with open intents or without.
fn batch(head: &Head, intends: bool) -> Batch {
    let mut batch = Batch::default();
    let mut last = *head;
    for _ in 0..2 {
        let seq = last.seq + 1;
        let name = AuthorityId::new(format!("stream-{seq}")).unwrap();
        let octet = u8::try_from(seq % 251).unwrap();
        let stream = StreamId::Authority(name);
        let record = Record::from_stored(seq, stream.clone(), 1, vec![octet; 900], [octet; 32]);
        batch.unsettled.push((stream.clone(), true));
        if intends {
            batch.taken.push(stream);
        }
        last = record.head();
        batch.records.push(record);
    }
    batch.numbers = vec![CaseNumber(last.seq / 2)];
    batch
}

/// Batches, one after the other, the way broken at the first request of the first, then at the
/// second of the second, up to one that it does not break any more.
fn write_over_a_broken_way(side: Side, intends: bool) {
    let Some(database) = Database::new() else {
        return;
    };
    let (way, connection) = Way::to(&database);
    let mut store = PostgresStore::open(&connection, &options()).unwrap();
    let mut written = Vec::new();
    for nth in 1.. {
        let head = store.head().unwrap();
        let batch = batch(&head, intends);
        way.break_at(nth, side);
        store.append(&head, &batch).unwrap();
        let is_whole = way.mend();
        written.extend(batch.records);
        assert_eq!(store.records(0, usize::MAX).unwrap(), written);
        let number = u64::try_from(written.len() / 2).unwrap();
        assert_eq!(store.last_case().unwrap(), CaseNumber(number));
        assert_eq!(store.to_settle(usize::MAX).unwrap().len(), written.len());
        if is_whole {
            break;
        }
        assert_eq!(way.cuts(), nth);
    }
    assert!(way.cuts() >= 6, "{} cuts", way.cuts());
}

#[test]
fn a_batch_is_there_once_though_its_requests_were_lost() {
    write_over_a_broken_way(Side::Before, true);
    write_over_a_broken_way(Side::Before, false);
}

#[test]
fn a_batch_is_there_once_though_its_answers_were_lost() {
    write_over_a_broken_way(Side::After, true);
    write_over_a_broken_way(Side::After, false);
}

#[test]
fn a_checkpoint_is_kept_once_whatever_was_lost() {
    for side in [Side::Before, Side::After] {
        let Some(database) = Database::new() else {
            return;
        };
        let (way, connection) = Way::to(&database);
        let mut store = PostgresStore::open(&connection, &options()).unwrap();
        for size in 1.. {
            let row = CheckpointRow::new(size, format!("over {size}"), vec![[7; 32]]);
            way.break_at(usize::try_from(size).unwrap(), side);
            store.put_checkpoint(&row).unwrap();
            let is_whole = way.mend();
            assert_eq!(store.checkpoint().unwrap(), Some(row));
            if is_whole {
                break;
            }
        }
        assert!(way.cuts() >= 3);
    }
}

/// Whoever takes a colleague's intent for his own signs it, too.
#[test]
fn another_nodes_batch_is_not_taken_for_the_lost_one_though_it_says_the_same() {
    let Some(database) = Database::new() else {
        return;
    };
    let (way, connection) = Way::to(&database);
    let mut own = PostgresStore::open(&connection, &options()).unwrap();
    let mut other = database.open();
    for nth in 1.. {
        let head = other.head().unwrap();
        let batch = batch(&head, true);
        let (cuts, gate) = (way.cuts(), way.0.gate.lock().unwrap());
        way.break_at(nth, Side::Before);
        let answer = thread::scope(|scope| {
            let own = scope.spawn(|| own.append(&head, &batch));
            while way.cuts() == cuts && !own.is_finished() {
                thread::sleep(Duration::from_millis(1));
            }
            if way.cuts() > cuts {
                other.append(&head, &batch).unwrap();
            }
            drop(gate);
            own.join().unwrap()
        });
        if way.mend() {
            answer.unwrap();
            break;
        }
        assert!(
            matches!(answer, Err(StoreError::Conflict { .. })),
            "{nth}: {answer:?}"
        );
    }
    assert!(way.cuts() >= 6);
}

/// A commit that takes two seconds, and comes through though nobody waits for it.
const SLOW_COMMIT: &str = "
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON records DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait();";

/// Of all that try to move the head, the first alone is not in somebody's way.
const CONTENDED: &str = "
    CREATE SEQUENCE tries;
    CREATE FUNCTION contend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') > 1 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER contended BEFORE UPDATE ON log_head
        FOR EACH STATEMENT EXECUTE FUNCTION contend();";

/// Writes one batch, its commit cut off in flight, and says what the writer was told.
fn commit_in_flight(database: &Database, triggers: &str) -> Result<(), StoreError> {
    let (way, connection) = Way::to(database);
    let mut options = options();
    options.patience = Duration::from_millis(500);
    let mut store = PostgresStore::open(&connection, &options).unwrap();
    let mut requests = 0;
    // The first prepares its statements, the second shows how many requests there are.
    for _ in 0..2 {
        let head = store.head().unwrap();
        let before = way.requests();
        store.append(&head, &batch(&head, false)).unwrap();
        requests = way.requests() - before;
    }
    database.execute(triggers);
    let head = store.head().unwrap();
    let last = batch(&head, false);
    way.set(requests, Break::InFlight);
    let answer = store.append(&head, &last);
    assert!(!way.mend(), "its commit was not cut off");
    // It holds the head for as long as it is on its way.
    database.execute("SELECT FROM log_head FOR UPDATE");
    assert_eq!(database.read().head().unwrap(), last.records[1].head());
    answer
}

#[test]
fn a_commit_that_is_still_on_its_way_is_waited_for() {
    let Some(database) = Database::new() else {
        return;
    };
    commit_in_flight(&database, SLOW_COMMIT).unwrap();
}

/// Said to be a conflict, it would be decided again, and written twice.
#[test]
fn of_a_commit_that_may_come_through_nobody_says_that_it_will_not() {
    let Some(database) = Database::new() else {
        return;
    };
    let answer = commit_in_flight(&database, &[SLOW_COMMIT, CONTENDED].concat());
    assert!(
        matches!(answer, Err(StoreError::OutcomeUnknown { .. })),
        "{answer:?}"
    );
}

#[test]
fn business_goes_on_over_a_network_that_is_cut_again_and_again() {
    let Some(database) = Database::new() else {
        return;
    };
    let (way, connection) = Way::to(&database);
    let world = World::default();
    let store = PostgresStore::open(&connection, &options()).unwrap();
    let mut engine = world.engine_over(store);
    establish(&mut engine).unwrap();
    for nth in 0..6 {
        for (side, step) in [(Side::Before, 17), (Side::After, 19)] {
            way.break_at(step * (nth + 1), side);
            let name = format!(
                "{}-{nth}",
                if side == Side::Before {
                    "before"
                } else {
                    "after"
                }
            );
            take_through(&mut engine, &Applicant::new(&name)).unwrap();
            assert!(!way.mend(), "the way did not break");
        }
    }
    assert_eq!(way.cuts(), 12);
    let report = check(&world, engine.store());
    assert_eq!((report.cases, report.burnt), (12, 0));
    assert_eq!(
        audit::verify(&database.read()).unwrap().digest,
        report.digest
    );
}
