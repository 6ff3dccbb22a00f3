package postgres

import (
	"context"
	"crypto/sha256"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Papers are the documents of a fund, the public ones alone where nobody of the office asks.
func (db *DB) Papers(ctx context.Context, fund string, publicOnly bool) ([]ledger.Paper, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (p ledger.Paper, err error) {
		var sha []byte
		err = row.Scan(&p.No, &p.Fund, &p.Title, &p.Type, &sha, &p.Size, &p.Public, &p.By, &p.At)
		copy(p.SHA256[:], sha)
		return p, err
	}, `
		select doc_no, fund, title, type, sha256, size, public, by, at from fund_document
		where county = @county and fund = @fund and removed_at is null and (public or not @public) order by doc_no`,
		pgx.NamedArgs{"county": db.county, "fund": fund, "public": publicOnly})
}

// PaperContent is a document as it was brought.
func (db *DB) PaperContent(ctx context.Context, fund string, no int64, publicOnly bool) ([]byte, error) {
	return one[[]byte](ctx, db.pool, `
		select content from fund_document
		where county = @county and fund = @fund and doc_no = @no and removed_at is null and (public or not @public)`,
		pgx.NamedArgs{"county": db.county, "fund": fund, "no": no, "public": publicOnly})
}

// AddPaper keeps a document; nobody outside sees it before it is opened. The content's type must have been told by the content.
func (db *DB) AddPaper(ctx context.Context, by string, p ledger.Paper, content []byte) error {
	if p.Title = strings.TrimSpace(p.Title); p.Title == "" || len([]rune(p.Title)) > 100 {
		return ledger.Errorf(ledger.KindInvalid, "标题：要填写，最多100个字")
	}
	sum := sha256.Sum256(content)
	return db.changePapers(ctx, by, p.Fund, func(tx pgx.Tx) error {
		if _, err := exec(ctx, tx, `
			insert into fund_document (county, fund, title, type, sha256, size, content, by, at)
			values (@county, @fund, @title, @type, @sha, @size, @content, @by, @now)`, pgx.NamedArgs{
			"county": db.county, "fund": p.Fund, "title": p.Title, "type": p.Type, "sha": sum[:], "size": len(content), "content": content,
			"by": by, "now": db.now(),
		}); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "document.add", "fund/"+p.Fund, map[string]string{"title": p.Title})
	})
}

// OpenPaper shows a document to everybody, or to nobody outside.
func (db *DB) OpenPaper(ctx context.Context, by, fund string, no int64, public bool) error {
	return db.changePaper(ctx, by, fund, no, `public = @public`, "document.open", public)
}

// RemovePaper takes a document out of sight.
func (db *DB) RemovePaper(ctx context.Context, by, fund string, no int64) error {
	return db.changePaper(ctx, by, fund, no, `public = @public, removed_at = @now`, "document.remove", false)
}

func (db *DB) changePaper(ctx context.Context, by, fund string, no int64, set, action string, public bool) error {
	return db.changePapers(ctx, by, fund, func(tx pgx.Tx) error {
		title, err := one[string](ctx, tx, `
			update fund_document set `+set+` where county = @county and fund = @fund and doc_no = @no and removed_at is null returning title`,
			pgx.NamedArgs{"county": db.county, "fund": fund, "no": no, "public": public, "now": db.now()})
		if err != nil {
			return err
		}
		return db.record(ctx, tx, by, action, "fund/"+fund, map[string]any{"title": title, "public": public})
	})
}

func (db *DB) changePapers(ctx context.Context, by, fund string, change func(tx pgx.Tx) error) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActManageCodes); err != nil {
			return err
		}
		if _, err := db.Fund(ctx, fund); err != nil {
			return err
		}
		return change(tx)
	})
}
