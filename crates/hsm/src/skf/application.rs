//! An opened application, and its containers.

use super::{
    SkfPinKind, blob, code, container,
    pin::PinText,
    session::{names, octets},
    sys,
};
use crate::{Error, KeyLabel, Pin};
use std::{
    collections::BTreeMap,
    ffi::{CStr, CString},
    sync::Arc,
};

/// What opens an application.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) pin: Option<Pin>,
    /// Whether a PIN may be the one that the device came with.
    pub(super) initial_pin_allowed: bool,
}

/// An application with its open containers.
#[derive(Debug)]
pub(super) struct Application {
    raw: Arc<sys::Application>,
    containers: BTreeMap<CString, container::sys::Container>,
    /// With which PIN the user is logged in: nobody else's work profits from it.
    logged_in: Option<Pin>,
    /// Whether a PIN was presented whose effect was not taken back since.
    opened: bool,
}

impl Application {
    pub(super) fn open(device: &Arc<sys::Device>, name: &CStr) -> Result<Self, Error> {
        Ok(Self {
            raw: Arc::new(sys::Application::open(device, name)?),
            containers: BTreeMap::new(),
            logged_in: None,
            opened: false,
        })
    }

    pub(super) fn raw(&self) -> &sys::Application {
        &self.raw
    }

    /// The user is logged in no more: a PIN was presented to change one.
    pub(super) fn forget_login(&mut self) {
        self.opened = true;
        // The PIN is another one even if this fails; it is done before the next act then,
        // which fails if it cannot be.
        let _ = self.log_out();
    }

    /// Presents the user's PIN, once for each connection.
    pub(super) fn log_in(&mut self, access: &Access) -> Result<(), Error> {
        let pin = access.pin.as_ref().ok_or(Error::PinMissing)?;
        if self.logged_in.as_ref().is_some_and(|by| by.is_same(pin)) {
            return Ok(());
        }
        self.log_out()?;
        let state = self.open_pin(SkfPinKind::User)?;
        if state.is_some_and(|state| state.initial) && !access.initial_pin_allowed {
            return Err(Error::InitialPin);
        }
        self.opened = true;
        pin.present(|octets| self.verify_pin(SkfPinKind::User, &PinText::new(octets)?))?;
        self.logged_in = Some(pin.clone());
        Ok(())
    }

    /// Takes back what another PIN opened.
    fn log_out(&mut self) -> Result<(), Error> {
        self.logged_in = None;
        if !self.opened {
            return Ok(());
        }
        match self.raw.clear_secure_state() {
            // What opens with any PIN is the device's affair then.
            Err(Error::Unsupported { .. }) => {}
            Err(error) if code::of(&error) == Some(code::NOT_SUPPORTED) => {}
            result => result?,
        }
        self.opened = false;
        Ok(())
    }

    /// Does what needs the user's PIN. Who has none may find that the device asks for none;
    /// a login that the device forgot is repeated once.
    pub(super) fn with_login<T>(
        &mut self,
        access: &Access,
        act: impl Fn(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match access.pin {
            Some(_) => self.log_in(access)?,
            None => self.log_out()?,
        }
        match act(self) {
            Err(error) if code::of(&error) == Some(code::NOT_LOGGED_IN) => {
                self.logged_in = None;
                self.log_in(access)?;
                act(self)
            }
            done => done,
        }
    }

    /// Does something with a container, which stays open; after an error it does not.
    pub(super) fn in_container<T>(
        &mut self,
        name: &CStr,
        act: impl FnOnce(&container::sys::Container) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let container = match self.containers.remove(name) {
            Some(container) => container,
            None => container::sys::Container::open(&self.raw, name)?,
        };
        let value = act(&container)?;
        self.containers.insert(name.to_owned(), container);
        Ok(value)
    }

    pub(super) fn create_container(&mut self, name: &CStr) -> Result<(), Error> {
        let container = container::sys::Container::create(&self.raw, name)?;
        self.containers.insert(name.to_owned(), container);
        Ok(())
    }

    pub(super) fn delete_container(&mut self, name: &CStr) -> Result<(), Error> {
        self.containers.remove(name);
        self.raw.delete_container(name)
    }

    /// The containers under the labels that name them.
    pub(super) fn containers(&self) -> Result<Vec<(KeyLabel, CString)>, Error> {
        let names = names("SKF_EnumContainer", |room| self.raw.containers(room))?;
        Ok(labelled(names))
    }

    /// The container that a label names, if there is one.
    pub(super) fn find(&self, label: &KeyLabel) -> Result<Option<CString>, Error> {
        let containers = self.containers()?;
        let found = containers.into_iter().find(|(named, _)| named == label);
        Ok(found.map(|(_, name)| name))
    }

    /// The same, which must be there.
    pub(super) fn existing(&self, label: &KeyLabel) -> Result<CString, Error> {
        self.find(label)?.ok_or_else(|| Error::NoSuchKey {
            label: label.clone(),
        })
    }

    /// A certificate, if there is one.
    pub(super) fn certificate(
        &mut self,
        name: &CStr,
        signing: bool,
    ) -> Result<Option<Vec<u8>>, Error> {
        let read = self.in_container(name, |container| {
            octets("SKF_ExportCertificate", |room| {
                container.certificate(signing, room)
            })
        });
        match read {
            Ok(octets) if octets.is_empty() => Ok(None),
            Ok(octets) => Ok(Some(octets)),
            Err(error) if code::of(&error) == Some(code::NO_CERTIFICATE) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Names under labels: under themselves, or else in small letters and without foreign
/// characters, when no two names would share a label. Sorted by label.
fn labelled(names: Vec<CString>) -> Vec<(KeyLabel, CString)> {
    let mut labelled = BTreeMap::new();
    let mut others: BTreeMap<KeyLabel, Vec<CString>> = BTreeMap::new();
    for name in names {
        let shown = blob::shown(&name);
        if let Ok(label) = KeyLabel::new(shown.as_str()) {
            labelled.insert(label, name);
            continue;
        }
        let plain: String = shown
            .to_ascii_lowercase()
            .chars()
            .filter(|character| matches!(character, 'a'..='z' | '0'..='9' | '.' | '-'))
            .collect();
        if let Ok(label) = KeyLabel::new(plain) {
            others.entry(label).or_default().push(name);
        }
    }
    for (label, mut names) in others {
        if let (Some(name), true) = (names.pop(), names.is_empty()) {
            labelled.entry(label).or_insert(name);
        }
    }
    labelled.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_names_have_labels_when_no_other_name_has_the_same() {
        let shown = |names: &[&CStr]| -> Vec<String> {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            labelled(names)
                .into_iter()
                .map(|(label, name)| format!("{label} {}", name.to_string_lossy()))
                .collect()
        };
        assert_eq!(
            shown(&[c"{4F2A-Sign}", c"plain", c"Two", c"TWO", c"\xe5\xbc\xa0"]),
            ["4f2a-sign {4F2A-Sign}", "plain plain"]
        );
        assert_eq!(
            shown(&[c"Plain", c"plain"]),
            ["plain plain"],
            "a name of its own comes first"
        );
    }
}
