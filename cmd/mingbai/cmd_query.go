package main

import (
	"fmt"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

type lookupCmd struct {
	Name string `required:"" help:"姓名"`
	ID   string `name:"id" required:"" help:"身份证号；宜用环境变量 MINGBAI_ID 给出，不会留在命令历史里"`
	JSON bool   `name:"json" help:"以 JSON 输出"`
}

// Run answers everything paid to one person. Wrong name, wrong number and unknown person get the same answer.
func (c *lookupCmd) Run(cfg *Config, s *streams) error {
	id, err := ledger.AskedID(c.ID)
	if err != nil {
		return err
	}
	keys, err := cfg.keyring(false)
	if err != nil {
		return err
	}
	return withEngine(cfg, s, func(db *postgres.DB, e *search.Engine) error {
		person, err := e.Lookup(s.ctx, keys.Token(id), search.Normalise(c.Name))
		if err != nil {
			return unfound(err)
		}
		book, err := db.OwnBook(s.ctx, person)
		if err != nil {
			return unfound(err)
		}
		if c.JSON {
			return writeJSON(s, bookJSON(book))
		}
		fmt.Fprintf(s.out, "%s  %s\n共%d笔，%s元\n", book.Name, book.Village, book.Own.Rows, book.Own.Total)
		for _, p := range book.Payments {
			fmt.Fprintf(s.out, "%s  %s  %s元  %s  批次%d 第%d行\n", p.Period.Name(), p.FundName, p.Amount, role(p), p.Batch, p.SheetRow)
		}
		if book.OtherNames > 0 {
			s.say("另有%d笔是同一证号、姓名写法不同的，请到经办窗口核对", book.OtherNames)
		}
		return nil
	})
}

func role(p ledger.Payment) string {
	if p.Role == ledger.Householder {
		return p.Status.Name()
	}
	return fmt.Sprintf("%s（%s，户主%s）", p.Status.Name(), p.Role.Name(), p.Name)
}

func unfound(err error) error {
	if ledger.KindOf(err) == ledger.KindNotFound {
		return ledger.Errorf(ledger.KindNotFound, "没有查到。请核对姓名和身份证号；刚发的补贴可能还没有公开")
	}
	return err
}

// ownJSON is a person's book for scripts: no number in it.
type ownJSON struct {
	Name         string        `json:"name"`
	Village      string        `json:"village"`
	Rows         int           `json:"rows"`
	Total        ledger.Fen    `json:"total_fen"`
	RelatedRows  int           `json:"related_rows"`
	RelatedTotal ledger.Fen    `json:"related_total_fen"`
	OtherNames   int           `json:"rows_under_other_names"`
	Payments     []paymentJSON `json:"payments"`
}

type paymentJSON struct {
	Fund     string           `json:"fund"`
	FundName string           `json:"fund_name"`
	Period   ledger.Period    `json:"period"`
	Village  string           `json:"village"`
	Group    string           `json:"group"`
	Role     ledger.Role      `json:"role"`
	Basis    string           `json:"basis"`
	Standard string           `json:"standard"`
	Amount   ledger.Fen       `json:"amount_fen"`
	Status   ledger.PayStatus `json:"pay_status"`
	Batch    int64            `json:"batch"`
	Sheet    string           `json:"sheet"`
	Row      int              `json:"row"`
}

func bookJSON(b ledger.OwnBook) ownJSON {
	out := ownJSON{
		Name: b.Name, Village: b.Village, Rows: b.Own.Rows, Total: b.Own.Total, RelatedRows: b.Related.Rows,
		RelatedTotal: b.Related.Total, OtherNames: b.OtherNames, Payments: []paymentJSON{},
	}
	for _, p := range b.Payments {
		out.Payments = append(out.Payments, paymentJSON{
			Fund: p.Fund, FundName: p.FundName, Period: p.Period, Village: p.Village, Group: p.Group, Role: p.Role,
			Basis: p.Basis.Short(), Standard: p.Standard.Short(), Amount: p.Amount, Status: p.Status,
			Batch: p.Batch, Sheet: p.Sheet, Row: p.SheetRow,
		})
	}
	return out
}

func withEngine(cfg *Config, s *streams, fn func(*postgres.DB, *search.Engine) error) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		e, err := cfg.engine(s, db)
		if err != nil {
			return err
		}
		return fn(db, e)
	})
}
