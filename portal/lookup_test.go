package portal

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

func TestANumberThatIsNotWholeIsAnsweredBesideItsField(t *testing.T) {
	for name, c := range map[string]struct{ number, says string }{
		"17 digits": {zhangNumber[:17], "身份证号应为18位，您填了17位，请对照身份证再填。"},
		"19 digits": {zhangNumber + "1", "身份证号应为18位，您填了19位"},
		"stars":     {"990121********4515", "星号"},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			a := s.ask("张三丰", c.number)
			s.status(a, http.StatusUnprocessableEntity)
			s.says(a, "#number-wrong[role=alert]", c.says)
			if a.attr("#name", "value") != "张三丰" {
				t.Error("the name is lost")
			}
			if s.books.looked != 0 {
				t.Error("the books were asked")
			}
			s.neverTold(a, c.number)
		})
	}
}

var listAddress = regexp.MustCompile(`/villages/[0-9]{12}\b`)

// neverTold looks for the number, and for its telling parts, in everything that leaves the portal.
func (s *site) neverTold(a answer, number string) {
	s.t.Helper()
	body := listAddress.ReplaceAllString(a.body, "/villages/") // which begins with the county's code, as a number does
	for _, part := range []string{number, number[:6], number[6:14]} {
		if strings.Contains(body, part) || strings.Contains(a.Header.Get("Location"), part) {
			s.t.Errorf("%q is in the answer", part)
		}
		if strings.Contains(s.logged.String(), part) {
			s.t.Errorf("%q is in the log", part)
		}
	}
	if s.logged.Len() == 0 {
		s.t.Error("nothing was logged")
	}
}

func TestTheNumberIsNeverToldOn(t *testing.T) {
	for name, number := range map[string]string{
		"found": zhangNumber, "not found": otherNumber, "wrong check digit": "990121195503124512", "15 digits": "990121550312451",
		"letters": "99012119550312AB11",
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			a := s.ask("张三丰", number)
			s.status(a, http.StatusOK)
			if s.books.looked != 1 {
				t.Errorf("looked up %d times, want 1", s.books.looked)
			}
			s.neverTold(a, number)
		})
	}
	t.Run("in the name's field", func(t *testing.T) {
		s := setup(t)
		a := s.ask(zhangNumber, "")
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, "#name-wrong[role=alert]", "请不要填数字")
		s.neverTold(a, zhangNumber)
	})
	t.Run("as a name in the address", func(t *testing.T) {
		s := setup(t)
		a := s.get("/people?name=" + zhangNumber)
		s.status(a, http.StatusBadRequest)
		s.neverTold(a, zhangNumber)
	})
	t.Run("when the books fail", func(t *testing.T) {
		s := setup(t)
		token := s.get("/").attr("input[name=csrf_token]", "value")
		s.books.err = errDriver
		a := s.do(form(url.Values{"csrf_token": {token}, "name": {"张三丰"}, "id_number": {zhangNumber}}))
		s.status(a, http.StatusInternalServerError)
		s.neverTold(a, zhangNumber)
	})
}

func TestWhoIsNotFoundLearnsNothing(t *testing.T) {
	s := setup(t)
	first := s.ask("李四", otherNumber) // nobody
	for name, a := range map[string]answer{
		"wrong number": s.ask("张三丰", otherNumber), "wrong name": s.ask("李四", zhangNumber),
	} {
		// The name is put back as it was typed, which tells nobody anything new.
		if a.StatusCode != first.StatusCode || strings.ReplaceAll(a.settled(), "张三丰", "李四") != first.settled() {
			t.Errorf("%s differs from an unknown person: %d, %d bytes against %d, %d", name, a.StatusCode, len(a.settled()), first.StatusCode, len(first.settled()))
		}
	}
	if s.books.looked != 3 {
		t.Errorf("asked the books %d times, want 3", s.books.looked)
	}
	s.says(first, "h1", "没有查到")
	s.says(first, "main", "可能是", "0990-1234567")
	if strings.Contains(first.text("main"), "编号规则") {
		t.Error("a good number is doubted")
	}
	s.says(s.ask("李四", "990121195503124512"), ".note", "编号规则")
}

func TestANameAloneGoesToThePublicSearch(t *testing.T) {
	s := setup(t)
	a := s.ask(" 张三丰 ", "")
	s.status(a, http.StatusSeeOther)
	if got := a.Header.Get("Location"); got != "/people?name="+url.QueryEscape("张三丰") {
		t.Errorf("goes to %q", got)
	}
	s.status(s.get("/lookup"), http.StatusSeeOther)
	s.says(s.ask("", zhangNumber), "#name-wrong", "请填写姓名")
	s.says(s.ask(strings.Repeat("长", 41), ""), "#name-wrong", "最多40个字")
}

func TestPagesOfPeople(t *testing.T) {
	s := setup(t)
	s.books.hits[ledger.NameExact] = 45
	a := s.get("/people?name=%E5%BC%A0&tier=exact&page=3")
	if n := len(a.all(".ledger > li")); n != 5 {
		t.Errorf("%d people on the last page, want 5", n)
	}
	s.says(a, ".pager", "第 3 页，共 3 页", "上一页")
	if len(a.all("a[rel=next]")) != 0 {
		t.Error("a page after the last")
	}
	s.status(s.get("/people?name=%E5%BC%A0&page=4"), http.StatusNotFound)
	s.status(s.get("/people?name=%E5%BC%A0&page=-1"), http.StatusOK)
	s.status(s.get("/people?name=%E5%BC%A0&page=99999999999999999999"), http.StatusOK)
}

func TestAFormWithoutItsTokenIsRefused(t *testing.T) {
	values := func(token string) url.Values {
		return url.Values{"csrf_token": {token}, "name": {"张三丰"}, "id_number": {zhangNumber}}
	}
	for name, ask := range map[string]func(*site) answer{
		"no token, no cookie": func(s *site) answer { return s.do(form(values(""))) },
		"no cookie": func(s *site) answer {
			token := s.get("/").attr("input[name=csrf_token]", "value")
			s.cookies = map[string]string{}
			return s.do(form(values(token)))
		},
		"another's token": func(s *site) answer {
			s.get("/")
			return s.do(form(values(signer(s.server.config.FormKey).token())))
		},
		"invented token in both": func(s *site) answer {
			s.cookies["mingbai"] = strings.Repeat("ab", 32)
			return s.do(form(values(strings.Repeat("ab", 32))))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			a := ask(s)
			s.status(a, http.StatusForbidden)
			s.says(a, "[role=alert]", "页面放得太久了，请返回首页再查一次。")
			if s.books.looked != 0 {
				t.Error("the books were asked")
			}
			s.neverTold(a, zhangNumber)
		})
	}
}

func TestLimits(t *testing.T) {
	few := Limit{Max: 2, Window: time.Minute}
	for name, c := range map[string]struct {
		limit  func(*Limits)
		kiosk  string
		forget bool // a new browser each time
		open   func(*site) answer
		want   int
	}{
		"device":                  {limit: func(l *Limits) { l.LookupDevice = few }, want: 429},
		"another device":          {limit: func(l *Limits) { l.LookupDevice = few }, forget: true, want: 200},
		"address":                 {limit: func(l *Limits) { l.LookupAddress = few }, forget: true, want: 429},
		"total":                   {limit: func(l *Limits) { l.LookupTotal = few }, forget: true, want: 429},
		"a registered kiosk":      {limit: func(l *Limits) { l.LookupDevice, l.LookupAddress = few, few }, kiosk: "0.0.0.0/32", want: 200},
		"a kiosk under the total": {limit: func(l *Limits) { l.LookupTotal = few }, kiosk: "0.0.0.0", want: 429},
		"names":                   {limit: func(l *Limits) { l.Browse = few }, open: func(s *site) answer { return s.get("/people?name=%E5%BC%A0%E4%B8%89") }, want: 429},
		"typing errors are free":  {limit: func(l *Limits) { l.LookupDevice = few }, open: func(s *site) answer { return s.ask("张三丰", "1") }, want: 422},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t, func(config *Config) {
				c.limit(&config.Limits)
				if c.kiosk != "" {
					config.Kiosks = []string{c.kiosk}
				}
			})
			if c.open == nil {
				c.open = func(s *site) answer { return s.ask("张三丰", otherNumber) }
			}
			var a answer
			for i := range 3 {
				if c.forget {
					s.cookies = map[string]string{}
				}
				if a = c.open(s); i < 2 && a.StatusCode == 429 {
					t.Fatalf("refused at try %d", i+1)
				}
			}
			s.status(a, c.want)
			if c.want != 429 {
				return
			}
			wait, err := time.ParseDuration(a.Header.Get("Retry-After") + "s")
			if err != nil || wait < time.Minute || wait > 2*time.Minute {
				t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
			}
			s.says(a, "main", "分钟再查", "0990-1234567")
			checkWhole(t, a)
			checkHeaders(t, a)
		})
	}
}

// Whoever waits as long as the page says is let in; fiber's own Retry-After would turn them away again.
func TestTheWaitNamedIsEnough(t *testing.T) {
	t.Parallel()
	s := setup(t, func(c *Config) { c.Limits.LookupDevice = Limit{Max: 2, Window: 2 * time.Second} })
	var a answer
	for range 6 {
		a = s.ask("张三丰", otherNumber)
	}
	s.status(a, http.StatusTooManyRequests)
	wait, err := time.ParseDuration(a.Header.Get("Retry-After") + "s")
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(wait)
	s.status(s.ask("张三丰", otherNumber), http.StatusOK)
}
