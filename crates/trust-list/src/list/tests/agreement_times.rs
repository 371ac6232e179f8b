//! Agreements that are enacted and repealed, as tests of the EU's library for signatures name
//! them (DSS, package `tsl.job.mra`): the names are theirs, the rows ours. There an equivalence of
//! services has a status with a history; here an entry has standings. `Recognised` is *enacted*,
//! `Terminated` is *repealed*.
//!
//! The certificate was issued half a year ago, and was signed with just now, as there.

use super::*;

const ISSUED: &str = "2025-12-01T00:00:00Z";
/// As [`now`] has it: when the signature is made, unless a row says otherwise.
const NOW: &str = "2026-06-01T00:00:00Z";
const LONG_AGO: &str = "2020-01-01T00:00:00Z";
const TWO_YEARS_AGO: &str = "2024-06-01T00:00:00Z";
const IN_A_MONTH: &str = "2026-07-01T00:00:00Z";
const IN_TWO_YEARS: &str = "2028-06-01T00:00:00Z";

const ENACTED: Status = Status::Recognised;
const REPEALED: Status = Status::Terminated;

struct Row {
    name: &'static str,
    history: &'static [(Status, &'static str)],
    issued: &'static str,
    signed: &'static str,
    code: &'static str,
}

const fn row(
    name: &'static str,
    history: &'static [(Status, &'static str)],
    code: &'static str,
) -> Row {
    Row {
        name,
        history,
        issued: ISSUED,
        signed: NOW,
        code,
    }
}

/// Signed at another time, with a certificate of another one.
const fn at(row: Row, issued: &'static str, signed: &'static str) -> Row {
    Row {
        issued,
        signed,
        ..row
    }
}

const OF_DSS: &[Row] = &[
    row("MRALOTL", &[(ENACTED, LONG_AGO)], "RECOGNISED"),
    row(
        "MRALOTLEnactedInTheFutureWithHistoryRepealed",
        &[(REPEALED, LONG_AGO), (ENACTED, IN_A_MONTH)],
        "STATUS_AT_SIGNING",
    ),
    row(
        "MRALOTLEnactedInThePastWithHistoryRepealed",
        &[(REPEALED, LONG_AGO), (ENACTED, TWO_YEARS_AGO)],
        "RECOGNISED",
    ),
    // Enacted anew, with another content: an entry's conditions do not change, and what
    // stands goes on standing.
    row(
        "MRALOTLEnactedNoQualifiedWithHistoryEnacted",
        &[(ENACTED, LONG_AGO)],
        "RECOGNISED",
    ),
    row(
        "MRALOTLEnactedWithHistoryEnacted",
        &[(ENACTED, LONG_AGO)],
        "RECOGNISED",
    ),
    // The earlier one begins as the signature is made: the certificate is older.
    row(
        "MRALOTLEnactedWithHistoryEnactedAllInFuture",
        &[(ENACTED, NOW)],
        "ISSUED_OUTSIDE",
    ),
    row(
        "MRALOTLEnactedWithHistoryRepealed",
        &[(REPEALED, LONG_AGO), (ENACTED, NOW)],
        "ISSUED_OUTSIDE",
    ),
    row(
        "MRALOTLRepealedInTheFutureWithHistoryEnacted",
        &[(ENACTED, LONG_AGO), (REPEALED, IN_A_MONTH)],
        "RECOGNISED",
    ),
    row(
        "MRALOTLRepealedInThePastWithHistoryEnacted",
        &[(ENACTED, LONG_AGO), (REPEALED, TWO_YEARS_AGO)],
        "STATUS_AT_SIGNING",
    ),
    row(
        "MRALOTLRepealedWithHistoryEnacted",
        &[(ENACTED, LONG_AGO), (REPEALED, NOW)],
        "STATUS_AT_SIGNING",
    ),
    // By its times all of it is in the future, there as here.
    row(
        "MRALOTLRepealedWithHistoryRepealedAllInPast",
        &[(REPEALED, IN_TWO_YEARS)],
        "STATUS_AT_SIGNING",
    ),
    row(
        "MRALOTLRepealedWithHistoryRepealed",
        &[(REPEALED, LONG_AGO)],
        "STATUS_AT_SIGNING",
    ),
    row(
        "MRAWithCustomTrustServiceEquivalenceStatusStartingTime",
        &[(ENACTED, NOW)],
        "ISSUED_OUTSIDE",
    ),
    row(
        "MRAWithRepealedTrustServiceEquivalenceStatus",
        &[(REPEALED, LONG_AGO)],
        "STATUS_AT_SIGNING",
    ),
];

/// Enacted, repealed for a month, enacted again: there the three become one span from the
/// first start to the last end.
const TWICE: &[(Status, &str)] = &[
    (ENACTED, "2026-01-10T00:00:00Z"),
    (REPEALED, "2026-03-01T00:00:00Z"),
    (ENACTED, "2026-04-01T00:00:00Z"),
];
const ONCE: &[(Status, &str)] = &[
    (ENACTED, "2026-01-10T00:00:00Z"),
    (REPEALED, "2026-03-01T00:00:00Z"),
];

const FIRST: &str = "2026-02-01T00:00:00Z";
const GAP: &str = "2026-03-15T00:00:00Z";
const AGAIN: &str = "2026-04-15T00:00:00Z";

const OURS: &[Row] = &[
    at(row("within the first", TWICE, "RECOGNISED"), FIRST, FIRST),
    at(row("within the second", TWICE, "RECOGNISED"), AGAIN, AGAIN),
    at(
        row("from one to the other", TWICE, "RECOGNISED"),
        FIRST,
        AGAIN,
    ),
    at(
        row("signed in the gap", TWICE, "STATUS_AT_SIGNING"),
        FIRST,
        GAP,
    ),
    at(
        row("issued in the gap", TWICE, "ISSUED_OUTSIDE"),
        GAP,
        AGAIN,
    ),
    at(row("all in the gap", TWICE, "STATUS_AT_SIGNING"), GAP, GAP),
    at(
        row("issued before all", TWICE, "ISSUED_OUTSIDE"),
        ISSUED,
        FIRST,
    ),
    at(
        row("signed before all", TWICE, "STATUS_AT_SIGNING"),
        ISSUED,
        "2026-01-09T23:59:59Z",
    ),
    at(
        row("in its first second", TWICE, "RECOGNISED"),
        "2026-01-10T00:00:00Z",
        "2026-01-10T00:00:00Z",
    ),
    at(
        row("in the last second before the gap", TWICE, "RECOGNISED"),
        FIRST,
        "2026-02-28T23:59:59Z",
    ),
    at(
        row("in the first second of the gap", TWICE, "STATUS_AT_SIGNING"),
        FIRST,
        "2026-03-01T00:00:00Z",
    ),
    at(
        row("in the last second of the gap", TWICE, "STATUS_AT_SIGNING"),
        FIRST,
        "2026-03-31T23:59:59Z",
    ),
    at(
        row("in the first second after the gap", TWICE, "RECOGNISED"),
        FIRST,
        "2026-04-01T00:00:00Z",
    ),
    at(
        row(
            "issued in the last second before the gap",
            TWICE,
            "RECOGNISED",
        ),
        "2026-02-28T23:59:59Z",
        AGAIN,
    ),
    at(
        row(
            "issued in the first second of the gap",
            TWICE,
            "ISSUED_OUTSIDE",
        ),
        "2026-03-01T00:00:00Z",
        AGAIN,
    ),
    at(
        row("before an end that came later", ONCE, "RECOGNISED"),
        FIRST,
        FIRST,
    ),
    at(
        row("after the end", ONCE, "STATUS_AT_SIGNING"),
        FIRST,
        AGAIN,
    ),
    at(
        row("issued after the end", ONCE, "STATUS_AT_SIGNING"),
        AGAIN,
        AGAIN,
    ),
    at(
        row("not yet", ONCE, "FUTURE"),
        FIRST,
        "2026-06-01T00:00:01Z",
    ),
];

fn entry(scene: &Scene, history: &[(Status, &str)]) -> Entry {
    let mut changes = history.iter().map(|(status, from)| change(*status, from));
    let first = changes.next().unwrap();
    let entry = Entry::new("CN-GD", ca("甲"), text("personal"), first).unwrap();
    let mut entry = entry.anchor(scene.root.clone()).issuer(scene.sub.clone());
    changes.for_each(|change| entry.change(change).unwrap());
    entry
}

// proves: S4-10, X-09
#[test]
fn agreements_are_judged_by_what_stood_then() {
    let mut scene = Scene::new();
    for row in OF_DSS.iter().chain(OURS) {
        let list = scene.accept(&scene.draft_with(entry(&scene, row.history)));
        scene.leaf = scene.leaf.valid(row.issued, "2027-01-01T00:00:00Z");
        let target = scene.leaf.issue(&scene.sub_key);
        let question = Question::new(&target, now());
        let proved = question
            .clone()
            .signed(SigningTime::Proved(time(row.signed)));
        assert_eq!(list.ask(&proved).verdict.code(), row.code, "{}", row.name);
        if row.signed == NOW {
            assert_eq!(list.ask(&question).verdict.code(), row.code, "{}", row.name);
        }
    }
}

/// What stands is not enacted a second time: there is one interval, and no way to make two of
/// it that touch.
#[test]
fn nothing_is_enacted_twice_in_a_row() {
    let scene = Scene::new();
    let mut enacted = entry(&scene, &[(ENACTED, LONG_AGO)]);
    let again = change(ENACTED, TWO_YEARS_AGO);
    assert_eq!(enacted.change(again).unwrap_err().code(), "FORMAT");
    assert_eq!(enacted.intervals(ENACTED).as_slice().len(), 1);
    let mut repealed = entry(&scene, &[(REPEALED, LONG_AGO)]);
    let again = change(REPEALED, TWO_YEARS_AGO);
    assert_eq!(repealed.change(again).unwrap_err().code(), "FORMAT");
    let twice = entry(&scene, TWICE);
    assert_eq!(twice.intervals(ENACTED).as_slice().len(), 2);
    assert_eq!(twice.intervals(REPEALED).as_slice().len(), 1);
}

fn histories() -> impl Strategy<Value = Vec<(Status, u64)>> {
    let status = prop_oneof![
        Just(Status::Recognised),
        Just(Status::Suspended),
        Just(Status::Terminated)
    ];
    proptest::collection::vec((status, 1u64..20), 1..8)
}

proptest! {
    /// At each second an entry has one status, that of the last standing that has begun, and
    /// is in the intervals of that status alone.
    #[test]
    fn intervals_are_what_the_history_says(steps in histories()) {
        let second = |second| DateTime::from_unix_duration(Duration::from_secs(second)).unwrap();
        let (mut at, mut history) = (0, Vec::<StatusChange>::new());
        for (status, span) in steps {
            at += span;
            if history.last().is_none_or(|last| last.status != status) {
                history.push(StatusChange::new(status, second(at), StatusCause::Decision));
            }
        }
        let mut changes = history.clone().into_iter();
        let first = changes.next().unwrap();
        let mut entry = Entry::new("HK", ca("甲"), text("personal"), first).unwrap();
        changes.for_each(|change| entry.change(change).unwrap());
        let all = [Status::Recognised, Status::Suspended, Status::Terminated];
        for moment in (0..=at + 2).map(second) {
            let begun = history.iter().rev().find(|change| change.from <= moment);
            let stands = begun.map(|change| change.status);
            prop_assert_eq!(entry.status_at(moment).map(|change| change.status), stands);
            for status in all {
                let within = entry.intervals(status).contains(moment);
                prop_assert_eq!(within, stands == Some(status));
            }
        }
        // The last one is open, all others have ends; none is joined with its next.
        for status in all {
            let intervals = entry.intervals(status);
            let count = history.iter().filter(|change| change.status == status).count();
            prop_assert_eq!(intervals.as_slice().len(), count);
            let open = intervals.as_slice().iter().filter(|one| one.until.is_none()).count();
            let is_last = history.last().unwrap().status == status;
            prop_assert_eq!(open, usize::from(is_last));
        }
    }
}
