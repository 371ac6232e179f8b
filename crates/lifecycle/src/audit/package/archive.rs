//! The archive: plain files in a row, written in one way alone.

use super::{COVER, END, FileFault, Finding, MANIFEST, manifest::Manifest};
use gm_crypto::sm3;
use sm3::digest::Digest;
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Read, Write},
};
use tar::{Builder, EntryType, Header};

const BLOCK: usize = 512;
/// Findings after which nothing more is looked for.
const MAX_FINDINGS: usize = 1_000;

/// The header of a file: what it has besides name and size is the same for all.
pub(super) fn header(name: &str, size: u64) -> Header {
    let mut header = Header::new_ustar();
    // Names of packages are short, and nothing in them is relative.
    if header.set_path(name).is_err() {
        debug_assert!(false, "{name}");
    }
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    header
}

/// Writes files one after the other, in the order of their names.
pub(super) struct Writer<W: Write>(Builder<W>);

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> Self {
        Self(Builder::new(out))
    }

    /// A file of so many octets, with this digest; whether that is what came.
    pub(super) fn file(
        &mut self,
        name: &str,
        (size, digest): (u64, &[u8; 32]),
        content: impl Read,
    ) -> io::Result<bool> {
        let mut content = Hashing {
            inner: content.take(size),
            hash: sm3::Sm3::new(),
            count: 0,
        };
        self.0.append(&header(name, size), &mut content)?;
        let found: [u8; 32] = content.hash.finalize().into();
        Ok(content.count == size && found == *digest)
    }

    pub(super) fn finish(self) -> io::Result<()> {
        self.0.into_inner()?.flush()
    }
}

struct Hashing<R> {
    inner: R,
    hash: sm3::Sm3,
    count: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.count += read as u64;
        Ok(read)
    }
}

/// An archive that is read from front to back, once; what is wrong is gathered.
pub(super) struct Reader<R> {
    from: R,
    pub(super) findings: Vec<Finding>,
}

/// What comes next.
enum Next {
    Header(Box<Header>),
    /// Only zeros: the archive's end.
    Zeros,
    /// Nothing, or part of a block.
    Nothing,
}

/// What a file's place held.
struct Content {
    digest: [u8; 32],
    kept: Vec<u8>,
    is_whole: bool,
    is_padded: bool,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            findings: Vec::new(),
        }
    }

    /// Notes a finding, if there is not enough of them.
    pub(super) fn find(&mut self, file: &str, fault: FileFault) {
        if self.findings.len() >= MAX_FINDINGS {
            return;
        }
        let file = file.escape_debug().to_string();
        self.findings.push(Finding { file, fault });
    }

    /// The file that comes first of those that are left, of any size up to a limit; none where it
    /// is not there to be read, which was noted.
    pub(super) fn leading(&mut self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        while self.findings.len() < MAX_FINDINGS {
            let found = match self.next()? {
                Next::Header(found) => found,
                Next::Zeros | Next::Nothing => {
                    self.find(name, FileFault::Missing);
                    return Ok(None);
                }
            };
            let Some((other, size)) = claimed(&found) else {
                self.find(name, FileFault::Header);
                return Ok(None);
            };
            if other == name {
                if found.as_bytes() != header(name, size).as_bytes() {
                    self.find(name, FileFault::Header);
                    return Ok(None);
                }
                if size > limit {
                    self.find(name, FileFault::TooLarge);
                    return Ok(None);
                }
                let content = self.content(size, true)?;
                return Ok(self.is_whole(name, &content).then_some(content.kept));
            }
            if *other > *name {
                self.find(name, FileFault::Missing);
                return Ok(None);
            }
            self.find(&other, FileFault::Added);
            self.content(size, false)?;
        }
        Ok(None)
    }

    /// All files of a manifest, to the archive's end; those of which nothing is wrong by their
    /// names, with their octets where `keeps` says so of the name.
    pub(super) fn files(
        &mut self,
        manifest: &Manifest,
        keeps: impl Fn(&str) -> bool,
    ) -> io::Result<BTreeMap<String, Vec<u8>>> {
        let files = &manifest.files;
        let places = files.iter().enumerate();
        let places: HashMap<_, _> = places.map(|(at, file)| (&*file.name, at)).collect();
        let mut good = BTreeMap::new();
        let mut at = 0;
        while self.findings.len() < MAX_FINDINGS {
            let found = match self.next()? {
                Next::Header(found) => found,
                Next::Nothing => {
                    self.missing(manifest, &mut at, files.len());
                    self.find(END, FileFault::Truncated);
                    break;
                }
                Next::Zeros => {
                    self.missing(manifest, &mut at, files.len());
                    self.end()?;
                    break;
                }
            };
            let (size, is_plain) = match (claimed(&found), files.get(at)) {
                // Damaged: it is taken for the one that is due.
                (None, Some(file)) => (file.size, false),
                (None, None) => {
                    self.find(END, FileFault::Trailing);
                    break;
                }
                (Some((name, size)), _) => match places.get(&*name) {
                    Some(place) if *place >= at => {
                        self.missing(manifest, &mut at, *place);
                        let wanted = header(&name, files[at].size);
                        (size, found.as_bytes() == wanted.as_bytes())
                    }
                    place => {
                        let is_other = place.is_some() || name == COVER || name == MANIFEST;
                        let fault = if is_other {
                            FileFault::Misplaced
                        } else {
                            FileFault::Added
                        };
                        self.find(&name, fault);
                        self.content(size, false)?;
                        continue;
                    }
                },
            };
            let file = &files[at];
            at += 1;
            let content = self.content(size, is_plain && keeps(&file.name))?;
            if !is_plain {
                self.find(&file.name, FileFault::Header);
            } else if self.is_whole(&file.name, &content) {
                if content.digest == *file.digest() {
                    good.insert(file.name.clone(), content.kept);
                } else {
                    self.find(&file.name, FileFault::Digest);
                }
            }
        }
        Ok(good)
    }

    fn missing(&mut self, manifest: &Manifest, at: &mut usize, to: usize) {
        for file in &manifest.files[*at..to] {
            self.find(&file.name, FileFault::Missing);
        }
        *at = to;
    }

    fn is_whole(&mut self, name: &str, content: &Content) -> bool {
        if !content.is_whole {
            self.find(name, FileFault::Truncated);
        } else if !content.is_padded {
            self.find(name, FileFault::Padding);
        }
        content.is_whole && content.is_padded
    }

    /// Behind one block of zeros: another one, and then nothing.
    fn end(&mut self) -> io::Result<()> {
        let fault = match self.next()? {
            Next::Nothing => FileFault::Truncated,
            Next::Header(_) => FileFault::Trailing,
            Next::Zeros => match self.block()? {
                (_, 0) => return Ok(()),
                _ => FileFault::Trailing,
            },
        };
        self.find(END, fault);
        Ok(())
    }

    fn next(&mut self) -> io::Result<Next> {
        let (block, read) = self.block()?;
        Ok(if read < BLOCK {
            Next::Nothing
        } else if block == [0; BLOCK] {
            Next::Zeros
        } else {
            let header = Header::from_byte_slice(&block);
            Next::Header(Box::new(header.clone()))
        })
    }

    /// A block, and how much of one there was.
    fn block(&mut self) -> io::Result<([u8; BLOCK], usize)> {
        let mut block = [0; BLOCK];
        let mut read = 0;
        while read < BLOCK {
            match self.from.read(&mut block[read..]) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok((block, read))
    }

    /// So many octets and what fills their last block up.
    fn content(&mut self, size: u64, keeps: bool) -> io::Result<Content> {
        let mut hash = sm3::Sm3::new();
        let mut content = Content {
            digest: [0; 32],
            kept: Vec::new(),
            is_whole: true,
            is_padded: true,
        };
        let mut left = size;
        while left > 0 {
            let (block, read) = self.block()?;
            let of_file = usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK));
            let (own, padding) = block.split_at(of_file);
            content.is_whole = read == BLOCK;
            content.is_padded = padding.iter().all(|octet| *octet == 0);
            if !content.is_whole {
                break;
            }
            hash.update(own);
            if keeps {
                content.kept.extend(own);
            }
            left -= of_file as u64;
        }
        content.digest = hash.finalize().into();
        Ok(content)
    }
}

/// The name and size that a header claims, where its sum is right.
fn claimed(header: &Header) -> Option<(String, u64)> {
    let sum = header.as_bytes().iter().enumerate().map(|(at, octet)| {
        // The sum itself counts as blanks.
        let octet = if (148..156).contains(&at) {
            b' '
        } else {
            *octet
        };
        u32::from(octet)
    });
    if header.cksum().ok() != Some(sum.sum()) {
        return None;
    }
    let name = String::from_utf8_lossy(&header.path_bytes()).into_owned();
    // Links and folders have no octets, whatever they claim.
    let size = match header.entry_type() {
        EntryType::Link | EntryType::Symlink | EntryType::Directory => 0,
        _ => header.entry_size().ok()?,
    };
    Some((name, size))
}
