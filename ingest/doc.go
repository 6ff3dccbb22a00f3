// Package ingest turns a clerk's file into a checked batch: it finds the table in the sheet as it is (no template is
// asked for), reads every row, and says cell by cell what is wrong, so that the clerk can mend it in one go.
//
//	file → sheet.Workbook → kind → header (columns and their meaning, unit) → rows → ledger.Row or Record + findings
//
// It must never stop at the first fault, never drop a row, a column or a sheet without saying so, never change a figure,
// and never put a personal value (ID number, account, phone, name) into a message. Accounts and phones go no further
// than this package: ledger.Row has no place for them. It knows nothing of the database: code lists come with
// Options.Codes, and rules that need other batches are kept elsewhere.
//
// The rules are the table in rules.go, and looks.go says which function looks for which; the words that it knows as
// column labels are dictionary.txt, to which a county may add (Options.Dictionary). RuleVersion names rules and
// dictionary, and certification binds it. What a table of each kind holds is the table in kinds.go.
package ingest
