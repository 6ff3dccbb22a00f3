package postgres

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// keepFiles seals what was attached to an event. The desk's own files and the citizen's are kept alike.
func (q *Inquiries) keepFiles(ctx context.Context, tx pgx.Tx, h held, seq int, files []inquiry.NewFile) error {
	if len(files) > mostFiles {
		return ledger.Errorf(ledger.KindInvalid, "附件：最多%d个", mostFiles)
	}
	for _, f := range files {
		file := strings.ToLower(rand.Text())
		if _, err := exec(ctx, tx, `
			insert into inquiry_file (county, id, file, seq, key, name, type, size, content, held)
			values (@county, @id, @file, @seq, @key, @name, @type, @size, @content, @held)`, pgx.NamedArgs{
			"county": q.county, "id": h.id, "file": file, "seq": seq, "key": h.key, "type": f.Type, "size": len(f.Content), "held": f.Held,
			"name":    q.keys[h.key].Seal(inquiryFilePlace(h.id, file, "name"), []byte(f.Name)),
			"content": q.keys[h.key].Seal(inquiryFilePlace(h.id, file, "content"), f.Content),
		}); err != nil {
			return err
		}
	}
	return nil
}

type fileRow struct {
	ID      string
	File    string
	Seq     int
	Key     string
	Name    []byte
	Type    string
	Size    int
	Held    bool
	Content []byte
}

func (q *Inquiries) files(ctx context.Context, from querier, id string) (files []inquiry.File, err error) {
	rows, err := all(ctx, from, pgx.RowToStructByPos[fileRow], `
		select id, file, seq, key, name, type, size, held, null::bytea from inquiry_file where county = @county and id = @id order by seq, file`,
		pgx.NamedArgs{"county": q.county, "id": id})
	for _, r := range rows {
		name, err := q.openWith(r.Key, inquiryFilePlace(id, r.File, "name"), r.Name)
		if err != nil {
			return nil, err
		}
		files = append(files, inquiry.File{ID: r.File, Name: string(name), Type: r.Type, Size: r.Size, Seq: r.Seq, Held: r.Held})
	}
	return files, err
}

// fileContent opens an attachment. One that could not be looked through for viruses yet is opened by nobody.
func (q *Inquiries) fileContent(ctx context.Context, from querier, id, file string) (f inquiry.File, content []byte, err error) {
	r, err := first(ctx, from, pgx.RowToStructByPos[fileRow], `
		select id, file, seq, key, name, type, size, held, content from inquiry_file where county = @county and id = @id and file = @file`,
		pgx.NamedArgs{"county": q.county, "id": id, "file": file})
	if err != nil {
		return f, nil, err
	}
	if r.Held {
		return f, nil, ledger.Errorf(ledger.KindConflict, "附件还在等病毒检查，现在打不开，请过一会儿再看")
	}
	name, err := q.openWith(r.Key, inquiryFilePlace(id, file, "name"), r.Name)
	if err != nil {
		return f, nil, err
	}
	f = inquiry.File{ID: file, Name: string(name), Type: r.Type, Size: r.Size, Seq: r.Seq}
	content, err = q.openWith(r.Key, inquiryFilePlace(id, file, "content"), r.Content)
	return f, content, err
}

// OpenFile is an attachment for an officer who sees the case's text; it is written down.
func (q *Inquiries) OpenFile(ctx context.Context, login, id, file string) (f inquiry.File, content []byte, err error) {
	err = q.write(ctx, func(tx pgx.Tx) error {
		h, _, sight, err := q.sight(ctx, tx, login, id)
		if err != nil {
			return err
		}
		if !sight.Text {
			return inquiry.Unseen
		}
		if f, content, err = q.fileContent(ctx, tx, id, file); err != nil || h.c.State == inquiry.Sealed {
			return err
		}
		return q.record(ctx, tx, login, "inquiry.file", "inquiry/"+id, map[string]string{"file": file})
	})
	return f, content, err
}

// HeldFiles looks through the attachments that wait for it. look answers whether a content is clean; one that is not loses its
// place: it stays held for ever. It stops at the first that cannot be looked through.
func (q *Inquiries) HeldFiles(ctx context.Context, look func(context.Context, []byte) (clean bool, err error)) error {
	rows, err := all(ctx, q.pool, pgx.RowToStructByPos[fileRow], `
		select id, file, seq, key, name, type, size, held, content from inquiry_file where county = @county and held limit 20`,
		pgx.NamedArgs{"county": q.county})
	if err != nil {
		return err
	}
	for _, r := range rows {
		content, err := q.openWith(r.Key, inquiryFilePlace(r.ID, r.File, "content"), r.Content)
		if err != nil {
			return err
		}
		clean, err := look(ctx, content)
		if err != nil {
			return err
		}
		if !clean {
			continue
		}
		if _, err := exec(ctx, q.pool, `update inquiry_file set held = false where county = @county and id = @id and file = @file`,
			pgx.NamedArgs{"county": q.county, "id": r.ID, "file": r.File}); err != nil {
			return err
		}
	}
	return nil
}
