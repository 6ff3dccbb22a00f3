package search

import (
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"

	"github.com/meilisearch/meilisearch-go"

	"mingbai/ledger"
)

// maxPart is the longest run of characters by which a name can be found inside; longer ones are left to the books.
// 阿卜杜热依木·阿卜杜热合曼 has 13.
const maxPart = 16

// personDocument is what the people index holds of a person in a village.
type personDocument struct {
	ID        string   `json:"id"` // the ref's text
	Key       string   `json:"name_key"`
	Parts     []string `json:"name_parts"`
	Spellings []string `json:"name_py_keys"`
	Near      []string `json:"name_near"`
	Places    []string `json:"place_codes"` // the village and its town
	Funds     []string `json:"fund_codes"`
	Years     []int    `json:"years"`
	FundYears []string `json:"fund_years"`
}

func personOf(e ledger.PeopleEntry) personDocument {
	d := personDocument{
		ID: e.Ref.String(), Key: e.Forms.Key, Parts: parts(e.Forms.Key), Spellings: sorted(e.Forms.Pinyin),
		Near:  sorted(slices.Concat(ledger.Masked(e.Forms.Key), ledger.Shorter(e.Forms.Key))),
		Funds: sorted(e.FundCodes), Years: sorted(e.Years), Places: []string{}, FundYears: make([]string, len(e.FundYears)),
	}
	if v := e.Ref.Village; v != "" {
		d.Places = []string{v[:len("990121001")], v}
	}
	for i, f := range e.FundYears {
		d.FundYears[i] = fundInYear(f.Fund, f.Year)
	}
	d.FundYears = sorted(d.FundYears)
	return d
}

func fundInYear(fund string, year int) string { return fund + "@" + strconv.Itoa(year) }

// lookupDocument is what the lookup index holds of a person.
type lookupDocument struct {
	ID    string `json:"id"` // the person
	Token string `json:"id_token"`
	Key   string `json:"name_key"`
}

func lookupOf(e ledger.LookupEntry) lookupDocument {
	return lookupDocument{e.Person, hex.EncodeToString(e.Token), e.NameKey}
}

// parts are all runs of neighbouring characters of a key.
func parts(key string) []string {
	r := []rune(key)
	p := make([]string, 0, len(r)*(len(r)+1)/2)
	for i := range r {
		for j := i + 1; j <= min(len(r), i+maxPart); j++ {
			p = append(p, string(r[i:j]))
		}
	}
	return sorted(p)
}

// sorted copies a set so that equal sets look equal; never nil, which JSON would write as null.
func sorted[T string | int](set []T) []T {
	s := append(make([]T, 0, len(set)), set...)
	slices.Sort(s)
	return slices.Compact(s)
}

// differs names the fields in which Meilisearch holds another document than this one; none when it holds exactly it.
func differs[T any](want T, hit meilisearch.Hit) (fields []string) {
	left := len(hit)
	v := reflect.ValueOf(want)
	for i, t := range reflect.VisibleFields(v.Type()) {
		name := t.Tag.Get("json")
		raw, ok := hit[name]
		if ok {
			left--
		}
		is := reflect.New(t.Type)
		if !ok || json.Unmarshal(raw, is.Interface()) != nil || !reflect.DeepEqual(is.Elem().Interface(), v.Field(i).Interface()) {
			fields = append(fields, name)
		}
	}
	if left > 0 { // by whatever name: it may be one that must not be told
		fields = append(fields, "unknown")
	}
	return fields
}
