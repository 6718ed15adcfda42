//! What one may do with unknown words.

use std::collections::HashSet;

use retrieval::normalise;
use serde_json::json;

use crate::audit::ops::record;
use crate::base::{Error, Result};
use crate::bot::catalogue;
use crate::ctx::Ctx;
use crate::knowledge::learning::cluster::masked;
use crate::knowledge::learning::store as learning;
use crate::knowledge::words::model::WordGroup;
use crate::knowledge::words::{ops as words, store as words_store};
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::find::{Pieces, UnknownWord};
use super::store;

/// So many of the newest questions of each sort are looked at.
const LOOKED_AT: u32 = 2_000;

/// So many characters of a question are looked at.
const LONGEST: usize = 200;

/// So many words are shown.
const SHOWN: usize = 100;

/// So many words may be ignored at once.
const MOST_IGNORED: usize = 100;

/// A word that the base does not know, with what it may have to do with.
#[derive(Debug)]
pub struct Shown {
    /// The word.
    pub word: UnknownWord,
    /// The standard question that its first example comes nearest to.
    pub nearest: Option<String>,
}

/// Words that customers use and that stand in no wording.
///
/// # Errors
/// `Denied` without the right.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Shown>> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let catalogue = catalogue::of(ctx, tenant).await?;
    let (asked, base, ignored) = ctx
        .db
        .read(move |tx| {
            let asked = learning::list_asked(tx, tenant, LOOKED_AT)?;
            if asked.is_empty() {
                return Ok((asked, Vec::new(), HashSet::new()));
            }
            let mut base: Vec<String> = Vec::new();
            for (entry, similar) in catalogue::list_entries(tx, tenant)? {
                base.push(entry.question);
                base.extend(similar);
            }
            base.extend(words_store::list_all(tx, tenant)?.into_iter().flat_map(|it| it.words));
            Ok((asked, base, store::list_ignored(tx, tenant)?))
        })
        .await?;
    // A big base is half a second of work: not on a thread that serves connections.
    let found = tokio::task::spawn_blocking(move || {
        // A question is short; a pasted letter would make a million pieces.
        let start = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let masked: Vec<(String, i64)> =
            asked.into_iter().map(|(text, of)| (masked(&start(&text)), of)).collect();
        let mut pieces = Pieces::new(&masked);
        if !pieces.has_any() {
            return Vec::new();
        }
        base.iter().for_each(|it| pieces.know(it));
        let words = pieces.unknown(&ignored, SHOWN).into_iter();
        words
            .map(|word| {
                let near = word.examples.first().map(|it| catalogue.knowledge.search(it, 1, None));
                let first = near.and_then(|it| it.into_iter().next());
                let nearest = first.and_then(|it| catalogue.knowledge.question_of(it.entry));
                Shown { nearest, word }
            })
            .collect()
    });
    found.await.map_err(|error| {
        Error::internal("unknown_words.broken", "unknown words could not be looked for").because(error)
    })
}

/// Says that an unknown word means the same as one that the base knows.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a known word that stands nowhere; as in `words` besides.
pub async fn join(
    ctx: &Ctx,
    actor: &Actor,
    word: String,
    known: String,
    accept_fall: bool,
) -> Result<WordGroup> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let form = normalise::question(&known);
    let stands = ctx
        .db
        .read(move |tx| {
            let has = |text: &str| normalise::question(text).contains(&form);
            let groups = words_store::list_all(tx, tenant)?;
            if form.is_empty() || groups.iter().flat_map(|it| &it.words).any(|it| has(it)) {
                return Ok(true);
            }
            let entries = catalogue::list_entries(tx, tenant)?;
            Ok(entries
                .iter()
                .any(|(entry, similar)| has(&entry.question) || similar.iter().any(|it| has(it))))
        })
        .await?;
    if !stands {
        let why = format!("“{known}” stands in no question of the base either: name a word that does");
        return Err(Error::invalid("unknown_words.known", why.clone()).field("known", why));
    }
    words::join(ctx, actor, known, word, accept_fall).await
}

/// Says of words that they are not to be listed again.
///
/// # Errors
/// `Denied` without the right; `Invalid` for none or too many.
pub async fn ignore(ctx: &Ctx, actor: &Actor, words: Vec<String>) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let forms: Vec<String> = words.iter().map(|it| normalise::question(it)).collect();
    if forms.is_empty() || forms.len() > MOST_IGNORED || forms.iter().any(String::is_empty) {
        let message = format!("name 1 to {MOST_IGNORED} words");
        return Err(Error::invalid("unknown_words.words", message.clone()).field("words", message));
    }
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            for form in &forms {
                store::insert_ignored(tx, actor.tenant, form, actor.user)?;
            }
            record(tx, &actor, "unknown_words.dismiss", "words", json!({ "words": forms }))
        })
        .await
}
