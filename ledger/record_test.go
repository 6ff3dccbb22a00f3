package ledger_test

import (
	"strings"
	"testing"

	"mingbai/ledger"
)

func TestRowsOfOneKeyAreAboutTheSame(t *testing.T) {
	tight := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	for name, c := range map[string]struct {
		kind ledger.FundKind
		text map[string]string
		want string
	}{
		"unit and project":             {ledger.Allocation, map[string]string{"unit_name": "县 水利局", "project_name": "水渠", "document": "3号", "content": "x"}, "县水利局 水渠"},
		"a project without a unit":     {ledger.Allocation, map[string]string{"project_name": "水渠"}, "水渠"},
		"a code settles it":            {ledger.Project, map[string]string{"project_code": "01", "project_name": "水渠", "place": "甲村"}, "01"},
		"without code, name and place": {ledger.Project, map[string]string{"project_name": "水渠", "place": "甲村"}, "水渠 甲村"},
		"a subject of a department":    {ledger.Budget, map[string]string{"subject_code": "201", "subject_name": "公共服务", "unit_name": "财政局"}, "201 财政局"},
		"a person in a unit":           {ledger.Post, map[string]string{"person_name": "张三", "unit_name": "财政局", "sex": "男"}, "张三 财政局"},
		"nothing":                      {ledger.Agency, nil, ""},
	} {
		if got := (ledger.Record{Kind: c.kind, Text: c.text}).Key(tight); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAmountsInWan(t *testing.T) {
	for f, want := range map[ledger.Fen]string{126_500_000: "126.5", 680_000_000: "680", 1: "0.000001", -1_296_248_700: "-1,296.2487"} {
		if got := f.Wan(); got != want {
			t.Errorf("%d fen: %s, want %s", f, got, want)
		}
	}
}
