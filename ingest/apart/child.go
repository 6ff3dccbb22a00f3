package apart

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"mingbai/ingest"
	"mingbai/ledger"
)

// Argument starts this program as the child.
const Argument = "read-apart"

// How the child ends when it cannot do its work at all.
const (
	exitOrphaned = 3
	exitBroken   = 4
)

// Child does a child's work and ends the process, if the process was started as one. Every main that makes a Reader calls
// it before anything else.
func Child() {
	if len(os.Args) < 2 || os.Args[1] != Argument {
		return
	}
	file := os.NewFile(3, "sheet")
	if _, err := file.Stat(); err != nil {
		os.Stderr.WriteString("mingbai: " + Argument + " is for the program itself\n")
		os.Exit(exitBroken)
	}
	in := bufio.NewReader(os.Stdin)
	var q request
	if err := readRequest(in, &q); err != nil {
		os.Exit(exitBroken)
	}
	if err := bound(q.Memory, q.CPU); err != nil {
		os.Stderr.WriteString("mingbai: limits: " + err.Error() + "\n")
		os.Exit(exitBroken)
	}
	go func() { // the parent keeps its end open as long as it lives and wants an answer
		_, _ = in.ReadByte()
		os.Exit(exitOrphaned)
	}()
	out := bufio.NewWriterSize(os.Stdout, blockBytes)
	if err := errors.Join(q.serve(file, out), out.Flush()); err != nil {
		os.Exit(exitBroken)
	}
	os.Exit(0)
}

func readRequest(r *bufio.Reader, q *request) error {
	_, body, err := readMessage(r, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, q)
}

// serve does what is asked and says so on w.
func (q *request) serve(file io.ReaderAt, w *bufio.Writer) error {
	var a answer
	var err error
	ctx := context.Background()
	switch q.Act {
	case check:
		s := &rowSender{w: w}
		q.Options.Records = s.record
		a.Report, err = ingest.Check(ctx, q.Name, file, q.Size, q.Options, s.row)
		err = errors.Join(err, s.flush())
	case plain:
		a.Table, err = ingest.ReadTable(ctx, file, q.Size)
	case findings:
		err = q.Report.WriteFindings(ctx, file, q.Size, outputWriter{w})
	case annotate:
		a.Fresh, err = q.Report.AnnotatedCopy(ctx, file, q.Size, outputWriter{w})
	case excerpts:
		a.Excerpts, err = q.Report.Excerpts(ctx, file, q.Size, q.Spots)
	case samples:
		a.Samples, err = q.Report.Samples(ctx, file, q.Size)
	}
	if err != nil {
		a.Fault = faultOf(err)
	}
	return writeJSON(w, done, a)
}

func faultOf(err error) *fault {
	var e *ledger.Error
	if errors.As(err, &e) {
		return &fault{e.Kind, e.Rule, e.Message}
	}
	return &fault{Message: err.Error()}
}

// rowSender gathers rows into blocks.
type rowSender struct {
	w     io.Writer
	block []byte
}

func (s *rowSender) row(r ledger.Row) error {
	s.block = appendRow(s.block, &r)
	if len(s.block) < blockBytes {
		return nil
	}
	return s.flush()
}

func (s *rowSender) record(r ledger.Record) error { return writeJSON(s.w, record, r) }

func (s *rowSender) flush() error {
	if len(s.block) == 0 {
		return nil
	}
	err := writeMessage(s.w, rows, s.block)
	s.block = s.block[:0]
	return err
}

// outputWriter sends a document in pieces.
type outputWriter struct{ w io.Writer }

func (o outputWriter) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(len(rest), maxMessage)
		if err := writeMessage(o.w, output, rest[:n]); err != nil {
			return len(b) - len(rest), err
		}
		rest = rest[n:]
	}
	return len(b), nil
}
