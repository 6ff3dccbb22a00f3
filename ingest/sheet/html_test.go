package sheet_test

import (
	"strings"
	"testing"

	"mingbai/ingest/sheet"
)

// tablePage wraps rows in a table with a first row, so that it is a sheet.
func tablePage(rows string) []byte { return []byte("<table><tr><td>h</td></tr>" + rows + "</table>") }

func TestHTMLCells(t *testing.T) {
	for name, c := range map[string]struct{ rows, want string }{
		"tags left out":               {"<tr><td>a<td>b<tr><td>c", `2 A:"a" B:"b"|3 A:"c"`},
		"cells without a row":         {"<td>a</td><td>b</td>", `2 A:"a" B:"b"`},
		"heads are cells":             {"<thead><tr><th>a</th></tr></thead><tbody><tr><td>b", `2 A:"a"|3 A:"b"`},
		"white space counts once":     {"<tr><td>\n  a \t b\r\n</td></tr>", `2 A:"a b"`},
		"breaks and blocks":           {"<tr><td>a<br>b<br/><br>c<p>d</p><div>e</div></td><td><p>f</p></td><td>g<br></td></tr>", `2 A:"a\nb\n\nc\nd\ne" B:"f" C:"g"`},
		"tags within text":            {"<tr><td>a<b>b</b><font color=red>c</font></td></tr>", `2 A:"abc"`},
		"entities":                    {"<tr><td>&lt;&amp;&#20013;&#x4e2d;&nbsp;x</td></tr>", "2 A:\"<&中中\\u00a0x\""},
		"blank is absent":             {"<tr><td>&nbsp;</td><td> </td><td></td><td>x</td></tr>", `2 D:"x"`},
		"no script, no form":          {"<tr><td>a<script>'<td>x'</script><select><option>1</select><textarea>t</textarea></td></tr>", `2 A:"a"`},
		"comment":                     {"<tr><td>a<!-- </td><td>b --></td><td>c</td></tr>", `2 A:"a" B:"c"`},
		"colspan and rowspan":         {"<tr><td rowspan=2>a<td colspan=2>b<td>c<tr><td>d<td>e<td>f", `merge A2:A3|merge B2:C2|2 A:"a" B:"b" D:"c"|3 B:"d" C:"e" D:"f"`},
		"rowspan beyond the end":      {"<tr><td rowspan=99>a<td>b", `merge A2:A2|2 A:"a" B:"b"`},
		"spans that cannot be":        {"<tr><td rowspan=0 colspan=-1>a<td colspan=x>b", `2 A:"a" B:"b"`},
		"hidden rows":                 {"<tr style='color:red; display : none'><td>a<tr hidden><td>b<tbody style='display:none'><tr><td>c</tbody><tr><td>d", `2 hidden A:"a"|3 hidden A:"b"|4 hidden A:"c"|5 A:"d"`},
		"near miss of hidden":         {"<tr style='display:block'><td>a", `2 A:"a"`},
		"hidden span is Excel's clip": {"<tr><td>长文<span style='display:none'>本</span>", `2 A:"长文本"`},
		"digits are a text":           {"<tr><td>0012<td>1,040.86<td>990121197001010010", `2 A:"0012" B:"1,040.86" C:"990121197001010010"`},
		"x:num":                       {"<tr><td x:num>1,040.86<td x:num='0.1'>0.10<td x:num>甲<td x:num='9.9E+17'>9.9E+17", `2 A:n"1040.86" B:n"0.1" C:"甲" D:n"9.9E+17"`},
		"x:str, x:bool, x:err":        {"<tr><td x:str='  a'>a<td x:bool='FALSE'>假<td x:bool='TRUE'>真<td x:err>#N/A", `2 A:"  a" B:b"0" C:b"1" D:e"#N/A"`},
		"number format of web pages":  {`<tr><td style="mso-number-format:'\@'">1<td style='mso-number-format:"0\.00"'>2<td style="vnd.ms-excel.numberformat:@">3<td style="mso-number-format:General">4`, `2 A:"1"{@} B:n"2"{0.00} C:"3"{@} D:"4"`},
		"named formats":               {`<tr><td style="mso-number-format:'Short Date'" x:num=45717>x<td style="mso-number-format:Standard" x:num=2>x<td style="mso-number-format:Fixed">3`, `2 A:d"45717"{yyyy/m/d} B:n"2"{#,##0.00} C:n"3"{0.00}`},
		"a date as shown is a text":   {`<tr><td style="mso-number-format:'yyyy\/m\/d'">2025/3/1`, `2 A:"2025/3/1"{yyyy/m/d}`},
		"a table of one row is part":  {"<tr><td>a<table><tr><td>b<td>c</table>d<td>e", `2 A:"a b c d" B:"e"`},
		"formula":                     {"<tr><td x:num x:fmla='=A1'>3<td x:fmla='=B1'>", `2 A:n"3"= B:-""=`},
		"no such thing as a cell":     {"<tr>stray<td>a</td>stray</tr>stray<tr><td>b", `2 A:"a"|3 A:"b"`},
	} {
		want := `1 A:"h"` + "\n" + strings.ReplaceAll(c.want, "|", "\n")
		if i := strings.LastIndex(c.want, "merge"); i >= 0 {
			i += strings.Index(c.want[i:], "|")
			want = strings.ReplaceAll(c.want[:i]+"|1 A:\"h\""+c.want[i:], "|", "\n")
		}
		if got := dumpRows(t, tablePage(c.rows)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
	allText := `<table x:str><tr><td>12<td x:num>13<tr><td style="mso-number-format:Fixed">14</table>`
	if got := dumpRows(t, []byte(allText)); got != "1 A:\"12\" B:n\"13\"\n2 A:\"14\"{0.00}" {
		t.Errorf("x:str of a table: %s", got)
	}
}

func TestHTMLTablesAreSheets(t *testing.T) {
	for name, c := range map[string]struct{ page, want string }{
		"by their beginning":      {"<table><tr><td>a<tr><td>b</table><table><tr><td>c<tr><td>d</table>", "表1,表2"},
		"captions, the same once": {"<table><caption>甲 村</caption><tr><td>a<tr><td>b</table><table><caption>甲 村</caption><tr><td>c<tr><td>d</table>", "甲 村,表2"},
		"one row arranges":        {"<table><tr><td>a</table><table><tr><td>c<tr><td>d</table>", "表1"},
		"empty rows do not count": {"<table><tr><td>a<tr><td>&nbsp;<tr><td></table><table><tr><td>c<tr><td>d</table>", "表1"},
		"within another":          {"<table><tr><td>菜单<tr><td><table><tr><td>c<tr><td>d</table><tr><td>页脚</table>", "表1,表2"},
		"one row within a cell":   {"<table><tr><td>h<tr><td><table><tr><td>b</table></table>", "表1"},
		"hidden table":            {"<table style='display:none'><tr><td>c<tr><td>d</table>", "表1 hidden"},
		"captions that are none":  {"<table><caption>\ufffd<tr><td>a<tr><td>b</table><table><caption> <br> </caption><tr><td>a<tr><td>b</table>", "表1,表2"},
		"captions of lines":       {"<table><caption>甲<br>村<tr><td>a<tr><td>b</table>", "甲 村"},
		"captions as long as":     {"<table><caption>" + strings.Repeat("甲", 101) + "<tr><td>a<tr><td>b</table>", strings.Repeat("甲", 100)},
		"before a late </body>":   {"<html><body><table><tr><td>c<tr><td>d</body></html>", "表1"},
	} {
		w := openBytes(t, []byte(c.page))
		var names []string
		for _, s := range w.Sheets() {
			if s.Hidden {
				s.Name += " hidden"
			}
			names = append(names, s.Name)
		}
		if got := strings.Join(names, ","); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestHTMLRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		page string
		want error
	}{
		"frames of Excel":           {"<html><head><link id=shLink href='a.files/sheet001.htm'></head><frameset rows='*,39'><frame src='a.files/sheet001.htm'></frameset></html>", &sheet.FormatError{Format: sheet.Frames}},
		"sheets in other files":     {"<html><!--[if gte mso 9]><xml><x:WorksheetSource HRef='a.files/sheet001.htm'/></xml><![endif]--><body></body></html>", &sheet.FormatError{Format: sheet.Frames}},
		"a login page":              {"<html><body><form>请登录<table><tr><td>用户名<td><input></table></form></body></html>", &sheet.FormatError{Format: sheet.HTML}},
		"cut within a table":        {"<table><tr><td>a<tr><td>b<tr><td>c", sheet.ErrDamaged},
		"cut between tables":        {"<html><body><table><tr><td>a<tr><td>b</table>", sheet.ErrDamaged},
		"swallowed by a <select>":   {"<html><table><tr><td>a<tr><td>b<select><tr><td>c</table></html>", sheet.ErrDamaged},
		"cut within a tag":          {"<table><tr><td>a<tr><td>b</table><tab", sheet.ErrDamaged},
		"replacement character":     {"<table><tr><td>a<tr><td>\ufffd</table>", &sheet.TextError{Line: 2}},
		"its reference":             {"<table><tr><td>a<tr><td>&#65533;</table>", &sheet.TextError{Line: 2}},
		"bad bytes":                 {"<table><tr><td>姓名<tr><td>金额<tr><td>\xff</table>", &sheet.TextError{Line: 3}},
		"Big5 that says so":         {"<meta charset=big5><table><tr><td>\xa9\x6d\xa6\x57<tr><td>1</table>", &sheet.TextError{Line: 1}},
		"a million columns":         {"<table><tr><td>h<tr>" + strings.Repeat("<td>x", 1_000_000) + "</table>", &sheet.LimitError{What: "256列"}},
		"a million empty columns":   {"<table><tr><td>h<tr>" + strings.Repeat("<td>", 1_000_000) + "</table>", &sheet.LimitError{What: "16384列"}},
		"nested without end":        {strings.Repeat("<table><tr><td>", 100_000), &sheet.LimitError{What: "嵌套"}},
		"too many tables":           {strings.Repeat("<table><tr><td></table>", 2001), &sheet.LimitError{What: "2000个"}},
		"too many merges":           {"<table>" + strings.Repeat("<tr><td rowspan=2>a<td rowspan=2>b", 150_001) + "</table>", &sheet.LimitError{What: "合并"}},
		"too many rows":             {"<table>" + strings.Repeat("<tr><td>a", 300_001) + "</table>", &sheet.LimitError{What: "行"}},
		"too long a text in pieces": {"<table><tr><td>h<tr><td>" + strings.Repeat("x<b>", 128<<10+1) + "</table>", &sheet.LimitError{What: "128KB"}},
		"too long in line breaks":   {"<table><tr><td>h<tr><td>x" + strings.Repeat("<br>", 1<<20) + "x</table>", &sheet.LimitError{What: "128KB"}},
	} {
		if got, err := dump([]byte(c.page), sheet.DefaultLimits); !sameFault(err, c.want) {
			t.Errorf("%s: %v\n%.300s", name, err, got)
		}
	}
	for name, page := range map[string]string{
		"meta says gb2312 over UTF-8":       "<meta charset=gb2312><table><tr><td>姓名<tr><td>张三</table>",
		"meta says ISO-8859-1 over GB18030": gb(t, "<meta charset=iso-8859-1><table><tr><td>姓名<tr><td>张三</table>"),
		"bad bytes outside of tables":       "<table><tr><td>姓名<tr><td>张三</table><p>\xff</p>",
	} {
		if got := dumpRows(t, []byte(page)); got != "1 A:\"姓名\"\n2 A:\"张三\"" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestLateSheetsAreFoundInEveryEncoding: the second reading of a sheet begins at its own place, far behind the decoder's
// first chunk.
func TestLateSheetsAreFoundInEveryEncoding(t *testing.T) {
	var page strings.Builder
	for range 9 {
		page.WriteString("<table><tr><td>" + strings.Repeat("𠀀张", 15_000) + "<tr><td>四</table>")
	}
	want := dumpRows(t, []byte(page.String()))
	for name, stored := range map[string]string{"GB18030": gb(t, page.String()), "UTF-16": utf16le(t, page.String())} {
		if got := dumpRows(t, []byte(stored)); got != want || strings.Count(got, "2 A:\"四\"") != 9 {
			t.Errorf("%s: %.300s", name, got)
		}
	}
}
