-- The inquiry desk. A case is the sum of its events; what stands in `inquiry` beside its identity is folded from them, so that a
-- queue is one indexed query. Words are sealed apart from events, and the sender apart from the words: when a case goes to
-- discipline they are sealed anew under discipline's own key, while the events stay as they are.

-- +goose Up

create table inquiry (
    county      char(6) not null,
    id          text    collate "C" not null, -- random: a running number would tell how many cases are out of sight
    code_token  bytea   not null,             -- keyed hash of the tracking code; the code itself is nowhere
    code_until  timestamptz,                  -- from when on it opens nothing; null while the case goes on
    received_at timestamptz not null,
    -- the row that it is about
    fund         text,
    village_code text,
    about_year   int,
    about_batch  bigint,
    about_line   int,
    -- folded from the events
    seq          int     not null,
    head         bytea   not null,            -- the last event's hash
    last_at      timestamptz not null,
    state        text    not null,
    kind         text    not null,
    track        text    not null,
    channel      text    not null,
    slip_year    int,
    slip_no      int,
    main_year    int,
    main_no      int,
    round        int     not null,
    lead         bigint  not null,            -- department; 0: none
    assist       bigint[] not null,
    against_departments bigint[] not null,
    against_persons     text[]   not null,
    waits        boolean not null,            -- the office has something to do
    due_clock    text    not null,            -- of the office's running clocks the one that ends first
    due_at       timestamptz not null,        -- infinity: none runs
    provisional  boolean not null,
    levels       timestamptz[] not null,      -- when each level of urgency is reached
    wake_at      timestamptz,                 -- when the clockwork has something to do
    sealed       boolean not null generated always as (state = 'sealed') stored,
    primary key (county, id),
    check ((slip_year is null) = (slip_no is null)),
    check ((about_batch is null) = (about_line is null) and (about_batch is null) = (about_year is null)),
    constraint inquiry_about foreign key (county, fund) references fund
);
create unique index inquiry_code on inquiry (county, code_token);
create unique index inquiry_slip on inquiry (county, slip_year, slip_no);
create index inquiry_due on inquiry (county, due_at, id) where waits and not sealed;
create index inquiry_lead on inquiry (county, lead, due_at) where waits and not sealed;
create index inquiry_received on inquiry (county, received_at, id) where not sealed;
create index inquiry_wake on inquiry (county, wake_at) where wake_at is not null;
create index inquiry_main on inquiry (county, main_year, main_no) where state = 'merged';
create index inquiry_sealed on inquiry (county, received_at) where sealed;
create index inquiry_row on inquiry (county, about_batch, about_line) where about_batch is not null;

-- What the desk may know of: every query of the desk reads this and not the table.
create view desk_inquiry as select * from inquiry where not sealed;

create table inquiry_event (
    county     char(6) not null,
    id         text    collate "C" not null,
    seq        int     not null check (seq > 0),
    at         timestamptz not null,
    role       text    not null,
    login      text    not null,
    department bigint  not null,
    act        text    not null,
    from_state text    not null,
    to_state   text    not null,
    round      int     not null,
    body       text    not null, -- JSON of facts and clocks, without words; kept as the very text that was hashed
    words_mac  bytea,            -- keyed hash of the words that were said, which are in inquiry_words
    prev       bytea   not null,
    hash       bytea   not null,
    primary key (county, id, seq),
    foreign key (county, id) references inquiry
);
-- No case without its events, whatever a program forgets.
alter table inquiry add constraint inquiry_has_events foreign key (county, id, seq) references inquiry_event deferrable initially deferred;

create trigger inquiry_event_is_final before update or delete on inquiry_event for each row execute function refuse_change();
create trigger inquiry_event_is_kept before truncate on inquiry_event for each statement execute function refuse_change();

-- Two people where two are needed, and one unbroken row of events: not a habit of the program but a fact of the table.
-- +goose StatementBegin
create function inquiry_event_follows() returns trigger language plpgsql as $$
declare
    before inquiry_event;
    others text[];
begin
    select * into before from inquiry_event where county = new.county and id = new.id order by seq desc limit 1;
    if new.seq <> coalesce(before.seq, 0) + 1 or new.from_state <> coalesce(before.to_state, '') or new.prev <> coalesce(before.hash, '')
        or new.at < before.at then
        raise exception 'event % of inquiry % does not follow', new.seq, new.id using errcode = 'check_violation', constraint = 'inquiry_event_follows';
    end if;
    others := case
        when new.act = 'countersign' then
            array(select login from inquiry_event where county = new.county and id = new.id and act = 'register' order by seq desc limit 1)
        when new.act = 'refuse' then
            array(select login from inquiry_event where county = new.county and id = new.id and act = 'refusal.propose' order by seq desc limit 1)
            || array(select login from inquiry_event where county = new.county and id = new.id and act = 'refuse')
        when new.act in ('return.grant', 'return.deny') then
            array(select login from inquiry_event where county = new.county and id = new.id and act = 'return.ask' order by seq desc limit 1)
        when new.act in ('extend', 'extension.deny') then
            array(select login from inquiry_event where county = new.county and id = new.id and act = 'extension.ask' order by seq desc limit 1)
        when new.act in ('approve', 'sendback') then
            array(select login from inquiry_event where county = new.county and id = new.id and round = new.round and act in ('draft', 'redraft'))
            || array(select login from inquiry_event where county = new.county and id = new.id and round < new.round and act = 'approve')
        when new.act in ('publish', 'withhold') then
            array(select login from inquiry_event where county = new.county and id = new.id and round = new.round and act in ('draft', 'redraft'))
        else '{}'
    end;
    if new.login = any (others) then
        raise exception 'two people for % of inquiry %', new.act, new.id using errcode = 'check_violation', constraint = 'inquiry_four_eyes';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger inquiry_event_follows before insert on inquiry_event for each row execute function inquiry_event_follows();

-- What a case is stays, its slip too, and nothing comes back from discipline.
-- +goose StatementBegin
create function inquiry_is_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or (old.county, old.id, old.code_token, old.received_at) is distinct from (new.county, new.id, new.code_token, new.received_at)
        or old.slip_no is not null and (old.slip_year, old.slip_no) is distinct from (new.slip_year, new.slip_no)
        or old.state = 'sealed' and new.state <> 'sealed' then
        raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger inquiry_is_kept before update or delete on inquiry for each row execute function inquiry_is_kept();

-- What was said with an event: sealed JSON. `key` names under which key's purpose.
create table inquiry_words (
    county char(6) not null,
    id     text    collate "C" not null,
    seq    int     not null,
    key    text    not null check (key in ('desk', 'discipline')),
    sealed bytea   not null,
    primary key (county, id, seq),
    foreign key (county, id, seq) references inquiry_event
);

-- Who sends, where the sender said so. Name and phone are sealed each by itself.
create table inquiry_sender (
    county char(6) not null,
    id     text    collate "C" not null,
    key    text    not null check (key in ('sender', 'discipline')),
    name   bytea,
    phone  bytea,
    primary key (county, id),
    foreign key (county, id) references inquiry
);

create table inquiry_file (
    county  char(6) not null,
    id      text    collate "C" not null,
    file    text    collate "C" not null, -- random
    seq     int     not null,             -- the event that brought it
    key     text    not null check (key in ('desk', 'discipline')),
    name    bytea   not null,             -- sealed: people name files after themselves
    type    text    not null check (type in ('jpg', 'pdf', 'docx', 'xlsx')),
    size    int     not null,
    content bytea   not null,             -- sealed
    -- nobody opens it before it was looked through for viruses, where the county looks
    held    boolean not null,
    primary key (county, id, file),
    foreign key (county, id, seq) references inquiry_event
);
alter table inquiry_file alter column content set storage external;
create index inquiry_file_held on inquiry_file (county) where held;

-- Sealed anew when a case goes to discipline, else final.
-- +goose StatementBegin
create function inquiry_sealed_anew() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.key = 'discipline' or new.key <> 'discipline' or (old.county, old.id) is distinct from (new.county, new.id) then
        raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger inquiry_words_are_final before update or delete on inquiry_words for each row execute function inquiry_sealed_anew();
create trigger inquiry_sender_is_final before update or delete on inquiry_sender for each row execute function inquiry_sealed_anew();
create trigger inquiry_file_is_final before update of county, id, file, seq, key, name, type, size, content or delete on inquiry_file
    for each row execute function inquiry_sealed_anew();

-- One way to a reply at a time; who wrote it does not approve it.
create table inquiry_round (
    county   char(6) not null,
    id       text    collate "C" not null,
    round    int     not null,
    began    timestamptz not null,
    ended    timestamptz,
    drafters text[]  not null,
    answer   text    not null,
    approved text    not null,
    reviewer text    not null,
    rating   text    not null,
    primary key (county, id, round),
    foreign key (county, id) references inquiry,
    constraint inquiry_reviewer_is_not_drafter check (reviewer = '' or reviewer <> all (drafters))
);
create unique index inquiry_one_open_round on inquiry_round (county, id) where ended is null;
-- +goose StatementBegin
create function inquiry_round_is_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.rating <> '' and new.rating <> old.rating or old.approved <> '' and new.approved <> old.approved
        or old.ended is not null and new.ended is distinct from old.ended then
        raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger inquiry_round_is_kept before update or delete on inquiry_round for each row execute function inquiry_round_is_kept();

-- Who was let see a sender, for what, and until when. Each sight is in the audit log.
create table inquiry_release (
    county  char(6) not null,
    no      bigint  generated always as identity,
    id      text    collate "C" not null,
    login   text    not null,
    purpose text    not null check (purpose <> ''),
    at      timestamptz not null,
    until   timestamptz not null,
    primary key (county, no),
    foreign key (county, id) references inquiry,
    foreign key (county, login) references officer
);
create index inquiry_release_of on inquiry_release (county, id, login, until);
create trigger inquiry_release_is_final before update or delete on inquiry_release for each row execute function refuse_change();

-- Answers that everybody may read: a text of its own, without the sender. It is hidden when the case begins anew.
create table inquiry_answer (
    county       char(6) not null,
    no           bigint  generated always as identity,
    id           text    collate "C" not null,
    round        int     not null,
    kind         text    not null,
    fund         text,
    village_code text,
    title        text    not null,
    question     text    not null,
    answer       text    not null,
    disclosed    text    not null, -- a path of the site: what was opened on request
    by_name      text    not null, -- the department that answered
    received_on  date    not null,
    published_at timestamptz not null,
    hidden_at    timestamptz,
    grams        text[]  not null generated always as (name_grams(lower(title || ' ' || question || ' ' || answer))) stored,
    primary key (county, no),
    unique (county, id, round),
    foreign key (county, id) references inquiry
);
create index inquiry_answer_new on inquiry_answer (county, published_at desc) where hidden_at is null;
create index inquiry_answer_grams on inquiry_answer using gin (grams);
create trigger inquiry_answer_is_final before update of county, no, id, round, kind, fund, village_code, title, question, answer, disclosed, by_name,
    received_on, published_at on inquiry_answer for each row execute function refuse_change();
create trigger inquiry_answer_is_kept before delete on inquiry_answer for each row execute function refuse_change();

-- The daily register: two look every morning, and both sign.
create table inquiry_day (
    county     char(6) not null,
    day        date    not null,
    first_by   text    not null,
    first_at   timestamptz not null,
    note       text    not null,
    second_by  text,
    second_at  timestamptz,
    primary key (county, day),
    foreign key (county, first_by) references officer,
    foreign key (county, second_by) references officer,
    constraint inquiry_day_two_sign check (second_by <> first_by),
    check ((second_by is null) = (second_at is null))
);
-- +goose StatementBegin
create function inquiry_day_is_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.second_by is not null
        or (old.county, old.day, old.first_by, old.first_at, old.note) is distinct from (new.county, new.day, new.first_by, new.first_at, new.note) then
        raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger inquiry_day_is_kept before update or delete on inquiry_day for each row execute function inquiry_day_is_kept();

-- Notices of days off that an admin added to those which came with the program.
create table workday_notice (
    county char(6) not null,
    no     bigint  generated always as identity,
    text   text    not null,
    by     text    not null,
    at     timestamptz not null,
    primary key (county, no)
);
create trigger workday_notice_is_final before update or delete on workday_notice for each row execute function refuse_change();
