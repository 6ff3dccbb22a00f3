package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// number makes a fictional number with a right check character from its first 17 digits.
func number(first17 string) string { return first17 + string(IDCheckDigit(first17)) }

func TestParseID(t *testing.T) {
	good := number("99012119560412003")
	var withX string
	for i := range 1000 {
		if withX = number(fmt.Sprintf("99012119700101%03d", i)); strings.HasSuffix(withX, "X") {
			break
		}
	}
	wrong := good[:17] + string('0'+(good[17]-'0'+1)%10)
	if good[17] == 'X' {
		wrong = good[:17] + "0"
	}
	for name, c := range map[string]struct {
		text  string
		want  string
		fault IDFault
	}{
		"right":                 {good, good, IDGood},
		"lower-case x":          {strings.ToLower(withX), withX, IDGood},
		"blanks and apostrophe": {"'" + good[:6] + " " + good[6:14] + "  " + good[14:], good, IDGood},
		"full width":            {fullWidth(good), good, IDGood},
		"old, 15 digits":        {"990121560412003", good, IDOld},
		"empty":                 {"  ", "", IDEmpty},
		"masked":                {good[:6] + "********" + good[14:], "", IDMasked},
		"17 digits":             {good[:17], good[:17], IDLength},
		"19 digits":             {good + "1", good + "1", IDLength},
		"letters":               {"99012119560412A03X", "99012119560412A03X", IDShape},
		"month 13":              {number("99012119561312003"), number("99012119561312003"), IDBirthDate},
		"not yet born":          {number("99012129560412003"), number("99012129560412003"), IDBirthDate},
		"wrong check character": {wrong, wrong, IDCheck},
	} {
		got, fault := ParseID(c.text)
		if fault != c.fault || c.want != "" && got.Digits() != c.want {
			t.Errorf("%s: ParseID = %q, fault %d; want %q, %d", name, got.Digits(), fault, c.want, c.fault)
		}
	}
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, s)
}

// Nothing that prints a number shows a digit of it.
func TestNumbersCannotBePrinted(t *testing.T) {
	secret := number("99012119560412003")
	id, _ := ParseID(secret)
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %s %q %+v %#v %v %+v %#v", id, id, id, id, id, Party{"张三", id}, Party{"张三", id}, &Row{Head: Party{"张三", id}})
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "id", id, "party", Party{"张三", id})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "id", id, "party", Party{"张三", id})
	if err := json.NewEncoder(&out).Encode(Row{Head: Party{"张三", id}}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), secret[6:14]) {
		t.Errorf("a number was printed: %s", out.String())
	}
	if !strings.Contains(out.String(), idMask) {
		t.Error("the mask is missing; was anything printed?")
	}
}

func TestAskedIDSaysHowManyCharactersAreThere(t *testing.T) {
	good := number("99012119560412003")
	if _, err := AskedID(good[:17]); err == nil || !strings.Contains(err.Error(), "您填了17位") {
		t.Errorf("17 digits: %v", err)
	}
	for _, bad := range []string{"", good[:6] + "****", good + "0"} {
		if _, err := AskedID(bad); KindOf(err) != KindInvalid || strings.Contains(err.Error(), "9901") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, special := range []string{good[:17] + "0", "99012119569912003X", "99012119560412A03X"} { // check character, birth date, shape
		if _, err := AskedID(special); err != nil {
			t.Errorf("a number that a certifier may accept must be looked up like any other: %v", err)
		}
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("99012119560412003X")
	f.Add("'９９０１２１ 560412003")
	f.Fuzz(func(t *testing.T, s string) {
		id, fault := ParseID(s)
		if fault == IDGood && len(id.Digits()) != 18 {
			t.Errorf("%q is good, yet %d long", s, len(id.Digits()))
		}
		if again, f2 := ParseID(id.Digits()); fault == IDGood && (f2 != IDGood || again != id) {
			t.Errorf("%q does not stay itself", s)
		}
	})
}
