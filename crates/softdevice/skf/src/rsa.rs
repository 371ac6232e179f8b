//! RSA: the functions are there, so that programs load, and refuse.

mod sys;
