//! Faults on request: what devices do to the programs that use them.

use crate::fork;
use std::{
    env,
    ffi::OsString,
    fmt,
    str::FromStr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// Where a line that asks for faults is read from.
const VARIABLE: &str = "SOFTDEVICE_FAULTS";

/// Faults that the device shows, for people who test their own programs.
///
/// They are asked for in one line, which the libraries read from `SOFTDEVICE_FAULTS`; an
/// unset or empty variable is a device without faults.
///
/// ```text
/// faults    = item *("," item)
/// item      = "seed=" number / operation "=" fault ["@" when]
/// operation = "any" / "open_session" / "login" / "find" / "read" / "write" / "generate" /
///             "sign" / "verify" / "encrypt" / "decrypt" / "digest" / "derive" / "wrap" /
///             "unwrap" / "random" / "info"
/// fault     = "wrong"           one bit of the result is another
///           / "garbage"         the result is random octets of another length
///           / "fail"            the device's general error
///           / "removed"         the device is gone: its sessions and logins are lost
///           / "hang:" number    the call takes so many milliseconds more
///           / "limit:" number   no more sessions than this (open_session alone)
/// when      = number            at this call of the operation, from 1
///           / number "+"        at this call and all later ones
///           / "0." digits       with this probability
/// ```
///
/// Without a `when` each call is faulty. Draws are the same for the same `seed`, 0 unless
/// given, and the same order of calls.
///
/// ```
/// use softdevice::{Fault, Faults, Operation};
///
/// let faults: Faults = "sign=wrong@2,open_session=limit:3".parse()?;
/// assert_eq!(faults.next(Operation::Sign), None);
/// assert_eq!(faults.next(Operation::Sign), Some(Fault::Wrong));
/// assert_eq!(faults.next(Operation::Sign), None);
/// assert_eq!(faults.next(Operation::OpenSession), Some(Fault::Limit(3)));
/// # Ok::<(), softdevice::FaultSyntax>(())
/// ```
#[derive(Debug)]
pub struct Faults {
    rules: Vec<Rule>,
    seed: u64,
    draws: AtomicU64,
}

/// What a call of an interface does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// A session, application or container is opened.
    OpenSession,
    /// A PIN is checked, set or changed.
    Login,
    /// Objects are listed or looked for.
    Find,
    /// An object or file is read.
    Read,
    /// An object or file is made, changed or deleted.
    Write,
    /// A key is made.
    Generate,
    /// A signature or MAC is made.
    Sign,
    /// A signature or MAC is checked.
    Verify,
    /// Something is encrypted.
    Encrypt,
    /// Something is decrypted.
    Decrypt,
    /// Something is hashed.
    Digest,
    /// A key is agreed on.
    Derive,
    /// A key leaves, wrapped.
    Wrap,
    /// A wrapped key comes in.
    Unwrap,
    /// Random octets are made.
    Random,
    /// The device says what it is.
    Info,
}

const OPERATIONS: [(&str, Operation); 16] = [
    ("open_session", Operation::OpenSession),
    ("login", Operation::Login),
    ("find", Operation::Find),
    ("read", Operation::Read),
    ("write", Operation::Write),
    ("generate", Operation::Generate),
    ("sign", Operation::Sign),
    ("verify", Operation::Verify),
    ("encrypt", Operation::Encrypt),
    ("decrypt", Operation::Decrypt),
    ("digest", Operation::Digest),
    ("derive", Operation::Derive),
    ("wrap", Operation::Wrap),
    ("unwrap", Operation::Unwrap),
    ("random", Operation::Random),
    ("info", Operation::Info),
];

/// What goes wrong with a call; the interface performs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The result is wrong by one bit: [`Fault::distort`].
    Wrong,
    /// The result is random octets of another length: [`Fault::distort`].
    Garbage,
    /// The general error of the interface.
    Fail,
    /// The device was pulled out: error, and all sessions, logins and handles are gone.
    Removed,
    /// No more sessions than this.
    Limit(u32),
}

impl Fault {
    /// Does to a result what [`Self::Wrong`] and [`Self::Garbage`] do; the others leave it.
    pub fn distort(self, result: &mut Vec<u8>) {
        match self {
            Self::Wrong => match result.last_mut() {
                Some(last) => *last ^= 1,
                None => result.push(0),
            },
            Self::Garbage => {
                // Shorter, so that it fits where the result would have.
                result.truncate(result.len() * 2 / 3);
                // Octets that are left as they are, are garbage too.
                let _ = getrandom::fill(result);
            }
            Self::Fail | Self::Removed | Self::Limit(_) => {}
        }
    }
}

/// Why a line asks for no faults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fault {item:?}: {reason}")]
#[non_exhaustive]
pub struct FaultSyntax {
    /// The item, as it was written.
    pub item: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

#[derive(Debug)]
struct Rule {
    /// None is any.
    operation: Option<Operation>,
    action: Action,
    when: When,
    calls: AtomicU64,
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Fault(Fault),
    Hang(Duration),
}

#[derive(Clone, Copy, Debug)]
enum When {
    Always,
    At(u64),
    From(u64),
    /// Below this of 2^64.
    Draw(u64),
}

impl Faults {
    fn from_environment() -> Result<Option<Self>, FaultSyntax> {
        match env::var(VARIABLE) {
            Ok(line) if !line.is_empty() => line.parse().map(Some),
            Ok(_) | Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(line)) => Err(FaultSyntax {
                item: line.to_string_lossy().into_owned(),
                reason: "not UTF-8",
            }),
        }
    }

    /// What `SOFTDEVICE_FAULTS` asks for; none when it is unset or empty. The same ones
    /// for the whole process while the variable stays the same: a device that is lost and
    /// opened again goes on counting.
    ///
    /// # Errors
    /// [`FaultSyntax`].
    pub fn of_process() -> Result<Option<Arc<Self>>, FaultSyntax> {
        static LAST: Mutex<Option<(OsString, Arc<Faults>)>> = Mutex::new(None);
        // Whatever panicked in between left a whole value.
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        let line = env::var_os(VARIABLE).unwrap_or_default();
        match &*last {
            Some((same, faults)) if *same == line => Ok(Some(Arc::clone(faults))),
            _ => {
                let faults = Self::from_environment()?.map(Arc::new);
                *last = faults.clone().map(|faults| (line, faults));
                Ok(faults)
            }
        }
    }

    /// Counts a call, and says what goes wrong with it; a hang is slept here.
    pub fn next(&self, operation: Operation) -> Option<Fault> {
        let mut fault = None;
        for rule in &self.rules {
            // A rule counts calls that another rule has spoiled, too.
            if rule.operation.is_some_and(|other| other != operation) || !self.falls(rule) {
                continue;
            }
            match rule.action {
                Action::Hang(time) => fork::outside(|| thread::sleep(time)),
                Action::Fault(next) => fault = fault.or(Some(next)),
            }
        }
        fault
    }

    fn falls(&self, rule: &Rule) -> bool {
        let call = rule.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match rule.when {
            When::Always => true,
            When::At(at) => call == at,
            When::From(from) => call >= from,
            When::Draw(below) => self.draw() < below,
        }
    }

    /// SplitMix64: every draw is another number of the seed's sequence.
    fn draw(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let count = self.draws.fetch_add(1, Ordering::Relaxed);
        let mut z = self.seed.wrapping_add(STEP.wrapping_mul(count + 1));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl FromStr for Faults {
    type Err = FaultSyntax;

    fn from_str(line: &str) -> Result<Self, FaultSyntax> {
        let mut faults = Self {
            rules: Vec::new(),
            seed: 0,
            draws: AtomicU64::new(0),
        };
        for item in line.split(',').map(str::trim) {
            let wrong = |reason| FaultSyntax {
                item: item.into(),
                reason,
            };
            let (left, right) = item.split_once('=').ok_or_else(|| wrong("has no ="))?;
            if left == "seed" {
                faults.seed = right.parse().map_err(|_| wrong("the seed is no number"))?;
            } else {
                faults.rules.push(rule(left, right).map_err(wrong)?);
            }
        }
        Ok(faults)
    }
}

fn rule(operation: &str, right: &str) -> Result<Rule, &'static str> {
    let operation = match operation {
        "any" => None,
        name => {
            let known = OPERATIONS.iter().find(|(known, _)| *known == name);
            Some(known.ok_or("no such operation")?.1)
        }
    };
    let (fault, when) = match right.split_once('@') {
        Some((fault, when)) => (fault, parse_when(when)?),
        None => (right, When::Always),
    };
    let action = match fault.split_once(':') {
        None => Action::Fault(match fault {
            "wrong" => Fault::Wrong,
            "garbage" => Fault::Garbage,
            "fail" => Fault::Fail,
            "removed" => Fault::Removed,
            _ => return Err("no such fault"),
        }),
        Some(("hang", time)) => {
            let time: u32 = time.parse().map_err(|_| "no number of milliseconds")?;
            Action::Hang(Duration::from_millis(time.into()))
        }
        Some(("limit", most)) => {
            if operation != Some(Operation::OpenSession) {
                return Err("a limit is for open_session");
            }
            let most = most.parse().map_err(|_| "no number of sessions")?;
            Action::Fault(Fault::Limit(most))
        }
        Some(_) => return Err("no such fault"),
    };
    Ok(Rule {
        operation,
        action,
        when,
        calls: AtomicU64::new(0),
    })
}

fn parse_when(when: &str) -> Result<When, &'static str> {
    const WRONG: &str = "@ is followed by a call's number, that and +, or a probability";
    if when.contains('.') {
        let probability: f64 = when.parse().map_err(|_| WRONG)?;
        if !(0.0..=1.0).contains(&probability) {
            return Err("a probability is between 0 and 1");
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the cast saturates, and a probability need not be exact"
        )]
        return Ok(When::Draw((probability * u64::MAX as f64) as u64));
    }
    let (number, later) = match when.strip_suffix('+') {
        Some(number) => (number, true),
        None => (when, false),
    };
    match (number.parse(), later) {
        (Ok(1..), true) => Ok(When::From(number.parse().map_err(|_| WRONG)?)),
        (Ok(at @ 1..), false) => Ok(When::At(at)),
        _ => Err(WRONG),
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = OPERATIONS.iter().find(|(_, operation)| operation == self);
        f.write_str(known.map_or("any", |(name, _)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn faults(line: &str) -> Faults {
        line.parse().unwrap()
    }

    fn first_ten(faults: &Faults, operation: Operation) -> Vec<bool> {
        (0..10).map(|_| faults.next(operation).is_some()).collect()
    }

    #[test]
    fn a_fault_falls_at_its_call_or_from_there_on_or_always() {
        let three = first_ten(&faults("sign=fail@3"), Operation::Sign);
        assert_eq!(three.iter().filter(|fault| **fault).count(), 1);
        assert!(three[2]);
        let later = first_ten(&faults("sign=fail@3+"), Operation::Sign);
        assert_eq!(later, [[false; 2].as_slice(), &[true; 8]].concat());
        assert_eq!(
            first_ten(&faults("any=fail"), Operation::Random),
            [true; 10]
        );
        assert_eq!(
            first_ten(&faults("sign=fail"), Operation::Random),
            [false; 10]
        );
    }

    #[test]
    fn each_rule_counts_every_call_of_its_operation() {
        let faults = faults("sign=fail@1,sign=wrong@2,any=garbage@3");
        let next = || faults.next(Operation::Sign);
        let four = [next(), next(), next(), next()];
        assert_eq!(
            four,
            [
                Some(Fault::Fail),
                Some(Fault::Wrong),
                Some(Fault::Garbage),
                None
            ]
        );
    }

    #[test]
    fn draws_are_the_seeds() {
        let draw = |line| {
            let faults = faults(line);
            (0..10_000)
                .map(|_| faults.next(Operation::Sign).is_some())
                .collect::<Vec<_>>()
        };
        let one = draw("any=removed@0.01,seed=1");
        assert_eq!(one, draw("seed=1,any=removed@0.01"));
        assert_ne!(one, draw("any=removed@0.01,seed=2"));
        let count = one.iter().filter(|fault| **fault).count();
        assert!((50..200).contains(&count), "{count} of 10000 at 0.01");
        assert!(draw("any=fail@0.0").iter().all(|fault| !fault));
    }

    #[test]
    fn a_hang_takes_its_time_and_lets_other_faults_through() {
        let faults = faults("sign=hang:30,sign=wrong");
        let start = Instant::now();
        assert_eq!(faults.next(Operation::Sign), Some(Fault::Wrong));
        assert!(start.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn a_distorted_result_is_another_and_never_longer() {
        for fault in [Fault::Wrong, Fault::Garbage] {
            let mut result = vec![7; 64];
            fault.distort(&mut result);
            assert_ne!(result, [7; 64]);
            assert!(result.len() <= 64);
        }
        let mut result = vec![7; 64];
        Fault::Garbage.distort(&mut result);
        assert_ne!(result.len(), 64);
    }

    #[test]
    fn what_asks_for_nothing_says_why() {
        for (line, reason) in [
            ("", "has no ="),
            ("sign", "has no ="),
            ("sgin=wrong", "no such operation"),
            ("sign=worng", "no such fault"),
            ("sign=hang:soon", "no number of milliseconds"),
            ("sign=limit:3", "a limit is for open_session"),
            (
                "sign=wrong@0",
                "@ is followed by a call's number, that and +, or a probability",
            ),
            ("sign=wrong@1.5", "a probability is between 0 and 1"),
            ("seed=x", "the seed is no number"),
        ] {
            let error = line.parse::<Faults>().unwrap_err();
            assert_eq!((error.reason, error.item.as_str()), (reason, line));
        }
    }

    #[test]
    fn every_operation_has_a_name() {
        for (name, operation) in OPERATIONS {
            assert_eq!(operation.to_string(), name);
        }
    }
}
