//! Whom an entry of headquarters reaches, and which entries count for a member. Pure.

use std::collections::{HashMap, HashSet};

use retrieval::normalise;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{EntryId, TenantId};
use crate::base::{Error, Result};
use crate::knowledge::model::{Entry, EntryBody, Release, Validity};

/// How many members a scope may name.
const MOST_MEMBERS: usize = 500;

/// How many regions a scope may name.
const MOST_REGIONS: usize = 100;

/// The longest name of a region, in characters.
pub const LONGEST_REGION: usize = 50;

/// Which members an entry of headquarters is for. Nothing named: all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// These members.
    #[serde(default)]
    pub members: Vec<TenantId>,
    /// And the members of these regions.
    #[serde(default)]
    pub regions: Vec<String>,
}

impl Sharing {
    /// Whether a member of a region is meant. A member without a region is in none.
    #[must_use]
    pub fn reaches(&self, member: TenantId, region: &str) -> bool {
        let is_for_all = self.members.is_empty() && self.regions.is_empty();
        is_for_all
            || self.members.contains(&member)
            || (!region.is_empty() && self.regions.iter().any(|it| it == region))
    }

    /// Trims, drops what is repeated and refuses what is too much.
    pub fn tidy(mut self) -> Result<Self> {
        let mut seen = HashSet::new();
        self.members.retain(|it| seen.insert(*it));
        let mut regions: Vec<String> = Vec::with_capacity(self.regions.len());
        for region in &self.regions {
            let region = region.trim();
            if !region.is_empty() && !regions.iter().any(|it| it == region) {
                regions.push(region.to_owned());
            }
        }
        self.regions = regions;
        let is_long = self.regions.iter().any(|it| it.chars().count() > LONGEST_REGION);
        if is_long || self.members.len() > MOST_MEMBERS || self.regions.len() > MOST_REGIONS {
            let why = format!(
                "a scope names at most {MOST_MEMBERS} members and {MOST_REGIONS} regions of {LONGEST_REGION} characters"
            );
            return Err(Error::invalid("sharing.scope", why).field("sharing", "too much"));
        }
        Ok(self)
    }
}

/// A member as a scope knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its key.
    pub id: TenantId,
    /// The tenant above it.
    pub parent: TenantId,
    /// Its region; empty for none.
    pub region: String,
}

/// The rule by which a member sees a row that is not its own, and what it sees of it: what is said, not who answers
/// for it, who wrote it and why, for whom else it is, nor what is said in inboxes that are not the member's.
#[must_use]
pub fn shown(entry: Entry, member: &Member) -> Option<Entry> {
    if !entry.body.sharing.as_ref()?.reaches(member.id, &member.region) {
        return None;
    }
    let mut body = EntryBody { category: None, owner: None, review_at: None, sharing: None, ..entry.body };
    body.channel_answers.retain(|it| !it.channels.is_empty());
    for set in &mut body.channel_answers {
        set.inboxes.clear();
    }
    Some(Entry { body, updated_by: None, release: Release::default(), ..entry })
}

/// Of which entry of headquarters a member's entry is the own wording, and which version of it the member saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Headquarters' entry.
    pub id: EntryId,
    /// The version that the member had before it.
    pub version: i64,
}

/// An entry that counts for a tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The entry.
    pub entry: Entry,
    /// Whether it is headquarters'.
    pub is_shared: bool,
    /// The shared entry in whose place it stands.
    pub origin: Option<EntryId>,
}

/// The entries that count for a member: its own that are switched on, and the shared ones that it neither has in its
/// own words, nor asks itself. An own wording replaces the shared one as soon as it is published, also while it is
/// switched off: so a member silences what is not true for it. Other questions that name a replaced entry lead to
/// the one in its place.
#[must_use]
pub fn standing(own: Vec<Entry>, shared: Vec<Entry>, origins: &HashMap<EntryId, Origin>) -> Vec<Standing> {
    if shared.is_empty() {
        // Most tenants: nothing is to be compared.
        let on = own.into_iter().filter(|it| it.body.enabled);
        return on.map(|entry| Standing { entry, is_shared: false, origin: None }).collect();
    }
    let published: HashSet<EntryId> = own.iter().map(|it| it.id).collect();
    let places: HashMap<EntryId, EntryId> = origins
        .iter()
        .filter(|(own, _)| published.contains(own))
        .map(|(own, origin)| (origin.id, *own))
        .collect();
    let asked: HashSet<String> = own
        .iter()
        .filter(|it| it.body.enabled && it.body.validity == Validity::default())
        .flat_map(|it| std::iter::once(&it.body.question).chain(&it.body.similar))
        .map(|it| normalise::plain(it))
        .collect();
    let own = own.into_iter().filter(|it| it.body.enabled).map(|entry| Standing {
        origin: origins.get(&entry.id).map(|it| it.id),
        entry,
        is_shared: false,
    });
    let shared = shared
        .into_iter()
        .filter(|it| !places.contains_key(&it.id) && !asked.contains(&normalise::plain(&it.body.question)))
        .map(|entry| Standing { entry, is_shared: true, origin: None });
    let mut all: Vec<Standing> = own.chain(shared).collect();
    for related in all.iter_mut().flat_map(|it| &mut it.entry.body.related) {
        *related = places.get(related).copied().unwrap_or(*related);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::content::Content;
    use crate::base::id::{CategoryId, InboxId, UserId};
    use crate::base::time::Time;
    use crate::knowledge::particulars::ChannelAnswers;

    #[test]
    fn a_scope_reaches_whom_it_names() {
        let scope = |members: &[i64], regions: &[&str]| Sharing {
            members: members.iter().map(|it| TenantId(*it)).collect(),
            regions: regions.iter().map(ToString::to_string).collect(),
        };
        for (sharing, member, region, expected) in [
            (scope(&[], &[]), 1, "", true),
            (scope(&[], &[]), 2, "华东", true),
            (scope(&[1], &[]), 1, "", true),
            (scope(&[1], &[]), 2, "", false),
            (scope(&[], &["华东"]), 2, "华东", true),
            (scope(&[], &["华东"]), 2, "华北", false),
            (scope(&[], &["华东"]), 2, "", false),
            (scope(&[1], &["华东"]), 2, "华东", true),
            (scope(&[1], &["华东"]), 1, "华北", true),
            (scope(&[1], &["华东"]), 3, "华北", false),
            (scope(&[1], &[""]), 3, "", false),
        ] {
            assert_eq!(sharing.reaches(TenantId(member), region), expected, "{sharing:?} {member} {region}");
        }
    }

    #[test]
    fn a_scope_is_tidied_or_refused() {
        let regions = |all: &[&str]| Sharing {
            regions: all.iter().map(ToString::to_string).collect(),
            members: vec![TenantId(1), TenantId(1)],
        };
        let tidy = regions(&[" 华东 ", "", "华东"]).tidy().unwrap();
        assert_eq!((tidy.regions.as_slice(), tidy.members.len()), (&["华东".to_owned()][..], 1));
        assert_eq!(regions(&[&"长".repeat(51)]).tidy().unwrap_err().code, "sharing.scope");
    }

    fn entry(id: i64, question: &str, related: &[i64]) -> Entry {
        let related = related.iter().map(|it| EntryId(*it)).collect();
        let body = EntryBody { question: question.into(), related, ..EntryBody::default() };
        Entry {
            id: EntryId(id),
            body,
            version: 1,
            updated_at: Time(0),
            updated_by: None,
            release: Release::default(),
        }
    }

    #[test]
    fn a_member_sees_what_is_said_and_nothing_else() {
        let set = |channels: &[&str], inboxes: &[i64]| ChannelAnswers {
            channels: channels.iter().map(ToString::to_string).collect(),
            inboxes: inboxes.iter().map(|it| InboxId(*it)).collect(),
            answers: vec![Content::text("点菜单")],
            ..ChannelAnswers::default()
        };
        let mut theirs = entry(1, "怎么开发票", &[]);
        theirs.body.category = Some(CategoryId(1));
        theirs.body.owner = Some(UserId(1));
        theirs.body.review_at = Some(Time(5));
        theirs.body.channel_answers = vec![set(&["wechat"], &[7]), set(&[], &[8])];
        theirs.updated_by = Some(UserId(1));
        theirs.release =
            Release { writers: vec![UserId(1)], note: "内部说明".into(), restored_from: None };
        let member = Member { id: TenantId(5), parent: TenantId(1), region: String::new() };
        assert_eq!(shown(theirs.clone(), &member), None, "it is not shared at all");
        theirs.body.sharing = Some(Sharing { members: vec![TenantId(6)], regions: Vec::new() });
        assert_eq!(shown(theirs.clone(), &member), None, "it is another's");
        theirs.body.sharing = Some(Sharing::default());
        let mut expected = entry(1, "怎么开发票", &[]);
        expected.body.channel_answers = vec![set(&["wechat"], &[])];
        assert_eq!(shown(theirs, &member), Some(expected));
    }

    #[test]
    fn what_a_member_wrote_goes_before_what_is_shared() {
        let mut off = entry(3, "怎么移机（本地）", &[]);
        off.body.enabled = false;
        let mut over = entry(4, "怎么销户", &[]);
        over.body.validity.until = Some(Time(5));
        let mut similar = entry(5, "积分换什么", &[]);
        similar.body.similar = vec!["积分怎么兑换？".into()];
        let own = vec![entry(1, "怎么查话费", &[21]), entry(2, "开票（本地）", &[]), off, over, similar];
        let shared = vec![
            entry(20, "怎么查话费？", &[]),
            entry(21, "怎么开发票", &[]),
            entry(22, "怎么移机", &[]),
            entry(23, "怎么销户", &[]),
            entry(24, "宽带断网", &[21, 20]),
            entry(25, "积分怎么兑换", &[]),
        ];
        let origin = |own: i64, id: i64| (EntryId(own), Origin { id: EntryId(id), version: 1 });
        // The last is a draft that was never published: it replaces nothing yet.
        let origins = HashMap::from([origin(2, 21), origin(3, 22), origin(9, 24)]);
        let all = standing(own, shared, &origins);
        let found: Vec<(i64, bool)> = all.iter().map(|it| (it.entry.id.0, it.is_shared)).collect();
        // 20 and 25 are asked by the member itself; 21 and 22 it has in its own words; its own 4 is sometimes over.
        assert_eq!(found, [(1, false), (2, false), (4, false), (5, false), (23, true), (24, true)]);
        let replaced: Vec<Option<i64>> = all.iter().map(|it| it.origin.map(|it| it.0)).collect();
        assert_eq!(replaced, [None, Some(21), None, None, None, None]);
        assert_eq!(all[0].entry.body.related, [EntryId(2)], "leads to the own wording");
        assert_eq!(all[5].entry.body.related, [EntryId(2), EntryId(20)]);
    }
}
