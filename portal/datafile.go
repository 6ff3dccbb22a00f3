package portal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"mingbai/ingest"
	"mingbai/ledger"
)

// dataFile is a table of the open data as it goes out.
type dataFile struct {
	Body    []byte
	SHA256  [32]byte
	Rows    int
	Batches []int64
	Hidden  int
	Taken   int
	Before  int64
	At      time.Time
}

// dataForms are the forms in which a table is handed out; the first is what most people open.
var dataForms = []struct{ Ext, Name, Type string }{
	{"xlsx", "Excel 表格", xlsxType},
	{"csv", "CSV", "text/csv; charset=utf-8"},
	{"json", "JSON", "application/json; charset=utf-8"},
}

func dataType(ext string) string {
	for _, f := range dataForms {
		if f.Ext == ext {
			return f.Type
		}
	}
	return ""
}

// dataFile makes a table's file, or takes the one made before. An old version is kept under the newest edition, too: what is
// taken back leaves the old files.
func (s *Server) dataFile(ctx context.Context, t ledger.DataTable, version int64, fund, ext string) (dataFile, error) {
	now, err := s.config.Archive.Edition(ctx)
	if err != nil {
		return dataFile{}, err
	}
	key := fmt.Sprint(t.ID, "/", version, "/", fund, ".", ext, "@", now.No, "/", s.today().Format(time.DateOnly))
	if f, ok := s.files.get(key); ok {
		return f, nil
	}
	rows, err := s.config.Archive.DataRows(ctx, t, version, fund)
	if err != nil {
		return dataFile{}, err
	}
	body, err := writeData(ctx, rows, ext)
	if err != nil {
		return dataFile{}, err
	}
	f := dataFile{
		Body: body, SHA256: sha256.Sum256(body), Rows: len(rows.Rows), Batches: rows.Batches, Hidden: rows.Hidden, Taken: rows.Taken,
		Before: rows.Before, At: rows.Version.At,
	}
	s.files.put(key, f, len(body)+200)
	return f, nil
}

func writeData(ctx context.Context, d ledger.DataRows, ext string) ([]byte, error) {
	switch ext {
	case "csv":
		return dataCSV(d.Table, nil, d.Rows), nil
	case "xlsx":
		return dataXLSX(ctx, d)
	case "json":
		return dataJSON(d)
	}
	return nil, ledger.ErrNotFound
}

// dataCSV writes rows, each with a word before it where there are any. A text is kept from being run as a formula; a number
// is one of ours and stays as it is.
func dataCSV(t ledger.DataTable, before []string, rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	var head []string
	if before != nil {
		head = []string{"变动"}
	}
	for _, c := range t.Columns {
		head = append(head, c.Name)
	}
	_ = w.Write(head) // a buffer takes all
	for i, row := range rows {
		safe := slices.Clone(row)
		for j, c := range t.Columns {
			if c.Sort == ledger.DataText {
				safe[j] = harmless(row[j])
			}
		}
		if before != nil {
			safe = append([]string{before[i]}, safe...)
		}
		_ = w.Write(safe)
	}
	w.Flush()
	return b.Bytes()
}

func dataXLSX(ctx context.Context, d ledger.DataRows) ([]byte, error) {
	var b bytes.Buffer
	var head, formats []string
	var widths []int
	for _, c := range d.Table.Columns {
		head = append(head, c.Name)
		switch c.Sort {
		case ledger.DataMoney:
			formats, widths = append(formats, "#,##0.00"), append(widths, 18)
		case ledger.DataNumber:
			formats, widths = append(formats, "0.####"), append(widths, 10)
		default:
			formats, widths = append(formats, ""), append(widths, 20)
		}
	}
	err := ingest.WriteNumbers(ctx, &b, d.Table.Name, widths, formats, slices.Values(append([][]string{head}, d.Rows...)))
	return b.Bytes(), err
}

// dataJSON writes an object a row, its fields in the order of the columns; an empty value is null.
func dataJSON(d ledger.DataRows) ([]byte, error) {
	type column struct {
		Field string `json:"field"`
		Name  string `json:"name"`
		Type  string `json:"type"`
		Says  string `json:"description,omitempty"`
	}
	head := struct {
		Table   string   `json:"table"`
		Name    string   `json:"name"`
		Version int64    `json:"version"`
		At      string   `json:"published"`
		Before  int64    `json:"previous_version,omitempty"`
		Fund    string   `json:"fund,omitempty"`
		Batches []int64  `json:"source_batches"`
		Hidden  int      `json:"suppressed_cells"`
		Columns []column `json:"columns"`
	}{d.Table.ID, d.Table.Name, d.Version.No, d.Version.At.In(ledger.Shanghai).Format(time.RFC3339), d.Before, d.Fund, d.Batches, d.Hidden, nil}
	keys := make([][]byte, len(d.Table.Columns))
	for i, c := range d.Table.Columns {
		head.Columns = append(head.Columns, column{c.Field, c.Name, string(c.Sort), c.Says})
		keys[i] = []byte(strconv.Quote(c.Field) + ":")
	}
	if head.Batches == nil {
		head.Batches = []int64{}
	}
	start, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(start[:len(start)-1])
	b.WriteString(`,"rows":[`)
	for i, row := range d.Rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n{")
		for j, c := range d.Table.Columns {
			if j > 0 {
				b.WriteByte(',')
			}
			b.Write(keys[j])
			switch {
			case row[j] == "":
				b.WriteString("null")
			case c.Sort == ledger.DataNumber || c.Sort == ledger.DataMoney:
				b.WriteString(row[j])
			default:
				text, err := json.Marshal(row[j])
				if err != nil {
					return nil, err
				}
				b.Write(text)
			}
		}
		b.WriteByte('}')
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

// changes are the rows that a version no longer has and those that it has anew.
func changes(before, after [][]string) (words []string, rows [][]string) {
	count := map[string]int{}
	key := func(row []string) string { return fmt.Sprintf("%q", row) }
	for _, row := range after {
		count[key(row)]++
	}
	for _, row := range before {
		if count[key(row)]--; count[key(row)] < 0 {
			words, rows = append(words, "去掉"), append(rows, row)
		}
	}
	clear(count)
	for _, row := range before {
		count[key(row)]++
	}
	for _, row := range after {
		if count[key(row)]--; count[key(row)] < 0 {
			words, rows = append(words, "新增"), append(rows, row)
		}
	}
	return words, rows
}
