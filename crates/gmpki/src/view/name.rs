//! Names, attribute by attribute.

use super::{Language, plain};
use crate::sm3::hexadecimal;
use der::{
    Encode, Tag, Tagged,
    asn1::{Any, BmpString, Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef},
};
use gm_crypto::pki::identity::{Identity, IdentityPlace, find_identities_in_name};
use std::net::{Ipv4Addr, Ipv6Addr};
use x509_cert::{ext::pkix::name::GeneralName, name::Name};

/// Type, short name, English, Chinese.
const ATTRIBUTES: &[(&str, &str, &str, &str)] = &[
    ("2.5.4.6", "C", "country", "国家"),
    ("2.5.4.8", "ST", "province", "省"),
    ("2.5.4.7", "L", "city", "市"),
    ("2.5.4.9", "street", "street", "街道"),
    ("2.5.4.10", "O", "organization", "单位"),
    ("2.5.4.11", "OU", "department", "部门"),
    ("2.5.4.3", "CN", "common name", "通用名"),
    ("2.5.4.4", "SN", "surname", "姓"),
    ("2.5.4.42", "GN", "given name", "名"),
    ("2.5.4.43", "initials", "initials", "姓名首字母"),
    ("2.5.4.12", "title", "title", "职务"),
    ("2.5.4.5", "serialNumber", "serial number", "序列号"),
    ("2.5.4.13", "description", "description", "说明"),
    (
        "2.5.4.15",
        "businessCategory",
        "business category",
        "业务类别",
    ),
    ("2.5.4.16", "postalAddress", "postal address", "通信地址"),
    ("2.5.4.17", "postalCode", "postal code", "邮政编码"),
    ("2.5.4.20", "telephoneNumber", "telephone", "电话号码"),
    ("2.5.4.41", "name", "name", "名称"),
    ("2.5.4.46", "dnQualifier", "qualifier", "名称限定符"),
    ("2.5.4.65", "pseudonym", "pseudonym", "化名"),
    (
        "2.5.4.97",
        "organizationIdentifier",
        "organization identifier",
        "机构标识",
    ),
    ("1.2.840.113549.1.9.1", "emailAddress", "e-mail", "电子邮件"),
    (
        "1.2.840.113549.1.9.2",
        "unstructuredName",
        "unstructured name",
        "非结构化名称",
    ),
    (
        "0.9.2342.19200300.100.1.1",
        "UID",
        "user identifier",
        "用户标识",
    ),
    (
        "0.9.2342.19200300.100.1.25",
        "DC",
        "domain component",
        "域名组成部分",
    ),
];

/// Numbers of persons and organizations in a name, and whether they are shown.
#[derive(Debug, Default)]
pub(crate) struct Masks(Vec<(String, String)>);

impl Masks {
    /// The numbers among `found` that stand in the subject; none to hide when they are to be
    /// revealed.
    pub(crate) fn of_subject(found: &[Identity], reveal: bool) -> Self {
        let hidden = found
            .iter()
            .filter(|identity| !reveal && matches!(identity.place(), IdentityPlace::Subject(_)));
        Self(
            hidden
                .map(|identity| (identity.reveal().to_owned(), masked(identity)))
                .collect(),
        )
    }

    /// The numbers in any name.
    pub(crate) fn of_name(name: &Name, reveal: bool) -> Self {
        let found = name
            .to_der()
            .ok()
            .and_then(|der| find_identities_in_name(&der).ok());
        Self::of_subject(&found.unwrap_or_default(), reveal)
    }

    /// A text in which the numbers are masked.
    pub(crate) fn over(&self, text: String) -> String {
        self.0.iter().fold(text, |text, (number, shown)| {
            text.replace(number.as_str(), shown)
        })
    }
}

/// The number as it is shown without `--reveal`.
pub(crate) fn masked(identity: &Identity) -> String {
    let shown = identity.to_string();
    let kind = format!("{} ", identity.kind());
    shown.strip_prefix(&kind).unwrap_or(&shown).to_owned()
}

/// A name on one line (RFC 4514), with numbers of persons and organizations masked.
pub(crate) fn masked_line(name: &Name) -> String {
    line(name, &Masks::of_name(name, false))
}

/// A name on one line (RFC 4514).
pub(crate) fn line(name: &Name, masks: &Masks) -> String {
    plain(&masks.over(name.to_string()))
}

/// The attributes of a name in the order of its octets, each with what its type is.
pub(crate) fn attributes(name: &Name, masks: &Masks, language: Language) -> Vec<String> {
    let mut shown = Vec::new();
    for rdn in name.iter_rdn() {
        for (place, attribute) in rdn.iter().enumerate() {
            let dotted = attribute.oid.to_string();
            let label = match ATTRIBUTES.iter().find(|row| row.0 == dotted) {
                Some((_, short, english, chinese)) => {
                    let word = language.say(english, chinese);
                    format!("{word}{}", language.bracketed(short))
                }
                None => dotted,
            };
            // A second attribute of the same RDN (X.501, 9.3).
            let joined = if place > 0 { "+ " } else { "" };
            let colon = language.say(": ", "：");
            let value = plain(&masks.over(text_of(&attribute.value)));
            shown.push(format!("{joined}{label}{colon}{value}"));
        }
    }
    shown
}

/// The text of a string of any type that names have (X.520, 2.6), octets of others.
pub(crate) fn text_of(value: &Any) -> String {
    let decode = || -> der::Result<String> {
        Ok(match value.tag() {
            Tag::Utf8String => value.decode_as::<Utf8StringRef<'_>>()?.as_str().into(),
            Tag::PrintableString => value.decode_as::<PrintableStringRef<'_>>()?.as_str().into(),
            Tag::Ia5String => value.decode_as::<Ia5StringRef<'_>>()?.as_str().into(),
            Tag::TeletexString => value.decode_as::<TeletexStringRef<'_>>()?.as_str().into(),
            Tag::BmpString => value.decode_as::<BmpString>()?.to_string(),
            Tag::NumericString if value.value().is_ascii() => {
                String::from_utf8_lossy(value.value()).into_owned()
            }
            _ => return Err(der::Error::from(value.tag().value_error())),
        })
    };
    decode().unwrap_or_else(|_| format!("#{}", hexadecimal(value.value())))
}

/// An alternative name with its kind.
pub(crate) fn general_name(name: &GeneralName, language: Language) -> String {
    let (kind, value) = match name {
        GeneralName::DnsName(name) => (language.say("DNS", "域名"), plain(name.as_str())),
        GeneralName::Rfc822Name(name) => (language.say("e-mail", "电子邮件"), plain(name.as_str())),
        GeneralName::UniformResourceIdentifier(name) => ("URI", plain(name.as_str())),
        GeneralName::IpAddress(octets) => {
            (language.say("IP", "IP 地址"), address(octets.as_bytes()))
        }
        GeneralName::DirectoryName(name) => (language.say("name", "目录名"), masked_line(name)),
        GeneralName::RegisteredId(oid) => (language.say("OID", "对象标识符"), oid.to_string()),
        GeneralName::OtherName(other) => (
            language.say("other", "其他名称"),
            format!(
                "{} {}",
                super::named(&other.type_id.to_string(), language),
                plain(&text_of(&other.value))
            ),
        ),
        GeneralName::EdiPartyName(_) => (language.say("EDI party", "EDI 名称"), String::new()),
    };
    format!("{kind} {value}").trim_end().to_owned()
}

/// An address, or a network with its mask (RFC 5280, 4.2.1.10).
fn address(octets: &[u8]) -> String {
    let one = |octets: &[u8]| -> Option<String> {
        if let Ok(four) = <[u8; 4]>::try_from(octets) {
            return Some(Ipv4Addr::from(four).to_string());
        }
        let sixteen = <[u8; 16]>::try_from(octets).ok()?;
        Some(Ipv6Addr::from(sixteen).to_string())
    };
    let (network, mask) = octets.split_at(octets.len() / 2);
    one(octets)
        .or_else(|| Some(format!("{}/{}", one(network)?, one(mask)?)))
        .unwrap_or_else(|| format!("#{}", hexadecimal(octets)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::OctetString;

    fn shown(tag: Tag, octets: &[u8]) -> String {
        text_of(&Any::new(tag, octets).expect("a short value"))
    }

    #[test]
    fn strings_of_every_type_are_read_and_others_are_octets() {
        assert_eq!(shown(Tag::Utf8String, "张三".as_bytes()), "张三");
        assert_eq!(shown(Tag::PrintableString, b"CN"), "CN");
        assert_eq!(shown(Tag::Ia5String, b"a@b.cn"), "a@b.cn");
        assert_eq!(shown(Tag::BmpString, &[0x5f, 0x20, 0x4e, 0x09]), "张三");
        assert_eq!(shown(Tag::NumericString, b"123"), "123");
        // GBK in the name of UTF-8, and what is no string.
        assert_eq!(shown(Tag::Utf8String, &[0xd5, 0xc5]), "#d5c5");
        assert_eq!(shown(Tag::OctetString, &[1, 2]), "#0102");
    }

    #[test]
    fn addresses_are_hosts_or_networks() {
        let ip = |octets: &[u8]| {
            let octets = OctetString::new(octets).expect("a short value");
            general_name(&GeneralName::IpAddress(octets), Language::En)
        };
        assert_eq!(ip(&[192, 0, 2, 7]), "IP 192.0.2.7");
        assert_eq!(ip(&[10, 0, 0, 0, 255, 0, 0, 0]), "IP 10.0.0.0/255.0.0.0");
        let mut six = [0; 16];
        six[15] = 1;
        assert_eq!(ip(&six), "IP ::1");
        assert_eq!(ip(&[1, 2, 3]), "IP #010203");
        assert_eq!(ip(&[]), "IP #");
    }

    #[test]
    fn attributes_stand_in_their_order_with_their_words() {
        let name: Name = "1.2.3.4=#0c0161,CN=a+OU=b,C=CN".parse().expect("a name");
        let lines = attributes(&name, &Masks::default(), Language::Zh);
        assert_eq!(lines[0], "国家（C）：CN");
        // Within a SET the order is that of DER.
        assert_eq!(lines[1], "通用名（CN）：a");
        assert_eq!(lines[2], "+ 部门（OU）：b");
        assert_eq!(lines[3], "1.2.3.4：a");
    }
}
