//! The rules by which a tenant's editors work together.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::KnowledgeSettings;
use super::store as workshop;

/// How the tenant's editors work together.
///
/// # Errors
/// `Denied` without the right.
pub async fn get_settings(ctx: &Ctx, actor: &Actor) -> Result<KnowledgeSettings> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let (settings, version) = ctx.db.read(move |tx| workshop::get_settings(tx, tenant)).await?;
    Ok(KnowledgeSettings { version: Some(version), ..settings })
}

/// Writes how the tenant's editors work together. The editors themselves may not: four eyes that one person can
/// close are none.
///
/// # Errors
/// `Denied` without the right; `Conflict` when somebody was faster.
pub async fn put_settings(
    ctx: &Ctx,
    actor: &Actor,
    mut settings: KnowledgeSettings,
) -> Result<KnowledgeSettings> {
    actor.require(Permission::KnowledgeManage)?;
    settings.check()?;
    let seen = settings.version.take();
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let (_, version) = workshop::get_settings(tx, actor.tenant)?;
            let is_current = seen.is_none_or(|it| it == version);
            if !is_current || !workshop::put_settings(tx, actor.tenant, &settings, version + 1)? {
                return Err(Error::conflict(
                    "knowledge_settings.changed",
                    "somebody changed these rules meanwhile: look at them again, then decide",
                ));
            }
            let detail = json!({ "version": version + 1, "four_eyes": settings.four_eyes,
                "replayed_questions": settings.replayed_questions });
            record(tx, &actor, "knowledge.settings", "knowledge", detail)?;
            Ok(KnowledgeSettings { version: Some(version + 1), ..settings })
        })
        .await
}
