package search

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

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
	Index string // uid
	ID    string
	What  What
}

// maxDifferences is where Verify stops looking: more would only say the same.
const maxDifferences = 10_000

// Verify compares all indexes with the books, document by document. The outbox is drained first, since what is only late is
// no difference. Without an index there is nothing to differ.
func (e *Engine) Verify(ctx context.Context) (differences []Difference, err error) {
	if e.client == nil {
		return nil, nil
	}
	err = e.books.WithIndexLock(ctx, func(ctx context.Context) error {
		for try := 0; try < 3; try++ {
			var rejected *Rejected
			if _, err := e.drain(ctx); err != nil && !errors.Is(err, ErrNoIndex) && !errors.As(err, &rejected) {
				return err
			}
			if differences, err = e.compare(ctx); err != nil || len(differences) == 0 {
				return err
			}
			// The books may have changed while they were read; then what differs may only be late.
			if state, err := e.books.IndexState(ctx); err != nil || !state.Behind {
				return err
			}
		}
		return nil
	})
	return differences, e.noted(err)
}

func (e *Engine) compare(ctx context.Context) ([]Difference, error) {
	state, err := e.books.IndexState(ctx)
	if err != nil {
		return nil, err
	}
	generation := state.Generation
	var found []Difference
	for _, k := range e.kinds() {
		some, err := comparison{e.client, e.uid(k.name, generation), k}.run(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return found, nil
}

// A comparison of one index with what it should hold.
type comparison struct {
	client *client
	uid    string
	kind   kind
}

// run merges two streams in the order of ids.
func (c comparison) run(ctx context.Context) (found []Difference, err error) {
	ok, err := c.client.hasSettings(ctx, c.uid, c.kind.settings)
	switch {
	case hasCode(err, codeNoIndex):
		return []Difference{{c.uid, "", IndexAbsent}}, nil
	case err != nil:
		return nil, err
	case !ok: // then it may not even be possible to read it in order
		return []Difference{{c.uid, "", SettingsOff}}, nil
	}
	nextWant, stopWant := iter.Pull2(c.kind.all(ctx))
	defer stopWant()
	nextIs, stopIs := iter.Pull2(c.documents(ctx))
	defer stopIs()

	want, errWant, moreWant := nextWant()
	is, errIs, moreIs := nextIs()
	last := ""
	for (moreWant || moreIs) && len(found) < maxDifferences {
		if err := cmp.Or(errWant, errIs); err != nil {
			return nil, err
		}
		id := want.id
		switch {
		case moreIs && !ours(is.id):
			found = append(found, Difference{c.uid, is.id, Extra})
			is, errIs, moreIs = nextIs()
		case moreWant && id < last:
			return nil, fmt.Errorf("search: the books' order is not that of ids, at %s", id)
		case !moreIs || (moreWant && id < is.id):
			found, last = append(found, Difference{c.uid, id, Missing}), id
			want, errWant, moreWant = nextWant()
		case !moreWant || is.id < id:
			found = append(found, Difference{c.uid, is.id, Extra})
			is, errIs, moreIs = nextIs()
		default:
			if last = id; !want.same(is.hit) {
				found = append(found, Difference{c.uid, id, Different})
			}
			want, errWant, moreWant = nextWant()
			is, errIs, moreIs = nextIs()
		}
	}
	return found, nil
}

type stored struct {
	id  string
	hit meilisearch.Hit
}

// documents reads a whole index in the order of ids. Meilisearch 1.21 counts an offset one short when sorting, so that a
// page may begin with the last document of the page before; it is taken once.
func (c comparison) documents(ctx context.Context) iter.Seq2[stored, error] {
	return func(yield func(stored, error) bool) {
		last, n := "", 0
		for {
			var page meilisearch.DocumentsResult
			err := retry(ctx, func(ctx context.Context) error {
				return c.client.Index(c.uid).GetDocumentsWithContext(ctx,
					&meilisearch.DocumentsQuery{Offset: int64(n), Limit: batchCount, Sort: []string{"id:asc"}}, &page)
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
