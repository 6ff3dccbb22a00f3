package apart

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"

	"mingbai/ingest"
	"mingbai/ledger"
)

// request is what the child is to do with the file.
type request struct {
	Act     act
	Name    string // of the file, for the report
	Size    int64
	Options ingest.Options
	Report  ingest.Report // what was found, for the acts that write it down
	Spots   []ingest.Spot // for the surroundings of some of it

	Memory int64 // bytes that the child may come to hold beside what it starts with
	CPU    int64 // seconds
}

type act string

const (
	check    act = "check"
	findings act = "findings"
	annotate act = "annotate"
	excerpts act = "excerpts"
	samples  act = "samples"
	plain    act = "plain"
)

// mark says what a message is.
type mark byte

const (
	asked  mark = 'Q' // a request as JSON; the only message to the child
	rows   mark = 'R' // ledger.Row after ledger.Row, see row.go
	record mark = 'J' // a ledger.Record as JSON
	output mark = 'B' // bytes of a document
	done   mark = 'D' // an answer as JSON; the last message
)

// answer ends what the child says.
type answer struct {
	Report ingest.Report
	Table  []ingest.TableRow
	Fresh  bool
	Fault  *fault // what the call ended with

	Excerpts []ingest.Excerpt
	Samples  [][][]string
}

// fault is an error that crosses the pipe. The child's own errors are ours, and hold no personal data.
type fault struct {
	Kind          ledger.Kind
	Rule, Message string
}

// Messages that are longer than these are not believed. A report lists at most 200 findings of a rule, but may have two
// thousand sheets with all their columns.
const (
	blockBytes  = 64 << 10
	maxMessage  = 8 << 20
	maxAnswer   = 64 << 20
	headerBytes = 5
)

func writeMessage(w io.Writer, m mark, body []byte) error {
	var head [headerBytes]byte
	head[0] = byte(m)
	binary.BigEndian.PutUint32(head[1:], uint32(len(body)))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(body)
	return err
}

func writeJSON(w io.Writer, m mark, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeMessage(w, m, body)
}

var errTooLong = errors.New("a message that is too long")

// readMessage reads the next message into buf, which it may grow.
func readMessage(r *bufio.Reader, buf []byte) (mark, []byte, error) {
	var head [headerBytes]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, buf, err
	}
	m, n := mark(head[0]), int(binary.BigEndian.Uint32(head[1:]))
	if limit := map[bool]int{true: maxAnswer, false: maxMessage}[m == done]; n > limit {
		return m, buf, errTooLong
	}
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	_, err := io.ReadFull(r, buf)
	return m, buf, err
}
