//! What a command says when it is done.

use crate::{
    failure::Failure,
    output::{self, Readers},
};
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    mem,
    path::Path,
    process::ExitCode,
};
use zeroize::Zeroizing;

/// Text for people or octets for programs, an object for machines.
#[derive(Debug)]
pub(crate) struct Outcome {
    body: Body,
    json: Value,
    notes: Vec<String>,
    good: bool,
}

#[derive(Debug)]
enum Body {
    Text(String),
    /// Written as they are, with the name that they have in the object.
    Octets(&'static str, Zeroizing<Vec<u8>>),
    /// It has been written to standard output already.
    Nothing,
}

impl Outcome {
    /// `json` is an object; `ok: true` is added to it.
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Self::with(Body::Text(text.into()), json)
    }

    /// A judgement: printed like any other, with exit code 1 and `ok: false` where it is
    /// not `good`.
    pub(crate) fn judged(text: impl Into<String>, json: Value, good: bool) -> Self {
        let mut outcome = Self::new(text, json);
        outcome.good = good;
        outcome.json["ok"] = good.into();
        outcome
    }

    /// Octets into the file `out`, or to standard output; `name` says what they are.
    /// In the object they are base64, unless there is a file.
    pub(crate) fn octets(
        name: &'static str,
        octets: Zeroizing<Vec<u8>>,
        out: Option<&Path>,
    ) -> Result<Self, Failure> {
        Self::octets_for(Readers::AsUsual, name, octets, out)
    }

    /// The same for what was decrypted: a file that its owner alone can read.
    pub(crate) fn text(octets: Zeroizing<Vec<u8>>, out: Option<&Path>) -> Result<Self, Failure> {
        Self::octets_for(Readers::Owner, "text", octets, out)
    }

    fn octets_for(
        readers: Readers,
        name: &'static str,
        octets: Zeroizing<Vec<u8>>,
        out: Option<&Path>,
    ) -> Result<Self, Failure> {
        let Some(out) = out else {
            return Ok(Self::with(Body::Octets(name, octets), json!({})));
        };
        output::write(out, &octets, readers)?;
        let path = out.display().to_string();
        let text = format!("{name}: {path}");
        Ok(Self::new(text, json!({ "file": path })))
    }

    /// What was wanted stands on standard output already.
    pub(crate) fn written() -> Self {
        Self::with(Body::Nothing, json!({}))
    }

    fn with(body: Body, mut json: Value) -> Self {
        if let Some(object) = json.as_object_mut() {
            object.insert("ok".into(), true.into());
        }
        Self {
            body,
            json,
            notes: Vec::new(),
            good: true,
        }
    }

    /// Adds a member to the object.
    pub(crate) fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Some(object) = self.json.as_object_mut() {
            object.insert(name.into(), value.into());
        }
        self
    }

    /// Adds what a person should know though it was done: a line of standard error each,
    /// in the object the member `notes`.
    pub(crate) fn notes(mut self, notes: impl IntoIterator<Item = impl ToString>) -> Self {
        self.notes
            .extend(notes.into_iter().map(|note| note.to_string()));
        self
    }

    pub(crate) fn print(mut self, json: bool) -> ExitCode {
        for note in &self.notes {
            eprintln!("gmpki: note: {note}");
        }
        if !self.notes.is_empty() {
            self.json["notes"] = mem::take(&mut self.notes).into();
        }
        let code = ExitCode::from(u8::from(!self.good));
        let mut out = io::stdout().lock();
        let written = match &self.body {
            Body::Octets(name, octets) if json => {
                self.json[*name] = Base64::encode_string(octets).into();
                writeln!(out, "{}", self.json)
            }
            Body::Octets(_, octets) => out.write_all(octets),
            Body::Nothing => Ok(()),
            Body::Text(_) if json => writeln!(out, "{}", self.json),
            Body::Text(text) => writeln!(out, "{}", text.trim_end()),
        };
        match written.and_then(|()| out.flush()) {
            Ok(()) => code,
            // A reader that went away has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => code,
            Err(error) => {
                eprintln!("gmpki: standard output: {error}");
                ExitCode::from(1)
            }
        }
    }
}
