//! The assembly that `field_mulx`, `scalar_mulx` and `point_mulx` are made of, with the
//! names of registers as arguments: t₀…t₇ hold a product, x₀…x₃ and rdx are scratch.

/// Limbs 1 and 3 of 2^256 − p; limb 0 is 1, limb 2 is 0. The operand `complement` of
/// whatever uses [`below_p!`].
pub(super) static COMPLEMENT: [u64; 2] = [0x0000_0000_FFFF_FFFF, 0x0000_0001_0000_0000];

/// Lines of assembly, each made of pieces and ended by a semicolon.
macro_rules! lines {
    ($($($piece:literal)+;)+) => {
        concat!($($($piece,)+ "\n",)+)
    };
}
pub(super) use lines;

/// t = the four limbs behind a, times those behind b. Each row of partial products is added
/// by two chains of carries, one in CF and one in OF.
macro_rules! product_512 {
    ($a:literal, $b:literal, $t0:literal, $t1:literal, $t2:literal, $t3:literal, $t4:literal, $t5:literal, $t6:literal, $t7:literal, $x0:literal, $x1:literal) => {
        lines! {
            "mov rdx, [" $b "]";
            "mulx " $t1 ", " $t0 ", [" $a "]";
            "mulx " $t2 ", " $x0 ", [" $a " + 8]";
            "mulx " $t3 ", " $x1 ", [" $a " + 16]";
            "add " $t1 ", " $x0;
            "mulx " $t4 ", " $x0 ", [" $a " + 24]";
            "mov rdx, [" $b " + 8]";
            "adc " $t2 ", " $x1;
            "adc " $t3 ", " $x0;
            "adc " $t4 ", 0";
            "xor " $t5 ", " $t5;
            "mulx " $x1 ", " $x0 ", [" $a "]";
            "adcx " $t1 ", " $x0;
            "adox " $t2 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 8]";
            "adcx " $t2 ", " $x0;
            "adox " $t3 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 16]";
            "adcx " $t3 ", " $x0;
            "adox " $t4 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 24]";
            "mov rdx, [" $b " + 16]";
            "adcx " $t4 ", " $x0;
            "adox " $t5 ", " $x1;
            "adc " $t5 ", 0";
            "xor " $t6 ", " $t6;
            "mulx " $x1 ", " $x0 ", [" $a "]";
            "adcx " $t2 ", " $x0;
            "adox " $t3 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 8]";
            "adcx " $t3 ", " $x0;
            "adox " $t4 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 16]";
            "adcx " $t4 ", " $x0;
            "adox " $t5 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 24]";
            "mov rdx, [" $b " + 24]";
            "adcx " $t5 ", " $x0;
            "adox " $t6 ", " $x1;
            "adc " $t6 ", 0";
            "xor " $t7 ", " $t7;
            "mulx " $x1 ", " $x0 ", [" $a "]";
            "adcx " $t3 ", " $x0;
            "adox " $t4 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 8]";
            "adcx " $t4 ", " $x0;
            "adox " $t5 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 16]";
            "adcx " $t5 ", " $x0;
            "adox " $t6 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 24]";
            "adcx " $t6 ", " $x0;
            "adox " $t7 ", " $x1;
            "adc " $t7 ", 0";
        }
    };
}
pub(super) use product_512;

/// t = the square of the four limbs behind a. a₀·a₁, a₀·a₃ and a₂·a₃ fill t₁…t₆ without
/// overlap; the other three products are added, the sum is doubled, and the four squares
/// are added.
macro_rules! square_512 {
    ($a:literal, $t0:literal, $t1:literal, $t2:literal, $t3:literal, $t4:literal, $t5:literal, $t6:literal, $t7:literal, $x0:literal, $x1:literal, $x2:literal) => {
        lines! {
            "mov rdx, [" $a "]";
            "mulx " $x2 ", " $t0 ", rdx";
            "mulx " $t2 ", " $t1 ", [" $a " + 8]";
            "mulx " $t4 ", " $t3 ", [" $a " + 24]";
            "mov rdx, [" $a " + 16]";
            "mulx " $t6 ", " $t5 ", [" $a " + 24]";
            "xor " $t7 ", " $t7;
            "mulx " $x1 ", " $x0 ", [" $a "]";
            "adcx " $t2 ", " $x0;
            "adox " $t3 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 8]";
            "mov rdx, [" $a " + 24]";
            "adcx " $t3 ", " $x0;
            "adox " $t4 ", " $x1;
            "mulx " $x1 ", " $x0 ", [" $a " + 8]";
            "mov rdx, [" $a " + 8]";
            "adcx " $t4 ", " $x0;
            "adox " $t5 ", " $x1;
            "adcx " $t5 ", " $t7;
            "adox " $t6 ", " $t7;
            "adcx " $t6 ", " $t7;
            "xor " $t7 ", " $t7;
            "mulx " $x1 ", " $x0 ", rdx";
            "mov rdx, [" $a " + 16]";
            "adcx " $t1 ", " $t1;
            "adox " $t1 ", " $x2;
            "adcx " $t2 ", " $t2;
            "adox " $t2 ", " $x0;
            "mulx " $x2 ", " $x0 ", rdx";
            "mov rdx, [" $a " + 24]";
            "adcx " $t3 ", " $t3;
            "adox " $t3 ", " $x1;
            "adcx " $t4 ", " $t4;
            "adox " $t4 ", " $x0;
            "mulx " $x1 ", " $x0 ", rdx";
            "adcx " $t5 ", " $t5;
            "adox " $t5 ", " $x2;
            "adcx " $t6 ", " $t6;
            "adox " $t6 ", " $x0;
            "adcx " $t7 ", " $t7;
            "adox " $t7 ", " $x1;
        }
    };
}
pub(super) use square_512;

/// t₀…t₃ = t·2^−256 mod p for t below p². e₀ and e₁ are the low halves of x₀ and x₁.
///
/// p = 2^256 − 2^224 − 2^96 + 2^64 − 1 ≡ −1 (mod 2^64), so a step of Montgomery's
/// reduction needs no multiplication: m is the lowest limb t₀ itself, and
///
/// ```text
/// t + m·p = t − m + m·2^64 − m·2^96 − m·2^224 + m·2^256
/// ```
///
/// clears t₀ and leaves, from limb 1 on, t − (m·(2^32 − 1), m·2^32 at limb 3) + m at limb
/// 4: one rotation, which puts m's halves in each other's place, and seven subtractions.
macro_rules! reduce_p {
    ($t0:literal, $t1:literal, $t2:literal, $t3:literal, $t4:literal, $t5:literal, $t6:literal, $t7:literal, $x0:literal, $x1:literal, $x2:literal, $x3:literal, $e0:literal, $e1:literal) => {
        concat!(
            reduce_p!(step $t0, $t1, $t2, $t3, $x0, $x1, $x2, $x3, $e0, $e1),
            reduce_p!(step $t1, $t2, $t3, $t0, $x0, $x1, $x2, $x3, $e0, $e1),
            reduce_p!(step $t2, $t3, $t0, $t1, $x0, $x1, $x2, $x3, $e0, $e1),
            reduce_p!(step $t3, $t0, $t1, $t2, $x0, $x1, $x2, $x3, $e0, $e1),
            lines! {
                "xor edx, edx";
                "add " $t0 ", " $t4;
                "adc " $t1 ", " $t5;
                "adc " $t2 ", " $t6;
                "adc " $t3 ", " $t7;
                "adc edx, 0";
            },
            below_p!($t0, $t1, $t2, $t3, $x0, $x1, $x2, $x3),
        )
    };
    (step $m:literal, $t1:literal, $t2:literal, $t3:literal, $x0:literal, $x1:literal, $x2:literal, $x3:literal, $e0:literal, $e1:literal) => {
        lines! {
            "rorx " $x0 ", " $m ", 32";
            "mov " $e1 ", " $e0;
            "sub " $x0 ", " $x1;
            "mov " $x2 ", " $x0;
            "mov " $x3 ", " $x1;
            "sub " $x2 ", " $m;
            "sbb " $x3 ", 0";
            "sub " $t1 ", " $x2;
            "sbb " $t2 ", " $x3;
            "sbb " $t3 ", " $x0;
            "sbb " $m ", " $x1;
        }
    };
}
pub(super) use reduce_p;

/// From edx·2^256 + t₀…t₃ < 2p to [0, p): adds 2^256 − p and keeps the sum if it passes
/// 2^256.
macro_rules! below_p {
    ($t0:literal, $t1:literal, $t2:literal, $t3:literal, $x0:literal, $x1:literal, $x2:literal, $x3:literal) => {
        lines! {
            "mov " $x0 ", " $t0;
            "mov " $x1 ", " $t1;
            "mov " $x2 ", " $t2;
            "mov " $x3 ", " $t3;
            "add " $x0 ", 1";
            "adc " $x1 ", [rip + {complement}]";
            "adc " $x2 ", 0";
            "adc " $x3 ", [rip + {complement} + 8]";
            "adc edx, -1";
            "cmovc " $t0 ", " $x0;
            "cmovc " $t1 ", " $x1;
            "cmovc " $t2 ", " $x2;
            "cmovc " $t3 ", " $x3;
        }
    };
}
pub(super) use below_p;

/// t₀…t₃ + the limbs behind a, mod p.
macro_rules! add_p {
    ($a:literal, $t0:literal, $t1:literal, $t2:literal, $t3:literal, $x0:literal, $x1:literal, $x2:literal, $x3:literal) => {
        concat!(
            lines! {
                "xor edx, edx";
                "add " $t0 ", [" $a "]";
                "adc " $t1 ", [" $a " + 8]";
                "adc " $t2 ", [" $a " + 16]";
                "adc " $t3 ", [" $a " + 24]";
                "adc edx, 0";
            },
            below_p!($t0, $t1, $t2, $t3, $x0, $x1, $x2, $x3),
        )
    };
}
pub(super) use add_p;

/// t₀…t₃ − the limbs behind a, mod p.
macro_rules! subtract_p {
    ($a:literal, $t0:literal, $t1:literal, $t2:literal, $t3:literal, $x0:literal, $x1:literal, $x2:literal) => {
        lines! {
            "sub " $t0 ", [" $a "]";
            "sbb " $t1 ", [" $a " + 8]";
            "sbb " $t2 ", [" $a " + 16]";
            "sbb " $t3 ", [" $a " + 24]";
            // x₀ = all ones after a borrow; p = (x₀, x₁, x₀, x₂) limb by limb.
            "sbb " $x0 ", " $x0;
            "mov " $x1 ", " $x0;
            "mov " $x2 ", " $x0;
            "shl " $x1 ", 32";
            "btr " $x2 ", 32";
            "add " $t0 ", " $x0;
            "adc " $t1 ", " $x1;
            "adc " $t2 ", " $x0;
            "adc " $t3 ", " $x2;
        }
    };
}
pub(super) use subtract_p;
