package main

import (
	"fmt"

	"mingbai/ingest"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

type dictionaryCmd struct {
	Add    dictionaryAddCmd    `cmd:"" help:"给本县的词典加一个列名"`
	Remove dictionaryRemoveCmd `cmd:"" help:"去掉本县词典里的一个列名"`
	List   dictionaryListCmd   `cmd:"" help:"显示本县的词典；输出可作 check --dictionary 的文件"`
}

type dictionaryAddCmd struct {
	Label string `arg:"" help:"清册上的列名"`
	Kind  string `required:"" help:"在哪类表里：subsidy, allocation, transfer, project, budget, agency, post；* 为全部"`
	Use   string `help:"field 导入，known 认得但不用，never 不予公开，role 称呼（表示是谁），part 个人的哪一项" default:"field"`
	Field string `required:"" help:"字段名，如 amount；用于 role 时写 head, payee, beneficiary"`
	As    string `required:"" help:"管理员账号"`
}

// Run adds a word. Batches checked before it must be checked again (XB-04).
func (c *dictionaryAddCmd) Run(cfg *Config, s *streams) error {
	line, err := ingest.ReadLine(ledger.DictionaryLine{Kind: c.Kind, Use: c.Use, Field: c.Field, Label: c.Label})
	if err != nil {
		return err
	}
	return act(cfg, s, func(db *postgres.DB) error { return db.AddWord(s.ctx, c.As, line) },
		"词典已加上“%s”。已校验、还没复核的批次要把原文件重新导入一次", line.Label)
}

type dictionaryRemoveCmd struct {
	Label string `arg:"" help:"列名，照 list 里写的"`
	Kind  string `required:"" help:"在哪类表里；* 为全部"`
	As    string `required:"" help:"管理员账号"`
}

// Run takes a word away.
func (c *dictionaryRemoveCmd) Run(cfg *Config, s *streams) error {
	return act(cfg, s, func(db *postgres.DB) error { return db.RemoveWord(s.ctx, c.As, c.Kind, c.Label) },
		"词典已去掉“%s”。已校验、还没复核的批次要把原文件重新导入一次", c.Label)
}

type dictionaryListCmd struct {
	All  bool `help:"去掉了的也显示，注明何时、由谁"`
	JSON bool `name:"json" help:"以 JSON 输出"`
}

// Run prints the county's words.
func (c *dictionaryListCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		lines, err := db.Dictionary(s.ctx, c.All)
		if err != nil {
			return err
		}
		switch {
		case c.JSON:
			return writeJSON(s, listed(lines))
		case !c.All:
			fmt.Fprint(s.out, ingest.DictionaryText(lines))
			return nil
		}
		for _, l := range lines {
			fmt.Fprintf(s.out, "[%s] %s %s: %s  %s %s 加", l.Kind, l.Use, l.Field, l.Label, l.At.In(ledger.Shanghai).Format("2006-01-02"), l.By)
			if l.RemovedBy != "" {
				fmt.Fprintf(s.out, "，%s %s 去掉", l.RemovedAt.In(ledger.Shanghai).Format("2006-01-02"), l.RemovedBy)
			}
			fmt.Fprintln(s.out)
		}
		return nil
	})
}

type mappingCmd struct {
	List   mappingListCmd   `cmd:"" help:"显示记住的列对应，按表头"`
	Forget mappingForgetCmd `cmd:"" help:"忘掉一种表头的列对应"`
}

type mappingListCmd struct {
	JSON bool `name:"json" help:"以 JSON 输出"`
}

// Run prints what is remembered of columns, by header.
func (c *mappingListCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		remembered, err := db.Mappings(s.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(s, listed(remembered))
		}
		for _, m := range remembered {
			field := m.Field
			if field == "" {
				field = "不导入"
			}
			fmt.Fprintf(s.out, "%s  %s  第%d列 %s = %s  批次%d，%s %s\n", m.Signature, m.Kind, m.Position, m.Label, field, m.Batch,
				m.At.In(ledger.Shanghai).Format("2006-01-02"), m.By)
		}
		return nil
	})
}

type mappingForgetCmd struct {
	Signature string `arg:"" help:"表头的代号，见 mapping list"`
	As        string `required:"" help:"经办人账号"`
}

// Run forgets a header's mapping.
func (c *mappingForgetCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		n, err := db.ForgetMapping(s.ctx, c.Signature, c.As)
		if err == nil {
			s.say("表头 %s 的%d列对应已忘掉", c.Signature, n)
		}
		return err
	})
}
