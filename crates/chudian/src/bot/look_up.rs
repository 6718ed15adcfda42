//! What the catalogue knows about a message: found before the transaction begins, so that the writer
//! never waits for it. Equal messages are looked up once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use retrieval::Candidate;
use retrieval::keyword::Hit;
use retrieval::normalise;

use crate::base::content::Content;
use crate::base::time::Time;
use crate::ctx::Ctx;

use super::catalogue::Catalogue;
use super::nearness::Nearness;

/// How many candidates are kept for a message: an agent is shown ten.
pub const CANDIDATES: usize = 10;

/// What was found for one message.
#[derive(Debug, Default, Clone)]
pub struct Findings {
    /// Hash of its words, for the loop guard; 0 without words.
    pub words: u64,
    /// How many characters its words have.
    pub length: usize,
    /// It is short and names something ("宽带"): worth asking back even where no entry is likely by itself.
    pub is_topic: bool,
    /// It asks for a person.
    pub asks_person: bool,
    /// It is a word that leads one level up.
    pub is_back: bool,
    /// It is a word that leads to the beginning of the menu.
    pub is_home: bool,
    /// It is a word that says whether an answer helped.
    pub helped: Option<bool>,
    /// It is a number of one or two digits.
    pub digit: Option<String>,
    /// Keyword rules that it meets, by precedence, valid or not.
    pub hits: Vec<Hit>,
    candidates: OnceLock<Vec<Candidate>>,
}

impl Findings {
    /// What the knowledge base has, nearest first. Empty if it was not asked.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        self.candidates.get().map_or(&[], Vec::as_slice)
    }
}

/// Looks a message up. The knowledge base, the dearest part, is asked only when nothing with a higher
/// precedence can answer.
#[must_use]
pub fn look_up(catalogue: &Catalogue, content: &Content, now: Time) -> Arc<Findings> {
    let Some(text) = asked(content) else { return Arc::default() };
    let found = catalogue.cache.get_or_make(text, || find(catalogue, text));
    if !is_settled(catalogue, content, &found, now) {
        ask_knowledge(catalogue, text, &found);
    }
    found
}

/// The same, with the tenant's model where it has one: the question may wait a little for it.
pub async fn look_up_with_model(
    ctx: &Ctx,
    catalogue: &Catalogue,
    content: &Content,
    now: Time,
) -> Arc<Findings> {
    match (&catalogue.nearness, asked(content)) {
        (Some(nearness), Some(text)) => {
            let found = catalogue.cache.get_or_make(text, || find(catalogue, text));
            if is_settled(catalogue, content, &found, now) {
                return found;
            }
            ask_model(ctx, nearness, catalogue, text, found).await
        }
        _ => look_up(catalogue, content, now),
    }
}

/// Something with a higher precedence than the knowledge base answers.
fn is_settled(catalogue: &Catalogue, content: &Content, found: &Findings, now: Time) -> bool {
    found.asks_person
        || found.is_back
        || found.is_home
        || found.digit.is_some()
        || matches!(content, Content::Event { .. })
        || found.hits.iter().any(|hit| catalogue.rules.is_valid(hit.rule, now))
}

/// Asks the knowledge base although something else may answer: the test bench shows both.
#[must_use]
pub fn look_up_all(catalogue: &Catalogue, content: &Content) -> Arc<Findings> {
    let Some(text) = asked(content) else { return Arc::default() };
    let found = catalogue.cache.get_or_make(text, || find(catalogue, text));
    ask_knowledge(catalogue, text, &found);
    found
}

/// The same, with the tenant's model where it has one.
pub async fn look_up_all_with_model(ctx: &Ctx, catalogue: &Catalogue, content: &Content) -> Arc<Findings> {
    match (&catalogue.nearness, asked(content)) {
        (Some(nearness), Some(text)) => {
            let found = catalogue.cache.get_or_make(text, || find(catalogue, text));
            ask_model(ctx, nearness, catalogue, text, found).await
        }
        _ => look_up_all(catalogue, content),
    }
}

/// Asks the model first, then the base with what it said. What was found without it, because it did not answer in
/// time, is not remembered: the next time it may.
async fn ask_model(
    ctx: &Ctx,
    nearness: &Nearness,
    catalogue: &Catalogue,
    text: &str,
    found: Arc<Findings>,
) -> Arc<Findings> {
    if found.candidates.get().is_some() {
        return found;
    }
    match nearness.ask(ctx, text).await {
        Some(near) => {
            let search = || catalogue.knowledge.search(text, CANDIDATES, Some(&near));
            found.candidates.get_or_init(search);
            found
        }
        None => {
            let once = Findings::clone(&found);
            ask_knowledge(catalogue, text, &once);
            Arc::new(once)
        }
    }
}

fn ask_knowledge(catalogue: &Catalogue, text: &str, found: &Findings) {
    found.candidates.get_or_init(|| catalogue.knowledge.search(text, CANDIDATES, None));
}

/// The words to look up: of a tap on the account's menu, its key.
fn asked(content: &Content) -> Option<&str> {
    match content {
        Content::Event { event, key: Some(key), .. } if event == "menu_click" => Some(key),
        other => other.words(),
    }
}

fn find(catalogue: &Catalogue, text: &str) -> Findings {
    let form = super::phrases::form(text);
    Findings {
        words: hash(&form),
        length: form.chars().count(),
        is_topic: is_topic(&form),
        asks_person: catalogue.words.asks_person(&form, text),
        is_back: catalogue.words.back.contains(&form),
        is_home: catalogue.words.home.contains(&form),
        helped: catalogue.words.helped(&form),
        digit: (form.len() <= 2 && !form.is_empty() && form.bytes().all(|it| it.is_ascii_digit()))
            .then(|| form.clone()),
        hits: catalogue.rules.automaton.find(text),
        candidates: OnceLock::new(),
    }
}

/// A topic has two to six characters, and not only such as every question has.
fn is_topic(form: &str) -> bool {
    const EVERYWHERE: &str =
        "怎么办呢吗什样为何如多少哪里几时候可以能不有没是的了我你您要想请问啊呀吧这那个在好谢哈";
    (2..=6).contains(&form.chars().count()) && form.chars().any(|it| !EVERYWHERE.contains(it))
}

/// A number for a text, the same on every machine and in every version (FNV-1a, 64 bits, the top bit cleared
/// because JSON readers elsewhere may know no unsigned numbers).
pub(super) fn hash(text: &str) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    sum >> 1
}

/// The hash of a text of ours, as its echo would be seen.
pub(super) fn hash_of_said(text: &str) -> u64 {
    hash(&normalise::plain(text))
}

/// Findings by message, bounded: when the young half is full, or the caches of all tenants together
/// hold much, the old half is forgotten.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Halves>);

#[derive(Debug, Default)]
struct Halves {
    young: HashMap<Box<str>, Arc<Findings>>,
    old: HashMap<Box<str>, Arc<Findings>>,
}

const HALF: usize = 2048;

/// How many findings all caches of the house may hold: with ten explained candidates each some 4 KiB, so
/// about 32 MiB, however many tenants there are.
const MOST_IN_HOUSE: usize = 8192;

/// How many they hold.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// Longer messages are seldom sent twice.
const LONGEST_CACHED: usize = 300;

impl Cache {
    fn get_or_make(&self, text: &str, make: impl FnOnce() -> Findings) -> Arc<Findings> {
        if text.len() > LONGEST_CACHED {
            return Arc::new(make());
        }
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = {
            let halves = lock();
            halves.young.get(text).or_else(|| halves.old.get(text)).cloned()
        };
        if let Some(found) = found {
            return found;
        }
        let made = Arc::new(make());
        let mut halves = lock();
        if halves.young.len() >= HALF || HELD.load(Ordering::Relaxed) >= MOST_IN_HOUSE {
            let forgotten = std::mem::take(&mut halves.young);
            let forgotten = std::mem::replace(&mut halves.old, forgotten);
            HELD.fetch_sub(forgotten.len(), Ordering::Relaxed);
        }
        if halves.young.insert(text.into(), made.clone()).is_none() {
            HELD.fetch_add(1, Ordering::Relaxed);
        }
        made
    }
}

impl Drop for Halves {
    fn drop(&mut self) {
        HELD.fetch_sub(self.young.len() + self.old.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_names_something() {
        for (text, expected) in [
            ("宽带", true),
            ("5g", true),
            ("怎么办", false),
            ("好的", false),
            ("网", false),
            ("我的宽带为什么这么慢", false),
        ] {
            assert_eq!(is_topic(text), expected, "{text}");
        }
    }

    #[test]
    fn the_caches_of_many_tenants_are_bounded_together() {
        let caches: Vec<Cache> = (0..40).map(|_| Cache::default()).collect();
        for nth in 0..HALF {
            for cache in &caches {
                cache.get_or_make(&nth.to_string(), Findings::default);
            }
        }
        let sizes = caches.iter().map(|it| it.0.lock().unwrap()).map(|it| it.young.len() + it.old.len());
        // Each may hold the one that it was asked for last, and the one before it.
        assert!(sizes.sum::<usize>() <= MOST_IN_HOUSE + 2 * caches.len());
    }

    #[test]
    fn the_cache_is_bounded_and_remembers() {
        let cache = Cache::default();
        for nth in 0..3 * HALF {
            cache.get_or_make(&nth.to_string(), Findings::default);
        }
        let halves = cache.0.lock().unwrap();
        assert!(halves.young.len() <= HALF && halves.old.len() <= HALF);
        drop(halves);
        let first = cache.get_or_make("话费", || Findings { length: 2, ..Findings::default() });
        let second = cache.get_or_make("话费", || panic!("it is remembered"));
        assert!(Arc::ptr_eq(&first, &second));
    }
}
