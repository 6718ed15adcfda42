//! What a base is compared with besides its entries: the tenant's words, and what was learnt.

use std::sync::Arc;

use retrieval::Language;
use retrieval::learnt::Space;

use crate::base::Result;
use crate::base::id::TenantId;
use crate::db::Tx;
use crate::knowledge::words;

use super::learning::store as learning;

/// The words, and what was learnt.
#[derive(Debug, Clone, Default)]
pub struct Lore {
    /// The words.
    pub language: Language,
    /// What was learnt.
    pub space: Option<Arc<Space>>,
    /// From which confidence on an answer keeps what is promised, as the base taught; none while it was never asked.
    pub answer_from: Option<f32>,
}

/// Those of a tenant. What another version learnt and this one cannot read does not count; the next night learns anew.
///
/// # Errors
/// Those of the database.
pub fn load(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Lore> {
    let language = words::model::language(&words::store::list_all(tx, tenant)?);
    let space = learning::find_space(tx, tenant)?.and_then(|(training, bytes)| {
        let space = Space::from_bytes(&bytes);
        if space.is_none() {
            tracing::warn!(
                %tenant, %training,
                "what was learnt cannot be read, so words decide alone until the next training"
            );
        }
        space.map(Arc::new)
    });
    let answer_from = learning::get_learning(tx, tenant)?.answer_from();
    Ok(Lore { language, space, answer_from })
}
