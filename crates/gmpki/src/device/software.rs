//! The software device: applications, PINs, containers.

use crate::{
    args::{
        Application as Which, DeviceDelete, DeviceInfo, DeviceInit, DeviceKeygen, DeviceNumber,
        KeyKindName, KeyUseName, PinChange, PinCommand, PinUnblock, RoleName, Store,
    },
    failure::Failure,
    keys,
    outcome::Outcome,
};
use gm_crypto::pki;
use serde_json::{Value, json};
use softdevice::{
    Application, Container, Device, Error, KeyKind, KeyUse, NewApplication, ObjectClass, Options,
    Pin, Role,
};
use spki::EncodePublicKey;
use std::path::{Path, PathBuf};

/// What nobody may take it for.
const SOFTWARE: &str =
    "software, no certified module: whoever has the file can try PINs without end";

pub(super) fn init(args: &DeviceInit) -> Result<Outcome, Failure> {
    let path = path(&args.store)?;
    let admin = new_pin(args.admin_password_file.as_deref(), "administrator")?;
    let user = new_pin(args.user_password_file.as_deref(), "user")?;
    let mut wanted = NewApplication::new(&*args.application, admin)
        .with_user_pin(user)
        .with_tries(args.tries, args.tries);
    if args.initial {
        wanted = wanted.with_initial_pins();
    }
    let (device, is_new) = match Device::open(&path) {
        Ok(_) if args.label.is_some() => {
            let reason = "is there already: --label goes with a new device";
            return Err(Failure::file(&path, reason));
        }
        Ok(device) => (device, false),
        Err(Error::NoStore { .. }) => {
            let mut options = Options::default();
            if let Some(label) = &args.label {
                options = options.with_label(&**label);
            }
            (Device::create(&path, &options)?, true)
        }
        Err(error) => return Err(error.into()),
    };
    device.create_application(&wanted)?;
    let shown = path.display().to_string();
    let verb = if is_new { "new" } else { "used" };
    let text = format!(
        "device:      {shown} ({verb})\napplication: {}",
        args.application
    );
    let json = json!({
        "store": shown,
        "new": is_new,
        "application": args.application,
        "software": true,
    });
    Ok(Outcome::new(text, json).notes([SOFTWARE]))
}

pub(super) fn info(args: &DeviceInfo) -> Result<Outcome, Failure> {
    let device = open(&args.store)?;
    let info = device.info()?;
    let shown = device.path().display().to_string();
    let mut lines = vec![
        format!("device:       {} ({SOFTWARE})", info.label),
        format!("file:         {shown}"),
        format!("serial:       {}", info.serial),
        format!("manufacturer: {}", info.manufacturer),
        format!(
            "model:        {} {}.{}",
            info.model, info.version.0, info.version.1
        ),
    ];
    let mut applications = Vec::new();
    for application in device.applications()? {
        let containers = application.containers()?.len();
        lines.push(format!(
            "application:  {}, {containers} containers",
            application.name()
        ));
        let mut object = json!({ "name": application.name(), "containers": containers });
        for (role, name) in [(Role::Administrator, "administrator"), (Role::User, "user")] {
            let (text, value) = pin_state(&application, role)?;
            lines.push(format!("  PIN of the {name}: {text}"));
            object[name] = value;
        }
        applications.push(object);
    }
    let json = json!({
        "software": true,
        "label": info.label,
        "store": shown,
        "serial": info.serial,
        "manufacturer": info.manufacturer,
        "model": info.model,
        "version": format!("{}.{}", info.version.0, info.version.1),
        "applications": applications,
    });
    Ok(Outcome::new(lines.join("\n"), json))
}

fn pin_state(application: &Application, role: Role) -> Result<(String, Value), Failure> {
    let state = match application.pin_state(role) {
        Err(Error::PinUnset { .. }) => return Ok(("not set".into(), Value::Null)),
        state => state?,
    };
    let mut text = match state.remaining {
        0 => "locked".to_owned(),
        remaining => format!("{remaining} of {} tries left", state.maximum),
    };
    if state.initial {
        text.push_str(", to be changed");
    }
    let json = json!({
        "maximum": state.maximum,
        "remaining": state.remaining,
        "initial": state.initial,
    });
    Ok((text, json))
}

pub(super) fn list(args: &DeviceInfo) -> Result<Outcome, Failure> {
    let device = open(&args.store)?;
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    for application in device.applications()? {
        for container in application.containers()? {
            let mut parts = Vec::new();
            let mut object = json!({
                "application": application.name(),
                "container": container.name(),
                "number": container.number(),
            });
            for (name, key_use) in [
                ("signing", KeyUse::Signing),
                ("encryption", KeyUse::Encryption),
            ] {
                let object_in = |class| application.object_in(container.id(), key_use, class);
                let key = object_in(ObjectClass::PrivateKey)?;
                let certificate = object_in(ObjectClass::Certificate)?.is_some();
                let kind = key.and_then(|key| key.key_kind()).map(kind_word);
                if let Some(kind) = kind {
                    let with = if certificate { " with certificate" } else { "" };
                    parts.push(format!("{name} {kind}{with}"));
                }
                object[name] = json!({ "key": kind, "certificate": certificate });
            }
            let parts = if parts.is_empty() {
                "empty".to_owned()
            } else {
                parts.join(", ")
            };
            lines.push(format!(
                "{}/{} (number {}): {parts}",
                application.name(),
                container.name(),
                container.number()
            ));
            all.push(object);
        }
    }
    if lines.is_empty() {
        lines.push("no containers".into());
    }
    Ok(Outcome::new(lines.join("\n"), json!({ "containers": all })))
}

pub(super) fn keygen(args: &DeviceKeygen) -> Result<Outcome, Failure> {
    let device = open(&args.application.store)?;
    let application = chosen(&device, &args.application)?;
    let pin = pin_of(&application, Role::User, args.password_file.as_deref())?;
    let user = application.login(Role::User, &pin)?;
    let container = match application.container(&args.container) {
        Err(Error::NoSuchContainer { .. }) => application.create_container(&args.container)?,
        container => container?,
    };
    let kind = match args.kind {
        KeyKindName::Sm2 => KeyKind::Sm2,
        KeyKindName::P256 => KeyKind::P256,
        KeyKindName::P384 => KeyKind::P384,
    };
    let made = user.generate_pair(&container, key_use(args.key_use), kind)?;
    let public = user.private_key(made.id())?.public_key();
    let pem = match public.sm2() {
        Ok(key) => Some(pki::encode_pem(
            "PUBLIC KEY",
            key.to_public_key_der()?.as_bytes(),
        )),
        Err(_) => None,
    };
    let mut text = format!(
        "key:    {} {} in {}/{}\nnumber: {}",
        kind_word(kind),
        use_word(args.key_use),
        application.name(),
        container.name(),
        container.number()
    );
    if let Some(pem) = &pem {
        text.push('\n');
        text.push_str(pem);
    }
    let json = json!({
        "application": application.name(),
        "container": container.name(),
        "number": container.number(),
        "use": use_word(args.key_use),
        "kind": kind_word(kind),
        "public": pem,
    });
    Ok(Outcome::new(text, json))
}

pub(super) fn number(args: &DeviceNumber) -> Result<Outcome, Failure> {
    let device = open(&args.application.store)?;
    let application = chosen(&device, &args.application)?;
    application.renumber_container(&args.container, args.number)?;
    let text = format!(
        "{}/{} is number {}",
        application.name(),
        args.container,
        args.number
    );
    let json = json!({ "container": args.container, "number": args.number });
    Ok(Outcome::new(text, json))
}

pub(super) fn pin(command: &PinCommand) -> Result<Outcome, Failure> {
    match command {
        PinCommand::Change(change) => change_pin(change),
        PinCommand::Unblock(unblock) => self::unblock(unblock),
    }
}

fn change_pin(args: &PinChange) -> Result<Outcome, Failure> {
    let device = open(&args.application.store)?;
    let application = chosen(&device, &args.application)?;
    let (role, name) = match args.role {
        RoleName::User => (Role::User, "user"),
        RoleName::Admin => (Role::Administrator, "administrator"),
    };
    let old = pin_of(&application, role, args.password_file.as_deref())?;
    let new = new_pin(args.new_password_file.as_deref(), name)?;
    application.change_pin(role, &old, &new)?;
    told(&application, &format!("the PIN of the {name} was changed"))
}

fn unblock(args: &PinUnblock) -> Result<Outcome, Failure> {
    let device = open(&args.application.store)?;
    let application = chosen(&device, &args.application)?;
    let file = args.admin_password_file.as_deref();
    let admin = pin_of(&application, Role::Administrator, file)?;
    let new = new_pin(args.new_password_file.as_deref(), "user")?;
    application.unblock(&admin, &new)?;
    told(
        &application,
        "the user has a new PIN, to be changed, and all tries",
    )
}

fn told(application: &Application, what: &str) -> Result<Outcome, Failure> {
    let text = format!("{}: {what}", application.name());
    let json = json!({ "application": application.name() });
    Ok(Outcome::new(text, json))
}

pub(super) fn delete(args: &DeviceDelete) -> Result<Outcome, Failure> {
    let device = open(&args.application.store)?;
    let application = chosen(&device, &args.application)?;
    let file = args.password_file.as_deref();
    let name = application.name().to_owned();
    let Some(container) = &args.container else {
        if args.application.application.is_none() {
            let message = "an application that is deleted is named: give --application";
            return Err(Failure::Usage(message.into()));
        }
        let pin = pin_of(&application, Role::Administrator, file)?;
        application.login(Role::Administrator, &pin)?;
        device.delete_application(&name)?;
        let json = json!({ "application": name });
        return Ok(Outcome::new(format!("deleted: {name}"), json));
    };
    let found: Container = application.container(container)?;
    let pin = pin_of(&application, Role::User, file)?;
    application.login(Role::User, &pin)?;
    let what = match args.key_use {
        Some(key_use_name) => {
            application.delete_pair(&found, key_use(key_use_name))?;
            format!("{name}/{container}, {}", use_word(key_use_name))
        }
        None => {
            application.delete_container(container)?;
            format!("{name}/{container}")
        }
    };
    let json = json!({ "application": name, "container": container });
    Ok(Outcome::new(format!("deleted: {what}"), json))
}

fn path(store: &Store) -> Result<PathBuf, Failure> {
    match &store.store {
        Some(path) => Ok(path.clone()),
        None => Ok(Device::default_path()?),
    }
}

fn open(store: &Store) -> Result<Device, Failure> {
    match Device::open(&path(store)?) {
        Err(error @ Error::NoStore { .. }) => {
            let failure = Failure::from(error);
            Err(failure.noted(vec!["'gmpki device init' makes a device".into()]))
        }
        device => Ok(device?),
    }
}

/// The application that is named, or the only one.
fn chosen(device: &Device, which: &Which) -> Result<Application, Failure> {
    if let Some(name) = &which.application {
        return Ok(device.application(name)?);
    }
    let mut all = device.applications()?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(Failure::Refused("the device has no application".into())),
        (Some(last), false) => {
            all.push(last);
            let names: Vec<&str> = all.iter().map(Application::name).collect();
            let names = names.join(", ");
            Err(Failure::Usage(format!(
                "the device has several applications, name one with --application: {names}"
            )))
        }
    }
}

/// A PIN that is there, with the tries it has left where somebody is asked.
fn pin_of(application: &Application, role: Role, file: Option<&Path>) -> Result<Pin, Failure> {
    let (state, _) = pin_state(application, role)?;
    let whose = match role {
        Role::Administrator => "administrator",
        _ => "user",
    };
    let prompt = format!("PIN of the {whose} of {} ({state}): ", application.name());
    pin_from(&format!("the {whose}'s PIN is wanted"), file, &prompt)
}

fn pin_from(reason: &str, file: Option<&Path>, prompt: &str) -> Result<Pin, Failure> {
    let typed = keys::password_because(reason, file, prompt)?;
    Ok(Pin::new(typed.as_bytes())?)
}

fn new_pin(file: Option<&Path>, whose: &str) -> Result<Pin, Failure> {
    let prompt = format!("New PIN of the {whose}: ");
    pin_from(&format!("the {whose}'s PIN is wanted"), file, &prompt)
}

fn key_use(name: KeyUseName) -> KeyUse {
    match name {
        KeyUseName::Signing => KeyUse::Signing,
        KeyUseName::Encryption => KeyUse::Encryption,
    }
}

fn use_word(name: KeyUseName) -> &'static str {
    match name {
        KeyUseName::Signing => "signing",
        KeyUseName::Encryption => "encryption",
    }
}

fn kind_word(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Sm2 => "SM2",
        KeyKind::P256 => "P-256",
        KeyKind::P384 => "P-384",
        _ => "other",
    }
}
