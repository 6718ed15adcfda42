//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, DEFAULTS};

use super::load_target::{self, Target};
use super::output::{complain, say};
use super::{api, serve, verify};

/// Chudian (触点): a self-hosted customer-interaction centre.
#[derive(Parser)]
#[command(name = "chudian", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// The configuration file; without it the built-in defaults and the environment count.
        #[arg(long, env = "CHUDIAN_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Print the configuration that would be used, without secrets, or say what is wrong with it.
    CheckConfig {
        /// The configuration file.
        #[arg(long, env = "CHUDIAN_CONFIG")]
        config: Option<PathBuf>,
        /// Print the built-in file instead: every setting with its meaning, to start one's own from.
        #[arg(long)]
        defaults: bool,
    },
    /// Verify the chain of the audit log of every tenant.
    VerifyAudit {
        /// The configuration file.
        #[arg(long, env = "CHUDIAN_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Print the OpenAPI description of the API.
    Openapi,
    /// Serve one safe-mode inbox whose rules come from a file, for load generators of your own.
    LoadTarget(LoadTarget),
}

#[derive(clap::Args)]
struct LoadTarget {
    /// Where to listen: a loopback address.
    #[arg(long)]
    listen: SocketAddr,
    /// The folder for database and files; made when it is not there.
    #[arg(long)]
    data: PathBuf,
    /// Another database than the one in the folder: postgres://…
    #[arg(long)]
    database: Option<String>,
    /// The callback token.
    #[arg(long)]
    token: String,
    /// The EncodingAESKey, 43 characters.
    #[arg(long)]
    aes_key: String,
    /// The AppID.
    #[arg(long)]
    app_id: String,
    /// The account's original id, gh_…
    #[arg(long)]
    account: String,
    /// The rules: {"keywords": {word: answer}, "menu": {digit: text}, "fallback": text}
    #[arg(long)]
    rules: PathBuf,
    /// A knowledge base to load as well: CSV with the columns of the importer.
    #[arg(long)]
    knowledge: Option<PathBuf>,
}

/// Runs the program's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Serve { config } => load(config).and_then(|config| block_on(serve::serve(config))),
        Command::CheckConfig { defaults: true, .. } => {
            say(DEFAULTS.trim_end());
            Ok(())
        }
        Command::CheckConfig { config, .. } => load(config).map(|config| say(config.printed())),
        Command::VerifyAudit { config } => {
            load(config).and_then(|config| block_on(verify::verify_audit(config)))
        }
        Command::Openapi => {
            say(&api::description_text());
            Ok(())
        }
        Command::LoadTarget(it) => block_on(load_target::serve(Target {
            listen: it.listen,
            data: it.data,
            database: it.database,
            token: it.token,
            aes_key: it.aes_key,
            app_id: it.app_id,
            account: it.account,
            rules: it.rules,
            knowledge: it.knowledge,
        })),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::FAILURE
        }
    }
}

fn load(file: Option<PathBuf>) -> Result<Config, String> {
    Config::load(file.as_deref()).map_err(|error| error.to_string())
}

fn block_on(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime could not start: {error}"))?;
    runtime.block_on(work)
}
