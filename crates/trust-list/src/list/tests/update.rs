//! From one list to the next.

use super::*;

fn refused(result: core::result::Result<TrustList, Box<UpdateRefused>>) -> &'static str {
    result.unwrap_err().reason.code()
}

#[test]
fn numbers_only_grow() {
    let scene = Scene::new();
    let one = scene.accept(&scene.draft_with(scene.entry()));
    let (issued, next_update) = (time("2026-05-31T00:00:00Z"), time("2026-06-30T00:00:00Z"));
    let following = |list: &TrustList| TrustListDraft::following(list, issued, next_update);
    let two = scene.accept(&following(&one));
    let three = scene.accept(&following(&two));
    assert_eq!(two.previous(), Some(one.digest()));
    let up = one.clone().update(two.clone()).unwrap();
    assert_eq!(up.sequence(), 2);
    up.update(three.clone()).unwrap();
    one.clone().update(one.clone()).unwrap();
    one.clone().update(three.clone()).unwrap();

    let error = three.update(two.clone()).unwrap_err();
    assert_eq!(error.reason.code(), "ROLLBACK");
    assert_eq!(error.held.sequence(), 3);

    let mut other = following(&one);
    other.insert(scene.entry_named("乙")).unwrap();
    let other = scene.accept(&other);
    assert_eq!(refused(two.clone().update(other)), "FORK");

    let unchained = following(&one).after(1, [0; 32]);
    assert_eq!(
        refused(one.clone().update(scene.accept(&unchained))),
        "BROKEN_CHAIN"
    );
    let mut earlier = following(&two);
    earlier.contents.issued = time("2026-05-30T00:00:00Z");
    assert_eq!(refused(two.update(scene.accept(&earlier))), "TIME");
    let mut stranger = following(&one);
    stranger.contents.publisher = Publisher::new("HK", text("他")).unwrap();
    assert_eq!(refused(one.update(scene.accept(&stranger))), "PUBLISHER");
}

/// An authority takes the place of another one: the list that says so names the last one of
/// the old name.
#[test]
fn a_publisher_may_have_another_name_in_the_next_list() {
    let scene = Scene::new();
    let one = scene.accept(&scene.draft_with(scene.entry()));
    let (issued, to) = (time("2026-05-31T00:00:00Z"), time("2026-06-30T00:00:00Z"));
    let named = |territory| Publisher::new(territory, text("数字政策办公室")).unwrap();
    let following = || TrustListDraft::following(&one, issued, to);
    let two = scene.accept(&following().renamed(named("CN")).unwrap());
    let renamed = one.clone().update(two.clone()).unwrap();
    assert_eq!(renamed.publisher(), &named("CN"));
    // The old name is somebody else's from then on.
    let old = TrustListDraft::following(&one, issued, to).after(3, [7; 32]);
    assert_eq!(refused(two.update(scene.accept(&old))), "PUBLISHER");
    // Another territory, another number, another list before it.
    assert_eq!(
        following().renamed(named("HK")).unwrap_err().code(),
        "PUBLISHER"
    );
    for (sequence, digest) in [(1, [7; 32]), (2, one.digest()), (0, one.digest())] {
        let draft = following().renamed(named("CN")).unwrap();
        let list = scene.accept(&draft.after(sequence, digest));
        assert_eq!(refused(one.clone().update(list)), "PUBLISHER", "{sequence}");
    }
    // What was said stays said.
    let mut silent = following().renamed(named("CN")).unwrap();
    silent.contents.entries = Entries::default();
    assert_eq!(
        refused(one.update(scene.accept(&silent))),
        "HISTORY_REWRITTEN"
    );
}

#[test]
fn history_stays() {
    let scene = Scene::new();
    let one = scene.accept(&scene.draft_with(scene.entry()));
    let key = scene.entry().key();
    let judge = |bend: &dyn Fn(&mut Entry)| {
        let (issued, to) = (time("2026-05-31T00:00:00Z"), time("2026-06-30T00:00:00Z"));
        let mut draft = TrustListDraft::following(&one, issued, to);
        bend(draft.entry_mut(&key).unwrap());
        let newer = scene.accept(&draft);
        one.clone()
            .update(newer)
            .map_or_else(|e| e.reason.code(), |_| "")
    };
    let suspended = StatusChange::new(
        Status::Suspended,
        time("2026-03-01T00:00:00Z"),
        StatusCause::MisIssuance,
    );
    let back = |from| change(Status::Recognised, from);
    assert_eq!(judge(&|_| ()), "");
    assert_eq!(judge(&|entry| entry.change(suspended.clone()).unwrap()), "");
    let later = |entry: &mut Entry| {
        entry.change(suspended.clone()).unwrap();
        entry.change(back("2026-05-25T00:00:00Z")).unwrap();
    };
    assert_eq!(judge(&later), "");
    for bend in [
        |entry: &mut Entry| entry.history[0].from = time("2025-01-01T00:00:00Z"),
        |entry: &mut Entry| entry.history[0].cause = StatusCause::Cessation,
        |entry: &mut Entry| entry.history[0].status = Status::Terminated,
        |entry: &mut Entry| entry.issuers = entry.anchors.clone(),
        |entry: &mut Entry| {
            let policy = ObjectIdentifier::new_unwrap("1.2.3");
            entry.policies = vec![PolicyRule::exact(policy)];
        },
        |entry: &mut Entry| entry.type_name = Some("another".into()),
        |entry: &mut Entry| {
            let during = Interval::new(time("2026-02-01T00:00:00Z"), None);
            entry
                .issuer_intervals
                .insert(entry.issuers[0].digest(), during);
        },
        // Without a cause that reaches back, nothing ends in the past.
        |entry: &mut Entry| {
            entry
                .change(change(Status::Suspended, "2026-03-01T00:00:00Z"))
                .unwrap();
        },
        |entry: &mut Entry| {
            let from = time("2026-03-01T00:00:00Z");
            let cause = StatusCause::Compromise;
            entry
                .change(StatusChange::new(Status::Suspended, from, cause))
                .unwrap();
            entry
                .change(change(Status::Recognised, "2026-05-24T23:59:59Z"))
                .unwrap();
        },
    ] {
        assert_eq!(judge(&bend), "HISTORY_REWRITTEN");
    }
    let (issued, to) = (time("2026-05-31T00:00:00Z"), time("2026-06-30T00:00:00Z"));
    let mut without = TrustListDraft::following(&one, issued, to);
    without.contents.entries = Entries::default();
    assert_eq!(
        refused(one.clone().update(scene.accept(&without))),
        "HISTORY_REWRITTEN"
    );
    let mut past = TrustListDraft::following(&one, issued, to);
    past.insert(scene.entry_named("乙")).unwrap();
    assert_eq!(
        refused(one.update(scene.accept(&past))),
        "HISTORY_REWRITTEN"
    );
}
