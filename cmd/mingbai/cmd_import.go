package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"mingbai/ingest"
	"mingbai/ingest/apart"
	"mingbai/ledger"
)

type checkCmd struct {
	Files []string          `arg:"" name:"file" help:"清册文件"`
	Kind  ledger.FundKind   `help:"类别：subsidy, allocation, transfer, project, budget, agency, post；不给则从表头认"`
	Unit  string            `help:"金额单位：yuan 元，wan 万元；不给则从表中认" default:"" enum:",yuan,wan"`
	Map   map[string]string `help:"指定列对应的字段：列标题或列号=字段，如 --map C=village；字段留空则不要这列" placeholder:"列=字段"`
	JSON  bool              `name:"json" help:"以 JSON 输出"`

	Dictionary string `help:"本县的词典文件，样式见 mingbai dictionary list" placeholder:"FILE"`

	Report    string `help:"把校验结果另存为 xlsx" placeholder:"FILE"`
	Annotated string `help:"把清册标出错处，另存为 xlsx；里面是原表的内容，只给经办人自己" placeholder:"FILE"`
}

// Run checks each file and tells its findings; a blocked file makes the exit code 1.
func (c *checkCmd) Run(cfg *Config, s *streams) error {
	if (c.Report != "" || c.Annotated != "") && len(c.Files) > 1 {
		return ledger.Errorf(ledger.KindInvalid, "--report 和 --annotated 一次只能用于一个文件")
	}
	reader := apart.New(cfg.log(s))
	options := ingest.Options{Kind: c.Kind, Unit: c.Unit, Map: c.Map}
	if c.Dictionary != "" {
		lines, err := readFile(c.Dictionary)
		if err != nil {
			return err
		}
		options.Dictionary = string(lines)
	}
	blocked := false
	for _, path := range c.Files {
		r, err := c.check(s, reader, path, options)
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

func (c *checkCmd) check(s *streams, reader *apart.Reader, path string, options ingest.Options) (ingest.Report, error) {
	f, err := openFile(path)
	if r, refused := unread(path, err); refused || err != nil {
		if refused {
			err = nil
		}
		return r, err
	}
	defer f.Close()
	r, err := reader.Check(s.ctx, f, path, options, nil)
	if err != nil {
		return r, err
	}
	return r, c.comeBack(s, reader, f, r)
}

// comeBack writes what goes back to the clerk: the findings as a list, and in the clerk's own workbook.
func (c *checkCmd) comeBack(s *streams, reader *apart.Reader, f *os.File, r ingest.Report) error {
	if c.Report != "" {
		if err := create(c.Report, func(w io.Writer) error { return reader.Findings(s.ctx, f, r, w) }); err != nil {
			return err
		}
		s.say("校验结果已写入 %s", c.Report)
	}
	if c.Annotated != "" {
		fresh := false
		if err := create(c.Annotated, func(w io.Writer) (err error) {
			fresh, err = reader.Annotated(s.ctx, f, r, w)
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
	fmt.Fprintf(s.out, "%s：%s\n", r.File, size(r.Kind, r.Rows, r.Total))
	for _, f := range r.Findings {
		tellFinding(s, f)
	}
}

func tellFinding(s *streams, f ledger.Finding) {
	fmt.Fprintf(s.out, "  %s %s  %s%s  %s。%s\n", f.Severity, f.Rule, place(f), f.Cell, f.Message, f.Fix)
}

func place(f ledger.Finding) string {
	if f.Sheet == "" {
		return ""
	}
	return f.Sheet + "!"
}

type importCmd struct {
	File   string            `arg:"" help:"清册文件"`
	Fund   string            `help:"资金项目代码"`
	Period string            `help:"期间：2025 或 2025-03"`
	As     string            `required:"" help:"经办人账号"`
	Unit   string            `help:"金额单位：yuan 元，wan 万元；不给则从表中认" default:"" enum:",yuan,wan"`
	Map    map[string]string `help:"指定列对应的字段：列标题或列号=字段" placeholder:"列=字段"`
	Note   string            `help:"对“请核对”（W）各条的说明，随批次保存"`
	JSON   bool              `name:"json" help:"以 JSON 输出"`

	Batch int64 `help:"这是改好的文件，接着这个批次；项目和期间就是那个批次的" placeholder:"BATCH"`
	Keep  bool  `help:"有必须改的问题时，也把文件和校验结果留在账库里，改好后用 --batch 接着传"`

	Corrects int64  `help:"更正：这个文件里的行，替换该批次里同一个人的行；其他类别替换整个批次" placeholder:"BATCH"`
	Reason   string `help:"更正的原因，会公开"`
}

// Validate refuses flags that do not say which batch the file is for.
func (c *importCmd) Validate() error {
	switch {
	case c.Batch == 0 && (c.Fund == "" || c.Period == ""):
		return errors.New("要写 --fund 和 --period；改好的文件接着原来的批次，写 --batch")
	case c.Batch != 0 && (c.Fund != "" || c.Period != "" || c.Corrects != 0 || c.Reason != ""):
		return errors.New("--batch 已定了项目、期间和更正对象，不要再写")
	}
	return nil
}

// Run imports a file and prints the number of its batch.
func (c *importCmd) Run(cfg *Config, s *streams) error {
	j, err := c.job()
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
	o := newOffice(db, keys, cfg.log(s))
	no, unplaced, r, err := o.Import(s.ctx, j)
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
	if ledger.Stops(r.Findings) {
		if !c.JSON {
			tell(s, r)
			fmt.Fprintln(s.out, no)
		}
		s.say("文件和校验结果已留在批次%d，没有导入。改好后用 --batch %d 再传", no, no)
		return errFound
	}
	if err := o.submitIfClear(s.ctx, no, c.As); err != nil {
		return err
	}
	if unplaced > 0 {
		s.say("有%d行的村名不在名录里，公开页会注明“村未登记”；请核对村名或先维护名录", unplaced)
	}
	s.say("已导入：%s，等待另一人复核", size(r.Kind, r.Rows, r.Total))
	c.sayOpen(s, no, r)
	if !c.JSON {
		fmt.Fprintln(s.out, no)
	}
	return nil
}

// job is the order that the flags come to. A mended file's fund and period are its batch's.
func (c *importCmd) job() (job, error) {
	j := job{
		Path: c.File, Fund: c.Fund, By: c.As, Unit: c.Unit, Map: c.Map, Corrects: c.Corrects, Reason: c.Reason, Note: c.Note,
		Batch: c.Batch, Keep: c.Keep,
	}
	if c.Batch != 0 {
		return j, nil
	}
	period, err := ledger.ParsePeriod(c.Period)
	j.Period = period
	return j, err
}

// sayOpen tells which findings must have a reason before the batch can be certified.
func (c *importCmd) sayOpen(s *streams, no int64, r ingest.Report) {
	warnings, numbers := 0, 0
	for _, f := range r.Findings {
		switch {
		case f.Severity == ledger.Warn && c.Note == "":
			warnings++
		case f.Acceptable():
			numbers++
		}
	}
	if warnings > 0 {
		s.say("有%d条“请核对”要写明原因后才能复核：mingbai findings %d 查看，mingbai explain %d --as %s --reason 原因", warnings, no, no, c.As)
	}
	if numbers > 0 {
		s.say("有%d处证号校验不通过，请核对原件；确属特殊号码的，由复核人注明理由：mingbai accept %d --rule %s", numbers, no, ledger.AcceptableRule)
	}
}
