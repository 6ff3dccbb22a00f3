-- The audit chain's last hash of each day, as it was shown to the public.

-- +goose Up

create table audit_head (
    county char(6) not null,
    day    date    not null, -- in Shanghai
    seq    bigint  not null, -- of the day's last line
    lines  bigint  not null, -- written on the day
    hash   bytea   not null,
    mac    bytea   not null, -- under a key that is not in the database: who rewrites the chain cannot rewrite this
    primary key (county, day)
);
create trigger audit_head_is_final before update or delete on audit_head for each row execute function refuse_change();
create trigger audit_head_is_kept before truncate on audit_head for each statement execute function refuse_change();
create index audit_at on audit (county, at);
