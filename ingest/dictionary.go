package ingest

import (
	_ "embed"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mingbai/ledger"
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

// byHand is the rank of what Options.Map says: stronger than any line of the dictionary.
const byHand = -1

// use is what is done with a column.
type use uint8

const (
	unknown use = iota
	imported
	known // understood, of no use
	never // dropped, because it may not be published
)

// dictionary is what dictionary.txt says, by kind of table.
type dictionary map[ledger.FundKind]*vocabulary

// vocabulary is what labels mean in tables of one kind, by label key.
type vocabulary struct {
	labels map[string]meaning
	roles  map[string]string // role word → head, payee, beneficiary
	parts  map[string]string // part label → name, id_number
	ranks  map[string]int    // lines so far, by field
	common map[string]bool   // labels that a line for all kinds gave: a kind's own line may say otherwise
}

var builtin = mustParse(dictionaryText)

// mustParse reads the embedded text. A fault in it is a fault of the program.
func mustParse(text string) dictionary {
	d := dictionary{}
	for name := range kinds {
		d[name] = &vocabulary{map[string]meaning{}, map[string]string{}, map[string]string{}, map[string]int{}, map[string]bool{}}
	}
	if err := d.parse(text, false); err != nil {
		panic(err)
	}
	return d
}

func (d dictionary) clone() dictionary {
	out := dictionary{}
	for name, v := range d {
		out[name] = &vocabulary{maps.Clone(v.labels), maps.Clone(v.roles), maps.Clone(v.parts), maps.Clone(v.ranks), maps.Clone(v.common)}
	}
	return out
}

// parse adds the lines of a text. Where override is false, no label may have two meanings in one kind.
func (d dictionary) parse(text string, override bool) error {
	section := ledger.FundKind("*")
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		wrong := func(what string) error {
			return ledger.Errorf(ledger.KindInvalid, "词典第%d行：%s", number, what)
		}
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = ledger.FundKind(strings.TrimSuffix(name, "]"))
			if d[section] == nil && section != "*" {
				return wrong("没有这一类表格")
			}
			continue
		}
		head, labels, ok := strings.Cut(norm.NFKC.String(line), ":")
		sort, name, ok2 := strings.Cut(head, " ")
		if !ok || !ok2 || !slices.Contains([]string{"role", "part", "field", "known", "never"}, sort) {
			return wrong("应写成“field 字段名: 列名 列名”")
		}
		for of, v := range d {
			if section != "*" && section != of || sort == "field" && !slices.Contains(kinds[of].fields, name) {
				if section == of {
					return wrong("这一类表格没有字段“" + shown(name) + "”")
				}
				continue
			}
			if label, ok := v.put(sort, name, strings.Fields(labels), section == "*", override); !ok {
				return wrong("“" + shown(label) + "”已有别的意思")
			}
		}
	}
	return nil
}

// put takes in one line; ok is false, with the label, where it means something already.
func (v *vocabulary) put(sort, name string, labels []string, common, override bool) (label string, ok bool) {
	m := meaning{field: name}
	switch sort {
	case "field":
		m.use, m.rank = imported, v.ranks[name]
		v.ranks[name]++
	case "known":
		m.use = known
	case "never":
		m.use = never
	}
	for _, label := range labels {
		switch sort {
		case "role":
			v.roles[label] = name
			continue
		case "part":
			v.parts[label] = name
			continue
		}
		if _, twice := v.labels[label]; twice && !override && (common || !v.common[label]) {
			return label, false
		}
		v.labels[label], v.common[label] = m, common
	}
	return "", true
}

// override takes in what is said by hand.
func (d dictionary) override(byLabel map[string]string) {
	for label, field := range byLabel {
		if columnLetters.MatchString(label) {
			continue // settled when the header is found
		}
		key, _ := readLabel(label)
		for of, v := range d {
			if m, ok := kinds[of].byHand(field); ok {
				v.labels[key] = m
			}
		}
	}
}

// byHand is the meaning of a column that is given by hand.
func (k *kind) byHand(field string) (m meaning, ok bool) {
	switch {
	case field == "":
		return meaning{use: known}, true
	case !slices.Contains(k.fields, field):
		return meaning{}, false
	case field == "seq" || field == "note":
		return meaning{use: known, field: field}, true
	case field == "account" || field == "phone":
		return meaning{use: never, field: field}, true
	}
	return meaning{use: imported, field: field, rank: byHand}, true
}

// find tells what a label means: as it stands, else without its brackets.
func (v *vocabulary) find(key string) meaning {
	bare := key
	if strings.Contains(key, "(") {
		bare = brackets.ReplaceAllString(key, "")
	}
	for i, k := range [...]string{key, bare} {
		if i > 0 && bare == key {
			break
		}
		if m, ok := v.labels[k]; ok {
			return m
		}
		if part, ok := v.parts[k]; ok {
			return meaning{use: imported, field: part}
		}
		if role, ok := v.roles[k]; ok {
			return meaning{use: imported, field: "name", role: role}
		}
		for word, role := range v.roles {
			rest, ok := strings.CutPrefix(k, word)
			if !ok {
				continue
			}
			if part, ok := v.parts[rest]; ok {
				return meaning{use: imported, field: part, role: role}
			}
			if m := v.labels[rest]; m.use == never {
				return m
			}
		}
	}
	return meaning{}
}

// groupRole tells whom a merged group of columns is about: 户主信息, 收款人情况. Empty when about nobody.
func (v *vocabulary) groupRole(key string) string {
	for _, suffix := range []string{"", "信息", "基本信息", "情况", "基本情况", "资料"} {
		if word, ok := strings.CutSuffix(key, suffix); ok {
			if role := v.roles[word]; role != "" {
				return role
			}
		}
	}
	return ""
}

// meaningOf reads a label with the groups over it, the nearest first. A person's column without a role of its own takes
// the group's; without a group it is the householder's.
func (v *vocabulary) meaningOf(key string, groups ...string) meaning {
	m := v.find(key)
	whole := key
	for _, group := range groups {
		if m.use != unknown {
			break
		}
		whole = group + whole
		if m = v.find(group + key); m.use == unknown { // 补贴 over 金额
			m = v.find(whole)
		}
	}
	if m.use == imported && (m.field == "name" || m.field == "id_number" && m.rank != byHand) {
		for _, group := range groups {
			if m.role == "" {
				m.role = v.groupRole(group)
			}
		}
		if m.role == "" {
			m.role = "head"
		}
		m.field = personField(m.role, m.field)
	}
	return m
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
		"元", "万元", "亩", "人", "户", "公顷", "头", "只", "羽", "台", "株", "吨", "公斤", "斤", "平方米", "人次", "名", "个",
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
