//! The sentence encoder's two files may be anything, and so may the text: an error or a vector, no panic.
#![no_main]

use encoder::Encoder;
use encoder::tokens::Tokenizer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &[u8], &str)| {
    let (tokens, weights, text) = input;
    if let Ok(tokenizer) = Tokenizer::from_bytes(tokens) {
        let ids = tokenizer.sentence(text);
        assert!(ids.len() >= 3 && ids.iter().all(|it| (*it as usize) < tokenizer.pieces().max(3)));
    }
    if let Ok(encoder) = Encoder::from_bytes(tokens, weights) {
        assert!(encoder.encode(text).iter().all(|it| it.is_finite()));
    }
});
