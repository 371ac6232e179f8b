//! What is said about certificates, requests and revocation lists.

use super::{
    Part, Verdict,
    asn1::{self, Node},
    brief,
    curve::{Naming, key_identifier, key_of, naming},
    names::name_or_dotted,
    schema::{KEY_USAGES, first_oid, is_personal},
    value::{decoded, hexadecimal, innermost_text, time},
    verdict::{Evidence, advice, under_issuer, under_key},
    view::{CertificateView, Extension, SignedKind, SignedView},
};
use crate::{diagnose, sm2::SIGNATURE_OID, sm3};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const SUBJECT_KEY_ID: &str = "2.5.29.14";
const AUTHORITY_KEY_ID: &str = "2.5.29.35";
const VALIDITY: &str = "RFC 5280, 4.1.2.5; GM/T 0015-2012, 5.2.3.5";

/// A certificate.
pub(crate) fn certificate(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let Some(view) = CertificateView::new(node) else {
        return;
    };
    part.fact("subject", brief::name(&view.subject, evidence.view));
    part.fact("issuer", brief::name(&view.issuer, evidence.view));
    part.fact("role", role(&view));
    validity(part, &view, evidence);
    if let Some(id) = key_identifier(&view.spki) {
        part.fact(
            "key id",
            format!("{} (SHA-1 of the point)", hexadecimal(&id)),
        );
    }
    part.fact("SM3", hexadecimal(&sm3::digest(node.octets)));
    part.dialect = dialect(&view.signed, SignedKind::Certificate);
    signature_remarks(part, &view.signed, SignedKind::Certificate);
    name_remarks(part, &view.subject);
    name_remarks(part, &view.issuer);
    key_remarks(part, &view.spki);
    fields(part, &view);
    extensions(part, &view.extensions);
    usage(part, &view);
    if view.version != 2 {
        part.unusual(
            format!(
                "version {} and no extensions: version 3 is wanted",
                view.version + 1
            ),
            "GM/T 0015-2012, 5.2.3.1",
        );
    }
    verify_certificate(part, &view, evidence);
    advice(part);
    if matches!(part.verdict, Verdict::Holds { .. }) {
        part.next_step(
            "judge dates, revocation and trust: gmpki cert verify --anchor ROOT.pem FILE",
        );
    }
}

fn verify_certificate(part: &mut Part, view: &CertificateView<'_>, evidence: &Evidence<'_>) {
    if !view.is_self_issued() {
        return under_issuer(part, &view.signed, SignedKind::Certificate, evidence);
    }
    let own = diagnose::usable_key(&view.spki).is_some_and(|key| {
        diagnose::verifies(
            &key,
            view.signed.tbs.octets,
            view.signed.signature_octets(),
            evidence.budget,
        )
    });
    if own
        && part.findings.is_empty()
        && diagnose::algorithms(&view.signed, SignedKind::Certificate).is_empty()
    {
        part.verdict = Verdict::Holds {
            what: "the signature, under its own key: self-signed".into(),
        };
        part.next_step("anyone can sign himself: compare its SM3 with the one its owner publishes");
        return;
    }
    under_issuer(part, &view.signed, SignedKind::Certificate, evidence);
}

/// From when to when, and whether the time of asking lies between.
fn validity(part: &mut Part, view: &CertificateView<'_>, evidence: &Evidence<'_>) {
    let (Some(from), Some(until)) = (view.validity.child(0), view.validity.child(1)) else {
        return;
    };
    part.fact("valid", format!("{} to {}", time(&from), time(&until)));
    if let Some(from) = evidence.is_ahead(&from) {
        part.unusual(format!("not yet valid: from {from} on"), VALIDITY);
    }
    if let Some(until) = evidence.is_past(&until) {
        part.unusual(format!("expired on {until}"), VALIDITY);
    }
}

/// A list or an answer: when it was made, and when the next one is due.
pub(super) fn currency(
    part: &mut Part,
    this: Option<&Node<'_>>,
    next: Option<&Node<'_>>,
    clause: &'static str,
    evidence: &Evidence<'_>,
) {
    if let Some(this) = this.and_then(|this| evidence.is_ahead(this)) {
        part.unusual(format!("thisUpdate is still to come: {this}"), clause);
    }
    if let Some(next) = next.and_then(|next| evidence.is_past(next)) {
        part.unusual(
            format!("out of date: nextUpdate was {next}, ask for a newer one"),
            clause,
        );
    }
}

/// Root, CA, signing, encryption.
fn role(view: &CertificateView<'_>) -> String {
    let constraints = view.extension(BASIC_CONSTRAINTS);
    let inside = constraints.and_then(|extension| extension.value.inside());
    let flag = inside.and_then(|sequence| sequence.child(0));
    let is_ca = flag.is_some_and(|flag| flag.is(asn1::BOOLEAN) && flag.content != [0]);
    let bits = usage_bits(view);
    let any = |names: &[usize]| names.iter().any(|bit| bits.contains(bit));
    let role = match (is_ca, view.is_self_issued()) {
        (true, true) => "root CA, or a CA's certificate for its own new key",
        (true, false) => "CA",
        (false, _) if bits.is_empty() => "not said: no keyUsage",
        (false, _) => match (any(&[0, 1]), any(&[2, 3, 4])) {
            (true, false) => "end entity, signing",
            (false, true) => "end entity, encryption",
            (true, true) => "end entity, signing and encryption",
            _ => "end entity",
        },
    };
    role.into()
}

fn usage_bits(view: &CertificateView<'_>) -> Vec<usize> {
    let bits = view
        .extension(KEY_USAGE)
        .and_then(|extension| extension.value.inside());
    let Some((_, bits)) = bits.and_then(|bits| bits.content.split_first()) else {
        return Vec::new();
    };
    (0..KEY_USAGES.len())
        .filter(|bit| {
            bits.get(bit / 8)
                .is_some_and(|octet| octet & (0x80 >> (bit % 8)) != 0)
        })
        .collect()
}

/// Whose way of writing the signature's identifier it is.
pub(super) fn dialect(signed: &SignedView<'_>, kind: SignedKind) -> Option<String> {
    if first_oid(&signed.algorithm)? != SIGNATURE_OID.to_string() {
        return None;
    }
    let outer = parameters(&signed.algorithm);
    let inner = signed
        .inner_algorithm(kind)
        .map_or(outer, |inner| parameters(&inner));
    Some(match (inner, outer) {
        ("NULL", "NULL") => {
            "signature's parameters NULL: as the national roots' certificates".into()
        }
        ("absent", "absent") => {
            "signature's parameters absent: GM/T 0015-2012's text, RFC 5280's style".into()
        }
        (inner, outer) => format!("signature's parameters {inner} inside, {outer} outside"),
    })
}

fn parameters(algorithm: &Node<'_>) -> &'static str {
    match algorithm.child(1) {
        None => "absent",
        Some(parameters) if parameters.is(asn1::NULL) => "NULL",
        Some(_) => "something else",
    }
}

/// The signature's value and its identifiers.
pub(super) fn signature_remarks(part: &mut Part, signed: &SignedView<'_>, kind: SignedKind) {
    if parameters(&signed.algorithm) == "NULL" {
        part.unusual(
            "parameters NULL beside the signature's identifier; both are in use",
            "GM/T 0015-2012: absent in its text, NULL in annex D",
        );
    }
    if let Some(inner) = signed.inner_algorithm(kind)
        && inner.octets != signed.algorithm.octets
    {
        part.wrong(
            "the signature's identifiers inside and outside are not the same",
            "RFC 5280, 4.1.1.2",
        );
    }
    if first_oid(&signed.algorithm).is_some_and(|oid| oid == SIGNATURE_OID.to_string()) {
        signature_value(part, signed.signature_octets());
    }
}

/// R and S.
pub(crate) fn signature_value(part: &mut Part, octets: &[u8]) {
    let Some(value) = Node::read(octets).filter(|value| value.is(asn1::SEQUENCE)) else {
        part.wrong(
            format!(
                "the signature is {} octets that are no SM2Signature",
                octets.len()
            ),
            "GM/T 0009, 7.3",
        );
        return;
    };
    for (number, name) in value.children().zip(["R", "S"]) {
        match number.content {
            [first, ..] if first & 0x80 != 0 => part.wrong(
                format!("{name} of the signature is negative: the leading octet 00 is missing"),
                "GM/T 0009, 7.3; X.690, 8.3",
            ),
            [0, second, ..] if second & 0x80 == 0 => {
                part.wrong(format!("{name} of the signature is padded"), "X.690, 8.3.2");
            }
            _ => {}
        }
    }
    if value.octets.len() != octets.len() {
        part.wrong("octets stand behind the signature", "GM/T 0009, 7.3");
    }
}

fn fields(part: &mut Part, view: &CertificateView<'_>) {
    match view.serial.content {
        [first, ..] if first & 0x80 != 0 => {
            part.wrong(
                "the serial number is negative",
                "GM/T 0015-2012, 5.2.3.2; RFC 5280, 4.1.2.2",
            );
        }
        content if content.len() > 20 => part.unusual(
            format!(
                "a serial number of {} octets; 20 is the most",
                content.len()
            ),
            "RFC 5280, 4.1.2.2",
        ),
        _ => {}
    }
    for moment in view.validity.children() {
        let text = time(&moment);
        if !text.ends_with('Z') || text.len() != 20 {
            part.unusual(
                format!("a time that is not as it should be: {text}"),
                "RFC 5280, 4.1.2.5: seconds and Z",
            );
        } else if moment.is(asn1::GENERALIZED_TIME) && text.as_str() < "2050" {
            part.unusual(
                "GeneralizedTime before 2050",
                "RFC 5280, 4.1.2.5: UTCTime to 2049",
            );
        }
    }
    for (number, name) in [(1, "issuerUniqueID"), (2, "subjectUniqueID")] {
        if view
            .signed
            .tbs
            .children()
            .any(|child| child.is_context(number))
        {
            part.unusual(
                format!("{name} is there"),
                "GM/T 0015-2012: not to be generated",
            );
        }
    }
}

/// Strings of a name.
fn name_remarks(part: &mut Part, name: &Node<'_>) {
    for attribute in name
        .children()
        .take(40)
        .flat_map(|rdn| rdn.children().take(8))
    {
        let (Some(oid), Some(value)) = (first_oid(&attribute), attribute.child(1)) else {
            continue;
        };
        let named = name_or_dotted(&oid);
        let tag = value.tag_name();
        match value.number {
            asn1::TELETEX_STRING
            | asn1::NUMERIC_STRING
            | asn1::BMP_STRING
            | asn1::UNIVERSAL_STRING => {
                part.unusual(
                    format!("{named} is a {tag}; UTF8String is wanted"),
                    "GM/T 0015-2012, 5.2.3.4; RFC 5280, 4.1.2.4",
                );
            }
            asn1::UTF8_STRING if oid == "2.5.4.6" => {
                part.unusual(
                    "the country is a UTF8String; PrintableString is wanted",
                    "X.520, 6.3.1",
                );
            }
            _ => {}
        }
        if decoded(value.number, value.content).is_none() {
            part.unusual(
                format!("{named} is no text of its type, perhaps GBK: shown as octets"),
                "X.690, 8.23",
            );
        }
    }
}

/// How a public key is written.
pub(crate) fn key_remarks(part: &mut Part, spki: &Node<'_>) {
    let point = spki.child(1).and_then(|point| point.bits());
    let on_curve = key_of(spki).is_some();
    match naming(spki) {
        Naming::CurveAsAlgorithm => part.unusual(
            "the key's algorithm is the curve, 1.2.156.10197.1.301, instead of id-ecPublicKey",
            "GM/T 0015-2012, annex C against annex D; some hardware",
        ),
        Naming::Explicit => part.unusual(
            "the curve is written out instead of named; it equals SM2's",
            "RFC 5480, 2.1.1: namedCurve only",
        ),
        Naming::Other if on_curve => part.wrong(
            "the key says another curve than SM2, and its point lies on SM2's",
            "RFC 5480, 2.1.1",
        ),
        Naming::Other => part.unusual("the key is none of SM2", "GM/T 0015"),
        Naming::Usual => {}
    }
    if naming(spki) != Naming::Other && !on_curve {
        part.wrong(
            "the point does not lie on the SM2 curve",
            "GB/T 32918.1, 6.2",
        );
    }
    if point.is_some_and(|point| point.len() == 33) {
        part.unusual("the point is compressed", "GB/T 32918.1, 4.2.10");
    }
}

/// Extensions as such, and those about persons.
fn extensions(part: &mut Part, extensions: &[Extension<'_>]) {
    const KNOWN_TO_VERIFIERS: [&str; 13] = [
        KEY_USAGE,
        BASIC_CONSTRAINTS,
        SUBJECT_KEY_ID,
        AUTHORITY_KEY_ID,
        "2.5.29.17",
        "2.5.29.18",
        "2.5.29.20",
        "2.5.29.28",
        "2.5.29.30",
        "2.5.29.32",
        "2.5.29.36",
        "2.5.29.37",
        "2.5.29.54",
    ];
    for (index, extension) in extensions.iter().enumerate() {
        let name = name_or_dotted(&extension.oid);
        if extensions[..index]
            .iter()
            .any(|earlier| earlier.oid == extension.oid)
        {
            part.wrong(format!("{name} stands there twice"), "RFC 5280, 4.2");
        }
        let known = KNOWN_TO_VERIFIERS.contains(&extension.oid.as_str());
        let known =
            known || ["2.5.29.27", "2.5.29.31", "2.5.29.33"].contains(&extension.oid.as_str());
        if extension.critical && !known {
            part.wrong(
                format!("{name} is critical, and verifiers do not know it"),
                "RFC 5280, 4.2",
            );
        }
        if extension
            .node
            .child(1)
            .is_some_and(|flag| flag.is(asn1::BOOLEAN) && flag.content == [0])
        {
            part.wrong(
                format!("{name}: critical FALSE is written out, a default value"),
                "X.690, 11.5",
            );
        }
        if is_personal(&extension.oid) {
            personal(part, extension, &name);
        }
        if extension.oid.starts_with("1.2.156.10260.4.") && extension.critical {
            part.unusual(
                format!("{name} is critical"),
                "GM/T 0015-2012, 5.2.4.2: non-critical",
            );
        }
    }
}

/// In which of the encodings in use an identity stands.
fn personal(part: &mut Part, extension: &Extension<'_>, name: &str) {
    let (tags, text) = innermost_text(&extension.value);
    let is_code = extension.oid == "1.2.156.10260.4.1.1";
    let expected = if is_code {
        tags.starts_with('[')
    } else {
        tags == "PrintableString"
    };
    let ours = extension.oid.starts_with("1.2.156.10260.4.1.") && extension.oid.len() == 19;
    if ours && !expected {
        let clause = if is_code {
            "GM/T 0015-2012, 5.2.4.2: CHOICE of [0], [1], [2]"
        } else {
            "GM/T 0015-2012, 5.2.4.2: PrintableString"
        };
        let how = match tags.as_str() {
            "OCTET STRING" => "as text without ASN.1 around it".into(),
            tags => format!("as {tags}"),
        };
        part.unusual(format!("{name} stands there {how}"), clause);
    }
    if let Some(text) = text.filter(|text| text.len() == 18) {
        match credit_code(&text) {
            Some(true) if !is_code => part.unusual(
                format!("{name} holds a unified social credit code; its check character is right"),
                "GB 32100-2015",
            ),
            Some(false) if !is_code && !text.bytes().all(|octet| octet.is_ascii_digit()) => part
                .unusual(
                    format!("{name} looks like a unified social credit code with a wrong check character"),
                    "GB 32100-2015",
                ),
            _ => {}
        }
        if is_code
            && !resident_number(&text)
            && text.bytes().take(17).all(|octet| octet.is_ascii_digit())
        {
            part.unusual(
                format!(
                    "{name} looks like a resident identity number with a wrong check character"
                ),
                "GB 11643-1999",
            );
        }
    }
}

/// Whether 18 characters are a unified social credit code (GB 32100: weights 3^i mod 31);
/// none when a character is not in its alphabet.
fn credit_code(text: &str) -> Option<bool> {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let place = |octet: u8| ALPHABET.iter().position(|known| *known == octet);
    let mut sum = 0;
    let mut weight = 1;
    let (last, first) = text.as_bytes().split_last()?;
    for octet in first {
        sum += weight * place(*octet)?;
        weight = weight * 3 % 31;
    }
    Some((31 - sum % 31) % 31 == place(*last)?)
}

/// Whether 18 characters are the number of a resident identity card (GB 11643: weights
/// 2^(17 − i) mod 11).
fn resident_number(text: &str) -> bool {
    const CHECK: &[u8; 11] = b"10X98765432";
    let Some((last, first)) = text.as_bytes().split_last() else {
        return false;
    };
    let mut sum = 0_usize;
    for octet in first {
        if !octet.is_ascii_digit() {
            return false;
        }
        sum = (sum + usize::from(octet - b'0')) * 2 % 11;
    }
    CHECK.get(sum % 11) == Some(&last.to_ascii_uppercase())
}

/// Key usage, constraints and key identifiers.
fn usage(part: &mut Part, view: &CertificateView<'_>) {
    let bits = usage_bits(view);
    let any = |names: &[usize]| names.iter().any(|bit| bits.contains(bit));
    if let Some(extension) = view.extension(KEY_USAGE) {
        if !extension.critical {
            part.unusual(
                "keyUsage is not critical",
                "GM/T 0015-2012: critical in dual-certificate profiles",
            );
        }
        if any(&[0, 1]) && any(&[2, 3, 4]) {
            part.unusual(
                "keyUsage allows signing and encryption with one key",
                "GM/T 0015-2012: discouraged; TLCP wants two certificates",
            );
        }
        if let Some(bits) = extension.value.inside()
            && (matches!(bits.content, [0, .., last] if last & 1 == 0)
                || matches!(bits.content, [_, .., 0]))
        {
            part.wrong(
                "keyUsage ends in bits 0, which DER leaves away",
                "X.690, 11.2.2",
            );
        }
    } else if view.version == 2 {
        part.unusual("no keyUsage", "GM/T 0015-2012, 5.2.4.2");
    }
    if let Some(constraints) = view
        .extension(BASIC_CONSTRAINTS)
        .and_then(|found| found.value.inside())
    {
        let flag = constraints.child(0).filter(|flag| flag.is(asn1::BOOLEAN));
        if flag.is_some_and(|flag| flag.content == [0]) {
            part.wrong(
                "basicConstraints writes out cA FALSE, a default value",
                "X.690, 11.5; GM/T 0015-2012, annex D does so",
            );
        }
        let is_ca = flag.is_some_and(|flag| flag.content != [0]);
        if is_ca
            && !view
                .extension(BASIC_CONSTRAINTS)
                .is_some_and(|found| found.critical)
        {
            part.unusual(
                "basicConstraints of a CA is not critical",
                "RFC 5280, 4.2.1.9",
            );
        }
        if is_ca && !bits.is_empty() && !any(&[5, 6]) {
            part.unusual(
                "a CA whose keyUsage signs no certificates",
                "RFC 5280, 4.2.1.3",
            );
        }
    }
    match (view.subject_key_id(), key_identifier(&view.spki)) {
        (Some(id), Some(computed)) if id != computed => part.unusual(
            "subjectKeyIdentifier is not the SHA-1 of the point; any octets are allowed",
            "GM/T 0015-2012, 5.2.4.2; RFC 5280, 4.2.1.2",
        ),
        (None, _) if view.version == 2 => {
            part.unusual("no subjectKeyIdentifier", "GM/T 0015-2012, 5.2.4.2");
        }
        _ => {}
    }
    if view.authority_key_id().is_none() && !view.is_self_issued() && view.version == 2 {
        part.unusual(
            "no authorityKeyIdentifier with a key identifier",
            "RFC 5280, 4.2.1.1",
        );
    }
}

/// A request.
pub(crate) fn request(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let Some(signed) = SignedView::new(node) else {
        return;
    };
    let mut fields = signed.tbs.children();
    let (Some(_), Some(subject), Some(spki)) = (fields.next(), fields.next(), fields.next()) else {
        return;
    };
    let attributes = fields.next();
    part.fact("subject", brief::name(&subject, evidence.view));
    if let Some(id) = key_identifier(&spki) {
        part.fact(
            "key id",
            format!("{} (SHA-1 of the point)", hexadecimal(&id)),
        );
    }
    part.dialect = match part.kind {
        super::Kind::CfcaRequest => {
            Some("CFCA SADK: asks for a signing and an encryption certificate".into())
        }
        _ => dialect(&signed, SignedKind::Csr),
    };
    signature_remarks(part, &signed, SignedKind::Csr);
    name_remarks(part, &subject);
    key_remarks(part, &spki);
    if attributes.is_none() {
        part.unusual(
            "the field attributes [0] is missing; it may be empty, not absent",
            "RFC 2986, 4.1",
        );
    }
    for attribute in attributes.iter().flat_map(Node::children).take(100) {
        let (Some(oid), Some(values)) = (first_oid(&attribute), attribute.child(1)) else {
            continue;
        };
        let name = name_or_dotted(&oid);
        if !values.is(asn1::SET) {
            part.unusual(
                format!("the value of {name} stands in no SET: OpenSSL and others refuse it"),
                "RFC 2986, 4.1; CFCA's kit writes so",
            );
        }
        if oid == "1.2.840.113549.1.9.63" {
            temporary_key(part, &values);
        }
        if oid == "1.2.840.113549.1.9.14" {
            let list = if values.is(asn1::SET) {
                values.child(0)
            } else {
                Some(values)
            };
            extensions(
                part,
                &list.map_or_else(Vec::new, |list| Extension::all(&list)),
            );
        }
    }
    under_key(
        part,
        &signed,
        SignedKind::Csr,
        &spki,
        "the key it asks a certificate for",
        evidence,
    );
    advice(part);
    if part.kind == super::Kind::CfcaRequest {
        part.next_step("CFCA alone reads a request like this: to issue from, one has to be written as RFC 2986 says");
    } else if matches!(part.verdict, Verdict::Holds { .. }) {
        part.next_step(
            "issue: gmpki cert issue --profile subscriber-signing --issuer CA.pem --key CA.key.pem FILE",
        );
    }
}

/// The key under which CFCA sends the encryption key back.
fn temporary_key(part: &mut Part, value: &Node<'_>) {
    let octets = value.inside().and_then(|inner| inner.child(1));
    match octets.and_then(|octets| super::blob::cfca_temporary_key(octets.content)) {
        Some(key) => {
            let point = key.to_uncompressed();
            part.fact(
                "temporary key",
                format!("{}…, on the SM2 curve", hexadecimal(&point[..9])),
            );
        }
        None => part.wrong(
            "the temporary key is no point of the SM2 curve",
            "CFCA SADK",
        ),
    }
}

/// A revocation list.
pub(crate) fn crl(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let Some(signed) = SignedView::new(node) else {
        return;
    };
    let mut fields = signed.tbs.children().peekable();
    let version = fields.next_if(|child| child.is(asn1::INTEGER));
    let (Some(_), Some(issuer), Some(this)) = (fields.next(), fields.next(), fields.next()) else {
        return;
    };
    let is_time = |node: &Node<'_>| node.is(asn1::UTC_TIME) || node.is(asn1::GENERALIZED_TIME);
    let next = fields.next_if(is_time);
    let revoked = fields.next_if(|child| child.is(asn1::SEQUENCE));
    let list = fields
        .next_if(|child| child.is_context(0))
        .and_then(|tagged| tagged.child(0));
    part.fact("issuer", brief::name(&issuer, evidence.view));
    let until = next.as_ref().map_or_else(|| "no next update".into(), time);
    part.fact("valid", format!("{} to {until}", time(&this)));
    currency(
        part,
        Some(&this),
        next.as_ref(),
        "RFC 5280, 5.1.2.4 and 5.1.2.5",
        evidence,
    );
    let count = revoked.map_or(0, |revoked| revoked.children().count());
    part.fact("revoked", format!("{count}"));
    part.dialect = dialect(&signed, SignedKind::Crl);
    signature_remarks(part, &signed, SignedKind::Crl);
    name_remarks(part, &issuer);
    if next.is_none() {
        part.wrong(
            "nextUpdate is missing",
            "GM/T 0015-2012, 6; RFC 5280, 5.1.2.5",
        );
    }
    if version.and_then(|version| version.small()) != Some(1) {
        part.unusual(
            "it is not version 2",
            "GM/T 0015-2012, 6; RFC 5280, 5.1.2.1",
        );
    }
    let found = list.map_or_else(Vec::new, |list| Extension::all(&list));
    extensions(part, &found);
    if !found.iter().any(|extension| extension.oid == "2.5.29.20") {
        part.unusual("no cRLNumber", "RFC 5280, 5.2.3");
    }
    if revoked.is_some() && count == 0 {
        part.wrong(
            "revokedCertificates is empty; it should be absent",
            "RFC 5280, 5.1.2.6",
        );
    }
    under_issuer(part, &signed, SignedKind::Crl, evidence);
    advice(part);
    if matches!(part.verdict, Verdict::Holds { .. }) {
        part.next_step("use it: gmpki cert verify --anchor ROOT.pem --crl FILE CERTIFICATE.pem");
    }
}

/// The point of a key alone, for those that have nothing else to say.
pub(crate) fn public_key(part: &mut Part, spki: &Node<'_>) {
    if let Some(id) = key_identifier(spki) {
        part.fact(
            "key id",
            format!("{} (SHA-1 of the point)", hexadecimal(&id)),
        );
    }
    key_remarks(part, spki);
}
