//! The folder of files. A file is written whole and flushed, then named: there are no halves.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::base::{Error, Result};

/// The folder where files are kept.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Uses this folder, and makes it when it is not there.
    pub fn open(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root).map_err(|error| {
            Error::internal("media.folder", format!("cannot make the folder for files {}", root.display()))
                .because(error)
        })?;
        Ok(Self { root: root.to_owned() })
    }

    /// Stores the bytes and gives the random name under which they are kept.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String> {
        let name = hex::encode(rand::random::<[u8; 16]>());
        let folder = self.root.join(&name[..2]);
        let path = folder.join(&name);
        tokio::task::spawn_blocking(move || write_whole(&folder, &path, &bytes))
            .await
            .map_err(|error| Error::internal("media.write", "a file could not be stored").because(error))?
            .map_err(|error| {
                Error::internal("media.write", "a file could not be stored: is the disk full?").because(error)
            })?;
        Ok(name)
    }

    /// Reads a stored file.
    pub async fn get(&self, name: &str) -> Result<Vec<u8>> {
        tokio::fs::read(self.path(name)?)
            .await
            .map_err(|error| Error::missing("media.missing", "the file is gone").because(error))
    }

    /// Removes a stored file. One that is gone already is no error.
    pub async fn remove(&self, name: &str) -> Result<()> {
        match tokio::fs::remove_file(self.path(name)?).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::internal("media.remove", "a file could not be removed").because(error))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, name: &str) -> Result<PathBuf> {
        if name.len() != 32 || !name.bytes().all(|it| it.is_ascii_hexdigit()) {
            return Err(Error::internal("media.name", "the name of a stored file is not one of ours"));
        }
        Ok(self.root.join(&name[..2]).join(name))
    }
}

fn write_whole(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let draft = path.with_extension("part");
    let mut file = std::fs::File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    std::fs::File::open(folder)?.sync_all()
}
