package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/portal"
)

// deskEvery is how often the inquiry desk's clockwork looks: due dates end at midnight, and a minute later is soon enough.
const deskEvery = time.Minute

// scanner looks files through by the county's ClamAV; nil where it has none.
func (f *siteFlags) scanner() portal.Scanner {
	if f.ClamdAddr == "" {
		return nil
	}
	return portal.Clamd(f.ClamdAddr)
}

// keepDesk does what time itself does to inquiries, and looks through attachments that had to wait. Replicas may do it at once:
// whatever is done is done once.
func keepDesk(ctx context.Context, log *slog.Logger, desk *postgres.Inquiries, scan portal.Scanner) error {
	tick := time.NewTicker(deskEvery)
	defer tick.Stop()
	for {
		n, err := desk.WakeInquiries(ctx)
		if n > 0 {
			log.Info("来件到期，已按规定处理", "件数", n)
		}
		if err == nil && scan != nil {
			err = desk.HeldFiles(ctx, func(ctx context.Context, content []byte) (bool, error) {
				found, err := scan.Scan(ctx, content)
				if err != nil {
					err = &ledger.Error{Kind: ledger.KindUnavailable, Message: "病毒检查还连不上", Cause: err}
				}
				return found == "", err
			})
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && !errors.Is(err, ledger.ErrUnavailable):
			log.Error("来件到期没有处理完，一分钟后再试", "err", err)
		case err != nil:
			log.Warn("来件的附件还在等病毒检查", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
