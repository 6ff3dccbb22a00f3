-- Where and when the notices of a batch hung on the boards of its villages.

-- +goose Up

create table board_posting (
    county       char(6) not null,
    batch_no     bigint  not null,
    village_code text    not null,
    hung_on      date    not null,
    hung_by      text    not null,
    taken_on     date check (taken_on >= hung_on),
    taken_by     text,
    photo        bytea, -- re-encoded jpeg: no place, no time, no maker
    primary key (county, batch_no, village_code),
    foreign key (county, batch_no) references batch,
    foreign key (county, hung_by) references officer,
    foreign key (county, taken_by) references officer
);
alter table board_posting alter column photo set storage external;
