package sheet

import (
	"cmp"
	"math"
	"strconv"
)

// xnum is an Xnum (2.5.342).
func xnum(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) }

// rkNumber is an RkNumber (2.5.217): an integer of 30 bits or the upper 30 bits of a float, and a flag for hundredths. The
// quotient is the float nearest to the decimal meant, so that its shortest digits are that decimal.
func rkNumber(rk uint32) float64 {
	f := float64(int32(rk) >> 2)
	if rk&2 == 0 {
		f = math.Float64frombits(uint64(rk&^3) << 32)
	}
	if rk&1 != 0 {
		f /= 100
	}
	return f
}

// number makes a cell a number in the shortest digits that stand for this very float: 0.1, not 0.1000000000000000055.
// Integers as long as an ID number come without exponent. What is no number at all shows as Excel shows it.
func (p *xlsRows) number(c *Cell, style uint16, f float64) {
	c.Kind = Number
	if int(style) < len(p.book.styles) && p.book.styles[style].date {
		c.Kind = Date
	}
	size := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		c.Kind, c.Text = Error, "#NUM!"
	case size < 1<<53 && f == math.Trunc(f): // minus zero as well
		c.Text = strconv.FormatInt(int64(f), 10)
	case size < 1e-9 || size >= 1e21:
		c.Text = strconv.FormatFloat(f, 'E', -1, 64)
	default:
		c.Text = strconv.FormatFloat(f, 'f', -1, 64)
	}
}

func (c *Cell) text(s string) {
	if s != "" {
		c.Kind, c.Text = Text, s
	}
}

// boolOrError reads a Bes (2.5.10): a truth value, or an error by its number.
func (c *Cell) boolOrError(v byte, isError bool) {
	if !isError {
		c.Kind, c.Text = Bool, "0"
		if v != 0 {
			c.Text = "1"
		}
		return
	}
	c.Kind, c.Text = Error, cmp.Or(xlsErrors[v], "#N/A")
}

var xlsErrors = map[byte]string{
	0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}

// xlsStyles gathers Format and XF records until all are there.
type xlsStyles struct {
	codes map[int]string
	xfs   []uint16
}

// addFormat reads a Format record (2.4.126): a number and its code.
func (s *xlsStyles) addFormat(r *records) error {
	id, err := r.uint(2)
	if err != nil {
		return err
	}
	code, err := r.text(nil, 2)
	if err != nil {
		return err
	}
	if s.codes == nil {
		s.codes = map[int]string{}
	}
	s.codes[int(id)] = string(code)
	return nil
}

// addXF reads an XF record (2.4.353), of which only the number of the format matters.
func (s *xlsStyles) addXF(r *records) error {
	if len(r.data) < 4 {
		return xlsDamaged("a style")
	}
	if len(s.xfs) < 1<<16 { // cells refer to no more
		s.xfs = append(s.xfs, le.Uint16(r.data[2:]))
	}
	return nil
}

// settle gives each XF its format. Numbers below 164 have a meaning without a Format record.
func (s *xlsStyles) settle() []style {
	styles := make([]style, len(s.xfs))
	for i, id := range s.xfs {
		code, own := s.codes[int(id)]
		if !own {
			code = builtinFormats[int(id)]
		}
		styles[i] = style{code, own && dateCode(code) || !own && builtinDate(int(id))}
		if code == "General" {
			styles[i].format = ""
		}
	}
	return styles
}
