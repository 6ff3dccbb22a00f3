package postgres

import (
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// peopleConditions say in SQL whether person n is named as a question asks, and whether payment p is of what it asks for.
func peopleConditions(q ledger.PeopleQuery, args pgx.NamedArgs) (named, paid string) {
	named, paid = nameCondition(q.Match(), args), "true"
	for _, m := range q.Except {
		named += " and not (" + nameCondition(m, args) + ")"
	}
	if len(q.Places) > 0 {
		args["places"] = q.Places
		paid += " and (p.village_code = any(@places) or left(p.village_code, 9) = any(@places))"
	}
	if len(q.Funds) > 0 {
		args["funds"] = q.Funds
		paid += " and p.fund = any(@funds)"
	}
	if len(q.Years) > 0 {
		args["years"] = q.Years
		paid += " and p.year = any(@years)"
	}
	return named, paid
}

// nameCondition compares person n's name in a match's way. An empty name matches nobody. Grams are what the index is asked
// by; where all names are read, they are looked at last: comparing arrays takes ten times as long as comparing texts.
func nameCondition(m ledger.NameMatch, args pgx.NamedArgs) string {
	arg := func(value any) string {
		name := "n" + strconv.Itoa(len(args))
		args[name] = value
		return "@" + name
	}
	switch {
	case m.Name == "":
		return `false`
	case m.Mode == ledger.NamePinyin:
		return `n.name_py @> ` + arg([]string{m.Name})
	case m.Mode == ledger.NameContains:
		return `position(` + arg(m.Name) + ` in n.name_key) > 0 and n.grams @> ` + arg(grams(m.Name))
	case m.Mode == ledger.NameNear:
		ways := []string{`n.name_key = any(` + arg(slices.Concat([]string{}, ledger.Shorter(m.Name), m.Alike)) + `)`}
		for _, open := range slices.Concat(ledger.Masked(m.Name), ledger.Longer(m.Name)) {
			ways = append(ways, `n.name_key like `+arg(like.Replace(open))+` and n.grams @> `+arg(openGrams(open)))
		}
		return `(` + strings.Join(ways, " or ") + `)`
	}
	return `n.name_key = ` + arg(m.Name)
}

// like writes a name with one open character as a pattern.
var like = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, string(ledger.AnyRune), "_")

// openGrams are the grams on both sides of an open character.
func openGrams(open string) (g []string) {
	for side := range strings.SplitSeq(open, string(ledger.AnyRune)) {
		if side != "" {
			g = append(g, grams(side)...)
		}
	}
	return g
}

// grams are the pairs of neighbouring characters, or the one character, that a name containing s must have.
func grams(s string) []string {
	r := []rune(s)
	if len(r) == 1 {
		return []string{s}
	}
	var g []string
	for i := range len(r) - 1 {
		g = append(g, string(r[i:i+2]))
	}
	return g
}
