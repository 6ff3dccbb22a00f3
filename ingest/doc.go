// Package ingest turns a clerk's file into a checked batch: it finds the table in the sheet as it is (no template is
// asked for), reads every row, and says cell by cell what is wrong, so that the clerk can mend it in one go.
//
//	file → sheet.Workbook → header (columns and their meaning, unit) → rows → ledger.Row + findings
//
// It must never stop at the first fault, never drop a row, a column or a sheet without saying so, never change a figure,
// and never put a personal value (ID number, account, phone, name) into a message. Accounts and phones go no further
// than this package: ledger.Row has no place for them. It knows nothing of the database; rules that need other batches or
// the code lists are kept elsewhere.
//
// The rules are the table in rules.go; the words that it knows as column labels are dictionary.txt. RuleVersion names
// both, and certification binds it.
package ingest
