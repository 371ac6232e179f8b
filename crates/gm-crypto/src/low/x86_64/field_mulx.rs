//! Arithmetic modulo p with `mulx`, `adcx` and `adox`.
//!
//! p = 2^256 − 2^224 − 2^96 + 2^64 − 1 ≡ −1 (mod 2^64), so a step of Montgomery's
//! reduction needs no multiplication: m is the lowest limb t₀ itself, and
//!
//! ```text
//! t + m·p = t − m + m·2^64 − m·2^96 − m·2^224 + m·2^256
//! ```
//!
//! clears t₀ and leaves, from limb 1 on, t − (m·(2^32 − 1), m·2^32 at limb 3) + m at limb
//! 4: one rotation and seven subtractions.
//!
//! Every routine takes and gives values in [0, p), limbs least significant first.

use core::arch::asm;

use crate::low::{cpu::HaveMulxAdx, field::Limbs};

/// The assembly that turns t₀…t₇, a product below p², into t₀…t₃ = t·2^−256 mod p.
///
/// `{x0}` to `{x3}` are scratch, as is `rdx`; t₄ to t₇ are lost.
macro_rules! reduce {
    () => {
        concat!(
            reduce!(step "t0", "t1", "t2", "t3"),
            reduce!(step "t1", "t2", "t3", "t0"),
            reduce!(step "t2", "t3", "t0", "t1"),
            reduce!(step "t3", "t0", "t1", "t2"),
            "xor edx, edx\n",
            "add {t0}, {t4}\n",
            "adc {t1}, {t5}\n",
            "adc {t2}, {t6}\n",
            "adc {t3}, {t7}\n",
            "adc edx, 0\n",
            reduce!(below),
        )
    };
    // t0 = m. Takes m·(2^32 − 1) from (t1, t2) and m·2^32 from (t3, m·2^64).
    (step $m:literal, $t1:literal, $t2:literal, $t3:literal) => {
        concat!(
            // The halves of m change places; the low one is m / 2^32, the other m·2^32.
            "rorx {x0}, {", $m, "}, 32\n",
            "mov {x1:e}, {x0:e}\n",
            "sub {x0}, {x1}\n",
            "mov {x2}, {x0}\n",
            "mov {x3}, {x1}\n",
            "sub {x2}, {", $m, "}\n",
            "sbb {x3}, 0\n",
            "sub {", $t1, "}, {x2}\n",
            "sbb {", $t2, "}, {x3}\n",
            "sbb {", $t3, "}, {x0}\n",
            "sbb {", $m, "}, {x1}\n",
        )
    };
    // From edx·2^256 + t0…t3 < 2p to [0, p): adds 2^256 − p and keeps the sum if it
    // passes 2^256.
    (below) => {
        concat!(
            "mov {x0}, {t0}\n",
            "mov {x1}, {t1}\n",
            "mov {x2}, {t2}\n",
            "mov {x3}, {t3}\n",
            "mov {t4:e}, 0xffffffff\n",
            "lea {t5}, [{t4} + 1]\n",
            "add {x0}, 1\n",
            "adc {x1}, {t4}\n",
            "adc {x2}, 0\n",
            "adc {x3}, {t5}\n",
            "adc edx, -1\n",
            "cmovc {t0}, {x0}\n",
            "cmovc {t1}, {x1}\n",
            "cmovc {t2}, {x2}\n",
            "cmovc {t3}, {x3}\n",
        )
    };
}

/// a·b·2^−256 mod p.
#[inline(always)]
pub(crate) fn mul(_: HaveMulxAdx, a: &Limbs, b: &Limbs) -> Limbs {
    let (t0, t1, t2, t3): (u64, u64, u64, u64);
    // SAFETY: see `low::safety`; the token says that the instructions exist, the asm
    // reads the 32 octets behind each of its two pointers and writes registers alone.
    unsafe {
        asm!(
            product!(),
            reduce!(),
            t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
            t4 = out(reg) _, t5 = out(reg) _, t6 = out(reg) _, t7 = out(reg) _,
            x0 = out(reg) _, x1 = out(reg) _,
            x2 = inout(reg) b.as_ptr() => _, x3 = inout(reg) a.as_ptr() => _,
            out("rdx") _,
            options(pure, readonly, nostack),
        );
    }
    [t0, t1, t2, t3]
}

/// a²·2^−256 mod p.
#[inline(always)]
pub(crate) fn square(_: HaveMulxAdx, a: &Limbs) -> Limbs {
    let (t0, t1, t2, t3): (u64, u64, u64, u64);
    // SAFETY: as for `mul`, with one pointer.
    unsafe {
        asm!(
            // a0·a1, a0·a3, a2·a3 fill t1…t6 without overlap; the other three products
            // are added to them.
            "mov rdx, [{x3}]",
            "mulx {x2}, {t0}, rdx",
            "mulx {t2}, {t1}, [{x3} + 8]",
            "mulx {t4}, {t3}, [{x3} + 24]",
            "mov rdx, [{x3} + 16]",
            "mulx {t6}, {t5}, [{x3} + 24]",
            "xor {t7:e}, {t7:e}",
            "mulx {x1}, {x0}, [{x3}]",
            "adcx {t2}, {x0}",
            "adox {t3}, {x1}",
            "mulx {x1}, {x0}, [{x3} + 8]",
            "mov rdx, [{x3} + 24]",
            "adcx {t3}, {x0}",
            "adox {t4}, {x1}",
            "mulx {x1}, {x0}, [{x3} + 8]",
            "mov rdx, [{x3} + 8]",
            "adcx {t4}, {x0}",
            "adox {t5}, {x1}",
            "adcx {t5}, {t7}",
            "adox {t6}, {t7}",
            "adcx {t6}, {t7}",
            // Twice that, and the squares.
            "xor {t7:e}, {t7:e}",
            "mulx {x1}, {x0}, rdx",
            "mov rdx, [{x3} + 16]",
            "adcx {t1}, {t1}",
            "adox {t1}, {x2}",
            "adcx {t2}, {t2}",
            "adox {t2}, {x0}",
            "mulx {x2}, {x0}, rdx",
            "mov rdx, [{x3} + 24]",
            "adcx {t3}, {t3}",
            "adox {t3}, {x1}",
            "adcx {t4}, {t4}",
            "adox {t4}, {x0}",
            "mulx {x1}, {x0}, rdx",
            "adcx {t5}, {t5}",
            "adox {t5}, {x2}",
            "adcx {t6}, {t6}",
            "adox {t6}, {x0}",
            "adcx {t7}, {t7}",
            "adox {t7}, {x1}",
            reduce!(),
            t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
            t4 = out(reg) _, t5 = out(reg) _, t6 = out(reg) _, t7 = out(reg) _,
            x0 = out(reg) _, x1 = out(reg) _, x2 = out(reg) _,
            x3 = inout(reg) a.as_ptr() => _,
            out("rdx") _,
            options(pure, readonly, nostack),
        );
    }
    [t0, t1, t2, t3]
}

/// a + b mod p.
#[inline(always)]
pub(crate) fn add(_: HaveMulxAdx, a: &Limbs, b: &Limbs) -> Limbs {
    let [mut t0, mut t1, mut t2, mut t3] = *a;
    // SAFETY: as for `mul`; base instructions alone.
    unsafe {
        asm!(
            "xor edx, edx",
            "add {t0}, [{t4}]",
            "adc {t1}, [{t4} + 8]",
            "adc {t2}, [{t4} + 16]",
            "adc {t3}, [{t4} + 24]",
            "adc edx, 0",
            reduce!(below),
            t0 = inout(reg) t0, t1 = inout(reg) t1, t2 = inout(reg) t2, t3 = inout(reg) t3,
            t4 = inout(reg) b.as_ptr() => _, t5 = out(reg) _,
            x0 = out(reg) _, x1 = out(reg) _, x2 = out(reg) _, x3 = out(reg) _,
            out("rdx") _,
            options(pure, readonly, nostack),
        );
    }
    [t0, t1, t2, t3]
}

/// a − b mod p.
#[inline(always)]
pub(crate) fn sub(_: HaveMulxAdx, a: &Limbs, b: &Limbs) -> Limbs {
    let [mut t0, mut t1, mut t2, mut t3] = *a;
    // SAFETY: as for `mul`; base instructions alone.
    unsafe {
        asm!(
            "sub {t0}, [{x}]",
            "sbb {t1}, [{x} + 8]",
            "sbb {t2}, [{x} + 16]",
            "sbb {t3}, [{x} + 24]",
            // x = all ones after a borrow; p = (x, x·2^32, x, x − 2^32·x…) limb by limb.
            "sbb {x}, {x}",
            "mov {y}, {x}",
            "mov {z}, {x}",
            "shl {y}, 32",
            "btr {z}, 32",
            "add {t0}, {x}",
            "adc {t1}, {y}",
            "adc {t2}, {x}",
            "adc {t3}, {z}",
            t0 = inout(reg) t0, t1 = inout(reg) t1, t2 = inout(reg) t2, t3 = inout(reg) t3,
            x = inout(reg) b.as_ptr() => _, y = out(reg) _, z = out(reg) _,
            options(pure, readonly, nostack),
        );
    }
    [t0, t1, t2, t3]
}

/// −a mod p where `negative` is 1, a where it is 0, for a ≠ 0.
#[inline(always)]
pub(crate) fn negate_if(_: HaveMulxAdx, a: &Limbs, negative: u64) -> Limbs {
    let [mut t0, mut t1, mut t2, mut t3] = *a;
    // SAFETY: as for `mul`; registers alone.
    unsafe {
        asm!(
            "mov {x0}, -1",
            "mov {x1:e}, 0xffffffff",
            "mov {x2}, -1",
            "mov {x3}, -1",
            "not {x1}",
            "btr {x3}, 32",
            "sub {x0}, {t0}",
            "sbb {x1}, {t1}",
            "sbb {x2}, {t2}",
            "sbb {x3}, {t3}",
            "test {negative}, {negative}",
            "cmovnz {t0}, {x0}",
            "cmovnz {t1}, {x1}",
            "cmovnz {t2}, {x2}",
            "cmovnz {t3}, {x3}",
            t0 = inout(reg) t0, t1 = inout(reg) t1, t2 = inout(reg) t2, t3 = inout(reg) t3,
            x0 = out(reg) _, x1 = out(reg) _, x2 = out(reg) _, x3 = out(reg) _,
            negative = in(reg) negative,
            options(pure, nomem, nostack),
        );
    }
    [t0, t1, t2, t3]
}
