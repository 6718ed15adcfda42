//! The callback address: `GET` proves that it is ours, `POST` brings a message.
//!
//! After the signature every refusal looks the same from outside. What was understood is handed
//! in and answered within the platform's five seconds; when the house fails, the platform gets an
//! error and comes again, because only what is on disk may be acknowledged.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::error::Elapsed;

use wechat::callback::{self, CallbackError, Opened, Query};
use wechat::element::Format;
use wechat::push::Push;
use wechat::reply::Answer;

use crate::base::id::InboxId;
use crate::base::time::Time;
use crate::base::{Error, Kind, Result};
use crate::channels::book::{self, OpenInbox};
use crate::ctx::Ctx;
use crate::intake::model::{Aside, Receipt};
use crate::intake::receive;
use crate::telemetry::metrics as figures;

use super::WechatAdapter;
use super::settings::{self, Prepared};
use super::translate::{Translated, translate};

/// The platform waits five seconds; ours ends before, so that its retry meets a finished turn.
const DEADLINE: Duration = Duration::from_millis(4500);

/// The longest sender's id that is believed, in bytes; the platform's have 28.
const LONGEST_SENDER: usize = 128;

/// The inboxes whose address the platform has verified since this server started.
#[derive(Debug, Default)]
pub(super) struct Verified(RwLock<HashSet<InboxId>>);

impl Verified {
    fn insert(&self, id: InboxId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id);
    }

    /// Whether it was.
    pub(super) fn contains(&self, id: InboxId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }
}

/// The routes of callbacks, outside `/api`.
pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/hooks/wechat/{key}", get(verify_address).post(take_push))
        .layer(DefaultBodyLimit::max(callback::DEFAULT_MAX_BODY))
}

/// Answers the question whether this address is ours.
async fn verify_address(
    State(ctx): State<Ctx>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Some(inbox)) = book::find_by_hook(&ctx, &key).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let prepared = settings::prepared(&inbox);
    let query = Query::parse(query.as_deref().unwrap_or_default());
    match callback::verify_url(&prepared.account, &query) {
        Ok(echo) => {
            ctx.shelf.get::<Verified>().insert(inbox.inbox.id);
            plain_text(StatusCode::OK, echo.to_owned().into())
        }
        Err(error) => refusal(&inbox, error),
    }
}

/// Takes a message in and answers it.
async fn take_push(
    State(ctx): State<Ctx>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let started = Instant::now();
    let inbox = match book::find_by_hook(&ctx, &key).await {
        Ok(Some(inbox)) => inbox,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let prepared = settings::prepared(&inbox);
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let mut opened = match callback::open(&prepared.account, &query, &body) {
        Ok(opened) => opened,
        Err(error) => return refusal(&inbox, error),
    };
    let message = std::mem::take(&mut opened.message);
    let taken = tokio::time::timeout(DEADLINE, hand_in(&ctx, inbox, &prepared, message)).await;
    figures::turn_finished(outcome(&taken), started.elapsed());
    match taken {
        Ok(Ok(receipt)) => answer(&prepared, &opened, &query, &receipt),
        Ok(Err(error)) if error.kind == Kind::Invalid => StatusCode::BAD_REQUEST.into_response(),
        Ok(Err(error)) => {
            tracing::error!(error.code = error.code, "a callback could not be taken in: {error}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        // Not on disk yet, so not acknowledged: the platform's next try finds the stored answer.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// How a turn ended, in a few fixed words.
fn outcome(taken: &std::result::Result<Result<Receipt>, Elapsed>) -> &'static str {
    match taken {
        Ok(Ok(Receipt { is_repeat: true, .. })) => "repeated",
        Ok(Ok(Receipt { answer: Some(_), .. })) => "answered",
        Ok(Ok(_)) => "taken",
        Ok(Err(error)) if error.kind == Kind::Invalid => "refused",
        Ok(Err(_)) => "failed",
        Err(_) => "late",
    }
}

async fn hand_in(ctx: &Ctx, inbox: Arc<OpenInbox>, prepared: &Prepared, raw: Vec<u8>) -> Result<Receipt> {
    let push = match Push::parse(&raw) {
        Ok(push) if prepared.account.owns(&push.to) && push.from.len() <= LONGEST_SENDER => push,
        _ => return Err(Error::invalid("callback.message", "the message cannot be read")),
    };
    if inbox.is_closed {
        let sent_at = Time::from_seconds(push.created_at);
        return receive::set_aside(ctx, &inbox.inbox, Aside::Closed, push.dedupe_key(), sent_at, raw).await;
    }
    let now = ctx.clock.now();
    match translate(inbox.clone(), &push, raw, || ctx.ids.make(now)) {
        Translated::FromCustomer(inbound) => receive::receive(ctx, Arc::new(WechatAdapter), *inbound).await,
        Translated::Report => {
            let sent_at = Time::from_seconds(push.created_at);
            let (key, raw) = (push.dedupe_key(), push_bytes(&push));
            receive::set_aside(ctx, &inbox.inbox, Aside::Report, key, sent_at, raw).await
        }
    }
}

/// A report as XML again, for the journal.
fn push_bytes(push: &Push) -> Vec<u8> {
    push.to_xml().into_bytes()
}

fn answer(prepared: &Prepared, opened: &Opened, query: &Query, receipt: &Receipt) -> Response {
    let Some(body) = &receipt.answer else { return plain_text(StatusCode::OK, "success".into()) };
    let body = in_format(opened.format, body);
    let timestamp = query.timestamp.parse().unwrap_or_default();
    let sealed = callback::seal(&prepared.account, opened, &body, timestamp, &query.nonce, rand::random());
    let kind = match opened.format {
        Format::Xml => "text/xml; charset=utf-8",
        Format::Json => "application/json; charset=utf-8",
    };
    ([(header::CONTENT_TYPE, kind)], sealed).into_response()
}

/// Answers are kept as XML; an account set up for JSON gets JSON.
fn in_format(format: Format, xml: &[u8]) -> Vec<u8> {
    if format == Format::Xml {
        return xml.to_vec();
    }
    match Answer::parse(xml, usize::MAX) {
        Ok(Answer::Reply { passive, .. }) => passive.to_json().into_bytes(),
        _ => xml.to_vec(),
    }
}

fn refusal(inbox: &OpenInbox, error: CallbackError) -> Response {
    figures::callback_refused();
    // Outside, all causes look alike; the operator who set a wrong key must learn which one it is.
    let cause = match error {
        CallbackError::Refused(cause) => format!(": {cause}"),
        CallbackError::TooLarge | CallbackError::BadSignature => String::new(),
    };
    tracing::warn!(inbox.id = %inbox.inbox.id, "refused a callback to {}: {error}{cause}", inbox.inbox.id);
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST).into_response()
}

fn plain_text(status: StatusCode, body: Bytes) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, body).into_response()
}
