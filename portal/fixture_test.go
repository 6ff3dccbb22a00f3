package portal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"mingbai/ledger"
)

// The fixture stands in for the books where only rendering and edge states matter; the real database is asked end to end
// in cmd/mingbai.

const (
	zhangNumber = "990121195503124515" // of the fictional county, as all numbers here
	otherNumber = "99012119600718234X"
	zhangID     = "0123456789abcdef0123456789abcdef"
	villageCode = "990121102203"
)

var zhangRef = ledger.PersonRef{Person: zhangID, Village: villageCode}

type fixture struct {
	fund      ledger.FundPage
	records   ledger.RecordPage
	hits      map[ledger.NameMode]int
	asked     []ledger.PeopleQuery
	looked    int
	err       error // every answer of the books
	name      string
	panicking bool
	empty     bool
	entries   bool // in the catalogue
	corrected bool // the first payment was, since
	later     bool // a payment came, since
	alone     bool // found by the name alone, and not in a place, year or fund
	listed    int  // the only year of which a list is open; any when zero
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

var grain = ledger.Fund{
	Code: "NB-01", Name: "耕地地力保护补贴", Kind: ledger.Subsidy, Section: "农业农村股", Purpose: "发给种地的农户，用来保护耕地、养好地力。谁承包、谁领取。",
	Document: "清财农〔2025〕12号《2025年耕地地力保护补贴实施方案》", Standard: "83.94元/亩", BasisUnit: "亩", Disclosure: ledger.DisclosePublic, PublicDays: 365,
}

var hardship = ledger.Fund{
	Code: "MZ-03", Name: "困难残疾人生活补贴", Kind: ledger.Subsidy, Section: "社会保障股", Standard: "每人每月80元", BasisUnit: "人", Disclosure: ledger.DiscloseSelf,
}

func payment(year int, line int, amount ledger.Fen) ledger.Payment {
	return ledger.Payment{
		Batch: 17, Line: line, Fund: grain.Code, FundName: grain.Name, Period: ledger.Period(fmt.Sprint(year)), Village: "赵家湾村", Group: "3",
		Name: "张三丰", Role: ledger.Householder, Basis: 124000, BasisUnit: "亩", Standard: 839400, Amount: amount, PaidOn: day(year, 5, 20),
		Status: ledger.Paid, Document: grain.Document, FileName: "赵家湾村耕地地力保护补贴发放表.xlsx", Sheet: "Sheet1", SheetRow: line + 3,
		Published: day(year, 5, 28), VillageCode: villageCode, Disclosure: grain.Disclosure, ListOpen: true,
	}
}

func newFixture() *fixture {
	f := &fixture{name: "张三丰", hits: map[ledger.NameMode]int{ledger.NameExact: 2}}
	f.fund = ledger.FundPage{
		Fund: grain, Year: 2025, Years: []int{2025, 2024, 2023}, County: ledger.Tally{Rows: 41230, Total: 4312345678},
		ListOpen: true, Until: day(2026, 5, 28),
		Batches: []ledger.Publication{{Batch: 17, Fund: grain.Code, FundName: grain.Name, Period: "2025", Tally: ledger.Tally{Rows: 41230, Total: 4312345678}, PublishedAt: day(2025, 5, 28)}},
		Towns: []ledger.TownTally{
			{RegionTally: ledger.RegionTally{Code: "990121102", Name: "柳河镇", Tally: ledger.Tally{Rows: 31230, Total: 3300000000}}, Villages: []ledger.RegionTally{
				{Code: villageCode, Name: "赵家湾村", Tally: ledger.Tally{Rows: 30000, Total: 3000000000}},
				{Code: "990121102204", Name: "王家台村", Tally: ledger.Tally{Rows: 1000, Total: 200000000}},
				{Name: "", Tally: ledger.Tally{Rows: 230, Total: 100000000}},
			}},
			{RegionTally: ledger.RegionTally{Code: "990121103", Name: "石桥乡", Tally: ledger.Tally{Rows: 10000, Total: 1012345678}}, Villages: []ledger.RegionTally{
				{Code: "990121103201", Name: "石桥村", Tally: ledger.Tally{Rows: 10000, Total: 1012345678}},
			}},
		},
	}
	return f
}

func (f *fixture) YearFigures(context.Context, int) (ledger.YearFigures, error) {
	if f.panicking {
		panic("driver: secret detail")
	}
	if f.empty {
		return ledger.YearFigures{}, ledger.ErrNotFound
	}
	return ledger.YearFigures{Year: 2025, Tally: ledger.Tally{Rows: 882804, Total: 43170000012}, People: 312457, Funds: 35, Villages: 389, Updated: day(2025, 11, 20)}, f.err
}

func (f *fixture) Newest(_ context.Context, n int) ([]ledger.Publication, error) {
	if f.empty {
		return nil, nil
	}
	names := []string{grain.Name, "农机购置补贴", hardship.Name, "村级公益事业建设一事一议财政奖补资金", "退耕还林补助"}
	var out []ledger.Publication
	for i := range n {
		out = append(out, ledger.Publication{
			Batch: int64(30 - i), Fund: grain.Code, FundName: names[i%5], Period: "2025-09", PublishedAt: day(2025, 11, 20-i),
			Tally: ledger.Tally{Rows: 41230 - i*977, Total: ledger.Fen(4312345678 / (i + 1))},
		})
	}
	return out, f.err
}

func (f *fixture) found(ref ledger.PersonRef) ledger.FoundPerson {
	return ledger.FoundPerson{
		Ref: ref, Name: f.name, TownName: "柳河镇", VillageName: "赵家湾村", Group: "3", Tally: ledger.Tally{Rows: 3, Total: 312258},
		Years: []int{2025, 2024}, FundNames: []string{grain.Name, "退耕还林补助"},
	}
}

func (f *fixture) PublicPerson(_ context.Context, ref ledger.PersonRef) (ledger.FoundPerson, []ledger.Payment, error) {
	if ref != zhangRef {
		return ledger.FoundPerson{}, nil, ledger.ErrNotFound
	}
	silent := payment(2023, 9, 104086)
	silent.Basis, silent.Standard, silent.PaidOn, silent.Document, silent.Status = 0, 0, time.Time{}, "", ledger.StatusUnknown
	return f.found(ref), []ledger.Payment{payment(2025, 1, 104086), payment(2024, 2, 100000), silent}, f.err
}

func (f *fixture) OwnBook(_ context.Context, person string) (ledger.OwnBook, error) {
	if person != zhangID {
		return ledger.OwnBook{}, ledger.ErrNotFound
	}
	related := payment(2024, 5, 96000)
	related.Role, related.Name, related.FundName = ledger.Payee, "张老根", hardship.Name
	short := payment(2024, 2, 100000)
	book := ledger.OwnBook{
		Person: zhangID,
		Name:   f.name, Village: "赵家湾村", Own: ledger.Tally{Rows: 3, Total: 308172}, Related: ledger.Tally{Rows: 1, Total: 96000}, OtherNames: 2,
		Years:    []ledger.YearTally{{Year: 2025, Tally: ledger.Tally{Rows: 1, Total: 104086}}, {Year: 2024, Tally: ledger.Tally{Rows: 2, Total: 204086}}},
		Payments: []ledger.Payment{payment(2025, 1, 104086), short, payment(2024, 4, 104086), related},
		Family:   []ledger.FamilyTally{{Partner: ledger.Partner{Role: ledger.Payee, Name: "张小丰"}, Tally: ledger.Tally{Rows: 1, Total: 104086}}},
	}
	book.Payments[0].With = []ledger.Partner{{Role: ledger.Payee, Name: "张小丰"}}
	if f.corrected {
		old := &book.Payments[0]
		right := *old
		right.Batch, right.Amount, right.Published = 40, 90000, time.Now().Add(time.Minute)
		right.Former = []ledger.Former{{
			Batch: old.Batch, Line: old.Line, Amount: old.Amount, At: day(2026, 1, 5), Reason: "面积登记有误", Sheet: old.Sheet, SheetRow: old.SheetRow,
		}}
		old.Ended, old.Corrected, old.EndReason = day(2026, 1, 5), true, "面积登记有误"
		book.Payments = append([]ledger.Payment{right}, book.Payments...)
	}
	if f.later {
		p := payment(2026, 1, 5000)
		p.Batch, p.Published = 41, time.Now().Add(time.Minute)
		book.Payments = append([]ledger.Payment{p}, book.Payments...)
	}
	return book, f.err
}

func (f *fixture) Publications(ctx context.Context, skip, n int) ([]ledger.Publication, int, error) {
	list, err := f.Newest(ctx, max(0, min(n, 120-skip)))
	return list, 120, err
}

func (f *fixture) Funds(context.Context) ([]ledger.FundYear, error) {
	if f.empty {
		return nil, nil
	}
	project := ledger.Fund{Code: "XM 1/2", Name: "高标准农田建设", Kind: ledger.Allocation}
	odd := ledger.Fund{Code: "X", Name: "新类资金", Kind: "new"}
	return []ledger.FundYear{
		{Fund: grain, Year: 2025, Tally: ledger.Tally{Rows: 41230, Total: 4312345678}, ByYear: []ledger.YearTally{
			{Year: 2025, Tally: ledger.Tally{Rows: 41230, Total: 4312345678}}, {Year: 2024, Tally: ledger.Tally{Rows: 1, Total: 10000}},
		}},
		{Fund: hardship, Year: 2025, Tally: ledger.Tally{Rows: 12000, Total: 96000000}},
		{Fund: project},
		{Fund: odd},
	}, f.err
}

func (f *fixture) FundPage(_ context.Context, code string, year int) (ledger.FundPage, error) {
	if code != f.fund.Code {
		return ledger.FundPage{}, ledger.ErrNotFound
	}
	return f.fund, f.err
}

func (f *fixture) Fund(_ context.Context, code string) (ledger.Fund, error) {
	switch code {
	case f.fund.Code:
		return f.fund.Fund, f.err
	case f.records.Code:
		return f.records.Fund, f.err
	}
	return ledger.Fund{}, ledger.ErrNotFound
}

func (f *fixture) RecordPage(_ context.Context, q ledger.RecordQuery) (ledger.RecordPage, error) {
	page := f.records
	page.Page = q.Page
	return page, f.err
}

func (f *fixture) VillageList(_ context.Context, fund string, year int, village string) (ledger.VillageList, error) {
	if fund != grain.Code || village != villageCode || year != 2025 {
		return ledger.VillageList{}, ledger.ErrNotFound
	}
	l := ledger.VillageList{
		Fund: grain, Year: year, VillageCode: village, TownName: "柳河镇", VillageName: "赵家湾村",
		Tally: ledger.Tally{Rows: 24, Total: 2498064}, From: day(2025, 5, 28), Until: day(2026, 5, 28),
	}
	for i := range 24 {
		p := payment(2025, i+1, 104086)
		p.Name = []string{f.name, "欧阳建国", "买买提·艾合买提江", "王五"}[i%4]
		if i == 2 {
			p.Status, p.Group, p.Basis, p.Standard = ledger.Returned, "", 0, 0
		}
		if i == 0 && f.corrected {
			p.Former = []ledger.Former{{Batch: 16, Line: 1, Amount: 90000, At: day(2026, 1, 5), Reason: "面积登记有误"}}
		}
		l.Payments = append(l.Payments, p)
	}
	return l, f.err
}

func (f *fixture) Ready(context.Context) error { return f.err }

// AuditHeads are of as many days as asked for, one before the other.
func (f *fixture) AuditHeads(_ context.Context, before time.Time, n int) (heads []ledger.AuditHead, err error) {
	if f.empty || f.err != nil {
		return nil, f.err
	}
	if before.IsZero() {
		before = time.Date(2025, 6, 4, 0, 0, 0, 0, time.UTC)
	}
	for i := range n {
		heads = append(heads, ledger.AuditHead{Day: before.AddDate(0, 0, -1-i), Seq: int64(500 - i), Lines: 3, Hash: [32]byte{1, 2, 3}})
	}
	return heads, nil
}

// Ask answers in every way that the fixture has anybody for, and notes what it was asked.
func (f *fixture) Ask(_ context.Context, asked ledger.Question) (a ledger.Answer, err error) {
	q := asked.People
	q.Name = asked.Name
	f.asked = append(f.asked, q)
	if f.entries && !asked.Catalogue.Empty() {
		a.Catalogue = ledger.CatalogueHits{IDs: []string{"1", "2", "3", "4", "5"}, Total: 9}
	}
	if f.alone && len(q.Places)+len(q.Years)+len(q.Funds) > 0 {
		return a, f.err
	}
	for mode := ledger.NameExact; mode <= ledger.NameNear; mode++ {
		if len(asked.Only) > 0 && !slices.Contains(asked.Only, mode) {
			continue
		}
		t := ledger.PeopleTier{Mode: mode, PeopleHits: ledger.PeopleHits{Total: f.hits[mode]}}
		for i := (q.Page - 1) * q.PerPage; i < min(q.Page*q.PerPage, t.Total); i++ {
			t.Refs = append(t.Refs, ledger.PersonRef{Person: fmt.Sprintf("%x%031x", mode, i), Village: villageCode})
			p := f.found(t.Refs[len(t.Refs)-1])
			if len(a.People) == 1 {
				p.TownName, p.VillageName, p.Group = "", "", ""
			}
			a.People = append(a.People, p)
		}
		a.Tiers = append(a.Tiers, t)
	}
	return a, f.err
}

func (f *fixture) CatalogueByIDs(context.Context, []string) ([]ledger.CatalogueEntry, error) {
	return []ledger.CatalogueEntry{
		{Kind: ledger.CatalogueFund, Fund: grain.Code, Title: grain.Name},
		{Kind: ledger.CatalogueAgency, Fund: "BZ 01", Year: 2025, Title: "农业农村局", From: "机构编制"},
		{Kind: ledger.CatalogueProject, Fund: "XM01", Year: 2025, Title: "高标准农田", From: "衔接项目"},
		{Kind: ledger.CatalogueUnit, Fund: "RY01", Year: 2025, Unit: "农业农村局", Title: "农业农村局", From: "人员编制"},
		{Kind: ledger.CatalogueGuide, Title: "怎样查", Path: "/about"},
	}, f.err
}

func (f *fixture) Words(context.Context) (ledger.Words, error) {
	return ledger.Words{
		Regions: []ledger.Region{
			{Code: "990121", Name: "清泉县"}, {Code: "990121102", Parent: "990121", Name: "柳河镇"}, {Code: villageCode, Parent: "990121102", Name: "赵家湾村"},
		},
		Funds: []ledger.Fund{grain, hardship}, Agencies: []string{"清泉县农业农村局"},
	}, nil
}

func (f *fixture) OpenLists(_ context.Context, q ledger.ListQuery) ([]ledger.OpenList, error) {
	if f.empty || f.listed > 0 && len(q.Years) > 0 && !slices.Contains(q.Years, f.listed) {
		return nil, f.err
	}
	return []ledger.OpenList{{
		Fund: grain.Code, FundName: grain.Name, Year: 2025, VillageCode: villageCode, TownName: "柳河镇", VillageName: "赵家湾村",
		Tally: ledger.Tally{Rows: 24, Total: 2498064},
	}}, f.err
}

func (f *fixture) LookUp(ctx context.Context, token []byte, nameKey string) (ledger.OwnBook, error) {
	f.looked++
	if f.err != nil {
		return ledger.OwnBook{}, f.err
	}
	if nameKey == "张三丰" && string(token) == zhangNumber {
		return f.OwnBook(ctx, zhangID)
	}
	return ledger.OwnBook{}, ledger.ErrNotFound
}

// site is a server over a fixture with a browser's cookies and the log in hand.
type site struct {
	t       *testing.T
	books   *fixture
	server  *Server
	logged  *bytes.Buffer
	cookies map[string]string
}

func setup(t *testing.T, change ...func(*Config)) *site {
	t.Helper()
	s := &site{t: t, books: newFixture(), logged: &bytes.Buffer{}, cookies: map[string]string{}}
	c := Config{
		County: "清泉县", Phone: "0990-1234567", Hours: "周一至周五 8:30—12:00，14:30—17:30", Address: "清泉县财政局一楼服务大厅",
		Normalise: func(name string) string { return strings.ReplaceAll(strings.TrimSpace(name), " ", "") },
		Token:     func(n ledger.IDNumber) []byte { return []byte(n.Digits()) },
		Log:       slog.New(slog.NewJSONHandler(s.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&c)
	}
	var err error
	if s.server, err = New(c, s.books, s.books); err != nil {
		t.Fatal(err)
	}
	return s
}

type answer struct {
	*http.Response
	body string
	doc  *html.Node
}

func (s *site) do(r *http.Request) answer {
	s.t.Helper()
	for name, value := range s.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := s.server.App().Test(r, 5000)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		s.cookies[c.Name] = c.Value
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp, string(body), doc}
}

func (s *site) get(path string) answer {
	s.t.Helper()
	return s.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func posted(path string, values url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func form(values url.Values) *http.Request { return posted("/lookup", values) }

func (s *site) send(path string, values url.Values) answer {
	s.t.Helper()
	return s.do(posted(path, values))
}

// ask opens the home page as a browser does and sends its form.
func (s *site) ask(name, number string) answer {
	s.t.Helper()
	token := s.get("/").attr("input[name=csrf_token]", "value")
	return s.do(form(url.Values{"csrf_token": {token}, "name": {name}, "id_number": {number}}))
}

func (a answer) all(selector string) []*html.Node {
	return cascadia.QueryAll(a.doc, cascadia.MustCompile(selector))
}

// text is what a selector's nodes say, blanks run together.
func (a answer) text(selector string) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range a.all(selector) {
		walk(n)
		b.WriteByte(' ')
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (a answer) attr(selector, name string) string {
	for _, n := range a.all(selector) {
		for _, at := range n.Attr {
			if at.Key == name {
				return at.Val
			}
		}
	}
	return ""
}

var oneTime = regexp.MustCompile(`[0-9a-f]{64}|[2-9A-Z]{4}-[2-9A-Z]{4}`)

// settled is a body without its form token and reference.
func (a answer) settled() string { return oneTime.ReplaceAllString(a.body, "") }

func (s *site) status(a answer, want int) {
	s.t.Helper()
	if a.StatusCode != want {
		s.t.Fatalf("status %d, want %d: %s", a.StatusCode, want, a.text("main"))
	}
}

func (s *site) says(a answer, selector string, want ...string) {
	s.t.Helper()
	got := a.text(selector)
	for _, w := range want {
		if !strings.Contains(got, w) {
			s.t.Errorf("%s says %q, want %q in it", selector, got, w)
		}
	}
}

var errDriver = errors.New("pgx: connection to 10.1.2.3 refused, password s3cret")
