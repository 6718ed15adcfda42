//! What stand-ins for a model's endpoint share: one request a connection, read as it came.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// A request with its body.
pub(crate) struct Heard {
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Reads one request whole; `None` when the caller goes away before.
pub(crate) async fn hear(stream: &mut TcpStream) -> Option<Heard> {
    let mut request = Vec::new();
    let mut part = [0; 8192];
    loop {
        let Ok(count @ 1..) = stream.read(&mut part).await else { return None };
        request.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.to_lowercase().split("content-length: ").nth(1).unwrap().to_owned();
        if body.len() >= length.lines().next().unwrap().trim().parse::<usize>().unwrap() {
            return Some(Heard { head: head.to_owned(), body: body.to_owned() });
        }
    }
}
