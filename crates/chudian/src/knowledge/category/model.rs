//! The tree in which entries hang. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::id::CategoryId;
use crate::base::{Error, Result};

/// A place in the tree of categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Category {
    /// Its key.
    pub id: CategoryId,
    /// The category above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<CategoryId>,
    /// Its name.
    pub name: String,
}

/// How deep the tree of categories may be.
pub const DEEPEST: usize = 5;

/// Trims and checks a category's name.
pub fn tidy_category_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 50 {
        return Err(Error::invalid("category.name", "a category's name has 1 to 50 characters")
            .field("name", "wrong length"));
    }
    Ok(name.to_owned())
}

/// Whether `category` may hang below `parent`: no circle, no more than [`DEEPEST`] levels.
pub fn check_parent(
    all: &[Category],
    category: Option<CategoryId>,
    parent: Option<CategoryId>,
) -> Result<()> {
    let mut above = parent;
    let mut levels = 1 + category.map_or(0, |it| height(all, it));
    while let Some(id) = above {
        if Some(id) == category {
            return Err(Error::invalid("category.circle", "a category cannot hang below itself")
                .field("parent", "is below it"));
        }
        let found = all.iter().find(|it| it.id == id);
        let found = found.ok_or_else(|| {
            Error::invalid("category.parent", "the category above does not exist")
                .field("parent", "not found")
        })?;
        above = found.parent;
        levels += 1;
        if levels > DEEPEST {
            return Err(Error::invalid(
                "category.deep",
                format!("categories go at most {DEEPEST} levels deep"),
            )
            .field("parent", "too deep"));
        }
    }
    Ok(())
}

/// How many levels hang below a category.
fn height(all: &[Category], id: CategoryId) -> usize {
    let mut level = vec![id];
    for depth in 0..DEEPEST {
        level = all
            .iter()
            .filter(|it| it.parent.is_some_and(|above| level.contains(&above)))
            .map(|it| it.id)
            .collect();
        if level.is_empty() {
            return depth;
        }
    }
    DEEPEST
}

/// The names from the top down to a category; what lost its parent stands at the top.
#[must_use]
pub fn path(all: &[Category], id: CategoryId) -> Vec<&str> {
    let mut names = Vec::new();
    let mut above = Some(id);
    while let Some(category) = above.and_then(|id| all.iter().find(|it| it.id == id)) {
        names.insert(0, category.name.as_str());
        above = category.parent.filter(|_| names.len() < DEEPEST);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_hang_in_a_tree_without_circles() {
        let category = |id, parent: Option<i64>| Category {
            id: CategoryId(id),
            parent: parent.map(CategoryId),
            name: "a".into(),
        };
        let all = [
            category(1, None),
            category(2, Some(1)),
            category(3, Some(2)),
            category(4, Some(3)),
            category(5, Some(4)),
        ];
        let check = |category: Option<i64>, parent: Option<i64>, code: Option<&str>| {
            let result = check_parent(&all, category.map(CategoryId), parent.map(CategoryId));
            assert_eq!(result.err().map(|it| it.code), code, "{category:?} below {parent:?}");
        };
        check(None, None, None);
        check(None, Some(4), None);
        check(None, Some(5), Some("category.deep"));
        check(Some(2), Some(3), Some("category.circle"));
        check(Some(1), Some(1), Some("category.circle"));
        check(None, Some(9), Some("category.parent"));
        check(Some(5), None, None);
    }
}
