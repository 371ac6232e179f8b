//! What a command says when it is done.

use crate::{failure::Failure, input};
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};
use zeroize::Zeroizing;

/// Text for people or octets for programs, an object for machines.
#[derive(Debug)]
pub(crate) struct Outcome {
    body: Body,
    json: Value,
}

#[derive(Debug)]
enum Body {
    Text(String),
    /// Written as they are, with the name that they have in the object.
    Octets(&'static str, Zeroizing<Vec<u8>>),
}

impl Outcome {
    /// `json` is an object; `ok: true` is added to it.
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Self::with(Body::Text(text.into()), json)
    }

    /// Octets into the file `out`, or to standard output; `name` says what they are.
    /// In the object they are base64, unless there is a file.
    pub(crate) fn octets(
        name: &'static str,
        octets: Zeroizing<Vec<u8>>,
        out: Option<&Path>,
    ) -> Result<Self, Failure> {
        let Some(out) = out else {
            return Ok(Self::with(Body::Octets(name, octets), json!({})));
        };
        input::write(out, &octets)?;
        let path = out.display().to_string();
        let text = format!("{name}: {path}");
        Ok(Self::new(text, json!({ "file": path })))
    }

    fn with(body: Body, mut json: Value) -> Self {
        if let Some(object) = json.as_object_mut() {
            object.insert("ok".into(), true.into());
        }
        Self { body, json }
    }

    pub(crate) fn print(mut self, json: bool) -> ExitCode {
        let mut out = io::stdout().lock();
        let written = match &self.body {
            Body::Octets(name, octets) if json => {
                self.json[*name] = Base64::encode_string(octets).into();
                writeln!(out, "{}", self.json)
            }
            Body::Octets(_, octets) => out.write_all(octets),
            Body::Text(_) if json => writeln!(out, "{}", self.json),
            Body::Text(text) => writeln!(out, "{}", text.trim_end()),
        };
        match written.and_then(|()| out.flush()) {
            Ok(()) => ExitCode::SUCCESS,
            // A reader that went away has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("gmpki: standard output: {error}");
                ExitCode::from(1)
            }
        }
    }
}
