package sheet

import (
	"context"
	"fmt"
	"io"
)

// xlsScan is what the first walk through a sheet's records finds: all that must be known before its first row.
type xlsScan struct {
	layout Layout
	hidden [1 << 16 / 64]uint64 // a bit per row
	sorted bool                 // the cells' records stand in the rows' order, as they should
}

func (s *xlsScan) rowHidden(number int) bool {
	return s.hidden[(number-1)>>6&1023]>>(uint(number-1)&63)&1 != 0
}

// scan walks through the records of a sheet when it is first asked for.
func (b *xlsBook) scan(ctx context.Context, i int) (*xlsScan, error) {
	if b.sheets[i].scan != nil {
		return b.sheets[i].scan, nil
	}
	r, err := b.open(i)
	if err != nil {
		return nil, err
	}
	s := &xlsScan{sorted: true}
	row := uint16(0)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		err := r.step()
		if err == io.EOF {
			b.sheets[i].scan = s
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		if _, ok := cellBytes[r.id]; ok {
			if len(r.data) < 2 {
				return nil, xlsDamaged("a cell")
			}
			before := row
			row = le.Uint16(r.data)
			s.sorted = s.sorted && row >= before
			continue
		}
		switch r.id {
		case recRow:
			err = s.addRow(r.data)
		case recColInfo:
			err = s.addColumns(r.data)
		case recMergeCells:
			err = s.addMerges(r.data, b.limits)
		}
		if err != nil {
			return nil, err
		}
	}
}

// addRow reads a Row record (2.4.221): a row is hidden by its flag fDyZero, or by a height of zero that is not the default.
func (s *xlsScan) addRow(data []byte) error {
	if len(data) < 16 {
		return xlsDamaged("a row")
	}
	if row := le.Uint16(data); data[12]&0x20 != 0 || le.Uint16(data[6:]) == 0 {
		s.hidden[row>>6] |= 1 << (row & 63)
	}
	return nil
}

// addColumns reads a ColInfo record (2.4.53); columns are 256, though the record may name one more.
func (s *xlsScan) addColumns(data []byte) error {
	if len(data) < 10 {
		return xlsDamaged("columns")
	}
	first, last := int(le.Uint16(data))+1, int(le.Uint16(data[2:]))+1
	if zero := le.Uint16(data[4:]) == 0; (zero || data[8]&1 != 0) && first <= min(last, 256) {
		s.layout.HiddenColumns = append(s.layout.HiddenColumns, Span{first, min(last, 256)})
	}
	return nil
}

// addMerges reads a MergeCells record (2.4.168); a sheet with many merges has several.
func (s *xlsScan) addMerges(data []byte, limits Limits) error {
	if len(data) < 2 || len(data) < 2+8*int(le.Uint16(data)) {
		return xlsDamaged("merged cells")
	}
	n := int(le.Uint16(data))
	if len(s.layout.Merges)+n > limits.Merges {
		return &LimitError{fmt.Sprintf("合并单元格超过%d处", limits.Merges)}
	}
	for ref := data[2:]; n > 0; n, ref = n-1, ref[8:] { // Ref8, 2.5.208: rows, then columns
		at := func(i int) int { return int(le.Uint16(ref[i:])) + 1 }
		m := Merge{Top: min(at(0), at(2)), Left: min(at(4), at(6)), Bottom: max(at(0), at(2)), Right: max(at(4), at(6))}
		s.layout.Merges = append(s.layout.Merges, m)
	}
	return nil
}
