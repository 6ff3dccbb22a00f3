package portal

import (
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"
)

func (s *Server) routes() {
	form := s.formToken()
	byAddress, byDevice, total := s.lookupLimits()
	browse := s.browseLimit()
	// BREACH needs a secret and a stranger's text compressed together. The home page holds a form token but echoes nothing,
	// people and funds echo but hold none; what /lookup answers may do both and stays as it is.
	zip := compress.New(compress.Config{Level: compress.LevelDefault})

	s.app.Use(s.observe, headers(s.config.Secure), s.deadline)
	s.app.Use(recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: s.logPanic}), s.wholeBody, s.atHall)

	s.app.Get("/", form, zip, s.home)
	s.app.Get("/lookup", s.toHome)
	s.app.Post("/lookup", private, form, s.readLookup, byAddress, byDevice, total, s.evenly, s.lookup)

	s.app.Get("/people", private, browse, s.withinBudget, zip, s.people)
	s.app.Get("/words.json", zip, s.words)
	s.app.Get("/people/:ref", private, browse, s.withinBudget, zip, s.person)

	s.app.Get("/funds", s.forAll, zip, s.funds)
	s.app.Get("/funds/:code", browse, s.forAll, zip, s.fund) // a roster of staff is among them
	if s.config.Papers != nil {
		s.app.Get("/funds/:code/documents/:doc", browse, s.publicPaper)
	}
	s.app.Get("/funds/:code/:year/villages/:village", private, browse, s.withinBudget, s.forReaders, zip, s.village)

	s.app.Get("/challenge", s.toBack)
	s.app.Post("/challenge", private, s.limit(s.config.Limits.Challenge, s.addressKey, nil), s.challenge)
	if s.config.Harvest.Guard != nil {
		s.app.Get("/kiosk/register", private, form, s.kioskPage)
		s.app.Post("/kiosk/register", private, form, s.limit(s.config.Limits.KioskKey, s.addressKey, nil), s.registerKiosk)
	}
	s.kioskRoutes(browse, byAddress, total)

	s.routeAPI(browse, byAddress, total)

	if s.config.Inquiries != nil {
		s.inquiryRoutes(form, zip)
	}

	s.app.Get("/about", zip, s.about)
	s.app.Get("/accessible", zip, s.accessible)
	s.app.Get("/audit", zip, s.audit)
	s.app.Post("/elder", s.elder)
	if s.config.Seals != nil {
		s.app.Get("/proof", zip, s.howToProve)
		s.app.Get("/proof/:sheet", private, form, browse, s.proof)
		s.app.Post("/proof/:sheet", private, form, byAddress, s.proof)
	}

	if s.config.Archive != nil {
		s.archiveRoutes(browse, zip)
	}

	if s.office != nil {
		s.officeRoutes()
	}

	s.app.Get("/static/:file", zip, s.static)
	s.app.Get(offlinePath, zip, s.offline)
	s.app.Get("/sw.js", zip, s.worker)
	s.app.Get("/robots.txt", s.robots)
	s.app.Get("/healthz", s.healthz)
	s.app.Get("/readyz", s.readyz)
}
