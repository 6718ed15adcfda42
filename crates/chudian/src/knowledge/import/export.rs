//! The base as a table.

use tables::comma;

use crate::base::Result;
use crate::base::content::Content;
use crate::ctx::Ctx;
use crate::knowledge::category::model::{Category, path};
use crate::knowledge::model::Entry;
use crate::knowledge::store;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::lots::names;
use super::particulars;

/// The published entries as CSV, as [`import`](super::import) takes them: what was only ever a draft would be published by its
/// way back. Answers that are more than one text are JSON.
///
/// # Errors
/// `Denied` without the right.
pub async fn export(ctx: &Ctx, actor: &Actor) -> Result<Vec<u8>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let (entries, categories, names) = ctx
        .db
        .read(move |tx| {
            let entries = store::list_published(tx, tenant)?;
            Ok((entries, store::list_categories(tx, tenant)?, names(tx, tenant)?))
        })
        .await?;
    let people = names.logins.into_iter().map(|(login, id)| (id, login)).collect();
    let questions = entries.iter().map(|it| (it.id, it.body.question.as_str())).collect();
    let header = ["question", "similar", "answer", "category"].into_iter().chain(particulars::COLUMNS);
    let mut rows = vec![header.map(str::to_owned).collect()];
    rows.extend(entries.iter().map(|it| {
        let more = particulars::cells(it, &people, &questions, &names.zone);
        cells(it, &categories).into_iter().chain(more).collect::<Vec<_>>()
    }));
    Ok(comma::write(&rows))
}

pub(super) fn cells(entry: &Entry, categories: &[Category]) -> Vec<String> {
    let answer = match entry.body.answers.as_slice() {
        [Content::Text { text }] if !text.starts_with("[{") => text.clone(),
        answers => serde_json::to_string(answers).unwrap_or_default(),
    };
    // The bar parts wordings, so inside one it is written wide.
    let similar: Vec<String> = entry.body.similar.iter().map(|it| it.replace('|', "｜")).collect();
    let path = entry.body.category.map(|id| path(categories, id)).unwrap_or_default();
    let path: Vec<String> = path.iter().map(|it| it.replace('/', "／")).collect();
    vec![entry.body.question.clone(), similar.join("|"), answer, path.join("/")]
}
