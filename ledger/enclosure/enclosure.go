// Package enclosure says what keeps a stranger's document from being kept, knows what it tells of its maker, and makes the copy of
// it that everybody may have: a picture or an office document written anew from the parts that are known to be harmless, so
// that what nobody thought of is left out and not let through. What it does not understand it refuses. It does no I/O and
// keeps nothing.
package enclosure

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strings"

	"mingbai/ledger"
)

// Bounds of what is read. What came to the desk was held against stricter ones already.
const (
	maxUnpacked = 100 << 20
	maxPixels   = 40_000_000
	quality     = 80
)

// Copy is an attachment that everybody may have.
type Copy struct {
	Type    string // jpg, docx, xlsx
	Content []byte
	Text    string // what can be read in it, to be looked through like any text that is published
}

func refuse(message string) error { return ledger.Errorf(ledger.KindInvalid, "%s", message) }

// Public makes the copy of an attachment that everybody may have, or says what keeps it from being published.
func Public(kind string, content []byte) (Copy, error) {
	switch kind {
	case "jpg":
		clean, err := picture(content, "jpg")
		return Copy{Type: kind, Content: clean}, err
	case "docx", "xlsx":
		return document(kind, content)
	}
	return Copy{}, refuse("PDF 里可能记着作者、单位和改动前的文字，不能直接公开。请把要公开的那一页存成图片，或者把内容写进答复")
}

// Marks are what an attachment tells of who made it: authors and companies. Of what cannot be read there are none.
func Marks(kind string, content []byte) (marks []string) {
	if kind != "docx" && kind != "xlsx" {
		return nil
	}
	book, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil
	}
	room := int64(maxUnpacked)
	for _, f := range book.File {
		if !strings.HasPrefix(f.Name, "docProps/") || !strings.HasSuffix(f.Name, ".xml") {
			continue
		}
		part, err := unpack(f, &room)
		if err != nil {
			return marks
		}
		for _, m := range textsOf(part, "creator", "lastModifiedBy", "Company", "Manager") {
			if !slices.Contains(marks, m) && !slices.Contains(nobody, strings.ToLower(m)) {
				marks = append(marks, m)
			}
		}
	}
	return marks
}

// nobody are the authors that programs write where nobody said who they are.
var nobody = []string{"administrator", "admin", "user", "微软用户", "microsoft", "windows 用户", "windows user", "wps office", "openpyxl", "xuri"}

// textsOf are the texts of the elements by those names.
func textsOf(part []byte, names ...string) (texts []string) {
	d := xml.NewDecoder(bytes.NewReader(part))
	for {
		token, err := d.Token()
		if err != nil {
			return texts
		}
		start, ok := token.(xml.StartElement)
		if !ok || !slices.Contains(names, start.Name.Local) {
			continue
		}
		var text string
		if d.DecodeElement(&text, &start) == nil && strings.TrimSpace(text) != "" {
			texts = append(texts, strings.TrimSpace(text))
		}
	}
}

var errTooMuch = errors.New("unpacks to too much")

func unpack(f *zip.File, room *int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	part, err := io.ReadAll(io.LimitReader(r, *room+1))
	if *room -= int64(len(part)); *room < 0 {
		return nil, errTooMuch
	}
	return part, err
}

// picture is a picture written anew: of a file that was decoded and encoded nothing but the pixels is left.
func picture(content []byte, kind string) ([]byte, error) {
	broken := refuse("里面的图片打不开，不能公开")
	head, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || head.Width <= 0 || head.Height <= 0 || head.Width > maxPixels/head.Height {
		return nil, broken
	}
	p, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, broken
	}
	var out bytes.Buffer
	if kind == "png" {
		err = png.Encode(&out, p)
	} else {
		err = jpeg.Encode(&out, p, &jpeg.Options{Quality: quality})
	}
	return out.Bytes(), err
}
