package ingest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mingbai/ingest/sheet"
)

// run is hidden rows that follow each other.
type run struct{ first, last, col int }

// hiddenRow gathers hidden data rows; a run of them is one finding (SHT-02).
func (t *table) hiddenRow(l *line) {
	if !l.hidden {
		return
	}
	if t.hidden.first > 0 && l.SheetRow == t.hidden.last+1 {
		t.hidden.last = l.SheetRow
		return
	}
	t.hiddenEnd()
	col := 1
	for i := range t.cells {
		if i > 0 && !t.cells[i].Blank() {
			col = i
			break
		}
	}
	t.hidden = run{l.SheetRow, l.SheetRow, col}
}

func (t *table) hiddenEnd() {
	if h := t.hidden; h.first > 0 {
		t.found.say(t.at(h.col, h.first), "SHT-02", "W", stretch(strconv.Itoa(h.first), strconv.Itoa(h.last), "行")+"被隐藏或筛选")
	}
	t.hidden = run{}
}

// hiddenColumns says which columns that the sheet's meaning rests on are hidden (SHT-02): what is never published may be.
// Columns side by side are one finding, however the file lists them.
func (t *table) hiddenColumns() {
	var first, last *column
	end := func() {
		if first != nil {
			t.found.say(t.at(first.col, first.row), "SHT-02", "W", stretch(sheet.ColumnName(first.col), sheet.ColumnName(last.col), "列")+"被隐藏或筛选")
		}
		first, last = nil, nil
	}
	for i := range t.header.columns {
		c := &t.header.columns[i]
		switch {
		case !slices.ContainsFunc(t.layout.HiddenColumns, func(s sheet.Span) bool { return s.First <= c.col && c.col <= s.Last }):
			end()
		case c.use == known || c.use == never:
		default:
			if first == nil {
				first = c
			}
			last = c
		}
	}
	end()
}

// stretch writes 第3行到第9行, or 第3行 alone.
func stretch(from, to, what string) string {
	if from == to {
		return "第" + from + what
	}
	return "第" + from + what + "到第" + to + what
}

// sameHeader says when a sheet's columns mean something else than the first sheet's (SHT-04). Their order may differ, and
// what is not imported too.
func (t *table) sameHeader() {
	first := t.sheets[0]
	if first == t || slices.Equal(first.claims(), t.claims()) {
		return
	}
	c := t.header.columns[0]
	t.found.add(t.at(c.col, c.row), "SHT-04", "s", shown(t.out.Name), "s0", shown(first.out.Name))
}

// claims lists what a header's imported columns are called.
func (t *table) claims() []string {
	var out []string
	for _, c := range t.order {
		out = append(out, c.field+"="+c.key+"("+c.unit+")")
	}
	slices.Sort(out)
	return out
}

// sheetVillage says when the sheet's name names another village than a row (SHT-05), once for each village.
func (t *table) sheetVillage(l *line) {
	column := t.by["village"]
	if column == nil || l.Village == "" || t.villages[l.Village] {
		return
	}
	_, named := placeIn(strings.TrimLeft(compact(t.out.Name), "0123456789.、-_ "))
	if named == "" && t.codes.places != nil && t.report.Kind == "subsidy" {
		if name := bareName(t.out.Name); len([]rune(name)) >= 2 {
			if is, _ := t.codes.known("village", l.Town, name); is {
				named = name
			}
		}
	}
	t.villages[l.Village] = true
	if named == "" || villageStem(named) == villageStem(l.Village) {
		return
	}
	t.found.add(t.at(column.col, l.SheetRow), "SHT-05", "s", shown(t.out.Name), "v", shown(l.Village))
}

func bareName(s string) string { return strings.TrimRight(compact(s), "()0123456789 ") }

func villageStem(s string) string {
	for _, suffix := range []string{"村民委员会", "居民委员会", "村委会", "居委会", "社区", "村"} {
		if rest, ok := strings.CutSuffix(s, suffix); ok && rest != "" {
			return rest
		}
	}
	return s
}

func townStem(s string) string {
	for _, suffix := range []string{"街道办事处", "街道", "镇", "乡"} {
		if rest, ok := strings.CutSuffix(compact(s), suffix); ok && rest != "" {
			return rest
		}
	}
	return compact(s)
}

// titleFits compares year, town and fund in the title with the batch's (HDR-06).
func (t *table) titleFits() {
	title := t.title.Text
	if title == "" {
		return
	}
	differ := func(says, batch string) {
		t.found.add(t.at(t.title.Col, t.title.Row), "HDR-06", "t", shown(says), "b", shown(batch))
	}
	if years := yearsIn(title); t.options.Year > 0 && len(years) > 0 && !slices.Contains(years, t.options.Year) {
		differ(strconv.Itoa(years[0])+"年", strconv.Itoa(t.options.Year)+"年")
	}
	if town, _ := placeIn(title); t.options.Town != "" && town != "" && townStem(town) != townStem(t.options.Town) {
		differ(town, t.options.Town)
	}
	if subject := fundIn(title); t.options.FundName != "" && subject != "" && !alikeNames(subject, fundIn(t.options.FundName)) {
		differ(subject, t.options.FundName)
	}
}

var (
	documentNumber = regexp.MustCompile(`[〔\[(【]\s*(?:19|20)\d\d\s*[〕\])】]\s*\d*\s*号?`)
	yearShape      = regexp.MustCompile(`(?:^|\D)(20\d\d)(?:\D|$)`)
	chineseYear    = regexp.MustCompile(`二[〇○零0O][〇○零一二三四五六七八九0O]{2}年`)
	yearDigits     = strings.NewReplacer("〇", "0", "○", "0", "零", "0", "O", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
)

// yearsIn reads the years that a title is about; those of document numbers, as 财农〔2024〕12号, are not.
func yearsIn(title string) []int {
	title = documentNumber.ReplaceAllString(norm.NFKC.String(title), "#")
	title = chineseYear.ReplaceAllStringFunc(title, yearDigits.Replace)
	var out []int
	for {
		m := yearShape.FindStringSubmatchIndex(title)
		if m == nil {
			return out
		}
		year, _ := strconv.Atoi(title[m[2]:m[3]])
		out = append(out, year)
		title = title[m[3]:]
	}
}

var (
	titlePlaces = regexp.MustCompile(`^.*?[县市区]|(?:20\d\d年?度?)|(?:第?[一二三四]?季度)|\d+月份?|\p{Han}{1,5}(?:镇|乡|街道)|\p{Han}{1,6}(?:村|社区)`)
	titleForms  = regexp.MustCompile(`一卡通|发放|清册|花名册|明细|一览|名册|公示|汇总|统计|登记|表|册|资金|农户|到户|打卡|兑付|情况|分配|计划|关于|补贴|补助|项目|专项|实际|农民|一次性|\(.*\)|[^\p{Han}]`)
)

// fundIn leaves of a title, or of a fund's name, what says which fund it is.
func fundIn(title string) string {
	title = documentNumber.ReplaceAllString(norm.NFKC.String(title), "")
	title = chineseYear.ReplaceAllString(strings.Join(strings.Fields(title), ""), "")
	return titleForms.ReplaceAllString(titlePlaces.ReplaceAllString(title, ""), "")
}

// alikeNames says whether the shorter of two names is, by half of its pairs of characters, in the other.
func alikeNames(a, b string) bool {
	short, long := []rune(a), []rune(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) < 2 {
		return len(short) == 0 || strings.ContainsRune(string(long), short[0])
	}
	met := 0
	for i := range len(short) - 1 {
		if strings.Contains(string(long), string(short[i:i+2])) {
			met++
		}
	}
	return met*2 >= len(short)-1
}
