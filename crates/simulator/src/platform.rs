//! The handle that everything shares: the world behind its lock, the HTTP client, the clock's ticking.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::callback;
use crate::world::World;

/// How often timers are looked at.
const TICK: Duration = Duration::from_millis(50);

/// Shared by all handlers and tasks.
#[derive(Clone)]
pub(crate) struct Platform {
    world: Arc<Mutex<World>>,
    pub(crate) http: reqwest::Client,
}

impl Platform {
    /// A platform with this world.
    pub(crate) fn new(world: World) -> Result<Platform, reqwest::Error> {
        // A second call finds the provider installed; both are the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent("Mozilla/4.0")
            .pool_max_idle_per_host(512)
            .build()?;
        Ok(Platform { world: Arc::new(Mutex::new(world)), http })
    }

    /// The world, locked. Never hold it across an await. A panic of another holder is survived: the state is
    /// a simulator's, half a change is better than none.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world, then sends out what the change has put into the queues.
    pub(crate) fn act<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world();
        let value = change(&mut world);
        let ready = world.pushes.take_ready();
        drop(world);
        for key in ready {
            tokio::spawn(callback::drain(self.clone(), key));
        }
        value
    }

    /// Runs what is due until the program ends.
    pub(crate) async fn tick(self) {
        loop {
            tokio::time::sleep(TICK).await;
            self.act(|world| {
                let now = world.now();
                for timer in world.timers.due(now) {
                    crate::jobs::run(world, timer);
                }
            });
        }
    }
}
