//! Extensions, and the values of those that are known (RFC 5280, 4.2).

use super::Slot;
use crate::lint::{
    name::GeneralName,
    octets::{
        BITS, BOOLEAN, Bits, Element, Fault, INTEGER, OCTETS, Read, Reader, SEQUENCE, SET,
        constructed, primitive,
    },
    oid,
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: &'a [u8],
    /// As it is written; missing is FALSE.
    pub(crate) written: Option<bool>,
    pub(crate) value: Element<'a>,
    /// Why the value is no element of DER; not asked for entries of a CRL.
    pub(crate) fault: Option<Fault>,
}

impl Extension<'_> {
    pub(crate) fn critical(&self) -> bool {
        self.written == Some(true)
    }

    /// The last arc of an identifier under id-ce, 2.5.29.
    fn arc(&self) -> Option<u8> {
        match self.oid {
            [0x55, 29, arc] => Some(*arc),
            _ => None,
        }
    }
}

/// A SEQUENCE of extensions, one after the other.
pub(crate) fn read_extensions<'a>(mut reader: Reader<'a>) -> Read<Vec<Extension<'a>>> {
    let list = reader.sequence("no extensions where they belong")?;
    reader.finish()?;
    let mut extensions = read_list(list)?;
    for extension in &mut extensions {
        extension.fault = list.inside(&extension.value).whole_element().err();
    }
    Ok(extensions)
}

/// Extensions, the SEQUENCE around them taken off.
pub(crate) fn read_list<'a>(list: Reader<'a>) -> Read<Vec<Extension<'a>>> {
    list.all(|list| {
        let mut parts = list.sequence("no extension where one belongs")?;
        let oid = parts.oid()?;
        let written = parts.boolean(BOOLEAN)?;
        let value = parts.take(OCTETS, "no value of an extension")?;
        parts.finish()?;
        Ok(Extension {
            oid,
            written,
            value,
            fault: None,
        })
    })
}

/// What the extensions of a certificate say; of one that stands twice, the first.
#[derive(Debug, Default)]
pub(crate) struct Known<'a> {
    pub(crate) authority_key: Slot<AuthorityKey<'a>>,
    pub(crate) subject_key: Slot<&'a [u8]>,
    pub(crate) key_usage: Slot<Bits<'a>>,
    pub(crate) policies: Slot<Vec<Policy<'a>>>,
    pub(crate) mappings: Slot<Vec<(&'a [u8], &'a [u8])>>,
    pub(crate) subject_names: Slot<Vec<GeneralName<'a>>>,
    pub(crate) issuer_names: Slot<Vec<GeneralName<'a>>>,
    pub(crate) directory_attributes: Slot<usize>,
    pub(crate) constraints: Slot<Constraints<'a>>,
    pub(crate) name_constraints: Slot<[Option<Vec<Subtree<'a>>>; 2]>,
    pub(crate) policy_constraints: Slot<[Option<&'a [u8]>; 2]>,
    pub(crate) purposes: Slot<Purposes<'a>>,
    pub(crate) crl_points: Slot<Vec<Point<'a>>>,
    pub(crate) freshest: Slot<Vec<Point<'a>>>,
    pub(crate) inhibit_any: Slot<&'a [u8]>,
    pub(crate) authority_access: Slot<Vec<(&'a [u8], GeneralName<'a>)>>,
    pub(crate) subject_access: Slot<Vec<(&'a [u8], GeneralName<'a>)>>,
    pub(crate) no_check: Slot<()>,
}

/// RFC 5280, 4.2.1.1.
#[derive(Debug)]
pub(crate) struct AuthorityKey<'a> {
    pub(crate) identifier: Option<&'a [u8]>,
    pub(crate) issuer: bool,
    pub(crate) serial: bool,
}

/// RFC 5280, 4.2.1.4: an identifier, and its qualifiers by their identifiers.
#[derive(Debug)]
pub(crate) struct Policy<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) qualifiers: Option<Vec<(&'a [u8], Element<'a>)>>,
    /// explicitText of user notices.
    pub(crate) texts: Vec<Element<'a>>,
}

/// RFC 5280, 4.2.1.9.
#[derive(Debug)]
pub(crate) struct Constraints<'a> {
    /// As it is written; missing is FALSE.
    pub(crate) ca: Option<bool>,
    pub(crate) path_len: Option<&'a [u8]>,
}

/// RFC 5280, 4.2.1.10.
#[derive(Debug)]
pub(crate) struct Subtree<'a> {
    pub(crate) base: GeneralName<'a>,
    /// Whether minimum or maximum are written.
    pub(crate) bounded: bool,
}

pub(crate) type Purposes<'a> = Vec<&'a [u8]>;

/// RFC 5280, 4.2.1.13.
#[derive(Debug)]
pub(crate) struct Point<'a> {
    pub(crate) names: Option<Vec<GeneralName<'a>>>,
    /// nameRelativeToCRLIssuer.
    pub(crate) relative: bool,
    pub(crate) reasons: Option<Bits<'a>>,
    pub(crate) issuer: Option<Vec<GeneralName<'a>>>,
}

impl<'a> Known<'a> {
    pub(crate) fn read(extensions: &[Extension<'a>], reader: &Reader<'a>) -> Self {
        let mut known = Self::default();
        for extension in extensions {
            match extension.arc() {
                Some(9) => fill(&mut known.directory_attributes, extension, reader, count),
                Some(14) => fill(&mut known.subject_key, extension, reader, key_identifier),
                Some(15) => fill(&mut known.key_usage, extension, reader, bits),
                Some(17) => fill(&mut known.subject_names, extension, reader, general_names),
                Some(18) => fill(&mut known.issuer_names, extension, reader, general_names),
                Some(19) => fill(&mut known.constraints, extension, reader, constraints),
                Some(30) => fill(&mut known.name_constraints, extension, reader, subtrees),
                Some(31) => fill(&mut known.crl_points, extension, reader, points),
                Some(32) => fill(&mut known.policies, extension, reader, policies),
                Some(33) => fill(&mut known.mappings, extension, reader, mappings),
                Some(35) => fill(&mut known.authority_key, extension, reader, authority_key),
                Some(36) => fill(&mut known.policy_constraints, extension, reader, skips),
                Some(37) => fill(&mut known.purposes, extension, reader, purposes),
                Some(46) => fill(&mut known.freshest, extension, reader, points),
                Some(54) => fill(&mut known.inhibit_any, extension, reader, integer),
                Some(_) => {}
                None if oid::AUTHORITY_INFO_ACCESS.is(extension.oid) => {
                    fill(&mut known.authority_access, extension, reader, access);
                }
                None if oid::SUBJECT_INFO_ACCESS.is(extension.oid) => {
                    fill(&mut known.subject_access, extension, reader, access);
                }
                None if oid::OCSP_NO_CHECK.is(extension.oid) => {
                    fill(&mut known.no_check, extension, reader, null);
                }
                None => {}
            }
        }
        known
    }

    /// Whether an identifier is of an extension that is read here.
    pub(crate) fn has(extension: &Extension<'_>) -> bool {
        match extension.arc() {
            Some(arc) => matches!(arc, 9 | 14 | 15 | 17..=19 | 30..=33 | 35..=37 | 46 | 54),
            None => [
                oid::AUTHORITY_INFO_ACCESS,
                oid::SUBJECT_INFO_ACCESS,
                oid::OCSP_NO_CHECK,
            ]
            .iter()
            .any(|known| known.is(extension.oid)),
        }
    }

    /// The first value that is not of its syntax.
    pub(crate) fn fault(&self) -> Option<String> {
        macro_rules! first {
            ($($name:ident: $text:literal,)+) => {
                $(if let Some((_, Err(fault))) = &self.$name {
                    return Some(format!(concat!($text, ": {}"), fault));
                })+
            };
        }
        first! {
            authority_key: "authorityKeyIdentifier",
            subject_key: "subjectKeyIdentifier",
            key_usage: "keyUsage",
            policies: "certificatePolicies",
            mappings: "policyMappings",
            subject_names: "subjectAltName",
            issuer_names: "issuerAltName",
            directory_attributes: "subjectDirectoryAttributes",
            constraints: "basicConstraints",
            name_constraints: "nameConstraints",
            policy_constraints: "policyConstraints",
            purposes: "extKeyUsage",
            crl_points: "cRLDistributionPoints",
            freshest: "freshestCRL",
            inhibit_any: "inhibitAnyPolicy",
            authority_access: "authorityInfoAccess",
            subject_access: "subjectInfoAccess",
            no_check: "ocsp-nocheck",
        }
        None
    }
}

/// Reads the value of an extension, whole.
pub(crate) fn value<'a, T>(
    extension: &Extension<'a>,
    reader: &Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Read<T>,
) -> Read<T> {
    let mut inside = reader.inside(&extension.value);
    let value = read(&mut inside)?;
    inside.finish()?;
    Ok(value)
}

pub(crate) fn fill<'a, T>(
    slot: &mut Slot<T>,
    extension: &Extension<'a>,
    reader: &Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Read<T>,
) {
    if slot.is_none() {
        *slot = Some((extension.critical(), value(extension, reader, read)));
    }
}

pub(crate) fn authority_key<'a>(reader: &mut Reader<'a>) -> Read<AuthorityKey<'a>> {
    let mut parts = reader.sequence("no SEQUENCE")?;
    let identifier = parts.optional(primitive(0))?.map(|id| id.content());
    let issuer = parts.optional(constructed(1))?;
    if let Some(issuer) = &issuer {
        GeneralName::read_all(parts.inside(issuer))?;
    }
    let serial = parts.optional(primitive(2))?.is_some();
    parts.finish()?;
    Ok(AuthorityKey {
        identifier,
        issuer: issuer.is_some(),
        serial,
    })
}

fn key_identifier<'a>(reader: &mut Reader<'a>) -> Read<&'a [u8]> {
    Ok(reader.take(OCTETS, "no OCTET STRING")?.content())
}

fn bits<'a>(reader: &mut Reader<'a>) -> Read<Bits<'a>> {
    Bits::of(&reader.take(BITS, "no BIT STRING")?)
}

pub(crate) fn integer<'a>(reader: &mut Reader<'a>) -> Read<&'a [u8]> {
    let element = reader.take(INTEGER, "no INTEGER")?;
    match element.content() {
        [] => Err(element.fault("an INTEGER without octets")),
        content => Ok(content),
    }
}

pub(crate) fn null(reader: &mut Reader<'_>) -> Read<()> {
    let element = reader.take(crate::lint::octets::NULL, "no NULL")?;
    match element.content() {
        [] => Ok(()),
        _ => Err(element.fault("a NULL with octets")),
    }
}

/// The attributes of subjectDirectoryAttributes, counted.
fn count(reader: &mut Reader<'_>) -> Read<usize> {
    let list = reader.sequence("no SEQUENCE")?;
    let all = list.all(|list| {
        let mut parts = list.sequence("no attribute where one belongs")?;
        parts.oid()?;
        parts.take(SET, "no SET of values")?;
        parts.finish()
    })?;
    Ok(all.len())
}

pub(crate) fn general_names<'a>(reader: &mut Reader<'a>) -> Read<Vec<GeneralName<'a>>> {
    GeneralName::read_all(reader.sequence("no SEQUENCE")?)
}

fn constraints<'a>(reader: &mut Reader<'a>) -> Read<Constraints<'a>> {
    let mut parts = reader.sequence("no SEQUENCE")?;
    let ca = parts.boolean(BOOLEAN)?;
    let path_len = match parts.is_empty() {
        true => None,
        false => Some(integer(&mut parts)?),
    };
    parts.finish()?;
    Ok(Constraints { ca, path_len })
}

fn subtrees<'a>(reader: &mut Reader<'a>) -> Read<[Option<Vec<Subtree<'a>>>; 2]> {
    let mut parts = reader.sequence("no SEQUENCE")?;
    let mut lists = [None, None];
    for (number, list) in (0..).zip(&mut lists) {
        if let Some(element) = parts.optional(constructed(number))? {
            *list = Some(parts.inside(&element).all(|trees| {
                let mut tree = trees.sequence("no GeneralSubtree where one belongs")?;
                let base = GeneralName::read(&mut tree)?;
                let minimum = tree.optional(primitive(0))?;
                let maximum = tree.optional(primitive(1))?;
                tree.finish()?;
                Ok(Subtree {
                    base,
                    bounded: minimum.is_some() || maximum.is_some(),
                })
            })?);
        }
    }
    parts.finish()?;
    Ok(lists)
}

/// requireExplicitPolicy and inhibitPolicyMapping.
fn skips<'a>(reader: &mut Reader<'a>) -> Read<[Option<&'a [u8]>; 2]> {
    let mut parts = reader.sequence("no SEQUENCE")?;
    let require = parts.optional(primitive(0))?.map(|skip| skip.content());
    let inhibit = parts.optional(primitive(1))?.map(|skip| skip.content());
    parts.finish()?;
    Ok([require, inhibit])
}

fn purposes<'a>(reader: &mut Reader<'a>) -> Read<Purposes<'a>> {
    reader.sequence("no SEQUENCE")?.all(Reader::oid)
}

fn mappings<'a>(reader: &mut Reader<'a>) -> Read<Vec<(&'a [u8], &'a [u8])>> {
    reader.sequence("no SEQUENCE")?.all(|list| {
        let mut parts = list.sequence("no mapping where one belongs")?;
        let mapping = (parts.oid()?, parts.oid()?);
        parts.finish()?;
        Ok(mapping)
    })
}

fn policies<'a>(reader: &mut Reader<'a>) -> Read<Vec<Policy<'a>>> {
    reader.sequence("no SEQUENCE")?.all(|list| {
        let mut parts = list.sequence("no PolicyInformation where one belongs")?;
        let oid = parts.oid()?;
        let mut texts = Vec::new();
        let qualifiers = match parts.optional(SEQUENCE)? {
            None => None,
            Some(element) => Some(parts.inside(&element).all(|list| {
                let mut qualifier = list.sequence("no qualifier where one belongs")?;
                let id = qualifier.oid()?;
                let value = qualifier.next()?;
                qualifier.finish()?;
                Ok((id, value))
            })?),
        };
        for (id, value) in qualifiers.iter().flatten() {
            if oid::QUALIFIER_USER_NOTICE.is(id) {
                let mut notice = parts.inside(value);
                notice.optional(SEQUENCE)?;
                if !notice.is_empty() {
                    texts.push(notice.next()?);
                }
                notice.finish()?;
            }
        }
        parts.finish()?;
        Ok(Policy {
            oid,
            qualifiers,
            texts,
        })
    })
}

pub(crate) fn points<'a>(reader: &mut Reader<'a>) -> Read<Vec<Point<'a>>> {
    reader.sequence("no SEQUENCE")?.all(|list| {
        let mut parts = list.sequence("no DistributionPoint where one belongs")?;
        let (names, relative) = point_name(&mut parts)?;
        let reasons = parts.optional(primitive(1))?;
        let issuer = parts.optional(constructed(2))?;
        parts.finish()?;
        Ok(Point {
            names,
            relative,
            reasons: reasons.map(|bits| Bits::of(&bits)).transpose()?,
            issuer: issuer
                .map(|names| GeneralName::read_all(parts.inside(&names)))
                .transpose()?,
        })
    })
}

/// DistributionPointName under \[0\], if it is there.
pub(crate) fn point_name<'a>(parts: &mut Reader<'a>) -> Read<(Option<Vec<GeneralName<'a>>>, bool)> {
    let Some(element) = parts.optional(constructed(0))? else {
        return Ok((None, false));
    };
    let mut inside = parts.inside(&element);
    let full = inside.optional(constructed(0))?;
    let names = full.map(|names| GeneralName::read_all(inside.inside(&names)));
    let relative = match full {
        Some(_) => None,
        None => Some(inside.take(constructed(1), "no DistributionPointName")?),
    };
    inside.finish()?;
    Ok((names.transpose()?, relative.is_some()))
}

fn access<'a>(reader: &mut Reader<'a>) -> Read<Vec<(&'a [u8], GeneralName<'a>)>> {
    reader.sequence("no SEQUENCE")?.all(|list| {
        let mut parts = list.sequence("no AccessDescription where one belongs")?;
        let description = (parts.oid()?, GeneralName::read(&mut parts)?);
        parts.finish()?;
        Ok(description)
    })
}
