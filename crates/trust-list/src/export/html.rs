//! The page for people: each class with its five conditions, its addresses and its
//! record, in the order in which Hong Kong's office publishes them.

pub use super::words::Language;

use super::words::{self as w, Words};
use crate::{
    list::{
        Carrier, Entry, LocalText, Status, StatusCause, SupplyKind, TrustList, Usage, hexadecimal,
    },
    path::{ParsedCertificate, printable},
};
use core::fmt::{self, Write};

const STYLE: &str = "\
:root{--ink:#1c2330;--rule:#b9c0cc;--soft:#f3f5f8;--mark:#8a1c1c}\
*{box-sizing:border-box}\
body{margin:0 auto;max-width:60rem;padding:2.5rem 1.5rem 4rem;color:var(--ink);background:#fff;\
font:1rem/1.65 \"Noto Serif\",\"Noto Serif CJK SC\",\"Source Han Serif\",Georgia,serif}\
header{border-bottom:3px double var(--ink);padding-bottom:1.25rem;margin-bottom:2rem}\
h1{font-size:1.7rem;line-height:1.3;margin:.2rem 0 1rem}\
.publisher{letter-spacing:.04em;margin:0}\
h2{font-size:1.25rem;margin:2.75rem 0 .75rem;padding:.4rem .75rem;background:var(--soft);\
border-left:4px solid var(--ink)}\
h3{font-size:1.02rem;margin:1.5rem 0 .5rem}\
table{width:100%;border-collapse:collapse;font-size:.95rem}\
th,td{border:1px solid var(--rule);padding:.5rem .7rem;text-align:left;vertical-align:top}\
th{width:30%;font-weight:600;background:var(--soft)}\
thead th{width:auto}\
.number{width:2.4rem;text-align:center}\
code{font:.85em/1.5 \"Noto Sans Mono\",Menlo,Consolas,monospace;overflow-wrap:anywhere}\
.out{color:var(--mark);font-weight:600}\
nav{font-size:.9rem;text-align:right}\
footer{margin-top:3rem;border-top:1px solid var(--rule);padding-top:1rem;font-size:.9rem}\
@media print{body{max-width:none;padding:0}h2{break-after:avoid}table{break-inside:avoid}}";

/// A whole HTML document, without scripts and without anything from elsewhere.
pub fn page(list: &TrustList, language: Language) -> String {
    let mut page = Page {
        out: String::new(),
        language,
    };
    // A String takes all that is written.
    let _ = page.write(list);
    page.out
}

struct Page {
    out: String,
    language: Language,
}

/// Text in HTML: what has a meaning there is written as a reference.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

impl Page {
    fn write(&mut self, list: &TrustList) -> fmt::Result {
        let (tag, title) = (self.language.tag(), self.say(w::TITLE));
        write!(
            self.out,
            "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n\
             <p class=\"publisher\">{}</p>\n<h1>{title}</h1>\n<table>\n",
            Escaped(self.name_of(list.publisher().names().iter()))
        )?;
        self.row(w::SEQUENCE, &list.sequence().to_string())?;
        self.row(w::ISSUED, &list.issued().to_string())?;
        self.row(w::NEXT_UPDATE, &list.next_update().to_string())?;
        self.out.push_str("</table>\n</header>\n<main>\n");
        if list.entries().len() == 0 {
            let nothing = self.say(w::EMPTY);
            writeln!(self.out, "<p>{nothing}</p>")?;
        }
        for entry in list.entries() {
            self.entry(entry)?;
        }
        self.mirrors(list)?;
        let unsigned = self.say(w::UNSIGNED);
        write!(
            self.out,
            "</main>\n<footer><p>{unsigned}<br><code>{}</code></p></footer>\n</body>\n</html>\n",
            hexadecimal(&list.digest())
        )
    }

    fn entry(&mut self, entry: &Entry) -> fmt::Result {
        let class = self.name_of(entry.class_names()).to_owned();
        let ca = entry.ca();
        let name = self.name_of(ca.names().iter()).to_owned();
        writeln!(
            self.out,
            "<section>\n<h2>{} — {}</h2>\n<table>",
            Escaped(&name),
            Escaped(&class)
        )?;
        self.row(w::CLASS, &class)?;
        self.row(w::CA, &name)?;
        self.row(w::JURISDICTION, entry.jurisdiction())?;
        if let Some(licence) = ca.licence_number() {
            self.row(w::LICENCE, licence)?;
        }
        if entry.recognised_for() == Usage::CrossBorder {
            self.row(w::USAGE, self.say(w::CROSS_BORDER))?;
        }
        if let Some(basis) = entry.basis() {
            self.row(w::BASIS, basis.value())?;
        }
        self.out.push_str("</table>\n");
        self.conditions(entry)?;
        self.details(entry)?;
        self.record(entry)?;
        self.out.push_str("</section>\n");
        Ok(())
    }

    fn conditions(&mut self, entry: &Entry) -> fmt::Result {
        self.heading(w::CONDITIONS)?;
        self.out.push_str("<table>\n");
        let validity = self.validity(entry);
        let roots = self.certificates(entry.anchors());
        let issuers = self.issuers(entry);
        let any = self.say(w::ANY);
        let type_name = Escaped(entry.certificate_type().unwrap_or(any)).to_string();
        let policies = self.policies(entry);
        for (number, (label, html)) in (1..).zip([
            (w::VALIDITY, validity),
            (w::ROOT, roots),
            (w::ISSUER, issuers),
            (w::TYPE_NAME, type_name),
            (w::POLICY, policies),
        ]) {
            let label = self.say(label);
            writeln!(
                self.out,
                "<tr><td class=\"number\">{number}</td><th scope=\"row\">{label}</th>\
                 <td>{html}</td></tr>"
            )?;
        }
        self.out.push_str("</table>\n");
        Ok(())
    }

    /// Every interval in which it is recognised: gaps are shown as gaps.
    fn validity(&self, entry: &Entry) -> String {
        let intervals = entry.intervals(Status::Recognised);
        let shown = |interval: &crate::list::Interval| match interval.until {
            Some(until) => format!("{} {} {until}", interval.from, self.say(w::TO)),
            None => format!("{} {}", interval.from, self.say(w::FURTHER_NOTICE)),
        };
        let mut lines: Vec<String> = intervals.as_slice().iter().map(shown).collect();
        let now = entry.history().last().map(|change| change.status);
        if now != Some(Status::Recognised) {
            let not_now = self.say(w::NOT_NOW);
            lines.push(format!("<span class=\"out\">{not_now}</span>"));
        }
        lines.join("<br>")
    }

    fn certificates(&self, certificates: &[ParsedCertificate]) -> String {
        let mut lines = Vec::new();
        for certificate in certificates {
            lines.push(self.certificate(certificate));
        }
        lines.join("<br>")
    }

    fn certificate(&self, certificate: &ParsedCertificate) -> String {
        format!(
            "{}<br>{}: <code>{}</code>",
            Escaped(&printable(certificate.subject())),
            self.say(w::FINGERPRINT),
            hexadecimal(&certificate.digest())
        )
    }

    fn issuers(&self, entry: &Entry) -> String {
        let mut lines = Vec::new();
        for issuer in entry.issuers() {
            let mut line = self.certificate(issuer);
            if let Some(during) = entry.issuer_interval(&issuer.digest()) {
                let until = match during.until {
                    Some(until) => format!("{} {until}", self.say(w::TO)),
                    None => self.say(w::FURTHER_NOTICE).to_owned(),
                };
                let _ = write!(line, "<br>{} {until}", during.from);
            }
            lines.push(line);
        }
        lines.join("<br>")
    }

    fn policies(&self, entry: &Entry) -> String {
        if entry.policies().is_empty() {
            return self.say(w::ANY).to_owned();
        }
        let shown = entry.policies().iter().map(|rule| {
            let policy = rule.policy();
            if rule.dropped() == 0 {
                return format!("<code>{policy}</code>");
            }
            let loose = self
                .say(w::LOOSE)
                .replace("{}", &rule.dropped().to_string());
            format!("<code>{policy}</code> ({loose})")
        });
        shown.collect::<Vec<_>>().join("<br>")
    }

    fn details(&mut self, entry: &Entry) -> fmt::Result {
        self.heading(w::DETAILS)?;
        self.out.push_str("<table>\n");
        let ca = entry.ca();
        let address = ca.address();
        let town = address.locality.as_deref();
        let parts = [Some(address.street.value()), town, Some(&address.country)];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        self.row(w::ADDRESS, &parts.join(", "))?;
        self.row(w::CONTACT, ca.contact())?;
        self.row(w::INFORMATION, ca.information())?;
        for point in entry.supply_points() {
            let label = match point.kind {
                SupplyKind::Crl => w::CRL,
                SupplyKind::Ocsp => w::OCSP,
                SupplyKind::Cps => w::CPS,
                SupplyKind::Repository => w::REPOSITORY,
            };
            self.row(label, &point.uri)?;
        }
        let carrier = match entry.key_carrier() {
            Carrier::Any => w::ANY,
            Carrier::Hard => w::HARD,
            Carrier::Soft => w::SOFT,
        };
        self.row(w::CARRIER, self.say(carrier))?;
        for notice in entry.notices() {
            self.row(w::NOTICES, notice.value())?;
        }
        self.out.push_str("</table>\n");
        Ok(())
    }

    fn record(&mut self, entry: &Entry) -> fmt::Result {
        self.heading(w::RECORD)?;
        let labels = [w::FROM, w::STATUS, w::CAUSE, w::DECISION].map(|label| self.say(label));
        self.out.push_str("<table>\n<thead><tr>");
        for label in labels {
            write!(self.out, "<th scope=\"col\">{label}</th>")?;
        }
        self.out.push_str("</tr></thead>\n<tbody>\n");
        for change in entry.history().iter().rev() {
            let status = self.say(match change.status {
                Status::Recognised => w::RECOGNISED,
                Status::Suspended => w::SUSPENDED,
                Status::Terminated => w::TERMINATED,
            });
            let cause = self.say(match change.cause {
                StatusCause::Decision => w::CAUSE_DECISION,
                StatusCause::Request => w::CAUSE_REQUEST,
                StatusCause::BreachUncorrected => w::CAUSE_BREACH,
                StatusCause::Cessation => w::CAUSE_CESSATION,
                StatusCause::MisIssuance => w::CAUSE_MIS_ISSUANCE,
                StatusCause::Compromise => w::CAUSE_COMPROMISE,
            });
            let decision = change
                .decision
                .as_ref()
                .map_or_else(String::new, |decision| {
                    format!("{} ({})", Escaped(&decision.reference), decision.at)
                });
            writeln!(
                self.out,
                "<tr><td>{}</td><td>{status}</td><td>{cause}</td><td>{decision}</td></tr>",
                change.from
            )?;
        }
        self.out.push_str("</tbody>\n</table>\n");
        Ok(())
    }

    fn mirrors(&mut self, list: &TrustList) -> fmt::Result {
        if list.mirrors().is_empty() {
            return Ok(());
        }
        let heading = self.say(w::MIRRORS);
        writeln!(self.out, "<section>\n<h2>{heading}</h2>\n<table>")?;
        for mirror in list.mirrors() {
            let publisher = self.name_of(mirror.publisher.names().iter()).to_owned();
            writeln!(
                self.out,
                "<tr><th scope=\"row\">{} — {}</th><td>{}<br>{}: <code>{}</code></td></tr>",
                Escaped(&publisher),
                mirror.sequence,
                Escaped(&mirror.location),
                self.say(w::FINGERPRINT),
                hexadecimal(&mirror.digest)
            )?;
        }
        self.out.push_str("</table>\n</section>\n");
        Ok(())
    }

    fn heading(&mut self, words: Words) -> fmt::Result {
        let words = self.say(words);
        writeln!(self.out, "<h3>{words}</h3>")
    }

    fn row(&mut self, label: Words, text: &str) -> fmt::Result {
        let label = self.say(label);
        let text = Escaped(text);
        writeln!(
            self.out,
            "<tr><th scope=\"row\">{label}</th><td>{text}</td></tr>"
        )
    }

    fn say(&self, words: Words) -> &'static str {
        self.language.pick(words)
    }

    /// The name in this language, in one that its readers read, or the first.
    fn name_of<'a>(&self, names: impl Iterator<Item = &'a LocalText>) -> &'a str {
        let names: Vec<&LocalText> = names.collect();
        let wanted = self.language.tag();
        let tag_of = |name: &LocalText| name.lang().to_owned();
        let exact = names.iter().find(|name| tag_of(name) == wanted);
        let language = wanted.split('-').next().unwrap_or(wanted);
        let near = || names.iter().find(|name| tag_of(name).starts_with(language));
        let found = exact.or_else(near).or(names.first());
        found.map_or("", |name| name.value())
    }
}
