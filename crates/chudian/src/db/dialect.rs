//! The few words in which SQLite and PostgreSQL differ.

/// Which engine holds the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Built in: one file.
    Sqlite,
    /// A server beside us.
    Postgres,
}

impl Engine {
    /// Puts this engine's words for `{blob}` and `{serial}` into a text of data definition.
    pub(super) fn define(self, sql: &str) -> String {
        let (blob, serial) = match self {
            Self::Sqlite => ("blob", "integer primary key autoincrement"),
            Self::Postgres => ("bytea", "bigint generated always as identity primary key"),
        };
        let sql = sql.replace("{blob}", blob).replace("{serial}", serial);
        match self {
            // An integer primary key is the row's own place in the file: no second tree.
            Self::Sqlite => sql.replace("bigint primary key", "integer primary key"),
            Self::Postgres => sql,
        }
    }

    /// SQLite knows numbered parameters as `?1`: its `$1` would be a name, numbered by appearance.
    pub(super) fn parameters(self, sql: &str) -> String {
        match self {
            Self::Sqlite => sql.replace('$', "?"),
            Self::Postgres => sql.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_gets_its_own_words() {
        let sql = "create table a (id bigint primary key, b {blob}, c {serial})";
        assert_eq!(
            Engine::Sqlite.define(sql),
            "create table a (id integer primary key, b blob, c integer primary key autoincrement)"
        );
        assert!(Engine::Postgres.define(sql).contains("b bytea"));
        assert_eq!(Engine::Sqlite.parameters("a = $2 and b = $1"), "a = ?2 and b = ?1");
    }
}
