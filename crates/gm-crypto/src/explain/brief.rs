//! Structures of which one line says enough.

use super::{
    View,
    asn1::{self, BOOLEAN, Node},
    names::{name_and_dotted, name_or_dotted},
    schema::{Brief, Type, first_oid},
    tree::one_line,
    value::{decoded, hexadecimal, masked, octets, printable, stars, time, value},
};
use crate::{explain::curve, sm2::PublicKey};
use alloc::{format, string::String, vec::Vec};

/// The line, and a name that is better than the field's; none where the structure is not
/// what it should be.
pub(crate) fn brief(
    which: Brief,
    node: &Node<'_>,
    kind: &'static Type,
    view: View,
) -> Option<(Option<String>, String)> {
    let value = match which {
        Brief::Algorithm => algorithm(node, view)?,
        Brief::Name => name(node, view),
        Brief::Validity => {
            let (from, to) = (node.child(0)?, node.child(1)?);
            format!("{} to {}", time(&from), time(&to))
        }
        Brief::PublicKey => public_key(node, view)?,
        Brief::Extension => return extension(node, kind, view),
        Brief::Attribute => return attribute(node, kind, view),
        Brief::Certificate => certificate(node, view)?,
        Brief::IssuerAndSerial => {
            let (issuer, serial) = (node.child(0)?, node.child(1)?);
            let issuer = name(&issuer, view);
            format!("serial {}, issuer {issuer}", serial_number(&serial))
        }
        Brief::Revoked => {
            let (serial, at) = (node.child(0)?, node.child(1)?);
            let mut text = format!("{} at {}", serial_number(&serial), time(&at));
            if let Some(extensions) = kind.field(node, "crlEntryExtensions") {
                for entry in extensions.children().take(4) {
                    let told = match kind_of_extension(&entry) {
                        Some(told) => told,
                        None => {
                            first_oid(&entry).map_or_else(String::new, |oid| name_or_dotted(&oid))
                        }
                    };
                    text.push_str(&format!(", {told}"));
                }
            }
            text
        }
        Brief::CertId => {
            let hash = first_oid(&node.child(0)?)?;
            let serial = serial_number(&node.child(3)?);
            let key = octets(node.child(2)?.content, view);
            format!(
                "serial {serial}, {} of the issuer's key {key}",
                name_or_dotted(&hash)
            )
        }
        Brief::Cipher => {
            let text = node.child(3)?;
            format!("SM2Cipher of {} octets", text.content.len())
        }
        Brief::Signature => {
            let (r, s) = (node.child(0)?, node.child(1)?);
            let short = |number: &Node<'_>| match number.content {
                [first, ..] if first & 0x80 != 0 => "a negative number".into(),
                _ => {
                    let digits = hexadecimal(number.unsigned());
                    match digits.get(..8) {
                        Some(start) if digits.len() > 16 => format!("{start}…"),
                        _ => digits,
                    }
                }
            };
            format!("R {}, S {}", short(&r), short(&s))
        }
        Brief::GeneralNames => {
            let parts: Vec<String> = node
                .children()
                .take(6)
                .map(|name| general_name(&name, view))
                .collect();
            parts.join(", ")
        }
    };
    Some((None, value))
}

/// A name of an extension that its value tells better: reasons of revocation.
fn kind_of_extension(entry: &Node<'_>) -> Option<String> {
    const REASONS: [&str; 11] = [
        "unspecified",
        "keyCompromise",
        "cACompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "certificateHold",
        "reason 7, which is undefined",
        "removeFromCRL",
        "privilegeWithdrawn",
        "aACompromise",
    ];
    if first_oid(entry)? != "2.5.29.21" {
        return None;
    }
    let reason = entry.children().last()?.inside()?.small()?;
    let reason = usize::try_from(reason).ok()?;
    Some(
        REASONS
            .get(reason)
            .copied()
            .unwrap_or("an undefined reason")
            .into(),
    )
}

/// The serial number as hexadecimal digits.
pub(crate) fn serial_number(node: &Node<'_>) -> String {
    match node.content {
        [first, ..] if first & 0x80 != 0 => format!("negative 0x{}", hexadecimal(node.content)),
        _ if node.content.len() > 64 => format!("of {} octets", node.content.len()),
        _ if node.unsigned().is_empty() => "0".into(),
        _ => format!("0x{}", hexadecimal(node.unsigned())),
    }
}

/// Name and parameters of an algorithm.
pub(crate) fn algorithm(node: &Node<'_>, view: View) -> Option<String> {
    algorithm_at(node, view, 0)
}

fn algorithm_at(node: &Node<'_>, view: View, depth: u32) -> Option<String> {
    let oid = first_oid(node)?;
    let named = name_and_dotted(&oid);
    let Some(parameters) = node.child(1) else {
        return Some(format!("{named}, parameters absent"));
    };
    let parameters = if parameters.is(asn1::NULL) {
        "parameters NULL".into()
    } else if let Some(dotted) = parameters.oid() {
        name_and_dotted(&dotted)
    } else if parameters.is(asn1::OCTET_STRING) {
        format!("initial vector {}", octets(parameters.content, view))
    } else if curve::is_explicit(&parameters) {
        if curve::is_sm2(&parameters) {
            "explicit parameters, equal to the SM2 curve".into()
        } else {
            "explicit parameters of another curve".into()
        }
    } else {
        let mut counted = false;
        let parts: Vec<String> = parameters
            .children()
            .take(4)
            .map(|part| match (part.is(asn1::SEQUENCE), part.small()) {
                (true, _) if depth < 4 => algorithm_at(&part, view, depth + 1).unwrap_or_default(),
                (_, Some(number)) if counted => format!("key of {number} octets"),
                (_, Some(number)) => {
                    counted = true;
                    format!("{number} iterations")
                }
                _ => format!("salt {}", value(&part, &Type::Any, view, false)),
            })
            .collect();
        parts.join("; ")
    };
    Some(format!("{named}, {parameters}"))
}

/// A distinguished name in the order in which it is written.
pub(crate) fn name(node: &Node<'_>, view: View) -> String {
    let mut parts: Vec<String> = Vec::new();
    for rdn in node.children().take(40) {
        let attributes: Vec<String> = rdn
            .children()
            .take(8)
            .map(|attribute| {
                let oid = first_oid(&attribute).unwrap_or_default();
                let value = attribute.child(1);
                let text = value.map_or_else(String::new, |value| {
                    match decoded(value.number, value.content) {
                        Some(text) => printable(&masked(&text, view)),
                        None => format!("#{}", octets(value.content, view)),
                    }
                });
                format!("{}={text}", name_or_dotted(&oid))
            })
            .collect();
        parts.push(attributes.join("+"));
    }
    if parts.is_empty() {
        "empty".into()
    } else {
        parts.join(", ")
    }
}

fn general_name(node: &Node<'_>, view: View) -> String {
    match node.number {
        4 => node
            .child(0)
            .map_or_else(String::new, |inner| name(&inner, view)),
        7 => match node.content {
            [a, b, c, d] => format!("{a}.{b}.{c}.{d}"),
            content => octets(content, view),
        },
        1 | 2 | 6 => match decoded(asn1::IA5_STRING, node.content) {
            Some(text) => printable(&masked(&text, view)),
            None => octets(node.content, view),
        },
        _ => value(node, &Type::Any, view, false),
    }
}

/// Algorithm and point of a `SubjectPublicKeyInfo`.
pub(crate) fn public_key(node: &Node<'_>, view: View) -> Option<String> {
    let algorithm = algorithm(&node.child(0)?, view)?;
    let point = node.child(1)?;
    let point = point.bits().unwrap_or(point.content);
    let remark = match PublicKey::from_sec1(point) {
        Ok(_) if point.len() == 33 => "compressed, on the SM2 curve",
        Ok(_) => "on the SM2 curve",
        Err(_) => "not on the SM2 curve",
    };
    let shown = match point.get(..9) {
        Some(start) => format!("{}…", hexadecimal(start)),
        None => octets(point, view),
    };
    Some(format!("{algorithm}; {shown} {remark}"))
}

fn extension(node: &Node<'_>, kind: &'static Type, view: View) -> Option<(Option<String>, String)> {
    let oid = first_oid(node)?;
    let critical = node.child(1).filter(|flag| flag.is(BOOLEAN));
    let mark = match critical.map(|flag| flag.content == [0]) {
        Some(false) => "critical, ",
        _ => "",
    };
    let content = node.children().last()?;
    let field = match kind.bare() {
        Type::Sequence(fields) => fields.last()?.kind,
        _ => &Type::Any,
    };
    let told = one_line(&content, field, &oid, view);
    Some((Some(name_or_dotted(&oid)), format!("{mark}{told}")))
}

fn attribute(node: &Node<'_>, kind: &'static Type, view: View) -> Option<(Option<String>, String)> {
    let oid = first_oid(node)?;
    let values = node.child(1)?;
    if oid == "1.2.840.113549.1.9.7" && !view.reveal {
        let text = if values.is(asn1::SET) {
            values.child(0)?
        } else {
            values
        };
        let told = stars(&decoded(text.number, text.content).unwrap_or_default());
        return Some((
            Some(name_or_dotted(&oid)),
            format!("{told}, a password, masked"),
        ));
    }
    let field = match kind.bare() {
        Type::Sequence(fields) => fields.last()?.kind,
        _ => &Type::Any,
    };
    let told = one_line(&values, field, &oid, view);
    let told = told.trim_start_matches('{').trim_end_matches('}').into();
    Some((Some(name_or_dotted(&oid)), told))
}

fn certificate(node: &Node<'_>, view: View) -> Option<String> {
    let fields = super::schema::CERTIFICATE.field(node, "tbsCertificate")?;
    let mut at = fields.children().skip_while(|child| child.is_context(0));
    let serial = at.next()?;
    let issuer = at.nth(1)?;
    let subject = at.nth(1)?;
    Some(format!(
        "{}, serial {}, by {}",
        name(&subject, view),
        serial_number(&serial),
        name(&issuer, view)
    ))
}
