package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path"
	"strings"

	"mingbai/ingest"
	"mingbai/ingest/apart"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// intake is what the site asks of the office: the books' own answers, and what takes keys or a look into a file.
type intake struct {
	*postgres.DB
	*office
}

// NewSet opens a set after a look at what the clerk wrote.
func (o *office) NewSet(ctx context.Context, by string, s ledger.UploadSet) (int64, error) {
	for what, text := range map[string]string{"说明": s.Note, "更正的原因": s.Reason} {
		if err := harmless(what, text); err != nil {
			return 0, err
		}
	}
	return o.db.OpenSet(ctx, by, s)
}

// TakeFile seals a file of a set and keeps it, to be checked as soon as its turn comes. fresh is false for a file that the
// set has already.
func (o *office) TakeFile(ctx context.Context, by string, set int64, name string, content []byte) (fresh bool, err error) {
	sha := sha256.Sum256(content)
	return o.db.Receive(ctx, by, set, postgres.Received{
		FileName: fileName(name), SHA256: sha, Size: int64(len(content)), Sealed: o.keys.Seal(ledger.SealedFilePlace(sha), content),
	})
}

// RefuseFile notes a file of a set that is too large to be taken.
func (o *office) RefuseFile(ctx context.Context, by string, set int64, name string, size int64) error {
	return o.db.ReceiveNothing(ctx, by, set, postgres.Received{FileName: fileName(name), Size: size}, tooLarge(size).Error())
}

// fileName is a file's name as it may be kept and shown: browsers may send a whole path, and names may hold a number.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if ingest.Private(name) != "" {
		name = "［文件名含个人号码，不显示］" + path.Ext(name)
	}
	if r := []rune(name); len(r) > 120 {
		name = string(r[:100]) + "…" + path.Ext(name)
	}
	return name
}

// CheckUpload checks a received file and makes a batch of it. A server that is killed meanwhile leaves nothing behind: the
// batch is made and the file is done in one transaction.
func (o *office) CheckUpload(ctx context.Context, of ledger.UploadRef) error {
	w, err := o.db.WaitingUpload(ctx, of)
	if err != nil {
		return err
	}
	f, err := o.hold(w.SHA256, w.Sealed)
	if err != nil {
		return err
	}
	defer f.Close()
	_, _, _, err = o.Import(ctx, job{
		Path: w.FileName, Held: f, Of: of, Fund: w.Fund, Period: w.Period, By: w.By, Unit: w.Unit, Map: w.Map, Note: w.Note,
		Corrects: w.Corrects, Reason: w.UploadSet.Reason, Batch: w.Mends, Keep: true,
	})
	return err
}

// hold opens a sealed file into memory, where a child may read it.
func (o *office) hold(sha [32]byte, sealed []byte) (*os.File, error) {
	content, err := o.keys.Open(ledger.SealedFilePlace(sha), sealed)
	if err != nil {
		return nil, err
	}
	return apart.Hold(content)
}

// Remap orders the check of a batch's very file with other columns.
func (o *office) Remap(ctx context.Context, by string, no int64, columns map[string]string) (set int64, err error) {
	kept, err := o.db.OpenFile(ctx, by, ledger.ActUpload, no, "")
	if err != nil {
		return 0, err
	}
	if set, err = o.NewSet(ctx, by, ledger.UploadSet{Mends: no, Map: columns}); err != nil {
		return 0, err
	}
	_, err = o.db.Receive(ctx, by, set, postgres.Received{FileName: kept.FileName, SHA256: kept.SHA256, Size: kept.Size})
	return set, err
}

// kept opens a batch's file for an officer, with the report of its last check.
func (o *office) kept(ctx context.Context, by string, act ledger.Action, no int64, why string) (*os.File, ingest.Report, error) {
	k, err := o.db.OpenFile(ctx, by, act, no, why)
	if err != nil {
		return nil, ingest.Report{}, err
	}
	r := ingest.Report{File: k.FileName, SHA256: hex.EncodeToString(k.SHA256[:]), Kind: k.Kind, Rules: k.RuleVersion, Rows: k.Rows, Total: k.Total}
	if err := json.Unmarshal(k.Sheets, &r.Sheets); err != nil {
		return nil, r, err
	}
	f, err := o.hold(k.SHA256, k.Sealed)
	return f, r, err
}

// Excerpts shows where findings of a batch stand, masked.
func (o *office) Excerpts(ctx context.Context, by string, no int64, spots []ingest.Spot) ([]ingest.Excerpt, error) {
	f, r, err := o.kept(ctx, by, ledger.ActSeeBatches, no, "")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return o.reader.Excerpts(ctx, f, r, spots)
}

// Columns are the sheets of a batch's file as they were recognised, with samples of each column.
func (o *office) Columns(ctx context.Context, by string, no int64) ([]ingest.Sheet, [][][]string, error) {
	f, r, err := o.kept(ctx, by, ledger.ActUpload, no, "")
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	samples, err := o.reader.Samples(ctx, f, r)
	return r.Sheets, samples, err
}

// Annotated writes the clerk's own workbook with the faulty cells marked. It holds all that the clerk sent.
func (o *office) Annotated(ctx context.Context, by string, no int64, w io.Writer) error {
	f, r, err := o.withFindings(ctx, by, ledger.ActUpload, no, "annotated")
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = o.reader.Annotated(ctx, f, r, w)
	return err
}

// FindingList writes a batch's findings as a workbook of their own, with masked values.
func (o *office) FindingList(ctx context.Context, by string, no int64, w io.Writer) error {
	f, r, err := o.withFindings(ctx, by, ledger.ActSeeBatches, no, "findings")
	if err != nil {
		return err
	}
	defer f.Close()
	return o.reader.Findings(ctx, f, r, w)
}

func (o *office) withFindings(ctx context.Context, by string, act ledger.Action, no int64, why string) (*os.File, ingest.Report, error) {
	f, r, err := o.kept(ctx, by, act, no, why)
	if err != nil {
		return nil, r, err
	}
	found, err := o.db.Findings(ctx, no)
	if err != nil {
		f.Close()
		return nil, r, err
	}
	for _, k := range found {
		r.Findings = append(r.Findings, k.Finding)
	}
	return f, r, nil
}

// GiveReason writes a clerk's reason beside warnings, after a look at it.
func (o *office) GiveReason(ctx context.Context, no int64, by, reason string, choice ledger.FindingChoice) (int, error) {
	if err := harmless("原因", reason); err != nil {
		return 0, err
	}
	return o.db.Explain(ctx, no, by, reason, choice)
}

// TakeBack takes a batch back that its own clerk uploaded.
func (o *office) TakeBack(ctx context.Context, no int64, by, reason string) error {
	if err := harmless("原因", reason); err != nil {
		return err
	}
	return o.db.Reject(ctx, no, by, reason)
}

// submitIfClear hands a batch that came by the command line to the certifiers once nothing in it is open.
func (o *office) submitIfClear(ctx context.Context, no int64, by string) error {
	err := o.db.Submit(ctx, by, no)
	if ledger.KindOf(err) == ledger.KindConflict {
		return nil // something is open: explain comes here again
	}
	return err
}

// sheetsOf is what is kept of how a file was recognised: not the titles, which may name anybody.
func sheetsOf(r ingest.Report) ([]byte, error) {
	sheets := make([]ingest.Sheet, len(r.Sheets))
	for i, s := range r.Sheets {
		s.Title = ""
		sheets[i] = s
	}
	return json.Marshal(sheets)
}
