//! The sets that come with the library.
