//! Which equation a signature fulfils, if not the right one.

use super::{Budget, Clues, Finding};
use crate::{
    explain::asn1::{self, Length, Node},
    sm2::{DerSignature, PublicKey, UserId, Za},
    sm3,
};
use alloc::{vec, vec::Vec};
use sha2::{Digest, Sha256};

/// Why `signature` is no SM2 signature of `key` over `message` under the default ID.
///
/// Empty when the equation holds: then the reason is elsewhere. Public data; not constant
/// time; some dozens of verifications.
pub fn signature(key: &PublicKey, message: &[u8], signature: &[u8], clues: &Clues) -> Vec<Finding> {
    within(key, message, signature, clues, &Budget::of_one_signature())
}

/// [`signature`] with bounded work.
pub(super) fn within(
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
    clues: &Clues,
    budget: &Budget,
) -> Vec<Finding> {
    let forms = forms(signature);
    // Each equation but those over the digest hashes the message once.
    if !budget.verify(0, clues.ids.len() + 4, message.len()) {
        return vec![Finding::WorkBounded];
    }
    let equations = equations(key, message, clues);
    for form in &forms {
        for equation in &equations {
            if !budget.verify(1, 0, 0) {
                return vec![Finding::WorkBounded];
            }
            if equation.holds(key, form) {
                let mut findings = form.findings.clone();
                findings.extend(equation.finding.clone());
                return findings;
            }
        }
    }
    // No equation at all: what is wrong with the form is the best that can be said.
    let Some(first) = forms.first() else {
        return vec![Finding::NoSignature];
    };
    let mut findings = first.findings.clone();
    let in_range = first.signature.is_some_and(|read| read.r_s_t().is_ok());
    findings.push(if in_range {
        Finding::Unexplained
    } else {
        Finding::OutOfRange
    });
    findings
}

/// One way to read r and s out of a signature.
struct Form {
    r: [u8; 32],
    s: [u8; 32],
    /// None where they are out of range.
    signature: Option<DerSignature>,
    findings: Vec<Finding>,
}

/// r and s, none where they have more than 32 octets, and what is wrong with their form.
type Pair = (Option<[u8; 32]>, Option<[u8; 32]>, Vec<Finding>);

/// The ways, the likeliest first.
fn forms(octets: &[u8]) -> Vec<Form> {
    let mut pairs: Vec<Pair> = Vec::new();
    if let Some((r, s, findings)) = integers(octets) {
        pairs.push((r, s, findings));
    }
    if let ([r, s], []) = octets.as_chunks::<32>() {
        pairs.push((Some(*r), Some(*s), vec![Finding::RawSignature]));
    }
    // The structs of SDF and SKF: two fields of 64 octets.
    if let ([r, s], []) = octets.as_chunks::<64>() {
        let half = |field: &[u8; 64]| number(field);
        pairs.push((half(r), half(s), vec![Finding::RawSignature]));
    }
    let mut forms = Vec::new();
    for (r, s, findings) in pairs {
        let (Some(r), Some(s)) = (r, s) else {
            forms.push(Form {
                r: [0; 32],
                s: [0; 32],
                signature: None,
                findings,
            });
            continue;
        };
        let reversed = |mut octets: [u8; 32]| {
            octets.reverse();
            octets
        };
        for (r, s, extra) in [
            (r, s, None),
            (s, r, Some(Finding::Exchanged)),
            (reversed(r), reversed(s), Some(Finding::LittleEndian)),
        ] {
            let mut findings = findings.clone();
            findings.extend(extra);
            let mut raw = [0; 64];
            raw[..32].copy_from_slice(&r);
            raw[32..].copy_from_slice(&s);
            forms.push(Form {
                r,
                s,
                signature: DerSignature::try_from(&raw).ok(),
                findings,
            });
        }
    }
    forms
}

/// R and S of anything like an `SM2Signature`; none for a number of more than 32 octets.
fn integers(octets: &[u8]) -> Option<Pair> {
    let node = Node::read(octets)?;
    let (r, s) = (node.child(0)?, node.child(1)?);
    if !node.is(asn1::SEQUENCE) || !r.is(asn1::INTEGER) || !s.is(asn1::INTEGER) {
        return None;
    }
    let mut findings = Vec::new();
    let negative = |number: &Node<'_>| {
        number
            .content
            .first()
            .is_some_and(|octet| octet & 0x80 != 0)
    };
    let padded = |number: &Node<'_>| {
        matches!(number.content, [0, second, ..] if second & 0x80 == 0) || number.content.is_empty()
    };
    if negative(&r) || negative(&s) {
        findings.push(Finding::NegativeInteger);
    }
    let minimal = [&node, &r, &s]
        .iter()
        .all(|node| node.length == Length::Minimal);
    if node.octets.len() != octets.len()
        || !minimal
        || padded(&r)
        || padded(&s)
        || node.children().count() != 2
    {
        findings.push(Finding::NotStrictDer);
    }
    Some((number(r.content), number(s.content), findings))
}

/// A number of at most 32 octets, whatever zeros stand before it.
fn number(octets: &[u8]) -> Option<[u8; 32]> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let octets = &octets[zeros..];
    let mut number = [0; 32];
    number[32_usize.checked_sub(octets.len())?..].copy_from_slice(octets);
    Some(number)
}

/// One digest and what is done with it; no finding for the right one.
struct Equation {
    e: [u8; 32],
    ecdsa: bool,
    finding: Option<Finding>,
}

impl Equation {
    fn holds(&self, key: &PublicKey, form: &Form) -> bool {
        if self.ecdsa {
            key.is_ecdsa_vartime(&self.e, &form.r, &form.s)
        } else {
            let verifies = |signature| key.verify_digest(&self.e, signature).is_ok();
            form.signature.as_ref().is_some_and(verifies)
        }
    }
}

fn equations(key: &PublicKey, message: &[u8], clues: &Clues) -> Vec<Equation> {
    let sm2 = |e, finding| Equation {
        e,
        ecdsa: false,
        finding,
    };
    let ecdsa = |e, digest| Equation {
        e,
        ecdsa: true,
        finding: Some(Finding::Ecdsa { digest }),
    };
    let z = Za::new(&UserId::default(), key);
    let empty = UserId::new([]).map(|id| Za::new(&id, key));
    let digest = sm3::digest(message);
    let usual = z.digest(message);
    let mut equations = vec![sm2(usual, None)];
    if let Ok(empty) = empty {
        equations.push(sm2(empty.digest(message), Some(Finding::EmptyId)));
    }
    for id in &clues.ids {
        let e = Za::new(id, key).digest(message);
        equations.push(sm2(e, Some(Finding::OtherId { id: id.clone() })));
    }
    equations.extend([
        sm2(digest, Some(Finding::WithoutZ)),
        sm2(z.digest(&digest), Some(Finding::DigestSigned)),
        sm2(sm3::digest(&digest), Some(Finding::DigestOfDigest)),
        ecdsa(digest, "SM3(M)"),
        ecdsa(Sha256::digest(message).into(), "SHA-256(M)"),
        ecdsa(usual, "SM3(Z ‖ M)"),
    ]);
    equations
}
