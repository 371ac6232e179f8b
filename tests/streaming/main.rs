//! Messages that go by: the same octets as in memory, bounded memory, and nothing given out
//! that should not be.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod faults;
mod memory;
mod same;

use getrandom::SysRng;
use gm_crypto::message::{
    ContentTypes, Dialect, Parameters, Partner, PartyIdKind, SignatureName, Signer,
    stream::{self, ExpectedSigners},
};
use gm_pki_tests::{heap::CountingHeap, parties::Party};
use std::{io::Cursor, sync::LazyLock};

#[global_allocator]
static HEAP: CountingHeap = CountingHeap::new();

/// One who signs, one who receives.
static ALICE: LazyLock<Party> = LazyLock::new(|| Party::new("Alice"));
static BOB: LazyLock<Party> = LazyLock::new(|| Party::new("Bob"));

/// Every way in which a signature is written.
fn partners() -> Vec<Partner> {
    let mut partners = Vec::new();
    for content_types in [ContentTypes::Gm, ContentTypes::Rfc5652] {
        for parameters in [Parameters::Null, Parameters::Absent] {
            for party_id in [
                PartyIdKind::IssuerAndSerialNumber,
                PartyIdKind::SubjectKeyIdentifier,
            ] {
                for signature_name in [SignatureName::Sm2Sign, SignatureName::Sm2WithSm3] {
                    let mut partner = Partner::default();
                    partner.content_types = content_types;
                    partner.parameters = parameters;
                    partner.party_id = party_id;
                    partner.signature_name = signature_name;
                    partners.push(partner);
                }
            }
        }
    }
    partners
}

fn dialect_for(partner: &Partner) -> Dialect {
    let standard = partner.content_types == ContentTypes::Gm
        && partner.party_id == PartyIdKind::IssuerAndSerialNumber
        && partner.signature_name == SignatureName::Sm2Sign;
    if standard {
        Dialect::Strict
    } else {
        Dialect::Field
    }
}

fn alice() -> ExpectedSigners<'static> {
    ExpectedSigners::One(&ALICE.certificate)
}

fn signer() -> Signer {
    Signer::new(&ALICE.certificate).unwrap()
}

fn content(length: usize) -> Vec<u8> {
    let mut content = Vec::new();
    let mut source = gm_pki_tests::streams::Source::new(length as u64);
    std::io::Read::read_to_end(&mut source, &mut content).unwrap();
    content
}

fn signed(content: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    let input = Cursor::new(content);
    let partner = Partner::default();
    stream::sign_attached(
        &mut SysRng,
        &partner,
        signer(),
        &ALICE.key,
        input,
        &mut message,
    )
    .unwrap();
    message
}

fn signed_indefinite(content: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    let partner = Partner::default();
    stream::sign_attached_indefinite(
        &mut SysRng,
        &partner,
        signer(),
        &ALICE.key,
        content,
        &mut message,
    )
    .unwrap();
    message
}

fn enveloped(content: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    let input = Cursor::new(content);
    let partner = Partner::default();
    let bob = [&BOB.certificate[..]];
    stream::encrypt(&mut SysRng, &partner, &bob, input, &mut message).unwrap();
    message
}

fn signed_and_enveloped(content: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    let input = Cursor::new(content);
    let partner = Partner::default();
    let bob = [&BOB.certificate[..]];
    stream::sign_and_encrypt(
        &mut SysRng,
        &partner,
        signer(),
        &ALICE.key,
        &bob,
        input,
        &mut message,
    )
    .unwrap();
    message
}

/// One way to read a message: what was written, and whether that was said to be good.
type Reading = (&'static str, fn(&[u8], Dialect) -> (Vec<u8>, bool));

/// Every reader of signed data.
const OF_SIGNED: [Reading; 2] = [
    ("release_then_verify", |message, dialect| {
        let mut output = Vec::new();
        let read = stream::release_then_verify(message, dialect, alice(), &mut output);
        (output, read.is_ok())
    }),
    ("verify_then_release", |message, dialect| {
        let mut output = Vec::new();
        let input = Cursor::new(message);
        let read = stream::verify_then_release(input, dialect, alice(), &mut output);
        (output, read.is_ok())
    }),
];

const OF_ENVELOPED: [Reading; 1] = [("decrypt_unauthenticated", |message, dialect| {
    let mut output = Vec::new();
    let bob = Some(&BOB.certificate[..]);
    let read = stream::decrypt_unauthenticated(message, dialect, bob, BOB.secret(), &mut output);
    (output, read.is_ok())
})];

const OF_SIGNED_AND_ENVELOPED: [Reading; 2] = [
    ("decrypt_and_release_then_verify", |message, dialect| {
        let mut output = Vec::new();
        let read = stream::decrypt_and_release_then_verify(
            message,
            dialect,
            None,
            BOB.secret(),
            alice(),
            &mut output,
        );
        (output, read.is_ok())
    }),
    ("decrypt_and_verify_then_release", |message, dialect| {
        let mut output = Vec::new();
        let read = stream::decrypt_and_verify_then_release(
            Cursor::new(message),
            dialect,
            Some(&BOB.certificate),
            BOB.secret(),
            alice(),
            &mut output,
        );
        (output, read.is_ok())
    }),
];
