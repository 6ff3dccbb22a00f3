package search_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"mingbai/ledger"
	"mingbai/search/searchtest"
)

// many makes people with names of their own, a little over two batches.
func many(n int) (all []searchtest.Person) {
	for i := range n {
		p := named(i, fmt.Sprintf("赵%c%c", rune('一'+i%1000), rune('一'+i/1000)))
		p.Token = append([]byte{byte(i >> 16), byte(i >> 8), byte(i)}, bytes.Repeat([]byte{7}, 29)...)
		all = append(all, p)
	}
	return all
}

// A rebuild that is killed goes on where it was: what was confirmed is not sent again.
func TestRebuildGoesOn(t *testing.T) {
	m := newMemory()
	m.load(many(25_000))
	var documents atomic.Int64
	target, err := url.Parse(server.MeiliURL())
	must(t, err)
	forward := httputil.NewSingleHostReverseProxy(target)
	counting := serve(t, &http.Server{Addr: "127.0.0.1:0", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/documents") {
			body, _ := io.ReadAll(r.Body)
			documents.Add(int64(bytes.Count(body, []byte("\n")) + 1))
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		forward.ServeHTTP(w, r)
	})})
	c := config()
	c.URL = counting
	e := engine(t, c, m)

	killed, kill := context.WithCancel(t.Context())
	m.saved = func(p ledger.IndexPart) {
		if p.Index == "people" && p.Documents == 10_000 {
			kill()
		}
	}
	if err := e.Reindex(killed, nil); err == nil {
		t.Fatal("not killed")
	}
	m.saved = nil
	b, err := e.Interrupted(t.Context())
	must(t, err)
	if b.Documents() != 10_000 || m.live != "" {
		t.Fatalf("interrupted: %+v, living %q", b, m.live)
	}
	documents.Store(0)
	must(t, engine(t, c, m).Reindex(t.Context(), nil))
	if n := documents.Load(); n != 15_000+25_000 {
		t.Errorf("%d documents were sent after the kill, want the 15,000 people left and 25,000 lookups", n)
	}
	if d := verified(t, e); d != nil {
		t.Errorf("%d differences, %v", len(d), d[:1])
	}
}

// Keeping on heals, too: whoever looks after the index goes on with a rebuild that was killed, and one that Meilisearch has
// lost meanwhile begins anew.
func TestTheKeeperGoesOn(t *testing.T) {
	e, m, _ := setup(t, named(1, "张三"), named(2, "李四"))
	for _, lose := range []bool{false, true} {
		live := m.live
		killed, kill := context.WithCancel(t.Context())
		m.saved = func(p ledger.IndexPart) {
			if p.Index == "lookup" && p.Complete {
				kill()
			}
		}
		if err := e.Reindex(killed, nil); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		m.saved = nil
		if lose {
			byHand(t, "DELETE", "/indexes/people_990121_"+m.build.Generation, "")
		}
		must(t, e.Heal(t.Context()))
		if m.live == live || m.build != nil {
			t.Errorf("lost %v: the rebuild was not ended", lose)
		}
		if d := verified(t, e); d != nil {
			t.Errorf("lost %v: %v", lose, d)
		}
		expect(t, e, m, "李四", 1, false)
	}
}

// What changes while a new generation is filled is found at once, goes into the living one as ever, and is in the new one
// when that takes its place: who comes, who leaves, and who comes before what was read already.
func TestChangesDuringARebuild(t *testing.T) {
	e, m, refs := setup(t, many(12_000)...)
	var changed atomic.Bool
	m.saved = func(p ledger.IndexPart) {
		if p.Index != "people" || p.Documents != 10_000 || changed.Swap(true) {
			return
		}
		m.saved = nil
		m.mu.Unlock()
		defer m.mu.Lock()
		late := named(0, "钱晚来")
		late.Token = slices.Repeat([]byte{0}, 32) // before all others
		m.publish(late)
		m.withdraw(refs[5])
		m.withdraw(refs[11_999])
		expect(t, e, m, "钱晚来", 1, true)
		n, err := e.Drain(t.Context())
		if err != nil || n != 3 {
			t.Errorf("drained %d beside the rebuild, %v", n, err)
		}
		expect(t, e, m, "钱晚来", 1, false)
	}
	old := m.live
	must(t, e.Reindex(t.Context(), nil))
	if m.live == old || !changed.Load() {
		t.Fatal("nothing was rebuilt")
	}
	expect(t, e, m, "钱晚来", 1, false)
	if d := verified(t, e); d != nil {
		t.Errorf("%v", d)
	}
}

// A drain in the hands of another process holds the swap up, no more.
func TestSwapWaitsForADrain(t *testing.T) {
	e, m, _ := setup(t, named(1, "张三"))
	live := m.live
	m.publish(named(2, "李四"))
	begun, done := make(chan struct{}), make(chan error, 1)
	m.saved = func(ledger.IndexPart) {
		m.saved = nil
		close(begun)
	}
	m.betweens = func() {
		m.betweens = nil
		go func() { done <- e.Reindex(context.Background(), nil) }()
		<-begun
	}
	_, err := e.Drain(t.Context())
	must(t, err)
	must(t, <-done)
	if m.live == live {
		t.Error("not rebuilt")
	}
	expect(t, e, m, "李四", 1, false)
	if d := verified(t, e); d != nil {
		t.Error(d)
	}
	m.building.Lock()
	defer m.building.Unlock()
	if err := e.Reindex(t.Context(), nil); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("two at once: %v", err)
	}
}
