//! Enveloped data and its kin, round and round, and what they do with hostile octets.

use super::super::{
    CipherName, EncryptedData, EncryptionName, Parameters, SignatureName, SignedAndEnvelopedData,
    SignedAndEnvelopedDataDraft,
};
use super::*;
use crate::sm2::{CiphertextForm, KEY_OID, PublicKey, SigningKey, UserId};
use alloc::{format, string::ToString, vec};
use core::cell::LazyCell;
use der::{Encode, asn1::Uint};
use getrandom::SysRng;
use proptest::prelude::*;
use zeroize::Zeroizing;

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..128 => vec![tag, length[1]],
        128..256 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head, content].concat()
}

/// As much of a certificate as names its owner and has a key.
fn certificate(serial: u32, key: &PublicKey) -> Vec<u8> {
    let oid = |oid: ObjectIdentifier| oid.to_der().unwrap();
    let serial = Uint::new(&serial.to_be_bytes()).unwrap().to_der().unwrap();
    let algorithm = tlv(0x30, &[&oid(crate::sm2::SIGNATURE_OID)]);
    let common_name = tlv(0x30, &[&[0x06, 3, 0x55, 4, 3], &[0x0C, 2, b'C', b'A']]);
    let name = tlv(0x30, &[&tlv(0x31, &[&common_name])]);
    let named = tlv(0x30, &[&oid(KEY_OID), &oid(crate::sm2::CURVE_OID)]);
    let point = key.to_uncompressed();
    let spki = tlv(0x30, &[&named, &tlv(0x03, &[&[0], &point])]);
    let identifier = tlv(0x04, &[&crate::sm3::digest(&point)[..20]]);
    let extension = tlv(
        0x30,
        &[&[0x06, 3, 0x55, 0x1D, 0x0E], &tlv(0x04, &[&identifier])],
    );
    let extensions = tlv(0xA3, &[&tlv(0x30, &[&extension])]);
    let validity = tlv(0x30, &[]);
    let tbs = [
        &[0xA0, 3, 2, 1, 2][..],
        &serial,
        &algorithm,
        &name,
        &validity,
        &name,
        &spki,
        &extensions,
    ];
    tlv(0x30, &[&tlv(0x30, &tbs), &algorithm, &[0x03, 1, 0]])
}

pub(in super::super) struct Owner {
    pub(in super::super) key: SigningKey,
    pub(in super::super) certificate: Vec<u8>,
}

impl Owner {
    pub(in super::super) fn new(serial: u32) -> Self {
        let secret = SecretKey::generate(&mut SysRng).unwrap();
        Self {
            certificate: certificate(serial, &secret.public_key()),
            key: SigningKey::new(secret, UserId::default()),
        }
    }

    pub(in super::super) fn secret(&self) -> &SecretKey {
        self.key.secret_key()
    }
}

fn partners() -> impl Strategy<Value = Partner> {
    let names = (
        prop_oneof![Just(ContentTypes::Gm), Just(ContentTypes::Rfc5652)],
        prop_oneof![Just(Parameters::Null), Just(Parameters::Absent)],
        prop_oneof![
            Just(PartyIdKind::IssuerAndSerialNumber),
            Just(PartyIdKind::SubjectKeyIdentifier)
        ],
        prop_oneof![
            Just(SignatureName::Sm2Sign),
            Just(SignatureName::Sm2WithSm3)
        ],
    );
    let encryption = (
        proptest::sample::select(&CiphertextForm::ALL[..]),
        prop_oneof![
            Just(CipherName::Sm4Cbc),
            Just(CipherName::Sm4),
            Just(CipherName::Sm4Ecb)
        ],
        prop_oneof![
            Just(EncryptionName::Encryption),
            Just(EncryptionName::Exchange)
        ],
    );
    (names, encryption).prop_map(
        |((content_types, parameters, party_id, signature_name), encryption)| Partner {
            content_types,
            parameters,
            party_id,
            signature_name,
            ciphertext: encryption.0,
            cipher_name: encryption.1,
            encryption_name: encryption.2,
        },
    )
}

/// Content that the partner's cipher takes.
fn suited(partner: &Partner, mut content: Vec<u8>) -> Vec<u8> {
    if partner.cipher_name == CipherName::Sm4Ecb {
        content.truncate(content.len() / 16 * 16);
    }
    content
}

/// What a reader has to forgive in an envelope for a partner, in the enumeration's order.
fn due(partner: &Partner) -> Vec<Deviation> {
    let rfc = partner.content_types == ContentTypes::Rfc5652;
    let identifier = partner.party_id == PartyIdKind::SubjectKeyIdentifier;
    let mut due: Vec<Deviation> = [
        (rfc, Deviation::ContentTypeOfRfc5652),
        (
            partner.encryption_name == EncryptionName::Exchange,
            Deviation::EncryptionNamedOtherwise,
        ),
        (identifier, Deviation::SubjectKeyIdentifier),
        (
            partner.ciphertext != CiphertextForm::Der,
            Deviation::RawCiphertext,
        ),
        (
            partner.cipher_name != CipherName::Sm4Cbc,
            Deviation::ModeUnsaid,
        ),
        (rfc || identifier, Deviation::Version),
    ]
    .into_iter()
    .filter_map(|(is_due, deviation)| is_due.then_some(deviation))
    .collect();
    due.sort();
    due
}

fn is_crypto<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::Crypto))
}

thread_local! {
    static OWNERS: LazyCell<[Owner; 4]> = const { LazyCell::new(|| [1, 2, 0x80, 70_000].map(Owner::new)) };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_recipient_opens_what_was_written_for_any_partner(
        partner in partners(),
        content in proptest::collection::vec(any::<u8>(), 0..100),
        count in 1_usize..4,
        shared in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..20)),
    ) {
        let content = suited(&partner, content);
        OWNERS.with(|owners| {
            let mut draft = EnvelopedDataDraft::new(&partner);
            for owner in &owners[..count] {
                draft = draft.recipient(&owner.certificate);
            }
            if let Some(shared) = &shared {
                draft = draft.shared_info1(b"").shared_info2(shared);
            }
            let octets = draft.encrypt(&mut SysRng, &content).unwrap();
            let message = EnvelopedData::read(&octets, Dialect::Field).unwrap();
            assert_eq!(message.deviations(), due(&partner));
            let strict = EnvelopedData::read(&octets, Dialect::Strict);
            assert_eq!(strict.is_ok(), due(&partner).is_empty(), "{strict:?}");
            assert_eq!(message.recipients().len(), count);
            assert_eq!(message.shared_info2(), shared.as_deref());
            assert_eq!(message.shared_info1(), shared.as_ref().map(|_| &b""[..]));
            for owner in &owners[..count] {
                for certificate in [None, Some(owner.certificate.as_slice())] {
                    let opened = message.decrypt(certificate, owner.secret()).unwrap();
                    assert_eq!(*opened.into_unauthenticated_bytes(), content);
                }
                // Another key than the certificate's; where the key is kept elsewhere.
                assert!(is_crypto(message.decrypt(Some(&owner.certificate), owners[3].secret())));
                let wrapped = message.encrypted_key_for(&owner.certificate).unwrap();
                let keys: Vec<_> = wrapped
                    .iter()
                    .filter_map(|ciphertext| owner.secret().decrypt(ciphertext).ok())
                    .collect();
                let [key] = &keys[..] else { panic!("{} keys", keys.len()) };
                let opened = message.decrypt_with_content_key(key).unwrap();
                assert_eq!(*opened.into_unauthenticated_bytes(), content);
            }
            let stranger = &owners[3];
            assert!(is_crypto(message.decrypt(None, stranger.secret())));
            assert!(is_crypto(message.decrypt(Some(&stranger.certificate), stranger.secret())));
            assert!(is_crypto(message.decrypt(Some(&stranger.certificate), owners[0].secret())));
            assert!(is_crypto(message.encrypted_key_for(&stranger.certificate)));
        });
    }

    #[test]
    fn what_was_signed_and_enveloped_for_any_partner_is_opened_and_verified(
        partner in partners(),
        content in proptest::collection::vec(any::<u8>(), 0..100),
        signers in 1_usize..3,
    ) {
        let content = suited(&partner, content);
        OWNERS.with(|owners| {
            let recipient = &owners[3];
            let mut draft =
                SignedAndEnvelopedDataDraft::new(&partner, Zeroizing::new(content.clone()))
                    .recipient(&recipient.certificate);
            for signer in &owners[..signers] {
                draft = draft.signer(&signer.certificate).unwrap();
            }
            assert_eq!(draft.tbs(), content);
            let keys: Vec<&SigningKey> = owners[..signers].iter().map(|owner| &owner.key).collect();
            let octets = draft.sign(&mut SysRng, &keys).unwrap();
            let message = SignedAndEnvelopedData::read(&octets, Dialect::Field).unwrap();
            let mut expected = due(&partner);
            if partner.signature_name == SignatureName::Sm2WithSm3 {
                expected.push(Deviation::SignatureNamedWithDigest);
            }
            expected.sort();
            // The version of PKCS#7's is 1, RFC 5652 has no such message; what is named
            // by key identifier has other versions inside.
            assert_eq!(message.deviations(), expected);
            assert_eq!(message.signer_count(), signers);
            assert_eq!(message.certificates().len(), signers);
            for certificate in [None, Some(recipient.certificate.as_slice())] {
                for signer in &owners[..signers] {
                    let opened = message
                        .open(certificate, recipient.secret(), &signer.certificate)
                        .unwrap();
                    assert_eq!(*opened, content);
                }
            }
            let decrypted = || message.decrypt(None, recipient.secret()).unwrap();
            let all: Vec<_> = owners[..signers].iter().map(|owner| &owner.certificate).collect();
            assert_eq!(*decrypted().verify_all(&all).unwrap(), content);
            assert!(decrypted().verify_all(&all[1..]).is_err());
            assert!(decrypted().verify(&owners[2].certificate).is_err());
            assert!(!message.is_said_to_be_signed_by(&owners[2].certificate).unwrap());
            let stranger = owners[0].secret();
            assert!(is_crypto(message.open(None, stranger, &owners[0].certificate)));
        });
    }

    #[test]
    fn a_shared_key_opens_what_it_closed(
        partner in partners(),
        content in proptest::collection::vec(any::<u8>(), 0..100),
        key in any::<[u8; 16]>(),
        other in any::<[u8; 16]>(),
    ) {
        let content = suited(&partner, content);
        let octets = EncryptedData::encrypt(&mut SysRng, &partner, &key, &content).unwrap();
        let message = EncryptedData::read(&octets, Dialect::Field).unwrap();
        let opened = message.decrypt(&key).unwrap();
        prop_assert_eq!(opened.content_type(), message.content_type());
        prop_assert_eq!(&*opened.into_unauthenticated_bytes(), &content);
        if let Ok(opened) = message.decrypt(&other) {
            prop_assert!(key == other || content.is_empty()
                || *opened.into_unauthenticated_bytes() != content);
        }
    }

    #[test]
    fn no_octets_at_all_make_a_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
        for dialect in [Dialect::Strict, Dialect::Field] {
            drop(EnvelopedData::read(&octets, dialect));
            drop(EncryptedData::read(&octets, dialect));
            drop(SignedAndEnvelopedData::read(&octets, dialect));
        }
    }
}

fn sealed(recipient: &Owner, content: &[u8]) -> Vec<u8> {
    let partner = Partner::default();
    EnvelopedData::encrypt(&mut SysRng, &partner, &[&recipient.certificate], content).unwrap()
}

fn signed_and_sealed(partner: &Partner, signer: &Owner, to: &Owner, content: &[u8]) -> Vec<u8> {
    SignedAndEnvelopedDataDraft::new(partner, Zeroizing::new(content.to_vec()))
        .recipient(&to.certificate)
        .signer(&signer.certificate)
        .unwrap()
        .sign(&mut SysRng, &[&signer.key])
        .unwrap()
}

#[test]
fn a_message_cut_short_anywhere_is_refused_with_kind_and_place() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let enveloped = sealed(&recipient, b"content");
    let both = signed_and_sealed(&Partner::default(), &signer, &recipient, b"content");
    for dialect in [Dialect::Strict, Dialect::Field] {
        for length in 0..enveloped.len() {
            let refused = EnvelopedData::read(&enveloped[..length], dialect).unwrap_err();
            assert!(matches!(refused, Error::Malformed { .. }), "{refused:?}");
        }
        for length in 0..both.len() {
            let refused = SignedAndEnvelopedData::read(&both[..length], dialect).unwrap_err();
            assert!(matches!(refused, Error::Malformed { .. }), "{refused:?}");
        }
    }
}

#[test]
fn no_changed_bit_lets_another_content_pass_for_signed() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let content = b"more than one block of content".as_slice();
    let octets = signed_and_sealed(&Partner::default(), &signer, &recipient, content);
    for position in 0..octets.len() {
        let mut changed = octets.clone();
        changed[position] ^= 1 << (position % 8);
        for dialect in [Dialect::Strict, Dialect::Field] {
            let Ok(message) = SignedAndEnvelopedData::read(&changed, dialect) else {
                continue;
            };
            if let Ok(opened) = message.open(None, recipient.secret(), &signer.certificate) {
                assert_eq!(*opened, content, "octet {position}");
            }
        }
    }
}

#[test]
fn whoever_changes_an_envelope_learns_nothing_but_that_it_does_not_open() {
    let [recipient, stranger] = [1, 2].map(Owner::new);
    let octets = sealed(&recipient, &[7; 40]);
    let mut texts = Vec::new();
    for position in 0..octets.len() {
        let mut changed = octets.clone();
        changed[position] ^= 0x80;
        let Ok(message) = EnvelopedData::read(&changed, Dialect::Field) else {
            continue;
        };
        for (certificate, owner) in [
            (Some(&recipient.certificate), &recipient),
            (Some(&stranger.certificate), &recipient),
            (None, &recipient),
            (None, &stranger),
        ] {
            if let Err(error) = message.decrypt(certificate.map(Vec::as_slice), owner.secret()) {
                texts.push(error.to_string());
            }
        }
    }
    texts.dedup();
    assert_eq!(texts, ["cryptographic operation failed"]);
}

#[test]
fn octets_behind_the_end_are_a_deviation() {
    let recipient = Owner::new(1);
    let octets = [sealed(&recipient, b"content"), vec![0]].concat();
    let refused = EnvelopedData::read(&octets, Dialect::Strict).unwrap_err();
    assert!(matches!(refused, Error::Malformed { .. }), "{refused:?}");
    let message = EnvelopedData::read(&octets, Dialect::Field).unwrap();
    assert_eq!(message.deviations(), [Deviation::TrailingOctets]);
    assert!(message.decrypt(None, recipient.secret()).is_ok());
}

#[test]
fn encodings_that_are_not_der_are_refused_by_every_dialect() {
    let octets = sealed(&Owner::new(1), &[0; 300]);
    let (head, body) = octets.split_at(4);
    assert_eq!(head[..2], [0x30, 0x82]);
    let indefinite = [&[0x30, 0x80], body, &[0, 0]].concat();
    let long_length = [&[0x30, 0x83, 0, head[2], head[3]], body].concat();
    let absurd = [&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], body].concat();
    for octets in [indefinite, long_length, absurd] {
        for dialect in [Dialect::Strict, Dialect::Field] {
            let refused = EnvelopedData::read(&octets, dialect).unwrap_err();
            assert!(matches!(refused, Error::Malformed { .. }), "{refused:?}");
        }
    }
}

/// `EncryptedData` with other octets in some places.
fn handmade(version: &[u8], algorithm: &[u8], content: &[u8]) -> Vec<u8> {
    let data = oid::DATA.to_der().unwrap();
    let info = tlv(0x30, &[&data, algorithm, content]);
    let message = tlv(0x30, &[version, &info]);
    let kind = oid::ENCRYPTED_DATA.to_der().unwrap();
    tlv(0x30, &[&kind, &tlv(0xA0, &[&message])])
}

#[test]
fn negative_padded_and_other_versions_are_not_1() {
    let algorithm = tlv(0x30, &[&oid::SM4_ECB.to_der().unwrap()]);
    let content = tlv(0x80, &[&[0; 16]]);
    let read = |version: &[u8], dialect| {
        EncryptedData::read(&handmade(version, &algorithm, &content), dialect)
    };
    assert!(read(&[2, 1, 1], Dialect::Strict).is_ok());
    for (version, in_the_field) in [
        (&[2, 1, 0xFF][..], false),
        (&[2, 2, 0, 1], false),
        (&[2, 2, 1, 0], false),
        (&[2, 0], false),
        (&[2, 1, 0], true),
        (&[2, 1, 2], true),
    ] {
        assert!(read(version, Dialect::Strict).is_err(), "{version:?}");
        assert_eq!(
            read(version, Dialect::Field).is_ok(),
            in_the_field,
            "{version:?}"
        );
    }
}

#[test]
fn encrypted_content_in_pieces_is_a_deviation() {
    let key = [7; 16];
    let octets =
        EncryptedData::encrypt(&mut SysRng, &Partner::default(), &key, b"content").unwrap();
    // The identifier of the cipher and the ciphertext, as they were written.
    let (algorithm, ciphertext) = (
        &octets[octets.len() - 18 - 30..][..30],
        &octets[octets.len() - 16..],
    );
    let read = |content: &[u8], dialect| {
        EncryptedData::read(&handmade(&[2, 1, 1], algorithm, content), dialect)
    };
    assert!(read(&tlv(0x80, &[ciphertext]), Dialect::Strict).is_ok());
    let whole = tlv(0xA0, &[&tlv(0x04, &[ciphertext])]);
    let halves = [&ciphertext[..5], &ciphertext[5..]].map(|half| tlv(0x04, &[half]));
    for pieces in [whole, tlv(0xA0, &[&halves[0], &halves[1]])] {
        assert!(read(&pieces, Dialect::Strict).is_err());
        let message = read(&pieces, Dialect::Field).unwrap();
        assert_eq!(message.deviations(), [Deviation::Ber]);
        let opened = message.decrypt(&key).unwrap();
        assert_eq!(*opened.into_unauthenticated_bytes(), b"content");
    }
    // No deeper, and nothing but OCTET STRINGs.
    for pieces in [
        tlv(0xA0, &[&tlv(0x24, &[&halves[0], &halves[1]])]),
        tlv(0xA0, &[&tlv(0x03, &[ciphertext])]),
        tlv(0xA0, &[ciphertext]),
    ] {
        assert!(read(&pieces, Dialect::Field).is_err());
    }
    // Content that stands elsewhere.
    assert!(read(&[], Dialect::Field).is_err());
}

#[test]
fn padding_that_no_standard_gives_is_settled_by_the_signature() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let partner = Partner {
        cipher_name: CipherName::Sm4Ecb,
        ..Partner::default()
    };
    let content = [9; 32];
    let padded = [&content[..], &[16; 16]].concat();
    // As gmsm writes: signed before the padding.
    let draft = SignedAndEnvelopedDataDraft::new(&partner, Zeroizing::new(padded.clone()))
        .recipient(&recipient.certificate)
        .signer(&signer.certificate)
        .unwrap();
    let signature = signer.key.sign_hedged(&mut SysRng, &content).unwrap();
    let octets = draft.attach(&mut SysRng, &[signature.to_der()]).unwrap();
    for (octets, expected) in [
        (octets, &content[..]),
        (
            signed_and_sealed(&partner, &signer, &recipient, &content),
            &content,
        ),
        (
            signed_and_sealed(&partner, &signer, &recipient, &padded),
            &padded,
        ),
    ] {
        let message = SignedAndEnvelopedData::read(&octets, Dialect::Field).unwrap();
        let opened = message.open(None, recipient.secret(), &signer.certificate);
        assert_eq!(*opened.unwrap(), expected);
    }
    // Without a signature, nobody knows but the caller.
    let octets =
        EnvelopedData::encrypt(&mut SysRng, &partner, &[&recipient.certificate], &padded).unwrap();
    let message = EnvelopedData::read(&octets, Dialect::Field).unwrap();
    let opened = || message.decrypt(None, recipient.secret()).unwrap();
    assert!(opened().is_padding_unsaid());
    assert_eq!(*opened().into_unauthenticated_bytes(), padded);
    let unpadded = opened().without_padding().unwrap();
    assert!(is_crypto(unpadded.without_padding()));
    let unpadded = opened().without_padding().unwrap();
    assert_eq!(*unpadded.into_unauthenticated_bytes(), content);
}

#[test]
fn a_padding_of_cbc_is_taken_off_once() {
    let recipient = Owner::new(1);
    let content = [16; 16];
    let octets = sealed(&recipient, &content);
    let message = EnvelopedData::read(&octets, Dialect::Strict).unwrap();
    let opened = message.decrypt(None, recipient.secret()).unwrap();
    assert!(!opened.is_padding_unsaid());
    assert!(is_crypto(opened.without_padding()));
}

/// Our message with its recipients replaced.
fn with_recipients(octets: &[u8], change: impl Fn(RecipientInfo) -> Vec<RecipientInfo>) -> Vec<u8> {
    let mut wire: Wire = KIND
        .open(octets, &mut Forgiven::new(Dialect::Strict))
        .unwrap();
    let infos = wire.recipients.into_vec().into_iter().flat_map(change);
    wire.recipients = Set::new(infos.collect()).unwrap();
    KIND.close(&Partner::default(), &wire).unwrap()
}

#[test]
fn names_of_sm2_encryption_that_are_not_its_own_are_forgiven_in_the_field() {
    let recipient = Owner::new(1);
    let octets = sealed(&recipient, b"content");
    for (oid, known) in [
        (oid::SM2_EXCHANGE, true),
        (oid::SM2_SIGN, true),
        (crate::sm2::CURVE_OID, true),
        (oid::SM3, false),
    ] {
        let changed = with_recipients(&octets, |mut info| {
            info.key_encryption_algorithm.oid = oid;
            vec![info]
        });
        assert!(EnvelopedData::read(&changed, Dialect::Strict).is_err());
        let message = EnvelopedData::read(&changed, Dialect::Field).unwrap();
        assert_eq!(message.decrypt(None, recipient.secret()).is_ok(), known);
        let certificate = Some(recipient.certificate.as_slice());
        assert_eq!(
            message.decrypt(certificate, recipient.secret()).is_ok(),
            known
        );
        assert_eq!(message.deviations().is_empty(), !known);
    }
}

#[test]
fn a_recipient_under_rsa_does_not_keep_another_from_reading() {
    let recipient = Owner::new(1);
    let octets = with_recipients(&sealed(&recipient, b"content"), |info| {
        let mut rsa = info.clone();
        rsa.key_encryption_algorithm.oid = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
        rsa.encrypted_key = der::asn1::OctetString::new([1; 256]).unwrap();
        vec![rsa, info]
    });
    let message = EnvelopedData::read(&octets, Dialect::Field).unwrap();
    for certificate in [None, Some(recipient.certificate.as_slice())] {
        assert!(message.decrypt(certificate, recipient.secret()).is_ok());
    }
    let foreign = message
        .recipients()
        .iter()
        .filter(|one| one.encrypted_key().is_empty());
    assert_eq!(foreign.count(), 1);
}

#[test]
fn recipients_are_known_by_their_names() {
    let recipient = Owner::new(0x1234);
    let mut partner = Partner::default();
    let read = |partner: &Partner| {
        let octets =
            EnvelopedData::encrypt(&mut SysRng, partner, &[&recipient.certificate], b"").unwrap();
        EnvelopedData::read(&octets, Dialect::Field).unwrap()
    };
    let message = read(&partner);
    let (issuer, serial) = message.recipients()[0].issuer_and_serial_number().unwrap();
    assert_eq!((issuer[0], serial), (0x30, &[0x12, 0x34][..]));
    assert_eq!(message.recipients()[0].subject_key_identifier(), None);
    partner.party_id = PartyIdKind::SubjectKeyIdentifier;
    let message = read(&partner);
    let point = recipient.secret().public_key().to_uncompressed();
    let expected = &crate::sm3::digest(&point)[..20];
    assert_eq!(
        message.recipients()[0].subject_key_identifier(),
        Some(expected)
    );
    assert_eq!(message.recipients()[0].issuer_and_serial_number(), None);
    assert!(message.recipients()[0].is(&recipient.certificate).unwrap());
    assert!(
        !message.recipients()[0]
            .is(&Owner::new(0x1234).certificate)
            .unwrap()
    );
}

#[test]
fn messages_without_recipient_or_signer_are_neither_written_nor_read() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let partner = Partner::default();
    let nobody: [&[u8]; 0] = [];
    assert!(EnvelopedData::encrypt(&mut SysRng, &partner, &nobody, b"content").is_err());
    let draft = || SignedAndEnvelopedDataDraft::new(&partner, Zeroizing::new(vec![1]));
    let unsigned = draft().recipient(&recipient.certificate);
    assert!(unsigned.sign(&mut SysRng, &[]).is_err());
    let for_nobody = draft().signer(&signer.certificate).unwrap();
    assert!(for_nobody.sign(&mut SysRng, &[&signer.key]).is_err());
    let octets = with_recipients(&sealed(&recipient, b"content"), |_| Vec::new());
    let refused = EnvelopedData::read(&octets, Dialect::Field).unwrap_err();
    assert!(matches!(refused, Error::Invalid { .. }), "{refused:?}");
}

#[test]
fn a_key_that_is_not_the_certificates_signs_nothing() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let draft = || {
        SignedAndEnvelopedDataDraft::new(&Partner::default(), Zeroizing::new(vec![1]))
            .recipient(&recipient.certificate)
            .signer(&signer.certificate)
            .unwrap()
    };
    assert!(draft().sign(&mut SysRng, &[&recipient.key]).is_err());
    assert!(draft().sign(&mut SysRng, &[]).is_err());
    assert!(
        draft()
            .sign(&mut SysRng, &[&signer.key, &signer.key])
            .is_err()
    );
    assert!(draft().sign(&mut SysRng, &[&signer.key]).is_ok());
    // The digests are those that a device would sign.
    let e = draft().digests().unwrap();
    let signature = signer.key.sign_digest(&e[0]).unwrap().to_der();
    let octets = draft().attach(&mut SysRng, &[signature]).unwrap();
    let message = SignedAndEnvelopedData::read(&octets, Dialect::Strict).unwrap();
    assert!(
        message
            .open(None, recipient.secret(), &signer.certificate)
            .is_ok()
    );
}

#[test]
fn a_message_of_another_kind_is_named() {
    let octets = sealed(&Owner::new(1), b"content");
    for refused in [
        SignedAndEnvelopedData::read(&octets, Dialect::Field).unwrap_err(),
        EncryptedData::read(&octets, Dialect::Field).unwrap_err(),
    ] {
        let expected = oid::ENVELOPED_DATA;
        assert!(matches!(refused, Error::Unsupported { oid, .. } if oid == expected));
    }
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let [signer, recipient] = [1, 2].map(Owner::new);
    let octets = signed_and_sealed(&Partner::default(), &signer, &recipient, b"S3CRET");
    let message = SignedAndEnvelopedData::read(&octets, Dialect::Strict).unwrap();
    let content = message.decrypt(None, recipient.secret()).unwrap();
    assert_eq!(format!("{content:?}"), "UnverifiedContent { .. }");
    let content = content.into_unauthenticated().unwrap();
    assert_eq!(format!("{content:?}"), "UnauthenticatedContent { .. }");
}

#[test]
fn a_set_out_of_order_is_a_deviation() {
    let [one, other] = [1, 2].map(Owner::new);
    let octets = EnvelopedData::encrypt(
        &mut SysRng,
        &Partner::default(),
        &[&one.certificate, &other.certificate],
        b"content",
    )
    .unwrap();
    let wire: Wire = KIND
        .open(&octets, &mut Forgiven::new(Dialect::Strict))
        .unwrap();
    let infos = wire
        .recipients
        .as_slice()
        .iter()
        .map(|info| info.to_der().unwrap());
    let infos: Vec<_> = infos.collect();
    let swapped = [&infos[1][..], &infos[0]].concat();
    let start = octets
        .windows(infos[0].len())
        .position(|at| at == infos[0])
        .unwrap();
    let mut changed = octets;
    changed[start..start + swapped.len()].copy_from_slice(&swapped);
    assert!(EnvelopedData::read(&changed, Dialect::Strict).is_err());
    let message = EnvelopedData::read(&changed, Dialect::Field).unwrap();
    assert_eq!(message.deviations(), [Deviation::UnorderedSet]);
    assert!(message.decrypt(None, other.secret()).is_ok());
}

#[test]
fn two_octets_00_in_place_of_the_issuer_are_a_deviation() {
    let recipient = Owner::new(0x0102_0304);
    let octets = sealed(&recipient, b"content");
    let issuer = tlv(
        0x30,
        &[&tlv(
            0x31,
            &[&tlv(
                0x30,
                &[&[0x06, 3, 0x55, 4, 3], &[0x0C, 2, b'C', b'A']],
            )],
        )],
    );
    let wire: Wire = KIND
        .open(&octets, &mut Forgiven::new(Dialect::Strict))
        .unwrap();
    let info = wire.recipients.as_slice()[0].to_der().unwrap();
    let rest = &info[info
        .windows(issuer.len())
        .position(|at| at == issuer)
        .unwrap()..];
    let (serial, rest) = rest[issuer.len()..].split_at(6);
    let read = |missing: &[u8], dialect| {
        let named = tlv(0x30, &[missing, serial]);
        let info = tlv(0x30, &[&[2, 1, 1], &named, rest]);
        let message = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(0x31, &[&info]),
                &wire.content.to_der().unwrap(),
            ],
        );
        let kind = oid::ENVELOPED_DATA.to_der().unwrap();
        EnvelopedData::read(&tlv(0x30, &[&kind, &tlv(0xA0, &[&message])]), dialect)
    };
    assert!(read(&issuer, Dialect::Strict).is_ok());
    assert!(read(&[0, 0], Dialect::Strict).is_err());
    let message = read(&[0, 0], Dialect::Field).unwrap();
    assert_eq!(message.deviations(), [Deviation::IssuerMissing]);
    assert!(message.decrypt(None, recipient.secret()).is_ok());
    assert!(is_crypto(
        message.decrypt(Some(&recipient.certificate), recipient.secret())
    ));
    for other in [&[0, 1, 0][..], &[0], &[], &[0, 0, 0, 0]] {
        assert!(read(other, Dialect::Field).is_err(), "{other:?}");
    }
}
