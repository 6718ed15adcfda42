//! The tables of the models: what was chosen, and vectors that were made.

use crate::base::Result;
use crate::base::id::TenantId;
use crate::base::time::Time;
use crate::db::{Tx, args};

use super::model::{Choice, Endpoint, Kept};

/// What a tenant chose; none chosen is off.
pub fn get(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Kept> {
    let sql = "select kind, url, model, secret, version from knowledge_models where tenant_id = $1";
    let found = tx.first(sql, args![tenant], |row| {
        let kind: String = row.get(0)?;
        let choice = match kind.as_str() {
            "local" => Choice::Local,
            "endpoint" => Choice::Endpoint(Endpoint { url: row.get(1)?, model: row.get(2)? }),
            _ => Choice::Off,
        };
        Ok(Kept { choice, secret: row.get(3)?, version: row.get(4)? })
    })?;
    Ok(found.unwrap_or_default())
}

/// The tenants that have a model.
pub fn list_tenants(tx: &mut Tx<'_>) -> Result<Vec<TenantId>> {
    tx.all("select tenant_id from knowledge_models where kind <> 'off' order by tenant_id", args![], |row| {
        row.get(0)
    })
}

/// Writes what a tenant chose over the version before its own; false when that is not there any more.
pub fn put(tx: &mut Tx<'_>, tenant: TenantId, kept: &Kept, now: Time) -> Result<bool> {
    let (url, model) = match &kept.choice {
        Choice::Endpoint(it) => (it.url.as_str(), it.model.as_str()),
        _ => ("", ""),
    };
    let changed = tx.execute(
        "insert into knowledge_models (tenant_id, kind, url, model, secret, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (tenant_id) do update
         set kind = excluded.kind, url = excluded.url, model = excluded.model, secret = excluded.secret,
             version = excluded.version, updated_at = excluded.updated_at
         where knowledge_models.version + 1 = excluded.version",
        args![tenant, kept.choice.name(), url, model, kept.secret.as_deref(), kept.version, now],
    )?;
    Ok(changed == 1)
}

/// A vector with the digest of its wording.
pub type Row = (Vec<u8>, Vec<u8>);

/// The kept vectors of a space after a digest, by digest: a page of at most `limit`.
pub fn list_vectors(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    space: &str,
    after: &[u8],
    limit: u32,
) -> Result<Vec<Row>> {
    tx.all(
        "select digest, vector from wording_vectors
         where tenant_id = $1 and space = $2 and digest > $3 order by digest limit $4",
        args![tenant, space, after, limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Keeps a vector.
pub fn put_vector(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    space: &str,
    digest: &[u8],
    vector: &[u8],
) -> Result<()> {
    tx.execute(
        "insert into wording_vectors (tenant_id, space, digest, vector) values ($1, $2, $3, $4)
         on conflict (tenant_id, space, digest) do nothing",
        args![tenant, space, digest, vector],
    )?;
    Ok(())
}

/// Forgets the vector of a wording that is no more.
pub fn delete_vector(tx: &mut Tx<'_>, tenant: TenantId, space: &str, digest: &[u8]) -> Result<()> {
    tx.execute(
        "delete from wording_vectors where tenant_id = $1 and space = $2 and digest = $3",
        args![tenant, space, digest],
    )?;
    Ok(())
}

/// Forgets all vectors of a tenant's other spaces.
pub fn delete_other_spaces(tx: &mut Tx<'_>, tenant: TenantId, space: &str) -> Result<u64> {
    tx.execute("delete from wording_vectors where tenant_id = $1 and space <> $2", args![tenant, space])
}
