package ingest

// ruleLook says where a rule of the book that looks at more than one cell does its work. The other rules are told where a
// cell is read (person.go, data.go, record.go), the header found (columns.go, unit.go) or the file opened (check.go).
type ruleLook struct {
	id   string
	head func(*table)        // when the columns are settled
	row  func(*table, *line) // after each data row
	end  func(*table)        // after a sheet's last row
	file func(*check)        // after the last sheet
}

var ruleLooks = []ruleLook{
	{id: "SHT-02", head: (*table).hiddenColumns, row: (*table).hiddenRow, end: (*table).hiddenEnd},
	{id: "SHT-04", head: (*table).sameHeader},
	{id: "SHT-05", row: (*table).sheetVillage},
	{id: "HDR-06", head: (*table).titleFits},
	{id: "ROW-03", row: (*table).inSequence},
	{id: "ROW-04", row: (*table).missing},
	{id: "CEL-11", row: (*table).noNumbersInTexts},
	{id: "CEL-13", head: (*table).titlePlace, row: (*table).inCodeLists},
	{id: "XR-01", end: (*table).compareTotals},
	{id: "XR-02", end: (*table).compareSubtotals},
	{id: "XR-02", end: (*table).compareParts},
	{id: "XR-03", row: (*table).product},
	{id: "XR-04", row: (*table).twice},
	{id: "XR-05", row: (*table).twoNames},
	{id: "XR-06", row: (*table).sharedAccount, file: (*check).sharedAccounts},
	{id: "XR-07", row: (*table).twin},
	{id: "XR-08", file: (*check).documentTotals},
	{id: "XR-09", row: (*table).staffing},
}

// looks is ruleLooks by occasion.
var looks struct {
	head []func(*table)
	row  []func(*table, *line)
	end  []func(*table)
	file []func(*check)
}

func init() {
	for _, l := range ruleLooks {
		if l.head != nil {
			looks.head = append(looks.head, l.head)
		}
		if l.row != nil {
			looks.row = append(looks.row, l.row)
		}
		if l.end != nil {
			looks.end = append(looks.end, l.end)
		}
		if l.file != nil {
			looks.file = append(looks.file, l.file)
		}
	}
}
