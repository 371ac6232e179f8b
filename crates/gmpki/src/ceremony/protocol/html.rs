//! The protocol to print: A4, one file.

use super::{Fact, Protocol, Status, Value};
use crate::{sm3::hexadecimal, view::Language};
use std::fmt::Write;

const STYLE: &str = "\
@page { size: A4; margin: 22mm 18mm }
body { font: 10.5pt/1.45 \"Noto Serif CJK SC\", \"Songti SC\", SimSun, serif; color: #000; \
max-width: 174mm; margin: 0 auto }
h1 { font-size: 18pt; margin: 0 0 4mm } h2 { font-size: 13pt; margin: 8mm 0 3mm }
.verdict { border: 1.5pt solid #000; padding: 2mm 3mm; font-weight: bold }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 1mm 3mm 1mm 0; \
border-bottom: .4pt solid #999 }
th { width: 38mm; font-weight: normal }
.steps > li { break-inside: avoid; margin-bottom: 3mm }
.who { font-weight: bold } .at { float: right }
code { font: 10pt/1.5 \"DejaVu Sans Mono\", Menlo, Consolas, monospace; word-spacing: .3em }
.sign { break-before: page } .sign div { break-inside: avoid; margin: 12mm 0 0 }
.line { border-bottom: .6pt solid #000; display: inline-block; width: 70mm; height: 10mm }
.date { width: 40mm; margin-left: 8mm }
";

pub(super) fn of(protocol: &Protocol, digest: &[u8; 32], signature: Option<&str>) -> String {
    let lang = match protocol.language {
        Language::En => "en",
        Language::Zh => "zh",
    };
    let title = escaped(protocol.title());
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p class=\"verdict\">{}</p>\n",
        escaped(&protocol.name),
        escaped(&protocol.verdict()),
    );
    table(&mut html, &protocol.head());
    heading(&mut html, protocol.say("Participants", "参加人员"));
    html.push_str("<ul>\n");
    for participant in &protocol.participants {
        let name = escaped(&participant.name);
        let role = escaped(&participant.role);
        // Writing to a string does not fail.
        let _ = writeln!(html, "<li>{name} ({role})</li>");
    }
    html.push_str("</ul>\n");
    heading(&mut html, protocol.say("Steps", "步骤"));
    html.push_str("<ol class=\"steps\">\n");
    for entry in &protocol.entries {
        let _ = writeln!(
            html,
            "<li><span class=\"at\">{}</span><span class=\"who\">{}</span><br>{}",
            escaped(&entry.at),
            escaped(&entry.who),
            escaped(&entry.did),
        );
        if !entry.facts.is_empty() {
            table(&mut html, &entry.facts);
        }
        html.push_str("</li>\n");
    }
    html.push_str("</ol>\n<section class=\"sign\">\n");
    heading(&mut html, protocol.say("Signatures", "签字"));
    let mut facts = vec![Fact::digest(
        protocol.say("SM3 of the protocol as text", "文本记录 SM3"),
        digest,
    )];
    if let Some(signature) = signature {
        let label = protocol.say("Signed with the CA's key", "CA 密钥签名");
        facts.push(Fact::text(label, signature));
    }
    table(&mut html, &facts);
    if protocol.status == Status::Rehearsal {
        let _ = writeln!(
            html,
            "<p class=\"verdict\">{}</p>",
            escaped(&protocol.verdict())
        );
    }
    for participant in &protocol.participants {
        let _ = writeln!(
            html,
            "<div>{} ({})<br>\n{} <span class=\"line\"></span> \
             {} <span class=\"line date\"></span></div>",
            escaped(&participant.name),
            escaped(&participant.role),
            protocol.say("Signature", "签字"),
            protocol.say("Date", "日期"),
        );
    }
    let _ = write!(
        html,
        "</section>\n<!-- {} -->\n</body>\n</html>\n",
        hexadecimal(&protocol.configuration)
    );
    html
}

fn heading(html: &mut String, text: &str) {
    let _ = writeln!(html, "<h2>{}</h2>", escaped(text));
}

fn table(html: &mut String, facts: &[Fact]) {
    html.push_str("<table>\n");
    for fact in facts {
        let value = escaped(&fact.value.shown());
        let value = match fact.value {
            Value::Text(_) => value,
            Value::Digest(_) => format!("<code>{value}</code>"),
        };
        let label = escaped(&fact.label);
        let _ = writeln!(html, "<tr><th>{label}</th><td>{value}</td></tr>");
    }
    html.push_str("</table>\n");
}

/// Text that is text in any place of the file.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
