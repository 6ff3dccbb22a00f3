package ingest

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// part is a line of a nested table.
type part struct {
	depth, row int
	label      string
	figures    []int64 // by t.sums
	has        []bool
}

// compareParts checks that the parts of each line of a nested table add up to it (XR-02).
func (t *table) compareParts() {
	for i, p := range t.parts {
		for j, s := range t.sums {
			if s.unread || !p.has[j] {
				continue
			}
			sum, n := int64(0), 0
			for _, q := range t.parts[i+1:] {
				if q.depth <= p.depth {
					break
				}
				if q.depth == p.depth+1 {
					sum += q.figures[j]
					n++
				}
			}
			if n > 0 && sum != p.figures[j] {
				t.found.add(t.at(s.column.col, p.row), "XR-02", "v", shown(p.label), "t", s.words(p.figures[j]), "s", s.words(sum))
			}
		}
	}
}

// documentTotal is what a document hands down, as the rows over a header say it.
type documentTotal struct {
	at
	amount ledger.Fen
}

var handedDown = regexp.MustCompile(`(?:下达|安排|文件)[^\d,，。;；]{0,24}?(\d[\d,]*(?:\.\d+)?)(亿元|万元|元)`)

// documentAbove reads what a document hands down: 财农〔2025〕12号下达资金500万元.
func (t *table) documentAbove(rows []sheet.Row, top int) {
	for _, r := range rows {
		if r.Number >= top || t.check.document.amount != 0 {
			return
		}
		for _, c := range r.Cells {
			text := documentNumber.ReplaceAllString(norm.NFKC.String(c.Text), "")
			m := handedDown.FindStringSubmatch(text)
			if c.Kind != sheet.Text || m == nil {
				continue
			}
			read := ledger.ParseYuan
			if m[2] == "万元" {
				read = ledger.ParseWan
			}
			if f, err := read(m[1]); err == nil && m[2] != "亿元" {
				t.check.document = documentTotal{t.at(c.Col, c.Row), f}
			}
		}
	}
}

// documentTotals says when the rows of an allocation do not add up to what the document hands down (XR-08).
func (k *check) documentTotals() {
	if k.report.Kind != ledger.Allocation && k.report.Kind != ledger.Transfer {
		return
	}
	total := k.document
	if k.options.Document != 0 {
		total.amount = k.options.Document
	}
	if total.amount != 0 {
		k.report.Handed = &total.amount
	}
	var sum ledger.Fen
	for _, t := range k.sheets {
		if len(t.sums) == 0 || t.sums[0].unread {
			return
		}
		sum += t.out.Total
	}
	if total.amount == 0 || sum == total.amount || k.line == 0 {
		return
	}
	k.found.add(k.allocatedAt(total.at, int64(sum)), "XR-08", "s", sum.String()+"元", "t", total.amount.String()+"元")
}

// allocatedAt is where the sum of what is allocated stands: at the table's own total; where it states none, or another
// one, at what the document hands down; else over the amounts.
func (k *check) allocatedAt(document at, sum int64) at {
	t := k.sheets[0]
	for _, total := range t.sums[0].totals {
		if len(k.sheets) == 1 && total.value == sum {
			return total.at
		}
	}
	if document.row > 0 {
		return document
	}
	c := t.sums[0].column
	return t.at(c.col, c.row)
}

var bodyLine = regexp.MustCompile(`^(?:编制单位|单位名称|填报单位|单位|部门)[:：](\p{Han}[\p{Han}()（）]{2,29})$`)

// bodyAbove reads the body that the rows over the header name as the table's own.
func bodyAbove(rows []sheet.Row, top int) string {
	for _, r := range rows {
		if r.Number >= top {
			break
		}
		for _, c := range r.Cells {
			if m := bodyLine.FindStringSubmatch(strings.Trim(compact(c.Text), "()（）")); c.Kind == sheet.Text && m != nil && titleUnit(c.Text) == "" {
				return m[1]
			}
		}
	}
	return ""
}
