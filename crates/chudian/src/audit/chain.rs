//! The chain of the audit log: each record's hash covers the record before it. Pure.
//!
//! What it finds: a changed, removed, added or moved record (the chain breaks at that
//! number), and a cut tail (the chain ends before the head that is kept beside it).
//! What it cannot find alone: somebody who rewrites the whole log *and* the head. For that
//! the head is written to the server's log every hour and by `chudian verify-audit`, so a
//! copy of it lies outside of the database.

use crate::base::id::TenantId;
use crate::base::time::Time;
use sha2::{Digest, Sha256};

/// The hash of one record.
pub type Hash = [u8; 32];

/// What the first record of a tenant is chained to.
pub const START: Hash = [0; 32];

/// One record, as it is hashed and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose log it stands in.
    pub tenant: TenantId,
    /// 1, 2, 3 … without a gap within the tenant.
    pub number: i64,
    /// When it happened.
    pub at: Time,
    /// user, api_key or system.
    pub actor_kind: String,
    /// The actor's key as text; empty for the system.
    pub actor_id: String,
    /// The actor's name at that time.
    pub actor_name: String,
    /// `noun.verb`.
    pub action: String,
    /// What it was done to, as text.
    pub target: String,
    /// More, as JSON text, stored and hashed byte for byte.
    pub detail: String,
}

/// A record with its links, as read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What was recorded.
    pub record: Record,
    /// The hash it was chained to.
    pub previous: Vec<u8>,
    /// Its own hash.
    pub hash: Vec<u8>,
}

/// The anchor: how long the log is and how it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of the last record.
    pub number: i64,
    /// The hash of the last record.
    pub hash: Vec<u8>,
}

/// The hash of `record` after a record with the hash `previous`.
///
/// Every part goes in with its length first, so that no two different records give the same bytes.
pub fn hash(previous: &[u8], record: &Record) -> Hash {
    let mut sha = Sha256::new();
    let mut part = |bytes: &[u8]| {
        sha.update((bytes.len() as u64).to_be_bytes());
        sha.update(bytes);
    };
    part(b"chudian audit v1");
    part(previous);
    part(&record.tenant.0.to_be_bytes());
    part(&record.number.to_be_bytes());
    part(&record.at.0.to_be_bytes());
    for text in [
        &record.actor_kind,
        &record.actor_id,
        &record.actor_name,
        &record.action,
        &record.target,
        &record.detail,
    ] {
        part(text.as_bytes());
    }
    sha.finalize().into()
}

/// Walks along a log, in batches if it is long.
#[derive(Debug)]
pub struct Walk {
    tenant: TenantId,
    last: Head,
    broken_at: Option<i64>,
}

impl Walk {
    /// Before the first record of `tenant`.
    pub fn new(tenant: TenantId) -> Walk {
        Walk { tenant, last: Head { number: 0, hash: START.to_vec() }, broken_at: None }
    }

    /// The number of the last record seen.
    pub fn number(&self) -> i64 {
        self.last.number
    }

    /// Checks the next record, in the order of their numbers.
    pub fn step(&mut self, link: &Link) {
        if self.broken_at.is_some() {
            return;
        }
        let expected = self.last.number + 1;
        let fits = link.record.tenant == self.tenant
            && link.record.number == expected
            && link.previous == self.last.hash
            && link.hash == hash(&self.last.hash, &link.record);
        if fits {
            self.last = Head { number: link.record.number, hash: link.hash.clone() };
        } else {
            self.broken_at = Some(expected);
        }
    }

    /// Compares the end with the anchor; without records there is none.
    pub fn finish(self, head: Option<&Head>) -> Verdict {
        let checked = self.last.number;
        let broken_at = self.broken_at.or_else(|| match head {
            Some(head) if *head == self.last => None,
            None if checked == 0 => None,
            _ => Some(checked + 1),
        });
        Verdict { checked, broken_at }
    }
}

/// What a walk along the log found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Records that are as they were written.
    pub checked: i64,
    /// The first number at which something was changed, removed, added, moved or cut off.
    pub broken_at: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(length: i64) -> (Vec<Link>, Head) {
        let mut previous = START.to_vec();
        let links: Vec<Link> = (1..=length)
            .map(|number| {
                let record = Record {
                    tenant: TenantId(7),
                    number,
                    at: Time(1_000 * number),
                    actor_kind: "user".into(),
                    actor_id: "usr_1".into(),
                    actor_name: "李工".into(),
                    action: "inbox.edit".into(),
                    target: format!("inb_{number}"),
                    detail: "{}".into(),
                };
                let hash = hash(&previous, &record).to_vec();
                Link { record, previous: std::mem::replace(&mut previous, hash.clone()), hash }
            })
            .collect();
        (links, Head { number: length, hash: previous })
    }

    fn verify(links: &[Link], head: Option<&Head>) -> Verdict {
        let mut walk = Walk::new(TenantId(7));
        links.iter().for_each(|it| walk.step(it));
        walk.finish(head)
    }

    #[test]
    fn an_untouched_log_is_whole() {
        let (links, head) = log(100);
        assert_eq!(verify(&links, Some(&head)), Verdict { checked: 100, broken_at: None });
        assert_eq!(verify(&[], None), Verdict { checked: 0, broken_at: None });
    }

    #[test]
    fn every_change_of_every_record_is_found() {
        let (links, head) = log(40);
        type Change = fn(&mut Link);
        let changes: &[Change] = &[
            |it| it.record.at = Time(it.record.at.0 + 1),
            |it| it.record.actor_kind.push('x'),
            |it| it.record.actor_id.push('x'),
            |it| it.record.actor_name = "王工".into(),
            |it| it.record.action = "inbox.read".into(),
            |it| it.record.target.clear(),
            |it| it.record.detail = "{\"a\":1}".into(),
            |it| it.record.tenant = TenantId(8),
            |it| it.record.number += 1,
            |it| it.hash[0] ^= 1,
            |it| it.previous[31] ^= 1,
            // Moved over the border between two fields.
            |it| {
                it.record.target = format!("{}{}", it.record.action, it.record.target);
                it.record.action.clear();
            },
        ];
        for at in 0..links.len() {
            for (which, change) in changes.iter().enumerate() {
                let mut touched = links.clone();
                change(&mut touched[at]);
                let found = verify(&touched, Some(&head));
                assert_eq!(found.broken_at, Some(at as i64 + 1), "change {which} of record {at}");
            }
        }
    }

    #[test]
    fn removing_moving_adding_and_cutting_are_found() {
        let (links, head) = log(30);
        for at in 0..links.len() {
            let mut removed = links.clone();
            removed.remove(at);
            assert_eq!(verify(&removed, Some(&head)).broken_at, Some(at as i64 + 1), "removed {at}");
            assert_eq!(verify(&links[..at], Some(&head)).broken_at, Some(at as i64 + 1), "cut at {at}");
            let mut doubled = links.clone();
            doubled.insert(at, links[at].clone());
            assert!(verify(&doubled, Some(&head)).broken_at.is_some(), "doubled {at}");
            if at > 0 {
                let mut moved = links.clone();
                moved.swap(at, at - 1);
                assert_eq!(verify(&moved, Some(&head)).broken_at, Some(at as i64), "moved {at}");
            }
        }
        assert_eq!(verify(&links, None).broken_at, Some(31), "a missing head is a cut too");
        let rewritten = {
            let mut all = links.clone();
            all[29].record.detail = "{\"x\":1}".into();
            all[29].hash = hash(&all[29].previous, &all[29].record).to_vec();
            all
        };
        assert_eq!(
            verify(&rewritten, Some(&head)).broken_at,
            Some(31),
            "a rewritten end does not meet the head"
        );
    }
}
