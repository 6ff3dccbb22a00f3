package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/ledger"
)

var (
	pdfPage   = regexp.MustCompile(`/Type\s*/Page\b`)
	noticeSum = regexp.MustCompile(`合计 [\d,]+行　<b>([\d,.]+) 元</b>`)
)

// A county batch becomes one pack: a sheet or more for each village, sums that come to the batch's, and no digit of any
// number.
func TestBoardPack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 1500, Seed: 3})
	no := w.publish(path, truth.Books[0])
	page, paper := filepath.Join(w.dir, "board.html"), filepath.Join(w.dir, "board.pdf")
	villages := w.ok("board", no, "--out", page, "--site", "https://mingbai.example")
	html := w.read(page)
	if n := strings.Count(html, "<section>"); fmt.Sprint(n) != villages || n < 30 {
		t.Errorf("%d notices for %s villages", n, villages)
	}
	var total ledger.Fen
	for _, m := range noticeSum.FindAllStringSubmatch(html, -1) {
		fen, err := ledger.ParseYuan(strings.ReplaceAll(m[1], ",", ""))
		w.must(err)
		total += fen
	}
	if total != truth.Books[0].Total {
		t.Errorf("the notices come to %s, the batch to %s", total, truth.Books[0].Total)
	}
	for _, p := range truth.People {
		if strings.Contains(html, p.ID) || len(p.ID) == 18 && strings.Contains(html, p.ID[6:]) {
			t.Fatal("a number, or a part of one, stands on a notice")
		}
	}
	w.ok("board", no, "--out", paper, "--a3")
	pages := len(pdfPage.FindAllString(w.read(paper), -1))
	t.Logf("%s villages, %d sheets of A3", villages, pages)
	if !strings.HasPrefix(w.read(paper), "%PDF-") || pages < strings.Count(html, "<section>") {
		t.Errorf("%d pages for %s villages", pages, villages)
	}
	of := w.ok("board", no, "--out", page, "--town", "990121101")
	if part := strings.Count(w.read(page), "<section>"); fmt.Sprint(part) != of || of == villages || part == 0 {
		t.Errorf("%s notices of one town, %s in all", of, villages)
	}
	w.refused("没有可公示的行", "board", no, "--out", page, "--town", "990121999")
	w.ok("withdraw", no, "--as", "wang", "--reason", "重报")
	w.refused("公开以后才能出公示榜", "board", no, "--out", page)
}

func (w *world) read(path string) string {
	w.t.Helper()
	b, err := os.ReadFile(path)
	w.must(err)
	return string(b)
}
