package search

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"mingbai/ledger"
)

// health is what an Engine knows of its index beside what the breaker knows.
type health struct {
	mu      sync.Mutex
	last    string // the last error
	lastAt  time.Time
	stuck   string    // Meilisearch's code for why nothing can be written; empty when something was since
	counted time.Time // when Heal last counted the books
	off     bool      // and found another number of documents
	empty   int       // which indexes were, when last looked at
	rest    time.Time // no rebuild before: the last one failed
	pause   time.Duration
}

func (h *health) stick(code string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stuck = code
}

func (h *health) stuckBy() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stuck
}

// turned tells of the breaker's change, once.
func (e *Engine) turned(to State, why string) {
	if to == Closed {
		e.config.Log.Info("检索服务已恢复")
		e.journal.add("断路器合上：检索服务已恢复")
		return
	}
	e.config.Log.Warn("检索服务不可用，改由账簿直接回答", "原因", why)
	e.journal.add("断路器断开：" + why)
}

// failed notes an error for who asks how it is.
func (e *Engine) failed(err error) {
	h := &e.health
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last, h.lastAt = err.Error(), time.Now()
}

// Status is what an operator sees of search at a glance.
type Status struct {
	Configured bool
	Reachable  bool
	Generation string // empty when no index was built yet
	People     int    // documents; -1 when unknown
	Lookups    int
	Catalogue  int
	Behind     bool   // the outbox is not empty, or the index would not take a document
	Answering  string // "index" or "books"
	Why        string // the books answer: a word for the operator
	LastError  string // never a name or a token
	LastErrAt  time.Time
}

// Who answers.
const (
	byIndex = "index"
	byBooks = "books"
)

// Status asks Meilisearch and the books how they are.
func (e *Engine) Status(ctx context.Context) Status {
	s := Status{Configured: e.client != nil, People: -1, Lookups: -1, Catalogue: -1, Answering: byBooks}
	state, err := e.books.IndexState(ctx)
	if err != nil {
		s.LastError, s.LastErrAt, s.Why = ledger.MessageOf(err), time.Now(), "账库连不上"
		return s
	}
	s.Generation, s.Behind = state.Generation, state.Behind
	if e.client == nil {
		s.Why = "没有配置索引"
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
	var marks []string
	if err == nil {
		marks, err = e.marks(ctx, s.Generation)
	}
	_ = e.noted(err)
	lag, errLag := e.books.IndexLag(ctx)
	s.Why = e.whyBooks(state, lag, marks, cmp.Or(err, errLag))
	if s.Why == "" {
		s.Answering = byIndex
	}
	e.health.mu.Lock()
	s.LastError, s.LastErrAt = e.health.last, e.health.lastAt
	e.health.mu.Unlock()
	return s
}

// whyBooks says why the books answer; empty when the index does.
func (e *Engine) whyBooks(state ledger.IndexState, lag ledger.IndexLag, marks []string, err error) string {
	breaker, _, why := e.breaker.is()
	switch {
	case state.Generation == "":
		return "索引还没有建成"
	case errors.Is(err, ErrNoIndex):
		return "索引不存在，等待重建"
	case err != nil:
		return "检索服务不可用"
	case state.Behind && e.health.stuckBy() != "":
		return "索引写不进去（" + e.health.stuckBy() + "），多半是磁盘满了"
	case breaker != Closed:
		return "断路器断开：" + why
	case !slices.Equal(marks, state.Marks):
		if state.Behind {
			return "索引正在更新"
		}
		return "索引被别处改动过，等待核对"
	case state.Behind && lag.Pending == 0:
		return "有文档索引不收，或刚过零点、正在核对公示期"
	case state.Behind:
		return "还有变动没有进索引"
	}
	return ""
}

// Care is what an operator sees who looks closer.
type Care struct {
	Status
	Since   time.Time // since when who answers does, as this process knows; zero: not known yet
	Breaker State
	Turned  time.Time // when the breaker last changed
	Cause   string    // why it is not closed
	Events  []Event   // of this process, the newest first
	Lag     ledger.IndexLag
	Faults  []ledger.IndexFault
	Build   ledger.IndexBuild // under way, or interrupted
	Drained int               // changes that went into the index since the process began
	PerMin  int               // of these, in the last minute
}

// Care looks closer than Status.
func (e *Engine) Care(ctx context.Context) (c Care, err error) {
	c.Status = e.Watch(ctx)
	c.Breaker, c.Turned, c.Cause = e.breaker.is()
	c.Events, c.Since = e.journal.read()
	c.Drained, c.PerMin = e.flow.read()
	if c.Lag, err = e.books.IndexLag(ctx); err != nil {
		return c, err
	}
	if c.Faults, err = e.books.IndexFaults(ctx, c.Generation); err != nil {
		return c, err
	}
	c.Build, err = e.books.IndexBuild(ctx)
	return c, err
}

// Watch is Status, and remembers who answers since when.
func (e *Engine) Watch(ctx context.Context) Status {
	s := e.Status(ctx)
	who := "账簿"
	if s.Answering == byIndex {
		who = "索引"
	}
	e.journal.answers(who, s.Why)
	return s
}

// reach tells whether Meilisearch answers at all.
func (e *Engine) reach(ctx context.Context) error {
	return try(ctx, e.config.HTTPTimeout, func(ctx context.Context) error {
		_, err := e.client.HealthWithContext(ctx)
		return err
	})
}
