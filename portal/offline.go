package portal

import (
	"encoding/json"
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// offlinePage is what a browser keeps for when it reaches nobody. It is the same for everyone, and the only page that is kept
// (templates/static/worker.js): what names people must not outlast its reader on a machine that others use.
type offlinePage struct{ Frame }

func (offlinePage) view() string { return "pages/offline" }

const offlinePath = "/offline"

func (s *Server) offline(c *fiber.Ctx) error {
	p := offlinePage{s.frame("现在连不上")}
	p.NoIndex, p.reader = true, nil // in the ordinary edition, whoever asks
	return s.show(c, http.StatusOK, p)
}

// worker is the script that keeps the page, with the list of files that it may keep before it. It stands at the root because a
// worker answers for what lies under it.
func (s *Server) worker(c *fiber.Ctx) error {
	files := []string{offlinePath}
	var body []byte
	for _, name := range []string{"portal.css", "page.js", "offline.js", "mark.svg", "worker.js"} {
		path, err := s.assetPath(name)
		if err != nil {
			return err
		}
		if name == "worker.js" {
			body = s.assets[path].Body
			continue
		}
		files = append(files, path)
	}
	list, _ := json.Marshal(files) // strings
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	return c.Send(append([]byte("const files = "+string(list)+";\n"), body...))
}
