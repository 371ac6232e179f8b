//! The token without a device: keys in encrypted files, keys in this process.

mod key;
mod token;

pub use key::SoftKey;
pub use token::SoftToken;
