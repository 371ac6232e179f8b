//! Uploads: sniffed and hashed, never opened (section 4).
//!
//! Nothing here reads more of a format than the octets by which it is told from others, and
//! nothing renders: readers of pictures and PDFs are what an attacker aims at. What the file
//! says of itself, its name and its first octets, must agree; neither is believed beyond
//! that. Which formats a document may have is the rule set's word, and checked by the case.

use crate::{Octets, UploadFault, field::is_hidden, terms::FileFormat};
use gm_crypto::sm3::{self, digest::Digest};
use serde::Serialize;
use std::io::{self, Read};

/// What the octets of an upload say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Inspected {
    /// What its first octets and its extension agree it is.
    pub format: FileFormat,
    /// Octets.
    pub size: u64,
    /// SM3 of its octets.
    pub digest: Octets,
}

/// Why an upload that is read was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// It can't be taken.
    #[error(transparent)]
    Fault(#[from] UploadFault),
    /// It could not be read to its end.
    #[error("the upload could not be read")]
    Read(#[from] io::Error),
}

/// Looks at an upload that is in memory: its size against the rule set's limit (S2-13, X-05),
/// its name's extension against its first octets.
///
/// # Errors
/// [`UploadFault`]: what is wrong with it.
pub fn inspect(file_name: &str, octets: &[u8], limit: u64) -> Result<Inspected, UploadFault> {
    let size = u64::try_from(octets.len()).unwrap_or(u64::MAX);
    if size > limit {
        return Err(UploadFault::Size { size, limit });
    }
    let format = format(file_name, &octets[..octets.len().min(HEAD)])?;
    let digest = sm3::digest(octets).to_vec().into();
    Ok(Inspected {
        format,
        size,
        digest,
    })
}

/// Looks at an upload while it is read, in memory of 8 KiB however long it is. Stops one octet
/// behind the limit: the size in [`UploadFault::Size`] is then what was read, not what is
/// there. Stops at the first octets, too, where they are wrong.
///
/// # Errors
/// [`UploadError`]: what is wrong with it, or with reading it.
pub fn inspect_reader(
    file_name: &str,
    reader: impl Read,
    limit: u64,
) -> Result<Inspected, UploadError> {
    let mut reader = reader.take(limit.saturating_add(1));
    let mut head = Vec::with_capacity(HEAD);
    let whole_head = u64::try_from(HEAD).unwrap_or(u64::MAX);
    (&mut reader).take(whole_head).read_to_end(&mut head)?;
    let mut size = u64::try_from(head.len()).unwrap_or(u64::MAX);
    // A file that is too long is that above all, even where its head is wrong as well.
    let format = if size > limit {
        Err(UploadFault::Size { size, limit })
    } else {
        format(file_name, &head)
    }?;
    let mut hash = sm3::Sm3::new();
    hash.update(&head);
    let mut chunk = [0; CHUNK];
    loop {
        let read = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        size += u64::try_from(read).unwrap_or(u64::MAX);
        hash.update(&chunk[..read]);
    }
    if size > limit {
        return Err(UploadFault::Size { size, limit }.into());
    }
    Ok(Inspected {
        format,
        size,
        digest: hash.finalize().to_vec().into(),
    })
}

/// Octets that are read at once.
const CHUNK: usize = 8192;

/// Octets from the beginning that any format is told by.
const HEAD: usize = 32;

/// Characters of the longest file name.
const MAX_NAME: usize = 255;

/// The format that name and first octets agree on.
fn format(file_name: &str, head: &[u8]) -> Result<FileFormat, UploadFault> {
    // The name is shown to people: nothing in it may move what stands around it.
    let unfit = |c: char| is_hidden(c) || matches!(c, '/' | '\\');
    let length = file_name.chars().count();
    if !(1..=MAX_NAME).contains(&length) || file_name.contains(unfit) {
        return Err(UploadFault::FileName);
    }
    if head.is_empty() {
        return Err(UploadFault::Empty);
    }
    let extension = file_name.rsplit_once('.').map_or("", |(_, end)| end);
    let named = match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => FileFormat::Jpeg,
        "bmp" => FileFormat::Bmp,
        "gif" => FileFormat::Gif,
        "pdf" => FileFormat::Pdf,
        _ => return Err(UploadFault::UnknownExtension),
    };
    let found = sniff(head).map_err(|other| match other {
        Some(format) => UploadFault::Other(format),
        None => UploadFault::Unrecognised,
    })?;
    if found == named {
        Ok(found)
    } else {
        Err(UploadFault::Extension)
    }
}

/// What a file is by its first octets: a format that is taken, or the name of one that is not.
fn sniff(head: &[u8]) -> Result<FileFormat, Option<&'static str>> {
    // ITU-T T.81, B.1.1.3: start of image, and the first octet of the marker behind it.
    if head.starts_with(&[0xff, 0xd8, 0xff]) {
        return Ok(FileFormat::Jpeg);
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return Ok(FileFormat::Gif);
    }
    // ISO 32000-1, 7.5.2, at the very beginning: readers search for it further in, which makes
    // files of two formats.
    if head.starts_with(b"%PDF-") {
        return Ok(FileFormat::Pdf);
    }
    // Two letters begin many a text; the length of the second header tells a bitmap.
    if head.starts_with(b"BM") && BITMAP_HEADERS.contains(&length_at(head, 14)) {
        return Ok(FileFormat::Bmp);
    }
    let at = |place: usize, magic: &[u8]| {
        head.get(place..)
            .is_some_and(|rest| rest.starts_with(magic))
    };
    let other = OTHERS.iter().find(|(place, magic, _)| at(*place, magic));
    Err(other.map(|(_, _, name)| *name))
}

/// Octets of the bitmap headers that there are: from OS/2's 12 to version 5's 124.
const BITMAP_HEADERS: [u32; 7] = [12, 40, 52, 56, 64, 108, 124];

/// Formats that are not taken, recognised so that a refusal can name them.
const OTHERS: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (8, b"WEBP", "WebP"),
    (4, b"ftyp", "HEIC"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"\xd0\xcf\x11\xe0", "DOC"),
    (0, b"Rar!", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"MZ", "EXE"),
    (0, b"\x7fELF", "ELF"),
    (0, b"<", "XML"),
    (0, b"#!", "script"),
];

/// Four octets, the lowest first; nothing that fits where there are fewer.
fn length_at(head: &[u8], place: usize) -> u32 {
    let octets = head
        .get(place..place + 4)
        .and_then(|four| four.try_into().ok());
    octets.map_or(0, u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u64 = 2_097_152;
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
    const PDF: &[u8] = b"%PDF-1.7\n";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";

    fn bitmap(header: u8) -> Vec<u8> {
        let mut octets = b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0".to_vec();
        octets.extend([header, 0, 0, 0]);
        octets
    }

    /// Both ways to look say the same.
    fn look(file_name: &str, octets: &[u8], limit: u64) -> Result<Inspected, UploadFault> {
        let at_once = inspect(file_name, octets, limit);
        let read = match inspect_reader(file_name, octets, limit) {
            Ok(inspected) => Ok(inspected),
            Err(UploadError::Fault(fault)) => Err(fault),
            Err(UploadError::Read(error)) => panic!("{error}"),
        };
        if !matches!(at_once, Err(UploadFault::Size { .. })) {
            assert_eq!(at_once, read);
        } else {
            assert!(matches!(read, Err(UploadFault::Size { .. })), "{read:?}");
        }
        at_once
    }

    #[test]
    fn a_file_is_what_its_name_and_its_first_octets_agree_on() {
        for (name, octets, format) in [
            ("身份证.jpg", JPEG, FileFormat::Jpeg),
            ("a.JPEG", JPEG, FileFormat::Jpeg),
            ("A.Jpg", JPEG, FileFormat::Jpeg),
            ("a.b.c.pdf", PDF, FileFormat::Pdf),
            ("a.PDF", PDF, FileFormat::Pdf),
            (".gif", b"GIF89a", FileFormat::Gif),
            ("a.gif", b"GIF87a", FileFormat::Gif),
            ("a.bmp", &bitmap(40), FileFormat::Bmp),
            ("a.bmp", &bitmap(124), FileFormat::Bmp),
        ] {
            let inspected = look(name, octets, LIMIT).unwrap();
            assert_eq!(inspected.format, format, "{name}");
            assert_eq!(inspected.size, octets.len() as u64);
            assert_eq!(inspected.digest[..], sm3::digest(octets));
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused_by_what_it_is() {
        let late_pdf = [b"\n%PDF-1.7".as_slice(), b" something behind it"].concat();
        let gif_then_pdf = [b"GIF89a".as_slice(), PDF].concat();
        for (name, octets, fault) in [
            ("a.pdf", b"".as_slice(), UploadFault::Empty),
            ("a.pdf.exe", PDF, UploadFault::UnknownExtension),
            ("a.exe", b"MZ\x90", UploadFault::UnknownExtension),
            ("a.png", PNG, UploadFault::UnknownExtension),
            ("pdf", PDF, UploadFault::UnknownExtension),
            ("a.pdf.", PDF, UploadFault::UnknownExtension),
            ("a.pdf ", PDF, UploadFault::UnknownExtension),
            ("a.ｐｄｆ", PDF, UploadFault::UnknownExtension),
            ("a.jpg", PNG, UploadFault::Other("PNG")),
            ("a.pdf", b"PK\x03\x04", UploadFault::Other("ZIP")),
            ("a.jpg", b"MZ\x90\0", UploadFault::Other("EXE")),
            ("a.gif", b"<svg/>", UploadFault::Other("XML")),
            ("a.jpg", PDF, UploadFault::Extension),
            ("a.pdf", &gif_then_pdf, UploadFault::Extension),
            ("a.pdf", &late_pdf, UploadFault::Unrecognised),
            ("a.pdf", b"%PDF", UploadFault::Unrecognised),
            ("a.pdf", b"%pdf-1.7", UploadFault::Unrecognised),
            ("a.jpg", b"\xff\xd8", UploadFault::Unrecognised),
            ("a.jpg", b"\xff", UploadFault::Unrecognised),
            ("a.gif", b"GIF88a", UploadFault::Unrecognised),
            ("a.bmp", b"BM", UploadFault::Unrecognised),
            (
                "a.bmp",
                b"BMW is no picture, is it",
                UploadFault::Unrecognised,
            ),
            ("a.bmp", &bitmap(41), UploadFault::Unrecognised),
            ("", PDF, UploadFault::FileName),
            ("../a.pdf", PDF, UploadFault::FileName),
            ("a\\b.pdf", PDF, UploadFault::FileName),
            ("a\n.pdf", PDF, UploadFault::FileName),
            ("a\u{1b}[2J.pdf", PDF, UploadFault::FileName),
            ("exe.\u{202e}fdp.pdf", PDF, UploadFault::FileName),
            (
                &format!("{}.pdf", "a".repeat(252)),
                PDF,
                UploadFault::FileName,
            ),
        ] {
            assert_eq!(look(name, octets, LIMIT), Err(fault), "{name:?}");
        }
        assert!(look(&format!("{}.pdf", "证".repeat(251)), PDF, LIMIT).is_ok());
    }

    #[test]
    fn the_limit_itself_is_taken_and_one_octet_more_is_not() {
        let mut octets = PDF.to_vec();
        octets.resize(2_097_152, b' ');
        let inspected = look("a.pdf", &octets, LIMIT).unwrap();
        assert_eq!(inspected.size, LIMIT);
        octets.push(b' ');
        assert_eq!(
            look("a.pdf", &octets, LIMIT),
            Err(UploadFault::Size {
                size: LIMIT + 1,
                limit: LIMIT
            })
        );
        // A limit inside the head, and none at all.
        assert!(matches!(
            look("a.pdf", PDF, 4),
            Err(UploadFault::Size { .. })
        ));
        assert!(look("a.pdf", PDF, PDF.len() as u64).is_ok());
        assert!(look("a.pdf", PDF, u64::MAX).is_ok());
    }

    #[test]
    fn an_endless_upload_is_read_to_the_limit_and_no_further() {
        struct Endless(usize);
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                // A few octets at a time, as a network does.
                let count = buffer.len().min(7);
                for octet in &mut buffer[..count] {
                    *octet = PDF.get(self.0).copied().unwrap_or(0);
                    self.0 += 1;
                }
                Ok(count)
            }
        }
        let mut endless = Endless(0);
        assert!(matches!(
            inspect_reader("a.pdf", &mut endless, 100_000),
            Err(UploadError::Fault(UploadFault::Size { size: 100_001, .. }))
        ));
        assert_eq!(endless.0, 100_001);
    }

    #[test]
    fn a_reader_that_fails_is_not_a_short_file() {
        struct Broken(bool);
        impl Read for Broken {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(io::ErrorKind::ConnectionReset.into());
                }
                buffer[..PDF.len()].copy_from_slice(PDF);
                Ok(PDF.len())
            }
        }
        assert!(matches!(
            inspect_reader("a.pdf", Broken(false), LIMIT),
            Err(UploadError::Read(_))
        ));
    }
}
