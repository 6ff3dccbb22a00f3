package apart

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"mingbai/ingest"
	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// Hundreds of damaged files later the server holds what it held before, and each file had an answer.
func TestDamagedFilesLeaveTheServerFlat(t *testing.T) {
	s := sheettest.Sheet{Name: "张庄村", Rows: [][]any{{"2025年补贴清册"}, {"姓名", "身份证号", "村", "金额（元）"}}}
	for i := range 400 {
		s.Rows = append(s.Rows, []any{fmt.Sprintf("张%d", i), secret, "张庄村", 100 + i})
	}
	samples := map[string][]byte{
		"a.xlsx": sheettest.Write(t, s), "a.xls": sheettest.WriteXLS(t, s),
		"a.csv": []byte("姓名,身份证号,村,金额（元）\n" + strings.Repeat("张三,"+secret+",张庄村,100\n", 400)),
	}
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	r := quiet(io.Discard)
	random := rand.New(rand.NewPCG(1, 2))
	files := 0
	check := func(name string, content []byte) {
		f, err := Hold(content)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		report, err := r.Check(t.Context(), f, name, ingest.Options{}, func(ledger.Row) error { return nil })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if report.Rows == 0 && len(report.Findings) == 0 {
			t.Errorf("%s: neither rows nor a finding", name)
		}
		files++
	}
	damage := func() {
		for name, whole := range samples {
			check(name, whole[:random.IntN(len(whole))])
			flipped := bytes.Clone(whole)
			for range 1 + random.IntN(20) {
				flipped[random.IntN(len(flipped))] ^= 1 << random.IntN(8)
			}
			check(name, flipped)
		}
	}
	damage()
	before := resident(t)
	for range rounds {
		damage()
	}
	after := resident(t)
	t.Logf("%d damaged files: the server's resident memory %d MB before, %d MB after", files, before>>20, after>>20)
	if after > before+16<<20 {
		t.Errorf("the server grew from %d to %d MB", before>>20, after>>20)
	}
}

// resident is the memory that this process holds, in bytes: proc(5), statm, field 2.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
