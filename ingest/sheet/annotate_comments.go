package sheet

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// author signs our comments.
const author = "明白账"

// mended is what our comment says once its cell is right.
const mended = "已改好：上次校验指出的问题没有了。"

// divider stands between somebody's comment and ours in one box.
const divider = "\n————————\n"

const (
	commentsType = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	vmlType      = "application/vnd.openxmlformats-officedocument.vmlDrawing"
)

// comment puts the spots' texts into the sheet's comments (ECMA-376 18.7) and the boxes that show them into its legacy
// drawing (VML, part 4, 19.4.2.12). It gives the relationship of a drawing that the sheet does not name yet, or "".
// Excel shows a conversation (threaded comment) in place of the text kept here for older programs; on such a cell only
// the colour and the last sheet speak.
func (p *pack) comment(part string, spots []spot, legacy string, space names) (string, error) {
	rels, err := p.rels(part)
	if err != nil {
		return "", err
	}
	file, ok := byKind(rels, "comments")
	if !ok && len(spots) == 0 {
		return "", nil
	}
	if !ok {
		file.target = p.fresh("xl/comments", ".xml")
		p.put(file.target, fmt.Appendf(nil, xmlHead+`<comments xmlns="%s"><authors/><commentList/></comments>`, space.main))
		if _, err := p.relate(part, space.rels+"/comments", file.target); err != nil {
			return "", err
		}
		if err := p.declare(file.target, commentsType); err != nil {
			return "", err
		}
	}
	old, root, err := p.tree(file.target)
	if err != nil {
		return "", err
	}
	edits, boxless, err := mergeComments(old, root, spots)
	if err != nil {
		return "", err
	}
	p.put(file.target, applied(old, edits))
	if len(boxless) == 0 {
		return "", nil
	}
	if legacy != "" {
		i := slices.IndexFunc(rels, func(r rel) bool { return r.id == legacy })
		if i < 0 {
			return "", odd("drawing without relationship")
		}
		return "", p.addBoxes(rels[i].target, boxless)
	}
	drawing := p.fresh("xl/drawings/vmlDrawing", ".vml")
	p.put(drawing, []byte(vmlHead(len(spots))+"</xml>"))
	if err := p.addBoxes(drawing, boxless); err != nil {
		return "", err
	}
	if err := p.declaring("Default", "Extension", "vml", vmlType); err != nil {
		return "", err
	}
	return p.relate(part, space.rels+"/vmlDrawing", drawing)
}

// mergeComments gives the edits that add the spots' texts, and the spots that had no comment.
func mergeComments(part []byte, root *node, spots []spot) (edits []edit, boxless []spot, err error) {
	authors, list := root.child("authors"), root.child("commentList")
	if authors == nil || list == nil {
		return nil, nil, odd("comments")
	}
	us := slices.IndexFunc(authors.kids, func(k *node) bool { return html.UnescapeString(string(part[k.open:k.close])) == author })
	if us < 0 {
		us = len(authors.kids)
		edits = append(edits, authors.grown(part, nil, fmt.Sprintf("<%sauthor>%s</%[1]sauthor>", root.prefix, author))...)
	}
	there, now := map[string]*node{}, map[string]bool{}
	for _, s := range spots {
		now[A1(s.col, s.row)] = true
	}
	for _, k := range list.kids {
		cell := attrOf(k.tag(part), "ref")
		there[cell] = k
		if text := k.child("text"); text != nil && !now[cell] {
			edits = append(edits, stale(part, text, ours(part, k, us))...)
		}
	}
	var fresh strings.Builder
	for _, s := range spots {
		cell := A1(s.col, s.row)
		k := there[cell]
		if k == nil {
			boxless = append(boxless, s)
			fmt.Fprintf(&fresh, `<%[1]scomment ref="%[2]s" authorId="%[3]d"><%[1]stext>%[4]s</%[1]stext></%[1]scomment>`,
				root.prefix, cell, us, run(root.prefix, s.text))
			continue
		}
		text := k.child("text")
		if text == nil {
			return nil, nil, odd("comment without text")
		}
		if ours(part, k, us) {
			edits = append(edits, text.replaced(s.text))
			continue
		}
		edits = append(edits, below(part, text, s.text)...)
	}
	return append(edits, list.grown(part, nil, fresh.String())...), boxless, nil
}

// ours says whether a comment is of an earlier check.
func ours(part []byte, comment *node, us int) bool {
	return attrOf(comment.tag(part), "authorId") == strconv.Itoa(us)
}

// replaced is the edit that gives a comment another text.
func (n *node) replaced(text string) edit {
	return edit{n.start, n.end, "<" + n.prefix + "text>" + run(n.prefix, text) + "</" + n.prefix + "text>"}
}

// stale takes back what an earlier check said.
func stale(part []byte, text *node, ours bool) []edit {
	if ours {
		return []edit{text.replaced(mended)}
	}
	if k := divided(part, text); k != nil {
		return []edit{{k.start, text.close, ""}}
	}
	return nil
}

// divided finds the run in somebody's text with which ours begins.
func divided(part []byte, text *node) *node {
	i := slices.IndexFunc(text.kids, func(k *node) bool {
		return k.name == "r" && bytes.Contains(part[k.start:k.end], []byte(strings.TrimSpace(divider)))
	})
	if i < 0 {
		return nil
	}
	return text.kids[i]
}

// below appends to somebody's text. A text that is a bare <t> becomes a run of its own first: programs expect either the
// one or the others (CT_Rst, ECMA-376 18.4).
func below(part []byte, text *node, more string) []edit {
	more = run(text.prefix, divider+more)
	if k := divided(part, text); k != nil {
		return []edit{{k.start, text.close, more}}
	}
	for i, k := range slices.Backward(text.kids) {
		switch k.name {
		case "r":
			return []edit{{k.end, k.end, more}}
		case "t":
			if i == 0 {
				return []edit{{k.start, k.start, "<" + text.prefix + "r>"}, {k.end, k.end, "</" + text.prefix + "r>" + more}}
			}
		}
	}
	return text.grown(part, nil, more)
}

func run(prefix, text string) string {
	return fmt.Sprintf(`<%sr><%[1]st xml:space="preserve">%s</%[1]st></%[1]sr>`, prefix, escaped(text))
}

var shapeID = regexp.MustCompile(`_x0000_s(\d{1,9})`)

// boxType is the shape that all boxes of comments refer to.
const boxType = `<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ` +
	`id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
	`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

// vmlHead begins a drawing. Numbers of shapes come in blocks of 1024, which a drawing lists.
func vmlHead(boxes int) string {
	blocks := "1"
	for i := 1; i <= boxes/1024; i++ {
		blocks += "," + strconv.Itoa(i+1)
	}
	return `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ` +
		`xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="` + blocks + `"/></o:shapelayout>`
}

// addBoxes puts a hidden box for each spot into a drawing. What others wrote there is often not well-formed XML, so
// nothing but its end is looked at.
func (p *pack) addBoxes(drawing string, spots []spot) error {
	old, err := p.text(drawing)
	if err != nil {
		return err
	}
	end := bytes.LastIndex(old, []byte("</xml>"))
	if end < 0 {
		return odd("drawing")
	}
	last := 1024
	for _, m := range shapeID.FindAllSubmatch(old, -1) {
		if n, err := strconv.Atoi(string(m[1])); err == nil {
			last = max(last, n)
		}
	}
	var b strings.Builder
	if !bytes.Contains(old, []byte("_x0000_t202\"")) || !bytes.Contains(old, []byte("shapetype")) {
		b.WriteString(boxType)
	}
	for i, s := range spots {
		lines := 2 + strings.Count(s.text, "\n") + len(s.text)/60
		fmt.Fprintf(&b, `<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" `+
			`xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s%d" type="#_x0000_t202" `+
			`style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:%dpt;z-index:%d;visibility:hidden" `+
			`fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>`+
			`<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>`+
			`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 15, %d, 2, %d, 15, %d, 2</x:Anchor>`+
			`<x:AutoFill>False</x:AutoFill><x:Row>%[5]d</x:Row><x:Column>%[8]d</x:Column></x:ClientData></v:shape>`,
			last+1+i, 14*lines, i+1, s.col, s.row-1, s.col+4, s.row-1+lines, s.col-1)
	}
	p.put(drawing, slices.Concat(old[:end], []byte(b.String()), old[end:]))
	return nil
}
