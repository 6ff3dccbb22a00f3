package main

import (
	"strings"
	"testing"

	"mingbai/fixtures"
)

// An auditor holds the chain against a head that was copied from the site's page.
func TestAuditVerify(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: 2, Rows: 20, Seed: 1})
	w.publish(path, truth.Books[0])
	head := w.ok("audit", "verify")
	if number, sum, _ := strings.Cut(head, ":"); number == "0" || len(sum) != 64 {
		t.Fatalf("the head is told as %q", head)
	}
	w.ok("audit", "verify", "--head", head)
	w.refused("与所给的摘要不符", "audit", "verify", "--head", "2:"+strings.Repeat("ab", 32))
	w.refused("没有第999条", "audit", "verify", "--head", "999:"+strings.Repeat("ab", 32))
	w.refused("写法不对", "audit", "verify", "--head", "昨天")
	_, err := w.sql().Exec(t.Context(), `alter table audit disable trigger all; update audit set actor = 'nobody' where seq = 2`)
	w.must(err)
	w.refused("第2条被改动过", "audit", "verify")
	w.refused("第2条被改动过", "verify")
}
