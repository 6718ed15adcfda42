//! Counts how entries are used, after the fact: from the reasons that are stored with each answer, and from the
//! choices of the agents. The way of a message pays nothing for it.

use std::collections::{BTreeMap, HashMap};

use crate::base::Result;
use crate::base::content::Content;
use crate::base::id::{EntryId, Id, TenantId};
use crate::conversations::store as conversations;
use crate::conversations::store::Explained;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::learning::cluster::{Unmatched, masked};
use crate::knowledge::learning::store as learning;
use crate::knowledge::usage::model::{Happening, Sample, Uses, Way, What};
use crate::knowledge::usage::ops::{day, zone};
use crate::knowledge::usage::store;

use super::model::Reason;

/// So many answers are counted in one transaction: the writer must not be kept from messages.
const AT_ONCE: u32 = 100;

/// So much of a question is kept, in characters.
const LONGEST_QUESTION: usize = 200;

const MESSAGES: &str = "messages";
const CHOICES: &str = "choices";

/// Counts whatever happened since the last time.
///
/// # Errors
/// Those of the database; what was counted before stays counted.
pub async fn count(ctx: &Ctx) -> Result<()> {
    while count_messages(ctx).await? {}
    while count_choices(ctx).await? {}
    Ok(())
}

/// A lot of messages. Gives whether there may be more.
async fn count_messages(ctx: &Ctx) -> Result<bool> {
    let (from, until, happened, has_more) = ctx
        .db
        .read(|tx| {
            let from = store::get_seen(tx, MESSAGES)?;
            let newest = conversations::newest_message(tx)?.map_or(from, Id::raw);
            let found = conversations::list_explained(tx, from, newest, AT_ONCE)?;
            let is_all = found.len() < AT_ONCE as usize;
            let until = if is_all { newest } else { found.last().map_or(newest, |it| it.id.raw()) };
            let mut zones = HashMap::new();
            let mut happened = Vec::new();
            for it in &found {
                happened.extend(happenings(it, &zone_of(tx, &mut zones, it.tenant)?));
            }
            Ok((from, until, happened, !is_all))
        })
        .await?;
    write(ctx, MESSAGES, (from, until), happened).await?;
    Ok(has_more)
}

/// A lot of agents' choices. Gives whether there may be more.
async fn count_choices(ctx: &Ctx) -> Result<bool> {
    let (from, until, happened, has_more) = ctx
        .db
        .read(|tx| {
            let from = store::get_seen(tx, CHOICES)?;
            let found = learning::list_chosen(tx, from, AT_ONCE)?;
            let has_more = found.len() == AT_ONCE as usize;
            let until = found.last().map_or(from, |it| it.1.id.raw());
            let mut zones = HashMap::new();
            let mut happened = Vec::new();
            for (tenant, it) in found {
                let sent = conversations::get_message(tx, tenant, it.message).ok();
                let sample = Sample {
                    key: it.id.raw(),
                    way: Way::Chosen,
                    question: kept(&it.question),
                    thread: it.thread,
                    conversation: sent.map(|it| it.conversation),
                    at: it.at,
                    helped: None,
                };
                let day = day(it.at, &zone_of(tx, &mut zones, tenant)?);
                let entry = EntryId::from_raw(it.source_id);
                happened.push(Happening { tenant, entry, day, what: What::Used(sample) });
            }
            Ok((from, until, happened, has_more))
        })
        .await?;
    write(ctx, CHOICES, (from, until), happened).await?;
    Ok(has_more)
}

fn zone_of(tx: &mut Tx<'_>, known: &mut HashMap<TenantId, String>, tenant: TenantId) -> Result<String> {
    if let Some(found) = known.get(&tenant) {
        return Ok(found.clone());
    }
    let found = zone(tx, tenant)?;
    known.insert(tenant, found.clone());
    Ok(found)
}

/// Writes what happened, and how far was read, together.
async fn write(
    ctx: &Ctx,
    name: &'static str,
    (from, until): (i64, i64),
    happened: Vec<Happening>,
) -> Result<()> {
    if until == from {
        return Ok(());
    }
    ctx.db
        .write(move |tx| {
            // Whoever else counted the same was quicker: nothing is to be added.
            if store::set_seen(tx, name, from, until)? {
                keep_all(tx, &happened)?;
            }
            Ok(())
        })
        .await
}

/// Samples one by one, in their order; sums, and what is beyond the bounds, once for each entry.
fn keep_all(tx: &mut Tx<'_>, happened: &[Happening]) -> Result<()> {
    let mut sums: BTreeMap<(TenantId, EntryId, &str), Uses> = BTreeMap::new();
    for it in happened {
        let sum = sums.entry((it.tenant, it.entry, it.day.as_str())).or_default();
        *sum += match &it.what {
            What::Used(sample) => Uses::one(sample.way),
            What::Rated(_, helped, _) => Uses::rated(*helped),
        };
        keep(tx, it)?;
    }
    for ((tenant, entry, day), uses) in sums {
        store::add(tx, tenant, entry, day, uses)?;
        store::trim_samples(tx, tenant, entry)?;
    }
    Ok(())
}

fn keep(tx: &mut Tx<'_>, it: &Happening) -> Result<()> {
    let (tenant, entry) = (it.tenant, it.entry);
    match &it.what {
        What::Used(sample) => {
            let mut sample = sample.clone();
            if sample.way == Way::Picked {
                // A digit says nothing; what it was an answer to does.
                sample.question = store::find_sample(tx, tenant, entry, sample.thread)?
                    .map(|it| it.question)
                    .unwrap_or_default();
            }
            if sample.question.is_empty() {
                return Ok(());
            }
            store::insert_sample(tx, tenant, entry, &sample)
        }
        What::Rated(thread, helped, at) => {
            let Some(sample) = store::find_sample(tx, tenant, entry, *thread)? else { return Ok(()) };
            store::set_helped(tx, tenant, entry, sample.key, *helped)?;
            if *helped {
                return Ok(());
            }
            let form = retrieval::normalise::question(&sample.question);
            let open = Unmatched {
                question: sample.question,
                form,
                thread: *thread,
                at: *at,
                answered_by: Some(entry),
                is_unsolved: true,
                is_wrong: false,
            };
            learning::insert_unsolved(tx, tenant, &open)
        }
    }
}

/// What an answer says about entries. Pure.
fn happenings(it: &Explained, zone: &str) -> Vec<Happening> {
    // Most answers are menus and keywords: their reasons need not be read.
    if !["\"knowledge.", "\"menu.choice", "\"feedback."].iter().any(|code| it.reasons.contains(code)) {
        return Vec::new();
    }
    let reasons: Vec<Reason> = serde_json::from_str(&it.reasons).unwrap_or_default();
    let Some(reason) = reasons.last() else { return Vec::new() };
    let asked: Option<Content> = it.asked.as_deref().and_then(|it| serde_json::from_str(it).ok());
    let question = asked.as_ref().and_then(Content::words).map(kept).unwrap_or_default();
    let used = |way: Way| {
        What::Used(Sample {
            key: it.id.raw(),
            way,
            question: question.clone(),
            thread: it.thread,
            conversation: Some(it.conversation),
            at: it.at,
            helped: None,
        })
    };
    let key = |value: &serde_json::Value| value.as_str().and_then(|it| it.parse::<EntryId>().ok());
    let entry = reason.params.get("entry").and_then(key);
    let found: Vec<(Option<EntryId>, What)> = match reason.code.as_str() {
        "knowledge.answer" => vec![(entry, used(Way::Answered))],
        "menu.choice" => vec![(entry, used(Way::Picked))],
        "knowledge.suggest" => match reason.params.get("offered").and_then(|it| it.as_array()) {
            Some(all) => all.iter().map(|it| (key(it), used(Way::Offered))).collect(),
            None => vec![(entry, used(Way::Offered))],
        },
        "feedback.solved" => vec![(entry, What::Rated(it.thread, true, it.at))],
        "feedback.unsolved" => vec![(entry, What::Rated(it.thread, false, it.at))],
        _ => Vec::new(),
    };
    let day = day(it.at, zone);
    let happening = |(entry, what): (Option<EntryId>, What)| {
        Some(Happening { tenant: it.tenant, entry: entry?, day: day.clone(), what })
    };
    found.into_iter().filter_map(happening).collect()
}

fn kept(words: &str) -> String {
    masked(&words.trim().chars().take(LONGEST_QUESTION).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{ConversationId, MessageId, ThreadId};
    use crate::base::time::Time;

    #[test]
    fn an_answer_tells_which_entries_were_used() {
        let check = |code: &str, params: &str, expected: &[(i64, &str)]| {
            let it = Explained {
                id: MessageId(9),
                tenant: TenantId(1),
                thread: ThreadId(2),
                conversation: ConversationId(3),
                at: Time(1_795_140_000_000),
                reasons: format!(
                    r#"[{{"step":"exact","outcome":"passed","code":"x"}},{{"step":"knowledge","outcome":"matched","code":"{code}","params":{params}}}]"#
                ),
                asked: Some(r#"{"type":"text","text":" 我的13800138000怎么查话费 "}"#.into()),
            };
            let found: Vec<(i64, String)> = happenings(&it, "Asia/Shanghai")
                .into_iter()
                .map(|it| {
                    assert_eq!(it.day, "2026-11-20");
                    let what = match it.what {
                        What::Used(sample) => format!("{:?} {}", sample.way, sample.question),
                        What::Rated(_, helped, _) => format!("{helped}"),
                    };
                    (it.entry.0, what)
                })
                .collect();
            let expected: Vec<(i64, String)> = expected.iter().map(|it| (it.0, it.1.to_owned())).collect();
            assert_eq!(found, expected, "{code}");
        };
        let (one, two) = (EntryId(1), EntryId(2));
        let entry = format!(r#"{{"entry":"{one}"}}"#);
        check("knowledge.answer", &entry, &[(1, "Answered 我的***********怎么查话费")]);
        check("menu.choice", &entry, &[(1, "Picked 我的***********怎么查话费")]);
        check(
            "knowledge.suggest",
            &format!(r#"{{"entry":"{one}","offered":["{one}","{two}"]}}"#),
            &[(1, "Offered 我的***********怎么查话费"), (2, "Offered 我的***********怎么查话费")],
        );
        check("feedback.solved", &entry, &[(1, "true")]);
        check("feedback.unsolved", &entry, &[(1, "false")]);
        check("knowledge.unsure", &entry, &[]);
        check("knowledge.answer", r#"{"entry":"gone"}"#, &[]);
    }
}
