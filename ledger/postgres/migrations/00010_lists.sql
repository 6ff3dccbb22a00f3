-- Code lists as the office keeps them: retired and never deleted, each change kept with who made it, and documents of funds.

-- +goose Up

alter table region add column retired_at timestamptz;
alter table fund add column retired_at timestamptz;

-- Names that a county lists: units, projects, agencies. A sheet's values are held against a list only where the county says so.
create table code_name (
    county     char(6) not null,
    list       text    not null check (list in ('unit_name', 'project_name', 'agency_name')),
    name       text    not null check (name <> ''),
    note       text    not null default '',
    retired_at timestamptz,
    primary key (county, list, name)
);
create table code_held (
    county char(6) not null,
    list   text    not null,
    held   boolean not null,
    primary key (county, list)
);

-- From what to what, by the very transaction that changes a list. Who did it is told by the settings mingbai.by and mingbai.at.
create table code_history (
    county char(6) not null,
    seq    bigint  generated always as identity,
    list   text    not null,
    code   text    not null,
    at     timestamptz not null,
    by     text    not null,
    before jsonb,  -- null: it was new
    after  jsonb   not null,
    primary key (county, seq)
);
create index code_history_code on code_history (county, list, code, seq);
create trigger code_history_is_final before update or delete on code_history for each row execute function refuse_change();

-- +goose StatementBegin
create function keep_code_history() returns trigger language plpgsql as $$
declare
    was jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
    now_is jsonb := to_jsonb(new);
begin
    if was is distinct from now_is then
        insert into code_history (county, list, code, at, by, before, after)
        values (new.county, coalesce(now_is->>'list', tg_argv[0]), now_is->>tg_argv[1],
            coalesce(nullif(current_setting('mingbai.at', true), '')::timestamptz, now()),
            coalesce(current_setting('mingbai.by', true), ''), was, now_is);
    end if;
    return null;
end $$;
-- +goose StatementEnd
create trigger region_history after insert or update on region for each row execute function keep_code_history('region', 'code');
create trigger fund_history after insert or update on fund for each row execute function keep_code_history('fund', 'code');
create trigger code_name_history after insert or update on code_name for each row execute function keep_code_history('', 'name');
create trigger dictionary_history after insert or update on dictionary_line for each row execute function keep_code_history('dictionary', 'label');
create trigger department_history after insert or update on department for each row execute function keep_code_history('department', 'department_id');

-- A workbook that was read and shown, waiting for the word to save it.
create table code_import (
    county char(6) not null,
    id     uuid    not null default gen_random_uuid(),
    list   text    not null,
    by     text    not null,
    at     timestamptz not null,
    lines  jsonb   not null,
    primary key (county, id)
);

-- Papers of a fund. Content never changes; one that is taken away stays, out of sight.
create table fund_document (
    county     char(6) not null,
    doc_no     bigint  generated always as identity,
    fund       text    not null,
    title      text    not null check (title <> ''),
    type       text    not null,
    sha256     bytea   not null,
    size       int     not null,
    content    bytea   not null,
    public     boolean not null default false,
    by         text    not null,
    at         timestamptz not null,
    removed_at timestamptz,
    primary key (county, doc_no),
    foreign key (county, fund) references fund
);
alter table fund_document alter column content set storage external;
create index fund_document_fund on fund_document (county, fund) where removed_at is null;
create trigger fund_document_is_final before update of county, doc_no, fund, title, type, sha256, size, content, by, at on fund_document
    for each row execute function refuse_change();
create trigger fund_document_is_kept before delete on fund_document for each row execute function refuse_change();
