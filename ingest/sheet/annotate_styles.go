package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Colours of marked cells. A word in the comment goes with each.
const (
	lightRed   = "FFF9CFCB"
	lightAmber = "FFFFE5A8"
	lightGrey  = "FFEDEBE4"
)

// stylist adds cell formats to styles.xml (ECMA-376 18.8). What is there keeps its place, so that every cell that is not
// marked looks as before; a marked cell gets a copy of its own format with another fill.
type stylist struct {
	text    []byte
	root    *node
	old     map[string][]*node  // items by container
	pending map[string][]string // new ones
	made    map[styleKey]int
}

type styleKey struct {
	of   int
	fill string
}

// containers are the children of styleSheet in their order, and those that may be missing with what must stand in them.
var containers = []struct{ name, child, first string }{
	{"numFmts", "numFmt", ""},
	{"fonts", "font", "<%sfont/>"},
	{"fills", "fill", `<%[1]sfill><%[1]spatternFill patternType="none"/></%[1]sfill><%[1]sfill><%[1]spatternFill patternType="gray125"/></%[1]sfill>`},
	{"borders", "border", "<%sborder/>"},
	{"cellStyleXfs", "xf", ""},
	{"cellXfs", "xf", `<%sxf numFmtId="0" fontId="0" fillId="0" borderId="0"/>`},
	{"cellStyles", "", ""},
	{"dxfs", "", ""},
	{"tableStyles", "", ""},
	{"colors", "", ""},
	{"extLst", "", ""},
}

// maxStyles is Excel's own bound.
const maxStyles = 65_000

func newStylist(text []byte) (*stylist, error) {
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	if root.open == root.end { // <styleSheet/>
		return newStylist(applied(text, root.grown(text, nil, "")))
	}
	s := &stylist{text: text, root: root, old: map[string][]*node{}, pending: map[string][]string{}, made: map[styleKey]int{}}
	for _, c := range containers {
		s.old[c.name] = items(root, c.name, c.child)
		if c.first != "" && len(s.old[c.name]) == 0 {
			first := strings.ReplaceAll(strings.ReplaceAll(c.first, "%[1]s", "%s"), "%s", root.prefix)
			s.pending[c.name] = append(s.pending[c.name], first)
			if c.name == "fills" {
				s.pending[c.name] = append(s.pending[c.name], "") // the two are one text
			}
		}
	}
	if len(s.old["cellXfs"]) > maxStyles {
		return nil, odd("too many styles")
	}
	return s, nil
}

// items gives the items of a container that count.
func items(root *node, container, kind string) []*node {
	n := root.child(container)
	if n == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(n.kids), func(k *node) bool { return k.name != kind })
}

// add puts an item at a container's end and gives its number. In the item, < stands before names without a prefix.
func (s *stylist) add(container, item string) int {
	n := len(s.old[container]) + len(s.pending[container])
	s.pending[container] = append(s.pending[container], item)
	return n
}

// own writes an item with the prefix of the part's elements.
func (s *stylist) own(item string) string {
	item = strings.ReplaceAll(item, "</", "\x00")
	item = strings.ReplaceAll(item, "<", "<"+s.root.prefix)
	return strings.ReplaceAll(item, "\x00", "</"+s.root.prefix)
}

// once keeps a format from being made twice.
func (s *stylist) once(key styleKey, make func() int) int {
	n, ok := s.made[key]
	if !ok {
		n = make()
		s.made[key] = n
	}
	return n
}

// fill gives the number of a solid fill.
func (s *stylist) fill(colour string) int {
	return s.once(styleKey{-1, colour}, func() int {
		return s.add("fills", s.own(`<fill><patternFill patternType="solid"><fgColor rgb="`+colour+`"/><bgColor indexed="64"/></patternFill></fill>`))
	})
}

// painted gives the number of the format that is like an existing one but for the fill.
func (s *stylist) painted(of int, colour string) int {
	formats := s.old["cellXfs"]
	if of < 0 || of >= len(formats) {
		of = 0 // as programs show a cell whose format does not exist
	}
	return s.once(styleKey{of, colour}, func() int {
		if len(formats) == 0 {
			return s.add("cellXfs", s.own(fmt.Sprintf(`<xf numFmtId="0" fontId="0" fillId="%d" borderId="0" applyFill="1"/>`, s.fill(colour))))
		}
		xf := formats[of]
		tag := withAttr(xf.tag(s.text), "fillId", strconv.Itoa(s.fill(colour)))
		return s.add("cellXfs", string(withAttr(tag, "applyFill", "1"))+string(s.text[xf.open:xf.end]))
	})
}

// mark is the painter's question.
func (s *stylist) mark(of int, severe bool) int {
	if severe {
		return s.painted(of, lightRed)
	}
	return s.painted(of, lightAmber)
}

// cleaned gives the number of the format without our colour; ok is false for one that never had it. The fill that was
// there before the first check is not known any more.
func (s *stylist) cleaned(of int) (n int, ok bool) {
	formats, fills := s.old["cellXfs"], s.old["fills"]
	if of < 0 || of >= len(formats) {
		return 0, false
	}
	xf := formats[of]
	fill := intAttr(xf.tag(s.text), "fillId", 0)
	if fill < 0 || fill >= len(fills) {
		return 0, false
	}
	if f := s.text[fills[fill].start:fills[fill].end]; !bytes.Contains(f, []byte(lightRed)) && !bytes.Contains(f, []byte(lightAmber)) {
		return 0, false
	}
	return s.once(styleKey{of, ""}, func() int {
		return s.add("cellXfs", string(withAttr(xf.tag(s.text), "fillId", "0"))+string(s.text[xf.open:xf.end]))
	}), true
}

// listStyles are the formats of the sheet with the findings.
type listStyles struct{ text, head, must, check int }

// list adds the formats of the sheet with the findings. quotePrefix keeps a text that begins with = + - @ a text also
// when somebody goes into the cell and out again.
func (s *stylist) list() listStyles {
	bold := s.add("fonts", s.own(`<font><b/><sz val="11"/><name val="宋体"/></font>`))
	xf := func(font int, colour string) int {
		fill := 0
		if colour != "" {
			fill = s.fill(colour)
		}
		return s.add("cellXfs", s.own(fmt.Sprintf(`<xf numFmtId="49" fontId="%d" fillId="%d" borderId="0" quotePrefix="1" `+
			`applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>`, font, fill)))
	}
	return listStyles{text: xf(0, ""), head: xf(bold, lightGrey), must: xf(bold, lightRed), check: xf(bold, lightAmber)}
}

// bytes gives the part with all that was added.
func (s *stylist) bytes() []byte {
	var edits []edit
	for i, c := range containers {
		added := strings.Join(s.pending[c.name], "")
		if added == "" {
			continue
		}
		count := strconv.Itoa(len(s.old[c.name]) + len(s.pending[c.name]))
		if n := s.root.child(c.name); n != nil {
			edits = append(edits, n.grown(s.text, withAttr(n.tag(s.text), "count", count), added)...)
			continue
		}
		whole := fmt.Sprintf(`<%s%s count="%s">%s</%[1]s%[2]s>`, s.root.prefix, c.name, count, added)
		if next := s.next(i); next != nil {
			edits = append(edits, edit{next.start, next.start, whole})
		} else {
			edits = append(edits, edit{s.root.close, s.root.close, whole})
		}
	}
	return applied(s.text, edits)
}

// next is the first child that must stand behind the i-th container.
func (s *stylist) next(i int) *node {
	for _, k := range s.root.kids {
		for _, c := range containers[i+1:] {
			if k.name == c.name {
				return k
			}
		}
	}
	return nil
}

const plainStyles = xmlHead + `<styleSheet xmlns="%s"></styleSheet>`
