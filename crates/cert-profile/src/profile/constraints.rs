//! Name constraints of CAs (RFC 5280, 4.2.1.10).

use super::{NameConstraintsConfig, SubtreesConfig, refuse};
use crate::{
    Error,
    subject::{is_dns_name, is_mailbox},
};
use core::net::IpAddr;
use der::asn1::{Ia5String, OctetString};
use x509_cert::{
    ext::pkix::{NameConstraints, constraints::name::GeneralSubtree, name::GeneralName},
    name::Name,
};

const CLAUSE: &str = "RFC 5280, 4.2.1.10";

/// The extension's value.
pub(super) fn read(config: &NameConstraintsConfig) -> Result<NameConstraints, Error> {
    let permitted = subtrees("name_constraints.permitted", &config.permitted)?;
    let excluded = subtrees("name_constraints.excluded", &config.excluded)?;
    if permitted.is_empty() && excluded.is_empty() {
        return refuse(
            "name_constraints",
            "a name is permitted or excluded: an empty extension is not written",
            CLAUSE,
        );
    }
    if permitted.iter().any(|subtree| excluded.contains(subtree)) {
        return refuse(
            "name_constraints",
            "a name is permitted or excluded, not both",
            CLAUSE,
        );
    }
    let written = |all: Vec<GeneralSubtree>| (!all.is_empty()).then_some(all);
    Ok(NameConstraints {
        permitted_subtrees: written(permitted),
        excluded_subtrees: written(excluded),
    })
}

fn subtrees(field: &'static str, config: &SubtreesConfig) -> Result<Vec<GeneralSubtree>, Error> {
    let host = |word: &str| is_dns_name(word) && !word.starts_with('*');
    let domain = |word: &str| host(word.strip_prefix('.').unwrap_or(word));
    let mut all = Vec::new();
    let mut add = |word: &String, base: Option<GeneralName>, expected| {
        let base = base.ok_or_else(|| Error::UnknownWord {
            field,
            line: None,
            value: word.clone(),
            expected,
            clause: CLAUSE,
        })?;
        let subtree = GeneralSubtree {
            base,
            minimum: 0,
            maximum: None,
        };
        if all.contains(&subtree) {
            return refuse(field, "a name is named once", CLAUSE);
        }
        all.push(subtree);
        Ok(())
    };
    for word in &config.dns {
        let name = ia5(word, host(word)).map(GeneralName::DnsName);
        add(word, name, "a DNS name without a dot or star in front")?;
    }
    for word in &config.email {
        let name = ia5(word, is_mailbox(word) || domain(word)).map(GeneralName::Rfc822Name);
        add(word, name, "a mailbox, a host, or a domain after a dot")?;
    }
    for word in &config.uri {
        // A host of digits is an address, which URIs are not constrained by.
        let name = ia5(word, domain(word) && word.parse::<IpAddr>().is_err());
        let name = name.map(GeneralName::UniformResourceIdentifier);
        add(word, name, "a host, or a domain after a dot")?;
    }
    for word in &config.ip {
        let name = network(word).map(GeneralName::IpAddress);
        add(
            word,
            name,
            "a network such as 10.0.0.0/8, no bit set behind its prefix",
        )?;
    }
    for word in &config.directory {
        let name = word.parse::<Name>().ok().filter(|name| !name.is_empty());
        let name = name.map(GeneralName::DirectoryName);
        add(word, name, "a name such as O=示例,C=CN")?;
    }
    Ok(all)
}

fn ia5(word: &str, good: bool) -> Option<Ia5String> {
    Ia5String::new(word).ok().filter(|_| good)
}

/// Address and mask, 8 octets or 32.
fn network(word: &str) -> Option<OctetString> {
    let (address, prefix) = word.split_once('/')?;
    let mut octets = match address.parse().ok()? {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let digits = prefix.bytes().all(|octet| octet.is_ascii_digit());
    let prefix: usize = prefix.parse().ok().filter(|_| digits)?;
    if prefix > 8 * octets.len() {
        return None;
    }
    let mask = |index: usize| {
        let bits = prefix.saturating_sub(8 * index).min(8);
        u8::try_from(0xff00_u32 >> bits & 0xff).unwrap_or(0xff)
    };
    let masks: Vec<u8> = (0..octets.len()).map(mask).collect();
    if octets
        .iter()
        .zip(&masks)
        .any(|(octet, mask)| octet & !mask != 0)
    {
        return None;
    }
    octets.extend(masks);
    OctetString::new(octets).ok()
}
