package query

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai/search"
)

// Parse understands a text; the package comment has the rules. It never fails: what means nothing else is the name.
func Parse(text string, v *Vocabulary) Query {
	q := v.read(text)
	if q.Name != "" {
		alone := v.read(q.Name)
		q.Literal = !reflect.DeepEqual(alone, Query{Name: q.Name})
	}
	return q
}

// Elsewise is the other reading of a name that is a place's, too: 柳林 as 柳林镇. false where there is none.
func (v *Vocabulary) Elsewise(q Query) (Query, bool) {
	m, ok := v.maybe[search.Normalise(q.Name)]
	if !ok {
		return q, false
	}
	q.Name, q.Literal = "", false
	q.Places = slices.Concat(q.Places, v.stem(m))
	q.settle(v)
	return q, true
}

// reading is a question while its words are read.
type reading struct {
	Query
	v     *Vocabulary
	name  []string
	maybe []int // which of name's words are places' stems
}

func (v *Vocabulary) read(text string) Query {
	r := &reading{v: v}
	rest := strings.ToValidUTF8(text, "\uFFFD")
	for {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if rest == "" {
			break
		}
		word := rest
		if i := strings.IndexFunc(rest, unicode.IsSpace); i >= 0 {
			word = rest[:i]
		}
		if !r.known(search.Normalise(word)) {
			if inside, length := quoted(rest); length > 0 {
				r.addName(inside)
				rest = rest[length:]
				continue
			}
			r.unknown(word)
		}
		rest = rest[len(word):]
	}
	r.decide()
	r.settle(v)
	return r.Query
}

// quoted reads a text that begins with a quote closed at a word's end, and tells how long it is with its quotes.
func quoted(text string) (inside string, length int) {
	closing := map[rune]string{'“': "”", '"': `"`}
	open, n := utf8.DecodeRuneInString(text)
	end, ok := closing[open]
	for i := n; ok; {
		j := strings.Index(text[i:], end)
		if j < 0 {
			return "", 0
		}
		after := i + j + len(end)
		if next, _ := utf8.DecodeRuneInString(text[after:]); after == len(text) || unicode.IsSpace(next) {
			return text[n : i+j], after
		}
		i = after
	}
	return "", 0
}

// known takes a word in when it is a year or a full or short name.
func (r *reading) known(key string) bool {
	if list := years(key, r.v.year); list != nil {
		r.Years = append(r.Years, list...)
		return true
	}
	m, ok := r.v.sure[key]
	if ok {
		r.add(m.sort, r.v.term(key, m))
	}
	return ok
}

func (r *reading) add(s sort, terms ...Term) {
	list := map[sort]*[]Term{town: &r.Places, village: &r.Places, fund: &r.Funds, agency: &r.Agencies}[s]
	*list = append(*list, terms...)
}

// unknown reads a word that is not known as it stands: parted by commas, run together with known ones, a place's stem, or
// the name.
func (r *reading) unknown(word string) {
	pieces := strings.FieldsFunc(word, func(c rune) bool { return strings.ContainsRune(",，;；", c) })
	if len(pieces) > 1 || len(pieces) == 1 && pieces[0] != word {
		for _, p := range pieces {
			if !r.known(search.Normalise(p)) {
				r.unknown(p)
			}
		}
		return
	}
	key := search.Normalise(word)
	if _, ok := r.v.maybe[key]; ok {
		r.maybe = append(r.maybe, len(r.name))
		r.name = append(r.name, word)
		return
	}
	for _, fromEnd := range []bool{false, true} {
		if part, rest := r.cut([]rune(key), fromEnd); part != "" {
			r.known(part)
			if !r.known(rest) {
				r.unknown(rest)
			}
			return
		}
	}
	r.addName(word)
}

// cut finds the longest known word at an end of a longer one. What it leaves is no single character, and no number is cut
// in two.
func (r *reading) cut(word []rune, fromEnd bool) (part, rest string) {
	const longestYear = 16
	for n := min(len(word)-2, max(r.v.longest, longestYear)); n >= 2; n-- {
		head, tail := word[:n], word[n:]
		if fromEnd {
			head, tail = word[:len(word)-n], word[len(word)-n:]
		}
		if plain(head[len(head)-1]) && plain(tail[0]) {
			continue
		}
		part, rest = string(head), string(tail)
		if fromEnd {
			part, rest = rest, part
		}
		if _, ok := r.v.sure[part]; ok || years(part, r.v.year) != nil {
			return part, rest
		}
	}
	return "", ""
}

// plain tells what only stands together: digits, Latin letters and what joins them.
func plain(c rune) bool {
	return c < utf8.RuneSelf && (unicode.IsDigit(c) || unicode.IsLetter(c) || strings.ContainsRune("-~./", c))
}

// addName takes words into the name as they were typed, without curly quotes, in which String puts the name.
func (r *reading) addName(text string) {
	text = strings.Join(strings.Fields(strings.NewReplacer("“", "", "”", "").Replace(text)), " ")
	if search.Normalise(text) != "" {
		r.name = append(r.name, text)
	}
}

// decide settles whether stems of places are the name (rule 5).
func (r *reading) decide() {
	if len(r.maybe) == len(r.name) && len(r.maybe) > 0 {
		r.maybe = r.maybe[1:]
	}
	for _, i := range slices.Backward(r.maybe) {
		m := r.v.maybe[search.Normalise(r.name[i])]
		r.Places = append(r.v.stem(m), r.Places...)
		r.name = slices.Delete(r.name, i, i+1)
	}
	r.Name = strings.Join(r.name, " ")
}

// settle brings a question into its one form: nothing twice, years in order, a town taken into its own villages (rule 6).
func (q *Query) settle(v *Vocabulary) {
	slices.Sort(q.Years)
	q.Years = slices.Compact(q.Years)
	for _, list := range []*[]Term{&q.Places, &q.Funds, &q.Agencies} {
		*list = distinct(*list)
	}
	for i := 0; i < len(q.Places); i++ {
		code := q.Places[i].Codes[0]
		if len(code) == len("990121001") && v.narrow(q.Places, code) {
			q.Places = without(q.Places, i)
			i = -1
		}
	}
	q.Places = distinct(q.Places)
}

func distinct(list []Term) []Term {
	var out []Term
	for _, t := range list {
		if !slices.ContainsFunc(out, func(o Term) bool { return o.Word == t.Word }) {
			out = append(out, t)
		}
	}
	return out
}

// narrow keeps of each village's codes those in a town, and tells whether any village is there.
func (v *Vocabulary) narrow(places []Term, town string) (found bool) {
	for i, p := range places {
		var inTown []string
		for _, code := range p.Codes {
			if len(code) > len(town) && strings.HasPrefix(code, town) {
				inTown = append(inTown, code)
			}
		}
		if m := (meaning{village, inTown}); len(inTown) > 0 {
			narrowed := v.term(p.Word, m)
			if !v.means(narrowed.Word, m) {
				continue // two villages of one name in one town: no word is theirs alone
			}
			places[i], found = narrowed, true
		}
	}
	return found
}
