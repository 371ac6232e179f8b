//! Why the unsafe code of this folder is sound.
//!
//! * **Processor features.** A routine that uses more than the base instruction set
//!   takes a token of [`super::cpu`], or is called where one was matched.
