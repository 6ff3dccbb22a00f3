package main

import (
	"context"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// reviewer is the books for the certifier's part of the site: rules are those in force, and what officers write is looked at
// before it is kept.
type reviewer struct {
	*postgres.DB
	office *office
}

// CertifySeen certifies the revision that was looked at, by the rules and the dictionary of today.
func (r reviewer) CertifySeen(ctx context.Context, no int64, revision int, by string) error {
	rules, err := r.office.rules(ctx)
	if err != nil {
		return err
	}
	return r.DB.CertifySeen(ctx, no, revision, by, rules)
}

// RejectSeen sends the revision back that was looked at.
func (r reviewer) RejectSeen(ctx context.Context, no int64, revision int, by, opinion string) error {
	if err := harmless("意见", opinion); err != nil {
		return err
	}
	return r.DB.RejectSeen(ctx, no, revision, by, opinion)
}

// Accept takes numbers as they are.
func (r reviewer) Accept(ctx context.Context, no int64, by, reason string, choice ledger.FindingChoice) (int, error) {
	if err := harmless("理由", reason); err != nil {
		return 0, err
	}
	return r.DB.Accept(ctx, no, by, reason, choice)
}

// AskAct asks for something to be taken back.
func (r reviewer) AskAct(ctx context.Context, q ledger.ActRequest) (int64, error) {
	if err := harmless("原因", q.Reason); err != nil {
		return 0, err
	}
	return r.DB.AskAct(ctx, q)
}

// DecideAct decides a request.
func (r reviewer) DecideAct(ctx context.Context, no int64, by string, grant bool, opinion string) error {
	if err := harmless("意见", opinion); err != nil {
		return err
	}
	return r.DB.DecideAct(ctx, no, by, grant, opinion)
}
