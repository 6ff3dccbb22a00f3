package apart

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"

	"mingbai/ingest"
	"mingbai/ledger"
)

// Reader reads files in processes of their own, as many at a time as the machine has processors.
type Reader struct {
	command []string
	memory  int64         // bytes that a child may take
	cpu     time.Duration // of a processor that a child may take
	silence time.Duration // that a child may let pass between two messages
	log     *slog.Logger
	turns   chan struct{}
}

// New makes a Reader. What a child dies of is told to log, without anything of the file.
func New(log *slog.Logger) *Reader {
	return &Reader{
		command: []string{self(), Argument}, memory: 384 << 20, cpu: time.Minute, silence: time.Minute,
		log: log, turns: make(chan struct{}, runtime.NumCPU()),
	}
}

// self is this very program, also after its file was replaced by a newer one.
func self() string {
	if _, err := os.Stat("/proc/self/exe"); err == nil {
		return "/proc/self/exe"
	}
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// died says that the child did not come to an end of its own.
var errDied = errors.New("the reading process died")

// Check is ingest.Check in a process of its own. f must stay as it is meanwhile. A file that the child does not survive is
// reported as unreadable (FILE-04). Rows that were emitted before that are void, as with every blocking finding.
func (r *Reader) Check(ctx context.Context, f *os.File, name string, o ingest.Options, emit func(ledger.Row) error) (ingest.Report, error) {
	size, err := sizeOf(f)
	if err != nil {
		return ingest.Report{}, err
	}
	a, err := r.run(ctx, f, request{Act: check, Name: name, Size: size, Options: o}, func(m mark, body []byte) error {
		return takeRows(m, body, emit, o.Records)
	})
	if errors.Is(err, errDied) {
		sum := sha256.New()
		if _, err := io.Copy(sum, io.NewSectionReader(f, 0, size)); err != nil {
			return ingest.Report{}, err
		}
		return ingest.Unreadable(name, hex.EncodeToString(sum.Sum(nil)), o), nil
	}
	return a.Report, err
}

// Table is ingest.ReadTable in a process of its own.
func (r *Reader) Table(ctx context.Context, f *os.File) ([]ingest.TableRow, error) {
	size, err := sizeOf(f)
	if err != nil {
		return nil, err
	}
	a, err := r.run(ctx, f, request{Act: plain, Size: size}, func(m mark, _ []byte) error { return fmt.Errorf("message %q", m) })
	if errors.Is(err, errDied) {
		return nil, &ledger.Error{Kind: ledger.KindInvalid, Rule: "FILE-04", Message: "文件读不出来。请用导出的表改好，存为 xlsx，再传", Cause: err}
	}
	return a.Table, err
}

// Findings is Report.WriteFindings in a process of its own.
func (r *Reader) Findings(ctx context.Context, f *os.File, report ingest.Report, w io.Writer) error {
	_, err := r.write(ctx, f, findings, report, w)
	return err
}

// Annotated is Report.AnnotatedCopy in a process of its own.
func (r *Reader) Annotated(ctx context.Context, f *os.File, report ingest.Report, w io.Writer) (fresh bool, err error) {
	return r.write(ctx, f, annotate, report, w)
}

func (r *Reader) write(ctx context.Context, f *os.File, what act, report ingest.Report, w io.Writer) (bool, error) {
	size, err := sizeOf(f)
	if err != nil {
		return false, err
	}
	a, err := r.run(ctx, f, request{Act: what, Name: report.File, Size: size, Report: report}, func(m mark, body []byte) error {
		if m != output {
			return fmt.Errorf("message %q", m)
		}
		_, err := w.Write(body)
		return err
	})
	if errors.Is(err, errDied) {
		return false, &ledger.Error{Kind: ledger.KindInvalid, Message: "这个文件读不出来，做不了带标注的副本，请看问题清单", Cause: err}
	}
	return a.Fresh, err
}

// Excerpts is Report.Excerpts in a process of its own. A file that the child does not survive shows nothing.
func (r *Reader) Excerpts(ctx context.Context, f *os.File, report ingest.Report, spots []ingest.Spot) ([]ingest.Excerpt, error) {
	a, err := r.look(ctx, f, request{Act: excerpts, Report: report, Spots: spots})
	if errors.Is(err, errDied) {
		return make([]ingest.Excerpt, len(spots)), nil
	}
	return a.Excerpts, err
}

// Samples is Report.Samples in a process of its own. A file that the child does not survive shows nothing.
func (r *Reader) Samples(ctx context.Context, f *os.File, report ingest.Report) ([][][]string, error) {
	a, err := r.look(ctx, f, request{Act: samples, Report: report})
	if errors.Is(err, errDied) {
		return make([][][]string, len(report.Sheets)), nil
	}
	return a.Samples, err
}

// look runs a child that answers by its last word alone.
func (r *Reader) look(ctx context.Context, f *os.File, q request) (answer, error) {
	size, err := sizeOf(f)
	if err != nil {
		return answer{}, err
	}
	q.Name, q.Size = q.Report.File, size
	return r.run(ctx, f, q, func(m mark, _ []byte) error { return fmt.Errorf("message %q", m) })
}

func sizeOf(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func takeRows(m mark, body []byte, emit func(ledger.Row) error, keep func(ledger.Record) error) error {
	switch m {
	case rows:
		for d := (rowReader{rest: body}); d.more(); {
			row, err := d.row()
			if err != nil {
				return err
			}
			if emit == nil {
				continue
			}
			if err := emit(row); err != nil {
				return taker{err}
			}
		}
	case record:
		var r ledger.Record
		if err := json.Unmarshal(body, &r); err != nil {
			return err
		}
		if keep != nil {
			if err := keep(r); err != nil {
				return taker{err}
			}
		}
	default:
		return fmt.Errorf("message %q", m)
	}
	return nil
}

// taker is an error of whoever takes the rows, which is not the child's.
type taker struct{ error }

func (t taker) Unwrap() error { return t.error }

// run starts a child, hands its messages to take and answers its last word.
func (r *Reader) run(ctx context.Context, f *os.File, q request, take func(mark, []byte) error) (answer, error) {
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	q.Memory, q.CPU = r.memory, max(1, int64(r.cpu/time.Second))
	c, err := r.start(ctx, f)
	if err != nil {
		return answer{}, ledger.Errorf(ledger.KindUnavailable, "读表的进程启动不了，请联系管理员：%v", err)
	}
	var a answer
	if err = writeJSON(c.in, asked, q); err == nil {
		a, err = c.listen(take)
	}
	c.end()
	var theirs taker
	switch {
	case errors.As(err, &theirs):
		return a, theirs.error
	case ctx.Err() != nil:
		return a, ctx.Err()
	case err != nil:
		r.log.Warn("a reading process died", "act", q.Act, "cause", c.lastWords(), "err", err)
		return a, fmt.Errorf("%w: %w", errDied, err)
	case a.Fault != nil && a.Fault.Kind == ledger.KindInternal:
		return a, errors.New(a.Fault.Message)
	case a.Fault != nil:
		return a, &ledger.Error{Kind: a.Fault.Kind, Rule: a.Fault.Rule, Message: a.Fault.Message}
	}
	return a, nil
}

// child is a running one.
type child struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	words   words
	silence time.Duration
}

func (r *Reader) start(ctx context.Context, f *os.File) (*child, error) {
	c := &child{cmd: exec.CommandContext(ctx, r.command[0], r.command[1:]...), silence: r.silence}
	c.cmd.Dir, c.cmd.ExtraFiles, c.cmd.Stderr = "/", []*os.File{f}, &c.words
	c.cmd.Env = []string{"TMPDIR=" + os.TempDir()} // no address, no key
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewReaderSize(out, blockBytes)
	return c, c.cmd.Start()
}

// listen hands on the child's messages until the last one.
func (c *child) listen(take func(mark, []byte) error) (a answer, err error) {
	quiet := time.AfterFunc(c.silence, c.kill)
	defer quiet.Stop()
	var buf []byte
	for {
		var m mark
		quiet.Reset(c.silence)
		m, buf, err = readMessage(c.out, buf)
		quiet.Stop() // while the rows are taken it is not the child that is slow
		if err != nil {
			return a, err
		}
		if m == done {
			return a, json.Unmarshal(buf, &a)
		}
		if err := take(m, buf); err != nil {
			return a, err
		}
	}
}

func (c *child) kill() { _ = c.cmd.Process.Kill() }

// end makes sure that the child is gone. One that said its last word has no more to do.
func (c *child) end() {
	_ = c.in.Close()
	c.kill()
	_ = c.cmd.Wait()
}

// words keeps the beginning of what a child writes as it dies.
type words struct{ b bytes.Buffer }

func (w *words) Write(p []byte) (int, error) {
	if room := 64<<10 - w.b.Len(); room > 0 {
		w.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

var (
	deathLine = regexp.MustCompile(`^(fatal error: [a-z :]+|panic: runtime error: [a-z :\[\]0-9]+|SIG[A-Z]+: [a-z ]+)`)
	placeLine = regexp.MustCompile(`^\t\S*/(ingest/\S+\.go:\d+|\S+@v[^/]+/\S+\.go:\d+)`)
)

// lastWords tells what a child died of and where. Anything else that it wrote might hold what stood in the file.
func (c *child) lastWords() string {
	var out []string
	for line := range strings.Lines(c.words.b.String()) {
		line = strings.TrimRight(line, "\n")
		if m := deathLine.FindString(line); m != "" && len(out) == 0 {
			out = append(out, m)
		} else if m := placeLine.FindStringSubmatch(line); m != nil && len(out) < 6 {
			out = append(out, m[1])
		}
	}
	if len(out) == 0 {
		return c.cmd.ProcessState.String()
	}
	return strings.Join(out, " < ")
}
