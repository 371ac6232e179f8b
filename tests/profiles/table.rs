//! What is asked of each shipped profile, and what a reader must find in its certificate.

use cert_profile::CertRequest;
use x509_cert::ext::pkix::name::GeneralName;

/// A certificate to issue.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) profile: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) asked: &'static [Asked],
    /// What BouncyCastle reads: usages, CA or not with its path length, purposes,
    /// policies, how many alternative names; `!` is critical.
    pub(crate) reads: &'static str,
    /// What OpenSSL takes it for, in the words of `openssl verify -purpose`.
    pub(crate) purpose: &'static str,
}

/// What a request says beside subject and key.
#[derive(Debug)]
pub(crate) enum Asked {
    Dns(&'static str),
    Mailbox(&'static str),
}

impl Asked {
    pub(crate) fn add(request: CertRequest, asked: &Self) -> CertRequest {
        let ia5 = |text: &str| text.to_owned().try_into().expect("IA5");
        match asked {
            Self::Dns(name) => request.alternative_name(GeneralName::DnsName(ia5(name))),
            Self::Mailbox(name) => request.alternative_name(GeneralName::Rfc822Name(ia5(name))),
        }
    }
}

impl Case {
    /// The case of a profile.
    ///
    /// # Panics
    /// When a shipped profile has none: whoever ships a profile adds it here.
    pub(crate) fn of(profile: &str) -> &'static Self {
        CASES
            .iter()
            .find(|case| case.profile == profile)
            .unwrap_or_else(|| panic!("{profile} is shipped and nobody judges it"))
    }

    /// Whether it is the half of a pair whose key encrypts.
    pub(crate) fn encrypts(&self) -> bool {
        self.reads.contains("keyEncipherment")
    }
}

const CASES: &[Case] = &[
    Case {
        profile: "root-ca",
        subject: "CN=根证书,O=示例机构,C=CN",
        asked: &[],
        reads: "usage=!keyCertSign+cRLSign ca=!true purposes= policies= names=0",
        purpose: "crlsign",
    },
    Case {
        profile: "issuing-ca",
        subject: "CN=签发机构,O=示例机构,C=CN",
        asked: &[],
        reads: "usage=!keyCertSign+cRLSign ca=!true,0 purposes= policies= names=0",
        purpose: "crlsign",
    },
    Case {
        profile: "subscriber-signing",
        subject: "CN=张三,O=示例机构,C=CN",
        asked: &[Asked::Mailbox("zhang@example.cn")],
        reads: "usage=!digitalSignature+nonRepudiation ca=false purposes= policies= names=1",
        purpose: "smimesign",
    },
    Case {
        profile: "subscriber-encryption",
        subject: "CN=张三,O=示例机构,C=CN",
        asked: &[Asked::Dns("a.example.cn")],
        reads: "usage=!keyEncipherment+dataEncipherment+keyAgreement ca=false purposes= policies= names=1",
        purpose: "smimeencrypt",
    },
    Case {
        profile: "ocsp-responder",
        subject: "CN=状态查询,O=示例机构,C=CN",
        asked: &[],
        reads: "usage=!digitalSignature ca=false purposes=1.3.6.1.5.5.7.3.9 policies= names=0",
        purpose: "ocsphelper",
    },
];
