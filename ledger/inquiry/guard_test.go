package inquiry

import (
	"errors"
	"strings"
	"testing"

	"mingbai/ledger"
)

// Every guard, seen to stand in the way with its own words; and let through where the story shows it.
func TestGuards(t *testing.T) {
	text := Facts{Text: "理由"}
	against := func(d []int64, p ...string) Against { return Against{Departments: d, Persons: p} }
	for name, c := range map[string]struct {
		story func(*story)
		by    Actor
		try   Action
		kind  *ledger.Error
		says  string
	}{
		"send: no kind":             {nil, Sender, Action{Act: Send, Facts: Facts{Channel: Web}}, ledger.ErrInvalid, "类别"},
		"send: no channel":          {nil, Sender, Action{Act: Send, Facts: Facts{Kind: Question}}, ledger.ErrInvalid, "渠道"},
		"send: citizen by phone":    {nil, Sender, Action{Act: Send, Facts: Facts{Kind: Question, Channel: Phone}}, ledger.ErrInvalid, "代为录入"},
		"send: duty by the web":     {nil, liDuty, Action{Act: Send, Facts: Facts{Kind: Question, Channel: Web}}, ledger.ErrInvalid, "来件人自己"},
		"register: no track":        {way("received"), liDuty, Action{Act: Register, Facts: Facts{Kind: Question}}, ledger.ErrInvalid, "办理途径"},
		"register: the bureau":      {way("received"), liDuty, Action{Act: Register, Facts: Facts{Kind: Question, Track: Ordinary, Against: against([]int64{0})}}, ledger.ErrInvalid, "移送纪检"},
		"countersign: nothing":      {way("received"), wangDuty, Action{Act: Countersign}, ledger.ErrConflict, "还没有人登记"},
		"countersign: own":          {proposed, liDuty, Action{Act: Countersign}, ledger.ErrDenied, "另一位值班人员"},
		"countersign: clock back":   {proposed, wangDuty, Action{Act: Countersign, Last: Slip{2027, 1}}, ledger.ErrConflict, "校准"},
		"countersign: numbers gone": {proposed, wangDuty, Action{Act: Countersign, Last: Slip{2026, 999_999}}, ledger.ErrConflict, "用完"},
		"clarify: nothing listed":   {way("registered"), liDuty, Action{Act: AskClarify}, ledger.ErrInvalid, "一次说清"},
		"clarify: twice": {
			func(s *story) { way("clarifying")(s); s.act(Sender, Clarify) }, liDuty,
			Action{Act: AskClarify, Facts: text},
			ledger.ErrConflict, "一次",
		},
		"clarify: brings nothing":  {way("clarifying"), Sender, Action{Act: Clarify, Facts: Facts{Text: " \n"}}, ledger.ErrInvalid, "补正的内容"},
		"abandon: too early":       {way("clarifying"), Clockwork, Action{Act: Abandon}, ledger.ErrConflict, "2026年3月16日24时"},
		"refuse: no ground":        {way("registered"), liDuty, Action{Act: ProposeRefusal, Facts: Facts{Ground: "privacy", Right: "法院"}}, ledger.ErrInvalid, "依据"},
		"refuse: no right channel": {way("registered"), liDuty, Action{Act: ProposeRefusal, Facts: Facts{Ground: "court"}}, ledger.ErrInvalid, "哪里反映"},
		"refuse: own proposal":     {way("refusing"), Actor{Role: head, Login: "li"}, Action{Act: Refuse}, ledger.ErrDenied, "另一位审核人"},
		"refuse: again by the same after a contest": {
			func(s *story) { way("refused")(s); s.act(Sender, Contest); refusal(s) },
			qianHead,
			Action{Act: Refuse},
			ledger.ErrDenied, "另一位审核人",
		},
		"contest: twice": {
			func(s *story) { way("refused")(s); s.act(Sender, Contest); refusal(s); s.act(zhouHead, Refuse) },
			Sender,
			Action{Act: Contest, Facts: text},
			ledger.ErrConflict, "一次",
		},
		"contest: no reason":   {way("refused"), Sender, Action{Act: Contest}, ledger.ErrInvalid, "理由"},
		"refusal denied: mute": {way("refusing"), qianHead, Action{Act: DenyRefusal}, ledger.ErrInvalid, "意见"},

		"merge: no main":            {way("registered"), liDuty, Action{Act: Merge}, ledger.ErrConflict, "没有找到主案"},
		"merge: sealed main":        {way("registered"), liDuty, Action{Act: Merge, Main: &Case{State: Sealed, Slip: Slip{2026, 9}}}, ledger.ErrConflict, "没有找到主案"},
		"merge: itself":             {way("registered"), liDuty, Action{Act: Merge, Main: &Case{State: Registered, Slip: Slip{2026, 1}}}, ledger.ErrConflict, "自己"},
		"merge: answered main":      {way("registered"), liDuty, Action{Act: Merge, Main: &Case{State: Answered, Slip: Slip{2026, 9}}}, ledger.ErrConflict, "已答复"},
		"merge: merged main":        {way("registered"), liDuty, Action{Act: Merge, Main: &Case{State: Merged, Slip: Slip{2026, 9}}}, ledger.ErrConflict, "并案"},
		"merge: another sender":     {way("registered"), liDuty, Action{Act: Merge, Main: &Case{State: Direct, Slip: Slip{2026, 9}}, Facts: Facts{OtherSender: true}}, ledger.ErrDenied, "审核人"},
		"split: main not given":     {way("merged"), Clockwork, Action{Act: Split}, ledger.ErrConflict, "主案"},
		"split: main goes on":       {way("merged"), Clockwork, Action{Act: Split, Main: &Case{State: InHand, Slip: Slip{2026, 1}}}, ledger.ErrConflict, "还在办理"},
		"split: main has a reply":   {way("merged"), Clockwork, Action{Act: Split, Main: &Case{State: Closed, Slip: Slip{2026, 1}, Rounds: []Round{{Approved: "x"}}}}, ledger.ErrConflict, "已经答复"},
		"split: duty without words": {way("merged"), liDuty, Action{Act: Split}, ledger.ErrConflict, "理由"},
		"carry: no reply yet":       {way("merged"), Clockwork, Action{Act: Carry, Main: &Case{State: InHand, Slip: Slip{2026, 1}}}, ledger.ErrConflict, "还没有答复"},
		"carry: another main":       {way("merged"), Clockwork, Action{Act: Carry, Main: &Case{State: Closed, Slip: Slip{2026, 9}, Rounds: []Round{{Approved: "x"}}}}, ledger.ErrConflict, "还没有答复"},

		"forward: nobody":     {way("registered"), liDuty, Action{Act: Forward}, ledger.ErrInvalid, "主办部门"},
		"forward: lead twice": {way("registered"), liDuty, Action{Act: Forward, Facts: Facts{Lead: 3, Assist: []int64{3}}}, ledger.ErrInvalid, "不能和主办部门相同"},
		"forward: to whom it complains of": {
			func(s *story) { s.registered(Complaint, Ordinary, against([]int64{3})) },
			liDuty,
			Action{Act: Forward, Facts: Facts{Lead: 3}},
			ledger.ErrDenied, "被投诉的部门",
		},
		"forward: assisted by whom it complains of": {
			func(s *story) { s.registered(Complaint, Ordinary, against([]int64{3})) },
			liDuty,
			Action{Act: Forward, Facts: Facts{Lead: 4, Assist: []int64{3}}},
			ledger.ErrDenied, "被投诉的部门",
		},
		"who is complained of": {
			func(s *story) { s.registered(Complaint, Ordinary, against(nil, "chen")) },
			Actor{Role: duty, Login: "chen"},
			Action{Act: TakeDirect},
			ledger.ErrNotFound, "没有找到",
		},
		"who is complained of does not countersign": {
			func(s *story) {
				s.sent(Complaint).do(liDuty, Action{Act: Register, Facts: Facts{Kind: Complaint, Track: Ordinary, Against: against(nil, "wang")}})
			},
			wangDuty,
			Action{Act: Countersign},
			ledger.ErrNotFound, "没有找到",
		},
		"whose department is complained of does not review": {
			func(s *story) {
				s.registered(Complaint, Ordinary, against([]int64{9})).forwarded().act(zhaoHandle, Sign).drafted(zhaoHandle, "x")
			},
			Actor{head, "he", 9},
			Action{Act: Approve, Facts: Facts{Answer: HashOf("x")}},
			ledger.ErrNotFound, "没有找到",
		},
		"sign: another department": {way("forwarded"), sunHandle, Action{Act: Sign}, ledger.ErrNotFound, "没有找到"},
		"sign: who assists":        {way("forwarded"), Actor{handler, "hu", 5}, Action{Act: Sign}, ledger.ErrDenied, "主办部门"},
		"return: twice": {
			func(s *story) { way("returning")(s); s.act(qianHead, DenyReturn) },
			zhaoHandle,
			Action{Act: AskReturn, Facts: text},
			ledger.ErrConflict, "已经退过一次",
		},
		"return: by the next department": {
			func(s *story) {
				way("returning")(s)
				s.act(qianHead, GrantReturn).do(liDuty, Action{Act: Forward, Facts: Facts{Lead: 4}})
			},
			sunHandle,
			Action{Act: AskReturn, Facts: text},
			ledger.ErrConflict, "已经退过一次",
		},
		"return: at the last moment's end": {
			func(s *story) { way("forwarded")(s); s.when("2026-03-04 00:00:00") },
			zhaoHandle,
			Action{Act: AskReturn, Facts: text},
			ledger.ErrConflict, "签收期限",
		},
		"return: no reason":    {way("forwarded"), zhaoHandle, Action{Act: AskReturn}, ledger.ErrInvalid, "理由"},
		"return: own request":  {way("returning"), Actor{Role: head, Login: "zhao"}, Action{Act: GrantReturn}, ledger.ErrDenied, "另一位"},
		"return: denied, mute": {way("returning"), qianHead, Action{Act: DenyReturn}, ledger.ErrInvalid, "意见"},

		"extension: too long":     {way("inhand"), zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "x", Days: 8}}, ledger.ErrInvalid, "1到7天"},
		"extension: of nothing":   {way("inhand"), zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "x"}}, ledger.ErrInvalid, "1到7天"},
		"extension: mute":         {way("inhand"), zhaoHandle, Action{Act: AskExtension, Facts: Facts{Days: 3}}, ledger.ErrInvalid, "理由"},
		"extension: too late":     {func(s *story) { way("inhand")(s); s.when("2026-03-12 00:00:00") }, zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "x", Days: 3}}, ledger.ErrConflict, "到期"},
		"extension: own":          {extension, Actor{Role: head, Login: "zhao"}, Action{Act: Extend, Facts: text}, ledger.ErrDenied, "另一位"},
		"extension: unexplained":  {extension, qianHead, Action{Act: Extend}, ledger.ErrInvalid, "告诉来件人"},
		"extension: granted late": {func(s *story) { extension(s); s.when("2026-03-12 00:00:00") }, qianHead, Action{Act: Extend, Facts: text}, ledger.ErrConflict, "到期"},
		"extension: unasked":      {way("inhand"), qianHead, Action{Act: Extend, Facts: text}, ledger.ErrConflict, "先申请"},
		"extension: twice":        {func(s *story) { extension(s); s.act(qianHead, Extend) }, zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "x", Days: 1}}, ledger.ErrConflict, "一次"},
		"extension: after a no":   {func(s *story) { extension(s); s.act(qianHead, DenyExtension) }, zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "x", Days: 1}}, ledger.ErrConflict, "一次"},

		"draft: empty":                     {way("inhand"), zhaoHandle, Action{Act: Draft}, ledger.ErrInvalid, "还没有写"},
		"draft: revised by duty":           {way("revising"), liDuty, Action{Act: Draft, Facts: Facts{Answer: "x"}}, ledger.ErrDenied, "主办部门"},
		"sendback: mute":                   {way("review"), qianHead, Action{Act: SendBack}, ledger.ErrInvalid, "意见"},
		"sendback: own draft":              {way("review"), Actor{Role: head, Login: "zhao"}, Action{Act: SendBack, Facts: text}, ledger.ErrDenied, "起草"},
		"approve: own draft":               {way("review/direct"), Actor{Role: head, Login: "li"}, Action{Act: Approve, Facts: Facts{Answer: HashOf("答复")}}, ledger.ErrDenied, "起草"},
		"approve: an earlier draft of own": {redrafted, Actor{Role: head, Login: "zhao"}, Action{Act: Approve, Facts: Facts{Answer: HashOf("改稿")}}, ledger.ErrDenied, "起草"},
		"approve: edited since":            {redrafted, qianHead, Action{Act: Approve, Facts: Facts{Answer: HashOf("答复")}}, ledger.ErrConflict, "改动过"},
		"approve: nothing":                 {way("review"), qianHead, Action{Act: Approve}, ledger.ErrConflict, "重新打开"},
		"approve: reopened, same reviewer": {second, qianHead, Action{Act: Approve, Facts: Facts{Answer: HashOf("重办")}}, ledger.ErrDenied, "上一轮"},
		"sendback: reopened, same":         {second, qianHead, Action{Act: SendBack, Facts: text}, ledger.ErrDenied, "上一轮"},
		"publish: no copy":                 {way("answered"), qianHead, Action{Act: Publish}, ledger.ErrInvalid, "公开稿"},
		"publish: the drafter":             {way("answered"), Actor{Role: head, Login: "zhao"}, Action{Act: Publish, Facts: Facts{Public: "x"}}, ledger.ErrDenied, "起草"},
		"withhold: no ground":              {way("answered"), qianHead, Action{Act: Withhold, Facts: Facts{Ground: "court"}}, ledger.ErrInvalid, "依据"},
		"rate: nonsense":                   {way("answered"), Sender, Action{Act: Rate, Facts: Facts{Rating: "five stars"}}, ledger.ErrInvalid, "满意"},
		"rate: twice":                      {rated(Not), Sender, Action{Act: Rate, Facts: Facts{Rating: Satisfied}}, ledger.ErrConflict, "评价过"},
		"reopen: content":                  {rated(Basically), Sender, Action{Act: Reopen, Facts: text}, ledger.ErrConflict, "基本满意"},
		"reopen: mute":                     {rated(Not), Sender, Action{Act: Reopen}, ledger.ErrInvalid, "理由"},
		"reopen: twice":                    {func(s *story) { second(s); s.approved(zhouHead) }, Sender, Action{Act: Reopen, Facts: text}, ledger.ErrConflict, "重办过一次"},
		"close: too early":                 {func(s *story) { way("published")(s); s.when("2026-03-17 23:59:59") }, Clockwork, Action{Act: Close}, ledger.ErrConflict, "2026年3月17日24时"},
		"withdraw: after it went on":       {func(s *story) { way("withdrawn")(s); s.act(wuSuper, GoOn) }, Sender, Action{Act: Withdraw}, ledger.ErrConflict, "依职权"},
		"goon: mute":                       {way("withdrawn"), wuSuper, Action{Act: GoOn}, ledger.ErrInvalid, "理由"},
		"seal: mute":                       {way("closed"), liDuty, Action{Act: Seal}, ledger.ErrInvalid, "理由"},
		"acknowledge: twice":               {func(s *story) { way("sealed")(s); s.act(zhengDisc, Acknowledge) }, zhengDisc, Action{Act: Acknowledge}, ledger.ErrConflict, "已经告知"},
		"order: mute":                      {way("inhand"), wuSuper, Action{Act: Supervise}, ledger.ErrConflict, "要求"},
		"order: system, in time":           {func(s *story) { way("forwarded")(s); s.when("2026-03-03 23:59:59") }, Clockwork, Action{Act: Supervise}, ledger.ErrConflict, "没有超期"},
		"order: a second":                  {func(s *story) { way("inhand")(s); s.act(wuSuper, Supervise) }, wuSuper, Action{Act: Supervise, Facts: text}, ledger.ErrConflict, "还没有回复"},
		"respond: to nothing":              {way("inhand"), zhaoHandle, Action{Act: Respond, Facts: text}, ledger.ErrConflict, "没有要回复的督办"},
		"respond: who assists":             {func(s *story) { way("inhand")(s); s.act(wuSuper, Supervise) }, Actor{handler, "hu", 5}, Action{Act: Respond, Facts: text}, ledger.ErrDenied, "主办部门"},
		"recount: nothing moved":           {func(s *story) { way("inhand")(s) }, Clockwork, Action{Act: Recount, Before: begin(t).desk.Calendar}, ledger.ErrConflict, "没有变化"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			if c.story != nil {
				c.story(s)
			}
			seq := s.c.Seq
			err := s.try(c.by, c.try)
			if !errors.Is(err, c.kind) || !strings.Contains(ledger.MessageOf(err), c.says) || s.c.Seq != seq {
				t.Errorf("%v, want %v: %q", err, c.kind, c.says)
			}
			if err != nil && err != error(Unseen) && s.c.Slip != (Slip{}) && !strings.HasPrefix(ledger.MessageOf(err), "处理笺2026-0000") && ledger.KindOf(err) != ledger.KindConflict {
				t.Errorf("%q does not say which case", ledger.MessageOf(err))
			}
			s.folded()
		})
	}
}

// way reads the map when the story is told: the map is made after the package's variables.
func way(name string) func(*story) { return func(s *story) { ways[name](s) } }

func proposed(s *story) {
	s.sent(Complaint).do(liDuty, Action{Act: Register, Facts: Facts{Kind: Complaint, Track: Ordinary}})
}

func extension(s *story) {
	ways["inhand"](s)
	s.do(zhaoHandle, Action{Act: AskExtension, Facts: Facts{Text: "要下村核实", Days: 3}})
}

func redrafted(s *story) {
	ways["review"](s)
	s.do(Actor{handler, "other", 3}, Action{Act: Redraft, Facts: Facts{Answer: HashOf("改稿")}})
}

func second(s *story) {
	ways["reopened"](s)
	s.forwarded().act(zhaoHandle, Sign).drafted(zhaoHandle, "重办")
}

func rated(r Rating) func(*story) {
	return func(s *story) { s.answered().do(Sender, Action{Act: Rate, Facts: Facts{Rating: r}}) }
}

func TestApprovalIsOfOneText(t *testing.T) {
	s := begin(t).answered()
	if !s.c.Stands("答复") || s.c.Stands("答复。") || (Case{}).Stands("") {
		t.Error("a text stands that nobody approved, or the approved one does not")
	}
	// What is said to the next reviewer is bound anew: the second round has no approval of its own yet.
	s = begin(t)
	second(s)
	if s.c.Stands("答复") || s.c.Stands("重办") {
		t.Error("the first round's approval reaches into the second")
	}
	if s.approved(zhouHead); !s.c.Stands("重办") {
		t.Error("another reviewer's approval does not stand")
	}
}

func TestAMergedCaseGetsAReplyOrItsOwnWay(t *testing.T) {
	s := begin(t)
	merged(s)
	s.main.forwarded().act(zhaoHandle, Sign).drafted(zhaoHandle, "主案的答复").approved(qianHead)
	s.do(Clockwork, Action{Act: Carry, Main: &s.main.c})
	if s.c.State != Answered || !s.c.Stands("主案的答复") || s.c.Slip != (Slip{2026, 2}) {
		t.Errorf("carried: %+v", s.c)
	}
	// Its sender may be dissatisfied alone; the main case's reviewer is not asked again.
	s.act(Sender, Reopen).forwarded().act(zhaoHandle, Sign).drafted(zhaoHandle, "另答")
	if err := s.try(qianHead, Action{Act: Approve, Facts: Facts{Answer: HashOf("另答")}}); !errors.Is(err, ledger.ErrDenied) {
		t.Errorf("the main case's reviewer approved again: %v", err)
	}
	s.approved(zhouHead).folded()

	s = begin(t)
	merged(s)
	s.main.act(Sender, Withdraw)
	s.do(Clockwork, Action{Act: Split, Main: &s.main.c})
	if s.c.State != Registered || s.c.Main != (Slip{}) {
		t.Errorf("split: %+v", s.c)
	}
}

func TestSlips(t *testing.T) {
	for text, ok := range map[string]bool{"2026-000123": true, "2026-000000": false, "1926-000001": false, "2026-123": false, "2026-0000001": false, "": false} {
		s, err := ParseSlip(text)
		if (err == nil) != ok || ok && s.String() != text {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	}
	// The year is Shanghai's: eight hours before midnight in UTC.
	last := Slip{2026, 41}
	if got := last.next(t, on(t, "2026-12-31 23:59:59")); got != (Slip{2026, 42}) {
		t.Error(got)
	}
	if got := last.next(t, on(t, "2027-01-01 00:00:00")); got != (Slip{2027, 1}) {
		t.Error(got)
	}
	// A case that goes on ex officio keeps its slip and takes no other.
	s := begin(t)
	ways["withdrawn"](s)
	s.act(wuSuper, GoOn).registered(Complaint, Ordinary, Against{})
	if s.c.Slip != (Slip{2026, 1}) || s.last != (Slip{2026, 1}) {
		t.Errorf("slip %v, last %v", s.c.Slip, s.last)
	}
}
