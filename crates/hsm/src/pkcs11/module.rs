//! The shared library: loaded and initialised once in a process.

use super::{
    codes::{self, refusal},
    login::PinWarning,
    naming::Naming,
    vendor::VendorProfile,
};
use crate::Error;
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Info, Pkcs11},
    error::{Error as CallError, RvError},
    mechanism::MechanismType,
    slot::{Slot, TokenInfo},
};
use std::{
    collections::HashMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process,
    sync::{Arc, Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};

/// A vendor's PKCS#11 library.
///
/// `C_Initialize` counts for the whole process, so a library is initialised once,
/// however often it is loaded, and stays so until the process ends: what other threads
/// do with it cannot be known. After a fork the child loads it anew; what was opened
/// before says [`Error::Forked`] there (PKCS#11 3.1, 5.4, `C_Initialize`).
///
/// A library is code in this process and can do whatever the process can; what is done
/// against it is done against faults, and not against malice. Most lengths and counts that
/// cannot be are [`Error::Garbage`]. Not all of them: the binding (`cryptoki`) asks for as
/// much memory as a library names, so that a length which an allocator refuses (2^46
/// octets, say) **ends the process**; and it believes the length (`ulValueLen`) that
/// `C_GetAttributeValue` gives with the value, which ought not to be more than the room
/// that it was given for it. Who has to live with such a library runs it in a process of
/// its own.
#[derive(Clone)]
pub struct Pkcs11Module(Arc<Module>);

struct Module {
    path: PathBuf,
    process: u32,
    functions: Pkcs11,
    info: Option<Info>,
    naming: Arc<Naming>,
}

impl Pkcs11Module {
    /// How long a library may take to be initialised, and to tell of its tokens.
    pub const TIME_LIMIT: Duration = Duration::from_secs(30);

    /// Loads and initialises a library, for calls from several threads.
    ///
    /// # Errors
    /// [`Error::Library`] when there is no such library or one that it needs is missing,
    /// [`Error::NotTheInterface`] when it is another kind of library, [`Error::Device`]
    /// when it cannot be initialised, [`Error::TimedOut`] when that took more than
    /// [`Self::TIME_LIMIT`]: then it is not tried again by this process, and is there if
    /// it comes back after all.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        type Loaded = HashMap<(u32, PathBuf), Arc<Once<Pkcs11Module>>>;
        static LOADED: Mutex<Option<Loaded>> = Mutex::new(None);
        let path = path.as_ref();
        // A bare name is looked for by the system's loader and is its own name here.
        let name = path.canonicalize().unwrap_or_else(|_| path.into());
        // Others are not kept waiting while one is initialised.
        let once = {
            let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
            let loaded = loaded.get_or_insert_default();
            Arc::clone(loaded.entry((process::id(), name)).or_default())
        };
        let path = path.to_owned();
        once.get(Self::TIME_LIMIT, "C_Initialize", move || {
            Ok(Self(Arc::new(Module::load(&path)?)))
        })
    }

    /// Every token that is there now, with what it says of itself.
    ///
    /// # Errors
    /// The library's; [`Error::TimedOut`] after [`Self::TIME_LIMIT`].
    pub fn tokens(&self) -> Result<Vec<SlotDescription>, Error> {
        let module = self.clone();
        within(Self::TIME_LIMIT, "C_GetTokenInfo", move || {
            module.tokens_now()
        })
    }

    /// As [`Self::tokens`], for as long as the library takes.
    pub(super) fn tokens_now(&self) -> Result<Vec<SlotDescription>, Error> {
        let slots = self.ask("C_GetSlotList", Pkcs11::get_slots_with_token)?;
        let mut tokens = Vec::with_capacity(slots.len());
        for slot in slots {
            match self.ask("C_GetTokenInfo", |functions| functions.get_token_info(slot)) {
                Ok(info) => tokens.push(SlotDescription { slot, info }),
                // Pulled since, or never initialised.
                Err(Error::DeviceGone { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(tokens)
    }

    /// The built-in description for a token, if one fits.
    pub(super) fn profile_for(
        &self,
        token: &SlotDescription,
    ) -> Result<Option<VendorProfile>, Error> {
        let library = self.info().map(|info| info.manufacturer_id());
        let manufacturers: Vec<_> = library.into_iter().chain([token.manufacturer()]).collect();
        VendorProfile::for_token(&manufacturers, token.model())
    }

    /// The mechanisms that a token offers, as far as somebody may ask for them: those of
    /// the standard, and those of its vendor's that the description names. After these it
    /// is asked one by one, since the binding leaves them out of the token's list.
    pub(super) fn mechanisms(
        &self,
        token: &SlotDescription,
        profile: Option<&VendorProfile>,
    ) -> Result<Vec<MechanismType>, Error> {
        let mut offered = self.ask("C_GetMechanismList", |functions| {
            functions.get_mechanism_list(token.slot)
        })?;
        for mechanism in profile.into_iter().flat_map(VendorProfile::mechanisms) {
            let info = self.ask("C_GetMechanismInfo", |functions| {
                functions.get_mechanism_info(token.slot, mechanism)
            });
            match info {
                Ok(_) => offered.push(mechanism),
                Err(Error::Device { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(offered)
    }

    /// Calls the library, unless it was loaded by another process.
    pub(super) fn ask<T>(
        &self,
        call: &'static str,
        question: impl FnOnce(&Pkcs11) -> Result<T, CallError>,
    ) -> Result<T, Error> {
        self.check_process()?;
        guarded(call, || question(&self.0.functions))
            .and_then(|answer| answer.map_err(|error| codes::error(call, error)))
    }

    pub(super) fn check_process(&self) -> Result<(), Error> {
        if self.0.process == process::id() {
            Ok(())
        } else {
            Err(Error::Forked)
        }
    }

    /// What the library says of itself, where it says something that can be read.
    pub(super) fn info(&self) -> Option<&Info> {
        self.0.info.as_ref()
    }

    pub(super) fn path(&self) -> &Path {
        &self.0.path
    }

    /// The labels that are being looked up and taken.
    pub(super) fn naming(&self) -> &Arc<Naming> {
        &self.0.naming
    }
}

impl fmt::Debug for Pkcs11Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pkcs11Module").field(&self.0.path).finish()
    }
}

impl Module {
    fn load(path: &Path) -> Result<Self, Error> {
        const INTERFACE: &str = "PKCS#11";
        let functions = guarded("C_GetFunctionList", || Pkcs11::new(path))?.map_err(|error| {
            let path = path.to_owned();
            match error {
                CallError::LibraryLoading(source) => Error::Library {
                    path,
                    source: source.into(),
                },
                CallError::MissingSymbol(symbol) => Error::NotTheInterface {
                    path,
                    interface: INTERFACE,
                    symbol,
                },
                error => codes::error("C_GetFunctionList", error),
            }
        })?;
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match guarded("C_Initialize", || functions.initialize(arguments))? {
            Ok(()) => {}
            // By another part of this process, such as an engine of OpenSSL.
            Err(error) if refusal(&error) == Some(RvError::CryptokiAlreadyInitialized) => {}
            Err(error) => return Err(codes::error("C_Initialize", error)),
        }
        // Some say nonsense here (flags that must be 0): then they have no name.
        let info = guarded("C_GetInfo", || functions.get_library_info())?.ok();
        Ok(Self {
            path: path.into(),
            process: process::id(),
            functions,
            info,
            naming: Arc::default(),
        })
    }
}

/// The answer to a call of the binding, which panics when a library names a length or a
/// count that no address space has (more than `isize::MAX` octets). A smaller one that
/// the allocator refuses ends the process: nothing here can catch that.
pub(super) fn guarded<T>(call: &'static str, question: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(question)).map_err(|_| Error::Garbage {
        call,
        what: "a length or a count that cannot be",
    })
}

/// The answer to something that a library may never answer. The thread that waits for it
/// is left behind then.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    call: &'static str,
    question: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (answer, waiting) = mpsc::sync_channel(1);
    let asking = thread::Builder::new().spawn(move || {
        // Nobody is there any more when it comes too late.
        let _ = answer.send(question());
    });
    if asking.is_err() {
        // This machine has no thread left.
        return Err(Error::Busy { sessions: 0 });
    }
    match waiting.recv_timeout(limit) {
        Ok(answer) => answer,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::TimedOut { call, limit }),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Error::Panicked { call }),
    }
}

/// What is had once, from something that may never answer.
struct Once<T> {
    value: OnceLock<T>,
    /// Held by the one who asks: whether the answer did not come in time.
    hangs: Mutex<bool>,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self {
            value: OnceLock::new(),
            hangs: Mutex::new(false),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Once<T> {
    /// The value that is there, or the one that `question` gives. What failed is asked
    /// again the next time; what hangs is not, and is taken when it comes late.
    fn get(
        self: &Arc<Self>,
        limit: Duration,
        call: &'static str,
        question: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if let Some(value) = self.value.get() {
            return Ok(value.clone());
        }
        let mut hangs = self.hangs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = self.value.get() {
            return Ok(value.clone());
        }
        if *hangs {
            return Err(Error::TimedOut { call, limit });
        }
        let place = Arc::clone(self);
        let answer = within(limit, call, move || {
            let value = question()?;
            Ok(place.value.get_or_init(|| value).clone())
        });
        *hangs = matches!(answer, Err(Error::TimedOut { .. }));
        answer
    }
}

/// A token in its slot.
#[derive(Clone, Debug)]
pub struct SlotDescription {
    pub(super) slot: Slot,
    pub(super) info: TokenInfo,
}

impl SlotDescription {
    /// The number of the slot. It may be another one after the next start.
    pub fn slot(&self) -> u64 {
        self.slot.id()
    }

    /// The name that its owner gave it.
    pub fn label(&self) -> &str {
        self.info.label()
    }

    /// Who made it.
    pub fn manufacturer(&self) -> &str {
        self.info.manufacturer_id()
    }

    /// What it is called by them.
    pub fn model(&self) -> &str {
        self.info.model()
    }

    /// Its serial number.
    pub fn serial(&self) -> &str {
        self.info.serial_number()
    }

    /// What it said of its user's PIN when it was looked at.
    pub fn pin_warning(&self) -> Option<PinWarning> {
        PinWarning::of(&self.info)
    }
}

impl fmt::Display for SlotDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} ({} {}, serial {}, slot {})",
            self.label(),
            self.manufacturer(),
            self.model(),
            self.serial(),
            self.slot()
        )
    }
}

/// Which token is meant: every field that is set must fit, in full and in its case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenChoice {
    /// `CKA_LABEL`-like name of the token (RFC 7512, `token`).
    pub label: Option<String>,
    /// Who made it (RFC 7512, `manufacturer`).
    pub manufacturer: Option<String>,
    /// What it is called by them (RFC 7512, `model`).
    pub model: Option<String>,
    /// Its serial number (RFC 7512, `serial`).
    pub serial: Option<String>,
    /// The number of its slot (RFC 7512, `slot-id`).
    pub slot: Option<u64>,
}

impl TokenChoice {
    /// The token of this label.
    pub fn labelled(label: impl Into<String>) -> Self {
        Self {
            label: Some(label.into()),
            ..Self::default()
        }
    }

    fn fits(&self, token: &SlotDescription) -> bool {
        let texts = [
            (&self.label, token.label()),
            (&self.manufacturer, token.manufacturer()),
            (&self.model, token.model()),
            (&self.serial, token.serial()),
        ];
        texts
            .iter()
            .all(|(wanted, found)| wanted.as_ref().is_none_or(|wanted| wanted == found))
            && self.slot.is_none_or(|slot| slot == token.slot())
    }

    /// The one token that fits.
    pub(crate) fn among(&self, tokens: &[SlotDescription]) -> Result<SlotDescription, Error> {
        const WHAT: &str = "token";
        // A slot without an initialised token has a token too; it is chosen by slot alone.
        let mut fitting: Vec<_> = tokens
            .iter()
            .filter(|token| self.fits(token))
            .filter(|token| self.slot.is_some() || token.info.token_initialized())
            .collect();
        let names = |tokens: &mut dyn Iterator<Item = &SlotDescription>| {
            tokens.map(ToString::to_string).collect()
        };
        match (fitting.pop(), fitting.is_empty()) {
            (Some(token), true) => Ok(token.clone()),
            (Some(token), false) => Err(Error::SeveralTokens {
                what: WHAT,
                wanted: self.to_string(),
                found: names(&mut fitting.into_iter().chain([token])),
            }),
            (None, _) => Err(Error::NoSuchToken {
                what: WHAT,
                wanted: self.to_string(),
                found: names(&mut tokens.iter().filter(|token| token.info.token_initialized())),
            }),
        }
    }
}

impl fmt::Display for TokenChoice {
    /// As the path of a PKCS#11 URI, without its escapes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slot = self.slot.map(|slot| slot.to_string());
        let parts = [
            ("token", &self.label),
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("serial", &self.serial),
            ("slot-id", &slot),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={value}")))
            .collect();
        f.write_str(&parts.join(";"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_does_not_come_is_not_waited_for() {
        let limit = Duration::from_millis(20);
        let late = within(limit, "C_Initialize", || {
            thread::sleep(Duration::from_millis(500));
            Ok(())
        });
        assert!(matches!(
            late,
            Err(Error::TimedOut { call: "C_Initialize", limit: told }) if told == limit
        ));
        let limit = Duration::from_secs(60);
        assert_eq!(within(limit, "C_Initialize", || Ok(7)).unwrap(), 7);
        let refused = within::<()>(limit, "C_Initialize", || Err(Error::PinLocked));
        assert!(matches!(refused, Err(Error::PinLocked)));
    }

    #[test]
    fn what_hangs_is_not_asked_again_and_is_taken_when_it_comes_late() {
        const CALL: &str = "C_Initialize";
        let (once, limit) = (Arc::new(Once::default()), Duration::from_millis(20));
        let refused = once.get(limit, CALL, || Err::<u8, _>(Error::PinLocked));
        assert!(matches!(refused, Err(Error::PinLocked)));
        let (open, gate) = mpsc::channel::<()>();
        let hung = once.get(limit, CALL, move || {
            let _ = gate.recv();
            Ok(7)
        });
        assert!(matches!(hung, Err(Error::TimedOut { .. })));
        let again = once.get(limit, CALL, || unreachable!("it hangs"));
        assert!(matches!(again, Err(Error::TimedOut { .. })));
        drop(open);
        let long = Duration::from_secs(60);
        let late = std::iter::repeat_with(|| {
            thread::sleep(Duration::from_millis(1));
            once.get(long, CALL, || unreachable!("it hangs"))
        });
        assert_eq!(late.flatten().next(), Some(7));
    }

    #[test]
    fn a_length_beyond_every_address_space_is_garbage_and_no_panic_of_ours() {
        let length = usize::MAX;
        let answer = guarded("C_Sign", || vec![0_u8; length].len());
        assert!(matches!(answer, Err(Error::Garbage { call: "C_Sign", .. })));
        assert_eq!(guarded("C_Sign", || 7).unwrap(), 7);
    }

    #[test]
    fn a_choice_is_shown_as_in_a_uri() {
        let mut choice = TokenChoice::labelled("CA 1");
        assert_eq!(choice.to_string(), "token=CA 1");
        choice.slot = Some(3);
        choice.serial = Some("0815".into());
        assert_eq!(choice.to_string(), "token=CA 1;serial=0815;slot-id=3");
        assert_eq!(TokenChoice::default().to_string(), "");
    }
}
