//! Which function does which kind of job: one line each.

use crate::ctx::Ctx;
use crate::delivery::{fetch, introduce};
use crate::intake;
use crate::jobs::Registry;
use crate::knowledge::workshop::{batch, release};

/// All kinds of jobs.
#[must_use]
pub fn registry(ctx: &Ctx) -> Registry {
    let mut registry = Registry::default();
    let handle = ctx.clone();
    registry.add(intake::FETCH_MEDIA, move |tenant, payload| fetch::run(handle.clone(), tenant, payload));
    let handle = ctx.clone();
    let introduce = move |tenant, payload| introduce::run(handle.clone(), tenant, payload);
    registry.add(intake::INTRODUCE, introduce);
    let handle = ctx.clone();
    let publish = move |tenant, payload| release::run(handle.clone(), tenant, payload);
    registry.add(release::PUBLISH_ENTRY, publish);
    let handle = ctx.clone();
    let work_off = move |tenant, payload| batch::run::run(handle.clone(), tenant, payload);
    registry.add(batch::run::WORK_OFF, work_off);
    registry
}
