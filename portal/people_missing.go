package portal

import (
	"context"
	"fmt"
	"unicode/utf8"

	"mingbai/ledger"
	"mingbai/search/query"
)

// missingWords never tell whether there is nobody of that name or nothing that may be shown of them.
func (s *Server) missingWords(q query.Query) string {
	if s.config.Harvest.NameSearch == fullName {
		return fmt.Sprintf("没有查到正好叫“%s”的公开款项。请写全姓名，用汉字，一字不差。", q.Name)
	}
	if utf8.RuneCountInString(q.Name) < 2 {
		return fmt.Sprintf("没有查到叫“%s”的公开款项。请把姓名填全，至少两个字。", q.Name)
	}
	if rest := around(q); rest != "" {
		return fmt.Sprintf("在“%s”里没有查到“%s”的公开款项。", rest, q.Name)
	}
	return fmt.Sprintf("没有查到“%s”的公开款项。", q.Name)
}

// around is a question without its name.
func around(q query.Query) string {
	q.Name, q.Literal = "", false
	return q.String()
}

// elsewhere is the way to a name in the whole county and any year.
type elsewhere struct {
	Name  string
	Total int
	Path  string
}

// wider looks whether somebody of a name that was not found is public elsewhere or in another year; nil where not. It tells
// what a question for the name alone shows, and so nothing of anybody who is not public.
func (s *Server) wider(ctx context.Context, q query.Query) (*elsewhere, error) {
	mode := ledger.NameExact
	if letters(q.Name) {
		mode = ledger.NamePinyin
	}
	if around(q) == "" || mode != ledger.NameExact && s.config.Harvest.NameSearch == fullName {
		return nil, nil
	}
	found, err := s.finder.Ask(ctx, ledger.Question{Name: q.Name, People: ledger.PeopleQuery{Page: 1, PerPage: 1}, Only: []ledger.NameMode{mode}})
	if err != nil || len(found.Tiers) == 0 || found.Tiers[0].Total == 0 {
		return nil, err
	}
	return &elsewhere{q.Name, found.Tiers[0].Total, peoplePath(query.Query{Name: q.Name, Literal: q.Literal}.String())}, nil
}
