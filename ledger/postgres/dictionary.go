package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Dictionary are the county's own words, removed ones too where all are asked for, oldest first.
func (db *DB) Dictionary(ctx context.Context, removedToo bool) ([]ledger.DictionaryLine, error) {
	return all(ctx, db.pool, scanLine, `
		select `+lineColumns+` from dictionary_line where county = @county and (@all or removed_at is null) order by line_no`,
		pgx.NamedArgs{"county": db.county, "all": removedToo})
}

const lineColumns = `kind, use, field, label, by, at, coalesce(removed_by, ''), removed_at`

func scanLine(row pgx.CollectableRow) (l ledger.DictionaryLine, err error) {
	removed := &l.RemovedAt
	err = row.Scan(&l.Kind, &l.Use, &l.Field, &l.Label, &l.By, &l.At, &l.RemovedBy, &removed)
	l.RemovedAt = orZero(removed)
	return l, err
}

// AddWord adds a line that the dictionary's own parser has passed.
func (db *DB) AddWord(ctx context.Context, by string, l ledger.DictionaryLine) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if err := db.mayEditWords(ctx, tx, by); err != nil {
			return err
		}
		args := pgx.NamedArgs{
			"county": db.county, "kind": l.Kind, "use": l.Use, "field": l.Field, "label": l.Label, "by": by, "now": db.now(),
		}
		was, err := first(ctx, tx, scanLine, `
			select `+lineColumns+` from dictionary_line
			where county = @county and kind = @kind and label = @label and removed_at is null`, args)
		if err == nil {
			return ledger.Errorf(ledger.KindConflict, "词典里“%s”已有一条（%s %s），要改请先用 mingbai dictionary remove 去掉", l.Label, was.Use, was.Field)
		}
		if !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		if _, err := exec(ctx, tx, `
			insert into dictionary_line (county, kind, use, field, label, by, at)
			values (@county, @kind, @use, @field, @label, @by, @now)`, args); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "dictionary.add", "dictionary", map[string]string{"kind": l.Kind, "use": l.Use, "field": l.Field, "label": l.Label})
	})
}

// RemoveWord ends a line; it stays as history.
func (db *DB) RemoveWord(ctx context.Context, by, kind, label string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if err := db.mayEditWords(ctx, tx, by); err != nil {
			return err
		}
		n, err := exec(ctx, tx, `
			update dictionary_line set removed_by = @by, removed_at = @now
			where county = @county and kind = @kind and label = @label and removed_at is null`,
			pgx.NamedArgs{"county": db.county, "kind": kind, "label": label, "by": by, "now": db.now()})
		if err != nil {
			return err
		}
		if n == 0 {
			return ledger.Errorf(ledger.KindNotFound, "词典里没有“%s”（类别 %s）；全部用 mingbai dictionary list 查看", label, kind)
		}
		return db.record(ctx, tx, by, "dictionary.remove", "dictionary", map[string]string{"kind": kind, "label": label})
	})
}

func (db *DB) mayEditWords(ctx context.Context, tx pgx.Tx, by string) error {
	if _, err := db.officerFor(ctx, tx, by, ledger.ActManageCodes); err != nil {
		return err
	}
	if err := db.sign(ctx, tx, by); err != nil {
		return err
	}
	return db.lockFor(ctx, tx, lockBooks)
}
