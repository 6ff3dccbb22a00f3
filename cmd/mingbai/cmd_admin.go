package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/schollz/progressbar/v3"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

type versionCmd struct{}

// Run prints the program's version and that of the rules it checks by.
func (versionCmd) Run(_ *Config, s *streams) error {
	fmt.Fprintf(s.out, "mingbai %s，校验规则 %s\n", version, ingest.RuleVersion())
	return nil
}

type migrateCmd struct{}

// Run brings the schema up to date.
func (migrateCmd) Run(cfg *Config, s *streams) error {
	if err := cfg.findRunning(); err != nil {
		return err
	}
	if err := postgres.Migrate(s.ctx, cfg.DatabaseURL); err != nil {
		return err
	}
	s.say("账库结构已是最新")
	return nil
}

func progress(s *streams, total int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(total, progressbar.OptionSetWriter(s.err), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(200e6))
}

// codeLists are a county's regions and funds as a file.
type codeLists struct {
	Regions []ledger.Region `json:"regions"`
	Funds   []ledger.Fund   `json:"funds"`
}

type codesCmd struct {
	File string `arg:"" help:"名录文件（JSON：regions, funds），样式见 mingbai gen 生成的 codes.json"`
}

// Run loads code lists.
func (c *codesCmd) Run(cfg *Config, s *streams) error {
	text, err := readFile(c.File)
	if err != nil {
		return err
	}
	var lists codeLists
	if err := json.Unmarshal(text, &lists); err != nil {
		return &ledger.Error{Kind: ledger.KindInvalid, Message: "名录文件不是正确的 JSON", Cause: err}
	}
	return withBooks(cfg, s, func(db *postgres.DB) error { return saveCodes(s, db, lists) })
}

func saveCodes(s *streams, db *postgres.DB, lists codeLists) error {
	if err := db.SaveRegions(s.ctx, console, lists.Regions); err != nil {
		return err
	}
	for _, f := range lists.Funds {
		if err := db.SaveFund(s.ctx, console, f); err != nil {
			return err
		}
	}
	s.say("名录已装入：%d个区划，%d项资金", len(lists.Regions), len(lists.Funds))
	return nil
}

type genCmd struct {
	Households int      `help:"户数" default:"300"`
	Seed       uint64   `help:"种子；同一种子生成同样的文件" default:"1"`
	Layouts    bool     `help:"改为生成各种版式的表，每种版式若干变化" xor:"what"`
	Faults     []string `help:"改为生成带错误和形似错误的表：规则号，用逗号隔开；all 为全部" placeholder:"CEL-01,XR-03" xor:"what"`
	Out        string   `required:"" help:"输出文件夹"`
}

// Run makes a fictional county's workbooks, or every layout, or the faults of rules, with the truth beside them.
func (c *genCmd) Run(_ *Config, s *streams) error {
	switch {
	case c.Layouts:
		t, err := fixtures.GenerateLayouts(s.ctx, c.Out, c.Seed)
		if err != nil {
			return err
		}
		s.say("生成%d个文件，在 %s", len(t.Files), c.Out)
		return nil
	case len(c.Faults) > 0:
		return c.faults(s)
	}
	return c.county(s)
}

func (c *genCmd) faults(s *streams) error {
	rules := c.Faults
	if slices.Equal(rules, []string{"all"}) {
		rules = fixtures.Faults()
	}
	t, err := fixtures.GenerateFaults(s.ctx, c.Out, c.Seed, rules)
	if err != nil {
		return err
	}
	faults, near := 0, 0
	for _, f := range t.Files {
		faults += len(f.Faults)
		near += len(f.Near)
	}
	s.say("生成%d个文件，%d处错误，%d处形似而不是错误，在 %s", len(t.Files), faults, near, c.Out)
	return nil
}

func (c *genCmd) county(s *streams) error {
	bar := progress(s, 1, "生成")
	t, err := fixtures.Generate(s.ctx, fixtures.Plan{Households: c.Households, Seed: c.Seed, Dir: c.Out}, func(done, total int) {
		bar.ChangeMax(total)
		bar.Set(done)
	})
	if err != nil {
		return err
	}
	bar.Finish()
	text, err := json.MarshalIndent(codeLists{fixtures.Regions(), fixtures.Funds()}, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.Out, "codes.json"), text, 0o644); err != nil {
		return err
	}
	rows := 0
	for _, b := range t.Books {
		rows += b.Rows
	}
	s.say("生成%d本清册（%d行）和%d张其他的表，在 %s", len(t.Books), rows, len(t.Tables), c.Out)
	return nil
}

type keysCmd struct {
	New keysNewCmd `cmd:"" help:"生成新的密钥文件"`
}

type keysNewCmd struct {
	File string `arg:"" help:"文件；已有则拒绝"`
}

// Run makes a key file for a new county. An existing one is never replaced: with it would go every sealed number.
func (c *keysNewCmd) Run(_ *Config, s *streams) error {
	if _, err := os.Stat(c.File); err == nil {
		return ledger.Errorf(ledger.KindConflict, "%s 已存在，不能覆盖：丢了旧密钥，已封存的证号就打不开了", c.File)
	}
	if _, err := ledger.LoadKeys(c.File, true); err != nil {
		return err
	}
	s.say("密钥已写入 %s。请另存一份在别处，不要与数据库放在一起", c.File)
	return nil
}
