package search

import (
	"context"
	"slices"

	"github.com/meilisearch/meilisearch-go"

	"mingbai/ledger"
)

func (e *Engine) writer(kind, generation string) *writer {
	return &writer{client: e.client, kind: kind, uid: e.uid(kind, generation)}
}

// apply brings a generation to what a stretch says, one index after the other, so that there are never more tasks under way
// than one writer allows itself. It tells what was refused, and what was refused once and is in now.
func (e *Engine) apply(ctx context.Context, generation string, c ledger.IndexChanges) (done ledger.IndexDone, err error) {
	known, err := e.books.IndexFaults(ctx, generation)
	if err != nil {
		return done, err
	}
	done.Seqs = c.Seqs
	for _, tell := range e.tellings(generation, c) {
		if tell.clear != nil {
			if err := e.client.do(ctx, tell.uid, tell.clear); err != nil {
				return done, err
			}
		}
		if err := tell.write(ctx); err != nil {
			return done, err
		}
		if err := tell.finish(ctx); err != nil {
			return done, err
		}
		done.Faults = append(done.Faults, tell.refused...)
	}
	done.Mended = mended(known, done.Faults, c)
	e.tellFaults(done.Faults)
	return done, nil
}

// send is apply without waiting for anything: it answers the tasks whose end must be waited for. Meilisearch works through
// an index's tasks in their order, and through many that wait for it at once.
func (e *Engine) send(ctx context.Context, generation string, c ledger.IndexChanges) (tasks []task, err error) {
	for _, tell := range e.tellings(generation, c) {
		tell.ahead = true
		if tell.clear != nil {
			number, err := e.client.task(ctx, tell.clear)
			if err != nil {
				return nil, err
			}
			tell.sent = append(tell.sent, number)
		}
		if err := tell.write(ctx); err != nil {
			return nil, err
		}
		if err := tell.flush(ctx); err != nil {
			return nil, err
		}
		for _, number := range tell.sent {
			tasks = append(tasks, task{tell.uid, number})
		}
	}
	return tasks, nil
}

type task struct {
	uid    string
	number int64
}

// A telling is what a stretch says to one index.
type telling struct {
	*writer
	clear func(context.Context) (*meilisearch.TaskInfo, error) // first; may be nil
	write func(context.Context) error
}

func (e *Engine) tellings(generation string, c ledger.IndexChanges) (all []telling) {
	if len(c.People) > 0 {
		w := e.writer(people, generation)
		all = append(all, telling{w, nil, func(ctx context.Context) error { return w.people(ctx, c.People) }})
	}
	if len(c.Lookups) > 0 {
		w := e.writer(lookups, generation)
		all = append(all, telling{w, nil, func(ctx context.Context) error { return w.lookups(ctx, c.Lookups) }})
	}
	if len(c.Funds) > 0 {
		// What the index holds of these funds goes out and what there is of them now comes in. Between the two the outbox still
		// says that the index is behind, and the books answer.
		w := e.writer(catalogue, generation)
		all = append(all, telling{w, func(ctx context.Context) (*meilisearch.TaskInfo, error) {
			return e.client.Index(w.uid).DeleteDocumentsByFilterWithContext(ctx, ofFunds(c.Funds), nil)
		}, func(ctx context.Context) error { return w.entries(ctx, c.Catalogue) }})
	}
	return all
}

// A task of Meilisearch either adds or removes. A stretch names every document once, so that what stays goes first and what
// goes follows in one task, instead of the two by turns in hundreds.
func (w *writer) people(ctx context.Context, list []ledger.PeopleEntry) error {
	for _, leaving := range []bool{false, true} {
		for _, p := range list {
			if (len(p.FundCodes) == 0) == leaving {
				if err := w.change(ctx, p.Ref.String(), "", personOf(p), leaving); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *writer) lookups(ctx context.Context, list []ledger.LookupEntry) error {
	for _, leaving := range []bool{false, true} {
		for _, l := range list {
			if l.Live != leaving {
				if err := w.change(ctx, l.Person, "", lookupOf(l), leaving); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *writer) entries(ctx context.Context, list []ledger.CatalogueEntry) error {
	for _, entry := range list {
		if err := w.put(ctx, entry.ID, entry.Fund, catalogueOf(entry)); err != nil {
			return err
		}
	}
	return nil
}

// mended are the faults known of documents that a stretch names and that were not refused again.
func mended(known, refused []ledger.IndexFault, c ledger.IndexChanges) (mended []ledger.IndexFault) {
	for _, f := range known {
		named := slices.Contains(c.Funds, f.Fund)
		switch f.Index {
		case people:
			named = slices.ContainsFunc(c.People, func(p ledger.PeopleEntry) bool { return p.Ref.String() == f.Document })
		case lookups:
			named = slices.ContainsFunc(c.Lookups, func(l ledger.LookupEntry) bool { return l.Person == f.Document })
		}
		again := slices.ContainsFunc(refused, func(g ledger.IndexFault) bool { return f.Index == g.Index && f.Document == g.Document })
		if named && !again {
			mended = append(mended, f)
		}
	}
	return mended
}

// tellFaults names refused documents in the log.
func (e *Engine) tellFaults(faults []ledger.IndexFault) {
	for i, f := range faults {
		if i == 10 {
			e.config.Log.Warn("还有文档未被索引收下", "数", len(faults)-i)
			return
		}
		e.config.Log.Warn("索引不收一份文档，由账簿直接回答", "索引", f.Index, "文档", f.Document, "原因", f.Code)
	}
}
