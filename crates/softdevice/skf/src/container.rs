//! Containers, their keys and certificates (GM/T 0016-2012, 7.5 and 7.6).

pub(crate) mod sys;

use crate::{
    application::OpenApplication,
    code::{Code, Result},
    device::{Connected, name_list},
    library::{hold, library},
    sys::WIDTH,
};
use gm_crypto::{delivery::EncryptionKeyDelivery, sm2::PublicKey};
use softdevice::{
    Container, KeyKind, KeyUse, PrivateKey,
    room::{Reply, Room},
    structures::write_public_key,
};
use std::sync::Arc;

/// `ECCPUBLICKEYBLOB`, and in front of it in `ENVELOPEDKEYBLOB`: version, algorithm, bits, the
/// encrypted scalar.
pub(crate) const BEFORE_CIPHER: usize = 3 * 4 + 64 + WIDTH.public_key();
const _: () = assert!(BEFORE_CIPHER == 208);

/// A container that is open.
#[derive(Debug)]
pub(crate) struct OpenContainer {
    application: Arc<OpenApplication>,
    container: Container,
}

/// What a container holds (`SKF_GetContainerType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum ContainerType {
    /// Nothing yet.
    Unsaid = 0,
    /// Keys of elliptic curves.
    Ecc = 2,
}

/// Which key a flag means.
pub(crate) fn key_use(is_signing: bool) -> KeyUse {
    if is_signing {
        KeyUse::Signing
    } else {
        KeyUse::Encryption
    }
}

impl OpenApplication {
    fn opened(self: &Arc<Self>, container: Container) -> Result<usize> {
        hold(OpenContainer {
            application: Arc::clone(self),
            container,
        })
    }

    /// `SKF_CreateContainer`
    pub(crate) fn create_container(self: &Arc<Self>, name: &str) -> Result<usize> {
        self.user()?;
        if name.len() > 64 {
            return Err(Code::NameLength);
        }
        self.opened(self.application().create_container(name)?)
    }

    /// `SKF_DeleteContainer`: what is open of it is closed, and its keys are forgotten.
    pub(crate) fn delete_container(&self, name: &str) -> Result<()> {
        self.user()?;
        let application = self.application();
        let container = application.container(name)?;
        let keys: Vec<_> = [KeyUse::Signing, KeyUse::Encryption]
            .into_iter()
            .filter_map(|for_use| application.key_pair_in(&container, for_use).ok())
            .map(|pair| pair.id())
            .collect();
        application.delete_container(name)?;
        let device = self.on_device();
        let library = library();
        library.containers.retain(|other| {
            other.container.id() != container.id() || !other.on_device().is_same_device(device)
        });
        library.applications.retain(|other| {
            if other.is_same_application(self) {
                other.forget(&keys);
            }
            true
        });
        Ok(())
    }

    /// `SKF_OpenContainer`
    pub(crate) fn open_container(self: &Arc<Self>, name: &str) -> Result<usize> {
        self.opened(self.application().container(name)?)
    }

    /// `SKF_EnumContainer`
    pub(crate) fn container_names(&self) -> Result<Vec<u8>> {
        let containers = self.application().containers()?;
        Ok(name_list(containers.iter().map(Container::name)))
    }
}

/// `SKF_CloseContainer`
pub(crate) fn close(handle: usize) -> Result<()> {
    let closed = library().containers.remove(handle);
    closed.map(drop).ok_or(Code::Handle)
}

impl OpenContainer {
    pub(crate) fn on_device(&self) -> &Arc<Connected> {
        self.application.on_device()
    }

    pub(crate) fn application(&self) -> &OpenApplication {
        &self.application
    }

    pub(crate) fn is_in(&self, application: &Arc<OpenApplication>) -> bool {
        Arc::ptr_eq(&self.application, application)
    }

    /// `SKF_GetContainerType`
    pub(crate) fn container_type(&self) -> Result<ContainerType> {
        for for_use in [KeyUse::Signing, KeyUse::Encryption] {
            match self.public_key(for_use) {
                Ok(_) => return Ok(ContainerType::Ecc),
                Err(Code::NoKey) => {}
                Err(code) => return Err(code),
            }
        }
        Ok(ContainerType::Unsaid)
    }

    /// The private key of a place; the user is logged in.
    pub(crate) fn private_key(&self, for_use: KeyUse) -> Result<Arc<PrivateKey>> {
        let user = self.application.user()?;
        // Where its key is, the store says each time: somebody may have deleted it.
        Ok(user.key_in(&self.container, for_use)?)
    }

    /// The public key of a place; everybody may have it.
    pub(crate) fn public_key(&self, for_use: KeyUse) -> Result<PublicKey> {
        let application = self.application.application();
        let pair = application.key_pair_in(&self.container, for_use)?;
        PublicKey::from_uncompressed(pair.value()).map_err(|_| Code::KeyUsage)
    }

    /// `SKF_ExportPublicKey`
    pub(crate) fn export_public_key(&self, for_use: KeyUse) -> Result<Vec<u8>> {
        Ok(write_public_key(&self.public_key(for_use)?, WIDTH))
    }

    /// `SKF_GenECCKeyPair`: the signing pair, which is not there yet.
    pub(crate) fn generate_pair(&self) -> Result<Vec<u8>> {
        let user = self.application.user()?;
        user.generate_pair(&self.container, KeyUse::Signing, KeyKind::Sm2)?;
        self.export_public_key(KeyUse::Signing)
    }

    /// `SKF_ImportECCKeyPair`: the encryption pair, wrapped for the signing key.
    pub(crate) fn import_pair(&self, blob: &[u8]) -> Result<()> {
        let user = self.application.user()?;
        let delivery = EncryptionKeyDelivery::read(blob).map_err(|_| Code::Input)?;
        let envelope = delivery.envelope().ok_or(Code::Input)?;
        user.import_enveloped(&self.container, envelope)?;
        Ok(())
    }

    /// `SKF_ImportCertificate`: over one that is there. Whether it fits the key is the
    /// caller's business, as it is on a token.
    pub(crate) fn import_certificate(&self, for_use: KeyUse, certificate: &[u8]) -> Result<()> {
        self.application.user()?;
        let application = self.application.application();
        application.set_certificate(&self.container, for_use, certificate)?;
        Ok(())
    }

    /// `SKF_ExportCertificate`
    pub(crate) fn export_certificate(&self, for_use: KeyUse, room: Room) -> Result<Reply> {
        let application = self.application.application();
        let certificate = application.certificate(&self.container, for_use);
        let certificate = certificate.map_err(|error| match error {
            softdevice::Error::PlaceEmpty { .. } => Code::NoCertificate,
            error => error.into(),
        })?;
        Ok(Reply::fitting(certificate, room))
    }
}
