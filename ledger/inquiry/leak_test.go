package inquiry

import (
	"slices"
	"testing"
)

func written(title, question, answer string) Copy {
	return Copy{Title: title, Question: question, Answer: answer}
}

func TestWhatLeaksIsFoundWhereItStands(t *testing.T) {
	t.Parallel()
	s := Secrets{
		Identity: Identity{Name: "张三丰", Phone: "138-0000-1111"}, Slip: Slip{2026, 123}, Village: "柳树沟村",
		Files: []string{"张家地块.jpg", "表.pdf"}, Marks: []string{"Zhang Sanfeng", "x"},
	}
	for name, c := range map[string]struct {
		copy Copy
		want []string
	}{
		"nothing":                     {written("面积核对", "有村民问3.2亩，83.94元，2025年12月31日。", "已更正，文号〔2025〕12号。"), nil},
		"a name, spaced":              {written("甲", "第一行\n是张 三\u200b丰说的", "乙"), []string{"问题第2行第2字：来件人的姓名"}},
		"a phone, full width":         {written("甲", "乙", "打１３８００００１１１１。"), []string{"答复第1行第2字：来件人的电话", "答复第1行第2字：一串很长的数字，像电话、账号或证号"}},
		"a phone, read out":           {written("一三八〇零零零幺幺幺一", "乙", "丙"), []string{"标题第1行第1字：来件人的电话", "标题第1行第1字：一串很长的数字，像电话、账号或证号"}},
		"another's number":            {written("甲", "账号6228 4800 1234 5678", "丙"), []string{"问题第1行第3字：一串很长的数字，像电话、账号或证号"}},
		"the slip":                    {written("甲", "乙", "见2026-000123号"), []string{"答复第1行第2字：处理笺号"}},
		"the village, without 村":      {written("柳树沟的地", "乙", "丙"), []string{"标题第1行第1字：来件说到的村"}},
		"an attachment's name":        {written("甲", "乙", "见《张家地块》"), []string{"答复第1行第3字：附件的文件名"}},
		"an attachment's author":      {written("甲", "zhangsanfeng写的", "丙"), []string{"问题第1行第1字：附件里记着的作者或单位"}},
		"two, each where it begins":   {written("张三丰", "乙", "一\n二\n张三丰"), []string{"标题第1行第1字：来件人的姓名", "答复第3行第1字：来件人的姓名"}},
		"short ones mean nothing":     {written("表x", "表x", "表x"), nil},
		"what is disclosed is a path": {Copy{Title: "甲", Question: "乙", Answer: "丙", Disclosed: "/funds/GD01"}, nil},
	} {
		var got []string
		for _, l := range c.copy.Leaks(s) {
			got = append(got, l.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if found := written("张三", "乙", "丙").Leaks(Secrets{}); len(found) > 0 {
		t.Errorf("of nobody: %v", found)
	}
	for _, l := range written("柳树沟 张三丰", "乙", "丙").Leaks(s) {
		if l.Mind != (l.What == "来件说到的村") {
			t.Errorf("%v is to be minded: %v", l, l.Mind)
		}
	}
}
