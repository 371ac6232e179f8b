//! What a store keeps of a serial number from its reservation on, and of idempotency keys.

use lifecycle::{
    Batch, CrlPoint, IdempotencyKey, Reservation, Serial,
    certificate::{State, Status},
};

use super::{append, each, row, rows, serial};
use crate::script::authority_id;

/// What a number is reserved with, in this shard.
fn reserved(number: u8, key: u8, shard: Option<u32>) -> Batch {
    let state = State::Reserved;
    let ca = authority_id("ca");
    let mut batch = rows(vec![row(serial(number), &state)]);
    let own = (ca.clone(), serial(number));
    let end = "2030-01-01T00:00:00Z".parse().unwrap();
    batch.reservations = vec![Reservation::new(own, [key; 32], end, shard)];
    let url = format!("http://a.cn/{shard:?}.crl");
    batch.crl_points = vec![CrlPoint::new(
        ca,
        shard,
        vec![url.clone(), url + "2"],
        vec![],
    )];
    batch
}

#[test]
fn keys_are_read_page_by_page() {
    each(|store| {
        let key = |name: &str| IdempotencyKey::new(name).unwrap();
        assert_eq!(store.submissions(None, 9).unwrap(), []);
        let mut expected = Vec::new();
        for (place, name) in (1..).zip(["m", "b", "z", "0"]) {
            let mut batch = Batch::default();
            batch.submissions = vec![(key(name), place)];
            append(store, batch.clone()).unwrap();
            expected.extend(batch.submissions);
        }
        expected.sort_unstable();
        assert_eq!(store.submissions(None, usize::MAX).unwrap(), expected);
        assert_eq!(store.submissions(None, 2).unwrap(), expected[..2]);
        let last = &expected[1].0;
        assert_eq!(store.submissions(Some(last), 1).unwrap(), expected[2..3]);
        assert_eq!(store.submissions(Some(&key("zz")), 1).unwrap(), []);
    });
}

#[test]
fn what_a_number_is_reserved_with_stays() {
    each(|store| {
        let ca = authority_id("ca");
        assert_eq!(store.reservation(&ca, &serial(1)).unwrap(), None);
        let batches = [
            reserved(1, 7, Some(3)),
            reserved(2, 8, None),
            reserved(3, 7, Some(3)),
            reserved(4, 9, Some(0)),
        ];
        for batch in &batches {
            append(store, batch.clone()).unwrap();
        }
        // A number that nothing is fixed of.
        append(store, rows(vec![row(serial(5), &State::Reserved)])).unwrap();
        let burnt = State::Burnt {
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
        };
        for number in [2, 3, 4, 5] {
            append(store, rows(vec![row(serial(number), &burnt)])).unwrap();
        }
        for batch in &batches {
            let fixed = &batch.reservations[0];
            let found = store.reservation(&ca, &fixed.serial).unwrap();
            assert_eq!(found.as_ref(), Some(fixed));
        }
        assert_eq!(store.reservation(&ca, &serial(5)).unwrap(), None);
        assert_eq!(
            store
                .reservation(&authority_id("other"), &serial(1))
                .unwrap(),
            None
        );
        let of = |key| -> Vec<Serial> {
            let found = store.reservations_of(&[key; 32]).unwrap();
            found.into_iter().map(|row| row.serial).collect()
        };
        assert_eq!(of(7), [serial(1), serial(3)]);
        assert_eq!(of(8), [serial(2)]);
        assert_eq!(of(1), []);
        let revoked = store.revoked(&ca).unwrap().into_iter();
        let shards: Vec<_> = revoked.map(|(row, shard)| (row.serial, shard)).collect();
        let expected = [(2, None), (3, Some(3)), (4, Some(0)), (5, None)];
        assert_eq!(
            shards,
            expected.map(|(number, shard)| (serial(number), shard))
        );
        // What is fixed, page by page; of what has nothing fixed, nothing.
        let fixed = |after: Option<u8>, limit| {
            let after = after.map(serial);
            store.reservations(&ca, after.as_ref(), limit).unwrap()
        };
        let all: Vec<_> = batches
            .iter()
            .map(|batch| batch.reservations[0].clone())
            .collect();
        assert_eq!(fixed(None, usize::MAX), all);
        assert_eq!(fixed(None, 2), all[..2]);
        assert_eq!(fixed(Some(2), 1), all[2..3]);
        assert_eq!(fixed(Some(4), 9), []);
        let other = authority_id("other");
        assert_eq!(store.reservations(&other, None, 9).unwrap(), []);
        // Each point once.
        let mut expected: Vec<_> = [1, 3, 0]
            .map(|one| batches[one].crl_points[0].clone())
            .into();
        assert_eq!(batches[0].crl_points, batches[2].crl_points);
        expected.sort_unstable();
        assert_eq!(store.crl_points(&ca).unwrap(), expected);
        assert_eq!(store.crl_points(&authority_id("other")).unwrap(), []);
        // All rows, page by page.
        let page = |after: Option<u8>, limit| -> Vec<Serial> {
            let after = after.map(serial);
            let rows = store.certificates(&ca, after.as_ref(), limit).unwrap();
            rows.into_iter().map(|row| row.serial).collect()
        };
        assert_eq!(page(None, 2), [serial(1), serial(2)]);
        assert_eq!(page(Some(2), 2), [serial(3), serial(4)]);
        assert_eq!(page(Some(4), 2), [serial(5)]);
        assert_eq!(page(Some(5), 2), []);
        let rows = store.certificates(&ca, None, 9).unwrap();
        let statuses: Vec<_> = rows.iter().map(|row| row.status).collect();
        assert_eq!(statuses[0], Status::Reserved);
        assert!(statuses[1..].iter().all(|status| *status == Status::Burnt));
    });
}
