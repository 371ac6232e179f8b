//! What this processor can do.
//!
//! A token (`HaveAvx2`, …) exists only after the check, so a routine that takes one
//! needs no check of its own. Checks read `CPUID` once; each later one is a load.
//!
//! Debug builds with `std` read two variables once: `GM_CRYPTO_DISABLE` names
//! features to deny, `GM_CRYPTO_FORCE` features to claim though `CPUID` hides them
//! (valgrind hides ADX), both as lists with commas: `mulx_adx,avx2`. Claiming
//! what the processor lacks ends in an illegal instruction. Release builds read nothing.

use core::sync::atomic::{AtomicU32, Ordering};

/// One bit a feature, and [`CHECKED`] once `CPUID` was read.
static FEATURES: AtomicU32 = AtomicU32::new(0);
const CHECKED: u32 = 1 << 31;

fn features() -> u32 {
    let known = FEATURES.load(Ordering::Relaxed);
    if known & CHECKED != 0 {
        return known;
    }
    // Two threads may both come here; they store the same value.
    let found = CHECKED | adjusted(detected());
    FEATURES.store(found, Ordering::Relaxed);
    found
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $token:ident = $name:literal, $bit:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub(crate) struct $token(());

            impl $token {
                /// Proof that the processor has it, if it has.
                #[inline(always)]
                pub(crate) fn check() -> Option<Self> {
                    (features() & (1 << $bit) != 0).then_some(Self(()))
                }
            }
        )*

        /// Names of the variables, with their bits.
        #[cfg(all(debug_assertions, feature = "std"))]
        const NAMES: &[(&str, u32)] = &[$(($name, 1 << $bit)),*];
    };
}

tokens! {
    /// `mulx` (BMI2) with `adcx` and `adox` (ADX).
    HaveMulxAdx = "mulx_adx", 0;
    /// AVX2.
    HaveAvx2 = "avx2", 1;
    /// AVX and BMI2 (`rorx`).
    HaveAvxBmi2 = "avx_bmi2", 2;
    /// AES-NI with SSSE3 and SSE4.1.
    HaveAesNi = "aes_ni", 3;
    /// AES on 256-bit registers, with AVX2.
    HaveVaes = "vaes", 4;
    /// Carry-less multiplication with SSSE3.
    HavePclmul = "pclmul", 5;
    /// Carry-less multiplication on 256-bit registers, with AVX2.
    HaveVpclmul = "vpclmul", 6;
}

/// Bits from `CPUID`, and from `XCR0` for what the system must save.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
fn detected() -> u32 {
    use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

    // `CPUID` is safe on every x86-64; older compilers still call it unsafe.
    #[allow(unused_unsafe, reason = "safe in newer compilers")]
    // SAFETY: every x86-64 processor has the instruction; leaf 0 tells the last leaf.
    let (one, seven) = unsafe {
        if __cpuid(0).eax < 7 {
            return 0;
        }
        (__cpuid(1), __cpuid_count(7, 0))
    };
    let has = |register: u32, bits: &[u32]| bits.iter().all(|bit| register & (1 << bit) != 0);

    let (ssse3, sse41, aes, pclmul) = (9, 19, 25, 1);
    let (osxsave, avx) = (27, 28);
    let (bmi1, avx2, bmi2, adx) = (3, 5, 8, 19);
    let (vaes, vpclmul) = (9, 10);

    #[target_feature(enable = "xsave")]
    fn saved_state() -> u64 {
        // SAFETY: OSXSAVE says that XGETBV is there; register 0 always is.
        unsafe { _xgetbv(0) }
    }
    let ymm = has(one.ecx, &[osxsave, avx])
        // SAFETY: OSXSAVE implies XSAVE.
        && unsafe { saved_state() } & 0b110 == 0b110;
    let avx2 = ymm && has(seven.ebx, &[avx2]);
    let bmi2 = has(seven.ebx, &[bmi1, bmi2]);

    [
        bmi2 && has(seven.ebx, &[adx]),
        avx2,
        ymm && bmi2,
        has(one.ecx, &[ssse3, sse41, aes]),
        avx2 && has(one.ecx, &[aes]) && has(seven.ecx, &[vaes]),
        has(one.ecx, &[ssse3, pclmul]),
        avx2 && has(one.ecx, &[pclmul]) && has(seven.ecx, &[vpclmul]),
    ]
    .into_iter()
    .zip(0..)
    .fold(0, |bits, (present, bit)| bits | (u32::from(present) << bit))
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
fn detected() -> u32 {
    0
}

#[cfg(all(debug_assertions, feature = "std"))]
#[expect(
    clippy::panic,
    reason = "a misspelt name would test the wrong path; debug builds only"
)]
fn adjusted(found: u32) -> u32 {
    let named = |variable: &str| {
        let value = std::env::var(variable).unwrap_or_default();
        value
            .split(',')
            .filter(|name| !name.is_empty())
            .map(
                |name| match NAMES.iter().find(|(known, _)| *known == name) {
                    Some((_, bit)) => *bit,
                    None => panic!("{variable} names {name}, which is none of {NAMES:?}"),
                },
            )
            .fold(0, |bits, bit| bits | bit)
    };
    (found | named("GM_CRYPTO_FORCE")) & !named("GM_CRYPTO_DISABLE")
}

#[cfg(not(all(debug_assertions, feature = "std")))]
fn adjusted(found: u32) -> u32 {
    found
}

#[cfg(all(test, feature = "std", target_arch = "x86_64"))]
mod tests {
    use super::*;

    macro_rules! has {
        ($($feature:tt),*) => { true $(&& std::arch::is_x86_feature_detected!($feature))* };
    }

    #[test]
    fn the_standard_library_sees_the_same_processor() {
        let expected = [
            has!("bmi2", "adx"),
            has!("avx2"),
            has!("avx", "bmi1", "bmi2"),
            has!("aes", "ssse3", "sse4.1"),
            has!("avx2", "aes", "vaes"),
            has!("pclmulqdq", "ssse3"),
            has!("avx2", "pclmulqdq", "vpclmulqdq"),
        ];
        let bits = detected();
        for (bit, expected) in expected.into_iter().enumerate() {
            assert_eq!(bits >> bit & 1 == 1, expected, "token {bit}");
        }
        assert_eq!(bits >> expected.len(), 0, "tokens that are not in the list");
    }
}
