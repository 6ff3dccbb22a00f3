package postgres

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// KeepImport keeps lines that somebody is about to look at, until they say that they shall be saved; a day at most.
func (db *DB) KeepImport(ctx context.Context, by string, list ledger.CodeList, lines []ledger.CodeLine) (id string, err error) {
	kept, err := json.Marshal(lines)
	if err != nil {
		return "", err
	}
	err = db.changeCodes(ctx, by, list, func(tx pgx.Tx) error {
		args := pgx.NamedArgs{"county": db.county, "list": list.ID, "by": by, "now": db.now(), "lines": kept}
		if _, err := exec(ctx, tx, `delete from code_import where county = @county and (at < @now::timestamptz - interval '1 day' or by = @by)`, args); err != nil {
			return err
		}
		id, err = one[string](ctx, tx, `insert into code_import (county, list, by, at, lines) values (@county, @list, @by, @now, @lines) returning id::text`, args)
		return err
	})
	return id, err
}

// TakeImport saves what was kept, by whom it was kept for, and once. What the list holds by now decides what that changes.
func (db *DB) TakeImport(ctx context.Context, by string, list ledger.CodeList, id string) (n int, err error) {
	kept, err := one[[]byte](ctx, db.pool, `
		select lines from code_import where county = @county and id::text = @id and list = @list and by = @by`,
		pgx.NamedArgs{"county": db.county, "id": id, "list": list.ID, "by": by})
	if errors.Is(err, ledger.ErrNotFound) {
		return 0, ledger.Errorf(ledger.KindNotFound, "这次导入已经保存过，或放得太久了。请重新上传文件")
	}
	if err != nil {
		return 0, err
	}
	var lines []ledger.CodeLine
	if err := json.Unmarshal(kept, &lines); err != nil {
		return 0, err
	}
	if err := db.SaveCodes(ctx, by, list, lines); err != nil {
		return 0, err
	}
	_, err = exec(ctx, db.pool, `delete from code_import where county = @county and id::text = @id`, pgx.NamedArgs{"county": db.county, "id": id})
	return len(lines), err
}
