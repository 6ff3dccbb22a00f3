package portal

import (
	"strings"
	"testing"
)

func TestAuditHeadsArePaged(t *testing.T) {
	s := setup(t)
	first := s.get("/audit")
	if n := len(first.all("tbody tr")); n != auditDays {
		t.Errorf("%d days on the first page, want %d", n, auditDays)
	}
	if hash := first.text("tbody tr:first-child code"); !strings.HasPrefix(hash, "010203") || len(hash) != 64 {
		t.Errorf("the head is shown as %q", hash)
	}
	next := first.attr("a[rel=next]", "href")
	if next != "/audit?before=2025-04-05" {
		t.Errorf("older days are at %q", next)
	}
	if back := s.get(next).attr(".pager a", "href"); back != "/audit" {
		t.Errorf("the way back is %q", back)
	}
}
