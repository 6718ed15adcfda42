//! Where the fuzzer's bytes become a document: so that no folder of seed files is needed, an input may name
//! one of the example pushes and say how to change it.

use std::borrow::Cow;
use std::io::{Cursor, Write};
use std::sync::OnceLock;

const EXAMPLES: &str = include_str!("../../crates/wechat/tests/data/wechat-inbound-examples.json");

/// The bytes of a document. An input that begins with 80 to DF (no text of ours does) is an example and its
/// changes; any other input is the document itself.
pub fn document(input: &[u8]) -> Cow<'_, [u8]> {
    match input {
        [first @ 0x80..=0xdf, changes @ ..] => {
            let all = examples();
            let mut body = all[usize::from(first - 0x80) % all.len()].clone();
            change(&mut body, changes);
            Cow::Owned(body)
        }
        _ => Cow::Borrowed(input),
    }
}

/// Each change is: place (two bytes), how many bytes to cut, how many to put in, and those.
fn change(body: &mut Vec<u8>, mut changes: &[u8]) {
    while let [high, low, cut, length, rest @ ..] = changes {
        let (new, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        let start = (usize::from(*high) << 8 | usize::from(*low)) % (body.len() + 1);
        let end = (start + usize::from(*cut)).min(body.len());
        body.splice(start..end, new.iter().copied());
        changes = rest;
    }
}

/// The example pushes, in XML and, where both readers agree on it, in JSON.
fn examples() -> &'static [Vec<u8>] {
    static ALL: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let file: serde_json::Value = serde_json::from_str(EXAMPLES).expect("our own file");
        let list = file["examples"].as_array().expect("a list of examples");
        let xml = list.iter().filter_map(|it| it["xml"].as_str());
        let json =
            xml.clone().filter_map(|it| wechat::push::Push::parse(it.as_bytes()).ok()).map(|it| it.to_json());
        // 96 first bytes exist: all of XML, and as many of JSON as have room.
        xml.map(|it| it.as_bytes().to_vec()).chain(json.step_by(3).map(String::into_bytes)).collect()
    })
}

/// Pieces of an input that wants more than one: parted by a byte that no text has.
pub fn parts(input: &[u8]) -> Vec<&[u8]> {
    input.split(|it| *it == 0xff).collect()
}

/// A packed file with these parts, as spreadsheets and documents are.
pub fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        file.start_file(*name, plain).expect("a name of ours");
        file.write_all(bytes).expect("memory takes every byte");
    }
    file.finish().expect("memory takes every byte").into_inner()
}

/// What a workbook of one sheet points to.
pub const RELATIONS: &str = "<Relationships><Relationship Id=\"b\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
    <Relationship Id=\"d\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";
