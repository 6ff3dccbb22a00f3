package portal

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// kioskRoutes are the screens of a hall's machine: one question each, answered by a finger. Every screen has an address without
// a word of what was answered; that travels in the sitting.
func (s *Server) kioskRoutes(browse, byAddress, total fiber.Handler) {
	s.app.Get("/kiosk", private, s.kioskHome)
	s.app.Post("/kiosk/sit", private, s.kioskSit)
	s.app.Post("/kiosk/leave", private, s.kioskLeave)
	s.app.Post("/kiosk/on", private, s.kioskOn)
	s.app.Get("/kiosk/still", private, s.kioskStill)
	s.app.Get("/kiosk/name", private, s.kioskNameScreen)
	s.app.Post("/kiosk/name", private, s.pressName)
	s.app.Get("/kiosk/number", private, s.kioskNumber)
	s.app.Post("/kiosk/number", private, s.pressNumber)
	s.app.Post("/kiosk/look", private, s.readKioskNumber, byAddress, total, s.evenly, s.kioskLook)
	s.app.Get("/kiosk/own", private, s.kioskOwn)
	s.app.Get("/kiosk/people", private, browse, s.withinBudget, s.kioskPeople)
	s.app.Get("/kiosk/villages", private, browse, s.kioskVillages)
	if s.config.Inquiries != nil {
		ask := s.limit(s.config.Limits.Ask, s.addressKey, s.atKiosk)
		s.app.Get("/kiosk/ask", private, s.kioskAsk)
		s.app.Post("/kiosk/ask", private, ask, s.pressAsk)
	}
}

// tile is a way from the kiosk's home.
type tile struct {
	Way, Name, Note string
	path            string
}

var tiles = []tile{
	{"own", "查我的补贴", "用姓名和身份证号，看发给自家的每一笔", "/kiosk/name"},
	{"village", "看本村的", "正在公示的名单，一村一张", "/kiosk/villages"},
	{"ask", "问一问", "点几下就能问，按期答复", "/kiosk/ask"},
	{"funds", "看资金", "全县每项钱从哪来、到哪去", "/funds"},
	{"answers", "别人问过的", "问了什么，怎么答的", "/answers"},
}

type kioskHomePage struct {
	Frame
	Tiles  []tile
	Wiped  bool   // somebody's sitting was ended just now
	Name   string // of the machine in the register; empty for any other
	Keyed  bool   // machines can be registered
	Public bool   // this browser may go back to the ordinary site
}

func (kioskHomePage) view() string { return "pages/kiosk_home" }

// kioskHome is where every visit begins and ends: to open it is to wipe what was before.
func (s *Server) kioskHome(c *fiber.Ctx) error {
	wiped := s.wipe(c)
	no := s.kioskOf(c)
	s.setCookie(c, s.hallCookie(), "1", 0)
	c.Locals(seatKey, &seat{Ours: no != 0, over: true})
	p := kioskHomePage{Frame: s.frame("大厅查询机"), Wiped: wiped, Keyed: s.config.Harvest.Guard != nil, Public: no == 0}
	if no != 0 {
		p.Name = s.kioskName(c.UserContext(), no)
	}
	for _, t := range tiles {
		if s.has(t.path) {
			p.Tiles = append(p.Tiles, t)
		}
	}
	p.NoIndex = true
	return s.show(c, http.StatusOK, p)
}

// kioskSit begins a visit. It needs no form token: it gives nobody anything and takes nobody's away.
func (s *Server) kioskSit(c *fiber.Ctx) error {
	i := slices.IndexFunc(tiles, func(t tile) bool { return t.Way == c.FormValue("way") })
	if i < 0 {
		return c.Redirect("/kiosk", http.StatusSeeOther)
	}
	s.setCookie(c, s.hallCookie(), "1", 0)
	s.sitDown(c)
	s.countAtKiosk(c, ledger.KioskUse{Visits: 1})
	return c.Redirect(tiles[i].path, http.StatusSeeOther)
}

// kioskLeave makes a browser that is no hall's machine an ordinary one again.
func (s *Server) kioskLeave(c *fiber.Ctx) error {
	s.wipe(c)
	s.setCookie(c, s.hallCookie(), "", -1)
	return c.Redirect("/", http.StatusSeeOther)
}

// kioskOn says that somebody is still there.
func (s *Server) kioskOn(c *fiber.Ctx) error { return c.SendStatus(http.StatusNoContent) }

// kioskStillPage asks, where there are no scripts to count down, whether somebody is still there.
type kioskStillPage struct {
	Frame
	Back string
}

func (kioskStillPage) view() string { return "pages/kiosk_still" }

func (s *Server) kioskStill(c *fiber.Ctx) error {
	t := seatOf(c)
	t.asking = true
	p := kioskStillPage{Frame: s.frame("还在吗"), Back: or(t.Here, "/kiosk")}
	p.NoIndex = true
	return s.show(c, http.StatusOK, p)
}

type kioskNamePage struct {
	Frame
	Pad     padState
	Rows    [][]string // of keys
	Offered []string
	Shelves int
	Fault   string
}

func (kioskNamePage) view() string { return "pages/kiosk_name" }

// letterRows are in the order of the alphabet: who knows a keyboard finds them there, too.
var letterRows = [][]string{strings.Split("abcdefg", ""), strings.Split("hijklmn", ""), strings.Split("opqrstu", ""), append(strings.Split("vwxyz", ""), "·", "del")}

func (s *Server) kioskNameScreen(c *fiber.Ctx) error { return s.showKioskName(c, http.StatusOK, "") }

func (s *Server) showKioskName(c *fiber.Ctx, status int, fault string) error {
	p := kioskNamePage{Frame: s.frame("姓名"), Pad: seatOf(c).Pad, Rows: letterRows, Fault: fault}
	p.NoIndex = true
	p.Offered, p.Shelves = s.pad.shelf(p.Pad)
	return s.show(c, status, p)
}

// pressName takes one key, or with scripts the whole name.
func (s *Server) pressName(c *fiber.Ctx) error {
	t := seatOf(c)
	if name := c.FormValue("name"); name != "" {
		t.Pad = padState{Name: tidyName(name, s.config.Normalise)}
	}
	key := c.FormValue("key")
	switch {
	case key == "go" || key == "people":
		if name, _ := s.faults(lookupForm{Name: t.Pad.Name}); name != "" {
			t.Pad = padState{}
			return s.showKioskName(c, http.StatusUnprocessableEntity, "请先把姓名输进来：点拼音字母，再点要的字。")
		}
		t.Pad.Letters, t.Pad.Shelf = "", 0
		if key == "people" {
			return c.Redirect("/kiosk/people", http.StatusSeeOther)
		}
		return c.Redirect("/kiosk/number", http.StatusSeeOther)
	case c.FormValue("pick") != "":
		t.Pad = s.pad.pick(t.Pad, c.FormValue("pick"))
	default:
		t.Pad = s.pad.press(t.Pad, key)
	}
	return c.Redirect("/kiosk/name", http.StatusSeeOther)
}

// idLength is that of an ID number.
const idLength = 18

type kioskNumberPage struct {
	Frame
	Name  string
	Typed int // digits
	Keys  []string
	Fault string
}

func (kioskNumberPage) view() string { return "pages/kiosk_number" }

// Dots are what shows of the digits: ● for each, and ○ for those to come.
func (p kioskNumberPage) Dots() string {
	return strings.Repeat("●", p.Typed) + strings.Repeat("○", max(idLength-p.Typed, 0))
}

// Left is how many digits are to come.
func (p kioskNumberPage) Left() int { return idLength - p.Typed }

var digitKeys = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "X", "0", "del"}

func (s *Server) kioskNumber(c *fiber.Ctx) error { return s.showKioskNumber(c, http.StatusOK, "") }

func (s *Server) showKioskNumber(c *fiber.Ctx, status int, fault string) error {
	t := seatOf(c)
	if t.Pad.Name == "" {
		return c.Redirect("/kiosk/name", http.StatusSeeOther)
	}
	p := kioskNumberPage{Frame: s.frame("身份证号"), Name: t.Pad.Name, Typed: len(t.Number), Keys: digitKeys, Fault: fault}
	p.NoIndex = true
	return s.show(c, status, p)
}

func (s *Server) pressNumber(c *fiber.Ctx) error {
	t := seatOf(c)
	t.Number = pressDigit(t.Number, c.FormValue("key"), idLength, true)
	return c.Redirect("/kiosk/number", http.StatusSeeOther)
}

// pressDigit is one key of the pad; X stands only at a number's end.
func pressDigit(typed, key string, most int, x bool) string {
	switch {
	case key == "clear":
		return ""
	case key == "del":
		return typed[:max(len(typed)-1, 0)]
	case len(typed) >= most || len(key) != 1:
	case key[0] >= '0' && key[0] <= '9' || x && key == "X" && len(typed) == most-1:
		return typed + key
	}
	return typed
}

// readKioskNumber lets only a whole question go on to the limits and to the books. The number leaves the sitting here.
func (s *Server) readKioskNumber(c *fiber.Ctx) error {
	t := seatOf(c)
	typed := or(c.FormValue("id_number"), t.Number)
	t.Number = ""
	form := lookupForm{Name: t.Pad.Name, Number: typed}
	form.tidy(s.config.Normalise)
	nameFault, numberFault := s.faults(form)
	number, fault := ledger.ParseID(typed)
	switch {
	case nameFault != "":
		return c.Redirect("/kiosk/name", http.StatusSeeOther)
	case fault == ledger.IDEmpty:
		numberFault = "请对照身份证，把18位号码输进来。"
	}
	if numberFault != "" {
		return s.showKioskNumber(c, http.StatusUnprocessableEntity, numberFault)
	}
	c.Locals(questionKey, question{form.Name, number, fault})
	return c.Next()
}

// nobody is a reference that nobody has.
const nobody = "00000000000000000000000000000000"

// kioskLook asks the books whose name and number these are, and keeps the answer's random reference. Whoever is not found is
// nobody, as in lookup.
func (s *Server) kioskLook(c *fiber.Ctx) error {
	q, t := c.Locals(questionKey).(question), seatOf(c)
	s.countAtKiosk(c, ledger.KioskUse{Lookups: 1})
	book, err := s.ownBook(c.UserContext(), q)
	if errors.Is(err, ledger.ErrNotFound) {
		book.Person, err = nobody, nil
	}
	if err != nil {
		return err
	}
	t.Person, t.Doubt = book.Person, q.fault != ledger.IDGood && q.fault != ledger.IDOld
	return c.Redirect("/kiosk/own", http.StatusSeeOther)
}

type kioskMissingPage struct {
	Frame
	Name     string
	Doubtful bool
}

func (kioskMissingPage) view() string { return "pages/kiosk_missing" }

// kioskOwn is a person's own page, in the hall's edition.
func (s *Server) kioskOwn(c *fiber.Ctx) error {
	t := seatOf(c)
	if t.Person == "" {
		return c.Redirect("/kiosk/name", http.StatusSeeOther)
	}
	book, err := s.books.OwnBook(c.UserContext(), t.Person)
	if errors.Is(err, ledger.ErrNotFound) {
		p := kioskMissingPage{Frame: s.frame("没有查到"), Name: t.Pad.Name, Doubtful: t.Doubt}
		p.NoIndex = true
		return s.show(c, http.StatusOK, p)
	}
	if err != nil {
		return err
	}
	p, err := s.ownPage(c, book)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// kioskPeople is the public search for the name of the sitting: the machine's history has no name in it.
func (s *Server) kioskPeople(c *fiber.Ctx) error {
	name := seatOf(c).Pad.Name
	if name == "" {
		return c.Redirect("/kiosk/name", http.StatusSeeOther)
	}
	c.Request().URI().QueryArgs().Set("name", name)
	return s.people(c)
}

// mostOfVillage are the lists of one village: there is one for each fund and year inside its period.
const mostOfVillage = 60

// kioskPlacesPage leads to a village's lists by three taps: town, village, list.
type kioskPlacesPage struct {
	Frame
	Town, Village ledger.Region
	Places        []ledger.Region // towns, or a town's villages
	Lists         []ledger.OpenList
}

func (kioskPlacesPage) view() string { return "pages/kiosk_places" }

func (s *Server) kioskVillages(c *fiber.Ctx) error {
	words, err := s.books.Words(c.UserContext())
	if err != nil {
		return err
	}
	p := kioskPlacesPage{Frame: s.frame("看本村的")}
	p.NoIndex = true
	town, village := c.Query("town"), c.Query("village")
	for _, r := range words.Regions {
		switch {
		case village != "" && r.Code == village:
			p.Village = r
		case town != "" && r.Code == town:
			p.Town = r
		}
		if village == "" && (town == "" && ledger.LevelOf(r.Code) == ledger.LevelTown || town != "" && ledger.LevelOf(r.Code) == ledger.LevelVillage && strings.HasPrefix(r.Code, town)) {
			p.Places = append(p.Places, r)
		}
	}
	if village != "" {
		if p.Lists, err = s.books.OpenLists(c.UserContext(), ledger.ListQuery{Places: []string{village}, Most: mostOfVillage}); err != nil {
			return err
		}
	}
	return s.show(c, http.StatusOK, p)
}
