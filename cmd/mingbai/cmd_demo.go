package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"mingbai/fixtures"
	"mingbai/fixtures/services"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

type demoCmd struct {
	siteFlags
	Households int    `help:"示例县的户数" default:"300"`
	Seed       uint64 `help:"示例县的种子" default:"1"`
}

// Run starts private services, loads the sample county into empty books by the clerk's own road, and serves.
func (c *demoCmd) Run(cfg *Config, s *streams) error {
	if err := os.MkdirAll(cfg.Data, 0o755); err != nil {
		return ledger.Errorf(ledger.KindUnavailable, "数据文件夹 %s 建不起来：%v", cfg.Data, err)
	}
	step := stopwatch(s)
	if cfg.DatabaseURL == "" {
		private, err := services.Start(s.ctx, services.Options{Dir: filepath.Join(cfg.Data, "services"), Log: cfg.log(s)})
		if err != nil {
			return err
		}
		defer private.Stop()
		cfg.DatabaseURL, cfg.MeiliURL, cfg.MeiliKey = private.DatabaseURL(), private.MeiliURL(), private.MeiliKey()
		remove, err := cfg.writeRunning()
		if err != nil {
			return err
		}
		defer remove()
		step("启动 " + private.Versions())
	}
	if err := postgres.Migrate(s.ctx, cfg.DatabaseURL); err != nil {
		return err
	}
	step("更新账库结构")
	keys, err := cfg.keyring(true)
	if err != nil {
		return err
	}
	fresh, err := c.loadSample(cfg, s, keys, step)
	if err != nil {
		return err
	}
	if c.NoticeSink == "" {
		c.NoticeSink = filepath.Join(cfg.Data, "notices")
	}
	return c.serve(cfg, s, keys, func(addr net.Addr) {
		step("打开网站")
		s.say("")
		s.say("明白账已就绪：http://%s/", addr)
		s.say("示例人名和证号（虚构）在 %s", filepath.Join(cfg.Data, "sample", fixtures.TruthFile))
		tellOffice(s, addr, fresh)
		s.say("按 Ctrl-C 停止；数据留在 %s，下次接着用", cfg.Data)
	})
}

func stopwatch(s *streams) func(string) {
	last := time.Now()
	return func(what string) {
		s.say("  %-24s %5.1f 秒", what, time.Since(last).Seconds())
		last = time.Now()
	}
}

// loadSample makes and publishes the sample county's workbooks that are not yet in the books: a load that was interrupted
// goes on where it stopped.
func (c *demoCmd) loadSample(cfg *Config, s *streams, keys *ledger.Keyring, step func(string)) (freshPasswords bool, err error) {
	db, err := postgres.Open(s.ctx, cfg.DatabaseURL, cfg.County, postgres.Options{})
	if err != nil {
		return false, err
	}
	defer db.Close()
	dir := filepath.Join(cfg.Data, "sample")
	truth, err := fixtures.ReadTruth(filepath.Join(dir, fixtures.TruthFile))
	if err != nil {
		if truth, err = fixtures.Generate(s.ctx, fixtures.Plan{Households: c.Households, Seed: c.Seed, Dir: dir}, nil); err != nil {
			return false, err
		}
		step("生成示例县")
	}
	known, err := db.Regions(s.ctx)
	if err != nil {
		return false, err
	}
	if len(known) == 0 {
		if err := saveCodes(s, db, codeLists{fixtures.Regions(), fixtures.Funds()}); err != nil {
			return false, err
		}
	}
	fresh, err := demoOfficers(s, db, keys)
	if err != nil {
		return false, err
	}
	o := newOffice(db, keys, cfg.log(s))
	loaded := 0
	for _, b := range truth.Books {
		n, err := o.sampleBook(s, filepath.Join(dir, b.File), b.Fund, b.Period)
		if err != nil {
			return false, fmt.Errorf("%s: %w", b.File, err)
		}
		loaded += n
	}
	for _, t := range truth.Tables {
		n, err := o.sampleBook(s, filepath.Join(dir, t.File), t.Fund, t.Period)
		if err != nil {
			return false, fmt.Errorf("%s: %w", t.File, err)
		}
		loaded += n
	}
	if loaded > 0 {
		step(fmt.Sprintf("导入并公开%d本清册和表", loaded))
	}
	return fresh, nil
}

// sampleBook takes one workbook from where it stands to publication; a book that was withdrawn or sent back stays so.
// It answers 1 when there was something to do.
func (o *office) sampleBook(s *streams, path, fund string, period ledger.Period) (int, error) {
	content, err := readFile(path)
	if err != nil {
		return 0, err
	}
	batch, err := o.db.BatchOfFile(s.ctx, sha256.Sum256(content))
	if errors.Is(err, ledger.ErrNotFound) {
		no, _, report, err := o.Import(s.ctx, job{Path: path, Fund: fund, Period: period, By: demoClerk, Note: "示例数据，已逐条核对"})
		if err != nil {
			return 0, err
		}
		if no == 0 {
			tell(s, report)
			return 0, errFound
		}
		batch = ledger.Batch{No: no, State: ledger.Checked}
	} else if err != nil {
		return 0, err
	}
	switch batch.State {
	case ledger.Checked:
		if err := o.Certify(s.ctx, batch.No, demoCertifier); err != nil {
			return 0, err
		}
		fallthrough
	case ledger.Certified:
		return 1, o.db.Publish(s.ctx, batch.No, demoCertifier)
	}
	return 0, nil
}
