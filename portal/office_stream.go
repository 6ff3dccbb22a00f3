package portal

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

const (
	bodyLimit = 16 << 10 // of every form but those that bring workbooks
	maxFile   = 64 << 20 // of one workbook
	maxFiles  = 2000     // of one sending: a large county has a thousand villages

	patience   = 30 * time.Second // that a line may be still while files come over it
	fileTime   = time.Minute      // that the books may take to keep one
	refusedMax = 8 << 20          // read of a body that is refused, so that the browser hears why
	partsKey   = localKey("parts")
)

// streaming is a need whose form brings workbooks: its body is read part by part and never held whole.
func (n need) streaming() need {
	n.stream = true
	return n
}

// wholeBody reads the body of every form that brings no workbook, and refuses one that is longer than forms are. The server
// hands bodies over as streams, without a limit of its own.
func (s *Server) wholeBody(c *fiber.Ctx) error {
	req := c.Request()
	if !req.IsBodyStream() {
		return c.Next()
	}
	if s.streams(c) {
		err := c.Next()
		// What a refusal left unread is no next request.
		c.Context().SetConnectionClose()
		if body := req.BodyStream(); body != nil {
			_, _ = io.CopyN(io.Discard, body, refusedMax)
		}
		return err
	}
	if err := readForm(c); err != nil {
		c.Context().SetConnectionClose()
		return err
	}
	return c.Next()
}

// readForm reads a body that is no longer than forms are.
func readForm(c *fiber.Ctx) error {
	req := c.Request()
	if !req.IsBodyStream() {
		return nil
	}
	if req.Header.ContentLength() > bodyLimit {
		return fiber.ErrRequestEntityTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(req.BodyStream(), bodyLimit+1)) // nobody knows how long a chunked one is
	switch {
	case err != nil:
		return fiber.ErrBadRequest
	case len(body) > bodyLimit:
		return fiber.ErrRequestEntityTooLarge
	}
	req.SetBody(body)
	return nil
}

// streams says whether a request is for a route that takes workbooks.
func (s *Server) streams(c *fiber.Ctx) bool {
	if c.Method() != http.MethodPost {
		return false
	}
	for _, pattern := range s.streamed {
		if fiber.RoutePatternMatch(c.Path(), pattern) {
			return true
		}
	}
	return false
}

// tokenIn is the token that a form carries. Where workbooks come with it, it is the first part, and the parts after it wait
// for the handler; a form with one small file is read for it, whole, and waits in attachedTo.
func tokenIn(c *fiber.Ctx, n need) (string, error) {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	switch {
	case !n.stream && n.file == 0 && !n.long:
		return c.FormValue(tokenField), nil
	case n.long && (err != nil || kind != fiber.MIMEMultipartForm):
		err := readForm(c)
		b := brought{fields: url.Values{tokenField: {c.FormValue(tokenField)}}}
		c.Locals(broughtKey, b)
		return b.fields.Get(tokenField), err
	case err != nil || kind != fiber.MIMEMultipartForm: // the handler will say that it wants a file
		err := readForm(c)
		a := attached{fields: map[string]string{tokenField: c.FormValue(tokenField)}}
		c.Locals(attachedKey, a)
		return a.fields[tokenField], err
	case n.long:
		b, err := readBrought(multipart.NewReader(patient{c}, params["boundary"]))
		c.Locals(broughtKey, b)
		return b.fields.Get(tokenField), err
	case n.file > 0:
		a, err := readAttached(multipart.NewReader(patient{c}, params["boundary"]), n.file)
		c.Locals(attachedKey, a)
		return a.fields[tokenField], err
	}
	parts := multipart.NewReader(patient{c}, params["boundary"])
	first, err := parts.NextPart()
	if err != nil || first.FormName() != tokenField {
		return "", nil //nolint:nilerr // a form without its token in front is like one without
	}
	token, err := io.ReadAll(io.LimitReader(first, 1<<10))
	if err != nil {
		return "", brokenLine(err)
	}
	c.Locals(partsKey, parts)
	return string(token), nil
}

// patient reads a body for as long as anything comes. The server's own limit is for the whole of a request, and a village's
// line is slow. It is read from only once the session is known.
type patient struct{ c *fiber.Ctx }

func (p patient) Read(b []byte) (int, error) {
	body := p.c.Context().RequestBodyStream()
	if body == nil {
		return 0, io.EOF
	}
	if conn := p.c.Context().Conn(); conn != nil {
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return 0, err
		}
	}
	return body.Read(b)
}

// incoming is a form with workbooks on its way in.
type incoming struct {
	fields map[string]string
	files  int
	read   int // bytes of fields
}

// take reads a form: its fields, which stand before the files, and then each file in turn, which is in memory alone and
// only until take hands it on. A file that is too large comes as nil, with its size.
func (in *incoming) take(c *fiber.Ctx, file func(ctx context.Context, name string, content []byte, size int64) error) error {
	in.fields = map[string]string{}
	parts, ok := c.Locals(partsKey).(*multipart.Reader)
	if !ok {
		return errForm
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenLine(err)
		}
		if part.FileName() == "" {
			if err := in.field(part); err != nil {
				return err
			}
			continue
		}
		if in.files++; in.files > maxFiles {
			return ledger.Errorf(ledger.KindInvalid, "一次最多传%d个文件，前面的已收下，其余的请分次传", maxFiles)
		}
		content, size, err := readWhole(part)
		if err != nil {
			return brokenLine(err)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), fileTime)
		err = file(ctx, part.FileName(), content, size)
		cancel()
		if err != nil {
			return err
		}
	}
}

func (in *incoming) field(part *multipart.Part) error {
	value, err := io.ReadAll(io.LimitReader(part, bodyLimit+1))
	if err != nil {
		return brokenLine(err)
	}
	if in.read += len(value); in.read > bodyLimit {
		return fiber.ErrRequestEntityTooLarge
	}
	in.fields[part.FormName()] = string(value)
	return nil
}

// readWhole reads a file into memory. One that is too large is read past and answered as nil.
func readWhole(part *multipart.Part) (content []byte, size int64, err error) {
	content, err = io.ReadAll(io.LimitReader(part, maxFile+1))
	if err != nil || len(content) <= maxFile {
		return content, int64(len(content)), err
	}
	size = int64(len(content))
	rest, err := io.Copy(io.Discard, part)
	return nil, size + rest, err
}

func brokenLine(err error) error {
	return &ledger.Error{Kind: ledger.KindInvalid, Message: "传到一半断了，已收下的文件都在。请再传一次，收下过的不会重复", Cause: err}
}
