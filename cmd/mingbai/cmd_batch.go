package main

import (
	"mingbai/ingest"
	"mingbai/ledger/postgres"
)

type certifyCmd struct {
	Batch int64  `arg:"" help:"批次号"`
	As    string `required:"" help:"复核人账号"`
}

// Run certifies a batch.
func (c *certifyCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		if err := db.Certify(s.ctx, c.Batch, c.As, ingest.RuleVersion()); err != nil {
			return err
		}
		s.say("批次%d已复核", c.Batch)
		return nil
	})
}

type publishCmd struct {
	Batch int64  `arg:"" help:"批次号"`
	As    string `required:"" help:"复核人账号"`
}

// Run publishes a certified batch.
func (c *publishCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		if err := db.Publish(s.ctx, c.Batch, c.As); err != nil {
			return err
		}
		s.say("批次%d已公开", c.Batch)
		return nil
	})
}

type withdrawCmd struct {
	Batch  int64  `arg:"" help:"批次号"`
	As     string `required:"" help:"复核人账号"`
	Reason string `required:"" help:"原因，会公开"`
}

// Run withdraws a published batch.
func (c *withdrawCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		if err := db.Withdraw(s.ctx, c.Batch, c.As, c.Reason); err != nil {
			return err
		}
		s.say("批次%d已撤回", c.Batch)
		return nil
	})
}

type rejectCmd struct {
	Batch  int64  `arg:"" help:"批次号"`
	As     string `required:"" help:"复核人账号，或上传人自己"`
	Reason string `required:"" help:"原因"`
}

// Run sends a batch back that is not yet public.
func (c *rejectCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		if err := db.Reject(s.ctx, c.Batch, c.As, c.Reason); err != nil {
			return err
		}
		s.say("批次%d已退回", c.Batch)
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
