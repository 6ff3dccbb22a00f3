package portal

import (
	"path"
	"slices"
	"strings"

	"mingbai/ledger"
	"mingbai/ledger/enclosure"
	"mingbai/ledger/inquiry"
)

// enclosureNames are the extensions that a type may have.
var enclosureNames = map[string][]string{"jpg": {".jpg", ".jpeg"}, "png": {".png"}, "pdf": {".pdf"}, "docx": {".docx"}, "xlsx": {".xlsx"}}

// cleanEnclosure looks at a stranger's file by its content. A picture is written anew, upright and without anything its camera
// wrote into it; a document is kept as it is when it is one thing only and does nothing by itself.
func cleanEnclosure(name string, content []byte) (inquiry.NewFile, error) {
	refuse := func(message string) (inquiry.NewFile, error) {
		return inquiry.NewFile{}, ledger.Errorf(ledger.KindInvalid, "%s", message)
	}
	name = tidyFileName(name)
	if len(content) == 0 {
		return refuse("是空的，请重新选择")
	}
	kind, err := paperType(content)
	if err != nil {
		return inquiry.NewFile{}, err
	}
	if ext := strings.ToLower(path.Ext(name)); !slices.Contains(enclosureNames[kind], ext) {
		return refuse("文件名和内容不一致：内容是" + strings.ToUpper(kind) + "。请用原来的文件，不要改扩展名")
	}
	if kind == "jpg" || kind == "png" {
		clean, err := cleanPhoto(content)
		return inquiry.NewFile{Name: strings.TrimSuffix(name, path.Ext(name)) + ".jpg", Type: "jpg", Content: clean}, err
	}
	if fault := enclosure.Fault(kind, content); fault != "" {
		return refuse(fault)
	}
	return inquiry.NewFile{Name: name, Type: kind, Content: content}, nil
}

// tidyFileName keeps of a file's name what a person reads.
func tidyFileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`<>:"|?*`, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1 // marks that turn the direction of writing make fdp.exe look like exe.pdf
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 80 {
		ext := []rune(path.Ext(name))
		name = string(runes[:80-min(len(ext), 10)]) + string(ext[:min(len(ext), 10)])
	}
	return name
}
