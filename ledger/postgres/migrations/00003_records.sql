-- What a county discloses beside payments: allocations and transfers, projects, budgets, agencies, posts. Every row has a
-- record, which says where it came from, where it belongs and whether it counts, and a row in the table of its kind, which
-- says what it is and never changes. So one statement ends or revives a batch of any kind.

-- +goose Up

alter table fund drop constraint fund_kind_check;
alter table fund add constraint fund_kind_check
    check (kind in ('subsidy', 'allocation', 'transfer', 'budget', 'project', 'agency', 'post'));

-- The kind says in which table a fund's rows are: it cannot change under them.
-- +goose StatementBegin
create function keep_fund_kind() returns trigger language plpgsql as $$
begin
    if exists (select from batch where county = new.county and fund = new.code) then
        raise exception 'fund % has batches of kind %', new.code, old.kind
            using errcode = 'restrict_violation', constraint = 'fund_kind_is_kept';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger fund_kind_is_kept before update of kind on fund for each row when (old.kind <> new.kind)
    execute function keep_fund_kind();

-- What the document hands down in all, as the sheet or the clerk says it.
alter table batch add column document_fen bigint;

-- Rows read from a file, waiting for certification. fields holds the kind's columns by name; a column that the sheet does
-- not say is left out.
create table staged_record (
    county     char(6) not null,
    batch_no   bigint  not null,
    line       int     not null,
    sheet      text    not null,
    sheet_row  int     not null,
    section    text    not null,
    depth      int     not null,
    key        text    not null, -- see record
    amount_fen bigint,
    fields     jsonb   not null,
    primary key (county, batch_no, line),
    foreign key (county, batch_no) references batch
);

create table record (
    county     char(6) not null,
    year       int     not null,
    batch_no   bigint  not null,
    line       int     not null,
    fund       text    not null,
    period     text    not null,
    section    text    not null, -- the heading that it stands under
    depth      int     not null, -- 0, or a part of a row above, which is then not added up
    key        text    not null, -- whom or what it is about, normalised: two rows of one key are about the same
    amount_fen bigint,           -- null where the kind has no money or the sheet does not say
    sheet      text    not null,
    sheet_row  int     not null,
    active     boolean not null default true,
    primary key (county, year, batch_no, line)
);
create index record_key on record (county, fund, period, key) where active;

-- Money to units and projects: allocations and transfers alike.
create table allocation (
    county char(6) not null, year int not null, batch_no bigint not null, line int not null,
    unit_name    text,
    project_code text,
    project_name text,
    place        text,
    content      text,
    document     text,
    area_mu      bigint,
    persons      bigint,
    standard     bigint,
    quantity     bigint,
    primary key (county, year, batch_no, line),
    foreign key (county, year, batch_no, line) references record
);

create table project (
    county char(6) not null, year int not null, batch_no bigint not null, line int not null,
    project_code    text,
    project_name    text not null,
    place           text,
    content         text,
    unit_name       text,
    document        text,
    stage1_on       date,
    stage1_evidence text,
    stage2_on       date,
    stage2_evidence text,
    stage3_on       date,
    stage3_evidence text,
    stage4_on       date,
    stage4_evidence text,
    primary key (county, year, batch_no, line),
    foreign key (county, year, batch_no, line) references record
);

-- The four moments at which a project is opened, one row each that has come.
create view project_stage as
select r.county, r.year, r.batch_no, r.line, r.fund, r.period, r.active, s.stage, s.opened_on, s.evidence
from record r
join project p using (county, year, batch_no, line)
cross join lateral (values (1, p.stage1_on, p.stage1_evidence), (2, p.stage2_on, p.stage2_evidence),
    (3, p.stage3_on, p.stage3_evidence), (4, p.stage4_on, p.stage4_evidence)) s (stage, opened_on, evidence)
where s.opened_on is not null;

create table budget_line (
    county char(6) not null, year int not null, batch_no bigint not null, line int not null,
    unit_name    text,
    subject_code text,
    subject_name text,
    basic_fen    bigint,
    project_fen  bigint,
    primary key (county, year, batch_no, line),
    foreign key (county, year, batch_no, line) references record
);

create table agency (
    county char(6) not null, year int not null, batch_no bigint not null, line int not null,
    agency_code text,
    agency_name text not null,
    level       text,
    authorised  bigint,
    actual      bigint,
    primary key (county, year, batch_no, line),
    foreign key (county, year, batch_no, line) references record
);

-- A staff member's public fields, and no others: the table has no place for a number or a date of birth.
create table post (
    county char(6) not null, year int not null, batch_no bigint not null, line int not null,
    unit_name          text,
    person_name        text not null,
    sex                text,
    post_title         text,
    rank               text,
    establishment_kind text,
    entered_on         date,
    entry_channel      text,
    status             text,
    primary key (county, year, batch_no, line),
    foreign key (county, year, batch_no, line) references record
);

create trigger record_is_final before update of county, year, batch_no, line, fund, period, section, depth, key, amount_fen,
    sheet, sheet_row on record for each row execute function refuse_change();
create trigger record_is_kept before delete on record for each row execute function refuse_change();
create trigger allocation_is_final before update or delete on allocation for each row execute function refuse_change();
create trigger project_is_final before update or delete on project for each row execute function refuse_change();
create trigger budget_line_is_final before update or delete on budget_line for each row execute function refuse_change();
create trigger agency_is_final before update or delete on agency for each row execute function refuse_change();
create trigger post_is_final before update or delete on post for each row execute function refuse_change();

-- What the active records of a batch come to: see village_tally.
create table record_tally (
    county    char(6) not null,
    year      int     not null,
    fund      text    not null,
    batch_no  bigint  not null,
    row_count int     not null,
    total_fen bigint  not null,
    primary key (county, year, fund, batch_no)
);

-- Rows of any kind as they are counted: what waits, and what is in the books.
create view staged as
select county, batch_no, amount_fen from staged_row
union all
select county, batch_no, case when depth = 0 then coalesce(amount_fen, 0) else 0 end from staged_record;

create view book_row as
select county, year, batch_no, line, fund, active, amount_fen from payment
union all
select county, year, batch_no, line, fund, active, case when depth = 0 then coalesce(amount_fen, 0) else 0 end from record;
