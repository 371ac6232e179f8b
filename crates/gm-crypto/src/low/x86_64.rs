//! Bodies for x86-64; each takes the token of the features that it uses.

/// The assembly that multiplies the four limbs behind `{x3}` by those behind `{x2}` into
/// t₀…t₇. `{x0}`, `{x1}` and `rdx` are scratch. Each row of partial products is added by
/// two chains of carries, one in CF and one in OF.
macro_rules! product {
    () => {
        concat!(
            "mov rdx, [{x2}]\n",
            "mulx {t1}, {t0}, [{x3}]\n",
            "mulx {t2}, {x0}, [{x3} + 8]\n",
            "mulx {t3}, {x1}, [{x3} + 16]\n",
            "add {t1}, {x0}\n",
            "mulx {t4}, {x0}, [{x3} + 24]\n",
            "mov rdx, [{x2} + 8]\n",
            "adc {t2}, {x1}\n",
            "adc {t3}, {x0}\n",
            "adc {t4}, 0\n",
            "xor {t5:e}, {t5:e}\n",
            "mulx {x1}, {x0}, [{x3}]\n",
            "adcx {t1}, {x0}\n",
            "adox {t2}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 8]\n",
            "adcx {t2}, {x0}\n",
            "adox {t3}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 16]\n",
            "adcx {t3}, {x0}\n",
            "adox {t4}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 24]\n",
            "mov rdx, [{x2} + 16]\n",
            "adcx {t4}, {x0}\n",
            "adox {t5}, {x1}\n",
            "adc {t5}, 0\n",
            "xor {t6:e}, {t6:e}\n",
            "mulx {x1}, {x0}, [{x3}]\n",
            "adcx {t2}, {x0}\n",
            "adox {t3}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 8]\n",
            "adcx {t3}, {x0}\n",
            "adox {t4}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 16]\n",
            "adcx {t4}, {x0}\n",
            "adox {t5}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 24]\n",
            "mov rdx, [{x2} + 24]\n",
            "adcx {t5}, {x0}\n",
            "adox {t6}, {x1}\n",
            "adc {t6}, 0\n",
            "xor {t7:e}, {t7:e}\n",
            "mulx {x1}, {x0}, [{x3}]\n",
            "adcx {t3}, {x0}\n",
            "adox {t4}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 8]\n",
            "adcx {t4}, {x0}\n",
            "adox {t5}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 16]\n",
            "adcx {t5}, {x0}\n",
            "adox {t6}, {x1}\n",
            "mulx {x1}, {x0}, [{x3} + 24]\n",
            "adcx {t6}, {x0}\n",
            "adox {t7}, {x1}\n",
            "adc {t7}, 0\n",
        )
    };
}

pub(crate) mod division_steps;
pub(crate) mod field_mulx;
#[macro_use]
mod ghash_lanes;
pub(crate) mod ghash_pclmul;
pub(crate) mod ghash_vpclmul;
pub(crate) mod point_mulx;
pub(crate) mod scalar_mulx;
pub(crate) mod select_avx2;
pub(crate) mod sm3_avx;
pub(crate) mod sm3_lanes;
mod sm4_basis;
#[macro_use]
mod sm4_lanes;
pub(crate) mod sm4_aesni;
pub(crate) mod sm4_vaes;
mod ymm;
