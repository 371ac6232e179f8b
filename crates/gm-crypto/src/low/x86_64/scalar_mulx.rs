//! Multiplication modulo n with `mulx`, `adcx` and `adox`.

use core::arch::asm;

use super::mulx::{lines, product_512};
use crate::low::{
    cpu::HaveMulxAdx,
    field::{Limbs, N, N_INVERSE},
};

/// n, then −n^−1 mod 2^64.
static MODULUS: [u64; 5] = [N[0], N[1], N[2], N[3], N_INVERSE];

/// One step of Montgomery's reduction: adds m·n, which clears the lowest limb of the four;
/// that register then takes the new highest one.
macro_rules! step {
    ($t0:literal, $t1:literal, $t2:literal, $t3:literal) => {
        concat!(
            "mov rdx, [{x3} + 32]\n",
            "imul rdx, {",
            $t0,
            "}\n",
            "xor {x0:e}, {x0:e}\n",
            "mulx {x1}, {x0}, [{x3}]\n",
            "adcx {",
            $t0,
            "}, {x0}\n",
            "adox {",
            $t1,
            "}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 8]\n",
            "adcx {",
            $t1,
            "}, {x0}\n",
            "adox {",
            $t2,
            "}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 16]\n",
            "adcx {",
            $t2,
            "}, {x0}\n",
            "adox {",
            $t3,
            "}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 24]\n",
            "adcx {",
            $t3,
            "}, {x0}\n",
            "adox {",
            $t0,
            "}, {x1}\n",
            "adc {",
            $t0,
            "}, 0\n",
        )
    };
}

/// a·b·2^−256 mod n, for a·b < n·2^256.
#[inline(always)]
pub(crate) fn mul(_: HaveMulxAdx, a: &Limbs, b: &Limbs) -> Limbs {
    let (t0, t1, t2, t3): (u64, u64, u64, u64);
    // SAFETY: see `low::safety`; the token says that the instructions exist, the asm
    // reads the 32 octets behind two pointers and the 40 of `MODULUS`, and writes
    // registers alone.
    unsafe {
        asm!(
            product_512!(
                "{x3}", "{x2}", "{t0}", "{t1}", "{t2}", "{t3}", "{t4}", "{t5}", "{t6}", "{t7}",
                "{x0}", "{x1}"
            ),
            "lea {x3}, [rip + {modulus}]",
            step!("t0", "t1", "t2", "t3"),
            step!("t1", "t2", "t3", "t0"),
            step!("t2", "t3", "t0", "t1"),
            step!("t3", "t0", "t1", "t2"),
            "xor edx, edx",
            "add {t0}, {t4}",
            "adc {t1}, {t5}",
            "adc {t2}, {t6}",
            "adc {t3}, {t7}",
            "adc edx, 0",
            // Below n: subtracts n and keeps the difference unless it borrows.
            "mov {t4}, {t0}",
            "mov {t5}, {t1}",
            "mov {t6}, {t2}",
            "mov {t7}, {t3}",
            "sub {t4}, [{x3}]",
            "sbb {t5}, [{x3} + 8]",
            "sbb {t6}, [{x3} + 16]",
            "sbb {t7}, [{x3} + 24]",
            "sbb edx, 0",
            "cmovnc {t0}, {t4}",
            "cmovnc {t1}, {t5}",
            "cmovnc {t2}, {t6}",
            "cmovnc {t3}, {t7}",
            t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
            t4 = out(reg) _, t5 = out(reg) _, t6 = out(reg) _, t7 = out(reg) _,
            x0 = out(reg) _, x1 = out(reg) _,
            x2 = inout(reg) b.as_ptr() => _, x3 = inout(reg) a.as_ptr() => _,
            out("rdx") _,
            modulus = sym MODULUS,
            options(pure, readonly, nostack),
        );
    }
    [t0, t1, t2, t3]
}
