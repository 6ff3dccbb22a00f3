package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// check is one file on its way through the rules.
type check struct {
	ctx        context.Context
	options    Options
	dictionary dictionary
	words      *vocabulary // of the kind
	kind       *kind
	emit       func(ledger.Row) error
	report     Report
	found      findings
	line       int // of the last data row, over all sheets
	date1904   bool
	visible    int      // sheets that are not hidden
	nameless   []*table // sheets with a header but nobody's name: summaries, if another sheet names people

	sheets   []*table // that are read, in order
	next     uint32   // ordinal of the next sheet's row 0: see place
	paid     tokens   // who was paid where
	named    tokens   // which number has which name
	twins    tokens   // name, village and amount of rows without a number
	accounts tokens   // which account has which household
	shared   map[uint64]*sharing
	codes    *codeLists
	document documentTotal
}

// Check reads a file, emits each row that has somebody and an amount to disclose, in order, and reports everything that
// the rules see. Rows are emitted before the whole file is known to be good: nothing may be published of a file whose
// findings block. emit may be nil; it is given the rows of a subsidy sheet, Options.Records those of every other kind.
//
// Everything wrong with the file is a finding. An error is about the machine or the call only: ctx is done, content
// cannot be read, emit failed, or the options are wrong.
func Check(ctx context.Context, name string, content io.ReaderAt, size int64, o Options, emit func(ledger.Row) error) (Report, error) {
	words, err := o.validate()
	if err != nil {
		return Report{}, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(content, 0, size)); err != nil {
		return Report{}, err
	}
	format := sheet.Sniff(content, size)
	k := newCheck(ctx, name, o, words, emit)
	k.report.SHA256, k.report.Format = hex.EncodeToString(h.Sum(nil)), string(format)
	book, err := sheet.Open(content, size, sheet.DefaultLimits)
	if err == nil {
		defer book.Close()
		k.extension(format)
		if err = k.read(book); err == nil {
			err = k.digestRows(book)
		}
	}
	return k.finish(err)
}

func newCheck(ctx context.Context, name string, o Options, words dictionary, emit func(ledger.Row) error) *check {
	return &check{
		ctx: ctx, options: o, dictionary: words, emit: emit, shared: map[uint64]*sharing{}, codes: newCodeLists(o.Codes),
		report: Report{File: name, Kind: o.Kind, Rules: RuleVersionWith(o.Dictionary), Sheets: []Sheet{}},
	}
}

// Unreadable is the report of a file that the reader did not survive (FILE-04).
func Unreadable(name, sha256 string, o Options) Report {
	k := newCheck(context.Background(), name, o, nil, nil)
	k.report.SHA256 = sha256
	r, _ := k.finish(sheet.ErrDamaged)
	return r
}

// finish makes the report whole. err is what reading ended with.
func (k *check) finish(err error) (Report, error) {
	if fault := k.fileFault(err); fault {
		err = nil
	}
	if k.report.Kind == "" {
		k.report.Kind = ledger.Subsidy
	}
	for _, s := range k.report.Sheets {
		k.report.Rows += s.Rows
		k.report.Total += s.Total
	}
	k.report.Findings = k.found.sorted()
	return k.report, noScratch(err)
}

// noScratch words an error that is about the machine for whoever looks after it: the clerk's file is not at fault.
func noScratch(err error) error {
	var disk *sheet.ScratchError
	if errors.As(err, &disk) {
		return &ledger.Error{Kind: ledger.KindUnavailable, Message: "服务器的临时文件夹（TMPDIR）写不进或读不出，表格没有问题，请管理员腾出空间后再传", Cause: err}
	}
	return err
}

// extension says when the name's extension is another format's (FILE-01). A format may agree with more than its own: web
// pages and XML saved as .xls are what web systems call a workbook.
func (k *check) extension(format sheet.Format) {
	ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(k.report.File)), ".")
	if ext == "" || format.Agrees(ext) {
		return
	}
	k.found.add(at{}, "FILE-01", "ext", shown(ext), "type", format.Name())
}

// fileFault turns an error that is about the file into its finding.
func (k *check) fileFault(err error) bool {
	var limit *sheet.LimitError
	var format *sheet.FormatError
	var text *sheet.TextError
	switch {
	case errors.As(err, &format):
		ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(k.report.File)), ".")
		k.found.add(at{}, "FILE-01", "ext", shown(ext), "type", format.Format.Name())
	case errors.Is(err, sheet.ErrEncrypted):
		k.found.add(at{}, "FILE-02")
	case errors.As(err, &limit):
		k.found.add(at{}, "FILE-03", "what", limit.What)
	case errors.As(err, &text):
		k.found.add(at{}, "FILE-05", "r", strconv.Itoa(text.Line))
	case errors.Is(err, sheet.ErrDamaged):
		k.found.add(at{}, "FILE-04")
	default:
		return false
	}
	return true
}

// opening is the first rows of a sheet, enough to find the header in.
type opening struct {
	name string
	rows []sheet.Row
	grid *grid
}

// settleKind takes the kind that was said, or the one that the sheets' headers look like.
func (k *check) settleKind(book sheet.Workbook) error {
	if k.report.Kind == "" {
		sheets, err := k.openings(book)
		if err != nil {
			return err
		}
		k.report.Kind = k.dictionary.recognise(sheets)
	}
	if k.report.Kind != ledger.Subsidy && k.emit != nil && k.options.Records == nil {
		// A caller that takes payments only must not believe that the file had no rows.
		return ledger.Errorf(ledger.KindInvalid, "这是“%s”类表格，这里只收到户补贴清册（subsidy）", kinds[k.report.Kind].name)
	}
	k.kind, k.words = kinds[k.report.Kind], k.dictionary[k.report.Kind]
	return nil
}

// maxOpenings is how many sheets are looked at to recognise the kind.
const maxOpenings = 12

func (k *check) openings(book sheet.Workbook) ([]opening, error) {
	var out []opening
	for i, info := range book.Sheets() {
		if info.Hidden || info.Name == sheet.ListSheet || len(out) >= maxOpenings {
			continue
		}
		layout, err := book.Layout(i)
		if err != nil {
			return nil, err
		}
		s := opening{name: info.Name}
		for r, err := range book.Rows(k.ctx, i) {
			if err != nil {
				return nil, err
			}
			if r.Number > headerDepth+headerHeight {
				break
			}
			s.rows = append(s.rows, keep(r))
		}
		s.grid = newGrid(s.rows, layout.Merges)
		out = append(out, s)
	}
	return out, nil
}

// keep copies a row, whose cells are valid until the next one only.
func keep(r sheet.Row) sheet.Row {
	r.Cells = slices.Clone(r.Cells)
	return r
}
