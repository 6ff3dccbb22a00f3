package portal

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// deskAct does what a form of the slip asks. What the law refuses is shown above the forms, with what was written still in them.
func (s *Server) deskAct(c *fiber.Ctx) error {
	b := broughtTo(c)
	act := inquiry.Act(b.text("act"))
	if _, known := deskSpecs[act]; !known {
		return errForm
	}
	if act == inquiry.Draft || act == inquiry.Redraft {
		if answered, err := s.helpsDraft(c, act, b); answered || err != nil {
			return err
		}
	}
	if act == inquiry.Publish && b.fields.Get("look") != "" {
		return s.showCase(c, http.StatusOK, deskTry{act: act, b: b})
	}
	deed, failed := deedOf(act, b)
	if failed == nil {
		failed = s.config.Desk.Act(c.UserContext(), officerOf(c), param(c, "case"), deed)
	}
	if status, fault, ours := deskRefusal(failed); ours {
		return s.showCase(c, status, deskTry{act: act, b: b, fault: fault})
	}
	if failed != nil {
		return failed
	}
	if act == inquiry.Seal { // the desk has lost it from sight
		return c.Redirect("/office/desk?said=sealed", http.StatusSeeOther)
	}
	return c.Redirect(casePath(param(c, "case"))+"?said=done", http.StatusSeeOther)
}

// deedOf reads a form's facts; only those that the act's form has are set.
func deedOf(act inquiry.Act, b brought) (d inquiry.Deed, err error) {
	d = inquiry.Deed{Act: act, Seen: b.text("seen"), Proposed: b.text("proposed"), Facts: inquiry.Facts{
		Text: b.text("text"), Kind: inquiry.Kind(b.text("kind")), Track: inquiry.Track(b.text("track")), Ground: inquiry.Ground(b.text("ground")),
		Right: b.text("right"), Investigate: b.text("investigate") != "", NeedsIdentity: b.text("needs"), Answer: inquiry.Hash(b.text("hash")),
	}}
	if act == inquiry.Publish {
		d.Copy, d.Minded = copyOf(b), b.text("minded") != ""
	}
	if text := b.text("main"); text != "" {
		if d.Main, err = inquiry.ParseSlip(text); err != nil {
			return d, err
		}
	}
	if text := b.text("days"); text != "" {
		if d.Days, err = strconv.Atoi(text); err != nil {
			return d, ledger.Errorf(ledger.KindInvalid, "延期的天数：写一个数")
		}
	}
	if text := b.text("until"); text != "" {
		if d.Until, err = time.Parse(time.DateOnly, text); err != nil {
			return d, ledger.Errorf(ledger.KindInvalid, "限期回复：写成 2026-03-09 这样的日期")
		}
	}
	if text := b.text("lead"); text != "" {
		d.Lead, _ = strconv.ParseInt(text, 10, 64)
	}
	for _, text := range b.fields["assist"] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id != d.Lead {
			d.Assist = append(d.Assist, id)
		}
	}
	for _, text := range b.fields["against"] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
			d.Against.Departments = append(d.Against.Departments, id)
		}
	}
	d.Against.Persons = strings.Fields(strings.NewReplacer("，", " ", ",", " ", "、", " ").Replace(b.text("persons")))
	return d, nil
}
