//! What a network does to the messages, and what a centre or a CA that lies says in them.

use super::{
    Party, Serving, Site,
    again::{application, asked, error_of, signed},
    number, opened,
};
use lifecycle::{
    CaseId, Serial,
    key_centre::{
        Fault, RemoteKeyCentre, SoftKeyCentre, certificate_number,
        message::{
            self, Ask, EntityName, KeyAnswer, KeyDelivery, KeyRequest, KeyRestoration, Reply,
            Tagging, UnverifiedMessage,
        },
        transport::{Stream, TcpTransport, Transport, read_message, write_message},
    },
    ports::Clock,
};
use std::{
    collections::BTreeSet,
    error::Error as _,
    fmt,
    io::{self, Cursor, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{
    doubles::{SetClock, World},
    script::{Applicant, establish, settle, take_through},
};

/// A line to a centre that breaks after some octets of the answer.
fn broken_line(centre: SocketAddr, octets: usize) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut near, _) = listener.accept().unwrap();
        let request = read_message(&mut near).unwrap().unwrap();
        let mut far = TcpStream::connect(centre).unwrap();
        write_message(&mut far, &request).unwrap();
        let answer = read_message(&mut far).unwrap().unwrap();
        near.write_all(&answer[..octets.min(answer.len() - 1)])
            .unwrap();
    });
    address
}

#[test]
fn a_line_that_breaks_in_the_middle_of_an_answer_costs_nothing_but_the_asking() {
    let site = Site::new();
    let serving = Serving::start(&site);
    let zhang = Party::new();
    let mut seen = BTreeSet::new();
    for octets in [0, 1, 3, 40, 400, usize::MAX] {
        let address = broken_line(serving.address, octets);
        let line = TcpTransport::new(address, Duration::from_secs(20));
        let cut = site
            .client(line)
            .apply(number("zhang.san"), &zhang.public());
        match octets {
            0 => assert!(matches!(cut, Err(Fault::NoAnswer)), "{cut:?}"),
            _ => assert!(matches!(cut, Err(Fault::Truncated { .. })), "{cut:?}"),
        }
        let client = site.client(serving.transport());
        let key = client.apply(number("zhang.san"), &zhang.public()).unwrap();
        seen.insert(opened(&key, &zhang.0).public_key().to_uncompressed());
        assert_eq!(site.open().examine(None).unwrap().keys, 1);
    }
    assert_eq!(seen.len(), 1, "one key, whatever the line did");
}

#[test]
fn a_case_waits_for_its_key_and_goes_on_when_the_centre_answers() {
    let site = Site::new();
    let serving = Serving::start(&site);
    let world = World::new();
    let zhang = Applicant::new("zhang.san");
    let address = broken_line(serving.address, 200);
    let line = TcpTransport::new(address, Duration::from_secs(20));
    let mut engine = world.engine_asking(Box::new(site.client(line)));
    establish(&mut engine).unwrap();
    let failed = take_through(&mut engine, &zhang).unwrap_err();
    let lifecycle::Error::KeyCentre { case, source } = &failed else {
        panic!("{failed:?}");
    };
    assert_eq!(*case, zhang.id);
    assert!(matches!(
        source.downcast_ref(),
        Some(Fault::Truncated { octets: 200 })
    ));
    assert!(failed.source().is_some());
    drop(engine);

    let mut engine = world.engine_asking(Box::new(site.client(serving.transport())));
    settle(&mut engine).unwrap();
    take_through(&mut engine, &zhang).unwrap();
    let pair = zhang.pair(&engine);
    opened(&pair.encryption_key, &zhang.key);
    assert_eq!(
        site.acts()[2..],
        ["key-archived", "key-given-again"],
        "one row, given twice"
    );
}

#[test]
fn an_answer_that_does_not_come_is_waited_for_no_longer_than_it_was_said() {
    let site = Site::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    // Octets come, slowly and for ever: no single wait is long.
    let dripping = thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        let _ = line.write_all(&[0x30, 0x82, 0x10, 0x00]);
        while line.write_all(&[0]).is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let line = TcpTransport::new(address, Duration::from_millis(300));
    let started = Instant::now();
    let late = site.client(line).apply(number("a"), &Party::new().public());
    assert!(matches!(late, Err(Fault::TimedOut)), "{late:?}");
    assert!(started.elapsed() < Duration::from_secs(10));
    dripping.join().unwrap();

    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let line = TcpTransport::new(nobody, Duration::from_secs(5));
    let unreached = site.client(line).apply(number("a"), &Party::new().public());
    assert!(matches!(unreached, Err(Fault::Connection(_))));
}

#[test]
fn strangers_get_no_answer_and_leave_no_trace() {
    let site = Site::new();
    let serving = Serving::start(&site);
    let key = Party::new();
    let name = "CN=Issuing CA,C=CN".parse().unwrap();
    let client = |party: &Party| {
        let (line, key) = (serving.transport(), Box::new(party.handle()));
        RemoteKeyCentre::new(line, key, &name, site.centre.public(), site.clock.clone())
    };
    let stranger = Party::new();
    let asked = client(&stranger).unwrap().apply(number("a"), &key.public());
    assert!(matches!(asked, Err(Fault::NoAnswer)), "{asked:?}");

    // In the name of the CA, with another key.
    let authority = EntityName::new(&name, &site.ca.public()).unwrap();
    let request = KeyRequest::new(authority, Ask::Revoke(number("a")), site.now(), 7);
    let forged = message::sign(&request, Tagging::Implicit, &stranger.handle()).unwrap();
    let garbage = b"GET / HTTP/1.1\r\n\r\n".to_vec();
    let no_message = vec![0x30, 3, 2, 1, 1];
    for octets in [forged, garbage, no_message] {
        let mut line = TcpStream::connect(serving.address).unwrap();
        line.write_all(&octets).unwrap();
        let mut answer = Vec::new();
        // Reset rather than closed, where octets were left unread.
        let _ = line.read_to_end(&mut answer);
        assert!(answer.is_empty());
    }
    assert_eq!(site.acts(), ["founded", "authority-admitted"]);
    // The last of them is told before its thread ends.
    let faults = Arc::clone(&serving.faults);
    drop(serving);
    let mut faults = faults.lock().unwrap().clone();
    faults.sort();
    let starts = [
        "Malformed",
        "Meaningless",
        "NotSigned(\"the CA\")",
        "Stranger",
    ];
    assert_eq!(faults.len(), starts.len(), "{faults:?}");
    for (fault, start) in faults.iter().zip(starts) {
        assert!(fault.starts_with(start), "{faults:?}");
    }
}

type Change = Box<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

/// A centre without a network, whose answers somebody changes.
struct Forger {
    centre: Mutex<SoftKeyCentre>,
    key: Party,
    clock: SetClock,
    change: Change,
}

impl fmt::Debug for Forger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Forger")
    }
}

#[derive(Clone, Debug)]
struct ForgedLine(Arc<Forger>);

impl Transport for ForgedLine {
    fn open(&self) -> io::Result<Box<dyn Stream>> {
        Ok(Box::new(Conversation {
            forger: self.0.clone(),
            request: Vec::new(),
            answer: None,
        }))
    }
}

/// A line that is answered when it is read.
struct Conversation {
    forger: Arc<Forger>,
    request: Vec<u8>,
    answer: Option<Cursor<Vec<u8>>>,
}

impl Write for Conversation {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.request.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Conversation {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        let (forger, request) = (&self.forger, &self.request);
        let answer = self.answer.get_or_insert_with(|| {
            let key = forger.key.handle();
            let mut centre = forger.centre.lock().unwrap();
            let answer = centre.answer(&key, request, forger.clock.now()).unwrap();
            Cursor::new((forger.change)(answer))
        });
        answer.read(octets)
    }
}

/// A client whose centre's answers are changed.
fn forged(site: &Site, change: Change) -> RemoteKeyCentre {
    site.client(ForgedLine(Arc::new(Forger {
        centre: Mutex::new(site.open()),
        key: site.centre.clone(),
        clock: site.clock.clone(),
        change,
    })))
}

/// A change of what the centre says, signed by `key`: a centre that lies, or a thief.
fn said(key: &Party, change: impl Fn(&mut KeyAnswer) + Send + Sync + 'static) -> Change {
    let key = key.clone();
    Box::new(move |octets| {
        let answer = UnverifiedMessage::<KeyAnswer>::from_der(&octets).unwrap();
        let tagging = answer.tagging();
        let mut answer = answer.claims().clone();
        change(&mut answer);
        message::sign(&answer, tagging, &key.handle()).unwrap()
    })
}

/// A change of the key that the answer gives.
fn given(
    key: &Party,
    change: impl Fn(&mut message::ReturnedKey) + Send + Sync + 'static,
) -> Change {
    said(key, move |answer| match &mut answer.replies[0] {
        Reply::Applied(key) => change(key),
        other => panic!("{other:?}"),
    })
}

#[test]
fn an_answer_is_believed_when_the_centre_signed_it_for_this_request() {
    let site = Site::new();
    let zhang = Party::new();
    let apply = |change| forged(&site, change).apply(number("zhang.san"), &zhang.public());
    apply(said(&site.centre, |_| {})).unwrap();

    let thief = Party::new();
    let fault = apply(said(&thief, |_| {})).unwrap_err();
    assert!(matches!(fault, Fault::NotSigned("the key centre")));
    // An octet of the answer, wherever it is.
    for place in [20, 100, 300, 500] {
        let changed = apply(Box::new(move |mut octets| {
            octets[place] ^= 1;
            octets
        }));
        assert!(changed.is_err(), "{place}");
    }
    type Expect = fn(&Fault) -> bool;
    let other: Expect = |fault| matches!(fault, Fault::OtherRequest(_));
    let changes: [(Change, Expect); 9] = [
        (said(&site.centre, |answer| answer.task ^= 1), other),
        (
            said(&site.centre, |answer| answer.centre.key_digest[0] ^= 1),
            other,
        ),
        (
            said(&site.centre, |answer| {
                answer.replies.push(answer.replies[0].clone());
            }),
            other,
        ),
        (
            said(&site.centre, |answer| {
                answer.replies = vec![Reply::Revoked(number("zhang.san"))];
            }),
            other,
        ),
        (
            given(&site.centre, |key| key.number = number("li.ming")),
            other,
        ),
        (
            given(&site.centre, |key| key.public_key = Party::new().public()),
            |fault| matches!(fault, Fault::OtherKey),
        ),
        (
            given(&site.centre, |key| {
                key.private_key = KeyDelivery::SignedAndEnveloped(vec![0x30, 3, 2, 1, 1]);
            }),
            |fault| matches!(fault, Fault::OtherDelivery),
        ),
        (
            said(&site.centre, |answer| {
                let at = answer.at.unix_duration() + Duration::from_secs(301);
                answer.at = der::DateTime::from_unix_duration(at).unwrap();
            }),
            |fault| matches!(fault, Fault::OtherTime { seconds: 301 }),
        ),
        (
            said(&site.centre, |answer| {
                answer.replies = vec![Reply::Failed {
                    number: 77,
                    said: "no".to_owned(),
                }];
            }),
            |fault| matches!(fault, Fault::Failed { number: 77, said } if said == "no"),
        ),
    ];
    for (index, (change, expected)) in changes.into_iter().enumerate() {
        let fault = apply(change).unwrap_err();
        assert!(expected(&fault), "{index}: {fault:?}");
    }
    // Yesterday's answer to the same application.
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    apply(Box::new(move |octets| {
        keep.lock().unwrap().clone_from(&octets);
        octets
    }))
    .unwrap();
    let fault = apply(Box::new(move |_| kept.lock().unwrap().clone())).unwrap_err();
    assert!(other(&fault), "{fault:?}");
    assert_eq!(site.open().examine(None).unwrap().keys, 1);
}

#[test]
fn the_answer_has_the_tagging_of_the_request() {
    let site = Site::new();
    let serving = Serving::start(&site);
    let zhang = Party::new();
    let keys = [Tagging::Implicit, Tagging::Explicit].map(|tagging| {
        let seen = Arc::new(Mutex::new(None));
        let see = Arc::clone(&seen);
        let client = forged(
            &site,
            Box::new(move |octets| {
                let answer = UnverifiedMessage::<KeyAnswer>::from_der(&octets).unwrap();
                *see.lock().unwrap() = Some(answer.tagging());
                octets
            }),
        );
        let client = client.with_tagging(tagging);
        let key = client.apply(number("zhang.san"), &zhang.public()).unwrap();
        assert_eq!(*seen.lock().unwrap(), Some(tagging));
        let over_tcp = site.client(serving.transport()).with_tagging(tagging);
        let again = over_tcp
            .apply(number("zhang.san"), &zhang.public())
            .unwrap();
        assert_eq!(again, key);
        key
    });
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn what_a_centre_does_not_do_by_request_it_says_and_writes_down() {
    let site = Site::new();
    let zhang = Party::new();
    let application = |number| application(&site, number, &zhang);
    let replies = asked(&site, |request| {
        let mut rsa = application(number("a"));
        rsa.bits = 2048;
        let mut aes = application(number("a"));
        aes.algorithms.symmetric.oid = "2.16.840.1.101.3.4.1.2".parse().unwrap();
        request.asks = vec![
            Ask::Apply(Box::new(rsa)),
            Ask::Apply(Box::new(aes)),
            Ask::Apply(Box::new(application(number("a")))),
            Ask::Restore(Box::new(KeyRestoration::new(
                number("a"),
                Party::new().public(),
            ))),
        ];
    });
    assert_eq!(
        [&replies[0], &replies[1], &replies[3]].map(error_of),
        [1, 1, 4]
    );
    assert!(matches!(&replies[2], Reply::Applied(_)));

    assert_eq!(
        site.acts()[2..],
        [
            "request-refused",
            "request-refused",
            "key-archived",
            "request-refused"
        ]
    );
    // With another key than the centre's nothing is answered, however good the request.
    let (request, other) = (signed(&site, |_| {}), Party::new().handle());
    let wrong = site.open().answer(&other, &request, site.now());
    assert!(
        matches!(wrong, Err(Fault::WrongKey("the centre"))),
        "{wrong:?}"
    );
    assert_eq!(site.acts().len(), 2 + 4);
}

#[test]
fn a_case_has_one_number_and_no_two_have_the_same() {
    let number = |name: &str| certificate_number(&CaseId::new(name).unwrap());
    let numbers: BTreeSet<Serial> = (0..1000).map(|n| number(&format!("case-{n}"))).collect();
    assert_eq!(numbers.len(), 1000);
    // Pinned: a centre keeps keys under these numbers for years.
    assert_eq!(
        number("zhang.san").to_string(),
        "0170aa7422a23344cbd24be0549ece43e7"
    );
    assert_eq!(number("zhang.san"), number("zhang.san"));
}
