package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// WriteFindings writes the findings as an .xlsx of their own. content is the checked file, from which the original values
// are taken, masked: of a name the surname, of an ID number what is wrong with it and never a anyDigit.
func (r Report) WriteFindings(ctx context.Context, content io.ReaderAt, size int64, w io.Writer) error {
	list := r.list()
	if err := r.originals(ctx, content, size, list.Findings); err != nil {
		return err
	}
	return sheet.WriteReport(w, list)
}

// AnnotatedCopy writes the clerk's own workbook with the faulty cells coloured and commented and the findings on a last
// sheet. It holds all the personal data that the clerk sent: it goes back to that clerk and to nobody else, and must be
// neither kept nor logged. fresh says that the source was no .xlsx that can be edited, and that the copy is a new one of
// the same content.
func (r Report) AnnotatedCopy(ctx context.Context, content io.ReaderAt, size int64, w io.Writer) (fresh bool, err error) {
	list := r.list()
	list.Notes = []string{"本副本含有原表的个人信息，只交给上传人本人，请勿转发。红色：必须改；黄色：请核对。改好后保存再传，本页不用删。"}
	if sheet.Sniff(content, size) == sheet.XLSX {
		if err := sheet.Annotate(w, content, size, list); !errors.Is(err, sheet.ErrOdd) && !errors.Is(err, sheet.ErrDamaged) {
			return false, unreadable(err)
		}
	}
	list.Notes = append(list.Notes, "原文件不能直接标注，这是内容相同的新文件：数值、格式代码、合并与隐藏照旧，字体、边框和列宽没有带过来。")
	book, err := sheet.Open(content, size, sheet.DefaultLimits)
	if err == nil {
		defer book.Close()
		err = sheet.Copy(ctx, w, book, list)
	}
	return true, unreadable(err)
}

// unreadable words an error that is about the file for the person who sent it.
func unreadable(err error) error {
	var limit *sheet.LimitError
	var format *sheet.FormatError
	if errors.As(err, &limit) || errors.As(err, &format) || errors.Is(err, sheet.ErrDamaged) || errors.Is(err, sheet.ErrEncrypted) {
		return &ledger.Error{Kind: ledger.KindInvalid, Message: "这个文件读不出来，做不了带标注的副本，请看问题清单", Cause: err}
	}
	return noScratch(err)
}

var levels = map[ledger.Severity]sheet.Level{ledger.Fatal: sheet.MustFix, ledger.Warn: sheet.PleaseCheck, ledger.Inform: sheet.Handled}

func (r Report) list() sheet.List {
	var list sheet.List
	count := map[sheet.Level]int{}
	for _, f := range r.Findings {
		level := levels[f.Severity]
		count[level]++
		list.Findings = append(list.Findings, sheet.Finding{
			Rule: f.Rule, Level: level, Sheet: f.Sheet, Cell: f.Cell, Message: f.Message, Fix: f.Fix,
		})
	}
	list.Summary = [][2]string{
		{"文件", shown(r.File)},
		{"文件指纹", r.SHA256[:min(12, len(r.SHA256))]},
		{"数据行数", strconv.Itoa(r.Rows)},
		{"金额合计（元）", r.Total.String()},
	}
	for _, level := range []sheet.Level{sheet.MustFix, sheet.PleaseCheck, sheet.Handled} {
		list.Summary = append(list.Summary, [2]string{level.String(), strconv.Itoa(count[level]) + "处"})
	}
	list.Summary = append(list.Summary, [2]string{"规则版本", r.Rules})
	return list
}

// originals fills in what stands in the cells of the findings. A file that cannot be read has no values to show.
func (r Report) originals(ctx context.Context, content io.ReaderAt, size int64, found []sheet.Finding) error {
	wanted, last := map[string]map[string][]int{}, map[string]int{}
	for i, f := range found {
		if f.Cell == "" {
			continue
		}
		if wanted[f.Sheet] == nil {
			wanted[f.Sheet] = map[string][]int{}
		}
		wanted[f.Sheet][f.Cell] = append(wanted[f.Sheet][f.Cell], i)
		row, _ := strconv.Atoi(strings.TrimLeft(f.Cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		last[f.Sheet] = max(last[f.Sheet], row)
	}
	if len(wanted) == 0 {
		return nil
	}
	book, err := sheet.Open(content, size, sheet.DefaultLimits)
	if err != nil {
		return nil //nolint:nilerr // the findings say so
	}
	defer book.Close()
	for i, info := range book.Sheets() {
		cells := wanted[info.Name]
		if cells == nil {
			continue
		}
		mask := r.masker(info.Name)
		for row, err := range book.Rows(ctx, i) {
			if err != nil || row.Number > last[info.Name] {
				break
			}
			for _, c := range row.Cells {
				for _, f := range cells[sheet.A1(c.Col, c.Row)] {
					found[f].Value = mask(c)
				}
			}
		}
		delete(wanted, info.Name) // a second sheet of the name, in a crafted file, is not the one meant
	}
	return ctx.Err()
}

// masker says how a sheet's cells may be shown. Only what is known to be harmless is; in doubt, less.
func (r Report) masker(name string) func(sheet.Cell) string {
	i := slices.IndexFunc(r.Sheets, func(s Sheet) bool { return s.Name == name })
	if i < 0 {
		return func(sheet.Cell) string { return notShown }
	}
	s, fields, head := r.Sheets[i], map[string]string{}, 0
	for _, c := range s.Columns {
		fields[strings.TrimRight(c.Cell, "0123456789")] = c.Field
	}
	if len(s.HeaderRows) > 0 {
		head = slices.Min(s.HeaderRows)
	}
	return func(c sheet.Cell) string {
		switch field := fields[sheet.ColumnName(c.Col)]; {
		case s.FirstRow == 0, c.Row < head:
			return notShown // a title may name anybody
		case slices.Contains(s.HeaderRows, c.Row):
			return shown(c.Text)
		case strings.HasSuffix(field, "id_number"):
			return idFault(c)
		case nameFields[field]:
			return maskName(c.Text)
		case numberFields[field]:
			return maskNumber(c.Text)
		case openFields[field] && len(anyDigit.FindAllString(c.Text, -1)) <= 8:
			return shown(c.Text)
		}
		return notShown
	}
}

const notShown = "［不显示］"

var (
	nameFields   = setOf("head_name payee_name beneficiary_name person_name")
	numberFields = setOf("amount standard area_mu persons quantity total basic project authorised actual")
	openFields   = setOf("town village group paid_on pay_status unit_name project_name agency_name subject_name subject_code " +
		"level place document stage1_on stage2_on stage3_on stage4_on")
)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// idFault describes an ID number without any of its digits.
func idFault(c sheet.Cell) string {
	id, fault := ledger.ParseID(c.Text)
	if c.Kind == sheet.Number || c.Kind == sheet.Date {
		return "存成了数字"
	}
	switch length := strconv.Itoa(id.Len()) + "位"; fault {
	case ledger.IDEmpty:
		return ""
	case ledger.IDMasked:
		return "已打码"
	case ledger.IDOld:
		return "15位"
	case ledger.IDLength:
		return length
	case ledger.IDShape:
		return length + "，有不该有的字符"
	case ledger.IDBirthDate:
		return "出生日期不存在"
	case ledger.IDCheck:
		return length + "，末位校验不符"
	}
	return id.String()
}

// twoCharacters are the surnames of two characters that are met with; of any other name the first character stays.
const twoCharacters = " 欧阳 上官 司马 司徒 司空 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 轩辕 东方 南宫 端木 独孤 西门 百里 呼延 申屠 太史 闻人 澹台 濮阳 单于 "

// maskName keeps the surname. What has a digit in it is no name, and might be a number in the wrong column.
func maskName(text string) string {
	name := []rune(compact(text))
	switch {
	case len(name) == 0:
		return ""
	case anyDigit.MatchString(string(name)):
		return notShown
	case totalWord(string(name)):
		return string(name)
	}
	keep := 1
	if len(name) > 2 && strings.Contains(twoCharacters, " "+string(name[:2])+" ") {
		keep = 2
	}
	return string(name[:keep]) + strings.Repeat("×", min(len(name)-keep, 4))
}

func totalWord(s string) bool {
	return slices.Contains([]string{"合计", "小计", "总计", "累计"}, s)
}

var (
	plainSum = regexp.MustCompile(`^[-+]?[\d,]{1,9}(\.\d*)?$`)
	anyDigit = regexp.MustCompile(`\p{Nd}`)
)

// maskNumber shows a sum of at most six digits and what follows the point as far as it matters. More digits might be an
// account or a phone in the wrong column.
func maskNumber(text string) string {
	s := compact(text)
	whole, fraction, _ := strings.Cut(s, ".")
	switch {
	case !plainSum.MatchString(s) || len(anyDigit.FindAllString(whole, -1)) > 6:
		if n := len(anyDigit.FindAllString(s, -1)); n > 6 {
			return fmt.Sprintf("［含%d位数字，不显示］", n)
		}
		return shown(s)
	case utf8.RuneCountInString(fraction) > 4:
		return whole + "." + fraction[:4] + "…"
	}
	return s
}
