//! The sentence encoder on this machine: read when a tenant first wants it, given back when nobody does.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use encoder::Encoder;

use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::ctx::Ctx;

/// A folder that was no good is looked at again after so long: somebody may have fetched the model meanwhile.
const TRY_AGAIN: i64 = 20 * Time::SECOND;

/// What is known of the encoder in this process.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    present: Weak<Encoder>,
    failure: Option<(Time, &'static str, String)>,
}

/// The encoder, from memory or from its folder.
///
/// # Errors
/// `Missing` or `Invalid` when the folder has no proper model, with what to do.
pub(super) async fn open(ctx: &Ctx) -> Result<Arc<Encoder>> {
    let shelf = ctx.shelf.get::<Shelf>();
    let (folder, now) = (ctx.config.models.directory.clone(), ctx.clock.now());
    let opened = tokio::task::spawn_blocking(move || {
        // Held while it is read: whoever comes meanwhile takes the same one.
        let mut state = shelf.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(present) = state.present.upgrade() {
            return Ok(present);
        }
        if let Some((at, code, message)) = &state.failure
            && now.since(*at) < TRY_AGAIN
        {
            return Err(Error::invalid(code, message.clone()));
        }
        match read(&folder) {
            Ok(encoder) => {
                *state = State { present: Arc::downgrade(&encoder), failure: None };
                Ok(encoder)
            }
            Err((code, message)) => {
                state.failure = Some((now, code, message.clone()));
                Err(Error::invalid(code, message))
            }
        }
    });
    opened
        .await
        .map_err(|error| Error::internal("model.local", "the encoder could not be read").because(error))?
}

fn read(folder: &Path) -> Result<Arc<Encoder>, (&'static str, String)> {
    match Encoder::open(folder) {
        Ok(encoder) => Ok(Arc::new(encoder)),
        Err(error @ encoder::Error::Unreadable { .. }) => Err(("model.files_missing", error.to_string())),
        Err(error) => Err(("model.files_damaged", error.to_string())),
    }
}
