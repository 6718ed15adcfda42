//! schemathesis: calls the API as its OpenAPI file describes it, with sensible and senseless input.
//!
//! It looks for server errors and for answers the file does not describe. It cannot see a missing
//! permission (nothing in the file says who may do what): that is the tenant test's work.

use std::time::Duration;

use serde_json::json;

use super::install;
use crate::Result;
use crate::demo;
use crate::process::{self, Scratch, command};
use crate::stages::Verdict;
use crate::workspace::Workspace;

/// The stage of `cargo xtask test`: three minutes at most.
pub(crate) fn stage(workspace: &Workspace) -> Result<Verdict> {
    if let Err(error) = install(workspace) {
        return Ok(Verdict::Skipped(format!("schemathesis cannot be installed: {error}")));
    }
    let server = workspace.build("chudian", &workspace.profile)?;
    let scratch = Scratch::new("schema")?;
    let port = process::free_port()?;
    let base = format!("http://127.0.0.1:{port}");
    let log = std::fs::File::create(scratch.path().join("server.log"))
        .map_err(|error| format!("no log: {error}"))?;
    let mut running = workspace.serve(&server, |command| {
        command.arg("serve").stdout(std::process::Stdio::null()).stderr(log);
        command.env("CHUDIAN__SERVER__LISTEN", format!("127.0.0.1:{port}"));
        command.env("CHUDIAN__SERVER__PUBLIC_URL", &base);
        command.env("CHUDIAN__DATA__FOLDER", scratch.path().join("data"));
        command.env("CHUDIAN__SECRETS__KEY_FILE", scratch.path().join("secret.key"));
        command.env("CHUDIAN__LIMITS__REQUESTS_PER_MINUTE", "1000000");
    })?;
    running.wait_for_port(port, Duration::from_secs(60))?;
    let key = administrator_key(&base)?;

    let mut schemathesis = command("timeout", ["--kill-after=5", "240"]);
    schemathesis.arg(workspace.path(".oracle/schema/bin/schemathesis")).arg("run");
    schemathesis.arg(format!("{base}/openapi.json")).args(["--url", &format!("{base}/api/v1")]);
    schemathesis.args(["--header", &format!("Authorization: Bearer {key}")]);
    schemathesis.args([
        "--checks",
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
    ]);
    // One worker tries more in a minute than two, which wait for each other; and Python 3.11 may fail of itself where two
    // threads parse at a time ("AST constructor recursion depth mismatch", python/cpython issue 106905).
    schemathesis.args([
        "--max-examples",
        "15",
        "--max-time",
        "150",
        "--workers",
        "1",
        "--generation-deterministic",
    ]);
    // It would judge how fast this machine makes its input up, which is no fault of the server's.
    schemathesis.args(["--suppress-health-check", "too_slow"]);
    // Left out: what would take away the key it calls with, and files, whose types are their own.
    schemathesis.args(["--exclude-path-regex", "/live|/session|/api-keys|/users/|/file$"]);
    let said = process::capture(schemathesis.current_dir(scratch.path()));
    println!("{}", said.as_ref().unwrap_or_else(|it| it));
    said.map_err(|all| complaints(&all))?;
    if let Some(status) = running.ended()? {
        return Err(format!("the server ended with {status}"));
    }
    // Refusals satisfy every check: had the key been worth nothing, all of them would have passed.
    let (routes, answers) = successes(&demo::Api::new(&base).text("/metrics")?);
    println!("{answers} requests on {routes} routes were answered with success");
    if routes < 20 || answers < 300 {
        return Err("hardly anything was called with success, so hardly anything was looked at".into());
    }
    Ok(Verdict::Passed)
}

/// What schemathesis complains of, from all that it said: its first lines of failures and errors. Its last lines,
/// which a log keeps, tell only how many there were.
fn complaints(all: &str) -> String {
    const LINES: usize = 80;
    let title = |line: &str, names: &[&str]| {
        line.strip_prefix("===").is_some_and(|rest| names.contains(&rest.trim_matches(['=', ' '])))
    };
    let from_there = all.lines().skip_while(|line| !title(line, &["FAILURES", "ERRORS"]));
    let found: Vec<&str> =
        from_there.take_while(|line| !title(line, &["WARNINGS", "SUMMARY"])).take(LINES).collect();
    if found.is_empty() { all.to_owned() } else { found.join("\n") }
}

/// On how many routes the server answered with success, and how often, by its own figures.
fn successes(metrics: &str) -> (usize, u64) {
    let lines = metrics.lines().filter(|it| it.starts_with("http_requests_total{"));
    let good = lines.filter(|it| it.contains("status=\"2xx\"") && it.contains("/api/v1"));
    let counts: Vec<u64> =
        good.filter_map(|it| it.rsplit_once(' ')?.1.parse().ok()).filter(|it| *it > 0).collect();
    (counts.len(), counts.iter().sum())
}

/// Sets a server up and returns an API key that may do everything its administrator may.
fn administrator_key(base: &str) -> Result<String> {
    let mut api = demo::Api::new(&format!("{base}/api/v1"));
    let administrator = json!({
        "headquarters": "试验总部", "login": "schema.admin", "name": "试验员", "password": "schema-admin-password",
    });
    let session = api.log_in("/setup", &administrator)?;
    let key = api.post("/api-keys", &json!({"name": "schemathesis", "scopes": session["permissions"]}))?;
    key["key"].as_str().map(str::to_owned).ok_or_else(|| format!("no key in {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_failed_run_the_complaints_are_told() {
        let all =
            "=== FUZZING ===\nmuch\n==== ERRORS ====\n\nGET /x\n  Network Error\n=== WARNINGS ===\nfew\n";
        assert_eq!(complaints(all), "==== ERRORS ====\n\nGET /x\n  Network Error");
        assert_eq!(complaints("cannot start"), "cannot start", "without sections all is told");
    }

    #[test]
    fn only_successes_of_the_api_count() {
        let metrics = concat!(
            "http_requests_total{method=\"GET\",route=\"/api/v1/users\",status=\"2xx\"} 7\n",
            "http_requests_total{method=\"POST\",route=\"/api/v1/users\",status=\"2xx\"} 2\n",
            "http_requests_total{method=\"POST\",route=\"/api/v1/users\",status=\"4xx\"} 90\n",
            "http_requests_total{method=\"GET\",route=\"/api/v1/roles\",status=\"2xx\"} 0\n",
            "http_requests_total{method=\"GET\",route=\"/healthz\",status=\"2xx\"} 5\n",
        );
        assert_eq!(successes(metrics), (2, 9));
    }
}
