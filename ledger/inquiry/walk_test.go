package inquiry

import (
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// walk is many cases at one desk, to which chance does things.
type walk struct {
	t      *testing.T
	r      *rand.Rand
	desk   Desk
	at     time.Time
	cases  []*story
	last   Slip
	slips  map[Slip]bool
	done   map[Act]int
	denied int
}

// folks are the people of the walk: more than one in most capacities, and one who has two roles.
var folks = []Actor{
	Sender, Clockwork, liDuty, wangDuty,
	{Role: duty, Login: "zhou"},
	zhaoHandle, sunHandle,
	{handler, "hu", 5},
	qianHead, zhouHead,
	{Role: head, Login: "he"},
	{Role: head, Login: "li"},
	wuSuper, zhengDisc,
	{Role: auditor, Login: "shen"},
	{Role: ledger.RoleAdmin, Login: "a"},
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// rare acts end a case or may always be done; without a bound nothing else would happen.
var rare = []Act{Seal, Withdraw, Recount, Supervise, AskClarify, Rate}

// whoDoesWhat is mostly somebody who may do something now, else anybody and anything.
func (w *walk) whoDoesWhat(c Case) (Actor, Act) {
	if c.State == New {
		return pick(w.r, []Actor{Sender, Sender, liDuty, zhaoHandle}), Send
	}
	type deed struct {
		by  Actor
		act Act
	}
	var deeds []deed
	for _, by := range folks {
		for _, act := range Open(c, by) {
			if !in(rare, act) || w.r.IntN(12) == 0 {
				deeds = append(deeds, deed{by, act})
			}
		}
	}
	if len(deeds) == 0 || w.r.IntN(5) == 0 {
		return pick(w.r, folks), pick(w.r, Acts)
	}
	one := pick(w.r, deeds)
	return one.by, one.act
}

// action gives an act facts that are mostly whole.
func (w *walk) action(s *story, act Act) Action {
	a := Action{Act: act, Last: w.last, Seal: w.r.IntN(20) == 0, Before: workday.Calendar{}, Because: "放假安排", Facts: Facts{
		Text: pick(w.r, []string{"理由", "理由", "理由", ""}), Kind: pick(w.r, Kinds), Channel: pick(w.r, []Channel{Web, Phone}), Track: pick(w.r, Tracks),
		Ground: pick(w.r, []Ground{"court", "privacy"}), Right: "县信访局", OtherSender: w.r.IntN(2) == 0,
		Lead: int64(3 + w.r.IntN(2)), Assist: []int64{5}, Investigate: w.r.IntN(3) == 0, Days: 1 + w.r.IntN(8),
		Answer: HashOf(pick(w.r, []string{"甲", "乙"})), Public: HashOf("公开稿"), Rating: pick(w.r, []Rating{Satisfied, Basically, Not, Not}),
	}}
	if w.r.IntN(10) == 0 {
		a.Against = Against{Departments: []int64{int64(3 + w.r.IntN(2))}, Persons: []string{pick(w.r, folks).Login}}
	}
	if act == Approve && w.r.IntN(3) > 0 {
		a.Answer = s.c.Round().Answer
	}
	if act == Merge || act == Split || act == Carry {
		for _, other := range w.cases {
			if act == Merge && other.c.State.Open() && w.r.IntN(3) == 0 || other.c.Slip != (Slip{}) && other.c.Slip == s.c.Main {
				a.Main = &other.c
			}
		}
	}
	return a
}

// step is one try by chance.
func (w *walk) step() {
	switch n := w.r.IntN(3000); {
	case n < 4:
		w.at = w.at.Add(time.Duration(w.r.IntN(6*24)) * time.Hour) // a quiet week
	case n < 1000:
		w.at = w.at.Add(time.Duration(w.r.IntN(60)) * time.Minute)
	}
	i := w.r.IntN(len(w.cases))
	s := w.cases[i]
	if over := !s.c.State.Open() && !in(replied, s.c.State) && s.c.State != New; over && w.r.IntN(4) == 0 {
		s = &story{t: w.t, desk: w.desk}
		w.cases[i] = s
	}
	s.at, s.desk = w.at, w.desk
	by, act := w.whoDoesWhat(s.c)
	a := w.action(s, act)
	before, saw := s.c, See(s.c, by).Exists
	late := w.desk.Lateness(before, w.at)
	stopped := slices.DeleteFunc(slices.Clone(before.Clocks), Clock.Running)
	events, err := w.desk.Apply(s.c, a, by, w.at)
	if err != nil {
		w.denied++
		if len(events) > 0 || s.c.Seq != before.Seq || ledger.KindOf(err) == ledger.KindInternal {
			w.t.Fatalf("%s: refused with %d events: %v", a.Act, len(events), err)
		}
		if !saw && before.State != New && !errors.Is(err, ledger.ErrNotFound) && !errors.Is(err, ledger.ErrInvalid) && err != error(Unseen) {
			w.t.Fatalf("%s by %s tells of a case that is hidden: %v", a.Act, by.Role, err)
		}
		return
	}
	for _, e := range events {
		if s.c, err = s.c.Then(e); err != nil {
			w.t.Fatal(err)
		}
		s.events = append(s.events, e)
		w.done[e.Act]++
		w.fourEyes(before, e)
		w.slip(before, e)
	}
	if !saw && before.State != New {
		w.t.Fatalf("%s by %v: done to a case out of sight in %s", a.Act, by, before.State)
	}
	now := w.desk.Lateness(s.c, w.at)
	if now.Case < late.Case || now.Steps < late.Steps {
		w.t.Fatalf("%s in %s: late by %v before, %v after", a.Act, before.State, late, now)
	}
	for i, k := range slices.DeleteFunc(slices.Clone(s.c.Clocks), Clock.Running) {
		// Clocks are in the order of their start; those that were stopped are where they were.
		if j := slices.IndexFunc(stopped, func(o Clock) bool { return o.Kind == k.Kind && o.Start.Equal(k.Start) && o.Stopped.Equal(k.Stopped) }); j >= 0 && stopped[j].Late != k.Late {
			w.t.Fatalf("%s: stopped clock %d was late by %d and is by %d", a.Act, i, stopped[j].Late, k.Late)
		}
	}
	w.whole(s)
}

// whole holds what is true of every case at all times.
func (w *walk) whole(s *story) {
	open := 0
	for i, r := range s.c.Rounds {
		if r.Ended.IsZero() {
			open++
		}
		if r.Approved != "" && (r.Reviewer == "" || slices.Contains(r.Drafters, r.Reviewer)) {
			w.t.Fatalf("round %d was approved by its drafter: %+v", i, r)
		}
	}
	if want := map[bool]int{true: 1}[s.c.State.Open()]; open != want {
		w.t.Fatalf("%s: %d open rounds", s.c.State, open)
	}
	running := map[ClockKind]bool{}
	for _, k := range s.c.Clocks {
		if !k.Running() {
			continue
		}
		if running[k.Kind] || !in(ruleOf(k.Kind).states, s.c.State) {
			w.t.Fatalf("%s: clock %s runs twice or out of its states", s.c.State, k.Kind)
		}
		running[k.Kind] = true
	}
	if s.c.State.Open() && !running[CaseClock] && !running[PetitionClock] {
		w.t.Fatalf("%s %s: nobody counts the case; it had %+v", s.c.State, s.c.Track, s.events[len(s.events)-2:])
	}
	if s.c.State == Sealed {
		for _, by := range folks {
			if r := by.Role; See(s.c, by).Exists && r != Citizen && r != System && r != discipline {
				w.t.Fatalf("%s sees a sealed case", r)
			}
		}
	}
	w.desk.Status(s.c, w.at)
}

// fourEyes holds what no two acts may be done by one person.
func (w *walk) fourEyes(before Case, e Event) {
	same := false
	switch e.Act {
	case Countersign:
		same = e.By.Login == before.RegisterBy
	case Refuse:
		same = e.By.Login == before.AskedBy || slices.Contains(before.RefusedBy, e.By.Login)
	case GrantReturn, DenyReturn, Extend, DenyExtension:
		same = e.By.Login == before.AskedBy
	case Approve, Publish, Withhold, SendBack:
		same = slices.Contains(before.Round().Drafters, e.By.Login)
		if e.Act == Approve {
			for _, r := range before.Rounds {
				same = same || r.Reviewer == e.By.Login
			}
		}
	case Forward:
		same = before.Against.HitsDepartment(e.Lead)
	}
	if same || before.Against.Hits(e.By) {
		w.t.Fatalf("%s by %v, who has done the other half or is complained of", e.Act, e.By)
	}
}

// slip holds that numbers are given without gap or double.
func (w *walk) slip(before Case, e Event) {
	if e.Act != Countersign || before.Slip != (Slip{}) {
		return
	}
	if e.Slip != w.last.next(w.t, e.At) || w.slips[e.Slip] {
		w.t.Fatalf("slip %v after %v", e.Slip, w.last)
	}
	w.last = e.Slip
	w.slips[e.Slip] = true
}

// newWalk is a desk with forty cases that are not sent yet.
func newWalk(t *testing.T, seed uint64) *walk {
	w := &walk{
		t: t, r: rand.New(rand.NewPCG(seed, 7)), desk: Desk{workday.National(), DefaultPeriods()}, at: on(t, "2024-09-02"),
		slips: map[Slip]bool{}, done: map[Act]int{},
	}
	for range 40 {
		w.cases = append(w.cases, &story{t: t, desk: w.desk})
	}
	return w
}

func TestRandomWalk(t *testing.T) {
	const steps = 100_000
	w := newWalk(t, 1)
	happened := 0
	for range steps {
		w.step()
	}
	for _, s := range w.cases {
		s.folded()
	}
	for _, act := range Acts {
		happened += w.done[act]
		if w.done[act] == 0 {
			t.Errorf("the walk never came to %s", act)
		}
	}
	t.Logf("%d tries: %d acts done, %d refused, %d slips without a gap, until %s", steps, happened, w.denied, len(w.slips), w.at.Format(time.DateOnly))
}

// FuzzFold brings events in any order, and events of foreign bytes: what does not follow is refused, and nothing panics.
func FuzzFold(f *testing.F) {
	var all []Event
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		s := begin(f)
		ways[name](s)
		all = append(all, s.events...)
	}
	s := begin(f)
	second(s)
	written, err := json.Marshal(s.events)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7}, true, written)
	f.Add([]byte{0, 0, 9, 200}, false, []byte(`[{"Seq":1,"Act":"send","To":"received"},{"Seq":2,"Act":"rate"}]`))
	f.Fuzz(func(t *testing.T, order []byte, renumber bool, foreign []byte) {
		var events []Event
		for i, n := range order {
			e := all[int(n)%len(all)]
			if renumber {
				e.Seq = i + 1
			}
			events = append(events, e)
		}
		look(t, events)
		if json.Unmarshal(foreign, &events) == nil {
			look(t, events)
		}
	})
}

// look folds as far as events follow, and asks the case everything.
func look(t *testing.T, events []Event) {
	desk := Desk{workday.National(), DefaultPeriods()}
	var c Case
	for _, e := range events {
		next, err := c.Then(e)
		if err != nil {
			continue
		}
		c = next
		e.PublicText()
	}
	at := c.Last.Add(time.Hour)
	desk.Status(c, at)
	desk.Reminders(c)
	desk.Lateness(c, at)
	for _, by := range folks {
		See(c, by)
		for _, act := range Open(c, by) {
			if events, err := desk.Apply(c, Action{Act: act, Facts: Facts{Text: "x"}}, by, at); err == nil && len(events) == 0 {
				t.Errorf("%s: neither done nor refused", act)
			}
		}
	}
}
