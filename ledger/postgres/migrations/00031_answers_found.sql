-- Answers of the inquiry desk that are published already belong into the catalogue's index. The guides are told again with them:
-- their place among the kinds has moved.

-- +goose Up

insert into search_outbox (county, fund)
select county, coalesce(fund, '') from inquiry_answer where hidden_at is null
union
select county, '' from search_index;
