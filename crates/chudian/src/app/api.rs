//! The API: every domain's routes in one list, and their description.

use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Description;
use utoipa_axum::router::OpenApiRouter;

use crate::ctx::Ctx;
use crate::{
    audit, bot, channels, contacts, desk, intake, knowledge, models, realtime, routing, tenants, uploads,
};

/// What stands at the top of the description.
#[derive(OpenApi)]
#[openapi(info(
    title = "Chudian API",
    description = "Everything that the console does. Lists are {items, next}; errors are problem details (RFC 9457) \
                   with a stable code; moments are RFC 3339. What people edit has a version: who sends the one they \
                   saw is refused with 409 when somebody else was quicker; who sends none writes over whatever is \
                   there, as imports and scripts want it."
))]
struct Head;

/// All routes below `/api/v1`, with their description.
fn all() -> OpenApiRouter<Ctx> {
    OpenApiRouter::with_openapi(Head::openapi())
        .merge(tenants::http::routes())
        .merge(audit::http::routes())
        .merge(channels::http::routes())
        .merge(knowledge::http::routes())
        .merge(knowledge::reading::http::routes())
        .merge(knowledge::usage::http::routes())
        .merge(models::http::routes())
        .merge(bot::http::routes())
        .merge(bot::generation::http::routes())
        .merge(bot::publish::http::routes())
        .merge(bot::unresolved::http::routes())
        .merge(bot::learning::http::routes())
        .merge(bot::suggestions::http::routes())
        .merge(bot::unknown_words::http::routes())
        .merge(bot::regression::http::routes())
        .merge(bot::twins::http::routes())
        .merge(intake::http::routes())
        .merge(contacts::http::routes())
        .merge(uploads::http::routes())
        .merge(routing::http::routes())
        .merge(desk::http::routes())
        .merge(realtime::http::routes())
}

/// The routes, and their description.
pub fn routes(secure_cookies: bool) -> (Router<Ctx>, Description) {
    let (router, mut description) = all().split_for_parts();
    description.servers = Some(vec![utoipa::openapi::Server::new("/api/v1")]);
    crate::web::openapi::complete(&mut description, secure_cookies);
    (router, description)
}

/// The description as pretty JSON, as it is committed for the console's client.
#[must_use]
pub fn description_text() -> String {
    let (_, description) = routes(true);
    description.to_pretty_json().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::description_text;

    #[test]
    fn no_shape_that_refuses_other_fields_is_part_of_one_that_has_them() {
        let description: Value = serde_json::from_str(&description_text()).unwrap();
        let schemas = description["components"]["schemas"].as_object().unwrap();
        assert!(schemas.len() > 100);
        let refuses = |part: &&Value| {
            let name = part["$ref"].as_str().and_then(|it| it.rsplit('/').next()).unwrap_or_default();
            schemas.get(name).is_some_and(|it| it["additionalProperties"] == false)
        };
        let parts = |it: &Value| it["allOf"].as_array().cloned().unwrap_or_default();
        let wrong: Vec<_> =
            schemas.iter().filter(|(_, it)| parts(it).iter().any(|it| refuses(&it))).collect();
        assert_eq!(wrong, []);
    }
}
