use super::*;
use getrandom::SysRng;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use proptest::prelude::*;

const LAYOUTS: [Layout; 3] = [
    Layout::STANDARD,
    Layout {
        field: 32,
        integer: 4,
    },
    Layout {
        field: 64,
        integer: 8,
    },
];

fn secret() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).unwrap()
}

fn signature_structure(layout: Layout, signature: DerSignature) -> Vec<u8> {
    let raw = RawSignature::from(signature);
    let mut octets = Vec::new();
    layout.put_pair(&mut octets, raw.as_bytes());
    octets
}

/// The octets at which C finds the fields (GM/T 0018-2012, 5.4).
#[test]
fn the_standards_sizes() {
    let standard = Layout::STANDARD;
    assert_eq!(standard.public_key(), 132);
    assert_eq!(standard.signature(), 128);
    assert_eq!(standard.cipher_head(), 164);
    let narrow = LAYOUTS[1];
    assert_eq!(narrow.public_key(), 68);
    assert_eq!(narrow.signature(), 64);
    assert_eq!(narrow.cipher_head(), 100);
}

#[test]
fn a_public_key_stands_right_in_its_fields() {
    let key = secret().public_key();
    let octets = Layout::STANDARD.write_public_key(&key);
    let point = key.to_uncompressed();
    assert_eq!(octets[..4], [0, 1, 0, 0], "256 bits, little endian");
    assert_eq!(octets[4..36], [0; 32]);
    assert_eq!(octets[36..68], point[1..33]);
    assert_eq!(octets[68..100], [0; 32]);
    assert_eq!(octets[100..], point[33..]);
}

#[test]
fn what_cannot_be_is_told_by_name() {
    for layout in LAYOUTS {
        let key = layout.write_public_key(&secret().public_key());
        let mut other = key.clone();
        other[1] = 2;
        assert_eq!(
            layout.read_public_key(&other),
            Err("a public key that has not 256 bits")
        );
        let mut other = key.clone();
        *other.last_mut().unwrap() ^= 1;
        assert_eq!(
            layout.read_public_key(&other),
            Err("a public key that is not on the curve")
        );
        assert_eq!(
            layout.read_public_key(&key[1..]),
            Err("a public key that has not 256 bits")
        );
        assert_eq!(
            layout.read_public_key(&key[..key.len() - 1]),
            Err("a structure that is cut short")
        );
        assert_eq!(
            layout.read_public_key(&[&key[..], &[0]].concat()),
            Err("a structure with octets behind its end")
        );
        for (r, s) in [(0, 1), (1, 0)] {
            let mut signature = vec![0; layout.signature()];
            signature[layout.field - 1] = r;
            signature[2 * layout.field - 1] = s;
            assert_eq!(
                layout.read_signature(&signature),
                Err("a signature whose r or s is out of range")
            );
        }
        let too_large = vec![0xff; layout.signature()];
        assert!(layout.read_signature(&too_large).is_err());
    }
    let mut wide = vec![0; 128];
    wide[31] = 1;
    assert_eq!(
        Layout::STANDARD.read_signature(&wide),
        Err("a number of more than 256 bits")
    );
}

#[test]
fn a_ciphertext_is_not_longer_than_its_room() {
    let ciphertext = secret()
        .public_key()
        .encrypt(&mut SysRng, b"sixteen octets..")
        .unwrap();
    for layout in LAYOUTS {
        let octets = layout.write_ciphertext(&ciphertext);
        assert_eq!(octets.len(), layout.cipher_head() + 16);
        assert_eq!(
            layout.read_ciphertext(&[&octets[..], b"behind"].concat()),
            Ok(ciphertext.clone())
        );
        for length in [17_u32, u32::MAX] {
            let mut other = octets.clone();
            let place = layout.cipher_head() - layout.integer;
            other[place..place + 4].copy_from_slice(&length.to_le_bytes());
            assert_eq!(
                layout.read_ciphertext(&other),
                Err("a ciphertext that says it is longer than its room")
            );
        }
    }
}

#[test]
fn room_tells_a_device_that_writes_behind_its_structure() {
    let mut room = Room::of(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(room.octets(), Ok(vec![1, 2, 3, 4, 5, 6, 7, 8, 9]));
    room.words[1] |= 1_u64.to_ne_bytes()[0] as u64;
    *room.words.last_mut().unwrap() = 1;
    assert!(room.octets().unwrap_err().contains("variant"));
    assert_eq!(Room::new(3).octets(), Ok(vec![0; 3]));
    assert_eq!(room.pointer().align_offset(8), 0);
}

#[test]
fn text_ends_at_the_first_zero_and_has_no_controls() {
    let mut fields = Fields(b"Maker  \0garbage\x1b[2Jred\xff");
    assert_eq!(fields.text(15), Ok("Maker".into()));
    assert_eq!(fields.text(8), Ok("[2Jred\u{fffd}".into()));
    assert!(fields.text(1).is_err());
}

proptest! {
    #[test]
    fn what_is_written_is_read(seed in any::<[u8; 31]>(), message in proptest::collection::vec(any::<u8>(), 1..200)) {
        let mut scalar = [1; 32];
        scalar[1..].copy_from_slice(&seed);
        let secret = SecretKey::from_bytes(&scalar).unwrap();
        let ciphertext = secret.public_key().encrypt(&mut SysRng, &message).unwrap();
        let signature = SigningKey::new(secret.clone(), UserId::default()).sign_digest(&scalar).unwrap();
        for layout in LAYOUTS {
            let key = layout.write_public_key(&secret.public_key());
            prop_assert_eq!(key.len(), layout.public_key());
            prop_assert_eq!(layout.read_public_key(&key), Ok(secret.public_key()));
            let octets = layout.write_ciphertext(&ciphertext);
            prop_assert_eq!(layout.read_ciphertext(&octets), Ok(ciphertext.clone()));
            let octets = signature_structure(layout, signature);
            prop_assert_eq!(layout.read_signature(&octets), Ok(signature));
        }
    }

    #[test]
    fn any_octets_are_an_answer_or_a_misfit(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        for layout in LAYOUTS {
            let _ = layout.read_public_key(&octets);
            let _ = layout.read_signature(&octets);
            let _ = layout.read_ciphertext(&octets);
        }
    }
}
