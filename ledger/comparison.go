package ledger

import "fmt"

// Comparison is a batch held against the last period of its fund. The books fill it; amounts are in fen.
type Comparison struct {
	Batch    int64           `json:"batch"`
	Kind     FundKind        `json:"kind"`
	Period   Period          `json:"period"`
	Last     Period          `json:"last_period"` // empty when the batch is the fund's first period
	Now      Tally           `json:"now"`         // the whole period with this batch in it
	Before   Tally           `json:"before"`
	Added    int             `json:"people_added"` // of other kinds than subsidy: rows, known by their key
	Gone     int             `json:"people_gone"`
	Changed  int             `json:"people_changed"` // paid in both, another amount; of other kinds: anything else
	Villages []VillageChange `json:"villages"`       // those that differ, greatest difference first
	People   []PersonChange  `json:"people"`         // the same, at most MaxChanges of them
	Records  []RecordChange  `json:"records,omitempty"`
}

// RecordChange is a row of another kind than subsidy in two periods: what its key names.
type RecordChange struct {
	Key     string `json:"key"`
	Added   bool   `json:"added"`
	Gone    bool   `json:"gone"`
	Now     *Fen   `json:"now_fen"` // nil where it has no amount
	Before  *Fen   `json:"before_fen"`
	Section string `json:"section"`
}

// MaxChanges is how many changed people, or rows, a Comparison lists; its counts are over all.
const MaxChanges = 500

// VillageChange is a village in two periods.
type VillageChange struct {
	Code   string `json:"code"`
	Town   string `json:"town"`
	Name   string `json:"name"`
	Now    Tally  `json:"now"`
	Before Tally  `json:"before"`
}

// Difference is how far the village's total moved, up or down.
func (v VillageChange) Difference() Fen {
	return max(v.Now.Total-v.Before.Total, v.Before.Total-v.Now.Total)
}

// PersonChange is a person in two periods; nil where they are not paid.
type PersonChange struct {
	Name    string `json:"name"`
	Village string `json:"village"`
	Group   string `json:"group"`
	Now     *Fen   `json:"now_fen"`
	Before  *Fen   `json:"before_fen"`
}

// Limits of what changes from one period to the next without a word (XB-03), in percent.
const (
	totalSwing  = 30
	peopleSwing = 20
)

// Findings are the warnings of a comparison (XB-03): the total moved by 30 %, the number of people by 20 %, or a village
// that was paid is missing.
func (c Comparison) Findings() []Finding {
	if c.Last == "" {
		return nil
	}
	var found []Finding
	warn := func(format string, args ...any) {
		found = append(found, Finding{Rule: "XB-03", Severity: Warn, Message: fmt.Sprintf(format, args...), Fix: "写明原因"})
	}
	if p := percent(int64(c.Before.Total), int64(c.Now.Total)); p >= totalSwing || p <= -totalSwing {
		warn("与上期相比总额变化%+d%%", p)
	}
	if p := percent(int64(c.Before.Rows), int64(c.Now.Rows)); p >= peopleSwing || p <= -peopleSwing {
		warn("与上期相比%s变化%+d%%", c.Kind.Counted(), p)
	}
	for _, v := range c.Villages {
		if v.Before.Rows > 0 && v.Now.Rows == 0 {
			warn("与上期相比缺少%s%s（上期%d行）", v.Town, v.Name, v.Before.Rows)
		}
	}
	return found
}

// percent is the change from a to b, cut towards zero; 100 where there was nothing.
func percent(a, b int64) int64 {
	if a == 0 {
		if b == 0 {
			return 0
		}
		return 100
	}
	return (b - a) * 100 / a
}
