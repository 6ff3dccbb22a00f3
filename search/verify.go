package search

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"mingbai/ledger"
)

// What is wrong with a document of the index.
type What string

// Kinds of differences.
const (
	Missing     What = "missing"   // in the books, not in the index
	Extra       What = "extra"     // in the index, not in the books
	Different   What = "different" // in both, not alike
	IndexAbsent What = "no index"  // the index itself is missing; no document is named
	SettingsOff What = "settings"  // the index is not set up as it should be; no document is named
)

// A Difference between index and books. It names a document, never a person.
type Difference struct {
	Index  string // uid
	ID     string
	What   What
	Fields []string // in which a different one differs

	kind string
	want *entry // nil when there should be none
}

// maxDifferences is where a comparison stops looking: more would only say the same, and a rebuild mends them faster.
const maxDifferences = 10_000

// A Report is what a comparison of the whole index found.
type Report struct {
	Compared int // documents
	Found    []Difference
	Mended   int
	Left     []Difference // what is still not right
}

// Whole tells whether what was found is about indexes and not about documents: only a rebuild mends it.
func (r Report) Whole() bool {
	for _, d := range r.Left {
		if d.What == IndexAbsent || d.What == SettingsOff {
			return true
		}
	}
	return false
}

// Verify compares all indexes with the books, document by document, in memory that does not grow with their number. The
// outbox is drained first, since what is only late is no difference. With repair it puts right what differs, those documents
// and no others, and compares once more. progress, which may be nil, is told how many documents were compared. Without an
// index there is nothing to differ.
func (e *Engine) Verify(ctx context.Context, repair bool, progress func(done int)) (r Report, err error) {
	if e.client == nil {
		return r, nil
	}
	err = e.books.WithIndexLock(ctx, func(ctx context.Context) error {
		r, err = e.verify(ctx, repair, progress)
		return err
	})
	return r, e.noted(err)
}

func (e *Engine) verify(ctx context.Context, repair bool, progress func(done int)) (r Report, err error) {
	for range 3 {
		if _, err := e.drain(ctx); err != nil && !errors.Is(err, ErrNoIndex) {
			return r, err
		}
		state, err := e.books.IndexState(ctx)
		if err != nil {
			return r, err
		}
		if err := e.settled(ctx, state.Generation); err != nil {
			return r, err
		}
		// Read before the comparison: a hand that changes the index meanwhile leaves it unmarked.
		marks, err := e.marks(ctx, state.Generation)
		if err != nil && !errors.Is(err, ErrNoIndex) {
			return r, err
		}
		if r.Compared, r.Left, err = e.compare(ctx, state.Generation, progress); err != nil {
			return r, err
		}
		if r.Mended == 0 {
			r.Found = r.Left
		}
		unknown, err := e.settleFaults(ctx, state.Generation, r.Left)
		if err != nil {
			return r, err
		}
		if unknown == 0 {
			return r, e.books.MarkIndex(ctx, state.Generation, marks)
		}
		// The books may have changed while they were read; then what differs may only be late.
		lag, err := e.books.IndexLag(ctx)
		switch {
		case err != nil:
			return r, err
		case lag.Pending > 0:
		case !repair || r.Whole() || len(r.Left) >= maxDifferences:
			return r, nil
		default:
			n, err := e.mend(ctx, state.Generation, r.Left)
			if err != nil {
				return r, err
			}
			r.Mended += n
		}
	}
	return r, nil
}

// settleFaults forgets the faults whose documents no longer differ, and counts the differences that are no known faults.
func (e *Engine) settleFaults(ctx context.Context, generation string, found []Difference) (unknown int, err error) {
	known, err := e.books.IndexFaults(ctx, generation)
	if err != nil {
		return 0, err
	}
	faulty := map[[2]string]bool{}
	for _, f := range known {
		faulty[[2]string{f.Index, f.Document}] = true
	}
	differs := map[[2]string]bool{}
	for _, d := range found {
		key := [2]string{d.kind, d.ID}
		if differs[key] = true; !faulty[key] {
			unknown++
		}
	}
	gone := slices.DeleteFunc(known, func(f ledger.IndexFault) bool { return differs[[2]string{f.Index, f.Document}] })
	if len(gone) == 0 {
		return unknown, nil
	}
	return unknown, e.books.KeepIndexFaults(ctx, generation, nil, gone)
}

// mend puts right what differs, and tells how much of it was taken.
func (e *Engine) mend(ctx context.Context, generation string, found []Difference) (n int, err error) {
	for _, name := range kindNames {
		w := e.writer(name, generation)
		for _, leaving := range []bool{false, true} {
			for _, d := range found {
				if d.kind != name || (d.want == nil) != leaving {
					continue
				}
				if leaving {
					err = w.change(ctx, d.ID, "", nil, true)
				} else {
					err = w.put(ctx, d.ID, d.want.fund, d.want.document)
				}
				if err != nil {
					return n, err
				}
				n++
			}
		}
		if err := w.finish(ctx); err != nil {
			return n, err
		}
		n -= len(w.refused)
		e.tellFaults(w.refused)
		if err := e.books.KeepIndexFaults(ctx, generation, w.refused, nil); err != nil {
			return n, err
		}
	}
	return n, nil
}

// settled waits until nothing waits or is under way for a generation's indexes: a process that died may have left tasks.
func (e *Engine) settled(ctx context.Context, generation string) error {
	var uids []string
	for _, name := range kindNames {
		uids = append(uids, e.uid(name, generation))
	}
	for {
		var open *meilisearch.TaskResult
		if err := try(ctx, readTimeout, func(ctx context.Context) (err error) {
			open, err = e.client.GetTasksWithContext(ctx, &meilisearch.TasksQuery{
				Limit: 1, IndexUIDS: uids,
				Statuses: []meilisearch.TaskStatus{meilisearch.TaskStatusEnqueued, meilisearch.TaskStatusProcessing},
			})
			return err
		}); err != nil || len(open.Results) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (e *Engine) compare(ctx context.Context, generation string, progress func(done int)) (n int, found []Difference, err error) {
	for _, k := range e.kinds() {
		c := comparison{client: e.client, uid: e.uid(k.name, generation), kind: k, progress: progress, compared: n}
		some, err := c.run(ctx)
		if err != nil {
			return n, nil, err
		}
		n, found = c.compared, append(found, some...)
	}
	return n, found, nil
}

// A comparison of one index with what it should hold.
type comparison struct {
	client   *client
	uid      string
	kind     kind
	progress func(done int)
	compared int
}

// run merges two streams in the order of ids.
func (c *comparison) run(ctx context.Context) (found []Difference, err error) {
	ok, err := c.client.hasSettings(ctx, c.uid, c.kind.settings)
	switch {
	case hasCode(err, codeNoIndex):
		return []Difference{{Index: c.uid, What: IndexAbsent, kind: c.kind.name}}, nil
	case err != nil:
		return nil, err
	case !ok: // then it may not even be possible to read it in order
		return []Difference{{Index: c.uid, What: SettingsOff, kind: c.kind.name}}, nil
	}
	nextWant, stopWant := iter.Pull2(c.kind.all(ctx, ""))
	defer stopWant()
	nextIs, stopIs := iter.Pull2(c.documents(ctx))
	defer stopIs()
	differ := func(id string, what What, want *entry, fields []string) {
		found = append(found, Difference{c.uid, id, what, fields, c.kind.name, want})
	}

	want, errWant, moreWant := nextWant()
	is, errIs, moreIs := nextIs()
	last := ""
	for (moreWant || moreIs) && len(found) < maxDifferences {
		if err := cmp.Or(errWant, errIs); err != nil {
			return nil, err
		}
		if c.compared++; c.progress != nil && c.compared%1000 == 0 {
			c.progress(c.compared)
		}
		id := want.id
		switch {
		case moreIs && !ours(is.id):
			differ(is.id, Extra, nil, nil)
			is, errIs, moreIs = nextIs()
		case moreWant && id < last:
			return nil, fmt.Errorf("search: the books' order is not that of ids, at %s", id)
		case !moreIs || (moreWant && id < is.id):
			entry := want
			differ(id, Missing, &entry, nil)
			last = id
			want, errWant, moreWant = nextWant()
		case !moreWant || is.id < id:
			differ(is.id, Extra, nil, nil)
			is, errIs, moreIs = nextIs()
		default:
			last = id
			if fields := want.differs(is.hit); len(fields) > 0 {
				entry := want
				differ(id, Different, &entry, fields)
			}
			want, errWant, moreWant = nextWant()
			is, errIs, moreIs = nextIs()
		}
	}
	return found, cmp.Or(errWant, errIs)
}

type stored struct {
	id  string
	hit meilisearch.Hit
}

// pageSize is how many documents are read at once: what a comparison holds in memory.
const pageSize = 5_000

// documents reads a whole index in the order of ids. Meilisearch 1.21 counts an offset one short when sorting, so that a
// page may begin with the last document of the page before; it is taken once.
func (c *comparison) documents(ctx context.Context) iter.Seq2[stored, error] {
	return func(yield func(stored, error) bool) {
		last, n := "", 0
		for {
			var page meilisearch.DocumentsResult
			err := retry(ctx, func(ctx context.Context) error {
				return c.client.Index(c.uid).GetDocumentsWithContext(ctx,
					&meilisearch.DocumentsQuery{Offset: int64(n), Limit: pageSize, Sort: []string{"id:asc"}}, &page)
			})
			if err != nil {
				yield(stored{}, err)
				return
			}
			fresh := 0
			for _, hit := range page.Results {
				s := stored{idOf(hit), hit}
				if s.id == last {
					continue
				}
				if !yield(s, nil) {
					return
				}
				last = s.id
				fresh++
			}
			if fresh == 0 {
				return
			}
			n += fresh
		}
	}
}

// idOf reads a document's id; one that is no text, which only a stranger can have put there, as it stands.
func idOf(hit meilisearch.Hit) string {
	var id string
	if json.Unmarshal(hit["id"], &id) != nil {
		return string(hit["id"])
	}
	return id
}

// ours tells whether an id has the form of a person's or of a ref's text. Others sort in ways of their own.
func ours(id string) bool {
	if !strings.Contains(id, "-") {
		id += "-0"
	}
	_, err := ledger.ParsePersonRef(id)
	return err == nil
}
