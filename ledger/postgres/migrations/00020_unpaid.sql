-- What came back or was held back of a fund in a year: few rows among many, shown on every page of the fund.

-- +goose Up

create index payment_unpaid on payment (county, fund, year) where active and status in ('returned', 'withheld');
