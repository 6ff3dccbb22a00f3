package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ingest"
)

// mappingPage lets a clerk say which column gives which field.
type mappingPage struct {
	batchFrame
	Tables  []mappedTable
	Several bool // headers: a column is then named by its label, else by its letter
}

func (mappingPage) view() string { return "pages/office_mapping" }

// mappedTable is a header with the sheets that have it.
type mappedTable struct {
	Names   []string
	Columns []mappedColumn
}

type mappedColumn struct {
	Letters string
	Label   string
	Samples []string
	ReadAs  string // what it was taken for, in words
	ByHand  bool   // or from memory
	Input   string // the select's name
	Choices []choice
}

const (
	mapPrefix = "map-"
	leaveOut  = "-"
)

func (s *Server) newMappingPage(c *fiber.Ctx) (p mappingPage, err error) {
	if p.batchFrame, err = s.batchFrame(c, " 列对应"); err != nil {
		return p, err
	}
	sheets, samples, err := s.config.Intake.Columns(c.UserContext(), officerOf(c), p.No)
	if err != nil {
		return p, err
	}
	at := map[string]int{} // signature → table
	for i, sheet := range sheets {
		if sheet.Signature == "" || len(sheet.Columns) == 0 {
			continue
		}
		if j, ok := at[sheet.Signature]; ok {
			p.Tables[j].Names = append(p.Tables[j].Names, sheet.Name)
			continue
		}
		at[sheet.Signature] = len(p.Tables)
		p.Tables = append(p.Tables, mappedTable{Names: []string{sheet.Name}, Columns: p.columns(sheet, samples[i])})
	}
	p.Several = len(p.Tables) > 1
	for _, t := range p.Tables {
		for i := range t.Columns {
			col := &t.Columns[i]
			col.Input = mapPrefix + col.Letters
			if p.Several {
				col.Input = mapPrefix + col.Label
			}
		}
	}
	return p, nil
}

func (p mappingPage) columns(sheet ingest.Sheet, samples [][]string) []mappedColumn {
	mapped := map[int]string{} // position → field
	for _, m := range sheet.Mapped {
		mapped[m.Position] = m.Field
	}
	var out []mappedColumn
	for i, c := range sheet.Columns {
		field, byHand := mapped[i+1]
		col := mappedColumn{
			Letters: strings.TrimRight(c.Cell, "0123456789"), Label: c.Label, ReadAs: readAs(c.Field), ByHand: byHand,
		}
		if i < len(samples) {
			col.Samples = samples[i]
		}
		col.Choices = append(col.Choices, choice{"", "照系统认的", "", !byHand}, choice{leaveOut, "不要这一列", "", byHand && field == ""})
		for _, f := range ingest.FieldsOf(p.Kind) {
			col.Choices = append(col.Choices, choice{f.Name, f.Label, "", byHand && field == f.Name})
		}
		out = append(out, col)
	}
	return out
}

func readAs(field string) string {
	if field == "" {
		return "没有用"
	}
	return ingest.FieldLabel(field)
}

func (s *Server) mapping(c *fiber.Ctx) error {
	p, err := s.newMappingPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// remap has the same file checked anew with what the clerk says of its columns.
func (s *Server) remap(c *fiber.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	columns := map[string]string{}
	for key, value := range c.Request().PostArgs().All() {
		name, ok := strings.CutPrefix(string(key), mapPrefix)
		if field := string(value); ok && name != "" && field != "" {
			columns[name] = strings.TrimPrefix(field, leaveOut)
		}
	}
	set, err := s.config.Intake.Remap(c.UserContext(), officerOf(c), no, columns)
	if status, message, ours := refusal(err); ours {
		p, err := s.newMappingPage(c)
		if err != nil {
			return err
		}
		p.Fault = message
		return s.show(c, status, p)
	}
	if err != nil {
		return err
	}
	return c.Redirect("/office/sets/"+strconv.FormatInt(set, 10), http.StatusSeeOther)
}
