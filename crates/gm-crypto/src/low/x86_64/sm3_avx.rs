//! SM3's compression in assembly: rounds with BMI2, message expansion with AVX2.
//!
//! A round waits for the E of the round before: E + A<<<12 + T_j, a rotation, the sum
//! TT2, then P_0. So everything else is summed before, and GG is the sum of two words
//! with no bit in common, each one operation after E. `rorx` and `andn` save copies.
//!
//! Two blocks are expanded at once, one in each half of the 256-bit registers, while
//! the rounds of the first run; the second one's rounds then find their words on
//! the stack. The last of an odd number is expanded twice and used once.
//!
//! Four words are made at once. The fourth needs the first of the same four, so it
//! is made without that term, which is added last: P_1 is linear, and
//! P_1(W<<<15) = W<<<15 ⊕ W<<<30 ⊕ W<<<6.
//!
//! The words on the stack are wiped before return. Static tables: 256 octets of constants,
//! 64 of byte orders.

use crate::low::{
    cpu::{HaveAvx2, HaveAvxBmi2},
    generic::sm3::CONSTANTS,
};
use core::arch::naked_asm;

/// Orders for `vpshufb`.
#[repr(C, align(32))]
struct Orders([u8; 32], [u8; 32]);

/// Big-endian words, and rotation by eight bits, for each half.
static ORDERS: Orders = {
    let mut orders = Orders([0; 32], [0; 32]);
    let mut i = 0;
    while i < 32 {
        let word = (i % 16) & 12;
        orders.0[i as usize] = word + 3 - i % 4;
        orders.1[i as usize] = word + (i + 3) % 4;
        i += 1;
    }
    orders
};

/// Takes `blocks` into `state`, one after the other.
#[inline]
pub(crate) fn compress(_: HaveAvxBmi2, _: HaveAvx2, state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    if blocks.is_empty() {
        return;
    }
    // SAFETY: the tokens prove AVX2 and BMI2 (with BMI1); the pointers come from
    // references, the count is theirs and not zero.
    unsafe { compress_blocks(state.as_mut_ptr(), blocks.as_ptr(), blocks.len()) }
}

/// A round for j < 16, reading W at `[$base + $w]`, T at `[rsi + $t]`.
macro_rules! early {
    ($a:literal $b:literal $c:literal $d:literal $e:literal $f:literal $g:literal $h:literal,
     $base:literal, $w:expr, $t:expr) => {
        concat!(
            "mov ecx, [rsi + ",
            $t,
            "]\n",
            "rorx eax, ",
            $a,
            ", 20\n",
            "add ecx, eax\n",
            "add ",
            $h,
            ", [",
            $base,
            " + ",
            $w,
            "]\n",
            "add ",
            $d,
            ", [",
            $base,
            " + 544 + ",
            $w,
            "]\n",
            "mov ebx, ",
            $f,
            "\n",
            "xor ebx, ",
            $g,
            "\n",
            "mov edx, ",
            $b,
            "\n",
            "xor edx, ",
            $c,
            "\n",
            "xor edx, ",
            $a,
            "\n",
            "add ",
            $d,
            ", edx\n",
            "xor ebx, ",
            $e,
            "\n",
            "add ecx, ",
            $e,
            "\n",
            "add ",
            $h,
            ", ebx\n",
            "rol ecx, 7\n",
            "xor eax, ecx\n",
            "add ",
            $h,
            ", ecx\n",
            "add ",
            $d,
            ", eax\n",
            "rol ",
            $b,
            ", 9\n",
            "rol ",
            $f,
            ", 19\n",
            "rorx ecx, ",
            $h,
            ", 23\n",
            "rorx edx, ",
            $h,
            ", 15\n",
            "xor ",
            $h,
            ", ecx\n",
            "xor ",
            $h,
            ", edx\n",
        )
    };
}

/// A round for j ≥ 16.
macro_rules! late {
    ($a:literal $b:literal $c:literal $d:literal $e:literal $f:literal $g:literal $h:literal,
     $base:literal, $w:expr, $t:expr) => {
        concat!(
            "mov ecx, [rsi + ",
            $t,
            "]\n",
            "rorx eax, ",
            $a,
            ", 20\n",
            "add ecx, eax\n",
            "add ",
            $h,
            ", [",
            $base,
            " + ",
            $w,
            "]\n",
            "add ",
            $d,
            ", [",
            $base,
            " + 544 + ",
            $w,
            "]\n",
            "mov edx, ",
            $b,
            "\n",
            "and edx, ",
            $c,
            "\n",
            "add ",
            $d,
            ", edx\n",
            "mov edx, ",
            $b,
            "\n",
            "xor edx, ",
            $c,
            "\n",
            "and edx, ",
            $a,
            "\n",
            "add ",
            $d,
            ", edx\n",
            "add ecx, ",
            $e,
            "\n",
            "mov ebx, ",
            $f,
            "\n",
            "and ebx, ",
            $e,
            "\n",
            "andn edx, ",
            $e,
            ", ",
            $g,
            "\n",
            "add ",
            $h,
            ", ebx\n",
            "rol ecx, 7\n",
            "add ",
            $h,
            ", edx\n",
            "xor eax, ecx\n",
            "add ",
            $h,
            ", ecx\n",
            "add ",
            $d,
            ", eax\n",
            "rol ",
            $b,
            ", 9\n",
            "rol ",
            $f,
            ", 19\n",
            "rorx ecx, ",
            $h,
            ", 23\n",
            "rorx edx, ",
            $h,
            ", 15\n",
            "xor ",
            $h,
            ", ecx\n",
            "xor ",
            $h,
            ", edx\n",
        )
    };
}

/// The expansion of four words, cut into four parts: `$x0` to `$x3` hold the sixteen
/// words before; the new ones replace `$x0`.
macro_rules! expand {
    (0, $x0:literal $x1:literal $x2:literal $x3:literal) => {
        concat!(
            "vpsrldq ymm4, ",
            $x3,
            ", 4\n",
            "vpalignr ymm5, ",
            $x2,
            ", ",
            $x1,
            ", 12\n",
            "vpslld ymm6, ymm4, 15\n",
            "vpsrld ymm4, ymm4, 17\n",
            "vpxor ymm5, ymm5, ",
            $x0,
            "\n",
            "vpxor ymm4, ymm4, ymm6\n",
            "vpalignr ymm7, ",
            $x1,
            ", ",
            $x0,
            ", 12\n",
            "vpxor ymm4, ymm4, ymm5\n",
        )
    };
    (1, $x0:literal $x1:literal $x2:literal $x3:literal) => {
        concat!(
            "vpslld ymm8, ymm7, 7\n",
            "vpsrld ymm7, ymm7, 25\n",
            "vpalignr ymm9, ",
            $x3,
            ", ",
            $x2,
            ", 8\n",
            "vpslld ymm5, ymm4, 15\n",
            "vpsrld ymm6, ymm4, 17\n",
            "vpxor ymm7, ymm7, ymm8\n",
            "vpxor ymm5, ymm5, ymm6\n",
            "vpxor ymm4, ymm4, ymm9\n",
        )
    };
    (2, $x0:literal $x1:literal $x2:literal $x3:literal) => {
        concat!(
            "vpshufb ymm6, ymm5, ymm15\n",
            "vpxor ymm4, ymm4, ymm7\n",
            "vpxor ymm5, ymm5, ymm6\n",
            "vpxor ymm4, ymm4, ymm5\n",
            "vpshufd ymm5, ymm4, 0\n",
            "vpsrlq ymm6, ymm5, 17\n",
            "vpsrlq ymm7, ymm5, 2\n",
        )
    };
    (3, $x0:literal $x1:literal $x2:literal $x3:literal) => {
        concat!(
            "vpsrlq ymm5, ymm5, 26\n",
            "vpxor ymm6, ymm6, ymm7\n",
            "vpxor ymm6, ymm6, ymm5\n",
            "vpslldq ymm6, ymm6, 12\n",
            "vpxor ",
            $x0,
            ", ymm4, ymm6\n",
        )
    };
}

/// Four rounds with row `$row` from `rdi` on, and meanwhile row `$row` + 4.
macro_rules! four_expanding {
    ($round:ident, $row:literal, $x0:literal $x1:literal $x2:literal $x3:literal) => {
        concat!(
            expand!(0, $x0 $x1 $x2 $x3),
            $round!("r8d" "r9d" "r10d" "r11d" "r12d" "r13d" "r14d" "r15d",
                "rdi", concat!("32*", $row, "+0"), concat!("16*", $row, "+0")),
            expand!(1, $x0 $x1 $x2 $x3),
            $round!("r11d" "r8d" "r9d" "r10d" "r15d" "r12d" "r13d" "r14d",
                "rdi", concat!("32*", $row, "+4"), concat!("16*", $row, "+4")),
            expand!(2, $x0 $x1 $x2 $x3),
            $round!("r10d" "r11d" "r8d" "r9d" "r14d" "r15d" "r12d" "r13d",
                "rdi", concat!("32*", $row, "+8"), concat!("16*", $row, "+8")),
            expand!(3, $x0 $x1 $x2 $x3),
            "vmovdqa [rdi + 32*(", $row, "+4)], ", $x0, "\n",
            "vpxor ymm7, ", $x3, ", ", $x0, "\n",
            "vmovdqa [rdi + 544 + 32*(", $row, "+3)], ymm7\n",
            $round!("r9d" "r10d" "r11d" "r8d" "r13d" "r14d" "r15d" "r12d",
                "rdi", concat!("32*", $row, "+12"), concat!("16*", $row, "+12")),
        )
    };
}

/// Four rounds with row `$row`, `$half` (0 or 16) octets into it.
macro_rules! four {
    ($round:ident, $row:literal, $half:literal) => {
        concat!(
            $round!("r8d" "r9d" "r10d" "r11d" "r12d" "r13d" "r14d" "r15d",
                "rdi", concat!("32*", $row, "+0+", $half), concat!("16*", $row, "+0")),
            $round!("r11d" "r8d" "r9d" "r10d" "r15d" "r12d" "r13d" "r14d",
                "rdi", concat!("32*", $row, "+4+", $half), concat!("16*", $row, "+4")),
            $round!("r10d" "r11d" "r8d" "r9d" "r14d" "r15d" "r12d" "r13d",
                "rdi", concat!("32*", $row, "+8+", $half), concat!("16*", $row, "+8")),
            $round!("r9d" "r10d" "r11d" "r8d" "r13d" "r14d" "r15d" "r12d",
                "rdi", concat!("32*", $row, "+12+", $half), concat!("16*", $row, "+12")),
        )
    };
}

/// V ⊕ the state before, to memory.
macro_rules! feed_forward {
    () => {
        "mov rax, [rsp + 1056]
        xor r8d, [rax]
        xor r9d, [rax + 4]
        xor r10d, [rax + 8]
        xor r11d, [rax + 12]
        xor r12d, [rax + 16]
        xor r13d, [rax + 20]
        xor r14d, [rax + 24]
        xor r15d, [rax + 28]
        mov [rax], r8d
        mov [rax + 4], r9d
        mov [rax + 8], r10d
        mov [rax + 12], r11d
        mov [rax + 16], r12d
        mov [rax + 20], r13d
        mov [rax + 24], r14d
        mov [rax + 28], r15d
        "
    };
}

macro_rules! wipe {
    ($($row:literal)*) => {
        concat!($("vmovdqa [rsp + 32*", $row, "], ymm0\n",)*)
    };
}

/// The stack, from the stack pointer up: 17 rows of W, each four words of the first block
/// and four of the second; from 544 on, 16 rows of W' likewise; from 1056 on `state`,
/// `blocks`, `count` and the caller's stack pointer.
///
/// # Safety
///
/// The processor has AVX2, BMI1 and BMI2; `state` is good for eight words, `blocks` for
/// `count` blocks, and `count` is not zero.
#[unsafe(naked)]
unsafe extern "sysv64" fn compress_blocks(state: *mut u32, blocks: *const [u8; 64], count: usize) {
    naked_asm!(
        "push rbx",
        "push rbp",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov rax, rsp",
        "sub rsp, 1088",
        "and rsp, -32",
        "mov [rsp + 1056], rdi",
        "mov [rsp + 1064], rsi",
        "mov [rsp + 1072], rdx",
        "mov [rsp + 1080], rax",
        "mov r8d, [rdi]",
        "mov r9d, [rdi + 4]",
        "mov r10d, [rdi + 8]",
        "mov r11d, [rdi + 12]",
        "mov r12d, [rdi + 16]",
        "mov r13d, [rdi + 20]",
        "mov r14d, [rdi + 24]",
        "mov r15d, [rdi + 28]",
        "vmovdqa ymm15, [rip + {orders} + 32]",
        // One turn for two blocks. rax and rbx point to them.
        "2:",
        "mov rax, [rsp + 1064]",
        "lea rbx, [rax + 64]",
        "cmp qword ptr [rsp + 1072], 1",
        "cmove rbx, rax",
        "vmovdqa ymm4, [rip + {orders}]",
        "vmovdqu xmm0, [rax]",
        "vinserti128 ymm0, ymm0, [rbx], 1",
        "vmovdqu xmm1, [rax + 16]",
        "vinserti128 ymm1, ymm1, [rbx + 16], 1",
        "vmovdqu xmm2, [rax + 32]",
        "vinserti128 ymm2, ymm2, [rbx + 32], 1",
        "vmovdqu xmm3, [rax + 48]",
        "vinserti128 ymm3, ymm3, [rbx + 48], 1",
        "vpshufb ymm0, ymm0, ymm4",
        "vpshufb ymm1, ymm1, ymm4",
        "vpshufb ymm2, ymm2, ymm4",
        "vpshufb ymm3, ymm3, ymm4",
        "vmovdqa [rsp], ymm0",
        "vmovdqa [rsp + 32], ymm1",
        "vmovdqa [rsp + 64], ymm2",
        "vmovdqa [rsp + 96], ymm3",
        "vpxor ymm4, ymm0, ymm1",
        "vpxor ymm5, ymm1, ymm2",
        "vpxor ymm6, ymm2, ymm3",
        "vmovdqa [rsp + 544], ymm4",
        "vmovdqa [rsp + 544 + 32], ymm5",
        "vmovdqa [rsp + 544 + 64], ymm6",
        "mov rdi, rsp",
        "lea rsi, [rip + {constants}]",
        four_expanding!(early, "0", "ymm0" "ymm1" "ymm2" "ymm3"),
        four_expanding!(early, "1", "ymm1" "ymm2" "ymm3" "ymm0"),
        four_expanding!(early, "2", "ymm2" "ymm3" "ymm0" "ymm1"),
        four_expanding!(early, "3", "ymm3" "ymm0" "ymm1" "ymm2"),
        "lea rbp, [rsp + 128 * 3]",
        "3:",
        "add rdi, 128",
        "add rsi, 64",
        four_expanding!(late, "0", "ymm0" "ymm1" "ymm2" "ymm3"),
        "cmp rdi, rbp",
        "je 4f",
        four_expanding!(late, "1", "ymm1" "ymm2" "ymm3" "ymm0"),
        four_expanding!(late, "2", "ymm2" "ymm3" "ymm0" "ymm1"),
        four_expanding!(late, "3", "ymm3" "ymm0" "ymm1" "ymm2"),
        "jmp 3b",
        "4:",
        four!(late, "1", "0"),
        four!(late, "2", "0"),
        four!(late, "3", "0"),
        feed_forward!(),
        "cmp qword ptr [rsp + 1072], 1",
        "je 6f",
        // The second block.
        "mov rdi, rsp",
        "lea rsi, [rip + {constants}]",
        four!(early, "0", "16"),
        four!(early, "1", "16"),
        four!(early, "2", "16"),
        four!(early, "3", "16"),
        "5:",
        "add rdi, 128",
        "add rsi, 64",
        four!(late, "0", "16"),
        four!(late, "1", "16"),
        four!(late, "2", "16"),
        four!(late, "3", "16"),
        "cmp rdi, rbp",
        "jne 5b",
        feed_forward!(),
        "add qword ptr [rsp + 1064], 128",
        "sub qword ptr [rsp + 1072], 2",
        "jnz 2b",
        "6:",
        "vpxor xmm0, xmm0, xmm0",
        wipe!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29
            30 31 32),
        "vzeroupper",
        "mov rsp, [rsp + 1080]",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbp",
        "pop rbx",
        "ret",
        orders = sym ORDERS,
        constants = sym CONSTANTS,
    )
}
