package sheet

import (
	"slices"
	"strings"
)

// Format is what a file is by its content; its name is not asked.
type Format string

// Formats told apart.
const (
	Unknown       Format = ""
	XLSX          Format = "xlsx"      // also xlsm, and WPS .et in a zip
	XLS           Format = "xls"       // OLE2: Excel 97 and WPS .et
	CSV           Format = "csv"       // any text
	HTML          Format = "html"      // a web page
	SpreadsheetML Format = "xml2003"   // Excel 2003's XML
	Encrypted     Format = "encrypted" // a workbook with an opening password
	XLSB          Format = "xlsb"
	ODS           Format = "ods"
	OldXLS        Format = "xls-old" // Excel 95 and before; BIFF without OLE2 is Excel 4 and before
	Frames        Format = "frames"
	MHTML         Format = "mht"
	XML           Format = "xml"
	Word          Format = "word"
	RTF           Format = "rtf"
	OFD           Format = "ofd"
	PDF           Format = "pdf"
	Zip           Format = "zip" // or another archive, or a document that is one
	Image         Format = "image"
)

// Name is the format's word in messages.
func (f Format) Name() string {
	if name := formatNames[f]; name != "" {
		return name
	}
	return "无法辨认的内容"
}

var formatNames = map[Format]string{
	XLSX:          "xlsx工作簿",
	XLS:           "旧版xls或WPS表格",
	CSV:           "纯文本",
	HTML:          "网页",
	SpreadsheetML: "XML表格2003",
	Encrypted:     "加了密码的工作簿",
	XLSB:          "二进制工作簿xlsb",
	ODS:           "OpenDocument表格",
	OldXLS:        "Excel 95或更早的表格",
	"ole2":        "Word等其他Office文档", // that the reader of xls found no workbook in
	Frames:        "分成多个文件的网页",
	MHTML:         "单个文件网页mht",
	XML:           "XML",
	Word:          "Word文档",
	RTF:           "RTF文档",
	OFD:           "OFD版式文件",
	PDF:           "PDF",
	Zip:           "压缩包或其他文档",
	Image:         "图片",
}

// promises says for extensions that people know what they expect behind them. Texts of all kinds stand behind .xls,
// because Excel and WPS open them there and web systems rely on it (LAYOUTS 10); an .et may be of either container.
var promises = map[string][]Format{
	"xlsx": {XLSX, Encrypted},
	"xlsm": {XLSX, Encrypted},
	"xltx": {XLSX, Encrypted},
	"xltm": {XLSX, Encrypted},
	"xls":  {XLS, HTML, SpreadsheetML, CSV, Encrypted},
	"xlt":  {XLS, Encrypted},
	"et":   {XLS, XLSX, Encrypted},
	"ett":  {XLS, XLSX, Encrypted},
	"csv":  {CSV},
	"tsv":  {CSV},
	"txt":  {CSV},
	"prn":  {CSV},
	"htm":  {HTML},
	"html": {HTML},
	"xml":  {SpreadsheetML},
	"xlsb": {XLSB},
	"ods":  {ODS},
	"mht":  {MHTML},
	"doc":  {Word, RTF},
	"docx": {Word},
	"wps":  {Word},
	"rtf":  {RTF},
	"ofd":  {OFD},
	"pdf":  {PDF},
	"zip":  {Zip},
	"rar":  {Zip},
	"7z":   {Zip},
	"jpg":  {Image},
	"jpeg": {Image},
	"png":  {Image},
}

// Agrees says whether a file of this format may bear an extension, with or without its dot, without misleading anybody
// (FILE-01). An extension that promises nothing, as in 清册2025.3 or none at all, misleads nobody.
func (f Format) Agrees(ext string) bool {
	promised, known := promises[strings.ToLower(strings.TrimPrefix(ext, "."))]
	return !known || slices.Contains(promised, f)
}
