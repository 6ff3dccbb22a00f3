package inquiry

import "mingbai/ledger"

// Office roles that have a part at the desk, by the names they have in the table.
const (
	duty       = ledger.RoleDuty
	handler    = ledger.RoleHandler
	head       = ledger.RoleHead
	supervisor = ledger.RoleSupervisor
	auditor    = ledger.RoleAuditor
	discipline = ledger.RoleDiscipline
)

// rule is one line of the law: who may do what in which states, what must hold, and where it leads.
type rule struct {
	act    Act
	from   []State
	to     State // New: the case stays where it is
	who    []Role
	guards []guard // asked in this order; the first that stands in the way is told
}

func (r rule) target(from State) State {
	if r.to == New {
		return from
	}
	return r.to
}

func states(s ...State) []State { return s }
func roles(r ...Role) []Role    { return r }

// table is the whole machine. What is not here cannot be done. DESK's transitions, and four lines that make them whole: a
// head may disagree with a refusal, a merged case is split off when its main case ends without a reply, gets the main case's
// reply otherwise, and a case that goes on ex officio begins again with its registration (it keeps its slip).
var table = []rule{
	{Send, states(New), Received, roles(Citizen, duty), guards(properKind, properChannel)},
	{Register, states(Received), New, roles(duty), guards(properKind, properTrack, properAgainst)},
	{Countersign, states(Received), Registered, roles(duty), guards(isProposed, secondSigner)},

	{AskClarify, states(Registered), Clarifying, roles(duty), guards(firstClarify, saysMissing)},
	{Clarify, states(Clarifying), Registered, roles(Citizen), guards(saysMore)},
	{Abandon, states(Clarifying), Abandoned, roles(System), guards(clarifyOver)},

	{ProposeRefusal, states(Registered), Refusing, roles(duty), guards(refusalGround, rightChannel)},
	{Refuse, states(Refusing), Refused, roles(head), guards(otherThanAsker, otherRefuser)},
	{DenyRefusal, states(Refusing), Registered, roles(head), guards(saysOpinion)},
	{Contest, states(Refused), Registered, roles(Citizen), guards(firstContest, saysReason)},

	{Merge, states(Registered), Merged, roles(duty, head), guards(properMain, headIfOtherSender)},
	{Split, states(Merged), Registered, roles(duty, System), guards(mainGone)},
	{Carry, states(Merged), Answered, roles(System), guards(mainAnswered)},

	{TakeDirect, states(Registered, Reopened), Direct, roles(duty), nil},
	{Forward, states(Registered, Reopened), Forwarded, roles(duty), guards(properLead, noConflict)},
	{Sign, states(Forwarded), InHand, roles(handler), guards(ownCase)},
	{AskReturn, states(Forwarded), Returning, roles(handler), guards(ownCase, firstReturn, signInTime, saysReason)},
	{GrantReturn, states(Returning), Registered, roles(head), guards(otherThanAsker)},
	{DenyReturn, states(Returning), Forwarded, roles(head), guards(otherThanAsker, saysOpinion)},

	{AskExtension, states(Direct), New, roles(duty), guards(firstExtension, beforeDue, notTooLong, saysReason)},
	{AskExtension, states(InHand), New, roles(handler), guards(ownCase, firstExtension, beforeDue, notTooLong, saysReason)},
	{Extend, states(Direct, InHand), New, roles(head), guards(isAsked, otherThanAsker, beforeDue, tellsCitizen)},
	{DenyExtension, states(Direct, InHand), New, roles(head), guards(isAsked, otherThanAsker, saysOpinion)},

	{Draft, states(Direct), InReview, roles(duty), guards(hasAnswer)},
	{Draft, states(InHand), InReview, roles(handler), guards(ownCase, hasAnswer)},
	{Draft, states(Revising), InReview, roles(duty, handler), guards(ownCase, hasAnswer)},
	{Redraft, states(InReview), New, roles(duty, handler), guards(ownCase, hasAnswer)},
	{SendBack, states(InReview), Revising, roles(head), guards(notDrafter, otherReviewer, saysOpinion)},
	{Approve, states(InReview), Answered, roles(head), guards(notDrafter, otherReviewer, sameAnswer)},
	{Publish, states(Answered), Published, roles(head), guards(notDrafter, hasPublicCopy)},
	{Withhold, states(Answered), Unpublished, roles(head), guards(notDrafter, withholdGround)},

	{Rate, replied, New, roles(Citizen), guards(properRating, firstRating)},
	{Reopen, replied, Reopened, roles(Citizen), guards(firstReopen, notContent, saysReason)},
	{Close, replied, Closed, roles(System), guards(settled)},
	{Withdraw, beforeReply, Withdrawn, roles(Citizen), guards(notExOfficio)},
	{GoOn, states(Withdrawn), Received, roles(supervisor), guards(saysReason)},

	{Seal, unsealed, Sealed, roles(duty), guards(saysReason)},
	{Acknowledge, states(Sealed), New, roles(discipline), guards(firstNotice)},

	{Supervise, beforeReply, New, roles(supervisor, System), guards(notOrdered, hasCause, orderDay)},
	{Respond, beforeReply, New, roles(duty, handler), guards(isOrdered, ownIfHandler, saysReason)},
	{Lift, beforeReply, New, roles(supervisor), guards(orderAnswered, saysOpinion)},
	{Recount, everywhen, New, roles(System), guards(hasMoved)},
}

// lines finds the table's line for an act in a state: no act has two in the same one.
var lines = func() map[Act]map[State]rule {
	all := map[Act]map[State]rule{}
	for _, r := range table {
		if all[r.act] == nil {
			all[r.act] = map[State]rule{}
		}
		for _, from := range r.from {
			all[r.act][from] = r
		}
	}
	return all
}()

func ruleFor(act Act, from State) (rule, bool) {
	r, found := lines[act][from]
	return r, found
}

// Open are the acts that an actor may try on a case now, for its buttons. Guards may still stand in the way.
func Open(c Case, by Actor) []Act {
	var acts []Act
	if !See(c, by).Exists {
		return nil
	}
	for _, act := range Acts {
		if r, found := ruleFor(act, c.State); found && in(r.who, by.Role) {
			acts = append(acts, act)
		}
	}
	return acts
}
