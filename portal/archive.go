package portal

import (
	"context"
	"time"

	"mingbai/ledger"
)

// Archive answers from the books as they stood, and hands out what everybody may take away. Its pages exist where it is given.
type Archive interface {
	// FundPageOn is a fund of subsidies at the end of a day; only one that names everybody has days before.
	FundPageOn(ctx context.Context, code string, year int, day time.Time) (ledger.FundPage, error)
	EditionOn(ctx context.Context, day time.Time) (ledger.Edition, error)
	Edition(ctx context.Context) (ledger.Edition, error)
	PublicActs(ctx context.Context, before int64, n int) ([]ledger.PublicAct, error)
	// PublicCounter grows with every act that may have changed a public page.
	PublicCounter(ctx context.Context) (int64, error)
}
