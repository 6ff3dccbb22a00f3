package ledger

import (
	"errors"
	"math"
	"testing"
)

func TestParseYuan(t *testing.T) {
	for text, want := range map[string]Fen{
		"0": 0, "5": 500, "1040.86": 104086, "1,040.86": 104086, "1,234,567.8": 123456780, "-3.5": -350, "+2": 200,
		"０８３．９４": 8394, "￥12.50元": 1250, " 7 ": 700, ".5": 50, "5.": 500, "1040.860000": 104086, "000012": 1200,
	} {
		if got, err := ParseYuan(text); err != nil || got != want {
			t.Errorf("ParseYuan(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"": ErrNotNumber, "-": ErrNotNumber, ".": ErrNotNumber, "十元": ErrNotNumber, "1.2.3": ErrNotNumber, "1 040": ErrNotNumber,
		"1,23": ErrNotNumber, ",123": ErrNotNumber, "1e3": ErrNotNumber, "--1": ErrNotNumber, "0x10": ErrNotNumber, "NaN": ErrNotNumber,
		"1.001": ErrTooFine, "99999999999999999": ErrTooLarge,
	} {
		if got, err := ParseYuan(text); !errors.Is(err, want) {
			t.Errorf("ParseYuan(%q) = %d, %v; want %v", text, got, err, want)
		}
	}
	if got, err := ParseWan("12.3456"); err != nil || got != 12345600 {
		t.Errorf("ParseWan = %d, %v", got, err)
	}
	if _, err := ParseWan("50元"); !errors.Is(err, ErrNotNumber) {
		t.Errorf("yuan written into a column of wan: %v", err)
	}
	if _, err := ParseWan("0.0000001"); !errors.Is(err, ErrTooFine) {
		t.Errorf("a tenth of a fen in wan: %v", err)
	}
}

func TestFenInWords(t *testing.T) {
	for f, want := range map[Fen]string{
		0: "0.00", 5: "0.05", -5: "-0.05", 104086: "1,040.86", 100000000: "1,000,000.00", -123456: "-1,234.56", 99999: "999.99",
	} {
		if got := f.String(); got != want {
			t.Errorf("%d = %q, want %q", int64(f), got, want)
		}
	}
	if got := Fen(math.MinInt64).Plain(); got != "-92233720368547758.08" {
		t.Errorf("the smallest amount = %q", got)
	}
}

func TestQuantities(t *testing.T) {
	area, _ := ParseQuantity("12.40")
	standard, _ := ParseQuantity("83.94")
	if got, ok := area.Times(standard); !ok || got != 104086 {
		t.Errorf("12.40 × 83.94 = %v, want 1,040.86", got)
	}
	if area.String() != "12.40" || area.Short() != "12.4" || Quantity(30000).Short() != "3" || Quantity(31416).String() != "3.1416" {
		t.Errorf("words: %s %s", area, area.Short())
	}
	for _, c := range []struct {
		a, b Quantity
		want Fen
	}{{5000, 100, 1}, {4900, 100, 0}, {-5000, 100, -1}, {1, 1, 0}, {10000, 10000, 100}} { // half up to the fen
		if got, ok := c.a.Times(c.b); !ok || got != c.want {
			t.Errorf("%d × %d = %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if _, ok := Quantity(math.MaxInt64).Times(math.MaxInt64); ok {
		t.Error("a product that does not fit was given")
	}
}

func FuzzParseYuan(f *testing.F) {
	for _, s := range []string{"1,040.86", "-0", "．", "￥", "元", "1.", ",", "9999999999999999.99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseYuan(s)
		if err != nil {
			return
		}
		again, err := ParseYuan(v.String())
		if err != nil || again != v {
			t.Errorf("%q → %v → %v, %v", s, v, again, err)
		}
	})
}
