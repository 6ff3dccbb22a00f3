package sheet_test

import (
	"context"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"mingbai/ingest/sheet"
)

func TestCSVCells(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"comma":                                {"a,b\n1,2\n", "1 A:\"a\" B:\"b\"\n2 A:\"1\" B:\"2\""},
		"semicolon, header tells it from":      {"a;b\n1,5;2,5\n", "1 A:\"a\" B:\"b\"\n2 A:\"1,5\" B:\"2,5\""},
		"tab":                                  {"a\tb\n1,1\t2\n", "1 A:\"a\" B:\"b\"\n2 A:\"1,1\" B:\"2\""},
		"bar":                                  {"a|b\n1|2\n", "1 A:\"a\" B:\"b\"\n2 A:\"1\" B:\"2\""},
		"named by Excel":                       {"sep=;\r\na,b;c\r\n", "1 A:\"a,b\" B:\"c\""},
		"near miss: sep= without a character":  {"sep=\na,b\n", "1 A:\"sep=\"\n2 A:\"a\" B:\"b\""},
		"none at all":                          {"甲\n乙\n", "1 A:\"甲\"\n2 A:\"乙\""},
		"separators within quotes do not vote": {"\"a;b;c\",1\n\"d;e;f\",2\n", "1 A:\"a;b;c\" B:\"1\"\n2 A:\"d;e;f\" B:\"2\""},
		"title above":                          {"标题;说明\na,b,c\n1,2,3\n", "1 A:\"标题;说明\"\n2 A:\"a\" B:\"b\" C:\"c\"\n3 A:\"1\" B:\"2\" C:\"3\""},
		"CRLF":                                 {"a,b\r\nc,d", "1 A:\"a\" B:\"b\"\n2 A:\"c\" B:\"d\""},
		"CR alone, as old Macs":                {"a,b\rc,d\r", "1 A:\"a\" B:\"b\"\n2 A:\"c\" B:\"d\""},
		"mixed endings":                        {"a,b\rc,d\ne,f\r\n\ng,h", "1 A:\"a\" B:\"b\"\n2 A:\"c\" B:\"d\"\n3 A:\"e\" B:\"f\"\n5 A:\"g\" B:\"h\""},
		"empty lines keep their number":        {"\n\na,b\n,\n,x\n", "3 A:\"a\" B:\"b\"\n5 B:\"x\""},
		"ragged":                               {"a,b\nc\nd,e,f,g\nh,i\n", "1 A:\"a\" B:\"b\"\n2 A:\"c\"\n3 A:\"d\" B:\"e\" C:\"f\" D:\"g\"\n4 A:\"h\" B:\"i\""},
		"quotes":                               {"\"a\"\"b\",\"c,d\",\"\"\n", "1 A:\"a\\\"b\" B:\"c,d\""},
		"quote in the middle is a character":   {"5\"管,b\n", "1 A:\"5\\\"管\" B:\"b\""},
		"text behind a closing quote":          {"\"甲\"乙,b\n", "1 A:\"甲乙\" B:\"b\""},
		"line break within quotes":             {"\"a\r\nb\rc\",d\n", "1 A:\"a\\nb\\nc\" B:\"d\""},
		"doubled quote at a chunk's end":       {"x,\"" + strings.Repeat("a", 64<<10-4) + "\"\"b\"\n", "1 A:\"x\" B:\"" + strings.Repeat("a", 64<<10-4) + "\\\"b\""},
		"digits stay as they are":              {"9.9E+17,0012,990121197001010010\n", "1 A:\"9.9E+17\" B:\"0012\" C:\"990121197001010010\""},
		"Excel's wrappings":                    {"=\"0012\",\"=\"\"34\"\"\",'56,\"\t78\"\n", "1 A:\"0012\" B:\"34\" C:\"56\" D:\"78\""},
		"near misses of wrappings":             {"=\"0012,'甲,',=1+1\n", "1 A:\"=\\\"0012\" B:\"'甲\" C:\"'\" D:\"=1+1\""},
		"only wrapping is absent":              {"a,\"\t\",b\n", "1 A:\"a\" C:\"b\""},
		"spaces are kept":                      {" a , ,b\n", "1 A:\" a \" B:\" \" C:\"b\""},
		"Ctrl-Z ends a DOS file":               {"a,b\r\n\x1a", "1 A:\"a\" B:\"b\""},
		"BOM":                                  {"\xef\xbb\xbfa,b\n", "1 A:\"a\" B:\"b\""},
		"GB18030":                              {gb(t, "姓名,金额\n张䶮,1\n𠀀,2\n"), "1 A:\"姓名\" B:\"金额\"\n2 A:\"张䶮\" B:\"1\"\n3 A:\"𠀀\" B:\"2\""},
		"GBK that is half UTF-8 by chance":     {gb(t, "一一一一一一一一姓,1\n"), "1 A:\"一一一一一一一一姓\" B:\"1\""},
		"Excel's Unicode text":                 {utf16le(t, "姓名\t金额\r\n张三\t1\r\n"), "1 A:\"姓名\" B:\"金额\"\n2 A:\"张三\" B:\"1\""},
	} {
		if got := dumpRows(t, []byte(c.content)); got != c.want {
			t.Errorf("%s: got\n%.300s\nwant\n%.300s", name, got, c.want)
		}
	}
}

func TestCSVRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    error
	}{
		"replacement character in UTF-8":   {"姓名,金额\n张\ufffd,1\n", &sheet.TextError{Line: 2}},
		"one bad byte in UTF-8":            {strings.Repeat("姓名,金额\n", 9) + "张\xff,1\n", &sheet.TextError{Line: 10}},
		"half a character at the end":      {strings.Repeat("姓名,金额\n", 9) + "张三"[:5], &sheet.TextError{Line: 10}},
		"bad byte in GB18030":              {gb(t, "姓名,金额\n张三,1\n") + "\xc0,2\n", &sheet.TextError{Line: 3}},
		"own character of somebody's font": {gb(t, "姓名,金额\n") + "\xaa\xa1,2\n", &sheet.TextError{Line: 2}},
		"Latin-1":                          {"name,sum\ncaf\xe9,1\n", &sheet.TextError{Line: 2}},
		"bad UTF-8 clean as GB18030":       {strings.Repeat("姓名,金额\n张三,李四\n", 9) + "\xd2\xbb\xd2,1\n", &sheet.TextError{Line: 19}},
		"NUL":                              {strings.Repeat("a,b\n", 4000) + "a,\x00\n", &sheet.TextError{Line: 4001}},
		"odd byte in UTF-16":               {utf16le(t, "a\tb\n") + "x", &sheet.TextError{Line: 2}},
		"half a pair in UTF-16":            {utf16le(t, "a\tb\n") + "\x00\xd8\n\x00", &sheet.TextError{Line: 2}},
		"quote never closed":               {"a,b\n\"c,d\ne,f\n", sheet.ErrDamaged},
		"stray quote swallows rows":        {"a,b\n\"c,d\n\"e\",f\n", sheet.ErrDamaged},
		"too many columns":                 {strings.Repeat("1,", 257) + "\n", &sheet.LimitError{What: "256列"}},
		"too many rows":                    {strings.Repeat("1\n", 300_001), &sheet.LimitError{What: "300000行"}},
		"endless empty rows":               {"a\n" + strings.Repeat("\n", 1<<20), &sheet.LimitError{What: "行"}},
		"long cell":                        {"a,b\nc," + strings.Repeat("x", 128<<10+1), &sheet.LimitError{What: "128KB"}},
		"nothing":                          {"", sheet.ErrDamaged},
		"nothing but white space":          {"\xef\xbb\xbf \r\n\t\n", sheet.ErrDamaged},
	} {
		if got, err := dump([]byte(c.content), sheet.DefaultLimits); !sameFault(err, c.want) {
			t.Errorf("%s: got %v, want %v\n%.300s", name, err, c.want, got)
		}
	}
	for name, content := range map[string]string{
		"columns just within":        strings.Repeat("1,", 256) + "\n",
		"empty columns do not count": "1" + strings.Repeat(",", 5000) + "\n",
		"rows just within":           strings.Repeat("1\n", 300_000),
		"cell just within":           "a,b\nc," + strings.Repeat("x", 128<<10),
	} {
		if _, err := dump([]byte(content), sheet.DefaultLimits); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endless is a file that would not fit into memory: a beginning, then one byte again and again.
type endless struct {
	head string
	fill byte
	size int64
}

func (e endless) ReadAt(p []byte, at int64) (int, error) {
	n := int(min(int64(len(p)), e.size-at))
	if n <= 0 {
		return 0, io.EOF
	}
	for i := range n {
		p[i] = e.fill
	}
	if at < int64(len(e.head)) {
		copy(p[:n], e.head[at:])
	}
	return n, nil
}

// TestTrapsAreCheap: each is a finding in well under the ten seconds and the memory that a file may take.
func TestTrapsAreCheap(t *testing.T) {
	const size = 100 << 20
	for name, c := range map[string]struct {
		file endless
		want error
	}{
		"a line of 100 MB":              {endless{"a,b\n", 'x', size}, &sheet.LimitError{What: "128KB"}},
		"a quoted line of 100 MB":       {endless{"a,b\n\"", 'x', size}, &sheet.LimitError{What: "128KB"}},
		"a line of 100 MB of commas":    {endless{"a,b\n", ',', size}, nil},
		"100 MB of line ends":           {endless{"a,b\n", '\n', size}, &sheet.LimitError{What: "行"}},
		"a page's text of 100 MB":       {endless{"<table><tr><td>", 'x', size}, &sheet.LimitError{What: "128KB"}},
		"a page's tag of 100 MB":        {endless{"<table><tr><td ", 'x', size}, &sheet.LimitError{What: "4MB"}},
		"a style sheet of 100 MB":       {endless{"<html><style>", 'x', size}, &sheet.LimitError{What: "4MB"}},
		"100 MB of spaces in a cell":    {endless{"<table><tr><td>x", ' ', size}, &sheet.LimitError{What: "4MB"}},
		"an attribute of 100 MB":        {endless{workbookHead + `<Worksheet ss:Name="`, 'x', size}, &sheet.LimitError{What: "4MB"}},
		"an XML text of 100 MB":         {endless{workbookHead + `<Worksheet><Table><Row><Cell><Data>`, 'x', size}, &sheet.LimitError{What: "4MB"}},
		"larger than all may be":        {endless{"a,b\n", '\n', 257 << 20}, &sheet.LimitError{What: "256MB"}},
		"100 MB of bytes in no charset": {endless{"a,b\n", '\xff', size}, &sheet.LimitError{What: "128KB"}},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begun := time.Now()
		err := drain(c.file, c.file.size)
		took := time.Since(begun)
		runtime.ReadMemStats(&after)
		if c.want == nil && err != nil || c.want != nil && !sameFault(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if took > 10*time.Second || after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Errorf("%s: took %v and %d MB in all", name, took, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

func drain(content io.ReaderAt, size int64) error {
	w, err := sheet.Open(content, size, sheet.DefaultLimits)
	if err != nil {
		return err
	}
	for i := range w.Sheets() {
		if _, err := w.Layout(i); err != nil {
			return err
		}
		for _, err := range w.Rows(context.Background(), i) {
			if err != nil {
				return err
			}
		}
	}
	return nil
}
