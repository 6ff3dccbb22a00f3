package portal

import (
	"context"
	"crypto/rand"
	"math/big"
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/portal/budget"
)

const shownAlarms = 50

type harvestPage struct {
	OfficeFrame
	Hour, Day  int // people shown to everybody
	Rules      []budgetLine
	Total      budget.Rule
	NameSearch string
	Pages      int
	Alarms     []ledger.Alarm
	Traps      []ledger.Trap
	Village    []choice
	VillageNo  string // why the village will not do
	Name       field
}

type budgetLine struct {
	Name string
	budget.Rule
}

func (harvestPage) view() string { return "pages/office_harvest" }

func (s *Server) newHarvestPage(c *fiber.Ctx, t ledger.Trap) (p harvestPage, err error) {
	ctx, guard, rules := c.UserContext(), s.config.Harvest.Guard, s.meter.Rules()
	p = harvestPage{
		OfficeFrame: s.officeFrame(c, "防抓取", "/office/harvest"), Total: rules.Total,
		Rules:      []budgetLine{{"一台设备", rules.Device}, {"一个网络地址", rules.Address}, {"一台查询机", rules.Kiosk}, {"全部合计", rules.Total}},
		NameSearch: "按姓名查，至少两个字", Pages: s.config.Harvest.Pages,
		Name: field{Name: "name", Label: "名字", Value: t.Name, Auto: "off", Hint: "3到8个字。挨着的任何两个字，全县都不能有人用。下面填好的是系统找的，可以直接用。"},
	}
	if s.config.Harvest.NameSearch == fullName {
		p.NameSearch = "按姓名查，要写全名"
	}
	if p.Hour, p.Day, err = s.meter.Together(ctx); err != nil {
		return p, err
	}
	if p.Alarms, err = guard.Alarms(ctx, shownAlarms); err != nil {
		return p, err
	}
	if p.Traps, err = guard.Traps(ctx); err != nil {
		return p, err
	}
	regions, err := s.office.Regions(ctx)
	if err != nil {
		return p, err
	}
	towns := map[string]string{}
	for _, r := range regions {
		towns[r.Code] = r.Name
	}
	for _, r := range regions {
		if ledger.LevelOf(r.Code) == ledger.LevelVillage && !slices.ContainsFunc(p.Traps, func(t ledger.Trap) bool { return t.Ref.Village == r.Code }) {
			p.Village = append(p.Village, choice{Value: r.Code, Name: towns[r.Parent] + " " + r.Name, Chosen: r.Code == t.Ref.Village})
		}
	}
	if p.Name.Value == "" {
		p.Name.Value, err = s.inventName(ctx)
	}
	return p, err
}

func (s *Server) harvestPage(c *fiber.Ctx) error {
	p, err := s.newHarvestPage(c, ledger.Trap{})
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) setTrap(c *fiber.Ctx) error {
	t := ledger.Trap{Ref: ledger.PersonRef{Village: c.FormValue("village")}, Name: c.FormValue("name")}
	t.NameKey = s.config.Normalise(t.Name)
	failed := s.config.Harvest.Guard.SetTrap(c.UserContext(), officerOf(c), t)
	if status, message, ok := refusal(failed); ok {
		p, err := s.newHarvestPage(c, t)
		if err != nil {
			return err
		}
		if ledger.LevelOf(t.Ref.Village) != ledger.LevelVillage {
			p.VillageNo = message
		} else {
			p.Name.Fault = message
		}
		return s.show(c, status, p)
	}
	if failed != nil {
		return failed
	}
	s.forgetTraps()
	return c.Redirect("/office/harvest?said=saved", http.StatusSeeOther)
}

func (s *Server) removeTrap(c *fiber.Ctx) error {
	if err := s.config.Harvest.Guard.RemoveTrap(c.UserContext(), officerOf(c), c.Params("village")); err != nil {
		return err
	}
	s.forgetTraps()
	return c.Redirect("/office/harvest?said=saved", http.StatusSeeOther)
}

func (s *Server) seeAlarm(c *fiber.Ctx) error {
	no, err := numberIn(c, "alarm")
	if err != nil {
		return err
	}
	if err := s.config.Harvest.Guard.SeeAlarm(c.UserContext(), officerOf(c), no); err != nil {
		return err
	}
	return c.Redirect("/office/harvest?said=seen", http.StatusSeeOther)
}

// alarmsFor counts the alarms that wait for an officer who may look at them.
func (s *Server) alarmsFor(c *fiber.Ctx) (int, error) {
	if s.config.Harvest.Guard == nil || !stay(c).Officer.May(ledger.ActGuard) {
		return 0, nil
	}
	return s.config.Harvest.Guard.AlarmsWaiting(c.UserContext())
}

// Rare characters, of which names are made that nobody bears: possible names, that an eye does not stop at.
var (
	rareFirst = []string{"亓官", "濮阳", "澹台", "公冶", "太叔", "巫马", "漆雕", "乐正", "壤驷", "公良", "拓跋", "夹谷", "宰父", "谷梁", "颛孙", "端木", "百里", "呼延", "东郭", "南门"}
	rareLast  = []rune("砚秋鹤汀澹月霁舟岫云栩竹沅芷蘅皋渚萤穗陌畴晞麓溪棠蓼苇荻")
)

// inventName finds a name that may become a trap; none after some tries is no error, for an officer may think of one.
func (s *Server) inventName(ctx context.Context) (string, error) {
	pick := func(n int) int {
		i, _ := rand.Int(rand.Reader, big.NewInt(int64(n))) // never fails
		return int(i.Int64())
	}
	for range 30 {
		name := rareFirst[pick(len(rareFirst))] + string(rareLast[pick(len(rareLast))]) + string(rareLast[pick(len(rareLast))])
		free, err := s.config.Harvest.Guard.TrapNameFree(ctx, s.config.Normalise(name))
		if err != nil || free {
			return name, err
		}
	}
	return "", nil
}
