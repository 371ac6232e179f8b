//! Extensions, each with what it says.

use super::{Language, general_name, named, plain, text_of};
use crate::sm3::hexadecimal;
use der::{Decode, asn1::ObjectIdentifier, flagset::Flags};
use gm_crypto::{
    explain::name_of,
    pki::identity::{Identity, IdentityCheck, IdentityKind, IdentityLookup},
};
use x509_cert::ext::{
    Extension,
    pkix::{
        AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
        CrlDistributionPoints, ExtendedKeyUsage, FreshestCrl, IssuerAltName, KeyUsage, KeyUsages,
        NameConstraints, PolicyConstraints, SubjectAltName, SubjectInfoAccessSyntax,
        SubjectKeyIdentifier,
        constraints::name::GeneralSubtree,
        crl::dp::DistributionPoint,
        name::{DistributionPointName, GeneralName},
    },
};

/// Octets of an unknown value that are shown; the others are counted.
const SHOWN: usize = 32;

/// What a certificate is for, by its key usage (GM/T 0015-2012, annex C).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It signs certificates.
    Authority,
    /// It signs answers of OCSP (RFC 6960, 4.2.2.2).
    Responder,
    /// It signs time stamps (RFC 3161, 2.3).
    TimeStamping,
    /// It signs CRLs, and no certificates.
    CrlSigner,
    /// The half of a pair that signs.
    Signing,
    /// The half of a pair that encrypts.
    Encryption,
    /// One key for both, which GM/T 0015 keeps apart.
    Both,
    /// The extension is absent, or says neither.
    Unsaid,
}

impl Purpose {
    pub(crate) fn say(self, language: Language) -> &'static str {
        match self {
            Self::Authority => language.say("certificate of a CA", "CA 证书"),
            Self::Responder => language.say("certificate of an OCSP responder", "OCSP 响应者证书"),
            Self::TimeStamping => {
                language.say("certificate of a time-stamping authority", "时间戳服务器证书")
            }
            Self::CrlSigner => language.say("certificate that signs CRLs", "CRL 签发证书"),
            Self::Signing => language.say(
                "signing certificate: its key signs, and encrypts nothing",
                "签名证书（密钥只用于签名，不用于加密）",
            ),
            Self::Encryption => language.say(
                "encryption certificate: its key encrypts, and signs nothing",
                "加密证书（密钥只用于加密和密钥协商，不用于签名）",
            ),
            Self::Both => language.say(
                "certificate for signing and encryption alike: one key for both (GM/T 0015 has two)",
                "签名与加密共用一个密钥的证书（GM/T 0015 要求两个密钥、两张证书）",
            ),
            Self::Unsaid => language.say(
                "certificate that does not say what its key is for",
                "未说明密钥用法的证书",
            ),
        }
    }

    /// For machines.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Authority => "ca",
            Self::Responder => "ocsp-responder",
            Self::TimeStamping => "time-stamping",
            Self::CrlSigner => "crl-signer",
            Self::Signing => "signing",
            Self::Encryption => "encryption",
            Self::Both => "both",
            Self::Unsaid => "unsaid",
        }
    }
}

/// What the extensions say that the key is for.
pub(crate) fn purpose(extensions: &[Extension]) -> Purpose {
    let ca: Option<BasicConstraints> = read(extensions);
    if ca.is_some_and(|constraints| constraints.ca) {
        return Purpose::Authority;
    }
    let purposes: Option<ExtendedKeyUsage> = read(extensions);
    let has = |dotted: &str| {
        let mut purposes = purposes.iter().flat_map(|purposes| &purposes.0);
        purposes.any(|purpose| purpose.to_string() == dotted)
    };
    if has("1.3.6.1.5.5.7.3.9") {
        return Purpose::Responder;
    }
    if has("1.3.6.1.5.5.7.3.8") {
        return Purpose::TimeStamping;
    }
    let Some(usage): Option<KeyUsage> = read(extensions) else {
        return Purpose::Unsaid;
    };
    if usage.crl_sign() {
        return Purpose::CrlSigner;
    }
    let signs = usage.digital_signature() || usage.non_repudiation();
    let encrypts = usage.key_encipherment() || usage.data_encipherment() || usage.key_agreement();
    match (signs, encrypts) {
        (true, true) => Purpose::Both,
        (true, false) => Purpose::Signing,
        (false, true) => Purpose::Encryption,
        (false, false) => Purpose::Unsaid,
    }
}

fn read<'a, T>(extensions: &'a [Extension]) -> Option<T>
where
    T: der::oid::AssociatedOid + Decode<'a>,
{
    let extension = extensions.iter().find(|one| one.extn_id == T::OID)?;
    T::from_der(extension.extn_value.as_bytes()).ok()
}

/// Type, English, Chinese (GB/T 20518, 5.2.4 of GM/T 0015-2012).
const NAMES: &[(&str, &str, &str)] = &[
    ("2.5.29.9", "subject directory attributes", "主体目录属性"),
    ("2.5.29.14", "subject key identifier", "主体密钥标识符"),
    ("2.5.29.15", "key usage", "密钥用法"),
    ("2.5.29.16", "private key usage period", "私有密钥使用期"),
    ("2.5.29.17", "alternative names", "主体替换名称"),
    ("2.5.29.18", "issuer's alternative names", "颁发者替换名称"),
    ("2.5.29.19", "basic constraints", "基本限制"),
    ("2.5.29.30", "name constraints", "名称限制"),
    ("2.5.29.31", "CRL distribution points", "CRL 分布点"),
    ("2.5.29.32", "policies", "证书策略"),
    ("2.5.29.33", "policy mappings", "策略映射"),
    (
        "2.5.29.35",
        "authority key identifier",
        "颁发机构密钥标识符",
    ),
    ("2.5.29.36", "policy constraints", "策略限制"),
    ("2.5.29.37", "purposes", "扩展密钥用途"),
    ("2.5.29.46", "freshest CRL", "最新的 CRL"),
    ("2.5.29.54", "inhibit any policy", "限制所有策略"),
    ("1.3.6.1.5.5.7.1.1", "authority information", "机构信息访问"),
    ("1.3.6.1.5.5.7.1.11", "subject information", "主体信息访问"),
    ("1.3.6.1.5.5.7.48.1.5", "OCSP no check", "OCSP 不检查"),
    ("1.2.156.10260.4.1.1", "identity code", "个人身份标识码"),
    (
        "1.2.156.10260.4.1.2",
        "social insurance number",
        "个人社会保险号",
    ),
    (
        "1.2.156.10260.4.1.3",
        "business registration number",
        "企业工商注册号",
    ),
    (
        "1.2.156.10260.4.1.4",
        "organization code",
        "企业组织机构代码",
    ),
    ("1.2.156.10260.4.1.5", "taxation number", "企业税号"),
    (
        "1.2.156.10260.4.4",
        "unified social credit code",
        "统一社会信用代码",
    ),
];

/// Uses of a key: name, Chinese.
const USAGES: &[(KeyUsages, &str, &str)] = &[
    (KeyUsages::DigitalSignature, "digitalSignature", "数字签名"),
    (KeyUsages::NonRepudiation, "nonRepudiation", "抗抵赖"),
    (KeyUsages::KeyEncipherment, "keyEncipherment", "密钥加密"),
    (KeyUsages::DataEncipherment, "dataEncipherment", "数据加密"),
    (KeyUsages::KeyAgreement, "keyAgreement", "密钥协商"),
    (KeyUsages::KeyCertSign, "keyCertSign", "证书签名"),
    (KeyUsages::CRLSign, "cRLSign", "CRL 签名"),
    (KeyUsages::EncipherOnly, "encipherOnly", "仅加密"),
    (KeyUsages::DecipherOnly, "decipherOnly", "仅解密"),
];

/// Purposes of a key: identifier, Chinese.
const PURPOSES: &[(&str, &str)] = &[
    ("1.3.6.1.5.5.7.3.1", "服务器身份鉴别"),
    ("1.3.6.1.5.5.7.3.2", "客户端身份鉴别"),
    ("1.3.6.1.5.5.7.3.3", "代码签名"),
    ("1.3.6.1.5.5.7.3.4", "电子邮件保护"),
    ("1.3.6.1.5.5.7.3.8", "时间戳"),
    ("1.3.6.1.5.5.7.3.9", "OCSP 响应签名"),
    ("2.5.29.37.0", "任意用途"),
];

/// An extension: what it is, and what it says, a line each. Numbers of persons are masked
/// unless they are to be revealed.
pub(crate) fn describe(
    extension: &Extension,
    language: Language,
    reveal: bool,
) -> (String, Vec<String>) {
    let dotted = extension.extn_id.to_string();
    let value = extension.extn_value.as_bytes();
    let row = NAMES.iter().find(|row| row.0 == dotted);
    let identity = IdentityLookup::default().in_extension(extension.extn_id, value);
    let label = match (row, &identity) {
        (Some((_, english, chinese)), _) => language.say(english, chinese).to_owned(),
        (None, Some(identity)) => format!(
            "{}{}",
            kind(identity.kind(), language),
            language.bracketed(&dotted)
        ),
        (None, None) => named(&dotted, language),
    };
    let lines = values(extension.extn_id, value, language)
        .or_else(|| Some(vec![number(identity.as_ref()?, &label, language, reveal)]))
        .unwrap_or_else(|| vec![octets(value, language)]);
    let label = if extension.critical {
        format!(
            "{label}{}",
            language.bracketed(language.say("critical", "关键"))
        )
    } else {
        label
    };
    (label, lines)
}

/// What a known extension says; none for others, and for one that is not of its type.
fn values(oid: ObjectIdentifier, value: &[u8], language: Language) -> Option<Vec<String>> {
    let name = |name: &GeneralName| general_name(name, language);
    Some(match oid.to_string().as_str() {
        "2.5.29.14" => {
            let identifier = SubjectKeyIdentifier::from_der(value).ok()?;
            vec![hexadecimal(identifier.0.as_bytes())]
        }
        "2.5.29.15" => {
            let usage = KeyUsage::from_der(value).ok()?;
            vec![usages(usage, language).join(language.say(", ", "、"))]
        }
        "2.5.29.17" => SubjectAltName::from_der(value)
            .ok()?
            .0
            .iter()
            .map(name)
            .collect(),
        "2.5.29.18" => IssuerAltName::from_der(value)
            .ok()?
            .0
            .iter()
            .map(name)
            .collect(),
        "2.5.29.19" => vec![basic(&BasicConstraints::from_der(value).ok()?, language)],
        "2.5.29.30" => constraints(&NameConstraints::from_der(value).ok()?, language),
        "2.5.29.31" => points(&CrlDistributionPoints::from_der(value).ok()?.0, language),
        "2.5.29.46" => points(&FreshestCrl::from_der(value).ok()?.0, language),
        "2.5.29.32" => policies(&CertificatePolicies::from_der(value).ok()?, language),
        "2.5.29.35" => authority(&AuthorityKeyIdentifier::from_der(value).ok()?, language),
        "2.5.29.36" => {
            let limits = PolicyConstraints::from_der(value).ok()?;
            let explicit =
                language.say("explicit policy required after", "要求明确策略，跳过证书数");
            let mapping = language.say("no policy mapping after", "禁止策略映射，跳过证书数");
            [
                (explicit, limits.require_explicit_policy),
                (mapping, limits.inhibit_policy_mapping),
            ]
            .into_iter()
            .filter_map(|(word, count)| Some(format!("{word} {}", count?)))
            .collect()
        }
        "2.5.29.37" => {
            let purposes = ExtendedKeyUsage::from_der(value).ok()?.0;
            purposes
                .iter()
                .map(|oid| key_purpose(*oid, language))
                .collect()
        }
        "2.5.29.54" => vec![u32::from_der(value).ok()?.to_string()],
        "1.3.6.1.5.5.7.1.1" => AuthorityInfoAccessSyntax::from_der(value)
            .ok()?
            .0
            .iter()
            .map(|access| access_line(access.access_method, &access.access_location, language))
            .collect(),
        "1.3.6.1.5.5.7.1.11" => SubjectInfoAccessSyntax::from_der(value)
            .ok()?
            .0
            .iter()
            .map(|access| access_line(access.access_method, &access.access_location, language))
            .collect(),
        "1.3.6.1.5.5.7.48.1.5" => vec![
            language
                .say(
                    "the status of this certificate is not asked for",
                    "不查询本证书的状态",
                )
                .into(),
        ],
        _ => return None,
    })
}

/// Uses of a key, in the order of their bits.
pub(crate) fn usages(usage: KeyUsage, language: Language) -> Vec<String> {
    KeyUsages::LIST
        .iter()
        .filter(|flag| usage.0.contains(**flag))
        .filter_map(|flag| USAGES.iter().find(|row| row.0 == *flag))
        .map(|(_, english, chinese)| match language {
            Language::En => (*english).to_owned(),
            Language::Zh => format!("{chinese}{}", language.bracketed(english)),
        })
        .collect()
}

fn key_purpose(oid: ObjectIdentifier, language: Language) -> String {
    let dotted = oid.to_string();
    let chinese = PURPOSES.iter().find(|row| row.0 == dotted);
    match (language, chinese) {
        (Language::Zh, Some((_, chinese))) => {
            format!(
                "{chinese}{}",
                language.bracketed(name_of(&dotted).unwrap_or(&dotted))
            )
        }
        _ => named(&dotted, language),
    }
}

fn basic(constraints: &BasicConstraints, language: Language) -> String {
    match (constraints.ca, constraints.path_len_constraint) {
        (false, _) => language.say("no CA", "不是 CA").into(),
        (true, None) => language.say("a CA", "CA").into(),
        (true, Some(0)) => language
            .say("a CA, none below it", "CA，下面不得再有 CA")
            .into(),
        (true, Some(below)) => match language {
            Language::En => format!("a CA, at most {below} below it in a path"),
            Language::Zh => format!("CA，路径长度限制为 {below}"),
        },
    }
}

fn constraints(constraints: &NameConstraints, language: Language) -> Vec<String> {
    let one = |word: &'static str| {
        move |tree: &GeneralSubtree| format!("{word} {}", general_name(&tree.base, language))
    };
    let permitted = constraints.permitted_subtrees.iter().flatten();
    let excluded = constraints.excluded_subtrees.iter().flatten();
    permitted
        .map(one(language.say("permitted:", "允许：")))
        .chain(excluded.map(one(language.say("excluded:", "排除："))))
        .collect()
}

fn points(points: &[DistributionPoint], language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for point in points {
        match &point.distribution_point {
            Some(DistributionPointName::FullName(names)) => {
                lines.extend(names.iter().map(|name| general_name(name, language)));
            }
            Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => lines.push(
                language
                    .say(
                        "a name relative to the CRL's issuer",
                        "相对于 CRL 颁发者的名称",
                    )
                    .into(),
            ),
            None => {}
        }
        for name in point.crl_issuer.iter().flatten() {
            let word = language.say("issuer of the CRL:", "CRL 颁发者：");
            lines.push(format!("{word} {}", general_name(name, language)));
        }
    }
    lines
}

fn policies(policies: &CertificatePolicies, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for policy in &policies.0 {
        lines.push(named(&policy.policy_identifier.to_string(), language));
        for qualifier in policy.policy_qualifiers.iter().flatten() {
            let kind = qualifier.policy_qualifier_id.to_string();
            let (word, text) = match (kind.as_str(), &qualifier.qualifier) {
                ("1.3.6.1.5.5.7.2.1", Some(value)) => (
                    language.say("practice statement", "认证业务规则"),
                    text_of(value),
                ),
                ("1.3.6.1.5.5.7.2.2", Some(value)) => (
                    language.say("notice", "用户须知"),
                    notice(value.value()).unwrap_or_else(|| text_of(value)),
                ),
                (_, value) => (
                    language.say("qualifier", "限定符"),
                    value.as_ref().map(text_of).unwrap_or_default(),
                ),
            };
            lines.push(format!(
                "  {word}{}{}",
                language.say(": ", "："),
                plain(&text)
            ));
        }
    }
    lines
}

/// The explicitText of a UserNotice (RFC 5280, 4.2.1.4), whose content this is.
fn notice(content: &[u8]) -> Option<String> {
    let mut rest = content;
    let mut text = None;
    while !rest.is_empty() {
        let (value, after) = der::asn1::Any::from_der_partial(rest).ok()?;
        if !der::Tagged::tag(&value).is_constructed() {
            text = Some(text_of(&value));
        }
        rest = after;
    }
    text
}

fn authority(identifier: &AuthorityKeyIdentifier, language: Language) -> Vec<String> {
    let key = identifier.key_identifier.as_ref();
    let mut lines: Vec<String> = key
        .map(|key| hexadecimal(key.as_bytes()))
        .into_iter()
        .collect();
    for name in identifier.authority_cert_issuer.iter().flatten() {
        lines.push(general_name(name, language));
    }
    if let Some(serial) = &identifier.authority_cert_serial_number {
        let word = language.say("serial", "序列号");
        lines.push(format!("{word} {}", hexadecimal(serial.as_bytes())));
    }
    lines
}

fn access_line(method: ObjectIdentifier, place: &GeneralName, language: Language) -> String {
    let dotted = method.to_string();
    let method = match dotted.as_str() {
        "1.3.6.1.5.5.7.48.1" => "OCSP".to_owned(),
        "1.3.6.1.5.5.7.48.2" => language
            .say("issuer's certificate", "颁发者证书")
            .to_owned(),
        _ => named(&dotted, language),
    };
    let colon = language.say(": ", "：");
    format!("{method}{colon}{}", general_name(place, language))
}

/// What a number is.
pub(crate) fn kind(kind: IdentityKind, language: Language) -> String {
    let chinese = match kind {
        IdentityKind::ResidentNumber => "居民身份证号",
        IdentityKind::MilitaryOfficerCard => "军官证号",
        IdentityKind::Passport => "护照号",
        IdentityKind::IdentityCode => "个人身份标识码",
        IdentityKind::SocialInsurance => "个人社会保险号",
        IdentityKind::BusinessRegistration => "企业工商注册号",
        IdentityKind::OrganizationCode => "企业组织机构代码",
        IdentityKind::TaxationNumber => "企业税号",
        IdentityKind::CreditCode => "统一社会信用代码",
        IdentityKind::VendorCode => "厂商自定义编码",
        _ => "其他",
    };
    language.say(&kind.to_string(), chinese).to_owned()
}

/// The number under a label, with its kind where the label leaves that open.
fn number(identity: &Identity, label: &str, language: Language, reveal: bool) -> String {
    let shown = if reveal {
        plain(identity.reveal())
    } else {
        super::name::masked(identity)
    };
    let check = match identity.check() {
        IdentityCheck::Wrong => {
            language.bracketed(language.say("its check digit does not fit", "校验位不符"))
        }
        _ => String::new(),
    };
    let kind = kind(identity.kind(), language);
    if label.starts_with(&kind) {
        return format!("{shown}{check}");
    }
    let colon = language.say(": ", "：");
    format!("{kind}{colon}{shown}{check}")
}

fn octets(value: &[u8], language: Language) -> String {
    let shown = hexadecimal(&value[..value.len().min(SHOWN)]);
    match value.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => match language {
            Language::En => format!("{shown}… and {more} octets more"),
            Language::Zh => format!("{shown}…（另有 {more} 个字节）"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::OctetString;

    fn extension(dotted: &str, value: &[u8]) -> Extension {
        Extension {
            extn_id: ObjectIdentifier::new_unwrap(dotted),
            critical: true,
            extn_value: OctetString::new(value).expect("a short value"),
        }
    }

    #[test]
    fn what_is_not_of_its_type_is_shown_as_octets() {
        // keyUsage that is a BOOLEAN, an unknown one that is long.
        let (label, lines) = describe(&extension("2.5.29.15", &[1, 1, 0]), Language::En, false);
        assert_eq!(label, "key usage (critical)");
        assert_eq!(lines, ["010100"]);
        let long = describe(&extension("1.2.3.4", &[7; 40]), Language::Zh, false);
        assert_eq!(long.0, "1.2.3.4（关键）");
        assert_eq!(long.1, [format!("{}…（另有 8 个字节）", "07".repeat(32))]);
        let whole = describe(&extension("1.2.3.4", &[7; 32]), Language::En, false);
        assert_eq!(whole.1, ["07".repeat(32)]);
    }

    #[test]
    fn the_key_usage_says_which_half_of_a_pair_it_is() {
        let usage = |bits: &[u8]| purpose(&[extension("2.5.29.15", bits)]);
        assert_eq!(usage(&[3, 2, 6, 0xc0]), Purpose::Signing);
        assert_eq!(usage(&[3, 2, 3, 0x38]), Purpose::Encryption);
        assert_eq!(usage(&[3, 2, 3, 0xf8]), Purpose::Both);
        assert_eq!(usage(&[3, 2, 1, 0x02]), Purpose::CrlSigner);
        assert_eq!(usage(&[1, 1, 0]), Purpose::Unsaid);
        assert_eq!(purpose(&[]), Purpose::Unsaid);
        let ca = extension("2.5.29.19", &[0x30, 3, 1, 1, 0xff]);
        let signs = extension("2.5.29.15", &[3, 2, 6, 0xc0]);
        assert_eq!(purpose(&[signs, ca]), Purpose::Authority);
    }

    #[test]
    fn numbers_of_persons_are_masked_unless_they_are_to_be_revealed() {
        // identifyCode, its number in a bare PrintableString.
        let value = [&[0x13, 18][..], b"110101199001011237"].concat();
        let one = extension("1.2.156.10260.4.1.1", &value);
        let (label, lines) = describe(&one, Language::Zh, false);
        assert_eq!(label, "个人身份标识码（关键）");
        assert!(lines[0].starts_with("居民身份证号：") && !lines[0].contains("19900101"));
        let open = describe(&one, Language::En, true);
        assert_eq!(open.1, ["resident identity number: 110101199001011237"]);
    }
}
