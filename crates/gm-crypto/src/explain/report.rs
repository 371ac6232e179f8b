//! An explanation as one screen.

use super::{Explanation, Line, Part, Severity, Verdict};
use crate::diagnose::Finding;
use alloc::{format, string::String, vec::Vec};
use core::fmt;

/// Lines of a structure where one part stands alone.
const TREE: usize = 30;
/// Parts of a file that have lines of their own, without their structure.
const PARTS: usize = 2;
/// Parts behind them that have one line each.
const NAMED: usize = 7;
/// Facts, remarks, findings and steps of a part that stands alone, and of one of several.
const ALONE: [usize; 4] = [10, 8, 6, 4];
const OF_MANY: [usize; 4] = [6, 3, 2, 2];

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = self.parts.len() > 1;
        if many {
            writeln!(f, "{} structures, {}", self.parts.len(), self.encoding)?;
        }
        let shown = if self.full { usize::MAX } else { PARTS };
        for (index, part) in self.parts.iter().take(shown).enumerate() {
            if many {
                let label = part.label.as_deref().unwrap_or("");
                writeln!(f, "\n[{}] {label}", index + 1)?;
            }
            write_part(f, part, self, many)?;
        }
        for (index, part) in self.parts.iter().enumerate().skip(shown).take(NAMED) {
            let mark = if part.has_failed() { ", not good" } else { "" };
            writeln!(f, "[{}] {}{mark}", index + 1, part.kind)?;
        }
        let more = self.parts.len().saturating_sub(shown.saturating_add(NAMED)) + self.left_out;
        if more > 0 {
            writeln!(f, "… {more} more")?;
        }
        Ok(())
    }
}

fn write_part(
    f: &mut fmt::Formatter<'_>,
    part: &Part,
    whole: &Explanation,
    many: bool,
) -> fmt::Result {
    writeln!(f, "what:      {}", part.kind)?;
    if !many {
        let label = part
            .label
            .as_ref()
            .map_or_else(String::new, |label| format!(" ({label})"));
        writeln!(
            f,
            "written:   {}{label}, {} octets",
            whole.encoding, whole.length
        )?;
    }
    writeln!(f, "standard:  {}", part.kind.standard())?;
    if let Some(dialect) = &part.dialect {
        writeln!(f, "dialect:   {dialect}")?;
    }
    let limit = |few: usize| if whole.full { usize::MAX } else { few };
    let [facts, few_remarks, findings, steps] = if many { OF_MANY } else { ALONE }.map(limit);
    for (name, value) in part.facts.iter().take(facts) {
        writeln!(f, "{:<10} {value}", format!("{name}:"))?;
    }
    cut(f, part.facts.len(), facts, "")?;
    if !part.lines.is_empty() && (whole.full || !many) {
        writeln!(f, "\nstructure")?;
        write_tree(f, &part.lines, limit(TREE))?;
    }
    if !part.remarks.is_empty() {
        writeln!(f, "\nunusual")?;
        let mut remarks: Vec<_> = part.remarks.iter().collect();
        remarks.sort_by_key(|remark| remark.severity != Severity::Wrong);
        for remark in remarks.iter().take(few_remarks) {
            let mark = if remark.severity == Severity::Wrong {
                "! "
            } else {
                "- "
            };
            writeln!(f, "  {mark}{} [{}]", remark.text, remark.clause)?;
        }
        cut(f, part.remarks.len(), few_remarks, "  ")?;
    }
    let verdict = match &part.verdict {
        Verdict::NothingToVerify => "there is nothing in it to verify".into(),
        Verdict::NotChecked { reason } => format!("not checked: {reason}"),
        Verdict::Holds { what } => format!("holds: {what}"),
        Verdict::DoesNotVerify { what } => format!("DOES NOT VERIFY: {what}"),
    };
    writeln!(f, "\nverifies:  {verdict}")?;
    let said = |finding: &Finding| match &part.verdict {
        Verdict::NotChecked { reason } => reason.contains(&format!("{finding}")),
        _ => false,
    };
    let unsaid = part.findings.iter().filter(|finding| !said(finding));
    for finding in unsaid.take(findings) {
        writeln!(f, "  because  {finding}")?;
    }
    for step in part.next.iter().take(steps) {
        writeln!(f, "next:      {step}")?;
    }
    Ok(())
}

fn cut(f: &mut fmt::Formatter<'_>, count: usize, limit: usize, indent: &str) -> fmt::Result {
    match count.saturating_sub(limit) {
        0 => Ok(()),
        more => writeln!(f, "{indent}… {more} more (--full)"),
    }
}

fn write_tree(f: &mut fmt::Formatter<'_>, lines: &[Line], limit: usize) -> fmt::Result {
    // The deepest levels go first where there are too many lines.
    let deepest = lines.iter().map(|line| line.depth).max().unwrap_or(0);
    let fits = |depth: usize| lines.iter().filter(|line| line.depth <= depth).count() <= limit;
    let depth = (1..=deepest).rev().find(|depth| fits(*depth)).unwrap_or(1);
    let kept: Vec<&Line> = lines.iter().filter(|line| line.depth <= depth).collect();
    for line in kept.iter().take(limit) {
        write_line(f, line)?;
    }
    let more = lines.len() - kept.len().min(limit);
    if more > 0 {
        writeln!(f, "        … {more} more (--full)")?;
    }
    Ok(())
}

fn write_line(f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
    match line.offset {
        Some(offset) => write!(f, "  {offset:>5} ")?,
        None => write!(f, "        ")?,
    }
    let text: [&str; 3] = [&line.name, &line.tag, &line.value];
    let [name, tag, value] = text;
    write!(f, "{:1$}", "", 2 * line.depth)?;
    if !name.is_empty() {
        write!(f, "{name}: ")?;
    }
    match (tag.is_empty(), value.is_empty()) {
        (false, false) => writeln!(f, "{tag}, {value}"),
        _ => writeln!(f, "{tag}{value}"),
    }
}
