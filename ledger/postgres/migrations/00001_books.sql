-- The books. Every table leads its key with the county, every query names it (one county today; a province is then a
-- question of where rows live). Money is bigint fen. Quantities (basis, standard) are bigint ten-thousandths.

-- +goose Up

create table region (
    county char(6) not null,
    code   text    not null,
    parent text    not null default '',
    name   text    not null,
    primary key (county, code),
    check (code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$' and left(code, 6) = county),
    check (parent = left(code, length(code) - 3) or length(code) = 6 and parent = '')
);

create table fund (
    county      char(6) not null,
    code        text    not null,
    name        text    not null,
    kind        text    not null check (kind in ('subsidy', 'allocation', 'transfer', 'budget')),
    section     text    not null default '',
    purpose     text    not null default '',
    document    text    not null default '',
    standard    text    not null default '',
    basis_unit  text    not null default '',
    disclosure  text    not null check (disclosure in ('public', 'self', 'aggregate')),
    public_days int     not null default 0 check (public_days >= 0),
    primary key (county, code)
);

create table officer (
    county      char(6) not null,
    login       text    not null,
    name        text    not null,
    roles       text[]  not null,
    disabled_at timestamptz,
    primary key (county, login)
);

-- The clerk's file, unchanged but sealed: it holds ID numbers and accounts. One backup holds everything.
create table file (
    county    char(6) not null,
    sha256    bytea   not null,
    size      bigint  not null,
    content   bytea   not null,
    stored_at timestamptz not null,
    primary key (county, sha256)
);
alter table file alter column content set storage external;

create table batch (
    county           char(6) not null,
    batch_no         bigint  generated always as identity,
    fund             text    not null,
    period           text    not null check (period ~ '^20[0-9]{2}(-(0[1-9]|1[0-2]))?$'),
    year             int     generated always as (left(period, 4)::int) stored,
    state            text    not null check (state in ('uploaded', 'parsed', 'checked', 'certified', 'published',
                                                       'superseded', 'withdrawn', 'rejected')),
    file_sha256      bytea   not null,
    file_name        text    not null,
    rule_version     text    not null,
    row_count        int     not null default 0,
    total_fen        bigint  not null default 0,
    stated_fen       bigint,
    uploaded_by      text    not null,
    uploaded_at      timestamptz not null,
    certified_by     text,
    certified_at     timestamptz,
    certified_sha256 bytea,
    certified_rules  text,
    certified_rows   int,
    certified_fen    bigint,
    published_by     text,
    published_at     timestamptz,
    public_from      date,
    public_until     date,
    ended_by         text,
    ended_at         timestamptz,
    end_reason       text,
    -- the batch whose rows this one replaces, and why; null for an ordinary batch
    corrects         bigint,
    correct_reason   text,
    -- whether the search index was last told that the batch's people are public through it
    indexed          boolean not null default false,
    primary key (county, batch_no),
    foreign key (county, fund) references fund,
    foreign key (county, file_sha256) references file,
    foreign key (county, uploaded_by) references officer,
    foreign key (county, certified_by) references officer,
    foreign key (county, published_by) references officer,
    foreign key (county, ended_by) references officer,
    foreign key (county, corrects) references batch,
    constraint correction_has_reason check (corrects is null or (correct_reason <> '') is true),
    -- Two people: not a habit but a fact of the table.
    constraint certifier_is_not_uploader check (certified_by <> uploaded_by),
    -- A certificate binds the very file, rules, rows and total that were looked at.
    constraint certificate_binds check (
        state not in ('certified', 'published', 'superseded', 'withdrawn')
        or (certified_by is not null and certified_at is not null and certified_sha256 = file_sha256
            and certified_rules = rule_version and certified_rows = row_count and certified_fen = total_fen) is true),
    constraint published_is_dated check (
        state not in ('published', 'superseded', 'withdrawn')
        or (published_by is not null and published_at is not null and public_from is not null)),
    constraint ending_has_reason check (
        state not in ('superseded', 'withdrawn', 'rejected')
        or (ended_by is not null and ended_at is not null and end_reason <> '') is true)
);
-- The same file can live in one batch only.
create unique index batch_file_once on batch (county, file_sha256)
    where state not in ('rejected', 'withdrawn', 'superseded');
create index batch_published on batch (county, published_at desc) where state = 'published';

-- What the rules saw in the file. Personal values are masked in messages. A warning carries the clerk's reason.
create table batch_finding (
    county   char(6) not null,
    batch_no bigint  not null,
    seq      int     not null,
    rule     text    not null,
    severity text    not null check (severity in ('F', 'W', 'I')),
    sheet    text    not null,
    cell     text    not null,
    message  text    not null,
    fix      text    not null,
    reason   text    not null default '',
    primary key (county, batch_no, seq),
    foreign key (county, batch_no) references batch
);

-- Rows read from a file, waiting for certification. No number in the clear: a keyed token and a sealed value.
create table staged_row (
    county       char(6) not null,
    batch_no     bigint  not null,
    line         int     not null,
    sheet        text    not null,
    sheet_row    int     not null,
    village_code text    not null,
    village      text    not null,
    grp          text    not null,
    name         text    not null,
    name_key     text    not null,
    name_py      text[]  not null,
    who          bytea   not null, -- see person
    id_token     bytea,
    id_sealed    bytea,
    paid_for     bytea,            -- see payment
    basis        bigint  not null,
    basis_unit   text    not null,
    standard     bigint  not null,
    amount_fen   bigint  not null,
    paid_on      date,
    status       text    not null,
    old_line     int,              -- in a correction: the line of the corrected batch that this one replaces
    primary key (county, batch_no, line),
    foreign key (county, batch_no) references batch
);

-- Payee and beneficiary of a staged row, where they are somebody else than the householder.
create table staged_party (
    county    char(6) not null,
    batch_no  bigint  not null,
    line      int     not null,
    role      text    not null,
    name      text    not null,
    name_key  text    not null,
    name_py   text[]  not null,
    who       bytea   not null,
    id_token  bytea,
    id_sealed bytea,
    primary key (county, batch_no, line, role)
);

-- Characters and pairs of neighbouring characters of a name: what "contains" is looked up by. pg_trgm knows only
-- three-character grams and is useless for names of two.
-- +goose StatementBegin
create function name_grams(key text) returns text[]
    language sql immutable strict parallel safe as $$
select array(select distinct substr(key, i, n)
             from generate_series(1, length(key)) i, generate_series(1, 2) n
             where i + n - 1 <= length(key))
$$;
-- +goose StatementEnd

-- A person under one way of writing the name. `who` tells apart people of one name: the token of the number, or, where a
-- sheet gives none, the place (village and group).
create table person (
    county    char(6) not null,
    person_id bigint  generated always as identity,
    ref       text    collate "C" not null default replace(gen_random_uuid()::text, '-', ''),
    who       bytea   not null,
    id_token  bytea check (id_token = who),
    id_sealed bytea,
    name      text    not null,
    name_key  text    not null,
    name_py   text[]  not null,
    grams     text[]  not null generated always as (name_grams(name_key)) stored,
    primary key (county, person_id),
    unique (county, ref)
);
create unique index person_identity on person (county, who, name_key);
create index person_name on person (county, name_key);
create index person_py on person using gin (name_py);
create index person_grams on person using gin (grams);

create table payment (
    county       char(6)  not null,
    year         int      not null,
    batch_no     bigint   not null,
    line         int      not null,
    fund         text     not null,
    period       text     not null,
    person_id    bigint   not null, -- the householder
    -- The token of whom the payment is for: the beneficiary where the sheet names one by number, else the householder. A
    -- householder may have a row for each member of the family.
    paid_for     bytea,
    village_code text     not null,
    village      text     not null,
    grp          text     not null,
    basis        bigint   not null,
    basis_unit   text     not null,
    standard     bigint   not null,
    amount_fen   bigint   not null,
    paid_on      date,
    status       text     not null,
    sheet        text     not null,
    sheet_row    int      not null,
    active       boolean  not null default true,
    primary key (county, year, batch_no, line)
) partition by list (year);
-- Nobody is paid twice from one fund for one period (XB-01), whatever the program does.
create unique index payment_once on payment (county, year, fund, period, paid_for)
    where active and paid_for is not null;
create index payment_person on payment (county, person_id);
create index payment_village on payment (county, fund, village_code) where active;

-- A year's partition is made when the first batch of that year arrives.
-- +goose StatementBegin
create function ensure_payment_year(y int) returns void language plpgsql as $$
begin
    if to_regclass('payment_' || y) is null then
        perform pg_advisory_xact_lock(hashtext('payment_year'));
        execute format('create table if not exists payment_%s partition of payment for values in (%s)', y, y);
    end if;
end $$;
-- +goose StatementEnd

-- Payee and beneficiary of a payment, where they are somebody else than the householder.
create table payment_party (
    county    char(6) not null,
    year      int     not null,
    batch_no  bigint  not null,
    line      int     not null,
    role      text    not null check (role in ('payee', 'beneficiary')),
    person_id bigint  not null,
    primary key (county, year, batch_no, line, role)
);
create index payment_party_person on payment_party (county, person_id);

-- Nothing published is altered or removed: only the mark `active` may change, by correction or withdrawal.
-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd
create trigger payment_is_final before update of county, year, batch_no, line, fund, period, person_id, paid_for,
    village_code, village, grp, basis, basis_unit, standard, amount_fen, paid_on, status, sheet, sheet_row
    on payment for each row execute function refuse_change();
create trigger payment_is_kept before delete on payment for each row execute function refuse_change();
create trigger payment_party_is_final before update or delete on payment_party
    for each row execute function refuse_change();

-- Which row a correction's row replaces. Written when the correction is published and never changed: whether it holds is the
-- correcting batch's state.
create table correction (
    county    char(6) not null,
    batch_no  bigint  not null,
    line      int     not null,
    old_batch bigint  not null,
    old_line  int     not null,
    primary key (county, batch_no, line)
);
create index correction_old on correction (county, old_batch, old_line);
create trigger correction_is_final before update or delete on correction for each row execute function refuse_change();

-- Single rows taken back; reverting removes the mark, the audit log keeps both.
create table row_withdrawal (
    county   char(6) not null,
    batch_no bigint  not null,
    line     int     not null,
    at       timestamptz not null,
    by       text    not null,
    reason   text    not null check (reason <> ''),
    primary key (county, batch_no, line)
);

-- What the active rows of a batch come to in a village, written by the transaction that changes them. `mingbai verify`
-- counts all rows anew and compares.
create table village_tally (
    county       char(6) not null,
    year         int     not null,
    fund         text    not null,
    batch_no     bigint  not null,
    village_code text    not null,
    village      text    not null,
    row_count    int     not null,
    total_fen    bigint  not null,
    primary key (county, year, fund, batch_no, village_code, village)
);

-- People of a year cannot be added up from villages: one person may stand in two. Counted over all active rows by the
-- transaction that changes them.
create table year_tally (
    county     char(6) not null,
    year       int     not null,
    people     int     not null,
    changed_at timestamptz not null,
    primary key (county, year)
);

