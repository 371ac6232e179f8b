//! Who may sign, now and next.

use super::*;
use crate::list::Form;

fn set(threshold: usize, owners: &[&Owner]) -> SignerSet {
    SignerSet::new(threshold, owners.iter().map(|owner| owner.digest())).unwrap()
}

/// A client with pins, without a publisher's usual key.
fn world(pins: SignerSet, recovery: Option<SignerSet>) -> World {
    let mut policy = ClientPolicy::pinned(pins);
    if let Some(recovery) = recovery {
        policy = policy.recovery(recovery);
    }
    World::with(Scene::new(), policy)
}

fn json(world: &World, roll: Option<SignerRoll>) -> Vec<u8> {
    let draft = world.draft(|draft| match roll {
        Some(roll) => draft.signers(roll),
        None => draft,
    });
    draft.to_json().unwrap()
}

fn offer(world: &World, roll: Option<SignerRoll>, owners: &[&Owner]) -> &'static str {
    let list = signed_by(&json(world, roll), owners);
    world.offer(&list).map_or_else(|error| error.code(), |_| "")
}

#[test]
fn nobody_is_trusted_at_first_sight() {
    let scene = Scene::new();
    let client = World::with(scene, ClientPolicy::default());
    assert_eq!(client.refuse(&client.sign(&client.draft(same))), "NO_PIN");
    let world = World::new();
    let stranger = Owner::new(9);
    assert_eq!(offer(&world, None, &[&stranger]), "SIGNER");
}

#[test]
fn as_many_sign_as_must() {
    let (a, b, c, d) = (Owner::new(1), Owner::new(2), Owner::new(3), Owner::new(4));
    let world = world(set(2, &[&a, &b, &c]), None);
    assert_eq!(offer(&world, None, &[&a]), "SIGNER");
    assert_eq!(offer(&world, None, &[&a, &d]), "SIGNER");
    assert_eq!(offer(&world, None, &[&a, &b]), "");
    assert_eq!(offer(&world, None, &[&c, &d, &b]), "");
    assert_eq!(offer(&world, None, &[&a, &b, &c]), "");
    assert_eq!(offer(&world, None, &[&c]), "SIGNER");
    // One signature in the name of a member that does not fit spoils the message.
    let list = signed_by(&json(&world, None), &[&a, &b, &c]);
    let mut der = list.der;
    *der.last_mut().unwrap() ^= 1;
    let spoiled = UnverifiedList::from_der(der);
    assert!(spoiled.is_err() || world.refuse(&spoiled.unwrap()) == "SIGNER");
}

#[test]
fn a_new_set_is_announced_a_list_before() {
    let (a, b) = (Owner::new(1), Owner::new(2));
    let (old, new) = (set(1, &[&a]), set(1, &[&b]));
    let world = world(old.clone(), None);
    let now_old = SignerRoll::new(old);
    let now_new = SignerRoll::new(new.clone());
    assert_eq!(offer(&world, Some(now_old.clone()), &[&a]), "");
    // Neither by the new one, nor by the old one at once.
    assert_eq!(offer(&world, Some(now_new.clone()), &[&b]), "SIGNER");
    assert_eq!(offer(&world, Some(now_new.clone()), &[&a]), "SIGNER");
    assert_eq!(offer(&world, Some(now_new.clone()), &[&a, &b]), "SIGNER");
    assert_eq!(
        offer(&world, Some(now_old.clone().announcing(new)), &[&a]),
        ""
    );
    // Announced: who signs says so.
    assert_eq!(offer(&world, Some(now_old.clone()), &[&b]), "SIGNER");
    assert_eq!(offer(&world, Some(now_new.clone()), &[&a]), "SIGNER");
    assert_eq!(offer(&world, Some(now_new.clone()), &[&b]), "");
    // And there is no way back.
    assert_eq!(offer(&world, Some(now_old), &[&a]), "SIGNER");
    assert_eq!(offer(&world, Some(now_new), &[&b]), "");
}

#[test]
fn a_lower_threshold_is_another_set() {
    let (a, b) = (Owner::new(1), Owner::new(2));
    let both = set(2, &[&a, &b]);
    let world = world(both.clone(), None);
    let roll = SignerRoll::new(both);
    assert_eq!(offer(&world, Some(roll.clone()), &[&a, &b]), "");
    let lower = SignerRoll::new(set(1, &[&a, &b]));
    assert_eq!(offer(&world, Some(lower.clone()), &[&a, &b]), "SIGNER");
    assert_eq!(offer(&world, Some(lower), &[&a]), "SIGNER");
    assert_eq!(offer(&world, Some(roll), &[&a, &b]), "");
}

#[test]
fn recovery_keys_name_a_new_set() {
    let (lost, new) = (Owner::new(1), Owner::new(2));
    let (x, y, z) = (Owner::new(7), Owner::new(8), Owner::new(9));
    let world = world(set(1, &[&lost]), Some(set(2, &[&x, &y, &z])));
    let roll = |owner| Some(SignerRoll::new(set(1, &[owner])));
    assert_eq!(offer(&world, roll(&lost), &[&lost]), "");
    assert_eq!(offer(&world, roll(&new), &[&x]), "SIGNER");
    assert_eq!(offer(&world, roll(&new), &[&x, &z]), "");
    assert_eq!(offer(&world, roll(&lost), &[&lost]), "SIGNER");
    assert_eq!(offer(&world, roll(&new), &[&new]), "");
}

#[test]
fn who_missed_the_announcement_needs_the_lists_between() {
    let (a, b) = (Owner::new(1), Owner::new(2));
    let (old, new) = (set(1, &[&a]), set(1, &[&b]));
    let there = world(old.clone(), None);
    let mut lists = Vec::new();
    for (roll, owner) in [
        (SignerRoll::new(old.clone()), &a),
        (SignerRoll::new(old.clone()).announcing(new.clone()), &a),
        (SignerRoll::new(new), &b),
    ] {
        let list = signed_by(&json(&there, Some(roll)), &[owner]);
        there.offer(&list).unwrap();
        lists.push(list);
    }
    let late = world(old, None);
    late.offer(&lists[0]).unwrap();
    assert_eq!(late.refuse(&lists[2]), "SIGNER");
    late.client.accept_chain(&lists[1..], now()).unwrap();
    assert_eq!(late.client.list().unwrap().sequence(), 3);
}

#[test]
fn a_signer_names_the_certificate_it_signs_with() {
    let a = Owner::new(1);
    let twin = {
        // The same name and number, with another key usage period: another certificate.
        let forged = Forged::leaf("CN=List signer", &a.key, "CN=List signer").serial(1);
        let forged = forged.valid("2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z");
        Owner {
            certificate: forged.der(&a.key),
            // Nobody signs with it: its certificate alone is used.
            key: Key::new(),
        }
    };
    let world = world(set(1, &[&twin]), None);
    let list = signed_by(&json(&world, None), &[&a]);
    assert_eq!(world.refuse(&list), "SIGNER");
    // With the twin's certificate beside it the signature fits, and the reference does not.
    let mut der = list.der;
    let at = der
        .windows(a.certificate.len())
        .position(|window| window == a.certificate)
        .unwrap();
    if twin.certificate.len() == a.certificate.len() {
        der.splice(
            at..at + a.certificate.len(),
            twin.certificate.iter().copied(),
        );
        let swapped = UnverifiedList::from_der(der).unwrap();
        assert_eq!(world.refuse(&swapped), "SIGNER");
    }
}

#[test]
fn a_detached_signature_goes_with_its_json() {
    let a = Owner::new(1);
    let world = world(set(1, &[&a]), None);
    let json = json(&world, None);
    let plan = SignaturePlan::new(now())
        .signer(&a.certificate)
        .form(Form::Detached);
    let draft = plan.prepare(json.clone()).unwrap();
    let signature = a.key.sign(draft.tbs());
    let der = draft.attach(&signature).unwrap();
    let mut other = json.clone();
    *other.last_mut().unwrap() = b' ';
    let bad = UnverifiedList::from_detached(der.clone(), other).unwrap();
    assert_eq!(world.refuse(&bad), "SIGNER");
    let alone = UnverifiedList::from_der(der.clone()).unwrap();
    assert_eq!(world.refuse(&alone), "SIGNER");
    let good = UnverifiedList::from_detached(der, json).unwrap();
    world.offer(&good).unwrap();
    // It is remembered with its JSON.
    world.client.reload().unwrap();
    let policy = ClientPolicy::pinned(set(1, &[&a]));
    let later = Client::open(policy, Arc::clone(&world.store)).unwrap();
    assert_eq!(later.list().unwrap().sequence(), 1);
}

#[test]
fn a_flash_needs_as_many_as_a_list_and_not_the_next_set() {
    let (a, b, c) = (Owner::new(1), Owner::new(2), Owner::new(3));
    let both = set(2, &[&a, &b]);
    let world = world(both.clone(), None);
    let roll = SignerRoll::new(both).announcing(set(1, &[&c]));
    assert_eq!(offer(&world, Some(roll), &[&a, &b]), "");
    let list = world.client.list().unwrap();
    let draft = FlashDraft::new(&list, 1, now());
    let draft = draft.change(world.key(), suspended("2026-06-01T00:00:00Z"));
    let json = draft.unwrap().to_json().unwrap();
    let offer = |owners: &[&Owner]| {
        let flash = UnverifiedFlash::from_der(signed_by(&json, owners).der).unwrap();
        let offered = world.client.accept_flash(&flash, now());
        offered.map_or_else(|error| error.code(), |_| "")
    };
    assert_eq!(offer(&[&a]), "SIGNER");
    assert_eq!(offer(&[&c]), "SIGNER");
    assert_eq!(offer(&[&b, &a]), "");
}
