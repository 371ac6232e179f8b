use super::*;
use gm_crypto::sm4::cipher::{KeyIvInit, block_padding};

const KEY: [u8; 16] = [7; 16];
const IV: [u8; 16] = [0xFE; 16];
const MODES: [Mode; 5] = [Mode::Ecb, Mode::Cbc, Mode::Cfb, Mode::Ofb, Mode::Ctr];

fn message(length: u8) -> Vec<u8> {
    (0..length).collect()
}

fn run(mut cipher: Cipher, pieces: &[&[u8]]) -> Vec<u8> {
    let mut octets = Vec::new();
    for piece in pieces {
        let most = cipher.output_length(piece.len(), false);
        let given = cipher.update(piece);
        assert!(given.len() <= most);
        octets.extend_from_slice(&given);
    }
    octets.extend_from_slice(&cipher.finish().unwrap());
    octets
}

#[test]
fn every_cut_of_a_message_gives_the_octets_of_the_whole() {
    for mode in MODES {
        for padding in [Padding::None, Padding::Pkcs7] {
            for length in [0, 16, 32, 45, 48] {
                if mode.is_in_blocks() && padding == Padding::None && length % 16 != 0 {
                    continue;
                }
                let message = message(length);
                let new = |direction| Cipher::new(direction, mode, padding, &KEY, &IV);
                let sealed = run(new(Direction::Encrypt), &[&message]);
                for cut in 0..=message.len() {
                    let (a, b) = message.split_at(cut);
                    assert_eq!(run(new(Direction::Encrypt), &[a, b]), sealed, "{mode:?}");
                }
                for cut in 0..=sealed.len() {
                    let (a, b) = sealed.split_at(cut);
                    assert_eq!(run(new(Direction::Decrypt), &[a, b]), message, "{mode:?}");
                }
            }
        }
    }
}

#[test]
fn what_the_iv_of_one_call_goes_on_with_is_one_message() {
    for mode in MODES {
        for direction in [Direction::Encrypt, Direction::Decrypt] {
            let message = message(64);
            let new = |iv| Cipher::new(direction, mode, Padding::None, &KEY, &iv);
            let whole = run(new(IV), &[&message]);
            let mut first = new(IV);
            let mut octets = first.update(&message[..32]).to_vec();
            octets.extend_from_slice(&new(first.next_iv()).update(&message[32..]));
            assert_eq!(octets, whole, "{mode:?} {direction:?}");
        }
    }
}

#[test]
fn cbc_with_padding_is_what_the_mode_itself_gives() {
    let message = message(45);
    let ours = run(
        Cipher::new(Direction::Encrypt, Mode::Cbc, Padding::Pkcs7, &KEY, &IV),
        &[&message],
    );
    let theirs = CbcEncryptor::new(&KEY.into(), &IV.into())
        .encrypt_padded_vec::<block_padding::Pkcs7>(&message);
    assert_eq!(ours, theirs);
}

#[test]
fn a_begun_block_without_padding_and_a_wrong_padding_are_refused() {
    let new = |padding| Cipher::new(Direction::Decrypt, Mode::Cbc, padding, &KEY, &IV);
    for padding in [Padding::None, Padding::Pkcs7] {
        let mut cipher = new(padding);
        cipher.update(&[1; 17]);
        assert_eq!(cipher.finish().unwrap_err(), SymmetricError::Ragged);
    }
    // Decrypts to something that ends with no padding.
    let sealed = run(
        Cipher::new(Direction::Encrypt, Mode::Cbc, Padding::None, &KEY, &IV),
        &[&[0; 16]],
    );
    let mut cipher = new(Padding::Pkcs7);
    cipher.update(&sealed);
    assert_eq!(cipher.finish().unwrap_err(), SymmetricError::Unopened);
}

#[test]
fn the_mac_is_the_last_block_of_cbc_and_wants_whole_blocks() {
    let message = message(48);
    let sealed = run(
        Cipher::new(Direction::Encrypt, Mode::Cbc, Padding::None, &KEY, &IV),
        &[&message],
    );
    let mut mac = CbcMac::new(&KEY, &IV);
    mac.update(&message[..5]);
    assert_eq!(mac.clone().finish().unwrap_err(), SymmetricError::Ragged);
    mac.update(&message[5..]);
    assert_eq!(mac.finish().unwrap()[..], sealed[32..]);
    assert_eq!(
        CbcMac::new(&KEY, &IV).finish().unwrap_err(),
        SymmetricError::Ragged
    );
}

#[test]
fn gcm_opens_what_it_sealed_and_nothing_changed() {
    let (sealed, mut tag) = gcm_seal(&KEY, &[1; 12], b"head", b"body").unwrap();
    assert_eq!(
        **gcm_open(&KEY, &[1; 12], b"head", &sealed, &tag).unwrap(),
        *b"body"
    );
    tag[0] ^= 1;
    assert!(gcm_open(&KEY, &[1; 12], b"head", &sealed, &tag).is_err());
    assert!(gcm_seal(&KEY, &[], b"", b"").is_err());
}
