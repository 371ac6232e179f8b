//! What somebody who bends messages is told by their reader.

use super::super::enveloped::tests::Owner;
use super::*;
use alloc::{format, string::String};
use getrandom::SysRng;

/// Three blocks in CBC, the padding 8 octets of 08.
const CONTENT: [u8; 40] = *b"forty octets of content, no more no less";
const SEALED: usize = 48;

fn sealed(signer: &Owner, recipient: &Owner, content: &[u8]) -> Vec<u8> {
    SignedAndEnvelopedDataDraft::new(&Partner::default(), Zeroizing::new(content.to_vec()))
        .recipient(&recipient.certificate)
        .signer(&signer.certificate)
        .unwrap()
        .sign(&mut SysRng, &[&signer.key])
        .unwrap()
}

/// Where the encrypted content begins: [0] in front of whole blocks, and the certificates.
fn content_at(message: &[u8], length: usize) -> usize {
    let header = [0x80, u8::try_from(length).unwrap()];
    let at = (0..message.len() - length).find(|at| {
        message[*at..].starts_with(&header) && message[at + 2 + length..].starts_with(&[0xa0])
    });
    at.unwrap() + 2
}

fn bend(message: &[u8], at: usize) -> Vec<u8> {
    let mut bent = message.to_vec();
    bent[at] ^= 1;
    bent
}

/// What each reader says to a message, of which none should be good.
fn said(message: &[u8], signer: &Owner, recipient: &Owner) -> Vec<String> {
    let (key, certificate) = (recipient.secret(), &signer.certificate[..]);
    let mut said = Vec::new();
    for dialect in [Dialect::Strict, Dialect::Field] {
        match SignedAndEnvelopedData::read(message, dialect) {
            Err(error) => said.push(format!("{error:?}")),
            Ok(read) => {
                said.push(format!(
                    "{:?}",
                    read.open(None, key, certificate).unwrap_err()
                ));
                let decrypted = || read.decrypt(None, key);
                let verified = decrypted().and_then(|content| content.verify(certificate));
                said.push(format!("{:?}", verified.unwrap_err()));
                let all = decrypted().and_then(|content| content.verify_all(&[certificate]));
                said.push(format!("{:?}", all.unwrap_err()));
                let each = decrypted().and_then(|content| content.verify_each(&[certificate]));
                said.push(format!("{:?}", each.unwrap_err()));
            }
        }
        #[cfg(feature = "std")]
        said.append(&mut said_of_streams(message, dialect, signer, recipient));
    }
    said
}

#[cfg(feature = "std")]
fn said_of_streams(
    message: &[u8],
    dialect: Dialect,
    signer: &Owner,
    recipient: &Owner,
) -> Vec<String> {
    use crate::message::stream::{
        ExpectedSigners, decrypt_and_release_then_verify, decrypt_and_verify_then_release,
    };
    let (key, certificate) = (recipient.secret(), &signer.certificate[..]);
    let both = [certificate, &recipient.certificate];
    let mut said = Vec::new();
    for expected in [
        ExpectedSigners::One(certificate),
        ExpectedSigners::All(&both),
        ExpectedSigners::Each(&both[..1]),
    ] {
        let (input, mut output) = (std::io::Cursor::new(message), Vec::new());
        let result =
            decrypt_and_verify_then_release(input, dialect, None, key, expected, &mut output);
        said.push(format!("{:?}", result.unwrap_err()));
        assert!(output.is_empty());
        let result =
            decrypt_and_release_then_verify(message, dialect, None, key, expected, &mut output);
        said.push(format!("{:?}", result.unwrap_err()));
    }
    said
}

#[test]
fn nobody_learns_whether_the_padding_was_good() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let good = sealed(&signer, &recipient, &CONTENT);
    let at = content_at(&good, SEALED);
    // In CBC a bit of one block is that bit of the next: content, or the length of the
    // padding.
    let (padded, unpadded) = (bend(&good, at + 16), bend(&good, at + 31));
    let decrypted = |message: &[u8]| {
        let message = SignedAndEnvelopedData::read(message, Dialect::Strict).unwrap();
        let content = message.decrypt(None, recipient.secret()).unwrap();
        content.into_unauthenticated().is_ok()
    };
    assert!(decrypted(&padded) && !decrypted(&unpadded));
    let crypto = format!("{:?}", Error::Crypto);
    for message in [&padded, &unpadded] {
        let said = said(message, &signer, &recipient);
        assert!(said.iter().all(|text| *text == crypto), "{said:?}");
    }
    let mut others = 0;
    for tail in at + SEALED..good.len() {
        let [one, other] = [&padded, &unpadded].map(|message| {
            let bent = bend(message, tail);
            said(&bent, &signer, &recipient)
        });
        assert_eq!(one, other, "{tail}");
        others += usize::from(one.iter().any(|text| *text != crypto));
    }
    assert!(others > 20, "some tails are refused for themselves");
    for length in at + SEALED..good.len() {
        let [one, other] =
            [&padded, &unpadded].map(|message| said(&message[..length], &signer, &recipient));
        assert_eq!(one, other, "{length}");
    }
}

#[test]
fn nobody_learns_whether_a_content_looks_like_attributes() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let digest = crate::message::Attribute::message_digest(&[7; 32]).unwrap();
    let mut content = Set::new(vec![digest]).unwrap().to_der().unwrap();
    content[0] ^= 1;
    let message = sealed(&signer, &recipient, &content);
    let at = content_at(&message, content.len() / 16 * 16 + 16);
    // A bit of the initial vector, which stands in front, is that bit of the first block.
    let vector = at - 2 - 16;
    let opened = |message: &[u8]| {
        let message = SignedAndEnvelopedData::read(message, Dialect::Strict).unwrap();
        let content = message.decrypt(None, recipient.secret()).unwrap();
        let content = content.into_unauthenticated().unwrap();
        content.into_unauthenticated_bytes()
    };
    let (confusing, other) = (bend(&message, vector), bend(&message, vector + 1));
    assert_eq!(opened(&confusing)[0], 0x31);
    assert_eq!(opened(&other)[0], 0x30);
    let crypto = format!("{:?}", Error::Crypto);
    for message in [confusing, other] {
        let said = said(&message, &signer, &recipient);
        assert!(said.iter().all(|text| *text == crypto), "{said:?}");
    }
}

#[test]
fn each_of_several_signed_or_nothing_is_given_out() {
    let [one, two, three] = [1, 2, 3].map(Owner::new);
    let draft =
        SignedAndEnvelopedDataDraft::new(&Partner::default(), Zeroizing::new(CONTENT.to_vec()))
            .recipient(&three.certificate);
    let draft = draft.signer(&one.certificate).unwrap();
    let draft = draft.signer(&two.certificate).unwrap();
    let message = draft.sign(&mut SysRng, &[&one.key, &two.key]).unwrap();
    let message = SignedAndEnvelopedData::read(&message, Dialect::Strict).unwrap();
    let each = |owners: &[&Owner]| {
        let certificates: Vec<_> = owners.iter().map(|owner| &owner.certificate).collect();
        let content = message.decrypt(None, three.secret()).unwrap();
        content.verify_each(&certificates)
    };
    for owners in [&[&one][..], &[&two, &one]] {
        assert_eq!(*each(owners).unwrap(), CONTENT);
    }
    for owners in [&[][..], &[&three], &[&one, &three], &[&one, &two, &three]] {
        assert!(matches!(each(owners), Err(Error::Invalid { .. })));
    }
}

#[test]
fn a_signature_that_was_copied_is_refused() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let message = sealed(&signer, &recipient, &CONTENT);
    let wire = |message: &[u8]| -> Result<Wire> {
        KIND.open(message, &mut Forgiven::new(Dialect::Strict))
    };
    let mut copied = wire(&message).unwrap();
    let mut signers = copied.signers.into_vec();
    signers.push(signers[0].clone());
    copied.signers = Set::new(signers).unwrap();
    let copied = KIND.close(&Partner::default(), &copied).unwrap();
    assert_eq!(wire(&copied).unwrap().signers.as_slice().len(), 2);
    for dialect in [Dialect::Strict, Dialect::Field] {
        let error = SignedAndEnvelopedData::read(&copied, dialect).unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error}");
    }
}
