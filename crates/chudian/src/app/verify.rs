//! `chudian verify-audit`: walks the chain of every tenant's audit log.

use crate::audit::ops as audit;
use crate::base::time::Clock;
use crate::config::Config;

use super::output::say;
use super::{build, serve};

/// Verifies all chains, one line each. Fails when one is broken.
///
/// Like a server it brings the tables up to date, so it does not run beside one: while the house is
/// open, the API verifies.
pub async fn verify_audit(config: Config) -> Result<(), String> {
    let _lock = serve::lock(&config)?;
    let house = build::build(config, Clock::system()).map_err(|error| error.to_string())?;
    let verdicts = audit::verify_all(&house.ctx).await.map_err(|error| error.to_string())?;
    let mut broken = 0;
    for (tenant, verdict, head) in verdicts {
        // The same words as the hourly anchor in the server's log, to compare with.
        let end = head.map(|it| format!(", hash={}", hex::encode(it.hash))).unwrap_or_default();
        match verdict.broken_at {
            None => say(&format!("{tenant}: unbroken, number={}{end}", verdict.checked)),
            Some(number) => {
                broken += 1;
                say(&format!("{tenant}: BROKEN at record {number}"));
            }
        }
    }
    if broken == 0 {
        Ok(())
    } else {
        Err(format!("{broken} audit logs are broken: keep the database as it is and look at its backups"))
    }
}
