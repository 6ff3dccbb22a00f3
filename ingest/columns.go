package ingest

import (
	"slices"
	"strings"

	"mingbai/ingest/sheet"
)

// choose settles which column gives which field: of several that claim one, the strongest by the dictionary; equals are
// a question (HDR-03), and the field then has no column. What no field takes is said: unknown (HDR-04) or never
// published (HDR-07).
func (t *table) choose(h *header) {
	t.mapLetters(h)
	claims := map[string][]*column{}
	for i := range h.columns {
		c := &h.columns[i]
		switch c.use {
		case imported:
			claims[c.field] = append(claims[c.field], c)
		case never:
			t.found.add(t.at(c.col, c.row), "HDR-07", "c", c.label)
		case unknown:
			t.found.add(t.at(c.col, c.row), "HDR-04", "c", c.label)
		}
	}
	standIn(claims)
	t.by, t.disputed = map[string]*column{}, map[string]bool{}
	for field, columns := range claims {
		slices.SortStableFunc(columns, func(a, b *column) int { return a.rank - b.rank })
		if len(columns) > 1 && columns[0].rank == columns[1].rank {
			a, b := columns[0], columns[1]
			t.found.add(t.at(b.col, b.row), "HDR-03", "a", a.label, "b", b.label, "f", nameOf(field))
			t.disputed[field] = true
			continue
		}
		columns[0].field = field
		t.by[field] = columns[0]
	}
	for _, c := range t.by {
		t.order = append(t.order, c)
	}
	slices.SortFunc(t.order, func(a, b *column) int { return a.col - b.col })
	t.seq, t.account, t.number, t.note = h.first("seq"), h.first("account"), h.first("id_number"), h.first("note")
}

// mapLetters gives the columns that are named by letter the field that was said by hand.
func (t *table) mapLetters(h *header) {
	for letters, field := range t.options.Map {
		if !columnLetters.MatchString(letters) {
			continue
		}
		for i := range h.columns {
			c := &h.columns[i]
			if sheet.ColumnName(c.col) != strings.ToUpper(letters) {
				continue
			}
			if m, ok := t.kind.byHand(field); ok {
				c.meaning = m
			}
		}
	}
}

// first is the first column of a field, whatever is done with it; nil when there is none.
func (h *header) first(field string) *column {
	for i := range h.columns {
		if h.columns[i].field == field {
			return &h.columns[i]
		}
	}
	return nil
}

// standIn lets a sheet's only person be the householder, whatever the sheet calls them: the payee before the beneficiary
// where there are both. The number follows the name; in a sheet of one name, the only number is that person's.
func standIn(claims map[string][]*column) {
	if claims["head_name"] == nil {
		for _, role := range []string{"payee", "beneficiary"} {
			if claims[role+"_name"] == nil {
				continue
			}
			claims["head_name"] = claims[role+"_name"]
			delete(claims, role+"_name")
			if claims["id_number"] == nil && claims[role+"_id_number"] != nil {
				claims["id_number"] = claims[role+"_id_number"]
				delete(claims, role+"_id_number")
			}
			break
		}
	}
	if claims["id_number"] == nil && claims["payee_name"] == nil && claims["beneficiary_name"] == nil {
		for _, role := range []string{"payee", "beneficiary"} {
			if claims[role+"_id_number"] != nil {
				claims["id_number"] = claims[role+"_id_number"]
				delete(claims, role+"_id_number")
				return
			}
		}
	}
}

// demand says which required fields have no column (HDR-02). Village, town and unit may stand in the title or the sheet's
// name.
func (t *table) demand(h *header) {
	for _, need := range t.kind.need {
		if !slices.ContainsFunc(either(need), func(field string) bool {
			return t.by[field] != nil || t.disputed[field] || field == "village" && t.village != ""
		}) {
			t.found.add(t.at(h.columns[0].col, h.top), "HDR-02", "f", named(need))
		}
	}
}

// describe lists every column for the report. One that lost its field to a stronger column has none.
func (t *table) describe(h *header) []Column {
	out := make([]Column, 0, len(h.columns))
	for i := range h.columns {
		c := &h.columns[i]
		field := c.field
		if c.use == imported && t.by[field] != c {
			field = ""
		}
		out = append(out, Column{Cell: t.at(c.col, c.row).cell(), Label: c.label, Field: field})
	}
	return out
}
