//! The client against a real socket: what goes out, and what each failure is called.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use wechat::api::client::{Client, Download, Timeouts};
use wechat::api::request::File;
use wechat::api::{account, media};
use wechat::error::{CallError, Outcome};
use wechat::token::{AccessToken, Keeper, Source};

/// Answers each connection with the next of `answers` and gives what was asked. An empty answer closes the line.
fn serve(answers: Vec<Vec<u8>>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}/wx/", listener.local_addr().expect("bound"));
    let (sender, asked) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let _ = sender.send(read_request(&mut stream));
            let _ = stream.write_all(&answer);
        }
    });
    (address, asked)
}

fn read_request(stream: &mut TcpStream) -> String {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_lowercase()
                .split_once("content-length: ")
                .map_or(0, |(_, rest)| rest.split("\r\n").next().and_then(|it| it.parse().ok()).unwrap_or(0));
            if body.len() >= length {
                return text.into_owned();
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&bytes).into_owned(),
            Ok(length) => bytes.extend_from_slice(&chunk[..length]),
        }
    }
}

fn http(head: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn client(address: &str) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let timeouts = Timeouts { call: Duration::from_millis(600), file: Duration::from_millis(600) };
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    Client::new(http, address, timeouts).expect("a base address")
}

#[tokio::test]
async fn answers_and_errors() {
    let (address, asked) = serve(vec![
        http("200 OK\r\nContent-Type: text/plain", br#"{"ip_list":["1.2.3.4"]}"#),
        http("200 OK", br#"{"errcode":40013,"errmsg":"invalid appid rid: 1-2"}"#),
        http("502 Bad Gateway", b"<html>"),
        http("200 OK", b"<html>"),
        Vec::new(),
    ]);
    let client = client(&address);
    let answer = client.call("T&1", &account::callback_addresses()).await.unwrap();
    assert_eq!(answer.ip_list, ["1.2.3.4"]);
    let first = asked.recv().unwrap();
    assert!(first.starts_with("GET /wx/cgi-bin/getcallbackip?access_token=T%261 HTTP/1.1\r\n"), "{first}");

    let error = client.call("T", &account::callback_addresses()).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Some(40013), Outcome::NotDone));
    assert_eq!(client.call("T", &account::callback_addresses()).await, Err(CallError::Http(502)));
    let error = client.call("T", &account::callback_addresses()).await.unwrap_err();
    assert!(matches!(error, CallError::Malformed(_)));
    // The line was cut after the request: nobody knows what became of it. The token stays out of the log.
    let error = client.call("SECRET", &account::callback_addresses()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(!error.to_string().contains("SECRET"), "{error}");
}

#[tokio::test]
async fn silence_is_unknown_and_a_closed_port_is_not_done() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let error = client(&address).call("T", &account::callback_addresses()).await.unwrap_err();
    assert!(
        matches!(error, CallError::Transport { outcome: Outcome::Unknown, is_timeout: true, .. }),
        "{error:?}"
    );
    drop(listener);
    let error = client(&address).call("T", &account::callback_addresses()).await.unwrap_err();
    assert!(matches!(error, CallError::Transport { outcome: Outcome::NotDone, .. }), "{error:?}");
}

#[tokio::test]
async fn files_go_up_and_down() {
    let (address, asked) = serve(vec![
        http("200 OK", br#"{"type":"image","media_id":"M","created_at":1767225600}"#),
        http(
            "200 OK\r\nContent-Type: image/jpeg\r\nContent-disposition: attachment; filename=\"M.jpg\"",
            b"\xff\xd8jpeg",
        ),
        http("200 OK\r\nContent-Type: text/plain", br#"{"errcode":40007,"errmsg":"invalid media_id"}"#),
        http("200 OK\r\nContent-Type: application/json", br#"{"video_url":"http://e.com/v"}"#),
        http("200 OK\r\nContent-Type: image/jpeg", &[0; 100]),
    ]);
    let client = client(&address);
    let file = File { name: "照片.jpg".to_owned(), mime: "image/jpeg".to_owned(), bytes: "bytes".into() };
    assert_eq!(client.call("T", &media::upload(media::MediaKind::Image, file)).await.unwrap().media_id, "M");
    let sent = asked.recv().unwrap();
    assert!(sent.contains("POST /wx/cgi-bin/media/upload?access_token=T&type=image "), "{sent}");
    assert!(
        sent.contains("name=\"media\"; filename=\"照片.jpg\"") && sent.contains("\r\n\r\nbytes\r\n"),
        "{sent}"
    );

    let Ok(Download::File { bytes, mime, name }) = client.download("T", &media::get("M"), 1000).await else {
        panic!()
    };
    assert_eq!(
        (bytes.as_ref(), mime.as_deref(), name.as_deref()),
        (&b"\xff\xd8jpeg"[..], Some("image/jpeg"), Some("M.jpg"))
    );
    assert_eq!(client.download("T", &media::get("M"), 1000).await.unwrap_err().code(), Some(40007));
    let Ok(Download::Json(json)) = client.download("T", &media::get("M"), 1000).await else { panic!() };
    assert_eq!(json["video_url"], "http://e.com/v");
    assert_eq!(client.download("T", &media::get("M"), 99).await, Err(CallError::TooLarge(99)));
}

struct Counting(std::sync::atomic::AtomicUsize);

impl Source for Counting {
    async fn load(&self) -> Result<Option<AccessToken>, CallError> {
        Ok(None)
    }

    async fn renew(&self, _: Option<&str>) -> Result<AccessToken, CallError> {
        let number = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(AccessToken { value: format!("t{number}"), obtained_at: 0, expires_in: 7200 })
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_never_in_a_loop() {
    let refusal = || http("200 OK", br#"{"errcode":42001,"errmsg":"expired"}"#);
    let good = http("200 OK", br#"{"ip_list":[]}"#);
    let (address, asked) = serve(vec![refusal(), good, refusal(), refusal()]);
    let (client, keeper) = (client(&address), Keeper::new(Counting(0.into())));
    let call = account::callback_addresses();
    assert!(keeper.call(&client, &call, 10).await.is_ok());
    assert_eq!(keeper.call(&client, &call, 10).await.unwrap_err().code(), Some(42001));
    let tokens: Vec<_> =
        asked.iter().map(|it| it[it.find("token=").unwrap() + 6..][..2].to_owned()).collect();
    assert_eq!(tokens, ["t0", "t1", "t1", "t2"]);
}

#[test]
fn a_wrong_base_address_is_refused() {
    for base in ["", "api.weixin.qq.com", "ftp://x", "https://", "https://x/?a=1", "file:///etc"] {
        let error = Client::new(reqwest_client(), base, Timeouts::default()).unwrap_err();
        assert!(matches!(error, CallError::BaseUrl(_)), "{base}");
    }
}

fn reqwest_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
