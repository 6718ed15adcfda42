//! A production server does not talk to a simulated platform: what it sends would reach nobody.

use std::time::Duration;

use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::egress;

use super::store;

/// What every answer of the simulator carries.
const MARK: &str = "x-chudian-simulator";

/// Refuses to start when an inbox leads to a simulator, unless the operator said that this is a demo.
pub async fn refuse(ctx: &Ctx) -> Result<(), String> {
    if ctx.config.demo.allow_simulator {
        return Ok(());
    }
    let bases = ctx.db.read(store::list_all_settings).await.map_err(|error| error.to_string())?;
    for (name, settings) in bases {
        let Some(base) = settings.get("api_base").and_then(serde_json::Value::as_str) else { continue };
        if is_simulated(ctx, base).await {
            return Err(format!(
                "the inbox “{name}” leads to a simulated platform ({base}): give it the real address, switch it off, \
                 or set demo.allow_simulator = true when this server is a demo"
            ));
        }
    }
    Ok(())
}

/// Refuses settings that lead to a simulator: asked whenever an inbox is connected, changed or checked.
///
/// # Errors
/// `Invalid`, naming the field.
pub async fn refuse_settings(ctx: &Ctx, settings: &serde_json::Value) -> Result<()> {
    let Some(base) = settings.get("api_base").and_then(serde_json::Value::as_str) else { return Ok(()) };
    if ctx.config.demo.allow_simulator || !is_simulated(ctx, base).await {
        return Ok(());
    }
    let message = format!(
        "{base} is a simulated platform, and this server is no demo: what it sends would reach nobody. Leave \
         api_base out for the real platform, or set demo.allow_simulator = true in the server's configuration"
    );
    Err(Error::invalid("inbox.simulated", message).field("settings.api_base", "a simulated platform"))
}

/// Whether the simulator answers at this address. Who does not answer at all is no simulator.
pub async fn is_simulated(ctx: &Ctx, base: &str) -> bool {
    if egress::check(&ctx.config.egress, base).is_err() {
        return false;
    }
    let asked = ctx.http.get(base).timeout(Duration::from_secs(2)).send().await;
    asked.is_ok_and(|it| it.headers().contains_key(MARK))
}
