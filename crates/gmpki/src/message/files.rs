//! Contents and messages of any size, in and out.

use crate::{
    failure::Failure,
    input,
    outcome::Outcome,
    output::{self, NewFile, Readers},
};
use serde_json::json;
use std::{
    fs::File,
    io::{self, BufWriter, Cursor, Read, Seek, Write},
    path::{Path, PathBuf},
};

/// Octets of the largest message in PEM or base64, which is held in memory.
const TEXT: u64 = 1 << 26;

/// What can be read again from its beginning.
pub(super) trait ReadAgain: Read + Seek {}

impl<T: Read + Seek> ReadAgain for T {}

/// What is read from a file, or once from standard input.
pub(super) enum Content {
    Again(Box<dyn ReadAgain>),
    Once(Box<dyn Read>),
}

impl Content {
    /// A file as it is; `-` is standard input.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self::Once(Box::new(io::stdin().lock())));
        }
        output::remember(path);
        let open = || {
            let mut file = File::open(path)?;
            // A pipe under a name can't be read again.
            Ok(match file.stream_position() {
                Ok(_) if file.metadata()?.is_file() => Self::Again(Box::new(file)),
                _ => Self::Once(Box::new(file)),
            })
        };
        open().map_err(|source: io::Error| Failure::file(path, source))
    }

    /// A message: DER as it is, PEM and base64 without their text.
    pub(super) fn message(path: &Path) -> Result<Self, Failure> {
        let failed = |source: io::Error| Failure::file(path, source);
        let mut content = Self::open(path)?;
        let mut first = [0];
        let length = content.once().read(&mut first).map_err(failed)?;
        if first[..length] == [0x30] {
            return Ok(match content {
                Self::Again(mut input) => {
                    input.rewind().map_err(failed)?;
                    Self::Again(input)
                }
                Self::Once(input) => Self::Once(Box::new(Cursor::new(first).chain(input))),
            });
        }
        let mut octets = first[..length].to_vec();
        let rest = content.once().take(TEXT).read_to_end(&mut octets);
        if rest.map_err(failed)? as u64 == TEXT {
            let reason = format!("neither DER nor text of less than {TEXT} octets");
            return Err(Failure::file(path, reason));
        }
        let octets = match gm_crypto::pki::decode_pem(&octets, &["PKCS7", "CMS"]) {
            Ok(der) if octets.starts_with(b"-----") => der.to_vec(),
            _ => input::without_text(&octets).into_owned(),
        };
        Ok(Self::Again(Box::new(Cursor::new(octets))))
    }

    /// To read it once.
    pub(super) fn once(&mut self) -> &mut dyn Read {
        match self {
            Self::Again(input) => input,
            Self::Once(input) => input,
        }
    }

    /// To read it several times, if that goes.
    pub(super) fn again(&mut self) -> Option<&mut Box<dyn ReadAgain>> {
        match self {
            Self::Again(input) => Some(input),
            Self::Once(_) => None,
        }
    }
}

/// A file that gets its name when it is whole, or standard output.
pub(super) enum Output {
    File { path: PathBuf, file: NewFile },
    Standard(BufWriter<io::Stdout>),
}

impl Output {
    pub(super) fn create(path: Option<&Path>, readers: Readers) -> Result<Self, Failure> {
        Ok(match path {
            None => Self::Standard(BufWriter::new(io::stdout())),
            Some(path) => Self::File {
                path: path.to_owned(),
                file: NewFile::create(path, readers)?,
            },
        })
    }

    pub(super) fn put(&mut self, octets: &[u8]) -> Result<(), Failure> {
        Ok(self.write_all(octets)?)
    }

    /// Gives the file its name; `what` says what it is.
    pub(super) fn finish(self, what: &str) -> Result<Outcome, Failure> {
        match self {
            Self::Standard(mut out) => {
                out.flush()?;
                Ok(Outcome::written())
            }
            Self::File { path, file } => {
                file.finish()?;
                let path = path.display().to_string();
                let text = format!("{what}: {path}");
                Ok(Outcome::new(text, json!({ "file": path })))
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Self::File { file, .. } => file.write(octets),
            Self::Standard(out) => out.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File { file, .. } => file.flush(),
            Self::Standard(out) => out.flush(),
        }
    }
}
