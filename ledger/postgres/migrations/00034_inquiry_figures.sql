-- +goose Up

-- The events from which the published figures are counted: how a case was routed, and how late its replies were.
create index inquiry_event_figures on inquiry_event (county, id, seq) where act in ('direct', 'forward', 'approve', 'carry', 'clarify');
