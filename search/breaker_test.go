package search

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

// clocked is a breaker with a clock of its own, driven by a script: each step is a word and what must come of it.
type clocked struct {
	breaker
	at    time.Time
	turns []string
}

func newClocked() *clocked {
	c := &clocked{at: time.Unix(0, 0)}
	c.breaker = breaker{state: Closed, now: func() time.Time { return c.at }, changed: func(s State, why string) { c.turns = append(c.turns, string(s)+" "+why) }}
	return c
}

func (c *clocked) ask(t *testing.T) {
	t.Helper()
	if _, ok := c.allow(time.Second); !ok {
		t.Fatal("not allowed")
	}
}

func (c *clocked) refused(t *testing.T) {
	t.Helper()
	if _, ok := c.allow(time.Second); ok {
		t.Fatal("allowed")
	}
}

func (c *clocked) pass(d time.Duration) { c.at = c.at.Add(d) }

func (c *clocked) expect(t *testing.T, state State, turns ...string) {
	t.Helper()
	if c.state != state || strings.Join(c.turns, "; ") != strings.Join(turns, "; ") {
		t.Errorf("%s after %q, want %s after %q", c.state, c.turns, state, turns)
	}
	if c.inFlight < 0 {
		t.Error("more ended than began")
	}
}

var (
	errReset   = errors.New("reset")
	errTimeout = &fault{Cause: context.DeadlineExceeded}
	errRefused = &fault{Cause: &net.OpError{Op: "dial", Err: errors.New("refused")}}
)

func TestBreakerOpensAfterErrorsInARow(t *testing.T) {
	c := newClocked()
	for range 2 {
		c.ask(t)
		c.failed(errReset)
	}
	c.ask(t)
	c.answered(0)
	for range failuresMost {
		c.expect(t, Closed)
		c.ask(t)
		c.failed(errReset)
	}
	c.expect(t, Open, "open 连接中断")
	c.refused(t)
}

func TestBreakerOpensAtOnceWithoutDoubt(t *testing.T) {
	for _, err := range []error{errTimeout, errRefused} {
		c := newClocked()
		c.ask(t)
		c.failed(err)
		c.expect(t, Open, "open "+inWords(err))
	}
}

// A trial decides; while it is on its way nobody else asks; each that fails doubles the pause.
func TestBreakerTries(t *testing.T) {
	c := newClocked()
	c.ask(t)
	c.failed(errTimeout)
	pause := firstPause
	for range 6 {
		c.pass(pause - 1)
		c.refused(t)
		c.pass(1)
		limit, ok := c.allow(time.Hour)
		if !ok || limit != slowCall {
			t.Fatalf("a trial may take %v, %v", limit, ok)
		}
		c.refused(t)
		c.failed(errReset)
		pause = min(2*pause, longestPause)
	}
	c.pass(pause)
	c.ask(t)
	c.left() // decides nothing: the next tries
	c.ask(t)
	c.answered(slowCall + 1)
	c.expect(t, Open, "open 不回答")
	c.pass(longestPause)
	c.ask(t)
	c.answered(slowCall)
	c.expect(t, Closed, "open 不回答", "closed ")
	c.ask(t)
	c.failed(errTimeout)
	c.pass(firstPause) // the pause is short again
	c.ask(t)
}

func TestBreakerOpensWhenHalfIsSlow(t *testing.T) {
	c := newClocked()
	answer := func(took time.Duration) {
		c.ask(t)
		c.pass(took)
		c.answered(took)
	}
	for range 100 { // long ago: forgotten
		answer(0)
	}
	c.pass(slowWindow + 1)
	for range 5 {
		answer(0)
		c.expect(t, Closed)
		answer(slowCall + 1)
	}
	c.expect(t, Open, "open "+whySlow)
	c.seen(nil) // that it is there does not make it fast
	c.expect(t, Open, "open "+whySlow)
	c.pass(firstPause)
	answer(0)
	c.expect(t, Closed, "open "+whySlow, "closed ")
	for range slowLeast { // what was slow before is forgotten
		answer(0)
	}
	answer(slowCall + 1)
	c.expect(t, Closed, "open "+whySlow, "closed ")
}

// Questions that hang keep others from being sent after them, before anybody knows how they end.
func TestBreakerSendsNobodyAfterWhatHangs(t *testing.T) {
	c := newClocked()
	c.ask(t)
	c.pass(slowCall)
	c.ask(t)
	c.pass(1)
	c.refused(t)
	c.expect(t, Closed)
	c.answered(slowCall + 1)
	c.ask(t)
	c.left()
	c.left()
	c.pass(time.Hour)
	c.ask(t) // nobody hangs any more
}

func TestBreakerBelievesWhoLooks(t *testing.T) {
	c := newClocked()
	c.seen(errReset)
	c.expect(t, Open, "open 连接中断")
	c.seen(errReset)
	c.seen(nil)
	c.expect(t, Closed, "open 连接中断", "closed ")
}
