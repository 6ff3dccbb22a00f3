package main

import (
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/search"
	"mingbai/search/searchtest"
)

// plainBooks is what the books say by plain statements, which share nothing with the program's own: a table of what is
// public, and one of all parts of all names. Entries have numbers in the order of their ids.
type plainBooks struct {
	w     *world
	ids   []string
	keys  []string           // of entries
	bears map[string][]int32 // entries of a key, ascending
}

// plain reads the books through.
func (w *world) plain() *plainBooks {
	w.t.Helper()
	for _, sql := range []string{
		`drop table if exists plain, plain_part, plain_spelt`,
		`create unlogged table plain as
		 select (row_number() over (order by id collate "C") - 1)::int as no, id, name_key, name_py from (
			select distinct n.ref || '-' || case p.village_code when '' then '0' else p.village_code end as id, n.name_key, n.name_py
			from payment p, person n, batch b, fund f
			where n.person_id = p.person_id and b.batch_no = p.batch_no and f.code = p.fund and p.active and b.state = 'published'
				and f.disclosure = 'public'
				and (now() at time zone 'Asia/Shanghai')::date between b.public_from and coalesce(b.public_until, 'infinity')) x`,
		`create unlogged table plain_part as
		 select distinct key, substr(key, i, n) as part
		 from (select distinct name_key as key from plain) k, generate_series(1, length(key)) i, generate_series(1, length(key) - i + 1) n`,
		`create unlogged table plain_spelt as select no, unnest(name_py) as spelt from plain`,
		`create index on plain (name_key)`, `create index on plain_part (part)`, `create index on plain_spelt (spelt)`,
		`analyze plain, plain_part, plain_spelt`,
	} {
		_, err := w.sql().Exec(w.t.Context(), sql)
		w.must(err)
	}
	b := &plainBooks{w: w, bears: map[string][]int32{}}
	rows, err := w.sql().Query(w.t.Context(), `select no, id, name_key from plain order by no`)
	w.must(err)
	var no int32
	var id, key string
	_, err = pgx.ForEachRow(rows, []any{&no, &id, &key}, func() error {
		b.ids, b.keys, b.bears[key] = append(b.ids, id), append(b.keys, key), append(b.bears[key], no)
		return nil
	})
	w.must(err)
	return b
}

// The answers to a mode's questions, one statement for all of them: entries' numbers, ascending.
var plainSQL = map[ledger.NameMode]string{
	ledger.NameExact: `select a.n, p.no from unnest(@names::text[]) with ordinality as a (name, n) join plain p on p.name_key = a.name order by 1, 2`,
	ledger.NameContains: `select a.n, p.no from unnest(@names::text[]) with ordinality as a (name, n)
		join plain_part k on k.part = a.name join plain p on p.name_key = k.key order by 1, 2`,
	ledger.NamePinyin: `select a.n, p.no from unnest(@names::text[]) with ordinality as a (name, n) join plain_spelt p on p.spelt = a.name order by 1, 2`,
}

// answers are what the books say to many questions of a mode.
func (b *plainBooks) answers(mode ledger.NameMode, names []string) [][]int32 {
	b.w.t.Helper()
	if mode == ledger.NameNear {
		return b.near(names)
	}
	out := make([][]int32, len(names))
	rows, err := b.w.sql().Query(b.w.t.Context(), plainSQL[mode], pgx.NamedArgs{"names": names})
	b.w.must(err)
	var n int
	var no int32
	_, err = pgx.ForEachRow(rows, []any{&n, &no}, func() error {
		out[n-1] = append(out[n-1], no)
		return nil
	})
	b.w.must(err)
	return out
}

// near reads the names through for each, by the definition that stands in searchtest. One slip leaves a name's first
// character or its last as it is, so the others need not be read.
func (b *plainBooks) near(names []string) [][]int32 {
	out := make([][]int32, len(names))
	first, last := map[rune][]string{}, map[rune][]string{}
	for key := range b.bears {
		f, l := ends(key)
		first[f], last[l] = append(first[f], key), append(last[l], key)
	}
	var each sync.WaitGroup
	for half := range 2 {
		each.Go(func() {
			for i := half; i < len(names); i += 2 {
				m := ledger.NameMatch{Name: names[i], Mode: ledger.NameNear, Alike: search.Alike(names[i])}
				f, l := ends(names[i])
				for _, key := range slices.Concat(first[f], last[l]) {
					if searchtest.Named(m, ledger.NameForms{Key: key}) {
						out[i] = append(out[i], b.bears[key]...)
					}
				}
				slices.Sort(out[i])
				out[i] = slices.Compact(out[i])
			}
		})
	}
	each.Wait()
	return out
}

func ends(key string) (first, last rune) {
	first, _ = utf8.DecodeRuneInString(key)
	last, _ = utf8.DecodeLastRuneInString(key)
	return first, last
}
