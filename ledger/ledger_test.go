package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestBatchLife(t *testing.T) {
	states := []State{Uploaded, Parsed, Checked, Certified, Published, Superseded, Withdrawn, Rejected}
	allowed := map[string]bool{}
	for _, s := range states {
		for _, n := range states {
			if s.MayBecome(n) {
				allowed[string(s)+">"+string(n)] = true
			}
		}
		if s.Name() == "" {
			t.Errorf("%s has no word", s)
		}
	}
	want := []string{
		"uploaded>parsed", "parsed>checked", "checked>certified", "certified>published", "published>superseded", "published>withdrawn",
		"superseded>published", "withdrawn>published",
		"checked>parsed", "rejected>parsed", "rejected>checked", // by a mended file
		"uploaded>rejected", "parsed>rejected", "checked>rejected", "certified>rejected",
	}
	for _, w := range want {
		if !allowed[w] {
			t.Errorf("%s is refused", w)
		}
	}
	if len(allowed) != len(want) {
		t.Errorf("%d steps allowed, want %d: %v", len(allowed), len(want), allowed)
	}
}

func TestPeriods(t *testing.T) {
	for _, ok := range []string{"2025", "2025-03", "2025-12"} {
		if p, err := ParsePeriod(ok); err != nil || p.Year() != 2025 {
			t.Errorf("%s: %v", ok, err)
		}
	}
	for _, bad := range []string{"", "25", "2025-13", "2025-3", "1999", "2025年"} {
		if _, err := ParsePeriod(bad); KindOf(err) != KindInvalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if Period("2025-03").Name() != "2025年3月" || Period("2025").Name() != "2025年" {
		t.Error("a period's words")
	}
}

func TestDatesAreShanghais(t *testing.T) {
	late := time.Date(2025, 6, 30, 16, 0, 0, 0, time.UTC) // midnight of 1 July in Shanghai
	if got := DateOf(late).Format(time.DateOnly); got != "2025-07-01" {
		t.Errorf("DateOf = %s", got)
	}
	if got := DateOf(late.Add(-time.Second)).Format(time.DateOnly); got != "2025-06-30" {
		t.Errorf("DateOf = %s", got)
	}
}

func TestErrorsShowOnlyTheirMessage(t *testing.T) {
	secret := errors.New("password=hunter2")
	err := fmt.Errorf("outer: %w", &Error{Kind: KindConflict, Rule: "XB-01", Message: "第5行已公开", Cause: secret})
	if MessageOf(err) != "第5行已公开" || KindOf(err) != KindConflict || !errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) || !errors.Is(err, secret) {
		t.Errorf("%v: %s", err, MessageOf(err))
	}
	if MessageOf(secret) != "系统出了问题，请稍后再试" || MessageOf(&Error{Message: "internal words"}) != MessageOf(secret) {
		t.Error("an unclassified error shows its words")
	}
}

func TestPersonRefs(t *testing.T) {
	id := "0123456789abcdef0123456789abcdef"
	for _, ref := range []PersonRef{{id, "990121101201"}, {id, ""}} {
		if back, err := ParsePersonRef(ref.String()); err != nil || back != ref {
			t.Errorf("%v → %q → %v, %v", ref, ref, back, err)
		}
	}
	for _, bad := range []string{"", id, id + "-", id + "-990121", "x" + id[1:] + "-0", id + "-990121101201'", "../" + id[3:] + "-0"} {
		if _, err := ParsePersonRef(bad); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestGazetteer(t *testing.T) {
	g := NewGazetteer([]Region{
		{"990121", "", "清泉县"},
		{"990121101", "990121", "柳门镇"},
		{"990121102", "990121", "枫树乡"},
		{"990121101201", "990121101", "柳门口村"},
		{"990121101202", "990121101", "新民村"},
		{"990121102201", "990121102", "新民村"},
		{"990121102202", "990121102", "东街社区"},
	})
	for _, c := range []struct{ town, village, want string }{
		{"柳门镇", "柳门口村", "990121101201"},
		{"", "柳门口村委会", "990121101201"},
		{"柳 门", " 柳门口 ", "990121101201"},
		{"枫树乡", "新民村", "990121102201"},
		{"柳门镇", "新民村", "990121101202"},
		{"", "新民村", ""}, // which of the two is not said
		{"枫树", "东街居委会", "990121102202"},
		{"柳门镇", "东街社区", ""},
		{"", "", ""},
	} {
		if got := g.Village(c.town, c.village); got != c.want {
			t.Errorf("Village(%q, %q) = %q, want %q", c.town, c.village, got, c.want)
		}
	}
}

func TestTheNearestVillage(t *testing.T) {
	g := NewGazetteer([]Region{
		{"990121", "", "清泉县"},
		{"990121101", "990121", "柳门镇"},
		{"990121102", "990121", "枫树乡"},
		{"990121101201", "990121101", "柳门口村"},
		{"990121101202", "990121101", "新民村"},
		{"990121102201", "990121102", "新民屯村"},
	})
	for _, c := range []struct{ town, village, want string }{
		{"柳门镇", "柳们口村", "柳门口村"}, {"枫树乡", "新民", "新民屯村"}, {"", "新民邨", "新民屯村"}, {"柳门镇", "新明村", "新民村"}, {"", "龙湾", ""}, {"", "", ""},
	} {
		if got := g.Nearest(c.town, c.village); got != c.want {
			t.Errorf("Nearest(%q, %q) = %q, want %q", c.town, c.village, got, c.want)
		}
	}
}

func TestTheAuditLinkBindsEveryField(t *testing.T) {
	base := AuditLine{Seq: 2, At: time.Unix(1, 2000), Actor: "a", Action: "b", Object: "c", Detail: "d", Prev: [32]byte{1}}
	first := base.Link("990121")
	seen := map[[32]byte]string{first: "base"}
	for name, change := range map[string]func(*AuditLine){
		"seq": func(l *AuditLine) { l.Seq++ }, "at": func(l *AuditLine) { l.At = l.At.Add(time.Microsecond) },
		"actor":  func(l *AuditLine) { l.Actor = "ab"; l.Action = "" }, // the same bytes, cut elsewhere
		"action": func(l *AuditLine) { l.Action = "x" }, "object": func(l *AuditLine) { l.Object = "x" },
		"detail": func(l *AuditLine) { l.Detail = "x" }, "prev": func(l *AuditLine) { l.Prev[31] = 1 },
	} {
		l := base
		change(&l)
		h := l.Link("990121")
		if other, twice := seen[h]; twice {
			t.Errorf("%s and %s share a hash", name, other)
		}
		seen[h] = name
	}
	if base.Link("990122") == first {
		t.Error("two counties share a hash")
	}
}
