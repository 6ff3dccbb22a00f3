package ingest

import (
	"slices"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// remembers says whether somebody mapped columns of a header by hand before.
func (k *check) remembers(signature string) bool {
	return slices.ContainsFunc(k.options.Remembered, func(m ledger.ColumnMapping) bool {
		return m.Signature == signature && m.Kind == k.report.Kind
	})
}

// rememberedHeader finds a header that is remembered, though the dictionary may not know enough of its labels.
func (k *check) rememberedHeader(g *grid) (header, bool) {
	if len(k.options.Remembered) == 0 {
		return header{}, false
	}
	for height := 1; height <= headerHeight; height++ {
		for top := 1; top <= headerDepth; top++ {
			h := g.header(k.words, top, top+height-1)
			if len(h.columns) == 0 || !k.remembers(h.signature()) {
				continue
			}
			if whole := g.settled(k.words, h); k.remembers(whole.signature()) {
				return whole, true
			}
		}
	}
	return header{}, false
}

// recall gives columns the fields that were said of them by hand, now (Options.Map, which the dictionary or mapLetters has
// applied) or before (Options.Remembered), and notes which they were.
func (t *table) recall(h *header) {
	before := map[int]ledger.ColumnMapping{}
	for _, m := range t.options.Remembered {
		if m.Signature == t.out.Signature && m.Kind == t.report.Kind {
			before[m.Position] = m
		}
	}
	for i := range h.columns {
		c := &h.columns[i]
		m := ledger.ColumnMapping{Signature: t.out.Signature, Kind: t.report.Kind, Position: i + 1, Label: c.label}
		if field, ok := t.saidByHand(c); ok {
			m.Field, m.ByHand = field, true
		} else if was, ok := before[m.Position]; ok {
			meaning, ok := t.kind.byHand(was.Field)
			if !ok { // a field that there is no more
				continue
			}
			c.meaning, m.Field = meaning, was.Field
			t.recalled = append(t.recalled, c)
		} else {
			continue
		}
		t.out.Mapped = append(t.out.Mapped, m)
	}
}

// maxRecalled is how many columns a message names.
const maxRecalled = 6

// sayRecalled tells which columns were read from memory (HDR-08).
func (t *table) sayRecalled() {
	if len(t.recalled) == 0 {
		return
	}
	var said []string
	for i, c := range t.recalled {
		if i == maxRecalled {
			said = append(said, "等"+strconv.Itoa(len(t.recalled))+"列")
			break
		}
		said = append(said, "“"+c.label+"”"+c.inWords())
	}
	t.found.add(t.at(t.recalled[0].col, t.recalled[0].row), "HDR-08", "m", strings.Join(said, "、"))
}

// inWords says what is done with a column.
func (c *column) inWords() string {
	if c.use != imported {
		return "不导入"
	}
	return "作为" + nameOf(c.field)
}

// saidByHand tells which field Options.Map gives a column: by letter, else by a label that its meaning shows to have been
// found.
func (t *table) saidByHand(c *column) (field string, ok bool) {
	for label, field := range t.options.Map {
		if columnLetters.MatchString(label) && strings.EqualFold(label, sheet.ColumnName(c.col)) {
			_, known := t.kind.byHand(field)
			return field, known
		}
	}
	for label, field := range t.options.Map {
		key, _ := readLabel(label)
		if columnLetters.MatchString(label) || key != c.key && key != brackets.ReplaceAllString(c.key, "") && key != c.group+c.key {
			continue
		}
		if m, known := t.kind.byHand(field); known && c.meaning == m {
			return field, true
		}
	}
	return "", false
}
