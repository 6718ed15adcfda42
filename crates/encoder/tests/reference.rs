//! The published model, read by this crate, gives the vectors that the published program gives.
//!
//! The model is not part of the project: `cargo xtask fetch-model` brings it. The test names what is
//! missing and, in continuous integration (`CHUDIAN_MODEL` is set there), fails without it.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may, and tells what it left out")]

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoder::{Encoder, similarity};

fn model() -> Option<Encoder> {
    let named = std::env::var_os("CHUDIAN_MODEL").map(PathBuf::from);
    let folder = named
        .clone()
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/model")));
    if named.is_none() && !folder.join(encoder::WEIGHTS_FILE).is_file() {
        eprintln!("left out: no model in {}; `cargo xtask fetch-model` brings it", folder.display());
        return None;
    }
    Some(Encoder::open(&folder).unwrap())
}

#[test]
fn vectors_are_those_of_the_published_program() {
    let Some(encoder) = model() else { return };
    assert_eq!(encoder.dimensions(), 512);
    let file: serde_json::Value = serde_json::from_str(include_str!("data/reference.json")).unwrap();
    let examples = file["vectors"].as_array().unwrap();
    assert!(examples.len() > 20);
    let mut texts = Vec::new();
    let mut wanted = Vec::new();
    for example in examples {
        texts.push(example["text"].as_str().unwrap());
        let bytes = STANDARD.decode(example["vector"].as_str().unwrap()).unwrap();
        let numbers = bytes.as_chunks::<2>().0.iter().map(|it| f32::from(i16::from_le_bytes(*it)));
        wanted.push(numbers.collect::<Vec<_>>());
    }
    let together = encoder.encode_all(&texts);
    for ((text, wanted), batched) in texts.iter().zip(&wanted).zip(&together) {
        let alone = encoder.encode(text);
        for (way, vector) in [("alone", &alone), ("together", batched)] {
            let cosine = cosine(vector, wanted);
            assert!(cosine >= 0.9999, "{text}, {way}: {cosine}");
        }
    }
}

#[test]
fn sentences_of_one_meaning_lie_closer() {
    let Some(encoder) = model() else { return };
    let likeness = |one: &str, other: &str| similarity(&encoder.encode(one), &encoder.encode(other));
    let check = |question: &str, near: &str, far: &str| {
        let (near, far) = (likeness(question, near), likeness(question, far));
        assert!(near > far + 0.1, "{question}: {near} {far}");
    };
    check("钱啥时候退回到我卡里", "退款多久能到账", "怎么修改收货地址");
    check("密码输错太多次账号被锁住了", "忘记登录密码了怎么办", "营业时间是几点到几点");
    check("how do I get my money back", "怎么退款", "门店在哪里");
}

fn cosine(one: &[f32], other: &[f32]) -> f64 {
    let sum = |of: &dyn Fn(usize) -> f64| (0..one.len()).map(of).sum::<f64>();
    let (one, other) = (|at: usize| f64::from(one[at]), |at: usize| f64::from(other[at]));
    let lengths = sum(&|at| one(at) * one(at)) * sum(&|at| other(at) * other(at));
    sum(&|at| one(at) * other(at)) / lengths.sqrt()
}
