package sheet

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
)

// xlsBook is a workbook of Excel 97 to 2003 or WPS (BIFF8, [MS-XLS]): a stream of records, at first those of the whole
// workbook, then those of each sheet. Shared texts and styles are kept; rows are read from the stream anew each time.
type xlsBook struct {
	stream   *oleStream
	limits   Limits
	date1904 bool
	infos    []Info
	sheets   []xlsSheet
	texts    xlsTexts
	styles   []style // by index of XF record
}

// xlsSheet is where a sheet's records stand, and what a first walk through them has found.
type xlsSheet struct {
	from, to int64
	scan     *xlsScan
}

// openXLS reads an OLE2 container's workbook as far as its list of sheets.
func openXLS(content io.ReaderAt, size int64, limits Limits) (Workbook, error) {
	limits = limits.orDefault()
	if size > limits.Unzipped {
		return nil, &LimitError{fmt.Sprintf("超过%dMB", limits.Unzipped>>20)}
	}
	stream, err := openOLE(content, size, "Workbook", "Book")
	if err != nil {
		return nil, err
	}
	b := &xlsBook{stream: stream, limits: limits}
	if err := b.readGlobals(); err != nil {
		return nil, err
	}
	return b, nil
}

// readGlobals reads the records of the whole workbook (2.1.7.20.3).
func (b *xlsBook) readGlobals() error {
	r := newRecords(b.stream, 0, b.stream.size, b.limits)
	if err := r.begin(); err != nil {
		return err
	}
	var styles xlsStyles
	for {
		err := r.step()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch r.id {
		case recFilePass: // 2.4.117: whatever follows is enciphered
			return ErrEncrypted
		case recDate1904: // 2.4.77
			days, err := r.uint(2)
			if err != nil {
				return err
			}
			b.date1904 = days == 1
		case recBoundSheet:
			err = b.addSheet(r)
		case recSST:
			b.texts, err = r.readTexts()
		case recFormat:
			err = styles.addFormat(r)
		case recXF:
			err = styles.addXF(r)
		}
		if err != nil {
			return err
		}
	}
	b.styles = styles.settle()
	return b.boundSheets()
}

// begin reads the BOF record (2.4.21). Its number was another before Excel 5, and its version before Excel 97.
func (r *records) begin() error {
	if err := r.next(); err != nil {
		return err
	}
	switch r.id {
	case 0x0009, 0x0209, 0x0409:
		return &FormatError{OldXLS}
	case recBOF:
	default:
		return xlsDamaged("no beginning of records")
	}
	version, err := r.uint(2)
	if err == nil && version != 0x0600 {
		err = &FormatError{OldXLS}
	}
	return err
}

// addSheet reads a BoundSheet8 record (2.4.28). Macro sheets, charts and modules hold no rows for us.
func (b *xlsBook) addSheet(r *records) error {
	from, err := r.uint(4)
	if err != nil {
		return err
	}
	state, err := r.uint(1)
	if err != nil {
		return err
	}
	kind, err := r.uint(1)
	if err != nil {
		return err
	}
	name, err := r.text(nil, 1)
	if err != nil || kind != 0 {
		return err
	}
	if len(b.infos) >= b.limits.Parts {
		return &LimitError{fmt.Sprintf("工作表超过%d张", b.limits.Parts)}
	}
	b.infos = append(b.infos, Info{Name: string(name), Hidden: state&3 != 0})
	b.sheets = append(b.sheets, xlsSheet{from: int64(from)})
	return nil
}

// boundSheets lets each sheet end where the next one begins: a file whose sheets share their records could otherwise make
// a reader walk through them as often as it has sheets.
func (b *xlsBook) boundSheets() error {
	if len(b.sheets) == 0 {
		return xlsDamaged("no sheets")
	}
	order := make([]int, len(b.sheets))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(b.sheets[i].from, b.sheets[j].from) })
	end := b.stream.size
	for _, i := range slices.Backward(order) {
		if b.sheets[i].from >= end {
			return xlsDamaged("a sheet beyond the end or on top of another")
		}
		b.sheets[i].to, end = end, b.sheets[i].from
	}
	return nil
}

// open stands before the first record of a sheet.
func (b *xlsBook) open(i int) (*records, error) {
	r := newRecords(b.stream, b.sheets[i].from, b.sheets[i].to, b.limits)
	err := r.begin()
	return r, err
}

func (b *xlsBook) Format() Format { return XLS }

func (b *xlsBook) Date1904() bool { return b.date1904 }

func (*xlsBook) Close() error { return nil }

func (b *xlsBook) Sheets() []Info { return b.infos }

// Layout walks through the sheet's records once: merges are stored after the rows.
func (b *xlsBook) Layout(i int) (Layout, error) {
	scan, err := b.scan(context.Background(), i)
	if err != nil {
		return Layout{}, err
	}
	return scan.layout, nil
}

// Rows walks through the sheet's records.
func (b *xlsBook) Rows(ctx context.Context, i int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, err := b.rows(ctx, i)
		for n := 0; err == nil; n++ {
			var row Row
			if row, err = rows.next(); err == io.EOF {
				return
			}
			if err == nil && n >= b.limits.Rows {
				err = &LimitError{fmt.Sprintf("工作表超过%d行", b.limits.Rows)}
			}
			if err == nil && !yield(row, nil) {
				return
			}
		}
		yield(Row{}, err)
	}
}
