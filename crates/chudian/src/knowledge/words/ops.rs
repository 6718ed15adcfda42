//! What one may do with the words.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::WordGroupId;
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::listing::{no_page, pattern};
use crate::knowledge::rehearsal::{self, Accepted, Plan};
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Book, MOST_GROUPS, WordGroup, WordKind, tidy};
use super::paste::{self, Deed};
use super::store;

/// A page of groups, the newest first.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    kind: Option<WordKind>,
    query: &str,
    page: PageRequest,
) -> Result<Page<WordGroup>> {
    actor.require(Permission::KnowledgeRead)?;
    let before = page.after.as_deref().map(str::parse).transpose().map_err(|_| no_page())?;
    let (tenant, limit, pattern) = (actor.tenant, page.limit(), pattern(query));
    let rows = ctx.db.read(move |tx| store::list(tx, tenant, kind, &pattern, before, limit + 1)).await?;
    Ok(Page::cut(rows, limit, |it| it.id.to_string()))
}

/// Makes a group.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by field; `Conflict` for a word that stands elsewhere.
pub async fn create(
    ctx: &Ctx,
    actor: &Actor,
    kind: WordKind,
    words: Vec<String>,
    accept_fall: bool,
) -> Result<WordGroup> {
    actor.require(Permission::KnowledgeEdit)?;
    let words = tidy(kind, &words)?;
    let accepted = rehearse(ctx, actor, WordsAct::Create(kind, words.clone()), accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let book = Book::new(store::list_all(tx, actor.tenant)?);
            book.check(None, &words)?;
            check_room(&book)?;
            let group = insert(tx, &actor, kind, words, &accepted)?;
            emit(tx, actor.tenant, Event::WordsChanged)?;
            Ok(group)
        })
        .await
}

/// Changes the words of a group. `seen` is the version that the editor had before them; `None` writes over any.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid`, by field; `Conflict` for a word that stands elsewhere, or when
/// somebody was faster.
pub async fn update(
    ctx: &Ctx,
    actor: &Actor,
    id: WordGroupId,
    words: Vec<String>,
    (seen, accept_fall): (Option<i64>, bool),
) -> Result<WordGroup> {
    actor.require(Permission::KnowledgeEdit)?;
    let accepted = rehearse(ctx, actor, WordsAct::Change(id, words.clone()), accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let book = Book::new(store::list_all(tx, actor.tenant)?);
            let old = book.get(id).cloned().ok_or_else(absent)?;
            let words = tidy(old.kind, &words)?;
            book.check(Some(id), &words)?;
            if seen.is_some_and(|it| it != old.version) {
                return Err(changed());
            }
            let group = rewrite(tx, &actor, &old, words, &accepted)?;
            emit(tx, actor.tenant, Event::WordsChanged)?;
            Ok(group)
        })
        .await
}

/// Removes a group.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: WordGroupId, accept_fall: bool) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let accepted = rehearse(ctx, actor, WordsAct::Delete(id), accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            store::delete(tx, actor.tenant, id)?;
            record(tx, &actor, "words.delete", id, accepted.note(json!({ "words": old.words })))?;
            emit(tx, actor.tenant, Event::WordsChanged)
        })
        .await
}

/// Says that two words mean the same: puts `word` into the group of `known`, or makes a new one of both.
///
/// # Errors
/// As [`create`] and [`update`].
pub async fn join(
    ctx: &Ctx,
    actor: &Actor,
    known: String,
    word: String,
    accept_fall: bool,
) -> Result<WordGroup> {
    actor.require(Permission::KnowledgeEdit)?;
    let pair = tidy(WordKind::Synonyms, &[known, word])?;
    let act = WordsAct::Import(WordKind::Synonyms, vec![(1, pair.clone())]);
    let accepted = rehearse(ctx, actor, act, accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let book = Book::new(store::list_all(tx, actor.tenant)?);
            let group = match paste::read(&book, WordKind::Synonyms, &pair)? {
                Deed::Create(words) => {
                    check_room(&book)?;
                    insert(tx, &actor, WordKind::Synonyms, words, &accepted)?
                }
                Deed::Widen(id, words) => {
                    let old = book.get(id).cloned().ok_or_else(absent)?;
                    rewrite(tx, &actor, &old, words, &accepted)?
                }
                Deed::Nothing => return book.group_of(&pair[0]).cloned().ok_or_else(absent),
            };
            emit(tx, actor.tenant, Event::WordsChanged)?;
            Ok(group)
        })
        .await
}

/// What pasted lines did, or would do.
#[derive(Debug, Default)]
pub struct Pasted {
    /// New groups.
    pub created: usize,
    /// Groups that got more words.
    pub updated: usize,
    /// Lines that say what is known.
    pub unchanged: usize,
    /// Lines that were refused: number, words as they were written, why.
    pub errors: Vec<(usize, String, Error)>,
}

/// Takes pasted lines over, one group a line; lines with faults are left out and told. A trial writes nothing.
///
/// # Errors
/// `Denied` without the right; `Invalid` for no lines or too many.
pub async fn import(
    ctx: &Ctx,
    actor: &Actor,
    kind: WordKind,
    text: &str,
    (is_trial, accept_fall): (bool, bool),
) -> Result<Pasted> {
    actor.require(Permission::KnowledgeEdit)?;
    let lines = paste::lines(text)?;
    let accepted = if is_trial {
        Accepted::default()
    } else {
        rehearse(ctx, actor, WordsAct::Import(kind, lines.clone()), accept_fall).await?
    };
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut book = Book::new(store::list_all(tx, actor.tenant)?);
            let mut pasted = Pasted::default();
            for (nth, words) in lines {
                if let Err(error) = take_line(tx, &actor, (&mut book, kind), &words, (is_trial, &mut pasted))
                {
                    pasted.errors.push((nth, words.join("、"), error));
                }
            }
            if !is_trial && pasted.created + pasted.updated > 0 {
                let detail =
                    json!({ "kind": kind.name(), "created": pasted.created, "updated": pasted.updated });
                record(tx, &actor, "words.import", "words", accepted.note(detail))?;
                emit(tx, actor.tenant, Event::WordsChanged)?;
            }
            Ok(pasted)
        })
        .await
}

fn take_line(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (book, kind): (&mut Book, WordKind),
    words: &[String],
    (is_trial, pasted): (bool, &mut Pasted),
) -> Result<()> {
    match paste::read(book, kind, words)? {
        Deed::Nothing => pasted.unchanged += 1,
        Deed::Create(words) => {
            check_room(book)?;
            let group = new_group(tx, actor, kind, words);
            if !is_trial {
                store::insert(tx, actor.tenant, &group)?;
            }
            book.put(group);
            pasted.created += 1;
        }
        Deed::Widen(id, words) => {
            let group = newer(tx, actor, book.get(id).ok_or_else(absent)?, words);
            if !is_trial && !store::update(tx, actor.tenant, &group)? {
                return Err(changed());
            }
            book.put(group);
            pasted.updated += 1;
        }
    }
    Ok(())
}

fn new_group(tx: &Tx<'_>, actor: &Actor, kind: WordKind, words: Vec<String>) -> WordGroup {
    WordGroup { id: tx.new_id(), kind, words, version: 1, updated_at: tx.now(), updated_by: actor.user }
}

fn newer(tx: &Tx<'_>, actor: &Actor, old: &WordGroup, words: Vec<String>) -> WordGroup {
    let (id, kind, version) = (old.id, old.kind, old.version + 1);
    WordGroup { id, kind, words, version, updated_at: tx.now(), updated_by: actor.user }
}

/// What is about to be done with words.
#[derive(Debug, Clone)]
pub enum WordsAct {
    /// A new group.
    Create(WordKind, Vec<String>),
    /// Other words for a group.
    Change(WordGroupId, Vec<String>),
    /// A group goes.
    Delete(WordGroupId),
    /// Lines with their numbers, one group a line.
    Import(WordKind, Vec<(usize, Vec<String>)>),
}

/// All words of the tenant as they would be. Lines with faults are left out.
///
/// # Errors
/// As the act itself.
pub fn after(tx: &mut Tx<'_>, actor: &Actor, act: WordsAct) -> Result<Vec<WordGroup>> {
    let mut all = store::list_all(tx, actor.tenant)?;
    let mut book = Book::new(all.clone());
    match act {
        WordsAct::Create(kind, words) => {
            let words = tidy(kind, &words)?;
            book.check(None, &words)?;
            all.push(new_group(tx, actor, kind, words));
        }
        WordsAct::Change(id, words) => {
            let old = all.iter_mut().find(|it| it.id == id).ok_or_else(absent)?;
            let words = tidy(old.kind, &words)?;
            book.check(Some(id), &words)?;
            old.words = words;
        }
        WordsAct::Delete(id) => {
            book.get(id).ok_or_else(absent)?;
            all.retain(|it| it.id != id);
        }
        WordsAct::Import(kind, lines) => {
            let mut pasted = Pasted::default();
            for (_, words) in lines {
                // A line with a fault is told by the import.
                let _ = take_line(tx, actor, (&mut book, kind), &words, (true, &mut pasted));
            }
            return Ok(book.into_groups());
        }
    }
    Ok(all)
}

async fn rehearse(ctx: &Ctx, actor: &Actor, act: WordsAct, accept_fall: bool) -> Result<Accepted> {
    let by = actor.clone();
    let words = ctx.db.read(move |tx| after(tx, &by, act)).await?;
    rehearsal::pass(ctx, actor.tenant, Plan::words(words), accept_fall).await
}

fn insert(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: WordKind,
    words: Vec<String>,
    accepted: &Accepted,
) -> Result<WordGroup> {
    let group = new_group(tx, actor, kind, words);
    store::insert(tx, actor.tenant, &group)?;
    let detail = json!({ "kind": kind.name(), "words": group.words });
    record(tx, actor, "words.create", group.id, accepted.note(detail))?;
    Ok(group)
}

fn rewrite(
    tx: &mut Tx<'_>,
    actor: &Actor,
    old: &WordGroup,
    words: Vec<String>,
    accepted: &Accepted,
) -> Result<WordGroup> {
    let group = newer(tx, actor, old, words);
    if !store::update(tx, actor.tenant, &group)? {
        return Err(changed());
    }
    let detail = json!({ "words": group.words, "version": group.version });
    record(tx, actor, "words.change", group.id, accepted.note(detail))?;
    Ok(group)
}

fn check_room(book: &Book) -> Result<()> {
    if book.count() >= MOST_GROUPS {
        let why = format!("at most {MOST_GROUPS} groups and protected names");
        return Err(Error::invalid("words.too_many", why));
    }
    Ok(())
}

fn changed() -> Error {
    Error::conflict(
        "words.changed",
        "somebody changed these words meanwhile: look at them again, then decide",
    )
}
