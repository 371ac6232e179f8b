//! What happened, as events of `tracing` and as counters.

use lifecycle::Happened;
use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    commands: AtomicU64,
    effects: AtomicU64,
    records: AtomicU64,
    failures: AtomicU64,
    turns: AtomicU64,
    busy: AtomicU64,
    turn_microseconds: AtomicU64,
}

impl Metrics {
    /// Called on the service's own thread: counts, and lets `tracing` know.
    pub(crate) fn note(&self, happened: &Happened<'_>) {
        match happened {
            Happened::Recorded(entry) => {
                self.records.fetch_add(1, Relaxed);
                tracing::debug!(
                    seq = entry.seq,
                    stream = %entry.stream,
                    event = entry.event.name(),
                    person = %entry.actor.person,
                    "recorded"
                );
            }
            Happened::Failed(stream, error) => {
                self.failures.fetch_add(1, Relaxed);
                tracing::warn!(%stream, error = *error as &dyn std::error::Error, "failed outside");
            }
            Happened::Stumbled(error) => {
                self.failures.fetch_add(1, Relaxed);
                tracing::error!(error = *error as &dyn std::error::Error, "stumbled");
            }
            Happened::Turned {
                commands,
                effects,
                took,
            } => {
                self.turns.fetch_add(1, Relaxed);
                self.commands.fetch_add(*commands as u64, Relaxed);
                self.effects.fetch_add(*effects as u64, Relaxed);
                let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
                self.turn_microseconds.fetch_add(took, Relaxed);
            }
            _ => {}
        }
    }

    /// Somebody was asked to come again.
    pub(crate) fn note_busy(&self) {
        self.busy.fetch_add(1, Relaxed);
    }

    /// Prometheus' text format.
    pub(crate) fn text(&self) -> String {
        let counters = [
            ("commands", &self.commands),
            ("effects", &self.effects),
            ("records", &self.records),
            ("failures", &self.failures),
            ("turns", &self.turns),
            ("busy", &self.busy),
            ("turn_microseconds", &self.turn_microseconds),
        ];
        let mut text = String::new();
        for (name, counter) in counters {
            let value = counter.load(Relaxed);
            let _ = writeln!(text, "# TYPE lifecycle_{name}_total counter");
            let _ = writeln!(text, "lifecycle_{name}_total {value}");
        }
        text
    }
}
