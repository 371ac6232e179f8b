//! What a publisher must not send out, and what readers find.

use super::*;
use crate::{
    client::ClientPolicy,
    flash::{FlashDraft, UnverifiedFlash},
    forge::{now, time},
    list::{
        Form, Mirror, SignaturePlan, SignerRoll, SignerSet, StatusCause, StatusChange,
        UnverifiedList, tests::Scene,
    },
};
use std::fs;

struct Desk {
    scene: Scene,
    place: tempfile::TempDir,
    policy: ClientPolicy,
}

impl Desk {
    fn new() -> Self {
        let scene = Scene::new();
        Self {
            policy: ClientPolicy::pinned(SignerSet::one(&scene.publisher)),
            place: tempfile::tempdir().unwrap(),
            scene,
        }
    }

    fn folder(&self) -> Folder {
        Folder::new(self.place.path())
    }

    fn publish(&self, draft: &TrustListDraft) -> Result<Published> {
        let list = UnverifiedList::from_der(self.scene.sign(draft)).unwrap();
        self.folder().publish(&list, &self.policy, now())
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.place.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != ".lock")
            .collect();
        names.sort();
        names
    }
}

#[test]
fn a_list_appears_as_a_whole_and_the_pointer_last() {
    let desk = Desk::new();
    assert!(desk.folder().latest().unwrap().is_none());
    let first = desk.scene.draft_with(desk.scene.entry());
    desk.publish(&first).unwrap();
    let names = ["latest", "list-1.json", "list-1.p7s", "list-1.sm3"];
    assert_eq!(desk.names(), names);
    let read = |name: &str| fs::read(desk.place.path().join(name)).unwrap();
    assert_eq!(read("latest"), b"list-1.p7s\n");
    assert_eq!(read("list-1.json"), first.to_json().unwrap());
    let list = desk.folder().latest().unwrap().unwrap();
    let list = list.verify(&desk.scene.publisher, now()).unwrap();

    // A heartbeat: nothing changed, and that is news.
    assert!(!is_due(&list, now(), Duration::from_secs(60)));
    assert!(is_due(
        &list,
        time("2026-06-24T23:59:00Z"),
        Duration::from_secs(60)
    ));
    let next = TrustListDraft::following(&list, now(), time("2026-06-30T00:00:00Z"));
    assert_eq!(desk.publish(&next).unwrap().sequence, 2);
    assert_eq!(read("latest"), b"list-2.p7s\n");
}

/// Who died between two files goes on: the signature that is there stays, another content does
/// not take its number.
#[test]
fn a_publication_that_was_cut_off_is_finished() {
    let desk = Desk::new();
    let draft = desk.scene.draft_with(desk.scene.entry());
    let path = |name: &str| desk.place.path().join(name);
    desk.publish(&draft).unwrap();
    let signed = fs::read(path("list-1.p7s")).unwrap();
    fs::remove_file(path("latest")).unwrap();
    fs::remove_file(path("list-1.sm3")).unwrap();
    let other = draft.clone().issued(now(), time("2026-06-30T00:00:00Z"));
    assert_eq!(desk.publish(&other).unwrap_err().code(), "PUBLICATION");
    desk.publish(&draft).unwrap();
    assert_eq!(fs::read(path("list-1.p7s")).unwrap(), signed);
    let digest = crate::list::hexadecimal(&gm_crypto::sm3::digest(&signed));
    assert_eq!(
        fs::read(path("list-1.sm3")).unwrap(),
        format!("{digest}\n").as_bytes()
    );
    assert!(path("latest").exists());
}

/// What is put down before it is signed keeps its number, whatever is cut off behind that.
#[test]
fn a_number_that_is_put_down_has_one_content() {
    let desk = Desk::new();
    let folder = desk.folder();
    let draft = desk.scene.draft_with(desk.scene.entry());
    let json = draft.to_json().unwrap();
    assert!(folder.intended().unwrap().is_none());
    folder.intend(&json).unwrap();
    folder.intend(&json).unwrap();
    assert_eq!(folder.intended().unwrap(), Some(json.clone()));
    let other = draft.clone().issued(now(), time("2026-06-30T00:00:00Z"));
    let other = other.to_json().unwrap();
    assert_eq!(folder.intend(&other).unwrap_err().code(), "PUBLICATION");
    // Somebody who knows that it was never signed gives the number free; the wrong content does
    // nothing.
    folder.withdraw(&other).unwrap();
    assert_eq!(folder.intended().unwrap(), Some(json.clone()));
    folder.withdraw(&json).unwrap();
    folder.intend(&other).unwrap();
    folder.withdraw(&other).unwrap();

    folder.intend(&json).unwrap();
    desk.publish(&draft).unwrap();
    assert!(folder.intended().unwrap().is_none());
    // What is out is out, and may be said again.
    folder.intend(&json).unwrap();
    folder.withdraw(&json).unwrap();
    assert_eq!(
        fs::read(desk.place.path().join("list-1.json")).unwrap(),
        json
    );
    assert_eq!(folder.intend(&other).unwrap_err().code(), "FORK");

    // Whoever died behind the signature has to finish that publication.
    fs::remove_file(desk.place.path().join("latest")).unwrap();
    assert_eq!(folder.intended().unwrap(), Some(json.clone()));
    assert_eq!(folder.withdraw(&json).unwrap_err().code(), "PUBLICATION");
    desk.publish(&draft).unwrap();
}

#[test]
fn what_readers_would_refuse_is_not_even_put_down() {
    let desk = Desk::new();
    let folder = desk.folder();
    let first = desk.scene.draft_with(desk.scene.entry());
    desk.publish(&first).unwrap();
    let json = first.to_json().unwrap();
    let digest = gm_crypto::sm3::digest(&json);
    let second = |sequence, digest| first.clone().after(sequence, digest).to_json().unwrap();
    for (next, code) in [
        (second(1, [7; 32]), "BROKEN_CHAIN"),
        (second(2, digest), "GAP"),
        (
            desk.scene.draft().after(1, digest).to_json().unwrap(),
            "HISTORY_REWRITTEN",
        ),
    ] {
        assert_eq!(folder.intend(&next).unwrap_err().code(), code);
    }
    assert!(folder.intended().unwrap().is_none());
    folder.intend(&second(1, digest)).unwrap();
}

#[test]
fn what_readers_would_refuse_does_not_appear() {
    let desk = Desk::new();
    let first = desk.scene.draft_with(desk.scene.entry());
    desk.publish(&first).unwrap();
    let before = desk.names();
    let list = desk.scene.accept(&first);
    let next = || TrustListDraft::following(&list, now(), time("2026-06-30T00:00:00Z"));
    let mut without = next();
    without.contents.entries = crate::list::Entries::default();
    for (draft, code) in [
        (without, "HISTORY_REWRITTEN"),
        (next().after(1, [7; 32]), "BROKEN_CHAIN"),
        (first.issued(now(), time("2026-06-30T00:00:00Z")), "FORK"),
        (
            next().issued(time("2026-05-24T00:00:00Z"), time("2026-06-30T00:00:00Z")),
            "TIME",
        ),
    ] {
        assert_eq!(desk.publish(&draft).unwrap_err().code(), code);
        assert_eq!(desk.names(), before);
    }
    let stranger = UnverifiedList::from_der(Scene::new().sign(&next())).unwrap();
    let refused = desk.folder().publish(&stranger, &desk.policy, now());
    assert_eq!(refused.unwrap_err().code(), "SIGNER");
    assert_eq!(desk.names(), before);
    // A file that somebody else put there is not written over.
    fs::write(desk.place.path().join("list-2.json"), b"{}").unwrap();
    assert_eq!(desk.publish(&next()).unwrap_err().code(), "PUBLICATION");
    let pointer = fs::read(desk.place.path().join("latest")).unwrap();
    assert_eq!(pointer, b"list-1.p7s\n");
}

#[test]
fn lint_says_what_readers_would_say_and_more() {
    let scene = Scene::new();
    let first = scene.draft_with(scene.entry());
    let remarks = lint(&first, None, now()).unwrap();
    let what: Vec<&str> = remarks.iter().map(|remark| remark.what).collect();
    assert_eq!(what.len(), 4, "{what:?}");
    let code = |draft: &TrustListDraft, last: Option<&TrustList>| {
        lint(draft, last, now()).unwrap_err().code()
    };
    let list = scene.accept(&first);
    assert_eq!(code(&first.clone().after(1, [0; 32]), None), "FORMAT");
    assert_eq!(
        code(&first.clone().after(1, [0; 32]), Some(&list)),
        "BROKEN_CHAIN"
    );
    assert_eq!(code(&first.clone().after(2, [0; 32]), Some(&list)), "GAP");
    let late = first
        .clone()
        .issued(time("2026-06-01T00:00:01Z"), time("2026-06-30T00:00:00Z"));
    assert_eq!(code(&late, None), "TIME");
    let stale = first.issued(time("2026-05-01T00:00:00Z"), now());
    assert_eq!(code(&stale, None), "STALE");
}

#[test]
fn a_flash_is_published_after_the_same_check() {
    let desk = Desk::new();
    let first = desk.scene.draft_with(desk.scene.entry());
    desk.publish(&first).unwrap();
    let list = desk.scene.accept(&first);
    let flash = |number: u64, status| {
        let from = time(&format!("2026-06-01T00:00:0{number}Z"));
        let change = StatusChange::new(status, from, StatusCause::Compromise);
        let draft = FlashDraft::new(&list, number, now());
        let draft = draft.change(desk.scene.entry().key(), change).unwrap();
        UnverifiedFlash::from_der(desk.scene.sign_octets(draft.to_json().unwrap())).unwrap()
    };
    let good = flash(1, Status::Suspended);
    desk.folder()
        .publish_flash(&good, &desk.policy, now())
        .unwrap();
    assert_eq!(
        fs::read(desk.place.path().join("latest-flash")).unwrap(),
        b"flash-1.p7s\n"
    );
    // A second one of the same number does not take its place.
    let other = flash(1, Status::Terminated);
    let publish = |flash: &UnverifiedFlash| desk.folder().publish_flash(flash, &desk.policy, now());
    assert_eq!(publish(&other).unwrap_err().code(), "FORK");
    // Numbers of flashes grow, and a file is named by its own.
    let third = publish(&flash(3, Status::Terminated)).unwrap();
    assert_eq!(third.files, ["flash-3.p7s"]);
    let earlier = flash(2, Status::Terminated);
    assert_eq!(publish(&earlier).unwrap_err().code(), "ROLLBACK");
    assert!(!desk.place.path().join("flash-2.p7s").exists());
}

#[test]
fn a_list_that_forgets_a_flash_does_not_appear() {
    let desk = Desk::new();
    let first = desk.scene.draft_with(desk.scene.entry());
    desk.publish(&first).unwrap();
    let list = desk.scene.accept(&first);
    let key = desk.scene.entry().key();
    let lost = |second: u64, status| {
        let from = time(&format!("2026-06-01T00:00:0{second}Z"));
        StatusChange::new(status, from, StatusCause::Compromise)
    };
    assert_eq!(desk.folder().next_flash_number().unwrap(), 1);
    for (number, status) in [(1, Status::Suspended), (2, Status::Terminated)] {
        let draft = FlashDraft::new(&list, number, now());
        let draft = draft.change(key.clone(), lost(number, status)).unwrap();
        let octets = desk.scene.sign_octets(draft.to_json().unwrap());
        let flash = UnverifiedFlash::from_der(octets).unwrap();
        let published = desk.folder().publish_flash(&flash, &desk.policy, now());
        published.unwrap();
    }
    assert_eq!(desk.folder().next_flash_number().unwrap(), 3);
    let mut next = TrustListDraft::following(&list, now(), time("2026-06-30T00:00:00Z"));
    let before = desk.names();
    for (second, status) in [(1, Status::Suspended), (2, Status::Terminated)] {
        let refused = desk.publish(&next).unwrap_err();
        assert_eq!(refused.code(), "HISTORY_REWRITTEN");
        assert_eq!(desk.names(), before);
        let entry = next.entry_mut(&key).unwrap();
        entry.change(lost(second, status)).unwrap();
    }
    assert_eq!(desk.publish(&next).unwrap().sequence, 2);
    // They were about the first list: the one after the second is free of them.
    let second = desk.scene.accept(&next);
    let third = TrustListDraft::following(&second, now(), time("2026-06-30T00:00:00Z"));
    assert_eq!(desk.publish(&third).unwrap().sequence, 3);
}

// proves: S4-03
#[test]
fn a_mirror_of_a_detached_list_has_its_json_beside_it() {
    let (ours, theirs) = (Desk::new(), Scene::new());
    let json = theirs.draft().to_json().unwrap();
    let plan = SignaturePlan::new(now()).signer(&theirs.publisher);
    let draft = plan.form(Form::Detached).prepare(json.clone()).unwrap();
    let signature = theirs.publisher_key.sign(draft.tbs());
    let der = draft.attach(&signature).unwrap();
    let list = UnverifiedList::from_detached(der.clone(), json.clone()).unwrap();
    let list = list.verify(&theirs.publisher, now()).unwrap();
    let mirror = Mirror::of(&list, "https://pki.example/mirror-CN-1.p7s").unwrap();
    let files = ours.folder().publish_mirror(&mirror, &list).unwrap();
    assert_eq!(files, ["mirror-CN-1.json", "mirror-CN-1.p7s"]);
    let read = |name: &str| fs::read(ours.place.path().join(name)).unwrap();
    assert_eq!((read(&files[0]), read(&files[1])), (json, der));
    // The same again is fine, the attached form of it is another file.
    ours.folder().publish_mirror(&mirror, &list).unwrap();
    let attached = theirs.accept(&theirs.draft());
    let refused = ours.folder().publish_mirror(&mirror, &attached);
    assert_eq!(refused.unwrap_err().code(), "MIRROR_STALE");
}

#[test]
fn a_folder_says_who_signs() {
    let desk = Desk::new();
    assert_eq!(desk.folder().signers().unwrap(), None);
    let roll = SignerRoll::new(SignerSet::one(&desk.scene.publisher));
    let first = desk.scene.draft_with(desk.scene.entry());
    desk.publish(&first.signers(roll.clone())).unwrap();
    assert_eq!(desk.folder().signers().unwrap(), Some(roll));
}
