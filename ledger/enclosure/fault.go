package enclosure

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
)

// maxParts bounds an office document: it is a zip, and a zip may unpack to anything.
const maxParts = 2000

// Fault says, in a sentence for whoever sent it, what keeps a document from being kept: that it is something else too, or that
// it does something by itself. Empty when it is one thing only. Pictures have none: they are written anew.
func Fault(kind string, content []byte) string {
	switch kind {
	case "pdf":
		return pdfFault(content)
	case "docx", "xlsx":
		return bookFault(content)
	}
	return ""
}

const otherThings = "文件里还藏着别的东西，没有收下。请重新导出，或拍照后再传"

// pdfFault says what keeps a PDF from being kept: that it is something else too, or that it does something by itself.
func pdfFault(content []byte) string {
	end := bytes.LastIndex(content, []byte("%%EOF"))
	switch {
	case end < 0:
		return "没有传完整或已损坏。请重新导出后再传"
	case len(bytes.TrimSpace(content[end+len("%%EOF"):])) > 0, bytes.Contains(content, []byte("PK\x05\x06")), hasMarkup(content):
		return otherThings
	}
	for _, active := range []string{"/JavaScript", "/JS ", "/JS(", "/JS<", "/Launch", "/EmbeddedFile", "/RichMedia"} {
		if bytes.Contains(content, []byte(active)) {
			return "文件里有会自己运行的内容，没有收下。请另存为普通的 PDF，或拍照后再传"
		}
	}
	return ""
}

// hasMarkup says whether the beginning would be taken for a web page.
func hasMarkup(content []byte) bool {
	head := bytes.ToLower(content[:min(len(content), 1024)])
	for _, tag := range []string{"<html", "<script", "<svg", "<body", "<!doctype"} {
		if bytes.Contains(head, []byte(tag)) {
			return true
		}
	}
	return false
}

// bookFault says what keeps a docx or xlsx from being kept. Every part is unpacked: what its header says may be a lie.
func bookFault(content []byte) string {
	book, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	switch {
	case err != nil:
		return "没有传完整或已损坏。请另存后再传"
	// It begins with its first part and ends with its own list: nothing stands before or after.
	case !bytes.HasPrefix(content, []byte("PK\x03\x04")) || !bytes.Equal(last(content, 22)[:4], []byte("PK\x05\x06")):
		return otherThings
	case len(book.File) > maxParts:
		return "里面的东西太多，没有收下。请另存后再传"
	}
	room, mains := int64(maxUnpacked), 0
	for _, f := range book.File {
		name := strings.ToLower(f.Name)
		switch {
		case name == "word/document.xml" || name == "xl/workbook.xml":
			mains++
		case strings.Contains(name, "vbaproject"), strings.Contains(name, "/embeddings/"), strings.Contains(name, "activex"), strings.HasSuffix(name, ".bin"):
			return "文件里有宏或者别的文件，没有收下。请另存为不带宏的文件后再传"
		case strings.Contains(name, ".."), strings.HasPrefix(name, "/"):
			return otherThings
		}
		part, err := unpack(f, &room)
		switch {
		case errors.Is(err, errTooMuch):
			return "文件展开以后太大，没有收下。请缩小后再传"
		case err != nil:
			return "没有传完整或已损坏。请另存后再传"
		case isContainer(part):
			return otherThings
		case strings.HasSuffix(name, ".xml") && bytes.Contains(part, []byte("macroEnabled")):
			return "文件里有宏，没有收下。请另存为不带宏的文件后再传"
		case strings.HasSuffix(name, ".rels") && bytes.Contains(part, []byte("attachedTemplate")) && bytes.Contains(part, []byte("External")):
			return otherThings
		}
	}
	if mains != 1 {
		return otherThings
	}
	return ""
}

// isContainer says whether a part is itself a package, a program or an old office file.
func isContainer(part []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "PK\x05\x06", "\xd0\xcf\x11\xe0", "MZ", "\x7fELF", "Rar!", "7z\xbc\xaf", "\x1f\x8b", "%PDF"} {
		if bytes.HasPrefix(part, []byte(magic)) {
			return true
		}
	}
	return false
}

func last(b []byte, n int) []byte {
	if len(b) < n {
		return make([]byte, n)
	}
	return b[len(b)-n:]
}
