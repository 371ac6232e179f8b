//! Names that the arguments give.

use crate::{args::Names, failure::Failure};
use der::asn1::Ia5String;
use std::net::IpAddr;
use x509_cert::{ext::pkix::name::GeneralName, name::Name};

/// The name in `--subject`.
pub(crate) fn subject(text: &str) -> Result<Name, Failure> {
    let subject: Name = text.parse().map_err(|error: der::Error| {
        Failure::Usage(format!(
            "--subject {text:?} is no name like 'CN=张三,O=示例,C=CN' (RFC 4514): {error}"
        ))
    })?;
    if subject.is_empty() {
        return Err(Failure::Usage("--subject is empty".into()));
    }
    Ok(subject)
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
