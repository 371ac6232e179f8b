//! Keys behind a command: offline machines, remote signers, TPMs.

mod agreement;
mod key;
mod process;

pub use agreement::{ExternalAgreement, PointEncoding};
pub use key::{DigestEncoding, ExternalKey, SignatureEncoding};

use std::{
    ffi::{OsStr, OsString},
    time::Duration,
};

/// A command that works with a key: its program, its arguments, its time.
///
/// It gets what is to be worked on and gives an answer; how, its arguments say:
///
/// | in an argument | stands for |
/// |---|---|
/// | `{digest-file}`, `{point-file}` | the path of a file with the input; without one, the input comes on standard input |
/// | `{signature-file}`, `{shared-file}` | the path of a file for the answer; without one, the answer is standard output |
///
/// No shell stands in between: an argument is one argument, whatever is in it. Answers end
/// at 4096 octets. A command whose time is over is killed; what it started itself is not,
/// and is not waited for either: once the command has ended, its answer counts, whoever
/// holds its output open. An answer file is a regular file, and is overwritten before it
/// is removed, whatever became of the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalCommand {
    program: OsString,
    arguments: Vec<OsString>,
    time_limit: Duration,
}

impl ExternalCommand {
    /// How long a command may take where nothing else is said.
    pub const TIME_LIMIT: Duration = Duration::from_secs(60);

    /// A command by its program, which is looked for as the system does, and its
    /// arguments, in which the paths are filled in.
    pub fn new<S: Into<OsString>>(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            time_limit: Self::TIME_LIMIT,
        }
    }

    /// The command, killed after another time.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// The program, for messages.
    fn name(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }

    fn names(&self, place: &str) -> bool {
        let has = |argument: &OsString| argument.to_str().is_some_and(|text| text.contains(place));
        self.arguments.iter().any(has)
    }

    /// The arguments with paths in their places.
    fn filled(&self, places: &[(&str, &OsStr)]) -> Vec<OsString> {
        let fill = |argument: &OsString| {
            // What is no Unicode has no place in it.
            let Some(text) = argument.to_str() else {
                return argument.clone();
            };
            let mut filled = OsString::new();
            let mut rest = text;
            while let Some((start, place, path)) = places
                .iter()
                .filter_map(|(place, path)| Some((rest.find(place)?, place, path)))
                .min_by_key(|(start, ..)| *start)
            {
                filled.push(&rest[..start]);
                filled.push(path);
                rest = &rest[start + place.len()..];
            }
            filled.push(rest);
            filled
        };
        self.arguments.iter().map(fill).collect()
    }
}

/// Octets as hexadecimal digits, in small letters.
fn to_hex(octets: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS[usize::from(value & 15)];
    octets
        .iter()
        .flat_map(|octet| [digit(octet >> 4), digit(*octet)])
        .collect()
}

/// The octets of hexadecimal digits, blanks between and behind them passed over.
fn from_hex(text: &[u8]) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    let digits = text.iter().filter(|octet| !octet.is_ascii_whitespace());
    let mut octets = zeroize::Zeroizing::new(Vec::with_capacity(text.len() / 2));
    let mut high = None;
    for digit in digits {
        let value = u8::try_from(char::from(*digit).to_digit(16)?).ok()?;
        match high.take() {
            None => high = Some(value << 4),
            Some(high) => octets.push(high | value),
        }
    }
    high.is_none().then_some(octets)
}

#[cfg(test)]
mod tests;
