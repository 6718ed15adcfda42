//! How the server is: for supervisors (`/healthz`, `/readyz`) and for Prometheus (`/metrics`).

mod store;

use crate::base::Error;
use crate::ctx::Ctx;
use crate::telemetry::metrics;
use crate::web::error::Problem;
use crate::web::extract::absent;
use crate::web::source::Source;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use std::net::IpAddr;
use std::time::Duration;

/// How long the database may take to show that it can be written.
const PATIENCE: Duration = Duration::from_secs(2);

/// The routes; they need no log-in and tell nothing about tenants.
pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
}

/// Ready means: a transaction gets onto the disk. The tables were brought up to date before we listened.
async fn ready(State(ctx): State<Ctx>) -> Result<&'static str, Problem> {
    let unready = |why: &str| {
        let message = format!("the database {why}; nothing is acknowledged until it works again");
        Problem(Error::busy("server.unready", message).retry_after(5))
    };
    if !ctx.db.is_healthy() {
        return Err(unready("stopped after a failed flush and needs a restart"));
    }
    match tokio::time::timeout(PATIENCE, ctx.db.write(store::touch)).await {
        Ok(Ok(())) => Ok("ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the server is not ready: the database cannot be written");
            Err(unready("cannot be written"))
        }
        Err(_) => Err(unready("does not answer in time")),
    }
}

/// The figures, for collectors on this machine or network only.
async fn figures(State(ctx): State<Ctx>, Extension(source): Extension<Source>) -> Response {
    if !is_near(source.0) {
        return Problem(absent()).into_response();
    }
    metrics::set_gauge("build_info", Some(("version", env!("CARGO_PKG_VERSION").to_owned())), 1.0);
    metrics::set_gauge("database_healthy", None, f64::from(u8::from(ctx.db.is_healthy())));
    let passed_on = metrics::last_passed_on();
    match ctx.db.read(move |tx| store::count(tx, passed_on)).await {
        Ok(counts) => publish(&counts),
        Err(error) => tracing::warn!(%error, "rows could not be counted for the figures"),
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::rendered())
        .into_response()
}

fn publish(counts: &store::Counts) {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
    let figure = |number: i64| number as f64;
    metrics::set_gauge("outbox_waiting", None, figure(counts.outbox_waiting));
    metrics::set_gauge("outbox_lag_seconds", None, figure(counts.outbox_lag) / 1000.0);
    for (state, number) in &counts.jobs {
        metrics::set_gauge("jobs", Some(("state", (*state).to_owned())), figure(*number));
    }
    for (state, number) in &counts.deliveries {
        metrics::set_gauge("deliveries", Some(("state", state.clone())), figure(*number));
    }
}

/// Whether an address is of this machine or of a private network.
fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => it.is_loopback() || it.is_private() || it.is_link_local(),
        IpAddr::V6(it) => it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn figures_stay_in_the_house() {
        for (address, expected) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.1.2.3", true),
            ("::ffff:192.168.1.1", true),
            ("8.8.8.8", false),
            ("2001:db8::1", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(is_near(address.parse().unwrap()), expected, "{address}");
        }
    }
}
