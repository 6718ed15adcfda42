//! Asks an embedding endpoint for vectors, and believes nothing of what it says.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::base::{Error, Result};
use crate::ctx::Ctx;

use super::call::{self, Bounds};
use super::model::Endpoint;
use super::redact::redact;

/// So many texts go with one call.
pub(super) const AT_ONCE: usize = 32;
/// Vectors have at least and at most so many numbers.
const DIMENSIONS: std::ops::RangeInclusive<usize> = 8..=8192;
/// Room for a number in the answer, in bytes, and for the rest of it.
const BYTES_A_NUMBER: usize = 32;
const BYTES_BESIDE: usize = 65_536;

#[derive(Deserialize)]
struct Answer {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    index: Option<usize>,
    embedding: Vec<f32>,
}

/// The vectors of at most [`AT_ONCE`] texts, in their order, each of length 1. Telephone numbers and the like
/// are taken out of the texts first.
///
/// # Errors
/// `Upstream` for whatever goes wrong there, with what it was.
pub(super) async fn embed(
    ctx: &Ctx,
    endpoint: &Endpoint,
    key: &str,
    texts: &[&str],
    limit: Duration,
) -> Result<Vec<Vec<f32>>> {
    let url = format!("{}/embeddings", endpoint.url);
    let input: Vec<_> = texts.iter().map(|it| redact(it)).collect();
    let body = json!({ "model": endpoint.model, "input": input, "encoding_format": "float" });
    let bytes = BYTES_BESIDE + texts.len() * DIMENSIONS.end() * BYTES_A_NUMBER;
    let called = call::post(ctx, &url, key, &body, Bounds { time: limit, bytes }).await;
    let (bytes, _) = called.map_err(|it| match it.source {
        Some(source) => failed(&it.why).because(source),
        None => failed(&it.why),
    })?;
    read(&bytes, texts.len())
}

/// Judges the answer: as many vectors as texts, of one length, of numbers.
fn read(bytes: &[u8], wanted: usize) -> Result<Vec<Vec<f32>>> {
    let mut answer: Answer = serde_json::from_slice(bytes)
        .map_err(|error| failed("its answer is no list of embeddings").because(error))?;
    if answer.data.len() != wanted {
        return Err(failed(&format!("it gives {} vectors for {wanted} texts", answer.data.len())));
    }
    if answer.data.iter().all(|it| it.index.is_some()) {
        answer.data.sort_by_key(|it| it.index);
        if answer.data.iter().enumerate().any(|(at, it)| it.index != Some(at)) {
            return Err(failed("it numbers its vectors wrongly"));
        }
    }
    let dimensions = answer.data.first().map_or(0, |it| it.embedding.len());
    if !DIMENSIONS.contains(&dimensions) || answer.data.iter().any(|it| it.embedding.len() != dimensions) {
        return Err(failed("its vectors have no common, sensible length"));
    }
    answer.data.into_iter().map(|it| unit(it.embedding)).collect()
}

fn unit(mut vector: Vec<f32>) -> Result<Vec<f32>> {
    let length = vector.iter().map(|it| f64::from(*it) * f64::from(*it)).sum::<f64>().sqrt();
    if !length.is_finite() || length < 1e-12 {
        return Err(failed("its vectors hold something that is no number, or nothing"));
    }
    vector.iter_mut().for_each(|it| *it = (f64::from(*it) / length) as f32);
    Ok(vector)
}

fn failed(why: &str) -> Error {
    Error::upstream("model.endpoint", format!("the embedding endpoint does not work: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_believed_only_when_all_of_it_fits() {
        let good = "[0,3,0,4,0,0,0,0]";
        let item = |index: usize, vector: &str| format!("{{\"index\":{index},\"embedding\":{vector}}}");
        let list = |items: &[String]| format!("{{\"object\":\"list\",\"data\":[{}]}}", items.join(","));
        let check = |text: String, wanted: usize| read(text.as_bytes(), wanted).map_err(|it| it.to_string());

        let turned = check(list(&[item(1, "[1,0,0,0,0,0,0,0]"), item(0, good)]), 2).unwrap();
        assert_eq!(turned[0], [0.0, 0.6, 0.0, 0.8, 0.0, 0.0, 0.0, 0.0]);
        assert!(check(format!("{{\"data\":[{{\"embedding\":{good}}}]}}"), 1).is_ok());

        for (text, wanted) in [
            (String::new(), 1),
            ("[]".into(), 1),
            ("{\"error\":\"busy\"}".into(), 1),
            (list(&[]), 1),
            (list(&[item(0, good)]), 2),
            (list(&[item(0, good), item(0, good)]), 2),
            (list(&[item(0, good), item(1, "[1,2]")]), 2),
            (list(&[item(0, "[]")]), 1),
            (list(&[item(0, "[0,0,0,0,0,0,0,0]")]), 1),
            (list(&[item(0, "[NaN,0,0,0,0,0,0,0]")]), 1),
            (list(&[item(0, "[1e999,0,0,0,0,0,0,0]")]), 1),
            (list(&[item(0, "[1e39,0,0,0,0,0,0,0]")]), 1),
            (list(&[item(0, "[null,0,0,0,0,0,0,0]")]), 1),
            (list(&[item(0, &format!("[{}1]", "1,".repeat(9000)))]), 1),
            (list(&[item(0, good)]).replace('}', ""), 1),
        ] {
            assert!(check(text.clone(), wanted).is_err(), "{}", &text[..text.len().min(80)]);
        }
    }
}
