package portal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/workday"
)

// calendarPage is where an admin adds a year's notice of days off: first it says what would change, then it is added.
type calendarPage struct {
	OfficeFrame
	Notices []noticeYear // the newest first
	Missing int          // the next year, while there is no notice for it
	Text    string
	Change  *inquiry.NoticeChange // of what was written, before it is added
	Days    []changedDay
}

func (calendarPage) view() string { return "pages/office_calendar" }

// noticeYear is a notice as people read one.
type noticeYear struct {
	Year  int
	Name  string
	Lines []string
}

type changedDay struct {
	Day  time.Time
	Work bool // people work on it then
}

// mostNotice is the most characters of a notice: a year's is a dozen lines.
const mostNotice = 4000

func (s *Server) calendar(c *fiber.Ctx) error {
	return s.showCalendar(c, http.StatusOK, calendarPage{}, "")
}

func (s *Server) showCalendar(c *fiber.Ctx, status int, p calendarPage, fault string) error {
	desk, err := s.config.Desk.Desk(c.UserContext())
	if err != nil {
		return err
	}
	p.OfficeFrame = s.officeFrame(c, "放假安排", "/office/calendar")
	p.Fault = fault
	for _, n := range desk.Calendar.Notices() {
		p.Notices = append(p.Notices, noticeYear{n.Year, n.Name, noticeText(n)})
	}
	slices.Reverse(p.Notices)
	if next := ledger.DateOf(time.Now()).Year() + 1; !desk.Calendar.Announced(next) {
		p.Missing = next
	}
	return s.show(c, status, p)
}

// noticeText writes a notice's days as they are typed, one line for each holiday and mark.
func noticeText(n workday.Notice) (lines []string) {
	last := workday.Special{}
	for _, d := range n.Days {
		word := d.Day.Format("01-02")
		if d.Day.Year() != n.Year {
			word = d.Day.Format(time.DateOnly)
		}
		if d.Mark == last.Mark && d.Holiday == last.Holiday {
			end := len(lines) - 1
			head, run, _ := cutLast(lines[end], " ")
			first, _, _ := strings.Cut(run, "..")
			if d.Day.Equal(last.Day.AddDate(0, 0, 1)) {
				lines[end] = head + " " + first + ".." + word
			} else {
				lines[end] += " " + word
			}
		} else {
			lines = append(lines, string(d.Mark)+" "+d.Holiday+" "+word)
		}
		last = d
	}
	return lines
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

func (s *Server) addNotice(c *fiber.Ctx) error {
	ctx, login := c.UserContext(), officerOf(c)
	p := calendarPage{Text: strings.TrimSpace(c.FormValue("text"))}
	if len([]rune(p.Text)) > mostNotice {
		return s.showCalendar(c, http.StatusUnprocessableEntity, p, "写得太长了，一年的放假安排只有十来行")
	}
	if c.FormValue("sure") != "" {
		_, failed := s.config.Desk.AddNotice(ctx, login, p.Text)
		if status, fault, ours := deskRefusal(failed); ours {
			return s.showCalendar(c, status, p, fault)
		}
		if failed != nil {
			return failed
		}
		return c.Redirect("/office/calendar?said=calendar", http.StatusSeeOther)
	}
	change, failed := s.config.Desk.TryNotice(ctx, login, p.Text)
	if status, fault, ours := deskRefusal(failed); ours {
		return s.showCalendar(c, status, p, fault)
	}
	if failed != nil {
		return failed
	}
	p.Change = &change
	for _, day := range change.Days {
		// A day changes both ways by a notice: what it is afterwards is the mark, or the day of the week where it was taken back.
		work := day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
		for _, d := range change.Notice.Days {
			if d.Day.Equal(day) && d.Mark != workday.Plain {
				work = d.Mark == workday.MakeUp
			}
		}
		p.Days = append(p.Days, changedDay{day, work})
	}
	return s.showCalendar(c, http.StatusOK, p, "")
}
