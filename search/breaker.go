package search

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// A breaker keeps questions away from a Meilisearch that does not answer, or answers slowly, so that the books answer at
// once. Closed: every question goes to the index. Open: none does, for a pause. Half open: one does, as a trial; its outcome
// closes the breaker, or opens it again for twice as long.
type breaker struct {
	changed func(State, string) // told of each change; may be nil
	now     func() time.Time

	mu       sync.Mutex
	state    State
	why      string
	since    time.Time
	failures int       // one after another
	calls    []call    // of the window, the oldest first
	inFlight int       // questions on their way
	quiet    time.Time // since when none of them was answered
	until    time.Time // open: no trial before
	pause    time.Duration
}

// State is a breaker's state.
type State string

// The states of a breaker.
const (
	Closed   State = "closed"
	Open     State = "open"
	HalfOpen State = "half-open"
)

type call struct {
	at   time.Time
	slow bool
}

const (
	slowCall     = 500 * time.Millisecond // an answer that takes longer is a slow one
	slowWindow   = 10 * time.Second       // what is looked back on,
	slowMost     = 20                     // and how many of the last answers;
	slowLeast    = 10                     // fewer say nothing
	failuresMost = 3                      // errors one after another; one that leaves no doubt is enough
	firstPause   = time.Second
	longestPause = 10 * time.Second
)

// allow tells whether a question may go to the index, and how long it may take there. Whoever may must say how it ended.
func (b *breaker) allow(limit time.Duration) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	switch b.state {
	case Open:
		if now.Before(b.until) {
			return 0, false
		}
		b.turn(HalfOpen, b.why)
		limit = min(limit, slowCall)
	case HalfOpen:
		return 0, false // a trial is on its way
	default:
		if b.inFlight > 0 && now.Sub(b.quiet) > slowCall {
			return 0, false // nobody is sent after questions that hang
		}
	}
	if b.inFlight == 0 {
		b.quiet = now
	}
	b.inFlight++
	return limit, true
}

// answered notes an answer and how long it took.
func (b *breaker) answered(took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.failures = 0
	now := b.now()
	b.quiet = now
	slow := took > slowCall
	switch {
	case b.state == HalfOpen && !slow:
		b.close()
	case b.state == HalfOpen:
		b.open(whySlow)
	case b.state == Closed && b.tooSlow(call{now, slow}):
		b.open(whySlow)
	}
}

const whySlow = "回答太慢"

func (b *breaker) tooSlow(c call) bool {
	b.calls = append(b.calls, c)
	for c.at.Sub(b.calls[0].at) > slowWindow || len(b.calls) > slowMost {
		b.calls = b.calls[1:]
	}
	n := 0
	for _, c := range b.calls {
		if c.slow {
			n++
		}
	}
	return len(b.calls) >= slowLeast && 2*n >= len(b.calls)
}

// failed notes that no answer came.
func (b *breaker) failed(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.failures++
	if b.state == HalfOpen {
		b.open(b.why) // what was slow is not gone because a trial, which has less time, did not wait for it
		return
	}
	if b.state == Closed && (b.failures >= failuresMost || beyondDoubt(err)) {
		b.open(inWords(err))
	}
}

// left notes that whoever asked has gone, which says nothing about the index.
func (b *breaker) left() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	if b.state == HalfOpen {
		b.turn(Open, b.why)
	}
}

// seen notes what somebody found who looked whether Meilisearch is there, without a question.
func (b *breaker) seen(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err != nil && b.state == Closed:
		b.open(inWords(err))
	case err == nil && b.state != Closed && b.why != whySlow: // that it is there does not make it fast
		b.close()
	}
}

func (b *breaker) open(why string) {
	b.pause = min(max(2*b.pause, firstPause), longestPause)
	b.until = b.now().Add(b.pause)
	b.turn(Open, why)
}

func (b *breaker) close() {
	b.pause, b.failures, b.calls = 0, 0, nil
	b.turn(Closed, "")
}

func (b *breaker) turn(to State, why string) {
	if b.state == to {
		return
	}
	// To try and to fail again is no change of who answers.
	told := (b.state == Closed) != (to == Closed)
	b.state, b.why = to, why
	if told {
		b.since = b.now()
		if b.changed != nil {
			b.changed(to, why)
		}
	}
}

func (b *breaker) is() (state State, since time.Time, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state, b.since, b.why
}

// inWords says for the operator why there was no answer.
func inWords(err error) string {
	var dial *net.OpError
	var f *fault
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "不回答"
	case errors.As(err, &dial) && dial.Op == "dial":
		return "连不上"
	case errors.As(err, &f) && f.Code != "":
		return "出错（" + f.Code + "）"
	case errors.As(err, &f) && f.Status != 0:
		return fmt.Sprintf("出错（HTTP %d）", f.Status)
	}
	return "连接中断"
}

// beyondDoubt tells whether one such error is enough: nobody listens there, or no answer came in all the time there was.
func beyondDoubt(err error) bool {
	var dial *net.OpError
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &dial) && dial.Op == "dial"
}
