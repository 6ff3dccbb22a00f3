package ledger

import (
	"log/slog"
	"strings"
	"time"
)

// IDNumber is a citizen identity number (GB 11643-1999), normalised. It cannot be printed, logged or marshalled by
// accident: every formatting verb shows ［证号］. Only Digits shows it, and every caller of Digits must have a reason.
type IDNumber struct{ digits string }

// IDFault says what is wrong with a number as written.
type IDFault uint8

// Faults of an ID number, from harmless to useless.
const (
	IDGood      IDFault = iota
	IDOld               // 15 digits of the first generation; read as the 18 they stand for
	IDEmpty             // nothing written
	IDMasked            // stars in it
	IDLength            // not 18 (or 15) characters long
	IDShape             // 18 long, but not 17 digits and a digit or X
	IDBirthDate         // the birth date does not exist or lies in the future
	IDCheck             // the check character does not fit
)

// idMask is all that any output shows of a number: no digit of it (first 6 and last 4 leave about 2,700 candidates).
const idMask = "［证号］"

// ParseID normalises a number (full width, blanks, apostrophe, x) and tells what is wrong with it. The number is kept
// even when faulty, because a certifier may accept a special one. The region part is never checked: 18 of 11,943 true
// numbers name regions that no longer exist.
func ParseID(text string) (IDNumber, IDFault) {
	s := strings.Map(func(r rune) rune {
		switch {
		case r == ' ', r == '\t', r == '\n', r == '\r', r == '\'', r == '‘', r == '’', r == '\u00a0', r == '\u200b', r == '\ufeff', r == '-':
			return -1
		case r == 'x', r == '×', r == 'Х', r == 'х':
			return 'X'
		}
		return r
	}, narrow(text))
	switch {
	case s == "":
		return IDNumber{}, IDEmpty
	case strings.ContainsAny(s, "*•●□"):
		return IDNumber{s}, IDMasked
	case len(s) == 15 && digits(s):
		s = s[:6] + "19" + s[6:]
		s += string(checkDigit(s))
		if !birthDate(s[6:14]) {
			return IDNumber{s}, IDBirthDate
		}
		return IDNumber{s}, IDOld
	case len([]rune(s)) != 18:
		return IDNumber{s}, IDLength
	case len(s) != 18 || !digits(s[:17]) || !digits(s[17:]) && s[17] != 'X':
		return IDNumber{s}, IDShape
	case !birthDate(s[6:14]):
		return IDNumber{s}, IDBirthDate
	case checkDigit(s[:17]) != s[17]:
		return IDNumber{s}, IDCheck
	}
	return IDNumber{s}, IDGood
}

// Digits shows the number. Use it only to compute a token or to seal it.
func (n IDNumber) Digits() string { return n.digits }

// IsZero says whether there is no number.
func (n IDNumber) IsZero() bool { return n.digits == "" }

// Len is the number of characters as normalised; messages may tell it.
func (n IDNumber) Len() int { return len([]rune(n.digits)) }

// String hides the number.
func (n IDNumber) String() string {
	if n.IsZero() {
		return ""
	}
	return idMask
}

// GoString hides the number from %#v.
func (n IDNumber) GoString() string { return n.String() }

// LogValue hides the number from slog.
func (n IDNumber) LogValue() slog.Value { return slog.StringValue(n.String()) }

// MarshalText hides the number from JSON and its like.
func (n IDNumber) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// IDCheckDigit computes the 18th character from the first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2).
func IDCheckDigit(first17 string) byte { return checkDigit(first17) }

func checkDigit(s string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

func birthDate(yyyymmdd string) bool {
	t, err := time.Parse("20060102", yyyymmdd)
	return err == nil && t.Year() >= 1880 && t.Before(time.Now().Add(24*time.Hour))
}
