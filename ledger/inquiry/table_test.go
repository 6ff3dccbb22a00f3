package inquiry

import (
	"errors"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"mingbai/ledger"
)

var update = flag.Bool("update", false, "draw the diagram in doc.go anew")

// law is DESK's table written out a second time, by state: act | where | who. Whoever changes the machine's table changes this
// one too, and says so twice.
const law = `
send             | new | citizen duty
register         | received | duty
countersign      | received | duty
clarify.ask      | registered | duty
clarify          | clarifying | citizen
abandon          | clarifying | system
refusal.propose  | registered | duty
refuse           | refusing | head
refusal.deny     | refusing | head
contest          | refused | citizen
merge            | registered | duty head
split            | merged | duty system
carry            | merged | system
direct           | registered reopened | duty
forward          | registered reopened | duty
sign             | forwarded | handler
return.ask       | forwarded | handler
return.grant     | returning | head
return.deny      | returning | head
extension.ask    | direct | duty
extension.ask    | inhand | handler
extend           | direct inhand | head
extension.deny   | direct inhand | head
draft            | direct revising/direct | duty
draft            | inhand revising | handler
redraft          | review | handler
redraft          | review/direct | duty
sendback         | review review/direct | head
approve          | review review/direct | head
publish          | answered | head
withhold         | answered | head
rate             | answered published unpublished | citizen
reopen           | answered published unpublished | citizen
close            | answered published unpublished | system
withdraw         | received registered clarifying refusing direct forwarded returning inhand review revising reopened merged | citizen
withdraw         | review/direct revising/direct | citizen
goon             | withdrawn | supervisor
seal             | received registered clarifying refusing direct forwarded returning inhand review revising reopened merged | duty
seal             | review/direct revising/direct answered published unpublished closed refused abandoned withdrawn | duty
acknowledge      | sealed | discipline
supervise        | received registered clarifying refusing direct forwarded returning inhand review revising reopened merged | supervisor
supervise        | review/direct revising/direct | supervisor
supervise        | received registered refusing direct forwarded returning inhand review revising reopened merged | system
supervise        | review/direct revising/direct | system
respond          | received registered clarifying refusing direct forwarded returning inhand review revising reopened merged | duty
respond          | review/direct revising/direct | duty
respond          | forwarded returning inhand review revising reopened | handler
lift             | received registered clarifying refusing direct forwarded returning inhand review revising reopened merged | supervisor
lift             | review/direct revising/direct | supervisor
recount          | received registered clarifying refusing direct forwarded returning inhand review revising reopened merged | system
recount          | review/direct revising/direct answered published unpublished sealed | system
`

func allowed(t *testing.T) map[string]bool {
	all := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(law), "\n") {
		cells := strings.Split(line, "|")
		act := strings.TrimSpace(cells[0])
		if !slices.Contains(Acts, Act(act)) {
			t.Fatalf("no act %q", act)
		}
		for _, state := range strings.Fields(cells[1]) {
			if ways[state] == nil {
				t.Fatalf("no way to %q", state)
			}
			for _, role := range strings.Fields(cells[2]) {
				all[act+" "+state+" "+role] = true
			}
		}
	}
	return all
}

// ready is an act with everything it takes, at a time when it may be done, so that only state and role can stand in its way.
func ready(s *story, act Act, role Role) (Action, Actor) {
	by := Actor{Role: role, Login: "other-" + string(role)}
	switch role {
	case Citizen, System:
		by = Actor{Role: role}
	case handler:
		by.Department = 3
	}
	a := Action{Act: act, Last: s.last, Facts: Facts{
		Text: "说明理由", Kind: Complaint, Channel: Web, Track: Ordinary, Ground: "privacy", Right: "县信访局", Lead: 3, Days: 3,
		Answer: HashOf("改过的答复"), Public: HashOf("公开稿"), Rating: Satisfied,
	}}
	prepare := func(by Actor, a Action) {
		if events, err := s.desk.Apply(s.c, a, by, s.at); err == nil {
			s.c, _ = s.c.Then(events[0])
		}
	}
	switch act {
	case Send:
		if role == duty {
			a.Channel = Phone
		}
	case Countersign:
		prepare(liDuty, Action{Act: Register, Facts: Facts{Kind: Complaint, Track: Ordinary}})
	case ProposeRefusal:
		a.Ground = "court"
	case Merge:
		a.Main = &Case{State: Registered, Slip: Slip{2026, 77}}
	case Split:
		a.Main = &Case{State: Withdrawn, Slip: s.c.Main}
	case Carry:
		a.Main = &Case{State: Published, Slip: s.c.Main, Rounds: []Round{{Approved: HashOf("主案的答复")}}}
	case Extend, DenyExtension:
		for _, asker := range []Actor{liDuty, zhaoHandle} {
			prepare(asker, Action{Act: AskExtension, Facts: Facts{Text: "要下村核实", Days: 3}})
		}
	case Approve:
		a.Answer = s.c.Round().Answer
	case Abandon, Close, Supervise:
		s.at = s.at.AddDate(0, 0, 60)
	case Respond:
		prepare(wuSuper, Action{Act: Supervise, Facts: Facts{Text: "请说明进度"}})
	case Lift:
		prepare(wuSuper, Action{Act: Supervise, Facts: Facts{Text: "请说明进度"}})
		prepare(liDuty, Action{Act: Respond, Facts: Facts{Text: "正在核对"}})
	case Recount:
		a.Because = "放假安排"
	}
	return a, by
}

// Every state × act × role: what the law allows happens, all else is refused with a reason and changes nothing.
func TestEveryStateActAndRole(t *testing.T) {
	law, samples := allowed(t), map[State]bool{}
	tried, happened := 0, 0
	for name, way := range ways {
		sample := begin(t)
		way(sample)
		sample.folded()
		state := State(strings.TrimSuffix(name, "/direct"))
		if name == "new" {
			state = New
		}
		if sample.c.State != state {
			t.Fatalf("the way to %s leads to %s", name, sample.c.State)
		}
		samples[state] = true
		for _, act := range Acts {
			for _, role := range Roles {
				s := *sample
				a, by := ready(&s, act, role)
				before := s.c
				err := s.try(by, a)
				tried++
				switch want := law[string(act)+" "+name+" "+string(role)]; {
				case want && err != nil:
					t.Errorf("%s in %s by %s is refused: %v", act, name, role, err)
				case !want && err == nil:
					t.Errorf("%s in %s by %s happens", act, name, role)
				case want:
					happened++
					if r, _ := ruleFor(act, state); s.c.State != r.target(state) || s.c.Seq != before.Seq+1 {
						t.Errorf("%s in %s leads to %s", act, name, s.c.State)
					}
				case !reflect.DeepEqual(before, s.c):
					t.Errorf("%s in %s by %s was refused and changed the case", act, name, role)
				case state == Sealed && role != discipline && role != Citizen && role != System && err != error(Unseen):
					t.Errorf("%s by %s tells of a sealed case: %v", act, role, err)
				case !strings.ContainsFunc(ledger.MessageOf(err), func(r rune) bool { return unicode.Is(unicode.Han, r) }):
					t.Errorf("%s in %s by %s: %q", act, name, role, err)
				}
			}
		}
	}
	t.Logf("%d of state × act × role tried: %d happen, %d are refused", tried, happened, tried-happened)
	if len(samples) != len(States) || happened != len(law) {
		t.Errorf("%d states of %d, %d allowed of %d", len(samples), len(States), happened, len(law))
	}
}

func TestTheTableIsWhole(t *testing.T) {
	used := map[Act]bool{}
	reached := map[State]bool{New: true}
	pairs := map[string]bool{}
	for _, r := range table {
		used[r.act] = true
		for _, from := range r.from {
			pair := string(r.act) + " " + string(from)
			if pairs[pair] {
				t.Errorf("two lines for %s", pair)
			}
			pairs[pair] = true
			reached[r.target(from)] = true
		}
	}
	for _, a := range Acts {
		if !used[a] || a.Name() == "" {
			t.Errorf("act %s: in the table %v, word %q", a, used[a], a.Name())
		}
	}
	for _, s := range States {
		if !reached[s] || s.Name() == "" || s != New && publicTexts[s] == "" {
			t.Errorf("state %q: reached %v, word %q, citizen's text %q", s, reached[s], s.Name(), publicTexts[s])
		}
	}
	if len(used) != len(Acts) || len(reached) != len(States) {
		t.Errorf("%d acts used of %d, %d states reached of %d", len(used), len(Acts), len(reached), len(States))
	}
	for _, r := range clockRules {
		if _, runs := r.period(DefaultPeriods(), Case{Kind: Report, Track: Petition, Order: Order{Stands: true}}); r.name == "" || !runs && r.kind != AnswerClock && r.kind != CaseClock {
			t.Errorf("clock %s: word %q", r.kind, r.name)
		}
	}
	if fault := DefaultPeriods().Fault(); fault != "" {
		t.Error(fault)
	}
	for _, r := range Roles {
		if roleName(r) == "" {
			t.Errorf("role %s has no word", r)
		}
	}
}

// The diagram in the package's documentation is drawn from the table; -update draws it anew.
func TestDiagram(t *testing.T) {
	var b strings.Builder
	for _, from := range States {
		b.WriteString("//\t" + strings.TrimSpace(from.Name()+" "+string(from)))
		for _, k := range clockRules {
			if in(k.states, from) {
				b.WriteString("  ⏱" + k.name)
				if in(k.pauses, from) {
					b.WriteString("（暂停）")
				}
			}
		}
		b.WriteByte('\n')
		for _, r := range table {
			if !in(r.from, from) || len(r.from) > 4 {
				continue
			}
			b.WriteString("//\t  ├ " + arrow(r, from) + "\n")
		}
	}
	b.WriteString("//\n// From many states:\n//\n")
	for _, r := range table {
		if len(r.from) > 4 {
			group := map[int]string{len(beforeReply): "before the reply", len(unsealed): "any but sealed", len(everywhen): "any"}[len(r.from)]
			b.WriteString("//\t" + group + ": " + arrow(r, New) + "\n")
		}
	}
	const begins, ends = "// The machine, drawn from the table:\n//\n", "//\n// The machine ends here.\n"
	have, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(have), begins)
	_, after, ok2 := strings.Cut(rest, ends)
	if !ok || !ok2 {
		t.Fatal("doc.go has no place for the diagram")
	}
	want := before + begins + b.String() + ends + after
	if *update {
		if err := os.WriteFile("doc.go", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(have) {
		t.Error("the diagram in doc.go is not the table's: go test ./ledger/inquiry -run Diagram -update")
	}
}

func arrow(r rule, from State) string {
	to := "↺"
	if r.to != New {
		to = "→ " + r.target(from).Name()
	}
	line := r.act.Name() + " " + string(r.act) + " (" + namesOf(r.who, roleName) + ") " + to
	var names []string
	for _, g := range r.guards {
		names = append(names, g.name)
	}
	if len(names) > 0 {
		line += " [" + strings.Join(names, "; ") + "]"
	}
	return line
}

func TestWhoIsNobodyDoesNothing(t *testing.T) {
	s := begin(t).sent(Complaint)
	if err := s.try(Actor{Role: duty}, Action{Act: Register, Facts: Facts{Kind: Complaint, Track: Ordinary}}); !errors.Is(err, ledger.ErrDenied) {
		t.Errorf("a duty officer without a login: %v", err)
	}
	if err := s.try(liDuty, Action{Act: "destroy"}); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("an act that is none: %v", err)
	}
	if _, err := As(ledger.Officer{Login: "x", Roles: []Role{duty}, Disabled: true}, duty); !errors.Is(err, ledger.ErrDenied) {
		t.Errorf("a disabled officer: %v", err)
	}
	if _, err := As(ledger.Officer{Login: "x", Roles: []Role{duty}}, System); !errors.Is(err, ledger.ErrDenied) {
		t.Errorf("an officer as the system: %v", err)
	}
	if by, err := As(ledger.Officer{Login: "x", Roles: []Role{duty, head}, Department: 9}, head); err != nil || by != (Actor{head, "x", 9}) {
		t.Errorf("%v, %v", by, err)
	}
}
