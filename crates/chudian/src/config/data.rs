//! `[data]`: the folder that is backed up.

use super::reader::Reader;
use std::path::PathBuf;

/// Where files are kept.
#[derive(Debug, Clone)]
pub struct Data {
    /// Folder of the SQLite file and of stored media. Made at the first start.
    pub folder: PathBuf,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Data {
    let text = reader.text("data.folder");
    if text.trim().is_empty() {
        reader.fault("data.folder", "it is empty", "\"/var/lib/chudian\"");
    }
    let folder = PathBuf::from(text);
    if folder.exists() && !folder.is_dir() {
        reader.fault(
            "data.folder",
            format!("{} is a file", folder.display()),
            "a folder, \"/var/lib/chudian\"",
        );
    }
    Data { folder }
}
