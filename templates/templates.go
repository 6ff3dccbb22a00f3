// Package templates holds the portal's pages: layout.html, partials/, pages/ and what they load from static/.
//
// It is files only. What a page shows and who may see it is decided in package portal, which hands every page one typed
// struct; a template must never compute a total, and nothing here may name a style or a script inline: the portal's
// content security policy refuses both.
package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"path"
	"strings"
)

// Pages holds layout.html, partials/ and pages/.
//
//go:embed layout.html partials pages
var Pages embed.FS

// Print holds sheets for paper, which stand for themselves: style and pictures are in them.
//
//go:embed print
var Print embed.FS

//go:embed static
var static embed.FS

// Asset is a file of static/ under an address that changes with its content, so that browsers may keep it for ever.
type Asset struct {
	Name string // portal.css
	Path string // /static/portal.1f2e3d4c5b6a.css
	ETag string
	Type string
	Body []byte
}

// Assets reads every file of static/.
func Assets() ([]Asset, error) {
	var assets []Asset
	err := fs.WalkDir(static, "static", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := static.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		hash := hex.EncodeToString(sum[:6])
		ext := path.Ext(file)
		assets = append(assets, Asset{
			Name: strings.TrimPrefix(file, "static/"),
			Path: "/" + strings.TrimSuffix(file, ext) + "." + hash + ext,
			ETag: `"` + hash + `"`,
			Type: contentType(ext),
			Body: body,
		})
		return nil
	})
	return assets, err
}

// contentType does not ask the machine for what we serve: its tables differ from one distribution to the next.
func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(ext)
}
