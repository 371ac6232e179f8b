//! What is written as a stream is what is written in memory, and each reads the other.

use super::*;
use der::asn1::BitString;
use gm_crypto::message::{
    Attribute, Deviation, EnvelopedData, SignedAndEnvelopedData, SignedAndEnvelopedDataDraft,
    SignedMessage, UnverifiedSignedData,
    stream::{EnvelopeWriter, SigningPlan},
};
use gm_pki_tests::streams::{Dripping, Source};
use std::io::Write;

/// Around nothing, blocks of SM4 and SM3, lengths of DER, and the buffers.
const LENGTHS: [usize; 16] = [
    0, 1, 15, 16, 17, 63, 64, 127, 128, 255, 256, 65_535, 65_536, 131_071, 131_072, 300_001,
];

fn memory_signers(attributes: bool) -> Vec<Signer> {
    let signer = |party: &Party| {
        let signer = Signer::new(&party.certificate).unwrap();
        if attributes {
            signer.with_attributes()
        } else {
            signer
        }
    };
    vec![signer(&ALICE), signer(&BOB)]
}

#[test]
fn signed_messages_are_those_made_in_memory_octet_for_octet() {
    let content = content(5_000);
    for partner in partners() {
        for attributes in [false, true] {
            let in_memory = SignedMessage::new(content.clone()).partner(partner);
            let detached = in_memory
                .clone()
                .detached()
                .prepare(memory_signers(attributes))
                .unwrap();
            let in_memory = in_memory.prepare(memory_signers(attributes)).unwrap();
            let prepare = || {
                let plan = SigningPlan::new(&partner);
                let plan = memory_signers(attributes)
                    .into_iter()
                    .try_fold(plan, SigningPlan::signer);
                plan.unwrap().prepare(&content[..]).unwrap()
            };
            let digests = prepare().digests().unwrap();
            let theirs: Vec<_> = in_memory.to_sign().map(|one| one.e().unwrap()).collect();
            assert_eq!(digests, theirs);
            let sign = |(party, e): (&Party, &[u8; 32])| party.key.sign_digest(e).unwrap().to_der();
            let parties = [&*ALICE, &*BOB];
            let signatures: Vec<_> = parties.into_iter().zip(&digests).map(sign).collect();
            let bits: Vec<_> = signatures
                .iter()
                .map(|octets| BitString::from_bytes(octets).unwrap())
                .collect();
            assert_eq!(
                prepare().detached(&signatures).unwrap(),
                detached.attach_all(&bits).unwrap()
            );
            let message = prepare().attached(&signatures).unwrap();
            let length = message.length();
            let mut written = Vec::new();
            message.write(&content[..], &mut written).unwrap();
            assert_eq!(written.len() as u64, length);
            assert_eq!(written, in_memory.attach_all(&bits).unwrap());

            let both = [&ALICE.certificate[..], &BOB.certificate[..]];
            let mut released = Vec::new();
            let verified = stream::verify_then_release(
                Cursor::new(&written),
                dialect_for(&partner),
                ExpectedSigners::All(&both),
                &mut released,
            )
            .unwrap();
            let in_memory = UnverifiedSignedData::read(&written, dialect_for(&partner)).unwrap();
            assert_eq!(verified.deviations(), in_memory.deviations());
            assert_eq!(verified.content_type(), in_memory.content_type());
            assert_eq!(verified.certificates(), in_memory.certificates());
            assert_eq!(verified.signers().len(), 2);
            assert_eq!(released, content);
        }
    }
}

#[test]
fn signed_messages_of_all_lengths_are_read_everywhere() {
    for length in LENGTHS {
        let content = content(length);
        let message = signed(&content);
        let in_memory = UnverifiedSignedData::from_der(&message).unwrap();
        let in_memory = in_memory.verify(&ALICE.certificate).unwrap();
        assert_eq!(in_memory.as_bytes(), content);
        for (name, read) in OF_SIGNED {
            assert_eq!(
                read(&message, Dialect::Strict),
                (content.clone(), true),
                "{name}"
            );
        }
        let read = stream::verify_attached(Cursor::new(&message), Dialect::Strict, alice());
        assert_eq!(read.unwrap().length(), length as u64);
    }
}

#[test]
fn content_elsewhere_is_signed_and_verified_as_in_memory() {
    for length in LENGTHS {
        let content = content(length);
        let partner = Partner::default();
        let message =
            stream::sign_detached(&mut SysRng, &partner, signer(), &ALICE.key, &content[..])
                .unwrap();
        let read = || UnverifiedSignedData::from_der(&message).unwrap();
        read()
            .verify_detached(&ALICE.certificate, &content)
            .unwrap();
        let dripping = Dripping::new(&content[..], 1_000);
        let verified = stream::verify_detached(read(), alice(), dripping).unwrap();
        assert_eq!(verified.length(), length as u64);
        let longer = [&content[..], b"!"].concat();
        assert!(stream::verify_detached(read(), alice(), &longer[..]).is_err());
        let bob = ExpectedSigners::One(&BOB.certificate);
        assert!(stream::verify_detached(read(), bob, &content[..]).is_err());
    }
    // A message with its content inside is not one without.
    let inside = UnverifiedSignedData::from_der(&signed(b"content")).unwrap();
    assert!(stream::verify_detached(inside, alice(), &b"content"[..]).is_err());
}

#[test]
fn indefinite_lengths_are_read_in_the_dialect_and_named() {
    for length in LENGTHS {
        let content = content(length);
        let message = signed_indefinite(&content);
        for (name, read) in OF_SIGNED {
            assert_eq!(
                read(&message, Dialect::Strict),
                (Vec::new(), false),
                "{name}"
            );
            assert_eq!(
                read(&message, Dialect::Field),
                (content.clone(), true),
                "{name}"
            );
        }
        let read = stream::verify_attached(Cursor::new(&message), Dialect::Field, alice());
        assert_eq!(read.unwrap().deviations(), [Deviation::Ber]);

        let mut message = Vec::new();
        let bob = [&BOB.certificate[..]];
        let partner = Partner::default();
        stream::encrypt_indefinite(&mut SysRng, &partner, &bob, &content[..], &mut message)
            .unwrap();
        let (_, read) = OF_ENVELOPED[0];
        assert_eq!(read(&message, Dialect::Strict), (Vec::new(), false));
        assert_eq!(read(&message, Dialect::Field), (content.clone(), true));
    }
}

#[test]
fn enveloped_messages_are_read_everywhere() {
    for length in LENGTHS {
        let content = content(length);
        let message = enveloped(&content);
        let in_memory = EnvelopedData::read(&message, Dialect::Strict).unwrap();
        let in_memory = in_memory
            .decrypt(Some(&BOB.certificate), BOB.secret())
            .unwrap();
        assert_eq!(*in_memory.into_unauthenticated_bytes(), content);
        let (_, read) = OF_ENVELOPED[0];
        assert_eq!(read(&message, Dialect::Strict), (content.clone(), true));

        for partner in partners() {
            let bob = [&BOB.certificate[..]];
            let in_memory = EnvelopedData::encrypt(&mut SysRng, &partner, &bob, &content).unwrap();
            assert_eq!(read(&in_memory, dialect_for(&partner)).0, content);
            let mut ours = Vec::new();
            let input = Cursor::new(&content);
            stream::encrypt(&mut SysRng, &partner, &bob, input, &mut ours).unwrap();
            // All but key, vector and ciphertext are the same, and lengths differ by the
            // integers of C1.
            assert!(ours.len().abs_diff(in_memory.len()) <= 2 * 3);
            let theirs = EnvelopedData::read(&in_memory, Dialect::Field).unwrap();
            let ours = EnvelopedData::read(&ours, Dialect::Field).unwrap();
            assert_eq!(ours.deviations(), theirs.deviations());
            if length > 300 {
                break;
            }
        }
    }
}

#[test]
fn a_signed_message_is_enveloped_as_it_is_written() {
    let content = content(200_000);
    let partner = Partner::default();
    let plan = SigningPlan::new(&partner).signer(signer()).unwrap();
    let prepared = plan.prepare(&content[..]).unwrap();
    let e = prepared.digests().unwrap();
    let signature = ALICE.key.sign_digest(&e[0]).unwrap().to_der();
    let message = prepared.attached(&[signature]).unwrap();
    let mut octets = Vec::new();
    let bob = [&BOB.certificate[..]];
    let length = message.length();
    let mut envelope =
        EnvelopeWriter::new(&mut SysRng, &partner, &bob, length, &mut octets).unwrap();
    message.write(&content[..], &mut envelope).unwrap();
    envelope.finish().unwrap();

    let (_, read) = OF_ENVELOPED[0];
    let (inside, _) = read(&octets, Dialect::Strict);
    let (_, read) = OF_SIGNED[0];
    assert_eq!(read(&inside, Dialect::Strict), (content, true));
}

#[test]
fn an_envelope_has_exactly_the_length_that_was_named() {
    let partner = Partner::default();
    let bob = [&BOB.certificate[..]];
    let begin = || EnvelopeWriter::new(&mut SysRng, &partner, &bob, 10, Vec::new()).unwrap();
    let mut short = begin();
    short.write_all(&[7; 9]).unwrap();
    assert!(short.finish().is_err());
    let mut long = begin();
    assert!(long.write_all(&[7; 11]).is_err());
    let mut exact = begin();
    exact.write_all(&[7; 4]).unwrap();
    exact.write_all(&[7; 6]).unwrap();
    let (_, read) = OF_ENVELOPED[0];
    assert_eq!(
        read(&exact.finish().unwrap(), Dialect::Strict),
        (vec![7; 10], true)
    );
}

#[test]
fn signed_and_enveloped_messages_are_read_in_both_ways() {
    for length in LENGTHS {
        let content = content(length);
        let message = signed_and_enveloped(&content);
        let in_memory = SignedAndEnvelopedData::read(&message, Dialect::Strict).unwrap();
        let opened = in_memory
            .open(None, BOB.secret(), &ALICE.certificate)
            .unwrap();
        assert_eq!(*opened, content);
        let draft = SignedAndEnvelopedDataDraft::new(&Partner::default(), content.clone().into())
            .recipient(&BOB.certificate)
            .signer(&ALICE.certificate)
            .unwrap();
        let theirs = draft.sign(&mut SysRng, &[&ALICE.key]).unwrap();
        // All but keys, signature and ciphertext: lengths differ by four integers alone.
        assert!(message.len().abs_diff(theirs.len()) <= 4 * 3);
        for (name, read) in OF_SIGNED_AND_ENVELOPED {
            assert_eq!(
                read(&theirs, Dialect::Strict),
                (content.clone(), true),
                "{name}"
            );
            assert_eq!(
                read(&message, Dialect::Strict),
                (content.clone(), true),
                "{name}"
            );
        }
    }
}

#[test]
fn an_input_is_read_from_where_it_stands() {
    let content = content(1_000);
    let message = [b"in front".to_vec(), signed(&content)].concat();
    let mut input = Cursor::new(&message);
    input.set_position(8);
    let mut released = Vec::new();
    stream::verify_then_release(&mut input, Dialect::Strict, alice(), &mut released).unwrap();
    assert_eq!(released, content);

    let mut input = Cursor::new(&message);
    input.set_position(8);
    let mut again = Vec::new();
    let partner = Partner::default();
    stream::sign_attached(
        &mut SysRng,
        &partner,
        signer(),
        &ALICE.key,
        input,
        &mut again,
    )
    .unwrap();
    let read = UnverifiedSignedData::from_der(&again).unwrap();
    assert_eq!(read.content(), Some(&message[8..]));
}

#[test]
fn octets_behind_the_end_are_refused_or_named() {
    let message = [signed(b"content"), vec![0]].concat();
    for (name, read) in OF_SIGNED {
        assert!(!read(&message, Dialect::Strict).1, "{name}");
        assert!(read(&message, Dialect::Field).1, "{name}");
    }
    let read = stream::verify_attached(Cursor::new(&message), Dialect::Field, alice()).unwrap();
    assert_eq!(read.deviations(), [Deviation::TrailingOctets]);
}

#[test]
fn a_tag_around_the_content_that_is_none_is_read_nowhere() {
    let content = b"the content of a message";
    let message = signed(content);
    let at = message
        .windows(content.len())
        .position(|part| part == content)
        .unwrap();
    let (mut read, mut refused) = (0, 0);
    for tag in 0..=u8::MAX {
        let mut changed = message.clone();
        changed[at - 2] = tag;
        let in_memory = UnverifiedSignedData::read(&changed, Dialect::Field)
            .and_then(|message| message.verify(&ALICE.certificate));
        for (name, by_stream) in OF_SIGNED {
            let (released, good) = by_stream(&changed, Dialect::Field);
            assert_eq!(good, in_memory.is_ok(), "{name}: tag {tag:#04x}");
            assert!(!good || released == content, "{name}: tag {tag:#04x}");
            (read, refused) = (read + usize::from(good), refused + usize::from(!good));
        }
    }
    assert!(read > 100 && refused > 30, "{read} {refused}");
    // [31], in two octets.
    let mut changed = message;
    changed[at - 2..=at].copy_from_slice(&[0x9f, 0x1f, 23]);
    assert!(UnverifiedSignedData::read(&changed, Dialect::Field).is_err());
}

#[test]
fn content_that_could_be_attributes_is_neither_signed_nor_accepted() {
    // The attributes of one message as the content of another.
    let partner = Partner::default();
    let signers = vec![signer().with_attributes()];
    let draft = SignedMessage::new(b"content".to_vec())
        .prepare(signers)
        .unwrap();
    let attributes = draft.tbs().to_vec();
    let e = draft.to_sign().next().unwrap().e().unwrap();
    let signature = ALICE.key.sign_digest(&e).unwrap().to_der();
    let plan = || SigningPlan::new(&partner).signer(signer()).unwrap();
    assert!(plan().prepare(&attributes[..]).is_err());
    // One octet less is nothing but content.
    plan().prepare(&attributes[..attributes.len() - 1]).unwrap();

    // A message with a signature as long as that, which then takes its place.
    let (message, another) = (0..)
        .find_map(|number: u32| {
            let message = plan().prepare(&number.to_be_bytes()[..]).unwrap();
            let e = message.digests().unwrap()[0];
            let another = ALICE.key.sign_digest(&e).unwrap().to_der();
            (another.len() == signature.len()).then_some((message, another))
        })
        .unwrap();
    let forged = message.detached(std::slice::from_ref(&another)).unwrap();
    let place = |part: &[u8]| part == another;
    let at = forged.windows(another.len()).position(place).unwrap();
    let mut forged = forged;
    forged[at..at + signature.len()].copy_from_slice(&signature);
    let forged = UnverifiedSignedData::from_der(&forged).unwrap();
    let read = stream::verify_detached(forged, alice(), &attributes[..]);
    assert!(
        matches!(read, Err(gm_crypto::Error::Invalid { .. })),
        "{read:?}"
    );

    // A set that is too long to be looked at counts as attributes when it is the whole content.
    let mut long = vec![0x31, 0x83, 0x01, 0x00, 0x00];
    long.resize(5 + 0x1_0000, 0);
    assert!(plan().prepare(&long[..]).is_err());
    long.push(0);
    plan().prepare(&long[..]).unwrap();
    // With attributes anything can be signed.
    let attributed = signer().attribute(
        Attribute::new(der::asn1::ObjectIdentifier::new_unwrap("1.2.3"), &[5, 0]).unwrap(),
    );
    let plan = SigningPlan::new(&partner).signer(attributed).unwrap();
    plan.prepare(&attributes[..]).unwrap();
}

#[test]
fn a_source_gives_the_same_however_it_is_read() {
    let mut dripped = Vec::new();
    let mut source = Dripping::new(Source::new(200_000), 7);
    std::io::Read::read_to_end(&mut source, &mut dripped).unwrap();
    assert_eq!(dripped, content(200_000));
}
