//! A pretend platform for the server to call: it gives tokens, takes custom messages, counts what
//! arrived, and misbehaves as it is told. It runs in the judge's own process, so a killed server
//! takes nothing of it along.
//!
//! Written for the judge alone, on a bare socket: only so can an answer be dropped after the message
//! was taken, which is the fault that makes an outcome unknown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::Result;

/// What becomes of a custom message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Taken and answered.
    Good,
    /// Taken; the line breaks before the answer.
    AnswerLost,
    /// The line breaks before it is taken.
    NeverTaken,
    /// "System busy, try again": not taken.
    Busy,
}

/// How the platform behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    /// Of 100 custom messages, so many lose their answer after they were taken.
    pub(crate) answers_lost: u32,
    /// So many break before they are taken.
    pub(crate) never_taken: u32,
    /// So many are told to come again.
    pub(crate) busy: u32,
    /// The longest time a message takes; half before it is taken, half after.
    pub(crate) slowest: Duration,
}

impl Manners {
    /// A platform that always works, at once.
    pub(crate) const GOOD: Manners =
        Manners { answers_lost: 0, never_taken: 0, busy: 0, slowest: Duration::ZERO };

    fn fate(self, dice: u32) -> Fate {
        let lost = self.answers_lost;
        let never = lost + self.never_taken;
        match dice {
            it if it < lost => Fate::AnswerLost,
            it if it < never => Fate::NeverTaken,
            it if it < never + self.busy => Fate::Busy,
            _ => Fate::Good,
        }
    }
}

/// One custom message that arrived: it counts as seen by the customer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Arrival {
    pub(crate) to: String,
    pub(crate) words: String,
}

/// The running platform.
#[derive(Clone)]
pub(crate) struct Platform {
    /// `http://127.0.0.1:PORT`.
    pub(crate) base: String,
    shared: Arc<Mutex<State>>,
    news: Arc<Notify>,
}

struct State {
    manners: Manners,
    arrivals: HashMap<Arrival, usize>,
    taken: usize,
}

impl Platform {
    /// Listens in the present runtime until that ends.
    pub(crate) async fn start(manners: Manners) -> Result<Platform> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(|error| format!("the pretend platform cannot listen: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let shared = Arc::new(Mutex::new(State { manners, arrivals: HashMap::new(), taken: 0 }));
        let platform = Platform { base: format!("http://{address}"), shared, news: Arc::default() };
        let it = platform.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let it = it.clone();
                tokio::spawn(async move { it.serve(stream).await });
            }
        });
        Ok(platform)
    }

    /// The same in a thread of its own, for as long as this program runs: for callers that do not wait
    /// in a runtime all the time.
    pub(crate) fn in_background(manners: Manners) -> Result<Platform> {
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || match crate::runtime() {
            Ok(runtime) => runtime.block_on(async {
                // Nobody waits any more: then the program is about to end.
                sender.send(Platform::start(manners).await).unwrap_or_default();
                std::future::pending::<()>().await;
            }),
            Err(error) => sender.send(Err(error)).unwrap_or_default(),
        });
        receiver.recv().map_err(|_| "the pretend platform did not start")?
    }

    /// How often each message arrived.
    pub(crate) fn arrivals(&self) -> HashMap<Arrival, usize> {
        self.state().arrivals.clone()
    }

    /// How many messages were taken in all.
    pub(crate) fn taken(&self) -> usize {
        self.state().taken
    }

    /// Waits until so many were taken in all, or the time is over.
    pub(crate) async fn wait_for(&self, taken: usize, limit: Duration) {
        let until = tokio::time::Instant::now() + limit;
        loop {
            // Made before the look, so that no news between the two is missed.
            let news = self.news.notified();
            if self.taken() >= taken || tokio::time::timeout_at(until, news).await.is_err() {
                return;
            }
        }
    }

    pub(crate) fn behave(&self, manners: Manners) {
        self.state().manners = manners;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves one connection until it ends, by the caller's will or by a fault.
    async fn serve(&self, mut stream: TcpStream) {
        let mut buffer = Vec::new();
        while let Some((path, body)) = read_request(&mut stream, &mut buffer).await {
            let answer = match path.split('?').next().unwrap_or_default() {
                "/cgi-bin/message/custom/send" => self.take(&body).await,
                _ => Some(administration(&path)),
            };
            let Some(answer) = answer else { return };
            let answer = answer.to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                answer.len()
            );
            if stream.write_all(&[head.as_bytes(), answer.as_bytes()].concat()).await.is_err() {
                return;
            }
        }
    }

    /// Takes a custom message; `None` breaks the line.
    async fn take(&self, body: &[u8]) -> Option<Value> {
        let manners = self.state().manners;
        let (fate, before, after) = {
            let mut dice = rand::rng();
            let half = u64::try_from(manners.slowest.as_micros() / 2).unwrap_or(0);
            let mut pause = || Duration::from_micros(dice.random_range(0..=half));
            let (before, after) = (pause(), pause());
            (manners.fate(dice.random_range(0..100)), before, after)
        };
        tokio::time::sleep(before).await;
        let message: Value = serde_json::from_slice(body).unwrap_or_default();
        match fate {
            Fate::NeverTaken => return None,
            Fate::Busy => return Some(json!({"errcode": -1, "errmsg": "system busy"})),
            Fate::Good | Fate::AnswerLost => {
                let to = message["touser"].as_str().unwrap_or_default().to_owned();
                let mut state = self.state();
                *state.arrivals.entry(Arrival { to, words: words(&message) }).or_default() += 1;
                state.taken += 1;
                drop(state);
                self.news.notify_waiters();
            }
        }
        tokio::time::sleep(after).await;
        (fate == Fate::Good).then(|| json!({"errcode": 0, "errmsg": "ok"}))
    }
}

/// The calls around a message: tokens, addresses, the follower's card.
fn administration(path: &str) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let person = query.split('&').find_map(|it| it.strip_prefix("openid=")).unwrap_or_default();
    match path {
        "/cgi-bin/token" | "/cgi-bin/stable_token" => {
            json!({"access_token": "proof-token", "expires_in": 7200})
        }
        "/cgi-bin/getcallbackip" | "/cgi-bin/get_api_domain_ip" => json!({"ip_list": ["127.0.0.1"]}),
        "/cgi-bin/user/info" => json!({"subscribe": 1, "openid": person, "language": "zh_CN"}),
        _ => json!({"errcode": 0, "errmsg": "ok"}),
    }
}

/// What the customer reads: a text, or the choices of a menu.
fn words(message: &Value) -> String {
    let text = message["text"]["content"].as_str();
    text.or_else(|| message["msgmenu"]["head_content"].as_str()).unwrap_or_default().to_owned()
}

/// One request's path and body; `None` when the connection ended.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    loop {
        if let Some(end) = buffer.windows(4).position(|it| it == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse::<usize>().unwrap_or(0));
            let whole = end + 4 + length;
            if buffer.len() >= whole {
                let body = buffer[end + 4..whole].to_vec();
                buffer.drain(..whole);
                return Some((head.split(' ').nth(1)?.to_owned(), body));
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dice_decide_by_shares() {
        let manners = Manners { answers_lost: 10, never_taken: 5, busy: 5, slowest: Duration::ZERO };
        let fates: Vec<Fate> = (0..100).map(|it| manners.fate(it)).collect();
        let count = |fate| fates.iter().filter(|it| **it == fate).count();
        assert_eq!(
            [count(Fate::AnswerLost), count(Fate::NeverTaken), count(Fate::Busy), count(Fate::Good)],
            [10, 5, 5, 80]
        );
        assert!((0..100).all(|it| Manners::GOOD.fate(it) == Fate::Good));
    }

    #[tokio::test]
    async fn it_counts_what_it_took_although_the_answer_was_lost() {
        let lossy = Manners { answers_lost: 100, ..Manners::GOOD };
        let platform = Platform::start(lossy).await.unwrap();
        let address = platform.base.trim_start_matches("http://").to_owned();
        let body = r#"{"touser":"oA","msgtype":"text","text":{"content":"好"}}"#;
        let request = format!(
            "POST /cgi-bin/message/custom/send?access_token=t HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = crate::connection::Connection::open(&address).await.unwrap();
        assert!(connection.send(request.as_bytes()).await.is_err());
        platform.behave(Manners::GOOD);
        let mut connection = crate::connection::Connection::open(&address).await.unwrap();
        assert_eq!(connection.send(request.as_bytes()).await.unwrap().status, 200);
        let arrival = Arrival { to: "oA".into(), words: "好".into() };
        assert_eq!(platform.arrivals().get(&arrival), Some(&2));
    }
}
