package portal

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"mingbai/ingest"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// table is what an officer takes away as a file: a head and rows of texts.
type table struct {
	name   string // of the file and the sheet
	head   []string
	widths []int
	rows   [][]string
}

// send hands a table out as xlsx or, when asked, as csv.
func (t table) send(c *fiber.Ctx, as string) error {
	if as == "csv" {
		return download(c, t.name+".csv", "text/csv; charset=utf-8", t.csv())
	}
	var b bytes.Buffer
	rows := slices.Values(append([][]string{t.head}, t.rows...))
	if err := ingest.WriteTable(c.UserContext(), &b, t.name, t.widths, rows); err != nil {
		return err
	}
	return download(c, t.name+".xlsx", xlsxType, b.Bytes())
}

// csv begins with the mark by which spreadsheets know UTF-8.
func (t table) csv() []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range append([][]string{t.head}, t.rows...) {
		_ = w.Write(harmlessAll(row)) // a buffer takes all
	}
	w.Flush()
	return b.Bytes()
}

// harmless keeps a spreadsheet from running a text as a formula: in a csv when it is read, in a workbook when somebody opens the
// cell and leaves it again. What stands before the sign and cannot be seen does not hide it.
func harmless(text string) string {
	seen := strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) })
	if text != "" && strings.ContainsRune("\t\r\n", rune(text[0])) || seen != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(seen)[0]) {
		return "'" + text
	}
	return text
}

// harmlessAll is a row of such texts.
func harmlessAll(row []string) []string {
	safe := make([]string, len(row))
	for i, text := range row {
		safe[i] = harmless(text)
	}
	return safe
}
