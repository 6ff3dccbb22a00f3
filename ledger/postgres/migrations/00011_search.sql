-- The search outbox also names funds whose entries in the catalogue must be looked at again.

-- +goose Up

alter table search_outbox
    alter column person_id drop not null,
    alter column village_code drop not null,
    add column fund text,
    add constraint outbox_names_one check ((fund is null) = (person_id is not null) and (person_id is null) = (village_code is null));
