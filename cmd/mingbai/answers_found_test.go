package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// A published answer is found in the one box by any of its words, alike by index and books, and no longer once its case begins
// anew. What was written between citizen and office is found by nothing.
func TestPublishedAnswersAreFound(t *testing.T) {
	w := newWorld(t)
	w.must(w.db.SaveFund(t.Context(), "test", ledger.Fund{Code: "GD01", Name: "耕地地力保护补贴", Kind: ledger.Subsidy, Disclosure: "public", PublicDays: 30}))
	desk, site, index, books := deskOf(w), w.serve("127.0.0.1"), w.engine(), w.enginelessly()
	w.must(index.Reindex(t.Context(), nil))
	settled := func() {
		t.Helper()
		w.eventually("the index to be told", 20*time.Second, func() bool {
			_, _ = index.Drain(t.Context()) // the site's own job may be at it
			return index.Status(t.Context()).Answering == "index"
		})
		w.ok("verify")
	}
	found := func(word string) int {
		t.Helper()
		q := ledger.Question{Catalogue: ledger.CatalogueQuery{Any: [][]string{{word}}, Most: 5}}
		a, err := index.Ask(t.Context(), q)
		w.must(err)
		b, err := books.Ask(t.Context(), q)
		w.must(err)
		if !slices.Equal(a.Catalogue.IDs, b.Catalogue.IDs) || a.Catalogue.Total != b.Catalogue.Total {
			t.Errorf("%s: the index has %v, the books %v", word, a.Catalogue, b.Catalogue)
		}
		return a.Catalogue.Total
	}
	about, of := w.answered(desk, "GD01", inquiry.Copy{Title: "耕地面积少登记怎么办", Question: "有村民反映自家面积少登记0.1亩。", Answer: "已重新丈量并更正，差额下月补发。"})
	other, _ := w.answered(desk, "", inquiry.Copy{Title: "查询机在哪里", Question: "有人问查询机放在哪里。", Answer: "一楼大厅，进门右手。"})
	settled()
	for word, want := range map[string]int{
		"面积少登记": 1, "重新丈量": 1, "差额下月补发": 1, "查询机": 1, "进门右手": 1, "有": 0, "私下的原话": 0, "办件的草稿": 0, "更正，差额": 0,
	} {
		if n := found(word); n != want {
			t.Errorf("%s is found %d times, want %d", word, n, want)
		}
	}
	path := "/answers/" + of
	if _, page := get(t, site+"/people?q="+url.QueryEscape("面积少登记")); !strings.Contains(page, "公开答复") || !strings.Contains(page, `href="`+path+`"`) || !strings.Contains(page, "耕地地力保护补贴") {
		t.Error("the page does not lead to the answer")
	}
	if _, page := get(t, site+path); !strings.Contains(page, "重新丈量") {
		t.Error("where it leads to there is no answer")
	}
	if _, said := get(t, site+"/api/v1/search?in=catalogue&q="+url.QueryEscape("面积少登记")); !strings.Contains(said, `"kind":"answer","title":"耕地面积少登记怎么办","fund":"GD01"`) {
		t.Errorf("the API says %s", said)
	}
	if out := w.ok("search", "面积少登记"); !strings.Contains(out, "耕地面积少登记怎么办") {
		t.Errorf("the command line says %s", out)
	}

	for _, id := range []string{about, other} {
		for _, d := range []inquiry.Deed{{Act: inquiry.Rate, Facts: inquiry.Facts{Rating: inquiry.Not}}, {Act: inquiry.Reopen, Facts: inquiry.Facts{Text: "还是不对"}}} {
			tr, err := desk.Track(t.Context(), id)
			w.must(err)
			d.Seen = tr.Seen
			w.must(desk.CitizenAct(t.Context(), id, d))
		}
	}
	if n := found("面积少登记") + found("查询机"); n != 0 {
		t.Errorf("%d answers of cases that began anew are found at once after", n)
	}
	settled()
	if n := found("面积少登记") + found("查询机"); n != 0 {
		t.Errorf("%d answers of cases that began anew are in the index", n)
	}
}

// answered takes a case to its published answer.
func (w *world) answered(desk *postgres.Inquiries, fund string, copy inquiry.Copy) (id, no string) {
	w.t.Helper()
	id, _, err := desk.Send(w.t.Context(), inquiry.Filing{Kind: inquiry.Complaint, Channel: inquiry.Web, Subject: "私下的原话", Text: "私下的原话", Fund: fund})
	w.must(err)
	act := caseActs(w, desk, id)
	const draft = "办件的草稿"
	act("duty1", inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	act("duty2", inquiry.Deed{Act: inquiry.Countersign})
	act("duty1", inquiry.Deed{Act: inquiry.Forward, Facts: inquiry.Facts{Lead: 1}})
	act("farm", inquiry.Deed{Act: inquiry.Sign})
	act("farm", inquiry.Deed{Act: inquiry.Draft, Proposed: draft})
	act("head1", inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf(draft)}})
	act("head1", inquiry.Deed{Act: inquiry.Publish, Copy: copy})
	w.must(w.sql().QueryRow(w.t.Context(), `select no::text from inquiry_answer where id = $1`, id).Scan(&no))
	return id, no
}
