//! The audit log over HTTP.

use super::chain::Record;
use super::ops::{self, Filter};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Query};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_audit_log)).routes(routes!(verify_audit_log))
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// The key of a person or API key, or `system`.
    actor: Option<String>,
    /// An action such as `user.create`, or a noun with a dot for all of it: `user.`.
    action: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 200.
    limit: Option<u32>,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `user`, `api_key` or `system`.
    pub kind: String,
    /// Their key.
    pub id: String,
    /// Their name at that time.
    pub name: String,
}

/// One record.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditRecord {
    /// Its place in the log: 1, 2, 3 … without a gap.
    pub number: i64,
    /// When.
    pub at: Time,
    /// Who.
    pub actor: AuditActor,
    /// What was done: `noun.verb`.
    pub action: String,
    /// To what.
    pub target: String,
    /// More.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

impl From<Record> for AuditRecord {
    fn from(record: Record) -> AuditRecord {
        AuditRecord {
            number: record.number,
            at: record.at,
            actor: AuditActor { kind: record.actor_kind, id: record.actor_id, name: record.actor_name },
            action: record.action,
            target: record.target,
            detail: serde_json::from_str(&record.detail).unwrap_or_default(),
        }
    }
}

/// Whether the log is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditVerdict {
    /// True when nothing was changed, removed, added, moved or cut off.
    pub ok: bool,
    /// Records that are as they were written.
    pub checked: i64,
    /// The first number at which something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<i64>,
}

/// The audit log, newest first.
#[utoipa::path(
    get, path = "/audit-log", tag = "audit", params(AuditQuery), responses((status = 200, body = Page<AuditRecord>))
)]
async fn list_audit_log(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<AuditQuery>,
) -> Answer<Page<AuditRecord>> {
    let AuditQuery { actor: who, action, after, limit } = query;
    let page = PageRequest { after, limit };
    let found = ops::list(&ctx, &actor, Filter { actor: who, action }, page).await?;
    Ok(Json(found.map(AuditRecord::from)))
}

/// Verifies the whole chain of the own audit log.
#[utoipa::path(get, path = "/audit-log/verification", tag = "audit", responses((status = 200, body = AuditVerdict)))]
async fn verify_audit_log(State(ctx): State<Ctx>, actor: Actor) -> Answer<AuditVerdict> {
    let verdict = ops::verify_own(&ctx, &actor).await?;
    Ok(Json(AuditVerdict {
        ok: verdict.broken_at.is_none(),
        checked: verdict.checked,
        broken_at: verdict.broken_at,
    }))
}
