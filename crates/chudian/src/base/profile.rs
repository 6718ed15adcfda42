//! What a platform tells about a person.

/// What a platform knows about a person; empty where it does not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The person across accounts of one owner.
    pub union_id: Option<String>,
    /// What the person calls themselves.
    pub nickname: String,
    /// What the account's people noted there.
    pub remark: String,
    /// Such as `zh_CN`.
    pub language: String,
}
