//! Follows the editors: what they change is built anew beside what the bot says now.
//!
//! Tenants are independent: one whose big base takes seconds delays nobody else's change. Of one tenant, changes are built
//! one after the other, and what comes while one is built goes into the next.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::JoinSet;

use crate::base::id::TenantId;
use crate::base::{Error, Result};
use crate::bus::{self, Event, Told};
use crate::ctx::Ctx;

use super::catalogue::{AT_ONCE, Catalogues, Stale, refresh};
use super::nearness;

/// Which news is in the catalogues: all that was heard, but for what is still to be built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Followed {
    heard: i64,
    /// By tenant, the first of the news that is not in its catalogue yet.
    open: HashMap<TenantId, i64>,
}

impl Followed {
    fn has(&self, tenant: TenantId, seq: i64) -> bool {
        self.heard >= seq && self.open.get(&tenant).is_none_or(|first| *first > seq)
    }
}

/// Waits until everything that a tenant was told up to `seq` is in its catalogue.
pub async fn followed(ctx: &Ctx, tenant: TenantId, seq: i64) {
    let mut followed = ctx.shelf.get::<Catalogues>().followed.subscribe();
    // The sender lives on the shelf, as long as the server.
    let _ = followed.wait_for(|it| it.has(tenant, seq)).await;
}

/// What is to be built. Pure.
#[derive(Debug, Default)]
struct Plan {
    heard: i64,
    /// What is old, and since which news.
    waiting: HashMap<TenantId, (Stale, i64)>,
    /// What is being built, and with the first of the news that it brings.
    under_way: HashMap<TenantId, i64>,
}

impl Plan {
    fn hear(&mut self, seq: i64, tenant: TenantId, event: &Event) {
        let stale = Stale::by(event);
        if stale != Stale::default() {
            self.note(tenant, stale, seq);
        }
        self.heard = self.heard.max(seq);
    }

    /// Some news was missed: whatever is in memory may be old.
    fn miss(&mut self, present: Vec<TenantId>) {
        for tenant in present {
            self.note(tenant, Stale::ALL, self.heard + 1);
        }
    }

    fn note(&mut self, tenant: TenantId, stale: Stale, seq: i64) {
        let (known, first) = self.waiting.entry(tenant).or_insert((stale, seq));
        (*known, *first) = (known.and(stale), seq.min(*first));
    }

    /// What may begin now, the oldest news first: one build of each tenant at a time, and of all so many that the first
    /// catalogue of another tenant still finds a place.
    fn begin(&mut self) -> Vec<(TenantId, Stale)> {
        let under_way = &mut self.under_way;
        let room = (AT_ONCE - 1).saturating_sub(under_way.len());
        let mut next: Vec<(i64, TenantId)> = self
            .waiting
            .iter()
            .filter(|it| !under_way.contains_key(it.0))
            .map(|it| (it.1.1, *it.0))
            .collect();
        next.sort_unstable();
        next.truncate(room);
        let ready: Vec<_> =
            next.iter().filter_map(|(_, tenant)| Some((*tenant, self.waiting.remove(tenant)?))).collect();
        under_way.extend(ready.iter().map(|(tenant, (_, first))| (*tenant, *first)));
        ready.into_iter().map(|(tenant, (stale, _))| (tenant, stale)).collect()
    }

    fn end(&mut self, tenant: TenantId) {
        self.under_way.remove(&tenant);
    }

    fn followed(&self) -> Followed {
        let mut open = self.under_way.clone();
        for (tenant, (_, first)) in &self.waiting {
            // What is under way came first.
            open.entry(*tenant).or_insert(*first);
        }
        Followed { heard: self.heard, open }
    }
}

/// Follows the editors: rebuilds what an event made old, until the server stops. It listens from the call on, also
/// before it is first waited for.
pub fn keep_fresh(ctx: Ctx) -> impl Future<Output = ()> + Send {
    let mut news = ctx.bus.subscribe();
    async move {
        let mut plan = Plan::default();
        // No catalogue is in memory yet: what was told before is in each that will be loaded.
        match ctx.db.read(bus::latest).await {
            Ok((_, latest)) => plan.heard = latest,
            Err(error) => tracing::error!(%error, "cannot read the latest news"),
        }
        let mut under_way: JoinSet<TenantId> = JoinSet::new();
        loop {
            let catalogues = ctx.shelf.get::<Catalogues>();
            // Before a build begins: what it brings is open until it ends.
            for (tenant, stale) in plan.begin() {
                let (ctx, catalogues) = (ctx.clone(), catalogues.clone());
                under_way.spawn(async move {
                    or_forget(&catalogues, tenant, async move { renew(&ctx, tenant, stale).await }).await;
                    tenant
                });
            }
            catalogues.followed.send_replace(plan.followed());
            tokio::select! {
                told = news.recv() => match told {
                    Ok(told) => {
                        hear(&mut plan, &told);
                        // Whatever else has come meanwhile is built in one go.
                        loop {
                            match news.try_recv() {
                                Ok(told) => hear(&mut plan, &told),
                                Err(TryRecvError::Lagged(_)) => plan.miss(catalogues.tenants()),
                                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                            }
                        }
                    }
                    Err(RecvError::Lagged(_)) => plan.miss(catalogues.tenants()),
                    Err(RecvError::Closed) => return,
                },
                Some(ended) = under_way.join_next() => match ended {
                    Ok(tenant) => plan.end(tenant),
                    Err(error) => tracing::error!(%error, "nobody waits for a renewal any more"),
                },
            }
        }
    }
}

fn hear(plan: &mut Plan, told: &Arc<Told>) {
    plan.hear(told.seq, told.tenant, &told.event);
}

async fn renew(ctx: &Ctx, tenant: TenantId, stale: Stale) -> Result<()> {
    let renewed = refresh(ctx, tenant, stale).await;
    if stale.has_knowledge() {
        nearness::nudge(ctx, tenant);
    }
    renewed
}

/// Waits for a renewal. What one that failed or broke off should have renewed is old: it is forgotten. The renewal is a
/// task of its own, so that the tenant's next change is built whatever becomes of this one.
async fn or_forget(
    catalogues: &Catalogues,
    tenant: TenantId,
    renewal: impl Future<Output = Result<()>> + Send + 'static,
) {
    let stopped = |it| Error::internal("catalogue.stopped", "the renewal broke off").because(it);
    if let Err(error) = tokio::spawn(renewal).await.map_err(stopped).flatten() {
        tracing::error!(%tenant, %error, "the bot's catalogue could not be renewed; it is read anew with the next message");
        // Behind whoever changes it just now, who would put back what is old.
        let _alone = catalogues.alone(tenant).await;
        catalogues.forget(tenant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: TenantId = TenantId(1);
    const BERT: TenantId = TenantId(2);

    #[test]
    fn a_slow_tenant_delays_nobody_else_and_its_own_news_keep_their_order() {
        let mut plan = Plan { heard: 10, ..Plan::default() };
        assert!(plan.followed().has(ANNA, 10) && !plan.followed().has(ANNA, 11));
        plan.hear(11, ANNA, &Event::KnowledgeChanged);
        assert_eq!(plan.begin().len(), 1);

        // While Anna's is built, Bert's begins and ends; what Anna changes again waits for its turn.
        plan.hear(12, BERT, &Event::KeywordChanged);
        plan.hear(13, ANNA, &Event::KeywordChanged);
        assert_eq!(plan.begin(), [(BERT, Stale::by(&Event::KeywordChanged))]);
        plan.end(BERT);
        let followed = plan.followed();
        assert!(followed.has(BERT, 13) && followed.has(ANNA, 10) && !followed.has(ANNA, 11));

        plan.end(ANNA);
        let followed = plan.followed();
        assert!(followed.has(ANNA, 12) && !followed.has(ANNA, 13));
        assert_eq!(plan.begin(), [(ANNA, Stale::by(&Event::KeywordChanged))]);
        assert!(plan.begin().is_empty() && !plan.followed().has(ANNA, 13));
        plan.end(ANNA);
        assert!(plan.followed().has(ANNA, 13));
        assert_eq!(plan.followed().open, HashMap::new());
    }

    #[test]
    fn a_change_for_everybody_is_built_a_few_at_a_time() {
        let mut plan = Plan::default();
        for (seq, tenant) in (1..).zip((0..10).map(TenantId)) {
            plan.hear(seq, tenant, &Event::KnowledgeChanged);
        }
        let begun = plan.begin();
        assert_eq!(begun.iter().map(|it| it.0.0).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(plan.begin().is_empty());
        plan.end(TenantId(1));
        assert_eq!(plan.begin().iter().map(|it| it.0.0).collect::<Vec<_>>(), [3]);
        assert!(plan.followed().has(TenantId(1), 10) && !plan.followed().has(TenantId(9), 10));
    }

    #[test]
    fn missed_news_makes_everything_old_that_is_in_memory() {
        let mut plan = Plan { heard: 10, ..Plan::default() };
        plan.miss(vec![ANNA]);
        plan.hear(5000, BERT, &Event::MenuChanged);
        let followed = plan.followed();
        assert!(!followed.has(ANNA, 11) && !followed.has(BERT, 5000) && followed.has(BERT, 4999));
        plan.begin();
        plan.end(ANNA);
        assert!(plan.followed().has(ANNA, 5000));
    }

    #[tokio::test]
    async fn what_a_renewal_left_old_is_read_anew() {
        let catalogues = Catalogues::default();
        let is_kept = async |renewal: fn() -> Result<()>| {
            for tenant in [ANNA, BERT] {
                catalogues.put(tenant, Arc::default());
            }
            or_forget(&catalogues, ANNA, async move { renewal() }).await;
            assert!(catalogues.find(BERT).is_some(), "nobody else's");
            catalogues.find(ANNA).is_some()
        };
        assert!(is_kept(|| Ok(())).await);
        assert!(!is_kept(|| Err(Error::busy("catalogue.stopped", "no disk"))).await);
        assert!(!is_kept(|| panic!("on purpose")).await);
    }
}
