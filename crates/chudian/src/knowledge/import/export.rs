//! The base as a table.

use serde::Deserialize;
use tables::{comma, workbook};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::knowledge::category::model::{Category, path};
use crate::knowledge::model::Entry;
use crate::knowledge::store;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::lots::names;
use super::{particulars, terms};

/// In which format to export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportFormat)]
pub enum Format {
    /// CSV in UTF-8.
    #[default]
    Csv,
    /// A workbook. Its cells are texts: no spreadsheet makes days or numbers of them.
    Xlsx,
}

/// The published entries as a table, as [`import`](super::import) takes it: what was only ever a draft would be published by
/// its way back. Answers that are more than one text are JSON.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a workbook when an answer is longer than its cells.
pub async fn export(ctx: &Ctx, actor: &Actor, format: Format) -> Result<Vec<u8>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let (entries, categories, names, questions) = ctx
        .db
        .read(move |tx| {
            let entries = store::list_published(tx, tenant)?;
            let (categories, names) = (store::list_categories(tx, tenant)?, names(tx, tenant)?);
            Ok((entries, categories, names, store::list_questions(tx, tenant)?))
        })
        .await?;
    let people = names.logins.into_iter().map(|(login, id)| (id, login)).collect();
    // Of all entries: one may name another that is still a draft.
    let questions = questions.into_iter().map(|(question, id)| (id, question)).collect();
    let header = ["question", "similar", "answer", "category"].into_iter();
    let header = header.chain(particulars::COLUMNS).chain(terms::COLUMNS);
    let mut rows = vec![header.map(str::to_owned).collect()];
    rows.extend(entries.iter().map(|it| {
        let more = particulars::cells(it, &people, &questions, &names.zone);
        cells(it, &categories)
            .into_iter()
            .chain(more)
            .chain(terms::cells(&it.body, &names.zone))
            .collect::<Vec<_>>()
    }));
    let written = tokio::task::spawn_blocking(move || match format {
        Format::Csv => Ok(comma::write(&rows)),
        Format::Xlsx => workbook::write("knowledge", &rows),
    });
    written
        .await
        .map_err(|error| Error::internal("export.stopped", "the table could not be written").because(error))?
        .map_err(|it| Error::invalid(it.code, it.message.into_owned()))
}

pub(super) fn cells(entry: &Entry, categories: &[Category]) -> Vec<String> {
    let answer = match entry.body.answers.as_slice() {
        [Content::Text { text }] if !text.starts_with("[{") && text.trim() == text => text.clone(),
        answers => serde_json::to_string(answers).unwrap_or_default(),
    };
    let similar: Vec<String> = entry.body.similar.iter().map(|it| particulars::wide(it)).collect();
    let path = entry.body.category.map(|id| path(categories, id)).unwrap_or_default();
    let path: Vec<String> = path.iter().map(|it| it.replace('/', "／")).collect();
    vec![entry.body.question.clone(), similar.join("|"), answer, path.join("/")]
}
