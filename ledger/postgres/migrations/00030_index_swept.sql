-- The index knows as of which day it was told whose period began or ended: on the next, the books answer until it is told again.

-- +goose Up

alter table search_index add column swept_on date;
