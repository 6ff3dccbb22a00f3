package portal

import (
	"time"

	"mingbai/ledger/inquiry"
)

// hours is some time that is mostly short: a mean, and now and then far more.
func (m *month) hours(mean float64, seldom int) time.Duration {
	d := m.r.ExpFloat64() * mean
	if m.r.IntN(100) < seldom {
		d += mean*2 + 24*(1+m.r.Float64()*8)
	}
	return time.Duration(d * float64(time.Hour))
}

func (m *month) chance(hundredths int) bool { return m.r.IntN(100) < hundredths }

func act(by string, after time.Duration, a inquiry.Act, change ...func(*inquiry.Deed)) monthAct {
	d := inquiry.Deed{Act: a, Facts: inquiry.Facts{Text: "理由写在这里"}}
	for _, c := range change {
		c(&d)
	}
	return monthAct{by: by, after: after, deed: d}
}

// story is what will be done to an inquiry, by chance; its first entry is how it is sent.
func (m *month) story() []monthAct {
	kind := []inquiry.Kind{inquiry.Question, inquiry.Complaint, inquiry.Complaint, inquiry.Suggestion, inquiry.Request, inquiry.Report}[m.r.IntN(6)]
	sealed := kind == inquiry.Report && m.chance(10)
	all := []monthAct{act("", 0, inquiry.Send, func(d *inquiry.Deed) {
		if d.Kind = kind; sealed {
			d.Text = "seal"
		}
	})}
	if sealed {
		return append(all, act("discipline", m.hours(60, 30), inquiry.Acknowledge))
	}
	if m.chance(1) {
		return append(all, act("", m.hours(20, 0), inquiry.Withdraw))
	}
	all = append(all, act("duty", m.hours(2, 6), inquiry.Register, func(d *inquiry.Deed) { d.Kind, d.Track = kind, inquiry.Ordinary }),
		act("duty2", m.hours(2, 4), inquiry.Countersign))
	if m.chance(5) {
		all = append(all, act("duty", m.hours(3, 5), inquiry.AskClarify))
		if m.chance(20) {
			return all // never clarified
		}
		all = append(all, act("", m.hours(40, 0), inquiry.Clarify))
	}
	if m.chance(2) {
		return append(all, act("duty", m.hours(4, 5), inquiry.Seal), act("discipline", m.hours(40, 20), inquiry.Acknowledge))
	}
	if m.chance(3) {
		return append(all, act("duty", m.hours(4, 5), inquiry.ProposeRefusal, func(d *inquiry.Deed) { d.Ground, d.Right = "court", "县人民法院" }),
			act("head", m.hours(4, 5), inquiry.Refuse))
	}
	drafter := "duty"
	if m.chance(40) {
		all = append(all, act("duty", m.hours(3, 5), inquiry.TakeDirect))
	} else {
		n := m.r.IntN(monthHandlers)
		forward := act("duty", m.hours(3, 5), inquiry.Forward, func(d *inquiry.Deed) { d.Lead = m.departments[n] })
		drafter = m.handler(n)
		all = append(all, forward)
		if m.chance(4) {
			back := act(drafter, m.hours(2, 10), inquiry.AskReturn)
			back.skips = 2
			all = append(all, back, act("head", m.hours(3, 10), inquiry.GrantReturn), forward)
		}
		all = append(all, act(drafter, m.hours(4, 8), inquiry.Sign))
		if m.chance(5) {
			ask := act(drafter, m.hours(30, 0), inquiry.AskExtension, func(d *inquiry.Deed) { d.Days = 3 })
			ask.skips = 1
			all = append(all, ask, act("head", m.hours(4, 5), inquiry.Extend))
		}
	}
	return append(all, m.reply(drafter, "head", 1)...)
}

// reply is the way of an answer to whoever sent the inquiry, and what they say to it.
func (m *month) reply(drafter, reviewer string, round int) []monthAct {
	text := "经核对，补贴款已经在本月十日发放，请查对存折。"
	draft := func(after time.Duration) monthAct {
		return act(drafter, after, inquiry.Draft, func(d *inquiry.Deed) { d.Proposed = text })
	}
	all := []monthAct{draft(m.hours(40, 12))}
	if m.chance(6) {
		all = append(all, act(reviewer, m.hours(3, 4), inquiry.SendBack), draft(m.hours(6, 8)))
	}
	all = append(all, act(reviewer, m.hours(3, 6), inquiry.Approve, func(d *inquiry.Deed) { d.Answer = inquiry.HashOf(text) }))
	switch {
	case m.chance(30):
		all = append(all, act(reviewer, m.hours(10, 5), inquiry.Publish, func(d *inquiry.Deed) {
			d.Copy = inquiry.Copy{Title: "补贴什么时候发", Question: "有村民问补贴什么时候发。", Answer: "已经在本月十日发放。"}
		}))
	case m.chance(80):
		all = append(all, act(reviewer, m.hours(10, 5), inquiry.Withhold, func(d *inquiry.Deed) { d.Ground = "privacy" }))
	}
	switch {
	case m.chance(30):
		all = append(all, act("", m.hours(30, 0), inquiry.Rate, func(d *inquiry.Deed) { d.Rating = inquiry.Satisfied }))
	case round == 1 && m.chance(4):
		all = append(all, act("", m.hours(30, 0), inquiry.Reopen), act("duty2", m.hours(4, 5), inquiry.TakeDirect))
		all = append(all, m.reply("duty2", "head2", 2)...)
	}
	return all
}
