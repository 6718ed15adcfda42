//! The `simulator` program.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;

/// A pretend WeChat platform with a phone page, for tests, demos and training.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:7301")]
    listen: SocketAddr,
    /// Address under which others reach the simulator, when it is another one.
    #[arg(long)]
    public_url: Option<String>,
    /// So many people with names are there from the start.
    #[arg(long, default_value_t = 5)]
    seed_people: usize,
    /// Allow an address that other machines can reach. Nothing is protected by a password.
    #[arg(long)]
    open_to_network: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "warn,simulator=info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    if !arguments.listen.ip().is_loopback() && !arguments.open_to_network {
        tracing::error!(
            "{} can be reached by other machines; add --open-to-network if that is meant",
            arguments.listen
        );
        return ExitCode::FAILURE;
    }
    let options = simulator::Options {
        listen: arguments.listen,
        public_url: arguments.public_url,
        seed_people: arguments.seed_people.min(10_000),
    };
    match simulator::start(options).await {
        Ok(running) => {
            // Programs that start the simulator wait for this line; a closed pipe is no reason to stop.
            let _ = writeln!(std::io::stdout(), "ready http://{}", running.address);
            let ended = running.server.await;
            tracing::error!("the server ended: {ended:?}");
            ExitCode::FAILURE
        }
        Err(error) => {
            tracing::error!("cannot listen on {}: {error}", arguments.listen);
            ExitCode::FAILURE
        }
    }
}
