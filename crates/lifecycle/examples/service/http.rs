//! Routes: each turns a request into commands, waits for their tickets, and says what came of
//! them. No decision is made here.

use crate::{metrics::Metrics, office::RESPONDER};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use csr::{Limits, UnverifiedCsr};
use gm_crypto::{pki, sm3};
use lifecycle::{
    Actor, AuthorityId, Busy, CaseId, Command, Error, Evidence, Handle, IdempotencyKey,
    OrganisationId, PersonId, Seat, Stopped, Submission,
    case::{
        Command as Ask,
        command::Opening,
        pair::{Issued, Request},
        paper::Verdict,
    },
    rules::RuleSet,
    terms::{Carrier, EvidenceKind, Kind, Mode, Model},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, error, sync::Arc};

/// Octets of the longest request: a CSR or an OCSP request is a few thousand.
const LONGEST: usize = 64 * 1024;

#[derive(Clone)]
struct Office {
    handle: Handle,
    metrics: Arc<Metrics>,
}

pub(crate) fn routes(handle: Handle, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/cases/{id}", post(apply).get(look))
        .route("/cases/{id}/registration", post(register))
        .route("/cases/{id}/approval", post(approve))
        .route("/ocsp", post(ocsp))
        .route("/health", get(health))
        .route("/metrics", get(counters))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(Office { handle, metrics })
}

/// The applicant's part: the case is opened, filled in from the request, its key proved, and
/// submitted.
async fn apply(
    State(office): State<Office>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let (case, person) = (CaseId::new(id)?, person(&headers)?);
    let der = csr::pem::requests(&body).next();
    let der = der
        .unwrap_or_else(|| Ok(body.to_vec()))
        .map_err(Failure::bad)?;
    let limits = Limits::default();
    let request = UnverifiedCsr::from_der(&der, &limits).map_err(Failure::bad)?;
    let request = request
        .verify(&[&pki::Sm2Sm3::default()])
        .map_err(Failure::bad)?;
    let rules = RuleSet::shipped("in-house").ok_or_else(|| Failure::bad("no such rules"))?;
    let mut opening = Opening::new(
        rules.id(),
        (Kind::Apply, Mode::Counter, Model::SelfService),
        "pair",
        Carrier::Soft,
        person.clone(),
    );
    opening.organisation = Some(OrganisationId::new("example")?);
    let form = [
        ("common-name", person.to_string()),
        ("organisation", "Example".to_owned()),
        ("country", "CN".to_owned()),
    ];
    let fields: BTreeMap<_, _> = form.map(|(name, value)| (name.to_owned(), value)).into();
    let acts = [
        Ask::Open(opening),
        Ask::Fill { fields, years: 2 },
        Ask::ProveKey(Request::from_csr(&request)),
        Ask::Submit,
    ];
    office
        .carry(
            &case,
            &Actor::new(person, Seat::Applicant),
            &headers,
            acts.into(),
        )
        .await?;
    office.state(case, StatusCode::CREATED).await
}

/// The registrar's part.
async fn register(
    State(office): State<Office>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (case, person) = (CaseId::new(id)?, person(&headers)?);
    let acts = [
        Ask::StartRegistration,
        Ask::Register {
            verdict: Verdict::new(true, true, true),
            work_record: work_record(&case),
        },
    ];
    office
        .carry(
            &case,
            &Actor::new(person, Seat::Registrar),
            &headers,
            acts.into(),
        )
        .await?;
    office.state(case, StatusCode::OK).await
}

/// The approver's part; the answer has both certificates.
async fn approve(
    State(office): State<Office>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (case, person) = (CaseId::new(id)?, person(&headers)?);
    let verdict = Verdict::new(true, true, true);
    let acts = [Ask::TakeReview, Ask::Approve { verdict }, Ask::Issue];
    office
        .carry(
            &case,
            &Actor::new(person, Seat::Approver),
            &headers,
            acts.into(),
        )
        .await?;
    office.state(case, StatusCode::OK).await
}

async fn look(State(office): State<Office>, Path(id): Path<String>) -> Result<Response, Failure> {
    office.state(CaseId::new(id)?, StatusCode::OK).await
}

async fn ocsp(State(office): State<Office>, body: Bytes) -> Result<Response, Failure> {
    let responder = AuthorityId::new(RESPONDER)?;
    let answer = move |engine: &lifecycle::Engine| engine.answer_ocsp(&responder, &body);
    let answer = office
        .handle
        .ask(answer)
        .map_err(|busy| office.busy(busy))?
        .await??;
    Ok((
        [(header::CONTENT_TYPE, "application/ocsp-response")],
        answer,
    )
        .into_response())
}

/// Well is who answers: the service's thread, and through it the store.
async fn health(State(office): State<Office>) -> Result<Response, Failure> {
    let head = |engine: &lifecycle::Engine| engine.store().head();
    let head = office
        .handle
        .ask(head)
        .map_err(|busy| office.busy(busy))?
        .await?;
    let head = head.map_err(Error::from)?;
    Ok(Json(json!({ "records": head.seq })).into_response())
}

async fn counters(State(office): State<Office>) -> String {
    office.metrics.text()
}

impl Office {
    /// One act after the other, each durable before the next; what follows outside is waited
    /// for, too. Under an `Idempotency-Key`, each act has the key with its place behind it: the
    /// whole can be sent again.
    async fn carry(
        &self,
        case: &CaseId,
        actor: &Actor,
        headers: &HeaderMap,
        acts: Vec<Ask>,
    ) -> Result<(), Failure> {
        let key = headers.get("Idempotency-Key");
        let key = key
            .map(|key| key.to_str().map_err(Failure::bad))
            .transpose()?;
        for (place, act) in acts.into_iter().enumerate() {
            let mut submission = Submission::new(actor.clone(), Command::Case(case.clone(), act));
            if let Some(key) = key {
                submission = submission.under(IdempotencyKey::new(format!("{key}.{place}"))?);
            }
            let ticket = self.handle.submit_and_settle(submission);
            let settled = ticket.map_err(|busy| self.busy(busy))?.await??;
            if let Some(failure) = settled.failure {
                // It is durable and will be tried again: that is no refusal.
                return Err(Failure(StatusCode::ACCEPTED, shown(&*failure)));
            }
        }
        Ok(())
    }

    async fn state(&self, case: CaseId, status: StatusCode) -> Result<Response, Failure> {
        let asked = case.clone();
        let state = self.handle.ask(move |engine| engine.case(&asked));
        let state = state.map_err(|busy| self.busy(busy))?.await??;
        let Some(state) = state else {
            return Err(Failure(
                StatusCode::NOT_FOUND,
                json!({ "error": "no such case" }),
            ));
        };
        let pem = |issued: &Issued| pki::encode_pem("CERTIFICATE", &issued.certificate);
        let pair = state.pair().map(|(signing, encryption)| {
            json!({ "signing": pem(signing), "encryption": pem(encryption) })
        });
        let body = json!({
            "case": case.as_str(),
            "phase": state.phase.as_str(),
            "certificates": pair,
        });
        Ok((status, Json(body)).into_response())
    }

    fn busy(&self, busy: Busy) -> Failure {
        self.metrics.note_busy();
        Failure(StatusCode::SERVICE_UNAVAILABLE, shown(&busy))
    }
}

fn person(headers: &HeaderMap) -> Result<PersonId, Failure> {
    let named = headers.get("X-Person").and_then(|name| name.to_str().ok());
    let named = named.ok_or(Failure(
        StatusCode::UNAUTHORIZED,
        json!({ "error": "nobody is named" }),
    ))?;
    Ok(PersonId::new(named)?)
}

/// Evidence lies in an archive of the operator's; here its name stands for it.
fn work_record(case: &CaseId) -> Evidence {
    let place = format!("work-records/{case}");
    Evidence::new(
        EvidenceKind::WorkRecord,
        sm3::digest(place.as_bytes()),
        place,
    )
}

/// What is answered in place of a result.
struct Failure(StatusCode, Value);

impl Failure {
    fn bad(error: impl ToString) -> Self {
        Self(
            StatusCode::BAD_REQUEST,
            json!({ "error": error.to_string() }),
        )
    }
}

/// An error with what it comes from.
pub(crate) fn told(error: &dyn error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn shown(error: &dyn error::Error) -> Value {
    json!({ "error": told(error) })
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Refused(_) => StatusCode::CONFLICT,
            Error::BadIdentifier { .. } | Error::Profile(_) => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(status, shown(&error))
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, shown(&stopped))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}
