package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"核对审计链：有没有被改、被删、被插的记录"`
}

type auditVerifyCmd struct {
	Head []string `help:"另存的每日摘要：序号:摘要（网站“审计摘要”页所公布的），逐一核对" placeholder:"SEQ:HASH"`
}

// Run walks the audit chain and holds it against what was sealed, and against heads that somebody wrote down elsewhere.
func (c *auditVerifyCmd) Run(cfg *Config, s *streams) error {
	keys, err := cfg.keyring(false)
	if err != nil {
		return err
	}
	return withBooks(cfg, s, func(db *postgres.DB) error {
		found, last, err := db.VerifyAudit(s.ctx, auditMAC(keys))
		if err != nil {
			return err
		}
		for _, head := range c.Head {
			d, err := holdAgainst(s.ctx, db, head)
			if err != nil {
				return err
			}
			found = append(found, d...)
		}
		for _, d := range found {
			fmt.Fprintln(s.out, d.What)
		}
		if len(found) > 0 {
			s.say("审计链有%d处不符", len(found))
			return errFound
		}
		s.say("审计链完整：第1条到第%d条", last.Seq)
		fmt.Fprintf(s.out, "%d:%x\n", last.Seq, last.Hash)
		return nil
	})
}

// holdAgainst compares a line of the chain with a head that was noted outside.
func holdAgainst(ctx context.Context, db *postgres.DB, head string) ([]ledger.Difference, error) {
	number, sum, _ := strings.Cut(head, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	hash, err2 := hex.DecodeString(sum)
	if err != nil || err2 != nil || len(hash) != 32 {
		return nil, ledger.Errorf(ledger.KindInvalid, "摘要“%s”写法不对，应为 序号:64位摘要，照网站“审计摘要”页抄写", head)
	}
	line, err := db.AuditLine(ctx, seq)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return []ledger.Difference{{Where: "audit", What: fmt.Sprintf("没有第%d条", seq)}}, nil
	case err != nil:
		return nil, err
	case [32]byte(hash) != line.Hash:
		return []ledger.Difference{{Where: "audit", What: fmt.Sprintf("第%d条与所给的摘要不符", seq)}}, nil
	}
	return nil, nil
}

// auditMAC signs the audit chain's daily heads.
func auditMAC(keys *ledger.Keyring) func(string) []byte {
	return func(text string) []byte { return keys.TokenOf("audit", text) }
}

// sealEvery is how often ended days are looked for; a day is sealed within it.
const sealEvery = 10 * time.Minute

// sealDays seals the audit chain's days for as long as the site runs.
func sealDays(ctx context.Context, log *slog.Logger, db *postgres.DB, keys *ledger.Keyring) error {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		if n, err := db.SealDays(ctx, auditMAC(keys)); err != nil && ctx.Err() == nil {
			log.Warn("审计摘要没有封存，稍后再试", "原因", err)
		} else if n > 0 {
			log.Info("审计摘要已封存", "天数", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
