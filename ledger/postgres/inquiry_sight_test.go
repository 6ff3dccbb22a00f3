package postgres_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

var deskLogins = []string{"duty1", "duty2", "farm", "town", "head1", "head2", "both", "super", "auditor", "disc"}

// Once a case is discipline's, nobody of the desk finds it by list, count, slip or id, nor opens anything of it; and what it
// says lies under another key.
func TestASealedCaseLeavesTheDesk(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	sent, code := b.send(inquiry.Filing{
		Kind: inquiry.Report, Channel: inquiry.Web, Seal: true, Subject: "举报冒领", Text: "有人冒领补贴", Name: "李四", Phone: "13900002222",
		Files: []inquiry.NewFile{{Name: "证据.pdf", Type: "pdf", Content: []byte("%PDF-")}},
	})
	moved, _ := b.send(complaint())
	b.answer(moved)
	b.must(b.try("head1", moved, inquiry.Deed{Act: inquiry.Publish, Copy: inquiry.Copy{Title: "题", Question: "问", Answer: "答"}}))
	slip, err := b.q.Dossier(ctx, "duty1", moved)
	b.must(err)
	b.do("duty2", moved, inquiry.Seal, inquiry.Facts{Text: "涉及干部"})
	plain, _ := b.send(complaint())
	for _, login := range deskLogins {
		list, err := b.q.Queue(ctx, login, inquiry.QueueQuery{All: true})
		b.must(err)
		waiting, err := b.q.Queue(ctx, login, inquiry.QueueQuery{})
		b.must(err)
		all := 0
		for _, n := range waiting.States {
			all += n
		}
		want := 1
		if login == "farm" || login == "town" {
			want = 0 // it was not forwarded
		}
		if all != want || len(list.Lines) != want || want == 1 && list.Lines[0].ID != plain {
			t.Errorf("%s: counts %d, lists %d", login, all, len(list.Lines))
		}
		for _, id := range []string{sent, moved} {
			_, err := b.q.Dossier(ctx, login, id)
			_, _, files := b.q.OpenFile(ctx, login, id, "x")
			act := b.q.Act(ctx, login, id, inquiry.Deed{Act: inquiry.Seal, Seen: b.seen(id)})
			if sees := login == "disc"; sees != (err == nil) || !sees && (!errors.Is(err, inquiry.Unseen) || !errors.Is(files, inquiry.Unseen) || !errors.Is(act, inquiry.Unseen)) {
				t.Errorf("%s: %v, %v, %v", login, err, files, act)
			}
		}
		if _, err := b.q.BySlip(ctx, login, slip.Case.Slip); login != "disc" && ledger.KindOf(err) != ledger.KindNotFound {
			t.Errorf("%s finds the slip: %v", login, err)
		}
		if _, err := b.q.SealedQueue(ctx, login, inquiry.QueueQuery{}); (err == nil) != (login == "disc") {
			t.Errorf("%s opens the sealed list: %v", login, err)
		}
	}
	list, err := b.q.SealedQueue(ctx, "disc", inquiry.QueueQuery{})
	if err != nil || list.Count != 2 || list.Lines[0].Subject == "" {
		t.Errorf("discipline sees %+v, %v", list, err)
	}
	if _, n, _ := b.q.PublicAnswers(ctx, inquiry.AnswerQuery{}); n != 0 {
		t.Error("the public answer of a case that went to discipline is still there")
	}
	d, err := b.q.Dossier(ctx, "disc", sent)
	b.must(err)
	if _, content, err := b.q.OpenFile(ctx, "disc", sent, d.Files[0].ID); err != nil || string(content) != "%PDF-" || d.Text != "有人冒领补贴" {
		t.Errorf("discipline opens %q, %v", content, err)
	}
	for table, n := range map[string]int{"inquiry_words where key = 'desk'": 1, "inquiry_sender where key = 'sender'": 1, "inquiry_file where key = 'desk'": 0} {
		if got := count(b.books, table); got != n {
			t.Errorf("%s: %d, want %d of the case that stayed", table, got, n)
		}
	}
	for _, key := range []string{"inquiry desk", "inquiry sender"} {
		var sealed []byte
		b.must(conn(b.books).QueryRow(ctx, `select sealed from inquiry_words where id = $1 and seq = 1`, sent).Scan(&sealed))
		if _, err := b.keys.For(key).Open("inquiry_words:"+sent+":1:sealed", sealed); err == nil {
			t.Errorf("the key of %q opens what discipline holds", key)
		}
	}
	if count(b.books, "audit where detail like '%"+sent+"%' or object like '%"+sent+"%'") != 0 {
		t.Error("the audit log names a case that was sealed by its sender")
	}
	tr, err := b.q.CaseOfCode(ctx, code)
	b.must(err)
	b.do("disc", tr, inquiry.Acknowledge, inquiry.Facts{})
	b.sound()
	b.whole()
}

// A dump of the database holds neither code nor words nor sender in the clear, and no place for an address.
func TestADumpTellsNothing(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	id, code := b.send(complaint())
	b.answer(id)
	path, err := exec.LookPath("pg_dump")
	if err != nil {
		for _, dir := range []string{"/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin"} {
			if p, e := exec.LookPath(dir + "/pg_dump"); e == nil {
				path, err = p, nil
			}
		}
	}
	b.must(err)
	dump, err := exec.Command(path, "--inserts", b.url).Output()
	b.must(err)
	if !bytes.Contains(dump, []byte(id)) {
		t.Fatal("the dump does not hold the case")
	}
	bare := strings.ReplaceAll(code, "-", "")
	for _, secret := range []string{code, bare, strings.ToLower(bare), "张三丰", "13800001111", "补贴少了", "我家少发了一亩", "核对过了", "理由"} {
		if bytes.Contains(dump, []byte(secret)) || bytes.Contains(dump, []byte(hex.EncodeToString([]byte(secret)))) {
			t.Errorf("the dump holds %q", secret)
		}
	}
	var columns []string
	rows, err := conn(b.books).Query(t.Context(), `select table_name || '.' || column_name from information_schema.columns where table_name like 'inquiry%'`)
	b.must(err)
	for rows.Next() {
		var c string
		b.must(rows.Scan(&c))
		columns = append(columns, c)
	}
	for _, c := range columns {
		for _, word := range []string{"address", "agent", "device", "browser", "ip"} {
			if name := c[strings.Index(c, ".")+1:]; name == word || strings.Contains(name, "address") || strings.Contains(name, "agent") {
				t.Errorf("column %s", c)
			}
		}
	}
	// 80 bits: 16 of 32 letters.
	if len(bare) != 16 {
		t.Errorf("the code has %d letters", len(bare))
	}
}

// A code is 16 of 32 letters by chance, 80 bits, and what the books keep of it is a hash under a key that is not in them.
func TestCodesAreRandom(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	const many = 200
	seen, letters := map[string]bool{}, map[rune]int{}
	for range many {
		_, code := b.send(complaint())
		seen[code] = true
		for _, r := range strings.ReplaceAll(code, "-", "") {
			letters[r]++
		}
	}
	if len(seen) != many || len(letters) != 32 {
		t.Errorf("%d codes of %d, %d letters of 32", len(seen), many, len(letters))
	}
	// 31 degrees of freedom: more than 72 comes about once in some 25,000 runs of fair letters.
	fair, far := float64(many*16)/32, 0.0
	for _, n := range letters {
		far += (float64(n) - fair) * (float64(n) - fair) / fair
	}
	t.Logf("%d letters, each %.0f times on average; chi-square %.1f with 31 degrees of freedom", many*16, fair, far)
	if far > 72 {
		t.Errorf("letters are not by chance: chi-square %.1f", far)
	}
	id, code := b.send(complaint())
	var token []byte
	b.must(conn(b.books).QueryRow(t.Context(), `select code_token from inquiry where id = $1`, id).Scan(&token))
	for _, written := range []string{code, strings.ReplaceAll(code, "-", "")} {
		for name, sum := range map[string]func() []byte{
			"SHA-256": func() []byte { h := sha256.Sum256([]byte(written)); return h[:] },
			"SHA-512": func() []byte { h := sha512.Sum512([]byte(written)); return h[:] },
			"MD5":     func() []byte { h := md5.Sum([]byte(written)); return h[:] },
		} {
			if bytes.Contains(token, sum()) || bytes.Contains(sum(), token) {
				t.Errorf("the token is the code's plain %s", name)
			}
		}
	}
	other, err := ledger.ReadKeys(ledger.NewKeyFile())
	b.must(err)
	stranger, err := postgres.NewInquiries(b.DB, other, inquiry.Periods{})
	b.must(err)
	if _, err := stranger.CaseOfCode(t.Context(), code); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("the code opens its case under another key: %v", err)
	}
}

// A code ends a year after its case.
func TestACodeExpires(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	id, code := b.send(complaint())
	b.do("", id, inquiry.Withdraw, inquiry.Facts{})
	b.now = b.now.AddDate(0, 11, 0)
	if _, err := b.q.CaseOfCode(t.Context(), code); err != nil {
		t.Errorf("after eleven months: %v", err)
	}
	b.now = b.now.AddDate(0, 2, 0)
	_, expired := b.q.CaseOfCode(t.Context(), code)
	_, wrong := b.q.CaseOfCode(t.Context(), "ABCD-EFGH-JKLM-NPQR")
	_, odd := b.q.CaseOfCode(t.Context(), "不是码")
	if expired != wrong || odd != wrong || !errors.Is(wrong, ledger.ErrNotFound) {
		t.Errorf("expired %v, wrong %v, odd %v", expired, wrong, odd)
	}
}

// Who sends is seen by nobody without a purpose, by a department only when it was needed, for half an hour, and every sight is
// written down.
func TestTheSenderIsReleased(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	id, _ := b.send(complaint())
	if _, err := b.q.SenderOf(ctx, "duty1", id); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("without a purpose: %v", err)
	}
	b.must(b.q.ReleaseSender(ctx, "duty1", id, "电话核对"))
	if s, err := b.q.SenderOf(ctx, "duty1", id); err != nil || s.Name != "张三丰" || s.Phone != "13800001111" {
		t.Errorf("released %+v, %v", s, err)
	}
	if _, err := b.q.SenderOf(ctx, "duty2", id); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("another person: %v", err)
	}
	b.now = b.now.Add(31 * time.Minute)
	if _, err := b.q.SenderOf(ctx, "duty1", id); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("after half an hour: %v", err)
	}
	b.register(id)
	b.do("duty1", id, inquiry.Forward, inquiry.Facts{Lead: 1})
	if err := b.q.ReleaseSender(ctx, "farm", id, "上门"); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("a department that needs no name: %v", err)
	}
	if err := b.q.ReleaseSender(ctx, "head1", id, "看看"); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("the head: %v", err)
	}
	if n := count(b.books, "audit where action = 'inquiry.sender'"); n != 1 {
		t.Errorf("%d sights written down", n)
	}
}

// Chance does things to many cases. After it every column is what the events fold to, and every list shows an officer exactly
// what the law lets the officer see.
func TestStoredStateIsTheFoldedOne(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	r := rand.New(rand.NewPCG(7, 7))
	var ids []string
	for i := range 14 {
		f := complaint()
		f.Kind = inquiry.Kinds[i%len(inquiry.Kinds)]
		f.Seal = f.Kind == inquiry.Report && i > 6
		id, _ := b.send(f)
		ids = append(ids, id)
	}
	done, refused := 0, map[ledger.Kind]int{}
	for tries := 0; tries < 3000 && done < 110; tries++ {
		if r.IntN(8) == 0 {
			b.now = b.now.Add(time.Duration(r.IntN(40)) * time.Hour)
		}
		id := ids[r.IntN(len(ids))]
		login := append([]string{"", ""}, deskLogins...)[r.IntN(len(deskLogins)+2)]
		err := b.try(login, id, b.byChance(r, id, login))
		if err == nil {
			done++
		} else if refused[ledger.KindOf(err)]++; ledger.KindOf(err) == ledger.KindInternal {
			t.Fatal(err)
		}
	}
	if _, err := b.q.WakeInquiries(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done < 100 {
		t.Errorf("only %d acts done, refused %v", done, refused)
	}
	b.sound()
	b.listsAreTheLaw(ids)
	b.levelsAreTheLaw()
	t.Logf("%d acts done, refused by kind %v", done, refused)
}

func (b *bureau) byChance(r *rand.Rand, id, login string) inquiry.Deed {
	tr, err := b.q.Track(b.t.Context(), id)
	b.must(err)
	acts := inquiry.Acts
	if login == "" && len(tr.Acts) > 0 && r.IntN(3) > 0 {
		acts = tr.Acts
	} else if d, err := b.q.Dossier(b.t.Context(), login, id); err == nil && len(d.Acts) > 0 {
		acts = d.Acts
	}
	d := inquiry.Deed{Act: acts[r.IntN(len(acts))], Proposed: "答复", Copy: inquiry.Copy{Title: "题", Question: "问", Answer: "答"}, Facts: inquiry.Facts{
		Text: "理由", Kind: tr.Case.Kind, Track: inquiry.Ordinary, Ground: []inquiry.Ground{"court", "privacy"}[r.IntN(2)], Right: "信访局", Lead: int64(1 + r.IntN(2)),
		Days: 2, Answer: tr.Case.Round().Answer, Rating: []inquiry.Rating{inquiry.Not, inquiry.Satisfied}[r.IntN(2)],
		Main: inquiry.Slip{Year: 2026, No: 1 + r.IntN(5)},
	}}
	if (d.Act == inquiry.Seal || d.Act == inquiry.Withdraw || d.Act == inquiry.ProposeRefusal) && r.IntN(6) > 0 {
		d.Act = inquiry.TakeDirect
	}
	if d.Act == inquiry.Register && r.IntN(4) == 0 {
		d.Against = inquiry.Against{Departments: []int64{2}, Persons: []string{"duty1"}}
	}
	return d
}

// listsAreTheLaw holds every list and count against inquiry.Sees.
func (b *bureau) listsAreTheLaw(ids []string) {
	b.t.Helper()
	ctx := b.t.Context()
	for _, login := range deskLogins {
		o, err := b.Officer(ctx, login)
		b.must(err)
		var want, got []string
		waits := 0
		for _, id := range ids {
			tr, err := b.q.Track(ctx, id)
			b.must(err)
			if inquiry.Sees(tr.Case, o) && tr.Case.State != inquiry.Sealed {
				want = append(want, id)
				if tr.Case.State.Open() || tr.Case.State == inquiry.Answered {
					waits++
				}
			}
		}
		list, err := b.q.Queue(ctx, login, inquiry.QueueQuery{All: true})
		b.must(err)
		for _, l := range list.Lines {
			got = append(got, l.ID)
			d, err := b.q.Dossier(ctx, login, l.ID)
			if err != nil || d.Level != l.Level || d.Case.State != l.State || d.Case.Slip != l.Slip {
				b.t.Errorf("%s: the list says %+v, the case %v %v %v, %v", login, l, d.Level, d.Case.State, d.Case.Slip, err)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		waiting, err := b.q.Queue(ctx, login, inquiry.QueueQuery{Limit: 1})
		b.must(err)
		if !slices.Equal(want, got) || waiting.Count != waits || waiting.More != (waits > 1) {
			b.t.Errorf("%s sees by law %d cases and %d that wait, in the list %d, counted %d", login, len(want), waits, len(got), waiting.Count)
		}
	}
}

// levelsAreTheLaw holds the urgency that a list tells of its columns against the law's, through the days to come.
func (b *bureau) levelsAreTheLaw() {
	b.t.Helper()
	desk, err := b.q.Desk(b.t.Context())
	b.must(err)
	for range 2 { // fresh ones: what chance left is late in everything
		id, _ := b.send(complaint())
		b.register(id)
	}
	cases := map[string]inquiry.Case{}
	for range 40 {
		list, err := b.q.Queue(b.t.Context(), "auditor", inquiry.QueueQuery{})
		b.must(err)
		for _, l := range list.Lines {
			if _, known := cases[l.ID]; !known {
				tr, err := b.q.Track(b.t.Context(), l.ID)
				b.must(err)
				cases[l.ID] = tr.Case
			}
			if want := desk.Level(cases[l.ID], b.now); l.Level != want {
				b.t.Errorf("%s at %s: the list says level %d, the law %d", l.State, b.now, l.Level, want)
			}
		}
		b.now = b.now.Add(7 * time.Hour)
	}
}

// A notice of days off recounts what runs, and says so to the citizen.
func TestANoticeRecountsOpenCases(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.now = time.Date(2026, 12, 28, 10, 0, 0, 0, ledger.Shanghai)
	id, _ := b.send(complaint())
	b.register(id)
	quiet, _ := b.send(inquiry.Filing{Kind: inquiry.Question, Channel: inquiry.Web, Subject: "问", Text: "问"})
	b.do("", quiet, inquiry.Withdraw, inquiry.Facts{})
	before, err := b.q.Track(t.Context(), id)
	b.must(err)
	if !before.Status.Due.Provisional {
		t.Fatalf("due %+v", before.Status.Due)
	}
	var days []string
	for i := 1; i <= 3; i++ {
		days = append(days, fmt.Sprintf("01-%02d", i))
	}
	text := "2027 国务院办公厅关于2027年部分节假日安排的通知\n休 元旦 " + strings.Join(days, " ") + "\n休 春节 02-05..02-12\n"
	if _, err := b.q.AddNotice(t.Context(), "duty1", text); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("duty adds a notice: %v", err)
	}
	n, err := b.q.AddNotice(t.Context(), "boss", text)
	if err != nil || n != 1 {
		t.Errorf("moved %d, %v", n, err)
	}
	after, err := b.q.Track(t.Context(), id)
	b.must(err)
	last := after.Said[len(after.Said)-1]
	if after.Status.Due.Provisional || last.Act != inquiry.Recount || !strings.Contains(last.PublicText(), "2027年部分节假日安排") {
		t.Errorf("due %+v, said %q", after.Status.Due, last.PublicText())
	}
	b.do("duty1", id, inquiry.TakeDirect, inquiry.Facts{})
	b.sound()
	b.whole()
}

func TestTheRegistersTwoSignatures(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	b.send(complaint())
	monday := b.now
	if err := b.q.SignDay(ctx, "duty1", monday, ""); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("signed before the day is over: %v", err)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if err := b.q.SignDay(ctx, "head1", monday, ""); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("signed by a head: %v", err)
	}
	b.must(b.q.SignDay(ctx, "duty1", monday, "一件"))
	if err := b.q.SignDay(ctx, "duty1", monday, ""); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("both signatures by one: %v", err)
	}
	b.must(b.q.SignDay(ctx, "duty2", monday, ""))
	if err := b.q.SignDay(ctx, "both", monday, ""); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("a third signature: %v", err)
	}
	days, err := b.q.Days(ctx, monday.AddDate(0, 0, -3), monday)
	b.must(err)
	if len(days) != 3 || days[0].SecondBy != "duty2" || days[0].Received != 1 || days[1].FirstBy != "" { // 28 February was a make-up Saturday
		t.Errorf("days %+v", days)
	}
}
