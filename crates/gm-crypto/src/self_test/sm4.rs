//! SM4 and its modes.

use super::{KnownAnswer, Trial, hex, long_message};
use crate::{
    Error, Result,
    sm3::digest,
    sm4::{
        CbcDecryptor, CbcEncryptor, Ccm, CfbBufDecryptor, CfbBufEncryptor, CfbDecryptor,
        CfbEncryptor, Ctr, EcbDecryptor, EcbEncryptor, Gcm, Ofb, Sm4, Xts,
        aead::AeadInOut,
        cipher::{
            BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit,
            KeyIvInit, StreamCipher,
            array::Array,
            consts::{U12, U16},
        },
    },
};

pub(super) const ALL: &[KnownAnswer] = &[
    KnownAnswer {
        name: "sm4",
        run: block,
    },
    KnownAnswer {
        name: "sm4-ecb",
        run: ecb,
    },
    KnownAnswer {
        name: "sm4-cbc",
        run: cbc,
    },
    KnownAnswer {
        name: "sm4-cfb",
        run: cfb,
    },
    KnownAnswer {
        name: "sm4-ofb",
        run: ofb,
    },
    KnownAnswer {
        name: "sm4-ctr",
        run: ctr,
    },
    KnownAnswer {
        name: "sm4-gcm",
        run: gcm,
    },
    KnownAnswer {
        name: "sm4-ccm",
        run: ccm,
    },
    KnownAnswer {
        name: "sm4-xts-gb",
        run: xts_gb,
    },
    KnownAnswer {
        name: "sm4-xts-ieee",
        run: xts_ieee,
    },
];

// GB/T 32907-2016, annex A.1: key and plaintext are the same.
const KEY: [u8; 16] = hex("0123456789abcdeffedcba9876543210");
const BLOCK: [u8; 16] = hex("681edf34d206965e86b3e94f536e4246");
/// Blocks that only the widest body takes at once.
const MANY: usize = 35;

fn block(trial: &mut Trial) -> Result<()> {
    let cipher = Sm4::new(&KEY.into());
    let mut one = KEY.into();
    cipher.encrypt_block(&mut one);
    trial.equal(&one, &BLOCK);
    cipher.decrypt_block(&mut one);
    trial.equal(&one, &KEY);
    let mut many = [Array(KEY); MANY];
    cipher.encrypt_blocks(&mut many);
    for block in &many {
        trial.equal(block, &BLOCK);
    }
    cipher.decrypt_blocks(&mut many);
    for block in &many {
        trial.equal(block, &KEY);
    }
    Ok(())
}

/// A short message, twice the key, with its known ciphertext, and the long one with the SM3
/// of its ciphertext; and the way back. The short ones stand in OpenSSL's
/// `evpciph_sm4.txt`.
fn there_and_back(
    trial: &mut Trial,
    [second, long]: [&[u8]; 2],
    encrypt: impl Fn(&mut [u8]),
    decrypt: impl Fn(&mut [u8]),
) {
    let message = [KEY, KEY].concat();
    let mut buffer = message.clone();
    encrypt(&mut buffer);
    trial.equal(&buffer, second);
    decrypt(&mut buffer);
    trial.equal(&buffer, &message);
    let mut buffer = long_message();
    encrypt(&mut buffer);
    trial.equal(&digest(&buffer), long);
    decrypt(&mut buffer);
    trial.equal(&buffer, &long_message());
}

/// Whole blocks of a buffer.
fn blocks(octets: &mut [u8]) -> &mut [Array<u8, U16>] {
    Array::cast_slice_from_core_mut(octets.as_chunks_mut().0)
}

fn ecb(trial: &mut Trial) -> Result<()> {
    const SHORT: [u8; 32] = hex("681edf34d206965e86b3e94f536e4246681edf34d206965e86b3e94f536e4246");
    const LONG: [u8; 32] = hex("7fd4088ed338cd3b5438d812b96c35f47a2b1595ebe47d047de4ea452eae2ffa");
    there_and_back(
        trial,
        [&SHORT, &LONG],
        |buffer| EcbEncryptor::new(&KEY.into()).encrypt_blocks(blocks(buffer)),
        |buffer| EcbDecryptor::new(&KEY.into()).decrypt_blocks(blocks(buffer)),
    );
    Ok(())
}

fn cbc(trial: &mut Trial) -> Result<()> {
    const SHORT: [u8; 32] = hex("2677f46b09c122cc975533105bd4a22af6125f7275ce552c3a2bbcf533de8a3b");
    const LONG: [u8; 32] = hex("f4d74d33ffb51bdc99cfc4a6d4ae696579e0a506e903b7d68f94fdc06e34449b");
    let (key, iv) = (&KEY.into(), &KEY.into());
    there_and_back(
        trial,
        [&SHORT, &LONG],
        |buffer| CbcEncryptor::new(key, iv).encrypt_blocks(blocks(buffer)),
        |buffer| CbcDecryptor::new(key, iv).decrypt_blocks(blocks(buffer)),
    );
    Ok(())
}

fn cfb(trial: &mut Trial) -> Result<()> {
    const SHORT: [u8; 32] = hex("693d9a535bad5bb1786f53d7253a70569ed258a85a0467cc92aab393dd978995");
    const LONG: [u8; 32] = hex("e683292409eb493e8bbf570ae9b8c486db68bc9ded05415caf215198d9cb6a5e");
    let (key, iv) = (&KEY.into(), &KEY.into());
    there_and_back(
        trial,
        [&SHORT, &LONG],
        |buffer| CfbEncryptor::new(key, iv).encrypt_blocks(blocks(buffer)),
        |buffer| CfbDecryptor::new(key, iv).decrypt_blocks(blocks(buffer)),
    );
    there_and_back(
        trial,
        [&SHORT, &LONG],
        |buffer| CfbBufEncryptor::new(key, iv).encrypt(buffer),
        |buffer| CfbBufDecryptor::new(key, iv).decrypt(buffer),
    );
    Ok(())
}

fn ofb(trial: &mut Trial) -> Result<()> {
    const SHORT: [u8; 32] = hex("693d9a535bad5bb1786f53d7253a7056f2075d28b5235f58d50027e4177d2bce");
    const LONG: [u8; 32] = hex("a244a6bb075fbfe87c5834522d272a529942b040e329f3a229710c53b05de323");
    let crypt = |buffer: &mut [u8]| Ofb::new(&KEY.into(), &KEY.into()).apply_keystream(buffer);
    there_and_back(trial, [&SHORT, &LONG], crypt, crypt);
    Ok(())
}

fn ctr(trial: &mut Trial) -> Result<()> {
    const MESSAGE: [u8; 64] = hex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
         eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    );
    const SHORT: [u8; 64] = hex(
        "c2b4759e78ac3cf43d0852f4e8d5f9fd7256e8a5fcb65a350ee00630912e4449\
         2a0b17e1b85b060d0fba612d8a95831638b361fd5ffacd942f081485a83ca35d",
    );
    const LONG: [u8; 32] = hex("88606c834723ca922bb069f4549fca3f96b419b369f42d18cc91b8c0001175c2");
    let crypt = |buffer: &mut [u8]| Ctr::new(&KEY.into(), &KEY.into()).apply_keystream(buffer);
    let mut buffer = MESSAGE;
    crypt(&mut buffer);
    trial.equal(&buffer, &SHORT);
    crypt(&mut buffer);
    trial.equal(&buffer, &MESSAGE);
    let mut buffer = long_message();
    crypt(&mut buffer);
    trial.equal(&digest(&buffer), &LONG);
    Ok(())
}

// RFC 8998, annex A: key (as above), nonce, associated data and message of both examples.
const NONCE: [u8; 12] = hex("00001234567800000000abcd");
const ASSOCIATED: [u8; 20] = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
const MESSAGE: [u8; 64] = hex(
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
     eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
);

/// Ciphertext and tag of the example, and of the long message the SM3 of the ciphertext and
/// the tag; the way back; and a tag that does not fit.
fn sealed_and_opened<A>(
    trial: &mut Trial,
    cipher: &A,
    short: (&[u8; 64], &[u8; 16]),
    long: (&[u8; 32], &[u8; 16]),
) -> Result<()>
where
    A: AeadInOut<NonceSize = U12, TagSize = U16>,
{
    let nonce = &NONCE.into();
    let mut buffer = MESSAGE;
    let tag = cipher
        .encrypt_inout_detached(nonce, &ASSOCIATED, buffer.as_mut_slice().into())
        .map_err(|_| Error::SelfTest)?;
    trial.equal(&buffer, short.0);
    trial.equal(&tag, short.1);
    cipher
        .decrypt_inout_detached(nonce, &ASSOCIATED, buffer.as_mut_slice().into(), &tag)
        .map_err(|_| Error::SelfTest)?;
    trial.equal(&buffer, &MESSAGE);

    let mut buffer = long_message();
    let mut tag = cipher
        .encrypt_inout_detached(nonce, &ASSOCIATED, buffer.as_mut_slice().into())
        .map_err(|_| Error::SelfTest)?;
    trial.equal(&digest(&buffer), long.0);
    trial.equal(&tag, long.1);
    let sealed = buffer;
    cipher
        .decrypt_inout_detached(nonce, &ASSOCIATED, buffer.as_mut_slice().into(), &tag)
        .map_err(|_| Error::SelfTest)?;
    trial.equal(&buffer, &long_message());
    tag[15] ^= 1;
    let mut buffer = sealed;
    let opened =
        cipher.decrypt_inout_detached(nonce, &ASSOCIATED, buffer.as_mut_slice().into(), &tag);
    trial.holds(opened.is_err() && buffer == [0; 1040]);
    Ok(())
}

fn gcm(trial: &mut Trial) -> Result<()> {
    const SHORT: [u8; 64] = hex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
         d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
    );
    const SHORT_TAG: [u8; 16] = hex("83de3541e4c2b58177e065a9bf7b62ec");
    const LONG: [u8; 32] = hex("ef73a478a5686b4ceb8e5e03ba31e490ab2f02776b82baea44ef6b47036efcd0");
    const LONG_TAG: [u8; 16] = hex("665ff66a7fc623ca86a7b312868f207e");
    let cipher: Gcm = Gcm::new(&KEY.into());
    sealed_and_opened(trial, &cipher, (&SHORT, &SHORT_TAG), (&LONG, &LONG_TAG))
}

fn ccm(trial: &mut Trial) -> Result<()> {
    const SHORT: [u8; 64] = hex(
        "48af93501fa62adbcd414cce6034d895dda1bf8f132f042098661572e7483094\
         fd12e518ce062c98acee28d95df4416bed31a2f04476c18bb40c84a74b97dc5b",
    );
    const SHORT_TAG: [u8; 16] = hex("16842d4fa186f56ab33256971fa110f4");
    const LONG: [u8; 32] = hex("64d7837342517d02377116f5b4968f34dc585d3c7f19c459d25b937340f9845c");
    const LONG_TAG: [u8; 16] = hex("f6d2f8d0244275fa12b9e1b52edfc014");
    let cipher: Ccm = Ccm::new(&KEY.into());
    sealed_and_opened(trial, &cipher, (&SHORT, &SHORT_TAG), (&LONG, &LONG_TAG))
}

// GB/T 17964-2021, the example of XTS; by IEEE 1619 in Tongsuo's `evpciph_sm4.txt`.
const XTS_KEY: [u8; 32] = hex("2b7e151628aed2a6abf7158809cf4f3c000102030405060708090a0b0c0d0e0f");
const TWEAK: [u8; 16] = hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
const UNIT: [u8; 56] = hex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
     30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17",
);

/// The example, and 65 blocks and 7 octets.
fn xts(trial: &mut Trial, xts: &Xts, short: &[u8; 56], long: &[u8; 32]) -> Result<()> {
    let mut unit = UNIT;
    xts.encrypt(&TWEAK, &mut unit)?;
    trial.equal(&unit, short);
    xts.decrypt(&TWEAK, &mut unit)?;
    trial.equal(&unit, &UNIT);
    let mut whole = [0; 1047];
    whole[..1040].copy_from_slice(&long_message());
    whole[1040..].copy_from_slice(&[0, 1, 2, 3, 4, 5, 6]);
    let mut unit = whole;
    xts.encrypt(&TWEAK, &mut unit)?;
    trial.equal(&digest(&unit), long);
    xts.decrypt(&TWEAK, &mut unit)?;
    trial.equal(&unit, &whole);
    Ok(())
}

fn xts_gb(trial: &mut Trial) -> Result<()> {
    const SHORT: [u8; 56] = hex(
        "e9538251c71d7b80bbe4483fef497bd12c5c581bd6242fc51e08964fb4f60fdb\
         0ba42f63499279213d318d2c11f6886e903be7f93a1b3479",
    );
    const LONG: [u8; 32] = hex("b4bc8aeeb36b8603c18b94f197b63b3a7da6176df3404d23445c4174df22627b");
    xts(trial, &Xts::gb(&XTS_KEY), &SHORT, &LONG)
}

fn xts_ieee(trial: &mut Trial) -> Result<()> {
    const SHORT: [u8; 56] = hex(
        "e9538251c71d7b80bbe4483fef497bd1b3db1a3e60408c575d63ff7db39f8326\
         0869f9e2585fec9f0b863bf8fd784b8627d16c0db6d2cfc7",
    );
    const LONG: [u8; 32] = hex("6009462516b1179f64e7d4eadce61157bad6890e2b6767d5bd68bac6c7b3262b");
    xts(trial, &Xts::ieee(&XTS_KEY), &SHORT, &LONG)
}
