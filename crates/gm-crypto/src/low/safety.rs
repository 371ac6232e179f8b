//! Why the unsafe code of this folder is sound.
//!
//! * **Processor features.** A routine that uses more than the base instruction set
//!   takes a token of [`super::cpu`], or is called where one was matched.
//! * **Blocks of SM4** (`sm4`, `ghash`) come as an `InOutBuf`, two slices of one length that
//!   are the same or do not touch. The bodies get its pointers and its length, and
//!   load all octets of a step before they store any of them. Loads and stores ask for no
//!   alignment. What does not fill a register goes through a copy on the stack, which
//!   is wiped.
//! * **Registers from octets.** `transmute` between arrays of 16 octets or numbers of 128
//!   bits and `__m128i`: the same size, and every pattern is a value.
//!
//! # Constant time on registers of 256 bits
//!
//! valgrind knows neither VAES nor VPCLMULQDQ nor GFNI. `sm4_vaes` and `sm4_aesni` are the
//! macro `sm4_lanes` over the same operations, `ghash_vpclmul` and `ghash_pclmul` the macro
//! `ghash_lanes`; only the operations differ, each one instruction (or a shuffle by a
//! constant) whose time does not depend on what the register holds. The only branches are
//! those of the macros, on numbers of blocks and of rounds, and so are the only
//! addresses. What valgrind shows of the narrow twin therefore holds of the wide one.
//! `sm4_gfni` has the affine instructions instead of the S-box of AES, and the rest
//! from the same macro.
