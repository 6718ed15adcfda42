//! What a file is, and which files we take.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{InboxId, MediaId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};

/// What a file is for a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// Something to hear.
    Voice,
    /// Something to watch.
    Video,
    /// Anything else.
    File,
}

impl MediaKind {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::File => "file",
        }
    }

    /// From what is stored; anything unknown is a plain file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "image" => Self::Image,
            "voice" => Self::Voice,
            "video" => Self::Video,
            _ => Self::File,
        }
    }
}

/// Whether we have the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// They are in our store.
    Stored,
    /// They are still at the platform; a job fetches them.
    Pending,
    /// The platform no longer has them.
    Lost,
}

impl MediaState {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Pending => "pending",
            Self::Lost => "lost",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "stored" => Self::Stored,
            "lost" => Self::Lost,
            _ => Self::Pending,
        }
    }
}

/// Where a pending file is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaSource {
    /// The inbox through whose platform it came.
    pub inbox: InboxId,
    /// The platform's own id of it.
    pub platform_id: String,
}

/// A file's row.
#[derive(Debug, Clone)]
pub struct Media {
    /// Its key.
    pub id: MediaId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is for a viewer.
    pub kind: MediaKind,
    /// Its type by its content.
    pub mime: String,
    /// Its name, for people.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Its place in the store, when stored.
    pub path: Option<String>,
    /// Whether we have it.
    pub state: MediaState,
    /// Where to fetch it, while pending.
    pub source: Option<MediaSource>,
    /// When it came.
    pub created_at: Time,
}

/// A file's kind and type, told by its first bytes and never by its name.
///
/// SVG and HTML run scripts in a browser, so they are never pictures here; unknown bytes are a
/// file to download.
#[must_use]
pub fn recognise(bytes: &[u8]) -> (MediaKind, &'static str) {
    // The platform's voice messages; their first bytes look like a script's to a general table.
    if bytes.starts_with(b"#!AMR") {
        return (MediaKind::Voice, "audio/amr");
    }
    let Some(found) = infer::get(bytes) else { return (MediaKind::File, "application/octet-stream") };
    let mime = found.mime_type();
    let kind = match mime {
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/bmp" => MediaKind::Image,
        it if it.starts_with("audio/") => MediaKind::Voice,
        "video/mp4" | "video/webm" | "video/quicktime" => MediaKind::Video,
        _ => MediaKind::File,
    };
    (kind, mime)
}

/// A file's name without paths, invisible characters or endless length.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String =
        last.chars().filter(|it| !it.is_control() && !is_invisible(*it)).take(120).collect();
    if visible.trim_matches(['.', ' ']).is_empty() { "file".to_owned() } else { visible }
}

/// Marks that change the direction of writing or take no room: used to disguise endings.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Refuses what is empty, or larger than `most` bytes.
pub fn check_upload(size: usize, most: usize) -> Result<()> {
    if size == 0 {
        return Err(
            Error::invalid("media.empty", "the file is empty: choose another one").field("file", "empty")
        );
    }
    if size > most {
        let message = format!("the file is larger than {} MB: make it smaller", most / (1024 * 1024));
        return Err(Error::invalid("media.too_large", message).field("file", "too large"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n0000"[..], MediaKind::Image),
            (b"\xff\xd8\xff\xe0", MediaKind::Image),
            (b"#!AMR\n", MediaKind::Voice),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", MediaKind::File),
            (b"<!doctype html><script>1</script>", MediaKind::File),
            (b"plain", MediaKind::File),
        ] {
            assert_eq!(recognise(bytes).0, kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn names_lose_paths_and_invisible_characters() {
        for (name, clean) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\a\\b.png", "b.png"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            ("..", "file"),
            ("", "file"),
        ] {
            assert_eq!(clean_name(name), clean);
        }
    }
}
