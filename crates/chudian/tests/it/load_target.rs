//! The door for load generators: the program itself, started twice in one folder.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chudian::base::id::IdMaker;
use chudian::base::time::Clock;
use chudian::db::{Db, Settings, args};
use serde_json::{Value, json};
use wechat::callback::platform::{self, Stamp};
use wechat::callback::{Account, Mode};
use wechat::crypto::AesKey;
use wechat::element::{Element, Format};

use crate::support::engines;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// The program at work; it ends with this.
struct Target {
    child: Child,
    hook: String,
    token: String,
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(folder: &Path, url: &str, token: &str, rules: &Value, knowledge: Option<&str>) -> Target {
    let path = folder.join("rules.json");
    std::fs::write(&path, rules.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chudian"));
    command.args(["load-target", "--listen", "127.0.0.1:0", "--token", token, "--aes-key", KEY]);
    command.args(["--app-id", "wx2c2769f8efd9abc2", "--account", "gh_5f1c2a3b4d5e", "--database", url]);
    command.arg("--data").arg(folder.join("data")).arg("--rules").arg(&path);
    if let Some(table) = knowledge {
        let path = folder.join("base.csv");
        std::fs::write(&path, table).unwrap();
        command.arg("--knowledge").arg(path);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let hook = line.trim().strip_prefix("ready ").unwrap_or_else(|| panic!("not ready: {line}")).to_owned();
    Target { child, hook, token: token.to_owned() }
}

impl Target {
    /// The status and text that a customer's message gets.
    async fn says(&self, sender: &str, number: u32, text: &str) -> (u16, String) {
        self.says_with(&self.token, sender, number, text).await
    }

    async fn says_with(&self, token: &str, sender: &str, number: u32, text: &str) -> (u16, String) {
        let account = Account {
            token: token.to_owned(),
            app_id: "wx2c2769f8efd9abc2".to_owned(),
            original_id: None,
            aes_key: Some(AesKey::parse(KEY).unwrap()),
            previous_aes_key: None,
            mode: Mode::Safe,
        };
        let (id, at) = (number.to_string(), (1_795_226_400 + i64::from(number)).to_string());
        let fields = [
            ("ToUserName", "gh_5f1c2a3b4d5e"),
            ("FromUserName", sender),
            ("CreateTime", at.as_str()),
            ("MsgType", "text"),
            ("Content", text),
            ("MsgId", id.as_str()),
        ];
        let push =
            Element::parent("xml", fields.map(|(name, text)| Element::text(name, text.to_owned())).to_vec());
        let stamp = Stamp { timestamp: at.clone(), nonce: "n".to_owned(), random16: [7; 16] };
        let delivery = platform::deliver(&account, &push, Format::Xml, &stamp);
        let it = &delivery.query;
        let url = format!(
            "{}?signature={}&msg_signature={}&timestamp={}&nonce={}&encrypt_type=aes",
            self.hook, it.signature, it.msg_signature, it.timestamp, it.nonce
        );
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.post(url).body(delivery.body).send().await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        let plain = platform::open_answer(&account, &body, 1_000_000).unwrap_or_default();
        let plain = String::from_utf8(plain).unwrap();
        let text = plain.split("<Content><![CDATA[").nth(1).and_then(|it| it.split("]]>").next());
        (status, text.unwrap_or(&plain).to_owned())
    }
}

#[tokio::test]
async fn what_is_given_now_takes_the_place_of_what_was_there() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for (number, (url, folder)) in engines().into_iter().enumerate() {
        let place = std::env::temp_dir().join(format!("chudian-load-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&place).unwrap();
        let first = json!({ "keywords": { "话费": "十元" }, "menu": { "1": "一" }, "fallback": "不懂" });
        let base = "question,answer\n宽带多少钱,一百\n";
        {
            let target = start(&place, &url, "firsttoken", &first, Some(base));
            for (number, text, said) in [(1, "话费", "十元"), (2, "1", "一"), (3, "宽带多少钱", "一百")]
            {
                assert_eq!(target.says("oLoad1", number, text).await, (200, said.to_owned()));
            }
            // The guard goes on counting and stops nobody.
            for number in 10..30 {
                assert_eq!(target.says("oLoad2", number, "话费").await.1, "十元");
            }
        }
        {
            let same = start(&place, &url, "firsttoken", &first, Some(base));
            assert_eq!(same.says("oLoad1", 4, "话费").await.1, "十元");
        }
        let second = json!({ "keywords": { "流量": "五元" }, "menu": {}, "fallback": "再说一次" });
        let target = start(&place, &url, "othertoken", &second, None);
        for (number, text, said) in [
            (5, "流量", "五元"),
            (6, "话费", "再说一次"),
            (7, "1", "再说一次"),
            (8, "宽带多少钱", "再说一次"),
        ] {
            assert_eq!(target.says("oLoad1", number, text).await, (200, said.to_owned()), "{text}");
        }
        assert_eq!(target.says_with("firsttoken", "oLoad1", 9, "流量").await.0, 403, "the former token");
        drop(target);
        // Its turns wrote what a tenant's turns write: also what the bot remembers.
        let settings = Settings { url, flush_each_commit: true, readers: 1, authorities: None };
        let (db, _) = Db::open(&settings, Clock::system(), IdMaker::new(1)).unwrap();
        let count = |tx: &mut chudian::db::Tx<'_>| {
            tx.first("select count(*) from bot_sessions", args![], |row| row.get::<i64>(0))
        };
        assert_eq!(db.read(count).await.unwrap(), Some(2));
        drop(folder);
        let _ = std::fs::remove_dir_all(&place);
    }
}

#[test]
fn a_wrong_option_is_named_and_nothing_is_served() {
    let folder = std::env::temp_dir().join(format!("chudian-load-wrong-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let rules = folder.join("rules.json");
    std::fs::write(&rules, json!({ "fallback": "不懂" }).to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chudian"));
    command.args(["load-target", "--listen", "127.0.0.1:0", "--token", "t", "--aes-key", "short"]);
    command.args(["--app-id", "wx2c2769f8efd9abc2", "--account", "shop"]);
    command.arg("--data").arg(folder.join("data")).arg("--rules").arg(&rules);
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty(), "{told}");
    for option in ["--token: 3 to 32", "--aes-key: the EncodingAESKey", "--account: the original id"] {
        assert!(told.contains(option), "{option} in: {told}");
    }
    assert!(!told.contains("--app-id"), "{told}");
    let _ = std::fs::remove_dir_all(&folder);
}
