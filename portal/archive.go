package portal

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// Archive answers from the books as they stood, and hands out what everybody may take away. Its pages exist where it is given.
type Archive interface {
	// FundPageOn is a fund of subsidies at the end of a day; only one that names everybody has days before.
	FundPageOn(ctx context.Context, code string, year int, day time.Time) (ledger.FundPage, error)
	County() string
	EditionOn(ctx context.Context, day time.Time) (ledger.Edition, error)
	Edition(ctx context.Context) (ledger.Edition, error)
	PublicActs(ctx context.Context, before int64, n int) ([]ledger.PublicAct, error)
	// PublicCounter grows with every act that may have changed a public page.
	PublicCounter(ctx context.Context) (int64, error)

	NewestVersion(ctx context.Context, t ledger.DataTable) (ledger.DataVersion, error)
	DataVersions(ctx context.Context, t ledger.DataTable, upTo int64, n int) ([]ledger.DataVersion, error)
	// DataRows is a table as it stood in one of its versions. No row of it is a person's.
	DataRows(ctx context.Context, t ledger.DataTable, version int64, fund string) (ledger.DataRows, error)
}

// archiveRoutes are the open data. Nobody is named there, so anybody may keep it.
func (s *Server) archiveRoutes(browse, zip fiber.Handler) {
	s.app.Get("/data", s.forAll, zip, s.data)
	s.app.Get("/data/catalog.jsonld", zip, s.dataCatalogue)
	s.app.Get("/data/dictionary.csv", zip, s.dataDictionary)
	s.app.Get("/data/:table", s.forAll, zip, s.dataTable)
	s.app.Get("/data/:table/:file", browse, zip, s.dataDownload)
	s.app.Get("/data/:table/:version/:file", browse, zip, s.dataDownload)
	s.app.Get("/feed.atom", zip, s.feed)
	s.app.Get("/sitemap.xml", zip, s.sitemap)
}
