package main

import (
	"errors"
	"strings"

	"mingbai/ingest"
	"mingbai/ledger"
)

// unread is the report of a file that a rule refuses before it is read (FILE-03): the next file is checked all the same.
func unread(path string, err error) (r ingest.Report, ok bool) {
	var e *ledger.Error
	if !errors.As(err, &e) {
		return r, false
	}
	rule, ok := ingest.RuleByID(e.Rule)
	return ingest.Report{
		File: path, Rules: ingest.RuleVersion(), Sheets: []ingest.Sheet{},
		Findings: []ledger.Finding{{Rule: rule.ID, Severity: rule.Severity, Message: strings.TrimSuffix(e.Message, "，请"+rule.Fix), Fix: rule.Fix}},
	}, ok
}
