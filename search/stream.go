package search

import (
	"context"
	"errors"
	"iter"

	"mingbai/ledger"
)

const (
	stretch   = 10_000 // outbox entries read at once
	sentAhead = 16     // stretches that Meilisearch may have before it
)

// A stream brings a generation up to an outbox. While Meilisearch works on what it was sent, the next stretches are read from
// the books and sent, too: what waits in its queue it takes in at once, several times as fast as one by one. Entries stay on
// the outbox until Meilisearch has confirmed them, so that nothing of what was sent has to be kept.
type stream struct {
	e          *Engine
	generation string
	pending    func(ctx context.Context, after int64, limit int) (ledger.IndexChanges, error)
	done       func(context.Context, ledger.IndexDone) error
}

// shipment is a stretch on its way.
type shipment struct {
	tasks []task
	done  ledger.IndexDone // when they have ended well
}

// run goes through the outbox until nothing is left on it.
func (s stream) run(ctx context.Context) (n int, err error) {
	for {
		some, err := s.pass(ctx)
		if f := (*fault)(nil); errors.As(err, &f) && f.failed() {
			// What is sent again must not overtake what was sent after it.
			if err = s.e.settled(ctx, s.generation); err == nil {
				some, err = s.carefully(ctx, some)
			}
		}
		n += some
		if err != nil || some == 0 {
			return n, err
		}
	}
}

// carefully does the first stretch by itself and finds out which document is to blame.
func (s stream) carefully(ctx context.Context, n int) (int, error) {
	c, err := s.pending(ctx, 0, stretch)
	if err != nil || len(c.Seqs) == 0 {
		return n, err
	}
	done, err := s.e.apply(ctx, s.generation, c)
	if err != nil {
		return n, err
	}
	return n + len(done.Seqs), s.done(ctx, done)
}

// pass goes once through what is on the outbox, and tells how much of it is in.
func (s stream) pass(ctx context.Context) (n int, err error) {
	known, err := s.e.books.IndexFaults(ctx, s.generation)
	if err != nil {
		return 0, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var under []shipment
	settle := func(most int) error {
		for len(under) > most {
			if err := s.settle(ctx, under[0]); err != nil {
				return err
			}
			n, under = n+len(under[0].done.Seqs), under[1:]
		}
		return nil
	}
	for c, err := range s.ahead(ctx) {
		if err != nil {
			return n, err
		}
		tasks, err := s.e.send(ctx, s.generation, c)
		if err != nil {
			return n, err
		}
		under = append(under, shipment{tasks, ledger.IndexDone{Seqs: c.Seqs, Mended: mended(known, nil, c)}})
		if err := settle(sentAhead); err != nil {
			return n, err
		}
	}
	return n, settle(0)
}

// ahead reads stretch after stretch, one while the one before is being sent.
func (s stream) ahead(ctx context.Context) iter.Seq2[ledger.IndexChanges, error] {
	type reading struct {
		changes ledger.IndexChanges
		err     error
	}
	return func(yield func(ledger.IndexChanges, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		read := make(chan reading)
		go func() {
			defer close(read)
			for after := int64(0); ; {
				c, err := s.pending(ctx, after, stretch)
				if err == nil && len(c.Seqs) == 0 {
					return
				}
				select {
				case read <- reading{c, err}:
				case <-ctx.Done():
					return
				}
				if err != nil {
					return
				}
				after = c.Seqs[len(c.Seqs)-1]
			}
		}()
		defer func() {
			stop()
			for range read { // until it has ended
			}
		}()
		for r := range read {
			if !yield(r.changes, r.err) {
				return
			}
		}
	}
}

// settle waits for the end of what was sent of a stretch, and takes it off the outbox.
func (s stream) settle(ctx context.Context, sent shipment) error {
	for _, t := range sent.tasks {
		if err := s.e.client.wait(ctx, t.uid, t.number); err != nil {
			return err
		}
	}
	return s.done(ctx, sent.done)
}
