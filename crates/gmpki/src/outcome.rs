//! What a command says when it is done.

use serde_json::Value;
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Text for people, an object for machines.
#[derive(Debug)]
pub(crate) struct Outcome {
    text: String,
    json: Value,
}

impl Outcome {
    /// `json` is an object; `ok: true` is added to it.
    pub(crate) fn new(text: impl Into<String>, mut json: Value) -> Self {
        if let Some(object) = json.as_object_mut() {
            object.insert("ok".into(), true.into());
        }
        Self {
            text: text.into(),
            json,
        }
    }

    pub(crate) fn print(&self, json: bool) -> ExitCode {
        let mut out = io::stdout().lock();
        let written = if json {
            writeln!(out, "{}", self.json)
        } else {
            writeln!(out, "{}", self.text.trim_end())
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
