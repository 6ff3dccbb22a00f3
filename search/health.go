package search

import (
	"context"
	"sync"
	"time"

	"mingbai/ledger"
)

// health is what an Engine knows of its index. While Meilisearch is away one search a second tries it and all others go
// to the books at once.
type health struct {
	mu      sync.Mutex
	away    bool
	next    time.Time // when away: the next try
	last    string    // the last error
	lastAt  time.Time
	counted time.Time // when Heal last counted the books
	off     bool      // and found another number of documents
	empty   int       // which indexes were, when last looked at
	rest    time.Time // no rebuild before: the last one failed
	pause   time.Duration
}

const probeEvery = time.Second

func (h *health) mayAsk() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.away {
		return true
	}
	if time.Now().Before(h.next) {
		return false
	}
	h.next = time.Now().Add(probeEvery)
	return true
}

// answered notes that Meilisearch is there.
func (e *Engine) answered() {
	h := &e.health
	h.mu.Lock()
	back := h.away
	h.away = false
	h.mu.Unlock()
	if back {
		e.config.Log.Info("检索服务已恢复")
	}
}

// failed notes an error, and that Meilisearch is away when that is why.
func (e *Engine) failed(err error) {
	h := &e.health
	h.mu.Lock()
	gone := isAway(err) && !h.away
	if isAway(err) {
		h.away, h.next = true, time.Now().Add(probeEvery)
	}
	h.last, h.lastAt = err.Error(), time.Now()
	h.mu.Unlock()
	if gone {
		e.config.Log.Warn("检索服务不可用，改由账簿直接回答", "原因", err)
	}
}

// Status is what an operator sees of search.
type Status struct {
	Configured bool
	Reachable  bool
	Generation string // empty when no index was built yet
	People     int    // documents; -1 when unknown
	Lookups    int
	Catalogue  int
	Behind     bool   // the outbox is not empty
	Answering  string // "index" or "books"
	LastError  string // never a name or a token
	LastErrAt  time.Time
}

// Status asks Meilisearch and the books how they are.
func (e *Engine) Status(ctx context.Context) Status {
	s := Status{Configured: e.client != nil, People: -1, Lookups: -1, Catalogue: -1, Answering: "books"}
	state, err := e.books.IndexState(ctx)
	if err != nil {
		s.LastError, s.LastErrAt = ledger.MessageOf(err), time.Now()
		return s
	}
	s.Generation, s.Behind = state.Generation, state.Behind
	if e.client == nil {
		return s
	}
	err = e.reach(ctx)
	s.Reachable = err == nil
	if s.Reachable && s.Generation != "" {
		var held []int
		if held, err = e.counts(ctx, s.Generation); err == nil {
			s.People, s.Lookups, s.Catalogue = held[0], held[1], held[2] // in the order of kinds
		}
	}
	_ = e.noted(err)
	if s.People >= 0 && !s.Behind {
		s.Answering = "index"
	}
	e.health.mu.Lock()
	s.LastError, s.LastErrAt = e.health.last, e.health.lastAt
	e.health.mu.Unlock()
	return s
}

// reach tells whether Meilisearch answers at all.
func (e *Engine) reach(ctx context.Context) error {
	return try(ctx, e.config.HTTPTimeout, func(ctx context.Context) error {
		_, err := e.client.HealthWithContext(ctx)
		return err
	})
}
