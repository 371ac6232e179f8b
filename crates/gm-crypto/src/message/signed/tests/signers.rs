//! Several signers, signers of one name, and those who are not there.

use alloc::{vec, vec::Vec};
use getrandom::SysRng;

use super::crafted::{Owner, Pieces, bits, identifier, tlv};
use crate::{
    Error,
    message::{
        Attribute, Dialect, Partner, PartyIdKind, SignedDataDraft, SignedMessage, Signer,
        UnverifiedSignedData,
    },
    pki::oid,
    sm2::{SecretKey, SigningKey, UserId},
};

const CONTENT: &[u8] = b"octets of the content";

fn by(owners: &[&Owner]) -> Vec<u8> {
    let signers = owners
        .iter()
        .map(|owner| Signer::new(&owner.certificate).unwrap())
        .collect();
    let keys: Vec<&SigningKey> = owners.iter().map(|owner| &owner.key).collect();
    let draft = SignedMessage::new(CONTENT).prepare(signers).unwrap();
    draft.sign(&mut SysRng, &keys).unwrap()
}

#[test]
fn one_of_several_signers_is_not_all_of_them() {
    let (one, two, three) = (Owner::new(1), Owner::new(2), Owner::new(3));
    let message = UnverifiedSignedData::from_der(&by(&[&one, &two])).unwrap();
    assert_eq!(message.signers().len(), 2);
    for owner in [&one, &two] {
        let content = message.clone().verify(&owner.certificate).unwrap();
        assert_eq!(content.signers().len(), 1);
        assert_eq!(content.signers()[0].certificate(), owner.certificate);
    }
    let error = message.clone().verify(&three.certificate).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }));
    let all = |owners: &[&Owner]| {
        let certificates: Vec<&[u8]> = owners
            .iter()
            .map(|owner| owner.certificate.as_slice())
            .collect();
        message.clone().verify_all(&certificates)
    };
    assert!(all(&[&one]).is_err(), "the other is not checked");
    assert!(all(&[]).is_err());
    assert_eq!(all(&[&three, &two, &one]).unwrap().signers().len(), 2);
}

#[test]
fn each_of_several_has_signed_or_nothing_is_accepted() {
    let [one, two, three] = [1, 2, 3].map(Owner::new);
    let der = by(&[&one, &two]);
    let message = UnverifiedSignedData::from_der(&der).unwrap();
    let each = |owners: &[&Owner]| {
        let certificates: Vec<&[u8]> = owners.iter().map(|one| &one.certificate[..]).collect();
        message.clone().verify_each(&certificates)
    };
    for owners in [&[&one][..], &[&two], &[&one, &two], &[&two, &one]] {
        let content = each(owners).unwrap();
        assert_eq!(content.signers().len(), owners.len());
    }
    assert_eq!(each(&[&one, &one]).unwrap().signers().len(), 1);
    for owners in [&[][..], &[&three], &[&one, &three], &[&one, &two, &three]] {
        assert!(matches!(each(owners), Err(Error::Invalid { .. })));
    }
    // All is something else: that nobody signed who is not known.
    let all = [&one, &two, &three].map(|one| &one.certificate[..]);
    assert!(message.clone().verify_all(&all).is_ok());
    // One signature does not count for two of one name.
    let namesake = Owner::with_key(1, Some(&[1; 20]), [0x55; 32]);
    for owners in [[&one, &namesake], [&namesake, &one]] {
        assert!(matches!(each(&owners), Err(Error::Crypto)));
    }
    // One that does not fit spoils those that do.
    let mut pieces = Pieces::new(&one, CONTENT);
    let mut others = Pieces::new(&two, CONTENT).signers;
    others[0].signature = two.sign(b"something else").to_der();
    pieces.signers.append(&mut others);
    let bent = UnverifiedSignedData::read(&pieces.to_der(), Dialect::Field).unwrap();
    let certificates = [&one.certificate[..], &two.certificate];
    assert!(bent.clone().verify_each(&certificates[..1]).is_ok());
    assert!(matches!(
        bent.verify_each(&certificates),
        Err(Error::Crypto)
    ));
}

#[test]
fn each_signer_is_judged_alone() {
    let [one, two, three] = [1, 2, 3].map(Owner::new);
    let mut pieces = Pieces::new(&one, CONTENT);
    let mut others = Pieces::new(&two, CONTENT).signers;
    others[0].signature = two.sign(b"something else").to_der();
    pieces.signers.append(&mut others);
    pieces.signers.extend(Pieces::new(&three, CONTENT).signers);
    let message = UnverifiedSignedData::read(&pieces.to_der(), Dialect::Field).unwrap();
    let judge = |owners: &[&Owner]| {
        let all = message.verify_one_by_one(None, |_| {
            owners.iter().map(|one| &one.certificate[..]).collect()
        });
        let mut found = Vec::new();
        for (signer, verdict) in message.signers().zip(all.unwrap()) {
            found.push(match verdict {
                Ok(verified) => {
                    assert!(signer.is_named_by(verified.certificate()).unwrap());
                    assert_eq!(verified.signature(), signer.signature());
                    "good"
                }
                Err(Error::Crypto) => "bad",
                Err(Error::Invalid { .. }) => "unknown",
                Err(error) => panic!("{error}"),
            });
        }
        found.sort_unstable();
        found
    };
    assert_eq!(judge(&[&one, &two, &three]), ["bad", "good", "good"]);
    assert_eq!(judge(&[&two, &one]), ["bad", "good", "unknown"]);
    assert_eq!(judge(&[]), ["unknown"; 3]);
    // A namesake before the right one does no harm.
    let namesake = Owner::with_key(1, Some(&[1; 20]), [0x55; 32]);
    assert_eq!(judge(&[&namesake, &one]), ["good", "unknown", "unknown"]);

    let none = |_: crate::message::UnverifiedSigner<'_>| Vec::new();
    let twice = message.verify_one_by_one(Some(CONTENT), none);
    assert!(matches!(twice, Err(Error::Invalid { .. })));
    let signer = Signer::new(&one.certificate).unwrap().with_attributes();
    let detached = SignedMessage::new(CONTENT).detached();
    let detached = detached.prepare(vec![signer]).unwrap();
    let detached = detached.sign(&mut SysRng, &[&one.key]).unwrap();
    let detached = UnverifiedSignedData::from_der(&detached).unwrap();
    let with = |content| {
        let mut found = detached.verify_one_by_one(content, |_| vec![&one.certificate[..]])?;
        found.remove(0)
    };
    assert!(with(Some(CONTENT)).is_ok());
    assert!(matches!(with(Some(b"another")), Err(Error::Crypto)));
    assert!(matches!(with(None), Err(Error::Invalid { .. })));
}

#[cfg(feature = "std")]
#[test]
fn each_of_several_has_signed_what_goes_by_or_nothing_is_accepted() {
    use crate::message::stream::{self, ExpectedSigners};

    let [one, two, three] = [1, 2, 3].map(Owner::new);
    let der = by(&[&one, &two]);
    let verify = |owners: &[&Owner]| {
        let certificates: Vec<&[u8]> = owners.iter().map(|one| &one.certificate[..]).collect();
        let expected = ExpectedSigners::Each(&certificates);
        let input = || std::io::Cursor::new(&der);
        let verified = stream::verify_attached(input(), Dialect::Strict, expected);
        let mut output = Vec::new();
        let once = stream::release_then_verify(input(), Dialect::Strict, expected, &mut output);
        assert_eq!(verified.is_ok(), once.is_ok());
        verified.map(|verified| verified.signers().len())
    };
    assert_eq!(verify(&[&two]).unwrap(), 1);
    assert_eq!(verify(&[&two, &one]).unwrap(), 2);
    for owners in [&[][..], &[&three], &[&one, &three], &[&one, &two, &three]] {
        assert!(matches!(verify(owners), Err(Error::Invalid { .. })));
    }
}

#[test]
fn a_signature_that_was_copied_is_refused_whatever_stands_around_it() {
    let owner = Owner::new(1);
    let mut pieces = Pieces::new(&owner, CONTENT);
    pieces.signers.push(pieces.signers[0].clone());
    let refused = |pieces: &Pieces| {
        for dialect in [Dialect::Strict, Dialect::Field] {
            let error = UnverifiedSignedData::read(&pieces.to_der(), dialect).unwrap_err();
            assert!(matches!(error, Error::Invalid { .. }), "{error}");
        }
    };
    refused(&pieces);
    let stamp = super::crafted::attribute(super::OWN, &[&[5, 0]]);
    pieces.signers[1].unsigned = Some(vec![stamp]);
    refused(&pieces);
}

#[test]
fn who_signs_twice_signs_well_twice() {
    let owner = Owner::new(1);
    let mut pieces = Pieces::with_attributes(&owner, CONTENT);
    pieces
        .signers
        .append(&mut Pieces::new(&owner, CONTENT).signers);
    let read = |pieces: &Pieces| UnverifiedSignedData::read(&pieces.to_der(), Dialect::Field);
    let message = read(&pieces).unwrap();
    assert_eq!(message.signers().len(), 2);
    let content = message.verify_each(&[&owner.certificate]).unwrap();
    assert_eq!(content.signers().len(), 1, "who signs twice is one");
    pieces.signers[1].signature = owner.sign(b"something else").to_der();
    assert!(read(&pieces).unwrap().verify(&owner.certificate).is_err());
}

#[test]
fn a_namesake_with_another_key_neither_signs_nor_hinders() {
    let owner = Owner::new(1);
    let namesake = Owner::with_key(1, Some(&[1; 20]), [0x55; 32]);
    let mut pieces = Pieces::new(&owner, CONTENT);
    let read = |pieces: &Pieces| UnverifiedSignedData::read(&pieces.to_der(), Dialect::Field);
    let error = read(&pieces).unwrap().verify(&namesake.certificate);
    assert!(matches!(error, Err(Error::Crypto)));
    for certificates in [[&namesake, &owner], [&owner, &namesake]] {
        pieces.certificates = certificates
            .iter()
            .map(|owner| owner.certificate.clone())
            .collect();
        let message = read(&pieces).unwrap();
        let content = message.verify_with_carried_certificates().unwrap();
        assert_eq!(content.signers()[0].certificate(), owner.certificate);
    }
    // A crowd of them is not looked through.
    pieces.certificates = vec![namesake.certificate; 1000];
    pieces.certificates.push(owner.certificate);
    assert!(
        read(&pieces)
            .unwrap()
            .verify_with_carried_certificates()
            .is_err()
    );
}

#[test]
fn a_serial_number_of_another_issuer_names_somebody_else() {
    let owner = Owner::new(1);
    let mut pieces = Pieces::new(&owner, CONTENT);
    let issuer = tlv(0x30, &[]);
    pieces.signers[0].id = tlv(0x30, &[&issuer, &[2, 1, owner.serial]]);
    let message = UnverifiedSignedData::from_der(&pieces.to_der()).unwrap();
    let signer = message.signers().next().unwrap();
    assert_eq!(
        signer.issuer_and_serial_number(),
        Some((issuer, &[owner.serial][..]))
    );
    assert!(!signer.is_named_by(&owner.certificate).unwrap());
    let error = message.verify(&owner.certificate).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }));
}

#[test]
fn a_key_identifier_is_the_extensions_or_none() {
    let without = Owner::with_identifier(1, None);
    let partner = Partner {
        party_id: PartyIdKind::SubjectKeyIdentifier,
        ..Partner::default()
    };
    let prepare = |owner: &Owner| {
        SignedMessage::new(CONTENT)
            .partner(partner)
            .prepare(vec![Signer::new(&owner.certificate).unwrap()])
    };
    assert!(prepare(&without).is_err());
    let with = Owner::new(1);
    let der = prepare(&with)
        .unwrap()
        .sign(&mut SysRng, &[&with.key])
        .unwrap();
    let message = UnverifiedSignedData::read(&der, Dialect::Field).unwrap();
    let signer = message.signers().next().unwrap();
    assert_eq!(signer.key_identifier(), Some(&[1; 20][..]));
    assert_eq!(signer.issuer_and_serial_number(), None);
    assert!(message.clone().verify(&without.certificate).is_err());
    message.verify(&with.certificate).unwrap();
}

#[test]
fn a_draft_takes_as_many_signatures_as_it_has_signers() {
    let (one, two) = (Owner::new(1), Owner::new(2));
    let draft = || {
        let signers = [&one, &two].map(|owner| Signer::new(&owner.certificate).unwrap());
        SignedMessage::new(CONTENT).prepare(signers.into()).unwrap()
    };
    let signature = bits(&one.sign(CONTENT));
    assert!(draft().attach(&signature).is_err());
    assert!(draft().attach_all(&[]).is_err());
    assert!(draft().sign(&mut SysRng, &[&one.key]).is_err());
    let keys = [&one.key, &two.key];
    assert!(draft().sign(&mut SysRng, &keys).is_ok());
    let keys = [&one.key, &two.key, &two.key];
    assert!(draft().sign(&mut SysRng, &keys).is_err());
    let keys = [&two.key, &one.key];
    assert!(draft().sign(&mut SysRng, &keys).is_err(), "crossed");
    assert!(SignedMessage::new(CONTENT).prepare(vec![]).is_err());
    let many = vec![Signer::new(&one.certificate).unwrap(); 65];
    let error = SignedMessage::new(CONTENT).prepare(many).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }));
    let stamp = Attribute::new(super::OWN, &[5, 0]).unwrap();
    assert!(draft().unsigned_attribute(2, stamp).is_err());
}

#[test]
fn a_key_under_another_id_does_not_sign_for_a_certificate() {
    let owner = Owner::new(1);
    let secret = SecretKey::from_bytes(&[1; 32]).unwrap();
    let other_id = SigningKey::new(secret, UserId::new("somebody").unwrap());
    let draft = || SignedDataDraft::new(CONTENT.to_vec(), &owner.certificate).unwrap();
    assert!(draft().sign(&mut SysRng, &[&other_id]).is_err());
    assert!(draft().sign(&mut SysRng, &[&owner.key]).is_ok());
}

#[test]
fn attributes_that_are_added_here_are_not_taken_from_a_caller() {
    let owner = Owner::new(1);
    let value = identifier(oid::DATA);
    for oid in [oid::CONTENT_TYPE, oid::MESSAGE_DIGEST] {
        let attribute = Attribute::new(oid, &value).unwrap();
        let signer = Signer::new(&owner.certificate)
            .unwrap()
            .attribute(attribute);
        assert!(SignedMessage::new(CONTENT).prepare(vec![signer]).is_err());
    }
    let own = Attribute::new(super::OWN, &value).unwrap();
    let signer = Signer::new(&owner.certificate)
        .unwrap()
        .attribute(own.clone())
        .attribute(own);
    assert!(SignedMessage::new(CONTENT).prepare(vec![signer]).is_err());
    assert!(Attribute::new(super::OWN, &[2, 2, 0, 1, 9]).is_err());
}

#[test]
fn what_is_no_certificate_signs_nothing() {
    let owner = Owner::new(1);
    let message = UnverifiedSignedData::from_der(&by(&[&owner])).unwrap();
    for length in 0..owner.certificate.len() {
        let cut = &owner.certificate[..length];
        assert!(Signer::new(cut).is_err());
        assert!(message.clone().verify(cut).is_err());
    }
    let mut long = owner.certificate.clone();
    long.push(0);
    assert!(Signer::new(&long).is_err());
    for index in 0..owner.certificate.len() {
        let mut bent = owner.certificate.clone();
        bent[index] ^= 0x21;
        // It must not panic; where name and key are whole, it is the same owner.
        let _ = message.clone().verify(&bent);
    }
}
