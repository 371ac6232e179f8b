use super::*;
use alloc::{format, vec};
use der::{AnyRef, Decode, Encode, asn1::ObjectIdentifier, referenced::OwnedToRef};
use getrandom::SysRng;
use proptest::prelude::*;

fn few(prf: Prf, cipher: KeyCipher) -> KeyFileParameters {
    KeyFileParameters {
        iterations: 1_000,
        prf,
        cipher,
    }
}

const PRFS: [Prf; 3] = [Prf::HmacSm3, Prf::HmacSm3Openssl, Prf::HmacSha256];

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    let mut octets = vec![tag];
    match inside.len() {
        length @ 0..128 => octets.push(u8::try_from(length).unwrap()),
        length => octets.extend([0x81, u8::try_from(length).unwrap()]),
    }
    octets.extend(inside);
    octets
}

fn named(oid: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&oid.to_der().unwrap(), parameters])
}

/// A scheme written by hand; `inside` stands between the salt and the end of PBKDF2-params.
fn scheme(
    pbes: ObjectIdentifier,
    pbkdf: ObjectIdentifier,
    inside: &[&[u8]],
    cipher: &[u8],
) -> Vec<u8> {
    let salt = tlv(4, &[&[7; 8]]);
    let derivation = named(pbkdf, &tlv(0x30, &[&salt, &inside.concat()]));
    named(pbes, &tlv(0x30, &[&derivation, cipher]))
}

fn read(der: &[u8]) -> Result<Scheme> {
    Scheme::read(AlgorithmIdentifierRef::from_der(der).unwrap())
}

const ITERATIONS: &[u8] = &[2, 2, 4, 0];
const IV: &[u8] = &[4, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

fn sm4_cbc() -> Vec<u8> {
    named(oid::SM4_CBC, IV)
}

fn hmac_sm3() -> Vec<u8> {
    named(oid::HMAC_SM3, &[5, 0])
}

#[test]
fn each_cipher_under_each_prf_opens_with_its_password_alone() {
    for prf in PRFS {
        for cipher in KeyCipher::ALL {
            let (algorithm, encrypted) = encrypt(
                &mut SysRng,
                few(prf, cipher),
                "口令".as_bytes(),
                b"what is inside",
            )
            .unwrap();
            let algorithm = algorithm.owned_to_ref();
            let opened = decrypt(algorithm, "口令".as_bytes(), &encrypted).unwrap();
            assert_eq!(**opened, *b"what is inside", "{prf} {cipher}");
            let scheme = Scheme::read(algorithm).unwrap();
            let parameters = scheme.parameters();
            assert_eq!((parameters.prf, parameters.cipher), (prf, cipher));
            assert_eq!(parameters.iterations, 1_000);
            assert_eq!(scheme.spelling(), Spelling::Pkcs5);
            assert!(!scheme.cipher_spelled_strangely());
            match decrypt(algorithm, "口今".as_bytes(), &encrypted) {
                Err(Error::WrongPassword) => {}
                // One in 256 has a padding by chance.
                Ok(other) => assert_ne!(**other, *b"what is inside"),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn iterations_outside_their_bounds_are_neither_written_nor_read() {
    for iterations in [0, 1, 999, 10_000_001, u32::MAX] {
        let mut parameters = few(Prf::HmacSm3, KeyCipher::Sm4Cbc);
        parameters.iterations = iterations;
        let written = encrypt(&mut SysRng, parameters, b"", b"");
        assert!(
            matches!(written, Err(Error::Invalid { .. })),
            "{iterations}"
        );
    }
    let with = |iterations: &[u8]| {
        read(&scheme(
            oid::PBES2,
            oid::PBKDF2,
            &[iterations, &hmac_sm3()],
            &sm4_cbc(),
        ))
    };
    assert_eq!(with(&[2, 1, 1]).unwrap().parameters().iterations, 1);
    assert_eq!(
        with(&[2, 4, 0, 0x98, 0x96, 0x80])
            .unwrap()
            .parameters()
            .iterations,
        10_000_000
    );
    for refused in [
        &[2, 1, 0][..],
        &[2, 4, 0, 0x98, 0x96, 0x81],
        // Negative, padded, and more than four octets.
        &[2, 1, 0xff],
        &[2, 2, 0, 1],
        &[2, 6, 1, 0, 0, 0, 0, 0],
        &[],
    ] {
        assert!(with(refused).is_err(), "{refused:?}");
    }
}

#[test]
fn every_spelling_in_circulation_means_the_same_scheme() {
    let plain = b"thirty-two octets, none of them!";
    let expected = read(&scheme(
        oid::PBES2,
        oid::PBKDF2,
        &[ITERATIONS, &hmac_sm3()],
        &sm4_cbc(),
    ))
    .unwrap();
    let key = expected.derivation.derive(b"gmtest", 16);
    let encrypted = expected.cipher.encrypt(&key, &expected.iv, plain);
    let absent = named(oid::HMAC_SM3, &[]);
    let openssl = named(oid::HMAC_SM3_OPENSSL, &[5, 0]);
    let length: &[u8] = &[2, 1, 16];
    for (pbes, pbkdf, prf, cipher, spelling, strange) in [
        (
            oid::PBES2,
            oid::PBKDF2,
            &absent,
            oid::SM4_CBC,
            Spelling::Pkcs5,
            false,
        ),
        (
            oid::PBES2,
            oid::PBKDF2,
            &openssl,
            oid::SM4,
            Spelling::Pkcs5,
            true,
        ),
        (
            oid::GM_PBES,
            oid::GM_PBKDF,
            &openssl,
            oid::PBE_SM3_SM4_CBC,
            Spelling::Gmt0091,
            true,
        ),
        (
            oid::PBES2,
            oid::GM_PBKDF,
            &vec![],
            oid::SM4_CBC,
            Spelling::Gmt0091,
            false,
        ),
        (
            oid::GM_PBES,
            oid::PBKDF2,
            &openssl,
            oid::SM4_CBC,
            Spelling::Gmt0091,
            false,
        ),
        (
            oid::GM_PBES_SHORT,
            oid::GM_PBKDF_SHORT,
            &vec![],
            oid::SM4_CBC,
            Spelling::OneArcShort,
            false,
        ),
    ] {
        for length in [&[], length] {
            let der = scheme(pbes, pbkdf, &[ITERATIONS, length, prf], &named(cipher, IV));
            let found = read(&der).unwrap();
            assert_eq!(found.spelling(), spelling);
            assert_eq!(found.cipher_spelled_strangely(), strange);
            let opened = found.decrypt(b"gmtest", &encrypted).unwrap();
            assert_eq!(**opened, *plain, "{pbes} {pbkdf} {cipher}");
        }
    }
}

#[test]
fn what_is_not_spoken_is_named() {
    let good = [ITERATIONS, &hmac_sm3()];
    let unsupported = |der: &[u8], wanted: ObjectIdentifier| match read(der) {
        Err(Error::Unsupported { oid, .. }) => assert_eq!(oid, wanted),
        other => panic!("{other:?}"),
    };
    unsupported(
        &scheme(oid::GM_PBMAC, oid::PBKDF2, &good, &sm4_cbc()),
        oid::GM_PBMAC,
    );
    unsupported(
        &scheme(oid::PBES2, oid::GM_PBMAC, &good, &sm4_cbc()),
        oid::GM_PBMAC,
    );
    let ecb = named(oid::SM4_ECB, IV);
    unsupported(&scheme(oid::PBES2, oid::PBKDF2, &good, &ecb), oid::SM4_ECB);
    let sm3 = named(oid::SM3, &[5, 0]);
    unsupported(
        &scheme(oid::PBES2, oid::PBKDF2, &[ITERATIONS, &sm3], &sm4_cbc()),
        oid::SM3,
    );
}

#[test]
fn parameters_that_contradict_themselves_are_refused() {
    let invalid = |inside: &[&[u8]], cipher: &[u8]| {
        let found = read(&scheme(oid::PBES2, oid::PBKDF2, inside, cipher));
        assert!(matches!(found, Err(Error::Invalid { .. })), "{found:?}");
    };
    let prf = hmac_sm3();
    // A length that is not the cipher's; no prf; strange parameters of the prf.
    invalid(&[ITERATIONS, &[2, 1, 32], &prf], &sm4_cbc());
    invalid(
        &[ITERATIONS, &[2, 1, 16], &prf],
        &named(oid::AES256_CBC, IV),
    );
    invalid(&[ITERATIONS], &sm4_cbc());
    invalid(&[ITERATIONS, &named(oid::HMAC_SM3, &[4, 0])], &sm4_cbc());
    // An initial vector of fifteen octets, of seventeen, none.
    invalid(
        &[ITERATIONS, &prf],
        &named(oid::SM4_CBC, &tlv(4, &[&[0; 15]])),
    );
    invalid(
        &[ITERATIONS, &prf],
        &named(oid::SM4_CBC, &tlv(4, &[&[0; 17]])),
    );
    invalid(&[ITERATIONS, &prf], &named(oid::SM4_CBC, &[]));
    // Trailing elements.
    let found = read(&scheme(
        oid::PBES2,
        oid::PBKDF2,
        &[ITERATIONS, &prf, &[5, 0]],
        &sm4_cbc(),
    ));
    assert!(matches!(found, Err(Error::Malformed { .. })), "{found:?}");
}

#[test]
fn a_ciphertext_that_is_no_whole_blocks_needs_no_password_to_be_refused() {
    let scheme = read(&scheme(
        oid::PBES2,
        oid::PBKDF2,
        &[ITERATIONS, &hmac_sm3()],
        &sm4_cbc(),
    ));
    let scheme = scheme.unwrap();
    for length in [0, 1, 15, 17, 31] {
        let refused = scheme.decrypt(b"", &vec![0; length]);
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{length}");
    }
}

#[test]
fn a_cut_or_changed_scheme_never_panics() {
    let der = scheme(
        oid::PBES2,
        oid::PBKDF2,
        &[ITERATIONS, &[2, 1, 16], &hmac_sm3()],
        &sm4_cbc(),
    );
    for length in 0..der.len() {
        assert!(AlgorithmIdentifierRef::from_der(&der[..length]).is_err());
    }
    for place in 0..der.len() {
        for bit in 0..8 {
            let mut changed = der.clone();
            changed[place] ^= 1 << bit;
            if let Ok(algorithm) = AlgorithmIdentifierRef::from_der(&changed) {
                let _ = Scheme::read(algorithm);
            }
        }
    }
    // Parameters that are something else altogether.
    for parameters in [AnyRef::NULL, AnyRef::from(&oid::SM3)] {
        let algorithm = AlgorithmIdentifierRef {
            oid: oid::PBES2,
            parameters: Some(parameters),
        };
        assert!(matches!(
            Scheme::read(algorithm),
            Err(Error::Malformed { .. })
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_was_encrypted_comes_back(
        plain in proptest::collection::vec(any::<u8>(), 0..200),
        password in proptest::collection::vec(any::<u8>(), 0..100),
        prf in 0..3_usize,
        cipher in 0..4_usize,
    ) {
        let parameters = few(PRFS[prf], KeyCipher::ALL[cipher]);
        let (algorithm, encrypted) = encrypt(&mut SysRng, parameters, &password, &plain).unwrap();
        prop_assert_eq!(encrypted.len(), plain.len() / 16 * 16 + 16);
        let der = algorithm.to_der().unwrap();
        let read = AlgorithmIdentifierRef::from_der(&der).unwrap();
        let opened = decrypt(read, &password, &encrypted).unwrap();
        prop_assert_eq!(&**opened, &*plain);
    }
}

#[test]
fn ciphers_and_functions_have_names() {
    let names = KeyCipher::ALL.map(|cipher| format!("{cipher}"));
    assert_eq!(
        names,
        ["SM4-CBC", "AES-128-CBC", "AES-192-CBC", "AES-256-CBC"]
    );
    assert_eq!(
        PRFS.map(|prf| format!("{prf}")),
        ["HMAC-SM3", "HMAC-SM3", "HMAC-SHA-256"]
    );
}
