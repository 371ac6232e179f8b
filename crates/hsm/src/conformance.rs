//! Does a token do what [`Token`] and its powers promise? For whoever brings another one.
//!
//! [`examine`] tries everything that a token offers and says of each promise whether it was
//! kept. It makes keys, under labels that it is given; whoever examines a real device has
//! to remove them by other means afterwards.
//!
//! ```
//! use hsm::{Password, SoftToken, conformance::{Fixture, examine}};
//!
//! let directory = tempfile::tempdir()?;
//! let token = SoftToken::open(directory.path(), Password::new("correct horse")?)?;
//! let report = examine(&token, Fixture::with_prefix("conformance")?);
//! println!("{report}");
//! assert_eq!(report.failures().count(), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificates;
mod encryption;
mod report;
mod signing;

pub use report::{Check, Outcome, Report};

use crate::{Description, Error, KeyAlgorithm, KeyLabel, Token};
use report::Miss;
use std::vec;

/// What an examination may use.
#[derive(Clone, Debug)]
pub struct Fixture {
    free: Vec<KeyLabel>,
    algorithms: Vec<KeyAlgorithm>,
    signing: Vec<(KeyLabel, KeyAlgorithm)>,
    decryption: Option<KeyLabel>,
}

impl Fixture {
    /// Labels that an examination takes at most, with the algorithms of
    /// [`Self::with_prefix`].
    pub const LABELS: usize = 16;

    /// Labels under which nothing lies; every kind of key is tried (RSA with 2048 bits).
    pub fn new(free: Vec<KeyLabel>) -> Self {
        Self {
            free,
            algorithms: vec![
                KeyAlgorithm::Sm2,
                KeyAlgorithm::P256,
                KeyAlgorithm::P384,
                KeyAlgorithm::Rsa { bits: 2048 },
            ],
            signing: Vec::new(),
            decryption: None,
        }
    }

    /// Takes the labels `prefix-1` to `prefix-16`.
    ///
    /// # Errors
    /// [`Error::LabelLength`], [`Error::LabelCharacter`].
    pub fn with_prefix(prefix: &str) -> Result<Self, Error> {
        let labels = (1..=Self::LABELS).map(|number| KeyLabel::new(format!("{prefix}-{number}")));
        labels.collect::<Result<_, _>>().map(Self::new)
    }

    /// Tries these kinds of keys alone.
    #[must_use]
    pub fn with_algorithms(self, algorithms: Vec<KeyAlgorithm>) -> Self {
        Self { algorithms, ..self }
    }

    /// A signing key that is there: for a token that makes none itself.
    #[must_use]
    pub fn with_signing_key(mut self, label: KeyLabel, algorithm: KeyAlgorithm) -> Self {
        self.signing.push((label, algorithm));
        self
    }

    /// An encryption key that is there: for a token that makes none itself.
    #[must_use]
    pub fn with_decryption_key(self, label: KeyLabel) -> Self {
        Self {
            decryption: Some(label),
            ..self
        }
    }
}

/// Tries every promise on `token`.
pub fn examine(token: &dyn Token, fixture: Fixture) -> Report {
    let mut examination = Examination {
        token,
        free: fixture.free.into_iter(),
        algorithms: fixture.algorithms,
        signing: fixture.signing,
        decryption: fixture.decryption,
        report: Report::default(),
    };
    examination.check("description", "", |it| describes(&it.token.description()?));
    examination.signing_keys();
    examination.decryption_keys();
    examination.enveloped_keys();
    examination.certificates();
    examination.check("random octets", "", random);
    examination.report
}

struct Examination<'a> {
    token: &'a dyn Token,
    free: vec::IntoIter<KeyLabel>,
    algorithms: Vec<KeyAlgorithm>,
    /// Signing keys that are there, or that were made.
    signing: Vec<(KeyLabel, KeyAlgorithm)>,
    /// An encryption key that is there, or that was made.
    decryption: Option<KeyLabel>,
    report: Report,
}

impl Examination<'_> {
    fn check(
        &mut self,
        name: &'static str,
        subject: impl ToString,
        work: impl FnOnce(&mut Self) -> Result<(), Miss>,
    ) {
        let outcome = work(self);
        self.report.add(name, subject.to_string(), outcome);
    }

    fn free_label(&mut self) -> Result<KeyLabel, Miss> {
        let label = self.free.next();
        label.ok_or_else(|| Miss::Failed("the fixture has no further free label".into()))
    }
}

/// Says that a promise was not kept unless `so`.
fn ensure(so: bool, otherwise: impl Into<String>) -> Result<(), Miss> {
    if so {
        Ok(())
    } else {
        Err(Miss::Failed(otherwise.into()))
    }
}

/// What came instead of the error that was promised.
fn instead<T>(result: Result<T, Error>) -> String {
    result.map_or_else(
        |error| format!("instead: {error}"),
        |_| "instead: it succeeded".into(),
    )
}

fn describes(description: &Description) -> Result<(), Miss> {
    ensure(!description.interface.is_empty(), "it names no interface")?;
    let Description {
        interface,
        manufacturer,
        model,
        serial,
        label,
        firmware,
    } = description;
    for text in [interface, manufacturer, model, serial, label, firmware] {
        ensure(
            text.trim() == text && !text.contains(char::is_control),
            format!("{text:?} has blanks around it or control characters"),
        )?;
    }
    Ok(())
}

fn random(it: &mut Examination<'_>) -> Result<(), Miss> {
    let random = it.token.as_random().ok_or_else(Miss::no_power)?;
    let fill = |length| -> Result<Vec<u8>, Error> {
        let mut octets = vec![0; length];
        random.fill_random(&mut octets)?;
        Ok(octets)
    };
    fill(0)?;
    ensure(fill(32)? != fill(32)?, "it repeats itself")?;
    // More than one call of a device gives, and no multiple of its blocks.
    let long = fill(10_007)?;
    let mut blocks: Vec<&[u8]> = long.chunks_exact(16).collect();
    let count = blocks.len();
    blocks.sort_unstable();
    blocks.dedup();
    ensure(blocks.len() == count, "16 octets come twice among 10007")?;
    ensure(
        !long.ends_with(&[0; 8]),
        "the last of 10007 octets are zeros",
    )
}

#[cfg(test)]
mod tests;
