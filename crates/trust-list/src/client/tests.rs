//! A publisher's lists, offered in every order and by everybody.

mod attacks;
mod signers;

use super::*;
use crate::{
    forge::{Forged, Key, now, time},
    list::{
        ClaimedTime, Entry, EntryKey, Mirror, Publisher, Rules, SignaturePlan, SignerSet,
        SigningTime, Status, StatusCause, StatusChange, TrustListDraft,
        tests::{Scene, change, text},
    },
};
use core::time::Duration;
use gm_crypto::sm3;

/// A publisher with lists, and a client that has its pin.
struct World {
    scene: Scene,
    store: Arc<MemoryStore>,
    client: Client,
}

/// A signer of lists.
pub(super) struct Owner {
    key: Key,
    certificate: Vec<u8>,
}

impl Owner {
    fn new(serial: u64) -> Self {
        let key = Key::new();
        let forged = Forged::leaf("CN=List signer", &key, "CN=List signer").serial(serial);
        Self {
            certificate: forged.der(&key),
            key,
        }
    }

    fn digest(&self) -> Digest {
        sm3::digest(&self.certificate)
    }
}

fn signed_by(json: &[u8], owners: &[&Owner]) -> UnverifiedList {
    let plan = SignaturePlan::new(now());
    let plan = owners
        .iter()
        .fold(plan, |plan, owner| plan.signer(&owner.certificate));
    let draft = plan.prepare(json.to_vec()).unwrap();
    let signatures: Vec<_> = draft
        .to_sign()
        .zip(owners)
        .map(|(to_sign, owner)| owner.key.sign(to_sign.tbs()))
        .collect();
    UnverifiedList::from_der(draft.attach_all(&signatures).unwrap()).unwrap()
}

impl World {
    fn new() -> Self {
        let scene = Scene::new();
        let pins = SignerSet::one(&scene.publisher);
        Self::with(scene, ClientPolicy::pinned(pins))
    }

    fn with(scene: Scene, policy: ClientPolicy) -> Self {
        let store = Arc::new(MemoryStore::new());
        let client = Client::open(policy, Arc::clone(&store)).unwrap();
        Self {
            scene,
            store,
            client,
        }
    }

    /// The list after the one that the client has, with a change.
    fn draft(&self, bend: impl FnOnce(TrustListDraft) -> TrustListDraft) -> TrustListDraft {
        let draft = match self.client.list() {
            None => self.scene.draft_with(self.scene.entry()),
            Some(list) => {
                let next = list.sequence() * 60;
                let issued = list.issued().unix_duration() + Duration::from_secs(next);
                let issued = DateTime::from_unix_duration(issued).unwrap();
                TrustListDraft::following(&list, issued, time("2026-06-25T00:00:00Z"))
            }
        };
        bend(draft)
    }

    fn sign(&self, draft: &TrustListDraft) -> UnverifiedList {
        UnverifiedList::from_der(self.scene.sign(draft)).unwrap()
    }

    fn sign_json(&self, json: &str) -> UnverifiedList {
        let der = self.scene.sign_octets(json.as_bytes().to_vec());
        UnverifiedList::from_der(der).unwrap()
    }

    fn offer(&self, list: &UnverifiedList) -> Result<Accepted> {
        self.client.accept(list, now())
    }

    fn accept(&self, bend: impl FnOnce(TrustListDraft) -> TrustListDraft) -> UnverifiedList {
        let list = self.sign(&self.draft(bend));
        self.offer(&list).unwrap();
        list
    }

    fn refuse(&self, list: &UnverifiedList) -> &'static str {
        let before = self.client.list().map(|list| list.digest());
        let code = self.offer(list).unwrap_err().code();
        assert_eq!(self.client.list().map(|list| list.digest()), before);
        code
    }

    fn key(&self) -> EntryKey {
        self.scene.entry().key()
    }

    fn ask(&self, at: &str) -> &'static str {
        let target = self.scene.leaf.issue(&self.scene.sub_key);
        let answer = self.client.ask(&Question::new(&target, time(at)));
        answer.unwrap().verdict.code()
    }
}

fn same(draft: TrustListDraft) -> TrustListDraft {
    draft
}

#[test]
fn a_client_follows_a_publisher_and_remembers() {
    let world = World::new();
    let target = world.scene.leaf.issue(&world.scene.sub_key);
    let question = Question::new(&target, now());
    assert_eq!(world.client.ask(&question).unwrap_err().code(), "NO_LIST");
    let first = world.accept(same);
    assert_eq!(world.ask("2026-06-01T00:00:00Z"), "RECOGNISED");
    let again = world.offer(&first).unwrap();
    assert_eq!((again.sequence, again.is_new, again.gap), (1, false, None));
    world.accept(same);

    // Another process, later: the store is all it has.
    let policy = ClientPolicy::pinned(SignerSet::one(&world.scene.publisher));
    let later = Client::open(policy, Arc::clone(&world.store)).unwrap();
    assert_eq!(later.list().unwrap().sequence(), 2);
    assert_eq!(later.ask(&question).unwrap().verdict.code(), "RECOGNISED");
    assert_eq!(later.accept(&first, now()).unwrap_err().code(), "ROLLBACK");

    // And what that accepts, the first takes up without stopping.
    let next = world.sign(&world.draft(same));
    later.accept(&next, now()).unwrap();
    assert_eq!(world.client.list().unwrap().sequence(), 2);
    assert!(world.client.reload().unwrap());
    assert!(!world.client.reload().unwrap());
    assert_eq!(world.client.list().unwrap().sequence(), 3);
}

#[test]
fn a_stale_list_gives_no_verdict() {
    let world = World::new();
    world.accept(same);
    assert_eq!(world.ask("2026-06-24T23:59:59Z"), "RECOGNISED");
    assert_eq!(world.ask("2026-06-25T00:00:00Z"), "STALE");
    let pins = SignerSet::one(&world.scene.publisher);
    let policy = ClientPolicy::pinned(pins).grace(Duration::from_secs(60));
    let patient = Client::open(policy, Arc::clone(&world.store)).unwrap();
    let target = world.scene.leaf.issue(&world.scene.sub_key);
    for (at, code) in [
        ("2026-06-25T00:00:59Z", "RECOGNISED"),
        ("2026-06-25T00:01:00Z", "STALE"),
    ] {
        let answer = patient.ask(&Question::new(&target, time(at))).unwrap();
        assert_eq!(answer.verdict.code(), code, "{at}");
    }
}

#[test]
fn gaps_are_said_or_refused_and_can_be_filled() {
    let world = World::new();
    let first = world.accept(same);
    let second = world.accept(same);
    let third = world.accept(same);
    let pins = || ClientPolicy::pinned(SignerSet::one(&world.scene.publisher));
    let open = |policy| Client::open(policy, MemoryStore::new()).unwrap();

    let easy = open(pins());
    easy.accept(&first, now()).unwrap();
    assert_eq!(easy.accept(&third, now()).unwrap().gap, Some((2, 2)));

    let strict = open(pins().gaps(GapRule::Refuse));
    strict.accept(&first, now()).unwrap();
    assert_eq!(strict.accept(&third, now()).unwrap_err().code(), "GAP");
    assert_eq!(strict.list().unwrap().sequence(), 1);
    let filled = strict.accept_chain(&[second, third], now()).unwrap();
    assert_eq!((filled.sequence, filled.gap), (3, None));
}

#[test]
fn a_file_survives_what_befalls_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("publisher.state");
    let world = World::new();
    let pins = || ClientPolicy::pinned(SignerSet::one(&world.scene.publisher));
    let open = || Client::open(pins(), FileStore::new(&path));
    let (first, second) = (world.accept(same), world.accept(same));
    open().unwrap().accept(&first, now()).unwrap();

    // A process that died while it wrote leaves the old state and a beginning beside it.
    std::fs::write(folder.path().join("publisher.state.new"), b"{\"Ver").unwrap();
    let client = open().unwrap();
    assert_eq!(client.list().unwrap().sequence(), 1);
    client.accept(&second, now()).unwrap();
    assert_eq!(open().unwrap().list().unwrap().sequence(), 2);

    // Somebody puts an old state back: whoever has answered from a newer one says so.
    let whole = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    open().unwrap().accept(&first, now()).unwrap();
    assert_eq!(client.reload().unwrap_err().code(), "ROLLBACK");

    for broken in [&whole[..whole.len() / 2], b"", b"null"] {
        std::fs::write(&path, broken).unwrap();
        assert_eq!(open().unwrap_err().code(), "STATE");
    }
    let mut twisted = String::from_utf8(whole).unwrap();
    twisted = twisted.replace("\"Sequence\":2", "\"Sequence\":1");
    std::fs::write(&path, twisted).unwrap();
    assert_eq!(open().unwrap_err().code(), "STATE");
}

fn suspended(from: &str) -> StatusChange {
    let cause = StatusCause::BreachUncorrected;
    StatusChange::new(Status::Suspended, time(from), cause)
}

#[test]
fn a_flash_takes_away_until_the_next_list() {
    let world = World::new();
    world.accept(same);
    let list = world.client.list().unwrap();
    let flash = |number, change: StatusChange| {
        let draft = FlashDraft::new(&list, number, time("2026-05-31T12:00:00Z"));
        let draft = draft.change(world.key(), change).unwrap();
        UnverifiedFlash::from_der(world.scene.sign_octets(draft.to_json().unwrap())).unwrap()
    };
    let offer = |flash: &UnverifiedFlash| {
        let offered = world.client.accept_flash(flash, now());
        offered.map_or_else(|error| error.code(), |_| "")
    };
    let at = "2026-06-01T00:00:00Z";
    let first = flash(1, suspended("2026-05-31T12:00:00Z"));
    assert_eq!(world.ask(at), "RECOGNISED");
    assert_eq!(offer(&first), "");
    assert_eq!(world.ask(at), "STATUS_AT_SIGNING");
    assert_eq!(offer(&first), "");
    assert_eq!(offer(&flash(1, suspended("2026-05-31T13:00:00Z"))), "FORK");
    assert_eq!(
        offer(&flash(0, suspended("2026-05-31T13:00:00Z"))),
        "ROLLBACK"
    );
    // What is suspended is not suspended again.
    assert_eq!(
        offer(&flash(2, suspended("2026-05-31T13:00:00Z"))),
        "FORMAT"
    );
    let grant = change(Status::Recognised, "2026-05-31T13:00:00Z");
    let draft = FlashDraft::new(&list, 2, now());
    assert!(draft.change(world.key(), grant).is_err());

    // It is kept, as lists are.
    let policy = ClientPolicy::pinned(SignerSet::one(&world.scene.publisher));
    let later = Client::open(policy, Arc::clone(&world.store)).unwrap();
    let target = world.scene.leaf.issue(&world.scene.sub_key);
    let answer = later.ask(&Question::new(&target, time(at))).unwrap();
    assert_eq!(answer.verdict.code(), "STATUS_AT_SIGNING");

    // The next list must say the same: this one does not.
    let issued = time("2026-05-31T20:00:00Z");
    let silent = {
        let base = world
            .scene
            .accept(&world.scene.draft_with(world.scene.entry()));
        TrustListDraft::following(&base, issued, time("2026-06-25T00:00:00Z"))
    };
    assert_eq!(world.refuse(&world.sign(&silent)), "HISTORY_REWRITTEN");
    let said = world.draft(|draft| draft.issued(issued, time("2026-06-25T00:00:00Z")));
    world.offer(&world.sign(&said)).unwrap();
    assert_eq!(world.ask(at), "STATUS_AT_SIGNING");
    assert_eq!(offer(&first), "");
    assert_eq!(
        offer(&flash(2, suspended("2026-05-31T13:00:00Z"))),
        "ROLLBACK"
    );
}

#[test]
fn a_flash_is_about_one_list_of_one_publisher() {
    let world = World::new();
    let first = world.accept(same);
    let list = world.client.list().unwrap();
    let draft = |list: &TrustList| FlashDraft::new(list, 1, now());
    let sign = |draft: FlashDraft| {
        let draft = draft
            .change(world.key(), suspended("2026-06-01T00:00:00Z"))
            .unwrap();
        UnverifiedFlash::from_der(world.scene.sign_octets(draft.to_json().unwrap())).unwrap()
    };
    let code =
        |flash: &UnverifiedFlash| world.client.accept_flash(flash, now()).unwrap_err().code();
    let next = world.scene.accept(&world.draft(same));
    assert_eq!(code(&sign(draft(&next))), "GAP");
    let twin = world
        .scene
        .accept(&world.scene.draft_with(world.scene.entry_named("乙")));
    assert_eq!(code(&sign(draft(&twin))), "FORK");
    let early = FlashDraft::new(&list, 1, time("2026-05-24T00:00:00Z"));
    assert_eq!(code(&sign(early)), "TIME");
    let late = FlashDraft::new(&list, 1, time("2026-06-01T00:06:00Z"));
    assert_eq!(code(&sign(late)), "TIME");
    let nobody = draft(&list)
        .change(
            EntryKey::new("HK", "x", "y"),
            suspended("2026-06-01T00:00:00Z"),
        )
        .unwrap();
    let nobody = world.scene.sign_octets(nobody.to_json().unwrap());
    assert_eq!(
        code(&UnverifiedFlash::from_der(nobody).unwrap()),
        "NO_ENTRY"
    );
    // The past is not changed, but for a cause that reaches back.
    let past = |cause| {
        let change = StatusChange::new(Status::Suspended, time("2026-05-20T00:00:00Z"), cause);
        let flash = draft(&list).change(world.key(), change).unwrap();
        UnverifiedFlash::from_der(world.scene.sign_octets(flash.to_json().unwrap())).unwrap()
    };
    assert_eq!(code(&past(StatusCause::Decision)), "HISTORY_REWRITTEN");
    let compromise = past(StatusCause::Compromise);
    assert!(world.client.accept_flash(&compromise, now()).is_ok());
    // A list is no flash, and a flash no list.
    let as_flash = UnverifiedFlash::from_der(first.der).unwrap();
    assert_eq!(code(&as_flash), "FORMAT");
    let flash = sign(draft(&list));
    assert_eq!(
        world.refuse(&UnverifiedList::from_der(flash.der.clone()).unwrap()),
        "FORMAT"
    );
    let stranger = Owner::new(3);
    let json = flash.message.content().unwrap();
    let forged = UnverifiedFlash::from_der(signed_by(json, &[&stranger]).der).unwrap();
    assert_eq!(code(&forged), "SIGNER");
}

#[test]
fn a_mirror_is_the_other_sides_file_and_keeps_up() {
    let world = World::new();
    let theirs = Scene::new();
    let hong_kong = |draft: TrustListDraft| {
        let mut draft = draft;
        draft.contents.publisher = Publisher::new("HK", text("数字政策办公室")).unwrap();
        draft
    };
    let first = theirs.accept(&hong_kong(theirs.draft_with(theirs.entry())));
    let after = |list: &TrustList| {
        let (issued, next) = (time("2026-05-31T00:00:00Z"), time("2026-06-30T00:00:00Z"));
        theirs.accept(&TrustListDraft::following(list, issued, next))
    };
    let second = after(&first);
    let third = after(&second);
    let mirror = |list| Mirror::of(list, "https://pki.example/mirror-HK-1.p7s").unwrap();
    let check = |list: &TrustList| {
        world
            .client
            .check_mirror(list)
            .map_or_else(|error| error.code(), |()| "")
    };

    world.accept(same);
    assert_eq!(check(&first), "MIRROR_STALE");
    world.accept(|draft| draft.mirror(mirror(&second)));
    assert_eq!(check(&second), "");
    assert_eq!(check(&third), "");
    assert_eq!(check(&after(&third)), "MIRROR_STALE");
    // The same number, other octets.
    let other = theirs.accept(&TrustListDraft::following(
        &first,
        time("2026-05-31T00:00:01Z"),
        time("2026-06-30T00:00:00Z"),
    ));
    assert_eq!(check(&other), "MIRROR_STALE");
    assert!(mirror(&second).check(second.der()).is_ok());
    let mut octets = second.der().to_vec();
    octets[40] ^= 1;
    assert!(mirror(&second).check(&octets).is_err());
    let back = world.sign(&world.draft(|draft| draft.mirror(mirror(&first))));
    assert_eq!(world.refuse(&back), "MIRROR_STALE");
}

// proves: S5-02
#[test]
fn an_authority_that_succeeds_another_one_carries_its_list_on() {
    let world = World::new();
    let first = world.accept(same);
    let old = world.client.list().unwrap().publisher().clone();
    let new = Publisher::new("CN", text("数字政策办公室")).unwrap();
    let renamed = world.sign(&world.draft(|draft| draft.renamed(new.clone()).unwrap()));
    // A list of the new name that leaves one out is a stranger's.
    let pins = ClientPolicy::pinned(SignerSet::one(&world.scene.publisher));
    let late = Client::open(pins, MemoryStore::new()).unwrap();
    late.accept(&first, now()).unwrap();
    let accepted = world.offer(&renamed).unwrap();
    assert_eq!(accepted.renamed_from, Some(old.clone()));
    assert_eq!(world.offer(&renamed).unwrap().renamed_from, None);
    let third = world.accept(same);
    assert_eq!(late.accept(&third, now()).unwrap_err().code(), "PUBLISHER");
    let chained = late.accept_chain(&[renamed, third], now()).unwrap();
    assert_eq!((chained.sequence, chained.renamed_from), (3, Some(old)));
    assert_eq!(late.list().unwrap().publisher(), &new);
    assert_eq!(world.ask("2026-06-01T00:00:00Z"), "RECOGNISED");
}
