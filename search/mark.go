package search

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"
)

// An index is marked by Meilisearch's own word for when it was last changed, down to the nanosecond; every change of its
// documents and its settings moves it. The books remember the mark of our last write. An index with another mark was changed
// by somebody else's hand, or is an older copy, or another's under our name: it is not believed before it was compared.

// errTouched says that the living index is not as we left it.
var errTouched = errors.New("search: the index was changed by another hand, or is another")

// mark reads an index's mark.
func (c *client) mark(ctx context.Context, uid string) (string, error) {
	var index struct {
		UpdatedAt string `json:"updatedAt"`
	}
	err := c.raw(ctx, http.MethodGet, "/indexes/"+uid, nil, &index)
	return index.UpdatedAt, err
}

// marks reads the marks of a generation's indexes, in the order of kinds; ErrNoIndex when one is missing.
func (e *Engine) marks(ctx context.Context, generation string) ([]string, error) {
	if generation == "" {
		return nil, ErrNoIndex
	}
	var marks []string
	for _, k := range e.kinds() {
		var mark string
		err := try(ctx, readTimeout, func(ctx context.Context) (err error) {
			mark, err = e.client.mark(ctx, e.uid(k.name, generation))
			return err
		})
		if hasCode(err, codeNoIndex) {
			return nil, ErrNoIndex
		}
		if err != nil {
			return nil, err
		}
		marks = append(marks, mark)
	}
	return marks, nil
}

// readTimeout is how long Meilisearch may take to tell about itself.
const readTimeout = 5 * time.Second

// untouched tells whether the living index is as we left it.
func (e *Engine) untouched(ctx context.Context) error {
	state, err := e.books.IndexState(ctx)
	if err != nil {
		return err
	}
	marks, err := e.marks(ctx, state.Generation)
	if err == nil && !slices.Equal(marks, state.Marks) {
		err = errTouched
	}
	return err
}

// confirm makes sure, after an index answered, that it was still as the books knew it. The looks at it begin after the
// answer, so that one that finds it unchanged vouches for all answers before; questions at the same time share them.
func (e *Engine) confirm(ctx context.Context, generation string, marks []string, kinds []int) error {
	var waiting []*look
	for _, i := range kinds {
		uid := e.uid(kindNames[i], generation)
		waiting = append(waiting, e.looks.join(uid, func() (string, error) {
			// Not by the first asker's context: others wait for it, too.
			ctx, cancel := context.WithTimeout(context.Background(), e.config.HTTPTimeout)
			defer cancel()
			return e.client.mark(ctx, uid)
		}))
	}
	for n, l := range waiting {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.done:
		}
		if l.err != nil {
			return l.err
		}
		if i := kinds[n]; i >= len(marks) || l.mark != marks[i] {
			return errTouched
		}
	}
	return nil
}

// looks lets those who wait for a look at the same index share one that has not begun.
type looks struct {
	mu sync.Mutex
	of map[string]*queue
}

type queue struct{ next *look }

type look struct {
	done chan struct{}
	mark string
	err  error
}

// join answers a look at an index that begins after the call.
func (s *looks) join(uid string, mark func() (string, error)) *look {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.of[uid]
	if q == nil {
		if s.of == nil {
			s.of = map[string]*queue{}
		}
		q = &queue{}
		s.of[uid] = q
		go s.work(uid, q, mark)
	}
	if q.next == nil {
		q.next = &look{done: make(chan struct{})}
	}
	return q.next
}

// work takes looks one after the other until nobody waits.
func (s *looks) work(uid string, q *queue, mark func() (string, error)) {
	for {
		s.mu.Lock()
		l := q.next
		q.next = nil
		if l == nil {
			delete(s.of, uid)
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		l.mark, l.err = mark()
		close(l.done)
	}
}
