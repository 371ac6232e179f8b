//! A package looked at by somebody who has not the store.

use super::{
    Believed, COVER, Cover, FileFault, IssuedCertificate, MANIFEST, Named, Package, PackageFault,
    Piece, Proof,
    archive::Reader,
    issued::certificates,
    manifest::{Kind, MAX_MANIFEST, Manifest},
    timeline::timeline,
};
use crate::{
    Entry, SignedCheckpoint, StreamId, VerifiedCheckpoint,
    log::{Proved, link},
    words::Language,
};
use gm_crypto::sm3;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

/// Octets of the longest cover.
const MAX_COVER: u64 = 16 << 10;

/// Examines a package: cover, manifest, every file, every record's place in the log, and that
/// no record of its histories was left out before the last that it has.
///
/// Reads it once, from front to back, and at most 256 MiB of it into memory.
///
/// # Errors
/// [`PackageFault::Wrong`] with everything that is wrong, up to a thousand findings: where cover
/// or manifest can't be read, what stands behind them is not looked at. [`PackageFault::Io`].
pub fn verify(archive: impl Read, believed: &Believed<'_>) -> Result<Package, PackageFault> {
    let mut reader = Reader::new(archive);
    let Some(cover) = reader.leading(COVER, MAX_COVER)? else {
        return Err(PackageFault::Wrong(reader.findings));
    };
    let cover = Cover::verify(&cover, believed.cover_key);
    let cover = cover.map_err(|fault| reader.find(COVER, fault)).ok();
    let Some(octets) = reader.leading(MANIFEST, MAX_MANIFEST)? else {
        return Err(PackageFault::Wrong(reader.findings));
    };
    let is_signed = cover
        .as_ref()
        .is_none_or(|cover| cover.manifest == sm3::digest(&octets));
    let manifest = if is_signed {
        Manifest::from_json(&octets)
    } else {
        Err(FileFault::Digest)
    };
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(fault) => {
            reader.find(MANIFEST, fault);
            return Err(PackageFault::Wrong(reader.findings));
        }
    };
    let keeps = |name: &str| {
        let kind = Kind::of(name);
        !matches!(kind, Some(Kind::Evidence(_) | Kind::Timeline(_)))
    };
    let files = reader.files(&manifest, keeps)?;
    let examined = Examined::of(&mut reader, &manifest, &files, cover.as_ref(), believed);
    match (cover, examined.checkpoint) {
        (Some(cover), Some(checkpoint)) if reader.findings.is_empty() => Ok(Package {
            timelines_agree: Language::ALL.iter().all(|language| {
                let (entries, pieces) = (&examined.entries, &examined.pieces);
                let text = timeline(*language, &cover.about, entries, pieces);
                let name = Kind::Timeline(*language).name();
                let mut listed = manifest.files.iter().filter(|file| file.name == name);
                listed.all(|file| *file.digest() == sm3::digest(text.as_bytes()))
            }),
            cover,
            checkpoint,
            entries: examined.entries,
            pieces: examined.pieces,
            certificates: examined.certificates,
            files: manifest.files.len() + 2,
        }),
        _ => Err(PackageFault::Wrong(reader.findings)),
    }
}

/// What the good files say.
#[derive(Default)]
struct Examined {
    checkpoint: Option<VerifiedCheckpoint>,
    entries: Vec<Entry>,
    pieces: Vec<Piece>,
    certificates: Vec<IssuedCertificate>,
}

impl Examined {
    fn of(
        reader: &mut Reader<impl Read>,
        manifest: &Manifest,
        files: &BTreeMap<String, Vec<u8>>,
        cover: Option<&Cover>,
        believed: &Believed<'_>,
    ) -> Self {
        let mut examined = Self::default();
        let mut find = |kind: Kind, fault| reader.find(&kind.name(), fault);
        if let Some(octets) = files.get(&Kind::Checkpoint.name()) {
            match verified(octets, believed) {
                Ok(checkpoint) => examined.checkpoint = Some(checkpoint),
                Err(fault) => find(Kind::Checkpoint, fault),
            }
        }
        let Some(checkpoint) = &examined.checkpoint else {
            return examined;
        };
        let kinds = manifest
            .files
            .iter()
            .filter_map(|file| Kind::of(&file.name));
        // In the order of numbers, which is that of names for as long as twelve digits do.
        let kinds: BTreeSet<_> = kinds.collect();
        let enclosed = kinds.iter().filter_map(|kind| match kind {
            Kind::Evidence(digest) => Some(*digest),
            _ => None,
        });
        let enclosed: BTreeSet<_> = enclosed.collect();
        let mut named = BTreeSet::new();
        let mut is_complete = true;
        let mut last = (0, [0; 32]);
        for kind in kinds {
            let Kind::Record(seq) = kind else {
                continue;
            };
            let proof = files.get(&Kind::Proof(seq).name());
            let (Some(octets), Some(proof)) = (files.get(&kind.name()), proof) else {
                is_complete = false;
                continue;
            };
            let read = serde_json::from_slice::<Proof>(proof);
            let read = read.map_err(|source| (Kind::Proof(seq), unreadable(&source)));
            let entry = read.and_then(|proof| {
                let entry = in_log((seq, octets), proof, &mut last, checkpoint);
                entry.map_err(|fault| (kind, fault))
            });
            match entry {
                Ok((entry, by_it)) => {
                    named.extend(by_it.digests);
                    let pieces = by_it.evidence.into_iter().map(|evidence| Piece {
                        seq,
                        is_enclosed: is_among(&enclosed, &evidence.digest),
                        evidence,
                    });
                    examined.pieces.extend(pieces);
                    examined.entries.push(entry);
                }
                Err((kind, fault)) => {
                    is_complete = false;
                    find(kind, fault);
                }
            }
        }
        // What a record that is lost would have said is nobody else's fault.
        if is_complete {
            let gaps = gaps(&examined.entries);
            // Nor is what a record says that was left out.
            let (issued, wrong) = match gaps.is_empty() {
                true => certificates(&examined.entries),
                false => Default::default(),
            };
            for (seq, stream) in gaps {
                find(Kind::Record(seq), FileFault::Gap { stream });
            }
            for digest in enclosed.difference(&named) {
                find(Kind::Evidence(*digest), FileFault::Unrelated);
            }
            examined.certificates = issued;
            for (seq, fault) in wrong {
                find(Kind::Record(seq), fault);
            }
        }
        for kind in manifest.files.iter().filter_map(|file| {
            let kind = Kind::of(&file.name)?;
            let is_named_so = match kind {
                Kind::Evidence(digest) => digest == *file.digest(),
                _ => true,
            };
            (!is_named_so).then_some(kind)
        }) {
            find(kind, FileFault::Digest);
        }
        if let Some(cover) = cover {
            if cover.log != checkpoint.origin {
                reader.find(COVER, FileFault::OtherLog);
            }
            let is_about = |entry: &Entry| entry.stream == cover.about;
            if is_complete && !examined.entries.iter().any(is_about) {
                let about = cover.about.clone();
                reader.find(COVER, FileFault::NothingAbout { about });
            }
        }
        examined
    }
}

fn is_among(digests: &BTreeSet<[u8; 32]>, digest: &[u8]) -> bool {
    <[u8; 32]>::try_from(digest).is_ok_and(|digest| digests.contains(&digest))
}

fn unreadable(source: &dyn std::error::Error) -> FileFault {
    FileFault::unreadable(&source.to_string())
}

fn verified(octets: &[u8], believed: &Believed<'_>) -> Result<VerifiedCheckpoint, FileFault> {
    let text = str::from_utf8(octets).map_err(|source| unreadable(&source))?;
    let signed = SignedCheckpoint::parse(text)?;
    let origin = believed.log.unwrap_or(&signed.unverified().origin);
    Ok(signed.verify(origin, believed.log_key)?)
}

/// What a record says, where it is in the log at its place, and the chain goes through it:
/// `last` is the end of the chain so far.
fn in_log(
    (seq, octets): (u64, &[u8]),
    proof: Proof,
    last: &mut (u64, [u8; 32]),
    checkpoint: &VerifiedCheckpoint,
) -> Result<(Entry, Named), FileFault> {
    let Proof { previous, path } = proof;
    let proved = Proved {
        previous: previous.clone(),
        octets: octets.to_vec().into(),
        path,
    };
    let entry = proved.entry().map_err(|source| unreadable(&source))?;
    if !proved.shows(entry.seq, checkpoint) {
        return Err(FileFault::NotInLog);
    }
    if entry.seq != seq {
        return Err(FileFault::OtherPlace);
    }
    let (before, after) = last;
    if before.checked_add(1) == Some(seq) && previous[..] != after[..] {
        return Err(FileFault::Chain);
    }
    let previous = previous[..].try_into().map_err(|_| FileFault::NotInLog)?;
    *last = (seq, link(previous, octets));
    if seq == checkpoint.head.seq && last.1 != checkpoint.head.digest {
        return Err(FileFault::Chain);
    }
    let named = Named::by(octets).map_err(|source| unreadable(&source))?;
    Ok((entry, named))
}

/// Records that do not follow the one before them in their history.
fn gaps(entries: &[Entry]) -> Vec<(u64, StreamId)> {
    let mut versions: BTreeMap<&StreamId, u64> = BTreeMap::new();
    let mut gaps = Vec::new();
    for entry in entries {
        let before = versions.insert(&entry.stream, entry.version).unwrap_or(0);
        if before.checked_add(1) != Some(entry.version) {
            gaps.push((entry.seq, entry.stream.clone()));
        }
    }
    gaps
}
