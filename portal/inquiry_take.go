package portal

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

const (
	maxEnclosures = 5
	maxEnclosure  = 10 << 20 // bytes of one
	besidesThem   = 64 << 10 // of all other fields together: a text of 5000 characters takes 15
)

// taking bounds how many forms with files are held in memory at once.
var taking = make(chan struct{}, 4)

// brought is what a form brought: fields, and files as they came.
type brought struct {
	fields url.Values
	files  []rawFile
}

type rawFile struct {
	name    string
	content []byte
}

// bring reads a form part by part, in memory and nowhere else, and holds its token.
func (s *Server) bring(c *fiber.Ctx) (b brought, done func(), err error) {
	select {
	case taking <- struct{}{}:
		done = func() { <-taking }
	case <-c.UserContext().Done():
		return b, func() {}, ledger.Errorf(ledger.KindTooMany, "现在送件的人多，请过一会儿再送。")
	}
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm {
		return brought{}, done, errForm
	}
	if b, err = readBrought(multipart.NewReader(patient{c}, params["boundary"])); err != nil {
		return b, done, err
	}
	return b, done, s.checked(c, b.fields.Get(tokenField))
}

// text is a field as its writer meant it: without blanks around it, and with one kind of line end.
func (b brought) text(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(b.fields.Get(name), "\r\n", "\n"))
}

func readBrought(parts *multipart.Reader) (b brought, err error) {
	b.fields = url.Values{}
	room := int64(besidesThem)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return b, nil
		}
		if err != nil {
			return b, errForm
		}
		file := part.FileName() != ""
		limit := room
		if file {
			limit = maxEnclosure
		}
		content, err := io.ReadAll(io.LimitReader(part, limit+1))
		switch {
		case err != nil:
			return b, errForm
		case file && int64(len(content)) > limit:
			return b, ledger.Errorf(ledger.KindInvalid, "附件“%s”太大了，一个最大10MB。请缩小后再送。", part.FileName())
		case int64(len(content)) > limit:
			return b, fiber.ErrRequestEntityTooLarge
		case file && len(b.files) == maxEnclosures:
			return b, ledger.Errorf(ledger.KindInvalid, "附件最多5个，请去掉几个再送。")
		case file:
			b.files = append(b.files, rawFile{part.FileName(), content})
		default:
			room -= int64(len(content))
			b.fields.Add(part.FormName(), string(content))
		}
	}
}

// enclosures makes files of a form into ones that may be kept, or says which one may not, and why.
func (s *Server) enclosures(ctx context.Context, raw []rawFile) ([]inquiry.NewFile, error) {
	var files []inquiry.NewFile
	for _, r := range raw {
		f, err := cleanEnclosure(r.name, r.content)
		if err == nil {
			f.Held, err = s.scanned(ctx, r.content)
		}
		if err != nil {
			if ledger.KindOf(err) == ledger.KindInvalid {
				err = &ledger.Error{Kind: ledger.KindInvalid, Message: "附件“" + r.name + "”：" + ledger.MessageOf(err), Cause: errors.Unwrap(err)}
			}
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// scanned looks a file through for viruses where the county has somebody to do it. Where that one is away, the file is held: it
// is kept, and opened by nobody before it was looked through.
func (s *Server) scanned(ctx context.Context, content []byte) (held bool, err error) {
	if s.config.Scan == nil {
		return false, nil
	}
	found, err := s.config.Scan.Scan(ctx, content)
	switch {
	case err != nil:
		s.log.Warn("病毒检查不了，附件先放着不打开", "err", err)
		return true, nil
	case found != "":
		return false, ledger.Errorf(ledger.KindInvalid, "里面有病毒，没有收下。请换一个文件")
	}
	return false, nil
}

const broughtKey = localKey("brought")

// longForm is a need whose form brings long texts and files.
func (n need) longForm() need {
	n.long = true
	return n
}

// broughtTo is what an office form of that kind brought: the door has read it to find its token.
func broughtTo(c *fiber.Ctx) brought {
	b, _ := c.Locals(broughtKey).(brought)
	if b.fields == nil {
		b.fields = url.Values{}
	}
	return b
}
