package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// Places name where a sealed value lives: table, row, column. Opened anywhere else it fails.
func wordsPlace(id string, seq int) string { return fmt.Sprintf("inquiry_words:%s:%d:sealed", id, seq) }
func senderPlace(id, column string) string { return "inquiry_sender:" + id + ":" + column }
func inquiryFilePlace(id, file, col string) string {
	return "inquiry_file:" + id + ":" + file + ":" + col
}

var noWords inquiry.Words

// keepWords seals what was said with an event.
func (q *Inquiries) keepWords(ctx context.Context, tx pgx.Tx, id string, seq int, key string, text []byte) error {
	_, err := exec(ctx, tx, `
		insert into inquiry_words (county, id, seq, key, sealed) values (@county, @id, @seq, @key, @sealed)`,
		pgx.NamedArgs{"county": q.county, "id": id, "seq": seq, "key": key, "sealed": q.keys[key].Seal(wordsPlace(id, seq), text)})
	return err
}

func (q *Inquiries) openWords(key, id string, seq int, sealed []byte) (w inquiry.Words, err error) {
	text, err := q.openWith(key, wordsPlace(id, seq), sealed)
	if err != nil || text == nil {
		return w, err
	}
	return w, json.Unmarshal(text, &w)
}

// openWith opens a sealed value; nil stays nil.
func (q *Inquiries) openWith(key, place string, sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	keys := q.keys[key]
	if keys == nil {
		return nil, fmt.Errorf("no key for %q", key)
	}
	plain, err := keys.Open(place, sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", place, err)
	}
	return plain, nil
}

// keepSender seals who sends, name and phone each by itself. Nobody who sends without either has a row.
func (q *Inquiries) keepSender(ctx context.Context, tx pgx.Tx, id, key, name, phone string, agreed bool) error {
	if name == "" && phone == "" {
		return nil
	}
	seal := func(column, text string) []byte {
		if text == "" {
			return nil
		}
		return q.keys[key].Seal(senderPlace(id, column), []byte(text))
	}
	_, err := exec(ctx, tx, `insert into inquiry_sender (county, id, key, name, phone, agreed) values (@county, @id, @key, @name, @phone, @agreed)`,
		pgx.NamedArgs{"county": q.county, "id": id, "key": key, "name": seal("name", name), "phone": seal("phone", phone), "agreed": agreed})
	return err
}

// sender opens who sends a case; zero for nobody.
func (q *Inquiries) sender(ctx context.Context, from querier, id string) (s inquiry.Identity, err error) {
	type row struct {
		Key         string
		Name, Phone []byte
	}
	r, err := first(ctx, from, pgx.RowToStructByPos[row], `select key, name, phone from inquiry_sender where county = @county and id = @id`,
		pgx.NamedArgs{"county": q.county, "id": id})
	if errors.Is(err, ledger.ErrNotFound) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	name, err := q.openWith(r.Key, senderPlace(id, "name"), r.Name)
	if err != nil {
		return s, err
	}
	phone, err := q.openWith(r.Key, senderPlace(id, "phone"), r.Phone)
	return inquiry.Identity{Name: string(name), Phone: string(phone)}, err
}

// handOver seals everything of a case anew, under discipline's key: from this moment the desk's keys open nothing of it.
func (q *Inquiries) handOver(ctx context.Context, tx pgx.Tx, id string) error {
	for _, part := range []struct {
		table, row string
		columns    []string
		place      func(row, column string) string
	}{
		{"inquiry_words", "seq::text", []string{"sealed"}, func(row, column string) string { return "inquiry_words:" + id + ":" + row + ":" + column }},
		{"inquiry_sender", "''", []string{"name", "phone"}, func(_, column string) string { return senderPlace(id, column) }},
		{"inquiry_draft", "round || ':' || login", []string{"sealed"}, func(row, _ string) string { return draftPlace(id, row) }},
		{"inquiry_file", "file", []string{"name", "content"}, func(row, column string) string { return inquiryFilePlace(id, row, column) }},
	} {
		if err := q.sealAnew(ctx, tx, id, part.table, part.row, part.columns, part.place); err != nil {
			return err
		}
	}
	return nil
}

func (q *Inquiries) sealAnew(ctx context.Context, tx pgx.Tx, id, table, row string, columns []string, place func(row, column string) string) error {
	args := pgx.NamedArgs{"county": q.county, "id": id, "key": disciplineKey}
	rows, err := all(ctx, tx, pgx.RowTo[string], `select `+row+` from `+table+` where county = @county and id = @id and key <> @key`, args)
	if err != nil {
		return err
	}
	for _, r := range rows {
		args["row"] = r
		set := "key = @key"
		for _, column := range columns {
			type value struct {
				Key    string
				Sealed []byte
			}
			v, err := first(ctx, tx, pgx.RowToStructByPos[value], `select key, `+column+` from `+table+` where county = @county and id = @id and `+row+` = @row`, args)
			if err != nil {
				return err
			}
			plain, err := q.openWith(v.Key, place(r, column), v.Sealed)
			if err != nil {
				return err
			}
			if plain != nil {
				args[column] = q.keys[disciplineKey].Seal(place(r, column), plain)
				set += ", " + column + " = @" + column
			}
		}
		if _, err := exec(ctx, tx, `update `+table+` set `+set+` where county = @county and id = @id and `+row+` = @row`, args); err != nil {
			return err
		}
	}
	return nil
}
