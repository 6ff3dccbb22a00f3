package search_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mingbai/search"
)

func TestNormalise(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":                        {"张三", "张三"},
		"empty":                        {"", ""},
		"blanks of all widths":         {" 张\u3000三\u00a0\t\r\n", "张三"},
		"zero width and direction":     {"\ufeff张\u200b\u200d三\u202e", "张三"},
		"NUL, which SQL cannot hold":   {"张\x00三", "张三"},
		"soft hyphen and filler":       {"张\u00ad\u3164三", "张三"},
		"variation selector":           {"葛\U000e0100城\ufe00", "葛城"},
		"traditional":                  {"張國榮", "张国荣"},
		"followed to the end":          {"薴", "苎"},
		"neighbours do not matter":     {"乾隆", "乾隆"},
		"standard characters stay":     {"於甯麴乾徵", "於甯麴乾徵"},
		"also beside traditional ones": {"於國甯", "於国甯"},
		"rare, extension A and B":      {"䶮𠮷", "䶮𠮷"},
		"rare traditional":             {"𬀩", "𬀩"},
		"private use":                  {"\ue000", "\ue000"},
		"compatibility ideograph":      {"\uf9d1林\u2f00", "六林一"},
		"radical out of a PDF":         {"⻢云", "马云"},
		"dots":                         {"a·b•c‧d・e．f.g﹒h∙i⋅j･k。l", "a·b·c·d·e·f·g·h·i·j·k·l"},
		"several dots are one":         {"阿……提··江", "阿·提·江"},
		"dot kept apart by a blank":    {"阿· ·提", "阿·提"},
		"full width Latin":             {"Ｏ＇ＮＥＩＬ", "o'neil"},
		"Latin lower case":             {"KIM Ü", "kimü"},
		"accent kept apart":            {"e\u200b\u0301", "é"},
		"Kelvin and capital dotted":    {"\u212aİ", "ki"},
		"no UTF-8":                     {"张\xff三", "张\ufffd三"},
	} {
		if got := search.Normalise(c.in); got != c.want {
			t.Errorf("%s: %+q → %+q, want %+q", name, c.in, got, c.want)
		}
	}
}

func TestForms(t *testing.T) {
	for name, want := range map[string]string{
		"曾国藩": "zengguofan zgf", "單雄信": "shanxiongxin sxx", "仇英": "qiuying qy", "查良镛": "zhaliangyong zly", "覃健": "qinjian qj",
		"解缙": "xiejin xj", "区大": "ouda od", "朴一生": "piaoyisheng pys", "盖聂": "genie gn", "尉迟恭": "yuchigong ycg", "单于": "chanyu cy",
		"万俟卨": "moqixie mqx", "长孙无忌": "zhangsunwuji zswj", "华佗": "huatuo ht", "任盈盈": "renyingying ryy", "曲波": "qubo qb",
		"翟让": "zhairang zr", "乐毅": "yueyi yy", "员半千": "yunbanqian ybq", "缪荃孙": "miaoquansun mqs", "冼星海": "xianxinghai xxh",
		"洗夫人": "xianfuren xfr", "逄先知": "pangxianzhi pxz", "种师道": "chongshidao csd", "召公": "shaogong sg", "黑大": "heda hd", "宁静": "ningjing nj",
		"燕青": "yanqing yq", "尹志平": "yinzhiping yzp", "吕布": "lvbu lb", "卜算子": "busuanzi bsz", "欧阳修": "ouyangxiu oyx", "乐正子": "yuezhengzi yzz",
		"李长青": "lichangqing lcq", "王晟": "wangsheng ws", "李曾": "lizeng lz", "张乐": "zhangle zl", "陈单": "chendan cd",
		"阿卜杜拉·买买提": "abudulamaimaiti abdlmmt", "仇·单": "choudan cd", "张": "zhang z", "阿": "a", "Ｏ'Neil 李": "oneilli oneill",
		"李\U000323AF": "li l", "": "", "·": "", "①②": "",
	} {
		if got := strings.Join(search.Forms(name).Pinyin, " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSpelling(t *testing.T) {
	for typed, want := range map[string]string{
		"Zeng Guofan": "zengguofan", "zēng guó fān": "zengguofan", "LÜ Bu": "lvbu", "lǚ": "lv", "LYU BU": "lvbu", "xi'an": "xian", "ＺＧＦ": "zgf",
		"张三": "", "zhang三": "", "zs1": "", "": "", "a-b·c": "abc", `a"b`: "",
	} {
		if got := search.Spelling(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func FuzzForms(f *testing.F) {
	for _, s := range []string{"", "張三", "阿卜杜拉•买买提", "e\u200b\u0301", "\xff", "ǅ\u0345", "ﷺ", "薴⻢", "Ⅷ㍿", "\u1100\u200b\u1161"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		key := search.Normalise(name)
		if again := search.Normalise(key); again != key {
			t.Errorf("%+q → %+q → %+q", name, key, again)
		}
		if !utf8.ValidString(key) || strings.ContainsAny(key, "\x00 \u200b.") {
			t.Errorf("%+q → %+q", name, key)
		}
		forms := search.Forms(name)
		if forms.Key != key {
			t.Errorf("key %+q, want %+q", forms.Key, key)
		}
		for _, p := range forms.Pinyin {
			if strings.Trim(p, "abcdefghijklmnopqrstuvwxyz") != "" || p == "" {
				t.Errorf("%+q is spelt %+q", name, p)
			}
		}
		if s := search.Spelling(name); search.Spelling(s) != s {
			t.Errorf("spelling of %+q is not stable: %q", name, s)
		}
		if !slices.Equal(search.Forms(key).Pinyin, forms.Pinyin) {
			t.Errorf("%+q and its key are spelt differently", name)
		}
	})
}

func BenchmarkForms(b *testing.B) {
	search.Normalise("張") // the dictionary is loaded once
	for name, s := range map[string]string{"plain": "张三丰", "traditional": "曾國藩", "minority": "阿卜杜热依木•阿卜杜热合曼"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				search.Forms(s)
			}
		})
	}
}
