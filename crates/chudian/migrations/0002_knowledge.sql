-- Knowledge: drafts, versions and rules of the editors' workshop.

-- Who wrote what is published, what it changes, and the earlier version that it brings back. What was written
-- before drafts existed has no writers: it is published as it stands.
alter table kb_entries add column writers text not null default '[]';
alter table kb_entries add column note text not null default '';
alter table kb_entries add column restored_from bigint;
-- How often a draft of the entry was saved: the number of a draft's text, never given twice.
alter table kb_entries add column edits bigint not null default 0;

-- What is being written: at most one draft an entry. stage: 'writing', 'review', 'returned', 'scheduled'.
create table kb_drafts (
    entry_id bigint primary key references kb_entries (id),
    tenant_id bigint not null,
    body text not null,
    revision bigint not null,
    writers text not null,
    note text not null,
    updated_at bigint not null,
    updated_by bigint,
    stage text not null,
    -- Who brought it into its stage, and when.
    stage_by bigint,
    stage_at bigint not null,
    -- Why it was sent back.
    reason text,
    -- When it is to be published, over which version.
    publish_at bigint,
    over_version bigint,
    -- The import that made it.
    import_id bigint
);
create index kb_drafts_by_tenant on kb_drafts (tenant_id, entry_id);

-- An act on so many drafts, done lot by lot. act: 'submit', 'publish', 'return', 'discard'. items: entry and number of
-- each draft as it was seen, as JSON, until it has ended; the first done_to of them are through. remaining: how
-- many of these were left, by reason, and the first of them.
create table kb_draft_batches (
    id bigint primary key,
    tenant_id bigint not null,
    act text not null,
    note text not null,
    items text not null,
    drafts bigint not null,
    done_to bigint not null,
    done bigint not null,
    remaining text not null,
    made_at bigint not null,
    made_by bigint,
    ended_at bigint,
    cancelled_at bigint
);
create index kb_draft_batches_by_tenant on kb_draft_batches (tenant_id, id);

-- Versions that were published and replaced, whole. The present one stands in kb_entries.
create table kb_versions (
    tenant_id bigint not null,
    entry_id bigint not null references kb_entries (id),
    version bigint not null,
    body text not null,
    published_at bigint not null,
    published_by bigint,
    writers text not null,
    note text not null,
    restored_from bigint,
    primary key (tenant_id, entry_id, version)
);

-- What somebody proposes to do with a published entry where four eyes are asked for, until somebody else confirms it:
-- at most one an entry. act: 'delete', 'disable', 'enable', 'restore'.
create table kb_proposals (
    entry_id bigint primary key references kb_entries (id),
    tenant_id bigint not null,
    id bigint not null,
    act text not null,
    -- The version that is to come back.
    restores bigint,
    -- The version that was published when it was proposed: of another one nobody spoke.
    over_version bigint not null,
    note text not null,
    proposed_at bigint not null,
    proposed_by bigint,
    -- Somebody did not agree: when, who, why.
    refused_at bigint,
    refused_by bigint,
    refusal text
);
create index kb_proposals_by_tenant on kb_proposals (tenant_id, entry_id);

-- How a tenant's editors work together.
create table kb_settings (
    tenant_id bigint primary key,
    body text not null,
    version bigint not null,
    updated_at bigint not null
);

-- Answers at hand ----------------------------------------------------------------------------

-- Prepared answers of the agents: everybody's (no owner) or one person's own.
create table quick_replies (
    id bigint primary key,
    tenant_id bigint not null,
    owner_id bigint,
    -- What is typed after "/" to find it; may be empty.
    shortcut text not null,
    title text not null,
    answers text not null,
    version bigint not null,
    updated_at bigint not null,
    updated_by bigint
);
create index quick_replies_by_tenant on quick_replies (tenant_id, id);

-- Which candidate an agent chose for which message of a customer, and what became of it.
-- source: 'entry', 'quick_reply' or 'given'; `kept` is how much of it was sent, in percent.
create table answer_choices (
    id bigint primary key,
    tenant_id bigint not null,
    thread_id bigint not null,
    asked_id bigint,
    question text not null,
    source text not null,
    source_id bigint not null,
    rank bigint not null,
    user_id bigint not null,
    message_id bigint not null,
    edited bigint not null,
    kept bigint not null,
    at bigint not null
);
create index answer_choices_by_tenant on answer_choices (tenant_id, id);
create index answer_choices_by_source on answer_choices (tenant_id, source, source_id, id);

-- What a colleague says of an answer that the bot gave from the base: right, or wrong and, if they know it, what would
-- have been right. One for a message; taken back, the row goes.
create table answer_marks (
    id bigint primary key,
    tenant_id bigint not null,
    message_id bigint not null,
    thread_id bigint not null,
    question text not null,
    -- The question as it is compared, long numbers masked: a wrong answer is an open question.
    form text not null,
    entry_id bigint not null,
    is_right bigint not null,
    instead_id bigint,
    user_id bigint not null,
    at bigint not null,
    unique (tenant_id, message_id)
);
create index answer_marks_by_tenant on answer_marks (tenant_id, id);
-- What a colleague called wrong without naming what is right: open questions.
create index answer_marks_wrong on answer_marks (tenant_id, id)
    where is_right = 0 and instead_id is null and form <> '';
create index answer_marks_by_form on answer_marks (tenant_id, form);
create index answer_marks_by_thread on answer_marks (tenant_id, thread_id);
create index answer_marks_by_entry on answer_marks (tenant_id, entry_id, id);
create index answer_marks_by_instead on answer_marks (tenant_id, instead_id, id) where instead_id is not null;

-- What people answered to which question, in their own words: offered to who is asked the like.
create table given_answers (
    id bigint primary key,
    tenant_id bigint not null,
    question text not null,
    answer text not null,
    user_id bigint not null,
    message_id bigint not null
);
create index given_answers_by_tenant on given_answers (tenant_id, id);

-- Knowledge: the optional model that compares meanings.

-- Which model a tenant's knowledge base uses; no row: none. kind: 'off', 'local', 'endpoint'.
create table knowledge_models (
    tenant_id bigint primary key references tenants (id),
    kind text not null,
    -- Of an endpoint: its address and the name of the model there.
    url text not null,
    model text not null,
    -- Of an endpoint: the sealed key that is sent with each call.
    secret {blob},
    version bigint not null,
    updated_at bigint not null
);

-- Vectors of wordings, kept because making them anew takes minutes or costs money. A cache: may be emptied.
create table wording_vectors (
    tenant_id bigint not null references tenants (id),
    -- Which model made it: vectors of different ones are not to be compared.
    space text not null,
    -- First 16 bytes of the wording's SHA-256.
    digest {blob} not null,
    -- A step (four bytes, little end first) and one signed byte for each number.
    vector {blob} not null,
    primary key (tenant_id, space, digest)
);

-- What customers asked the bot and it had no answer for ('nothing'), or only asked back ('suggested'),
-- or its answer did not help ('unsolved'). Long
-- numbers are masked. `form` is the question as it is compared.
create table unmatched_questions (
    id bigint primary key,
    tenant_id bigint not null,
    thread_id bigint not null,
    question text not null,
    form text not null,
    outcome text not null,
    -- Of 'unsolved': the entry that answered, and the customer said that it did not help.
    entry_id bigint
);
create index unmatched_questions_by_tenant on unmatched_questions (tenant_id, id);
create index unmatched_questions_by_form on unmatched_questions (tenant_id, form, id);

-- Open questions about which, an editor said, nothing is to be done. It holds for what was asked, or marked as wrong,
-- up to a moment: what comes later is open again.
create table dismissed_questions (
    tenant_id bigint not null,
    -- The question as it is compared.
    form text not null,
    -- Milliseconds, and the key below which all lie that were made up to then.
    until bigint not null,
    until_key bigint not null,
    at bigint not null,
    by_user bigint,
    primary key (tenant_id, form)
);

-- Particulars of entries ---------------------------------------------------------------------

-- Words under which editors find an entry, as a JSON list; none of them holds a quotation mark.
alter table kb_entries add column tags text not null default '[]';
-- Who answers for it, and from when on somebody should look whether it is still true.
alter table kb_entries add column owner_id bigint;
alter table kb_entries add column review_at bigint;
-- Keys of entries that are offered after the answer, as a JSON list. One that is gone is left out by itself.
alter table kb_entries add column related text not null default '[]';
-- What some channels get in the place of the answers.
alter table kb_entries add column channel_answers text not null default '[]';

-- Learning -------------------------------------------------------------------------------------

-- Words of the tenant: groups of one meaning ('synonyms', the first is the form), and names that no synonym may
-- touch ('protected', one each). `words` is a JSON array, `forms` the same as they are compared.
create table kb_words (
    id bigint primary key,
    tenant_id bigint not null,
    kind text not null,
    words text not null,
    version bigint not null,
    updated_at bigint not null,
    updated_by bigint
);
create index kb_words_by_tenant on kb_words (tenant_id, kind, id);

-- Times of learning; the newest of a tenant says how it stands. state: 'waiting', 'training', 'trained', 'refused',
-- 'lacking', 'failed', 'unchanged' (looked, and there was nothing new).
create table kb_trainings (
    id bigint primary key,
    tenant_id bigint not null,
    -- Who asked for it; null by night.
    asked_by bigint,
    state text not null,
    -- Until when whoever learns must have told that it goes on; who dies gives it back then.
    locked_until bigint,
    tries bigint not null,
    started_at bigint,
    ended_at bigint,
    -- What was learnt from, as one number: the same again teaches nothing new.
    print text not null,
    -- Figures, and why it was refused.
    report text not null
);
create index kb_trainings_by_tenant on kb_trainings (tenant_id, id);
create index kb_trainings_open on kb_trainings (id) where ended_at is null;

-- What a training made, in pieces: none keeps the writer long.
create table kb_learnt_pieces (
    tenant_id bigint not null,
    training_id bigint not null references kb_trainings (id),
    -- 'space', or 'map:' and the name of the model's space whose vectors it takes.
    part text not null,
    nth bigint not null,
    bytes {blob} not null,
    primary key (tenant_id, training_id, part, nth)
);

-- Which training's result is in force (none: words alone), and whether the tenant learns by night.
create table kb_learning (
    tenant_id bigint primary key,
    training_id bigint,
    nightly bigint not null,
    -- From which confidence on the base's own questions are answered rightly often enough, in percent; null while
    -- it was never asked, or has too few similar questions to tell.
    answer_percent bigint,
    -- The scale of confidences that it was learnt on: another version of the program may have another one.
    scale bigint not null
);

-- Similar questions that an editor does not want for an entry. `form` is the question as it is compared.
create table kb_dismissed_similar (
    tenant_id bigint not null,
    entry_id bigint not null,
    form text not null,
    at bigint not null,
    by_user bigint,
    primary key (tenant_id, entry_id, form)
);

-- Unknown words that an editor wants to see no more.
create table kb_ignored_words (
    tenant_id bigint not null,
    word text not null,
    at bigint not null,
    by_user bigint,
    primary key (tenant_id, word)
);

-- How entries are used -----------------------------------------------------------------------

-- By day on the tenant's calendar ('2026-11-22'): how often the bot answered with it, customers picked it from "did you
-- mean", it stood there, agents chose it; and what customers said of it. Added up after the fact.
create table kb_uses (
    tenant_id bigint not null,
    entry_id bigint not null,
    day text not null,
    answered bigint not null,
    picked bigint not null,
    offered bigint not null,
    chosen bigint not null,
    solved bigint not null,
    unsolved bigint not null,
    primary key (tenant_id, entry_id, day)
);

-- Old days are forgotten.
create index kb_uses_by_day on kb_uses (day);

-- What was asked when an entry was used: the newest ones. The key is that of the message, or of an agent's choice.
create table kb_use_samples (
    tenant_id bigint not null,
    entry_id bigint not null,
    id bigint not null,
    way text not null,
    question text not null,
    thread_id bigint not null,
    conversation_id bigint,
    at bigint not null,
    helped bigint,
    primary key (tenant_id, entry_id, id)
);

-- Old samples are forgotten in the order of their keys.
create index kb_use_samples_by_age on kb_use_samples (id);

-- How far was counted: the key of the last row that was looked at.
create table kb_use_cursors (
    name text primary key,
    seen bigint not null
);

-- Who must read ------------------------------------------------------------------------------

-- Which entries are to be read: by whom, with which quiz (JSON). `round` rises when everybody is asked again.
create table kb_readings (
    tenant_id bigint not null,
    entry_id bigint not null,
    body text not null,
    round bigint not null,
    asked_at bigint not null,
    version bigint not null,
    primary key (tenant_id, entry_id)
);

-- Who has read an entry in a round, which version of it, how many answers were right, and at which try. Where answers were
-- wrong it is not read yet.
create table kb_reading_records (
    tenant_id bigint not null,
    entry_id bigint not null,
    round bigint not null,
    user_id bigint not null,
    read_at bigint not null,
    entry_version bigint not null,
    score bigint not null,
    questions bigint not null,
    tries bigint not null,
    primary key (tenant_id, entry_id, round, user_id)
);

-- Test sets ------------------------------------------------------------------------------------

-- Questions with what is expected of the bot, as one JSON list: they are read and written together.
create table kb_test_sets (
    id bigint primary key,
    tenant_id bigint not null,
    name text not null,
    questions text not null,
    version bigint not null,
    updated_at bigint not null,
    updated_by bigint
);
create index kb_test_sets_by_tenant on kb_test_sets (tenant_id, id);

-- What came out of a set, and when. Only the newest runs of a set are kept.
create table kb_test_runs (
    id bigint primary key,
    tenant_id bigint not null,
    set_id bigint not null references kb_test_sets (id),
    at bigint not null,
    run_by bigint,
    correct bigint not null,
    checked bigint not null,
    results text not null
);
create index kb_test_runs_by_set on kb_test_runs (tenant_id, set_id, id);

-- Two entries with nearly the same wording, as the last search found them; `one_id` is the smaller key. A pair
-- that was dismissed stays, so that it is never told again.
create table kb_twins (
    tenant_id bigint not null,
    one_id bigint not null,
    other_id bigint not null,
    one_wording text not null,
    other_wording text not null,
    confidence bigint not null,
    found_at bigint not null,
    dismissed_at bigint,
    dismissed_by bigint,
    primary key (tenant_id, one_id, other_id)
);

-- When a tenant's base was last searched for them.
create table kb_twin_searches (
    tenant_id bigint primary key,
    finished_at bigint not null,
    wordings bigint not null
);

-- Headquarters' shared base ------------------------------------------------------------------

-- Which members an entry of headquarters is for (members and regions, nothing named: all); null: it is not shared.
alter table kb_entries add column sharing text;
create index kb_entries_shared on kb_entries (tenant_id, id) where sharing is not null;

-- A name under which headquarters gathers members; empty: none.
alter table tenants add column region text not null default '';

-- A member's entry that is its own wording of a shared one, and the version of that which it saw.
create table kb_localisations (
    entry_id bigint primary key references kb_entries (id),
    tenant_id bigint not null,
    origin_id bigint not null,
    origin_version bigint not null,
    unique (tenant_id, origin_id)
);

-- Generated answers --------------------------------------------------------------------------

-- Whether and where a tenant's answers are generated; no row: not at all.
create table generation_settings (
    tenant_id bigint primary key references tenants (id),
    is_on bigint not null,
    url text not null,
    model text not null,
    -- The sealed key that is sent with each call.
    secret {blob},
    -- Stands below each generated answer.
    label text not null,
    seconds bigint not null,
    requests_a_day bigint not null,
    tokens_a_day bigint not null,
    version bigint not null,
    updated_at bigint not null
);

-- By day on the tenant's calendar ('2026-11-22'): what was spent, counted before each call, and what came of it.
create table generation_days (
    tenant_id bigint not null,
    day text not null,
    requests bigint not null,
    tokens bigint not null,
    said bigint not null,
    refused bigint not null,
    failed bigint not null,
    dropped bigint not null,
    primary key (tenant_id, day)
);

-- Answers that are to be generated, written with the question's turn. state: 'waiting', 'taken', then 'said',
-- 'otherwise' (what was put off was said) or 'dropped' (nobody waited any more), with why.
create table generations (
    id bigint primary key,
    tenant_id bigint not null,
    thread_id bigint not null,
    conversation_id bigint not null,
    asked_id bigint not null,
    asked_number bigint not null,
    -- Keys of the entries to draw on, as a JSON list.
    entries text not null,
    -- What is said without it (JSON).
    otherwise text not null,
    state text not null,
    why text,
    message_id bigint,
    created_at bigint not null,
    ended_at bigint
);
create index generations_open on generations (id) where ended_at is null;
