package inquiry

import (
	"time"

	"mingbai/ledger/workday"
)

// Holder is the role that has the next step of a case; Citizen where the office waits for the sender.
func (c Case) Holder() Role {
	switch c.State {
	case Clarifying:
		return Citizen
	case Refusing, Returning, InReview, Answered:
		return head
	case Forwarded, InHand:
		return handler
	case Revising:
		if c.Lead != 0 {
			return handler
		}
	case Sealed:
		return discipline
	}
	return duty
}

// BoardPart is what of the board is looked at.
type BoardPart string

// Parts of the board; the empty one is all of them.
const (
	BoardLate    BoardPart = "late"    // past a due time
	BoardSoon    BoardPart = "soon"    // four fifths of a time are gone
	BoardOrdered BoardPart = "ordered" // an order of 督办 stands
)

// BoardQuery chooses cases of the board.
type BoardQuery struct {
	Part       BoardPart
	Department int64 // 0: the bureau's own; see All
	All        bool  // of every department
	Skip       int
	Limit      int
}

// BoardLine is a case of the board.
type BoardLine struct {
	Line
	Holder Role
	Late   int // workdays
	Order  Order
	Answer workday.Due // by when the order is to be answered
}

// BoardTally counts the cases of a department, or of the bureau itself for 0.
type BoardTally struct {
	Department          int64
	Name                string
	Late, Soon, Ordered int
}

// Board is a page of what is late, about to be, or under an order, with the counts of all of it.
type Board struct {
	Lines   []BoardLine
	Tallies []BoardTally
	Count   int // of what was chosen
}

// OnBoard fills in what the law tells of a case.
func (d Desk) OnBoard(l Line, c Case, at time.Time) BoardLine {
	b := BoardLine{Line: l, Holder: c.Holder(), Order: c.Order}
	if k, running := c.Clock(l.Clock); running {
		b.Late = d.Overdue(k, at)
	}
	if k, running := c.Clock(OrderClock); running {
		b.Answer = d.Due(k)
	}
	return b
}

// OrderPaper is an order of 督办 from beginning to end, as it is printed.
type OrderPaper struct {
	By       Actor
	At       time.Time
	Text     string
	Due      workday.Due
	Answered *Said // nil: not yet
	Lifted   *Said
}

// Orders are a case's orders, the oldest first.
func (d Desk) Orders(c Case, said []Said) []OrderPaper {
	var all []OrderPaper
	for i, s := range said {
		last := len(all) - 1
		switch {
		case s.Act == Supervise:
			o := OrderPaper{By: s.By, At: s.At, Text: s.Text}
			for _, k := range c.Clocks {
				if k.Kind == OrderClock && k.Start.Equal(s.At) {
					o.Due = d.Due(k)
				}
			}
			all = append(all, o)
		case s.Act == Respond && last >= 0:
			all[last].Answered = &said[i]
		case s.Act == Lift && last >= 0:
			all[last].Lifted = &said[i]
		}
	}
	return all
}
