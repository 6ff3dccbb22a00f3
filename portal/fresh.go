package portal

import (
	"context"
	"sync"
	"time"
)

// fresh answers with a reading that began after it was asked for, and never more than one reading at a time: those who ask
// while one is under way share the next. So a page is never older than the question, and a thousand questions cost a few
// readings.
type fresh struct {
	read func(context.Context) (int64, error)

	mu            sync.Mutex
	running, next *reading
}

type reading struct {
	done chan struct{}
	n    int64
	err  error
}

func (f *fresh) get(ctx context.Context) (int64, error) {
	f.mu.Lock()
	var mine *reading
	if f.running == nil {
		mine = &reading{done: make(chan struct{})}
		f.running = mine
		go f.run(mine)
	} else {
		if f.next == nil {
			f.next = &reading{done: make(chan struct{})}
		}
		mine = f.next
	}
	f.mu.Unlock()
	select {
	case <-mine.done:
		return mine.n, mine.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// readingTime is the longest that one reading may take.
const readingTime = 2 * time.Second

func (f *fresh) run(r *reading) {
	for r != nil {
		ctx, cancel := context.WithTimeout(context.Background(), readingTime)
		r.n, r.err = f.read(ctx)
		cancel()
		close(r.done)
		f.mu.Lock()
		r = f.next
		f.running, f.next = r, nil
		f.mu.Unlock()
	}
}
