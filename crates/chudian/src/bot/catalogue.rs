//! A tenant's rules, menus, knowledge and settings as one immutable snapshot in memory.
//!
//! A message reads the snapshot and no table. When an editor changes something, the part that changed
//! is built anew beside the old one and swapped in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use retrieval::keyword::{Keywords, Rule};
use retrieval::{Index, Thresholds};
use tokio::sync::Semaphore;

use crate::base::id::{EntryId, Id, InboxId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bus::Event;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::shared::model::Standing;
use crate::knowledge::shared::ops::list_standing;
use crate::tenants::store as tenants_store;

use super::account_menu::{AccountMenu, Tap};
use super::fresh::Followed;
use super::generation::store as generations;
use super::look_up::Cache;
use super::lore::{self, Lore};
use super::menu::Node;
use super::model::{Keyword, Known};
use super::nearness::{self, Near, Nearness};
use super::phrases::Words;
use super::renew::Prints;
use super::settings::{BotSettings, Hours};
use super::store;

/// A tenant's catalogue. Its parts are shared with the snapshots before and after it.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// The tenant's time zone.
    pub zone: String,
    /// How the bot behaves.
    pub settings: Arc<BotSettings>,
    /// Keyword rules.
    pub rules: Arc<Rules>,
    /// The text menu and the account menus.
    pub menus: Arc<Menus>,
    /// The knowledge base.
    pub knowledge: Arc<Knowledge>,
    /// Whether answers are generated where no written one is sure.
    pub generates: bool,
    /// The model that compares meanings, when the tenant has one and it is ready.
    pub(super) nearness: Option<Arc<Nearness>>,
    pub(super) words: Words,
    pub(super) cache: Cache,
}

impl Catalogue {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        zone: String,
        settings: Arc<BotSettings>,
        rules: Arc<Rules>,
        menus: Arc<Menus>,
        knowledge: Arc<Knowledge>,
    ) -> Self {
        let words = Words::of(&settings);
        let (generates, nearness, cache) = (false, None, Cache::default());
        Self { zone, settings, rules, menus, knowledge, generates, nearness, words, cache }
    }

    /// The same with another model. What was found with the old one is forgotten.
    pub(super) fn with_nearness(&self, nearness: Option<Arc<Nearness>>) -> Self {
        let Self { zone, settings, rules, menus, knowledge, .. } = self;
        let same = Self::new(zone.clone(), settings.clone(), rules.clone(), menus.clone(), knowledge.clone());
        Self { nearness, generates: self.generates, ..same }
    }

    /// Whether a model that compares meanings speaks too.
    #[must_use]
    pub fn has_model(&self) -> bool {
        self.nearness.is_some()
    }

    /// From which confidence on the bot answers, and asks: what the editors fixed, or else what the base itself taught.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        self.settings.thresholds.in_force(self.knowledge.lore.answer_from)
    }

    /// Whether persons are there at `now`.
    #[must_use]
    pub fn hours(&self, now: Time) -> Hours {
        self.settings.hours(now, &self.zone)
    }
}

/// So many catalogues are built at once: a big one takes seconds, and the others' changes shall not wait for it. More
/// than the machine has cores share them.
pub(super) const AT_ONCE: usize = 4;

/// The catalogues in memory. A tenant's is loaded when it is first asked for.
#[derive(Debug)]
pub struct Catalogues {
    present: RwLock<HashMap<TenantId, Arc<Catalogue>>>,
    /// A tenant's is held while its catalogue is built, so that nobody builds the same beside it, and an older one never
    /// replaces a newer.
    building: Mutex<HashMap<TenantId, Arc<tokio::sync::Mutex<()>>>>,
    places: Semaphore,
    /// Which news is in them.
    pub(super) followed: tokio::sync::watch::Sender<Followed>,
}

impl Default for Catalogues {
    fn default() -> Self {
        Self {
            present: RwLock::default(),
            building: Mutex::default(),
            places: Semaphore::new(AT_ONCE),
            followed: tokio::sync::watch::Sender::default(),
        }
    }
}

impl Catalogues {
    /// Waits until nobody else builds this tenant's.
    pub(super) async fn alone(&self, tenant: TenantId) -> tokio::sync::OwnedMutexGuard<()> {
        let turn =
            self.building.lock().unwrap_or_else(PoisonError::into_inner).entry(tenant).or_default().clone();
        turn.lock_owned().await
    }

    /// The tenants whose catalogues are in memory, or on the way there: what is read for the first time may be old, too,
    /// once it stands there.
    pub(super) fn tenants(&self) -> Vec<TenantId> {
        let known: Vec<(TenantId, bool)> = {
            let building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
            // Who builds holds the turn until it is put.
            building.iter().map(|(tenant, turn)| (*tenant, Arc::strong_count(turn) > 1)).collect()
        };
        let is_there = |it: &(TenantId, bool)| it.1 || self.find(it.0).is_some();
        known.into_iter().filter(is_there).map(|it| it.0).collect()
    }

    pub(super) fn find(&self, tenant: TenantId) -> Option<Arc<Catalogue>> {
        self.present.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned()
    }

    pub(super) fn forget(&self, tenant: TenantId) {
        self.present.write().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
    }

    pub(super) fn put(&self, tenant: TenantId, catalogue: Arc<Catalogue>) {
        self.present.write().unwrap_or_else(PoisonError::into_inner).insert(tenant, catalogue);
    }
}

/// Which part of a catalogue an event makes old.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Stale {
    settings: bool,
    rules: bool,
    menus: bool,
    knowledge: bool,
    /// The words of the base, and what was learnt from it: everything is compared anew.
    lore: bool,
}

impl Stale {
    /// Whether the knowledge base is.
    pub(super) fn has_knowledge(self) -> bool {
        self.knowledge || self.lore
    }

    pub(super) const ALL: Self =
        Self { settings: true, rules: true, menus: true, knowledge: true, lore: true };

    pub(super) fn by(event: &Event) -> Self {
        let mut stale = Self::default();
        match event {
            Event::BotSettingsChanged => stale.settings = true,
            // Its time zone, and its region, by which headquarters shares entries.
            Event::TenantChanged => (stale.settings, stale.knowledge) = (true, true),
            Event::KeywordChanged => stale.rules = true,
            Event::MenuChanged => stale.menus = true,
            Event::KnowledgeChanged => stale.knowledge = true,
            Event::WordsChanged | Event::KnowledgeLearnt => stale.lore = true,
            _ => {}
        }
        stale
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            settings: self.settings || other.settings,
            rules: self.rules || other.rules,
            menus: self.menus || other.menus,
            knowledge: self.knowledge || other.knowledge,
            lore: self.lore || other.lore,
        }
    }
}

/// The tenant's catalogue, from memory; loaded if this is the first time.
///
/// # Errors
/// Those of the database, the first time.
pub async fn of(ctx: &Ctx, tenant: TenantId) -> Result<Arc<Catalogue>> {
    let catalogues = ctx.shelf.get::<Catalogues>();
    if let Some(found) = catalogues.find(tenant) {
        return Ok(found);
    }
    let _alone = catalogues.alone(tenant).await;
    match catalogues.find(tenant) {
        Some(found) => Ok(found),
        None => {
            let built = build(ctx, &catalogues, tenant, Stale::ALL).await?;
            nearness::nudge(ctx, tenant);
            Ok(built)
        }
    }
}

/// The same, not kept in memory when it is not there: for those who only look.
///
/// # Errors
/// Those of the database.
pub(super) async fn peek(ctx: &Ctx, tenant: TenantId) -> Result<Arc<Catalogue>> {
    match ctx.shelf.get::<Catalogues>().find(tenant) {
        Some(found) => Ok(found),
        None => {
            let old = Arc::<Catalogue>::default();
            let rows = ctx.db.read(move |tx| Rows::read(tx, tenant, Stale::ALL)).await?;
            Ok(Arc::new(rows.build(ctx, old).await?))
        }
    }
}

/// The catalogue as it is stored now, also in memory: for measurements, which follow no news.
///
/// # Errors
/// Those of the database.
pub async fn read_anew(ctx: &Ctx, tenant: TenantId) -> Result<Arc<Catalogue>> {
    let catalogues = ctx.shelf.get::<Catalogues>();
    let _alone = catalogues.alone(tenant).await;
    build(ctx, &catalogues, tenant, Stale::ALL).await
}

/// Puts a model beside the index of a tenant whose catalogue is in memory, or takes it away.
pub(super) async fn set_nearness(ctx: &Ctx, tenant: TenantId, nearness: Option<Arc<Nearness>>) {
    let catalogues = ctx.shelf.get::<Catalogues>();
    let _alone = catalogues.alone(tenant).await;
    if let Some(present) = catalogues.find(tenant)
        && (nearness.is_some() || present.nearness.is_some())
    {
        catalogues.put(tenant, Arc::new(present.with_nearness(nearness)));
    }
}

/// Rebuilds parts of a catalogue that is in memory. One that is not will be loaded when it is asked for.
pub(super) async fn refresh(ctx: &Ctx, tenant: TenantId, stale: Stale) -> Result<()> {
    let catalogues = ctx.shelf.get::<Catalogues>();
    let _alone = catalogues.alone(tenant).await;
    if catalogues.find(tenant).is_some() {
        build(ctx, &catalogues, tenant, stale).await?;
    }
    Ok(())
}

async fn build(ctx: &Ctx, catalogues: &Catalogues, tenant: TenantId, stale: Stale) -> Result<Arc<Catalogue>> {
    let old = catalogues.find(tenant).unwrap_or_default();
    let rows = ctx.db.read(move |tx| Rows::read(tx, tenant, stale)).await?;
    let built = Arc::new(rows.build(ctx, old).await?);
    catalogues.put(tenant, built.clone());
    Ok(built)
}

type AccountMenus = Vec<(InboxId, AccountMenu)>;

/// What is stale, as it is stored; what is not stands still.
struct Rows {
    zone: String,
    settings: Option<(BotSettings, bool)>,
    keywords: Option<Vec<Keyword>>,
    menus: Option<(Option<Node>, AccountMenus)>,
    entries: Option<Vec<(Known, Vec<String>)>>,
    lore: Option<Lore>,
}

impl Rows {
    fn read(tx: &mut Tx<'_>, tenant: TenantId, stale: Stale) -> Result<Self> {
        let zone = tenants_store::find_tenant(tx, tenant)?.map(|it| it.time_zone).unwrap_or_default();
        let (mut settings, mut keywords, mut menus, mut entries, mut lore) = (None, None, None, None, None);
        if stale.settings {
            settings =
                Some((store::get_settings(tx, tenant)?.0, generations::get(tx, tenant)?.settings.is_on));
        }
        if stale.rules {
            keywords = Some(store::list_all_keywords(tx, tenant)?);
        }
        if stale.menus {
            let text = store::find_menu::<Node>(tx, tenant, store::Menu::Text)?.map(|it| it.tree);
            menus = Some((text, store::list_account_menus(tx, tenant)?));
        }
        if stale.has_knowledge() {
            entries = Some(list_entries(tx, tenant)?);
        }
        if stale.lore {
            lore = Some(lore::load(tx, tenant)?);
        }
        Ok(Self { zone, settings, keywords, menus, entries, lore })
    }

    /// Builds what is stale and takes the rest from `old`: on a thread of its own, so that no message waits for it, and
    /// neither does anybody who reads the database. An edit of one entry reads the rows anew and changes the index in place
    /// of building it. The editor waits for it a second at most (`followed`).
    async fn build(self, ctx: &Ctx, old: Arc<Catalogue>) -> Result<Catalogue> {
        let catalogues = ctx.shelf.get::<Catalogues>();
        let stopped = "the bot's catalogue could not be built";
        let _place = catalogues
            .places
            .acquire()
            .await
            .map_err(|it| Error::internal("catalogue.stopped", stopped).because(it))?;
        tokio::task::spawn_blocking(move || self.put_together(&old))
            .await
            .map_err(|it| Error::internal("catalogue.stopped", stopped).because(it))
    }

    fn put_together(self, old: &Catalogue) -> Catalogue {
        let (settings, generates) = match self.settings {
            Some((settings, generates)) => (settings.into(), generates),
            None => (old.settings.clone(), old.generates),
        };
        let rules = self.keywords.map_or_else(|| old.rules.clone(), |it| Rules::build(it).into());
        let menus = self
            .menus
            .map_or_else(|| old.menus.clone(), |(text, account)| Menus::build(text, account).into());
        let knowledge = match (self.entries, self.lore) {
            (Some(entries), Some(lore)) => Knowledge::build_with(entries, lore).into(),
            (Some(entries), None) => old.knowledge.renew(entries).into(),
            (None, _) => old.knowledge.clone(),
        };
        let nearness = old.nearness.clone();
        Catalogue { nearness, generates, ..Catalogue::new(self.zone, settings, rules, menus, knowledge) }
    }
}

/// What the bot may say: the entries that count for the tenant, its own and headquarters', each with its similar
/// questions.
pub(super) fn list_entries(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<(Known, Vec<String>)>> {
    Ok(list_standing(tx, tenant)?.into_iter().map(known).collect())
}

pub(super) fn known(Standing { entry, is_shared, origin }: Standing) -> (Known, Vec<String>) {
    let body = entry.body;
    let known = Known {
        id: entry.id,
        question: body.question,
        answers: body.answers,
        answer_mode: body.answer_mode,
        validity: body.validity,
        channel_answers: body.channel_answers,
        related: body.related,
        is_shared,
        origin,
    };
    (known, body.similar)
}

/// Keyword rules with their automata.
#[derive(Debug, Default)]
pub struct Rules {
    pub(super) automaton: Keywords,
    by_key: HashMap<i64, Keyword>,
}

impl Rules {
    /// Builds the automata; rules that are switched off are left out.
    #[must_use]
    pub fn build(keywords: Vec<Keyword>) -> Self {
        let enabled = || keywords.iter().filter(|it| it.body.enabled);
        let rules: Vec<Rule> = enabled()
            .map(|it| Rule {
                key: it.id.raw(),
                mode: it.body.mode,
                words: it.body.words.clone(),
                priority: it.body.priority,
            })
            .collect();
        let automaton = Keywords::build(&rules);
        let by_key = keywords.into_iter().filter(|it| it.body.enabled).map(|it| (it.id.raw(), it)).collect();
        Self { automaton, by_key }
    }

    /// The rule of a hit, if it counts at `now`.
    #[must_use]
    pub fn get(&self, key: i64, now: Time) -> Option<&Keyword> {
        self.by_key.get(&key).filter(|it| it.body.validity.holds(now))
    }

    pub(super) fn is_valid(&self, key: i64, now: Time) -> bool {
        self.get(key, now).is_some()
    }
}

/// The menus of a tenant.
#[derive(Debug, Default)]
pub struct Menus {
    /// The text menu; none if its root has no choices.
    pub text: Option<Node>,
    taps: HashMap<InboxId, HashMap<String, Tap>>,
}

impl Menus {
    /// Puts the menus together.
    #[must_use]
    pub fn build(text: Option<Node>, account: Vec<(InboxId, AccountMenu)>) -> Self {
        let taps = account.into_iter().map(|(inbox, menu)| (inbox, menu.taps().collect())).collect();
        Self { text: text.filter(|it| !it.items.is_empty()), taps }
    }

    /// The same with another text menu.
    #[must_use]
    pub fn with_text(&self, text: Node) -> Self {
        Self { text: Some(text).filter(|it| !it.items.is_empty()), taps: self.taps.clone() }
    }

    /// What a key of an inbox's account menu does.
    #[must_use]
    pub fn tap(&self, inbox: InboxId, key: &str) -> Option<&Tap> {
        self.taps.get(&inbox)?.get(key)
    }
}

/// The knowledge base with its index.
#[derive(Debug, Default)]
pub struct Knowledge {
    pub(super) index: Index,
    pub(super) entries: HashMap<i64, Known>,
    pub(super) prints: Arc<Prints>,
    pub(super) lore: Lore,
    /// Whether some of it is headquarters'.
    pub(super) has_shared: bool,
    /// Own wordings by the shared entry in whose place they stand.
    pub(super) places: HashMap<EntryId, EntryId>,
}

impl Knowledge {
    /// The entries nearest to `text`, best first, valid or not; `near` is what the model says of it.
    #[must_use]
    pub fn search(&self, text: &str, limit: usize, near: Option<&Near>) -> Vec<retrieval::Candidate> {
        let mut found = self.index.search_with(text, limit, near.map(|it| it as &dyn retrieval::Similarity));
        if self.has_shared {
            prefer_own(&mut found, |key| self.entries.get(&key).is_some_and(|it| it.is_shared));
        }
        found
    }

    /// The entry that stands in the place of another: the own wording of a shared one, where there is one.
    #[must_use]
    pub fn in_place_of(&self, entry: EntryId) -> EntryId {
        self.places.get(&entry).copied().unwrap_or(entry)
    }

    /// The standard question of an entry, valid or not.
    #[must_use]
    pub fn question_of(&self, key: i64) -> Option<String> {
        self.entries.get(&key).map(|it| it.question.clone())
    }

    /// The entry of a candidate, if it counts at `now`.
    #[must_use]
    pub fn get(&self, key: i64, now: Time) -> Option<&Known> {
        self.entries.get(&key).filter(|it| it.validity.holds(now))
    }
}

/// So near are two scores that mean the same.
const EQUAL: f32 = 0.0005;

/// Puts the tenant's own before headquarters' where their scores are equal. The rest stays in its order.
fn prefer_own(found: &mut [retrieval::Candidate], is_shared: impl Fn(i64) -> bool) {
    let mut rest = found;
    while let Some(best) = rest.first().map(|it| it.score) {
        // One at least, also where a score is no number.
        let equal = rest.iter().take_while(|it| best - it.score <= EQUAL).count().max(1);
        let (equals, others) = rest.split_at_mut(equal);
        equals.sort_by_key(|it| is_shared(it.entry));
        rest = others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_loaded_for_the_first_time_is_among_the_tenants() {
        let (anna, bert) = (TenantId(1), TenantId(2));
        let catalogues = Catalogues::default();
        assert_eq!(catalogues.tenants(), []);
        let load = catalogues.alone(anna).await;
        assert_eq!(catalogues.tenants(), [anna], "missed news make old what is on the way");
        catalogues.put(anna, Arc::default());
        drop(load);
        let _load = catalogues.alone(bert).await;
        let mut tenants = catalogues.tenants();
        tenants.sort_unstable();
        assert_eq!(tenants, [anna, bert]);
    }
}
