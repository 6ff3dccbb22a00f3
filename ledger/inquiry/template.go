package inquiry

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingbai/ledger"
)

// Template is a text that answers begin with. Blanks in it are written 【项目】; those that the case knows are filled when it
// is used, the others by the drafter.
type Template struct {
	No   int64
	Name string
	Kind Kind // empty: for every kind
	Text string
}

// Blanks are what a case fills in by itself, in the order of pages. Who sends is no blank.
var Blanks = []string{"标题", "项目", "村", "收到日期", "处理笺号", "承办部门", "期限"}

// mostTemplate is how long a template may be, in characters.
const mostTemplate = 2000

// Fault says what keeps a template from being kept.
func (t Template) Fault() error {
	refuse := func(message string) error { return ledger.Errorf(ledger.KindInvalid, "%s", message) }
	switch {
	case strings.TrimSpace(t.Name) == "" || utf8.RuneCountInString(t.Name) > 40:
		return refuse("名称：请写一个名称，最多40个字")
	case t.Kind != "" && !slices.Contains(Kinds, t.Kind):
		return refuse("类别：请选择")
	case strings.TrimSpace(t.Text) == "":
		return refuse("内容：请写模板的内容")
	case utf8.RuneCountInString(t.Text) > mostTemplate:
		return refuse("内容：最多2000个字")
	case strings.Count(t.Text, "【") != strings.Count(t.Text, "】"):
		return refuse("内容：空要写成【项目】，括号要成对")
	}
	return nil
}

// Fill writes into the blanks what is known of a case.
func (t Template) Fill(known map[string]string) string {
	text := t.Text
	for name, value := range known {
		if value != "" {
			text = strings.ReplaceAll(text, "【"+name+"】", value)
		}
	}
	return text
}

// mostBlank is how long a blank's name is; a longer text in such brackets is no blank.
const mostBlank = 20

// Unfilled are the blanks that a text still has, each once.
func Unfilled(text string) (blanks []string) {
	for {
		_, rest, found := strings.Cut(text, "【")
		if !found {
			return blanks
		}
		name, _, closed := strings.Cut(rest, "】")
		if closed && utf8.RuneCountInString(name) <= mostBlank && !strings.ContainsAny(name, "【\n") && !slices.Contains(blanks, name) {
			blanks = append(blanks, name)
		}
		text = rest
	}
}

// Known is what of a case fills blanks.
func (d Dossier) Known() map[string]string {
	known := map[string]string{
		"标题": d.Subject, "项目": d.About.FundName, "村": d.About.VillageName, "处理笺号": d.Case.Slip.String(), "承办部门": d.Lead,
	}
	if !d.Case.Received.IsZero() {
		known["收到日期"] = d.Case.Received.In(ledger.Shanghai).Format("2006年1月2日")
	}
	if d.Status.Due.Known() {
		known["期限"] = d.Status.Due.Text()
	}
	return known
}

// SavedDraft is what a drafter has written and not sent for review yet.
type SavedDraft struct {
	Text string
	At   time.Time
}
