package main

import (
	"fmt"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

type findingsCmd struct {
	Batch int64 `arg:"" help:"批次号"`
	JSON  bool  `name:"json" help:"以 JSON 输出"`
}

// Run lists what the rules saw in a batch, with the reasons given.
func (c *findingsCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		found, err := db.Findings(s.ctx, c.Batch)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(s, struct {
				Batch    int64                `json:"batch"`
				Findings []ledger.KeptFinding `json:"findings"`
			}{c.Batch, listed(found)})
		}
		open := 0
		for _, f := range found {
			tellFinding(s, f.Finding)
			switch {
			case f.Reason != "":
				carried := ""
				if f.Carried {
					carried = "沿用 "
				}
				fmt.Fprintf(s.out, "      %s%s %s：%s\n", carried, f.At.In(ledger.Shanghai).Format("2006-01-02"), f.By, f.Reason)
			case f.Open():
				open++
				fmt.Fprintln(s.out, "      还没有写明原因")
			}
		}
		s.say("共%d条，还有%d条没有写明原因", len(found), open)
		return nil
	})
}

// listed makes JSON say [] for nothing.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// choiceFlags pick findings of a batch.
type choiceFlags struct {
	Rule string `help:"只限这条规则，如 CEL-05"`
	Cell string `help:"只限这一处：工作表!单元格，照校验结果里写的" placeholder:"SHEET!CELL"`
}

func (c choiceFlags) choice() ledger.FindingChoice {
	return ledger.FindingChoice{Rule: c.Rule, Place: c.Cell}
}

type explainCmd struct {
	choiceFlags
	Batch  int64  `arg:"" help:"批次号"`
	As     string `required:"" help:"经办人账号"`
	Reason string `required:"" help:"原因"`
}

// Run writes a clerk's reason beside warnings.
func (c *explainCmd) Run(cfg *Config, s *streams) error {
	return giveReason(cfg, s, c.Reason, func(db *postgres.DB) (int, error) {
		n, err := db.Explain(s.ctx, c.Batch, c.As, c.Reason, c.choice())
		if err == nil {
			err = (&office{db: db}).submitIfClear(s.ctx, c.Batch, c.As)
		}
		return n, err
	}, "批次%d：%d条“请核对”已写明原因", c.Batch)
}

type acceptCmd struct {
	choiceFlags
	Batch  int64  `arg:"" help:"批次号"`
	As     string `required:"" help:"复核人账号"`
	Reason string `required:"" help:"理由，如核对过哪份原件"`
}

// Run writes a certifier's reason for taking special numbers as they are.
func (c *acceptCmd) Run(cfg *Config, s *streams) error {
	return giveReason(cfg, s, c.Reason, func(db *postgres.DB) (int, error) {
		return db.Accept(s.ctx, c.Batch, c.As, c.Reason, c.choice())
	}, "批次%d：%d处证号已按原件接受", c.Batch)
}

func giveReason(cfg *Config, s *streams, reason string, give func(*postgres.DB) (int, error), done string, batch int64) error {
	if err := harmless("原因", reason); err != nil {
		return err
	}
	return withBooks(cfg, s, func(db *postgres.DB) error {
		n, err := give(db)
		if err == nil {
			s.say(done, batch, n)
		}
		return err
	})
}

type historyCmd struct {
	Batch int64 `arg:"" help:"批次号"`
	JSON  bool  `name:"json" help:"以 JSON 输出"`
}

// Run lists the files that a batch went through.
func (c *historyCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		revisions, err := db.Revisions(s.ctx, c.Batch)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(s, struct {
				Batch     int64             `json:"batch"`
				Revisions []ledger.Revision `json:"revisions"`
			}{c.Batch, revisions})
		}
		for _, r := range revisions {
			fmt.Fprintf(s.out, "第%d稿  %s %s  %s  %d行，%s元  必须改%d，请核对%d，已处理%d\n", r.Revision,
				r.UploadedAt.In(ledger.Shanghai).Format("2006-01-02 15:04"), r.UploadedBy, r.FileName, r.Rows, r.Total, r.Fatal, r.Warnings, r.Informs)
			if r.Ended != "" {
				fmt.Fprintf(s.out, "      %s %s %s", r.EndedAt.In(ledger.Shanghai).Format("2006-01-02 15:04"), r.EndedBy, r.Ended.Name())
				if r.Opinion != "" {
					fmt.Fprintf(s.out, "：%s", r.Opinion)
				}
				fmt.Fprintln(s.out)
			}
		}
		return nil
	})
}
