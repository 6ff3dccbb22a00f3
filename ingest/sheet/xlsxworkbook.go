package sheet

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// relation is what a part says about another that belongs to it.
type relation struct{ id, kind, target string }

type relations []relation

// first is the part of the first relation of a kind.
func (r relations) first(kind, otherwise string) string {
	for _, one := range r {
		if one.kind == kind {
			return one.target
		}
	}
	return otherwise
}

// relations reads what belongs to a part, or to the whole package when that has no name (ECMA-376 part 2, 6.5). A kind is
// a type's last word, which is the same in the strict and the transitional form.
func (b *book) relations(of string) (relations, error) {
	folder, file := path.Split(of)
	name := folder + "_rels/" + file + ".rels"
	if b.parts[name] == nil {
		return nil, nil
	}
	var all relations
	err := b.openFixed(name, func(p *part) error {
		return p.each(func() error {
			id, err1 := p.attr("Id")
			kind, err2 := p.attr("Type")
			target, err3 := p.attr("Target")
			mode, err4 := p.attr("TargetMode")
			if mode != "External" && target != "" {
				all = append(all, relation{id, path.Base(kind), partName(folder, target)})
			}
			if len(all) > b.limits.Parts {
				return &LimitError{fmt.Sprintf("内含部件超过%d个", b.limits.Parts)}
			}
			return errors.Join(err1, err2, err3, err4)
		})
	})
	return all, err
}

// readWorkbook lists the sheets.
func (b *book) readWorkbook(p *part, rels relations) error {
	targets := map[string]relation{}
	for _, r := range rels {
		targets[r.id] = r
	}
	err := p.each(func() (err error) {
		switch string(p.name) {
		case "workbookPr":
			b.date1904, err = p.flag("date1904")
		case "sheets":
			err = p.each(func() error { return b.addSheet(p, targets) })
		}
		return err
	})
	if err == nil && len(b.sheets) == 0 {
		err = errors.New("no sheets")
	}
	return err
}

// addSheet takes one sheet of the workbook's list. Charts, dialogs and macros of Excel 4 hold no table and are left out.
func (b *book) addSheet(p *part, targets map[string]relation) error {
	var name, state, id string
	for list := p.attrs; ; {
		key, value, rest, err := attribute(list)
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		switch {
		case string(key) == "name":
			name = string(unescape(value))
		case string(key) == "state":
			state = string(value)
		case strings.HasSuffix(string(key), ":id"): // r:id, whatever the prefix
			id = string(value)
		}
		list = rest
	}
	r, ok := targets[id]
	switch r.kind {
	case "chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet":
		return nil
	}
	at, there := b.find(r.target)
	if !ok || !there {
		return errors.New("a sheet's part is missing")
	}
	if slices.Contains(b.paths, at) { // a few bytes would make a thousand sheets of one
		return errors.New("two sheets in one part")
	}
	if !utf8.ValidString(name) {
		return errNotUTF8
	}
	b.sheets = append(b.sheets, Info{Name: name, Hidden: state == "hidden" || state == "veryHidden"})
	b.paths = append(b.paths, at)
	return nil
}
