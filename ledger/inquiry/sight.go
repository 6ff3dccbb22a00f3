package inquiry

import "mingbai/ledger"

// Sight is what somebody may see of a case. The zero value is nothing, not even that it exists: pages, lists, search,
// counts and notices all ask it.
type Sight struct {
	Exists   bool
	Text     bool // what the citizen wrote
	Answer   bool // the reply, once there is one
	Public   bool // the redacted copy, once there is one
	Course   bool // states, due dates, extensions, what the citizen was told
	Internal bool // opinions, returns, drafts, names of officers
	Identity bool // may ask for the sender's name, which is released apart, for a purpose, and audited
}

var (
	everything = Sight{Exists: true, Text: true, Answer: true, Public: true, Course: true, Internal: true}
	whoHandles = with(everything, func(s *Sight) { s.Identity = true })
)

func with(s Sight, change func(*Sight)) Sight {
	change(&s)
	return s
}

// Reader is anybody on the web.
var Reader = Actor{}

// sights are what roles see of a case that is not sealed and does not complain of them. Who is not here sees nothing.
var sights = map[Role]Sight{
	Citizen:    {Exists: true, Text: true, Answer: true, Public: true, Course: true},
	System:     everything,
	duty:       whoHandles,
	head:       everything,
	handler:    everything,
	supervisor: everything,
	auditor:    everything,
	discipline: whoHandles,
}

// sealedSights are what is left when a case went to discipline. The desk has lost it from sight.
var sealedSights = map[Role]Sight{
	Citizen:    {Exists: true, Text: true, Course: true},
	System:     {Exists: true, Course: true},
	discipline: whoHandles,
}

// See tells what somebody may see of a case. It says what a role is good for; that the role is theirs, or the code the
// case's, was checked before.
func See(c Case, by Actor) Sight {
	switch {
	case c.State == New:
		return Sight{}
	case c.Against.Hits(by) || c.Proposed.Against.Hits(by):
		return Sight{}
	case c.State == Sealed:
		return sealedSights[by.Role]
	case by == Reader:
		shown := c.PublicCopy != "" && in([]State{Published, Closed}, c.State)
		return Sight{Exists: shown, Public: shown}
	}
	s := sights[by.Role]
	if by.Role == handler {
		if by.Department == 0 || by.Department != c.Lead && !in(c.Assist, by.Department) {
			return Sight{}
		}
		s.Identity = c.NeedsSender
	}
	if c.Round().Approved == "" {
		s.Answer = s.Answer && s.Internal // a draft is the office's own business
	}
	s.Public = s.Public && c.PublicCopy != ""
	return s
}

// Sees says whether an officer sees anything of a case in any of the officer's roles.
func Sees(c Case, o ledger.Officer) bool {
	for _, role := range o.Roles {
		if by, err := As(o, role); err == nil && See(c, by).Exists {
			return true
		}
	}
	return false
}
