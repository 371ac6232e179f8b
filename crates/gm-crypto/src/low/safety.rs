//! Why the unsafe code of this folder is sound.
//!
//! * **Processor features.** A routine that uses more than the base instruction set
//!   takes a token of [`super::cpu`], or is called where one was matched.
//! * **Naked functions.** `x86_64/sm3_avx.rs` writes below its own stack pointer's old
//!   value only, restores every register that the System V convention keeps, and reads
//!   and writes through its arguments no more than their types say.
