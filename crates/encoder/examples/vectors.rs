//! Sentences in, vectors out: one sentence a line from standard input, one JSON array a line to standard
//! output, and on standard error how long it took. `vectors FOLDER` with the model's folder.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks by printing")]

use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use encoder::Encoder;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: vectors FOLDER < SENTENCES")?;
    let start = Instant::now();
    let encoder = Encoder::open(Path::new(&folder))?;
    eprintln!("load: {:.2} s", start.elapsed().as_secs_f64());
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let lines: Vec<&str> = text.lines().collect();

    let start = Instant::now();
    let vectors: Vec<_> = lines.iter().map(|it| encoder.encode(it)).collect();
    eprintln!("one by one: {:.2} ms a sentence", milliseconds(start) / lines.len().max(1) as f64);
    let start = Instant::now();
    encoder.encode_all(&lines);
    eprintln!("together: {:.2} ms a sentence", milliseconds(start) / lines.len().max(1) as f64);
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let lines = status.lines().filter(|it| it.starts_with("VmRSS") || it.starts_with("VmHWM"));
        eprintln!("memory: {}", lines.collect::<Vec<_>>().join(", "));
    }
    for vector in vectors {
        println!("{}", serde_json::to_string(&vector)?);
    }
    Ok(())
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1_000.0
}
