-- First light: everything that one message needs on its way, and the houses it goes through.
--
-- One text for SQLite and PostgreSQL. `{blob}` and `{serial}` are the two words in which they
-- differ (see db/dialect.rs). Keys and moments are bigint: keys are 64-bit, time-sorted (base/id.rs);
-- moments are milliseconds since 1970 UTC. JSON is text. A flag is a nullable moment, or 0 and 1.

-- Tenants: headquarters and its members ------------------------------------------------------

create table tenants (
    id bigint primary key,
    parent_id bigint references tenants (id),
    kind text not null,
    name text not null,
    code text not null unique,
    time_zone text not null,
    created_at bigint not null,
    closed_at bigint
);

-- Every pair of ancestor and descendant, each tenant being its own at depth 0.
create table tenant_closure (
    ancestor_id bigint not null references tenants (id),
    descendant_id bigint not null references tenants (id),
    depth bigint not null,
    primary key (ancestor_id, descendant_id)
);

create table users (
    id bigint primary key,
    tenant_id bigint not null references tenants (id),
    login text not null unique,
    name text not null,
    role text not null,
    locale text not null,
    password_hash text not null,
    created_at bigint not null,
    last_login_at bigint,
    disabled_at bigint
);
create index users_by_tenant on users (tenant_id, id);

-- The cookie holds a random token; only its SHA-256 is kept.
create table sessions (
    token_hash {blob} primary key,
    tenant_id bigint not null references tenants (id),
    user_id bigint not null references users (id),
    csrf_token text not null,
    created_at bigint not null,
    authenticated_at bigint not null,
    last_seen_at bigint not null,
    address text not null,
    user_agent text not null
);
create index sessions_by_user on sessions (user_id);

-- Failed log-ins by subject ("account:…" or "source:…"), for the brute-force limits.
create table login_failures (
    subject text not null,
    at bigint not null
);
create index login_failures_by_subject on login_failures (subject, at);

-- The row that closes set-up for ever: its primary key makes the race have one winner.
create table setup (
    id bigint primary key,
    closed_at bigint not null
);

create table api_keys (
    id bigint primary key,
    tenant_id bigint not null references tenants (id),
    name text not null,
    prefix text not null unique,
    secret_hash {blob} not null,
    scopes text not null,
    created_by bigint not null references users (id),
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint
);
create index api_keys_by_tenant on api_keys (tenant_id, id);

create table idempotency_keys (
    tenant_id bigint not null,
    actor text not null,
    key text not null,
    request_hash {blob} not null,
    response text,
    created_at bigint not null,
    primary key (tenant_id, actor, key)
);

-- Append-only and hash-chained per tenant; `audit_heads` anchors the length, so a cut tail shows.
create table audit_log (
    tenant_id bigint not null,
    number bigint not null,
    at bigint not null,
    actor_kind text not null,
    actor_id text not null,
    actor_name text not null,
    action text not null,
    target text not null,
    detail text not null,
    previous_hash {blob} not null,
    hash {blob} not null,
    primary key (tenant_id, number)
);
create table audit_heads (
    tenant_id bigint primary key,
    number bigint not null,
    hash {blob} not null
);

-- Channels -----------------------------------------------------------------------------------

create table inboxes (
    id bigint primary key,
    tenant_id bigint not null references tenants (id),
    kind text not null,
    name text not null,
    hook_key text not null unique,
    settings text not null,
    -- Encrypted with the master key, which lives outside the data folder.
    secrets {blob} not null,
    created_at bigint not null,
    disabled_at bigint
);
create index inboxes_by_tenant on inboxes (tenant_id, id);

-- What differs from the built-in, dated limits of the platform for this one inbox.
create table inbox_limits (
    tenant_id bigint not null,
    inbox_id bigint not null references inboxes (id),
    name text not null,
    value text not null,
    valid_from bigint not null,
    valid_until bigint,
    primary key (inbox_id, name, valid_from)
);

-- What a platform refuses to an account ('people': to tell who follows), until it may be asked again;
-- no end: it is not asked at all. Gone with the first success.
create table inbox_troubles (
    tenant_id bigint not null,
    inbox_id bigint not null references inboxes (id),
    feature text not null,
    code text not null,
    message text not null,
    since bigint not null,
    until bigint,
    primary key (inbox_id, feature)
);

-- One keeper per account: whoever holds the lease refreshes the token, all others read it.
create table access_tokens (
    inbox_id bigint primary key references inboxes (id),
    token {blob},
    obtained_at bigint,
    expires_at bigint,
    lease_owner text,
    lease_until bigint,
    refused_code bigint,
    refused_at bigint
);

-- People -------------------------------------------------------------------------------------

create table contacts (
    id bigint primary key,
    tenant_id bigint not null references tenants (id),
    name text not null,
    tags text not null,
    note text not null,
    created_at bigint not null,
    -- Set when this turned out to be somebody known already: the row stays, so that old keys lead there.
    merged_into_id bigint references contacts (id),
    merged_at bigint
);
create index contacts_by_tenant on contacts (tenant_id, id);
create index contacts_merged on contacts (merged_into_id) where merged_into_id is not null;

-- A person's address on one inbox. Uniqueness lives here, never on the contact.
-- `allowance_*` is the ledger of what the platform still lets us send.
create table channel_identities (
    id bigint primary key,
    tenant_id bigint not null,
    inbox_id bigint not null references inboxes (id),
    contact_id bigint not null references contacts (id),
    source_id text not null,
    union_id text,
    followed_at bigint,
    unfollowed_at bigint,
    follow_source text,
    allowance_left bigint,
    allowance_until bigint,
    blocked_at bigint,
    -- What the platform told when it was asked about the person, and when that was.
    remark text,
    language text,
    asked_at bigint,
    created_at bigint not null
);
create unique index channel_identities_by_source on channel_identities (inbox_id, source_id);
create index channel_identities_by_contact on channel_identities (contact_id);
create index channel_identities_by_union on channel_identities (tenant_id, union_id) where union_id is not null;

-- Talk ---------------------------------------------------------------------------------------

-- The endless talk of one contact on one inbox. `last_message_id` is the head of the chain of
-- its messages: each message names the one before it, so no index grows with history.
create table threads (
    id bigint primary key,
    tenant_id bigint not null,
    inbox_id bigint not null,
    contact_id bigint not null,
    identity_id bigint not null unique references channel_identities (id),
    last_number bigint not null,
    last_message_id bigint,
    last_inbound_at bigint,
    open_conversation_id bigint,
    created_at bigint not null
);
create index threads_by_contact on threads (contact_id);

-- One episode of service. Who holds it (stage), who must act next (waiting_on) and whether it is
-- over (closed_at) are three facts, not one.
create table conversations (
    id bigint primary key,
    tenant_id bigint not null,
    thread_id bigint not null references threads (id),
    inbox_id bigint not null,
    contact_id bigint not null,
    stage text not null,
    agent_id bigint,
    -- Raised with every change of owner: who sends with an old one is refused.
    owner_epoch bigint not null,
    waiting_on text,
    waiting_since bigint,
    opened_at bigint not null,
    closed_at bigint,
    close_reason text,
    first_number bigint not null
);
create unique index conversations_one_open on conversations (thread_id) where closed_at is null;
create index conversations_by_stage on conversations (tenant_id, stage, id);
create index conversations_by_agent on conversations (tenant_id, agent_id, id) where agent_id is not null;
create index conversations_by_thread on conversations (thread_id, id);

create table messages (
    id bigint primary key,
    tenant_id bigint not null,
    thread_id bigint not null,
    conversation_id bigint not null,
    number bigint not null,
    previous_id bigint,
    direction text not null,
    author_kind text not null,
    author_id bigint,
    content text not null,
    at bigint not null,
    platform_at bigint,
    -- Null for what came in. 'in_reply' went out in the platform's own HTTP answer.
    delivery text,
    reason text,
    -- Why the bot said it: the decision's steps, for the "why" button.
    reasons text
);

-- The journal at the door: what came, raw, and the answer it got. Its unique index is the one
-- judge of "seen before". `sent_at` (the platform's moment) leads, so the index grows at its end.
create table inbound (
    id bigint primary key,
    tenant_id bigint not null,
    inbox_id bigint not null,
    sent_at bigint not null,
    dedupe_key {blob} not null,
    received_at bigint not null,
    outcome text not null,
    raw {blob} not null,
    answer {blob},
    message_id bigint,
    replayed_at bigint
);
create unique index inbound_once on inbound (inbox_id, sent_at, dedupe_key);
create index inbound_unsettled on inbound (tenant_id, outcome, id) where outcome <> 'stored';

-- What leaves by the platform's API: one row a part, in the order of the thread.
create table deliveries (
    id bigint primary key,
    tenant_id bigint not null,
    inbox_id bigint not null,
    identity_id bigint not null,
    thread_id bigint not null,
    message_id bigint not null,
    part bigint not null,
    content text not null,
    state text not null,
    attempts bigint not null,
    next_at bigint not null,
    error_code text,
    error_message text,
    created_at bigint not null,
    settled_at bigint
);
create index deliveries_due on deliveries (next_at, id) where settled_at is null;
create index deliveries_by_thread on deliveries (thread_id, id) where settled_at is null;
create index deliveries_by_message on deliveries (message_id);

create table bot_sessions (
    thread_id bigint primary key references threads (id),
    tenant_id bigint not null,
    state text not null,
    updated_at bigint not null
);

create table queue_entries (
    id bigint primary key,
    tenant_id bigint not null,
    conversation_id bigint not null references conversations (id),
    reason text not null,
    -- Who gave it back and does not get it again unasked.
    except_agent_id bigint,
    entered_at bigint not null,
    left_at bigint,
    left_reason text
);
create index queue_entries_waiting on queue_entries (tenant_id, id) where left_at is null;
create unique index queue_entries_one on queue_entries (conversation_id) where left_at is null;

create table assignments (
    id bigint primary key,
    tenant_id bigint not null,
    conversation_id bigint not null references conversations (id),
    agent_id bigint not null references users (id),
    started_at bigint not null,
    ended_at bigint,
    end_reason text
);
create unique index assignments_one on assignments (conversation_id) where ended_at is null;

-- `wanted` is what she chose, `state` what she is: offline when her connection is lost, and what
-- she chose again when it is back.
create table agent_states (
    user_id bigint primary key references users (id),
    tenant_id bigint not null,
    state text not null,
    wanted text not null,
    capacity bigint not null,
    since bigint not null,
    last_given_at bigint
);
create index agent_states_by_tenant on agent_states (tenant_id, state);

-- What an agent has typed and not sent, and how far she has read.
create table desk_marks (
    user_id bigint not null references users (id),
    thread_id bigint not null references threads (id),
    tenant_id bigint not null,
    draft text,
    read_number bigint not null,
    updated_at bigint not null,
    primary key (user_id, thread_id)
);

-- Files --------------------------------------------------------------------------------------

-- A file that we keep. While `state` is 'pending', `source` says where to fetch it.
create table media (
    id bigint primary key,
    tenant_id bigint not null,
    kind text not null,
    mime text not null,
    name text not null,
    size bigint not null,
    sha256 {blob},
    path text,
    state text not null,
    source text,
    lost_reason text,
    created_at bigint not null,
    -- When a message last named it.
    used_at bigint
);
create index media_by_tenant on media (tenant_id, id);

-- A platform's id of our file is a cache with an expiry, no more.
create table platform_media (
    inbox_id bigint not null,
    media_id bigint not null,
    platform_id text not null,
    expires_at bigint not null,
    primary key (inbox_id, media_id)
);

-- Knowledge and bot --------------------------------------------------------------------------

create table kb_categories (
    id bigint primary key,
    tenant_id bigint not null,
    parent_id bigint,
    name text not null,
    position bigint not null
);
create index kb_categories_by_tenant on kb_categories (tenant_id, id);

create table kb_entries (
    id bigint primary key,
    tenant_id bigint not null,
    category_id bigint,
    question text not null,
    answers text not null,
    answer_mode text not null,
    valid_from bigint,
    valid_until bigint,
    enabled bigint not null,
    version bigint not null,
    updated_at bigint not null,
    updated_by bigint
);
create index kb_entries_by_tenant on kb_entries (tenant_id, id);

-- Other wordings of an entry's question (similar questions).
create table kb_wordings (
    id bigint primary key,
    tenant_id bigint not null,
    entry_id bigint not null references kb_entries (id),
    text text not null
);
create index kb_wordings_by_entry on kb_wordings (tenant_id, entry_id, id);

create table keywords (
    id bigint primary key,
    tenant_id bigint not null,
    words text not null,
    match_kind text not null,
    answers text not null,
    answer_mode text not null,
    priority bigint not null,
    valid_from bigint,
    valid_until bigint,
    enabled bigint not null,
    version bigint not null,
    updated_at bigint not null
);
create index keywords_by_tenant on keywords (tenant_id, id);

-- One row a menu: kind 'text' (one a tenant, inbox_id 0) or 'account' (one an inbox).
create table menus (
    tenant_id bigint not null,
    kind text not null,
    inbox_id bigint not null,
    tree text not null,
    version bigint not null,
    updated_at bigint not null,
    published_version bigint,
    published_at bigint,
    primary key (tenant_id, kind, inbox_id)
);

create table bot_settings (
    tenant_id bigint primary key references tenants (id),
    body text not null,
    version bigint not null,
    updated_at bigint not null
);

-- News and work ------------------------------------------------------------------------------

-- What happened, in commit order, told once (see bus/).
create table outbox (
    seq {serial},
    tenant_id bigint not null,
    body text not null,
    at bigint not null
);

create table jobs (
    id bigint primary key,
    tenant_id bigint not null,
    kind text not null,
    payload text not null,
    run_at bigint not null,
    attempts bigint not null,
    locked_until bigint,
    last_error text,
    parked_at bigint
);
create index jobs_due on jobs (run_at, id) where parked_at is null;
