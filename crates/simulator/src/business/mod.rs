//! A stand-in for business systems: bills of a telecom operator, cards of a bank, meters of a gas company.
//! Small on purpose: enough for connectors to have somebody to talk to.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::platform::Platform;

/// The data, as it is answered.
#[derive(Debug)]
pub(crate) struct Books {
    customers: Value,
}

impl Books {
    /// The built-in sample.
    pub(crate) fn sample() -> Books {
        let customers = serde_json::from_str(include_str!("sample.json"));
        Books { customers: customers.expect("the sample is read by a test of this file") }
    }

    fn customer(&self, company: &str, id: &str) -> Option<&Value> {
        self.customers[company]
            .as_array()?
            .iter()
            .find(|customer| customer["id"] == id || customer["phone"] == id)
    }
}

/// `/business/{company}/customers…`; `company` is `telecom`, `bank` or `gas`.
pub(crate) fn routes() -> Router<Platform> {
    Router::new()
        .route("/business", get(companies))
        .route("/business/{company}/customers", get(customers))
        .route("/business/{company}/customers/{id}", get(customer))
        .route("/business/{company}/customers/{id}/{part}", get(part))
}

async fn companies(State(platform): State<Platform>) -> Json<Value> {
    let world = platform.world();
    let names: Vec<&String> =
        world.business.customers.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    Json(json!({ "companies": names }))
}

async fn customers(State(platform): State<Platform>, Path(company): Path<String>) -> Response {
    let world = platform.world();
    match world.business.customers[&company].as_array() {
        Some(list) => {
            let rows: Vec<Value> = list
                .iter()
                .map(|row| json!({ "id": row["id"], "name": row["name"], "phone": row["phone"] }))
                .collect();
            Json(json!({ "items": rows })).into_response()
        }
        None => missing(),
    }
}

async fn customer(State(platform): State<Platform>, Path((company, id)): Path<(String, String)>) -> Response {
    let world = platform.world();
    world.business.customer(&company, &id).map_or_else(missing, |found| Json(found.clone()).into_response())
}

/// One part of a customer: `bills`, `balance`, `orders`, `card`, `meter`.
async fn part(
    State(platform): State<Platform>,
    Path((company, id, part)): Path<(String, String, String)>,
) -> Response {
    let world = platform.world();
    let found = world
        .business
        .customer(&company, &id)
        .map(|customer| &customer[&part])
        .filter(|part| !part.is_null());
    found.map_or_else(missing, |part| Json(json!({ part_name(part): part })).into_response())
}

/// Lists come as `items`, single things as `item`.
fn part_name(part: &Value) -> &'static str {
    if part.is_array() { "items" } else { "item" }
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "code": "missing", "message": "no such customer or part" })))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_three_companies() {
        let books = Books::sample();
        for (company, part) in [("telecom", "bills"), ("bank", "card"), ("gas", "meter")] {
            let first = &books.customers[company][0];
            assert!(!first[part].is_null(), "{company} has {part}");
            assert_eq!(books.customer(company, first["phone"].as_str().unwrap()).unwrap()["id"], first["id"]);
        }
        assert!(books.customer("telecom", "nobody").is_none());
    }
}
