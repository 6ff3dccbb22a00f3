package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"mingbai/ingest"
	"mingbai/ledger"
)

type checkCmd struct {
	Files []string          `arg:"" name:"file" help:"清册文件"`
	Kind  ledger.FundKind   `help:"类别：subsidy, allocation, transfer, project, budget, agency, post；不给则从表头认"`
	Unit  string            `help:"金额单位：yuan 元，wan 万元；不给则从表中认" default:"" enum:",yuan,wan"`
	Map   map[string]string `help:"指定列对应的字段：列标题或列号=字段，如 --map C=village；字段留空则不要这列" placeholder:"列=字段"`
	JSON  bool              `name:"json" help:"以 JSON 输出"`

	Report    string `help:"把校验结果另存为 xlsx" placeholder:"FILE"`
	Annotated string `help:"把清册标出错处，另存为 xlsx；里面是原表的内容，只给经办人自己" placeholder:"FILE"`
}

// Run checks each file and tells its findings; a blocked file makes the exit code 1.
func (c *checkCmd) Run(_ *Config, s *streams) error {
	if (c.Report != "" || c.Annotated != "") && len(c.Files) > 1 {
		return ledger.Errorf(ledger.KindInvalid, "--report 和 --annotated 一次只能用于一个文件")
	}
	blocked := false
	for _, path := range c.Files {
		content, err := readFile(path)
		r, refused := unread(path, err)
		if !refused {
			if err != nil {
				return err
			}
			r, err = ingest.Check(s.ctx, path, bytes.NewReader(content), int64(len(content)), ingest.Options{Kind: c.Kind, Unit: c.Unit, Map: c.Map}, nil)
			if err != nil {
				return err
			}
			if err := c.comeBack(s, r, content); err != nil {
				return err
			}
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

// comeBack writes what goes back to the clerk: the findings as a list, and in the clerk's own workbook.
func (c *checkCmd) comeBack(s *streams, r ingest.Report, content []byte) error {
	if c.Report != "" {
		if err := create(c.Report, func(w io.Writer) error {
			return r.WriteFindings(s.ctx, bytes.NewReader(content), int64(len(content)), w)
		}); err != nil {
			return err
		}
		s.say("校验结果已写入 %s", c.Report)
	}
	if c.Annotated != "" {
		fresh := false
		if err := create(c.Annotated, func(w io.Writer) (err error) {
			fresh, err = r.AnnotatedCopy(s.ctx, bytes.NewReader(content), int64(len(content)), w)
			return err
		}); err != nil {
			return err
		}
		if fresh {
			s.say("原文件不能直接标注，已按同样内容另做一份：%s", c.Annotated)
		} else {
			s.say("标出错处的清册已写入 %s", c.Annotated)
		}
	}
	return nil
}

// create writes a file that only its owner may read; what fails leaves none behind.
func create(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return ledger.Errorf(ledger.KindUnavailable, "文件 %s 写不进去：%v", path, err)
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		os.Remove(path)
		return err
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
	File   string            `arg:"" help:"清册文件"`
	Fund   string            `required:"" help:"资金项目代码"`
	Period string            `required:"" help:"期间：2025 或 2025-03"`
	As     string            `required:"" help:"经办人账号"`
	Unit   string            `help:"金额单位：yuan 元，wan 万元；不给则从表中认" default:"" enum:",yuan,wan"`
	Map    map[string]string `help:"指定列对应的字段：列标题或列号=字段" placeholder:"列=字段"`
	Note   string            `help:"对“请核对”（W）各条的说明，随批次保存"`
	JSON   bool              `name:"json" help:"以 JSON 输出"`

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
	no, unplaced, r, err := o.Import(s.ctx, job{Path: c.File, Fund: c.Fund, Period: period, By: c.As, Unit: c.Unit, Map: c.Map, Corrects: c.Corrects, Reason: c.Reason, Note: c.Note})
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
