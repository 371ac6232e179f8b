//! The sets that come with the library.

use super::RuleSet;

macro_rules! shipped {
    ($($name:literal,)+) => {
        &[$(($name, include_str!(concat!("../../rules/", $name, ".toml"))),)+]
    };
}

/// The rule sets that come with the library: name and TOML text.
///
/// They name no CA, URL or contact (S0-30). A copy with the operator's own choices is a set of
/// one's own ([`RuleSet::from_toml`]).
pub const SHIPPED: &[(&str, &str)] = shipped![
    "chinaclear-agency",
    "egov-extranet",
    "szca-online",
    "in-house",
];

impl RuleSet {
    /// The set of this name among [`SHIPPED`].
    pub fn shipped(name: &str) -> Option<Self> {
        let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
        Some(Self::from_toml(text).expect("a test loads each shipped set"))
    }
}
