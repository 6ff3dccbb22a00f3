package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

type reindexCmd struct {
	Fresh bool `help:"从头重建，不接着上次中断的做"`
}

// Run builds the index anew beside the old one and switches.
func (c *reindexCmd) Run(cfg *Config, s *streams) error {
	return withEngine(cfg, s, func(db *postgres.DB, e *search.Engine) error {
		if cfg.MeiliURL == "" {
			return ledger.Errorf(ledger.KindUnavailable, "没有配置索引（MINGBAI_MEILI_URL）")
		}
		began := time.Now()
		if c.Fresh {
			if err := patiently(s.ctx, func() error {
				return db.WithBuildLock(s.ctx, func(ctx context.Context) error { return db.DropIndexBuild(ctx) })
			}); err != nil {
				return err
			}
		}
		if b, err := e.Interrupted(s.ctx); err != nil {
			return err
		} else if b.Generation != "" {
			s.say("接着上次中断的重建：已有%d份文档", b.Documents())
		}
		bar, done := progress(s, -1, "重建索引"), 0
		_, err := indexKeeper{db, e, cfg.log(s)}.asked(s.ctx, ledger.IndexRebuild, func(n int) {
			bar.Set(n)
			done = n
		})
		if err != nil {
			if done > 0 {
				s.say("重建停在%d份文档；再运行 mingbai reindex（或由 serve）接着做", done)
			}
			return err
		}
		bar.Finish()
		s.say("索引已重建并切换：%d份文档，用时%v", done, time.Since(began).Round(100*time.Millisecond))
		return nil
	})
}

type verifyCmd struct {
	JSON   bool `name:"json" help:"以 JSON 输出"`
	Repair bool `help:"索引与账不符的文档，逐份按账修好"`
}

// Run compares totals with rows, walks the audit chain and compares the index with the books.
func (c *verifyCmd) Run(cfg *Config, s *streams) error {
	keys, err := cfg.keyring(false)
	if err != nil {
		return err
	}
	return withEngine(cfg, s, func(db *postgres.DB, e *search.Engine) error {
		found, err := db.Verify(s.ctx, auditMAC(keys))
		if err != nil {
			return err
		}
		desk, err := postgres.NewInquiries(db, keys, inquiry.Periods{})
		if err != nil {
			return err
		}
		cases, err := desk.VerifyInquiries(s.ctx)
		if err != nil {
			return err
		}
		found = append(found, cases...)
		if cfg.MeiliURL == "" {
			s.say("没有配置索引（MINGBAI_MEILI_URL），只核对了账库")
		} else {
			index, err := c.index(s, indexKeeper{db, e, cfg.log(s)})
			if err != nil {
				return err
			}
			found = append(found, index...)
		}
		if c.JSON {
			if found == nil {
				found = []ledger.Difference{}
			}
			if err := writeJSON(s, found); err != nil {
				return err
			}
		} else {
			for _, d := range found {
				fmt.Fprintf(s.out, "%s  %s\n", d.Where, d.What)
			}
		}
		if len(found) > 0 {
			s.say("核对完毕：有%d处不符", len(found))
			return errFound
		}
		s.say("核对完毕：账目相符")
		return nil
	})
}

// index compares the index with the books, and tells what is not right with it afterwards.
func (c *verifyCmd) index(s *streams, k indexKeeper) (left []ledger.Difference, err error) {
	act := ledger.IndexVerify
	if c.Repair {
		act = ledger.IndexRepair
	}
	bar := progress(s, -1, act.Name())
	r, err := k.asked(s.ctx, act, func(n int) { bar.Set(n) })
	if err != nil {
		return nil, err
	}
	bar.Finish()
	for _, d := range r.Left {
		left = append(left, ledger.Difference{Where: "index", What: inWords(d)})
	}
	s.say("索引与账逐份核对：%d份文档，%d处不符", r.Compared, len(r.Found))
	if r.Mended > 0 {
		for _, d := range r.Found {
			s.say("已修：%s", inWords(d))
		}
		s.say("已修好%d份文档", r.Mended)
	}
	return left, nil
}

// patience is how long a command waits for another process to finish with the index.
const patience = 30 * time.Second

// patiently tries again while another process writes the index.
func patiently(ctx context.Context, fn func() error) error {
	for deadline := time.Now().Add(patience); ; {
		err := fn()
		if !errors.Is(err, ledger.ErrConflict) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// inWords names a document, never a person. Whatever stands as the id of a document that is not ours is not repeated.
func inWords(d search.Difference) string {
	if id := d.ID; id != "" {
		if !strings.Contains(id, "-") {
			id += "-0"
		}
		if _, err := ledger.ParsePersonRef(id); err != nil {
			return fmt.Sprintf("%s 多出一份外来文档（编号的摘要 %.4x）", d.Index, sha256.Sum256([]byte(d.ID)))
		}
	}
	switch d.What {
	case search.Missing:
		return fmt.Sprintf("%s 缺少文档 %s", d.Index, d.ID)
	case search.Extra:
		return fmt.Sprintf("%s 多出文档 %s", d.Index, d.ID)
	case search.Different:
		return fmt.Sprintf("%s 文档 %s 与账不符：%s", d.Index, d.ID, strings.Join(d.Fields, "、"))
	case search.IndexAbsent:
		return fmt.Sprintf("索引 %s 不存在；serve 会自动重建，也可运行 mingbai reindex", d.Index)
	case search.SettingsOff:
		return fmt.Sprintf("索引 %s 的设置不对；serve 会自动重建，也可运行 mingbai reindex", d.Index)
	}
	return fmt.Sprintf("%s %s：%s", d.Index, d.ID, d.What)
}
