//! The protocol as text.

use super::{Fact, Protocol, Status, Value};
use crate::{ceremony::digits, sm3::hexadecimal};
use gm_crypto::sm3;
use std::fmt::Write;

/// Before the marks that a program reads, in either language.
const MARK: &str = "gm-pki-ceremony";
/// Digits of a digest in one line: eight groups.
const DIGITS: usize = 32;

pub(super) fn of(protocol: &Protocol) -> String {
    let mut text = String::new();
    let rule = "=".repeat(72);
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{}\n{rule}\n{}\n",
        protocol.title(),
        protocol.verdict()
    );
    for fact in protocol.head() {
        write_fact(&mut text, "", &fact);
    }
    let _ = writeln!(
        text,
        "\n{}\n{rule}",
        protocol.say("Participants", "参加人员")
    );
    for participant in &protocol.participants {
        let _ = writeln!(text, "{} ({})", participant.name, participant.role);
    }
    let _ = writeln!(text, "\n{}\n{rule}", protocol.say("Steps", "步骤"));
    for (number, entry) in (1..).zip(&protocol.entries) {
        let _ = writeln!(text, "{number:>3}. {}  {}", entry.at, entry.who);
        let _ = writeln!(text, "     {}", entry.did);
        for fact in &entry.facts {
            write_fact(&mut text, "     ", fact);
        }
    }
    let _ = writeln!(text, "\n{}\n{rule}", protocol.say("Signatures", "签字"));
    for participant in &protocol.participants {
        let _ = writeln!(
            text,
            "\n{} ({})\n\n    {} ________________________  {} ________________",
            participant.name,
            participant.role,
            protocol.say("signature", "签字"),
            protocol.say("date", "日期"),
        );
    }
    let status = match protocol.status {
        Status::Rehearsal => "rehearsal",
        Status::Done => "done",
        Status::BrokenOff { .. } => "broken-off",
    };
    let what = rehearsal(&protocol.configuration, &protocol.policy);
    let _ = writeln!(text, "\n{MARK} {status} {what}");
    let check = hexadecimal(&sm3::digest(text.as_bytes()));
    let _ = writeln!(text, "{MARK} check {check}");
    text
}

fn write_fact(text: &mut String, indent: &str, fact: &Fact) {
    let _ = match &fact.value {
        Value::Text(value) => writeln!(text, "{indent}{}: {value}", fact.label),
        Value::Digest(digest) => {
            let _ = writeln!(text, "{indent}{}:", fact.label);
            for at in (0..digest.len()).step_by(DIGITS) {
                let line = digest.get(at..digest.len().min(at + DIGITS));
                let line = digits::grouped(line.unwrap_or_default());
                let _ = writeln!(text, "{indent}    {line}");
            }
            Ok(())
        }
    };
}

/// What a ceremony and its rehearsal have in common: the configuration and the profile.
pub(super) fn rehearsal(configuration: &[u8; 32], policy: &[u8; 32]) -> String {
    format!("{} {}", hexadecimal(configuration), hexadecimal(policy))
}

/// The digests of what was rehearsed, if the text is a rehearsal's and as
/// the program wrote it.
pub(super) fn rehearsed(text: &str) -> Option<&str> {
    let (body, check) = text.trim_end().rsplit_once('\n')?;
    let check = check.strip_prefix(MARK)?.strip_prefix(" check ")?;
    let whole = format!("{body}\n");
    if hexadecimal(&sm3::digest(whole.as_bytes())) != check {
        return None;
    }
    let (_, mark) = body.rsplit_once('\n')?;
    mark.strip_prefix(MARK)?.strip_prefix(" rehearsal ")
}
