package portal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// sitting is one visitor's time at a hall's machine: what was entered so far, and whom the books found. It lives in a cookie that
// is sealed, so that neither a page nor an address nor the machine's disk holds a number in the clear, and the server keeps
// nothing. All that a visitor saw is reached through it: once it is gone, every address of theirs leads to the kiosk's home.
type sitting struct {
	ID     string   `json:"i"` // tells one visitor's pages from the next one's
	At     int64    `json:"t"` // when something was last done
	Pad    padState `json:"p,omitzero"`
	Number string   `json:"d,omitempty"` // as far as it was typed; gone as soon as the books were asked
	Person string   `json:"r,omitempty"` // a random reference; nobody's when nobody was found
	Doubt  bool     `json:"o,omitempty"` // the number broke its own rules
	Ask    kioskAsk `json:"a,omitzero"`
	Here   string   `json:"h,omitempty"` // the screen that was last shown
}

// seat is what a page shows of a sitting.
type seat struct {
	sitting
	Back       string // the screen before
	Rest, Warn int    // seconds without a touch until all is wiped, and how many of them are counted down
	Ours       bool
	over       bool // do not go on with it
	asking     bool // the page asks whether somebody is still there
}

// Quiet is how long a page without scripts stays; Then is where it goes. The page that asks whether somebody is there waits for
// as long as the others would count down, and wipes.
func (t *seat) Quiet() int {
	if t.asking {
		return t.Warn
	}
	return t.Rest - t.Warn
}

// Then is Quiet's other half.
func (t *seat) Then() string {
	if t.asking {
		return "/kiosk"
	}
	return "/kiosk/still"
}

const seatKey = localKey("seat")

// hallCookie marks a browser that a kiosk's home was opened in, until it is closed or leaves: without a sitting it is shown
// nothing but that home. It says nothing of anybody.
func (s *Server) hallCookie() string    { return s.cookieName() + "-hall" }
func (s *Server) sittingCookie() string { return s.cookieName() + "-sitting" }

func seatOf(c *fiber.Ctx) *seat {
	t, _ := c.Locals(seatKey).(*seat)
	return t
}

// hallRoads are where a visitor of a hall's machine may go, by the beginning of the path; the rest of the site wants a keyboard,
// a file's place or an account. Those that end in a slash are for what lies under them.
var hallRoads = []string{"/kiosk/", "/people", "/funds", "/answers", "/wall", "/about", "/challenge", "/words.json"}

// aside are addresses that tell nothing of a visitor, and are answered to anybody.
var aside = []string{"/static/", "/kiosk/register", "/kiosk/sit", "/kiosk/leave", "/sw.js", "/offline", "/favicon.ico", "/healthz", "/readyz", "/robots.txt"}

// atHall keeps a hall's machine at what its present visitor may see, in the edition made for it, and nothing in any cache.
func (s *Server) atHall(c *fiber.Ctx) error {
	path := strings.ToLower(c.Path()) // as routes are found
	kiosk := strings.HasPrefix(path, "/kiosk/")
	if path == "/kiosk" || !kiosk && c.Cookies(s.hallCookie()) == "" || begins(path, aside) {
		return c.Next()
	}
	t, ok := s.openSitting(c.Cookies(s.sittingCookie()))
	switch {
	case !ok || !begins(path, hallRoads) && path != "/ask" || strings.Contains(path, "/documents/"):
		keepPrivate(c)
		if !asksForPage(c) { // no finger: the home would end a sitting for a picture's sake
			return ledger.ErrNotFound
		}
		return c.Redirect("/kiosk", http.StatusSeeOther)
	case path == "/ask": // a text to be written is no task for a machine without a keyboard
		return c.Redirect("/kiosk/ask?row="+rowText(rowOf(c.Query("row"))), http.StatusSeeOther)
	}
	now := s.seat(c, t)
	err := c.Next()
	if c.Method() == http.MethodGet && path != "/kiosk/still" && isPage(c) && len(c.OriginalURL()) < 300 {
		now.Here = c.OriginalURL()
	}
	if !now.over {
		now.At = time.Now().Unix()
		s.setCookie(c, s.sittingCookie(), s.seal(now.sitting), 0)
	}
	keepPrivate(c)
	return err
}

// asksForPage tells a reader's step from what a page asks for by itself. A step that goes through the worker of the page of being
// away says that it is for nothing, and what it would take all the same.
func asksForPage(c *fiber.Ctx) bool {
	to := c.Get("Sec-Fetch-Dest")
	return to == "" || to == "document" || strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMETextHTML)
}

func isPage(c *fiber.Ctx) bool {
	return c.Response().StatusCode() == http.StatusOK && strings.HasPrefix(string(c.Response().Header.ContentType()), fiber.MIMETextHTML)
}

func begins(path string, list []string) bool {
	for _, p := range list {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// seat lets the pages of this request know the sitting.
func (s *Server) seat(c *fiber.Ctx, t sitting) *seat {
	rest := s.config.Limits.KioskRest
	now := &seat{sitting: t, Back: t.Here, Rest: int(rest / time.Second), Warn: int(rest / time.Second / 4), Ours: s.kioskOf(c) != 0}
	if now.Back == c.OriginalURL() {
		now.Back = ""
	}
	c.Locals(seatKey, now)
	return now
}

// sitDown begins a sitting with nothing of anybody else's in it.
func (s *Server) sitDown(c *fiber.Ctx) {
	s.setCookie(c, s.sittingCookie(), s.seal(sitting{ID: rand.Text()[:8], At: time.Now().Unix()}), 0)
}

// wipe ends whatever sitting there was: every cookie of the visit goes, but for the machine's own key. It tells whether there
// was one.
func (s *Server) wipe(c *fiber.Ctx) (was bool) {
	if t := seatOf(c); t != nil {
		t.over = true
	}
	was = c.Cookies(s.sittingCookie()) != ""
	for _, name := range []string{s.sittingCookie(), s.visitCookie(), s.cookieName(), elderCookie} {
		if c.Cookies(name) != "" {
			s.setCookie(c, name, "", -1)
		}
	}
	return was
}

func (s *Server) sittingSeal() cipher.AEAD {
	block, _ := aes.NewCipher(s.mark("kiosk sitting", "")) // 32 bytes
	seal, _ := cipher.NewGCM(block)
	return seal
}

func (s *Server) seal(t sitting) string {
	text, _ := json.Marshal(t) // strings and numbers
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(s.sittingSeal().Seal(nonce, nonce, text, nil))
}

// openSitting reads what seal wrote. A sitting that nobody touched for twice its rest is over, whatever the browser still has:
// pages wipe it after one.
func (s *Server) openSitting(text string) (t sitting, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) <= 12 {
		return t, false
	}
	plain, err := s.sittingSeal().Open(nil, b[:12], b[12:], nil)
	if err != nil || json.Unmarshal(plain, &t) != nil {
		return sitting{}, false
	}
	if time.Since(time.Unix(t.At, 0)) > 2*s.config.Limits.KioskRest+time.Second {
		return sitting{}, false
	}
	return t, true
}
