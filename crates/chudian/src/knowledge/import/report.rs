//! What an import tells.

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::id::{ImportId, RehearsalId};

use super::lots::Step;
use super::particulars::Refusal;

/// So many errors are told.
const MOST_ERRORS: usize = 1000;

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows below the header.
    pub rows: usize,
    /// New entries.
    pub created: usize,
    /// Entries that are different now.
    pub updated: usize,
    /// Entries that are the same.
    pub unchanged: usize,
    /// Of the new and the different ones, those that are drafts.
    pub drafted: usize,
    /// What these drafts are found by, if there are any.
    pub import: Option<ImportId>,
    /// The sheets of the file, in order.
    pub sheets: Vec<SheetRead>,
    /// Rows that were left out, by place.
    pub errors: Vec<RowError>,
    /// Of a trial: the rehearsal of what would be published.
    pub rehearsal: Option<RehearsalId>,
}

/// A sheet of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRead {
    /// Its name; empty where there are no sheets.
    pub name: String,
    /// How many rows it has below the header; none where nothing names the columns that are needed.
    pub rows: Option<usize>,
}

/// Where a row stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which of the sheets, from 0.
    pub sheet: usize,
    /// Its number in the sheet; the header is row 1.
    pub row: usize,
}

/// Why a row was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Where it stands.
    pub place: Place,
    /// Which column.
    pub column: Option<&'static str>,
    /// Why, as a stable name that the console translates.
    pub code: &'static str,
    /// Why, as a sentence.
    pub message: String,
    /// Where the same question stands first.
    pub first: Option<Place>,
    /// What the row says, so that it can be mended without the file.
    pub cells: Option<Box<Cells>>,
}

/// A row as the file says it. `None`: there is no such column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportCells)]
pub struct Cells {
    /// The standard question.
    pub question: String,
    /// Other wordings, parted by |.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similar: Option<String>,
    /// The answer.
    pub answer: String,
    /// The category, its levels parted by /.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Tags, parted by |.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<String>,
    /// The log-in name of who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day from which on it should be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_date: Option<String>,
    /// Standard questions that are offered after the answer, parted by |.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<String>,
    /// Answers for channels, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_answers: Option<String>,
    /// Which of several answers: in_order or random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_mode: Option<String>,
    /// The day or moment from which on it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// The last day, or the moment, until which it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Whether it counts at all: true or false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<String>,
    /// Of headquarters: for which members, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<String>,
}

impl RowError {
    pub(super) fn of(place: Place, (column, error): Refusal) -> Self {
        Self::new(place, column, error.code, error.message)
    }

    pub(super) fn new(
        place: Place,
        column: &'static str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { place, column: Some(column), code, message: message.into(), first: None, cells: None }
    }
}

impl Report {
    pub(super) fn count(&mut self, step: &Step, error: Option<RowError>, publish: bool) {
        match step {
            Step::Create(_) => self.created += 1,
            Step::Update(..) => self.updated += 1,
            Step::Keep => self.unchanged += 1,
            Step::Refuse => {}
        }
        if matches!(step, Step::Create(_) | Step::Update(..)) && !publish {
            self.drafted += 1;
        }
        if let Some(error) = error {
            self.refuse(error);
        }
    }

    pub(super) fn refuse(&mut self, error: RowError) {
        if self.errors.len() < MOST_ERRORS {
            let place = self.errors.partition_point(|it| it.place <= error.place);
            self.errors.insert(place, error);
        }
    }
}
