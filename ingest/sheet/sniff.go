package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// Format is what a file is by its content; its name's extension is not asked.
type Format string

// Formats told apart. Only XLSX is read so far.
const (
	Unknown   Format = ""
	XLSX      Format = "xlsx"
	Encrypted Format = "encrypted" // a workbook with an opening password
	XLS       Format = "xls"       // OLE2: Excel 97 and WPS .et
	HTML      Format = "html"
	XML       Format = "xml"
	PDF       Format = "pdf"
	Zip       Format = "zip"
	Plain     Format = "text"
	Image     Format = "image"
)

// Name is the format's word in messages.
func (f Format) Name() string {
	switch f {
	case XLSX:
		return "xlsx工作簿"
	case Encrypted:
		return "加了密码的工作簿"
	case XLS:
		return "旧版xls或WPS表格"
	case HTML:
		return "网页"
	case XML:
		return "XML"
	case PDF:
		return "PDF"
	case Zip:
		return "压缩包或其他文档"
	case Plain:
		return "纯文本"
	case Image:
		return "图片"
	}
	return "无法辨认的内容"
}

// Sniff tells the format by the content.
func Sniff(content io.ReaderAt, size int64) Format {
	head := make([]byte, min(size, 1024))
	n, _ := content.ReadAt(head, 0)
	head = head[:n]
	for _, sign := range []struct {
		bytes  string
		format Format
	}{
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLS},
		{"%PDF-", PDF},
		{"\x89PNG", Image},
		{"\xff\xd8\xff", Image},
		{"GIF8", Image},
		{"Rar!", Zip},
		{"7z\xbc\xaf", Zip},
	} {
		if bytes.HasPrefix(head, []byte(sign.bytes)) {
			if sign.format == XLS && encrypted(content, size) {
				return Encrypted
			}
			return sign.format
		}
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return sniffZip(content, size)
	}
	return sniffText(head)
}

// sniffZip looks for a workbook among the parts. A zip that cannot be listed is a damaged file, not another format.
func sniffZip(content io.ReaderAt, size int64) Format {
	z, err := zip.NewReader(content, size)
	if err != nil {
		return Unknown
	}
	for _, part := range z.File {
		if name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/")); strings.HasPrefix(name, "xl/") {
			return XLSX
		}
	}
	return Zip
}

func sniffText(head []byte) Format {
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	lower := bytes.ToLower(bytes.TrimSpace(text))
	switch {
	case len(lower) == 0 || bytes.ContainsAny(text, "\x00"):
		return Unknown
	case bytes.HasPrefix(lower, []byte("<?xml")):
		return XML
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.Contains(lower, []byte("<html")), bytes.Contains(lower, []byte("<table")):
		return HTML
	case utf8.Valid(text[:max(0, len(text)-utf8.UTFMax)]):
		return Plain
	}
	return Unknown
}

// encrypted says whether an OLE2 container is the envelope of an encrypted workbook: it then has a stream of this name.
func encrypted(content io.ReaderAt, size int64) bool {
	var name []byte
	for _, b := range []byte("EncryptedPackage") {
		name = append(name, b, 0)
	}
	buf := make([]byte, 64<<10)
	for at := int64(0); at < size; at += int64(len(buf) - len(name)) {
		n, _ := content.ReadAt(buf, at)
		if bytes.Contains(buf[:n], name) {
			return true
		}
	}
	return false
}
