//! A custodian's share, as the file that they keep: text that is read aloud, typed from
//! paper, and opened with their password.

use super::{
    digits,
    split::{Piece, SECRET},
};
use crate::{ceremony::script::is_not_shown, sm3::hexadecimal};
use getrandom::SysRng;
use gm_crypto::{
    sm3,
    sm4::{Gcm, cipher::KeyInit},
};
use rand_core::TryRng;
use zeroize::Zeroizing;

/// The first line of every share.
const TITLE: &str = "gm-pki share of a key backup, version 1";
/// Octets of salt, secret and tag.
const SALT: usize = 16;
const TAG: usize = 16;
const SEALED: usize = SALT + SECRET + TAG;
/// Rounds that are written, and those that are read (as key files have them).
const ROUNDS: u32 = 100_000;
const ROUNDS_READ: std::ops::RangeInclusive<u32> = 1_000..=10_000_000;
/// The nonce comes out of the same derivation as the key: a salt is used once.
const NONCE: usize = 12;
const KEY: usize = 16;

/// What a share says of itself to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// SM3 of the ceremony's file.
    pub(super) ceremony: [u8; 32],
    /// SM3 of the backup (DER).
    pub(super) backup: [u8; 32],
    /// SM3 of the CA's public key (`SubjectPublicKeyInfo`).
    pub(super) key: [u8; 32],
    pub(super) number: u8,
    pub(super) count: u8,
    pub(super) threshold: u8,
    pub(super) custodian: String,
}

/// A share whose password nobody has given yet.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) heading: Heading,
    rounds: u32,
    sealed: [u8; SEALED],
}

/// Why a share is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Wrong {
    #[error("no share of a key backup: the first line is another one")]
    Title,
    #[error("line {line}: {what}")]
    Line { line: usize, what: &'static str },
    #[error("the check of the whole share is another one: compare it with the paper")]
    Check,
    #[error("the password is wrong")]
    Password,
    #[error("the random source failed")]
    Random,
}

impl Share {
    /// Seals a piece under a custodian's password; what the heading says is part of it.
    pub(super) fn seal(heading: Heading, piece: &Piece, password: &[u8]) -> Result<Self, Wrong> {
        let mut share = Self {
            heading,
            rounds: ROUNDS,
            sealed: [0; SEALED],
        };
        let aad = share.head();
        let (salt, rest) = share.sealed.split_at_mut(SALT);
        SysRng.try_fill_bytes(salt).map_err(|_| Wrong::Random)?;
        let (text, tag) = rest.split_at_mut(SECRET);
        text.copy_from_slice(&*piece.octets);
        let (cipher, nonce) = opener(password, salt, share.rounds);
        let made = cipher.encrypt_with_nonce(&*nonce, aad.as_bytes(), text.into());
        tag.copy_from_slice(&made.map_err(|_| Wrong::Password)?);
        Ok(share)
    }

    /// Opens it with the custodian's password.
    pub(super) fn open(&self, password: &[u8]) -> Result<Piece, Wrong> {
        let (salt, rest) = self.sealed.split_at(SALT);
        let (text, tag) = rest.split_at(SECRET);
        let mut octets = Zeroizing::new([0; SECRET]);
        octets.copy_from_slice(text);
        let tag: [u8; TAG] = tag.try_into().map_err(|_| Wrong::Password)?;
        let (cipher, nonce) = opener(password, salt, self.rounds);
        let aad = self.head();
        cipher
            .decrypt_with_nonce(
                &*nonce,
                aad.as_bytes(),
                octets.as_mut_slice().into(),
                &tag.into(),
            )
            .map_err(|_| Wrong::Password)?;
        Ok(Piece {
            number: self.heading.number,
            octets,
        })
    }

    fn head(&self) -> String {
        let Heading {
            ceremony,
            backup,
            key,
            number,
            count,
            threshold,
            custodian,
        } = &self.heading;
        let [ceremony, backup, key] =
            [ceremony, backup, key].map(|digest| digits::grouped(&hexadecimal(digest)));
        format!(
            "{TITLE}\nceremony:  {ceremony}\nbackup:    {backup}\nkey:       {key}\n\
             share:     {number} of {count}, {threshold} open the backup\n\
             custodian: {custodian}\nrounds:    {}\n",
            self.rounds
        )
    }

    /// The file. Each line of digits has its own check, and so has the whole.
    pub(super) fn to_text(&self) -> String {
        let mut text = self.head();
        for line in digits::lines(&self.sealed) {
            text.push_str(&format!("sealed:    {line}\n"));
        }
        let check = digits::check(text.as_bytes());
        text.push_str(&format!("check:     {check}\n"));
        text
    }

    /// Reads a file, or what was typed from paper: blanks are as they come.
    pub(super) fn from_text(text: &str) -> Result<Self, Wrong> {
        let mut reader = Reader {
            lines: text.lines().enumerate(),
            line: 0,
        };
        if reader.next() != Some(TITLE.to_owned()) {
            return Err(Wrong::Title);
        }
        let [ceremony, backup, key] = [
            reader.digest("ceremony:")?,
            reader.digest("backup:")?,
            reader.digest("key:")?,
        ];
        let (number, count, threshold) = reader.shares()?;
        let custodian = reader.field("custodian:")?;
        if custodian.is_empty() || custodian.chars().any(is_not_shown) {
            return Err(reader.wrong("a custodian has a name"));
        }
        let rounds = reader.field("rounds:")?.parse().ok();
        let rounds = rounds.filter(|rounds| ROUNDS_READ.contains(rounds));
        let rounds = rounds.ok_or_else(|| reader.wrong("rounds are a thousand to ten million"))?;
        let mut sealed = [0; SEALED];
        for (at, part) in sealed.chunks_mut(digits::LINE).enumerate() {
            let line = reader.field("sealed:")?;
            let octets = digits::read_line(at, &line);
            let octets = octets.filter(|octets| octets.len() == part.len());
            let what = "a digit is wrong, or a group is missing";
            part.copy_from_slice(&octets.ok_or_else(|| reader.wrong(what))?);
        }
        let check = reader.field("check:")?;
        if reader.next().is_some() {
            return Err(reader.wrong("there is more than a share"));
        }
        let share = Self {
            heading: Heading {
                ceremony,
                backup,
                key,
                number,
                count,
                threshold,
                custodian,
            },
            rounds,
            sealed,
        };
        // What was typed in another spacing is the same share.
        if !share.to_text().ends_with(&format!("check:     {check}\n")) {
            return Err(Wrong::Check);
        }
        Ok(share)
    }
}

fn opener(password: &[u8], salt: &[u8], rounds: u32) -> (Gcm, Zeroizing<[u8; NONCE]>) {
    let mut derived = Zeroizing::new([0; KEY + NONCE]);
    sm3::pbkdf2(password, salt, rounds, derived.as_mut_slice());
    let mut key = Zeroizing::new([0; KEY]);
    key.copy_from_slice(&derived[..KEY]);
    let mut nonce = Zeroizing::new([0; NONCE]);
    nonce.copy_from_slice(&derived[KEY..]);
    (Gcm::new((&*key).into()), nonce)
}

/// Lines that are not empty, each with one space where there were blanks.
struct Reader<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<String> {
        for (at, line) in self.lines.by_ref() {
            self.line = at + 1;
            let words: Vec<&str> = line.split_whitespace().collect();
            if !words.is_empty() {
                return Some(words.join(" "));
            }
        }
        None
    }

    fn wrong(&self, what: &'static str) -> Wrong {
        Wrong::Line {
            line: self.line,
            what,
        }
    }

    fn field(&mut self, name: &'static str) -> Result<String, Wrong> {
        let line = self.next().unwrap_or_default();
        let value = line.strip_prefix(name).map(|value| value.trim().to_owned());
        value.ok_or_else(|| self.wrong(name))
    }

    fn digest(&mut self, name: &'static str) -> Result<[u8; 32], Wrong> {
        let value = self.field(name)?.replace(' ', "");
        let octets = crate::input::from_hexadecimal(value.as_bytes());
        let digest = octets.and_then(|octets| octets.as_slice().try_into().ok());
        digest.ok_or_else(|| self.wrong("a digest has 64 hexadecimal digits"))
    }

    fn shares(&mut self) -> Result<(u8, u8, u8), Wrong> {
        let value = self.field("share:")?;
        let read = || {
            let value = value.strip_suffix(" open the backup")?;
            let (share, threshold) = value.split_once(", ")?;
            let (number, count) = share.split_once(" of ")?;
            Some((
                number.parse().ok()?,
                count.parse().ok()?,
                threshold.parse().ok()?,
            ))
        };
        match read() {
            Some((number, count, threshold))
                if (1..=count).contains(&number) && (2..=count).contains(&threshold) =>
            {
                Ok((number, count, threshold))
            }
            _ => Err(self.wrong("a share is one of some, and two or more open the backup")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share() -> Share {
        let heading = Heading {
            ceremony: [1; 32],
            backup: [2; 32],
            key: [3; 32],
            number: 2,
            count: 5,
            threshold: 3,
            custodian: "赵 一".into(),
        };
        let piece = Piece {
            number: 2,
            octets: Zeroizing::new(*b"0123456789abcdef"),
        };
        Share::seal(heading, &piece, b"right").unwrap()
    }

    #[test]
    fn a_share_is_written_read_and_opened_with_its_password_alone() {
        let share = share();
        let again = Share::from_text(&share.to_text()).unwrap();
        assert_eq!(again.heading, share.heading);
        let piece = again.open(b"right").unwrap();
        assert_eq!((piece.number, &*piece.octets), (2, b"0123456789abcdef"));
        assert_eq!(again.open(b"wrong").err(), Some(Wrong::Password));
        let other = self::share();
        assert_ne!(other.sealed, share.sealed, "each has its own salt");
    }

    #[test]
    fn a_share_typed_from_paper_may_have_other_blanks() {
        let text = share().to_text();
        let typed = text.replace(":    ", ":\t ").replace('\n', "  \n\n");
        assert!(Share::from_text(&typed).is_ok());
    }

    #[test]
    fn every_changed_digit_is_found_with_its_line() {
        let text = share().to_text();
        let mut found = 0;
        for (at, line) in text.lines().enumerate() {
            for (place, c) in line.char_indices() {
                if !c.is_ascii_digit() || !line.starts_with("sealed:") {
                    continue;
                }
                let other = if c == '9' {
                    '0'
                } else {
                    char::from(c as u8 + 1)
                };
                let mut changed = line.to_owned();
                changed.replace_range(place..=place, &other.to_string());
                let error = Share::from_text(&text.replace(line, &changed)).unwrap_err();
                assert_eq!(
                    error,
                    Wrong::Line {
                        line: at + 1,
                        what: "a digit is wrong, or a group is missing"
                    }
                );
                found += 1;
            }
        }
        assert!(found > 100);
        for (one, other) in [
            ("2 of 5", "3 of 5"),
            ("3 open", "2 open"),
            ("赵 一", "赵 二"),
            ("0101 0101", "0101 0102"),
        ] {
            let changed = text.replacen(one, other, 1);
            assert_eq!(Share::from_text(&changed).unwrap_err(), Wrong::Check);
        }
    }

    #[test]
    fn a_heading_that_was_changed_with_its_check_does_not_open() {
        let mut share = share();
        share.heading.threshold = 2;
        let again = Share::from_text(&share.to_text()).unwrap();
        assert_eq!(again.open(b"right").err(), Some(Wrong::Password));
    }

    #[test]
    fn what_is_no_share_is_refused() {
        let text = share().to_text();
        assert_eq!(Share::from_text("").unwrap_err(), Wrong::Title);
        for (one, other) in [
            ("rounds:    100000", "rounds:    999"),
            ("rounds:    100000", "rounds:    4294967295"),
            ("2 of 5", "0 of 5"),
            ("2 of 5", "6 of 5"),
            ("3 open", "1 open"),
            ("3 open", "6 open"),
            ("share:", "part:"),
            ("0101 0101 0101", "0101 0101"),
        ] {
            let changed = text.replacen(one, other, 1);
            let error = Share::from_text(&changed).unwrap_err();
            assert!(matches!(error, Wrong::Line { .. }), "{other}: {error:?}");
        }
        let more = format!("{text}more\n");
        assert!(matches!(Share::from_text(&more), Err(Wrong::Line { .. })));
        for cut in 0..text.len() {
            if text.is_char_boundary(cut) && cut + 1 < text.len() {
                assert!(Share::from_text(&text[..cut]).is_err(), "{cut}");
            }
        }
    }
}
