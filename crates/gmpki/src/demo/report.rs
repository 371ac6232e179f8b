//! The report that a person reads.

use super::{
    Applicant,
    business::{self, Business},
    folder::Folder,
    openssl::Agreement,
    proof::Proof,
};
use crate::{failure::Failure, output, sm3::hexadecimal};
use lifecycle::StreamId;
use std::{fmt::Write as _, path::PathBuf};

/// Writes `report.md` from what the store and the folder hold, the same for a
/// run at one go and for one that was interrupted.
pub(crate) fn write(
    folder: &Folder,
    business: &Business,
    applicants: &[Applicant],
    proof: &Proof,
    agreement: &Agreement,
) -> Result<PathBuf, Failure> {
    let mut text = String::from(
        "# A certificate business, from request to verdict\n\n\
         Everything below happened on this machine, and is in the store beside this file.\n\n",
    );
    certificates(&mut text, proof);
    for applicant in applicants {
        timeline(&mut text, business, applicant)?;
    }
    audit(&mut text, proof);
    openssl(&mut text, agreement);
    files(&mut text, applicants, proof);
    let path = folder.file("report.md")?;
    output::replace(&path, text.as_bytes())?;
    Ok(path)
}

fn certificates(text: &mut String, proof: &Proof) {
    text.push_str(
        "## The certificates now\n\n\
         | certificate | serial | OCSP | path with CRL | trust list |\n|---|---|---|---|---|\n",
    );
    for one in &proof.certificates {
        let _ = writeln!(
            text,
            "| {} | `{}` | {} | {} | {} |",
            one.file, one.serial, one.ocsp, one.path, one.list
        );
    }
    text.push('\n');
}

/// Who did what, from the log: the records of the applicant's cases and those of the signing
/// certificate.
fn timeline(text: &mut String, business: &Business, applicant: &Applicant) -> Result<(), Failure> {
    let pair = business.pair(&applicant.id)?;
    // What the applicant's form shows too.
    let end = match pair.shortened_to {
        Some(end) => format!(", valid until {end}, which is the CA's own end"),
        None => String::new(),
    };
    let number = pair
        .number
        .map_or_else(String::new, |number| number.to_string());
    let _ = writeln!(
        text,
        "## Case {}\n\n{}, number {number}{end}\n\n| # | time | who | seat | what |\n|---|---|---|---|---|",
        applicant.id,
        applicant.csr.subject(),
    );
    let mut streams = vec![StreamId::Certificate(
        pair.signing.issuer,
        pair.signing.serial,
    )];
    for id in business.cases_of(applicant)? {
        streams.push(StreamId::Case(id));
    }
    let mut entries = Vec::new();
    for stream in &streams {
        for record in business.engine.store().stream(stream)? {
            entries.push(record.entry()?);
        }
    }
    entries.sort_by_key(|entry| entry.seq);
    for entry in entries {
        let (seq, at, event) = (entry.seq, entry.at, entry.event.name());
        let kind = match entry.stream {
            StreamId::Case(id) => format!("case {id}"),
            _ => "signing certificate".to_owned(),
        };
        let (person, seat) = (&entry.actor.person, entry.actor.seat);
        let _ = writeln!(
            text,
            "| {seq} | {at} | {person} | {seat} | {kind}: {event} |"
        );
    }
    text.push('\n');
    Ok(())
}

fn audit(text: &mut String, proof: &Proof) {
    let audit = &proof.audit;
    let _ = writeln!(
        text,
        "## The audit\n\n\
         {} records, chained by SM3; the last has the digest\n`{}`.\n\
         {} certificates exist, each with a durable intent before its signature; \
         {} serial numbers were burnt; {} CRLs were made.\n\n\
         Check it again: `gmpki audit verify --store store.sqlite`\n",
        audit.records,
        hexadecimal(&audit.digest),
        audit.certificates,
        audit.burnt,
        audit.crls
    );
}

fn openssl(text: &mut String, agreement: &Agreement) {
    let Some(version) = &agreement.version else {
        text.push_str("## OpenSSL\n\nNot on this machine: not asked.\n\n");
        return;
    };
    let _ = writeln!(text, "## OpenSSL agrees\n\n{version}\n");
    for answer in &agreement.answers {
        let verdict = if answer.agrees { "agrees" } else { "disagrees" };
        let _ = writeln!(
            text,
            "* {verdict}: {}\n  `{}`",
            answer.question, answer.command
        );
    }
    text.push('\n');
}

fn files(text: &mut String, applicants: &[Applicant], proof: &Proof) {
    let _ = writeln!(
        text,
        "## Files\n\n| file | what |\n|---|---|\n\
         | `published/authorities/{}.pem` | the root |\n\
         | `published/authorities/{}.pem` | the CA that issues to subscribers |\n\
         | `published/authorities/{}.crl` | its last CRL |\n\
         | `published/authorities/{}.pem` | the OCSP responder |\n\
         | `published/authorities/{}.pem` | the publisher of the trust list |\n\
         | `trust-list/list.p7` | trust list {}: GM/T 0010 signed data over `list.json` |\n\
         | `store.sqlite` | the log and its indices |\n\
         | `token/`, `key-centre/` | the operator's keys and the archive, encrypted |\n\
         | `operator.password` | what opens them, unless another file was named |",
        business::ROOT,
        business::ISSUING_CA,
        business::ISSUING_CA,
        business::RESPONDER,
        business::LIST_PUBLISHER,
        proof.list_sequence,
    );
    for applicant in applicants {
        let id = &applicant.id;
        let _ = writeln!(
            text,
            "| `published/subscribers/{id}/signing-certificate.pem` | for signatures |\n\
             | `published/subscribers/{id}/encryption-certificate.pem` | for encryption |\n\
             | `published/subscribers/{id}/encryption-key.enveloped.der` | its private key, \
             SM2EnvelopedKey for the signing key |\n\
             | `ocsp/{id}-signing.ors` | an OCSP answer |"
        );
    }
}
