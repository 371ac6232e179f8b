//! What every command at a desk takes: where it is, who acts, and what stays as proof.

use crate::view::Language;
use clap::{
    Args as Group,
    builder::{PossibleValuesParser, TypedValueParser},
};
use lifecycle::{Actor, PersonId, Seat, terms::EvidenceKind};
use std::path::PathBuf;

/// Where the desk is.
#[derive(Clone, Debug, Group)]
pub(crate) struct DeskPlace {
    /// The folder of the desk
    #[arg(long, default_value = "gmpki-desk", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// A desk that is worked at.
#[derive(Clone, Debug, Group)]
pub(crate) struct AtWork {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// A file with the password or PIN of the operator's keys [default: the desk's own, or
    /// what the name of its device says]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// The time on the clock of a rehearsal, as 2026-11-21T08:00:00Z; it stays there
    /// [default: where the clock stands]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The language of refusals
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
}

/// Who acts.
#[derive(Clone, Debug, Group)]
pub(crate) struct Act {
    #[command(flatten)]
    pub(crate) work: AtWork,
    /// The person who acts, and in which seat: li.si:registrar; or the service that answered:
    /// bank:system
    #[arg(long, value_name = "PERSON:SEAT", value_parser = actor)]
    pub(crate) actor: Actor,
}

/// What stays as proof.
#[derive(Clone, Debug, Group)]
pub(crate) struct Proof {
    /// What stays as proof: its kind and its file, which is kept by its digest; may be given
    /// again
    #[arg(long, value_name = "KIND=FILE", value_parser = evidence_file)]
    pub(crate) evidence: Vec<EvidenceFile>,
}

/// A piece of evidence in a file.
#[derive(Clone, Debug)]
pub(crate) struct EvidenceFile {
    pub(crate) kind: EvidenceKind,
    pub(crate) path: PathBuf,
}

/// `NAME=VALUE`.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// One of the field's closed lists, by its word.
pub(super) fn term<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let words = PossibleValuesParser::new(all.iter().map(|one| word(*one)));
    words.try_map(move |text| {
        let found = all.iter().copied().find(|one| word(*one) == text);
        found.ok_or_else(|| format!("{text:?} is not on the list"))
    })
}

pub(super) fn pair(text: &str) -> Result<Pair, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok(Pair {
            name: name.to_owned(),
            value: value.to_owned(),
        }),
        _ => Err("is written NAME=VALUE".into()),
    }
}

pub(super) fn actor(text: &str) -> Result<Actor, String> {
    let (person, seat) = text
        .split_once(':')
        .ok_or("is written PERSON:SEAT, as li.si:registrar")?;
    let person = PersonId::new(person).map_err(|error| error.to_string())?;
    let seat = Seat::parse(seat).ok_or_else(|| {
        let words: Vec<_> = Seat::ALL.iter().map(|seat| seat.as_str()).collect();
        format!("seats are {}", words.join(", "))
    })?;
    Ok(Actor::new(person, seat))
}

fn evidence_file(text: &str) -> Result<EvidenceFile, String> {
    let Pair { name, value } = pair(text).map_err(|_| "is written KIND=FILE")?;
    let kind = EvidenceKind::parse(&name).ok_or_else(|| {
        let words: Vec<_> = EvidenceKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("kinds are {}", words.join(", "))
    })?;
    Ok(EvidenceFile {
        kind,
        path: value.into(),
    })
}
