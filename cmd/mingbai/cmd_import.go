package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"mingbai/ingest"
	"mingbai/ledger"
)

type checkCmd struct {
	Files []string        `arg:"" name:"file" help:"清册文件"`
	Kind  ledger.FundKind `help:"类别：subsidy, allocation, transfer, budget, agency, post" default:"subsidy"`
	Unit  string          `help:"金额单位：yuan 元，wan 万元；不给则从表中认" default:"" enum:",yuan,wan"`
	JSON  bool            `name:"json" help:"以 JSON 输出"`
}

// Run checks each file and tells its findings; a blocked file makes the exit code 1.
func (c *checkCmd) Run(_ *Config, s *streams) error {
	blocked := false
	for _, path := range c.Files {
		content, err := readFile(path)
		if err != nil {
			return err
		}
		r, err := ingest.Check(s.ctx, path, bytes.NewReader(content), int64(len(content)), ingest.Options{Kind: c.Kind, Unit: c.Unit}, nil)
		if err != nil {
			return err
		}
		blocked = blocked || ledger.Blocks(r.Findings)
		if c.JSON {
			if err := writeJSON(s, r); err != nil {
				return err
			}
			continue
		}
		tell(s, r)
	}
	if blocked {
		return errFound
	}
	return nil
}

func writeJSON(s *streams, v any) error {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// tell writes a report for a clerk to read: place first, then what, then how.
func tell(s *streams, r ingest.Report) {
	fmt.Fprintf(s.out, "%s：%d行，%s元\n", r.File, r.Rows, r.Total)
	for _, f := range r.Findings {
		fmt.Fprintf(s.out, "  %s %s  %s%s  %s。%s\n", f.Severity, f.Rule, place(f), f.Cell, f.Message, f.Fix)
	}
}

func place(f ledger.Finding) string {
	if f.Sheet == "" {
		return ""
	}
	return f.Sheet + "!"
}

type importCmd struct {
	File   string `arg:"" help:"清册文件"`
	Fund   string `required:"" help:"资金项目代码"`
	Period string `required:"" help:"期间：2025 或 2025-03"`
	As     string `required:"" help:"经办人账号"`
	Unit   string `help:"金额单位：yuan 元，wan 万元；不给则从表中认" default:"" enum:",yuan,wan"`
	Note   string `help:"对“请核对”（W）各条的说明，随批次保存"`
	JSON   bool   `name:"json" help:"以 JSON 输出"`

	Corrects int64  `help:"更正：这个文件里的行，替换该批次里同一个人的行" placeholder:"BATCH"`
	Reason   string `help:"更正的原因，会公开"`
}

// Run imports a file and prints the number of its batch.
func (c *importCmd) Run(cfg *Config, s *streams) error {
	period, err := ledger.ParsePeriod(c.Period)
	if err != nil {
		return err
	}
	keys, err := cfg.keyring(false)
	if err != nil {
		return err
	}
	db, err := cfg.books(s)
	if err != nil {
		return err
	}
	defer db.Close()
	o := &office{db: db, keys: keys}
	no, unplaced, r, err := o.Import(s.ctx, job{Path: c.File, Fund: c.Fund, Period: period, By: c.As, Unit: c.Unit, Corrects: c.Corrects, Reason: c.Reason, Note: c.Note})
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(s, struct {
			Batch    int64         `json:"batch"` // 0 when findings blocked the import
			Unplaced int           `json:"rows_without_village_code"`
			Report   ingest.Report `json:"report"`
		}{no, unplaced, r})
		if err != nil {
			return err
		}
	}
	if no == 0 {
		if !c.JSON {
			tell(s, r)
		}
		s.say("没有导入，账库没有变化。改好后再传")
		return errFound
	}
	if unplaced > 0 {
		s.say("有%d行的村名不在名录里，公开页会注明“村未登记”；请核对村名或先维护名录", unplaced)
	}
	s.say("已导入：%d行，%s元，等待另一人复核", r.Rows, r.Total)
	if !c.JSON {
		fmt.Fprintln(s.out, no)
	}
	return nil
}
