package portal

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"mingbai/ingest"
	"mingbai/ledger"
)

type listLinePage struct {
	OfficeFrame
	List    ledger.CodeList
	Path    string
	Key     []string // of the line that is changed; nil for a new one
	Retired bool
	Fields  []lineField
	History string
	Papers  string // of a fund
}

func (listLinePage) view() string { return "pages/office_list_line" }

// lineField is a column's input: a text, or a choice.
type lineField struct {
	field
	Choices []choice
	Long    bool
}

func (s *Server) newListLinePage(c *fiber.Ctx, list ledger.CodeList, line ledger.CodeLine, key []string) listLinePage {
	p := listLinePage{
		OfficeFrame: s.officeFrame(c, list.Name, "/office/lists"), List: list, Path: listPath(list), Key: key, Retired: line.Retired,
	}
	if key != nil {
		if list.ID == "fund" && s.config.Papers != nil {
			p.Papers = papersPath(key[0])
		}
		p.History = p.Path + "/history?code=" + url.QueryEscape(key[0])
	}
	for i, column := range list.Columns {
		f := lineField{field: field{
			Name: fmt.Sprintf("v%d", i+1), Label: column.Label, Hint: column.Hint, Value: line.Values[i], Auto: "off", Fixed: key != nil && i < list.Key,
		}, Long: column.Long}
		if column.Number {
			f.Keys = "numeric"
		}
		for _, ch := range column.Choices {
			if !f.Fixed || ch.Value == f.Value {
				f.Choices = append(f.Choices, choice{ch.Value, ch.Name, "", ch.Value == f.Value})
			}
		}
		p.Fields = append(p.Fields, f)
	}
	return p
}

func (s *Server) listLine(c *fiber.Ctx) error {
	list, err := listOf(c)
	if err != nil {
		return err
	}
	key := keyOf(c, list)
	line := ledger.CodeLine{Values: make([]string, len(list.Columns))}
	if key != nil {
		if line, err = s.config.Lists.Code(c.UserContext(), list, key); err != nil {
			return err
		}
	}
	return s.show(c, http.StatusOK, s.newListLinePage(c, list, line, key))
}

func (s *Server) saveLine(c *fiber.Ctx) error {
	list, err := listOf(c)
	if err != nil {
		return err
	}
	key := keyOf(c, list)
	line := ledger.CodeLine{}
	for i := range list.Columns {
		line.Values = append(line.Values, c.FormValue(fmt.Sprintf("v%d", i+1)))
		if key != nil && i < list.Key {
			line.Values[i] = key[i]
		}
	}
	line = list.Tidy(line)
	refuse := func(column int, message string, status int) error {
		p := s.newListLinePage(c, list, line, key)
		p.Fields[column].Fault = message
		return s.show(c, status, p)
	}
	column, fault := list.Fault(s.config.Lists.County(), line)
	if fault == "" {
		column, fault = lineFault(list, &line)
	}
	if fault != "" {
		return refuse(column, fault, http.StatusUnprocessableEntity)
	}
	if key == nil {
		if _, err := s.config.Lists.Code(c.UserContext(), list, line.Values[:list.Key]); err == nil {
			return refuse(0, list.Columns[0].Label+"：名录里已经有了，请从名录里找到它再改", http.StatusUnprocessableEntity)
		}
	}
	failed := s.config.Lists.SaveCodes(c.UserContext(), officerOf(c), list, []ledger.CodeLine{line})
	if status, message, ok := refusal(failed); ok {
		return refuse(0, message, status)
	}
	if failed != nil {
		return failed
	}
	return c.Redirect(listPath(list)+"?said=saved", http.StatusSeeOther)
}

// lineFault says what the books cannot know of a line: that it holds somebody's number, or is no word of the dictionary.
func lineFault(list ledger.CodeList, line *ledger.CodeLine) (column int, message string) {
	for i, v := range line.Values {
		if list.ID == "region" && i == 0 { // twelve digits of its own, looked at already
			continue
		}
		if what := ingest.Private(v); what != "" {
			return i, list.Columns[i].Label + "：里面有" + what + "，请去掉"
		}
	}
	if list.ID != "dictionary" {
		return 0, ""
	}
	word, err := ingest.ReadLine(ledger.DictionaryLine{Label: line.Values[0], Kind: line.Values[1], Use: line.Values[2], Field: line.Values[3]})
	if err != nil {
		return 3, ledger.MessageOf(err)
	}
	line.Values[0] = word.Label
	return 0, ""
}

func (s *Server) retireLine(c *fiber.Ctx) error {
	list, err := listOf(c)
	if err != nil {
		return err
	}
	key := keyOf(c, list)
	if key == nil {
		return ledger.ErrNotFound
	}
	if err := s.config.Lists.RetireCode(c.UserContext(), officerOf(c), list, key, c.FormValue("retired") != ""); err != nil {
		return err
	}
	return c.Redirect(listPath(list)+"?said=saved", http.StatusSeeOther)
}
