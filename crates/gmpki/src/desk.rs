//! A desk: the folder of a certificate business that people work at.
//!
//! It holds the store, the operator's keys, the rules, papers by their digests, what was
//! published, and notices for another program to send.

pub(crate) mod backup;
pub(crate) mod checkpoints;
mod clock;
mod delivery;
pub(crate) mod documents;
pub(crate) mod evidence;
mod key_centre;
pub(crate) mod roles;
mod settings;

pub(crate) use settings::{
    KeyCentreSettings, LogSettings, RuleFiles, Settings, place, rules, rules_in,
};

use crate::{
    args::{AtWork, DeskPlace, NamedKey},
    case::{line, words},
    demo::folder::Folder,
    failure::Failure,
    named,
    view::Language,
};
use cert_profile::Profile;
use clock::ClockFile;
use der::DateTime;
use documents::Documents;
use hsm::{SoftToken, Token};
use lifecycle::{
    Actor, AuthorityId, Command, Engine, Entry, Policy, Ports, Seat, SqliteStore, StoreError,
    SubjectKeyFile,
    calendar::{Calendar, Estimate},
    cessation::Terms,
    ports::{Clock, RandomSerials, SystemClock},
    rules::{RuleBook, RuleSet, RuleSetId},
};
use roles::{Keys, Role};
use std::{path::Path, sync::Arc, time::Duration};

/// The profile of link certificates: for a CA that signs CAs.
const LINK: &str = include_str!("desk/link.toml");

const CRL_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A desk that is looked at.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) settings: Settings,
    pub(crate) rules: RuleBook,
    pub(crate) store: SqliteStore,
    pub(crate) subjects: SubjectKeyFile,
    pub(crate) now: DateTime,
    documents: Documents,
}

/// A desk that is worked at.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) settings: Settings,
    pub(crate) rules: RuleBook,
    pub(crate) engine: Engine,
    pub(crate) folder: Folder,
    pub(crate) now: DateTime,
    lang: Language,
    documents: Documents,
    /// Whether the last act made something new.
    changed: bool,
}

impl View {
    /// Opens a desk for reading: nothing in it changes.
    pub(crate) fn open(place: &DeskPlace) -> Result<Self, Failure> {
        let (folder, settings) = found(&place.dir, None)?;
        let now = match clock_file(&folder)?.read()? {
            Some(time) if settings.rehearsal => time,
            _ => SystemClock::default().now(),
        };
        Ok(Self {
            rules: RuleFiles::read(&folder)?.book()?,
            store: SqliteStore::open_read_only(&folder.store())?,
            subjects: SubjectKeyFile::open_read_only(&folder.subject_keys())?,
            documents: Documents::new(folder.file("documents")?),
            settings,
            now,
        })
    }

    /// The desk's papers.
    pub(crate) fn documents(&self) -> &Documents {
        &self.documents
    }

    /// The version of the desk's rules that is in force at a time.
    pub(crate) fn ruling_at(&self, at: DateTime) -> Result<&RuleSet, Failure> {
        ruling(&self.rules, &self.settings.rules, at)
    }
}

impl Desk {
    /// Opens a desk that there is, its clock set where a time is given.
    pub(crate) fn open(work: &AtWork) -> Result<Self, Failure> {
        let (folder, settings) = found(&work.desk.dir, work.password_file.as_deref())?;
        Self::over(folder, settings, work)
    }

    /// The desk in a folder whose settings are written.
    pub(crate) fn over(folder: Folder, settings: Settings, work: &AtWork) -> Result<Self, Failure> {
        backup::Note::refuse(&folder)?;
        folder.refuse_keys_without_store()?;
        let at = work.at.as_deref();
        let clock: Box<dyn Clock> = if settings.rehearsal {
            Box::new(clock_file(&folder)?.rehearsal(at)?)
        } else {
            Box::new(clock::of_the_machine(at)?)
        };
        let now = clock.now();
        let rules = RuleFiles::read(&folder)?.book()?;
        // A token that will not do leaves no store behind.
        let named = match settings.key()? {
            None => None,
            Some(key) => Some(named_token(NamedKey {
                key,
                password_file: folder.named_password_file(),
            })?),
        };
        // The store before the keys: it tells whether another run is at work here.
        let store = SqliteStore::open(&folder.store())?;
        let token: Box<dyn Token> = match named {
            Some(token) => token,
            None => Box::new(SoftToken::open(folder.token(), folder.password()?)?),
        };
        let subjects = subject_keys(&folder, &store)?;
        let key_centre = key_centre::of(&settings, &folder, &*token)?;
        let mut policy = policy(&rules, Keys::of(&store, Role::IssuingCa)?.serving()?)?;
        if let Some(log) = &settings.log {
            policy.checkpoints = Some(checkpoints::policy(log, &store)?);
        }
        let engine = Engine::new(
            Ports {
                store: Box::new(store),
                token,
                key_centre,
                publisher: delivery::publisher(&settings, &folder),
                notifier: delivery::notifier(&settings, &folder)?,
                clock,
                serials: Box::new(RandomSerials::default()),
                subjects: Arc::new(subjects),
            },
            policy,
        );
        if let Some(log) = &settings.log {
            checkpoints::check(&engine, &folder, log)?;
        }
        Ok(Self {
            documents: Documents::new(folder.file("documents")?),
            settings,
            rules,
            engine,
            folder,
            now,
            lang: work.lang,
            changed: false,
        })
    }

    /// The desk's papers.
    pub(crate) fn documents(&self) -> &Documents {
        &self.documents
    }

    /// Whether the desk could work by these rules.
    pub(crate) fn check_rules(&self, rules: &RuleBook) -> Result<(), Failure> {
        let issuer = Keys::of(self.engine.store(), Role::IssuingCa)?.serving()?;
        policy(rules, issuer).map(drop)
    }

    /// The version of the desk's rules that a case is judged by which is opened now.
    pub(crate) fn rules_in_force(&self) -> Result<RuleSetId, Failure> {
        Ok(ruling(&self.rules, &self.settings.rules, self.now)?.id())
    }

    /// One act of a person, or one answer of a service, judged on what time has made of things
    /// until now, and what follows from it outside; what became durable, in order.
    ///
    /// What can't be done of what time brings stops no act, and is told after it.
    pub(crate) fn act(&mut self, actor: &Actor, command: Command) -> Result<Vec<Entry>, Failure> {
        let mut entries = Vec::new();
        let brought = self.bring(&mut entries);
        let carried_out = match command {
            // A service outside, by its name.
            Command::Case(id, said) if actor.seat == Seat::System => {
                self.engine.answer(&actor.person, &id, said)
            }
            command => self.engine.submit(actor, command),
        };
        self.documents.settle(carried_out.is_ok());
        let own = carried_out.map_err(|error| {
            let notes = entries
                .iter()
                .map(|entry| format!("time brought {}", line(entry)));
            words::told(self.lang, error).noted(notes.collect())
        })?;
        self.changed = !own.is_empty();
        entries.extend(own);
        self.engine
            .settle(&mut |entry| entries.push(entry.clone()))?;
        brought?;
        Ok(entries)
    }

    /// Whether the last act made something new; the same act again makes nothing.
    pub(crate) fn changed(&self) -> bool {
        self.changed
    }

    /// What was interrupted, and what time has brought.
    pub(crate) fn tick(&mut self) -> Result<Vec<Entry>, Failure> {
        let mut entries = Vec::new();
        self.bring(&mut entries)?;
        Ok(entries)
    }

    /// The same; the first failure, after everything else was done.
    fn bring(&mut self, entries: &mut Vec<Entry>) -> Result<(), Failure> {
        let mut watch = |entry: &Entry| entries.push(entry.clone());
        let finished = self.engine.settle(&mut watch);
        let ticked = self.engine.tick(&mut watch);
        let settled = self.engine.settle(&mut watch);
        Ok(finished.and(ticked).and(settled)?)
    }
}

/// The keys of a desk's persons; without them nobody works at a desk whose log has need of them.
fn subject_keys(folder: &Folder, store: &SqliteStore) -> Result<SubjectKeyFile, Failure> {
    let path = folder.subject_keys();
    SubjectKeyFile::open(&path, store).map_err(|error| match error {
        StoreError::Missing { path } => Failure::file(
            &path,
            "is missing, and what is personal in the log is sealed under its keys: put it back",
        ),
        error => error.into(),
    })
}

fn ruling<'a>(book: &'a RuleBook, name: &str, at: DateTime) -> Result<&'a RuleSet, Failure> {
    book.in_force(name, at).ok_or_else(|| {
        let reason = format!("no version of the rules {name} is in force on {at}");
        Failure::Refused(reason.into())
    })
}

/// A desk that there is.
fn found(dir: &Path, password_file: Option<&Path>) -> Result<(Folder, Settings), Failure> {
    let Some(settings) = Settings::read(dir)? else {
        let reason = "is no desk: 'gmpki ca init' makes one";
        return Err(Failure::file(dir, reason));
    };
    Ok((Folder::open(dir, password_file)?, settings))
}

fn clock_file(folder: &Folder) -> Result<ClockFile, Failure> {
    Ok(ClockFile(folder.file("clock")?))
}

fn policy(rules: &RuleBook, issuer: AuthorityId) -> Result<Policy, Failure> {
    let shipped = |name: &str| {
        Profile::shipped(name).ok_or_else(|| {
            let reason = format!("the rules name the profile {name:?}, which there is not");
            Failure::Refused(reason.into())
        })
    };
    let mut names: Vec<&str> = rules
        .iter()
        .flat_map(|set| set.certificates().values())
        .flat_map(|rule| [&*rule.signing_profile, &*rule.encryption_profile])
        .collect();
    names.sort_unstable();
    names.dedup();
    let own = Role::ALL.iter().map(|role| shipped(role.profile()));
    let mut authorities = own.collect::<Result<Vec<_>, _>>()?;
    authorities.push(Profile::from_toml(LINK)?);
    Ok(Policy {
        issuer,
        rules: rules.clone(),
        // A freeze does not wait for the notice of next year; its deadline says that it is estimated.
        calendar: Calendar::china().with_estimate(Estimate::Weekends),
        profiles: names.into_iter().map(shipped).collect::<Result<_, _>>()?,
        authorities,
        crl_lifetime: CRL_LIFETIME,
        archive: None,
        checkpoints: None,
        cessation: Terms::shipped(),
        proceedings: lifecycle::proceeding::Terms::shipped(),
    })
}

/// A token that somebody named.
fn named_token(key: NamedKey) -> Result<Box<dyn Token>, Failure> {
    let opened = named::token(&key)?;
    if opened.label.is_some() {
        let reason = "names a key: name the token alone, the desk makes its keys";
        return Err(key.failure(reason));
    }
    Ok(opened.token)
}
