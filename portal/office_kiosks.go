package portal

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// guardRoutes are the office's pages about who may see how much, and who took too much.
func (s *Server) guardRoutes() {
	guard := able(ledger.ActGuard)
	s.door(http.MethodGet, "/office/kiosks", guard, s.kiosksPage)
	s.door(http.MethodPost, "/office/kiosks", guard, s.addKiosk)
	s.door(http.MethodPost, "/office/kiosks/:kiosk/revoke", guard, s.revokeKiosk)
	s.door(http.MethodGet, "/office/harvest", guard, s.harvestPage)
	s.door(http.MethodPost, "/office/harvest/traps", guard, s.setTrap)
	s.door(http.MethodPost, "/office/harvest/traps/:village/remove", guard, s.removeTrap)
	s.door(http.MethodPost, "/office/harvest/alarms/:alarm", guard, s.seeAlarm)
}

type kiosksPage struct {
	OfficeFrame
	Kiosks      []ledger.Kiosk
	Today       ledger.KioskUse // of all of them
	Month       ledger.KioskUse
	Name, Place field
}

func (kiosksPage) view() string { return "pages/office_kiosks" }

func (s *Server) newKiosksPage(c *fiber.Ctx, k ledger.Kiosk) (p kiosksPage, err error) {
	p = kiosksPage{
		OfficeFrame: s.officeFrame(c, "查询机", "/office/kiosks"),
		Name:        field{Name: "name", Label: "名称", Value: k.Name, Auto: "off", Hint: "比如：政务大厅1号机"},
		Place:       field{Name: "place", Label: "放在哪里", Value: k.Place, Auto: "off", Hint: "比如：政务大厅一楼东侧"},
	}
	p.Kiosks, err = s.config.Harvest.Guard.Kiosks(c.UserContext())
	for _, one := range p.Kiosks {
		p.Today, p.Month = p.Today.Add(one.Used), p.Month.Add(one.UsedMonth)
	}
	return p, err
}

func (s *Server) kiosksPage(c *fiber.Ctx) error {
	p, err := s.newKiosksPage(c, ledger.Kiosk{})
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// kioskKeyPage shows a kiosk's key, once.
type kioskKeyPage struct {
	OfficeFrame
	Name, Key, Address string
}

func (kioskKeyPage) view() string { return "pages/office_kiosk_key" }

func (s *Server) addKiosk(c *fiber.Ctx) error {
	k, key := ledger.Kiosk{Name: c.FormValue("name"), Place: c.FormValue("place")}, newKioskKey()
	_, failed := s.config.Harvest.Guard.AddKiosk(c.UserContext(), officerOf(c), k, s.kioskHash(key))
	if status, message, ok := refusal(failed); ok {
		p, err := s.newKiosksPage(c, k)
		if err != nil {
			return err
		}
		if field, _ := k.Fault(); field == "place" {
			p.Place.Fault = message
		} else {
			p.Name.Fault = message
		}
		return s.show(c, status, p)
	}
	if failed != nil {
		return failed
	}
	s.forgetScreens()
	return s.show(c, http.StatusOK, kioskKeyPage{s.officeFrame(c, "登记密钥", "/office/kiosks"), k.Name, key, s.siteAddress(c) + "/kiosk/register"})
}

func (s *Server) revokeKiosk(c *fiber.Ctx) error {
	no, err := strconv.ParseInt(c.Params("kiosk"), 10, 64)
	if err != nil {
		return ledger.ErrNotFound
	}
	if err := s.config.Harvest.Guard.RevokeKiosk(c.UserContext(), officerOf(c), no); err != nil {
		return err
	}
	s.forgetScreens()
	return c.Redirect("/office/kiosks?said=revoked", http.StatusSeeOther)
}
