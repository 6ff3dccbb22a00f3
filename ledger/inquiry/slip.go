package inquiry

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"mingbai/ledger"
)

// Slip is the number of a 处理笺, counted without gaps within a year.
type Slip struct {
	Year, No int
}

// String writes 2026-000123; nothing for none.
func (s Slip) String() string {
	if s == (Slip{}) {
		return ""
	}
	return fmt.Sprintf("%04d-%06d", s.Year, s.No)
}

var slipShape = regexp.MustCompile(`^(20\d\d)-(\d{6})$`)

// ParseSlip reads a slip number.
func ParseSlip(text string) (Slip, error) {
	m := slipShape.FindStringSubmatch(text)
	if m == nil || m[2] == "000000" {
		return Slip{}, ledger.Errorf(ledger.KindInvalid, "处理笺号不对，写成 2026-000123")
	}
	year, _ := strconv.Atoi(m[1])
	no, _ := strconv.Atoi(m[2])
	return Slip{Year: year, No: no}, nil
}

// Next is the number after the last one that was given, for a case registered at an instant. Who keeps the books reads the
// last number and writes the next one in one transaction, so that neither gap nor double can come about.
func (s Slip) Next(at time.Time) (Slip, error) {
	year := at.In(ledger.Shanghai).Year()
	switch {
	case s.Year > year:
		return Slip{}, ledger.Errorf(ledger.KindConflict, "处理笺号已经编到%d年，现在却是%d年：请先校准服务器的时间", s.Year, year)
	case s.Year < year:
		return Slip{Year: year, No: 1}, nil
	case s.No >= 999_999:
		return Slip{}, ledger.Errorf(ledger.KindConflict, "%d年的处理笺号已经用完", year)
	}
	return Slip{Year: year, No: s.No + 1}, nil
}
