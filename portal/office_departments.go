package portal

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

type departmentsPage struct {
	OfficeFrame
	Departments []departmentLine
}

func (departmentsPage) view() string { return "pages/office_departments" }

// departmentLine is a department with what it answers for, in words.
type departmentLine struct {
	ledger.Department
	For []string
}

func (s *Server) departments(c *fiber.Ctx) error {
	list, err := s.office.Departments(c.UserContext())
	if err != nil {
		return err
	}
	towns, funds, err := s.townsAndFunds(c)
	if err != nil {
		return err
	}
	p := departmentsPage{OfficeFrame: s.officeFrame(c, "部门", "/office/departments")}
	for _, d := range list {
		line := departmentLine{Department: d}
		for _, t := range towns {
			if slices.Contains(d.Towns, t.Code) {
				line.For = append(line.For, t.Name)
			}
		}
		for _, f := range funds {
			if d.Kind == ledger.Section && f.Section == d.Name || slices.Contains(d.Funds, f.Code) {
				line.For = append(line.For, f.Name)
			}
		}
		p.Departments = append(p.Departments, line)
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) townsAndFunds(c *fiber.Ctx) (towns []ledger.Region, funds []ledger.FundYear, err error) {
	regions, err := s.office.Regions(c.UserContext())
	if err != nil {
		return nil, nil, err
	}
	for _, r := range regions {
		if ledger.LevelOf(r.Code) == ledger.LevelTown {
			towns = append(towns, r)
		}
	}
	funds, err = s.books.Funds(c.UserContext())
	return towns, funds, err
}

// departmentForm is what the one who manages accounts fills in.
type departmentForm struct {
	Name  string   `form:"name"`
	Kind  string   `form:"kind"`
	Towns []string `form:"towns"`
	Funds []string `form:"funds"`
}

type departmentPage struct {
	OfficeFrame
	Action     string
	Name       field
	Kinds      []choice
	KindFault  string
	Towns      []choice
	TownsFault string
	Funds      []choice
}

// faulty puts a refusal beside the field that it is about; one about none stands above the form.
func (p *departmentPage) faulty(d ledger.Department, err error, message string) {
	field, _ := d.Fault()
	switch {
	case field == "name" || field == "" && ledger.KindOf(err) == ledger.KindConflict:
		p.Name.Fault = message
	case field == "kind":
		p.KindFault = message
	case field == "towns":
		p.TownsFault = message
	default:
		p.Fault = message
	}
}

func (departmentPage) view() string { return "pages/office_department" }

var kindHints = map[ledger.DepartmentKind]string{
	ledger.Section: "管归口本股室的项目，以及下面另选的项目，不分乡镇", ledger.Town: "管下面选的乡镇，不分项目", ledger.Unit: "管下面选的项目，不分乡镇",
}

func (s *Server) newDepartmentPage(c *fiber.Ctx, d ledger.Department) (departmentPage, error) {
	p := departmentPage{
		OfficeFrame: s.officeFrame(c, "部门", "/office/departments"), Action: "/office/departments",
		Name: field{Name: "name", Label: "名称", Value: d.Name, Auto: "off", Hint: "股室的名称要和名录里项目的“归口股室”一字不差。"},
	}
	if d.ID != 0 {
		p.Action += "/" + strconv.FormatInt(d.ID, 10)
	}
	for _, k := range ledger.DepartmentKinds {
		p.Kinds = append(p.Kinds, choice{string(k), k.Name(), kindHints[k], k == d.Kind})
	}
	towns, funds, err := s.townsAndFunds(c)
	for _, t := range towns {
		p.Towns = append(p.Towns, choice{t.Code, t.Name, "", slices.Contains(d.Towns, t.Code)})
	}
	for _, f := range funds {
		p.Funds = append(p.Funds, choice{f.Code, f.Name, stated(f.Section), slices.Contains(d.Funds, f.Code)})
	}
	return p, err
}

func (s *Server) showDepartment(c *fiber.Ctx, d ledger.Department) error {
	p, err := s.newDepartmentPage(c, d)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) newDepartment(c *fiber.Ctx) error {
	return s.showDepartment(c, ledger.Department{Kind: ledger.Town})
}

func (s *Server) department(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Params("id"), 10, 64)
	if err != nil {
		return ledger.ErrNotFound
	}
	d, err := s.office.Department(c.UserContext(), id)
	if err != nil {
		return err
	}
	return s.showDepartment(c, d)
}

func (s *Server) saveDepartment(c *fiber.Ctx) error {
	var form departmentForm
	if c.BodyParser(&form) != nil {
		return errForm
	}
	d := ledger.Department{Name: form.Name, Kind: ledger.DepartmentKind(form.Kind), Towns: form.Towns, Funds: form.Funds}
	if text := c.Params("id"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return ledger.ErrNotFound
		}
		d.ID = id
	}
	_, failed := s.office.SaveDepartment(c.UserContext(), officerOf(c), d)
	if status, message, ok := refusal(failed); ok {
		p, err := s.newDepartmentPage(c, d)
		if err != nil {
			return err
		}
		p.faulty(d, failed, message)
		return s.show(c, status, p)
	}
	if failed != nil {
		return failed
	}
	return c.Redirect("/office/departments?said=saved", http.StatusSeeOther)
}
