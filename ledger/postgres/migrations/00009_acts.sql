-- What it takes to make rows public and to take them back: a certificate over every row, publications at a time, samples
-- held beside the paper, and the requests by which two people take back what is public.

-- +goose Up

-- Every row and party that waits under a batch, to the last byte, in the order of the sheet. The settings are fixed so that
-- one and the same row is one and the same text for every connection.
-- +goose StatementBegin
create function staged_digest(of_county char(6), of_batch bigint) returns bytea
    language sql stable set datestyle = 'ISO, YMD' set bytea_output = 'hex' as $$
select sha256(coalesce(string_agg(said, ''::bytea order by part, line, role), ''::bytea))
from (
    select 1 as part, line, '' as role, sha256(convert_to(s::text, 'UTF8')) as said
    from staged_row s where county = of_county and batch_no = of_batch
    union all
    select 2, line, role, sha256(convert_to(p::text, 'UTF8'))
    from staged_party p where county = of_county and batch_no = of_batch
    union all
    select 3, line, '', sha256(convert_to(r::text, 'UTF8'))
    from staged_record r where county = of_county and batch_no = of_batch) x
$$;
-- +goose StatementEnd

alter table batch add column certified_digest bytea;
update batch set certified_digest = staged_digest(county, batch_no) where state = 'certified';
alter table batch add constraint certificate_binds_rows check (state <> 'certified' or certified_digest is not null);

-- A publication that was ordered: at once (a job takes it up) or at a time. It holds for one certificate; whatever else
-- becomes of the batch ends it.
create table planned_publication (
    county   char(6) not null,
    plan_no  bigint  generated always as identity,
    batch_no bigint  not null,
    at       timestamptz not null,
    by       text    not null,
    made_at  timestamptz not null,
    digest   bytea   not null, -- of the certificate
    ended    text check (ended in ('published', 'cancelled', 'void', 'failed')),
    ended_at timestamptz,
    said     text    not null default '', -- why it failed
    primary key (county, plan_no),
    foreign key (county, batch_no) references batch,
    foreign key (county, by) references officer,
    check ((ended is null) = (ended_at is null))
);
create unique index planned_publication_once on planned_publication (county, batch_no) where ended is null;
create index planned_publication_due on planned_publication (county, at) where ended is null;

-- +goose StatementBegin
create function end_plan() returns trigger language plpgsql as $$
begin
    update planned_publication set ended = case when new.state = 'published' then 'published' else 'void' end,
        ended_at = coalesce(new.published_at, new.ended_at, now())
    where county = new.county and batch_no = new.batch_no and ended is null;
    return null;
end $$;
-- +goose StatementEnd
create trigger batch_ends_plan after update of state on batch
    for each row when (old.state = 'certified' and new.state <> 'certified') execute function end_plan();

-- Which rows a certifier held beside the paper. The seed is random, so that nobody who uploads knows them before.
create table sample_draw (
    county   char(6) not null,
    batch_no bigint  not null,
    revision int     not null,
    login    text    not null,
    draw     int     not null check (draw > 0),
    seed     bigint  not null,
    drawn_at timestamptz not null,
    primary key (county, batch_no, revision, login),
    foreign key (county, batch_no) references batch,
    foreign key (county, login) references officer
);

-- What one officer asks to be done to what is public, and another decides.
create table act_request (
    county     char(6) not null,
    request_no bigint  generated always as identity,
    act        text    not null check (act in ('batch.withdraw', 'batch.revert')),
    batch_no   bigint  not null,
    line       int     check (line > 0), -- null: the whole batch
    reason     text    not null check (reason <> ''),
    asked_by   text    not null,
    asked_at   timestamptz not null,
    decision   text    check (decision in ('granted', 'refused', 'taken_back')),
    opinion    text    not null default '',
    decided_by text,
    decided_at timestamptz,
    primary key (county, request_no),
    foreign key (county, batch_no) references batch,
    foreign key (county, asked_by) references officer,
    foreign key (county, decided_by) references officer,
    constraint decision_is_signed check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
    -- Only oneself takes back what one asked for; only another grants or refuses it.
    constraint two_people_decide check (decision is null or (decision = 'taken_back') = (decided_by = asked_by)),
    constraint refusal_has_opinion check (decision is distinct from 'refused' or opinion <> ''),
    constraint only_withdrawal_of_rows check (line is null or act = 'batch.withdraw')
);
create unique index act_request_once on act_request (county, batch_no, coalesce(line, 0)) where decision is null;
create trigger act_request_is_final before update of county, request_no, act, batch_no, line, reason, asked_by, asked_at
    on act_request for each row execute function refuse_change();
create trigger act_request_is_decided_once before update on act_request for each row when (old.decision is not null)
    execute function refuse_change();
create trigger act_request_is_kept before delete on act_request for each row execute function refuse_change();
