use super::*;
use getrandom::SysRng;

const WIDTHS: [Width; 2] = [Width::Bits256, Width::Bits512];

fn key() -> SecretKey {
    SecretKey::from_bytes(&[0x11; 32]).unwrap()
}

#[test]
fn lengths_are_those_of_the_standard_and_of_its_older_build() {
    let lengths = WIDTHS.map(|width| {
        (
            width.public_key(),
            width.private_key(),
            width.signature(),
            width.cipher_head(),
        )
    });
    assert_eq!(lengths, [(68, 36, 64, 100), (132, 68, 128, 164)]);
}

#[test]
fn what_is_written_is_read_again_in_both_widths_and_in_no_other() {
    let key = key();
    let public = key.public_key();
    let signature = [0x22; 64];
    let cipher = public.encrypt(&mut SysRng, b"a key of SM4 ...").unwrap();
    for width in WIDTHS {
        let written = write_public_key(&public, width);
        assert_eq!(written.len(), width.public_key());
        assert_eq!(read_public_key(&written, width), Ok(public));
        let private = write_private_key(&key, width);
        assert_eq!(private.len(), width.private_key());
        let read = read_private_key(&private, width).unwrap();
        assert_eq!(read.public_key(), public);
        let blob = write_signature(&signature, width);
        assert_eq!(read_signature(&blob, width), Ok(signature));
        let sealed = write_cipher(&cipher, width);
        assert_eq!(sealed.len(), width.cipher_head() + 16);
        assert_eq!(read_cipher(&sealed, width).as_ref(), Ok(&cipher));

        let other = WIDTHS[usize::from(width == WIDTHS[0])];
        assert!(read_public_key(&written, other).is_err());
        assert!(read_private_key(&private, other).is_err());
        assert!(read_signature(&blob, other).is_err());
        assert!(read_cipher(&sealed, other).is_err());
    }
}

#[test]
fn fields_stand_where_the_standard_puts_them() {
    let public = key().public_key();
    let point = public.to_uncompressed();
    let written = write_public_key(&public, Width::Bits512);
    assert_eq!(written[..4], 256u32.to_ne_bytes());
    assert_eq!(written[4..36], [0; 32]);
    assert_eq!(written[36..68], point[1..33]);
    assert_eq!(written[68..100], [0; 32]);
    assert_eq!(written[100..], point[33..]);
    let cipher = public.encrypt(&mut SysRng, b"five!").unwrap();
    let raw = cipher.write(CiphertextForm::C1C3C2Without04);
    let written = write_cipher(&cipher, Width::Bits512);
    assert_eq!(written[32..64], raw[..32]);
    assert_eq!(written[96..128], raw[32..64]);
    assert_eq!(written[128..160], raw[64..96]);
    assert_eq!(written[160..164], 5u32.to_ne_bytes());
    assert_eq!(written[164..], raw[96..]);
}

#[test]
fn every_field_that_lies_is_refused() {
    let width = Width::Bits512;
    let key = key();
    let public = key.public_key();
    let change = |octets: &[u8], place: usize| {
        let mut octets = octets.to_vec();
        octets[place] ^= 1;
        octets
    };
    let written = write_public_key(&public, width);
    for place in [0, 4, 40, 70, 131] {
        assert!(read_public_key(&change(&written, place), width).is_err());
    }
    let written = write_private_key(&key, width);
    for place in [1, 4] {
        assert!(read_private_key(&change(&written, place), width).is_err());
    }
    assert!(read_signature(&change(&write_signature(&[1; 64], width), 0), width).is_err());
    let cipher = public.encrypt(&mut SysRng, &[1; 16]).unwrap();
    let written = write_cipher(&cipher, width);
    for place in [0, 40, 64, 160, 163] {
        assert!(read_cipher(&change(&written, place), width).is_err());
    }
    assert!(read_cipher(&written[..164], width).is_err());
    assert_eq!(cipher_length(&written[..164], width), Ok(16));
    assert!(cipher_length(&written[..163], width).is_err());
}
