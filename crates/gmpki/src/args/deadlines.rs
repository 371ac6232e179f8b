//! The arguments of `gmpki deadlines`.

use super::DeskPlace;
use crate::view::Language;
use clap::Args as Group;

#[derive(Debug, Group)]
#[command(
    after_help = "Cases, ends of services, and cases about institutions. What stands still has no time and comes last.\n\n\
    Examples:\n  gmpki deadlines\n  gmpki deadlines --overdue --lang zh --dir desk"
)]
pub(crate) struct Deadlines {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// Those alone that have passed
    #[arg(long)]
    pub(crate) overdue: bool,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
}
