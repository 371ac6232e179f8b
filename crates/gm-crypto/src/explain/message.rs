//! What is said about GM/T 0010 messages and their relatives.

use super::{
    Kind, Part, Verdict,
    asn1::{self, Node},
    brief,
    names::name_and_dotted,
    schema::first_oid,
    value::octets,
    verdict::{Evidence, Voucher, advice, bounded},
    view::{CertificateView, MessageView, SignerView},
};
use crate::{
    diagnose::{self, Finding, Judgement},
    message::Deviation,
    sm2::PublicKey,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

const GM_ARC: &str = "1.2.156.10197.6.1.4.2.";

/// A `ContentInfo`, a bare `SignedData` or `EnvelopedData`, or a time stamp's answer.
pub(crate) fn explain(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    if part.kind == Kind::TimeStampResponse {
        let token = node.child(1);
        return match token {
            Some(token) => {
                explain_info(part, &token, evidence);
                wrapped_only(part);
            }
            None => part.next_step("the time-stamp authority refused: status says why"),
        };
    }
    if first_oid(node).is_some() {
        return explain_info(part, node, evidence);
    }
    part.unusual(
        "it stands there without a ContentInfo around it",
        "GM/T 0010, clause 6",
    );
    match part.kind {
        Kind::EnvelopedData => enveloped(part, node, evidence),
        _ => signed(part, node, node, evidence),
    }
    wrapped_only(part);
    dialect(part, false);
}

fn explain_info(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let oid = first_oid(node).unwrap_or_default();
    let inner = node.child(1).and_then(|tagged| tagged.child(0));
    let rfc = !oid.starts_with(GM_ARC);
    if rfc {
        deviation(part, Deviation::ContentTypeOfRfc5652, "GM/T 0010, clause 5");
    }
    let Some(inner) = inner else {
        return part.wrong("there is no content", "GM/T 0010, clause 6");
    };
    match part.kind {
        Kind::SignedData | Kind::TimeStampResponse => signed(part, node, &inner, evidence),
        Kind::EnvelopedData | Kind::SignedAndEnvelopedData => enveloped(part, &inner, evidence),
        Kind::EncryptedData => encrypted(part, &inner, evidence),
        Kind::KeyAgreementInfo => agreement(part, &inner, evidence),
        _ => {
            part.fact(
                "content",
                format!(
                    "{} octets, neither signed nor encrypted",
                    inner.content.len()
                ),
            );
        }
    }
    dialect(part, rfc);
}

fn dialect(part: &mut Part, rfc: bool) {
    let named = |part: &Part, deviation: Deviation| {
        let text = deviation.to_string();
        part.remarks
            .iter()
            .any(|remark| remark.text.starts_with(&text))
    };
    part.dialect = if named(part, Deviation::SubjectKeyIdentifier) {
        Some("CFCA SADK 3.2 and later, or RFC 5652".into())
    } else if named(part, Deviation::SignatureNamedEncryption)
        || named(part, Deviation::DigestNamedHmac)
    {
        Some("BJCA's or Kinsec's".into())
    } else if rfc && names_other_signature(part) {
        Some("RFC 5652 or PKCS#7 with other signatures than SM2's".into())
    } else if rfc {
        Some("content types of RFC 5652 or PKCS#7 around SM2".into())
    } else if named(part, Deviation::EncryptionNamedOtherwise) {
        Some("GmSSL's".into())
    } else if named(part, Deviation::ModeUnsaid) {
        Some("CFCA's, or a key-management centre's".into())
    } else if part.remarks.is_empty() {
        Some("GM/T 0010 as written".into())
    } else {
        None
    };
}

fn names_other_signature(part: &Part) -> bool {
    let other = |finding: &Finding| matches!(finding, Finding::OtherAlgorithm { .. });
    part.findings.iter().any(other)
}

/// What forgives the deviations that were found.
fn dialect_option(part: &Part) -> &'static str {
    if part.remarks.is_empty() {
        ""
    } else {
        " --dialect field"
    }
}

/// The commands read messages in a `ContentInfo`.
fn wrapped_only(part: &mut Part) {
    let command = |step: &String| step.contains("gmpki message") || step.contains("gmpki sm2");
    if part.next.iter().any(command) {
        part.next.retain(|step| !command(step));
        part.next_step(
            "commands read a message with its ContentInfo around it, and not this as it stands",
        );
    }
}

fn deviation(part: &mut Part, deviation: Deviation, clause: &'static str) {
    part.unusual(deviation.to_string(), clause);
}

fn version(part: &mut Part, version: Option<Node<'_>>) {
    let number = version.and_then(|version| version.small());
    if number != Some(1) {
        let text = number.map_or_else(|| "no number".into(), |number| number.to_string());
        part.unusual(
            format!("{}: {text}", Deviation::Version),
            "GM/T 0010, clauses 8 to 12: 1",
        );
    }
}

/// A `SignedData`; `whole` is the `ContentInfo` around it, where there is one.
fn signed(part: &mut Part, whole: &Node<'_>, node: &Node<'_>, evidence: &Evidence<'_>) {
    let Some(view) = MessageView::signed(node) else {
        return;
    };
    version(part, Some(view.version));
    let content = view.content();
    let inner = view
        .content_info
        .as_ref()
        .and_then(first_oid)
        .unwrap_or_default();
    part.fact(
        "content",
        match &content {
            Some(content) => format!(
                "{} octets, {}{}",
                content.len(),
                name_and_dotted(&inner),
                as_text(content)
            ),
            None if view.signers.is_empty() => "none".into(),
            None => "stands elsewhere (detached)".into(),
        },
    );
    if let Some(tagged) = view.content_info.as_ref().and_then(|info| info.child(1))
        && tagged
            .child(0)
            .is_some_and(|value| !value.is(asn1::OCTET_STRING))
    {
        deviation(
            part,
            Deviation::ContentNotOctetString,
            "GM/T 0010, clause 7",
        );
    }
    certificates(part, &view.certificates, evidence);
    let listed: Vec<String> = view
        .digest_algorithms
        .iter()
        .flat_map(Node::children)
        .filter_map(|algorithm| first_oid(&algorithm))
        .collect();
    for oid in &listed {
        digest_name(part, oid);
    }
    if view.signers.is_empty() {
        part.kind = Kind::CertificateBag;
        part.next_step("take the certificates out: openssl pkcs7 -inform DER -print_certs reads RFC 5652's types");
        return;
    }
    signers(part, &view, &listed);
    verify(part, whole, &view, evidence);
}

fn as_text(content: &[u8]) -> String {
    match core::str::from_utf8(content) {
        Ok(text)
            if content.len() <= 60
                && !super::input::may_be_key(content)
                && !text.chars().any(char::is_control) =>
        {
            format!(": {}", super::value::quoted(text))
        }
        _ => String::new(),
    }
}

fn certificates(part: &mut Part, certificates: &[Node<'_>], evidence: &Evidence<'_>) {
    for node in certificates.iter().take(3) {
        if let Some(view) = CertificateView::new(node) {
            part.fact("certificate", brief::name(&view.subject, evidence.view));
        }
    }
    if certificates.len() > 3 {
        part.fact("certificates", format!("{} in all", certificates.len()));
    }
}

fn digest_name(part: &mut Part, oid: &str) {
    const CLAUSE: &str = "GM/T 0010, clause 5; GM/T 0006: SM3 is .401";
    match oid {
        "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" => {}
        "1.2.156.10197.1.401.2" => deviation(part, Deviation::DigestNamedHmac, CLAUSE),
        "1.2.156.10197.1.501" | "1.2.156.10197.1.301.1" => {
            deviation(part, Deviation::DigestNamedSignature, CLAUSE);
        }
        other => part.unusual(format!("the digest is {}", name_and_dotted(other)), CLAUSE),
    }
}

fn signature_name(part: &mut Part, oid: &str) {
    const CLAUSE: &str = "GM/T 0010, clause 8: .301.1";
    match oid {
        "1.2.156.10197.1.301.1" => {}
        "1.2.156.10197.1.501" => deviation(part, Deviation::SignatureNamedWithDigest, CLAUSE),
        "1.2.156.10197.1.301.3" => deviation(part, Deviation::SignatureNamedEncryption, CLAUSE),
        "1.2.156.10197.1.301" => deviation(part, Deviation::SignatureNamedCurve, CLAUSE),
        other => part.unusual(
            format!("the signature is {}", name_and_dotted(other)),
            CLAUSE,
        ),
    }
}

fn signers(part: &mut Part, view: &MessageView<'_>, listed: &[String]) {
    for node in &view.signers {
        let Some(signer) = SignerView::new(node) else {
            part.wrong("a SignerInfo that has not its parts", "GM/T 0010, clause 8");
            continue;
        };
        let digest = first_oid(&signer.digest_algorithm).unwrap_or_default();
        digest_name(part, &digest);
        if !listed.is_empty() && !listed.contains(&digest) {
            deviation(part, Deviation::DigestAlgorithmsList, "GM/T 0010, clause 8");
        }
        signature_name(
            part,
            &first_oid(&signer.signature_algorithm).unwrap_or_default(),
        );
        party(part, &signer.sid);
        version_of_party(part, &signer.version, &signer.sid);
        if signer.attributes.is_some() {
            part.fact(
                "signed are",
                "the attributes, and by messageDigest the content",
            );
        }
    }
    part.fact("signers", view.signers.len().to_string());
}

/// Whether the message verifies: what the library's own verification says, and nothing else.
fn verify(part: &mut Part, whole: &Node<'_>, view: &MessageView<'_>, evidence: &Evidence<'_>) {
    let clues = evidence.clues();
    let total = view.signers.len();
    let judgement = diagnose::judge(whole, &clues, evidence.budget);
    if judgement.holds() {
        let under = match judgement {
            Judgement::UnderGiven => "the certificates that were given",
            _ => "certificates that the message itself carries: who they belong to is not proved",
        };
        part.verdict = Verdict::Holds {
            what: format!("{total} of {total} signatures, under {under}"),
        };
        if matches!(judgement, Judgement::UnderCarried) && !issuers_of_signers(part, view, evidence)
        {
            return;
        }
        let content = match view.content() {
            Some(_) => "",
            None => " --content CONTENT",
        };
        let dialect = dialect_option(part);
        return part.next_step(format!(
            "whether the signer is the right one is another question: gmpki message verify \
             --signer SIGNER.pem{content}{dialect} FILE"
        ));
    }
    let findings = diagnose::signers_findings(view, &judgement, &clues, evidence.budget);
    if bounded(part, &findings) {
        return;
    }
    let missing = |finding: &Finding| {
        use Finding::{ContentNeeded, OtherAlgorithm, SignerUnknown, WorkBounded};
        matches!(
            finding,
            ContentNeeded | OtherAlgorithm { .. } | SignerUnknown | WorkBounded
        )
    };
    // What is written in no way that is read here is not thereby false.
    let unread = |finding: &Finding| {
        matches!(judgement, Judgement::Unread(_)) && matches!(finding, Finding::Refused { .. })
    };
    let other = matches!(
        judgement,
        Judgement::Unread(crate::Error::Unsupported { .. })
    );
    part.verdict = if other || findings.iter().all(|found| missing(found) || unread(found)) {
        let reasons: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Verdict::NotChecked {
            reason: reasons.join("; "),
        }
    } else {
        Verdict::DoesNotVerify {
            what: match total {
                1 => "the signature".into(),
                _ => format!("one of {total} signatures at least"),
            },
        }
    };
    part.findings = findings;
    advice(part);
}

/// Whether those whose certificates were given may have made those of the signers, which
/// the message carries. That a certificate says so of itself alone is a fault.
fn issuers_of_signers(part: &mut Part, view: &MessageView<'_>, evidence: &Evidence<'_>) -> bool {
    if evidence.context.issuers.is_empty() {
        return true;
    }
    let inside = view.certificates.iter().filter_map(CertificateView::new);
    let mut carried: Vec<CertificateView<'_>> = inside.collect();
    carried.extend(evidence.carried());
    let mut good = true;
    for signer in view.signers.iter().take(8).filter_map(SignerView::new) {
        // A certificate that was given names this signer.
        if evidence.given().any(|given| signer.names(&given)) {
            continue;
        }
        let Some(certificate) = carried.iter().find(|found| signer.names(found)) else {
            continue;
        };
        let voucher = evidence.voucher(certificate, &carried);
        part.fact("signer is", voucher.told(certificate, evidence.view));
        good &= !voucher.is_refused();
        if matches!(voucher, Voucher::Nobody) {
            part.next_step("give the issuer's certificate: gmpki explain --issuer ISSUER.pem FILE");
        }
    }
    if !good {
        part.verdict = Verdict::DoesNotVerify {
            what: "the certificate of a signer, under the issuer that was given".into(),
        };
    }
    good
}

fn party(part: &mut Part, sid: &Node<'_>) {
    if sid.is_context(0) {
        deviation(
            part,
            Deviation::SubjectKeyIdentifier,
            "GM/T 0010, clauses 8 and 9",
        );
    } else if sid.child(0).is_some_and(|issuer| issuer.content.is_empty()) {
        part.unusual(
            "a party is named with an empty issuer",
            "GM/T 0010, clauses 8 and 9",
        );
    }
}

fn version_of_party(part: &mut Part, number: &Node<'_>, sid: &Node<'_>) {
    let wanted = if sid.is_context(0) { 2..=3 } else { 1..=1 };
    if !number
        .small()
        .is_some_and(|number| wanted.contains(&number))
    {
        version(part, Some(*number));
    }
}

fn enveloped(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let mut fields = node.children().peekable();
    let number = fields.next();
    let _originator = fields.next_if(|child| child.is_context(0));
    let recipients = fields.next();
    let listed = fields.next_if(|child| child.is(asn1::SET));
    let content = fields.next();
    let by_key_id = recipients
        .iter()
        .flat_map(Node::children)
        .any(|recipient| recipient.child(1).is_some_and(|rid| rid.is_context(0)));
    if !by_key_id {
        version(part, number);
    }
    let list: Vec<Node<'_>> = recipients
        .iter()
        .flat_map(Node::children)
        .take(64)
        .collect();
    part.fact("recipients", list.len().to_string());
    for recipient in list.iter().take(8) {
        recipient_remarks(part, recipient, evidence);
    }
    if let Some(content) = content {
        encrypted_content(part, &content, evidence);
    }
    for oid in listed
        .iter()
        .flat_map(Node::children)
        .filter_map(|algorithm| first_oid(&algorithm))
    {
        digest_name(part, &oid);
    }
    if part.kind == Kind::SignedAndEnvelopedData {
        let certificate = fields.next_if(|child| child.is_context(0));
        let inside: Vec<Node<'_>> = certificate
            .iter()
            .flat_map(Node::children)
            .take(64)
            .collect();
        certificates(part, &inside, evidence);
        let _crls = fields.next_if(|child| child.is_context(1));
        for signer in fields.next().iter().flat_map(Node::children).take(64) {
            if let Some(signer) = SignerView::new(&signer) {
                digest_name(
                    part,
                    &first_oid(&signer.digest_algorithm).unwrap_or_default(),
                );
                signature_name(
                    part,
                    &first_oid(&signer.signature_algorithm).unwrap_or_default(),
                );
            }
        }
        part.verdict = Verdict::NotChecked {
            reason: "the signature is over the content, which has to be decrypted first".into(),
        };
        part.next_step(
            "if a key-management centre sent it, the signing key opens the encryption key inside: \
             gmpki sm2 envelope open --key SIGN.key.pem --certificate ENCRYPTION.pem \
             --new-password-file PASSWORD --out NEW.key.pem FILE",
        );
        return;
    }
    let dialect = dialect_option(part);
    part.next_step(format!(
        "decrypt: gmpki message decrypt --key KEY.pem{dialect} FILE"
    ));
}

fn recipient_remarks(part: &mut Part, recipient: &Node<'_>, evidence: &Evidence<'_>) {
    let (Some(number), Some(rid), Some(algorithm), Some(key)) = (
        recipient.child(0),
        recipient.child(1),
        recipient.child(2),
        recipient.child(3),
    ) else {
        return part.unusual(
            "a RecipientInfo of another kind than key transport",
            "GM/T 0010, clause 9",
        );
    };
    party(part, &rid);
    version_of_party(part, &number, &rid);
    let who = if rid.is_context(0) {
        format!("key id {}", octets(rid.content, evidence.view))
    } else {
        rid.child(1).map_or_else(String::new, |serial| {
            let issuer = rid
                .child(0)
                .map(|issuer| brief::name(&issuer, evidence.view));
            format!(
                "serial {}, issuer {}",
                brief::serial_number(&serial),
                issuer.unwrap_or_default()
            )
        })
    };
    part.fact("recipient", who);
    match first_oid(&algorithm).as_deref() {
        Some("1.2.156.10197.1.301.3") => {}
        Some("1.2.156.10197.1.301" | "1.2.156.10197.1.301.1" | "1.2.156.10197.1.301.2") => {
            deviation(
                part,
                Deviation::EncryptionNamedOtherwise,
                "GM/T 0006: .301.3",
            );
        }
        Some(other) => part.unusual(
            format!("the content key is under {}", name_and_dotted(other)),
            "GM/T 0010, clause 9",
        ),
        None => {}
    }
    let der = Node::read_exact(key.content).is_some_and(|inner| {
        inner.is(asn1::SEQUENCE) && super::schema::SM2_CIPHER.fits(&inner, &mut 50)
    });
    if !der {
        deviation(
            part,
            Deviation::RawCiphertext,
            "GM/T 0010, clause 9; GM/T 0009, 7.2",
        );
    }
}

fn encrypted_content(part: &mut Part, content: &Node<'_>, evidence: &Evidence<'_>) {
    let Some(algorithm) = content.child(1) else {
        return;
    };
    let length = content
        .children()
        .find(|child| child.is_context(0))
        .map(|data| data.content.len());
    let length = length.map_or_else(
        || "stands elsewhere".into(),
        |length| format!("{length} octets encrypted"),
    );
    let named = brief::algorithm(&algorithm, evidence.view).unwrap_or_default();
    part.fact("content", format!("{length}, {named}"));
    match first_oid(&algorithm).as_deref() {
        Some("1.2.156.10197.1.104") => {
            let mode = match algorithm.child(1) {
                Some(iv) if iv.is(asn1::OCTET_STRING) => "CBC, since there is an initial vector",
                _ => "ECB, since there is no initial vector",
            };
            part.unusual(format!("{}: {mode}", Deviation::ModeUnsaid), "GM/T 0006");
        }
        Some("1.2.156.10197.1.104.1") => part.unusual(
            "SM4 in ECB mode, which shows equal blocks",
            "GB/T 17964-2021; usual for key delivery alone",
        ),
        Some("1.2.156.10197.1.104.1.3") => {
            deviation(
                part,
                Deviation::CipherNamedOtherwise,
                "GM/T 0006: CBC is .104.2",
            );
        }
        _ => {}
    }
}

fn encrypted(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    version(part, node.child(0));
    if let Some(content) = node.child(1) {
        encrypted_content(part, &content, evidence);
    }
    let dialect = dialect_option(part);
    part.next_step(format!(
        "decrypt it with the symmetric key that was agreed on: \
         gmpki message decrypt --symmetric-key SYMMETRIC.key{dialect} FILE"
    ));
}

fn agreement(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    version(part, node.child(0));
    let on_curve = node
        .child(1)
        .and_then(|point| point.bits())
        .is_some_and(|point| PublicKey::from_sec1(point).is_ok());
    if !on_curve {
        part.wrong(
            "the temporary key is no point of the SM2 curve",
            "GM/T 0010, clause 12",
        );
    }
    if let Some(certificate) = node.child(2) {
        certificates(part, &[certificate], evidence);
    }
    part.next_step(
        "answer it with a keyAgreementInfo of your own (GB/T 32918.3): gm-crypto's KeyAgreementInfo \
         reads and writes it, there is no command for it",
    );
}
