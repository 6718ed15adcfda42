//! The table of words that an editor does not want to see.

use std::collections::HashSet;

use crate::base::Result;
use crate::base::id::{TenantId, UserId};
use crate::db::{Tx, args};

/// The ignored words of a tenant.
pub fn list_ignored(tx: &mut Tx<'_>, tenant: TenantId) -> Result<HashSet<String>> {
    let found =
        tx.all("select word from kb_ignored_words where tenant_id = $1", args![tenant], |row| row.get(0))?;
    Ok(found.into_iter().collect())
}

/// Ignores a word.
pub fn insert_ignored(tx: &mut Tx<'_>, tenant: TenantId, word: &str, by: Option<UserId>) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "insert into kb_ignored_words (tenant_id, word, at, by_user) values ($1, $2, $3, $4)
         on conflict (tenant_id, word) do nothing",
        args![tenant, word, now, by],
    )?;
    Ok(())
}
