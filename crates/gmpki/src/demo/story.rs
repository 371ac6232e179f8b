//! What happened, told as it happens.

use lifecycle::{Actor, Entry, StreamId};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    mem::take,
    path::{Path, PathBuf},
};

/// Tells a run step by step, or keeps it for one JSON object.
#[derive(Debug)]
pub(crate) struct Story {
    quiet: bool,
    folder: PathBuf,
    steps: Vec<Value>,
    /// A CRL was issued and not yet published.
    crl: bool,
}

impl Story {
    pub(crate) fn new(quiet: bool, folder: &Path) -> Self {
        Self {
            quiet,
            folder: folder.to_owned(),
            steps: Vec::new(),
            crl: false,
        }
    }

    /// A new chapter.
    pub(crate) fn chapter(&mut self, title: &str) {
        self.say(&format!("\n{title}"));
        self.steps.push(json!({ "chapter": title }));
    }

    /// A person did something, and what of it is durable now.
    pub(crate) fn act(&mut self, actor: &Actor, what: &str, entries: &[Entry]) {
        let who = format!("{} ({})", actor.person, actor.seat);
        self.say(&format!("  {who}: {what}"));
        self.steps.push(json!({ "who": who, "did": what }));
        if entries.is_empty() {
            self.say("      nothing new: it was done before");
        }
        for entry in entries {
            self.durable(entry);
        }
    }

    /// An event is in the log.
    pub(crate) fn durable(&mut self, entry: &Entry) {
        let (seq, stream, event) = (entry.seq, &entry.stream, entry.event.name());
        self.say(&format!("      durable #{seq}: {stream} {event}"));
        let stream = stream.to_string();
        self.steps
            .push(json!({ "durable": seq, "stream": stream, "event": event }));
        for name in self.files_of(entry) {
            self.file("published", &self.folder.join("published").join(name));
        }
        self.crl |= event == "crl-issued";
    }

    /// What the publisher wrote before this event.
    fn files_of(&mut self, entry: &Entry) -> Vec<String> {
        match (&entry.stream, entry.event.name()) {
            (StreamId::Case(id), "published") => [
                "signing-certificate.pem",
                "encryption-certificate.pem",
                "encryption-key.enveloped.der",
            ]
            .map(|name| format!("subscribers/{id}/{name}"))
            .into(),
            (StreamId::Authority(id), "published") => {
                let kind = if take(&mut self.crl) { "crl" } else { "pem" };
                vec![format!("authorities/{id}.{kind}")]
            }
            _ => Vec::new(),
        }
    }

    /// Something was found to be so.
    pub(crate) fn found(&mut self, what: &str) {
        self.say(&format!("  {what}"));
        self.steps.push(json!({ "found": what }));
    }

    /// A file was written.
    pub(crate) fn file(&mut self, what: &str, path: &Path) {
        let shown = path.strip_prefix(&self.folder).unwrap_or(path).display();
        self.say(&format!("      file: {shown} ({what})"));
        self.steps
            .push(json!({ "file": shown.to_string(), "is": what }));
    }

    pub(crate) fn into_json(self) -> Value {
        Value::Array(self.steps)
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            // A reader that went away does not stop the business.
            let _ = writeln!(io::stdout(), "{line}");
        }
    }
}
