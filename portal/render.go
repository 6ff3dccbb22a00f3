package portal

import (
	"fmt"
	"io"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/template/html/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/templates"
)

// page is a typed struct that knows its template.
type page interface{ view() string }

// Frame is what every page shows around its own matter.
type Frame struct {
	Title   string
	County  string
	Phone   string
	Hours   string
	Address string
	Nav     string // the entry of the head's menu that this page stands under
	NoIndex bool
	Wide    bool // a table of many columns
	Menu    []way
	Foot    []way
	Feed    bool // there is a feed of publications

	reader *reader
}

func (s *Server) frame(title string) Frame {
	c := s.config
	return Frame{
		Title: title, County: c.County, Phone: c.Phone, Hours: c.Hours, Address: c.Address,
		Menu: s.menu, Foot: s.foot, Feed: c.Archive != nil, reader: &reader{},
	}
}

// show renders a page; fiber renders into a buffer, so a failing template never leaves half a page behind.
func (s *Server) show(c *fiber.Ctx, status int, p page) error {
	heed(c, p)
	return c.Status(status).Render(p.view(), p)
}

// every page there is, for the trial at start.
var everyPage = []page{
	homePage{},
	searchCarePage{},
	askPage{},
	peoplePage{},
	personPage{},
	ownPage{},
	missingPage{},
	fundsPage{},
	fundPage{},
	villagePage{},
	emptyRecords(ledger.Allocation),
	emptyRecords(ledger.Transfer),
	emptyRecords(ledger.Project),
	emptyRecords(ledger.Budget),
	emptyRecords(ledger.Agency),
	emptyRecords(ledger.Post),
	aboutPage{},
	apiHelp{},
	accessiblePage{},
	proofPage{},
	proofPage{Asked: true},
	proofPage{Asked: true, Genuine: true},
	auditPage{},
	dataPage{Tables: []dataLine{{Files: []dataLink{{}}}}},
	dataTablePage{Line: dataLine{DataTable: ledger.DataTables[0]}, Versions: []dataVersionLine{{}}},
	errorPage{},
	offlinePage{},
	filingPage{},
	receiptPage{},
	trackFormPage{},
	trackPage{},
	answersPage{},
	answerPage{},
	deskQueuePage{},
	deskCasePage{},
	deskDaysPage{},
	deskEnterPage{},
	deskPaperPage{},
	calendarPage{Change: &inquiry.NoticeChange{}},
	figuresPage{figuresBody: newFiguresBody(inquiry.Figures{}.Public(), "", nil)},
	deskFiguresPage{figuresBody: newFiguresBody(inquiry.Figures{}.Whole(), "", nil)},
	deskRegisterPage{},
	challengePage{},
	waitPage{},
	kioskPage{},
	kioskHomePage{},
	kioskNamePage{},
	kioskNumberPage{},
	kioskMissingPage{},
	kioskPlacesPage{},
	kioskStillPage{},
	kioskAskPage{},
	loginPage{},
	secondPage{},
	linkPage{},
	passwordPage{},
	enrolPage{},
	codesPage{},
	officeHomePage{},
	accountPage{},
	officersPage{},
	officerPage{},
	madePage{},
	departmentsPage{},
	departmentPage{},
	officeErrorPage{},
	uploadPage{},
	setPage{},
	batchesPage{},
	batchPage{},
	findingsPage{},
	mappingPage{},
	reviewDeskPage{},
	reviewPage{},
	changesPage{},
	progressPage{},
	rowsPage{},
	askPage{},
	requestsPage{},
	requestPage{},
	boardPage{},
	boardVillagePage{},
	auditTrailPage{},
	listsPage{},
	listPage{},
	listLinePage{},
	listHistoryPage{},
	listImportPage{},
	papersPage{},
	kiosksPage{},
	kioskKeyPage{},
	harvestPage{},
}

// emptyRecords has one row without anything in it, so that the kind's own part is tried too.
func emptyRecords(kind ledger.FundKind) recordsPage {
	return recordsPage{
		Fund:  ledger.RecordPage{Fund: ledger.Fund{Kind: kind}, Years: []int{2025}, All: ledger.Tally{Rows: 1}},
		Lines: []recordLine{{}},
		Days:  &days{Day: "2025-06-30", Keep: [][2]string{{"year", "2025"}}},
	}
}

// loadTemplates parses all templates and tries each page once, empty: a missing template, partial or field stops the
// program here and not a farmer later. Pages name top and bottom themselves; the engine's own layouts would hold one lock
// over every rendering.
func (s *Server) loadTemplates() (*html.Engine, error) {
	if err := s.loadAssets(); err != nil {
		return nil, err
	}
	engine := html.NewFileSystem(http.FS(templates.Pages), ".html")
	engine.AddFuncMap(words)
	engine.AddFunc("asset", s.assetPath)
	if err := engine.Load(); err != nil {
		return nil, err
	}
	for _, p := range everyPage {
		if err := engine.Render(io.Discard, p.view(), p); err != nil {
			return nil, fmt.Errorf("%s: %w", p.view(), err)
		}
	}
	return engine, nil
}
