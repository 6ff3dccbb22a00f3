package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// Templates are the texts that answers begin with, by kind and name; those for one kind and for every kind, or all.
func (q *Inquiries) Templates(ctx context.Context, kind inquiry.Kind) ([]inquiry.Template, error) {
	return all(ctx, q.pool, pgx.RowToStructByPos[inquiry.Template], `
		select no, name, kind, text from answer_template where county = @county and (@kind = '' or kind in ('', @kind)) order by kind, name`,
		pgx.NamedArgs{"county": q.county, "kind": string(kind)})
}

// SaveTemplate keeps a new template, or one anew; without a text it is taken away.
func (q *Inquiries) SaveTemplate(ctx context.Context, login string, t inquiry.Template) error {
	t.Name, t.Text = strings.TrimSpace(t.Name), strings.TrimSpace(t.Text)
	if err := t.Fault(); err != nil {
		return err
	}
	return q.templateAct(ctx, login, func(tx pgx.Tx, args pgx.NamedArgs) (no int64, err error) {
		args["name"], args["kind"], args["text"] = t.Name, string(t.Kind), t.Text
		taken, err := one[bool](ctx, tx, `select exists (select from answer_template where county = @county and name = @name and no <> @no)`, args)
		if err != nil {
			return 0, err
		}
		if taken {
			return 0, ledger.Errorf(ledger.KindInvalid, "名称：已经有“%s”，请换一个名称", t.Name)
		}
		sql := `insert into answer_template (county, name, kind, text, by, at) values (@county, @name, @kind, @text, @login, @now) returning no`
		if t.No != 0 {
			sql = `update answer_template set name = @name, kind = @kind, text = @text, by = @login, at = @now
				where county = @county and no = @no returning no`
		}
		return one[int64](ctx, tx, sql, args)
	}, t.No, "template.save")
}

// RemoveTemplate takes a template away. Answers that began with it stay.
func (q *Inquiries) RemoveTemplate(ctx context.Context, login string, no int64) error {
	return q.templateAct(ctx, login, func(tx pgx.Tx, args pgx.NamedArgs) (int64, error) {
		return one[int64](ctx, tx, `delete from answer_template where county = @county and no = @no returning no`, args)
	}, no, "template.remove")
}

func (q *Inquiries) templateAct(ctx context.Context, login string, act func(pgx.Tx, pgx.NamedArgs) (int64, error), no int64, action string) error {
	return q.write(ctx, func(tx pgx.Tx) error {
		if _, err := q.officerFor(ctx, tx, login, ledger.ActKeepTemplates); err != nil {
			return err
		}
		no, err := act(tx, pgx.NamedArgs{"county": q.county, "no": no, "login": login, "now": q.nowUTC()})
		if ledger.KindOf(err) == ledger.KindNotFound {
			err = ledger.Errorf(ledger.KindNotFound, "没有这个模板，可能刚被去掉")
		}
		if err != nil {
			return err
		}
		return q.record(ctx, tx, login, action, fmt.Sprintf("template/%d", no), struct{}{})
	})
}
