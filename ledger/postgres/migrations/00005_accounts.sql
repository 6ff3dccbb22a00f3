-- Accounts: who belongs where, how they are known at the door, and what was tried there. Secrets are hashed (passwords by
-- argon2id, all others under the key outside the database) or sealed; nobody who reads the database can enter by it.

-- +goose Up

create table department (
    county        char(6) not null,
    department_id bigint  generated always as identity,
    name          text    not null check (name <> ''),
    kind          text    not null check (kind in ('section', 'town', 'unit')),
    towns         text[]  not null default '{}',
    funds         text[]  not null default '{}',
    primary key (county, department_id),
    constraint department_name_once unique (county, name),
    constraint town_office_has_towns check (kind <> 'town' or cardinality(towns) > 0)
);

alter table officer
    add column department  bigint,          -- null: of the bureau itself, for the whole county
    add column password    text,            -- argon2id, with its salt and cost; null: none yet
    add column must_change boolean not null default false,
    add column totp_sealed bytea,
    add column totp_step   bigint  not null default 0, -- of the last code used; none at or before it is taken again
    add constraint officer_department foreign key (county, department) references department;

-- A browser's stay. The token is in its cookie only; what is kept here is its keyed hash, which changes at each step of the
-- way in. No address and no user agent: the device is a coarse label.
create table session (
    county      char(6) not null,
    session_no  bigint  generated always as identity,
    token       bytea   not null,
    login       text    not null,
    began_at    timestamptz not null,
    seen_at     timestamptz not null,
    ended_at    timestamptz,
    strong      boolean not null,  -- the second factor was given
    device      text    not null,
    wrong_codes int     not null default 0,
    enrol_sealed bytea,            -- a second factor on its way to be taken up
    primary key (county, session_no),
    unique (county, token),
    foreign key (county, login) references officer
);
create index session_live on session (county, login) where ended_at is null;

-- Browsers that an officer was let in on: they keep their own budget of tries, whatever strangers do.
create table known_device (
    county char(6) not null,
    login  text    not null,
    device bytea   not null,
    seen_at timestamptz not null,
    primary key (county, login, device),
    foreign key (county, login) references officer
);

-- One-time links by which an officer sets a password.
create table office_link (
    county  char(6) not null,
    token   bytea   not null,
    login   text    not null,
    made_by text    not null,
    until   timestamptz not null,
    ended_at timestamptz,          -- used, or replaced by a newer one
    primary key (county, token),
    foreign key (county, login) references officer
);

create table recovery_code (
    county  char(6) not null,
    login   text    not null,
    code    bytea   not null,
    used_at timestamptz,
    primary key (county, login, code),
    foreign key (county, login) references officer
);

-- How often somebody tried, by keyed hash of what is counted (a name at an address, a name on a device…). Kept for a day.
create table login_try (
    county  char(6) not null,
    bucket  bytea   not null,
    tries   int     not null,
    last_at timestamptz not null,
    open_at timestamptz not null,  -- before this no further try is taken
    primary key (county, bucket)
);
create index login_try_age on login_try (county, last_at);
