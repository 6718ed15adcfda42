//! One listener's way through the news: first what was missed, then what is new, without a gap
//! and without a double.
//!
//! It listens *before* it reads the outbox. What is committed before the read is in the outbox;
//! what is committed after it is heard; what is in both is recognised by its number.

use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::base::id::TenantId;
use crate::base::{Error, Result};
use crate::bus;
use crate::ctx::Ctx;

use super::hub::{Heard, Hub};
use super::model::{Spoken, Start, start};

/// How many missed events are told one by one; after more it is cheaper to start over.
const MOST_MISSED: u32 = 2000;

/// What goes to the page.
#[derive(Debug, Clone)]
pub enum Frame {
    /// The first word: everything after this number follows.
    Hello(i64),
    /// What was missed cannot be told: read everything again; what follows comes after this number.
    Reset(i64),
    /// Something happened.
    News(Arc<Spoken>),
}

impl Frame {
    /// The frame as it is sent.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Hello(seq) => format!(r#"{{"hello":{{"seq":{seq}}}}}"#),
            Self::Reset(seq) => format!(r#"{{"reset":true,"seq":{seq}}}"#),
            Self::News(spoken) => spoken.text.clone(),
        }
    }
}

/// A listener's place in the news of its tenant.
#[derive(Debug)]
pub struct Feed {
    ctx: Ctx,
    tenant: TenantId,
    heard: broadcast::Receiver<Heard>,
    /// Everything up to this number was told.
    last: i64,
    /// What was heard last may have holes: look into the outbox.
    must_look: bool,
    /// Frames to give before anything else.
    first: Vec<Frame>,
}

impl Feed {
    /// Begins after the number `after`, or with what happens from now on.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open(ctx: &Ctx, tenant: TenantId, after: Option<i64>) -> Result<Self> {
        let heard = ctx.shelf.get::<Hub>().listen(tenant);
        let kept = ctx.db.read(bus::latest).await?;
        let (last, first) = match start(after, kept) {
            Start::After(seq) => (seq, vec![Frame::Hello(seq)]),
            Start::Anew(seq) => (seq, vec![Frame::Hello(seq), Frame::Reset(seq)]),
        };
        Ok(Self { ctx: ctx.clone(), tenant, heard, last, must_look: true, first })
    }

    /// The next frames, as soon as there are some. May be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// Those of the database; `Busy` when the server stops.
    pub async fn next(&mut self) -> Result<Vec<Frame>> {
        loop {
            if !self.first.is_empty() {
                return Ok(std::mem::take(&mut self.first));
            }
            if self.must_look {
                let missed = self.look().await?;
                self.must_look = false;
                if !missed.is_empty() {
                    return Ok(missed);
                }
            }
            match self.heard.recv().await {
                Ok(Heard::News(news)) => {
                    let fresh = self.take(&news);
                    if !fresh.is_empty() {
                        return Ok(fresh);
                    }
                }
                Ok(Heard::Gap) | Err(RecvError::Lagged(_)) => self.must_look = true,
                Err(RecvError::Closed) => {
                    return Err(Error::busy(
                        "live.stopped",
                        "the server is stopping; connect again in a moment",
                    ));
                }
            }
        }
    }

    /// What of these was not told yet.
    fn take(&mut self, news: &[Arc<Spoken>]) -> Vec<Frame> {
        let fresh: Vec<_> = news.iter().filter(|it| it.seq > self.last).cloned().map(Frame::News).collect();
        self.last = news.last().map_or(self.last, |it| it.seq.max(self.last));
        fresh
    }

    /// Reads what was missed from the outbox.
    async fn look(&mut self) -> Result<Vec<Frame>> {
        let (tenant, last) = (self.tenant, self.last);
        let (kept, missed) = self
            .ctx
            .db
            .read(move |tx| Ok((bus::latest(tx)?, bus::since(tx, tenant, last, MOST_MISSED + 1)?)))
            .await?;
        let is_too_much = missed.len() > MOST_MISSED as usize;
        if is_too_much || start(Some(last), kept) != Start::After(last) {
            self.last = kept.1.max(last);
            return Ok(vec![Frame::Reset(self.last)]);
        }
        let missed: Vec<_> = missed.iter().map(|it| Arc::new(Spoken::of(it))).collect();
        Ok(self.take(&missed))
    }
}
