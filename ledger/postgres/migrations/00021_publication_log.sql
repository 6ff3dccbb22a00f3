-- What counted when: the log of acts on the published books, numbered without a gap, and for every row of records and every
-- village's tally from which act to which it counted. A page "as of" a day and an old version of the open data are read
-- from it. Payments have no spans of their own: what is told of old days names nobody.

-- +goose Up

create table publication_log (
    county   char(6) not null,
    seq      bigint  not null, -- counted under the books' lock: a later act has the greater number
    at       timestamptz not null,
    act      text    not null check (act in ('publish', 'withdraw', 'withdraw_row', 'revert', 'fund')),
    fund     text    not null,
    year     int     not null default 0, -- of the batch; 0 where a fund's own description changed
    batch_no bigint,
    line     int,
    reason   text    not null default '',
    primary key (county, seq),
    check ((batch_no is null) = (act = 'fund')),
    check ((line is not null) = (act = 'withdraw_row'))
);
create index publication_log_batch on publication_log (county, batch_no, seq);
create index publication_log_at on publication_log (county, at);
create trigger publication_log_is_final before update or delete on publication_log for each row execute function refuse_change();

-- Householders behind a tally. Over several batches of a year there are at least as many as in the greatest.
alter table village_tally add column people int not null default 0;
update village_tally t set people = p.n
from (select county, year, fund, batch_no, village_code, case when village_code = '' then village else '' end as village,
        count(distinct person_id) as n
      from payment where active group by 1, 2, 3, 4, 5, 6) p
where (t.county, t.year, t.fund, t.batch_no, t.village_code, t.village)
    = (p.county, p.year, p.fund, p.batch_no, p.village_code, p.village);

-- What village_tally said, and from which act to which (the first that it no longer holds after; null: it holds now).
create table village_span (
    county       char(6) not null,
    year         int     not null,
    fund         text    not null,
    batch_no     bigint  not null,
    village_code text    not null,
    village      text    not null,
    row_count    int     not null,
    people       int     not null,
    total_fen    bigint  not null,
    from_seq     bigint  not null,
    to_seq       bigint,
    primary key (county, fund, year, batch_no, village_code, village, from_seq)
);
create unique index village_span_now on village_span (county, fund, year, batch_no, village_code, village) where to_seq is null;

create table record_span (
    county   char(6) not null,
    year     int     not null,
    batch_no bigint  not null,
    line     int     not null,
    from_seq bigint  not null,
    to_seq   bigint,
    primary key (county, year, batch_no, line, from_seq),
    foreign key (county, year, batch_no, line) references record
);
create unique index record_span_now on record_span (county, year, batch_no, line) where to_seq is null;

-- A span is ended once and never altered otherwise.
create trigger village_span_is_final before update of county, year, fund, batch_no, village_code, village, row_count, people,
    total_fen, from_seq on village_span for each row execute function refuse_change();
create trigger village_span_ends_once before update on village_span for each row when (old.to_seq is not null) execute function refuse_change();
create trigger village_span_is_kept before delete on village_span for each row execute function refuse_change();
create trigger record_span_is_final before update of county, year, batch_no, line, from_seq on record_span
    for each row execute function refuse_change();
create trigger record_span_ends_once before update on record_span for each row when (old.to_seq is not null) execute function refuse_change();
create trigger record_span_is_kept before delete on record_span for each row execute function refuse_change();

-- The acts so far, from the audit chain.
insert into publication_log (county, seq, at, act, fund, year, batch_no, line, reason)
select a.county, row_number() over (partition by a.county order by a.seq), a.at,
    case a.action when 'batch.publish' then 'publish' when 'batch.withdraw' then 'withdraw' when 'batch.revert' then 'revert' else 'withdraw_row' end,
    b.fund, b.year, b.batch_no, nullif(split_part(a.object, '/', 4), '')::int,
    coalesce(a.detail::jsonb->>'reason', b.correct_reason, '')
from audit a
join batch b on b.county = a.county and b.batch_no = split_part(a.object, '/', 2)::bigint
where a.action in ('batch.publish', 'batch.withdraw', 'batch.revert', 'row.withdraw');

-- What counts today counts since the last act on its batch, or on one that corrects it. What had ceased to count by then is
-- not told of the days before: no county had published when this was made.
create temporary table last_act as
select b.county, b.batch_no, max(l.seq) as seq
from batch b
join batch c on c.county = b.county and (c.batch_no = b.batch_no or c.corrects = b.batch_no)
join publication_log l on l.county = c.county and l.batch_no = c.batch_no
group by 1, 2;
insert into village_span (county, year, fund, batch_no, village_code, village, row_count, people, total_fen, from_seq)
select t.county, t.year, t.fund, t.batch_no, t.village_code, t.village, t.row_count, t.people, t.total_fen, l.seq
from village_tally t join last_act l using (county, batch_no);
insert into record_span (county, year, batch_no, line, from_seq)
select r.county, r.year, r.batch_no, r.line, l.seq from record r join last_act l using (county, batch_no) where r.active;
drop table last_act;

-- The newest line of the audit chain that may have changed a public page: all but what officers do for themselves, look at, or
-- make ready. Who reads it must write the same condition.
create index audit_public on audit (county, seq) where action not like all
    ('{login.%,logout.%,password.%,factor.%,officer.%,rows.%,file.%,finding.%,sample.%,mapping.%,audit.%,batch.import,batch.submit,batch.certify,batch.reject,request.ask,request.take_back}');
