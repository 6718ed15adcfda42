//! Finds the candidates for a thread.

use std::sync::Arc;

use retrieval::{Candidate, Entry as Wordings, Index};

use crate::base::content::Content;
use crate::base::id::{EntryId, Id, InboxId, MessageId, TenantId, ThreadId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::catalogue::{self, Catalogue};
use crate::bot::nearness::{self, Near};
use crate::channels::store as channels;
use crate::conversations::model::Message;
use crate::conversations::store as rows;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::desk::quick_replies::store as replies;
use crate::desk::store::walk;
use crate::knowledge::learning::model::Source;
use crate::knowledge::learning::store as learning;
use crate::knowledge::particulars::Place;
use crate::knowledge::shared::store as shared;
use crate::tenants;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::{Asked, Found, SHOWN, asked, merge};
use super::recollection;

/// How far back the customer's words are looked for, in messages.
const BACK: i64 = 30;

/// The longest words of an agent's own search, in characters.
const LONGEST_SEARCH: usize = 200;

/// What is shown beside a thread.
#[derive(Debug)]
pub struct Candidates {
    /// The customer's message that is answered; none while the customer has written no words, or when the agent searches.
    pub message: Option<MessageId>,
    /// The words that were looked for.
    pub text: String,
    /// Surest first, each with how often it was chosen and the name of who gave it.
    pub items: Vec<(Found, i64, Option<String>)>,
}

/// The candidates for the customer's last question, or for the agent's own words.
///
/// # Errors
/// `Denied` without the right to read conversations and the base; `Missing` for a foreign thread; `Invalid` for a
/// search that is too long.
pub async fn find(ctx: &Ctx, actor: &Actor, thread: ThreadId, search: Option<String>) -> Result<Candidates> {
    actor.require(Permission::ConversationRead)?;
    actor.require(Permission::KnowledgeRead)?;
    let search = search.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    if search.as_ref().is_some_and(|it| it.chars().count() > LONGEST_SEARCH) {
        let message = format!("look for at most {LONGEST_SEARCH} characters");
        return Err(Error::invalid("candidates.query", message.clone()).field("query", message));
    }
    let catalogue = catalogue::of(ctx, actor.tenant).await?;
    let (tenant, user, handle) = (actor.tenant, actor.user, ctx.clone());
    let is_search = search.is_some();
    let (asked, place) = ctx
        .db
        .read(move |tx| {
            let inbox = rows::get_thread(tx, tenant, thread)?.inbox;
            let place = (inbox, channels::get(tx, tenant, inbox)?.kind);
            let asked = if is_search { None } else { question(tx, tenant, thread)? };
            Ok((asked, place))
        })
        .await?;
    let near = match (&search, &asked) {
        (Some(text), _) => (nearness::ask(ctx, &catalogue, text).await, None),
        (None, Some(it)) if it.together == it.text => (nearness::ask(ctx, &catalogue, &it.text).await, None),
        (None, Some(it)) => futures::join!(
            nearness::ask(ctx, &catalogue, &it.text),
            nearness::ask(ctx, &catalogue, &it.together)
        ),
        (None, None) => (None, None),
    };
    // The reading threads search: nobody's message waits for them.
    ctx.db
        .read(move |tx| {
            let desk = Desk { ctx: &handle, catalogue: &catalogue, place, tenant, user, now: tx.now() };
            let (text, found) = match (&search, &asked) {
                (Some(text), _) => (text.clone(), desk.entries(text, near.0.as_ref())),
                (None, Some(asked)) => desk.better(asked, &near),
                (None, None) => {
                    return Ok(Candidates { message: None, text: String::new(), items: Vec::new() });
                }
            };
            let (message, since) = asked.map(|it| (it.message, it.since)).unzip();
            let items = desk.complete(tx, &text, found, &since.unwrap_or_default())?;
            Ok(Candidates { message, text, items })
        })
        .await
}

/// The newest messages of a thread, oldest first.
pub(super) fn newest(tx: &mut Tx<'_>, tenant: TenantId, thread: ThreadId) -> Result<Vec<Message>> {
    let thread = rows::get_thread(tx, tenant, thread)?;
    let Some(head) = thread.last_message else { return Ok(Vec::new()) };
    walk(tx, head, thread.last_number - BACK + 1, thread.last_number)
}

fn question(tx: &mut Tx<'_>, tenant: TenantId, thread: ThreadId) -> Result<Option<Asked>> {
    Ok(asked(&newest(tx, tenant, thread)?))
}

/// What a search needs.
struct Desk<'a> {
    ctx: &'a Ctx,
    catalogue: &'a Arc<Catalogue>,
    /// The thread's inbox and its kind: an entry may have answers for it.
    place: (InboxId, String),
    tenant: TenantId,
    user: Option<UserId>,
    now: Time,
}

impl Desk<'_> {
    fn entries(&self, text: &str, near: Option<&Near>) -> Vec<Candidate> {
        let found = self.catalogue.knowledge.search(text, 2 * SHOWN, near);
        found
            .into_iter()
            .filter(|it| self.catalogue.knowledge.get(it.entry, self.now).is_some())
            .take(SHOWN)
            .collect()
    }

    /// The last message alone, or with those before it: whichever the base is surer of.
    fn better(&self, asked: &Asked, near: &(Option<Near>, Option<Near>)) -> (String, Vec<Candidate>) {
        let alone = self.entries(&asked.text, near.0.as_ref());
        if asked.together == asked.text {
            return (asked.text.clone(), alone);
        }
        let together = self.entries(&asked.together, near.1.as_ref());
        let sure = |found: &[Candidate]| found.first().map_or(0.0, |it| it.confidence);
        if sure(&together) > sure(&alone) {
            (asked.together.clone(), together)
        } else {
            (asked.text.clone(), alone)
        }
    }

    fn complete(
        &self,
        tx: &mut Tx<'_>,
        text: &str,
        entries: Vec<Candidate>,
        since: &[MessageId],
    ) -> Result<Vec<(Found, i64, Option<String>)>> {
        let mut of_base = Vec::with_capacity(entries.len());
        for candidate in entries {
            of_base.extend(self.entry(tx, candidate)?);
        }
        let best = of_base.first().map_or(0.0, |it| it.score);
        let found = merge(of_base, self.quick_replies(tx, text, best)?, self.given(tx, text, best, since)?);
        let mut items = Vec::with_capacity(found.len());
        for one in found {
            let chosen = learning::count_choices(tx, self.tenant, one.source, one.id)?;
            let name = match one.user {
                Some(user) => tenants::store::find_user(tx, self.tenant, user)?.map(|it| it.name),
                None => None,
            };
            items.push((one, chosen, name));
        }
        Ok(items)
    }

    fn entry(&self, tx: &mut Tx<'_>, candidate: Candidate) -> Result<Option<Found>> {
        let Some(known) = self.catalogue.knowledge.get(candidate.entry, self.now) else { return Ok(None) };
        let wording = match candidate.wording.checked_sub(1) {
            Some(nth) => shared::find_any(tx, self.tenant, EntryId::from_raw(candidate.entry))?.and_then(
                |mut entry| (nth < entry.body.similar.len()).then(|| entry.body.similar.swap_remove(nth)),
            ),
            None => None,
        };
        // One of several is drawn for this entry once, not anew with each look.
        let place = Place { inbox: self.place.0, channel: &self.place.1 };
        let answers = known.answers_at(place, known.id.raw().cast_unsigned());
        let found = found(Source::Entry, candidate, known.question.clone(), answers);
        Ok(Some(Found { wording, is_shared: known.is_shared, ..found }))
    }

    fn quick_replies(&self, tx: &mut Tx<'_>, text: &str, best: f32) -> Result<Vec<Found>> {
        let all = replies::list(tx, self.tenant, self.user)?;
        let wordings: Vec<Wordings> = all
            .iter()
            .map(|it| Wordings { key: it.id.raw(), wordings: vec![it.body.title.clone()] })
            .collect();
        let hits = Index::build(&wordings).search_beside(text, SHOWN, best);
        let find = |hit: Candidate| {
            let reply = all.iter().find(|it| it.id.raw() == hit.entry)?;
            Some(found(Source::QuickReply, hit, reply.body.title.clone(), reply.body.answers.clone()))
        };
        Ok(hits.into_iter().filter_map(find).collect())
    }

    /// What people answered to the like; not what this very question got as an answer a moment ago.
    fn given(&self, tx: &mut Tx<'_>, text: &str, best: f32, since: &[MessageId]) -> Result<Vec<Found>> {
        let recollection = recollection::of(self.ctx, tx, self.tenant)?;
        let hits = recollection.search(text, SHOWN, best);
        Ok(hits
            .into_iter()
            .filter(|(_, given)| !since.contains(&given.message))
            .map(|(hit, given)| Found {
                user: Some(given.user),
                ..found(Source::Given, hit, given.question.clone(), vec![Content::text(&given.answer)])
            })
            .collect())
    }
}

fn found(source: Source, hit: Candidate, title: String, answers: Vec<Content>) -> Found {
    Found {
        source,
        id: hit.entry,
        title,
        wording: None,
        answers,
        score: hit.score,
        confidence: hit.confidence,
        why: hit.why,
        user: None,
        is_shared: false,
    }
}
