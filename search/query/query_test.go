package query_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/search/query"
)

func region(code, name string) ledger.Region {
	parent := ""
	if len(code) > 6 {
		parent = code[:len(code)-3]
	}
	return ledger.Region{Code: code, Parent: parent, Name: name}
}

// words has every difficulty: villages of one name, a village named like its town, names that persons bear, funds that one
// short name means, names with blanks, quotes and commas.
var words = ledger.Words{
	Regions: []ledger.Region{
		region("990121", "清泉县"),
		region("990121101", "石桥镇"), region("990121101200", "新民村"), region("990121101201", "桥头村"), region("990121101202", "柳门口村"),
		region("990121102", "白沙镇"), region("990121102200", "新民村"), region("990121102201", "莲花村"), region("990121102001", "白沙社区"),
		region("990121103", "龙潭乡"), region("990121103001", "龙潭社区"), region("990121103200", "黄龙村"), region("990121103201", "新民社区"),
		region("990121104", "城南街道"), region("990121104001", "桃园社区"), region("990121104002", "桃园社区"), region("990121104200", "红 旗,村"),
	},
	Funds: []ledger.Fund{
		{Code: "GD01", Name: "耕地地力保护补贴"},
		{Code: "ZL01", Name: "实际种粮农民一次性补贴"},
		{Code: "DG01", Name: "稻谷补贴"},
		{Code: "NJ01", Name: "农机购置补贴"},
		{Code: "DB01", Name: "农村低保金"},
		{Code: "XM01", Name: "衔接推进乡村振兴项目"},
		{Code: "BM01", Name: "部门预算"},
		{Code: "YS01", Name: "“一事一议”奖补 资金"},
		{Code: "T1", Name: "同名资金"},
		{Code: "T2", Name: "同名资金"},
		{Code: "ABC", Name: "乐"},
		{Code: "BC1", Name: "2023年"},
	},
	Agencies: []string{"清泉县农业农村局", "清泉县财政局", "石桥镇人民政府", "清泉县第一中学"},
}

var vocabulary = query.NewVocabulary(words, 2025)

// told writes a question sort by sort, for a table.
func told(q query.Query) string {
	var out []string
	add := func(what string, terms []query.Term) {
		for _, t := range terms {
			out = append(out, what+":"+t.Word+"="+strings.Join(t.Codes, ","))
		}
	}
	add("地", q.Places)
	if q.Name != "" {
		out = append(out, "名:"+q.Name)
	}
	for _, y := range q.Years {
		out = append(out, fmt.Sprintf("年:%d", y))
	}
	add("项", q.Funds)
	add("单", q.Agencies)
	return strings.Join(out, " ")
}

const (
	willow = "地:柳门口村=990121101202"
	stone  = "地:石桥镇=990121101"
	newer  = "地:新民村=990121101200,990121102200"
	grain  = "项:粮补=GD01,ZL01"
	land   = "项:耕地地力保护补贴=GD01"
	farm   = "单:清泉县农业农村局=清泉县农业农村局"
)

func TestParse(t *testing.T) {
	for _, c := range [][2]string{
		// any order
		{"柳门口村 张三 2024 粮补", willow + " 名:张三 年:2024 " + grain},
		{"粮补 2024 张三 柳门口村", willow + " 名:张三 年:2024 " + grain},
		{"2024 柳门口村 粮补 张三", willow + " 名:张三 年:2024 " + grain},
		{"张三", "名:张三"},
		{"  张三　", "名:张三"},
		{"柳门口村", willow},
		{"粮补", grain},
		{"2024", "年:2024"},
		{"农业农村局", farm},
		{"", ""},
		{" \u200b\t", ""},
		// forms of writing
		{"柳門口村 張三 ２０２４ 糧補", willow + " 名:張三 年:2024 " + grain},
		{"耕地地力保護補貼", land},
		{"ＧＤ０１", land},
		{"gd01 张三", "名:张三 " + land},
		{"柳门口村，张三，2024", willow + " 名:张三 年:2024"},
		{"张三;粮补；2024", "名:张三 年:2024 " + grain},
		{",张三,", "名:张三"},
		{"张 三", "名:张 三"},
		{"Zhang San", "名:Zhang San"},
		{"zs 2024", "名:zs 年:2024"},
		{"阿卜杜拉·买买提 桥头村", "地:桥头村=990121101201 名:阿卜杜拉·买买提"},
		{"O'Neil 李", "名:O'Neil 李"},
		{"王(小)五", "名:王(小)五"},
		// years
		{"2024年", "年:2024"},
		{"2024年度", "年:2024"},
		{"24年", "年:2024"},
		{"24年度", "年:2024"},
		{"二〇二四年", "年:2024"},
		{"二零二四", "年:2024"},
		{"今年 张三", "名:张三 年:2025"},
		{"去年", "年:2024"},
		{"上年度", "年:2024"},
		{"前年", "年:2023"},
		{"2023 2025", "年:2023 年:2025"},
		{"2025 2023 2025", "年:2023 年:2025"},
		{"2023-2025", "年:2023 年:2024 年:2025"},
		{"2025至2023年", "年:2023 年:2024 年:2025"},
		{"23年到25年", "年:2023 年:2024 年:2025"},
		{"2023～2024", "年:2023 年:2024"},
		{"2024年6月", "年:2024"},
		{"2024年13月", "名:13月 年:2024"}, // no month, and no year either
		{"2000-2099", "名:2000-2099"},
		{"24", "名:24"},
		{"1999年", "名:1999年"},
		{"20245", "名:20245"},
		{"今年", "年:2025"},
		// places
		{"石桥镇", stone},
		{"石桥镇 张三", stone + " 名:张三"},
		{"石桥 张三", stone + " 名:张三"},
		{"张三 石桥", stone + " 名:张三"},
		{"石桥", "名:石桥"},
		{"石桥 2024", "名:石桥 年:2024"},
		{"石桥 莲花", "地:莲花村=990121102201 名:石桥"},
		{"“石桥” 莲花", "地:莲花村=990121102201 名:石桥"},
		{"柳门口 张三", willow + " 名:张三"},
		{"新民村 张三", newer + " 名:张三"},
		{"石桥镇 新民村", "地:石桥镇新民村=990121101200"},
		{"新民村 白沙镇 张三", "地:白沙镇新民村=990121102200 名:张三"},
		{"石桥镇新民村", "地:石桥镇新民村=990121101200"},
		{"石桥镇新民", "地:石桥镇新民村=990121101200"},
		{"石桥新民村 张三", "地:石桥镇新民村=990121101200 名:张三"},
		{"石桥镇 桥头村", "地:桥头村=990121101201"},
		{"石桥镇 莲花村", stone + " 地:莲花村=990121102201"},
		{"桥头村 莲花村", "地:桥头村=990121101201 地:莲花村=990121102201"},
		{"桥头村 桥头村", "地:桥头村=990121101201"},
		{"龙潭 张三", "地:龙潭乡=990121103 名:张三"},
		{"龙潭社区 张三", "地:龙潭社区=990121103001 名:张三"},
		{"新民 张三", newer + " 地:新民社区=990121103201 名:张三"},
		{"城南街道 桃园社区", "地:城南街道桃园社区=990121104001,990121104002"},
		{"红旗,村", "地:红旗,村=990121104200"},
		{"没有的村 张三", "名:没有的村 张三"},
		{"清泉县 张三", "名:清泉县 张三"}, // the county is everywhere
		// funds
		{"种粮补贴", "项:种粮补贴=GD01,ZL01"},
		{"地力补贴", land},
		{"农机补贴 2024", "年:2024 项:农机购置补贴=NJ01"},
		{"低保", "项:农村低保金=DB01"},
		{"粮补 农机购置补贴", grain + " 项:农机购置补贴=NJ01"},
		{"粮补 粮补", grain},
		{"稻谷补贴", "项:稻谷补贴=DG01"},
		{"“一事一议”奖补资金 张三", "名:张三 项:“一事一议”奖补资金=YS01"},
		{"同名资金", "项:同名资金=T1,T2"},
		{"乐 ABC", "名:乐 ABC"}, // one character, and letters alone, are nobody's name for a fund
		{"退耕还林", "名:退耕还林"},   // the county has no such fund
		// agencies
		{"清泉县财政局", "单:清泉县财政局=清泉县财政局"},
		{"财政局 2024 部门预算", "年:2024 项:部门预算=BM01 单:清泉县财政局=清泉县财政局"},
		{"石桥镇人民政府", "单:石桥镇人民政府=石桥镇人民政府"},
		{"第一中学 农业农村局", "单:清泉县第一中学=清泉县第一中学 " + farm},
		// run together
		{"柳门口村张三", willow + " 名:张三"},
		{"柳门口村张三2024粮补", willow + " 名:张三 年:2024 " + grain},
		{"张三2024年粮补", "名:张三 年:2024 " + grain},
		{"2024粮补", "年:2024 " + grain},
		{"2024年柳门口村粮补", willow + " 年:2024 " + grain},
		{"去年粮补", "年:2024 " + grain},
		{"石桥镇新民村王小明", "地:石桥镇新民村=990121101200 名:王小明"},
		{"王低保", "名:王低保"},     // a character alone is no name
		{"张三柳门口", "名:张三柳门口"}, // a place's stem is only a whole word
		{"石桥2024年", "名:石桥 年:2024"},
		{"zs2024", "名:zs2024"},
		{"2024zs", "名:2024zs"},
		{"张三20245", "名:张三20245"},
		// quotes
		{"“柳门口村”", "名:柳门口村"},
		{`"柳门口村" 粮补`, "名:柳门口村 " + grain},
		{"“张三”", "名:张三"},
		{"“张三 2024” 2023", "名:张三 2024 年:2023"},
		{"“张三", "名:张三"},
		{`王"五`, `名:王"五`},
		{`"王"五`, `名:"王"五`},
		{`"王"五"`, `名:王"五`},
		{"“”", ""},
		{"“a，b”", "名:a，b"},
		// hostile
		{`" OR name_key EXISTS OR "`, "名:OR name_key EXISTS OR"},
		{`%_\`, `名:%_\`},
		{"<script>alert(1)</script>", "名:<script>alert(1)</script>"},
		{"\xff\xfe", "名:\uFFFD"},
	} {
		q := query.Parse(c[0], vocabulary)
		if got := told(q); got != c[1] {
			t.Errorf("%q\n got %s\nwant %s", c[0], got, c[1])
		}
		again(t, q)
	}
}

// again holds what String promises.
func again(t *testing.T, q query.Query) {
	t.Helper()
	if back := query.Parse(q.String(), vocabulary); !reflect.DeepEqual(back, q) {
		t.Errorf("%q is understood\n as %#v\nnot %#v", q, back, q)
	}
}

// Each part taken out leaves a question without it and with all others.
func TestParts(t *testing.T) {
	q := query.Parse("石桥镇新民村 莲花村 张三 2023 2024 粮补 稻谷补贴 财政局 农业农村局", vocabulary)
	parts := q.Parts()
	if len(parts) != 9 {
		t.Fatalf("%d parts: %v", len(parts), parts)
	}
	for _, p := range parts {
		if left := p.Rest.Parts(); len(left) != 8 || strings.Contains(p.Rest.String(), p.Word) {
			t.Errorf("without %s: %s", p.Word, p.Rest)
		}
		again(t, p.Rest)
	}
	if q := (query.Query{}); !q.Empty() || query.Parse("2024", vocabulary).Empty() {
		t.Error("what is empty")
	}
}

func TestElsewise(t *testing.T) {
	for text, want := range map[string]string{
		"石桥": stone, "石桥 2024 粮补": stone + " 年:2024 " + grain, "新民 白沙镇": "地:白沙镇新民村=990121102200 地:新民社区=990121103201", "张三": "", "2024": "",
	} {
		q, ok := vocabulary.Elsewise(query.Parse(text, vocabulary))
		if ok != (want != "") || ok && told(q) != want {
			t.Errorf("%s: %v, %s", text, ok, told(q))
		}
		if ok {
			again(t, q)
		}
	}
}

// What is offered is understood as it stands, and is no person.
func TestOffered(t *testing.T) {
	all := vocabulary.Offered()
	if len(all) != 4+10+8+4 { // towns, villages, funds, agencies
		t.Errorf("%d words: %q", len(all), all)
	}
	for _, word := range slices.Concat(all, vocabulary.Short()) {
		if q := query.Parse(word, vocabulary); q.Name != "" || len(q.Parts()) != 1 {
			t.Errorf("%s is understood as %s", word, told(q))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"柳门口村 张三 2024 粮补", "“石桥” 莲花", `"王"五"`, "新民 白沙镇", "2023-2025年,张三；红旗,村", "“一事一议”奖补资金", "石桥镇新民村王小明"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := query.Parse(text, vocabulary)
		again(t, q)
		for _, p := range q.Parts() {
			again(t, query.Parse(p.Rest.String(), vocabulary))
		}
		if other, ok := vocabulary.Elsewise(q); ok {
			again(t, other)
		}
	})
}
