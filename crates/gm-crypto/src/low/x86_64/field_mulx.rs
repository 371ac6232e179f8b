//! Arithmetic modulo p with `mulx`, `adcx` and `adox`.
//!
//! Every routine takes and gives values in [0, p), limbs least significant first.

use core::arch::asm;

use super::mulx::{
    COMPLEMENT, add_p, below_p, lines, product_512, reduce_p, square_512, subtract_p,
};
use crate::low::{cpu::HaveMulxAdx, field::Limbs};

macro_rules! reduce {
    () => {
        reduce_p!(
            "{t0}", "{t1}", "{t2}", "{t3}", "{t4}", "{t5}", "{t6}", "{t7}", "{x0}", "{x1}", "{x2}",
            "{x3}", "{x0:e}", "{x1:e}"
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
            product_512!(
                "{x3}", "{x2}", "{t0}", "{t1}", "{t2}", "{t3}", "{t4}", "{t5}", "{t6}", "{t7}",
                "{x0}", "{x1}"
            ),
            reduce!(),
            t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
            t4 = out(reg) _, t5 = out(reg) _, t6 = out(reg) _, t7 = out(reg) _,
            x0 = out(reg) _, x1 = out(reg) _,
            x2 = inout(reg) b.as_ptr() => _, x3 = inout(reg) a.as_ptr() => _,
            out("rdx") _,
            complement = sym COMPLEMENT,
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
            square_512!(
                "{x3}", "{t0}", "{t1}", "{t2}", "{t3}", "{t4}", "{t5}", "{t6}", "{t7}", "{x0}",
                "{x1}", "{x2}"
            ),
            reduce!(),
            t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
            t4 = out(reg) _, t5 = out(reg) _, t6 = out(reg) _, t7 = out(reg) _,
            x0 = out(reg) _, x1 = out(reg) _, x2 = out(reg) _,
            x3 = inout(reg) a.as_ptr() => _,
            out("rdx") _,
            complement = sym COMPLEMENT,
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
            add_p!("{b}", "{t0}", "{t1}", "{t2}", "{t3}", "{x0}", "{x1}", "{x2}", "{x3}"),
            t0 = inout(reg) t0, t1 = inout(reg) t1, t2 = inout(reg) t2, t3 = inout(reg) t3,
            b = in(reg) b.as_ptr(),
            x0 = out(reg) _, x1 = out(reg) _, x2 = out(reg) _, x3 = out(reg) _,
            out("rdx") _,
            complement = sym COMPLEMENT,
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
            subtract_p!("{b}", "{t0}", "{t1}", "{t2}", "{t3}", "{x0}", "{x1}", "{x2}"),
            t0 = inout(reg) t0, t1 = inout(reg) t1, t2 = inout(reg) t2, t3 = inout(reg) t3,
            b = in(reg) b.as_ptr(),
            x0 = out(reg) _, x1 = out(reg) _, x2 = out(reg) _,
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
