-- The audit chain, and what the search index must be told.

-- +goose Up

create table audit (
    county char(6) not null,
    seq    bigint  not null,
    at     timestamptz not null,
    actor  text    not null,
    action text    not null,
    object text    not null,
    detail text    not null, -- JSON without personal data, kept as the very text that was hashed
    prev   bytea   not null,
    hash   bytea   not null,
    primary key (county, seq)
);
create trigger audit_is_final before update or delete on audit for each row execute function refuse_change();
create trigger audit_is_kept before truncate on audit for each statement execute function refuse_change();

-- Written by the transaction that changes the books; drained by a job. It names whom to look at again, not what to write:
-- the entry is read from the books when it is sent, so sending it twice or late does no harm.
create table search_outbox (
    county       char(6) not null,
    seq          bigint  generated always as identity,
    person_id    bigint  not null,
    village_code text    not null,
    primary key (county, seq)
);

-- Which generation of the index answers. Switching it is the swap of a rebuilt index.
create table search_index (
    county      char(6) primary key,
    generation  text not null,
    switched_at timestamptz not null
);

