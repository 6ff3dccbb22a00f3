package portal

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"mingbai/ledger"
)

const (
	attachedKey = localKey("attached")
	// besidesFile is how much longer than its file a form may be, and the most of all its other fields together.
	besidesFile = 16 << 10
	// attachTime is how long a slow line may take to bring a file.
	attachTime = 2 * time.Minute
)

// attached is what a form with a file brought. It is held in memory and never spilled to a temporary file.
type attached struct {
	fields map[string]string
	name   string // the file's own, as the browser tells it
	file   []byte // nil when none was chosen
}

// with is a need whose form may bring a file of so many bytes. All other routes keep the site's small limit.
func (n need) with(bytes int) need {
	n.file = bytes
	return n
}

// allow gives those routes that take a file the room for it, before the body is read: to browsers that say they are inside. Whether they
// are is asked before anything is done with the body.
func (s *Server) allow(h *fasthttp.RequestHeader) (room fasthttp.RequestConfig) {
	if !h.IsPost() || len(h.Cookie(s.officeCookie())) == 0 {
		return room
	}
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	for key, n := range s.needs {
		if pattern, post := strings.CutPrefix(key, http.MethodPost+" "); post && n.file > 0 && fiber.RoutePatternMatch(path, pattern) {
			return fasthttp.RequestConfig{ReadTimeout: attachTime, MaxRequestBodySize: n.file + besidesFile}
		}
	}
	return room
}

// tokenIn is the form's token; a form with a file is read for it, whole, and waits for its handler in attachedTo.
func tokenIn(c *fiber.Ctx, n need) (string, error) {
	if n.file == 0 {
		return c.FormValue(tokenField), nil
	}
	a, err := readAttached(c, n.file)
	if err != nil {
		return "", err
	}
	c.Locals(attachedKey, a)
	return a.fields[tokenField], nil
}

func attachedTo(c *fiber.Ctx) attached {
	a, _ := c.Locals(attachedKey).(attached)
	return a
}

func readAttached(c *fiber.Ctx, most int) (a attached, err error) {
	a.fields = map[string]string{}
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm {
		a.fields[tokenField] = c.FormValue(tokenField)
		return a, nil
	}
	body := c.Context().RequestBodyStream()
	if body == nil {
		body = bytes.NewReader(c.Request().Body())
	}
	parts := multipart.NewReader(body, params["boundary"])
	room := int64(besidesFile)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			return a, errForm
		}
		limit := room
		if part.FileName() != "" {
			limit = int64(most)
		}
		content, err := io.ReadAll(io.LimitReader(part, limit+1))
		switch {
		case err != nil:
			return a, errForm
		case int64(len(content)) > limit:
			return a, ledger.Errorf(ledger.KindInvalid, "文件太大了，最大%dMB。请缩小后再传。", most>>20)
		case part.FileName() != "":
			a.name, a.file = part.FileName(), content
		default:
			room -= int64(len(content))
			a.fields[part.FormName()] = string(content)
		}
	}
}
