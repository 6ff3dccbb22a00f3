package portal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// Sealer closes a text so that only we can read it and nobody can change it; *ledger.Keyring is one.
type Sealer interface {
	Seal(place string, plain []byte) []byte
	Open(place string, sealed []byte) ([]byte, error)
}

// proofSheet is what a printed sheet carries to be held against the books later.
type proofSheet struct {
	QR   template.HTML
	Path string
	At   time.Time
}

// claim is what a printed sheet says. It is sealed whole: whoever scans the code reads neither whose sheet it is nor what
// stands on it, and one changed character opens no more. Nothing is kept of a printing.
type claim struct {
	person string // the random reference, 32 hex digits
	at     time.Time
	rows   int
	total  ledger.Fen
	digest [12]byte // of the rows as they stood
}

const (
	claimPlace = "proof:sheet"
	claimBytes = 1 + 16 + 8 + 4 + 8 + 12
)

func newClaim(book ledger.OwnBook, at time.Time) claim {
	return claim{book.Person, at, book.Own.Rows, book.Own.Total, digestOf(book, at)}
}

// digestOf is over all rows published by a moment: which there are, their amounts, and whether each counts. A batch that was
// published later leaves it as it is; a correction or withdrawal does not.
func digestOf(book ledger.OwnBook, at time.Time) (d [12]byte) {
	h := sha256.New()
	for _, p := range book.Payments {
		if !p.Published.After(at) {
			fmt.Fprintln(h, p.Batch, p.Line, int64(p.Amount), p.Role, p.Ended.IsZero())
		}
	}
	copy(d[:], h.Sum(nil))
	return d
}

func (m claim) bytes() []byte {
	b := []byte{1}
	person, _ := hex.DecodeString(m.person)
	b = append(b, person...)
	b = binary.BigEndian.AppendUint64(b, uint64(m.at.UnixMicro()))
	b = binary.BigEndian.AppendUint32(b, uint32(m.rows))
	b = binary.BigEndian.AppendUint64(b, uint64(m.total))
	return append(b, m.digest[:]...)
}

func readClaim(b []byte) (m claim, ok bool) {
	if len(b) != claimBytes || b[0] != 1 {
		return m, false
	}
	m.person = hex.EncodeToString(b[1:17])
	m.at = time.UnixMicro(int64(binary.BigEndian.Uint64(b[17:])))
	m.rows = int(binary.BigEndian.Uint32(b[25:]))
	m.total = ledger.Fen(binary.BigEndian.Uint64(b[29:]))
	copy(m.digest[:], b[37:])
	return m, true
}

// proofOf makes the code for a sheet that is about to be shown.
func (s *Server) proofOf(c *fiber.Ctx, book ledger.OwnBook) (*proofSheet, error) {
	if s.config.Seals == nil || len(book.Person) != 32 {
		return nil, nil
	}
	m := newClaim(book, time.Now().Truncate(time.Microsecond)) // as the code keeps it
	code := base64.RawURLEncoding.EncodeToString(s.config.Seals.Seal(claimPlace, m.bytes()))
	picture, err := qr(c.BaseURL() + "/proof/" + code)
	return &proofSheet{picture, "/proof/" + code, m.at}, err
}

// proofPage says whether a printed sheet is ours, and whether the books still say what it says.
type proofPage struct {
	Frame
	Asked   bool // a code was given
	Genuine bool
	Changed bool // something on it was corrected or withdrawn since
	At      time.Time
	Sum     sum
	Newer   int // rows that came later and are not on it

	Token string
	Code  string // of the form that asks for the name on the sheet
	Named bool   // a name was given
	Same  bool   // and it is whose book this is
}

func (proofPage) view() string { return "pages/proof" }

func (s *Server) howToProve(c *fiber.Ctx) error {
	return s.show(c, http.StatusOK, proofPage{Frame: s.frame("核对打印件")})
}

// proof answers what the code says; asked by a form, also whether the name on the paper is whose book it is. The code alone
// names nobody, so a sheet whose printed name was changed is told only by giving that name.
func (s *Server) proof(c *fiber.Ctx) error {
	p := proofPage{Frame: s.frame("核对打印件"), Asked: true, Token: formToken(c), Code: param(c, "sheet")}
	p.NoIndex = true
	m, ok := s.openClaim(p.Code)
	if !ok {
		return s.show(c, http.StatusNotFound, p)
	}
	p.Genuine, p.At, p.Sum = true, m.at, sum{"纸上的历年合计", ledger.Tally{Rows: m.rows, Total: m.total}}
	book, err := s.books.OwnBook(c.UserContext(), m.person)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) { // not found: all of it was taken back
		return err
	}
	p.Changed = digestOf(book, m.at) != m.digest
	for _, pay := range book.Payments {
		if pay.Published.After(m.at) && pay.Ended.IsZero() && len(pay.Former) == 0 {
			p.Newer++
		}
	}
	if name := s.config.Normalise(c.FormValue("name")); c.Method() == fiber.MethodPost && name != "" {
		p.Named, p.Same = true, name == s.config.Normalise(book.Name)
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) openClaim(code string) (m claim, ok bool) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimSpace(code))
	if err != nil {
		return m, false
	}
	plain, err := s.config.Seals.Open(claimPlace, sealed)
	if err != nil {
		return m, false
	}
	return readClaim(plain)
}
