use super::*;
use der::asn1::{Ia5StringRef, Utf8StringRef};
use getrandom::SysRng;
use gm_crypto::sm2::SecretKey;
use hsm::SoftKey;
use proptest::prelude::*;
use std::{sync::OnceLock, time::Duration};

/// Keys enough to tell one from another.
fn keys() -> &'static [SecretKey; 3] {
    static KEYS: OnceLock<[SecretKey; 3]> = OnceLock::new();
    KEYS.get_or_init(|| [(); 3].map(|()| SecretKey::generate(&mut SysRng).unwrap()))
}

fn public(index: usize) -> PublicKey {
    keys()[index].public_key()
}

fn signer() -> &'static SoftKey {
    static KEY: OnceLock<SoftKey> = OnceLock::new();
    KEY.get_or_init(|| SoftKey::generate().unwrap())
}

fn signer_key() -> PublicKey {
    let spki: SubjectPublicKeyInfoRef<'_> = signer().public_key().decode_msg().unwrap();
    PublicKey::try_from(spki).unwrap()
}

fn time(seconds: u64) -> DateTime {
    DateTime::from_unix_duration(Duration::from_secs(seconds)).unwrap()
}

fn serial(octets: &[u8]) -> Serial {
    Serial::from_bytes(octets).unwrap()
}

fn authority() -> EntityName {
    EntityName::new(&"CN=CA,C=CN".parse().unwrap(), &public(0)).unwrap()
}

fn application() -> KeyApplication {
    KeyApplication::new(serial(&[0x81, 2]), public(1), (time(10), time(20)))
}

fn request(asks: Vec<Ask>) -> KeyRequest {
    KeyRequest {
        authority: authority(),
        asks,
        at: time(1_795_251_600),
        task: 7,
    }
}

fn answer(replies: Vec<Reply>) -> KeyAnswer {
    KeyAnswer::new(authority(), replies, time(1_795_251_600), 7)
}

fn envelope() -> EnvelopedKey {
    EnvelopedKey::seal(&mut SysRng, &public(1), &keys()[2]).unwrap()
}

const TAGGINGS: [Tagging; 2] = [Tagging::Implicit, Tagging::Explicit];

prop_compose! {
    fn serials()(octets in prop::collection::vec(any::<u8>(), 1..19)) -> Serial {
        serial(&[&[1], &octets[..]].concat())
    }
}

prop_compose! {
    /// Up to 2149, and no fractions.
    fn times()(seconds in 0..5_680_281_600_u64) -> DateTime { time(seconds) }
}

fn anything() -> impl Strategy<Value = Option<Any>> {
    let octets = prop::collection::vec(any::<u8>(), 0..40);
    prop::option::of(octets.prop_map(|octets| Any::new(Tag::OctetString, octets).unwrap()))
}

fn asks() -> impl Strategy<Value = Ask> {
    let about = [(); 3].map(|()| anything());
    let apply = (serials(), 0..3_usize, times(), times(), any::<u32>(), about).prop_map(
        |(number, key, from, until, bits, about_user)| {
            let mut application = KeyApplication::new(number, public(key), (from, until));
            application.bits = bits;
            application.about_user = about_user;
            Ask::Apply(Box::new(application))
        },
    );
    let restore = (serials(), 0..3_usize)
        .prop_map(|(number, key)| Ask::Restore(Box::new(KeyRestoration::new(number, public(key)))));
    prop_oneof![apply, restore, serials().prop_map(Ask::Revoke)]
}

fn replies() -> impl Strategy<Value = Reply> {
    let key = |number| Box::new(ReturnedKey::new(number, envelope()));
    let failed = (any::<i64>(), "[a-zA-Z0-9 ]{0,80}|[密钥]{1,40}");
    prop_oneof![
        serials().prop_map(move |number| Reply::Applied(key(number))),
        serials().prop_map(move |number| Reply::Restored(key(number))),
        serials().prop_map(Reply::Revoked),
        failed.prop_map(|(number, said)| Reply::Failed { number, said }),
    ]
}

fn taggings() -> impl Strategy<Value = Tagging> {
    prop::sample::select(&TAGGINGS[..])
}

fn round_trip<B: Body + Clone + PartialEq + fmt::Debug>(body: &B, tagging: Tagging) {
    let octets = sign(body, tagging, signer()).unwrap();
    let message = UnverifiedMessage::<B>::from_der(&octets).unwrap();
    assert_eq!(message.claims(), body);
    assert_eq!(message.tagging(), tagging);
    assert_eq!(message.tbs(), to_be_signed(body, tagging).unwrap());
    let stranger = message.clone().verify(&public(0), "somebody");
    assert!(matches!(stranger, Err(Fault::NotSigned("somebody"))));
    assert_eq!(message.verify(&signer_key(), "it").unwrap(), *body);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_written_is_read_in_either_tagging(
        list in prop::collection::vec(asks(), 1..=4),
        (at, task, tagging) in (times(), any::<u64>(), taggings()),
    ) {
        let mut request = request(list);
        (request.at, request.task) = (at, task);
        round_trip(&request, tagging);
    }

    #[test]
    fn an_answer_too(
        list in prop::collection::vec(replies(), 1..=4),
        (at, task, tagging) in (times(), any::<u64>(), taggings()),
    ) {
        let mut answer = answer(list);
        (answer.at, answer.task) = (at, task);
        round_trip(&answer, tagging);
    }

    #[test]
    fn nothing_that_comes_makes_a_reader_stumble(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = UnverifiedMessage::<KeyRequest>::from_der(&octets);
        let _ = UnverifiedMessage::<KeyAnswer>::from_der(&octets);
    }
}

/// A structure by hand, without the reader's own writer.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    let head = match length {
        0..128 => vec![tag, u8::try_from(length).unwrap()],
        128..256 => vec![tag, 0x81, u8::try_from(length).unwrap()],
        _ => [&[tag, 0x82][..], &length.to_be_bytes()].concat(),
    };
    [head, content].concat()
}

fn oid(last: &[u8]) -> Vec<u8> {
    let gm = [0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01];
    tlv(0x30, &[&tlv(0x06, &[&gm, last])])
}

/// An application as another program would write it, in parts.
fn by_hand(tagging: Tagging, about_user: &[u8]) -> Vec<u8> {
    let (sm2, sm2_encryption) = (oid(&[0x82, 0x2d]), oid(&[0x82, 0x2d, 0x03]));
    let (sm3, sm4) = (oid(&[0x83, 0x11]), oid(&[0x68]));
    let spki = public(1).to_public_key_der().unwrap();
    let at = |text: &str| tlv(0x18, &[text.as_bytes()]);
    let user = tlv(
        0x30,
        &[
            &[0x02, 0x03, 0x00, 0x81, 0x02],
            spki.as_bytes(),
            &at("19700101000010Z"),
            &at("19700101000020Z"),
            about_user,
        ],
    );
    let parts: [&[u8]; 6] = [&sm2, &[2, 2, 1, 0], &sm2_encryption, &sm4, &sm3, &user];
    let apply = match tagging {
        Tagging::Implicit => tlv(0xa0, &parts),
        Tagging::Explicit => tlv(0xa0, &[&tlv(0x30, &parts)]),
    };
    let name: Name = "CN=CA,C=CN".parse().unwrap();
    let name = tlv(0xa4, &[&name.to_der().unwrap()]);
    let key = public(0).to_public_key_der().unwrap();
    let key = tlv(0x04, &[&sm3::digest(key.as_bytes())]);
    let name = tlv(0x30, &[&sm3, &name, &key, &[2, 1, 0]]);
    let list = tlv(0x30, &[&apply]);
    tlv(
        0x30,
        &[&[2, 1, 1], &name, &list, &at("20261121090000Z"), &[2, 1, 7]],
    )
}

#[test]
fn the_octets_are_those_of_the_structure() {
    let request = request(vec![Ask::Apply(Box::new(application()))]);
    for tagging in TAGGINGS {
        assert_eq!(
            to_be_signed(&request, tagging).unwrap(),
            by_hand(tagging, &[])
        );
    }
}

#[test]
fn what_others_say_about_a_user_is_kept_as_it_is() {
    let octets = |octets: &[u8]| Any::new(Tag::OctetString, octets).unwrap();
    let name = octets("张三".as_bytes());
    let ia5 = Any::encode_from(&Ia5StringRef::new("440300").unwrap()).unwrap();
    let text = Utf8StringRef::new("备注").unwrap();
    let free = Any::encode_from(&vec![text]).unwrap();
    for about in [
        [Some(name.clone()), None, None],
        [
            Some(name.clone()),
            Some(octets(b"440300")),
            Some(octets(b"x")),
        ],
        [Some(name.clone()), Some(ia5.clone()), Some(ia5)],
        [Some(name), Some(free.clone()), Some(free)],
    ] {
        let parts: Vec<u8> = (0..)
            .zip(&about)
            .filter_map(|(number, one)| Some(tlv(0xa0 + number, &[&one.as_ref()?.to_der().ok()?])))
            .flatten()
            .collect();
        for tagging in TAGGINGS {
            let tbs = by_hand(tagging, &parts);
            let message = assemble(&tbs, &signer().algorithm(), &[]).unwrap();
            let read = UnverifiedMessage::<KeyRequest>::from_der(&message).unwrap();
            let [Ask::Apply(found)] = &read.claims().asks[..] else {
                panic!("{:?}", read.claims());
            };
            assert_eq!(found.about_user, about);
            assert_eq!(read.tbs(), tbs);
        }
    }
}

#[test]
fn no_octet_can_be_another_and_none_can_be_missing() {
    let application = Ask::Apply(Box::new(application()));
    let request = sign(&request(vec![application]), Tagging::Implicit, signer()).unwrap();
    let key = Reply::Applied(Box::new(ReturnedKey::new(serial(&[5]), envelope())));
    let answer = sign(&answer(vec![key]), Tagging::Explicit, signer()).unwrap();
    fn believed<B: Body + fmt::Debug>(octets: &[u8]) -> bool {
        UnverifiedMessage::<B>::from_der(octets)
            .and_then(|message| message.verify(&signer_key(), "it"))
            .is_ok()
    }
    for (octets, believed) in [
        (&request, believed::<KeyRequest> as fn(&[u8]) -> bool),
        (&answer, believed::<KeyAnswer>),
    ] {
        assert!(believed(octets));
        for place in 0..octets.len() {
            assert!(!believed(&octets[..place]));
            for bit in [0x01, 0x20, 0x80] {
                let mut changed = octets.clone();
                changed[place] ^= bit;
                assert!(!believed(&changed), "octet {place}, bit {bit:#x}");
            }
        }
        assert!(!believed(&[&octets[..], &[0]].concat()));
    }
}

#[test]
fn a_message_that_nobody_can_mean_is_refused() {
    let revoke = || Ask::Revoke(serial(&[1]));
    let meaningless = |octets: &[u8]| {
        let message = assemble(octets, &signer().algorithm(), &[]).unwrap();
        let read = UnverifiedMessage::<KeyRequest>::from_der(&message);
        assert!(matches!(read, Err(Fault::Meaningless(_))), "{read:?}");
    };
    for count in [0, MAX_ITEMS + 1] {
        let list = request(vec![revoke(); count]);
        let written = to_be_signed(&list, Tagging::Implicit);
        assert!(matches!(written, Err(Fault::Meaningless(_))));
        meaningless(&sealed::Wire::encode(&list, Tagging::Implicit).unwrap());
    }
    to_be_signed(&request(vec![revoke(); MAX_ITEMS]), Tagging::Implicit).unwrap();

    // Version 2, the fourth alternative, one list in two taggings, the number zero.
    let replace = |tagging, from: &[u8], to: &[u8]| {
        let tbs = to_be_signed(&request(vec![revoke(), revoke()]), tagging).unwrap();
        let places = tbs.windows(from.len()).position(|part| part == from);
        let place = places.unwrap();
        [&tbs[..place], to, &tbs[place + from.len()..]].concat()
    };
    let implicit = Tagging::Implicit;
    meaningless(&replace(implicit, &[2, 1, 1], &[2, 1, 2]));
    meaningless(&replace(implicit, &[0xa2, 3, 2, 1, 1], &[0xa3, 3, 2, 1, 1]));
    meaningless(&replace(implicit, &[0xa2, 3, 2, 1, 1], &[0xa2, 3, 2, 1, 0]));
    meaningless(&replace(
        implicit,
        &[0xa2, 3, 2, 1, 1],
        &[0xa2, 3, 2, 1, 0xff],
    ));
    meaningless(&replace(implicit, &[0xa2, 3, 2, 1, 1], &[0x30, 3, 2, 1, 1]));
    let mixed = [0x30, 10, 0xa2, 3, 2, 1, 1, 0xa2, 3, 2, 1, 1];
    let tbs = replace(
        implicit,
        &mixed,
        &[0x30, 12, 0xa2, 5, 0x30, 3, 2, 1, 1, 0xa2, 3, 2, 1, 1],
    );
    let mut tbs = tbs;
    // The outermost length, of one octet behind 81, or of two behind 82.
    match tbs[1] {
        0x81 => tbs[2] += 2,
        0x82 => tbs[3] += 2,
        _ => tbs[1] += 2,
    }
    meaningless(&tbs);

    let long = vec![0; MAX_OCTETS + 1];
    let read = UnverifiedMessage::<KeyRequest>::from_der(&long);
    assert!(matches!(read, Err(Fault::TooLong { limit: MAX_OCTETS })));
}

#[test]
fn the_text_of_an_error_is_found_in_whatever_it_stands_in() {
    let octets = OctetString::new("拒绝".as_bytes()).unwrap();
    let text = Utf8StringRef::new("拒绝").unwrap();
    for (description, said) in [
        (vec![], ""),
        (octets.to_der().unwrap(), "拒绝"),
        (tlv(0xa0, &[&octets.to_der().unwrap()]), "拒绝"),
        (tlv(0x30, &[&text.to_der().unwrap()]), "拒绝"),
        (tlv(0x0c, &[b"two\nlines\x1b[1m"]), "twolines[1m"),
    ] {
        let package = tlv(0xa3, &[&[2, 1, 9], &description]);
        let written = to_be_signed(
            &answer(vec![Reply::Revoked(serial(&[5]))]),
            Tagging::Implicit,
        );
        let written = written.unwrap();
        // The answer's list by another.
        let revoked = [0x30, 5, 0xa2, 3, 2, 1, 5];
        let place = written.windows(7).position(|part| part == revoked).unwrap();
        let list = tlv(0x30, &[&package]);
        let head = &written[..place];
        let start = if written[1] < 0x80 { 2 } else { 3 };
        let tbs = tlv(0x30, &[&head[start..], &list, &written[place + 7..]]);
        let (read, _) = <KeyAnswer as sealed::Wire>::decode(&tbs).unwrap();
        let [
            Reply::Failed {
                number: 9,
                said: found,
            },
        ] = &read.replies[..]
        else {
            panic!("{read:?}");
        };
        assert_eq!(found, said);
    }
}

#[test]
fn a_key_in_a_signed_message_is_told_from_one_in_an_envelope() {
    let key = |private_key| ReturnedKey {
        number: serial(&[5]),
        public_key: public(2),
        private_key,
    };
    let bare = tlv(0x30, &[&[2, 1, 1], &[0x31, 0]]);
    let content_info = tlv(0x30, &[&tlv(0x06, &[&[0x2a]]), &tlv(0xa0, &[&bare])]);
    for der in [bare, content_info] {
        let delivery = KeyDelivery::SignedAndEnveloped(der);
        let answer = answer(vec![Reply::Applied(Box::new(key(delivery)))]);
        for tagging in TAGGINGS {
            round_trip(&answer, tagging);
        }
    }
    let nothing = KeyDelivery::SignedAndEnveloped(vec![0x04, 0]);
    let answer = answer(vec![Reply::Applied(Box::new(key(nothing)))]);
    assert!(to_be_signed(&answer, Tagging::Implicit).is_err());
}
