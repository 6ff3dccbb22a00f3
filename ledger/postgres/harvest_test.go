package postgres_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/ledger"
)

func slot(at time.Time) int { return int(at.Unix() / (60 * ledger.BudgetSlot)) }

// Processes that add at once lose nothing and end in no circle; what was given is read since a stretch, and forgotten after a day.
func TestBudgetsAreAddedUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, now := t.Context(), slot(b.now)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for n := range 20 {
				list := []ledger.Given{{Bucket: []byte("aone"), Slot: now, Persons: 1}, {Bucket: []byte("atwo"), Slot: now, Persons: 2, Granted: 3}}
				if (i+n)%2 == 0 {
					list[0], list[1] = list[1], list[0]
				}
				if _, err := b.Give(ctx, list); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	kept, err := b.Give(ctx, []ledger.Given{{Bucket: []byte("aone"), Slot: now, Granted: 7}, {Bucket: []byte("aone"), Slot: now - 1, Persons: 5}})
	b.must(err)
	if len(kept) != 2 || kept[0].Persons+kept[1].Persons != 165 {
		t.Errorf("kept %+v", kept)
	}
	read := func(since int) (persons, granted int) {
		list, err := b.Given(ctx, [][]byte{[]byte("aone"), []byte("atwo"), []byte("nobody")}, since)
		b.must(err)
		for _, g := range list {
			persons, granted = persons+g.Persons, granted+g.Granted
		}
		return persons, granted
	}
	if p, g := read(now); p != 160+320 || g != 480+7 {
		t.Errorf("%d persons, %d granted", p, g)
	}
	if p, _ := read(now - 1); p != 485 {
		t.Errorf("%d persons since the stretch before", p)
	}
	b.now = b.now.Add(26 * time.Hour)
	b.must(b.SweepAccounts(ctx))
	if p, _ := read(0); p != 0 {
		t.Errorf("%d persons after a day", p)
	}
}

func TestAChallengeOpensOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	opened := make(chan bool, 10)
	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			ok, err := b.Once(t.Context(), []byte("mark"), b.now.Add(time.Minute))
			if err != nil {
				t.Error(err)
			}
			opened <- ok
		})
	}
	wait.Wait()
	n := 0
	for range 10 {
		if <-opened {
			n++
		}
	}
	if n != 1 {
		t.Errorf("opened %d times", n)
	}
}

func TestKiosks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.keeper()
	ctx := t.Context()
	add := func(name, key string) (int64, error) {
		return b.AddKiosk(ctx, "keeper", ledger.Kiosk{Name: name, Place: "政务大厅"}, []byte(key))
	}
	first, err := add("大厅1号机", "hash1")
	b.must(err)
	second, err := add("大厅2号机", "hash2")
	b.must(err)
	if _, err := add("大厅1号机", "hash3"); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("two of one name: %v", err)
	}
	if _, err := b.AddKiosk(ctx, "keeper", ledger.Kiosk{Name: "x"}, []byte("h")); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("nowhere: %v", err)
	}
	if _, err := b.AddKiosk(ctx, "li", ledger.Kiosk{Name: "x", Place: "y"}, []byte("h")); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("by a clerk: %v", err)
	}
	no, err := b.RegisterKiosk(ctx, []byte("hash2"))
	b.must(err)
	if no != second {
		t.Errorf("the key of %d is %d's", second, no)
	}
	for range 2 {
		_, err = b.Give(ctx, []ledger.Given{{Bucket: ledger.KioskBucket(second), Slot: slot(b.now), Persons: 20}, {Bucket: ledger.KioskBucket(99), Slot: slot(b.now), Persons: 5}})
		b.must(err)
	}
	for range 2 {
		b.must(b.CountKiosk(ctx, second, ledger.KioskUse{Visits: 1, Lookups: 2, Searches: 3, Inquiries: 4}))
	}
	b.must(b.RevokeKiosk(ctx, "keeper", first))
	for _, strange := range []int64{first, 99} {
		b.must(b.CountKiosk(ctx, strange, ledger.KioskUse{Visits: 1}))
	}
	if err := b.RevokeKiosk(ctx, "keeper", first); ledger.KindOf(err) != ledger.KindNotFound {
		t.Errorf("revoked twice: %v", err)
	}
	if _, err := b.RegisterKiosk(ctx, []byte("hash1")); ledger.KindOf(err) != ledger.KindNotFound {
		t.Errorf("a revoked key: %v", err)
	}
	_, err = add("大厅1号机", "hash4") // the name is free again
	b.must(err)
	list, err := b.Kiosks(ctx)
	b.must(err)
	if len(list) != 3 || list[0].No != second || list[0].Today != 40 || list[0].Month != 40 || list[0].Registered.IsZero() || list[2].Revoked.IsZero() {
		t.Errorf("kiosks: %+v", list)
	}
	if want := (ledger.KioskUse{Visits: 2, Lookups: 4, Searches: 6, Inquiries: 8}); list[0].Used != want || list[0].UsedMonth != want || list[2].UsedMonth != (ledger.KioskUse{}) {
		t.Errorf("use: %+v", list)
	}
	b.whole()
}

// A trap stands in nothing that is shown, and raises an alarm by its own page, or when questions come upon several.
func TestTraps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.keeper()
	ctx := t.Context()
	b.publish("GD", "2025", row(1, "欧阳建国", "1", willow, "1", 100), row(2, "张三丰", "2", willow, "1", 100))
	set := func(village, name string) error {
		return b.SetTrap(ctx, "keeper", ledger.Trap{Ref: ledger.PersonRef{Village: village}, Name: name, NameKey: name})
	}
	for name, village := range map[string]string{
		"欧阳": willow, "欧阳砚秋": willow, "李三丰": willow, "亓官砚秋": "990121101", "亓官砚": "990121101999",
	} {
		if err := set(village, name); ledger.KindOf(err) != ledger.KindInvalid {
			t.Errorf("%s in %s: %v", name, village, err)
		}
	}
	b.must(set(willow, "亓官砚秋"))
	if err := set(bridge, "赫连砚秋"); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("two neighbouring characters of another trap: %v", err)
	}
	b.must(set(willow, "亓官砚秋")) // again: another address
	b.must(set(bridge, "濮阳澹月"))
	traps, err := b.Traps(ctx)
	b.must(err)
	if len(traps) != 2 || traps[0].Village != "柳门口村" {
		t.Fatalf("traps: %+v", traps)
	}
	for _, trap := range traps {
		if _, _, err := b.PublicPerson(ctx, trap.Ref); ledger.KindOf(err) != ledger.KindNotFound {
			t.Errorf("a trap has a page: %v", err)
		}
		for mode := ledger.NameExact; mode <= ledger.NameNear; mode++ {
			hits, err := b.FindPeople(ctx, ledger.PeopleQuery{Name: trap.NameKey, Mode: mode, Page: 1, PerPage: 20})
			b.must(err)
			if hits.Total > 0 {
				t.Error("a trap is found")
			}
		}
	}
	b.whole()

	touch := func(bucket string, way ledger.TrapWay, refs ...string) int {
		t.Helper()
		var list []ledger.Touch
		for _, r := range refs {
			list = append(list, ledger.Touch{Bucket: []byte(bucket), Way: way, Ref: r})
		}
		raised, err := b.TouchTraps(ctx, list)
		b.must(err)
		return len(raised)
	}
	one, two := traps[0].Ref.Person, traps[1].Ref.Person
	if n := touch("achance", ledger.TrapName, one, one, two, "0123"); n != 0 {
		t.Error("an alarm for two questions")
	}
	if n := touch("amachine", ledger.TrapPage, one); n != 1 {
		t.Errorf("%d alarms for a trap's page", n)
	}
	if n := touch("amachine", ledger.TrapPage, two); n != 0 {
		t.Error("a second alarm for the same visitor on the same day")
	}
	b.must(b.SaveRegions(ctx, "test", []ledger.Region{{Code: "990121101203", Parent: "990121101", Name: "山口村"}}))
	b.must(set("990121101203", "澹台鹤汀"))
	traps, err = b.Traps(ctx)
	b.must(err)
	if n := touch("achance", ledger.TrapName, traps[2].Ref.Person); n != 1 {
		t.Error("no alarm for questions that came upon three")
	}
	alarms, err := b.Alarms(ctx, 10)
	b.must(err)
	if len(alarms) != 2 {
		t.Fatalf("alarms: %+v", alarms)
	}
	for _, a := range alarms {
		if want := map[ledger.TrapWay]int{ledger.TrapName: 3, ledger.TrapPage: 2}[a.Way]; a.Traps != want || !bytes.HasPrefix(a.Bucket, []byte("a")) {
			t.Errorf("alarm: %+v", a)
		}
	}
	b.must(b.SeeAlarm(ctx, "keeper", alarms[0].No))
	if err := b.SeeAlarm(ctx, "keeper", alarms[0].No); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("seen twice: %v", err)
	}
	if n, err := b.AlarmsWaiting(ctx); err != nil || n != 1 {
		t.Errorf("%d wait, %v", n, err)
	}

	// Somebody of a like name comes into the books: the trap counts for nothing from then on.
	b.publish("GD", "2024", row(1, "澹台鹤汀", "3", willow, "1", 100))
	b.now = b.now.AddDate(0, 0, 1)
	if n := touch("aneighbour", ledger.TrapPage, traps[2].Ref.Person); n != 0 {
		t.Error("an alarm about somebody who exists")
	}
	b.must(b.RemoveTrap(ctx, "keeper", bridge))
	if err := b.RemoveTrap(ctx, "li", willow); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("by a clerk: %v", err)
	}
	b.must(b.SaveOfficer(ctx, "test", ledger.Officer{Login: "auditor", Name: "审计", Roles: []ledger.OfficeRole{ledger.RoleAuditor}}))
	lines, err := b.AuditLines(ctx, "auditor", ledger.AuditQuery{Limit: 100})
	b.must(err)
	text := fmt.Sprint(lines)
	for _, trap := range traps {
		if strings.Contains(text, trap.Name) || strings.Contains(text, trap.Ref.Person) {
			t.Error("the audit log names a trap")
		}
	}
	b.whole()
}
