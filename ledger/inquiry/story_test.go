package inquiry

import (
	"reflect"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// People of the tests. Department 3 answers; department 4 is another.
var (
	liDuty     = Actor{Role: duty, Login: "li"}
	wangDuty   = Actor{Role: duty, Login: "wang"}
	zhaoHandle = Actor{Role: handler, Login: "zhao", Department: 3}
	sunHandle  = Actor{Role: handler, Login: "sun", Department: 4}
	qianHead   = Actor{Role: head, Login: "qian"}
	zhouHead   = Actor{Role: head, Login: "zhou"}
	wuSuper    = Actor{Role: supervisor, Login: "wu"}
	zhengDisc  = Actor{Role: discipline, Login: "zheng"}
)

func on(t testing.TB, text string) time.Time {
	t.Helper()
	if len(text) == len("2006-01-02") {
		text += " 10:00:00"
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, ledger.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// story is a case on its way, with its events and the last slip that was given.
type story struct {
	t      testing.TB
	desk   Desk
	at     time.Time
	c      Case
	events []Event
	last   Slip
	main   *story // of a merged case
}

func begin(t testing.TB) *story {
	return &story{t: t, desk: Desk{workday.National(), DefaultPeriods()}, at: on(t, "2026-03-02")}
}

// try does an act, and holds that a refused one changes nothing and says why.
func (s *story) try(by Actor, a Action) error {
	s.t.Helper()
	events, err := s.desk.Apply(s.c, a, by, s.at)
	if err != nil {
		if len(events) > 0 || ledger.KindOf(err) == ledger.KindInternal || len([]rune(ledger.MessageOf(err))) < 10 {
			s.t.Fatalf("%s in %s: refused with %d events, %v", a.Act, s.c.State, len(events), err)
		}
		return err
	}
	for _, e := range events {
		if s.c, err = s.c.Then(e); err != nil {
			s.t.Fatalf("%s in %s made an event that does not follow: %v", a.Act, e.From, err)
		}
		if e.Act == Countersign && e.Slip == s.last.next(s.t, s.at) {
			s.last = e.Slip
		}
	}
	s.events = append(s.events, events...)
	return nil
}

func (s Slip) next(t testing.TB, at time.Time) Slip {
	next, err := s.Next(at)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func (s *story) do(by Actor, a Action) *story {
	s.t.Helper()
	if err := s.try(by, a); err != nil {
		s.t.Fatalf("%s by %s in %s: %v", a.Act, by.Role, s.c.State, err)
	}
	return s
}

// act does what needs nothing but a text.
func (s *story) act(by Actor, acts ...Act) *story {
	s.t.Helper()
	for _, a := range acts {
		s.do(by, Action{Act: a, Facts: Facts{Text: "说明理由"}})
	}
	return s
}

// when moves the clock to a date.
func (s *story) when(text string) *story {
	s.at = on(s.t, text)
	return s
}

func (s *story) sent(k Kind) *story {
	return s.do(Sender, Action{Act: Send, Facts: Facts{Kind: k, Channel: Web}})
}

func (s *story) registered(k Kind, track Track, against Against) *story {
	s.t.Helper()
	if s.c.State == New {
		s.sent(k)
	}
	return s.do(liDuty, Action{Act: Register, Facts: Facts{Kind: k, Track: track, Against: against}}).
		do(wangDuty, Action{Act: Countersign, Last: s.last})
}

func (s *story) forwarded() *story {
	return s.do(liDuty, Action{Act: Forward, Facts: Facts{Lead: 3, Assist: []int64{5}}})
}

func (s *story) drafted(by Actor, text string) *story {
	return s.do(by, Action{Act: Draft, Facts: Facts{Answer: HashOf(text)}})
}

func (s *story) approved(by Actor) *story {
	return s.do(by, Action{Act: Approve, Facts: Facts{Answer: s.c.Round().Answer}})
}

func (s *story) answered() *story {
	return s.registered(Complaint, Ordinary, Against{}).forwarded().act(zhaoHandle, Sign).drafted(zhaoHandle, "答复").approved(qianHead)
}

// ways lead to every state by real acts; some states look different when the desk answers itself.
var ways map[string]func(*story)

// The ways begin with one another, so they are made when the program starts.
func init() {
	ways = map[string]func(*story){
		"new":        func(*story) {},
		"received":   func(s *story) { s.sent(Complaint) },
		"registered": func(s *story) { s.registered(Complaint, Ordinary, Against{}) },
		"clarifying": func(s *story) { s.registered(Complaint, Ordinary, Against{}).act(liDuty, AskClarify) },
		"refusing":   func(s *story) { s.registered(Complaint, Ordinary, Against{}); refusal(s) },
		"direct":     func(s *story) { s.registered(Question, Ordinary, Against{}).act(liDuty, TakeDirect) },
		"forwarded":  func(s *story) { s.registered(Complaint, Ordinary, Against{}).forwarded() },
		"returning":  func(s *story) { s.registered(Complaint, Ordinary, Against{}).forwarded().act(zhaoHandle, AskReturn) },
		"inhand":     func(s *story) { s.registered(Complaint, Ordinary, Against{}).forwarded().act(zhaoHandle, Sign) },
		"review":     func(s *story) { ways["inhand"](s); s.drafted(zhaoHandle, "答复") },
		"revising":   func(s *story) { ways["review"](s); s.act(qianHead, SendBack) },
		"reopened":   func(s *story) { s.answered().act(Sender, Reopen) },
		"merged":     merged,
		"answered":   func(s *story) { s.answered() },
		"published": func(s *story) {
			s.answered().do(qianHead, Action{Act: Publish, Facts: Facts{Public: HashOf("公开稿")}})
		},
		"unpublished": func(s *story) { s.answered().do(qianHead, Action{Act: Withhold, Facts: Facts{Ground: "privacy"}}) },
		"closed":      func(s *story) { s.answered().when("2026-05-20").act(Clockwork, Close) },
		"refused":     func(s *story) { ways["refusing"](s); s.act(qianHead, Refuse) },
		"abandoned":   func(s *story) { ways["clarifying"](s); s.when("2026-05-20").act(Clockwork, Abandon) },
		"withdrawn":   func(s *story) { s.registered(Complaint, Ordinary, Against{}).act(Sender, Withdraw) },
		"sealed":      func(s *story) { s.registered(Report, Ordinary, Against{}).act(liDuty, Seal) },

		"review/direct":   func(s *story) { ways["direct"](s); s.drafted(liDuty, "答复") },
		"revising/direct": func(s *story) { ways["review/direct"](s); s.act(qianHead, SendBack) },
	}
}

func refusal(s *story) {
	s.do(liDuty, Action{Act: ProposeRefusal, Facts: Facts{Ground: "court", Right: "县人民法院"}})
}

func merged(s *story) {
	s.main = begin(s.t).registered(Complaint, Ordinary, Against{})
	s.last = s.main.last
	s.registered(Complaint, Ordinary, Against{}).do(liDuty, Action{Act: Merge, Main: &s.main.c})
}

// folded holds that the case is what its events make.
func (s *story) folded() {
	s.t.Helper()
	if c, err := Fold(s.events); err != nil || !reflect.DeepEqual(c, s.c) {
		s.t.Fatalf("folded anew the case is %+v, %v; it was %+v", c, err, s.c)
	}
}
