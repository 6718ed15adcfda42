//! Rows out of the files that people have: CSV, XLSX (all its sheets), Markdown, HTML and DOCX; and CSV and
//! XLSX back.
//!
//! Nothing here trusts a file. Its size, the room it takes unpacked, its rows, its columns and the text that is
//! read out of it are bounded; nothing recurs, nothing is looked for twice, no entity is defined by the file
//! itself, and no number that a file tells about itself decides how much memory is asked for.

pub mod comma;
mod dialogue;
mod docx;
mod html;
mod markdown;
mod numbers;
mod outline;
mod package;
pub mod workbook;
mod xlsx;

use std::borrow::Cow;

/// The largest file, in bytes: [`MOST_ROWS`] rows of five wordings and an answer of a few sentences take 21 MB as CSV.
pub const LARGEST_FILE: usize = 32 * 1024 * 1024;

/// The most that a packed file may take when it is unpacked, in bytes.
const LARGEST_UNPACKED: u64 = 100 * 1024 * 1024;

/// The most text that is read out of a file, in bytes. A packed file may say a long text once and point to it from
/// every cell, and a heading may stand above fifty thousand questions: it is counted as often as it is read.
const LARGEST_TEXT: usize = 50 * 1024 * 1024;

/// The most rows below the header, those of all sheets together.
pub const MOST_ROWS: usize = 50_000;

/// How many columns are read; what lies to the right is ignored.
pub const MOST_COLUMNS: usize = 32;

/// A row with its number in the file; the header is row 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub number: usize,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

/// A sheet of a workbook, or what a file of another kind says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; empty where there are no sheets.
    pub name: String,
    /// Its rows, the header first; never none.
    pub rows: Vec<Row>,
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A stable name such as `table.too_large`.
    pub code: &'static str,
    /// A sentence that says what to do.
    pub message: Cow<'static, str>,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }

    fn too_large() -> Self {
        Self::new("table.too_large", "the file takes too much room when it is unpacked: split it")
    }
}

/// Tells whether a row names the columns of a table of questions and answers.
pub type IsHeader<'a> = &'a dyn Fn(&[String]) -> bool;

/// Rows, or why there are none.
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// What a file is, as far as its bytes do not say it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FileKind {
    /// A table, or a DOCX: these are told apart by their content.
    #[default]
    Table,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
}

impl FileKind {
    /// By the name of the file.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "md" | "markdown" => Self::Markdown,
            "htm" | "html" => Self::Html,
            _ => Self::Table,
        }
    }
}

/// Reads a file's rows, the header first: of a workbook those of each sheet that is not hidden, of CSV all as one sheet
/// without a name. Of a document, its headings are a sheet without a name, with the header `question`, `answer` and, where
/// it says anything of them, `similar` and `category`; each of its tables that begins with a header is one more. Empty rows
/// and empty sheets are left out.
///
/// # Errors
/// A refusal for what cannot be read, or is beyond the bounds.
pub fn read(bytes: &[u8], kind: FileKind, is_header: IsHeader<'_>) -> Result<Vec<Sheet>> {
    if bytes.len() > LARGEST_FILE {
        return Err(Refusal::new("table.too_large", "the file is larger than 32 MB: split it"));
    }
    match kind {
        FileKind::Markdown => outline::sheets(markdown::read(&decoded(bytes)?)?, is_header),
        FileKind::Html => outline::sheets(html::read(&decoded(bytes)?)?, is_header),
        FileKind::Table if bytes.starts_with(b"PK\x03\x04") => {
            let mut package = package::Package::open(bytes).ok_or_else(xlsx::unreadable)?;
            if package.has("word/document.xml") {
                outline::sheets(docx::read(&mut package)?, is_header)
            } else if package.has("content.xml") {
                let why = "this is an OpenDocument file (.ods, .odt): save it as .xlsx, .docx or CSV";
                Err(Refusal::new("table.open_document", why))
            } else {
                xlsx::read(&mut package)
            }
        }
        FileKind::Table if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) => Err(Refusal::new(
            "table.kind",
            "this is an old Excel or Word file (.xls, .doc): save it as .xlsx, .docx or CSV",
        )),
        FileKind::Table => {
            let sheet = Sheet { name: String::new(), rows: comma::read(&decoded(bytes)?)? };
            Ok(Vec::from_iter(Some(sheet).filter(|it| !it.rows.is_empty())))
        }
    }
}

/// Text in UTF-8, UTF-16 or the GB encodings, in which Chinese spreadsheets write CSV.
fn decoded(bytes: &[u8]) -> Result<String> {
    let unreadable = || {
        Refusal::new(
            "table.encoding",
            "the file is no text that can be read: save it as CSV in UTF-8, or as .xlsx",
        )
    };
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if broken || text.contains('\0') { Err(unreadable()) } else { Ok(text.into_owned()) };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return if text.contains('\0') { Err(unreadable()) } else { Ok(text.to_owned()) };
    }
    let (text, broken) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    let is_guess = broken || text.contains('\0') || is_other(&text);
    if is_guess { Err(unreadable()) } else { Ok(text.into_owned()) }
}

/// Whether a text of the GB encodings is one of another, such as Big5: hardly a page of it is without characters that GB
/// leaves to whoever uses it, and of true Chinese not one in fifty is.
fn is_other(text: &str) -> bool {
    let wide = text.chars().filter(|it| !it.is_ascii());
    let private = wide.clone().filter(|it| ('\u{e000}'..='\u{f8ff}').contains(it)).count();
    private * 50 > wide.count()
}

/// Rows while they are read, within the bounds.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Row>,
    /// How many rows are kept elsewhere: those of the sheets before.
    elsewhere: usize,
    text: usize,
}

impl Rows {
    /// Adds a row, unless it is empty.
    fn push(&mut self, number: usize, cells: Vec<String>) -> Result<()> {
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        self.admit(&cells)?;
        self.rows.push(Row { number, cells });
        Ok(())
    }

    /// Whether there is room for one more row.
    fn admit(&mut self, cells: &[String]) -> Result<()> {
        if self.elsewhere + self.rows.len() > MOST_ROWS {
            let why = format!("the table has more than {MOST_ROWS} rows: split it");
            return Err(Refusal::new("table.too_long", why));
        }
        self.count(cells.iter().map(String::len).sum())
    }

    /// The rows of a sheet that has been read.
    fn end_sheet(&mut self) -> Vec<Row> {
        self.elsewhere += self.rows.len();
        std::mem::take(&mut self.rows)
    }

    /// Counts text that is read.
    fn count(&mut self, bytes: usize) -> Result<()> {
        self.text += bytes;
        if self.text > LARGEST_TEXT { Err(Refusal::too_large()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
