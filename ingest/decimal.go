package ingest

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// number reads a cell as a decimal with one of ledger's exact parsers. A stored number may carry the noise of a binary
// calculation (1040.8600000000001); digits beyond the last decimal are rounded away when they are no more than a
// ten-thousandth of it (1e-6 yuan for an amount), and noise tells so. No float takes part.
func number(c sheet.Cell, decimals int, parse func(string) error) (noise bool, err error) {
	var text string
	switch c.Kind {
	case sheet.Number:
		if text, err = plain(c.Text); err != nil {
			return false, err
		}
	case sheet.Text:
		text = strings.TrimSpace(norm.NFKC.String(c.Text))
	default: // a figure shown as a date is a typing error that Excel made of 1-2 or 3.4
		return false, ledger.ErrNotNumber
	}
	err = parse(text)
	if !errors.Is(err, ledger.ErrTooFine) {
		return false, err
	}
	rounded, ok := withoutNoise(text, decimals)
	if !ok {
		return false, ledger.ErrTooFine
	}
	return true, parse(rounded)
}

// amountIn reads an amount in the sheet's unit.
func amountIn(c sheet.Cell, unit string) (f ledger.Fen, noise bool, err error) {
	if unit == wan {
		noise, err = number(c, 6, func(s string) (err error) {
			short, _ := strings.CutSuffix(s, "万元")
			if strings.Contains(short, "元") { // 50元 in a sheet of 万元 is not 500,000 yuan
				return ledger.ErrNotNumber
			}
			f, err = ledger.ParseWan(short)
			return err
		})
		return f, noise, err
	}
	noise, err = number(c, 2, func(s string) (err error) { f, err = ledger.ParseYuan(s); return err })
	return f, noise, err
}

// quantityIn reads an area, a number of people or a standard, without the unit that may be written after it. More than
// four decimals are rounded, and rounded tells so: such a figure explains the amount but is not paid.
func quantityIn(c sheet.Cell) (q ledger.Quantity, rounded bool, err error) {
	_, err = number(c, 4, func(s string) (err error) {
		s = strings.TrimRight(s, "元/亩人户月年·每头只台")
		q, err = ledger.ParseQuantity(s)
		if errors.Is(err, ledger.ErrTooFine) {
			whole, frac, _ := strings.Cut(s, ".")
			q, err = ledger.ParseQuantity(roundAt(whole, frac, 4))
			rounded = true
		}
		return err
	})
	return q, rounded, err
}

// withoutNoise cuts a plain decimal to so many decimals when what is cut is a ten-thousandth of the last one at most.
func withoutNoise(s string, decimals int) (string, bool) {
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) <= decimals {
		return s, true
	}
	rest := strings.TrimRight(frac[decimals:], "0")
	small := strings.HasPrefix(rest, "0000") || rest == "" || rest == "0001"
	if !small && !strings.HasPrefix(rest, "9999") {
		return "", false
	}
	return roundAt(whole, frac, decimals), true
}

// roundAt rounds a decimal half up, away from zero.
func roundAt(whole, frac string, decimals int) string {
	if len(frac) <= decimals {
		return whole + "." + frac
	}
	up := frac[decimals] >= '5'
	digits := []byte(whole + "." + frac[:decimals])
	for i := len(digits) - 1; up && i >= 0; i-- {
		switch d := digits[i]; {
		case d == '9':
			digits[i] = '0'
		case d >= '0' && d < '9':
			digits[i], up = d+1, false
		case d != '.' && d != ',': // the sign
			return string(digits[:i+1]) + "1" + string(digits[i+1:])
		}
	}
	if up {
		return "1" + string(digits)
	}
	return string(digits)
}

// maxExponent bounds how long a number may become; amounts and ID numbers stay far below.
const maxExponent = 40

// plain writes a stored number without exponent: 9.9E+17 is 990000000000000000.
func plain(s string) (string, error) {
	mantissa, exponent, has := strings.Cut(strings.ToUpper(s), "E")
	sign := ""
	if rest, ok := strings.CutPrefix(mantissa, "-"); ok {
		sign, mantissa = "-", rest
	}
	whole, frac, _ := strings.Cut(strings.TrimPrefix(mantissa, "+"), ".")
	if whole+frac == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return "", ledger.ErrNotNumber
	}
	if !has {
		return sign + mantissa, nil
	}
	e, err := strconv.Atoi(exponent)
	if err != nil {
		return "", ledger.ErrNotNumber
	}
	if e > maxExponent || e < -maxExponent || len(mantissa) > maxExponent {
		return "", ledger.ErrTooLarge
	}
	digits := strings.Repeat("0", max(0, -e)) + whole + frac + strings.Repeat("0", max(0, e))
	point := max(0, -e) + len(whole) + e
	whole, frac = digits[:point], digits[point:]
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if frac = strings.TrimRight(frac, "0"); frac != "" {
		frac = "." + frac
	}
	return sign + whole + frac, nil
}

// integerDigits counts the digits before the point.
func integerDigits(plain string) int {
	whole, _, _ := strings.Cut(strings.TrimLeft(plain, "-+"), ".")
	return len(strings.TrimLeft(whole, "0"))
}
