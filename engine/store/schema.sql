-- One row per fact that arrived, by webhook or by polling: the same fact under another delivery id is the same row.
create table if not exists inbox (
    fact text primary key,
    flow text not null,
    source_id text not null,
    type text not null,
    event_id text,
    received_at timestamptz not null default now()
);

-- One row per source document.
--   wakes, seen          facts that arrived; how many of them the last finished run knew of
--   source_*             the same, of facts about the source document itself (the others are about postings)
--   lease, lease_until   one run at a time; the lease is the run's fence: a save under a lost lease changes nothing
--   crashed, crashes     a run ended without saying how far it came; how many in a row
--   next_look            when to look at it without news; null when it is at rest
--   not_before           no run before, whatever arrives (Retry-After, backoff)
--   waits_for            the system that is down and keeps it; look again as soon as that is back
create table if not exists document (
    flow text not null,
    source_id text not null,
    phase text not null default 'new',
    wakes bigint not null default 0,
    seen bigint not null default 0,
    source_wakes bigint not null default 0,
    source_seen bigint not null default 0,
    lease uuid,
    lease_owner uuid,
    lease_until timestamptz,
    crashed boolean not null default false,
    crashes int not null default 0,
    redriven boolean not null default false,
    next_look timestamptz,
    not_before timestamptz,
    waits_for text,
    progress text not null default '{}',
    correlation_id text,
    trace_id text,
    updated_at timestamptz not null default now(),
    primary key (flow, source_id)
) with (fillfactor = 70);
create index if not exists document_next_look on document (next_look) where next_look is not null;
create index if not exists document_parked on document (flow, source_id) where phase = 'parked';
create index if not exists document_leased on document (lease_owner) where lease is not null;

-- How far catch-up polling has come, in the source system's own time.
create table if not exists watermark (
    source text primary key,
    updated_at text not null
);
