//! Why the unsafe code of this folder is sound.
//!
//! * **Processor features.** A routine that uses more than the base instruction set
//!   takes a token of [`super::cpu`], or is called where one was matched.
//! * **Tables.** `select_avx2` loads 32 octets from each `Limbs` of an entry and stores as many
//!   into a `Limbs` of its own; it asks for no alignment, though entries have it.
//! * **Inline assembly** of `field_mulx`, `scalar_mulx` and `division_steps` reads the 32
//!   octets behind each `&Limbs` it is given, a static, or nothing, and writes registers that
//!   it names as outputs or clobbers. It has no branch but the counted loop of
//!   `division_steps`, and touches no stack.
//! * **Naked functions.** `x86_64/point_mulx.rs` reads and writes the 128 octets of the point
//!   that it is given, reads the 64 or 160 of the other, and uses a frame of its own below
//!   the stack pointer that it takes and gives back; it saves and restores rbx, rbp and r12 to
//!   r15. Its only branch counts doublings. `x86_64/sm3_avx.rs` writes below its own stack pointer's old
//!   value only, restores every register that the System V convention keeps, and reads
//!   and writes through its arguments no more than their types say.
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
//! valgrind knows neither VAES nor VPCLMULQDQ. `sm4_vaes` and `sm4_aesni` are the
//! macro `sm4_lanes` over the same operations, `ghash_vpclmul` and `ghash_pclmul` the macro
//! `ghash_lanes`; only the operations differ, each one instruction (or a shuffle by a
//! constant) whose time does not depend on what the register holds. The only branches are
//! those of the macros, on numbers of blocks and of rounds, and so are the only
//! addresses. What valgrind shows of the narrow twin therefore holds of the wide one.
