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

use crate::low::{cpu::HaveMulxAdx, field::Limbs};

/// Limbs 1 and 3 of 2^256 − p; limb 0 is 1, limb 2 is 0.
static COMPLEMENT: [u64; 2] = [0x0000_0000_FFFF_FFFF, 0x0000_0001_0000_0000];

/// t = a·b as 512 bits. One chain of carries runs in CF, one in OF.
macro_rules! product {
    ($a:literal, $b:literal) => {
        concat!(
            "mov rdx, [", $b, "]\n",
            "mulx r9, r8, [", $a, "]\n",
            "mulx r10, rax, [", $a, " + 8]\n",
            "mulx r11, rcx, [", $a, " + 16]\n",
            "add r9, rax\n",
            "mulx r12, rax, [", $a, " + 24]\n",
            "mov rdx, [", $b, " + 8]\n",
            "adc r10, rcx\n",
            "adc r11, rax\n",
            "adc r12, 0\n",
            product!(row $a, "r9", "r10", "r11", "r12", "r13"),
            "mov rdx, [", $b, " + 16]\n",
            product!(row $a, "r10", "r11", "r12", "r13", "r14"),
            "mov rdx, [", $b, " + 24]\n",
            product!(row $a, "r11", "r12", "r13", "r14", "r15"),
        )
    };
    (row $a:literal, $t0:literal, $t1:literal, $t2:literal, $t3:literal, $t4:literal) => {
        concat!(
            "xor ", $t4, ", ", $t4, "\n",
            "mulx rcx, rax, [", $a, "]\n",
            "adcx ", $t0, ", rax\n",
            "adox ", $t1, ", rcx\n",
            "mulx rcx, rax, [", $a, " + 8]\n",
            "adcx ", $t1, ", rax\n",
            "adox ", $t2, ", rcx\n",
            "mulx rcx, rax, [", $a, " + 16]\n",
            "adcx ", $t2, ", rax\n",
            "adox ", $t3, ", rcx\n",
            "mulx rcx, rax, [", $a, " + 24]\n",
            "adcx ", $t3, ", rax\n",
            "adox ", $t4, ", rcx\n",
            "adc ", $t4, ", 0\n",
        )
    };
}

/// t = a² as 512 bits. a₀·a₁, a₀·a₃ and a₂·a₃ fill t₁…t₆ without overlap; the other
/// three products are added, the sum is doubled, and the four squares are added.
macro_rules! square_product {
    ($a:literal) => {
        concat!(
            "mov rdx, [",
            $a,
            "]\n",
            "mulx rbx, r8, rdx\n",
            "mulx r10, r9, [",
            $a,
            " + 8]\n",
            "mulx r12, r11, [",
            $a,
            " + 24]\n",
            "mov rdx, [",
            $a,
            " + 16]\n",
            "mulx r14, r13, [",
            $a,
            " + 24]\n",
            "xor r15, r15\n",
            "mulx rcx, rax, [",
            $a,
            "]\n",
            "adcx r10, rax\n",
            "adox r11, rcx\n",
            "mulx rcx, rax, [",
            $a,
            " + 8]\n",
            "mov rdx, [",
            $a,
            " + 24]\n",
            "adcx r11, rax\n",
            "adox r12, rcx\n",
            "mulx rcx, rax, [",
            $a,
            " + 8]\n",
            "mov rdx, [",
            $a,
            " + 8]\n",
            "adcx r12, rax\n",
            "adox r13, rcx\n",
            "adcx r13, r15\n",
            "adox r14, r15\n",
            "adcx r14, r15\n",
            "xor r15, r15\n",
            "mulx rcx, rax, rdx\n",
            "mov rdx, [",
            $a,
            " + 16]\n",
            "adcx r9, r9\n",
            "adox r9, rbx\n",
            "adcx r10, r10\n",
            "adox r10, rax\n",
            "mulx rbx, rax, rdx\n",
            "mov rdx, [",
            $a,
            " + 24]\n",
            "adcx r11, r11\n",
            "adox r11, rcx\n",
            "adcx r12, r12\n",
            "adox r12, rax\n",
            "mulx rcx, rax, rdx\n",
            "adcx r13, r13\n",
            "adox r13, rbx\n",
            "adcx r14, r14\n",
            "adox r14, rax\n",
            "adcx r15, r15\n",
            "adox r15, rcx\n",
        )
    };
}

/// t₀…t₃ = t·2^−256 mod p; see `field_mulx` for the steps.
macro_rules! reduce {
    () => {
        concat!(
            reduce!(step "r8", "r9", "r10", "r11"),
            reduce!(step "r9", "r10", "r11", "r8"),
            reduce!(step "r10", "r11", "r8", "r9"),
            reduce!(step "r11", "r8", "r9", "r10"),
            "xor edx, edx\n",
            "add r8, r12\n",
            "adc r9, r13\n",
            "adc r10, r14\n",
            "adc r11, r15\n",
            "adc edx, 0\n",
            reduce!(below),
        )
    };
    (step $m:literal, $t1:literal, $t2:literal, $t3:literal) => {
        concat!(
            "rorx rax, ", $m, ", 32\n",
            "mov ecx, eax\n",
            "sub rax, rcx\n",
            "mov rbx, rax\n",
            "mov rbp, rcx\n",
            "sub rbx, ", $m, "\n",
            "sbb rbp, 0\n",
            "sub ", $t1, ", rbx\n",
            "sbb ", $t2, ", rbp\n",
            "sbb ", $t3, ", rax\n",
            "sbb ", $m, ", rcx\n",
        )
    };
    // From edx·2^256 + t₀…t₃ < 2p to [0, p).
    (below) => {
        concat!(
            "mov rax, r8\n",
            "mov rcx, r9\n",
            "mov rbx, r10\n",
            "mov rbp, r11\n",
            "add rax, 1\n",
            "adc rcx, [rip + {complement}]\n",
            "adc rbx, 0\n",
            "adc rbp, [rip + {complement} + 8]\n",
            "adc edx, -1\n",
            "cmovc r8, rax\n",
            "cmovc r9, rcx\n",
            "cmovc r10, rbx\n",
            "cmovc r11, rbp\n",
        )
    };
}

/// t = [a].
macro_rules! load {
    ($a:literal) => {
        concat!(
            "mov r8, [",
            $a,
            "]\n",
            "mov r9, [",
            $a,
            " + 8]\n",
            "mov r10, [",
            $a,
            " + 16]\n",
            "mov r11, [",
            $a,
            " + 24]\n",
        )
    };
}

/// [a] = t.
macro_rules! store {
    ($a:literal) => {
        concat!(
            "mov [",
            $a,
            "], r8\n",
            "mov [",
            $a,
            " + 8], r9\n",
            "mov [",
            $a,
            " + 16], r10\n",
            "mov [",
            $a,
            " + 24], r11\n",
        )
    };
}

/// t = t + [a] mod p.
macro_rules! add {
    ($a:literal) => {
        concat!(
            "xor edx, edx\n",
            "add r8, [",
            $a,
            "]\n",
            "adc r9, [",
            $a,
            " + 8]\n",
            "adc r10, [",
            $a,
            " + 16]\n",
            "adc r11, [",
            $a,
            " + 24]\n",
            "adc edx, 0\n",
            reduce!(below),
        )
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
            reduce!(below),
        )
    };
}

/// t = t − [a] mod p.
macro_rules! sub {
    ($a:literal) => {
        concat!(
            "sub r8, [",
            $a,
            "]\n",
            "sbb r9, [",
            $a,
            " + 8]\n",
            "sbb r10, [",
            $a,
            " + 16]\n",
            "sbb r11, [",
            $a,
            " + 24]\n",
            // rax = all ones after a borrow; p = (rax, rcx, rax, rbx) limb by limb.
            "sbb rax, rax\n",
            "mov rcx, rax\n",
            "mov rbx, rax\n",
            "shl rcx, 32\n",
            "btr rbx, 32\n",
            "add r8, rax\n",
            "adc r9, rcx\n",
            "adc r10, rax\n",
            "adc r11, rbx\n",
        )
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

macro_rules! mul {
    ($a:literal, $b:literal) => {
        concat!(product!($a, $b), reduce!())
    };
}

macro_rules! square {
    ($a:literal) => {
        concat!(square_product!($a), reduce!())
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
        // 128: v = x·h²; 160: h³
        mul!("rsp + 64", "rdi"), store!("rsp + 128"),
        mul!("rsp + 64", "rsp"), store!("rsp + 160"),
        // x = r² − h³ − 2v; 32: v − x
        square!("rsp + 96"), sub!("rsp + 160"), sub!("rsp + 128"), sub!("rsp + 128"), store!("rdi"),
        load!("rsp + 128"), sub!("rdi"), store!("rsp + 32"),
        // 160: y·h³
        mul!("rsp + 160", "rdi + 32"), store!("rsp + 160"),
        // y = r·(v − x) − y·h³
        mul!("rsp + 32", "rsp + 96"), sub!("rsp + 160"), store!("rdi + 32"),
        square!("rdi + 64"), store!("rdi + 96"),
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
        // 128: v = u₁·h²; 160: h³
        mul!("rsp + 64", "rsp + 192"), store!("rsp + 128"),
        mul!("rsp + 64", "rsp"), store!("rsp + 160"),
        // x = r² − h³ − 2v; 32: v − x
        square!("rsp + 96"), sub!("rsp + 160"), sub!("rsp + 128"), sub!("rsp + 128"), store!("rdi"),
        load!("rsp + 128"), sub!("rdi"), store!("rsp + 32"),
        // 160: s₁·h³
        mul!("rsp + 160", "rsp + 224"), store!("rsp + 160"),
        // y = r·(v − x) − s₁·h³
        mul!("rsp + 32", "rsp + 96"), sub!("rsp + 160"), store!("rdi + 32"),
        square!("rdi + 64"), store!("rdi + 96"),
        leave!("256"),
        complement = sym COMPLEMENT,
    )
}
