//! What the stories and suites of this package stand on.

pub mod command;
pub mod openssl;
pub mod suites;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../README.zh-CN.md")]
pub struct Readme;
