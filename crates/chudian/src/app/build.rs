//! Builds the house: database, handles, adapters, and the tasks that run beside the requests.

use std::sync::Arc;

use crate::adapters::wechat::WechatAdapter;
use crate::base::id::IdMaker;
use crate::base::secret::SecretBox;
use crate::base::time::Clock;
use crate::base::{Error, Result};
use crate::bot::generation;
use crate::bot::nearness;
use crate::bot::regression::rehearse::BotRehearser;
use crate::bus::Bus;
use crate::channels::adapter::Adapters;
use crate::channels::book;
use crate::config::Config;
use crate::config::database::Synchronous;
use crate::ctx::{Ctx, Handles, Shelf};
use crate::db::{Announcement, Db, Settings};
use crate::egress;
use crate::jobs::Nudge;
use crate::knowledge::rehearsal::Stage;
use crate::media::Files;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{jobs, listeners, sweeps};

/// A house that is built and not yet running.
#[derive(Debug)]
pub struct House {
    /// The handles.
    pub ctx: Ctx,
    announcements: UnboundedReceiver<Announcement>,
}

/// Opens everything that the configuration names. The machine's own clock unless a test gives one.
pub fn build(config: Config, clock: Clock) -> Result<House> {
    // A second provider of the process is refused; the first one stays, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let master = config.secrets.master_key().map_err(|why| Error::invalid("secrets.key_file", why))?;
    let files = Files::open(&config.data.folder.join("media"))?;
    let settings = Settings {
        url: config.database.location.url(),
        flush_each_commit: config.database.synchronous == Synchronous::Full,
        readers: config.database.read_connections,
        authorities: config.database.authorities.clone(),
    };
    let ids = IdMaker::new(0);
    let (db, announcements) = Db::open(&settings, clock.clone(), ids.clone())?;
    let ctx = Ctx::new(Handles {
        http: egress::client(&config.egress)?,
        config: Arc::new(config),
        db,
        clock,
        ids,
        secrets: SecretBox::new(master),
        files,
        bus: Bus::default(),
        jobs: Nudge::default(),
        deliveries: Nudge::default(),
        shelf: Shelf::default(),
    });
    ctx.shelf.get::<Adapters>().fill(vec![Arc::new(WechatAdapter)]);
    ctx.shelf.get::<Stage>().take(Arc::new(BotRehearser));
    Ok(House { ctx, announcements })
}

impl House {
    /// Lets news go round and starts nothing else: a story wakes what it is about.
    #[must_use]
    pub fn start_news(self) -> Ctx {
        tokio::spawn(self.ctx.bus.clone().pass_on(self.announcements));
        self.ctx
    }

    /// Starts the tasks: news, listeners, jobs, deliveries, sweeps. They end with the runtime.
    ///
    /// # Errors
    /// `Invalid` when the master key is not the one that sealed the stored secrets.
    pub async fn start(self) -> Result<Ctx> {
        let ctx = self.ctx;
        book::check_key(&ctx).await?;
        let interrupted = crate::delivery::deliver::mark_interrupted(&ctx).await?;
        if interrupted > 0 {
            tracing::warn!(
                count = interrupted,
                "{interrupted} messages were being sent when the server last stopped; they are shown as unknown"
            );
        }
        let unsaid = generation::run::end_interrupted(&ctx).await?;
        if unsaid > 0 {
            tracing::warn!(
                count = unsaid,
                "{unsaid} answers were being generated when the server last stopped; customers got what was put off"
            );
        }
        listeners::start(&ctx);
        nearness::start(&ctx).await?;
        tokio::spawn(ctx.bus.clone().pass_on(self.announcements));
        tokio::spawn(crate::jobs::run_until_stopped(
            ctx.db.clone(),
            ctx.clock.clone(),
            ctx.jobs.clone(),
            jobs::registry(&ctx),
        ));
        tokio::spawn(crate::delivery::deliver::run_until_stopped(ctx.clone()));
        tokio::spawn(generation::run::run_until_stopped(ctx.clone()));
        tokio::spawn(crate::bot::learning::run::run_until_stopped(ctx.clone()));
        sweeps::start(&ctx);
        Ok(ctx)
    }
}
