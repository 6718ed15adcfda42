//! Entries as the API shows them.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId, ProposalId, UserId};
use crate::base::time::Time;

use super::acts::model::{ActName, Proposal};
use super::listing::Found;
use super::model::{AnswerMode, EntryBody};
use super::particulars::ChannelAnswers;
use super::shared::model::{Origin, Sharing};
use super::workshop::model::StageName;
use super::workshop::store::Head;

/// Somebody who did something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Person {
    /// Their key.
    pub id: UserId,
    /// Their name; empty when they are of another tenant.
    pub name: String,
}

/// Names of people by their key.
pub type Names = HashMap<UserId, String>;

impl Person {
    /// Somebody, with their name.
    #[must_use]
    pub fn of(id: UserId, names: &Names) -> Self {
        Self { id, name: names.get(&id).cloned().unwrap_or_default() }
    }
}

/// What an entry, a draft or a version says.
#[derive(Debug, Serialize, ToSchema)]
pub struct BodyView {
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// The standard question.
    pub question: String,
    /// Other wordings.
    pub similar: Vec<String>,
    /// What is answered.
    pub answers: Vec<Content>,
    /// Which of them.
    pub answer_mode: AnswerMode,
    /// Not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Time>,
    /// Not from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Time>,
    /// Words under which editors find it.
    pub tags: Vec<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// From when on somebody should look whether it is still true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_at: Option<Time>,
    /// Other questions that are offered after the answer.
    pub related: Vec<EntryId>,
    /// What some channels get in the place of the answers.
    pub channel_answers: Vec<ChannelAnswers>,
    /// Of headquarters: which members' bots say it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
}

impl From<EntryBody> for BodyView {
    fn from(body: EntryBody) -> Self {
        Self {
            category: body.category,
            question: body.question,
            similar: body.similar,
            answers: body.answers,
            answer_mode: body.answer_mode,
            valid_from: body.validity.from,
            valid_until: body.validity.until,
            tags: body.tags,
            owner: body.owner,
            review_at: body.review_at,
            related: body.related,
            channel_answers: body.channel_answers,
            sharing: body.sharing,
        }
    }
}

/// An entry of the base: what is published of it, or, while nothing is, what its draft says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryView {
    /// Its key.
    pub id: EntryId,
    /// What it says.
    #[serde(flatten)]
    pub body: BodyView,
    /// Whether it counts at all.
    pub enabled: bool,
    /// The published version; 0 while none is.
    pub version: i64,
    /// When it was published, or its draft was saved.
    pub updated_at: Time,
    /// By whom; absent when a program did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<Person>,
    /// That somebody is writing on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftHeadView>,
    /// What somebody proposes to do with it, where four eyes are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalView>,
    /// The shared entry of headquarters of which it is the own wording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginView>,
}

/// The shared entry of which an entry is the own wording.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntryOrigin)]
pub struct OriginView {
    /// Headquarters' entry.
    pub id: EntryId,
    /// The version that was seen here.
    pub seen: i64,
    /// The version that is shared now; absent when it is not shared any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

impl OriginView {
    fn of((origin, version): (Origin, Option<i64>)) -> Self {
        Self { id: origin.id, seen: origin.version, version }
    }
}

/// That there is a draft, and how far it has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftHead)]
pub struct DraftHeadView {
    /// The number of its text.
    pub revision: i64,
    /// How far it has come.
    pub stage: StageName,
    /// When it will be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Time>,
    /// When it was saved last.
    pub updated_at: Time,
    /// By whom; absent when a program did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<Person>,
}

impl DraftHeadView {
    fn of(head: Head, names: &Names) -> Self {
        let Head { revision, stage, publish_at, updated_at, updated_by } = head;
        let updated_by = updated_by.map(|it| Person::of(it, names));
        Self { revision, stage, publish_at, updated_at, updated_by }
    }
}

/// What somebody proposes to do with an entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntryProposal)]
pub struct ProposalView {
    /// Its key: who confirms names it.
    pub id: ProposalId,
    /// What is to be done.
    pub act: ActName,
    /// Of a restoration: the version that is to come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restores: Option<i64>,
    /// Why.
    pub note: String,
    /// When it was proposed.
    pub proposed_at: Time,
    /// By whom; absent when a program did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<Person>,
    /// Whether it can still be confirmed: not once it was refused, nor when the entry was published anew.
    pub open: bool,
    /// Who did not agree; absent while nobody refused it, or when a program did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_by: Option<Person>,
    /// Why it was refused; absent while it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ProposalView {
    fn of(proposal: Proposal, version: i64, names: &Names) -> Self {
        let person = |id: Option<UserId>| id.map(|it| Person::of(it, names));
        Self {
            id: proposal.id,
            act: proposal.act.name(),
            restores: proposal.act.restores(),
            proposed_at: proposal.at,
            proposed_by: person(proposal.by),
            open: proposal.is_open(version),
            refused_by: person(proposal.refusal.as_ref().and_then(|it| it.by)),
            reason: proposal.refusal.map(|it| it.reason),
            note: proposal.note,
        }
    }
}

impl From<Found> for EntryView {
    fn from(found: Found) -> Self {
        let Found { entry, draft, proposal, names, origin } = found;
        Self {
            id: entry.id,
            enabled: entry.body.enabled,
            body: entry.body.into(),
            version: entry.version,
            updated_at: entry.updated_at,
            updated_by: entry.updated_by.map(|it| Person::of(it, &names)),
            draft: draft.map(|it| DraftHeadView::of(it, &names)),
            proposal: proposal.map(|it| ProposalView::of(it, entry.version, &names)),
            origin: origin.map(OriginView::of),
        }
    }
}
