package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

// A page's text without its marks, so that a number is one word.
var marks = regexp.MustCompile(`<[^>]*>`)

func said(page string) string {
	return strings.Join(strings.Fields(marks.ReplaceAllString(page, " ")), " ")
}

// figured is a page's address with every figure that it must say, each from SQL that shares nothing with the program's.
type figured struct {
	path string
	say  []string
}

// Two hundred pages by lot — funds, villages' lists, tables, people — say what plain SQL over the rows says.
func TestNumbersOnPagesAreTheBooks(t *testing.T) {
	w := newWorld(t)
	w.county(60)
	site := w.hasty()
	var all []figured
	all = append(all, w.fundFigures()...)
	all = append(all, w.villageFigures()...)
	all = append(all, w.recordFigures()...)
	all = append(all, w.peopleFigures()...)
	lot := rand.New(rand.NewPCG(200, 5))
	lot.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	figures, wrong := 0, 0
	for _, page := range all[:min(200, len(all))] {
		code, body := get(t, site+page.path)
		text := said(body)
		for _, figure := range page.say {
			figures++
			if code != 200 || !strings.Contains(text, figure) {
				wrong++
				t.Errorf("%s: %d, does not say %q", page.path, code, figure)
			}
		}
	}
	t.Logf("%d of %d pages, %d figures, %d wrong", min(200, len(all)), len(all), figures, wrong)
	if len(all) < 200 {
		t.Errorf("only %d pages to draw from", len(all))
	}
}

// pick makes a page of every row of a query.
func (w *world) pick(page func(values []any) figured, sql string) (out []figured) {
	w.t.Helper()
	rows, err := w.sql().Query(w.t.Context(), sql)
	w.must(err)
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		w.must(err)
		out = append(out, page(values))
	}
	w.must(rows.Err())
	return out
}

func yuanOf(v any) string { return ledger.Fen(v.(int64)).String() + " 元" }

// fundFigures: the county's total and count, and every town's that is not folded.
func (w *world) fundFigures() []figured {
	return w.pick(func(v []any) figured {
		page := figured{fmt.Sprintf("/funds/%s?year=%d", v[0], v[1]), []string{yuanOf(v[2]), fmt.Sprintf("%d 笔", v[3])}}
		if v[4] != nil {
			page.say = append(page.say, yuanOf(v[4]))
		}
		return page
	}, `select p.fund, p.year, sum(amount_fen)::bigint, count(*), (
			select max(s) from (select sum(q.amount_fen)::bigint as s from payment q
				where q.fund = p.fund and q.year = p.year and q.active group by left(q.village_code, 9)) x
			where (select disclosure from fund where code = p.fund) = 'public')
		from payment p where active group by fund, year`)
}

// villageFigures: the list's total and every amount on it.
func (w *world) villageFigures() []figured {
	return w.pick(func(v []any) figured {
		page := figured{fmt.Sprintf("/funds/%s/%d/villages/%s", v[0], v[1], v[2]), []string{yuanOf(v[3])}}
		for _, fen := range v[4].([]any) {
			page.say = append(page.say, ledger.Fen(fen.(int64)).String())
		}
		return page
	}, `select p.fund, p.year, p.village_code, sum(p.amount_fen)::bigint, array_agg(p.amount_fen)
		from payment p join batch b using (county, batch_no) join fund f on f.code = p.fund
		where p.active and f.disclosure = 'public' and p.village_code <> '' and (b.public_until is null or b.public_until >= (now() at time zone 'Asia/Shanghai')::date)
		group by 1, 2, 3`)
}

// recordFigures: a table's total, and every unit's rows where there are units.
func (w *world) recordFigures() []figured {
	return append(w.pick(func(v []any) figured {
		return figured{fmt.Sprintf("/funds/%s?year=%d", v[0], v[1]), []string{yuanOf(v[2])}}
	}, `select r.fund, r.year, sum(amount_fen) filter (where depth = 0)::bigint from record r
		where active and amount_fen is not null group by 1, 2`),
		w.pick(func(v []any) figured {
			page := figured{fmt.Sprintf("/funds/%s?year=%d&unit=%s", v[0], v[1], url.QueryEscape(v[2].(string))), nil}
			for _, fen := range v[3].([]any) {
				page.say = append(page.say, ledger.Fen(fen.(int64)).String())
			}
			return page
		}, `select r.fund, r.year, d.unit_name, array_agg(r.amount_fen) from record r join budget_line d using (county, year, batch_no, line)
			where r.active and r.amount_fen is not null group by 1, 2, 3 having count(*) <= 50`)...)
}

// peopleFigures: what is public of a person in a village, each payment and their sum.
func (w *world) peopleFigures() []figured {
	return w.pick(func(v []any) figured {
		page := figured{fmt.Sprintf("/people/%s", ledger.PersonRef{Person: v[0].(string), Village: v[1].(string)}), []string{yuanOf(v[2])}}
		for _, fen := range v[3].([]any) {
			page.say = append(page.say, ledger.Fen(fen.(int64)).String())
		}
		return page
	}, `select n.ref, p.village_code, sum(p.amount_fen)::bigint, array_agg(p.amount_fen)
		from payment p join person n using (county, person_id) join batch b using (county, batch_no) join fund f on f.code = p.fund
		where p.active and f.disclosure = 'public' and (b.public_until is null or b.public_until >= (now() at time zone 'Asia/Shanghai')::date)
		group by 1, 2`)
}

// backdate moves the last two acts five days back, and all before them ten.
func (w *world) backdate() {
	w.t.Helper()
	for _, sql := range []string{
		`alter table publication_log disable trigger publication_log_is_final`,
		`update publication_log set at = at - case when seq > (select max(seq) - 2 from publication_log) then interval '5 days' else interval '10 days' end`,
		`alter table publication_log enable trigger publication_log_is_final`,
	} {
		_, err := w.sql().Exec(w.t.Context(), sql)
		w.must(err)
	}
}

// A page of another day says so, and says that day's figures; today's says an act at once, kept or not.
func TestPagesOfOtherDays(t *testing.T) {
	w := newWorld(t)
	_, _, numbers := w.publishTables()
	site := w.serve()
	const file = "乡镇运转转移支付2025（定）.xlsx"
	get(t, site+"/funds/ZY01?year=2025")
	_, before := get(t, site+"/funds/ZY01?year=2025")
	total := regexp.MustCompile(`[\d,]+\.\d\d 元`).FindString(said(before))
	w.ok("withdraw", numbers[file], "--as", "wang", "--reason", "重新核定")
	if _, now := get(t, site+"/funds/ZY01?year=2025"); !strings.Contains(now, "重新核定") {
		t.Error("the page is older than the withdrawal")
	}
	w.ok("revert", numbers[file], "--as", "wang", "--reason", "无误")
	w.ok("withdraw", numbers[file], "--as", "wang", "--reason", "再次核定", "--row", "4")

	// All of it, but for the last two acts, happened ten days ago, those five days ago.
	w.backdate()
	day := func(ago int) string { return time.Now().In(ledger.Shanghai).AddDate(0, 0, -ago).Format("2006-01-02") }
	for _, c := range []struct {
		ago       int
		see, hide []string
	}{
		{8, []string{"不是今天的", "重新核定", "0.00 元"}, []string{"再次核定"}},
		{3, []string{"不是今天的", "再次核定"}, []string{"重新核定"}},
	} {
		_, page := get(t, site+"/funds/ZY01?year=2025&as-of="+day(c.ago))
		for _, word := range c.see {
			if !strings.Contains(page, word) {
				t.Errorf("%d days ago: does not say %q", c.ago, word)
			}
		}
		for _, word := range c.hide {
			if strings.Contains(page, word) {
				t.Errorf("%d days ago: says %q", c.ago, word)
			}
		}
		if !strings.Contains(page, `content="noindex"`) {
			t.Errorf("%d days ago: may be listed", c.ago)
		}
	}
	if code, _ := get(t, site+"/funds/ZY01?year=2025&as-of="+day(20)); code != 404 {
		t.Errorf("before anything was published: %d", code)
	}
	if _, page := get(t, site+"/funds/ZY01?year=2025&as-of="+day(-3)); strings.Contains(page, "不是今天的") {
		t.Error("a day to come is today")
	}
	if code, _ := get(t, site+"/funds/ZY01?as-of=gestern"); code != 400 {
		t.Errorf("no day: %d", code)
	}
	if code, page := get(t, site+"/funds/DB01?as-of="+day(3)); code != 400 || !strings.Contains(page, "不提供往日的账目") {
		t.Errorf("a fund that names nobody: %d", code)
	}
	if total == "" {
		t.Error("no total")
	}
}
