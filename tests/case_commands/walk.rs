//! The commands of `docs/walks`, run as they stand there, and what they print compared with what
//! stands below them. `GM_PKI_WRITE_GOLDEN=1` writes it anew.

use gm_pki_tests::command::{Bench, libraries, program};
use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn the_extranet_document_is_walked_from_its_first_sentence_to_its_last() {
    walk("egov-extranet.md", 60);
}

#[test]
fn the_online_hall_document_is_walked_from_its_first_sentence_to_its_last() {
    walk("szca-online.md", 60);
}

#[test]
fn the_guide_of_the_qualification_is_walked_from_its_first_section_to_its_last() {
    walk("sca-qualification.md", 60);
}

const COMMANDS: &str = "```sh\n";
const OUTPUT: &str = "```text\n";
const END: &str = "```";

/// A document in pieces: text as it is, commands, and what they printed.
#[derive(Debug)]
enum Piece {
    Text(String),
    Commands(String),
    Output,
}

fn walk(name: &str, least: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/walks")
        .join(name);
    let text = fs::read_to_string(&path).expect("the document");
    let pieces = pieces(&text);
    let run = text.matches("gmpki ").count();
    assert!(run > least, "{run} commands found");

    let printed = Printed::by(&pieces);
    let walked = joined(&pieces, &printed);
    if env::var_os("GM_PKI_WRITE_GOLDEN").is_some() {
        fs::write(&path, &walked).expect("the document can be written");
        return;
    }
    for (written, found) in text.lines().zip(walked.lines()) {
        assert_eq!(
            found, written,
            "{name} is old: GM_PKI_WRITE_GOLDEN=1 writes it"
        );
    }
    assert_eq!(
        walked, text,
        "{name} is old: GM_PKI_WRITE_GOLDEN=1 writes it"
    );
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(COMMANDS) {
        pieces.push(Piece::Text(rest[..at].to_owned()));
        rest = &rest[at + COMMANDS.len()..];
        let end = rest.find(END).expect("commands end");
        pieces.push(Piece::Commands(rest[..end].to_owned()));
        rest = &rest[end + END.len()..];
        let output = rest.trim_start_matches('\n');
        if let Some(output) = output.strip_prefix(OUTPUT) {
            let end = output.find(END).expect("output ends");
            pieces.push(Piece::Output);
            rest = &output[end + END.len()..];
        }
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

/// What each block of commands printed, in their order.
struct Printed(Vec<String>);

impl Printed {
    /// Runs all blocks in one shell.
    fn by(pieces: &[Piece]) -> Self {
        let bench = Bench::new();
        let blocks: Vec<&str> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Commands(block) => Some(block.as_str()),
                _ => None,
            })
            .collect();
        let printed = |block: usize| -> PathBuf { bench.path(&format!(".printed-{block}")) };
        let mut script = String::from("set -eu\n");
        for (count, block) in blocks.iter().enumerate() {
            let out = printed(count);
            script.push_str(&format!("{{\n{block}}} > '{}' 2>&1\n", out.display()));
        }
        let script = bench.write("walk.sh", script);
        let folder = program().parent().expect("it lies in a folder").display();
        let search = env::var("PATH").expect("a search path");
        let status = Command::new("sh")
            .arg(&script)
            .env("PATH", format!("{folder}:{search}"))
            .env("LIBRARIES", libraries())
            .current_dir(script.parent().expect("it lies in a folder"))
            .status()
            .expect("a shell");
        let mut masks = Masks::default();
        let mut found = Vec::new();
        for (count, block) in blocks.iter().enumerate() {
            let said = fs::read_to_string(printed(count)).unwrap_or_default();
            let last = !printed(count + 1).exists();
            let failed = last && !status.success();
            assert!(!failed, "{status} in\n{block}\n--- it printed\n{said}");
            // The shell goes on behind `!`, whatever came of it.
            let wanted = block
                .lines()
                .filter(|line| line.starts_with("! gmpki "))
                .count();
            let refusal = |line: &&str| line.starts_with("gmpki: ") && !line.contains(": note: ");
            let refused = said.lines().filter(refusal).count();
            assert!(
                refused >= wanted,
                "{wanted} to be refused in\n{block}\n{said}"
            );
            found.push(masks.over(&said));
        }
        Self(found)
    }
}

/// Random numbers by the order in which they are first seen.
#[derive(Default)]
struct Masks {
    serials: HashMap<String, usize>,
    digests: HashMap<String, usize>,
}

impl Masks {
    /// Digits of a serial number of ours: 17 octets.
    const SERIAL: usize = 34;
    /// Digits of the beginning of a digest.
    const SHORT: usize = 16;
    /// Digits of a whole digest.
    const WHOLE: usize = 64;

    fn over(&mut self, text: &str) -> String {
        let mut masked = String::new();
        let mut word = String::new();
        for c in text.chars().chain(['\0']) {
            if c.is_ascii_alphanumeric() {
                word.push(c);
                continue;
            }
            masked.push_str(&self.word(&std::mem::take(&mut word)));
            if c != '\0' {
                masked.push(c);
            }
        }
        masked
    }

    fn word(&mut self, word: &str) -> String {
        let is_hexadecimal = word
            .bytes()
            .all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
        let (seen, name) = match word.len() {
            Self::SERIAL if is_hexadecimal => (&mut self.serials, "SERIAL"),
            Self::SHORT | Self::WHOLE if is_hexadecimal => (&mut self.digests, "SM3"),
            _ => return word.to_owned(),
        };
        let next = seen.len() + 1;
        // The beginning of a digest stands for the whole.
        let key = word[..word.len().min(Self::SERIAL)].to_owned();
        let key = if name == "SM3" {
            key[..Self::SHORT].to_owned()
        } else {
            key
        };
        format!("{name}-{}", seen.entry(key).or_insert(next))
    }
}

/// The document with what was printed.
fn joined(pieces: &[Piece], printed: &Printed) -> String {
    let mut text = String::new();
    let mut blocks = printed.0.iter();
    let mut last = "";
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Commands(block) => {
                text.push_str(&format!("{COMMANDS}{block}{END}"));
                last = blocks.next().map_or("", String::as_str);
            }
            Piece::Output => {
                text.push_str(&format!("\n\n{OUTPUT}{last}{END}"));
            }
        }
    }
    text
}
