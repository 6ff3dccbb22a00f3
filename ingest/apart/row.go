package apart

import (
	"encoding/binary"
	"errors"
	"time"

	"mingbai/ledger"
)

// appendRow writes a row in the order of its fields: numbers as varints, texts with their length before them.
func appendRow(b []byte, r *ledger.Row) []byte {
	b = binary.AppendVarint(b, int64(r.Line))
	b = appendText(b, r.Sheet)
	b = binary.AppendVarint(b, int64(r.SheetRow))
	for _, s := range [...]string{r.Town, r.Village, r.Group} {
		b = appendText(b, s)
	}
	for _, p := range [...]*ledger.Party{&r.Head, &r.Payee, &r.Beneficiary} {
		b = appendText(b, p.Name)
		b = appendText(b, p.ID.Digits()) // to the parent, which makes the token of it
	}
	b = binary.AppendVarint(b, int64(r.Basis))
	b = appendText(b, r.BasisUnit)
	b = binary.AppendVarint(b, int64(r.Standard))
	b = binary.AppendVarint(b, int64(r.Amount))
	if r.PaidOn.IsZero() {
		b = append(b, 0)
	} else {
		b = binary.AppendVarint(append(b, 1), r.PaidOn.Unix())
	}
	return appendText(b, string(r.Status))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errGarbled = errors.New("garbled row")

// rowReader reads rows back. Texts that repeat from row to row are kept, not made anew.
type rowReader struct {
	rest []byte
	last ledger.Row
	bad  bool
}

func (d *rowReader) more() bool { return len(d.rest) > 0 && !d.bad }

func (d *rowReader) row() (ledger.Row, error) {
	r := &d.last
	r.Line = int(d.number())
	d.text(&r.Sheet)
	r.SheetRow = int(d.number())
	for _, s := range [...]*string{&r.Town, &r.Village, &r.Group} {
		d.text(s)
	}
	for _, p := range [...]*ledger.Party{&r.Head, &r.Payee, &r.Beneficiary} {
		d.text(&p.Name)
		digits := p.ID.Digits() // only to see whether it is the last row's again
		if d.text(&digits) {
			p.ID, _ = ledger.ParseID(digits)
		}
	}
	r.Basis = ledger.Quantity(d.number())
	d.text(&r.BasisUnit)
	r.Standard = ledger.Quantity(d.number())
	r.Amount = ledger.Fen(d.number())
	r.PaidOn = d.day()
	status := string(r.Status)
	d.text(&status)
	r.Status = ledger.PayStatus(status)
	if d.bad {
		return ledger.Row{}, errGarbled
	}
	return *r, nil
}

func (d *rowReader) number() int64 {
	n, size := binary.Varint(d.rest)
	if size <= 0 {
		d.bad = true
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

// text reads a text into s and says whether it is another one than stood there.
func (d *rowReader) text(s *string) bool {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)-size) {
		d.bad, d.rest = true, nil
		return false
	}
	read := d.rest[size : size+int(n)]
	d.rest = d.rest[size+int(n):]
	if string(read) == *s { // compares without making a string
		return false
	}
	*s = string(read)
	return true
}

func (d *rowReader) day() time.Time {
	if len(d.rest) == 0 {
		d.bad = true
		return time.Time{}
	}
	given := d.rest[0] == 1
	d.rest = d.rest[1:]
	if !given {
		return time.Time{}
	}
	return time.Unix(d.number(), 0).UTC()
}
