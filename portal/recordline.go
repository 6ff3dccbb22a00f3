package portal

import (
	"strconv"

	"mingbai/ledger"
)

// recordLine is a row, and what stands over it where a new unit or section begins.
type recordLine struct {
	ledger.PublishedRecord
	No    int
	Above string // empty: it stands under the same as the row before
	Whole *ledger.Fen
}

// recordLines numbers a page's rows and says where a unit or a section begins; a page that begins in the middle of one says
// it again.
func recordLines(f ledger.RecordPage) []recordLine {
	units := map[string]*ledger.Fen{}
	for _, g := range f.Groups {
		units[g.Name] = &g.Total
	}
	lines := make([]recordLine, len(f.Rows))
	last := ""
	for i, r := range f.Rows {
		lines[i] = recordLine{PublishedRecord: r, No: (f.Page-1)*recordsPerPage + i + 1}
		above := r.Section
		if f.Kind == ledger.Budget || f.Kind == ledger.Post {
			above = named(r.Text["unit_name"], "单位")
		}
		if above != last {
			lines[i].Above = above
			if f.Kind == ledger.Budget {
				lines[i].Whole = units[r.Text["unit_name"]]
			}
		}
		last = above
	}
	return lines
}

// Say is a text of the row, 未注明 where the sheet is silent.
func (l recordLine) Say(field string) string { return stated(l.Text[field]) }

// Yuan is an amount of the row in yuan.
func (l recordLine) Yuan(field string) string {
	if f, ok := l.Money[field]; ok {
		return f.String()
	}
	return unstated
}

// InWan is a great amount once more, as people say it; empty for a small one.
func (l recordLine) InWan(field string) string {
	if f := l.Money[field]; f >= 10_000_000 || f <= -10_000_000 {
		return wan(f)
	}
	return ""
}

// Short is an amount of the row as people say it.
func (l recordLine) Short(field string) string {
	if f, ok := l.Money[field]; ok {
		return wan(f)
	}
	return "金额" + unstated
}

// Number is a count of the row.
func (l recordLine) Number(field string) string {
	if n, ok := l.Count[field]; ok {
		return strconv.FormatInt(n, 10)
	}
	return unstated
}

// Name is what an allocation is for: the project, or the unit where there is none.
func (l recordLine) Name() string {
	if name := l.Text["project_name"]; name != "" {
		return name
	}
	return named(l.Text["unit_name"], "单位")
}

// Basis is what an allocation is reckoned by, as far as the sheet says it.
func (l recordLine) Basis() (parts []string) {
	for _, f := range []struct{ field, name, unit string }{
		{"area_mu", "面积", "亩"}, {"persons", "人数", "人"}, {"quantity", "数量", ""}, {"standard", "标准", "元"},
	} {
		if q, ok := l.Quantities[f.field]; ok {
			parts = append(parts, f.name+" "+q.Short()+f.unit)
		}
	}
	return parts
}

// Deep is how far a part is moved to the right; what lies deeper than four is moved no further.
func (l recordLine) Deep() int { return min(l.Depth, 4) }

// staffing is how a body's people stand to its posts.
type staffing struct {
	Word string
	Over bool
}

// Staffing is 超编, 空编 or 满编; 未注明 where a figure is missing.
func (l recordLine) Staffing() staffing {
	has, hasActual := l.Count["authorised"]
	actual, ok := l.Count["actual"]
	if !ok || !hasActual && has == 0 {
		return staffing{Word: unstated}
	}
	return staffingOf(has, actual)
}

func staffingOf(authorised, actual int64) staffing {
	switch over := actual - authorised; {
	case over > 0:
		return staffing{"超编 " + strconv.FormatInt(over, 10), true}
	case over < 0:
		return staffing{Word: "空编 " + strconv.FormatInt(-over, 10)}
	}
	return staffing{Word: "满编"}
}

// Entered is the month in which somebody came: many rosters know no day.
func (l recordLine) Entered() string {
	if d, ok := l.Dates["entered_on"]; ok {
		return d.Format("2006年1月")
	}
	return unstated
}

// stage is one of the four moments of a project.
type stage struct {
	Name     string
	Day      string // empty: not yet
	Evidence string
}

// Stages are the four moments of a project, those to come too.
func (l recordLine) Stages() []stage {
	out := make([]stage, len(ledger.Stages))
	for i, name := range ledger.Stages {
		field := "stage" + strconv.Itoa(i+1)
		out[i] = stage{Name: name, Evidence: l.Text[field+"_evidence"]}
		if d, ok := l.Dates[field+"_on"]; ok {
			out[i].Day = date(d)
		}
	}
	return out
}
