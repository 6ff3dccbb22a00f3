package inquiry

import "time"

// Figures are what the desk did with the cases that came in a year. What went to discipline is in none of them but Sealed.
type Figures struct {
	Year        int
	Made        time.Time
	Total       Count
	Sealed      int // of the year, counted apart
	Months      []FigureLine
	Departments []FigureLine
	Kinds       []FigureLine
}

// FigureLine is a part of the year's cases. The lines of a list add up to the year.
type FigureLine struct {
	Name string
	Count
}

// Count is of cases. Those that were received are in just one of Direct to Waiting.
type Count struct {
	Received  int
	Direct    int // the desk itself answers
	Forwarded int // a department answers
	Refused   int
	Merged    int // goes with another case
	Withdrawn int // by the sender, or not clarified in time
	Waiting   int // nobody was told to answer yet

	Answered int // had a reply
	OnTime   int // of Answered: no reply of any round was late
	Median   int // workdays from the receipt to the first reply: half of Answered took no longer
	P90      int // nine tenths of Answered took no longer

	Rated   int // replies that their sender rated
	Content int // of Rated: 满意 or 基本满意
}

// Other are received cases that were neither taken up nor refused.
func (c Count) Other() int { return c.Merged + c.Withdrawn + c.Waiting }

// Late are answered cases of which a reply was late.
func (c Count) Late() int { return c.Answered - c.OnTime }

// Discontent are rated replies that were called 不满意.
func (c Count) Discontent() int { return c.Rated - c.Content }
