//! Figures for Prometheus, at `/metrics`.
//!
//! Counters and histograms are kept here while the server works; figures about rows (waiting
//! jobs, unsent deliveries) are counted when somebody asks.

use ::metrics::{
    Counter, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
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

static STARTED: AtomicBool = AtomicBool::new(false);

/// Begins to count. What is counted before is lost.
pub fn start() {
    STARTED.store(REGISTRY.is_some(), Ordering::Relaxed);
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

/// The figures of one route and method, looked up once: a look-up by labels costs more than
/// counting does, and callbacks come by the thousand.
struct Route {
    seconds: Histogram,
    answers: [Counter; 5],
}

/// Answers by their first digit.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Each route's handles, by pattern and then by method.
type Routes = HashMap<String, Vec<(&'static str, Arc<Route>)>>;

static ROUTES: LazyLock<RwLock<Routes>> = LazyLock::new(RwLock::default);
static TURNS: LazyLock<RwLock<HashMap<&'static str, Histogram>>> = LazyLock::new(RwLock::default);

/// Counts an answered HTTP request. `route` is the pattern, never the address itself.
pub fn request_answered(method: &'static str, route: &str, status: u16, took: Duration) {
    if !STARTED.load(Ordering::Relaxed) {
        return;
    }
    let figures = known_route(method, route).unwrap_or_else(|| new_route(method, route));
    figures.seconds.record(took);
    let class = usize::from(status / 100).clamp(1, CLASSES.len());
    figures.answers[class - 1].increment(1);
}

fn known_route(method: &'static str, route: &str) -> Option<Arc<Route>> {
    let routes = ROUTES.read().unwrap_or_else(PoisonError::into_inner);
    let (_, figures) = routes.get(route)?.iter().find(|(it, _)| *it == method)?;
    Some(Arc::clone(figures))
}

fn new_route(method: &'static str, route: &str) -> Arc<Route> {
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    let figures = Arc::new(Route {
        seconds: histogram!("http_request_seconds", &labels),
        answers: CLASSES.map(
            |class| counter!("http_requests_total", "method" => method, "route" => route.to_owned(), "status" => class),
        ),
    });
    let mut routes = ROUTES.write().unwrap_or_else(PoisonError::into_inner);
    routes.entry(route.to_owned()).or_default().push((method, Arc::clone(&figures)));
    figures
}

/// Counts a turn: a platform's push from its arrival to the answer. `outcome` is one of a few
/// fixed words: `answered`, `repeated`, `refused`, …
pub fn turn_finished(outcome: &'static str, took: Duration) {
    if !STARTED.load(Ordering::Relaxed) {
        return;
    }
    if let Some(figure) = TURNS.read().unwrap_or_else(PoisonError::into_inner).get(outcome) {
        figure.record(took);
        return;
    }
    let figure = histogram!("turn_seconds", "outcome" => outcome);
    figure.record(took);
    TURNS.write().unwrap_or_else(PoisonError::into_inner).insert(outcome, figure);
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

/// Counts a callback that was refused at the door: a wrong signature, a body that cannot be opened.
pub fn callback_refused() {
    counter!("callbacks_refused_total").increment(1);
}

/// Counts a generated answer that was wanted, by how it ended (`said`, `dropped`, or why not), and how long the
/// customer waited.
pub fn generation_ended(outcome: &'static str, took: Duration) {
    counter!("generations_total", "outcome" => outcome).increment(1);
    histogram!("generation_seconds").record(took);
}

/// Counts tokens that a model took.
pub fn generation_tokens(count: i64) {
    counter!("generation_tokens_total").increment(count.max(0).unsigned_abs());
}

fn describe() {
    describe_counter!("generations_total", "Generated answers that were wanted, by how they ended");
    describe_histogram!(
        "generation_seconds",
        Unit::Seconds,
        "From the question to the end of its generation"
    );
    describe_counter!("generation_tokens_total", "Tokens of generated answers");
    describe_histogram!(
        "http_request_seconds",
        Unit::Seconds,
        "Time to answer an HTTP request, by route pattern"
    );
    describe_counter!("http_requests_total", "Answered HTTP requests");
    describe_histogram!("turn_seconds", Unit::Seconds, "A platform's push from arrival to answer");
    describe_counter!("logins_refused_total", "Refused log-ins");
    describe_counter!("callbacks_refused_total", "Callbacks refused at the door");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_turns_are_counted_by_route_and_outcome() {
        start();
        for status in [200, 204, 404, 99, 999] {
            request_answered("GET", "/x/{id}", status, Duration::from_millis(3));
        }
        request_answered("POST", "/x/{id}", 201, Duration::from_millis(3));
        turn_finished("answered", Duration::from_millis(1));
        turn_finished("answered", Duration::from_millis(1));
        callback_refused();
        let told = rendered();
        for line in [
            "callbacks_refused_total 1",
            r#"http_requests_total{method="GET",route="/x/{id}",status="2xx"} 2"#,
            r#"http_requests_total{method="GET",route="/x/{id}",status="4xx"} 1"#,
            r#"http_requests_total{method="GET",route="/x/{id}",status="5xx"} 1"#,
            r#"http_requests_total{method="POST",route="/x/{id}",status="2xx"} 1"#,
            r#"http_request_seconds_count{method="GET",route="/x/{id}"} 5"#,
            r#"turn_seconds_count{outcome="answered"} 2"#,
        ] {
            assert!(told.contains(line), "{line} is missing in\n{told}");
        }
    }
}
