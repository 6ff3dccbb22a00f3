package portal

import (
	"container/list"
	"sync"
	"time"

	"mingbai/ledger"
)

// today is the day by which disclosure periods begin and end.
func (s *Server) today() time.Time { return ledger.DateOf(s.config.Now()) }

// keep holds bytes that are the same for everybody up to a bound, in memory alone; the longest unasked goes first. What a key stands for never changes: it names the books' counter and the day.
type keep[V any] struct {
	mu    sync.Mutex
	most  int // bytes
	have  int
	order *list.List // of *kept[V], the last asked first
	byKey map[string]*list.Element
}

type kept[V any] struct {
	key   string
	value V
	size  int
}

func newKeep[V any](most int) *keep[V] {
	return &keep[V]{most: most, order: list.New(), byKey: map[string]*list.Element{}}
}

func (k *keep[V]) get(key string) (v V, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e, ok := k.byKey[key]
	if !ok {
		return v, false
	}
	k.order.MoveToFront(e)
	return e.Value.(*kept[V]).value, true
}

func (k *keep[V]) put(key string, value V, size int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, there := k.byKey[key]; there || size > k.most/4 {
		return
	}
	k.byKey[key] = k.order.PushFront(&kept[V]{key, value, size})
	for k.have += size; k.have > k.most; {
		last := k.order.Back()
		old := k.order.Remove(last).(*kept[V])
		delete(k.byKey, old.key)
		k.have -= old.size
	}
}
