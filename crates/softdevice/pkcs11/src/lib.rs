//! The software device as a shared library.
