package sheet_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

// bigBook is a workbook stream of many sectors.
func bigBook(rows int) []byte {
	var records []sheettest.Record
	for i := range rows {
		records = append(records, numberRec(i%65536+1, i))
	}
	return bookStream(records...)
}

func TestOLEContainers(t *testing.T) {
	other := sheettest.Stream{Name: "Other", Data: bytes.Repeat([]byte("x"), 5000)}
	long := sheettest.Stream{Name: "Workbook", Data: bigBook(2000)}
	short := sheettest.Stream{Name: "Workbook", Data: bigBook(10)}
	huge := sheettest.Stream{Name: "Workbook", Data: append(bigBook(20), make([]byte, 8<<20)...)}
	for name, c := range map[string]struct {
		container sheettest.Container
		rows      int
	}{
		"a stream":                              {sheettest.Container{Streams: []sheettest.Stream{long}}, 2000},
		"a stream in reverse order":             {sheettest.Container{Scatter: true, Streams: []sheettest.Stream{other, long}}, 2000},
		"large sectors":                         {sheettest.Container{Large: true, Streams: []sheettest.Stream{other, long}}, 2000},
		"large sectors in reverse order":        {sheettest.Container{Large: true, Scatter: true, Streams: []sheettest.Stream{other, long}}, 2000},
		"a stream that is just not small":       {sheettest.Container{Streams: []sheettest.Stream{{Name: "Workbook", Data: bigBook(300)}}}, 300},
		"a small stream":                        {sheettest.Container{Streams: []sheettest.Stream{short}}, 10},
		"a small stream in reverse order":       {sheettest.Container{Scatter: true, Streams: []sheettest.Stream{{Name: "Tiny", Data: other.Data[:999]}, short}}, 10},
		"a small stream, large sectors":         {sheettest.Container{Large: true, Streams: []sheettest.Stream{short}}, 10},
		"a table that needs a list of its own":  {sheettest.Container{Streams: []sheettest.Stream{huge}}, 20},
		"the same in reverse order":             {sheettest.Container{Scatter: true, Streams: []sheettest.Stream{huge}}, 20},
		"another workbook embedded":             {sheettest.Container{Streams: []sheettest.Stream{short}, Embedded: []sheettest.Stream{long}}, 10},
		"a name in capitals":                    {sheettest.Container{Streams: []sheettest.Stream{{Name: "WORKBOOK", Data: long.Data}}}, 2000},
		"a Book of today":                       {sheettest.Container{Streams: []sheettest.Stream{{Name: "Book", Data: long.Data}}}, 2000},
		"Workbook for Excel 97, Book for older": {sheettest.Container{Streams: []sheettest.Stream{{Name: "Book", Data: other.Data}, long}}, 2000},
	} {
		rows, err := readXLS(c.container.Bytes(), sheet.DefaultLimits)
		if err != nil || len(rows) != c.rows || rows[c.rows-1].Cells[0].Row != c.rows {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
}

// TestOLEEndsWithoutPadding: some programs leave the last sector short.
func TestOLEEndsWithoutPadding(t *testing.T) {
	content := sheettest.Container{Streams: []sheettest.Stream{{Name: "Workbook", Data: bigBook(2000)}}}.Bytes()
	moved := bytes.Clone(content)
	// The stream's last sector and the table's change places: the table comes before it and the file ends with the stream.
	size := len(bigBook(2000))
	last, table := (size-1)/512, len(content)/512-2
	copy(moved[(last+1)*512:], content[(table+1)*512:])
	copy(moved[(table+1)*512:], content[(last+1)*512:(last+2)*512])
	fat := moved[(last+1)*512:]
	binary.LittleEndian.PutUint32(fat[4*(last-1):], uint32(table))
	binary.LittleEndian.PutUint32(fat[4*table:], 0xFFFFFFFE)
	binary.LittleEndian.PutUint32(fat[4*last:], 0xFFFFFFFD)
	binary.LittleEndian.PutUint32(moved[76:], uint32(last))
	short := moved[:(table+1)*512+size%512]
	if rows, err := readXLS(short, sheet.DefaultLimits); err != nil || len(rows) != 2000 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if _, err := readXLS(short[:len(short)-1], sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
		t.Errorf("a byte less: %v", err)
	}
}

// TestOLEUpperHalfOfSize: with small sectors the upper four bytes of a stream's size may hold anything ([MS-CFB] 2.6.1).
func TestOLEUpperHalfOfSize(t *testing.T) {
	content := sheettest.Container{Streams: []sheettest.Stream{{Name: "Workbook", Data: bigBook(2000)}}}.Bytes()
	copy(content[bytes.Index(content, []byte("W\x00o\x00r\x00k"))+124:], "junk")
	if rows, err := readXLS(content, sheet.DefaultLimits); err != nil || len(rows) != 2000 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// TestOLECrafted changes one number in a sound container. None may be believed.
func TestOLECrafted(t *testing.T) {
	content := sheettest.Container{Streams: []sheettest.Stream{{Name: "Workbook", Data: bigBook(2000)}}}.Bytes()
	small := sheettest.Container{Streams: []sheettest.Stream{{Name: "Workbook", Data: bigBook(10)}}}.Bytes()
	entry := func(c []byte) int { return bytes.Index(c, []byte("W\x00o\x00r\x00k")) }
	table := len(content) - 512
	for name, c := range map[string]struct {
		content []byte
		at      int
		value   uint32
	}{
		"sector size":                    {content, 30, 40},
		"the table beyond the end":       {content, 76, 1 << 30},
		"the directory beyond the end":   {content, 48, 1 << 30},
		"the directory in the table":     {content, 48, uint32(len(content)/512 - 2)},
		"a stream of four billion bytes": {content, entry(content) + 120, 0xFFFFFFFF},
		"a stream that starts nowhere":   {content, entry(content) + 116, 1 << 30},
		"a stream in a circle":           {content, table + 4*9, 0},
		"a sibling of itself":            {content, entry(content) + 72, 1},
		"a sibling that is not there":    {content, entry(content) + 72, 1000},
		"a small stream that is larger":  {small, entry(small) + 120, 4095},
		"a small stream from nowhere":    {small, entry(small) + 116, 1 << 30},
		"small streams' table nowhere":   {small, 60, 1 << 30},
	} {
		bad := bytes.Clone(c.content)
		binary.LittleEndian.PutUint32(bad[c.at:], c.value)
		if _, err := readXLS(bad, sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOLEListInACircle: the list of a large file's table names itself as its next part, and says nothing.
func TestOLEListInACircle(t *testing.T) {
	content := sheettest.Container{Streams: []sheettest.Stream{{Name: "Workbook", Data: bigBook(2000)}}}.Bytes()
	at := uint32(len(content)/512 - 1)
	content = append(content, bytes.Repeat([]byte{0xFF}, 508)...)
	content = binary.LittleEndian.AppendUint32(content, at)
	content = append(content, make([]byte, 512*200)...) // sectors that the table does not reach
	binary.LittleEndian.PutUint32(content[68:], at)
	if _, err := readXLS(content, sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
		t.Error(err)
	}
}
