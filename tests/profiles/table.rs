//! What is asked of each shipped profile, and what a reader must find in its certificate.

use Asked::{Dns, Ip, Mailbox, Number, Origin, Uri, Years};
use cert_profile::{
    CertRequest, Identifier,
    IdentityKind::{
        self, BusinessRegistration, MilitaryOfficerCard, OrganizationCode, Passport,
        ResidentNumber, SocialInsurance, TaxationNumber,
    },
    KeyCustody, KeyEnvironment, KeyOrigin, Profile,
};
use der::asn1::OctetString;
use x509_cert::ext::pkix::name::GeneralName;

/// A certificate to issue.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) profile: &'static str,
    /// The policy, when it is none of those shipped.
    pub(crate) policy: Option<&'static str>,
    pub(crate) subject: &'static str,
    pub(crate) asked: &'static [Asked],
    /// What BouncyCastle reads: the end, usages, CA or not with its path length, purposes,
    /// policies, how many alternative names, and the numbers of GB/T 20518; `!` is critical.
    pub(crate) reads: &'static str,
    /// What OpenSSL takes it for, in the words of `openssl verify -purpose`.
    pub(crate) purpose: &'static str,
}

/// What a request says beside subject and key.
#[derive(Debug)]
pub(crate) enum Asked {
    Dns(&'static str),
    Mailbox(&'static str),
    Uri(&'static str),
    Ip(&'static [u8]),
    Years(u16),
    Number(IdentityKind, &'static str),
    Origin(KeyCustody),
}

impl Asked {
    pub(crate) fn add(request: CertRequest, asked: &Self) -> CertRequest {
        let ia5 = |text: &str| text.to_owned().try_into().expect("IA5");
        match asked {
            Dns(name) => request.alternative_name(GeneralName::DnsName(ia5(name))),
            Mailbox(name) => request.alternative_name(GeneralName::Rfc822Name(ia5(name))),
            Uri(name) => {
                let uri = name.to_string().try_into().expect("IA5");
                request.alternative_name(GeneralName::UniformResourceIdentifier(uri))
            }
            Ip(address) => {
                let octets = OctetString::new(*address).expect("short");
                request.alternative_name(GeneralName::IpAddress(octets))
            }
            Years(years) => request.years(*years),
            Number(kind, value) => request.identifier(Identifier::new(*kind, *value)),
            Origin(custody) => {
                request.key_origin(KeyOrigin::new(KeyEnvironment::Production, *custody))
            }
        }
    }
}

impl Case {
    /// The case of a profile.
    ///
    /// # Panics
    /// When a shipped profile has none: whoever ships a profile adds it here.
    pub(crate) fn of(profile: &str) -> &'static Self {
        let mut all = CASES.iter().chain(OWN);
        let found = all.find(|case| case.profile == profile);
        assert!(found.is_some(), "{profile} is shipped and nobody judges it");
        found.expect("it was found")
    }

    /// The profile.
    pub(crate) fn policy(&self) -> Profile {
        match self.policy {
            Some(text) => Profile::from_toml(text).expect("a policy"),
            None => Profile::shipped(self.profile).expect("a shipped profile"),
        }
    }

    /// Whether it is the half of a pair whose key encrypts.
    pub(crate) fn encrypts(&self) -> bool {
        self.reads.contains("keyEncipherment")
    }
}

const fn case(
    profile: &'static str,
    subject: &'static str,
    asked: &'static [Asked],
    reads: &'static str,
    purpose: &'static str,
) -> Case {
    Case {
        profile,
        policy: None,
        subject,
        asked,
        reads,
        purpose,
    }
}

const CASES: &[Case] = &[
    case(
        "root-ca",
        "CN=示例根,O=示例,C=CN",
        &[],
        "until=2046-07-01T08:00:00Z key=sha1 usage=!keyCertSign+cRLSign ca=!true \
         purposes= policies= names=0",
        "crlsign",
    ),
    case(
        "issuing-ca",
        "CN=示例签发机构,O=示例认证中心,C=CN",
        &[],
        "until=2036-07-01T08:00:00Z key=sha1 usage=!keyCertSign+cRLSign ca=!true,0 \
         purposes= policies= names=0",
        "crlsign",
    ),
    case(
        "agency-access",
        "CN=示例证券证书注册系统,O=示例证券股份有限公司,C=CN",
        &[Origin(KeyCustody::QualifiedHardware)],
        "until=2028-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes=1.3.6.1.5.5.7.3.2 policies= names=0",
        "sslclient",
    ),
    case(
        "ocsp-responder",
        "CN=示例状态查询,O=示例认证中心,C=CN",
        &[],
        "until=2026-09-29T08:00:00Z key=sha1 usage=!digitalSignature ca=false \
         purposes=1.3.6.1.5.5.7.3.9 policies= names=0",
        "ocsphelper",
    ),
    case(
        "crl-signer",
        "CN=示例吊销列表签发,O=示例认证中心,C=CN",
        &[],
        "until=2028-07-01T08:00:00Z key=sha1 usage=!cRLSign ca=false \
         purposes= policies= names=0",
        "crlsign",
    ),
    case(
        "timestamping",
        "CN=示例时间戳服务,O=示例认证中心,C=CN",
        &[Origin(KeyCustody::Hardware)],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes=!1.3.6.1.5.5.7.3.8 policies= names=0",
        "timestampsign",
    ),
    case(
        "log-signer",
        "CN=示例日志签名,O=示例认证中心,C=CN",
        &[],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!digitalSignature ca=false \
         purposes= policies= names=0",
        "any",
    ),
    case(
        "tls-server-signing",
        "CN=www.example.cn,O=示例公司,C=CN",
        &[Dns("www.example.cn"), Ip(&[192, 0, 2, 7])],
        "until=2027-07-01T08:00:00Z key=sha1 usage=!digitalSignature ca=false \
         purposes=1.3.6.1.5.5.7.3.1 policies= names=2",
        "sslserver",
    ),
    case(
        "tls-server-encryption",
        "CN=www.example.cn,O=示例公司,C=CN",
        &[Dns("www.example.cn"), Ip(&[192, 0, 2, 7])],
        "until=2027-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes=1.3.6.1.5.5.7.3.1 policies= names=2",
        "sslserver",
    ),
    case(
        "device-signing",
        "serialNumber=GW-0007,CN=网关 7,O=示例公司,C=CN",
        &[Uri("https://gw-7.example.cn/")],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=1",
        "any",
    ),
    case(
        "device-encryption",
        "serialNumber=GW-0007,CN=网关 7,O=示例公司,C=CN",
        &[Uri("https://gw-7.example.cn/")],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=1",
        "any",
    ),
    case(
        "subscriber-signing",
        "CN=张三,C=CN",
        &[Mailbox("zhang@example.cn")],
        "until=2028-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=1",
        "smimesign",
    ),
    case(
        "subscriber-encryption",
        "CN=张三,C=CN",
        &[Mailbox("zhang@example.cn")],
        "until=2028-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=1",
        "smimeencrypt",
    ),
    case(
        "person-soft-signing",
        "CN=张三,C=CN",
        &[
            Years(1),
            Number(ResidentNumber, "11010519491231002X"),
            Mailbox("zhang@example.cn"),
            Origin(KeyCustody::Software),
        ],
        "until=2027-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=1 \
         1.2.156.10260.4.1.1=[0]DERPrintableString:11010519491231002X",
        "smimesign",
    ),
    case(
        "person-soft-encryption",
        "CN=张三,C=CN",
        &[
            Years(1),
            Number(ResidentNumber, "11010519491231002X"),
            Mailbox("zhang@example.cn"),
        ],
        "until=2027-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=1 \
         1.2.156.10260.4.1.1=[0]DERPrintableString:11010519491231002X",
        "smimeencrypt",
    ),
    case(
        "person-hard-signing",
        "CN=张三,C=CN",
        &[
            Years(5),
            Number(ResidentNumber, "11010519491231002X"),
            Mailbox("zhang@example.cn"),
            Origin(KeyCustody::Hardware),
        ],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=1 \
         1.2.156.10260.4.1.1=[0]DERPrintableString:11010519491231002X",
        "smimesign",
    ),
    case(
        "person-hard-encryption",
        "CN=张三,C=CN",
        &[
            Years(5),
            Number(ResidentNumber, "11010519491231002X"),
            Mailbox("zhang@example.cn"),
        ],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=1 \
         1.2.156.10260.4.1.1=[0]DERPrintableString:11010519491231002X",
        "smimeencrypt",
    ),
    case(
        "organisation-signing",
        "CN=示例科技有限公司,O=示例科技有限公司,L=深圳市,ST=广东省,C=CN",
        &[
            Years(5),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
            Origin(KeyCustody::Software),
        ],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
    case(
        "organisation-encryption",
        "CN=示例科技有限公司,O=示例科技有限公司,L=深圳市,ST=广东省,C=CN",
        &[
            Years(5),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
        ],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
    case(
        "organisation-seal-signing",
        "CN=示例科技有限公司,O=示例科技有限公司,L=深圳市,ST=广东省,C=CN",
        &[
            Years(3),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
            Origin(KeyCustody::Hardware),
        ],
        "until=2029-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
    case(
        "organisation-seal-encryption",
        "CN=示例科技有限公司,O=示例科技有限公司,L=深圳市,ST=广东省,C=CN",
        &[
            Years(3),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
        ],
        "until=2029-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
    case(
        "organisation-business-seal-signing",
        "CN=示例科技有限公司合同专用章,OU=合同专用章,O=示例科技有限公司,C=CN",
        &[
            Years(2),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
            Origin(KeyCustody::Hardware),
        ],
        "until=2028-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
    case(
        "organisation-business-seal-encryption",
        "CN=示例科技有限公司合同专用章,OU=合同专用章,O=示例科技有限公司,C=CN",
        &[
            Years(2),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
        ],
        "until=2028-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
    case(
        "organisation-personal-seal-signing",
        "CN=李四,OU=财务部,O=示例科技有限公司,C=CN",
        &[
            Years(4),
            Number(Passport, "E12345678"),
            Number(SocialInsurance, "123456789"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Origin(KeyCustody::Hardware),
        ],
        "until=2030-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.1=[2]DERPrintableString:E12345678 \
         1.2.156.10260.4.1.2=DERPrintableString:123456789 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43",
        "any",
    ),
    case(
        "organisation-personal-seal-encryption",
        "CN=李四,OU=财务部,O=示例科技有限公司,C=CN",
        &[
            Years(4),
            Number(Passport, "E12345678"),
            Number(SocialInsurance, "123456789"),
            Number(OrganizationCode, "91350100M000100Y43"),
        ],
        "until=2030-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.1=[2]DERPrintableString:E12345678 \
         1.2.156.10260.4.1.2=DERPrintableString:123456789 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43",
        "any",
    ),
    case(
        "egov-person-signing",
        "CN=王五,OU=信息中心,O=示例局,L=广州市,ST=广东省,C=CN",
        &[
            Years(5),
            Number(MilitaryOfficerCard, "军字第1234567号"),
            Origin(KeyCustody::Software),
        ],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.1=[1]DERUTF8String:军字第1234567号",
        "any",
    ),
    case(
        "egov-person-encryption",
        "CN=王五,OU=信息中心,O=示例局,L=广州市,ST=广东省,C=CN",
        &[Years(5), Number(MilitaryOfficerCard, "军字第1234567号")],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.1=[1]DERUTF8String:军字第1234567号",
        "any",
    ),
    case(
        "egov-organisation-signing",
        "CN=示例局,O=示例局,L=广州市,ST=广东省,C=CN",
        &[
            Years(5),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
            Origin(KeyCustody::Software),
        ],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
    case(
        "egov-organisation-encryption",
        "CN=示例局,O=示例局,L=广州市,ST=广东省,C=CN",
        &[
            Years(5),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
        ],
        "until=2031-07-01T08:00:00Z key=sha1 usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false \
         purposes= policies= names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
    case(
        "mutual-recognition-individual",
        "CN=陈大文,L=深圳市,ST=广东省,C=CN",
        &[
            Years(3),
            Number(ResidentNumber, "11010519491231002X"),
            Mailbox("chan@example.cn"),
            Origin(KeyCustody::Hardware),
        ],
        "until=2029-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies=2.16.156.339.1.1.1.2.1+2.16.344.8.2.2008.810.2.2018.1.1 names=1 \
         1.2.156.10260.4.1.1=[0]DERPrintableString:11010519491231002X",
        "smimesign",
    ),
    case(
        "mutual-recognition-organisation",
        "CN=示例进出口有限公司,O=示例进出口有限公司,L=深圳市,ST=广东省,C=CN",
        &[
            Years(2),
            Number(BusinessRegistration, "440301103097413"),
            Number(OrganizationCode, "91350100M000100Y43"),
            Number(TaxationNumber, "440301708461136"),
            Origin(KeyCustody::Hardware),
        ],
        "until=2028-07-01T08:00:00Z key=sha1 usage=!digitalSignature+nonRepudiation ca=false \
         purposes= policies=2.16.156.339.1.1.2.2.1+2.16.344.8.2.2008.810.2.2018.1.1 names=0 \
         1.2.156.10260.4.1.3=DERPrintableString:440301103097413 \
         1.2.156.10260.4.1.4=DERPrintableString:91350100M000100Y43 \
         1.2.156.10260.4.1.5=DERPrintableString:440301708461136",
        "any",
    ),
];

/// Policies of a CA's own, which write what those shipped leave out.
pub(crate) const OWN: &[Case] = &[
    Case {
        profile: "own-ca",
        policy: Some(
            r#"
            name = "own-ca"
            kind = "ca"
            path_len = 0
            key_usage = ["keyCertSign", "cRLSign"]
            authority_key_identifier = "key-and-issuer"
            subject_key_identifier = "sm3"
            signature_parameters = "null"
            crl_urls = ["http://crl.example.cn/root.crl"]
            delta_crl_urls = ["http://crl.example.cn/root-delta.crl"]
            issuer_urls = ["http://ca.example.cn/root.cer"]
            validity = { years = 5 }
            subject = { required = ["countryName", "organizationName", "commonName"] }
            [name_constraints]
            permitted = { dns = ["example.cn"], email = ["example.cn"] }
            excluded = { dns = ["test.example.cn"], ip = ["10.0.0.0/8"] }
            "#,
        ),
        subject: "CN=自有机构,O=示例认证中心,C=CN",
        asked: &[],
        reads: "until=2031-07-01T08:00:00Z key=sm3+issuer usage=!keyCertSign+cRLSign ca=!true,0 \
                purposes= policies= names=0 crl=http://crl.example.cn/root.crl \
                delta=http://crl.example.cn/root-delta.crl issuer=http://ca.example.cn/root.cer \
                limits=!+example.cn+example.cn-test.example.cn-#0a000000ff000000 parameters=null",
        purpose: "crlsign",
    },
    Case {
        profile: "own-person",
        policy: Some(
            r#"
            name = "own-person"
            kind = "end-entity"
            key_usage = ["digitalSignature", "contentCommitment"]
            extended_key_usage = ["emailProtection", "1.2.156.112562.9"]
            subject_key_identifier = "sha1-60"
            crl_urls = ["http://crl.example.cn/{shard}.crl"]
            crl_shards = 2
            ocsp_urls = ["http://ocsp.example.cn/"]
            issuer_urls = ["http://ca.example.cn/ca.cer"]
            alternative_names = "required"
            alternative_name_forms = ["email"]
            validity = { days = 30 }
            subject = { required = ["countryName", "commonName"] }
            [identifiers]
            edition = "2023"
            resident_identity_card = "optional"
            passport = "optional"
            social_insurance_number = "optional"
            unified_social_credit_code = "optional"
            [[certificate_policies]]
            oid = "1.2.156.112562.2"
            cps = "http://ca.example.cn/cps"
            notice = "仅供测试"
            "#,
        ),
        subject: "CN=张三,C=CN",
        asked: &[
            Mailbox("zhang@example.cn"),
            Number(ResidentNumber, "11010519491231002X"),
            Number(SocialInsurance, "123456789"),
        ],
        reads: "until=2026-07-31T08:00:00Z key=sha1-60 usage=!digitalSignature+nonRepudiation \
                ca=false purposes=1.3.6.1.5.5.7.3.4+1.2.156.112562.9 \
                policies=1.2.156.112562.2,DERIA5String:http://ca.example.cn/cps,DLSequence:[仅供测试] \
                names=1 crl=http://crl.example.cn/{shard}.crl ocsp=http://ocsp.example.cn/ \
                issuer=http://ca.example.cn/ca.cer \
                1.2.156.10260.4.1.1.1=DERPrintableString:11010519491231002X \
                1.2.156.10260.4.1.2=DERUTF8String:123456789",
        purpose: "smimesign",
    },
    Case {
        profile: "own-implicit",
        policy: Some(
            r#"
            name = "own-implicit"
            kind = "end-entity"
            key_usage = ["keyEncipherment", "dataEncipherment", "keyAgreement"]
            validity = { days = 30 }
            subject = { required = ["countryName", "commonName"], multi_valued = true }
            identifiers = { tagging = "implicit", resident_identity_card = "required" }
            "#,
        ),
        subject: "CN=张三,C=CN",
        asked: &[Number(ResidentNumber, "11010519491231002X")],
        reads: "until=2026-07-31T08:00:00Z key=sha1 \
                usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false purposes= \
                policies= names=0 1.2.156.10260.4.1.1=\
                [0]DEROctetString:#313130313035313934393132333130303258",
        purpose: "any",
    },
];
