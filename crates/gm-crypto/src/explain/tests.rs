use super::*;
use crate::{
    explain::crafted::{self, key, spki, tlv, usual},
    pki,
    sm2::SecretKey,
};
use alloc::{format, string::ToString, vec};
use proptest::prelude::*;

// No text: 32 characters are taken for base64.
const SCALAR: [u8; 32] = [0xa5; 32];

fn secret() -> SecretKey {
    SecretKey::from_bytes(&SCALAR).unwrap()
}

fn told(octets: &[u8]) -> String {
    explain(octets, &Context::new()).to_string()
}

fn kind(octets: &[u8]) -> Kind {
    explain(octets, &Context::new()).parts()[0].kind()
}

fn certificate() -> Vec<u8> {
    crafted::certificate("ca", "ca", &key(7), &usual(&key(7)))
}

/// One of each kind that is made here.
fn samples() -> Vec<(Kind, Vec<u8>)> {
    let point = secret().public_key().to_uncompressed();
    let (x, y) = point[1..].split_at(32);
    let zeros = [0; 32];
    let signature = usual(&key(7))(b"message");
    let cipher = [&zeros[..], x, &zeros, y, &[9; 32], &[5, 0, 0, 0], b"hello"].concat();
    let public = [&[0, 1, 0, 0][..], &zeros, x, &zeros, y].concat();
    let blob = [
        &[1, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0][..],
        &[8; 64],
        &public,
        &cipher,
    ]
    .concat();
    let mut temporary = vec![0, 0xb4, 0, 0, 0, 1, 0, 0];
    temporary.extend([x, &zeros, y, &zeros].concat());
    let message = crafted::message(Some(b"text"), None, &certificate(), "ca", &usual(&key(7)));
    vec![
        (Kind::Certificate, certificate()),
        (Kind::SignedData, message),
        (
            Kind::PrivateKey,
            pki::encode_private_key(&secret()).to_vec(),
        ),
        (
            Kind::Sec1PrivateKey,
            pki::encode_private_key_sec1(&secret()).to_vec(),
        ),
        (Kind::BarePrivateKey, tlv(2, &[&SCALAR])),
        (Kind::BarePublicKey, tlv(3, &[&[0], &point])),
        (Kind::PublicKey, spki(&key(7))),
        (Kind::Signature, signature),
        (Kind::RawPoint, point.to_vec()),
        (Kind::RawPoint, point[1..].to_vec()),
        (Kind::RawThirtyTwo, SCALAR.to_vec()),
        (Kind::RawSignature, vec![0x99; 64]),
        (
            Kind::RawCiphertext,
            [&point[..], &[9; 32], b"hello"].concat(),
        ),
        (
            Kind::RawCiphertext,
            [&point[1..], &[9; 32], b"hello"].concat(),
        ),
        (Kind::DevicePublicKey, public),
        (
            Kind::DevicePrivateKey,
            [&[0, 1, 0, 0][..], &zeros, &SCALAR].concat(),
        ),
        (
            Kind::DeviceSignature,
            [&zeros[..], &[7; 32], &zeros, &[7; 32]].concat(),
        ),
        (Kind::DeviceCiphertext, cipher),
        (Kind::DeviceEnvelope, blob),
        (Kind::CfcaTemporaryKey, temporary),
        (
            Kind::OtherAsn1,
            tlv(0x30, &[&[1, 1, 0xff], &[5, 0], &[5, 0]]),
        ),
        (Kind::OtherText, b"{ \"a\": 1 }".to_vec()),
        (Kind::OtherOctets, vec![0xfe; 7]),
    ]
}

#[test]
fn each_kind_is_known_in_each_writing() {
    for (wanted, octets) in samples() {
        assert_eq!(kind(&octets), wanted);
        if wanted.is_known() {
            let hexadecimal = value::hexadecimal(&octets);
            assert_eq!(kind(hexadecimal.as_bytes()), wanted, "hexadecimal digits");
            let pem = pki::encode_pem("ANYTHING", &octets);
            assert_eq!(kind(pem.as_bytes()), wanted, "PEM");
            let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            assert_eq!(kind(base64.as_bytes()), wanted, "base64");
        }
    }
}

#[test]
fn no_scalar_is_ever_shown() {
    let digits = value::hexadecimal(&SCALAR[..8]);
    for (wanted, octets) in samples() {
        for context in [
            Context::new(),
            Context::new().full(),
            Context::new().full().reveal(),
        ] {
            let text = explain(&octets, &context).to_string();
            assert!(!text.contains(&digits), "{wanted}\n{text}");
            assert!(!format!("{:?}", explain(&octets, &context)).contains(&digits));
        }
    }
    // The key inside of a structure that is not known.
    let odd = tlv(0x30, &[&[5, 0], &tlv(0x30, &[&tlv(4, &[&SCALAR])])]);
    assert!(!told(&odd).contains(&digits));
}

/// What a key looks like that was damaged, or put where nobody expects it.
fn odd_keys() -> Vec<(&'static str, Vec<u8>)> {
    let scalar = odd_scalar();
    let key = SecretKey::from_bytes(&scalar).unwrap();
    let point = key.public_key().to_uncompressed();
    let digits = value::hexadecimal(&scalar);
    let pkcs8 = pki::encode_private_key(&key);
    let sec1 = pki::encode_private_key_sec1(&key);
    let pem = pki::encode_pem("PRIVATE KEY", &pkcs8);
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let data = |content: &[u8], dotted| {
        let content = tlv(0xa0, &[&tlv(4, &[content])]);
        tlv(0x30, &[&crafted::oid(dotted), &content])
    };
    let ec = tlv(
        0x30,
        &[
            &crafted::oid("1.2.840.10045.2.1"),
            &crafted::oid("1.2.156.10197.1.301"),
        ],
    );
    let dump: Vec<String> = scalar
        .iter()
        .map(|octet| format!("0x{octet:02x}"))
        .collect();
    vec![
        ("63 digits", digits.as_bytes()[..63].to_vec()),
        (
            "a bad digit",
            format!("{}g{}", &digits[..31], &digits[32..]).into_bytes(),
        ),
        ("JSON", format!("{{\"d\": \"{digits}\"}}").into_bytes()),
        (
            "words and digits",
            format!("the key: {digits}").into_bytes(),
        ),
        (
            "a dump",
            format!("d = {{ {} }};", dump.join(", ")).into_bytes(),
        ),
        (
            "base64, a bad character",
            format!("{}!{}", &base64[..90], &base64[91..]).into_bytes(),
        ),
        (
            "base64, one missing",
            [&base64[..9], &base64[10..]].concat().into_bytes(),
        ),
        (
            "X, Y, D, line's end",
            [&point[1..], &scalar, b"\n"].concat(),
        ),
        (
            "04, X, Y, D, line's end",
            [&point[..], &scalar, b"\r\n"].concat(),
        ),
        ("X, Y, D", [&point[1..], &scalar].concat()),
        ("D, line's end", [&scalar[..], b"\n"].concat()),
        (
            "PKCS#8 without version",
            tlv(0x30, &[&ec, &tlv(4, &[&sec1])]),
        ),
        (
            "PBES2 that encrypts nothing",
            tlv(
                0x30,
                &[
                    &crafted::algorithm("1.2.840.113549.1.5.13", false),
                    &tlv(4, &[&sec1]),
                ],
            ),
        ),
        (
            "CFCA's delivery",
            tlv(
                0x30,
                &[&[2, 1, 1], &tlv(4, &[&[&point[1..], &scalar].concat()])],
            ),
        ),
        ("content", data(&scalar, crafted::DATA)),
        ("content PKCS#8", data(&pkcs8, crafted::DATA)),
        ("content of PKCS#7", data(&pkcs8, "1.2.840.113549.1.7.1")),
        ("content in base64", data(base64.as_bytes(), crafted::DATA)),
        ("content in digits", data(digits.as_bytes(), crafted::DATA)),
        (
            "an element too many",
            tlv(0x30, &[&pkcs8[3..], &tlv(4, &[&scalar])]),
        ),
    ]
}

/// Octets that are all different.
fn odd_scalar() -> [u8; 32] {
    let mut octets = [0x91_u8; 32];
    for index in 1..32 {
        octets[index] = octets[index - 1].wrapping_add(7);
    }
    octets
}

#[test]
fn no_part_of_a_damaged_or_misplaced_key_is_shown() {
    let digits = value::hexadecimal(&odd_scalar());
    let pem = pki::encode_pem(
        "X",
        &pki::encode_private_key(&SecretKey::from_bytes(&odd_scalar()).unwrap()),
    );
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    // Version, identifiers and lengths fill 36 octets; the scalar then 32.
    let secret = &base64[48..88];
    for (which, octets) in odd_keys() {
        for context in [Context::new(), Context::new().full()] {
            let explanation = explain(&octets, &context);
            for text in [explanation.to_string(), format!("{explanation:?}")] {
                // No five octets in a row, in any case of letters.
                let lower = text.to_lowercase();
                for at in (0..digits.len() - 10).step_by(2) {
                    assert!(!lower.contains(&digits[at..at + 10]), "{which}\n{text}");
                }
                for at in 0..secret.len() - 8 {
                    assert!(!text.contains(&secret[at..at + 8]), "{which}\n{text}");
                }
            }
        }
    }
}

#[test]
fn the_work_for_one_file_is_bounded_and_said_to_be() {
    // Of one name, none of which fits.
    let certificates: Vec<Vec<u8>> = (20..84)
        .map(|scalar| crafted::certificate("ca", "signer", &key(scalar), &usual(&key(7))))
        .collect();
    let info = crafted::signer_info(None, "ca", &usual(&key(7))(b"text"));
    let infos = vec![info; 64].concat();
    let message = crafted::assembled(Some(b"text"), &certificates.concat(), &infos);
    let explanation = explain(&message, &Context::new());
    assert!(explanation.has_failed(), "{explanation}");
    assert!(explanation.to_string().contains("its bound was reached"));
    // The numbers of iterations of all blocks are counted together, before the work is done;
    // a cipher that nobody knows keeps this test short.
    let scheme =
        |name, parameters: &[&[u8]]| tlv(0x30, &[&crafted::oid(name), &tlv(0x30, parameters)]);
    let derivation = scheme(
        "1.2.840.113549.1.5.12",
        &[&tlv(4, &[&[1; 16]]), &[2, 3, 0x7f, 0xff, 0xff]],
    );
    let cipher = crafted::algorithm("1.2.156.10197.1.999", true);
    let scheme = scheme("1.2.840.113549.1.5.13", &[&derivation, &cipher]);
    let file = tlv(0x30, &[&scheme, &tlv(4, &[&[9; 144]])]);
    let block = pki::encode_pem("ENCRYPTED PRIVATE KEY", &file);
    let password = Context::new().password(b"password");
    let two = explain(block.repeat(2).as_bytes(), &password);
    assert!(!two.to_string().contains("bound"), "{two}");
    let three = explain(block.repeat(3).as_bytes(), &password);
    // The screen has no room for the third.
    let verdict = format!("{:?}", three.parts()[2].verdict());
    assert!(verdict.contains("bound of work"), "{verdict}");
}

#[test]
fn what_is_next_is_a_command_that_exists() {
    let content = tlv(
        0x30,
        &[
            &crafted::oid(crafted::DATA),
            &tlv(
                0x30,
                &[&crafted::oid("1.2.156.10197.1.104.2"), &tlv(4, &[&[1; 16]])],
            ),
            &tlv(0x80, &[&[2; 16]]),
        ],
    );
    let data = tlv(0x30, &[&[2, 1, 1], &content]);
    let encrypted = tlv(
        0x30,
        &[
            &crafted::oid("1.2.156.10197.6.1.4.2.5"),
            &tlv(0xa0, &[&data]),
        ],
    );
    let text = told(&encrypted);
    assert!(
        text.contains("gmpki message decrypt --symmetric-key"),
        "{text}"
    );
}

#[test]
fn identity_numbers_are_masked_in_extensions_and_names() {
    let number = "110101199001011237";
    let inner = crafted::algorithm(crafted::SIGNATURE, false);
    for value in [
        tlv(0xa0, &[&tlv(0x13, &[number.as_bytes()])]),
        tlv(0x13, &[number.as_bytes()]),
        tlv(0x0c, &[number.as_bytes()]),
        number.as_bytes().to_vec(),
    ] {
        let extension = crafted::extension("1.2.156.10260.4.1.1", false, &value);
        let subject = format!("张三 {number}");
        let tbs = crafted::tbs(&inner, 5, "ca", &subject, &spki(&key(7)), &[&extension]);
        let octets = crafted::signed(&tbs, &inner, &usual(&key(7))(&tbs));
        for context in [Context::new(), Context::new().full()] {
            let text = explain(&octets, &context).to_string();
            assert!(!text.contains(number) && text.contains("11****"), "{text}");
            let hexadecimal = value::hexadecimal(number.as_bytes());
            assert!(!text.contains(&hexadecimal[..20]), "{text}");
        }
        let shown = explain(&octets, &Context::new().reveal()).to_string();
        assert!(shown.contains(number), "{shown}");
    }
}

#[test]
fn a_screen_is_sixty_lines_at_most() {
    let many: String = (0..50)
        .map(|_| pki::encode_pem("CERTIFICATE", &certificate()))
        .collect();
    assert!(told(many.as_bytes()).lines().count() <= 60);
    for (wanted, octets) in samples() {
        assert!(told(&octets).lines().count() <= 60, "{wanted}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_clause() {
    let text = told(&{
        let mut cut = certificate();
        cut.truncate(cut.len() - 5);
        cut
    });
    assert!(text.contains("cut off"), "{text}");
    let mut behind = certificate();
    behind.extend([0; 3]);
    let text = told(&behind);
    assert!(
        text.contains("3 octets stand behind") && text.contains("X.690"),
        "{text}"
    );
    let negative = tlv(0x30, &[&tlv(2, &[&[0x80; 32]]), &tlv(2, &[&[1; 32]])]);
    let text = told(&negative);
    assert!(
        text.contains("negative") && text.contains("GM/T 0009, 7.3"),
        "{text}"
    );
}

#[test]
fn a_chain_in_one_file_verifies_by_itself() {
    let leaf = crafted::certificate("ca", "leaf", &key(9), &usual(&key(7)));
    let chain = [
        pki::encode_pem("CERTIFICATE", &leaf),
        pki::encode_pem("CERTIFICATE", &certificate()),
    ]
    .concat();
    let explanation = explain(chain.as_bytes(), &Context::new());
    assert_eq!(explanation.parts().len(), 2);
    for part in explanation.parts() {
        assert!(
            matches!(part.verdict(), Verdict::Holds { .. }),
            "{explanation}"
        );
    }
    let alone = explain(&leaf, &Context::new());
    assert!(matches!(
        alone.parts()[0].verdict(),
        Verdict::NotChecked { .. }
    ));
    let wrong = crafted::certificate("ca", "ca", &key(8), &usual(&key(8)));
    let judged = explain(&leaf, &Context::new().issuer(&wrong));
    assert!(judged.has_failed());
}

#[test]
fn another_algorithm_than_sm2_is_named_and_not_checked() {
    let (ecdsa, sha256) = ("1.2.840.10045.4.3.2", "2.16.840.1.101.3.4.2.1");
    let sid = tlv(0x30, &[&crafted::name("ca"), &[2, 1, 5]]);
    for (digest, signature) in [
        (sha256, ecdsa),
        (sha256, "1.2.840.113549.1.1.11"),
        ("1.2.156.10197.1.401", ecdsa),
        (sha256, "1.2.156.10197.1.301.1"),
    ] {
        let info = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &sid,
                &crafted::algorithm(digest, true),
                &crafted::algorithm(signature, false),
                &tlv(4, &[&[0x30, 6, 2, 1, 1, 2, 1, 1]]),
            ],
        );
        for carried in [certificate(), Vec::new()] {
            let message = crafted::assembled(Some(b"text"), &carried, &info);
            let explanation = explain(&message, &Context::new());
            match explanation.parts()[0].verdict() {
                Verdict::NotChecked { reason } => {
                    let known = signature.contains("10197");
                    let name = if known { digest } else { signature };
                    assert!(reason.contains(name), "{reason}");
                    let text = explanation.to_string();
                    assert_eq!(text.matches("is said to be").count(), 1, "{text}");
                }
                other => panic!("{other:?}\n{explanation}"),
            }
            assert!(!explanation.to_string().contains("DOES NOT VERIFY"));
        }
    }
    let outer = crafted::algorithm(ecdsa, false);
    let tbs = crafted::tbs(&outer, 5, "ca", "ca", &spki(&key(7)), &[]);
    let other = crafted::signed(&tbs, &outer, &[0x30, 6, 2, 1, 1, 2, 1, 1]);
    let text = told(&other);
    assert!(
        text.contains("not checked: ") && text.contains(ecdsa),
        "{text}"
    );
}

#[test]
fn a_carried_certificate_of_a_signer_is_judged_under_the_issuer_that_was_given() {
    let signer = crafted::certificate("ca", "signer", &key(9), &usual(&key(7)));
    let message = crafted::message(Some(b"text"), None, &signer, "ca", &usual(&key(9)));
    // Of another name and number than the signer's.
    let ca = |scalar| crafted::certificate("root", "ca", &key(scalar), &usual(&key(3)));
    let verdict = |message: &[u8], given: &[u8]| {
        let explanation = explain(message, &Context::new().issuer(given));
        (
            explanation.parts()[0].verdict().clone(),
            explanation.to_string(),
        )
    };
    let (good, text) = verdict(&message, &ca(7));
    assert!(matches!(good, Verdict::Holds { .. }), "{text}");
    assert!(text.contains("by a certificate of \"CN=ca\""), "{text}");
    // A namesake of the issuer with another key.
    let (bad, text) = verdict(&message, &ca(8));
    assert!(matches!(bad, Verdict::DoesNotVerify { .. }), "{text}");
    let stranger = crafted::certificate("x", "x", &key(8), &usual(&key(8)));
    let (nobody, text) = verdict(&message, &stranger);
    assert!(matches!(nobody, Verdict::Holds { .. }), "{text}");
    assert!(text.contains("nobody who was given"), "{text}");
    // Not carried, and given itself.
    let without = crafted::message(Some(b"text"), None, &[], "ca", &usual(&key(9)));
    let (given, text) = verdict(&without, &signer);
    assert!(matches!(given, Verdict::Holds { .. }), "{text}");
    assert!(
        text.contains("under the certificates that were given"),
        "{text}"
    );
    // By way of a certificate that came along.
    let between = crafted::certificate("ca", "between", &key(6), &usual(&key(7)));
    let signer = crafted::certificate("between", "signer", &key(9), &usual(&key(6)));
    let both = [signer, between].concat();
    let chain = crafted::message(Some(b"text"), None, &both, "between", &usual(&key(9)));
    let (good, text) = verdict(&chain, &ca(7));
    assert!(matches!(good, Verdict::Holds { .. }), "{text}");
    assert!(text.contains("by a certificate of \"CN=ca\""), "{text}");
}

/// An OCSP answer by a key, about serial number 5, with what it carries.
fn ocsp(responder: &str, signer: u32, carried: &[u8]) -> Vec<u8> {
    let id = tlv(
        0x30,
        &[
            &crafted::algorithm("1.2.156.10197.1.401", true),
            &tlv(4, &[&[1; 32]]),
            &tlv(4, &[&[2; 32]]),
            &[2, 1, 5],
        ],
    );
    let time = |text: &str| tlv(0x18, &[text.as_bytes()]);
    let next = tlv(0xa0, &[&time("20260301000000Z")]);
    let single = tlv(0x30, &[&id, &[0x80, 0], &time("20260201000000Z"), &next]);
    let data = tlv(
        0x30,
        &[
            &tlv(0xa1, &[&crafted::name(responder)]),
            &time("20260201000000Z"),
            &tlv(0x30, &[&single]),
        ],
    );
    let algorithm = crafted::algorithm(crafted::SIGNATURE, false);
    let signature = tlv(3, &[&[0], &usual(&key(signer))(&data)]);
    let carried = tlv(0xa0, &[&tlv(0x30, &[carried])]);
    tlv(0x30, &[&data, &algorithm, &signature, &carried])
}

#[test]
fn the_certificate_of_a_responder_is_judged_under_the_issuer_that_was_given() {
    let responder = crafted::certificate("ca", "responder", &key(9), &usual(&key(7)));
    let answer = ocsp("responder", 9, &responder);
    let judged = |answer: &[u8], context: Context| {
        let explanation = explain(answer, &context);
        assert_eq!(explanation.parts()[0].kind(), Kind::BasicOcspResponse);
        (explanation.has_failed(), explanation.to_string())
    };
    let (failed, text) = judged(&answer, Context::new().issuer(&certificate()));
    assert!(
        !failed && text.contains("by a certificate of \"CN=ca\""),
        "{text}"
    );
    let (failed, text) = judged(&answer, Context::new());
    assert!(!failed && text.contains("--issuer ISSUER.pem"), "{text}");
    let false_ca = crafted::certificate("ca", "ca", &key(8), &usual(&key(8)));
    let (failed, text) = judged(&answer, Context::new().issuer(&false_ca));
    assert!(failed && text.contains("DOES NOT VERIFY"), "{text}");
    // The issuer itself, who carries nothing; and a namesake of his that came along.
    let (failed, text) = judged(&ocsp("ca", 7, &[]), Context::new().issuer(&certificate()));
    assert!(
        !failed && text.contains("whose certificate was given"),
        "{text}"
    );
    let forged = ocsp("ca", 8, &false_ca);
    let (failed, text) = judged(&forged, Context::new().issuer(&certificate()));
    assert!(failed && text.contains("DOES NOT VERIFY"), "{text}");
}

#[test]
fn dates_are_judged_at_the_time_that_is_given_and_fail_nothing() {
    // 2026-01-01 to 2036-01-01.
    let at = |text: &str| Context::new().at(text.parse().unwrap());
    for (time, wanted) in [
        (
            "2025-12-31T23:59:59Z",
            Some("not yet valid: from 2026-01-01 00:00:00Z on"),
        ),
        ("2026-01-01T00:00:00Z", None),
        ("2036-01-01T00:00:00Z", None),
        (
            "2036-01-01T00:00:01Z",
            Some("expired on 2036-01-01 00:00:00Z"),
        ),
    ] {
        let explanation = explain(&certificate(), &at(time));
        let text = explanation.to_string();
        assert!(!explanation.has_failed(), "{text}");
        let said = text.contains("expired") || text.contains("not yet valid");
        assert_eq!(said, wanted.is_some(), "{time}\n{text}");
        assert!(
            text.contains(wanted.unwrap_or("valid:     2026-01-01")),
            "{text}"
        );
    }
    assert!(!told(&certificate()).contains("expired"));
    let answer = ocsp("ca", 7, &[]);
    let said = |time: &str| explain(&answer, &at(time).issuer(&certificate())).to_string();
    assert!(said("2026-03-01T00:00:01Z").contains("out of date: nextUpdate was 2026-03-01"));
    assert!(!said("2026-02-15T00:00:00Z").contains("nextUpdate was"));
    assert!(said("2026-01-15T00:00:00Z").contains("thisUpdate is still to come"));
}

/// Each form in which a key is delivered, by whom it is written.
fn deliveries() -> Vec<(Kind, Vec<u8>)> {
    use crate::{
        delivery::{
            CfcaForm, DeliveryTarget, DeviceForm, DeviceOrder, EncryptionKeyDelivery, IntegerWidth,
            ScalarPlace,
        },
        sm2::{EnvelopeCipher, EnvelopedKeyForm, ScalarPadding},
    };
    let (signing, encryption) = (certificate(), {
        crafted::certificate("ca", "encryption", &key(9), &usual(&key(7)))
    });
    let sender = crafted::signer(&key(8), b"1234567812345678");
    let centre = crafted::certificate("ca", "centre", &key(8), &usual(&key(7)));
    let mut targets = Vec::new();
    for padding in [
        ScalarPadding::None,
        ScalarPadding::LeadingZeros,
        ScalarPadding::Pkcs7,
    ] {
        for cipher in [EnvelopeCipher::Sm4, EnvelopeCipher::Sm4Ecb] {
            let form = EnvelopedKeyForm::default().with_padding(padding);
            let form = form.with_cipher(cipher);
            for form in [form, form.with_null_parameters(true)] {
                targets.push((Kind::EnvelopedKey, DeliveryTarget::EnvelopedKey(form)));
            }
        }
    }
    let cipher_first = |integers, first, capacity| DeviceOrder::CipherFirst {
        integers,
        first,
        capacity,
    };
    let mut devices = vec![DeviceForm::SKF, DeviceForm::SDF_2012, DeviceForm::GMSSL];
    for order in [
        DeviceOrder::ScalarFirst { capacity: 136 },
        cipher_first(IntegerWidth::Four, 0x0002_0100, 16),
        cipher_first(IntegerWidth::Four, 1, 255),
        cipher_first(IntegerWidth::Eight, 0x0002_0800, 136),
        cipher_first(IntegerWidth::Eight, 0x0002_0200, 1024),
    ] {
        devices.push(DeviceForm::SKF.with_order(order));
    }
    for device in devices {
        for place in [ScalarPlace::Whole, ScalarPlace::Right, ScalarPlace::Left] {
            let target = DeliveryTarget::Device(device.with_scalar(place));
            targets.push((Kind::DeviceEnvelope, target));
        }
    }
    for commas in [true, false] {
        for form in [
            CfcaForm::Headed { commas },
            CfcaForm::Base64 { commas },
            CfcaForm::Der,
        ] {
            targets.push((Kind::CfcaDelivery, DeliveryTarget::Cfca(form)));
        }
    }
    let certificates: [&[u8]; 2] = [&encryption, &signing];
    for (signing, encryption) in [
        (&certificates[1..], &certificates[..1]),
        (&certificates[..], &[]),
    ] {
        let target = DeliveryTarget::CsrResponse {
            form: EnvelopedKeyForm::default(),
            signing,
            encryption,
        };
        targets.push((Kind::CsrResponse, target));
    }
    let target = DeliveryTarget::SignedAndEnveloped {
        sender: &sender,
        sender_certificate: &centre,
        recipient_certificate: &signing,
    };
    targets.push((Kind::SignedAndEnvelopedData, target));
    let sealed = |(kind, target)| {
        let mut rng = getrandom::SysRng;
        let delivery = EncryptionKeyDelivery::seal(&mut rng, &key(7).public_key(), &key(9), target);
        (kind, delivery.unwrap().write())
    };
    targets.into_iter().map(sealed).collect()
}

#[test]
fn each_form_in_which_a_key_is_delivered_is_known() {
    for (wanted, octets) in deliveries() {
        let explanation = explain(&octets, &Context::new());
        let text = explanation.to_string();
        assert_eq!(explanation.parts()[0].kind(), wanted, "{text}");
        assert!(
            !explanation.has_failed() && !text.contains("(no field)"),
            "{text}"
        );
        assert!(text.contains("gmpki sm2 envelope open"), "{text}");
    }
}

#[test]
fn a_response_is_known_in_each_spelling_of_its_sets() {
    let signing = certificate();
    let encryption = crafted::certificate("ca", "encryption", &key(9), &usual(&key(7)));
    let envelope =
        crate::sm2::EnvelopedKey::seal(&mut getrandom::SysRng, &key(7).public_key(), &key(9));
    let envelope = envelope.unwrap().to_der();
    let length = asn1::Node::read(&envelope).unwrap().header;
    let inside = &envelope[length..];
    let set = tlv(0x31, &[&encryption]);
    for (first, key, last) in [
        (0x31, &envelope[..], &encryption[..]),
        (0x30, &envelope, &encryption),
        (0x31, inside, &encryption),
        (0x30, inside, &set),
    ] {
        let parts = [
            tlv(first, &[&signing]),
            tlv(0xa0, &[key]),
            tlv(0xa1, &[last]),
        ]
        .concat();
        let response = tlv(0x30, &[&parts]);
        assert_eq!(kind(&response), Kind::CsrResponse);
        let text = told(&response);
        assert!(
            text.contains("encryption certificate: CN=encryption"),
            "{text}"
        );
        assert!(!text.contains("another key"), "{text}");
        assert!(text.contains("gmpki sm2 envelope open"), "{text}");
        for length in 0..response.len() {
            let _ = told(&response[..length]);
        }
    }
    // Another key's certificate, and none of a key at all.
    let parts = [
        tlv(0x31, &[&signing]),
        tlv(0xa0, &[&envelope]),
        tlv(0xa1, &[&signing]),
    ]
    .concat();
    let wrong = explain(&tlv(0x30, &[&parts]), &Context::new());
    assert!(wrong.has_failed(), "{wrong}");
    assert_eq!(
        kind(&tlv(0x30, &[&tlv(0x31, &[&signing])])),
        Kind::CsrResponse
    );
    assert_ne!(
        kind(&tlv(0x30, &[&tlv(0x31, &[&envelope])])),
        Kind::CsrResponse
    );
}

#[test]
fn words_are_no_base64_and_those_that_may_be_passwords_are_not_shown() {
    for text in [
        "letmeinplease",
        "correcthorsebatterystaple",
        "Tr0ub4dor+3xyz",
        "  Sesame1234567890abcd  \n",
        "averyveryveryverylongsentencewithoutanyblanksinit",
        "secret\nother\n",
    ] {
        let explanation = explain(text.as_bytes(), &Context::new());
        assert_eq!(explanation.encoding(), Encoding::Text, "{text}");
        for told in [explanation.to_string(), format!("{explanation:?}")] {
            assert!(
                !told.contains(text.split_whitespace().next().unwrap()),
                "{told}"
            );
        }
    }
    assert!(told(b"a sentence of words").contains("\"a sentence of words\""));
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    assert!(told(b"").contains("it is empty"));
    assert!(told(b" \r\n").contains("3, all of them white space"));
    assert!(explain(b"", &Context::new()).has_failed());
}

#[test]
fn a_structure_that_is_cut_off_says_where_and_how_much_is_missing() {
    let whole = certificate();
    for missing in [1, 5, whole.len() / 2] {
        let length = whole.len() - missing;
        let text = told(&whole[..length]);
        let wanted = format!("it ends at octet {length}, {missing} octets too early");
        assert!(text.contains(&wanted), "{text}");
        assert_eq!(text.matches("cut off: ").count(), 1, "{text}");
    }
}

#[test]
fn structures_one_behind_the_other_are_each_explained() {
    let chain = [
        crafted::certificate("ca", "leaf", &key(9), &usual(&key(7))),
        certificate(),
    ];
    let explanation = explain(&chain.concat(), &Context::new());
    assert_eq!(explanation.encoding(), Encoding::Der);
    let [leaf, root] = explanation.parts() else {
        panic!("{explanation}");
    };
    for part in [leaf, root] {
        assert_eq!(part.kind(), Kind::Certificate);
        assert!(
            matches!(part.verdict(), Verdict::Holds { .. }),
            "{explanation}"
        );
        assert_eq!(part.lines()[0].offset, Some(0));
    }
    // What is behind the last and is no structure is told there.
    let text = told(&[&chain.concat()[..], &[0; 3]].concat());
    assert!(text.contains("3 octets stand behind its end"), "{text}");
    let many = certificate().repeat(MAX_PARTS + 8);
    let explanation = explain(&many, &Context::new());
    assert_eq!(explanation.parts().len(), MAX_PARTS);
    assert!(explanation.to_string().contains("more"));
}

#[test]
fn a_line_stands_where_the_first_of_its_tags_does() {
    let octets = pki::encode_private_key(&secret());
    let explanation = explain(&octets, &Context::new());
    let offset = |name: &str| {
        let mut lines = explanation.parts()[0].lines().iter();
        let line = lines.find(|line| line.name == name).unwrap();
        (octets[line.offset.unwrap()], line.tag.clone())
    };
    // An OCTET STRING with what is inside of it, and a tag with it.
    let (tag, told) = offset("privateKey");
    assert!(tag == 4 && told.starts_with("OCTET STRING"), "{tag} {told}");
    let (tag, told) = offset("publicKey");
    assert!(tag == 0xa1 && told.starts_with("[1]"), "{tag} {told}");
}

#[test]
fn every_truncation_and_every_flipped_octet_is_explained() {
    for (_, octets) in samples() {
        for length in 0..octets.len().min(400) {
            let _ = told(&octets[..length]);
        }
        let mut octets = octets;
        for index in 0..octets.len().min(400) {
            octets[index] ^= 0xff;
            let _ = told(&octets);
            octets[index] ^= 0xff;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_comes_is_explained_on_one_screen(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = told(&octets);
        prop_assert!(text.lines().count() <= 60);
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    }
}
