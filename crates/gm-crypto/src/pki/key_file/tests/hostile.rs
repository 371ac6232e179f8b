//! Files that somebody broke: cut, changed octet by octet, and built to lie.

use super::{
    made::{CURVE, cfca, sealed, sec1},
    *,
};

fn outcome(octets: &[u8]) -> Result<SecretKey> {
    PrivateKeyFile::read(octets)?.open(Some(PASSWORD))
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let key = key();
    let mut all: Vec<_> = hand_made(&key)
        .into_iter()
        .map(|made| (made.name, made.octets))
        .collect();
    all.extend(
        written(&key)
            .into_iter()
            .map(|(_, octets, _)| ("", octets))
            .take(12),
    );
    all
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for (name, octets) in samples() {
        // The last line end of a text is nobody's loss.
        for length in 0..octets.trim_ascii_end().len() {
            let cut = outcome(&octets[..length]);
            assert!(cut.is_err(), "{name}: {length} of {}", octets.len());
        }
    }
}

#[test]
fn a_changed_octet_is_refused_or_changes_nothing() {
    let whole = *key().to_bytes();
    for (name, octets) in samples() {
        // One bit of the scalar gives another key, where no public key stands beside it.
        let checked = PrivateKeyFile::read(&octets).unwrap();
        let unchecked = checked.remarks().contains(&KeyRemark::NoPublicKey);
        for place in 0..octets.len() {
            for bit in [0, 5, 7] {
                let mut changed = octets.clone();
                changed[place] ^= 1 << bit;
                if let Ok(found) = outcome(&changed) {
                    assert!(
                        unchecked || *found.to_bytes() == whole,
                        "{name}: octet {place}, bit {bit}"
                    );
                }
            }
        }
    }
}

#[test]
fn der_is_strict() {
    for (name, octets) in samples() {
        if octets[0] != SEQUENCE && octets[0] != INTEGER {
            continue;
        }
        let start = if octets[1] < 0x80 {
            2
        } else {
            2 + usize::from(octets[1] & 0x7f)
        };
        let (tag, inside) = (octets[0], &octets[start..]);
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        for changed in [
            // A trailing octet, a length in too many octets, an indefinite length, lies.
            [&octets[..], &[0]].concat(),
            [&[tag, 0x83, 0], &length[..], inside].concat(),
            [&[tag, 0x88, 0, 0, 0, 0, 0, 0], &length[..], inside].concat(),
            [&[tag, 0x80], inside, &[0, 0]].concat(),
            [&[tag, 0x84, 0xff, 0xff, 0xff, 0xff], inside].concat(),
            [&[tag, 0x82, 0x7f, 0xff], inside].concat(),
            [&[tag, 0xff], inside].concat(),
        ] {
            match outcome(&changed) {
                Err(Error::Malformed { source, .. }) => {
                    // Kind and offset.
                    assert!(source.position().is_some(), "{name}: {source}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[test]
fn an_integer_that_is_negative_padded_or_too_long_is_refused() {
    let good = tlv(2, &[&[0x70; 32]]);
    assert!(outcome(&good).is_ok());
    for inside in [
        &[0x90; 32][..],
        &[&[0], &[0x70; 32][..]].concat(),
        &[&[0xff], &[0x70; 32][..]].concat(),
        &[0x70; 33],
        &[0x70; 4_000],
        &[],
    ] {
        assert!(outcome(&tlv(2, &[inside])).is_err(), "{inside:02x?}");
    }
    // Fewer octets are a number like any other.
    assert_eq!(outcome(&tlv(2, &[&[5]])).unwrap().to_bytes()[31], 5);
}

#[test]
fn a_scalar_of_another_length_is_refused_in_structures() {
    for length in [0, 1, 31, 33, 64] {
        let der = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(4, &[&vec![7; length]]),
                &tlv(0xa0, &[CURVE]),
            ],
        );
        assert!(
            matches!(outcome(&der), Err(Error::Invalid { .. })),
            "{length}"
        );
    }
    for version in [0, 2, 0x7f] {
        let der = tlv(0x30, &[&[2, 1, version], &tlv(4, &[&[7; 32]])]);
        assert!(
            matches!(outcome(&der), Err(Error::Invalid { .. })),
            "{version}"
        );
    }
}

#[test]
fn deep_nesting_and_many_elements_cost_nothing() {
    let mut deep = vec![];
    for _ in 0..2_000 {
        deep = tlv(0x30, &[&deep]);
    }
    assert!(outcome(&deep).is_err());
    let many = tlv(0x30, &[&[5, 0].repeat(30_000)]);
    assert!(outcome(&many).is_err());
}

/// PBES2 has no MAC. Whatever comes out of a decryption and is no good key is told in one
/// way; a person may be told more.
#[test]
fn what_is_wrong_inside_is_told_to_its_owner_alone() {
    let key = key();
    let foreign = SecretKey::from_bytes(&[9; 32]).unwrap().public_key();
    let p256 = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let mut out_of_range = sec1(&key, CURVE, &[]);
    out_of_range[7..39].fill(0xff);
    // (inside, whether the owner is told that it is something other than the password)
    for (inside, told) in [
        (sec1(&key, CURVE, &foreign.to_uncompressed()), true),
        (sec1(&key, &p256, &[]), true),
        (out_of_range, true),
        (b"random octets".to_vec(), false),
        (vec![], false),
        (sec1(&key, CURVE, &[])[..40].to_vec(), false),
        ([&sec1(&key, CURVE, &[])[..], &[0]].concat(), false),
    ] {
        let der = sealed(&inside);
        assert!(matches!(
            decode_private_key_encrypted(&der, PASSWORD),
            Err(Error::WrongPassword)
        ));
        let file = PrivateKeyFile::read(&der).unwrap();
        assert!(matches!(
            file.open(Some(PASSWORD)),
            Err(Error::WrongPassword)
        ));
        let explained = file.open_explained(Some(PASSWORD));
        let explained = explained.expect_err("it is no key");
        assert_eq!(
            !matches!(explained, Error::WrongPassword),
            told,
            "{explained}"
        );
        assert!(matches!(
            file.open_explained(Some(b"other")),
            Err(Error::WrongPassword)
        ));
    }
    // The key file of CFCA: a scalar that is not the certificate's, or no scalar.
    for (scalar, public, told) in [
        (&key.to_bytes()[..], foreign, true),
        (&[0xff; 32], key.public_key(), true),
        (&[7; 31], key.public_key(), false),
    ] {
        let file = PrivateKeyFile::read(&cfca(PASSWORD, scalar, &public)).unwrap();
        assert!(matches!(
            file.open(Some(PASSWORD)),
            Err(Error::WrongPassword)
        ));
        let explained = file
            .open_explained(Some(PASSWORD))
            .expect_err("it is no key");
        assert_eq!(
            matches!(explained, Error::Invalid { .. }),
            told,
            "{explained}"
        );
    }
}

#[test]
fn every_ciphertext_octet_that_changes_gives_the_same_answer() {
    let der = encode_private_key_encrypted(&mut SysRng, &key(), PASSWORD, few()).unwrap();
    let text = encode_private_key_legacy_pem(&mut SysRng, &key(), PASSWORD).unwrap();
    let block = pem::blocks(text.as_bytes()).next().unwrap().unwrap();
    let headers = block.headers().to_vec();
    for place in 0..144 {
        let mut changed = der.clone();
        let last = changed.len() - 144;
        changed[last + place] ^= 0x20;
        assert!(
            matches!(outcome(&changed), Err(Error::WrongPassword)),
            "{place}"
        );
        if let Some(octet) = block.contents().get(place) {
            let mut contents = block.contents().to_vec();
            contents[place] = octet ^ 0x20;
            let text = pem::encode_with_headers(block.label(), &headers, &contents);
            assert!(
                matches!(outcome(text.as_bytes()), Err(Error::WrongPassword)),
                "{place}"
            );
        }
    }
}

#[test]
fn headers_that_do_not_fit_are_refused() {
    let good = encode_private_key_legacy_pem(&mut SysRng, &key(), PASSWORD).unwrap();
    assert!(outcome(good.as_bytes()).is_ok());
    assert!(outcome(good.replace("SM4-CBC", "sm4-cbc").as_bytes()).is_ok());
    assert!(outcome(good.replace("4,ENCRYPTED", "4, ENCRYPTED").as_bytes()).is_ok());
    let iv = good
        .split_once("SM4-CBC,")
        .unwrap()
        .1
        .lines()
        .next()
        .unwrap();
    for (from, to) in [
        ("Proc-Type: 4,ENCRYPTED\n", ""),
        ("4,ENCRYPTED", "4,MIC-ONLY"),
        ("4,ENCRYPTED", "3,ENCRYPTED"),
        ("SM4-CBC", "SM4-CFB"),
        ("SM4-CBC", "DES-EDE3-CBC"),
        ("SM4-CBC,", "SM4-CBC"),
        (iv, &iv[1..]),
        (iv, &format!("{iv}0")),
        (iv, &format!("+{}", &iv[1..])),
        (iv, &format!("G{}", &iv[1..])),
        (iv, ""),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good);
        let refused = PrivateKeyFile::read(text.as_bytes());
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{text}");
    }
    let without = good.lines().filter(|line| !line.contains("DEK-Info"));
    let without = without.collect::<Vec<_>>().join("\n");
    assert!(PrivateKeyFile::read(without.as_bytes()).is_err());
}

#[test]
fn cfcas_file_is_strict_about_what_it_is() {
    let key = key();
    let good = cfca(PASSWORD, &*key.to_bytes(), &key.public_key());
    let file = PrivateKeyFile::read(&good).unwrap();
    assert_eq!(file.public_key_beside(), Some(key.public_key()));
    assert_eq!(
        file.certificate().unwrap(),
        made::certificate(&key.public_key())
    );
    // Another version, content type, cipher; a certificate that is none.
    let at = |needle: &[u8]| {
        good.windows(needle.len())
            .position(|part| part == needle)
            .unwrap()
    };
    let data = at(&[0x81, 0x1c, 0xcf, 0x55, 6, 1, 4, 2, 1]) + 8;
    let cipher = at(&[0x81, 0x1c, 0xcf, 0x55, 1, 0x68]) + 5;
    let version = at(&[2, 1, 1]) + 2;
    for (place, value) in [(version, 2), (data, 2), (cipher, 0x67)] {
        let mut changed = good.clone();
        changed[place] = value;
        assert!(PrivateKeyFile::read(&changed).is_err());
    }
}

proptest! {
    #[test]
    fn any_octets_are_taken_without_a_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = PrivateKeyFile::read(&octets);
        let _ = PrivateKeyFile::read_raw_scalar(&octets);
        let _ = decode_private_key(&octets);
        let _ = PrivateKeyFile::read(&[b"0", &octets[..]].concat());
    }
}
