package portal

import (
	"strings"
	"testing"

	"mingbai/templates"
)

func testPad(t *testing.T) *namePad {
	t.Helper()
	list, err := templates.Assets()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Name == namePadFile {
			p, err := readNamePad(string(a.Body))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
	}
	t.Fatal("no table")
	return nil
}

// Surnames come first for the first character, given names' characters for the others; the letters of a whole name are used up
// one syllable after the other.
func TestTheNamePad(t *testing.T) {
	p := testPad(t)
	for _, x := range []struct {
		name, letters, first string
	}{
		{"", "w", "王"},
		{"", "zh", "张"},
		{"", "zeng", "曾"},
		{"", "lv", "吕"},
		{"", "shan", "单"},
		{"", "ou", "欧"},
		{"李", "ying", "英"},
		{"李", "x", "秀"},
		{"", "zhangsan", "张"},
		{"买", "mai", "买"},
	} {
		got := string(p.offer(x.letters, x.name == ""))
		if !strings.HasPrefix(got, x.first) && !strings.Contains(string([]rune(got)[:min(3, len([]rune(got)))]), x.first) {
			t.Errorf("%s after %q offers %.30s…, want %s at once", x.letters, x.name, got, x.first)
		}
	}
	s := padState{}
	for _, key := range strings.Split("zhangsanfeng", "") {
		s = p.press(s, key)
	}
	for _, c := range []string{"龘", "张", "三", "峰"} { // the first is not offered
		s = p.pick(s, c)
	}
	if s.Name != "张三峰" || s.Letters != "" {
		t.Errorf("%+v", s)
	}
	s = p.press(p.press(s, "·"), "del")
	s = p.press(s, "del")
	if s.Name != "张三" {
		t.Errorf("%+v", s)
	}
	s = p.press(p.press(p.press(s, "y"), "i"), "next")
	show, shelves := p.shelf(s)
	if s.Shelf != 1 || len(show) != perShelf || shelves < 5 {
		t.Errorf("%+v shows %v of %d", s, show, shelves)
	}
	if s = p.press(p.press(s, "back"), "back"); s.Shelf != 0 {
		t.Errorf("%+v", s)
	}
	for range 100 {
		s = p.press(s, "q")
	}
	if len(s.Letters) > mostLetters || p.press(s, "clear") != (padState{}) || p.press(padState{}, "<script>") != (padState{}) {
		t.Errorf("%+v", s)
	}
}
