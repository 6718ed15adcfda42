//! The WeChat platform's wire language, for official accounts: callbacks and their encryption, pushes,
//! passive replies and the HTTP API.
//!
//! No database and no web framework: a server and a platform simulator both speak through this crate.
//! Nothing here panics on input, whatever it is.
//!
//! # Answering a callback
//!
//! ```
//! use wechat::callback::{self, Account, Mode, Query};
//! use wechat::crypto::AesKey;
//! use wechat::push::{Inbound, Push, content::Content};
//! use wechat::reply::{Passive, Reply};
//!
//! fn answer(account: &Account, query: &Query, body: &[u8]) -> Result<Vec<u8>, u16> {
//!     let opened = callback::open(account, query, body).map_err(|error| error.status())?;
//!     // From here on the platform is answered `success`: what we do not understand is no fault of its.
//!     let Ok(push) = Push::parse(&opened.message) else { return Ok(b"success".to_vec()) };
//!     let Inbound::Message(message) = &push.message else { return Ok(b"success".to_vec()) };
//!     let Content::Text { text, .. } = &message.content else { return Ok(b"success".to_vec()) };
//!     let reply = Passive::to_push(&push, 1_767_225_601, Reply::text(format!("您说：{text}"))).to_xml();
//!     // Time, nonce and random bytes are the caller's, so that tests can repeat them.
//!     Ok(callback::seal(account, &opened, reply.as_bytes(), 1_767_225_601, "n1", [7; 16]))
//! }
//!
//! let account = Account {
//!     token: "AAAAA".to_owned(),
//!     app_id: "wx9f8e7d6c5b4a3210".to_owned(),
//!     original_id: None,
//!     aes_key: AesKey::parse("k8Qm3VtZr1YxW0pLc5NdTgHuJsEiBoFa7KqXyR2MvDA").ok(),
//!     previous_aes_key: None,
//!     mode: Mode::Safe,
//! };
//! // Nobody without the token gets further than the signature.
//! assert_eq!(answer(&account, &Query::default(), b"<xml></xml>"), Err(403));
//! ```
//!
//! # Calling the API
//!
//! Calls are values, made by pure functions; [`api::client::Client`] sends them and [`token::Keeper`] gives the token.
//! [`error::advice`] says what to do after each error code.
//!
//! ```no_run
//! # async fn run() -> Result<(), wechat::error::CallError> {
//! use wechat::api::{account, client::{Client, DEFAULT_BASE_URL, Timeouts}, custom};
//!
//! let client = Client::new(reqwest::Client::new(), DEFAULT_BASE_URL, Timeouts::default())?;
//! let token = client.call("", &account::stable_token("wx…", "secret", false)).await?;
//! let message = custom::CustomSend {
//!     touser: "o…".to_owned(),
//!     message: custom::CustomMessage::text("您好"),
//!     customservice: None,
//! };
//! client.call(&token.access_token, &custom::send(&message)).await?;
//! # Ok(())
//! # }
//! ```

pub mod crypto;
pub mod signature;

pub mod element;
pub mod json;
pub mod xml;

pub mod callback;
pub mod push;
pub mod reply;
pub mod text;

pub mod api;
pub mod error;
pub mod token;
