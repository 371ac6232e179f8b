//! The arguments of `gmpki report` and `gmpki status`.

use super::DeskPlace;
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::Serial;

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// How many cases came in which mode
    #[command(after_help = "Example:\n  gmpki report modes --dir desk")]
    Modes(ReportOf),
    /// Business by mode against what its agency may do, and has filed
    #[command(
        after_help = "Exit code 0: all of it came in modes that were in operation; 1: some did not.\n\n\
        Example:\n  gmpki report scope --lang zh"
    )]
    Scope(ReportOf),
    /// How many cases stand where
    #[command(after_help = "Example:\n  gmpki report states --lang zh")]
    States(ReportOf),
    /// Which cases a deadline has passed of
    #[command(after_help = "Example:\n  gmpki report overdue --dir desk")]
    Overdue(ReportOf),
    /// What is recorded of persons and need not be kept any more
    #[command(after_help = "Example:\n  gmpki report retention --dir desk")]
    Retention(ReportOf),
    /// Every value of a rule set, with the requirement it follows from or why it was assumed
    Rules(ReportRules),
}

#[derive(Debug, Group)]
pub(crate) struct ReportOf {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// The time to look at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}

#[derive(Debug, Group)]
#[command(after_help = "Examples:\n  gmpki report rules szca-online\n  \
    gmpki report rules --assumed my-rules.toml")]
pub(crate) struct ReportRules {
    /// Only what no source gives
    #[arg(long)]
    pub(crate) assumed: bool,
    /// A name that comes with the program, or a TOML file; may be given again [default: all
    /// that come with it]
    #[arg(value_name = "RULES")]
    pub(crate) rules: Vec<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Exit code 0: it stood good; 1: it did not, or there is none.\n\n\
    Examples:\n  gmpki status 01a2b3c4d5\n  \
    gmpki status 01a2b3c4d5 --at 2026-11-21T08:00:00Z --dir desk"
)]
pub(crate) struct StatusOf {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// The time to look at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The certificate's serial number, in hexadecimal
    #[arg(value_parser = |text: &str| Serial::try_from(text.to_owned()))]
    pub(crate) serial: Serial,
}
