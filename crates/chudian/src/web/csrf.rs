//! Requests that change something must come from our own pages. Pure.
//!
//! A browser adds the session's cookie to requests that other sites start. Two things stop
//! them: the browser's own word about where a request comes from (`Sec-Fetch-Site`, else
//! `Origin`), and a token that only our pages know. Both must be right; missing is wrong.

use axum::http::{HeaderMap, Method, header};
use subtle::ConstantTimeEq;

/// The header with the session's token.
pub const TOKEN_HEADER: &str = "x-csrf-token";

/// Whether a method changes nothing.
#[must_use]
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser says that the request comes from a page of ours. A request without
/// either header does not come from a browser, so there is no cookie to be abused.
#[must_use]
pub fn is_from_us(headers: &HeaderMap, own_origin: &str) -> bool {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin_is_ours = match (origins.next(), origins.next()) {
        (None, _) => None,
        (Some(origin), None) => Some(origin.to_str().is_ok_and(|it| is_own(it, own_origin, host))),
        // Two origins: somebody is trying something.
        (Some(_), Some(_)) => Some(false),
    };
    let site = headers.get("sec-fetch-site").map(|it| it.to_str().unwrap_or("cross-site"));
    match (site, origin_is_ours) {
        (_, Some(false)) => false,
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, _) => true,
    }
}

/// An origin is ours when it is the configured one, or has the host that the request was sent
/// to: an operator may reach the server by other names than the public one.
fn is_own(origin: &str, own_origin: &str, host: &str) -> bool {
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    origin == own_origin || (!host.is_empty() && authority == Some(host))
}

/// Whether the header carries the session's token: there once, not empty, equal.
#[must_use]
pub fn has_token(headers: &HeaderMap, expected: &str) -> bool {
    let mut given = headers.get_all(TOKEN_HEADER).iter();
    match (given.next(), given.next()) {
        (Some(given), None) if !expected.is_empty() => given.as_bytes().ct_eq(expected.as_bytes()).into(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in list {
            map.append(*name, value.parse().unwrap());
        }
        map
    }

    #[test]
    fn only_our_own_pages_pass() {
        let own = "https://service.example.com";
        for (list, expected) in [
            (vec![], true),
            (vec![("origin", "https://service.example.com")], true),
            (vec![("origin", "http://10.0.0.7:7300"), ("host", "10.0.0.7:7300")], true),
            (vec![("origin", "https://evil.example")], false),
            (vec![("origin", "https://service.example.com.evil.example")], false),
            (vec![("origin", "https://evil.example"), ("host", "service.example.com")], false),
            (vec![("origin", "null")], false),
            (vec![("origin", "")], false),
            (vec![("origin", ""), ("host", "")], false),
            (vec![("origin", "http://"), ("host", "")], false),
            (vec![("origin", "https://service.example.com"), ("origin", "https://evil.example")], false),
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "none")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![("sec-fetch-site", "")], false),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "https://service.example.com")], false),
            (vec![("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], false),
        ] {
            assert_eq!(is_from_us(&headers(&list), own), expected, "{list:?}");
        }
    }

    #[test]
    fn the_token_must_be_there_once_and_equal() {
        for (list, expected, passes) in [
            (vec![("x-csrf-token", "abc")], "abc", true),
            (vec![("x-csrf-token", "ab")], "abc", false),
            (vec![("x-csrf-token", "abcd")], "abc", false),
            (vec![("x-csrf-token", "")], "abc", false),
            (vec![("x-csrf-token", "")], "", false),
            (vec![], "", false),
            (vec![], "abc", false),
            (vec![("x-csrf-token", "abc"), ("x-csrf-token", "abc")], "abc", false),
        ] {
            assert_eq!(has_token(&headers(&list), expected), passes, "{list:?} {expected}");
        }
    }
}
