//! What must not be accepted, each with its code.

use super::*;
use std::time::Instant;

fn json_of(list: &UnverifiedList) -> String {
    let json = list.message.content().unwrap();
    String::from_utf8(json.to_vec()).unwrap()
}

#[test]
fn an_old_list_is_not_played_again() {
    let world = World::new();
    let first = world.accept(same);
    world.accept(same);
    assert_eq!(world.refuse(&first), "ROLLBACK");
}

#[test]
fn one_number_with_two_contents_is_evidence() {
    let world = World::new();
    world.accept(same);
    let twin = world.sign(&world.draft(|mut draft| {
        draft.insert(world.scene.entry_named("乙")).unwrap();
        draft.issued(now(), time("2026-06-25T00:00:00Z"))
    }));
    // The other content of the second list, then of the first.
    world.accept(same);
    assert_eq!(world.refuse(&twin), "FORK");
    let kept = world.store.kept();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|(name, _)| name.starts_with("fork-2-")));
    assert_eq!(kept[1].1, twin.der);
}

#[test]
fn history_is_not_rewritten_and_not_removed() {
    let world = World::new();
    world.accept(|mut draft| {
        let entry = draft.entry_mut(&world.key()).unwrap();
        entry
            .change(change(Status::Suspended, "2026-05-01T00:00:00Z"))
            .unwrap();
        draft
    });
    let bent = |bend: fn(&mut Entry)| {
        world.sign(&world.draft(|mut draft| {
            bend(draft.entry_mut(&world.key()).unwrap());
            draft
        }))
    };
    for bend in [
        (|entry| drop(entry.history.pop())) as fn(&mut Entry),
        |entry| drop(entry.history.remove(0)),
        |entry| entry.history[1].from = time("2026-05-02T00:00:00Z"),
        |entry| entry.history[1].cause = StatusCause::Request,
        |entry| {
            let again = change(Status::Recognised, "2026-05-02T00:00:00Z");
            entry.change(again).unwrap();
        },
    ] {
        assert_eq!(world.refuse(&bent(bend)), "HISTORY_REWRITTEN");
    }
    let without = world.sign(&world.draft(|mut draft| {
        draft.contents.entries = crate::list::Entries::default();
        draft
    }));
    assert_eq!(world.refuse(&without), "HISTORY_REWRITTEN");
    // Over a gap as well.
    let far = world.sign(&world.draft(|mut draft| {
        draft.contents.entries = crate::list::Entries::default();
        draft.after(8, [7; 32])
    }));
    assert_eq!(world.refuse(&far), "HISTORY_REWRITTEN");
}

#[test]
fn the_chain_of_digests_holds() {
    let world = World::new();
    world.accept(same);
    let loose = world.sign(&world.draft(|draft| draft.after(1, [7; 32])));
    assert_eq!(world.refuse(&loose), "BROKEN_CHAIN");
}

#[test]
fn times_are_checked() {
    let world = World::new();
    let json = json_of(&world.sign(&world.draft(same)));
    let with = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        world.sign_json(&json.replace(from, to))
    };
    let next = "\"NextUpdate\":\"2026-06-25T00:00:00Z\"";
    // A publisher's list that stands for longer than lists may, signed though it is.
    let stretched = with(next, "\"NextUpdate\":\"2026-08-23T00:00:01Z\"");
    assert_eq!(world.refuse(&stretched), "TIME");
    let endless = with(next, "\"NextUpdate\":\"9999-12-31T23:59:59Z\"");
    assert_eq!(world.refuse(&endless), "TIME");
    let backwards = with(next, "\"NextUpdate\":\"2026-05-25T00:00:00Z\"");
    assert_eq!(world.refuse(&backwards), "TIME");
    let issue = "\"ListIssueDateTime\":\"2026-05-25T00:00:00Z\"";
    let ahead = with(issue, "\"ListIssueDateTime\":\"2026-06-01T00:05:01Z\"");
    assert_eq!(world.refuse(&ahead), "TIME");
    let stale = with(next, "\"NextUpdate\":\"2026-06-01T00:00:00Z\"");
    assert_eq!(world.refuse(&stale), "STALE");
    // Five minutes are the clocks'.
    let a_little = with(issue, "\"ListIssueDateTime\":\"2026-06-01T00:05:00Z\"");
    world.offer(&a_little).unwrap();
    let earlier =
        world.sign(&world.draft(|draft| draft.issued(now(), time("2026-06-25T00:00:00Z"))));
    assert_eq!(world.refuse(&earlier), "TIME");
}

/// A lifetime is the client's to say: longer or shorter than usual.
#[test]
fn a_client_may_want_shorter_lists() {
    let scene = Scene::new();
    let pins = ClientPolicy::pinned(SignerSet::one(&scene.publisher));
    let day = Duration::from_secs(24 * 60 * 60);
    let strict = World::with(scene, pins.max_lifetime(30 * day));
    assert_eq!(strict.refuse(&strict.sign(&strict.draft(same))), "TIME");
}

#[test]
fn encodings_and_shapes_are_checked() {
    let world = World::new();
    let json = json_of(&world.sign(&world.draft(same)));
    let twice = json.replacen(
        "\"LoTESequenceNumber\":1",
        "\"LoTESequenceNumber\":1,\"LoTESequenceNumber\":1",
        1,
    );
    assert_eq!(world.refuse(&world.sign_json(&twice)), "FORMAT");
    assert_eq!(
        world.refuse(&world.sign_json(&format!("\u{feff}{json}"))),
        "FORMAT"
    );
    let utf16: Vec<u8> = json.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let utf16 = UnverifiedList::from_der(world.scene.sign_octets(utf16)).unwrap();
    assert_eq!(world.refuse(&utf16), "FORMAT");
}

#[test]
fn names_that_look_alike_are_refused() {
    let world = World::new();
    let named = |name: &str, other: &str| {
        let mut draft = world.scene.draft_with(world.scene.entry_named(name));
        draft.insert(world.scene.entry_named(other)).unwrap();
        draft.to_json().map_or_else(|error| error.code(), |_| "")
    };
    assert_eq!(named("Digi-Sign", "GDCA"), "");
    for (name, other) in [
        // Cyrillic а, е; Greek ο; fullwidth; capitals; a nought.
        ("GDCA", "GDC\u{410}"),
        ("Hongkong Post", "Hongkong P\u{3bf}st"),
        ("\u{421}\u{410}", "CA"),
        ("Hongkong Post", "\u{ff28}ongkong Post"),
        ("Digi-Sign", "DIGI-SIGN"),
        ("CA One", "CA 0ne"),
    ] {
        assert_eq!(named(name, other), "LOOKALIKE", "{name} {other}");
    }
    // Signed all the same: a reader refuses it, too.
    let draft = world.draft(|mut draft| {
        draft.insert(world.scene.entry_named("GDCA")).unwrap();
        draft.insert(world.scene.entry_named("Guangdong")).unwrap();
        draft
    });
    let json = String::from_utf8(draft.to_json().unwrap()).unwrap();
    let bent = world.sign_json(&json.replace("Guangdong", "GDC\u{410}"));
    assert_eq!(world.refuse(&bent), "LOOKALIKE");
    let unseen = world.sign_json(&json.replace("Guangdong", "Guang\u{200b}dong"));
    assert_eq!(world.refuse(&unseen), "FORMAT");
}

#[test]
fn too_much_is_refused_quickly() {
    let world = World::new();
    let started = Instant::now();
    let hundred_megabytes = vec![0x30; 100_000_000];
    let refused = UnverifiedList::from_der(hundred_megabytes).unwrap_err();
    assert_eq!(refused.code(), "LIMIT");

    let json = json_of(&world.sign(&world.draft(same)));
    let start = json.find("[{\"TrustedEntityInformation\"").unwrap() + 1;
    let entity = &json[start..json.len() - 3];
    // 1 000 000 entities of this size are too long to be read at all.
    let million = entity.len() as u64 * 1_000_000;
    assert!(million > UnverifiedList::MAX_LENGTH as u64);
    // As many as fit, each the shortest that has a service.
    let service = r#"{"ServiceInformation":{}}"#;
    let many = format!("[{}{service}]", format!("{service},").repeat(500_000));
    let start_of_services = json.find("\"TrustedEntityServices\":").unwrap() + 24;
    let end = json.len() - 4;
    let bent = format!("{}{many}{}", &json[..start_of_services], &json[end..]);
    assert_eq!(world.refuse(&world.sign_json(&bent)), "FORMAT");
    // Each the shortest of the right shape.
    let empty = "{\"TrustedEntityInformation\":{\"TEName\":[],\"TEAddress\":{\"TEPostalAddress\":[],\
                 \"TEElectronicAddress\":[]},\"TEInformationURI\":[],\"TEInformationExtensions\":[]},\
                 \"TrustedEntityServices\":[]}";
    let count = 200_000;
    let many = format!("{empty},").repeat(count);
    let bent = format!("{}{many}{}", &json[..start], &json[start..]);
    assert_eq!(world.refuse(&world.sign_json(&bent)), "LIMIT");
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn an_issuer_with_a_new_key_under_its_old_name_is_another() {
    let mut world = World::new();
    world.accept(same);
    assert_eq!(world.ask("2026-06-01T00:00:00Z"), "RECOGNISED");
    let key = Key::new();
    world.scene.sub_key = key;
    assert_eq!(world.ask("2026-06-01T00:00:00Z"), "PATH");
}

#[test]
fn a_claimed_time_is_judged_as_the_rules_say() {
    let world = World::new();
    world.accept(same);
    let target = world.scene.leaf.issue(&world.scene.sub_key);
    let strict = Rules {
        claimed_time: ClaimedTime::Indeterminate,
        ..Rules::default()
    };
    let claimed = SigningTime::Claimed(time("2026-05-01T00:00:00Z"));
    let question = Question::new(&target, now()).signed(claimed);
    let code = |question: Question<'_>| world.client.ask(&question).unwrap().verdict.code();
    assert_eq!(code(question.clone()), "RECOGNISED");
    assert_eq!(code(question.rules(strict)), "UNPROVED_TIME");
}
