package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ingest"
	"mingbai/ledger"
)

func (s *Server) exportList(c *fiber.Ctx) error {
	list, err := listOf(c)
	if err != nil {
		return err
	}
	lines, _, err := s.config.Lists.Codes(c.UserContext(), list, ledger.CodeQuery{})
	if err != nil {
		return err
	}
	t := table{name: list.Name}
	for _, column := range list.Columns {
		t.head, t.widths = append(t.head, column.Label), append(t.widths, 20)
	}
	for _, l := range lines {
		var row []string
		for _, cell := range shownCells(list, l.Values) {
			row = append(row, cell.Text)
		}
		t.rows = append(t.rows, row)
	}
	return t.send(c, "xlsx")
}

type listImportPage struct {
	OfficeFrame
	List                          ledger.CodeList
	Path, ID                      string
	Changes                       []importLine // all but those that stay as they are
	Added, Changed, Same, Refused int
}

// importLine is what an import would do to a line, as it is shown.
type importLine struct {
	ledger.CodeChange
	Cell  string // of the fault: B7
	Texts []string
}

func (listImportPage) view() string { return "pages/office_list_import" }

// importList reads a workbook in the shape of the export and shows what it would change. Nothing is saved yet.
func (s *Server) importList(c *fiber.Ctx) error {
	list, err := listOf(c)
	if err != nil {
		return err
	}
	lines, numbers, failed := s.readList(c, list)
	if status, message, ok := refusal(failed); ok {
		p, err := s.newListPage(c)
		if err != nil {
			return err
		}
		p.File.Fault = message
		return s.show(c, status, p)
	}
	if failed != nil {
		return failed
	}
	old, _, err := s.config.Lists.Codes(c.UserContext(), list, ledger.CodeQuery{Retired: true})
	if err != nil {
		return err
	}
	p := listImportPage{OfficeFrame: s.officeFrame(c, "导入"+list.Name, "/office/lists"), List: list, Path: listPath(list)}
	var keep []ledger.CodeLine
	for _, change := range list.Compare(s.config.Lists.County(), old, lines, numbers, func(l *ledger.CodeLine) (int, string) { return lineFault(list, l) }) {
		line := importLine{CodeChange: change}
		switch change.What {
		case ledger.CodeSame:
			p.Same++
			continue
		case ledger.CodeRefused:
			p.Refused++
			line.Cell = ingest.CellName(change.Column+1, change.Row)
		case ledger.CodeAdded:
			p.Added++
		case ledger.CodeChanged:
			p.Changed++
		}
		line.Texts = changeTexts(list, change)
		p.Changes = append(p.Changes, line)
		keep = append(keep, change.CodeLine)
	}
	if p.Refused == 0 && len(keep) > 0 {
		if p.ID, err = s.config.Lists.KeepImport(c.UserContext(), officerOf(c), list, keep); err != nil {
			return err
		}
	}
	return s.show(c, http.StatusOK, p)
}

// changeTexts say a line's values, and what stood there before where it is another.
func changeTexts(list ledger.CodeList, change ledger.CodeChange) (texts []string) {
	was := shownCells(list, change.Before)
	for i, cell := range shownCells(list, change.Values) {
		switch {
		case change.What == ledger.CodeChanged && was[i].Text != cell.Text:
			texts = append(texts, cell.Label+"：“"+was[i].Text+"”改为“"+cell.Text+"”")
		case change.What != ledger.CodeChanged && cell.Text != "" || i < list.Key:
			texts = append(texts, cell.Label+"："+cell.Text)
		}
	}
	return texts
}

// readList reads the lines of an uploaded workbook: its head must be the list's own.
func (s *Server) readList(c *fiber.Ctx, list ledger.CodeList) (lines []ledger.CodeLine, numbers []int, err error) {
	file := attachedTo(c).file
	if len(file) == 0 {
		return nil, nil, ledger.Errorf(ledger.KindInvalid, "请选择要导入的文件")
	}
	rows, err := s.config.Lists.Table(c.UserContext(), file)
	if err != nil {
		return nil, nil, err
	}
	var head []string
	for _, column := range list.Columns {
		head = append(head, column.Label)
	}
	if len(rows) == 0 || !slices.Equal(trimRight(rows[0].Texts), head) {
		return nil, nil, ledger.Errorf(ledger.KindInvalid, "第1行：列名应依次是 %s。请用导出的表改好再传", strings.Join(head, "、"))
	}
	for _, row := range rows[1:] {
		if extra := trimRight(row.Texts); len(extra) > len(head) {
			return nil, nil, ledger.Errorf(ledger.KindInvalid, "%s：比列名多出一格，请去掉", ingest.CellName(len(extra), row.Number))
		}
		lines, numbers = append(lines, ledger.CodeLine{Values: row.Texts}), append(numbers, row.Number)
	}
	if len(lines) == 0 {
		return nil, nil, ledger.Errorf(ledger.KindInvalid, "表里没有数据行")
	}
	return lines, numbers, nil
}

func trimRight(texts []string) []string {
	for len(texts) > 0 && texts[len(texts)-1] == "" {
		texts = texts[:len(texts)-1]
	}
	return texts
}

func (s *Server) saveImport(c *fiber.Ctx) error {
	list, err := listOf(c)
	if err != nil {
		return err
	}
	if _, err := s.config.Lists.TakeImport(c.UserContext(), officerOf(c), list, c.FormValue("id")); err != nil {
		return err
	}
	return c.Redirect(listPath(list)+"?said=saved", http.StatusSeeOther)
}
