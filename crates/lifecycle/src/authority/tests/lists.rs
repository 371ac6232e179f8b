//! Which lists an authority makes, what stands in each, and that together they say what is so.

use super::*;
use crate::CrlPoint;
use cert_profile::{CrlReader, Reason, RevokedEntry};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use x509_cert::serial_number::SerialNumber;

/// Which certificates, each since when and why; none of removeFromCRL.
type Said = BTreeMap<SerialNumber, (DateTime, Option<Reason>)>;

const SHARD: Option<u32> = Some(7);
const OTHER: Option<u32> = Some(9);

fn after_seconds(at: DateTime, seconds: u64) -> DateTime {
    DateTime::from_unix_duration(at.unix_duration() + Duration::from_secs(seconds)).unwrap()
}

fn entry(number: u8, at: DateTime, reason: Reason) -> RevokedEntry {
    RevokedEntry::new(serial(number).to_x509(), at, reason)
}

fn point(shard: Option<u32>, urls: &[&str], deltas: &[&str]) -> CrlPoint {
    let all = |urls: &[&str]| urls.iter().map(|url| (*url).to_owned()).collect();
    CrlPoint::new(id("ca"), shard, all(urls), all(deltas))
}

/// Certificates that name the list of all and its delta, and one shard with a delta.
fn points() -> Vec<CrlPoint> {
    vec![
        point(None, &["http://a/all"], &["http://a/all-delta"]),
        point(SHARD, &["http://a/7"], &["http://a/7-delta"]),
    ]
}

fn read(crl: &[u8]) -> CrlReader<'_> {
    CrlReader::from_der(crl).unwrap()
}

fn said(crl: &[u8]) -> Said {
    let entries = read(crl).entries().map(|entry| {
        let entry = entry.unwrap().to_owned().unwrap();
        (entry.serial().clone(), (entry.revoked_at(), entry.reason()))
    });
    entries.collect()
}

fn numbers(crl: &[u8]) -> Vec<u8> {
    let serials = said(crl).into_keys();
    serials.map(|serial| serial.as_bytes()[0]).collect()
}

fn intended(events: &[Event]) -> Vec<CrlIntent> {
    let intents = events.iter().filter_map(|event| match event {
        Event::CrlIntended(intent) => Some(intent.clone()),
        _ => None,
    });
    intents.collect()
}

fn lists(events: &[Event]) -> Vec<List> {
    let intents = intended(events).into_iter();
    intents.map(|intent| intent.list).collect()
}

/// The signature is not looked at here.
fn sign_list(intent: &CrlIntent) -> Octets {
    let signature = BitString::from_bytes(&[0x30, 0]).unwrap();
    intent.attach(&signature).unwrap()
}

fn issued(intent: &CrlIntent) -> Event {
    Event::CrlIssued {
        list: intent.list,
        number: intent.number,
        crl: sign_list(intent),
    }
}

impl World {
    fn with_points(points: Vec<CrlPoint>) -> Self {
        let mut world = Self::new();
        world.revoked.points = points;
        world
    }

    fn active(&self) -> &Active {
        self.ca().established().unwrap()
    }

    fn ask(&mut self, command: Command) -> Result<Vec<Event>, Error> {
        self.step("ca", &officer("li"), command)
    }

    /// Signs one list after the other, at most so many; each as it came out.
    fn sign_lists(&mut self, count: usize) -> Vec<(List, Octets)> {
        let mut signed = Vec::new();
        while signed.len() < count
            && let Some(Effect::SignCrl(intent)) = self.ca().due()
        {
            let crl = sign_list(&intent);
            let record = Command::RecordCrl {
                list: intent.list,
                number: intent.number,
                crl: crl.clone(),
            };
            self.step("ca", &Actor::system(), record).unwrap();
            signed.push((intent.list, crl));
        }
        signed
    }

    fn run(&mut self, command: Command) -> Vec<(List, Octets)> {
        self.ask(command).unwrap();
        self.sign_lists(usize::MAX)
    }

    /// Everything that waits leaves.
    fn publish(&mut self) -> Vec<Publication> {
        let Some(Effect::Publish(items)) = self.ca().due() else {
            panic!("nothing waits");
        };
        let left = Command::RecordPublication {
            through: self.active().finished(),
        };
        self.step("ca", &Actor::system(), left).unwrap();
        items
    }

    /// Whether the event changes anything.
    fn heeds(&self, event: &Event) -> bool {
        evolve(&id("ca"), self.ca.clone(), &Actor::system(), event) != self.ca
    }

    fn apply(&mut self, event: &Event) {
        assert!(self.heeds(event), "{event:?}");
        self.ca = evolve(&id("ca"), self.ca.take(), &Actor::system(), event);
    }

    /// A list that was never prepared: what may come next is asked of it.
    fn bare(list: List, number: u64, this_update: DateTime) -> CrlIntent {
        CrlIntent {
            list,
            number,
            this_update,
            tbs: vec![0x30, 0].into(),
            algorithm: vec![0x30, 0].into(),
        }
    }
}

#[test]
fn each_list_lies_under_its_number_and_under_a_name_that_stays() {
    let mut world = World::with_points(points());
    world.run(Command::IssueCrl);
    world.publish();
    world.run(Command::IssueCrl);
    let items = world.publish().into_iter();
    let names: Vec<_> = items.map(|item| item.name).collect();
    let expected = [
        "authorities/ca/2.crl",
        "authorities/ca.crl",
        "authorities/ca/delta/2.crl",
        "authorities/ca/delta.crl",
        "authorities/ca/shards/7/2.crl",
        "authorities/ca/shards/7.crl",
        "authorities/ca/shards/7/delta/2.crl",
        "authorities/ca/shards/7/delta.crl",
    ];
    assert_eq!(names, expected);
}

#[test]
fn what_is_published_is_the_list_that_was_signed() {
    let mut world = World::with_points(points());
    let signed = world.run(Command::IssueCrl);
    let items = world.publish();
    assert_eq!((signed.len(), items.len()), (2, 4));
    for ((_, crl), items) in signed.iter().zip(items.chunks(2)) {
        assert!(items.iter().all(|item| item.octets == *crl));
    }
    assert_ne!(signed[0].1, signed[1].1);
}

/// Logs of versions that knew no other list have none in their records.
#[test]
fn a_record_names_its_list_unless_it_is_that_of_all() {
    let at = at(2037);
    for (list, expected) in [
        (List::ALL, None),
        (List::of(None), None),
        (List::of(SHARD), Some(r#"{"shard":7}"#)),
        (List::ALL.delta_to(3), Some(r#"{"base":3}"#)),
        (List::of(SHARD).delta_to(3), Some(r#"{"shard":7,"base":3}"#)),
    ] {
        let intent = World::bare(list, 4, at);
        let crl = Event::CrlIssued {
            list,
            number: 4,
            crl: vec![0x30, 0].into(),
        };
        for event in [Event::CrlIntended(intent), crl] {
            let text = serde_json::to_string(&event).unwrap();
            let named = expected.map(|list| format!(r#""list":{list},"#));
            assert_eq!(text.contains(r#""list""#), named.is_some(), "{text}");
            assert!(named.is_none_or(|named| text.contains(&named)), "{text}");
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
        }
    }
}

#[test]
fn a_run_has_the_list_of_all_each_shard_and_deltas_where_certificates_name_them() {
    let [all, seven, nine] = [None, SHARD, OTHER].map(List::of);
    let mut world = World::new();
    // Certificates that name nothing.
    assert_eq!(lists(&world.ask(Command::IssueCrl).unwrap()), [all]);
    world.sign_lists(1);
    let refused = world.decide("ca", &officer("li"), Command::IssueDeltaCrl);
    assert_eq!(refusal(refused).coded(), "missing (S4-15, S4-16)");
    // Deltas of one shard alone, of which there is no complete list yet.
    world.revoked.points = vec![
        point(SHARD, &["http://a/7"], &["http://a/7-delta"]),
        point(OTHER, &["http://a/9"], &[]),
    ];
    let refused = world.decide("ca", &officer("li"), Command::IssueDeltaCrl);
    assert_eq!(refusal(refused).coded(), "missing (S4-15, S4-16)");
    let run = world.ask(Command::IssueCrl).unwrap();
    assert_eq!(lists(&run), [all, seven, nine]);
    assert!(intended(&run).iter().all(|intent| intent.number == 2));
    world.sign_lists(3);
    let run = world.ask(Command::IssueDeltaCrl).unwrap();
    assert_eq!(lists(&run), [seven.delta_to(2)]);
    world.sign_lists(1);
    let run = world.ask(Command::IssueCrl).unwrap();
    assert_eq!(lists(&run), [all, seven, seven.delta_to(2), nine]);
    assert!(intended(&run).iter().all(|intent| intent.number == 4));
    assert_eq!(world.active().crl_number, 4);
    // Until all of them are signed, or lost, there is no other run.
    for command in [Command::IssueCrl, Command::IssueDeltaCrl] {
        let early = world.decide("ca", &officer("li"), command);
        assert_eq!(refusal(early).coded(), "wrong-state (S4-15, S4-16)");
    }
}

#[test]
fn a_list_is_of_the_moment_and_says_how_long_it_lasts() {
    let mut world = World::with_points(points());
    world.now = at(2037);
    world.run(Command::IssueCrl);
    let run = world.run(Command::IssueCrl);
    assert_eq!(run.len(), 4);
    for (list, crl) in run {
        let crl = read(&crl);
        assert_eq!(crl.number(), Some(2.into()));
        assert_eq!(crl.base_number(), list.base.map(Into::into));
        assert_eq!(crl.this_update(), world.now);
        assert_eq!(crl.next_update(), Some(after_seconds(world.now, 86_400)));
    }
}

#[test]
fn a_list_names_its_own_place_and_its_delta_and_nothing_of_others() {
    let mut world = World::with_points(vec![
        point(None, &["http://a/all"], &["http://a/all-delta"]),
        point(SHARD, &["http://a/7", "http://b/7"], &["http://a/7-delta"]),
        // The same shard, as another policy named it.
        point(SHARD, &["http://b/7", "http://c/7"], &[]),
        point(OTHER, &["http://a/9"], &[]),
    ]);
    world.run(Command::IssueCrl);
    let run = world.run(Command::IssueCrl);
    let read: Vec<_> = run
        .iter()
        .map(|(list, crl)| {
            let crl = read(crl);
            let place = crl.distribution_point();
            let place: Vec<_> = place.into_iter().flat_map(|point| point.urls()).collect();
            let freshest: Vec<_> = crl.freshest().collect();
            (*list, place.join(" "), freshest.join(" "))
        })
        .collect();
    let seven = "http://a/7 http://b/7 http://c/7";
    let expected = [
        (List::ALL, "", "http://a/all-delta"),
        (List::ALL.delta_to(1), "", ""),
        (List::of(SHARD), seven, "http://a/7-delta"),
        (List::of(SHARD).delta_to(1), seven, ""),
        (List::of(OTHER), "http://a/9", ""),
    ];
    let expected = expected.map(|(list, place, freshest)| (list, place.into(), freshest.into()));
    assert_eq!(read, expected);
}

#[test]
fn a_shards_list_has_its_own_certificates_and_that_of_all_has_all() {
    let mut world = World::with_points(points());
    world
        .revoked
        .points
        .push(point(OTHER, &["http://a/9"], &[]));
    let at = world.now;
    world.revoked.entries = [(101, None), (102, SHARD), (103, OTHER), (104, SHARD)]
        .map(|(number, shard)| (entry(number, at, Reason::Superseded), shard))
        .into();
    let run = world.run(Command::IssueCrl);
    let listed: Vec<_> = run
        .iter()
        .map(|(list, crl)| (list.shard, numbers(crl)))
        .collect();
    let expected = [
        (None, vec![101, 102, 103, 104]),
        (SHARD, vec![102, 104]),
        (OTHER, vec![103]),
    ];
    assert_eq!(listed, expected);
    // So have the deltas.
    world.revoked.entries.extend(
        [(105, None), (106, SHARD), (107, OTHER)]
            .map(|(number, shard)| (entry(number, at, Reason::Superseded), shard)),
    );
    let run = world.run(Command::IssueDeltaCrl);
    let listed: Vec<_> = run
        .iter()
        .map(|(list, crl)| (list.shard, numbers(crl)))
        .collect();
    assert_eq!(listed, [(None, vec![105, 106, 107]), (SHARD, vec![106])]);
}

#[test]
fn no_list_is_older_than_the_last_or_than_what_stands_in_it() {
    let mut world = World::with_points(points());
    world.now = at(2037);
    world.run(Command::IssueCrl);
    let backwards = |world: &mut World| {
        for command in [Command::IssueCrl, Command::IssueDeltaCrl] {
            let answer = world.decide("ca", &officer("li"), command);
            assert!(matches!(refusal(answer), Refusal::TimeRunsBackwards));
        }
    };
    let now = world.now;
    world.now = at(2036);
    backwards(&mut world);
    // The same second will do.
    world.now = now;
    world.ask(Command::IssueDeltaCrl).unwrap();
    world.sign_lists(2);
    world.revoked.entries = vec![(entry(101, now, Reason::Superseded), None)];
    world.run(Command::IssueCrl);
    world.revoked.entries = vec![(entry(101, after_seconds(now, 1), Reason::Superseded), None)];
    backwards(&mut world);
    world.now = after_seconds(now, 2);
    world.run(Command::IssueCrl);
}

/// After a run with number 2 at this time.
fn after_two_runs() -> World {
    let mut world = World::with_points(points());
    world.now = at(2037);
    world.run(Command::IssueCrl);
    world.run(Command::IssueCrl);
    world.publish();
    world
}

#[test]
fn an_intent_is_of_a_new_run_or_one_more_of_the_last() {
    let world = after_two_runs();
    let (last, before, later) = (world.now, at(2036), after_seconds(world.now, 1));
    let nine = List::of(OTHER);
    for (list, number, this_update, fits) in [
        // A new run, at the same time or later.
        (List::ALL, 3, last, true),
        (List::ALL, 3, later, true),
        (List::ALL, 7, later, true),
        (List::ALL, 3, before, false),
        (nine, 3, last, true),
        // One more of the last run: at its very time, and of a list that it does not have.
        (nine, 2, last, true),
        (nine.delta_to(1), 2, last, true),
        (nine, 2, later, false),
        (nine, 2, before, false),
        (List::ALL, 2, last, false),
        (List::ALL.delta_to(1), 2, last, false),
        // Whatever a delta changes, it is the delta of this number.
        (List::ALL.delta_to(2), 2, last, false),
        (List::of(SHARD), 2, last, false),
        // A run before.
        (nine, 1, last, false),
        (nine, 1, later, false),
        (List::ALL, 1, last, false),
    ] {
        let intent = Event::CrlIntended(World::bare(list, number, this_update));
        assert_eq!(
            world.heeds(&intent),
            fits,
            "{list:?} {number} {this_update}"
        );
    }
}

#[test]
fn of_each_list_one_at_a_time_is_about_to_be_signed() {
    let mut world = after_two_runs();
    let last = world.now;
    world.apply(&Event::CrlIntended(World::bare(List::ALL, 3, last)));
    assert_eq!(world.active().crl_number, 3);
    assert_eq!(world.active().last_update, Some(last));
    for (list, number, fits) in [
        (List::ALL, 3, false),
        (List::ALL, 4, false),
        (List::ALL.delta_to(2), 3, true),
        (List::of(SHARD), 3, true),
        (List::of(SHARD), 4, true),
    ] {
        let intent = Event::CrlIntended(World::bare(list, number, last));
        assert_eq!(world.heeds(&intent), fits, "{list:?} {number}");
    }
    world.apply(&Event::CrlIntended(World::bare(
        List::ALL.delta_to(2),
        3,
        last,
    )));
    let other_base = Event::CrlIntended(World::bare(List::ALL.delta_to(1), 4, last));
    assert!(!world.heeds(&other_base));
    // A number that was used is used, though nothing came of it.
    world.apply(&Event::CrlAbandoned { number: 3 });
    for (number, fits) in [(3, false), (4, true)] {
        let again = Event::CrlIntended(World::bare(List::ALL, number, last));
        assert_eq!(world.heeds(&again), fits, "{number}");
    }
}

#[test]
fn what_came_of_one_list_is_that_of_no_other() {
    let mut world = after_two_runs();
    let last = world.now;
    let [all, nine] = [
        World::bare(List::ALL, 3, last),
        World::bare(List::of(OTHER), 4, last),
    ];
    for intent in [&all, &nine] {
        world.apply(&Event::CrlIntended(intent.clone()));
    }
    let crl = |list, number| Event::CrlIssued {
        list,
        number,
        crl: vec![0x30, 0].into(),
    };
    for (list, number) in [
        (List::ALL, 4),
        (List::of(OTHER), 3),
        (List::ALL.delta_to(2), 3),
        (List::of(SHARD), 3),
    ] {
        assert!(!world.heeds(&crl(list, number)), "{list:?} {number}");
        let record = Command::RecordCrl {
            list,
            number,
            crl: vec![0x30, 0].into(),
        };
        let answer = world.decide("ca", &Actor::system(), record);
        assert_eq!(refusal(answer).coded(), "wrong-state (S4-15, S4-16)");
    }
    for number in [2, 5] {
        assert!(!world.heeds(&Event::CrlAbandoned { number }));
    }
    let open = |event: &Event| {
        let state = evolve(&id("ca"), world.ca.clone(), &Actor::system(), event);
        let active = state.as_ref().and_then(State::established).unwrap();
        active.crl_intents.clone()
    };
    let open_are = |event: &Event, one: &CrlIntent| open(event).iter().eq([one]);
    assert!(open_are(&Event::CrlAbandoned { number: 3 }, &nine));
    assert!(open_are(&Event::CrlAbandoned { number: 4 }, &all));
    assert!(open_are(&crl(List::ALL, 3), &nine));
    assert!(open_are(&crl(List::of(OTHER), 4), &all));
    // Two of one number.
    let mut world = after_two_runs();
    let nine = World::bare(List::of(OTHER), 3, last);
    world.apply(&Event::CrlIntended(all));
    world.apply(&Event::CrlIntended(nine.clone()));
    world.apply(&crl(List::ALL, 3));
    assert_eq!(world.active().crl_intents, [nine]);
}

#[test]
fn what_is_lost_is_made_anew_with_what_else_waits_under_its_number() {
    let mut world = World::with_points(points());
    world.run(Command::IssueCrl);
    world.publish();
    world.ask(Command::IssueCrl).unwrap();
    // The list of all is signed; its delta, and both of the shard, are lost.
    assert_eq!(world.sign_lists(1)[0].0, List::ALL);
    let lost = |number| Command::RecordCrlUnknownOutcome { number };
    for number in [1, 3] {
        let answer = world.decide("ca", &Actor::system(), lost(number));
        assert_eq!(refusal(answer).coded(), "wrong-state (S4-15, S4-16)");
    }
    let events = world.step("ca", &Actor::system(), lost(2)).unwrap();
    assert_eq!(events[0], Event::CrlAbandoned { number: 2 });
    assert_eq!(events.len(), 4);
    let shard = List::of(SHARD);
    // A delta begins at what is complete by now.
    assert_eq!(
        lists(&events),
        [List::ALL.delta_to(2), shard, shard.delta_to(1)]
    );
    assert!(intended(&events).iter().all(|intent| intent.number == 3));
    assert_eq!(world.sign_lists(9).len(), 3);

    // Of two numbers, the one.
    let mut world = after_two_runs();
    let last = world.now;
    world.apply(&Event::CrlIntended(World::bare(List::ALL, 3, last)));
    world.apply(&Event::CrlIntended(World::bare(List::of(SHARD), 4, last)));
    let events = world.step("ca", &Actor::system(), lost(3)).unwrap();
    assert_eq!(lists(&events), [List::ALL]);
    let open = world.active().crl_intents.iter();
    let open: Vec<_> = open.map(|intent| (intent.list, intent.number)).collect();
    assert_eq!(open, [(shard, 4), (List::ALL, 5)]);
}

/// What stands in the delta to a complete list.
fn delta(world: &mut World) -> Vec<(u8, Option<Reason>)> {
    let run = world.run(Command::IssueDeltaCrl);
    let said = said(&run[0].1).into_iter();
    said.map(|(serial, (_, reason))| (serial.as_bytes()[0], reason))
        .collect()
}

#[test]
fn a_delta_has_what_changed_and_nothing_else() {
    use Reason::{CertificateHold as Hold, KeyCompromise, Superseded};
    let mut world = World::with_points(points());
    let (begin, later) = (world.now, after_seconds(world.now, 60));
    let all = |entries: &[(u8, DateTime, Reason)]| {
        let entries = entries.iter();
        entries
            .map(|(number, at, reason)| (entry(*number, *at, *reason), None))
            .collect()
    };
    world.revoked.entries = all(&[
        (101, begin, Hold),
        (102, begin, Hold),
        (103, begin, Hold),
        (104, begin, Superseded),
        (105, begin, Superseded),
    ]);
    world.run(Command::IssueCrl);
    assert_eq!(delta(&mut world), []);
    world.now = later;
    world.revoked.entries = all(&[
        // Held as before; released, and held anew; revoked from the hold on.
        (101, begin, Hold),
        (102, later, Hold),
        (103, begin, Superseded),
        (104, begin, Superseded),
        // For a worse reason.
        (105, begin, KeyCompromise),
        (106, later, Hold),
    ]);
    let expected = [
        (102, Some(Hold)),
        (103, Some(Superseded)),
        (105, Some(KeyCompromise)),
        (106, Some(Hold)),
    ];
    assert_eq!(delta(&mut world), expected);
    // A release of what the base has, and of what a delta had.
    world.revoked.entries = all(&[
        (102, later, Hold),
        (103, begin, Superseded),
        (104, begin, Superseded),
        (105, begin, KeyCompromise),
    ]);
    let run = world.run(Command::IssueDeltaCrl);
    let said = said(&run[0].1);
    for removed in [101, 106] {
        let entry = said[&serial(removed).to_x509()];
        assert_eq!(entry, (later, None), "{removed}");
    }
    assert_eq!(said.len(), 5);
}

/// RFC 5280, 5.2.4 (b): "listed on the referenced base CRL or any subsequent CRL with reason
/// code certificateHold".
#[test]
fn what_a_delta_held_is_removed_by_each_that_follows_until_the_next_complete_list() {
    use Reason::CertificateHold as Hold;
    let mut world = World::with_points(points());
    world.run(Command::IssueCrl);
    let held = vec![(entry(101, world.now, Hold), None)];
    world.revoked.entries = held.clone();
    assert_eq!(delta(&mut world), [(101, Some(Hold))]);
    world.revoked.entries.clear();
    for _ in 0..3 {
        assert_eq!(delta(&mut world), [(101, None)]);
    }
    // Complete, with the delta to the one before beside it.
    let run = world.run(Command::IssueCrl);
    assert_eq!(run[0].0, List::ALL);
    assert_eq!(said(&run[0].1), Said::new());
    assert_eq!(run[1].0, List::ALL.delta_to(1));
    assert_eq!(numbers(&run[1].1), [101]);
    assert_eq!(delta(&mut world), []);
    // What the base has and a delta removed is said again, though it is as it was.
    world.revoked.entries = held.clone();
    world.run(Command::IssueCrl);
    world.revoked.entries.clear();
    assert_eq!(delta(&mut world), [(101, None)]);
    world.revoked.entries = held;
    assert_eq!(delta(&mut world), [(101, Some(Hold))]);
}

#[test]
fn a_list_that_the_store_damaged_is_not_built_upon() {
    let damaged = Octets::from(vec![0x30, 0]);
    for delta_is_damaged in [false, true] {
        let mut world = World::with_points(points());
        let count = usize::from(delta_is_damaged);
        for command in [Command::IssueCrl, Command::IssueDeltaCrl]
            .into_iter()
            .take(1 + count)
        {
            for intent in intended(&world.ask(command).unwrap()) {
                let mut event = issued(&intent);
                if let Event::CrlIssued { list, crl, .. } = &mut event
                    && list.base.is_some() == delta_is_damaged
                {
                    *crl = damaged.clone();
                }
                world.apply(&event);
            }
        }
        let answer = world.decide("ca", &officer("li"), Command::IssueDeltaCrl);
        assert!(matches!(answer, Err(Error::Profile(_))), "{answer:?}");
    }
}

#[test]
fn a_publication_takes_away_what_left_and_not_what_was_finished_meanwhile() {
    let mut world = World::new();
    world.run(Command::IssueCrl);
    // This node publishes what there is; another one finishes a list in between.
    let through = world.active().finished();
    assert_eq!(through, 3, "the certificate and two names of a list");
    world.run(Command::IssueCrl);
    let waits = world.active().unpublished[2..].to_vec();
    let left = Command::RecordPublication { through };
    let events = world.step("ca", &Actor::system(), left).unwrap();
    assert_eq!(events, [Event::PublishedThrough { count: 3 }]);
    assert_eq!(world.active().unpublished, waits);
    assert_eq!(world.ca().due(), Some(Effect::Publish(waits)));
    // Once more it is no news, and more than there is never left.
    for through in [0, 2, 3, 6, u64::MAX] {
        let left = Command::RecordPublication { through };
        assert!(world.decide("ca", &Actor::system(), left).is_err());
        let count = through;
        assert!(!world.heeds(&Event::PublishedThrough { count }));
    }
    world.apply(&Event::PublishedThrough { count: 4 });
    assert_eq!(world.active().unpublished.len(), 1);
    world.publish();
    assert_eq!(world.ca().due(), None);
    // As logs of older versions have it: all of it.
    world.run(Command::IssueCrl);
    let text = serde_json::to_string(&Event::Published).unwrap();
    assert_eq!(text, r#""published""#);
    world.apply(&serde_json::from_str(&text).unwrap());
    assert_eq!((world.ca().due(), world.active().published), (None, 7));
    assert!(!world.heeds(&Event::Published));
    world.run(Command::IssueCrl);
    world.publish();
    assert_eq!(world.active().published, 9);
}

/// Whoever reads the lists of one shard, or of all certificates: what each of them knows who has
/// a complete list, or made one, by number.
#[derive(Default)]
struct Readers(BTreeMap<Option<u32>, Vec<(u64, Said)>>);

impl Readers {
    fn take(&mut self, list: List, number: u64, crl: &[u8], truth: &Said) {
        let known = self.0.entry(list.shard).or_default();
        let Some(base) = list.base else {
            assert_eq!(said(crl), *truth, "{list:?}");
            known.push((number, truth.clone()));
            return;
        };
        let mut news = Vec::new();
        // RFC 5280, 5.2.4 (c) and (d).
        let fitting = known
            .iter()
            .filter(|(has, _)| base <= *has && *has < number);
        for (has, before) in fitting {
            let mut now = before.clone();
            for (serial, (at, reason)) in said(crl) {
                match reason {
                    Some(_) => drop(now.insert(serial, (at, reason))),
                    None => drop(now.remove(&serial)),
                }
            }
            assert_eq!(now, *truth, "{list:?} {number} over {has}");
            news.push((number, now));
        }
        assert!(!news.is_empty(), "a delta to nothing that was published");
        known.push(news.swap_remove(0));
    }
}

/// What is so of a shard, or of all.
fn truth(world: &World, shard: Option<u32>) -> Said {
    let entries = world.revoked.entries.iter();
    let own = entries.filter(|(_, own)| shard.is_none() || *own == shard);
    own.map(|(entry, _)| {
        let said = (entry.revoked_at(), entry.reason());
        (entry.serial().clone(), said)
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// However certificates are held, released and revoked, and runs break off: whoever has a
    /// complete list, or made one from deltas, has with each delta that fits what a complete
    /// list of the same moment says.
    #[test]
    fn a_complete_list_and_a_delta_say_what_is_so(
        acts in prop::collection::vec((0_u8..9, 0_u8..4), 1..60),
    ) {
        let mut world = World::with_points(points());
        let mut readers = Readers::default();
        let mut last = BTreeMap::new();
        for (act, which) in acts {
            let shard = if which % 2 == 0 { None } else { SHARD };
            let number = serial(101 + which).to_x509();
            let entries = &mut world.revoked.entries;
            let place = entries.iter().position(|(entry, _)| *entry.serial() == number);
            let hold = Some(Reason::CertificateHold);
            let (now, command) = (world.now, match act {
                0 | 1 if place.is_none() => {
                    entries.push((entry(101 + which, world.now, Reason::CertificateHold), shard));
                    continue;
                }
                1 | 2 => {
                    if let Some(place) = place && entries[place].0.reason() == hold {
                        entries.remove(place);
                    }
                    continue;
                }
                3 => {
                    if let Some(place) = place && entries[place].0.reason() == hold {
                        let since = entries[place].0.revoked_at();
                        entries[place].0 = entry(101 + which, since, Reason::Superseded);
                    }
                    continue;
                }
                4 => {
                    world.now = after_seconds(world.now, 1);
                    continue;
                }
                5 => Command::IssueCrl,
                _ => Command::IssueDeltaCrl,
            });
            if world.ask(command).is_err() {
                continue;
            }
            let mut signed = world.sign_lists(usize::from(which));
            if act > 6 && !world.active().crl_intents.is_empty() {
                let number = world.active().crl_number;
                let lost = Command::RecordCrlUnknownOutcome { number };
                world.step("ca", &Actor::system(), lost).unwrap();
            }
            signed.extend(world.sign_lists(usize::MAX));
            for (list, crl) in signed {
                prop_assert_eq!(read(&crl).this_update(), now);
                let number = read(&crl).number().unwrap();
                let place = (list.shard, list.base.is_some());
                // Of each list, the number grows.
                prop_assert!(last.insert(place, number).is_none_or(|last| last < number));
                let number: u64 = number.to_string().parse().unwrap();
                readers.take(list, number, &crl, &truth(&world, list.shard));
            }
            let all: BTreeSet<_> = last.keys().map(|(shard, _)| *shard).collect();
            prop_assert!(all.is_subset(&BTreeSet::from([None, SHARD])));
        }
    }
}
