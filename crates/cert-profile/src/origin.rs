//! Where a key was made, as far as policy asks.

use crate::{
    Objection,
    profile::{KeyOriginConfig, OriginDevice, OriginEnvironment},
};

/// Where a key was made, as whoever decided about the request found it: from an attribute
/// of the request, from evidence beside it, or from the papers of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOrigin {
    environment: KeyEnvironment,
    custody: KeyCustody,
}

impl KeyOrigin {
    /// Made in this environment, by this.
    pub fn new(environment: KeyEnvironment, custody: KeyCustody) -> Self {
        Self {
            environment,
            custody,
        }
    }

    /// In which environment.
    pub fn environment(&self) -> KeyEnvironment {
        self.environment
    }

    /// By what.
    pub fn custody(&self) -> KeyCustody {
        self.custody
    }
}

/// The environment that a key was made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEnvironment {
    /// Where the work is done.
    Production,
    /// Where it is tried.
    Test,
}

/// What made a key and keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyCustody {
    /// A program.
    Software,
    /// A cryptographic device whose qualification certificate is not known.
    Hardware,
    /// A cryptographic device with the number of its qualification certificate.
    QualifiedHardware,
}

/// How the origin of a key falls short of what the profile asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyOriginFault {
    /// Nothing is said.
    #[error("is not stated")]
    Unstated,

    /// Another environment than production.
    #[error("is a test environment: make the key in production")]
    Test,

    /// No cryptographic device.
    #[error("is software: make the key in a cryptographic device")]
    Software,

    /// A device without the number of its qualification certificate.
    #[error("is a device without the number of its qualification certificate")]
    Unqualified,
}

impl KeyOriginFault {
    /// The document and section that asks for more.
    pub fn clause(&self) -> &'static str {
        match self {
            Self::Unstated | Self::Test | Self::Software => {
                "中国结算《证书服务代理资格申请及报备材料》, 注意事项 5"
            }
            Self::Unqualified => "中国结算《证书服务代理资格申请及报备材料》, 注意事项 6",
        }
    }
}

/// Everything that stands against a key of this origin.
pub(crate) fn check(rule: Option<&KeyOriginConfig>, origin: Option<KeyOrigin>) -> Vec<Objection> {
    let Some(rule) = rule else {
        return Vec::new();
    };
    let Some(origin) = origin else {
        return vec![Objection::KeyOrigin(KeyOriginFault::Unstated)];
    };
    let mut faults = Vec::new();
    if rule.environment == OriginEnvironment::Production
        && origin.environment != KeyEnvironment::Production
    {
        faults.push(KeyOriginFault::Test);
    }
    match (rule.device, origin.custody) {
        (OriginDevice::Hardware | OriginDevice::Qualified, KeyCustody::Software) => {
            faults.push(KeyOriginFault::Software);
        }
        (OriginDevice::Qualified, KeyCustody::Hardware) => {
            faults.push(KeyOriginFault::Unqualified);
        }
        _ => {}
    }
    faults.into_iter().map(Objection::KeyOrigin).collect()
}
