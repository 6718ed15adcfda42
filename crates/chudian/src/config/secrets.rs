//! `[secrets]`: where the master key comes from.

use super::data::Data;
use super::reader::Reader;
use rand::TryRng;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the 32-byte master key comes from. The key itself is read at start, by [`Secrets::master_key`].
#[derive(Clone)]
pub struct Secrets {
    source: Source,
}

#[derive(Clone)]
enum Source {
    /// From the environment, already checked.
    Variable([u8; 32]),
    /// From a file outside of the data folder.
    File { path: PathBuf, data: PathBuf },
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.source {
            Source::Variable(_) => f.write_str("Secrets(CHUDIAN_SECRET_KEY)"),
            Source::File { path, .. } => write!(f, "Secrets({})", path.display()),
        }
    }
}

impl Secrets {
    /// The master key; at the first start a new one is written, readable by the owner alone.
    ///
    /// # Errors
    /// In words for the operator: the file cannot be read or written, is not a
    /// key, may be read by others, or lies inside the data folder.
    pub fn master_key(&self) -> Result<[u8; 32], String> {
        let (path, data) = match &self.source {
            Source::Variable(key) => return Ok(*key),
            Source::File { path, data } => (path, data),
        };
        // Asked again with links resolved, now that the folders exist.
        if is_inside(path, data) {
            return Err(inside(path, data));
        }
        match std::fs::read_to_string(path) {
            Ok(text) => {
                private_to_owner(path)?;
                parse_key(text.trim()).ok_or_else(|| {
                    format!(
                        "{} does not hold 64 hexadecimal digits: put back the key that was there, \
                         or, in a house that never ran, remove the file and a new key is made",
                        path.display()
                    )
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => create(path),
            Err(error) => Err(format!("{} cannot be read ({error})", path.display())),
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, data: &Data, config_folder: Option<&Path>) -> Secrets {
    if let Some(text) = reader.variable("CHUDIAN_SECRET_KEY") {
        let key = parse_key(text.trim()).unwrap_or_else(|| {
            let why = "the variable CHUDIAN_SECRET_KEY does not hold a key";
            reader.fault("secrets.key_file", why, "64 hexadecimal digits, from `openssl rand -hex 32`");
            [0; 32]
        });
        return Secrets { source: Source::Variable(key) };
    }
    let named = reader.text("secrets.key_file");
    let path =
        if named.is_empty() { default_path(reader, config_folder) } else { Some(PathBuf::from(named)) };
    let path = path.unwrap_or_else(|| {
        let why =
            "it is empty, and neither a configuration file nor a home folder tells where to put the key";
        reader.fault("secrets.key_file", why, "\"/etc/chudian/secret.key\"");
        PathBuf::from("secret.key")
    });
    // Named from the root: a configuration file in the present folder has a nameless parent.
    let path = std::path::absolute(&path).unwrap_or(path);
    // An empty folder is a fault of its own, told by its own section.
    if !data.folder.as_os_str().is_empty() && is_inside(&path, &data.folder) {
        let right = "a file elsewhere, \"/etc/chudian/secret.key\"";
        reader.fault("secrets.key_file", inside(&path, &data.folder), right);
    }
    Secrets { source: Source::File { path, data: data.folder.clone() } }
}

fn default_path(reader: &Reader<'_>, config_folder: Option<&Path>) -> Option<PathBuf> {
    if let Some(folder) = config_folder {
        return Some(folder.join("secret.key"));
    }
    let base = match reader.variable("XDG_CONFIG_HOME").filter(|it| !it.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(reader.variable("HOME").filter(|it| !it.is_empty())?).join(".config"),
    };
    Some(base.join("chudian/secret.key"))
}

fn inside(path: &Path, data: &Path) -> String {
    format!(
        "{} lies inside the data folder {}, so whoever steals a backup has the key as well",
        path.display(),
        data.display()
    )
}

/// Whether `path` lies under `folder`, with links and `..` resolved as far as the parts exist.
fn is_inside(path: &Path, folder: &Path) -> bool {
    resolved(path).starts_with(resolved(folder))
}

fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            std::path::Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
        // Resolved step by step: the last parts may not exist yet.
        if let Ok(real) = plain.canonicalize() {
            plain = real;
        }
    }
    plain
}

fn parse_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    hex::decode_to_slice(text, &mut key).ok()?;
    Some(key)
}

fn create(path: &Path) -> Result<[u8; 32], String> {
    let fail = |error: std::io::Error| {
        format!("{} cannot be written ({error}); name a place you may write to", path.display())
    };
    let mut key = [0_u8; 32];
    rand::rngs::SysRng
        .try_fill_bytes(&mut key)
        .map_err(|error| format!("the system gives no random bytes ({error})"))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    // Written whole beside its place first: half a key, left by a crash, would open nothing for ever.
    let unfinished = path.with_extension("unfinished");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished).map_err(fail)?;
    file.write_all(format!("{}\n", hex::encode(key)).as_bytes()).map_err(fail)?;
    file.sync_all().map_err(fail)?;
    std::fs::rename(&unfinished, path).map_err(fail)?;
    if let Some(folder) = path.parent() {
        // The name must be as safe as the content: rows sealed with this key follow at once.
        std::fs::File::open(folder).and_then(|it| it.sync_all()).map_err(fail)?;
    }
    Ok(key)
}

/// Refuses a key that other users of the machine may read.
fn private_to_owner(path: &Path) -> Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(|error| error.to_string())?.permissions().mode();
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(format!("others may read {path}; run `chmod 600 {path}`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        let folder = std::env::temp_dir().join(format!("chudian-key-{}", std::process::id()));
        let path = folder.join("config/secret.key");
        let secrets = Secrets { source: Source::File { path: path.clone(), data: folder.join("data") } };

        let first = secrets.master_key().unwrap();
        assert_eq!(secrets.master_key().unwrap(), first);

        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(secrets.master_key().unwrap_err().contains("chmod 600"));
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_link_does_not_hide_the_data_folder() {
        assert!(is_inside(Path::new("/srv/data/x/../secret.key"), Path::new("/srv/data")));
        assert!(!is_inside(Path::new("/srv/data/../secret.key"), Path::new("/srv/data")));
        assert!(!is_inside(Path::new("/srv/database.key"), Path::new("/srv/data")));
    }
}
