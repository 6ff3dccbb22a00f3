package portal

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// A file is in memory while it comes and once more while it is sealed: so many sendings at once, each with the largest file,
// take a gigabyte. Nobody takes all places alone.
const (
	sendingsAtOnce = 8
	sendingsEach   = 2
	sendingWait    = 5 * time.Second // for a place, on the line; half of what a request may take, so that the answer still can be made
	sendingAgain   = "30"            // seconds
)

// places let so many come in at once, and of each so many; the others wait.
type places struct {
	most, each int
	wait       time.Duration

	mu    sync.Mutex
	all   int
	of    map[string]int
	freed chan struct{} // closed as soon as a place is free
}

func newPlaces(most, each int, wait time.Duration) *places {
	return &places{most: most, each: each, wait: wait, of: map[string]int{}, freed: make(chan struct{})}
}

// take waits for a place; false when there was none in time. done gives it back.
func (p *places) take(ctx context.Context, who string) (done func(), ok bool) {
	late := time.NewTimer(p.wait)
	defer late.Stop()
	for {
		p.mu.Lock()
		if p.all < p.most && p.of[who] < p.each {
			p.all++
			p.of[who]++
			p.mu.Unlock()
			return func() { p.leave(who) }, true
		}
		freed := p.freed
		p.mu.Unlock()
		select {
		case <-freed:
		case <-late.C:
			return nil, false
		case <-ctx.Done():
			return nil, false
		}
	}
}

func (p *places) leave(who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all--
	if p.of[who]--; p.of[who] == 0 {
		delete(p.of, who)
	}
	close(p.freed)
	p.freed = make(chan struct{})
}

// turnToSend waits for an officer's turn to send workbooks.
func (s *Server) turnToSend(c *fiber.Ctx) (done func(), err error) {
	done, ok := s.sending.take(c.UserContext(), officerOf(c))
	if !ok {
		c.Set(fiber.HeaderRetryAfter, sendingAgain)
		return nil, ledger.Errorf(ledger.KindTooMany, "同时上传的太多，这次的文件没有收下。请等半分钟，或等您自己的另一次上传传完，再传一次")
	}
	return done, nil
}
