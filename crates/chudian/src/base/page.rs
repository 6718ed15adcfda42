//! Pages of a list: a list is asked for from a place onward, never by counting rows.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// Where the next page begins: give it back as `after`. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of at most `limit` rows out of the `limit + 1` that were read:
    /// the extra one only tells that there is more.
    #[must_use]
    pub fn cut(mut rows: Vec<T>, limit: u32, place: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if more { rows.last().map(&place) } else { None };
        Self { items: rows, next }
    }

    /// The same page with each row changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

/// Which page is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageRequest {
    /// The `next` of the page before; absent for the first page.
    pub after: Option<String>,
    /// How many rows at most: 1 to 200, 50 when absent.
    pub limit: Option<u32>,
}

impl PageRequest {
    /// The number of rows to give, within bounds.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(50).clamp(1, 200)
    }
}
