//! What a relying party sees: OCSP, the trust list, path validation, the audit.

use super::{
    Applicant,
    business::{Business, ISSUING_CA, LIST_PUBLISHER, RESPONDER, ROOT},
    folder::Folder,
    story::Story,
};
use crate::{
    failure::{Failure, chain},
    input, output,
    sm3::hexadecimal,
};
use cert_profile::{
    Issuer,
    ocsp::{CertId, CertStatus, Nonce, OcspRequest, OcspResponse},
};
use der::{DateTime, referenced::OwnedToRef};
use gm_crypto::{
    message::UnverifiedSignedData,
    pki::{Sm2Sm3, VerifyAlgorithm},
};
use hsm::{Checked, KeyHandle, KeyLabel};
use lifecycle::{
    AuthorityId, audit,
    case::pair::Issued,
    ports::{Clock, SystemClock},
};
use std::{fs, time::Duration};
use trust_list::{
    list::{
        Ca, Entry, LocalText, PostalAddress, Publisher, Status, StatusCause, StatusChange,
        TrustList, TrustListDraft, UnverifiedList, Verdict,
    },
    path::{Anchor, ParsedCertificate, ParsedCrl, PathOptions, validate},
};

/// From issue to next update of the list.
const LIST_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What was found out.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) audit: audit::Report,
    pub(crate) list_sequence: u64,
}

/// One certificate, as three services see it.
#[derive(Debug)]
pub(crate) struct Certificate {
    pub(crate) file: String,
    pub(crate) serial: String,
    pub(crate) ocsp: String,
    pub(crate) path: String,
    pub(crate) list: String,
}

impl Proof {
    pub(crate) fn gather(
        business: &Business,
        folder: &Folder,
        applicants: &[Applicant],
        story: &mut Story,
    ) -> Result<Self, Failure> {
        let now = SystemClock::default().now();
        story.chapter("The trust list: signed, verified, asked");
        let list = trust_list(business, folder, now, story)?;

        story.chapter("What a relying party sees");
        let mut certificates = Vec::new();
        for applicant in applicants {
            let pair = business.pair(&applicant.id)?;
            for (name, issued) in [("signing", &pair.signing), ("encryption", &pair.encryption)] {
                let shown = format!("{}/{name}", applicant.id);
                let certificate = Certificate {
                    file: shown,
                    serial: issued.serial.to_string(),
                    ocsp: ask_ocsp(business, folder, applicant, name, issued)?,
                    path: validate_path(business, folder, issued, now)?,
                    list: ask_list(&list, issued, now),
                };
                story.found(&format!(
                    "{}: OCSP says {}; path {}; list {}",
                    certificate.file, certificate.ocsp, certificate.path, certificate.list
                ));
                certificates.push(certificate);
            }
        }

        story.chapter("The audit: chain, steps, signatures, indices");
        let audit = audit::verify(business.engine.store())?;
        story.found(&format!(
            "{} records hold up to {}; {} certificates, each intended before it was signed",
            audit.records,
            hexadecimal(&audit.digest),
            audit.certificates
        ));
        Ok(Self {
            certificates,
            audit,
            list_sequence: list.sequence(),
        })
    }
}

/// The list of an earlier run if it still stands, or a new one.
fn trust_list(
    business: &Business,
    folder: &Folder,
    now: DateTime,
    story: &mut Story,
) -> Result<TrustList, Failure> {
    let file = folder.file("trust-list/list.p7")?;
    let publisher = business.certificate_of(LIST_PUBLISHER)?;
    let known = fs::read(&file).ok().and_then(|octets| {
        let list = UnverifiedList::from_der(octets).ok()?;
        list.verify(&publisher, now).ok()
    });
    let list = match known {
        Some(list) => list,
        None => {
            let octets = publish(business, &publisher, now)?;
            output::replace(&file, &octets)?;
            UnverifiedList::from_der(octets)?.verify(&publisher, now)?
        }
    };
    story.found(&format!(
        "list {} with {} entry, signed by {LIST_PUBLISHER}, stands until {}",
        list.sequence(),
        list.entries().len(),
        list.next_update()
    ));
    story.file("the list: GM/T 0010 signed data", &file);
    // The parts, for whoever checks with another program.
    let parts = UnverifiedSignedData::from_der(list.der())?.verify(&publisher)?;
    for (name, octets, what) in [
        (
            "trust-list/list.json",
            parts.as_bytes(),
            "its JSON, as it was signed",
        ),
        ("trust-list/list.sig", parts.signature(), "its signature"),
    ] {
        let file = folder.file(name)?;
        output::replace(&file, octets)?;
        story.file(what, &file);
    }
    Ok(list)
}

fn publish(business: &Business, publisher: &[u8], now: DateTime) -> Result<Vec<u8>, Failure> {
    let text = |value: &str| LocalText::new("zh", value);
    let root = ParsedCertificate::from_der(business.certificate_of(ROOT)?)?;
    let issuing = ParsedCertificate::from_der(business.certificate_of(ISSUING_CA)?)?;
    let since = issuing.not_before();
    let ca = Ca::new(
        text("gm-pki 演示签发机构")?,
        PostalAddress::new(text("演示路 1 号")?, "CN")?,
        "mailto:ca@demo.invalid",
        "https://demo.invalid/cps",
    )?;
    let recognised = StatusChange::new(Status::Recognised, since, StatusCause::Decision);
    let entry = Entry::new("CN-GD", ca, text("演示证书")?, recognised)?
        .anchor(root)
        .issuer(issuing);
    let next_update = DateTime::from_unix_duration(now.unix_duration() + LIST_LIFETIME)?;
    let authority = Publisher::new("CN", text("gm-pki 演示互认主管部门")?)?;
    let mut draft = TrustListDraft::new(authority, now, next_update);
    draft.insert(entry)?;
    let message = draft.prepare(publisher)?;
    let key = Checked::new(business.token.key(&KeyLabel::new(LIST_PUBLISHER)?)?);
    let signature = key.sign(message.tbs())?;
    Ok(message.attach(&signature)?)
}

fn ask_list(list: &TrustList, issued: &Issued, now: DateTime) -> String {
    match list.recognised(&issued.certificate, now) {
        Verdict::Recognised { .. } => "recognised".to_owned(),
        Verdict::NotRecognised(reason) => format!("not recognised: {reason}"),
        Verdict::Indeterminate(reason) => format!("indeterminate: {reason}"),
        _ => "unknown verdict".to_owned(),
    }
}

fn ask_ocsp(
    business: &Business,
    folder: &Folder,
    applicant: &Applicant,
    name: &str,
    issued: &Issued,
) -> Result<String, Failure> {
    let ca = Issuer::from_certificate(&business.certificate_of(ISSUING_CA)?)?;
    let id = CertId::new(
        ca.name(),
        ca.public_key().owned_to_ref(),
        issued.serial.to_x509(),
    )?;
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    let nonce = Nonce::new(random)?;
    let question = OcspRequest::new(vec![id.clone()], Some(nonce.clone()))?.to_der()?;
    let answer = business
        .engine
        .answer_ocsp(&AuthorityId::new(RESPONDER)?, &question)?;
    let file = folder.file(&format!("ocsp/{}-{name}.ors", applicant.id))?;
    output::replace(&file, &answer)?;

    let responder = ParsedCertificate::from_der(business.certificate_of(RESPONDER)?)?;
    let answer =
        OcspResponse::from_der(&answer)?.verify(responder.public_key(), &[&Sm2Sm3::default()])?;
    if answer.nonce() != Some(&nonce) {
        return Err(Failure::Refused(
            "the OCSP answer is to another question".into(),
        ));
    }
    Ok(
        match answer.response_for(&id).map(|response| response.status()) {
            Some(CertStatus::Good) => "good".to_owned(),
            Some(CertStatus::Revoked { at, reason }) => {
                let why = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
                format!("revoked since {at}{why}")
            }
            _ => "unknown".to_owned(),
        },
    )
}

fn validate_path(
    business: &Business,
    folder: &Folder,
    issued: &Issued,
    now: DateTime,
) -> Result<String, Failure> {
    let anchors = [Anchor::from_certificate(ParsedCertificate::from_der(
        business.certificate_of(ROOT)?,
    )?)];
    let untrusted = [ParsedCertificate::from_der(
        business.certificate_of(ISSUING_CA)?,
    )?];
    let crl = input::read(&folder.crl(ISSUING_CA), input::STRUCTURE)?;
    let crls = [ParsedCrl::from_der(crl)?];
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
    let options = PathOptions::new(now, &algorithms).crls(&crls);
    let target = ParsedCertificate::from_der(issued.certificate.to_vec())?;
    Ok(match validate(&target, &untrusted, &anchors, &options) {
        Ok(_) => "valid".to_owned(),
        Err(error) => format!("refused: {}", chain(&error)),
    })
}
