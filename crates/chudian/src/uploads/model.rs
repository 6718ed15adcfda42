//! How a file is handed out. Pure.

use crate::media::model::MediaKind;

/// A part of a file: first and last byte, both within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The first byte.
    pub first: usize,
    /// The last byte.
    pub last: usize,
}

/// What a `Range` header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// All of it: no header, or one that we do not follow (RFC 9110 allows that).
    Whole,
    /// One part of it.
    Part(Part),
    /// A part that is not there.
    Outside,
}

/// Reads a `Range` header for a file of `size` bytes. One range is followed; players ask for no more.
#[must_use]
pub fn asked(header: Option<&str>, size: usize) -> Asked {
    let Some(range) = header.and_then(|it| it.trim().strip_prefix("bytes=")) else { return Asked::Whole };
    let Some((first, last)) = range.split_once('-').filter(|_| !range.contains(',')) else {
        return Asked::Whole;
    };
    let end = size.saturating_sub(1);
    let part = match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => Part { first, last: last.min(end) },
        (Ok(first), Err(_)) if last.trim().is_empty() => Part { first, last: end },
        (Err(_), Ok(0)) if first.trim().is_empty() => return Asked::Outside,
        (Err(_), Ok(count)) if first.trim().is_empty() => {
            Part { first: size.saturating_sub(count), last: end }
        }
        _ => return Asked::Whole,
    };
    if part.first < size { Asked::Part(part) } else { Asked::Outside }
}

/// Whether a browser may show it in place. Everything else is downloaded.
#[must_use]
pub fn is_shown(kind: MediaKind, mime: &str) -> bool {
    // The kind is what the sender called it; only the type comes from the bytes. SVG runs scripts.
    let is_harmless = ["image/", "audio/", "video/"].iter().any(|it| mime.starts_with(it));
    kind != MediaKind::File && is_harmless && !mime.contains("svg")
}

/// The `Content-Disposition` of a file: shown or downloaded, under its name (RFC 6266).
#[must_use]
pub fn disposition(is_shown: bool, name: &str) -> String {
    let kind = if is_shown { "inline" } else { "attachment" };
    let plain: String = name
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | ' ') { it } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_followed_and_nonsense_is_the_whole() {
        let part = |first, last| Asked::Part(Part { first, last });
        for (header, size, expected) in [
            (None, 10, Asked::Whole),
            (Some("bytes=0-3"), 10, part(0, 3)),
            (Some("bytes=4-"), 10, part(4, 9)),
            (Some("bytes=4-99"), 10, part(4, 9)),
            (Some("bytes=-3"), 10, part(7, 9)),
            (Some("bytes=-99"), 10, part(0, 9)),
            (Some("bytes=10-"), 10, Asked::Outside),
            (Some("bytes=-0"), 10, Asked::Outside),
            (Some("bytes=0-0"), 0, Asked::Outside),
            (Some("bytes=0-1,4-5"), 10, Asked::Whole),
            (Some("bytes=5-2"), 10, Asked::Whole),
            (Some("lines=1-2"), 10, Asked::Whole),
            (Some("bytes=a-b"), 10, Asked::Whole),
            (Some("bytes=-"), 10, Asked::Whole),
        ] {
            assert_eq!(asked(header, size), expected, "{header:?} {size}");
        }
    }

    #[test]
    fn only_what_cannot_act_is_shown() {
        assert!(is_shown(MediaKind::Image, "image/png"));
        assert!(is_shown(MediaKind::Voice, "audio/amr"));
        assert!(!is_shown(MediaKind::File, "application/pdf"));
        assert!(!is_shown(MediaKind::Image, "image/svg+xml"));
        assert!(!is_shown(MediaKind::Image, "text/html"), "a page that was sent as a picture");
    }

    #[test]
    fn a_name_cannot_break_its_header() {
        assert_eq!(
            disposition(false, "账单 \"1\"\r\n.pdf"),
            "attachment; filename=\"__ _1___.pdf\"; filename*=UTF-8''%E8%B4%A6%E5%8D%95%20%221%22%0D%0A.pdf"
        );
        assert!(disposition(true, "a.png").starts_with("inline; "));
    }
}
