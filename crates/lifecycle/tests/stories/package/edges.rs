//! What lies at an edge: sizes that are just allowed, readers and writers that falter, folders of
//! papers with more in them than papers.

use super::*;
use std::io::{self, Write};

/// Reads one octet at a time, and is interrupted before each.
struct Faltering<'a> {
    rest: &'a [u8],
    is_interrupted: bool,
}

impl Read for Faltering<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let few = buffer.len().min(100);
        self.rest.read(&mut buffer[..few])
    }
}

#[test]
fn a_package_is_the_same_however_it_comes() {
    let bureau = Bureau::new(None);
    let good = bureau.small();
    let reader = Faltering {
        rest: &good,
        is_interrupted: false,
    };
    let cover_key = bureau.exporter.public_key().as_bytes();
    let believed = Believed::new(&bureau.log_key, cover_key);
    let package = package::verify(reader, &believed).unwrap();
    assert_eq!(package.entries.len(), 2);
}

#[test]
fn what_is_too_large_is_not_read() {
    let bureau = Bureau::new(None);
    let good = bureau.small();
    let places = places(&good);
    for (at, limit) in [(0, 16 << 10), (1, 16 << 20)] {
        let (name, place) = &places[at];
        let with = |size: u64| {
            let mut other = good[..place.start].to_vec();
            other.extend(header(name, size).as_bytes());
            other.resize(other.len() + usize::try_from(limit).unwrap(), 0);
            bureau.findings(&other)
        };
        let too_large = (name.clone(), FileFault::TooLarge);
        assert!(!with(limit).contains(&too_large), "{name}");
        assert_eq!(with(limit + 1), [too_large]);
    }
}

#[test]
fn cover_and_manifest_stand_at_the_front_alone() {
    let bureau = Bureau::new(None);
    let files = files(&bureau.small());
    for at in [0, 1] {
        let mut again = files.clone();
        again.insert(4, files[at].clone());
        let misplaced = (files[at].0.clone(), FileFault::Misplaced);
        assert_eq!(bureau.findings(&archive(&again)), [misplaced]);
    }
}

#[test]
fn of_an_archive_that_is_cut_each_missing_file_is_named() {
    let bureau = Bureau::new(None);
    let good = bureau.small();
    let places = places(&good);
    let found = bureau.findings(&good[..places[4].1.start]);
    let rest = places[4..].iter().map(|(name, _)| {
        let is_end = name == END;
        let fault = match is_end {
            true => FileFault::Truncated,
            false => FileFault::Missing,
        };
        (name.clone(), fault)
    });
    assert_eq!(found, rest.collect::<Vec<_>>());
}

#[test]
fn a_manifest_of_just_the_largest_files_is_read() {
    const RECORD: u64 = 16 << 20;
    const IN_MEMORY: u64 = 256 << 20;
    let bureau = Bureau::new(None);
    let files = files(&bureau.small());
    let found = |more: &dyn Fn(u64) -> Vec<u64>| {
        let relist = |manifest: &mut Value| {
            let files = manifest["files"].as_array_mut().unwrap();
            let own = files.iter().filter(|one| {
                let name = one["name"].as_str().unwrap();
                !name.starts_with("evidence/")
            });
            let own = own.map(|one| one["size"].as_u64().unwrap()).sum();
            for (number, size) in (900_u64..).zip(more(own)) {
                for (kind, size) in [("records", size), ("proofs", 0)] {
                    let name = format!("{kind}/{number:012}.json");
                    let sm3 = hexadecimal(&[0; 32]);
                    files.push(json!({ "name": name, "size": size, "sm3": sm3 }));
                }
            }
            files.sort_by_key(|one| one["name"].as_str().unwrap().to_owned());
        };
        bureau.findings(&bureau.forged_as(&files, &relist, &|body| body))
    };
    let are_missing = |found: &[(String, FileFault)]| {
        let mut faults = found.iter();
        faults.all(|(_, fault)| *fault == FileFault::Missing)
    };
    let one = found(&|_| vec![RECORD]);
    assert!(are_missing(&one), "{one:?}");
    // All of them in memory, to the last octet, and one more.
    let whole = |own: u64, over: u64| {
        let mut sizes = vec![RECORD; 15];
        sizes.push(IN_MEMORY - own - 15 * RECORD + over);
        sizes
    };
    let most = found(&|own| whole(own, 0));
    assert!(are_missing(&most), "{most:?}");
    let over = found(&|own| whole(own, 1));
    assert!(matches!(&over[..], [(file, _)] if file == "MANIFEST.json"));
}

/// Takes so many octets, and says when all of them can't be kept.
struct Full {
    room: usize,
    keeps: bool,
}

impl Write for Full {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.room < octets.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.room -= octets.len();
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.keeps {
            true => Ok(()),
            false => Err(io::ErrorKind::StorageFull.into()),
        }
    }
}

#[test]
fn a_package_that_was_not_written_whole_is_none() {
    let bureau = Bureau::new(None);
    let export = bureau.export("organisation/example", &["token/t-1"]);
    let length = bureau.written(&export).len();
    let by = actor("zheng.he", Seat::Auditor);
    let at = "2026-12-01T00:00:00Z".parse().unwrap();
    let write = |room, keeps| {
        let told = (&by, "密码管理局检查组", at);
        export.write(told, &bureau.exporter, Full { room, keeps })
    };
    write(length, true).unwrap();
    let rooms = (0..length).step_by(512).map(|room| (room, true));
    for (room, keeps) in rooms.chain([(length, false)]) {
        let refused = write(room, keeps).unwrap_err();
        let is_unwritten = matches!(refused, ExportFault::Write(_));
        assert!(is_unwritten, "{room} of {length}: {refused:?}");
    }
}

#[test]
fn a_paper_is_found_by_what_is_in_it() {
    let bureau = Bureau::new(None);
    let folder = bureau.papers.path();
    let is_enclosed = || bureau.export("organisation/example", &[]).pieces()[0].is_enclosed;
    // What lies in a folder below is none of them.
    fs::create_dir(folder.join("older")).unwrap();
    assert!(is_enclosed());
    // By its own name in packages, and not by another one's, which is taken at its word.
    let own = hexadecimal(&sm3::digest(PAPER.as_str().as_bytes()));
    fs::rename(folder.join("scan.pdf"), folder.join(&own)).unwrap();
    assert!(is_enclosed());
    fs::rename(folder.join(&own), folder.join("0".repeat(64))).unwrap();
    assert!(!is_enclosed());
}

#[test]
fn a_timeline_has_each_paper_under_the_record_that_names_it() {
    let bureau = Bureau::new(None);
    let lines = || -> Vec<String> {
        let export = bureau.export("organisation/example", &["authority/root", "token/t-1"]);
        let package = bureau.verify(&bureau.written(&export)).unwrap();
        let text = package.timeline(Language::En);
        text.lines().map(str::to_owned).collect()
    };
    let with = lines();
    let papers: Vec<_> = (0..with.len())
        .filter(|at| with[*at].starts_with("    "))
        .collect();
    let [paper] = papers[..] else {
        panic!("{with:?}")
    };
    assert!(with[paper - 1].contains("organisation/example"), "{with:?}");
    assert!(with[1].contains("authority/root"), "another comes first");
    let own = hexadecimal(&sm3::digest(PAPER.as_str().as_bytes()));
    assert!(with[paper].contains(&own), "{}", with[paper]);
    // Whether it lies in the package is said, too.
    fs::remove_file(bureau.papers.path().join("scan.pdf")).unwrap();
    let without = lines();
    assert_eq!(with.len(), without.len());
    for (at, (one, other)) in with.iter().zip(&without).enumerate() {
        assert_eq!(one == other, at != paper, "{one} {other}");
    }
    let enclosed = format!("enclosed as evidence/{own}");
    assert!(with[paper].ends_with(&enclosed), "{}", with[paper]);
    assert!(without[paper].ends_with(&format!("not enclosed, SM3 {own}")));
}

/// What was left out vouches for nothing: one fault is told once.
#[test]
fn a_gap_makes_no_certificate_a_false_one() {
    let bureau = Bureau::new(Some(&Applicant::new("zhang.san")));
    let export = bureau.export("case/zhang.san", &["organisation/example"]);
    let mut files = files(&bureau.written(&export));
    let is_intent = |entry: &&lifecycle::Entry| {
        let event = serde_json::to_value(&entry.event).unwrap();
        event.pointer("/case/issuance-intended").is_some()
    };
    let intent = export.entries().iter().find(is_intent).unwrap();
    let left_out = format!("/{:012}.json", intent.seq);
    files.retain(|(name, _)| !name.ends_with(&left_out));
    let found = bureau.findings(&bureau.forged(&files));
    assert!(
        matches!(&found[..], [(_, FileFault::Gap { .. })]),
        "{found:?}"
    );
}
