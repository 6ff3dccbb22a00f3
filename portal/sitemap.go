package portal

import (
	"encoding/xml"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// robots keeps search engines from whatever names people and from questions without an end.
func (s *Server) robots(c *fiber.Ctx) error {
	text := "User-agent: *\n"
	for _, path := range []string{"/people", "/lookup", "/office", "/challenge", "/kiosk", "/funds/*/villages/", "/*?*as-of="} {
		text += "Disallow: " + path + "\n"
	}
	if s.config.Site != "" && s.config.Archive != nil {
		text += "Sitemap: " + s.config.Site + "/sitemap.xml\n"
	}
	return c.SendString(text)
}

type sitemapXML struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	Pages   []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc string `xml:"loc"`
}

// sitemap lists the pages that name nobody. A sitemap's addresses must be whole ones: they begin with what the county says is
// its site, and with the host that was asked where it says nothing.
func (s *Server) sitemap(c *fiber.Ctx) error {
	root := s.config.Site
	if root == "" {
		root = c.BaseURL()
	}
	list, err := s.books.Funds(c.UserContext())
	if err != nil {
		return err
	}
	var m sitemapXML
	add := func(path string) { m.Pages = append(m.Pages, sitemapURL{root + path}) }
	for _, path := range []string{"/", "/funds", "/data", "/answers", "/wall", "/statistics", "/about", "/accessible", "/audit"} {
		if s.has(path) {
			add(path)
		}
	}
	for _, f := range list {
		if f.Year != 0 && f.Kind != ledger.Post {
			add(fundPath(f.Code, f.Year))
		}
	}
	for _, t := range ledger.DataTables {
		add("/data/" + t.ID)
	}
	body, err := xml.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("sitemap: %w", err)
	}
	c.Set(fiber.HeaderContentType, "application/xml; charset=utf-8")
	return c.Send(append([]byte(xml.Header), body...))
}
