//! A CA behind HTTP: takes a PKCS#10 request, carries the case through three persons' acts,
//! issues both certificates, answers OCSP, and stops without losing what it accepted.
//!
//! ```text
//! cargo run --release -p lifecycle --example service -- FOLDER 127.0.0.1:8080
//! curl --data-binary @request.csr -H 'X-Person: zhang.san' localhost:8080/cases/c-1
//! curl -X POST -H 'X-Person: li.si'   localhost:8080/cases/c-1/registration
//! curl -X POST -H 'X-Person: wang.wu' localhost:8080/cases/c-1/approval
//! curl --data-binary @request.ocsp    localhost:8080/ocsp
//! ```
//!
//! `X-Person` stands for whom a proxy in front has authenticated: never let it through from
//! outside. `docs/embedding.md` says what is done here and why.

mod http;
mod metrics;
mod office;

use lifecycle::Service;
use metrics::Metrics;
use std::{env, error::Error, num::NonZero, path::Path, sync::Arc};
use tokio::{net::TcpListener, signal};

/// Commands that may wait; who comes then is asked to come again (503).
const PLACES: NonZero<usize> = NonZero::new(4_096).expect("not zero");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [folder, address] = &arguments[..] else {
        return Err("wanted: a folder, and an address to listen on".into());
    };
    let folder = Path::new(folder).to_owned();
    // Keys are opened and authorities established before anybody is let in; both wait for disks.
    let engine = tokio::task::spawn_blocking(move || {
        office::open(&folder).map_err(|error| http::told(&*error))
    });
    let engine = engine.await??;
    let metrics = Arc::new(Metrics::default());
    let watching = Arc::clone(&metrics);
    let service = Service::start(engine, PLACES, move |happened| watching.note(&happened))?;

    let listener = TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let routes = http::routes(service.handle(), metrics);
    // Requests that are under way are answered; nobody new is let in.
    axum::serve(listener, routes)
        .with_graceful_shutdown(asked_to_stop())
        .await?;
    // What was accepted is carried out; the thread is waited for where waiting is allowed.
    let engine = tokio::task::spawn_blocking(move || service.stop()).await??;
    let head = engine.store().head()?;
    tracing::info!(records = head.seq, "stopped");
    Ok(())
}

/// SIGTERM, as a supervisor sends it, or Ctrl-C.
async fn asked_to_stop() {
    use signal::unix::{SignalKind, signal};
    let interrupted = signal::ctrl_c();
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return drop(interrupted.await);
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
