//! Signatures for our web pages inside WeChat.

use serde::{Deserialize, Serialize};

use super::request::Call;
use crate::signature;

/// A ticket; keep it like an access token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The ticket. A secret.
    pub ticket: String,
    /// Seconds.
    pub expires_in: i64,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ticket(secret, for {} s)", self.expires_in)
    }
}

/// Gets the ticket for pages.
pub fn ticket() -> Call<Ticket> {
    Call::get("/cgi-bin/ticket/getticket").with("type", "jsapi")
}

/// Gets the ticket for cards.
pub fn card_ticket() -> Call<Ticket> {
    Call::get("/cgi-bin/ticket/getticket").with("type", "wx_card")
}

/// Signs a page's address. What stands behind `#` is not signed.
#[must_use]
pub fn sign_page(ticket: &str, nonce: &str, timestamp: i64, url: &str) -> String {
    let url = url.split('#').next().unwrap_or(url);
    signature::sha1_hex(&format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"))
}

/// Signs a card: the values (ticket, time, nonce, card, code, openid) in the order of their bytes.
#[must_use]
pub fn sign_card(values: &[&str]) -> String {
    signature::sign(values)
}
