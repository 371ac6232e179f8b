//! Devices, by what their names say.

use super::{Ask, PinWanted, pin};
use crate::{Error, Pin, PinSource, PoolOptions};
#[cfg(any(feature = "sdf", feature = "skf"))]
use std::path::Path;

/// One thread asks here; who needs more opens the device by its own interface.
fn one_session() -> PoolOptions {
    PoolOptions::default().with_sessions(1)
}

/// The PIN; none where nobody gives one: a device that wants it says so.
fn optional_pin(
    source: Option<&PinSource>,
    wanted: &PinWanted,
    ask: Ask<'_>,
) -> Result<Option<Pin>, Error> {
    match pin(source, wanted, ask) {
        Ok(pin) => Ok(Some(Pin::new(pin))),
        Err(Error::PinMissing) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(any(feature = "sdf", feature = "skf"))]
fn module<'a>(path: Option<&'a Path>, scheme: &str) -> Result<&'a Path, Error> {
    path.ok_or_else(|| Error::Uri {
        at: scheme.to_owned(),
        what: "no module-path, which names the library",
    })
}

/// The text of a description of a vendor's, which is no name of a shipped one.
#[cfg(any(feature = "sdf", feature = "skf"))]
fn description(name: &str) -> Result<String, Error> {
    use std::io::Read;
    /// Octets of the longest one; what is longer is refused by whoever reads it.
    const MAX_LENGTH: u64 = 1 << 17;
    let path = Path::new(name);
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_LENGTH).read_to_string(&mut text))
        .map_err(Error::io("read", path))?;
    Ok(text)
}

#[cfg(feature = "pkcs11")]
mod pkcs11 {
    use super::{one_session, optional_pin};
    use crate::open::{Ask, Opened, PinWanted};
    use crate::{
        Error, KeyHandle, KeyLabel, ObjectType, Pkcs11Uri,
        pkcs11::{
            KeyChoice, PinWarning, Pkcs11Module, Pkcs11Options, Pkcs11Token, TokenChoice,
            VendorProfile,
        },
    };
    use std::path::{Path, PathBuf};

    impl Pkcs11Uri {
        /// Opens the token that the name means and logs in, with one session. Whoever is asked
        /// for the PIN hears what the token says of it before.
        ///
        /// # Errors
        /// [`Error::Uri`] when the name has no library, or an attribute by which no token is
        /// chosen here; [`Error::PinMissing`]; otherwise those of [`Pkcs11Token::open`].
        pub fn open_token(&self, ask: Ask<'_>) -> Result<Pkcs11Token, Error> {
            self.check()?;
            let choice = self.token_choice();
            let mut options = Pkcs11Options::default().with_pool(one_session());
            if let Some(name) = &self.vendor {
                options = options.with_profile(match VendorProfile::named(name) {
                    Err(_) if Path::new(name).is_file() => VendorProfile::from_file(name)?,
                    profile => profile?,
                });
            }
            let module = self.load()?;
            let found = choice.among(&module.tokens()?)?;
            let (remaining, note) = match found.pin_warning() {
                Some(PinWarning::LastTry) => (Some(1), None),
                Some(PinWarning::WrongBefore) => (None, Some("a wrong one was given before")),
                Some(PinWarning::ToBeChanged) => (None, Some("it has to be changed")),
                None => (None, None),
            };
            let wanted = PinWanted {
                place: format!("token {found}"),
                remaining,
                note,
            };
            let pin = optional_pin(self.pin.as_ref(), &wanted, ask)?;
            Pkcs11Token::open(&module, &choice, pin, options)
        }

        pub(in crate::open) fn open(&self, ask: Ask<'_>) -> Result<Opened, Error> {
            let label = self.object.as_deref().map(KeyLabel::new).transpose()?;
            Ok(Opened {
                token: Box::new(self.open_token(ask)?),
                label,
            })
        }

        pub(in crate::open) fn open_key(&self, ask: Ask<'_>) -> Result<Box<dyn KeyHandle>, Error> {
            let wrong = |at: &str, what| Error::Uri {
                at: at.to_owned(),
                what,
            };
            let mut choice = KeyChoice::default();
            choice.label.clone_from(&self.object);
            choice.id.clone_from(&self.id);
            if choice == KeyChoice::default() {
                return Err(wrong("pkcs11", "names no key: add object or id"));
            }
            if let Some(ObjectType::SecretKey | ObjectType::Data) = self.object_type {
                return Err(wrong("type", "what signs is a private key"));
            }
            self.open_token(ask)?.find_key(&choice)
        }

        /// An attribute that is passed over would make the name mean more than it says.
        fn check(&self) -> Result<(), Error> {
            let wrong = |at: &str, what| {
                Err(Error::Uri {
                    at: at.to_owned(),
                    what,
                })
            };
            let unused = [
                ("library-manufacturer", self.library_manufacturer.is_some()),
                ("library-description", self.library_description.is_some()),
                ("library-version", self.library_version.is_some()),
                ("slot-description", self.slot_description.is_some()),
                ("slot-manufacturer", self.slot_manufacturer.is_some()),
            ];
            if let Some((name, _)) = unused.iter().find(|(_, is_there)| *is_there) {
                return wrong(name, "no token is chosen by it: use token, serial, slot-id");
            }
            if let Some((name, _)) = self.vendor_path().next() {
                return wrong(name, "not known, so nobody can tell what it means");
            }
            let known = |name: &str| name.starts_with("x-");
            if let Some((name, _)) = self.vendor_query().find(|(name, _)| !known(name)) {
                return wrong(name, "not known: only x-… is passed over");
            }
            Ok(())
        }

        fn token_choice(&self) -> TokenChoice {
            let mut choice = TokenChoice::default();
            choice.label.clone_from(&self.token);
            choice.manufacturer.clone_from(&self.manufacturer);
            choice.model.clone_from(&self.model);
            choice.serial.clone_from(&self.serial);
            choice.slot = self.slot_id;
            choice
        }

        /// The library: a file, or one of this name in a folder or where the system looks.
        fn load(&self) -> Result<Pkcs11Module, Error> {
            let path: PathBuf = match (&self.module_path, &self.module_name) {
                (Some(folder), Some(name)) if folder.is_dir() => {
                    let [plain, with_lib] = file_names(name);
                    let plain = folder.join(plain);
                    if plain.is_file() {
                        plain
                    } else {
                        folder.join(with_lib)
                    }
                }
                (Some(path), _) => path.clone(),
                (None, Some(name)) => {
                    let [_, with_lib] = file_names(name);
                    with_lib.into()
                }
                (None, None) => {
                    return Err(Error::Uri {
                        at: "pkcs11".to_owned(),
                        what: "no module-path, which names the library",
                    });
                }
            };
            Pkcs11Module::load(path)
        }
    }

    /// What a library of this name is called (RFC 7512, 2.3, `module-name`).
    fn file_names(name: &str) -> [String; 2] {
        let suffix = std::env::consts::DLL_SUFFIX;
        let prefix = std::env::consts::DLL_PREFIX;
        [format!("{name}{suffix}"), format!("{prefix}{name}{suffix}")]
    }
}

#[cfg(feature = "sdf")]
mod sdf {
    use super::{description, module, one_session, optional_pin};
    use crate::{
        Error, KeyLabel, SdfUri,
        open::{Ask, Opened, PinWanted},
        sdf::{SdfDevice, SdfLibrary, SdfVariant},
    };

    impl SdfUri {
        /// Opens the device that the name means, with one session. The password of the keys is
        /// asked for; without an answer, they are used without.
        ///
        /// # Errors
        /// [`Error::Uri`] when the name has no library, [`Error::Io`] and [`Error::Vendor`]
        /// for its variant; otherwise those of [`SdfDevice::open`].
        pub fn open_device(&self, ask: Ask<'_>) -> Result<SdfDevice, Error> {
            let path = module(self.module_path.as_deref(), "sdf")?;
            let variant = match &self.variant {
                None => SdfVariant::default(),
                Some(name) => match SdfVariant::shipped(name) {
                    Some(variant) => variant,
                    None => SdfVariant::from_toml(name, &description(name)?)?,
                },
            };
            let library = SdfLibrary::load(path, variant)?;
            let wanted = PinWanted {
                place: format!("the keys of {}", path.display()),
                remaining: None,
                note: None,
            };
            let pin = optional_pin(self.pin.as_ref(), &wanted, ask)?;
            SdfDevice::open(&library, pin, one_session())
        }

        pub(in crate::open) fn open(&self, ask: Ask<'_>) -> Result<Opened, Error> {
            let index = self.index.map(|index| KeyLabel::new(index.to_string()));
            Ok(Opened {
                token: Box::new(self.open_device(ask)?),
                label: index.transpose()?,
            })
        }
    }
}

#[cfg(feature = "skf")]
mod skf {
    use super::{description, module, one_session, optional_pin};
    use crate::{
        Error, KeyLabel, SkfUri,
        open::{Ask, Opened, PinWanted},
        skf::{SkfDevice, SkfLibrary, SkfPinKind, SkfToken, SkfVariant},
    };

    impl SkfUri {
        /// Connects the device that the name means.
        ///
        /// # Errors
        /// [`Error::Uri`] when the name has no library, [`Error::Io`] and [`Error::Vendor`]
        /// for its variant; otherwise those of [`SkfDevice::open`].
        pub fn open_device(&self) -> Result<SkfDevice, Error> {
            let path = module(self.module_path.as_deref(), "skf")?;
            let variant = match &self.variant {
                None => SkfVariant::default(),
                Some(name) => match SkfVariant::shipped(name) {
                    Some(variant) => variant,
                    None => SkfVariant::from_toml(name, &description(name)?)?,
                },
            };
            let library = SkfLibrary::load(path, variant)?;
            SkfDevice::open(&library, self.device.as_deref(), one_session())
        }

        /// Opens the application that the name means. Whoever is asked for the user's PIN
        /// hears the tries that are left; it is presented when something needs it.
        ///
        /// # Errors
        /// As [`Self::open_device`]; [`Error::PinLocked`]; otherwise those of
        /// [`SkfToken::open`].
        pub fn open_token(&self, ask: Ask<'_>) -> Result<SkfToken, Error> {
            let device = self.open_device()?;
            let application = self.application.as_deref();
            let before = SkfToken::open(&device, application, None)?;
            let state = before.pin_state(SkfPinKind::User)?;
            let remaining = state.map(|state| state.remaining);
            if remaining == Some(0) {
                return Err(Error::PinLocked);
            }
            let wanted = PinWanted {
                place: format!("application {}", before.application()),
                remaining,
                note: None,
            };
            let pin = optional_pin(self.pin.as_ref(), &wanted, ask)?;
            SkfToken::open(&device, application, pin)
        }

        pub(in crate::open) fn open(&self, ask: Ask<'_>) -> Result<Opened, Error> {
            let label = self.container.as_deref().map(KeyLabel::new).transpose()?;
            Ok(Opened {
                token: Box::new(self.open_token(ask)?),
                label,
            })
        }
    }
}
