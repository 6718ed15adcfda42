//! Makes the vectors of a base's wordings: those kept are read, those missing are made and kept, those of no
//! wording are forgotten.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use encoder::map::Map;

use crate::base::id::TenantId;
use crate::base::{Error, Result};
use crate::ctx::Ctx;

use super::service::{Board, Model};
use super::store;
use super::vectors::{Key, Packed, Vectors, key};

/// So many kept vectors are read, or forgotten, in one go.
const PAGE: u32 = 1_000;

/// A wording of the base: its entry, its place there, its text.
pub type Wording = (i64, u32, String);

/// The vectors of all `wordings`, through the map that was learnt, if one was.
///
/// # Errors
/// When the model fails on its way: what was made until then is kept, so the next try goes on from there.
pub async fn prepare(
    ctx: &Ctx,
    tenant: TenantId,
    model: &Model,
    wordings: Vec<Wording>,
    map: Option<Arc<Map>>,
) -> Result<Vectors> {
    let wanted: HashMap<Key, &str> = wordings.iter().map(|it| (key(&it.2), it.2.as_str())).collect();
    let (mut ready, old) = kept(ctx, tenant, model, &wanted).await?;
    forget(ctx, tenant, model, old).await?;
    let space = model.space().to_owned();
    ctx.db.write(move |tx| store::delete_other_spaces(tx, tenant, &space)).await?;
    let board = ctx.shelf.get::<Board>();
    let tell = |done: usize| board.set(tenant, |it| (it.done, it.total) = (done, wanted.len()));
    tell(ready.len());
    let missing: Vec<(Key, &str)> =
        wanted.iter().filter(|it| !ready.contains_key(it.0)).map(|(key, text)| (*key, *text)).collect();
    for some in missing.chunks(model.batch()) {
        let texts = some.iter().map(|it| it.1.to_owned()).collect();
        let made = model.encode(ctx, texts).await?;
        let made: Vec<(Key, Packed)> =
            some.iter().zip(&made).map(|(it, made)| (it.0, Packed::pack(made))).collect();
        refuse_other_lengths(ctx, tenant, model, &ready, &made).await?;
        let (space, rows) = (model.space().to_owned(), made.clone());
        ctx.db
            .write(move |tx| {
                for (key, packed) in &rows {
                    store::put_vector(tx, tenant, &space, key, &packed.to_bytes())?;
                }
                Ok(())
            })
            .await?;
        ready.extend(made);
        tell(ready.len());
    }
    let put_together = move || {
        let found = wordings.iter().filter_map(|it| Some((it.0, it.1, ready.get(&key(&it.2))?)));
        match &map {
            Some(map) => Vectors::mapped(found.collect(), map),
            None => Vectors::new(found.collect()),
        }
    };
    tokio::task::spawn_blocking(put_together)
        .await
        .map_err(|error| Error::internal("model.vectors", "vectors could not be put together").because(error))
}

/// The vectors of texts, by their keys: kept ones, and up to `most` made for this once and not kept, of the first texts
/// that lack one: the same texts give the same vectors.
///
/// # Errors
/// Those of the model and of the database.
pub async fn gather(
    ctx: &Ctx,
    tenant: TenantId,
    model: &Model,
    texts: &[String],
    most: usize,
) -> Result<HashMap<Key, Packed>> {
    let wanted: HashMap<Key, &str> = texts.iter().map(|it| (key(it), it.as_str())).collect();
    let (mut ready, _) = kept(ctx, tenant, model, &wanted).await?;
    for some in first_missing(texts, &ready, most).chunks(model.batch()) {
        let made = model.encode(ctx, some.iter().map(|it| it.1.to_owned()).collect()).await?;
        ready.extend(some.iter().zip(&made).map(|(it, made)| (it.0, Packed::pack(made))));
    }
    Ok(ready)
}

/// The first texts without a vector, each once, at most so many.
fn first_missing<'a>(texts: &'a [String], ready: &HashMap<Key, Packed>, most: usize) -> Vec<(Key, &'a str)> {
    let mut seen = HashSet::new();
    let keyed = texts.iter().map(|it| (key(it), it.as_str()));
    keyed.filter(|it| !ready.contains_key(&it.0) && seen.insert(it.0)).take(most).collect()
}

/// The vectors that are kept of these wordings; and the digests of those that no wording wants.
async fn kept(
    ctx: &Ctx,
    tenant: TenantId,
    model: &Model,
    wanted: &HashMap<Key, &str>,
) -> Result<(HashMap<Key, Packed>, Vec<Vec<u8>>)> {
    let mut ready = HashMap::new();
    let mut old: Vec<Vec<u8>> = Vec::new();
    let mut after = Vec::new();
    loop {
        let (space, from) = (model.space().to_owned(), after.clone());
        let page = ctx.db.read(move |tx| store::list_vectors(tx, tenant, &space, &from, PAGE)).await?;
        let is_last = page.len() < PAGE as usize;
        for (digest, vector) in page {
            after.clone_from(&digest);
            let key = Key::try_from(digest.as_slice()).ok().filter(|it| wanted.contains_key(it));
            match (key, Packed::from_bytes(&vector)) {
                (Some(key), Some(packed)) => drop(ready.insert(key, packed)),
                _ => old.push(digest),
            }
        }
        if is_last {
            break;
        }
    }
    Ok((ready, old))
}

async fn forget(ctx: &Ctx, tenant: TenantId, model: &Model, digests: Vec<Vec<u8>>) -> Result<()> {
    for some in digests.chunks(PAGE as usize) {
        let (space, some) = (model.space().to_owned(), some.to_vec());
        ctx.db
            .write(move |tx| some.iter().try_for_each(|it| store::delete_vector(tx, tenant, &space, it)))
            .await?;
    }
    Ok(())
}

/// An endpoint may change what stands behind a name: then what is kept is worth nothing.
async fn refuse_other_lengths(
    ctx: &Ctx,
    tenant: TenantId,
    model: &Model,
    ready: &HashMap<Key, Packed>,
    made: &[(Key, Packed)],
) -> Result<()> {
    let lengths: HashSet<usize> =
        ready.values().chain(made.iter().map(|it| &it.1)).map(Packed::dimensions).collect();
    if lengths.len() < 2 {
        return Ok(());
    }
    forget(ctx, tenant, model, ready.keys().map(|it| it.to_vec()).collect()).await?;
    Err(Error::upstream(
        "model.endpoint",
        "the embedding endpoint gives vectors of another length than before; all are made anew",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_first_is_looked_at_first() {
        let texts: Vec<String> = (0..1000).map(|it| format!("第{}句", it / 2)).collect();
        let ready = [1, 3].map(|it| (key(&format!("第{it}句")), Packed::pack(&[1.0])));
        let found = first_missing(&texts, &ready.into(), 4);
        assert_eq!(found.iter().map(|it| it.1).collect::<Vec<_>>(), ["第0句", "第2句", "第4句", "第5句"]);
        assert_eq!(first_missing(&texts, &HashMap::new(), 1000).len(), 500, "each once");
    }
}
