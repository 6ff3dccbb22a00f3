package sheet

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// names are a workbook's namespaces: those of the transitional format, or of the strict one (ECMA-376 part 1, annex A).
type names struct{ main, rels string }

var (
	transitional = names{
		"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
	}
	strict = names{
		"http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://purl.oclc.org/ooxml/officeDocument/relationships",
	}
)

const (
	sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
	styleType = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
)

// editBook is what is needed of workbook.xml (ECMA-376 18.2) for editing.
type editBook struct {
	*pack
	part      string
	text      []byte
	root      *node
	space     names
	sheets    []editSheet
	lastID    int // of a sheet
	styleFile string
}

type editSheet struct{ name, part string }

func (p *pack) workbook() (*editBook, error) {
	b := &editBook{pack: p, part: "xl/workbook.xml", space: transitional}
	tops, err := p.rels("")
	if err != nil {
		return nil, err
	}
	if top, ok := byKind(tops, "officeDocument"); ok {
		b.part = top.target
	}
	if b.text, b.root, err = p.tree(b.part); err != nil {
		return nil, err
	}
	if strings.Contains(string(b.root.tag(b.text)), strict.main) {
		b.space = strict
	}
	rels, err := p.rels(b.part)
	if err != nil {
		return nil, err
	}
	targets := map[string]rel{}
	for _, r := range rels {
		targets[r.id] = r
	}
	list := b.root.child("sheets")
	if list == nil {
		return nil, odd("no sheets")
	}
	for _, k := range list.kids {
		tag := k.tag(b.text)
		from, to, _ := findAttr(tag, "id", true)
		if r := targets[string(tag[from:to])]; strings.HasSuffix(r.kind, "/worksheet") {
			b.sheets = append(b.sheets, editSheet{attrOf(tag, "name"), r.target})
		}
		b.lastID = max(b.lastID, intAttr(tag, "sheetId", 0))
	}
	if s, ok := byKind(rels, "styles"); ok {
		b.styleFile = s.target
	}
	return b, nil
}

// styles reads the style sheet, or begins one: a workbook may do without.
func (b *editBook) styles() (*stylist, error) {
	if b.styleFile == "" {
		if b.styleFile = "xl/styles.xml"; b.has(b.styleFile) { // somewhere no relationship leads to
			b.styleFile = b.fresh("xl/styles", ".xml")
		}
		b.put(b.styleFile, fmt.Appendf(nil, plainStyles, b.space.main))
		if _, err := b.relate(b.part, b.space.rels+"/styles", b.styleFile); err != nil {
			return nil, err
		}
		if err := b.declare(b.styleFile, styleType); err != nil {
			return nil, err
		}
	}
	text, err := b.pack.text(b.styleFile)
	if err != nil {
		return nil, err
	}
	return newStylist(text)
}

// addList puts the sheet with the findings behind all others, so that no sheet's number, on which names and the active
// sheet depend, changes. One of an earlier check, in a copy that the clerk mended and sent again, is written anew.
func (b *editBook) addList(list List, style listStyles) error {
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, listXML(list, style, b.space.main))
		return err
	}
	for _, s := range b.sheets {
		if s.name == ListSheet {
			return b.rewrite(s.part, write)
		}
	}
	part := b.fresh("xl/worksheets/mingbai", ".xml")
	b.added = append(b.added, part)
	if err := b.rewrite(part, write); err != nil {
		return err
	}
	if err := b.declare(part, sheetType); err != nil {
		return err
	}
	id, err := b.relate(b.part, b.space.rels+"/worksheet", part)
	if err != nil {
		return err
	}
	sheets := b.root.child("sheets")
	line := fmt.Sprintf(`<%ssheet xmlns:r="%s" name="%s" sheetId="%s" r:id="%s"/>`,
		sheets.prefix, b.space.rels, ListSheet, strconv.Itoa(b.lastID+1), id)
	b.put(b.part, applied(b.text, sheets.grown(b.text, nil, line)))
	return nil
}
