package sheettest

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Values that WriteXLS knows beside those of Write.
type (
	// Cached is a formula with the value it last gave.
	Cached struct{ Value any }
	// Formatted is a number with a number format.
	Formatted struct {
		Value any
		Code  string
	}
	// ErrorValue is a cell's error by its number in the file: 0x2A is #N/A.
	ErrorValue byte
	// Rich is a text with formatting runs and a phonetic guide, of which only the text is to be read.
	Rich struct {
		Text           string
		Runs, Phonetic int
	}
)

// XLS is a workbook of records to be written, for tests of what WriteXLS never writes.
type XLS struct {
	Globals []Record // after the first; the list of sheets follows them
	Sheets  []XLSSheet
}

// XLSSheet is a sheet of records, without its first and last.
type XLSSheet struct {
	Name        string
	State, Kind byte // hidden is 1 or 2; a worksheet is 0
	Records     []Record
}

// Record is a record with its header of number and length.
type Record []byte

// Rec makes a record of numbers, in the bytes of their types, and of bytes.
func Rec(id uint16, fields ...any) Record {
	body := pack(fields...)
	return append(pack(id, uint16(len(body))), body...)
}

func pack(fields ...any) []byte {
	var buf bytes.Buffer
	for _, f := range fields {
		if err := binary.Write(&buf, binary.LittleEndian, f); err != nil {
			panic(err) // a field of another type
		}
	}
	return buf.Bytes()
}

// Workbook joins the records to the stream of a workbook.
func (x XLS) Workbook() []byte {
	stream := slices.Concat(bof(5), slices.Concat(x.Globals...))
	var places []int
	for _, s := range x.Sheets {
		places = append(places, len(stream)+4)
		stream = append(stream, Rec(0x85, uint32(0), s.State, s.Kind, XLString(s.Name, 1))...)
	}
	stream = append(stream, Rec(0x0A)...)
	for i, s := range x.Sheets {
		binary.LittleEndian.PutUint32(stream[places[i]:], uint32(len(stream)))
		stream = slices.Concat(stream, bof(16), slices.Concat(s.Records...), Rec(0x0A))
	}
	return stream
}

// Bytes is the whole file.
func (x XLS) Bytes() []byte { return Container{Streams: []Stream{{"Workbook", x.Workbook()}}}.Bytes() }

func bof(kind uint16) Record {
	return Rec(0x809, uint16(0x600), kind, uint16(0x0DBB), uint16(0x07CC), uint32(0x41), uint32(6))
}

// XLString is a string after its length of one or two bytes, in one byte per character where that is enough.
func XLString(s string, length int) []byte {
	units := utf16.Encode([]rune(s))
	head := pack(uint16(len(units)))[:length]
	return slices.Concat(head, chars(units))
}

// chars are a flag and characters.
func chars(units []uint16) []byte {
	if slices.ContainsFunc(units, func(u uint16) bool { return u > 0xFF }) {
		return append([]byte{1}, pack(units)...)
	}
	out := []byte{0}
	for _, u := range units {
		out = append(out, byte(u))
	}
	return out
}

// SST makes the records of the shared texts, each of at most so many bytes; strings are cut wherever one is full and go on
// in the narrower kind of characters if what is left of them allows it.
func SST(most int, texts ...Rich) []Record {
	body := pack(uint32(len(texts)), uint32(len(texts)))
	var records []Record
	flush := func() {
		id := uint16(0x3C)
		if len(records) == 0 {
			id = 0xFC
		}
		records = append(records, Rec(id, body))
		body = nil
	}
	for _, text := range texts {
		units := utf16.Encode([]rune(text.Text))
		head, flags := pack(uint16(len(units))), chars(units)[0]
		var options []byte
		if text.Runs > 0 {
			flags, options = flags|8, pack(uint16(text.Runs))
		}
		if text.Phonetic > 0 {
			flags, options = flags|4, append(options, pack(uint32(text.Phonetic))...)
		}
		head = slices.Concat(head, []byte{flags}, options)
		if len(body)+len(head) > most {
			flush()
		}
		body = append(body, head...)
		for len(units) > 0 {
			if len(body)+2 > most {
				flush()
				body = chars(units)[:1]
				flags = body[0]
			}
			n := min(len(units), (most-len(body))>>(flags&1))
			some := chars(units[:n])[1:]
			if flags&1 != 0 {
				some = pack(units[:n])
			}
			body, units = append(body, some...), units[n:]
		}
		for tail := bytes.Repeat([]byte{0xEE}, 4*text.Runs+text.Phonetic); len(tail) > 0; {
			if len(body) >= most {
				flush()
			}
			n := min(len(tail), most-len(body))
			body, tail = append(body, tail[:n]...), tail[n:]
		}
	}
	flush()
	return records
}

// WriteXLS makes a workbook of Excel 97 as Write makes one of today.
func WriteXLS(t testing.TB, sheets ...Sheet) []byte {
	t.Helper()
	w := xlsWriter{formats: []string{"", ""}}
	var x XLS
	for _, s := range sheets {
		out := XLSSheet{Name: s.Name}
		if s.Hidden {
			out.State = 1
		}
		columns := 0
		for _, row := range s.Rows {
			columns = max(columns, len(row))
		}
		// LibreOffice takes the record of dimensions for the beginning of the cells.
		out.Records = append(out.Records, Rec(0x200, uint32(0), uint32(len(s.Rows)), uint16(0), uint16(columns), uint16(0)))
		for r, row := range s.Rows {
			for c, value := range row {
				out.Records = append(out.Records, w.cell(t, uint16(r), uint16(c), value)...)
			}
		}
		for _, m := range s.Merges {
			out.Records = append(out.Records, merge(t, m))
		}
		x.Sheets = append(x.Sheets, out)
	}
	x.Globals = append([]Record{Rec(0x42, uint16(1200))}, w.styles()...)
	x.Globals = append(x.Globals, SST(8224, w.texts...)...)
	return x.Bytes()
}

func merge(t testing.TB, ref string) Record {
	from, to, _ := bytes.Cut([]byte(ref), []byte(":"))
	left, top, err1 := excelize.CellNameToCoordinates(string(from))
	right, bottom, err2 := excelize.CellNameToCoordinates(string(to))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return Rec(0xE5, uint16(1), uint16(top-1), uint16(bottom-1), uint16(left-1), uint16(right-1))
}

// xlsWriter gathers the texts and formats that cells refer to; the first styles are General and a date.
type xlsWriter struct {
	texts   []Rich
	formats []string
}

const dateStyle = 1

func (w *xlsWriter) styles() []Record {
	var out []Record
	for range 5 {
		out = append(out, Rec(0x31, uint16(200), uint16(0), uint16(0x7FFF), uint16(400), make([]byte, 6), XLString("Arial", 1)))
	}
	for i, code := range w.formats[2:] {
		out = append(out, Rec(0x41E, uint16(164+i), XLString(code, 2)))
	}
	for i := range w.formats {
		id := uint16(162 + i)
		if i < 2 {
			id = uint16(14 * i)
		}
		out = append(out, Rec(0xE0, uint16(0), id, uint16(1), make([]byte, 14)))
	}
	return out
}

func (w *xlsWriter) cell(t testing.TB, row, col uint16, value any) []Record {
	t.Helper()
	style := uint16(0)
	if f, ok := value.(Formatted); ok {
		i := slices.Index(w.formats, f.Code)
		if i < 0 {
			i = len(w.formats)
			w.formats = append(w.formats, f.Code)
		}
		style, value = uint16(i), f.Value
	}
	number := func(digits string) float64 {
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	one := func(id uint16, fields ...any) []Record {
		return []Record{Rec(id, append([]any{row, col, style}, fields...)...)}
	}
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return w.cell(t, row, col, Rich{Text: v})
	case Rich:
		w.texts = append(w.texts, v)
		return one(0xFD, uint32(len(w.texts)-1))
	case int:
		if v == v<<34>>34 {
			return one(0x27E, uint32(v)<<2|2)
		}
		return one(0x203, float64(v))
	case float64:
		return one(0x203, v)
	case Num:
		return one(0x203, number(string(v)))
	case Date:
		style = dateStyle
		return one(0x203, number(string(v)))
	case bool:
		return one(0x205, v, uint8(0))
	case ErrorValue:
		return one(0x205, v, uint8(1))
	case Formula:
		return w.cell(t, row, col, Cached{})
	case Cached:
		result, text := cached(t, v.Value)
		return append(one(0x06, result, uint16(0), uint32(0), uint16(3), []byte{0x1E, 0, 0}), text...)
	}
	t.Fatalf("no cell of %T", value)
	return nil
}

// cached is a formula's value, and the record after it if that is a text.
func cached(t testing.TB, value any) (result []byte, text []Record) {
	special := func(kind, v byte) []byte { return []byte{kind, 0, v, 0, 0, 0, 0xFF, 0xFF} }
	switch v := value.(type) {
	case nil:
		return special(3, 0), nil
	case float64:
		return pack(math.Float64bits(v)), nil
	case bool:
		return special(1, pack(v)[0]), nil
	case ErrorValue:
		return special(2, byte(v)), nil
	case string:
		return special(0, 0), []Record{Rec(0x207, XLString(v, 2))}
	}
	t.Fatalf("no formula gives %T", value)
	return nil, nil
}
