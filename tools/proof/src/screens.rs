//! Live screens: many WebSockets that listen, in a thread of their own, as cheap as can be.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::{Result, runtime};

/// A frame that a reading screen got: of which thread it tells, and when it was there.
pub(crate) struct Heard {
    pub(crate) thread: String,
    pub(crate) at: Instant,
}

#[derive(Default)]
struct Shared {
    frames: AtomicUsize,
    closed: AtomicUsize,
    heard: Mutex<Vec<Heard>>,
}

/// Open screens; dropped, they close.
pub(crate) struct Screens {
    shared: Arc<Shared>,
    pub(crate) count: usize,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Screens {
    /// Opens one screen for each cookie at `address` (`127.0.0.1:PORT`) and `path`, and waits until all
    /// are open. The first one reads what it hears, the others count.
    pub(crate) fn open(address: &str, path: &str, cookies: Vec<String>) -> Result<Screens> {
        let shared = Arc::new(Shared::default());
        let count = cookies.len();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        let (address, path, for_thread) = (address.to_owned(), path.to_owned(), shared.clone());
        let thread = std::thread::spawn(move || {
            let all = async {
                for (index, cookie) in cookies.iter().enumerate() {
                    match connect(&address, &path, cookie).await {
                        Ok((stream, rest)) => {
                            tokio::task::spawn_local(listen(stream, rest, for_thread.clone(), index == 0));
                        }
                        Err(error) => {
                            ready.send(Err(format!("screen {index}: {error}"))).unwrap_or_default();
                            return;
                        }
                    }
                }
                ready.send(Ok(())).unwrap_or_default();
                // Either way nobody wants the screens any more.
                stopped.await.unwrap_or_default();
            };
            match runtime() {
                Ok(runtime) => LocalSet::new().block_on(&runtime, all),
                Err(error) => ready.send(Err(error)).unwrap_or_default(),
            }
        });
        let screens = Screens { shared, count, stop: Some(stop), thread: Some(thread) };
        is_ready.recv_timeout(Duration::from_secs(120)).map_err(|_| "the screens do not open")??;
        Ok(screens)
    }

    /// Frames that all screens got so far.
    pub(crate) fn frames(&self) -> usize {
        self.shared.frames.load(Ordering::Relaxed)
    }

    /// Screens that the server closed.
    pub(crate) fn closed(&self) -> usize {
        self.shared.closed.load(Ordering::Relaxed)
    }

    /// What the reading screen heard since the last call.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.shared.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until all got so many frames, or none comes any more; when the last one came.
    pub(crate) fn wait_for(&self, frames: usize, limit: Duration) -> Instant {
        let until = Instant::now() + limit;
        let (mut seen, mut last) = (self.frames(), Instant::now());
        while seen < frames && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
            let now = self.frames();
            if now > seen {
                (seen, last) = (now, Instant::now());
            } else if last.elapsed() > Duration::from_secs(3) {
                break;
            }
        }
        last
    }
}

impl Drop for Screens {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).unwrap_or_default();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap_or_default();
        }
    }
}

/// The handshake; what came behind it is the beginning of the first frame.
async fn connect(address: &str, path: &str, cookie: &str) -> Result<(TcpStream, Vec<u8>)> {
    let mut stream =
        TcpStream::connect(address).await.map_err(|error| format!("cannot reach {address}: {error}"))?;
    let cookie = if cookie.is_empty() { String::new() } else { format!("Cookie: {cookie}\r\n") };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: cHJvb2Ytb2Ytc2NyZWVucw==\r\n{cookie}\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut buffer = Vec::with_capacity(512);
    loop {
        if let Some(end) = buffer.windows(4).position(|it| it == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            if !head.starts_with("HTTP/1.1 101") {
                return Err(format!("no WebSocket: {head}"));
            }
            return Ok((stream, buffer.split_off(end + 4)));
        }
        if stream.read_buf(&mut buffer).await.map_err(|error| error.to_string())? == 0 {
            return Err("closed in the handshake".into());
        }
    }
}

/// Reads frames until the connection ends; answers pings, as a browser does by itself.
async fn listen(mut stream: TcpStream, mut buffer: Vec<u8>, shared: Arc<Shared>, reads: bool) {
    loop {
        let mut done = 0;
        while let Some((opcode, start, end)) = frame(&buffer, done) {
            match opcode {
                1 => {
                    shared.frames.fetch_add(1, Ordering::Relaxed);
                    if reads && let Some(thread) = thread_in(&buffer[start..end]) {
                        let heard = Heard { thread, at: Instant::now() };
                        shared.heard.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
                    }
                }
                // An empty, masked pong.
                9 if stream.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await.is_err() => return,
                8 => {
                    shared.closed.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                _ => {}
            }
            done = end;
        }
        buffer.drain(..done);
        // Quiet screens keep no memory of a burst: it would be counted to nobody, but there are thousands.
        if buffer.is_empty() && buffer.capacity() > 16_384 {
            buffer = Vec::new();
        }
        match stream.read_buf(&mut buffer).await {
            Ok(0) | Err(_) => {
                shared.closed.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Ok(_) => {}
        }
    }
}

/// A whole frame of a server (unmasked) at `from`: its opcode, and where its content begins and ends.
fn frame(buffer: &[u8], from: usize) -> Option<(u8, usize, usize)> {
    let bytes = buffer.get(from..)?;
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (head, length) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
        127 => {
            let length = bytes.get(2..10)?.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            (10, usize::try_from(length).ok()?)
        }
        short => (2, usize::from(short)),
    };
    let (start, end) = (from + head, from + head + length);
    (buffer.len() >= end).then_some((first & 0x0f, start, end))
}

/// The thread of which a frame tells a new message.
fn thread_in(content: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(content).ok()?;
    (value["event"] == "message.created").then(|| value["thread"].as_str().map(str::to_owned))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_cut_where_they_end() {
        let mut bytes = vec![0x81, 2, b'o', b'k', 0x89, 0, 0x81, 126, 1, 0];
        assert_eq!(frame(&bytes, 0), Some((1, 2, 4)));
        assert_eq!(frame(&bytes, 4), Some((9, 6, 6)));
        assert_eq!(frame(&bytes, 6), None, "its content is still to come");
        bytes.resize(10 + 256, b'x');
        assert_eq!(frame(&bytes, 6), Some((1, 10, 266)));
        assert_eq!(frame(&bytes, 266), None);
    }

    #[test]
    fn a_new_message_names_its_thread() {
        let text = br#"{"seq":1,"event":"message.created","thread":"thr_1","first":1,"last":2}"#;
        assert_eq!(thread_in(text).as_deref(), Some("thr_1"));
        assert_eq!(thread_in(br#"{"seq":1,"event":"knowledge.changed"}"#), None);
        assert_eq!(thread_in(br#"{"hello":{"seq":1}}"#), None);
    }
}
