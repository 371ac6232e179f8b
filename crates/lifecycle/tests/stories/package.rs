//! What an inspector is given: a package that shows itself, and every octet of it that was
//! changed.

use base64ct::{Base64, Encoding};
use gm_crypto::sm3;
use hsm::{KeyHandle, SoftKey};
use lifecycle::{
    Command, Engine, Error, Seat, SignedCheckpoint, StreamId, TokenId,
    audit::package::{
        self, Believed, Export, ExportFault, FileFault, Finding, Package, PackageFault,
    },
    organisation::{self, Onboarding},
    terms::EvidenceKind,
    token,
    words::Language,
};
use serde_json::{Value, json};
use std::{fs, io::Read};

mod edges;

use crate::{
    checkpoints::{key_of, policy},
    doubles::World,
    script::{Applicant, RESPONDER, act, actor, establish, evidence, take_through},
};

const END: &str = "(end of the archive)";
const PAPER: EvidenceKind = EvidenceKind::OrganisationDocuments;

/// Files of an archive: names and octets.
type Files = Vec<(String, Vec<u8>)>;

/// A log with a checkpoint, papers in a folder, and an exporter with a key.
struct Bureau {
    engine: Engine,
    checkpoints: Vec<SignedCheckpoint>,
    papers: tempfile::TempDir,
    log_key: Vec<u8>,
    exporter: SoftKey,
}

impl Bureau {
    /// An organisation and a token, and an applicant's whole case where one is wanted.
    fn new(applicant: Option<&Applicant>) -> Self {
        let world = World::default();
        let mut engine = world.engine_under(policy());
        establish(&mut engine).unwrap();
        let clerk = actor("wu.jiu", Seat::Clerk);
        let onboarding = Onboarding::new("Example", evidence(PAPER));
        let onboard = organisation::Command::Onboard(onboarding);
        let example = "example".to_owned().try_into().unwrap();
        act(&mut engine, &clerk, Command::Organisation(example, onboard)).unwrap();
        world.clock.forward(1);
        let mut checkpoints = vec![engine.checkpoint().unwrap().unwrap()];
        let receive = token::Command::Receive {
            batch: "b".into(),
            model: "m".into(),
        };
        let t1 = TokenId::new("t-1").unwrap();
        act(&mut engine, &clerk, Command::Token(t1, receive)).unwrap();
        if let Some(applicant) = applicant {
            take_through(&mut engine, applicant).unwrap();
        }
        world.clock.forward(1);
        checkpoints.push(engine.checkpoint().unwrap().unwrap());
        let papers = tempfile::tempdir().unwrap();
        fs::write(papers.path().join("scan.pdf"), PAPER.as_str()).unwrap();
        fs::write(papers.path().join("other.pdf"), "of something else").unwrap();
        Self {
            log_key: key_of(&engine, RESPONDER),
            engine,
            checkpoints,
            papers,
            exporter: SoftKey::generate().unwrap(),
        }
    }

    fn export(&self, about: &str, with: &[&str]) -> Export {
        let stream = |name: &str| StreamId::try_from(name.to_owned()).unwrap();
        let with: Vec<_> = with.iter().map(|name| stream(name)).collect();
        let last = self.checkpoints.last().unwrap();
        let papers = Some(self.papers.path());
        Export::new(self.engine.store(), last, &stream(about), &with, papers).unwrap()
    }

    /// A small package: two records, one piece of evidence.
    fn small(&self) -> Vec<u8> {
        self.written(&self.export("organisation/example", &["token/t-1"]))
    }

    fn written(&self, export: &Export) -> Vec<u8> {
        let mut archive = Vec::new();
        let by = actor("zheng.he", Seat::Auditor);
        let at = "2026-12-01T00:00:00Z".parse().unwrap();
        let told = (&by, "密码管理局检查组", at);
        export.write(told, &self.exporter, &mut archive).unwrap();
        archive
    }

    fn verify(&self, archive: &[u8]) -> Result<Package, PackageFault> {
        let cover_key = self.exporter.public_key().as_bytes();
        package::verify(archive, &Believed::new(&self.log_key, cover_key))
    }

    /// What is wrong with an archive: names and faults.
    fn findings(&self, archive: &[u8]) -> Vec<(String, FileFault)> {
        findings(self.verify(archive))
    }

    /// The archive of these files as somebody writes it who has the exporter's key.
    fn forged(&self, files: &[(String, Vec<u8>)]) -> Vec<u8> {
        self.forged_as(files, &|_| (), &|body| body)
    }

    /// The same with another manifest or cover.
    fn forged_as(
        &self,
        files: &[(String, Vec<u8>)],
        relist: &dyn Fn(&mut Value),
        retell: &dyn Fn(String) -> String,
    ) -> Vec<u8> {
        let mut files = files.to_vec();
        files.retain(|(name, _)| !name.starts_with(char::is_uppercase));
        let listed: Vec<_> = files
            .iter()
            .map(|(name, octets)| {
                let sm3 = hexadecimal(&sm3::digest(octets));
                serde_json::json!({ "name": name, "size": octets.len(), "sm3": sm3 })
            })
            .collect();
        let mut manifest = serde_json::json!({
            "format": "gm-pki package manifest 1", "files": listed,
        });
        relist(&mut manifest);
        let manifest = manifest.to_string();
        let body = format!(
            "gm-pki package 1\nabout organisation/example\nfor x\nby zheng.he:auditor\n\
             at 2026-12-01T00:00:00Z\nlog ca.example/log\nmanifest {}\n",
            hexadecimal(&sm3::digest(manifest.as_bytes()))
        );
        let cover = signed_note(&retell(body), "zheng.he", &self.exporter);
        files.insert(0, ("MANIFEST.json".into(), manifest.into_bytes()));
        files.insert(0, ("COVER.txt".into(), cover.into_bytes()));
        archive(&files)
    }
}

/// A text with a signature under it, as anybody writes it who has a key.
pub(crate) fn signed_note(body: &str, name: &str, key: &SoftKey) -> String {
    let number = format!("{name}\n").into_bytes();
    let number = [&number, &b"\xffSM2-SM3"[..], key.public_key().as_bytes()].concat();
    let mut signed = sm3::digest(&number)[..4].to_vec();
    let signature = key.sign(body.as_bytes()).unwrap();
    signed.extend(signature.raw_bytes());
    let signed = Base64::encode_string(&signed);
    format!("{body}\n\u{2014} {name} {signed}\n")
}

fn findings(answer: Result<Package, PackageFault>) -> Vec<(String, FileFault)> {
    match answer {
        Err(PackageFault::Wrong(findings)) => {
            let findings = findings.into_iter();
            findings
                .map(|Finding { file, fault, .. }| (file, fault))
                .collect()
        }
        other => panic!("{other:?}"),
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The files of an archive, read by the crate that everybody uses.
fn files(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().unwrap();
    let read = entries.map(|entry| {
        let mut entry = entry.unwrap();
        let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        let mut octets = Vec::new();
        entry.read_to_end(&mut octets).unwrap();
        (name, octets)
    });
    read.collect()
}

fn header(name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    let place = &mut header.as_ustar_mut().unwrap().name;
    place[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    header
}

fn block(name: &str, octets: &[u8]) -> Vec<u8> {
    let mut all = header(name, octets.len() as u64).as_bytes().to_vec();
    all.extend(octets);
    all.resize(all.len().next_multiple_of(512), 0);
    all
}

fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut all: Vec<u8> = files
        .iter()
        .flat_map(|(name, octets)| block(name, octets))
        .collect();
    all.resize(all.len() + 1024, 0);
    all
}

/// Where each file lies in its archive, header and filling with it.
fn places(archive: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let mut at = 0;
    let mut places = Vec::new();
    for (name, octets) in files(archive) {
        let end = at + 512 + octets.len().next_multiple_of(512);
        places.push((name, at..end));
        at = end;
    }
    assert_eq!(archive.len(), at + 1024);
    places.push((END.to_owned(), at..at + 1024));
    places
}

// proves: S0-29
#[test]
fn a_case_s_package_shows_its_records_certificates_and_papers_without_the_store() {
    let applicant = Applicant::new("zhang.san");
    let bureau = Bureau::new(Some(&applicant));
    let export = bureau.export("case/zhang.san", &[]);
    let archive = bureau.written(&export);
    let package = bureau.verify(&archive).unwrap();
    assert_eq!(package.entries, export.entries());
    assert_eq!(package.pieces, export.pieces());
    assert_eq!(package.cover.recipient, "密码管理局检查组");
    assert_eq!(package.cover.by, actor("zheng.he", Seat::Auditor));
    let of = |kind: fn(&StreamId) -> bool| {
        let streams = package.entries.iter().map(|entry| &entry.stream);
        let mut streams: Vec<_> = streams.filter(|stream| kind(stream)).collect();
        streams.dedup();
        streams.len()
    };
    assert!(of(|stream| matches!(stream, StreamId::Case(_))) > 0);
    let mut certificates: Vec<_> = package
        .entries
        .iter()
        .filter(|entry| matches!(entry.stream, StreamId::Certificate(..)))
        .map(|entry| entry.stream.to_string())
        .collect();
    certificates.sort();
    certificates.dedup();
    assert_eq!(certificates.len(), 2, "the pair");
    // The records' octets are those of the log.
    let files = files(&archive);
    for record in bureau.engine.store().records(0, usize::MAX).unwrap() {
        let name = format!("records/{:012}.json", record.seq);
        if let Some((_, octets)) = files.iter().find(|(file, _)| *file == name) {
            assert_eq!(*octets, record.octets);
        }
    }
    // Evidence is named, enclosed or not; what the case says of it is the timeline's.
    assert!(package.pieces.iter().any(|piece| !piece.is_enclosed));
    for language in [Language::En, Language::Zh] {
        let name = format!("timeline.{language}.txt");
        let (_, text) = files.iter().find(|(file, _)| *file == name).unwrap();
        let text = str::from_utf8(text).unwrap();
        assert_eq!(text, package.timeline(language));
        assert!(text.contains("case/zhang.san"), "{text}");
    }
    assert!(package.timeline(Language::Zh).contains("审批通过"));
    assert!(package.timelines_agree);
    // From its certificate one comes to the same case.
    let back = bureau.export(&certificates[0], &[]);
    let has_case = |entry: &lifecycle::Entry| entry.stream.to_string() == "case/zhang.san";
    assert!(back.entries().iter().any(has_case));
    // Nothing but the signature differs from one export to the next.
    let again = bureau.written(&export);
    assert_eq!(again.len(), archive.len());
    assert_eq!(again[1024..][..512], archive[1024..][..512]);
    assert_eq!(self::files(&again)[1..], files[1..]);
}

#[test]
fn one_octet_changed_anywhere_is_found_and_its_file_named() {
    let bureau = Bureau::new(None);
    let good = bureau.small();
    let package = bureau.verify(&good).unwrap();
    assert_eq!(package.entries.len(), 2);
    assert_eq!(package.pieces.len(), 1);
    assert!(package.pieces[0].is_enclosed);
    let places = places(&good);
    assert_eq!(places.len(), package.files + 1);
    assert_eq!(package.files, 10);
    // The engine stays on its thread.
    let (log_key, cover_key) = (&*bureau.log_key, bureau.exporter.public_key().as_bytes());
    let check = |offset: usize, value: u8| {
        let mut changed = good.clone();
        changed[offset] = value;
        if changed == good {
            return;
        }
        let is_there = |(_, place): &&(String, std::ops::Range<usize>)| place.contains(&offset);
        let (name, _) = places.iter().find(is_there).unwrap();
        let found = findings(package::verify(
            &changed[..],
            &Believed::new(log_key, cover_key),
        ));
        let [(file, _)] = &found[..] else {
            panic!("octet {offset} of {name}: {found:?}")
        };
        assert_eq!(file, name, "octet {offset}: {found:?}");
    };
    let half = good.len() / 2;
    std::thread::scope(|scope| {
        for part in [0..half, half..good.len()] {
            scope.spawn(|| {
                for offset in part {
                    check(offset, good[offset] ^ 1);
                    // Another spelling of the numbers in a header.
                    let (_, place) = places.iter().find(|(_, p)| p.contains(&offset)).unwrap();
                    if (100..156).contains(&(offset - place.start)) {
                        check(offset, b' ');
                        check(offset, 0);
                    }
                }
            });
        }
    });
}

#[test]
fn files_that_are_missing_added_twice_or_elsewhere_are_named() {
    let bureau = Bureau::new(None);
    let good = bureau.small();
    let files = files(&good);
    let one = |name: &str, fault: FileFault| vec![(name.to_owned(), fault)];
    assert_eq!(archive(&files), good, "one archive for one content");
    for (at, (name, _)) in files.iter().enumerate() {
        let mut fewer = files.clone();
        fewer.remove(at);
        assert_eq!(
            bureau.findings(&archive(&fewer)),
            one(name, FileFault::Missing)
        );
    }
    for name in [
        "A",
        "aa",
        "records/x",
        "../../etc/passwd",
        "/etc/passwd",
        "zz",
        "二",
    ] {
        for at in [0, 1, 2, 5, files.len()] {
            let mut more = files.clone();
            more.insert(at, (name.to_owned(), b"more".to_vec()));
            let found = bureau.findings(&archive(&more));
            let first = at < 2 && *name > *files[at].0;
            if !first {
                assert_eq!(found, one(name, FileFault::Added), "{name} at {at}");
            }
        }
    }
    for (at, (name, octets)) in files.iter().enumerate().skip(2) {
        let mut twice = files.clone();
        twice.insert(at + 1, (name.clone(), octets.clone()));
        assert_eq!(
            bureau.findings(&archive(&twice)),
            one(name, FileFault::Misplaced)
        );
    }
    let mut swapped = files.clone();
    swapped.swap(4, 5);
    let found = bureau.findings(&archive(&swapped));
    assert_eq!(found[0], (files[4].0.clone(), FileFault::Missing));
    assert_eq!(found[1], (files[4].0.clone(), FileFault::Misplaced));
    // Two files wrong: both are named.
    let mut two = files.clone();
    two[3].1[0] ^= 1;
    two.remove(6);
    let found = bureau.findings(&archive(&two));
    assert_eq!(found[0], (files[3].0.clone(), FileFault::Digest));
    assert_eq!(found[1], (files[6].0.clone(), FileFault::Missing));
    assert_eq!(found.len(), 2);
}

#[test]
fn hostile_archives_are_refused() {
    let bureau = Bureau::new(None);
    let good = bureau.small();
    let files = files(&good);
    let named = |archive: &[u8], name: &str| {
        let found = bureau.findings(archive);
        assert!(
            found.iter().any(|(file, _)| file == name),
            "{name}: {found:?}"
        );
    };
    // Cut off anywhere, or going on.
    for length in (0..good.len()).step_by(256) {
        assert!(!bureau.findings(&good[..length]).is_empty(), "{length}");
    }
    named(&good[..good.len() - 512], END);
    named(&[&good[..], b"x"].concat(), END);
    named(&[&good[..], &[0; 512]].concat(), END);
    named(&[&good[..], &good[..]].concat(), END);
    // Links, folders, devices in the place of a file.
    for kind in [
        tar::EntryType::Symlink,
        tar::EntryType::Link,
        tar::EntryType::Directory,
        tar::EntryType::Char,
        tar::EntryType::Fifo,
        tar::EntryType::GNULongName,
        tar::EntryType::XHeader,
        tar::EntryType::GNUSparse,
    ] {
        let places = places(&good);
        let (name, place) = &places[4];
        let mut header = header(name, files[4].1.len() as u64);
        header.set_entry_type(kind);
        header.set_link_name("/etc/passwd").unwrap();
        header.set_cksum();
        let mut linked = good.clone();
        linked[place.start..place.start + 512].copy_from_slice(header.as_bytes());
        named(&linked, name);
    }
    // Sizes that nothing has.
    for (at, size) in [
        (0, 1 << 40),
        (1, 1 << 62),
        (2, u64::MAX),
        (4, 1 << 33),
        (9, 0),
    ] {
        let places = places(&good);
        let (name, place) = &places[at];
        let mut huge = good.clone();
        let header = header(name, size);
        huge[place.start..place.start + 512].copy_from_slice(header.as_bytes());
        named(&huge, name);
    }
    for nothing in [&b""[..], &[0; 512], &[0; 1024], &[0xff; 4096], b"COVER.txt"] {
        named(nothing, "COVER.txt");
    }
    // As many findings as somebody reads.
    let many: Vec<_> = (0..3_000).map(|n| (format!("A{n}"), Vec::new())).collect();
    assert_eq!(bureau.findings(&archive(&many)).len(), 1_000);
}

#[test]
fn another_s_signature_or_checkpoint_is_not_believed() {
    let bureau = Bureau::new(None);
    let good = bureau.small();
    let own = bureau.exporter.public_key().as_bytes();
    let one = |name: &str, fault: FileFault| vec![(name.to_owned(), fault)];
    let other = package::verify(&good[..], &Believed::new(&bureau.log_key, &bureau.log_key));
    assert_eq!(findings(other), one("COVER.txt", FileFault::NotSigned));
    let other = package::verify(&good[..], &Believed::new(own, own));
    let not_signed = lifecycle::CheckpointFault::NotSigned.into();
    assert_eq!(findings(other), one("checkpoint.txt", not_signed));
    let mut believed = Believed::new(&bureau.log_key, own);
    believed.log = Some("another/log");
    let other_log = lifecycle::CheckpointFault::OtherLog.into();
    let other = package::verify(&good[..], &believed);
    assert_eq!(findings(other), one("checkpoint.txt", other_log));
    // An earlier checkpoint of the same log, as the archive has it, and as whoever has the
    // exporter's key signs it.
    let mut files = files(&good);
    files[2].1 = bureau.checkpoints[0].text().as_bytes().to_vec();
    let found = bureau.findings(&archive(&files));
    assert_eq!(found[0].0, "checkpoint.txt", "{found:?}");
    let found = bureau.findings(&bureau.forged(&files));
    assert!(found.iter().all(|(_, fault)| *fault == FileFault::NotInLog));
    assert_eq!(found.len(), 2, "both records: {found:?}");
}

#[test]
fn an_exporter_who_signs_something_else_than_the_log_is_found_out() {
    let bureau = Bureau::new(None);
    let files = files(&bureau.small());
    assert!(bureau.verify(&bureau.forged(&files)).is_ok());
    let at = |prefix: &str| {
        let is_it = |(name, _): &(String, Vec<u8>)| name.starts_with(prefix);
        files.iter().position(is_it).unwrap()
    };
    let found = |change: &dyn Fn(&mut Files)| {
        let mut files = files.clone();
        change(&mut files);
        bureau.findings(&bureau.forged(&files))
    };
    let (record, proof) = (at("records/"), at("proofs/"));
    let (first, second) = (files[record].0.clone(), files[record + 1].0.clone());
    // Somebody else did it.
    let name = b"wu.jiu";
    let text = &files[record].1;
    let place = text.windows(6).position(|part| part == name).unwrap();
    let other = found(&|files| files[record].1[place] = b'x');
    assert_eq!(other, [(first.clone(), FileFault::NotInLog)]);
    // The proofs of two records changed places.
    let other = found(&|files| {
        let moved = files[proof].1.clone();
        files[proof].1 = files[proof + 1].1.clone();
        files[proof + 1].1 = moved;
    });
    assert_eq!(
        other,
        [(first, FileFault::NotInLog), (second, FileFault::NotInLog)]
    );
    // A record under another number.
    let other = found(&|files| {
        files[record].0 = "records/000000000001.json".into();
        files[proof].0 = "proofs/000000000001.json".into();
    });
    assert_eq!(other[0].1, FileFault::OtherPlace, "{other:?}");
    // The one that the package is about was left out.
    let other = found(&|files| {
        files.remove(record);
        files.remove(proof);
    });
    let about = StreamId::try_from("organisation/example".to_owned()).unwrap();
    assert!(
        other.contains(&("COVER.txt".to_owned(), FileFault::NothingAbout { about })),
        "{other:?}"
    );
    // A paper that nobody named, and one under another's name.
    let paper = at("evidence/");
    let unnamed = hexadecimal(&sm3::digest(b"unnamed"));
    let unnamed = format!("evidence/{unnamed}");
    let other = found(&|files| {
        files[paper] = (unnamed.clone(), b"unnamed".to_vec());
    });
    assert_eq!(other, [(unnamed, FileFault::Unrelated)]);
    let other = found(&|files| files[paper].1 = b"unnamed".to_vec());
    assert_eq!(other, [(files[paper].0.clone(), FileFault::Digest)]);
    // Names that lead elsewhere, a proof without its record, no timeline.
    for (place, name) in [
        (paper, "../evil"),
        (record, "records/7"),
        (proof, "proofs/1"),
    ] {
        let other = found(&|files| files[place].0 = name.into());
        assert_eq!(other.len(), 1);
        assert_eq!(other[0].0, "MANIFEST.json", "{other:?}");
    }
    for missing in [2, proof, record, files.len() - 1] {
        let other = found(&|files| drop(files.remove(missing)));
        assert_eq!(other[0].0, "MANIFEST.json", "{other:?}");
    }
}

#[test]
fn a_record_left_out_of_a_history_is_a_gap() {
    let bureau = Bureau::new(None);
    let export = bureau.export("authority/issuing-ca", &["organisation/example"]);
    let files = files(&bureau.written(&export));
    let second = export
        .entries()
        .iter()
        .find(|entry| entry.version == 2)
        .unwrap();
    let (seq, stream) = (second.seq, second.stream.clone());
    let mut fewer = files;
    fewer.retain(|(name, _)| !name.ends_with(&format!("/{seq:012}.json")));
    let found = bureau.findings(&bureau.forged(&fewer));
    let next = export
        .entries()
        .iter()
        .find(|entry| entry.stream == stream && entry.version == 3)
        .unwrap();
    assert_eq!(
        found,
        [(
            format!("records/{:012}.json", next.seq),
            FileFault::Gap { stream }
        )]
    );
}

/// The signed text and the signature are the same, the file is another one: of each end of line
/// in the cover, one that is taken for the same.
#[test]
fn a_cover_with_other_ends_of_lines_is_found() {
    let bureau = Bureau::new(None);
    let files = files(&bureau.small());
    let cover = &files[0].1;
    let ends = cover.iter().enumerate();
    let ends: Vec<_> = ends.filter(|(_, octet)| **octet == b'\n').collect();
    assert_eq!(ends.len(), 9);
    for (end, _) in ends {
        for more in [&b"\r"[..], b"\n", b" ", b"\t"] {
            let mut other = files.clone();
            other[0].1.splice(end..end, more.iter().copied());
            let found = bureau.findings(&archive(&other));
            let [(name, _)] = &found[..] else {
                panic!("{more:?} at {end}: {found:?}")
            };
            assert_eq!(name, "COVER.txt", "{more:?} at {end}");
        }
    }
    let last = cover.len() - 1;
    for end in [&b""[..], b"\r", b"\n\n", b"\n\r\n", b"\nx"] {
        let mut other = files.clone();
        other[0].1.splice(last.., end.iter().copied());
        let found = bureau.findings(&archive(&other));
        assert_eq!(found.len(), 1, "{end:?}: {found:?}");
        assert_eq!(found[0].0, "COVER.txt", "{end:?}");
    }
}

/// The exporter writes the timelines, and might write anything.
#[test]
fn a_timeline_that_is_not_its_records_is_told() {
    let bureau = Bureau::new(None);
    let good = files(&bureau.small());
    assert!(
        bureau
            .verify(&bureau.forged(&good))
            .unwrap()
            .timelines_agree
    );
    let timelines = good.iter().enumerate();
    let timelines: Vec<_> = timelines
        .filter_map(|(at, (name, _))| name.starts_with("timeline.").then_some(at))
        .collect();
    assert_eq!(timelines.len(), 2);
    for at in timelines {
        let changes: [fn(&mut Vec<u8>); 2] = [|text| text[40] ^= 1, Vec::clear];
        for change in changes {
            let mut other = good.clone();
            change(&mut other[at].1);
            let package = bureau.verify(&bureau.forged(&other)).unwrap();
            assert!(!package.timelines_agree, "{}", other[at].0);
        }
    }
}

#[test]
fn certificates_are_put_together_and_their_signatures_looked_at_where_the_issuer_is_known() {
    let applicant = Applicant::new("zhang.san");
    let bureau = Bureau::new(Some(&applicant));
    let pair = bureau.engine.case(&applicant.id).unwrap().unwrap();
    let (signing, encryption) = pair.pair().unwrap();
    let verified = |with: &[&str]| {
        let archive = bureau.written(&bureau.export("case/zhang.san", with));
        let package = bureau.verify(&archive).unwrap();
        let of = |serial| {
            let all = &package.certificates;
            all.iter().find(|one| one.serial == serial).unwrap().clone()
        };
        for own in [signing, encryption] {
            let found = of(own.serial.clone());
            assert_eq!(found.issuer, own.issuer);
            assert_eq!(found.certificate[..], own.certificate[..]);
        }
        let count = package.certificates.len();
        let verified = package.certificates.iter().filter(|one| one.is_verified);
        (verified.count(), count)
    };
    assert_eq!(verified(&[]), (0, 2));
    // The CA's own certificate is its root's.
    assert_eq!(verified(&["authority/issuing-ca"]), (2, 3));
    let all = ["authority/issuing-ca", "authority/root"];
    assert_eq!(verified(&all), (4, 4));
}

/// Faults are told in a stranger's words, which move nothing on the reader's terminal.
#[test]
fn what_a_file_says_of_itself_is_shown_as_plain_text() {
    let bureau = Bureau::new(None);
    let good = files(&bureau.small());
    for folder in ["records/", "proofs/"] {
        let mut other = good.clone();
        let at = other.iter().position(|(name, _)| name.starts_with(folder));
        let (name, octets) = &mut other[at.unwrap()];
        *octets = br#"{"\u001b[2J\u202e\nCOVER.txt: is good":1}"#.to_vec();
        let name = name.clone();
        let found = bureau.findings(&bureau.forged(&other));
        let [(file, FileFault::Unreadable(why))] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(*file, name);
        assert!(why.contains("unknown field"), "{why}");
        assert!(why.contains("u{1b}[2J"), "{why}");
        let moves = |c: char| c.is_control() || c == '\u{202e}';
        assert!(!why.contains(moves), "{why}");
        assert!(!why.contains("record 0"), "{why}");
    }
}

#[test]
fn a_thousand_findings_are_as_many_as_are_told() {
    let bureau = Bureau::new(None);
    let mut files = files(&bureau.small());
    for number in 0..1_500_u32 {
        let name = hexadecimal(&sm3::digest(&number.to_be_bytes()));
        files.push((format!("evidence/{name}"), b"unnamed".to_vec()));
    }
    files.sort();
    assert_eq!(bureau.findings(&bureau.forged(&files)).len(), 1_000);
}

/// The exporter's signature alone makes no cover: there is one text for what it says.
#[test]
fn a_signed_cover_that_is_spelt_otherwise_or_tells_of_another_log_is_found() {
    let bureau = Bureau::new(None);
    let files = files(&bureau.small());
    let found = |from: &str, to: &str| {
        let retell = |body: String| {
            assert_eq!(body.matches(from).count(), 1, "{from:?}");
            body.replace(from, to)
        };
        bureau.findings(&bureau.forged_as(&files, &|_| (), &retell))
    };
    for (from, to) in [
        ("for x\n", "for x\r\n"),
        ("gm-pki package 1\n", "gm-pki package 1\r\n"),
        ("for x\n", "for \n"),
        ("for x\n", "for  x\n"),
        ("for x\n", "for x\u{202e}\n"),
        ("at 2026-12-01T00:00:00Z", "at 2026-12-01T00:00:00.0Z"),
        ("log ca.example/log", "log ca example"),
        ("zheng.he:auditor", "zheng.he:nobody"),
    ] {
        let found = found(from, to);
        let [(file, FileFault::Unreadable(_))] = &found[..] else {
            panic!("{to:?}: {found:?}")
        };
        assert_eq!(file, "COVER.txt", "{to:?}");
    }
    let other = found("log ca.example/log", "log other.example/log");
    assert_eq!(other, [("COVER.txt".to_owned(), FileFault::OtherLog)]);
}

#[test]
fn a_manifest_of_another_form_or_of_files_that_cant_be_is_found() {
    let bureau = Bureau::new(None);
    let files = files(&bureau.small());
    let is_refused = |relist: &dyn Fn(&mut Value)| {
        let found = bureau.findings(&bureau.forged_as(&files, relist, &|body| body));
        let [(file, FileFault::Unreadable(_))] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(file, "MANIFEST.json");
    };
    let file = |number: u32, kind: &str, size: u64| {
        let name = format!("{kind}/{number:012}.json");
        json!({ "name": name, "size": size, "sm3": hexadecimal(&[0; 32]) })
    };
    is_refused(&|manifest| manifest["format"] = json!("gm-pki package manifest 2"));
    is_refused(&|manifest| {
        manifest["files"].as_array_mut().unwrap().swap(2, 3);
    });
    is_refused(&|manifest| {
        let files = manifest["files"].as_array_mut().unwrap();
        let first = files[0].clone();
        files.insert(0, first);
    });
    // Numbers that are spelt in another way: a record and its proof.
    is_refused(&|manifest| {
        let files = manifest["files"].as_array_mut().unwrap();
        for one in &mut *files {
            let name = one["name"].as_str().unwrap().replacen("/00000", "/0000", 1);
            one["name"] = json!(name);
        }
        files.sort_by_key(|one| one["name"].as_str().unwrap().to_owned());
    });
    // One that is too large, and many that are too large together.
    for (count, size) in [(1, (16 << 20) + 1), (20, 16 << 20)] {
        is_refused(&|manifest| {
            let files = manifest["files"].as_array_mut().unwrap();
            for number in 900..900 + count {
                files.extend([file(number, "records", size), file(number, "proofs", 1)]);
            }
            files.sort_by_key(|one| one["name"].as_str().unwrap().to_owned());
        });
    }
}

#[test]
fn where_an_archive_is_cut_or_goes_on_is_said() {
    let bureau = Bureau::new(None);
    let good = bureau.small();
    let (name, place) = places(&good)[4].clone();
    let found = bureau.findings(&good[..place.start + 512]);
    assert_eq!(found[0], (name, FileFault::Truncated), "{found:?}");
    let end = good.len() - 1024;
    let end_of = |tail: &[u8]| bureau.findings(&[&good[..end], tail].concat());
    let at_end = |fault| vec![(END.to_owned(), fault)];
    assert_eq!(end_of(&[]), at_end(FileFault::Truncated));
    assert_eq!(end_of(&[0; 512]), at_end(FileFault::Truncated));
    assert_eq!(end_of(&[7; 512]), at_end(FileFault::Trailing));
    assert_eq!(end_of(&[0; 1025]), at_end(FileFault::Trailing));
}

#[test]
fn an_export_takes_no_record_behind_its_checkpoint_and_no_paper_that_changed() {
    let bureau = Bureau::new(None);
    let export = |about: &str, with: &[&str]| {
        let stream = |name: &str| StreamId::try_from(name.to_owned()).unwrap();
        let with: Vec<_> = with.iter().map(|name| stream(name)).collect();
        let papers = Some(bureau.papers.path());
        let first = &bureau.checkpoints[0];
        Export::new(bureau.engine.store(), first, &stream(about), &with, papers)
    };
    // The token came after the first checkpoint.
    for (about, with) in [
        ("token/t-1", &[][..]),
        ("organisation/example", &["token/t-1"][..]),
        ("organisation/nobody", &[][..]),
    ] {
        let refused = export(about, with).unwrap_err();
        let is_not_there = matches!(refused, ExportFault::Log(Error::NotInLog { .. }));
        assert!(is_not_there, "{refused:?}");
    }
    let size = bureau.checkpoints[0].unverified().head.seq;
    let taken = export("organisation/example", &["authority/issuing-ca"]).unwrap();
    assert!(taken.entries().iter().all(|entry| entry.seq <= size));
    // Nobody of that name.
    let by = actor("zheng.he", Seat::Auditor);
    let at = "2026-12-01T00:00:00Z".parse().unwrap();
    let write = |name: &str| taken.write((&by, name, at), &bureau.exporter, std::io::sink());
    write("x").unwrap();
    for name in ["", " x", "x\n", "x\u{202e}"] {
        let refused = write(name).unwrap_err();
        assert!(matches!(refused, ExportFault::Recipient), "{refused:?}");
    }
    // The same length and another one.
    let paper = bureau.papers.path().join("scan.pdf");
    let mut octets = fs::read(&paper).unwrap();
    octets[0] ^= 1;
    fs::write(&paper, &octets).unwrap();
    let refused = write("x").unwrap_err();
    assert!(
        matches!(refused, ExportFault::Changed { .. }),
        "{refused:?}"
    );
}
