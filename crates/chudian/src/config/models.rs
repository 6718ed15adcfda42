//! `[models]`: where the optional models lie.

use std::path::PathBuf;

use super::data::Data;
use super::reader::Reader;

/// Where the files of the local sentence encoder are.
#[derive(Debug, Clone)]
pub struct Models {
    /// The folder; it need not exist: then no tenant can use the local encoder.
    pub directory: PathBuf,
}

pub(super) fn read(reader: &mut Reader<'_>, data: &Data) -> Models {
    let text = reader.text("models.directory");
    if text.trim().is_empty() {
        reader.fault("models.directory", "it is empty", "\"models\", a folder below the data folder");
    }
    let directory = data.folder.join(text);
    if directory.exists() && !directory.is_dir() {
        reader.fault(
            "models.directory",
            format!("{} is a file", directory.display()),
            "the folder that `cargo xtask fetch-model` filled",
        );
    }
    Models { directory }
}
