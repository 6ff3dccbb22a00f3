package search

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/meilisearch/meilisearch-go"
)

// A batch goes to Meilisearch as one task. Meilisearch refuses payloads over 100 MB; some batches may be under way at once,
// since it works faster through a queue than one by one.
const (
	batchCount = 10_000
	batchBytes = 16 << 20
	underWay   = 4
)

// Rejected says which documents Meilisearch did not take, and why by its code. Some of them may be fine when the code
// is not about documents.
type Rejected struct {
	Index string
	Code  string
	IDs   []string
}

func (r *Rejected) Error() string {
	ids, more := r.IDs, ""
	if len(ids) > 10 {
		more = fmt.Sprintf(" and %d more", len(ids)-10)
		ids = ids[:10]
	}
	return fmt.Sprintf("meilisearch: %s: %s: documents %s%s", r.Index, r.Code, strings.Join(ids, ", "), more)
}

// A writer sends documents to one index, or takes them out, in batches. What was sent is in the index when finish returns.
type writer struct {
	client   *client
	uid      string
	next     batch
	queue    []batch
	rejected []error
	sent     int // documents, counted as they are handed over
}

type batch struct {
	ids   []string
	lines [][]byte // JSON; none when the ids are to be deleted
	size  int
	task  int64
}

// change puts a document, or removes it when it is leaving.
func (w *writer) change(ctx context.Context, id string, document any, leaving bool) error {
	if leaving {
		return w.remove(ctx, id)
	}
	return w.put(ctx, id, document)
}

// put adds or replaces a document.
func (w *writer) put(ctx context.Context, id string, document any) error {
	line, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return w.append(ctx, id, line)
}

// remove deletes a document.
func (w *writer) remove(ctx context.Context, id string) error { return w.append(ctx, id, nil) }

func (w *writer) append(ctx context.Context, id string, line []byte) error {
	deletes, deleting := line == nil, len(w.next.ids) > 0 && w.next.lines == nil
	if len(w.next.ids) > 0 && deletes != deleting {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	w.sent++
	w.next.ids = append(w.next.ids, id)
	if !deletes {
		w.next.lines = append(w.next.lines, line)
	}
	if w.next.size += len(id) + len(line); w.next.size < batchBytes && len(w.next.ids) < batchCount {
		return nil
	}
	return w.flush(ctx)
}

// flush sends what has gathered, and waits for the oldest batch when enough are under way.
func (w *writer) flush(ctx context.Context) error {
	if len(w.next.ids) == 0 {
		return nil
	}
	if err := w.send(ctx, &w.next); err != nil {
		return err
	}
	w.queue, w.next = append(w.queue, w.next), batch{}
	if len(w.queue) < underWay {
		return nil
	}
	oldest := w.queue[0]
	w.queue = w.queue[1:]
	return w.settle(ctx, oldest)
}

// finish sends the rest, waits for everything, and tells what was rejected.
func (w *writer) finish(ctx context.Context) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	for _, b := range w.queue {
		if err := w.settle(ctx, b); err != nil {
			return err
		}
	}
	return errors.Join(w.rejected...)
}

func (w *writer) send(ctx context.Context, b *batch) (err error) {
	index := w.client.Index(w.uid)
	b.task, err = w.client.task(ctx, func(ctx context.Context) (*meilisearch.TaskInfo, error) {
		if b.lines == nil {
			return index.DeleteDocumentsWithContext(ctx, b.ids, nil)
		}
		return index.AddDocumentsNdjsonWithContext(ctx, bytes.Join(b.lines, []byte("\n")), nil)
	})
	return err
}

// settle waits for a batch. One bad document fails the whole batch, so a failed one is halved until the bad stand alone
// and all others are in.
func (w *writer) settle(ctx context.Context, b batch) error {
	err := w.client.wait(ctx, w.uid, b.task)
	var f *fault
	if err == nil || !errors.As(err, &f) || f.Code == "" {
		return err
	}
	if !strings.Contains(f.Code, "document") {
		return &Rejected{w.uid, f.Code, b.ids}
	}
	if len(b.ids) == 1 {
		w.rejected = append(w.rejected, &Rejected{w.uid, f.Code, b.ids})
		return nil
	}
	for _, half := range b.halves() {
		if err := w.send(ctx, &half); err != nil {
			return err
		}
		if err := w.settle(ctx, half); err != nil {
			return err
		}
	}
	return nil
}

func (b batch) halves() [2]batch {
	m := len(b.ids) / 2
	if b.lines == nil {
		return [2]batch{{ids: b.ids[:m]}, {ids: b.ids[m:]}}
	}
	return [2]batch{{ids: b.ids[:m], lines: b.lines[:m]}, {ids: b.ids[m:], lines: b.lines[m:]}}
}
