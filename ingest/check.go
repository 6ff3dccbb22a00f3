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

// Options say what the file is meant to be.
type Options struct {
	Kind ledger.FundKind // only ledger.Subsidy is read so far; empty means it
	Unit string          // yuan or wan, given by hand: settles a unit that the file leaves open (HDR-05); else empty
}

func (o *Options) validate() error {
	if o.Kind == "" {
		o.Kind = ledger.Subsidy
	}
	if o.Kind != ledger.Subsidy {
		return ledger.Errorf(ledger.KindInvalid, "还不能读“%s”类表格，目前只读到户补贴（subsidy）", o.Kind)
	}
	if o.Unit != "" && o.Unit != yuan && o.Unit != wan {
		return ledger.Errorf(ledger.KindInvalid, "金额单位“%s”不对，写成 yuan 或 wan", o.Unit)
	}
	return nil
}

// check is one file on its way through the rules.
type check struct {
	ctx      context.Context
	options  Options
	emit     func(ledger.Row) error
	report   Report
	found    findings
	line     int                    // of the last data row, over all sheets
	seen     map[ledger.IDNumber]at // who was paid where
	date1904 bool
	nameless []*table // sheets with a header but nobody's name: summaries, if another sheet names people
}

// Check reads a file, emits each row that has somebody and an amount to disclose, in order, and reports everything that
// the rules see. Rows are emitted before the whole file is known to be good: nothing may be published of a file whose
// findings block. emit may be nil.
//
// Everything wrong with the file is a finding. An error is about the machine or the call only: ctx is done, content
// cannot be read, emit failed, or the options are wrong.
func Check(ctx context.Context, name string, content io.ReaderAt, size int64, o Options, emit func(ledger.Row) error) (Report, error) {
	if err := o.validate(); err != nil {
		return Report{}, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(content, 0, size)); err != nil {
		return Report{}, err
	}
	k := &check{
		ctx: ctx, options: o, emit: emit, seen: map[ledger.IDNumber]at{},
		report: Report{
			File: name, SHA256: hex.EncodeToString(h.Sum(nil)), Format: string(sheet.Sniff(content, size)),
			Kind: o.Kind, Rules: RuleVersion(), Sheets: []Sheet{},
		},
	}
	err := k.workbook(content, size)
	if fault := k.fileFault(err); fault {
		err = nil
	}
	for _, s := range k.report.Sheets {
		k.report.Rows += s.Rows
		k.report.Total += s.Total
	}
	k.report.Findings = k.found.sorted()
	return k.report, err
}

// fileFault turns an error that is about the file into its finding.
func (k *check) fileFault(err error) bool {
	var limit *sheet.LimitError
	var format *sheet.FormatError
	switch {
	case errors.As(err, &format):
		ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(k.report.File)), ".")
		k.found.add(at{}, "FILE-01", "ext", shown(ext), "type", format.Format.Name())
	case errors.Is(err, sheet.ErrEncrypted):
		k.found.add(at{}, "FILE-02")
	case errors.As(err, &limit):
		k.found.add(at{}, "FILE-03", "what", limit.What)
	case errors.Is(err, sheet.ErrDamaged):
		k.found.add(at{}, "FILE-04")
	default:
		return false
	}
	return true
}

func (k *check) workbook(content io.ReaderAt, size int64) error {
	book, err := sheet.Open(content, size, sheet.DefaultLimits)
	if err != nil {
		return err
	}
	k.date1904 = book.Date1904()
	var headless []at // visible sheets that hold something but no header
	tables := 0
	for i, info := range book.Sheets() {
		here := at{index: i + 1, sheet: info.Name}
		if info.Hidden {
			if err := k.hiddenSheet(book, i, here); err != nil {
				return err
			}
			continue
		}
		found, what, err := k.sheet(book, i, here)
		switch {
		case err != nil:
			return err
		case found:
			tables++
		case what == tabular:
			k.found.add(here, "HDR-01")
		case what == prose:
			headless = append(headless, here)
		}
	}
	tables += k.summaries(tables > 0)
	if tables == 0 && !k.found.has("HDR-01") {
		for _, here := range headless {
			k.found.add(here, "HDR-01")
		}
	}
	if k.line == 0 && !k.found.has("HDR-01") {
		k.found.add(at{}, "SHT-03")
	}
	return nil
}

// summaries leaves out the sheets that name nobody (SHT-06), or, where no other sheet does, says what they lack. It
// answers how many tables they were.
func (k *check) summaries(left bool) int {
	for _, t := range k.nameless {
		if left {
			k.found.add(at{index: t.index, sheet: t.out.Name}, "SHT-06", "s", t.out.Name)
		} else {
			t.settle()
			k.report.Sheets[t.slot] = *t.out
		}
	}
	if left {
		return 0
	}
	return len(k.nameless)
}

// hiddenSheet counts the rows of a sheet that is not imported (SHT-01).
func (k *check) hiddenSheet(book sheet.Workbook, i int, here at) error {
	n := 0
	for _, err := range book.Rows(k.ctx, i) {
		if err != nil {
			return err
		}
		n++
	}
	if n > 0 {
		k.found.add(here, "SHT-01", "s", here.sheet, "n", strconv.Itoa(n))
		k.report.Sheets = append(k.report.Sheets, newSheet(here.sheet, "hidden"))
	}
	return nil
}

// look is what a sheet without a header looks like.
type look uint8

const (
	nothing look = iota
	prose        // a cover or a page of instructions: no row of three cells
	tabular
)

// sheet reads a visible sheet. found says whether it has a header.
func (k *check) sheet(book sheet.Workbook, i int, here at) (found bool, what look, err error) {
	layout, err := book.Layout(i)
	if err != nil {
		return false, nothing, err
	}
	out := newSheet(here.sheet, "visible")
	var first []sheet.Row // kept until there are enough to find the header in
	var t *table
	for r, err := range book.Rows(k.ctx, i) {
		if err != nil {
			return false, nothing, err
		}
		if t == nil && r.Number <= headerDepth+headerHeight {
			first = append(first, sheet.Row{Number: r.Number, Cells: slices.Clone(r.Cells)})
			continue
		}
		if t == nil {
			if t, err = k.start(here, &out, first, layout.Merges); err != nil {
				return false, nothing, err
			}
			if t == nil || t.namesNobody() {
				break
			}
			first = nil
		}
		if err := t.row(r); err != nil {
			return false, nothing, err
		}
	}
	if t == nil {
		if t, err = k.start(here, &out, first, layout.Merges); err != nil {
			return false, nothing, err
		}
	}
	what = looksLike(first)
	nameless := t != nil && t.namesNobody()
	switch {
	case nameless:
		what = nothing
		t.slot = len(k.report.Sheets)
		k.nameless = append(k.nameless, t)
	case t != nil:
		t.finish()
	}
	if t != nil || what != nothing {
		k.report.Sheets = append(k.report.Sheets, out)
	}
	return t != nil && !nameless, what, nil
}

// start finds the header and reads the kept rows under it. t is nil when there is no header.
func (k *check) start(here at, out *Sheet, first []sheet.Row, merges []sheet.Merge) (*table, error) {
	t, ok := k.begin(here.index, out, first, merges)
	if !ok {
		return nil, nil
	}
	if t.namesNobody() {
		return t, nil // whether that is a fault, the other sheets tell
	}
	t.settle()
	for _, r := range first {
		if r.Number > t.header.bottom {
			if err := t.row(r); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

func newSheet(name, state string) Sheet {
	return Sheet{Name: name, State: state, HeaderRows: []int{}, Columns: []Column{}}
}

func looksLike(rows []sheet.Row) look {
	what := nothing
	for _, r := range rows {
		what = max(what, prose)
		if len(r.Cells) >= 3 {
			what = tabular
		}
	}
	return what
}

// finish says what is said once per column, and compares the totals.
func (t *table) finish() {
	for key, a := range t.alike {
		id := key[:len("CEL-04")]
		rule, _ := RuleByID(id)
		message := a.place() + a.label + "已规范化"
		if id == "CEL-07" {
			message = a.place() + a.label + "末尾的计算误差已取整到分"
		}
		t.found.say(a.first, rule.ID, ledger.Inform, message)
	}
	t.compareTotals()
}
