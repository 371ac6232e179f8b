//! The arguments of `gmpki person`.

use super::{Act, DeskPlace, registers::person};
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::PersonId;

#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// Destroy the keys of all that is recorded of a person and need not be kept any more
    Forget(PersonForget),
    /// Show what is recorded of a person under keys, and until when it is kept
    #[command(after_help = "Example:\n  gmpki person show zhang.san --lang zh")]
    Show(PersonShow),
}

#[derive(Debug, Group)]
#[command(
    after_help = "What is recorded of a certificate is kept so many years after it lapsed (Electronic\n\
    Signature Law, article 24, and the rules' retention-years); before that it is refused.\n\
    The log, its checkpoints and proofs stay good. Copies of subject-keys.sqlite, and the papers\n\
    in the desk's folder documents, are for you to destroy. The reason stays in clear: name nobody.\n\n\
    Exit code 0: destroyed; 1: refused.\n\n\
    Example:\n  gmpki person forget zhang.san --actor wu.jiu:clerk --reason 'the term ran out'"
)]
pub(crate) struct PersonForget {
    #[command(flatten)]
    pub(crate) act: Act,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
    /// The person
    #[arg(value_parser = person)]
    pub(crate) person: PersonId,
}

#[derive(Debug, Group)]
pub(crate) struct PersonShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// The person
    #[arg(value_parser = person)]
    pub(crate) person: PersonId,
}
