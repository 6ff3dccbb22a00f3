package sheet

import (
	"errors"
	"fmt"
	"strings"
)

// style is what a cell's style says about its number.
type style struct {
	format string // empty for General
	date   bool
}

// maxFormats is what Excel bears, rounded up.
const maxFormats = 1 << 16

// readStyles reads the cell formats and the number formats they name (ECMA-376 part 1, 18.8.10 and 18.8.30).
func (b *book) readStyles(p *part) error {
	codes := map[int]string{}
	var ids []int
	err := p.each(func() error {
		switch string(p.name) {
		case "numFmts":
			return p.each(func() error {
				id, err1 := p.number("numFmtId")
				code, err2 := p.attr("formatCode")
				codes[id] = code
				return errors.Join(err1, err2, stylesLimit(len(codes)))
			})
		case "cellXfs":
			return p.each(func() error {
				id, err := p.number("numFmtId")
				ids = append(ids, id)
				return errors.Join(err, stylesLimit(len(ids)))
			})
		}
		return nil
	})
	for _, id := range ids {
		code, own := codes[id]
		if !own {
			code = builtinFormats[id]
		}
		if strings.EqualFold(code, "General") {
			code = ""
		}
		b.styles = append(b.styles, style{code, own && dateCode(code) || !own && builtinDate(id)})
	}
	return err
}

func stylesLimit(n int) error {
	if n > maxFormats {
		return &LimitError{fmt.Sprintf("单元格格式超过%d种", maxFormats)}
	}
	return nil
}

// builtinFormats are the codes that a file need not write down: ECMA-376 part 1, 18.8.30, for 27 to 58 those of zh-cn.
var builtinFormats = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
	5: `"¥"#,##0;"¥"\-#,##0`, 6: `"¥"#,##0;[Red]"¥"\-#,##0`, 7: `"¥"#,##0.00;"¥"\-#,##0.00`, 8: `"¥"#,##0.00;[Red]"¥"\-#,##0.00`,
	9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
	22: "m/d/yy h:mm",
	27: `yyyy"年"m"月"`, 28: `m"月"d"日"`, 29: `m"月"d"日"`, 30: "m-d-yy", 31: `yyyy"年"m"月"d"日"`,
	32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`, 34: `上午/下午h"时"mm"分"`, 35: `上午/下午h"时"mm"分"ss"秒"`, 36: `yyyy"年"m"月"`,
	37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)",
	41: `_ * #,##0_ ;_ * \-#,##0_ ;_ * "-"_ ;_ @_ `, 42: `_ "¥"* #,##0_ ;_ "¥"* \-#,##0_ ;_ "¥"* "-"_ ;_ @_ `,
	43: `_ * #,##0.00_ ;_ * \-#,##0.00_ ;_ * "-"??_ ;_ @_ `, 44: `_ "¥"* #,##0.00_ ;_ "¥"* \-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ `,
	45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
	50: `yyyy"年"m"月"`, 51: `m"月"d"日"`, 52: `yyyy"年"m"月"`, 53: `m"月"d"日"`, 54: `m"月"d"日"`,
	55: `上午/下午h"时"mm"分"`, 56: `上午/下午h"时"mm"分"ss"秒"`, 57: `yyyy"年"m"月"`, 58: `m"月"d"日"`,
}

// builtinDate lists the format numbers that mean a date without a code in the file: ECMA-376 18.8.30, with the
// East Asian ones.
func builtinDate(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 54 || id == 57 || id == 58
}

// dateCode says whether a number format shows a date: it has y or d outside of quotes, brackets and escapes.
func dateCode(code string) bool {
	var quoted, bracketed, escaped bool
	for _, r := range strings.ToLower(code) {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && !quoted:
			escaped = true
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[':
			bracketed = true
		case r == ']':
			bracketed = false
		case !bracketed && (r == 'y' || r == 'd'):
			return true
		}
	}
	return false
}
