use super::{hexadecimal, octets};
use cipher::{BlockCipherEncrypt, InOutBuf, KeyInit};
use gm_crypto::sm4::Xts;

fn array<const N: usize>(octets: Vec<u8>) -> [u8; N] {
    octets.try_into().expect("as many octets as the type says")
}

// GB/T 17964-2021; the same inputs by IEEE 1619 from Tongsuo's tests.
#[test]
fn the_conventions_give_their_standards_examples() {
    let key = array(hexadecimal(
        "2b7e151628aed2a6abf7158809cf4f3c000102030405060708090a0b0c0d0e0f",
    ));
    let tweak = array(hexadecimal("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
    let plain = hexadecimal(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17",
    );
    for (cipher, expected) in [
        (
            Xts::gb(&key),
            "e9538251c71d7b80bbe4483fef497bd12c5c581bd6242fc51e08964fb4f60fdb\
             0ba42f63499279213d318d2c11f6886e903be7f93a1b3479",
        ),
        (
            Xts::ieee(&key),
            "e9538251c71d7b80bbe4483fef497bd1b3db1a3e60408c575d63ff7db39f8326\
             0869f9e2585fec9f0b863bf8fd784b8627d16c0db6d2cfc7",
        ),
    ] {
        let mut unit = plain.clone();
        cipher.encrypt(&tweak, &mut unit).unwrap();
        assert_eq!(unit, hexadecimal(expected));
        cipher.decrypt(&tweak, &mut unit).unwrap();
        assert_eq!(unit, plain);
    }
}

/// The text of IEEE 1619-2018, 5.3 and 5.4, block by block over the oracle, with
/// polynomials as lists of bits.
fn by_the_text(key: &[u8; 32], tweak: &[u8; 16], gb: bool, plain: &[u8]) -> Vec<u8> {
    let [data, tweak_key] = [0, 1].map(|half| {
        let key: [u8; 16] = array(key[16 * half..][..16].to_vec());
        sm4::Sm4::new(&key.into())
    });
    let mut mask = (*tweak).into();
    tweak_key.encrypt_block(&mut mask);
    let mut bits: Vec<bool> = (0..128)
        .map(|power: usize| {
            let shift = if gb { 7 - power % 8 } else { power % 8 };
            mask[power / 8] >> shift & 1 == 1
        })
        .collect();
    let octets_of = |bits: &[bool]| -> Vec<u8> {
        bits.chunks(8)
            .map(|octet| {
                octet.iter().enumerate().fold(0, |sum, (power, bit)| {
                    sum | u8::from(*bit) << if gb { 7 - power } else { power }
                })
            })
            .collect()
    };
    let mut masks = Vec::new();
    for _ in 0..plain.len().div_ceil(16) {
        masks.push(octets_of(&bits));
        bits.insert(0, false);
        if bits.pop() == Some(true) {
            for power in [0, 1, 2, 7] {
                bits[power] ^= true;
            }
        }
    }
    let encrypt = |mask: &[u8], block: &[u8]| -> Vec<u8> {
        let sum = |a: &[u8]| array(a.iter().zip(mask).map(|(a, b)| a ^ b).collect::<Vec<_>>());
        let mut block = sum(block).into();
        data.encrypt_block(&mut block);
        sum(&block).to_vec()
    };
    let (whole, part) = plain.as_chunks::<16>();
    let mut result: Vec<Vec<u8>> = whole
        .iter()
        .zip(&masks)
        .map(|(block, mask)| encrypt(mask, block))
        .collect();
    if !part.is_empty() {
        let last = result.pop().expect("one whole block at least");
        let mended = [part, &last[part.len()..]].concat();
        result.push(encrypt(&masks[whole.len()], &mended));
        result.push(last[..part.len()].to_vec());
    }
    result.concat()
}

#[test]
fn units_of_any_length_follow_the_text_and_come_back() {
    let (key, tweak) = (array(octets(1, 32)), array(octets(2, 16)));
    for (gb, cipher) in [(false, Xts::ieee(&key)), (true, Xts::gb(&key))] {
        for length in 16..=1100 {
            let plain = octets(length as u64, length);
            let expected = by_the_text(&key, &tweak, gb, &plain);
            let mut unit = plain.clone();
            cipher.encrypt(&tweak, &mut unit).unwrap();
            assert_eq!(unit, expected, "{length} in place");
            cipher.decrypt(&tweak, &mut unit).unwrap();
            assert_eq!(unit, plain, "{length} back in place");

            let buffers = InOutBuf::new(&expected, &mut unit).unwrap();
            cipher.decrypt_inout(&tweak, buffers).unwrap();
            assert_eq!(unit, plain, "{length} back elsewhere");
            let mut elsewhere = vec![0; length];
            let buffers = InOutBuf::new(&plain, &mut elsewhere).unwrap();
            cipher.encrypt_inout(&tweak, buffers).unwrap();
            assert_eq!(elsewhere, expected, "{length} elsewhere");
        }
    }
}

#[test]
fn a_unit_without_a_whole_block_or_above_the_limit_is_refused_and_left_alone() {
    let cipher = Xts::ieee(&[3; 32]);
    let mut short = [5; 15];
    assert!(cipher.encrypt(&[0; 16], &mut short).is_err());
    assert!(cipher.decrypt(&[0; 16], &mut short).is_err());
    assert_eq!(short, [5; 15]);
    let mut long = vec![5; 16 * (1 << 20) + 1];
    assert!(cipher.encrypt(&[0; 16], &mut long).is_err());
    assert!(long.iter().all(|octet| *octet == 5));
    long.pop();
    cipher.encrypt(&[0; 16], &mut long).unwrap();
}
