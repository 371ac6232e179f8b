//! What is no ASN.1: points, raw signatures and ciphertexts, structs of devices, known by
//! their sizes and by what lies on the curve.

use super::{
    Kind, Line, Part, Verdict,
    private::{OPEN_ENVELOPE, fingerprint},
    value::{hexadecimal, hidden, octets},
    verdict::Evidence,
};
use crate::sm2::{DerSignature, PublicKey};
use alloc::{format, string::String, vec, vec::Vec};
use base64ct::{Base64, Encoding as _};
use spki::EncodePublicKey;

/// What octets without structure are; none when no size fits.
pub(crate) fn part(data: &[u8], evidence: &Evidence<'_>) -> Option<Part> {
    let kind = recognise(data)?;
    let mut part = Part::new(kind);
    let mut layout = Layout {
        part: &mut part,
        data,
        at: 0,
        evidence,
    };
    match kind {
        Kind::RawThirtyTwo => thirty_two(&mut part, data),
        Kind::RawPoint => {
            let point = if data.len() == 64 {
                with_04(data)
            } else {
                data.to_vec()
            };
            layout.shown("point", data.len());
            if let Ok(key) = PublicKey::from_sec1(&point) {
                public_half(&mut part, &key);
            }
            if data.len() == 64 {
                part.unusual(
                    "the octet 04 is missing in front of x ‖ y",
                    "GB/T 32918.1, 4.2.10",
                );
            }
        }
        Kind::RawSignature => {
            layout.shown("r", 32);
            layout.shown("s", 32);
            part.unusual(
                "it is not DER: X.509 and messages want SM2Signature",
                "GM/T 0009, 7.3",
            );
            elsewhere(&mut part);
        }
        Kind::DeviceSignature => {
            layout.field("r", 64);
            layout.field("s", 64);
            elsewhere(&mut part);
        }
        Kind::RawCiphertext => raw_ciphertext(&mut part, data, evidence),
        Kind::DevicePublicKey => {
            layout.number("bits");
            layout.field("x", 64);
            layout.field("y", 64);
            if let Some(key) = device_point(&data[4..]) {
                public_half(&mut part, &key);
            }
        }
        Kind::DevicePrivateKey => {
            layout.number("bits");
            layout.secret("K", 64);
            part.next_step("keep it secret; the scalar is the last 32 octets, as encrypted PKCS#8: tail -c 32 FILE | gmpki convert key --raw --to pkcs8-encrypted --new-password-file PASSWORD --out NEW.key.pem -");
        }
        Kind::DeviceCiphertext => {
            cipher(&mut layout);
            part.next_step(
                "decrypt it on the device, or rebuild SM2Cipher from its fields: x, y, M, C",
            );
        }
        Kind::DeviceEnvelope => device_envelope(&mut part, data, evidence),
        Kind::CfcaTemporaryKey => {
            layout.shown("header", 8);
            layout.field("x, left-aligned", 64);
            layout.field("y, left-aligned", 64);
            if let Some(key) = cfca_temporary_key(data) {
                fingerprint(&mut part, &key);
            }
            part.next_step("it stands in attribute 1.2.840.113549.1.9.63 of a CFCA request");
        }
        _ => {}
    }
    Some(part)
}

fn recognise(data: &[u8]) -> Option<Kind> {
    let point = |octets: &[u8]| PublicKey::from_sec1(octets).is_ok();
    match data.len() {
        32 => return Some(Kind::RawThirtyTwo),
        // A scalar and the end of its line.
        33 if data[32] == b'\n' => return None,
        33 | 65 if point(data) => return Some(Kind::RawPoint),
        64 if point(&with_04(data)) => return Some(Kind::RawPoint),
        64 => {
            let raw: &[u8; 64] = data.try_into().ok()?;
            return DerSignature::try_from(raw)
                .is_ok()
                .then_some(Kind::RawSignature);
        }
        68 if word(data, 0)? == 256 && zeros(&data[4..36]) => return Some(Kind::DevicePrivateKey),
        132 if word(data, 0)? == 256 && device_point(&data[4..]).is_some() => {
            return Some(Kind::DevicePublicKey);
        }
        128 if zeros(&data[..32]) && zeros(&data[64..96]) => return Some(Kind::DeviceSignature),
        136 if cfca_temporary_key(data).is_some() => return Some(Kind::CfcaTemporaryKey),
        _ => {}
    }
    if is_skf_envelope(data) || cipher_first(data).is_some() {
        return Some(Kind::DeviceEnvelope);
    }
    if is_device_cipher(data) {
        return Some(Kind::DeviceCiphertext);
    }
    // At least one octet of text behind C1 and C3.
    let with = data.len() > 97 && data[0] == 4 && point(&data[..65]);
    let without = data.len() > 96 && point(&with_04(&data[..64]));
    (with || without).then_some(Kind::RawCiphertext)
}

fn zeros(octets: &[u8]) -> bool {
    octets.iter().all(|octet| *octet == 0)
}

/// A number as the machines that run devices have it: the least octet first.
fn word(data: &[u8], at: usize) -> Option<u32> {
    let octets = data.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(octets))
}

fn with_04(coordinates: &[u8]) -> Vec<u8> {
    let mut point = vec![4];
    point.extend_from_slice(coordinates);
    point
}

/// x and y, right-aligned in 64 octets each.
fn device_point(fields: &[u8]) -> Option<PublicKey> {
    let (x, y) = (fields.get(..64)?, fields.get(64..128)?);
    if !zeros(&x[..32]) || !zeros(&y[..32]) {
        return None;
    }
    PublicKey::from_sec1(&with_04(&[&x[32..], &y[32..]].concat())).ok()
}

/// The temporary key of a CFCA request: 00B40000 00010000, x and y left-aligned in 64 octets.
pub(crate) fn cfca_temporary_key(data: &[u8]) -> Option<PublicKey> {
    let (x, y) = (data.get(8..72)?, data.get(72..136)?);
    if data.len() != 136 || !zeros(&x[32..]) || !zeros(&y[32..]) {
        return None;
    }
    PublicKey::from_sec1(&with_04(&[&x[..32], &y[..32]].concat())).ok()
}

/// `x[64] y[64] M[32] L C[L]`.
fn is_device_cipher(data: &[u8]) -> bool {
    let length = word(data, 160).and_then(|length| usize::try_from(length).ok());
    // GmSSL leaves room behind C.
    length.is_some_and(|length| {
        length > 0 && length.checked_add(164).is_some_and(|all| all <= data.len())
    }) && device_point(data).is_some()
}

/// `Version ulSymmAlgID ulBits cbEncryptedPriKey[64] PubKey ECCCipherBlob` (GM/T 0016).
fn is_skf_envelope(data: &[u8]) -> bool {
    word(data, 8) == Some(256)
        && word(data, 76) == Some(256)
        && data.get(80..208).and_then(device_point).is_some()
        && data.get(208..).is_some_and(is_device_cipher)
}

/// Octets in front of the ciphertext in the order of GM/T 0018-2012 and GmSSL: two integers,
/// of 8 octets or of 4; then ECCCipher with room for up to 1024 octets, PubKey,
/// `cbEncryptedPrivKey[64]`.
fn cipher_first(data: &[u8]) -> Option<usize> {
    let fits = |head: &usize| {
        data.len() > head + 164 + 132 + 64
            && data.get(*head..).is_some_and(is_device_cipher)
            && key_behind_cipher(data).is_some()
    };
    [16, 8].into_iter().find(fits)
}

fn key_behind_cipher(data: &[u8]) -> Option<usize> {
    let at = data.len().checked_sub(64 + 132)?;
    (at.saturating_sub(8)..=at).rev().find(|at| {
        word(data, *at) == Some(256) && data.get(at + 4..at + 132).and_then(device_point).is_some()
    })
}

struct Layout<'l> {
    part: &'l mut Part,
    data: &'l [u8],
    at: usize,
    evidence: &'l Evidence<'l>,
}

impl Layout<'_> {
    fn line(&mut self, name: &str, tag: String, value: String) {
        self.part.lines.push(Line {
            depth: 0,
            offset: Some(self.at),
            name: name.into(),
            tag,
            value,
        });
    }

    fn take(&mut self, name: &str, length: usize, secret: bool) {
        let end = (self.at + length).min(self.data.len());
        let field = &self.data[self.at..end];
        let value = match secret {
            true => hidden(field),
            false => octets(field, self.evidence.view),
        };
        self.line(name, format!("{length} octets"), value);
        self.at = end;
    }

    fn shown(&mut self, name: &str, length: usize) {
        self.take(name, length, false);
    }

    /// A number right-aligned in its field.
    fn field(&mut self, name: &str, length: usize) {
        let field = &self.data[self.at..(self.at + length).min(self.data.len())];
        let zeros = field.iter().take_while(|octet| **octet == 0).count();
        let value = if zeros >= 32 {
            format!("{zeros} zeros, {}", hexadecimal(&field[zeros..]))
        } else {
            octets(field, self.evidence.view)
        };
        self.line(name, format!("{length} octets"), value);
        self.at += length;
    }

    fn secret(&mut self, name: &str, length: usize) {
        self.take(name, length, true);
    }

    fn number(&mut self, name: &str) -> u32 {
        let number = word(self.data, self.at).unwrap_or(0);
        self.line(name, "u32".into(), format!("{number}"));
        self.at += 4;
        number
    }
}

fn cipher(layout: &mut Layout<'_>) {
    layout.field("x", 64);
    layout.field("y", 64);
    layout.shown("M (C3)", 32);
    let length = layout.number("L");
    layout.secret(
        "C (C2)",
        usize::try_from(length)
            .unwrap_or(usize::MAX)
            .min(layout.data.len()),
    );
}

/// A public key that no command reads in this form, in one that everybody reads.
fn public_half(part: &mut Part, key: &PublicKey) {
    fingerprint(part, key);
    let Ok(der) = key.to_public_key_der() else {
        return;
    };
    part.fact("as SPKI", Base64::encode_string(der.as_bytes()));
    part.next_step(
        "no command reads a point alone; \"as SPKI\" is the same key as SubjectPublicKeyInfo, in base64, \
         which with the lines BEGIN and END PUBLIC KEY every program reads",
    );
}

fn elsewhere(part: &mut Part) {
    part.verdict = Verdict::NotChecked {
        reason: "the message and the key stand elsewhere".into(),
    };
    part.next_step("verify: gmpki sm2 verify --key PUBLIC.pem --raw --signature FILE MESSAGE");
}

fn thirty_two(part: &mut Part, data: &[u8]) {
    part.fact("octets", hidden(data));
    let scalar: Option<&[u8; 32]> = data.try_into().ok();
    if let Some(Ok(key)) = scalar.map(crate::sm2::SecretKey::from_bytes) {
        part.fact("as a scalar", "in 1 to n − 2; its public key:");
        fingerprint(part, &key.public_key());
    }
    part.next_step(
        "if it is a private scalar, keep it secret and wrap it as PKCS#8: gmpki convert key --raw --to pkcs8-encrypted --new-password-file PASSWORD --out NEW.key.pem FILE",
    );
}

fn raw_ciphertext(part: &mut Part, data: &[u8], evidence: &Evidence<'_>) {
    let with = data[0] == 4 && PublicKey::from_sec1(&data[..65]).is_ok();
    let c1 = if with { 65 } else { 64 };
    let text = data.len() - c1 - 32;
    let mut layout = Layout {
        part,
        data,
        at: 0,
        evidence,
    };
    layout.shown("C1", c1);
    // X ‖ Y ‖ D and a line's end have the same look: nothing behind the point is shown.
    layout.secret("C3 ‖ C2 or C2 ‖ C3", 32 + text);
    part.fact("encrypts", format!("{text} octets"));
    if !with {
        part.unusual(
            "the octet 04 is missing in front of C1",
            "GB/T 32918.4, 6.1; GB/T 32918.1, 4.2.10",
        );
    }
    part.unusual(
        "C1 ‖ C3 ‖ C2 is the standard's order, C1 ‖ C2 ‖ C3 the draft's of 2010: only the key tells",
        "GB/T 32918.4-2016, 6.1",
    );
    part.verdict = Verdict::NotChecked {
        reason: "C3 is checked by decrypting".into(),
    };
    part.next_step("try both orders: gmpki convert ciphertext --key KEY.pem --to der FILE");
}

fn device_envelope(part: &mut Part, data: &[u8], evidence: &Evidence<'_>) {
    let head = cipher_first(data).filter(|_| !is_skf_envelope(data));
    // GmSSL has the version 1 where the standard has SM2's number.
    let gmssl = word(data, 0) == Some(1);
    let mut layout = Layout {
        part,
        data,
        at: 0,
        evidence,
    };
    let key = if let Some(head) = head {
        let first = if gmssl { "Version" } else { "ulAsymmAlgID" };
        for name in [first, "ulSymmAlgID"] {
            layout.number(name);
            if head == 16 {
                layout.shown("(its upper half)", 4);
            }
        }
        cipher(&mut layout);
        let at = key_behind_cipher(data).unwrap_or(layout.at);
        layout.secret("(room behind C)", at.saturating_sub(layout.at));
        layout.number("PubKey.bits");
        layout.field("PubKey.x", 64);
        layout.field("PubKey.y", 64);
        layout.secret("cbEncryptedPrivKey", 64);
        data.get(at + 4..at + 132).and_then(device_point)
    } else {
        layout.number("Version");
        layout.number("ulSymmAlgID");
        layout.number("ulBits");
        layout.secret("cbEncryptedPriKey", 64);
        layout.number("PubKey.BitLen");
        layout.field("PubKey.X", 64);
        layout.field("PubKey.Y", 64);
        cipher(&mut layout);
        data.get(80..208).and_then(device_point)
    };
    if let Some(key) = key {
        fingerprint(part, &key);
    }
    part.dialect = Some(match head {
        Some(_) if gmssl => "GmSSL's: the order of GM/T 0018-2012, and a version in front".into(),
        Some(_) => "SDF of GM/T 0018-2012: the ciphertext first, without ulBits".into(),
        None => "the order of GM/T 0016 (SKF) and GM/T 0018-2023".into(),
    });
    if head.is_some() {
        part.unusual(
            "the order of fields is that of GM/T 0018-2012: devices by GM/T 0016 and GM/T 0018-2023 refuse it",
            "GM/T 0018-2012, 5.8; GM/T 0018-2023; GM/T 0016, 6.4.10",
        );
    }
    part.verdict = Verdict::NotChecked {
        reason: "only the signing key of its owner opens it; d·G must then be PubKey".into(),
    };
    part.next_step(OPEN_ENVELOPE);
}
