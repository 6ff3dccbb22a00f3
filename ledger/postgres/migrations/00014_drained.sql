-- How often changes were taken off the search outbox. A search that finds the outbox empty and this number as it was at an
-- earlier look knows that the outbox was empty all the time between.

-- +goose Up

alter table search_index add column drained bigint not null default 0;
