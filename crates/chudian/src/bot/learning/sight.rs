//! What a tenant's model sees in the texts that are learnt from, and what it learns from them: a map that bends its vectors
//! to what this house's questions mean (`encoder::map`).
//!
//! Only the encoder on this machine learns: for an endpoint all of the customers' questions would have to leave the
//! house again, each night, for money.

use std::collections::HashMap;
use std::sync::Arc;

use encoder::map::{self, FEWEST_PAIRS, Map};
use retrieval::{Entry, learnt};

use crate::base::Result;
use crate::base::id::TenantId;
use crate::bot::nearness::{Near, form};
use crate::ctx::Ctx;
use crate::models::model::Choice;
use crate::models::vectors::{Key, Packed, Vectors, key};
use crate::models::{prepare, service, store};

/// More texts than these are not looked at: the choices first, then the base's wordings, then pairs from elsewhere.
const MOST_TEXTS: usize = 120_000;
/// So many vectors are made for one training, of the first texts; the base's own are kept and need not be made, and
/// choices are fewer. A pair of which one text is not seen teaches nothing, so a bound below what is given leaves out far
/// more pairs than texts. A minute or two of one processor.
const MOST_MADE: usize = 100_000;

/// The vectors of the texts that are learnt from.
#[derive(Debug)]
pub struct Sight {
    space: String,
    vectors: HashMap<Key, Packed>,
}

impl Sight {
    /// Looks at texts with the tenant's model; `None` without one that learns. One that does not work now teaches
    /// nothing this time.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open<'a>(
        ctx: &Ctx,
        tenant: TenantId,
        texts: impl Iterator<Item = &'a String>,
    ) -> Result<Option<Self>> {
        let kept = ctx.db.read(move |tx| store::get(tx, tenant)).await?;
        if kept.choice != Choice::Local {
            return Ok(None);
        }
        let texts: Vec<String> = texts.take(MOST_TEXTS).map(|it| form(it)).collect();
        let seen = async {
            let Some(model) = service::open_kept(ctx, tenant, kept).await? else { return Ok(None) };
            let vectors = prepare::gather(ctx, tenant, &model, &texts, MOST_MADE).await?;
            Ok(Some(Self { space: model.space().to_owned(), vectors }))
        };
        let seen: Result<Option<Self>> = seen.await;
        Ok(seen.unwrap_or_else(|error| {
            tracing::warn!(%tenant, error.code = error.code, "the model does not learn this time: {error}");
            None
        }))
    }

    /// Names the space of its vectors.
    #[must_use]
    pub fn space(&self) -> &str {
        &self.space
    }

    /// A map from the pairs of a lesson whose texts are seen; `None` if there are too few, or `go_on` says no.
    #[must_use]
    pub fn learn(&self, lesson: &learnt::Lesson, go_on: &mut dyn FnMut(f32) -> bool) -> Option<Map> {
        let mut numbers: HashMap<Key, usize> = HashMap::new();
        let mut seen: Vec<&Packed> = Vec::new();
        let mut number = |text: &str| {
            let key = key(&form(text));
            let packed = self.vectors.get(&key)?;
            Some(*numbers.entry(key).or_insert_with(|| {
                seen.push(packed);
                seen.len() - 1
            }))
        };
        let mut both = |pairs: &[(String, String)]| -> Vec<(usize, usize)> {
            let numbered = pairs.iter().filter_map(|(a, b)| Some((number(a)?, number(b)?)));
            numbered.filter(|(a, b)| a != b).collect()
        };
        let (pairs, different) = (both(&lesson.pairs), both(&lesson.different));
        if pairs.len() < FEWEST_PAIRS {
            return None;
        }
        for text in &lesson.texts {
            number(text);
        }
        let vector = |at: usize| seen[at].unpack();
        Map::train(&map::Lesson { texts: seen.len(), vector, pairs: &pairs, different: &different }, go_on)
    }

    /// The same eyes on a base of these entries.
    #[must_use]
    pub fn eye(&self, entries: &[Entry], map: Option<Arc<Map>>) -> Eye<'_> {
        let mut rows = Vec::new();
        for entry in entries {
            let packed = entry
                .wordings
                .iter()
                .zip(0..)
                .filter_map(|(text, nth)| Some((entry.key, nth, self.vectors.get(&key(&form(text)))?)));
            rows.extend(packed);
        }
        let vectors = match &map {
            Some(map) => Vectors::mapped(rows, map),
            None => Vectors::new(rows),
        };
        Eye { sight: self, map, vectors: Arc::new(vectors) }
    }
}

/// Eyes on a base.
#[derive(Debug)]
pub struct Eye<'a> {
    sight: &'a Sight,
    map: Option<Arc<Map>>,
    vectors: Arc<Vectors>,
}

impl Eye<'_> {
    /// How near a text that was looked at is to the wordings; `None` for any other text.
    #[must_use]
    pub fn look(&self, text: &str) -> Option<Near> {
        let packed = self.sight.vectors.get(&key(&form(text)))?;
        Near::of(&self.vectors, self.map.as_deref(), &packed.unpack())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Eyes that see in each text what `vector` says.
    pub(crate) fn sight(texts: &[String], vector: impl Fn(&str) -> Vec<f32>) -> Sight {
        let vectors = texts.iter().map(|it| (key(&form(it)), Packed::pack(&vector(it)))).collect();
        Sight { space: "test".to_owned(), vectors }
    }

    #[test]
    fn a_text_that_was_not_looked_at_is_not_seen() {
        let texts = ["话费怎么查", "宽带断了"].map(str::to_owned);
        let sight = sight(&texts, |it| if it.starts_with('话') { vec![1.0, 0.0] } else { vec![0.0, 1.0] });
        let wordings = |it: &String| vec![it.clone(), "没看过".to_owned()];
        let entries: Vec<Entry> =
            texts.iter().zip(1..).map(|(it, key)| Entry { key, wordings: wordings(it) }).collect();
        let eye = sight.eye(&entries, None);
        let near = eye.look("请问宽带断了？").unwrap();
        use retrieval::Similarity;
        assert_eq!((near.nearest(1), near.of(2, 1), near.has_learnt()), (vec![(2, 0)], None, false));
        assert!(eye.look("没看过").is_none());
        let lesson = learnt::Lesson::of_base(&entries, &[]);
        assert_eq!(sight.learn(&lesson, &mut |_| true), None, "too few");
    }
}
