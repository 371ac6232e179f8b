//! Other names and places: alternative names, name constraints, CRLs, services
//! (RFC 5280, 4.2.1.6 to 4.2.1.8, 4.2.1.10, 4.2.1.13, 4.2.1.15 and 4.2.2).

use super::{error, warning};
use crate::{
    lint::{
        Lint, holds,
        name::GeneralName,
        none, oid,
        view::{Certificate, Point, Subtree, critical, good},
    },
    subject::{is_dns_name, is_mailbox, is_uri},
};

pub(crate) static RULES: &[Lint] = &[
    error(
        "rfc5280.alt_name_not_empty",
        "RFC 5280, 4.2.1.6",
        "subjectAltName has at least one name",
        |cert| holds(good(&cert.known.subject_names).is_none_or(|all| !all.is_empty())),
    ),
    warning(
        "rfc5280.alt_name_not_critical",
        "RFC 5280, 4.2.1.6",
        "subjectAltName is not critical beside a subject",
        |cert| {
            let is_critical = critical(&cert.known.subject_names) == Some(true);
            holds(!is_critical || cert.subject.is_empty())
        },
    ),
    error(
        "rfc5280.alt_name_dns",
        "RFC 5280, 4.2.1.6; RFC 1034, 3.5",
        "a dNSName is of letters, digits and hyphens in labels",
        |cert| {
            holds(each(cert, GeneralName::DNS, |name| {
                name.text().is_some_and(is_dns_name)
            }))
        },
    ),
    error(
        "rfc5280.alt_name_ip",
        "RFC 5280, 4.2.1.6",
        "an iPAddress has 4 or 16 octets",
        |cert| {
            let address = |name: &GeneralName<'_>| matches!(name.content.len(), 4 | 16);
            holds(each(cert, GeneralName::IP, address))
        },
    ),
    error(
        "rfc5280.alt_name_mail",
        "RFC 5280, 4.2.1.6; RFC 5321, 4.1.2",
        "an rfc822Name is a mailbox, local@host",
        |cert| {
            let mailbox = |name: &GeneralName<'_>| name.text().is_some_and(is_mailbox);
            holds(each(cert, GeneralName::RFC822, mailbox))
        },
    ),
    error(
        "rfc5280.alt_name_uri",
        "RFC 5280, 4.2.1.6; RFC 3986, 4.3",
        "a uniformResourceIdentifier is absolute: a scheme, and something behind it",
        |cert| {
            holds(each(cert, GeneralName::URI, |name| {
                name.text().is_some_and(is_uri)
            }))
        },
    ),
    warning(
        "rfc5280.issuer_alt_name_not_critical",
        "RFC 5280, 4.2.1.7",
        "issuerAltName is not critical",
        |cert| holds(critical(&cert.known.issuer_names) != Some(true)),
    ),
    error(
        "rfc5280.issuer_alt_name_not_empty",
        "RFC 5280, 4.2.1.7",
        "issuerAltName has at least one name",
        |cert| holds(good(&cert.known.issuer_names).is_none_or(|all| !all.is_empty())),
    ),
    error(
        "rfc5280.directory_attributes_not_critical",
        "RFC 5280, 4.2.1.8",
        "subjectDirectoryAttributes is not critical",
        |cert| holds(critical(&cert.known.directory_attributes) != Some(true)),
    ),
    error(
        "rfc5280.directory_attributes_not_empty",
        "RFC 5280, 4.2.1.8",
        "subjectDirectoryAttributes has at least one attribute",
        |cert| holds(good(&cert.known.directory_attributes) != Some(&0)),
    ),
    error(
        "rfc5280.name_constraints_critical",
        "RFC 5280, 4.2.1.10",
        "nameConstraints is critical",
        |cert| holds(critical(&cert.known.name_constraints) != Some(false)),
    ),
    error(
        "rfc5280.name_constraints_is_a_ca",
        "RFC 5280, 4.2.1.10",
        "nameConstraints are in a CA's certificate alone",
        |cert| holds(cert.is_ca() || cert.known.name_constraints.is_none()),
    ),
    error(
        "rfc5280.name_constraints_not_empty",
        "RFC 5280, 4.2.1.10",
        "nameConstraints has a subtree, and no list without one",
        |cert| {
            let constraints = good(&cert.known.name_constraints);
            holds(constraints.is_none_or(|lists| {
                let mut there = lists.iter().flatten().peekable();
                there.peek().is_some() && there.all(|list| !list.is_empty())
            }))
        },
    ),
    error(
        "rfc5280.name_constraints_unbounded",
        "RFC 5280, 4.2.1.10; X.690, 11.5",
        "minimum is 0, which is not written, and maximum is absent",
        |cert| holds(subtrees(cert).all(|tree| !tree.bounded)),
    ),
    error(
        "rfc5280.name_constraints_ip",
        "RFC 5280, 4.2.1.10",
        "a constraint of addresses is an address and its mask, 8 or 32 octets",
        |cert| {
            holds(subtrees(cert).all(|tree| {
                tree.base.kind != GeneralName::IP || matches!(tree.base.content.len(), 8 | 32)
            }))
        },
    ),
    warning(
        "rfc5280.crl_points_not_critical",
        "RFC 5280, 4.2.1.13",
        "cRLDistributionPoints is not critical",
        |cert| holds(critical(&cert.known.crl_points) != Some(true)),
    ),
    error(
        "rfc5280.crl_points_not_empty",
        "RFC 5280, 4.2.1.13",
        "cRLDistributionPoints has at least one point",
        |cert| holds(good(&cert.known.crl_points).is_none_or(|all| !all.is_empty())),
    ),
    error(
        "rfc5280.crl_point_place",
        "RFC 5280, 4.2.1.13",
        "a point says where or who: it is not of reasons only",
        |cert| {
            holds(
                points(cert)
                    .iter()
                    .all(|point| point.names.is_some() || point.relative || point.issuer.is_some()),
            )
        },
    ),
    error(
        "rfc5280.crl_point_names",
        "RFC 5280, 4.2.1.13",
        "lists of names in a point have at least one",
        |cert| {
            let empty =
                |names: &Option<Vec<GeneralName<'_>>>| names.as_ref().is_some_and(Vec::is_empty);
            holds(
                points(cert)
                    .iter()
                    .all(|point| !empty(&point.names) && !empty(&point.issuer)),
            )
        },
    ),
    error(
        "rfc5280.crl_points_all_reasons",
        "RFC 5280, 4.2.1.13",
        "one point is for all reasons",
        |cert| {
            let points = points(cert);
            holds(points.is_empty() || points.iter().any(|point| point.reasons.is_none()))
        },
    ),
    warning(
        "rfc5280.crl_point_scheme",
        "RFC 5280, 4.2.1.13",
        "a CRL is fetched by http or ldap",
        |cert| {
            let names = points(cert).iter().flat_map(|point| &point.names).flatten();
            none(names.filter_map(wrong_scheme).next())
        },
    ),
    error(
        "rfc5280.access_not_critical",
        "RFC 5280, 4.2.2.1",
        "authorityInfoAccess is not critical",
        |cert| holds(critical(&cert.known.authority_access) != Some(true)),
    ),
    error(
        "rfc5280.access_not_empty",
        "RFC 5280, 4.2.2.1",
        "authorityInfoAccess has at least one place",
        |cert| holds(good(&cert.known.authority_access).is_none_or(|all| !all.is_empty())),
    ),
    warning(
        "rfc5280.access_method",
        "RFC 5280, 4.2.2.1",
        "authorityInfoAccess names OCSP responders and certificates of the issuer",
        |cert| {
            let known = [oid::AD_OCSP, oid::AD_CA_ISSUERS];
            let mut all = access(cert).iter();
            let unknown = all.find(|(method, _)| !known.iter().any(|oid| oid.is(method)));
            none(unknown.map(|(method, _)| oid::shown(method)))
        },
    ),
    error(
        "rfc5280.access_uri",
        "RFC 5280, 4.2.2.1; RFC 6960, 3.1",
        "the place of an OCSP responder is a URI",
        |cert| {
            let good = |name: &GeneralName<'_>| {
                name.kind == GeneralName::URI && name.text().is_some_and(is_uri)
            };
            let mut all = access(cert).iter();
            holds(all.all(|(method, name)| !oid::AD_OCSP.is(method) || good(name)))
        },
    ),
    warning(
        "rfc5280.access_scheme",
        "RFC 5280, 4.2.2.1 and 8",
        "services are reached by http or ldap: https needs what it is asked for",
        |cert| {
            none(
                access(cert)
                    .iter()
                    .filter_map(|(_, name)| wrong_scheme(name))
                    .next(),
            )
        },
    ),
    error(
        "rfc5280.subject_access_not_critical",
        "RFC 5280, 4.2.2.2",
        "subjectInfoAccess is not critical",
        |cert| holds(critical(&cert.known.subject_access) != Some(true)),
    ),
    error(
        "rfc5280.subject_access_not_empty",
        "RFC 5280, 4.2.2.2",
        "subjectInfoAccess has at least one place",
        |cert| holds(good(&cert.known.subject_access).is_none_or(|all| !all.is_empty())),
    ),
    error(
        "rfc5280.freshest_not_critical",
        "RFC 5280, 4.2.1.15",
        "freshestCRL is not critical",
        |cert| holds(critical(&cert.known.freshest) != Some(true)),
    ),
    error(
        "rfc5280.freshest_place",
        "RFC 5280, 4.2.1.15",
        "freshestCRL has a point, and each says where",
        |cert| {
            let placed = |point: &Point<'_>| point.names.is_some() || point.relative;
            let freshest = good(&cert.known.freshest);
            holds(freshest.is_none_or(|all| !all.is_empty() && all.iter().all(placed)))
        },
    ),
];

/// Whether every alternative name of this kind `fits`.
fn each(cert: &Certificate<'_>, kind: u8, fits: impl Fn(&GeneralName<'_>) -> bool) -> bool {
    let mut all = good(&cert.known.subject_names).into_iter().flatten();
    all.all(|name| name.kind != kind || fits(name))
}

fn points<'c, 'a>(cert: &'c Certificate<'a>) -> &'c [Point<'a>] {
    good(&cert.known.crl_points).map_or(&[], Vec::as_slice)
}

fn access<'c, 'a>(cert: &'c Certificate<'a>) -> &'c [(&'a [u8], GeneralName<'a>)] {
    good(&cert.known.authority_access).map_or(&[], Vec::as_slice)
}

fn subtrees<'c, 'a: 'c>(cert: &'c Certificate<'a>) -> impl Iterator<Item = &'c Subtree<'a>> {
    let lists = good(&cert.known.name_constraints).into_iter().flatten();
    lists.flatten().flatten()
}

/// The scheme of a URI that is neither http nor ldap.
pub(crate) fn wrong_scheme(name: &GeneralName<'_>) -> Option<String> {
    let scheme = name.scheme()?;
    (scheme != "http" && scheme != "ldap").then_some(scheme)
}
