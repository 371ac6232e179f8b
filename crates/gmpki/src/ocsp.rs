//! `gmpki ocsp`: questions and answers in files.

mod ask;
mod respond;
mod verify;

pub(crate) use ask::ask;
pub(crate) use respond::respond;
pub(crate) use verify::{show, verify};
