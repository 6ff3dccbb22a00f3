package apart

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

// fullRow has something in every field that a row has, so that a field added to ledger.Row cannot be forgotten here.
func fullRow(t *testing.T) ledger.Row {
	id, _ := ledger.ParseID(secret)
	r := ledger.Row{
		Line: 7, Sheet: "张庄村", SheetRow: 12, Town: "柳门镇", Village: "张庄村", Group: "3组",
		Head: ledger.Party{Name: "张三", ID: id}, Payee: ledger.Party{Name: "李四", ID: id}, Beneficiary: ledger.Party{Name: "王五", ID: id},
		Basis: 45_000, BasisUnit: "亩", Standard: 100_000, Amount: -4500, PaidOn: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), Status: ledger.Paid,
	}
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Fatalf("fullRow lacks %s", v.Type().Field(i).Name)
		}
	}
	return r
}

func TestRowsSurviveThePipe(t *testing.T) {
	full := fullRow(t)
	masked, _ := ledger.ParseID("9901**********0013")
	short, _ := ledger.ParseID("99012119800")
	old, _ := ledger.ParseID("990121800101001")
	want := []ledger.Row{
		full,
		{},
		full, full,
		{Line: 2, Amount: 1},
		{Head: ledger.Party{ID: masked}, Payee: ledger.Party{ID: short}, Beneficiary: ledger.Party{ID: old}},
	}
	var b []byte
	for _, r := range want {
		b = appendRow(b, &r)
	}
	var got []ledger.Row
	for d := (rowReader{rest: b}); d.more(); {
		r, err := d.row()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// The child is not believed: any bytes are rows or an error.
func FuzzRows(f *testing.F) {
	id, _ := ledger.ParseID(secret)
	f.Add(appendRow(nil, &ledger.Row{Line: 1, Sheet: "张庄村", Head: ledger.Party{Name: "张三", ID: id}}))
	f.Add([]byte(strings.Repeat("\xff", 20)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for d := (rowReader{rest: b}); d.more(); {
			if _, err := d.row(); err != nil && !d.bad {
				t.Fatal("an error that does not end the reading")
			}
		}
	})
}

func BenchmarkRows(b *testing.B) {
	id, _ := ledger.ParseID(secret)
	block := appendRow(nil, &ledger.Row{
		Line: 7, Sheet: "张庄村", Town: "柳门镇", Village: "张庄村", Group: "3组", Head: ledger.Party{Name: "张三", ID: id}, Amount: 4500,
	})
	for b.Loop() {
		d := rowReader{rest: block}
		if _, err := d.row(); err != nil {
			b.Fatal(err)
		}
	}
}
