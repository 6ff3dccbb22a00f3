-- What keeps the county's lists from being carried off as a whole: budgets of people shown, kiosks, traps and alarms.

-- +goose Up

-- How many people were shown to whom, by keyed hash, in stretches of five minutes. Kept for a day. Unlogged: it is written
-- every second, and no archive of the log should hold who visited; a crash of PostgreSQL, and nothing else, forgets it.
create unlogged table budget_given (
    county  char(6) not null,
    bucket  bytea   not null,
    slot    int     not null,
    persons int     not null,
    granted int     not null,
    primary key (county, bucket, slot)
);
create index budget_given_age on budget_given (county, slot);

-- Challenges that were solved, or tried: each opens once.
create unlogged table challenge_used (
    county char(6) not null,
    mark   bytea   not null,
    until  timestamptz not null,
    primary key (county, mark)
);

-- Screens in service halls. The key is shown once; what is kept is its keyed hash.
create table kiosk (
    county     char(6) not null,
    kiosk_no   bigint  generated always as identity,
    name       text    not null check (name <> ''),
    place      text    not null check (place <> ''),
    key_hash   bytea   not null,
    made_by    text    not null,
    made_at    timestamptz not null,
    revoked_by text,
    revoked_at timestamptz,
    registered_at timestamptz, -- when a browser last came with the key
    primary key (county, kiosk_no),
    unique (county, key_hash),
    foreign key (county, made_by) references officer,
    foreign key (county, revoked_by) references officer
);
create unique index kiosk_name_once on kiosk (county, name) where revoked_at is null;

create table kiosk_use (
    county   char(6) not null,
    kiosk_no bigint  not null,
    day      date    not null,
    persons  int     not null,
    primary key (county, kiosk_no, day),
    foreign key (county, kiosk_no) references kiosk
);

-- Traps: names that nobody bears. They stand in no list, total, export or index, and in no table that pages are made of.
create table trap (
    county       char(6) not null,
    ref          text    collate "C" not null default replace(gen_random_uuid()::text, '-', ''),
    village_code text    not null,
    name         text    not null,
    name_key     text    not null,
    made_by      text    not null,
    made_at      timestamptz not null,
    primary key (county, ref),
    constraint trap_once unique (county, village_code),
    constraint trap_name_once unique (county, name_key),
    foreign key (county, village_code) references region,
    foreign key (county, made_by) references officer
);

-- Which traps a visitor has touched on a day.
create table trap_touch (
    county char(6) not null,
    day    date    not null,
    way    text    not null check (way in ('name', 'page')),
    bucket bytea   not null,
    ref    text    collate "C" not null,
    primary key (county, day, way, bucket, ref)
);

create table harvest_alarm (
    county   char(6) not null,
    alarm_no bigint  generated always as identity,
    day      date    not null,
    way      text    not null check (way in ('name', 'page')),
    bucket   bytea   not null,
    traps    int     not null,
    first_at timestamptz not null,
    last_at  timestamptz not null,
    seen_by  text,
    seen_at  timestamptz,
    primary key (county, alarm_no),
    constraint alarm_once unique (county, day, way, bucket),
    foreign key (county, seen_by) references officer
);
