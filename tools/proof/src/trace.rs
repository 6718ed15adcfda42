//! Reads what `strace -f -ttt -y -xx` wrote about a database's files.

use crate::Result;

/// Something that happened to a file, in the order it happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Act {
    Write {
        offset: u64,
        bytes: Vec<u8>,
    },
    Resize {
        length: u64,
    },
    /// A flush began: what was written before it will be safe when it ends.
    FlushBegins,
    FlushEnds,
    /// The file lost its name.
    Remove,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// Seconds since 1970, when the call was made (or came back, for `FlushEnds`).
    pub(crate) at: f64,
    pub(crate) file: String,
    pub(crate) act: Act,
}

/// The arguments with which `strace` writes what is read here.
pub(crate) fn arguments(files: &[String], output: &str) -> Vec<String> {
    let calls = "trace=write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,ftruncate,fallocate,\
         unlink";
    let mut words: Vec<String> =
        ["strace", "-f", "-ttt", "-qqq", "-y", "-xx", "-s", "16777216", "-e", "signal=none", "-e", calls]
            .iter()
            .map(|it| (*it).to_owned())
            .collect();
    for file in files {
        words.extend(["-P".to_owned(), file.clone()]);
    }
    words.extend(["-o".to_owned(), output.to_owned(), "--".to_owned()]);
    words
}

/// Reads a whole trace. A call that could not be replayed is an error, never skipped.
pub(crate) fn read(text: &str) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    let mut unfinished = std::collections::HashMap::<String, String>::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(thread), Some(at)) = (words.next(), words.next()) else { continue };
        let at: f64 = at.parse().map_err(|_| format!("no time in `{}`", shorten(line)))?;
        let call = line.split_once(at_text(line)).map_or("", |it| it.1).trim();
        if call.starts_with("+++") || call.starts_with("---") {
            continue;
        }
        if let Some(begun) = call.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread.to_owned(), begun.trim_end().to_owned());
            if let Some((name, file)) = flush(begun) {
                debug_assert!(!name.is_empty(), "a flush has a name");
                events.push(Event { at, file, act: Act::FlushBegins });
            }
        } else if call.starts_with("<...") {
            let begun =
                unfinished.remove(thread).ok_or_else(|| format!("no beginning of `{}`", shorten(line)))?;
            let end = call.split_once("resumed>").map_or("", |it| it.1);
            match flush(&begun) {
                Some((_, file)) if returned(end) == Some(0) => {
                    events.push(Event { at, file, act: Act::FlushEnds })
                }
                Some(_) => {}
                None => events.extend(change(at, &format!("{begun}{end}"))?),
            }
        } else if let Some((_, file)) = flush(call) {
            events.push(Event { at, file: file.clone(), act: Act::FlushBegins });
            if returned(call) == Some(0) {
                events.push(Event { at, file, act: Act::FlushEnds });
            }
        } else {
            events.extend(change(at, call)?);
        }
    }
    Ok(events)
}

fn at_text(line: &str) -> &str {
    line.split_whitespace().nth(1).unwrap_or_default()
}

fn shorten(line: &str) -> String {
    line.chars().take(120).collect()
}

/// A flush call's name and file.
fn flush(call: &str) -> Option<(String, String)> {
    let (name, rest) = call.split_once('(')?;
    matches!(name, "fsync" | "fdatasync").then(|| (name.to_owned(), file(rest)))
}

/// The path strace puts behind a descriptor: `9<\x2f…>`.
fn file(arguments: &str) -> String {
    let path = arguments.split_once('<').and_then(|it| it.1.split_once('>')).map_or("", |it| it.0);
    String::from_utf8_lossy(&unescape(path)).into_owned()
}

/// The number after the last `=`.
fn returned(call: &str) -> Option<i64> {
    call.rsplit_once("= ")?.1.split_whitespace().next()?.parse().ok()
}

/// A write or a change of length.
fn change(at: f64, call: &str) -> Result<Option<Event>> {
    let Some((name, rest)) = call.split_once('(') else { return Ok(None) };
    let unknown = || format!("cannot replay `{}`", shorten(call));
    let Some(result) = returned(call) else { return Ok(None) };
    if result < 0 {
        return Ok(None);
    }
    if name == "unlink" {
        let path = rest.split('"').nth(1).ok_or_else(unknown)?;
        let file = String::from_utf8_lossy(&unescape(path)).into_owned();
        return Ok(Some(Event { at, file, act: Act::Remove }));
    }
    let file = file(rest);
    let act = match name {
        "pwrite64" => {
            if rest.contains("\"...") {
                return Err(format!("strace cut the bytes of `{}`", shorten(call)));
            }
            let mut parts = rest.splitn(3, '"').skip(1);
            let mut bytes = unescape(parts.next().ok_or_else(unknown)?);
            let numbers: Vec<u64> = parts
                .next()
                .ok_or_else(unknown)?
                .split([',', ')', ' '])
                .filter(|it| !it.is_empty())
                .map_while(|it| it.parse().ok())
                .collect();
            let [length, offset] = numbers[..] else { return Err(unknown()) };
            if bytes.len() as u64 != length {
                return Err(format!("strace cut the bytes of `{}`", shorten(call)));
            }
            bytes.truncate(usize::try_from(result).map_err(|_| unknown())?);
            Act::Write { offset, bytes }
        }
        "ftruncate" => {
            let length =
                rest.split([',', ')']).nth(1).and_then(|it| it.trim().parse().ok()).ok_or_else(unknown)?;
            Act::Resize { length }
        }
        _ => return Err(unknown()),
    };
    Ok(Some(Event { at, file, act }))
}

/// `\x2f\x74` as bytes.
fn unescape(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|it| u8::from_str_radix(it.get(..2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_become_events() {
        let text = r#"7  10.5 pwrite64(4<\x2f\x61>, "\x01\x02\x03", 3, 512) = 3
8  10.6 fdatasync(4<\x2f\x61> <unfinished ...>
7  10.7 ftruncate(5<\x2f\x62>, 4096) = 0
8  10.8 <... fdatasync resumed>) = 0
7  10.9 fsync(5<\x2f\x62>) = 0
7  10.95 unlink("\x2f\x62") = 0
7  10.96 unlink("\x2f\x63") = -1 ENOENT (No such file or directory)
8  11.0 +++ exited with 0 +++
"#;
        let events = read(text).unwrap();
        let a = |at, act| Event { at, file: "/a".into(), act };
        let b = |at, act| Event { at, file: "/b".into(), act };
        assert_eq!(
            events,
            [
                a(10.5, Act::Write { offset: 512, bytes: vec![1, 2, 3] }),
                a(10.6, Act::FlushBegins),
                b(10.7, Act::Resize { length: 4096 }),
                a(10.8, Act::FlushEnds),
                b(10.9, Act::FlushBegins),
                b(10.9, Act::FlushEnds),
                b(10.95, Act::Remove),
            ]
        );
    }

    #[test]
    fn what_cannot_be_replayed_is_an_error() {
        assert!(read("1 2.0 writev(4<\\x61>, [{}], 1) = 3").unwrap_err().contains("cannot replay"));
        assert!(read("1 2.0 pwrite64(4<\\x61>, \"\\x61\"..., 3, 0) = 3").unwrap_err().contains("cut"));
    }
}
