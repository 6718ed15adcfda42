//! The knowledge base over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId, ImportId, UserId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

use super::category::model::Category;
use super::category::ops::{self as categories, CategoryChange};
use super::listing::{self, Filter};
use super::model::{AnswerMode, EntryBody, Validity};
use super::ops::{self, Writing};
use super::particulars::ChannelAnswers;
use super::rehearsal::AcceptQuery;
use super::shared::model::Sharing;
use super::store::Drafts;
use super::view::{EntryView, Person};
use super::{acts, import, shared, words, workshop};

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_categories, create_category))
        .routes(routes!(update_category, delete_category))
        .routes(routes!(list_entries, create_entry))
        .routes(routes!(get_entry, update_entry))
        .routes(routes!(list_tags))
        .routes(routes!(list_owners))
        .merge(workshop::http::routes())
        .merge(workshop::batch::http::routes())
        .merge(acts::http::routes())
        .merge(import::http::routes())
        .merge(words::http::routes())
        .merge(shared::http::routes())
}

// Categories ---------------------------------------------------------------------------------------

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub struct Categories {
    /// The categories, in their order.
    pub items: Vec<Category>,
}

/// A new category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryInput {
    /// Its name.
    name: String,
    /// The category above it; absent: at the top.
    parent: Option<CategoryId>,
}

/// A change of a category. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryPatch {
    /// Its name.
    name: Option<String>,
    /// The category above it; `null`: at the top.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<CategoryId>)]
    parent: Option<Option<CategoryId>>,
}

/// Tells `null` from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<CategoryId>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// All categories.
#[utoipa::path(
    get, path = "/knowledge/categories", tag = "knowledge", responses((status = 200, body = Categories))
)]
async fn list_categories(State(ctx): State<Ctx>, actor: Actor) -> Answer<Categories> {
    Ok(Json(Categories { items: categories::list_categories(&ctx, &actor).await? }))
}

/// Makes a category.
#[utoipa::path(
    post, path = "/knowledge/categories", tag = "knowledge", request_body = CategoryInput,
    responses((status = 201, body = Category))
)]
async fn create_category(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<CategoryInput>,
) -> Result<(StatusCode, Json<Category>), Problem> {
    let made = categories::create_category(&ctx, &actor, &input.name, input.parent).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Renames or moves a category.
#[utoipa::path(
    patch, path = "/knowledge/categories/{id}", tag = "knowledge", params(("id" = CategoryId, Path)),
    request_body = CategoryPatch, responses((status = 200, body = Category))
)]
async fn update_category(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<CategoryId>,
    Json(patch): Json<CategoryPatch>,
) -> Answer<Category> {
    let change = CategoryChange { name: patch.name, parent: patch.parent };
    Ok(Json(categories::update_category(&ctx, &actor, id, change).await?))
}

/// Removes a category in which nothing hangs.
#[utoipa::path(
    delete, path = "/knowledge/categories/{id}", tag = "knowledge", params(("id" = CategoryId, Path)),
    responses((status = 204))
)]
async fn delete_category(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<CategoryId>,
) -> Result<StatusCode, Problem> {
    categories::delete_category(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

// Entries ------------------------------------------------------------------------------------------

/// An entry as an editor writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryInput {
    /// Its category.
    category: Option<CategoryId>,
    /// The standard question.
    question: String,
    /// Other wordings, at most 200.
    #[serde(default)]
    similar: Vec<String>,
    /// What is answered: 1 to 5.
    answers: Vec<Content>,
    /// Which of them; absent: all in order.
    #[serde(default)]
    answer_mode: AnswerMode,
    /// Not before.
    valid_from: Option<Time>,
    /// Not from here on.
    valid_until: Option<Time>,
    /// Words under which editors find it, at most 20.
    #[serde(default)]
    tags: Vec<String>,
    /// Who answers for it.
    owner: Option<UserId>,
    /// From when on somebody should look whether it is still true.
    review_at: Option<Time>,
    /// Other questions that are offered after the answer, at most 5. One that is gone or not published is left out
    /// by itself.
    #[serde(default)]
    related: Vec<EntryId>,
    /// What some channels get in the place of the answers. The most particular set counts: one that names the inbox,
    /// or else one that names its kind.
    #[serde(default)]
    channel_answers: Vec<ChannelAnswers>,
    /// Of headquarters: which members' bots say it too; no names: all members. Absent: none.
    sharing: Option<Sharing>,
    /// Whether it counts at all. A draft does not change it.
    #[serde(default = "yes")]
    enabled: bool,
    /// False: it is saved as the entry's draft. Absent: it is published at once, which is refused where four eyes
    /// are asked for.
    #[serde(default = "yes")]
    publish: bool,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over, as imports and scripts want it.
    version: Option<i64>,
    /// The number of the draft that was seen, 0 for none; absent: save over any. Published at once, the draft that
    /// was seen ends.
    revision: Option<i64>,
    /// What is different now, for who reads the versions.
    note: Option<String>,
}

fn yes() -> bool {
    true
}

impl EntryInput {
    fn split(self, accept_fall: bool) -> (EntryBody, Writing) {
        let Self { publish, version, revision, note, .. } = self;
        let body = EntryBody {
            category: self.category,
            question: self.question,
            similar: self.similar,
            answers: self.answers,
            answer_mode: self.answer_mode,
            validity: Validity { from: self.valid_from, until: self.valid_until },
            enabled: self.enabled,
            tags: self.tags,
            owner: self.owner,
            review_at: self.review_at,
            related: self.related,
            channel_answers: self.channel_answers,
            sharing: self.sharing,
        };
        (body, Writing { publish, version, revision, note, accept_fall })
    }
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EntryQuery {
    /// Only those that hang in this category, or in one below it.
    category: Option<CategoryId>,
    /// Only those with a draft: any, or one at this stage.
    #[param(inline)]
    draft: Option<Drafts>,
    /// Only those with this tag.
    tag: Option<String>,
    /// Only those for which this person answers.
    owner: Option<UserId>,
    /// Only those that somebody should look at by now.
    #[serde(default)]
    due: bool,
    /// Only those with a draft that this import made.
    import: Option<ImportId>,
    /// A part of a question, a wording or an answer.
    query: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 200.
    limit: Option<u32>,
}

/// Entries, newest first.
#[utoipa::path(
    get, path = "/knowledge/entries", tag = "knowledge", params(EntryQuery),
    responses((status = 200, body = Page<EntryView>))
)]
async fn list_entries(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<EntryQuery>,
) -> Answer<Page<EntryView>> {
    let EntryQuery { category, draft, tag, owner, due, import, query, after, limit } = query;
    let page = PageRequest { after, limit };
    let query = query.unwrap_or_default();
    let filter = Filter { category, drafts: draft, tag, owner, is_due: due, import, query };
    let found = listing::list(&ctx, &actor, filter, page).await?;
    Ok(Json(found.map(EntryView::from)))
}

/// The tags of the base.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeTags)]
pub struct Tags {
    /// The tags, the most used first.
    pub items: Vec<TagView>,
}

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeTag)]
pub struct TagView {
    /// Its words.
    pub tag: String,
    /// How many entries carry it.
    pub count: usize,
}

/// The tags that entries carry.
#[utoipa::path(
    get, path = "/knowledge/tags", tag = "knowledge", responses((status = 200, body = Tags))
)]
async fn list_tags(State(ctx): State<Ctx>, actor: Actor) -> Answer<Tags> {
    let tags = listing::list_tags(&ctx, &actor).await?;
    Ok(Json(Tags { items: tags.into_iter().map(|(tag, count)| TagView { tag, count }).collect() }))
}

/// People who may answer for entries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeOwners)]
pub struct Owners {
    /// The people, in the order in which they came.
    pub items: Vec<Person>,
}

/// Who may answer for entries: the people who may write the base.
#[utoipa::path(
    get, path = "/knowledge/owners", tag = "knowledge", responses((status = 200, body = Owners))
)]
async fn list_owners(State(ctx): State<Ctx>, actor: Actor) -> Answer<Owners> {
    let people = listing::list_owners(&ctx, &actor).await?;
    Ok(Json(Owners { items: people.into_iter().map(|(id, name)| Person { id, name }).collect() }))
}

/// Makes an entry, published or as a draft.
#[utoipa::path(
    post, path = "/knowledge/entries", tag = "knowledge", params(AcceptQuery), request_body = EntryInput,
    responses((status = 201, body = EntryView))
)]
async fn create_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<AcceptQuery>,
    Json(input): Json<EntryInput>,
) -> Result<(StatusCode, Json<EntryView>), Problem> {
    let (body, how) = input.split(query.accept_fall);
    let made = ops::create(&ctx, &actor, body, how).await?;
    Ok((StatusCode::CREATED, Json(listing::get(&ctx, &actor, made.id).await?.into())))
}

/// One entry.
#[utoipa::path(
    get, path = "/knowledge/entries/{id}", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 200, body = EntryView))
)]
async fn get_entry(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<EntryId>) -> Answer<EntryView> {
    Ok(Json(listing::get(&ctx, &actor, id).await?.into()))
}

/// Changes what is published of an entry, or its draft.
#[utoipa::path(
    put, path = "/knowledge/entries/{id}", tag = "knowledge", params(("id" = EntryId, Path), AcceptQuery),
    request_body = EntryInput, responses((status = 200, body = EntryView))
)]
async fn update_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(query): Query<AcceptQuery>,
    Json(input): Json<EntryInput>,
) -> Answer<EntryView> {
    let (body, how) = input.split(query.accept_fall);
    let entry = ops::update(&ctx, &actor, id, body, how).await?;
    Ok(Json(listing::get(&ctx, &actor, entry.id).await?.into()))
}
