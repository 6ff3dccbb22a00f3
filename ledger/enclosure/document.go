package enclosure

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"
)

// How a part of a document is treated: kept, written anew, dropped; a part that no line knows keeps the document from being
// published.
type treatment int

const (
	unknown treatment = iota
	keep
	drop    // tells of its maker, and the document is whole without it
	picked  // a picture
	comment // words beside the document, with their authors
)

// treatments say it by the beginning or the end of a part's name. The first that fits is meant.
var treatments = []struct {
	name string // ends in / or _: a beginning
	what treatment
}{
	{"[Content_Types].xml", keep},
	{"_rels/.rels", keep},
	{"docProps/", drop},
	{"customXml/", drop},
	{"word/document.xml", keep},
	{"word/styles.xml", keep},
	{"word/settings.xml", drop},
	{"word/webSettings.xml", drop},
	{"word/fontTable.xml", drop},
	{"word/numbering.xml", keep},
	{"word/footnotes.xml", keep},
	{"word/endnotes.xml", keep},
	{"word/header_", keep},
	{"word/footer_", keep},
	{"word/theme/", keep},
	{"word/media/", picked},
	{"word/_rels/", keep},
	{"word/people.xml", drop},
	{"word/stylesWithEffects.xml", drop},
	{"word/comments_", comment},
	{"xl/workbook.xml", keep},
	{"xl/styles.xml", keep},
	{"xl/sharedStrings.xml", keep},
	{"xl/calcChain.xml", drop},
	{"xl/theme/", keep},
	{"xl/worksheets/_rels/", keep},
	{"xl/worksheets/", keep},
	{"xl/_rels/", keep},
	{"xl/metadata.xml", drop},
	{"xl/printerSettings/", drop},
	{"xl/drawings/_rels/", keep},
	{"xl/drawings/drawing_", keep},
	{"xl/media/", picked},
	{"xl/persons/", drop},
	{"xl/comments_", comment},
	{"xl/threadedComments/", comment},
	{"xl/tables/", keep},
}

func treatmentOf(name string) treatment {
	for _, t := range treatments {
		begin, open := strings.CutSuffix(t.name, "_")
		if strings.HasSuffix(t.name, "/") || open {
			if strings.HasPrefix(name, begin) {
				return t.what
			}
			continue
		}
		if name == t.name {
			return t.what
		}
	}
	return unknown
}

// What in a part that is kept would tell of somebody, or of what was there before.
var (
	authored  = regexp.MustCompile(`[\s:](author|initials|userId|userName|providerId)\s*=\s*["']`)
	sessions  = regexp.MustCompile(`\s[\w]+:(rsid\w*|paraId|textId|editId|anchorId)\s*=\s*("[^"]*"|'[^']*')`)
	hidden    = regexp.MustCompile(`state\s*=\s*["'](hidden|veryHidden)["']|[\s:]hidden\s*=\s*["'](1|true|on)["']|<\w+:vanish\s*/?>`)
	outside   = regexp.MustCompile(`TargetMode\s*=\s*["']External["']`)
	paths     = regexp.MustCompile(`(?s)<mc:AlternateContent[^>]*>\s*<mc:Choice[^>]*>\s*<x15ac:absPath[^>]*/>\s*</mc:Choice>\s*</mc:AlternateContent>`)
	revision  = regexp.MustCompile(`<xr:revisionPtr[^>]*/>`)
	printer   = regexp.MustCompile(`(<pageSetup\b[^>]*?)\s+\w+:id\s*=\s*("[^"]*"|'[^']*')`)
	described = regexp.MustCompile(`\s(descr|title)\s*=\s*("[^"]*"|'[^']*')`)
)

// document writes an office document anew of the parts that may be published.
func document(kind string, content []byte) (Copy, error) {
	broken := refuse("没有传完整或已损坏，不能公开")
	book, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return Copy{}, broken
	}
	room := int64(maxUnpacked)
	gone := map[string]bool{}
	parts := map[string][]byte{}
	var order []string
	var text strings.Builder
	for _, f := range book.File {
		what := treatmentOf(f.Name)
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		part, err := unpack(f, &room)
		switch {
		case errors.Is(err, errTooMuch):
			return Copy{}, refuse("展开以后太大，不能公开")
		case err != nil || parts[f.Name] != nil:
			return Copy{}, broken
		case what == unknown:
			return Copy{}, refuse("里面有认不出的内容，不能直接公开。请把内容复制到新文件里，另存以后再由来件人补交，或者写进答复")
		case what == comment:
			return Copy{}, refuse("里面有批注，批注带着作者，不能公开")
		case what == drop:
			gone[f.Name] = true
			continue
		case what == picked:
			part, err = mediaOf(f.Name, part)
		default:
			part, err = plainPart(f.Name, part)
		}
		if err != nil {
			return Copy{}, err
		}
		if strings.HasSuffix(f.Name, ".xml") {
			text.WriteString(wordsOf(part))
		}
		parts[f.Name], order = part, append(order, f.Name)
	}
	for _, name := range order {
		if name == "[Content_Types].xml" || strings.HasSuffix(name, ".rels") {
			parts[name] = without(name, parts[name], gone)
		}
	}
	out, err := packed(order, parts)
	return Copy{Type: kind, Content: out, Text: text.String()}, err
}

func mediaOf(name string, part []byte) ([]byte, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg":
		return picture(part, "jpg")
	case ".png":
		return picture(part, "png")
	}
	return nil, refuse("里面有认不出的图片，不能公开")
}

// plainPart is a part of text without what tells who wrote it and when; what cannot be left out keeps it from being published.
func plainPart(name string, part []byte) ([]byte, error) {
	// Word and Excel write UTF-8; in another encoding nothing could be looked for.
	if bytes.HasPrefix(part, []byte("\xff\xfe")) || bytes.HasPrefix(part, []byte("\xfe\xff")) || bytes.Contains(part, []byte("<!DOCTYPE")) || bytes.Contains(part, []byte("<!ENTITY")) {
		return nil, refuse("里面有认不出的内容，不能公开")
	}
	if strings.HasSuffix(name, ".rels") {
		if outside.Match(part) {
			return nil, refuse("里面有指向别处的链接，不能公开")
		}
		return part, nil
	}
	switch {
	case authored.Match(part):
		return nil, refuse("里面有修订，修订带着作者和改动前的文字，不能公开。请接受全部修订，另存以后再补交")
	case hidden.Match(part) && !strings.HasSuffix(name, "styles.xml"):
		return nil, refuse("里面有隐藏的文字、行列或工作表，不能公开")
	}
	part = sessions.ReplaceAll(part, nil)
	part = paths.ReplaceAll(part, nil)
	part = revision.ReplaceAll(part, nil)
	part = printer.ReplaceAll(part, []byte("$1"))
	part = described.ReplaceAllFunc(part, func(m []byte) []byte {
		if strings.Contains(name, "styles") {
			return m
		}
		return nil
	})
	if bytes.Contains(part, []byte("absPath")) {
		return nil, refuse("里面记着原来存放的位置，不能公开。请另存以后再补交")
	}
	return comments.ReplaceAll(part, nil), nil
}

var comments = regexp.MustCompile(`(?s)<!--.*?-->`)

// wordsOf are the words of a part as they are read.
func wordsOf(part []byte) string {
	var b strings.Builder
	d := xml.NewDecoder(bytes.NewReader(part))
	for {
		token, err := d.Token()
		if err != nil {
			return b.String()
		}
		switch t := token.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.EndElement:
			if slices.Contains([]string{"p", "si", "row", "c"}, t.Name.Local) {
				b.WriteByte('\n')
			}
		}
	}
}

var (
	override = regexp.MustCompile(`<Override\b[^>]*?PartName\s*=\s*["']/([^"']*)["'][^>]*?(?:/>|>\s*</Override>)`)
	relation = regexp.MustCompile(`<Relationship\b[^>]*?Target\s*=\s*["']([^"']*)["'][^>]*?(?:/>|>\s*</Relationship>)`)
)

// without takes out of a list of parts what the copy does not have.
func without(name string, part []byte, gone map[string]bool) []byte {
	pattern, base := override, ""
	if name != "[Content_Types].xml" {
		pattern, base = relation, path.Dir(path.Dir(name))
	}
	return pattern.ReplaceAllFunc(part, func(line []byte) []byte {
		target := string(pattern.FindSubmatch(line)[1])
		if rest, whole := strings.CutPrefix(target, "/"); whole {
			target = rest
		} else if base != "" {
			target = path.Join(base, target)
		}
		if gone[target] {
			return nil
		}
		return line
	})
}

// packed is a zip of the parts, with no times and no names of whoever packed it.
func packed(order []string, parts map[string][]byte) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range order {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(parts[name]); err != nil {
			return nil, err
		}
	}
	err := w.Close() // writes the list of the parts
	return b.Bytes(), err
}
