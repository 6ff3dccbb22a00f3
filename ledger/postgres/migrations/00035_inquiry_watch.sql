-- Supervision of the desk's deadlines. When a case has its next reminder stands on its row, and each act refreshes it; one job asks
-- for what is due. What went out is kept for good, and nothing goes out twice.

-- +goose Up

alter table inquiry add column remind_at timestamptz;                   -- null: nothing to remind of; -infinity: to be looked at anew
alter table inquiry add column ordered boolean not null default false;  -- an order of 督办 is not closed
update inquiry set remind_at = '-infinity' where waits;
update inquiry i set ordered = true
    where i.state in ('received', 'registered', 'clarifying', 'refusing', 'direct', 'forwarded', 'returning', 'inhand', 'review', 'revising', 'reopened', 'merged')
        and (select e.act = 'supervise' or (
                select s.role <> 'system' from inquiry_event s
                where s.county = e.county and s.id = e.id and s.seq < e.seq and s.act = 'supervise' order by s.seq desc limit 1)
            from inquiry_event e where e.county = i.county and e.id = i.id and e.round = i.round and e.act in ('supervise', 'respond')
            order by e.seq desc limit 1);
create or replace view desk_inquiry as select * from inquiry where not sealed; -- with the new columns
create index inquiry_remind on inquiry (county, remind_at) where remind_at is not null;
create index inquiry_ordered on inquiry (county, due_at, id) where ordered and not sealed;

-- One notice of one clock, begun at one time, at one level: a case's, or where there is none a day's of the register.
create table inquiry_notice (
    county char(6)     not null,
    no     bigint      generated always as identity,
    id     text        collate "C",
    clock  text        not null,
    began  timestamptz not null,
    level  smallint    not null check (level between 1 and 5),
    due_at timestamptz not null,
    at     timestamptz not null,
    passed boolean     not null, -- a higher level went out in its place, to the same people and more
    primary key (county, no),
    foreign key (county, id) references inquiry,
    check ((id is null) = (clock = 'day')),
    constraint inquiry_notice_once unique nulls not distinct (county, id, clock, began, level),
    constraint inquiry_notice_in_hours check ((at at time zone 'Asia/Shanghai')::time >= '09:00' and (at at time zone 'Asia/Shanghai')::time < '17:00')
);
create trigger inquiry_notice_is_final before update or delete on inquiry_notice for each row execute function refuse_change();

-- Whom it is for: a role, of handlers those of a department. Whether they still see the case is asked when they look.
create table inquiry_notice_to (
    county     char(6) not null,
    role       text    not null,
    department bigint  not null,
    no         bigint  not null,
    primary key (county, role, department, no),
    foreign key (county, no) references inquiry_notice
);
create trigger inquiry_notice_to_is_final before update or delete on inquiry_notice_to for each row execute function refuse_change();

-- Up to which notice an officer has put them away.
create table inquiry_notice_seen (
    county char(6) not null,
    login  text    not null,
    upto   bigint  not null,
    primary key (county, login),
    foreign key (county, login) references officer
);

-- Who left a phone may agree to hear that there is something new: no more than that is ever sent.
alter table inquiry_sender add column agreed boolean not null default false;

create table inquiry_message (
    county   char(6)     not null,
    id       text        collate "C" not null,
    seq      int         not null, -- the event that it is about
    made_at  timestamptz not null,
    tries    int         not null,
    said     text        not null, -- what stood in the way last; never a number
    ended_at timestamptz,
    sent     boolean     not null,
    primary key (county, id, seq),
    foreign key (county, id, seq) references inquiry_event,
    check (not sent or ended_at is not null)
);
create index inquiry_message_open on inquiry_message (county, made_at) where not sent;
