package portal

import (
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
	Asks    bool   // it may be asked about
	Gap     string // what to know where the amount is another
	AsRole  bool   // say what the person is to it
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
	e := entry{Payment: p, Phone: s.config.Phone, Asks: s.config.Inquiries != nil, AsRole: p.Role == ledger.Payee || p.Role == ledger.Beneficiary}
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
