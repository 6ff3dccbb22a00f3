package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// cli is every command with its flags; every flag is also an environment variable MINGBAI_<FLAG>.
type cli struct {
	Config

	Demo     demoCmd       `cmd:"" help:"启动私有的数据库和索引，装入示例县，打开网站"`
	Serve    serveCmd      `cmd:"" help:"用已有的数据库和索引打开网站"`
	Migrate  migrateCmd    `cmd:"" help:"把账库的结构更新到本程序的版本"`
	Reindex  reindexCmd    `cmd:"" help:"重建搜索索引，建好后切换"`
	Version  versionCmd    `cmd:"" help:"显示版本"`
	Check    checkCmd      `cmd:"" help:"校验清册，不需要数据库"`
	Import   importCmd     `cmd:"" help:"校验清册并导入为一个批次，显示批次号"`
	Findings findingsCmd   `cmd:"" help:"一个批次的校验结果，和已写明的原因"`
	Explain  explainCmd    `cmd:"" help:"经办人给“请核对”的结果写明原因，复核之前"`
	Accept   acceptCmd     `cmd:"" help:"复核人核对原件后，接受校验不通过的证号，写明理由"`
	History  historyCmd    `cmd:"" help:"一个批次先后传过的文件"`
	Certify  certifyCmd    `cmd:"" help:"复核一个批次（不能是上传人）"`
	Publish  publishCmd    `cmd:"" help:"公开一个已复核的批次"`
	Withdraw withdrawCmd   `cmd:"" help:"撤回一个已公开的批次，或其中一行，写明原因"`
	Revert   revertCmd     `cmd:"" help:"恢复一个已撤回的批次，写明原因"`
	Compare  compareCmd    `cmd:"" help:"把一个批次与上一期比：总数、各村、各人"`
	Reject   rejectCmd     `cmd:"" help:"退回一个未公开的批次，写明原因"`
	Lookup   lookupCmd     `cmd:"" help:"按姓名和身份证号查一个人的全部补贴"`
	Search   searchCmd     `cmd:"" help:"查已公开的：姓名、地方、项目、年份、单位"`
	Board    boardCmd      `cmd:"" help:"出一个已公开批次的村级公示榜，供打印张贴"`
	Verify   verifyCmd     `cmd:"" help:"核对：索引等于账、合计等于明细、审计链完整"`
	Audit    auditCmd      `cmd:"" help:"审计"`
	User     userCmd       `cmd:"" help:"账号"`
	Key      keysCmd       `cmd:"" name:"keys" help:"密钥"`
	Codes    codesCmd      `cmd:"" help:"装入名录（行政区划和资金项目）"`
	Words    dictionaryCmd `cmd:"" name:"dictionary" help:"本县的词典：清册上的列名各是什么"`
	Mapping  mappingCmd    `cmd:"" help:"记住的列对应"`
	Gen      genCmd        `cmd:"" help:"生成一个虚构县的清册和答案（truth.json）"`
}

// Config is what all commands share.
type Config struct {
	DatabaseURL string `name:"database-url" help:"账库（PostgreSQL）地址" placeholder:"postgres://…"`
	MeiliURL    string `name:"meili-url" help:"索引（Meilisearch）地址；没有也能查，只是慢些" placeholder:"http://…"`
	MeiliKey    string `name:"meili-key" help:"索引的密钥；宜用环境变量给出" placeholder:"KEY"`
	KeysFile    string `name:"keys" help:"密钥文件；不给则用数据文件夹里的 keys.json" placeholder:"FILE"`
	Data        string `help:"数据文件夹" default:".data" placeholder:"DIR"`
	County      string `help:"县代码" default:"990121"`
	LogLevel    string `help:"日志级别" default:"info" enum:"debug,info,warn,error"`

	now func() time.Time // the site's clock; nil is time.Now
}

// runningFile lies in the data folder while a demo runs, so that other commands find its services.
const runningFile = "running.env"

func (c *Config) log(s *streams) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
}

// findRunning takes the addresses of a demo that runs on the data folder, where none are given.
func (c *Config) findRunning() error {
	if c.DatabaseURL != "" {
		return nil
	}
	f, err := os.Open(filepath.Join(c.Data, runningFile))
	if errors.Is(err, fs.ErrNotExist) {
		return ledger.Errorf(ledger.KindUnavailable,
			"没有账库地址：请设置 MINGBAI_DATABASE_URL，或先运行 mingbai demo，再用同一个 --data")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "=")
		switch name {
		case "MINGBAI_DATABASE_URL":
			c.DatabaseURL = value
		case "MINGBAI_MEILI_URL":
			c.MeiliURL = value
		case "MINGBAI_MEILI_KEY":
			c.MeiliKey = value
		}
	}
	return lines.Err()
}

// writeRunning leaves the addresses for other commands, readable by the owner only.
func (c *Config) writeRunning() (remove func(), err error) {
	path := filepath.Join(c.Data, runningFile)
	text := fmt.Sprintf("MINGBAI_DATABASE_URL=%s\nMINGBAI_MEILI_URL=%s\nMINGBAI_MEILI_KEY=%s\n", c.DatabaseURL, c.MeiliURL, c.MeiliKey)
	// Written beside and renamed: a reader sees the whole file or none.
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return nil, err
	}
	return func() { os.Remove(path) }, os.Rename(path+".new", path)
}

// books opens the county's books for a command of the office; close gives them back.
func (c *Config) books(s *streams) (*postgres.DB, error) {
	if err := c.findRunning(); err != nil {
		return nil, err
	}
	db, err := postgres.Open(s.ctx, c.DatabaseURL, c.County, postgres.Options{Conns: 8})
	if err != nil {
		return nil, err
	}
	if err := db.Ready(s.ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// engine opens the index over the books. Without an address the books answer alone.
func (c *Config) engine(s *streams, db *postgres.DB) (*search.Engine, error) {
	return search.New(search.Config{URL: c.MeiliURL, Key: c.MeiliKey, County: c.County, Log: c.log(s)}, db)
}

// keyring loads the secrets that live outside the database.
func (c *Config) keyring(create bool) (*ledger.Keyring, error) {
	path := c.KeysFile
	if path == "" {
		path = filepath.Join(c.Data, "keys.json")
	}
	k, err := ledger.LoadKeys(path, create)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ledger.Errorf(ledger.KindUnavailable, "没有密钥文件 %s：请设置 MINGBAI_KEYS（新县用 mingbai keys new 生成）", path)
	}
	return k, err
}
