package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// keepMapping stores how the columns of a batch's file were mapped, in place of what was said of the revision before.
func (db *DB) keepMapping(ctx context.Context, tx pgx.Tx, no int64, u Upload) error {
	var signatures []string
	var mapped []ledger.ColumnMapping
	if u.Mapping != nil {
		signatures, mapped = u.Mapping()
	}
	args := pgx.NamedArgs{"county": db.county, "no": no, "signatures": texts(signatures), "mapping": ledger.MappingVersion(mapped)}
	if _, err := exec(ctx, tx, `delete from batch_mapping where county = @county and batch_no = @no`, args); err != nil {
		return err
	}
	if _, err := exec(ctx, tx, `
		update batch set signatures = @signatures, mapping = @mapping where county = @county and batch_no = @no`, args); err != nil {
		return err
	}
	rows := make([][]any, len(mapped))
	for i, m := range mapped {
		rows[i] = []any{db.county, no, m.Signature, string(m.Kind), m.Position, m.Label, m.Field, m.ByHand}
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"batch_mapping"},
		[]string{"county", "batch_no", "signature", "kind", "position", "label", "field", "by_hand"}, pgx.CopyFromRows(rows))
	return err
}

// sameMapping refuses to certify what today would be read with other columns: a mapping was remembered or forgotten since
// the file was checked (XB-04).
func (db *DB) sameMapping(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	changed, err := one[bool](ctx, tx, `
		with used as (
			select signature, position, field, by_hand from batch_mapping where county = @county and batch_no = @no),
		remembered as (
			select m.signature, m.position, m.field
			from batch b
			join fund f on f.county = b.county and f.code = b.fund
			join column_mapping m on m.county = b.county and m.kind = f.kind and m.signature = any (b.signatures)
			where b.county = @county and b.batch_no = @no and not exists (
				select from used u where u.by_hand and u.signature = m.signature and u.position = m.position))
		select exists (
			select from (select * from used where not by_hand) u full join remembered r using (signature, position)
			where u.field is distinct from r.field)`,
		pgx.NamedArgs{"county": db.county, "no": b.No})
	if err != nil {
		return err
	}
	if changed {
		return ledger.Refuse(ledger.KindConflict, "XB-04", "批次%d校验之后，记住的列对应已更新，请把原文件重新导入到这个批次（import --batch %d）", b.No, b.No)
	}
	return nil
}

// learnMapping remembers what was mapped by hand in a batch that is certified now.
func (db *DB) learnMapping(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	_, err := exec(ctx, tx, `
		insert into column_mapping (county, kind, signature, position, label, field, batch_no, by, at)
		select county, kind, signature, position, label, field, batch_no, @by, @now
		from batch_mapping where county = @county and batch_no = @no and by_hand
		on conflict (county, kind, signature, position) do update
			set label = excluded.label, field = excluded.field, batch_no = excluded.batch_no, by = excluded.by, at = excluded.at`,
		pgx.NamedArgs{"county": db.county, "no": b.No, "by": b.UploadedBy, "now": db.now()})
	return err
}

// unlearnMapping forgets what was learnt from a batch that is sent back after all.
func (db *DB) unlearnMapping(ctx context.Context, tx pgx.Tx, no int64) error {
	_, err := exec(ctx, tx, `delete from column_mapping where county = @county and batch_no = @no`,
		pgx.NamedArgs{"county": db.county, "no": no})
	return err
}

// Mappings are all that is remembered of columns, by kind and header.
func (db *DB) Mappings(ctx context.Context) ([]ledger.RememberedMapping, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (m ledger.RememberedMapping, err error) {
		err = row.Scan(&m.Signature, &m.Kind, &m.Position, &m.Label, &m.Field, &m.By, &m.At, &m.Batch)
		return m, err
	}, `
		select signature, kind, position, label, field, by, at, batch_no
		from column_mapping where county = @county order by kind, signature, position`, pgx.NamedArgs{"county": db.county})
}

// ForgetMapping forgets what is remembered of a header. It answers how many columns that was.
func (db *DB) ForgetMapping(ctx context.Context, signature, by string) (n int, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActUpload); err != nil {
			return err
		}
		if err := db.lockFor(ctx, tx, lockBooks); err != nil {
			return err
		}
		gone, err := exec(ctx, tx, `delete from column_mapping where county = @county and signature = @signature`,
			pgx.NamedArgs{"county": db.county, "signature": signature})
		if err != nil {
			return err
		}
		if gone == 0 {
			return ledger.Errorf(ledger.KindNotFound, "没有记住表头“%s”的列对应；全部用 mingbai mapping list 查看", signature)
		}
		n = int(gone)
		return db.record(ctx, tx, by, "mapping.forget", "mapping/"+signature, map[string]int{"columns": n})
	})
	return n, err
}
