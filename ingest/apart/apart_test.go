package apart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"mingbai/ingest"
	"mingbai/ledger"
)

// secret stands in a file; nothing of it may be told by a dying child.
const secret = "99012119800101001X"

// deaths are children that do not come to a good end.
var deaths = map[string]func(){
	"panics":            func() { panic("cell says " + secret) },
	"fails in our code": func() { var none []string; _ = none[len(os.Args)] },
	"exits":             func() { os.Exit(0) },
	"says nonsense":     func() { fmt.Print(strings.Repeat(secret, 100)) },
	"says too much":     func() { os.Stdout.Write([]byte{byte(rows), 0xff, 0xff, 0xff, 0xff}) },
	"dies among rows": func() {
		_ = writeMessage(os.Stdout, rows, appendRow(nil, &ledger.Row{Line: 1}))
		panic(secret)
	},
	"garbles rows": func() { _ = writeMessage(os.Stdout, rows, []byte{1, 2, 3}) },
	"hangs":        func() { time.Sleep(time.Hour) },
	"eats memory": func() {
		if err := bound(64<<20, 60); err != nil {
			os.Exit(0)
		}
		var eaten [][]byte
		for range 64 {
			eaten = append(eaten, bytes.Repeat([]byte{1}, 16<<20))
		}
		time.Sleep(time.Hour) // only what was held to its limit is dead by now
		_ = eaten
	},
	"spins": func() {
		if err := bound(64<<20, 1); err != nil {
			os.Exit(0)
		}
		for n := 0; ; n++ {
			_ = n
		}
	},
}

func TestMain(m *testing.M) {
	Child()
	if len(os.Args) > 1 && deaths[os.Args[1]] != nil {
		deaths[os.Args[1]]()
		return
	}
	os.Exit(m.Run())
}

func sheetOf(t *testing.T, lines ...string) *os.File {
	t.Helper()
	f, err := Hold([]byte("姓名,身份证号,村,金额（元）\n" + strings.Join(lines, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func quiet(w io.Writer) *Reader { return New(slog.New(slog.NewTextHandler(w, nil))) }

// What comes out is what package ingest says in this process.
func TestCheckIsTheSameApart(t *testing.T) {
	f := sheetOf(t, "张三,"+secret+",张庄村,100.00", "李四,990121198001010028,张庄村,abc", "王五,,李庄村,7")
	o := ingest.Options{Kind: ledger.Subsidy, Unit: "yuan", Codes: ingest.Codes{Regions: []ledger.Region{
		{Code: "990121", Name: "清泉县"},
		{Code: "990121001", Parent: "990121", Name: "柳门镇"},
		{Code: "990121001001", Parent: "990121001", Name: "张庄村"},
	}}}
	take := func(rows *[]ledger.Row) func(ledger.Row) error {
		return func(r ledger.Row) error { *rows = append(*rows, r); return nil }
	}
	var here, apart []ledger.Row
	size, err := sizeOf(f)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ingest.Check(t.Context(), "a.csv", f, size, o, take(&here))
	if err != nil {
		t.Fatal(err)
	}
	got, err := quiet(io.Discard).Check(t.Context(), f, "a.csv", o, take(&apart))
	if err != nil || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(apart, here) {
		t.Errorf("apart: %v\n%+v\n%+v\nhere:\n%+v\n%+v", err, got, apart, want, here)
	}
	if len(here) == 0 || !ledger.Blocks(want.Findings) {
		t.Fatalf("the sample shows too little: %d rows, %v", len(here), want.Findings)
	}
	var list, listApart bytes.Buffer
	if err := want.WriteFindings(t.Context(), f, size, &list); err != nil {
		t.Fatal(err)
	}
	if err := quiet(io.Discard).Findings(t.Context(), f, got, &listApart); err != nil || listApart.Len() != list.Len() {
		t.Errorf("findings apart: %v, %d bytes, here %d", err, listApart.Len(), list.Len())
	}
	var copied bytes.Buffer
	fresh, err := quiet(io.Discard).Annotated(t.Context(), f, got, &copied)
	if err != nil || !fresh || !bytes.HasPrefix(copied.Bytes(), []byte("PK")) {
		t.Errorf("annotated apart: fresh %v, %v, %d bytes", fresh, err, copied.Len())
	}
}

func TestRecordsComeApart(t *testing.T) {
	f, err := Hold([]byte("单位名称,项目名称,金额（万元）\n县水利局,柳门渠,12.5\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got []ledger.Record
	o := ingest.Options{Kind: ledger.Allocation, Records: func(r ledger.Record) error { got = append(got, r); return nil }}
	if _, err := quiet(io.Discard).Check(t.Context(), f, "a.csv", o, nil); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Money["amount"] != 12_500_000 || got[0].Text["unit_name"] != "县水利局" {
		t.Errorf("%+v", got)
	}
}

// Whatever becomes of the child: FILE-04, the file's own sum, and nothing of its content in the log.
func TestADeadChildIsAnUnreadableFile(t *testing.T) {
	f := sheetOf(t, "张三,"+secret+",张庄村,100")
	whole, err := quiet(io.Discard).Check(t.Context(), f, "a.csv", ingest.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name := range deaths {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			r := quiet(&log)
			r.command[1], r.silence = name, 4*time.Second
			report, err := r.Check(t.Context(), f, "a.csv", ingest.Options{}, func(ledger.Row) error { return nil })
			if err != nil || len(report.Findings) != 1 || report.Findings[0].Rule != "FILE-04" || report.SHA256 != whole.SHA256 || report.Rules != whole.Rules {
				t.Errorf("%v, %+v", err, report)
			}
			_, err = r.Annotated(t.Context(), f, whole, io.Discard)
			if ledger.KindOf(err) != ledger.KindInvalid {
				t.Errorf("annotated: %v", err)
			}
			if !strings.Contains(log.String(), "died") || strings.Contains(log.String(), secret[:8]) {
				t.Errorf("log: %s", log.String())
			}
			t.Log(strings.Split(log.String(), "\n")[0])
		})
	}
}

// An error of whoever takes the rows is theirs, and a cancelled call ends at once; neither leaves a child behind.
func TestTheCallersEnd(t *testing.T) {
	var lines []string
	for range 20_000 {
		lines = append(lines, "张三,"+secret+",张庄村,100")
	}
	f, mine := sheetOf(t, lines...), errors.New("mine")
	r := quiet(io.Discard)
	if _, err := r.Check(t.Context(), f, "a.csv", ingest.Options{}, func(ledger.Row) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("%v, want the taker's own error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := r.Check(ctx, f, "a.csv", ingest.Options{}, func(ledger.Row) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
	if n := len(r.turns); n != 0 {
		t.Errorf("%d turns still taken", n)
	}
	if _, err := r.Check(t.Context(), f, "a.csv", ingest.Options{Unit: "dollar"}, nil); ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(err.Error(), "单位") {
		t.Errorf("%v, want what package ingest says of a wrong option", err)
	}
}

// A child whose parent is gone goes too, though nobody takes its rows any more.
func TestAnOrphanEnds(t *testing.T) {
	f := sheetOf(t, strings.Repeat("张三,"+secret+",张庄村,100\n", 100_000))
	size, err := sizeOf(f)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self(), Argument)
	cmd.ExtraFiles = []*os.File{f}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	q := request{Act: check, Name: "a.csv", Size: size, Memory: 384 << 20, CPU: 60}
	if err := writeJSON(in, asked, q); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // it is now stuck with a full pipe
	in.Close()
	state, err := cmd.Process.Wait()
	if err != nil || state.ExitCode() != exitOrphaned {
		t.Errorf("%v, %v", state, err)
	}
}

// The child is given neither addresses nor keys.
func TestTheChildKnowsNoSecrets(t *testing.T) {
	t.Setenv("MINGBAI_MEILI_KEY", "k")
	f := sheetOf(t, "张三,"+secret+",张庄村,100")
	c, err := quiet(io.Discard).start(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer c.end()
	for _, v := range c.cmd.Env {
		if !strings.HasPrefix(v, "TMPDIR=") {
			t.Errorf("the child knows %s", v)
		}
	}
}
