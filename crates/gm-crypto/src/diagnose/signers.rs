//! Why a message does not verify.

use super::{
    Budget, Clues, Finding,
    equation::within,
    structure::{VIEW, usable_key, verifies},
};
use crate::{
    Error, Result,
    explain::{
        asn1::{self, Node},
        brief,
        names::name_and_dotted,
        schema::first_oid,
        view::{CertificateView, MessageView, SignerView, signed_data},
    },
    message::{Dialect, UnverifiedSignedData},
    pki::oid,
    sm2::{PublicKey, SIGNATURE_OID, UserId, Za},
    sm3,
};
use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use der::{Encode, asn1::ObjectIdentifier};

/// Signers beyond these are not diagnosed.
const MAX_SIGNERS: usize = 8;
/// Carried certificates beyond these are not looked at.
const MAX_CARRIED: usize = 64;
/// Certificates of one name that [`UnverifiedSignedData`] tries.
const MAX_NAMESAKES: usize = 8;

/// Why the signatures of a GM/T 0010 or CMS `SignedData` (a `ContentInfo`, or bare) do not
/// verify: each signer, up to eight, by the certificate that names it among the clues, else
/// inside.
///
/// Empty when every signer's digest and equation hold, that is when
/// [`UnverifiedSignedData::verify_all`] succeeds, and when there is no signer.
///
/// # Errors
/// [`Error::Invalid`] when the octets are no `SignedData`.
pub fn message(octets: &[u8], clues: &Clues) -> Result<Vec<Finding>> {
    let not = |reason| Error::Invalid {
        what: "SignedData",
        reason,
    };
    let node = Node::read(octets).ok_or(not("is no ASN.1"))?;
    let data = signed_data(&node).ok_or(not("is not what stands here"))?;
    let view = MessageView::signed(&data).ok_or(not("has not its parts"))?;
    let budget = Budget::new();
    let judgement = judge(&node, clues, &budget);
    Ok(signers_findings(&view, &judgement, clues, &budget))
}

/// What the library's own verification says.
#[derive(Debug)]
pub(crate) enum Judgement {
    /// Every signature holds, each under a certificate that was given.
    UnderGiven,
    /// Every signature holds, some of them under certificates that came with the message.
    UnderCarried,
    /// There is no signer.
    NoSigner,
    /// It is not verified, for lack of the content.
    ContentNeeded,
    /// It is not verified, for lack of work.
    WorkBounded,
    /// It can't be read.
    Unread(Error),
    /// It was read and does not verify.
    Refused(Error),
}

impl Judgement {
    pub(crate) fn holds(&self) -> bool {
        matches!(self, Self::UnderGiven | Self::UnderCarried)
    }
}

/// Verifies a message, a `ContentInfo` or a bare `SignedData`: nothing here says that a
/// message holds but this.
pub(crate) fn judge(node: &Node<'_>, clues: &Clues, budget: &Budget) -> Judgement {
    let wrapped;
    let octets = if first_oid(node).is_some() {
        node.octets
    } else {
        wrapped = in_content_info(node);
        &wrapped
    };
    let message = match UnverifiedSignedData::read(octets, Dialect::Field) {
        Ok(message) => message,
        Err(error) => return Judgement::Unread(error),
    };
    if message.signers().len() == 0 {
        return Judgement::NoSigner;
    }
    let names = |der: &[u8]| -> Vec<bool> {
        let named = |signer: crate::message::UnverifiedSigner<'_>| signer.is_named_by(der);
        message
            .signers()
            .map(|signer| named(signer).unwrap_or(false))
            .collect()
    };
    // A certificate that was given is the only one for the signers that it names.
    let mut known = vec![0_usize; message.signers().len()];
    let mut certificates: Vec<Vec<u8>> = Vec::new();
    for der in &clues.certificates {
        let named = names(der);
        if named.contains(&true) && !certificates.contains(der) {
            count(&mut known, &named);
            certificates.push(der.clone());
        }
    }
    let given = known.clone();
    let carried = message.certificates().iter().take(MAX_CARRIED);
    for der in carried.chain(&clues.carried) {
        let named = names(der);
        let mut both = named.iter().zip(&given);
        if named.contains(&true)
            && !both.any(|(named, given)| *named && *given > 0)
            && !certificates.contains(der)
        {
            count(&mut known, &named);
            certificates.push(der.clone());
        }
    }
    let Some(length) = message
        .content()
        .or(clues.content.as_deref())
        .map(<[u8]>::len)
    else {
        return Judgement::ContentNeeded;
    };
    let tries: usize = known.iter().map(|count| (*count).min(MAX_NAMESAKES)).sum();
    if !budget.verify(tries, tries, length) {
        return Judgement::WorkBounded;
    }
    let certificates: Vec<&[u8]> = certificates.iter().map(Vec::as_slice).collect();
    let result = match (message.content(), &clues.content) {
        (None, Some(content)) => message
            .verify_all_detached(&certificates, content)
            .map(drop),
        _ => message.verify_all(&certificates).map(drop),
    };
    match result {
        Ok(()) if given.iter().all(|count| *count > 0) => Judgement::UnderGiven,
        Ok(()) => Judgement::UnderCarried,
        Err(error) => Judgement::Refused(error),
    }
}

fn count(known: &mut [usize], named: &[bool]) {
    for (count, named) in known.iter_mut().zip(named) {
        *count += usize::from(*named);
    }
}

/// The `ContentInfo` around a bare `SignedData`.
fn in_content_info(node: &Node<'_>) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| {
        let length = content.len().to_be_bytes();
        let zeros = length.iter().take_while(|octet| **octet == 0).count();
        let mut octets = vec![tag];
        match u8::try_from(content.len()) {
            Ok(short) if short < 0x80 => octets.push(short),
            _ => {
                octets.extend(u8::try_from(length.len() - zeros).map(|count| 0x80 | count));
                octets.extend(&length[zeros..]);
            }
        }
        octets.extend(content);
        octets
    };
    let mut content = oid::SIGNED_DATA.to_der().unwrap_or_default();
    content.extend(tlv(0xa0, node.octets));
    tlv(0x30, &content)
}

/// Why a message does not verify; empty when it does, and when there is no signer.
pub(crate) fn signers_findings(
    view: &MessageView<'_>,
    judgement: &Judgement,
    clues: &Clues,
    budget: &Budget,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let reason = match judgement {
        Judgement::UnderGiven | Judgement::UnderCarried | Judgement::NoSigner => {
            return findings;
        }
        Judgement::ContentNeeded => Finding::ContentNeeded,
        Judgement::WorkBounded => return vec![Finding::WorkBounded],
        Judgement::Unread(error) | Judgement::Refused(error) => Finding::Refused {
            reason: error.to_string(),
        },
    };
    for signer in view.signers.iter().take(MAX_SIGNERS) {
        for finding in signer_findings(view, signer, clues, budget) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    // Nothing that was looked at explains it: the reason then is the library's.
    if findings.is_empty() {
        findings.push(reason);
    }
    findings
}

/// What is wrong with one signer of a message that was refused.
fn signer_findings(
    view: &MessageView<'_>,
    signer: &Node<'_>,
    clues: &Clues,
    budget: &Budget,
) -> Vec<Finding> {
    let Some(signer) = SignerView::new(signer) else {
        return vec![Finding::NoSignature];
    };
    // Those that were given come first: a message may carry a namesake.
    let given = clues.certificates.iter().map(Vec::as_slice);
    let inside = view.certificates.iter().map(|node| node.octets);
    let beside = clues.carried.iter().map(Vec::as_slice);
    let mut certificates: Vec<CertificateView<'_>> = Vec::new();
    for octets in given.chain(inside).chain(beside) {
        let Some(read) = CertificateView::read(octets) else {
            continue;
        };
        let same = |known: &CertificateView<'_>| {
            known.spki.octets == read.spki.octets && signer.names(known) == signer.names(&read)
        };
        if !certificates.iter().any(same) {
            certificates.push(read);
        }
    }
    // Nothing follows for a signature that says itself to be none of SM2 with SM3.
    if let Some(named) = other_algorithm(&signer) {
        return vec![Finding::OtherAlgorithm { named }];
    }
    let Some(certificate) = certificates.iter().find(|found| signer.names(found)) else {
        return vec![Finding::SignerUnknown];
    };
    let Some(key) = usable_key(&certificate.spki) else {
        return vec![Finding::NoKey];
    };
    let mut findings = Vec::new();
    let content = view.content().or_else(|| clues.content.clone());
    let octets = signer.signature.content;
    let attempt = Attempt {
        key: &key,
        octets,
        clues,
        certificates: &certificates,
        budget,
    };
    let content_type = view.content_info.as_ref().and_then(first_oid);
    let is_data = content_type.as_deref().is_some_and(is_data);
    let Some(attributes) = signer.signed_attributes() else {
        if !is_data {
            findings.push(Finding::AttributesNeeded);
        }
        match content {
            Some(content) => {
                findings.extend(attempt.with_others(&content));
                if findings.is_empty() && is_attributes(&content) {
                    findings.push(Finding::ContentLikeAttributes);
                }
            }
            None => findings.push(Finding::ContentNeeded),
        }
        return findings;
    };
    match single(&signer, oid::CONTENT_TYPE, "contentType") {
        Ok(value) => match value.oid() {
            None => findings.push(Finding::AttributeMalformed {
                name: "contentType",
            }),
            Some(said) => {
                let same = content_type.as_deref() == Some(said.as_str());
                if !(same || (is_data && self::is_data(&said))) {
                    findings.push(Finding::ContentTypeDiffers);
                }
            }
        },
        Err(finding) => findings.push(finding),
    }
    match (
        &content,
        single(&signer, oid::MESSAGE_DIGEST, "messageDigest"),
    ) {
        (_, Err(finding)) => findings.push(finding),
        (_, Ok(digest)) if !digest.is(asn1::OCTET_STRING) || digest.content.len() != 32 => {
            findings.push(Finding::AttributeMalformed {
                name: "messageDigest",
            });
        }
        (None, Ok(_)) => findings.push(Finding::ContentNeeded),
        (Some(content), Ok(_)) if !budget.verify(0, 2, content.len()) => {
            findings.push(Finding::WorkBounded);
        }
        (Some(content), Ok(digest)) if digest.content != sm3::digest(content) => {
            let with_z = Za::new(&UserId::default(), &key).digest(content);
            findings.push(if digest.content == with_z {
                Finding::MessageDigestWithZ
            } else {
                Finding::ContentChanged
            });
        }
        (Some(_), Ok(_)) => {}
    }
    if verifies(&key, &attributes, octets, budget) {
        return findings;
    }
    let tagged = signer.attributes.map_or(&[][..], |node| node.octets);
    if verifies(&key, tagged, octets, budget) {
        findings.push(Finding::AttributesTag);
    } else if content.is_some_and(|content| verifies(&key, &content, octets, budget)) {
        findings.push(Finding::AttributesNotSigned);
    } else {
        findings.extend(attempt.with_others(&attributes));
    }
    findings
}

/// `data` of GM/T 0010 or of PKCS#7.
fn is_data(oid: &str) -> bool {
    [oid::DATA, oid::PKCS7_DATA]
        .iter()
        .any(|data| data.to_string() == oid)
}

/// The one value of an attribute that has to stand there once.
fn single<'a>(
    signer: &SignerView<'a>,
    oid: ObjectIdentifier,
    name: &'static str,
) -> core::result::Result<Node<'a>, Finding> {
    let dotted = oid.to_string();
    let attributes = signer.attributes.iter().flat_map(Node::children);
    let mut found = attributes.filter(|child| first_oid(child).as_deref() == Some(&dotted));
    let Some(attribute) = found.next() else {
        return Err(Finding::AttributeMissing { name });
    };
    let malformed = Finding::AttributeMalformed { name };
    let values = attribute.child(1).ok_or(malformed.clone())?;
    match (found.next(), values.child(0), values.child(1)) {
        (None, Some(value), None) => Ok(value),
        _ => Err(malformed),
    }
}

/// Whether a content could be the attributes of another message: a SET of them.
fn is_attributes(content: &[u8]) -> bool {
    Node::read(content).is_some_and(|node| {
        node.is(asn1::SET) && node.children().all(|child| first_oid(&child).is_some())
    })
}

/// What a signature is tried with.
struct Attempt<'a> {
    key: &'a PublicKey,
    octets: &'a [u8],
    clues: &'a Clues,
    certificates: &'a [CertificateView<'a>],
    budget: &'a Budget,
}

impl Attempt<'_> {
    /// The equation, and then the other certificates.
    fn with_others(&self, message: &[u8]) -> Vec<Finding> {
        let mut findings = within(self.key, message, self.octets, self.clues, self.budget);
        if findings.last() == Some(&Finding::Unexplained) {
            let fits = |certificate: &&CertificateView<'_>| {
                usable_key(&certificate.spki)
                    .is_some_and(|key| verifies(&key, message, self.octets, self.budget))
            };
            if let Some(found) = self.certificates.iter().find(fits) {
                findings.pop();
                findings.push(Finding::OtherCertificate {
                    subject: brief::name(&found.subject, VIEW),
                    serial: brief::serial_number(&found.serial),
                });
            }
        }
        findings
    }
}

/// The identifiers under which SM2 signs, in the field.
const SM2: [&str; 5] = [
    "1.2.156.10197.1.301",
    "1.2.156.10197.1.301.1",
    "1.2.156.10197.1.301.3",
    "1.2.156.10197.1.501",
    // The key's algorithm, as some write it; the certificate tells the curve.
    "1.2.840.10045.2.1",
];

/// Which names no digest.
const RSA: &str = "1.2.840.113549.1.1.1";

/// A signature or a digest that is none of the spellings of SM2 and SM3.
fn other_algorithm(signer: &SignerView<'_>) -> Option<String> {
    let signature = first_oid(&signer.signature_algorithm)?;
    let digest = first_oid(&signer.digest_algorithm)?;
    let sm3 = [
        oid::SM3,
        oid::SM3_UNKEYED,
        oid::HMAC_SM3,
        SIGNATURE_OID,
        // Where the signature's identifier stands.
        oid::SM2_SIGN,
    ];
    let known = sm3.iter().any(|known| known.to_string() == digest);
    match (SM2.contains(&signature.as_str()), known) {
        (true, true) => None,
        (true, false) => Some(format!("with {}", name_and_dotted(&digest))),
        // Many an identifier names the digest, too.
        (false, known) if known || signature != RSA => Some(name_and_dotted(&signature)),
        (false, _) => Some(format!(
            "{} with {}",
            name_and_dotted(&signature),
            name_and_dotted(&digest)
        )),
    }
}
