package inquiry

import (
	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// Periods are a county's time limits. A clock keeps the period it was started with: a change binds what starts after it.
type Periods struct {
	Register    workday.Period // 待登记
	Route       workday.Period // 已登记、拟不予受理、重办: until it is taken on or refused
	Clarify     workday.Period // 待补正: the citizen's
	Sign        workday.Period // 已转办, and within which it may be sent back
	Return      workday.Period // 退单申请: the head's
	Question    workday.Period // 直办 of a 咨询
	Answer      workday.Period // 直办, 承办中
	Investigate workday.Period // the same with an investigation
	Review      workday.Period // 待审核
	Revise      workday.Period // 退回修改
	Publish     workday.Period // 已答复
	Settle      workday.Period // from the reply to 办结
	HandOver    workday.Period // 举报: until it is decided whether it goes to discipline
	Accept      workday.Period // 已移送纪检: until the notice of acceptance
	Order       workday.Period // 督办

	// The whole case, from its receipt to the reply.
	CaseQuestion    workday.Period
	Case            workday.Period
	CaseInvestigate workday.Period

	PetitionAccept   workday.Period // 信访: from receipt to acceptance
	Petition         workday.Period // from acceptance to the reply
	PetitionExtend   int            // at most, in the unit of Petition
	Disclosure       workday.Period // 依申请公开: from receipt, or from the clarification
	DisclosureExtend int
}

// DefaultPeriods are the limits of a county that has set none of its own.
func DefaultPeriods() Periods {
	wd := func(n int) workday.Period { return workday.Period{N: n, Unit: workday.Workdays} }
	days := func(n int) workday.Period { return workday.Period{N: n, Unit: workday.Days} }
	return Periods{
		Register: wd(1), Route: wd(3), Clarify: wd(10), Sign: wd(1), Return: wd(1), Question: wd(3), Answer: wd(7), Investigate: wd(15),
		Review: wd(1), Revise: wd(1), Publish: wd(5), Settle: days(15), HandOver: wd(0), Accept: wd(15), Order: wd(3),
		// A case's limit is what its steps may take together: register, sign, answer, review.
		CaseQuestion: wd(5), Case: wd(10), CaseInvestigate: wd(18),
		PetitionAccept: days(15), Petition: days(60), PetitionExtend: 30, Disclosure: wd(20), DisclosureExtend: 20,
	}
}

// longestPeriod is more than any law gives.
const longestPeriod = 180

// Fault says what keeps the periods from being used; empty when nothing does.
func (p Periods) Fault() string {
	for _, one := range []struct {
		name   string
		period workday.Period
		least  int
	}{
		{"登记", p.Register, 1},
		{"决定是否受理", p.Route, 1},
		{"补正", p.Clarify, 1},
		{"签收", p.Sign, 1},
		{"退单审核", p.Return, 1},
		{"咨询直办", p.Question, 1},
		{"答复", p.Answer, 1},
		{"需要调查的答复", p.Investigate, 1},
		{"审核", p.Review, 1},
		{"修改", p.Revise, 1},
		{"公开", p.Publish, 1},
		{"答复后办结", p.Settle, 1},
		{"移送纪检", p.HandOver, 0},
		{"纪检告知", p.Accept, 1},
		{"督办", p.Order, 1},
		{"咨询全程", p.CaseQuestion, 1},
		{"全程", p.Case, 1},
		{"需要调查的全程", p.CaseInvestigate, 1},
		{"信访受理", p.PetitionAccept, 1},
		{"信访办结", p.Petition, 1},
		{"信访延期", workday.Period{N: p.PetitionExtend, Unit: p.Petition.Unit}, 0},
		{"依申请公开", p.Disclosure, 1},
		{"依申请公开延期", workday.Period{N: p.DisclosureExtend, Unit: p.Disclosure.Unit}, 0},
	} {
		switch {
		case one.period.Unit != workday.Workdays && one.period.Unit != workday.Days:
			return "“" + one.name + "”的期限要写明是工作日还是日"
		case one.period.N < one.least || one.period.N > longestPeriod:
			return ledger.Errorf(ledger.KindInvalid, "“%s”的期限要在%d到%d之间", one.name, one.least, longestPeriod).Message
		}
	}
	for _, one := range []workday.Period{p.Question, p.Investigate, p.CaseQuestion, p.Case, p.CaseInvestigate} {
		if one.Unit != p.Answer.Unit {
			return "答复和全程的期限要用同一种单位：延期同时加到两个期限上"
		}
	}
	return ""
}
