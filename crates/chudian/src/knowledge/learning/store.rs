//! The tables of choices, of given answers, and of questions that had no answer.

use std::collections::HashSet;

use crate::base::Result;
use crate::base::id::{
    ChoiceId, EntryId, GivenAnswerId, Id, IdMaker, MessageId, TenantId, ThreadId, UnmatchedId, UserId,
};
use crate::base::time::Time;
use crate::db::{Row, Tx, args};

use super::cluster::{Unmatched, masked};
use super::model::{CONFIRMED, Choice, GivenAnswer, Mark, Marks, Source};

/// Writes a choice.
pub fn insert_choice(tx: &mut Tx<'_>, tenant: TenantId, it: &Choice) -> Result<()> {
    tx.execute(
        "insert into answer_choices (id, tenant_id, thread_id, asked_id, question, source, source_id, rank, user_id,
             message_id, edited, kept, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            it.id,
            tenant,
            it.thread,
            it.asked,
            it.question,
            it.source.name(),
            it.source_id,
            it.rank,
            it.user,
            it.message,
            it.edited,
            it.kept,
            it.at
        ],
    )?;
    Ok(())
}

/// Agents' choices of entries, of all tenants, with keys above `after`, oldest first.
pub fn list_chosen(tx: &mut Tx<'_>, after: i64, limit: u32) -> Result<Vec<(TenantId, Choice)>> {
    tx.all(
        "select tenant_id, id, thread_id, asked_id, question, source_id, rank, user_id, message_id, edited, kept, at
         from answer_choices where id > $1 and source = 'entry' order by id limit $2",
        args![after, limit],
        |row| {
            let choice = Choice {
                id: row.get(1)?,
                thread: row.get(2)?,
                asked: row.get(3)?,
                question: row.get(4)?,
                source: Source::Entry,
                source_id: row.get(5)?,
                rank: row.get(6)?,
                user: row.get(7)?,
                message: row.get(8)?,
                edited: row.get(9)?,
                kept: row.get(10)?,
                at: row.get(11)?,
            };
            Ok((row.get(0)?, choice))
        },
    )
}

/// More choices of one candidate are not counted.
pub const MOST_COUNTED: i64 = 100;

/// How often a candidate was chosen, up to [`MOST_COUNTED`].
pub fn count_choices(tx: &mut Tx<'_>, tenant: TenantId, source: Source, id: i64) -> Result<i64> {
    let found = tx.first(
        "select count(*) from (select 1 from answer_choices where tenant_id = $1 and source = $2 and source_id = $3
             limit $4) chosen",
        args![tenant, source.name(), id, MOST_COUNTED],
        |row| row.get(0),
    )?;
    Ok(found.unwrap_or_default())
}

/// Questions with the entry that an agent chose for them and sent most of, or said that it answers them, newest first:
/// what a learner may take for the truth.
pub fn list_confirmed(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    limit: u32,
) -> Result<Vec<(ChoiceId, String, EntryId)>> {
    tx.all(
        "select id, question, entry_id from (
             select * from (
                 select id, question, source_id as entry_id from answer_choices
                 where tenant_id = $1 and source = 'entry' and kept >= $2 order by id desc limit $3) chosen
             union all
             select * from (
                 select id, question, case when is_right = 1 then entry_id else instead_id end as entry_id
                 from answer_marks where tenant_id = $1 and (is_right = 1 or instead_id is not null)
                 order by id desc limit $3) marked) confirmed
         order by id desc limit $3",
        args![tenant, CONFIRMED, limit],
        |row| Ok((row.get(0)?, row.get(1)?, EntryId::from_raw(row.get(2)?))),
    )
}

/// Writes a mark over the one that its message had.
pub fn put_mark(tx: &mut Tx<'_>, tenant: TenantId, it: &Mark) -> Result<()> {
    delete_mark(tx, tenant, it.message)?;
    tx.execute(
        "insert into answer_marks (id, tenant_id, message_id, thread_id, question, form, entry_id, is_right, instead_id,
             user_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            it.id,
            tenant,
            it.message,
            it.thread,
            it.question,
            it.form,
            it.entry,
            i64::from(it.is_right),
            it.instead,
            it.user,
            it.at
        ],
    )?;
    Ok(())
}

/// Takes the mark of a message back; false when it has none.
pub fn delete_mark(tx: &mut Tx<'_>, tenant: TenantId, message: MessageId) -> Result<bool> {
    let sql = "delete from answer_marks where tenant_id = $1 and message_id = $2";
    Ok(tx.execute(sql, args![tenant, message])? > 0)
}

/// The marks in a thread.
pub fn list_marks(tx: &mut Tx<'_>, tenant: TenantId, thread: ThreadId) -> Result<Vec<Mark>> {
    tx.all(
        "select id, message_id, thread_id, question, form, entry_id, is_right, instead_id, user_id, at from answer_marks
         where tenant_id = $1 and thread_id = $2 order by id",
        args![tenant, thread],
        |row| {
            Ok(Mark {
                id: row.get(0)?,
                message: row.get(1)?,
                thread: row.get(2)?,
                question: row.get(3)?,
                form: row.get(4)?,
                entry: row.get(5)?,
                is_right: row.get::<i64>(6)? != 0,
                instead: row.get(7)?,
                user: row.get(8)?,
                at: row.get(9)?,
            })
        },
    )
}

/// What colleagues said of an entry since `floor`, the key of that moment.
pub fn count_marks(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId, floor: i64) -> Result<Marks> {
    let mut marks = Marks::default();
    let of_entry = tx.all(
        "select is_right, count(*) from answer_marks where tenant_id = $1 and entry_id = $2 and id >= $3
         group by is_right",
        args![tenant, entry, floor],
        |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
    )?;
    for (is_right, count) in of_entry {
        if is_right == 0 { marks.wrong = count } else { marks.right = count }
    }
    let instead = tx.first(
        "select count(*) from answer_marks where tenant_id = $1 and instead_id = $2 and id >= $3",
        args![tenant, entry, floor],
        |row| row.get(0),
    )?;
    marks.instead = instead.unwrap_or_default();
    Ok(marks)
}

/// The questions that an editor does not want for an entry, as they are compared.
pub fn list_dismissed(tx: &mut Tx<'_>, tenant: TenantId) -> Result<HashSet<(EntryId, String)>> {
    let found = tx.all(
        "select entry_id, form from kb_dismissed_similar where tenant_id = $1",
        args![tenant],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// Says of a question that an editor does not want it for an entry.
pub fn insert_dismissed(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    entry: EntryId,
    form: &str,
    by: Option<UserId>,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "insert into kb_dismissed_similar (tenant_id, entry_id, form, at, by_user) values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, entry_id, form) do nothing",
        args![tenant, entry, form, now, by],
    )?;
    Ok(())
}

/// Writes an answer that a person gave, and forgets those from before `oldest`.
pub fn insert_given(tx: &mut Tx<'_>, tenant: TenantId, it: &GivenAnswer, oldest: i64) -> Result<()> {
    let id: GivenAnswerId = tx.new_id();
    tx.execute(
        "insert into given_answers (id, tenant_id, question, answer, user_id, message_id) values ($1, $2, $3, $4, $5, $6)",
        args![id, tenant, it.question, it.answer, it.user, it.message],
    )?;
    tx.execute("delete from given_answers where tenant_id = $1 and id < $2", args![tenant, oldest])?;
    Ok(())
}

/// The key of the newest given answer: another one means that there are new ones.
pub fn newest_given(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<GivenAnswerId>> {
    tx.first("select max(id) from given_answers where tenant_id = $1", args![tenant], |row| {
        row.get::<Option<GivenAnswerId>>(0)
    })
    .map(Option::flatten)
}

/// The newest given answers.
pub fn list_given(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    limit: u32,
) -> Result<Vec<(GivenAnswerId, GivenAnswer)>> {
    tx.all(
        "select id, question, answer, user_id, message_id from given_answers where tenant_id = $1 order by id desc limit $2",
        args![tenant, limit],
        given,
    )
}

/// One given answer.
pub fn find_given(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: GivenAnswerId,
) -> Result<Option<(GivenAnswerId, GivenAnswer)>> {
    tx.first(
        "select id, question, answer, user_id, message_id from given_answers where tenant_id = $1 and id = $2",
        args![tenant, id],
        given,
    )
}

fn given(row: &Row<'_>) -> Result<(GivenAnswerId, GivenAnswer)> {
    let given =
        GivenAnswer { question: row.get(1)?, answer: row.get(2)?, user: row.get(3)?, message: row.get(4)? };
    Ok((row.get(0)?, given))
}

/// Writes a question that had no answer. `suggested`: the bot asked back at least.
pub fn insert_unmatched(tx: &mut Tx<'_>, tenant: TenantId, it: &Unmatched, suggested: bool) -> Result<()> {
    let id: UnmatchedId = tx.new_id();
    let outcome = if suggested { "suggested" } else { "nothing" };
    tx.execute(
        "insert into unmatched_questions (id, tenant_id, thread_id, question, form, outcome) values ($1, $2, $3, $4, $5, $6)",
        args![id, tenant, it.thread, it.question, it.form, outcome],
    )?;
    Ok(())
}

/// Writes a question that was answered, and the customer said that it did not help.
pub fn insert_unsolved(tx: &mut Tx<'_>, tenant: TenantId, it: &Unmatched) -> Result<()> {
    let id: UnmatchedId = tx.new_id();
    tx.execute(
        "insert into unmatched_questions (id, tenant_id, thread_id, question, form, outcome, entry_id)
         values ($1, $2, $3, $4, $5, 'unsolved', $6)",
        args![id, tenant, it.thread, it.question, it.form, it.answered_by],
    )?;
    Ok(())
}

/// The newest questions that had no answer, or none that helped, and that nobody dismissed since, of the newest `among`:
/// where nearly all are dismissed, the others would be looked for among all that were ever asked.
pub fn list_unmatched(tx: &mut Tx<'_>, tenant: TenantId, limit: u32, among: u32) -> Result<Vec<Unmatched>> {
    tx.all(
        "select id, thread_id, question, form, entry_id, outcome from unmatched_questions u
         where tenant_id = $1
           and id >= (select min(id) from (select id from unmatched_questions where tenant_id = $1
                                           order by id desc limit $3) newest)
           and not exists (select 1 from dismissed_questions d
                           where d.tenant_id = $1 and d.form = u.form and d.until_key > u.id)
         order by id desc limit $2",
        args![tenant, limit, among],
        |row| {
            Ok(Unmatched {
                at: IdMaker::moment(row.get::<UnmatchedId>(0)?),
                thread: row.get(1)?,
                question: row.get(2)?,
                form: row.get(3)?,
                answered_by: row.get(4)?,
                is_unsolved: row.get::<String>(5)? == "unsolved",
                is_wrong: false,
            })
        },
    )
}

/// The newest questions whose answer a colleague called wrong without naming another entry, and that nobody dismissed
/// since they said so, of the newest `among`. One of which the customer said the same may stand among [`list_unmatched`] as
/// well: it is of the same thread.
pub fn list_wrong(tx: &mut Tx<'_>, tenant: TenantId, limit: u32, among: u32) -> Result<Vec<Unmatched>> {
    tx.all(
        "select message_id, thread_id, question, form, entry_id from answer_marks m
         where tenant_id = $1 and is_right = 0 and instead_id is null and form <> ''
           and id >= (select min(id) from (select id from answer_marks
                                           where tenant_id = $1 and is_right = 0 and instead_id is null and form <> ''
                                           order by id desc limit $3) newest)
           and not exists (select 1 from dismissed_questions d
                           where d.tenant_id = $1 and d.form = m.form and d.until >= m.at)
         order by id desc limit $2",
        args![tenant, limit, among],
        |row| {
            Ok(Unmatched {
                // Of the answer: what is published since was not judged.
                at: IdMaker::moment(row.get::<MessageId>(0)?),
                thread: row.get(1)?,
                question: masked(&row.get::<String>(2)?),
                form: row.get(3)?,
                answered_by: row.get(4)?,
                is_unsolved: false,
                is_wrong: true,
            })
        },
    )
}

/// The newest questions that customers asked in vain, or that a person answered, each with a number that is another
/// one for another customer.
pub fn list_asked(tx: &mut Tx<'_>, tenant: TenantId, limit: u32) -> Result<Vec<(String, i64)>> {
    let read = |row: &Row<'_>| Ok((row.get::<String>(0)?, row.get::<i64>(1)?));
    let mut asked = tx.all(
        "select question, thread_id from unmatched_questions where tenant_id = $1 order by id desc limit $2",
        args![tenant, limit],
        read,
    )?;
    asked.extend(tx.all(
        "select question, thread_id from answer_choices where tenant_id = $1 order by id desc limit $2",
        args![tenant, limit],
        read,
    )?);
    asked.extend(tx.all(
        "select question, message_id from given_answers where tenant_id = $1 order by id desc limit $2",
        args![tenant, limit],
        read,
    )?);
    Ok(asked)
}

/// Says of a question that nothing is to be done about what was asked or marked up to `until`. Gives in how many threads
/// that was; where it was in none, nothing is written.
pub fn dismiss(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    form: &str,
    until: Time,
    by: Option<UserId>,
) -> Result<u64> {
    let until_key = IdMaker::floor(until.plus(1));
    let open = tx.first(
        "select count(*) from (
             select thread_id from unmatched_questions u
             where tenant_id = $1 and form = $2 and id < $3
               and not exists (select 1 from dismissed_questions d
                               where d.tenant_id = $1 and d.form = u.form and d.until_key > u.id)
             union
             select thread_id from answer_marks m
             where tenant_id = $1 and form = $2 and at <= $4 and is_right = 0 and instead_id is null
               and not exists (select 1 from dismissed_questions d
                               where d.tenant_id = $1 and d.form = m.form and d.until >= m.at)) threads",
        args![tenant, form, until_key, until],
        |row| row.get::<i64>(0),
    )?;
    let open = open.unwrap_or_default().unsigned_abs();
    if open > 0 {
        let now = tx.now();
        tx.execute(
            "insert into dismissed_questions (tenant_id, form, until, until_key, at, by_user) values ($1, $2, $3, $4, $5, $6)
             on conflict (tenant_id, form) do update
             set until = excluded.until, until_key = excluded.until_key, at = excluded.at, by_user = excluded.by_user
             where excluded.until > dismissed_questions.until",
            args![tenant, form, until, until_key, now, by],
        )?;
    }
    Ok(open)
}

/// Forgets questions and given answers with keys below `floor`.
pub fn forget_old(tx: &mut Tx<'_>, floor: i64) -> Result<()> {
    tx.execute("delete from unmatched_questions where id < $1", args![floor])?;
    tx.execute("delete from given_answers where id < $1", args![floor])?;
    // What it dismissed is gone with them, but for marks, which stay as long as their messages.
    tx.execute(
        "delete from dismissed_questions where until_key < $1
           and not exists (select 1 from answer_marks m
                           where m.tenant_id = dismissed_questions.tenant_id and m.form = dismissed_questions.form)",
        args![floor],
    )?;
    Ok(())
}
