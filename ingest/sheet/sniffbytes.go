package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding"
)

// signatures are the first bytes of formats.
var signatures = []struct {
	bytes  string
	format Format
}{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLS}, // OLE2: [MS-CFB] 2.2
	{"PK\x03\x04", XLSX},
	{"PK\x05\x06", Zip}, // an empty one
	{"Rar!\x1a\x07", Zip},
	{"7z\xbc\xaf\x27\x1c", Zip},
	{"\x1f\x8b\x08", Zip},
	{"\x09\x00\x04\x00", OldXLS}, // BOF records of BIFF 2 to 5: [MS-XLS] 2.4.21 and its forerunners
	{"\x09\x02\x06\x00", OldXLS},
	{"\x09\x04\x06\x00", OldXLS},
	{"\x09\x08\x08\x00", OldXLS},
	{"%PDF-", PDF},
	{`{\rtf`, RTF},
	{"\x89PNG", Image},
	{"\xff\xd8\xff", Image},
	{"GIF8", Image},
	{"II*\x00", Image},
	{"MM\x00*", Image},
}

// Sniff tells the format by the content.
func Sniff(content io.ReaderAt, size int64) Format {
	head := make([]byte, min(size, 8<<10))
	n, _ := content.ReadAt(head, 0)
	head = head[:n]
	for _, sign := range signatures {
		if !bytes.HasPrefix(head, []byte(sign.bytes)) {
			continue
		}
		switch sign.format {
		case XLS:
			return sniffOLE2(content, size)
		case XLSX:
			return sniffZip(content, size)
		}
		return sign.format
	}
	order, skip := byteOrder(head)
	return sniffText(decodeHead(head[skip:], order))
}

func decodeHead(head []byte, order encoding.Encoding) []byte {
	if order == nil {
		return head
	}
	head, _ = order.NewDecoder().Bytes(head[:len(head)&^1])
	return head
}

// sniffZip looks at the parts. A zip that cannot be listed is a damaged file, not another format.
func sniffZip(content io.ReaderAt, size int64) Format {
	z, err := listZip(content, size, DefaultLimits.Parts)
	var limit *LimitError
	if errors.As(err, &limit) {
		return XLSX // opening it says which limit it breaks
	}
	if err != nil {
		return Unknown
	}
	format := Zip
	for _, part := range z.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		switch {
		case name == "xl/workbook.bin":
			return XLSB
		case strings.HasPrefix(name, "xl/"):
			format = XLSX // go on: an xlsb has parts in xl/ before its workbook.bin
		case format == XLSX:
		case name == "mimetype" && strings.HasPrefix(headOf(part), "application/vnd.oasis.opendocument.spreadsheet"):
			return ODS
		case name == "ofd.xml":
			return OFD
		case strings.HasPrefix(name, "word/"):
			format = Word
		case name == "[content_types].xml" && format == Zip:
			format = sniffTypes(headOf(part))
		}
	}
	return format
}

// sniffTypes reads what an Office container says it is: its parts may lie in any folder (ECMA-376-2, 10.1.2).
func sniffTypes(types string) Format {
	switch {
	case strings.Contains(types, "ms-excel.sheet.binary"):
		return XLSB
	case strings.Contains(types, "spreadsheetml.sheet.main+xml"), strings.Contains(types, "spreadsheetml.template.main+xml"),
		strings.Contains(types, "ms-excel.sheet.macroenabled.main+xml"):
		return XLSX
	case strings.Contains(types, "wordprocessingml"):
		return Word
	}
	return Zip
}

// headOf gives the beginning of a part in small letters; no more, whatever it is packed from.
func headOf(part *zip.File) string {
	r, err := part.Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	head, _ := io.ReadAll(io.LimitReader(r, 64<<10))
	return strings.ToLower(string(head))
}

// sniffOLE2 tells an encrypted workbook's envelope by the names of its streams, which stand in it as UTF-16. Reading the
// directory properly is the reader's part; here any cut or crafted container must get an answer.
func sniffOLE2(content io.ReaderAt, size int64) Format {
	workbook, book, envelope := utf16Name("Workbook\x00"), utf16Name("Book\x00"), utf16Name("EncryptedPackage")
	format := XLS
	buf := make([]byte, 64<<10)
	const overlap = 64 // longer than any of the names
	for at := int64(0); at < size; at += int64(len(buf) - overlap) {
		n, _ := content.ReadAt(buf, at)
		if bytes.Contains(buf[:n], workbook) || bytes.Contains(buf[:n], book) {
			return XLS // whatever its cells or its attachments speak of
		}
		if bytes.Contains(buf[:n], envelope) {
			format = Encrypted
		}
	}
	return format
}

func utf16Name(s string) []byte {
	var w []byte
	for _, b := range []byte(s) {
		w = append(w, b, 0)
	}
	return w
}

// sniffText tells texts apart by their first tag. Control characters that no text has mean that it is none.
func sniffText(head []byte) Format {
	if len(bytes.Trim(head, " \t\r\n\ufeff\x1a")) == 0 {
		return Unknown
	}
	for _, c := range head {
		if c < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1a", rune(c)) {
			return Unknown
		}
	}
	lower := bytes.ToLower(bytes.TrimSpace(head))
	root := rootTag(lower)
	isXML := bytes.HasPrefix(lower, []byte("<?xml"))
	contains := func(s string) bool { return bytes.Contains(lower, []byte(s)) }
	switch {
	case root == "workbook" && contains("urn:schemas-microsoft-com:office:spreadsheet"):
		return SpreadsheetML
	case root == "document" && contains("urn:oasis:names:tc:opendocument"):
		return ODS
	case bytes.HasPrefix(lower, []byte("mime-version:")) && contains("multipart/related"):
		return MHTML
	case root == "html" || root == "table" || !isXML && (contains("<html") || contains("<table")):
		return HTML
	case isXML:
		return XML
	}
	return CSV
}

// rootTag gives the local name of the first element behind prolog, comments and document type; empty for none.
func rootTag(s []byte) string {
	for {
		s = bytes.TrimSpace(s)
		end := ""
		switch {
		case bytes.HasPrefix(s, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(s, []byte("<!")) && bytes.IndexByte(s, '[') >= 0 && bytes.IndexByte(s, '[') < bytes.IndexByte(s, '>'):
			end = "]>" // a document type with declarations in it
		case bytes.HasPrefix(s, []byte("<?")), bytes.HasPrefix(s, []byte("<!")):
			end = ">"
		case bytes.HasPrefix(s, []byte("<")):
			name := s[1:]
			if i := bytes.IndexAny(name, " \t\r\n/>"); i >= 0 {
				name = name[:i]
			}
			return string(name[bytes.LastIndexByte(name, ':')+1:])
		default:
			return ""
		}
		_, rest, found := bytes.Cut(s, []byte(end))
		if !found {
			return ""
		}
		s = rest
	}
}
