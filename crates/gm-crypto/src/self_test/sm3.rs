//! SM3 and what stands on it.

use super::{KnownAnswer, Trial, hex, long_message};
use crate::{
    Error, Result,
    sm3::{
        HkdfSm3, HmacSm3, Sm3, digest,
        digest::{Digest, KeyInit, Mac},
        digest_many, kdf, pbkdf2,
    },
};

pub(super) const ALL: &[KnownAnswer] = &[
    KnownAnswer {
        name: "sm3",
        run: one_message,
    },
    KnownAnswer {
        name: "sm3-many",
        run: many_messages,
    },
    KnownAnswer {
        name: "hmac-sm3",
        run: mac,
    },
    KnownAnswer {
        name: "hkdf-sm3",
        run: hkdf,
    },
    KnownAnswer {
        name: "pbkdf2-hmac-sm3",
        run: password,
    },
    KnownAnswer {
        name: "sm2-kdf",
        run: derivation,
    },
];

// GB/T 32905-2016, annex A.
const ABC: [u8; 32] = hex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
const ABCD_16: [u8; 32] = hex("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
const LONG: [u8; 32] = hex("0b0b06e2422578e8f8734ea483358304270426900b616ae1cac908c214f7b0f4");

fn abcd_16() -> [u8; 64] {
    core::array::from_fn(|index| b"abcd"[index % 4])
}

fn one_message(trial: &mut Trial) -> Result<()> {
    let long = long_message();
    trial.equal(&digest(b"abc"), &ABC);
    trial.equal(&digest(&abcd_16()), &ABCD_16);
    trial.equal(&digest(&long), &LONG);
    let mut in_parts = Sm3::new();
    for part in long.chunks(77) {
        in_parts.update(part);
    }
    trial.equal(&in_parts.finalize(), &LONG);
    Ok(())
}

fn many_messages(trial: &mut Trial) -> Result<()> {
    let (two_blocks, long) = (abcd_16(), long_message());
    let messages: [&[u8]; 12] = core::array::from_fn(|index| match index % 3 {
        0 => &b"abc"[..],
        1 => &two_blocks,
        _ => &long,
    });
    let mut digests = [[0; 32]; 12];
    digest_many(&messages, &mut digests);
    for (index, digest) in digests.iter().enumerate() {
        trial.equal(digest, [&ABC, &ABCD_16, &LONG][index % 3]);
    }
    Ok(())
}

// GM/T 0042-2015, annex D.3.
fn mac(trial: &mut Trial) -> Result<()> {
    const KEY: [u8; 32] = hex("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
    const TAG: [u8; 32] = hex("ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
    let message = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    let mac = HmacSm3::new_from_slice(&KEY).map_err(|_| Error::SelfTest)?;
    let mac = mac.chain_update(message).chain_update(message);
    trial.equal(&mac.finalize().into_bytes(), &TAG);
    Ok(())
}

// The inputs of RFC 5869, A.1; the answer also in GmSSL, tests/sm3_hkdftest.h.
fn hkdf(trial: &mut Trial) -> Result<()> {
    const SALT: [u8; 13] = hex("000102030405060708090a0b0c");
    const INFO: [u8; 10] = hex("f0f1f2f3f4f5f6f7f8f9");
    const KEY: [u8; 42] =
        hex("c69fe91b7aaee2dd5718d72dcaee0cce93f1b8e41f792da51261b6a517e68b36ed2c595572b01dfa359b");
    let mut key = [0; 42];
    HkdfSm3::new(Some(&SALT), &[0x0b; 22])
        .expand(&INFO, &mut key)
        .map_err(|_| Error::SelfTest)?;
    trial.equal(&key, &KEY);
    Ok(())
}

// The inputs of RFC 7914, clause 11, but for a letter; the answer also in GmSSL,
// tests/pbkdf2test_sm3.h.
fn password(trial: &mut Trial) -> Result<()> {
    const KEY: [u8; 64] = hex(
        "30530b86537c85ea33fbe26ee0adea8d8bd91d283b87936f400e83ad2364ef26\
         32cd8662313657c0e6138ffeda2c4e6805869cbd8030188858d8a675ac762523",
    );
    let mut key = [0; 64];
    pbkdf2(b"passwd", b"salt", 1, &mut key);
    trial.equal(&key, &KEY);
    Ok(())
}

// GB/T 32918.5-2017, annex A.3; the long output by OpenSSL's SM3.
fn derivation(trial: &mut Trial) -> Result<()> {
    const SHARED: [u8; 64] = hex(
        "64d20d27d0632957f8028c1e024f6b02edf23102a566c932ae8bd613a8e865fe\
         58d225eca784ae300a81a2d48281a828e1cedf11c4219099840265375077bf78",
    );
    const SHORT: [u8; 19] = hex("006e30dae231b071dfad8aa379e90264491603");
    const LONG: [u8; 32] = hex("5d6652c5b175911beae48e5cbd1e6317b268c928cbfa6edea18c2611786409f3");
    let mut output = [0; 300];
    kdf(&[&SHARED], &mut output);
    trial.equal(&output[..19], &SHORT);
    trial.equal(&digest(&output), &LONG);
    let mut short = [0; 19];
    kdf(&[&SHARED[..32], &SHARED[32..]], &mut short);
    trial.equal(&short, &SHORT);
    Ok(())
}
