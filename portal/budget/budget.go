// Package budget counts how many people a visitor has been shown, and says when it is enough.
//
// A county's lists are open so that neighbours can read them, not so that somebody takes all of them home. Requests are
// the wrong thing to count: what a copier gains is people. Each visitor has budgets for an hour and for a day, by browser,
// by network address or by kiosk, and all visitors together have one. Past the first level a challenge opens more, past
// the second only time does. Who is shown the same person again within a day is not charged again.
//
// Windows slide in stretches of five minutes, and one that has begun counts whole: in no sixty minutes is more given than the
// hour's budget. A single page that is larger than a budget is given whole to whom nothing was given yet, so that a large
// village's list stays readable.
//
// It must never keep or see an address or a name: visitors and people come as hashes.
package budget

import (
	"context"
	"time"

	"mingbai/ledger"
)

// Level is how many people are shown freely, and how many at most.
type Level struct{ Free, Most int }

// Rule is a visitor's budget.
type Rule struct{ Hour, Day Level }

// Rules are a county's budgets. The zero value of a Rule takes the default.
type Rules struct {
	Device  Rule
	Address Rule // many browsers may stand behind one
	Kiosk   Rule // many people stand before one
	Total   Rule
	Grant   int // how many more people a solved challenge opens
}

// Defaults are budgets for a county of 300,000 people. docs/防抓取.md says how to choose others.
var Defaults = Rules{
	Device:  Rule{Level{600, 1_200}, Level{1_200, 2_400}},
	Address: Rule{Level{1_200, 3_000}, Level{3_000, 6_000}},
	Kiosk:   Rule{Level{1_500, 3_000}, Level{6_000, 12_000}},
	Total:   Rule{Level{10_000, 20_000}, Level{40_000, 60_000}},
	Grant:   200,
}

// OrDefaults fills in what is not set.
func (r Rules) OrDefaults() Rules {
	for _, p := range []struct{ rule, other *Rule }{
		{&r.Device, &Defaults.Device}, {&r.Address, &Defaults.Address}, {&r.Kiosk, &Defaults.Kiosk}, {&r.Total, &Defaults.Total},
	} {
		if *p.rule == (Rule{}) {
			*p.rule = *p.other
		}
	}
	if r.Grant <= 0 {
		r.Grant = Defaults.Grant
	}
	return r
}

func (r Rules) of(kind byte) Rule {
	switch kind {
	case ledger.BucketDevice:
		return r.Device
	case ledger.BucketAddress:
		return r.Address
	case ledger.BucketTotal:
		return r.Total
	}
	return r.Kiosk
}

// Key is a bucket as a map's key.
type Key string

// Kind is the bucket's.
func (k Key) Kind() byte { return k[0] }

// total is everybody together.
const total = Key(ledger.BucketTotal)

// atKiosk says that the visitor is a screen in a hall. Kiosks are few and each has a budget of its own: a flood from
// elsewhere that uses up the total does not close the halls.
func (k Key) atKiosk() bool { return k.Kind() == ledger.BucketKiosk || k.Kind() == ledger.BucketHall }

// Store is what replicas share and a restart does not forget.
type Store interface {
	// Given reads what buckets were given since a slot.
	Given(ctx context.Context, buckets [][]byte, since int) ([]ledger.Given, error)
	// Give adds, and answers what is kept of those very buckets and slots now.
	Give(ctx context.Context, list []ledger.Given) ([]ledger.Given, error)
	// Once is true for the first who comes with a mark; it is remembered until then.
	Once(ctx context.Context, mark []byte, until time.Time) (bool, error)
}

// Answer is what a budget says.
type Answer uint8

// Answers, each stricter than the one before.
const (
	Open      Answer = iota
	Challenge        // solve one first
	Wait
)

// Verdict is an answer with what to do about it.
type Verdict struct {
	Answer
	Kind  byte      // of the bucket that says so
	Short int       // by how many people the budget is short; with Challenge
	Until time.Time // when there will be room again; with Wait
}
