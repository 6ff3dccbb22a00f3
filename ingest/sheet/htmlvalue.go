package sheet

import (
	"regexp"
	"strconv"
	"strings"
)

// htmlValue is what a cell's tag says about its content, in the attributes that Excel writes into web pages (Microsoft Office
// HTML and XML Reference, 2000) and that web systems copy.
type htmlValue struct {
	kind    Kind // Empty where nothing is said
	stored  string
	known   bool // stored is given
	format  string
	formula bool
}

func newHTMLValue(m *markup, s cssClasses, allText bool) htmlValue {
	v := htmlValue{format: s.of(m).format}
	_, v.formula = m.lookup("x:fmla")
	for _, said := range []struct {
		attribute string
		kind      Kind
	}{{"x:err", Error}, {"x:bool", Bool}, {"x:num", Number}, {"x:str", Text}} {
		if stored, ok := m.lookup(said.attribute); ok {
			v.kind, v.stored, v.known = said.kind, stored, stored != ""
			return v
		}
	}
	if allText || v.format == "@" {
		v.kind = Text
	}
	return v
}

// plainNumber is what a number looks like that nothing was done to.
var plainNumber = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

// cell joins what the tag says with what is shown. Without a word from the tag all is text: the page shows 0012 and
// 18 digits whole, and a reader that made numbers of them would not.
func (v htmlValue) cell(shown string) Cell {
	c := Cell{Kind: Text, Text: shown, Format: v.format, Formula: v.formula}
	if v.known {
		c.Text = v.stored
	}
	if strings.Trim(c.Text, " \n\u00a0") == "" { // &nbsp; is how pages write an empty cell
		return Cell{Formula: v.formula, Format: v.format}
	}
	switch v.kind {
	case Error:
		c.Kind = Error
	case Bool:
		if t := strings.ToUpper(c.Text); t == "TRUE" || t == "FALSE" {
			c.Kind, c.Text = Bool, strconv.Itoa(len("FALSE")-len(t))
		}
	case Number:
		if plain := strings.ReplaceAll(c.Text, ",", ""); plainNumber.MatchString(plain) {
			c.Kind, c.Text = Number, plain
			if dateCode(v.format) {
				c.Kind = Date
			}
		}
	case Empty:
		// A number format alone tells a number, but not of more digits than Excel's numbers have: those were written by
		// somebody who has all of them.
		if v.format != "" && !dateCode(v.format) && plainNumber.MatchString(shown) && len(shown) <= 15 {
			c.Kind = Number
		}
	}
	return c
}

// cssStyle is what matters of a style.
type cssStyle struct {
	hidden bool
	format string // number format code; empty for General
}

// cssClasses are the page's classes.
type cssClasses map[string]cssStyle

// mostStyles is more than the cell formats that Excel can hold (64,000).
const mostStyles = 1 << 16

var classRule = regexp.MustCompile(`\.([A-Za-z0-9_-]+)\s*\{([^}]*)\}`)

// read adds a style sheet's classes.
func (s cssClasses) read(css string) {
	for _, rule := range classRule.FindAllStringSubmatch(css, mostStyles) {
		if st := parseStyle(rule[2]); st != (cssStyle{}) && len(s) < mostStyles {
			s[rule[1]] = st
		}
	}
}

// of gives the style of a tag: its classes, then its own.
func (s cssClasses) of(m *markup) cssStyle {
	var sum cssStyle
	add := func(st cssStyle) {
		sum.hidden = sum.hidden || st.hidden
		if st.format != "" {
			sum.format = st.format
		}
	}
	for class := range strings.FieldsSeq(m.attr("class")) {
		add(s[class])
	}
	if own := m.attr("style"); own != "" {
		add(parseStyle(own))
	}
	return sum
}

// cssDeclaration matches one property; a quoted value may hold semicolons.
var cssDeclaration = regexp.MustCompile(`(?i)(display|visibility|mso-number-format|vnd\.ms-excel\.numberformat)\s*:\s*("[^"]*"|'[^']*'|[^;]*)`)

func parseStyle(css string) cssStyle {
	var st cssStyle
	for _, d := range cssDeclaration.FindAllStringSubmatch(css, 16) {
		value := strings.TrimSpace(d[2])
		switch strings.ToLower(d[1]) {
		case "display":
			st.hidden = st.hidden || strings.EqualFold(value, "none")
		case "visibility":
			st.hidden = st.hidden || strings.EqualFold(value, "collapse")
		default:
			st.format = formatCode(unescapeCSS(strings.Trim(value, `"'`)))
		}
	}
	return st
}

var escapedCSS = regexp.MustCompile(`\\([0-9A-Fa-f]{4}|[^0-9A-Fa-f])`)

// unescapeCSS undoes Excel's way of writing codes: 0\.00, yyyy\0022年\0022.
func unescapeCSS(s string) string {
	return escapedCSS.ReplaceAllStringFunc(s, func(e string) string {
		if n, err := strconv.ParseUint(e[1:], 16, 16); err == nil && len(e) == 5 {
			return string(rune(n))
		}
		return e[1:]
	})
}

// namedCodes are the number formats with names, in web pages and in XML of 2003, and the codes they stand for in a
// Chinese Excel.
var namedCodes = map[string]string{
	"general":        "",
	"general number": "",
	"general date":   "yyyy/m/d h:mm",
	"long date":      `yyyy"年"m"月"d"日"`,
	"medium date":    "d-mmm-yy",
	"short date":     "yyyy/m/d",
	"long time":      "h:mm:ss",
	"medium time":    "h:mm AM/PM",
	"short time":     "h:mm",
	"currency":       `"¥"#,##0.00`,
	"euro currency":  "[$€]#,##0.00",
	"fixed":          "0.00",
	"standard":       "#,##0.00",
	"percent":        "0.00%",
	"scientific":     "0.00E+00",
	"yes/no":         `"Yes";"Yes";"No"`,
	"true/false":     `"True";"True";"False"`,
	"on/off":         `"On";"On";"Off"`,
}

// formatCode gives a number format's code, empty for General, as Cell.Format wants it.
func formatCode(s string) string {
	s = strings.ReplaceAll(s, "\ufffd", "") // of a code, a lost character is a word between the digits, as 年
	if code, named := namedCodes[strings.ToLower(s)]; named {
		return code
	}
	return s
}
