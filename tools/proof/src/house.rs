//! The whole server (`chudian serve`) with one company in it, whose account leads to a pretend
//! platform: for what a load target has not, people at the console and messages that leave.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::Result;
use crate::account::ACCOUNT;
use crate::console::Console;
use crate::target::{ANY_PORT, Target, launch, not_ready};

const HEADQUARTERS: &str = "proof-root";
const MEMBER: &str = "proof-member";
/// Nobody else can reach the server, and it lives for minutes.
const PASSWORD: &str = "a long proof password 27";

/// How to start it, again and again on the same data.
pub(crate) struct House {
    server: PathBuf,
    /// `data` and the key lie in it.
    folder: PathBuf,
    database: Option<String>,
    /// The callback's path.
    pub(crate) hook: String,
}

impl House {
    /// A new house: starts the server on an empty folder, makes a company with one administrator, and
    /// connects a safe-mode account whose platform answers at `platform`.
    pub(crate) async fn found(
        server: &Path,
        folder: &Path,
        database: Option<String>,
        platform: &str,
    ) -> Result<(House, Target, Console)> {
        crate::target::fresh(folder)?;
        let mut house =
            House { server: server.to_owned(), folder: folder.to_owned(), database, hook: String::new() };
        let target = house.start()?;
        let mut root = Console::open(&target.address).await?;
        let setup = json!({
            "headquarters": "集团总部", "login": HEADQUARTERS, "name": "总部管理员", "password": PASSWORD,
        });
        root.log_in("/setup", &setup).await?;
        let company = json!({
            "name": "检验公司", "code": "proof", "time_zone": "Asia/Shanghai",
            "administrator": {"login": MEMBER, "name": "管理员", "password": PASSWORD},
        });
        root.post("/tenants", &company).await?;
        let mut member = Console::open(&target.address).await?;
        member.log_in("/session", &json!({"login": MEMBER, "password": PASSWORD})).await?;
        let inbox = json!({
            "kind": "wechat", "name": "检验公众号",
            "settings": {
                "app_id": ACCOUNT.app_id, "original_id": ACCOUNT.name, "account_kind": "service",
                "mode": "safe", "api_base": platform,
            },
            "secrets": {
                "app_secret": ACCOUNT.secret, "token": ACCOUNT.token, "aes_key": ACCOUNT.aes_key,
            },
        });
        let inbox = member.post("/inboxes", &inbox).await?;
        let url = inbox["hook_url"].as_str().unwrap_or_default();
        let at = url.find("/hooks/").ok_or_else(|| format!("the inbox has no callback address: {inbox}"))?;
        url[at..].clone_into(&mut house.hook);
        Ok((house, target, member))
    }

    /// Starts the server on what is there.
    pub(crate) fn start(&self) -> Result<Target> {
        let mut command = Command::new(&self.server);
        let set = |name: &str| format!("CHUDIAN__{name}");
        // Nobody follows its own links here: they need not name the port that the system will give.
        command.arg("serve").env(set("SERVER__PUBLIC_URL"), "http://127.0.0.1");
        command.env(set("SERVER__LISTEN"), ANY_PORT);
        command.env(set("DATA__FOLDER"), self.folder.join("data"));
        command.env(set("SECRETS__KEY_FILE"), self.folder.join("secret.key"));
        command.env(set("EGRESS__ALLOWED_PRIVATE"), "127.0.0.1");
        // The judge asks faster than people do.
        command.env(set("LIMITS__REQUESTS_PER_MINUTE"), "1000000");
        command.env(set("LOG__LEVEL"), "warn");
        if let Some(url) = &self.database {
            command.env(set("DATABASE__URL"), url);
        }
        let log = self.folder.join("server.log");
        launch(command, &log)?.ok_or_else(|| not_ready(&log))
    }

    /// The SQLite file of the data folder; `None` on PostgreSQL.
    pub(crate) fn sqlite_file(&self) -> Option<PathBuf> {
        self.database.is_none().then(|| self.folder.join("data/chudian.sqlite"))
    }

    pub(crate) fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }
}

/// Changes single fields of the bot's settings and leaves the others as they are.
pub(crate) async fn change_bot(console: &mut Console, changes: &Value) -> Result<()> {
    let mut settings = console.get("/bot/settings").await?;
    let (Some(settings), Some(changes)) = (settings.as_object_mut(), changes.as_object()) else {
        return Err("the bot's settings are no object".into());
    };
    settings.extend(changes.clone());
    console.put("/bot/settings", &Value::Object(settings.clone())).await.map(drop)
}
