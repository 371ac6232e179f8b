//! Policies and what constrains them (RFC 5280, 4.2.1.4, 4.2.1.5, 4.2.1.11 and 4.2.1.14).

use super::{error, warning};
use crate::{
    lint::{
        Lint, holds,
        name::{ascii, text},
        none,
        octets::{Element, IA5, UTF8, is_minimal, is_negative},
        oid,
        view::{Certificate, Policy, critical, good},
    },
    subject::is_uri,
};
use std::collections::BTreeSet;

pub(crate) static RULES: &[Lint] = &[
    error(
        "rfc5280.policies_not_empty",
        "RFC 5280, 4.2.1.4",
        "certificatePolicies has at least one policy",
        |cert| holds(good(&cert.known.policies).is_none_or(|all| !all.is_empty())),
    ),
    error(
        "rfc5280.policies_unique",
        "RFC 5280, 4.2.1.4",
        "certificatePolicies has each policy once",
        |cert| {
            let mut all: Vec<_> = policies(cert).iter().map(|policy| policy.oid).collect();
            all.sort_unstable();
            let mut twice = all.windows(2).filter(|pair| pair[0] == pair[1]);
            none(twice.next().map(|pair| oid::shown(pair[0])))
        },
    ),
    error(
        "rfc5280.qualifiers_not_empty",
        "RFC 5280, 4.2.1.4",
        "policyQualifiers are absent or at least one",
        |cert| {
            let empty = |policy: &Policy<'_>| {
                let qualifiers = policy.qualifiers.as_ref();
                qualifiers.is_some_and(Vec::is_empty)
            };
            holds(!policies(cert).iter().any(empty))
        },
    ),
    warning(
        "rfc5280.qualifiers_known",
        "RFC 5280, 4.2.1.4",
        "policyQualifiers are CPS pointers and user notices",
        |cert| {
            let known = [oid::QUALIFIER_CPS, oid::QUALIFIER_USER_NOTICE];
            let unknown = |(id, _): &(&[u8], Element<'_>)| !known.iter().any(|oid| oid.is(id));
            let mut all = qualifiers(cert).filter(|qualifier| unknown(qualifier));
            none(all.next().map(|(id, _)| oid::shown(id)))
        },
    ),
    error(
        "rfc5280.cps_uri",
        "RFC 5280, 4.2.1.4",
        "a CPS pointer is an IA5String with a URI",
        |cert| {
            let good = |value: &Element<'_>| {
                value.tag == IA5 && ascii(value.content()).is_some_and(is_uri)
            };
            holds(qualifiers(cert).all(|(id, value)| !oid::QUALIFIER_CPS.is(id) || good(&value)))
        },
    ),
    error(
        "rfc5280.notice_length",
        "RFC 5280, 4.2.1.4",
        "explicitText has 1 to 200 characters",
        |cert| {
            let good = |value: &Element<'_>| {
                // Of a type that is not read, octets are counted.
                let count = text(value).map_or(value.content().len(), |text| text.chars().count());
                (1..=200).contains(&count)
            };
            holds(notices(cert).all(good))
        },
    ),
    warning(
        "rfc5280.notice_type",
        "RFC 5280, 4.2.1.4",
        "explicitText is a UTF8String",
        |cert| holds(notices(cert).all(|value| value.tag == UTF8)),
    ),
    error(
        "rfc5280.mappings_not_empty",
        "RFC 5280, 4.2.1.5",
        "policyMappings has at least one mapping",
        |cert| holds(good(&cert.known.mappings).is_none_or(|all| !all.is_empty())),
    ),
    error(
        "rfc5280.mappings_not_any",
        "RFC 5280, 4.2.1.5",
        "no policy is mapped to or from anyPolicy",
        |cert| {
            let any =
                |(from, to): &(&[u8], &[u8])| oid::ANY_POLICY.is(from) || oid::ANY_POLICY.is(to);
            holds(!mappings(cert).iter().any(any))
        },
    ),
    warning(
        "rfc5280.mappings_critical",
        "RFC 5280, 4.2.1.5",
        "policyMappings is critical",
        |cert| holds(critical(&cert.known.mappings) != Some(false)),
    ),
    warning(
        "rfc5280.mappings_of_policies",
        "RFC 5280, 4.2.1.5",
        "a policy that is mapped is asserted in certificatePolicies",
        |cert| {
            let all: BTreeSet<_> = policies(cert).iter().map(|policy| policy.oid).collect();
            let any = all.iter().any(|oid| oid::ANY_POLICY.is(oid));
            let asserted = |from: &&[u8]| any || all.contains(from);
            let mut all = mappings(cert).iter().filter(|(from, _)| !asserted(from));
            none(all.next().map(|(from, _)| oid::shown(from)))
        },
    ),
    error(
        "rfc5280.policy_constraints_critical",
        "RFC 5280, 4.2.1.11",
        "policyConstraints is critical",
        |cert| holds(critical(&cert.known.policy_constraints) != Some(false)),
    ),
    error(
        "rfc5280.policy_constraints_not_empty",
        "RFC 5280, 4.2.1.11",
        "policyConstraints says something",
        |cert| {
            let constraints = good(&cert.known.policy_constraints);
            holds(constraints.is_none_or(|skips| skips.iter().any(Option::is_some)))
        },
    ),
    error(
        "rfc5280.skip_certificates",
        "RFC 5280, 4.2.1.11 and 4.2.1.14; X.690, 8.3.2",
        "counts of certificates to skip are not negative and have no octet too many",
        |cert| {
            let skips = good(&cert.known.policy_constraints).copied();
            let skips = skips.unwrap_or_default();
            let any = good(&cert.known.inhibit_any).copied();
            let mut all = skips.into_iter().chain([any]).flatten();
            holds(all.all(|skip| is_minimal(skip) && !is_negative(skip)))
        },
    ),
    error(
        "rfc5280.inhibit_any_critical",
        "RFC 5280, 4.2.1.14",
        "inhibitAnyPolicy is critical",
        |cert| holds(critical(&cert.known.inhibit_any) != Some(false)),
    ),
    error(
        "rfc5280.path_policy_is_a_ca",
        "RFC 5280, 4.2.1.5, 4.2.1.11 and 4.2.1.14",
        "policyMappings, policyConstraints and inhibitAnyPolicy are in a CA's certificate alone",
        |cert| {
            let known = &cert.known;
            let there = known.mappings.is_some()
                || known.policy_constraints.is_some()
                || known.inhibit_any.is_some();
            holds(cert.is_ca() || !there)
        },
    ),
];

fn policies<'c, 'a>(cert: &'c Certificate<'a>) -> &'c [Policy<'a>] {
    good(&cert.known.policies).map_or(&[], Vec::as_slice)
}

fn mappings<'c, 'a>(cert: &'c Certificate<'a>) -> &'c [(&'a [u8], &'a [u8])] {
    good(&cert.known.mappings).map_or(&[], Vec::as_slice)
}

fn qualifiers<'a>(cert: &Certificate<'a>) -> impl Iterator<Item = (&'a [u8], Element<'a>)> {
    let all = policies(cert).iter().flat_map(|policy| &policy.qualifiers);
    all.flatten().copied()
}

fn notices<'c, 'a: 'c>(cert: &'c Certificate<'a>) -> impl Iterator<Item = &'c Element<'a>> {
    policies(cert).iter().flat_map(|policy| &policy.texts)
}
