-- Files on their way from a clerk's browser to their batches, and the clerk's word that a batch is ready to be looked at.

-- +goose Up

-- What was sent in one go, for one fund and period.
create table upload_set (
    county   char(6) not null,
    set_no   bigint  generated always as identity,
    fund     text    not null,
    period   text    not null check (period ~ '^20[0-9]{2}(-(0[1-9]|1[0-2]))?$'),
    unit     text    not null default '' check (unit in ('', 'yuan', 'wan')),
    map      jsonb   not null default '{}', -- column → field, by hand
    note     text    not null default '',   -- the clerk's reason for warnings
    corrects bigint,
    reason   text    not null default '',
    mends    bigint,                        -- the batch that the one file of the set goes on with
    by       text    not null,
    at       timestamptz not null,
    primary key (county, set_no),
    foreign key (county, fund) references fund,
    foreign key (county, by) references officer,
    foreign key (county, corrects) references batch,
    foreign key (county, mends) references batch
);
create index upload_set_newest on upload_set (county, by, set_no desc);

-- A file of a set. It waits until the transaction that makes its batch also makes it done: there is no moment in between.
create table upload (
    county      char(6) not null,
    set_no      bigint  not null,
    n           int     not null,
    file_name   text    not null,
    file_sha256 bytea,  -- null: too large to be kept
    size        bigint  not null,
    state       text    not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
    batch_no    bigint,
    message     text    not null default '',
    primary key (county, set_no, n),
    foreign key (county, set_no) references upload_set,
    foreign key (county, batch_no) references batch,
    check ((state = 'done') = (batch_no is not null)),
    check (state <> 'refused' or message <> ''),
    check (state <> 'waiting' or file_sha256 is not null)
);
create unique index upload_file_once on upload (county, set_no, file_sha256); -- sent again after a broken line
create index upload_waiting on upload (county, set_no, n) where state = 'waiting';
create index upload_batch on upload (county, batch_no);

alter table batch
    -- handed to the certifiers by the clerk, when nothing is open any more
    add column submitted_at timestamptz,
    add column submitted_by text,
    -- 9-digit codes of the towns that its rows lie in, '' for rows of no town: who may see it in a list
    add column towns        text[] not null default '{}',
    -- how its sheets were recognised, to show the file and mend its columns without reading it anew
    add column sheets       jsonb  not null default '[]',
    add foreign key (county, submitted_by) references officer,
    add constraint submission_is_signed check ((submitted_at is null) = (submitted_by is null));
update batch b set towns = array(
    select left(village_code, 9) from staged_row where county = b.county and batch_no = b.batch_no
    union
    select left(village_code, 9) from payment where county = b.county and year = b.year and batch_no = b.batch_no
    union
    select '' from staged_record where county = b.county and batch_no = b.batch_no
    union
    select '' from record where county = b.county and year = b.year and batch_no = b.batch_no);
update batch b set submitted_at = uploaded_at, submitted_by = uploaded_by
where state not in ('uploaded', 'parsed', 'rejected') and not exists (
    select from batch_finding f where f.county = b.county and f.batch_no = b.batch_no and f.severity = 'W' and f.reason = '');
create index batch_of_uploader on batch (county, uploaded_by, batch_no desc);
