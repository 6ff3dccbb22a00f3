package search

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/encoding/simplifiedchinese"
)

var update = flag.Bool("update", false, "write the name pad's table anew")

// namePadFile is what the pads of kiosks offer: the portal reads it, and their script loads it. Its first line has the
// surnames, its second the characters of given names, both the most frequent first; then a line for every syllable: the
// characters that are mostly so read, the ordinary ones first, and after a blank those that are sometimes.
const namePadFile = "../templates/static/namepad.txt"

// padSurnames and padGiven are in the order of how many people bear them, roughly as counted; a finger should find most names
// on the first page.
const (
	padSurnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊" +
		"秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤傅康易乔赖文庞樊兰殷施洪翟安颜倪牛温芦季俞章鲁葛伍申尤毕聂丛焦柳邢岳齐梅庄辛管祝左涂谷祁时舒" +
		"耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫屈鲍解单查仇区朴盖霍翁隋植甘景薄单艾牧柯尚司楚宫欧阳上官诸葛司马尉迟皇甫夏侯令狐慕容宇文长孙东方" +
		"阎萧佘邬邝冉粟麦岑占冷瞿蒲巫木胥巩阮滕桂车湛晏阚栾缪宁苟敖丰应仲刁娄匡简边桑鄢原郎宗车卓蔺米储喻奚卿巴党池燕车包符褚宣宦母苑荆桑窦穆封沙娜花"
	padGiven = "英华文玉秀明兰金国春红芳丽伟建军平林志强海珍云霞梅桂凤素荣玲燕清永德生福新民东辉波杰小艳洪静敏莲琴义峰成晓光学元亮芬世忠勇先才庆祥胜宝良家利" +
		"忠昌淑爱香翠美娟雪立安贵全树长木松根山水田发财有富余友仁礼智信孝廉和顺康宁泰兴旺盛隆万千百银铜铁石土火天地日月星辰阳晨曦昕旭昊昱晖晗晴雨露霜冰雷雯霖云" +
		"涛浩洋泽润涵淼沛泓溪源江河湖浪潮鹏飞翔龙虎豹彪骏马凯旋武斌威刚毅力勤俭朴正直大中少老大三四五六七八九十一二子孙儿女娃妹姐芝菊荷莉莎茜薇蕾蓉萍苗草花叶" +
		"彩霓虹丹青紫白黑嫣然倩婷婉娜妮妍婧婵娥媛嫦颖慧悦怡欣欢乐喜佳嘉俊豪轩宇航博瑞祺琪瑶琳珊璐璇瑾瑜珠环佩玮琦珂珺璟玥玟梓桐楠柏森杨柳枫桦栋梁材彬" +
		"思梦诗书画墨雅静心念恩惠宏鸿鑫淇若依伊可以之乐耀辉煌灿烂炎焱熙烨煜灵巧妙真善如意吉利达通远近高升进步发展跃解放援朝抗美卫国爱党向阳继承业绩功勋章" +
		"景仙秋冬夏季庭贤圣道守维振启开启宗祖传代延年寿长久恒定存厚实诚伯仲叔季孟敬尊崇尚贞洁惟其士超越群众伦广田野牧羊牛宽尧舜禹汤锋剑锐钢钧铭锦绣绮纯红"
	// padRare are characters of names outside GB 2312 that registers have: the pad must not turn their bearers away.
	padRare = "喆堃昇翀玥赟璟頔珺犇骉淼焱燚垚鑫淏昶晞曌旻昉昳晔暐暠暻曈棪椛橦檑沄沅沇泺洣洺浛浠涢淦湉滢漪潆澍瀚炅炘炜炻烜烺焜焯煊熠燊燏爔牪玎玏玘玙玚玠玢玫玭玹珅珈珏珙珣珩" +
		"珧珮珽琎琇琊琋琎琚琛琤琥琨琬琭琯琰琲瑀瑄瑆瑗瑢瑨瑭瑱瑷璈璎璘璠璥璩璪璱瓅瓒甦甯畯皓皛皞祎祐祯祾禛禤秾竑笪筱筠箐篪粲綦綮縯翊翎翾聃聿胤脩舸芃芊芮苡苾茗茜荃荇荟荥莀" +
		"莙菀菡菲萁葳蒽蓁蓥蔚蕙蕤藜蘅虓衎裎褀覃觐訚誩諝讷谞豳贇赑轲轶辂迪迦逯遥邈郗鄞酆鉴銮鋆鋐錡鎏鏊钊钰钺铄铖铧铭锟锴镕镛闳闿阗陔隽雩雱霈霏霂霖靓靖韡韬韵颀颉颢飏飖馥骁骅骎骐骕骞鬯" +
		"鲲鳐鹍鹤麒麓麟黛黻黼龑龢仝佟佶侃侑俪倓倢倬偲傒僖儆勍勖劼勰卲厐叡啟喬囡囧坤垆垲埏堉塬墀壵夆夔奭妤妧妩姝姞姮娅娉娴婍婳媖嫄嫣嬿孖宓寔寧寰屹岍岚岱峤峻崑崚嵘嵩巍巘帏廪弈弢彧彤彦忞忻恂恺悫惇愔憬懋戬扆" +
		"抒挚捷揆撝攸敉敔斓旆旌於旸昀昂昪昫昺晁晏晟晢晳晙晷暄暨曜朕杪杲枞枧柘柠栩桀桁桉桷梵棠棣棻楷榆榕槿樾橙欤歆毓沁沐沚沣沨泠泮洄洛洵洸浚浥涓涣涪淳淙渌渝湜湲溍溥滈漾潇潞澜澈澄濂濛瀛灏"
)

// namePadTable makes the table out of the dictionary of readings. A traditional character is not offered: names are found by
// their simplified form.
func namePadTable() string {
	lines := map[string][2][]rune{}
	known := map[rune]bool{}
	add := func(r rune) {
		if known[r] {
			return
		}
		known[r] = true
		for i, syllable := range padReadings(r) {
			line := lines[syllable]
			line[min(i, 1)] = append(line[min(i, 1)], r)
			lines[syllable] = line
		}
	}
	for _, r := range padSurnames + padGiven {
		add(r)
	}
	for _, r := range gb2312() {
		add(r)
	}
	for _, r := range padRare {
		if simplified(r) == r {
			add(r)
		}
	}
	var syllables []string
	for s := range lines {
		syllables = append(syllables, s)
	}
	slices.Sort(syllables)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", once(padSurnames), once(padGiven))
	for _, s := range syllables {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%s %s %s", s, string(lines[s][0]), string(lines[s][1])), " ") + "\n")
	}
	return b.String()
}

// padReadings are all readings of a character without tones, a surname's own first.
func padReadings(r rune) (list []string) {
	add := func(s string) {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	add(surnames[string(r)])
	add(reading(r))
	for one := range strings.SplitSeq(pinyin.PinyinDict[int(r)], ",") {
		var b strings.Builder
		for _, letter := range one {
			if letter <= 'z' {
				b.WriteRune(letter)
			} else {
				b.WriteString(toneless[letter])
			}
		}
		add(b.String())
	}
	return slices.DeleteFunc(list, func(s string) bool { return !strings.ContainsAny(s, "aeiouv") })
}

// gb2312 is the standard set in its own order: the 3,755 ordinary characters come before the others.
func gb2312() (list []rune) {
	decoder := simplifiedchinese.GBK.NewDecoder()
	for row := 0xB0; row <= 0xF7; row++ {
		for cell := 0xA1; cell <= 0xFE; cell++ {
			text, _ := decoder.Bytes([]byte{byte(row), byte(cell)})
			if r := []rune(string(text)); len(r) == 1 && isStandard(r[0]) {
				list = append(list, r[0])
			}
		}
	}
	return list
}

func once(text string) string {
	seen := map[rune]bool{}
	return strings.Map(func(r rune) rune {
		if seen[r] {
			return -1
		}
		seen[r] = true
		return r
	}, text)
}

// Whoever has a name can enter it: the table is the one that these lists and readings make, and every ordinary character and
// every surname is in it under its reading.
func TestTheNamePadsTable(t *testing.T) {
	want := namePadTable()
	if *update {
		if err := os.WriteFile(namePadFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(namePadFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Fatal("the table is old: go test ./search -run TestTheNamePadsTable -update")
	}
	table := map[string]string{}
	for line := range strings.Lines(want) {
		syllable, characters, _ := strings.Cut(strings.TrimSpace(line), " ")
		table[syllable] = characters
	}
	for name, syllable := range map[string]string{"曾": "zeng", "单": "shan", "仇": "qiu", "查": "zha", "覃": "qin", "解": "xie", "区": "ou", "吕": "lv", "乜": "nie", "翀": "chong"} {
		if !strings.Contains(table[syllable], name) {
			t.Errorf("%s is not offered for %s", name, syllable)
		}
	}
	t.Logf("%d syllables, %d bytes", len(table), len(want))
}
