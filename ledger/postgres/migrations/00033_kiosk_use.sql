-- How often each kiosk was used, by the day: counts, and nothing of whom they were about.

-- +goose Up

alter table kiosk_use
    add column visits    int not null default 0,
    add column lookups   int not null default 0, -- by name and number
    add column searches  int not null default 0, -- by a name alone
    add column inquiries int not null default 0,
    alter column persons set default 0;
