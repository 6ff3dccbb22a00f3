package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// Two amounts changed in opposite directions leave count and total as they were; the certificate is over every row.
func TestTheCertificateIsOverEveryRow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	other := row(1, "张三", "id", willow, "1组", 100)
	other.People[ledger.Payee] = party("王五", "id5")
	no := b.upload("GD", "2025", other, row(2, "李四", "id2", willow, "1组", 300))
	b.must(b.SaveFund(ctx, "test", ledger.Fund{Code: "XM", Name: "项目", Kind: ledger.Allocation, Disclosure: ledger.DisclosePublic}))
	u := upload("XM", "2025")
	records, err := b.ImportRecords(ctx, u, records(ledger.Allocation, "unit_name=甲局 project_name=路 amount=9", "unit_name=乙局 project_name=桥 amount=8"))
	b.must(err)
	b.must(b.CertifyAll(ctx, []int64{no, records}, "zhao", "r1"))
	c := conn(b)
	for name, spoil := range map[string]struct {
		no       int64
		do, undo string
	}{
		"two amounts, opposite":   {no, `update staged_row set amount_fen = 400 - amount_fen`, `update staged_row set amount_fen = 400 - amount_fen`},
		"a name":                  {no, `update staged_row set name = name || '甲' where line = 1`, `update staged_row set name = left(name, -1) where line = 1`},
		"another payee":           {no, `update staged_party set name = '赵六'`, `update staged_party set name = '王五'`},
		"two projects' money":     {records, `update staged_record set amount_fen = 17 - amount_fen`, `update staged_record set amount_fen = 17 - amount_fen`},
		"what a project is about": {records, `update staged_record set fields = fields || '{"content": "x"}'`, `update staged_record set fields = fields - 'content'`},
	} {
		_, err := c.Exec(ctx, spoil.do)
		b.must(err)
		b.refused(name, b.Publish(ctx, spoil.no, "zhao"), ledger.KindConflict, "有行的内容变了")
		if found, _ := b.Verify(ctx, mac); len(found) != 1 || !strings.Contains(found[0].What, "被改动过") {
			t.Errorf("%s: verify %v", name, found)
		}
		_, err = c.Exec(ctx, spoil.undo)
		b.must(err)
	}
	_, err = c.Exec(ctx, `set datestyle = 'German'; set bytea_output = 'escape'`)
	b.must(err)
	var same bool
	b.must(c.QueryRow(ctx, `select certified_digest = staged_digest(county, batch_no) from batch where batch_no = $1`, no).Scan(&same))
	if !same {
		t.Error("the digest depends on the connection's settings")
	}
	b.must(b.PublishAll(ctx, []int64{records, no, no}, "zhao"))
	b.whole()
}

// race runs two acts at once and answers what each came to.
func race(one, two func() error) (first, second error) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	results := [2]error{}
	for i, act := range []func() error{one, two} {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			results[i] = act()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return results[0], results[1]
}

// plainly fails unless a refusal is one that a person can read, of the kinds that say that the books have moved on.
func (b *books) plainly(what string, err error) {
	b.t.Helper()
	if kind := ledger.KindOf(err); err == nil || kind != ledger.KindConflict || ledger.MessageOf(err) == ledger.ErrConflict.Message {
		b.t.Errorf("%s: %v", what, err)
	}
}

const races = 50

// Fifty runs of each: one wins, the other is told why, and the books are right.
func TestRacesHaveOneWinner(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(b *books, i int) (won int){
		"two certifiers publish": func(b *books, i int) (won int) {
			no := b.certified(i)
			one, two := race(
				func() error { return b.Publish(context.Background(), no, "zhao") },
				func() error { return b.Publish(context.Background(), no, "zhou") })
			return b.oneOf("published twice", one, two)
		},
		"two certifiers certify": func(b *books, i int) (won int) {
			no := b.upload("GD", "2025", b.fresh(i))
			one, two := race(
				func() error { return b.Certify(context.Background(), no, "zhao", "r1") },
				func() error { return b.Certify(context.Background(), no, "zhou", "r1") })
			return b.oneOf("certified twice", one, two)
		},
		"two order a publication, and the job comes": func(b *books, i int) (won int) {
			no := b.certified(i)
			one, two := race(
				func() error { return b.PlanPublication(context.Background(), no, "zhao", time.Time{}) },
				func() error { return b.PlanPublication(context.Background(), no, "zhou", time.Time{}) })
			won = b.oneOf("ordered twice", one, two)
			one, two = race(
				func() error { _, err := b.PublishDue(context.Background()); return err },
				func() error { _, err := b.PublishDue(context.Background()); return err })
			if err := errors.Join(one, two); err != nil || b.stateOf(no) != ledger.Published {
				b.t.Errorf("the job, twice: %v, %s", err, b.stateOf(no))
			}
			return won
		},
		"a publication is cancelled while the job publishes": func(b *books, i int) (won int) {
			no := b.certified(i)
			b.must(b.PlanPublication(context.Background(), no, "zhao", time.Time{}))
			n := 0
			cancelled, published := race(
				func() error { return b.CancelPublication(context.Background(), no, "zhou") },
				func() (err error) { n, err = b.PublishDue(context.Background()); return err })
			if published != nil || (cancelled == nil) != (n == 0) || (n == 1) != (b.stateOf(no) == ledger.Published) {
				b.t.Errorf("cancelled: %v, published %d: %v, %s", cancelled, n, published, b.stateOf(no))
			}
			if cancelled != nil {
				b.plainly("cancelled too late", cancelled)
				return 1
			}
			return 0
		},
		"a correction is published while its target is withdrawn": func(b *books, i int) (won int) {
			old := b.publish("GD", "2025", b.fresh(i))
			u := upload("GD", "2025")
			u.Corrects, u.Reason = old, "面积更正"
			r := b.fresh(i)
			r.Amount = 150
			no, err := b.Import(context.Background(), u, seq([]ledger.StagedRow{r}))
			b.must(err)
			b.explain(no)
			b.must(b.Certify(context.Background(), no, "zhao", "r1"))
			one, two := race(
				func() error { return b.Publish(context.Background(), no, "zhao") },
				func() error { return b.Withdraw(context.Background(), old, "zhou", "名单有误") })
			return b.oneOf("both corrected and withdrawn", one, two)
		},
		"two decide a withdrawal, one grants and one refuses": func(b *books, i int) (won int) {
			no := b.publish("GD", "2025", b.fresh(i))
			request, err := b.AskAct(context.Background(), ledger.ActRequest{Act: ledger.ActWithdraw, Batch: no, Reason: "名单有误", AskedBy: "li"})
			b.must(err)
			one, two := race(
				func() error { return b.DecideAct(context.Background(), request, "zhao", true, "") },
				func() error { return b.DecideAct(context.Background(), request, "zhou", false, "没有错") })
			if (one == nil) != (b.stateOf(no) == ledger.Withdrawn) {
				b.t.Errorf("granted: %v, and it is %s", one, b.stateOf(no))
			}
			return b.oneOf("decided twice", one, two)
		},
		"two ask for the same": func(b *books, i int) (won int) {
			no := b.publish("GD", "2025", b.fresh(i))
			ask := func(by string, line int) func() error {
				return func() error {
					_, err := b.AskAct(context.Background(), ledger.ActRequest{Act: ledger.ActWithdraw, Batch: no, Line: line, Reason: "名单有误", AskedBy: by})
					return err
				}
			}
			one, two := race(ask("zhao", 0), ask("zhou", 1))
			return b.oneOf("asked twice", one, two)
		},
		"a file is mended while its batch is certified": func(b *books, i int) (won int) {
			no := b.upload("GD", "2025", b.fresh(i))
			mend := upload("GD", "2025")
			mend.Batch = no
			r := b.fresh(i)
			r.Amount = 150
			one, two := race(
				func() error { return b.CertifySeen(context.Background(), no, 1, "zhao", "r1") },
				func() error { _, err := b.Import(context.Background(), mend, seq([]ledger.StagedRow{r})); return err })
			won = b.oneOf("certified and replaced", one, two)
			batch, err := b.Batch(context.Background(), no)
			b.must(err)
			if certified := one == nil; certified != (batch.State == ledger.Certified && batch.Total == 100 && batch.Revision == 1) ||
				!certified && (batch.State != ledger.Checked || batch.Total != 150 || batch.Revision != 2) {
				b.t.Errorf("certified %v, and the batch is %+v", certified, batch)
			}
			return won
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.must(b.SaveOfficer(t.Context(), "test", ledger.Officer{Login: "zhou", Name: "周", Roles: []ledger.OfficeRole{ledger.RoleCertifier}}))
			wins := [2]int{}
			for i := range races {
				wins[run(b, i)]++
			}
			t.Logf("%d runs: the first won %d times, the second %d", races, wins[0], wins[1])
			b.whole()
		})
	}
}

// oneOf fails unless exactly one of two acts went through and the other was told why. It answers which did.
func (b *books) oneOf(what string, one, two error) int {
	b.t.Helper()
	switch {
	case one == nil && two == nil:
		b.t.Errorf("%s", what)
	case one == nil:
		b.plainly("the second", two)
		return 0
	case two == nil:
		b.plainly("the first", one)
		return 1
	default:
		b.t.Errorf("neither: %v; %v", one, two)
	}
	return 0
}

// fresh is a row of somebody who is in no other run.
func (b *books) fresh(i int) ledger.StagedRow {
	return row(1, fmt.Sprint("人", i), fmt.Sprint("id", i), willow, "1组", 100)
}

func (b *books) certified(i int) int64 {
	no := b.upload("GD", "2025", b.fresh(i))
	b.explain(no)
	b.must(b.Certify(context.Background(), no, "zhao", "r1"))
	return no
}

func (b *books) stateOf(no int64) ledger.State {
	b.t.Helper()
	batch, err := b.Batch(context.Background(), no)
	b.must(err)
	return batch.State
}

// The database itself keeps two people apart, one decision to a request and one open request to a target.
func TestTheDatabaseKeepsTwoPeopleApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	no := b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
	waiting := b.upload("GD", "2024", row(1, "张三", "id", willow, "1组", 100))
	request, err := b.AskAct(ctx, ledger.ActRequest{Act: ledger.ActWithdraw, Batch: no, Reason: "名单有误", AskedBy: "zhao"})
	b.must(err)
	c := conn(b)
	refuses := func(name, sql string, args ...any) {
		t.Helper()
		if _, err := c.Exec(ctx, sql, args...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	decide := `update act_request set decision = $2, decided_by = $3, decided_at = now(), opinion = $4 where request_no = $1`
	refuses("two_people_decide", decide, request, "granted", "zhao", "")
	refuses("two_people_decide", decide, request, "refused", "zhao", "不")
	refuses("two_people_decide", decide, request, "taken_back", "li", "")
	refuses("refusal_has_opinion", decide, request, "refused", "li", "")
	refuses("decision_is_signed", `update act_request set decision = 'granted'`)
	refuses("act_request_once", `insert into act_request (county, act, batch_no, reason, asked_by, asked_at) values ('990121', 'batch.withdraw', $1, 'x', 'li', now())`, no)
	refuses("append-only", `update act_request set reason = 'other'`)
	refuses("append-only", `delete from act_request`)
	refuses("certifier_is_not_uploader", `update batch set state = 'certified', certified_by = 'li', certified_at = now(), certified_sha256 = file_sha256, certified_rules = rule_version,
		certified_rows = row_count, certified_fen = total_fen, certified_mapping = mapping, certified_digest = '' where batch_no = $1`, waiting)
	refuses("certificate_binds_rows", `update batch set state = 'certified', certified_by = 'zhao', certified_at = now(), certified_sha256 = file_sha256, certified_rules = rule_version,
		certified_rows = row_count, certified_fen = total_fen, certified_mapping = mapping where batch_no = $1`, waiting)

	b.refused("by the one who asked", b.DecideAct(ctx, request, "zhao", true, ""), ledger.KindDenied, "不能是同一个人")
	b.refused("by a clerk", b.DecideAct(ctx, request, "sun", true, ""), ledger.KindDenied, "没有“复核”权限")
	b.must(b.DecideAct(ctx, request, "li", true, "核对过"))
	refuses("append-only", decide, request, "refused", "li", "不")
	b.refused("again", b.DecideAct(ctx, request, "li", false, "不"), ledger.KindConflict, "已由“li”办过")
	if audit := b.audited(); !slices.Contains(audit, "request.ask") || !slices.Contains(audit, "request.grant") || !slices.Contains(audit, "batch.withdraw") {
		t.Errorf("audited: %v", audit)
	}
	b.whole()
	_, err = c.Exec(ctx, `alter table audit disable trigger all; delete from audit where action = 'request.grant'`)
	b.must(err)
	found, _ := b.Verify(ctx, mac)
	if !slices.ContainsFunc(found, func(d ledger.Difference) bool { return strings.Contains(d.What, "审计日志里没有记录") }) {
		t.Errorf("verify does not miss the decision: %v", found)
	}
}

// A plan outlives a restart, is done once, fails with what the books said, and is void when the batch goes back.
func TestPlansAreKeptUntilTheyAreDue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	no := b.certified(1)
	b.must(b.PlanPublication(ctx, no, "zhao", b.now.Add(time.Hour)))
	due := func(want int) {
		t.Helper()
		if n, err := b.PublishDue(ctx); n != want || err != nil {
			t.Errorf("%d published, %v; want %d", n, err, want)
		}
	}
	due(0)
	b.now = b.now.Add(2 * time.Hour) // the machine was off when it was due
	again, err := postgres.Open(ctx, b.url, "990121", postgres.Options{Now: func() time.Time { return b.now }})
	b.must(err)
	defer again.Close()
	if n, err := again.PublishDue(ctx); n != 1 || err != nil || b.stateOf(no) != ledger.Published {
		t.Errorf("after a restart: %d, %v, %s", n, err, b.stateOf(no))
	}
	due(0)
	p, err := b.Progress(ctx, "zhao", no)
	if err != nil || p.Plan.Ended != ledger.PlanPublished || p.RowsEntered != 1 || p.People != 1 || p.Unindexed != 1 {
		t.Errorf("progress %+v, %v", p, err)
	}
	drainAll(b)
	if p, err := b.Progress(ctx, "zhao", no); err != nil || p.Unindexed != 0 {
		t.Errorf("progress %+v, %v", p, err)
	}

	clash := b.upload("GD", "2025", row(1, "人2", "id2", willow, "1组", 100))
	b.explain(clash)
	b.must(b.Certify(ctx, clash, "zhao", "r1"))
	b.publish("GD", "2025", row(1, "人2", "id2", willow, "1组", 200))
	b.must(b.PlanPublication(ctx, clash, "zhao", time.Time{}))
	due(0)
	if p, err := b.Progress(ctx, "zhao", clash); err != nil || p.Plan.Ended != ledger.PlanFailed || !strings.Contains(p.Plan.Said, "已在其他批次公开") {
		t.Errorf("a clash: %+v, %v", p.Plan, err)
	}
	b.must(b.PlanPublication(ctx, clash, "zhao", b.now.Add(time.Hour)))
	b.must(b.Reject(ctx, clash, "zhao", "重复"))
	if p, err := b.Progress(ctx, "zhao", clash); err != nil || p.Plan.Ended != ledger.PlanVoid {
		t.Errorf("sent back: %+v, %v", p.Plan, err)
	}

	gone := b.certified(3)
	b.must(b.PlanPublication(ctx, gone, "zhao", b.now.Add(time.Hour)))
	_, err = conn(b).Exec(ctx, `update officer set disabled_at = now() where login = 'zhao'`)
	b.must(err)
	b.now = b.now.Add(2 * time.Hour)
	due(0)
	if b.stateOf(gone) != ledger.Certified {
		t.Error("an officer who is gone has published")
	}
	b.whole()
}
