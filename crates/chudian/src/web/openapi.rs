//! What every operation of the API file has in common.

use super::error::ProblemBody;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

/// Adds to every operation the answer for errors, and to all of them how one proves who one is.
pub fn complete(api: &mut OpenApi, secure_cookies: bool) {
    let components = api.components.get_or_insert_with(Components::new);
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    components
        .schemas
        .iter_mut()
        .filter(|(name, _)| STRICT.contains(&name.as_str()))
        .for_each(|(_, it)| close(it));
    let cookie = if secure_cookies { "__Host-chudian" } else { "chudian" };
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        cookie,
        "The session of a person. Requests that change something also need X-CSRF-Token.",
    )));
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("ck_prefix_secret")
        .description(Some("An API key of a program"))
        .build();
    components.security_schemes.insert("session".into(), session.into());
    components.security_schemes.insert("api_key".into(), SecurityScheme::Http(key).into());
    let none = Vec::<String>::new;
    api.security =
        Some(vec![SecurityRequirement::new("session", none()), SecurityRequirement::new("api_key", none())]);
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.options,
            &mut item.head,
            &mut item.patch,
            &mut item.trace,
        ];
        operations.into_iter().flatten().for_each(add_problem);
    }
}

/// Tagged enums that refuse unknown fields (`deny_unknown_fields`): the generator writes that for
/// structs and forgets it for these.
const STRICT: &[&str] = &["Content"];

/// Says of every variant that it has no other fields.
fn close(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(one_of)) = schema else { return };
    for variant in &mut one_of.items {
        if let RefOr::T(Schema::Object(object)) = variant {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

fn add_problem(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
    let problem = ResponseBuilder::new()
        .description("What went wrong, as RFC 9457 problem details")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.entry("default".into()).or_insert(problem.into());
}
