package ingest

import "testing"

func TestCodeLists(t *testing.T) {
	lists := newCodeLists(Codes{
		Regions: villagesOf("张庄村", "柳门口村").Regions,
		Names:   map[string][]string{"unit_name": {"县水利局", "县农业农村局"}},
	})
	empty := newCodeLists(Codes{})
	for _, c := range []struct {
		name, field, under, value string
		of                        *codeLists
		known                     bool
		nearest                   string
	}{
		{"listed village", "village", "柳门镇", "张庄", lists, true, ""},
		{"village of another town", "village", "石桥乡", "张庄村", lists, false, "张庄村"},
		{"misspelt village", "village", "柳门镇", "柳门囗村", lists, false, "柳门口村"},
		{"no village listed yet", "village", "柳门镇", "张庄", empty, true, ""},
		{"listed unit", "unit_name", "", "县 水利局", lists, true, ""},
		{"misspelt unit", "unit_name", "", "县水力局", lists, false, "县水利局"},
		{"unit like none", "unit_name", "", "某某中学", lists, false, ""},
		{"field without a list", "agency_name", "", "某所", lists, true, ""},
	} {
		known, nearest := c.of.known(c.field, c.under, c.value)
		if known != c.known || nearest != c.nearest {
			t.Errorf("%s: %v %q, want %v %q", c.name, known, nearest, c.known, c.nearest)
		}
	}
}
