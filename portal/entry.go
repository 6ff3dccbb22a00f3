package portal

import (
	"fmt"
	"strconv"

	"mingbai/ledger"
)

// sum is a total with the count it stands for, over the double rule.
type sum struct {
	Label string
	ledger.Tally
}

// entry is a payment as a ledger line that opens to why it is that much.
type entry struct {
	ledger.Payment
	Phone   string
	Terms   string // 12.40 亩 × 83.94 元/亩
	Product string // 1,040.86; empty when the sheet does not say enough
	Gap     string // what to know where the amount is another
	AsRole  bool   // say what the person is to it
	List    string // the way to the village's list that it stands on; empty where that may not be seen
	Unlist  string // why not
	Ask     string // the way to a question about this line; empty where the site takes none
}

// HasEnded says that the payment no longer counts.
func (e entry) HasEnded() bool { return !e.Ended.IsZero() }

// EndWord is what became of a payment that no longer counts.
func (e entry) EndWord() string {
	if e.Corrected {
		return "已更正"
	}
	return "已撤回"
}

func (s *Server) entries(list []ledger.Payment) []entry {
	out := make([]entry, len(list))
	for i, p := range list {
		out[i] = s.entry(p)
	}
	return out
}

func (s *Server) entry(p ledger.Payment) entry {
	e := entry{Payment: p, Phone: s.config.Phone, AsRole: p.Role == ledger.Payee || p.Role == ledger.Beneficiary}
	if p.ListOpen && p.VillageCode != "" {
		e.List = villagePath(p.Fund, p.Period.Year(), p.VillageCode)
	} else {
		e.Unlist = whyUnlisted(p)
	}
	if s.has("/ask") {
		e.Ask = fmt.Sprintf("/ask?row=%d-%d-%d", p.Period.Year(), p.Batch, p.Line)
	}
	product, ok := p.Product()
	if !ok {
		return e
	}
	e.Terms = basisText(p) + " × " + p.Standard.String() + " 元"
	if p.BasisUnit != "" {
		e.Terms = basisText(p) + " " + p.BasisUnit + " × " + p.Standard.String() + " 元/" + p.BasisUnit
	}
	e.Product = product.String()
	if gap := product - p.Amount; gap != 0 {
		if gap < 0 {
			gap = -gap
		}
		e.Gap = "按" + basisName(p.BasisUnit) + "×标准算是 " + product.String() + " 元，" + gave(p.Status) + " " + p.Amount.String() +
			" 元，相差 " + gap.String() + " 元。"
	}
	return e
}

// whyUnlisted says why the list that a payment stood on cannot be seen.
func whyUnlisted(p ledger.Payment) string {
	switch {
	case p.Disclosure == ledger.DiscloseSelf:
		return "这类补贴只供本人查询，没有公开的名单"
	case !p.Ended.IsZero():
		return "这一笔已不在名单上"
	case p.VillageCode == "":
		return "村名不在名册上，没有单独的名单"
	case !p.ListUntil.IsZero():
		return "公示到" + date(p.ListUntil) + "，名单已经收起"
	}
	return "现在没有公示中的名单"
}

// Said is the payment for the ear.
func (e entry) Said() string {
	said := e.Period.Name() + "，" + e.FundName + "，" + spoken(e.Amount)
	switch {
	case e.HasEnded():
		return said + "，" + e.EndWord() + "，不算在合计里。"
	case e.Status == ledger.StatusUnknown:
		return said + "。"
	}
	return said + "，" + e.Status.Name() + "。"
}

// spoken is an amount for the ear: 1040元8角6分.
func spoken(f ledger.Fen) string {
	yuan, rest := int64(f/100), int64(f%100)
	text := strconv.FormatInt(yuan, 10) + "元"
	if rest == 0 {
		return text
	}
	return text + strconv.FormatInt(rest/10, 10) + "角" + strconv.FormatInt(rest%10, 10) + "分"
}

// gave does not call paid what was withheld or came back.
func gave(s ledger.PayStatus) string {
	if s == ledger.Paid {
		return "实发"
	}
	return "表上是"
}

// basisText writes an area with two decimals, as land is measured, and heads without any.
func basisText(p ledger.Payment) string {
	switch {
	case p.Basis == 0:
		return unstated
	case p.BasisUnit == "亩" || p.BasisUnit == "":
		return p.Basis.String()
	}
	return p.Basis.Short()
}

func basisName(unit string) string {
	switch unit {
	case "亩":
		return "面积"
	case "人":
		return "人数"
	case "":
		return "面积/人数"
	}
	return "数量"
}
