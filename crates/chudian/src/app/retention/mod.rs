//! What is older than the operator wants to keep goes: messages, and files that nothing names any more.
//!
//! A sweep. It works in small batches with pauses between them, so that customers' messages never wait for it,
//! takes a bounded number of them at a time, and leaves one line a tenant in the audit log. A thread keeps its
//! numbers, a conversation its row: what was said is gone, that something was said is not.

mod store;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::Result;
use crate::base::id::{IdMaker, TenantId};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;

/// Rows of one transaction.
const BATCH: u32 = 500;
/// Batches of one sweep; the next goes on.
const MOST_BATCHES: u32 = 100;
/// Between two batches.
const PAUSE: Duration = Duration::from_millis(50);

/// What went, of one tenant.
#[derive(Debug, Default, Clone, Copy)]
struct Gone {
    messages: i64,
    files: i64,
}

/// Removes what is older than `retention.messages_days`. Nothing when that is 0.
///
/// # Errors
/// Those of the database. What was removed before stays removed, and is told by the next sweep that can.
pub async fn sweep(ctx: &Ctx) -> Result<()> {
    let days = ctx.config.retention.messages_days;
    if days == 0 {
        return Ok(());
    }
    let before = ctx.clock.now().plus(-days * Time::DAY);
    let mut gone: BTreeMap<TenantId, Gone> = BTreeMap::new();
    let done = match clear_messages(ctx, before, &mut gone).await {
        Ok(()) => clear_files(ctx, before, &mut gone).await,
        failed => failed,
    };
    for (tenant, it) in gone {
        let detail = json!({ "before": before, "messages": it.messages, "files": it.files });
        ctx.db.write(move |tx| record(tx, &Actor::system(tenant), "retention.sweep", tenant, detail)).await?;
    }
    done
}

async fn clear_messages(ctx: &Ctx, before: Time, gone: &mut BTreeMap<TenantId, Gone>) -> Result<()> {
    let floor = IdMaker::floor(before);
    for _ in 0..MOST_BATCHES {
        let counts = ctx.db.write(move |tx| store::clear_messages(tx, floor, BATCH)).await?;
        for (tenant, count) in &counts {
            gone.entry(*tenant).or_default().messages += count;
        }
        if counts.iter().map(|(_, count)| count).sum::<i64>() < i64::from(BATCH) {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Files that were neither made nor said since then, and that no answer, menu or setting names.
async fn clear_files(ctx: &Ctx, before: Time, gone: &mut BTreeMap<TenantId, Gone>) -> Result<()> {
    let mut after = 0;
    for _ in 0..MOST_BATCHES {
        let old = ctx.db.read(move |tx| store::list_old_files(tx, before, after, BATCH)).await?;
        let Some(last) = old.last() else { return Ok(()) };
        after = last.key;
        let tenants: HashSet<TenantId> = old.iter().map(|it| it.tenant).collect();
        let named = ctx
            .db
            .read(move |tx| {
                let mut named = HashSet::new();
                for tenant in tenants {
                    store::list_texts_with_files(tx, tenant)?.iter().for_each(|it| note_ids(it, &mut named));
                }
                Ok(named)
            })
            .await?;
        let is_whole = old.len() < BATCH as usize;
        let old: Vec<_> = old.into_iter().filter(|it| !named.contains(&it.id.to_string())).collect();
        // First the bytes: a row without them is found again, bytes without a row never.
        for path in old.iter().filter_map(|it| it.path.as_deref()) {
            ctx.files.remove(path).await?;
        }
        for it in &old {
            gone.entry(it.tenant).or_default().files += 1;
        }
        ctx.db.write(move |tx| old.iter().try_for_each(|it| store::delete_file(tx, it))).await?;
        if is_whole {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// The keys of files in a text of JSON.
fn note_ids(text: &str, ids: &mut HashSet<String>) {
    let mut rest = text;
    while let Some(at) = rest.find("med_") {
        let end = rest[at + 4..]
            .find(|it: char| !it.is_ascii_alphanumeric())
            .map_or(rest.len(), |length| at + 4 + length);
        ids.insert(rest[at..end].to_owned());
        rest = &rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_files_are_found_in_json() {
        let mut ids = HashSet::new();
        note_ids(
            r#"[{"type":"image","media":"med_01j9x0v3k8m2a"},{"text":"med_"},{"media":"med_2"}]"#,
            &mut ids,
        );
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort();
        assert_eq!(ids, ["med_", "med_01j9x0v3k8m2a", "med_2"]);
    }
}
