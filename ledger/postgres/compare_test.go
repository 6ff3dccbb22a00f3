package postgres_test

import (
	"strings"
	"testing"

	"mingbai/ledger"
)

func TestABatchIsComparedWithTheLastPeriod(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish("GD", "2023", row(1, "旧人", "old", willow, "1组", 999))
	b.publish("GD", "2024", row(1, "张三", "zhang", willow, "1组", 100), row(2, "李四", "li", willow, "1组", 200), row(3, "王五", "wang", bridge, "1组", 50))
	no := b.upload("GD", "2025", row(1, "张三", "zhang", willow, "1组", 100), row(2, "李四", "li", willow, "1组", 500), row(3, "赵六", "zhao6", willow, "1组", 70))
	for _, state := range []string{"waiting", "published"} {
		c, err := b.Compare(t.Context(), no)
		b.must(err)
		if c.Last != "2024" || c.Now != (ledger.Tally{Rows: 3, Total: 670}) || c.Before != (ledger.Tally{Rows: 3, Total: 350}) ||
			c.Added != 1 || c.Gone != 1 || c.Changed != 1 {
			t.Errorf("%s: %+v", state, c)
		}
		if len(c.Villages) != 2 || c.Villages[0].Code != willow || c.Villages[1].Now.Rows != 0 || c.Villages[1].Before.Total != 50 {
			t.Errorf("%s: villages %+v", state, c.Villages)
		}
		if len(c.People) != 3 || c.People[0].Name != "李四" || *c.People[0].Before != 200 || *c.People[0].Now != 500 || c.People[1].Before != nil {
			t.Errorf("%s: people %+v", state, c.People)
		}
		var says []string
		for _, f := range c.Findings() {
			if f.Rule != "XB-03" || f.Severity != ledger.Warn {
				t.Errorf("%+v", f)
			}
			says = append(says, f.Message)
		}
		if got := strings.Join(says, "；"); got != "与上期相比总额变化+91%；与上期相比缺少柳门镇石桥村（上期1行）" {
			t.Errorf("%s: findings %s", state, got)
		}
		if state == "waiting" {
			b.explain(no)
			b.must(b.Certify(t.Context(), no, "zhao", "r1"))
			b.must(b.Publish(t.Context(), no, "zhao"))
		}
	}
	// A correction waiting is compared as the period will be: one row in place of another.
	u := upload("GD", "2025")
	u.Corrects, u.Reason = no, "更正"
	fix, err := b.Import(t.Context(), u, seq([]ledger.StagedRow{row(1, "李四", "li", willow, "1组", 210)}))
	b.must(err)
	c, err := b.Compare(t.Context(), fix)
	b.must(err)
	if c.Now != (ledger.Tally{Rows: 3, Total: 380}) || c.Changed != 1 {
		t.Errorf("with the correction: %+v", c)
	}
	alone := b.upload("DB", "2025", row(1, "张三", "zhang", willow, "1组", 100))
	if c, err := b.Compare(t.Context(), alone); err != nil || c.Last != "" || c.Now.Total != 100 || c.Findings() != nil {
		t.Errorf("the first period of a fund: %+v, %v", c, err)
	}
}
