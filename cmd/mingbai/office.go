package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"

	"mingbai/ingest"
	"mingbai/ingest/apart"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// office is the finance bureau's road from file to publication: it joins reading, keys and books.
type office struct {
	db     *postgres.DB
	keys   *ledger.Keyring
	reader *apart.Reader
}

func newOffice(db *postgres.DB, keys *ledger.Keyring, log *slog.Logger) *office {
	return &office{db: db, keys: keys, reader: apart.New(log)}
}

// errBlocked undoes an import whose sheet turned out to have fatal findings that no certifier may accept.
var errBlocked = errors.New("fatal findings")

// job is a clerk's order to import a file.
type job struct {
	Path   string
	Fund   string
	Period ledger.Period
	By     string
	Unit   string            // "", yuan or wan
	Map    map[string]string // column → field, given by hand

	Corrects int64  // the batch whose rows it replaces; 0 for an ordinary one
	Reason   string // of the correction
	Note     string // the clerk's reason for warnings

	Batch int64 // the batch that the file mends; fund, period and correction are that batch's
	Keep  bool  // a file with fatal findings is kept with them, for a mended one to go on with

	Held *os.File         // the content, where it came over the network; Path is then only its name
	Of   ledger.UploadRef // the received file that it is
}

// Import reads a file row by row straight into the books. Fatal findings leave the books as they were: the report tells
// them and the batch number is 0, unless the file is to be kept. unplaced counts rows whose village is not in the code list.
func (o *office) Import(ctx context.Context, j job) (no int64, unplaced int, report ingest.Report, err error) {
	if err := o.settle(ctx, &j); err != nil {
		return 0, 0, report, err
	}
	fund, err := o.db.Fund(ctx, j.Fund)
	if err != nil {
		return 0, 0, report, err
	}
	regions, err := o.db.Regions(ctx)
	if err != nil {
		return 0, 0, report, err
	}
	options, err := o.memory(ctx, fund.Kind)
	if err != nil {
		return 0, 0, report, err
	}
	options.Unit, options.Map, options.Year, options.FundName = j.Unit, j.Map, j.Period.Year(), fund.Name
	file := j.Held
	if file == nil {
		if file, err = openFile(j.Path); err != nil {
			return 0, 0, report, err
		}
		defer file.Close()
	}
	content, err := contentOf(file)
	if err != nil {
		return 0, 0, report, err
	}
	sha := sha256.Sum256(content)
	places := ledger.NewGazetteer(regions)
	names, err := o.db.HeldNames(ctx)
	if err != nil {
		return 0, 0, report, err
	}
	options.RowKey = o.keys.TokenOf("rows", "of warnings")
	options.Codes = ingest.Codes{Regions: regions, Names: names}
	upload := postgres.Upload{
		Fund: j.Fund, Period: j.Period, FileName: filepath.Base(j.Path), SHA256: sha, Size: int64(len(content)),
		Of: j.Of, RuleVersion: ingest.RuleVersionWith(options.Dictionary), By: j.By,
		Batch: j.Batch, Corrects: j.Corrects, Reason: j.Reason, Note: j.Note,
		StatedTotal:   func() *ledger.Fen { return statedTotal(report) },
		DocumentTotal: func() *ledger.Fen { return report.Handed },
		Findings:      func() []ledger.Finding { return report.Findings },
		Mapping:       func() ([]string, []ledger.ColumnMapping) { return mappingOf(report) },
		Sheets:        func() ([]byte, error) { return sheetsOf(report) },
	}
	if j.Of == (ledger.UploadRef{}) { // else it was sealed as it came
		upload.Sealed = o.keys.Seal(ledger.SealedFilePlace(sha), content)
	}
	if j.Keep {
		upload.KeepBlocked = func(err error) bool { return told(&report, fund.Kind, err) }
	}
	check := func(emit func(ledger.Row) error, records func(ledger.Record) error) (ingest.Report, error) {
		options.Records = records
		report, err = o.reader.Check(ctx, file, j.Path, options, emit)
		if err == nil && report.SHA256 != hex.EncodeToString(sha[:]) {
			err = ledger.Errorf(ledger.KindConflict, "文件 %s 在读取时被改动了，请保存好再传", j.Path)
		}
		return report, err
	}
	if fund.Kind == ledger.Subsidy {
		no, err = o.db.Import(ctx, upload, flow(func(put func(ledger.StagedRow) error) (ingest.Report, error) {
			return check(func(r ledger.Row) error {
				staged := o.stage(r, places)
				if staged.VillageCode == "" {
					unplaced++
				}
				return put(staged)
			}, nil)
		}))
	} else {
		no, err = o.db.ImportRecords(ctx, upload, flow(func(put func(ledger.StagedRecord) error) (ingest.Report, error) {
			return check(nil, func(r ledger.Record) error {
				return put(ledger.StagedRecord{Record: r, Key: r.Key(search.Normalise)})
			})
		}))
	}
	if err != nil && told(&report, fund.Kind, err) {
		return 0, unplaced, report, nil
	}
	if err == nil {
		err = o.addOfBooks(ctx, no, &report)
	}
	return no, unplaced, report, err
}

// addOfBooks makes the report tell what the books warn of beside the file: a swing against the last period.
func (o *office) addOfBooks(ctx context.Context, no int64, report *ingest.Report) error {
	kept, err := o.db.Findings(ctx, no)
	for _, f := range kept {
		if f.Rule == "XB-03" {
			report.Findings = append(report.Findings, f.Finding)
		}
	}
	return err
}

// flow makes a reader that hands over rows one by one a sequence of them. What goes wrong with it, and fatal findings, end
// the sequence as an error.
func flow[T any](read func(put func(T) error) (ingest.Report, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		stopped := false
		report, err := read(func(v T) error {
			if !yield(v, nil) {
				stopped = true
				return errBlocked
			}
			return nil
		})
		var none T
		switch {
		case stopped:
		case err != nil:
			yield(none, err)
		case ledger.Stops(report.Findings):
			yield(none, errBlocked)
		}
	}
}

// told says whether an import ended because of what stands in the file, and makes the report tell what the books have
// against it.
func told(report *ingest.Report, kind ledger.FundKind, err error) bool {
	var clash *postgres.ClashError
	var lost *postgres.TargetError
	switch {
	case errors.Is(err, errBlocked):
	case errors.As(err, &clash):
		report.Findings = append(report.Findings, atNumbers(*report, kind, "XB-01", "第%d行已在批次%d公开", "走更正并写明原因", clash.Clashes, clash.Total)...)
	case errors.As(err, &lost):
		report.Findings = append(report.Findings, atNumbers(*report, kind, "XB-02", "第%d行的人不在批次%d里，没有可更正的行", "填写原批次号；漏发的人另行导入", lost.Rows, lost.Total)...)
	default:
		return false
	}
	return true
}

// maxFile bounds what is held in memory: a county's year of one fund is some 20 MB.
const maxFile = 64 << 20

// openFile opens a file to be read by its bytes' places; what comes through a pipe is kept in memory.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ledger.Errorf(ledger.KindNotFound, "没有文件 %s", path)
	}
	if err != nil {
		return nil, ledger.Errorf(ledger.KindUnavailable, "文件 %s 打不开：%v", path, err)
	}
	info, err := f.Stat()
	size := int64(0)
	switch {
	case err != nil:
	case info.IsDir():
		err = ledger.Errorf(ledger.KindInvalid, "%s 是文件夹，请指定文件", path)
	case info.Mode().IsRegular():
		size = info.Size()
	default:
		var content []byte
		if content, err = io.ReadAll(io.LimitReader(f, maxFile+1)); err == nil {
			f.Close()
			f, err = apart.Hold(content)
			size = int64(len(content))
		}
	}
	if err == nil && size > maxFile {
		err = tooLarge(size)
	}
	if err != nil {
		if f != nil {
			f.Close()
		}
		return nil, err
	}
	return f, nil
}

func tooLarge(size int64) error {
	return ledger.Refuse(ledger.KindInvalid, "FILE-03", "文件过大（%d MB，最大%d MB），请按村拆分，或清除多余格式", size>>20, maxFile>>20)
}

func contentOf(f *os.File) ([]byte, error) {
	return io.ReadAll(io.NewSectionReader(f, 0, maxFile))
}

func readFile(path string) ([]byte, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return contentOf(f)
}

// stage makes a row ready for the books: numbers become tokens and sealed values, names their searchable forms.
func (o *office) stage(r ledger.Row, places *ledger.Gazetteer) ledger.StagedRow {
	s := ledger.StagedRow{
		Row: r, VillageCode: places.Village(r.Town, r.Village),
		People: map[ledger.Role]ledger.StagedParty{ledger.Householder: o.party(r.Head)},
	}
	if r.Payee != (ledger.Party{}) {
		s.People[ledger.Payee] = o.party(r.Payee)
	}
	if r.Beneficiary != (ledger.Party{}) {
		s.People[ledger.Beneficiary] = o.party(r.Beneficiary)
	}
	s.Head, s.Payee, s.Beneficiary = ledger.Party{}, ledger.Party{}, ledger.Party{} // the numbers end here
	return s
}

func (o *office) party(p ledger.Party) ledger.StagedParty {
	s := ledger.StagedParty{Name: p.Name, Forms: search.Forms(p.Name)}
	if !p.ID.IsZero() {
		s.Token = o.keys.Token(p.ID)
		s.Sealed = o.keys.Seal(ledger.SealedIDPlace(s.Token), []byte(p.ID.Digits()))
	}
	return s
}

// statedTotal adds up what the sheets themselves state; nil unless every sheet with rows states a total.
func statedTotal(r ingest.Report) *ledger.Fen {
	var sum ledger.Fen
	n := 0
	for _, s := range r.Sheets {
		switch {
		case s.Rows == 0:
		case s.StatedTotal == nil:
			return nil
		default:
			sum += *s.StatedTotal
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return &sum
}

// atNumbers tells what the books have against rows, at the cells by which they are known: the people's numbers, or the
// first column of the kind's key that the sheet has. message takes a row and a batch.
func atNumbers(report ingest.Report, kind ledger.FundKind, rule, message, fix string, rows []postgres.Clash, total int) []ledger.Finding {
	column := map[string]string{}
	for _, s := range report.Sheets {
		for _, field := range append(ledger.KeyColumns(kind), "id_number") {
			for _, c := range s.Columns {
				if c.Field == field && column[s.Name] == "" {
					column[s.Name] = letters(c.Cell)
				}
			}
		}
	}
	var found []ledger.Finding
	for _, r := range rows {
		found = append(found, ledger.Finding{
			Rule: rule, Severity: ledger.Fatal, Sheet: r.Sheet, Cell: fmt.Sprintf("%s%d", column[r.Sheet], r.Row),
			Message: fmt.Sprintf(message, r.Row, r.Batch), Fix: fix,
		})
	}
	if more := total - len(rows); more > 0 {
		found = append(found, ledger.Finding{
			Rule: rule, Severity: ledger.Fatal, Message: fmt.Sprintf("还有%d处同类问题未列出（%s）", more, rule), Fix: fix,
		})
	}
	return found
}

func letters(cell string) string {
	for i := range len(cell) {
		if cell[i] >= '0' && cell[i] <= '9' {
			return cell[:i]
		}
	}
	return cell
}
