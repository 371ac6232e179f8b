//! Certificate business as a CA must run it.
//!
//! The rules are pure: `decide` says what would happen, `evolve` what is then the
//! case, for a [`case`], a [`certificate`] and an [`authority`]. The
//! [`Engine`] is the only caller of [`ports`]: it makes decisions durable in one
//! write, and does what the states want done outside.
//!
//! Three things hold in any order of commands and crashes; [`audit::verify`] checks
//! what of them a log can show:
//!
//! * No certificate and no CRL is signed before its number and its octets are
//!   durable; the engine signs one intent at most once, and after an unknown outcome
//!   its number is never used again. (OCSP answers are signed from the state of the
//!   moment and leave no record.)
//! * The person who approves is neither the one who registered nor the applicant.
//! * Every record is chained to the one before it by SM3.
//!
//! ```
//! use lifecycle::{Actor, PersonId, Refusal, Seat, certificate::{Change, Command, RevocationReason, State, decide}};
//! use der::DateTime;
//!
//! let now = DateTime::new(2026, 11, 21, 9, 0, 0)?;
//! let li = Actor::new(PersonId::new("li.si")?, Seat::Registrar);
//! let active = State::Active { pending: None };
//! let ask = Command::Request(Change::Revoke(RevocationReason::KeyCompromise));
//! let event = decide(Some(&active), &li, ask, now)?;
//! let waiting = lifecycle::certificate::evolve(Some(active), &li, &event);
//!
//! // The same person can't confirm, in whatever seat.
//! let li_again = Actor::new(PersonId::new("li.si")?, Seat::Approver);
//! assert!(decide(waiting.as_ref(), &li_again, Command::Confirm, now).is_err());
//! let wang = Actor::new(PersonId::new("wang.wu")?, Seat::Approver);
//! assert!(decide(waiting.as_ref(), &wang, Command::Confirm, now).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it is not
//!
//! No server, no scheduler, no runtime: whoever embeds it calls
//! [`Engine::submit`] and [`Engine::settle`], and [`Engine::tick`]: now and then, so that
//! deadlines are noted and notices told in time, and before each act of a person, so that
//! the act is judged on what time has made of its case. It knows keys through `hsm`'s traits
//! alone and never sees one.

mod approval;
pub mod audit;
pub mod authority;
pub mod calendar;
pub mod case;
pub mod certificate;
pub mod cessation;
mod effect;
mod engine;
pub mod erasure;
mod error;
mod evidence;
#[cfg(feature = "fail-points")]
pub mod fail_point;
pub mod field;
mod ground;
mod id;
mod index;
mod interval;
mod issuance;
pub mod key;
pub mod key_centre;
mod log;
pub mod machine;
mod memory;
mod octets;
pub mod organisation;
pub mod outbox;
mod personal;
pub mod picture;
pub mod ports;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod proceeding;
mod reservation;
pub mod roster;
pub mod rules;
mod service;
mod sqlite;
mod subject;
pub mod terms;
pub mod token;
pub mod upload;
pub mod words;

pub use approval::Actor;
pub use effect::{Effect, Publication};
pub use engine::{Checkpoints, Command, Engine, Policy, Ports, Submission};
pub use error::{Error, Refusal, StoreError};
pub use evidence::Evidence;
pub use ground::{FieldFault, Ground, NotQualified, UploadFault};
pub use id::{
    AuthorityId, CaseId, CaseNumber, IdempotencyKey, KeyId, OrganisationId, PersonId, ProceedingId,
    QualificationId, RecognitionId, Serial, StreamId, TokenId,
};
pub use index::{About, CaseRow, Holding, Holdings, Notice};
pub use interval::Interval;
pub use issuance::Intent;
pub use log::{
    Checkpoint, CheckpointFault, Entry, Event, GrowthProof, Head, HistoryProof, ProofFault, Record,
    SignedCheckpoint, Submitted, VerifiedCheckpoint,
};
pub use memory::MemoryStore;
pub use octets::Octets;
pub use personal::Personal;
pub use ports::{Batch, CertificateRow, CheckpointRow, Store};
pub use reservation::{CrlPoint, Reservation};
pub use service::{Busy, Handle, Happened, Service, Settled, Stopped, Ticket};
pub use sqlite::{BackupSource, Copied, Migration, Restoration, SqliteStore};
pub use subject::{KeysOf, MemorySubjectKeys, Sealed, SubjectKey, SubjectKeyFile};
pub use terms::Seat;
