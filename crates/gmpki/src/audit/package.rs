//! `gmpki audit export-package` and `verify-package`: what an inspector is given.

use super::{last_checkpoint, public_key, wrong};
use crate::{
    args::{AuditExportPackage, AuditVerifyPackage},
    failure::Failure,
    moment, named,
    outcome::Outcome,
    output::{self, NewFile, Readers},
    sm3::hexadecimal,
    view::plain,
};
use lifecycle::{
    Error, SqliteStore,
    audit::package::{self, Believed, Export, ExportFault, Package, PackageFault, Piece},
};
use serde_json::{Value, json};
use std::{fs::File, io::BufReader};

pub(super) fn export(export: &AuditExportPackage) -> Result<Outcome, Failure> {
    let at = moment::or_now("--at", export.at.as_deref())?;
    let store = SqliteStore::open_read_only(&export.store)?;
    let last = last_checkpoint(&store, &export.store)?;
    let key = named::key(&export.key)?;
    let evidence = export.evidence.as_deref();
    let taken = Export::new(&store, &last, &export.history, &export.with, evidence);
    let taken = taken.map_err(|fault| match fault {
        ExportFault::Log(source @ Error::NotInLog { .. }) => Failure::of(&export.history, source),
        ExportFault::Log(source) => Failure::file(&export.store, source),
        other => Failure::Refused(other.into()),
    })?;
    // Papers are in it, of persons mostly.
    let mut out = NewFile::create(&export.out, Readers::Owner)?;
    let told = (&export.by, &*export.recipient, at);
    let cover = taken.write(told, &*key, &mut out);
    let cover = cover.map_err(|fault| match fault {
        ExportFault::Recipient => Failure::Usage(format!("--for: {fault}")),
        ExportFault::Write(source) => Failure::file(&export.out, source),
        ExportFault::Key(source) => export.key.failure(source),
        other => Failure::Refused(other.into()),
    })?;
    out.finish()?;
    let (records, enclosed) = (taken.entries().len(), enclosed(taken.pieces()));
    let missing = taken.pieces().len() - enclosed;
    let path = export.out.display().to_string();
    let text = format!(
        "package of {} for {}: {path}\n\
         records:  {records}\n\
         evidence: {enclosed} enclosed, {missing} not at hand",
        cover.about, cover.recipient,
    );
    let json = json!({
        "about": cover.about,
        "for": cover.recipient,
        "by": cover.by,
        "at": cover.at.to_string(),
        "log": cover.log,
        "manifest": hexadecimal(&cover.manifest),
        "records": records,
        "enclosed": enclosed,
        "missing": missing,
        "out": path,
    });
    let notes = (missing > 0 && export.evidence.is_none())
        .then_some("no folder of papers was given: --evidence DIR");
    Ok(Outcome::new(text, json).notes(notes))
}

pub(super) fn verify(verify: &AuditVerifyPackage) -> Result<Outcome, Failure> {
    let (log_key, cover_key) = (public_key(&verify.log_key)?, public_key(&verify.cover_key)?);
    let mut believed = Believed::new(&log_key, &cover_key);
    believed.log = verify.log.as_deref();
    let path = &verify.package;
    output::remember(path);
    let archive = File::open(path).map_err(|source| Failure::file(path, source))?;
    let say = |english, chinese| verify.lang.say(english, chinese);
    match package::verify(BufReader::new(archive), &believed) {
        Ok(package) => {
            let text = format!(
                "{}\n{}\n{}",
                say("package: good", "检查包：完好"),
                shown(&package, verify),
                package.timeline(verify.lang.of_cases()),
            );
            let notes = (!package.timelines_agree).then(|| {
                say(
                    "the timelines in the archive are not those of its records: go by the one here",
                    "包内时间线与其记录不符：以此处列出的为准",
                )
            });
            Ok(Outcome::new(text, object(&package)).notes(notes))
        }
        Err(PackageFault::Wrong(findings)) => {
            let mut text = say("package: not good", "检查包：有误").to_owned();
            let mut wrong = Vec::new();
            for finding in &findings {
                text.push_str(&format!("\n  {}", plain(&finding.to_string())));
                wrong.push(json!({
                    "file": finding.file,
                    "code": finding.fault.code(),
                    "reason": finding.fault.to_string(),
                }));
            }
            // On standard error too, as every refusal.
            let findings = PackageFault::Wrong(findings).to_string();
            eprintln!("gmpki: {}: {}", path.display(), plain(&findings));
            Ok(Outcome::judged(text, json!({ "findings": wrong }), false))
        }
        Err(other) => Err(wrong(path, &other)),
    }
}

fn enclosed(pieces: &[Piece]) -> usize {
    pieces.iter().filter(|piece| piece.is_enclosed).count()
}

fn shown(package: &Package, verify: &AuditVerifyPackage) -> String {
    let say = |english, chinese| verify.lang.say(english, chinese);
    let cover = &package.cover;
    let by = &cover.by;
    let enclosed = enclosed(&package.pieces);
    let certificates = package.certificates.iter();
    let verified = certificates.filter(|one| one.is_verified).count();
    [
        (say("about", "事项"), cover.about.to_string()),
        (say("for", "交付"), plain(&cover.recipient)),
        (
            say("made by", "制作人"),
            format!("{} ({})", by.person, by.seat),
        ),
        (say("made at", "制作时间"), moment::beijing(cover.at)),
        (
            say("log", "日志"),
            format!("{}, {}", cover.log, package.checkpoint.head.seq),
        ),
        (say("files", "文件"), package.files.to_string()),
        (say("records", "记录"), package.entries.len().to_string()),
        (
            say("evidence", "证据"),
            format!("{enclosed}/{}", package.pieces.len()),
        ),
        (
            say("certificates with a checked signature", "已验签的证书"),
            format!("{verified}/{}", package.certificates.len()),
        ),
        (
            say("timelines", "时间线"),
            match package.timelines_agree {
                true => say("as the records have them", "与记录相符"),
                false => say("not those of the records", "与记录不符"),
            }
            .to_owned(),
        ),
    ]
    .map(|(label, value)| format!("  {label}: {value}"))
    .join("\n")
}

fn object(package: &Package) -> Value {
    let cover = &package.cover;
    let pieces = package.pieces.iter().map(|piece| {
        json!({
            "record": piece.seq,
            "kind": piece.evidence.kind,
            "reference": piece.evidence.reference,
            "sm3": hexadecimal(&piece.evidence.digest),
            "enclosed": piece.is_enclosed,
        })
    });
    let certificates = package.certificates.iter().map(|one| {
        json!({
            "record": one.seq,
            "issuer": one.issuer,
            "serial": one.serial,
            "verified": one.is_verified,
        })
    });
    json!({
        "about": cover.about,
        "for": cover.recipient,
        "by": cover.by,
        "at": cover.at.to_string(),
        "log": cover.log,
        "certificates": certificates.collect::<Vec<_>>(),
        "timelines_agree": package.timelines_agree,
        "checkpoint": {
            "records": package.checkpoint.head.seq,
            "at": package.checkpoint.at.to_string(),
        },
        "files": package.files,
        "records": package.entries,
        "evidence": pieces.collect::<Vec<_>>(),
    })
}
