//! What the stories and suites of this package stand on.

#![allow(
    clippy::panic,
    reason = "what stands here serves tests, and a panic is how a test fails"
)]

pub mod command;
pub mod heap;
pub mod interop;
pub mod memcheck;
pub mod openssl;
pub mod parties;
pub mod remains;
pub mod streams;
pub mod suites;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../README.zh-CN.md")]
pub struct Readme;
