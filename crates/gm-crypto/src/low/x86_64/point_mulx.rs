//! Doubling and addition of points with `mulx`, `adcx` and `adox`, each one piece of
//! assembly.
//!
//! Pieces this long let intermediate values stay at fixed places above `rsp`, where
//! processors forward a store to the next load without delay, and let a subtraction take
//! its operand from the registers a product was left in. The formulas are those of
//! `generic::point64`, line by line; so are the exceptions.
//!
//! Registers: r8 to r15 hold a product t₀…t₇ and then its remainder t₀…t₃; rax, rbx, rcx,
//! rdx and rbp are scratch; rdi and rsi hold what the caller gave, or nothing.

use core::arch::naked_asm;

use super::mulx::{
    COMPLEMENT, add_p, below_p, lines, product_512, reduce_p, square_512, subtract_p,
};
use crate::low::{cpu::HaveMulxAdx, field::Limbs};

/// t = [a].
macro_rules! load {
    ($a:literal) => {
        lines! {
            "mov r8, [" $a "]";
            "mov r9, [" $a " + 8]";
            "mov r10, [" $a " + 16]";
            "mov r11, [" $a " + 24]";
        }
    };
}

/// [a] = t.
macro_rules! store {
    ($a:literal) => {
        lines! {
            "mov [" $a "], r8";
            "mov [" $a " + 8], r9";
            "mov [" $a " + 16], r10";
            "mov [" $a " + 24], r11";
        }
    };
}

/// t = t + [a] mod p.
macro_rules! add {
    ($a:literal) => {
        add_p!($a, "r8", "r9", "r10", "r11", "rax", "rcx", "rbx", "rbp")
    };
}

/// t = 2t mod p.
macro_rules! double {
    () => {
        concat!(
            "xor edx, edx\n",
            "add r8, r8\n",
            "adc r9, r9\n",
            "adc r10, r10\n",
            "adc r11, r11\n",
            "adc edx, 0\n",
            below_p!("r8", "r9", "r10", "r11", "rax", "rcx", "rbx", "rbp"),
        )
    };
}

/// t = t − [a] mod p.
macro_rules! sub {
    ($a:literal) => {
        subtract_p!($a, "r8", "r9", "r10", "r11", "rax", "rcx", "rbx")
    };
}

/// t = t / 2 mod p.
macro_rules! half {
    () => {
        concat!(
            "mov rax, r8\n",
            "and eax, 1\n",
            "neg rax\n",
            "mov rcx, rax\n",
            "mov rbx, rax\n",
            "shl rcx, 32\n",
            "btr rbx, 32\n",
            "add r8, rax\n",
            "adc r9, rcx\n",
            "adc r10, rax\n",
            "adc r11, rbx\n",
            "sbb rax, rax\n",
            "shrd r8, r9, 1\n",
            "shrd r9, r10, 1\n",
            "shrd r10, r11, 1\n",
            "shrd r11, rax, 1\n",
        )
    };
}

macro_rules! reduce {
    () => {
        reduce_p!(
            "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rax", "rcx", "rbx", "rbp",
            "eax", "ecx"
        )
    };
}

/// t = [a]·[b]·2^−256 mod p.
macro_rules! mul {
    ($a:literal, $b:literal) => {
        concat!(
            product_512!(
                $a, $b, "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rax", "rcx"
            ),
            reduce!()
        )
    };
}

/// t = [a]²·2^−256 mod p.
macro_rules! square {
    ($a:literal) => {
        concat!(
            square_512!(
                $a, "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rax", "rcx", "rbx"
            ),
            reduce!()
        )
    };
}

/// Copies 32 octets from `b` to `a`.
macro_rules! copy {
    ($a:literal, $b:literal) => {
        concat!(load!($b), store!($a))
    };
}

macro_rules! enter {
    ($frame:literal) => {
        concat!(
            "push rbx\npush rbp\npush r12\npush r13\npush r14\npush r15\n",
            "sub rsp, ",
            $frame,
            "\n",
        )
    };
}

macro_rules! leave {
    ($frame:literal) => {
        concat!(
            "add rsp, ",
            $frame,
            "\n",
            "pop r15\npop r14\npop r13\npop r12\npop rbp\npop rbx\nret\n",
        )
    };
}

/// The end of both additions: `$u1` and `$s1` are U₁ and S₁; h, h² and r lie at 0, 64 and 96
/// above rsp, and the new z in the point behind rdi.
macro_rules! finish_addition {
    ($u1:literal, $s1:literal) => {
        concat!(
            // 128: v = u₁·h²; 160: h³
            mul!("rsp + 64", $u1),
            store!("rsp + 128"),
            mul!("rsp + 64", "rsp"),
            store!("rsp + 160"),
            // x = r² − h³ − 2v, once u₁ was read; 32: v − x
            square!("rsp + 96"),
            sub!("rsp + 160"),
            sub!("rsp + 128"),
            sub!("rsp + 128"),
            store!("rdi"),
            load!("rsp + 128"),
            sub!("rdi"),
            store!("rsp + 32"),
            // 160: s₁·h³
            mul!("rsp + 160", $s1),
            store!("rsp + 160"),
            // y = r·(v − x) − s₁·h³
            mul!("rsp + 32", "rsp + 96"),
            sub!("rsp + 160"),
            store!("rdi + 32"),
            square!("rdi + 64"),
            store!("rdi + 96"),
        )
    };
}

/// 2^`times`·P, in place; `times` is not 0.
#[inline(always)]
pub(crate) fn double_times(_: HaveMulxAdx, point: &mut [Limbs; 4], times: usize) {
    debug_assert!(times > 0);
    // SAFETY: see `low::safety`; the token says that the instructions exist.
    unsafe { double_times_asm(point, times) }
}

/// # Safety
/// The processor has BMI2 and ADX; `times` is not 0.
#[unsafe(naked)]
unsafe extern "sysv64" fn double_times_asm(point: &mut [Limbs; 4], times: usize) {
    naked_asm!(
        enter!("256"),
        copy!("rsp", "rdi"),
        copy!("rsp + 32", "rdi + 32"),
        copy!("rsp + 64", "rdi + 64"),
        copy!("rsp + 96", "rdi + 96"),
        "2:",
        // 128: 2y, 160: x − zz, 192: x + zz
        load!("rsp + 32"), double!(), store!("rsp + 128"),
        load!("rsp"), sub!("rsp + 96"), store!("rsp + 160"),
        load!("rsp"), add!("rsp + 96"), store!("rsp + 192"),
        // 224: 4y²; 160: 3(x + zz)(x − zz), the slope; 192: s = 4xy²
        square!("rsp + 128"), store!("rsp + 224"),
        mul!("rsp + 192", "rsp + 160"), store!("rsp + 160"),
        double!(), add!("rsp + 160"), store!("rsp + 160"),
        mul!("rsp + 224", "rsp"), store!("rsp + 192"),
        // z = 2yz
        mul!("rsp + 128", "rsp + 64"), store!("rsp + 64"),
        // x = slope² − 2s; 128: s − x; 224: 8y⁴
        square!("rsp + 160"), sub!("rsp + 192"), sub!("rsp + 192"), store!("rsp"),
        square!("rsp + 224"), half!(), store!("rsp + 224"),
        load!("rsp + 192"), sub!("rsp"), store!("rsp + 128"),
        // y = slope·(s − x) − 8y⁴
        mul!("rsp + 160", "rsp + 128"), sub!("rsp + 224"), store!("rsp + 32"),
        square!("rsp + 64"), store!("rsp + 96"),
        "dec rsi",
        "jnz 2b",
        copy!("rdi", "rsp"),
        copy!("rdi + 32", "rsp + 32"),
        copy!("rdi + 64", "rsp + 64"),
        copy!("rdi + 96", "rsp + 96"),
        leave!("256"),
        complement = sym COMPLEMENT,
    )
}

/// P + Q in place of P, Q affine. Z becomes 0 where P is infinity or ±Q, and the rest is
/// then wrong.
#[inline(always)]
pub(crate) fn add_affine(_: HaveMulxAdx, point: &mut [Limbs; 4], other: &[Limbs; 2]) {
    // SAFETY: see `low::safety`; the token says that the instructions exist.
    unsafe { add_affine_asm(point, other) }
}

/// # Safety
/// The processor has BMI2 and ADX.
#[unsafe(naked)]
unsafe extern "sysv64" fn add_affine_asm(point: &mut [Limbs; 4], other: &[Limbs; 2]) {
    naked_asm!(
        enter!("192"),
        // 0: h = x₂·zz − x
        mul!("rsi", "rdi + 96"), sub!("rdi"), store!("rsp"),
        // 32: z³
        mul!("rdi + 96", "rdi + 64"), store!("rsp + 32"),
        // 64: h²
        square!("rsp"), store!("rsp + 64"),
        // 96: r = y₂·z³ − y
        mul!("rsp + 32", "rsi + 32"), sub!("rdi + 32"), store!("rsp + 96"),
        // z = z·h
        mul!("rsp", "rdi + 64"), store!("rdi + 64"),
        finish_addition!("rdi", "rdi + 32"),
        leave!("192"),
        complement = sym COMPLEMENT,
    )
}

/// P + Q in place of P; `other` is (X, Y, Z, Z², Z³) of Q. Z as for [`add_affine`].
#[inline(always)]
pub(crate) fn add(_: HaveMulxAdx, point: &mut [Limbs; 4], other: &[Limbs; 5]) {
    // SAFETY: see `low::safety`; the token says that the instructions exist.
    unsafe { add_asm(point, other) }
}

/// # Safety
/// The processor has BMI2 and ADX.
#[unsafe(naked)]
unsafe extern "sysv64" fn add_asm(point: &mut [Limbs; 4], other: &[Limbs; 5]) {
    naked_asm!(
        enter!("256"),
        // 192: u₁ = x·zz₂; 0: h = x₂·zz − u₁
        mul!("rdi", "rsi + 96"), store!("rsp + 192"),
        mul!("rsi", "rdi + 96"), sub!("rsp + 192"), store!("rsp"),
        // 32: z³; 224: s₁ = y·z₂³
        mul!("rdi + 96", "rdi + 64"), store!("rsp + 32"),
        mul!("rdi + 32", "rsi + 128"), store!("rsp + 224"),
        // 64: h²; 160: z·z₂
        square!("rsp"), store!("rsp + 64"),
        mul!("rdi + 64", "rsi + 64"), store!("rsp + 160"),
        // 96: r = y₂·z³ − s₁
        mul!("rsp + 32", "rsi + 32"), sub!("rsp + 224"), store!("rsp + 96"),
        // z = z·z₂·h
        mul!("rsp", "rsp + 160"), store!("rdi + 64"),
        finish_addition!("rsp + 192", "rsp + 224"),
        leave!("256"),
        complement = sym COMPLEMENT,
    )
}
