//! Figures for Prometheus, at `/metrics`.
//!
//! Counters and histograms are kept here while the server works; figures about rows (waiting
//! jobs, unsent deliveries) are counted when somebody asks.

use ::metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Bounds in seconds: fine where a turn should be, coarse up to the platform's five seconds.
const SECONDS: &[f64] =
    &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 4.5, 10.0];

static REGISTRY: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new();
    let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS).ok()?;
    let handle = builder.install_recorder().ok()?;
    describe();
    Some(handle)
});

/// Begins to count. What is counted before is lost.
pub fn start() {
    if REGISTRY.is_none() {
        tracing::warn!("figures are not available: another recorder is installed");
    }
}

/// All figures in the text form of Prometheus.
pub fn rendered() -> String {
    REGISTRY.as_ref().map(PrometheusHandle::render).unwrap_or_default()
}

/// Moves fresh samples into their buckets. Called every few seconds, so that memory does not
/// grow when nobody asks for the figures.
pub fn upkeep() {
    if let Some(handle) = REGISTRY.as_ref() {
        handle.run_upkeep();
    }
}

/// Counts an answered HTTP request. `route` is the pattern, never the address itself.
pub fn request_answered(method: &'static str, route: &str, status: u16, took: Duration) {
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    histogram!("http_request_seconds", &labels).record(took);
    let class = match status {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    counter!("http_requests_total", "method" => method, "route" => route.to_owned(), "status" => class)
        .increment(1);
}

/// Counts a turn: a platform's push from its arrival to the answer. `outcome` is one of a few
/// fixed words: `answered`, `repeated`, `refused`, …
pub fn turn_finished(outcome: &'static str, took: Duration) {
    histogram!("turn_seconds", "outcome" => outcome).record(took);
}

static PASSED_ON: AtomicI64 = AtomicI64::new(0);

/// Notes the number of an event that listeners got, so that the rest can be counted as waiting.
pub fn passed_on(seq: i64) {
    PASSED_ON.fetch_max(seq, Ordering::Relaxed);
}

/// The last event that listeners got since the start of this process; before the first, all count as heard.
pub fn last_passed_on() -> i64 {
    match PASSED_ON.load(Ordering::Relaxed) {
        0 => i64::MAX,
        seq => seq,
    }
}

/// Sets a figure that was counted just now, with one label of fixed words.
pub fn set_gauge(name: &'static str, label: Option<(&'static str, String)>, value: f64) {
    match label {
        Some((key, word)) => gauge!(name, key => word).set(value),
        None => gauge!(name).set(value),
    }
}

/// Counts a refused log-in, by why: `password` or `limit`.
pub fn login_refused(why: &'static str) {
    counter!("logins_refused_total", "why" => why).increment(1);
}

fn describe() {
    describe_histogram!(
        "http_request_seconds",
        Unit::Seconds,
        "Time to answer an HTTP request, by route pattern"
    );
    describe_counter!("http_requests_total", "Answered HTTP requests");
    describe_histogram!("turn_seconds", Unit::Seconds, "A platform's push from arrival to answer");
    describe_counter!("logins_refused_total", "Refused log-ins");
    describe_gauge!(
        "outbox_lag_seconds",
        Unit::Seconds,
        "Age of the oldest event that is not yet dispatched"
    );
    describe_gauge!("outbox_waiting", "Events that listeners did not get yet");
    describe_gauge!("jobs", "Jobs by state");
    describe_gauge!("deliveries", "Deliveries by state");
    describe_gauge!("database_healthy", "1, or 0 after a failed flush");
    describe_gauge!("build_info", "1, with the version as a label");
}
