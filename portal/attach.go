package portal

import (
	"errors"
	"io"
	"mime/multipart"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

const (
	attachedKey = localKey("attached")
	// besidesFile is the most of all other fields of a form with a file together.
	besidesFile = 16 << 10
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

func attachedTo(c *fiber.Ctx) attached {
	a, _ := c.Locals(attachedKey).(attached)
	return a
}

func readAttached(parts *multipart.Reader, most int) (a attached, err error) {
	a.fields = map[string]string{}
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
