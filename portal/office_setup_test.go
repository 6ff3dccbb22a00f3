package portal

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp/totp"

	"mingbai/fixtures/services"
	"mingbai/ledger"
	"mingbai/ledger/account"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
	"mingbai/ledger/postgres/testdb"
	index "mingbai/search"
)

func TestMain(m *testing.M) { testdb.Main(m, services.PostgreSQL) }

const (
	good  = "稻田 井水 账本 春分"
	other = "purple kettle on monday"
)

// officeSite is a site with an office over real books, a clock that the test moves, and one officer of each role, named by it.
type officeSite struct {
	*site
	accounts   *postgres.Accounts
	db         *postgres.DB
	desk       *postgres.Inquiries
	keys       *ledger.Keyring
	now        time.Time
	secrets    map[string]string
	sql        *pgx.Conn
	department int64
	files      int // uploaded
}

func setupOffice(t *testing.T, change ...func(*Config)) *officeSite {
	t.Helper()
	s := &officeSite{now: time.Date(2025, 6, 3, 10, 0, 0, 0, ledger.Shanghai), secrets: map[string]string{}}
	db, address := testdb.New(t, postgres.Options{Now: func() time.Time { return s.now }, Conns: 4})
	keys, err := ledger.ReadKeys(ledger.NewKeyFile())
	if err != nil {
		t.Fatal(err)
	}
	s.accounts, err = postgres.NewAccounts(db, keys, postgres.AccountOptions{
		Cost: &account.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		Hold: func(context.Context, time.Duration) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.db, s.keys = db, keys
	if s.desk, err = postgres.NewInquiries(db, keys, inquiry.Periods{}); err != nil {
		t.Fatal(err)
	}
	s.site = setup(t, append(change, func(c *Config) {
		c.Office, c.Intake, c.Review = s.accounts, testIntake{db}, reviewBooks{db}
		c.Inquiries, c.Desk = s.desk, s.desk
		c.Boards, c.Trail, c.Work, c.Papers, c.Lists = db, db, db, db, plainLists{db}
		c.Harvest.Guard, c.Archive = db, db
		c.Search = careBooks{db, &index.Care{}}
	})...)
	if s.sql, err = pgx.Connect(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.sql.Close(context.Background()) })
	ctx := t.Context()
	s.must(db.SaveRegions(ctx, "test", []ledger.Region{
		{Code: "990121", Name: "清泉县"}, {Code: "990121102", Parent: "990121", Name: "柳河镇"}, {Code: "990121103", Parent: "990121", Name: "石桥乡"},
	}))
	s.must(db.SaveRegions(ctx, "test", []ledger.Region{
		{Code: villageCode, Parent: "990121102", Name: "赵家湾村"}, {Code: "990121103201", Parent: "990121103", Name: "石桥村"},
	}))
	s.must(db.SaveFund(ctx, "test", grain))
	s.department, err = db.SaveDepartment(ctx, "test", ledger.Department{Name: "柳河镇财政所", Kind: ledger.Town, Towns: []string{"990121102"}})
	s.must(err)
	for _, r := range ledger.OfficeRoles {
		s.add(string(r), r)
	}
	s.add("target", ledger.RoleClerk)
	return s
}

func (s *officeSite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// add makes an officer with the good password and, where the role needs one, a second factor.
func (s *officeSite) add(login string, role ledger.OfficeRole) {
	s.t.Helper()
	ctx := s.t.Context()
	s.must(s.accounts.SaveOfficer(ctx, "test", ledger.Officer{Login: login, Name: role.Name() + "员", Roles: []ledger.OfficeRole{role}}))
	s.must(s.accounts.SetPassword(ctx, "test", login, good, false))
	if role.NeedsSecondFactor() {
		var err error
		s.secrets[login], err = s.accounts.GiveSecondFactor(ctx, "test", login)
		s.must(err)
	}
}

func (s *officeSite) code(login string) string {
	s.t.Helper()
	s.now = s.now.Add(30 * time.Second) // each code opens once
	code, err := totp.GenerateCode(s.secrets[login], s.now)
	s.must(err)
	return code
}

// enter gives the browser a session of an officer, without the pages.
func (s *officeSite) enter(login string) {
	s.t.Helper()
	v := ledger.Visitor{Label: "Linux · Chrome"}
	e, err := s.accounts.Login(s.t.Context(), login, good, v)
	s.must(err)
	if s.secrets[login] != "" {
		e, err = s.accounts.SecondFactor(s.t.Context(), e.Token, s.code(login), v)
		s.must(err)
	}
	s.cookies["mingbai-office"] = e.Token
}

func (s *officeSite) token() string { return s.server.officeToken(s.cookies["mingbai-office"]) }

// post sends a form as a page of this session would.
func (s *officeSite) post(path string, pairs ...string) answer {
	s.t.Helper()
	values := url.Values{tokenField: {s.token()}}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return s.send(path, values)
}

// login goes through the login's page as a browser does.
func (s *officeSite) login(login, password string) answer {
	s.t.Helper()
	token := s.get("/").attr("main input[name=csrf_token]", "value") // who is inside already sees no login page
	return s.send("/office/login", url.Values{tokenField: {token}, "login": {login}, "password": {password}})
}

// goes fails unless an answer leads to a path.
func (s *officeSite) goes(a answer, to string) {
	s.t.Helper()
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != to {
		s.t.Fatalf("status %d to %q, want to %q: %s", a.StatusCode, a.Header.Get("Location"), to, a.text("main"))
	}
}

func (s *officeSite) lines(where string) (n int) {
	s.t.Helper()
	s.must(s.sql.QueryRow(s.t.Context(), `select count(*) from audit where `+where).Scan(&n))
	return n
}

// path fills a route's parameters.
func (s *officeSite) path(route string) string {
	return strings.NewReplacer(":login", "target", ":id", strconv.FormatInt(s.department, 10), ":token", "x", ":no", "1", ":request", "1", ":set", "1", ":village", villageCode, ":list", "unit_name", ":code", grain.Code, ":doc", "1", ":kiosk", "1", ":alarm", "1", ":case", "x", ":paper", "slip", ":file", "x", ":seq", "1").Replace(route)
}
