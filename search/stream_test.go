package search_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/search"
)

// Many stretches are under way at once: those who come, change and leave meanwhile, more than once, end as the books have
// them, and one bad document among them is named and stops nobody else.
func TestManyStretchesUnderWay(t *testing.T) {
	e, m, refs := setup(t, named(1, "张三"), named(2, "李四"))
	m.most = 2
	for i := range 30 {
		m.publish(named(10+i, "王五"))
		m.withdraw(refs[i%2])
		m.publish(named(1+i%2, []string{"张三", "李四"}[i%2]))
	}
	m.withdraw(refs[0])
	reads := 0
	m.betweens = func() {
		if reads++; reads == 20 { // of what is under way already
			m.publish(named(10, "赵六"))
		}
	}
	bad := ledger.PeopleEntry{Ref: ledger.PersonRef{Person: "坏 id"}, Forms: search.Forms("坏人"), FundCodes: []string{"F01"}}
	m.mu.Lock()
	m.seq++
	m.people["坏 id-0"], m.outbox[m.seq] = bad, "坏 id-0"
	m.mu.Unlock()
	m.publish(named(60, "钱七"))
	n, err := e.Drain(t.Context())
	if err != nil || len(m.outbox) > 0 || n != int(m.seq) {
		t.Errorf("%d of %d went in, %v", n, m.seq, err)
	}
	if got := faults(m); !slices.Equal(got, []string{"people 坏 id-0 invalid_document_id"}) {
		t.Errorf("faults %v", got)
	}
	m.withdraw(bad.Ref)
	_, err = e.Drain(t.Context())
	must(t, err)
	if d := verified(t, e); d != nil || faults(m) != nil {
		t.Error(d, faults(m))
	}
	for name, want := range map[string]int{"张三": 0, "李四": 1, "王五": 29, "赵六": 1, "钱七": 1} {
		expect(t, e, m, name, want, false)
	}
}

// Stretches are sent before those ahead of them are confirmed, so many and no more.
func TestWhatIsSentAheadIsBounded(t *testing.T) {
	const all = 60
	meili, err := url.Parse(config().URL)
	must(t, err)
	proxy, m := httputil.NewSingleHostReverseProxy(meili), newMemory()
	sent, most := 0, 0
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/indexes/people_") {
			m.mu.Lock()
			sent++
			most = max(most, sent-(all-len(m.outbox)))
			m.mu.Unlock()
		}
		proxy.ServeHTTP(rw, r)
	}))
	t.Cleanup(site.Close)
	c := config()
	c.URL = site.URL
	e := engine(t, c, m)
	must(t, e.Reindex(t.Context(), nil))
	m.most, sent = 1, 0
	for i := range all {
		m.publish(named(i, "张三"))
	}
	n, err := e.Drain(t.Context())
	if err != nil || n != all || sent != all || most < 2 || most > 17 {
		t.Errorf("drained %d in %d, %v; %d were under way at once", n, sent, err, most)
	}
	expect(t, e, m, "张三", all, false)
}
