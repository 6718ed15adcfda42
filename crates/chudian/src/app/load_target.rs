//! A door for load generators of your own: the ordinary server with one safe-mode inbox, whose
//! rules come from a JSON file. Everything goes the ordinary way: the same stores, the same
//! callback address, the same bot.
//!
//! Rules: `{"keywords": {word: answer}, "menu": {digit: text}, "fallback": text}`, and optionally
//! `"human": [words]` with `"human_reply": text`. Precedence: menu digit, exact keyword, longest
//! contained keyword, fallback.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use retrieval::keyword::Mode;

use crate::base::content::Content;
use crate::base::id::{InboxId, KeywordId, TenantId};
use crate::base::time::{Clock, Time};
use crate::base::{Error, Result};
use crate::bot::model::{Keyword, KeywordBody};
use crate::bot::settings::{BotSettings, WATCH_ONLY};
use crate::bot::store as bot;
use crate::channels::model::{Inbox, PEOPLE, Secrets, Trouble};
use crate::channels::{book, store as channels};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::import;
use crate::knowledge::model::{AnswerMode, Validity};
use crate::knowledge::store as entries;
use crate::tenants::model::{Tenant, TenantKind};
use crate::tenants::store as tenants;

use crate::web::actor::Actor;

use super::router::router;
use super::{build, serve};

/// The name under which the inbox's callback address ends: fixed, so that a generator can be
/// pointed at it before the server runs. The address is loopback only.
const HOOK: &str = "load";

/// What to serve.
#[derive(Debug)]
pub struct Target {
    /// Where to listen: a loopback address.
    pub listen: SocketAddr,
    /// The folder for database and files.
    pub data: PathBuf,
    /// Another database than the one in the folder.
    pub database: Option<String>,
    /// The callback token.
    pub token: String,
    /// The EncodingAESKey.
    pub aes_key: String,
    /// The AppID.
    pub app_id: String,
    /// The account's original id.
    pub account: String,
    /// The rules.
    pub rules: PathBuf,
    /// A knowledge base to load as well.
    pub knowledge: Option<PathBuf>,
}

/// The rules of a load run.
#[derive(Debug, Serialize, Deserialize)]
struct Rules {
    #[serde(default)]
    keywords: BTreeMap<String, String>,
    #[serde(default)]
    menu: BTreeMap<String, String>,
    fallback: String,
    #[serde(default)]
    human: Vec<String>,
    #[serde(default)]
    human_reply: Option<String>,
}

/// Serves the target until it is told to stop; prints `ready URL` when it can be called.
pub async fn serve(target: Target) -> std::result::Result<(), String> {
    if !target.listen.ip().is_loopback() {
        return Err(format!(
            "--listen {} is no loopback address: a load target is for this machine only",
            target.listen
        ));
    }
    let text = std::fs::read_to_string(&target.rules)
        .map_err(|error| format!("--rules {}: cannot be read ({error})", target.rules.display()))?;
    let rules: Rules = serde_json::from_str(&text)
        .map_err(|error| format!("--rules {}: not what is expected ({error})", target.rules.display()))?;
    let knowledge = match &target.knowledge {
        None => None,
        Some(path) => Some(
            std::fs::read(path)
                .map_err(|error| format!("--knowledge {}: cannot be read ({error})", path.display()))?,
        ),
    };
    let config = configuration(&target)?;
    crate::telemetry::log::start(&config.log);
    crate::telemetry::metrics::start();
    let _lock = serve::lock(&config)?;
    let house = build::build(config, Clock::system()).map_err(|error| error.to_string())?;
    let ctx = house.start().await.map_err(|error| error.to_string())?;
    set_up(&ctx, &target, rules, knowledge).await.map_err(|error| error.to_string())?;
    serve::run_named(router(&ctx), target.listen, &format!("/hooks/wechat/{HOOK}")).await
}

/// The ordinary defaults, with the data where the caller wants it.
fn configuration(target: &Target) -> std::result::Result<Config, String> {
    let data = std::path::absolute(&target.data).map_err(|error| format!("--data: {error}"))?;
    let key = data.with_extension("key");
    let variable = |name: &str, value: String| (format!("CHUDIAN__{name}"), value);
    let mut variables = vec![
        variable("DATA__FOLDER", data.display().to_string()),
        variable("SECRETS__KEY_FILE", key.display().to_string()),
        variable("SERVER__LISTEN", target.listen.to_string()),
        variable("LOG__LEVEL", "warn".to_owned()),
    ];
    if let Some(url) = &target.database {
        variables.push(variable("DATABASE__URL", url.clone()));
    }
    // The control of the power-loss test turns the flush off; the configuration refuses it elsewhere.
    variables.extend(std::env::vars().filter(|(name, _)| {
        matches!(
            name.as_str(),
            "CHUDIAN_TEST_UNSAFE" | "CHUDIAN__DATABASE__SYNCHRONOUS" | "CHUDIAN_SECRET_KEY"
        )
    }));
    std::fs::create_dir_all(&data)
        .map_err(|error| format!("--data {}: cannot be made ({error})", data.display()))?;
    Config::from_parts(None, &variables).map_err(|error| error.to_string())
}

/// Writes tenant, inbox and rules. In a folder that was used before, what is given now takes the place of what
/// was there, in one transaction; the messages stay. The same as before is not written again.
async fn set_up(ctx: &Ctx, target: &Target, rules: Rules, knowledge: Option<Vec<u8>>) -> Result<()> {
    let secrets = Secrets(
        [("token", &target.token), ("aes_key", &target.aes_key), ("app_secret", &"load".to_owned())]
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .into(),
    );
    let settings = serde_json::json!({
        "app_id": target.app_id, "original_id": target.account, "account_kind": "service", "mode": "safe",
    });
    let adapters = ctx.shelf.get::<crate::channels::adapter::Adapters>();
    adapters.get("wechat")?.check_settings(&settings, &secrets).map_err(by_options)?;
    let base = knowledge.as_ref().map(|it| hex::encode(Sha256::digest(it)));
    let mark = fingerprint(&(&rules, &secrets, &settings, base))?;
    let known = ctx.db.read(|tx| channels::find_by_hook(tx, HOOK)).await?.map(|it| it.inbox);
    if known.as_ref().is_some_and(|it| it.name == mark) {
        return Ok(());
    }
    let id: InboxId = known.as_ref().map_or_else(|| ctx.ids.make(ctx.clock.now()), |it| it.id);
    let plain = serde_json::to_vec(&secrets).map_err(no_json)?;
    let sealed = ctx.secrets.seal(&book::purpose(id), &plain)?;
    let inbox = ctx
        .db
        .write(move |tx| {
            let inbox = Inbox {
                id,
                tenant: known.as_ref().map_or_else(|| load_tenant(tx), |it| Ok(it.tenant))?,
                kind: "wechat".to_owned(),
                name: "load".to_owned(),
                hook_key: HOOK.to_owned(),
                settings,
                created_at: tx.now(),
                disabled_at: None,
            };
            if known.is_some() {
                channels::update(tx, &inbox)?;
                channels::set_secrets(tx, &inbox, &sealed)?;
                channels::forget_platform(tx, &inbox)?;
                bot::delete_all_keywords(tx, inbox.tenant)?;
                entries::delete_all(tx, inbox.tenant)?;
            } else {
                channels::insert(tx, &inbox, &sealed)?;
            }
            channels::put_trouble(tx, inbox.tenant, id, &no_platform(tx.now()))?;
            write_rules(tx, inbox.tenant, rules)?;
            Ok(inbox)
        })
        .await?;
    if let Some(bytes) = knowledge {
        let how = import::How { publish: true, accept_fall: true, ..import::How::default() };
        let report = import::import(ctx, &Actor::system(inbox.tenant), bytes, how).await?;
        if let Some(wrong) = report.errors.first() {
            let message = format!("--knowledge: row {}: {}", wrong.place.row, wrong.message);
            return Err(Error::invalid("load.knowledge", message));
        }
    }
    // Only now is it all there: whoever is stopped before begins anew.
    ctx.db.write(move |tx| channels::update(tx, &Inbox { name: mark, ..inbox })).await
}

/// What is wrong with each option, under the name that it has on the command line.
fn by_options(wrong: Error) -> Error {
    let options = wrong.fields.iter().map(|(field, why)| {
        let name = field.rsplit('.').next().unwrap_or(field).replace('_', "-");
        let name = if name == "original-id" { "account" } else { &name };
        format!("--{name}: {why}")
    });
    let told = options.collect::<Vec<_>>().join("; ");
    if told.is_empty() { wrong } else { Error::invalid("load.options", told) }
}

/// The name of the inbox, by which the next run knows that nothing is to be written.
fn fingerprint(what: &impl Serialize) -> Result<String> {
    let bytes = serde_json::to_vec(what).map_err(no_json)?;
    Ok(format!("load {}", hex::encode(&Sha256::digest(bytes)[..12])))
}

fn no_json(error: serde_json::Error) -> Error {
    Error::internal("load.json", "what to serve could not be written down").because(error)
}

/// No platform stands behind it that could be asked who its people are.
fn no_platform(since: Time) -> Trouble {
    let (code, message) = ("load.no_platform".to_owned(), "a load target has no platform to ask".to_owned());
    Trouble { feature: PEOPLE.to_owned(), code, message, since, until: None }
}

/// A member without users: nobody logs in to it.
fn load_tenant(tx: &mut Tx<'_>) -> Result<TenantId> {
    let tenant = Tenant {
        id: tx.new_id(),
        parent: None,
        kind: TenantKind::Member,
        name: "load".to_owned(),
        code: "load".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        region: String::new(),
        created_at: tx.now(),
        closed: false,
    };
    tenants::insert_tenant(tx, &tenant)?;
    Ok(tenant.id)
}

fn write_rules(tx: &mut Tx<'_>, tenant: TenantId, rules: Rules) -> Result<()> {
    for (digit, text) in &rules.menu {
        // A digit is an exact keyword of one character here: the flat menu of a load run has no state.
        // It comes before a keyword of the same text.
        write_keyword(tx, tenant, digit, Mode::Exact, text, 1)?;
    }
    for (word, answer) in &rules.keywords {
        write_keyword(tx, tenant, word, Mode::Exact, answer, 0)?;
        write_keyword(tx, tenant, word, Mode::ContainsAny, answer, 0)?;
    }
    for word in &rules.human {
        // Answered each time: a queue would fall silent after the first.
        write_keyword(
            tx,
            tenant,
            word,
            Mode::Exact,
            rules.human_reply.as_deref().unwrap_or(&rules.fallback),
            0,
        )?;
    }
    let settings = BotSettings {
        fallback: vec![Content::text(rules.fallback)],
        hand_over_words: Vec::new(),
        // A generator says the same words again and again; the guard against two machines that talk
        // to each other would stop it. It goes on counting, so that a turn writes what it writes elsewhere.
        most_answers_a_minute: WATCH_ONLY,
        ..BotSettings::default()
    };
    let (_, version) = bot::get_settings(tx, tenant)?;
    bot::put_settings(tx, tenant, &settings, version + 1)?;
    Ok(())
}

fn write_keyword(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    word: &str,
    mode: Mode,
    answer: &str,
    priority: i32,
) -> Result<()> {
    let body = KeywordBody {
        words: vec![word.to_owned()],
        mode,
        answers: vec![Content::text(answer)],
        answer_mode: AnswerMode::InOrder,
        priority,
        validity: Validity::default(),
        enabled: true,
    };
    let (id, updated_at): (KeywordId, Time) = (tx.new_id(), tx.now());
    bot::insert_keyword(tx, tenant, &Keyword { id, body: body.tidy()?, version: 1, updated_at })
}
