package portal

import (
	"slices"
	"strconv"
	"strings"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// deskInput is one line of a slip's form.
type deskInput struct {
	ID                string // of this input among all forms of the slip
	Name, Label, Hint string
	Type              string // text, area, select, checks, check, hidden
	Value             string
	Options           []deskOption
	Rows              int
}

type deskOption struct {
	Value, Name string
	Chosen      bool
}

// deskForm is what may be done to a case, as a form.
type deskForm struct {
	Act    inquiry.Act
	Name   string
	Hint   string
	Inputs []deskInput
	Main   bool // what is usually done now
	Danger bool
	Open   bool
	Look   bool // it may be looked at before it is done
	Drafts bool // it is written with help: see draftHelp
}

// deskSpec says of an act which inputs its form has.
type deskSpec struct {
	inputs       []string
	hint         string
	main, danger bool
}

var deskSpecs = map[inquiry.Act]deskSpec{
	inquiry.Register:       {inputs: []string{"kind", "track", "against", "persons"}, hint: "登记以后，由另一位值班人员会签，才给处理笺号。", main: true},
	inquiry.Countersign:    {hint: "核对上面的登记。会签以后给处理笺号。", main: true},
	inquiry.AskClarify:     {inputs: []string{"text:要补正的全部内容"}, hint: "只能告知一次，缺什么一次说清。等补正的时间不计入期限。"},
	inquiry.ProposeRefusal: {inputs: []string{"ground:refuse", "right", "text:说明"}, hint: "由审核人决定。"},
	inquiry.Refuse:         {inputs: []string{"text:意见"}, hint: "来件人会收到不予受理告知，可以提一次异议。"},
	inquiry.DenyRefusal:    {inputs: []string{"text:意见"}},
	inquiry.Merge:          {inputs: []string{"main", "text:说明"}},
	inquiry.Split:          {inputs: []string{"text:理由"}},
	inquiry.TakeDirect:     {inputs: []string{"investigate"}, hint: "值班室自己答复。"},
	inquiry.Forward:        {inputs: []string{"lead", "assist", "investigate", "needs"}, hint: "被投诉的部门不能承办。不写明需要，部门看不到来件人是谁。", main: true},
	inquiry.Sign:           {hint: "签收以后开始计答复的期限。", main: true},
	inquiry.AskReturn:      {inputs: []string{"text:为什么不由本部门办"}, hint: "只能退一次，在签收期限以内。"},
	inquiry.GrantReturn:    {inputs: []string{"text:意见"}, main: true},
	inquiry.DenyReturn:     {inputs: []string{"text:意见"}},
	inquiry.AskExtension:   {inputs: []string{"days", "text:理由"}, hint: "到期以前申请，只有一次，最多是原来的期限。"},
	inquiry.Extend:         {inputs: []string{"text:告诉来件人的延期理由"}, main: true},
	inquiry.DenyExtension:  {inputs: []string{"text:意见"}},
	inquiry.Draft:          {inputs: []string{"proposed"}, hint: "写给来件人看的答复。送审以后由审核人审核。", main: true},
	inquiry.Redraft:        {inputs: []string{"proposed"}, hint: "改动以后，审核人要重新看。"},
	inquiry.SendBack:       {inputs: []string{"text:哪里要改"}},
	inquiry.Approve:        {inputs: []string{"hash"}, hint: "同意的就是“拟答复”里的这一稿，一个字也不差。", main: true},
	inquiry.Publish:        {inputs: []string{"title", "question", "answer", "disclosed", "enclose", "minded"}, hint: "公开稿另写：不能有来件人的姓名、电话、处理笺号和任何证号、账号。先核对，再公开。", main: true},
	inquiry.Withhold:       {inputs: []string{"ground:withhold", "text:说明"}},
	inquiry.GoOn:           {inputs: []string{"text:理由"}},
	inquiry.Seal:           {inputs: []string{"text:理由"}, hint: "移送以后，财政局的人都看不到这一件。不能收回。", danger: true},
	inquiry.Acknowledge:    {inputs: []string{"text:告知的内容"}, hint: "来件人在查询页上看到纪检监察机关已经告知受理。", main: true},
	inquiry.Supervise:      {inputs: []string{"text:督办的要求", "until"}, hint: "正在办理的部门（没有转办的，是值班室）要在限期以内回复。"},
	inquiry.Respond:        {inputs: []string{"text:回复"}, main: true},
	inquiry.Lift:           {inputs: []string{"text:意见"}, hint: "回复可以接受的，解除；不能接受的，再督办一次。", main: true},
}

// deskForms are the forms of the acts that may be tried, what is usually done next first.
func deskForms(p *deskCasePage, departments []ledger.Department, c inquiry.Copy, try deskTry) []deskForm {
	var forms []deskForm
	for _, act := range p.Acts {
		spec, known := deskSpecs[act]
		// An act that happens once, or waits for another, is no button where the law would only refuse.
		if !known || !p.sensible(act) {
			continue
		}
		f := deskForm{Act: act, Name: act.Name(), Hint: spec.hint, Main: spec.main, Danger: spec.danger, Look: act == inquiry.Publish, Drafts: act == inquiry.Draft || act == inquiry.Redraft}
		for _, name := range spec.inputs {
			if name == "minded" && !slices.ContainsFunc(p.Leaks, func(l inquiry.Leak) bool { return l.Mind }) {
				continue
			}
			input := p.input(name, departments, c, act, try)
			input.ID = strings.ReplaceAll(string(act), ".", "-") + "-" + input.Name
			f.Inputs = append(f.Inputs, input)
		}
		f.Open = try.act == act || try.act == "" && spec.main
		forms = append(forms, f)
	}
	slices.SortStableFunc(forms, func(a, b deskForm) int { return formRank(a) - formRank(b) })
	return forms
}

func formRank(f deskForm) int {
	switch {
	case f.Main:
		return 0
	case f.Danger:
		return 2
	}
	return 1
}

// sensible leaves out what the case shows to be impossible now; the law still decides.
func (p *deskCasePage) sensible(act inquiry.Act) bool {
	c, login := p.Case, p.Officer.Login
	drafted := slices.Contains(c.Round().Drafters, login)
	switch act {
	case inquiry.Countersign:
		return c.RegisterBy != "" && c.RegisterBy != login
	case inquiry.AskClarify:
		return !c.Clarified
	case inquiry.AskReturn:
		return !c.Returned
	case inquiry.AskExtension:
		return !c.Extended
	case inquiry.Extend, inquiry.DenyExtension:
		return c.AskedDays > 0 && c.AskedBy != login
	case inquiry.GrantReturn, inquiry.DenyReturn:
		return c.AskedBy != login
	case inquiry.Approve, inquiry.SendBack, inquiry.Publish, inquiry.Withhold:
		return !drafted
	case inquiry.Supervise:
		return !c.Order.Waits()
	case inquiry.Respond:
		return c.Order.Waits()
	case inquiry.Lift:
		return c.Order.Answered
	case inquiry.Acknowledge:
		return !c.Noticed
	}
	return true
}

// input is one input of an act's form, filled with what was tried, or with what the case says.
func (p *deskCasePage) input(name string, departments []ledger.Department, c inquiry.Copy, act inquiry.Act, try deskTry) deskInput {
	tried := func(field, otherwise string) string {
		if try.act == act {
			return try.b.text(field)
		}
		return otherwise
	}
	choose := func(field string, of []ledger.Department) (options []deskOption) {
		for _, d := range of {
			value := strconv.FormatInt(d.ID, 10)
			options = append(options, deskOption{value, d.Name, try.act == act && slices.Contains(try.b.fields[field], value)})
		}
		return options
	}
	if label, ok := strings.CutPrefix(name, "text:"); ok {
		return deskInput{Name: "text", Label: label, Type: "area", Rows: 3, Value: tried("text", "")}
	}
	switch name {
	case "kind":
		return deskInput{Name: name, Label: "类别", Type: "select", Options: optionsOf(inquiry.Kinds, inquiry.Kind(tried(name, string(p.Case.Kind))))}
	case "track":
		return deskInput{Name: name, Label: "途径", Type: "select", Options: optionsOf(inquiry.Tracks, inquiry.Track(tried(name, string(p.Case.Track))))}
	case "against":
		return deskInput{Name: name, Label: "被投诉的部门", Hint: "勾了的部门看不到、也不能承办这一件。", Type: "checks", Options: choose(name, departments)}
	case "persons":
		return deskInput{Name: name, Label: "被投诉的工作人员", Hint: "写账号，几个人用逗号隔开。他们看不到这一件。", Type: "text", Value: tried(name, "")}
	case "ground:refuse":
		return deskInput{Name: "ground", Label: "依据", Type: "select", Options: optionsOf(inquiry.RefusalGrounds(), inquiry.Ground(tried("ground", "")))}
	case "ground:withhold":
		return deskInput{Name: "ground", Label: "依据", Type: "select", Options: optionsOf(inquiry.WithholdGrounds(), inquiry.Ground(tried("ground", "")))}
	case "right":
		return deskInput{Name: name, Label: "应当向哪里反映", Type: "text", Value: tried(name, "")}
	case "main":
		return deskInput{Name: name, Label: "并到处理笺", Hint: "写成 2026-000123。", Type: "text", Value: tried(name, "")}
	case "investigate":
		return deskInput{Name: name, Label: "需要调查，答复期限15个工作日", Type: "check", Value: tried(name, "")}
	case "lead":
		return deskInput{Name: name, Label: "主办部门", Type: "select", Options: append([]deskOption{{"", "请选择", false}}, choose(name, p.free(departments))...)}
	case "assist":
		return deskInput{Name: name, Label: "协办部门", Type: "checks", Options: choose(name, p.free(departments))}
	case "needs":
		return deskInput{Name: name, Label: "需要知道来件人是谁的理由", Hint: "不需要就不写。", Type: "text", Value: tried(name, "")}
	case "until":
		return deskInput{Name: name, Label: "限期回复", Hint: "一个工作日，到那天24时。不写就是3个工作日。", Type: "date", Value: tried(name, "")}
	case "days":
		return deskInput{Name: name, Label: "延长几天", Type: "text", Value: tried(name, "")}
	case "proposed":
		return deskInput{Name: name, Label: "答复", Type: "area", Rows: 10, Value: tried(name, p.begun())}
	case "hash":
		return deskInput{Name: name, Type: "hidden", Value: string(p.Case.Round().Answer)}
	case "enclose":
		return deskInput{Name: name, Label: "一并公开的附件", Hint: "公开的是重做的副本：作者、拍摄地点都去掉，文件名改成附件1、附件2。", Type: "checks", Options: p.enclosable(act, try)}
	case "minded":
		return deskInput{Name: name, Label: "上面要看清的，我看过了，可以公开", Type: "check", Value: tried(name, "")}
	case "title":
		return deskInput{Name: name, Label: "公开标题", Type: "text", Value: c.Title}
	case "question":
		return deskInput{Name: name, Label: "问（隐去个人信息）", Type: "area", Rows: 6, Value: c.Question}
	case "answer":
		return deskInput{Name: name, Label: "答（隐去个人信息）", Type: "area", Rows: 8, Value: c.Answer}
	}
	return deskInput{Name: "disclosed", Label: "点题公开的位置", Hint: "公开了什么，写本网站的地址，如 /funds/NB-01。没有就不写。", Type: "text", Value: c.Disclosed}
}

// begun is what the answer begins with: what this drafter saved, or the last draft.
func (p *deskCasePage) begun() string {
	if !p.Saved.At.IsZero() {
		return p.Saved.Text
	}
	return p.Draft
}

// enclosable are the attachments that may go with a public copy.
func (p *deskCasePage) enclosable(act inquiry.Act, try deskTry) (options []deskOption) {
	for _, f := range p.Files {
		if !f.Held {
			options = append(options, deskOption{f.ID, f.Name, try.act == act && slices.Contains(try.b.fields["enclose"], f.ID)})
		}
	}
	return options
}

// free are the departments that are not complained of.
func (p *deskCasePage) free(departments []ledger.Department) (free []ledger.Department) {
	for _, d := range departments {
		if !p.Case.Against.HitsDepartment(d.ID) {
			free = append(free, d)
		}
	}
	return free
}

func optionsOf[T interface {
	~string
	Name() string
}](all []T, chosen T) (options []deskOption) {
	for _, o := range all {
		options = append(options, deskOption{string(o), o.Name(), o == chosen})
	}
	return options
}
