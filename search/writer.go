package search

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"mingbai/ledger"
)

// A batch goes to Meilisearch as one task. Meilisearch refuses payloads over 100 MB; some batches may be under way at once,
// since it takes in at once whatever waits in its queue, and no more, for they are kept until they are in: the next waits for
// the oldest one's end. A rebuild of a million took 105 s with four under way, 86 s with 16, 72 s with 48 and twice the memory.
const (
	batchCount = 10_000
	batchBytes = 16 << 20
	underWay   = 24
)

// A Refusal says that Meilisearch takes nothing at all, and why by its code: its disk is full, say. No document is to blame.
type Refusal struct {
	Index string
	Code  string
}

func (r *Refusal) Error() string { return fmt.Sprintf("meilisearch: %s: %s", r.Index, r.Code) }

// A writer sends documents to one index, or takes them out, in batches. What was sent and not refused is in the index when
// finish returns.
type writer struct {
	client  *client
	kind    string
	uid     string
	next    batch
	queue   []batch
	refused []ledger.IndexFault

	ahead bool    // nobody waits: flush forgets a batch as soon as Meilisearch has it
	sent  []int64 // and leaves its task here

	// Told, in the order in which they were handed over, of the last document of each batch that is in, how many of it are,
	// and which were refused; may be nil.
	confirmed func(last string, n int, refused []ledger.IndexFault) error
}

type batch struct {
	documents []document
	deletes   bool
	size      int
	task      int64
}

type document struct {
	id   string
	fund string
	line []byte // JSON; nil when it is to be deleted
}

// change puts a document, or removes it when it is leaving.
func (w *writer) change(ctx context.Context, id, fund string, content any, leaving bool) error {
	if leaving {
		return w.append(ctx, document{id: id, fund: fund})
	}
	return w.put(ctx, id, fund, content)
}

// put adds or replaces a document.
func (w *writer) put(ctx context.Context, id, fund string, content any) error {
	line, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return w.append(ctx, document{id, fund, line})
}

func (w *writer) append(ctx context.Context, d document) error {
	size := len(d.id) + len(d.line)
	full := len(w.next.documents) >= batchCount || w.next.size+size > batchBytes
	if len(w.next.documents) > 0 && (full || w.next.deletes != (d.line == nil)) {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	w.next.deletes = d.line == nil
	w.next.documents = append(w.next.documents, d)
	w.next.size += size
	return nil
}

// flush sends what has gathered, and waits for the oldest batch when enough are under way.
func (w *writer) flush(ctx context.Context) error {
	if len(w.next.documents) == 0 {
		return nil
	}
	if err := w.send(ctx, &w.next); err != nil {
		return err
	}
	if w.ahead {
		w.sent, w.next = append(w.sent, w.next.task), batch{}
		return nil
	}
	w.queue, w.next = append(w.queue, w.next), batch{}
	if len(w.queue) < underWay {
		return nil
	}
	return w.settleOldest(ctx)
}

// finish sends the rest and waits for everything.
func (w *writer) finish(ctx context.Context) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	for len(w.queue) > 0 {
		if err := w.settleOldest(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) settleOldest(ctx context.Context) error {
	oldest := w.queue[0]
	w.queue = w.queue[1:]
	before := len(w.refused)
	if err := w.settle(ctx, oldest); err != nil || w.confirmed == nil {
		return err
	}
	refused := w.refused[before:]
	n := len(oldest.documents)
	return w.confirmed(oldest.documents[n-1].id, n-len(refused), refused)
}

func (w *writer) send(ctx context.Context, b *batch) (err error) {
	index := w.client.Index(w.uid)
	if b.deletes {
		ids := make([]string, len(b.documents))
		for i, d := range b.documents {
			ids[i] = d.id
		}
		b.task, err = w.client.task(ctx, func(ctx context.Context) (*meilisearch.TaskInfo, error) {
			return index.DeleteDocumentsWithContext(ctx, ids, nil)
		})
		return err
	}
	lines := make([][]byte, len(b.documents))
	for i, d := range b.documents {
		lines[i] = d.line
	}
	body := bytes.Join(lines, []byte("\n"))
	b.task, err = w.client.task(ctx, func(ctx context.Context) (*meilisearch.TaskInfo, error) {
		return index.AddDocumentsNdjsonWithContext(ctx, body, nil)
	})
	return err
}

// settle waits for a batch. One bad document fails the whole batch, so a failed one is halved until the bad stand alone
// and all others are in.
func (w *writer) settle(ctx context.Context, b batch) error {
	err := w.client.wait(ctx, w.uid, b.task)
	var f *fault
	if err == nil || !errors.As(err, &f) || !f.failed() {
		return err
	}
	if !strings.Contains(f.Code, "document") {
		return w.doubt(ctx, b, f.Code)
	}
	return w.halve(ctx, b, f.Code)
}

// doubt is what to do with a batch that failed for a reason that may be a document's or Meilisearch's own: when it takes
// another document, alone, it is one of the others'.
func (w *writer) doubt(ctx context.Context, b batch, code string) error {
	if code != "internal" || len(b.documents) == 1 {
		return &Refusal{w.uid, code}
	}
	for _, d := range []document{b.documents[0], b.documents[len(b.documents)-1]} {
		one := batch{documents: []document{d}, deletes: b.deletes}
		if err := w.send(ctx, &one); err != nil {
			return err
		}
		err := w.client.wait(ctx, w.uid, one.task)
		if err == nil {
			return w.halve(ctx, b, code)
		}
		if !hasCode(err, code) {
			return err
		}
	}
	return &Refusal{w.uid, code}
}

// halve sends a batch's halves, each by itself.
func (w *writer) halve(ctx context.Context, b batch, code string) error {
	if len(b.documents) == 1 {
		d := b.documents[0]
		w.refused = append(w.refused, ledger.IndexFault{Index: w.kind, Document: d.id, Fund: d.fund, Code: code})
		return nil
	}
	m := len(b.documents) / 2
	for _, documents := range [][]document{b.documents[:m], b.documents[m:]} {
		half := batch{documents: documents, deletes: b.deletes}
		if err := w.send(ctx, &half); err != nil {
			return err
		}
		err := w.client.wait(ctx, w.uid, half.task)
		var f *fault
		switch {
		case err == nil:
		case errors.As(err, &f) && (f.Code == code || strings.Contains(f.Code, "document")):
			if err := w.halve(ctx, half, f.Code); err != nil {
				return err
			}
		default:
			return err
		}
	}
	return nil
}
