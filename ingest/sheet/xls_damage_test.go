package sheet_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

func TestXLSRefused(t *testing.T) {
	container := func(name string, records ...sheettest.Record) []byte {
		return sheettest.Container{Streams: []sheettest.Stream{{Name: name, Data: slices.Concat(records...)}}}.Bytes()
	}
	bof5, eof := rec(0x809, u16(0x500), u16(5), u32(0)), rec(0x0A)
	for name, c := range map[string]struct {
		content []byte
		format  sheet.Format
		err     error
	}{
		"Excel 95 (BIFF5)":          {container("Book", bof5, eof), sheet.OldXLS, nil},
		"Excel 4 (BIFF4)":           {container("Book", rec(0x409, u16(0), u16(0x100)), eof), sheet.OldXLS, nil},
		"Excel 2 (BIFF2)":           {container("Workbook", rec(0x009, u16(2), u16(0x10)), eof), sheet.OldXLS, nil},
		"a Word document":           {container("WordDocument", bof5), sheet.Unknown, nil},
		"a password":                {sheettest.XLS{Globals: recs(rec(0x2F, u16(1), make([]byte, 52)))}.Bytes(), "", sheet.ErrEncrypted},
		"no records at all":         {container("Workbook", rec(0, u16(0))), "", sheet.ErrDamaged},
		"no sheets":                 {sheettest.XLS{}.Bytes(), "", sheet.ErrDamaged},
		"only a chart":              {sheettest.XLS{Sheets: []sheettest.XLSSheet{{Name: "c", Kind: 2}}}.Bytes(), "", sheet.ErrDamaged},
		"the embedded workbook's":   {embeddedXLS(), sheet.Unknown, nil},
		"a storage of that name":    {storageXLS(), sheet.Unknown, nil},
		"nothing":                   {nil, "", sheet.ErrDamaged},
		"a header and nothing more": {oneXLS()[:512], "", sheet.ErrDamaged},
	} {
		_, err := readXLS(c.content, sheet.DefaultLimits)
		var format *sheet.FormatError
		if c.err != nil && !errors.Is(err, c.err) || c.err == nil && (!errors.As(err, &format) || format.Format != c.format) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// embeddedXLS is a document with a workbook inside, whose stream is not the document's.
func embeddedXLS() []byte {
	return sheettest.Container{
		Streams:  []sheettest.Stream{{Name: "WordDocument", Data: make([]byte, 5000)}},
		Embedded: []sheettest.Stream{{Name: "Workbook", Data: bookStream(numberRec(1, 1))}},
	}.Bytes()
}

// storageXLS is a container whose workbook is a folder.
func storageXLS() []byte {
	content := oneXLS()
	content[bytes.Index(content, []byte("W\x00o\x00r\x00k"))+66] = 1
	return content
}

func bookStream(records ...sheettest.Record) []byte {
	return sheettest.XLS{Sheets: []sheettest.XLSSheet{{Name: "表", Records: records}}}.Workbook()
}

// TestXLSDamagedRecords are whole containers with a rotten record.
func TestXLSDamagedRecords(t *testing.T) {
	string8 := []byte{0, 0, 0, 0, 0, 0, 0xFF, 0xFF}
	for name, record := range map[string]sheettest.Record{
		"a text that is not there": cellRec(0xFD, 1, 1, 0, u32(2)),
		"RK cut":                   rec(0x27E, u16(0), u16(0), u16(0), u16(0)),
		"NUMBER cut":               rec(0x203, u16(0), u16(0), u16(0), u32(0)),
		"MULRK cut":                rec(0xBD, u16(0), u16(0), u16(0), u32(0), u16(0), u16(0)),
		"MULRK of nothing":         rec(0xBD, u16(0)),
		"FORMULA cut":              rec(6, u16(0), u16(0), u16(0), u32(0)),
		"BOOLERR cut":              rec(0x205, u16(0), u16(0), u16(0), uint8(0)),
		"LABEL cut":                rec(0x204, u16(0), u16(0), u16(0), u16(5), uint8(0), []byte("abcd")),
		"LABEL cut before a cell":  append(rec(0x204, u16(0), u16(0), u16(0), u16(5), uint8(0), []byte("abcd")), numberRec(2, 2)...),
		"LABEL of half characters": rec(0x204, u16(0), u16(0), u16(0), u16(2), uint8(1), []byte("abc")),
		"LABEL without runs":       rec(0x204, u16(0), u16(0), u16(0), u16(1), uint8(8), u16(0xFFFF), []byte("a")),
		"LABEL of endless guide":   rec(0x204, u16(0), u16(0), u16(0), u16(1), uint8(4), u32(0xFFFFFFFF), []byte("a")),
		"STRING cut":               append(cellRec(6, 1, 1, 0, string8, make([]byte, 8)), rec(0x207, u16(50), uint8(0))...),
		"empty CONTINUE":           append(rec(0x204, u16(0), u16(0), u16(0), u16(5), uint8(0)), slices.Concat(rec(0x3C), rec(0x3C))...),
		"MERGEDCELLS cut":          rec(0xE5, u16(2), make([]byte, 8)),
		"ROW cut":                  rec(0x208, u16(1)),
		"COLINFO cut":              rec(0x7D, u16(1)),
		"a cell of no row":         rec(0x27E, uint8(1)),
		"substreams without end":   rec(0x809, u32(0)),
		"a record beyond the end":  {0x7E, 0x02, 0xFF, 0xFF},
	} {
		if _, err := readXLS(oneXLS(record), sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, global := range map[string]sheettest.Record{
		"SST cut":                     rec(0xFC, u32(0), u32(9), u16(5), uint8(0), []byte("abc")),
		"SST of nothing":              rec(0xFC, u16(0)),
		"FORMAT cut":                  rec(0x41E, u16(164), u16(5), uint8(1)),
		"XF cut":                      rec(0xE0, u16(0)),
		"DATEMODE cut":                rec(0x22),
		"BOUNDSHEET cut":              rec(0x85, u32(0), u16(0), uint8(9)),
		"BOUNDSHEET beyond the end":   rec(0x85, u32(1<<31), u16(0), sheettest.XLString("x", 1)),
		"BOUNDSHEET within a record":  rec(0x85, u32(3), u16(0), sheettest.XLString("x", 1)),
		"BOUNDSHEET on the globals":   rec(0x85, u32(0), u16(0), sheettest.XLString("x", 1)),
		"SST that says four billions": rec(0xFC, u32(0), u32(0xFFFFFFFF), u16(0x7FFF), uint8(1)),
	} {
		x := sheettest.XLS{Globals: recs(global), Sheets: []sheettest.XLSSheet{{Name: "表", Records: recs(cellRec(0xFD, 1, 1, 0, u32(0)))}}}
		if _, err := readXLS(x.Bytes(), sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestXLSSheetsMustNotShareRecords: ten thousand sheets that are all the same one would be read ten thousand times.
func TestXLSSheetsMustNotShareRecords(t *testing.T) {
	x := sheettest.XLS{Sheets: []sheettest.XLSSheet{{Name: "a", Records: recs(numberRec(1, 1))}, {Name: "b", Records: recs(numberRec(1, 1))}}}
	book := x.Workbook()
	second := bytes.LastIndex(book, sheettest.XLString("b", 1)) - 6
	copy(book[second:second+4], book[bytes.Index(book, sheettest.XLString("a", 1))-6:])
	content := sheettest.Container{Streams: []sheettest.Stream{{Name: "Workbook", Data: book}}}.Bytes()
	if _, err := readXLS(content, sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
		t.Error(err)
	}
}

// TestXLSOnePlaceOverAndOver: rows are gathered in memory, so one must not hold the whole file.
func TestXLSOnePlaceOverAndOver(t *testing.T) {
	records := []sheettest.Record{numberRec(1, 1)}
	for range 20_000 {
		records = append(records, numberRec(1, 2))
	}
	if _, err := readXLS(oneXLS(records...), sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
		t.Error(err)
	}
	records = recs(numberRec(9, 1))
	for i := range 4400 { // rows out of order, 1,100,000 cells
		records = append(records, rec(0xBD, u16(i), u16(0), make([]byte, 250*6), u16(249)))
	}
	var limit *sheet.LimitError
	if _, err := readXLS(oneXLS(records...), sheet.DefaultLimits); !errors.As(err, &limit) {
		t.Error(err)
	}
}

// sampleXLS is a workbook with something of everything.
func sampleXLS(t testing.TB, n int) []byte {
	rows := [][]any{{"2025年补贴清册"}, {"姓名", sheettest.Rich{Text: "金额é", Runs: 2, Phonetic: 5}, "日期"}}
	for i := range n {
		rows = append(rows, []any{
			"户主" + string(rune('一'+i)),
			sheettest.Formatted{Value: i * 100, Code: "0.00"},
			sheettest.Date("45717"), 0.1 * float64(i), i%2 == 0,
			sheettest.Cached{Value: "甲乙丙"},
			sheettest.Cached{Value: 1.5},
			sheettest.ErrorValue(0x2A), sheettest.Num("990121197001010010"),
		})
	}
	return sheettest.WriteXLS(t, sheettest.Sheet{Name: "张庄村", Rows: rows, Merges: []string{"A1:C1"}}, sheettest.Sheet{Name: "旧", Hidden: true, Rows: rows[:3]})
}

// TestXLSDamagedFiles cuts a file at 50 places and flips bytes in 500 copies. Whatever is read, it must come to an end soon,
// and a cut file must not pass for a whole one.
func TestXLSDamagedFiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, content := range map[string][]byte{
		"whole": sampleXLS(t, 40), "small": oneXLS(numberRec(1, 1)),
		"large sectors": sheettest.Container{Large: true, Scatter: true, Streams: []sheettest.Stream{{Name: "Workbook", Data: xlsStream(t, sampleXLS(t, 40))}}}.Bytes(),
	} {
		if _, err := readXLS(content, sheet.DefaultLimits); err != nil {
			t.Fatal(name, err)
		}
		start := time.Now()
		for i := range 50 {
			if _, err := readXLS(content[:len(content)*i/50], sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
				t.Errorf("%s cut at %d/50: %v", name, i, err)
			}
		}
		for range 500 {
			bad := bytes.Clone(content)
			for range 1 + rng.IntN(8) {
				bad[rng.IntN(len(bad))] ^= byte(1 + rng.IntN(255))
			}
			_, err := readXLS(bad, sheet.DefaultLimits)
			if !knownXLSError(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func knownXLSError(err error) bool {
	var limit *sheet.LimitError
	var format *sheet.FormatError
	return err == nil || errors.Is(err, sheet.ErrDamaged) || errors.Is(err, sheet.ErrEncrypted) || errors.As(err, &limit) || errors.As(err, &format)
}

// xlsStream gives the workbook's stream of a file as Container writes it: from its second sector on.
func xlsStream(t testing.TB, content []byte) []byte {
	t.Helper()
	at := bytes.Index(content, []byte("W\x00o\x00r\x00k"))
	size := binary.LittleEndian.Uint32(content[at+120:])
	return content[512 : 512+size]
}

// FuzzXLS feeds any bytes as a file, and as the stream of a sound container, which random bytes hardly ever are.
func FuzzXLS(f *testing.F) {
	f.Add(sampleXLS(f, 2), false)
	f.Add(xlsStream(f, sampleXLS(f, 2)), true)
	f.Add(bookStream(numberRec(3, 1), numberRec(1, 2), rec(0xE5, u16(1), make([]byte, 8))), true)
	f.Add(embeddedXLS(), false)
	f.Fuzz(func(t *testing.T, content []byte, wrap bool) {
		if wrap {
			content = sheettest.Container{Streams: []sheettest.Stream{{Name: "Workbook", Data: content}}}.Bytes()
		}
		rows, err := readXLS(content, sheet.DefaultLimits)
		if !knownXLSError(err) {
			t.Fatal(err)
		}
		for i, r := range rows {
			if len(r.Cells) == 0 || r.Number < 1 || r.Number > 1<<16 {
				t.Fatalf("row %d: %+v", i, r)
			}
			for j, c := range r.Cells {
				if c.Row != r.Number || j > 0 && c.Col <= r.Cells[j-1].Col || c.Col > 256 || c.Text == "" != (c.Kind == sheet.Empty) {
					t.Fatalf("row %d: %+v", i, r)
				}
			}
		}
	})
}
