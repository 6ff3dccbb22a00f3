package ingest

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mingbai/ledger"
)

// Units of amounts.
const (
	yuan = "yuan"
	wan  = "wan" // 10,000 yuan
)

var unitNames = map[string]string{"": "没有写", yuan: "元", wan: "万元", "both": "元和万元都写了"}

var (
	unitLine  = regexp.MustCompile(`^[:：]?\s*([^)）]+)`)
	unitBrack = regexp.MustCompile(`[(（](人民币)?(元|万元)[)）]`)
	unitSplit = regexp.MustCompile(`[、,，;；\s]+`)
)

// titleUnit reads the amount's unit from a text over the header: 单位：万元, 单位：亩、元/亩、元, …分配表（万元）. A unit that
// is a body (单位：元氏县财政局) is no unit of money, nor is 元/亩.
func titleUnit(text string) string {
	text = norm.NFKC.String(text)
	var found []string
	for _, piece := range strings.Split(text, "单位")[1:] { // 填报单位(盖章)：柳门镇财政所　单位：元 — body and money in one line
		if m := unitLine.FindStringSubmatch(piece); m != nil {
			found = append(found, unitSplit.Split(strings.TrimSpace(m[1]), -1)...)
		}
	}
	for _, m := range unitBrack.FindAllStringSubmatch(text, -1) {
		found = append(found, m[2])
	}
	unit := ""
	for _, word := range found {
		unit = bothUnits(unit, unitCode(word))
	}
	return unit
}

func unitCode(word string) string {
	switch strings.TrimLeft(strings.TrimPrefix(word, "人民币"), ":") {
	case "元":
		return yuan
	case "万元":
		return wan
	}
	return ""
}

func bothUnits(a, b string) string {
	if a == "" || a == b {
		return b
	}
	if b == "" {
		return a
	}
	return "both"
}

// settleUnit decides the unit of the sheet's amounts: by hand, else what title and headers say if they agree (HDR-05).
func (t *table) settleUnit(title, byHand string) {
	var first *column
	header := ""
	for _, field := range t.kind.sums {
		c := t.by[field]
		if c == nil || sorts[field] != asMoney {
			continue
		}
		if first == nil || header == "" {
			first = c
		}
		if header = bothUnits(header, unitCode(c.unit)); header == "both" {
			first = c // the column that differs
			break
		}
	}
	unit := bothUnits(title, header)
	switch {
	case byHand != "" && (first != nil || t.report.Kind == ledger.Subsidy):
		t.out.Unit = byHand
	case unit == yuan || unit == wan:
		if first != nil || t.report.Kind == ledger.Subsidy {
			t.out.Unit = unit
		}
	case first != nil:
		t.found.add(t.at(first.col, first.row), "HDR-05", "u1", unitNames[title], "u2", unitNames[header])
	}
}

// basisUnit is what a quantity counts: by its label's brackets, else by its field.
func basisUnit(c *column) string {
	if slices.Contains(labelUnits, c.unit) && !strings.Contains(c.unit, "元") {
		return c.unit
	}
	return map[string]string{"area_mu": "亩", "persons": "人"}[c.field]
}
