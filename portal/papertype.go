package portal

import (
	"archive/zip"
	"bytes"
	"net/http"

	"mingbai/ledger"
)

// maxPaper is the most bytes of a fund's document.
const maxPaper = 10 << 20

// paperTypes are the documents that a fund may have, by what they are served as.
var paperTypes = map[string]string{
	"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "xlsx": xlsxType,
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

// paperType tells a document's type by its content, whatever it is called.
func paperType(content []byte) (string, error) {
	switch http.DetectContentType(content) {
	case "application/pdf":
		return "pdf", nil
	case "image/jpeg":
		return "jpg", nil
	case "image/png":
		return "png", nil
	}
	if book, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
		found := ""
		for _, f := range book.File {
			switch f.Name {
			case "word/document.xml":
				found = "docx"
			case "xl/workbook.xml":
				found = "xlsx"
			case "word/vbaProject.bin", "xl/vbaProject.bin":
				return "", ledger.Errorf(ledger.KindInvalid, "文件里有宏，不能上传。请另存为不带宏的文件")
			}
		}
		if found != "" {
			return found, nil
		}
	}
	return "", ledger.Errorf(ledger.KindInvalid, "只收 PDF、DOCX、XLSX、JPG、PNG，这个文件不是。请另存为其中一种")
}

// cleanPaper tells a document's type and makes it one that may be shown: a picture is written anew like any photo, since a
// camera writes into it where and when it was taken.
func cleanPaper(content []byte) (kind string, clean []byte, err error) {
	kind, err = paperType(content)
	if err != nil || kind != "jpg" && kind != "png" {
		return kind, content, err
	}
	clean, err = cleanPhoto(content)
	return "jpg", clean, err
}
