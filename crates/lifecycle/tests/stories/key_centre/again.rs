//! Requests that come again, late, in one message, or from nobody: what they leave behind.

use super::{Party, Site, altered::alter, number};
use der::DateTime;
use lifecycle::{
    Serial,
    key_centre::{
        Fault,
        act::Act,
        message::{
            self, Ask, EntityName, KeyAnswer, KeyApplication, KeyRequest, KeyRestoration, Reply,
            Tagging, UnverifiedMessage,
        },
    },
};
use rusqlite::Connection;
use std::time::Duration;

pub(super) fn application(site: &Site, number: Serial, recipient: &Party) -> KeyApplication {
    KeyApplication::new(number, recipient.public(), (site.now(), site.now()))
}

/// A request of the CA.
pub(super) fn signed(site: &Site, change: impl FnOnce(&mut KeyRequest)) -> Vec<u8> {
    signed_by(&site.ca, site, change)
}

/// A request in the name of the CA.
fn signed_by(key: &Party, site: &Site, change: impl FnOnce(&mut KeyRequest)) -> Vec<u8> {
    let name = "CN=Issuing CA,C=CN".parse().unwrap();
    let authority = EntityName::new(&name, &site.ca.public()).unwrap();
    let mut request = KeyRequest::new(authority, Ask::Revoke(number("a")), site.now(), 7);
    change(&mut request);
    message::sign(&request, Tagging::Explicit, &key.handle()).unwrap()
}

/// The replies to a message, by a process of its own.
fn answered(site: &Site, request: &[u8]) -> Vec<Reply> {
    let key = site.centre.handle();
    let answer = site.open().answer(&key, request, site.now()).unwrap();
    let answer = UnverifiedMessage::<KeyAnswer>::from_der(&answer).unwrap();
    answer.verify(&site.centre.public(), "it").unwrap().replies
}

/// The replies to a request of the CA.
pub(super) fn asked(site: &Site, change: impl FnOnce(&mut KeyRequest)) -> Vec<Reply> {
    answered(site, &signed(site, change))
}

/// `errNo` of a refusal.
pub(super) fn error_of(reply: &Reply) -> i64 {
    match reply {
        Reply::Failed { number, .. } => *number,
        other => panic!("{other:?}"),
    }
}

fn apply(site: &Site, case: &str, recipient: &Party) -> Ask {
    Ask::Apply(Box::new(application(site, number(case), recipient)))
}

#[test]
fn a_message_that_comes_again_is_answered_as_before_and_leaves_no_trace() {
    let site = Site::new();
    let zhang = Party::new();
    let message = signed(&site, |request| {
        let restoration = KeyRestoration::new(number("a"), zhang.public());
        request.asks = vec![
            apply(&site, "a", &zhang),
            Ask::Restore(Box::new(restoration)),
            Ask::Revoke(number("b")),
        ];
    });
    let first = answered(&site, &message);
    assert!(matches!(first[0], Reply::Applied(_)));
    assert_eq!([1, 2].map(|index| error_of(&first[index])), [4, 5]);
    let acts = site.acts();
    assert_eq!(
        acts[2..],
        ["key-archived", "request-refused", "request-refused"]
    );
    // Each time by another process: it is the archive that remembers.
    for _ in 0..3 {
        assert_eq!(answered(&site, &message), first);
        site.clock.forward(60);
    }
    // Another message that asks for the same is another act.
    asked(&site, |request| {
        request.asks = vec![apply(&site, "a", &zhang)]
    });
    assert_eq!(site.acts().len(), acts.len() + 1);

    // What the message could not do then, it does not do now.
    asked(&site, |request| {
        request.asks = vec![apply(&site, "b", &zhang)]
    });
    let before = site.acts();
    let again = answered(&site, &message);
    assert_eq!(again[..2], first[..2]);
    assert_eq!(error_of(&again[2]), 7);
    assert_eq!(site.acts(), before);
    // And what was revoked since, it does not give.
    asked(&site, |request| {
        request.asks = vec![Ask::Revoke(number("a"))]
    });
    let before = site.acts();
    assert_eq!(error_of(&answered(&site, &message)[0]), 3);
    assert_eq!(site.acts(), before);

    let entries = site.open().acts().unwrap();
    let digests: Vec<_> = entries[2..5]
        .iter()
        .map(|entry| match &entry.act {
            Act::KeyArchived { message, .. } | Act::RequestRefused { message, .. } => message,
            other => panic!("{other:?}"),
        })
        .collect();
    let tbs = UnverifiedMessage::<KeyRequest>::from_der(&message).unwrap();
    let digest = gm_crypto::sm3::digest(tbs.tbs());
    assert!(digests.iter().all(|found| found[..] == digest));
}

#[test]
fn a_message_of_another_time_leaves_no_trace_however_often_it_comes() {
    let site = Site::new();
    let zhang = Party::new();
    let message = signed(&site, |request| {
        request.asks = vec![apply(&site, "a", &zhang)]
    });
    // Kept back by somebody until its time was over.
    site.clock.forward(301);
    for _ in 0..3 {
        assert_eq!(error_of(&answered(&site, &message)[0]), 6);
    }
    let early = signed(&site, |request| {
        let at = site.now().unix_duration() + Duration::from_secs(301);
        request.at = DateTime::from_unix_duration(at).unwrap();
    });
    assert_eq!(error_of(&answered(&site, &early)[0]), 6);
    assert_eq!(site.acts(), ["founded", "authority-admitted"]);
    // In time, and again as late as it is believed.
    let message = signed(&site, |request| {
        request.asks = vec![apply(&site, "a", &zhang)]
    });
    let first = answered(&site, &message);
    site.clock.forward(300);
    asked(&site, |request| {
        request.asks = vec![apply(&site, "b", &zhang)]
    });
    assert_eq!(answered(&site, &message), first);
    assert_eq!(site.acts()[2..], ["key-archived", "key-archived"]);
}

#[test]
fn a_revocation_counts_for_what_stands_behind_it_in_its_message() {
    let site = Site::new();
    let zhang = Party::new();
    let replies = asked(&site, |request| {
        request.asks = vec![
            apply(&site, "a", &zhang),
            Ask::Revoke(number("a")),
            apply(&site, "a", &zhang),
            Ask::Revoke(number("a")),
        ];
    });
    assert!(matches!(replies[0], Reply::Applied(_)));
    assert!(matches!(replies[1], Reply::Revoked(_)));
    assert_eq!(error_of(&replies[2]), 3);
    assert!(matches!(replies[3], Reply::Revoked(_)));
    assert_eq!(
        site.acts()[2..],
        ["key-archived", "key-revoked", "request-refused"]
    );
    let report = site.open().examine(None).unwrap();
    assert_eq!((report.keys, report.revoked), (1, 1));
}

#[test]
fn whoever_can_t_sign_does_not_come_as_far_as_to_wait_for_the_file() {
    let site = Site::new();
    let stranger = Party::new();
    let forged = signed_by(&stranger, &site, |_| {});
    let unknown = signed(&site, |request| request.authority.key_digest[0] ^= 1);
    let late = signed(&site, |request| {
        let at = site.now().unix_duration() - Duration::from_secs(301);
        request.at = DateTime::from_unix_duration(at).unwrap();
    });
    let mut centre = site.open();
    let other = Connection::open(site.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (key, now) = (site.centre.handle(), site.now());
    let refused = centre.answer(&key, &forged, now);
    assert!(matches!(refused, Err(Fault::NotSigned(_))), "{refused:?}");
    let refused = centre.answer(&key, &unknown, now);
    assert!(matches!(refused, Err(Fault::Stranger)), "{refused:?}");
    centre.answer(&key, &late, now).unwrap();
}

#[test]
fn an_envelope_of_another_key_is_given_to_nobody() {
    let site = Site::new();
    let zhang = Party::new();
    let both = |request: &mut KeyRequest| {
        request.asks = ["a", "b"].map(|case| apply(&site, case, &zhang)).into();
    };
    let given = asked(&site, both);
    assert_eq!(asked(&site, both), given);
    let (a, b) = (number("a"), number("b"));
    let exchange = format!(
        "UPDATE keys SET given = (SELECT given FROM keys WHERE number = '{a}')
            WHERE number = '{b}'"
    );
    alter(&site.path(), &exchange);
    let request = signed(&site, both);
    let refused = site
        .open()
        .answer(&site.centre.handle(), &request, site.now());
    assert!(matches!(refused, Err(Fault::OtherKey)), "{refused:?}");
}
