//! A package made: what belongs together, taken out of a store.

use super::{
    COVER, Cover, MANIFEST, Named, Piece, Proof, archive,
    cover::is_recipient,
    manifest::{Kind, Listed, Manifest},
    timeline::timeline,
};
use crate::{
    Actor, Entry, Error, Event, SignedCheckpoint, Store, StreamId, case::Event as OfCase,
    log::prove, words::Language,
};
use der::DateTime;
use gm_crypto::sm3;
use hsm::KeyHandle;
use sm3::digest::Digest;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// Octets read at a time.
const CHUNK: usize = 1 << 16;

/// What a package is made of: histories with their proofs, and the papers that were found.
#[derive(Debug)]
pub struct Export {
    about: StreamId,
    log: String,
    checkpoint: String,
    entries: Vec<Entry>,
    pieces: Vec<Piece>,
    /// Every file but evidence and timelines.
    texts: Vec<(Kind, Vec<u8>)>,
    evidence: BTreeMap<[u8; 32], (PathBuf, u64)>,
}

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportFault {
    /// The log has it not, or can't be read.
    #[error(transparent)]
    Log(#[from] Error),
    /// A file can't be read or written.
    #[error("{path} can't be read")]
    Evidence {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is larger than a package takes.
    #[error("{what} is too large for a package")]
    TooLarge {
        /// Which.
        what: String,
    },
    /// A piece of evidence is another one than a moment ago.
    #[error("{path} was changed while it was taken in")]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// Nobody of this name gets a package.
    #[error("whom it is for is written in 1 to 256 characters, all of them seen")]
    Recipient,
    /// The package can't be written.
    #[error("the package can't be written")]
    Write(#[source] io::Error),
    /// The key did not sign.
    #[error("the cover is not signed")]
    Key(#[from] hsm::Error),
}

impl Export {
    /// Takes a history out of a store as far as a checkpoint goes, with the histories that
    /// belong to it and those of `with`. Belonging to a case: the certificates that were
    /// intended in it, those of the case that it is about, and its token; to a certificate, its
    /// case. Papers that the records name by their digests come from the files of a folder,
    /// those below it not among them.
    ///
    /// Reads the digests of the whole log, and every file of the folder whose name is not the
    /// SM3 of another one.
    ///
    /// # Errors
    /// [`ExportFault`], all but those of writing; [`Error::NotInLog`] where there is no such
    /// history before the checkpoint, [`Error::NotProved`] where a record of it is not the
    /// checkpoint's.
    pub fn new(
        store: &dyn Store,
        checkpoint: &SignedCheckpoint,
        about: &StreamId,
        with: &[StreamId],
        evidence: Option<&Path>,
    ) -> Result<Self, ExportFault> {
        let size = checkpoint.unverified().head.seq;
        let mut records = Vec::new();
        let mut streams = belonging(store, about)?;
        streams.extend(with.iter().cloned());
        for stream in &streams {
            let mut history = store.stream(stream).map_err(Error::from)?;
            history.retain(|record| record.seq <= size);
            let is_wanted = stream == about || with.contains(stream);
            if history.is_empty() && is_wanted {
                return Err(Error::NotInLog { size }.into());
            }
            records.extend(history);
        }
        records.sort_by_key(|record| record.seq);
        let mut export = Self {
            about: about.clone(),
            log: checkpoint.unverified().origin.clone(),
            checkpoint: checkpoint.text().to_owned(),
            entries: Vec::new(),
            pieces: Vec::new(),
            texts: Vec::new(),
            evidence: BTreeMap::new(),
        };
        let mut digests = BTreeSet::new();
        for record in &records {
            let seq = record.seq;
            export.entries.push(record.entry()?);
            let named = Named::by(&record.octets);
            let named = named.map_err(|source| Error::BadRecord { seq, source })?;
            digests.extend(named.digests);
            let pieces = named.evidence.into_iter().map(|evidence| Piece {
                seq,
                evidence,
                is_enclosed: false,
            });
            export.pieces.extend(pieces);
        }
        if let Some(folder) = evidence {
            export.evidence = found(folder, &digests)?;
        }
        for piece in &mut export.pieces {
            let digest = <[u8; 32]>::try_from(&piece.evidence.digest[..]);
            piece.is_enclosed = digest.is_ok_and(|digest| export.evidence.contains_key(&digest));
        }
        let numbers: Vec<_> = records.iter().map(|record| record.seq).collect();
        for (seq, proved) in
            numbers
                .into_iter()
                .zip(prove(store, checkpoint.unverified(), records)?)
        {
            let proof = Proof {
                previous: proved.previous,
                path: proved.path,
            };
            let proof = serde_json::to_vec(&proof).expect("octets have a text");
            export
                .texts
                .push((Kind::Record(seq), proved.octets.to_vec()));
            export.texts.push((Kind::Proof(seq), proof));
        }
        Ok(export)
    }

    /// What the records say, in the log's order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The evidence that they name.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Writes the package, its cover signed: who made it for whom, and when. The same export
    /// gives the same octets but for the signature.
    ///
    /// # Errors
    /// [`ExportFault`]; what was written then is no package.
    pub fn write(
        &self,
        (by, recipient, at): (&Actor, &str, DateTime),
        key: &dyn KeyHandle,
        out: impl Write,
    ) -> Result<Cover, ExportFault> {
        if !is_recipient(recipient) {
            return Err(ExportFault::Recipient);
        }
        let checkpoint = (Kind::Checkpoint, self.checkpoint.clone().into_bytes());
        let timelines = Language::ALL.iter().map(|language| {
            let text = timeline(*language, &self.about, &self.entries, &self.pieces);
            (Kind::Timeline(*language), text.into_bytes())
        });
        let mut texts: BTreeMap<String, &[u8]> = BTreeMap::new();
        let made: Vec<_> = timelines.chain([checkpoint]).collect();
        let mut listed = Vec::new();
        for (kind, octets) in made.iter().chain(&self.texts) {
            let size = octets.len() as u64;
            if size > kind.limit() {
                let what = kind.name();
                return Err(ExportFault::TooLarge { what });
            }
            listed.push(Listed::new(*kind, size, sm3::digest(octets)));
            texts.insert(kind.name(), octets);
        }
        for (digest, (path, size)) in &self.evidence {
            let kind = Kind::Evidence(*digest);
            if *size > kind.limit() {
                let what = path.display().to_string();
                return Err(ExportFault::TooLarge { what });
            }
            listed.push(Listed::new(kind, *size, *digest));
        }
        let manifest = Manifest::new(listed);
        let json = manifest.to_json();
        // What nobody could read again is not handed out.
        if Manifest::from_json(json.as_bytes()).is_err() {
            let what = self.about.to_string();
            return Err(ExportFault::TooLarge { what });
        }
        let cover = Cover {
            about: self.about.clone(),
            recipient: recipient.to_owned(),
            by: by.clone(),
            at,
            log: self.log.clone(),
            manifest: sm3::digest(json.as_bytes()),
        };
        let signed = cover.sign(key)?;
        let mut archive = archive::Writer::new(out);
        for (name, text) in [(COVER, &signed), (MANIFEST, &json)] {
            let octets = text.as_bytes();
            let told = (octets.len() as u64, &sm3::digest(octets));
            archive
                .file(name, told, octets)
                .map_err(ExportFault::Write)?;
        }
        for file in &manifest.files {
            let told = (file.size, file.digest());
            match texts.get(&file.name) {
                Some(octets) => {
                    let written = archive.file(&file.name, told, *octets);
                    written.map_err(ExportFault::Write)?;
                }
                None => {
                    let (path, _) = &self.evidence[file.digest()];
                    let unread = |source| ExportFault::Evidence {
                        path: path.clone(),
                        source,
                    };
                    let content = File::open(path).map_err(unread)?;
                    let written = archive.file(&file.name, told, content);
                    if !written.map_err(ExportFault::Write)? {
                        return Err(ExportFault::Changed { path: path.clone() });
                    }
                }
            }
        }
        archive.finish().map_err(ExportFault::Write)?;
        Ok(cover)
    }
}

/// A history and those that belong to it.
fn belonging(store: &dyn Store, about: &StreamId) -> Result<BTreeSet<StreamId>, Error> {
    let mut streams = BTreeSet::from([about.clone()]);
    match about {
        StreamId::Case(_) => of_case(store, about, &mut streams)?,
        StreamId::Certificate(issuer, serial) => {
            let case = store.case_of(issuer, serial)?;
            streams.extend(case.map(StreamId::Case));
        }
        _ => {}
    }
    Ok(streams)
}

/// The certificates and the token of a case, and the certificates of the one that it is about.
fn of_case(
    store: &dyn Store,
    case: &StreamId,
    streams: &mut BTreeSet<StreamId>,
) -> Result<(), Error> {
    for record in store.stream(case)? {
        let Event::Case(event) = record.entry()?.event else {
            continue;
        };
        match event {
            OfCase::Opened { opening, .. } => {
                let Some(target) = opening.target else {
                    continue;
                };
                for record in store.stream(&StreamId::Case(target))? {
                    if let Event::Case(event) = record.entry()?.event {
                        streams.extend(certificate(event));
                    }
                }
            }
            OfCase::TokenBound(token) => {
                streams.insert(StreamId::Token(token));
            }
            other => streams.extend(certificate(other)),
        }
    }
    Ok(())
}

/// The certificate that was intended.
fn certificate(event: OfCase) -> Option<StreamId> {
    match event {
        OfCase::IssuanceIntended { intent, .. } => {
            Some(StreamId::Certificate(intent.issuer, intent.serial))
        }
        _ => None,
    }
}

/// The files of a folder that have one of these digests, with their sizes.
fn found(
    folder: &Path,
    wanted: &BTreeSet<[u8; 32]>,
) -> Result<BTreeMap<[u8; 32], (PathBuf, u64)>, ExportFault> {
    let unread = |path: &Path| {
        let path = path.to_owned();
        move |source| ExportFault::Evidence { path, source }
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread(folder))? {
        paths.push(entry.map_err(unread(folder))?.path());
    }
    // Of two with the same octets, the same one each time.
    paths.sort();
    let mut found = BTreeMap::new();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str());
        let named = name.and_then(|name| crate::KeyId::try_from(name.to_owned()).ok());
        if named.is_some_and(|named| !wanted.contains(named.as_bytes())) || !path.is_file() {
            continue;
        }
        let (digest, size) = digest(&path).map_err(unread(&path))?;
        if wanted.contains(&digest) {
            found.entry(digest).or_insert((path, size));
        }
    }
    Ok(found)
}

fn digest(path: &Path) -> io::Result<([u8; 32], u64)> {
    let mut file = File::open(path)?;
    let mut hash = sm3::Sm3::new();
    let mut size = 0;
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok((hash.finalize().into(), size)),
            read => {
                hash.update(&chunk[..read]);
                size += read as u64;
            }
        }
    }
}
