//! What each call looks like on the wire.

use wechat::api::request::{Body, Call, File, Method};

mod account;
mod articles;
mod menus;
mod messages;
mod people;

/// `METHOD path?query body`, with `!` in front when the access token is not sent.
pub(crate) fn shape<A>(call: &Call<A>) -> String {
    let request = &call.request;
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let query: Vec<_> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let body = match &request.body {
        Body::Empty => String::new(),
        Body::Json(json) => json.clone(),
        Body::Form { file, fields } => format!("{}:{} {fields:?}", file.name, file.mime),
    };
    let mark = if request.needs_token { "" } else { "!" };
    let ask = if query.is_empty() { "" } else { "?" };
    format!("{mark}{method} {}{ask}{} {body}", request.path, query.join("&")).trim_end().to_owned()
}

pub(crate) fn photo() -> File {
    File { name: "照片.jpg".to_owned(), mime: "image/jpeg".to_owned(), bytes: "x".into() }
}
