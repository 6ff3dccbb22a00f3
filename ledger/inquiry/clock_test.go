package inquiry

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// clocks are the running ones with their due dates: case 3月16日; a paused one has none.
func (s *story) clocks() string {
	var all []string
	for _, k := range s.c.Clocks {
		if !k.Running() {
			continue
		}
		text := string(k.Kind) + " "
		if due := s.desk.Due(k); due.Paused {
			text += "paused"
		} else {
			text += due.Day.Format("01-02")
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// Due dates counted by hand. March 2026 begins on a Sunday and has no holiday; 2 is a Monday.
func TestClocksOfEverySteps(t *testing.T) {
	for name, c := range map[string]struct {
		story func(*story)
		want  string
	}{
		"received":                  {way("received"), "case 03-16, register 03-03"},
		"a question":                {func(s *story) { s.sent(Question) }, "case 03-09, register 03-03"},
		"a report":                  {func(s *story) { s.sent(Report) }, "case 03-16, register 03-03, handover 03-02"},
		"a report at closing time":  {func(s *story) { s.when("2026-03-06 17:00:00").sent(Report) }, "case 03-20, register 03-09, handover 03-09"},
		"a report just before":      {func(s *story) { s.when("2026-03-06 16:59:59").sent(Report) }, "case 03-20, register 03-09, handover 03-06"},
		"Friday night":              {func(s *story) { s.when("2026-03-06 23:59:59").sent(Complaint) }, "case 03-20, register 03-09"},
		"Saturday":                  {func(s *story) { s.when("2026-03-07 00:00:00").sent(Complaint) }, "case 03-20, register 03-09"},
		"before a make-up Saturday": {func(s *story) { s.when("2026-02-13").sent(Complaint) }, "case 03-05, register 02-14"}, // 14(1) 24(2) 25 26 27(5) 28 班(6) 2(7) 3 4 5(10)
		"registered":                {way("registered"), "case 03-16, route 03-05"},
		"a wrong class put right":   {func(s *story) { s.sent(Complaint).registered(Question, Ordinary, Against{}) }, "case 03-09, route 03-05"},
		"clarifying":                {way("clarifying"), "case paused, route paused, clarify 03-16"},
		"clarified": {
			// Out 2–6; case 9(1) … 20(10); route 9 10 11.
			func(s *story) { way("clarifying")(s); s.when("2026-03-06").act(Sender, Clarify) },
			"case 03-20, route 03-11",
		},
		"refusing":              {way("refusing"), "case 03-16, route 03-05"},
		"direct":                {way("direct"), "case 03-09, answer 03-05"},
		"a question forwarded":  {func(s *story) { s.registered(Question, Ordinary, Against{}).forwarded() }, "case 03-16, sign 03-03"},
		"forwarded":             {way("forwarded"), "case 03-16, sign 03-03"},
		"with an investigation": {func(s *story) { investigated(s) }, "case 03-26, sign 03-03"}, // 6(4) 13(9) 20(14) 26(18)
		"investigating":         {func(s *story) { investigated(s); s.act(zhaoHandle, Sign) }, "case 03-26, answer 03-23"},
		"returning":             {way("returning"), "case 03-16, return 03-03"},
		"a return denied late": {
			func(s *story) { way("returning")(s); s.when("2026-03-05").act(qianHead, DenyReturn) },
			"case 03-16, sign 03-06",
		},
		"a return granted": {
			func(s *story) { way("returning")(s); s.when("2026-03-05").act(qianHead, GrantReturn) },
			"case 03-16, route 03-10", // the case clock goes on
		},
		"in hand":                      {way("inhand"), "case 03-16, answer 03-11"},
		"extended":                     {func(s *story) { extension(s); s.act(qianHead, Extend) }, "case 03-19, answer 03-16"},
		"extended in the last second":  {func(s *story) { extension(s); s.when("2026-03-11 23:59:59").act(qianHead, Extend) }, "case 03-19, answer 03-16"},
		"in review":                    {way("review"), "case 03-16, review 03-03"},
		"revising":                     {way("revising"), "case 03-16, revise 03-03"},
		"reopened":                     {func(s *story) { s.answered().when("2026-03-09").act(Sender, Reopen) }, "case 03-23, route 03-12"},
		"answered":                     {way("answered"), "publish 03-09, settle 03-17"},
		"published":                    {way("published"), "settle 03-17"},
		"closed":                       {way("closed"), ""},
		"withdrawn":                    {way("withdrawn"), ""},
		"gone on":                      {func(s *story) { way("withdrawn")(s); s.when("2026-03-09").act(wuSuper, GoOn) }, "case 03-23, register 03-10"},
		"merged":                       {way("merged"), "case 03-16"},
		"ordered":                      {func(s *story) { way("inhand")(s); s.act(wuSuper, Supervise) }, "case 03-16, answer 03-11, order 03-05"},
		"an order answered":            {func(s *story) { way("inhand")(s); s.act(wuSuper, Supervise).act(zhaoHandle, Respond) }, "case 03-16, answer 03-11"},
		"sealed":                       {way("sealed"), "accept 03-23"},
		"sealed, told":                 {func(s *story) { way("sealed")(s); s.act(zhengDisc, Acknowledge) }, ""},
		"信访":                           {func(s *story) { s.registered(Complaint, Petition, Against{}) }, "route 03-05, petition 03-17"},
		"信访 registered late":           {func(s *story) { s.sent(Complaint).when("2026-03-10").registered(Complaint, Petition, Against{}) }, "route 03-13, petition 03-17"},
		"信访 taken on":                  {func(s *story) { petition(s) }, "case 05-06, sign 03-05"}, // 03-04 and 60 days: 05-03 劳动节, rolls
		"信访 in hand":                   {func(s *story) { petition(s); s.act(zhaoHandle, Sign) }, "case 05-06"},
		"信访 extended":                  {func(s *story) { petition(s); extend(s, 30) }, "case 06-02"}, // 03-04 and 90 days
		"信访 returned":                  {func(s *story) { petition(s); s.act(zhaoHandle, AskReturn).act(qianHead, GrantReturn) }, "case 05-06, route 03-09"},
		"依申请公开":                        {func(s *story) { s.registered(Request, Disclosure, Against{}) }, "case 03-30, route 03-05"},
		"依申请公开 clarifying":             {func(s *story) { disclosure(s) }, "case paused, route paused, clarify 03-16"},
		"依申请公开 counts anew":            {func(s *story) { disclosure(s); s.when("2026-03-09").act(Sender, Clarify) }, "route 03-12, case 04-07"}, // 10(1) 13(4) 20(9) 27(14) 3 Apr(19); 清明; 7(20)
		"依申请公开 extended":               {func(s *story) { s.registered(Request, Disclosure, Against{}).forwarded(); extend(s, 20) }, "case 04-28"},
		"a year end without a notice":  {func(s *story) { s.when("2026-12-24").sent(Complaint) }, "case 01-07, register 12-25"},
		"a county with its own limits": {func(s *story) { s.desk.Periods.Register.N = 2; s.sent(Complaint) }, "case 03-16, register 03-04"},
		"limits that changed since":    {func(s *story) { s.sent(Complaint); s.desk.Periods.Case.N = 2; s.act(wuSuper, Supervise) }, "case 03-16, register 03-03, order 03-05"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			c.story(s)
			if got := s.clocks(); got != c.want {
				t.Errorf("runs %q, want %q", got, c.want)
			}
			s.folded()
		})
	}
}

func investigated(s *story) {
	s.registered(Complaint, Ordinary, Against{}).do(liDuty, Action{Act: Forward, Facts: Facts{Lead: 3, Investigate: true}})
}

func petition(s *story) {
	s.registered(Complaint, Petition, Against{}).when("2026-03-04").forwarded()
}

func disclosure(s *story) { s.registered(Request, Disclosure, Against{}).act(liDuty, AskClarify) }

func extend(s *story, days int) {
	s.act(zhaoHandle, Sign).do(zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "情况复杂", Days: days}}).act(qianHead, Extend)
}

// Lateness adds up over returns and reopenings, and no act takes any back.
func TestLatenessIsKept(t *testing.T) {
	s := begin(t).sent(Complaint)
	late := func(want Lateness) {
		t.Helper()
		if got := s.desk.Lateness(s.c, s.at); got != want {
			t.Errorf("on %s in %s late by %+v, want %+v", s.at.In(ledger.Shanghai).Format("01-02 15:04"), s.c.State, got, want)
		}
	}
	s.when("2026-03-03 23:59:59")
	late(Lateness{})
	s.when("2026-03-04 00:00:00")
	late(Lateness{0, 1}) // registration was due on the 3rd
	s.when("2026-03-05").registered(Complaint, Ordinary, Against{})
	late(Lateness{0, 2})
	s.forwarded().when("2026-03-06").act(zhaoHandle, AskReturn).when("2026-03-10").act(qianHead, GrantReturn)
	late(Lateness{0, 3})                   // the head was due on the 9th
	s.when("2026-03-14").forwarded()       // a Saturday: route was due on the 13th
	late(Lateness{0, 4})                   // a day begun is a day
	s.when("2026-03-16").act(sun3(), Sign) // in time
	s.when("2026-03-17")
	late(Lateness{1, 4}) // the case was due on the 16th
	s.do(zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "要核实", Days: 7}}).act(qianHead, Extend)
	late(Lateness{1, 4}) // an extension of the answer does not bring the case back in time
	if got := s.clocks(); got != "case 03-16, answer 04-03" {
		t.Error(got) // 17(1) 20(4) 27(9) 3(14)
	}
	s.when("2026-03-18").drafted(zhaoHandle, "答复").approved(qianHead)
	late(Lateness{2, 4})
	s.when("2026-04-01") // 5 workdays to publish were over on the 25th: 26 27 30 31 1
	late(Lateness{2, 9})
	s.act(Sender, Reopen)
	late(Lateness{2, 9})
	s.when("2026-06-30").act(Sender, Withdraw)
	if got := s.desk.Lateness(s.c, s.at); got.Case < 40 || got.Steps < 40 {
		t.Errorf("a reopened case that lay until it was withdrawn is late by %+v", got)
	}
	settled := s.desk.Lateness(s.c, s.at)
	s.when("2026-12-01")
	late(settled)
	s.act(wuSuper, GoOn)
	late(settled)
	s.folded()
}

// sun3 is another handler of department 3: who asked for a return need not be who signs.
func sun3() Actor { return Actor{handler, "lin", 3} }

func TestACalendarChangeRecounts(t *testing.T) {
	over := begin(t).when("2026-12-24").registered(Complaint, Ordinary, Against{}) // case: 31(5) 1 4 5 6 7(10)
	inYear := begin(t).when("2026-12-01").registered(Question, Ordinary, Against{})
	gone := begin(t).when("2026-12-24").sent(Complaint).act(Sender, Withdraw) // its clocks stood still when the notice came
	before := over.desk.Calendar
	// What 2027 is invented to be: 01-01 is off, Saturday 01-02 and Sunday too.
	notices, err := workday.Parse(strings.NewReader("2027 2027年放假安排（虚构）\n休 元旦 01-01..01-03\n休 春节 02-05..02-12\n"))
	if err != nil {
		t.Fatal(err)
	}
	desk := over.desk
	if desk.Calendar, err = before.With(notices[0]); err != nil {
		t.Fatal(err)
	}
	events, err := desk.Recounted([]Case{inYear.c, over.c, gone.c, {}}, before, notices[0].Name, on(t, "2026-12-25"))
	if err != nil || len(events) != 1 || len(events[1]) != 1 {
		t.Fatalf("%v, %v", events, err)
	}
	const want = "按2027年放假安排（虚构）重算期限；全程期限由2027年1月7日（暂定）改为2027年1月8日"
	if got := events[1][0].PublicText(); got != want {
		t.Errorf("says %q", got)
	}
	next, err := over.c.Then(events[1][0])
	if err != nil || next.State != Registered || next.Seq != over.c.Seq+1 {
		t.Errorf("%+v, %v", next, err)
	}
	// A date that only becomes certain is said too.
	now := workday.Due{Day: on(t, "2027-01-05"), At: on(t, "2027-01-06 00:00:00")}
	was := now
	was.Provisional = true
	certain := Moved{CaseClock, was, now}
	if got := certain.Text(); got != "全程期限2027年1月5日，不再是暂定" {
		t.Error(got)
	}
}

func TestPeriodsOfACounty(t *testing.T) {
	for says, change := range map[string]func(*Periods){
		"“登记”的期限要在1到180之间":   func(p *Periods) { p.Register.N = 0 },
		"“信访办结”的期限要在1到180之间": func(p *Periods) { p.Petition.N = 181 },
		"“移送纪检”的期限要在0到180之间": func(p *Periods) { p.HandOver.N = -1 },
		"“签收”的期限要写明是工作日还是日":  func(p *Periods) { p.Sign.Unit = "" },
		"同一种单位": func(p *Periods) { p.Case.Unit = workday.Days },
	} {
		p := DefaultPeriods()
		change(&p)
		if got := p.Fault(); !strings.Contains(got, says) {
			t.Errorf("%q, want %q", got, says)
		}
	}
}

// What stopped in time is not told of again; what was late is.
func TestStandings(t *testing.T) {
	s := begin(t).sent(Complaint)
	s.when("2026-03-05").registered(Complaint, Ordinary, Against{}).when("2026-03-06").forwarded().act(zhaoHandle, Sign).when("2026-03-17")
	got := ""
	for _, k := range s.desk.Standings(s.c, s.at) {
		got += fmt.Sprintf("%s %t %s %d; ", k.Kind, k.Running, k.Due.Day.Format("01-02"), k.Late)
	}
	if want := "case true 03-16 1; register false 01-01 2; answer true 03-17 0; "; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
