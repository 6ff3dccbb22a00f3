-- What the books remember about a file beyond its rows: reasons for what the rules saw, how its columns were read, the
-- county's own words, and the files that a batch went through before it was right.

-- +goose Up

alter table batch
    add column revision          int    not null default 1 check (revision > 0),
    -- of the sheets' headers: what a remembered mapping is looked up by
    add column signatures        text[] not null default '{}',
    -- names the columns mapped by hand or from memory (batch_mapping); empty when there were none
    add column mapping           text   not null default '',
    add column certified_mapping text;
update batch set certified_mapping = mapping where certified_by is not null;
alter table batch add constraint certificate_binds_mapping check (
    state not in ('certified', 'published', 'superseded', 'withdrawn') or (certified_mapping = mapping) is true);

-- A mended file is staged beside the revision it replaces (uploaded) and takes its place in one transaction: for that
-- moment the same file may stand twice.
drop index batch_file_once;
create unique index batch_file_once on batch (county, file_sha256)
    where state not in ('uploaded', 'rejected', 'withdrawn', 'superseded');

-- Reasons are signed. Those that came with the upload are the uploader's.
alter table batch_finding add column reason_by text, add column reason_at timestamptz;
update batch_finding f set reason_by = b.uploaded_by, reason_at = b.uploaded_at
    from batch b where b.county = f.county and b.batch_no = f.batch_no and f.reason <> '';
alter table batch_finding
    add foreign key (county, reason_by) references officer,
    add constraint reason_is_signed check ((reason <> '') = (reason_by is not null) and (reason_by is null) = (reason_at is null));

-- Every file of a batch, the present one last. Written when a file has been read; only its end is added later.
create table batch_revision (
    county       char(6) not null,
    batch_no     bigint  not null,
    revision     int     not null,
    file_sha256  bytea   not null,
    file_name    text    not null,
    rule_version text    not null,
    mapping      text    not null,
    row_count    int     not null,
    total_fen    bigint  not null,
    fatal        int     not null,
    warnings     int     not null,
    informs      int     not null,
    result       text    not null, -- digest of all that the check came to: the same file with the same result is nothing new
    uploaded_by  text    not null,
    uploaded_at  timestamptz not null,
    ended        text check (ended in ('replaced', 'returned')),
    opinion      text, -- with which it was returned
    ended_by     text,
    ended_at     timestamptz,
    primary key (county, batch_no, revision),
    foreign key (county, batch_no) references batch,
    foreign key (county, file_sha256) references file,
    foreign key (county, uploaded_by) references officer,
    foreign key (county, ended_by) references officer,
    constraint end_is_signed check (
        (ended is null) = (ended_by is null) and (ended is null) = (ended_at is null)
        and (ended is distinct from 'returned' or (opinion <> '') is true))
);
insert into batch_revision (county, batch_no, revision, file_sha256, file_name, rule_version, mapping, row_count, total_fen,
    fatal, warnings, informs, result, uploaded_by, uploaded_at, ended, opinion, ended_by, ended_at)
select b.county, b.batch_no, 1, b.file_sha256, b.file_name, b.rule_version, '', b.row_count, b.total_fen, f.f, f.w, f.i, '',
    b.uploaded_by, b.uploaded_at, r.ended, r.opinion, r.ended_by, r.ended_at
from batch b
cross join lateral (
    select count(*) filter (where severity = 'F') as f, count(*) filter (where severity = 'W') as w,
        count(*) filter (where severity = 'I') as i
    from batch_finding x where x.county = b.county and x.batch_no = b.batch_no) f
left join lateral (
    select 'returned' as ended, b.end_reason as opinion, b.ended_by, b.ended_at where b.state = 'rejected') r on true;
create trigger batch_revision_is_final
    before update of county, batch_no, revision, file_sha256, file_name, rule_version, mapping, row_count, total_fen, fatal,
        warnings, informs, result, uploaded_by, uploaded_at
    on batch_revision for each row execute function refuse_change();
create trigger batch_revision_is_kept before delete on batch_revision for each row execute function refuse_change();

-- Who uploaded any of a batch's files certifies none of it, and nothing is certified while a warning is unexplained or a
-- number unaccepted.
-- +goose StatementBegin
create function guard_certificate() returns trigger language plpgsql as $$
begin
    if exists (select from batch_revision r
               where r.county = new.county and r.batch_no = new.batch_no and r.uploaded_by = new.certified_by) then
        raise exception 'certifier_is_not_uploader: the certifier uploaded a revision of the batch'
            using errcode = 'check_violation', constraint = 'certifier_is_not_uploader';
    end if;
    if new.state = 'certified' and exists (
        select from batch_finding f
        where f.county = new.county and f.batch_no = new.batch_no and f.severity in ('F', 'W') and f.reason = '') then
        raise exception 'certified_is_explained: a finding of the batch has no reason'
            using errcode = 'check_violation', constraint = 'certified_is_explained';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger batch_certificate before insert or update of state, certified_by on batch
    for each row when (new.certified_by is not null) execute function guard_certificate();

-- Which columns of a batch's file were mapped, by hand for this file or from memory.
create table batch_mapping (
    county    char(6) not null,
    batch_no  bigint  not null,
    signature text    not null,
    kind      text    not null,
    position  int     not null,
    label     text    not null,
    field     text    not null,
    by_hand   boolean not null,
    primary key (county, batch_no, signature, position),
    foreign key (county, batch_no) references batch
);

-- What is remembered for the next file with the same header. Learnt from certified batches only, so that a mistake is not.
create table column_mapping (
    county    char(6) not null,
    kind      text    not null,
    signature text    not null,
    position  int     not null,
    label     text    not null,
    field     text    not null,
    batch_no  bigint  not null, -- that it was learnt from
    by        text    not null,
    at        timestamptz not null,
    primary key (county, kind, signature, position),
    foreign key (county, batch_no) references batch
);

-- The county's own words for columns. A label has one meaning in a kind; what is removed stays as history.
create table dictionary_line (
    county     char(6) not null,
    line_no    bigint  generated always as identity,
    kind       text    not null,
    use        text    not null,
    field      text    not null,
    label      text    not null check (label <> ''),
    by         text    not null,
    at         timestamptz not null,
    removed_by text,
    removed_at timestamptz,
    primary key (county, line_no),
    foreign key (county, by) references officer,
    foreign key (county, removed_by) references officer,
    check ((removed_by is null) = (removed_at is null))
);
create unique index dictionary_label_once on dictionary_line (county, kind, label) where removed_at is null;
create trigger dictionary_line_is_final before update of county, line_no, kind, use, field, label, by, at on dictionary_line
    for each row execute function refuse_change();
create trigger dictionary_line_is_kept before delete on dictionary_line for each row execute function refuse_change();
