use std::path::PathBuf;

/// Why a model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not there, or may not be read.
    #[error("cannot read {}: {source}. Fetch the model with `cargo xtask fetch-model`, or name its folder", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is bigger than any model of this kind.
    #[error("{file} is bigger than {most} bytes: this is not the model")]
    TooBig {
        /// The file, or the part of it.
        file: String,
        /// What is allowed, in bytes.
        most: u64,
    },
    /// The file is cut off, or not of the published form.
    #[error(
        "{file} is damaged or of another kind: {detail}. Fetch the model again with `cargo xtask fetch-model`"
    )]
    Damaged {
        /// Name of the file within the model's folder.
        file: &'static str,
        /// What does not fit.
        detail: String,
    },
}

impl Error {
    pub(crate) fn damaged(file: &'static str, detail: impl Into<String>) -> Self {
        Self::Damaged { file, detail: detail.into() }
    }
}
