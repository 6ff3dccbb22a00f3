package inquiry

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// A case's events stand in one order, and each leads where the table says; anything else is no case.
func TestWhatDoesNotFollowIsRefused(t *testing.T) {
	for name, spoil := range map[string]func([]Event) []Event{
		"one missing":                 func(all []Event) []Event { return slices.Delete(all, 1, 2) },
		"numbered with a gap":         func(all []Event) []Event { all[len(all)-1].Seq++; return all },
		"one twice":                   func(all []Event) []Event { return append(all, all[len(all)-1]) },
		"two changed about":           func(all []Event) []Event { all[2], all[3] = all[3], all[2]; return all },
		"another goal":                func(all []Event) []Event { all[2].To = Closed; return all },
		"another state":               func(all []Event) []Event { all[2].From = Answered; return all },
		"an unknown act":              func(all []Event) []Event { all[2].Act = "destroy"; return all },
		"before the one before":       func(all []Event) []Event { all[3].At = all[2].At.Add(-time.Second); return all },
		"a clock stopped that is not": func(all []Event) []Event { all[2].Turns = []Turn{{Clock: SettleClock, Do: Stop}}; return all },
		"a clock started twice":       func(all []Event) []Event { all[2].Turns = append(all[2].Turns, all[2].Turns...); return all },
		"a clock that is none":        func(all []Event) []Event { all[0].Turns = []Turn{{Clock: "sun", Do: Start}}; return all },
		"a clock turned in an unknown way": func(all []Event) []Event {
			all[0].Turns = append(all[0].Turns, Turn{Clock: CaseClock, Do: "smash"})
			return all
		},
	} {
		s := begin(t)
		ways["inhand"](s)
		if c, err := Fold(spoil(slices.Clone(s.events))); !errors.Is(err, ledger.ErrConflict) || c.State != New {
			t.Errorf("%s: %s, %v", name, c.State, err)
		}
	}
	if c, err := Fold(nil); err != nil || c.State != New {
		t.Errorf("no events: %v, %v", c, err)
	}
}

// Two servers' clocks differ: what comes from the slower one is done at the moment of the last event, not before it.
func TestServersClocksDiffer(t *testing.T) {
	s := begin(t).sent(Complaint)
	last := s.c.Last
	s.at = last.Add(-3 * time.Second)
	if s.registered(Complaint, Ordinary, Against{}); !s.c.Last.Equal(last) {
		t.Errorf("the last event is of %v", s.c.Last)
	}
	s.folded()
}

// A case that acts made is left alone by what is tried on it later: cases are values.
func TestCasesAreValues(t *testing.T) {
	s := begin(t)
	ways["review"](s)
	before, clocks, rounds := s.c, slices.Clone(s.c.Clocks), slices.Clone(s.c.Rounds)
	s.do(Actor{handler, "lin", 3}, Action{Act: Redraft, Facts: Facts{Answer: HashOf("改")}}).act(qianHead, SendBack)
	if !slices.EqualFunc(clocks, before.Clocks, func(a, b Clock) bool { return a.Stopped.Equal(b.Stopped) }) ||
		before.Rounds[0].Answer != rounds[0].Answer || len(before.Rounds[0].Drafters) != 1 {
		t.Error("a case changed behind its owner's back")
	}
}

func TestDifferentLimitsForDifferentCounties(t *testing.T) {
	s := begin(t)
	s.desk = Desk{workday.National(), DefaultPeriods()}
	s.desk.Periods.PetitionExtend = 10
	petition(s)
	s.act(zhaoHandle, Sign)
	if err := s.try(zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "x", Days: 11}}); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("more than the county gives: %v", err)
	}
}
