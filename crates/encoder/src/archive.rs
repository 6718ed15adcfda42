//! The file with the numbers: a ZIP archive with one array a member, each in NumPy's format (a line of text
//! that tells kind and shape, then the numbers, row by row).

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::{Error, WEIGHTS_FILE};

/// Most numbers of one array: eight times those of the biggest of the published model.
const MOST_NUMBERS: usize = 1 << 25;

/// The archive, ready to give its arrays.
pub(crate) struct Arrays<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

/// An array and how many numbers it has along each direction.
#[derive(Debug, PartialEq)]
pub(crate) struct Array<T> {
    pub(crate) shape: Vec<usize>,
    pub(crate) numbers: Vec<T>,
}

/// What the line of text says.
#[derive(Debug, PartialEq)]
struct Header {
    kind: String,
    shape: Vec<usize>,
    /// Where the numbers begin.
    length: usize,
}

impl<'a> Arrays<'a> {
    pub(crate) fn new(file: &'a [u8]) -> Result<Self, Error> {
        let archive = ZipArchive::new(Cursor::new(file))
            .map_err(|error| damaged(format!("it is no whole ZIP archive ({error})")))?;
        Ok(Self { archive })
    }

    /// Whether there is an array of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(&member(name)).is_some()
    }

    /// An array of bytes.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Array<u8>, Error> {
        let (header, mut body) = self.read(name)?;
        if header.kind != "|u1" {
            return Err(damaged(format!("the array {name} holds {} instead of bytes", header.kind)));
        }
        body.drain(..header.length);
        Ok(Array { shape: header.shape, numbers: body })
    }

    /// An array of fractions, in single or double precision.
    pub(crate) fn fractions(&mut self, name: &str) -> Result<Array<f32>, Error> {
        let (header, body) = self.read(name)?;
        let body = &body[header.length..];
        let numbers: Vec<f32> = match header.kind.as_str() {
            "<f4" => body.as_chunks::<4>().0.iter().map(|it| f32::from_le_bytes(*it)).collect(),
            "<f8" => body.as_chunks::<8>().0.iter().map(|it| f64::from_le_bytes(*it) as f32).collect(),
            other => return Err(damaged(format!("the array {name} holds {other} instead of fractions"))),
        };
        if numbers.iter().any(|it| !it.is_finite()) {
            return Err(damaged(format!("the array {name} holds something that is no number")));
        }
        Ok(Array { shape: header.shape, numbers })
    }

    /// The header and the whole member; what is behind the header is as long as the shape says.
    fn read(&mut self, name: &str) -> Result<(Header, Vec<u8>), Error> {
        let mut file = self
            .archive
            .by_name(&member(name))
            .map_err(|error| damaged(format!("the array {name} cannot be opened ({error})")))?;
        // What the archive says of the size is not trusted: the shape decides how much is read.
        let mut body = Vec::new();
        let unreadable = |error| damaged(format!("the array {name} cannot be read ({error})"));
        file.by_ref().take(MOST_HEADER).read_to_end(&mut body).map_err(unreadable)?;
        let header = header(&body).map_err(|detail| damaged(format!("the array {name} {detail}")))?;
        let wanted = header.length + header.shape.iter().product::<usize>() * size_of_kind(&header.kind);
        body.reserve_exact((wanted + 1).saturating_sub(body.len()));
        let left = (wanted + 1).saturating_sub(body.len()) as u64;
        file.take(left).read_to_end(&mut body).map_err(unreadable)?;
        if body.len() != wanted {
            return Err(damaged(format!("the array {name} is shorter or longer than its shape")));
        }
        Ok((header, body))
    }
}

/// The header of every array that NumPy writes is shorter.
const MOST_HEADER: u64 = 128;

fn member(name: &str) -> String {
    format!("{name}.npy")
}

fn size_of_kind(kind: &str) -> usize {
    match kind {
        "<f4" => 4,
        "<f8" => 8,
        _ => 1,
    }
}

/// Reads the line of text, of the form `{'descr': '<f4', 'fortran_order': False, 'shape': (512, 256), }`.
fn header(bytes: &[u8]) -> Result<Header, String> {
    let no_array = || "is no NumPy array".to_owned();
    let rest = bytes.strip_prefix(b"\x93NUMPY\x01\x00").ok_or_else(no_array)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(no_array)?;
    let length = usize::from(u16::from_le_bytes(*length));
    let text = rest.get(..length).and_then(|it| str::from_utf8(it).ok()).ok_or_else(no_array)?;
    let after = |key: &str| text.split_once(key).map(|it| it.1.trim_start()).ok_or_else(no_array);
    let kind = after("'descr':")?.split('\'').nth(1).ok_or_else(no_array)?.to_owned();
    if !after("'fortran_order':")?.starts_with("False") {
        return Err("is stored column by column".to_owned());
    }
    let inside =
        after("'shape':")?.strip_prefix('(').and_then(|it| it.split_once(')')).ok_or_else(no_array)?.0;
    let sides = inside.split(',').map(str::trim).filter(|it| !it.is_empty());
    let shape: Vec<usize> = sides.map(str::parse).collect::<Result<_, _>>().map_err(|_| no_array())?;
    let numbers = shape.iter().try_fold(1_usize, |all, side| all.checked_mul(*side));
    if numbers.is_none_or(|it| it > MOST_NUMBERS) {
        return Err("has more numbers than any model of this kind".to_owned());
    }
    Ok(Header { kind, shape, length: 10 + length })
}

fn damaged(detail: String) -> Error {
    Error::damaged(WEIGHTS_FILE, detail)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// One array in NumPy's format.
    pub(crate) fn member_of(kind: &str, shape: &str, numbers: &[u8]) -> Vec<u8> {
        let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut out = b"\x93NUMPY\x01\x00".to_vec();
        out.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
        out.extend(text.as_bytes());
        out.extend(numbers);
        out
    }

    pub(crate) fn zipped(members: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn one(kind: &str, shape: &str, numbers: &[u8]) -> Result<Array<f32>, String> {
        let file = zipped(&[("a".to_owned(), member_of(kind, shape, numbers))]);
        Arrays::new(&file).unwrap().fractions("a").map_err(|it| it.to_string())
    }

    #[test]
    fn an_array_is_read() {
        let array = one("<f4", "(2, 1)", &[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]).unwrap();
        assert_eq!(array, Array { shape: vec![2, 1], numbers: vec![1.0, -2.0] });
        let single = one("<f8", "()", &0.5_f64.to_le_bytes()).unwrap();
        assert_eq!(single, Array { shape: vec![], numbers: vec![0.5] });
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let check = |outcome: Result<Array<f32>, String>, wanted: &str| {
            let said = outcome.unwrap_err();
            assert!(said.contains(wanted), "{said}");
        };
        check(one("<f4", "(2,)", &[0; 7]), "shorter or longer");
        check(one("<f4", "(2,)", &[0; 9]), "shorter or longer");
        check(one("<i8", "(1,)", &[0; 8]), "shorter or longer");
        check(one("<i8", "(8,)", &[0; 8]), "instead of fractions");
        check(one("<f4", "(1,)", &f32::NAN.to_le_bytes()), "no number");
        check(one("<f4", "(99999999999, 99999999999)", &[]), "more numbers");
        check(one("<f4", "(99999999)", &[]), "more numbers");
        check(one("<f4", "(-1,)", &[]), "no NumPy array");
        let file = zipped(&[("b".to_owned(), vec![1, 2, 3])]);
        check(Arrays::new(&file).unwrap().fractions("a").map_err(|it| it.to_string()), "cannot be opened");
        check(Arrays::new(&file).unwrap().fractions("b").map_err(|it| it.to_string()), "no NumPy array");
        assert!(Arrays::new(b"no archive").is_err());
        assert!(Arrays::new(&file[..file.len() - 10]).is_err());
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(text in "[{'a-z:, (0-9)<]{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut whole = b"\x93NUMPY\x01\x00".to_vec();
            whole.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
            whole.extend(text.as_bytes());
            let _ = header(&whole);
            let _ = header(&bytes);
        }
    }
}
