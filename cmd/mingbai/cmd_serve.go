package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
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
	MetricsAddr    string   `help:"另开一个监听地址给监控取数（/metrics）；只给内网，不给就不开" placeholder:"127.0.0.1:9464"`
	Site           string   `help:"网站对外的地址，写进网站地图" placeholder:"https://…"`
	Secure         bool     `help:"网站在 HTTPS 之后（设 Secure 与 HSTS）"`

	ClamdAddr string `help:"病毒检查（clamd）的地址：主机:端口，或套接字的路径；不给就不查" placeholder:"ADDR"`

	NoticeSink string `help:"有新进展时给留了电话并同意的来件人的通知，写进这个文件夹（电话只留末两位）；不给就不通知" placeholder:"DIR"`

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
		Site:           strings.TrimSuffix(f.Site, "/"),
		TrustedProxies: f.TrustedProxies, Kiosks: f.Kiosks, Secure: f.Secure,
		Limits: portal.Limits{LookupTotal: portal.Limit{Max: f.LookupTotal}},
		// Derived, so that forms stay good over a restart and among replicas without one more secret to keep.
		FormKey:   keys.TokenOf("form", "portal"),
		Normalise: search.Normalise, Token: keys.Token, Seals: keys, Log: log, Office: accounts, Intake: intake,
		IndexState: func(ctx context.Context) string { return engine.Status(ctx).Answering },
	}
}

// serve runs the site, the jobs and the index's keeper until the context ends. ready hears when the site answers.
func (f *siteFlags) serve(cfg *Config, s *streams, keys *ledger.Keyring, ready func(net.Addr)) error {
	if err := postgres.CheckSchema(s.ctx, cfg.DatabaseURL); err != nil {
		return err
	}
	log := cfg.log(s)
	db, err := postgres.Open(s.ctx, cfg.DatabaseURL, cfg.County, postgres.Options{Now: cfg.now})
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
	config.Now = cfg.now
	config.Review = reviewer{db, o}
	config.Boards, config.Print, config.Trail, config.Work = db, printer(), db, db
	config.Lists, config.Papers, config.Archive = lists{db, o.reader}, db, db
	keeper := indexKeeper{db, engine, log}
	config.Search = keeper
	desk, err := postgres.NewInquiries(db, keys, inquiry.Periods{})
	if err != nil {
		return err
	}
	if err := f.tellCitizens(desk); err != nil {
		return err
	}
	config.Inquiries, config.Desk, config.Scan, config.Messages = desk, desk, f.scanner(), f.NoticeSink != ""
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
	metrics, err := listenMetrics(f.MetricsAddr)
	if err != nil {
		return err
	}
	if cfg.MeiliURL == "" {
		log.Warn("没有配置索引（MINGBAI_MEILI_URL），由账库直接回答查询")
	}
	group, ctx := errgroup.WithContext(s.ctx)
	group.Go(func() error { return site.Serve(ctx, listener) })
	group.Go(func() error {
		return db.Work(ctx, log, postgres.Tasks{Drain: keeper.drain, Index: keeper.run, Check: o.CheckUpload, Desk: desk})
	})
	group.Go(func() error { return keeper.keep(ctx) })
	if metrics != nil {
		group.Go(func() error { return serveMetrics(ctx, metrics, engine) })
	}
	group.Go(func() error { return sealDays(ctx, log, db, keys) })
	group.Go(func() error { return keepDesk(ctx, log, desk, config.Scan) })
	if ready != nil {
		ready(listener.Addr())
	}
	err = group.Wait()
	if s.ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return nil // told to stop, and stopped
	}
	return err
}
