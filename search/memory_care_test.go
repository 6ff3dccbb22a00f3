package search_test

import (
	"context"
	"slices"
	"time"

	"mingbai/ledger"
)

// What memory keeps of the index's care; the SQL of the same is held to it where the two meet, in cmd's tests.

func (m *memory) IndexBuild(context.Context) (ledger.IndexBuild, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.build == nil {
		return ledger.IndexBuild{}, nil
	}
	b := *m.build
	b.Parts = slices.Clone(b.Parts)
	return b, nil
}

func (m *memory) BeginIndexBuild(_ context.Context, generation string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.build, m.replay = &ledger.IndexBuild{Generation: generation, Started: time.Now()}, map[int64]string{}
	return nil
}

func (m *memory) DropIndexBuild(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.build, m.replay = nil, nil
	return nil
}

func (m *memory) SaveIndexBuild(_ context.Context, p ledger.IndexPart) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.build.Parts = slices.DeleteFunc(m.build.Parts, func(q ledger.IndexPart) bool { return p.Index == q.Index })
	m.build.Parts = append(m.build.Parts, p)
	if saved := m.saved; saved != nil {
		saved(p)
	}
	return nil
}

func (m *memory) PendingIndexBuild(_ context.Context, after int64, _ int) (ledger.IndexChanges, error) {
	return m.pending(m.replay, after), nil
}

func (m *memory) DoneIndexBuild(_ context.Context, generation string, done ledger.IndexDone) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range done.Seqs {
		delete(m.replay, s)
	}
	m.keepFaults(generation, done.Faults, done.Mended)
	return nil
}

func (m *memory) WithBuildLock(ctx context.Context, fn func(context.Context) error) error {
	if waiting := m.waiting; waiting != nil {
		m.waiting = nil
		waiting()
	}
	if !m.building.TryLock() {
		return ledger.ErrConflict
	}
	defer m.building.Unlock()
	return fn(ctx)
}

func (m *memory) IndexFaults(_ context.Context, generation string) ([]ledger.IndexFault, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.faults[generation]), nil
}

func (m *memory) KeepIndexFaults(_ context.Context, generation string, faults, mended []ledger.IndexFault) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keepFaults(generation, faults, mended)
	return nil
}

func (m *memory) keepFaults(generation string, faults, mended []ledger.IndexFault) {
	if m.faults == nil {
		m.faults = map[string][]ledger.IndexFault{}
	}
	for _, f := range slices.Concat(faults, mended) {
		m.faults[generation] = slices.DeleteFunc(m.faults[generation], func(g ledger.IndexFault) bool {
			return f.Index == g.Index && f.Document == g.Document
		})
	}
	m.faults[generation] = append(m.faults[generation], faults...)
}

func (m *memory) IndexLag(context.Context) (ledger.IndexLag, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return ledger.IndexLag{Pending: len(m.outbox)}, nil
}
