package portal

import (
	"context"
	"time"

	"mingbai/ledger"
)

// Review is what the office asks of the books on the road from a checked batch to the public, and back. Every answer is given
// for an officer: what lies beyond their scope is refused and written down. Words of officers are looked at for personal data.
type Review interface {
	Judging
	Publishing
	Requests
}

// Judging is what a certifier looks at and decides.
type Judging interface {
	Waiting(ctx context.Context, login string) ([]ledger.Waiting, error)
	Review(ctx context.Context, login string, batch int64) (ledger.Review, error)
	Findings(ctx context.Context, batch int64) ([]ledger.KeptFinding, error)
	Compare(ctx context.Context, batch int64) (ledger.Comparison, error)
	Sample(ctx context.Context, login string, batch int64, anew bool) (ledger.Sample, error)
	Accept(ctx context.Context, batch int64, by, reason string, choice ledger.FindingChoice) (int, error)
	// CertifySeen and RejectSeen judge the revision that was looked at, and no other.
	CertifySeen(ctx context.Context, batch int64, revision int, by string) error
	RejectSeen(ctx context.Context, batch int64, revision int, by, opinion string) error
}

// Publishing is what happens to a certified batch. A job publishes; the zero time is now.
type Publishing interface {
	PlanPublication(ctx context.Context, batch int64, by string, at time.Time) error
	CancelPublication(ctx context.Context, batch int64, by string) error
	Progress(ctx context.Context, login string, batch int64) (ledger.Progress, error)
	BatchRows(ctx context.Context, login string, q ledger.BatchRowsQuery) (ledger.BatchRows, error)
}

// Requests are how two people take back what is public.
type Requests interface {
	AskAct(ctx context.Context, r ledger.ActRequest) (no int64, err error)
	Requests(ctx context.Context, login string) ([]ledger.RequestSight, error)
	Request(ctx context.Context, login string, no int64) (ledger.RequestSight, error)
	DecideAct(ctx context.Context, no int64, by string, grant bool, opinion string) error
	TakeBackAct(ctx context.Context, no int64, by string) error
}
