package ingest

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"mingbai/ledger"
)

// Options say what the file is meant to be. What is left empty is recognised from the file, or not compared. But for
// Records they are plain data, which can be handed to another process.
type Options struct {
	Kind ledger.FundKind // empty: recognised from the headers
	Unit string          // yuan or wan, given by hand: settles a unit that the file leaves open (HDR-05)

	// What the batch is for, to be compared with the title (HDR-06) and the dates (CEL-10).
	Year     int
	FundName string
	Town     string
	Document ledger.Fen // what the document hands down (XR-08)

	Codes Codes // what the county has listed (CEL-13)

	// Map says by hand which column gives which field, by the column's label or letter. An empty field leaves the column
	// out. It overrides what the dictionary knows.
	Map map[string]string
	// Remembered is what was said by hand of the same headers before (Sheet.Mapped). A column that Map names is Map's.
	Remembered []ledger.ColumnMapping
	// Dictionary holds the county's own lines in the form of dictionary.txt. They override it and are part of the rule
	// version.
	Dictionary string

	// RowKey is the key by which the rows of warnings are digested (Finding.Row). Empty: they are not.
	RowKey []byte

	// Records is given the rows of every kind but subsidy, as emit is given those of subsidy. It may be nil.
	Records func(ledger.Record) error `json:"-"`
}

var columnLetters = regexp.MustCompile(`^[A-Za-z]{1,3}$`)

// validate checks the options, and gives the words to read headers by.
func (o *Options) validate() (dictionary, error) {
	if _, ok := kinds[o.Kind]; !ok && o.Kind != "" {
		return nil, ledger.Errorf(ledger.KindInvalid, "类别“%s”不对，写成 %s", shown(string(o.Kind)), strings.Join(kindNames(), "、"))
	}
	if o.Unit != "" && o.Unit != yuan && o.Unit != wan {
		return nil, ledger.Errorf(ledger.KindInvalid, "金额单位“%s”不对，写成 yuan 或 wan", shown(o.Unit))
	}
	words := builtin
	if o.Dictionary != "" {
		words = words.clone()
		if err := words.parse(o.Dictionary, true); err != nil {
			return nil, err
		}
	}
	for _, label := range slices.Sorted(maps.Keys(o.Map)) {
		if field := o.Map[label]; field != "" && !o.hasField(field) {
			return nil, ledger.Errorf(ledger.KindInvalid, "列“%s”对应的字段“%s”不对，可用的字段：%s", shown(label), shown(field),
				strings.Join(o.fields(), "、"))
		}
	}
	if len(o.Map) > 0 {
		words = words.clone()
		words.override(o.Map)
	}
	return words, nil
}

// fields are the field names that a column may be mapped to.
func (o *Options) fields() []string {
	all := map[string]bool{}
	for name, kind := range kinds {
		for _, field := range kind.fields {
			if o.Kind == "" || o.Kind == name {
				all[field] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (o *Options) hasField(field string) bool { return slices.Contains(o.fields(), field) }
