//! What a certificate contains that is recognised mutually by Guangdong and Hong Kong:
//! 粤港两地电子签名证书互认办法 (粤府〔2012〕82号), 六(六), items 1 to 8.

use super::{
    Lint, holds,
    name::text,
    octets::{UTF8, is_minimal, is_negative, is_zero},
    oid,
    rfc5280::{error, keys::usage, warning},
    time::{Time, seconds},
    view::{Certificate, KeyKind, Policy, good},
};

pub(super) static RULES: &[Lint] = &[
    error(
        "gdhk.issuer_name",
        "粤港互认办法, 六(六)1",
        "the issuer is named, with its organisation",
        |cert| holds(has_text(&cert.issuer, oid::ORGANIZATION)),
    ),
    error(
        "gdhk.holder_name",
        "粤港互认办法, 六(六)2",
        "the holder is named, with a commonName",
        |cert| holds(has_text(&cert.subject, oid::COMMON_NAME)),
    ),
    error(
        "gdhk.holder_name_utf8",
        "粤港互认办法, 六(六)2; RFC 5280, 4.1.2.4",
        "a name of the holder in Chinese is a UTF8String",
        |cert| {
            let foreign = |value: &super::octets::Element<'_>| {
                value.tag != UTF8 && text(value).is_none_or(|text| !text.is_ascii())
            };
            let mut all = cert.subject.values(oid::COMMON_NAME);
            holds(!all.any(|attribute| foreign(&attribute.value)))
        },
    ),
    error(
        "gdhk.serial_number",
        "粤港互认办法, 六(六)3; RFC 5280, 4.1.2.2",
        "the serial number is there: positive, at most 20 octets, none too many",
        |cert| {
            let serial = cert.serial;
            let positive = !is_negative(serial) && !is_zero(serial);
            holds(positive && is_minimal(serial) && serial.len() <= 20)
        },
    ),
    error(
        "gdhk.validity",
        "粤港互认办法, 六(六)4; RFC 5280, 4.1.2.5",
        "both ends of the validity are there, in the form of RFC 5280",
        |cert| {
            let good =
                |time: &Time<'_>| time.stamp.is_some() && time.is_profiled() && time.has_its_type();
            holds(cert.times().into_iter().all(good) && cert.not_after.text != b"99991231235959Z")
        },
    ),
    warning(
        "gdhk.validity_years",
        "粤港互认办法, 六(六)4",
        "a holder's certificate is valid for 1 to 5 whole years",
        |cert| holds(cert.is_ca() || years(cert).is_some_and(|years| (1..=5).contains(&years))),
    ),
    error(
        "gdhk.verification_data",
        "粤港互认办法, 六(六)5",
        "the key that verifies is an SM2 key in its form, or an RSA key of 2048 bits at least",
        |cert| {
            let key = &cert.key;
            holds(match key.kind {
                KeyKind::Sm2 => super::gmt0015::on_curve(key).is_ok(),
                KeyKind::Rsa => key.modulus.is_some_and(|modulus| modulus.len() >= 256),
                _ => false,
            })
        },
    ),
    error(
        "gdhk.issuer_signature",
        "粤港互认办法, 六(六)6; RFC 5280, 4.1.1.2",
        "the issuer's signature is there, SM2 or RSA, by the algorithm that is signed",
        |cert| {
            let algorithm = &cert.algorithm;
            let known =
                oid::SM2_SM3.is(algorithm.oid) || oid::RSA_SIGNATURES.is_above(algorithm.oid);
            let outer = cert.outer.as_ref();
            holds(
                known
                    && outer.is_none_or(|outer| {
                        outer.algorithm.whole == algorithm.whole
                            && !outer.signature.octets.is_empty()
                    }),
            )
        },
    ),
    error(
        "gdhk.policy",
        "粤港互认办法, 六(六)7",
        "certificatePolicies has an identifier that is assigned for mutual recognition",
        |cert| holds(policies(cert).iter().any(|policy| is_assigned(policy.oid))),
    ),
    error(
        "gdhk.policy_of_one_class",
        "粤港互认办法, 六(六)7",
        "a certificate is of the class of individuals or of that of organisations",
        |cert| {
            let has = |oid: oid::Oid| policies(cert).iter().any(|policy| oid.is(policy.oid));
            holds(!(has(oid::GDHK_INDIVIDUAL) && has(oid::GDHK_ORGANISATION)))
        },
    ),
    error(
        "gdhk.policy_matches_holder",
        "粤港互认办法, 六(六)2 and 7",
        "a certificate of the class of organisations names the organisation",
        |cert| {
            let mut all = policies(cert).iter();
            let organisation = all.any(|policy| oid::GDHK_ORGANISATION.is(policy.oid));
            holds(!organisation || has_text(&cert.subject, oid::ORGANIZATION))
        },
    ),
    error(
        "gdhk.purpose",
        "粤港互认办法, 六(六)8",
        "what else is asked for: keyUsage says that the key signs",
        |cert| {
            let signs = usage(cert).is_some_and(|usage| usage & super::gmt0015::SIGNING != 0);
            holds(signs || cert.is_ca())
        },
    ),
    warning(
        "gdhk.status",
        "粤港互认办法, 六(六)8",
        "what else is asked for: a place says where the status is asked",
        |cert| {
            let known = &cert.known;
            holds(known.crl_points.is_some() || known.authority_access.is_some())
        },
    ),
];

fn has_text(name: &super::name::Name<'_>, oid: oid::Oid) -> bool {
    let mut all = name.values(oid);
    all.any(|attribute| text(&attribute.value).is_none_or(|text| !text.trim().is_empty()))
}

fn policies<'c, 'a>(cert: &'c Certificate<'a>) -> &'c [Policy<'a>] {
    good(&cert.known.policies).map_or(&[], Vec::as_slice)
}

fn is_assigned(oid: &[u8]) -> bool {
    oid::GDHK_HONG_KONG.is_above(oid)
        || oid::GDHK_INDIVIDUAL.is(oid)
        || oid::GDHK_ORGANISATION.is(oid)
}

/// Whole years from begin to end. A second less is one too: those who write 00:00:00 to
/// 23:59:59 count so.
fn years(cert: &Certificate<'_>) -> Option<u64> {
    let begin = cert.not_before.stamp?;
    let end = seconds(cert.not_after.stamp?)?;
    (1..=100).find(|years| {
        let whole = seconds(begin + years * 10_000_000_000);
        whole.is_some_and(|whole| end == whole || end + 1 == whole)
    })
}
