-- What the care of the search index is remembered by: its marks, a rebuild's progress, documents that it would not take,
-- and what was done to it.

-- +goose Up

alter table search_outbox add column at timestamptz not null default now();

-- Meilisearch's own word for when each index was last changed, as of our last write. An index that says otherwise was
-- changed by somebody else, or is another, and is not believed.
alter table search_index add column marks text[] not null default '{}';

-- The generation that is being filled beside the living one, and how far each of its indexes is: a rebuild that was killed
-- goes on from here.
create table index_build (
    county     char(6)     primary key,
    generation text        not null,
    started_at timestamptz not null
);
create table index_build_part (
    county     char(6) not null references index_build on delete cascade,
    index_name text    not null,
    last_id    text    not null,
    documents  bigint  not null check (documents >= 0),
    complete   boolean not null,
    primary key (county, index_name)
);

-- What left the outbox while a generation is being filled: that generation must be told it before it lives.
create table index_build_outbox (
    county       char(6) not null,
    seq          bigint  not null,
    person_id    bigint,
    village_code text,
    fund         text,
    primary key (county, seq)
);

-- Documents that Meilisearch refuses, by their ids. While there is one of the living generation, the books answer.
create table index_fault (
    county      char(6)     not null,
    generation  text        not null,
    index_name  text        not null check (index_name in ('people', 'lookup', 'catalogue')),
    document_id text        not null,
    fund        text        not null default '', -- of a catalogue entry
    code        text        not null,            -- Meilisearch's; never its message, which quotes the document
    first_at    timestamptz not null,
    tries       integer     not null default 1,
    retry_at    timestamptz not null,
    primary key (county, generation, index_name, document_id)
);

-- What was asked of the index: by an officer on the page, on the command line (asked_by is null), or by the keeper itself.
create table index_run (
    county      char(6)     not null,
    run_no      bigint      generated always as identity,
    act         text        not null check (act in ('rebuild', 'verify', 'repair')),
    asked_by    text,
    asked_at    timestamptz not null,
    began_at    timestamptz,
    ended_at    timestamptz,
    documents   bigint      not null default 0, -- done so far
    differences bigint      not null default 0,
    mended      bigint      not null default 0,
    found       text[]      not null default '{}', -- the first differences, by document ids
    trouble     text        not null default '',
    primary key (county, run_no)
);
