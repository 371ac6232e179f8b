//! `gmpki crl`.

mod new;
mod revoked;
mod show;

pub(crate) use new::new;
pub(crate) use show::{read, show};
