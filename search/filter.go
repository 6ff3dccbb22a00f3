package search

import (
	"slices"
	"strconv"
	"strings"

	"mingbai/ledger"
)

// filterOf writes a question about people as a filter.
func filterOf(q ledger.PeopleQuery) string {
	filter := matching(q.Match())
	for _, m := range q.Except {
		filter += " AND NOT (" + matching(m) + ")"
	}
	if len(q.Places) > 0 {
		filter += " AND place_codes IN " + listed(q.Places)
	}
	switch {
	case len(q.Funds) > 0 && len(q.Years) > 0:
		var both []string
		for _, f := range q.Funds {
			for _, y := range q.Years {
				both = append(both, fundInYear(f, y))
			}
		}
		filter += " AND fund_years IN " + listed(both)
	case len(q.Funds) > 0:
		filter += " AND fund_codes IN " + listed(q.Funds)
	case len(q.Years) > 0:
		years := make([]string, len(q.Years))
		for i, y := range q.Years {
			years[i] = strconv.Itoa(y)
		}
		filter += " AND years IN [" + strings.Join(years, ",") + "]"
	}
	return filter
}

func matching(m ledger.NameMatch) string {
	switch m.Mode {
	case ledger.NameContains:
		return "name_parts = " + quoted(m.Name)
	case ledger.NamePinyin:
		return "name_py_keys = " + quoted(m.Name)
	case ledger.NameNear: // see personOf for the other half
		return "(name_near IN " + listed(append(ledger.Masked(m.Name), m.Name)) +
			" OR name_key IN " + listed(slices.Concat(ledger.Shorter(m.Name), m.Alike)) + ")"
	}
	return "name_key = " + quoted(m.Name)
}

// quoted writes a value for a filter. Unescaped, a quote in a name would end the value and the rest would be a filter.
func quoted(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

func listed(values []string) string {
	q := make([]string, len(values))
	for i, v := range values {
		q[i] = quoted(v)
	}
	return "[" + strings.Join(q, ",") + "]"
}
