//! A production server does not talk to a simulated platform: what it sends would reach nobody.

use std::time::Duration;

use crate::channels::store;
use crate::ctx::Ctx;
use crate::egress;

/// What every answer of the simulator carries.
const MARK: &str = "x-chudian-simulator";

/// Refuses to go on when an inbox leads to a simulator, unless the operator said that this is a demo.
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

/// Whether the simulator answers at this address. Who does not answer at all is no simulator.
pub async fn is_simulated(ctx: &Ctx, base: &str) -> bool {
    if egress::check(&ctx.config.egress, base).is_err() {
        return false;
    }
    let asked = ctx.http.get(base).timeout(Duration::from_secs(2)).send().await;
    asked.is_ok_and(|it| it.headers().contains_key(MARK))
}
