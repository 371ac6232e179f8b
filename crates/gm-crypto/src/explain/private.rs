//! What is said about keys and what is encrypted to them. No scalar leaves this file.

use super::{
    Kind, Part, Verdict,
    asn1::{self, Node},
    brief,
    curve::{Naming, key_of, naming},
    schema::{CERTIFICATE, ENVELOPED_KEY, first_oid},
    value::hexadecimal,
    verdict::Evidence,
    view::CertificateView,
    x509,
};
use crate::{
    diagnose::Finding,
    pki::{
        PrivateKeyFile,
        pkcs12::{Pkcs12, Pkcs12Limits},
    },
    sm2::{PublicKey, SecretKey},
    sm3,
};
use alloc::{
    format,
    string::{String, ToString},
};
use zeroize::Zeroizing;

/// What opens every form in which a key is delivered that states its public key.
pub(super) const OPEN_ENVELOPE: &str = "open it: gmpki sm2 envelope open --key SIGN.key.pem --new-password-file PASSWORD --out NEW.key.pem FILE";
/// What encrypts a key that is not.
const ENCRYPT: &str =
    "gmpki convert key --to pkcs8-encrypted --new-password-file PASSWORD --out NEW.key.pem FILE";
/// What encrypts a key otherwise that is.
const ENCRYPT_ANEW: &str = "gmpki convert key --password-file PASSWORD --to pkcs8-encrypted --new-password-file NEW-PASSWORD --out NEW.key.pem FILE";

/// Whether a structure that has the shape of a kind can be one.
pub(crate) fn plausible(kind: Kind, node: &Node<'_>) -> bool {
    let length = |index: usize| node.child(index).map_or(0, |child| child.content.len());
    match kind {
        Kind::Sec1PrivateKey => {
            node.child(0).and_then(|version| version.small()) == Some(1)
                && (1..=66).contains(&length(1))
        }
        Kind::CfcaDelivery => length(1) >= 96,
        Kind::CsrResponse => {
            let certificate = node.child(0).and_then(|set| set.child(0));
            let key = enveloped_key(node);
            certificate.is_some_and(|first| CERTIFICATE.fits(&first, &mut 2000))
                && key.is_none_or(|key| ENVELOPED_KEY.fields_fit(&key))
        }
        Kind::EncryptedPrivateKey => {
            let scheme = node.child(0).as_ref().and_then(first_oid);
            let schemes = [
                "1.2.840.113549.1.5.",
                "1.2.840.113549.1.12.1.",
                "1.2.156.10197.6.1.4.1.5.1",
                "1.2.156.10197.6.4.1.5.1",
            ];
            scheme.is_some_and(|scheme| schemes.iter().any(|known| scheme.starts_with(known)))
        }
        // Larger numbers are an RSA key or something else.
        Kind::Ciphertext => length(0) <= 34 && length(1) <= 34 && length(2) == 32,
        Kind::Signature => (1..=34).contains(&length(0)) && (1..=34).contains(&length(1)),
        Kind::Name => node.children().next().is_some(),
        Kind::SignedData => !node
            .child(0)
            .is_some_and(|first| first.is(asn1::OBJECT_IDENTIFIER)),
        _ => true,
    }
}

/// Everything that is no certificate and no message.
pub(crate) fn explain(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    match part.kind {
        Kind::PrivateKey => pkcs8(part, node),
        Kind::Sec1PrivateKey => sec1(part, node),
        Kind::BarePrivateKey => bare(part, node),
        Kind::BarePublicKey => match node.bits().map(PublicKey::from_sec1) {
            Some(Ok(key)) => {
                fingerprint(part, &key);
                // A point is compressed or not by its length.
                let lenient = if node.content.len() == 34 {
                    "--lenient "
                } else {
                    ""
                };
                part.next_step(format!(
                    "wrap it for other programs: gmpki convert key {lenient}--to public FILE"
                ));
            }
            _ => part.wrong("it is no point of the SM2 curve", "GB/T 32918.1, 6.2"),
        },
        Kind::PublicKey => {
            x509::public_key(part, node);
            public_key_steps(part, node);
        }
        Kind::EncryptedPrivateKey => encrypted(part, node, evidence),
        Kind::CfcaKeyFile => cfca_key_file(part, node, evidence),
        Kind::CfcaDelivery => {
            part.fact(
                "holds",
                "X ‖ Y ‖ D, 96 octets, encrypted as C1 ‖ C3 ‖ C2 without 04",
            );
            part.next_step("open it with the temporary key of the request: gmpki sm2 envelope open --key TEMPORARY.key.pem --certificate ENCRYPTION.pem --new-password-file PASSWORD --out NEW.key.pem FILE");
        }
        Kind::EnvelopedKey => envelope(part, node),
        Kind::CsrResponse => csr_response(part, node, evidence),
        Kind::Ciphertext => ciphertext(part, node),
        Kind::Signature => signature(part, node),
        Kind::Pkcs12 => pkcs12(part, node, evidence),
        Kind::Parameters => parameters(part, node),
        Kind::Name => part.fact("name", brief::name(node, evidence.view)),
        _ => {}
    }
}

/// What a public key is good for, written as it is.
fn public_key_steps(part: &mut Part, spki: &Node<'_>) {
    if key_of(spki).is_none() || naming(spki) == Naming::Other {
        return;
    }
    let compressed = spki
        .child(1)
        .and_then(|bits| bits.bits())
        .is_some_and(|point| point.len() == 33);
    if compressed || naming(spki) == Naming::Explicit {
        part.next_step(
            "write it as every program reads it: gmpki convert key --lenient --to public FILE",
        );
        return;
    }
    part.next_step("verify with it: gmpki sm2 verify --key FILE --signature SIGNATURE MESSAGE");
}

/// What tells one key from another, and may be shown.
pub(crate) fn fingerprint(part: &mut Part, key: &PublicKey) {
    use sha1::Digest;
    let point = key.to_uncompressed();
    let id = sha1::Sha1::digest(point);
    part.fact("public key", format!("{}…", hexadecimal(&point[..17])));
    part.fact(
        "key id",
        format!("{} (SHA-1 of the point)", hexadecimal(&id)),
    );
    part.fact("SM3 of the point", hexadecimal(&sm3::digest(&point)));
}

/// Whether the scalar is one, and the key beside it its own.
fn pair(part: &mut Part, scalar: &[u8], beside: Option<&[u8]>) {
    let mut octets = Zeroizing::new([0; 32]);
    if scalar.len() > 32 {
        let extra = scalar.len() - 32;
        if scalar[..extra].iter().any(|octet| *octet != 0) {
            return part.wrong("the scalar has more than 32 octets", "GB/T 32918.1, 6.1");
        }
        octets.copy_from_slice(&scalar[extra..]);
    } else {
        octets[32 - scalar.len()..].copy_from_slice(scalar);
    }
    let Ok(key) = SecretKey::from_bytes(&octets) else {
        part.wrong("the scalar does not lie in 1 to n − 2", "GB/T 32918.1, 6.1");
        part.verdict = Verdict::DoesNotVerify {
            what: "the range of the private scalar".into(),
        };
        part.next_step("it is no SM2 key; make another: gmpki sm2 keygen --password-file PASSWORD --out NEW.key.pem");
        return;
    };
    let public = key.public_key();
    fingerprint(part, &public);
    match beside.map(PublicKey::from_sec1) {
        None => {
            part.verdict = Verdict::Holds {
                what: "the range of the scalar; no public key stands beside it".into(),
            };
        }
        Some(Ok(given)) if given == public => {
            part.verdict = Verdict::Holds {
                what: "the public key beside the scalar is its own".into(),
            };
        }
        Some(_) => {
            part.wrong(
                "the public key beside the scalar is not its own",
                "GM/T 0009, 6; RFC 5915, 3",
            );
            part.verdict = Verdict::DoesNotVerify {
                what: "the public key beside the scalar".into(),
            };
            part.next_step("nothing tells which of the two is right: ask for the key again");
            return;
        }
    }
    part.next_step(format!(
        "keep it secret; encrypt it under a password: {ENCRYPT}"
    ));
}

fn pkcs8(part: &mut Part, node: &Node<'_>) {
    let algorithm = node.child(1);
    let named = algorithm.as_ref().and_then(first_oid).unwrap_or_default();
    let curve = algorithm.and_then(|algorithm| algorithm.child(1));
    let curve_is_sm2 = curve.is_some_and(|curve| {
        curve.oid().as_deref() == Some("1.2.156.10197.1.301") || super::curve::is_sm2(&curve)
    });
    match named.as_str() {
        "1.2.840.10045.2.1" if curve_is_sm2 => {}
        "1.2.156.10197.1.301" => part.unusual(
            "the key's algorithm is the curve instead of id-ecPublicKey",
            "RFC 5480, 2.1.1",
        ),
        _ => {
            part.verdict = Verdict::NotChecked {
                reason: "the key is none of SM2".into(),
            };
            return;
        }
    }
    let inner = node.child(2).and_then(|wrapped| wrapped.inside());
    match inner.filter(|inner| inner.is(asn1::SEQUENCE)) {
        Some(inner) => sec1_inside(part, &inner, node),
        None => match node.child(2).and_then(|wrapped| wrapped.inside()) {
            Some(inner) if inner.is(asn1::INTEGER) => {
                part.unusual(
                    "a bare INTEGER stands inside instead of ECPrivateKey",
                    "GM/T 0009, 7.1",
                );
                pair(part, inner.content, None);
            }
            _ => match node.child(2).filter(|octets| octets.content.len() == 32) {
                Some(octets) => {
                    part.unusual(
                        "the bare scalar stands inside instead of ECPrivateKey",
                        "RFC 5915, 3",
                    );
                    pair(part, octets.content, None);
                }
                None => part.wrong("what stands inside is no ECPrivateKey", "RFC 5915, 3"),
            },
        },
    }
}

fn sec1_inside(part: &mut Part, inner: &Node<'_>, outer: &Node<'_>) {
    if inner.children().any(|child| child.is_context(0)) {
        part.unusual(
            "the curve is named again inside of ECPrivateKey",
            "RFC 5958, 2; RFC 5915, 3",
        );
    }
    let beside = public_beside(inner).or_else(|| {
        outer
            .children()
            .find(|child| child.is_context(1))
            .and_then(|bits| bits.bits())
    });
    if beside.is_none() {
        part.unusual("no public key inside; it is optional", "RFC 5915, 3");
    }
    match inner.child(1) {
        Some(scalar) => {
            scalar_length(part, &scalar);
            pair(part, scalar.content, beside);
        }
        None => part.wrong("no scalar", "RFC 5915, 3"),
    }
}

fn scalar_length(part: &mut Part, scalar: &Node<'_>) {
    if scalar.content.len() != 32 {
        part.unusual(
            format!(
                "the scalar has {} octets; 32 are wanted",
                scalar.content.len()
            ),
            "RFC 5915, 3",
        );
    }
}

fn public_beside<'a>(sec1: &Node<'a>) -> Option<&'a [u8]> {
    let tagged = sec1.children().find(|child| child.is_context(1))?;
    tagged.child(0)?.bits()
}

fn sec1(part: &mut Part, node: &Node<'_>) {
    let curve = node
        .children()
        .find(|child| child.is_context(0))
        .and_then(|tagged| tagged.child(0));
    match curve.map(|curve| curve.oid()) {
        None => part.unusual("the curve is not named; SM2's is taken", "RFC 5915, 3"),
        Some(Some(oid)) if oid == "1.2.156.10197.1.301" => {}
        Some(_) => {
            part.verdict = Verdict::NotChecked {
                reason: "the key is of another curve than SM2's".into(),
            };
            return;
        }
    }
    if let Some(scalar) = node.child(1) {
        scalar_length(part, &scalar);
        pair(part, scalar.content, public_beside(node));
    }
}

fn bare(part: &mut Part, node: &Node<'_>) {
    if node.content.first().is_some_and(|octet| octet & 0x80 != 0) {
        part.unusual(
            "the INTEGER is negative; its octets are taken as a scalar",
            "GM/T 0009, 7.1",
        );
    }
    pair(part, node.content, None);
    if matches!(part.verdict, Verdict::Holds { .. }) {
        part.next_step(
            "wrap it for other programs: gmpki convert key --to pkcs8 --out NEW.key.pem FILE",
        );
    }
}

fn encrypted(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    if let Some(algorithm) = node.child(0) {
        part.fact(
            "protected by",
            brief::algorithm(&algorithm, evidence.view).unwrap_or_default(),
        );
        encryption_remarks(part, &algorithm);
    }
    key_file(part, node.octets, evidence);
}

/// Opens a key file, if there is a password.
fn key_file(part: &mut Part, octets: &[u8], evidence: &Evidence<'_>) {
    let Some(password) = &evidence.context.password else {
        part.verdict = Verdict::NotChecked {
            reason: "it is encrypted, and no password was given".into(),
        };
        part.next_step("open it: gmpki explain --password-file PASSWORD FILE");
        return;
    };
    let iterations = Node::read(octets).map_or(0, |node| iterations(&node));
    if !evidence.budget.derive(iterations) {
        return bounded_work(part);
    }
    let file = PrivateKeyFile::read(octets);
    match file.and_then(|file| file.open_explained(Some(password))) {
        Ok(key) => {
            fingerprint(part, &key.public_key());
            part.verdict = Verdict::Holds {
                what: "the password opens it, and a key is inside".into(),
            };
        }
        Err(crate::Error::WrongPassword) => {
            part.verdict = Verdict::DoesNotVerify {
                what: "the password: it is another one, or the file is damaged".into(),
            };
        }
        Err(error) => {
            part.verdict = Verdict::NotChecked {
                reason: format!("it can't be opened here: {error}"),
            };
        }
    }
}

fn bounded_work(part: &mut Part) {
    part.verdict = Verdict::NotChecked {
        reason: Finding::WorkBounded.to_string(),
    };
}

/// Values that are looked at for numbers of iterations.
const MAX_VALUES: u32 = 3000;

/// The iterations that a structure asks for: the numbers behind salts, also inside of what
/// is wrapped.
fn iterations(node: &Node<'_>) -> u64 {
    fn walk(node: &Node<'_>, depth: usize, left: &mut u32) -> u64 {
        let mut sum = 0_u64;
        let mut salt = false;
        for child in node.children() {
            if *left == 0 || depth > 20 {
                break;
            }
            *left -= 1;
            if salt && child.is(asn1::INTEGER) {
                sum += child.small().map_or(0, u64::from);
            }
            salt = child.is(asn1::OCTET_STRING);
            sum += if child.constructed {
                walk(&child, depth + 1, left)
            } else {
                let inner = child.inside().filter(|inner| inner.constructed);
                inner.map_or(0, |inner| walk(&inner, depth + 1, left))
            };
        }
        sum
    }
    walk(node, 0, &mut { MAX_VALUES })
}

/// Identifiers and numbers of PBES2 that not every program knows.
fn encryption_remarks(part: &mut Part, algorithm: &Node<'_>) {
    match first_oid(algorithm).as_deref() {
        Some("1.2.840.113549.1.5.13") => {}
        Some("1.2.156.10197.6.1.4.1.5.1" | "1.2.156.10197.6.4.1.5.1") => {
            part.unusual(
                "PBES under GM/T 0091's own identifier; OpenSSL does not know it",
                "GM/T 0091",
            );
        }
        Some(_) => {
            part.unusual(
                "an old scheme of PKCS#12 or PKCS#5: read and never written",
                "RFC 8018, 6.1",
            );
            return;
        }
        None => return,
    }
    let Some(parameters) = algorithm.child(1) else {
        return;
    };
    let derivation = parameters.child(0).and_then(|kdf| kdf.child(1));
    let Some(derivation) = derivation else {
        return;
    };
    let numbers = || {
        derivation
            .children()
            .filter(|child| child.is(asn1::INTEGER))
    };
    let prf = derivation.children().find(|child| child.is(asn1::SEQUENCE));
    match prf.as_ref().and_then(first_oid).as_deref() {
        Some("1.2.156.10197.1.401.2") => part.unusual(
            "the PRF is HMAC-SM3 as GmSSL, BouncyCastle and gmsm write it (.401.2); OpenSSL before \
             4 does not know it",
            "GM/T 0091-2020, annexes A.2 and C contradict each other",
        ),
        Some("1.2.156.10197.1.401.3.1") => part.unusual(
            "the PRF is HMAC-SM3 as OpenSSL and Tongsuo write it (.401.3.1); GmSSL does not know it",
            "GM/T 0091-2020, annexes A.2 and C contradict each other",
        ),
        None => part.unusual("no PRF is named, which means HMAC-SHA-1", "RFC 8018, A.2"),
        _ => {}
    }
    let iterations = numbers().next().and_then(|number| number.small());
    if iterations.is_some_and(|count| count < 10_000) {
        part.unusual(
            format!(
                "only {} iterations: guessing is cheap",
                iterations.unwrap_or(0)
            ),
            "RFC 8018, 4.2; GM/T 0091",
        );
    }
    if numbers().count() < 2 {
        part.unusual(
            "keyLength is absent; it is optional, and some readers want it",
            "RFC 8018, A.2",
        );
    }
}

/// A PEM block that is encrypted as a whole.
pub(crate) fn legacy(info: &str, block: &[u8], evidence: &Evidence<'_>) -> Part {
    let mut part = Part::new(Kind::LegacyEncryptedKey);
    part.fact("cipher", super::value::printable(info));
    part.fact("octets", format!("{}", evidence.octets.len()));
    part.unusual(
        "the key is derived by one round of a digest: guessing the password is cheap",
        "OpenSSL's EVP_BytesToKey; no standard",
    );
    key_file(&mut part, block, evidence);
    part.next_step(format!("write it anew as PKCS#8: {ENCRYPT_ANEW}"));
    part
}

fn cfca_key_file(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    part.dialect = Some("CFCA SADK (PEM label CFCA KEY, files named .sm2)".into());
    part.unusual(
        "the key comes from the password by SM3's KDF without salt or iterations: guessing is cheap",
        "no standard; read and never written",
    );
    let wrapped = node.child(2).and_then(|part| part.child(1));
    let certificate = wrapped.and_then(|octets| octets.inside());
    let certificate = certificate.filter(|inner| CERTIFICATE.fits(inner, &mut 2000));
    let view = certificate.as_ref().and_then(CertificateView::new);
    let public = view.as_ref().and_then(|view| {
        part.fact("subject", brief::name(&view.subject, evidence.view));
        part.fact("issuer", brief::name(&view.issuer, evidence.view));
        key_of(&view.spki)
    });
    if let Some(public) = &public {
        fingerprint(part, public);
    }
    key_file(part, node.octets, evidence);
    part.next_step(format!("write the key anew as PKCS#8: {ENCRYPT_ANEW}"));
}

/// The `SM2EnvelopedKey` of a response, or what has its tag as its own.
fn enveloped_key<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let tagged = node.children().find(|child| child.is_context(0))?;
    match tagged.child(1) {
        Some(_) => Some(tagged),
        None => tagged.child(0),
    }
}

fn csr_response(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let first = |set: Option<Node<'_>>| {
        let inside = set?.child(0)?;
        let certificate = if inside.is(asn1::SET) {
            inside.child(0)?
        } else {
            inside
        };
        CertificateView::new(&certificate).map(|view| {
            let subject = brief::name(&view.subject, evidence.view);
            (subject, key_of(&view.spki))
        })
    };
    if let Some((subject, _)) = first(node.child(0)) {
        part.fact("signing certificate", subject);
    }
    let encryption = first(node.children().find(|child| child.is_context(1)));
    if let Some((subject, _)) = &encryption {
        part.fact("encryption certificate", subject.as_str());
    }
    let Some(key) = enveloped_key(node) else {
        return part
            .next_step("it brings no encryption key: that is the signing certificate alone");
    };
    envelope(part, &key);
    let wrapped = ENVELOPED_KEY
        .field(&key, "Sm2PublicKey")
        .and_then(|bits| PublicKey::from_sec1(bits.bits()?).ok());
    if let (Some((_, Some(certified))), Some(wrapped)) = (encryption, wrapped)
        && certified != wrapped
    {
        part.wrong(
            "the encryption certificate is of another key than the wrapped one",
            "GM/T 0092-2020, clause 8",
        );
    }
}

fn envelope(part: &mut Part, node: &Node<'_>) {
    let public = ENVELOPED_KEY
        .field(node, "Sm2PublicKey")
        .and_then(|bits| bits.bits());
    match public.map(PublicKey::from_sec1) {
        Some(Ok(key)) => fingerprint(part, &key),
        _ => part.wrong(
            "Sm2PublicKey is no point of the SM2 curve",
            "GM/T 0009, 7.4",
        ),
    }
    let algorithm = node.child(0);
    match algorithm.as_ref().and_then(first_oid).as_deref() {
        Some("1.2.156.10197.1.104.1") => {}
        Some("1.2.156.10197.1.104") => {
            part.unusual(
                "SM4 without its mode; ECB is meant",
                "GM/T 0009, 7.4; GM/T 0006",
            );
        }
        Some(other) => part.unusual(
            format!(
                "symAlgID is {}; ECB is prescribed",
                super::names::name_and_dotted(other)
            ),
            "GM/T 0009, 7.4",
        ),
        None => {}
    }
    if let Some(cipher) = node.child(1) {
        integers(part, &cipher);
        if let Some(text) = cipher.child(3).filter(|text| text.content.len() != 16) {
            part.unusual(
                format!(
                    "the symmetric key has {} octets; SM4's has 16",
                    text.content.len()
                ),
                "GM/T 0009, 7.4",
            );
        }
    }
    let scalar = node
        .child(3)
        .and_then(|bits| bits.bits())
        .map_or(0, <[u8]>::len);
    let how = match scalar {
        32 => "32 octets, without padding",
        48 => "48 octets: padded by PKCS#7",
        64 => "64 octets: 32 zeros and the scalar, as SDF and SKF have it",
        _ => "of a length that is not known",
    };
    part.fact("encrypted scalar", how);
    if scalar != 32 {
        part.unusual(
            format!("the encrypted scalar has {scalar} octets"),
            "GM/T 0009, 7.4 says nothing about padding",
        );
    }
    part.verdict = Verdict::NotChecked {
        reason: "only the signing key of its owner opens it; d·G must then be Sm2PublicKey".into(),
    };
    part.next_step(OPEN_ENVELOPE);
}

fn integers(part: &mut Part, cipher: &Node<'_>) {
    let negative = |number: Node<'_>| {
        number
            .content
            .first()
            .is_some_and(|octet| octet & 0x80 != 0)
    };
    if cipher.children().take(2).any(negative) {
        part.wrong(
            "a coordinate is negative: the leading octet 00 is missing",
            "GM/T 0009, 7.2; X.690, 8.3",
        );
    }
    let coordinate = |index: usize| -> Option<[u8; 32]> {
        let number = cipher.child(index)?;
        let octets = number.unsigned();
        let mut padded = [0; 32];
        padded[32_usize.checked_sub(octets.len())?..].copy_from_slice(octets);
        Some(padded)
    };
    let mut point = [4; 65];
    match (coordinate(0), coordinate(1)) {
        (Some(x), Some(y)) => {
            point[1..33].copy_from_slice(&x);
            point[33..].copy_from_slice(&y);
            if PublicKey::from_uncompressed(&point).is_err() {
                part.wrong("C1 does not lie on the SM2 curve", "GB/T 32918.4, 7.1 B1");
            }
        }
        _ => part.wrong("a coordinate has more than 32 octets", "GM/T 0009, 7.2"),
    }
}

fn ciphertext(part: &mut Part, node: &Node<'_>) {
    integers(part, node);
    let text = node.child(3).map_or(0, |text| text.content.len());
    part.fact("encrypts", format!("{text} octets"));
    if text == 0 {
        part.wrong("it encrypts nothing", "GB/T 32918.4, 6.1");
    }
    part.next_step("decrypt: gmpki sm2 decrypt --key KEY.pem FILE");
}

fn signature(part: &mut Part, node: &Node<'_>) {
    x509::signature_value(part, node.octets);
    if crate::sm2::DerSignature::from_der(node.octets).is_err() {
        part.wrong(
            "R or S is 0 or not below n, or it is not strict DER",
            "GB/T 32918.2, 7.1 B1, B2",
        );
    }
    part.verdict = Verdict::NotChecked {
        reason: "the message and the key stand elsewhere".into(),
    };
    part.next_step("verify: gmpki sm2 verify --key PUBLIC.pem --signature FILE MESSAGE");
}

fn parameters(part: &mut Part, node: &Node<'_>) {
    match node.oid().or_else(|| first_oid(node)) {
        Some(oid) if node.oid().is_some() => {
            part.fact("names", super::names::name_and_dotted(&oid));
            part.next_step("it stands in front of a key and says its curve; readers skip it");
        }
        _ if super::curve::is_explicit(node) => {
            let equal = super::curve::is_sm2(node);
            part.fact(
                "curve",
                if equal {
                    "equal to SM2's"
                } else {
                    "another one than SM2's"
                },
            );
        }
        _ => {}
    }
}

fn pkcs12(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let mac = node.child(2);
    let protected = mac.map_or_else(
        || String::from("no MAC"),
        |mac| {
            let digest = mac.child(0).and_then(|info| first_oid(&info.child(0)?));
            let digest = digest.map_or_else(String::new, |oid| super::names::name_or_dotted(&oid));
            let iterations = mac.child(2).and_then(|number| number.small()).unwrap_or(1);
            if digest == "SHA-1" {
                part.unusual(
                    "the MAC is HMAC-SHA-1: read and never written",
                    "RFC 7292, 4",
                );
            }
            if iterations < 2048 {
                part.unusual(
                    format!("the MAC has {iterations} iterations: guessing is cheap"),
                    "RFC 7292, B",
                );
            }
            format!("HMAC with {digest}, {iterations} iterations")
        },
    );
    part.fact("MAC", protected);
    if mac.is_none() {
        part.unusual(
            "no MAC: nothing tells a wrong password from a damaged file",
            "RFC 7292, 4",
        );
    }
    let Some(password) = &evidence.context.password else {
        part.verdict = Verdict::NotChecked {
            reason: "its MAC needs the password".into(),
        };
        part.next_step("open it: gmpki explain --password-file PASSWORD FILE");
        return;
    };
    // What is encrypted may ask for more; as much as stands outside, and some, is allowed.
    let allowed = iterations(node).saturating_mul(2).saturating_add(100_000);
    let limits = Pkcs12Limits::default();
    let allowed = allowed.min(limits.iterations.into());
    if !evidence.budget.derive(allowed) {
        return bounded_work(part);
    }
    let limits = limits.with_iterations(u32::try_from(allowed).unwrap_or(limits.iterations));
    match Pkcs12::read_within(node.octets, password, limits) {
        Ok(file) => opened(part, &file, evidence),
        Err(crate::Error::WrongPassword) => {
            part.verdict = Verdict::DoesNotVerify {
                what: "the MAC: another password, or the file is damaged".into(),
            };
        }
        Err(error) => {
            part.verdict = Verdict::NotChecked {
                reason: format!("it can't be opened here: {error}"),
            };
        }
    }
}

/// What stands in a PKCS#12 that was opened.
fn opened(part: &mut Part, file: &Pkcs12, evidence: &Evidence<'_>) {
    for pair in file.pairs().iter().take(4) {
        fingerprint(part, &pair.key.key.public_key());
        let certificate = pair
            .certificate
            .and_then(|entry| CertificateView::read(&entry.der));
        part.fact(
            "its certificate",
            match certificate {
                Some(view) => brief::name(&view.subject, evidence.view),
                None => "none in the file".into(),
            },
        );
    }
    part.fact(
        "holds",
        format!(
            "{} keys, {} certificates",
            file.keys().len(),
            file.certificates().len()
        ),
    );
    for remark in file.remarks() {
        part.unusual(remark.to_string(), "RFC 7292, 4");
    }
    part.verdict = Verdict::Holds {
        what: "the password opens it".into(),
    };
    match file.keys().len() {
        0 => {}
        1 => part.next_step(format!("take the key out: {ENCRYPT_ANEW}")),
        _ => {
            let one = ENCRYPT_ANEW.replace("convert key", "convert key --entry 1");
            part.next_step(format!("take one key out, counted from 1: {one}"));
        }
    }
}
