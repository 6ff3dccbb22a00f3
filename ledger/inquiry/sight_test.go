package inquiry

import (
	"strings"
	"testing"

	"mingbai/ledger"
)

// What every role sees in some states: e exists, t text, a answer, p public copy, c course, i internal, n may ask for the name.
func (s Sight) String() string {
	var b strings.Builder
	for i, on := range []bool{s.Exists, s.Text, s.Answer, s.Public, s.Course, s.Internal, s.Identity} {
		if on {
			b.WriteByte("etapcin"[i])
		}
	}
	if b.Len() == 0 {
		return "-"
	}
	return b.String()
}

func TestSight(t *testing.T) {
	actors := []Actor{
		Reader, Sender, liDuty, zhaoHandle, sunHandle, qianHead, wuSuper,
		{Role: auditor, Login: "shen"},
		zhengDisc,
		{Role: ledger.RoleAdmin, Login: "a"},
		{Role: ledger.RoleClerk, Login: "c"},
		{Role: ledger.RoleCertifier, Login: "f"},
	}
	//                   reader citizen duty handler other head super auditor discipline admin clerk certifier
	for name, want := range map[string]string{
		"new":         "-  -     -       -       -  -      -      -      -       - - -",
		"received":    "-  etc   etacin  -       -  etaci  etaci  etaci  etacin  - - -",
		"review":      "-  etc   etacin  etaci   -  etaci  etaci  etaci  etacin  - - -",
		"answered":    "-  etac  etacin  etaci   -  etaci  etaci  etaci  etacin  - - -",
		"published":   "ep etapc etapcin etapci  -  etapci etapci etapci etapcin - - -",
		"unpublished": "-  etac  etacin  etaci   -  etaci  etaci  etaci  etacin  - - -",
		"closed":      "-  etac  etacin  etaci   -  etaci  etaci  etaci  etacin  - - -",
		"withdrawn":   "-  etc   etacin  -       -  etaci  etaci  etaci  etacin  - - -",
		"sealed":      "-  etc   -       -       -  -      -      -      etapcin - - -",
	} {
		s := begin(t)
		ways[name](s)
		var got []string
		for _, by := range actors {
			got = append(got, See(s.c, by).String())
		}
		if strings.Join(got, " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%s: %s, want %s", name, strings.Join(got, " "), strings.Join(strings.Fields(want), " "))
		}
	}
}

// A case that was public and in a department's hands is gone from everybody's sight at the moment it is sealed.
func TestSealedIsLostFromSight(t *testing.T) {
	for name, way := range ways {
		s := begin(t)
		if way(s); s.c.State == New || s.c.State == Sealed {
			continue
		}
		s.act(liDuty, Seal)
		for _, role := range Roles {
			by := Actor{Role: role, Login: "x", Department: 3}
			if see := See(s.c, by).Exists; see != (role == Citizen || role == System || role == discipline) {
				t.Errorf("sealed from %s: %s sees it: %v", name, role, see)
			}
			if acts := Open(s.c, by); len(acts) > 0 && role != discipline && role != System {
				t.Errorf("sealed from %s: %s may %v", name, role, acts)
			}
		}
		if See(s.c, Reader).Exists {
			t.Errorf("sealed from %s: anybody sees it", name)
		}
		for _, r := range s.desk.Reminders(s.c) {
			if len(r.To) != 1 || r.To[0] != discipline {
				t.Errorf("sealed from %s: %v are told", name, r.To)
			}
		}
	}
	// The sender's own choice: the desk never sees it.
	s := begin(t)
	s.do(Sender, Action{Act: Send, Seal: true, Facts: Facts{Kind: Report, Channel: Kiosk}})
	if s.c.State != Sealed || len(s.events) != 2 || See(s.c, liDuty).Exists || s.clocks() != "accept 03-23" {
		t.Errorf("%+v", s.c)
	}
}

func TestWhoIsComplainedOfSeesNothing(t *testing.T) {
	s := begin(t).registered(Complaint, Ordinary, Against{Departments: []int64{4}, Persons: []string{"wu"}}).forwarded()
	for name, c := range map[string]struct {
		by   Actor
		sees bool
	}{
		"the supervisor":                  {wuSuper, false},
		"the same person as discipline":   {Actor{discipline, "wu", 0}, false},
		"a head of the department":        {Actor{head, "h", 4}, false},
		"a handler of the department":     {Actor{handler, "h", 4}, false},
		"another head":                    {qianHead, true},
		"the citizen":                     {Sender, true},
		"who assists":                     {Actor{handler, "hu", 5}, true},
		"a handler without a department":  {Actor{handler, "hu", 0}, false},
		"duty of no department whatever":  {liDuty, true},
		"somebody in an unknown capacity": {Actor{Role: "mayor", Login: "m"}, false},
	} {
		if got := See(s.c, c.by).Exists; got != c.sees {
			t.Errorf("%s sees it: %v", name, got)
		}
	}
	if !Sees(s.c, ledger.Officer{Login: "zhao", Roles: []Role{"clerk", handler}, Department: 3}) ||
		Sees(s.c, ledger.Officer{Login: "zhao", Roles: []Role{"clerk", handler}, Department: 3, Disabled: true}) {
		t.Error("an officer's roles are not taken together, or a disabled one sees")
	}
	// The identity is asked for only when the desk recorded why.
	if See(s.c, zhaoHandle).Identity {
		t.Error("a department may ask who sends without a reason")
	}
	s = begin(t).registered(Complaint, Ordinary, Against{}).do(liDuty, Action{Act: Forward, Facts: Facts{Lead: 3, NeedsIdentity: "要核对本人的补贴"}})
	if !See(s.c, zhaoHandle).Identity {
		t.Error("a department that needs it may not ask")
	}
}

func TestButtons(t *testing.T) {
	s := begin(t)
	ways["inhand"](s)
	for by, want := range map[Actor][]Act{
		zhaoHandle: {AskExtension, Draft, Respond},
		sunHandle:  nil,
		Sender:     {Withdraw},
		liDuty:     {Seal, Respond},
	} {
		got := Open(s.c, by)
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", by.Role, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", by.Role, got, want)
			}
		}
	}
}

func TestWhatTheCitizenIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		story func(*story)
		says  string
		days  int // explained
	}{
		"received":   {way("received"), "您的来件已经收到，正在登记。 最迟2026年3月16日办好。", 15},
		"clarifying": {way("clarifying"), "等您补正的这段时间不计入办理期限。 请在2026年3月16日24时以前补正。", 15},
		"late":       {func(s *story) { way("inhand")(s); s.when("2026-03-18") }, "承办部门正在办理您的来件。 应当在2026年3月16日以前办好，现在已经超期2个工作日", 15},
		"extended":   {func(s *story) { extension(s); s.act(qianHead, Extend) }, "最迟2026年3月19日办好。 期限已经延长3个工作日。", 18},
		"over the year's end": {
			func(s *story) { s.when("2026-12-24").sent(Complaint) },
			"最迟2027年1月7日（暂定）办好。 日期是暂定的：其中有一年的放假安排还没有公布", 15,
		},
		"answered":  {way("answered"), "已经答复，请看下面的答复，并请评价。 2026年3月17日24时以前可以评价", 16},
		"sealed":    {way("sealed"), "移送纪检监察机关", 22},
		"gone on":   {func(s *story) { way("withdrawn")(s); s.act(wuSuper, GoOn) }, "督查部门决定继续办理", 15},
		"contested": {func(s *story) { way("refused")(s); s.act(Sender, Contest) }, "正在由另外的人重新审查", 15},
		"closed":    {way("closed"), "您的来件已经办结。", 0},
	} {
		s := begin(t)
		c.story(s)
		st := s.desk.Status(s.c, s.at)
		text := strings.Join(append([]string{st.Text}, st.Extra...), " ")
		if !strings.Contains(text, c.says) || len(st.Explain) != c.days {
			t.Errorf("%s: %q, %d days", name, text, len(st.Explain))
		}
	}
	// The history tells what was told, and nothing of the office's own affairs.
	s := begin(t)
	second(s)
	s.act(wuSuper, Supervise).approved(zhouHead)
	var told []string
	for _, e := range s.events {
		if text := e.PublicText(); text != "" {
			told = append(told, text)
		}
	}
	const want = "您提交了来件；已登记，处理笺号2026-000001；转给承办部门办理；已答复；您要求重办；转给承办部门办理；已答复"
	if got := strings.Join(told, "；"); got != want {
		t.Errorf("the history is %q", got)
	}
}
