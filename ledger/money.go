package ledger

import (
	"errors"
	"math/bits"
	"strconv"
	"strings"
)

// Fen is an amount of money in fen (1/100 yuan). The books know no other unit.
type Fen int64

// Errors of reading an amount or a quantity.
var (
	ErrNotNumber = errors.New("not a number")
	ErrTooFine   = errors.New("more decimals than the unit has")
	ErrTooLarge  = errors.New("number too large")
)

// String writes yuan with two decimals and thousands separators: 1,040.86.
func (f Fen) String() string { return group(f.Plain()) }

// Plain writes yuan with two decimals and no separators: 1040.86.
func (f Fen) Plain() string { return formatScaled(int64(f), 2, 2) }

// Wan writes 10,000 yuan (万元) without trailing zeros: 126.5, 1,296.2487.
func (f Fen) Wan() string { return group(formatScaled(int64(f), 6, 0)) }

// ParseYuan reads a decimal number of yuan ("1,040.86", "1040.860", "８３", "￥5元") exactly. It answers ErrNotNumber,
// ErrTooFine when a digit beyond the fen is not zero, or ErrTooLarge.
func ParseYuan(text string) (Fen, error) {
	text = strings.TrimSuffix(strings.TrimSpace(text), "元")
	v, err := parseScaled(text, 2)
	return Fen(v), err
}

// ParseWan reads a decimal number of 10,000 yuan (万元) exactly, with the errors of ParseYuan.
func ParseWan(text string) (Fen, error) {
	v, err := parseScaled(text, 6)
	return Fen(v), err
}

// Quantity is a decimal number in ten-thousandths: an area of 12.40 mu is 124000, a standard of 83.94 yuan is 839400.
type Quantity int64

// ParseQuantity reads a decimal number of at most four decimals, with the errors of ParseYuan.
func ParseQuantity(text string) (Quantity, error) {
	v, err := parseScaled(text, 4)
	return Quantity(v), err
}

// String writes the quantity with at least two decimals and no needless zeros: 12.40, 3.1416.
func (q Quantity) String() string { return formatScaled(int64(q), 4, 2) }

// Short writes the quantity without trailing zeros: 12.4, 3.
func (q Quantity) Short() string { return formatScaled(int64(q), 4, 0) }

// Times multiplies a basis (mu, persons…) by a standard (yuan per unit) and rounds half up to the fen.
// ok is false when the product does not fit.
func (q Quantity) Times(standard Quantity) (f Fen, ok bool) {
	neg := (q < 0) != (standard < 0)
	hi, lo := bits.Mul64(abs(int64(q)), abs(int64(standard)))
	const unit = 1_000_000 // 1e-4 × 1e-4 yuan, in fen
	lo, carry := bits.Add64(lo, unit/2, 0)
	hi += carry
	if hi >= unit {
		return 0, false
	}
	quo, _ := bits.Div64(hi, lo, unit)
	if quo > 1<<62 {
		return 0, false
	}
	if neg {
		return -Fen(quo), true
	}
	return Fen(quo), true
}

func abs(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}

// parseScaled reads a decimal number as an integer of 10^-scale units.
func parseScaled(text string, scale int) (int64, error) {
	s := strings.TrimSpace(narrow(text))
	s = strings.TrimPrefix(s, "¥")
	neg := false
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		s, neg = rest, true
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	whole, frac, dotted := strings.Cut(s, ".")
	if strings.Contains(whole, ",") {
		if !groupedByThree(whole) {
			return 0, ErrNotNumber
		}
		whole = strings.ReplaceAll(whole, ",", "")
	}
	if whole == "" && frac == "" || dotted && frac == "" && whole == "" || !digits(whole) || !digits(frac) {
		return 0, ErrNotNumber
	}
	frac = strings.TrimRight(frac, "0")
	if len(frac) > scale {
		return 0, ErrTooFine
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole)+scale > 18 {
		return 0, ErrTooLarge
	}
	v, err := strconv.ParseInt("0"+whole+frac+strings.Repeat("0", scale-len(frac)), 10, 64)
	if err != nil {
		return 0, ErrTooLarge
	}
	if neg {
		v = -v
	}
	return v, nil
}

// groupedByThree says whether commas stand where thousands separators stand; 1,23 is a typing error, not 123.
func groupedByThree(s string) bool {
	parts := strings.Split(s, ",")
	for i, p := range parts {
		if i == 0 && (p == "" || len(p) > 3) || i > 0 && len(p) != 3 {
			return false
		}
	}
	return true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// narrow turns full-width ASCII into ASCII: sheets typed with a Chinese input method are full of it.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		case r == '￥':
			return '¥'
		}
		return r
	}, s)
}

// formatScaled writes an integer of 10^-scale units with at least keep decimals.
func formatScaled(v int64, scale, keep int) string {
	u := strconv.FormatUint(abs(v), 10)
	if len(u) <= scale {
		u = strings.Repeat("0", scale+1-len(u)) + u
	}
	whole, frac := u[:len(u)-scale], u[len(u)-scale:]
	for len(frac) > keep && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	if v < 0 {
		whole = "-" + whole
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	if frac != "" {
		b.WriteByte('.')
		b.WriteString(frac)
	}
	return b.String()
}
