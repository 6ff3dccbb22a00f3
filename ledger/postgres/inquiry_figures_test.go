package postgres_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/inquiry/inquirytest"
)

// livesOf takes a new case to one of all ends that cases come to.
func (b *bureau) livesOf(r *rand.Rand, last string) (id string) {
	b.t.Helper()
	f := complaint()
	f.Kind = inquiry.Kinds[r.IntN(len(inquiry.Kinds))]
	fate := r.IntN(16)
	f.Seal = f.Kind == inquiry.Report && fate < 8
	id, _ = b.send(f)
	if f.Seal || fate == 0 {
		return id // sealed, or it waits
	}
	if fate == 1 {
		b.do("", id, inquiry.Withdraw, inquiry.Facts{})
		return id
	}
	b.do("duty1", id, inquiry.Register, inquiry.Facts{Kind: f.Kind, Track: inquiry.Ordinary})
	b.do("duty2", id, inquiry.Countersign, inquiry.Facts{})
	switch {
	case fate == 2:
		b.do("duty1", id, inquiry.ProposeRefusal, inquiry.Facts{Ground: "court", Right: "法院"})
		b.do("head1", id, inquiry.Refuse, inquiry.Facts{})
		return id
	case fate == 3:
		b.do("duty1", id, inquiry.Seal, inquiry.Facts{})
		return id
	case fate == 4 && b.takesOthers(last):
		main, err := b.q.Track(b.t.Context(), last)
		b.must(err)
		b.must(b.try("head1", id, inquiry.Deed{Act: inquiry.Merge, Facts: inquiry.Facts{Main: main.Case.Slip, Text: "同一件事"}}))
		return last
	case fate < 9:
		b.do("duty1", id, inquiry.TakeDirect, inquiry.Facts{})
	default:
		lead := int64(1 + r.IntN(2))
		b.do("duty1", id, inquiry.Forward, inquiry.Facts{Lead: lead})
		b.do([]string{"farm", "town"}[lead-1], id, inquiry.Sign, inquiry.Facts{})
	}
	return id
}

// takesOthers says whether other cases may be merged into one.
func (b *bureau) takesOthers(id string) bool {
	if id == "" {
		return false
	}
	tr, err := b.q.Track(b.t.Context(), id)
	b.must(err)
	return tr.Case.Slip != inquiry.Slip{} && (tr.Case.State == inquiry.Direct || tr.Case.State == inquiry.InHand)
}

// goesOn answers a case that somebody works on, late or in time; some are rated, and some begin anew.
func (b *bureau) goesOn(r *rand.Rand, id string) {
	b.t.Helper()
	tr, err := b.q.Track(b.t.Context(), id)
	b.must(err)
	by := "duty1"
	switch {
	case tr.Case.State == inquiry.InHand:
		by = []string{"farm", "town"}[tr.Case.Lead-1]
	case tr.Case.State != inquiry.Direct:
		return
	}
	reviewer := "head1"
	if len(tr.Case.Rounds) > 1 {
		reviewer = "head2"
	}
	b.draft(by, id, "答复")
	b.approve(reviewer, id, "答复")
	switch rating := r.IntN(5); {
	case rating == 0 && !tr.Case.WasReopened:
		b.do("", id, inquiry.Reopen, inquiry.Facts{})
		b.do("duty2", id, inquiry.TakeDirect, inquiry.Facts{})
	case rating < 4:
		b.must(b.try("", id, inquiry.Deed{Act: inquiry.Rate, Facts: inquiry.Facts{Rating: []inquiry.Rating{inquiry.Satisfied, inquiry.Satisfied, inquiry.Basically, inquiry.Not}[rating]}}))
	}
}

// The figures are what a recount from the events comes to, over a year of all kinds of cases: sealed, refused, reopened, merged,
// withdrawn and late ones.
func TestTheFiguresEqualARecount(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.now = time.Date(2025, 12, 15, 10, 0, 0, 0, ledger.Shanghai)
	r := rand.New(rand.NewPCG(34, 7))
	var open []string
	last := ""
	cases := 120
	if os.Getenv("MINGBAI_MANY_CASES") != "" { // a minute of them
		cases = 800
	}
	for range cases {
		last = b.livesOf(r, last)
		open = append(open, last)
		b.now = b.now.Add(time.Duration(r.IntN(60)) * time.Hour)
		for len(open) > 6 {
			i := r.IntN(len(open))
			b.goesOn(r, open[i])
			open = slices.Delete(open, i, i+1)
		}
	}
	_, err := b.q.WakeInquiries(t.Context())
	b.must(err)
	b.sound()
	for _, year := range []int{2025, 2026} {
		got, err := b.q.Figures(t.Context(), year)
		b.must(err)
		want := b.recount(year)
		if got.Made = want.Made; got.Total != want.Total || got.Sealed != want.Sealed {
			t.Errorf("%d: counted %+v and %d sealed, from the events %+v and %d", year, got.Total, got.Sealed, want.Total, want.Sealed)
		}
		for name, lists := range map[string][2][]inquiry.FigureLine{"months": {got.Months, want.Months}, "kinds": {got.Kinds, want.Kinds}, "departments": {got.Departments, want.Departments}} {
			if !slices.Equal(lists[0], lists[1]) {
				t.Errorf("%d: %s counted\n%+v\nfrom the events\n%+v", year, name, lists[0], lists[1])
			}
		}
		t.Logf("%d: %+v, %d sealed", year, got.Total, got.Sealed)
		if c := got.Total; year == 2026 && (c.Refused < 3 || c.Merged < 1 || c.Withdrawn < 2 || c.Waiting < 2 || c.Late() < 3 || c.Discontent() < 5 || c.P90 <= c.Median || got.Sealed < 5) {
			t.Errorf("the year is too plain: %+v", c)
		}
	}
	// An officer is told of what the officer sees: a department of its own, and nobody but discipline of what was sealed.
	whole, err := b.q.FiguresFor(t.Context(), "head1", 2026)
	b.must(err)
	own, err := b.q.FiguresFor(t.Context(), "farm", 2026)
	b.must(err)
	disc, err := b.q.FiguresFor(t.Context(), "disc", 2026)
	b.must(err)
	if own.Total.Received >= whole.Total.Received || len(own.Departments) != 1 || own.Total.Received == 0 || whole.Sealed != 0 || disc.Sealed == 0 {
		t.Errorf("the department counts %d of %d; sealed %d, %d", own.Total.Received, whole.Total.Received, whole.Sealed, disc.Sealed)
	}
}

// recount counts a year from the events of each case, one by one.
func (b *bureau) recount(year int) inquiry.Figures {
	b.t.Helper()
	ctx := b.t.Context()
	desk, err := b.q.Desk(ctx)
	b.must(err)
	rows, err := conn(b.books).Query(ctx, `select id from inquiry`)
	b.must(err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	b.must(err)
	cases := map[string][]inquiry.Event{}
	for _, id := range ids {
		d, err := b.q.Dossier(ctx, "disc", id)
		b.must(err)
		for _, s := range d.Said {
			cases[id] = append(cases[id], s.Event)
		}
	}
	f, err := inquirytest.Recount(year, cases, desk.Calendar, map[int64]string{0: "值班室", 1: "农业农村股", 2: "柳门镇财政所"})
	b.must(err)
	return f
}
