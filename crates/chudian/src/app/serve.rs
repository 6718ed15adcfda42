//! Runs the server until it is told to stop, then lets what is under way finish.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket};

use crate::base::time::Clock;
use crate::config::Config;
use crate::delivery::deliver;
use crate::telemetry;

use super::build;
use super::output::say;
use super::router::router;

/// How long requests may take to finish after a signal to stop: a little longer than the longest
/// callback. A connection that was opened and never used would otherwise be waited for.
const DRAIN: Duration = Duration::from_secs(6);

/// How long the platforms may take for what is with them when everything else has ended.
const LAST_DELIVERIES: Duration = Duration::from_secs(3);

/// How often, a tenth of a second apart, the folder of a server that was just killed is tried: its lock
/// ends with its last thread.
const TRIES_FOR_FOLDER: u32 = 20;

/// How many connections may wait to be taken in. When a proxy or a thousand screens come back at once,
/// a connection for which there is no room is dropped, and the other side tries again only after a
/// second. The system may lower it (`net.core.somaxconn`).
const WAITING_CONNECTIONS: u32 = 4096;

/// Runs the server with this configuration.
pub async fn serve(config: Config) -> Result<(), String> {
    telemetry::log::start(&config.log);
    telemetry::metrics::start();
    let listen = config.server.listen;
    let _lock = lock(&config)?;
    let house = build::build(config, Clock::system()).map_err(|error| error.to_string())?;
    // Before anything is sent anywhere.
    crate::channels::simulated::refuse(&house.ctx).await?;
    let ctx = house.start().await.map_err(|error| error.to_string())?;
    let served = run(router(&ctx), listen).await;
    deliver::finish(&ctx, LAST_DELIVERIES).await;
    served
}

/// Listens, says so on the first line, and serves.
async fn run(router: Router, listen: SocketAddr) -> Result<(), String> {
    run_named(router, listen, "").await
}

/// The same; the first line names this path of the server.
pub(super) async fn run_named(router: Router, listen: SocketAddr, path: &str) -> Result<(), String> {
    let listener = open(listen)
        .map_err(|error| format!("cannot listen on {listen} ({error}): is another server running there?"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    say(&format!("ready http://{address}{path}"));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(told_to_stop());
    tokio::select! {
        ended = served => ended.map_err(|error| error.to_string()),
        () = async { told_to_stop().await; tokio::time::sleep(DRAIN).await } => Ok(()),
    }
}

fn open(listen: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if listen.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that starts again at once meets the last connections of its forerunner.
    socket.set_reuseaddr(true)?;
    socket.bind(listen)?;
    socket.listen(WAITING_CONNECTIONS)
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

/// One server at a time in a data folder: two would each believe to be the only writer.
pub(super) fn lock(config: &Config) -> Result<std::fs::File, String> {
    let folder = &config.data.folder;
    let mut builder = std::fs::DirBuilder::new();
    // What customers write is for nobody else on the machine.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).map_err(|error| {
        format!(
            "data.folder: cannot make {} ({error}); name a folder that this user may write in",
            folder.display()
        )
    })?;
    let path = folder.join("server.lock");
    let file = std::fs::File::create(&path).map_err(|error| {
        format!(
            "data.folder: cannot write in {} ({error}); give it to this user, or name another",
            folder.display()
        )
    })?;
    for _ in 0..TRIES_FOR_FOLDER {
        if file.try_lock().is_ok() {
            return Ok(file);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!(
        "data.folder: another server works in {}; stop it first, or choose another folder",
        folder.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_connections_at_once_find_room_before_anybody_takes_them_in() {
        let listener = open(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let most = Duration::from_millis(900);
        let opened: Vec<_> = (0..300)
            .map(|_| std::net::TcpStream::connect_timeout(&address, most))
            .collect::<Result<_, _>>()
            .expect("a dropped connection is tried again after a second");
        assert_eq!(opened.len(), 300);
    }
}
