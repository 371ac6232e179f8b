//! Names that the arguments give.

use crate::{args::Names, failure::Failure};
use der::{asn1::Ia5String, oid::db::rfc4519};
use std::net::IpAddr;
use x509_cert::{ext::pkix::name::GeneralName, name::Name};

/// The name in `--subject`.
pub(crate) fn subject(text: &str) -> Result<Name, Failure> {
    if let Some(comma) = chinese_comma(text) {
        return Err(Failure::Usage(format!(
            "--subject has {comma:?} before a part of the name: parts are separated by ','"
        )));
    }
    let subject: Name = text.parse().map_err(|_| {
        // It is not repeated: it may have the number of a person in it.
        Failure::Usage("--subject is no name like 'CN=张三,O=示例,C=CN' (RFC 4514)".into())
    })?;
    if subject.is_empty() {
        return Err(Failure::Usage("--subject is empty".into()));
    }
    Ok(subject)
}

/// A comma of Chinese text where one of RFC 4514 is meant: what stands behind it would be part
/// of the value before it.
fn chinese_comma(text: &str) -> Option<char> {
    text.char_indices()
        .filter(|(_, c)| matches!(c, '，' | '；' | '、'))
        .find(|(at, c)| {
            let rest = &text[at + c.len_utf8()..];
            let kind = rest.split(['=', '＝']).next().unwrap_or_default().trim();
            let letters = kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
            kind.len() < rest.trim().len() && !kind.is_empty() && letters
        })
        .map(|(_, c)| c)
}

/// What to note of a name that is written the other way round: its country, the most general
/// part, would be the last in the DER.
pub(crate) fn turned_round(name: &Name) -> Option<String> {
    let mut parts = name.iter_rdn().map(|rdn| {
        let mut attributes = rdn.iter();
        attributes.any(|attribute| attribute.oid == rfc4519::COUNTRY_NAME)
    });
    let starts = parts.next()?;
    (!starts && parts.last()?).then(|| {
        "the name is written with the country first, which makes it the last in the certificate: \
         the most specific part stands first (RFC 4514), as in 'CN=张三,O=示例,C=CN'"
            .into()
    })
}

/// The alternative names, in the order DNS, e-mail, IP, URI.
pub(crate) fn alternative(names: &Names) -> Result<Vec<GeneralName>, Failure> {
    let ascii = |option: &'static str, text: &String| {
        Ia5String::new(text)
            .ok()
            .filter(|name| !name.as_str().is_empty())
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "{option} {text:?} is not in ASCII: write a Chinese domain as xn--…"
                ))
            })
    };
    let mut found = Vec::new();
    for text in &names.dns {
        found.push(GeneralName::DnsName(ascii("--dns", text)?));
    }
    for text in &names.email {
        found.push(GeneralName::Rfc822Name(ascii("--email", text)?));
    }
    for text in &names.ip {
        let address: IpAddr = text
            .parse()
            .map_err(|_| Failure::Usage(format!("--ip {text:?} is no address")))?;
        found.push(address.into());
    }
    for text in &names.uri {
        found.push(GeneralName::UniformResourceIdentifier(ascii(
            "--uri", text,
        )?));
    }
    Ok(found)
}
