package portal

import (
	"context"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/go-playground/validator/v10"
	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/portal/budget"
)

// Books answers from the record. What it hands out may be shown; policies and periods are its business.
type Books interface {
	YearFigures(ctx context.Context, year int) (ledger.YearFigures, error) // year 0: the newest with data
	Newest(ctx context.Context, n int) ([]ledger.Publication, error)
	PublicPerson(ctx context.Context, ref ledger.PersonRef) (ledger.FoundPerson, []ledger.Payment, error)
	LookUp(ctx context.Context, token []byte, nameKey string) (ledger.OwnBook, error) // both must be the same person's
	OwnBook(ctx context.Context, person string) (ledger.OwnBook, error)
	Funds(ctx context.Context) ([]ledger.FundYear, error)
	Publications(ctx context.Context, skip, n int) ([]ledger.Publication, int, error) // all that were ever public, newest first
	Fund(ctx context.Context, code string) (ledger.Fund, error)
	FundPage(ctx context.Context, code string, year int) (ledger.FundPage, error)    // year 0: the newest
	RecordPage(ctx context.Context, q ledger.RecordQuery) (ledger.RecordPage, error) // of any kind but subsidy
	VillageList(ctx context.Context, fund string, year int, village string) (ledger.VillageList, error)
	Words(ctx context.Context) (ledger.Words, error)
	OpenLists(ctx context.Context, q ledger.ListQuery) ([]ledger.OpenList, error)
	CatalogueByIDs(ctx context.Context, ids []string) ([]ledger.CatalogueEntry, error)
	AuditHeads(ctx context.Context, before time.Time, n int) ([]ledger.AuditHead, error)
	Ready(ctx context.Context) error
}

// Finder finds people and reads them from the books.
type Finder interface {
	// Ask finds people by a name as it was typed, the closest first and each way apart, and what the catalogue has beside.
	Ask(ctx context.Context, q ledger.Question) (ledger.Answer, error)
}

// Server is the site.
type Server struct {
	config   Config
	books    Books
	finder   Finder
	log      *slog.Logger
	app      *fiber.App
	validate *validator.Validate
	proxies  []netip.Prefix
	kiosks   []netip.Prefix
	assets   map[string]asset // by path
	lexicon  lexicon
	files    *keep[dataFile]
	pages    *keep[keptPage] // those that are the same for everybody
	naming   *keep[keptPage] // the same, but they name people: see forReaders
	counter  fresh
	meter    *budget.Meter // of people shown
	seed     maphash.Seed
	screens  hallScreens
	pad      *namePad // of kiosks
	traps    traps
	office   Office
	needs    map[string]need // who may come through each route of the office, by method and path
	streamed []string        // patterns of the routes that take files
	figures  figureKeep      // of the inquiry desk, for everybody
	printing chan struct{}   // holds one: who makes a PDF
	sending  *places         // of those who send workbooks
	open     []string        // addresses without parameters that are answered
	menu     []way
	foot     []way
}

// New parses every template and joins the routes. It fails rather than serve a site with a page missing.
func New(c Config, books Books, finder Finder) (*Server, error) {
	c = c.withDefaults()
	s := &Server{
		config: c, books: books, finder: finder, log: c.Log, validate: newValidator(), office: c.Office, needs: map[string]need{}, printing: make(chan struct{}, 1), sending: newPlaces(sendingsAtOnce, sendingsEach, sendingWait), seed: maphash.MakeSeed(),
		files: newKeep[dataFile](32 << 20), pages: newKeep[keptPage](32 << 20), naming: newKeep[keptPage](32 << 20),
	}
	if c.Archive != nil {
		s.counter.read = c.Archive.PublicCounter
	}
	var store budget.Store
	if c.Harvest.Guard != nil {
		store = c.Harvest.Guard
	}
	s.meter = budget.NewMeter(c.Harvest.Budgets, store, c.Harvest.Now)
	if err := s.validate.Struct(c); err != nil {
		return nil, fmt.Errorf("portal: config: %w", err)
	}
	var err error
	if s.proxies, err = prefixes(c.TrustedProxies); err != nil {
		return nil, fmt.Errorf("portal: trusted proxies: %w", err)
	}
	if s.kiosks, err = prefixes(c.Kiosks); err != nil {
		return nil, fmt.Errorf("portal: kiosks: %w", err)
	}
	engine, err := s.loadTemplates()
	if err != nil {
		return nil, fmt.Errorf("portal: templates: %w", err)
	}
	s.app = fiber.New(fiber.Config{
		AppName:                 "mingbai",
		DisableStartupMessage:   true,
		Immutable:               true, // without it a later request overwrites the strings of an earlier one
		Views:                   engine,
		ErrorHandler:            s.fail,
		BodyLimit:               bodyLimit, // kept by wholeBody: a server that streams has none
		StreamRequestBody:       true,
		ReadBufferSize:          8 << 10,
		ReadTimeout:             15 * time.Second,
		WriteTimeout:            30 * time.Second,
		IdleTimeout:             60 * time.Second,
		EnableTrustedProxyCheck: true, // else any client may name its own scheme and host
		TrustedProxies:          c.TrustedProxies,

		DisablePreParseMultipartForm: true, // it would spill files to temporary ones
	})
	s.routes()
	s.learnWays()
	return s, nil
}

// App is the fiber app, for tests.
func (s *Server) App() *fiber.App { return s.app }

// Serve answers on ln until ctx ends, then lets running requests finish for up to ten seconds.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	kept := make(chan struct{})
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() { s.keepHarvest(keeping); close(kept) }()
	defer func() { stop(); <-kept }() // after the last answer
	done := make(chan error, 1)
	go func() { done <- s.app.Listener(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	// Closing the listener too ends a server that had not begun to listen when Shutdown came.
	err := s.app.ShutdownWithTimeout(10 * time.Second)
	_ = ln.Close()
	<-done
	return err
}
