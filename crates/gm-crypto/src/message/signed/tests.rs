//! Signed data: written, read again, bent and broken.

pub(super) mod crafted;
mod deviations;
mod hostile;
mod signers;

use alloc::{vec, vec::Vec};
use der::{DateTime, Encode, asn1::ObjectIdentifier};
use getrandom::SysRng;
use proptest::prelude::*;

use super::{Attribute, SignedMessage, Signer, UnverifiedSignedData};
use crate::{
    message::{ContentTypes, Deviation, Dialect, Parameters, Partner, PartyIdKind, SignatureName},
    sm2::SigningKey,
};
use crafted::Owner;

const OWN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.9.9");

fn any_partner() -> impl Strategy<Value = Partner> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(types, parameters, party, name)| Partner {
            content_types: [ContentTypes::Gm, ContentTypes::Rfc5652][usize::from(types)],
            parameters: [Parameters::Null, Parameters::Absent][usize::from(parameters)],
            party_id: [
                PartyIdKind::IssuerAndSerialNumber,
                PartyIdKind::SubjectKeyIdentifier,
            ][usize::from(party)],
            signature_name: [SignatureName::Sm2Sign, SignatureName::Sm2WithSm3][usize::from(name)],
            ..Partner::default()
        },
    )
}

/// What GM/T 0010 would say to a partner's wishes.
fn deviations(partner: &Partner) -> Vec<Deviation> {
    let mut found = Vec::new();
    if partner.content_types == ContentTypes::Rfc5652 {
        found.push(Deviation::ContentTypeOfRfc5652);
    }
    if partner.signature_name == SignatureName::Sm2WithSm3 {
        found.push(Deviation::SignatureNamedWithDigest);
    }
    if partner.party_id == PartyIdKind::SubjectKeyIdentifier {
        found.push(Deviation::SubjectKeyIdentifier);
        found.push(Deviation::Version);
    }
    found
}

/// What a signer of the round trip wants: certificate inside, attributes, a time.
#[derive(Clone, Debug)]
struct Wish {
    carried: bool,
    attributes: bool,
    seconds: Option<u64>,
    own: Option<Vec<u8>>,
}

fn any_wish() -> impl Strategy<Value = Wish> {
    (
        any::<bool>(),
        any::<bool>(),
        // To 2100: UTCTime and GeneralizedTime.
        proptest::option::of(0_u64..4_102_444_800),
        proptest::option::of(any::<Vec<u8>>()),
    )
        .prop_map(|(carried, attributes, seconds, own)| Wish {
            carried,
            attributes,
            seconds,
            own,
        })
}

fn time(seconds: u64) -> DateTime {
    DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_for_any_partner_is_read_and_verified(
        partner in any_partner(),
        content in any::<Vec<u8>>(),
        wishes in proptest::collection::vec(any_wish(), 1..4),
        detached in any::<bool>(),
        others in proptest::collection::vec(any::<Vec<u8>>(), 0..3),
        unsigned in any::<bool>(),
    ) {
        let mut message = SignedMessage::new(content.clone()).partner(partner);
        if detached {
            message = message.detached();
        }
        let mut carried: Vec<Vec<u8>> = Vec::new();
        let mut crls = Vec::new();
        for other in &others {
            let structure = crafted::tlv(0x30, &[&crafted::tlv(4, &[other])]);
            message = message.certificate(&structure).unwrap().crl(&structure).unwrap();
            carried.push(structure.clone());
            crls.push(structure);
        }
        let owners: Vec<Owner> = (1..).take(wishes.len()).map(Owner::new).collect();
        let mut signers = Vec::new();
        for (owner, wish) in owners.iter().zip(&wishes) {
            let mut signer = Signer::new(&owner.certificate).unwrap();
            if wish.carried {
                carried.push(owner.certificate.clone());
            } else {
                signer = signer.without_certificate();
            }
            if wish.attributes {
                signer = signer.with_attributes();
            }
            if let Some(seconds) = wish.seconds {
                signer = signer.signing_time(time(seconds)).unwrap();
            }
            if let Some(own) = &wish.own {
                let own = crafted::tlv(4, &[own]);
                signer = signer.attribute(Attribute::new(OWN, &own).unwrap());
            }
            signers.push(signer);
        }
        let mut draft = message.prepare(signers).unwrap();
        let stamp = crafted::tlv(4, &[b"a time stamp"]);
        if unsigned {
            draft = draft.unsigned_attribute(0, Attribute::new(OWN, &stamp).unwrap()).unwrap();
        }
        let keys: Vec<&SigningKey> = owners.iter().map(|owner| &owner.key).collect();
        let der = draft.sign(&mut SysRng, &keys).unwrap();

        let expected = deviations(&partner);
        prop_assert_eq!(UnverifiedSignedData::from_der(&der).is_ok(), expected.is_empty());
        let read = UnverifiedSignedData::read(&der, Dialect::Field).unwrap();
        prop_assert_eq!(read.deviations(), &expected[..]);
        prop_assert_eq!(read.content(), (!detached).then_some(&content[..]));
        carried.sort();
        crls.sort();
        // What two signers or callers bring twice is there as often as a caller brought it.
        prop_assert_eq!(read.certificates(), &carried[..]);
        prop_assert_eq!(read.crls(), &crls[..]);

        let certificates: Vec<&[u8]> =
            owners.iter().map(|owner| owner.certificate.as_slice()).collect();
        let verified = if detached {
            prop_assert!(read.clone().verify_all(&certificates).is_err());
            read.clone().verify_all_detached(&certificates, &content).unwrap()
        } else {
            prop_assert!(read.clone().verify_all_detached(&certificates, &content).is_err());
            read.clone().verify_all(&certificates).unwrap()
        };
        prop_assert_eq!(verified.as_bytes(), &content[..]);
        prop_assert_eq!(verified.signers().len(), owners.len());
        for (index, (owner, wish)) in owners.iter().zip(&wishes).enumerate() {
            let signer = verified
                .signers()
                .iter()
                .find(|signer| signer.certificate() == owner.certificate)
                .unwrap();
            prop_assert_eq!(signer.signing_time(), wish.seconds.map(time));
            let attributes = signer.attributes();
            let some = wish.attributes || wish.seconds.is_some() || wish.own.is_some();
            prop_assert_eq!(attributes.is_some(), some);
            let own = attributes.unwrap_or_default().iter().find(|one| one.oid() == OWN);
            let own = own.map(|one| one.values().next().unwrap());
            prop_assert_eq!(own, wish.own.as_ref().map(|own| crafted::tlv(4, &[own])));
            let stamps = signer.unsigned_attributes();
            prop_assert_eq!(stamps.len(), usize::from(unsigned && index == 0));
            if let [attribute] = stamps {
                prop_assert_eq!(attribute.values().next().unwrap(), &stamp[..]);
            }
            // Each of them alone, too.
            let one = if detached {
                read.clone().verify_detached(&owner.certificate, &content)
            } else {
                read.clone().verify(&owner.certificate)
            };
            prop_assert_eq!(one.unwrap().signers().len(), 1);
        }
        let mut changed = content;
        changed.push(0);
        if detached {
            prop_assert!(read.verify_all_detached(&certificates, &changed).is_err());
        }
    }
}

#[test]
fn a_key_elsewhere_is_given_the_octets_or_the_digest() {
    let owner = Owner::new(1);
    for attributes in [false, true] {
        for by_digest in [false, true] {
            let mut signer = Signer::new(&owner.certificate).unwrap();
            if attributes {
                signer = signer.with_attributes();
            }
            let draft = SignedMessage::new(*b"content")
                .prepare(vec![signer])
                .unwrap();
            let to_sign = draft.to_sign().next().unwrap();
            assert_eq!(to_sign.tbs(), draft.tbs());
            assert_eq!(to_sign.tbs() == b"content", !attributes);
            let signature = if by_digest {
                owner.key.sign_digest(&to_sign.e().unwrap()).unwrap()
            } else {
                owner.sign(to_sign.tbs())
            };
            let der = draft.attach(&crafted::bits(&signature)).unwrap();
            let message = UnverifiedSignedData::from_der(&der).unwrap();
            let content = message.verify(&owner.certificate).unwrap();
            assert_eq!(content.as_bytes(), b"content");
            assert_eq!(content.signature(), signature.to_der());
        }
    }
}

#[test]
fn a_file_of_certificates_alone_has_no_signer() {
    let owners = [Owner::new(1), Owner::new(2)];
    for types in [ContentTypes::Gm, ContentTypes::Rfc5652] {
        let partner = Partner {
            content_types: types,
            ..Partner::default()
        };
        let mut message = SignedMessage::new([]).partner(partner);
        for owner in &owners {
            message = message.certificate(&owner.certificate).unwrap();
        }
        let der = message.certificates_only().unwrap();
        assert_eq!(
            UnverifiedSignedData::from_der(&der).is_ok(),
            types == ContentTypes::Gm
        );
        let read = UnverifiedSignedData::read(&der, Dialect::Field).unwrap();
        assert_eq!(read.signers().len(), 0);
        assert_eq!(read.content(), None);
        assert_eq!(read.certificates().len(), 2);
        assert!(read.clone().verify(&owners[0].certificate).is_err());
        assert!(
            read.clone()
                .verify_detached(&owners[0].certificate, b"")
                .is_err()
        );
        assert!(read.clone().verify_all_detached(&[], b"").is_err());
        assert!(read.verify_detached_with_carried_certificates(b"").is_err());
    }
    assert!(SignedMessage::new([]).certificates_only().is_err());
    assert!(
        SignedMessage::new([1])
            .certificate(&owners[0].certificate)
            .unwrap()
            .certificates_only()
            .is_err()
    );
}

#[test]
fn another_content_type_is_signed_with_attributes_or_not_at_all() {
    let owner = Owner::new(1);
    let signer = || Signer::new(&owner.certificate).unwrap();
    let message = || SignedMessage::new(*b"token").content_type(OWN);
    assert!(message().prepare(vec![signer()]).is_err());
    let draft = message().prepare(vec![signer().with_attributes()]).unwrap();
    let der = draft.sign(&mut SysRng, &[&owner.key]).unwrap();
    let content = UnverifiedSignedData::from_der(&der)
        .unwrap()
        .verify(&owner.certificate)
        .unwrap();
    assert_eq!(content.content_type(), OWN);
    // The type is signed: another one in its place is found.
    let own = OWN.to_der().unwrap();
    let at = der
        .windows(own.len())
        .position(|octets| octets == own)
        .unwrap();
    let mut bent = der;
    bent[at + own.len() - 1] ^= 1;
    for dialect in [Dialect::Strict, Dialect::Field] {
        assert!(UnverifiedSignedData::read(&bent, dialect).is_err());
    }
}

#[test]
fn certificates_that_came_along_prove_that_the_message_is_whole_and_no_more() {
    let owner = Owner::new(1);
    let draft = super::SignedDataDraft::new(b"content".to_vec(), &owner.certificate).unwrap();
    let der = draft.sign(&mut SysRng, &[&owner.key]).unwrap();
    let message = UnverifiedSignedData::from_der(&der).unwrap();
    let whole = message.verify_with_carried_certificates().unwrap();
    assert_eq!(whole.unattributed_bytes(), b"content");
    assert_eq!(whole.signers()[0].certificate(), owner.certificate);

    let signer = Signer::new(&owner.certificate)
        .unwrap()
        .without_certificate();
    let draft = SignedMessage::new(*b"content")
        .prepare(vec![signer])
        .unwrap();
    let der = draft.sign(&mut SysRng, &[&owner.key]).unwrap();
    let message = UnverifiedSignedData::from_der(&der).unwrap();
    assert!(message.certificates().is_empty());
    assert!(message.clone().verify_with_carried_certificates().is_err());
    message.verify(&owner.certificate).unwrap();
}

#[test]
fn octets_that_could_be_attributes_are_neither_signed_nor_accepted_as_content() {
    let owner = Owner::new(1);
    let signer = Signer::new(&owner.certificate).unwrap().with_attributes();
    let draft = SignedMessage::new(*b"content")
        .prepare(vec![signer])
        .unwrap();
    let attributes = draft.tbs().to_vec();
    assert!(super::SignedDataDraft::new(attributes.clone(), &owner.certificate).is_err());
    let signature = owner.sign(&attributes);

    // A message that the owner never wrote, with the signature of one that they did.
    let mut pieces = crafted::Pieces::new(&owner, b"content");
    pieces.content = crafted::tlv(4, &[&attributes]);
    pieces.signers[0].signature = signature.to_der();
    for dialect in [Dialect::Strict, Dialect::Field] {
        let message = UnverifiedSignedData::read(&pieces.to_der(), dialect).unwrap();
        let error = message.verify(&owner.certificate).unwrap_err();
        assert!(matches!(error, crate::Error::Invalid { .. }), "{error}");
    }
    // The same octets are content like any other where attributes are signed.
    let signer = Signer::new(&owner.certificate).unwrap().with_attributes();
    let draft = SignedMessage::new(attributes)
        .prepare(vec![signer])
        .unwrap();
    let der = draft.sign(&mut SysRng, &[&owner.key]).unwrap();
    let message = UnverifiedSignedData::from_der(&der).unwrap();
    message.verify(&owner.certificate).unwrap();
}
