package inquiry

import (
	"slices"
	"strings"

	"mingbai/ledger"
)

// Paper is one of the desk's printed papers about a case. The register, which is about all of them, is no Paper.
type Paper string

// Papers: the slip stays in the office, the others go to whoever sent the case. All bear the slip's number.
const (
	SlipPaper     Paper = "slip"
	AcceptPaper   Paper = "accept"
	RefusalPaper  Paper = "refusal"
	FeedbackPaper Paper = "feedback"
)

// Papers are all papers in the order of a case's life.
var Papers = []Paper{SlipPaper, AcceptPaper, RefusalPaper, FeedbackPaper}

var paperRules = map[Paper]struct {
	name string
	when string            // the case is in order for it, for a message
	is   func(c Case) bool // it may be made
}{
	SlipPaper:     {"处理笺", "来件以后", func(c Case) bool { return c.State != New }},
	AcceptPaper:   {"受理通知单", "决定直办或者转办以后", func(c Case) bool { return c.Accepted && c.Slip != (Slip{}) }},
	RefusalPaper:  {"不予受理告知书", "决定不予受理以后", func(c Case) bool { return c.State == Refused }},
	FeedbackPaper: {"满意情况反馈单", "答复以后", func(c Case) bool { return c.Answered() }},
}

// Name is the paper's title.
func (p Paper) Name() string { return paperRules[p].name }

// Leaves says whether the paper goes out of the office. Such a one tells nothing of who sent the case, or of who works on it.
func (p Paper) Leaves() bool { return p != SlipPaper }

// Of says whether the paper can be made of a case.
func (p Paper) Of(c Case) bool {
	rule, known := paperRules[p]
	return known && rule.is(c)
}

// Early refuses a paper before its time.
func (p Paper) Early() error {
	return ledger.Errorf(ledger.KindConflict, "%s要在%s才能印", p.Name(), paperRules[p].when)
}

// Answered says whether the case has had a reply, in any of its rounds.
func (c Case) Answered() bool {
	return slices.ContainsFunc(c.Rounds, func(r Round) bool { return r.Approved != "" })
}

// Without is a text that went into a paper without the names of who sent the case. Where they stand in it in another guise than
// they were given, it is left out whole: what it says was told to the sender before.
func (s Identity) Without(text string) string {
	for _, secret := range [][2]string{{s.Phone, "（电话）"}, {s.Name, "来件人"}} {
		if len([]rune(secret[0])) > 1 {
			text = strings.ReplaceAll(text, secret[0], secret[1])
		}
	}
	if leaks := LeaksIn("", text, Secrets{Identity: s}); len(leaks) > 0 {
		return "（略）"
	}
	return text
}
