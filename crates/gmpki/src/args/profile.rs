//! The arguments of `gmpki profile`.

use clap::{Args as Group, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// List the policies that come with the program
    #[command(after_help = "Examples:\n  gmpki profile list\n  gmpki profile list --json")]
    List,
    /// Print one of them as TOML, to begin another with
    Show(ProfileShow),
    /// Load a policy from a file and say what it allows
    Check(ProfileCheck),
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki profile show subscriber-signing > mine.toml")]
pub(crate) struct ProfileShow {
    /// The name of the policy
    pub(crate) name: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A policy that no certificate can follow does not load: exit code 1, \
    with its line.\n\nExample:\n  gmpki profile check mine.toml"
)]
pub(crate) struct ProfileCheck {
    /// The policy: a TOML file, or the name of one that comes with the program
    pub(crate) file: PathBuf,
}
