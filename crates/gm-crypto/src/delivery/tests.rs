use super::*;
use crate::sm2::UserId;
use alloc::{boxed::Box, format, string::String, vec};
use core::slice;
use der::Encode;
use getrandom::SysRng;
use proptest::{prelude::*, sample::select};
use spki::EncodePublicKey;

fn fresh() -> SecretKey {
    SecretKey::generate(&mut SysRng).unwrap()
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = der::Length::try_from(content.len()).unwrap();
    [&[tag][..], &length.to_der().unwrap(), content].concat()
}

/// DER of a certificate of a key, which nobody signed.
fn certificate(key: &PublicKey) -> Vec<u8> {
    let algorithm = tlv(0x30, &crate::sm2::SIGNATURE_OID.to_der().unwrap());
    let name = tlv(0x30, &[]);
    let time = tlv(0x17, b"260101000000Z");
    let spki = key.to_public_key_der().unwrap();
    // A number for each key.
    let serial = [&[1], &key.to_uncompressed()[1..9]].concat();
    let tbs = [
        &[0xa0, 3, 2, 1, 2][..],
        &tlv(2, &serial),
        &algorithm,
        &name,
        &tlv(0x30, &[&time[..], &time].concat()),
        &name,
        spki.as_bytes(),
    ];
    let parts = [tlv(0x30, &tbs.concat()), algorithm.clone(), tlv(3, &[0, 0])];
    tlv(0x30, &parts.concat())
}

/// The parties, with their certificates.
struct Parties {
    recipient: SecretKey,
    key: SecretKey,
    /// Of recipient and key.
    certificates: [Vec<u8>; 2],
    /// The centre.
    sender: SigningKey,
    sender_certificate: Vec<u8>,
}

impl Parties {
    fn new() -> Self {
        Self::with(fresh())
    }

    fn with(key: SecretKey) -> Self {
        let recipient = fresh();
        let sender = SigningKey::new(fresh(), UserId::default());
        let certificates = [&recipient, &key].map(|key| certificate(&key.public_key()));
        Self {
            sender_certificate: certificate(sender.verifying_key().public_key()),
            recipient,
            key,
            certificates,
            sender,
        }
    }

    /// A delivery in each form.
    fn each(&self, mut then: impl FnMut(DeliveryTarget<'_>)) {
        let [signing, encryption] = &self.certificates;
        for padding in [
            ScalarPadding::None,
            ScalarPadding::LeadingZeros,
            ScalarPadding::Pkcs7,
        ] {
            for cipher in [EnvelopeCipher::Sm4, EnvelopeCipher::Sm4Ecb] {
                let form = EnvelopedKeyForm::default()
                    .with_padding(padding)
                    .with_cipher(cipher);
                then(DeliveryTarget::EnvelopedKey(form));
                then(DeliveryTarget::EnvelopedKey(
                    form.with_null_parameters(true),
                ));
                then(DeliveryTarget::CsrResponse {
                    form,
                    signing: &[signing],
                    encryption: &[encryption, signing],
                });
            }
        }
        for device in [DeviceForm::SKF, DeviceForm::SDF_2012, DeviceForm::GMSSL] {
            for place in [ScalarPlace::Whole, ScalarPlace::Right, ScalarPlace::Left] {
                then(DeliveryTarget::Device(device.with_scalar(place)));
            }
        }
        for commas in [true, false] {
            then(DeliveryTarget::Cfca(CfcaForm::Headed { commas }));
            then(DeliveryTarget::Cfca(CfcaForm::Base64 { commas }));
        }
        then(DeliveryTarget::Cfca(CfcaForm::Der));
        then(DeliveryTarget::SignedAndEnveloped {
            sender: &self.sender,
            sender_certificate: &self.sender_certificate,
            recipient_certificate: signing,
        });
    }

    fn sealed(&self, target: DeliveryTarget<'_>) -> EncryptionKeyDelivery {
        EncryptionKeyDelivery::seal(&mut SysRng, &self.recipient.public_key(), &self.key, target)
            .unwrap()
    }

    /// With the key to expect, which the forms that state none are not opened without.
    fn expecting(&self, delivery: EncryptionKeyDelivery) -> EncryptionKeyDelivery {
        delivery.expecting(self.key.public_key()).unwrap()
    }
}

#[test]
fn each_form_is_read_back_as_it_was_written_and_opens_to_the_key() {
    let parties = Parties::new();
    parties.each(|target| {
        let sealed = parties.sealed(target);
        let octets = sealed.write();
        let read = EncryptionKeyDelivery::read(&octets).unwrap();
        assert_eq!(read, sealed);
        assert_eq!(read.form(), sealed.form());
        let read = parties.expecting(read);
        let opened = read.open(&parties.recipient).unwrap();
        assert_eq!(*opened.to_bytes(), *parties.key.to_bytes());
        assert!(matches!(read.open(&parties.key), Err(Error::Crypto)));
    });
}

#[test]
fn each_form_turns_into_each_other_and_back() {
    let parties = Parties::new();
    parties.each(|first| {
        let one = parties.sealed(first);
        parties.each(|second| {
            let to = parties.recipient.public_key();
            let one = parties.expecting(one.clone());
            let two = one.rewrap(&mut SysRng, &parties.recipient, &to, second);
            let two = EncryptionKeyDelivery::read(&two.unwrap().write()).unwrap();
            let two = parties.expecting(two);
            let back = two.rewrap(&mut SysRng, &parties.recipient, &to, first);
            let back = EncryptionKeyDelivery::read(&back.unwrap().write()).unwrap();
            let back = parties.expecting(back);
            assert_eq!(back.form(), one.form());
            let opened = back.open(&parties.recipient).unwrap();
            assert_eq!(*opened.to_bytes(), *parties.key.to_bytes());
        });
    });
}

#[test]
fn a_device_gets_its_structure_without_anybody_opening_the_envelope() {
    let parties = Parties::new();
    let form = EnvelopedKeyForm::default().with_padding(ScalarPadding::LeadingZeros);
    let envelope = parties.sealed(DeliveryTarget::EnvelopedKey(form));
    for (target, length) in [
        (DeviceForm::SKF, 388),
        (DeviceForm::GMSSL, 631),
        (DeviceForm::SDF_2012, 504),
        (DeviceForm::SKF.with_scalar(ScalarPlace::Left), 388),
    ] {
        let device = envelope.reshaped(DeliveryTarget::Device(target)).unwrap();
        assert_eq!(device.write().len(), length);
        let device = EncryptionKeyDelivery::read(&device.write()).unwrap();
        assert_eq!(device.form(), DeliveryForm::Device(target));
        assert!(device.open(&parties.recipient).is_ok());
        // And back: SM2EnvelopedKey with the scalar alone.
        let target = DeliveryTarget::EnvelopedKey(EnvelopedKeyForm::default());
        assert!(
            device
                .reshaped(target)
                .unwrap()
                .open(&parties.recipient)
                .is_ok()
        );
    }
    let cfca = DeliveryTarget::Cfca(CfcaForm::default());
    assert!(envelope.reshaped(cfca).is_err());
    assert!(parties.sealed(cfca).reshaped(cfca).is_err());
    let plain = parties.sealed(DeliveryTarget::EnvelopedKey(EnvelopedKeyForm::default()));
    assert!(
        plain
            .reshaped(DeliveryTarget::Device(DeviceForm::SKF))
            .is_err()
    );
}

#[test]
fn pem_and_base64_around_a_form_are_taken_off() {
    let parties = Parties::new();
    let target = DeliveryTarget::EnvelopedKey(EnvelopedKeyForm::default());
    let sealed = parties.sealed(target);
    let pem = crate::pki::encode_pem("SM2 ENVELOPED KEY", &sealed.write());
    let commented = format!("加密密钥\n{pem}\n");
    let one_line = Base64::encode_string(&sealed.write());
    let lines: String = one_line
        .as_bytes()
        .chunks(76)
        .flat_map(|line| [core::str::from_utf8(line).unwrap(), "\r\n"])
        .collect();
    for text in [pem, commented, one_line, lines] {
        assert_eq!(
            EncryptionKeyDelivery::read(text.as_bytes()).unwrap(),
            sealed
        );
    }
    let skf = parties.sealed(DeliveryTarget::Device(DeviceForm::SKF));
    let text = Base64::encode_string(&skf.write());
    assert_eq!(EncryptionKeyDelivery::read(text.as_bytes()).unwrap(), skf);
}

/// A sample with the temporary key that opens it, from gmsm (cfca/pkcs10_test.go).
const CFCA_SAMPLE: &str = "MIHGAgEBBIHArhtKwTVT8dPEkykVRpvQNMxHv/yeqtaKZiSp2MbjcqMZtPfKW8IatiIPPit\
    NhQtU5C7gMbsUxgf5Yo16vDSXdoWqoOOaes2pEJwmXWZI55lMMWc168WgzQ82fmMi05Vhlw9HNjGI3azE6MS5/ujSNGLZ0q\
    AAmLnBiHlXFAXXAWRiy9MxZKwF4xKn6qMaKmkqbYmTbBbEJEhzJBmu0IJ1kNDcTFirAyapghHSw267erSUwsHjkQis9mKYp\
    zGied0E";
const CFCA_TEMPORARY: [u128; 2] = [
    0xcace_ce36_cac2_4aab_94e5_2bcd_5c0f_552c,
    0x9502_8f28_5605_3135_a1e4_7510_b4c3_07ba,
];
const CFCA_KEY: [u128; 2] = [
    0xf6e0_2c94_1a0d_fdac_58d8_b3b1_bc1b_d136,
    0xf179_741b_7465_ebc7_b0b2_5bb3_8184_0a3b,
];

fn scalar(halves: [u128; 2]) -> SecretKey {
    let octets = halves.map(u128::to_be_bytes).concat();
    SecretKey::from_bytes(&octets.try_into().unwrap()).unwrap()
}

#[test]
fn the_sample_of_cfca_opens_in_each_of_its_spellings() {
    let header = "0000000000000001000000000000000100000000000000000000000000000000";
    let lines: String = CFCA_SAMPLE
        .as_bytes()
        .chunks(64)
        .flat_map(|line| [core::str::from_utf8(line).unwrap(), ","])
        .collect();
    assert_eq!((CFCA_SAMPLE.len(), lines.len()), (268, 273));
    for (text, form) in [
        (
            format!("{header}0000000000000268{CFCA_SAMPLE}"),
            CfcaForm::Headed { commas: false },
        ),
        (
            format!("{header}0000000000000273{lines}"),
            CfcaForm::Headed { commas: true },
        ),
        (CFCA_SAMPLE.into(), CfcaForm::Base64 { commas: false }),
        (lines, CfcaForm::Base64 { commas: true }),
    ] {
        let read = EncryptionKeyDelivery::read(text.as_bytes()).unwrap();
        assert_eq!(read.form(), DeliveryForm::Cfca(form));
        assert_eq!(read.write(), text.as_bytes());
        let opened = read.open(&scalar(CFCA_TEMPORARY)).unwrap();
        assert_eq!(*opened.to_bytes(), *scalar(CFCA_KEY).to_bytes());
        assert_eq!(read.stated_public_key(), None);
        assert!(read.remarks().contains(&DeliveryRemark::NoPublicKeyStated));
    }
    for bad in [
        format!("{header}0000000000000269{CFCA_SAMPLE}"),
        format!("{header}00000000000/0268{CFCA_SAMPLE}"),
        format!("{header}0000000000000269{CFCA_SAMPLE}*"),
        format!("{header}000000000000026"),
        header.replace('1', "2"),
    ] {
        assert!(matches!(
            EncryptionKeyDelivery::read(bad.as_bytes()),
            Err(Error::Encoding { .. })
        ));
    }
}

#[test]
fn cfcas_point_must_belong_to_its_scalar() {
    let (recipient, one, other) = (fresh(), fresh(), fresh());
    for (point, good) in [(&one, true), (&other, false)] {
        let plaintext = [
            &point.public_key().to_uncompressed()[1..],
            &one.to_bytes()[..],
        ]
        .concat();
        let ciphertext = recipient
            .public_key()
            .encrypt(&mut SysRng, &plaintext)
            .unwrap();
        let raw = ciphertext.write(crate::sm2::CiphertextForm::C1C3C2Without04);
        let octet_string = der::asn1::OctetString::new(raw).unwrap().to_der().unwrap();
        let der = [&[0x30, 0x81, 198, 2, 1, 1][..], &octet_string].concat();
        let read = EncryptionKeyDelivery::read(&der).unwrap();
        assert_eq!(read.open(&recipient).is_ok(), good);
    }
}

#[test]
fn another_key_than_the_expected_one_is_refused_before_or_after_opening() {
    let parties = Parties::new();
    let stranger = fresh().public_key();
    parties.each(|target| {
        let sealed = parties.sealed(target);
        let stated = sealed.stated_public_key().is_some();
        match sealed.clone().expecting(stranger) {
            Err(Error::Invalid { .. }) => assert!(stated),
            Ok(expecting) => {
                assert!(!stated);
                assert!(matches!(
                    expecting.open(&parties.recipient),
                    Err(Error::Crypto)
                ));
            }
            Err(error) => panic!("{error}"),
        }
        let expecting = sealed.expecting(parties.key.public_key()).unwrap();
        assert!(expecting.open(&parties.recipient).is_ok());
    });
}

#[test]
fn a_response_is_read_in_each_spelling_of_its_sets() {
    let parties = Parties::new();
    let [signing, encryption] = &parties.certificates;
    let envelope = EnvelopedKey::seal(&mut SysRng, &parties.recipient.public_key(), &parties.key)
        .unwrap()
        .to_der();
    let inside = AnyRef::from_der(&envelope).unwrap().value();
    let set = tlv(0x31, encryption);
    for (first, key, last) in [
        (0x31, &envelope[..], &encryption[..]),
        (0x30, &envelope, encryption),
        (0x31, inside, encryption),
        (0x30, inside, &set),
    ] {
        let content = [tlv(first, signing), tlv(0xa0, key), tlv(0xa1, last)].concat();
        let read = EncryptionKeyDelivery::read(&tlv(0x30, &content)).unwrap();
        assert_eq!(read.signing_certificates(), slice::from_ref(signing));
        assert_eq!(read.encryption_certificates(), slice::from_ref(encryption));
        assert!(read.open(&parties.recipient).is_ok());
    }
    let without = tlv(0x30, &tlv(0x31, signing));
    let unknown = tlv(0x30, &[tlv(0x31, signing), tlv(0xa2, &envelope)].concat());
    let others = [tlv(0x31, signing), tlv(0xa0, &envelope), tlv(0xa1, signing)].concat();
    for bad in [without, unknown, tlv(0x30, &others)] {
        assert!(matches!(
            EncryptionKeyDelivery::read(&bad),
            Err(Error::Invalid { .. })
        ));
    }
    let many = [0x30, 0].repeat(100);
    let content = [tlv(0x31, &many), tlv(0xa0, &envelope)].concat();
    assert!(matches!(
        EncryptionKeyDelivery::read(&tlv(0x30, &content)),
        Err(Error::TooLarge { .. })
    ));
}

#[test]
fn no_form_can_be_cut_and_the_binary_ones_have_no_trailing_octets() {
    let parties = Parties::new();
    parties.each(|target| {
        let octets = parties.sealed(target).write();
        let text = octets.is_ascii();
        for length in 0..octets.len() {
            // The comma at the end of a line of base64 says nothing.
            let commas = text && octets[length..].iter().all(|octet| *octet == b',');
            assert!(
                EncryptionKeyDelivery::read(&octets[..length]).is_err()
                    || (commas && matches!(target, DeliveryTarget::Cfca(CfcaForm::Base64 { .. }))),
                "{target:?} {length}"
            );
        }
        for more in [&[1][..], &[0; 7], &octets.clone()] {
            if matches!(target, DeliveryTarget::Device(_)) && more.len() > 7 {
                // Twice SDF's structure is one with more room for C.
                continue;
            }
            let long = [&octets, more].concat();
            let Ok(read) = EncryptionKeyDelivery::read(&long) else {
                continue;
            };
            // C leaves room at the end of a ciphertext.
            assert!(matches!(
                (read.form(), more),
                (
                    DeliveryForm::Device(DeviceForm {
                        order: DeviceOrder::ScalarFirst { capacity: 23 },
                        ..
                    }),
                    [0, ..]
                )
            ));
        }
    });
}

#[test]
fn no_changed_octet_gives_another_key_and_none_panics() {
    let parties = Parties::new();
    parties.each(|target| {
        let octets = parties.sealed(target).write();
        for place in 0..octets.len() {
            for bit in [0x01, 0x80] {
                let mut changed = octets.clone();
                changed[place] ^= bit;
                let Ok(read) = EncryptionKeyDelivery::read(&changed) else {
                    continue;
                };
                let opened = match read.form() {
                    DeliveryForm::SignedAndEnveloped => {
                        read.open_from(&parties.recipient, &parties.sender_certificate)
                    }
                    _ => read.open(&parties.recipient),
                };
                if let Ok(opened) = opened {
                    // What nobody authenticates may change: names, certificates, unused room.
                    assert_eq!(*opened.to_bytes(), *parties.key.to_bytes(), "{place}");
                }
            }
        }
    });
}

#[test]
fn a_message_whose_key_nobody_vouches_for_is_not_opened() {
    let parties = Parties::new();
    let target = DeliveryTarget::SignedAndEnveloped {
        sender: &parties.sender,
        sender_certificate: &parties.sender_certificate,
        recipient_certificate: &parties.certificates[0],
    };
    let read = EncryptionKeyDelivery::read(&parties.sealed(target).write()).unwrap();
    let (recipient, to) = (&parties.recipient, parties.recipient.public_key());
    let plain = DeliveryTarget::EnvelopedKey(EnvelopedKeyForm::default());
    assert!(matches!(read.open(recipient), Err(Error::Invalid { .. })));
    let rewrapped = read.rewrap(&mut SysRng, recipient, &to, plain);
    assert!(matches!(rewrapped, Err(Error::Invalid { .. })));

    let same = |key: &SecretKey| assert_eq!(*key.to_bytes(), *parties.key.to_bytes());
    same(&read.open_unauthenticated(recipient).unwrap());
    let expecting = parties.expecting(read.clone());
    same(&expecting.open(recipient).unwrap());
    let wrong = read.clone().expecting(fresh().public_key()).unwrap();
    for sender in [&parties.sender_certificate, &parties.certificates[0]] {
        let good = *sender == parties.sender_certificate;
        let rewrapped = read.rewrap_from(&mut SysRng, recipient, sender, &to, plain);
        assert_eq!(rewrapped.is_ok(), good);
        if let Ok(rewrapped) = rewrapped {
            same(&rewrapped.open(recipient).unwrap());
        }
        assert!(wrong.open_from(recipient, sender).is_err());
    }
    assert!(matches!(
        wrong.open_unauthenticated(recipient),
        Err(Error::Crypto)
    ));
}

#[test]
fn a_message_is_authenticated_by_the_senders_certificate_alone() {
    let parties = Parties::new();
    let target = DeliveryTarget::SignedAndEnveloped {
        sender: &parties.sender,
        sender_certificate: &parties.sender_certificate,
        recipient_certificate: &parties.certificates[0],
    };
    let sealed = parties.sealed(target);
    let read = EncryptionKeyDelivery::read(&sealed.write()).unwrap();
    assert_eq!(
        read.remarks(),
        [
            DeliveryRemark::NotAuthenticated,
            DeliveryRemark::NoPublicKeyStated,
            DeliveryRemark::Message(Deviation::ModeUnsaid),
        ]
    );
    assert_eq!(
        read.sender_certificates(),
        slice::from_ref(&parties.sender_certificate)
    );
    let opened = read.open_from(&parties.recipient, &parties.sender_certificate);
    assert_eq!(*opened.unwrap().to_bytes(), *parties.key.to_bytes());
    for (certificate, recipient) in [
        (&parties.certificates[0], &parties.recipient),
        (&parties.sender_certificate, &parties.key),
    ] {
        assert!(read.open_from(recipient, certificate).is_err());
    }
    // The same name, another key.
    let serial = [
        &[1],
        &parties
            .sender
            .verifying_key()
            .public_key()
            .to_uncompressed()[1..9],
    ];
    let mut forged = certificate(&parties.key.public_key());
    let own = [&[1], &parties.key.public_key().to_uncompressed()[1..9]].concat();
    let place = forged.windows(9).position(|window| window == own).unwrap();
    forged[place..place + 9].copy_from_slice(&serial.concat());
    assert!(matches!(
        read.open_from(&parties.recipient, &forged),
        Err(Error::Crypto)
    ));

    let stranger = certificate(&fresh().public_key());
    let target = DeliveryTarget::SignedAndEnveloped {
        sender: &parties.sender,
        sender_certificate: &parties.sender_certificate,
        recipient_certificate: &stranger,
    };
    let to = parties.recipient.public_key();
    let sealed = EncryptionKeyDelivery::seal(&mut SysRng, &to, &parties.key, target);
    assert!(matches!(sealed, Err(Error::Invalid { .. })));
    let unsigned = parties.sealed(DeliveryTarget::Device(DeviceForm::SKF));
    assert!(matches!(
        unsigned.open_from(&parties.recipient, &parties.sender_certificate),
        Err(Error::Invalid { .. })
    ));
}

#[test]
fn a_structure_says_where_it_is_wrong() {
    let parties = Parties::new();
    for (device, place, expected) in [
        (DeviceForm::SKF, 0, 0),
        (DeviceForm::SKF, 4, 4),
        (DeviceForm::SKF, 12 + 64 + 4, 80),
        (DeviceForm::SKF, 12 + 64 + 132 + 160, 368),
        (DeviceForm::GMSSL, 8, 8),
        (DeviceForm::GMSSL, 12, 12),
        (DeviceForm::SDF_2012, 0, 0),
    ] {
        let mut octets = parties.sealed(DeliveryTarget::Device(device)).write();
        octets[place] ^= 0x40;
        match EncryptionKeyDelivery::read(&octets) {
            Err(Error::Encoding { offset, .. }) => assert_eq!(offset, expected),
            other => panic!("{device} {place}: {other:?}"),
        }
    }
}

#[test]
fn another_cipher_is_refused_by_name() {
    let parties = Parties::new();
    let target = DeliveryTarget::EnvelopedKey(EnvelopedKeyForm::default());
    let mut der = parties.sealed(target).write();
    let oid = der.windows(2).position(|pair| pair == [0x68, 1]).unwrap();
    der[oid + 1] = 2;
    assert!(matches!(
        EncryptionKeyDelivery::read(&der),
        Err(Error::Unsupported { .. })
    ));
}

proptest! {
    #[test]
    fn arbitrary_octets_are_refused_or_read_without_panic(
        octets in proptest::collection::vec(any::<u8>(), 0..700),
        head in select(vec![&b""[..], b"\x30\x82", b"\x01\0\0\0\x01\x04\0\0\0\x01\0\0", b"-----BEGIN X-----\n", b"0000000000000001"]),
    ) {
        let _ = EncryptionKeyDelivery::read(&[head, &octets].concat());
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_scalar_goes_through_any_two_forms(octets in any::<[u8; 32]>(), seed in any::<[usize; 2]>()) {
        let Ok(key) = SecretKey::from_bytes(&octets) else { return Ok(()) };
        let parties = Parties::with(key);
        let mut forms = Vec::new();
        parties.each(|target| forms.push(parties.sealed(target)));
        let one = &forms[seed[0] % forms.len()];
        let mut number = 0;
        let mut result: Option<Box<EncryptionKeyDelivery>> = None;
        parties.each(|target| {
            if number == seed[1] % forms.len() {
                let to = parties.recipient.public_key();
                let one = parties.expecting(one.clone());
                result = Some(Box::new(one.rewrap(&mut SysRng, &parties.recipient, &to, target).unwrap()));
            }
            number += 1;
        });
        let read = EncryptionKeyDelivery::read(&result.unwrap().write()).unwrap();
        let read = parties.expecting(read);
        prop_assert_eq!(&*read.open(&parties.recipient).unwrap().to_bytes(), &octets);
    }
}
