package searchtest

import (
	"crypto/sha256"
	"fmt"

	"mingbai/ledger"
)

// A Person is somebody in a village, as a list of payments would name them. The same Token in two villages is one person
// whose rows stand in both.
type Person struct {
	Name        string // as the sheet has it
	VillageCode string // empty: not in the code list
	VillageName string
	Token       []byte
	Funds       []string // funds public today; empty: only funds that are closed to others ("self")
	Years       []int
	Pairs       []ledger.FundInYear // which fund in which year; every fund in every year when nil
}

// Paid are the funds that are public today, each with its year.
func (p Person) Paid() []ledger.FundInYear {
	if p.Pairs != nil || len(p.Funds) == 0 {
		return p.Pairs
	}
	var all []ledger.FundInYear
	for _, f := range p.Funds {
		for _, y := range p.Years {
			all = append(all, ledger.FundInYear{Fund: f, Year: y})
		}
	}
	return all
}

// Villages of the sample county, and one that is not in its code list.
const (
	Willow = "990121001001"
	Spring = "990121001002"
	Far    = "990121002001"
)

var villageNames = map[string]string{Willow: "柳树村", Spring: "清泉村", Far: "远山村", "": "老河湾"}

// token stands for the keyed token of an ID number.
func token(n int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "searchtest %d", n))
	return sum[:]
}

func person(n int, name, village string) Person {
	return Person{name, village, villageNames[village], token(n), []string{"F01", "F02"}, []int{2024, 2025}, nil}
}

// county is who the suite is about.
func county() []Person {
	all := []Person{
		person(1, "张三", Willow), person(2, "张三", Spring), person(3, "张三丰", Willow), person(4, "小张三", Far),
		person(5, "张 三", ""), person(6, "三张", Willow), person(7, "张散", Willow), person(8, "章三", Willow),
		person(10, "曾國藩", Willow), person(11, "曾国藩", Spring), person(12, "單雄信", Far), person(13, "吕布", Far),
		person(14, "欧阳娜娜", Willow), person(15, "娜欧阳娜", Willow), person(16, "尉迟恭", Spring),
		person(20, "阿卜杜拉·买买提", Willow), person(21, "阿卜杜拉•买买提", Spring), person(22, "买买提·阿卜杜拉", Far),
		person(23, "阿卜杜热依木．阿卜杜热合曼", Far), person(24, "买提买·提", Far), person(25, "提买买", Far),
		person(30, "𠮷田𬀩", Willow), person(31, "吉田", Willow), person(32, "李䶮", Spring), person(33, "於红", Far), person(34, "于红", Far),
		person(35, "留贷", Far), person(36, "畱贷", Far),
		person(40, `王"五`, Willow), person(41, `王\五`, Willow), person(42, "王五", Willow), person(43, "王'五", Willow), person(44, "O'Neil 李", Far),
		person(45, "王(小)五", Willow), person(46, "王小五", Willow),
	}
	both := person(50, "两村人", Willow) // one person, rows in two villages
	all = append(all, both, person(50, "两村人", Spring))
	self := person(51, "独见己", Willow) // nothing of theirs is public
	self.Funds = nil
	all = append(all, self)
	for i, name := range []string{
		"赵小明", "赵小明", "赵大明", "赵明", "赵小小明", "赵明小", "赵晓明", "照小明", "赵小名", "赵小", "赵小明明", "韩喆之", "韩哲之", "韩哲", "周堃", "周坤",
		"玛丽娅木·艾山", "玛丽娅木艾山", "玛丽娅姆·艾山", "古丽·热·曼", "古丽热曼", "赵%明", "赵_明", `赵\明`,
	} {
		p := person(200+i, name, []string{Willow, Spring, Far, ""}[i%4])
		switch i % 5 {
		case 0:
			p.Years = []int{2024}
		case 1:
			p.Funds = []string{"F02"}
		case 2: // from each fund, and in each year, but not from each fund in each year
			p.Pairs = []ledger.FundInYear{{Fund: "F01", Year: 2024}, {Fund: "F02", Year: 2025}}
		}
		all = append(all, p)
	}
	closed := person(300, "赵小明", Willow) // a name that others bear, and nothing of theirs is public
	closed.Funds = nil
	all = append(all, closed)
	for i := range 57 { // enough for pages; 甲 to 癸 twice over make the given names
		given := []rune("甲乙丙丁戊己庚辛壬癸")
		village := []string{Willow, Spring, Far, ""}[i%4]
		all = append(all, person(100+i, "钱"+string(given[i%10])+string(given[i/10]), village))
	}
	return all
}
