package main

import (
	"fmt"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

type certifyCmd struct {
	Batch int64  `arg:"" help:"批次号"`
	As    string `required:"" help:"复核人账号"`
}

// Run certifies a batch.
func (c *certifyCmd) Run(cfg *Config, s *streams) error {
	return act(cfg, s, func(db *postgres.DB) error { return (&office{db: db}).Certify(s.ctx, c.Batch, c.As) }, "批次%d已复核", c.Batch)
}

type publishCmd struct {
	Batch int64  `arg:"" help:"批次号"`
	As    string `required:"" help:"复核人账号"`
}

// Run publishes a certified batch.
func (c *publishCmd) Run(cfg *Config, s *streams) error {
	return act(cfg, s, func(db *postgres.DB) error { return db.Publish(s.ctx, c.Batch, c.As) }, "批次%d已公开", c.Batch)
}

type withdrawCmd struct {
	Batch  int64  `arg:"" help:"批次号"`
	As     string `required:"" help:"复核人账号"`
	Reason string `required:"" help:"原因，会公开"`
	Row    int    `help:"只撤回这一行（工作表里的行号，公开页上写着）"`
	Sheet  string `help:"行所在的工作表；批次只有一个工作表时不用写"`
}

// Run withdraws a published batch, or one row of it.
func (c *withdrawCmd) Run(cfg *Config, s *streams) error {
	if err := harmless("原因", c.Reason); err != nil {
		return err
	}
	if c.Row > 0 {
		return act(cfg, s, func(db *postgres.DB) error {
			return db.WithdrawRow(s.ctx, c.Batch, c.Sheet, c.Row, c.As, c.Reason)
		}, "批次%d第%d行已撤回", c.Batch, c.Row)
	}
	return act(cfg, s, func(db *postgres.DB) error { return db.Withdraw(s.ctx, c.Batch, c.As, c.Reason) }, "批次%d已撤回", c.Batch)
}

type revertCmd struct {
	Batch  int64  `arg:"" help:"批次号"`
	As     string `required:"" help:"复核人账号"`
	Reason string `required:"" help:"原因"`
}

// Run lets a withdrawn batch count again.
func (c *revertCmd) Run(cfg *Config, s *streams) error {
	if err := harmless("原因", c.Reason); err != nil {
		return err
	}
	return act(cfg, s, func(db *postgres.DB) error { return db.Revert(s.ctx, c.Batch, c.As, c.Reason) }, "批次%d已恢复公开", c.Batch)
}

type compareCmd struct {
	Batch int64 `arg:"" help:"批次号"`
	JSON  bool  `name:"json" help:"以 JSON 输出"`
}

// Run compares a batch with the last period of its fund.
func (c *compareCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		d, err := db.Compare(s.ctx, c.Batch)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(s, d)
		}
		tellComparison(s, d)
		return nil
	})
}

func tellComparison(s *streams, d ledger.Comparison) {
	now, before := size(d.Kind, d.Now.Rows, d.Now.Total), size(d.Kind, d.Before.Rows, d.Before.Total)
	if d.Last == "" {
		fmt.Fprintf(s.out, "批次%d是这个项目最早的一期，没有上期可比。本期%s\n", d.Batch, now)
		return
	}
	changed := "新增%d人，减少%d人，金额变化%d人"
	if d.Kind != ledger.Subsidy {
		changed = "新增%d行，减少%d行，内容变化%d行"
	}
	fmt.Fprintf(s.out, "%s与%s相比：%s → %s；"+changed+"\n", d.Period.Name(), d.Last.Name(), before, now, d.Added, d.Gone, d.Changed)
	for _, v := range d.Villages {
		fmt.Fprintf(s.out, "  %s %s  %d行%s元 → %d行%s元\n", v.Town, v.Name, v.Before.Rows, v.Before.Total, v.Now.Rows, v.Now.Total)
	}
	for _, p := range d.People {
		fmt.Fprintf(s.out, "  %s %s  %s → %s\n", p.Village, p.Name, amountOr(p.Before), amountOr(p.Now))
	}
	for _, r := range d.Records {
		fmt.Fprintf(s.out, "  %s %s%s\n", changeWord(r), r.Key, amounts(d.Kind, r))
	}
	for _, f := range d.Findings() {
		fmt.Fprintf(s.out, "  %s %s  %s。%s\n", f.Severity, f.Rule, f.Message, f.Fix)
	}
}

// size words a number of rows and, where the kind has money, what they come to.
func size(kind ledger.FundKind, rows int, total ledger.Fen) string {
	if !kind.HasMoney() {
		return fmt.Sprintf("%d行", rows)
	}
	return fmt.Sprintf("%d行%s元", rows, total)
}

func changeWord(r ledger.RecordChange) string {
	switch {
	case r.Added:
		return "新增"
	case r.Gone:
		return "减少"
	}
	return "变化"
}

func amounts(kind ledger.FundKind, r ledger.RecordChange) string {
	if !kind.HasMoney() {
		return ""
	}
	return "  " + amountOr(r.Before) + " → " + amountOr(r.Now)
}

func amountOr(f *ledger.Fen) string {
	if f == nil {
		return "无"
	}
	return f.String() + "元"
}

type rejectCmd struct {
	Batch  int64  `arg:"" help:"批次号"`
	As     string `required:"" help:"复核人账号，或上传人自己"`
	Reason string `required:"" help:"原因"`
}

// Run sends a batch back that is not yet public.
func (c *rejectCmd) Run(cfg *Config, s *streams) error {
	if err := harmless("原因", c.Reason); err != nil {
		return err
	}
	return act(cfg, s, func(db *postgres.DB) error { return db.Reject(s.ctx, c.Batch, c.As, c.Reason) }, "批次%d已退回；改好的文件用 import --batch %d 接着传", c.Batch, c.Batch)
}

// act changes the books and says what was done.
func act(cfg *Config, s *streams, do func(*postgres.DB) error, done string, args ...any) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		if err := do(db); err != nil {
			return err
		}
		s.say(done, args...)
		return nil
	})
}

func withBooks(cfg *Config, s *streams, fn func(*postgres.DB) error) error {
	db, err := cfg.books(s)
	if err != nil {
		return err
	}
	defer db.Close()
	return fn(db)
}
