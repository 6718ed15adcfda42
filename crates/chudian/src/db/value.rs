//! Values on their way into and out of SQL.
//!
//! Three kinds are enough for both engines: whole numbers, text and bytes.

use std::borrow::Cow;

use crate::base::id::Id;
use crate::base::time::Time;
use crate::base::{Error, Result};

/// The kind of a value; a null has one too, since PostgreSQL asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `bigint`
    Int,
    /// `text`
    Text,
    /// `blob` or `bytea`
    Blob,
}

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Val<'a> {
    /// No value.
    Null(Type),
    /// A whole number, a key, a moment, a flag.
    Int(i64),
    /// Text or JSON.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
}

/// What can be a parameter.
pub trait ToVal {
    /// Its kind, for nulls.
    const TYPE: Type;
    /// Itself as a parameter.
    fn val(&self) -> Val<'_>;
}

/// What can be read from a column.
pub trait FromColumn: Sized {
    /// Reads column `index`, counted from 0.
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self>;
}

/// The parameters of a statement: `args![tenant, id, name]`.
#[macro_export]
#[doc(hidden)]
macro_rules! __args {
    ($($value:expr),* $(,)?) => { &[$($crate::db::ToVal::val(&$value)),*] };
}
pub use crate::__args as args;

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl ToVal for $t {
            const TYPE: Type = Type::Int;
            fn val(&self) -> Val<'_> { Val::Int(i64::from(*self)) }
        }
    )*};
}
integers!(i64, i32, u32, u16, bool);

impl<T: Id> ToVal for T {
    const TYPE: Type = Type::Int;
    fn val(&self) -> Val<'_> {
        Val::Int(self.raw())
    }
}

impl ToVal for Time {
    const TYPE: Type = Type::Int;
    fn val(&self) -> Val<'_> {
        Val::Int(self.0)
    }
}

impl ToVal for str {
    const TYPE: Type = Type::Text;
    fn val(&self) -> Val<'_> {
        Val::Text(Cow::Borrowed(self))
    }
}

impl ToVal for &str {
    const TYPE: Type = Type::Text;
    fn val(&self) -> Val<'_> {
        Val::Text(Cow::Borrowed(self))
    }
}

impl ToVal for String {
    const TYPE: Type = Type::Text;
    fn val(&self) -> Val<'_> {
        Val::Text(Cow::Borrowed(self))
    }
}

impl ToVal for [u8] {
    const TYPE: Type = Type::Blob;
    fn val(&self) -> Val<'_> {
        Val::Blob(Cow::Borrowed(self))
    }
}

impl ToVal for &[u8] {
    const TYPE: Type = Type::Blob;
    fn val(&self) -> Val<'_> {
        Val::Blob(Cow::Borrowed(self))
    }
}

impl ToVal for Vec<u8> {
    const TYPE: Type = Type::Blob;
    fn val(&self) -> Val<'_> {
        Val::Blob(Cow::Borrowed(self))
    }
}

impl<T: ToVal> ToVal for Option<T> {
    const TYPE: Type = T::TYPE;
    fn val(&self) -> Val<'_> {
        self.as_ref().map_or(Val::Null(T::TYPE), ToVal::val)
    }
}

/// A row of an answer.
#[derive(Clone, Copy)]
pub enum Row<'a> {
    /// From SQLite.
    Sqlite(&'a rusqlite::Row<'a>),
    /// From PostgreSQL.
    Postgres(&'a ::postgres::Row),
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Row(..)")
    }
}

impl Row<'_> {
    /// Reads column `index`, counted from 0.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T> {
        T::from_column(self, index)
    }

    /// Reads a column that holds JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self, index: usize) -> Result<T> {
        let text: Cow<'_, str> = Cow::Borrowed(self.text(index)?.ok_or_else(|| empty(index))?);
        serde_json::from_str(&text).map_err(|error| unreadable(index).because(error))
    }

    fn int(&self, index: usize) -> Result<Option<i64>> {
        match self {
            Self::Sqlite(row) => {
                match row.get_ref(index).map_err(|error| unreadable(index).because(error))? {
                    rusqlite::types::ValueRef::Null => Ok(None),
                    value => value.as_i64().map(Some).map_err(|error| unreadable(index).because(error)),
                }
            }
            Self::Postgres(row) => row.try_get(index).map_err(|error| unreadable(index).because(error)),
        }
    }

    fn text(&self, index: usize) -> Result<Option<&str>> {
        match self {
            Self::Sqlite(row) => {
                match row.get_ref(index).map_err(|error| unreadable(index).because(error))? {
                    rusqlite::types::ValueRef::Null => Ok(None),
                    value => value.as_str().map(Some).map_err(|error| unreadable(index).because(error)),
                }
            }
            Self::Postgres(row) => row.try_get(index).map_err(|error| unreadable(index).because(error)),
        }
    }

    fn blob(&self, index: usize) -> Result<Option<&[u8]>> {
        match self {
            Self::Sqlite(row) => {
                match row.get_ref(index).map_err(|error| unreadable(index).because(error))? {
                    rusqlite::types::ValueRef::Null => Ok(None),
                    value => value.as_blob().map(Some).map_err(|error| unreadable(index).because(error)),
                }
            }
            Self::Postgres(row) => row.try_get(index).map_err(|error| unreadable(index).because(error)),
        }
    }
}

fn unreadable(index: usize) -> Error {
    Error::internal("database.column", format!("column {index} of an answer is not what the code expects"))
}

fn empty(index: usize) -> Error {
    Error::internal("database.null", format!("column {index} of an answer is null"))
}

impl FromColumn for i64 {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        row.int(index)?.ok_or_else(|| empty(index))
    }
}

impl FromColumn for bool {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        Ok(row.int(index)?.unwrap_or_default() != 0)
    }
}

impl<T: Id> FromColumn for T {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        Ok(T::from_raw(row.int(index)?.ok_or_else(|| empty(index))?))
    }
}

impl FromColumn for Time {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        Ok(Time(row.int(index)?.ok_or_else(|| empty(index))?))
    }
}

impl FromColumn for String {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        Ok(row.text(index)?.ok_or_else(|| empty(index))?.to_owned())
    }
}

impl FromColumn for Vec<u8> {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        Ok(row.blob(index)?.ok_or_else(|| empty(index))?.to_vec())
    }
}

macro_rules! optional {
    ($($t:ty => $read:ident, $make:expr;)*) => {$(
        impl FromColumn for Option<$t> {
            fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
                Ok(row.$read(index)?.map($make))
            }
        }
    )*};
}
optional! {
    i64 => int, |it| it;
    Time => int, Time;
    String => text, str::to_owned;
    Vec<u8> => blob, <[u8]>::to_vec;
}

impl<T: Id> FromColumn for Option<T> {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        Ok(row.int(index)?.map(T::from_raw))
    }
}
