//! A software device: keys in a store, behind the interfaces that hardware has.
#![forbid(unsafe_code)]
