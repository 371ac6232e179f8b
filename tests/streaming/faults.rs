//! Inputs that end, change or fail, and outputs that fail.

use super::*;
use gm_crypto::Error;
use gm_pki_tests::streams::{Dripping, Failing};
use std::io::{self, Read, Seek, SeekFrom};

/// Each kind of message with a short content, and its readers.
fn messages() -> Vec<(Vec<u8>, Dialect, Vec<Reading>)> {
    let content = content(40);
    vec![
        (signed(&content), Dialect::Strict, OF_SIGNED.to_vec()),
        (
            signed_indefinite(&content),
            Dialect::Field,
            OF_SIGNED.to_vec(),
        ),
        (enveloped(&content), Dialect::Strict, OF_ENVELOPED.to_vec()),
        (
            signed_and_enveloped(&content),
            Dialect::Strict,
            OF_SIGNED_AND_ENVELOPED.to_vec(),
        ),
    ]
}

/// Whether a reader gives nothing out before it has verified.
fn verifies_first(name: &str) -> bool {
    name.ends_with("verify_then_release")
}

#[test]
fn a_message_that_ends_anywhere_before_its_end_is_refused() {
    for (message, dialect, readers) in messages() {
        for (name, read) in readers {
            for end in 0..message.len() {
                let (output, good) = read(&message[..end], dialect);
                assert!(!good, "{name} accepts {end} octets");
                assert!(
                    output.is_empty() || !verifies_first(name),
                    "{name} at {end}"
                );
            }
            assert!(read(&message, dialect).1, "{name}");
        }
    }
}

#[test]
fn no_octet_can_be_changed_so_that_another_content_is_released_as_good() {
    let content = content(40);
    for (message, _, readers) in messages() {
        for (name, read) in readers {
            for at in 0..message.len() {
                for change in [0x01, 0x80, 0xff] {
                    let mut changed = message.clone();
                    changed[at] ^= change;
                    for dialect in [Dialect::Strict, Dialect::Field] {
                        let (output, good) = read(&changed, dialect);
                        if name == "decrypt_unauthenticated" {
                            continue;
                        }
                        assert!(!good || output == content, "{name} at {at}");
                        let released = !output.is_empty() && !good;
                        assert!(!(released && verifies_first(name)), "{name} at {at}");
                    }
                }
            }
        }
    }
}

fn is_io<T>(result: gm_crypto::Result<T>) -> bool {
    matches!(result, Err(Error::Io { .. }))
}

#[test]
fn an_input_that_fails_anywhere_is_an_error_of_the_input() {
    let content = content(40);
    let mut sink = io::sink();
    let partner = Partner::default();
    for at in 0..content.len() {
        let input = || Failing::new(Cursor::new(&content), at);
        let bob = [&BOB.certificate[..]];
        assert!(is_io(stream::sign_detached(
            &mut SysRng,
            &partner,
            signer(),
            &ALICE.key,
            input()
        )));
        assert!(is_io(stream::encrypt(
            &mut SysRng,
            &partner,
            &bob,
            input(),
            &mut sink
        )));
        // And at the second reading, which is of as many octets again.
        let second = Failing::new(Cursor::new(&content), content.len() + at);
        let written = stream::sign_attached(
            &mut SysRng,
            &partner,
            signer(),
            &ALICE.key,
            second,
            &mut sink,
        );
        assert!(is_io(written));
    }
    for (message, dialect, _) in messages().into_iter().take(2) {
        for at in 0..message.len() {
            let input = Failing::new(Cursor::new(&message), at);
            let read = stream::release_then_verify(input, dialect, alice(), &mut sink);
            assert!(is_io(read), "{at}");
        }
        // The parts are read first, then all, then the content once more.
        for at in 0..2 * message.len() {
            let input = Failing::new(Cursor::new(&message), at);
            let read = stream::verify_then_release(input, dialect, alice(), &mut sink);
            assert!(is_io(read), "{at}");
        }
    }
}

#[test]
fn an_output_that_fails_anywhere_is_an_error_of_the_output() {
    let content = content(40);
    let partner = Partner::default();
    let bob = [&BOB.certificate[..]];
    // The signature's integers may be a few octets shorter.
    for at in 0..signed(&content).len() - 8 {
        let output = Failing::new(io::sink(), at);
        let input = Cursor::new(&content);
        let written =
            stream::sign_attached(&mut SysRng, &partner, signer(), &ALICE.key, input, output);
        assert!(is_io(written), "{at}");
    }
    for at in 0..enveloped(&content).len() - 8 {
        let output = Failing::new(io::sink(), at);
        let input = Cursor::new(&content);
        let written = stream::encrypt(&mut SysRng, &partner, &bob, input, output);
        assert!(is_io(written), "{at}");
    }
    let message = signed_and_enveloped(&content);
    for at in 0..content.len() {
        let output = Failing::new(io::sink(), at);
        let input = Cursor::new(&message);
        let read = stream::decrypt_and_verify_then_release(
            input,
            Dialect::Strict,
            None,
            BOB.secret(),
            alice(),
            output,
        );
        assert!(is_io(read), "{at}");
    }
}

/// Becomes another input when it is read for the `time`-th time from the beginning.
struct Changing<'a> {
    first: &'a [u8],
    then: &'a [u8],
    time: usize,
    position: usize,
}

impl Read for Changing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let octets = if self.time == 0 {
            self.then
        } else {
            self.first
        };
        let count = octets
            .get(self.position..)
            .unwrap_or_default()
            .read(buffer)?;
        self.position += count;
        Ok(count)
    }
}

impl Seek for Changing<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => {
                self.time = self.time.saturating_sub(1);
                usize::try_from(position).expect("a position in memory")
            }
            SeekFrom::Current(offset) => {
                let offset = isize::try_from(offset).expect("an offset in memory");
                self.position
                    .checked_add_signed(offset)
                    .expect("a position in memory")
            }
            SeekFrom::End(_) => self.first.len(),
        };
        Ok(self.position as u64)
    }
}

#[test]
fn a_content_that_changes_between_two_readings_is_not_signed() {
    let first = content(1_000);
    let mut other = first.clone();
    other[999] ^= 1;
    for then in [&other[..], &first[..999], &[&first[..], b"!"].concat()] {
        let input = Changing {
            first: &first,
            then,
            time: 1,
            position: 0,
        };
        let partner = Partner::default();
        let written = stream::sign_attached(
            &mut SysRng,
            &partner,
            signer(),
            &ALICE.key,
            input,
            io::sink(),
        );
        assert!(matches!(written, Err(Error::Invalid { .. })), "{written:?}");
    }
}

#[test]
fn a_message_that_changes_after_it_was_verified_is_an_error() {
    let content = content(1_000);
    let message = signed(&content);
    let mut other = message.clone();
    let at = message
        .windows(16)
        .position(|part| part == &content[..16])
        .unwrap();
    other[at + 500] ^= 1;
    for (time, message_of) in [(1, "hashing"), (2, "releasing")] {
        let input = Changing {
            first: &message,
            then: &other,
            time,
            position: 0,
        };
        let read = stream::verify_then_release(input, Dialect::Strict, alice(), io::sink());
        assert!(read.is_err(), "changed before {message_of}");
    }
}

#[test]
fn a_key_that_is_not_the_certificates_signs_nothing() {
    let partner = Partner::default();
    let signed = stream::sign_detached(&mut SysRng, &partner, signer(), &BOB.key, &b"content"[..]);
    assert!(matches!(signed, Err(Error::Crypto)));
}

#[test]
fn whoever_is_no_recipient_gets_nothing() {
    let message = enveloped(b"content");
    let mut output = Vec::new();
    for certificate in [None, Some(&ALICE.certificate[..])] {
        let read = stream::decrypt_unauthenticated(
            &message[..],
            Dialect::Field,
            certificate,
            ALICE.secret(),
            &mut output,
        );
        assert!(matches!(read, Err(Error::Crypto)), "{read:?}");
        assert!(output.is_empty());
    }
}

#[test]
fn a_padding_that_is_none_is_refused_though_what_was_signed_stands_before_it() {
    // Whole blocks: the last one of the ciphertext is padding alone.
    let content = content(32);
    let message = signed_and_enveloped(&content);
    // [0] IMPLICIT, 48 octets, and the certificates behind them.
    let starts = |at: &usize| message[*at..].starts_with(&[0x80, 48]);
    let ends = |at: &usize| message.get(*at + 50) == Some(&0xa0);
    let start = (0..message.len())
        .find(|at| starts(at) && ends(at))
        .unwrap();
    for (name, read) in OF_SIGNED_AND_ENVELOPED {
        for at in start + 34..start + 50 {
            let mut changed = message.clone();
            changed[at] ^= 1;
            let (output, good) = read(&changed, Dialect::Strict);
            assert!(!good, "{name} at {at}");
            assert!(output.is_empty() || !verifies_first(name), "{name} at {at}");
        }
    }
}

#[test]
fn who_is_not_said_to_have_signed_is_told_from_a_signature_that_does_not_fit() {
    let message = signed_and_enveloped(b"content");
    let bob = ExpectedSigners::One(&BOB.certificate);
    let (input, dialect) = (Cursor::new(&message), Dialect::Strict);
    let (key, mut output) = (BOB.secret(), Vec::new());
    let out = &mut output;
    let read = stream::decrypt_and_verify_then_release(input, dialect, None, key, bob, out);
    assert!(matches!(read, Err(Error::Invalid { .. })), "{read:?}");
    assert!(output.is_empty());
    let (input, out) = (&message[..], io::sink());
    let read = stream::decrypt_and_release_then_verify(input, dialect, None, key, bob, out);
    assert!(matches!(read, Err(Error::Invalid { .. })), "{read:?}");
}

#[test]
fn what_stands_around_the_content_is_bounded() {
    let partner = Partner::default();
    let large = |octets: usize| {
        let length = u32::try_from(octets).unwrap().to_be_bytes();
        let inside = [&[0x04, 0x83], &length[1..]].concat();
        let around = u32::try_from(octets + 5).unwrap().to_be_bytes();
        let mut large = [&[0x30, 0x83], &around[1..], &inside].concat();
        large.resize(large.len() + octets, 0);
        large
    };
    // In one element, and in two of which each alone would do.
    for (certificate, crl) in [(0x50_0000, 0x1_0000), (0x28_0000, 0x28_0000)] {
        let plan = stream::SigningPlan::new(&partner).signer(signer()).unwrap();
        let plan = plan.certificate(&large(certificate)).unwrap();
        let plan = plan.crl(&large(crl)).unwrap();
        let prepared = plan.prepare(&b"content"[..]).unwrap();
        let e = prepared.digests().unwrap()[0];
        let signature = ALICE.key.sign_digest(&e).unwrap().to_der();
        let mut message = Vec::new();
        prepared
            .attached(&[signature])
            .unwrap()
            .write(&b"content"[..], &mut message)
            .unwrap();
        for dialect in [Dialect::Strict, Dialect::Field] {
            let input = Dripping::new(&message[..], 4_096);
            let read = stream::release_then_verify(input, dialect, alice(), io::sink());
            let limit = 0x40_0000;
            let read = read.map(|verified| verified.length());
            assert!(
                matches!(read, Err(Error::TooLarge { limit: said, .. }) if said == limit),
                "{read:?}"
            );
        }
    }
}
