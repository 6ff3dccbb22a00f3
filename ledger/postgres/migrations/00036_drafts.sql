-- What helps whoever drafts an answer, the files that are published with one, and reasons that a mended file keeps.

-- +goose Up

-- Texts that answers begin with. Blanks are written 【项目】. No person's name is in them.
create table answer_template (
    county char(6) not null,
    no     bigint  generated always as identity,
    name   text    not null check (name <> ''),
    kind   text    not null, -- of inquiries; '': every kind
    text   text    not null check (text <> ''),
    by     text    not null,
    at     timestamptz not null,
    primary key (county, no),
    foreign key (county, by) references officer
);
create unique index answer_template_name on answer_template (county, name);

-- What a drafter has written and not sent for review: sealed like all texts, the drafter's alone, one in a round.
create table inquiry_draft (
    county char(6) not null,
    id     text    collate "C" not null,
    round  int     not null,
    login  text    not null,
    key    text    not null check (key in ('desk', 'discipline')),
    sealed bytea   not null,
    at     timestamptz not null,
    primary key (county, id, round, login),
    foreign key (county, id) references inquiry,
    foreign key (county, login) references officer
);
-- Nothing comes back from discipline.
-- +goose StatementBegin
create function inquiry_draft_is_kept() returns trigger language plpgsql as $$
begin
    if old.key = 'discipline' then
        raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
-- +goose StatementEnd
create trigger inquiry_draft_is_kept before update or delete on inquiry_draft for each row execute function inquiry_draft_is_kept();

-- Copies of attachments that everybody may have: written anew, without what tells of their makers, and under a name of our own.
create table inquiry_answer_file (
    county  char(6) not null,
    no      bigint  not null,
    seq     int     not null,
    type    text    not null check (type in ('jpg', 'docx', 'xlsx')),
    content bytea   not null,
    primary key (county, no, seq),
    foreign key (county, no) references inquiry_answer
);
alter table inquiry_answer_file alter column content set storage external;
create trigger inquiry_answer_file_is_final before update or delete on inquiry_answer_file for each row execute function refuse_change();

-- A finding's row by a keyed digest of what stands in it: a mended file keeps the reasons of rows that it did not change.
alter table batch_finding add column row_digest bytea, add column carried boolean not null default false;
