package main

import (
	"context"

	"mingbai/ingest"
	"mingbai/ledger"
)

// memory is what the county's books add to the reading of a file: its own words, and what was said of the same headers before.
func (o *office) memory(ctx context.Context, kind ledger.FundKind) (ingest.Options, error) {
	lines, err := o.db.Dictionary(ctx, false)
	if err != nil {
		return ingest.Options{}, err
	}
	remembered, err := o.db.Mappings(ctx)
	if err != nil {
		return ingest.Options{}, err
	}
	options := ingest.Options{Kind: kind, Dictionary: ingest.DictionaryText(lines)}
	for _, m := range remembered {
		if m.Kind == kind {
			options.Remembered = append(options.Remembered, m.ColumnMapping)
		}
	}
	return options, nil
}

// Certify certifies a batch by the rules and the dictionary of today.
func (o *office) Certify(ctx context.Context, no int64, by string) error {
	rules, err := o.rules(ctx)
	if err != nil {
		return err
	}
	return o.db.Certify(ctx, no, by, rules)
}

// rules is the version of the rules in force, with the county's own words.
func (o *office) rules(ctx context.Context) (string, error) {
	lines, err := o.db.Dictionary(ctx, false)
	return ingest.RuleVersionWith(ingest.DictionaryText(lines)), err
}

// ApproveSet certifies the submitted batches of a set by the rules and the dictionary of today.
func (o *office) ApproveSet(ctx context.Context, by string, set int64) (int, error) {
	lines, err := o.db.Dictionary(ctx, false)
	if err != nil {
		return 0, err
	}
	return o.db.CertifySet(ctx, by, set, ingest.RuleVersionWith(ingest.DictionaryText(lines)))
}

// settle fills in what a mended file takes over from its batch, and looks at what the clerk wrote.
func (o *office) settle(ctx context.Context, j *job) error {
	for what, text := range map[string]string{"说明": j.Note, "更正的原因": j.Reason} {
		if err := harmless(what, text); err != nil {
			return err
		}
	}
	if j.Batch == 0 {
		return nil
	}
	b, err := o.db.Batch(ctx, j.Batch)
	if err != nil {
		return err
	}
	j.Fund, j.Period, j.Corrects, j.Reason = b.Fund, b.Period, b.Corrects, b.Reason
	return nil
}

// harmless refuses words of an officer that hold somebody's number (CEL-11): they are kept, and most are shown.
func harmless(what, text string) error {
	if kind := ingest.Private(text); kind != "" {
		return ledger.Refuse(ledger.KindInvalid, "CEL-11", "%s里疑似含%s，请删去后再写", what, kind)
	}
	return nil
}

// mappingOf is how a file's columns were mapped; sheets with the same header are one.
func mappingOf(r ingest.Report) (signatures []string, mapped []ledger.ColumnMapping) {
	seen := map[string]bool{}
	for _, s := range r.Sheets {
		if s.Signature == "" || seen[s.Signature] {
			continue
		}
		seen[s.Signature] = true
		signatures = append(signatures, s.Signature)
		mapped = append(mapped, s.Mapped...)
	}
	return signatures, mapped
}
