package ingest

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed dictionary.txt
var dictionaryText string

// meaning is what a label stands for.
type meaning struct {
	use   use
	field string // DESIGN's field name: id_number, area_mu…; of a person without the role's prefix
	rank  int    // 0 is stronger than 1: see the dictionary's head
	role  string // of a person's field; empty when the label itself does not say whose it is
}

// use is what is done with a column.
type use uint8

const (
	unknown use = iota
	imported
	known // understood, of no use
	never // dropped, because it may not be published
)

// dictionary is what dictionary.txt says, by label key.
type dictionary struct {
	labels map[string]meaning
	roles  map[string]string // role word → head, payee, beneficiary
	parts  map[string]string // part label → name, id_number
}

var words = parseDictionary(dictionaryText)

// parseDictionary reads the embedded text. A fault in it is a fault of the program.
func parseDictionary(text string) dictionary {
	d := dictionary{map[string]meaning{}, map[string]string{}, map[string]string{}}
	ranks := map[string]int{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		head, labels, ok := strings.Cut(line, ":")
		sort, name, ok2 := strings.Cut(head, " ")
		if !ok || !ok2 {
			panic("dictionary: " + line)
		}
		for _, label := range strings.Fields(labels) {
			switch sort {
			case "role":
				d.roles[label] = name
			case "part":
				d.parts[label] = name
			case "field":
				d.put(label, meaning{use: imported, field: name, rank: ranks[name]})
			case "known":
				d.put(label, meaning{use: known, field: name})
			case "never":
				d.put(label, meaning{use: never, field: name})
			default:
				panic("dictionary: " + line)
			}
		}
		if sort == "field" {
			ranks[name]++
		}
	}
	return d
}

func (d dictionary) put(label string, m meaning) {
	if was, twice := d.labels[label]; twice {
		panic(fmt.Sprintf("dictionary: %s is both %s and %s", label, was.field, m.field))
	}
	d.labels[label] = m
}

// find tells what a label means: as it stands, else without its brackets.
func (d dictionary) find(key string) meaning {
	for _, k := range []string{key, brackets.ReplaceAllString(key, "")} {
		if m, ok := d.labels[k]; ok {
			return m
		}
		if part, ok := d.parts[k]; ok {
			return meaning{use: imported, field: part}
		}
		if role, ok := d.roles[k]; ok {
			return meaning{use: imported, field: "name", role: role}
		}
		for word, role := range d.roles {
			rest, ok := strings.CutPrefix(k, word)
			if !ok {
				continue
			}
			if part, ok := d.parts[rest]; ok {
				return meaning{use: imported, field: part, role: role}
			}
			if m := d.labels[rest]; m.use == never {
				return m
			}
		}
	}
	return meaning{}
}

// groupRole tells whom a merged group of columns is about: 户主信息, 收款人情况. Empty when about nobody.
func (d dictionary) groupRole(key string) string {
	for _, suffix := range []string{"", "信息", "基本信息", "情况", "基本情况", "资料"} {
		if word, ok := strings.CutSuffix(key, suffix); ok {
			if role := d.roles[word]; role != "" {
				return role
			}
		}
	}
	return ""
}

// personField names a person's field: the householder's has no prefix for the number, as the books have it.
func personField(role, part string) string {
	if role == "head" && part == "id_number" {
		return "id_number"
	}
	return role + "_" + part
}

var (
	brackets   = regexp.MustCompile(`\([^()]*\)`)
	slashUnit  = regexp.MustCompile(`[/,:、](元|万元|亩|人|人民币元)$`)
	labelUnits = []string{
		"元", "万元", "亩", "人", "户", "公顷", "头", "只", "羽", "台", "株", "吨", "公斤", "斤", "平方米", "人次",
		"元/亩", "元/人", "元/户", "元/头", "元/台", "元/月", "元/人月", "元/公斤",
	}
)

// readLabel makes a label comparable and takes the unit out of it: "金 额\n（元）*" is 金额 in 元.
func readLabel(text string) (key, unit string) {
	key = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("*'\"“”", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
	for _, b := range brackets.FindAllString(key, -1) {
		u := strings.TrimPrefix(strings.TrimPrefix(b[1:len(b)-1], "单位:"), "人民币")
		if slices.Contains(labelUnits, u) {
			key, unit = strings.Replace(key, b, "", 1), u
		}
	}
	if m := slashUnit.FindStringSubmatch(key); m != nil {
		key, unit = strings.TrimSuffix(key, m[0]), strings.TrimPrefix(m[1], "人民币")
	}
	return strings.TrimRight(key, ":"), unit
}
