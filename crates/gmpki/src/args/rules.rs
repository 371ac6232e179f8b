//! The arguments of `gmpki rules`.

use super::{AtWork, DeskPlace};
use crate::view::Language;
use clap::{Args as Group, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List the rules that come with the program, and the desk's own, with the days they count on
    List(RulesList),
    /// Show what a rule set is for: its days, its certificates, what is offered in which mode
    Show(RulesShow),
    /// Add a version of the desk's rules, by which cases are judged that are opened from its
    /// first day on
    Add(RulesAdd),
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki rules list --dir desk")]
pub(crate) struct RulesList {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Every value with what it rests on: gmpki report rules.\n\n\
    Examples:\n  gmpki rules show egov-extranet\n  \
    gmpki rules show egov-extranet --version 2 --lang zh --dir desk\n  \
    gmpki rules show my-rules.toml"
)]
pub(crate) struct RulesShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// The version, of the desk's rules [default: the one in force]
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<u32>,
    /// A name of the desk's, one that comes with the program, or a TOML file
    #[arg(value_name = "RULES")]
    pub(crate) rules: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The version before it ends on the new one's first day, which must lie ahead. A case keeps\n\
    the version that it was opened by. 'gmpki report rules FILE' shows what a file says.\n\n\
    Example:\n  gmpki rules add egov-extranet-2.toml --dir desk"
)]
pub(crate) struct RulesAdd {
    #[command(flatten)]
    pub(crate) work: AtWork,
    /// The TOML file of the version
    #[arg(value_name = "FILE")]
    pub(crate) rules: std::path::PathBuf,
}
