//! Where every schedule begins: authorities in business, people with keys; one has his pair, one
//! is about to have it, and the third's is to be written on a token.

use lifecycle::{
    Actor, Checkpoints, Command, Engine, MemorySubjectKeys, Policy, Ports, Seat, SqliteStore,
    Store, TokenId,
    case::{self, Phase},
    ports::{NullNotifier, TokenKeyCentre},
    terms::Kind,
    token,
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tempfile::TempDir;

use crate::{
    disk::noted,
    doubles::{Archive, SetClock, SharedStore},
    outside::{Device, Ledger, Numbers, Post},
    script::{self, Applicant, CA, act, authority_id, establish, take_through},
};

/// Pairs that the one organisation may have.
pub(crate) const QUOTA: u32 = 3;
/// Which log it is.
pub(crate) const ORIGIN: &str = "ca.example/log";
/// People who want a pair; the third has a token.
const PEOPLE: [&str; 5] = ["zhang.san", "li.ming", "zhou.ba", "wu.jiu", "zheng.shi"];
/// What may come to be of the pairs of the first three.
const LATER: [(&str, Kind); 5] = [
    ("freeze", Kind::Freeze),
    ("unfreeze", Kind::Unfreeze),
    ("revoke", Kind::Revoke),
    ("renew", Kind::Renew),
    ("reissue", Kind::Reissue),
];

/// What all schedules share and none changes.
pub(crate) struct Base {
    policy: Policy,
    pub(crate) store: SharedStore,
    pub(crate) file: PathBuf,
    _folder: TempDir,
    pub(crate) device: Device,
    /// The directory of the store in memory, and that of the file.
    pub(crate) posts: [Post; 2],
    /// What opens what is sealed in each.
    pub(crate) subjects: [MemorySubjectKeys; 2],
    /// Applications first.
    pub(crate) cases: Vec<Applicant>,
}

impl Base {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store");
        let cases = cases();
        let mut base = Self {
            policy: policy(),
            store: SharedStore::default(),
            file,
            _folder: folder,
            device: Device::default(),
            posts: Default::default(),
            subjects: Default::default(),
            cases,
        };
        let file = SqliteStore::open(&base.file).unwrap();
        let [memory, on_file] = &base.subjects;
        base.posts = [
            base.begin(base.store.clone(), memory),
            base.begin(file, on_file),
        ];
        base
    }

    /// Both stores have the same keys, and each its own certificates.
    fn begin(&self, store: impl Store + 'static, subjects: &MemorySubjectKeys) -> Post {
        let ledger = Ledger::default();
        let watched = noted(store, &ledger);
        let device = self.device.copy(&ledger);
        let post = Post::new(&ledger);
        let mut engine = Engine::new(
            Ports {
                store: watched,
                token: Box::new(device.clone()),
                key_centre: Box::new(TokenKeyCentre::new(Archive::default())),
                publisher: Box::new(post.clone()),
                notifier: Box::new(NullNotifier::default()),
                clock: Box::new(SetClock::default()),
                serials: Box::new(Numbers::from(1)),
                subjects: Arc::new(subjects.clone()),
            },
            self.policy(),
        );
        establish(&mut engine).unwrap();
        take_through(&mut engine, &self.cases[0]).unwrap();
        let [_, second, third, ..] = &self.cases[..] else {
            panic!("there are people");
        };
        second.go_to(&mut engine, Phase::Approved).unwrap();
        third.go_to(&mut engine, Phase::Approved).unwrap();
        let token = token_of(third);
        for (actor, command) in [
            (clerk(), Command::Token(token.clone(), receive())),
            (
                script::approver(),
                third.command(case::Command::BindToken(token)),
            ),
        ] {
            act(&mut engine, &actor, command).unwrap();
        }
        third.go_to(&mut engine, Phase::Issued).unwrap();
        self.device.take_over(&device);
        assert!(device.wrongs().is_empty(), "{:?}", device.wrongs());
        post
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy {
            issuer: self.policy.issuer.clone(),
            rules: self.policy.rules.clone(),
            calendar: self.policy.calendar.clone(),
            profiles: self.policy.profiles.clone(),
            authorities: self.policy.authorities.clone(),
            cessation: self.policy.cessation.clone(),
            proceedings: self.policy.proceedings.clone(),
            crl_lifetime: self.policy.crl_lifetime,
            archive: self.policy.archive,
            checkpoints: self.policy.checkpoints.clone(),
        }
    }
}

/// The token of a case.
pub(crate) fn token_of(one: &Applicant) -> TokenId {
    TokenId::new(format!("token-{}", one.id)).unwrap()
}

/// It comes in.
pub(crate) fn receive() -> token::Command {
    token::Command::Receive {
        batch: "2026-11".to_owned(),
        model: "K1".to_owned(),
    }
}

pub(crate) fn clerk() -> Actor {
    script::actor("sun.liu", Seat::Clerk)
}

/// The policy of the whole campaign.
pub(crate) fn policy() -> Policy {
    let mut policy = script::policy_with_quota(QUOTA);
    let hour = Duration::from_secs(3_600);
    let checkpoints = Checkpoints::new(ORIGIN, authority_id(CA), 25, hour);
    policy.checkpoints = Some(checkpoints.unwrap());
    policy
}

fn cases() -> Vec<Applicant> {
    let mut cases: Vec<_> = PEOPLE.map(Applicant::new).into();
    cases[2] = cases[2].clone().with_token();
    for first in &cases.clone()[..3] {
        let later = LATER.map(|(name, kind)| first.again(&format!("{name}-{}", first.id), kind));
        cases.extend(later);
    }
    cases
}
