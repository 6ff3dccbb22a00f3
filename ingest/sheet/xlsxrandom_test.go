package sheet_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
)

// handmade writes a sheet by hand, in all the spellings that XML and the format allow, and knows what it holds.
type handmade struct {
	rng    *rand.Rand
	want   reading // what is in it
	theirs reading // what excelize makes of it, where that differs
	shared []string
	xml    strings.Builder
	prefix string
}

// excelizeDiffers are the ways in which excelize reads something else, each with what it makes of a value. Every one must
// come up, or it has to go from here.
var excelizeDiffers = map[string]func(stored, meant string) string{
	"gives blanks around a number":       func(stored, _ string) string { return stored },
	"gives booleans as written":          func(stored, _ string) string { return stored },
	"leaves escapes in a formula's text": func(stored, _ string) string { return stored },
	"drops escaped surrogates":           func(_, meant string) string { return strings.ReplaceAll(meant, "𠮷", "") },
}

func (h *handmade) pick(from ...string) string { return from[h.rng.IntN(len(from))] }

func (h *handmade) blank() string { return h.pick("", "", " ", "\n", "\t ") }

// tag opens an element with attributes in any order and quotes of any kind.
func (h *handmade) tag(name string, attributes ...string) string {
	h.rng.Shuffle(len(attributes), func(i, j int) { attributes[i], attributes[j] = attributes[j], attributes[i] })
	s := "<" + h.prefix + name
	for _, a := range attributes {
		key, value, _ := strings.Cut(a, "=")
		quote := h.pick(`"`, `'`)
		s += h.pick(" ", "  ", "\n") + key + h.blank() + "=" + h.blank() + quote + value + quote
	}
	return s + h.blank() + ">"
}

func (h *handmade) end(name string) string { return "</" + h.prefix + name + h.blank() + ">" }

// chars writes a text with references, CDATA and comments in it.
func (h *handmade) chars(s string) string {
	var out strings.Builder
	if !strings.Contains(s, "\r") && h.rng.IntN(6) == 0 {
		return "<![CDATA[" + strings.ReplaceAll(s, "\n", h.pick("\n", "\r\n")) + "]]>"
	}
	for _, r := range s {
		switch {
		case r == '\n':
			out.WriteString(h.pick("\n", "\r\n", "&#10;"))
		case r == '<' || r == '&' || r == '>' || r == '\r' || h.rng.IntN(9) == 0:
			switch h.rng.IntN(4) {
			case 0:
				if r != '\r' {
					fmt.Fprintf(&out, "<![CDATA[%c]]>", r)
					continue
				}
				fallthrough
			case 1:
				fmt.Fprintf(&out, "&#%d;", r)
			case 2:
				fmt.Fprintf(&out, "&#x%x;", r)
			default:
				named := map[rune]string{'<': "&lt;", '>': "&gt;", '&': "&amp;", '"': "&quot;", '\'': "&apos;", '\r': "&#13;"}[r]
				if named == "" {
					named = string(r)
				}
				out.WriteString(named)
			}
		default:
			out.WriteRune(r)
		}
		if h.rng.IntN(20) == 0 {
			out.WriteString(h.pick("<!-- </v> -->", "<?x </row>?>"))
		}
	}
	return out.String()
}

// escaped writes a text with some of its characters as _xHHHH_.
func (h *handmade) escaped(s string) (stored string, surrogates bool) {
	for _, r := range s {
		switch {
		case r == '𠮷' && h.rng.IntN(2) == 0:
			stored, surrogates = stored+"_xD842__xDFB7_", true
		case r < 0x10000 && h.rng.IntN(6) == 0:
			stored += fmt.Sprintf("_x%04X_", r)
		default:
			stored += string(r)
		}
	}
	return stored, surrogates
}

// cell writes one cell at an address.
func (h *handmade) cell(at string, addressed bool) {
	var attributes []string
	if addressed {
		attributes = append(attributes, "r="+at)
	}
	if h.rng.IntN(3) == 0 {
		attributes = append(attributes, "s="+h.pick("0", "1", "2", "99"))
	}
	text := h.pick("张三", "a<b&c>d", " 前后 ", "", "\"q'", "x\r\ny", "古𠮷", "_x", "__x0041", "990121197001010010", strings.Repeat("长文", 300), strings.Repeat("行\n", 200)+"尾")
	meant, stored, differs, inside := text, text, "", ""
	switch h.rng.IntN(9) {
	case 0: // a number
		meant = h.pick("0", "1040.8600000000001", "9.9E+17", "-3", "45717")
		stored = h.blank() + meant + h.blank()
		if stored != meant {
			differs = "gives blanks around a number"
		}
		if h.rng.IntN(2) == 0 {
			attributes = append(attributes, "t=n")
		}
		inside = h.tag("v") + h.chars(stored) + h.end("v")
	case 1: // a boolean
		stored = h.pick("0", "1", "true", "false")
		meant = map[string]string{"true": "1", "false": "0"}[stored]
		if differs = "gives booleans as written"; meant == "" {
			meant, differs = stored, ""
		}
		attributes = append(attributes, "t=b")
		inside = h.tag("v") + stored + h.end("v")
	case 2: // an error of a formula
		meant = h.pick("#N/A", "#DIV/0!", "#REF!")
		attributes = append(attributes, "t=e")
		inside = h.tag("f") + h.chars("A1<\"v\"") + h.end("f") + h.tag("v") + h.chars(meant) + h.end("v")
	case 3: // a formula's text
		if stored, _ = h.escaped(text); stored != text {
			differs = "leaves escapes in a formula's text"
		}
		attributes = append(attributes, "t=str")
		inside = h.tag("f") + "A1" + h.end("f") + h.tag("v") + h.chars(stored) + h.end("v")
	case 4: // a formula never calculated
		meant = ""
		inside = h.tag("f") + "A1" + h.end("f")
	case 5, 6: // an inline text
		var surrogates bool
		if stored, surrogates = h.escaped(text); surrogates {
			differs = "drops escaped surrogates"
		}
		attributes = append(attributes, "t=inlineStr")
		inside = h.tag("is") + h.runs(stored) + h.end("is")
	default: // a shared text
		var surrogates bool
		if stored, surrogates = h.escaped(text); surrogates {
			differs = "drops escaped surrogates"
		}
		attributes = append(attributes, "t=s")
		inside = h.tag("v") + fmt.Sprint(len(h.shared)) + h.end("v")
		h.shared = append(h.shared, h.tag("si")+h.runs(stored)+h.end("si"))
	}
	h.xml.WriteString(h.tag("c", attributes...) + h.blank() + inside + h.pick("", "<!--c-->") + h.end("c"))
	if meant != "" {
		h.want["S!"+at] = meant
	}
	if differs != "" {
		if v := excelizeDiffers[differs](stored, meant); v != meant {
			h.theirs["S!"+at] = v
			seenDiffers[differs] = true
		}
	}
}

// seenDiffers are the differences that came up.
var seenDiffers = map[string]bool{}

// runs writes a text as one piece or as several, with how to read it aloud. An escape is not cut in two: whether that
// would still be one is nobody's knowledge.
func (h *handmade) runs(s string) string {
	t := func(s string) string { return h.tag("t", "xml:space=preserve") + h.chars(s) + h.end("t") }
	if h.rng.IntN(2) == 0 || strings.Contains(s, "_x") {
		return t(s)
	}
	half := len([]rune(s)) / 2
	return h.tag("r") + h.tag("rPr") + h.tag("b") + h.end("b") + h.end("rPr") + t(string([]rune(s)[:half])) + h.end("r") +
		h.tag("rPh", "sb=0", "eb=1") + t("yin") + h.end("rPh") + h.tag("r") + t(string([]rune(s)[half:])) + h.end("r")
}

// write makes the workbook.
func (h *handmade) write(t *testing.T) []byte {
	ns := "xmlns"
	if h.rng.IntN(3) == 0 {
		h.prefix, ns = "x:", "xmlns:x"
	}
	ns += "=http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	row, addressed := 0, h.rng.IntN(2) == 0
	for range h.rng.IntN(12) {
		row++
		var attributes []string
		if addressed {
			row += h.rng.IntN(3)
			attributes = append(attributes, fmt.Sprint("r=", row))
		}
		h.xml.WriteString(h.tag("row", attributes...) + h.blank())
		col := 0
		for range h.rng.IntN(9) {
			if col++; addressed {
				col += h.rng.IntN(3)
			}
			h.cell(sheet.A1(col, row), addressed && h.rng.IntN(9) > 0 || addressed)
		}
		h.xml.WriteString(h.end("row") + h.blank())
	}
	head := h.pick("", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\r\n", `<?xml version='1.0' encoding='utf-8'?>`)
	p := blankBook()
	p[sheetPart] = head + h.tag("worksheet", ns) + h.tag("sheetData") + h.xml.String() + h.end("sheetData") + h.end("worksheet") + h.blank()
	p[stringsPart] = head + h.tag("sst", ns) + strings.Join(h.shared, h.blank()) + h.end("sst")
	return p.pack(t)
}

// TestOracleOnHandmade reads hand-made sheets both ways.
func TestOracleOnHandmade(t *testing.T) {
	for seed := range uint64(150) {
		h := &handmade{rng: rand.New(rand.NewPCG(seed, 2)), want: reading{}, theirs: reading{}}
		content := h.write(t)
		got, err := ourReading(content, sheet.DefaultLimits)
		if err != nil || !maps.Equal(got, h.want) {
			t.Errorf("seed %d: %v\ngot  %.2000q\nwant %.2000q", seed, err, got, h.want)
			return
		}
		sheet.WithBuffer(256+seed, func() { got, err = ourReading(content, onDisk) })
		if err != nil || !maps.Equal(got, h.want) {
			t.Errorf("seed %d, small buffer, texts on disk: %v\ngot  %.2000q\nwant %.2000q", seed, err, got, h.want)
			return
		}
		want := maps.Clone(h.want)
		maps.Copy(want, h.theirs)
		theirs, err := excelizeReading(content)
		if err != nil || !maps.Equal(theirs, want) {
			for at, v := range want {
				if theirs[at] != v {
					t.Errorf("seed %d: %s: excelize %.100q, want %.100q", seed, at, theirs[at], v)
				}
			}
			return
		}
	}
	for name := range excelizeDiffers {
		if !seenDiffers[name] {
			t.Errorf("excelize no longer %q", name)
		}
	}
}
