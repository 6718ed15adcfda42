//! Agents over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::UserId;
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::Json;

use super::model::{Agent, AgentState};
use super::ops;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_agents)).routes(routes!(set_agent_state))
}

/// A person, by key and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentName {
    /// The key.
    pub id: UserId,
    /// The name for people.
    pub name: String,
}

/// An agent, as colleagues see her.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentView {
    /// Who.
    pub user: AgentName,
    /// What she is to the queue.
    pub state: AgentState,
    /// What she chose; differs from `state` while her connection is lost.
    pub wanted: AgentState,
    /// How many conversations she serves now.
    pub serving: i64,
    /// How many she serves at once.
    pub capacity: i64,
    /// Since when she is in this state.
    pub since: Time,
}

impl From<Agent> for AgentView {
    fn from(it: Agent) -> Self {
        Self {
            user: AgentName { id: it.user, name: it.name },
            state: it.state,
            wanted: it.wanted,
            serving: it.serving,
            capacity: it.capacity,
            since: it.since,
        }
    }
}

/// What an agent chooses to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentStateBody {
    /// What she is to the queue from now on.
    state: AgentState,
    /// How many conversations she serves at once: 1 to 100; as before when absent.
    capacity: Option<i64>,
}

/// Everybody who may answer, and whether they can now.
#[utoipa::path(get, path = "/agents", tag = "desk", responses((status = 200, body = Vec<AgentView>)))]
async fn list_agents(State(ctx): State<Ctx>, actor: Actor) -> Answer<Vec<AgentView>> {
    let agents = ops::list_agents(&ctx, &actor).await?;
    Ok(Json(agents.into_iter().map(AgentView::from).collect()))
}

/// Says what one is to the queue: ready for new conversations, away, or offline.
#[utoipa::path(
    put, path = "/agent-state", tag = "desk", request_body = AgentStateBody,
    responses((status = 200, body = AgentView))
)]
async fn set_agent_state(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<AgentStateBody>,
) -> Answer<AgentView> {
    Ok(Json(ops::set_state(&ctx, &actor, body.state, body.capacity).await?.into()))
}
