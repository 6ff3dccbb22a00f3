package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/portal"
	"mingbai/search"
)

// siteWords are what the county says of itself on pages and papers.
type siteWords struct {
	CountyName string `help:"县名" default:"清泉县"`
	Phone      string `help:"公开的咨询电话" default:"0990-1210000"`
	Hours      string `help:"办公时间" default:"工作日 8:30—12:00，14:30—17:30"`
	Office     string `help:"办公地点" default:"县财政局一楼服务大厅"`
}

// siteFlags are what the site shows and guards; shared by serve and demo.
type siteFlags struct {
	siteWords
	harvestFlags
	Addr           string   `help:"监听地址" default:"127.0.0.1:8080"`
	TrustedProxies []string `help:"可信的反向代理地址；只有它们给出的来访地址才算数"`
	Kiosks         []string `help:"服务大厅查询机的地址；多人共用，不按地址限次。也可以在办公页面登记，用密钥认"`
	LookupTotal    int      `help:"全县五分钟里凭号码最多查几次，防人试号码" default:"3000"`
	Secure         bool     `help:"网站在 HTTPS 之后（设 Secure 与 HSTS）"`

	SessionIdle time.Duration `help:"办公登录闲置多久算退出" default:"30m"`
	SessionMost time.Duration `help:"办公登录最长多久，到时重新登录" default:"10h"`
}

type serveCmd struct {
	siteFlags
}

// Run serves the portal until the process is told to stop.
func (c *serveCmd) Run(cfg *Config, s *streams) error {
	if cfg.DatabaseURL == "" {
		return ledger.Errorf(ledger.KindUnavailable, "没有账库地址：请设置 MINGBAI_DATABASE_URL")
	}
	keys, err := cfg.keyring(false)
	if err != nil {
		return err
	}
	return c.serve(cfg, s, keys, nil)
}

func (f *siteFlags) portalConfig(log *slog.Logger, keys *ledger.Keyring, engine *search.Engine, accounts portal.Office, intake portal.Intake) portal.Config {
	return portal.Config{
		County: f.CountyName, Phone: f.Phone, Hours: f.Hours, Address: f.Office,
		TrustedProxies: f.TrustedProxies, Kiosks: f.Kiosks, Secure: f.Secure,
		Limits: portal.Limits{LookupTotal: portal.Limit{Max: f.LookupTotal}},
		// Derived, so that forms stay good over a restart and among replicas without one more secret to keep.
		FormKey:   keys.TokenOf("form", "portal"),
		Normalise: search.Normalise, Token: keys.Token, Log: log, Office: accounts, Intake: intake,
		IndexState: func(ctx context.Context) string { return engine.Status(ctx).Answering },
	}
}

// healEvery is how often the index is looked after; a wiped Meilisearch is noticed within it.
const healEvery = 2 * time.Second

// serve runs the site, the jobs and the index's keeper until the context ends. ready hears when the site answers.
func (f *siteFlags) serve(cfg *Config, s *streams, keys *ledger.Keyring, ready func(net.Addr)) error {
	if err := postgres.CheckSchema(s.ctx, cfg.DatabaseURL); err != nil {
		return err
	}
	log := cfg.log(s)
	db, err := postgres.Open(s.ctx, cfg.DatabaseURL, cfg.County, postgres.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	engine, err := cfg.engine(s, db)
	if err != nil {
		return err
	}
	accounts, err := postgres.NewAccounts(db, keys, postgres.AccountOptions{Idle: f.SessionIdle, Absolute: f.SessionMost})
	if err != nil {
		return err
	}
	o := newOffice(db, keys, log)
	config := f.portalConfig(log, keys, engine, accounts, intake{db, o})
	config.Review = reviewer{db, o}
	config.Boards, config.Print, config.Trail, config.Work = db, printer(), db, db
	config.Lists, config.Papers = lists{db, o.reader}, db
	if config.Harvest, err = f.harvest(db); err != nil {
		return err
	}
	site, err := portal.New(config, db, engine)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.Addr)
	if err != nil {
		return ledger.Errorf(ledger.KindUnavailable, "地址 %s 用不了（%v），请换一个 --addr", f.Addr, err)
	}
	if cfg.MeiliURL == "" {
		log.Warn("没有配置索引（MINGBAI_MEILI_URL），由账库直接回答查询")
	}
	group, ctx := errgroup.WithContext(s.ctx)
	group.Go(func() error { return site.Serve(ctx, listener) })
	group.Go(func() error {
		return db.Work(ctx, log, func(ctx context.Context) error {
			n, err := engine.Drain(ctx)
			if n > 0 {
				log.Info("索引已更新", "变动", n)
			}
			return err
		}, o.CheckUpload)
	})
	group.Go(func() error { return keepIndex(ctx, log, engine) })
	group.Go(func() error { return sealDays(ctx, log, db, keys) })
	if ready != nil {
		ready(listener.Addr())
	}
	err = group.Wait()
	if s.ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return nil // told to stop, and stopped
	}
	return err
}

// keepIndex heals the index for as long as the site runs. Trouble is said once when it comes and once when it goes.
func keepIndex(ctx context.Context, log *slog.Logger, engine *search.Engine) error {
	tick := time.NewTicker(healEvery)
	defer tick.Stop()
	trouble := ""
	for {
		err := engine.Heal(ctx)
		switch now := fmt.Sprint(err); {
		case ctx.Err() != nil:
			return nil
		case err == nil && trouble != "":
			log.Info("索引已恢复")
			trouble = ""
		case err != nil && now != trouble && !errors.Is(err, ledger.ErrConflict):
			log.Warn("索引有问题，由账库直接回答查询", "原因", err)
			trouble = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
