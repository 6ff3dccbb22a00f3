// Package inquiry is the law of the inquiry desk: one table of states and transitions with their guards, the clocks that run
// in them, who sees what, and what citizens are told. Handlers and the store ask it and decide nothing themselves.
//
// A [Case] is the sum of its events. [Desk.Apply] answers an act with the events to be kept, or with a reason in Chinese that
// says what stands in the way and who may; it changes nothing itself. "Overdue" is never stored: a clock keeps when it began,
// its period, pauses and extension, and the calendar says the rest. When a clock stops, by how many workdays it was late is
// written into the event, so that no later act and no later calendar wipes it.
//
// The package does no I/O, reads no clock, knows no names of citizens and no texts but those that acts bring. It must never
// tell an actor of a case that [See] hides: such a case answers like one that does not exist.
//
// The machine, drawn from the table:
//
//	（新来件）
//	  ├ 提交 send (来件人或值班) → 待登记 [kind; channel]
//	待登记 received  ⏱全程  ⏱登记  ⏱移送纪检  ⏱信访受理  ⏱督办
//	  ├ 登记 register (值班) ↺ [kind; track; against]
//	  ├ 会签登记 countersign (值班) → 已登记 [registration proposed; second duty]
//	已登记 registered  ⏱全程  ⏱受理  ⏱信访受理  ⏱督办
//	  ├ 一次性告知补正 clarify.ask (值班) → 待补正 [first clarify; missing things listed]
//	  ├ 拟不予受理 refusal.propose (值班) → 拟不予受理 [ground; right channel]
//	  ├ 并案 merge (值班或审核) → 并案 [main case; head if senders differ]
//	  ├ 直办 direct (值班) → 直办
//	  ├ 转办 forward (值班) → 已转办 [lead department; no conflict]
//	待补正 clarifying  ⏱全程（暂停）  ⏱受理（暂停）  ⏱信访受理（暂停）  ⏱补正  ⏱督办
//	  ├ 补正 clarify (来件人) → 已登记 [text]
//	  ├ 逾期未补正，视为撤回 abandon (系统) → 视为撤回 [period over]
//	拟不予受理 refusing  ⏱全程  ⏱受理  ⏱信访受理  ⏱督办
//	  ├ 决定不予受理 refuse (审核) → 不予受理 [not the asker; not who refused before]
//	  ├ 不同意不予受理 refusal.deny (审核) → 已登记 [opinion]
//	直办 direct  ⏱全程  ⏱答复  ⏱督办
//	  ├ 申请延期 extension.ask (值班) ↺ [first extension; before due; at most the period; reason]
//	  ├ 同意延期 extend (审核) ↺ [extension asked; not the asker; before due; citizen told why]
//	  ├ 不同意延期 extension.deny (审核) ↺ [extension asked; not the asker; opinion]
//	  ├ 送审 draft (值班) → 待审核 [answer]
//	已转办 forwarded  ⏱全程  ⏱签收  ⏱督办
//	  ├ 签收 sign (承办) → 承办中 [own case]
//	  ├ 申请退单 return.ask (承办) → 退单申请 [own case; first return; before due; reason]
//	退单申请 returning  ⏱全程  ⏱退单审核  ⏱督办
//	  ├ 同意退单 return.grant (审核) → 已登记 [not the asker]
//	  ├ 不同意退单 return.deny (审核) → 已转办 [not the asker; opinion]
//	承办中 inhand  ⏱全程  ⏱答复  ⏱督办
//	  ├ 申请延期 extension.ask (承办) ↺ [own case; first extension; before due; at most the period; reason]
//	  ├ 同意延期 extend (审核) ↺ [extension asked; not the asker; before due; citizen told why]
//	  ├ 不同意延期 extension.deny (审核) ↺ [extension asked; not the asker; opinion]
//	  ├ 送审 draft (承办) → 待审核 [own case; answer]
//	待审核 review  ⏱全程  ⏱审核  ⏱督办
//	  ├ 改稿 redraft (值班或承办) ↺ [own case; answer]
//	  ├ 退回修改 sendback (审核) → 退回修改 [not the drafter; not an earlier reviewer; opinion]
//	  ├ 审核同意 approve (审核) → 已答复 [not the drafter; not an earlier reviewer; same hash as drafted]
//	退回修改 revising  ⏱全程  ⏱修改  ⏱督办
//	  ├ 送审 draft (值班或承办) → 待审核 [own case; answer]
//	重办 reopened  ⏱全程  ⏱受理  ⏱督办
//	  ├ 直办 direct (值班) → 直办
//	  ├ 转办 forward (值班) → 已转办 [lead department; no conflict]
//	并案 merged  ⏱全程  ⏱督办
//	  ├ 分出另办 split (值班或系统) → 已登记 [reason, or main case ended unanswered]
//	  ├ 转达主案答复 carry (系统) → 已答复 [main case answered]
//	已答复 answered  ⏱公开  ⏱办结
//	  ├ 公开答复 publish (审核) → 已公开 [not the drafter; public copy]
//	  ├ 不公开答复 withhold (审核) → 不公开 [not the drafter; ground]
//	  ├ 评价 rate (来件人) ↺ [rating; first rating]
//	  ├ 不满意，要求重办 reopen (来件人) → 重办 [first reopen; not rated content; reason]
//	  ├ 办结 close (系统) → 办结 [period over]
//	已公开 published  ⏱办结
//	  ├ 评价 rate (来件人) ↺ [rating; first rating]
//	  ├ 不满意，要求重办 reopen (来件人) → 重办 [first reopen; not rated content; reason]
//	  ├ 办结 close (系统) → 办结 [period over]
//	不公开 unpublished  ⏱办结
//	  ├ 评价 rate (来件人) ↺ [rating; first rating]
//	  ├ 不满意，要求重办 reopen (来件人) → 重办 [first reopen; not rated content; reason]
//	  ├ 办结 close (系统) → 办结 [period over]
//	办结 closed
//	不予受理 refused
//	  ├ 对不予受理提出异议 contest (来件人) → 已登记 [first contest; reason]
//	视为撤回 abandoned
//	撤回 withdrawn
//	  ├ 依职权继续办理 goon (督查) → 待登记 [reason]
//	已移送纪检 sealed  ⏱纪检告知
//	  ├ 告知受理 acknowledge (纪检) ↺ [first notice]
//
// From many states:
//
//	before the reply: 撤回 withdraw (来件人) → 撤回 [not ex officio]
//	any but sealed: 移送纪检 seal (值班) → 已移送纪检 [reason]
//	before the reply: 督办 supervise (督查或系统) ↺ [first open order; order's text, or overdue; day in time]
//	before the reply: 回复督办 respond (值班或承办) ↺ [order open; own case; reason]
//	before the reply: 解除督办 lift (督查) ↺ [order answered; opinion]
//	any: 按新的放假安排重算期限 recount (系统) ↺ [a due date moved]
//
// The machine ends here.
package inquiry
